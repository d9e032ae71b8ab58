//! Properties of every ticket, chain, nonce window and row.

mod common;

use codec::{Decode, Encode, MaxEncodedLen};
use common::{Key, Kind, GENESIS, OTHER_GENESIS};
use proptest::{collection::vec, option, prelude::*, sample::select};
use sp_runtime::{traits::Verify, MultiSignature, Permill};
use std::{collections::HashSet, fmt::Debug};
use tick_stream_primitives::{
    limits::NONCE_WINDOW, session_id, tick_chain::leads_to, tick_hash, ticket::close_message, ticket::is_signed_by,
    ticket::wrapped, AccountId, Announced, Batch, Claim, ClaimGroup, CloseRow, CloseSignature, Closer, Closing,
    Delegation, Deposit, NonceWindow, RowError, Session, SessionId, SignedTicket, Stream, StreamStatus, TickChain,
    TickHash, Ticket, Totals,
};

// --- generators ----------------------------------------------------------------------------------------------------

fn account() -> impl Strategy<Value = AccountId> {
    any::<[u8; 32]>().prop_map(AccountId::from)
}

fn session() -> impl Strategy<Value = SessionId> {
    any::<[u8; 16]>().prop_map(SessionId)
}

prop_compose! {
    fn ticket()(
        viewer in account(),
        nonce in any::<u64>(),
        stream in any::<u64>(),
        gateway in account(),
        price_per_tick in any::<u128>(),
        max_ticks in any::<u32>(),
        anchor in any::<[u8; 32]>(),
        expires_at in any::<u32>(),
    ) -> Ticket {
        Ticket { viewer, nonce, stream, gateway, price_per_tick, max_ticks, anchor, expires_at }
    }
}

/// Random bytes in the form of a signature of any of the four kinds.
fn signature() -> impl Strategy<Value = MultiSignature> {
    prop_oneof![
        any::<[u8; 64]>().prop_map(|raw| MultiSignature::Ed25519(raw.into())),
        any::<[u8; 64]>().prop_map(|raw| MultiSignature::Sr25519(raw.into())),
        any::<[u8; 65]>().prop_map(|raw| MultiSignature::Ecdsa(raw.into())),
        any::<[u8; 65]>().prop_map(|raw| MultiSignature::Eth(raw.into())),
    ]
}

fn key() -> impl Strategy<Value = Key> {
    (select(&Kind::ACCEPTED[..]), any::<u64>()).prop_map(|(kind, number)| Key::numbered(kind, number))
}

prop_compose! {
    fn claim()(session in session(), from in any::<u32>(), ticks in any::<u32>(), proof in any::<[u8; 32]>()) -> Claim {
        Claim { session, from, ticks, proof }
    }
}

prop_compose! {
    fn close_row()(
        session in session(),
        signature in option::of((
            select(vec![Closer::Gateway, Closer::Operator, Closer::Viewer, Closer::SessionKey]),
            signature(),
        )),
    ) -> CloseRow {
        CloseRow { session, signature: signature.map(|(by, signature)| CloseSignature { by, signature }) }
    }
}

prop_compose! {
    fn claim_group()(stream in any::<u64>(), gateway in account(), claims in vec(claim(), 0..5)) -> ClaimGroup {
        ClaimGroup { stream, gateway, claims: claims.try_into().expect("below the bound") }
    }
}

prop_compose! {
    fn batch()(
        opens in vec((ticket(), signature()), 0..4),
        groups in vec(claim_group(), 0..4),
        closes in vec(close_row(), 0..4),
    ) -> Batch {
        let opens: Vec<_> = opens.into_iter().map(|(ticket, signature)| SignedTicket { ticket, signature }).collect();
        Batch {
            opens: opens.try_into().expect("below the bound"),
            groups: groups.try_into().expect("below the bound"),
            closes: closes.try_into().expect("below the bound"),
        }
    }
}

fn permill() -> impl Strategy<Value = Permill> {
    (0..=1_000_000u32).prop_map(Permill::from_parts)
}

fn splits() -> impl Strategy<Value = Vec<(AccountId, Permill)>> {
    vec((account(), permill()), 0..=8)
}

