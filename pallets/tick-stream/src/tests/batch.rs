//! Tests of `process_batch` as a whole: independent rows, indexes and totals, limits, and the refunded weight.

use crate::{mock::*, Call, Error, Event};
use frame_support::{
    assert_noop, assert_ok,
    dispatch::{DispatchErrorWithPostInfo, GetDispatchInfo, PostDispatchInfo},
    weights::Weight,
};
use sp_runtime::DispatchError;
use tick_stream_primitives::{
    limits::MAX_BATCH_STEPS, AccountId, Batch, BatchSize, Claim, ClaimGroup, CloseRow, Closer, RowError, RowKind,
    SessionId, SignedTicket, Splits, StreamId,
};

/// Submits the batch as "operator". Returns the events.
fn submit(batch: Batch) -> Vec<Event<Test>> {
    events_of(|| {
        assert_ok!(TickStream::process_batch(signed("operator"), batch));
    })
}

fn error_of(batch: Batch) -> DispatchError {
    let refused = |error: DispatchErrorWithPostInfo| error.error;
    TickStream::process_batch(signed("operator"), batch).map_err(refused).expect_err("the batch is refused")
}

fn group(stream: StreamId, gateway: &str, claims: Vec<Claim>) -> ClaimGroup {
    ClaimGroup { stream, gateway: account(gateway), claims: claims.try_into().expect("within the bound") }
}

fn batch(opens: Vec<SignedTicket>, groups: Vec<ClaimGroup>, closes: Vec<CloseRow>) -> Batch {
    Batch {
        opens: opens.try_into().expect("within the bound"),
        groups: groups.try_into().expect("within the bound"),
        closes: closes.try_into().expect("within the bound"),
    }
}

fn row_failed(kind: RowKind, index: u32, session: SessionId, error: RowError) -> Event<Test> {
    Event::RowFailed { kind, index, session, error }
}

/// Returns short names of the events, in order.
fn names(events: &[Event<Test>]) -> Vec<&'static str> {
    events
        .iter()
        .map(|event| match event {
            Event::SessionOpened { .. } => "opened",
            Event::TicksSettled { .. } => "settled",
            Event::IncomeShared { .. } => "shared",
            Event::SessionClosing { .. } => "closing",
            Event::SessionClosed { .. } => "closed",
            Event::RowFailed { .. } => "failed",
            Event::BatchProcessed { .. } => "processed",
            _ => "another",
        })
        .collect()
}

/// Three valid rows of each kind: tickets of the second viewer, claims and closes on sessions of the first one.
struct Fixture {
    tickets: Vec<Watch>,
    running: Vec<Watch>,
    ending: Vec<Watch>,
}

impl Fixture {
    fn new() -> Self {
        fund("viewer");
        fund("second-viewer");
        let last = key_of("second-viewer", "second-viewer-session").nonces.last;
        let watches = || (0..3).map(|_| Watch::opened("viewer", 60)).collect();
        let (running, ending) = (watches(), watches());
        let tickets = (1..=3).map(|number| Watch::with_nonce("second-viewer", 30, last + number)).collect();
        Self { tickets, running, ending }
    }

    fn opens(&self) -> Vec<SignedTicket> {
        self.tickets.iter().map(|watch| watch.signed_by("second-viewer-session")).collect()
    }

    fn claims(&mut self) -> Vec<Claim> {
        self.running.iter_mut().map(|watch| watch.claim(10)).collect()
    }

    fn closes(&self) -> Vec<CloseRow> {
        self.ending.iter().map(|watch| watch.close(Closer::Operator, "operator")).collect()
    }

    fn batch(&mut self) -> Batch {
        batch(self.opens(), vec![group(0, "gateway", self.claims())], self.closes())
    }

