//! Terms of a session: whether the viewer agrees to the price, and how many ticks there is money for.

use crate::amount::{PerSecond, Vlk};
use std::fmt;
use tick_stream_primitives::{AccountId, Balance, BlockNumber, Deposit, Scope, SessionKey, StreamId};
use vilokanam_wire::Account;

/// Reason why a session cannot be paid for.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TermsError {
    /// The viewer's account has no deposit.
    #[error("the viewer has no deposit")]
    NoDeposit,
    /// The session key that this program holds is not among the viewer's keys.
    #[error("the session key that this program holds is not among the viewer's keys; it was removed, or never added")]
    NoSessionKey,
    /// The session key has expired.
    #[error("the session key expired with block {expired_at}")]
    SessionKeyExpired {
        /// Last block in which the session key was valid.
        expired_at: BlockNumber,
    },
    /// The session key may not be used for this stream at this gateway.
    #[error("the session key is limited to {}", ScopeText(limit))]
    OutOfScope {
        /// What the session key may be used for.
        limit: Scope,
    },
    /// The session key has as many sessions open as it may.
    #[error("the session key has {open} sessions open, and may have {limit}")]
    TooManySessions {
        /// Number of open sessions.
        open: u32,
        /// Maximum number of open sessions.
        limit: u32,
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

/// Text of a scope: what a session key is limited to.
struct ScopeText<'a>(&'a Scope);

impl fmt::Display for ScopeText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let account = |account: &AccountId| Account(account.clone());
        match self.0 {
            Scope::Any => f.write_str("nothing"),
            Scope::Gateway(only) => write!(f, "the gateway {}", account(only)),
            Scope::Creator(only) => write!(f, "streams of {}", account(only)),
            Scope::Stream(only) => write!(f, "stream {only}"),
        }
    }
}

/// What a session is for, and in which block it would be opened.
#[derive(Clone, Copy, Debug)]
pub struct Purpose<'a> {
    /// Stream to watch.
    pub stream: StreamId,
    /// Creator of the stream.
    pub creator: &'a AccountId,
    /// Gateway that delivers it.
    pub gateway: &'a AccountId,
    /// Maximum price of a tick, in planck.
    pub price_per_tick: Balance,
    /// Present block.
    pub now: BlockNumber,
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

/// Checks that a session key may open a session for this purpose.
///
/// # Errors
///
/// [`TermsError`], but not [`TermsError::NotEnoughMoney`].
pub fn check_session_key(key: &SessionKey, purpose: &Purpose<'_>) -> Result<(), TermsError> {
    let Purpose { stream, creator, gateway, price_per_tick, now } = *purpose;
    if key.expires_at <= now {
        return Err(TermsError::SessionKeyExpired { expired_at: key.expires_at });
    }
    if !key.scope.contains(stream, creator, gateway) {
        return Err(TermsError::OutOfScope { limit: key.scope.clone() });
    }
    if key.max_price_per_tick < price_per_tick {
        return Err(TermsError::AboveSessionKeyLimit { price: price_per_tick, limit: key.max_price_per_tick });
    }
    if key.open_sessions >= key.max_sessions {
        return Err(TermsError::TooManySessions { open: key.open_sessions, limit: key.max_sessions });
    }
    Ok(())
}

