//! `process_batch`: opens, then claims, then closes, each row on its own.

use crate::{types::Context, Config, Error, Event, Pallet, WeightInfo};
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

/// What came of a batch.
#[derive(Default)]
pub(crate) struct BatchOutcome {
    /// A verdict for each row, in order.
    pub verdicts: Vec<RowVerdict>,
    pub opened: u32,
    pub settled: u32,
    pub closed: u32,
    pub failed: u32,
    /// Hash steps really taken.
    pub steps: u32,
    pub ticks: u64,
    pub paid: Balance,
}

impl BatchOutcome {
    /// Keeps the verdict on a row and reports a refusal.
    fn note<T: Config>(&mut self, kind: RowKind, index: usize, session: SessionId, result: Result<(), RowError>) {
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

    /// Works through the rows. Each row checks everything before it writes anything, so that a refused one leaves no
    /// trace but its event.
    pub(crate) fn run_batch(ctx: &Context, batch: &Batch) -> BatchOutcome {
        let mut outcome = BatchOutcome::default();
        for (index, signed) in batch.opens.iter().enumerate() {
            let session = signed.ticket.session_id(&ctx.genesis);
            let result = Self::open_row(ctx, signed).map(|_| ());
            outcome.note::<T>(RowKind::Open, index, session, result);
        }
        let mut index = 0;
        for group in &batch.groups {
            let settled = Self::settle_group(ctx, group);
            for (claim, result) in group.claims.iter().zip(settled.rows) {
                outcome.note::<T>(RowKind::Claim, index, claim.session, result);
                index += 1;
            }
            outcome.steps.saturating_accrue(settled.steps);
            outcome.ticks.saturating_accrue(settled.ticks);
            outcome.paid.saturating_accrue(settled.paid);
        }
        for (index, row) in batch.closes.iter().enumerate() {
            outcome.note::<T>(RowKind::Close, index, row.session, Self::close_row(ctx, row));
        }
        outcome
    }

    /// The weight of a batch, from one benchmark a component: each is measured in a batch that holds next to nothing
    /// else, so the rest of that batch is taken off again.
    pub(crate) fn batch_weight(size: &BatchSize) -> Weight {
        type W<T> = <T as Config>::WeightInfo;
        // More steps than a batch may hold are refused before any is taken.
        let steps = size.steps.min(u64::from(MAX_BATCH_STEPS)) as u32;
        W::<T>::process_batch_opens(size.opens)
            .saturating_add(W::<T>::process_batch_streams(size.groups).saturating_sub(W::<T>::process_batch_streams(0)))
            .saturating_add(W::<T>::process_batch_claims(size.claims).saturating_sub(W::<T>::process_batch_claims(0)))
            .saturating_add(W::<T>::process_batch_steps(steps).saturating_sub(W::<T>::process_batch_steps(0)))
            .saturating_add(W::<T>::process_batch_closes(size.closes).saturating_sub(W::<T>::process_batch_closes(0)))
    }
}
