#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs)]

extern crate alloc;

mod api;
mod batch;
mod claims;
mod config;
mod context;
mod errors;
mod events;
mod gateways;
mod keys;
pub mod migration;
mod money;
mod sessions;
mod streams;
mod try_state;
mod types;
mod viewers;
pub mod weights;
pub mod worker;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

use frame_support::pallet_macros::import_section;

pub use pallet::*;
pub use types::{GatewayUpdate, StreamRequest, StreamUpdate};
pub use weights::WeightInfo;
pub use worker::{tick_key, SettlementExtrinsics};

/// Target of the pallet's log lines.
pub const LOG_TARGET: &str = "runtime::tick-stream";

/// The FRAME pallet: configuration, storage, events, errors and calls.
#[import_section(config::config)]
#[import_section(events::events)]
#[import_section(errors::errors)]
#[frame_support::pallet]
pub mod pallet {
    use super::*;
    use frame_support::{
        pallet_prelude::*,
        traits::{
            fungible::{Inspect, Mutate, MutateHold},
            Time,
        },
        PalletId,
    };
    use frame_system::pallet_prelude::*;
    use sp_runtime::Permill;
    use tick_stream_primitives::{
        limits::{self, MaxMemo, MaxSessionsPerViewer},
        AccountId, Balance, Batch, BlockNumber, Claim, Deposit, Gateway, KeyLimits, Moment, Params, RowError, RowKind,
        Session, SessionId, SessionKey, Stream, StreamId, StreamStatus, TickHash, Ticket,
    };

    /// Version of the storage layout below. Raise it together with a migration.
    pub(crate) const STORAGE_VERSION: StorageVersion = StorageVersion::new(2);

    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    /// Reasons for which the pallet holds money.
    #[pallet::composite_enum]
    pub enum HoldReason {
        /// Deposit for the storage of a stream.
        StreamDeposit,
    }

    /// Streams by identifier.
    #[pallet::storage]
    pub type Streams<T: Config> = StorageMap<_, Twox64Concat, StreamId, Stream>;

    /// Identifier of the next stream.
    #[pallet::storage]
    pub type NextStream<T: Config> = StorageValue<_, StreamId, ValueQuery>;

    /// Deposits by viewer. Their money is in the pot.
    #[pallet::storage]
    pub type Deposits<T: Config> = StorageMap<_, Blake2_128Concat, AccountId, Deposit>;

    /// Session keys by viewer and key.
    #[pallet::storage]
    pub type Keys<T: Config> =
        StorageDoubleMap<_, Blake2_128Concat, AccountId, Blake2_128Concat, AccountId, SessionKey>;

    /// Open and closing sessions by identifier. The identifier is a hash, so it needs no hasher.
    #[pallet::storage]
    pub type Sessions<T: Config> = StorageMap<_, Identity, SessionId, Session>;

    /// Earnings by account that have not been paid out, in planck. Their money is in the pot.
    #[pallet::storage]
    pub type Earnings<T: Config> = StorageMap<_, Blake2_128Concat, AccountId, Balance, ValueQuery>;

    /// Registered gateways by account.
    #[pallet::storage]
    pub type Gateways<T: Config> = StorageMap<_, Blake2_128Concat, AccountId, Gateway>;

    /// Protocol's part of the gross, in parts per million.
    #[pallet::storage]
    pub type ProtocolFee<T: Config> = StorageValue<_, Permill, ValueQuery, T::DefaultProtocolFee>;

    #[pallet::extra_constants]
    impl<T: Config> Pallet<T> {
        /// Account of the pot.
        fn pot() -> AccountId {
            Self::pot_account()
        }
        /// Maximum number of tickets in one batch.
        fn max_batch_opens() -> u32 {
            limits::MAX_BATCH_OPENS
        }
        /// Maximum number of claim groups in one batch.
        fn max_batch_groups() -> u32 {
            limits::MAX_BATCH_GROUPS
        }
        /// Maximum number of claims in one batch, over all its groups.
        fn max_batch_claims() -> u32 {
            limits::MAX_BATCH_CLAIMS
        }
        /// Maximum number of hash steps in one batch.
        fn max_batch_steps() -> u32 {
            limits::MAX_BATCH_STEPS
        }
        /// Maximum number of close rows in one batch.
        fn max_batch_closes() -> u32 {
            limits::MAX_BATCH_CLOSES
        }
        /// Maximum number of sessions that one viewer may have open at the same time.
        fn max_sessions_per_viewer() -> u32 {
            limits::MAX_SESSIONS_PER_VIEWER
        }
        /// Maximum number of session keys of one deposit.
        fn max_keys() -> u32 {
            limits::MAX_KEYS
        }
        /// Maximum number of sessions that one session key may be allowed to have open at the same time.
        fn max_sessions_per_key() -> u32 {
            limits::MAX_SESSIONS_PER_KEY
        }
        /// Highest protocol fee that can be set, in parts per million of the gross.
        fn max_protocol_fee() -> Permill {
            types::MAX_PROTOCOL_FEE
        }
    }

