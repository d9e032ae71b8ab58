//! Parameters of governance: referenda and their tracks, the technical committee, moderators, the treasury.

use crate::{
    origins::{EnsureWhitelistedCaller, Origin, Period, UnlimitedSpender},
    AccountId, Balance, Balances, BlockNumber, OriginCaller, Preimage, Referenda, Runtime, RuntimeCall, RuntimeEvent,
    RuntimeHoldReason, RuntimeOrigin, Scheduler, System, DAYS, HOURS, MILLI_UNIT, MINUTES, UNIT,
};
use alloc::borrow::Cow;
use frame_support::{
    parameter_types,
    traits::{
        fungible::HoldConsideration, tokens::pay::PayFromAccount, tokens::UnityAssetBalanceConversion,
        AsEnsureOriginWithArg, ConstU32, EitherOfDiverse, EqualPrivilegeOnly, LinearStoragePrice, OriginTrait,
        TotalIssuanceOf,
    },
    weights::Weight,
    PalletId,
};
use frame_system::{EnsureRoot, EnsureSigned};
use pallet_referenda::{Curve, Track, TrackInfo, TracksInfo};
use sp_runtime::{traits::IdentityLookup, FixedI64, Perbill, Permill};

use super::{
    authorities::{AppointingOrigin, TreasurerOrigin},
    limits::RuntimeBlockWeights,
    tick_stream::{Treasury as TreasuryAccount, TREASURY_ID},
};

/// Instance of the collective that is the technical committee.
pub type TechnicalCommitteeInstance = pallet_collective::Instance1;
/// Instance of the membership that are the moderators.
pub type ModeratorsInstance = pallet_membership::Instance1;

/// Two thirds of the technical committee.
type TwoThirdsOfCommittee = pallet_collective::EnsureProportionAtLeast<AccountId, TechnicalCommitteeInstance, 2, 3>;

parameter_types! {
    /// Hold reason of the deposit for a preimage.
    pub const PreimageHoldReason: RuntimeHoldReason = RuntimeHoldReason::Preimage(pallet_preimage::HoldReason::Preimage);
    /// Deposit for a preimage, besides that for its bytes.
    pub const PreimageBaseDeposit: Balance = UNIT;
    /// Deposit for each byte of a preimage.
    pub const PreimageByteDeposit: Balance = MILLI_UNIT / 10;
    /// Weight of a block that scheduled calls may use.
    pub MaximumSchedulerWeight: Weight = Perbill::from_percent(80) * RuntimeBlockWeights::get().max_block;
    /// Weight of the heaviest call that the technical committee may propose.
    pub MaxProposalWeight: Weight = Perbill::from_percent(50) * RuntimeBlockWeights::get().max_block;
    /// Deposit for the submission of a referendum.
    pub const SubmissionDeposit: Balance = 10 * UNIT;
    /// Part of the treasury that is burnt in each spend period: nothing.
    pub const TreasuryBurn: Permill = Permill::zero();
    /// Identifier from which the treasury's account is derived.
    pub const TreasuryPalletId: PalletId = TREASURY_ID;
}

impl crate::origins::Config for Runtime {
    type WeightInfo = crate::weights::origins::SubstrateWeight<Runtime>;
}

impl pallet_preimage::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type WeightInfo = pallet_preimage::weights::SubstrateWeight<Runtime>;
    type Currency = Balances;
    type ManagerOrigin = EnsureRoot<AccountId>;
    type Consideration = HoldConsideration<
        AccountId,
        Balances,
        PreimageHoldReason,
        LinearStoragePrice<PreimageBaseDeposit, PreimageByteDeposit, Balance>,
    >;
}

impl pallet_scheduler::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type RuntimeOrigin = RuntimeOrigin;
    type PalletsOrigin = OriginCaller;
    type RuntimeCall = RuntimeCall;
    type MaximumWeight = MaximumSchedulerWeight;
    type ScheduleOrigin = EnsureRoot<AccountId>;
    type OriginPrivilegeCmp = EqualPrivilegeOnly;
    type MaxScheduledPerBlock = ConstU32<50>;
    type WeightInfo = pallet_scheduler::weights::SubstrateWeight<Runtime>;
    type Preimages = Preimage;
    type BlockNumberProvider = System;
}

