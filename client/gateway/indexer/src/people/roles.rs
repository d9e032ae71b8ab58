//! Roles that administrators grant, and invitations of creators.

use super::reports::{record, AuditRow};
use crate::{
    error::{GatewayStateError, StoreError},
    sql::{self, account, big, maybe_account, maybe_big, text, Fields, Table, Value},
    store::{commit, Store},
};
use tick_stream_primitives::{AccountId, Moment};

/// Maximum number of roles that are listed.
pub const MAX_ROLES: u32 = 1_000;
/// Maximum number of invitations that were neither used nor have expired.
pub const MAX_INVITATIONS: u64 = 1_000;

/// Role of creators where not everybody may publish.
const CREATOR: &str = "creator";

/// A role of an account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RoleRow {
    /// The account.
    pub account: AccountId,
    /// `moderator` or `creator`.
    pub role: String,
    /// Who has granted it.
    pub author: AccountId,
    /// Since when.
    pub made_at: Moment,
}

/// An invitation of a creator.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InvitationRow {
    /// Hash of the code, in hex.
    pub code_hash: String,
    /// Who has made it.
    pub author: AccountId,
    /// When it was made.
    pub made_at: Moment,
    /// When it expires.
    pub expires_at: Moment,
    /// Who has used it.
    pub used_by: Option<AccountId>,
    /// When it was used.
    pub used_at: Option<Moment>,
}

impl Store {
    /// Returns the names of the roles that were granted to an account.
    pub async fn roles_of(&self, who: &AccountId) -> Result<Vec<String>, GatewayStateError> {
        let sql = format!("SELECT role FROM roles WHERE account = $1 ORDER BY role LIMIT {MAX_ROLES}");
        let rows = sql::fetch_all(&mut *self.read().await?, "find roles", sql, vec![account(who)]).await?;
        Ok(rows.iter().map(|row| Fields(row).text("role")).collect::<Result<_, _>>()?)
    }

    /// Returns the roles that were granted, or those of one name; at most [`MAX_ROLES`].
    pub async fn roles(&self, role: Option<&str>) -> Result<Vec<RoleRow>, GatewayStateError> {
        let columns = RoleRow::COLUMNS.join(", ");
        let (condition, values) = match role {
            Some(role) => ("WHERE role = $1", vec![text(role)]),
            None => ("", Vec::new()),
        };
        let sql = format!("SELECT {columns} FROM roles {condition} ORDER BY role, account LIMIT {MAX_ROLES}");
        let rows = sql::fetch_all(&mut *self.read().await?, "list roles", sql, values).await?;
        Ok(rows.iter().map(|row| RoleRow::read(&Fields(row))).collect::<Result<_, _>>()?)
    }

    /// Grants a role, and adds an entry to the record.
    pub async fn grant_role(&self, row: &RoleRow, entry: &AuditRow) -> Result<(), GatewayStateError> {
        let mut tx = self.begin().await?;
        sql::upsert(&mut tx, std::slice::from_ref(row)).await?;
        record(&mut tx, entry).await?;
        Ok(commit(tx).await?)
    }

    /// Revokes a role, and adds an entry to the record. Returns whether the account had it.
    pub async fn revoke_role(&self, who: &AccountId, role: &str, entry: &AuditRow) -> Result<bool, GatewayStateError> {
        let mut tx = self.begin().await?;
        let key = vec![account(who), text(role)];
        if sql::load::<RoleRow>(&mut tx, std::slice::from_ref(&key)).await?.is_empty() {
            return Ok(false);
        }
        let sql = "DELETE FROM roles WHERE account = $1 AND role = $2".to_owned();
        sql::execute(&mut tx, "revoke a role", sql, key).await?;
        record(&mut tx, entry).await?;
        commit(tx).await?;
        Ok(true)
    }

    /// Adds an invitation, removes those that have expired unused, and adds an entry to the record. Returns false if there are
    /// [`MAX_INVITATIONS`] that can be used.
    pub async fn invite(&self, invitation: &InvitationRow, entry: &AuditRow) -> Result<bool, GatewayStateError> {
        let mut tx = self.begin().await?;
        let now = big("the time", invitation.made_at)?;
        let sql = "DELETE FROM invitations WHERE used_at IS NULL AND expires_at <= $1".to_owned();
        sql::execute(&mut tx, "forget invitations", sql, vec![now]).await?;
        let sql = "SELECT COUNT(*) AS count FROM invitations WHERE used_at IS NULL".to_owned();
        let rows = sql::fetch_all(&mut tx, "count invitations", sql, Vec::new()).await?;
        if rows.first().map_or(Ok(0), |row| Fields(row).u64("count"))? >= MAX_INVITATIONS {
            return Ok(false);
        }
        sql::insert(&mut tx, std::slice::from_ref(invitation)).await?;
        record(&mut tx, entry).await?;
        commit(tx).await?;
        Ok(true)
    }

    /// Makes the account of `entry` a creator by an invitation, and adds the entry to the record. Returns false if there is no
    /// such invitation, or it was used or has expired.
    pub async fn redeem_invitation(&self, code_hash: &str, entry: &AuditRow) -> Result<bool, GatewayStateError> {
        let mut tx = self.begin().await?;
        let found = sql::load::<InvitationRow>(&mut tx, &[vec![text(code_hash)]]).await?.into_iter().next();
        let is_valid = |row: &InvitationRow| row.used_at.is_none() && row.expires_at > entry.made_at;
        let Some(invitation) = found.filter(is_valid) else { return Ok(false) };
        // Of two requests at once, one finds the row used: both would lock it here.
        let sql = "UPDATE invitations SET used_by = $1, used_at = $2 WHERE code_hash = $3 AND used_at IS NULL \
                   RETURNING code_hash";
        let values = vec![account(&entry.author), big("the time", entry.made_at)?, text(code_hash)];
        if sql::fetch_all(&mut tx, "use an invitation", sql.to_owned(), values).await?.is_empty() {
            return Ok(false);
        }
        let role = RoleRow {
            account: entry.author.clone(),
            role: CREATOR.into(),
            author: invitation.author,
            made_at: entry.made_at,
        };
        sql::upsert(&mut tx, &[role]).await?;
        record(&mut tx, entry).await?;
        commit(tx).await?;
        Ok(true)
    }
}

impl Table for RoleRow {
    const NAME: &'static str = "roles";
    const KEY: &'static [&'static str] = &["account", "role"];
    const COLUMNS: &'static [&'static str] = &["account", "role", "author", "made_at"];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        let made_at = big("the time", self.made_at)?;
        Ok(vec![account(&self.account), text(&self.role), account(&self.author), made_at])
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            account: row.account("account")?,
            role: row.text("role")?,
            author: row.account("author")?,
            made_at: row.u64("made_at")?,
        })
    }
}

impl Table for InvitationRow {
    const NAME: &'static str = "invitations";
    const KEY: &'static [&'static str] = &["code_hash"];
    const COLUMNS: &'static [&'static str] = &["code_hash", "author", "made_at", "expires_at", "used_by", "used_at"];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        Ok(vec![
            text(&self.code_hash),
            account(&self.author),
            big("the time", self.made_at)?,
            big("the time", self.expires_at)?,
            maybe_account(self.used_by.as_ref()),
            maybe_big("the time", self.used_at)?,
        ])
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            code_hash: row.text("code_hash")?,
            author: row.account("author")?,
            made_at: row.u64("made_at")?,
            expires_at: row.u64("expires_at")?,
            used_by: row.maybe_account("used_by")?,
            used_at: row.maybe_u64("used_at")?,
        })
    }
}
