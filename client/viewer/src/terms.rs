//! Terms of a session: whether the viewer agrees to the price, and how many ticks there is money for.

use crate::amount::{PerSecond, Vlk};
use std::fmt;
use tick_stream_primitives::{AccountId, Balance, BlockNumber, Deposit};

/// Reason why a session cannot be paid for.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TermsError {
    /// The viewer's account has no deposit.
    #[error("the viewer has no deposit")]
    NoDeposit,
    /// The deposit has no session key.
    #[error("no session key is authorised to spend the deposit")]
    NoSessionKey,
    /// The deposit's session key is not the one that this program holds.
    #[error("the session key that is authorised to spend the deposit is not the one that this program holds")]
    OtherSessionKey,
    /// The authorisation of the session key has ended.
    #[error("the authorisation of the session key ended with block {expired_at}")]
    SessionKeyExpired {
        /// Last block in which the session key was valid.
        expired_at: BlockNumber,
    },
    /// A tick costs more than the session key may agree to.
    #[error("a second costs {}, and the session key may agree to {} at most", PerSecond(*price), PerSecond(*limit))]
    AboveSessionKeyLimit {
        /// Price of a tick.
        price: Balance,
        /// Maximum price that the wallet has authorised.
        limit: Balance,
    },
    /// A tick costs more than the viewer's own limit.
    #[error("a second costs {}, more than the limit of {}", PerSecond(*price), PerSecond(*limit))]
    AbovePriceLimit {
        /// Price of a tick.
        price: Balance,
        /// Maximum price that the viewer has set.
        limit: Balance,
    },
    /// There is not enough money for the smallest session that is of use.
    #[error(
        "{limited_by} only {}, and the stream costs {} and {} to open a session",
        Vlk(*available), PerSecond(*price_per_tick), Vlk(*open_fee)
    )]
    NotEnoughMoney {
        /// Source of money that is too small.
        limited_by: MoneySource,
        /// Amount in it.
        available: Balance,
        /// Price of a tick.
        price_per_tick: Balance,
        /// Fee for opening a session.
        open_fee: Balance,
    },
}

/// Source of money, or limit on spending it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MoneySource {
    /// Free part of the viewer's deposit.
    Deposit,
    /// Allowance of the session key.
    Allowance,
    /// Amount that the viewer wants to spend at most.
    Budget,
}

impl fmt::Display for MoneySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Deposit => "the deposit has",
            Self::Allowance => "the allowance of the session key is",
            Self::Budget => "the spending limit leaves",
        })
    }
}

/// Costs of a session, and what the viewer wants to spend.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Costs {
    /// Maximum price of a tick: the current price, or the announced one if it is higher.
    pub price_per_tick: Balance,
    /// Fee for opening a session.
    pub open_fee: Balance,
    /// Amount that the viewer wants to spend at most; `None` for no limit.
    pub budget: Option<Balance>,
}

/// Checks that `session_key` may agree to the price in block `now`.
///
/// # Errors
///
/// [`TermsError`], but not [`TermsError::NotEnoughMoney`].
pub fn check_session_key(
    deposit: &Deposit,
    session_key: &AccountId,
    price_per_tick: Balance,
    now: BlockNumber,
) -> Result<(), TermsError> {
    let delegation = deposit.delegation.as_ref().ok_or(TermsError::NoSessionKey)?;
    if delegation.session_key != *session_key {
        return Err(TermsError::OtherSessionKey);
    }
    if delegation.expires_at <= now {
        return Err(TermsError::SessionKeyExpired { expired_at: delegation.expires_at });
    }
    if delegation.max_price_per_tick < price_per_tick {
        let limit = delegation.max_price_per_tick;
        return Err(TermsError::AboveSessionKeyLimit { price: price_per_tick, limit });
    }
    Ok(())
}