prop_compose! {
    fn stream()(
        creator in account(),
        price_per_tick in any::<u128>(),
        next_price in option::of(any::<(u128, u32)>()),
        (preview_ticks, open_sessions) in any::<(u32, u32)>(),
        gateway_share in permill(),
        splits in splits(),
        next_splits in option::of((splits(), any::<u32>())),
        metadata in vec(any::<u8>(), 0..100),
        status in select(vec![
            StreamStatus::Live, StreamStatus::Offline, StreamStatus::Ended, StreamStatus::Suspended,
        ]),
        deposit in any::<u128>(),
        (ticks, paid, tipped) in any::<(u64, u128, u128)>(),
    ) -> Stream {
        Stream {
            creator,
            price_per_tick,
            next_price: next_price.map(|(value, at)| Announced { value, at }),
            preview_ticks,
            gateway_share,
            splits: splits.try_into().expect("below the bound"),
            next_splits: next_splits
                .map(|(value, at)| Announced { value: value.try_into().expect("below the bound"), at }),
            metadata: metadata.try_into().expect("below the bound"),
            status,
            open_sessions,
            deposit,
            totals: Totals { ticks, paid, tipped },
        }
    }
}

prop_compose! {
    fn stored_session()(
        viewer in account(),
        gateway in account(),
        gateway_share in permill(),
        head in any::<[u8; 32]>(),
        (stream, price_per_tick, settled_ticks, max_ticks) in any::<(u64, u128, u32, u32)>(),
        (opened_at, last_claim, generation) in any::<(u64, u32, Option<u32>)>(),
        closing in option::of(any::<(u32, u64)>()),
    ) -> Session {
        Session {
            viewer,
            stream,
            gateway,
            price_per_tick,
            gateway_share,
            head,
            settled_ticks,
            max_ticks,
            opened_at,
            last_claim,
            generation,
            closing: closing.map(|(block, moment)| Closing { block, moment }),
        }
    }
}

prop_compose! {
    fn deposit()(
        (free, reserved, paid_until) in any::<(u128, u128, u64)>(),
        delegation in option::of((account(), any::<(u128, u128, u32)>())),
        (generation, open_sessions, active_at, last, used) in any::<(u32, u32, u32, u64, u64)>(),
    ) -> Deposit {
        Deposit {
            free,
            reserved,
            delegation: delegation.map(|(session_key, (max_price_per_tick, allowance, expires_at))| Delegation {
                session_key,
                max_price_per_tick,
                allowance,
                expires_at,
            }),
            generation,
            nonces: NonceWindow { last, used },
            open_sessions,
            paid_until,
            active_at,
        }
    }
}

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
    fn proof_for_another_genesis_viewer_or_nonce_is_refused(
        viewer in account(), nonce in any::<u64>(), seed in any::<[u8; 32]>(), (length, settled, ticks) in span(),
        (other_viewer, other_nonce) in (account(), any::<u64>()),
    ) {
        prop_assume!(ticks > settled && viewer != other_viewer && nonce != other_nonce);
        let w = naive_chain(&session_id(&GENESIS, &viewer, nonce), seed, length);
        let holds = |session| leads_to(&session, &w[ticks as usize], ticks - settled, &w[settled as usize]);
        prop_assert!(holds(session_id(&GENESIS, &viewer, nonce)));
        prop_assert!(!holds(session_id(&OTHER_GENESIS, &viewer, nonce)));
        prop_assert!(!holds(session_id(&GENESIS, &other_viewer, nonce)));
        prop_assert!(!holds(session_id(&GENESIS, &viewer, other_nonce)));
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
    fn state_decodes_from_its_encoding(stream in stream(), session in stored_session(), deposit in deposit()) {
        round_trip(&stream)?;
        round_trip(&session)?;
        round_trip(&deposit)?;
    }
}

// --- signatures ----------------------------------------------------------------------------------------------------