    /// Checks that all nine rows were carried out, and nothing else.
    fn assert_done(&self) {
        assert!(self.tickets.iter().all(|watch| is_open(watch.id)));
        assert!(self.running.iter().all(|watch| session_of(watch.id).settled_ticks == 10));
        assert!(self.ending.iter().all(|watch| !is_open(watch.id)));
        let (first, second) = (deposit_of("viewer"), deposit_of("second-viewer"));
        assert_eq!((second.open_sessions, second.reserved), (3, 90 * PRICE));
        assert_eq!(second.free, DEPOSIT - 90 * PRICE - 3 * OPEN_FEE);
        assert_eq!((first.open_sessions, first.reserved), (3, 180 * PRICE));
        assert_eq!(first.free, DEPOSIT - 180 * PRICE - 6 * OPEN_FEE);
        // Three times the shares of ten ticks: 100, 50, 1,976 and 7,904 of 10,030.
        assert_eq!(earned("operator"), 0);
        assert_eq!(earned("treasury"), 300);
        assert_eq!(earned("gateway"), 6_078 + 3 * OPEN_FEE);
        assert_eq!(earned("creator"), 23_712);
        assert_eq!(stream_of(0).totals.ticks, 30);
    }

    fn processed(failed: u32) -> Event<Test> {
        let (submitter, paid) = (account("operator"), 30 * PRICE);
        Event::BatchProcessed { submitter, opened: 3, settled: 3, closed: 3, failed, ticks: 30, paid }
    }
}

#[test]
fn batch_carries_out_rows_of_every_kind() {
    build_and_execute(|| {
        let mut fixture = Fixture::new();
        let batch = fixture.batch();
        let happened = submit(batch);
        let expected =
            [["opened"; 3].as_slice(), &["settled"; 3], &["shared"], &["closed"; 3], &["processed"]].concat();
        assert_eq!(names(&happened), expected);
        assert_eq!(happened.last(), Some(&Fixture::processed(0)));
        fixture.assert_done();
    });
}

#[test]
fn refused_open_at_each_position_does_not_affect_other_rows() {
    for index in 0..=3 {
        build_and_execute(|| {
            let mut fixture = Fixture::new();
            let mut batch = fixture.batch();
            let mut bad = Watch::new("viewer", 10);
            bad.ticket.gateway = account("stranger");
            batch.opens.try_insert(index, bad.signed_by("viewer-session")).expect("within the bound");
            let happened = submit(batch);
            assert_eq!(happened[index], row_failed(RowKind::Open, index as u32, bad.id, RowError::GatewayUnknown));
            assert_eq!(happened.last(), Some(&Fixture::processed(1)));
            fixture.assert_done();
        });
    }
}

#[test]
fn refused_claim_at_each_position_does_not_affect_other_rows() {
    for index in 0..=3 {
        build_and_execute(|| {
            let mut fixture = Fixture::new();
            let mut batch = fixture.batch();
            // On a session that another row of the batch closes.
            let session = fixture.ending[0].id;
            let bad = Claim { session, from: 0, ticks: 20, proof: [1; 32] };
            batch.groups[0].claims.try_insert(index, bad).expect("within the bound");
            let happened = submit(batch);
            let failed = row_failed(RowKind::Claim, index as u32, session, RowError::ProofInvalid);
            assert_eq!(failures().len(), 1);
            assert!(happened.contains(&failed));
            assert_eq!(happened.last(), Some(&Fixture::processed(1)));
            fixture.assert_done();
        });
    }
}

#[test]
fn refused_close_at_each_position_does_not_affect_other_rows() {
    for index in 0..=3 {
        build_and_execute(|| {
            let mut fixture = Fixture::new();
            let mut batch = fixture.batch();
            let session = fixture.running[0].id;
            let bad = fixture.running[0].close(Closer::Gateway, "stranger");
            batch.closes.try_insert(index, bad).expect("within the bound");
            let happened = submit(batch);
            let failed = row_failed(RowKind::Close, index as u32, session, RowError::SignatureInvalid);
            // After the events of three opens, three claims and their shares.
            assert_eq!(happened[7 + index], failed);
            assert_eq!(happened.last(), Some(&Fixture::processed(1)));
            fixture.assert_done();
        });
    }
}

