//! Checks of a ticket that need no signature: what the gateway asks for, and what the chain will check.
//!
//! The chain's part is the chain's own code ([`rules`]) on copies of what the chain stores, so the gateway accepts no
//! ticket that the chain would refuse.

use crate::{
    config::Config,
    error::{BelowMinimum, OfferRefusal},
    terms::{Payer, StreamTerms},
};
use tick_stream_primitives::{
    limits::MAX_SESSIONS_PER_VIEWER,
    rules::{self, Opening},
    state::Session as ChainSession,
    Balance, BlockNumber, Deposit, Moment, RowError, SessionKey, Ticket,
};

/// Checks that the ticket is for this gateway.
pub(super) fn gateway(ticket: &Ticket, config: &Config) -> Result<(), OfferRefusal> {
    if ticket.gateway != config.gateway {
        return Err(OfferRefusal::WrongGateway);
    }
    Ok(())
}

/// A ticket, with what is known of its stream and of the block that may open it.
pub(crate) struct Prospect<'a> {
    pub ticket: &'a Ticket,
    pub terms: &'a StreamTerms,
    /// Highest price that a tick can have when the ticket is opened.
    pub price_per_tick: Balance,
    /// Number of the best block.
    pub best: BlockNumber,
    pub now_ms: Moment,
    pub config: &'a Config,
}

impl<'a> Prospect<'a> {
    pub fn new(
        ticket: &'a Ticket,
        terms: &'a StreamTerms,
        best: BlockNumber,
        now_ms: Moment,
        config: &'a Config,
    ) -> Self {
        let price_per_tick = terms.highest_price(best, best.saturating_add(config.min_ticket_blocks));
        Self { ticket, terms, price_per_tick, best, now_ms, config }
    }

    /// Checks that the gateway serves the stream.
    pub fn check_stream(&self, is_hosted: bool) -> Result<(), OfferRefusal> {
        let stream = self.ticket.stream;
        if !self.terms.is_open {
            return Err(OfferRefusal::StreamNotOpen { stream });
        }
        if !is_hosted {
            return Err(OfferRefusal::StreamNotHosted { stream });
        }
        let price_now = self.terms.highest_price(self.best, self.best);
        Ok(self.config.check_income(price_now, self.terms.gateway_share)?)
    }

    /// Checks the part of the ticket that needs no state of the viewer.
    pub fn check_ticket(&self) -> Result<(), OfferRefusal> {
        let (ticket, config) = (self.ticket, self.config);
        if ticket.max_ticks > config.max_ticks_per_session {
            return Err(self.refusal(RowError::NoTicks, None));
        }
        if ticket.price_per_tick < self.price_per_tick {
            return Err(self.refusal(RowError::PriceAboveTicket, None));
        }
        let check_in = |block| rules::check_ticket(ticket, block, config.ticket_lifetime_blocks);
        self.blocks().into_iter().try_for_each(check_in).map_err(|error| self.refusal(error, None))
    }

    /// Checks that the chain would open the ticket for this payer. Returns the session as it would be opened.
    pub fn check_payer(&self, payer: &Payer) -> Result<ChainSession, OfferRefusal> {
        let deposit = payer.deposit.as_ref().ok_or(OfferRefusal::NoDeposit)?;
        let key = payer.key.as_ref().ok_or(OfferRefusal::KeyUnknown)?;
        let opened = self.open(deposit, key);
        opened.map(|(_, session)| session).map_err(|error| self.refusal(error, Some((deposit, key))))
    }

    /// Opens the ticket on copies of the deposit and the key, as the chain would from the next block on until the ticket
    /// has surely been opened. Returns the deposit and the session after an opening in the next block.
    pub fn open(&self, deposit: &Deposit, key: &SessionKey) -> Result<(Deposit, ChainSession), RowError> {
        let [first, last] = self.blocks();
        let opened = self.open_in(first, deposit, key)?;
        self.open_in(last, deposit, key).map(|_| opened)
    }

