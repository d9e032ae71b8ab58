//! Selection of the rows that this worker settles now: those of its own gateways, and others if that is allowed and
//! pays.
//!
//! Any account may post claims to a gateway's pool, for example of one more tick every second, and the gateway's
//! operator pays for their settlement. So a claim that earns its gateway less than it costs waits until it covers more
//! ticks, or until it has waited long enough.

use super::{represents, SettlementExtrinsics};
use crate::{Config, Pallet, ProtocolFee, Sessions};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};
use codec::Encode;
use frame_support::{traits::Get, weights::Weight};
use sp_runtime::{Permill, Saturating};
use tick_stream_primitives::{
    worker::{Offer, OfferedClaim, RowId},
    AccountId, Balance, BatchSize, BlockNumber, CloseRow, GenesisHash, Rates, RowError, Session, SessionId, Shares,
    SignedTicket, Splits, StreamId,
};

/// Number of blocks since a session's last claim after which an own claim is settled whatever it earns. It is below the
/// 30 seconds after which a gateway settles by itself, at its own cost, what its node has not settled.
pub(crate) const OWN_CLAIM_EVERY: BlockNumber = 24;
/// The same for a claim of a session that is about to end, and for a claim that earns its own fee but not its group's.
pub(crate) const EAGER_CLAIM_EVERY: BlockNumber = 8;
/// Bytes of a group without its claims: stream, gateway and a length.
const GROUP_BYTES: u32 = 42;

/// Rows of an offer, sorted by what the worker does with them.
#[derive(Default)]
pub(crate) struct Rows {
    /// Tickets to open.
    pub opens: Vec<SignedTicket>,
    /// Claims to settle.
    pub claims: Vec<OfferedClaim>,
    /// Sessions to close.
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
        self.opens.is_empty() && self.claims.is_empty() && self.closes.is_empty()
    }
}

/// Claim that may be settled, depending on what the other claims of its group earn.
struct Candidate {
    row: OfferedClaim,
    /// Planck that it earns beyond its own fee, or `None` if it earns less.
    surplus: Option<Balance>,
    /// Whether it is settled whatever it earns.
    is_unconditional: bool,
}

impl Candidate {
    fn group(&self) -> (StreamId, AccountId) {
        (self.row.stream, self.row.gateway.clone())
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
    /// Gateways seen in the offer, and whether they are the worker's own.
    gateways: BTreeMap<AccountId, bool>,
    /// Claims that are not chosen yet.
    candidates: Vec<Candidate>,
    rows: Rows,
    _config: core::marker::PhantomData<T>,
}

impl<'a, T: Config> Sorter<'a, T> {
    /// Creates a sorter for the worker that signs with `account`.
    pub fn new(account: &'a AccountId, offer: &'a Offer) -> Self {
        Self {
            account,
            offer,
            genesis: Pallet::<T>::genesis_hash(),
            protocol_fee: ProtocolFee::<T>::get(),
            gateways: BTreeMap::new(),
            candidates: Vec::new(),
            rows: Rows::default(),
            _config: core::marker::PhantomData,
        }
    }

    /// Sorts every row, in the order of the offer.
    pub fn sort(mut self) -> Rows {
        let offer = self.offer;
        let ending: BTreeSet<SessionId> = offer.closes.iter().map(|close| close.session).collect();
        offer.opens.iter().for_each(|open| self.open(open));
        offer.claims.iter().for_each(|claim| self.claim(claim, ending.contains(&claim.claim.session)));
        self.choose_claims();
        offer.closes.iter().for_each(|close| self.close(close));
        self.rows
    }

    /// Returns whether the worker's account is the gateway or its operator.
    fn is_own(&mut self, gateway: &AccountId) -> bool {
        let account = self.account;
        *self.gateways.entry(gateway.clone()).or_insert_with(|| represents::<T>(account, gateway))
    }

    /// Returns whether a row of another operator's gateway may be settled and is worth its fee.
    fn pays(&self, fee: Balance, reward: Balance) -> bool {
        self.offer.config.foreign_rows && reward > fee
    }

    /// Sorts a ticket.
    fn open(&mut self, open: &SignedTicket) {
        let size = BatchSize { opens: 1, ..Default::default() };
        let fee = Self::marginal_fee(&size, open.encoded_size() as u32);
        if self.is_own(&open.ticket.gateway) || self.pays(fee, T::OpenFee::get()) {
            self.rows.opens.push(open.clone());
        } else {
            self.rows.foreign.push(RowId::Open(open.ticket.session_id(&self.genesis)));
        }
    }

