//! Settlement of claims, and distribution of what they pay.

use crate::{context::Context, sessions::TICK_MS, Config, Error, Event, Pallet, Sessions, Streams, WeightInfo};
use alloc::vec::Vec;
use frame_support::{
    dispatch::{DispatchResultWithPostInfo, PostDispatchInfo},
    ensure,
    traits::Get,
};
use sp_runtime::{traits::Zero, Saturating};
use tick_stream_primitives::{
    tick_chain::leads_to, AccountId, Balance, Claim, ClaimGroup, Rates, RowError, Session, Shares, Splits, Stream,
    StreamId,
};

/// Sums over the claims of one group. Money moves once per group: a claim itself writes only its session.
pub(crate) struct GroupSums<'a> {
    ctx: &'a Context,
    stream_id: StreamId,
    gateway: AccountId,
    stream: Stream,
    splits: Splits,
    ticks: u64,
    paid: Balance,
    shares: Shares,
    /// Part of `shares.submitter` that the actual submitter earns. The rest is earned by the gateway.
    to_submitter: Balance,
}

impl<'a> GroupSums<'a> {
    fn new(ctx: &'a Context, stream_id: StreamId, gateway: AccountId, stream: Stream) -> Self {
        let splits = stream.splits_at(ctx.block).clone();
        Self { ctx, stream_id, gateway, stream, splits, ticks: 0, paid: 0, shares: Shares::default(), to_submitter: 0 }
    }

    fn add(&mut self, ticks: u32, paid: Balance, shares: &Shares, is_for_submitter: bool) {
        self.ticks.saturating_accrue(u64::from(ticks));
        self.paid.saturating_accrue(paid);
        self.shares.accrue(shares);
        if is_for_submitter {
            self.to_submitter.saturating_accrue(shares.submitter);
        }
    }

    /// Writes the sums: earnings once per account, totals once per stream. Returns the ticks and the planck paid.
    fn book<T: Config>(self) -> (u64, Balance) {
        if self.ticks.is_zero() {
            return (0, 0);
        }
        let shares = self.shares;
        let submitter_to_gateway = shares.submitter.saturating_sub(self.to_submitter);
        Pallet::<T>::earn(&T::Treasury::get(), shares.protocol);
        Pallet::<T>::earn(&self.gateway, shares.gateway.saturating_add(submitter_to_gateway));
        Pallet::<T>::earn(&self.ctx.submitter, self.to_submitter);
        self.splits.iter().zip(&shares.splits).for_each(|((account, _), part)| Pallet::<T>::earn(account, *part));
        Pallet::<T>::earn(&self.stream.creator, shares.creator);
        Streams::<T>::mutate_extant(self.stream_id, |stream| {
            stream.totals.ticks.saturating_accrue(self.ticks);
            stream.totals.paid.saturating_accrue(self.paid);
        });
        Pallet::<T>::deposit_event(Event::IncomeShared {
            stream: self.stream_id,
            gateway: self.gateway,
            ticks: self.ticks,
            paid: self.paid,
            protocol: shares.protocol,
            submitter: shares.submitter,
            gateway_part: shares.gateway,
            splits: shares.splits_sum(),
            creator: shares.creator,
        });
        (self.ticks, self.paid)
    }
}

/// Result of a group.
pub(crate) struct GroupOutcome {
    /// Result of each claim, in order.
    pub rows: Vec<Result<(), RowError>>,
    /// Number of hash steps taken.
    pub steps: u32,
    /// Number of ticks settled.
    pub ticks: u64,
    /// Gross amount paid for these ticks, in planck.
    pub paid: Balance,
}

impl<T: Config> Pallet<T> {
    pub(crate) fn do_record_tick(submitter: AccountId, claim: &Claim) -> DispatchResultWithPostInfo {
        let ctx = Context::read::<T>(submitter);
        let session = Sessions::<T>::get(claim.session).ok_or(Error::<T>::SessionUnknown)?;
        let stream = Streams::<T>::get(session.stream).ok_or(Error::<T>::StreamUnknown)?;
        let mut sums = GroupSums::new(&ctx, session.stream, session.gateway.clone(), stream);
        let mut steps = 0;
        Self::settle(claim, session, &mut sums, &mut steps).map_err(Error::<T>::from)?;
        sums.book::<T>();
        Ok(PostDispatchInfo::from(Some(T::WeightInfo::record_tick(steps))))
    }

