//! The rows that settle seconds on chain.

use crate::ids::{AccountId, SessionId, StreamId};
use crate::limits::{MaxBatchClaims, MaxBatchCloses, MaxBatchGroups, MaxBatchOpens, MAX_BATCH_CLAIMS, MAX_BATCH_STEPS};
use crate::tick_chain::TickHash;
use crate::ticket::SignedTicket;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_runtime::{BoundedVec, MultiSignature};

/// "Session `session` has let go of `ticks` seconds, of which at most `ticks - from` are new to the chain."
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub struct Claim {
    /// Whose ticks.
    pub session: SessionId,
    /// A tick already settled: bounds the hashing before the chain has read anything.
    pub from: u32,
    /// The highest tick let go of.
    pub ticks: u32,
    /// `w[ticks]`.
    pub proof: TickHash,
}

impl Claim {
    /// The most hash steps that checking this claim can take.
    pub fn steps(&self) -> u32 {
        self.ticks.saturating_sub(self.from)
    }
}

/// Claims of one stream through one gateway, whose money moves at once.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub struct ClaimGroup {
    /// What was watched.
    pub stream: StreamId,
    /// Through whom.
    pub gateway: AccountId,
    /// The claims, each of another session or a later tick.
    pub claims: BoundedVec<Claim, MaxBatchClaims>,
}

/// In which role somebody signed a close: says which key to check, so that a row costs one check and not four.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub enum Closer {
    /// The session's gateway.
    Gateway,
    /// The operator of the session's gateway.
    Operator,
    /// The viewer's wallet.
    Viewer,
    /// The viewer's live session key.
    SessionKey,
}

/// A signature over [`crate::ticket::close_message`].
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub struct CloseSignature {
    /// Who says to have signed.
    pub by: Closer,
    /// The signature.
    pub signature: MultiSignature,
}

/// A wish to end a session, or to carry out an end that is due.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub struct CloseRow {
    /// Which session.
    pub session: SessionId,
    /// Of somebody with a right to end it; nothing when its time has come.
    pub signature: Option<CloseSignature>,
}

/// What one extrinsic settles: opens, then claims, then closes.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub struct Batch {
    /// Tickets to open.
    pub opens: BoundedVec<SignedTicket, MaxBatchOpens>,
    /// Claims to settle; [`MAX_BATCH_CLAIMS`] and [`MAX_BATCH_STEPS`] bound the sum over the groups.
    pub groups: BoundedVec<ClaimGroup, MaxBatchGroups>,
    /// Sessions to end.
    pub closes: BoundedVec<CloseRow, MaxBatchCloses>,
}

/// The kind of a row.
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
    /// A ticket.
    Open,
    /// A claim; its index counts over all groups.
    Claim,
    /// A close.
    Close,
}

/// How much of everything that costs weight a batch holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct BatchSize {
    /// Tickets.
    pub opens: u32,
    /// Claim groups.
    pub groups: u32,
    /// Claims.
    pub claims: u32,
    /// Hash steps the claims may take.
    pub steps: u64,
    /// Closes.
    pub closes: u32,
}

impl BatchSize {
    /// Whether the sums that no bounded list can express stay within their limits.
    pub fn is_within_limits(&self) -> bool {
        self.claims <= MAX_BATCH_CLAIMS && self.steps <= u64::from(MAX_BATCH_STEPS)
    }
}

impl Batch {
    /// Counts the rows and the hash steps.
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

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.opens.is_empty() && self.groups.is_empty() && self.closes.is_empty()
    }
}

/// `rows` as a bounded list; what is over the bound is cut off, so check the bound where rows are added.
pub fn bounded<R, Bound: sp_core::Get<u32>>(mut rows: alloc::vec::Vec<R>) -> BoundedVec<R, Bound> {
    rows.truncate(Bound::get() as usize);
    BoundedVec::truncate_from(rows)
}
