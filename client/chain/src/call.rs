//! Calls of the chain: a name and arguments.
//!
//! Arguments of the tick stream pallet are encoded from the protocol's types. Arguments with types of the runtime, such as
//! an origin, are given by their names and encoded with the metadata of the connected node.

use codec::{Compact, Encode};
use sp_runtime::{MultiAddress, Permill};
use subxt::ext::{
    scale_encode::{self, EncodeAsFields, FieldIter},
    scale_type_resolver::TypeResolver,
    scale_value::{Composite, Value},
};
use tick_stream_primitives::{AccountId, Balance, Batch, KeyLimits, SessionId, Splits, StreamId, StreamStatus, Ticket};

const TICK_STREAM: &str = "TickStream";

/// Call that can be signed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Call {
    pallet: &'static str,
    name: &'static str,
    args: Args,
}

/// Arguments of a call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Args {
    /// Arguments in SCALE, one after the other.
    Encoded(Vec<u8>),
    /// Arguments by their names.
    Named(Composite<()>),
}

impl EncodeAsFields for Args {
    fn encode_as_fields_to<R: TypeResolver>(
        &self,
        fields: &mut dyn FieldIter<'_, R::TypeId>,
        types: &R,
        out: &mut Vec<u8>,
    ) -> Result<(), scale_encode::Error> {
        match self {
            Self::Encoded(bytes) => {
                out.extend_from_slice(bytes);
                Ok(())
            }
            Self::Named(values) => values.encode_as_fields_to(fields, types, out),
        }
    }
}

impl subxt::tx::Payload for Call {
    type CallData = Args;

    fn pallet_name(&self) -> &str {
        self.pallet
    }

    fn call_name(&self) -> &str {
        self.name
    }

    fn call_data(&self) -> &Args {
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
    pub(crate) fn new(pallet: &'static str, name: &'static str, args: impl Encode) -> Self {
        Self { pallet, name, args: Args::Encoded(args.encode()) }
    }

    /// Creates a call whose arguments have types of the runtime.
    pub(crate) fn named<const N: usize>(
        pallet: &'static str,
        name: &'static str,
        args: [(&'static str, Value); N],
    ) -> Self {
        Self { pallet, name, args: Args::Named(Composite::named(args)) }
    }

    /// Name of the pallet.
    pub fn pallet(&self) -> &'static str {
        self.pallet
    }

    /// Arguments.
    pub fn args(&self) -> &Args {
        &self.args
    }

    /// Name of the call.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Does nothing. Wallets that sign transactions only sign a message in this form.
    pub fn remark(message: &[u8]) -> Self {
        Self::new("System", "remark", message)
    }

    /// Moves `amount` planck into the signer's deposit, and adds a session key if one is given.
    pub fn deposit(amount: Balance, key: Option<(&AccountId, &KeyLimits)>) -> Self {
        Self::new(TICK_STREAM, "deposit", (Compact(amount), key))
    }

    /// Moves `amount` planck from the signer's deposit to its balance.
    pub fn withdraw(amount: Balance) -> Self {
        Self::new(TICK_STREAM, "withdraw", Compact(amount))
    }

    /// Authorises a session key to spend from the signer's deposit within limits.
    pub fn add_key(session_key: &AccountId, limits: &KeyLimits) -> Self {
        Self::new(TICK_STREAM, "add_key", (session_key, limits))
    }

    /// Replaces all limits of a session key, and starts its allowance anew.
    pub fn update_key(session_key: &AccountId, limits: &KeyLimits) -> Self {
        Self::new(TICK_STREAM, "update_key", (session_key, limits))
    }

    /// Removes a session key of the signer. It opens no more sessions; those that are open go on.
    pub fn remove_key(session_key: &AccountId) -> Self {
        Self::new(TICK_STREAM, "remove_key", session_key)
    }

    /// Removes all session keys of the signer, as [`Self::remove_key`] does.
    pub fn remove_all_keys() -> Self {
        Self::new(TICK_STREAM, "remove_all_keys", ())
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

    /// Moves earnings that are below the existential deposit, of an account that does not exist, to the treasury's.
    pub fn sweep_earnings(account: &AccountId) -> Self {
        Self::new(TICK_STREAM, "sweep_earnings", account)
    }

    /// Removes an abandoned deposit and its session keys, whose storage bonds become earnings of the signer.
    pub fn reap_deposit(viewer: &AccountId) -> Self {
        Self::new(TICK_STREAM, "reap_deposit", viewer)
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
