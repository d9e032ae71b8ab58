//! Packs offered rows into batches that fit into what the worker may fill of a block.

use crate::{Config, Pallet};
use alloc::{collections::BTreeMap, vec::Vec};
use frame_support::{dispatch::DispatchClass, traits::Get, weights::Weight};
use sp_runtime::Permill;
use tick_stream_primitives::{
    limits::{MAX_BATCH_CLAIMS, MAX_BATCH_CLOSES, MAX_BATCH_GROUPS, MAX_BATCH_OPENS, MAX_BATCH_STEPS},
    worker::OfferedClaim,
    AccountId, Batch, BatchSize, Claim, ClaimGroup, CloseRow, SignedTicket, StreamId,
};

/// The most extrinsics in one wave: keeps a wave well inside the transaction pool's limit for one sender.
pub(crate) const MAX_WAVE_EXTRINSICS: usize = 16;

/// A batch that grows row by row until something is full.
#[derive(Default)]
pub(crate) struct Draft {
    opens: Vec<SignedTicket>,
    groups: BTreeMap<(StreamId, AccountId), Vec<Claim>>,
    closes: Vec<CloseRow>,
    size: BatchSize,
}

impl Draft {
    pub fn size(&self) -> BatchSize {
        self.size
    }

    fn add_open(&mut self, row: &SignedTicket) {
        self.opens.push(row.clone());
        self.size.opens += 1;
    }

    fn add_claim(&mut self, row: &OfferedClaim) {
        self.groups.entry((row.stream, row.gateway.clone())).or_default().push(row.claim.clone());
        self.size = self.with_claim(row);
    }

    fn add_close(&mut self, row: &CloseRow) {
        self.closes.push(row.clone());
        self.size.closes += 1;
    }

    /// The size with `row` in it.
    fn with_claim(&self, row: &OfferedClaim) -> BatchSize {
        // `groups` is looked up before the row is added, and counted right after it.
        let groups = self.groups.len() + usize::from(!self.groups.contains_key(&(row.stream, row.gateway.clone())));
        BatchSize {
            groups: groups as u32,
            claims: self.size.claims + 1,
            steps: self.size.steps + u64::from(row.claim.steps()),
            ..self.size
        }
    }

    /// The batch. The bounds were kept while it grew, so nothing is cut off here.
    pub fn into_batch(self) -> Batch {
        let groups = self
            .groups
            .into_iter()
            .map(|((stream, gateway), claims)| ClaimGroup {
                stream,
                gateway,
                claims: tick_stream_primitives::batch::bounded(claims),
            })
            .collect();
        Batch {
            opens: tick_stream_primitives::batch::bounded(self.opens),
            groups: tick_stream_primitives::batch::bounded(groups),
            closes: tick_stream_primitives::batch::bounded(self.closes),
        }
    }
}

fn is_within_bounds(size: &BatchSize) -> bool {
    size.opens <= MAX_BATCH_OPENS
        && size.groups <= MAX_BATCH_GROUPS
        && size.claims <= MAX_BATCH_CLAIMS
        && size.steps <= u64::from(MAX_BATCH_STEPS)
        && size.closes <= MAX_BATCH_CLOSES
}

/// The batches of one wave, under the wave's share of a block.
pub(crate) struct Packer<T> {
    drafts: Vec<Draft>,
    /// Weight of the drafts that are full.
    used: Weight,
    budget: Weight,
    max_extrinsic: Weight,
    /// Rows that went into drafts.
    packed: usize,
    _config: core::marker::PhantomData<T>,
}

impl<T: Config> Packer<T> {
    pub fn new(block_share: Permill) -> Self {
        let weights = T::BlockWeights::get();
        let normal = weights.get(DispatchClass::Normal);
        let total = normal.max_total.unwrap_or(weights.max_block);
        let budget = Weight::from_parts(block_share.mul_floor(total.ref_time()), total.proof_size());
        let max_extrinsic = normal.max_extrinsic.unwrap_or(total).min(budget);
        Self {
            drafts: alloc::vec![Draft::default()],
            used: Weight::zero(),
            budget,
            max_extrinsic,
            packed: 0,
            _config: core::marker::PhantomData,
        }
    }

