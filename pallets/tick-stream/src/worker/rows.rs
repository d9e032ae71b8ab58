//! Which rows of an offer this worker settles now: those of its gateways, and others when that is allowed and pays.
//!
//! Anybody may post a claim to a gateway's pool, of one more tick every second if they like, and the gateway's operator
//! pays for having it settled. So a claim that does not earn its gateway what it costs waits until more has come together,
//! or until it has waited long enough.

use super::{speaks_for, SettlementExtrinsics};
use crate::{
    money::{Rates, Shares},
    Config, Pallet, ProtocolFee, Sessions,
};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};
use codec::Encode;
use frame_support::{traits::Get, weights::Weight};
use sp_runtime::{Permill, Saturating};
use tick_stream_primitives::{
    worker::{Offer, OfferedClaim, RowId},
    AccountId, Balance, BatchSize, BlockNumber, CloseRow, GenesisHash, RowError, Session, SessionId, SignedTicket,
    Splits, StreamId,
};

/// Blocks since a session's last claim after which an own claim is settled whatever it earns. Fewer than the 30 seconds
/// after which a gateway settles itself, at its own cost, what its node has not.
pub(crate) const OWN_CLAIM_EVERY: BlockNumber = 24;
/// The same for a claim of a session that is about to end, and for one that earns its own fee but not its group's.
pub(crate) const EAGER_CLAIM_EVERY: BlockNumber = 8;
/// Bytes of a group around its claims: stream, gateway and a length.
const GROUP_BYTES: u32 = 42;

/// An offer's rows, sorted.
#[derive(Default)]
pub(crate) struct Rows {
    pub opens: Vec<SignedTicket>,
    pub claims: Vec<OfferedClaim>,
    pub closes: Vec<CloseRow>,
    /// Those the chain would refuse, as far as that can be told without a trial.
    pub refused: Vec<(RowId, RowError)>,
    /// Those that belong to others and are not worth their fee.
    pub foreign: Vec<RowId>,
    /// How many claims of ours are not worth their fee yet.
    pub waiting: u32,
}

impl Rows {
    /// Whether there is nothing to settle.
    pub fn is_empty(&self) -> bool {
        self.opens.is_empty() && self.claims.is_empty() && self.closes.is_empty()
    }
}

/// A claim that may be settled, once it is known what the others of its group earn.
struct Candidate {
    row: OfferedClaim,
    /// What it earns beyond its own fee; nothing when it earns less.
    surplus: Option<Balance>,
    /// To be settled whatever it earns.
    is_due: bool,
}

impl Candidate {
    fn group(&self) -> (StreamId, AccountId) {
        (self.row.stream, self.row.gateway.clone())
    }
}

/// Sorts the rows of an offer.
pub(crate) struct Sorter<'a, T> {
    account: &'a AccountId,
    offer: &'a Offer,
    genesis: GenesisHash,
    protocol_fee: Permill,
    /// The gateways in the offer, and whether they are ours.
    known: BTreeMap<AccountId, bool>,
    candidates: Vec<Candidate>,
    rows: Rows,
    _config: core::marker::PhantomData<T>,
}

impl<'a, T: Config> Sorter<'a, T> {
    /// For the worker that signs as `account`.
    pub fn new(account: &'a AccountId, offer: &'a Offer) -> Self {
        Self {
            account,
            offer,
            genesis: Pallet::<T>::genesis_hash(),
            protocol_fee: ProtocolFee::<T>::get(),
            known: BTreeMap::new(),
            candidates: Vec::new(),
            rows: Rows::default(),
            _config: core::marker::PhantomData,
        }
    }

    /// Looks at every row once, in order.
    pub fn sort(mut self) -> Rows {
        let offer = self.offer;
        let ending: BTreeSet<SessionId> = offer.closes.iter().map(|close| close.session).collect();
        offer.opens.iter().for_each(|open| self.open(open));
        offer.claims.iter().for_each(|claim| self.claim(claim, ending.contains(&claim.claim.session)));
        self.weigh();
        offer.closes.iter().for_each(|close| self.close(close));
        self.rows
    }

    fn is_own(&mut self, gateway: &AccountId) -> bool {
        let account = self.account;
        *self.known.entry(gateway.clone()).or_insert_with(|| speaks_for::<T>(account, gateway))
    }

