//! The short form in which people are named in lists.

use super::error::ApiError;
use crate::people::People;
use std::collections::HashMap;
use tick_stream_primitives::AccountId;
use vilokanam_wire::{people::PersonRef, Account};

/// People by their accounts.
pub struct PersonRefs(HashMap<AccountId, PersonRef>);

impl PersonRefs {
    /// Reads how accounts are named. One may be there several times.
    pub async fn read(people: &People, accounts: impl IntoIterator<Item = AccountId>) -> Result<Self, ApiError> {
        let mut accounts: Vec<AccountId> = accounts.into_iter().collect();
        accounts.sort_unstable();
        accounts.dedup();
        let found = people.person_refs(&accounts).await;
        found.map(Self).map_err(|error| ApiError::internal(&error))
    }

    /// Returns how an account is named.
    pub fn of(&self, account: &AccountId) -> PersonRef {
        self.0.get(account).cloned().unwrap_or_else(|| PersonRef::unnamed(Account(account.clone())))
    }

    /// Returns all of them.
    pub fn all(&self) -> &HashMap<AccountId, PersonRef> {
        &self.0
    }
}
