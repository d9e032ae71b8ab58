//! Removal and punishment of validators that equivocate.

use super::{
    equivocation::{self, AuraEquivocation},
    limits::{AT_STAKE_SESSIONS, KEPT_SESSIONS, MIN_SLASH},
    offence::AuraOffence,
    storage::{Config, EarlyEnds, Error, Event, Expelled, Offender, Pallet, Punished, Reason, SessionAuthors},
};
use crate::{weights::validators::WeightInfo, AccountId, Balance, Header};
use alloc::vec::Vec;
use core::marker::PhantomData;
use frame_support::{
    dispatch::{DispatchResultWithPostInfo, Pays},
    traits::{OnUnbalanced, ReservableCurrency, ValidatorRegistration},
};
use sp_runtime::{
    traits::{SaturatedConversion, Zero},
    transaction_validity::{InvalidTransaction, TransactionValidityError},
    Perbill,
};
use sp_staking::offence::{Offence, OffenceError, OffenceSeverity, ReportOffence};

/// Target of log lines.
const LOG_TARGET: &str = "runtime::validators";
/// Number of early ends of sessions after which an offender has left the set: one for the session that has begun, one
/// for the session that is queued.
const ENDS_TO_LEAVE: u8 = 2;

/// Registration of validators for collator selection: they have session keys, and have not equivocated lately.
pub struct Registration<T>(PhantomData<T>);

impl<T: Config> ValidatorRegistration<AccountId> for Registration<T> {
    fn is_registered(who: &AccountId) -> bool {
        pallet_session::Pallet::<T>::is_registered(who) && !Pallet::<T>::is_punished(who)
    }
}

/// Register of offences of every kind.
///
/// A validator is punished once for everything that it signs until it has left the set: a further report about it is a
/// duplicate, so that the register has one entry for each offender. How much is slashed depends on the number of
/// offenders of the recent sessions, whatever they signed and when each was reported: one that reports itself first, or
/// for a harmless offence, is slashed as those that it acted with. Entries disappear when nothing that their validator
/// has signed can be reported any more.
impl<T: Config, O: Offence<(AccountId, ())>> ReportOffence<AccountId, (AccountId, ()), O> for Pallet<T> {
    fn report_offence(_reporters: Vec<AccountId>, offence: O) -> Result<(), OffenceError> {
        let offenders = offence.offenders().into_iter().map(|(who, ())| who);
        let new: Vec<_> = offenders.filter(|who| !Self::is_punished(who)).collect();
        if new.is_empty() {
            return Err(OffenceError::DuplicateReport);
        }
        let count = Punished::<T>::decode_len().unwrap_or_default().saturating_add(new.len());
        let fraction = offence.slash_fraction(count.saturated_into()).max(MIN_SLASH);
        Self::raise_slashes(fraction);
        new.iter().for_each(|who| Self::punish(who, fraction));
        Ok(())
    }

    fn is_known_offence(offenders: &[(AccountId, ())], _slot: &O::Slot) -> bool {
        offenders.iter().all(|(who, ())| Self::is_punished(who))
    }
}

impl<T: Config> Pallet<T> {
    /// Checks a report and punishes the offender. Returns the weight of that, and that it is free.
    pub(super) fn report(proof: AuraEquivocation<Header>) -> DispatchResultWithPostInfo {
        let offence = Self::offence(&proof).ok_or(Error::<T>::UnknownOffender)?;
        if !equivocation::is_proven(&proof) {
            return Err(Error::<T>::InvalidEquivocationProof.into());
        }
        let earlier = Punished::<T>::decode_len().unwrap_or_default();
        Self::report_offence(Vec::new(), offence).map_err(|_| Error::<T>::AlreadyReported)?;
        let weight = <T as Config>::WeightInfo::report_aura_equivocation(earlier.saturated_into());
        Ok((Some(weight), Pays::No).into())
    }

    /// Checks a report before it takes space in the pool or a block. The cheap rules come first.
    pub(super) fn check_report(proof: &AuraEquivocation<Header>) -> Result<(), TransactionValidityError> {
        let offence = Self::offence(proof).ok_or(InvalidTransaction::BadProof)?;
        if Self::is_punished(&offence.offender) {
            return Err(InvalidTransaction::Stale.into());
        }
        if !equivocation::is_proven(proof) {
            return Err(InvalidTransaction::BadProof.into());
        }
        Ok(())
    }

