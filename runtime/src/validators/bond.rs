//! Currency of bonds, which keeps them for a while after they are released.

use super::{
    limits::AT_STAKE_SESSIONS,
    storage::{Config, Event, LastSession, Pallet, Unbond, Unbonding},
};
use crate::{weights::validators::WeightInfo, AccountId, Balance};
use core::marker::PhantomData;
use frame_support::{
    dispatch::{DispatchClass, DispatchResult},
    traits::{BalanceStatus, Currency, ExistenceRequirement, ReservableCurrency, SignedImbalance, WithdrawReasons},
};
use sp_runtime::{traits::Zero, DispatchError};

/// Currency in which collator selection reserves bonds.
///
/// Collator selection returns a bond at once when its owner leaves. A validator could then leave, equivocate while its
/// last sessions run, and lose nothing. Here, `unreserve` only starts the time after which [`Pallet::release_bond`]
/// returns the amount: as many sessions as equivocations can be reported. The bond of an account that was in no recent
/// set is returned at once, since there is nothing to report. Everything else is the currency of the runtime.
pub struct Bonds<T>(PhantomData<T>);

type Inner<T> = <T as Config>::Currency;

impl<T: Config> Currency<AccountId> for Bonds<T> {
    type Balance = Balance;
    type PositiveImbalance = <Inner<T> as Currency<AccountId>>::PositiveImbalance;
    type NegativeImbalance = <Inner<T> as Currency<AccountId>>::NegativeImbalance;

    fn total_balance(who: &AccountId) -> Balance {
        Inner::<T>::total_balance(who)
    }

    fn can_slash(who: &AccountId, value: Balance) -> bool {
        Inner::<T>::can_slash(who, value)
    }

    fn total_issuance() -> Balance {
        Inner::<T>::total_issuance()
    }

    fn minimum_balance() -> Balance {
        Inner::<T>::minimum_balance()
    }

    fn burn(amount: Balance) -> Self::PositiveImbalance {
        Inner::<T>::burn(amount)
    }

    fn issue(amount: Balance) -> Self::NegativeImbalance {
        Inner::<T>::issue(amount)
    }

    fn free_balance(who: &AccountId) -> Balance {
        Inner::<T>::free_balance(who)
    }

    fn ensure_can_withdraw(
        who: &AccountId,
        amount: Balance,
        reasons: WithdrawReasons,
        new_balance: Balance,
    ) -> DispatchResult {
        Inner::<T>::ensure_can_withdraw(who, amount, reasons, new_balance)
    }

    fn transfer(
        source: &AccountId,
        dest: &AccountId,
        value: Balance,
        existence_requirement: ExistenceRequirement,
    ) -> DispatchResult {
        Inner::<T>::transfer(source, dest, value, existence_requirement)
    }

    fn slash(who: &AccountId, value: Balance) -> (Self::NegativeImbalance, Balance) {
        Inner::<T>::slash(who, value)
    }

    fn deposit_into_existing(who: &AccountId, value: Balance) -> Result<Self::PositiveImbalance, DispatchError> {
        Inner::<T>::deposit_into_existing(who, value)
    }

    fn deposit_creating(who: &AccountId, value: Balance) -> Self::PositiveImbalance {
        Inner::<T>::deposit_creating(who, value)
    }

    fn withdraw(
        who: &AccountId,
        value: Balance,
        reasons: WithdrawReasons,
        liveness: ExistenceRequirement,
    ) -> Result<Self::NegativeImbalance, DispatchError> {
        Inner::<T>::withdraw(who, value, reasons, liveness)
    }

    fn make_free_balance_be(who: &AccountId, balance: Balance) -> SignedImbalance<Balance, Self::PositiveImbalance> {
        Inner::<T>::make_free_balance_be(who, balance)
    }
}

impl<T: Config> ReservableCurrency<AccountId> for Bonds<T> {
    fn can_reserve(who: &AccountId, value: Balance) -> bool {
        Inner::<T>::can_reserve(who, value)
    }

