//! Effects of the chain's events on sessions.

use super::env::*;
use crate::*;
use tick_stream_primitives::{AccountId, Closing, Session as ChainSession};

/// The rejection of a ticket whose session on chain is changed by `tune`.
async fn rejection_of(tune: impl FnOnce(&mut ChainSession)) -> Option<Rejection> {
    let env = TestEnvironment::new();
    let mut viewer = Viewer::new(1);
    env.offer(&viewer).await.unwrap();
    viewer.pay(&env, 4, 1, 2).await.unwrap();
    let mut chain = viewer.on_chain();
    tune(&mut chain);
    env.paywall.opened(viewer.id, &chain, Seen::Best);
    let rejection = env.status(&viewer).rejection;
    let next = viewer.pay(&env, 6, 3, 1).await;
    match rejection {
        Some(rejection) => assert_eq!(payment_required(next), PaymentRequired::TicketRejected { rejection }),
        None => assert!(next.is_ok()),
    }
    rejection
}

#[tokio::test]
async fn session_that_differs_from_its_ticket_is_rejected() {
    assert_eq!(rejection_of(|_| {}).await, None);
    assert_eq!(rejection_of(|chain| chain.price_per_tick -= 1).await, None, "a lower price is accepted");
    assert_eq!(rejection_of(|chain| chain.stream = 6).await, Some(Rejection::OtherStream));
    assert_eq!(rejection_of(|chain| chain.gateway = AccountId::new([9; 32])).await, Some(Rejection::OtherGateway));
    assert_eq!(rejection_of(|chain| chain.viewer = AccountId::new([9; 32])).await, Some(Rejection::OtherViewer));
    assert_eq!(rejection_of(|chain| chain.price_per_tick += 1).await, Some(Rejection::OtherPrice));
    assert_eq!(rejection_of(|chain| chain.max_ticks -= 1).await, Some(Rejection::OtherMaximum));
    assert_eq!(rejection_of(|chain| chain.head = [3; 32]).await, Some(Rejection::OtherChain));
    let wrong_head = rejection_of(|chain| chain.settled_ticks = 2).await;
    assert_eq!(wrong_head, Some(Rejection::OtherChain), "the head is that of another tick");
}

#[tokio::test]
async fn head_below_and_above_the_revealed_tick_is_recognised() {
    let env = TestEnvironment::new();
    let mut viewer = env.open_session(1).await;
    viewer.pay(&env, 20, 1, 2).await.unwrap();
    for (settled_ticks, revealed_ticks) in [(8, 20), (20, 20), (33, 33)] {
        let chain = viewer.on_chain_at(settled_ticks);
        env.paywall.opened(viewer.id, &chain, Seen::Best);
        let status = env.status(&viewer);
        assert_eq!(status.rejection, None);
        assert_eq!((status.settled_ticks, status.revealed_ticks), (settled_ticks, revealed_ticks));
    }
    viewer.pay(&env, 34, 3, 1).await.unwrap();
}

#[tokio::test]
async fn session_opened_by_a_wallet_is_added() {
    let env = TestEnvironment::new();
    let mut viewer = Viewer::new(1);
    env.paywall.opened(viewer.id, &viewer.on_chain(), Seen::Best);
    viewer.pay(&env, 2, 1, 1).await.unwrap();
    let mut late = Viewer::new(2);
    let chain = late.on_chain_at(40);
    env.paywall.opened(late.id, &chain, Seen::Finalized);
    let paid = late.pay(&env, 42, 1, 1).await.unwrap();
    assert_eq!((paid.charged_ticks, paid.ticks_left), (42, MAX_TICKS - 42), "ticks settled before count as charged");
}

#[tokio::test]
async fn session_of_another_gateway_is_ignored() {
    let env = TestEnvironment::new();
    let viewer = Viewer::with_ticket(1, |ticket| ticket.gateway = [9; 32].into());
    env.paywall.opened(viewer.id, &viewer.on_chain(), Seen::Best);
    assert_eq!(env.paywall.sessions(), 0);
}

#[tokio::test]
async fn finalized_state_does_not_take_back_what_the_best_chain_shows() {
    let env = TestEnvironment::new();
    let mut viewer = env.open_session(1).await;
    viewer.pay(&env, 10, 1, 5).await.unwrap();
    env.paywall.settled(viewer.id, 10, Seen::Best);
    let closing = Closing { block: BEST, moment: NOW };
    env.paywall.closing(viewer.id, closing);
    env.paywall.opened(viewer.id, &viewer.on_chain(), Seen::Finalized);
    let status = env.status(&viewer);
    assert_eq!((status.closing, status.settled_ticks, status.phase), (Some(closing), 10, Phase::Finalized));
}

