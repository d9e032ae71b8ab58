//! Edge cases: empty and shortest chains, full batches, the block in which an announcement takes effect.

mod common;

use codec::{Decode, Encode, MaxEncodedLen};
use common::{counting, GENESIS};
use sp_runtime::Permill;
use std::collections::HashSet;
use tick_stream_primitives::{
    limits::{
        MAX_BATCH_CLAIMS, MAX_BATCH_CLOSES, MAX_BATCH_GROUPS, MAX_BATCH_OPENS, MAX_BATCH_STEPS, MAX_SPLITS,
        NONCE_WINDOW,
    },
    session_id,
    tick_chain::leads_to,
    tick_hash,
    ticket::{close_message, wrapped},
    Announced, Batch, BatchSize, Claim, ClaimGroup, CloseRow, Deposit, NonceWindow, RowError, Session, SessionId,
    Splits, Stream, StreamStatus, TickChain, TickHasher, Ticket, Totals,
};

const SESSION: SessionId = SessionId([5; 16]);

// --- chains --------------------------------------------------------------------------------------------------------

#[test]
fn chain_without_ticks_has_its_seed_as_anchor() {
    let mut chain = TickChain::new(&SESSION, [1; 32], 0);
    assert_eq!(chain.length(), 0);
    assert_eq!(chain.anchor(), [1; 32], "the seed is the anchor");
    assert_eq!(chain.proof(0), None);
    assert_eq!(chain.proof(1), None);
    assert_eq!(chain.held(), 1);
}

#[test]
fn chain_of_one_tick_proves_it_with_the_seed() {
    let mut chain = TickChain::new(&SESSION, [1; 32], 1);
    assert_eq!(chain.anchor(), tick_hash(&SESSION, &[1; 32]));
    assert_eq!(chain.proof(1), Some([1; 32]));
    assert_eq!(chain.anchor(), tick_hash(&SESSION, &[1; 32]), "the anchor after the last tick");
}

#[test]
fn tick_outside_the_chain_has_no_proof() {
    let mut chain = TickChain::new(&SESSION, [1; 32], 10);
    for tick in [0, 11, 12, u32::MAX] {
        assert_eq!(chain.proof(tick), None, "tick {tick}");
    }
    assert_eq!(chain.proof(10), Some([1; 32]), "the chain is unchanged");
}

#[test]
fn same_tick_has_the_same_proof_again() {
    let mut chain = TickChain::new(&SESSION, [1; 32], 100);
    let proof = chain.proof(42);
    assert_eq!(chain.proof(42), proof);
    assert_eq!(chain.clone().proof(42), proof);
}

#[test]
fn walk_of_no_steps_returns_its_start() {
    assert_eq!(TickHasher::new(&SESSION).walk(&[8; 32], 0), [8; 32]);
    assert!(leads_to(&SESSION, &[8; 32], 0, &[8; 32]));
}

#[test]
fn used_hasher_keeps_nothing_of_its_last_input() {
    let mut hasher = TickHasher::new(&SESSION);
    let first = hasher.step(&[8; 32]);
    hasher.walk(&[9; 32], 3);
    assert_eq!(hasher.step(&[8; 32]), first);
}

// --- batches -------------------------------------------------------------------------------------------------------

fn claim(from: u32, ticks: u32) -> Claim {
    Claim { session: SESSION, from, ticks, proof: [0; 32] }
}

/// Returns a batch with one group of equal claims for each count.
fn batch(claims: &[u32], claim: &Claim) -> Batch {
    let group = |count: &u32| ClaimGroup {
        stream: 1,
        gateway: counting(1).into(),
        claims: vec![claim.clone(); *count as usize].try_into().expect("within the bound"),
    };
    Batch {
        groups: claims.iter().map(group).collect::<Vec<_>>().try_into().expect("within the bound"),
        ..Default::default()
    }
}

#[test]
fn claim_steps_saturate_at_zero() {
    assert_eq!(claim(0, 0).steps(), 0);
    assert_eq!(claim(3, 10).steps(), 7);
    assert_eq!(claim(10, 10).steps(), 0);
    assert_eq!(claim(10, 3).steps(), 0, "`from` above `ticks`");
    assert_eq!(claim(u32::MAX, 0).steps(), 0);
    assert_eq!(claim(0, u32::MAX).steps(), u32::MAX);
}

#[test]
fn empty_batch_has_no_rows_and_is_within_limits() {
    let batch = Batch::default();
    assert!(batch.is_empty());
    assert_eq!(batch.size(), BatchSize::default());
    assert!(batch.size().is_within_limits());
    assert_eq!(batch.encode(), [0, 0, 0]);
}

#[test]
fn batch_with_any_row_or_group_is_not_empty() {
    assert!(!batch(&[0], &claim(0, 1)).is_empty(), "a group without claims");
    let row = CloseRow { session: SESSION, signature: None };
    let closes = vec![row].try_into().expect("within the bound");
    assert!(!Batch { closes, ..Default::default() }.is_empty());
}