    fn slash_reserved(who: &AccountId, value: Balance) -> (Self::NegativeImbalance, Balance) {
        Inner::<T>::slash_reserved(who, value)
    }

    fn reserved_balance(who: &AccountId) -> Balance {
        Inner::<T>::reserved_balance(who)
    }

    fn reserve(who: &AccountId, value: Balance) -> DispatchResult {
        Inner::<T>::reserve(who, value)
    }

    fn unreserve(who: &AccountId, value: Balance) -> Balance {
        // Collator selection's weights are those of a currency that returns the amount.
        let weight = <T as Config>::WeightInfo::unbond();
        frame_system::Pallet::<T>::register_extra_weight_unchecked(weight, DispatchClass::Normal);
        if !Pallet::<T>::is_at_stake(who) {
            return Inner::<T>::unreserve(who, value);
        }
        Pallet::<T>::unbond(who, value);
        Balance::zero()
    }

    fn repatriate_reserved(
        slashed: &AccountId,
        beneficiary: &AccountId,
        value: Balance,
        status: BalanceStatus,
    ) -> Result<Balance, DispatchError> {
        Inner::<T>::repatriate_reserved(slashed, beneficiary, value, status)
    }
}

impl<T: Config> Pallet<T> {
    /// Returns whether the account was in a recent set, or is in the next one, so that it may have signed something that
    /// can be reported.
    fn is_at_stake(who: &AccountId) -> bool {
        LastSession::<T>::contains_key(who)
            || pallet_session::Pallet::<T>::queued_keys().iter().any(|(queued, _)| queued == who)
    }

    /// Starts the time after which an amount is released.
    fn unbond(who: &AccountId, amount: Balance) {
        if amount.is_zero() {
            return;
        }
        let until = pallet_session::Pallet::<T>::current_index().saturating_add(AT_STAKE_SESSIONS);
        Unbonding::<T>::mutate(who, |list| {
            if list.try_push(Unbond { amount, until }).is_ok() {
                return;
            }
            if let Some(newest) = list.last_mut() {
                newest.amount = newest.amount.saturating_add(amount);
                newest.until = newest.until.max(until);
            }
        });
        Self::deposit_event(Event::Unbonding { who: who.clone(), amount, until });
    }

    /// Releases the amounts whose time has come, and returns their sum.
    pub(super) fn release(who: &AccountId) -> Balance {
        let session = pallet_session::Pallet::<T>::current_index();
        let released = Unbonding::<T>::mutate_exists(who, |entry| {
            let Some(list) = entry else { return 0 };
            let due = list.iter().filter(|unbond| unbond.until <= session);
            let sum = due.fold(0, |sum: Balance, unbond| sum.saturating_add(unbond.amount));
            list.retain(|unbond| unbond.until > session);
            if list.is_empty() {
                *entry = None;
            }
            sum
        });
        if released > 0 {
            Inner::<T>::unreserve(who, released);
        }
        released
    }

    /// Returns the amount that the account waits for.
    pub(super) fn unbonding(who: &AccountId) -> Balance {
        Unbonding::<T>::get(who).iter().fold(0, |sum: Balance, unbond| sum.saturating_add(unbond.amount))
    }

    /// Lowers what the account waits for by an amount that was slashed, the newest bond first.
    pub(super) fn reduce_unbonding(who: &AccountId, amount: Balance) {
        Unbonding::<T>::mutate_exists(who, |entry| {
            let Some(list) = entry else { return };
            let mut left = amount;
            for unbond in list.iter_mut().rev() {
                let part = unbond.amount.min(left);
                unbond.amount = unbond.amount.saturating_sub(part);
                left = left.saturating_sub(part);
            }
            list.retain(|unbond| !unbond.amount.is_zero());
            if list.is_empty() {
                *entry = None;
            }
        });
    }
}
