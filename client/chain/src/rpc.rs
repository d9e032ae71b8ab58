//! Client of a node's `tickStream_*` methods.

use jsonrpsee::{
    core::{
        client::{ClientT, Subscription, SubscriptionClientT},
        ClientError,
    },
    rpc_params,
    ws_client::{WsClient, WsClientBuilder},
};
use std::sync::Arc;
use tick_stream_primitives::{CloseRow, SessionId, SignedTicket, StreamId};

pub use vilokanam_rpc_types::{self as types, ClaimRow};

use types::{method, PoolInfo, SessionIdParam, SessionInfo, StreamIdParam, StreamInfo, SubmitRequest, SubmitResponse};

/// Limit of one request and of one answer: a call may carry thousands of rows, and each gets a verdict.
const MAX_MESSAGE_BYTES: u32 = 32 * 1024 * 1024;

/// WebSocket connection to the `tickStream_*` methods of one node. Clones share the connection, and with it the budgets
/// that the node keeps for it.
#[derive(Clone)]
pub struct TickRpc(Arc<WsClient>);

impl TickRpc {
    /// Connects to the node at `url` (`ws://` or `wss://`).
    ///
    /// # Errors
    ///
    /// When the address is malformed or no node answers there.
    pub async fn connect(url: &str) -> Result<Self, ClientError> {
        let client = WsClientBuilder::default()
            .max_request_size(MAX_MESSAGE_BYTES)
            .max_response_size(MAX_MESSAGE_BYTES)
            .build(url)
            .await?;
        Ok(Self(Arc::new(client)))
    }

    /// Puts rows into the node's tick pool and returns a verdict on each. Accepted rows are on the node's disk.
    ///
    /// # Errors
    ///
    /// When the connection fails, or with [`types::code::TOO_MANY_ROWS`].
    pub async fn submit(
        &self,
        opens: &[SignedTicket],
        claims: &[ClaimRow],
        closes: &[CloseRow],
    ) -> Result<SubmitResponse, ClientError> {
        let rows = SubmitRequest { opens: opens.to_vec(), claims: claims.to_vec(), closes: closes.to_vec() };
        self.0.request(method::SUBMIT, rpc_params![rows]).await
    }

    /// Reads how much the node's tick pool holds.
    ///
    /// # Errors
    ///
    /// When the connection fails, or with [`types::code::BUSY`].
    pub async fn pool(&self) -> Result<PoolInfo, ClientError> {
        self.0.request(method::POOL, rpc_params![]).await
    }

    /// Reads a session's state on the best chain and the ticks claimed in the pool. Returns `None` when neither knows
    /// the session.
    ///
    /// # Errors
    ///
    /// When the connection fails, or with [`types::code::BUSY`] or [`types::code::CHAIN`].
    pub async fn session(&self, id: SessionId) -> Result<Option<SessionInfo>, ClientError> {
        self.0.request(method::SESSION, rpc_params![SessionIdParam(id)]).await
    }

    /// Reads a stream's state on the best chain. Returns `None` when it does not exist.
    ///
    /// # Errors
    ///
    /// When the connection fails, or with [`types::code::BUSY`] or [`types::code::CHAIN`].
    pub async fn stream(&self, id: StreamId) -> Result<Option<StreamInfo>, ClientError> {
        self.0.request(method::STREAM, rpc_params![StreamIdParam(id)]).await
    }

    /// Subscribes to what [`TickRpc::session`] returns. The first item comes at once, the next at every change.
    ///
    /// # Errors
    ///
    /// When the connection fails, or with [`types::code::BUSY`] or [`types::code::TOO_MANY_SUBSCRIPTIONS`].
    pub async fn subscribe_session(&self, id: SessionId) -> Result<Subscription<Option<SessionInfo>>, ClientError> {
        let params = rpc_params![SessionIdParam(id)];
        self.0.subscribe(method::SUBSCRIBE_SESSION, params, method::UNSUBSCRIBE_SESSION).await
    }
}