#[test]
fn batch_with_the_maximum_of_claims_is_within_limits() {
    let full = batch(&[MAX_BATCH_CLAIMS], &claim(0, 64));
    assert_eq!(full.size().steps, u64::from(MAX_BATCH_STEPS), "both limits at once");
    assert!(full.size().is_within_limits());
    assert!(batch(&[MAX_BATCH_CLAIMS / 2, MAX_BATCH_CLAIMS / 2], &claim(0, 1)).size().is_within_limits());
}

#[test]
fn batch_above_the_maximum_of_claims_is_not_within_limits() {
    let above = batch(&[MAX_BATCH_CLAIMS, 1], &claim(0, 1));
    assert_eq!(above.size().claims, MAX_BATCH_CLAIMS + 1);
    assert!(!above.size().is_within_limits());
}

#[test]
fn batch_above_the_maximum_of_steps_is_not_within_limits() {
    assert!(batch(&[1], &claim(7, 7 + MAX_BATCH_STEPS)).size().is_within_limits());
    assert!(!batch(&[1], &claim(7, 8 + MAX_BATCH_STEPS)).size().is_within_limits());
}

#[test]
fn greatest_number_of_steps_does_not_overflow() {
    let most = batch(&[MAX_BATCH_CLAIMS; 2], &claim(0, u32::MAX));
    assert_eq!(most.size().steps, u64::from(u32::MAX) * u64::from(MAX_BATCH_CLAIMS) * 2);
    assert!(!most.size().is_within_limits());
}

#[test]
fn batch_with_a_list_above_its_bound_is_not_decoded() {
    let lengths = |opens: u32, groups: u32, closes: u32| {
        let open = [common::ticket().encode(), vec![0; 1 + 64]].concat();
        let group = ClaimGroup { stream: 1, gateway: counting(1).into(), claims: Default::default() }.encode();
        let close = CloseRow { session: SESSION, signature: None }.encode();
        let list = |count: u32, row: &[u8]| [codec::Compact(count).encode(), row.repeat(count as usize)].concat();
        let bytes = [list(opens, &open), list(groups, &group), list(closes, &close)].concat();
        Batch::decode(&mut &bytes[..]).map(|batch| batch.size())
    };
    let full =
        BatchSize { opens: MAX_BATCH_OPENS, groups: MAX_BATCH_GROUPS, claims: 0, steps: 0, closes: MAX_BATCH_CLOSES };
    assert_eq!(lengths(MAX_BATCH_OPENS, MAX_BATCH_GROUPS, MAX_BATCH_CLOSES), Ok(full));
    assert!(lengths(MAX_BATCH_OPENS + 1, 0, 0).is_err());
    assert!(lengths(0, MAX_BATCH_GROUPS + 1, 0).is_err());
    assert!(lengths(0, 0, MAX_BATCH_CLOSES + 1).is_err());
}

#[test]
fn row_errors_have_distinct_names_and_whole_sentences() {
    let names: HashSet<_> = RowError::ALL.iter().map(RowError::name).collect();
    assert_eq!(names.len(), RowError::ALL.len());
    for (index, error) in RowError::ALL.iter().enumerate() {
        assert_eq!(error.encode(), [index as u8], "{} is encoded as its position", error.name());
        assert_eq!(error.to_string(), error.sentence());
        assert!(error.sentence().ends_with('.'), "{}", error.name());
    }
}

// --- ids and messages ----------------------------------------------------------------------------------------------

