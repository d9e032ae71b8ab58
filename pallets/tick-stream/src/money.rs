//! The pot, and who gets what of a payment.

use crate::{types::MAX_PROTOCOL_FEE, Config, Earnings, Error, Event, Pallet, ProtocolFee, Streams};
use alloc::vec::Vec;
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
use tick_stream_primitives::{limits::MaxMemo, AccountId, Balance, Splits, StreamId, StreamStatus};

/// What becomes of a payment. The parts always add up to the whole: each is floored, the creator gets the rest.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub(crate) struct Shares {
    pub protocol: Balance,
    pub submitter: Balance,
    pub gateway: Balance,
    /// In the order of the stream's splits.
    pub splits: Vec<Balance>,
    pub creator: Balance,
}

/// The rates of one payment.
pub(crate) struct Rates<'a> {
    pub protocol: Permill,
    pub submitter: Permill,
    pub gateway: Permill,
    pub splits: &'a Splits,
}

impl Shares {
    /// Shares out `gross`: protocol and submitter of the whole, the gateway of what they leave, the splits of what the
    /// gateway leaves.
    pub fn of(gross: Balance, rates: &Rates<'_>) -> Self {
        let protocol = rates.protocol.mul_floor(gross);
        let submitter = rates.submitter.mul_floor(gross);
        let after_fees = gross.saturating_sub(protocol).saturating_sub(submitter);
        let gateway = rates.gateway.mul_floor(after_fees);
        let after_gateway = after_fees.saturating_sub(gateway);
        let splits: Vec<_> = rates.splits.iter().map(|(_, part)| part.mul_floor(after_gateway)).collect();
        let creator = splits.iter().fold(after_gateway, |left, part| left.saturating_sub(*part));
        Self { protocol, submitter, gateway, splits, creator }
    }
}

impl<T: Config> Pallet<T> {
    /// The account that holds deposits, earnings and bonds.
    pub fn pot_account() -> AccountId {
        T::PotId::get().into_account_truncating()
    }

    /// Gives the pot the existential deposit, so that nobody's withdrawal can end it.
    pub(crate) fn endow_pot() {
        let pot = Self::pot_account();
        let minimum = T::Currency::minimum_balance();
        if T::Currency::balance(&pot) < minimum {
            T::Currency::set_balance(&pot, minimum);
        }
    }

    /// Moves `amount` from an account into the pot; the account stays alive.
    pub(crate) fn take_in(from: &AccountId, amount: Balance) -> DispatchResult {
        T::Currency::transfer(from, &Self::pot_account(), amount, Preservation::Preserve).map(|_| ())
    }

    /// Moves `amount` from the pot to an account; the pot stays alive.
    pub(crate) fn hand_out(to: &AccountId, amount: Balance) -> DispatchResult {
        T::Currency::transfer(&Self::pot_account(), to, amount, Preservation::Preserve).map(|_| ())
    }

    /// Books `amount`, which is in the pot already, to what `account` may be paid.
    pub(crate) fn earn(account: &AccountId, amount: Balance) {
        if !amount.is_zero() {
            Earnings::<T>::mutate(account, |earned| earned.saturating_accrue(amount));
        }
    }

    pub(crate) fn do_payout(account: AccountId) -> DispatchResult {
        let amount = Earnings::<T>::take(&account);
        ensure!(!amount.is_zero(), Error::<T>::NothingEarned);
        Self::hand_out(&account, amount)?;
        Self::deposit_event(Event::PaidOut { account, amount });
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
            Self::take_in(&from, amount)?;
            let splits = stream.splits_at(Self::block());
            let rates = Rates {
                protocol: ProtocolFee::<T>::get(),
                submitter: Permill::zero(),
                gateway: Permill::zero(),
                splits,
            };
            let shares = Shares::of(amount, &rates);
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