    /// Gateways and deposits that exist from block 0.
    #[pallet::genesis_config]
    #[derive(frame_support::DefaultNoBound)]
    pub struct GenesisConfig<T: Config> {
        /// Gateways: account, endpoint URL and operator of each. Their bonds are taken from the gateways' balances.
        pub gateways: alloc::vec::Vec<(AccountId, alloc::string::String, AccountId)>,
        /// Deposits: viewer, amount in planck and session key of each. They are taken from the viewers' balances. The
        /// session keys have no limit in price, amount or time.
        pub deposits: alloc::vec::Vec<(AccountId, Balance, Option<AccountId>)>,
        /// Marker for the type parameter.
        #[serde(skip)]
        pub _config: core::marker::PhantomData<T>,
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            Pallet::<T>::endow_pot();
            self.gateways.iter().for_each(|(account, endpoint, operator)| {
                Pallet::<T>::genesis_gateway(account, endpoint, operator);
            });
            self.deposits.iter().for_each(|(viewer, amount, session_key)| {
                Pallet::<T>::genesis_deposit(viewer, *amount, session_key.as_ref());
            });
        }
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn integrity_test() {
            Self::check_constants();
        }

        fn offchain_worker(_: BlockNumberFor<T>) {
            Self::run_worker();
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }

    #[pallet::view_functions]
    impl<T: Config> Pallet<T> {
        /// Returns a stream with the announcements that have taken effect.
        pub fn stream(id: StreamId) -> Option<Stream> {
            Self::read_stream(id)
        }
        /// Returns an open or closing session.
        pub fn session(id: SessionId) -> Option<Session> {
            Sessions::<T>::get(id)
        }
        /// Returns the deposit of a viewer.
        pub fn deposit_of(viewer: AccountId) -> Option<Deposit> {
            Deposits::<T>::get(viewer)
        }
        /// Returns a session key of a viewer.
        pub fn key(viewer: AccountId, session_key: AccountId) -> Option<SessionKey> {
            Keys::<T>::get(viewer, session_key)
        }
        /// Returns all session keys of a viewer.
        pub fn keys(viewer: AccountId) -> alloc::vec::Vec<(AccountId, SessionKey)> {
            Self::read_keys(viewer)
        }
        /// Returns the amount that an account can be paid out, in planck.
        pub fn earnings(account: AccountId) -> Balance {
            Earnings::<T>::get(account)
        }
        /// Returns a registered gateway.
        pub fn gateway(account: AccountId) -> Option<Gateway> {
            Gateways::<T>::get(account)
        }
        /// Returns the parameters of the protocol.
        pub fn params() -> Params {
            Self::read_params()
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Deposits money into the pot, and optionally authorises a session key in the same call.
        ///
        /// - `amount`: planck to move from the signer's balance; the first deposit must be at least `MinDeposit`, and
        ///   `StorageBond` of it is kept until the deposit is removed.
        /// - `key`: session key to add, and its limits.
        ///
        /// Emits `KeyAdded` if a key is given, and `Deposited`.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::deposit())]
        pub fn deposit(
            origin: OriginFor<T>,
            #[pallet::compact] amount: Balance,
            key: Option<(AccountId, KeyLimits)>,
        ) -> DispatchResult {
            Self::do_deposit(ensure_signed(origin)?, amount, key)
        }

        /// Withdraws money from the signer's free deposit.
        ///
        /// - `amount`: planck to move to the signer's balance.
        ///
        /// Emits `Withdrawn`.
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::withdraw())]
        pub fn withdraw(origin: OriginFor<T>, #[pallet::compact] amount: Balance) -> DispatchResult {
            Self::do_withdraw(ensure_signed(origin)?, amount)
        }

