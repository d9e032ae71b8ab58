//! Packing of rows into batches, under limits that the caller chooses.
//!
//! Everything that submits batches packs them with this module: the node's off-chain worker under its share of a block's
//! weight, the gateway under the protocol's limits, the command line under limits that any block has room for.
//!
//! ```
//! use tick_stream_primitives::{
//!     batch_builder::{pack, BatchRow, ProtocolLimits},
//!     worker::OfferedClaim,
//!     AccountId, Claim, SessionId,
//! };
//!
//! let claim = |session: u8| {
//!     let claim = Claim { session: SessionId([session; 16]), from: 0, ticks: 60, proof: [0; 32] };
//!     BatchRow::Claim(OfferedClaim { stream: 3, gateway: AccountId::new([9; 32]), claim })
//! };
//! let packed = pack([claim(1), claim(2)], &ProtocolLimits);
//! assert_eq!(packed.batches[0].size().groups, 1);
//! assert!(packed.oversized.is_empty());
//! ```

use crate::{
    batch::{bounded, Batch, BatchSize, Claim, ClaimGroup, CloseRow},
    ids::{AccountId, StreamId},
    limits::{MAX_BATCH_CLAIMS, MAX_BATCH_CLOSES, MAX_BATCH_GROUPS, MAX_BATCH_OPENS, MAX_BATCH_STEPS},
    tick_chain::TickHasher,
    ticket::SignedTicket,
    worker::OfferedClaim,
};
use alloc::{collections::BTreeMap, vec::Vec};

/// Decides how large a batch may become.
pub trait BatchLimits {
    /// Returns whether a batch of this size is acceptable. Must be monotonic: if a size is acceptable, so is every smaller
    /// one.
    fn allow(&self, size: &BatchSize) -> bool;
}

impl<F: Fn(&BatchSize) -> bool> BatchLimits for F {
    fn allow(&self, size: &BatchSize) -> bool {
        self(size)
    }
}

/// Limits of the protocol: a larger batch cannot be encoded, or the chain refuses it whole.
///
/// Stricter limits include these; [`BatchBuilder::try_push`] enforces them in any case.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ProtocolLimits;

impl BatchLimits for ProtocolLimits {
    fn allow(&self, size: &BatchSize) -> bool {
        size.opens <= MAX_BATCH_OPENS
            && size.groups <= MAX_BATCH_GROUPS
            && size.claims <= MAX_BATCH_CLAIMS
            && size.steps <= u64::from(MAX_BATCH_STEPS)
            && size.closes <= MAX_BATCH_CLOSES
    }
}

/// Row to be packed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum BatchRow {
    /// Ticket that opens a session.
    Open(SignedTicket),
    /// Claim with its stream and gateway.
    Claim(OfferedClaim),
    /// Close of a session.
    Close(CloseRow),
}

/// Batch that grows row by row.
///
/// Claims of one stream and gateway share a group, whatever order they come in. Within a group they keep their order.
#[derive(Clone, Debug, Default)]
pub struct BatchBuilder {
    opens: Vec<SignedTicket>,
    groups: BTreeMap<(StreamId, AccountId), Vec<Claim>>,
    closes: Vec<CloseRow>,
    size: BatchSize,
}

impl BatchBuilder {
    /// Creates an empty batch.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the number of rows, groups and hash steps so far.
    pub fn size(&self) -> BatchSize {
        self.size
    }

