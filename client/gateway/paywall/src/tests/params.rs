//! Parameters of the chain that change while the paywall runs.

use super::env::*;
use crate::*;
use sp_runtime::Permill;
use tick_stream_primitives::{Balance, Params};

/// Parameters as the environment's configuration has them.
fn params(config: &Config) -> Params {
    Params {
        min_price: config.min_price,
        min_deposit: 1,
        stream_deposit: 1,
        gateway_bond: 1,
        open_fee: config.open_fee,
        storage_bond: 1,
        protocol_fee: config.protocol_fee,
        submitter_share: config.submitter_share,
        max_prepaid_ticks: config.max_prepaid_ticks,
        close_period: config.close_period_blocks,
        gateway_silence: 300,
        notice: 60,
        ticket_lifetime: config.ticket_lifetime_blocks,
    }
}

#[tokio::test]
async fn open_fee_that_was_raised_counts_for_the_next_ticket() {
    let env = TestEnvironment::new();
    let mut viewer = Viewer::new(1);
    viewer.deposit.free = Balance::from(MAX_TICKS) * PRICE + env.config.open_fee;
    env.offer(&viewer).await.expect("the deposit covers reserve and fee");

    let raised = Params { open_fee: env.config.open_fee + 1, ..params(&env.config) };
    assert_eq!(env.paywall.set_params(&raised).ok(), Some(true));
    let mut viewer = Viewer::new(2);
    viewer.deposit.free = Balance::from(MAX_TICKS) * PRICE + env.config.open_fee;
    let (free, required) = (viewer.deposit.free, viewer.deposit.free + 1);
    assert_eq!(refusal(env.offer(&viewer).await), OfferRefusal::FundsTooLow { free, required });
    viewer.deposit.free += 1;
    env.offer(&viewer).await.expect("the deposit covers reserve and fee");
}

#[tokio::test]
async fn minimum_price_that_the_chain_raised_counts_for_the_next_ticket() {
    let env = TestEnvironment::new();
    env.offer(&Viewer::new(1)).await.expect("the price is that of the stream");
    let raised = Params { min_price: PRICE + 1, ..params(&env.config) };
    assert_eq!(env.paywall.set_params(&raised).ok(), Some(true));
    let price = BelowMinimum::Price { price_per_tick: PRICE, min_price: PRICE + 1 };
    assert_eq!(refusal(env.offer(&Viewer::new(2)).await), OfferRefusal::BelowMinimum(price));
}

#[tokio::test]
async fn minimum_that_the_operator_changed_counts_for_the_next_ticket() {
    let env = TestEnvironment::new();
    env.offer(&Viewer::new(1)).await.expect("the price is that of the stream");
    env.paywall.set_minimum(PRICE + 1, SHARE);
    let price = BelowMinimum::Price { price_per_tick: PRICE, min_price: PRICE + 1 };
    assert_eq!(refusal(env.offer(&Viewer::new(2)).await), OfferRefusal::BelowMinimum(price));
    env.paywall.set_minimum(PRICE, SHARE);
    env.offer(&Viewer::new(3)).await.expect("the price is the minimum");
}

#[tokio::test]
async fn running_session_goes_on_under_the_new_parameters() {
    let env = TestEnvironment::new();
    let mut viewer = env.open_session(1).await;
    viewer.pay(&env, 2, 1, 1).await.unwrap();

    let fewer = Params { max_prepaid_ticks: 10, protocol_fee: Permill::from_percent(2), ..params(&env.config) };
    assert_eq!(env.paywall.set_params(&fewer).ok(), Some(true));
    let too_far = PaymentRequired::TooFarAhead { ticks: 15, highest_ticks: 14 };
    assert_eq!(payment_required(viewer.pay(&env, 15, 2, 1).await), too_far);
    viewer.pay(&env, 14, 2, 1).await.unwrap();
    assert_eq!(env.status(&viewer).revealed_ticks, 14);
}

#[test]
fn equal_parameters_are_no_change() {
    let env = TestEnvironment::new();
    assert_eq!(env.paywall.set_params(&params(&env.config)).ok(), Some(false));
}

#[tokio::test]
async fn parameters_that_do_not_fit_the_limits_change_nothing() {
    let env = TestEnvironment::new();
    let misfit = Params { close_period: env.config.urgent_blocks - 1, max_prepaid_ticks: 10, ..params(&env.config) };
    assert!(matches!(env.paywall.set_params(&misfit), Err(OpenError::Config(_))));
    let mut viewer = env.open_session(1).await;
    viewer.pay(&env, 62, 1, 1).await.expect("ticks are still accepted up to the earlier limit");
}
