//! What facts about money do: incomes, tips, payouts, deposits.

use super::{
    anomaly::Anomaly,
    shares::{divide, Rates, Shares},
    working::Working,
};
use crate::{
    facts::Fact,
    metadata::text_of,
    rows::{
        earning::{EarningKey, Span, Sums},
        log::{PayoutRow, TipRow, When},
    },
};
use sp_runtime::Permill;
use std::collections::BTreeMap;
use tick_stream_primitives::{limits::MAX_MEMO, AccountId, Balance, StreamId};

/// An income of one group, as reported.
struct Income<'a> {
    stream: StreamId,
    gateway: &'a AccountId,
    ticks: u64,
    paid: Balance,
    protocol: Balance,
    submitter: Balance,
    gateway_part: Balance,
    splits: Balance,
    creator: Balance,
}

/// Adds to a sum that can hold every token there is.
fn add(sum: &mut Balance, more: Balance) {
    *sum = sum.saturating_add(more);
}

impl Working {
    pub(super) fn apply_deposit(&mut self, fact: &Fact) {
        match fact {
            Fact::Deposited { viewer, amount, free } => {
                let row = self.account(viewer);
                add(&mut row.deposited, *amount);
                row.free = Some(*free);
            }
            Fact::Withdrawn { viewer, amount, free } => {
                let row = self.account(viewer);
                add(&mut row.withdrawn, *amount);
                row.free = Some(*free);
            }
            Fact::DepositReaped { viewer } => self.account(viewer).free = Some(0),
            _ => {}
        }
    }

    pub(super) fn apply_money(&mut self, when: When, fact: &Fact) {
        match fact {
            Fact::IncomeShared { stream, gateway, ticks, paid, protocol, submitter, gateway_part, splits, creator } => {
                let income = Income {
                    stream: *stream,
                    gateway,
                    ticks: *ticks,
                    paid: *paid,
                    protocol: *protocol,
                    submitter: *submitter,
                    gateway_part: *gateway_part,
                    splits: *splits,
                    creator: *creator,
                };
                self.share_income(&income, when);
            }
            Fact::Tipped { stream, from, amount, memo } => self.share_tip(*stream, from, *amount, memo, when),
            Fact::PaidOut { account, amount } => {
                add(&mut self.account(account).paid_out, *amount);
                self.payouts.push(PayoutRow { when, account: account.clone(), amount: *amount });
            }
            _ => {}
        }
    }

    fn share_income(&mut self, income: &Income<'_>, when: When) {
        let totals = &mut self.chain.totals;
        totals.ticks = totals.ticks.saturating_add(income.ticks);
        add(&mut totals.paid.0, income.paid);
        add(&mut totals.protocol.0, income.protocol);
        add(&mut totals.submitters.0, income.submitter);
        add(&mut totals.gateways.0, income.gateway_part);
        add(&mut totals.splits.0, income.splits);
        add(&mut totals.creators.0, income.creator);
        let gateway = self.gateway(income.gateway, when);
        gateway.ticks = gateway.ticks.saturating_add(income.ticks);
        add(&mut gateway.paid, income.paid);
        add(&mut gateway.earned, income.gateway_part);

        let mut earned: BTreeMap<AccountId, Sums> = BTreeMap::new();
        add(&mut earned.entry(income.gateway.clone()).or_default().gateway, income.gateway_part);
        let parts = self.split_parts(income, when);
        if let Some(row) = self.stream(income.stream, when) {
            add(&mut earned.entry(row.value.creator.clone()).or_default().creator, income.creator);
            for ((account, _), part) in row.value.splits.iter().zip(parts) {
                add(&mut earned.entry(account.clone()).or_default().split, part);
            }
        }
        // An account with two rights to an income still saw its ticks once.
        earned.values_mut().for_each(|sums| sums.ticks = income.ticks);
        self.earn(income.stream, earned, when);
    }

    /// What each of the stream's splits got of an income.
    fn split_parts(&mut self, income: &Income<'_>, when: When) -> Vec<Balance> {
        let settled = std::mem::take(&mut self.settled);
        let (group, others): (Vec<_>, Vec<_>) =
            settled.into_iter().partition(|row| row.stream == income.stream && row.gateway == *income.gateway);
        self.settled = others;
        let (protocol, submitter) = (self.chain.protocol_fee, self.chain.submitter_share);
        let Some(row) = self.streams.get(&income.stream) else { return Vec::new() };
        let splits = &row.value.splits;
        let of_row = |paid, gateway| Shares::of(paid, &Rates { protocol, submitter, gateway, splits });
        let shares = group.iter().map(|row| of_row(row.paid, row.gateway_share)).fold(Shares::default(), Shares::add);
        let is_as_reported = shares.protocol == income.protocol
            && shares.submitter == income.submitter
            && shares.gateway == income.gateway_part
            && shares.creator == income.creator
            && shares.splits_sum() == income.splits;
        if is_as_reported || splits.is_empty() {
            return shares.splits;
        }
        let parts = divide(income.splits, splits);
        self.anomalies.push(Anomaly::SharesEstimated { block: when.block, stream: income.stream });
        parts
    }

    /// A tip's event carries only the whole: its shares follow the pallet's rule for tips.
    fn share_tip(&mut self, stream: StreamId, from: &AccountId, amount: Balance, memo: &[u8], when: When) {
        let memo = text_of(&String::from_utf8_lossy(memo), MAX_MEMO as usize, |_| false);
        self.tips.push(TipRow { when, stream, from: from.clone(), amount, memo });
        add(&mut self.account(from).tipped, amount);
        add(&mut self.chain.totals.tipped.0, amount);
        let protocol = self.chain.protocol_fee;
        let Some(row) = self.stream(stream, when) else { return };
        add(&mut row.tipped, amount);
        let rates = Rates { protocol, submitter: Permill::zero(), gateway: Permill::zero(), splits: &row.value.splits };
        let shares = Shares::of(amount, &rates);
        let mut earned: BTreeMap<AccountId, Sums> = BTreeMap::new();
        add(&mut earned.entry(row.value.creator.clone()).or_default().tips, shares.creator);
        for ((account, _), part) in row.value.splits.iter().zip(shares.splits) {
            add(&mut earned.entry(account.clone()).or_default().tips, part);
        }
        add(&mut self.chain.totals.protocol.0, shares.protocol);
        self.earn(stream, earned, when);
    }

    /// Adds to the sums of every span, for the stream and for all streams.
    fn earn(&mut self, stream: StreamId, earned: BTreeMap<AccountId, Sums>, when: When) {
        for (account, sums) in earned {
            for span in Span::ALL {
                for stream in [None, Some(stream)] {
                    let starts_at = span.start_of(when.time_ms);
                    let key = EarningKey { account: account.clone(), span, stream, starts_at };
                    self.earned.entry(key).or_default().add(&sums);
                }
            }
        }
    }
}