impl pallet_conviction_voting::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type WeightInfo = pallet_conviction_voting::weights::SubstrateWeight<Runtime>;
    type Currency = Balances;
    type Polls = Referenda;
    type MaxTurnout = TotalIssuanceOf<Balances, AccountId>;
    type MaxVotes = ConstU32<64>;
    type VoteLockingPeriod = Period<Runtime, { 7 * DAYS }>;
    type BlockNumberProvider = System;
    type VotingHooks = ();
}

impl pallet_referenda::Config for Runtime {
    type RuntimeCall = RuntimeCall;
    type RuntimeEvent = RuntimeEvent;
    type WeightInfo = pallet_referenda::weights::SubstrateWeight<Runtime>;
    type Scheduler = Scheduler;
    type Currency = Balances;
    type SubmitOrigin = AsEnsureOriginWithArg<EnsureSigned<AccountId>>;
    // Not the technical committee: it could cancel the referendum that dismisses it.
    type CancelOrigin = EnsureRoot<AccountId>;
    type KillOrigin = EnsureRoot<AccountId>;
    type Slash = crate::Treasury;
    type Votes = Balance;
    type Tally = pallet_conviction_voting::TallyOf<Runtime>;
    type SubmissionDeposit = SubmissionDeposit;
    type MaxQueued = ConstU32<20>;
    type UndecidingTimeout = Period<Runtime, { 14 * DAYS }>;
    type AlarmInterval = ConstU32<1>;
    type Tracks = Tracks;
    type Preimages = Preimage;
    type BlockNumberProvider = System;
}

impl pallet_whitelist::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type RuntimeCall = RuntimeCall;
    type WhitelistOrigin = EitherOfDiverse<EnsureRoot<AccountId>, TwoThirdsOfCommittee>;
    type DispatchWhitelistedOrigin = EitherOfDiverse<EnsureRoot<AccountId>, EnsureWhitelistedCaller>;
    type Preimages = Preimage;
    type DeferredDispatchExpiration = Period<Runtime, { 7 * DAYS }>;
    type BlockNumberProvider = System;
    type WeightInfo = pallet_whitelist::weights::SubstrateWeight<Runtime>;
}

impl pallet_collective::Config<TechnicalCommitteeInstance> for Runtime {
    type RuntimeOrigin = RuntimeOrigin;
    type Proposal = RuntimeCall;
    type RuntimeEvent = RuntimeEvent;
    type MotionDuration = Period<Runtime, { 3 * DAYS }>;
    type MaxProposals = ConstU32<32>;
    type MaxMembers = ConstU32<32>;
    type DefaultVote = pallet_collective::PrimeDefaultVote;
    type WeightInfo = pallet_collective::weights::SubstrateWeight<Runtime>;
    type SetMembersOrigin = EnsureRoot<AccountId>;
    type MaxProposalWeight = MaxProposalWeight;
    type DisapproveOrigin = EnsureRoot<AccountId>;
    type KillOrigin = EnsureRoot<AccountId>;
    type Consideration = ();
}

impl pallet_membership::Config<ModeratorsInstance> for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type AddOrigin = AppointingOrigin;
    type RemoveOrigin = AppointingOrigin;
    type SwapOrigin = AppointingOrigin;
    type ResetOrigin = AppointingOrigin;
    type PrimeOrigin = AppointingOrigin;
    type MembershipInitialized = ();
    type MembershipChanged = ();
    type MaxMembers = ConstU32<32>;
    type WeightInfo = pallet_membership::weights::SubstrateWeight<Runtime>;
}

impl pallet_treasury::Config for Runtime {
    type Currency = Balances;
    type RejectOrigin = TreasurerOrigin;
    type RuntimeEvent = RuntimeEvent;
    type SpendPeriod = Period<Runtime, DAYS>;
    type Burn = TreasuryBurn;
    type PalletId = TreasuryPalletId;
    type BurnDestination = ();
    type WeightInfo = pallet_treasury::weights::SubstrateWeight<Runtime>;
    type SpendFunds = ();
    type MaxApprovals = ConstU32<100>;
    type SpendOrigin = UnlimitedSpender<TreasurerOrigin>;
    type AssetKind = ();
    type Beneficiary = AccountId;
    type BeneficiaryLookup = IdentityLookup<AccountId>;
    type Paymaster = PayFromAccount<Balances, TreasuryAccount>;
    type BalanceConverter = UnityAssetBalanceConversion;
    type PayoutPeriod = Period<Runtime, { 30 * DAYS }>;
    type BlockNumberProvider = System;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = ();
}

