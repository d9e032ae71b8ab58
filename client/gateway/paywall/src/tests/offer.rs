//! Tickets taken and refused.

use super::world::*;
use crate::*;
use tick_stream_primitives::{limits::MAX_SESSIONS_PER_VIEWER, Announced, Deposit, RowError, Ticket};

async fn refused(tune: impl FnOnce(&mut Ticket)) -> OfferRefusal {
    refusal(World::new().offer(&Viewer::tuned(1, tune)).await)
}

async fn refused_deposit(tune: impl FnOnce(&mut Deposit)) -> OfferRefusal {
    let mut viewer = Viewer::new(1);
    tune(&mut viewer.deposit);
    refusal(World::new().offer(&viewer).await)
}

#[tokio::test]
async fn offer_works() {
    let world = World::new();
    let viewer = Viewer::new(1);
    let offered = world.offer(&viewer).await.unwrap();
    let expected = Offered {
        session: viewer.id,
        stream: STREAM,
        phase: Phase::Unopened,
        price_per_tick: PRICE,
        max_ticks: MAX_TICKS,
        ticks_paid: 0,
        credit_left: Some(6),
        is_new: true,
    };
    assert_eq!(offered, expected);
    assert_eq!(world.paywall.opens_due(NOW, 10), [DueOpen { ticket: viewer.signed, is_late: false }]);
}

#[tokio::test]
async fn offer_of_the_same_ticket_changes_nothing() {
    let world = World::new();
    let mut viewer = Viewer::new(1);
    world.offer(&viewer).await.unwrap();
    viewer.pay(&world, 2, 1, 1).await.unwrap();
    let again = world.offer(&viewer).await.unwrap();
    assert_eq!((again.is_new, again.ticks_paid, again.credit_left), (false, 2, Some(4)));
    world.paywall.opened(viewer.id, &viewer.on_chain(), Seen::Finalized);
    let later = world.offer(&viewer).await.unwrap();
    assert_eq!((later.is_new, later.phase, later.credit_left), (false, Phase::Final, None));
}

#[tokio::test]
async fn offer_for_another_gateway_fails() {
    assert_eq!(refused(|ticket| ticket.gateway = [9; 32].into()).await, OfferRefusal::WrongGateway);
}

#[tokio::test]
async fn offer_for_an_unknown_stream_fails() {
    assert_eq!(refused(|ticket| ticket.stream = 6).await, OfferRefusal::StreamUnknown { stream: 6 });
}

#[tokio::test]
async fn offer_for_an_ended_stream_fails() {
    let world = World::new();
    world.paywall.stream(StreamTerms { is_open: false, ..terms(STREAM) });
    let refusal = refusal(world.offer(&Viewer::new(1)).await);
    assert_eq!(refusal, OfferRefusal::StreamNotOpen { stream: STREAM });
}

#[tokio::test]
async fn offer_below_the_price_fails() {
    let too_low = OfferRefusal::PriceTooLow { price_per_tick: PRICE };
    assert_eq!(refused(|ticket| ticket.price_per_tick = PRICE - 1).await, too_low);
}

#[tokio::test]
async fn offer_below_a_price_that_is_about_to_rise_fails() {
    let world = World::new();
    let next_price = Some(Announced { value: 150, at: BEST + 20 });
    world.paywall.stream(StreamTerms { next_price, ..terms(STREAM) });
    let too_low = OfferRefusal::PriceTooLow { price_per_tick: 150 };
    assert_eq!(refusal(world.offer(&Viewer::new(1)).await), too_low);
    let dearer = Viewer::tuned(1, |ticket| ticket.price_per_tick = 150);
    assert_eq!(world.offer(&dearer).await.unwrap().price_per_tick, 150);
}

#[tokio::test]
async fn offer_that_cannot_be_opened_in_time_fails() {
    let soon = refused(|ticket| ticket.expires_at = BEST + 29).await;
    assert_eq!(soon, OfferRefusal::ExpiresTooSoon { expires_at: BEST + 29, earliest: BEST + 30 });
    let late = refused(|ticket| ticket.expires_at = BEST + 3_601).await;
    assert_eq!(late, OfferRefusal::ExpiresTooLate { expires_at: BEST + 3_601, latest: BEST + 3_600 });
}

#[tokio::test]
async fn offer_for_no_ticks_or_too_many_fails() {
    let max_ticks = 86_400;
    assert_eq!(refused(|ticket| ticket.max_ticks = 0).await, OfferRefusal::MaxTicks { ticks: 0, max_ticks });
    let many = refused(|ticket| ticket.max_ticks = 86_401).await;
    assert_eq!(many, OfferRefusal::MaxTicks { ticks: 86_401, max_ticks });
}

#[tokio::test]
async fn offer_without_means_fails() {
    let needed = PRICE * u128::from(MAX_TICKS) + 10;
    let free = needed - 1;
    assert_eq!(refused_deposit(|deposit| deposit.free = free).await, OfferRefusal::FundsTooLow { free, needed });
    assert_eq!(refused_deposit(|deposit| deposit.delegation = None).await, OfferRefusal::NoDelegation);
    let allowance = needed - 1;
    let too_low = OfferRefusal::AllowanceTooLow { allowance, needed };
    let delegation = |deposit: &mut Deposit| deposit.delegation.clone().unwrap();
    let low = |deposit: &mut Deposit| {
        deposit.delegation = Some(tick_stream_primitives::Delegation { allowance, ..delegation(deposit) });
    };
    assert_eq!(refused_deposit(low).await, too_low);
    let capped = |deposit: &mut Deposit| {
        deposit.delegation = Some(tick_stream_primitives::Delegation { max_price_per_tick: 99, ..delegation(deposit) });
    };
    assert_eq!(refused_deposit(capped).await, OfferRefusal::PriceAboveDelegation { max_price_per_tick: 99 });
    let expired = |deposit: &mut Deposit| {
        deposit.delegation = Some(tick_stream_primitives::Delegation { expires_at: BEST + 5, ..delegation(deposit) });
    };
    assert_eq!(refused_deposit(expired).await, OfferRefusal::DelegationExpired { expires_at: BEST + 5 });
}

