//! The rows of one session, and their form on disk.

use crate::config::ROW_OVERHEAD_BYTES;
use codec::{Decode, DecodeAll, Encode};
use tick_stream_primitives::worker::RowId;
use tick_stream_primitives::{
    AccountId, BlockNumber, CloseRow, Closer, RowKind, SessionId, SignedTicket, StreamId, TickHash,
};

/// All kinds of rows.
pub(crate) const KINDS: [RowKind; 3] = [RowKind::Open, RowKind::Claim, RowKind::Close];

/// Name of `kind` in metrics.
pub(crate) fn kind_name(kind: RowKind) -> &'static str {
    match kind {
        RowKind::Open => "open",
        RowKind::Claim => "claim",
        RowKind::Close => "close",
    }
}

/// Id of the row of `kind` of `session`.
pub(crate) fn row_id(kind: RowKind, session: SessionId) -> RowId {
    match kind {
        RowKind::Open => RowId::Open(session),
        RowKind::Claim => RowId::Claim(session),
        RowKind::Close => RowId::Close(session),
    }
}

/// Kind and session of a row.
pub(crate) fn row_parts(row: &RowId) -> (RowKind, SessionId) {
    match row {
        RowId::Open(session) => (RowKind::Open, *session),
        RowId::Claim(session) => (RowKind::Claim, *session),
        RowId::Close(session) => (RowKind::Close, *session),
    }
}

/// Properties of a session that its claims depend on and that never change.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub(crate) struct Terms {
    pub stream: StreamId,
    pub gateway: AccountId,
    pub max_ticks: u32,
}

/// Place of a row in the queues.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    /// In no queue: the row is included, or is offered together with its ticket.
    Parked,
    /// Ready to be offered, with its urgency; the lowest number comes first.
    Ready(u8),
    /// Not to be offered before this block.
    Waiting(BlockNumber),
}

/// Urgency of claims whose session is about to end: ticks that are not settled by then are lost.
pub(crate) const URGENT: u8 = 0;
/// Urgency of all other rows.
pub(crate) const ORDINARY: u8 = 1;
/// Urgency of rows that this node's worker passes over. They are offered in the room that is left; otherwise a stranger
/// could fill every offer with rows of other gateways.
pub(crate) const FOREIGN: u8 = 2;

/// Properties that every row has.
#[derive(Clone, Debug)]
pub(crate) struct Meta {
    /// When the row came, or when it last had nothing left to be offered.
    pub since_ms: u64,
    /// Number of the row in order of `since_ms`.
    pub seq: u64,
    /// Number of the row in the order in which rows are offered.
    pub turn: u64,
    /// Bytes counted for the row in [`crate::Stats::bytes`].
    pub bytes: usize,
    /// Number of refusals since the chain last carried out a part of the row.
    pub refusals: u8,
    /// Block before which the row is not offered.
    pub not_before: Option<BlockNumber>,
    /// Whether the worker found that the row belongs to a gateway it does not serve.
    pub foreign: bool,
    /// Place of the row in the queues.
    pub place: Place,
}

impl Meta {
    /// Properties of a row that is in no queue yet.
    pub fn new(since_ms: u64, bytes: usize) -> Self {
        Self { since_ms, seq: 0, turn: 0, bytes, refusals: 0, not_before: None, foreign: false, place: Place::Parked }
    }
}

/// Ticket that waits to be opened.
#[derive(Clone, Debug)]
pub(crate) struct PooledOpen {
    pub ticket: SignedTicket,
    pub meta: Meta,
}

/// Highest claim of a session.
#[derive(Clone, Debug)]
pub(crate) struct PooledClaim {
    pub terms: Terms,
    pub ticks: u32,
    pub proof: TickHash,
    /// Ticks that were settled when the session was read from the chain, or have been finalized since.
    pub settled_ticks: u32,
    pub closing: bool,
    pub meta: Meta,
    /// Number given to the row when it was new. It tells the row from a later one of the same session.
    pub row_number: u64,
    /// Ticks claimed in the last offer that the row was part of.
    pub offered_ticks: u32,
    /// Lower element of the tick chain derived for an earlier offer, kept for the next one.
    pub derived: Option<(u32, TickHash)>,
}

