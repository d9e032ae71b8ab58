//! Tests of reports and punishments: what can be reported, how often, and what it costs.

use super::{
    env::{account, apply, emitted, next_slot, on_chain, run_in_block, run_to},
    validators::{aura_keys, eve_joins, register, removed, report, set_keys, two_blocks, SESSION},
};
use crate::{
    configs::KeyDeposit,
    validators::{
        limits::{AT_STAKE_SESSIONS, KEPT_SESSIONS, MAX_VALIDATORS},
        Call, Error, Punished, Reason,
    },
    AccountId, Balances, CollatorSelection, Grandpa, Hash, Runtime, RuntimeOrigin, Session, System, Validators, UNIT,
};
use codec::{Decode, Encode};
use frame_support::{assert_noop, assert_ok, traits::KeyOwnerProofSystem};
use sp_consensus_grandpa::{EquivocationProof, SetId, KEY_TYPE};
use sp_keyring::{Ed25519Keyring, Sr25519Keyring};
use sp_session::MembershipProof;
use Sr25519Keyring::{Alice, Bob, Charlie, Dave, Eve, Ferdie};

/// Returns two prevotes of one round for different blocks, in the encoding of GRANDPA.
fn two_votes(set: SetId, key: Ed25519Keyring) -> Box<EquivocationProof<Hash, u32>> {
    const PREVOTE: u8 = 0;
    let round: u64 = 3;
    let vote = |target: u8| {
        let prevote = (Hash::repeat_byte(target), 5_u32);
        let signature = key.sign(&(PREVOTE, prevote, round, set).encode());
        (prevote, signature)
    };
    let bytes = (set, PREVOTE, round, key.public(), vote(1), vote(2)).encode();
    Box::new(EquivocationProof::decode(&mut bytes.as_slice()).expect("the encoding of GRANDPA"))
}

fn prove(set: SetId, key: Ed25519Keyring) -> MembershipProof {
    Validators::prove_voter(set, &key.public().into()).expect("the key is a voter's")
}

/// Reports two votes of a set by an extrinsic, with a proof that is made now.
fn report_votes(set: SetId, key: Ed25519Keyring) {
    run_in_block(|| {
        let (equivocation_proof, key_owner_proof) = (two_votes(set, key), prove(set, key));
        let call = pallet_grandpa::Call::<Runtime>::report_equivocation { equivocation_proof, key_owner_proof };
        assert_ok!(apply(Alice, call).expect("included"));
    });
}

/// Writes the blocks in which sessions end early because of an offence. They have no room for extrinsics.
fn after_early_ends() {
    run_to(System::block_number() + 3, &[]);
}

fn error(result: frame_support::dispatch::DispatchResultWithPostInfo) -> sp_runtime::DispatchError {
    result.expect_err("refused").error
}

/// Returns what an account has reserved besides the deposit of its keys.
fn bond_of(who: Sr25519Keyring) -> u128 {
    Balances::reserved_balance(account(who)) - KeyDeposit::get()
}

#[test]
fn grandpa_voter_that_equivocates_leaves_the_set() {
    on_chain("test", || {
        run_to(10, &[]);
        report_votes(0, Ed25519Keyring::Dave);
        run_to(System::block_number() + 2, &[]);
        assert_eq!(Grandpa::grandpa_authorities().len(), 3);
        assert!(!aura_keys().contains(&account(Dave)));
    });
}

/// Attack: a voter registers other keys, or none, as soon as it has voted twice.
#[test]
fn attack_changed_keys_do_not_hide_a_vote() {
    on_chain("test", || {
        run_to(10, &[]);
        run_in_block(|| {
            set_keys(Dave, Ferdie, Ed25519Keyring::Ferdie);
            assert_ok!(Session::purge_keys(RuntimeOrigin::signed(account(Charlie))));
        });
        report_votes(0, Ed25519Keyring::Dave);
        assert!(Punished::<Runtime>::get().iter().any(|offender| offender.who == account(Dave)));
        after_early_ends();
        report_votes(0, Ed25519Keyring::Charlie);
        assert!(Punished::<Runtime>::get().iter().any(|offender| offender.who == account(Charlie)));
    });
}

#[test]
fn voter_of_an_earlier_set_is_punished_after_it_has_left() {
    on_chain("test", || {
        eve_joins();
        run_in_block(|| {
            assert_ok!(CollatorSelection::leave_intent(RuntimeOrigin::signed(account(Eve))));
        });
        let set = Grandpa::current_set_id();
        run_to(6 * SESSION, &[]);
        run_in_block(|| {
            assert_ok!(Session::purge_keys(RuntimeOrigin::signed(account(Eve))));
        });
        assert!(Grandpa::current_set_id() > set);
        assert_eq!(Validators::prove_voter(set + 1, &Ed25519Keyring::Eve.public().into()), None, "not in this set");
        let before = Balances::reserved_balance(account(Eve));
        report_votes(set, Ed25519Keyring::Eve);
        assert_eq!(before - Balances::reserved_balance(account(Eve)), 36 * UNIT, "three times one fifth, squared");
    });
}