    /// Adds rows until the wave is full. Opens may fill half of it before claims have had their turn: a rush of new
    /// viewers must not starve those who watch. Returns the drafts and how many rows were left out.
    pub fn pack(mut self, opens: &[SignedTicket], claims: &[OfferedClaim], closes: &[CloseRow]) -> (Vec<Draft>, u32) {
        let budget = self.budget;
        self.budget = budget / 2;
        let early_opens = self.fill(opens, Self::grown_by_open, Draft::add_open);
        self.budget = budget;
        self.fill(claims, Draft::with_claim, Draft::add_claim);
        self.fill(closes, Self::grown_by_close, Draft::add_close);
        self.fill(&opens[early_opens..], Self::grown_by_open, Draft::add_open);
        let offered = opens.len() + claims.len() + closes.len();
        (self.drafts, (offered - self.packed) as u32)
    }

    fn grown_by_open(draft: &Draft, _: &SignedTicket) -> BatchSize {
        BatchSize { opens: draft.size.opens + 1, ..draft.size }
    }

    fn grown_by_close(draft: &Draft, _: &CloseRow) -> BatchSize {
        BatchSize { closes: draft.size.closes + 1, ..draft.size }
    }

    /// Adds rows in order, opening a new draft when one is full, until the wave is. A row that not even an empty wave has
    /// room for is left out and holds up nobody. Returns how many rows were looked at.
    fn fill<R>(&mut self, rows: &[R], grown: impl Fn(&Draft, &R) -> BatchSize, add: impl Fn(&mut Draft, &R)) -> usize {
        for (index, row) in rows.iter().enumerate() {
            if !self.make_room(|draft| grown(draft, row)) {
                if self.fits_extrinsic(&grown(&Draft::default(), row)) {
                    return index;
                }
                continue;
            }
            if let Some(draft) = self.drafts.last_mut() {
                add(draft, row);
                self.packed += 1;
            }
        }
        rows.len()
    }

    /// Whether the last draft can grow as `grown` says, after a new one was opened if need be. A draft is closed only for
    /// one that has room: the rows that come next may be of a kind that still fits into it.
    fn make_room(&mut self, grown: impl Fn(&Draft) -> BatchSize) -> bool {
        let Some(last) = self.drafts.last() else { return false };
        if self.fits(&grown(last), self.used) {
            return true;
        }
        let used = self.used.saturating_add(Self::extrinsic_weight(&last.size()));
        let can_open = last.size() != BatchSize::default() && self.drafts.len() < MAX_WAVE_EXTRINSICS;
        if !can_open || !self.fits(&grown(&Draft::default()), used) {
            return false;
        }
        self.used = used;
        self.drafts.push(Draft::default());
        true
    }

    /// Whether a batch of this size fits into the wave beside what is `used` of it.
    fn fits(&self, size: &BatchSize, used: Weight) -> bool {
        self.fits_extrinsic(size) && used.saturating_add(Self::extrinsic_weight(size)).all_lte(self.budget)
    }

    /// Whether a batch of this size fits into an extrinsic, which is never more than a whole wave.
    fn fits_extrinsic(&self, size: &BatchSize) -> bool {
        is_within_bounds(size) && Self::extrinsic_weight(size).all_lte(self.max_extrinsic)
    }

    fn extrinsic_weight(size: &BatchSize) -> Weight {
        Pallet::<T>::batch_weight(size).saturating_add(Self::extrinsic_base())
    }

    fn extrinsic_base() -> Weight {
        T::BlockWeights::get().get(DispatchClass::Normal).base_extrinsic
    }
}