    /// Whether somebody else's row is worth its fee.
    fn pays(&self, fee: Balance, reward: Balance) -> bool {
        self.offer.config.foreign_rows && reward > fee
    }

    fn open(&mut self, open: &SignedTicket) {
        let size = BatchSize { opens: 1, ..Default::default() };
        let fee = Self::marginal_fee(&size, open.encoded_size() as u32);
        if self.is_own(&open.ticket.gateway) || self.pays(fee, T::OpenFee::get()) {
            self.rows.opens.push(open.clone());
        } else {
            self.rows.foreign.push(RowId::Open(open.ticket.session_id(&self.genesis)));
        }
    }

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
            self.candidates.push(Candidate { row, surplus: None, is_due: true });
        } else {
            self.rows.foreign.push(RowId::Claim(id));
        }
    }

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

    /// The claim as it can be made now: `from` is what is settled. A session that is not there yet may be opened by the
    /// same wave.
    fn prepared(offered: &OfferedClaim, session: Option<&Session>) -> Result<OfferedClaim, RowError> {
        let mut row = offered.clone();
        row.claim.from = session.map_or(0, |session| session.settled_ticks);
        if row.claim.ticks <= row.claim.from {
            return Err(RowError::AlreadySettled);
        }
        Ok(row)
    }

    /// What settling somebody else's claim earns: the submitter's part once the session's gateway has let it slip.
    fn foreign_reward(row: &OfferedClaim, session: &Session) -> Balance {
        let silent_blocks = Pallet::<T>::block().saturating_sub(session.last_claim);
        if session.closing.is_none() && silent_blocks < T::GatewaySilence::get() {
            return 0;
        }
        T::SubmitterShare::get().mul_floor(gross(row, session))
    }

    /// An own claim, weighed against its fee and the time since the last one. A session that the same wave opens has paid
    /// the open fee for its first claim; if nothing opens it, the trial will tell.
    fn candidate(&self, row: OfferedClaim, session: Option<&Session>, fee: Balance, is_ending: bool) -> Candidate {
        let Some(session) = session else { return Candidate { row, surplus: None, is_due: true } };
        let splits = Splits::default();
        let rates = Rates {
            protocol: self.protocol_fee,
            submitter: T::SubmitterShare::get(),
            gateway: session.gateway_share,
            splits: &splits,
        };
        let shares = Shares::of(gross(&row, session), &rates);
        let surplus = shares.gateway.saturating_add(shares.submitter).checked_sub(fee);
        let is_eager = surplus.is_some() || is_ending || session.closing.is_some();
        let patience_blocks = if is_eager { EAGER_CLAIM_EVERY } else { OWN_CLAIM_EVERY };
        let silent_blocks = Pallet::<T>::block().saturating_sub(session.last_claim);
        Candidate { row, surplus, is_due: silent_blocks >= patience_blocks }
    }

    /// Takes the claims that are due and those that earn their fees together, in the order of the offer. A claim that is
    /// due pays for its group whatever else is in it.
    fn weigh(&mut self) {
        let group_fee = Self::marginal_fee(&BatchSize { groups: 1, ..Default::default() }, GROUP_BYTES);
        let mut surpluses = BTreeMap::<(StreamId, AccountId), Balance>::new();
        for candidate in &self.candidates {
            let paid = if candidate.is_due { group_fee } else { candidate.surplus.unwrap_or(0) };
            surpluses.entry(candidate.group()).or_default().saturating_accrue(paid);
        }
        for candidate in core::mem::take(&mut self.candidates) {
            let is_paid_for = surpluses.get(&candidate.group()).is_some_and(|surplus| *surplus >= group_fee);
            if candidate.is_due || (candidate.surplus.is_some() && is_paid_for) {
                self.rows.claims.push(candidate.row);
            } else {
                self.rows.waiting.saturating_inc();
            }
        }
    }

    /// What rows of this size add to the fee of a batch.
    fn marginal_fee(size: &BatchSize, bytes: u32) -> Balance {
        let weight = Pallet::<T>::batch_weight(size).saturating_sub(Pallet::<T>::batch_weight(&BatchSize::default()));
        T::Settlement::fee(weight, bytes).saturating_sub(T::Settlement::fee(Weight::zero(), 0))
    }
}

/// What the claim's new ticks cost the viewer.
fn gross(row: &OfferedClaim, session: &Session) -> Balance {
    session.price_per_tick.saturating_mul(Balance::from(row.claim.steps()))
}
