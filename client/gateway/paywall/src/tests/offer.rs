//! Tickets accepted and refused.

use super::env::*;
use crate::*;
use sp_runtime::Permill;
use tick_stream_primitives::{limits::MAX_SESSIONS_PER_VIEWER, Announced, Renewal, RowError, Scope, Ticket};

/// The refusal of a ticket that is changed by `tune`.
async fn refused(tune: impl FnOnce(&mut Ticket)) -> OfferRefusal {
    refusal(TestEnvironment::new().offer(&Viewer::with_ticket(1, tune)).await)
}

/// The refusal of a ticket whose viewer's deposit or session key is changed by `tune`.
async fn refused_payer(tune: impl FnOnce(&mut Viewer)) -> OfferRefusal {
    let mut viewer = Viewer::new(1);
    tune(&mut viewer);
    refusal(TestEnvironment::new().offer(&viewer).await)
}

#[tokio::test]
async fn offer_returns_the_session_with_its_credit() {
    let env = TestEnvironment::new();
    let viewer = Viewer::new(1);
    let offered = env.offer(&viewer).await.unwrap();
    let expected = Offered {
        session: viewer.id,
        stream: STREAM,
        phase: Phase::Offered,
        price_per_tick: PRICE,
        max_ticks: MAX_TICKS,
        revealed_ticks: 0,
        credit_left: Some(6),
        is_new: true,
    };
    assert_eq!(offered, expected);
    assert_eq!(env.paywall.opens_due(NOW, 10), [DueOpen { ticket: viewer.signed, is_late: false }]);
}

#[tokio::test]
async fn offer_of_the_same_ticket_changes_nothing() {
    let env = TestEnvironment::new();
    let mut viewer = Viewer::new(1);
    env.offer(&viewer).await.unwrap();
    viewer.pay(&env, 2, 1, 1).await.unwrap();
    let again = env.offer(&viewer).await.unwrap();
    assert_eq!((again.is_new, again.revealed_ticks, again.credit_left), (false, 2, Some(4)));
    env.paywall.opened(viewer.id, &viewer.on_chain(), Seen::Finalized);
    let later = env.offer(&viewer).await.unwrap();
    assert_eq!((later.is_new, later.phase, later.credit_left), (false, Phase::Finalized, None));
}

#[tokio::test]
async fn offer_for_another_gateway_is_refused() {
    assert_eq!(refused(|ticket| ticket.gateway = [9; 32].into()).await, OfferRefusal::WrongGateway);
}

#[tokio::test]
async fn offer_for_an_unknown_stream_is_refused() {
    assert_eq!(refused(|ticket| ticket.stream = 6).await, OfferRefusal::StreamUnknown { stream: 6 });
}

#[tokio::test]
async fn offer_for_an_ended_stream_is_refused() {
    let env = TestEnvironment::new();
    env.paywall.stream(StreamTerms { is_open: false, ..terms(STREAM) });
    let refusal = refusal(env.offer(&Viewer::new(1)).await);
    assert_eq!(refusal, OfferRefusal::StreamNotOpen { stream: STREAM });
}

#[tokio::test]
async fn offer_below_the_price_is_refused() {
    let too_low = OfferRefusal::PriceTooLow { price_per_tick: PRICE };
    assert_eq!(refused(|ticket| ticket.price_per_tick = PRICE - 1).await, too_low);
}

#[tokio::test]
async fn offer_below_a_price_that_is_about_to_rise_is_refused() {
    let env = TestEnvironment::new();
    let next_price = Some(Announced { value: 150, at: BEST + 20 });
    env.paywall.stream(StreamTerms { next_price, ..terms(STREAM) });
    let too_low = OfferRefusal::PriceTooLow { price_per_tick: 150 };
    assert_eq!(refusal(env.offer(&Viewer::new(1)).await), too_low);
    let dearer = Viewer::with_ticket(1, |ticket| ticket.price_per_tick = 150);
    assert_eq!(env.offer(&dearer).await.unwrap().price_per_tick, 150);
}

#[tokio::test]
async fn offer_that_cannot_be_opened_in_time_is_refused() {
    let soon = refused(|ticket| ticket.expires_at = BEST + 29).await;
    assert_eq!(soon, OfferRefusal::ExpiresTooSoon { expires_at: BEST + 29, earliest: BEST + 30 });
    let late = refused(|ticket| ticket.expires_at = BEST + 3_601).await;
    assert_eq!(late, OfferRefusal::ExpiresTooLate { expires_at: BEST + 3_601, latest: BEST + 3_600 });
}

