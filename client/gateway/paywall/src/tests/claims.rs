//! What has to be submitted, and when.

use super::env::*;
use crate::*;
use tick_stream_primitives::{tick_chain::leads_to, Closing};

/// A viewer who has revealed 10 ticks at `NOW`, for 5 keys.
async fn paid_ten_ticks() -> (TestEnvironment, Viewer) {
    let env = TestEnvironment::new();
    let mut viewer = env.open_session(1).await;
    let tick = TickRequest { now_ms: NOW, ..viewer.tick(10) };
    let request = PayRequest { tick, stream: STREAM, wanted: range(1, 5), costs: &[2; 5] };
    viewer.token = env.paywall.pay(request).await.unwrap().token;
    (env, viewer)
}

/// Reason, tick and close of everything that is due.
fn reasons(env: &TestEnvironment, now_ms: u64) -> Vec<(DueReason, Option<u32>, bool)> {
    let due = env.paywall.claims_due(now_ms, 10);
    due.into_iter().map(|due| (due.reason, due.claim.map(|claim| claim.ticks), due.close)).collect()
}

#[tokio::test]
async fn claim_is_due_when_the_viewer_pauses() {
    let (env, viewer) = paid_ten_ticks().await;
    assert!(reasons(&env, NOW + 14_999).is_empty());
    assert_eq!(reasons(&env, NOW + 15_000), [(DueReason::Idle, Some(10), false)]);
    let due = env.paywall.claims_due(NOW + 15_000, 10).remove(0).claim.unwrap();
    assert!(leads_to(&viewer.id, &due.proof, due.ticks, &viewer.signed.ticket.anchor));
}

#[tokio::test]
async fn claim_is_due_after_the_interval_while_the_viewer_continues() {
    let (env, mut viewer) = paid_ten_ticks().await;
    for second in [12, 24, 36, 48, 59] {
        let ticks = 10 + second / 2;
        let tick = TickRequest { now_ms: NOW + u64::from(second) * 1_000, ..viewer.tick(ticks) };
        env.paywall.advance(tick).await.unwrap();
    }
    assert!(reasons(&env, NOW + 59_999).is_empty());
    assert_eq!(reasons(&env, NOW + 60_000), [(DueReason::Interval, Some(39), false)]);
}

#[tokio::test]
async fn claim_that_is_in_no_block_is_due_again() {
    let (env, viewer) = paid_ten_ticks().await;
    env.paywall.submitted(&viewer.id, 10, NOW + 15_000);
    assert!(reasons(&env, NOW + 44_999).is_empty());
    assert_eq!(reasons(&env, NOW + 45_000), [(DueReason::NotIncluded, Some(10), false)]);
    env.paywall.block(BEST + 1, NOW + 45_000, Seen::Best);
    env.paywall.settled(viewer.id, 10, Seen::Best);
    assert!(reasons(&env, NOW + 45_000).is_empty());
}

#[tokio::test]
async fn claim_starts_at_the_finalized_tick() {
    let (env, viewer) = paid_ten_ticks().await;
    env.paywall.settled(viewer.id, 8, Seen::Best);
    assert_eq!(env.paywall.claim_of(&viewer.id).unwrap().from, 0);
    env.paywall.settled(viewer.id, 8, Seen::Finalized);
    assert_eq!(env.paywall.claim_of(&viewer.id).unwrap().from, 8);
}

#[tokio::test]
async fn unopened_session_has_nothing_due() {
    let env = TestEnvironment::new();
    let mut viewer = Viewer::new(1);
    env.offer(&viewer).await.unwrap();
    viewer.pay(&env, 2, 1, 1).await.unwrap();
    assert!(reasons(&env, LATER + 1_000_000).is_empty(), "the chain does not know the session");
}

#[tokio::test]
async fn idle_session_is_settled_and_then_closed() {
    let (env, mut viewer) = paid_ten_ticks().await;
    let idle = DueReason::Ending(Ending::Idle);
    assert_eq!(reasons(&env, NOW + 120_000), [(idle, Some(10), false)]);
    assert_eq!(payment_required(viewer.pay(&env, 12, 6, 1).await), PaymentRequired::SessionClosing);
    env.paywall.submitted(&viewer.id, 10, NOW + 120_000);
    env.paywall.settled(viewer.id, 10, Seen::Best);
    assert!(reasons(&env, NOW + 120_001).is_empty(), "the close waits until the claim is finalized");
    env.paywall.settled(viewer.id, 10, Seen::Finalized);
    assert_eq!(reasons(&env, NOW + 120_002), [(idle, None, true)], "the rest of the reserve is refunded");
    env.paywall.close_submitted(&viewer.id, NOW + 120_002);
    assert!(reasons(&env, NOW + 150_001).is_empty());
    assert_eq!(reasons(&env, NOW + 150_002), [(DueReason::NotIncluded, None, true)]);
    env.paywall.closed(viewer.id, 10, Seen::Best);
    assert!(reasons(&env, NOW + 200_000).is_empty());
}

