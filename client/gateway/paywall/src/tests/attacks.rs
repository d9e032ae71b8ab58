//! What somebody would try.

use super::world::*;
use crate::*;

/// Reads the chain: everybody can.
fn stolen(viewer: &mut Viewer, ticks: u32) -> TickRequest {
    TickRequest { token: None, ..viewer.tick(ticks) }
}

#[tokio::test]
async fn settled_proof_replayed_without_the_token_opens_nothing() {
    let world = World::new();
    let mut viewer = world.watching(1).await;
    viewer.pay(&world, 10, 1, 3).await.unwrap();
    world.paywall.settled(viewer.id, 10, Seen::Finalized);
    for first in [1, 4] {
        let tick = stolen(&mut viewer, 10);
        let request = PayRequest { tick, stream: STREAM, wanted: range(first, 1), costs: &[2] };
        assert_eq!(missing(world.paywall.pay(request).await), PaymentRequired::TokenMissing);
    }
    let tick = stolen(&mut viewer, 10);
    assert_eq!(missing(world.paywall.advance(tick).await), PaymentRequired::TokenMissing);
}

#[tokio::test]
async fn forged_foreign_and_expired_tokens_open_nothing() {
    let world = World::new();
    let mut viewer = world.watching(1).await;
    let mut other = world.watching(2).await;
    viewer.pay(&world, 2, 1, 1).await.unwrap();
    other.pay(&world, 2, 1, 1).await.unwrap();
    let own = viewer.token.unwrap();

    let mut forged = own;
    forged.0[15] ^= 1;
    for token in [forged, other.token.unwrap(), Token([0; 16])] {
        viewer.token = Some(token);
        assert_eq!(missing(viewer.pay(&world, 0, 1, 1).await), PaymentRequired::TokenInvalid);
    }
    viewer.token = Some(own);
    world.paywall.closed(viewer.id, 2, Seen::Finalized);
    assert_eq!(missing(viewer.pay(&world, 0, 1, 1).await), PaymentRequired::NoSession);
}

#[tokio::test]
async fn token_survives_a_restart_and_a_token_of_another_gateway_does_not_fit() {
    let world = World::new();
    let mut viewer = world.watching(1).await;
    viewer.pay(&world, 2, 1, 1).await.unwrap();
    let world = world.restart();
    viewer.pay(&world, 0, 1, 1).await.unwrap();
    let elsewhere = World::new();
    elsewhere.offer(&viewer).await.unwrap();
    elsewhere.paywall.opened(viewer.id, &viewer.on_chain(), Seen::Finalized);
    assert_eq!(missing(viewer.pay(&elsewhere, 0, 1, 1).await), PaymentRequired::TokenInvalid);
}

#[test]
fn token_text_works_and_is_never_in_debug_output() {
    let token = Token([0xa5; 16]);
    assert_eq!(token.to_string().parse(), Ok(token));
    assert!(!format!("{token:?}").contains("a5"));
    for text in ["", "a5", "zz", &"g5".repeat(16), &"a5".repeat(17), &"é".repeat(16)] {
        assert!(text.parse::<Token>().is_err(), "{text}");
    }
}

#[tokio::test]
async fn ticket_whose_twin_was_opened_on_another_stream_is_dead() {
    let world = World::new();
    let mut viewer = Viewer::new(1);
    world.offer(&viewer).await.unwrap();
    viewer.pay(&world, 6, 1, 3).await.unwrap();

    let twin = Viewer::tuned(1, |ticket| ticket.stream = 6);
    assert_eq!(twin.id, viewer.id, "one nonce, one id");
    world.paywall.opened(twin.id, &twin.on_chain(), Seen::Best);
    let dead = PaymentRequired::DeadTicket { death: Death::OtherStream };
    assert_eq!(missing(viewer.pay(&world, 8, 4, 1).await), dead);
    assert!(world.paywall.claims_due(FAR, 10).is_empty(), "the claim would pay another creator");
    let books = world.paywall.books(&viewer.id).unwrap();
    assert_eq!(world.paywall.alarms(FAR), [Alarm::DeadTicket(viewer.id, Death::OtherStream, books)]);

    // A reorganisation may still open the right one.
    world.paywall.reorged_out(viewer.id);
    world.paywall.opened(viewer.id, &viewer.on_chain(), Seen::Best);
    viewer.pay(&world, 8, 4, 1).await.unwrap();
}

