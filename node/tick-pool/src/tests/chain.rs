//! Chain of blocks that opens, settles and closes sessions by the rules of the protocol, can be rolled back, and counts
//! how often it is read.

use crate::{ChainError, ChainView};
use parking_lot::Mutex;
use std::collections::BTreeMap;
use tick_stream_primitives::rules::{self, Opening, Periods};
use tick_stream_primitives::ticket::{close_message, is_signed_by};
use tick_stream_primitives::worker::{Offer, RowId};
use tick_stream_primitives::{
    AccountId, Balance, Batch, BlockNumber, Claim, CloseRow, Closer, Deposit, GenesisHash, KeyLimits, Outcome,
    RowError, RowKind, RowVerdict, Scope, Session, SessionId, SessionKey, SignedTicket, TickHasher,
};

pub const BLOCK_MS: u64 = 1_000;
pub const MAX_PREPAID_TICKS: u64 = 60;
/// Number of blocks after a claim in which a lowered claim does not hold a close back; see the worker.
const LOWERED_PAUSE_BLOCKS: u32 = 16;
pub const OPEN_FEE: Balance = 7;
pub const PERIODS: Periods = Periods { close_period: 600, gateway_silence: 300 };
/// Deposit and allowance that no test uses up by accident.
const PLENTY: Balance = 1 << 100;

type Verdicts = Vec<(RowId, Result<(), RowError>)>;

#[derive(Clone, Default)]
struct ChainState {
    number: BlockNumber,
    sessions: BTreeMap<SessionId, Session>,
    deposits: BTreeMap<AccountId, Deposit>,
    keys: BTreeMap<(AccountId, AccountId), SessionKey>,
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

    /// Gives a viewer a large deposit and a session key without narrow limits, unless there are such already.
    pub fn endow(&self, viewer: &AccountId, session_key: &AccountId) {
        let limits = KeyLimits {
            label: Default::default(),
            max_price_per_tick: PLENTY,
            allowance: PLENTY,
            renewal: None,
            max_sessions: 16,
            scope: Scope::Any,
            expires_at: BlockNumber::MAX,
        };
        let key = SessionKey::new(limits, 1, 0, 0, 0);
        self.inner.lock().states.iter_mut().for_each(|state| {
            let deposit = Deposit { free: PLENTY, ..Deposit::new(0) };
            state.deposits.entry(viewer.clone()).or_insert(deposit);
            state.keys.entry((viewer.clone(), session_key.clone())).or_insert_with(|| key.clone());
        });
    }

    /// Changes a viewer's deposit.
    pub fn change_deposit(&self, viewer: &AccountId, change: impl Fn(&mut Deposit)) {
        let states = &mut self.inner.lock().states;
        states.iter_mut().filter_map(|state| state.deposits.get_mut(viewer)).for_each(change);
    }

    /// Changes a session key.
    pub fn change_key(&self, viewer: &AccountId, session_key: &AccountId, change: impl Fn(&mut SessionKey)) {
        let id = (viewer.clone(), session_key.clone());
        self.inner.lock().states.iter_mut().filter_map(|state| state.keys.get_mut(&id)).for_each(change);
    }