#[tokio::test]
async fn offer_without_a_deposit_fails() {
    let world = World::new();
    let viewer = Viewer::new(1);
    let request = OfferRequest { signed: &viewer.signed, deposit: None, prefix: prefix(0), now_ms: NOW };
    assert_eq!(refusal(world.paywall.offer(request).await), OfferRefusal::NoDeposit);
}

#[tokio::test]
async fn offer_with_a_used_nonce_fails() {
    let used = refused_deposit(|deposit| deposit.nonces.take(deposit.nonces.next()).unwrap()).await;
    assert_eq!(used, OfferRefusal::Nonce { reason: RowError::NonceUsed });
}

#[tokio::test]
async fn offer_with_too_many_open_sessions_fails() {
    let many = refused_deposit(|deposit| deposit.open_sessions = MAX_SESSIONS_PER_VIEWER).await;
    assert_eq!(many, OfferRefusal::TooManySessions { max_sessions: MAX_SESSIONS_PER_VIEWER });
}

#[tokio::test]
async fn offer_with_a_forged_signature_fails() {
    let world = World::new();
    let mut forged = Viewer::new(1);
    forged.signed.signature = Viewer::new(2).signed.signature;
    assert_eq!(refusal(world.offer(&forged).await), OfferRefusal::SignatureInvalid);
    let mut altered = Viewer::new(1);
    altered.signed.ticket.max_ticks += 1;
    assert_eq!(refusal(world.offer(&altered).await), OfferRefusal::SignatureInvalid);
    assert_eq!(world.paywall.sessions(), 0);
    world.offer(&Viewer::new(1)).await.unwrap();
}

#[tokio::test]
async fn offer_of_a_second_ticket_replaces_an_unused_one() {
    let world = World::new();
    let first = Viewer::new(1);
    let second = Viewer::tuned(1, |ticket| ticket.nonce += 1);
    let same_nonce = Viewer::tuned(1, |ticket| (ticket.nonce, ticket.max_ticks) = (ticket.nonce + 1, 50));
    for viewer in [&first, &second, &same_nonce] {
        assert!(world.offer(viewer).await.unwrap().is_new);
        assert_eq!(world.paywall.session_ids(), vec![viewer.id]);
    }
    assert_eq!(world.restart().paywall.session_ids(), vec![same_nonce.id]);
}

#[tokio::test]
async fn offer_of_a_second_ticket_fails_while_a_used_one_waits() {
    let world = World::new();
    let mut first = Viewer::new(1);
    world.offer(&first).await.unwrap();
    first.pay(&world, 2, 1, 1).await.unwrap();
    let second = Viewer::tuned(1, |ticket| ticket.nonce += 1);
    assert_eq!(refusal(world.offer(&second).await), OfferRefusal::TicketPending { session: first.id });
    let twin = Viewer::tuned(1, |ticket| ticket.max_ticks = 50);
    assert_eq!(refusal(world.offer(&twin).await), OfferRefusal::NonceTaken { session: first.id });
    world.paywall.opened(first.id, &first.on_chain(), Seen::Best);
    world.offer(&second).await.unwrap();
}

#[tokio::test]
async fn offer_to_a_full_gateway_fails() {
    let world = World::with(|config| config.max_sessions = 1);
    world.offer(&Viewer::new(1)).await.unwrap();
    assert_eq!(refusal(world.offer(&Viewer::new(2)).await), OfferRefusal::GatewayFull { max_sessions: 1 });
}

#[tokio::test]
async fn tickets_of_one_network_are_counted_until_they_are_opened() {
    let world = World::with(|config| config.unopened_per_prefix = 2);
    let viewers: Vec<_> = (1..=4).map(Viewer::new).collect();
    world.offer(&viewers[0]).await.unwrap();
    world.offer(&viewers[1]).await.unwrap();
    let many = OfferRefusal::TooManyUnopened { max_unopened: 2 };
    assert_eq!(refusal(world.offer(&viewers[2]).await), many);
    world.offer_from(&viewers[2], 1).await.unwrap();
    world.paywall.opened(viewers[0].id, &viewers[0].on_chain(), Seen::Best);
    world.offer(&viewers[3]).await.unwrap();
}

#[tokio::test]
async fn opens_are_due_again_when_no_block_has_them() {
    let world = World::new();
    let viewer = Viewer::new(1);
    world.offer(&viewer).await.unwrap();
    world.paywall.open_submitted(&viewer.id, NOW);
    assert!(world.paywall.opens_due(NOW + 29_999, 10).is_empty());
    let late = DueOpen { ticket: viewer.signed.clone(), is_late: true };
    assert_eq!(world.paywall.opens_due(NOW + 30_000, 10), [late]);
    for attempt in 1..=3 {
        world.paywall.open_submitted(&viewer.id, NOW + attempt);
    }
    let due = world.paywall.opens_due(NOW + 60_000, 10);
    assert!(!due[0].is_late, "it is handed over for nothing, but not paid for again and again");
    world.paywall.opened(viewer.id, &viewer.on_chain(), Seen::Best);
    assert!(world.paywall.opens_due(FAR, 10).is_empty());
}
