//! Choice of the set of each session, and removal of absent validators.

use super::{
    limits::{places_for_candidates, KEPT_SESSIONS, SLOTS_BEFORE_ABSENCE},
    storage::{
        Author, Authors, Config, EarlyEnds, Event, Expelled, LastSession, Pallet, Punished, Reason, SessionAuthors,
        SessionPeriod, Watch, Watched,
    },
};
use crate::{AccountId, BlockNumber};
use alloc::vec::Vec;
use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight, BoundedVec};
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};
use pallet_collator_selection::{CandidateList, Invulnerables, LastAuthoredBlock, Pallet as Selection};
use pallet_session::{historical, Pallet as Session, SessionInterface, SessionManager, ShouldEndSession};
use sp_consensus_aura::sr25519::AuthorityId as AuraId;
use sp_consensus_grandpa::AuthorityId as GrandpaId;
use sp_core::crypto::key_types::{AURA, GRANDPA};
use sp_runtime::{
    traits::{OpaqueKeys, SaturatedConversion},
    Permill,
};
use sp_staking::{offence::OffenceSeverity, SessionIndex};

/// End of a session: when its blocks are written, or at once while an offender is in the set.
pub struct EndOfSession<T>(PhantomData<T>);

impl<T: Config> ShouldEndSession<BlockNumberFor<T>> for EndOfSession<T> {
    fn should_end_session(now: BlockNumberFor<T>) -> bool {
        let now: BlockNumber = now.saturated_into();
        EarlyEnds::<T>::get() > 0 || now.checked_rem(SessionPeriod::<T>::get()) == Some(0)
    }
}

impl<T: Config> frame_support::traits::EstimateNextSessionRotation<BlockNumberFor<T>> for EndOfSession<T> {
    fn average_session_length() -> BlockNumberFor<T> {
        SessionPeriod::<T>::get().into()
    }

    fn estimate_current_session_progress(now: BlockNumberFor<T>) -> (Option<Permill>, Weight) {
        let (now, period): (BlockNumber, _) = (now.saturated_into(), SessionPeriod::<T>::get());
        let written = now.checked_rem(period).unwrap_or_default().saturating_add(1);
        (Some(Permill::from_rational(written, period)), T::DbWeight::get().reads(1))
    }

    fn estimate_next_session_rotation(now: BlockNumberFor<T>) -> (Option<BlockNumberFor<T>>, Weight) {
        let (now, period): (BlockNumber, _) = (now.saturated_into(), SessionPeriod::<T>::get());
        let left = period.saturating_sub(now.checked_rem(period).unwrap_or_default());
        (Some(now.saturating_add(left).into()), T::DbWeight::get().reads(1))
    }
}

impl<T: Config> SessionManager<AccountId> for Pallet<T> {
    fn new_session(index: SessionIndex) -> Option<Vec<AccountId>> {
        Self::remove_absent();
        let selected = <Selection<T> as SessionManager<AccountId>>::new_session(index).unwrap_or_default();
        let active = Session::<T>::queued_keys();
        let registered = selected.into_iter().filter_map(|who| Session::<T>::load_keys(&who).map(|keys| (who, keys)));
        let next = Self::limit_candidates(registered);
        if next.is_empty() {
            Self::keep(active);
            return None;
        }
        // The same set with the same keys again is no change, for which GRANDPA would start a new set of voters.
        (next != active).then(|| next.into_iter().map(|(who, _)| who).collect())
    }

    fn start_session(index: SessionIndex) {
        EarlyEnds::<T>::mutate(|ends| *ends = ends.saturating_sub(1));
        Self::record_authors(index);
        Self::disable_expelled(index);
        if !Watch::<T>::exists() {
            Self::watch();
        }
        let oldest = index.saturating_sub(KEPT_SESSIONS);
        if let Some(older) = oldest.checked_sub(1) {
            Self::forget_authors(older);
        }
        historical::Pallet::<T>::prune_up_to(oldest);
        Punished::<T>::mutate(|list| list.retain(|offender| index < offender.until));
    }

    fn end_session(_index: SessionIndex) {}
}

impl<T: Config> historical::SessionManager<AccountId, ()> for Pallet<T> {
    fn new_session(index: SessionIndex) -> Option<Vec<(AccountId, ())>> {
        let set = <Self as SessionManager<AccountId>>::new_session(index)?;
        Some(set.into_iter().map(|who| (who, ())).collect())
    }

    fn start_session(index: SessionIndex) {
        <Self as SessionManager<AccountId>>::start_session(index);
    }

    fn end_session(index: SessionIndex) {
        <Self as SessionManager<AccountId>>::end_session(index);
    }
}

