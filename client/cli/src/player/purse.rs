//! The paying side of a session: what has been let go of, and what a refusal is answered with.
//!
//! The rule that keeps a viewer safe: for each key, no more is let go of than that key costs. Whatever the gateway says,
//! it can be ahead of what it delivered by one segment at most.

use super::kept::Keeper;
use crate::error::CliError;
use std::time::Duration;
use tick_stream_primitives::{Balance, SessionId, TickHash};
use vilokanam_chain::Watch;
use vilokanam_wire::{payment::Payment, Problem, SessionRef};

/// A gateway may count a second more than we do: lengths are rounded on their way into a playlist.
const ROUNDING_TICKS: u32 = 1;
/// How long to wait before asking again when time itself must pass.
const HOLD: Duration = Duration::from_secs(1);

/// What to do about a refusal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Step {
    /// Ask again: more will be let go of, or a token shown.
    Again,
    /// Wait, then ask again.
    Hold(Duration),
    /// This session sells no more: open another.
    Renew,
    /// Nothing helps.
    GiveUp,
}

/// A session's purse.
pub struct Purse {
    watch: Watch,
    price_per_tick: Balance,
    max_ticks: u32,
    /// The highest tick let go of.
    revealed: u32,
    /// What of it an earlier run has let go of.
    revealed_before: u32,
    /// Ticks that keys have been given for, as far as we know.
    used: u32,
    token: Option<String>,
    /// Where it is written down; nothing for those who would rather lose a session than wait for a disk.
    keeper: Option<Keeper>,
}

impl Purse {
    /// Of a session that has just been sold, or is gone on with: then `revealed` and `used` are not zero.
    pub fn new(watch: Watch, price_per_tick: Balance, revealed: u32, used: u32) -> Self {
        let max_ticks = watch.chain.length();
        let revealed_before = revealed;
        Self {
            watch,
            price_per_tick,
            max_ticks,
            revealed,
            revealed_before,
            used: used.min(revealed),
            token: None,
            keeper: None,
        }
    }

    /// The same, with each tick written down before it is let go of.
    pub fn kept_by(self, keeper: Keeper) -> Self {
        Self { keeper: Some(keeper), ..self }
    }

    /// The session is closed.
    pub fn forget(self) {
        if let Some(keeper) = self.keeper {
            keeper.forget();
        }
    }

    /// Which session.
    pub fn session(&self) -> SessionId {
        self.watch.session
    }

    /// Price of a tick.
    pub fn price_per_tick(&self) -> Balance {
        self.price_per_tick
    }

    /// Ticks let go of.
    pub fn revealed(&self) -> u32 {
        self.revealed
    }

    /// How many of them were let go of by this run.
    pub fn spent_ticks(&self) -> u32 {
        self.revealed - self.revealed_before
    }

    /// What those are worth.
    pub fn spent(&self) -> Balance {
        self.price_per_tick.saturating_mul(self.spent_ticks().into())
    }

    /// What is left of the session.
    pub fn left(&self) -> Balance {
        self.price_per_tick.saturating_mul(self.max_ticks.saturating_sub(self.revealed).into())
    }

    /// What buying a key of this cost would let go of.
    pub fn due(&self, cost_ticks: u32) -> u32 {
        self.used.saturating_add(cost_ticks).saturating_sub(self.revealed)
    }

    /// Lets go of what a key of this cost needs, and says so. Nothing when the session does not cover it.
    pub fn pay(&mut self, cost_ticks: u32) -> Result<Option<Payment>, CliError> {
        let Some(target) = self.used.checked_add(cost_ticks).filter(|target| *target <= self.max_ticks) else {
            return Ok(None);
        };
        if target > self.revealed {
            if let Some(keeper) = &self.keeper {
                keeper.reveal(&self.watch, target)?;
            }
            self.revealed = target;
        }
        Ok(self.shown())
    }

    /// What has been paid, said again: to leave, or to ask for what is free.
    pub fn shown(&mut self) -> Option<Payment> {
        let claim = match self.revealed {
            0 => None,
            ticks => Some((ticks, self.proof(ticks)?)),
        };
        Some(Payment { session: SessionRef(self.session()), claim, token: self.token.clone() })
    }

    fn proof(&mut self, ticks: u32) -> Option<TickHash> {
        self.watch.claim(ticks).map(|claim| claim.proof)
    }

    /// The gateway has given the key. `used` is what it says to have given keys for in all.
    pub fn bought(&mut self, cost_ticks: u32, used: Option<u32>, token: Option<String>) {
        // More than has been let go of cannot have been used: a higher number would only make us pay ahead.
        self.used = used.unwrap_or_else(|| self.used.saturating_add(cost_ticks)).min(self.revealed);
        self.token = token.or(self.token.take());
    }

    /// The gateway has refused the key: what now? `revealed_before` is what had been let go of before this key was asked
    /// for the first time.
    pub fn refused(&mut self, problem: &Problem, revealed_before: u32, cost_ticks: u32) -> Step {
        let limit = revealed_before.saturating_add(cost_ticks).saturating_add(ROUNDING_TICKS);
        match problem.code.as_str() {
            "ticks-due" | "out-of-prepaid-ticks" => self.raise_to(problem.ticks_due, limit, cost_ticks),
            "token-missing" | "token-invalid" => self.raise_to(self.revealed.checked_add(1), limit, cost_ticks),
            "credit-used-up" | "deposit-uncovered" | "too-fast" | "too-far-ahead" => Step::Hold(HOLD),
            "deposit-spent" | "session-closing" | "dead-ticket" | "no-session" | "too-many-gaps" => Step::Renew,
            _ if problem.status == 429 || problem.status == 503 => Step::Hold(HOLD),
            _ => Step::GiveUp,
        }
    }

    /// Makes the next payment reach `due`, if that is within what this key may cost.
    fn raise_to(&mut self, due: Option<u32>, limit: u32, cost_ticks: u32) -> Step {
        let Some(due) = due.filter(|due| *due <= limit) else { return Step::GiveUp };
        if due > self.max_ticks {
            return Step::Renew;
        }
        self.used = due.saturating_sub(cost_ticks);
        Step::Again
    }
}

#[cfg(test)]
mod tests;
