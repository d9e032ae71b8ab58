//! Accounts, limits and tickets that take part, and the bounds of the model.

use sp_runtime::Permill;
use tick_stream_primitives::{
    rules::Periods, session_id, AccountId, Balance, BlockNumber, GenesisHash, KeyLimits, Renewal, Scope, SessionId,
    StreamId, TickChain, TickHash, Ticket,
};

/// Number of viewers.
pub const VIEWERS: usize = 2;
/// Number of session keys of each viewer.
pub const KEYS: usize = 2;
/// Number of sessions that are ever asked for.
pub const SESSIONS: usize = 2;
/// Number of tickets that each session may be opened with: the first, and the one that replaces it.
pub const VARIANTS: usize = 2;

/// Price of a tick in planck.
pub const PRICE: Balance = 10;
/// Open fee in planck.
pub const FEE: Balance = 1;
/// Bond of each deposit and each session key in planck.
pub const BOND: Balance = 2;
/// Existential deposit of the pot in planck.
pub const EXISTENTIAL_DEPOSIT: Balance = 1;
/// Free deposit of each viewer at the start in planck. It covers two sessions.
pub const FREE: Balance = 45;
/// Number of ticks that may be claimed ahead of time.
pub const PREPAID_TICKS: u32 = 1;
/// Number of ticks that the gateway gives keys for before the opening of a session is final.
pub const CREDIT_TICKS: u32 = 1;
/// Maximum number of ticks of each session, by variant of its ticket.
pub const MAX_TICKS: [u32; VARIANTS] = [2, 1];
/// Part of the gross that the protocol takes.
pub const PROTOCOL_FEE: Permill = Permill::from_percent(1);
/// Part of the gross that the submitter or the gateway takes.
pub const SUBMITTER_SHARE: Permill = Permill::from_percent(1);
/// Gateway's part of what is left.
pub const GATEWAY_SHARE: Permill = Permill::from_percent(10);
/// Stream of each variant. The second key of a viewer is limited to the first stream.
pub const STREAMS: [StreamId; VARIANTS] = [0, 1];

const GENESIS: GenesisHash = [7; 32];

/// Bounds within which every state is visited.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Last block.
    pub last_block: BlockNumber,
    /// Last block in which tickets can be opened.
    pub tickets_expire_at: BlockNumber,
    /// Number of withdrawals, updates and removals of keys that wallets may send. A key that was removed may be added again.
    pub wallet_calls: u8,
    /// Number of rows, calls and blocks that a reorganisation can undo; 0 for none.
    pub unfinal_steps: u8,
    /// Closing period and time after which a gateway counts as silent.
    pub periods: Periods,
}

/// Origin of a session's tickets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Signer {
    /// Number of the viewer.
    pub viewer: usize,
    /// Number of the viewer's session key; `None` for the wallet.
    pub key: Option<usize>,
}

/// Two sessions that may be opened: who signs their tickets, and everything that follows from it.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Signer of each session's tickets.
    pub signers: [Signer; SESSIONS],
    /// Tickets of each session. Both have the same nonce, so that only one of them can open.
    pub tickets: [[Ticket; VARIANTS]; SESSIONS],
    /// Identifier of each session.
    pub ids: [SessionId; SESSIONS],
    /// Elements of the tick chain of each ticket, from the anchor up.
    pub elements: [[Vec<TickHash>; VARIANTS]; SESSIONS],
}

impl Setting {
    /// Creates the tickets of two signers.
    pub fn new(signers: [Signer; SESSIONS], bounds: &Bounds) -> Self {
        let is_same = signers[0] == signers[1];
        // Nonces begin with 1 in block 0. Two sessions of one signer have different ones.
        let nonces = [1, if is_same { 2 } else { 1 }];
        let accounts = signers.map(|signer| (viewer(signer.viewer), signer_account(signer)));
        let id = |slot: usize| session_id(&GENESIS, &accounts[slot].0, &accounts[slot].1, nonces[slot]);
        let ids = [id(0), id(1)];
        let elements = [0, 1].map(|slot: usize| [0, 1].map(|variant: usize| chain(&ids[slot], slot, variant)));
        let ticket = |slot: usize, variant: usize| Ticket {
            viewer: accounts[slot].0.clone(),
            session_key: accounts[slot].1.clone(),
            nonce: nonces[slot],
            stream: STREAMS[variant],
            gateway: gateway(),
            price_per_tick: PRICE,
            max_ticks: MAX_TICKS[variant],
            anchor: elements[slot][variant][0],
            expires_at: bounds.tickets_expire_at,
        };
        let tickets = [0, 1].map(|slot| [0, 1].map(|variant| ticket(slot, variant)));
        Self { signers, tickets, ids, elements }
    }

    /// Returns every choice of two signers. Choices that differ only in the names of the viewers count once.
    pub fn all(bounds: &Bounds) -> Vec<Self> {
        let of = |viewer: usize| [Some(0), Some(1), None].map(|key| Signer { viewer, key });
        let mut settings = Vec::new();
        for (index, first) in of(0).into_iter().enumerate() {
            for other in [of(0), of(1)] {
                settings.extend(other[index..].iter().map(|second| Self::new([first, *second], bounds)));
            }
        }
        settings
    }

    /// Returns which ticket of a session opens a session for this stream.
    pub fn variant_of(stream: StreamId) -> usize {
        usize::from(stream == STREAMS[1])
    }
}

/// Returns the limits of each session key of a viewer. The allowance covers one session, and the fee of another. The
/// first key is for one session at a time and expires before the tickets do; the second has a budget that is renewed, and
/// is for one stream only.
pub fn limits(key: usize, bounds: &Bounds) -> KeyLimits {
    let cost = PRICE * Balance::from(MAX_TICKS[0]) + FEE;
    let common = KeyLimits {
        label: Default::default(),
        max_price_per_tick: PRICE,
        allowance: cost + FEE,
        renewal: None,
        max_sessions: 1,
        scope: Scope::Any,
        expires_at: bounds.last_block,
    };
    if key == 0 {
        return KeyLimits { expires_at: bounds.tickets_expire_at.saturating_sub(1), ..common };
    }
    let renewal = Some(Renewal { every_blocks: 2, amount: cost });
    KeyLimits { renewal, max_sessions: 2, scope: Scope::Stream(STREAMS[0]), ..common }
}

/// Returns the limits of a session key that a wallet has updated or added again: it expires with the last block.
pub fn later_limits(key: usize, bounds: &Bounds) -> KeyLimits {
    KeyLimits { expires_at: bounds.last_block, ..limits(key, bounds) }
}

/// Returns the account of a viewer.
pub fn viewer(number: usize) -> AccountId {
    AccountId::new([0x10 + number as u8; 32])
}

/// Returns the account of the gateway.
pub fn gateway() -> AccountId {
    AccountId::new([0x20; 32])
}

/// Returns the account of the creator of both streams.
pub fn creator() -> AccountId {
    AccountId::new([0x30; 32])
}

fn signer_account(signer: Signer) -> AccountId {
    let key = |key: usize| AccountId::new([0x40 + (signer.viewer * KEYS + key) as u8; 32]);
    signer.key.map_or_else(|| viewer(signer.viewer), key)
}

fn chain(id: &SessionId, slot: usize, variant: usize) -> Vec<TickHash> {
    let length = MAX_TICKS[variant];
    let mut chain = TickChain::new(id, [(slot * VARIANTS + variant) as u8; 32], length);
    let anchor = chain.anchor();
    std::iter::once(anchor).chain((1..=length).filter_map(|tick| chain.proof(tick))).collect()
}
