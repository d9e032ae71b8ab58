//! Events of the pallet.

use frame_support::pallet_macros::pallet_section;

#[pallet_section]
mod events {
    /// Events of the pallet. They carry everything that an indexer needs, so that it never reads state.
    ///
    /// Amounts are in planck and ticks are seconds.
    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A viewer deposited money into the pot.
        Deposited {
            /// Viewer who deposited.
            viewer: AccountId,
            /// Amount deposited, in planck.
            amount: Balance,
            /// Viewer's free deposit afterwards, in planck.
            free: Balance,
        },
        /// A viewer withdrew money from the pot.
        Withdrawn {
            /// Viewer who withdrew.
            viewer: AccountId,
            /// Amount withdrawn, in planck.
            amount: Balance,
            /// Viewer's free deposit afterwards, in planck.
            free: Balance,
        },
        /// A viewer authorised a session key.
        KeyAdded {
            /// Viewer who authorised it.
            viewer: AccountId,
            /// Key that was added.
            session_key: AccountId,
            /// Limits of the key.
            limits: KeyLimits,
        },
        /// A viewer changed the limits of a session key. Its allowance starts anew.
        KeyUpdated {
            /// Viewer who changed them.
            viewer: AccountId,
            /// Key that was changed.
            session_key: AccountId,
            /// Limits of the key from now on.
            limits: KeyLimits,
        },
        /// A viewer removed a session key. It opens no more sessions.
        KeyRemoved {
            /// Viewer who removed it.
            viewer: AccountId,
            /// Key that was removed.
            session_key: AccountId,
        },
        /// An empty deposit and its session keys were removed.
        DepositReaped {
            /// Viewer whose deposit was removed.
            viewer: AccountId,
            /// Account that removed it and earned the bonds.
            by: AccountId,
            /// Sum of the storage bonds of the deposit and its session keys, in planck.
            bonds: Balance,
        },
        /// A stream was created.
        StreamCreated {
            /// Identifier of the new stream.
            stream: StreamId,
            /// Creator of the stream.
            creator: AccountId,
            /// Price of a tick, in planck.
            price_per_tick: Balance,
            /// Gateway's part, in parts per million.
            gateway_share: Permill,
        },
        /// A stream was changed.
        StreamUpdated {
            /// Stream that was changed.
            stream: StreamId,
            /// Stream as it is stored from now on, announcements included.
            value: Stream,
        },
        /// A stream went on or off air, or was suspended or resumed.
        StreamStatusChanged {
            /// Stream whose status changed.
            stream: StreamId,
            /// New status.
            status: StreamStatus,
        },
        /// A stream ended for good.
        StreamEnded {
            /// Stream that ended.
            stream: StreamId,
        },
        /// A stream's entry was removed and its deposit released.
        StreamRemoved {
            /// Stream that was removed.
            stream: StreamId,
            /// Creator to whom the deposit was released.
            creator: AccountId,
            /// Amount released, in planck.
            deposit: Balance,
        },
        /// A session was opened.
        SessionOpened {
            /// Identifier of the new session.
            session: SessionId,
            /// Viewer who pays.
            viewer: AccountId,
            /// Session key that signed the ticket, or the viewer if the wallet opened the session.
            session_key: AccountId,
            /// Stream that is watched.
            stream: StreamId,
            /// Gateway that serves the video.
            gateway: AccountId,
            /// Nonce of the ticket.
            nonce: u64,
            /// Price of a tick, in planck, for the whole session.
            price_per_tick: Balance,
            /// Maximum number of ticks that can be settled.
            max_ticks: u32,
            /// Time from which ticks are counted, in milliseconds since the Unix epoch.
            opened_at: Moment,
            /// Open fee that the viewer paid, in planck. It is paid out when the session is removed.
            fee: Balance,
        },
        /// Ticks of a session were settled.
        TicksSettled {
            /// Session whose ticks were settled.
            session: SessionId,
            /// Stream of the session.
            stream: StreamId,
            /// Number of ticks settled by this claim.
            ticks: u32,
            /// Number of ticks settled in the session so far.
            settled_ticks: u32,
            /// Gross amount paid for the ticks of this claim, in planck.
            paid: Balance,
        },
        /// The payments of one group of claims were shared out. The amounts add up to `paid`.
        IncomeShared {
            /// Stream of the group.
            stream: StreamId,
            /// Gateway of the group.
            gateway: AccountId,
            /// Number of ticks settled in the group.
            ticks: u64,
            /// Gross amount paid for these ticks, in planck.
            paid: Balance,
            /// Amount that the treasury earned, in planck.
            protocol: Balance,
            /// Amount that the gateway or the actual submitter earned as the submitter's part, in planck.
            submitter: Balance,
            /// Amount that the gateway earned as its share, in planck.
            gateway_part: Balance,
            /// Amount that all splits earned together, in planck.
            splits: Balance,
            /// Amount that the creator earned, in planck.
            creator: Balance,
        },
        /// A session started to close.
        SessionClosing {
            /// Session that is closing.
            session: SessionId,
            /// Viewer of the session.
            viewer: AccountId,
            /// Stream of the session.
            stream: StreamId,
            /// Block from which on any account can remove the session.
            until: BlockNumber,
        },
        /// A session was removed.
        SessionClosed {
            /// Session that was removed.
            session: SessionId,
            /// Viewer of the session.
            viewer: AccountId,
            /// Stream of the session.
            stream: StreamId,
            /// Gateway of the session.
            gateway: AccountId,
            /// Number of ticks settled in the session.
            settled_ticks: u32,
            /// Gross amount paid for these ticks, in planck.
            paid: Balance,
            /// Unspent reserve returned to the viewer's free deposit, in planck.
            refunded: Balance,
            /// Open fee paid out, in planck. The gateway earned it, apart from `reward`.
            fee: Balance,
            /// Part of `fee` that `remover` earned, in planck; zero unless the gateway had neglected the session.
            reward: Balance,
            /// Account that submitted the removal.
            remover: AccountId,
        },
        /// A row of a batch was refused. The other rows are not affected.
        RowFailed {
            /// Kind of the row.
            kind: RowKind,
            /// Position among the rows of its kind, counted from 0 over all groups.
            index: u32,
            /// Session that the row concerns.
            session: SessionId,
            /// Reason for the refusal.
            error: RowError,
        },
        /// All rows of a batch were processed.
        BatchProcessed {
            /// Account that submitted the batch.
            submitter: AccountId,
            /// Number of sessions opened.
            opened: u32,
            /// Number of claims settled.
            settled: u32,
            /// Number of close rows carried out.
            closed: u32,
            /// Number of rows refused.
            failed: u32,
            /// Number of ticks settled over all claims.
            ticks: u64,
            /// Gross amount paid for these ticks, in planck.
            paid: Balance,
        },
        /// A stream was tipped.
        Tipped {
            /// Stream that was tipped.
            stream: StreamId,
            /// Account that paid the tip.
            from: AccountId,
            /// Gross amount of the tip, in planck.
            amount: Balance,
            /// Message of the tipper, as sent.
            memo: BoundedVec<u8, MaxMemo>,
        },
        /// The earnings of an account were paid out to it.
        PaidOut {
            /// Account that was paid.
            account: AccountId,
            /// Amount paid, in planck.
            amount: Balance,
        },
        /// Earnings too small for an account that does not exist any more were moved to the treasury's earnings.
        EarningsSwept {
            /// Account that had earned them.
            account: AccountId,
            /// Amount moved, in planck.
            amount: Balance,
        },
        /// A gateway registered or changed its entry.
        GatewayUpdated {
            /// Account of the gateway.
            gateway: AccountId,
            /// Entry as it is stored from now on.
            value: Gateway,
        },
        /// A gateway deregistered and accepts no new sessions.
        GatewayLeaving {
            /// Account of the gateway.
            gateway: AccountId,
            /// Number of its sessions that are still open.
            open_sessions: u32,
        },
        /// A gateway's entry was removed and its bond added to its earnings.
        GatewayLeft {
            /// Account of the gateway.
            gateway: AccountId,
            /// Amount of the bond, in planck.
            bond: Balance,
        },
        /// The protocol fee was changed.
        ProtocolFeeSet {
            /// New fee, in parts per million of the gross.
            fee: Permill,
        },
    }
}
