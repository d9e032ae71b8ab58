//! State of the chain, and what each row or call does to it.

use crate::rules::Rules;
use crate::setting::{
    creator, later_limits, limits, viewer, Bounds, Setting, BOND, EXISTENTIAL_DEPOSIT, FEE, FREE, GATEWAY_SHARE, KEYS,
    PREPAID_TICKS, PRICE, PROTOCOL_FEE, SESSIONS, SUBMITTER_SHARE, VIEWERS,
};
use codec::Encode;
use std::sync::Arc;
use tick_stream_primitives::{
    ids::TICK_MS,
    rules::{begin_closing, check_ticket, may_close_unsigned, remove_key, settle, Opening},
    tick_chain::leads_to,
    Balance, BlockNumber, Claim, Deposit, Moment, Rates, Session, SessionKey, Shares, Splits,
};

/// State of the chain: what the pallet stores, and what the properties need to know of the past.
#[derive(Clone, PartialEq, Debug, Encode)]
pub struct Chain {
    /// Number of the block that is being built.
    pub block: BlockNumber,
    /// Balance of the pot in planck.
    pub pot: Balance,
    /// Deposits of the viewers.
    pub deposits: [Deposit; VIEWERS],
    /// Session keys of each viewer; `None` while a key is removed.
    pub keys: [[Option<SessionKey>; KEYS]; VIEWERS],
    /// Open sessions.
    pub sessions: [Option<Session>; SESSIONS],
    /// Sum of all earnings in planck.
    pub earned: Balance,
    /// Number of withdrawals, updates and removals of keys that wallets have sent.
    pub wallet_calls: u8,
    /// Number of times that each session was opened.
    pub openings: [u8; SESSIONS],
    /// Number of ticks that were paid for in each session.
    pub paid_ticks: [u32; SESSIONS],
    /// Planck that the wallet has granted to each key since it was added.
    pub granted: [[Balance; KEYS]; VIEWERS],
    /// Generation of each key's allowance that the wallet has set last. Later ones are renewals.
    pub set_generations: [[u32; KEYS]; VIEWERS],
    /// Whether a session was opened after its key had expired.
    pub has_opened_late: bool,
    /// Whether a session was removed before the gateway could claim what it holds.
    pub has_lost_claim: bool,
}

/// Chain state that is shared by the states of the model, with a hash of its encoding.
#[derive(Clone, Debug)]
pub struct Shared {
    /// The state.
    pub chain: Arc<Chain>,
    /// Hash of the state's encoding.
    pub hash: [u8; 16],
}

impl From<Chain> for Shared {
    fn from(mut chain: Chain) -> Self {
        chain.forget_what_no_rule_reads();
        let mut bytes = Vec::with_capacity(2_048);
        chain.encode_to(&mut bytes);
        Self { chain: Arc::new(chain), hash: sp_crypto_hashing::twox_128(&bytes) }
    }
}

impl PartialEq for Shared {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash
    }
}

impl Eq for Shared {}

impl std::hash::Hash for Shared {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.hash.hash(state);
    }
}

impl Chain {
    /// Returns the first block, with a deposit and two session keys of each viewer.
    ///
    /// # Panics
    ///
    /// Panics if the deposits do not cover the bonds of the keys.
    pub fn first<R: Rules>(bounds: &Bounds) -> Self {
        let mut deposits = [0, 1].map(|_| Deposit { free: FREE + 2 * BOND, bond: BOND, ..Deposit::new(0) });
        let mut keys = [[None, None], [None, None]];
        for (deposit, keys) in deposits.iter_mut().zip(&mut keys) {
            for (number, key) in keys.iter_mut().enumerate() {
                *key = R::add_key(deposit, limits(number, bounds), BOND, 0);
                assert!(key.is_some(), "a deposit covers the bonds of its keys");
            }
        }
        let granted = [0, 1].map(|_| [0, 1].map(|key| limits(key, bounds).allowance));
        Self {
            block: 0,
            pot: EXISTENTIAL_DEPOSIT + 2 * (FREE + 3 * BOND),
            deposits,
            keys,
            sessions: [None, None],
            earned: 0,
            wallet_calls: 0,
            openings: [0; SESSIONS],
            paid_ticks: [0; SESSIONS],
            granted,
            set_generations: [[0; KEYS]; VIEWERS],
            has_opened_late: false,
            has_lost_claim: false,
        }
    }