/// Returns the ticket with one of its eight fields changed.
fn changed(ticket: &Ticket, field: usize) -> Ticket {
    let mut ticket = ticket.clone();
    let turned = |account: &AccountId| AccountId::from(flipped(account.as_ref(), 77));
    match field {
        0 => ticket.viewer = turned(&ticket.viewer),
        1 => ticket.nonce ^= 1,
        2 => ticket.stream ^= 1,
        3 => ticket.gateway = turned(&ticket.gateway),
        4 => ticket.price_per_tick ^= 1,
        5 => ticket.max_ticks ^= 1,
        6 => ticket.anchor = flipped(&ticket.anchor, 77),
        _ => ticket.expires_at ^= 1,
    }
    ticket
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn ticket_signed_bare_or_wrapped_is_accepted(ticket in ticket(), key in key()) {
        let message = ticket.message(&GENESIS);
        for bytes in [message.clone(), wrapped(&message)] {
            let signed = SignedTicket { ticket: ticket.clone(), signature: key.sign(&bytes) };
            prop_assert!(signed.is_signed_by(&key.account(), &GENESIS));
        }
    }

    #[test]
    fn ticket_of_another_key_or_genesis_is_refused(ticket in ticket(), key in key(), other in key(), wrap in any::<bool>()) {
        prop_assume!(key.account() != other.account());
        let message = ticket.message(&GENESIS);
        let signature = key.sign(&if wrap { wrapped(&message) } else { message });
        let signed = SignedTicket { ticket, signature };
        prop_assert!(!signed.is_signed_by(&other.account(), &GENESIS));
        prop_assert!(!signed.is_signed_by(&key.account(), &OTHER_GENESIS));
    }

    #[test]
    fn ticket_with_a_changed_field_is_refused(ticket in ticket(), key in key(), wrap in any::<bool>()) {
        let message = ticket.message(&GENESIS);
        let signature = key.sign(&if wrap { wrapped(&message) } else { message });
        for field in 0..8 {
            let signed = SignedTicket { ticket: changed(&ticket, field), signature: signature.clone() };
            prop_assert!(signed.ticket != ticket);
            prop_assert!(!signed.is_signed_by(&key.account(), &GENESIS), "field {}", field);
        }
    }

    #[test]
    fn signature_with_a_flipped_bit_is_refused(ticket in ticket(), key in key(), bit in 0..512usize) {
        let message = ticket.message(&GENESIS);
        // The first byte is the kind.
        let mut bytes = key.sign(&message).encode();
        bytes[1 + bit / 8] ^= 1 << (bit % 8);
        let signature = MultiSignature::decode(&mut &bytes[..]).expect("the kind is unchanged");
        prop_assert!(!is_signed_by(&signature, &message, &key.account()));
    }

    #[test]
    fn random_signature_is_refused(ticket in ticket(), signature in signature(), key in key()) {
        let message = ticket.message(&GENESIS);
        prop_assert!(!is_signed_by(&signature, &message, &key.account()));
    }

    #[test]
    fn eth_signature_is_refused(ticket in ticket(), number in any::<u64>()) {
        let key = Key::numbered(Kind::Eth, number);
        let message = ticket.message(&GENESIS);
        for bytes in [message.clone(), wrapped(&message)] {
            let signature = key.sign(&bytes);
            prop_assert!(signature.verify(&bytes[..], &key.account()), "the signature itself is valid");
            prop_assert!(!is_signed_by(&signature, &message, &key.account()));
        }
    }

    #[test]
    fn close_signed_bare_or_wrapped_is_accepted(session in session(), key in key(), wrap in any::<bool>()) {
        let message = close_message(&GENESIS, &session);
        let signature = key.sign(&if wrap { wrapped(&message) } else { message.clone() });
        prop_assert!(is_signed_by(&signature, &message, &key.account()));
    }

    #[test]
    fn close_of_another_session_key_or_genesis_is_refused(
        session in session(), other in session(), key in key(), other_key in key(),
    ) {
        prop_assume!(session != other && key.account() != other_key.account());
        let message = close_message(&GENESIS, &session);
        let signature = key.sign(&message);
        prop_assert!(!is_signed_by(&signature, &close_message(&GENESIS, &other), &key.account()));
        prop_assert!(!is_signed_by(&signature, &close_message(&OTHER_GENESIS, &session), &key.account()));
        prop_assert!(!is_signed_by(&signature, &message, &other_key.account()));
    }

    #[test]
    fn ticket_signature_is_no_close_signature_and_vice_versa(ticket in ticket(), key in key()) {
        let (message, close) = (ticket.message(&GENESIS), close_message(&GENESIS, &ticket.session_id(&GENESIS)));
        prop_assert!(!is_signed_by(&key.sign(&message), &close, &key.account()));
        prop_assert!(!is_signed_by(&key.sign(&close), &message, &key.account()));
    }

    #[test]
    fn message_wrapped_twice_is_refused(ticket in ticket(), key in key()) {
        let message = ticket.message(&GENESIS);
        prop_assert!(!is_signed_by(&key.sign(&wrapped(&wrapped(&message))), &message, &key.account()));
    }
}
