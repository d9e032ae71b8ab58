//! Storage, calls and events.

pub use pallet::*;

/// Storage, calls and events of the set of validators.
#[allow(deprecated, reason = "the SDK's own reports of equivocations are unsigned in the same way")]
#[allow(clippy::let_unit_value, reason = "code that the macro for unsigned calls expands to")]
#[frame_support::pallet]
pub mod pallet {
    use crate::{
        validators::{
            equivocation::AuraEquivocation,
            limits::{KEPT_SESSIONS, MAX_UNBONDINGS, MAX_VALIDATORS, MIN_SESSION_PERIOD},
        },
        weights::validators::WeightInfo,
        AccountId, Balance, BlockNumber, Header, HOURS,
    };
    use alloc::boxed::Box;
    use frame_support::{
        pallet_prelude::*,
        traits::{OnUnbalanced, ReservableCurrency},
    };
    use frame_system::{
        offchain::{CreateBare, SubmitTransaction},
        pallet_prelude::*,
    };
    use sp_consensus_aura::{sr25519::AuthorityId as AuraId, Slot};
    use sp_consensus_grandpa::AuthorityId as GrandpaId;
    use sp_runtime::{
        traits::Zero,
        transaction_validity::{
            InvalidTransaction, TransactionPriority, TransactionSource, TransactionValidity, TransactionValidityError,
            ValidTransaction,
        },
        Perbill,
    };
    use sp_staking::SessionIndex;

    /// Negative imbalance of the currency in which bonds are held.
    pub type NegativeImbalanceOf<T> =
        <<T as Config>::Currency as frame_support::traits::Currency<AccountId>>::NegativeImbalance;

    /// Parameters of the pallet.
    #[pallet::config]
    pub trait Config:
        frame_system::Config<AccountId = AccountId>
        + pallet_aura::Config<AuthorityId = AuraId>
        + pallet_session::Config<ValidatorId = AccountId>
        + pallet_session::historical::Config<FullIdentification = ()>
        + pallet_grandpa::Config
        + pallet_collator_selection::Config
        + CreateBare<Call<Self>>
    {
        /// Currency in which bonds are reserved.
        type Currency: ReservableCurrency<AccountId, Balance = Balance>;
        /// Receiver of slashed bonds.
        type Slash: OnUnbalanced<NegativeImbalanceOf<Self>>;
        /// Weights of the calls.
        type WeightInfo: WeightInfo;
    }

    /// Validators whose presence is judged, and the block since which they are watched.
    #[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
    pub struct Watched {
        /// Block at which the watch began.
        pub since: BlockNumber,
        /// Validators that were in the set then.
        pub validators: BoundedVec<AccountId, ConstU32<MAX_VALIDATORS>>,
    }

    /// Validator of one session, with the keys that it had in it.
    #[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
    pub struct Author {
        /// Account of the validator.
        pub account: AccountId,
        /// Key that signed its blocks.
        pub aura: AuraId,
        /// Key that signed its finality votes.
        pub grandpa: GrandpaId,
    }

    /// Authors of one session, by which an equivocation is attributed to an account.
    #[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
    pub struct Authors {
        /// Slot of the block with which the session began.
        pub first_slot: Slot,
        /// Validators of the session.
        pub keys: BoundedVec<Author, ConstU32<MAX_VALIDATORS>>,
    }

    /// Amount that is released later.
    #[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
    pub struct Unbond {
        /// Amount in planck.
        pub amount: Balance,
        /// Session from which on it is released.
        pub until: SessionIndex,
    }

    /// Validator that has equivocated.
    #[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
    pub struct Offender {
        /// Account of the validator.
        pub who: AccountId,
        /// Session from which on it can become a validator again.
        pub until: SessionIndex,
        /// Part of its bonds that it has lost.
        pub fraction: Perbill,
        /// Bonds that it had at stake, in planck.
        pub bond: Balance,
    }

    /// Reason for which a validator was removed.
    #[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
    pub enum Reason {
        /// It wrote no block for a whole session.
        Absent,
        /// It signed two blocks for one slot, or two votes in one round.
        Equivocation,
    }

    /// The set of validators.
    #[pallet::pallet]
    pub struct Pallet<T>(_);

    /// Length of a session until it is set: an hour.
    #[pallet::type_value]
    pub fn DefaultSessionPeriod() -> BlockNumber {
        HOURS
    }

    /// Length of a session in blocks.
    #[pallet::storage]
    pub type SessionPeriod<T: Config> = StorageValue<_, BlockNumber, ValueQuery, DefaultSessionPeriod>;

    /// Validators whose presence is judged next.
    #[pallet::storage]
    pub type Watch<T: Config> = StorageValue<_, Watched>;