/// Returns the number of ticks to order in block `now`: `wanted`, or as many as there is money for, but at least
/// `min_ticks`.
///
/// # Errors
///
/// [`TermsError::NotEnoughMoney`] when there is no money for `min_ticks`.
pub fn affordable_ticks(
    deposit: &Deposit,
    key: &SessionKey,
    costs: &Costs,
    now: BlockNumber,
    wanted: u32,
    min_ticks: u32,
) -> Result<u32, TermsError> {
    let allowance = key.allowance.left_at(now);
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

/// Checks that `min_ticks` could be paid for in block `now` if open sessions returned `refund` of what they have reserved.
///
/// # Errors
///
/// [`TermsError::NotEnoughMoney`] when that is too little as well.
pub fn check_with_refund(
    deposit: &Deposit,
    key: &SessionKey,
    costs: &Costs,
    now: BlockNumber,
    min_ticks: u32,
    refund: Balance,
) -> Result<(), TermsError> {
    let deposit = Deposit { free: deposit.free.saturating_add(refund), ..deposit.clone() };
    let mut key = key.clone();
    // Sessions of other keys return nothing to the allowance of this one.
    if key.open_sessions > 0 {
        key.allowance.left = key.allowance.left.saturating_add(refund);
    }
    affordable_ticks(&deposit, &key, costs, now, min_ticks, min_ticks).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tick_stream_primitives::{KeyLimits, Renewal};

    const CREATOR: [u8; 32] = [3; 32];
    const GATEWAY: [u8; 32] = [4; 32];

    fn key(allowance: Balance) -> SessionKey {
        let limits = KeyLimits {
            label: Default::default(),
            max_price_per_tick: 10,
            allowance,
            renewal: None,
            max_sessions: 2,
            scope: Scope::Any,
            expires_at: 100,
        };
        SessionKey::new(limits, 1, 0, 0, 0)
    }

    fn ticks(free: Balance, key: &SessionKey, budget: Option<Balance>, wanted: u32) -> Result<u32, TermsError> {
        let deposit = Deposit { free, ..Deposit::new(0) };
        affordable_ticks(&deposit, key, &Costs { price_per_tick: 10, open_fee: 5, budget }, 9, wanted, 2)
    }

    #[test]
    fn ticks_are_limited_by_deposit_allowance_and_budget() {
        assert_eq!(ticks(100_000, &key(100_000), None, 60), Ok(60));
        assert_eq!(ticks(105, &key(100_000), None, 60), Ok(10), "the whole deposit");
        assert_eq!(ticks(104, &key(100_000), None, 60), Ok(9), "after the fee");
        assert_eq!(ticks(100_000, &key(55), None, 60), Ok(5), "the allowance");
        assert_eq!(ticks(100_000, &key(100_000), Some(35), 60), Ok(3), "the budget");
        assert_eq!(ticks(100_000, &key(100_000), None, 1), Ok(2), "a whole segment at least");
        assert_eq!(ticks(Balance::MAX, &key(Balance::MAX), None, u32::MAX), Ok(u32::MAX));
    }

    #[test]
    fn renewed_allowance_counts_in_full() {
        let mut key = key(0);
        key.allowance.renewal = Some(Renewal { every_blocks: 10, amount: 55 });
        assert!(ticks(100_000, &key, None, 60).is_err(), "the first period is not over");
        key.allowance.renewal = Some(Renewal { every_blocks: 9, amount: 55 });
        assert_eq!(ticks(100_000, &key, None, 60), Ok(5));
    }

    #[test]
    fn too_little_money_names_its_source() {
        for (free, allowance, budget, source, words) in [
            (20, 1_000, None, MoneySource::Deposit, "deposit"),
            (1_000, 20, None, MoneySource::Allowance, "allowance"),
            (1_000, 1_000, Some(24), MoneySource::Budget, "spending limit"),
        ] {
            let error = ticks(free, &key(allowance), budget, 60).unwrap_err();
            assert!(error.to_string().contains(words), "{error}");
            assert!(matches!(error, TermsError::NotEnoughMoney { limited_by, .. } if limited_by == source));
        }
    }

    #[test]
    fn refund_counts_where_it_was_reserved() {
        let affords = |free, key: &SessionKey, refund| {
            let costs = Costs { price_per_tick: 10, open_fee: 5, budget: None };
            check_with_refund(&Deposit { free, ..Deposit::new(0) }, key, &costs, 9, 2, refund).is_ok()
        };
        assert!(affords(25, &key(25), 0));
        assert!(!affords(0, &key(1_000), 24) && affords(0, &key(1_000), 25), "the deposit");
        let busy = SessionKey { open_sessions: 1, ..key(5) };
        assert!(!affords(5, &busy, 19) && affords(5, &busy, 20), "deposit and allowance");
        assert!(!affords(5, &key(5), 1_000), "another key has reserved it");
    }

    #[test]
    fn session_key_must_be_valid_for_the_purpose() {
        let (creator, gateway) = (CREATOR.into(), GATEWAY.into());
        let purpose = Purpose { stream: 7, creator: &creator, gateway: &gateway, price_per_tick: 10, now: 99 };
        let check = |key: &SessionKey, purpose: Purpose<'_>| check_session_key(key, &purpose);
        assert_eq!(check(&key(0), purpose), Ok(()));
        assert_eq!(
            check(&key(0), Purpose { price_per_tick: 11, ..purpose }),
            Err(TermsError::AboveSessionKeyLimit { price: 11, limit: 10 })
        );
        assert_eq!(
            check(&key(0), Purpose { now: 100, ..purpose }),
            Err(TermsError::SessionKeyExpired { expired_at: 100 })
        );
        let busy = SessionKey { open_sessions: 2, ..key(0) };
        assert_eq!(check(&busy, purpose), Err(TermsError::TooManySessions { open: 2, limit: 2 }));
        for scope in [Scope::Stream(7), Scope::Creator(CREATOR.into()), Scope::Gateway(GATEWAY.into())] {
            assert_eq!(check(&SessionKey { scope, ..key(0) }, purpose), Ok(()));
        }
        for limit in [Scope::Stream(8), Scope::Creator(GATEWAY.into()), Scope::Gateway(CREATOR.into())] {
            let error = check(&SessionKey { scope: limit.clone(), ..key(0) }, purpose).unwrap_err();
            assert_eq!(error, TermsError::OutOfScope { limit });
            assert!(!error.to_string().ends_with("nothing"), "{error}");
        }
    }
}
