//! Tests of referenda and of what their origins may do.

use super::env::{account, apply, as_root, emitted, on_chain, run_in_block, run_to};
use crate::{
    configs::{Tracks, DECISION_PERIOD},
    genesis_config_presets::FAST_GOVERNANCE,
    origins::{self, Origin},
    Balances, BlockNumber, ConvictionVoting, Moderators, OriginCaller, Preimage, Referenda, Runtime, RuntimeCall,
    RuntimeEvent, RuntimeOrigin, System, TechnicalCommittee, TickStream, Treasury, Whitelist, DAYS, UNIT,
};
use codec::Encode;
use frame_support::{
    assert_noop, assert_ok,
    dispatch::GetDispatchInfo,
    traits::{schedule::DispatchTime, Contains, StorePreimage},
};
use pallet_conviction_voting::{AccountVote, Conviction, Vote};
use pallet_referenda::{ReferendumInfoFor, TracksInfo};
use sp_core::H256;
use sp_keyring::Sr25519Keyring::{self, Alice, Bob, Charlie, Dave, Eve};
use sp_runtime::{
    traits::{BadOrigin, BlakeTwo256, Hash},
    Permill,
};

/// Number of blocks, one a second, in which a referendum has to pass on a test chain.
const TWO_MINUTES: BlockNumber = 120;

/// Submits a referendum, has four accounts agree, and runs the chain until its call has been dispatched.
fn pass(origin: impl Into<OriginCaller>, call: impl Into<RuntimeCall>) {
    let index = pallet_referenda::ReferendumCount::<Runtime>::get();
    let (origin, call) = (origin.into(), call.into());
    let start = System::block_number();
    run_in_block(|| {
        let proposal = Preimage::bound(call).expect("the proposal is short");
        let who = RuntimeOrigin::signed(account(Alice));
        assert_ok!(Referenda::submit(who.clone(), Box::new(origin), proposal, DispatchTime::After(0)));
        assert_ok!(Referenda::place_decision_deposit(who, index));
        for voter in [Alice, Bob, Charlie, Dave] {
            let vote = Vote { aye: true, conviction: Conviction::Locked1x };
            let vote = AccountVote::Standard { vote, balance: 900_000 * UNIT };
            assert_ok!(ConvictionVoting::vote(RuntimeOrigin::signed(account(voter)), index, vote));
        }
    });
    // Only the enactment has a name; the alarms of the referendum have none.
    let dispatched = |event: &RuntimeEvent| {
        matches!(
            event,
            RuntimeEvent::Scheduler(pallet_scheduler::Event::Dispatched { id: Some(_), result: Ok(()), .. })
        )
    };
    while System::block_number() < start + TWO_MINUTES {
        let mut done = false;
        run_in_block(|| done = emitted(dispatched) && is_approved(index));
        if done {
            return;
        }
    }
    panic!("no approval within two minutes: {:?}", ReferendumInfoFor::<Runtime>::get(index));
}

fn is_approved(index: u32) -> bool {
    matches!(ReferendumInfoFor::<Runtime>::get(index), Some(pallet_referenda::ReferendumInfo::Approved(..)))
}

#[test]
fn periods_are_those_of_a_live_chain_unless_they_are_divided() {
    on_chain("test", || {
        let info = |id| Tracks::info(id).expect("the track exists").into_owned();
        assert_eq!(info(0).decision_period, DECISION_PERIOD / FAST_GOVERNANCE);
        assert_eq!(info(1).prepare_period, 1, "no period is shorter than a block");
        origins::PeriodDivisor::<Runtime>::kill();
        assert_eq!(info(0).decision_period, 14 * DAYS);
        assert_eq!(info(0).confirm_period, DAYS);
    });
}

#[test]
fn every_origin_of_governance_has_its_track() {
    on_chain("test", || {
        let origins: [OriginCaller; 4] = [
            frame_system::RawOrigin::Root.into(),
            Origin::WhitelistedCaller.into(),
            Origin::Treasurer.into(),
            Origin::Moderation.into(),
        ];
        let names = ["root", "whitelisted_caller", "treasurer", "moderation"];
        for ((id, origin), name) in (0..).zip(origins).zip(names) {
            assert_eq!(Tracks::track_for(&origin), Ok(id));
            let info = Tracks::info(id).expect("the track exists");
            assert_eq!(String::from_utf8_lossy(&info.name).trim_end_matches('\0'), name);
        }
        assert_eq!(Tracks::track_for(&frame_system::RawOrigin::Signed(account(Alice)).into()), Err(()));
        assert_ok!(<Tracks as TracksInfo<_, _>>::check_integrity());
    });
}

