//! Selection of the rows that this worker settles now: those of its own gateways, and others if that is allowed and
//! pays.
//!
//! Any account may post claims to a gateway's pool, for example of one more tick every second, and the gateway's
//! operator pays for their settlement. So a claim that earns its gateway less than it costs waits until it covers more
//! ticks. At the end of a session one claim is settled whatever it earns: the session's open fee pays for it.
//!
//! A claim of more ticks than can have been watched by now is lowered to those, because its lower elements pay already.

use super::{
    serves,
    worth::{group_fee, Worth},
};
use crate::{Config, Pallet, ProtocolFee, Sessions};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};
use frame_support::traits::{Get, Time};
use sp_runtime::{Permill, Saturating};
use tick_stream_primitives::{
    rules,
    worker::{Offer, OfferedClaim, RowId, WorkerConfig},
    AccountId, Balance, BlockNumber, CloseRow, GenesisHash, Moment, RowError, Session, SessionId, SignedTicket,
    StreamId, TickHasher,
};

/// Part of the closing period, counted from its end, in which one more claim is settled whatever it earns.
const FINAL_PART_OF_CLOSING: BlockNumber = 4;
/// Number of blocks after a claim in which a lowered claim is not settled whatever it earns: otherwise each block, which
/// makes one more tick of it payable, would bring another last claim.
const LOWERED_PAUSE_BLOCKS: BlockNumber = 16;
/// Maximum number of hash steps that one run takes to lower claims: about 0.1 s. A lowered claim that finds no steps left
/// waits for a later run.
pub(crate) const MAX_LOWERING_STEPS: u32 = 262_144;

/// Rows of an offer, sorted by what the worker does with them.
#[derive(Default)]
pub(crate) struct Rows {
    /// Claims of closing sessions.
    pub urgent_claims: Vec<OfferedClaim>,
    /// Closes of closing sessions.
    pub urgent_closes: Vec<CloseRow>,
    /// Tickets to open.
    pub opens: Vec<SignedTicket>,
    /// Claims of sessions that are not closing.
    pub claims: Vec<OfferedClaim>,
    /// Closes of sessions that are not closing.
    pub closes: Vec<CloseRow>,
    /// Sessions whose claim is settled whatever it earns.
    pub unconditional: BTreeSet<SessionId>,
    /// Rows that the chain would refuse, as far as this is known without trying them.
    pub refused: Vec<(RowId, RowError)>,
    /// Rows of other operators' gateways that are not worth their fee.
    pub foreign: Vec<RowId>,
    /// Number of own claims that are not worth their fee yet.
    pub waiting: u32,
}

impl Rows {
    /// Returns whether there are no rows to settle.
    pub fn is_empty(&self) -> bool {
        self.urgent_claims.is_empty()
            && self.urgent_closes.is_empty()
            && self.opens.is_empty()
            && self.claims.is_empty()
            && self.closes.is_empty()
    }
}

/// Stream, gateway and batch of a group: claims of closing sessions travel in other batches than the rest, and so pay
/// for a group of their own.
type GroupKey = (StreamId, AccountId, bool);

/// Claim that may be settled, depending on what the other claims of its group earn.
struct Candidate<'a> {
    /// Claim without its proof, if that is of a higher tick.
    row: OfferedClaim,
    /// Tick that the proof in `row` proves.
    proof_ticks: u32,
    /// Whether the worker serves the gateway.
    is_own: bool,
    /// Whether the session is closing.
    is_urgent: bool,
    /// Planck that it earns beyond its own fee, or `None` if it earns less.
    surplus: Option<Balance>,
    /// Whether it is settled whatever it earns.
    is_unconditional: bool,
    /// Close of the gateway's side that need not wait for the claim, because a last claim was settled before.
    close: Option<&'a CloseRow>,
}

impl Candidate<'_> {
    fn group(&self) -> GroupKey {
        (self.row.stream, self.row.gateway.clone(), self.is_urgent)
    }

    /// Derives the proof of the claimed tick with at most `steps` hash steps, which are taken from it. Returns `None` if
    /// that needs more.
    fn into_row(self, steps: &mut u32) -> Option<OfferedClaim> {
        let mut row = self.row;
        let needed = self.proof_ticks.saturating_sub(row.claim.ticks);
        *steps = steps.checked_sub(needed)?;
        row.claim.proof = TickHasher::new(&row.claim.session).walk(&row.claim.proof, needed);
        Some(row)
    }
}

