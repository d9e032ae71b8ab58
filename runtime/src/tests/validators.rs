//! Tests of sessions: who joins the set, and who leaves it.

use super::env::{account, apply, as_root, emitted, next_slot, on_chain, run_in_block, run_to, slot_digest};
use crate::{
    configs::KeyDeposit,
    opaque::SessionKeys,
    validators::{
        equivocation::AuraEquivocation,
        limits::{AT_STAKE_SESSIONS, MIN_SLASH},
        Call, Event, LastSession, Reason, SessionPeriod, Unbonding,
    },
    AccountId, Balances, CollatorSelection, Executive, Grandpa, Hash, Header, Runtime, RuntimeCall, RuntimeEvent,
    RuntimeOrigin, Session, System, Treasury, UncheckedExtrinsic, Validators, MINUTES, UNIT,
};
use codec::Encode;
use frame_support::{assert_noop, assert_ok, traits::DisabledValidators};
use pallet_collator_selection::{CandidateList, Invulnerables};
use sp_consensus_aura::{
    digests::CompatibleDigestItem,
    sr25519::{AuthorityPair, AuthoritySignature},
};
use sp_core::Pair;
use sp_keyring::{Ed25519Keyring, Sr25519Keyring};
use sp_runtime::{
    traits::{Header as _, OpaqueKeys},
    transaction_validity::{InvalidTransaction, TransactionSource},
    DigestItem,
};
use Sr25519Keyring::{Alice, Bob, Charlie, Dave, Eve};

/// Blocks of a session of the preset `test`.
pub(super) const SESSION: u32 = MINUTES;

/// Sets the session keys of an account to those derived from this seed.
pub(super) fn set_keys(who: Sr25519Keyring, aura: Sr25519Keyring, grandpa: Ed25519Keyring) {
    let keys = SessionKeys { aura: aura.public().into(), grandpa: grandpa.public().into() };
    let owner = account(who).encode();
    let statement = [b"POP_".as_slice(), &owner].concat();
    let proof = (aura.sign(&statement), grandpa.sign(&statement)).encode();
    assert!(keys.ownership_proof_is_valid(&owner, &proof), "the proof has the format of the SDK");
    assert_ok!(Session::set_keys(RuntimeOrigin::signed(account(who)), keys, proof));
}

/// Makes an account a candidate with its own keys.
pub(super) fn register(who: Sr25519Keyring, grandpa: Ed25519Keyring) {
    set_keys(who, who, grandpa);
    assert_ok!(CollatorSelection::register_as_candidate(RuntimeOrigin::signed(account(who))));
}

/// Makes Eve a candidate with its own keys, and waits until it writes blocks.
pub(super) fn eve_joins() {
    run_in_block(|| register(Eve, Ed25519Keyring::Eve));
    run_to(2 * SESSION + 1, &[]);
    assert!(Session::validators().contains(&account(Eve)));
}

/// Returns a header for this slot, sealed with this key. Headers with different parents differ.
fn sealed(slot: u64, parent: u8, key: Sr25519Keyring) -> Header {
    let mut header =
        Header::new(3, Default::default(), Default::default(), Hash::repeat_byte(parent), slot_digest(slot));
    let pair = AuthorityPair::from(key.pair());
    let seal: AuthoritySignature = pair.sign(header.hash().as_ref());
    header.digest_mut().push(<DigestItem as CompatibleDigestItem<AuthoritySignature>>::aura_seal(seal));
    header
}

pub(super) fn two_blocks(slot: u64, key: Sr25519Keyring) -> Box<AuraEquivocation<Header>> {
    Box::new(AuraEquivocation {
        offender: key.public().into(),
        slot: slot.into(),
        first_header: sealed(slot, 1, key),
        second_header: sealed(slot, 2, key),
    })
}

pub(super) fn report(
    by: Sr25519Keyring,
    proof: Box<AuraEquivocation<Header>>,
) -> frame_support::dispatch::DispatchResultWithPostInfo {
    Validators::report_aura_equivocation(RuntimeOrigin::signed(account(by)), proof)
}

pub(super) fn aura_keys() -> Vec<AccountId> {
    let keys = pallet_aura::Authorities::<Runtime>::get();
    keys.iter().map(|key| AccountId::new(<[u8; 32]>::try_from(AsRef::<[u8]>::as_ref(key)).expect("32 bytes"))).collect()
}