/// Close that waits to be carried out.
#[derive(Clone, Debug)]
pub(crate) struct PooledClose {
    pub row: CloseRow,
    /// Block up to which the close waits for a claim that came too fast.
    pub wait_until: BlockNumber,
    /// Ticks of the session's claim when there first were both a close and a claim. The close waits for these ticks, but
    /// not for more that are claimed later: otherwise anyone who knows them could hold the close up tick by tick.
    pub claimed_ticks: Option<u32>,
    pub meta: Meta,
}

/// What a close can do, from the least to the most.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum ClosePower {
    /// Unsigned: does what the elapsed time permits anyone to do.
    Timed,
    /// Signed by the viewer or the session key: starts the closing.
    Start,
    /// Signed by the gateway or its operator: ends the session at once.
    End,
}

impl ClosePower {
    pub fn of(row: &CloseRow) -> Self {
        match row.signature.as_ref().map(|signature| signature.by) {
            None => Self::Timed,
            Some(Closer::Viewer | Closer::SessionKey) => Self::Start,
            Some(Closer::Gateway | Closer::Operator) => Self::End,
        }
    }
}

/// Way in which a close is offered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum CloseTurn {
    /// By itself.
    Free,
    /// Together with the session's claim, which a batch carries out first.
    AfterClaim,
    /// Together with the session's claim, which is the last one. The worker settles it whatever it earns, and sends the
    /// close only if it has settled a last claim of the session before.
    Last,
}

/// What non-final blocks of the best chain did to a session, and in which block.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Marks {
    pub opened: Option<BlockNumber>,
    pub settled: Option<(BlockNumber, u32)>,
    pub closing: Option<BlockNumber>,
    pub closed: Option<BlockNumber>,
}

impl Marks {
    /// Removes the marks of all blocks for which `keep` is false.
    pub fn retain(&mut self, keep: impl Fn(BlockNumber) -> bool) {
        self.opened = self.opened.filter(|block| keep(*block));
        self.settled = self.settled.filter(|(block, _)| keep(*block));
        self.closing = self.closing.filter(|block| keep(*block));
        self.closed = self.closed.filter(|block| keep(*block));
    }
}