impl<T: Config> Pallet<T> {
    /// Removes a validator from both lists. Returns whether it was in one and is in none now; the last one stays.
    pub(super) fn remove(who: &AccountId, reason: Reason) -> bool {
        let is_removed = if Invulnerables::<T>::get().contains(who) {
            Selection::<T>::remove_invulnerable(RawOrigin::Root.into(), who.clone()).is_ok()
        } else {
            Selection::<T>::leave_intent(RawOrigin::Signed(who.clone()).into()).is_ok()
        };
        if is_removed {
            Self::deposit_event(Event::Removed { who: who.clone(), reason });
        }
        is_removed
    }

    /// Returns whether the account is invulnerable or a candidate.
    pub(super) fn is_selected(who: &AccountId) -> bool {
        Invulnerables::<T>::get().contains(who) || CandidateList::<T>::get().iter().any(|info| info.who == *who)
    }

    /// Removes validators that wrote no block since the watch began, if it has lasted for a session.
    ///
    /// At most as many are removed as finality can do without: of fewer than four validators, none. Otherwise a
    /// disturbance of the network could leave a set that is too small.
    fn remove_absent() {
        let now: BlockNumber = frame_system::Pallet::<T>::block_number().saturated_into();
        let Some(Watched { since, validators }) = Watch::<T>::get() else { return };
        let count: BlockNumber = validators.len().saturated_into();
        let window = SessionPeriod::<T>::get().max(count.saturating_mul(SLOTS_BEFORE_ABSENCE));
        if now.saturating_sub(since) < window {
            return;
        }
        let active = Session::<T>::validators();
        let dispensable = active.len().saturating_sub(1) / 3;
        let is_absent = |who: &&AccountId| {
            let last: BlockNumber = LastAuthoredBlock::<T>::get(who).saturated_into();
            // For a candidate that has written no block yet, collator selection stores a block far ahead.
            let wrote_since = last > since && last <= now;
            !wrote_since && active.contains(who) && Self::is_selected(who)
        };
        for who in validators.iter().filter(is_absent).take(dispensable) {
            Self::remove(who, Reason::Absent);
        }
        Self::watch();
    }

    /// Begins to watch the validators of the present session.
    fn watch() {
        let since = frame_system::Pallet::<T>::block_number().saturated_into();
        Watch::<T>::put(Watched { since, validators: BoundedVec::truncate_from(Session::<T>::validators()) });
    }

    /// Leaves out candidates that would be too many beside the invulnerables, those with the lowest bonds.
    fn limit_candidates(selected: impl Iterator<Item = (AccountId, T::Keys)>) -> Vec<(AccountId, T::Keys)> {
        let invulnerables = Invulnerables::<T>::get();
        // Collator selection has sorted the candidates by their bonds, the highest first.
        let (mut set, candidates): (Vec<_>, Vec<_>) = selected.partition(|(who, _)| invulnerables.contains(who));
        let places = places_for_candidates(set.len());
        set.extend(candidates.into_iter().take(places));
        set
    }

    /// Keeps the keys of the active set, if no selected validator has keys. Otherwise a set without members would be
    /// enacted, after which no block could become final.
    fn keep(active: Vec<(AccountId, T::Keys)>) {
        for (who, keys) in active {
            if Session::<T>::load_keys(&who).is_none() {
                // A key that belongs to another account by now is the only reason for an error.
                let _taken = <Session<T> as SessionInterface>::set_keys(&who, keys);
            }
        }
    }

    /// Records the validators of the session that begins, with the keys that they have in it.
    fn record_authors(index: SessionIndex) {
        let author = |(account, keys): (AccountId, T::Keys)| {
            let (aura, grandpa) = (keys.get::<AuraId>(AURA)?, keys.get::<GrandpaId>(GRANDPA)?);
            Some(Author { account, aura, grandpa })
        };
        let keys: Vec<_> = Session::<T>::queued_keys().into_iter().filter_map(author).collect();
        keys.iter().for_each(|author| LastSession::<T>::insert(&author.account, index));
        let first_slot = pallet_aura::CurrentSlot::<T>::get();
        SessionAuthors::<T>::insert(index, Authors { first_slot, keys: BoundedVec::truncate_from(keys) });
    }

    /// Forgets the validators of a session for which nothing can be reported any more.
    fn forget_authors(index: SessionIndex) {
        let Some(authors) = SessionAuthors::<T>::take(index) else { return };
        for Author { account, .. } in authors.keys {
            if LastSession::<T>::get(&account) == Some(index) {
                LastSession::<T>::remove(&account);
            }
        }
    }

    /// Disables offenders in the session that begins, to which they were already elected.
    fn disable_expelled(index: SessionIndex) {
        Expelled::<T>::mutate(|expelled| {
            expelled.retain(|(_, last)| index <= *last);
            for (who, _) in expelled.iter() {
                Session::<T>::report_offence(who.clone(), OffenceSeverity::max_severity());
            }
        });
    }
}
