//! Ticks charged during a broadcast.

use parking_lot::Mutex;

/// Ticks, and the amount paid for them.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Sold {
    pub ticks: u64,
    pub planck: u128,
}

/// Counts charged ticks.
#[derive(Default)]
pub struct SoldCounter(Mutex<Sold>);

impl SoldCounter {
    /// Adds ticks at a price.
    pub fn add(&self, ticks: u32, price_per_tick: u128) {
        let mut sold = self.0.lock();
        sold.ticks = sold.ticks.saturating_add(ticks.into());
        sold.planck = sold.planck.saturating_add(u128::from(ticks).saturating_mul(price_per_tick));
    }

    /// The count so far.
    pub fn read(&self) -> Sold {
        *self.0.lock()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_saturate() {
        let counter = SoldCounter::default();
        counter.add(2, 5);
        counter.add(3, 7);
        assert_eq!(counter.read(), Sold { ticks: 5, planck: 31 });
        counter.add(u32::MAX, u128::MAX);
        assert_eq!(counter.read().planck, u128::MAX);
    }
}