/// All rows of one session.
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

    /// Properties of the row of `kind`.
    pub fn meta(&self, kind: RowKind) -> Option<&Meta> {
        match kind {
            RowKind::Open => self.open.as_ref().map(|open| &open.meta),
            RowKind::Claim => self.claim.as_ref().map(|claim| &claim.meta),
            RowKind::Close => self.close.as_ref().map(|close| &close.meta),
        }
    }

    /// Mutable properties of the row of `kind`.
    pub fn meta_mut(&mut self, kind: RowKind) -> Option<&mut Meta> {
        match kind {
            RowKind::Open => self.open.as_mut().map(|open| &mut open.meta),
            RowKind::Claim => self.claim.as_mut().map(|claim| &mut claim.meta),
            RowKind::Close => self.close.as_mut().map(|close| &mut close.meta),
        }
    }

    /// Number of ticks known to be settled on the best chain.
    pub fn settled_ticks(&self) -> u32 {
        let marked = self.marks.settled.map_or(0, |(_, ticks)| ticks);
        self.claim.as_ref().map_or(0, |claim| claim.settled_ticks).max(marked)
    }

    /// Whether the session has a ticket in the pool.
    pub fn has_ticket(&self) -> bool {
        self.open.is_some()
    }

    /// Whether the session has a ticket in the pool that the best chain has not opened.
    pub fn is_unopened(&self) -> bool {
        self.open.is_some() && self.marks.opened.is_none()
    }

    /// Gateway of the session, if a row names it.
    pub fn gateway(&self) -> Option<&AccountId> {
        let of_claim = self.claim.as_ref().map(|claim| &claim.terms.gateway);
        of_claim.or(self.open.as_ref().map(|open| &open.ticket.ticket.gateway))
    }

    /// Place in the queues where the row of `kind` belongs now.
    pub fn place(&self, kind: RowKind) -> Place {
        if self.marks.closed.is_some() {
            return Place::Parked;
        }
        let waiting = self.meta(kind).and_then(|meta| meta.not_before).map(Place::Waiting);
        let is_parked = match kind {
            RowKind::Open => self.marks.opened.is_some(),
            RowKind::Claim => {
                self.is_unopened() || self.claim.as_ref().is_some_and(|claim| self.settled_ticks() >= claim.ticks)
            }
            RowKind::Close => {
                let only_starts = |close: &PooledClose| ClosePower::of(&close.row) < ClosePower::End;
                self.marks.closing.is_some() && self.close.as_deref().is_some_and(only_starts)
            }
        };
        if is_parked {
            Place::Parked
        } else {
            waiting.unwrap_or(Place::Ready(self.urgency(kind)))
        }
    }

    /// Whether the session is about to end: it is closing, or has a close in the pool.
    pub fn is_ending(&self) -> bool {
        self.close.is_some() || self.claim.as_ref().is_some_and(|claim| claim.closing)
    }

    /// Way in which the session's close is offered when the best block is `best`.
    ///
    /// Once a gateway's close is in an extrinsic it is public, and a stranger could have it included before the claim,
    /// which would then be worthless. So it waits until the claim is final, unless
    /// - the claim has nothing that can be settled now: then at most [`crate::config::CLOSE_WAIT_BLOCKS`];
    /// - the worker has settled a last claim of the session before; it decides, see [`CloseTurn::Last`];
    /// - the claim was raised since, and the ticks claimed at first are settled: otherwise anyone who knows the ticks of
    ///   the session could hold the close up tick by tick.
    ///
    /// Anyone can make the other closes, so there is nothing to hide. One that can only start the closing need not wait:
    /// claims are settled while a session is closing. One that ends a closing session goes out after the claim.
    pub fn close_turn(&self, best: BlockNumber) -> Option<CloseTurn> {
        let close = self.close.as_ref().filter(|close| matches!(close.meta.place, Place::Ready(_)))?;
        let Some(claim) = self.claim.as_ref() else { return Some(CloseTurn::Free) };
        let (settled_ticks, ends_now) = (self.settled_ticks(), ClosePower::of(&close.row) == ClosePower::End);
        let is_raised = close.claimed_ticks.is_some_and(|ticks| ticks < claim.ticks && ticks <= settled_ticks);
        if !ends_now && !claim.closing {
            return Some(CloseTurn::Free);
        }
        if claim.meta.not_before.is_some() {
            return (is_raised || best >= close.wait_until).then_some(CloseTurn::Free);
        }
        if settled_ticks >= claim.ticks {
            return is_raised.then_some(CloseTurn::Free);
        }
        Some(if ends_now && !is_raised { CloseTurn::Last } else { CloseTurn::AfterClaim })
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

    /// Form on disk of the row of `kind`.
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
                settled_ticks: claim.settled_ticks,
                closing: claim.closing,
            }),
            RowKind::Close => {
                self.close.as_ref().map(|close| Record::Close { since_ms: close.meta.since_ms, row: close.row.clone() })
            }
        }
    }
}

/// Row on disk, preceded by [`RECORD_VERSION`]. The meaning of a variant never changes.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub(crate) enum Record {
    #[codec(index = 0)]
    Open { since_ms: u64, ticket: SignedTicket },
    #[codec(index = 1)]
    Claim { since_ms: u64, terms: Terms, ticks: u32, proof: TickHash, settled_ticks: u32, closing: bool },
    #[codec(index = 2)]
    Close { since_ms: u64, row: CloseRow },
}

/// Version of the encoding of [`Record`].
pub(crate) const RECORD_VERSION: u8 = 2;
/// Earlier version, whose tickets do not name their session key. Claims and closes are encoded as they are now.
pub(crate) const KEYLESS_RECORD_VERSION: u8 = 1;
/// First byte of the encoding of [`Record::Open`].
const OPEN_INDEX: u8 = 0;

/// Reason for which the contents of the database are no row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Unusable {
    /// Ticket of an earlier version, which the chain no longer accepts.
    OldTicket,
    /// Bytes that are not those of a row.
    Damaged,
}

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

    /// Decodes the contents of the database for one row.
    ///
    /// # Errors
    ///
    /// When they are not a row that can be settled.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Unusable> {
        match bytes {
            [KEYLESS_RECORD_VERSION, OPEN_INDEX, ..] => Err(Unusable::OldTicket),
            [KEYLESS_RECORD_VERSION | RECORD_VERSION, rest @ ..] => {
                Self::decode_all(&mut &*rest).map_err(|_| Unusable::Damaged)
            }
            _ => Err(Unusable::Damaged),
        }
    }

    /// Bytes counted for the row: its contents twice (in memory and in the database's cache), and the overhead.
    pub fn counted_bytes(&self) -> usize {
        2 * self.encoded_size() + ROW_OVERHEAD_BYTES
    }
}