pub(super) fn removed(who: AccountId, reason: Reason) -> impl Fn(&RuntimeEvent) -> bool {
    move |event| *event == RuntimeEvent::Validators(Event::Removed { who: who.clone(), reason })
}

#[test]
fn genesis_sets_the_same_validators_everywhere() {
    on_chain("test", || {
        let mut expected = [Alice, Bob, Charlie, Dave].map(account);
        expected.sort();
        assert_eq!(Session::validators(), expected);
        assert_eq!(aura_keys(), expected);
        assert_eq!(Grandpa::grandpa_authorities().len(), 4);
        assert_eq!(SessionPeriod::<Runtime>::get(), SESSION);
    });
}

#[test]
fn candidate_joins_the_set_two_sessions_later_and_leaves_it_again() {
    on_chain("test", || {
        eve_joins();
        assert!(aura_keys().contains(&account(Eve)));
        assert_eq!(Grandpa::grandpa_authorities().len(), 5);
        run_in_block(|| {
            assert_ok!(CollatorSelection::leave_intent(RuntimeOrigin::signed(account(Eve))));
        });
        run_to(4 * SESSION, &[]);
        assert!(!Session::validators().contains(&account(Eve)));
        assert!(!aura_keys().contains(&account(Eve)));
        assert_eq!(Grandpa::grandpa_authorities().len(), 4);
    });
}

#[test]
fn keys_without_a_proof_of_possession_are_refused() {
    on_chain("test", || {
        let keys = SessionKeys { aura: Eve.public().into(), grandpa: Ed25519Keyring::Eve.public().into() };
        for proof in [vec![], vec![0; 128]] {
            let set = Session::set_keys(RuntimeOrigin::signed(account(Eve)), keys.clone(), proof);
            assert_eq!(set, Err(pallet_session::Error::<Runtime>::InvalidProof.into()));
        }
    });
}

#[test]
fn unchanged_set_starts_no_new_set_of_voters() {
    on_chain("test", || {
        run_to(5 * SESSION + 1, &[]);
        assert_eq!(Session::current_index(), 5);
        assert_eq!(Grandpa::current_set_id(), 0);
        assert_eq!(pallet_grandpa::SetIdSession::<Runtime>::get(0), Some(5));
    });
}

#[test]
fn absent_invulnerable_leaves_the_set() {
    on_chain("test", || {
        run_to(SESSION, &[account(Dave)]);
        assert!(emitted(removed(account(Dave), Reason::Absent)));
        run_to(3 * SESSION, &[account(Dave)]);
        assert!(!aura_keys().contains(&account(Dave)));
        assert_eq!(Grandpa::grandpa_authorities().len(), 3);
    });
}

#[test]
fn absent_candidate_leaves_the_set_and_gets_its_bond_back_later() {
    on_chain("test", || {
        eve_joins();
        run_to(5 * SESSION, &[account(Eve)]);
        assert!(CandidateList::<Runtime>::get().is_empty());
        assert!(!aura_keys().contains(&account(Eve)));
        assert_eq!(Balances::reserved_balance(account(Eve)), 100 * UNIT + KeyDeposit::get());
    });
}

#[test]
fn no_more_validators_are_removed_for_absence_than_finality_can_do_without() {
    on_chain("test", || {
        let absent = [Bob, Charlie, Dave].map(account);
        run_to(10 * SESSION, &absent);
        assert_eq!(Invulnerables::<Runtime>::get().len(), 3, "of four one is removed, of three none");
        assert!(aura_keys().contains(&account(Alice)));
    });
}

#[test]
fn sole_validator_that_purges_its_keys_stays() {
    on_chain("development", || {
        as_root(Call::<Runtime>::set_session_period { period: 20 });
        run_in_block(|| {
            assert_ok!(Session::purge_keys(RuntimeOrigin::signed(account(Alice))));
        });
        run_to(100, &[]);
        assert_eq!(aura_keys(), [account(Alice)]);
        assert_eq!(Grandpa::grandpa_authorities().len(), 1);
    });
}

