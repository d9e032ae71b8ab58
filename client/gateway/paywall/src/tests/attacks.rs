//! Attempts to get keys without paying.

use super::env::*;
use crate::*;
use sp_runtime::Permill;

/// A request with a proof that was read on chain, hence without a token.
fn copied_from_chain(viewer: &mut Viewer, ticks: u32) -> TickRequest {
    TickRequest { token: None, ..viewer.tick(ticks) }
}

#[tokio::test]
async fn settled_proof_without_the_token_is_refused() {
    let env = TestEnvironment::new();
    let mut viewer = env.open_session(1).await;
    viewer.pay(&env, 10, 1, 3).await.unwrap();
    env.paywall.settled(viewer.id, 10, Seen::Finalized);
    for first in [1, 4] {
        let tick = copied_from_chain(&mut viewer, 10);
        let request = PayRequest { tick, stream: STREAM, wanted: range(first, 1), costs: &[2] };
        assert_eq!(payment_required(env.paywall.pay(request).await), PaymentRequired::TokenMissing);
    }
    let tick = copied_from_chain(&mut viewer, 10);
    assert_eq!(payment_required(env.paywall.advance(tick).await), PaymentRequired::TokenMissing);
}

#[tokio::test]
async fn forged_foreign_and_expired_tokens_are_refused() {
    let env = TestEnvironment::new();
    let mut viewer = env.open_session(1).await;
    let mut other = env.open_session(2).await;
    viewer.pay(&env, 2, 1, 1).await.unwrap();
    other.pay(&env, 2, 1, 1).await.unwrap();
    let token = viewer.token.unwrap();

    let mut forged = token;
    forged.0[15] ^= 1;
    for wrong in [forged, other.token.unwrap(), Token([0; 16])] {
        viewer.token = Some(wrong);
        assert_eq!(payment_required(viewer.pay(&env, 0, 1, 1).await), PaymentRequired::TokenInvalid);
    }
    viewer.token = Some(token);
    env.paywall.closed(viewer.id, 2, Seen::Finalized);
    assert_eq!(payment_required(viewer.pay(&env, 0, 1, 1).await), PaymentRequired::NoSession);
}

#[tokio::test]
async fn token_survives_a_restart_and_is_refused_by_another_gateway() {
    let env = TestEnvironment::new();
    let mut viewer = env.open_session(1).await;
    viewer.pay(&env, 2, 1, 1).await.unwrap();
    let env = env.restart();
    viewer.pay(&env, 0, 1, 1).await.unwrap();
    let elsewhere = TestEnvironment::new();
    elsewhere.offer(&viewer).await.unwrap();
    elsewhere.paywall.opened(viewer.id, &viewer.on_chain(), Seen::Finalized);
    assert_eq!(payment_required(viewer.pay(&elsewhere, 0, 1, 1).await), PaymentRequired::TokenInvalid);
}

#[test]
fn token_is_parsed_from_its_text_and_hidden_in_debug_output() {
    let token = Token([0xa5; 16]);
    assert_eq!(token.to_string().parse(), Ok(token));
    assert!(!format!("{token:?}").contains("a5"));
    for text in ["", "a5", "zz", &"g5".repeat(16), &"a5".repeat(17), &"é".repeat(16)] {
        assert!(text.parse::<Token>().is_err(), "{text}");
    }
}

#[tokio::test]
async fn ticket_whose_nonce_was_opened_for_another_stream_is_rejected() {
    let env = TestEnvironment::new();
    let mut viewer = Viewer::new(1);
    env.offer(&viewer).await.unwrap();
    viewer.pay(&env, 6, 1, 3).await.unwrap();

    let same_nonce = Viewer::with_ticket(1, |ticket| ticket.stream = 6);
    assert_eq!(same_nonce.id, viewer.id, "the nonce determines the id");
    env.paywall.opened(same_nonce.id, &same_nonce.on_chain(), Seen::Best);
    let rejected = PaymentRequired::TicketRejected { rejection: Rejection::OtherStream };
    assert_eq!(payment_required(viewer.pay(&env, 8, 4, 1).await), rejected);
    assert!(env.paywall.claims_due(LATER, 10).is_empty(), "the claim would pay another creator");
    let books = env.paywall.books(&viewer.id).unwrap();
    assert_eq!(env.paywall.alarms(LATER), [Alarm::TicketRejected(viewer.id, Rejection::OtherStream, books)]);

    // After a reorganisation the right ticket may still be opened.
    env.paywall.reorged_out(viewer.id);
    env.paywall.opened(viewer.id, &viewer.on_chain(), Seen::Best);
    viewer.pay(&env, 8, 4, 1).await.unwrap();
}