#[tokio::test]
async fn credit_lost_to_a_twin_is_not_granted_again() {
    let world = World::with(|config| config.unopened_per_prefix = 2);
    let mut viewer = Viewer::new(1);
    world.offer(&viewer).await.unwrap();
    viewer.pay(&world, 6, 1, 3).await.unwrap();
    let twin = Viewer::tuned(1, |ticket| ticket.stream = 6);
    world.paywall.opened(twin.id, &twin.on_chain(), Seen::Best);
    world.paywall.opened(twin.id, &twin.on_chain(), Seen::Finalized);
    assert_eq!(world.paywall.counts().tickets_dead, 1, "it dies once");

    let again = Viewer::tuned(1, |ticket| ticket.nonce += 1);
    assert_eq!(world.offer(&again).await.unwrap().credit_left, Some(0));
    let neighbour = world.offer(&Viewer::new(2)).await;
    assert_eq!(refusal(neighbour), OfferRefusal::TooManyUnopened { max_unopened: 2 }, "the lost slot stays taken");

    world.paywall.settled(twin.id, 6, Seen::Finalized);
    world.paywall.block(BEST + 601, NOW, Seen::Finalized);
    world.paywall.claims_due(NOW, 1);
    assert_eq!(world.paywall.status(&viewer.id), None, "forgotten when it can no longer be opened");
    assert_eq!(world.paywall.counts().ticks_lost, 6, "what the twin pays is not ours");
}

#[tokio::test]
async fn credit_farmed_with_many_tickets_of_one_viewer_ends_with_the_first() {
    let world = World::new();
    let mut first = Viewer::new(1);
    world.offer(&first).await.unwrap();
    first.pay(&world, 6, 1, 3).await.unwrap();
    for nonce in 2..10 {
        let next = Viewer::tuned(1, |ticket| ticket.nonce += nonce);
        assert_eq!(refusal(world.offer(&next).await), OfferRefusal::TicketPending { session: first.id });
    }
    // Letting it expire costs the viewer its credit for an hour.
    world.paywall.block(BEST + 601, NOW, Seen::Finalized);
    let mut second = Viewer::tuned(1, |ticket| (ticket.nonce, ticket.expires_at) = (ticket.nonce + 1, BEST + 2_000));
    assert_eq!(world.offer(&second).await.unwrap().credit_left, Some(0));
    let none = PaymentRequired::CreditUsedUp { credit_ticks: 0, awaits: "in a block" };
    assert_eq!(missing(second.pay(&world, 2, 1, 1).await), none);
    world.paywall.opened(second.id, &second.on_chain(), Seen::Best);
    second.pay(&world, 2, 1, 1).await.unwrap();
}

#[tokio::test]
async fn credit_farmed_with_many_viewers_of_one_network_ends_with_its_slots() {
    let world = World::with(|config| config.unopened_per_prefix = 3);
    let many = OfferRefusal::TooManyUnopened { max_unopened: 3 };
    for seed in 1..=10 {
        let mut viewer = Viewer::new(seed);
        if seed > 3 {
            assert_eq!(refusal(world.offer(&viewer).await), many);
            continue;
        }
        world.offer(&viewer).await.unwrap();
        viewer.pay(&world, 6, 1, 3).await.unwrap();
    }
    world.paywall.block(BEST + 601, NOW, Seen::Finalized);
    let late = Viewer::tuned(20, |ticket| ticket.expires_at = BEST + 2_000);
    assert_eq!(refusal(world.offer_at(&late, 0, NOW).await), many, "lost credit keeps its slot");
    world.offer_at(&late, 0, NOW + 3_600_001).await.unwrap();
}