    /// Removes a session key.
    pub fn remove_key(&self, viewer: &AccountId, session_key: &AccountId) {
        let id = (viewer.clone(), session_key.clone());
        self.inner.lock().states.iter_mut().for_each(|state| drop(state.keys.remove(&id)));
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

    /// Lowers the claims of an offer to the ticks that can have been watched by the next block, as the worker does, and
    /// adds the closes that need not wait for a last claim. Returns the claims of which nothing can be settled yet.
    pub fn lower(&self, offer: &mut Offer) -> Vec<RowId> {
        let state = self.inner.lock().best().next();
        let (mut closes, mut too_fast) = (std::mem::take(&mut offer.ending), Vec::new());
        let mut close_of = |session: &SessionId| {
            let close = closes.iter().position(|close| close.session == *session)?;
            Some(closes.swap_remove(close))
        };
        offer.claims.retain_mut(|offered| {
            let claim = &mut offered.claim;
            let Some(session) = state.sessions.get(&claim.session) else { return true };
            let ticks = rules::payable_ticks(session, state.now_ms(), MAX_PREPAID_TICKS as u32);
            if ticks >= claim.ticks {
                return true;
            }
            if ticks <= session.settled_ticks {
                too_fast.push(RowId::Claim(claim.session));
                return false;
            }
            claim.proof = TickHasher::new(&claim.session).walk(&claim.proof, claim.ticks - ticks);
            claim.ticks = ticks;
            if state.number - session.last_claim < LOWERED_PAUSE_BLOCKS {
                offer.closes.extend(close_of(&claim.session));
            }
            true
        });
        too_fast
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
        rules::check_ticket(ticket, self.number, BlockNumber::MAX)?;
        if !open.is_signed(genesis) {
            return Err(RowError::SignatureInvalid);
        }
        let key_id = (ticket.viewer.clone(), ticket.session_key.clone());
        let mut deposit = self.deposits.get(&ticket.viewer).cloned().ok_or(RowError::DepositUnknown)?;
        let mut key = match ticket.session_key == ticket.viewer {
            true => None,
            false => Some(self.keys.get(&key_id).cloned().ok_or(RowError::KeyUnknown)?),
        };
        let opening = Opening {
            ticket,
            creator: &creator(),
            price_per_tick: ticket.price_per_tick,
            min_price: 0,
            gateway_share: Default::default(),
            fee: OPEN_FEE,
            block: self.number,
            now: self.now_ms(),
        };
        let session = rules::open(&opening, &mut deposit, key.as_mut())?;
        self.deposits.insert(ticket.viewer.clone(), deposit);
        self.keys.extend(key.map(|key| (key_id, key)));
        let id = ticket.session_id(genesis);
        self.sessions.insert(id, session);
        self.outcomes.push(Outcome::Opened(id));
        Ok(())
    }

    fn claim(&mut self, claim: &Claim) -> Result<(), RowError> {
        let (now_ms, number) = (self.now_ms(), self.number);
        let session = self.sessions.get_mut(&claim.session).ok_or(RowError::SessionUnknown)?;
        let steps = rules::check_claim(claim, session, now_ms, MAX_PREPAID_TICKS as u32)?;
        if TickHasher::new(&claim.session).walk(&claim.proof, steps) != session.head {
            return Err(RowError::ProofInvalid);
        }
        rules::settle(claim, session, number);
        self.outcomes.push(Outcome::Settled(claim.session, claim.ticks));
        Ok(())
    }

    fn close(&mut self, genesis: &GenesisHash, row: &CloseRow) -> Result<(), RowError> {
        let (now_ms, number) = (self.now_ms(), self.number);
        let session = self.sessions.get_mut(&row.session).ok_or(RowError::SessionUnknown)?;
        let by = row.signature.as_ref().map(|signature| signature.by);
        let signer = match by {
            None => None,
            Some(Closer::Gateway | Closer::Operator) => Some(session.gateway.clone()),
            Some(Closer::Viewer) => Some(session.viewer.clone()),
            Some(Closer::SessionKey) => session.key.as_ref().map(|key| key.session_key.clone()),
        };
        if let (Some(signature), Some(signer)) = (&row.signature, &signer) {
            if !is_signed_by(&signature.signature, &close_message(genesis, &row.session), signer) {
                return Err(RowError::SignatureInvalid);
            }
        }
        match by {
            Some(Closer::Gateway | Closer::Operator) => self.remove(row.session),
            None if rules::is_over(session, number, &PERIODS) => self.remove(row.session),
            None if session.closing.is_some() || !rules::may_close_unsigned(session, now_ms) => {
                return Err(RowError::CloseNotDue);
            }
            _ if session.closing.is_some() => return Err(RowError::AlreadyClosing),
            _ => {
                rules::begin_closing(session, number, now_ms);
                self.outcomes.push(Outcome::Closing(row.session));
            }
        }
        Ok(())
    }

    fn remove(&mut self, id: SessionId) {
        let Some(session) = self.sessions.remove(&id) else { return };
        let deposit = self.deposits.get_mut(&session.viewer).expect("a session has a deposit");
        let key = session.key.as_ref().map(|key| (session.viewer.clone(), key.session_key.clone()));
        rules::remove(&session, deposit, key.and_then(|key| self.keys.get_mut(&key)), self.number);
        self.outcomes.push(Outcome::Closed(id));
    }
}

/// Creator of all streams.
pub fn creator() -> AccountId {
    AccountId::new([3; 32])
}
