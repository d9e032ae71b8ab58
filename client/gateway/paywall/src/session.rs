//! One session as the paywall knows it. Everything durable about it is in here, and all of it is what a journal's
//! session record holds.

use crate::{
    config::Config,
    keys::{Bought, KeyRange},
    token::Token,
};
use codec::{Decode, Encode};
use std::fmt;
use tick_stream_primitives::{
    state::Session as ChainSession, tick_chain::leads_to, AccountId, Balance, BlockNumber, Closing, Moment, SessionId,
    SignedTicket, StreamId, TickHash, TickHasher,
};

/// Milliseconds of a tick.
pub(crate) const TICK_MS: i128 = 1_000;

/// How far the open has come.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Encode, Decode)]
pub enum Phase {
    /// In no block.
    Unopened,
    /// In a block that may be undone.
    InBlock,
    /// In a finalized block.
    Final,
}

/// How a ticket died.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
pub enum Death {
    /// The on-chain session has another stream.
    OtherStream,
    /// Or another gateway.
    OtherGateway,
    /// Or costs more than the ticket allowed.
    OtherPrice,
    /// Or another maximum.
    OtherMaximum,
    /// Or another tick chain.
    OtherChain,
    /// Or another viewer.
    OtherViewer,
    /// It expired before anybody opened it.
    NeverOpened,
}

impl fmt::Display for Death {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OtherStream => "the session opened on chain is for another stream",
            Self::OtherGateway => "the session opened on chain is for another gateway",
            Self::OtherPrice => "the session opened on chain costs more than the ticket allows",
            Self::OtherMaximum => "the session opened on chain has another maximum",
            Self::OtherChain => "the session opened on chain has another tick chain",
            Self::OtherViewer => "the session opened on chain is another viewer's",
            Self::NeverOpened => "it expired before it was opened",
        })
    }
}

/// Why the gateway itself sells no more in a session.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Encode, Decode)]
pub enum Ending {
    /// The viewer asked.
    Asked,
    /// It has paid nothing for `idle_close_ms`.
    Idle,
    /// All its ticks are claimed and all that they buy is bought.
    Spent,
}

/// A session.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub(crate) struct Session {
    pub viewer: AccountId,
    pub stream: StreamId,
    /// The ticket's price until the open is in a block, the session's afterwards.
    pub price_per_tick: Balance,
    pub max_ticks: u32,
    pub expires_at: BlockNumber,
    /// `w[base_ticks]`: the lowest element known. The anchor, unless the session was first seen on chain later.
    pub anchor: TickHash,
    pub base_ticks: u32,
    /// Kept until the open is final, since until then it may have to be submitted again. None for a session that the
    /// viewer's wallet opened by itself.
    pub signed: Option<Box<SignedTicket>>,
    pub phase: Phase,
    /// An estimate until the open is in a block.
    pub opened_at: Moment,
    pub closing: Option<Closing>,
    /// Removed in the best chain, not yet in the finalized one.
    pub is_closed: bool,
    pub ending: Option<Ending>,
    pub death: Option<Death>,
    /// Ticks it may buy while unopened.
    pub credit_ticks: u32,
    /// The deposit no longer covers the reserve.
    pub is_uncovered: bool,
    /// The highest tick revealed, and its proof.
    pub ticks: u32,
    pub proof: TickHash,
    /// What the keys bought cost. Never above `ticks`.
    pub spent: u32,
    pub bought: Bought,
    pub settled_best: u32,
    pub settled_final: u32,
    /// The record that last changed it.
    pub lsn: u64,
    #[codec(skip)]
    pub live: Live,
}

/// What need not survive a restart.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Live {
    pub token: Token,
    pub submitted_ticks: u32,
    /// When claim, open or close was last handed to the chain, 0 for never.
    pub submitted_ms: Moment,
    pub open_submitted_ms: Moment,
    pub close_submitted_ms: Moment,
    /// How often the open was.
    pub open_attempts: u32,
    /// Since when there is something to settle; 0 after a restart, which makes it due at once.
    pub due_since_ms: Moment,
    /// Since when the chain owes a settlement, whether or not one was handed over; 0 when it does not.
    pub unsettled_since_ms: Moment,
    /// When the best chain last settled something, by its own clock.
    pub settled_ms: Moment,
    pub paid_ms: Moment,
}

impl Default for Live {
    fn default() -> Self {
        Self {
            token: Token([0; 16]),
            submitted_ticks: 0,
            submitted_ms: 0,
            open_submitted_ms: 0,
            close_submitted_ms: 0,
            open_attempts: 0,
            due_since_ms: 0,
            unsettled_since_ms: 0,
            settled_ms: 0,
            paid_ms: 0,
        }
    }
}

impl Session {
    /// What an accepted ticket begins as.
    pub fn sold(signed: &SignedTicket, price_per_tick: Balance, opened_at: Moment, credit_ticks: u32) -> Self {
        let ticket = &signed.ticket;
        Self {
            viewer: ticket.viewer.clone(),
            stream: ticket.stream,
            price_per_tick,
            max_ticks: ticket.max_ticks,
            expires_at: ticket.expires_at,
            anchor: ticket.anchor,
            base_ticks: 0,
            signed: Some(Box::new(signed.clone())),
            phase: Phase::Unopened,
            opened_at,
            closing: None,
            is_closed: false,
            ending: None,
            death: None,
            credit_ticks,
            is_uncovered: false,
            ticks: 0,
            proof: ticket.anchor,
            spent: 0,
            bought: Bought::default(),
            settled_best: 0,
            settled_final: 0,
            lsn: 0,
            live: Live::default(),
        }
    }

