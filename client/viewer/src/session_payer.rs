//! The paying side of one session: which ticks are revealed, and what to do when the gateway refuses.
//!
//! The rule that keeps a viewer safe: to get a key, no more ticks are revealed than that key costs (and one more, for
//! rounding). Whatever the gateway claims, it can be ahead of what it delivered by one segment at most.

use crate::session_store::{SessionLock, SessionStoreError};
use std::time::Duration;
use tick_stream_primitives::{Balance, SessionId};
use vilokanam_chain::Watch;
use vilokanam_wire::{codes, payment::Payment, Problem, SessionRef};

/// Ticks that a gateway may count more than the viewer: the length of a segment is rounded on its way into a playlist.
const ROUNDING_TICKS: u32 = 1;
/// Pause before a key is asked for again when only time helps.
const WAIT: Duration = Duration::from_secs(1);

/// What to do after a key was refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reaction {
    /// Ask again: [`SessionPayer::pay`] reveals more ticks, or shows a token.
    AskAgain,
    /// Wait, then ask again.
    Wait(Duration),
    /// Open another session: this one sells no more keys.
    Reopen,
    /// Give up: nothing that the viewer can do helps.
    GiveUp,
}

/// Paying side of one session. Holds the tick chain, whose elements are as good as money.
pub struct SessionPayer {
    watch: Watch,
    price_per_tick: Balance,
    max_ticks: u32,
    revealed_ticks: u32,
    /// Ticks that were revealed before this payer was created.
    resumed_ticks: u32,
    charged_ticks: u32,
    token: Option<String>,
    lock: Option<SessionLock>,
}

impl SessionPayer {
    /// Creates the paying side of a session that has just been opened. Nothing is saved: if the process ends, the session
    /// cannot be resumed.
    pub fn new(watch: Watch, price_per_tick: Balance) -> Self {
        Self::resume(watch, price_per_tick, 0, 0)
    }

    /// Creates the paying side of a session in which ticks were revealed and charged before.
    pub fn resume(watch: Watch, price_per_tick: Balance, revealed_ticks: u32, charged_ticks: u32) -> Self {
        Self {
            max_ticks: watch.chain.length(),
            watch,
            price_per_tick,
            revealed_ticks,
            resumed_ticks: revealed_ticks,
            charged_ticks: charged_ticks.min(revealed_ticks),
            token: None,
            lock: None,
        }
    }

    /// Has every revealed tick saved before it leaves this process.
    pub fn saved_by(self, lock: SessionLock) -> Self {
        Self { lock: Some(lock), ..self }
    }

    /// Removes the saved session. To be called once the session is closed.
    pub fn forget(self) {
        if let Some(lock) = self.lock {
            lock.remove();
        }
    }

    /// Returns the session's id.
    pub fn session(&self) -> SessionId {
        self.watch.session
    }

    /// Returns the price of a tick in planck.
    pub fn price_per_tick(&self) -> Balance {
        self.price_per_tick
    }

    /// Returns the highest tick that has been revealed.
    pub fn revealed_ticks(&self) -> u32 {
        self.revealed_ticks
    }

    /// Returns the number of ticks that this payer has revealed: without those of before a resume.
    pub fn newly_revealed_ticks(&self) -> u32 {
        self.revealed_ticks - self.resumed_ticks
    }

    /// Returns the price of [`Self::newly_revealed_ticks`] in planck.
    pub fn spent(&self) -> Balance {
        self.price_per_tick.saturating_mul(self.newly_revealed_ticks().into())
    }

    /// Returns the price of the ticks that can still be revealed, in planck.
    pub fn remaining(&self) -> Balance {
        self.price_per_tick.saturating_mul(self.max_ticks.saturating_sub(self.revealed_ticks).into())
    }

    /// Returns how many further ticks [`Self::pay`] would reveal for a key of this cost.
    pub fn ticks_to_reveal(&self, cost_ticks: u32) -> u32 {
        self.charged_ticks.saturating_add(cost_ticks).saturating_sub(self.revealed_ticks)
    }

    /// Reveals the ticks that a key of this cost needs, and returns the payment to send. Revealing is idempotent: until
    /// [`Self::key_received`] is called, the same payment is returned. `None` when the session has too few ticks left.
    ///
    /// # Errors
    ///
    /// When the revealed ticks cannot be saved. They are not revealed then.
    pub fn pay(&mut self, cost_ticks: u32) -> Result<Option<Payment>, SessionStoreError> {
        let required = self.charged_ticks.checked_add(cost_ticks).filter(|required| *required <= self.max_ticks);
        let Some(required_ticks) = required else { return Ok(None) };
        if required_ticks > self.revealed_ticks {
            if let Some(lock) = &self.lock {
                lock.record(&self.watch, required_ticks)?;
            }
            self.revealed_ticks = required_ticks;
        }
        Ok(self.current_payment())
    }

    /// Returns the payment that shows what has been revealed already: for leaving, and for what costs nothing more.
    pub fn current_payment(&mut self) -> Option<Payment> {
        let claim = match self.revealed_ticks {
            0 => None,
            ticks => Some((ticks, self.watch.claim(ticks)?.proof)),
        };
        Some(Payment { session: SessionRef(self.session()), claim, token: self.token.clone() })
    }

    /// Records that the gateway has given a key of this cost. `charged_ticks` is the number of ticks that the gateway says it
    /// has given keys for, `token` a new session token.
    pub fn key_received(&mut self, cost_ticks: u32, charged_ticks: Option<u32>, token: Option<String>) {
        let charged = charged_ticks.unwrap_or_else(|| self.charged_ticks.saturating_add(cost_ticks));
        // More than was revealed cannot have been charged: a higher number would only make this side pay ahead.
        self.charged_ticks = charged.min(self.revealed_ticks);
        self.token = token.or(self.token.take());
    }

    /// Decides what to do after the gateway has refused a key of this cost. `revealed_before` is the number of ticks that
    /// were revealed when this key was first asked for.
    pub fn on_refusal(&mut self, problem: &Problem, revealed_before: u32, cost_ticks: u32) -> Reaction {
        let limit = revealed_before.saturating_add(cost_ticks).saturating_add(ROUNDING_TICKS);
        match problem.code.as_str() {
            codes::OUT_OF_PREPAID_TICKS => self.raise_to(problem.required_ticks, limit, cost_ticks),
            codes::TOKEN_MISSING | codes::TOKEN_INVALID => {
                self.raise_to(self.revealed_ticks.checked_add(1), limit, cost_ticks)
            }
            codes::CREDIT_USED_UP | codes::DEPOSIT_UNCOVERED | codes::TOO_FAST | codes::TOO_FAR_AHEAD => {
                Reaction::Wait(WAIT)
            }
            codes::DEPOSIT_SPENT
            | codes::SESSION_CLOSING
            | codes::TICKET_REJECTED
            | codes::NO_SESSION
            | codes::TOO_MANY_GAPS => Reaction::Reopen,
            _ if problem.status == 429 || problem.status == 503 => Reaction::Wait(WAIT),
            _ => Reaction::GiveUp,
        }
    }

    /// Makes the next payment reach `required_ticks`, if that is within what this key may cost.
    fn raise_to(&mut self, required_ticks: Option<u32>, limit: u32, cost_ticks: u32) -> Reaction {
        let Some(required_ticks) = required_ticks.filter(|required| *required <= limit) else {
            return Reaction::GiveUp;
        };
        if required_ticks > self.max_ticks {
            return Reaction::Reopen;
        }
        self.charged_ticks = required_ticks.saturating_sub(cost_ticks);
        Reaction::AskAgain
    }
}

#[cfg(test)]
mod tests;
