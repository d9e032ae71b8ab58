//! Checks of a ticket that need no signature.

use crate::{config::Config, error::OfferRefusal, terms::StreamTerms};
use tick_stream_primitives::{limits::MAX_SESSIONS_PER_VIEWER, AccountId, Balance, BlockNumber, Deposit, Ticket};

/// Checks that the ticket is for this gateway.
pub(super) fn gateway(ticket: &Ticket, config: &Config) -> Result<(), OfferRefusal> {
    if ticket.gateway != config.gateway {
        return Err(OfferRefusal::WrongGateway);
    }
    Ok(())
}

/// Checks that the chain would open the ticket, as far as the stream and the block height go. Returns the highest price
/// that a tick can have by then.
pub(super) fn terms(
    ticket: &Ticket,
    terms: &StreamTerms,
    best: BlockNumber,
    config: &Config,
) -> Result<Balance, OfferRefusal> {
    if !terms.is_open {
        return Err(OfferRefusal::StreamNotOpen { stream: ticket.stream });
    }
    let earliest = best.saturating_add(config.min_ticket_blocks);
    let price_per_tick = terms.highest_price(best, earliest);
    if ticket.price_per_tick < price_per_tick {
        return Err(OfferRefusal::PriceTooLow { price_per_tick });
    }
    // An opening takes a few blocks. The credit of a ticket that expires sooner would be lost.
    if ticket.expires_at < earliest {
        return Err(OfferRefusal::ExpiresTooSoon { expires_at: ticket.expires_at, earliest });
    }
    let latest = best.saturating_add(config.ticket_lifetime_blocks);
    if ticket.expires_at > latest {
        return Err(OfferRefusal::ExpiresTooLate { expires_at: ticket.expires_at, latest });
    }
    if ticket.max_ticks == 0 || ticket.max_ticks > config.max_ticks_per_session {
        return Err(OfferRefusal::MaxTicks { ticks: ticket.max_ticks, max_ticks: config.max_ticks_per_session });
    }
    Ok(price_per_tick)
}

/// Checks that the viewer's deposit and delegation cover the ticket. Returns the session key that must have signed it.
pub(super) fn deposit<'a>(
    ticket: &Ticket,
    deposit: &'a Deposit,
    price_per_tick: Balance,
    best: BlockNumber,
    config: &Config,
) -> Result<&'a AccountId, OfferRefusal> {
    if deposit.open_sessions >= MAX_SESSIONS_PER_VIEWER {
        return Err(OfferRefusal::TooManySessions { max_sessions: MAX_SESSIONS_PER_VIEWER });
    }
    deposit.nonces.clone().take(ticket.nonce).map_err(|reason| OfferRefusal::Nonce { reason })?;
    let delegation = deposit.delegation.as_ref().ok_or(OfferRefusal::NoDelegation)?;
    let earliest = best.saturating_add(config.min_ticket_blocks);
    if delegation.expires_at < earliest {
        return Err(OfferRefusal::DelegationExpired { expires_at: delegation.expires_at });
    }
    if price_per_tick > delegation.max_price_per_tick {
        return Err(OfferRefusal::PriceAboveDelegation { max_price_per_tick: delegation.max_price_per_tick });
    }
    let required = required_balance(price_per_tick, ticket.max_ticks, config).ok_or(OfferRefusal::Overflow)?;
    if delegation.allowance < required {
        return Err(OfferRefusal::AllowanceTooLow { allowance: delegation.allowance, required });
    }
    if deposit.free < required {
        return Err(OfferRefusal::FundsTooLow { free: deposit.free, required });
    }
    Ok(&delegation.session_key)
}

/// Returns reserve and opening fee, or none if the sum exceeds a balance.
pub(crate) fn required_balance(price_per_tick: Balance, max_ticks: u32, config: &Config) -> Option<Balance> {
    price_per_tick.checked_mul(Balance::from(max_ticks))?.checked_add(config.open_fee)
}