    /// Offenders that are in the set of a session that has begun or is queued, and the last such session.
    #[pallet::storage]
    pub type Expelled<T: Config> =
        StorageValue<_, BoundedVec<(AccountId, SessionIndex), ConstU32<MAX_VALIDATORS>>, ValueQuery>;

    /// Number of sessions to end at the next blocks, so that an offender leaves the set.
    #[pallet::storage]
    pub type EarlyEnds<T: Config> = StorageValue<_, u8, ValueQuery>;

    /// Authors of the present session and of the [`KEPT_SESSIONS`] before it.
    #[pallet::storage]
    pub type SessionAuthors<T: Config> = StorageMap<_, Twox64Concat, SessionIndex, Authors>;

    /// Last session in which an account was in the set, while equivocations of that session can be reported.
    #[pallet::storage]
    pub type LastSession<T: Config> = StorageMap<_, Twox64Concat, AccountId, SessionIndex>;

    /// Recent offenders, which are not punished again and cannot become validators again yet. Should more than
    /// [`MAX_VALIDATORS`] equivocate, the oldest is forgotten.
    #[pallet::storage]
    pub type Punished<T: Config> = StorageValue<_, BoundedVec<Offender, ConstU32<MAX_VALIDATORS>>, ValueQuery>;

    /// Bonds of former candidates that are not released yet.
    #[pallet::storage]
    pub type Unbonding<T: Config> =
        StorageMap<_, Twox64Concat, AccountId, BoundedVec<Unbond, ConstU32<MAX_UNBONDINGS>>, ValueQuery>;