#[test]
fn refused_rows_of_every_kind_do_not_affect_other_rows() {
    build_and_execute(|| {
        let mut fixture = Fixture::new();
        let mut batch = fixture.batch();
        let mut ticket = Watch::new("viewer", 10);
        ticket.ticket.max_ticks = 0;
        let (open, unknown) = (ticket.signed_by("viewer-session"), SessionId::default());
        let claim = Claim { session: unknown, from: 0, ticks: 1, proof: [0; 32] };
        let close = CloseRow { session: unknown, signature: None };
        [0, 2, 4].iter().for_each(|at| batch.opens.try_insert(*at, open.clone()).expect("within the bound"));
        [1, 4].iter().for_each(|at| batch.groups[0].claims.try_insert(*at, claim.clone()).expect("within the bound"));
        batch.closes.try_insert(3, close).expect("within the bound");
        let happened = submit(batch);
        let expected = [
            (RowKind::Open, 0, RowError::NoTicks),
            (RowKind::Open, 2, RowError::NoTicks),
            (RowKind::Open, 4, RowError::NoTicks),
            (RowKind::Claim, 1, RowError::SessionUnknown),
            (RowKind::Claim, 4, RowError::SessionUnknown),
            (RowKind::Close, 3, RowError::SessionUnknown),
        ];
        assert_eq!(failures(), expected);
        assert_eq!(happened.last(), Some(&Fixture::processed(6)));
        fixture.assert_done();
    });
}

#[test]
fn batch_of_refused_rows_changes_no_state() {
    build_and_execute(|| {
        fund("viewer");
        let watch = Watch::opened("viewer", 60);
        let claim = Claim { session: watch.id, from: 0, ticks: 1, proof: [0; 32] };
        let opens = vec![Watch::new("viewer", 10).signed_by("stranger")];
        let rows = batch(opens, vec![group(0, "gateway", vec![claim; 2])], vec![watch.unsigned_close()]);
        let before = pallet_state();
        let happened = submit(rows);
        assert_eq!(names(&happened), ["failed", "failed", "failed", "failed", "processed"]);
        let submitter = account("operator");
        let expected =
            Event::BatchProcessed { submitter, opened: 0, settled: 0, closed: 0, failed: 4, ticks: 0, paid: 0 };
        assert_eq!(happened.last(), Some(&expected));
        assert!(pallet_state() == before);
    });
}

#[test]
fn claims_are_numbered_over_all_groups() {
    build_and_execute(|| {
        fund("viewer");
        register_gateway("second-gateway");
        let second_stream = create_stream(2 * PRICE, Splits::default());
        let mut first = Watch::opened("viewer", 60);
        let mut second = Watch::of_wallet("viewer", 60);
        second.ticket.gateway = account("second-gateway");
        second.ticket.stream = second_stream;
        second.ticket.price_per_tick = 2 * PRICE;
        assert_ok!(TickStream::join_stream(signed("viewer"), second.ticket.clone()));
        let (good, other) = (first.claim(10), second.claim(10));
        let groups = vec![
            group(0, "gateway", vec![good.clone(), other.clone()]),
            group(99, "gateway", vec![good.clone()]),
            group(second_stream, "second-gateway", vec![good, other]),
        ];
        let happened = submit(batch(vec![], groups, vec![]));
        let expected = [
            (RowKind::Claim, 1, RowError::GroupMismatch),
            (RowKind::Claim, 2, RowError::GroupMismatch),
            (RowKind::Claim, 3, RowError::GroupMismatch),
        ];
        assert_eq!(failures(), expected);
        let (submitter, paid) = (account("operator"), 10 * PRICE + 20 * PRICE);
        let processed =
            Event::BatchProcessed { submitter, opened: 0, settled: 2, closed: 0, failed: 3, ticks: 20, paid };
        assert_eq!(happened.last(), Some(&processed));
        assert_eq!(stream_of(0).totals.paid, 10 * PRICE);
        assert_eq!(stream_of(second_stream).totals.paid, 20 * PRICE);
        // Of 20,060: 200, 100, then 3,952 of 19,760.
        assert_eq!((earned("gateway"), earned("second-gateway")), (1_976 + 50, 3_952 + 100));
    });
}

