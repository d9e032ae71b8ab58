//! Properties of every ticket, chain, nonce window, key and row.

mod common;
#[path = "properties/generate.rs"]
mod generate;
#[path = "properties/signatures.rs"]
mod signatures;

use codec::{Decode, Encode, MaxEncodedLen};
use common::{GENESIS, OTHER_GENESIS};
use generate::*;
use proptest::{collection::vec, prelude::*, sample::select};
use std::{collections::HashSet, fmt::Debug};
use tick_stream_primitives::{
    limits::NONCE_WINDOW, session_id, tick_chain::leads_to, tick_hash, NonceWindow, RowError, SessionId, SignedTicket,
    TickChain, TickHash,
};

// --- claims --------------------------------------------------------------------------------------------------------

/// Returns `w[0..=length]`, computed in the simplest way.
fn naive_chain(session: &SessionId, seed: TickHash, length: u32) -> Vec<TickHash> {
    let mut elements = vec![seed];
    for _ in 0..length {
        let above = elements[elements.len() - 1];
        elements.push(tick_hash(session, &above));
    }
    elements.reverse();
    elements
}

/// Returns the element with one bit flipped.
fn flipped(element: &TickHash, bit: usize) -> TickHash {
    let mut element = *element;
    element[bit / 8] ^= 1 << (bit % 8);
    element
}

prop_compose! {
    /// Length of a chain and two of its ticks in ascending order.
    fn span()(length in 1u32..300)(length in Just(length), a in 0..=length, b in 0..=length) -> (u32, u32, u32) {
        (length, a.min(b), a.max(b))
    }
}