    /// Sorts a claim: it becomes a candidate unless it is refused or foreign.
    fn claim(&mut self, offered: &OfferedClaim, is_ending: bool) {
        let id = offered.claim.session;
        let session = Sessions::<T>::get(id);
        let row = match Self::prepared(offered, session.as_ref()) {
            Ok(row) => row,
            Err(error) => {
                self.rows.refused.push((RowId::Claim(id), error));
                return;
            }
        };
        let size = BatchSize { claims: 1, steps: row.claim.steps().into(), ..Default::default() };
        let fee = Self::marginal_fee(&size, row.claim.encoded_size() as u32);
        if self.is_own(&row.gateway) {
            let candidate = self.candidate(row, session.as_ref(), fee, is_ending);
            self.candidates.push(candidate);
        } else if self.pays(fee, session.map_or(0, |session| Self::foreign_reward(&row, &session))) {
            self.candidates.push(Candidate { row, surplus: None, is_unconditional: true });
        } else {
            self.rows.foreign.push(RowId::Claim(id));
        }
    }

    /// Sorts a close.
    fn close(&mut self, close: &CloseRow) {
        let Some(session) = Sessions::<T>::get(close.session) else {
            self.rows.refused.push((RowId::Close(close.session), RowError::SessionUnknown));
            return;
        };
        if self.is_own(&session.gateway) {
            self.rows.closes.push(close.clone());
        } else {
            self.rows.foreign.push(RowId::Close(close.session));
        }
    }

    /// Returns the claim with `from` set to what is settled. A session that does not exist yet may be opened by the
    /// same wave.
    fn prepared(offered: &OfferedClaim, session: Option<&Session>) -> Result<OfferedClaim, RowError> {
        let mut row = offered.clone();
        row.claim.from = session.map_or(0, |session| session.settled_ticks);
        if row.claim.ticks <= row.claim.from {
            return Err(RowError::AlreadySettled);
        }
        Ok(row)
    }

    /// Returns what settling a claim of another operator's gateway earns, in planck: the submitter's part, once the
    /// session is closing or its gateway has been silent.
    fn foreign_reward(row: &OfferedClaim, session: &Session) -> Balance {
        let silent_blocks = Pallet::<T>::block().saturating_sub(session.last_claim);
        if session.closing.is_none() && silent_blocks < T::GatewaySilence::get() {
            return 0;
        }
        T::SubmitterShare::get().mul_floor(gross(row, session))
    }

    /// Compares what an own claim earns with its fee, and the time since the last claim with the limits. The open fee
    /// covers the first claim of a session that the same wave opens. If no ticket opens it, the dry run refuses the
    /// claim.
    fn candidate(&self, row: OfferedClaim, session: Option<&Session>, fee: Balance, is_ending: bool) -> Candidate {
        let Some(session) = session else { return Candidate { row, surplus: None, is_unconditional: true } };
        let splits = Splits::default();
        let rates = Rates {
            protocol_fee: self.protocol_fee,
            submitter_share: T::SubmitterShare::get(),
            gateway_share: session.gateway_share,
            splits: &splits,
        };
        let shares = Shares::of(gross(&row, session), &rates);
        let surplus = shares.gateway.saturating_add(shares.submitter).checked_sub(fee);
        let is_eager = surplus.is_some() || is_ending || session.closing.is_some();
        let patience_blocks = if is_eager { EAGER_CLAIM_EVERY } else { OWN_CLAIM_EVERY };
        let silent_blocks = Pallet::<T>::block().saturating_sub(session.last_claim);
        Candidate { row, surplus, is_unconditional: silent_blocks >= patience_blocks }
    }

    /// Chooses the unconditional claims, and those that earn the fee of their group together, in the order of the
    /// offer. An unconditional claim carries the fee of its group.
    fn choose_claims(&mut self) {
        let group_fee = Self::marginal_fee(&BatchSize { groups: 1, ..Default::default() }, GROUP_BYTES);
        let mut surpluses = BTreeMap::<(StreamId, AccountId), Balance>::new();
        for candidate in &self.candidates {
            let surplus = if candidate.is_unconditional { group_fee } else { candidate.surplus.unwrap_or(0) };
            surpluses.entry(candidate.group()).or_default().saturating_accrue(surplus);
        }
        for candidate in core::mem::take(&mut self.candidates) {
            let is_group_paid = surpluses.get(&candidate.group()).is_some_and(|surplus| *surplus >= group_fee);
            if candidate.is_unconditional || (candidate.surplus.is_some() && is_group_paid) {
                self.rows.claims.push(candidate.row);
            } else {
                self.rows.waiting.saturating_inc();
            }
        }
    }

    /// Returns what rows of this size add to the fee of a batch, in planck.
    fn marginal_fee(size: &BatchSize, bytes: u32) -> Balance {
        let weight = Pallet::<T>::batch_weight(size).saturating_sub(Pallet::<T>::batch_weight(&BatchSize::default()));
        T::Settlement::fee(weight, bytes).saturating_sub(T::Settlement::fee(Weight::zero(), 0))
    }
}

/// Returns what the claim's unsettled ticks cost the viewer, in planck.
fn gross(row: &OfferedClaim, session: &Session) -> Balance {
    session.price_per_tick.saturating_mul(Balance::from(row.claim.steps()))
}
