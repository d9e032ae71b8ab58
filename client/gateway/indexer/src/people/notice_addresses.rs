//! Where notices are sent: push subscriptions and mail addresses of people.

use crate::{
    error::{GatewayStateError, StoreError},
    sql::{self, account, big, int, text, Fields, Table, Value},
    store::{commit, Store},
};
use tick_stream_primitives::{AccountId, Moment};

/// Maximum number of push subscriptions of a person. Above it, the oldest goes.
pub const MAX_PUSH_SUBSCRIPTIONS: u32 = 10;
/// Maximum number of wrong codes for a mail address.
pub const MAX_MAIL_TRIES: u32 = 5;

/// A push subscription of a person's browser.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PushRow {
    /// Address of the push service for this browser.
    pub endpoint: String,
    /// The person.
    pub person: AccountId,
    /// Public key of the browser.
    pub p256dh: String,
    /// Secret that authenticates messages.
    pub auth: String,
    /// Time of subscribing.
    pub made_at: Moment,
}

/// A mail address of a person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MailRow {
    /// The person.
    pub person: AccountId,
    /// Address.
    pub address: String,
    /// Whether the person has shown that it is theirs.
    pub is_verified: bool,
    /// Hash of the code that verifies it, in hex; empty once it is verified.
    pub code_hash: String,
    /// Time until which the code is accepted.
    pub expires_at: Moment,
    /// Number of codes that were tried.
    pub tries: u32,
}

/// What became of a code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MailTried {
    /// The address is verified.
    Verified,
    /// The code is wrong; that many tries are left.
    Wrong(u32),
    /// No code is waited for: there is no address, it is verified, the code has expired, or there were too many tries.
    Over,
}

impl Store {
    /// Adds a push subscription, or replaces the one with the same endpoint. Above [`MAX_PUSH_SUBSCRIPTIONS`] of the person, the
    /// oldest go.
    pub async fn set_push(&self, row: &PushRow) -> Result<(), GatewayStateError> {
        let mut tx = self.begin().await?;
        sql::upsert(&mut tx, std::slice::from_ref(row)).await?;
        let sql = format!(
            "DELETE FROM push_subscriptions WHERE person = $1 AND endpoint NOT IN (SELECT endpoint FROM push_subscriptions \
             WHERE person = $1 ORDER BY made_at DESC, endpoint LIMIT {MAX_PUSH_SUBSCRIPTIONS})"
        );
        sql::execute(&mut tx, "remove the oldest push subscriptions", sql, vec![account(&row.person)]).await?;
        Ok(commit(tx).await?)
    }

    /// Removes a push subscription of a person.
    pub async fn end_push(&self, who: &AccountId, endpoint: &str) -> Result<(), GatewayStateError> {
        let sql = "DELETE FROM push_subscriptions WHERE person = $1 AND endpoint = $2".to_owned();
        let values = vec![account(who), text(endpoint)];
        Ok(sql::execute(&mut *self.read().await?, "end a push subscription", sql, values).await?)
    }

    /// Removes a push subscription that its push service does not know any more.
    pub async fn forget_push(&self, endpoint: &str) -> Result<(), GatewayStateError> {
        let sql = "DELETE FROM push_subscriptions WHERE endpoint = $1".to_owned();
        Ok(sql::execute(&mut *self.read().await?, "forget a push subscription", sql, vec![text(endpoint)]).await?)
    }

    /// Returns the push subscriptions of people.
    pub async fn push_of(&self, who: &[AccountId]) -> Result<Vec<PushRow>, GatewayStateError> {
        let select = "SELECT endpoint, person, p256dh, auth, made_at FROM push_subscriptions";
        let rows = self.rows_of_people(select, who).await?;
        Ok(rows.iter().map(|row| PushRow::read(&Fields(row))).collect::<Result<_, _>>()?)
    }

    /// Returns the mail address of a person.
    pub async fn mail(&self, who: &AccountId) -> Result<Option<MailRow>, GatewayStateError> {
        let key = vec![account(who)];
        Ok(sql::load::<MailRow>(&mut *self.read().await?, &[key]).await?.into_iter().next())
    }

