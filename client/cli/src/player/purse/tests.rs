use super::*;
use tick_stream_primitives::{tick_chain::leads_to, AccountId, TickHash};
use vilokanam_chain::{Order, Signer, Viewer};

/// A session of `max_ticks`, and its anchor.
fn purse(max_ticks: u32) -> (Purse, TickHash) {
    let key = Signer::from_uri("//Alice").unwrap();
    let mut viewer = Viewer::new(key.account(), key, 7, [1; 32]);
    let order = Order { stream: 3, gateway: AccountId::from([2; 32]), price_per_tick: 10, max_ticks, expires_at: 100 };
    let watch = viewer.ticket_from_seed(&order, [9; 32]);
    let anchor = watch.ticket.ticket.anchor;
    (Purse::new(watch, 10, 0, 0), anchor)
}

fn problem(code: &str, status: u16, ticks_due: Option<u32>) -> Problem {
    Problem {
        kind: format!("/problems/{code}"),
        title: String::new(),
        status,
        detail: String::new(),
        mend: None,
        code: code.into(),
        request_id: None,
        ticks_due,
    }
}

fn ticks(payment: &Payment) -> u32 {
    payment.claim.map(|(ticks, _)| ticks).unwrap_or_default()
}

#[test]
fn pay_works() {
    let (mut purse, anchor) = purse(10);
    assert_eq!(purse.due(2), 2);
    let payment = purse.pay(2).unwrap().unwrap();
    let (ticks, proof) = payment.claim.unwrap();
    assert_eq!(ticks, 2);
    assert!(leads_to(&purse.session(), &proof, 2, &anchor));
    assert_eq!((purse.spent(), purse.left()), (20, 80));
    purse.bought(2, Some(2), Some("t".into()));
    let next = purse.pay(2).unwrap().unwrap();
    assert_eq!((next.claim.unwrap().0, next.token.as_deref()), (4, Some("t")));
}

#[test]
fn pay_again_lets_go_of_no_more_works() {
    let (mut purse, _) = purse(10);
    let first = purse.pay(2).unwrap().unwrap();
    let again = purse.pay(2).unwrap().unwrap();
    assert!(first == again, "no answer came: the same is sent once more");
    assert_eq!(purse.revealed(), 2);
}

#[test]
fn pay_beyond_the_session_fails() {
    let (mut purse, _) = purse(3);
    purse.pay(2).unwrap().unwrap();
    purse.bought(2, None, None);
    assert!(purse.pay(2).unwrap().is_none());
    assert_eq!(purse.revealed(), 2, "nothing is let go of in vain");
    assert_eq!(ticks(&purse.pay(1).unwrap().unwrap()), 3);
}

#[test]
fn free_repeat_works() {
    let (mut purse, _) = purse(10);
    purse.pay(2).unwrap().unwrap();
    purse.bought(2, Some(0), None);
    assert_eq!(purse.due(2), 0, "the gateway charged nothing: what was let go of pays for the next");
    assert_eq!(ticks(&purse.pay(2).unwrap().unwrap()), 2);
}

#[test]
fn bought_with_an_inflated_count_fails_to_pay_ahead() {
    let (mut purse, _) = purse(1_000);
    purse.pay(2).unwrap().unwrap();
    purse.bought(2, Some(900), None);
    assert_eq!(ticks(&purse.pay(2).unwrap().unwrap()), 4);
}

#[test]
fn refused_for_ticks_within_the_keys_cost_works() {
    let (mut purse, _) = purse(10);
    purse.pay(2).unwrap().unwrap();
    assert_eq!(purse.refused(&problem("out-of-prepaid-ticks", 402, Some(3)), 0, 2), Step::Again);
    assert_eq!(ticks(&purse.pay(2).unwrap().unwrap()), 3, "a second more, for rounding");
}

#[test]
fn refused_for_more_than_the_keys_cost_fails() {
    for due in [4, 10, u32::MAX] {
        let (mut purse, _) = purse(10);
        purse.pay(2).unwrap().unwrap();
        assert_eq!(purse.refused(&problem("ticks-due", 402, Some(due)), 0, 2), Step::GiveUp, "{due}");
        assert_eq!(purse.revealed(), 2);
    }
    let (mut purse, _) = purse(10);
    assert_eq!(purse.refused(&problem("ticks-due", 402, None), 0, 2), Step::GiveUp);
}

#[test]
fn refused_for_a_token_lets_go_of_one_tick_works() {
    let (mut purse, _) = purse(10);
    purse.pay(2).unwrap().unwrap();
    // The answer with the token was lost.
    assert_eq!(purse.refused(&problem("token-missing", 402, None), 0, 2), Step::Again);
    assert_eq!(ticks(&purse.pay(2).unwrap().unwrap()), 3);
    assert_eq!(purse.refused(&problem("token-missing", 402, None), 0, 2), Step::GiveUp, "not tick after tick");
    assert_eq!(purse.revealed(), 3);
}

#[test]
fn refused_otherwise_works() {
    let (mut purse, _) = purse(10);
    let mut step = |code: &str, status| purse.refused(&problem(code, status, None), 0, 2);
    assert_eq!(step("credit-used-up", 402), Step::Hold(HOLD));
    assert_eq!(step("too-fast", 402), Step::Hold(HOLD));
    assert_eq!(step("unavailable", 503), Step::Hold(HOLD));
    assert_eq!(step("too-many-requests", 429), Step::Hold(HOLD));
    assert_eq!(step("deposit-spent", 402), Step::Renew);
    assert_eq!(step("session-closing", 402), Step::Renew);
    assert_eq!(step("proof-invalid", 402), Step::GiveUp);
    assert_eq!(step("never-heard-of", 400), Step::GiveUp);
}
