//! Rows that open, settle and close sessions on chain, and the batches that carry them.

use crate::ids::{AccountId, SessionId, StreamId};
use crate::limits::{MaxBatchClaims, MaxBatchCloses, MaxBatchGroups, MaxBatchOpens, MAX_BATCH_CLAIMS, MAX_BATCH_STEPS};
use crate::tick_chain::TickHash;
use crate::ticket::SignedTicket;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_runtime::{BoundedVec, MultiSignature};

/// Proof that the viewer of `session` has revealed `ticks` ticks in total, of which at most `ticks - from` are not
/// settled.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub struct Claim {
    /// Session to settle.
    pub session: SessionId,
    /// Number of ticks that are already settled, or fewer. It bounds the hashing before the chain has read the session.
    pub from: u32,
    /// Highest tick that the viewer has revealed. The count is cumulative: tick 1 is the first paid second.
    pub ticks: u32,
    /// Element `w[ticks]` of the session's tick chain.
    pub proof: TickHash,
}

impl Claim {
    /// Returns the maximum number of hash steps that checking this claim can take.
    pub fn steps(&self) -> u32 {
        self.ticks.saturating_sub(self.from)
    }
}

/// Claims on sessions of one stream and one gateway. Their money is added up and moved once for the whole group.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub struct ClaimGroup {
    /// Stream of every session in the group.
    pub stream: StreamId,
    /// Gateway of every session in the group.
    pub gateway: AccountId,
    /// Claims, each of a different session or of a later tick.
    pub claims: BoundedVec<Claim, MaxBatchClaims>,
}

/// Role in which a close was signed. It names the key to check, so that a row costs one signature check and not four.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub enum Closer {
    /// Gateway of the session.
    Gateway,
    /// Operator of the session's gateway.
    Operator,
    /// Wallet of the viewer.
    Viewer,
    /// Session key that opened the session, even if it was removed or has expired since.
    SessionKey,
}

/// Signature over [`crate::ticket::close_message`] and the role of its signer.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub struct CloseSignature {
    /// Role of the signer.
    pub by: Closer,
    /// Signature over [`crate::ticket::close_message`].
    pub signature: MultiSignature,
}

/// Request to close a session, or to remove one whose time is over.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub struct CloseRow {
    /// Session to close.
    pub session: SessionId,
    /// Signature of an account that may close the session; `None` when the session's time is over and any account may.
    pub signature: Option<CloseSignature>,
}

/// Rows of one `process_batch` extrinsic, carried out in this order: opens, claims, closes.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub struct Batch {
    /// Tickets that open sessions.
    pub opens: BoundedVec<SignedTicket, MaxBatchOpens>,
    /// Claims to settle. [`MAX_BATCH_CLAIMS`] and [`MAX_BATCH_STEPS`] bound the sums over all groups.
    pub groups: BoundedVec<ClaimGroup, MaxBatchGroups>,
    /// Sessions to close.
    pub closes: BoundedVec<CloseRow, MaxBatchCloses>,
}

/// Kind of a row in a batch.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Debug,
    Encode,
    Decode,
    DecodeWithMemTracking,
    TypeInfo,
    MaxEncodedLen,
)]
pub enum RowKind {
    /// Ticket that opens a session.
    Open,
    /// Claim. Claims are numbered over all groups of the batch.
    Claim,
    /// Close of a session.
    Close,
}

/// Amount of everything in a batch that costs weight.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct BatchSize {
    /// Number of tickets.
    pub opens: u32,
    /// Number of claim groups.
    pub groups: u32,
    /// Number of claims over all groups.
    pub claims: u32,
    /// Maximum number of hash steps that checking the claims can take.
    pub steps: u64,
    /// Number of close rows.
    pub closes: u32,
}

impl BatchSize {
    /// Counts one more row.
    pub fn add(&mut self, kind: RowKind) {
        let rows = match kind {
            RowKind::Open => &mut self.opens,
            RowKind::Claim => &mut self.claims,
            RowKind::Close => &mut self.closes,
        };
        *rows = rows.saturating_add(1);
    }

    /// Returns whether the sums over all groups, which no bounded list can limit, are within their limits.
    pub fn is_within_limits(&self) -> bool {
        self.claims <= MAX_BATCH_CLAIMS && self.steps <= u64::from(MAX_BATCH_STEPS)
    }
}

impl Batch {
    /// Returns the number of rows and hash steps.
    pub fn size(&self) -> BatchSize {
        let claims = || self.groups.iter().flat_map(|group| &group.claims);
        BatchSize {
            opens: self.opens.len() as u32,
            groups: self.groups.len() as u32,
            claims: claims().count() as u32,
            steps: claims().map(|claim| u64::from(claim.steps())).sum(),
            closes: self.closes.len() as u32,
        }
    }

    /// Returns whether the batch has no rows and no groups.
    pub fn is_empty(&self) -> bool {
        self.opens.is_empty() && self.groups.is_empty() && self.closes.is_empty()
    }
}

/// Converts `rows` to a bounded list. Rows above the bound are dropped, so callers check the bound when they add rows.
pub fn bounded<R, Bound: sp_core::Get<u32>>(mut rows: alloc::vec::Vec<R>) -> BoundedVec<R, Bound> {
    rows.truncate(Bound::get() as usize);
    BoundedVec::truncate_from(rows)
}
