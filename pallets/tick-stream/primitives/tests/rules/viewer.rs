//! A viewer with a deposit and session keys, on whom the rules are tried.

use crate::common::{counting, key_limits};
use sp_runtime::Permill;
use tick_stream_primitives::{
    ids::TICK_MS,
    rules::{self, Opening, Periods, Removal},
    AccountId, Balance, BlockNumber, Claim, Deposit, KeyLimits, Moment, Renewal, RowError, Session, SessionId,
    SessionKey, Ticket,
};

pub const PRICE: Balance = 10;
pub const FEE: Balance = 3;
/// Lowest price of a tick at which the chain opens sessions.
pub const MIN_PRICE: Balance = 5;
pub const BOND: Balance = 7;
pub const PREPAID_TICKS: u32 = 60;
pub const PERIODS: Periods = Periods { close_period: 100, gateway_silence: 300 };

pub fn creator() -> AccountId {
    counting(0x41).into()
}

pub fn gateway() -> AccountId {
    counting(0x61).into()
}

/// Returns limits that none of these tests reaches by itself.
pub fn limits() -> KeyLimits {
    KeyLimits { max_price_per_tick: PRICE, allowance: 10_000, max_sessions: 4, ..key_limits() }
}

/// Viewer with the entries of session keys, in the present block.
pub struct Viewer {
    pub deposit: Deposit,
    pub keys: Vec<Option<SessionKey>>,
    pub price_per_tick: Balance,
    pub fee: Balance,
    pub block: BlockNumber,
}

impl Viewer {
    pub fn with_keys(count: usize) -> Self {
        Self::with_limits(&vec![limits(); count])
    }

    pub fn with_renewal(every_blocks: BlockNumber, amount: Balance) -> Self {
        Self::with_limits(&[KeyLimits { renewal: Some(Renewal { every_blocks, amount }), ..limits() }])
    }

    pub fn with_limits(limits: &[KeyLimits]) -> Self {
        let block = 1_000;
        let deposit = Deposit { free: 100_000, ..Deposit::new(block) };
        let keys = vec![None; limits.len()];
        let mut viewer = Self { deposit, keys, price_per_tick: PRICE, fee: FEE, block };
        limits.iter().enumerate().for_each(|(index, limits)| viewer.add_key(index, limits.clone()));
        viewer
    }

    pub fn account(&self, index: usize) -> AccountId {
        counting(0x80 + index as u8).into()
    }

    pub fn key(&self, index: usize) -> &SessionKey {
        self.keys[index].as_ref().expect("the key exists")
    }

    pub fn key_mut(&mut self, index: usize) -> &mut SessionKey {
        self.keys[index].as_mut().expect("the key exists")
    }

    /// Returns the time of the present block. Blocks are a second apart.
    pub fn now(&self) -> Moment {
        Moment::from(self.block) * TICK_MS
    }

    pub fn add_key(&mut self, index: usize, limits: KeyLimits) {
        assert!(self.keys[index].is_none(), "the pallet refuses a key that exists");
        self.keys[index] = rules::add_key(&mut self.deposit, limits, BOND, self.block);
        assert!(self.keys[index].is_some(), "the deposit covers the bond");
    }

    pub fn remove_key(&mut self, index: usize) {
        let key = self.keys[index].take().expect("the key exists");
        rules::remove_key(&mut self.deposit, &key, self.block);
    }

    pub fn open(&mut self, key: usize, max_ticks: u32) -> Result<Session, RowError> {
        let nonce = self.key(key).nonces.next();
        self.open_with_nonce(Some(key), nonce, max_ticks)
    }

    pub fn open_by_wallet(&mut self, max_ticks: u32) -> Result<Session, RowError> {
        self.open_with_nonce(None, self.deposit.nonces.next(), max_ticks)
    }

    /// Opens a session as the pallet does: on copies, which are stored if all went well.
    pub fn open_with_nonce(&mut self, key: Option<usize>, nonce: u64, max_ticks: u32) -> Result<Session, RowError> {
        let viewer: AccountId = counting(0x01).into();
        let ticket = Ticket {
            session_key: key.map_or(viewer.clone(), |index| self.account(index)),
            viewer,
            nonce,
            stream: 7,
            gateway: gateway(),
            price_per_tick: PRICE,
            max_ticks,
            anchor: [0; 32],
            expires_at: self.block,
        };
        let opening = Opening {
            ticket: &ticket,
            creator: &creator(),
            price_per_tick: self.price_per_tick,
            min_price: MIN_PRICE,
            gateway_share: Permill::from_percent(10),
            fee: self.fee,
            block: self.block,
            now: self.now(),
        };
        let (mut deposit, mut keys) = (self.deposit.clone(), self.keys.clone());
        let entry = key.and_then(|index| keys[index].as_mut());
        let session = rules::open(&opening, &mut deposit, entry)?;
        (self.deposit, self.keys) = (deposit, keys);
        Ok(session)
    }

    /// Claims `ticks` of a session, counted from its start. The proof is not part of the rules.
    pub fn claim(&self, session: &mut Session, ticks: u32) -> Result<u32, RowError> {
        let claim = Claim { session: SessionId::default(), from: session.settled_ticks, ticks, proof: [1; 32] };
        let new = rules::check_claim(&claim, session, self.now(), PREPAID_TICKS)?;
        rules::settle(&claim, session, self.block);
        Ok(new)
    }

    /// Returns the session after a claim.
    pub fn settled(&self, session: &Session, ticks: u32) -> Session {
        let mut session = session.clone();
        self.claim(&mut session, ticks).expect("the claim is settled");
        session
    }

    pub fn remove(&mut self, session: &Session) -> Removal {
        let account = session.key.as_ref().map(|used| &used.session_key);
        let index = (0..self.keys.len()).find(|index| Some(&self.account(*index)) == account);
        let key = index.and_then(|index| self.keys[index].as_mut());
        rules::remove(session, &mut self.deposit, key, self.block)
    }
}
