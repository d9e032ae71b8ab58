//! Fuzz tests of `process_batch`: any batch is processed without a panic, keeps the invariants, and uses no more weight
//! than declared.
//!
//! An ordinary test run tries random inputs for less than a second per test. To replay a failure or to run for longer:
//!
//! ```text
//! BOLERO_RANDOM_SEED=… cargo nextest run -p pallet-tick-stream --lib fuzz::batch_of_generated_rows_is_processed_within_its_weight
//! BOLERO_RANDOM_TEST_TIME_MS=600000 cargo test -p pallet-tick-stream --lib fuzz::
//! ```
//!
//! `BOLERO_RANDOM_ITERATIONS` limits the number of inputs instead of the time, and `BOLERO_RANDOM_MAX_LEN` (4,096) the
//! length of an input. Coverage-guided fuzzing works on the stable compiler (`cargo install cargo-bolero`):
//!
//! ```text
//! cargo bolero test -p pallet-tick-stream tests::fuzz::batch_of_generated_rows_is_processed_within_its_weight --engine libfuzzer --sanitizer NONE --time 600
//! ```

use super::attacks::dispatch;
use crate::{mock::*, Error};
use bolero::{check, TypeGenerator};
use codec::{Decode, Encode};
use frame_support::{assert_ok, dispatch::DispatchErrorWithPostInfo};
use sp_runtime::MultiSignature;
use std::{cell::RefCell, panic::RefUnwindSafe, time::Duration};
use tick_stream_primitives::{
    batch::bounded, Batch, Claim, ClaimGroup, CloseRow, Closer, SessionId, SignedTicket, TickHash,
};

/// Time of each test in an ordinary run. Environment variables override it.
const TEST_TIME: Duration = Duration::from_millis(600);
/// Number of ticks of each session.
const TICKS: u32 = 60;
/// Number of open sessions, each in another state.
const SESSIONS: usize = 4;
/// Number of tickets to open.
const TICKETS: usize = 4;

/// Chain with open sessions, and valid rows to modify.
struct Fixture {
    ext: RefCell<sp_io::TestExternalities>,
    tickets: Vec<SignedTicket>,
    sessions: Vec<SessionId>,
    /// Proofs by session and tick, starting with tick 1.
    proofs: Vec<Vec<TickHash>>,
    closes: Vec<CloseRow>,
}

// Each input starts by discarding the changes of the last one, even after a panic.
impl RefUnwindSafe for Fixture {}

impl Fixture {
    /// Creates a new session, one with settled ticks, a closing one and one whose ticks are all settled.
    fn new() -> Self {
        let mut ext = chain_with_stream();
        let mut fixture = ext.execute_with(|| {
            fund("viewer");
            register_gateway("second-gateway");
            create_stream(PRICE, Default::default());
            let mut watches: Vec<_> = (0..SESSIONS).map(|_| Watch::opened("viewer", TICKS)).collect();
            watches[1].settle(20);
            let ids = vec![watches[2].id].try_into().expect("within the bound");
            assert_ok!(TickStream::leave_stream(signed("viewer"), ids));
            watches[3].settle(TICKS);
            advance(7);
            Self::rows(watches)
        });
        ext.commit_all().expect("no transaction is open");
        fixture.ext = RefCell::new(ext);
        fixture
    }

    fn rows(mut watches: Vec<Watch>) -> Self {
        let last = key_of("viewer", "viewer-session").nonces.last;
        let tickets = (1..=TICKETS as u64)
            .map(|number| Watch::with_nonce("viewer", TICKS, last + number).signed_by("viewer-session"))
            .collect();
        let roles = [
            (Closer::Gateway, "gateway"),
            (Closer::Operator, "operator"),
            (Closer::Viewer, "viewer"),
            (Closer::SessionKey, "viewer-session"),
        ];
        let of_watch = |watch: &Watch| {
            let signed = roles.map(|(by, name)| watch.close(by, name));
            [vec![watch.unsigned_close()], signed.to_vec()].concat()
        };
        Self {
            ext: RefCell::new(sp_io::TestExternalities::default()),
            tickets,
            sessions: watches.iter().map(|watch| watch.id).collect(),
            closes: watches.iter().flat_map(of_watch).collect(),
            proofs: watches
                .iter_mut()
                .map(|watch| (1..=TICKS).map(|tick| watch.chain.proof(tick).expect("within the chain")).collect())
                .collect(),
        }
    }

    /// Returns a batch with all valid rows.
    fn valid_batch(&self) -> Batch {
        let claims = self.sessions.iter().zip(&self.proofs).map(|(session, proofs)| Claim {
            session: *session,
            from: 0,
            ticks: 30,
            proof: proofs[29],
        });
        let group = ClaimGroup { stream: 0, gateway: account("gateway"), claims: bounded(claims.collect()) };
        Batch {
            opens: bounded(self.tickets.clone()),
            groups: bounded(vec![group.clone(), group]),
            closes: bounded(self.closes.clone()),
        }
    }

