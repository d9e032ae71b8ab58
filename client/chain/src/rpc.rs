//! A node's `tickStream_*` methods.

use jsonrpsee::{
    core::{
        client::{ClientT, Subscription, SubscriptionClientT},
        ClientError,
    },
    rpc_params,
    ws_client::{WsClient, WsClientBuilder},
};
use serde_json::json;
use std::sync::Arc;
use tick_stream_primitives::{CloseRow, SessionId, SignedTicket, StreamId, TickHash};

pub mod types;

use codec::Encode;
use types::{PoolInfo, SessionInfo, StreamInfo, SubmitResponse};

/// Answers may be long: a verdict a row, thousands of rows.
const MAX_ANSWER_BYTES: u32 = 32 * 1024 * 1024;

/// A claim on its way to a node.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClaimRow {
    /// Whose ticks.
    pub session: SessionId,
    /// The highest tick let go of.
    pub ticks: u32,
    /// Its element of the tick chain.
    pub proof: TickHash,
}

/// A WebSocket to a node's `tickStream_*` methods: one connection, one budget. Cheap to clone.
#[derive(Clone)]
pub struct TickRpc(Arc<WsClient>);

impl TickRpc {
    /// Connects to a node (`ws://` or `wss://`).
    pub async fn connect(url: &str) -> Result<Self, ClientError> {
        let client = WsClientBuilder::default()
            .max_request_size(MAX_ANSWER_BYTES)
            .max_response_size(MAX_ANSWER_BYTES)
            .build(url)
            .await?;
        Ok(Self(Arc::new(client)))
    }

    /// Hands in rows; a verdict for each.
    pub async fn submit(
        &self,
        opens: &[SignedTicket],
        claims: &[ClaimRow],
        closes: &[CloseRow],
    ) -> Result<SubmitResponse, ClientError> {
        let claim = |row: &ClaimRow| json!({ "session": hex_of(&row.session.0), "ticks": row.ticks, "proof": hex_of(&row.proof) });
        let rows = json!({
            "opens": opens.iter().map(|row| hex_of(&row.encode())).collect::<Vec<_>>(),
            "claims": claims.iter().map(claim).collect::<Vec<_>>(),
            "closes": closes.iter().map(|row| hex_of(&row.encode())).collect::<Vec<_>>(),
        });
        self.0.request("tickStream_submit", rpc_params![rows]).await
    }

    /// How much the node's pool holds.
    pub async fn pool(&self) -> Result<PoolInfo, ClientError> {
        self.0.request("tickStream_pool", rpc_params![]).await
    }

    /// A session on the best chain, and the ticks claimed in the pool.
    pub async fn session(&self, id: SessionId) -> Result<Option<SessionInfo>, ClientError> {
        self.0.request("tickStream_session", rpc_params![hex_of(&id.0)]).await
    }

    /// A stream on the best chain.
    pub async fn stream(&self, id: StreamId) -> Result<Option<StreamInfo>, ClientError> {
        self.0.request("tickStream_stream", rpc_params![id.to_string()]).await
    }

    /// What [`TickRpc::session`] answers, now and whenever it changes.
    pub async fn subscribe_session(&self, id: SessionId) -> Result<Subscription<Option<SessionInfo>>, ClientError> {
        let params = rpc_params![hex_of(&id.0)];
        self.0.subscribe("tickStream_subscribeSession", params, "tickStream_unsubscribeSession").await
    }
}

fn hex_of(bytes: &[u8]) -> String {
    format!("0x{}", hex::encode(bytes))
}
