//! Earnings of accounts from settled ticks, tips and open fees.
//!
//! The chain reports of a group's income what its splits received together, not what each of them received. Each claim is
//! shared out and rounded by itself, so single amounts are recomputed claim by claim with the pallet's own arithmetic.
//! If the sums come out as reported, so do the single amounts. If they do not, which happens only when the index has not
//! seen everything, what the splits received together is divided by their rates.

use super::{anomaly::Anomaly, place::Place, unit_of_work::UnitOfWork};
use crate::rows::earning::{EarningKey, EarningSums, TimeUnit};
use std::collections::BTreeMap;
use tick_stream_primitives::{AccountId, Balance, Rates, Shares, Splits, StreamId};

/// The income of one group of claims, as reported.
pub(super) struct Income<'a> {
    pub stream: StreamId,
    pub gateway: &'a AccountId,
    pub ticks: u64,
    pub protocol: Balance,
    pub submitter: Balance,
    pub gateway_part: Balance,
    pub splits: Balance,
    pub creator: Balance,
}

/// Adds to a sum, which can hold all the money there is.
fn add(sum: &mut Balance, more: Balance) {
    *sum = sum.saturating_add(more);
}

impl UnitOfWork {
    /// Credits the income of a group of claims to gateway, creator and splits.
    pub(super) fn share_income(&mut self, income: &Income<'_>, place: Place) {
        let mut earned: BTreeMap<AccountId, EarningSums> = BTreeMap::new();
        add(&mut earned.entry(income.gateway.clone()).or_default().as_gateway, income.gateway_part);
        let parts = self.split_parts(income, place);
        if let Some(row) = self.stream(income.stream, place) {
            add(&mut earned.entry(row.value.creator.clone()).or_default().as_creator, income.creator);
            for ((account, _), part) in row.value.splits.iter().zip(parts) {
                add(&mut earned.entry(account.clone()).or_default().as_split, part);
            }
        }
        // An account with several shares in an income still counts its ticks once.
        earned.values_mut().for_each(|sums| sums.ticks = income.ticks);
        self.earn(earned, place);
    }

    /// Returns what each of the stream's splits received of an income.
    fn split_parts(&mut self, income: &Income<'_>, place: Place) -> Vec<Balance> {
        let settled = std::mem::take(&mut self.settled);
        let (group, others): (Vec<_>, Vec<_>) =
            settled.into_iter().partition(|row| row.stream == income.stream && row.gateway == *income.gateway);
        self.settled = others;
        let (protocol_fee, submitter_share) = (self.chain.protocol_fee, self.chain.submitter_share);
        let Some(row) = self.streams.get(&income.stream) else { return Vec::new() };
        let splits = &row.value.splits;
        let mut shares = Shares::default();
        for claim in &group {
            let rates = Rates { protocol_fee, submitter_share, gateway_share: claim.gateway_share, splits };
            shares.accrue(&Shares::of(claim.paid, &rates));
        }
        let is_as_reported = shares.protocol == income.protocol
            && shares.submitter == income.submitter
            && shares.gateway == income.gateway_part
            && shares.creator == income.creator
            && shares.splits_sum() == income.splits;
        if is_as_reported || splits.is_empty() {
            return shares.splits;
        }
        let parts = divide(income.splits, splits);
        self.anomalies.push(Anomaly::SharesEstimated { block: place.block, stream: income.stream });
        parts
    }

    /// Credits a tip to creator and splits. The event reports only the whole, so its shares are computed here.
    pub(super) fn share_tip(&mut self, stream: StreamId, amount: Balance, place: Place) {
        let protocol_fee = self.chain.protocol_fee;
        let Some(row) = self.stream(stream, place) else { return };
        add(&mut row.totals.tipped, amount);
        let shares = Shares::of(amount, &Rates::of_tip(protocol_fee, &row.value.splits));
        let mut earned: BTreeMap<AccountId, EarningSums> = BTreeMap::new();
        add(&mut earned.entry(row.value.creator.clone()).or_default().from_tips, shares.creator);
        for ((account, _), part) in row.value.splits.iter().zip(shares.splits) {
            add(&mut earned.entry(account.clone()).or_default().from_tips, part);
        }
        self.earn(earned, place);
    }

    /// Credits the open fee of a session that was removed.
    pub(super) fn earn_fee(&mut self, account: &AccountId, fee: Balance, place: Place) {
        if fee > 0 {
            let sums = EarningSums { from_fees: fee, ..EarningSums::default() };
            self.earn(BTreeMap::from([(account.clone(), sums)]), place);
        }
    }

    /// Adds to the sums of the block's minute, hour and day, and of all time.
    fn earn(&mut self, earned: BTreeMap<AccountId, EarningSums>, place: Place) {
        for (account, sums) in earned {
            for unit in TimeUnit::ALL.map(Some).into_iter().chain([None]) {
                let key = EarningKey::at(account.clone(), unit, place.time);
                self.earned.entry(key).or_default().add(&sums);
            }
        }
    }
}

/// Divides `total` by the rates of `splits`. What rounding leaves goes to the first.
fn divide(total: Balance, splits: &Splits) -> Vec<Balance> {
    let whole: Balance = splits.iter().map(|(_, part)| Balance::from(part.deconstruct())).sum();
    if whole == 0 {
        return Vec::new();
    }
    let part_of = |share: Balance| (total / whole) * share + (total % whole) * share / whole;
    let mut parts: Vec<_> = splits.iter().map(|(_, part)| part_of(part.deconstruct().into())).collect();
    let left = parts.iter().fold(total, |left, part| left.saturating_sub(*part));
    if let Some(first) = parts.first_mut() {
        add(first, left);
    }
    parts
}

#[cfg(test)]
mod tests;
