//! One session's rows, and the form in which they are written down.

use crate::config::ENTRY_OVERHEAD_BYTES;
use codec::{Decode, DecodeAll, Encode};
use tick_stream_primitives::worker::RowId;
use tick_stream_primitives::{
    AccountId, BlockNumber, CloseRow, Closer, RowKind, SessionId, SignedTicket, StreamId, TickHash,
};

/// Every kind of row.
pub(crate) const KINDS: [RowKind; 3] = [RowKind::Open, RowKind::Claim, RowKind::Close];

/// The name of `kind` in metrics.
pub(crate) fn kind_name(kind: RowKind) -> &'static str {
    match kind {
        RowKind::Open => "open",
        RowKind::Claim => "claim",
        RowKind::Close => "close",
    }
}

/// The row of `kind` that `session` may have.
pub(crate) fn row_id(kind: RowKind, session: SessionId) -> RowId {
    match kind {
        RowKind::Open => RowId::Open(session),
        RowKind::Claim => RowId::Claim(session),
        RowKind::Close => RowId::Close(session),
    }
}

/// The kind and the session of a row.
pub(crate) fn row_parts(row: &RowId) -> (RowKind, SessionId) {
    match row {
        RowId::Open(session) => (RowKind::Open, *session),
        RowId::Claim(session) => (RowKind::Claim, *session),
        RowId::Close(session) => (RowKind::Close, *session),
    }
}

/// What never changes about an open session, as far as its claims go.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub(crate) struct Terms {
    pub stream: StreamId,
    pub gateway: AccountId,
    pub max_ticks: u32,
}

/// Where a row is to be found in the queues.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    /// Nowhere: it is marked, or goes along with its open.
    Parked,
    /// To be offered; the lower the number, the sooner.
    Ready(u8),
    /// Not before this block.
    Waiting(BlockNumber),
}

/// The urgency of claims whose session is about to end: what is not settled by then is lost.
pub(crate) const URGENT: u8 = 0;
/// The urgency of everything else.
pub(crate) const ORDINARY: u8 = 1;
/// The urgency of rows that this node's worker passes over: they are offered in the room that is left, or anybody could
/// fill the offer with rows of other gateways.
pub(crate) const FOREIGN: u8 = 2;

/// What every row has.
#[derive(Clone, Debug)]
pub(crate) struct Meta {
    /// When it came, or when it last had nothing left to be offered.
    pub since_ms: u64,
    /// Its number in order of `since_ms`.
    pub seq: u64,
    /// What it counts for in [`crate::Stats::bytes`].
    pub bytes: usize,
    /// Refusals since it last got ahead.
    pub refusals: u8,
    /// Not to be offered before this block.
    pub wake: Option<BlockNumber>,
    /// The worker found that it belongs to a gateway it does not work for.
    pub foreign: bool,
    /// Where it is in the queues.
    pub place: Place,
}

impl Meta {
    /// Of a row that is in no queue yet.
    pub fn new(since_ms: u64, bytes: usize) -> Self {
        Self { since_ms, seq: 0, bytes, refusals: 0, wake: None, foreign: false, place: Place::Parked }
    }
}

/// A pending ticket.
#[derive(Clone, Debug)]
pub(crate) struct PooledOpen {
    pub ticket: SignedTicket,
    pub meta: Meta,
}

/// The highest claim of a session.
#[derive(Clone, Debug)]
pub(crate) struct PooledClaim {
    pub terms: Terms,
    pub ticks: u32,
    pub proof: TickHash,
    /// Ticks that the chain had settled when it was last asked, or has finalized since.
    pub settled: u32,
    pub closing: bool,
    pub meta: Meta,
    /// The row's number when it was new: tells it from a later row of the same session.
    pub birth: u64,
    /// Ticks claimed in the last offer it was part of, and which offer that was.
    pub offered: u32,
    pub round: u64,
    /// Not to be offered for more, because the chain found that too fast.
    pub speed_cap: Option<u32>,
    /// A lower element derived for an offer, so that it is not derived again for the next one.
    pub derived: Option<(u32, TickHash)>,
}

/// A pending close.
#[derive(Clone, Debug)]
pub(crate) struct PooledClose {
    pub row: CloseRow,
    /// Up to this block it waits for ticks that came too fast.
    pub patient_until: BlockNumber,
    pub meta: Meta,
}

/// Rank of a close that only begins the closing.
pub(crate) const VIEWERS_RANK: u8 = 1;

/// How much a close can do: an unsigned one only what is due, a viewer's begins the closing, a gateway's ends it.
pub(crate) fn close_rank(row: &CloseRow) -> u8 {
    match row.signature.as_ref().map(|signature| signature.by) {
        None => 0,
        Some(Closer::Viewer | Closer::SessionKey) => VIEWERS_RANK,
        Some(Closer::Gateway | Closer::Operator) => 2,
    }
}

/// What blocks of the best chain that are not final yet did to a session, and in which block.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Marks {
    pub opened: Option<BlockNumber>,
    pub settled: Option<(BlockNumber, u32)>,
    pub closing: Option<BlockNumber>,
    pub closed: Option<BlockNumber>,
}

impl Marks {
    /// Forgets the marks made in blocks that `keep` does not hold for.
    pub fn retain(&mut self, keep: impl Fn(BlockNumber) -> bool) {
        self.opened = self.opened.filter(|block| keep(*block));
        self.settled = self.settled.filter(|(block, _)| keep(*block));
        self.closing = self.closing.filter(|block| keep(*block));
        self.closed = self.closed.filter(|block| keep(*block));
    }
}

