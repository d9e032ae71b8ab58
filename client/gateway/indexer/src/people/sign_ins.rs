//! Sign-ins: one for each browser or program in which a person is signed in.

use crate::{
    error::{GatewayStateError, StoreError},
    sql::{self, account, big, maybe_account, text, Fields, Table, Value},
    store::{commit, Store},
};
use tick_stream_primitives::{AccountId, Moment};

/// Maximum number of sign-ins of an account. The one that was used longest ago goes first.
pub const MAX_SIGN_INS: usize = 50;

/// A sign-in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignInRow {
    /// Id, in hex.
    pub id: String,
    /// The person.
    pub account: AccountId,
    /// `wallet`, `session-key` or `guest`.
    pub signed_by: String,
    /// The session key that has signed in, if one has.
    pub session_key: Option<AccountId>,
    /// Account for which the chain lists the session key: of a guest, that of the giver.
    pub key_of: Option<AccountId>,
    /// Name that the device has given.
    pub label: String,
    /// Hash of the refresh token that is valid, in hex.
    pub token_hash: String,
    /// Time of signing in.
    pub created_at: Moment,
    /// Time at which the token was renewed last.
    pub last_used_at: Moment,
    /// Time at which it ends, unless it is renewed before.
    pub expires_at: Moment,
}

/// What became of the renewal of a sign-in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Renewal {
    /// It goes on with the new token.
    Renewed(Box<SignInRow>),
    /// The token was used before. Whoever has it may have stolen it: the sign-in has ended.
    Reused,
    /// There is no such sign-in, or it has expired.
    Unknown,
}

impl Store {
    /// Adds a sign-in. Above [`MAX_SIGN_INS`] of its account, those that were used longest ago end.
    pub async fn add_sign_in(&self, row: &SignInRow) -> Result<(), GatewayStateError> {
        let mut tx = self.begin().await?;
        sql::insert(&mut tx, std::slice::from_ref(row)).await?;
        let sql = format!(
            "DELETE FROM sign_ins WHERE account = $1 AND id NOT IN (SELECT id FROM sign_ins WHERE account = $1 \
             ORDER BY last_used_at DESC, id LIMIT {MAX_SIGN_INS})"
        );
        sql::execute(&mut tx, "end the oldest sign-ins", sql, vec![account(&row.account)]).await?;
        Ok(commit(tx).await?)
    }

    /// Returns a sign-in that goes on.
    pub async fn sign_in(&self, id: &str, now: Moment) -> Result<Option<SignInRow>, GatewayStateError> {
        let key = vec![text(id)];
        let found = sql::load::<SignInRow>(&mut *self.read().await?, &[key]).await?;
        Ok(found.into_iter().find(|row| row.expires_at > now))
    }

    /// Returns whether a sign-in goes on.
    pub async fn has_sign_in(&self, id: &str, now: Moment) -> Result<bool, GatewayStateError> {
        Ok(self.sign_in(id, now).await?.is_some())
    }

    /// Replaces the token of a sign-in by the next one, and prolongs it. A token that was replaced before ends the sign-in.
    pub async fn renew_sign_in(
        &self,
        id: &str,
        token_hash: &str,
        next_hash: &str,
        (now, expires_at): (Moment, Moment),
    ) -> Result<Renewal, GatewayStateError> {
        let mut tx = self.begin().await?;
        let found = sql::load::<SignInRow>(&mut tx, &[vec![text(id)]]).await?.into_iter().next();
        let Some(row) = found.filter(|row| row.expires_at > now) else { return Ok(Renewal::Unknown) };
        let end = "DELETE FROM sign_ins WHERE id = $1".to_owned();
        if row.token_hash != token_hash {
            sql::execute(&mut tx, "end a sign-in", end, vec![text(id)]).await?;
            commit(tx).await?;
            return Ok(Renewal::Reused);
        }
        let row = SignInRow { token_hash: next_hash.to_owned(), last_used_at: now, expires_at, ..row };
        // Only if no other request has replaced it meanwhile: PostgreSQL lets two of them read the same row.
        let sql = "UPDATE sign_ins SET token_hash = $1, last_used_at = $2, expires_at = $3 \
                   WHERE id = $4 AND token_hash = $5 RETURNING id"
            .to_owned();
        let values =
            vec![text(next_hash), big("the time", now)?, big("the time", expires_at)?, text(id), text(token_hash)];
        let is_renewed = !sql::fetch_all(&mut tx, "renew a sign-in", sql, values).await?.is_empty();
        if !is_renewed {
            sql::execute(&mut tx, "end a sign-in", end, vec![text(id)]).await?;
        }
        commit(tx).await?;
        Ok(if is_renewed { Renewal::Renewed(Box::new(row)) } else { Renewal::Reused })
    }