#[tokio::test]
async fn viewer_of_a_rejected_ticket_gets_no_more_credit() {
    let env = TestEnvironment::with_config(|config| config.unopened_per_prefix = 2);
    let mut viewer = Viewer::new(1);
    env.offer(&viewer).await.unwrap();
    viewer.pay(&env, 6, 1, 3).await.unwrap();
    let same_nonce = Viewer::with_ticket(1, |ticket| ticket.stream = 6);
    env.paywall.opened(same_nonce.id, &same_nonce.on_chain(), Seen::Best);
    env.paywall.opened(same_nonce.id, &same_nonce.on_chain(), Seen::Finalized);
    assert_eq!(env.paywall.counts().tickets_rejected, 1, "it is counted once");

    let again = Viewer::with_ticket(1, |ticket| ticket.nonce += 1);
    assert_eq!(env.offer(&again).await.unwrap().credit_left, Some(0));
    let neighbour = env.offer(&Viewer::new(2)).await;
    assert_eq!(
        refusal(neighbour),
        OfferRefusal::TooManyUnopened { max_unopened: 2 },
        "the slot of the lost credit stays in use"
    );

    env.paywall.settled(same_nonce.id, 6, Seen::Finalized);
    env.paywall.block(BEST + 601, NOW, Seen::Finalized);
    env.paywall.claims_due(NOW, 1);
    assert_eq!(env.paywall.status(&viewer.id), None, "it is removed when it can no longer be opened");
    assert_eq!(env.paywall.counts().lost_ticks, 6, "ticks settled in the other session are not paid to this gateway");
}

#[tokio::test]
async fn second_ticket_of_a_viewer_gets_no_credit() {
    let env = TestEnvironment::new();
    let mut first = Viewer::new(1);
    env.offer(&first).await.unwrap();
    first.pay(&env, 6, 1, 3).await.unwrap();
    for nonce in 2..10 {
        let next = Viewer::with_ticket(1, |ticket| ticket.nonce += nonce);
        assert_eq!(refusal(env.offer(&next).await), OfferRefusal::TicketPending { session: first.id });
    }
    // A ticket that expires with its credit used costs the viewer the credit of the next hour.
    env.paywall.block(BEST + 601, NOW, Seen::Finalized);
    let mut second =
        Viewer::with_ticket(1, |ticket| (ticket.nonce, ticket.expires_at) = (ticket.nonce + 1, BEST + 2_000));
    assert_eq!(env.offer(&second).await.unwrap().credit_left, Some(0));
    let none = PaymentRequired::CreditUsedUp { credit_ticks: 0, awaits: "in a block" };
    assert_eq!(payment_required(second.pay(&env, 2, 1, 1).await), none);
    env.paywall.opened(second.id, &second.on_chain(), Seen::Best);
    second.pay(&env, 2, 1, 1).await.unwrap();
}

#[tokio::test]
async fn credit_of_many_viewers_of_one_network_is_limited_to_its_slots() {
    let env = TestEnvironment::with_config(|config| config.unopened_per_prefix = 3);
    let too_many = OfferRefusal::TooManyUnopened { max_unopened: 3 };
    for seed in 1..=10 {
        let mut viewer = Viewer::new(seed);
        if seed > 3 {
            assert_eq!(refusal(env.offer(&viewer).await), too_many);
            continue;
        }
        env.offer(&viewer).await.unwrap();
        viewer.pay(&env, 6, 1, 3).await.unwrap();
    }
    env.paywall.block(BEST + 601, NOW, Seen::Finalized);
    let late = Viewer::with_ticket(20, |ticket| ticket.expires_at = BEST + 2_000);
    assert_eq!(refusal(env.offer_at(&late, 0, NOW).await), too_many, "lost credit keeps its slot");
    env.offer_at(&late, 0, NOW + 3_600_001).await.unwrap();
}