#[tokio::test]
async fn open_undone_by_a_reorganisation_leaves_a_ticket_s_credit() {
    let world = World::new();
    let mut viewer = Viewer::new(1);
    world.offer(&viewer).await.unwrap();
    world.paywall.opened(viewer.id, &viewer.on_chain(), Seen::Best);
    viewer.pay(&world, 20, 1, 10).await.unwrap();
    world.paywall.settled(viewer.id, 20, Seen::Best);

    world.paywall.reorged_out(viewer.id);
    let none = PaymentRequired::CreditUsedUp { credit_ticks: 6, awaits: "in a block" };
    assert_eq!(missing(viewer.pay(&world, 22, 11, 1).await), none);
    assert_eq!(world.paywall.opens_due(FAR, 10).len(), 1, "it is submitted again");
    assert_eq!(world.status(&viewer).settled_ticks, 0);
    let other = Viewer::tuned(1, |ticket| ticket.nonce += 1);
    assert_eq!(refusal(world.offer(&other).await), OfferRefusal::TicketPending { session: viewer.id });

    world.paywall.opened(viewer.id, &viewer.on_chain(), Seen::Finalized);
    assert_eq!(viewer.pay(&world, 22, 11, 1).await.unwrap().ticks_owed, 22);
    world.paywall.reorged_out(viewer.id);
    assert_eq!(world.status(&viewer).phase, Phase::Final, "what is final is never undone");
}

#[tokio::test]
async fn withdrawal_racing_the_open_ends_the_credit() {
    let world = World::new();
    let mut viewer = Viewer::new(1);
    world.offer(&viewer).await.unwrap();
    viewer.pay(&world, 2, 1, 1).await.unwrap();
    let account = viewer.signed.ticket.viewer.clone();
    viewer.deposit.free = 100;
    world.paywall.deposit(&account, Some(&viewer.deposit));
    assert_eq!(missing(viewer.pay(&world, 4, 2, 1).await), PaymentRequired::DepositUncovered);
    viewer.deposit.free = 1_000_000;
    world.paywall.deposit(&account, Some(&viewer.deposit));
    viewer.pay(&world, 4, 2, 1).await.unwrap();
    world.paywall.deposit(&account, None);
    assert_eq!(missing(viewer.pay(&world, 6, 3, 1).await), PaymentRequired::DepositUncovered);
    world.paywall.opened(viewer.id, &viewer.on_chain(), Seen::Best);
    viewer.pay(&world, 6, 3, 1).await.unwrap();
    world.paywall.deposit(&account, None);
    viewer.pay(&world, 8, 4, 1).await.unwrap();
}

#[tokio::test]
async fn delegation_revoked_before_the_open_ends_the_credit() {
    let world = World::new();
    let mut viewer = Viewer::new(1);
    world.offer(&viewer).await.unwrap();
    viewer.deposit.delegation = None;
    world.paywall.deposit(&viewer.signed.ticket.viewer.clone(), Some(&viewer.deposit));
    assert_eq!(missing(viewer.pay(&world, 2, 1, 1).await), PaymentRequired::DepositUncovered);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn same_payment_sent_many_times_at_once_is_charged_once() {
    let world = std::sync::Arc::new(World::new());
    let mut viewer = world.watching(1).await;
    let tick = viewer.tick(10);
    let many: Vec<_> = (0..20)
        .map(|_| {
            let world = world.clone();
            tokio::spawn(async move {
                let request = PayRequest { tick, stream: STREAM, wanted: range(1, 5), costs: &[2; 5] };
                world.paywall.pay(request).await
            })
        })
        .collect();
    let mut released = 0;
    for task in many {
        match task.await.unwrap() {
            Ok(_) => released += 1,
            refused => assert_eq!(missing(refused), PaymentRequired::TokenMissing),
        }
    }
    assert_eq!(released, 1);
    assert_eq!(world.status(&viewer).ticks_owed, 10);
}