#[test]
fn session_id_is_displayed_in_hexadecimal() {
    let id = SessionId([0x00, 0x01, 0x0a, 0xff, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
    assert_eq!(id.to_string(), "0x00010aff0405060708090a0b0c0d0e0f");
    assert_eq!(format!("{id:?}"), id.to_string());
}

#[test]
fn signed_messages_have_fixed_lengths() {
    let ticket = common::ticket();
    assert_eq!(ticket.encode().len(), Ticket::max_encoded_len(), "every ticket has the same length");
    assert_eq!(ticket.message(&GENESIS).len(), 19 + 32 + 168);
    assert_eq!(close_message(&GENESIS, &SESSION).len(), 18 + 32 + 16);
    assert_eq!(wrapped(b"x"), b"<Bytes>x</Bytes>");
    assert_eq!(ticket.session_id(&GENESIS), session_id(&GENESIS, &ticket.viewer, &ticket.session_key, ticket.nonce));
}

// --- streams -------------------------------------------------------------------------------------------------------

fn splits(count: u32) -> Splits {
    let split = |i: u32| (counting(i as u8).into(), Permill::from_percent(10));
    (0..count).map(split).collect::<Vec<_>>().try_into().expect("within the bound")
}

fn stream() -> Stream {
    Stream {
        creator: counting(1).into(),
        price_per_tick: 10,
        next_price: Some(Announced { value: 20, at: 100 }),
        preview_ticks: 30,
        gateway_share: Permill::from_percent(10),
        splits: splits(1),
        next_splits: Some(Announced { value: splits(MAX_SPLITS), at: 200 }),
        metadata: Default::default(),
        status: StreamStatus::Live,
        open_sessions: 0,
        deposit: 0,
        totals: Totals::default(),
    }
}

#[test]
fn announced_price_is_in_effect_from_its_block() {
    let stream = stream();
    assert_eq!(stream.price_at(0), 10);
    assert_eq!(stream.price_at(99), 10);
    assert_eq!(stream.price_at(100), 20);
    assert_eq!(stream.price_at(u32::MAX), 20);
    assert_eq!(Stream { next_price: None, ..stream }.price_at(u32::MAX), 10);
}

#[test]
fn announced_splits_are_in_effect_from_their_block() {
    let stream = stream();
    assert_eq!(stream.splits_at(199), &splits(1));
    assert_eq!(stream.splits_at(200), &splits(MAX_SPLITS));
    assert_eq!(Stream { next_splits: None, ..stream }.splits_at(u32::MAX), &splits(1));
}

#[test]
fn settled_at_applies_announcements_whose_block_has_come() {
    let before = stream();
    assert_eq!(before.clone().settled_at(99), before, "no announcement is in effect");

    let priced = before.clone().settled_at(100);
    assert_eq!((priced.price_per_tick, &priced.next_price), (20, &None));
    assert_eq!((&priced.splits, &priced.next_splits), (&before.splits, &before.next_splits));

    let split = before.clone().settled_at(200);
    assert_eq!((split.price_per_tick, &split.next_price), (20, &None));
    assert_eq!((&split.splits, &split.next_splits), (&splits(MAX_SPLITS), &None));

    for now in [0, 99, 100, 101, 199, 200, 201, u32::MAX] {
        let settled = before.clone().settled_at(now);
        assert_eq!(settled.price_at(now), before.price_at(now), "block {now}");
        assert_eq!(settled.splits_at(now), before.splits_at(now), "block {now}");
        assert_eq!(settled.clone().settled_at(now), settled, "a second application changes nothing, block {now}");
    }
}

// --- deposits and sessions -----------------------------------------------------------------------------------------

#[test]
fn new_deposit_is_empty_and_counts_nonces_from_its_block() {
    let deposit = Deposit::new(1_000);
    assert_eq!((deposit.free, deposit.reserved, deposit.open_sessions, deposit.paid_until), (0, 0, 0, 0));
    assert_eq!((deposit.keys, deposit.last_key_id, deposit.nonce_floor, deposit.bond), (0, 0, 0, 0));
    assert_eq!(deposit.active_at, 1_000);
    assert_eq!(deposit.nonces.next(), (1_000 << 32) + 1);
}

#[test]
fn nonce_window_accepts_up_to_its_width_ahead() {
    let window = NonceWindow::starting_at(u32::MAX);
    let take = |nonce: u64| window.clone().take(nonce);
    assert_eq!(take(window.last), Err(RowError::NonceUsed));
    assert_eq!(take(window.last + NONCE_WINDOW), Ok(()));
    assert_eq!(take(window.last + NONCE_WINDOW + 1), Err(RowError::NonceTooHigh));
    assert_eq!(take(window.last - NONCE_WINDOW), Err(RowError::NonceTooOld));
    assert_eq!(take(u64::MAX), Err(RowError::NonceTooHigh));
}

#[test]
fn no_nonce_follows_the_greatest_one() {
    let mut window = NonceWindow { last: u64::MAX - NONCE_WINDOW, used: 1 };
    assert_eq!(window.take(u64::MAX), Ok(()));
    assert_eq!(window.next(), u64::MAX, "the next nonce saturates");
    assert_eq!(window.take(window.next()), Err(RowError::NonceUsed));
    assert_eq!(window.take(u64::MAX - NONCE_WINDOW + 1), Ok(()));
    assert_eq!(window.take(u64::MAX - NONCE_WINDOW), Err(RowError::NonceTooOld));
}

#[test]
fn nonce_zero_is_never_accepted() {
    let mut window = NonceWindow::starting_at(0);
    assert_eq!(window.take(0), Err(RowError::NonceUsed), "nonces of block 0 begin at 1");
    assert_eq!(window.take(1), Ok(()));
}

#[test]
fn unspent_is_the_reserve_without_the_settled_ticks() {
    let session = Session {
        viewer: counting(1).into(),
        key: None,
        stream: 1,
        gateway: counting(2).into(),
        price_per_tick: 7,
        gateway_share: Permill::zero(),
        head: [0; 32],
        settled_ticks: 40,
        max_ticks: 100,
        opened_at: 0,
        last_claim: 0,
        fee: 5,
        closing: None,
    };
    assert_eq!((session.reserve(), session.unspent()), (700, 420));
    let spent = Session { settled_ticks: 100, ..session.clone() };
    assert_eq!((spent.reserve(), spent.unspent()), (700, 0));
    let expensive = Session { price_per_tick: u128::MAX, ..session };
    assert_eq!(expensive.reserve(), u128::MAX, "saturates; opening such a session is refused");
}