    /// What a session begins as that the wallet opened without asking: the chain's word is enough. What is settled
    /// already was sold before anybody here knew of it.
    pub fn adopted(chain: &ChainSession) -> Self {
        Self {
            viewer: chain.viewer.clone(),
            stream: chain.stream,
            price_per_tick: chain.price_per_tick,
            max_ticks: chain.max_ticks,
            expires_at: 0,
            anchor: chain.head,
            base_ticks: chain.settled_ticks,
            signed: None,
            phase: Phase::InBlock,
            opened_at: chain.opened_at,
            closing: chain.closing,
            is_closed: false,
            ending: None,
            death: None,
            credit_ticks: 0,
            is_uncovered: false,
            ticks: chain.settled_ticks,
            proof: chain.head,
            spent: chain.settled_ticks,
            bought: Bought::default(),
            settled_best: chain.settled_ticks,
            settled_final: 0,
            lsn: 0,
            live: Live::default(),
        }
    }

    /// Whether this session was sold for exactly this ticket.
    pub fn is_for(&self, signed: &SignedTicket) -> bool {
        let ticket = &signed.ticket;
        self.base_ticks == 0
            && self.viewer == ticket.viewer
            && self.stream == ticket.stream
            && self.max_ticks == ticket.max_ticks
            && self.anchor == ticket.anchor
            && self.signed.as_ref().is_none_or(|own| own.ticket == *ticket)
    }

    /// In which way the on-chain session is not the one that was sold.
    pub fn differs_from(&self, id: &SessionId, chain: &ChainSession, config: &Config) -> Option<Death> {
        let price_cap = self.signed.as_ref().map_or(self.price_per_tick, |signed| signed.ticket.price_per_tick);
        if chain.viewer != self.viewer {
            return Some(Death::OtherViewer);
        }
        if chain.stream != self.stream {
            return Some(Death::OtherStream);
        }
        if chain.gateway != config.gateway {
            return Some(Death::OtherGateway);
        }
        if chain.price_per_tick > price_cap {
            return Some(Death::OtherPrice);
        }
        if chain.max_ticks != self.max_ticks {
            return Some(Death::OtherMaximum);
        }
        (!self.is_on_chain_of(id, chain)).then_some(Death::OtherChain)
    }

    /// Whether the on-chain head lies on the tick chain that was sold.
    fn is_on_chain_of(&self, id: &SessionId, chain: &ChainSession) -> bool {
        if chain.settled_ticks > self.max_ticks {
            return false;
        }
        if chain.settled_ticks >= self.ticks {
            return leads_to(id, &chain.head, chain.settled_ticks - self.ticks, &self.proof);
        }
        leads_to(id, &self.proof, self.ticks - chain.settled_ticks, &chain.head)
    }

    /// Whether `proof` is the element of `ticks`.
    pub fn verifies(&self, id: &SessionId, ticks: u32, proof: &TickHash) -> bool {
        TickHasher::new(id).walk(proof, ticks.saturating_sub(self.ticks)) == self.proof
    }

    /// The most that may be bought before the open comes further, and what that would be. None when it is final.
    pub fn credit(&self, config: &Config) -> Option<(u32, &'static str)> {
        match self.phase {
            Phase::Unopened => Some((self.credit_ticks, "in a block")),
            Phase::InBlock => Some((config.credit_until_final, "final")),
            Phase::Final => None,
        }
    }

    /// Whether it may sell.
    pub fn is_selling(&self) -> bool {
        self.death.is_none() && self.closing.is_none() && self.ending.is_none() && !self.is_closed
    }

    /// Milliseconds by which `ticks` run ahead of what the chain would settle at `now_ms`; not positive when they do
    /// not. Signed: a session that was opened on top of sold time begins in the future.
    pub fn ahead_ms(&self, ticks: u32, now_ms: Moment, config: &Config) -> i128 {
        let elapsed_ms = i128::from(now_ms) - i128::from(self.opened_at);
        i128::from(ticks) * TICK_MS - elapsed_ms - i128::from(config.max_prepaid_ticks) * TICK_MS
    }

    /// What the caller may know.
    pub fn status(&self, config: &Config) -> Status {
        Status {
            viewer: self.viewer.clone(),
            stream: self.stream,
            phase: self.phase,
            price_per_tick: self.price_per_tick,
            max_ticks: self.max_ticks,
            ticks_paid: self.ticks,
            ticks_owed: self.spent,
            credit_left: self.credit(config).map(|(credit, _)| credit.saturating_sub(self.spent)),
            settled_ticks: self.settled_best,
            closing: self.closing,
            ending: self.ending,
            death: self.death,
            opened_at: self.opened_at,
            bought: self.bought.ranges(),
        }
    }
}

/// A session as the caller may see it. No proof is in it: an unsettled one opens the paywall.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Status {
    /// Who pays.
    pub viewer: AccountId,
    /// For what.
    pub stream: StreamId,
    /// How far the open has come.
    pub phase: Phase,
    /// What a tick costs.
    pub price_per_tick: Balance,
    /// The most ticks there can be.
    pub max_ticks: u32,
    /// Ticks revealed.
    pub ticks_paid: u32,
    /// Ticks that the keys bought cost.
    pub ticks_owed: u32,
    /// Ticks that may be bought before the open comes further; none when it is final.
    pub credit_left: Option<u32>,
    /// Ticks settled in the best chain.
    pub settled_ticks: u32,
    /// Since when the chain closes it.
    pub closing: Option<Closing>,
    /// Why the gateway ends it.
    pub ending: Option<Ending>,
    /// How the ticket died.
    pub death: Option<Death>,
    /// From when ticks are counted.
    pub opened_at: Moment,
    /// The keys bought.
    pub bought: Vec<KeyRange>,
}
