//! Calls: a name, and arguments in SCALE.

use codec::{Compact, Encode};
use sp_runtime::{MultiAddress, Permill};
use subxt::ext::{
    scale_encode::{self, EncodeAsFields, FieldIter},
    scale_type_resolver::TypeResolver,
};
use tick_stream_primitives::{
    AccountId, Balance, Batch, Delegation, SessionId, Splits, StreamId, StreamStatus, Ticket,
};

const TICK_STREAM: &str = "TickStream";

/// A call, ready to be signed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Call {
    pallet: &'static str,
    name: &'static str,
    args: EncodedArgs,
}

/// Arguments that are encoded already.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EncodedArgs(Vec<u8>);

impl EncodeAsFields for EncodedArgs {
    fn encode_as_fields_to<R: TypeResolver>(
        &self,
        _: &mut dyn FieldIter<'_, R::TypeId>,
        _: &R,
        out: &mut Vec<u8>,
    ) -> Result<(), scale_encode::Error> {
        out.extend_from_slice(&self.0);
        Ok(())
    }
}

impl subxt::tx::Payload for Call {
    type CallData = EncodedArgs;

    fn pallet_name(&self) -> &str {
        self.pallet
    }

    fn call_name(&self) -> &str {
        self.name
    }

    fn call_data(&self) -> &EncodedArgs {
        &self.args
    }
}

/// What a creator says of a new stream: the pallet's `StreamRequest`.
#[derive(Clone, PartialEq, Eq, Debug, Encode)]
#[cfg_attr(test, derive(scale_info::TypeInfo))]
pub struct NewStream {
    /// Planck a tick.
    pub price_per_tick: Balance,
    /// Ticks that a viewer may see for nothing.
    pub preview_ticks: u32,
    /// The gateway's part of what protocol and submitter leave.
    pub gateway_share: Permill,
    /// Parts of what the gateway leaves.
    pub splits: Splits,
    /// A JSON object in UTF-8.
    pub metadata: Vec<u8>,
}

/// What of a stream is to change; what is not named stays: the pallet's `StreamUpdate`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode)]
#[cfg_attr(test, derive(scale_info::TypeInfo))]
pub struct StreamUpdate {
    /// Planck a tick.
    pub price_per_tick: Option<Balance>,
    /// Ticks that a viewer may see for nothing.
    pub preview_ticks: Option<u32>,
    /// The gateway's part, for sessions opened from now on.
    pub gateway_share: Option<Permill>,
    /// Parts of what the gateway leaves.
    pub splits: Option<Splits>,
    /// The metadata.
    pub metadata: Option<Vec<u8>>,
}

/// What of a gateway is to change; what is not named stays: the pallet's `GatewayUpdate`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode)]
#[cfg_attr(test, derive(scale_info::TypeInfo))]
pub struct GatewayUpdate {
    /// Where viewers find it: a URL.
    pub endpoint: Option<Vec<u8>>,
    /// The account of its off-chain worker.
    pub operator: Option<AccountId>,
}

impl Call {
    fn new(pallet: &'static str, name: &'static str, args: impl Encode) -> Self {
        Self { pallet, name, args: EncodedArgs(args.encode()) }
    }

    /// The pallet whose call it is.
    pub fn pallet(&self) -> &'static str {
        self.pallet
    }

    /// The call's arguments, encoded.
    pub fn args(&self) -> &[u8] {
        &self.args.0
    }

    /// The call's name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Puts money into the pot, and lends a session key if one is named.
    pub fn deposit(amount: Balance, delegation: Option<&Delegation>) -> Self {
        Self::new(TICK_STREAM, "deposit", (Compact(amount), delegation))
    }

    /// Takes money out of the pot.
    pub fn withdraw(amount: Balance) -> Self {
        Self::new(TICK_STREAM, "withdraw", Compact(amount))
    }

    /// Lends a session key.
    pub fn delegate(delegation: &Delegation) -> Self {
        Self::new(TICK_STREAM, "delegate", delegation)
    }

    /// Takes the session key back.
    pub fn revoke_delegation() -> Self {
        Self::new(TICK_STREAM, "revoke_delegation", ())
    }

    /// Creates a stream.
    pub fn create_stream(stream: &NewStream) -> Self {
        Self::new(TICK_STREAM, "create_stream", stream)
    }

    /// Changes a stream; a higher price and other splits are announced.
    pub fn update_stream(stream: StreamId, update: &StreamUpdate) -> Self {
        Self::new(TICK_STREAM, "update_stream", (Compact(stream), update))
    }

    /// Says whether a stream is on air.
    pub fn set_stream_status(stream: StreamId, status: StreamStatus) -> Self {
        Self::new(TICK_STREAM, "set_stream_status", (Compact(stream), status))
    }

    /// Ends a stream for good.
    pub fn end_stream(stream: StreamId) -> Self {
        Self::new(TICK_STREAM, "end_stream", Compact(stream))
    }

    /// Opens a session from the wallet.
    pub fn join_stream(ticket: &Ticket) -> Self {
        Self::new(TICK_STREAM, "join_stream", ticket)
    }

    /// Begins to close these sessions.
    pub fn leave_stream(sessions: &[SessionId]) -> Self {
        Self::new(TICK_STREAM, "leave_stream", sessions)
    }

    /// Opens, settles and closes.
    pub fn process_batch(batch: &Batch) -> Self {
        Self::new(TICK_STREAM, "process_batch", batch)
    }

    /// Pays an account's earnings to it.
    pub fn payout(account: &AccountId) -> Self {
        Self::new(TICK_STREAM, "payout", account)
    }

    /// Tips a stream.
    pub fn tip(stream: StreamId, amount: Balance, memo: &[u8]) -> Self {
        Self::new(TICK_STREAM, "tip", (Compact(stream), Compact(amount), memo))
    }

    /// Registers the signer as a gateway.
    pub fn register_gateway(endpoint: &str, operator: &AccountId) -> Self {
        Self::new(TICK_STREAM, "register_gateway", (endpoint.as_bytes(), operator))
    }

    /// Changes the signer's entry as a gateway.
    pub fn update_gateway(update: &GatewayUpdate) -> Self {
        Self::new(TICK_STREAM, "update_gateway", update)
    }

    /// Ends the signer's being a gateway, once its sessions are closed.
    pub fn deregister_gateway() -> Self {
        Self::new(TICK_STREAM, "deregister_gateway", ())
    }

    /// Moves money from the signer to an account; the signer's stays alive.
    pub fn transfer_keep_alive(to: &AccountId, amount: Balance) -> Self {
        let to = MultiAddress::<&AccountId, ()>::Id(to);
        Self::new("Balances", "transfer_keep_alive", (to, Compact(amount)))
    }
}