        /// Authorises a session key to open and close sessions within limits, and to do nothing else. `StorageBond` is
        /// taken from the free deposit until the key is removed. A deposit has at most `MaxKeys` keys.
        ///
        /// - `session_key`: key of a device; not the signer's own account.
        /// - `limits`: label, highest price of a tick and allowance in planck, renewal of the allowance, number of
        ///   sessions at the same time, scope, and last valid block.
        ///
        /// Emits `KeyAdded`.
        #[pallet::call_index(2)]
        #[pallet::weight(T::WeightInfo::add_key())]
        pub fn add_key(origin: OriginFor<T>, session_key: AccountId, limits: KeyLimits) -> DispatchResult {
            Self::do_add_key(ensure_signed(origin)?, session_key, limits)
        }

        /// Removes a session key of the signer. It opens no more sessions; those that are open continue until they are
        /// closed.
        ///
        /// - `session_key`: key to remove.
        ///
        /// Emits `KeyRemoved`.
        #[pallet::call_index(3)]
        #[pallet::weight(T::WeightInfo::remove_key())]
        pub fn remove_key(origin: OriginFor<T>, session_key: AccountId) -> DispatchResult {
            Self::do_remove_key(ensure_signed(origin)?, session_key)
        }

        /// Creates a stream, with the status `Offline`, and holds `StreamDeposit` from the signer.
        ///
        /// - `request`: price of a tick in planck, free preview in ticks, gateway share and splits in parts per
        ///   million, and metadata.
        ///
        /// Emits `StreamCreated`.
        #[pallet::call_index(4)]
        #[pallet::weight(T::WeightInfo::create_stream())]
        pub fn create_stream(origin: OriginFor<T>, request: StreamRequest) -> DispatchResult {
            Self::do_create_stream(ensure_signed(origin)?, request)
        }

        /// Changes a stream of the signer. A higher price and other splits take effect after `Notice` blocks,
        /// everything else at once. Open sessions keep their price and gateway share.
        ///
        /// - `stream`: stream to change.
        /// - `update`: new values; fields that are `None` stay as they are.
        ///
        /// Emits `StreamUpdated`.
        #[pallet::call_index(5)]
        #[pallet::weight(T::WeightInfo::update_stream())]
        pub fn update_stream(
            origin: OriginFor<T>,
            #[pallet::compact] stream: StreamId,
            update: StreamUpdate,
        ) -> DispatchResult {
            Self::do_update_stream(ensure_signed(origin)?, stream, update)
        }

        /// Sets whether a stream of the signer is on air.
        ///
        /// - `stream`: stream to change.
        /// - `status`: `Live` or `Offline`.
        ///
        /// Emits `StreamStatusChanged`.
        #[pallet::call_index(6)]
        #[pallet::weight(T::WeightInfo::set_stream_status())]
        pub fn set_stream_status(
            origin: OriginFor<T>,
            #[pallet::compact] stream: StreamId,
            status: StreamStatus,
        ) -> DispatchResult {
            Self::do_set_stream_status(ensure_signed(origin)?, stream, status)
        }

        /// Ends a stream of the signer for good. If no session is open, the entry is removed and the deposit released.
        /// Otherwise call again when all sessions are closed.
        ///
        /// - `stream`: stream to end.
        ///
        /// Emits `StreamEnded` the first time and `StreamRemoved` on removal.
        #[pallet::call_index(7)]
        #[pallet::weight(T::WeightInfo::end_stream())]
        pub fn end_stream(origin: OriginFor<T>, #[pallet::compact] stream: StreamId) -> DispatchResult {
            Self::do_end_stream(ensure_signed(origin)?, stream)
        }

        /// Opens a session from the wallet. It needs no session key.
        ///
        /// - `ticket`: ticket with the signer as viewer and as session key; a signature on it is not needed.
        ///
        /// Emits `SessionOpened`.
        #[pallet::call_index(8)]
        #[pallet::weight(T::WeightInfo::join_stream())]
        pub fn join_stream(origin: OriginFor<T>, ticket: Ticket) -> DispatchResult {
            Self::do_join_stream(ensure_signed(origin)?, &ticket)
        }