#[test]
fn author_that_signs_two_blocks_for_a_slot_is_disabled_at_once_and_leaves_the_set() {
    on_chain("test", || {
        run_to(10, &[]);
        run_in_block(|| {
            let result = report(Eve, two_blocks(5, Dave)).expect("the proof is valid");
            assert_eq!(result.pays_fee, frame_support::dispatch::Pays::No);
            assert!(emitted(removed(account(Dave), Reason::Equivocation)));
            let index = Session::validators().iter().position(|who| *who == account(Dave));
            assert!(Session::is_disabled(index.expect("still in the set") as u32));
        });
        run_in_block(|| {
            let index = Session::validators().iter().position(|who| *who == account(Dave));
            assert!(Session::is_disabled(index.expect("queued for one more session") as u32));
        });
        run_in_block(|| {});
        assert!(!aura_keys().contains(&account(Dave)));
        assert_eq!(Grandpa::grandpa_authorities().len(), 3);
        assert!(!Session::validators().contains(&account(Dave)));
    });
}

#[test]
fn equivocation_takes_a_part_of_the_bond_even_after_leaving() {
    on_chain("test", || {
        eve_joins();
        run_in_block(|| {
            assert_ok!(CollatorSelection::leave_intent(RuntimeOrigin::signed(account(Eve))));
        });
        assert_eq!(Balances::reserved_balance(account(Eve)), 100 * UNIT + KeyDeposit::get(), "nothing is released yet");
        let treasury = Balances::free_balance(Treasury::account_id());
        run_in_block(|| {
            assert_ok!(report(Alice, two_blocks(next_slot(), Eve)));
        });
        // Three times one fifth, squared.
        let slashed = 36 * UNIT;
        assert!(slashed >= MIN_SLASH * 100 * UNIT);
        assert_eq!(Balances::free_balance(Treasury::account_id()) - treasury, slashed);
        assert_eq!(Balances::reserved_balance(account(Eve)), 100 * UNIT + KeyDeposit::get() - slashed);
        run_to(System::block_number() + 3, &[]);
        assert!(!aura_keys().contains(&account(Eve)));
    });
}

#[test]
fn bond_is_released_when_nothing_of_its_owner_can_be_reported_any_more() {
    on_chain("test", || {
        eve_joins();
        run_in_block(|| {
            assert_ok!(CollatorSelection::leave_intent(RuntimeOrigin::signed(account(Eve))));
        });
        let left = Session::current_index();
        let release = || Validators::release_bond(RuntimeOrigin::signed(account(Bob)), account(Eve));
        let until = Unbonding::<Runtime>::get(account(Eve))[0].until;
        assert_eq!(until, left + AT_STAKE_SESSIONS);
        // Longer sessions keep evidence longer, and bonds as well.
        as_root(Call::<Runtime>::set_session_period { period: 70 });
        while Session::current_index() < until {
            assert_noop!(release(), crate::validators::Error::<Runtime>::NothingToRelease);
            assert!(LastSession::<Runtime>::contains_key(account(Eve)), "a session with Eve is kept");
            run_to((System::block_number() / 70 + 1) * 70 + 1, &[]);
        }
        assert!(!LastSession::<Runtime>::contains_key(account(Eve)), "no session with Eve is kept");
        run_in_block(|| {
            let late = report(Alice, two_blocks(next_slot(), Eve));
            assert_eq!(
                late.map_err(|error| error.error),
                Err(crate::validators::Error::<Runtime>::UnknownOffender.into())
            );
        });
        assert_ok!(release());
        assert_eq!(Balances::reserved_balance(account(Eve)), KeyDeposit::get());
        assert!(!Unbonding::<Runtime>::contains_key(account(Eve)));
    });
}

#[test]
fn bond_of_a_candidate_that_was_in_no_set_is_returned_at_once() {
    on_chain("test", || {
        run_in_block(|| {
            register(Eve, Ed25519Keyring::Eve);
            assert_ok!(CollatorSelection::leave_intent(RuntimeOrigin::signed(account(Eve))));
        });
        assert_eq!(Balances::reserved_balance(account(Eve)), KeyDeposit::get());
        assert!(!Unbonding::<Runtime>::contains_key(account(Eve)));
    });
}

#[test]
fn bond_of_a_candidate_that_is_queued_stays_at_stake() {
    on_chain("test", || {
        run_in_block(|| register(Eve, Ed25519Keyring::Eve));
        run_to(SESSION + 1, &[]);
        assert!(!Session::validators().contains(&account(Eve)), "queued only");
        assert_ok!(CollatorSelection::leave_intent(RuntimeOrigin::signed(account(Eve))));
        assert_eq!(Unbonding::<Runtime>::get(account(Eve))[0].amount, 100 * UNIT);
    });
}

