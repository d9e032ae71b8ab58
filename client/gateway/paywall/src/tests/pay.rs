//! The rules of a tick: each is kept once and broken once.

use super::env::*;
use crate::{
    keys::{MAX_GAPS, MAX_KEYS_PER_REQUEST},
    *,
};
use tick_stream_primitives::{tick_chain::leads_to, Closing};

#[tokio::test]
async fn pay_releases_the_keys() {
    let env = TestEnvironment::new();
    let mut viewer = env.open_session(1).await;
    let paid = viewer.pay(&env, 4, 100, 2).await.unwrap();
    let token = paid.token.unwrap();
    let expected = Paid {
        released: range(100, 2),
        cost_ticks: 4,
        revealed_ticks: 4,
        charged_ticks: 4,
        ticks_left: MAX_TICKS - 4,
        credit_left: None,
        token: Some(token),
    };
    assert_eq!(paid, expected);
    let claim = env.paywall.claim_of(&viewer.id).unwrap();
    assert!(leads_to(&viewer.id, &claim.proof, claim.ticks, &viewer.signed.ticket.anchor));
}

#[tokio::test]
async fn pay_for_a_bought_key_with_the_token_is_free() {
    let env = TestEnvironment::new();
    let mut viewer = env.open_session(1).await;
    viewer.pay(&env, 2, 100, 1).await.unwrap();
    let again = viewer.pay(&env, 2, 100, 1).await.unwrap();
    assert_eq!((again.cost_ticks, again.charged_ticks, again.token), (0, 2, None));
    let overlapping = viewer.pay(&env, 4, 100, 2).await.unwrap();
    assert_eq!((overlapping.cost_ticks, overlapping.charged_ticks), (2, 4));
}

#[tokio::test]
async fn pay_from_prepaid_ticks_needs_only_the_token() {
    let env = TestEnvironment::new();
    let mut viewer = env.open_session(1).await;
    viewer.pay(&env, 10, 100, 1).await.unwrap();
    let paid = viewer.pay(&env, 0, 101, 4).await.unwrap();
    assert_eq!((paid.cost_ticks, paid.charged_ticks, paid.revealed_ticks), (8, 10, 10));
    let refusal = payment_required(viewer.pay(&env, 0, 105, 1).await);
    assert_eq!(refusal, PaymentRequired::OutOfPrepaidTicks { required_ticks: 12 });
    assert_eq!(refusal.required_ticks(), Some(12));
}

#[tokio::test]
async fn advance_reveals_a_tick_without_keys() {
    let env = TestEnvironment::new();
    let mut viewer = env.open_session(1).await;
    let tick = viewer.tick(30);
    let paid = env.paywall.advance(tick).await.unwrap();
    assert_eq!((paid.revealed_ticks, paid.charged_ticks, paid.released.count), (30, 0, 0));
    assert!(paid.token.is_some());
}

#[tokio::test]
async fn advance_to_a_known_tick_needs_the_token_and_changes_nothing() {
    let env = TestEnvironment::new();
    let mut viewer = env.open_session(1).await;
    let first = env.paywall.advance(viewer.tick(30)).await.unwrap();
    assert_eq!(payment_required(env.paywall.advance(viewer.tick(20)).await), PaymentRequired::TokenMissing);
    viewer.token = first.token;
    let again = env.paywall.advance(viewer.tick(20)).await.unwrap();
    assert_eq!((again.revealed_ticks, again.token), (30, None));
}

#[tokio::test]
async fn token_stays_the_same_for_the_whole_session() {
    let env = TestEnvironment::new();
    let mut viewer = env.open_session(1).await;
    let first = viewer.pay(&env, 2, 1, 1).await.unwrap().token;
    let second = viewer.pay(&env, 4, 2, 1).await.unwrap().token;
    assert_eq!(first, second, "requests that overtake each other must not invalidate it");
}

#[tokio::test]
async fn pay_without_a_session_is_refused() {
    let env = TestEnvironment::new();
    assert_eq!(payment_required(Viewer::new(1).pay(&env, 2, 1, 1).await), PaymentRequired::NoSession);
}

