//! What settlement is told, and when.

use super::world::*;
use crate::*;
use tick_stream_primitives::{tick_chain::leads_to, Closing};

/// A session with 10 ticks paid at `NOW`.
async fn paid_now() -> (World, Viewer) {
    let world = World::new();
    let mut viewer = world.watching(1).await;
    let tick = TickRequest { now_ms: NOW, ..viewer.tick(10) };
    let request = PayRequest { tick, stream: STREAM, wanted: range(1, 5), costs: &[2; 5] };
    viewer.token = world.paywall.pay(request).await.unwrap().token;
    (world, viewer)
}

fn reasons(world: &World, now_ms: u64) -> Vec<(DueReason, Option<u32>, bool)> {
    let due = world.paywall.claims_due(now_ms, 10);
    due.into_iter().map(|due| (due.reason, due.claim.map(|claim| claim.ticks), due.close)).collect()
}

#[tokio::test]
async fn claim_is_due_when_the_viewer_pauses() {
    let (world, viewer) = paid_now().await;
    assert!(reasons(&world, NOW + 14_999).is_empty());
    assert_eq!(reasons(&world, NOW + 15_000), [(DueReason::Idle, Some(10), false)]);
    let due = world.paywall.claims_due(NOW + 15_000, 10).remove(0).claim.unwrap();
    assert!(leads_to(&viewer.id, &due.proof, due.ticks, &viewer.signed.ticket.anchor));
}

#[tokio::test]
async fn claim_is_due_after_the_interval_though_the_viewer_goes_on() {
    let (world, mut viewer) = paid_now().await;
    for second in [12, 24, 36, 48, 59] {
        let ticks = 10 + second / 2;
        let tick = TickRequest { now_ms: NOW + u64::from(second) * 1_000, ..viewer.tick(ticks) };
        world.paywall.advance(tick).await.unwrap();
    }
    assert!(reasons(&world, NOW + 59_999).is_empty());
    assert_eq!(reasons(&world, NOW + 60_000), [(DueReason::Interval, Some(39), false)]);
}

#[tokio::test]
async fn claim_that_is_in_no_block_is_due_again() {
    let (world, viewer) = paid_now().await;
    world.paywall.submitted(&viewer.id, 10, NOW + 15_000);
    assert!(reasons(&world, NOW + 44_999).is_empty());
    assert_eq!(reasons(&world, NOW + 45_000), [(DueReason::NotIncluded, Some(10), false)]);
    world.paywall.block(BEST + 1, NOW + 45_000, Seen::Best);
    world.paywall.settled(viewer.id, 10, Seen::Best);
    assert!(reasons(&world, NOW + 45_000).is_empty());
}

#[tokio::test]
async fn claim_starts_at_what_is_final() {
    let (world, viewer) = paid_now().await;
    world.paywall.settled(viewer.id, 8, Seen::Best);
    assert_eq!(world.paywall.claim_of(&viewer.id).unwrap().from, 0);
    world.paywall.settled(viewer.id, 8, Seen::Finalized);
    assert_eq!(world.paywall.claim_of(&viewer.id).unwrap().from, 8);
}

#[tokio::test]
async fn unopened_session_has_nothing_due() {
    let world = World::new();
    let mut viewer = Viewer::new(1);
    world.offer(&viewer).await.unwrap();
    viewer.pay(&world, 2, 1, 1).await.unwrap();
    assert!(reasons(&world, FAR + 1_000_000).is_empty(), "the chain does not know the session");
}

#[tokio::test]
async fn idle_session_is_settled_and_then_closed() {
    let (world, mut viewer) = paid_now().await;
    let idle = DueReason::Ending(Ending::Idle);
    assert_eq!(reasons(&world, NOW + 120_000), [(idle, Some(10), false)]);
    assert_eq!(missing(viewer.pay(&world, 12, 6, 1).await), PaymentRequired::SessionClosing);
    world.paywall.submitted(&viewer.id, 10, NOW + 120_000);
    world.paywall.settled(viewer.id, 10, Seen::Best);
    assert!(reasons(&world, NOW + 120_001).is_empty(), "the close never overtakes the claim");
    world.paywall.settled(viewer.id, 10, Seen::Finalized);
    assert_eq!(reasons(&world, NOW + 120_002), [(idle, None, true)], "the rest of the reserve is not kept waiting");
    world.paywall.close_submitted(&viewer.id, NOW + 120_002);
    assert!(reasons(&world, NOW + 150_001).is_empty());
    assert_eq!(reasons(&world, NOW + 150_002), [(DueReason::NotIncluded, None, true)]);
    world.paywall.closed(viewer.id, 10, Seen::Best);
    assert!(reasons(&world, NOW + 200_000).is_empty());
}