    /// Settles the claims of a group one by one, then books their sums.
    pub(crate) fn settle_group(ctx: &Context, group: &ClaimGroup) -> GroupOutcome {
        let Some(stream) = Streams::<T>::get(group.stream) else {
            let rows = group.claims.iter().map(|_| Err(RowError::StreamUnknown)).collect();
            return GroupOutcome { rows, steps: 0, ticks: 0, paid: 0 };
        };
        let mut sums = GroupSums::new(ctx, group.stream, group.gateway.clone(), stream);
        let mut steps = 0;
        let rows = group
            .claims
            .iter()
            .map(|claim| {
                let session = Sessions::<T>::get(claim.session).ok_or(RowError::SessionUnknown)?;
                Self::settle(claim, session, &mut sums, &mut steps)
            })
            .collect();
        let (ticks, paid) = sums.book::<T>();
        GroupOutcome { rows, steps, ticks, paid }
    }

    /// Settles one claim and adds its payment to `sums`. All checks come before anything is written.
    fn settle(claim: &Claim, mut session: Session, sums: &mut GroupSums<'_>, steps: &mut u32) -> Result<(), RowError> {
        let ctx = sums.ctx;
        let is_in_group = session.stream == sums.stream_id && session.gateway == sums.gateway;
        ensure!(is_in_group, RowError::GroupMismatch);
        let ticks = Self::check_claim(ctx, claim, &session)?;
        steps.saturating_accrue(ticks);
        ensure!(leads_to(&claim.session, &claim.proof, ticks, &session.head), RowError::ProofInvalid);

        let paid = session.price_per_tick.checked_mul(Balance::from(ticks)).ok_or(RowError::Overflow)?;
        let rates = Rates {
            protocol_fee: ctx.protocol_fee,
            submitter_share: T::SubmitterShare::get(),
            gateway_share: session.gateway_share,
            splits: &sums.splits,
        };
        let shares = Shares::of(paid, &rates);
        let silent_blocks = ctx.block.saturating_sub(session.last_claim);
        let is_for_submitter = session.closing.is_some() || silent_blocks >= T::GatewaySilence::get();
        sums.add(ticks, paid, &shares, is_for_submitter);

        session.head = claim.proof;
        session.settled_ticks = claim.ticks;
        session.last_claim = ctx.block;
        Self::deposit_event(Event::TicksSettled {
            session: claim.session,
            stream: session.stream,
            ticks,
            settled_ticks: claim.ticks,
            paid,
        });
        Sessions::<T>::insert(claim.session, session);
        Ok(())
    }

    /// Makes all checks of a claim that need no hashing. Returns the number of ticks that are not settled yet.
    fn check_claim(ctx: &Context, claim: &Claim, session: &Session) -> Result<u32, RowError> {
        ensure!(claim.from < claim.ticks, RowError::ClaimEmpty);
        ensure!(claim.from <= session.settled_ticks, RowError::FromAhead);
        ensure!(claim.ticks > session.settled_ticks, RowError::AlreadySettled);
        ensure!(claim.ticks <= session.max_ticks, RowError::AboveMaximum);
        // Signed arithmetic, because a session opened before the viewer's paid time is over starts in the future.
        let until_ms = session.closing.map_or(ctx.now, |closing| closing.moment);
        let elapsed_ms = i128::from(until_ms) - i128::from(session.opened_at);
        let prepaid_ms = i128::from(T::MaxPrepaidTicks::get()) * i128::from(TICK_MS);
        let claimed_ms = i128::from(claim.ticks) * i128::from(TICK_MS);
        ensure!(claimed_ms <= elapsed_ms + prepaid_ms, RowError::TooFast);
        Ok(claim.ticks - session.settled_ticks)
    }
}
