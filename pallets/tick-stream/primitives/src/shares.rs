//! How a payment is shared out: one arithmetic for the chain that pays and the indexer that reports.
//!
//! ```text
//! gross ─┬─ protocol fee ─────── floor(gross x protocol_fee)
//!        ├─ submitter's share ── floor(gross x submitter_share)
//!        └─ rest ─┬─ gateway's share ── floor(rest x gateway_share)
//!                 └─ income ─┬─ each split ─ floor(income x its rate)
//!                            └─ creator ──── the remainder
//! ```
//!
//! Every part is rounded down to a whole planck, so the remainder, and with it every rounding gain, is the creator's.
//! The parts add up to the gross as long as the rates do not exceed the whole: protocol fee and submitter's share
//! together, and the splits together. The pallet ensures both.
//!
//! A claim is shared out by itself, and a group of claims adds up the results. Sharing out the sum of several claims
//! instead would round fewer times and give different amounts.

use crate::ids::Balance;
use crate::state::Splits;
use alloc::vec::Vec;
use sp_runtime::Permill;

/// The rates by which one payment is shared out, in parts per million.
#[derive(Clone, Copy, Debug)]
pub struct Rates<'a> {
    /// Protocol's part of the gross.
    pub protocol_fee: Permill,
    /// Submitter's part of the gross.
    pub submitter_share: Permill,
    /// Gateway's part of what the protocol and the submitter leave.
    pub gateway_share: Permill,
    /// Parts of what the gateway leaves.
    pub splits: &'a Splits,
}

impl<'a> Rates<'a> {
    /// Rates of a tip: it comes straight from a wallet, so it pays neither a submitter nor a gateway.
    pub fn of_tip(protocol_fee: Permill, splits: &'a Splits) -> Self {
        Self { protocol_fee, submitter_share: Permill::zero(), gateway_share: Permill::zero(), splits }
    }
}

/// The parts of one payment, or of several added up, in planck.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Shares {
    /// Protocol's fee.
    pub protocol: Balance,
    /// Submitter's share.
    pub submitter: Balance,
    /// Gateway's share.
    pub gateway: Balance,
    /// One amount for each of the stream's splits, in their order.
    pub splits: Vec<Balance>,
    /// What is left for the creator.
    pub creator: Balance,
}

impl Shares {
    /// Shares out a payment of `gross` planck. See the [module documentation](self) for the rule.
    pub fn of(gross: Balance, rates: &Rates<'_>) -> Self {
        let protocol = rates.protocol_fee.mul_floor(gross);
        let submitter = rates.submitter_share.mul_floor(gross);
        let after_fees = gross.saturating_sub(protocol).saturating_sub(submitter);
        let gateway = rates.gateway_share.mul_floor(after_fees);
        let income = after_fees.saturating_sub(gateway);
        let splits: Vec<_> = rates.splits.iter().map(|(_, rate)| rate.mul_floor(income)).collect();
        let creator = splits.iter().fold(income, |left, part| left.saturating_sub(*part));
        Self { protocol, submitter, gateway, splits, creator }
    }

    /// Adds the shares of another payment, part by part and without overflow. Splits are matched by position; the list
    /// grows to the longer of the two.
    pub fn accrue(&mut self, more: &Self) {
        let add = |sum: &mut Balance, part: Balance| *sum = sum.saturating_add(part);
        add(&mut self.protocol, more.protocol);
        add(&mut self.submitter, more.submitter);
        add(&mut self.gateway, more.gateway);
        add(&mut self.creator, more.creator);
        if self.splits.len() < more.splits.len() {
            self.splits.resize(more.splits.len(), 0);
        }
        self.splits.iter_mut().zip(&more.splits).for_each(|(sum, part)| add(sum, *part));
    }

    /// What all splits get together.
    pub fn splits_sum(&self) -> Balance {
        self.splits.iter().fold(0, |sum, part| sum.saturating_add(*part))
    }
}
