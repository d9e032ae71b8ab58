//! The call `process_batch`: opens, then claims, then closes, each row independent of the others.

use crate::{context::Context, Config, Error, Event, Pallet, WeightInfo};
use alloc::vec::Vec;
use frame_support::{
    dispatch::{DispatchResultWithPostInfo, PostDispatchInfo},
    ensure,
    traits::Get,
    weights::Weight,
};
use sp_runtime::{traits::Zero, Saturating};
use tick_stream_primitives::{
    limits::{MAX_BATCH_STEPS, MAX_SPLITS},
    AccountId, Balance, Batch, BatchSize, RowError, RowKind, RowVerdict, SessionId,
};

/// Number of rows that were refused before they cost their full weight.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Refused {
    /// Rows refused after at most two lookups: of the session, and of the session key or the gateway.
    pub looked_up: u32,
    /// Tickets refused after all checks but that of the signature.
    pub checked: u32,
}

/// Result of a batch.
#[derive(Default)]
pub(crate) struct BatchOutcome {
    /// Result of each row, in order.
    pub verdicts: Vec<RowVerdict>,
    /// Number of sessions opened.
    pub opened: u32,
    /// Number of claims settled.
    pub settled: u32,
    /// Number of close rows carried out.
    pub closed: u32,
    /// Number of rows refused.
    pub failed: u32,
    /// Amount of everything that cost its full weight.
    pub full: BatchSize,
    /// Number of splits that were paid, over all groups.
    pub splits: u32,
    /// Rows that were refused before they cost their full weight.
    pub refused: Refused,
    /// Number of ticks settled.
    pub ticks: u64,
    /// Gross amount paid for these ticks, in planck.
    pub paid: Balance,
    /// Rewards that the submitter has earned by removing neglected sessions, in planck.
    pub rewards: Balance,
}

impl BatchOutcome {
    /// Records the result of a row, and emits an event if the row was refused.
    fn record<T: Config>(&mut self, kind: RowKind, index: usize, session: SessionId, result: Result<(), RowError>) {
        let index = index as u32;
        self.verdicts.push(RowVerdict { kind, index, result });
        match result {
            Ok(()) => {
                match kind {
                    RowKind::Open => self.opened.saturating_inc(),
                    RowKind::Claim => self.settled.saturating_inc(),
                    RowKind::Close => self.closed.saturating_inc(),
                }
                self.full.add(kind);
            }
            Err(error) => {
                self.failed.saturating_inc();
                self.record_refused(kind, error);
                Pallet::<T>::deposit_event(Event::RowFailed { kind, index, session, error });
            }
        }
    }
}

impl BatchOutcome {
    /// Records how much of its weight a refused row has used. Only a row whose signature or proof was checked costs as
    /// much as one that is carried out: the signatures and proofs in the transaction pool are there to be copied, and a
    /// copy that comes first must not make its original expensive.
    fn record_refused(&mut self, kind: RowKind, error: RowError) {
        match error {
            RowError::SignatureInvalid | RowError::ProofInvalid | RowError::Overflow => self.full.add(kind),
            RowError::NoTicks
            | RowError::TicketExpired
            | RowError::TicketTooLong
            | RowError::SessionExists
            | RowError::KeyUnknown => self.refused.looked_up.saturating_inc(),
            _ if kind == RowKind::Open => self.refused.checked.saturating_inc(),
            _ => self.refused.looked_up.saturating_inc(),
        }
    }
}

impl<T: Config> Pallet<T> {
    pub(crate) fn do_process_batch(submitter: AccountId, batch: &Batch) -> DispatchResultWithPostInfo {
        let size = batch.size();
        ensure!(!batch.is_empty(), Error::<T>::BatchEmpty);
        ensure!(size.is_within_limits(), Error::<T>::BatchTooLarge);
        let ctx = Context::read::<T>(submitter);
        let outcome = Self::run_batch(&ctx, batch);
        let BatchOutcome { opened, settled, closed, failed, ticks, paid, .. } = outcome;
        Self::deposit_event(Event::BatchProcessed {
            submitter: ctx.submitter,
            opened,
            settled,
            closed,
            failed,
            ticks,
            paid,
        });
        Ok(PostDispatchInfo::from(Some(Self::used_weight(&outcome))))
    }