/// Sorter of the rows of an offer.
pub(crate) struct Sorter<'a, T> {
    /// Settings of the worker, which replace those of the offer.
    config: &'a WorkerConfig,
    offer: &'a Offer,
    genesis: GenesisHash,
    now: Moment,
    /// Protocol's part of the gross, in parts per million.
    protocol_fee: Permill,
    /// Sessions that the tickets of the offer open.
    opening: BTreeSet<SessionId>,
    /// Closes of the gateway's side that wait for the last claims of their sessions.
    ending: BTreeMap<SessionId, &'a CloseRow>,
    /// Claims that are not chosen yet.
    candidates: Vec<Candidate<'a>>,
    rows: Rows,
    _config: core::marker::PhantomData<T>,
}

impl<'a, T: Config> Sorter<'a, T> {
    /// Creates a sorter for a worker with these settings, which replace those of the offer.
    pub fn new(config: &'a WorkerConfig, offer: &'a Offer) -> Self {
        let genesis = Pallet::<T>::genesis_hash();
        Self {
            config,
            offer,
            genesis,
            now: T::Clock::now(),
            protocol_fee: ProtocolFee::<T>::get(),
            opening: offer.opens.iter().map(|open| open.ticket.session_id(&genesis)).collect(),
            ending: offer.ending.iter().map(|close| (close.session, close)).collect(),
            candidates: Vec::new(),
            rows: Rows::default(),
            _config: core::marker::PhantomData,
        }
    }

    /// Sorts every row, in the order of the offer.
    pub fn sort(mut self) -> Rows {
        let offer = self.offer;
        offer.opens.iter().for_each(|open| self.open(open));
        offer.claims.iter().for_each(|claim| self.claim(claim));
        self.choose_claims();
        offer.closes.iter().for_each(|close| self.close(close));
        self.rows
    }

    /// Returns whether the worker serves the gateway.
    fn is_own(&self, gateway: &AccountId) -> bool {
        serves(self.config, gateway)
    }

    /// Sorts a ticket. Opening a session of another operator's gateway earns nothing.
    fn open(&mut self, open: &SignedTicket) {
        if self.is_own(&open.ticket.gateway) {
            self.rows.opens.push(open.clone());
        } else {
            self.rows.foreign.push(RowId::Open(open.ticket.session_id(&self.genesis)));
        }
    }

    /// Sorts a claim: it becomes a candidate unless it is refused or foreign.
    fn claim(&mut self, offered: &OfferedClaim) {
        let id = offered.claim.session;
        let session = Sessions::<T>::get(id);
        let row = match self.prepared(offered, session.as_ref()) {
            Ok(row) => row,
            Err(error) => {
                self.rows.refused.push((RowId::Claim(id), error));
                return;
            }
        };
        let is_own = self.is_own(&row.gateway);
        if !is_own && !self.config.foreign_rows {
            self.rows.foreign.push(RowId::Claim(id));
            return;
        }
        let candidate = self.candidate(row, offered.claim.ticks, session.as_ref(), is_own);
        self.candidates.push(candidate);
    }

    /// Sorts a close.
    fn close(&mut self, close: &CloseRow) {
        let Some(session) = Sessions::<T>::get(close.session) else {
            self.rows.refused.push((RowId::Close(close.session), RowError::SessionUnknown));
            return;
        };
        if self.is_own(&session.gateway) {
            let is_urgent = session.closing.is_some();
            let closes = if is_urgent { &mut self.rows.urgent_closes } else { &mut self.rows.closes };
            closes.push(close.clone());
        } else {
            self.rows.foreign.push(RowId::Close(close.session));
        }
    }

    /// Returns the claim with `from` set to what is settled, and with no more ticks than can have been watched. A session
    /// that does not exist yet may be opened by a ticket of the same offer.
    fn prepared(&self, offered: &OfferedClaim, session: Option<&Session>) -> Result<OfferedClaim, RowError> {
        let mut row = offered.clone();
        let Some(session) = session else {
            row.claim.from = 0;
            return if self.opening.contains(&row.claim.session) { Ok(row) } else { Err(RowError::SessionUnknown) };
        };
        row.claim.from = session.settled_ticks;
        if row.claim.ticks <= row.claim.from {
            return Err(RowError::AlreadySettled);
        }
        if row.claim.ticks > session.max_ticks {
            return Err(RowError::AboveMaximum);
        }
        row.claim.ticks = row.claim.ticks.min(rules::payable_ticks(session, self.now, T::MaxPrepaidTicks::get()));
        if row.claim.ticks <= row.claim.from {
            return Err(RowError::TooFast);
        }
        Ok(row)
    }