        /// Starts to close sessions of the signer. Sessions that are already closing or removed are skipped.
        ///
        /// - `sessions`: identifiers of the sessions.
        ///
        /// Emits `SessionClosing` for each session that starts to close.
        #[pallet::call_index(9)]
        #[pallet::weight(T::WeightInfo::leave_stream(sessions.len() as u32))]
        pub fn leave_stream(
            origin: OriginFor<T>,
            sessions: BoundedVec<SessionId, MaxSessionsPerViewer>,
        ) -> DispatchResult {
            Self::do_leave_stream(ensure_signed(origin)?, &sessions)
        }

        /// Settles one claim. Any account may call it; the session decides who is paid.
        ///
        /// - `session`: session to settle.
        /// - `from`: ticks that are already settled, or fewer. The weight is charged for `ticks - from` hash steps, and
        ///   what is not used is refunded.
        /// - `ticks`: highest tick that the viewer has revealed, counted from the start of the session.
        /// - `proof`: element `w[ticks]` of the session's tick chain.
        ///
        /// Emits `TicksSettled` and `IncomeShared`.
        #[pallet::call_index(10)]
        #[pallet::weight(T::WeightInfo::record_tick(ticks.saturating_sub(*from)))]
        pub fn record_tick(
            origin: OriginFor<T>,
            session: SessionId,
            #[pallet::compact] from: u32,
            #[pallet::compact] ticks: u32,
            proof: TickHash,
        ) -> DispatchResultWithPostInfo {
            Self::do_record_tick(ensure_signed(origin)?, &Claim { session, from, ticks, proof })
        }

        /// Opens, settles and closes sessions, row by row. A refused row is reported by `RowFailed` and does
        /// not affect the others. Any account may submit a batch.
        ///
        /// - `batch`: tickets to open, then groups of claims, then close rows.
        ///
        /// Emits the events of each row, and `BatchProcessed`.
        #[pallet::call_index(11)]
        #[pallet::weight(Pallet::<T>::batch_weight(&batch.size()))]
        pub fn process_batch(origin: OriginFor<T>, batch: Batch) -> DispatchResultWithPostInfo {
            Self::do_process_batch(ensure_signed(origin)?, &batch)
        }

        /// Pays the earnings of an account to that account. Any account may call it, because the treasury cannot sign.
        ///
        /// - `account`: account to pay.
        ///
        /// Emits `PaidOut`.
        #[pallet::call_index(12)]
        #[pallet::weight(T::WeightInfo::payout())]
        pub fn payout(origin: OriginFor<T>, account: AccountId) -> DispatchResult {
            ensure_signed(origin)?;
            Self::do_payout(account)
        }

        /// Tips a stream from the signer's balance. The tip is shared out among the protocol, the splits and the
        /// creator.
        ///
        /// - `stream`: stream to tip.
        /// - `amount`: gross amount in planck.
        /// - `memo`: message to the creator, which is part of the event.
        ///
        /// Emits `Tipped`.
        #[pallet::call_index(13)]
        #[pallet::weight(T::WeightInfo::tip())]
        pub fn tip(
            origin: OriginFor<T>,
            #[pallet::compact] stream: StreamId,
            #[pallet::compact] amount: Balance,
            memo: BoundedVec<u8, MaxMemo>,
        ) -> DispatchResult {
            Self::do_tip(ensure_signed(origin)?, stream, amount, memo)
        }

        /// Registers the signer as a gateway and moves `GatewayBond` from its balance to the pot.
        ///
        /// - `endpoint`: URL at which viewers reach the gateway.
        /// - `operator`: account of the gateway's off-chain worker.
        ///
        /// Emits `GatewayUpdated`.
        #[pallet::call_index(14)]
        #[pallet::weight(T::WeightInfo::register_gateway())]
        pub fn register_gateway(
            origin: OriginFor<T>,
            endpoint: BoundedVec<u8, limits::MaxEndpoint>,
            operator: AccountId,
        ) -> DispatchResult {
            Self::do_register_gateway(ensure_signed(origin)?, endpoint, operator)
        }

        /// Changes the endpoint or the operator of the signer's gateway.
        ///
        /// - `update`: new values; fields that are `None` stay as they are.
        ///
        /// Emits `GatewayUpdated`.
        #[pallet::call_index(15)]
        #[pallet::weight(T::WeightInfo::update_gateway())]
        pub fn update_gateway(origin: OriginFor<T>, update: GatewayUpdate) -> DispatchResult {
            Self::do_update_gateway(ensure_signed(origin)?, update)
        }