#[test]
fn moderation_track_appoints_a_moderator_who_suspends_a_stream() {
    on_chain("test", || {
        assert!(!Moderators::contains(&account(Eve)));
        assert_noop!(TickStream::suspend_stream(RuntimeOrigin::signed(account(Eve)), 7), BadOrigin);
        pass(Origin::Moderation, pallet_membership::Call::<Runtime, _>::add_member { who: account(Eve).into() });
        assert!(Moderators::contains(&account(Eve)));
        // The origin is accepted: what is missing now is the stream.
        let error = TickStream::suspend_stream(RuntimeOrigin::signed(account(Eve)), 7).expect_err("no such stream");
        assert_ne!(error, BadOrigin.into());
        let remove = Moderators::remove_member(RuntimeOrigin::signed(account(Eve)), account(Alice).into());
        assert_eq!(remove, Err(BadOrigin.into()), "a moderator cannot dismiss another");
    });
}

#[test]
fn one_moderator_suspends_and_resumes_a_stream() {
    on_chain("test", || {
        let request = pallet_tick_stream::StreamRequest {
            price_per_tick: UNIT / 1_000,
            preview_ticks: 0,
            gateway_share: Permill::zero(),
            splits: Default::default(),
            metadata: Default::default(),
        };
        run_in_block(|| {
            assert_ok!(TickStream::create_stream(RuntimeOrigin::signed(account(Bob)), request));
            let moderator = RuntimeOrigin::signed(account(Alice));
            assert_ok!(TickStream::suspend_stream(moderator.clone(), 0));
            assert_ok!(TickStream::resume_stream(moderator, 0));
            assert_noop!(TickStream::suspend_stream(RuntimeOrigin::signed(account(Bob)), 0), BadOrigin);
            assert_ok!(TickStream::suspend_stream(RuntimeOrigin::root(), 0));
        });
    });
}

#[test]
fn treasurer_spends_from_the_treasury_and_others_do_not() {
    on_chain("test", || {
        let treasury = Treasury::account_id();
        let fund = pallet_balances::Call::<Runtime>::force_set_balance { who: treasury.into(), new_free: 500 * UNIT };
        as_root(fund);
        let before = Balances::free_balance(account(Eve));
        let spend = || pallet_treasury::Call::<Runtime>::spend {
            asset_kind: Box::new(()),
            amount: 200 * UNIT,
            beneficiary: Box::new(account(Eve)),
            valid_from: None,
        };
        for origin in [RuntimeOrigin::signed(account(Alice)), Origin::Moderation.into()] {
            let call = RuntimeCall::from(spend());
            let result = frame_support::traits::UnfilteredDispatchable::dispatch_bypass_filter(call, origin);
            assert_eq!(result.map(|_| ()).map_err(|error| error.error), Err(BadOrigin.into()));
        }
        pass(Origin::Treasurer, spend());
        run_in_block(|| {
            assert_ok!(Treasury::payout(RuntimeOrigin::signed(account(Bob)), 0));
        });
        assert_eq!(Balances::free_balance(account(Eve)) - before, 200 * UNIT);
    });
}

#[test]
fn treasurer_and_root_set_the_protocol_fee() {
    on_chain("test", || {
        let fee = Permill::from_percent(2);
        run_in_block(|| {
            assert_ok!(TickStream::set_protocol_fee(Origin::Treasurer.into(), fee));
            assert_ok!(TickStream::set_protocol_fee(RuntimeOrigin::root(), fee));
            for origin in [RuntimeOrigin::signed(account(Alice)), Origin::Moderation.into()] {
                assert_noop!(TickStream::set_protocol_fee(origin, fee), BadOrigin);
            }
        });
    });
}

#[test]
fn protocol_fee_is_earned_by_the_account_that_the_treasury_spends_from() {
    on_chain("test", || assert_eq!(crate::configs::Treasury::get(), Treasury::account_id()));
}

/// Returns the call that authorizes an upgrade to this code.
fn authorize(code: &[u8]) -> RuntimeCall {
    frame_system::Call::<Runtime>::authorize_upgrade { code_hash: BlakeTwo256::hash(code) }.into()
}

