//! Rules of sessions and session keys, as functions of stored values alone.
//!
//! The pallet reads the values, applies a rule to its copies, and writes them back only if the rule succeeds. Gateways
//! apply the same rules to predict what the chain will do, and the model in `pallets/tick-stream/model` explores every
//! order of them.

use crate::batch::Claim;
use crate::error::RowError;
use crate::ids::{AccountId, Balance, BlockNumber, Moment, TICK_MS};
use crate::keys::{KeyLimits, KeyUse, SessionKey};
use crate::limits::MAX_SESSIONS_PER_VIEWER;
use crate::state::{Closing, Deposit, Session};
use crate::ticket::Ticket;
use sp_runtime::{traits::Zero, Permill, Saturating};

/// Circumstances in which a ticket is opened.
#[derive(Clone, Copy, Debug)]
pub struct Opening<'a> {
    /// Ticket to open. Its signature is not part of these rules.
    pub ticket: &'a Ticket,
    /// Creator of the ticket's stream.
    pub creator: &'a AccountId,
    /// Price of a tick of the stream in this block, in planck.
    pub price_per_tick: Balance,
    /// Lowest price of a tick at which the chain opens sessions, in planck.
    pub min_price: Balance,
    /// Gateway's part of the stream, in parts per million.
    pub gateway_share: Permill,
    /// Open fee in planck.
    pub fee: Balance,
    /// Number of this block.
    pub block: BlockNumber,
    /// Time of this block, in milliseconds since the Unix epoch.
    pub now: Moment,
}

/// Parameters that decide how long a session stays open and who earns its open fee.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Periods {
    /// Number of blocks in which a closing session still accepts claims.
    pub close_period: BlockNumber,
    /// Number of blocks without a claim after which the actual submitter earns what the gateway neglects.
    pub gateway_silence: BlockNumber,
}

/// Amounts that the removal of a session moves, in planck.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Removal {
    /// Gross amount paid for the settled ticks.
    pub paid: Balance,
    /// Unspent reserve returned to the viewer's free deposit.
    pub refunded: Balance,
    /// Open fee, which the gateway earns now, and the submitter up to [`removal_reward`].
    pub fee: Balance,
}

/// Way in which a session is removed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RemovalCause {
    /// The gateway or its operator signed the close.
    Gateway,
    /// The session's time is over, so that any account may remove it.
    Over,
}

/// Checks the parts of a ticket that need no state, in block `block`.
///
/// # Errors
///
/// The ticket is for no ticks, has expired, or is valid for more than `lifetime` blocks.
pub fn check_ticket(ticket: &Ticket, block: BlockNumber, lifetime: BlockNumber) -> Result<(), RowError> {
    require(!ticket.max_ticks.is_zero(), RowError::NoTicks)?;
    require(block <= ticket.expires_at, RowError::TicketExpired)?;
    require(ticket.expires_at <= block.saturating_add(lifetime), RowError::TicketTooLong)
}

/// Takes the nonce, the allowance, the reserve and the open fee of a ticket, and returns its session. `key` is the entry
/// of the ticket's session key, or `None` if the wallet opens the session.
///
/// # Errors
///
/// A limit of the ticket, the key or the deposit is exceeded. The values may then be changed in part: work on copies.
pub fn open(
    opening: &Opening<'_>,
    deposit: &mut Deposit,
    mut key: Option<&mut SessionKey>,
) -> Result<Session, RowError> {
    let Opening { ticket, price_per_tick, min_price, fee, block, now, .. } = *opening;
    match key.as_deref_mut() {
        Some(key) => key.nonces.take(ticket.nonce)?,
        None => deposit.nonces.take(ticket.nonce)?,
    }
    // A stream may be older than the present minimum. Its claims would cost more than they pay.
    require(price_per_tick >= min_price, RowError::PriceBelowMinimum)?;
    require(price_per_tick <= ticket.price_per_tick, RowError::PriceAboveTicket)?;
    let reserve = price_per_tick.checked_mul(Balance::from(ticket.max_ticks)).ok_or(RowError::Overflow)?;
    let cost = reserve.checked_add(fee).ok_or(RowError::Overflow)?;
    require(deposit.open_sessions < MAX_SESSIONS_PER_VIEWER, RowError::TooManySessions)?;
    let (paid_until, used) = match key {
        Some(key) => (key.paid_until, Some(use_key(opening, key, cost)?)),
        None => (deposit.paid_until, None),
    };
    deposit.free = deposit.free.checked_sub(cost).ok_or(RowError::FundsTooLow)?;
    deposit.reserved = deposit.reserved.checked_add(reserve).ok_or(RowError::Overflow)?;
    deposit.open_sessions.saturating_inc();
    deposit.active_at = block;
    Ok(Session {
        viewer: ticket.viewer.clone(),
        key: used,
        stream: ticket.stream,
        gateway: ticket.gateway.clone(),
        price_per_tick,
        gateway_share: opening.gateway_share,
        head: ticket.anchor,
        settled_ticks: 0,
        max_ticks: ticket.max_ticks,
        opened_at: now.max(paid_until),
        last_claim: block,
        fee,
        closing: None,
    })
}

