//! Tables of money: their lines and sums.

use std::ops::Range;
use tick_stream_primitives::{AccountId, Balance, Moment, StreamId};

/// Sums of payments.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Sums {
    pub seconds: u64,
    pub paid: Balance,
    pub tips: Balance,
}

impl Sums {
    pub(super) fn add(&mut self, more: Self) {
        self.seconds = self.seconds.saturating_add(more.seconds);
        self.paid = self.paid.saturating_add(more.paid);
        self.tips = self.tips.saturating_add(more.tips);
    }
}

/// One line of a table of spending.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SpendingLine {
    pub range: Range<Moment>,
    /// The day or month; empty for creators.
    pub label: String,
    /// The creator, if the lines are creators.
    pub creator: Option<AccountId>,
    /// Streams that were paid, in the order of their numbers.
    pub streams: Vec<StreamId>,
    pub sums: Sums,
}

/// What a person has spent in a range of time.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SpendingTable {
    pub lines: Vec<SpendingLine>,
    pub total: Sums,
}

/// What a creator earned on a day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StatementLine {
    pub day: String,
    pub seconds: u64,
    /// Earned from seconds and open fees.
    pub earned: Balance,
    pub tips: Balance,
}

/// What a creator earned in a month.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct StatementTable {
    pub month: String,
    pub lines: Vec<StatementLine>,
    pub seconds: u64,
    pub earned: Balance,
    pub tips: Balance,
}
