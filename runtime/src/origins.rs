//! Origins that referenda act with, and the divisor of governance's periods.

pub use pallet::*;

/// Custom origins, and the storage of the divisor.
#[frame_support::pallet]
pub mod pallet {
    use crate::{weights::origins::WeightInfo, BlockNumber};
    use frame_support::pallet_prelude::*;
    use frame_system::pallet_prelude::*;

    /// Parameters of the pallet.
    #[pallet::config]
    pub trait Config: frame_system::Config {
        /// Weights of the calls.
        type WeightInfo: WeightInfo;
    }

    /// Origins of governance.
    #[pallet::pallet]
    pub struct Pallet<T>(_);

    /// Origin that a referendum acts with, besides root.
    #[pallet::origin]
    #[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
    pub enum Origin {
        /// Makes calls that the technical committee has whitelisted.
        WhitelistedCaller,
        /// Spends from the treasury and sets the protocol fee.
        Treasurer,
        /// Appoints and dismisses moderators.
        Moderation,
    }

    /// Divisor until it is set: one.
    #[pallet::type_value]
    pub fn DefaultPeriodDivisor() -> u32 {
        1
    }

    /// Number by which all periods of governance are divided. It is one, except on chains for development and tests,
    /// where a referendum should pass within minutes.
    #[pallet::storage]
    pub type PeriodDivisor<T> = StorageValue<_, u32, ValueQuery, DefaultPeriodDivisor>;

    /// Genesis of the pallet.
    #[pallet::genesis_config]
    #[derive(frame_support::DefaultNoBound)]
    pub struct GenesisConfig<T: Config> {
        /// Divisor of all periods. Zero stands for one.
        pub period_divisor: u32,
        /// Unused.
        #[serde(skip)]
        pub phantom: PhantomData<T>,
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            if self.period_divisor > 1 {
                PeriodDivisor::<T>::put(self.period_divisor);
            }
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Sets the divisor of all periods. Requires root. It applies at once, also to referenda that are going on.
        ///
        /// # Errors
        ///
        /// Fails if the divisor is zero.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::set_period_divisor())]
        pub fn set_period_divisor(origin: OriginFor<T>, divisor: u32) -> DispatchResult {
            ensure_root(origin)?;
            ensure!(divisor > 0, DispatchError::Other("a period cannot be divided by zero"));
            PeriodDivisor::<T>::put(divisor);
            Ok(())
        }
    }

    impl<T: Config> Pallet<T> {
        /// Returns a period as it is on this chain: divided, and at least one block.
        pub fn period(blocks: BlockNumber) -> BlockNumber {
            blocks.checked_div(PeriodDivisor::<T>::get()).unwrap_or(blocks).max(1)
        }
    }
}

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;

use crate::{Balance, BlockNumber};
use core::marker::PhantomData;
use frame_support::traits::{EnsureOrigin, Get};

/// Period of governance that lasts `BLOCKS` on a live chain.
pub struct Period<T, const BLOCKS: BlockNumber>(PhantomData<T>);

impl<T: Config, const BLOCKS: BlockNumber> Get<BlockNumber> for Period<T, BLOCKS> {
    fn get() -> BlockNumber {
        Pallet::<T>::period(BLOCKS)
    }
}

/// Defines a type that accepts one custom origin.
macro_rules! ensure_origin {
    ($(#[$doc:meta])* $name:ident = $origin:ident) => {
        $(#[$doc])*
        pub struct $name;

        impl<O: Into<Result<Origin, O>> + From<Origin>> EnsureOrigin<O> for $name {
            type Success = ();

            fn try_origin(origin: O) -> Result<(), O> {
                match origin.into()? {
                    Origin::$origin => Ok(()),
                    other => Err(other.into()),
                }
            }

            #[cfg(feature = "runtime-benchmarks")]
            fn try_successful_origin() -> Result<O, ()> {
                Ok(Origin::$origin.into())
            }
        }
    };
}

ensure_origin!(
    /// Accepts the origin of the track for whitelisted calls.
    EnsureWhitelistedCaller = WhitelistedCaller
);
ensure_origin!(
    /// Accepts the origin of the treasurer's track.
    EnsureTreasurer = Treasurer
);
ensure_origin!(
    /// Accepts the origin of the moderation track.
    EnsureModeration = Moderation
);

/// Accepts origins that `Ensure` accepts, and lets them spend any amount.
pub struct UnlimitedSpender<Ensure>(PhantomData<Ensure>);

impl<O, Ensure: EnsureOrigin<O>> EnsureOrigin<O> for UnlimitedSpender<Ensure> {
    type Success = Balance;

    fn try_origin(origin: O) -> Result<Balance, O> {
        Ensure::try_origin(origin).map(|_| Balance::MAX)
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn try_successful_origin() -> Result<O, ()> {
        Ensure::try_successful_origin()
    }
}