#[test]
fn two_groups_of_one_stream_and_gateway_are_both_settled() {
    build_and_execute(|| {
        let mut fixture = Fixture::new();
        let mut claims = fixture.claims();
        let last = claims.split_off(2);
        let happened = submit(batch(vec![], vec![group(0, "gateway", claims), group(0, "gateway", last)], vec![]));
        assert_eq!(names(&happened), ["settled", "settled", "shared", "settled", "shared", "processed"]);
        assert_eq!((stream_of(0).totals.ticks, earned("creator")), (30, 23_712));
    });
}

#[test]
fn opens_claims_and_closes_are_carried_out_in_this_order() {
    build_and_execute(|| {
        fund("viewer");
        let mut watch = Watch::new("viewer", 20);
        let rows = batch(
            vec![watch.signed_by("viewer-session")],
            vec![group(0, "gateway", vec![watch.claim(10), Claim { from: 10, ..watch.claim(20) }])],
            vec![watch.unsigned_close()],
        );
        assert_eq!(names(&submit(rows)), ["opened", "settled", "settled", "shared", "closed", "processed"]);
        assert_eq!(deposit_of("viewer").free, DEPOSIT - 20 * PRICE - OPEN_FEE);
    });
}

#[test]
fn batch_without_rows_is_refused() {
    build_and_execute(|| {
        let before = pallet_state();
        assert_eq!(error_of(Batch::default()), Error::<Test>::BatchEmpty.into());
        assert!(pallet_state() == before);
        let hollow = batch(vec![], vec![group(0, "gateway", vec![])], vec![]);
        assert_eq!(names(&submit(hollow)), ["processed"], "a group without claims is accepted and has no effect");
    });
}

/// Returns claims that declare these numbers of steps and are refused before any step is taken.
fn claims_of_steps(steps: &[u32]) -> Vec<Claim> {
    steps.iter().map(|ticks| Claim { session: SessionId::default(), from: 0, ticks: *ticks, proof: [0; 32] }).collect()
}

#[test]
fn batch_with_the_maximum_of_steps_is_processed() {
    build_and_execute(|| {
        let claims = claims_of_steps(&[MAX_BATCH_STEPS - 1, 1]);
        assert_eq!(names(&submit(batch_of_claims(claims))), ["failed", "failed", "processed"]);
    });
}

#[test]
fn batch_above_the_maximum_of_steps_is_refused() {
    build_and_execute(|| {
        for steps in [vec![MAX_BATCH_STEPS, 1], vec![MAX_BATCH_STEPS + 1], vec![u32::MAX; 3]] {
            let claims = claims_of_steps(&steps);
            assert_noop!(
                TickStream::process_batch(signed("operator"), batch_of_claims(claims)),
                Error::<Test>::BatchTooLarge
            );
        }
        let claims = claims_of_steps(&[MAX_BATCH_STEPS]);
        let groups = vec![group(0, "gateway", claims), group(1, "gateway", claims_of_steps(&[1]))];
        assert_eq!(error_of(batch(vec![], groups, vec![])), Error::<Test>::BatchTooLarge.into());
    });
}

#[test]
fn batch_with_the_maximum_of_claims_is_processed() {
    build_and_execute(|| {
        let claims = claims_of_steps(&vec![1; 2_048]);
        assert_eq!(submit(batch_of_claims(claims)).len(), 2_048 + 1);
    });
}

#[test]
fn batch_above_the_maximum_of_claims_is_refused() {
    build_and_execute(|| {
        let groups =
            vec![group(0, "gateway", claims_of_steps(&vec![1; 2_048])), group(0, "gateway", claims_of_steps(&[1]))];
        assert_eq!(error_of(batch(vec![], groups, vec![])), Error::<Test>::BatchTooLarge.into());
    });
}

