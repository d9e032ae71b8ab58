//! A session as the paywall knows it: what the journal's session record holds, and what is kept in memory only.

use crate::{
    config::Config,
    keys::{BoughtKeys, KeyRange},
    phase::{Ending, Phase, Rejection},
    token::Token,
};
use codec::{Decode, Encode};
use sp_runtime::Permill;
use tick_stream_primitives::{
    ids::TICK_MS, state::Session as ChainSession, tick_chain::leads_to, AccountId, Balance, BlockNumber, Closing,
    Moment, SessionId, SignedTicket, StreamId, TickHash, TickHasher,
};

/// Time for which the session's first tick may be sent again without the token, in milliseconds: its answer, which has the
/// token, may have been lost.
const REPEAT_FIRST_MS: Moment = 60_000;

/// A session, accepted from a ticket or found on chain.
///
/// The journal encodes the fields with SCALE, by position: they must not be reordered, and none added, without a new
/// version of the journal.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub(crate) struct Session {
    pub viewer: AccountId,
    /// Session key; none if the viewer's wallet opened the session.
    pub session_key: Option<AccountId>,
    pub stream: StreamId,
    /// Price of a tick, in planck: an upper bound until the opening is in a block, the session's own price afterwards.
    pub price_per_tick: Balance,
    /// The gateway's share of the income.
    pub gateway_share: Permill,
    pub max_ticks: u32,
    pub expires_at: BlockNumber,
    /// `w[base_ticks]`, the lowest element known of the tick chain: the ticket's anchor, or the head on chain when the
    /// session was first seen there.
    pub anchor: TickHash,
    pub base_ticks: u32,
    /// The ticket, until the opening is final: until then it may have to be submitted again. None for a session that
    /// the viewer's wallet opened without an offer.
    pub signed: Option<Box<SignedTicket>>,
    /// Whether the gateway has accepted a ticket for the session. Otherwise the wallet may have opened it on a stream that
    /// is not worth serving.
    pub was_offered: bool,
    pub phase: Phase,
    /// Moment from which the chain counts ticks. Until the opening is in a block, the latest one that is to be expected: the
    /// chain must settle what is bought on credit, however soon the viewer closes the session.
    pub opened_at: Moment,
    /// Since when the chain closes the session, if it does.
    pub closing: Option<Closing>,
    /// Whether the session is removed in the best chain, but not yet in a finalized block.
    pub is_closed: bool,
    pub ending: Option<Ending>,
    pub rejection: Option<Rejection>,
    /// Ticks that may be bought before the opening is in a block.
    pub credit_ticks: u32,
    /// Whether the deposit no longer covers the reserve.
    pub is_uncovered: bool,
    /// Highest tick that the viewer has revealed; `proof` is its element of the tick chain.
    pub revealed_ticks: u32,
    pub proof: TickHash,
    /// Ticks whose keys have been given. Never above `revealed_ticks`.
    pub charged_ticks: u32,
    pub bought: BoughtKeys,
    /// Ticks settled in the best chain.
    pub settled_ticks: u32,
    /// Ticks settled in finalized blocks.
    pub finalized_settled_ticks: u32,
    /// Number of the record that last changed the session.
    pub lsn: u64,
    #[codec(skip)]
    pub transient: Transient,
}

/// What of a session need not survive a restart. Times are in milliseconds since the Unix epoch, 0 for never.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Transient {
    pub token: Token,
    /// Highest tick of the claims submitted.
    pub submitted_ticks: u32,
    /// When a claim was last submitted.
    pub submitted_ms: Moment,
    /// When the opening was last submitted.
    pub open_submitted_ms: Moment,
    /// When the close was last submitted.
    pub close_submitted_ms: Moment,
    /// How often the opening was submitted.
    pub open_attempts: u32,
    /// Since when the node answers that it is too busy for the session's row.
    pub busy_since_ms: Moment,
    /// Highest tick of the claims that were in a batch of the gateway's own, for which it has paid the fee.
    pub direct_ticks: u32,
    /// Whether this is a ticket of version 1, which no chain of this version opens.
    pub is_obsolete: bool,
    /// Since when there are ticks that are in no submitted claim; 0 after a restart, so that they are submitted at
    /// once.
    pub unsubmitted_since_ms: Moment,
    /// Since when there are ticks that the best chain has not settled, submitted or not; 0 when there are none.
    pub unsettled_since_ms: Moment,
    /// When the best chain last settled ticks, by its own clock.
    pub last_settled_ms: Moment,
    /// When the viewer last paid; at first, when the session was accepted or recovered.
    pub last_payment_ms: Moment,
    /// When the first tick was revealed, as long as it is the last one and its proof has not left the gateway; 0 after a
    /// restart.
    pub first_tick_ms: Moment,
}

