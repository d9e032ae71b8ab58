//! Two blocks of one validator for one slot, as an offence.

use crate::AccountId;
use alloc::{vec, vec::Vec};
use sp_consensus_aura::Slot;
use sp_runtime::Perbill;
use sp_staking::{
    offence::{Kind, Offence},
    SessionIndex,
};

/// Two blocks of one validator for one slot.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AuraOffence {
    /// Slot of both blocks.
    pub slot: Slot,
    /// Last session in which the key was an author's.
    pub session: SessionIndex,
    /// Number of validators in that session.
    pub validators: u32,
    /// Account that the key belonged to.
    pub offender: AccountId,
}

impl Offence<(AccountId, ())> for AuraOffence {
    const ID: Kind = *b"aura:equivocatio";
    type Slot = Slot;

    fn offenders(&self) -> Vec<(AccountId, ())> {
        vec![(self.offender.clone(), ())]
    }

    fn session_index(&self) -> SessionIndex {
        self.session
    }

    fn validator_set_count(&self) -> u32 {
        self.validators
    }

    fn slot(&self) -> Self::Slot {
        self.slot
    }

    /// As for equivocations of GRANDPA: the square of three times the offenders' part of the set, at most everything.
    fn slash_fraction(&self, offenders: u32) -> Perbill {
        Perbill::from_rational(offenders.saturating_mul(3), self.validators).square()
    }
}
