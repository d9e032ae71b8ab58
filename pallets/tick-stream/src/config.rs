//! Configuration of the pallet.

use frame_support::pallet_macros::pallet_section;

#[pallet_section]
mod config {
    /// Configuration of the pallet.
    ///
    /// Accounts, balances, block numbers and moments are fixed types, because ids and signatures cover their bytes.
    #[pallet::config]
    pub trait Config:
        frame_system::Config<AccountId = AccountId, RuntimeEvent: From<Event<Self>> + TryInto<Event<Self>>>
    {
        /// Currency that viewers pay in.
        type Currency: Inspect<AccountId, Balance = Balance>
            + Mutate<AccountId>
            + MutateHold<AccountId, Reason = Self::RuntimeHoldReason>;
        /// Reason for which a creator's money is held.
        type RuntimeHoldReason: From<HoldReason>;
        /// Clock of the chain, in milliseconds since the Unix epoch.
        type Clock: Time<Moment = Moment>;
        /// Origin that may suspend and resume streams.
        type ModeratorOrigin: EnsureOrigin<Self::RuntimeOrigin>;
        /// Origin that may change the protocol fee.
        type AdminOrigin: EnsureOrigin<Self::RuntimeOrigin>;
        /// Construction and fees of the off-chain worker's extrinsics.
        type Settlement: SettlementExtrinsics<Call<Self>>;
        /// Weights of the calls.
        type WeightInfo: WeightInfo;

        /// Identifier from which the pot's account is derived.
        #[pallet::constant]
        type PotId: Get<PalletId>;
        /// Account that earns the protocol fee.
        #[pallet::constant]
        type Treasury: Get<AccountId>;
        /// Lowest price of a tick that a stream may ask, in planck.
        #[pallet::constant]
        type MinPrice: Get<Balance>;
        /// Smallest first deposit, in planck.
        #[pallet::constant]
        type MinDeposit: Get<Balance>;
        /// Deposit held from the creator for each stream, in planck.
        #[pallet::constant]
        type StreamDeposit: Get<Balance>;
        /// Bond of each gateway, in planck.
        #[pallet::constant]
        type GatewayBond: Get<Balance>;
        /// Fee that the viewer pays for each session, in planck: the weight fee of one open row, one claim with a group
        /// of its own, and one close row. The gateway earns it when the session is removed.
        #[pallet::constant]
        type OpenFee: Get<Balance>;
        /// Part of the open fee that another account earns by removing a session which its gateway has neglected, in
        /// planck: the weight fee of two close rows, each in an extrinsic of its own. What is left of the open fee covers
        /// the gateway's open row and claim.
        #[pallet::constant]
        type RemovalReward: Get<Balance>;
        /// Amount kept for the storage of each deposit and each session key until it is removed, in planck. It is above
        /// the fee of removing an abandoned deposit.
        #[pallet::constant]
        type StorageBond: Get<Balance>;
        /// Protocol's part of the gross, in parts per million, until `set_protocol_fee` changes it.
        #[pallet::constant]
        type DefaultProtocolFee: Get<Permill>;
        /// Submitter's part of the gross, in parts per million.
        #[pallet::constant]
        type SubmitterShare: Get<Permill>;
        /// Number of ticks that may be claimed ahead of time.
        #[pallet::constant]
        type MaxPrepaidTicks: Get<u32>;
        /// Number of blocks in which a closing session still accepts claims.
        #[pallet::constant]
        type ClosePeriod: Get<BlockNumber>;
        /// Number of blocks without a claim after which the actual submitter earns the submitter's part.
        #[pallet::constant]
        type GatewaySilence: Get<BlockNumber>;
        /// Number of blocks between the announcement of a higher price or of other splits and its effect.
        #[pallet::constant]
        type Notice: Get<BlockNumber>;
        /// Maximum number of blocks for which a ticket may be valid.
        #[pallet::constant]
        type TicketLifetime: Get<BlockNumber>;
    }
}