#[tokio::test]
async fn pay_for_another_stream_is_refused() {
    let env = TestEnvironment::new();
    let mut viewer = env.open_session(1).await;
    let request = PayRequest { tick: viewer.tick(2), stream: 6, wanted: range(1, 1), costs: &[2] };
    assert_eq!(payment_required(env.paywall.pay(request).await), PaymentRequired::WrongStream { stream: STREAM });
}

#[tokio::test]
async fn pay_in_a_closing_session_is_refused() {
    let env = TestEnvironment::new();
    let mut viewer = env.open_session(1).await;
    env.paywall.closing(viewer.id, Closing { block: BEST, moment: NOW });
    assert_eq!(payment_required(viewer.pay(&env, 2, 1, 1).await), PaymentRequired::SessionClosing);
}

#[tokio::test]
async fn pay_in_a_session_the_gateway_ends_is_refused() {
    let env = TestEnvironment::new();
    let mut viewer = env.open_session(1).await;
    assert!(env.paywall.end(&viewer.id));
    assert_eq!(payment_required(viewer.pay(&env, 2, 1, 1).await), PaymentRequired::SessionClosing);
}

#[tokio::test]
async fn pay_with_too_few_ticks_is_refused() {
    let env = TestEnvironment::new();
    let mut viewer = env.open_session(1).await;
    let refusal = payment_required(viewer.pay(&env, 3, 1, 2).await);
    assert_eq!(refusal, PaymentRequired::OutOfPrepaidTicks { required_ticks: 4 });
    assert_eq!(env.status(&viewer).revealed_ticks, 0, "a refused tick is not taken");
}

#[tokio::test]
async fn pay_too_far_ahead_is_refused() {
    let env = TestEnvironment::new();
    let mut viewer = env.open_session(1).await;
    let refusal = payment_required(viewer.pay(&env, 63, 1, 1).await);
    assert_eq!(refusal, PaymentRequired::TooFarAhead { ticks: 63, highest_ticks: 62 });
    viewer.pay(&env, 62, 1, 1).await.unwrap();
}

#[tokio::test]
async fn pay_faster_than_time_is_refused() {
    let env = TestEnvironment::new();
    let mut viewer = env.open_session(1).await;
    let tick = TickRequest { now_ms: NOW + 1_500, ..viewer.tick(62) };
    let request = PayRequest { tick, stream: STREAM, wanted: range(1, 1), costs: &[2] };
    assert_eq!(payment_required(env.paywall.pay(request).await), PaymentRequired::TooFast { wait_ms: 500 });
    let later = PayRequest { tick: TickRequest { now_ms: NOW + 2_000, ..tick }, ..request };
    env.paywall.pay(later).await.unwrap();
}

#[tokio::test]
async fn pay_beyond_the_maximum_is_refused() {
    let env = TestEnvironment::new();
    let mut viewer = Viewer::with_ticket(1, |ticket| ticket.max_ticks = 5);
    env.offer(&viewer).await.unwrap();
    env.paywall.opened(viewer.id, &viewer.on_chain(), Seen::Finalized);
    let exhausted = PaymentRequired::DepositSpent { max_ticks: 5 };
    assert_eq!(payment_required(viewer.pay(&env, 6, 1, 3).await), exhausted);
    viewer.pay(&env, 5, 1, 2).await.unwrap();
    assert_eq!(payment_required(viewer.pay(&env, 0, 3, 1).await), exhausted);
}

#[tokio::test]
async fn pay_with_a_wrong_proof_is_refused() {
    let env = TestEnvironment::new();
    let mut viewer = env.open_session(1).await;
    let mut other = Viewer::new(2);
    for proof in [viewer.proof(3), viewer.proof(1), other.proof(2), [0; 32]] {
        let tick = TickRequest { proof, ..viewer.tick(2) };
        let request = PayRequest { tick, stream: STREAM, wanted: range(1, 1), costs: &[2] };
        assert_eq!(payment_required(env.paywall.pay(request).await), PaymentRequired::ProofInvalid);
    }
    assert_eq!(env.status(&viewer).revealed_ticks, 0);
}

