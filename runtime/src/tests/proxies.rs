//! Tests of the calls that each type of proxy may make.

use crate::{configs::ProxyType, opaque::SessionKeys, AccountId, Hash, Runtime, RuntimeCall};
use frame_support::traits::{GetCallName, InstanceFilter};
use pallet_tick_stream::{Call, GatewayUpdate, StreamRequest, StreamUpdate};
use sp_keyring::{Ed25519Keyring, Sr25519Keyring};
use sp_runtime::Permill;
use tick_stream_primitives::{KeyLimits, Scope, SessionId, StreamStatus, Ticket};

fn account() -> AccountId {
    AccountId::new([7; 32])
}

fn ticket() -> Ticket {
    Ticket {
        viewer: account(),
        session_key: account(),
        nonce: 1,
        stream: 0,
        gateway: account(),
        price_per_tick: 1,
        max_ticks: 1,
        anchor: [0; 32],
        expires_at: 1,
    }
}

fn stream_request() -> StreamRequest {
    StreamRequest {
        price_per_tick: 1,
        preview_ticks: 0,
        gateway_share: Permill::zero(),
        splits: Default::default(),
        metadata: Default::default(),
    }
}

/// Returns every call of the pallet, and whether proxies of the types `NonTransfer` and `TickStream` may make it.
fn tick_stream_calls() -> Vec<(Call<Runtime>, bool, bool)> {
    let limits = KeyLimits {
        label: Default::default(),
        max_price_per_tick: 1,
        allowance: 1,
        renewal: None,
        max_sessions: 1,
        scope: Scope::Any,
        expires_at: 1,
    };
    let session_key = account();
    let splits = Some(Default::default());
    let (session, proof) = (SessionId([0; 16]), [0; 32]);
    vec![
        (Call::deposit { amount: 1, key: Some((session_key.clone(), limits.clone())) }, false, false),
        (Call::withdraw { amount: 1 }, true, false),
        (Call::add_key { session_key: session_key.clone(), limits: limits.clone() }, false, false),
        (Call::update_key { session_key: session_key.clone(), limits }, false, false),
        (Call::remove_key { session_key }, true, false),
        (Call::remove_all_keys {}, true, false),
        (Call::create_stream { request: stream_request() }, false, true),
        (Call::update_stream { stream: 0, update: StreamUpdate { splits, ..Default::default() } }, false, true),
        (Call::set_stream_status { stream: 0, status: StreamStatus::Live }, true, true),
        (Call::end_stream { stream: 0 }, true, true),
        (Call::join_stream { ticket: ticket() }, false, false),
        (Call::leave_stream { sessions: Default::default() }, true, false),
        (Call::record_tick { session, from: 0, ticks: 1, proof }, true, false),
        (Call::process_batch { batch: Default::default() }, true, false),
        (Call::payout { account: account() }, true, true),
        (Call::tip { stream: 0, amount: 1, memo: Default::default() }, false, false),
        (Call::register_gateway { endpoint: Default::default(), operator: account() }, false, false),
        (Call::update_gateway { update: GatewayUpdate::default() }, false, true),
        (Call::deregister_gateway {}, true, true),
        (Call::suspend_stream { stream: 0 }, false, false),
        (Call::resume_stream { stream: 0 }, false, false),
        (Call::set_protocol_fee { fee: Permill::zero() }, false, false),
        (Call::reap_deposit { viewer: account() }, true, false),
        (Call::sweep_earnings { account: account() }, true, false),
    ]
}

/// Returns a transfer, which only proxies of the type `Any` may make.
fn transfer() -> RuntimeCall {
    RuntimeCall::Balances(pallet_balances::Call::transfer_keep_alive { dest: account().into(), value: 1 })
}

fn rejection() -> RuntimeCall {
    let (delegate, call_hash) = (account().into(), Hash::zero());
    RuntimeCall::Proxy(pallet_proxy::Call::reject_announcement { delegate, call_hash })
}

#[test]
fn proxies_may_make_the_listed_calls_of_the_tick_stream() {
    let calls = tick_stream_calls();
    assert_eq!(calls.len(), Call::<Runtime>::get_call_names().len(), "a call is missing in this list");
    for (call, non_transfer, tick_stream) in calls {
        let call = RuntimeCall::TickStream(call);
        assert!(ProxyType::Any.filter(&call));
        assert_eq!(ProxyType::NonTransfer.filter(&call), non_transfer, "{call:?}");
        assert_eq!(ProxyType::TickStream.filter(&call), tick_stream, "{call:?}");
        assert!(!ProxyType::CancelProxy.filter(&call), "{call:?}");
    }
}