#[test]
fn batch_with_a_list_above_its_bound_is_not_decoded() {
    use codec::{Decode, Encode};
    let group = group(0, "gateway", vec![]);
    let close = CloseRow { session: SessionId::default(), signature: None };
    let decode = |groups: usize, closes: usize| {
        let bytes = (Vec::<SignedTicket>::new(), vec![group.clone(); groups], vec![close.clone(); closes]).encode();
        Batch::decode(&mut &bytes[..]).is_ok()
    };
    assert!(decode(64, 256));
    assert!(!decode(65, 256));
    assert!(!decode(64, 257));
}

#[test]
fn unsigned_batch_is_refused() {
    build_and_execute(|| {
        let rows = batch_of_closes(vec![CloseRow { session: SessionId::default(), signature: None }]);
        for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
            let refused: Result<PostDispatchInfo, _> = TickStream::process_batch(origin, rows.clone());
            assert_noop!(refused, DispatchError::BadOrigin);
        }
    });
}

fn declared(batch: &Batch) -> Weight {
    let call = RuntimeCall::TickStream(Call::process_batch { batch: batch.clone() });
    call.get_dispatch_info().call_weight
}

#[test]
fn weight_of_steps_not_taken_is_refunded() {
    build_and_execute(|| {
        let mut fixture = Fixture::new();
        let mut rows = fixture.batch();
        // In addition to three claims of ten steps: one with a false proof, which takes the steps of its new ticks, and
        // one above the maximum, which takes none.
        let session = fixture.running[0].id;
        for ticks in [25, 61] {
            let claim = Claim { session, from: 0, ticks, proof: [1; 32] };
            rows.groups[0].claims.try_push(claim).expect("within the bound");
        }
        let size = rows.size();
        assert_eq!(size, BatchSize { opens: 3, groups: 1, claims: 5, steps: 30 + 25 + 61, closes: 3 });
        assert_eq!(declared(&rows), TickStream::batch_weight(&size));
        let taken = BatchSize { claims: 4, steps: 30 + 15, ..size };
        let used = weight_with_splits(&taken, 0).saturating_add(looked_up_weight(1));
        assert_eq!(used_by(rows.clone()), used);
        assert!(used.ref_time() < declared(&rows).ref_time());
        fixture.assert_done();
    });
}

/// Submits the batch as "operator". Returns the weight that it used.
fn used_by(batch: Batch) -> Weight {
    let post = TickStream::process_batch(signed("operator"), batch).expect("the call succeeds");
    post.actual_weight.expect("the weight is returned")
}

#[test]
fn weight_of_splits_that_a_stream_does_not_have_is_refunded() {
    build_and_execute(|| {
        let parts = |count| -> Splits {
            let part = sp_runtime::Permill::from_percent(5);
            (0..count)
                .map(|index| (account(&format!("friend-{index}")), part))
                .collect::<Vec<_>>()
                .try_into()
                .expect("few")
        };
        fund("viewer");
        let size = BatchSize { groups: 1, claims: 1, steps: 1, ..Default::default() };
        for count in [0, 1, 8] {
            let stream = create_stream(PRICE, parts(count));
            let mut watch = Watch::of_wallet("viewer", 60);
            watch.ticket.stream = stream;
            assert_ok!(TickStream::join_stream(signed("viewer"), watch.ticket.clone()));
            let rows = batch(vec![], vec![group(stream, "gateway", vec![watch.claim(1)])], vec![]);
            assert_eq!(used_by(rows), weight_with_splits(&size, count), "{count} splits");
        }
        assert_eq!(weight_with_splits(&size, 8), TickStream::batch_weight(&size), "eight are charged for");
    });
}