    /// Runs the batch on the chain in its initial state.
    fn run(&self, batch: Batch) {
        let mut ext = self.ext.borrow_mut();
        ext.reset_overlay();
        ext.execute_with(|| {
            let is_valid = !batch.is_empty() && batch.size().is_within_limits();
            let error = dispatch("stranger", batch).map_err(|DispatchErrorWithPostInfo { error, .. }| error).err();
            let expected = [Error::<Test>::BatchEmpty.into(), Error::<Test>::BatchTooLarge.into()];
            assert!(error.is_none_or(|error| !is_valid && expected.contains(&error)), "{error:?}");
            assert_ok!(TickStream::do_try_state());
        });
    }
}

/// Row of a batch, valid except for the changes given here.
#[derive(Debug, Clone, TypeGenerator)]
enum Row {
    /// Ticket with some numbers changed, which makes its signature invalid, or with an Ethereum signature.
    Open { ticket: u8, nonce: Option<u64>, max_ticks: Option<u32>, expires_at: Option<u32>, is_eth: bool },
    /// Claim on a session, with the proof of its ticks or a false one.
    Claim { session: u8, from: u32, ticks: u32, is_near: bool, false_proof: Option<[u8; 32]> },
    /// Start of a group: the claims that follow are for this stream and gateway.
    Group { stream: u8, is_second_gateway: bool },
    /// Close, or the close of another session.
    Close { row: u8, session: Option<u8> },
}

fn pick<T: Clone>(choices: &[T], index: u8) -> T {
    choices[usize::from(index) % choices.len()].clone()
}

fn build_open(fixture: &Fixture, row: &Row) -> Option<SignedTicket> {
    let Row::Open { ticket, nonce, max_ticks, expires_at, is_eth } = row else { return None };
    let mut signed = pick(&fixture.tickets, *ticket);
    signed.ticket.nonce = nonce.unwrap_or(signed.ticket.nonce);
    signed.ticket.max_ticks = max_ticks.unwrap_or(signed.ticket.max_ticks);
    signed.ticket.expires_at = expires_at.unwrap_or(signed.ticket.expires_at);
    if *is_eth {
        signed.signature = MultiSignature::Eth([*ticket; 65].into());
    }
    Some(signed)
}

fn build_claim(fixture: &Fixture, session: u8, (from, ticks): (u32, u32), false_proof: Option<TickHash>) -> Claim {
    let place = usize::from(session) % SESSIONS;
    let proofs = &fixture.proofs[place];
    let proof = false_proof.unwrap_or_else(|| proofs[(ticks as usize).saturating_sub(1) % proofs.len()]);
    Claim { session: fixture.sessions[place], from, ticks, proof }
}

/// Converts the rows to a batch. Rows above the bound of a list are dropped.
fn build_batch(fixture: &Fixture, rows: &[Row]) -> Batch {
    let mut groups = vec![(0, account("gateway"), Vec::new())];
    for row in rows {
        match row {
            Row::Group { stream, is_second_gateway } => {
                let gateway = if *is_second_gateway { "second-gateway" } else { "gateway" };
                groups.push((u64::from(stream % 3), account(gateway), Vec::new()));
            }
            Row::Claim { session, from, ticks, is_near, false_proof } => {
                let span = if *is_near { (from % TICKS, ticks % (TICKS + 2)) } else { (*from, *ticks) };
                let claims =
                    groups.last_mut().map(|(_, _, claims)| claims).expect("there is always at least one group");
                claims.push(build_claim(fixture, *session, span, *false_proof));
            }
            Row::Open { .. } | Row::Close { .. } => {}
        }
    }
    let close = |row: &Row| {
        let Row::Close { row, session } = row else { return None };
        let row = pick(&fixture.closes, *row);
        let session = session.map_or(row.session, |index| pick(&fixture.sessions, index));
        Some(CloseRow { session, ..row })
    };
    let groups =
        groups.into_iter().map(|(stream, gateway, claims)| ClaimGroup { stream, gateway, claims: bounded(claims) });
    Batch {
        opens: bounded(rows.iter().filter_map(|row| build_open(fixture, row)).collect()),
        groups: bounded(groups.collect()),
        closes: bounded(rows.iter().filter_map(close).collect()),
    }
}

#[test]
fn arbitrary_batch_is_processed_within_its_weight() {
    let fixture = Fixture::new();
    check!().with_test_time(TEST_TIME).for_each(|bytes: &[u8]| {
        if let Ok(batch) = Batch::decode(&mut &bytes[..]) {
            fixture.run(batch);
        }
    });
}

#[test]
fn mutated_batch_is_processed_within_its_weight() {
    let fixture = Fixture::new();
    let valid = fixture.valid_batch().encode();
    fixture.run(fixture.valid_batch());
    check!().with_test_time(TEST_TIME).with_type::<Vec<(u16, u8)>>().for_each(|changes| {
        let mut bytes = valid.clone();
        for (position, mask) in changes.iter().take(8) {
            let position = usize::from(*position) % bytes.len();
            bytes[position] ^= mask;
        }
        if let Ok(batch) = Batch::decode(&mut &bytes[..]) {
            fixture.run(batch);
        }
    });
}

#[test]
fn batch_of_generated_rows_is_processed_within_its_weight() {
    let fixture = Fixture::new();
    check!()
        .with_test_time(TEST_TIME)
        .with_type::<Vec<Row>>()
        .for_each(|rows| fixture.run(build_batch(&fixture, rows)));
}
