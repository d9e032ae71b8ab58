//! Benchmark of the pallet's call.

use super::pallet::{Call, Config, Pallet, PeriodDivisor};
use frame_benchmarking::v2::*;
use frame_system::RawOrigin;

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn set_period_divisor() {
        #[extrinsic_call]
        _(RawOrigin::Root, 2);
        assert_eq!(PeriodDivisor::<T>::get(), 2);
    }

    impl_benchmark_test_suite!(Pallet, sp_io::TestExternalities::default(), crate::Runtime);
}
