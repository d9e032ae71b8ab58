//! What is offered, and in which order.

use super::bench::{account, pair, Bench, Watch, MAX_TICKS, PEER};
use crate::config::{MAX_OFFER_OPENS, MAX_OFFER_SPAN, MAX_WALK_STEPS};
use crate::{OfferLimits, Submission};
use std::time::Instant;
use tick_stream_primitives::worker::RowId;
use tick_stream_primitives::{Closer, SignedTicket, TickHasher};

/// Claims up to `ticks`, in steps that are walked at once.
fn climb(bench: &Bench, watch: &mut Watch, ticks: u32) {
    let steps = (1..).map(|n| n * MAX_WALK_STEPS).take_while(|step| *step < ticks);
    let claims = steps.chain([ticks]).map(|step| watch.claim(step)).collect();
    let answers = bench.pool.submit(PEER, Submission { claims, ..Submission::default() });
    assert!(answers.claims.iter().all(Result::is_ok), "{answers:?}");
}

#[test]
fn oldest_goes_first() {
    let mut bench = Bench::new();
    let mut watches: Vec<_> = (0..4).map(|viewer| bench.opened(viewer)).collect();
    for index in [2, 0, 3, 1, 2] {
        bench.clock.advance(10);
        let higher = bench.pool.pooled_ticks(&watches[index].session).unwrap_or(0) + 1;
        bench.claim(watches[index].claim(higher)).unwrap();
    }
    let order: Vec<_> = bench.offered_claims().into_iter().map(|(session, _)| session).collect();
    assert_eq!(order, [2, 0, 3, 1].map(|index: usize| watches[index].session));
    assert_eq!(bench.pool.stats().oldest_age_ms, 40);
}

#[test]
fn closing_sessions_go_first() {
    let mut bench = Bench::new();
    let mut watches: Vec<_> = (0..3).map(|viewer| bench.opened(viewer)).collect();
    for watch in &mut watches {
        bench.claim(watch.claim(5)).unwrap();
    }
    let number = bench.chain.best() + 1;
    bench.pool.on_best(number, &[tick_stream_primitives::Outcome::Closing(watches[2].session)]);
    assert_eq!(bench.offered_claims()[0], (watches[2].session, 5));

    bench.close(watches[1].close(&bench.chain, Some(Closer::Gateway))).unwrap();
    let order: Vec<_> = bench.offered_claims().into_iter().map(|(session, _)| session).collect();
    assert_eq!(order, [1, 2, 0].map(|index: usize| watches[index].session));
}

#[test]
fn claim_of_a_session_known_to_be_closing_goes_first() {
    let mut bench = Bench::new();
    let (mut first, mut second) = (bench.opened(1), bench.opened(2));
    bench.close(second.close(&bench.chain, Some(Closer::Viewer))).unwrap();
    bench.wave();
    bench.finalize();
    bench.claim(first.claim(1)).unwrap();
    bench.claim(second.claim(1)).unwrap();
    assert_eq!(bench.offered_claims(), [(second.session, 1), (first.session, 1)]);
}

#[test]
fn rows_of_other_gateways_go_last() {
    let bench = Bench::with(|config| {
        config.budget.peer.burst = 1_000_000_000;
        config.budget.newcomers = config.budget.global;
    });
    let strangers = MAX_OFFER_OPENS as u64 + 10;
    let watches: Vec<_> = (0..=strangers).map(|n| Watch::with_seed(&bench.chain, n, 1, [1; 32], 1)).collect();
    let own = watches.last().expect("it is the newest");
    let opens = watches.iter().map(|watch| watch.ticket.clone()).collect();
    let answers = bench.pool.submit(PEER, Submission { opens, ..Submission::default() });
    assert!(answers.opens.iter().all(Result::is_ok));
    let foreign = |offered: &[SignedTicket]| -> Vec<_> {
        let ids = offered.iter().map(|open| RowId::Open(open.ticket.session_id(&bench.chain.genesis)));
        ids.filter(|row| *row != RowId::Open(own.session)).collect()
    };
    let offer = bench.offer();
    assert_eq!(offer.opens.len(), MAX_OFFER_OPENS);
    assert!(!offer.opens.contains(&own.ticket), "so many older ones leave no room for it");
    bench.pool.foreign(&foreign(&offer.opens));

    let offer = bench.offer();
    assert_eq!(offer.opens.len(), MAX_OFFER_OPENS, "what room is left is theirs");
    assert!(offer.opens.contains(&own.ticket));
    bench.pool.foreign(&foreign(&offer.opens));
    assert_eq!(bench.offer().opens[0], own.ticket);
}

#[test]
fn claims_and_closes_of_other_gateways_go_last() {
    let mut bench = Bench::new();
    let mut watches: Vec<_> = (0..3).map(|viewer| bench.opened(viewer)).collect();
    for watch in &mut watches {
        bench.claim(watch.claim(5)).unwrap();
        bench.close(watch.close(&bench.chain, Some(Closer::Viewer))).unwrap();
    }
    let first = watches[0].session;
    bench.pool.foreign(&[RowId::Claim(first), RowId::Close(first)]);
    let order = [1, 2, 0].map(|index: usize| watches[index].session);
    let sessions: Vec<_> = bench.offered_claims().into_iter().map(|(session, _)| session).collect();
    assert_eq!(sessions, order, "also when the session is about to end");
    assert_eq!(bench.offer().closes.iter().map(|row| row.session).collect::<Vec<_>>(), order);

    // It stays so when the claim is raised.
    bench.claim(watches[0].claim(6)).unwrap();
    assert_eq!(bench.offered_claims()[2], (first, 6));
}

