//! A person's money as tables: what was spent by day, month and creator, what a creator earned in a month, and both as CSV.
//!
//! | module | contents |
//! | --- | --- |
//! | `fiat` | amounts in the currency that the operator has set |
//! | `lines` | lines and sums of tables |
//! | `tables` | tables as CSV |

mod fiat;
mod lines;
mod tables;

pub use fiat::FiatRate;
pub use lines::{SpendingLine, SpendingTable, StatementLine, StatementTable, Sums};
pub use tables::{name_of, spending_csv, statement_csv, TableError};

use crate::time_zone::{Unit, Zone, ZoneError};
use std::{
    collections::{BTreeMap, HashMap},
    ops::Range,
};
use tick_stream_primitives::{AccountId, Moment, StreamId};
use vilokanam_indexer::{EarningBucket, QueryError, SpendingSum, Store};

/// Maximum length of a range of spending: three years.
pub const MAX_RANGE_MS: u64 = 3 * 366 * 86_400_000;

/// Spending or a statement cannot be computed.
#[derive(Debug, thiserror::Error)]
pub enum MoneyError {
    /// The time zone, the month or the range is not valid.
    #[error(transparent)]
    Zone(#[from] ZoneError),
    /// The range is too long.
    #[error("The range is longer than three years; ask for a shorter one.")]
    TooLong,
    /// The index cannot answer.
    #[error(transparent)]
    Query(#[from] QueryError),
}

/// What the buckets are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Grouping {
    Day,
    Month,
    Creator,
}

/// Computes what a viewer has spent in the days that overlap `range`, or in its months.
///
/// # Errors
///
/// The range is not valid, or the index cannot answer.
pub async fn spending_of(
    index: &Store,
    viewer: &AccountId,
    (grouping, range): (Grouping, Range<Moment>),
    zone: &Zone,
) -> Result<SpendingTable, MoneyError> {
    if range.end.saturating_sub(range.start) > MAX_RANGE_MS {
        return Err(MoneyError::TooLong);
    }
    let unit = if grouping == Grouping::Month { Unit::Month } else { Unit::Day };
    let mut borders = zone.borders(unit, range)?;
    if grouping == Grouping::Creator {
        // One bucket of whole days.
        let last = borders.len() - 1;
        borders = vec![borders[0], borders[last]];
    }
    let sums = index.spending(viewer, &borders).await?;
    Ok(match grouping {
        Grouping::Creator => {
            let mut streams: Vec<StreamId> = sums.iter().map(|sum| sum.stream).collect();
            streams.dedup();
            let creators = index.creators_of(&streams).await?;
            by_creator(&sums, borders[0]..borders[1], &creators)
        }
        Grouping::Day | Grouping::Month => by_time(&sums, &borders, |at| zone.label(unit, at)),
    })
}

fn sums_of(sum: &SpendingSum) -> Sums {
    Sums { seconds: sum.ticks, paid: sum.paid, tips: sum.tips }
}

fn by_time(sums: &[SpendingSum], borders: &[Moment], label: impl Fn(Moment) -> String) -> SpendingTable {
    let mut lines: BTreeMap<usize, SpendingLine> = BTreeMap::new();
    let mut total = Sums::default();
    for sum in sums {
        let Some(&[starts_at, ends_at]) = borders.get(sum.bucket..sum.bucket + 2) else { continue };
        let line = lines.entry(sum.bucket).or_insert_with(|| SpendingLine {
            range: starts_at..ends_at,
            label: label(starts_at),
            creator: None,
            streams: Vec::new(),
            sums: Sums::default(),
        });
        line.streams.push(sum.stream);
        line.sums.add(sums_of(sum));
        total.add(sums_of(sum));
    }
    SpendingTable { lines: lines.into_values().collect(), total }
}

/// Those who received most come first. What was paid for streams that the index does not have is in the total only.
fn by_creator(sums: &[SpendingSum], range: Range<Moment>, creators: &HashMap<StreamId, AccountId>) -> SpendingTable {
    let mut lines: BTreeMap<&AccountId, SpendingLine> = BTreeMap::new();
    let mut total = Sums::default();
    for sum in sums {
        total.add(sums_of(sum));
        let Some(creator) = creators.get(&sum.stream) else { continue };
        let line = lines.entry(creator).or_insert_with(|| SpendingLine {
            range: range.clone(),
            label: String::new(),
            creator: Some(creator.clone()),
            streams: Vec::new(),
            sums: Sums::default(),
        });
        line.streams.push(sum.stream);
        line.sums.add(sums_of(sum));
    }
    let mut lines: Vec<SpendingLine> = lines.into_values().collect();
    let received = |line: &SpendingLine| line.sums.paid.saturating_add(line.sums.tips);
    lines.sort_by_key(|line| std::cmp::Reverse(received(line)));
    SpendingTable { lines, total }
}

/// Computes what an account earned on the days of a month.
///
/// # Errors
///
/// There is no such month, or the index cannot answer.
pub async fn statement_of(
    index: &Store,
    account: &AccountId,
    month: &str,
    zone: &Zone,
) -> Result<StatementTable, MoneyError> {
    let borders = zone.borders(Unit::Day, zone.month(month)?)?;
    let buckets = index.earnings_between(account, &borders).await?;
    let mut table = StatementTable { month: month.to_owned(), ..StatementTable::default() };
    for EarningBucket { starts_at, sums } in buckets {
        let earned = sums.without_tips().saturating_add(sums.from_fees);
        table.seconds = table.seconds.saturating_add(sums.ticks);
        table.earned = table.earned.saturating_add(earned);
        table.tips = table.tips.saturating_add(sums.from_tips);
        let day = zone.label(Unit::Day, starts_at);
        table.lines.push(StatementLine { day, seconds: sums.ticks, earned, tips: sums.from_tips });
    }
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tick_stream_primitives::Balance;

    fn sum(bucket: usize, stream: StreamId, paid: Balance) -> SpendingSum {
        SpendingSum { bucket, stream, ticks: 10, paid, tips: 1 }
    }

    #[test]
    fn streams_of_a_day_are_one_line() {
        let sums = [sum(0, 7, 5), sum(0, 8, 6), sum(2, 7, 9)];
        let table = by_time(&sums, &[100, 200, 300, 400], |at| at.to_string());
        let lines: Vec<_> = table.lines.iter().map(|line| (line.label.as_str(), line.sums.paid)).collect();
        assert_eq!(lines, [("100", 11), ("300", 9)]);
        assert_eq!((table.lines[0].streams.as_slice(), table.lines[0].range.clone()), (&[7, 8][..], 100..200));
        assert_eq!(table.total, Sums { seconds: 30, paid: 20, tips: 3 });
    }

    #[test]
    fn creators_are_in_the_order_of_what_they_received() {
        let (one, two) = (AccountId::new([1; 32]), AccountId::new([2; 32]));
        let creators = [(7, one.clone()), (8, two.clone()), (9, one.clone())].into();
        let table = by_creator(&[sum(0, 7, 5), sum(0, 8, 100), sum(0, 9, 6), sum(0, 55, 1)], 0..10, &creators);
        let lines: Vec<_> = table.lines.iter().map(|line| (line.creator.clone(), line.sums.paid)).collect();
        assert_eq!(lines, [(Some(two), 100), (Some(one), 11)]);
        assert_eq!(table.total.paid, 112, "with a stream that the index does not have");
    }
}