    /// Returns whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.size == BatchSize::default()
    }

    /// Returns the size that the batch would have with `row` in it.
    pub fn size_with(&self, row: &BatchRow) -> BatchSize {
        match row {
            BatchRow::Open(_) => BatchSize { opens: self.size.opens.saturating_add(1), ..self.size },
            BatchRow::Close(_) => BatchSize { closes: self.size.closes.saturating_add(1), ..self.size },
            BatchRow::Claim(OfferedClaim { stream, gateway, claim }) => {
                let is_new_group = !self.groups.contains_key(&(*stream, gateway.clone()));
                BatchSize {
                    groups: self.size.groups.saturating_add(u32::from(is_new_group)),
                    claims: self.size.claims.saturating_add(1),
                    steps: self.size.steps.saturating_add(u64::from(claim.steps())),
                    ..self.size
                }
            }
        }
    }

    /// Adds `row` if the batch then is within `limits` and within the protocol's limits.
    ///
    /// # Errors
    ///
    /// Returns the row when the batch has no room for it. The batch is unchanged then.
    pub fn try_push(&mut self, row: BatchRow, limits: &impl BatchLimits) -> Result<(), BatchRow> {
        let size = self.size_with(&row);
        if !ProtocolLimits.allow(&size) || !limits.allow(&size) {
            return Err(row);
        }
        self.size = size;
        match row {
            BatchRow::Open(ticket) => self.opens.push(ticket),
            BatchRow::Claim(OfferedClaim { stream, gateway, claim }) => {
                self.groups.entry((stream, gateway)).or_default().push(claim);
            }
            BatchRow::Close(close) => self.closes.push(close),
        }
        Ok(())
    }

    /// Returns the batch.
    pub fn build(self) -> Batch {
        let group = |((stream, gateway), claims)| ClaimGroup { stream, gateway, claims: bounded(claims) };
        // `try_push` has kept every bound, so that no row is cut off here.
        Batch {
            opens: bounded(self.opens),
            groups: bounded(self.groups.into_iter().map(group).collect()),
            closes: bounded(self.closes),
        }
    }
}

/// Result of [`pack`].
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Packed {
    /// Batches, to be submitted in this order.
    pub batches: Vec<Batch>,
    /// Rows that exceed the limits even on their own. [`split_claim`] makes claims smaller.
    pub oversized: Vec<BatchRow>,
}

/// Packs rows, in their order, into batches within `limits`. A batch is closed when the next row has no room in it.
pub fn pack(rows: impl IntoIterator<Item = BatchRow>, limits: &impl BatchLimits) -> Packed {
    let mut packed = Packed::default();
    let mut batch = BatchBuilder::new();
    for row in rows {
        let Err(row) = batch.try_push(row, limits) else { continue };
        let mut next = BatchBuilder::new();
        match next.try_push(row, limits) {
            Ok(()) => packed.batches.push(core::mem::replace(&mut batch, next).build()),
            Err(row) => packed.oversized.push(row),
        }
    }
    if !batch.is_empty() {
        packed.batches.push(batch.build());
    }
    packed
}

