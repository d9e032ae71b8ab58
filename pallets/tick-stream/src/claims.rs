//! Settlement of claims, and distribution of what they pay.

use crate::{context::Context, Config, Error, Event, Pallet, Sessions, Streams, WeightInfo};
use alloc::vec::Vec;
use frame_support::{
    dispatch::{DispatchResultWithPostInfo, PostDispatchInfo},
    ensure,
    traits::Get,
};
use sp_runtime::{traits::Zero, Saturating};
use tick_stream_primitives::{
    rules, tick_chain::leads_to, AccountId, Balance, Claim, ClaimGroup, Rates, RowError, Session, Shares, Splits,
    Stream, StreamId,
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
    /// Number of splits that were paid, or `None` if the stream was not even read because no claim could be settled.
    pub paid_splits: Option<u32>,
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
        let ticks = Self::check_proof(&ctx, claim, &session, &mut steps).map_err(Error::<T>::from)?;
        Self::settle(claim, session, ticks, &mut sums).map_err(Error::<T>::from)?;
        sums.book::<T>();
        Ok(PostDispatchInfo::from(Some(T::WeightInfo::record_tick(steps))))
    }

    /// Settles the claims of a group one by one, then books their sums. The stream is read when the first claim is about
    /// to be settled, so a group whose claims are all refused costs one lookup per claim.
    pub(crate) fn settle_group(ctx: &Context, group: &ClaimGroup) -> GroupOutcome {
        let mut sums = None;
        let mut steps = 0;
        let rows = group
            .claims
            .iter()
            .map(|claim| {
                let session = Sessions::<T>::get(claim.session).ok_or(RowError::SessionUnknown)?;
                let is_in_group = session.stream == group.stream && session.gateway == group.gateway;
                ensure!(is_in_group, RowError::GroupMismatch);
                let ticks = Self::check_proof(ctx, claim, &session, &mut steps)?;
                if sums.is_none() {
                    let stream = Streams::<T>::get(group.stream).ok_or(RowError::StreamUnknown)?;
                    sums = Some(GroupSums::new(ctx, group.stream, group.gateway.clone(), stream));
                }
                let sums = sums.as_mut().ok_or(RowError::StreamUnknown)?;
                Self::settle(claim, session, ticks, sums)
            })
            .collect();
        let paid_splits = sums.as_ref().map(|sums| sums.splits.len() as u32);
        let (ticks, paid) = sums.map_or((0, 0), |sums| sums.book::<T>());
        GroupOutcome { rows, paid_splits, steps, ticks, paid }
    }

    /// Checks a claim and its proof, and adds the hash steps taken to `steps`. Returns the number of ticks that are not
    /// settled yet.
    fn check_proof(ctx: &Context, claim: &Claim, session: &Session, steps: &mut u32) -> Result<u32, RowError> {
        let ticks = rules::check_claim(claim, session, ctx.now, T::MaxPrepaidTicks::get())?;
        steps.saturating_accrue(ticks);
        ensure!(leads_to(&claim.session, &claim.proof, ticks, &session.head), RowError::ProofInvalid);
        Ok(ticks)
    }

    /// Settles `ticks` ticks of a claim that was checked, and adds its payment to `sums`.
    fn settle(claim: &Claim, mut session: Session, ticks: u32, sums: &mut GroupSums<'_>) -> Result<(), RowError> {
        let ctx = sums.ctx;
        let paid = session.price_per_tick.checked_mul(Balance::from(ticks)).ok_or(RowError::Overflow)?;
        let rates = Rates {
            protocol_fee: ctx.protocol_fee,
            submitter_share: T::SubmitterShare::get(),
            gateway_share: session.gateway_share,
            splits: &sums.splits,
        };
        let shares = Shares::of(paid, &rates);
        let is_for_submitter = rules::pays_submitter(&session, ctx.block, &ctx.periods);
        sums.add(ticks, paid, &shares, is_for_submitter);

        rules::settle(claim, &mut session, ctx.block);
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
}