    /// Compares what a claim earns with its fee. A claim on a session that is not open yet waits until it is.
    ///
    /// An own claim is settled whatever it earns only once, as the last one of its session: before the close by which the
    /// gateway removes the session, or shortly before the closing period is over.
    fn candidate(&self, row: OfferedClaim, proof_ticks: u32, session: Option<&Session>, is_own: bool) -> Candidate<'a> {
        let surplus =
            session.and_then(|session| Worth::of::<T>(&row.claim, session, is_own, self.protocol_fee).surplus());
        let close = self.ending.get(&row.claim.session).copied();
        let is_lowered = row.claim.ticks < proof_ticks;
        let is_last = session.is_some_and(|session| Self::is_last(session, close.is_some(), is_lowered));
        let is_urgent = session.is_some_and(|session| session.closing.is_some());
        // Without a session there is nothing to close.
        let close = close.filter(|_| session.is_some() && !is_last);
        Candidate { row, proof_ticks, is_own, is_urgent, surplus, is_unconditional: is_own && is_last, close }
    }

    /// Returns whether the claim is the last one of its session and no such claim was settled before: the gateway is about
    /// to end the session, or the closing period is nearly over.
    fn is_last(session: &Session, is_ending: bool, is_lowered: bool) -> bool {
        let (block, period) = (Pallet::<T>::block(), T::ClosePeriod::get());
        let Some(closing) = session.closing else {
            let pauses = is_lowered && block.saturating_sub(session.last_claim) < LOWERED_PAUSE_BLOCKS;
            return is_ending && !pauses;
        };
        let last_part = closing.block.saturating_add(period - period / FINAL_PART_OF_CLOSING);
        (is_ending || block >= last_part) && session.last_claim < last_part
    }

    /// Chooses the unconditional claims, and those that earn the fee of their group together, in the order of the
    /// offer. An unconditional claim carries the fee of its group.
    fn choose_claims(&mut self) {
        let mut group_fees = BTreeMap::<StreamId, Balance>::new();
        let mut surpluses = BTreeMap::<GroupKey, Balance>::new();
        for candidate in &self.candidates {
            let stream = candidate.row.stream;
            let group_fee = *group_fees.entry(stream).or_insert_with(|| group_fee::<T>(stream));
            let surplus = if candidate.is_unconditional { group_fee } else { candidate.surplus.unwrap_or(0) };
            surpluses.entry(candidate.group()).or_default().saturating_accrue(surplus);
        }
        let mut steps = MAX_LOWERING_STEPS;
        for candidate in core::mem::take(&mut self.candidates) {
            let group_fee = group_fees.get(&candidate.row.stream).copied().unwrap_or_default();
            let is_group_paid = surpluses.get(&candidate.group()).is_some_and(|surplus| *surplus >= group_fee);
            if candidate.is_unconditional || (candidate.surplus.is_some() && is_group_paid) {
                self.choose(candidate, &mut steps);
            } else {
                self.leave(candidate);
            }
        }
    }

    /// Adds a claim to the rows to settle, or leaves it waiting if the proof of its tick would take more than `steps` hash
    /// steps.
    fn choose(&mut self, candidate: Candidate<'_>, steps: &mut u32) {
        let Candidate { is_urgent, is_unconditional, close, .. } = candidate;
        if let Some(row) = candidate.into_row(steps) {
            if is_unconditional {
                self.rows.unconditional.insert(row.claim.session);
            }
            let claims = if is_urgent { &mut self.rows.urgent_claims } else { &mut self.rows.claims };
            claims.push(row);
        } else {
            self.rows.waiting.saturating_inc();
        }
        self.close_after(close);
    }

    /// Leaves a claim that is not worth its fee.
    fn leave(&mut self, candidate: Candidate<'_>) {
        if candidate.is_own {
            self.rows.waiting.saturating_inc();
        } else {
            self.rows.foreign.push(RowId::Claim(candidate.row.claim.session));
        }
        self.close_after(candidate.close);
    }

    /// Sorts the close that follows a claim, if there is one.
    fn close_after(&mut self, close: Option<&CloseRow>) {
        if let Some(close) = close {
            self.close(close);
        }
    }
}
