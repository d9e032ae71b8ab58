//! Profiles, and how others see them.

use super::limits::PersonLimits;
use std::{collections::HashMap, sync::Arc};
use tick_stream_primitives::AccountId;
use vilokanam_indexer::{people::PersonRow, GatewayStateError, Store};
use vilokanam_wire::{
    people::{MySettings, PersonRef, PersonView},
    Account,
};

/// What is known of people.
pub struct People {
    pub(super) index: Store,
    limits: PersonLimits,
}

impl People {
    /// Opens the profiles.
    pub fn new(index: Store) -> Arc<Self> {
        Arc::new(Self { index, limits: PersonLimits::default() })
    }

    /// Returns how often people may write and react.
    pub fn limits(&self) -> &PersonLimits {
        &self.limits
    }

    /// Returns the short forms of people.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn person_refs(
        &self,
        accounts: &[AccountId],
    ) -> Result<HashMap<AccountId, PersonRef>, GatewayStateError> {
        let mut found = self.index.people(accounts).await?;
        let of = |account: &AccountId| match found.remove(account) {
            Some(row) => (account.clone(), person_ref(row)),
            None => (account.clone(), PersonRef::unnamed(Account(account.clone()))),
        };
        Ok(accounts.iter().map(of).collect())
    }

    /// Returns a person's profile, as `viewer` sees it.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn view(&self, who: &AccountId, viewer: Option<&AccountId>) -> Result<PersonView, GatewayStateError> {
        let row = self.index.person(who).await?.unwrap_or_else(|| PersonRow::new(who.clone()));
        let is_followed_by_me = match viewer {
            Some(viewer) => Some(self.index.is_following(viewer, who).await?),
            None => None,
        };
        let followers = self.index.follower_count(who).await?;
        let is_creator = self.index.is_creator(who).await?;
        Ok(PersonView {
            account: Account(row.account),
            handle: row.handle,
            name: given(row.name),
            bio: given(row.bio),
            picture: given(row.picture),
            banner: given(row.banner),
            links: row.links,
            followers,
            is_creator,
            is_followed_by_me,
            signature: given(row.signature),
            signed_at: given(row.signed_at),
        })
    }

    /// Returns what a person has chosen.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn settings(&self, who: &AccountId) -> Result<MySettings, GatewayStateError> {
        let row = self.index.person(who).await?.unwrap_or_else(|| PersonRow::new(who.clone()));
        Ok(MySettings { hide_from_leaderboards: row.hides_from_leaderboards, keep_history: row.keeps_history })
    }
}

fn person_ref(row: PersonRow) -> PersonRef {
    PersonRef { account: Account(row.account), handle: row.handle, name: given(row.name), picture: given(row.picture) }
}

fn given(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}
