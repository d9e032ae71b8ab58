//! Tests that one wave is in flight and one run is active at a time.

use super::*;
use sp_runtime::offchain::{
    storage_lock::{StorageLock, Time},
    Duration, Timestamp,
};
use tick_stream_primitives::worker::{WAVE_ERA_BLOCKS, WAVE_KEY};

/// Returns an offer of a claim up to `ticks`.
fn offer_of_claim(watch: &mut Watch, ticks: u32) -> Offer {
    offer_of_claims(vec![offered(watch, ticks)])
}

fn opened() -> Watch {
    fund("viewer");
    Watch::opened("viewer", 60)
}

#[test]
fn nothing_is_sent_while_a_wave_is_in_flight() {
    Node::run(|node| {
        let mut watch = opened();
        let offer = offer_of_claim(&mut watch, 20);
        assert_eq!(node.state_after(&offer), sent_state(1, 1, 0));
        assert_eq!(node.take_sent().len(), 1);
        for _ in 0..WAVE_ERA_BLOCKS {
            let report = node.work(&offer).expect("the worker leaves a report");
            let state = WorkerState::InFlight { until_nonce: 1, until_block: 17 };
            assert_eq!(report, Report { block: System::block_number(), state, refused: vec![], foreign: vec![] });
            assert_eq!(node.take_sent().len(), 0);
            advance(1);
        }
    });
}

#[test]
fn wave_is_over_when_its_nonce_has_passed() {
    Node::run(|node| {
        let mut watch = opened();
        assert_eq!(node.state_after(&offer_of_claim(&mut watch, 20)), sent_state(1, 1, 0));
        assert_eq!(include(node.take_sent()), []);
        advance(1);
        assert_eq!(node.state_after(&offer_of_claim(&mut watch, 40)), sent_state(1, 1, 0));
        let (extrinsic, batch) = node.take_only_sent();
        assert_eq!(extrinsic.nonce, 1);
        assert_eq!(batch.groups[0].claims[0].from, 20);
        let in_flight = WorkerState::InFlight { until_nonce: 2, until_block: 18 };
        assert_eq!(node.state_after(&offer_of_claim(&mut watch, 40)), in_flight);
        assert_eq!(include(vec![extrinsic]), []);
    });
}

#[test]
fn wave_is_over_when_its_era_is_over() {
    Node::run(|node| {
        let mut watch = opened();
        let offer = offer_of_claim(&mut watch, 20);
        assert_eq!(node.state_after(&offer), sent_state(1, 1, 0));
        node.take_sent();
        advance(WAVE_ERA_BLOCKS - 1);
        assert_eq!(node.state_after(&offer), WorkerState::InFlight { until_nonce: 1, until_block: 17 });
        advance(1);
        assert_eq!(node.state_after(&offer), sent_state(1, 1, 0));
        assert_eq!(node.take_only_sent().0.nonce, 0, "the lost extrinsic's nonce is used again");
    });
}

#[test]
fn wave_that_landed_in_part_is_still_in_flight() {
    Node::run(|node| {
        let mut watch = opened();
        let earnings = 1_000_000_000;
        crate::Earnings::<Test>::insert(account("operator"), earnings);
        assert_ok!(Balances::mint_into(&TickStream::pot_account(), earnings));
        let offer = offer_of_claim(&mut watch, 20);
        assert_eq!(node.state_after(&offer), sent_state(2, 1, 0));
        let mut sent = node.take_sent();
        let second = sent.split_off(1);
        assert_eq!(include(sent), []);
        let next = offer_of_claim(&mut watch, 30);
        assert_eq!(node.state_after(&next), WorkerState::InFlight { until_nonce: 2, until_block: 17 });
        assert_eq!(include(second), []);
        assert_eq!(node.state_after(&next), sent_state(1, 1, 0));
        assert_eq!(node.take_only_sent().0.nonce, 2);
    });
}

#[test]
fn wave_overtaken_by_another_extrinsic_of_the_account_is_over() {
    Node::run(|node| {
        let mut watch = opened();
        let offer = offer_of_claim(&mut watch, 20);
        assert_eq!(node.state_after(&offer), sent_state(1, 1, 0));
        node.take_sent();
        System::inc_account_nonce(account("operator"));
        assert_eq!(node.state_after(&offer), sent_state(1, 1, 0));
        assert_eq!(node.take_only_sent().0.nonce, 1);
    });
}

#[test]
fn wave_of_another_key_does_not_block() {
    Node::run(|node| {
        let mut watch = opened();
        StorageValueRef::persistent(WAVE_KEY).set(&(account("stranger"), 9u32, 99u32));
        assert_eq!(node.state_after(&offer_of_claim(&mut watch, 20)), sent_state(1, 1, 0));
        let wave = StorageValueRef::persistent(WAVE_KEY).get::<(tick_stream_primitives::AccountId, u32, u32)>();
        assert_eq!(wave, Ok(Some((account("operator"), 1, 17))));
    });
}

#[test]
fn unreadable_wave_does_not_block() {
    Node::run(|node| {
        let mut watch = opened();
        sp_io::offchain::local_storage_set(StorageKind::PERSISTENT, WAVE_KEY, b"?");
        assert_eq!(node.state_after(&offer_of_claim(&mut watch, 20)), sent_state(1, 1, 0));
    });
}

#[test]
fn run_that_sends_nothing_leaves_no_wave() {
    Node::run(|node| {
        let mut watch = opened();
        set_balance("operator", ED);
        assert!(matches!(node.state_after(&offer_of_claim(&mut watch, 20)), WorkerState::NoFunds { .. }));
        set_balance("operator", ENDOWMENT);
        assert_eq!(node.state_after(&offer_of_claim(&mut watch, 20)), sent_state(1, 1, 0));
    });
}

#[test]
fn run_without_the_lock_does_nothing() {
    Node::run(|node| {
        let mut watch = opened();
        let offer = offer_of_claim(&mut watch, 20);
        let mut lock = StorageLock::<Time>::with_deadline(LOCK_KEY, Duration::from_millis(5_000));
        let guard = lock.try_lock().expect("the lock is free");
        assert_eq!(node.work(&offer), None, "the other run writes the report");
        assert_eq!(node.take_sent().len(), 0);
        drop(guard);
        assert_eq!(node.state_after(&offer), sent_state(1, 1, 0));
    });
}

#[test]
fn lock_of_a_run_that_was_cut_off_expires() {
    Node::run(|node| {
        let mut watch = opened();
        let offer = offer_of_claim(&mut watch, 20);
        let mut lock = StorageLock::<Time>::with_deadline(LOCK_KEY, Duration::from_millis(5_000));
        lock.try_lock().expect("the lock is free").forget();
        node.offchain.write().timestamp = Timestamp::from_unix_millis(5_000);
        assert_eq!(node.work(&offer), None);
        node.offchain.write().timestamp = Timestamp::from_unix_millis(5_001);
        assert_eq!(node.state_after(&offer), sent_state(1, 1, 0));
    });
}

#[test]
fn lock_is_released_after_every_outcome() {
    let held = || StorageValueRef::persistent(LOCK_KEY).get::<Timestamp>().expect("the lock can be read").is_some();
    Node::run(|node| {
        let mut watch = opened();
        node.state_after(&offer());
        assert!(!held(), "idle");
        node.state_after(&offer_of_claim(&mut watch, 20));
        assert!(!held(), "sent");
        node.state_after(&offer_of_claim(&mut watch, 20));
        assert!(!held(), "in flight");
    });
    Node::run_with(None, |node| {
        node.state_after(&offer_of_claim(&mut opened(), 20));
        assert!(!held(), "no key");
    });
}