#[tokio::test]
async fn pay_with_a_malformed_range_is_refused() {
    let env = TestEnvironment::new();
    let mut viewer = env.open_session(1).await;
    let refused = viewer.pay(&env, 2, 1, MAX_KEYS_PER_REQUEST + 1).await;
    assert!(matches!(refused, Err(PayError::Malformed(Malformed::KeyCount { .. }))));
}

#[tokio::test]
async fn pay_on_credit_is_refused_once_it_is_used_up() {
    let env = TestEnvironment::new();
    let mut viewer = Viewer::new(1);
    assert_eq!(env.offer(&viewer).await.unwrap().credit_left, Some(6));
    assert_eq!(viewer.pay(&env, 6, 1, 3).await.unwrap().credit_left, Some(0));
    let unopened = PaymentRequired::CreditUsedUp { credit_ticks: 6, awaits: "in a block" };
    assert_eq!(payment_required(viewer.pay(&env, 8, 4, 1).await), unopened);

    env.paywall.opened(viewer.id, &viewer.on_chain(), Seen::Best);
    assert_eq!(viewer.pay(&env, 30, 4, 12).await.unwrap().credit_left, Some(0));
    let not_final = PaymentRequired::CreditUsedUp { credit_ticks: 30, awaits: "final" };
    assert_eq!(payment_required(viewer.pay(&env, 32, 16, 1).await), not_final);

    env.paywall.opened(viewer.id, &viewer.on_chain(), Seen::Finalized);
    assert_eq!(viewer.pay(&env, 32, 16, 1).await.unwrap().credit_left, None);
}

#[tokio::test]
async fn pay_from_too_many_ranges_is_refused() {
    let env = TestEnvironment::new();
    let mut viewer = env.open_session(1).await;
    for gap in 0..MAX_GAPS as u64 {
        viewer.pay(&env, (gap as u32 + 1) * 2, gap * 10, 1).await.unwrap();
    }
    let ticks = (MAX_GAPS as u32 + 1) * 2;
    let gaps = PaymentRequired::TooManyGaps { max_gaps: MAX_GAPS };
    assert_eq!(payment_required(viewer.pay(&env, ticks, 5_000, 1).await), gaps);
    viewer.pay(&env, ticks, 1, 1).await.unwrap();
}

#[tokio::test]
async fn counters_count_what_was_charged() {
    let env = TestEnvironment::new();
    let mut viewer = env.open_session(1).await;
    viewer.pay(&env, 4, 1, 2).await.unwrap();
    viewer.pay(&env, 0, 1, 2).await.unwrap();
    payment_required(viewer.pay(&env, 5, 3, 1).await);
    let counts = env.paywall.counts();
    assert_eq!((counts.ticks_accepted, counts.revealed_ticks, counts.charged_ticks), (1, 4, 4));
    assert_eq!((counts.keys_released, counts.payments_refused, counts.offers_accepted), (4, 1, 1));
}

#[test]
fn every_refusal_says_what_is_wrong_and_what_to_do() {
    let session = Viewer::new(1).id;
    let messages = [
        PaymentRequired::NoSession.to_string(),
        PaymentRequired::WrongStream { stream: STREAM }.to_string(),
        PaymentRequired::TicketRejected { rejection: Rejection::OtherStream }.to_string(),
        PaymentRequired::SessionClosing.to_string(),
        PaymentRequired::OutOfPrepaidTicks { required_ticks: 8 }.to_string(),
        PaymentRequired::CreditUsedUp { credit_ticks: 6, awaits: "in a block" }.to_string(),
        PaymentRequired::TokenMissing.to_string(),
        Malformed::KeyCount { count: 65, max_keys: 64 }.to_string(),
        Unavailable::Degraded { reason: "No space left on device".into() }.to_string(),
        OfferRefusal::TicketPending { session }.to_string(),
        OfferRefusal::FundsTooLow { free: 1, required: 2 }.to_string(),
        PreviewError::Over { preview_ticks: 10 }.to_string(),
    ];
    for message in messages {
        let sentences: Vec<_> = message.split_inclusive(". ").collect();
        assert_eq!(sentences.len(), 2, "{message}");
        assert!(sentences.iter().all(|sentence| sentence.starts_with(char::is_uppercase)), "{message}");
        assert!(message.ends_with('.'), "{message}");
    }
}

