//! Chain of blocks that opens, settles and closes sessions by the rules of the protocol, can be rolled back, and counts
//! how often it is read.

use crate::{ChainError, ChainView};
use parking_lot::Mutex;
use std::collections::{BTreeMap, BTreeSet};
use tick_stream_primitives::ticket::{close_message, is_signed_by};
use tick_stream_primitives::worker::{Offer, RowId};
use tick_stream_primitives::{
    AccountId, Batch, BlockNumber, Claim, CloseRow, Closer, Closing, GenesisHash, Outcome, RowError, RowKind,
    RowVerdict, Session, SessionId, SignedTicket, TickHasher,
};

pub const BLOCK_MS: u64 = 1_000;
pub const MAX_PREPAID_TICKS: u64 = 60;
pub const CLOSE_PERIOD: BlockNumber = 600;

type Verdicts = Vec<(RowId, Result<(), RowError>)>;

#[derive(Clone, Default)]
struct ChainState {
    number: BlockNumber,
    sessions: BTreeMap<SessionId, Session>,
    used: BTreeSet<(AccountId, u64)>,
    session_keys: BTreeMap<AccountId, AccountId>,
    outcomes: Vec<Outcome>,
}

#[derive(Default)]
struct Inner {
    /// State after each block; the first is the genesis state.
    states: Vec<ChainState>,
    lookups: usize,
    checks: usize,
    is_down: bool,
}

pub struct FakeChain {
    pub genesis: GenesisHash,
    inner: Mutex<Inner>,
}

impl FakeChain {
    pub fn new() -> Self {
        Self::with_genesis([7; 32])
    }

    pub fn with_genesis(genesis: GenesisHash) -> Self {
        let inner = Inner { states: vec![ChainState::default()], ..Inner::default() };
        Self { genesis, inner: Mutex::new(inner) }
    }

    /// Gives a viewer an unlimited deposit and a delegation.
    pub fn endow(&self, viewer: &AccountId, session_key: &AccountId) {
        let keys = |state: &mut ChainState| state.session_keys.insert(viewer.clone(), session_key.clone());
        self.inner.lock().states.iter_mut().for_each(|state| {
            keys(state);
        });
    }

    /// Revokes the viewer's delegation.
    pub fn revoke(&self, viewer: &AccountId) {
        self.inner.lock().states.iter_mut().for_each(|state| {
            state.session_keys.remove(viewer);
        });
    }

    pub fn set_down(&self, is_down: bool) {
        self.inner.lock().is_down = is_down;
    }

    /// Number of sessions looked up and of batches checked.
    pub fn reads(&self) -> (usize, usize) {
        let inner = self.inner.lock();
        (inner.lookups, inner.checks)
    }

    pub fn best(&self) -> BlockNumber {
        self.inner.lock().best().number
    }

    pub fn get(&self, session: &SessionId) -> Option<Session> {
        self.inner.lock().best().sessions.get(session).cloned()
    }

    /// State of the chain after block `number`.
    pub fn at(&self, number: BlockNumber) -> BlockView<'_> {
        BlockView { chain: self, number }
    }

    /// Outcomes of block `number`.
    pub fn outcomes(&self, number: BlockNumber) -> Vec<Outcome> {
        self.inner.lock().states[number as usize].outcomes.clone()
    }

    /// Outcomes of all blocks for `session`.
    pub fn outcomes_of(&self, session: &SessionId) -> Vec<Outcome> {
        let inner = self.inner.lock();
        let all = inner.states.iter().flat_map(|state| state.outcomes.clone());
        all.filter(|outcome| crate::lifecycle::session_of(outcome) == *session).collect()
    }

    /// Verdicts on an offer's rows in the next block.
    pub fn dry_run(&self, offer: &Offer) -> Verdicts {
        let mut state = self.inner.lock().best().next();
        state.carry_out(&self.genesis, offer)
    }

    /// Builds a block from an offer; rows that fail have no effect.
    pub fn build(&self, offer: &Offer) -> (BlockNumber, Vec<Outcome>) {
        let mut inner = self.inner.lock();
        let mut state = inner.best().next();
        state.carry_out(&self.genesis, offer);
        let built = (state.number, state.outcomes.clone());
        inner.states.push(state);
        built
    }

    /// Removes the best block and returns its number.
    pub fn retract(&self) -> BlockNumber {
        let mut inner = self.inner.lock();
        let dropped = inner.states.pop().expect("there is a genesis block");
        assert!(!inner.states.is_empty(), "the genesis block stays");
        dropped.number
    }
}

