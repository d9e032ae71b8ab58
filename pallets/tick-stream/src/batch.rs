//! The call `process_batch`: opens, then claims, then closes, each row independent of the others.

use crate::{context::Context, Config, Error, Event, Pallet, WeightInfo};
use alloc::vec::Vec;
use frame_support::{
    dispatch::{DispatchResultWithPostInfo, PostDispatchInfo},
    ensure,
    weights::Weight,
};
use sp_runtime::Saturating;
use tick_stream_primitives::{
    limits::MAX_BATCH_STEPS, AccountId, Balance, Batch, BatchSize, RowError, RowKind, RowVerdict, SessionId,
};

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
    /// Number of hash steps taken.
    pub steps: u32,
    /// Number of ticks settled.
    pub ticks: u64,
    /// Gross amount paid for these ticks, in planck.
    pub paid: Balance,
}

impl BatchOutcome {
    /// Records the result of a row, and emits an event if the row was refused.
    fn record<T: Config>(&mut self, kind: RowKind, index: usize, session: SessionId, result: Result<(), RowError>) {
        let index = index as u32;
        self.verdicts.push(RowVerdict { kind, index, result });
        match result {
            Ok(()) => match kind {
                RowKind::Open => self.opened.saturating_inc(),
                RowKind::Claim => self.settled.saturating_inc(),
                RowKind::Close => self.closed.saturating_inc(),
            },
            Err(error) => {
                self.failed.saturating_inc();
                Pallet::<T>::deposit_event(Event::RowFailed { kind, index, session, error });
            }
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
        let used = BatchSize { steps: u64::from(outcome.steps), ..size };
        Ok(PostDispatchInfo::from(Some(Self::batch_weight(&used))))
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
            outcome.steps.saturating_accrue(settled.steps);
            outcome.ticks.saturating_accrue(settled.ticks);
            outcome.paid.saturating_accrue(settled.paid);
        }
        for (index, row) in batch.closes.iter().enumerate() {
            outcome.record::<T>(RowKind::Close, index, row.session, Self::close_row(ctx, row));
        }
        outcome
    }

    /// Returns the weight of a batch as the sum over its components. Each component has a benchmark of its own, in a
    /// batch that holds as little else as possible; the weight of that rest is subtracted.
    pub(crate) fn batch_weight(size: &BatchSize) -> Weight {
        type W<T> = <T as Config>::WeightInfo;
        // A batch with more steps than allowed is refused before any step is taken.
        let steps = size.steps.min(u64::from(MAX_BATCH_STEPS)) as u32;
        W::<T>::process_batch_opens(size.opens)
            .saturating_add(W::<T>::process_batch_streams(size.groups).saturating_sub(W::<T>::process_batch_streams(0)))
            .saturating_add(W::<T>::process_batch_claims(size.claims).saturating_sub(W::<T>::process_batch_claims(0)))
            .saturating_add(W::<T>::process_batch_steps(steps).saturating_sub(W::<T>::process_batch_steps(0)))
            .saturating_add(W::<T>::process_batch_closes(size.closes).saturating_sub(W::<T>::process_batch_closes(0)))
    }
}
