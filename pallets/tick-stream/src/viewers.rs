//! Deposits of viewers, and their delegations to session keys.

use crate::{Config, Deposits, Error, Event, Pallet};
use frame_support::{ensure, traits::Get};
use sp_runtime::{traits::Zero, DispatchResult, Saturating};
use tick_stream_primitives::{AccountId, Balance, BlockNumber, Delegation, Deposit};

impl<T: Config> Pallet<T> {
    pub(crate) fn do_deposit(viewer: AccountId, amount: Balance, delegation: Option<Delegation>) -> DispatchResult {
        ensure!(!amount.is_zero(), Error::<T>::AmountZero);
        let block = Self::block();
        let known = Deposits::<T>::get(&viewer);
        ensure!(known.is_some() || amount >= T::MinDeposit::get(), Error::<T>::DepositTooSmall);
        let mut deposit = known.unwrap_or_else(|| Deposit::new(block));
        if let Some(delegation) = delegation {
            Self::authorise(&viewer, &mut deposit, delegation, block)?;
        }
        Self::move_into_pot(&viewer, amount)?;
        deposit.free.saturating_accrue(amount);
        deposit.active_at = block;
        Self::deposit_event(Event::Deposited { viewer: viewer.clone(), amount, free: deposit.free });
        Deposits::<T>::insert(viewer, deposit);
        Ok(())
    }

    pub(crate) fn do_withdraw(viewer: AccountId, amount: Balance) -> DispatchResult {
        ensure!(!amount.is_zero(), Error::<T>::AmountZero);
        let mut deposit = Deposits::<T>::get(&viewer).ok_or(Error::<T>::DepositUnknown)?;
        deposit.free = deposit.free.checked_sub(amount).ok_or(Error::<T>::FundsTooLow)?;
        deposit.active_at = Self::block();
        Self::move_out_of_pot(&viewer, amount)?;
        Self::deposit_event(Event::Withdrawn { viewer: viewer.clone(), amount, free: deposit.free });
        Deposits::<T>::insert(viewer, deposit);
        Ok(())
    }

    pub(crate) fn do_delegate(viewer: AccountId, delegation: Delegation) -> DispatchResult {
        Deposits::<T>::try_mutate(&viewer, |entry| {
            let deposit = entry.as_mut().ok_or(Error::<T>::DepositUnknown)?;
            Self::authorise(&viewer, deposit, delegation, Self::block())
        })
    }

    pub(crate) fn do_revoke_delegation(viewer: AccountId) -> DispatchResult {
        let generation = Deposits::<T>::try_mutate(&viewer, |entry| {
            let deposit = entry.as_mut().ok_or(Error::<T>::DepositUnknown)?;
            deposit.delegation.take().ok_or(Error::<T>::DelegationMissing)?;
            deposit.generation.saturating_inc();
            deposit.active_at = Self::block();
            Ok::<_, Error<T>>(deposit.generation)
        })?;
        Self::deposit_event(Event::DelegationRevoked { viewer, generation });
        Ok(())
    }

    pub(crate) fn do_reap_deposit(viewer: AccountId) -> DispatchResult {
        let deposit = Deposits::<T>::get(&viewer).ok_or(Error::<T>::DepositUnknown)?;
        let is_empty = deposit.free.is_zero() && deposit.reserved.is_zero() && deposit.open_sessions.is_zero();
        ensure!(is_empty, Error::<T>::DepositInUse);
        let idle_blocks = Self::block().saturating_sub(deposit.active_at);
        ensure!(idle_blocks > T::TicketLifetime::get(), Error::<T>::DepositActive);
        Deposits::<T>::remove(&viewer);
        Self::deposit_event(Event::DepositReaped { viewer });
        Ok(())
    }

    /// Replaces the delegation and starts a new generation, so that refunds of sessions opened by the old key do not
    /// raise the allowance of the new one.
    fn authorise(
        viewer: &AccountId,
        deposit: &mut Deposit,
        delegation: Delegation,
        block: BlockNumber,
    ) -> DispatchResult {
        ensure!(delegation.expires_at >= block, Error::<T>::DelegationExpired);
        deposit.generation.saturating_inc();
        deposit.active_at = block;
        deposit.delegation = Some(delegation.clone());
        Self::deposit_event(Event::Delegated { viewer: viewer.clone(), delegation, generation: deposit.generation });
        Ok(())
    }

    /// Makes a deposit in the genesis state.
    ///
    /// # Panics
    ///
    /// Panics if the deposit cannot be made: a genesis state has no other way to report an error.
    pub(crate) fn genesis_deposit(viewer: &AccountId, amount: Balance, session_key: Option<&AccountId>) {
        // A second entry would replace the first one, whose money would stay in the pot without an owner.
        assert!(!Deposits::<T>::contains_key(viewer), "genesis: {viewer:?} is listed twice among the deposits");
        assert!(amount >= T::MinDeposit::get(), "genesis: the deposit of {viewer:?} is below MinDeposit");
        let mut deposit = Deposit::new(BlockNumber::zero());
        deposit.free = amount;
        deposit.delegation = session_key.map(|session_key| Delegation {
            session_key: session_key.clone(),
            max_price_per_tick: Balance::MAX,
            allowance: Balance::MAX,
            expires_at: BlockNumber::MAX,
        });
        assert!(Self::move_into_pot(viewer, amount).is_ok(), "genesis: {viewer:?} cannot pay the deposit of {amount}");
        Deposits::<T>::insert(viewer, deposit);
    }
}