#[tokio::test]
async fn session_whose_closing_is_undone_accepts_payments_again() {
    let env = TestEnvironment::new();
    let mut viewer = env.open_session(1).await;
    env.paywall.closing(viewer.id, Closing { block: BEST, moment: NOW });
    env.paywall.opened(viewer.id, &viewer.on_chain(), Seen::Best);
    viewer.pay(&env, 2, 1, 1).await.unwrap();
}

#[tokio::test]
async fn closed_session_refuses_payments_and_is_removed_when_final() {
    let env = TestEnvironment::new();
    let mut viewer = env.open_session(1).await;
    viewer.pay(&env, 4, 1, 2).await.unwrap();
    env.paywall.closed(viewer.id, 4, Seen::Best);
    assert_eq!(payment_required(viewer.pay(&env, 6, 3, 1).await), PaymentRequired::SessionClosing);
    env.paywall.closed(viewer.id, 4, Seen::Finalized);
    assert_eq!(env.paywall.sessions(), 0);
    assert!(env.paywall.alarms(LATER).is_empty(), "everything is settled");
    assert_eq!(env.restart().paywall.sessions(), 0);
}

#[tokio::test]
async fn unopened_ticket_is_removed_after_its_last_block() {
    let env = TestEnvironment::new();
    let mut viewer = Viewer::new(1);
    env.offer(&viewer).await.unwrap();
    viewer.pay(&env, 4, 1, 2).await.unwrap();
    env.paywall.block(BEST + 600, NOW, Seen::Finalized);
    assert_eq!(env.paywall.sessions(), 1, "it may still be opened in its last block");
    env.paywall.block(BEST + 601, NOW, Seen::Finalized);
    assert_eq!(env.paywall.sessions(), 0);
    let rejection = Some(Rejection::ExpiredUnopened);
    let loss = Loss { session: viewer.id, stream: STREAM, ticks: 4, rejection };
    assert_eq!(env.paywall.alarms(LATER), vec![Alarm::Lost(loss)]);
    assert_eq!(env.paywall.counts().lost_ticks, 4);
}

#[tokio::test]
async fn chain_state_survives_a_restart() {
    let env = TestEnvironment::new();
    let mut viewer = env.open_session(1).await;
    viewer.pay(&env, 10, 1, 5).await.unwrap();
    env.paywall.settled(viewer.id, 8, Seen::Finalized);
    let before = env.status(&viewer);
    let env = env.restart();
    assert_eq!(env.status(&viewer), before);
    viewer.pay(&env, 10, 1, 5).await.unwrap();
}

#[tokio::test]
async fn streams_are_limited() {
    let env = TestEnvironment::with_config(|config| config.max_streams = 2);
    assert!(env.paywall.stream(terms(6)));
    assert!(!env.paywall.stream(terms(7)));
    assert!(env.paywall.stream(StreamTerms { price_per_tick: 1, ..terms(6) }), "a known stream can change");
    env.paywall.stream_gone(6);
    assert!(env.paywall.stream(terms(7)));
    assert_eq!(env.paywall.terms(6), None);
}

#[tokio::test]
async fn payers_of_a_stream_have_an_open_session() {
    let env = TestEnvironment::new();
    let mut offered = Viewer::new(1);
    env.offer(&offered).await.unwrap();
    assert!(env.paywall.payers_of(STREAM).is_empty(), "its ticket is in no block");
    env.paywall.opened(offered.id, &offered.on_chain(), Seen::Best);
    let ticket = offered.signed.ticket.clone();
    let payers = env.paywall.payers_of(STREAM);
    assert!(payers.contains(&ticket.viewer) && payers.contains(&ticket.session_key), "{payers:?}");
    assert!(env.paywall.payers_of(STREAM + 1).is_empty());
    offered.pay(&env, 2, 1, 1).await.unwrap();
    assert_eq!(env.paywall.payers_of(STREAM), payers);
    env.paywall.end(&offered.id);
    assert!(env.paywall.payers_of(STREAM).is_empty(), "it is ending");
}
