//! Removal and punishment of validators that equivocate.

use super::{
    equivocation::{self, AuraEquivocation},
    limits::{KEPT_SESSIONS, MIN_SLASH},
    offence::AuraOffence,
    storage::{Config, EarlyEnds, Error, Event, Expelled, Pallet, Reason, SessionAuthors},
};
use crate::{AccountId, Header};
use frame_support::{
    traits::{OnUnbalanced, ReservableCurrency},
    weights::Weight,
};
use sp_runtime::{
    traits::Zero,
    transaction_validity::{InvalidTransaction, TransactionValidityError},
    DispatchError, Perbill,
};
use sp_staking::{
    offence::{Offence, OffenceDetails, OffenceSeverity, OnOffenceHandler, ReportOffence},
    SessionIndex,
};

/// Target of log lines.
const LOG_TARGET: &str = "runtime::validators";
/// Number of early ends of sessions after which an offender has left the set: one for the session that has begun, one
/// for the session that is queued.
const ENDS_TO_LEAVE: u8 = 2;

impl<T: Config> Pallet<T> {
    /// Checks a report and records the offence.
    pub(super) fn report(reporter: Option<AccountId>, proof: AuraEquivocation<Header>) -> Result<(), DispatchError> {
        let offence = Self::offence(&proof).ok_or(Error::<T>::UnknownOffender)?;
        if !equivocation::is_proven(&proof) {
            return Err(Error::<T>::InvalidEquivocationProof.into());
        }
        let reporter = reporter.or_else(pallet_authorship::Pallet::<T>::author);
        T::Offences::report_offence(reporter.into_iter().collect(), offence)
            .map_err(|_| Error::<T>::AlreadyReported.into())
    }

    /// Checks a report before it takes space in the pool or a block. The cheap rules come first.
    pub(super) fn check_report(proof: &AuraEquivocation<Header>) -> Result<(), TransactionValidityError> {
        let offence = Self::offence(proof).ok_or(InvalidTransaction::BadProof)?;
        if T::Offences::is_known_offence(&offence.offenders(), &offence.slot) {
            return Err(InvalidTransaction::Stale.into());
        }
        if !equivocation::is_proven(proof) {
            return Err(InvalidTransaction::BadProof.into());
        }
        Ok(())
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
            let (offender, _) = authors.keys.iter().find(|(_, key)| *key == proof.offender)?;
            let validators = u32::try_from(authors.keys.len()).unwrap_or(u32::MAX);
            Some(AuraOffence { slot: proof.slot, session, validators, offender: offender.clone() })
        })
    }

    /// Removes an offender: takes a part of its bond, disables it, and has the present sessions end early.
    ///
    /// A validator that is the only one stays and keeps its bond: without it the chain would stop.
    fn expel(who: &AccountId, fraction: Perbill) {
        let session = pallet_session::Pallet::<T>::current_index();
        if Expelled::<T>::get().iter().any(|(expelled, _)| expelled == who) {
            return;
        }
        if Self::is_selected(who) && !Self::remove(who, Reason::Equivocation) {
            log::error!(target: LOG_TARGET, "The only validator, {who:?}, has equivocated and stays");
            return;
        }
        Self::slash(who, fraction.max(MIN_SLASH));
        let is_active = pallet_session::Pallet::<T>::validators().contains(who);
        let is_queued = pallet_session::Pallet::<T>::queued_keys().iter().any(|(queued, _)| queued == who);
        if !(is_active || is_queued) {
            return;
        }
        // The list cannot be full: the two sets together have fewer members than it has room for, or the offender stays
        // enabled until it leaves the set two blocks later.
        Expelled::<T>::mutate(|list| {
            let _full = list.try_push((who.clone(), session.saturating_add(1)));
        });
        EarlyEnds::<T>::put(ENDS_TO_LEAVE);
        pallet_session::Pallet::<T>::report_offence(who.clone(), OffenceSeverity::max_severity());
    }

    /// Takes a part of the account's bonds. All of them wait for their release, because it is a candidate no longer.
    fn slash(who: &AccountId, fraction: Perbill) {
        let amount = fraction * Self::unbonding(who);
        if amount.is_zero() {
            return;
        }
        let (slashed, _missing) = <T as Config>::Currency::slash_reserved(who, amount);
        Self::reduce_unbonding(who, amount);
        T::Slash::on_unbalanced(slashed);
        Self::deposit_event(Event::Slashed { who: who.clone(), amount });
    }
}

impl<T: Config> OnOffenceHandler<AccountId, (AccountId, ()), Weight> for Pallet<T> {
    fn on_offence(
        offenders: &[OffenceDetails<AccountId, (AccountId, ())>],
        fractions: &[Perbill],
        _session: SessionIndex,
    ) -> Weight {
        for (details, fraction) in offenders.iter().zip(fractions) {
            Self::expel(&details.offender.0, *fraction);
        }
        // Part of the weight of the report.
        Weight::zero()
    }
}
