//! Benchmarks of the calls, and of what the pallet does for other pallets.
//!
//! Each takes the most expensive path: full lists and sets, an offender that is found last, and bonds that are waiting.

use super::{
    bond::Bonds,
    equivocation::AuraEquivocation,
    limits::{
        AT_STAKE_SESSIONS, KEPT_SESSIONS, MAX_CANDIDATES, MAX_INVULNERABLES, MAX_UNBONDINGS, MAX_VALIDATORS, MIN_SLASH,
    },
    offence::AuraOffence,
    sessions::EndOfSession,
    storage::{
        Author, Authors, Call, Config, LastSession, Offender, Pallet, Punished, SessionAuthors, SessionPeriod, Unbond,
        Unbonding,
    },
};
use crate::{AccountId, Balance, Hash, Header, HOURS, UNIT};
use alloc::{boxed::Box, vec, vec::Vec};
use codec::{Decode, Encode};
use frame_benchmarking::v2::*;
use frame_support::{
    traits::{Currency, ReservableCurrency},
    BoundedVec,
};
use frame_system::RawOrigin;
use pallet_collator_selection::{CandidateInfo, CandidateList, Invulnerables, LastAuthoredBlock};
use pallet_session::{CurrentIndex, QueuedKeys, ShouldEndSession};
use sp_consensus_aura::{
    digests::CompatibleDigestItem,
    sr25519::{AuthorityId, AuthoritySignature},
    Slot,
};
use sp_runtime::{
    traits::{Header as _, TrailingZeroInput},
    DigestItem, Perbill, RuntimeAppPublic,
};
use sp_staking::offence::ReportOffence;

/// Slot of the two blocks of the offender.
const SLOT: u64 = 7;
/// Bond of each validator.
const BOND: Balance = 100 * UNIT;

/// Returns the account with a bond of the wanted number, which is reserved.
fn bonded<T: Config>(name: &'static str, index: u32) -> AccountId {
    let who: AccountId = account(name, index, 0);
    let _before = <T as Config>::Currency::make_free_balance_be(&who, 10 * BOND);
    <T as Config>::Currency::reserve(&who, BOND).expect("the account has enough");
    who
}

/// Returns a key of any kind that has no secret.
fn key<K: Decode>(index: u32) -> K {
    let bytes = (b"key", index).encode();
    K::decode(&mut TrailingZeroInput::new(&bytes)).expect("any bytes are a key")
}

fn author(account: AccountId, index: u32) -> Author {
    Author { account, aura: key(index), grandpa: key(index) }
}

/// Fills the sets of all sessions that are kept. The offender, whose key is `offenders`, is found in the oldest one.
fn fill_sessions<T: Config>(offender: &AccountId, offenders: AuthorityId) {
    CurrentIndex::<T>::put(KEPT_SESSIONS);
    let others = (1..MAX_VALIDATORS).map(|index| author(account("validator", index, 0), index));
    let others: Vec<_> = others.collect();
    for session in 0..=KEPT_SESSIONS {
        let (account, aura) = match session {
            0 => (offender.clone(), offenders.clone()),
            _ => (account("validator", 0, 0), key(0)),
        };
        let mut keys = others.clone();
        keys.push(Author { account, aura, grandpa: key(0) });
        let keys = keys.try_into().expect("within the bound");
        SessionAuthors::<T>::insert(session, Authors { first_slot: Slot::from(0), keys });
    }
    let mut set: Vec<_> = others.into_iter().map(|author| author.account).collect();
    set.push(offender.clone());
    QueuedKeys::<T>::put(set.iter().map(|who| (who.clone(), key(0))).collect::<Vec<(_, T::Keys)>>());
    pallet_session::Validators::<T>::put(set);
    LastSession::<T>::insert(offender, KEPT_SESSIONS);
}

/// Fills the lists of which the set is chosen. The offender is the last candidate.
fn fill_lists<T: Config + pallet_collator_selection::Config<Currency = Bonds<T>>>(offender: &AccountId) {
    let mut appointed: Vec<AccountId> = (0..MAX_INVULNERABLES).map(|index| account("validator", index, 0)).collect();
    appointed.sort();
    Invulnerables::<T>::put(BoundedVec::truncate_from(appointed));
    let mut candidates: Vec<_> =
        (1..MAX_CANDIDATES).map(|index| CandidateInfo { who: account("candidate", index, 0), deposit: BOND }).collect();
    candidates.push(CandidateInfo { who: offender.clone(), deposit: BOND });
    CandidateList::<T>::put(BoundedVec::truncate_from(candidates));
    LastAuthoredBlock::<T>::insert(offender, frame_system::Pallet::<T>::block_number());
}

/// Lets an account wait for as many amounts as it may.
fn fill_unbonding<T: Config>(who: &AccountId, until: u32) {
    let list = vec![Unbond { amount: BOND / 100, until }; MAX_UNBONDINGS as usize];
    Unbonding::<T>::insert(who, BoundedVec::truncate_from(list));
}

