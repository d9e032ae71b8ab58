//! Tests of the upgrade from version 1, on the state of its chain `local`.

use super::env::{account, next_slot, on_chain, run_in_block, run_to};
use crate::{
    migrations::ValidatorsAndGovernance, AccountId, Balances, CollatorSelection, Grandpa, Moderators, Runtime,
    RuntimeOrigin, Session, System, TechnicalCommittee, Treasury, Validators, EXISTENTIAL_DEPOSIT, HOURS,
};
use frame_support::{
    assert_ok,
    traits::{GetStorageVersion, KeyOwnerProofSystem, OnRuntimeUpgrade, SortedMembers},
};
use sp_consensus_grandpa::{AuthorityId as GrandpaId, KEY_TYPE};
use sp_keyring::{Ed25519Keyring, Sr25519Keyring};
use std::collections::BTreeMap;
use Sr25519Keyring::{Alice, Bob, Charlie, Dave};

/// Storage of the chain `local` of version 1, without the code.
const VERSION_1: &str = include_str!("fixtures/version-1-local.json");

/// Returns the state of version 1, with a block on it.
fn version_1() -> sp_io::TestExternalities {
    let bytes = |text: &String| sp_core::bytes::from_hex(text).expect("the fixture is hexadecimal");
    let entries: BTreeMap<String, String> = serde_json::from_str(VERSION_1).expect("the fixture is JSON");
    let top = entries.iter().map(|(key, value)| (bytes(key), bytes(value))).collect();
    let mut state = sp_io::TestExternalities::new(sp_runtime::Storage { top, children_default: Default::default() });
    state.execute_with(|| System::set_block_number(1));
    state
}

/// Runs the migration as an upgrade does: first the pallets that are new store their version.
fn upgrade() {
    use frame_support::traits::BeforeAllRuntimeMigrations;
    crate::AllPalletsWithSystem::before_all_runtime_migrations();
    ValidatorsAndGovernance::on_runtime_upgrade();
}

fn aura_accounts() -> Vec<AccountId> {
    [Alice, Bob, Charlie, Dave].map(account).to_vec()
}

#[test]
fn authorities_become_validators_and_stay_as_they_are() {
    version_1().execute_with(|| {
        let aura = pallet_aura::Authorities::<Runtime>::get();
        let grandpa = Grandpa::grandpa_authorities();
        upgrade();
        assert_eq!(pallet_aura::Authorities::<Runtime>::get(), aura);
        assert_eq!(Grandpa::grandpa_authorities(), grandpa);
        assert_eq!(Session::validators(), aura_accounts());
        let queued = Session::queued_keys();
        assert_eq!(queued.iter().map(|(who, _)| who.clone()).collect::<Vec<_>>(), aura_accounts());
        assert!(queued.iter().zip(&grandpa).all(|((_, keys), (key, _))| keys.grandpa == *key));
    });
}

#[test]
fn sessions_after_the_upgrade_have_the_same_validators() {
    version_1().execute_with(|| {
        upgrade();
        crate::validators::SessionPeriod::<Runtime>::put(60);
        pallet_aura::CurrentSlot::<Runtime>::put(sp_consensus_aura::Slot::from(1_000_000));
        for session in 1..=4 {
            run_to(60 * session, &[]);
            let mut validators = Session::validators();
            validators.sort();
            let mut expected = aura_accounts();
            expected.sort();
            assert_eq!(validators, expected, "session {session}");
            assert_eq!(Grandpa::grandpa_authorities().len(), 4, "session {session}");
        }
        assert!(next_slot() > 1_000_000);
    });
}

