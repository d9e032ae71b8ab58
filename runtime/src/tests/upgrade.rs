//! Checks of an upgrade from version 1, on the state of a chain that its runtime has worked on.
//!
//! `fixtures/version-1-busy.json` has deposits with one session key, with a replaced one, with a revoked one, with the
//! viewer's own key and with none; sessions opened by key and by wallet, partly settled, one of them closing; a tip; and
//! a gateway that is leaving. The end-to-end test `upgrade` in `tests` makes such a chain, upgrades it too, and writes its
//! state to the file that `VILOKANAM_SNAPSHOT` names.

use super::env::{account, block, next_slot};
use crate::{
    Balances, CollatorSelection, Executive, Grandpa, Historical, Moderators, Multisig, Preimage, Referenda, Runtime,
    Scheduler, Session, System, TechnicalCommittee, TickStream, Validators,
};
use frame_support::traits::{GetStorageVersion, StorageVersion};
use pallet_tick_stream::{migration::v2::Before, Deposits, Keys, Sessions};
use sp_keyring::Sr25519Keyring::Alice;
use std::collections::BTreeMap;

/// Storage of the chain, without the code.
const BUSY: &str = include_str!("fixtures/version-1-busy.json");

fn busy() -> sp_io::TestExternalities {
    let bytes = |text: &String| sp_core::bytes::from_hex(text).expect("the fixture is hexadecimal");
    let entries: BTreeMap<String, String> = serde_json::from_str(BUSY).expect("the fixture is JSON");
    let top = entries.iter().map(|(key, value)| (bytes(key), bytes(value))).collect();
    sp_io::TestExternalities::new(sp_runtime::Storage { top, children_default: Default::default() })
}

/// Fails unless the storage of a pallet has the version that its code expects.
fn check_version<P: GetStorageVersion<InCodeStorageVersion = StorageVersion>>() {
    let pallet = core::any::type_name::<P>();
    assert_eq!(P::on_chain_storage_version(), P::in_code_storage_version(), "{pallet}");
}

/// Checks the storage versions of all pallets that have one.
fn check_versions() {
    check_version::<Grandpa>();
    check_version::<Balances>();
    check_version::<Multisig>();
    check_version::<TickStream>();
    check_version::<CollatorSelection>();
    check_version::<Session>();
    check_version::<Historical>();
    check_version::<Preimage>();
    check_version::<Scheduler>();
    check_version::<Referenda>();
    check_version::<TechnicalCommittee>();
    check_version::<Moderators>();
}

#[test]
fn fixture_has_what_the_upgrade_has_to_carry_over() {
    busy().execute_with(|| {
        assert_eq!(TickStream::on_chain_storage_version(), 1);
        assert_eq!(frame_system::LastRuntimeUpgrade::<Runtime>::get().map(|last| last.spec_version.0), Some(100));
        Executive::execute_on_runtime_upgrade();
        assert_eq!((Deposits::<Runtime>::iter().count(), Keys::<Runtime>::iter().count()), (8, 4));
        let sessions: Vec<_> = Sessions::<Runtime>::iter_values().collect();
        let (by_key, closing) = (
            || sessions.iter().filter(|session| session.key.is_some()),
            || sessions.iter().filter(|session| session.closing.is_some()),
        );
        assert_eq!((sessions.len(), by_key().count(), closing().count()), (9, 5, 1));
        assert!(sessions.iter().filter(|session| session.settled_ticks > 0).count() >= 8);
    });
}

#[test]
fn amounts_counts_invariants_and_storage_versions_are_right_after_the_upgrade() {
    busy().execute_with(|| {
        let before = Before::read::<Runtime>();
        let issuance = Balances::total_issuance();
        let (aura, grandpa) = (pallet_aura::Authorities::<Runtime>::get(), Grandpa::grandpa_authorities());
        Executive::execute_on_runtime_upgrade();
        before.check::<Runtime>().expect("nothing is lost, and the invariants of the pallet hold");
        Validators::check_state().expect("the invariants of the validators hold");
        check_versions();
        assert_eq!(pallet_aura::Authorities::<Runtime>::get(), aura);
        assert_eq!(Grandpa::grandpa_authorities(), grandpa);
        assert_eq!(Session::validators(), [account(Alice)]);
        // Protocol fees are earnings in the pot: the treasury's account itself held nothing.
        assert_eq!(Balances::total_issuance() - issuance, crate::EXISTENTIAL_DEPOSIT);
    });
}

#[test]
fn upgrade_of_the_busy_state_changes_nothing_when_it_runs_again() {
    busy().execute_with(|| {
        Executive::execute_on_runtime_upgrade();
        let root = || sp_io::storage::root(sp_runtime::StateVersion::V1);
        let after = root();
        Executive::execute_on_runtime_upgrade();
        assert_eq!(root(), after);
    });
}

#[test]
fn blocks_go_on_after_the_busy_state() {
    busy().execute_with(|| {
        let before = Before::read::<Runtime>();
        let number = System::block_number();
        for _ in 0..3 {
            block(next_slot(), || {});
        }
        assert_eq!(System::block_number(), number + 3);
        before.check::<Runtime>().expect("nothing is lost");
        check_versions();
    });
}

/// All checks of try-runtime.
#[cfg(feature = "try-runtime")]
#[test]
fn try_runtime_checks_pass_on_the_busy_state() {
    busy().execute_with(|| {
        Executive::try_runtime_upgrade(frame_try_runtime::UpgradeCheckSelect::All).expect("all checks pass");
    });
}
