#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod api;
mod batch;
mod claims;
mod gateways;
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

pub use pallet::*;
pub use types::{GatewayUpdate, StreamRequest, StreamUpdate};
pub use weights::WeightInfo;
pub use worker::{tick_key, SettlementExtrinsics};

/// The target of the pallet's log lines.
pub const LOG_TARGET: &str = "runtime::tick-stream";

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
        AccountId, Balance, Batch, BlockNumber, Claim, Delegation, Deposit, Gateway, Moment, Params, RowError, RowKind,
        Session, SessionId, Stream, StreamId, StreamStatus, TickHash, Ticket,
    };

    /// The layout of the storage below. Raise it together with a migration.
    pub(crate) const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    #[pallet::config]
    pub trait Config:
        frame_system::Config<AccountId = AccountId, RuntimeEvent: From<Event<Self>> + TryInto<Event<Self>>>
    {
        /// The token that viewers pay with.
        type Currency: Inspect<AccountId, Balance = Balance>
            + Mutate<AccountId>
            + MutateHold<AccountId, Reason = Self::RuntimeHoldReason>;
        /// Why a creator's money is held.
        type RuntimeHoldReason: From<HoldReason>;
        /// The chain's clock, in milliseconds.
        type Clock: Time<Moment = Moment>;
        /// May suspend and resume streams.
        type ModeratorOrigin: EnsureOrigin<Self::RuntimeOrigin>;
        /// May change the protocol's fee.
        type AdminOrigin: EnsureOrigin<Self::RuntimeOrigin>;
        /// How the off-chain worker's extrinsics are made and what they cost.
        type Settlement: SettlementExtrinsics<Self>;
        /// Weights of the calls.
        type WeightInfo: WeightInfo;

        /// Names the pot.
        #[pallet::constant]
        type PotId: Get<PalletId>;
        /// Earns the protocol's fee.
        #[pallet::constant]
        type Treasury: Get<AccountId>;
        /// The cheapest tick a stream may ask for.
        #[pallet::constant]
        type MinPrice: Get<Balance>;
        /// The smallest first deposit.
        #[pallet::constant]
        type MinDeposit: Get<Balance>;
        /// Held from the creator for each stream.
        #[pallet::constant]
        type StreamDeposit: Get<Balance>;
        /// Put up by each gateway.
        #[pallet::constant]
        type GatewayBond: Get<Balance>;
        /// Moved from the viewer to the submitter of a ticket: about the fee of one open, one claim and one close row.
        #[pallet::constant]
        type OpenFee: Get<Balance>;
        /// The protocol's part of the gross until [`Pallet::set_protocol_fee`] says otherwise.
        #[pallet::constant]
        type DefaultProtocolFee: Get<Permill>;
        /// The submitter's part of the gross.
        #[pallet::constant]
        type SubmitterShare: Get<Permill>;
        /// Ticks that may be claimed ahead of time.
        #[pallet::constant]
        type MaxPrepaidTicks: Get<u32>;
        /// Blocks a gateway has to claim once a session is closing.
        #[pallet::constant]
        type ClosePeriod: Get<BlockNumber>;
        /// Blocks without a claim after which anybody earns the submitter's part.
        #[pallet::constant]
        type GatewaySilence: Get<BlockNumber>;
        /// Blocks between the announcement of a rise and its effect.
        #[pallet::constant]
        type Notice: Get<BlockNumber>;
        /// Blocks that a ticket may be valid for.
        #[pallet::constant]
        type TicketLifetime: Get<BlockNumber>;
    }

    /// Why money is held.
    #[pallet::composite_enum]
    pub enum HoldReason {
        /// For the storage of a stream.
        StreamDeposit,
    }

    /// Streams by id.
    #[pallet::storage]
    pub type Streams<T: Config> = StorageMap<_, Twox64Concat, StreamId, Stream>;

    /// The id the next stream gets.
    #[pallet::storage]
    pub type NextStream<T: Config> = StorageValue<_, StreamId, ValueQuery>;

    /// Viewers' money in the pot.
    #[pallet::storage]
    pub type Deposits<T: Config> = StorageMap<_, Blake2_128Concat, AccountId, Deposit>;

    /// Open sessions. The id is a hash already.
    #[pallet::storage]
    pub type Sessions<T: Config> = StorageMap<_, Identity, SessionId, Session>;

    /// What may be paid out.
    #[pallet::storage]
    pub type Earnings<T: Config> = StorageMap<_, Blake2_128Concat, AccountId, Balance, ValueQuery>;

    /// Registered gateways.
    #[pallet::storage]
    pub type Gateways<T: Config> = StorageMap<_, Blake2_128Concat, AccountId, Gateway>;

    /// The protocol's part of the gross.
    #[pallet::storage]
    pub type ProtocolFee<T: Config> = StorageValue<_, Permill, ValueQuery, T::DefaultProtocolFee>;

    #[pallet::extra_constants]
    impl<T: Config> Pallet<T> {
        /// The pot's account.
        fn pot() -> AccountId {
            Self::pot_account()
        }
        /// Tickets in one batch.
        fn max_batch_opens() -> u32 {
            limits::MAX_BATCH_OPENS
        }
        /// Claim groups in one batch.
        fn max_batch_groups() -> u32 {
            limits::MAX_BATCH_GROUPS
        }
        /// Claims in one batch, over all its groups.
        fn max_batch_claims() -> u32 {
            limits::MAX_BATCH_CLAIMS
        }
        /// Hash steps in one batch.
        fn max_batch_steps() -> u32 {
            limits::MAX_BATCH_STEPS
        }
        /// Closes in one batch.
        fn max_batch_closes() -> u32 {
            limits::MAX_BATCH_CLOSES
        }
        /// Sessions one viewer may have open at once.
        fn max_sessions_per_viewer() -> u32 {
            limits::MAX_SESSIONS_PER_VIEWER
        }
        /// The protocol's fee can never be set above this.
        fn max_protocol_fee() -> Permill {
            types::MAX_PROTOCOL_FEE
        }
    }

    /// What happened. Enough for an indexer that never reads state.
    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A viewer put money into the pot.
        Deposited { viewer: AccountId, amount: Balance, free: Balance },
        /// A viewer took money out of the pot.
        Withdrawn { viewer: AccountId, amount: Balance, free: Balance },
        /// A viewer lent a key; an earlier one is void.
        Delegated { viewer: AccountId, delegation: Delegation, generation: u32 },
        /// A viewer took the key back.
        DelegationRevoked { viewer: AccountId, generation: u32 },
        /// An empty deposit was removed.
        DepositReaped { viewer: AccountId },
        /// A stream was created.
        StreamCreated { stream: StreamId, creator: AccountId, price_per_tick: Balance, gateway_share: Permill },
        /// A stream was changed. It reads as this from now on, announcements included.
        StreamUpdated { stream: StreamId, value: Stream },
        /// A stream went on or off air, or was suspended or resumed.
        StreamStatusChanged { stream: StreamId, status: StreamStatus },
        /// A stream is over for good.
        StreamEnded { stream: StreamId },
        /// A stream's entry is gone and its deposit is back with the creator.
        StreamRemoved { stream: StreamId, creator: AccountId, deposit: Balance },
        /// A session was opened.
        SessionOpened {
            session: SessionId,
            viewer: AccountId,
            stream: StreamId,
            gateway: AccountId,
            nonce: u64,
            price_per_tick: Balance,
            max_ticks: u32,
            opened_at: Moment,
            fee: Balance,
        },
        /// `ticks` more seconds of a session were settled for `paid`; `settled_ticks` are in all.
        TicksSettled { session: SessionId, stream: StreamId, ticks: u32, settled_ticks: u32, paid: Balance },
        /// What the settled ticks of one group were shared out as.
        IncomeShared {
            stream: StreamId,
            gateway: AccountId,
            ticks: u64,
            paid: Balance,
            protocol: Balance,
            submitter: Balance,
            gateway_part: Balance,
            splits: Balance,
            creator: Balance,
        },
        /// A session began to close; claims are taken until block `until`.
        SessionClosing { session: SessionId, viewer: AccountId, stream: StreamId, until: BlockNumber },
        /// A session is gone.
        SessionClosed {
            session: SessionId,
            viewer: AccountId,
            stream: StreamId,
            gateway: AccountId,
            settled_ticks: u32,
            paid: Balance,
            refunded: Balance,
        },
        /// A row of a batch was refused; the others are not touched by that.
        RowFailed { kind: RowKind, index: u32, session: SessionId, error: RowError },
        /// A batch was worked through.
        BatchProcessed {
            submitter: AccountId,
            opened: u32,
            settled: u32,
            closed: u32,
            failed: u32,
            ticks: u64,
            paid: Balance,
        },
        /// Somebody tipped a stream.
        Tipped { stream: StreamId, from: AccountId, amount: Balance, memo: BoundedVec<u8, MaxMemo> },
        /// An account's earnings were paid to it.
        PaidOut { account: AccountId, amount: Balance },
        /// A gateway registered or changed its entry.
        GatewayUpdated { gateway: AccountId, value: Gateway },
        /// A gateway takes no new sessions.
        GatewayLeaving { gateway: AccountId, open_sessions: u32 },
        /// A gateway is gone; its bond is among its earnings.
        GatewayLeft { gateway: AccountId, bond: Balance },
        /// The protocol's fee was changed.
        ProtocolFeeSet { fee: Permill },
    }

    /// Why a call failed, and what would mend it.
    #[pallet::error]
    #[derive(PartialEq, Eq)]
    pub enum Error<T> {
        /// The first deposit must be at least `MinDeposit`.
        DepositTooSmall,
        /// The viewer has no deposit; make one first.
        DepositUnknown,
        /// More than what is free; close sessions first or withdraw less.
        FundsTooLow,
        /// The deposit still holds money or sessions; only an empty one can be reaped.
        DepositInUse,
        /// Tickets the viewer signed may still be valid; wait until `TicketLifetime` blocks have passed without activity.
        DepositActive,
        /// The delegation ends in the past; choose a later block.
        DelegationExpired,
        /// There is no delegation to revoke.
        DelegationMissing,
        /// The price is below `MinPrice`.
        PriceTooLow,
        /// More free ticks than `MAX_PREVIEW_TICKS`.
        PreviewTooLong,
        /// The splits add up to more than the whole.
        SplitsAboveWhole,
        /// An account stands in the splits twice, or with nothing.
        SplitsInvalid,
        /// No such stream.
        StreamUnknown,
        /// Only the stream's creator may do this.
        NotCreator,
        /// The stream has ended or is suspended.
        StreamNotOpen,
        /// Only `Live` and `Offline` can be set; use `end_stream` to end it.
        StatusNotSettable,
        /// The stream is not suspended.
        StreamNotSuspended,
        /// The stream has ended; it cannot be suspended any more.
        StreamEnded,
        /// The stream has ended and sessions are still open; call again when they are closed.
        SessionsOpen,
        /// There is nothing to pay out.
        NothingEarned,
        /// The amount is zero.
        AmountZero,
        /// The account is a gateway already; use `update_gateway`.
        GatewayExists,
        /// No such gateway.
        GatewayUnknown,
        /// The gateway is leaving.
        GatewayInactive,
        /// The endpoint must be a URL that begins with `http://` or `https://`.
        EndpointInvalid,
        /// The fee is above the most that the protocol may take.
        ProtocolFeeTooHigh,
        /// The batch holds nothing.
        BatchEmpty,
        /// More claims or hash steps than a batch may hold; send it in parts.
        BatchTooLarge,
        /// The ticket belongs to another viewer than the signer.
        NotYourTicket,
        /// The session belongs to another viewer than the signer.
        NotYourSession,
        /// The ticket's gateway is not registered or takes no sessions.
        TicketGatewayInvalid,
        /// The ticket's last block has passed, or lies further ahead than `TicketLifetime`.
        TicketExpiryInvalid,
        /// The ticket's nonce was used, or lies too far from the last one; use the next one.
        NonceInvalid,
        /// The stream's price is above what the ticket or the delegation allows.
        PriceTooHigh,
        // No call fails with this one: it is for rows only, where the error is named by `RowError`. So are
        // `SignatureInvalid` and `RowMismatch`. They stay, as those behind them would get other numbers.
        /// The session key's total allowance does not cover the reserve; delegate a larger one.
        AllowanceTooLow,
        /// As many sessions are open as one viewer may have.
        TooManySessions,
        /// The ticket or claim covers no ticks.
        NoTicks,
        /// Price times ticks does not fit into a balance.
        Overflow,
        /// A session with this id is open already.
        SessionExists,
        /// No such session; it was never opened or is closed.
        SessionUnknown,
        // For rows only.
        /// The signature is not the named signer's over this message on this chain.
        SignatureInvalid,
        /// The claim starts above what is settled; send a lower claim of the session first.
        FromAhead,
        /// These ticks are settled already.
        AlreadySettled,
        /// The claim is above the session's maximum.
        AboveMaximum,
        /// More ticks are claimed than seconds have passed plus the prepaid window; wait and claim again.
        TooFast,
        /// The proof does not lead to the session's head in so many steps.
        ProofInvalid,
        // For rows only.
        /// The row's time or group is not the session's.
        RowMismatch,
    }

    #[pallet::genesis_config]
    #[derive(frame_support::DefaultNoBound)]
    pub struct GenesisConfig<T: Config> {
        /// Gateways that are there from the start: account, endpoint, operator. Their bonds come from their balances.
        pub gateways: alloc::vec::Vec<(AccountId, alloc::string::String, AccountId)>,
        /// Deposits that are there from the start: viewer, amount, and the session key lent (without limit in price,
        /// total and time). They come from the viewers' balances.
        pub deposits: alloc::vec::Vec<(AccountId, Balance, Option<AccountId>)>,
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
        /// One stream, announcements applied.
        pub fn stream(id: StreamId) -> Option<Stream> {
            Self::read_stream(id)
        }
        /// One session.
        pub fn session(id: SessionId) -> Option<Session> {
            Sessions::<T>::get(id)
        }
        /// One viewer's deposit.
        pub fn deposit_of(viewer: AccountId) -> Option<Deposit> {
            Deposits::<T>::get(viewer)
        }
        /// What an account may be paid out.
        pub fn earnings(account: AccountId) -> Balance {
            Earnings::<T>::get(account)
        }
        /// One gateway.
        pub fn gateway(account: AccountId) -> Option<Gateway> {
            Gateways::<T>::get(account)
        }
        /// The protocol's parameters.
        pub fn params() -> Params {
            Self::read_params()
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Puts `amount` into the pot, and lends a session key in the same breath if one is named.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::deposit())]
        pub fn deposit(
            origin: OriginFor<T>,
            #[pallet::compact] amount: Balance,
            delegation: Option<Delegation>,
        ) -> DispatchResult {
            Self::do_deposit(ensure_signed(origin)?, amount, delegation)
        }

        /// Takes `amount` of what is free out of the pot.
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::withdraw())]
        pub fn withdraw(origin: OriginFor<T>, #[pallet::compact] amount: Balance) -> DispatchResult {
            Self::do_withdraw(ensure_signed(origin)?, amount)
        }

        /// Lends a session key: it may open sessions within these limits, and nothing else. An earlier one is void.
        #[pallet::call_index(2)]
        #[pallet::weight(T::WeightInfo::delegate())]
        pub fn delegate(origin: OriginFor<T>, delegation: Delegation) -> DispatchResult {
            Self::do_delegate(ensure_signed(origin)?, delegation)
        }

        /// Takes the session key back. Sessions that it opened go on until they are closed.
        #[pallet::call_index(3)]
        #[pallet::weight(T::WeightInfo::revoke_delegation())]
        pub fn revoke_delegation(origin: OriginFor<T>) -> DispatchResult {
            Self::do_revoke_delegation(ensure_signed(origin)?)
        }

        /// Creates a stream and holds the stream deposit.
        #[pallet::call_index(4)]
        #[pallet::weight(T::WeightInfo::create_stream())]
        pub fn create_stream(origin: OriginFor<T>, request: StreamRequest) -> DispatchResult {
            Self::do_create_stream(ensure_signed(origin)?, request)
        }

        /// Changes what is named. A lower price holds at once; a higher one, and other splits, hold in `Notice` blocks.
        #[pallet::call_index(5)]
        #[pallet::weight(T::WeightInfo::update_stream())]
        pub fn update_stream(
            origin: OriginFor<T>,
            #[pallet::compact] stream: StreamId,
            update: StreamUpdate,
        ) -> DispatchResult {
            Self::do_update_stream(ensure_signed(origin)?, stream, update)
        }

        /// Says whether the stream is on air.
        #[pallet::call_index(6)]
        #[pallet::weight(T::WeightInfo::set_stream_status())]
        pub fn set_stream_status(
            origin: OriginFor<T>,
            #[pallet::compact] stream: StreamId,
            status: StreamStatus,
        ) -> DispatchResult {
            Self::do_set_stream_status(ensure_signed(origin)?, stream, status)
        }

        /// Ends the stream for good. Its entry goes, and the deposit comes back, once no session is open: at once, or
        /// when this is called again.
        #[pallet::call_index(7)]
        #[pallet::weight(T::WeightInfo::end_stream())]
        pub fn end_stream(origin: OriginFor<T>, #[pallet::compact] stream: StreamId) -> DispatchResult {
            Self::do_end_stream(ensure_signed(origin)?, stream)
        }

        /// Opens a session from the wallet: no session key is needed and no open fee is taken.
        #[pallet::call_index(8)]
        #[pallet::weight(T::WeightInfo::join_stream())]
        pub fn join_stream(origin: OriginFor<T>, ticket: Ticket) -> DispatchResult {
            Self::do_join_stream(ensure_signed(origin)?, &ticket)
        }

        /// Begins to close these sessions. Those that are closing or gone are passed over.
        #[pallet::call_index(9)]
        #[pallet::weight(T::WeightInfo::leave_stream(sessions.len() as u32))]
        pub fn leave_stream(
            origin: OriginFor<T>,
            sessions: BoundedVec<SessionId, MaxSessionsPerViewer>,
        ) -> DispatchResult {
            Self::do_leave_stream(ensure_signed(origin)?, &sessions)
        }

        /// Settles one claim. Anyone may: the money goes where the session says.
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

        /// Opens, settles and closes, row by row; a bad row is reported and touches no other.
        #[pallet::call_index(11)]
        #[pallet::weight(Pallet::<T>::batch_weight(&batch.size()))]
        pub fn process_batch(origin: OriginFor<T>, batch: Batch) -> DispatchResultWithPostInfo {
            Self::do_process_batch(ensure_signed(origin)?, &batch)
        }

        /// Pays what `account` has earned to `account`. Anyone may: a treasury cannot sign.
        #[pallet::call_index(12)]
        #[pallet::weight(T::WeightInfo::payout())]
        pub fn payout(origin: OriginFor<T>, account: AccountId) -> DispatchResult {
            ensure_signed(origin)?;
            Self::do_payout(account)
        }

        /// Tips a stream from the wallet: the protocol's fee, then the splits, then the creator.
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

        /// Registers the signer as a gateway and takes the bond.
        #[pallet::call_index(14)]
        #[pallet::weight(T::WeightInfo::register_gateway())]
        pub fn register_gateway(
            origin: OriginFor<T>,
            endpoint: BoundedVec<u8, limits::MaxEndpoint>,
            operator: AccountId,
        ) -> DispatchResult {
            Self::do_register_gateway(ensure_signed(origin)?, endpoint, operator)
        }

        /// Changes the gateway's endpoint or operator.
        #[pallet::call_index(15)]
        #[pallet::weight(T::WeightInfo::update_gateway())]
        pub fn update_gateway(origin: OriginFor<T>, update: GatewayUpdate) -> DispatchResult {
            Self::do_update_gateway(ensure_signed(origin)?, update)
        }

        /// Stops new sessions through the gateway. The bond comes back, as earnings, when the last session is closed.
        #[pallet::call_index(16)]
        #[pallet::weight(T::WeightInfo::deregister_gateway())]
        pub fn deregister_gateway(origin: OriginFor<T>) -> DispatchResult {
            Self::do_deregister_gateway(ensure_signed(origin)?)
        }

        /// Stops a stream: no new sessions. What was watched is still settled.
        #[pallet::call_index(17)]
        #[pallet::weight(T::WeightInfo::suspend_stream())]
        pub fn suspend_stream(origin: OriginFor<T>, #[pallet::compact] stream: StreamId) -> DispatchResult {
            T::ModeratorOrigin::ensure_origin(origin)?;
            Self::do_suspend_stream(stream)
        }

        /// Lets a suspended stream go on; it is off air until its creator says otherwise.
        #[pallet::call_index(18)]
        #[pallet::weight(T::WeightInfo::resume_stream())]
        pub fn resume_stream(origin: OriginFor<T>, #[pallet::compact] stream: StreamId) -> DispatchResult {
            T::ModeratorOrigin::ensure_origin(origin)?;
            Self::do_resume_stream(stream)
        }

        /// Sets the protocol's part of the gross: at most 5 %.
        #[pallet::call_index(19)]
        #[pallet::weight(T::WeightInfo::set_protocol_fee())]
        pub fn set_protocol_fee(origin: OriginFor<T>, fee: Permill) -> DispatchResult {
            T::AdminOrigin::ensure_origin(origin)?;
            Self::do_set_protocol_fee(fee)
        }

        /// Removes a viewer's entry that is empty and whose tickets have all expired.
        #[pallet::call_index(20)]
        #[pallet::weight(T::WeightInfo::reap_deposit())]
        pub fn reap_deposit(origin: OriginFor<T>, viewer: AccountId) -> DispatchResult {
            ensure_signed(origin)?;
            Self::do_reap_deposit(viewer)
        }
    }
}