#[test]
fn weight_of_rewards_is_charged_once_and_refunded_if_there_are_none() {
    build_and_execute(|| {
        fund("viewer");
        let watches: Vec<_> = (0..3).map(|_| Watch::opened("viewer", 60)).collect();
        let rows = |closes| TickStream::rows_weight(&BatchSize { closes, ..Default::default() }, 0);
        let write = <Test as frame_system::Config>::DbWeight::get().reads_writes(1, 1);
        assert!(write.ref_time() > 0);
        let signed_close = batch_of_closes(vec![watches[0].close(Closer::Gateway, "gateway")]);
        let without = weight_of_no_rows().saturating_add(rows(1));
        assert_eq!(declared(&signed_close), without.saturating_add(write));
        assert_eq!(used_by(signed_close), without);
        leave("viewer", &[watches[1].id, watches[2].id]);
        advance(10);
        let neglected = batch_of_closes(watches[1..].iter().map(|watch| watch.unsigned_close()).collect());
        assert_eq!(used_by(neglected), weight_of_no_rows().saturating_add(rows(2)).saturating_add(write));
        assert_eq!(earned("operator"), 2 * REWARD);
    });
}

#[test]
fn weight_of_a_group_without_a_settled_claim_is_refunded() {
    build_and_execute(|| {
        let mut fixture = Fixture::new();
        let claims = fixture.claims();
        submit(batch_of_claims(claims.clone()));
        let nothing = weight_of_no_rows();
        assert_eq!(used_by(batch_of_claims(claims)), nothing.saturating_add(looked_up_weight(3)));
        assert_eq!(failures().len(), 3);
        let hollow = batch(vec![], vec![group(0, "gateway", vec![]); 64], vec![]);
        assert_eq!(used_by(hollow), nothing, "a group without claims does not read its stream");
    });
}

#[test]
fn weight_of_rows_refused_before_their_signature_is_refunded() {
    build_and_execute(|| {
        let mut fixture = Fixture::new();
        let rows = fixture.batch();
        submit(batch(rows.opens.to_vec(), vec![], rows.closes.to_vec()));
        let nothing = weight_of_no_rows();
        let again = batch(rows.opens.to_vec(), vec![], rows.closes.to_vec());
        assert_eq!(used_by(again), nothing.saturating_add(looked_up_weight(6)), "their sessions exist or are gone");
        let mut too_long = Watch::new("viewer", 1);
        too_long.ticket.max_ticks = u32::MAX;
        let unopened = vec![too_long.signed_by("viewer-session"); 2];
        assert_eq!(used_by(batch(unopened, vec![], vec![])), nothing.saturating_add(checked_weight(2)));
        let forged = batch(vec![Watch::new("viewer", 1).signed_by("stranger")], vec![], vec![]);
        let open = BatchSize { opens: 1, ..Default::default() };
        assert_eq!(used_by(forged), weight_with_splits(&open, 0), "a checked signature costs as much as an open");
    });
}

#[test]
fn every_kind_of_row_adds_weight() {
    let one = |size: BatchSize| TickStream::batch_weight(&size).ref_time();
    let none = BatchSize::default();
    let more = [
        BatchSize { opens: 1, ..none },
        BatchSize { groups: 1, ..none },
        BatchSize { claims: 1, ..none },
        BatchSize { steps: 1_000, ..none },
        BatchSize { closes: 1, ..none },
    ];
    more.iter().for_each(|size| assert!(one(*size) > one(none), "{size:?} weighs nothing"));
    let full = BatchSize { steps: MAX_BATCH_STEPS.into(), ..none };
    assert_eq!(
        one(BatchSize { steps: u64::MAX, ..none }),
        one(full),
        "a batch with more steps is refused before any is taken"
    );
}

#[test]
fn only_the_parties_of_a_batch_earn() {
    build_and_execute(|| {
        let mut fixture = Fixture::new();
        let rows = fixture.batch();
        submit(rows);
        let mut who: Vec<AccountId> = crate::Earnings::<Test>::iter_keys().collect();
        let mut expected = ["treasury", "gateway", "creator"].map(account).to_vec();
        who.sort();
        expected.sort();
        assert_eq!(who, expected, "no other account has an entry");
    });
}
