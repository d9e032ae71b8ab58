//! Rows that are offered, and their order.

use super::env::{account, gateway, nothing, pair, TestEnvironment, Watch, MAX_TICKS, PEER};
use crate::config::{MAX_OFFER_OPENS, MAX_OFFER_SPAN, MAX_WALK_STEPS};
use crate::{Accepted, OfferLimits, Submission};
use std::time::Instant;
use tick_stream_primitives::worker::{Offer, RowId};
use tick_stream_primitives::{Closer, Outcome, SignedTicket, TickHasher};

/// Claims up to `ticks`, in steps that the pool verifies at once.
fn climb(env: &TestEnvironment, watch: &mut Watch, ticks: u32) {
    let steps = (1..).map(|n| n * MAX_WALK_STEPS).take_while(|step| *step < ticks);
    let claims = steps.chain([ticks]).map(|step| watch.claim(step)).collect();
    let answers = env.pool.submit(PEER, Submission { claims, ..Submission::default() });
    assert!(answers.claims.iter().all(Result::is_ok), "{answers:?}");
}

#[test]
fn oldest_claim_is_offered_first() {
    let mut env = TestEnvironment::new();
    let mut watches: Vec<_> = (0..4).map(|viewer| env.opened(viewer)).collect();
    for index in [2, 0, 3, 1, 2] {
        env.clock.advance(10);
        let higher = env.pool.revealed_ticks(&watches[index].session).unwrap_or(0) + 1;
        env.claim(watches[index].claim(higher)).unwrap();
    }
    let order: Vec<_> = env.offered_claims().into_iter().map(|(session, _)| session).collect();
    assert_eq!(order, [2, 0, 3, 1].map(|index: usize| watches[index].session));
    assert_eq!(env.pool.stats().oldest_age_ms, 40);
}

#[test]
fn claims_of_closing_sessions_are_offered_first() {
    let mut env = TestEnvironment::new();
    let mut watches: Vec<_> = (0..3).map(|viewer| env.opened(viewer)).collect();
    for watch in &mut watches {
        env.claim(watch.claim(5)).unwrap();
    }
    let number = env.chain.best() + 1;
    env.pool.on_best(number, &[tick_stream_primitives::Outcome::Closing(watches[2].session)]);
    assert_eq!(env.offered_claims()[0], (watches[2].session, 5));

    env.close(watches[1].close(&env.chain, Some(Closer::Gateway))).unwrap();
    let order: Vec<_> = env.offered_claims().into_iter().map(|(session, _)| session).collect();
    assert_eq!(order, [1, 2, 0].map(|index: usize| watches[index].session));
}

#[test]
fn claim_on_a_session_known_to_be_closing_is_offered_first() {
    let mut env = TestEnvironment::new();
    let (mut first, mut second) = (env.opened(1), env.opened(2));
    env.close(second.close(&env.chain, Some(Closer::Viewer))).unwrap();
    env.wave();
    env.finalize();
    env.claim(first.claim(1)).unwrap();
    env.claim(second.claim(1)).unwrap();
    assert_eq!(env.offered_claims(), [(second.session, 1), (first.session, 1)]);
}

#[test]
fn tickets_of_other_gateways_are_offered_last() {
    let env = TestEnvironment::with(|config| {
        config.budget.peer.burst = 1_000_000_000;
        config.budget.foreign = config.budget.global;
        config.budget.newcomers = config.budget.global;
    });
    let strangers = MAX_OFFER_OPENS as u64 + 10;
    let watches: Vec<_> = (0..=strangers).map(|n| Watch::with_seed(&env.chain, n, 1, [1; 32], 1)).collect();
    let own = watches.last().expect("the list is not empty");
    let opens = watches.iter().map(|watch| watch.ticket.clone()).collect();
    let answers = env.pool.submit(PEER, Submission { opens, ..Submission::default() });
    assert!(answers.opens.iter().all(Result::is_ok));
    let foreign = |offered: &[SignedTicket]| -> Vec<_> {
        let ids = offered.iter().map(|open| RowId::Open(open.ticket.session_id(&env.chain.genesis)));
        ids.filter(|row| *row != RowId::Open(own.session)).collect()
    };
    let offer = env.offer();
    assert_eq!(offer.opens.len(), MAX_OFFER_OPENS);
    assert!(!offer.opens.contains(&own.ticket), "older tickets of other gateways leave no room for it");
    env.pool.on_foreign(&foreign(&offer.opens));

    let offer = env.offer();
    assert_eq!(offer.opens.len(), MAX_OFFER_OPENS, "foreign tickets fill the remaining room");
    assert!(offer.opens.contains(&own.ticket));
    env.pool.on_foreign(&foreign(&offer.opens));
    assert_eq!(env.offer().opens[0], own.ticket);
}