/// The tracks of referenda.
///
/// | id | name | acts as |
/// | --- | --- | --- |
/// | 0 | `root` | root |
/// | 1 | `whitelisted_caller` | root, for calls that the technical committee has whitelisted |
/// | 2 | `treasurer` | [`Origin::Treasurer`] |
/// | 3 | `moderation` | [`Origin::Moderation`] |
pub struct Tracks;

/// Terms of a track, with periods in blocks of a live chain.
struct Terms {
    name: &'static str,
    max_deciding: u32,
    decision_deposit: Balance,
    prepare: BlockNumber,
    confirm: BlockNumber,
    enact: BlockNumber,
    min_approval: Curve,
    min_support: Curve,
}

/// Time in which a referendum has to be approved, on each track.
pub const DECISION_PERIOD: BlockNumber = 14 * DAYS;

const fn percent(percent: u128) -> FixedI64 {
    FixedI64::from_rational(percent, 100)
}

/// Length of a track's name in bytes.
const TRACK_NAME_BYTES: usize = 25;

/// Name of a track as the pallet stores it: padded with zero bytes.
fn name(text: &str) -> [u8; TRACK_NAME_BYTES] {
    let mut name = [0; TRACK_NAME_BYTES];
    name.iter_mut().zip(text.bytes()).for_each(|(byte, letter)| *byte = letter);
    name
}

/// Share of the votes that has to agree: first all, after a day of fourteen `day`, at the end half.
const fn approval(day: FixedI64) -> Curve {
    Curve::make_reciprocal(1, 14, day, percent(50), percent(100))
}

/// Terms of all tracks, by id.
const TERMS: [Terms; 4] = [
    Terms {
        name: "root",
        max_deciding: 1,
        decision_deposit: 1_000 * UNIT,
        prepare: HOURS,
        confirm: DAYS,
        enact: DAYS,
        min_approval: approval(percent(90)),
        min_support: Curve::make_linear(14, 14, FixedI64::from_rational(5, 1_000), percent(50)),
    },
    Terms {
        name: "whitelisted_caller",
        max_deciding: 10,
        decision_deposit: 200 * UNIT,
        prepare: 10 * MINUTES,
        confirm: 30 * MINUTES,
        enact: 10 * MINUTES,
        min_approval: approval(percent(80)),
        min_support: Curve::make_reciprocal(1, 14, percent(10), FixedI64::from_rational(1, 1_000), percent(50)),
    },
    Terms {
        name: "treasurer",
        max_deciding: 10,
        decision_deposit: 200 * UNIT,
        prepare: HOURS,
        confirm: DAYS,
        enact: HOURS,
        min_approval: approval(percent(80)),
        min_support: Curve::make_linear(14, 14, FixedI64::from_rational(5, 1_000), percent(50)),
    },
    Terms {
        name: "moderation",
        max_deciding: 10,
        decision_deposit: 100 * UNIT,
        prepare: 10 * MINUTES,
        confirm: 3 * HOURS,
        enact: 10 * MINUTES,
        min_approval: approval(percent(80)),
        min_support: Curve::make_reciprocal(1, 14, percent(5), FixedI64::from_rational(1, 1_000), percent(25)),
    },
];

impl TracksInfo<Balance, BlockNumber> for Tracks {
    type Id = u16;
    type RuntimeOrigin = <RuntimeOrigin as OriginTrait>::PalletsOrigin;

    fn tracks() -> impl Iterator<Item = Cow<'static, Track<u16, Balance, BlockNumber>>> {
        let period = crate::origins::Pallet::<Runtime>::period;
        (0..).zip(TERMS).map(move |(id, terms)| {
            Cow::Owned(Track {
                id,
                info: TrackInfo {
                    name: name(terms.name),
                    max_deciding: terms.max_deciding,
                    decision_deposit: terms.decision_deposit,
                    prepare_period: period(terms.prepare),
                    decision_period: period(DECISION_PERIOD),
                    confirm_period: period(terms.confirm),
                    min_enactment_period: period(terms.enact),
                    min_approval: terms.min_approval,
                    min_support: terms.min_support,
                },
            })
        })
    }

    fn track_for(origin: &Self::RuntimeOrigin) -> Result<u16, ()> {
        match origin {
            OriginCaller::system(frame_system::RawOrigin::Root) => Ok(0),
            OriginCaller::Origins(Origin::WhitelistedCaller) => Ok(1),
            OriginCaller::Origins(Origin::Treasurer) => Ok(2),
            OriginCaller::Origins(Origin::Moderation) => Ok(3),
            _ => Err(()),
        }
    }
}