/// Checks the limits of a session key and takes `cost` planck from its allowance. The fee counts as well: otherwise
/// opening and closing could spend more than the wallet has allowed.
fn use_key(opening: &Opening<'_>, key: &mut SessionKey, cost: Balance) -> Result<KeyUse, RowError> {
    let Opening { ticket, creator, price_per_tick, block, .. } = *opening;
    require(block <= key.expires_at, RowError::KeyExpired)?;
    require(key.scope.contains(ticket.stream, creator, &ticket.gateway), RowError::KeyOutOfScope)?;
    require(price_per_tick <= key.max_price_per_tick, RowError::PriceAboveKey)?;
    require(key.open_sessions < key.max_sessions, RowError::TooManyKeySessions)?;
    key.allowance.renew(block);
    key.allowance.left = key.allowance.left.checked_sub(cost).ok_or(RowError::AllowanceTooLow)?;
    key.open_sessions.saturating_inc();
    key.used_at = block;
    Ok(KeyUse { session_key: ticket.session_key.clone(), id: key.id, generation: key.allowance.generation })
}

/// Makes all checks of a claim that need no hashing. Returns the number of ticks that are not settled yet.
///
/// # Errors
///
/// The claim covers no new ticks, does not continue the settled ones, is above the session's maximum, or has more ticks
/// than seconds have passed since the session was opened, plus `max_prepaid_ticks`.
pub fn check_claim(claim: &Claim, session: &Session, now: Moment, max_prepaid_ticks: u32) -> Result<u32, RowError> {
    require(claim.from < claim.ticks, RowError::ClaimEmpty)?;
    require(claim.from <= session.settled_ticks, RowError::FromAhead)?;
    require(claim.ticks > session.settled_ticks, RowError::AlreadySettled)?;
    require(claim.ticks <= session.max_ticks, RowError::AboveMaximum)?;
    require(claim.ticks <= payable_ticks(session, now, max_prepaid_ticks), RowError::TooFast)?;
    Ok(claim.ticks - session.settled_ticks)
}

/// Returns the highest tick that a session may have settled at time `now`: as many as seconds have passed since it was
/// opened, until its closing began, plus `max_prepaid_ticks`.
pub fn payable_ticks(session: &Session, now: Moment, max_prepaid_ticks: u32) -> u32 {
    // Signed arithmetic, because a session opened before the key's paid time is over starts in the future.
    let until_ms = session.closing.map_or(now, |closing| closing.moment);
    let elapsed_ms = i128::from(until_ms) - i128::from(session.opened_at);
    let prepaid_ms = i128::from(max_prepaid_ticks) * i128::from(TICK_MS);
    ((elapsed_ms + prepaid_ms) / i128::from(TICK_MS)).clamp(0, u32::MAX.into()) as u32
}

/// Records a claim that was checked and whose proof leads to the session's head.
pub fn settle(claim: &Claim, session: &mut Session, block: BlockNumber) {
    session.head = claim.proof;
    session.settled_ticks = claim.ticks;
    session.last_claim = block;
}

/// Returns whether the actual submitter of a claim earns the submitter's part: the session has had no claim for so long
/// that its gateway counts as silent.
///
/// A closing session alone is no reason: the gateway's claim could be copied from the transaction pool. Its closing
/// period is longer than the silence, so others still have time to claim.
pub fn pays_submitter(session: &Session, block: BlockNumber, periods: &Periods) -> bool {
    is_silent(session, block, periods)
}

