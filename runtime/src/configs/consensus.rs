//! Parameters of consensus: authors, finality, sessions, and the selection of validators.

use crate::{
    opaque::SessionKeys,
    validators::{
        limits::{AT_STAKE_SESSIONS, MAX_CANDIDATES, MAX_INVULNERABLES, MAX_VALIDATORS, MIN_RAISE},
        Bonds, EndOfSession, Registration,
    },
    weights::validators::WeightInfo,
    AccountId, Aura, Balance, Balances, BlockNumber, Runtime, RuntimeCall, RuntimeEvent, Session, Treasury, Validators,
    HOURS, UNIT,
};
use frame_support::{
    parameter_types,
    traits::{ConstBool, ConstU32, ConstU64, Contains, Get},
    weights::Weight,
    PalletId,
};
use frame_system::EnsureRoot;
use pallet_session::{disabling::UpToLimitDisablingStrategy, historical::NoteHistoricalRoot};
use sp_consensus_aura::sr25519::AuthorityId as AuraId;
use sp_runtime::traits::{Convert, ConvertInto, OpaqueKeys};

parameter_types! {
    /// Identifier from which collator selection derives its pot. Nothing is paid into it: authors earn fees directly.
    pub const SelectionPotId: PalletId = PalletId(*b"vlk/cpot");
    /// Number of blocks after which collator selection itself would remove a candidate. It never does: the pallet of
    /// the validators removes absent ones, by one rule for candidates and invulnerables.
    pub const KickThreshold: BlockNumber = BlockNumber::MAX / 2;
    /// Deposit for the session keys of an account.
    pub const KeyDeposit: Balance = UNIT / 10;
}

impl pallet_aura::Config for Runtime {
    type AuthorityId = AuraId;
    type DisabledValidators = Session;
    type MaxAuthorities = ConstU32<MAX_VALIDATORS>;
    type AllowMultipleBlocksPerSlot = ConstBool<false>;
    type SlotDuration = pallet_aura::MinimumPeriodTimesTwo<Runtime>;
}

/// Number of blocks for which a report of an equivocation may wait in the pool.
pub struct ReportLongevity;

impl Get<u64> for ReportLongevity {
    fn get() -> u64 {
        u64::from(HOURS)
    }
}

/// Weights of GRANDPA's calls: the SDK's, with this runtime's punishment of an offender.
pub struct GrandpaWeights;

impl pallet_grandpa::WeightInfo for GrandpaWeights {
    fn report_equivocation(validators: u32, nominators: u32) -> Weight {
        let punishment = crate::weights::validators::SubstrateWeight::<Runtime>::report_offence(MAX_VALIDATORS);
        <() as pallet_grandpa::WeightInfo>::report_equivocation(validators, nominators).saturating_add(punishment)
    }

    fn note_stalled() -> Weight {
        <() as pallet_grandpa::WeightInfo>::note_stalled()
    }
}

impl pallet_grandpa::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type WeightInfo = GrandpaWeights;
    type MaxAuthorities = ConstU32<MAX_VALIDATORS>;
    type MaxNominators = ConstU32<0>;
    // A set of voters lasts for a session or longer. A report about the oldest set needs the one before it.
    type MaxSetIdSessionEntries = ConstU64<{ AT_STAKE_SESSIONS as u64 }>;
    type KeyOwnerProof = sp_session::MembershipProof;
    type EquivocationReportSystem =
        pallet_grandpa::EquivocationReportSystem<Runtime, Validators, Validators, ReportLongevity>;
}

impl pallet_authorship::Config for Runtime {
    type FindAuthor = pallet_session::FindAccountFromAuthorIndex<Runtime, Aura>;
    type EventHandler = crate::CollatorSelection;
}

impl pallet_session::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type ValidatorId = AccountId;
    type ValidatorIdOf = ConvertInto;
    type ShouldEndSession = EndOfSession<Runtime>;
    type NextSessionRotation = EndOfSession<Runtime>;
    type SessionManager = NoteHistoricalRoot<Runtime, Validators>;
    type SessionHandler = <SessionKeys as OpaqueKeys>::KeyTypeIdProviders;
    type Keys = SessionKeys;
    type DisablingStrategy = UpToLimitDisablingStrategy;
    type WeightInfo = pallet_session::weights::SubstrateWeight<Runtime>;
    type Currency = Balances;
    type KeyDeposit = KeyDeposit;
}

/// Identification of a validator in proofs that a key was its own: nothing besides the account.
pub struct NoIdentification;

impl Convert<AccountId, Option<()>> for NoIdentification {
    fn convert(_: AccountId) -> Option<()> {
        Some(())
    }
}

impl pallet_session::historical::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type FullIdentification = ();
    type FullIdentificationOf = NoIdentification;
}

/// Filter of calls that refuses to take a candidate's place for a bond that is hardly higher.
///
/// The bond of the candidate stays at stake for a while after that, so that it cannot answer with the same money.
/// [`MIN_RAISE`] is what taking its place has to be worth.
pub struct FairReplacement;

impl Contains<RuntimeCall> for FairReplacement {
    fn contains(call: &RuntimeCall) -> bool {
        use pallet_collator_selection::{Call, CandidateList};
        let RuntimeCall::CollatorSelection(Call::take_candidate_slot { deposit, target }) = call else { return true };
        let candidates = CandidateList::<Runtime>::get();
        // Collator selection itself refuses a target that is no candidate.
        let bond = candidates.iter().find(|candidate| candidate.who == *target).map(|candidate| candidate.deposit);
        bond.is_none_or(|bond| *deposit >= bond.saturating_add(MIN_RAISE * bond))
    }
}

impl pallet_collator_selection::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type Currency = Bonds<Runtime>;
    type UpdateOrigin = EnsureRoot<AccountId>;
    type PotId = SelectionPotId;
    type MaxCandidates = ConstU32<MAX_CANDIDATES>;
    type MinEligibleCollators = ConstU32<1>;
    type MaxInvulnerables = ConstU32<MAX_INVULNERABLES>;
    type KickThreshold = KickThreshold;
    type ValidatorId = AccountId;
    type ValidatorIdOf = pallet_collator_selection::IdentityCollator;
    type ValidatorRegistration = Registration<Runtime>;
    type WeightInfo = pallet_collator_selection::weights::SubstrateWeight<Runtime>;
}

impl crate::validators::Config for Runtime {
    type Currency = Balances;
    type Slash = Treasury;
    type WeightInfo = crate::weights::validators::SubstrateWeight<Runtime>;
}

impl<Local> frame_system::offchain::CreateTransactionBase<Local> for Runtime
where
    crate::RuntimeCall: From<Local>,
{
    type Extrinsic = crate::UncheckedExtrinsic;
    type RuntimeCall = crate::RuntimeCall;
}

impl<Local> frame_system::offchain::CreateBare<Local> for Runtime
where
    crate::RuntimeCall: From<Local>,
{
    fn create_bare(call: crate::RuntimeCall) -> crate::UncheckedExtrinsic {
        crate::UncheckedExtrinsic::new_bare(call)
    }
}