    /// Returns the sign-ins of an account, the one that was used last first; at most [`MAX_SIGN_INS`].
    pub async fn sign_ins_of(&self, who: &AccountId, now: Moment) -> Result<Vec<SignInRow>, GatewayStateError> {
        let sql = format!(
            "SELECT {} FROM sign_ins WHERE account = $1 AND expires_at > $2 ORDER BY last_used_at DESC, id LIMIT {MAX_SIGN_INS}",
            SignInRow::COLUMNS.join(", ")
        );
        let values = vec![account(who), big("the time", now)?];
        let rows = sql::fetch_all(&mut *self.read().await?, "list sign-ins", sql, values).await?;
        Ok(rows.iter().map(|row| SignInRow::read(&Fields(row))).collect::<Result<_, _>>()?)
    }

    /// Ends a sign-in of an account. Returns whether there was one.
    pub async fn end_sign_in(&self, who: &AccountId, id: &str) -> Result<bool, GatewayStateError> {
        let sql = "DELETE FROM sign_ins WHERE account = $1 AND id = $2 RETURNING id".to_owned();
        self.end_sign_ins_where(sql, vec![account(who), text(id)]).await.map(|ended| !ended.is_empty())
    }

    /// Ends all sign-ins of an account but one. Returns the ids of those that have ended.
    pub async fn end_other_sign_ins(&self, who: &AccountId, but: &str) -> Result<Vec<String>, GatewayStateError> {
        let sql = "DELETE FROM sign_ins WHERE account = $1 AND id <> $2 RETURNING id".to_owned();
        self.end_sign_ins_where(sql, vec![account(who), text(but)]).await
    }

    /// Forgets sign-ins that have expired.
    pub async fn forget_expired_sign_ins(&self, now: Moment) -> Result<(), GatewayStateError> {
        let sql = "DELETE FROM sign_ins WHERE expires_at <= $1 RETURNING id".to_owned();
        self.end_sign_ins_where(sql, vec![big("the time", now)?]).await.map(drop)
    }

    async fn end_sign_ins_where(&self, sql: String, values: Vec<Value>) -> Result<Vec<String>, GatewayStateError> {
        let mut tx = self.begin().await?;
        let rows = sql::fetch_all(&mut tx, "end sign-ins", sql, values).await?;
        let ids = rows.iter().map(|row| Fields(row).text("id")).collect::<Result<_, _>>()?;
        commit(tx).await?;
        Ok(ids)
    }
}

impl Table for SignInRow {
    const NAME: &'static str = "sign_ins";
    const KEY: &'static [&'static str] = &["id"];
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "account",
        "signed_by",
        "session_key",
        "key_of",
        "label",
        "token_hash",
        "created_at",
        "last_used_at",
        "expires_at",
    ];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        Ok(vec![
            text(self.id.clone()),
            account(&self.account),
            text(self.signed_by.clone()),
            maybe_account(self.session_key.as_ref()),
            maybe_account(self.key_of.as_ref()),
            text(self.label.clone()),
            text(self.token_hash.clone()),
            big("the time", self.created_at)?,
            big("the time", self.last_used_at)?,
            big("the time", self.expires_at)?,
        ])
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.text("id")?,
            account: row.account("account")?,
            signed_by: row.text("signed_by")?,
            session_key: row.maybe_account("session_key")?,
            key_of: row.maybe_account("key_of")?,
            label: row.text("label")?,
            token_hash: row.text("token_hash")?,
            created_at: row.u64("created_at")?,
            last_used_at: row.u64("last_used_at")?,
            expires_at: row.u64("expires_at")?,
        })
    }
}