impl Default for Transient {
    fn default() -> Self {
        Self {
            token: Token([0; 16]),
            submitted_ticks: 0,
            submitted_ms: 0,
            open_submitted_ms: 0,
            close_submitted_ms: 0,
            open_attempts: 0,
            busy_since_ms: 0,
            direct_ticks: 0,
            is_obsolete: false,
            unsubmitted_since_ms: 0,
            unsettled_since_ms: 0,
            last_settled_ms: 0,
            last_payment_ms: 0,
            first_tick_ms: 0,
        }
    }
}

impl Session {
    /// Creates the session of an accepted ticket. `opened` is the session as the chain would open it.
    pub fn from_ticket(signed: &SignedTicket, opened: &ChainSession, credit_ticks: u32) -> Self {
        let ticket = &signed.ticket;
        Self {
            viewer: ticket.viewer.clone(),
            session_key: Some(ticket.session_key.clone()),
            stream: ticket.stream,
            price_per_tick: opened.price_per_tick,
            gateway_share: opened.gateway_share,
            max_ticks: ticket.max_ticks,
            expires_at: ticket.expires_at,
            anchor: ticket.anchor,
            base_ticks: 0,
            signed: Some(Box::new(signed.clone())),
            was_offered: true,
            phase: Phase::Offered,
            opened_at: opened.opened_at,
            closing: None,
            is_closed: false,
            ending: None,
            rejection: None,
            credit_ticks,
            is_uncovered: false,
            revealed_ticks: 0,
            proof: ticket.anchor,
            charged_ticks: 0,
            bought: BoughtKeys::default(),
            settled_ticks: 0,
            finalized_settled_ticks: 0,
            lsn: 0,
            transient: Transient::default(),
        }
    }

    /// Creates a session that the viewer's wallet opened without an offer. Ticks that are settled already count as
    /// charged, since what they bought is unknown.
    pub fn from_chain(chain: &ChainSession) -> Self {
        Self {
            viewer: chain.viewer.clone(),
            session_key: key_of(chain),
            stream: chain.stream,
            price_per_tick: chain.price_per_tick,
            gateway_share: chain.gateway_share,
            max_ticks: chain.max_ticks,
            expires_at: 0,
            anchor: chain.head,
            base_ticks: chain.settled_ticks,
            signed: None,
            was_offered: false,
            phase: Phase::Included,
            opened_at: chain.opened_at,
            closing: chain.closing,
            is_closed: false,
            ending: None,
            rejection: None,
            credit_ticks: 0,
            is_uncovered: false,
            revealed_ticks: chain.settled_ticks,
            proof: chain.head,
            charged_ticks: chain.settled_ticks,
            bought: BoughtKeys::default(),
            settled_ticks: chain.settled_ticks,
            finalized_settled_ticks: 0,
            lsn: 0,
            transient: Transient::default(),
        }
    }

    /// Returns whether this is the session of exactly this ticket.
    pub fn matches_ticket(&self, signed: &SignedTicket) -> bool {
        let ticket = &signed.ticket;
        self.base_ticks == 0
            && self.viewer == ticket.viewer
            && self.stream == ticket.stream
            && self.max_ticks == ticket.max_ticks
            && self.anchor == ticket.anchor
            && self.signed.as_ref().is_none_or(|own| own.ticket == *ticket)
    }

    /// Returns why the session on chain is not the one that the accepted ticket describes, if it is not.
    pub fn mismatch(&self, id: &SessionId, chain: &ChainSession, config: &Config) -> Option<Rejection> {
        let price_cap = self.signed.as_ref().map_or(self.price_per_tick, |signed| signed.ticket.price_per_tick);
        if chain.viewer != self.viewer {
            return Some(Rejection::OtherViewer);
        }
        if chain.stream != self.stream {
            return Some(Rejection::OtherStream);
        }
        if chain.gateway != config.gateway {
            return Some(Rejection::OtherGateway);
        }
        if chain.price_per_tick > price_cap {
            return Some(Rejection::OtherPrice);
        }
        if chain.max_ticks != self.max_ticks {
            return Some(Rejection::OtherMaximum);
        }
        (!self.has_tick_chain_of(id, chain)).then_some(Rejection::OtherChain)
    }

    /// Returns whether the head on chain lies on this session's tick chain.
    fn has_tick_chain_of(&self, id: &SessionId, chain: &ChainSession) -> bool {
        if chain.settled_ticks > self.max_ticks {
            return false;
        }
        if chain.settled_ticks >= self.revealed_ticks {
            return leads_to(id, &chain.head, chain.settled_ticks - self.revealed_ticks, &self.proof);
        }
        leads_to(id, &self.proof, self.revealed_ticks - chain.settled_ticks, &chain.head)
    }

    /// Returns whether `proof` is the element `ticks` of the tick chain.
    pub fn verifies(&self, id: &SessionId, ticks: u32, proof: &TickHash) -> bool {
        TickHasher::new(id).walk(proof, ticks.saturating_sub(self.revealed_ticks)) == self.proof
    }