fn propose_whitelisting(by: Sr25519Keyring, hash: H256) {
    let proposal = Box::new(RuntimeCall::Whitelist(pallet_whitelist::Call::whitelist_call { call_hash: hash }));
    let length_bound = proposal.encoded_size() as u32;
    let who = RuntimeOrigin::signed(account(by));
    assert_ok!(TechnicalCommittee::propose(who, 1, proposal, length_bound));
}

#[test]
fn upgrade_is_authorized_by_the_committee_and_a_referendum_on_the_whitelisted_track() {
    on_chain("test", || {
        let call = authorize(b"the next runtime");
        let hash = BlakeTwo256::hash_of(&call);
        run_in_block(|| propose_whitelisting(Alice, hash));
        assert!(pallet_whitelist::WhitelistedCall::<Runtime>::contains_key(hash));
        let dispatch =
            pallet_whitelist::Call::<Runtime>::dispatch_whitelisted_call_with_preimage { call: Box::new(call) };
        pass(Origin::WhitelistedCaller, dispatch);
        assert!(System::authorized_upgrade().is_some());
        let other = RuntimeCall::System(frame_system::Call::apply_authorized_upgrade { code: b"another".to_vec() });
        assert!(<Runtime as crate::extensions::HopelessCalls>::is_hopeless(&other, &account(Eve)));
        let right =
            RuntimeCall::System(frame_system::Call::apply_authorized_upgrade { code: b"the next runtime".to_vec() });
        assert!(
            !<Runtime as crate::extensions::HopelessCalls>::is_hopeless(&right, &account(Eve)),
            "anyone may bring the code"
        );
    });
}

#[test]
fn whitelisted_track_dispatches_nothing_that_is_not_whitelisted() {
    on_chain("test", || {
        let call = authorize(b"code");
        run_in_block(|| {
            let (hash, weight) = (BlakeTwo256::hash_of(&call), call.get_dispatch_info().call_weight);
            // Deferred until the committee whitelists it.
            assert_ok!(Whitelist::dispatch_whitelisted_call(Origin::WhitelistedCaller.into(), hash, 40, weight));
            assert!(System::authorized_upgrade().is_none());
            let who = RuntimeOrigin::signed(account(Eve));
            assert!(Whitelist::dispatch_whitelisted_call_with_preimage(who, Box::new(call.clone())).is_err());
            assert!(System::authorized_upgrade().is_none());
            assert_noop!(System::authorize_upgrade(Origin::WhitelistedCaller.into(), hash), BadOrigin);
        });
    });
}

#[test]
fn root_track_appoints_the_committee() {
    on_chain("test", || {
        let new_members = vec![account(Bob), account(Charlie)];
        pass(
            frame_system::RawOrigin::Root,
            pallet_collective::Call::<Runtime, pallet_collective::Instance1>::set_members {
                new_members: new_members.clone(),
                prime: None,
                old_count: 1,
            },
        );
        assert_eq!(pallet_collective::Members::<Runtime, pallet_collective::Instance1>::get(), new_members);
    });
}

#[test]
fn referendum_without_support_is_rejected() {
    on_chain("test", || {
        run_in_block(|| {
            let who = RuntimeOrigin::signed(account(Alice));
            let call = pallet_membership::Call::<Runtime, pallet_membership::Instance1>::add_member {
                who: account(Eve).into(),
            };
            let proposal = Preimage::bound(RuntimeCall::from(call)).expect("the proposal is short");
            let origin = Box::new(Origin::Moderation.into());
            assert_ok!(Referenda::submit(who.clone(), origin, proposal, DispatchTime::After(0)));
            assert_ok!(Referenda::place_decision_deposit(who, 0));
        });
        run_to(System::block_number() + 150, &[]);
        let info = ReferendumInfoFor::<Runtime>::get(0);
        assert!(matches!(info, Some(pallet_referenda::ReferendumInfo::Rejected(..))), "{info:?}");
        assert!(!Moderators::contains(&account(Eve)));
    });
}

#[test]
fn only_root_changes_the_pace_of_governance() {
    on_chain("test", || {
        let call = || RuntimeCall::Origins(origins::Call::set_period_divisor { divisor: 3 });
        run_in_block(|| assert!(apply(Alice, call()).expect("included").is_err()));
        as_root(call());
        assert_eq!(origins::PeriodDivisor::<Runtime>::get(), 3);
        assert!(crate::Origins::set_period_divisor(RuntimeOrigin::root(), 0).is_err());
    });
}