#[tokio::test]
async fn session_whose_opening_is_undone_has_the_credit_of_a_ticket() {
    let env = TestEnvironment::new();
    let mut viewer = Viewer::new(1);
    env.offer(&viewer).await.unwrap();
    env.paywall.opened(viewer.id, &viewer.on_chain(), Seen::Best);
    viewer.pay(&env, 20, 1, 10).await.unwrap();
    env.paywall.settled(viewer.id, 20, Seen::Best);

    env.paywall.reorged_out(viewer.id);
    let none = PaymentRequired::CreditUsedUp { credit_ticks: 6, awaits: "in a block" };
    assert_eq!(payment_required(viewer.pay(&env, 22, 11, 1).await), none);
    assert_eq!(env.paywall.opens_due(LATER, 10).len(), 1, "the opening is submitted again");
    assert_eq!(env.status(&viewer).settled_ticks, 0);
    let other = Viewer::with_ticket(1, |ticket| ticket.nonce += 1);
    assert_eq!(refusal(env.offer(&other).await), OfferRefusal::TicketPending { session: viewer.id });

    env.paywall.opened(viewer.id, &viewer.on_chain(), Seen::Finalized);
    assert_eq!(viewer.pay(&env, 22, 11, 1).await.unwrap().charged_ticks, 22);
    env.paywall.reorged_out(viewer.id);
    assert_eq!(env.status(&viewer).phase, Phase::Finalized, "a finalized opening is not undone");
}

#[tokio::test]
async fn withdrawal_before_the_opening_ends_the_credit() {
    let env = TestEnvironment::new();
    let mut viewer = Viewer::new(1);
    env.offer(&viewer).await.unwrap();
    viewer.pay(&env, 2, 1, 1).await.unwrap();
    let account = viewer.signed.ticket.viewer.clone();
    viewer.deposit.free = 100;
    env.report_payer(&viewer);
    assert_eq!(payment_required(viewer.pay(&env, 4, 2, 1).await), PaymentRequired::DepositUncovered);
    viewer.deposit.free = 1_000_000;
    env.report_payer(&viewer);
    viewer.pay(&env, 4, 2, 1).await.unwrap();
    env.paywall.payer(&account, None, &[]);
    assert_eq!(payment_required(viewer.pay(&env, 6, 3, 1).await), PaymentRequired::DepositUncovered);
    env.paywall.opened(viewer.id, &viewer.on_chain(), Seen::Best);
    viewer.pay(&env, 6, 3, 1).await.unwrap();
    env.paywall.payer(&account, None, &[]);
    viewer.pay(&env, 8, 4, 1).await.unwrap();
}

#[tokio::test]
async fn key_removed_or_restricted_before_the_opening_ends_the_credit() {
    let env = TestEnvironment::new();
    let mut viewer = Viewer::new(1);
    env.offer(&viewer).await.unwrap();
    let account = viewer.signed.ticket.viewer.clone();
    env.paywall.payer(&account, Some(&viewer.deposit), &[]);
    assert_eq!(payment_required(viewer.pay(&env, 2, 1, 1).await), PaymentRequired::DepositUncovered);
    env.report_payer(&viewer);
    viewer.pay(&env, 2, 1, 1).await.unwrap();
    viewer.key.allowance.left = 10;
    env.report_payer(&viewer);
    assert_eq!(payment_required(viewer.pay(&env, 4, 2, 1).await), PaymentRequired::DepositUncovered);
}

#[tokio::test]
async fn deposit_that_is_not_final_gives_no_credit() {
    let env = TestEnvironment::new();
    let mut viewer = Viewer::new(1);
    let (best, nothing) = (viewer.payer(), Payer::default());
    let offered = env.paywall.offer(request_of(&viewer, &best, &nothing)).await.unwrap();
    assert_eq!(offered.credit_left, Some(0));
    env.paywall.opened(viewer.id, &viewer.on_chain(), Seen::Best);
    viewer.pay(&env, 2, 1, 1).await.unwrap();
}

/// A device of viewer 1, whose free deposit is sufficient for one of its tickets only.
fn poor_device(device: u8) -> Viewer {
    let mut viewer = Viewer::with_device(1, device, |_| {});
    viewer.deposit.free = PRICE * u128::from(MAX_TICKS) + 10;
    viewer
}

