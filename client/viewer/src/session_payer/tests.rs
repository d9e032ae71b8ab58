use super::*;
use tick_stream_primitives::{tick_chain::leads_to, AccountId, TickHash};
use vilokanam_chain::{Order, Signer, Viewer};

/// Payer of a session of `max_ticks`, and the session's anchor.
fn payer(max_ticks: u32) -> (SessionPayer, TickHash) {
    let key = Signer::from_uri("//Alice").unwrap();
    let mut viewer = Viewer::new(key.account(), key, 7, [1; 32]);
    let order = Order { stream: 3, gateway: AccountId::from([2; 32]), price_per_tick: 10, max_ticks, expires_at: 100 };
    let watch = viewer.ticket_from_seed(&order, [9; 32]);
    let anchor = watch.ticket.ticket.anchor;
    (SessionPayer::new(watch, 10), anchor)
}

fn problem(code: &str, status: u16, required_ticks: Option<u32>) -> Problem {
    Problem {
        kind: format!("/problems/{code}"),
        title: String::new(),
        status,
        detail: String::new(),
        hint: None,
        code: code.into(),
        request_id: None,
        required_ticks,
    }
}

fn ticks(payment: &Payment) -> u32 {
    payment.claim.map(|(ticks, _)| ticks).unwrap_or_default()
}

#[test]
fn payment_proves_the_ticks_of_the_key() {
    let (mut payer, anchor) = payer(10);
    assert_eq!(payer.ticks_to_reveal(2), 2);
    let payment = payer.pay(2).unwrap().unwrap();
    let (ticks, proof) = payment.claim.unwrap();
    assert_eq!(ticks, 2);
    assert!(leads_to(&payer.session(), &proof, 2, &anchor));
    assert_eq!((payer.spent(), payer.remaining()), (20, 80));
    payer.key_received(2, Some(2), Some("t".into()));
    let next = payer.pay(2).unwrap().unwrap();
    assert_eq!((next.claim.unwrap().0, next.token.as_deref()), (4, Some("t")));
}

#[test]
fn repeated_payment_reveals_no_more_ticks() {
    let (mut payer, _) = payer(10);
    let first = payer.pay(2).unwrap().unwrap();
    let again = payer.pay(2).unwrap().unwrap();
    assert!(first == again, "there was no answer: the same is sent once more");
    assert_eq!(payer.revealed_ticks(), 2);
}

#[test]
fn payment_above_max_ticks_reveals_nothing() {
    let (mut payer, _) = payer(3);
    payer.pay(2).unwrap().unwrap();
    payer.key_received(2, None, None);
    assert!(payer.pay(2).unwrap().is_none());
    assert_eq!(payer.revealed_ticks(), 2);
    assert_eq!(ticks(&payer.pay(1).unwrap().unwrap()), 3);
}

#[test]
fn ticks_that_were_not_charged_pay_for_the_next_key() {
    let (mut payer, _) = payer(10);
    payer.pay(2).unwrap().unwrap();
    payer.key_received(2, Some(0), None);
    assert_eq!(payer.ticks_to_reveal(2), 0);
    assert_eq!(ticks(&payer.pay(2).unwrap().unwrap()), 2);
}

#[test]
fn inflated_charge_does_not_make_the_viewer_pay_ahead() {
    let (mut payer, _) = payer(1_000);
    payer.pay(2).unwrap().unwrap();
    payer.key_received(2, Some(900), None);
    assert_eq!(ticks(&payer.pay(2).unwrap().unwrap()), 4);
}

#[test]
fn one_tick_more_is_revealed_for_rounding() {
    let (mut payer, _) = payer(10);
    payer.pay(2).unwrap().unwrap();
    let reaction = payer.on_refusal(&problem("out-of-prepaid-ticks", 402, Some(3)), 0, 2);
    assert_eq!(reaction, Reaction::AskAgain);
    assert_eq!(ticks(&payer.pay(2).unwrap().unwrap()), 3);
}

#[test]
fn demand_above_the_cost_of_the_key_is_refused() {
    for required in [Some(4), Some(10), Some(u32::MAX), None] {
        let (mut payer, _) = payer(10);
        payer.pay(2).unwrap().unwrap();
        let reaction = payer.on_refusal(&problem("out-of-prepaid-ticks", 402, required), 0, 2);
        assert_eq!((reaction, payer.revealed_ticks()), (Reaction::GiveUp, 2), "{required:?}");
    }
}

#[test]
fn lost_token_costs_one_tick_and_no_more() {
    let (mut payer, _) = payer(10);
    payer.pay(2).unwrap().unwrap();
    // The answer that held the token was lost.
    assert_eq!(payer.on_refusal(&problem("token-missing", 402, None), 0, 2), Reaction::AskAgain);
    assert_eq!(ticks(&payer.pay(2).unwrap().unwrap()), 3);
    assert_eq!(payer.on_refusal(&problem("token-missing", 402, None), 0, 2), Reaction::GiveUp);
    assert_eq!(payer.revealed_ticks(), 3);
}

#[test]
fn other_refusals_have_their_reactions() {
    let (mut payer, _) = payer(10);
    let mut reaction = |code: &str, status| payer.on_refusal(&problem(code, status, None), 0, 2);
    for (code, status) in [("credit-used-up", 402), ("too-fast", 402), ("unavailable", 503), ("too-many-requests", 429)]
    {
        assert_eq!(reaction(code, status), Reaction::Wait(WAIT), "{code}");
    }
    for code in ["deposit-spent", "session-closing", "ticket-rejected"] {
        assert_eq!(reaction(code, 402), Reaction::Reopen, "{code}");
    }
    assert_eq!(reaction("proof-invalid", 402), Reaction::GiveUp);
    assert_eq!(reaction("never-heard-of", 400), Reaction::GiveUp);
}