#[tokio::test]
async fn offer_for_no_ticks_or_too_many_is_refused() {
    let max_ticks = 86_400;
    assert_eq!(refused(|ticket| ticket.max_ticks = 0).await, OfferRefusal::MaxTicks { ticks: 0, max_ticks });
    let many = refused(|ticket| ticket.max_ticks = 86_401).await;
    assert_eq!(many, OfferRefusal::MaxTicks { ticks: 86_401, max_ticks });
}

#[tokio::test]
async fn offer_without_sufficient_deposit_is_refused() {
    let required = PRICE * u128::from(MAX_TICKS) + 10;
    let free = required - 1;
    let too_low = OfferRefusal::FundsTooLow { free, required };
    assert_eq!(refused_payer(|viewer| viewer.deposit.free = free).await, too_low);
    let env = TestEnvironment::new();
    let viewer = Viewer::new(1);
    let payer = Payer { deposit: None, ..viewer.payer() };
    assert_eq!(refusal(env.paywall.offer(request_of(&viewer, &payer, &payer)).await), OfferRefusal::NoDeposit);
}

#[tokio::test]
async fn ticket_of_an_unknown_key_is_refused() {
    let env = TestEnvironment::new();
    let viewer = Viewer::new(1);
    let payer = Payer { key: None, ..viewer.payer() };
    assert_eq!(refusal(env.paywall.offer(request_of(&viewer, &payer, &payer)).await), OfferRefusal::KeyUnknown);
}

#[tokio::test]
async fn ticket_beyond_the_limits_of_its_key_is_refused() {
    let required = PRICE * u128::from(MAX_TICKS) + 10;
    let allowance = required - 1;
    let too_low = OfferRefusal::AllowanceTooLow { allowance, required };
    assert_eq!(refused_payer(|viewer| viewer.key.allowance.left = allowance).await, too_low);
    let above = OfferRefusal::PriceAboveKey { max_price_per_tick: PRICE - 1 };
    assert_eq!(refused_payer(|viewer| viewer.key.max_price_per_tick = PRICE - 1).await, above);
    let expired = OfferRefusal::KeyExpired { expires_at: BEST + 29 };
    assert_eq!(refused_payer(|viewer| viewer.key.expires_at = BEST + 29).await, expired);
    let many = refused_payer(|viewer| (viewer.key.max_sessions, viewer.key.open_sessions) = (1, 1)).await;
    assert_eq!(many, OfferRefusal::TooManyKeySessions { max_sessions: 1 });
}

#[tokio::test]
async fn ticket_outside_the_scope_of_its_key_is_refused() {
    for scope in [Scope::Stream(STREAM + 1), Scope::Creator(gateway()), Scope::Gateway(creator())] {
        assert_eq!(refused_payer(|viewer| viewer.key.scope = scope).await, OfferRefusal::KeyOutOfScope);
    }
    for (seed, scope) in (1..).zip([Scope::Stream(STREAM), Scope::Creator(creator()), Scope::Gateway(gateway())]) {
        let mut viewer = Viewer::new(seed);
        viewer.key.scope = scope;
        TestEnvironment::new().offer(&viewer).await.unwrap();
    }
}

#[tokio::test]
async fn renewed_allowance_admits_a_ticket() {
    let env = TestEnvironment::new();
    let mut viewer = Viewer::new(1);
    viewer.key.allowance.left = 0;
    viewer.key.allowance.renewed_at = BEST - 100;
    let renewal = |every_blocks| Some(Renewal { every_blocks, amount: 1_000_000 });
    viewer.key.allowance.renewal = renewal(101);
    assert!(matches!(refusal(env.offer(&viewer).await), OfferRefusal::AllowanceTooLow { allowance: 0, .. }));
    viewer.key.allowance.renewal = renewal(100);
    env.offer(&viewer).await.unwrap();
}

#[tokio::test]
async fn ticket_for_a_stream_that_the_gateway_does_not_host_is_refused() {
    let env = TestEnvironment::new();
    let viewer = Viewer::new(1);
    let payer = viewer.payer();
    let request = OfferRequest { is_hosted: false, ..request_of(&viewer, &payer, &payer) };
    assert_eq!(refusal(env.paywall.offer(request).await), OfferRefusal::StreamNotHosted { stream: STREAM });
}

