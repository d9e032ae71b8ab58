//! Profiles.

use crate::{
    error::{GatewayStateError, StoreError},
    page::MAX_PAGE,
    sql::{self, account, big, int, maybe_text, text, Fields, Table, Value},
    store::{commit, Store},
};
use sqlx::AnyConnection;
use std::collections::HashMap;
use tick_stream_primitives::{AccountId, Moment};

/// What a person says of themselves, and has chosen. Whoever has set nothing has no row, and is as [`PersonRow::new`] says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PersonRow {
    /// Account.
    pub account: AccountId,
    /// Handle, unique at this gateway.
    pub handle: Option<String>,
    /// Form of the handle that all handles which look like it share; unique at this gateway.
    pub skeleton: Option<String>,
    /// Name; empty if there is none.
    pub name: String,
    /// What the person says of themselves; empty if nothing.
    pub bio: String,
    /// Hash of the picture; empty if there is none.
    pub picture: String,
    /// Hash of the banner; empty if there is none.
    pub banner: String,
    /// Addresses of other pages.
    pub links: Vec<String>,
    /// Signature of the account over the profile as it is now; empty if there is none.
    pub signature: String,
    /// Time that is part of the signed text, as it was signed.
    pub signed_at: String,
    /// Whether the person is left out of leaderboards.
    pub hides_from_leaderboards: bool,
    /// Whether what the person watches is kept.
    pub keeps_history: bool,
    /// Time of the last change.
    pub updated_at: Moment,
}

impl PersonRow {
    /// A person who has set nothing.
    pub fn new(account: AccountId) -> Self {
        Self {
            account,
            handle: None,
            skeleton: None,
            name: String::new(),
            bio: String::new(),
            picture: String::new(),
            banner: String::new(),
            links: Vec::new(),
            signature: String::new(),
            signed_at: String::new(),
            hides_from_leaderboards: false,
            keeps_history: true,
            updated_at: 0,
        }
    }
}

/// What became of a change of a profile.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ChangedPerson {
    /// The profile as it is now.
    Changed(Box<PersonRow>),
    /// Somebody else has the handle, or one that looks like it.
    HandleTaken,
}

impl Store {
    /// Returns what is known of a person, or `None` for somebody who has set nothing.
    pub async fn person(&self, who: &AccountId) -> Result<Option<PersonRow>, GatewayStateError> {
        Ok(load(&mut *self.read().await?, who).await?)
    }

    /// Returns the person with a handle, which is in lower case.
    pub async fn person_by_handle(&self, handle: &str) -> Result<Option<PersonRow>, GatewayStateError> {
        // PostgreSQL has no texts with this character.
        if handle.contains('\0') {
            return Ok(None);
        }
        let columns = PersonRow::COLUMNS.join(", ");
        let sql = format!("SELECT {columns} FROM profiles WHERE handle = $1");
        let rows = sql::fetch_all(&mut *self.read().await?, "find a handle", sql, vec![text(handle)]).await?;
        Ok(rows.first().map(|row| PersonRow::read(&Fields(row))).transpose()?)
    }

    /// Returns what is known of people. Those who have set nothing are left out.
    pub async fn people(&self, who: &[AccountId]) -> Result<HashMap<AccountId, PersonRow>, GatewayStateError> {
        if who.is_empty() {
            return Ok(HashMap::new());
        }
        let keys: Vec<Vec<Value>> = who.iter().map(|who| vec![account(who)]).collect();
        let rows = sql::load::<PersonRow>(&mut *self.read().await?, &keys).await?;
        Ok(rows.into_iter().map(|row| (row.account.clone(), row)).collect())
    }

    /// Returns profiles in the order of their accounts, those behind `after`; at most [`MAX_PAGE`]. For indexes of search.
    pub async fn people_after(&self, after: Option<&AccountId>) -> Result<Vec<PersonRow>, GatewayStateError> {
        let columns = PersonRow::COLUMNS.join(", ");
        let sql = format!("SELECT {columns} FROM profiles WHERE account > $1 ORDER BY account LIMIT {MAX_PAGE}");
        let after = after.map_or_else(|| text(""), account);
        let rows = sql::fetch_all(&mut *self.read().await?, "list profiles", sql, vec![after]).await?;
        Ok(rows.iter().map(|row| PersonRow::read(&Fields(row))).collect::<Result<_, _>>()?)
    }

    /// Changes a profile, which is made if there is none.
    pub async fn change_person(
        &self,
        who: &AccountId,
        change: impl FnOnce(&mut PersonRow),
    ) -> Result<ChangedPerson, GatewayStateError> {
        let mut tx = self.begin().await?;
        let mut row = load(&mut tx, who).await?.unwrap_or_else(|| PersonRow::new(who.clone()));
        change(&mut row);
        if let Some(skeleton) = &row.skeleton {
            let sql = "SELECT account FROM profiles WHERE skeleton = $1 AND account <> $2".to_owned();
            let values = vec![text(skeleton), account(who)];
            if !sql::fetch_all(&mut tx, "find a handle", sql, values).await?.is_empty() {
                return Ok(ChangedPerson::HandleTaken);
            }
        }
        match sql::upsert(&mut tx, std::slice::from_ref(&row)).await {
            // Another transaction has just taken it.
            Err(error) if is_unique_violation(&error) => return Ok(ChangedPerson::HandleTaken),
            written => written?,
        }
        commit(tx).await?;
        Ok(ChangedPerson::Changed(Box::new(row)))
    }
}

async fn load(connection: &mut AnyConnection, who: &AccountId) -> Result<Option<PersonRow>, StoreError> {
    Ok(sql::load::<PersonRow>(connection, &[vec![account(who)]]).await?.into_iter().next())
}

fn is_unique_violation(error: &StoreError) -> bool {
    match error {
        StoreError::Statement { source, .. } => {
            source.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation)
        }
        _ => false,
    }
}

impl Table for PersonRow {
    const NAME: &'static str = "profiles";
    const KEY: &'static [&'static str] = &["account"];
    const COLUMNS: &'static [&'static str] = &[
        "account",
        "handle",
        "skeleton",
        "name",
        "bio",
        "picture",
        "banner",
        "links",
        "signature",
        "signed_at",
        "hides_from_leaderboards",
        "keeps_history",
        "updated_at",
    ];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        Ok(vec![
            account(&self.account),
            maybe_text(self.handle.clone()),
            maybe_text(self.skeleton.clone()),
            text(&self.name),
            text(&self.bio),
            text(&self.picture),
            text(&self.banner),
            text(self.links.join("\n")),
            text(&self.signature),
            text(&self.signed_at),
            int(self.hides_from_leaderboards),
            int(self.keeps_history),
            big("the time", self.updated_at)?,
        ])
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            account: row.account("account")?,
            handle: row.maybe_text("handle")?,
            skeleton: row.maybe_text("skeleton")?,
            name: row.text("name")?,
            bio: row.text("bio")?,
            picture: row.text("picture")?,
            banner: row.text("banner")?,
            links: row.text("links")?.lines().map(str::to_owned).collect(),
            signature: row.text("signature")?,
            signed_at: row.text("signed_at")?,
            hides_from_leaderboards: row.i64("hides_from_leaderboards")? != 0,
            keeps_history: row.i64("keeps_history")? != 0,
            updated_at: row.u64("updated_at")?,
        })
    }
}
