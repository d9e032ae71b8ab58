//! Tests of calls that are refused before they take space.

use super::env::{account, apply, on_chain, run_in_block};
use crate::{
    configs::TechnicalCommitteeInstance as CommitteeInstance,
    extensions::{HopelessCalls, RefuseHopelessCalls},
    AccountId, Runtime, RuntimeCall, RuntimeOrigin, System, TxExtension,
};
use codec::Encode;
use frame_support::{assert_ok, weights::Weight};
use pallet_collective::Call as Committee;
use pallet_proxy::Call as Proxy;
use sp_core::H256;
use sp_keyring::Sr25519Keyring::{Alice, Bob, Charlie};
use sp_runtime::{
    traits::{BlakeTwo256, Hash, TransactionExtension},
    transaction_validity::InvalidTransaction,
};

fn is_refused(call: &RuntimeCall, caller: &AccountId) -> bool {
    <Runtime as HopelessCalls>::is_hopeless(call, caller)
}

fn set_code() -> RuntimeCall {
    RuntimeCall::System(frame_system::Call::set_code { code: vec![0; 1_000] })
}

fn transfer() -> RuntimeCall {
    let dest = account(Alice).into();
    RuntimeCall::Balances(pallet_balances::Call::transfer_keep_alive { dest, value: 1 })
}

fn root_only() -> Vec<RuntimeCall> {
    use frame_system::Call;
    let code_hash = H256::zero();
    let mut calls: Vec<RuntimeCall> = vec![
        Call::<Runtime>::set_heap_pages { pages: 1 }.into(),
        Call::<Runtime>::set_code { code: vec![] }.into(),
        Call::<Runtime>::set_code_without_checks { code: vec![] }.into(),
        Call::<Runtime>::set_storage { items: vec![] }.into(),
        Call::<Runtime>::kill_storage { keys: vec![] }.into(),
        Call::<Runtime>::kill_prefix { prefix: vec![], subkeys: 0 }.into(),
        Call::<Runtime>::authorize_upgrade { code_hash }.into(),
        Call::<Runtime>::authorize_upgrade_without_checks { code_hash }.into(),
    ];
    let call = Box::new(set_code());
    calls.push(pallet_utility::Call::<Runtime>::with_weight { call, weight: Weight::zero() }.into());
    calls
}

/// Returns the call inside every call that makes another one.
fn wrapped(call: &RuntimeCall) -> Vec<RuntimeCall> {
    use pallet_utility::Call as Utility;
    let real = account(Alice).into();
    let calls = || vec![transfer(), call.clone()];
    let boxed = || Box::new(call.clone());
    vec![
        Utility::<Runtime>::batch { calls: calls() }.into(),
        Utility::<Runtime>::batch_all { calls: calls() }.into(),
        Utility::<Runtime>::force_batch { calls: calls() }.into(),
        Utility::<Runtime>::as_derivative { index: 0, call: boxed() }.into(),
        Utility::<Runtime>::if_else { main: Box::new(transfer()), fallback: boxed() }.into(),
        pallet_proxy::Call::<Runtime>::proxy { real, force_proxy_type: None, call: boxed() }.into(),
        pallet_multisig::Call::<Runtime>::as_multi_threshold_1 { other_signatories: vec![], call: boxed() }.into(),
        pallet_multisig::Call::<Runtime>::as_multi {
            threshold: 2,
            other_signatories: vec![account(Charlie)],
            maybe_timepoint: None,
            call: boxed(),
            max_weight: Weight::zero(),
        }
        .into(),
    ]
}

/// Attack: anyone sends a runtime of megabytes, which fails but fills the block before it does.
#[test]
fn attack_root_only_calls_are_refused_from_signed_origins() {
    on_chain("test", || {
        run_in_block(|| {
            for call in root_only() {
                assert_eq!(apply(Bob, call.clone()), Err(InvalidTransaction::Call.into()), "{call:?}");
            }
        });
    });
}