impl Inner {
    fn best(&self) -> &ChainState {
        self.states.last().expect("there is a genesis block")
    }
}

/// State of the chain after one of its blocks.
pub struct BlockView<'a> {
    chain: &'a FakeChain,
    number: BlockNumber,
}

impl ChainView for BlockView<'_> {
    fn genesis(&self) -> GenesisHash {
        self.chain.genesis
    }

    fn session(&self, id: &SessionId) -> Result<Option<Session>, ChainError> {
        let inner = self.chain.inner.lock();
        if inner.is_down {
            return Err(ChainError("syncing".into()));
        }
        Ok(inner.states[self.number as usize].sessions.get(id).cloned())
    }

    fn check_batch(&self, _: Batch) -> Result<Vec<RowVerdict>, ChainError> {
        unreachable!("rows are checked on the best block")
    }
}

impl ChainView for FakeChain {
    fn genesis(&self) -> GenesisHash {
        self.genesis
    }

    fn session(&self, id: &SessionId) -> Result<Option<Session>, ChainError> {
        let mut inner = self.inner.lock();
        inner.lookups += 1;
        if inner.is_down {
            return Err(ChainError("syncing".into()));
        }
        Ok(inner.best().sessions.get(id).cloned())
    }

    fn check_batch(&self, batch: Batch) -> Result<Vec<RowVerdict>, ChainError> {
        let mut inner = self.inner.lock();
        inner.checks += 1;
        if inner.is_down {
            return Err(ChainError("syncing".into()));
        }
        let mut state = inner.best().next();
        let opens = batch.opens.iter().map(|open| (RowKind::Open, state.open(&self.genesis, open))).collect::<Vec<_>>();
        let closes = batch.closes.iter().map(|row| (RowKind::Close, state.close(&self.genesis, row)));
        let verdicts = opens.into_iter().chain(closes.collect::<Vec<_>>());
        Ok(verdicts.map(|(kind, result)| RowVerdict { kind, index: 0, result }).collect())
    }
}

impl ChainState {
    fn next(&self) -> Self {
        Self { number: self.number + 1, outcomes: Vec::new(), ..self.clone() }
    }

    fn now_ms(&self) -> u64 {
        u64::from(self.number) * BLOCK_MS
    }

    fn carry_out(&mut self, genesis: &GenesisHash, offer: &Offer) -> Verdicts {
        let mut verdicts = Vec::new();
        for open in &offer.opens {
            verdicts.push((RowId::Open(open.ticket.session_id(genesis)), self.open(genesis, open)));
        }
        for offered in &offer.claims {
            let result = match self.sessions.get(&offered.claim.session) {
                Some(s) if s.stream != offered.stream || s.gateway != offered.gateway => Err(RowError::GroupMismatch),
                _ => self.claim(&offered.claim),
            };
            verdicts.push((RowId::Claim(offered.claim.session), result));
        }
        for close in &offer.closes {
            verdicts.push((RowId::Close(close.session), self.close(genesis, close)));
        }
        verdicts
    }

