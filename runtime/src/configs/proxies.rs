//! Parameters of proxies: the calls that each type of proxy may make.

use crate::{Balance, Balances, Runtime, RuntimeCall, RuntimeEvent, System, MILLI_UNIT, UNIT};
use frame_support::{
    parameter_types,
    traits::{ConstU32, InstanceFilter},
};
use sp_runtime::traits::BlakeTwo256;

parameter_types! {
    /// Deposit for each storage item of a multisig or proxy, in planck.
    pub const ItemDeposit: Balance = UNIT / 10;
    /// Deposit for each account or announcement in it, in planck.
    pub const MemberDeposit: Balance = 10 * MILLI_UNIT;
}

/// Type of a proxy: the calls that it may make for an account.
#[derive(
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Debug,
    codec::Encode,
    codec::Decode,
    codec::DecodeWithMemTracking,
    codec::MaxEncodedLen,
    scale_info::TypeInfo,
)]
pub enum ProxyType {
    /// Any call.
    #[default]
    Any,
    /// Calls that give the account's money or income to no other account.
    NonTransfer,
    /// Calls that run the account's streams and gateways.
    TickStream,
    /// Rejection of announced proxy calls.
    CancelProxy,
}

// The permitted calls are listed one by one. A call that is added to a pallet later is not permitted until it is added
// here.

/// Returns whether the call is a batch of calls. Each call in it is filtered again.
fn is_batch(call: &RuntimeCall) -> bool {
    use pallet_utility::Call;
    matches!(call, RuntimeCall::Utility(Call::batch { .. } | Call::batch_all { .. } | Call::force_batch { .. }))
}

/// Returns whether the call rejects an announced proxy call.
fn is_rejection(call: &RuntimeCall) -> bool {
    matches!(call, RuntimeCall::Proxy(pallet_proxy::Call::reject_announcement { .. }))
}

/// Returns whether the call runs the account's streams or gateways. None of these calls moves money to another account:
/// a payout goes to the account that earned it.
fn runs_streams_or_gateways(call: &pallet_tick_stream::Call<Runtime>) -> bool {
    use pallet_tick_stream::Call;
    matches!(
        call,
        Call::create_stream { .. }
            | Call::update_stream { .. }
            | Call::set_stream_status { .. }
            | Call::end_stream { .. }
            | Call::update_gateway { .. }
            | Call::deregister_gateway { .. }
            | Call::payout { .. }
    )
}

/// Returns whether the call gives the account's money or income to no other account. Calls that set splits, a session
/// key or an operator, or start to pay, are excluded.
fn moves_no_money(call: &pallet_tick_stream::Call<Runtime>) -> bool {
    use pallet_tick_stream::Call;
    matches!(
        call,
        Call::withdraw { .. }
            | Call::remove_key { .. }
            | Call::remove_all_keys { .. }
            | Call::set_stream_status { .. }
            | Call::end_stream { .. }
            | Call::leave_stream { .. }
            | Call::record_tick { .. }
            | Call::process_batch { .. }
            | Call::payout { .. }
            | Call::deregister_gateway { .. }
            | Call::reap_deposit { .. }
            | Call::sweep_earnings { .. }
    )
}

/// Returns whether the call runs a validator or takes part in votes, and moves no money: leaving, votes, refunds of
/// deposits to those who paid them. Excluded are calls that put money at stake: becoming a candidate, raising a bond,
/// submitting a referendum, paying its deposits, and setting session keys. The holder of another's keys can sign two
/// blocks for one turn, which costs the account its bond; an account without keys is removed as absent.
fn runs_validator_or_votes(call: &RuntimeCall) -> bool {
    use pallet_collator_selection::Call as Selection;
    use pallet_conviction_voting::Call as Voting;
    use pallet_referenda::Call as Referenda;
    match call {
        RuntimeCall::CollatorSelection(call) => matches!(call, Selection::leave_intent { .. }),
        RuntimeCall::Validators(call) => matches!(call, crate::validators::Call::release_bond { .. }),
        RuntimeCall::ConvictionVoting(call) => matches!(
            call,
            Voting::vote { .. }
                | Voting::delegate { .. }
                | Voting::undelegate { .. }
                | Voting::unlock { .. }
                | Voting::remove_vote { .. }
                | Voting::remove_other_vote { .. }
        ),
        RuntimeCall::Referenda(call) => {
            matches!(call, Referenda::refund_submission_deposit { .. } | Referenda::refund_decision_deposit { .. })
        }
        RuntimeCall::Preimage(call) => matches!(call, pallet_preimage::Call::unnote_preimage { .. }),
        _ => false,
    }
}

impl InstanceFilter<RuntimeCall> for ProxyType {
    fn filter(&self, call: &RuntimeCall) -> bool {
        match self {
            Self::Any => true,
            Self::NonTransfer => {
                is_batch(call)
                    || is_rejection(call)
                    || matches!(call, RuntimeCall::System(_))
                    || runs_validator_or_votes(call)
                    || matches!(call, RuntimeCall::TickStream(call) if moves_no_money(call))
            }
            Self::TickStream => {
                is_batch(call) || matches!(call, RuntimeCall::TickStream(call) if runs_streams_or_gateways(call))
            }
            Self::CancelProxy => is_rejection(call),
        }
    }

    fn is_superset(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Any, _) => true,
            (_, Self::Any) => false,
            (left, right) => left == right,
        }
    }
}

impl pallet_proxy::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type RuntimeCall = RuntimeCall;
    type Currency = Balances;
    type ProxyType = ProxyType;
    type ProxyDepositBase = ItemDeposit;
    type ProxyDepositFactor = MemberDeposit;
    type MaxProxies = ConstU32<32>;
    type WeightInfo = pallet_proxy::weights::SubstrateWeight<Runtime>;
    type MaxPending = ConstU32<32>;
    type CallHasher = BlakeTwo256;
    type AnnouncementDepositBase = ItemDeposit;
    type AnnouncementDepositFactor = MemberDeposit;
    type BlockNumberProvider = System;
}