#[test]
fn claims_and_closes_of_other_gateways_are_offered_last() {
    let mut env = TestEnvironment::new();
    let mut watches: Vec<_> = (0..3).map(|viewer| env.opened(viewer)).collect();
    for watch in &mut watches {
        env.claim(watch.claim(5)).unwrap();
        env.close(watch.close(&env.chain, Some(Closer::Viewer))).unwrap();
    }
    let first = watches[0].session;
    env.pool.on_foreign(&[RowId::Claim(first), RowId::Close(first)]);
    let order = [1, 2, 0].map(|index: usize| watches[index].session);
    let sessions: Vec<_> = env.offered_claims().into_iter().map(|(session, _)| session).collect();
    assert_eq!(sessions, order, "even though the session is about to end");
    assert_eq!(env.offer().closes.iter().map(|row| row.session).collect::<Vec<_>>(), order);

    // The claim stays foreign when it is raised.
    env.claim(watches[0].claim(6)).unwrap();
    assert_eq!(env.offered_claims()[2], (first, 6));
}

#[test]
fn ticket_replaced_by_one_of_another_gateway_is_no_longer_foreign() {
    let env = TestEnvironment::new();
    let (first, second) = (env.watch(1), env.watch(2));
    env.open(&first).unwrap();
    env.open(&second).unwrap();
    env.pool.on_foreign(&[RowId::Open(first.session)]);
    let order =
        |env: &TestEnvironment| env.offer().opens.into_iter().map(|open| open.ticket.viewer).collect::<Vec<_>>();
    let [one, two] = [&first, &second].map(|watch| watch.ticket.ticket.viewer.clone());
    assert_eq!(order(&env), [two.clone(), one.clone()]);

    let renewed = env.watch(1).expiring(&env.chain, 1, 100);
    env.open(&renewed).unwrap();
    assert_eq!(order(&env), [two.clone(), one.clone()], "the gateway is the same");
    let elsewhere = env.watch(1).through(&env.chain, 1, account(&pair(2)));
    env.open(&elsewhere).unwrap();
    assert_eq!(order(&env), [one, two]);
}

#[test]
fn close_waits_until_the_claim_is_final() {
    let mut env = TestEnvironment::new();
    let (mut first, second) = (env.opened(1), env.opened(2));
    env.claim(first.claim(1)).unwrap();
    env.close(first.close(&env.chain, Some(Closer::Gateway))).unwrap();
    env.close(second.close(&env.chain, Some(Closer::Gateway))).unwrap();
    let closes = |env: &TestEnvironment| env.offer().closes.iter().map(|row| row.session).collect::<Vec<_>>();

    assert_eq!(closes(&env), [second.session], "the close must not be included before the claim");
    assert!(env.wave().is_empty());
    assert_eq!(closes(&env), [], "the block with the claim may still be retracted");
    env.finalize();
    assert_eq!(closes(&env), [first.session]);
}

#[test]
fn viewers_close_does_not_wait_for_the_claim() {
    let mut env = TestEnvironment::new();
    let mut watch = env.opened(1);
    env.claim(watch.claim(1)).unwrap();
    env.close(watch.close(&env.chain, Some(Closer::Viewer))).unwrap();
    let offer = env.offer();
    assert_eq!((offer.claims.len(), offer.closes.len()), (1, 1), "the claim is settled while the session is closing");
}

#[test]
fn close_waits_for_all_parts_of_a_long_claim() {
    let mut env = TestEnvironment::new();
    let mut watch = env.opened(1);
    env.pass(MAX_TICKS);
    climb(&env, &mut watch, MAX_TICKS);
    env.close(watch.close(&env.chain, Some(Closer::Gateway))).unwrap();

    let offer = env.offer();
    assert_eq!((offer.claims[0].claim.ticks, offer.closes.len()), (MAX_OFFER_SPAN, 0));
    assert!(env.wave().is_empty());
    let offer = env.offer();
    assert_eq!((offer.claims[0].claim.ticks, offer.closes.len()), (MAX_TICKS, 0));
    assert!(env.wave().is_empty());
    env.finalize();
    assert_eq!(env.offer().closes.len(), 1);
    assert!(env.wave().is_empty());
    env.finalize();
    assert_eq!(env.pool.stats().bytes, 0);
}