    /// Sets the mail address of a person, in place of the one before.
    pub async fn set_mail(&self, row: &MailRow) -> Result<(), GatewayStateError> {
        Ok(sql::upsert(&mut *self.read().await?, std::slice::from_ref(row)).await?)
    }

    /// Removes the mail address of a person.
    pub async fn remove_mail(&self, who: &AccountId) -> Result<(), GatewayStateError> {
        let sql = "DELETE FROM mail_addresses WHERE person = $1".to_owned();
        Ok(sql::execute(&mut *self.read().await?, "remove a mail address", sql, vec![account(who)]).await?)
    }

    /// Tries a code. Each try counts, also of requests at the same time.
    pub async fn try_mail_code(
        &self,
        who: &AccountId,
        code_hash: &str,
        now: Moment,
    ) -> Result<MailTried, GatewayStateError> {
        let mut tx = self.begin().await?;
        let sql = format!(
            "UPDATE mail_addresses SET tries = tries + 1 WHERE person = $1 AND is_verified = 0 AND expires_at > $2 \
             AND tries < {MAX_MAIL_TRIES} RETURNING code_hash, tries"
        );
        let values = vec![account(who), big("the time", now)?];
        let rows = sql::fetch_all(&mut tx, "try a code", sql, values).await?;
        let Some(row) = rows.first().map(Fields) else { return Ok(MailTried::Over) };
        let (expected, tries) = (row.text("code_hash")?, row.u32("tries")?);
        let is_right = expected == code_hash;
        if is_right {
            let sql = "UPDATE mail_addresses SET is_verified = 1, code_hash = '' WHERE person = $1".to_owned();
            sql::execute(&mut tx, "verify a mail address", sql, vec![account(who)]).await?;
        }
        commit(tx).await?;
        Ok(if is_right { MailTried::Verified } else { MailTried::Wrong(MAX_MAIL_TRIES.saturating_sub(tries)) })
    }

    /// Returns the mail addresses of people that are verified.
    pub async fn mails_of(&self, who: &[AccountId]) -> Result<Vec<MailRow>, GatewayStateError> {
        let select = "SELECT person, address, is_verified, code_hash, expires_at, tries FROM mail_addresses";
        let rows = self.rows_of_people(select, who).await?;
        let mut rows = rows.iter().map(|row| MailRow::read(&Fields(row))).collect::<Result<Vec<_>, StoreError>>()?;
        rows.retain(|row| row.is_verified);
        Ok(rows)
    }
}

impl Table for PushRow {
    const NAME: &'static str = "push_subscriptions";
    const KEY: &'static [&'static str] = &["endpoint"];
    const COLUMNS: &'static [&'static str] = &["endpoint", "person", "p256dh", "auth", "made_at"];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        Ok(vec![
            text(&self.endpoint),
            account(&self.person),
            text(&self.p256dh),
            text(&self.auth),
            big("the time", self.made_at)?,
        ])
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            endpoint: row.text("endpoint")?,
            person: row.account("person")?,
            p256dh: row.text("p256dh")?,
            auth: row.text("auth")?,
            made_at: row.u64("made_at")?,
        })
    }
}

impl Table for MailRow {
    const NAME: &'static str = "mail_addresses";
    const KEY: &'static [&'static str] = &["person"];
    const COLUMNS: &'static [&'static str] = &["person", "address", "is_verified", "code_hash", "expires_at", "tries"];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        Ok(vec![
            account(&self.person),
            text(&self.address),
            int(self.is_verified),
            text(&self.code_hash),
            big("the time", self.expires_at)?,
            int(self.tries),
        ])
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            person: row.account("person")?,
            address: row.text("address")?,
            is_verified: row.i64("is_verified")? != 0,
            code_hash: row.text("code_hash")?,
            expires_at: row.u64("expires_at")?,
            tries: row.u32("tries")?,
        })
    }
}
