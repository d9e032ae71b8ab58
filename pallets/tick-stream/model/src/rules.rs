//! Rules under test, and rules with a planted fault.

use tick_stream_primitives::{
    rules::{self, Opening, Periods, Removal},
    Balance, BlockNumber, Claim, Deposit, KeyLimits, Moment, NonceWindow, RowError, Scope, Session, SessionKey,
};

/// Rules of the protocol. Each method is by default the rule that the pallet calls; see
/// [`tick_stream_primitives::rules`]. A fault replaces one of them, to show that the model checker finds it.
pub trait Rules: Send + Sync + 'static {
    /// See [`rules::open`].
    ///
    /// # Errors
    ///
    /// A limit of the ticket, the key or the deposit is exceeded.
    fn open(opening: &Opening<'_>, deposit: &mut Deposit, key: Option<&mut SessionKey>) -> Result<Session, RowError> {
        rules::open(opening, deposit, key)
    }

    /// See [`rules::check_claim`].
    ///
    /// # Errors
    ///
    /// The claim cannot be settled now.
    fn check_claim(claim: &Claim, session: &Session, now: Moment, max_prepaid_ticks: u32) -> Result<u32, RowError> {
        rules::check_claim(claim, session, now, max_prepaid_ticks)
    }

    /// See [`rules::is_over`].
    fn is_over(session: &Session, block: BlockNumber, periods: &Periods) -> bool {
        rules::is_over(session, block, periods)
    }

    /// See [`rules::remove`].
    fn remove(session: &Session, deposit: &mut Deposit, key: Option<&mut SessionKey>, block: BlockNumber) -> Removal {
        rules::remove(session, deposit, key, block)
    }

    /// See [`rules::add_key`].
    fn add_key(deposit: &mut Deposit, limits: KeyLimits, bond: Balance, block: BlockNumber) -> Option<SessionKey> {
        rules::add_key(deposit, limits, bond, block)
    }

    /// See [`SessionKey::set_limits`].
    fn set_limits(key: &mut SessionKey, limits: KeyLimits, block: BlockNumber) {
        key.set_limits(limits, block);
    }
}

/// Rules as they are.
#[derive(Debug)]
pub struct AsTheyAre;

impl Rules for AsTheyAre {}

/// Fault: the unspent reserve is returned twice when a session is removed.
#[derive(Debug)]
pub struct RefundsTwice;

impl Rules for RefundsTwice {
    fn remove(session: &Session, deposit: &mut Deposit, key: Option<&mut SessionKey>, block: BlockNumber) -> Removal {
        let removal = rules::remove(session, deposit, key, block);
        deposit.free += removal.refunded;
        removal
    }
}

/// Fault: a claim pays for all its ticks, also for those that are settled.
#[derive(Debug)]
pub struct PaysSettledTicks;

impl Rules for PaysSettledTicks {
    fn check_claim(claim: &Claim, session: &Session, now: Moment, max_prepaid_ticks: u32) -> Result<u32, RowError> {
        rules::check_claim(claim, session, now, max_prepaid_ticks).map(|_| claim.ticks)
    }
}

/// Fault: a key that is added again has forgotten which nonces were used.
#[derive(Debug)]
pub struct ForgetsNonces;

impl Rules for ForgetsNonces {
    fn add_key(deposit: &mut Deposit, limits: KeyLimits, bond: Balance, block: BlockNumber) -> Option<SessionKey> {
        let key = rules::add_key(deposit, limits, bond, block)?;
        Some(SessionKey { nonces: NonceWindow::starting_at(block), ..key })
    }
}

/// Fault: a closing session can be removed at once.
#[derive(Debug)]
pub struct HasNoClosePeriod;

impl Rules for HasNoClosePeriod {
    fn is_over(session: &Session, block: BlockNumber, periods: &Periods) -> bool {
        session.closing.is_some() || rules::is_over(session, block, periods)
    }
}

/// Fault: a refund raises the allowance even if it was renewed since the session was opened.
#[derive(Debug)]
pub struct RefundsAcrossRenewals;

impl Rules for RefundsAcrossRenewals {
    fn remove(session: &Session, deposit: &mut Deposit, key: Option<&mut SessionKey>, block: BlockNumber) -> Removal {
        let mut session = session.clone();
        if let (Some(used), Some(key)) = (&mut session.key, &key) {
            used.generation = key.allowance.generation;
        }
        rules::remove(&session, deposit, key, block)
    }
}

/// Fault: sessions of a removed key count for the key that replaces it.
#[derive(Debug)]
pub struct ConfusesKeys;

impl Rules for ConfusesKeys {
    fn remove(session: &Session, deposit: &mut Deposit, key: Option<&mut SessionKey>, block: BlockNumber) -> Removal {
        let mut session = session.clone();
        if let (Some(used), Some(key)) = (&mut session.key, &key) {
            used.id = key.id;
        }
        rules::remove(&session, deposit, key, block)
    }
}

/// Fault: claims may be faster than time.
#[derive(Debug)]
pub struct IgnoresTime;

impl Rules for IgnoresTime {
    fn check_claim(claim: &Claim, session: &Session, _: Moment, max_prepaid_ticks: u32) -> Result<u32, RowError> {
        rules::check_claim(claim, session, Moment::MAX, max_prepaid_ticks)
    }
}

/// Fault: the reserve of a session that is removed stays in the sum of reserves.
#[derive(Debug)]
pub struct KeepsReserves;

impl Rules for KeepsReserves {
    fn remove(session: &Session, deposit: &mut Deposit, key: Option<&mut SessionKey>, block: BlockNumber) -> Removal {
        let reserved = deposit.reserved;
        let removal = rules::remove(session, deposit, key, block);
        deposit.reserved = reserved;
        removal
    }
}

/// Fault: the scope of a key is ignored.
#[derive(Debug)]
pub struct IgnoresScope;

impl Rules for IgnoresScope {
    fn open(opening: &Opening<'_>, deposit: &mut Deposit, key: Option<&mut SessionKey>) -> Result<Session, RowError> {
        let Some(key) = key else { return rules::open(opening, deposit, None) };
        let scope = std::mem::replace(&mut key.scope, Scope::Any);
        let result = rules::open(opening, deposit, Some(key));
        key.scope = scope;
        result
    }
}

/// Fault: the last block of a key is ignored.
#[derive(Debug)]
pub struct IgnoresExpiry;

impl Rules for IgnoresExpiry {
    fn open(opening: &Opening<'_>, deposit: &mut Deposit, key: Option<&mut SessionKey>) -> Result<Session, RowError> {
        let Some(key) = key else { return rules::open(opening, deposit, None) };
        let expires_at = std::mem::replace(&mut key.expires_at, BlockNumber::MAX);
        let result = rules::open(opening, deposit, Some(key));
        key.expires_at = expires_at;
        result
    }
}

/// Fault: refunds of sessions from before an update raise the allowance that the update has set.
#[derive(Debug)]
pub struct RefundsAcrossUpdates;

impl Rules for RefundsAcrossUpdates {
    fn set_limits(key: &mut SessionKey, limits: KeyLimits, block: BlockNumber) {
        let generation = key.allowance.generation;
        key.set_limits(limits, block);
        key.allowance.generation = generation;
    }
}