#[test]
fn ticket_replaced_by_one_of_another_gateway_goes_in_its_old_place() {
    let bench = Bench::new();
    let (first, second) = (bench.watch(1), bench.watch(2));
    bench.open(&first).unwrap();
    bench.open(&second).unwrap();
    bench.pool.foreign(&[RowId::Open(first.session)]);
    let order = |bench: &Bench| bench.offer().opens.into_iter().map(|open| open.ticket.viewer).collect::<Vec<_>>();
    let [one, two] = [&first, &second].map(|watch| watch.ticket.ticket.viewer.clone());
    assert_eq!(order(&bench), [two.clone(), one.clone()]);

    let renewed = bench.watch(1).expiring(&bench.chain, 1, 100);
    bench.open(&renewed).unwrap();
    assert_eq!(order(&bench), [two.clone(), one.clone()], "the gateway is the same");
    let elsewhere = bench.watch(1).through(&bench.chain, 1, account(&pair(2)));
    bench.open(&elsewhere).unwrap();
    assert_eq!(order(&bench), [one, two]);
}

#[test]
fn close_waits_until_the_claim_is_final() {
    let mut bench = Bench::new();
    let (mut first, second) = (bench.opened(1), bench.opened(2));
    bench.claim(first.claim(1)).unwrap();
    bench.close(first.close(&bench.chain, Some(Closer::Gateway))).unwrap();
    bench.close(second.close(&bench.chain, Some(Closer::Gateway))).unwrap();
    let closes = |bench: &Bench| bench.offer().closes.iter().map(|row| row.session).collect::<Vec<_>>();

    assert_eq!(closes(&bench), [second.session], "nobody may have the close included ahead of the claim");
    assert!(bench.wave().is_empty());
    assert_eq!(closes(&bench), [], "in a block that may still be given up");
    bench.finalize();
    assert_eq!(closes(&bench), [first.session]);
}

#[test]
fn viewers_close_waits_for_nothing() {
    let mut bench = Bench::new();
    let mut watch = bench.opened(1);
    bench.claim(watch.claim(1)).unwrap();
    bench.close(watch.close(&bench.chain, Some(Closer::Viewer))).unwrap();
    let offer = bench.offer();
    assert_eq!((offer.claims.len(), offer.closes.len()), (1, 1), "the claim is settled while the session is closing");
}

#[test]
fn close_waits_for_all_parts_of_a_long_claim() {
    let mut bench = Bench::new();
    let mut watch = bench.opened(1);
    bench.pass(MAX_TICKS);
    climb(&bench, &mut watch, MAX_TICKS);
    bench.close(watch.close(&bench.chain, Some(Closer::Gateway))).unwrap();

    let offer = bench.offer();
    assert_eq!((offer.claims[0].claim.ticks, offer.closes.len()), (MAX_OFFER_SPAN, 0));
    assert!(bench.wave().is_empty());
    let offer = bench.offer();
    assert_eq!((offer.claims[0].claim.ticks, offer.closes.len()), (MAX_TICKS, 0));
    assert!(bench.wave().is_empty());
    bench.finalize();
    assert_eq!(bench.offer().closes.len(), 1);
    assert!(bench.wave().is_empty());
    bench.finalize();
    assert_eq!(bench.pool.stats().bytes, 0);
}

#[test]
fn part_of_a_long_claim_carries_its_own_proof() {
    let mut bench = Bench::new();
    let mut watch = bench.opened(1);
    climb(&bench, &mut watch, MAX_TICKS);
    // Derived once, then remembered.
    for _ in 0..2 {
        let offered = bench.offer().claims.remove(0).claim;
        assert_eq!(offered.ticks, MAX_OFFER_SPAN);
        let anchor = TickHasher::new(&watch.session).walk(&offered.proof, offered.ticks);
        assert_eq!(anchor, watch.ticket.ticket.anchor);
    }
}

#[test]
fn derivation_is_bounded() {
    let mut bench = Bench::new();
    let mut watch = bench.opened(1);
    climb(&bench, &mut watch, MAX_TICKS);
    let limits = |walk_steps| OfferLimits { walk_steps, ..OfferLimits::default() };
    let needed = u64::from(MAX_TICKS - MAX_OFFER_SPAN);
    let offered = |walk_steps| bench.pool.offer(super::bench::worker(), &limits(walk_steps)).claims.len();
    assert_eq!(offered(needed - 1), 0);
    assert_eq!(offered(needed), 1);
    assert_eq!(offered(0), 1, "what was derived need not be derived again");
}

#[test]
fn offer_among_very_many_entries_is_quick() {
    let mut bench = Bench::with(|config| config.budget.peer.burst = 1_000_000_000);
    let watch = bench.opened(1);
    let chain = bench.chain.clone();
    // Entries are made below `submit`, which would have to open 100,000 sessions first.
    let record = |n: u32| {
        let ticket = &watch.ticket.ticket;
        let terms = crate::entry::Terms { stream: 0, gateway: ticket.gateway.clone(), max_ticks: 100 };
        let session = tick_stream_primitives::session_id(&chain.genesis, &ticket.viewer, u64::from(n) + 100);
        (
            session,
            crate::entry::Record::Claim { since_ms: 0, terms, ticks: 50, proof: [1; 32], settled: 0, closing: false },
        )
    };
    let records: Vec<_> = (0..100_000).map(record).collect();
    let settled = records.iter().map(|(session, _)| tick_stream_primitives::Outcome::Settled(*session, 50));
    let outcomes: Vec<_> = settled.take(98_000).collect();
    bench.pool.state().restore(records);
    bench.pool.on_best(2, &outcomes);

    let start = Instant::now();
    let offered = (0..100).map(|_| bench.offer().claims.len()).sum::<usize>();
    assert_eq!(offered, 200_000);
    println!("an offer of 2,000 out of 100,000 takes {:?}", start.elapsed() / 100);
}