/// Returns the number of ticks to order: `wanted`, or as many as there is money for, but at least `min_ticks`.
///
/// # Errors
///
/// [`TermsError::NotEnoughMoney`] when there is no money for `min_ticks`.
pub fn affordable_ticks(deposit: &Deposit, costs: &Costs, wanted: u32, min_ticks: u32) -> Result<u32, TermsError> {
    let allowance = deposit.delegation.as_ref().map(|delegation| delegation.allowance).unwrap_or_default();
    let sources = [(allowance, MoneySource::Allowance), (costs.budget.unwrap_or(Balance::MAX), MoneySource::Budget)];
    let deposit = (deposit.free, MoneySource::Deposit);
    let (available, limited_by) =
        sources.into_iter().fold(deposit, |least, source| if source.0 < least.0 { source } else { least });
    let affordable = available.saturating_sub(costs.open_fee).checked_div(costs.price_per_tick).unwrap_or(Balance::MAX);
    let ticks = u32::try_from(affordable).unwrap_or(u32::MAX).min(wanted.max(min_ticks));
    if ticks < min_ticks {
        let Costs { price_per_tick, open_fee, .. } = *costs;
        return Err(TermsError::NotEnoughMoney { limited_by, available, price_per_tick, open_fee });
    }
    Ok(ticks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tick_stream_primitives::Delegation;

    const KEY: [u8; 32] = [1; 32];

    fn deposit(free: Balance, allowance: Balance) -> Deposit {
        let delegation =
            Delegation { session_key: AccountId::from(KEY), max_price_per_tick: 10, allowance, expires_at: 100 };
        Deposit { free, delegation: Some(delegation), ..Deposit::new(0) }
    }

    fn ticks(deposit: &Deposit, budget: Option<Balance>, wanted: u32) -> Result<u32, TermsError> {
        affordable_ticks(deposit, &Costs { price_per_tick: 10, open_fee: 5, budget }, wanted, 2)
    }

    #[test]
    fn ticks_are_limited_by_deposit_allowance_and_budget() {
        assert_eq!(ticks(&deposit(100_000, 100_000), None, 60), Ok(60));
        assert_eq!(ticks(&deposit(105, 100_000), None, 60), Ok(10), "the whole deposit");
        assert_eq!(ticks(&deposit(104, 100_000), None, 60), Ok(9), "after the fee");
        assert_eq!(ticks(&deposit(100_000, 55), None, 60), Ok(5), "the allowance");
        assert_eq!(ticks(&deposit(100_000, 100_000), Some(35), 60), Ok(3), "the budget");
        assert_eq!(ticks(&deposit(100_000, 100_000), None, 1), Ok(2), "a whole segment at least");
        assert_eq!(ticks(&deposit(Balance::MAX, Balance::MAX), None, u32::MAX), Ok(u32::MAX));
    }

    #[test]
    fn too_little_money_names_its_source() {
        for (deposit, budget, source, words) in [
            (deposit(20, 1_000), None, MoneySource::Deposit, "deposit"),
            (deposit(1_000, 20), None, MoneySource::Allowance, "allowance"),
            (deposit(1_000, 1_000), Some(24), MoneySource::Budget, "spending limit"),
        ] {
            let error = ticks(&deposit, budget, 60).unwrap_err();
            assert!(error.to_string().contains(words), "{error}");
            assert!(matches!(error, TermsError::NotEnoughMoney { limited_by, .. } if limited_by == source));
        }
    }

    #[test]
    fn session_key_must_be_authorised_for_the_price() {
        let check = |deposit: &Deposit, key: [u8; 32], price, now| check_session_key(deposit, &key.into(), price, now);
        let usable = deposit(0, 0);
        assert_eq!(check(&usable, KEY, 10, 99), Ok(()));
        assert_eq!(check(&usable, KEY, 11, 99), Err(TermsError::AboveSessionKeyLimit { price: 11, limit: 10 }));
        assert_eq!(check(&usable, KEY, 10, 100), Err(TermsError::SessionKeyExpired { expired_at: 100 }));
        assert_eq!(check(&usable, [2; 32], 10, 99), Err(TermsError::OtherSessionKey));
        assert_eq!(check(&Deposit::new(0), KEY, 10, 1), Err(TermsError::NoSessionKey));
    }
}
