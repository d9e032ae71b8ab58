//! What the chain does to sessions.

use super::world::*;
use crate::*;
use tick_stream_primitives::{AccountId, Closing, Session as ChainSession};

async fn death_by(tune: impl FnOnce(&mut ChainSession)) -> Option<Death> {
    let world = World::new();
    let mut viewer = Viewer::new(1);
    world.offer(&viewer).await.unwrap();
    viewer.pay(&world, 4, 1, 2).await.unwrap();
    let mut chain = viewer.on_chain();
    tune(&mut chain);
    world.paywall.opened(viewer.id, &chain, Seen::Best);
    let death = world.status(&viewer).death;
    let next = viewer.pay(&world, 6, 3, 1).await;
    match death {
        Some(death) => assert_eq!(missing(next), PaymentRequired::DeadTicket { death }),
        None => assert!(next.is_ok()),
    }
    death
}

#[tokio::test]
async fn session_that_is_not_the_ticket_sold_is_dead() {
    assert_eq!(death_by(|_| {}).await, None);
    assert_eq!(death_by(|chain| chain.price_per_tick -= 1).await, None, "cheaper is the creator's choice");
    assert_eq!(death_by(|chain| chain.stream = 6).await, Some(Death::OtherStream));
    assert_eq!(death_by(|chain| chain.gateway = AccountId::new([9; 32])).await, Some(Death::OtherGateway));
    assert_eq!(death_by(|chain| chain.viewer = AccountId::new([9; 32])).await, Some(Death::OtherViewer));
    assert_eq!(death_by(|chain| chain.price_per_tick += 1).await, Some(Death::OtherPrice));
    assert_eq!(death_by(|chain| chain.max_ticks -= 1).await, Some(Death::OtherMaximum));
    assert_eq!(death_by(|chain| chain.head = [3; 32]).await, Some(Death::OtherChain));
    assert_eq!(death_by(|chain| chain.settled_ticks = 2).await, Some(Death::OtherChain), "the head of another tick");
}

#[tokio::test]
async fn head_below_and_above_the_known_tick_is_recognised() {
    let world = World::new();
    let mut viewer = world.watching(1).await;
    viewer.pay(&world, 20, 1, 2).await.unwrap();
    for (settled, known) in [(8, 20), (20, 20), (33, 33)] {
        let chain = viewer.on_chain_at(settled);
        world.paywall.opened(viewer.id, &chain, Seen::Best);
        let status = world.status(&viewer);
        assert_eq!((status.death, status.settled_ticks, status.ticks_paid), (None, settled, known));
    }
    viewer.pay(&world, 34, 3, 1).await.unwrap();
}

#[tokio::test]
async fn session_opened_by_a_wallet_is_taken_in() {
    let world = World::new();
    let mut viewer = Viewer::new(1);
    world.paywall.opened(viewer.id, &viewer.on_chain(), Seen::Best);
    viewer.pay(&world, 2, 1, 1).await.unwrap();
    let mut late = Viewer::new(2);
    let chain = late.on_chain_at(40);
    world.paywall.opened(late.id, &chain, Seen::Finalized);
    let paid = late.pay(&world, 42, 1, 1).await.unwrap();
    assert_eq!((paid.ticks_owed, paid.ticks_left), (42, MAX_TICKS - 42), "what was settled before is not sold again");
}

#[tokio::test]
async fn session_of_another_gateway_is_not_taken_in() {
    let world = World::new();
    let viewer = Viewer::tuned(1, |ticket| ticket.gateway = [9; 32].into());
    world.paywall.opened(viewer.id, &viewer.on_chain(), Seen::Best);
    assert_eq!(world.paywall.sessions(), 0);
}

#[tokio::test]
async fn finalized_news_does_not_take_back_what_the_best_chain_shows() {
    let world = World::new();
    let mut viewer = world.watching(1).await;
    viewer.pay(&world, 10, 1, 5).await.unwrap();
    world.paywall.settled(viewer.id, 10, Seen::Best);
    let closing = Closing { block: BEST, moment: NOW };
    world.paywall.closing(viewer.id, closing);
    world.paywall.opened(viewer.id, &viewer.on_chain(), Seen::Finalized);
    let status = world.status(&viewer);
    assert_eq!((status.closing, status.settled_ticks, status.phase), (Some(closing), 10, Phase::Final));
}

#[tokio::test]
async fn closing_that_a_reorganisation_undoes_sells_again() {
    let world = World::new();
    let mut viewer = world.watching(1).await;
    world.paywall.closing(viewer.id, Closing { block: BEST, moment: NOW });
    world.paywall.opened(viewer.id, &viewer.on_chain(), Seen::Best);
    viewer.pay(&world, 2, 1, 1).await.unwrap();
}

#[tokio::test]
async fn closed_session_sells_no_more_and_is_forgotten_when_final() {
    let world = World::new();
    let mut viewer = world.watching(1).await;
    viewer.pay(&world, 4, 1, 2).await.unwrap();
    world.paywall.closed(viewer.id, 4, Seen::Best);
    assert_eq!(missing(viewer.pay(&world, 6, 3, 1).await), PaymentRequired::SessionClosing);
    world.paywall.closed(viewer.id, 4, Seen::Finalized);
    assert_eq!(world.paywall.sessions(), 0);
    assert!(world.paywall.alarms(FAR).is_empty(), "everything was paid");
    assert_eq!(world.restart().paywall.sessions(), 0);
}

#[tokio::test]
async fn ticket_that_nobody_opens_dies_with_its_last_block() {
    let world = World::new();
    let mut viewer = Viewer::new(1);
    world.offer(&viewer).await.unwrap();
    viewer.pay(&world, 4, 1, 2).await.unwrap();
    world.paywall.block(BEST + 600, NOW, Seen::Finalized);
    assert_eq!(world.paywall.sessions(), 1, "its last block may still open it");
    world.paywall.block(BEST + 601, NOW, Seen::Finalized);
    assert_eq!(world.paywall.sessions(), 0);
    let loss = claims::Loss { session: viewer.id, stream: STREAM, ticks: 4, death: Some(Death::NeverOpened) };
    assert_eq!(world.paywall.alarms(FAR), vec![Alarm::Lost(loss)]);
    assert_eq!(world.paywall.counts().ticks_lost, 4);
}

#[tokio::test]
async fn chain_state_survives_a_restart() {
    let world = World::new();
    let mut viewer = world.watching(1).await;
    viewer.pay(&world, 10, 1, 5).await.unwrap();
    world.paywall.settled(viewer.id, 8, Seen::Finalized);
    let before = world.status(&viewer);
    let world = world.restart();
    assert_eq!(world.status(&viewer), before);
    viewer.pay(&world, 10, 1, 5).await.unwrap();
}

#[tokio::test]
async fn streams_are_limited() {
    let world = World::with(|config| config.max_streams = 2);
    assert!(world.paywall.stream(terms(6)));
    assert!(!world.paywall.stream(terms(7)));
    assert!(world.paywall.stream(StreamTerms { price_per_tick: 1, ..terms(6) }), "a known one is changed");
    world.paywall.stream_gone(6);
    assert!(world.paywall.stream(terms(7)));
    assert_eq!(world.paywall.terms(6), None);
}