#[tokio::test]
async fn claim_whose_block_is_undone_is_due_again() {
    let (env, viewer) = paid_ten_ticks().await;
    env.paywall.submitted(&viewer.id, 10, NOW + 15_000);
    env.paywall.settled(viewer.id, 10, Seen::Best);
    assert!(reasons(&env, NOW + 44_999).is_empty());
    assert_eq!(reasons(&env, NOW + 45_000), [(DueReason::NotFinal, Some(10), false)]);
    env.paywall.settled(viewer.id, 10, Seen::Finalized);
    assert!(reasons(&env, NOW + 45_000).is_empty());
}

#[tokio::test]
async fn session_whose_viewer_leaves_is_settled_at_once() {
    let (env, viewer) = paid_ten_ticks().await;
    env.paywall.end(&viewer.id);
    assert_eq!(reasons(&env, NOW + 1), [(DueReason::Ending(Ending::Requested), Some(10), false)]);
    let env = env.restart();
    assert_eq!(reasons(&env, NOW + 1), [(DueReason::Ending(Ending::Requested), Some(10), false)]);
}

#[tokio::test]
async fn session_without_ticks_left_is_closed() {
    let env = TestEnvironment::new();
    let mut viewer = Viewer::with_ticket(1, |ticket| ticket.max_ticks = 4);
    env.offer(&viewer).await.unwrap();
    env.paywall.opened(viewer.id, &viewer.on_chain(), Seen::Finalized);
    viewer.pay(&env, 4, 1, 2).await.unwrap();
    assert_eq!(reasons(&env, LATER + 15_000), [(DueReason::Ending(Ending::Exhausted), Some(4), false)]);
}

#[tokio::test]
async fn closing_session_becomes_urgent() {
    let (env, viewer) = paid_ten_ticks().await;
    env.paywall.closing(viewer.id, Closing { block: BEST, moment: NOW });
    assert_eq!(reasons(&env, NOW + 1), [(DueReason::Closing, Some(10), false)]);
    env.paywall.submitted(&viewer.id, 10, NOW + 1);
    assert!(reasons(&env, NOW + 2).is_empty());
    env.paywall.block(BEST + 300, NOW, Seen::Best);
    let urgent = DueReason::Urgent { blocks_left: 300 };
    assert_eq!(reasons(&env, NOW + 30_001), [(urgent, Some(10), false)]);
}

#[tokio::test]
async fn most_urgent_is_first_and_the_limit_is_kept() {
    let env = TestEnvironment::new();
    let mut viewers = Vec::new();
    for seed in 1..=3 {
        let mut viewer = env.open_session(seed).await;
        viewer.pay(&env, 10, 1, 5).await.unwrap();
        viewers.push(viewer);
    }
    env.paywall.block(BEST + 590, NOW, Seen::Best);
    env.paywall.closing(viewers[1].id, Closing { block: BEST, moment: NOW });
    env.paywall.closing(viewers[2].id, Closing { block: BEST - 5, moment: NOW });
    let due = env.paywall.claims_due(LATER + 15_000, 2);
    let order: Vec<_> = due.iter().map(|due| due.session).collect();
    assert_eq!(order, [viewers[2].id, viewers[1].id]);
}

#[tokio::test]
async fn claims_are_due_at_once_after_a_restart() {
    let (env, _viewer) = paid_ten_ticks().await;
    let env = env.restart();
    assert_eq!(reasons(&env, NOW + 1), [(DueReason::Interval, Some(10), false)]);
}

#[tokio::test]
async fn disagreeing_books_raise_an_alarm() {
    let (env, viewer) = paid_ten_ticks().await;
    let books = env.paywall.books(&viewer.id).unwrap();
    let expected = Books {
        charged_ticks: 10,
        revealed_ticks: 10,
        submitted_ticks: 0,
        settled_ticks: 0,
        finalized_settled_ticks: 0,
        price_per_tick: PRICE,
    };
    assert_eq!(books, expected);
    assert!(env.paywall.alarms(NOW + 299_999).is_empty());
    env.paywall.submitted(&viewer.id, 10, NOW + 299_999);
    let books = Books { submitted_ticks: 10, ..books };
    assert_eq!(
        env.paywall.alarms(NOW + 300_000),
        [Alarm::NotSettled(viewer.id, books)],
        "a submitted claim is not settled"
    );

    env.paywall.settled(viewer.id, 25, Seen::Best);
    let ahead = Books { settled_ticks: 25, ..books };
    assert_eq!(env.paywall.alarms(NOW), [Alarm::SettledAboveRevealed(viewer.id, ahead)]);
}

#[tokio::test]
async fn ticks_unsettled_at_the_final_close_are_a_loss() {
    let (env, viewer) = paid_ten_ticks().await;
    env.paywall.closed(viewer.id, 6, Seen::Finalized);
    let loss = Loss { session: viewer.id, stream: STREAM, ticks: 4, rejection: None };
    assert_eq!(env.paywall.alarms(NOW), [Alarm::Lost(loss)]);
    assert_eq!(env.paywall.alarms(NOW), [], "a loss is reported once");
}
