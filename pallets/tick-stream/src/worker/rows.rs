//! Selection of the rows that this worker settles now: those of its own gateways, and others if that is allowed and
//! pays.
//!
//! Any account may post claims to a gateway's pool, for example of one more tick every second, and the gateway's
//! operator pays for their settlement. So a claim that earns its gateway less than it costs waits until it covers more
//! ticks. At the end of a session one claim is settled whatever it earns: the session's open fee pays for it.

use super::{serves, SettlementExtrinsics};
use crate::{Config, Pallet, ProtocolFee, Sessions, Streams};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};
use codec::Encode;
use frame_support::{traits::Get, weights::Weight};
use sp_runtime::{Permill, Saturating};
use tick_stream_primitives::{
    rules::{pays_submitter, Periods},
    worker::{Offer, OfferedClaim, RowId},
    AccountId, Balance, BatchSize, BlockNumber, Claim, CloseRow, Closer, GenesisHash, Rates, RowError, Session,
    SessionId, Shares, SignedTicket, Splits, StreamId,
};

/// Part of the closing period, counted from its end, in which one more claim is settled whatever it earns.
const FINAL_PART_OF_CLOSING: BlockNumber = 4;
/// Bytes of a group without its claims: stream, gateway and a length.
const GROUP_BYTES: u32 = 42;

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
struct Candidate {
    row: OfferedClaim,
    /// Whether the worker serves the gateway.
    is_own: bool,
    /// Whether the session is closing.
    is_urgent: bool,
    /// Planck that it earns beyond its own fee, or `None` if it earns less.
    surplus: Option<Balance>,
    /// Whether it is settled whatever it earns.
    is_unconditional: bool,
}

impl Candidate {
    fn group(&self) -> GroupKey {
        (self.row.stream, self.row.gateway.clone(), self.is_urgent)
    }
}

/// Sorter of the rows of an offer.
pub(crate) struct Sorter<'a, T> {
    /// Account of the worker.
    account: &'a AccountId,
    offer: &'a Offer,
    genesis: GenesisHash,
    /// Protocol's part of the gross, in parts per million.
    protocol_fee: Permill,
    /// Sessions that the tickets of the offer open.
    opening: BTreeSet<SessionId>,
    /// Sessions that the gateway closes with a row of the offer, or with a close that waits in the pool.
    ending: BTreeSet<SessionId>,
    /// Claims that are not chosen yet.
    candidates: Vec<Candidate>,
    rows: Rows,
    _config: core::marker::PhantomData<T>,
}