/// Attack: the same call hides in a batch, a proxy call or a multisig.
#[test]
fn attack_root_only_calls_are_refused_inside_other_calls() {
    on_chain("test", || {
        for outer in wrapped(&set_code()) {
            assert!(is_refused(&outer, &account(Bob)), "{outer:?}");
            for outermost in wrapped(&outer) {
                assert!(is_refused(&outermost, &account(Bob)), "{outermost:?}");
            }
        }
    });
}

#[test]
fn ordinary_calls_are_not_refused() {
    on_chain("test", || {
        let remark = RuntimeCall::System(frame_system::Call::remark { remark: vec![1] });
        for call in [transfer(), remark] {
            assert!(!is_refused(&call, &account(Bob)));
            wrapped(&call).iter().for_each(|outer| assert!(!is_refused(outer, &account(Bob)), "{outer:?}"));
        }
        run_in_block(|| {
            assert_ok!(apply(Bob, transfer()).expect("included"));
        });
    });
}

#[test]
fn sudo_is_refused_from_everyone_but_its_key() {
    on_chain("test", || {
        let sudo: RuntimeCall = pallet_sudo::Call::<Runtime>::sudo { call: Box::new(set_code()) }.into();
        assert!(!is_refused(&sudo, &account(Alice)));
        assert!(is_refused(&sudo, &account(Bob)));
        pallet_sudo::Key::<Runtime>::kill();
        assert!(is_refused(&sudo, &account(Alice)), "without a key there is no sudo");
    });
}

#[test]
fn only_the_authorized_code_may_be_applied() {
    on_chain("test", || {
        let apply = |code: &[u8]| {
            let call = RuntimeCall::System(frame_system::Call::apply_authorized_upgrade { code: code.to_vec() });
            is_refused(&call, &account(Bob))
        };
        assert!(apply(b"code"), "nothing is authorized");
        assert_ok!(System::authorize_upgrade(RuntimeOrigin::root(), BlakeTwo256::hash(b"code")));
        assert!(!apply(b"code"));
        assert!(apply(b"other code"));
    });
}

fn proposal() -> RuntimeCall {
    let proposal = Box::new(transfer());
    Committee::<Runtime, CommitteeInstance>::propose { threshold: 2, proposal, length_bound: 1_000 }.into()
}

#[test]
fn only_members_send_calls_of_the_committee() {
    on_chain("test", || {
        let hash = BlakeTwo256::hash_of(&transfer());
        let execute =
            Committee::<Runtime, CommitteeInstance>::execute { proposal: Box::new(transfer()), length_bound: 9 };
        let vote = Committee::<Runtime, CommitteeInstance>::vote { proposal: hash, index: 0, approve: true };
        for call in [proposal(), execute.into(), vote.into()] {
            assert!(!is_refused(&call, &account(Alice)), "{call:?}");
            assert!(is_refused(&call, &account(Bob)), "{call:?}");
        }
    });
}

/// Attack: calls of the committee, for which a part of each block is reserved, hide in other calls.
#[test]
fn attack_calls_of_the_committee_are_refused_inside_other_calls() {
    on_chain("test", || {
        for outer in wrapped(&proposal()) {
            assert!(is_refused(&outer, &account(Bob)), "{outer:?}");
            for outermost in wrapped(&outer) {
                assert!(is_refused(&outermost, &account(Bob)), "{outermost:?}");
            }
        }
    });
}

#[test]
fn members_send_calls_of_the_committee_through_proxies_and_multisigs() {
    on_chain("test", || {
        let real = account(Alice);
        let by_proxy: RuntimeCall =
            Proxy::<Runtime>::proxy { real: real.clone().into(), force_proxy_type: None, call: Box::new(proposal()) }
                .into();
        assert!(is_refused(&by_proxy, &account(Bob)), "Bob is no proxy of Alice");
        let delegate = account(Bob).into();
        let origin = RuntimeOrigin::signed(real);
        assert_ok!(crate::Proxy::add_proxy(origin, delegate, crate::configs::ProxyType::Any, 0));
        assert!(!is_refused(&by_proxy, &account(Bob)));

        let others = vec![account(Charlie)];
        let by_multisig: RuntimeCall = pallet_multisig::Call::<Runtime>::as_multi {
            threshold: 2,
            other_signatories: others,
            maybe_timepoint: None,
            call: Box::new(proposal()),
            max_weight: Weight::zero(),
        }
        .into();
        assert!(is_refused(&by_multisig, &account(Bob)));
        let mut signatories = vec![account(Bob), account(Charlie)];
        signatories.sort();
        let member = crate::Multisig::multi_account_id(&signatories, 2);
        appoint(member);
        assert!(!is_refused(&by_multisig, &account(Bob)));
        assert!(is_refused(&by_multisig, &account(Alice)), "another multisig");
    });
}

