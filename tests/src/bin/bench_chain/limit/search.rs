//! Doubling, then halving: the order in which numbers of viewers are tried.

/// Search for the largest number for which something holds, if it holds for all smaller ones.
#[derive(Clone, Debug)]
pub struct Search {
    next: Option<u32>,
    most: u32,
    precision_percent: u32,
    /// Largest number for which it holds.
    holds: Option<u32>,
    /// Smallest number for which it does not.
    fails: Option<u32>,
}

impl Search {
    /// Creates a search that begins at `from`, tries at most `most`, and ends when the two numbers are within
    /// `precision_percent` of each other.
    pub fn new(from: u32, most: u32, precision_percent: u32) -> Self {
        Self { next: Some(from.clamp(1, most.max(1))), most: most.max(1), precision_percent, holds: None, fails: None }
    }

    /// Returns the number to try next, or `None` when the search is over.
    pub fn next(&self) -> Option<u32> {
        self.next
    }

    /// Returns the largest number for which it holds.
    pub fn settled(&self) -> Option<u32> {
        self.holds
    }

    /// Returns the smallest number for which it does not hold.
    pub fn unsettled(&self) -> Option<u32> {
        self.fails
    }

    /// Records whether it holds for the number that was tried.
    pub fn record(&mut self, holds: bool) {
        let Some(tried) = self.next.take() else { return };
        if holds {
            self.holds = self.holds.max(Some(tried));
        } else {
            self.fails = Some(self.fails.map_or(tried, |fails| fails.min(tried)));
        }
        self.next = match (self.holds, self.fails) {
            (Some(holds), None) => (holds < self.most).then(|| holds.saturating_mul(2).min(self.most)),
            (holds, Some(fails)) => {
                let low = holds.unwrap_or(0);
                let is_close = u64::from(fails - low) * 100 <= u64::from(low) * u64::from(self.precision_percent);
                let middle = low + (fails - low) / 2;
                (!is_close && middle > low).then_some(middle)
            }
            (None, None) => None,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs a search for `limit`. Returns it and the numbers that were tried.
    fn run(from: u32, most: u32, precision: u32, limit: u32) -> (Search, Vec<u32>) {
        let mut search = Search::new(from, most, precision);
        let mut tried = Vec::new();
        while let Some(number) = search.next() {
            tried.push(number);
            search.record(number <= limit);
        }
        (search, tried)
    }

    #[test]
    fn limit_is_bracketed_within_the_precision() {
        for limit in [1, 7, 99, 1_000, 123_456, 399_999] {
            let (search, tried) = run(100, 400_000, 5, limit);
            let (holds, fails) = (search.settled().unwrap(), search.unsettled().unwrap());
            assert!(holds <= limit && limit < fails, "{holds} {fails}");
            assert!(fails - holds <= 1 || (fails - holds) * 100 <= holds * 5, "{holds} {fails}");
            assert!(tried.len() <= 26, "{tried:?}");
        }
    }

    #[test]
    fn numbers_are_doubled_until_one_fails() {
        assert_eq!(run(50, 1_000, 50, 250).1, [50, 100, 200, 400, 300]);
    }

    #[test]
    fn limit_above_the_largest_number_is_not_reached() {
        let (search, tried) = run(50, 180, 5, 1_000);
        assert_eq!((search.settled(), search.unsettled(), tried), (Some(180), None, vec![50, 100, 180]));
    }

    #[test]
    fn limit_of_zero_ends_the_search() {
        let (search, tried) = run(8, 100, 5, 0);
        assert_eq!((search.settled(), search.unsettled(), tried), (None, Some(1), vec![8, 4, 2, 1]));
    }
}
