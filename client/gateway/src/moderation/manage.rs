//! Changes of administrators: lists of what is blocked, and roles. Each is in the record.

use super::{
    lists::{stored_value, MAX_ALL_BLOCKS, MAX_BLOCKS},
    BlockError, ListError, Moderation,
};
use tick_stream_primitives::{clock::now_ms, AccountId};
use vilokanam_indexer::{
    people::{blocked_account, AuditRow, BlockRow, RoleRow},
    GatewayStateError,
};
use vilokanam_wire::{
    admin::{BlockKind, GrantedRole},
    Account,
};

impl Moderation {
    /// Returns everything that is blocked, by kind and value.
    ///
    /// # Errors
    ///
    /// The records cannot be read.
    pub async fn blocks(&self) -> Result<Vec<BlockRow>, GatewayStateError> {
        self.index.blocks(MAX_ALL_BLOCKS).await
    }

    /// Blocks an account, a network or a word from now on. Returns false if the list is full.
    ///
    /// # Errors
    ///
    /// [`ListError`].
    pub async fn block(&self, by: &AccountId, kind: BlockKind, value: &str, note: &str) -> Result<bool, ListError> {
        let value = stored_value(kind, value)?;
        if kind == BlockKind::Account && value == blocked_account(&self.gateway) {
            return Err(BlockError::OwnAccount.into());
        }
        let now = now_ms();
        let entry = AuditRow::new(by, format!("block.{kind}.add"), value.clone(), now).with_note(note);
        let row = BlockRow { kind: kind.to_string(), value, note: note.into(), author: by.clone(), made_at: now };
        let max = MAX_BLOCKS.iter().find(|(of, _)| *of == kind).map_or(0, |(_, max)| *max);
        let is_blocked = self.index.block(&row, max, &entry).await?;
        if is_blocked {
            self.refresh().await?;
        }
        Ok(is_blocked)
    }

    /// Takes an account, a network or a word off its list. Returns whether it was on it.
    ///
    /// # Errors
    ///
    /// [`ListError`].
    pub async fn unblock(&self, by: &AccountId, kind: BlockKind, value: &str) -> Result<bool, ListError> {
        let value = stored_value(kind, value)?;
        let entry = AuditRow::new(by, format!("block.{kind}.remove"), value.clone(), now_ms());
        let was_blocked = self.index.unblock(kind.as_str(), &value, &entry).await?;
        if was_blocked {
            self.refresh().await?;
        }
        Ok(was_blocked)
    }

    /// Grants a role.
    ///
    /// # Errors
    ///
    /// The records cannot be changed.
    pub async fn grant_role(
        &self,
        by: &AccountId,
        account: &Account,
        role: GrantedRole,
    ) -> Result<(), GatewayStateError> {
        let now = now_ms();
        let entry = AuditRow::new(by, format!("role.{role}.grant"), format!("person:{account}"), now);
        let row = RoleRow { account: account.0.clone(), role: role.to_string(), author: by.clone(), made_at: now };
        self.index.grant_role(&row, &entry).await
    }

    /// Revokes a role. Returns whether the account had it.
    ///
    /// # Errors
    ///
    /// The records cannot be changed.
    pub async fn revoke_role(
        &self,
        by: &AccountId,
        account: &Account,
        role: GrantedRole,
    ) -> Result<bool, GatewayStateError> {
        let entry = AuditRow::new(by, format!("role.{role}.revoke"), format!("person:{account}"), now_ms());
        self.index.revoke_role(&account.0, role.as_str(), &entry).await
    }
}
