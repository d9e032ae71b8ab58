//! The rules of a tick, each once kept and once broken.

use super::world::*;
use crate::{
    keys::{MAX_GAPS, MAX_KEYS_PER_REQUEST},
    *,
};
use tick_stream_primitives::{tick_chain::leads_to, Closing};

#[tokio::test]
async fn pay_works() {
    let world = World::new();
    let mut viewer = world.watching(1).await;
    let paid = viewer.pay(&world, 4, 100, 2).await.unwrap();
    let token = paid.token.unwrap();
    let expected = Paid {
        released: range(100, 2),
        ticks_charged: 4,
        ticks_paid: 4,
        ticks_owed: 4,
        ticks_left: MAX_TICKS - 4,
        credit_left: None,
        token: Some(token),
    };
    assert_eq!(paid, expected);
    let claim = world.paywall.claim_of(&viewer.id).unwrap();
    assert!(leads_to(&viewer.id, &claim.proof, claim.ticks, &viewer.signed.ticket.anchor));
}

#[tokio::test]
async fn pay_for_a_bought_key_with_the_token_is_free() {
    let world = World::new();
    let mut viewer = world.watching(1).await;
    viewer.pay(&world, 2, 100, 1).await.unwrap();
    let again = viewer.pay(&world, 2, 100, 1).await.unwrap();
    assert_eq!((again.ticks_charged, again.ticks_owed, again.token), (0, 2, None));
    let overlapping = viewer.pay(&world, 4, 100, 2).await.unwrap();
    assert_eq!((overlapping.ticks_charged, overlapping.ticks_owed), (2, 4));
}

#[tokio::test]
async fn pay_from_prepaid_ticks_with_the_token_works() {
    let world = World::new();
    let mut viewer = world.watching(1).await;
    viewer.pay(&world, 10, 100, 1).await.unwrap();
    let paid = viewer.pay(&world, 0, 101, 4).await.unwrap();
    assert_eq!((paid.ticks_charged, paid.ticks_owed, paid.ticks_paid), (8, 10, 10));
    let missing = missing(viewer.pay(&world, 0, 105, 1).await);
    assert_eq!(missing, PaymentRequired::OutOfPrepaidTicks { ticks_due: 2, needed_ticks: 12 });
    assert_eq!(missing.ticks_due(), Some(2));
}

#[tokio::test]
async fn advance_works() {
    let world = World::new();
    let mut viewer = world.watching(1).await;
    let tick = viewer.tick(30);
    let paid = world.paywall.advance(tick).await.unwrap();
    assert_eq!((paid.ticks_paid, paid.ticks_owed, paid.released.count), (30, 0, 0));
    assert!(paid.token.is_some());
}

#[tokio::test]
async fn advance_to_a_known_tick_needs_the_token_and_changes_nothing() {
    let world = World::new();
    let mut viewer = world.watching(1).await;
    let first = world.paywall.advance(viewer.tick(30)).await.unwrap();
    assert_eq!(missing(world.paywall.advance(viewer.tick(20)).await), PaymentRequired::TokenMissing);
    viewer.token = first.token;
    let again = world.paywall.advance(viewer.tick(20)).await.unwrap();
    assert_eq!((again.ticks_paid, again.token), (30, None));
}

#[tokio::test]
async fn token_stays_the_same_while_the_session_lives() {
    let world = World::new();
    let mut viewer = world.watching(1).await;
    let first = viewer.pay(&world, 2, 1, 1).await.unwrap().token;
    let second = viewer.pay(&world, 4, 2, 1).await.unwrap().token;
    assert_eq!(first, second, "requests that overtake each other must not invalidate it");
}

#[tokio::test]
async fn pay_without_a_session_fails() {
    let world = World::new();
    assert_eq!(missing(Viewer::new(1).pay(&world, 2, 1, 1).await), PaymentRequired::NoSession);
}

#[tokio::test]
async fn pay_for_another_stream_fails() {
    let world = World::new();
    let mut viewer = world.watching(1).await;
    let request = PayRequest { tick: viewer.tick(2), stream: 6, wanted: range(1, 1), costs: &[2] };
    assert_eq!(missing(world.paywall.pay(request).await), PaymentRequired::WrongStream { stream: STREAM });
}

#[tokio::test]
async fn pay_in_a_closing_session_fails() {
    let world = World::new();
    let mut viewer = world.watching(1).await;
    world.paywall.closing(viewer.id, Closing { block: BEST, moment: NOW });
    assert_eq!(missing(viewer.pay(&world, 2, 1, 1).await), PaymentRequired::SessionClosing);
}

#[tokio::test]
async fn pay_in_a_session_the_gateway_ends_fails() {
    let world = World::new();
    let mut viewer = world.watching(1).await;
    assert!(world.paywall.end(&viewer.id));
    assert_eq!(missing(viewer.pay(&world, 2, 1, 1).await), PaymentRequired::SessionClosing);
}

#[tokio::test]
async fn pay_with_too_few_ticks_fails() {
    let world = World::new();
    let mut viewer = world.watching(1).await;
    let due = missing(viewer.pay(&world, 3, 1, 2).await);
    assert_eq!(due, PaymentRequired::OutOfPrepaidTicks { ticks_due: 4, needed_ticks: 4 });
    assert_eq!(world.status(&viewer).ticks_paid, 0, "nothing is taken for nothing");
}

#[tokio::test]
async fn pay_too_far_ahead_fails() {
    let world = World::new();
    let mut viewer = world.watching(1).await;
    let ahead = missing(viewer.pay(&world, 63, 1, 1).await);
    assert_eq!(ahead, PaymentRequired::TooFarAhead { ticks: 63, highest_ticks: 62 });
    viewer.pay(&world, 62, 1, 1).await.unwrap();
}