    /// Returns whether the account was punished so recently that what it signed before could still be reported.
    pub(super) fn is_punished(who: &AccountId) -> bool {
        Punished::<T>::get().iter().any(|offender| offender.who == *who)
    }

    /// Finds the newest session in which the proof's key was an author's.
    fn offence(proof: &AuraEquivocation<Header>) -> Option<AuraOffence> {
        let current = pallet_session::Pallet::<T>::current_index();
        let oldest = current.saturating_sub(KEPT_SESSIONS);
        let is_too_old = SessionAuthors::<T>::get(oldest).is_some_and(|oldest| proof.slot < oldest.first_slot);
        if is_too_old {
            return None;
        }
        (oldest..=current).rev().find_map(|session| {
            let authors = SessionAuthors::<T>::get(session)?;
            let author = authors.keys.iter().find(|author| author.aura == proof.offender)?;
            let validators = u32::try_from(authors.keys.len()).unwrap_or(u32::MAX);
            Some(AuraOffence { slot: proof.slot, session, validators, offender: author.account.clone() })
        })
    }

    /// Raises the slash of each recent offender to a fraction of the bonds that it had at stake.
    fn raise_slashes(fraction: Perbill) {
        Punished::<T>::mutate(|list| {
            for offender in list.iter_mut().filter(|offender| offender.fraction < fraction) {
                let slashed = offender.fraction * offender.bond;
                Self::slash(&offender.who, (fraction * offender.bond).saturating_sub(slashed));
                offender.fraction = fraction;
            }
        });
    }

    /// Removes a new offender, takes a part of its bonds, and remembers that.
    fn punish(who: &AccountId, fraction: Perbill) {
        let is_removed = Self::expel(who);
        // The only validator keeps its bond.
        let bond = if is_removed { Self::unbonding(who) } else { Balance::zero() };
        Self::slash(who, fraction * bond);
        let session = pallet_session::Pallet::<T>::current_index();
        let until = session.saturating_add(AT_STAKE_SESSIONS);
        Punished::<T>::mutate(|list| {
            if list.is_full() {
                list.remove(0);
            }
            let _fits = list.try_push(Offender { who: who.clone(), until, fraction, bond });
        });
    }

    /// Removes an offender from the lists and the set: disables it, and has the present sessions end early.
    ///
    /// Returns whether it is in no list now. A validator that is the only one stays: without it the chain would stop.
    fn expel(who: &AccountId) -> bool {
        if Self::is_selected(who) && !Self::remove(who, Reason::Equivocation) {
            log::error!(target: LOG_TARGET, "The only validator, {who:?}, has equivocated and stays");
            return false;
        }
        let is_active = pallet_session::Pallet::<T>::validators().contains(who);
        let is_queued = pallet_session::Pallet::<T>::queued_keys().iter().any(|(queued, _)| queued == who);
        if !(is_active || is_queued) {
            return true;
        }
        let session = pallet_session::Pallet::<T>::current_index();
        // The list cannot be full: the two sets together have fewer members than it has room for, or the offender stays
        // enabled until it leaves the set two blocks later.
        Expelled::<T>::mutate(|list| {
            let _full = list.try_push((who.clone(), session.saturating_add(1)));
        });
        EarlyEnds::<T>::put(ENDS_TO_LEAVE);
        pallet_session::Pallet::<T>::report_offence(who.clone(), OffenceSeverity::max_severity());
        true
    }

    /// Takes an amount of the account's bonds, at most what waits for its release: an offender is a candidate no longer.
    fn slash(who: &AccountId, amount: Balance) {
        let amount = amount.min(Self::unbonding(who));
        if amount.is_zero() {
            return;
        }
        let (slashed, _missing) = <T as Config>::Currency::slash_reserved(who, amount);
        Self::reduce_unbonding(who, amount);
        T::Slash::on_unbalanced(slashed);
        Self::deposit_event(Event::Slashed { who: who.clone(), amount });
    }
}