/// Splits a claim into claims of at most `max_steps` hash steps each, the lowest first. They must be settled in this order.
///
/// The lower proofs are derived from the claim's own. The result is empty when the claim has no steps; `max_steps` of 0
/// counts as 1.
pub fn split_claim(claim: &Claim, max_steps: u32) -> Vec<Claim> {
    let max_steps = max_steps.max(1);
    let mut hasher = TickHasher::new(&claim.session);
    let (mut parts, mut ticks, mut proof) = (Vec::new(), claim.ticks, claim.proof);
    while ticks > claim.from {
        let from = ticks.saturating_sub(max_steps).max(claim.from);
        parts.push(Claim { session: claim.session, from, ticks, proof });
        if from > claim.from {
            proof = hasher.walk(&proof, ticks - from);
        }
        ticks = from;
    }
    parts.reverse();
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ids::SessionId,
        tick_chain::{leads_to, TickChain},
    };

    fn claim(session: u8, stream: StreamId, from: u32, ticks: u32) -> BatchRow {
        let claim = Claim { session: SessionId([session; 16]), from, ticks, proof: [0; 32] };
        BatchRow::Claim(OfferedClaim { stream, gateway: AccountId::new([9; 32]), claim })
    }

    fn close(session: u8) -> BatchRow {
        BatchRow::Close(CloseRow { session: SessionId([session; 16]), signature: None })
    }

    #[test]
    fn claims_of_one_stream_share_a_group() {
        let rows = [claim(1, 1, 0, 10), claim(2, 2, 5, 10), claim(3, 1, 0, 10), close(1), close(2)];
        let packed = pack(rows, &ProtocolLimits);
        assert_eq!((packed.batches.len(), packed.oversized.len()), (1, 0));
        let batch = &packed.batches[0];
        let sessions = |group: &ClaimGroup| group.claims.iter().map(|claim| claim.session.0[0]).collect::<Vec<_>>();
        let groups: Vec<_> = batch.groups.iter().map(|group| (group.stream, sessions(group))).collect();
        assert_eq!(groups, [(1, [1, 3].to_vec()), (2, [2].to_vec())]);
        assert_eq!(batch.size(), BatchSize { opens: 0, groups: 2, claims: 3, steps: 25, closes: 2 });
    }

    #[test]
    fn builder_size_equals_size_of_its_batch() {
        let mut builder = BatchBuilder::new();
        assert!(builder.is_empty() && builder.clone().build().is_empty());
        for row in [claim(1, 1, 0, 10), claim(2, 2, 5, 10), close(7), claim(3, 1, 3, 10)] {
            let expected = builder.size_with(&row);
            builder.try_push(row, &ProtocolLimits).unwrap();
            assert_eq!(builder.size(), expected);
        }
        assert_eq!(builder.clone().build().size(), builder.size());
    }

    #[test]
    fn no_batch_exceeds_the_protocol_limits() {
        let steps = pack([claim(1, 1, 0, MAX_BATCH_STEPS), claim(2, 1, 0, 1)], &ProtocolLimits);
        let groups = pack((0..=u64::from(MAX_BATCH_GROUPS)).map(|stream| claim(1, stream, 0, 1)), &ProtocolLimits);
        let claims = pack((0..=MAX_BATCH_CLAIMS).map(|_| claim(1, 1, 0, 1)), &ProtocolLimits);
        let closes = pack((0..=MAX_BATCH_CLOSES).map(|_| close(1)), &|_: &BatchSize| true);
        for packed in [steps, groups, claims, closes] {
            assert_eq!((packed.batches.len(), packed.oversized.len()), (2, 0));
            assert!(packed.batches.iter().all(|batch| ProtocolLimits.allow(&batch.size())));
        }
    }

    #[test]
    fn stricter_limits_are_kept() {
        let at_most_two = |size: &BatchSize| size.claims <= 2;
        let packed = pack((0..5).map(|session| claim(session, 1, 0, 1)), &at_most_two);
        let claims: Vec<u32> = packed.batches.iter().map(|batch| batch.size().claims).collect();
        assert_eq!(claims, [2, 2, 1]);
    }

    #[test]
    fn row_above_the_limits_is_returned_and_does_not_close_a_batch() {
        let rows = [claim(1, 1, 0, 5), claim(2, 1, 0, MAX_BATCH_STEPS + 1), claim(3, 1, 0, 5)];
        let packed = pack(rows, &ProtocolLimits);
        assert_eq!(packed.batches.len(), 1);
        assert_eq!(packed.oversized, [claim(2, 1, 0, MAX_BATCH_STEPS + 1)]);
        assert_eq!(pack([], &ProtocolLimits), Packed::default());
    }

    #[test]
    fn split_claim_parts_lead_from_one_to_the_next() {
        let (session, from, ticks) = (SessionId([1; 16]), 100, 1_000);
        let mut chain = TickChain::new(&session, [7; 32], ticks);
        let whole = Claim { session, from, ticks, proof: chain.proof(ticks).unwrap() };
        let parts = split_claim(&whole, 256);
        let (mut settled, mut head) = (from, chain.proof(from).unwrap());
        for part in &parts {
            assert_eq!(part.from, settled);
            assert!(part.steps() <= 256 && leads_to(&session, &part.proof, part.steps(), &head));
            (settled, head) = (part.ticks, part.proof);
        }
        assert_eq!((settled, parts.len()), (ticks, 4));
        assert_eq!(parts.last(), Some(&Claim { from: ticks - 256, ..whole.clone() }));
        assert_eq!(split_claim(&whole, u32::MAX), vec![whole.clone()]);
        assert!(split_claim(&Claim { from: ticks, ..whole }, 256).is_empty());
    }
}