#[tokio::test]
async fn claim_whose_block_is_undone_is_due_again() {
    let (world, viewer) = paid_now().await;
    world.paywall.submitted(&viewer.id, 10, NOW + 15_000);
    world.paywall.settled(viewer.id, 10, Seen::Best);
    assert!(reasons(&world, NOW + 44_999).is_empty());
    assert_eq!(reasons(&world, NOW + 45_000), [(DueReason::NotFinal, Some(10), false)]);
    world.paywall.settled(viewer.id, 10, Seen::Finalized);
    assert!(reasons(&world, NOW + 45_000).is_empty());
}

#[tokio::test]
async fn session_whose_viewer_leaves_is_settled_at_once() {
    let (world, viewer) = paid_now().await;
    world.paywall.end(&viewer.id);
    assert_eq!(reasons(&world, NOW + 1), [(DueReason::Ending(Ending::Asked), Some(10), false)]);
    let world = world.restart();
    assert_eq!(reasons(&world, NOW + 1), [(DueReason::Ending(Ending::Asked), Some(10), false)]);
}

#[tokio::test]
async fn spent_session_is_closed() {
    let world = World::new();
    let mut viewer = Viewer::tuned(1, |ticket| ticket.max_ticks = 4);
    world.offer(&viewer).await.unwrap();
    world.paywall.opened(viewer.id, &viewer.on_chain(), Seen::Finalized);
    viewer.pay(&world, 4, 1, 2).await.unwrap();
    assert_eq!(reasons(&world, FAR + 15_000), [(DueReason::Ending(Ending::Spent), Some(4), false)]);
}

#[tokio::test]
async fn closing_session_becomes_urgent() {
    let (world, viewer) = paid_now().await;
    world.paywall.closing(viewer.id, Closing { block: BEST, moment: NOW });
    assert_eq!(reasons(&world, NOW + 1), [(DueReason::Closing, Some(10), false)]);
    world.paywall.submitted(&viewer.id, 10, NOW + 1);
    assert!(reasons(&world, NOW + 2).is_empty());
    world.paywall.block(BEST + 300, NOW, Seen::Best);
    let urgent = DueReason::Urgent { blocks_left: 300 };
    assert_eq!(reasons(&world, NOW + 30_001), [(urgent, Some(10), false)]);
}

#[tokio::test]
async fn most_urgent_is_first_and_the_limit_is_kept() {
    let world = World::new();
    let mut viewers = Vec::new();
    for seed in 1..=3 {
        let mut viewer = world.watching(seed).await;
        viewer.pay(&world, 10, 1, 5).await.unwrap();
        viewers.push(viewer);
    }
    world.paywall.block(BEST + 590, NOW, Seen::Best);
    world.paywall.closing(viewers[1].id, Closing { block: BEST, moment: NOW });
    world.paywall.closing(viewers[2].id, Closing { block: BEST - 5, moment: NOW });
    let due = world.paywall.claims_due(FAR + 15_000, 2);
    let order: Vec<_> = due.iter().map(|due| due.session).collect();
    assert_eq!(order, [viewers[2].id, viewers[1].id]);
}

#[tokio::test]
async fn claims_are_due_at_once_after_a_restart() {
    let (world, _viewer) = paid_now().await;
    let world = world.restart();
    assert_eq!(reasons(&world, NOW + 1), [(DueReason::Interval, Some(10), false)]);
}

#[tokio::test]
async fn books_agree_and_alarms_say_when_not() {
    let (world, viewer) = paid_now().await;
    let books = world.paywall.books(&viewer.id).unwrap();
    let expected =
        Books { released: 10, claimed: 10, submitted: 0, settled: 0, settled_final: 0, price_per_tick: PRICE };
    assert_eq!(books, expected);
    assert!(world.paywall.alarms(NOW + 299_999).is_empty());
    world.paywall.submitted(&viewer.id, 10, NOW + 299_999);
    let books = Books { submitted: 10, ..books };
    assert_eq!(
        world.paywall.alarms(NOW + 300_000),
        [Alarm::NotSettled(viewer.id, books)],
        "handing over is no settling"
    );

    world.paywall.settled(viewer.id, 25, Seen::Best);
    let ahead = Books { settled: 25, ..books };
    assert_eq!(world.paywall.alarms(NOW), [Alarm::SettledAboveClaimed(viewer.id, ahead)]);
}

#[tokio::test]
async fn claim_unsettled_at_the_final_close_is_a_loss() {
    let (world, viewer) = paid_now().await;
    world.paywall.closed(viewer.id, 6, Seen::Finalized);
    let loss = claims::Loss { session: viewer.id, stream: STREAM, ticks: 4, death: None };
    assert_eq!(world.paywall.alarms(NOW), [Alarm::Lost(loss)]);
    assert_eq!(world.paywall.alarms(NOW), [], "once is enough");
}

#[tokio::test]
async fn sessions_of_a_viewer_are_found() {
    let (world, viewer) = paid_now().await;
    world.watching(2).await;
    assert_eq!(world.paywall.sessions_of(&viewer.signed.ticket.viewer), [viewer.id]);
}