proptest! {
    #[test]
    fn honest_proof_leads_to_the_head(session in session(), seed in any::<[u8; 32]>(), (length, settled, ticks) in span()) {
        prop_assume!(ticks > 0);
        let mut chain = TickChain::new(&session, seed, length);
        let head = if settled == 0 { chain.anchor() } else { chain.proof(settled).expect("within the chain") };
        let proof = chain.proof(ticks).expect("within the chain");
        prop_assert!(leads_to(&session, &proof, ticks - settled, &head));
    }

    #[test]
    fn proof_or_head_with_a_flipped_bit_is_refused(
        session in session(), seed in any::<[u8; 32]>(), (length, settled, ticks) in span(), bit in 0..256usize,
    ) {
        let w = naive_chain(&session, seed, length);
        let (head, proof, steps) = (w[settled as usize], w[ticks as usize], ticks - settled);
        prop_assert!(leads_to(&session, &proof, steps, &head));
        prop_assert!(!leads_to(&session, &flipped(&proof, bit), steps, &head));
        prop_assert!(!leads_to(&session, &proof, steps, &flipped(&head, bit)));
    }

    #[test]
    fn proof_of_another_session_is_refused(
        session in session(), seed in any::<[u8; 32]>(), (length, settled, ticks) in span(), bit in 0..128usize,
    ) {
        prop_assume!(ticks > settled);
        let w = naive_chain(&session, seed, length);
        let mut other = session;
        other.0[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(!leads_to(&other, &w[ticks as usize], ticks - settled, &w[settled as usize]));
    }

    #[test]
    fn proof_for_another_genesis_viewer_key_or_nonce_is_refused(
        (viewer, key, nonce) in (account(), account(), any::<u64>()), seed in any::<[u8; 32]>(),
        (length, settled, ticks) in span(), (other, other_nonce) in (account(), any::<u64>()),
    ) {
        prop_assume!(ticks > settled && viewer != other && key != other && nonce != other_nonce);
        let w = naive_chain(&session_id(&GENESIS, &viewer, &key, nonce), seed, length);
        let holds = |session| leads_to(&session, &w[ticks as usize], ticks - settled, &w[settled as usize]);
        prop_assert!(holds(session_id(&GENESIS, &viewer, &key, nonce)));
        prop_assert!(!holds(session_id(&OTHER_GENESIS, &viewer, &key, nonce)));
        prop_assert!(!holds(session_id(&GENESIS, &other, &key, nonce)));
        prop_assert!(!holds(session_id(&GENESIS, &viewer, &other, nonce)));
        prop_assert!(!holds(session_id(&GENESIS, &viewer, &key, other_nonce)));
    }

    #[test]
    fn proof_of_another_tick_is_refused(
        session in session(), seed in any::<[u8; 32]>(), (length, settled, ticks) in span(), said in 0u32..400,
    ) {
        prop_assume!(said != ticks && said >= settled);
        let w = naive_chain(&session, seed, length);
        prop_assert!(!leads_to(&session, &w[ticks as usize], said - settled, &w[settled as usize]));
    }
}

// --- chains --------------------------------------------------------------------------------------------------------

/// Returns the maximum number of elements that a chain may store.
fn most_held(length: u32) -> usize {
    length.max(1).ilog2() as usize + 2
}

/// Compares the proof of `tick`, or the anchor for 0, with the naive chain `w`.
fn ask(chain: &mut TickChain, w: &[TickHash], tick: u32) -> Result<(), TestCaseError> {
    prop_assert_eq!(chain.anchor_or_proof(tick), w.get(tick as usize).copied(), "tick {}", tick);
    prop_assert!(chain.held() <= most_held(chain.length()), "{} held after tick {}", chain.held(), tick);
    Ok(())
}

trait AnchorOrProof {
    fn anchor_or_proof(&mut self, tick: u32) -> Option<TickHash>;
}

impl AnchorOrProof for TickChain {
    fn anchor_or_proof(&mut self, tick: u32) -> Option<TickHash> {
        if tick == 0 {
            Some(self.anchor())
        } else {
            self.proof(tick)
        }
    }
}

proptest! {
    #[test]
    fn proofs_in_any_order_are_those_of_the_naive_chain(
        session in session(), seed in any::<[u8; 32]>(), length in 0u32..200, asks in vec(0u32..210, 0..60),
    ) {
        let w = naive_chain(&session, seed, length);
        let mut chain = TickChain::new(&session, seed, length);
        prop_assert_eq!(chain.length(), length);
        for tick in asks {
            ask(&mut chain, &w, tick)?;
        }
    }

    #[test]
    fn proofs_upwards_and_downwards_are_those_of_the_naive_chain(session in session(), seed in any::<[u8; 32]>(), length in 0u32..200) {
        let w = naive_chain(&session, seed, length);
        let mut chain = TickChain::new(&session, seed, length);
        for tick in (0..=length).chain((0..=length).rev()) {
            ask(&mut chain, &w, tick)?;
        }
    }
}

#[test]
fn chain_of_a_day_stores_less_than_a_kibibyte() {
    const DAY: u32 = 86_400;
    let (session, seed) = (SessionId([3; 16]), [4; 32]);
    let w = naive_chain(&session, seed, DAY);
    let mut chain = TickChain::new(&session, seed, DAY);
    assert!(chain.held() * size_of::<(u32, TickHash)>() < 1_024, "as documented");
    (0..=DAY + 1).try_for_each(|tick| ask(&mut chain, &w, tick)).expect("climbing");
    // Pseudo-random ticks over the whole day.
    (0..40u32).try_for_each(|i| ask(&mut chain, &w, i.wrapping_mul(2_654_435_761) % (DAY + 1))).expect("leaping");
    (0..40u32).try_for_each(|i| ask(&mut chain, &w, DAY - i)).expect("descending");
}

// --- nonces --------------------------------------------------------------------------------------------------------

/// Nonce window implemented with a set.
struct NaiveWindow {
    last: u64,
    used: HashSet<u64>,
}

impl NaiveWindow {
    fn take(&mut self, nonce: u64) -> Result<(), RowError> {
        let (last, nonce_wide) = (u128::from(self.last), u128::from(nonce));
        if nonce_wide > last + u128::from(NONCE_WINDOW) {
            return Err(RowError::NonceTooHigh);
        }
        if nonce_wide + u128::from(NONCE_WINDOW) <= last {
            return Err(RowError::NonceTooOld);
        }
        if !self.used.insert(nonce) {
            return Err(RowError::NonceUsed);
        }
        self.last = self.last.max(nonce);
        Ok(())
    }

    fn bits(&self) -> u64 {
        (0..NONCE_WINDOW)
            .filter(|i| self.last.checked_sub(*i).is_some_and(|nonce| self.used.contains(&nonce)))
            .fold(0, |bits, i| bits | 1 << i)
    }
}

/// Start of a window: of a real deposit, or near the lowest or the greatest nonce.
fn window_start() -> impl Strategy<Value = u64> {
    prop_oneof![
        any::<u32>().prop_map(|block| NonceWindow::starting_at(block).last),
        0..200u64,
        (0..200u64).prop_map(|below| u64::MAX - below),
    ]
}

/// Nonce to try: a distance from the highest one used, or a fixed number.
#[derive(Clone, Copy, Debug)]
enum Try {
    Near(i64),
    Exactly(u64),
}

fn tries() -> impl Strategy<Value = Vec<Try>> {
    let one = prop_oneof![
        8 => (-70i64..=70).prop_map(Try::Near),
        4 => (-3i64..=3).prop_map(Try::Near),
        1 => any::<u64>().prop_map(Try::Exactly),
        1 => select(vec![0, u64::MAX - 1, u64::MAX]).prop_map(Try::Exactly),
    ];
    vec(one, 0..200)
}

proptest! {
    #[test]
    fn nonce_window_behaves_like_a_set(start in window_start(), tries in tries()) {
        let mut window = NonceWindow { last: start, used: 1 };
        let mut naive = NaiveWindow { last: start, used: HashSet::from([start]) };
        for attempt in tries {
            let nonce = match attempt {
                Try::Near(distance) => window.last.saturating_add_signed(distance),
                Try::Exactly(nonce) => nonce,
            };
            prop_assert_eq!(window.take(nonce), naive.take(nonce), "nonce {}", nonce);
            prop_assert_eq!(window.last, naive.last);
            prop_assert_eq!(window.used, naive.bits());
        }
    }

    #[test]
    fn nonce_is_never_accepted_twice(start in window_start(), tries in tries()) {
        let mut window = NonceWindow { last: start, used: 1 };
        let mut taken = HashSet::from([start]);
        for attempt in tries {
            let nonce = match attempt {
                Try::Near(distance) => window.last.saturating_add_signed(distance),
                Try::Exactly(nonce) => nonce,
            };
            if window.take(nonce).is_ok() {
                prop_assert!(taken.insert(nonce), "{} was taken twice", nonce);
            }
        }
    }

    #[test]
    fn next_nonce_is_always_accepted(block in any::<u32>(), count in 1..200usize) {
        let mut window = NonceWindow::starting_at(block);
        for _ in 0..count {
            prop_assert_eq!(window.take(window.next()), Ok(()));
        }
    }
}

// --- SCALE ---------------------------------------------------------------------------------------------------------

/// Checks that a value decodes from exactly the bytes it encodes to, within the maximum encoded length.
fn round_trip<T: Encode + Decode + MaxEncodedLen + PartialEq + Debug>(value: &T) -> Result<(), TestCaseError> {
    let bytes = value.encode();
    let mut rest = &bytes[..];
    prop_assert_eq!(&T::decode(&mut rest).expect("encoded bytes decode"), value);
    prop_assert!(rest.is_empty());
    prop_assert!(bytes.len() <= T::max_encoded_len());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn rows_decode_from_their_encoding(
        ticket in ticket(), signature in signature(), claim in claim(), group in claim_group(), close in close_row(),
        batch in batch(),
    ) {
        round_trip(&ticket.session_id(&GENESIS))?;
        round_trip(&ticket)?;
        round_trip(&SignedTicket { ticket, signature })?;
        round_trip(&claim)?;
        round_trip(&group)?;
        round_trip(&close)?;
        round_trip(&batch)?;
    }

    #[test]
    fn state_decodes_from_its_encoding(
        stream in stream(), session in stored_session(), deposit in deposit(), key in session_key(), limits in key_limits(),
    ) {
        round_trip(&stream)?;
        round_trip(&session)?;
        round_trip(&deposit)?;
        round_trip(&key)?;
        round_trip(&limits)?;
    }
}