    /// Events of the pallet.
    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A validator was removed from the lists of which the set is chosen.
        Removed {
            /// The validator.
            who: AccountId,
            /// Why it was removed.
            reason: Reason,
        },
        /// A part of an offender's bond went to the treasury.
        Slashed {
            /// The offender.
            who: AccountId,
            /// Amount in planck.
            amount: Balance,
        },
        /// A bond was released and can be taken with `release_bond` later.
        Unbonding {
            /// Owner of the bond.
            who: AccountId,
            /// Amount in planck.
            amount: Balance,
            /// First session in which it can be taken.
            until: SessionIndex,
        },
        /// A bond is the owner's again.
        BondReleased {
            /// Owner of the bond.
            who: AccountId,
            /// Amount in planck.
            amount: Balance,
        },
        /// The length of a session was changed.
        SessionPeriodSet {
            /// New length in blocks.
            period: BlockNumber,
        },
    }

    /// Reasons for which a call is refused.
    #[pallet::error]
    pub enum Error<T> {
        /// The two headers do not prove an equivocation: they are equal, or of different slots, or not signed by the key.
        InvalidEquivocationProof,
        /// The key was in no set of the recent sessions.
        UnknownOffender,
        /// The validator has been punished already for what it signed until it left the set.
        AlreadyReported,
        /// The account waits for no bond whose time has come. A bond is released 26 sessions after its owner has left.
        NothingToRelease,
        /// A session cannot be shorter than 20 blocks.
        SessionTooShort,
    }

    /// Genesis of the pallet.
    #[pallet::genesis_config]
    #[derive(frame_support::DefaultNoBound)]
    pub struct GenesisConfig<T: Config> {
        /// Length of a session in blocks. Zero stands for an hour.
        pub session_period: BlockNumber,
        /// Unused.
        #[serde(skip)]
        pub phantom: PhantomData<T>,
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            if !self.session_period.is_zero() {
                assert!(
                    self.session_period >= MIN_SESSION_PERIOD,
                    "a session has at least {MIN_SESSION_PERIOD} blocks"
                );
                SessionPeriod::<T>::put(self.session_period);
            }
        }
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        /// Accounts for the look at the end of the session that every block takes.
        fn on_initialize(_: BlockNumberFor<T>) -> Weight {
            <T as Config>::WeightInfo::end_of_session_check()
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::check_state().map_err(Into::into)
        }

        fn integrity_test() {
            let selected = T::MaxInvulnerables::get().saturating_add(T::MaxCandidates::get());
            assert!(selected <= MAX_VALIDATORS, "more validators can be selected than the set may have");
            let authors = <T as pallet_aura::Config>::MaxAuthorities::get();
            assert!(authors >= MAX_VALIDATORS, "Aura has to take the whole set");
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Reports two blocks that one validator signed for one slot. Anyone may report them. The first valid report
        /// about a validator is free.
        ///
        /// # Errors
        ///
        /// Fails if the headers prove no equivocation, their key was in no recent set, or its owner has been punished
        /// already.
        #[pallet::call_index(0)]
        #[pallet::weight(<T as Config>::WeightInfo::report_aura_equivocation(MAX_VALIDATORS))]
        pub fn report_aura_equivocation(
            origin: OriginFor<T>,
            proof: Box<AuraEquivocation<Header>>,
        ) -> DispatchResultWithPostInfo {
            ensure_signed(origin)?;
            Self::report(*proof)
        }

        /// Reports two blocks that one validator signed for one slot. Only the author of a block may include it.
        ///
        /// # Errors
        ///
        /// Fails as [`Pallet::report_aura_equivocation`] does.
        #[pallet::call_index(1)]
        #[pallet::weight(<T as Config>::WeightInfo::report_aura_equivocation(MAX_VALIDATORS))]
        pub fn report_aura_equivocation_unsigned(
            origin: OriginFor<T>,
            proof: Box<AuraEquivocation<Header>>,
        ) -> DispatchResultWithPostInfo {
            ensure_none(origin)?;
            Self::report(*proof)
        }

        /// Sets the length of a session in blocks. Requires root.
        ///
        /// # Errors
        ///
        /// Fails if the session would be shorter than [`MIN_SESSION_PERIOD`].
        #[pallet::call_index(2)]
        #[pallet::weight(<T as Config>::WeightInfo::set_session_period())]
        pub fn set_session_period(origin: OriginFor<T>, period: BlockNumber) -> DispatchResult {
            ensure_root(origin)?;
            ensure!(period >= MIN_SESSION_PERIOD, Error::<T>::SessionTooShort);
            SessionPeriod::<T>::put(period);
            Self::deposit_event(Event::SessionPeriodSet { period });
            Ok(())
        }

        /// Releases the bonds of an account whose time has come. Anyone may call it for any account.
        ///
        /// # Errors
        ///
        /// Fails if there is none.
        #[pallet::call_index(3)]
        #[pallet::weight(<T as Config>::WeightInfo::release_bond())]
        pub fn release_bond(origin: OriginFor<T>, who: AccountId) -> DispatchResult {
            ensure_signed(origin)?;
            let amount = Self::release(&who);
            ensure!(!amount.is_zero(), Error::<T>::NothingToRelease);
            Self::deposit_event(Event::BondReleased { who, amount });
            Ok(())
        }
    }

    #[pallet::validate_unsigned]
    impl<T: Config> ValidateUnsigned for Pallet<T> {
        type Call = Call<T>;

        fn validate_unsigned(source: TransactionSource, call: &Self::Call) -> TransactionValidity {
            let Call::report_aura_equivocation_unsigned { proof } = call else {
                return InvalidTransaction::Call.into();
            };
            // As for reports of GRANDPA: without a fee, only the node's own reports are accepted.
            if !matches!(source, TransactionSource::Local | TransactionSource::InBlock) {
                return InvalidTransaction::Call.into();
            }
            Self::check_report(proof)?;
            ValidTransaction::with_tag_prefix("AuraEquivocation")
                .priority(TransactionPriority::MAX)
                .and_provides(proof.offender.clone())
                .longevity(SessionPeriod::<T>::get().saturating_mul(KEPT_SESSIONS).into())
                .propagate(false)
                .build()
        }

        fn pre_dispatch(call: &Self::Call) -> Result<(), TransactionValidityError> {
            match call {
                Call::report_aura_equivocation_unsigned { proof } => Self::check_report(proof),
                _ => Err(InvalidTransaction::Call.into()),
            }
        }
    }

    #[cfg(any(test, feature = "try-runtime"))]
    impl<T: Config> Pallet<T> {
        /// Checks what holds after every block: each account has reserved at least what it waits for, sessions are long
        /// enough, and the pallets that know the set agree on its size.
        pub(crate) fn check_state() -> Result<(), &'static str> {
            for (who, list) in Unbonding::<T>::iter() {
                let sum = list.iter().fold(0, |sum: Balance, unbond| sum.saturating_add(unbond.amount));
                ensure!(
                    sum <= <T as Config>::Currency::reserved_balance(&who),
                    "an account waits for more than it has"
                );
            }
            ensure!(SessionPeriod::<T>::get() >= MIN_SESSION_PERIOD, "the sessions are too short");
            let validators = pallet_session::Pallet::<T>::validators().len();
            let authors = pallet_aura::Authorities::<T>::get().len();
            ensure!(validators == 0 || validators == authors, "Aura and the sessions have different sets");
            Ok(())
        }
    }

    impl<T: Config + CreateBare<Call<T>>> Pallet<T> {
        /// Submits a report to the pool of the node that runs this, outside a block.
        ///
        /// Returns `None` if the pool does not accept it.
        pub fn submit_report(proof: AuraEquivocation<Header>) -> Option<()> {
            let call = Call::report_aura_equivocation_unsigned { proof: Box::new(proof) };
            SubmitTransaction::<T, Call<T>>::submit_transaction(T::create_bare(call.into())).ok()
        }
    }
}