    fn open(&mut self, genesis: &GenesisHash, open: &SignedTicket) -> Result<(), RowError> {
        let ticket = &open.ticket;
        let session_key = self.session_keys.get(&ticket.viewer).ok_or(RowError::DelegationMissing)?;
        if !open.is_signed_by(session_key, genesis) {
            return Err(RowError::SignatureInvalid);
        }
        if ticket.expires_at < self.number {
            return Err(RowError::TicketExpired);
        }
        if !self.used.insert((ticket.viewer.clone(), ticket.nonce)) {
            return Err(RowError::NonceUsed);
        }
        let session = Session {
            viewer: ticket.viewer.clone(),
            stream: ticket.stream,
            gateway: ticket.gateway.clone(),
            price_per_tick: ticket.price_per_tick,
            gateway_share: Default::default(),
            head: ticket.anchor,
            settled_ticks: 0,
            max_ticks: ticket.max_ticks,
            opened_at: self.now_ms(),
            last_claim: self.number,
            generation: Some(0),
            closing: None,
        };
        let id = ticket.session_id(genesis);
        self.sessions.insert(id, session);
        self.outcomes.push(Outcome::Opened(id));
        Ok(())
    }

    fn claim(&mut self, claim: &Claim) -> Result<(), RowError> {
        let (now_ms, number) = (self.now_ms(), self.number);
        let session = self.sessions.get_mut(&claim.session).ok_or(RowError::SessionUnknown)?;
        if claim.ticks <= session.settled_ticks {
            return Err(RowError::AlreadySettled);
        }
        if claim.ticks > session.max_ticks {
            return Err(RowError::AboveMaximum);
        }
        let until_ms = session.closing.map_or(now_ms, |closing| closing.moment);
        let earned_ms = until_ms.saturating_sub(session.opened_at) + MAX_PREPAID_TICKS * 1_000;
        if u64::from(claim.ticks) * 1_000 > earned_ms {
            return Err(RowError::TooFast);
        }
        let steps = claim.ticks - session.settled_ticks;
        if TickHasher::new(&claim.session).walk(&claim.proof, steps) != session.head {
            return Err(RowError::ProofInvalid);
        }
        session.head = claim.proof;
        session.settled_ticks = claim.ticks;
        session.last_claim = number;
        self.outcomes.push(Outcome::Settled(claim.session, claim.ticks));
        Ok(())
    }

    fn close(&mut self, genesis: &GenesisHash, row: &CloseRow) -> Result<(), RowError> {
        let (now_ms, number) = (self.now_ms(), self.number);
        let session_keys = &self.session_keys;
        let session = self.sessions.get_mut(&row.session).ok_or(RowError::SessionUnknown)?;
        let by = row.signature.as_ref().map(|signature| signature.by);
        let signer = match by {
            None => None,
            Some(Closer::Gateway | Closer::Operator) => Some(session.gateway.clone()),
            Some(Closer::Viewer) => Some(session.viewer.clone()),
            Some(Closer::SessionKey) => session_keys.get(&session.viewer).cloned(),
        };
        if let (Some(signature), Some(signer)) = (&row.signature, &signer) {
            if !is_signed_by(&signature.signature, &close_message(genesis, &row.session), signer) {
                return Err(RowError::SignatureInvalid);
            }
        }
        let period_is_over = session.closing.is_some_and(|closing| number >= closing.block + CLOSE_PERIOD);
        let is_over = period_is_over || session.settled_ticks == session.max_ticks;
        let is_old = now_ms > session.opened_at + u64::from(session.max_ticks) * 1_000;
        match by {
            Some(Closer::Gateway | Closer::Operator) => self.remove(row.session),
            None if is_over => self.remove(row.session),
            None if !is_old || session.closing.is_some() => return Err(RowError::CloseNotDue),
            _ if session.closing.is_some() => return Err(RowError::AlreadyClosing),
            _ => {
                session.closing = Some(Closing { block: number, moment: now_ms });
                self.outcomes.push(Outcome::Closing(row.session));
            }
        }
        Ok(())
    }

    fn remove(&mut self, session: SessionId) {
        self.sessions.remove(&session);
        self.outcomes.push(Outcome::Closed(session));
    }
}