#[test]
fn proofs_of_ownership_have_one_form() {
    on_chain("test", || {
        run_to(10, &[]);
        let check = |proof| Validators::check_proof((KEY_TYPE, Ed25519Keyring::Dave.public().into()), proof);
        let proof = prove(0, Ed25519Keyring::Dave);
        assert_eq!(check(proof.clone()), Some((account(Dave), ())));
        assert_eq!(Validators::prove((KEY_TYPE, Ed25519Keyring::Dave.public().into())), Some(proof.clone()));
        assert_eq!(check(MembershipProof { trie_nodes: vec![vec![0; 1_000]], ..proof.clone() }), None);
        assert_eq!(check(MembershipProof { validator_count: 5, ..proof.clone() }), None);
        assert_eq!(check(MembershipProof { session: 1, ..proof.clone() }), None);
        let other_kind = (sp_core::crypto::key_types::AURA, Ed25519Keyring::Dave.public().into());
        assert_eq!(Validators::check_proof(other_kind, proof.clone()), None);
        let stranger = (KEY_TYPE, Ed25519Keyring::Eve.public().into());
        assert_eq!(Validators::check_proof(stranger, proof), None);
    });
}

#[test]
fn proof_of_a_key_is_valid_as_long_as_its_session_is_kept() {
    on_chain("test", || {
        run_to(10, &[]);
        let proof = prove(0, Ed25519Keyring::Dave);
        let check = || Validators::check_proof((KEY_TYPE, Ed25519Keyring::Dave.public().into()), proof.clone());
        run_to(KEPT_SESSIONS * SESSION, &[]);
        assert_eq!(check(), Some((account(Dave), ())));
        run_to((KEPT_SESSIONS + 1) * SESSION, &[]);
        assert_eq!(check(), None);
    });
}

/// Attack: a validator reports itself again and again, of which each time was free and stored for ever.
#[test]
fn attack_only_the_first_report_about_a_validator_is_free_and_stored() {
    on_chain("test", || {
        run_to(10, &[]);
        let send = |slot| {
            let proof = two_blocks(slot, Dave);
            let before = Balances::free_balance(account(Eve));
            let result = apply(Eve, Call::<Runtime>::report_aura_equivocation { proof }).expect("included");
            (result, before - Balances::free_balance(account(Eve)))
        };
        run_in_block(|| {
            assert_eq!(send(5), (Ok(()), 0));
            let punished = Punished::<Runtime>::get();
            let (result, fee) = send(6);
            assert_eq!(result, Err(Error::<Runtime>::AlreadyReported.into()));
            assert!(fee > 0, "a useless report pays its fee");
            assert_eq!(Punished::<Runtime>::get(), punished);
        });
        after_early_ends();
        run_in_block(|| {
            let (equivocation_proof, key_owner_proof) =
                (two_votes(0, Ed25519Keyring::Dave), prove(0, Ed25519Keyring::Dave));
            let votes = pallet_grandpa::Call::<Runtime>::report_equivocation { equivocation_proof, key_owner_proof };
            let before = Balances::free_balance(account(Eve));
            assert!(apply(Eve, votes).expect("included").is_err(), "it counts as one offence with the blocks");
            assert!(Balances::free_balance(account(Eve)) < before);
        });
        run_to((AT_STAKE_SESSIONS + 3) * SESSION, &[]);
        assert!(Punished::<Runtime>::get().is_empty(), "nothing is stored for ever");
    });
}

/// Attack: of several validators that act together, one reports itself before the others are reported.
#[test]
fn attack_reporting_oneself_first_does_not_lower_the_slash() {
    on_chain("test", || {
        eve_joins();
        run_in_block(|| {
            assert_ok!(report(Eve, two_blocks(next_slot(), Eve)));
        });
        assert_eq!(bond_of(Eve), 64 * UNIT, "three times one fifth, squared");
        run_in_block(|| {
            assert_ok!(report(Alice, two_blocks(next_slot(), Dave)));
            assert!(emitted(removed(account(Dave), Reason::Equivocation)));
            assert!(!emitted(removed(account(Eve), Reason::Equivocation)), "it is punished, not removed again");
        });
        assert_eq!(bond_of(Eve), 0, "two of five lose everything");
    });
}