    /// Carries out the rows in order. Each row makes all its checks before it writes anything, so a refused row changes
    /// no state and only emits an event.
    pub(crate) fn run_batch(ctx: &Context, batch: &Batch) -> BatchOutcome {
        let mut outcome = BatchOutcome::default();
        for (index, signed) in batch.opens.iter().enumerate() {
            let session = signed.ticket.session_id(&ctx.genesis);
            let result = Self::open_row(ctx, signed).map(|_| ());
            outcome.record::<T>(RowKind::Open, index, session, result);
        }
        let mut index = 0;
        for group in &batch.groups {
            let settled = Self::settle_group(ctx, group);
            for (claim, result) in group.claims.iter().zip(settled.rows) {
                outcome.record::<T>(RowKind::Claim, index, claim.session, result);
                index += 1;
            }
            outcome.full.groups.saturating_accrue(u32::from(settled.paid_splits.is_some()));
            outcome.splits.saturating_accrue(settled.paid_splits.unwrap_or(0));
            outcome.full.steps.saturating_accrue(u64::from(settled.steps));
            outcome.ticks.saturating_accrue(settled.ticks);
            outcome.paid.saturating_accrue(settled.paid);
        }
        for (index, row) in batch.closes.iter().enumerate() {
            let result = Self::close_row(ctx, row).map(|reward| outcome.rewards.saturating_accrue(reward));
            outcome.record::<T>(RowKind::Close, index, row.session, result);
        }
        outcome
    }

    /// Returns the weight that a batch has used. What it was charged beyond that is refunded.
    fn used_weight(outcome: &BatchOutcome) -> Weight {
        type W<T> = <T as Config>::WeightInfo;
        let Refused { looked_up, checked } = outcome.refused;
        Self::batch_base(&outcome.full, !outcome.rewards.is_zero())
            .saturating_add(Self::rows_weight(&outcome.full, outcome.splits))
            .saturating_add(per_row(W::<T>::process_batch_looked_up, looked_up))
            .saturating_add(per_row(W::<T>::process_batch_checked, checked))
    }

    /// Returns the weight of a batch if every row is carried out and every stream has all splits.
    pub(crate) fn batch_weight(size: &BatchSize) -> Weight {
        let is_rewarded = !size.closes.is_zero();
        let splits = size.groups.saturating_mul(MAX_SPLITS);
        Self::batch_base(size, is_rewarded).saturating_add(Self::rows_weight(size, splits))
    }

    /// Returns the weight of a batch without its rows. Groups share the writes of the treasury's and the submitter's
    /// earnings, which are part of the base of their benchmark. The rewards of close rows share the latter: their
    /// benchmark measures rows with a signature, which are dearer by themselves and earn none.
    pub(crate) fn batch_base(size: &BatchSize, is_rewarded: bool) -> Weight {
        let mut base = T::WeightInfo::process_batch_opens(0);
        if is_rewarded {
            base.saturating_accrue(T::DbWeight::get().reads_writes(1, 1));
        }
        if size.groups.is_zero() {
            return base;
        }
        base.max(T::WeightInfo::process_batch_streams(0))
    }

    /// Returns what rows add to the weight of a batch, as the sum over their components, with the number of splits that
    /// the groups pay together. Each component has a benchmark of its own, in a batch that holds as little else as
    /// possible; the weight of that rest is subtracted. The weight of a group includes its first claim.
    pub(crate) fn rows_weight(size: &BatchSize, splits: u32) -> Weight {
        type W<T> = <T as Config>::WeightInfo;
        // A batch with more steps than allowed is refused before any step is taken.
        let steps = size.steps.min(u64::from(MAX_BATCH_STEPS)) as u32;
        per_row(W::<T>::process_batch_opens, size.opens)
            .saturating_add(per_row(W::<T>::process_batch_streams, size.groups))
            .saturating_add(per_row(W::<T>::process_batch_splits, splits))
            .saturating_add(per_row(W::<T>::process_batch_claims, size.claims.saturating_sub(size.groups)))
            .saturating_add(per_row(W::<T>::process_batch_steps, steps))
            .saturating_add(per_row(W::<T>::process_batch_closes, size.closes))
    }
}

/// Returns the weight of `count` rows without the base of their benchmark.
fn per_row(weight: fn(u32) -> Weight, count: u32) -> Weight {
    weight(count).saturating_sub(weight(0))
}
