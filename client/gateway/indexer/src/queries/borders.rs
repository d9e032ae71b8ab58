//! Times between which amounts are summed.

use crate::error::QueryError;
use std::ops::Range;
use tick_stream_primitives::Moment;

/// Maximum number of buckets in an answer: a day of minutes, two months of hours, or four years of days.
pub const MAX_BUCKETS: u64 = 1_500;

/// Ascending times. Each two that follow one another enclose a bucket.
pub(super) struct Borders<'a>(&'a [Moment]);

impl<'a> Borders<'a> {
    /// Checks the times: they ascend, are multiples of `step_ms`, and enclose 1 to [`MAX_BUCKETS`] buckets.
    pub fn new(moments: &'a [Moment], step_ms: u64) -> Result<Self, QueryError> {
        let do_ascend = moments.windows(2).all(|two| two[0] < two[1]);
        let are_steps = moments.iter().all(|at| at % step_ms == 0 && i64::try_from(*at).is_ok());
        let is_some = (2..=MAX_BUCKETS as usize + 1).contains(&moments.len());
        (do_ascend && are_steps && is_some).then_some(Self(moments)).ok_or(QueryError::BadRange { max: MAX_BUCKETS })
    }

    pub fn moments(&self) -> &[Moment] {
        self.0
    }

    /// Returns the number of buckets.
    pub fn buckets(&self) -> usize {
        self.0.len().saturating_sub(1)
    }

    /// Returns the whole range.
    pub fn range(&self) -> Range<Moment> {
        self.0.first().copied().unwrap_or(0)..self.0.last().copied().unwrap_or(0)
    }

    /// Returns the number of the bucket that a time is in.
    pub fn bucket_of(&self, at: Moment) -> Option<usize> {
        let bucket = self.0.partition_point(|border| *border <= at).checked_sub(1)?;
        (bucket < self.buckets()).then_some(bucket)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_in_the_bucket_that_begins_before_them() {
        let borders = Borders::new(&[60, 120, 300], 60).unwrap();
        let found = [59, 60, 119, 120, 299, 300].map(|at| borders.bucket_of(at));
        assert_eq!(found, [None, Some(0), Some(0), Some(1), Some(1), None]);
        assert_eq!((borders.buckets(), borders.range()), (2, 60..300));
    }

    #[test]
    fn borders_that_do_not_ascend_or_are_no_steps_are_refused() {
        let long: Vec<u64> = (0..MAX_BUCKETS + 2).map(|at| at * 60).collect();
        assert!(Borders::new(&long[1..], 60).is_ok());
        for bad in [&[][..], &[60], &[60, 60], &[120, 60], &[60, 121], &[60, u64::MAX - u64::MAX % 60], &long] {
            assert!(Borders::new(bad, 60).is_err(), "{bad:?}");
        }
    }
}