        /// Stops new sessions through the signer's gateway. When the last session is closed, the gateway is removed and
        /// the bond becomes earnings of its account.
        ///
        /// Emits `GatewayLeaving`, and `GatewayLeft` if no session is open.
        #[pallet::call_index(16)]
        #[pallet::weight(T::WeightInfo::deregister_gateway())]
        pub fn deregister_gateway(origin: OriginFor<T>) -> DispatchResult {
            Self::do_deregister_gateway(ensure_signed(origin)?)
        }

        /// Suspends a stream, so that no new sessions can be opened. Claims are still settled. Requires
        /// `ModeratorOrigin`.
        ///
        /// - `stream`: stream to suspend.
        ///
        /// Emits `StreamStatusChanged`.
        #[pallet::call_index(17)]
        #[pallet::weight(T::WeightInfo::suspend_stream())]
        pub fn suspend_stream(origin: OriginFor<T>, #[pallet::compact] stream: StreamId) -> DispatchResult {
            T::ModeratorOrigin::ensure_origin(origin)?;
            Self::do_suspend_stream(stream)
        }

        /// Resumes a suspended stream with the status `Offline`. Requires `ModeratorOrigin`.
        ///
        /// - `stream`: stream to resume.
        ///
        /// Emits `StreamStatusChanged`.
        #[pallet::call_index(18)]
        #[pallet::weight(T::WeightInfo::resume_stream())]
        pub fn resume_stream(origin: OriginFor<T>, #[pallet::compact] stream: StreamId) -> DispatchResult {
            T::ModeratorOrigin::ensure_origin(origin)?;
            Self::do_resume_stream(stream)
        }

        /// Sets the protocol fee. Requires `AdminOrigin`.
        ///
        /// - `fee`: part of the gross in parts per million, at most 5 %.
        ///
        /// Emits `ProtocolFeeSet`.
        #[pallet::call_index(19)]
        #[pallet::weight(T::WeightInfo::set_protocol_fee())]
        pub fn set_protocol_fee(origin: OriginFor<T>, fee: Permill) -> DispatchResult {
            T::AdminOrigin::ensure_origin(origin)?;
            Self::do_set_protocol_fee(fee)
        }

        /// Removes a deposit that is empty and whose tickets have all expired, with its session keys. Any account may
        /// call it and earns their storage bonds.
        ///
        /// - `viewer`: viewer whose deposit is removed.
        ///
        /// Emits `DepositReaped`.
        #[pallet::call_index(20)]
        #[pallet::weight(T::WeightInfo::reap_deposit())]
        pub fn reap_deposit(origin: OriginFor<T>, viewer: AccountId) -> DispatchResult {
            Self::do_reap_deposit(ensure_signed(origin)?, viewer)
        }

        /// Replaces the limits of a session key of the signer. Its allowance starts anew; open sessions are not
        /// affected.
        ///
        /// - `session_key`: key to change.
        /// - `limits`: all limits, as in `add_key`.
        ///
        /// Emits `KeyUpdated`.
        #[pallet::call_index(21)]
        #[pallet::weight(T::WeightInfo::update_key())]
        pub fn update_key(origin: OriginFor<T>, session_key: AccountId, limits: KeyLimits) -> DispatchResult {
            Self::do_update_key(ensure_signed(origin)?, session_key, limits)
        }

        /// Removes all session keys of the signer, as after the loss of a device.
        ///
        /// Emits `KeyRemoved` for each key.
        #[pallet::call_index(22)]
        #[pallet::weight(T::WeightInfo::remove_all_keys())]
        pub fn remove_all_keys(origin: OriginFor<T>) -> DispatchResult {
            Self::do_remove_all_keys(ensure_signed(origin)?)
        }

        /// Moves the earnings of an account that does not exist any more, and which are below the existential deposit,
        /// to the treasury's earnings. Any account may call it.
        ///
        /// - `account`: account whose earnings are moved.
        ///
        /// Emits `EarningsSwept`.
        #[pallet::call_index(23)]
        #[pallet::weight(T::WeightInfo::sweep_earnings())]
        pub fn sweep_earnings(origin: OriginFor<T>, account: AccountId) -> DispatchResult {
            ensure_signed(origin)?;
            Self::do_sweep_earnings(account)
        }
    }
}
