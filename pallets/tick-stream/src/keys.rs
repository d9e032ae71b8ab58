//! Session keys of viewers.

use crate::{Config, Deposits, Error, Event, Keys, Pallet};
use frame_support::{ensure, traits::Get};
use sp_runtime::{traits::Zero, DispatchResult};
use tick_stream_primitives::{
    limits::{MAX_KEYS, MAX_SESSIONS_PER_KEY},
    rules, AccountId, Balance, BlockNumber, Deposit, KeyLimits, SessionKey,
};

impl<T: Config> Pallet<T> {
    pub(crate) fn do_add_key(viewer: AccountId, session_key: AccountId, limits: KeyLimits) -> DispatchResult {
        let mut deposit = Deposits::<T>::get(&viewer).ok_or(Error::<T>::DepositUnknown)?;
        Self::authorise(&viewer, &mut deposit, session_key, limits)?;
        Deposits::<T>::insert(viewer, deposit);
        Ok(())
    }

    pub(crate) fn do_update_key(viewer: AccountId, session_key: AccountId, limits: KeyLimits) -> DispatchResult {
        let block = Self::block();
        Self::check_limits(&limits, block)?;
        let mut key = Keys::<T>::get(&viewer, &session_key).ok_or(Error::<T>::KeyUnknown)?;
        key.set_limits(limits.clone(), block);
        Keys::<T>::insert(&viewer, &session_key, key);
        Self::touch(&viewer, block);
        Self::deposit_event(Event::KeyUpdated { viewer, session_key, limits });
        Ok(())
    }

    pub(crate) fn do_remove_key(viewer: AccountId, session_key: AccountId) -> DispatchResult {
        let mut deposit = Deposits::<T>::get(&viewer).ok_or(Error::<T>::DepositUnknown)?;
        let key = Keys::<T>::take(&viewer, &session_key).ok_or(Error::<T>::KeyUnknown)?;
        Self::forget(&viewer, &mut deposit, session_key, key);
        Deposits::<T>::insert(viewer, deposit);
        Ok(())
    }

    pub(crate) fn do_remove_all_keys(viewer: AccountId) -> DispatchResult {
        let mut deposit = Deposits::<T>::get(&viewer).ok_or(Error::<T>::DepositUnknown)?;
        Keys::<T>::drain_prefix(&viewer)
            .for_each(|(session_key, key)| Self::forget(&viewer, &mut deposit, session_key, key));
        Deposits::<T>::insert(viewer, deposit);
        Ok(())
    }

    /// Adds a session key to a copy of the deposit, and takes its storage bond from the free deposit.
    pub(crate) fn authorise(
        viewer: &AccountId,
        deposit: &mut Deposit,
        session_key: AccountId,
        limits: KeyLimits,
    ) -> DispatchResult {
        let block = Self::block();
        Self::check_limits(&limits, block)?;
        // A ticket with this key would look like one of the wallet's own.
        ensure!(session_key != *viewer, Error::<T>::KeyIsViewer);
        ensure!(!is_zero_key(&session_key), Error::<T>::KeyIsZero);
        ensure!(!Keys::<T>::contains_key(viewer, &session_key), Error::<T>::KeyExists);
        ensure!(deposit.keys < MAX_KEYS, Error::<T>::TooManyKeys);
        let key = rules::add_key(deposit, limits.clone(), T::StorageBond::get(), block);
        let key = key.ok_or(Error::<T>::FundsTooLow)?;
        Keys::<T>::insert(viewer, &session_key, key);
        Self::deposit_event(Event::KeyAdded { viewer: viewer.clone(), session_key, limits });
        Ok(())
    }

    /// Removes all session keys of a deposit that is removed itself. Returns the sum of their bonds in planck.
    pub(crate) fn reap_keys(viewer: &AccountId) -> Balance {
        Keys::<T>::drain_prefix(viewer).map(|(_, key)| key.bond).fold(0, Balance::saturating_add)
    }

    /// Records in a copy of the deposit that a key was removed, and returns its bond to the free deposit. Sessions of
    /// the key stay open.
    fn forget(viewer: &AccountId, deposit: &mut Deposit, session_key: AccountId, key: SessionKey) {
        rules::remove_key(deposit, &key, Self::block());
        Self::deposit_event(Event::KeyRemoved { viewer: viewer.clone(), session_key });
    }

    /// Records activity of a viewer, so that the deposit is not removed while tickets may still be valid.
    fn touch(viewer: &AccountId, block: BlockNumber) {
        Deposits::<T>::mutate_extant(viewer, |deposit| deposit.active_at = block);
    }

    fn check_limits(limits: &KeyLimits, block: BlockNumber) -> Result<(), Error<T>> {
        ensure!(limits.expires_at >= block, Error::<T>::KeyExpired);
        ensure!((1..=MAX_SESSIONS_PER_KEY).contains(&limits.max_sessions), Error::<T>::KeySessionsInvalid);
        let is_renewal_valid =
            limits.renewal.is_none_or(|renewal| !renewal.every_blocks.is_zero() && !renewal.amount.is_zero());
        ensure!(is_renewal_valid, Error::<T>::RenewalInvalid);
        ensure!(core::str::from_utf8(&limits.label).is_ok(), Error::<T>::LabelInvalid);
        Ok(())
    }
}

/// Returns whether a session key is only zeros, as one that was never set.
///
/// As a public key of sr25519 or ed25519 it is a point of small order, and everyone can make signatures that verify
/// against it: a stranger could spend its allowance.
pub(crate) fn is_zero_key(session_key: &AccountId) -> bool {
    *session_key == AccountId::new([0; 32])
}