#[test]
fn validators_of_version_1_can_purge_their_keys_and_prove_them() {
    version_1().execute_with(|| {
        upgrade();
        let key: GrandpaId = Ed25519Keyring::Dave.public().into();
        let proof = Validators::prove_voter(Grandpa::current_set_id(), &key).expect("Dave is a validator");
        assert_eq!(Validators::check_proof((KEY_TYPE, key), proof), Some((account(Dave), ())));
        assert_eq!(System::consumers(&account(Dave)), 1);
        assert_ok!(Session::purge_keys(RuntimeOrigin::signed(account(Dave))));
        assert_eq!(System::consumers(&account(Dave)), 0);
    });
}

#[test]
fn sudo_key_becomes_the_first_member_and_the_treasury_exists() {
    version_1().execute_with(|| {
        upgrade();
        assert_eq!(pallet_collective::Members::<Runtime, pallet_collective::Instance1>::get(), [account(Alice)]);
        assert!(TechnicalCommittee::is_member(&account(Alice)));
        assert_eq!(Moderators::sorted_members(), [account(Alice)]);
        assert_eq!(Balances::free_balance(Treasury::account_id()), EXISTENTIAL_DEPOSIT);
        assert_eq!(crate::validators::SessionPeriod::<Runtime>::get(), HOURS);
        assert_eq!(crate::origins::PeriodDivisor::<Runtime>::get(), 1, "an upgraded chain votes at its own pace");
        assert_eq!(CollatorSelection::on_chain_storage_version(), CollatorSelection::in_code_storage_version());
    });
}

#[test]
fn migration_changes_nothing_when_it_runs_again() {
    version_1().execute_with(|| {
        upgrade();
        let root = || sp_io::storage::root(sp_runtime::StateVersion::V1);
        let after = root();
        upgrade();
        assert_eq!(root(), after);
    });
    on_chain("test", || {
        let validators = Session::validators();
        upgrade();
        assert_eq!(Session::validators(), validators);
    });
}

#[test]
fn authorities_that_do_not_fit_together_stay_without_sessions() {
    version_1().execute_with(|| {
        pallet_aura::Authorities::<Runtime>::mutate(|keys| keys.pop());
        let (aura, grandpa) = (pallet_aura::Authorities::<Runtime>::get(), Grandpa::grandpa_authorities());
        upgrade();
        crate::validators::SessionPeriod::<Runtime>::put(20);
        for number in 2..100 {
            System::set_block_number(number);
            <Session as frame_support::traits::OnInitialize<_>>::on_initialize(number);
            <Grandpa as frame_support::traits::OnFinalize<_>>::on_finalize(number);
        }
        assert_eq!(pallet_aura::Authorities::<Runtime>::get(), aura);
        assert_eq!(Grandpa::grandpa_authorities(), grandpa);
    });
}

#[test]
fn blocks_go_on_over_the_upgrade() {
    version_1().execute_with(|| {
        pallet_aura::CurrentSlot::<Runtime>::put(sp_consensus_aura::Slot::from(1_000_000));
        // The newest block was executed by version 1, so the next one runs the migrations.
        let old = frame_system::LastRuntimeUpgradeInfo { spec_version: 100.into(), spec_name: "vilokanam".into() };
        frame_system::LastRuntimeUpgrade::<Runtime>::put(old);
        super::env::block(1_000_001, || {
            assert_eq!(Session::validators(), aura_accounts());
            let turn = aura_accounts()[1_000_001 % 4].clone();
            assert_eq!(crate::Authorship::author(), Some(turn));
        });
        run_in_block(|| {});
        assert_eq!(System::block_number(), 3);
    });
}

/// Checks of try-runtime on the same state.
#[cfg(feature = "try-runtime")]
#[test]
fn try_runtime_checks_pass_on_the_state_of_version_1() {
    version_1().execute_with(|| {
        use frame_support::traits::BeforeAllRuntimeMigrations;
        crate::AllPalletsWithSystem::before_all_runtime_migrations();
        let before = ValidatorsAndGovernance::pre_upgrade().expect("the state can be read");
        ValidatorsAndGovernance::on_runtime_upgrade();
        ValidatorsAndGovernance::post_upgrade(before).expect("the state is as promised");
    });
}
