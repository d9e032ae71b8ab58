//! Proof that a key was a voter's in a recent session.

use super::{
    limits::KEPT_SESSIONS,
    storage::{Config, Pallet, SessionAuthors},
};
use crate::AccountId;
use alloc::vec::Vec;
use frame_support::traits::KeyOwnerProofSystem;
use pallet_grandpa::SetIdSession;
use pallet_session::Pallet as Session;
use sp_consensus_grandpa::{AuthorityId, SetId, KEY_TYPE};
use sp_core::crypto::KeyTypeId;
use sp_session::MembershipProof;
use sp_staking::SessionIndex;

/// Ownership of GRANDPA's keys.
///
/// The SDK proves it from the keys that a validator has registered for the future, so that one could escape by changing
/// them. Here it is read from the record of the session: a proof only names the session, and has no trie nodes.
impl<T: Config> KeyOwnerProofSystem<(KeyTypeId, AuthorityId)> for Pallet<T> {
    type Proof = MembershipProof;
    type IdentificationTuple = (AccountId, ());

    fn prove((kind, key): (KeyTypeId, AuthorityId)) -> Option<MembershipProof> {
        let current = Session::<T>::current_index();
        let oldest = current.saturating_sub(KEPT_SESSIONS);
        (kind == KEY_TYPE).then(|| Self::prove_within(&key, oldest..=current)).flatten()
    }

    fn check_proof((kind, key): (KeyTypeId, AuthorityId), proof: MembershipProof) -> Option<(AccountId, ())> {
        let oldest = Session::<T>::current_index().saturating_sub(KEPT_SESSIONS);
        // One form of a proof: a report could otherwise be filled with useless bytes.
        if kind != KEY_TYPE || !proof.trie_nodes.is_empty() || proof.session < oldest {
            return None;
        }
        let authors = SessionAuthors::<T>::get(proof.session)?.keys;
        if u32::try_from(authors.len()) != Ok(proof.validator_count) {
            return None;
        }
        authors.into_iter().find(|author| author.grandpa == key).map(|author| (author.account, ()))
    }
}

impl<T: Config> Pallet<T> {
    /// Proves that a key was a voter's while a set of voters was in force. `None` if it was not, or too long ago.
    pub fn prove_voter(set: SetId, key: &AuthorityId) -> Option<MembershipProof> {
        let current = Session::<T>::current_index();
        let oldest = current.saturating_sub(KEPT_SESSIONS);
        let first = match set.checked_sub(1) {
            Some(previous) => SetIdSession::<T>::get(previous)?.saturating_add(1),
            None => 0,
        };
        let last = SetIdSession::<T>::get(set)?;
        Self::prove_within(key, first.max(oldest)..=last.min(current))
    }

    /// Finds the newest of these sessions in which the key was a voter's.
    fn prove_within(
        key: &AuthorityId,
        sessions: impl DoubleEndedIterator<Item = SessionIndex>,
    ) -> Option<MembershipProof> {
        sessions.rev().find_map(|session| {
            let authors = SessionAuthors::<T>::get(session)?.keys;
            let validator_count = u32::try_from(authors.len()).ok()?;
            authors.iter().any(|author| author.grandpa == *key).then_some(MembershipProof {
                session,
                trie_nodes: Vec::new(),
                validator_count,
            })
        })
    }
}