/// Returns whether any account may remove the session: all its ticks are settled, or its closing period is over. The
/// period is counted in blocks and not in seconds, so a chain that stood still takes no time to claim from a gateway.
pub fn is_over(session: &Session, block: BlockNumber, periods: &Periods) -> bool {
    is_closed(session, block, periods) || session.settled_ticks >= session.max_ticks
}

/// Returns whether any account may start to close the session, because it is older than its maximum of ticks.
pub fn may_close_unsigned(session: &Session, now: Moment) -> bool {
    let life_ms = Moment::from(session.max_ticks).saturating_mul(TICK_MS);
    now.saturating_sub(session.opened_at) > life_ms
}

/// Starts the closing period of a session.
pub fn begin_closing(session: &mut Session, block: BlockNumber, now: Moment) {
    session.closing = Some(Closing { block, moment: now });
}

/// Returns the part of the open fee that the account which removes a session earns, in planck; the gateway earns the
/// rest. It is at most `most`, for a session that the gateway has neglected, and zero for any other.
///
/// The gateway keeps its part even then: it may have paid for the opening of a session that it cannot serve, such as one
/// that was opened with another anchor than it was offered. A close that the gateway signed never pays another account,
/// so copying it from the transaction pool earns nothing.
pub fn removal_reward(
    session: &Session,
    cause: RemovalCause,
    block: BlockNumber,
    periods: &Periods,
    most: Balance,
) -> Balance {
    let is_neglected = is_closed(session, block, periods) || is_silent(session, block, periods);
    if cause == RemovalCause::Over && is_neglected {
        most.min(session.fee)
    } else {
        Balance::zero()
    }
}

/// Updates the viewer's deposit, and the session key's entry if it still exists, for the removal of a session.
pub fn remove(session: &Session, deposit: &mut Deposit, key: Option<&mut SessionKey>, block: BlockNumber) -> Removal {
    let refunded = session.unspent();
    let paid = session.reserve().saturating_sub(refunded);
    let paid_until = session.paid_until();
    deposit.reserved.saturating_reduce(session.reserve());
    deposit.free.saturating_accrue(refunded);
    deposit.open_sessions.saturating_dec();
    deposit.active_at = block;
    match &session.key {
        None => deposit.paid_until = deposit.paid_until.max(paid_until),
        Some(used) => {
            if let Some(key) = key.filter(|key| key.id == used.id) {
                key.open_sessions.saturating_dec();
                key.paid_until = key.paid_until.max(paid_until);
                key.spent.saturating_accrue(paid.saturating_add(session.fee));
                if key.allowance.generation == used.generation {
                    key.allowance.left.saturating_accrue(refunded);
                }
            }
        }
    }
    Removal { paid, refunded, fee: session.fee }
}

/// Takes the storage bond of a new session key from the free deposit. Returns the entry of the key, or `None` without a
/// change if the free deposit does not cover the bond.
pub fn add_key(deposit: &mut Deposit, limits: KeyLimits, bond: Balance, block: BlockNumber) -> Option<SessionKey> {
    deposit.free = deposit.free.checked_sub(bond)?;
    deposit.keys.saturating_inc();
    deposit.last_key_id.saturating_inc();
    deposit.active_at = block;
    Some(SessionKey::new(limits, deposit.last_key_id, deposit.nonce_floor, bond, block))
}

/// Updates the viewer's deposit for the removal of a session key, and returns the key's bond to it. Sessions of the key
/// stay open.
pub fn remove_key(deposit: &mut Deposit, key: &SessionKey, block: BlockNumber) {
    deposit.keys.saturating_dec();
    deposit.nonce_floor = deposit.nonce_floor.max(key.nonces.last);
    deposit.free.saturating_accrue(key.bond);
    deposit.active_at = block;
}

/// Returns whether the session's closing period is over.
fn is_closed(session: &Session, block: BlockNumber, periods: &Periods) -> bool {
    session.closing.is_some_and(|closing| block.saturating_sub(closing.block) >= periods.close_period)
}

/// Returns whether the session has had no claim for so long that its gateway counts as silent.
fn is_silent(session: &Session, block: BlockNumber, periods: &Periods) -> bool {
    block.saturating_sub(session.last_claim) >= periods.gateway_silence
}

fn require(condition: bool, error: RowError) -> Result<(), RowError> {
    if condition {
        Ok(())
    } else {
        Err(error)
    }
}