impl<'a, T: Config> Sorter<'a, T> {
    /// Creates a sorter for the worker that signs with `account`.
    pub fn new(account: &'a AccountId, offer: &'a Offer) -> Self {
        let genesis = Pallet::<T>::genesis_hash();
        Self {
            account,
            offer,
            genesis,
            protocol_fee: ProtocolFee::<T>::get(),
            opening: offer.opens.iter().map(|open| open.ticket.session_id(&genesis)).collect(),
            ending: closed_by_gateway(offer).chain(offer.ending.iter().copied()).collect(),
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
        serves(&self.offer.config, self.account, gateway)
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
        if !is_own && !self.offer.config.foreign_rows {
            self.rows.foreign.push(RowId::Claim(id));
            return;
        }
        let candidate = self.candidate(row, session.as_ref(), is_own);
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

    /// Returns the claim with `from` set to what is settled. A session that does not exist yet may be opened by a ticket
    /// of the same offer.
    fn prepared(&self, offered: &OfferedClaim, session: Option<&Session>) -> Result<OfferedClaim, RowError> {
        let mut row = offered.clone();
        if session.is_none() && !self.opening.contains(&row.claim.session) {
            return Err(RowError::SessionUnknown);
        }
        row.claim.from = session.map_or(0, |session| session.settled_ticks);
        if row.claim.ticks <= row.claim.from {
            return Err(RowError::AlreadySettled);
        }
        Ok(row)
    }

    /// Compares what a claim earns with its fee. A claim on a session that is not open yet waits until it is.
    ///
    /// An own claim is settled whatever it earns only once, as the last one of its session: together with the close by
    /// which the gateway removes the session, or shortly before the closing period is over.
    fn candidate(&self, row: OfferedClaim, session: Option<&Session>, is_own: bool) -> Candidate {
        let size = BatchSize { claims: 1, steps: row.claim.steps().into(), ..Default::default() };
        let fee = marginal_fee::<T>(&size, 0, row.claim.encoded_size() as u32);
        let surplus = session
            .map(|session| reward::<T>(&row.claim, session, is_own, self.protocol_fee))
            .and_then(|reward| reward.checked_sub(fee));
        let is_last = self.ending.contains(&row.claim.session) || session.is_some_and(Self::is_last_chance);
        let is_urgent = session.is_some_and(|session| session.closing.is_some());
        Candidate { row, is_own, is_urgent, surplus, is_unconditional: is_own && is_last }
    }

    /// Returns whether the closing period of a session is nearly over and no claim was settled in this last part of it.
    fn is_last_chance(session: &Session) -> bool {
        let period = T::ClosePeriod::get();
        let Some(closing) = session.closing else { return false };
        let last_part = closing.block.saturating_add(period - period / FINAL_PART_OF_CLOSING);
        Pallet::<T>::block() >= last_part && session.last_claim < last_part
    }

    /// Chooses the unconditional claims, and those that earn the fee of their group together, in the order of the
    /// offer. An unconditional claim carries the fee of its group.
    fn choose_claims(&mut self) {
        let mut group_fees = BTreeMap::<StreamId, Balance>::new();
        let mut surpluses = BTreeMap::<GroupKey, Balance>::new();
        for candidate in &self.candidates {
            let group_fee = *group_fees.entry(candidate.row.stream).or_insert_with_key(|id| group_fee::<T>(*id));
            let surplus = if candidate.is_unconditional { group_fee } else { candidate.surplus.unwrap_or(0) };
            surpluses.entry(candidate.group()).or_default().saturating_accrue(surplus);
        }
        for candidate in core::mem::take(&mut self.candidates) {
            let group_fee = group_fees.get(&candidate.row.stream).copied().unwrap_or_default();
            let is_group_paid = surpluses.get(&candidate.group()).is_some_and(|surplus| *surplus >= group_fee);
            if candidate.is_unconditional || (candidate.surplus.is_some() && is_group_paid) {
                let rows = &mut self.rows;
                let claims = if candidate.is_urgent { &mut rows.urgent_claims } else { &mut rows.claims };
                claims.push(candidate.row);
            } else if candidate.is_own {
                self.rows.waiting.saturating_inc();
            } else {
                self.rows.foreign.push(RowId::Claim(candidate.row.claim.session));
            }
        }
    }
}

/// Returns what a group of claims adds to the fee of a batch, in planck, without its claims.
fn group_fee<T: Config>(stream: StreamId) -> Balance {
    let block = Pallet::<T>::block();
    let splits = Streams::<T>::get(stream).map_or(0, |stream| stream.splits_at(block).len() as u32);
    let claim = BatchSize { claims: 1, ..Default::default() };
    let with_group = marginal_fee::<T>(&BatchSize { groups: 1, ..claim }, splits, GROUP_BYTES);
    with_group.saturating_sub(marginal_fee::<T>(&claim, 0, 0))
}

/// Returns what rows of this size add to the fee of a batch, in planck, after the refund of what is not used.
fn marginal_fee<T: Config>(size: &BatchSize, splits: u32, bytes: u32) -> Balance {
    let weight = Pallet::<T>::rows_weight(size, splits);
    T::Settlement::fee(weight, bytes).saturating_sub(T::Settlement::fee(Weight::zero(), 0))
}

/// Returns the sessions that their gateways close with a row of the offer.
fn closed_by_gateway(offer: &Offer) -> impl Iterator<Item = SessionId> + '_ {
    offer.closes.iter().filter(|close| is_of_gateway(close)).map(|close| close.session)
}

/// Returns whether the gateway or its operator has signed the close, so that it removes the session.
fn is_of_gateway(close: &CloseRow) -> bool {
    close.signature.as_ref().is_some_and(|signature| matches!(signature.by, Closer::Gateway | Closer::Operator))
}

/// Returns what settling a claim earns, in planck. A claim of an own gateway earns the gateway's share and the
/// submitter's part. One of another gateway earns the submitter's part, and only when the session is closing or its
/// gateway has been silent.
pub(crate) fn reward<T: Config>(claim: &Claim, session: &Session, is_own: bool, protocol_fee: Permill) -> Balance {
    let rates = Rates {
        protocol_fee,
        submitter_share: T::SubmitterShare::get(),
        gateway_share: session.gateway_share,
        splits: &Splits::default(),
    };
    let gross = session.price_per_tick.saturating_mul(Balance::from(claim.steps()));
    let shares = Shares::of(gross, &rates);
    if is_own {
        return shares.gateway.saturating_add(shares.submitter);
    }
    let periods = Periods { close_period: T::ClosePeriod::get(), gateway_silence: T::GatewaySilence::get() };
    if pays_submitter(session, Pallet::<T>::block(), &periods) {
        shares.submitter
    } else {
        0
    }
}