#[test]
fn derivative_of_a_member_is_no_member() {
    on_chain("test", || {
        let call = pallet_utility::Call::<Runtime>::as_derivative { index: 7, call: Box::new(proposal()) }.into();
        assert!(is_refused(&call, &account(Alice)));
        appoint(pallet_utility::derivative_account_id(account(Alice), 7));
        assert!(!is_refused(&call, &account(Alice)));
    });
}

/// Makes an account the only member of the committee.
fn appoint(member: AccountId) {
    assert_ok!(crate::TechnicalCommittee::set_members(RuntimeOrigin::root(), vec![member], None, 1));
}

#[test]
fn announced_proxy_calls_of_the_committee_need_an_announcement() {
    on_chain("test", || {
        let call: RuntimeCall = Proxy::<Runtime>::proxy_announced {
            delegate: account(Bob).into(),
            real: account(Alice).into(),
            force_proxy_type: None,
            call: Box::new(proposal()),
        }
        .into();
        let origin = || RuntimeOrigin::signed(account(Alice));
        assert_ok!(crate::Proxy::add_proxy(origin(), account(Bob).into(), crate::configs::ProxyType::Any, 10));
        assert!(is_refused(&call, &account(Bob)), "nothing is announced");
        let hash = BlakeTwo256::hash_of(&proposal());
        assert_ok!(crate::Proxy::announce(RuntimeOrigin::signed(account(Bob)), account(Alice).into(), hash));
        assert!(!is_refused(&call, &account(Bob)));
        assert_ok!(crate::Proxy::remove_proxy(origin(), account(Bob).into(), crate::configs::ProxyType::Any, 10));
        assert!(is_refused(&call, &account(Bob)), "a proxy no longer");
    });
}

/// Attack: anyone may close a proposal, and says how heavy it is.
#[test]
fn attack_proposals_that_do_not_exist_are_not_closed() {
    on_chain("test", || {
        let close: RuntimeCall = Committee::<Runtime, CommitteeInstance>::close {
            proposal_hash: BlakeTwo256::hash_of(&transfer()),
            index: 0,
            proposal_weight_bound: Weight::from_parts(1_000_000_000, 0),
            length_bound: 1_000,
        }
        .into();
        assert!(is_refused(&close, &account(Bob)));
        let origin = RuntimeOrigin::signed(account(Alice));
        assert_ok!(crate::TechnicalCommittee::propose(origin, 2, Box::new(transfer()), 1_000));
        assert!(!is_refused(&close, &account(Bob)), "anyone may close it now");
    });
}

#[test]
fn weight_of_the_check_counts_nested_calls() {
    let reads = |call: &RuntimeCall| {
        let weight = <Runtime as HopelessCalls>::weight(call);
        weight.ref_time() / <Runtime as frame_system::Config>::DbWeight::get().reads(1).ref_time()
    };
    assert_eq!(reads(&transfer()), 0);
    assert_eq!(reads(&proposal()), 1);
    let batch = pallet_utility::Call::<Runtime>::batch { calls: vec![proposal(), transfer(), proposal()] };
    assert_eq!(reads(&batch.into()), 2);
}

#[test]
fn extension_carries_no_data() {
    let extensions = TxExtension::metadata();
    let own = extensions.iter().find(|extension| extension.identifier == "RefuseHopelessCalls").expect("it is listed");
    assert_eq!(own.ty.type_info().type_def, scale_info::TypeDefComposite::new(Vec::new()).into());
    assert!(RefuseHopelessCalls::<Runtime>::new().encode().is_empty());
}