    /// Returns the total of ticks that may be charged in this phase; none once the opening is final.
    pub fn credit_limit(&self, config: &Config) -> Option<u32> {
        match self.phase {
            Phase::Offered => Some(self.credit_ticks),
            Phase::Included => Some(config.credit_until_final),
            Phase::Finalized => None,
        }
    }

    /// Returns the ticks that may still be charged in this phase; none once the opening is final.
    pub fn credit_left(&self, config: &Config) -> Option<u32> {
        self.credit_limit(config).map(|limit| limit.saturating_sub(self.charged_ticks))
    }

    /// Returns whether keys may be bought: the session is neither rejected nor closing nor closed.
    pub fn accepts_payments(&self) -> bool {
        self.rejection.is_none() && self.closing.is_none() && self.ending.is_none() && !self.is_closed
    }

    /// Returns whether the best chain has this session open.
    pub fn is_on_chain(&self) -> bool {
        self.phase > Phase::Offered && self.rejection.is_none() && !self.is_closed
    }

    /// Returns the end of the time that the revealed ticks pay for, in milliseconds since the Unix epoch.
    pub fn paid_until(&self) -> Moment {
        self.opened_at.saturating_add(Moment::from(self.revealed_ticks).saturating_mul(TICK_MS))
    }

    /// Returns the milliseconds until the chain would settle `ticks`; not positive if it would at `now_ms`. Signed,
    /// since a session opened while earlier ticks of the viewer are prepaid begins in the future.
    pub fn ahead_ms(&self, ticks: u32, now_ms: Moment, config: &Config) -> i128 {
        let elapsed_ms = i128::from(now_ms) - i128::from(self.opened_at);
        (i128::from(ticks) - i128::from(config.max_prepaid_ticks)) * i128::from(TICK_MS) - elapsed_ms
    }

    /// Returns whether the viewer may send the session's first tick, which is also the last one, again without the token. Its
    /// proof must not be published meanwhile.
    pub fn may_repeat_first(&self, now_ms: Moment) -> bool {
        let since_ms = self.transient.first_tick_ms;
        since_ms > 0 && now_ms.saturating_sub(since_ms) < REPEAT_FIRST_MS
    }

    /// Returns what the gateway earns by settling `ticks`, in planck.
    pub fn income(&self, ticks: u32, config: &Config) -> Balance {
        config.income(self.price_per_tick, self.gateway_share, ticks)
    }

    /// Returns the bytes used on the heap.
    pub fn heap_bytes(&self) -> usize {
        let signed = self.signed.as_ref().map_or(0, |_| std::mem::size_of::<SignedTicket>());
        signed + self.bought.heap_bytes()
    }

    /// Returns what the gateway may show of the session.
    pub fn status(&self, config: &Config) -> Status {
        Status {
            viewer: self.viewer.clone(),
            session_key: self.session_key.clone(),
            stream: self.stream,
            phase: self.phase,
            price_per_tick: self.price_per_tick,
            max_ticks: self.max_ticks,
            revealed_ticks: self.revealed_ticks,
            charged_ticks: self.charged_ticks,
            credit_left: self.credit_left(config),
            settled_ticks: self.settled_ticks,
            closing: self.closing,
            ending: self.ending,
            rejection: self.rejection,
            is_closed: self.is_closed,
            opened_at: self.opened_at,
            bought: self.bought.ranges(),
        }
    }
}

/// Returns the session key under which the chain has opened a session; none if the wallet did.
pub(crate) fn key_of(chain: &ChainSession) -> Option<AccountId> {
    chain.key.as_ref().map(|used| used.session_key.clone())
}

/// A session as the gateway may show it. It has no proof, since an unsettled one would buy keys.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Status {
    /// Account that pays.
    pub viewer: AccountId,
    /// Session key; none if the viewer's wallet opened the session.
    pub session_key: Option<AccountId>,
    /// Stream that is watched.
    pub stream: StreamId,
    /// How far the opening has come.
    pub phase: Phase,
    /// Price of a tick, in planck.
    pub price_per_tick: Balance,
    /// Largest number of ticks.
    pub max_ticks: u32,
    /// Highest tick that the viewer has revealed.
    pub revealed_ticks: u32,
    /// Ticks whose keys have been given.
    pub charged_ticks: u32,
    /// Ticks that may still be charged before the opening comes further; none once it is final.
    pub credit_left: Option<u32>,
    /// Ticks settled in the best chain.
    pub settled_ticks: u32,
    /// Since when the chain closes the session, if it does.
    pub closing: Option<Closing>,
    /// Reason why the gateway ends the session, if it does.
    pub ending: Option<Ending>,
    /// Reason why the ticket is rejected, if it is.
    pub rejection: Option<Rejection>,
    /// Whether the session is closed in the best chain.
    pub is_closed: bool,
    /// Moment from which the chain counts ticks, in milliseconds since the Unix epoch; an estimate until the opening is
    /// in a block.
    pub opened_at: Moment,
    /// Keys that the session has bought.
    pub bought: Vec<KeyRange>,
}
