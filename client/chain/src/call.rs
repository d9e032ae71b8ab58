//! Calls of the chain: a name, and arguments in SCALE.

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

/// Call that can be signed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Call {
    pallet: &'static str,
    name: &'static str,
    args: EncodedArgs,
}

/// Arguments of a call, encoded one after the other.
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

/// Settings of a new stream: the pallet's `StreamRequest`.
#[derive(Clone, PartialEq, Eq, Debug, Encode)]
#[cfg_attr(test, derive(scale_info::TypeInfo))]
pub struct NewStream {
    /// Price of a tick, in planck.
    pub price_per_tick: Balance,
    /// Number of ticks (seconds) that a viewer may watch for free.
    pub preview_ticks: u32,
    /// Gateway's part, in parts per million, of what the protocol and the submitter leave.
    pub gateway_share: Permill,
    /// Parts of what the gateway leaves, in parts per million.
    pub splits: Splits,
    /// JSON object in UTF-8.
    pub metadata: Vec<u8>,
}

/// Changes of a stream: the pallet's `StreamUpdate`. Fields that are `None` stay as they are.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode)]
#[cfg_attr(test, derive(scale_info::TypeInfo))]
pub struct StreamUpdate {
    /// Price of a tick, in planck.
    pub price_per_tick: Option<Balance>,
    /// Number of ticks (seconds) that a viewer may watch for free.
    pub preview_ticks: Option<u32>,
    /// Gateway's part, in parts per million, for sessions opened from now on.
    pub gateway_share: Option<Permill>,
    /// Parts of what the gateway leaves, in parts per million.
    pub splits: Option<Splits>,
    /// JSON object in UTF-8.
    pub metadata: Option<Vec<u8>>,
}

/// Changes of a gateway: the pallet's `GatewayUpdate`. Fields that are `None` stay as they are.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode)]
#[cfg_attr(test, derive(scale_info::TypeInfo))]
pub struct GatewayUpdate {
    /// URL at which viewers reach the gateway.
    pub endpoint: Option<Vec<u8>>,
    /// Account of the gateway's off-chain worker.
    pub operator: Option<AccountId>,
}

impl Call {
    fn new(pallet: &'static str, name: &'static str, args: impl Encode) -> Self {
        Self { pallet, name, args: EncodedArgs(args.encode()) }
    }

    /// Name of the pallet.
    pub fn pallet(&self) -> &'static str {
        self.pallet
    }

    /// Encoded arguments.
    pub fn args(&self) -> &[u8] {
        &self.args.0
    }

    /// Name of the call.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Moves `amount` planck into the signer's deposit, and authorises a session key if a delegation is given.
    pub fn deposit(amount: Balance, delegation: Option<&Delegation>) -> Self {
        Self::new(TICK_STREAM, "deposit", (Compact(amount), delegation))
    }

    /// Moves `amount` planck from the signer's deposit to its balance.
    pub fn withdraw(amount: Balance) -> Self {
        Self::new(TICK_STREAM, "withdraw", Compact(amount))
    }

    /// Authorises a session key to spend from the signer's deposit.
    pub fn delegate(delegation: &Delegation) -> Self {
        Self::new(TICK_STREAM, "delegate", delegation)
    }

    /// Revokes the authorisation of the session key.
    pub fn revoke_delegation() -> Self {
        Self::new(TICK_STREAM, "revoke_delegation", ())
    }

    /// Creates a stream.
    pub fn create_stream(stream: &NewStream) -> Self {
        Self::new(TICK_STREAM, "create_stream", stream)
    }

    /// Changes a stream. A higher price and new splits take effect only after a notice.
    pub fn update_stream(stream: StreamId, update: &StreamUpdate) -> Self {
        Self::new(TICK_STREAM, "update_stream", (Compact(stream), update))
    }

    /// Sets whether a stream is on air.
    pub fn set_stream_status(stream: StreamId, status: StreamStatus) -> Self {
        Self::new(TICK_STREAM, "set_stream_status", (Compact(stream), status))
    }

    /// Ends a stream for good.
    pub fn end_stream(stream: StreamId) -> Self {
        Self::new(TICK_STREAM, "end_stream", Compact(stream))
    }

    /// Opens a session with the signer as its viewer; the ticket needs no signature.
    pub fn join_stream(ticket: &Ticket) -> Self {
        Self::new(TICK_STREAM, "join_stream", ticket)
    }

    /// Starts to close sessions.
    pub fn leave_stream(sessions: &[SessionId]) -> Self {
        Self::new(TICK_STREAM, "leave_stream", sessions)
    }

    /// Opens, settles and closes sessions.
    pub fn process_batch(batch: &Batch) -> Self {
        Self::new(TICK_STREAM, "process_batch", batch)
    }

    /// Pays out the earnings of an account.
    pub fn payout(account: &AccountId) -> Self {
        Self::new(TICK_STREAM, "payout", account)
    }

    /// Pays `amount` planck to a stream as a tip, with a message to its creator.
    pub fn tip(stream: StreamId, amount: Balance, memo: &[u8]) -> Self {
        Self::new(TICK_STREAM, "tip", (Compact(stream), Compact(amount), memo))
    }

    /// Registers the signer as a gateway. `endpoint` is the URL at which viewers reach it, `operator` the account of its
    /// off-chain worker.
    pub fn register_gateway(endpoint: &str, operator: &AccountId) -> Self {
        Self::new(TICK_STREAM, "register_gateway", (endpoint.as_bytes(), operator))
    }

    /// Changes the signer's registration as a gateway.
    pub fn update_gateway(update: &GatewayUpdate) -> Self {
        Self::new(TICK_STREAM, "update_gateway", update)
    }

    /// Removes the signer's registration as a gateway. All its sessions must be closed.
    pub fn deregister_gateway() -> Self {
        Self::new(TICK_STREAM, "deregister_gateway", ())
    }

    /// Transfers `amount` planck from the signer to `to`. Fails if that would leave less than the existential deposit.
    pub fn transfer_keep_alive(to: &AccountId, amount: Balance) -> Self {
        let to = MultiAddress::<&AccountId, ()>::Id(to);
        Self::new("Balances", "transfer_keep_alive", (to, Compact(amount)))
    }
}