#[test]
fn part_of_a_long_claim_carries_its_own_proof() {
    let mut env = TestEnvironment::new();
    let mut watch = env.opened(1);
    climb(&env, &mut watch, MAX_TICKS);
    // The proof is derived for the first offer and remembered for the second.
    for _ in 0..2 {
        let offered = env.offer().claims.remove(0).claim;
        assert_eq!(offered.ticks, MAX_OFFER_SPAN);
        let anchor = TickHasher::new(&watch.session).walk(&offered.proof, offered.ticks);
        assert_eq!(anchor, watch.ticket.ticket.anchor);
    }
}

#[test]
fn hash_steps_of_one_offer_are_bounded() {
    let mut env = TestEnvironment::new();
    let mut watch = env.opened(1);
    climb(&env, &mut watch, MAX_TICKS);
    let limits = |walk_steps| OfferLimits { walk_steps, ..OfferLimits::default() };
    let needed = u64::from(MAX_TICKS - MAX_OFFER_SPAN);
    let offered = |walk_steps| env.pool.offer(super::env::worker(), &limits(walk_steps)).claims.len();
    assert_eq!(offered(needed - 1), 0);
    assert_eq!(offered(needed), 1);
    assert_eq!(offered(0), 1, "a derived proof is remembered");
}

#[test]
fn offer_is_chosen_among_a_hundred_thousand_rows() {
    let mut env = TestEnvironment::with(|config| config.budget.peer.burst = 1_000_000_000);
    let watch = env.opened(1);
    let chain = env.chain.clone();
    // Rows are restored, not submitted, because `submit` would need 100,000 open sessions.
    let record = |n: u32| {
        let ticket = &watch.ticket.ticket;
        let terms = crate::entry::Terms { stream: 0, gateway: ticket.gateway.clone(), max_ticks: 100 };
        let session =
            tick_stream_primitives::session_id(&chain.genesis, &ticket.viewer, &ticket.session_key, u64::from(n) + 100);
        (
            session,
            crate::entry::Record::Claim {
                since_ms: 0,
                terms,
                ticks: 50,
                proof: [1; 32],
                settled_ticks: 0,
                closing: false,
            },
        )
    };
    let records: Vec<_> = (0..100_000).map(record).collect();
    let settled = records.iter().map(|(session, _)| tick_stream_primitives::Outcome::Settled(*session, 50));
    let outcomes: Vec<_> = settled.take(98_000).collect();
    env.pool.state().restore(records);
    env.pool.on_best(2, &outcomes);

    let start = Instant::now();
    let offered = (0..100).map(|_| env.offer().claims.len()).sum::<usize>();
    assert_eq!(offered, 200_000);
    println!("choosing 2,000 of 100,000 rows takes {:?}", start.elapsed() / 100);
}

#[test]
fn foreign_rows_are_counted_by_gateway() {
    let env = TestEnvironment::new();
    let other = account(&pair(2));
    let (first, mut second) = (env.watch(1), env.watch(2));
    let elsewhere = env.watch(3).through(&env.chain, 3, other.clone());
    for watch in [&first, &second, &elsewhere] {
        env.open(watch).unwrap();
    }
    env.claim(second.claim(1)).unwrap();
    let rows = [
        RowId::Open(first.session),
        RowId::Open(second.session),
        RowId::Claim(second.session),
        RowId::Open(elsewhere.session),
        RowId::Close(env.watch(4).session),
    ];
    assert_eq!(env.pool.on_foreign(&rows), [(account(&gateway()), 3), (other, 1)]);
    // The claim is not ready by itself: it is offered together with its ticket.
    assert_eq!(env.pool.stats().foreign, 3);
    env.wave();
    assert_eq!(env.pool.stats().foreign, 0, "included rows do not wait");
}