/// Returns calls of validators and of governance that move no money.
fn validator_and_governance_calls() -> Vec<RuntimeCall> {
    use pallet_conviction_voting::{AccountVote, Call as Voting, Conviction, Vote};
    let vote = AccountVote::Standard { vote: Vote { aye: true, conviction: Conviction::None }, balance: 1 };
    let other = || account().into();
    vec![
        pallet_collator_selection::Call::<Runtime>::leave_intent {}.into(),
        crate::validators::Call::<Runtime>::release_bond { who: account() }.into(),
        Voting::<Runtime>::vote { poll_index: 0, vote }.into(),
        Voting::<Runtime>::delegate { class: 0, to: other(), conviction: Conviction::None, balance: 1 }.into(),
        Voting::<Runtime>::undelegate { class: 0 }.into(),
        Voting::<Runtime>::unlock { class: 0, target: other() }.into(),
        Voting::<Runtime>::remove_vote { class: None, index: 0 }.into(),
        Voting::<Runtime>::remove_other_vote { target: other(), class: 0, index: 0 }.into(),
        pallet_referenda::Call::<Runtime>::refund_submission_deposit { index: 0 }.into(),
        pallet_referenda::Call::<Runtime>::refund_decision_deposit { index: 0 }.into(),
        pallet_preimage::Call::<Runtime>::unnote_preimage { hash: Hash::zero() }.into(),
    ]
}

/// Returns calls of validators and of governance that move money, or put it at stake, or act for others.
fn spending_calls() -> Vec<RuntimeCall> {
    use pallet_collator_selection::Call as Selection;
    use pallet_treasury::Call as Treasury;
    let (amount, beneficiary) = (1, account());
    let keys = SessionKeys { aura: Sr25519Keyring::Eve.public().into(), grandpa: Ed25519Keyring::Eve.public().into() };
    vec![
        pallet_session::Call::<Runtime>::set_keys { keys, proof: vec![] }.into(),
        pallet_session::Call::<Runtime>::purge_keys {}.into(),
        Selection::<Runtime>::register_as_candidate {}.into(),
        Selection::<Runtime>::update_bond { new_deposit: 1 }.into(),
        Selection::<Runtime>::take_candidate_slot { deposit: 1, target: account() }.into(),
        Selection::<Runtime>::add_invulnerable { who: account() }.into(),
        Treasury::<Runtime>::spend {
            asset_kind: Box::new(()),
            amount,
            beneficiary: Box::new(beneficiary),
            valid_from: None,
        }
        .into(),
        Treasury::<Runtime>::payout { index: 0 }.into(),
        pallet_referenda::Call::<Runtime>::place_decision_deposit { index: 0 }.into(),
        pallet_preimage::Call::<Runtime>::note_preimage { bytes: vec![] }.into(),
        pallet_membership::Call::<Runtime, pallet_membership::Instance1>::change_key { new: account().into() }.into(),
        pallet_collective::Call::<Runtime, pallet_collective::Instance1>::vote {
            proposal: Hash::zero(),
            index: 0,
            approve: true,
        }
        .into(),
    ]
}

#[test]
fn non_transfer_proxies_vote_and_run_validators_but_do_not_spend() {
    for call in validator_and_governance_calls() {
        assert!(ProxyType::NonTransfer.filter(&call), "{call:?}");
        assert!(!ProxyType::TickStream.filter(&call) && !ProxyType::CancelProxy.filter(&call), "{call:?}");
    }
    for call in spending_calls() {
        for proxy in [ProxyType::NonTransfer, ProxyType::TickStream, ProxyType::CancelProxy] {
            assert!(!proxy.filter(&call), "{proxy:?} must not make {call:?}");
        }
        assert!(ProxyType::Any.filter(&call));
    }
}

#[test]
fn proxies_may_send_batches_but_no_calls_that_remove_the_filter() {
    let batch = RuntimeCall::Utility(pallet_utility::Call::batch_all { calls: vec![transfer()] });
    // A call in a batch is dispatched with the proxy's filter. A call in a sudo, multisig or proxy call is not.
    let call = Box::new(transfer());
    let (real, delegate) = (account().into(), account().into());
    let refused = [
        transfer(),
        RuntimeCall::Sudo(pallet_sudo::Call::sudo { call: call.clone() }),
        RuntimeCall::Multisig(pallet_multisig::Call::as_multi_threshold_1 {
            other_signatories: vec![],
            call: call.clone(),
        }),
        RuntimeCall::Proxy(pallet_proxy::Call::proxy { real, force_proxy_type: None, call }),
        RuntimeCall::Proxy(pallet_proxy::Call::add_proxy { delegate, proxy_type: ProxyType::Any, delay: 0 }),
    ];
    for proxy in [ProxyType::NonTransfer, ProxyType::TickStream] {
        assert!(proxy.filter(&batch));
        refused.iter().for_each(|call| assert!(!proxy.filter(call), "{proxy:?} must not make {call:?}"));
    }
    assert!(!ProxyType::CancelProxy.filter(&batch));
    assert!(refused.iter().all(|call| ProxyType::Any.filter(call)));
}

#[test]
fn proxies_may_reject_announcements() {
    let may_reject = [
        (ProxyType::Any, true),
        (ProxyType::NonTransfer, true),
        (ProxyType::TickStream, false),
        (ProxyType::CancelProxy, true),
    ];
    for (proxy, expected) in may_reject {
        assert_eq!(proxy.filter(&rejection()), expected, "{proxy:?}");
    }
}