#[tokio::test]
async fn many_keys_of_a_viewer_get_credit_for_one_deposit_only_once() {
    let env = TestEnvironment::new();
    let mut devices: Vec<_> = (1..=16).map(poor_device).collect();
    let mut released = 0;
    for device in &mut devices {
        env.offer(device).await.unwrap();
        released += device.pay(&env, 6, 1, 3).await.map_or(0, |paid| paid.charged_ticks);
    }
    assert_eq!(released, 6, "the deposit covers one of the tickets");

    // The first ticket is in a block, which the finalized deposit does not show yet.
    env.paywall.opened(devices[0].id, &devices[0].on_chain(), Seen::Best);
    env.report_payer(&devices[1]);
    let late = Viewer::with_device(1, 17, |ticket| ticket.max_ticks = 1);
    let late = Viewer { deposit: devices[0].deposit.clone(), ..late };
    assert_eq!(env.offer_from(&late, 1).await.unwrap().credit_left, Some(0));
}

#[tokio::test]
async fn tickets_accepted_first_are_covered_first() {
    let env = TestEnvironment::new();
    let (mut first, mut second) = (poor_device(1), poor_device(2));
    env.offer(&first).await.unwrap();
    env.offer(&second).await.unwrap();
    let keys = [&first, &second].map(|device| (device.signed.ticket.session_key.clone(), device.key.clone()));
    let account = first.signed.ticket.viewer.clone();
    env.paywall.payer(&account, Some(&first.deposit), &keys);
    first.pay(&env, 2, 1, 1).await.unwrap();
    assert_eq!(payment_required(second.pay(&env, 2, 1, 1).await), PaymentRequired::DepositUncovered);
}

#[tokio::test]
async fn session_opened_by_a_wallet_below_the_minimum_buys_nothing() {
    let minimums: [fn(&mut Config); 2] =
        [|config| config.min_price = PRICE + 1, |config| config.min_share = Permill::one()];
    for tune in minimums {
        let env = TestEnvironment::with_config(tune);
        let mut viewer = Viewer::new(1);
        env.paywall.opened(viewer.id, &viewer.on_chain(), Seen::Finalized);
        let refused = payment_required(viewer.pay(&env, 2, 1, 1).await);
        assert!(matches!(refused, PaymentRequired::BelowMinimum(_)), "{refused}");
        let refused = payment_required(env.paywall.advance(viewer.tick(1)).await);
        assert!(matches!(refused, PaymentRequired::BelowMinimum(_)), "{refused}");
        // It is closed when it is idle. Nothing was revealed, so nothing has to be settled at the gateway's cost.
        let due = env.paywall.claims_due(NOW + 120_000, 10);
        assert_eq!(due.iter().map(|due| (due.claim.is_some(), due.close)).collect::<Vec<_>>(), [(false, true)]);
    }
}

#[tokio::test]
async fn ticks_end_one_window_beyond_the_keys_delivered() {
    let env = TestEnvironment::new();
    let mut viewer = env.open_session(1).await;
    viewer.pay(&env, 4, 1, 2).await.unwrap();
    env.paywall.advance(viewer.tick(64)).await.unwrap();
    let too_far = PaymentRequired::TooFarAhead { ticks: 65, highest_ticks: 64 };
    assert_eq!(payment_required(env.paywall.advance(viewer.tick(65)).await), too_far);
}

/// The fees with which a claim of 10 ticks of the test streams does not pay for itself, and one of 60 ticks does.
const FEES: ClaimFees = ClaimFees { claim: 400, step: 1, group: 1_000 };

/// A viewer who has revealed 10 ticks at `NOW` on a stream whose claims cost [`FEES`].
async fn paid_ten_cheap_ticks() -> (TestEnvironment, Viewer) {
    let env = TestEnvironment::new();
    env.paywall.set_claim_fees(FEES);
    let mut viewer = env.open_session(1).await;
    let tick = TickRequest { now_ms: NOW, ..viewer.tick(10) };
    let request = PayRequest { tick, stream: STREAM, wanted: range(1, 5), costs: &[2; 5] };
    viewer.token = env.paywall.pay(request).await.unwrap().token;
    (env, viewer)
}