#[tokio::test]
async fn pay_faster_than_time_fails() {
    let world = World::new();
    let mut viewer = world.watching(1).await;
    let tick = TickRequest { now_ms: NOW + 1_500, ..viewer.tick(62) };
    let request = PayRequest { tick, stream: STREAM, wanted: range(1, 1), costs: &[2] };
    assert_eq!(missing(world.paywall.pay(request).await), PaymentRequired::TooFast { wait_ms: 500 });
    let later = PayRequest { tick: TickRequest { now_ms: NOW + 2_000, ..tick }, ..request };
    world.paywall.pay(later).await.unwrap();
}

#[tokio::test]
async fn pay_beyond_the_maximum_fails() {
    let world = World::new();
    let mut viewer = Viewer::tuned(1, |ticket| ticket.max_ticks = 5);
    world.offer(&viewer).await.unwrap();
    world.paywall.opened(viewer.id, &viewer.on_chain(), Seen::Finalized);
    let spent = PaymentRequired::DepositSpent { max_ticks: 5 };
    assert_eq!(missing(viewer.pay(&world, 6, 1, 3).await), spent);
    viewer.pay(&world, 5, 1, 2).await.unwrap();
    assert_eq!(missing(viewer.pay(&world, 0, 3, 1).await), spent);
}

#[tokio::test]
async fn pay_with_a_wrong_proof_fails() {
    let world = World::new();
    let mut viewer = world.watching(1).await;
    let mut other = Viewer::new(2);
    for proof in [viewer.proof(3), viewer.proof(1), other.proof(2), [0; 32]] {
        let tick = TickRequest { proof, ..viewer.tick(2) };
        let request = PayRequest { tick, stream: STREAM, wanted: range(1, 1), costs: &[2] };
        assert_eq!(missing(world.paywall.pay(request).await), PaymentRequired::ProofInvalid);
    }
    assert_eq!(world.status(&viewer).ticks_paid, 0);
}

#[tokio::test]
async fn pay_with_a_malformed_range_fails() {
    let world = World::new();
    let mut viewer = world.watching(1).await;
    let refused = viewer.pay(&world, 2, 1, MAX_KEYS_PER_REQUEST + 1).await;
    assert!(matches!(refused, Err(PayError::Malformed(Malformed::KeyCount { .. }))));
}

#[tokio::test]
async fn pay_on_credit_works_until_it_is_used_up() {
    let world = World::new();
    let mut viewer = Viewer::new(1);
    assert_eq!(world.offer(&viewer).await.unwrap().credit_left, Some(6));
    assert_eq!(viewer.pay(&world, 6, 1, 3).await.unwrap().credit_left, Some(0));
    let unopened = PaymentRequired::CreditUsedUp { credit_ticks: 6, awaits: "in a block" };
    assert_eq!(missing(viewer.pay(&world, 8, 4, 1).await), unopened);

    world.paywall.opened(viewer.id, &viewer.on_chain(), Seen::Best);
    assert_eq!(viewer.pay(&world, 30, 4, 12).await.unwrap().credit_left, Some(0));
    let not_final = PaymentRequired::CreditUsedUp { credit_ticks: 30, awaits: "final" };
    assert_eq!(missing(viewer.pay(&world, 32, 16, 1).await), not_final);

    world.paywall.opened(viewer.id, &viewer.on_chain(), Seen::Finalized);
    assert_eq!(viewer.pay(&world, 32, 16, 1).await.unwrap().credit_left, None);
}

#[tokio::test]
async fn pay_from_too_many_ranges_fails() {
    let world = World::new();
    let mut viewer = world.watching(1).await;
    for gap in 0..MAX_GAPS as u64 {
        viewer.pay(&world, (gap as u32 + 1) * 2, gap * 10, 1).await.unwrap();
    }
    let ticks = (MAX_GAPS as u32 + 1) * 2;
    let gaps = PaymentRequired::TooManyGaps { max_gaps: MAX_GAPS };
    assert_eq!(missing(viewer.pay(&world, ticks, 5_000, 1).await), gaps);
    viewer.pay(&world, ticks, 1, 1).await.unwrap();
}

#[tokio::test]
async fn counters_say_what_was_sold() {
    let world = World::new();
    let mut viewer = world.watching(1).await;
    viewer.pay(&world, 4, 1, 2).await.unwrap();
    viewer.pay(&world, 0, 1, 2).await.unwrap();
    missing(viewer.pay(&world, 5, 3, 1).await);
    let counts = world.paywall.counts();
    assert_eq!((counts.ticks_accepted, counts.ticks_revealed, counts.ticks_charged), (1, 4, 4));
    assert_eq!((counts.keys_released, counts.payments_refused, counts.offers_taken), (4, 1, 1));
    assert!(counts.named().contains(&("keys_released", 4)));
}

#[test]
fn every_refusal_says_what_would_mend_it() {
    let refusals = [
        PaymentRequired::NoSession,
        PaymentRequired::SessionClosing,
        PaymentRequired::TokenMissing,
        PaymentRequired::DeadTicket { death: Death::OtherStream },
        PaymentRequired::OutOfPrepaidTicks { ticks_due: 2, needed_ticks: 8 },
    ];
    for refusal in refusals {
        let sentence = refusal.to_string();
        assert!(sentence.contains(';') && sentence.ends_with('.'), "{}: {sentence}", refusal.code());
    }
}