#[tokio::test]
async fn ticket_for_a_stream_below_the_minimum_is_refused() {
    let dear = TestEnvironment::with_config(|config| config.min_price = PRICE + 1);
    let price = BelowMinimum::Price { price_per_tick: PRICE, min_price: PRICE + 1 };
    assert_eq!(refusal(dear.offer(&Viewer::new(1)).await), OfferRefusal::BelowMinimum(price));
    let greedy = TestEnvironment::with_config(|config| config.min_share = Permill::from_percent(11));
    let share = BelowMinimum::Share { share_ppm: 100_000, min_share_ppm: 110_000 };
    assert_eq!(refusal(greedy.offer(&Viewer::new(1)).await), OfferRefusal::BelowMinimum(share));
    let exact = TestEnvironment::with_config(|config| (config.min_price, config.min_share) = (PRICE, SHARE));
    exact.offer(&Viewer::new(1)).await.unwrap();
}

#[tokio::test]
async fn offer_with_a_used_nonce_is_refused() {
    let used = refused_payer(|viewer| viewer.key.nonces.take(viewer.key.nonces.next()).unwrap()).await;
    assert_eq!(used, OfferRefusal::Nonce { reason: RowError::NonceUsed });
}

#[tokio::test]
async fn offer_with_too_many_open_sessions_is_refused() {
    let many = refused_payer(|viewer| viewer.deposit.open_sessions = MAX_SESSIONS_PER_VIEWER).await;
    assert_eq!(many, OfferRefusal::TooManySessions { max_sessions: MAX_SESSIONS_PER_VIEWER });
}

#[tokio::test]
async fn offer_with_a_forged_signature_is_refused() {
    let env = TestEnvironment::new();
    let mut forged = Viewer::new(1);
    forged.signed.signature = Viewer::new(2).signed.signature;
    assert_eq!(refusal(env.offer(&forged).await), OfferRefusal::SignatureInvalid);
    let mut altered = Viewer::new(1);
    altered.signed.ticket.max_ticks += 1;
    assert_eq!(refusal(env.offer(&altered).await), OfferRefusal::SignatureInvalid);
    assert_eq!(env.paywall.sessions(), 0);
    env.offer(&Viewer::new(1)).await.unwrap();
}

#[tokio::test]
async fn offer_of_a_second_ticket_replaces_an_unused_one() {
    let env = TestEnvironment::new();
    let first = Viewer::new(1);
    let second = Viewer::with_ticket(1, |ticket| ticket.nonce += 1);
    let same_nonce = Viewer::with_ticket(1, |ticket| (ticket.nonce, ticket.max_ticks) = (ticket.nonce + 1, 50));
    for viewer in [&first, &second, &same_nonce] {
        assert!(env.offer(viewer).await.unwrap().is_new);
        assert_eq!(env.paywall.session_ids(), vec![viewer.id]);
    }
    assert_eq!(env.restart().paywall.session_ids(), vec![same_nonce.id]);
}

#[tokio::test]
async fn offer_of_a_second_ticket_is_refused_while_a_used_one_is_unopened() {
    let env = TestEnvironment::new();
    let mut first = Viewer::new(1);
    env.offer(&first).await.unwrap();
    first.pay(&env, 2, 1, 1).await.unwrap();
    let second = Viewer::with_ticket(1, |ticket| ticket.nonce += 1);
    assert_eq!(refusal(env.offer(&second).await), OfferRefusal::TicketPending { session: first.id });
    let same_nonce = Viewer::with_ticket(1, |ticket| ticket.max_ticks = 50);
    assert_eq!(refusal(env.offer(&same_nonce).await), OfferRefusal::NonceTaken { session: first.id });
    env.paywall.opened(first.id, &first.on_chain(), Seen::Best);
    env.offer(&second).await.unwrap();
}

#[tokio::test]
async fn two_devices_of_a_viewer_have_an_unopened_ticket_each() {
    let env = TestEnvironment::new();
    let (mut phone, mut browser) = (Viewer::with_device(1, 1, |_| {}), Viewer::with_device(1, 2, |_| {}));
    assert_ne!(phone.id, browser.id, "the nonces are the same, the sessions are not");
    for device in [&mut phone, &mut browser] {
        assert_eq!(env.offer(device).await.unwrap().credit_left, Some(6));
        device.pay(&env, 2, 1, 1).await.unwrap();
    }
    assert_eq!(env.status(&browser).session_key, Some(browser.signed.ticket.session_key.clone()));
    assert_eq!(env.paywall.opens_due(NOW, 10).len(), 2);
}

#[tokio::test]
async fn offer_to_a_full_gateway_is_refused() {
    let env = TestEnvironment::with_config(|config| config.max_sessions = 1);
    env.offer(&Viewer::new(1)).await.unwrap();
    assert_eq!(refusal(env.offer(&Viewer::new(2)).await), OfferRefusal::GatewayFull { max_sessions: 1 });
}

