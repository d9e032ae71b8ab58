//! How large a session is to be: as long as is wished, and no dearer than there is money for.

use crate::{
    amount::{PerSecond, Vlk},
    error::CliError,
};
use tick_stream_primitives::{Balance, BlockNumber, Deposit};

/// What there is to pay with, and what it costs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Means {
    /// What a tick may cost: the price now, or the one announced if that is higher.
    pub price_per_tick: Balance,
    /// What opening costs.
    pub open_fee: Balance,
    /// What the viewer may still spend by its own wish.
    pub budget: Option<Balance>,
}

/// Checks that the session key may agree to the price at all.
pub fn check_terms(deposit: &Deposit, price_per_tick: Balance, now: BlockNumber) -> Result<(), CliError> {
    let Some(delegation) = &deposit.delegation else {
        return Err(CliError::unpaid("no session key is delegated", "Lend one with `vilokanam delegate`."));
    };
    if delegation.expires_at <= now {
        let what = format!("the session key's time was over with block {}", delegation.expires_at);
        return Err(CliError::unpaid(what, "Lend it again with `vilokanam delegate`."));
    }
    if delegation.max_price_per_tick < price_per_tick {
        let (price, limit) = (PerSecond(price_per_tick), PerSecond(delegation.max_price_per_tick));
        let what = format!("a second costs {price}, the session key may agree to {limit}");
        return Err(CliError::unpaid(what, "Raise its limit with `vilokanam delegate --max-price`."));
    }
    Ok(())
}

/// Ticks to order: `wished`, or as many as there is money for, if that is at least `least`.
pub fn ticks(deposit: &Deposit, means: &Means, wished: u32, least: u32) -> Result<u32, CliError> {
    let allowance = deposit.delegation.as_ref().map(|delegation| delegation.allowance).unwrap_or_default();
    let affordable = |money: Balance| {
        let ticks = money.saturating_sub(means.open_fee).checked_div(means.price_per_tick).unwrap_or(Balance::MAX);
        u32::try_from(ticks).unwrap_or(u32::MAX)
    };
    let limits = [
        (deposit.free, "the deposit has", "Deposit more with `vilokanam deposit`."),
        (allowance, "the session key's allowance is", "Lend it more with `vilokanam delegate`."),
        (means.budget.unwrap_or(Balance::MAX), "--max-spend leaves", "Raise --max-spend."),
    ];
    let (money, whose, mend) = limits.into_iter().min_by_key(|(money, ..)| *money).unwrap_or(limits[0]);
    let ticks = affordable(money).min(wished.max(least));
    if ticks < least {
        let price = PerSecond(means.price_per_tick);
        let what =
            format!("{whose} only {}, and the stream costs {price} and {} to open", Vlk(money), Vlk(means.open_fee));
        return Err(CliError::unpaid(what, mend));
    }
    Ok(ticks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tick_stream_primitives::{AccountId, Delegation};

    fn deposit(free: Balance, allowance: Balance) -> Deposit {
        let delegation =
            Delegation { session_key: AccountId::from([1; 32]), max_price_per_tick: 10, allowance, expires_at: 100 };
        Deposit { free, delegation: Some(delegation), ..Deposit::new(0) }
    }

    fn means(budget: Option<Balance>) -> Means {
        Means { price_per_tick: 10, open_fee: 5, budget }
    }

    #[test]
    fn ticks_works() {
        assert_eq!(ticks(&deposit(100_000, 100_000), &means(None), 60, 2).unwrap(), 60);
        assert_eq!(ticks(&deposit(105, 100_000), &means(None), 60, 2).unwrap(), 10, "all that is free");
        assert_eq!(ticks(&deposit(104, 100_000), &means(None), 60, 2).unwrap(), 9, "the fee comes first");
        assert_eq!(ticks(&deposit(100_000, 55), &means(None), 60, 2).unwrap(), 5, "the allowance");
        assert_eq!(ticks(&deposit(100_000, 100_000), &means(Some(35)), 60, 2).unwrap(), 3, "the viewer's own limit");
        assert_eq!(ticks(&deposit(100_000, 100_000), &means(None), 1, 2).unwrap(), 2, "a whole segment at least");
        let endless = deposit(Balance::MAX, Balance::MAX);
        assert_eq!(ticks(&endless, &means(None), u32::MAX, 2).unwrap(), u32::MAX);
    }

    #[test]
    fn ticks_without_money_fails() {
        for (deposit, budget, word) in [
            (deposit(20, 1_000), None, "deposit"),
            (deposit(1_000, 20), None, "allowance"),
            (deposit(1_000, 1_000), Some(24), "--max-spend"),
        ] {
            let error = ticks(&deposit, &means(budget), 60, 2).unwrap_err();
            assert!(error.to_string().contains(word), "{error}");
            assert_eq!(error.exit() as u8, 4);
        }
    }

    #[test]
    fn check_terms_works() {
        assert!(check_terms(&deposit(0, 0), 10, 99).is_ok());
        assert!(check_terms(&deposit(0, 0), 11, 99).is_err(), "too dear");
        assert!(check_terms(&deposit(0, 0), 10, 100).is_err(), "too late");
        assert!(check_terms(&Deposit::new(0), 10, 1).is_err(), "no key");
    }
}