    /// Returns the time of the block. Blocks are a second apart.
    pub fn now(&self) -> Moment {
        Moment::from(self.block) * TICK_MS
    }

    /// Begins the next block. Renewals whose block has come are granted, whether or not anyone uses them.
    pub fn next_block(&self, bounds: &Bounds) -> Option<Self> {
        if self.block == bounds.last_block {
            return None;
        }
        let mut next = Self { block: self.block + 1, ..self.clone() };
        for (granted, keys) in next.granted.iter_mut().zip(&self.keys) {
            for (granted, key) in granted.iter_mut().zip(keys) {
                let Some(key) = key else { continue };
                let Some(renewal) = key.allowance.renewal else { continue };
                let age = next.block - key.allowance.renewed_at;
                *granted += if age.is_multiple_of(renewal.every_blocks) { renewal.amount } else { 0 };
            }
        }
        Some(next)
    }

    /// Opens a session with one of its tickets.
    pub fn open<R: Rules>(&self, setting: &Setting, slot: usize, variant: usize) -> Option<Self> {
        if self.sessions[slot].is_some() {
            return None;
        }
        let ticket = &setting.tickets[slot][variant];
        check_ticket(ticket, self.block, BlockNumber::MAX).ok()?;
        let signer = setting.signers[slot];
        let opening = Opening {
            ticket,
            creator: &creator(),
            price_per_tick: PRICE,
            min_price: PRICE,
            gateway_share: GATEWAY_SHARE,
            fee: FEE,
            block: self.block,
            now: self.now(),
        };
        let mut deposit = self.deposits[signer.viewer].clone();
        let mut next = match signer.key {
            None => {
                let session = R::open(&opening, &mut deposit, None).ok()?;
                self.with_session(slot, session)
            }
            Some(number) => {
                let mut key = self.keys[signer.viewer][number].clone()?;
                let session = R::open(&opening, &mut deposit, Some(&mut key)).ok()?;
                let mut next = self.with_session(slot, session);
                next.has_opened_late |= self.block > key.expires_at;
                next.keys[signer.viewer][number] = Some(key);
                next
            }
        };
        next.deposits[signer.viewer] = deposit;
        next.openings[slot] += 1;
        Some(next)
    }

    /// Returns the state with another session in a slot.
    fn with_session(&self, slot: usize, session: Session) -> Self {
        let mut next = self.clone();
        next.sessions[slot] = Some(session);
        next
    }

    /// Settles a claim with a proof from the tick chain of one of the session's tickets, which need not be the one that
    /// was opened.
    pub fn claim<R: Rules>(&self, setting: &Setting, slot: usize, variant: usize, ticks: u32) -> Option<Self> {
        let mut session = self.sessions[slot].clone()?;
        let proof = *setting.elements[slot][variant].get(ticks as usize)?;
        let claim = Claim { session: setting.ids[slot], from: session.settled_ticks, ticks, proof };
        let new = R::check_claim(&claim, &session, self.now(), PREPAID_TICKS).ok()?;
        if !leads_to(&claim.session, &proof, claim.steps(), &session.head) {
            return None;
        }
        settle(&claim, &mut session, self.block);
        let paid = session.price_per_tick * Balance::from(new);
        let mut next = self.with_session(slot, session);
        next.earned += shared_out(paid);
        next.paid_ticks[slot] += new;
        Some(next)
    }

    /// Starts to close a session: because the viewer's side signed, or because it is older than its ticks.
    pub fn close(&self, slot: usize, is_signed: bool) -> Option<Self> {
        let mut session = self.sessions[slot].clone()?;
        if session.closing.is_some() || !(is_signed || may_close_unsigned(&session, self.now())) {
            return None;
        }
        begin_closing(&mut session, self.block, self.now());
        Some(self.with_session(slot, session))
    }

