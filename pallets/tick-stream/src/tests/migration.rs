//! Tests of the migration from version 1 on single entries. The runtime's tests upgrade the state of a whole chain.

use crate::{
    migration::v2::{most_entries, v1, weight_of, Before, Rewrite},
    mock::*,
    Keys,
};
use frame_support::traits::{Get, UncheckedOnRuntimeUpgrade};
use frame_system::limits::BlockWeights;
use tick_stream_primitives::{AccountId, NonceWindow};

/// Stores a deposit of version 1 whose session key is `session_key`.
fn insert_deposit(viewer: &str, session_key: AccountId) {
    let delegation = v1::Delegation { session_key, max_price_per_tick: PRICE, allowance: 5, expires_at: 100 };
    let deposit = v1::Deposit {
        free: 0,
        reserved: 0,
        delegation: Some(delegation),
        generation: 3,
        nonces: NonceWindow::starting_at(0),
        open_sessions: 0,
        paid_until: 0,
        active_at: 1,
    };
    v1::Deposits::<Test>::insert(account(viewer), deposit);
}

#[test]
fn keys_that_version_2_refuses_are_dropped() {
    empty_chain().execute_with(|| {
        insert_deposit("viewer", account("viewer"));
        insert_deposit("second-viewer", AccountId::new([0; 32]));
        insert_deposit("stranger", account("device"));
        let before = Before::read::<Test>();
        assert_eq!(before.entries(), 4, "three deposits and one key");
        Rewrite::<Test>::on_runtime_upgrade();
        let keys: Vec<_> = Keys::<Test>::iter().map(|(viewer, key, entry)| (viewer, key, entry.id)).collect();
        assert_eq!(keys, [(account("stranger"), account("device"), 3)]);
        assert_eq!(["viewer", "second-viewer", "stranger"].map(|viewer| deposit_of(viewer).keys), [0, 0, 1]);
        before.check::<Test>().expect("the state is as before");
    });
}

#[test]
fn most_entries_fill_a_block_and_one_more_does_not_fit() {
    let weights: BlockWeights = <Test as frame_system::Config>::BlockWeights::get();
    let block = weights.max_block;
    let most = most_entries::<Test>();
    assert!(most > 0 && weight_of::<Test>(most).all_lte(block));
    assert!(!weight_of::<Test>(most + 1).all_lte(block));
}

#[test]
fn weight_of_the_migration_is_that_of_its_entries() {
    empty_chain().execute_with(|| {
        // Each entry and its key.
        (0..5).for_each(|index| insert_deposit(&format!("viewer-{index}"), account("device")));
        assert_eq!(Rewrite::<Test>::on_runtime_upgrade(), weight_of::<Test>(10));
    });
}