#[test]
fn claim_beside_the_gateways_close_is_offered_as_the_last_one() {
    let mut env = TestEnvironment::new();
    let mut watches: Vec<_> = (0..4).map(|viewer| env.opened(viewer)).collect();
    for watch in &mut watches[..3] {
        env.claim(watch.claim(5)).unwrap();
    }
    for (watch, by) in watches.iter().zip([Closer::Gateway, Closer::Viewer]) {
        env.close(watch.close(&env.chain, Some(by))).unwrap();
    }
    let ending = |env: &TestEnvironment| env.offer().ending.iter().map(|row| row.session).collect::<Vec<_>>();
    assert_eq!(ending(&env), [watches[0].session], "a viewer's close ends nothing at once");

    env.wave();
    assert_eq!(ending(&env), [], "all ticks are settled");
    env.retract();
    assert_eq!(ending(&env), [watches[0].session]);

    // The close may come before the claim.
    env.close(watches[3].close(&env.chain, Some(Closer::Operator))).unwrap();
    env.claim(watches[3].claim(5)).unwrap();
    assert!(ending(&env).contains(&watches[3].session));
}

/// Anyone who knows the ticks of a session may post one more in every block. Each would be settled as the last claim, and
/// hold the close back.
#[test]
fn claims_posted_tick_by_tick_do_not_hold_the_gateways_close_up() {
    let mut env = TestEnvironment::new();
    let mut watch = env.opened(1);
    env.claim(watch.claim(5)).unwrap();
    env.close(watch.close(&env.chain, Some(Closer::Gateway))).unwrap();
    let mut last_claims = 0;
    for ticks in 6..30 {
        env.claim(watch.claim(ticks)).unwrap_or(Accepted::Known);
        last_claims += env.offer().ending.len();
        if env.chain.get(&watch.session).is_none() {
            break;
        }
        env.wave();
        env.finalize();
    }
    assert_eq!(env.chain.get(&watch.session), None, "the session has ended");
    assert_eq!(last_claims, 1);
    let outcomes = env.chain.outcomes_of(&watch.session);
    let settled = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Settled(..))).count();
    assert_eq!(settled, 2, "once before the close, and once together with it: {outcomes:?}");
}

/// Session of 20 ticks whose time is over, with a claim of 5 ticks.
fn overdue(env: &mut TestEnvironment) -> Watch {
    let mut watch = Watch::with_seed(&env.chain, 1, 1, [1; 32], 20);
    env.build(&Offer { opens: vec![watch.ticket.clone()], ..nothing() });
    env.finalize();
    env.pass(21);
    env.claim(watch.claim(5)).unwrap();
    watch
}

/// Anyone can make an unsigned close, so it neither makes a claim the last one nor has to be hidden.
#[test]
fn unsigned_close_does_not_make_a_claim_the_last_one() {
    let mut env = TestEnvironment::new();
    let watch = overdue(&mut env);
    env.close(watch.close(&env.chain, None)).unwrap();
    let offer = env.offer();
    assert_eq!((offer.claims.len(), offer.closes.len(), offer.ending.len()), (1, 1, 0));

    env.build(&Offer { closes: offer.closes, ..nothing() });
    env.finalize();
    env.pass(super::chain::PERIODS.close_period);
    env.close(watch.close(&env.chain, None)).unwrap();
    let offer = env.offer();
    assert_eq!((offer.claims.len(), offer.closes.len(), offer.ending.len()), (1, 1, 0));
}

/// The worker may leave the claim waiting for ever, if it is not worth its fee.
#[test]
fn unsigned_close_of_a_closing_session_is_offered_together_with_its_claim() {
    let mut env = TestEnvironment::new();
    let mut watch = overdue(&mut env);
    env.build(&Offer { closes: vec![watch.close(&env.chain, None)], ..nothing() });
    env.pass(super::chain::PERIODS.close_period);
    env.close(watch.close(&env.chain, None)).unwrap();
    let without_claims = OfferLimits { claims: 0, ..OfferLimits::default() };
    assert_eq!(env.pool.offer(super::env::worker(), &without_claims).closes, [], "the claim has to come first");
    env.claim(watch.claim(6)).unwrap();
    let offer = env.offer();
    assert_eq!((offer.claims.len(), offer.closes.len()), (1, 1));

    env.build(&Offer { closes: offer.closes, ..nothing() });
    env.finalize();
    assert_eq!(env.pool.stats().bytes, 0, "the claim is gone with its session");
}