/// All that the pool holds of one session.
#[derive(Clone, Debug, Default)]
pub(crate) struct Slot {
    pub open: Option<Box<PooledOpen>>,
    pub claim: Option<PooledClaim>,
    pub close: Option<Box<PooledClose>>,
    pub marks: Marks,
}

impl Slot {
    pub fn is_empty(&self) -> bool {
        self.open.is_none() && self.claim.is_none() && self.close.is_none()
    }

    /// The meta of the row of `kind`.
    pub fn meta(&self, kind: RowKind) -> Option<&Meta> {
        match kind {
            RowKind::Open => self.open.as_ref().map(|open| &open.meta),
            RowKind::Claim => self.claim.as_ref().map(|claim| &claim.meta),
            RowKind::Close => self.close.as_ref().map(|close| &close.meta),
        }
    }

    /// The meta of the row of `kind`, to be changed.
    pub fn meta_mut(&mut self, kind: RowKind) -> Option<&mut Meta> {
        match kind {
            RowKind::Open => self.open.as_mut().map(|open| &mut open.meta),
            RowKind::Claim => self.claim.as_mut().map(|claim| &mut claim.meta),
            RowKind::Close => self.close.as_mut().map(|close| &mut close.meta),
        }
    }

    /// Ticks known to be settled, on the best chain.
    pub fn settled(&self) -> u32 {
        let marked = self.marks.settled.map_or(0, |(_, ticks)| ticks);
        self.claim.as_ref().map_or(0, |claim| claim.settled).max(marked)
    }

    /// Whether a ticket is pending.
    pub fn has_ticket(&self) -> bool {
        self.open.is_some()
    }

    /// Whether a ticket is pending that the best chain has not opened.
    pub fn is_unopened(&self) -> bool {
        self.open.is_some() && self.marks.opened.is_none()
    }

    /// Where the row of `kind` belongs now.
    pub fn place(&self, kind: RowKind) -> Place {
        if self.marks.closed.is_some() {
            return Place::Parked;
        }
        let waiting = self.meta(kind).and_then(|meta| meta.wake).map(Place::Waiting);
        let done = match kind {
            RowKind::Open => self.marks.opened.is_some(),
            RowKind::Claim => self.is_unopened() || self.claim.as_ref().is_some_and(|c| self.settled() >= c.ticks),
            RowKind::Close => {
                self.marks.closing.is_some() && self.close.as_ref().is_some_and(|close| close_rank(&close.row) < 2)
            }
        };
        if done {
            Place::Parked
        } else {
            waiting.unwrap_or(Place::Ready(self.urgency(kind)))
        }
    }

    /// Whether the session is about to end: it is closing, or a close of it is pending.
    pub fn is_ending(&self) -> bool {
        self.close.is_some() || self.claim.as_ref().is_some_and(|claim| claim.closing)
    }

    fn urgency(&self, kind: RowKind) -> u8 {
        if self.meta(kind).is_some_and(|meta| meta.foreign) {
            FOREIGN
        } else if kind == RowKind::Claim && self.is_ending() {
            URGENT
        } else {
            ORDINARY
        }
    }

    /// The row of `kind` as it is written down.
    pub fn record(&self, kind: RowKind) -> Option<Record> {
        match kind {
            RowKind::Open => self
                .open
                .as_ref()
                .map(|open| Record::Open { since_ms: open.meta.since_ms, ticket: open.ticket.clone() }),
            RowKind::Claim => self.claim.as_ref().map(|claim| Record::Claim {
                since_ms: claim.meta.since_ms,
                terms: claim.terms.clone(),
                ticks: claim.ticks,
                proof: claim.proof,
                settled: claim.settled,
                closing: claim.closing,
            }),
            RowKind::Close => {
                self.close.as_ref().map(|close| Record::Close { since_ms: close.meta.since_ms, row: close.row.clone() })
            }
        }
    }
}

/// A row on disk. [`RECORD_VERSION`] goes before it; a variant's meaning never changes.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub(crate) enum Record {
    #[codec(index = 0)]
    Open { since_ms: u64, ticket: SignedTicket },
    #[codec(index = 1)]
    Claim { since_ms: u64, terms: Terms, ticks: u32, proof: TickHash, settled: u32, closing: bool },
    #[codec(index = 2)]
    Close { since_ms: u64, row: CloseRow },
}

/// The form of [`Record`].
pub(crate) const RECORD_VERSION: u8 = 1;

impl Record {
    pub fn kind(&self) -> RowKind {
        match self {
            Self::Open { .. } => RowKind::Open,
            Self::Claim { .. } => RowKind::Claim,
            Self::Close { .. } => RowKind::Close,
        }
    }

    pub fn since_ms(&self) -> u64 {
        match self {
            Self::Open { since_ms, .. } | Self::Claim { since_ms, .. } | Self::Close { since_ms, .. } => *since_ms,
        }
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        (RECORD_VERSION, self).encode()
    }

    /// The record, or nothing when these are not the bytes of one.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (version, rest) = bytes.split_first()?;
        (*version == RECORD_VERSION).then(|| Self::decode_all(&mut &rest[..]).ok()).flatten()
    }

    /// What the row counts for: its content twice (in memory and in the database's cache), and what goes with it.
    pub fn counted_bytes(&self) -> usize {
        2 * self.encoded_size() + ENTRY_OVERHEAD_BYTES
    }
}