    /// Opens the ticket on copies of the deposit and the key, as the chain would in the next block.
    pub fn open_at_once(&self, deposit: &Deposit, key: &SessionKey) -> Result<(Deposit, ChainSession), RowError> {
        self.open_in(self.best, deposit, key)
    }

    fn open_in(
        &self,
        block: BlockNumber,
        deposit: &Deposit,
        key: &SessionKey,
    ) -> Result<(Deposit, ChainSession), RowError> {
        let opening = Opening {
            ticket: self.ticket,
            creator: &self.terms.creator,
            price_per_tick: self.price_per_tick,
            min_price: self.config.min_price,
            gateway_share: self.terms.gateway_share,
            fee: self.config.open_fee,
            block,
            now: self.now_ms,
        };
        let mut deposit = deposit.clone();
        let session = rules::open(&opening, &mut deposit, Some(&mut key.clone()))?;
        Ok((deposit, session))
    }

    /// Returns reserve and opening fee.
    pub fn required(&self) -> Balance {
        required_balance(self.price_per_tick, self.ticket.max_ticks, self.config).unwrap_or(Balance::MAX)
    }

    /// Returns the first and the last block in which the ticket has to be valid: an opening takes a few blocks, and the
    /// credit of a ticket that cannot be opened any more would be lost.
    fn blocks(&self) -> [BlockNumber; 2] {
        [self.best, self.best.saturating_add(self.config.min_ticket_blocks)]
    }

    /// Returns the chain's reason with what the viewer has to know.
    fn refusal(&self, error: RowError, payer: Option<(&Deposit, &SessionKey)>) -> OfferRefusal {
        let (ticket, config) = (self.ticket, self.config);
        let (deposit, key) = payer.unzip();
        let required = self.required();
        match error {
            RowError::NoTicks => {
                OfferRefusal::MaxTicks { ticks: ticket.max_ticks, max_ticks: config.max_ticks_per_session }
            }
            RowError::TicketExpired => {
                OfferRefusal::ExpiresTooSoon { expires_at: ticket.expires_at, earliest: self.blocks()[1] }
            }
            RowError::TicketTooLong => {
                let latest = self.best.saturating_add(config.ticket_lifetime_blocks);
                OfferRefusal::ExpiresTooLate { expires_at: ticket.expires_at, latest }
            }
            RowError::PriceBelowMinimum => {
                BelowMinimum::Price { price_per_tick: self.price_per_tick, min_price: config.min_price }.into()
            }
            RowError::PriceAboveTicket => OfferRefusal::PriceTooLow { price_per_tick: self.price_per_tick },
            RowError::Overflow => OfferRefusal::Overflow,
            RowError::TooManySessions => OfferRefusal::TooManySessions { max_sessions: MAX_SESSIONS_PER_VIEWER },
            RowError::KeyExpired => OfferRefusal::KeyExpired { expires_at: key.map_or(0, |key| key.expires_at) },
            RowError::KeyOutOfScope => OfferRefusal::KeyOutOfScope,
            RowError::TooManyKeySessions => {
                OfferRefusal::TooManyKeySessions { max_sessions: key.map_or(0, |key| key.max_sessions) }
            }
            RowError::PriceAboveKey => {
                OfferRefusal::PriceAboveKey { max_price_per_tick: key.map_or(0, |key| key.max_price_per_tick) }
            }
            RowError::AllowanceTooLow => {
                let allowance = key.map_or(0, |key| key.allowance.left_at(self.best));
                OfferRefusal::AllowanceTooLow { allowance, required }
            }
            RowError::FundsTooLow => {
                OfferRefusal::FundsTooLow { free: deposit.map_or(0, |deposit| deposit.free), required }
            }
            // The rules return three others, all of them about the nonce.
            reason => OfferRefusal::Nonce { reason },
        }
    }
}

/// Returns reserve and opening fee, or none if the sum exceeds a balance.
pub(crate) fn required_balance(price_per_tick: Balance, max_ticks: u32, config: &Config) -> Option<Balance> {
    price_per_tick.checked_mul(Balance::from(max_ticks))?.checked_add(config.open_fee)
}
