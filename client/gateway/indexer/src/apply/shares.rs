//! Who got what of a payment, worked out again.
//!
//! The chain reports of a group's income what the splits got together, not each of them. The parts are floored row by
//! row, so they are worked out row by row here, with the pallet's arithmetic; when the sums come out as reported, so do
//! the single parts. When they do not, what the splits got is divided by their shares.

use sp_runtime::Permill;
use tick_stream_primitives::{AccountId, Balance, Splits, StreamId};

/// A settlement whose income is not shared out yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Settled {
    pub stream: StreamId,
    pub gateway: AccountId,
    pub gateway_share: Permill,
    pub paid: Balance,
}

/// The rates of one payment.
pub(super) struct Rates<'a> {
    pub protocol: Permill,
    pub submitter: Permill,
    pub gateway: Permill,
    pub splits: &'a Splits,
}

/// What became of payments.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Shares {
    pub protocol: Balance,
    pub submitter: Balance,
    pub gateway: Balance,
    /// In the order of the stream's splits.
    pub splits: Vec<Balance>,
    pub creator: Balance,
}

impl Shares {
    /// The pallet's rule: protocol and submitter of the whole, the gateway of what they leave, the splits of what the
    /// gateway leaves; each is floored, the creator gets the rest.
    pub fn of(gross: Balance, rates: &Rates<'_>) -> Self {
        let protocol = rates.protocol.mul_floor(gross);
        let submitter = rates.submitter.mul_floor(gross);
        let after_fees = gross.saturating_sub(protocol).saturating_sub(submitter);
        let gateway = rates.gateway.mul_floor(after_fees);
        let after_gateway = after_fees.saturating_sub(gateway);
        let splits: Vec<_> = rates.splits.iter().map(|(_, part)| part.mul_floor(after_gateway)).collect();
        let creator = splits.iter().fold(after_gateway, |left, part| left.saturating_sub(*part));
        Self { protocol, submitter, gateway, splits, creator }
    }

    pub fn add(mut self, more: Self) -> Self {
        self.protocol = self.protocol.saturating_add(more.protocol);
        self.submitter = self.submitter.saturating_add(more.submitter);
        self.gateway = self.gateway.saturating_add(more.gateway);
        self.creator = self.creator.saturating_add(more.creator);
        self.splits.resize(self.splits.len().max(more.splits.len()), 0);
        self.splits.iter_mut().zip(more.splits).for_each(|(sum, part)| *sum = sum.saturating_add(part));
        self
    }

    pub fn splits_sum(&self) -> Balance {
        self.splits.iter().fold(0, |sum, part| sum.saturating_add(*part))
    }
}

/// Divides `total` by the shares of `splits`; what flooring leaves goes to the first.
pub(super) fn divide(total: Balance, splits: &Splits) -> Vec<Balance> {
    let whole: Balance = splits.iter().map(|(_, part)| Balance::from(part.deconstruct())).sum();
    if whole == 0 {
        return Vec::new();
    }
    let part_of = |share: Balance| (total / whole) * share + (total % whole) * share / whole;
    let mut parts: Vec<_> = splits.iter().map(|(_, part)| part_of(part.deconstruct().into())).collect();
    let left = parts.iter().fold(total, |left, part| left.saturating_sub(*part));
    if let Some(first) = parts.first_mut() {
        *first = first.saturating_add(left);
    }
    parts
}

#[cfg(test)]
mod tests;
