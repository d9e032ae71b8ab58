//! The pot, earnings, payouts and tips.

use crate::{types::MAX_PROTOCOL_FEE, Config, Earnings, Error, Event, Pallet, ProtocolFee, Streams};
use frame_support::{
    ensure,
    traits::{
        fungible::{Inspect, Mutate},
        tokens::Preservation,
        Get,
    },
    BoundedVec,
};
use sp_runtime::{
    traits::{AccountIdConversion, Zero},
    DispatchError, DispatchResult, Permill, Saturating,
};
use tick_stream_primitives::{limits::MaxMemo, AccountId, Balance, Rates, Shares, StreamId, StreamStatus};

impl<T: Config> Pallet<T> {
    /// Returns the account of the pot, which holds deposits, earnings and bonds.
    pub fn pot_account() -> AccountId {
        T::PotId::get().into_account_truncating()
    }

    /// Gives the pot the existential deposit, so that no withdrawal can remove its account.
    pub(crate) fn endow_pot() {
        let pot = Self::pot_account();
        let minimum = T::Currency::minimum_balance();
        if T::Currency::balance(&pot) < minimum {
            T::Currency::set_balance(&pot, minimum);
        }
    }

    /// Moves `amount` planck from an account to the pot. The account keeps its existential deposit.
    pub(crate) fn move_into_pot(from: &AccountId, amount: Balance) -> DispatchResult {
        T::Currency::transfer(from, &Self::pot_account(), amount, Preservation::Preserve).map(|_| ())
    }

    /// Moves `amount` planck from the pot to an account. The pot keeps its existential deposit.
    pub(crate) fn move_out_of_pot(to: &AccountId, amount: Balance) -> DispatchResult {
        T::Currency::transfer(&Self::pot_account(), to, amount, Preservation::Preserve).map(|_| ())
    }

    /// Adds `amount` planck, which are already in the pot, to the earnings of `account`.
    pub(crate) fn earn(account: &AccountId, amount: Balance) {
        if !amount.is_zero() {
            Earnings::<T>::mutate(account, |earned| earned.saturating_accrue(amount));
        }
    }

    pub(crate) fn do_payout(account: AccountId) -> DispatchResult {
        let amount = Earnings::<T>::take(&account);
        ensure!(!amount.is_zero(), Error::<T>::NothingEarned);
        Self::move_out_of_pot(&account, amount)?;
        Self::deposit_event(Event::PaidOut { account, amount });
        Ok(())
    }

    /// Moves the earnings of an account that cannot receive them to the treasury's earnings: they are below the
    /// existential deposit, and the account does not exist any more.
    pub(crate) fn do_sweep_earnings(account: AccountId) -> DispatchResult {
        let amount = Earnings::<T>::get(&account);
        ensure!(!amount.is_zero(), Error::<T>::NothingEarned);
        let treasury = T::Treasury::get();
        let is_payable = frame_system::Pallet::<T>::account_exists(&account)
            || amount >= T::Currency::minimum_balance()
            || account == treasury;
        ensure!(!is_payable, Error::<T>::EarningsPayable);
        Earnings::<T>::remove(&account);
        Self::earn(&treasury, amount);
        Self::deposit_event(Event::EarningsSwept { account, amount });
        Ok(())
    }

    pub(crate) fn do_tip(
        from: AccountId,
        id: StreamId,
        amount: Balance,
        memo: BoundedVec<u8, MaxMemo>,
    ) -> DispatchResult {
        ensure!(!amount.is_zero(), Error::<T>::AmountZero);
        Streams::<T>::try_mutate(id, |entry| {
            let stream = entry.as_mut().ok_or(Error::<T>::StreamUnknown)?;
            ensure!(matches!(stream.status, StreamStatus::Live | StreamStatus::Offline), Error::<T>::StreamNotOpen);
            Self::move_into_pot(&from, amount)?;
            let splits = stream.splits_at(Self::block());
            let shares = Shares::of(amount, &Rates::of_tip(ProtocolFee::<T>::get(), splits));
            Self::earn(&T::Treasury::get(), shares.protocol);
            splits.iter().zip(&shares.splits).for_each(|((account, _), part)| Self::earn(account, *part));
            Self::earn(&stream.creator, shares.creator);
            stream.totals.tipped.saturating_accrue(amount);
            Ok::<_, DispatchError>(())
        })?;
        Self::deposit_event(Event::Tipped { stream: id, from, amount, memo });
        Ok(())
    }

    pub(crate) fn do_set_protocol_fee(fee: Permill) -> DispatchResult {
        ensure!(fee <= MAX_PROTOCOL_FEE, Error::<T>::ProtocolFeeTooHigh);
        ProtocolFee::<T>::put(fee);
        Self::deposit_event(Event::ProtocolFeeSet { fee });
        Ok(())
    }
}