#[test]
fn later_offence_of_others_costs_no_more_than_the_bonds_that_were_at_stake() {
    on_chain("test", || {
        eve_joins();
        let others = pallet_proxy::Call::<Runtime>::add_proxy {
            delegate: account(Bob).into(),
            proxy_type: crate::configs::ProxyType::Any,
            delay: 0,
        };
        run_in_block(|| {
            assert_ok!(apply(Eve, others).expect("included"));
            assert_ok!(report(Eve, two_blocks(next_slot(), Eve)));
        });
        let other_deposits = bond_of(Eve) - 64 * UNIT;
        assert!(other_deposits > 0);
        run_in_block(|| {
            assert_ok!(report(Alice, two_blocks(next_slot(), Dave)));
        });
        assert_eq!(bond_of(Eve), other_deposits, "deposits for other things are untouched");
    });
}

/// Attack: an offender registers again at once, with the rest of its money.
#[test]
fn attack_offender_is_no_candidate_until_its_offence_is_forgotten() {
    on_chain("test", || {
        eve_joins();
        run_in_block(|| {
            assert_ok!(report(Alice, two_blocks(next_slot(), Eve)));
        });
        let register_again = || CollatorSelection::register_as_candidate(RuntimeOrigin::signed(account(Eve)));
        let until = Punished::<Runtime>::get()[0].until;
        assert_eq!(until, Session::current_index() + AT_STAKE_SESSIONS);
        while Session::current_index() < until {
            assert_noop!(register_again(), pallet_collator_selection::Error::<Runtime>::ValidatorNotRegistered);
            assert!(
                error(report(Bob, two_blocks(next_slot(), Eve))) != Error::<Runtime>::InvalidEquivocationProof.into()
            );
            run_to((System::block_number() / SESSION + 1) * SESSION + 1, &[]);
        }
        assert_eq!(error(report(Bob, two_blocks(next_slot(), Eve))), Error::<Runtime>::UnknownOffender.into());
        assert_ok!(register_again());
    });
}

/// Attack: a stranger whose key was in the set reports itself for the slot of an old offence, to have its offender
/// punished again.
#[test]
fn attack_old_offence_is_not_punished_again() {
    on_chain("test", || {
        eve_joins();
        let slot = next_slot();
        run_in_block(|| {
            assert_ok!(report(Alice, two_blocks(slot, Eve)));
        });
        let until = Punished::<Runtime>::get()[0].until;
        while Session::current_index() < until {
            run_to(System::block_number() + SESSION, &[]);
        }
        run_in_block(|| {
            assert_ok!(Validators::release_bond(RuntimeOrigin::signed(account(Eve)), account(Eve)));
            assert_ok!(CollatorSelection::register_as_candidate(RuntimeOrigin::signed(account(Eve))));
        });
        run_to(System::block_number() + 2 * SESSION, &[]);
        assert!(Session::validators().contains(&account(Eve)));
        let bond = bond_of(Eve);
        run_in_block(|| {
            assert_eq!(error(report(Dave, two_blocks(slot, Dave))), Error::<Runtime>::UnknownOffender.into());
            assert_ok!(report(Dave, two_blocks(next_slot(), Dave)));
        });
        assert_eq!(bond_of(Eve), bond);
        run_to(System::block_number() + 3, &[]);
        let set: Vec<AccountId> = Session::validators();
        assert!(set.contains(&account(Eve)) && !set.contains(&account(Dave)));
    });
}

#[test]
fn banned_account_is_refused_for_governance_as_well() {
    on_chain("test", || {
        run_to(10, &[]);
        run_in_block(|| {
            assert_ok!(report(Eve, two_blocks(5, Dave)));
            let appoint = CollatorSelection::add_invulnerable(RuntimeOrigin::root(), account(Dave));
            assert_eq!(error(appoint), pallet_collator_selection::Error::<Runtime>::ValidatorNotRegistered.into());
            register(Eve, Ed25519Keyring::Eve);
        });
    });
}

#[test]
fn reports_fit_into_a_block_even_after_many_offences() {
    use frame_support::dispatch::{DispatchClass, GetDispatchInfo};
    let normal = crate::configs::RuntimeBlockWeights::get().get(DispatchClass::Normal).max_extrinsic;
    let (equivocation_proof, key_owner_proof) = (
        two_votes(0, Ed25519Keyring::Dave),
        MembershipProof { session: 0, trie_nodes: Vec::new(), validator_count: MAX_VALIDATORS },
    );
    let reports: [crate::RuntimeCall; 2] = [
        Call::<Runtime>::report_aura_equivocation { proof: two_blocks(5, Dave) }.into(),
        pallet_grandpa::Call::<Runtime>::report_equivocation { equivocation_proof, key_owner_proof }.into(),
    ];
    for report in reports {
        let weight = report.get_dispatch_info().call_weight;
        assert!(weight.all_lte(normal.expect("ordinary extrinsics are limited")), "{weight:?}");
    }
}