#[tokio::test]
async fn tickets_of_one_network_are_limited_until_they_are_opened() {
    let env = TestEnvironment::with_config(|config| config.unopened_per_prefix = 2);
    let viewers: Vec<_> = (1..=4).map(Viewer::new).collect();
    env.offer(&viewers[0]).await.unwrap();
    env.offer(&viewers[1]).await.unwrap();
    let too_many = OfferRefusal::TooManyUnopened { max_unopened: 2 };
    assert_eq!(refusal(env.offer(&viewers[2]).await), too_many);
    env.offer_from(&viewers[2], 1).await.unwrap();
    env.paywall.opened(viewers[0].id, &viewers[0].on_chain(), Seen::Best);
    env.offer(&viewers[3]).await.unwrap();
}

#[tokio::test]
async fn opening_that_is_in_no_block_is_due_again() {
    let env = TestEnvironment::new();
    let viewer = Viewer::new(1);
    env.offer(&viewer).await.unwrap();
    env.paywall.open_submitted(&viewer.id, NOW);
    assert!(env.paywall.opens_due(NOW + 29_999, 10).is_empty());
    let late = DueOpen { ticket: viewer.signed.clone(), is_late: true };
    assert_eq!(env.paywall.opens_due(NOW + 30_000, 10), [late]);
    for attempt in 1..=3 {
        env.paywall.open_submitted(&viewer.id, NOW + attempt);
    }
    let due = env.paywall.opens_due(NOW + 60_000, 10);
    assert!(!due[0].is_late, "after several attempts it is submitted to the pool only, which costs no fee");
    env.paywall.opened(viewer.id, &viewer.on_chain(), Seen::Best);
    assert!(env.paywall.opens_due(LATER, 10).is_empty());
}

/// Wait for the first key when a ticket is offered at [`NOW`], in milliseconds; none if it is given at once.
async fn wait_for_first_key(env: &TestEnvironment, viewer: &mut Viewer) -> Option<u64> {
    env.offer(viewer).await.unwrap();
    let tick = TickRequest { now_ms: NOW, ..viewer.tick(2) };
    let request = PayRequest { tick, stream: STREAM, wanted: range(1, 1), costs: &[2] };
    match env.paywall.pay(request).await {
        Ok(_) => None,
        Err(PayError::PaymentRequired(PaymentRequired::TooFast { wait_ms })) => Some(wait_ms),
        Err(other) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn credit_is_what_the_chain_would_settle_of_a_prepaid_key() {
    for (prepaid_ms, wait_ms) in [(0, None), (58_000, None), (59_000, Some(1_000)), (60_000, Some(2_000))] {
        let mut viewer = Viewer::new(1);
        viewer.key.paid_until = NOW + prepaid_ms;
        assert_eq!(wait_for_first_key(&TestEnvironment::new(), &mut viewer).await, wait_ms, "{prepaid_ms}");
    }
}

#[tokio::test]
async fn credit_allows_for_prepaid_sessions_of_the_key_at_other_gateways() {
    let mut viewer = Viewer::new(1);
    viewer.key.open_sessions = 1;
    assert_eq!(wait_for_first_key(&TestEnvironment::new(), &mut viewer).await, Some(2_000));
}

#[tokio::test]
async fn credit_allows_for_what_sessions_of_the_key_have_revealed_here() {
    for (revealed_ticks, wait_ms) in [(2, None), (58, None), (60, Some(2_000))] {
        let env = TestEnvironment::new();
        let mut first = env.open_session(1).await;
        let tick = TickRequest { now_ms: NOW, ..first.tick(revealed_ticks) };
        env.paywall.advance(tick).await.unwrap();
        let mut second = Viewer::with_ticket(1, |ticket| ticket.nonce += 1);
        second.key.open_sessions = 1;
        assert_eq!(wait_for_first_key(&env, &mut second).await, wait_ms, "{revealed_ticks}");
    }
}

#[tokio::test]
async fn session_that_is_closed_holds_up_no_credit() {
    let env = TestEnvironment::new();
    let mut first = env.open_session(1).await;
    let tick = TickRequest { now_ms: NOW, ..first.tick(60) };
    env.paywall.advance(tick).await.unwrap();
    env.paywall.closed(first.id, 0, Seen::Finalized);
    let mut second = Viewer::with_ticket(1, |ticket| ticket.nonce += 1);
    assert_eq!(wait_for_first_key(&env, &mut second).await, None, "its unsettled ticks move nothing");
}
