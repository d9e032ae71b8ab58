//! Tests of the places of candidates: how many there are, and who gets them.

use super::{
    env::{account, apply, as_root, emitted, on_chain, run_in_block, run_to},
    validators::{aura_keys, register, SESSION},
};
use crate::{
    validators::limits::{places_for_candidates, MAX_INVULNERABLES, MIN_RAISE},
    Balances, CollatorSelection, Runtime, RuntimeCall, RuntimeOrigin, Session, UNIT,
};
use frame_support::{assert_ok, dispatch::DispatchResult};
use pallet_collator_selection::{Call, CandidateList};
use sp_keyring::{Ed25519Keyring, Sr25519Keyring};
use Sr25519Keyring::{Alice, Bob, Charlie, Dave, Eve, Ferdie, One};

/// Makes three accounts candidates. The last one has the highest bond.
fn three_candidates() {
    run_in_block(|| {
        for (who, grandpa, bond) in
            [(Eve, Ed25519Keyring::Eve, 100), (Ferdie, Ed25519Keyring::Ferdie, 101), (One, Ed25519Keyring::One, 102)]
        {
            assert_ok!(Balances::force_set_balance(RuntimeOrigin::root(), account(who).into(), 10_000 * UNIT));
            register(who, grandpa);
            if bond > 100 {
                assert_ok!(CollatorSelection::update_bond(RuntimeOrigin::signed(account(who)), bond * UNIT));
            }
        }
    });
}

#[test]
fn invulnerables_alone_are_enough_for_finality() {
    for appointed in 1..=MAX_INVULNERABLES as usize {
        let all = appointed + places_for_candidates(appointed);
        assert!(3 * appointed > 2 * all, "{appointed} of {all}");
        // One more candidate would be too many, except in pairs.
        assert!(3 * appointed <= 2 * (all + 2), "{appointed} of {all} could be joined by more");
    }
}

/// Attack: candidates bond for all the places that governance has opened, and do not vote.
#[test]
fn attack_candidates_hold_no_third_of_the_set() {
    on_chain("test", || {
        three_candidates();
        run_to(2 * SESSION + 1, &[]);
        let mut expected = [Alice, Bob, Charlie, Dave, One].map(account);
        expected.sort();
        let mut set = aura_keys();
        set.sort();
        assert_eq!(set, expected, "four invulnerables leave one place, for the highest bond");
        assert_eq!(CandidateList::<Runtime>::get().len(), 3, "the others wait");
    });
}

#[test]
fn dismissed_invulnerables_take_places_with_them() {
    on_chain("test", || {
        three_candidates();
        as_root(Call::<Runtime>::remove_invulnerable { who: account(Dave) });
        as_root(Call::<Runtime>::remove_invulnerable { who: account(Charlie) });
        run_to(2 * SESSION + 1, &[]);
        let mut set = Session::validators();
        set.sort();
        let mut expected = [Alice, Bob].map(account);
        expected.sort();
        assert_eq!(set, expected);
    });
}

#[test]
fn set_without_invulnerables_is_chosen_by_bonds() {
    on_chain("test", || {
        three_candidates();
        for who in [Alice, Bob, Charlie, Dave] {
            as_root(Call::<Runtime>::remove_invulnerable { who: account(who) });
        }
        run_to(2 * SESSION + 1, &[]);
        assert_eq!(Session::validators(), [One, Ferdie, Eve].map(account));
    });
}

/// Attack: a bond that is a planck higher takes a candidate's place, while the candidate's own stays locked.
#[test]
fn attack_place_is_not_taken_for_a_hardly_higher_bond() {
    on_chain("test", || {
        run_in_block(|| register(Eve, Ed25519Keyring::Eve));
        let take = |deposit| -> DispatchResult {
            let call = RuntimeCall::CollatorSelection(Call::take_candidate_slot { deposit, target: account(Eve) });
            let batch = pallet_utility::Call::<Runtime>::batch_all { calls: vec![call.clone()] };
            let nested = apply(Ferdie, batch).expect("included");
            // The second attempt is refused if the first has succeeded.
            nested.or_else(|_| apply(Ferdie, call).expect("included"))
        };
        let enough = 100 * UNIT + MIN_RAISE * 100 * UNIT;
        run_in_block(|| {
            assert_ok!(Balances::force_set_balance(RuntimeOrigin::root(), account(Ferdie).into(), 10_000 * UNIT));
            super::validators::set_keys(Ferdie, Ferdie, Ed25519Keyring::Ferdie);
            for deposit in [100 * UNIT + 1, enough - 1] {
                assert_eq!(take(deposit), Err(frame_system::Error::<Runtime>::CallFiltered.into()));
            }
            assert_ok!(take(enough));
            assert!(emitted(|event| matches!(
                event,
                crate::RuntimeEvent::CollatorSelection(pallet_collator_selection::Event::CandidateReplaced { .. })
            )));
        });
        let candidates = CandidateList::<Runtime>::get();
        assert_eq!(candidates.iter().map(|candidate| candidate.who.clone()).collect::<Vec<_>>(), [account(Ferdie)]);
    });
}