#[test]
fn wrong_proofs_of_an_equivocation_are_refused() {
    use crate::validators::Error;
    on_chain("test", || {
        run_to(10, &[]);
        run_in_block(|| {
            let mut same = two_blocks(5, Dave);
            same.second_header = same.first_header.clone();
            let mut other_slot = two_blocks(5, Dave);
            other_slot.second_header = sealed(6, 2, Dave);
            let mut other_key = two_blocks(5, Dave);
            other_key.second_header = sealed(5, 2, Charlie);
            let mut unsealed = two_blocks(5, Dave);
            unsealed.second_header.digest_mut().pop();
            let mut two_slots = two_blocks(5, Dave);
            two_slots.second_header.digest_mut().logs.insert(0, slot_digest(4).logs[0].clone());
            for proof in [same, other_slot, other_key, unsealed, two_slots] {
                assert_noop!(report(Eve, proof), Error::<Runtime>::InvalidEquivocationProof);
            }
            assert_noop!(report(Eve, two_blocks(5, Eve)), Error::<Runtime>::UnknownOffender);
        });
        assert_eq!(Invulnerables::<Runtime>::get().len(), 4);
    });
}

#[test]
fn equivocation_is_punished_once() {
    on_chain("test", || {
        run_to(10, &[]);
        run_in_block(|| {
            assert_ok!(report(Eve, two_blocks(5, Dave)));
            assert_noop!(report(Eve, two_blocks(5, Dave)), crate::validators::Error::<Runtime>::AlreadyReported);
        });
    });
}

#[test]
fn sole_validator_that_equivocates_stays() {
    on_chain("development", || {
        run_to(10, &[]);
        run_in_block(|| {
            assert_ok!(report(Eve, two_blocks(5, Alice)));
        });
        run_to(30, &[]);
        assert_eq!(aura_keys(), [account(Alice)]);
    });
}

#[test]
fn unsigned_report_is_accepted_from_the_own_node_only() {
    on_chain("test", || {
        run_to(10, &[]);
        let extrinsic = |proof| {
            let call = Call::<Runtime>::report_aura_equivocation_unsigned { proof };
            UncheckedExtrinsic::new_bare(call.into())
        };
        let check = |source, proof| Executive::validate_transaction(source, extrinsic(proof), Hash::zero());
        assert_eq!(check(TransactionSource::External, two_blocks(5, Dave)), InvalidTransaction::Call.into());
        let mut wrong = two_blocks(5, Dave);
        wrong.second_header = wrong.first_header.clone();
        assert_eq!(check(TransactionSource::Local, wrong), InvalidTransaction::BadProof.into());
        let valid = check(TransactionSource::Local, two_blocks(5, Dave)).expect("the proof is valid");
        assert!(!valid.propagate);
        run_in_block(|| {
            assert_ok!(Executive::apply_extrinsic(extrinsic(two_blocks(5, Dave))));
        });
        assert_eq!(check(TransactionSource::Local, two_blocks(5, Dave)), InvalidTransaction::Stale.into());
        assert!(!Invulnerables::<Runtime>::get().contains(&account(Dave)));
    });
}

#[test]
fn governance_appoints_and_dismisses_invulnerables() {
    on_chain("test", || {
        run_in_block(|| set_keys(Eve, Eve, Ed25519Keyring::Eve));
        as_root(pallet_collator_selection::Call::<Runtime>::add_invulnerable { who: account(Eve) });
        as_root(pallet_collator_selection::Call::<Runtime>::remove_invulnerable { who: account(Dave) });
        run_to(2 * SESSION + 1, &[]);
        assert!(aura_keys().contains(&account(Eve)) && !aura_keys().contains(&account(Dave)));
    });
}

#[test]
fn too_short_sessions_are_refused() {
    on_chain("test", || {
        let error = crate::validators::Error::<Runtime>::SessionTooShort;
        assert_noop!(Validators::set_session_period(RuntimeOrigin::root(), 19), error);
        let call = RuntimeCall::Validators(Call::set_session_period { period: 60 });
        run_in_block(|| assert!(apply(Alice, call).expect("included").is_err(), "only root sets the period"));
    });
}