#[tokio::test]
async fn session_of_one_tick_every_24_seconds_costs_no_claim_below_its_fee() {
    let (env, mut viewer) = paid_ten_cheap_ticks().await;
    let mut submitted = Vec::new();
    for round in 1..=60u32 {
        let now_ms = NOW + u64::from(round) * 24_000;
        env.paywall.advance(TickRequest { now_ms, ..viewer.tick(10 + round) }).await.unwrap();
        // As if the node did not settle anything: late claims are settled directly, at the gateway's cost.
        for due in env.paywall.claims_due(now_ms + 16_000, 10) {
            let ticks = due.claim.unwrap().ticks;
            submitted.push((due.reason, ticks, due.income));
            env.paywall.submitted_directly(&viewer.id, ticks, now_ms + 16_000);
            env.paywall.settled(viewer.id, ticks, Seen::Finalized);
        }
    }
    // A tick earns 10 planck. 45 ticks cost 445 planck.
    assert_eq!(submitted, [(DueReason::Idle, 45, 450)]);
}

#[tokio::test]
async fn claim_below_its_fee_is_paid_for_once_at_the_end_of_the_session() {
    let (env, viewer) = paid_ten_cheap_ticks().await;
    let reason = |now_ms| env.paywall.claims_due(now_ms, 10).first().map(|due| due.reason);
    assert_eq!(reason(NOW + 20_000), None);
    assert!(env.paywall.alarms(NOW + 1_000_000).is_empty(), "it waits as it should");
    let idle = DueReason::Ending(Ending::Idle);
    assert_eq!(reason(NOW + 120_000), Some(idle));
    env.paywall.submitted(&viewer.id, 10, NOW + 120_000);
    assert_eq!(reason(NOW + 150_000), Some(DueReason::NotIncluded));
    env.paywall.submitted_directly(&viewer.id, 10, NOW + 150_000);
    assert_eq!(reason(NOW + 179_999), None);
    assert_eq!(reason(NOW + 180_000), Some(idle), "from now on it goes to the node's pool, which costs no fee");
    assert!(!env.paywall.alarms(NOW + 1_000_000).is_empty());
}

#[tokio::test]
async fn rows_count_as_late_when_the_node_is_busy_for_too_long() {
    let env = TestEnvironment::new();
    let (mut viewer, unopened) = (env.open_session(1).await, Viewer::new(2));
    viewer.pay(&env, 10, 1, 5).await.unwrap();
    env.offer(&unopened).await.unwrap();
    env.paywall.end(&viewer.id);
    let reason = |now_ms| env.paywall.claims_due(now_ms, 10).first().map(|due| due.reason);
    let is_open_late = |now_ms| env.paywall.opens_due(now_ms, 10).first().map(|open| open.is_late);
    let ending = Some(DueReason::Ending(Ending::Requested));
    for second in 0..10 {
        let now_ms = NOW + second * 1_000;
        assert_eq!((reason(now_ms), is_open_late(now_ms)), (ending, Some(false)));
        env.paywall.refused_as_busy(&viewer.id, now_ms);
        env.paywall.refused_as_busy(&unopened.id, now_ms);
    }
    assert_eq!((reason(NOW + 10_000), is_open_late(NOW + 10_000)), (Some(DueReason::NotIncluded), Some(true)));
    env.paywall.submitted_directly(&viewer.id, 10, NOW + 10_000);
    env.paywall.settled(viewer.id, 10, Seen::Finalized);
    assert_eq!(reason(NOW + 10_001), ending, "the close has not been refused yet");
    env.paywall.refused_as_busy(&viewer.id, NOW + 10_001);
    assert_eq!(reason(NOW + 20_001), Some(DueReason::NotIncluded));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn payment_sent_many_times_at_once_is_charged_once() {
    let env = std::sync::Arc::new(TestEnvironment::new());
    let mut viewer = env.open_session(1).await;
    let tick = viewer.tick(10);
    let requests: Vec<_> = (0..20)
        .map(|_| {
            let env = env.clone();
            tokio::spawn(async move {
                let request = PayRequest { tick, stream: STREAM, wanted: range(1, 5), costs: &[2; 5] };
                env.paywall.pay(request).await
            })
        })
        .collect();
    let mut charged_ticks = 0;
    for task in requests {
        // It is the session's first tick, so each of them is answered with the keys.
        let paid = task.await.unwrap().unwrap();
        assert_eq!(paid.released, range(1, 5));
        charged_ticks += paid.cost_ticks;
    }
    assert_eq!(charged_ticks, 10);
    assert_eq!(env.status(&viewer).charged_ticks, 10);
}