/// Sends the first paying request of a session again, changed a little, and returns what it is answered.
async fn repeat(
    env: &TestEnvironment,
    viewer: &mut Viewer,
    change: impl FnOnce(&mut TickRequest),
    first: u64,
) -> Result<Paid, PayError> {
    let mut tick = TickRequest { token: None, ..viewer.tick(2) };
    change(&mut tick);
    env.paywall.pay(PayRequest { tick, stream: STREAM, wanted: range(first, 1), costs: &[2] }).await
}

#[tokio::test]
async fn first_paying_request_sent_again_unchanged_gets_the_same_key_and_costs_nothing() {
    let env = TestEnvironment::new();
    let mut viewer = env.open_session(1).await;
    let first = viewer.pay(&env, 2, 100, 1).await.unwrap();
    for _ in 0..3 {
        let again = repeat(&env, &mut viewer, |_| {}, 100).await.unwrap();
        assert_eq!(again, Paid { cost_ticks: 0, ..first });
        assert!(again.token.is_some(), "the token was lost with the answer");
    }
    let tick = TickRequest { token: None, ..viewer.tick(2) };
    assert_eq!(env.paywall.advance(tick).await.unwrap().token, first.token, "without a key as well");
}

#[tokio::test]
async fn first_tick_without_the_token_buys_nothing_else() {
    let env = TestEnvironment::new();
    let mut viewer = env.open_session(1).await;
    viewer.pay(&env, 2, 100, 1).await.unwrap();
    let other_key = repeat(&env, &mut viewer, |_| {}, 101).await;
    assert_eq!(payment_required(other_key), PaymentRequired::TokenMissing);
    let other_proof = repeat(&env, &mut viewer, |tick| tick.proof[0] ^= 1, 100).await;
    assert_eq!(payment_required(other_proof), PaymentRequired::TokenMissing);
    let earlier_tick = repeat(&env, &mut viewer, |tick| tick.ticks = 1, 100).await;
    assert_eq!(payment_required(earlier_tick), PaymentRequired::TokenMissing);
    let late = repeat(&env, &mut viewer, |tick| tick.now_ms += 60_000, 100).await;
    assert_eq!(payment_required(late), PaymentRequired::TokenMissing);
}

#[tokio::test]
async fn first_tick_needs_the_token_as_soon_as_its_proof_may_be_known() {
    // After the next tick, when the claim is submitted, and when it is settled.
    let env = TestEnvironment::new();
    let mut paid_again = env.open_session(1).await;
    paid_again.pay(&env, 2, 100, 1).await.unwrap();
    paid_again.pay(&env, 4, 101, 1).await.unwrap();
    let mut submitted = env.open_session(2).await;
    submitted.pay(&env, 2, 100, 1).await.unwrap();
    env.paywall.submitted(&submitted.id, 2, LATER);
    let mut settled = env.open_session(3).await;
    settled.pay(&env, 2, 100, 1).await.unwrap();
    env.paywall.settled(settled.id, 2, Seen::Best);
    let mut undone = env.open_session(4).await;
    undone.pay(&env, 2, 100, 1).await.unwrap();
    env.paywall.settled(undone.id, 2, Seen::Best);
    env.paywall.settled(undone.id, 0, Seen::Best);
    for viewer in [&mut paid_again, &mut submitted, &mut settled, &mut undone] {
        assert_eq!(payment_required(repeat(&env, viewer, |_| {}, 100).await), PaymentRequired::TokenMissing);
    }
}

#[tokio::test]
async fn first_tick_is_not_published_while_it_shows_the_right_to_the_session() {
    let env = TestEnvironment::new();
    let mut viewer = env.open_session(1).await;
    viewer.pay(&env, 2, 100, 1).await.unwrap();
    assert_eq!(env.paywall.unsettled(LATER + 59_999), []);
    assert_eq!(env.paywall.unsettled(LATER + 60_000).len(), 1);
    viewer.pay(&env, 4, 101, 1).await.unwrap();
    assert_eq!(env.paywall.unsettled(LATER).len(), 1, "the viewer has the token");
}