    /// Removes a session: because the gateway signed, or because its time is over.
    pub fn remove<R: Rules>(&self, setting: &Setting, bounds: &Bounds, slot: usize, is_signed: bool) -> Option<Self> {
        let session = self.sessions[slot].as_ref()?;
        if !is_signed && !R::is_over(session, self.block, &bounds.periods) {
            return None;
        }
        let signer = setting.signers[slot];
        let mut next = self.clone();
        let key = signer.key.and_then(|key| next.keys[signer.viewer][key].as_mut());
        let removal = R::remove(session, &mut next.deposits[signer.viewer], key, self.block);
        next.earned += removal.fee;
        next.sessions[slot] = None;
        Some(next)
    }

    /// Removes a session key.
    pub fn remove_key(&self, viewer: usize, key: usize) -> Option<Self> {
        let mut next = self.clone();
        let removed = next.keys[viewer][key].take()?;
        remove_key(&mut next.deposits[viewer], &removed, self.block);
        (next.granted[viewer][key], next.set_generations[viewer][key]) = (0, 0);
        next.wallet_calls += 1;
        Some(next)
    }

    /// Adds a session key that was removed.
    pub fn add_key<R: Rules>(&self, bounds: &Bounds, viewer: usize, key: usize) -> Option<Self> {
        if self.keys[viewer][key].is_some() {
            return None;
        }
        let mut next = self.clone();
        let limits = later_limits(key, bounds);
        next.granted[viewer][key] = limits.allowance;
        next.keys[viewer][key] = Some(R::add_key(&mut next.deposits[viewer], limits, BOND, self.block)?);
        Some(next)
    }

    /// Sets all limits of a session key anew, so that its allowance starts again and it expires later. Its open sessions
    /// may still spend what they have reserved.
    pub fn update_key<R: Rules>(&self, bounds: &Bounds, viewer: usize, number: usize) -> Option<Self> {
        let mut key = self.keys[viewer][number].clone()?;
        let limits = later_limits(number, bounds);
        let reserved: Balance = self
            .sessions_of(viewer)
            .filter(|session| session.key.as_ref().is_some_and(|used| used.id == key.id))
            .map(|session| session.reserve() + session.fee)
            .sum();
        let mut next = self.clone();
        next.granted[viewer][number] = key.spent + reserved + limits.allowance;
        R::set_limits(&mut key, limits, self.block);
        next.set_generations[viewer][number] = key.allowance.generation;
        next.keys[viewer][number] = Some(key);
        next.wallet_calls += 1;
        Some(next)
    }

    /// Withdraws all of a viewer's free deposit.
    pub fn withdraw(&self, viewer: usize) -> Option<Self> {
        let amount = self.deposits[viewer].free;
        if amount == 0 {
            return None;
        }
        let mut next = self.clone();
        next.deposits[viewer].free = 0;
        next.pot -= amount;
        next.wallet_calls += 1;
        Some(next)
    }

    /// Returns the open sessions of a viewer.
    pub fn sessions_of(&self, number: usize) -> impl Iterator<Item = &Session> {
        let account = viewer(number);
        self.sessions.iter().flatten().filter(move |session| session.viewer == account)
    }

    /// Keeps numbers at zero that no rule of the model reads, and times that are over, so that states which differ only
    /// in them count once.
    fn forget_what_no_rule_reads(&mut self) {
        let now = self.now();
        let forget_past = |moment: &mut Moment| *moment = if *moment <= now { 0 } else { *moment };
        for deposit in &mut self.deposits {
            deposit.active_at = 0;
            forget_past(&mut deposit.paid_until);
        }
        for key in self.keys.iter_mut().flatten().flatten() {
            key.used_at = 0;
            forget_past(&mut key.paid_until);
            if key.allowance.renewal.is_none() {
                key.allowance.renewed_at = 0;
            }
        }
        for session in self.sessions.iter_mut().flatten() {
            session.last_claim = 0;
        }
    }
}

/// Returns the sum of the parts of a payment.
fn shared_out(paid: Balance) -> Balance {
    let splits = Splits::default();
    let rates = Rates {
        protocol_fee: PROTOCOL_FEE,
        submitter_share: SUBMITTER_SHARE,
        gateway_share: GATEWAY_SHARE,
        splits: &splits,
    };
    let shares = Shares::of(paid, &rates);
    shares.protocol + shares.submitter + shares.gateway + shares.splits_sum() + shares.creator
}
