//! Packing of offered rows into batches that fit into the worker's share of a block.

use super::rows::Rows;
use crate::{Config, Pallet};
use alloc::{collections::BTreeSet, vec::Vec};
use core::iter::Peekable;
use frame_support::{dispatch::DispatchClass, traits::Get, weights::Weight};
use sp_runtime::Permill;
use tick_stream_primitives::{
    batch_builder::{BatchBuilder, BatchLimits, BatchRow, ProtocolLimits},
    worker::OfferedClaim,
    BatchSize, CloseRow, SessionId, SignedTicket,
};

/// Maximum number of extrinsics in one wave, well below the transaction pool's limit for one sender.
pub(crate) const MAX_WAVE_EXTRINSICS: usize = 16;

/// Packer of the batches of one wave, within the wave's share of a block.
pub(crate) struct Packer<T> {
    drafts: Vec<BatchBuilder>,
    /// Weight of all drafts but the last.
    used: Weight,
    /// Weight that the wave may use.
    budget: Weight,
    /// Weight that one extrinsic may use.
    max_extrinsic: Weight,
    /// Number of rows in all drafts.
    packed: usize,
    _config: core::marker::PhantomData<T>,
}

impl<T: Config> Packer<T> {
    /// Creates a packer for a wave that may fill `block_share` of a block's weight for ordinary extrinsics.
    pub fn new(block_share: Permill) -> Self {
        let weights = T::BlockWeights::get();
        let normal = weights.get(DispatchClass::Normal);
        let total = normal.max_total.unwrap_or(weights.max_block);
        let budget = Weight::from_parts(block_share.mul_floor(total.ref_time()), total.proof_size());
        let max_extrinsic = normal.max_extrinsic.unwrap_or(total).min(budget);
        Self {
            drafts: alloc::vec![BatchBuilder::new()],
            used: Weight::zero(),
            budget,
            max_extrinsic,
            packed: 0,
            _config: core::marker::PhantomData,
        }
    }

    /// Adds rows until the wave is full: first those of closing sessions, in batches of their own, because only they are
    /// worth a tip. Opens may then fill it up to half before the other claims follow, so that a rush of new viewers does
    /// not delay the settlement of current ones. Returns the drafts and the number of rows that were left out.
    pub fn pack(mut self, rows: Rows) -> (Vec<BatchBuilder>, u32) {
        let Rows { urgent_claims, urgent_closes, opens, claims, closes, .. } = rows;
        let offered = urgent_claims.len() + urgent_closes.len() + opens.len() + claims.len() + closes.len();
        self.fill_with_claims(urgent_claims, urgent_closes);
        if self.start_draft() {
            self.pack_others(opens, claims, closes);
        }
        (self.drafts, (offered - self.packed) as u32)
    }

    /// Adds the rows of sessions that are not closing.
    fn pack_others(&mut self, opens: Vec<SignedTicket>, claims: Vec<OfferedClaim>, closes: Vec<CloseRow>) {
        let mut opens = opens.into_iter().map(BatchRow::Open).peekable();
        let budget = self.budget;
        self.budget = budget / 2;
        self.fill(&mut opens);
        self.budget = budget;
        self.fill_with_claims(claims, closes);
        self.fill(&mut opens);
    }

    /// Takes claims in order until the wave has no room for the next one, and then closes. A session is not closed before
    /// its claim: if the claim has to wait for the next wave, so does the close.
    fn fill_with_claims(&mut self, claims: Vec<OfferedClaim>, closes: Vec<CloseRow>) {
        let mut claims = claims.into_iter().map(BatchRow::Claim).peekable();
        self.fill(&mut claims);
        let unpacked: BTreeSet<SessionId> = claims.filter_map(|row| claimed_session(&row)).collect();
        let closes = closes.into_iter().filter(|close| !unpacked.contains(&close.session));
        self.fill(&mut closes.map(BatchRow::Close).peekable());
    }

    /// Takes rows in order until the wave has no room for the next one, and starts a new draft when one is full. A row
    /// that does not even fit into an empty wave is skipped.
    fn fill(&mut self, rows: &mut Peekable<impl Iterator<Item = BatchRow>>) {
        while let Some(row) = rows.peek() {
            let has_room = self.make_room(row);
            if !has_room && self.fits_extrinsic(&BatchBuilder::new().size_with(row)) {
                return;
            }
            let row = rows.next();
            if let (true, Some(row), Some(draft)) = (has_room, row, self.drafts.last_mut()) {
                self.packed += usize::from(draft.try_push(row, &ProtocolLimits).is_ok());
            }
        }
    }

    /// Returns whether the last draft has room for `row`, after starting a new draft if necessary. A new draft is
    /// started only if the row fits into it: the last one may still have room for rows of another kind.
    fn make_room(&mut self, row: &BatchRow) -> bool {
        let Some(last) = self.drafts.last() else { return false };
        if self.fits(&last.size_with(row), self.used) {
            return true;
        }
        let used = self.used.saturating_add(Self::extrinsic_weight(&last.size()));
        if last.is_empty() || !self.fits(&BatchBuilder::new().size_with(row), used) {
            return false;
        }
        self.start_draft()
    }

    /// Starts a new draft unless the last one is empty. Returns whether there is an empty draft: a wave has at most
    /// [`MAX_WAVE_EXTRINSICS`].
    fn start_draft(&mut self) -> bool {
        let Some(last) = self.drafts.last().filter(|last| !last.is_empty()) else { return true };
        if self.drafts.len() >= MAX_WAVE_EXTRINSICS {
            return false;
        }
        self.used = self.used.saturating_add(Self::extrinsic_weight(&last.size()));
        self.drafts.push(BatchBuilder::new());
        true
    }

    /// Returns whether a batch of this size fits into the wave in addition to the weight `used`.
    fn fits(&self, size: &BatchSize, used: Weight) -> bool {
        self.fits_extrinsic(size) && used.saturating_add(Self::extrinsic_weight(size)).all_lte(self.budget)
    }

    /// Returns whether a batch of this size fits into one extrinsic.
    fn fits_extrinsic(&self, size: &BatchSize) -> bool {
        ProtocolLimits.allow(size) && Self::extrinsic_weight(size).all_lte(self.max_extrinsic)
    }

    fn extrinsic_weight(size: &BatchSize) -> Weight {
        let base = T::BlockWeights::get().get(DispatchClass::Normal).base_extrinsic;
        Pallet::<T>::batch_weight(size).saturating_add(base)
    }
}

/// Returns the session of a claim.
fn claimed_session(row: &BatchRow) -> Option<SessionId> {
    match row {
        BatchRow::Claim(offered) => Some(offered.claim.session),
        BatchRow::Open(_) | BatchRow::Close(_) => None,
    }
}