/// Punishes this number of validators, by less than the next offence costs.
fn fill_offenders<T: Config>(count: u32) {
    for index in 0..count {
        let who = bonded::<T>("earlier", index);
        fill_unbonding::<T>(&who, KEPT_SESSIONS + AT_STAKE_SESSIONS);
        let offender =
            Offender { who, until: KEPT_SESSIONS + AT_STAKE_SESSIONS, fraction: Perbill::zero(), bond: BOND };
        Punished::<T>::mutate(|list| list.try_push(offender)).expect("within the bound");
    }
}

/// Returns the most expensive offence: its offender is a candidate and in both sets, and waits for other bonds.
fn prepare<T: Config + pallet_collator_selection::Config<Currency = Bonds<T>>>(
    earlier: u32,
    offenders: AuthorityId,
) -> AccountId {
    let offender = bonded::<T>("offender", 0);
    fill_sessions::<T>(&offender, offenders);
    fill_lists::<T>(&offender);
    fill_unbonding::<T>(&offender, KEPT_SESSIONS + 1);
    fill_offenders::<T>(earlier);
    offender
}

fn sealed(parent: u8, key: &AuthorityId) -> Header {
    let slot = <DigestItem as CompatibleDigestItem<AuthoritySignature>>::aura_pre_digest(Slot::from(SLOT));
    let digest = sp_runtime::Digest { logs: vec![slot] };
    let mut header = Header::new(3, Default::default(), Default::default(), Hash::repeat_byte(parent), digest);
    let seal = key.sign(&header.hash().as_ref()).expect("the keystore has the key");
    header.digest_mut().push(<DigestItem as CompatibleDigestItem<AuthoritySignature>>::aura_seal(seal));
    header
}

fn assert_punished<T: Config>(offender: &AccountId, earlier: u32) {
    assert!(Punished::<T>::get().iter().any(|punished| punished.who == *offender));
    assert!(Punished::<T>::get().iter().all(|punished| punished.fraction >= MIN_SLASH));
    assert_eq!(Punished::<T>::decode_len(), Some(earlier as usize + 1));
    assert!(CandidateList::<T>::get().iter().all(|candidate| candidate.who != *offender));
}

#[benchmarks(where T: pallet_collator_selection::Config<Currency = Bonds<T>>)]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn report_aura_equivocation(o: Linear<0, 99>) {
        let key = AuthorityId::generate_pair(None);
        let offender = prepare::<T>(o, key.clone());
        let (first_header, second_header) = (sealed(1, &key), sealed(2, &key));
        let proof = AuraEquivocation { offender: key, slot: SLOT.into(), first_header, second_header };
        #[extrinsic_call]
        _(RawOrigin::Signed(account("reporter", 0, 0)), Box::new(proof));
        assert_punished::<T>(&offender, o);
    }

    #[benchmark]
    fn report_offence(o: Linear<0, 99>) {
        let offender = prepare::<T>(o, key(0));
        let offence = AuraOffence {
            slot: SLOT.into(),
            session: KEPT_SESSIONS,
            validators: MAX_VALIDATORS,
            offender: offender.clone(),
        };
        #[block]
        {
            Pallet::<T>::report_offence(Vec::new(), offence).expect("the offence is new");
        }
        assert_punished::<T>(&offender, o);
    }

    #[benchmark]
    fn set_session_period() {
        #[extrinsic_call]
        _(RawOrigin::Root, HOURS);
        assert_eq!(SessionPeriod::<T>::get(), HOURS);
    }

    #[benchmark]
    fn release_bond() {
        let who = bonded::<T>("offender", 0);
        fill_unbonding::<T>(&who, 0);
        #[extrinsic_call]
        _(RawOrigin::Signed(account("reporter", 0, 0)), who.clone());
        assert!(!Unbonding::<T>::contains_key(&who));
    }

    /// Return of a bond that stays at stake, because its owner is the last one in the queued set.
    #[benchmark]
    fn unbond() {
        let who = bonded::<T>("offender", 0);
        fill_sessions::<T>(&who, key(0));
        LastSession::<T>::remove(&who);
        fill_unbonding::<T>(&who, KEPT_SESSIONS + 1);
        #[block]
        {
            <Bonds<T> as ReservableCurrency<AccountId>>::unreserve(&who, BOND / 2);
        }
        let amounts = Unbonding::<T>::get(&who);
        assert_eq!(amounts.last().map(|amount| amount.until), Some(KEPT_SESSIONS + AT_STAKE_SESSIONS));
    }

    #[benchmark]
    fn end_of_session_check() {
        SessionPeriod::<T>::put(HOURS);
        let ends;
        #[block]
        {
            ends = EndOfSession::<T>::should_end_session(HOURS.into());
        }
        assert!(ends);
    }

    impl_benchmark_test_suite!(Pallet, crate::validators::benchmarking::chain_with_keystore(), crate::Runtime);
}

/// Creates an empty chain with a keystore, in which the benchmarks make keys.
#[cfg(test)]
fn chain_with_keystore() -> sp_io::TestExternalities {
    let mut state = sp_io::TestExternalities::default();
    state.register_extension(sp_keystore::KeystoreExt::new(sp_keystore::testing::MemoryKeystore::new()));
    state.execute_with(|| frame_system::Pallet::<crate::Runtime>::set_block_number(1));
    state
}
