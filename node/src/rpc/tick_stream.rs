//! `tickStream_*`: what gateways send to be settled, and what anybody may know of sessions and streams.
//!
//! | method | does |
//! | --- | --- |
//! | `tickStream_submit` | takes opens, claims and closes; a verdict per row, good ones are on disk |
//! | `tickStream_pool` | how much the pool holds |
//! | `tickStream_session` | a session on the best chain, and the ticks claimed for it in the pool |
//! | `tickStream_stream` | a stream on the best chain |
//! | `tickStream_subscribeSession` | the same as `tickStream_session`, now and whenever it changes |
//!
//! All of them are safe on a public port: nothing is told that is worth money (a pooled proof opens the paywall and is
//! never shown), and work is charged before it is done. Rows pay in hash steps, from the budget of
//! [`vilokanam_tick_pool::budget`]; reads from the one of [`READS`], and so do, from one of their own, the reads of
//! subscriptions whose session may have changed. All are kept per connection; an HTTP request is a
//! connection of its own, so what is meant to last comes by WebSocket.

use jsonrpsee::{
    core::{async_trait, RpcResult, SubscriptionResult},
    proc_macros::rpc,
    server::ConnectionId,
    types::ErrorObjectOwned,
    Extensions, PendingSubscriptionSink, SubscriptionMessage, SubscriptionSink,
};
use std::{sync::Arc, time::Duration};
use tick_stream_primitives::{Session, SessionId};
use vilokanam_tick_pool::{Allowance, Budget, BudgetConfig, ChainError, PeerId, Submission, SystemClock, TickPool};

use crate::tick::pool::{
    chain::Reader,
    watchers::{Watcher, Watchers},
};
use types::{
    code, failed, Decimal, Hex, PoolInfo, Rows, SessionInfo, SessionState, StreamInfo, SubmitRequest, SubmitResponse,
};

pub mod types;

/// Rows in one call of `tickStream_submit`.
pub const MAX_SUBMIT_ROWS: usize = 4_096;
/// Reads a connection, all that nobody has vouched for, and all connections may make; connections remembered.
pub const READS: BudgetConfig = BudgetConfig {
    peer: Allowance { per_second: 200, burst: 400 },
    newcomers: Allowance { per_second: 2_000, burst: 4_000 },
    global: Allowance { per_second: 2_000, burst: 4_000 },
    max_peers: 1_024,
};
/// How long a subscription waits that was woken when the budget for its read is spent. Meanwhile it may be woken again; then
/// it reads once for all of it.
const WAKE_PAUSE: Duration = Duration::from_millis(500);
/// How long a subscriber may take to accept a message before it is dropped.
const SLOW_SUBSCRIBER: Duration = Duration::from_secs(10);
/// The peer of calls from within the node.
const NODE_ITSELF: PeerId = PeerId(u64::MAX);

/// The methods.
#[rpc(client, server, namespace = "tickStream")]
pub trait TickStream {
    /// Takes rows into the pool. What is accepted is on disk. A bad row does not harm the others.
    #[method(name = "submit", blocking, with_extensions)]
    fn submit(&self, rows: SubmitRequest) -> RpcResult<SubmitResponse>;

    /// How much the pool holds.
    #[method(name = "pool", with_extensions)]
    fn pool(&self) -> RpcResult<PoolInfo>;

    /// A session on the best chain, and the ticks claimed in the pool; `null` when neither knows it.
    #[method(name = "session", blocking, with_extensions)]
    fn session(&self, id: Hex<16>) -> RpcResult<Option<SessionInfo>>;

    /// A stream on the best chain.
    #[method(name = "stream", blocking, with_extensions)]
    fn stream(&self, id: Decimal<u64>) -> RpcResult<Option<StreamInfo>>;

    /// What `session` answers: at once, whenever a best block changes it, and whenever a higher claim is pooled.
    #[subscription(name = "subscribeSession", item = Option<SessionInfo>, with_extensions)]
    async fn subscribe_session(&self, id: Hex<16>) -> SubscriptionResult;
}

/// What the methods read and write.
#[derive(Clone)]
pub struct Deps {
    /// Takes the rows.
    pub pool: Arc<TickPool>,
    /// Reads the best block's state.
    pub chain: Arc<dyn Reader>,
    /// Knows when a session changes.
    pub watchers: Arc<Watchers>,
}

impl Deps {
    fn session(&self, id: SessionId) -> Result<Option<SessionInfo>, ChainError> {
        let state = self.chain.session(id)?;
        Ok(session_info(id, state, self.pool.pooled_ticks(&id)))
    }
}

fn session_info(id: SessionId, state: Option<Session>, pooled_ticks: Option<u32>) -> Option<SessionInfo> {
    let state = state.map(SessionState::from);
    (state.is_some() || pooled_ticks.is_some()).then_some(SessionInfo { session: Hex(id.0), state, pooled_ticks })
}

/// Answers the methods.
pub struct TickStreamRpc {
    deps: Deps,
    reads: Arc<Budget>,
    /// Reads of subscriptions that were woken. Not from the budget of calls: a claim on a session that very many watch
    /// would leave nothing for them.
    wakes: Arc<Budget>,
}

impl TickStreamRpc {
    /// Answers through `deps`.
    pub fn new(deps: Deps) -> Self {
        Self::with_reads(deps, READS)
    }

    fn with_reads(deps: Deps, reads: BudgetConfig) -> Self {
        let budget = || Arc::new(Budget::new(reads, Arc::new(SystemClock)));
        Self { deps, reads: budget(), wakes: budget() }
    }

    /// Waits until what is watched may have changed and `peer` may read it.
    async fn woken(&self, watcher: &Watcher, peer: PeerId) {
        watcher.changed().await;
        while self.wakes.charge(peer, 1).is_err() {
            tokio::time::sleep(WAKE_PAUSE).await;
        }
    }

    fn charge_read(&self, ext: &Extensions) -> Result<(), ErrorObjectOwned> {
        self.reads.charge(peer(ext), 1).map_err(|exhausted| {
            let retry_ms = exhausted.retry_ms;
            failed(code::BUSY, format!("Too many reads on this connection or node; try again in {retry_ms} ms."))
        })
    }
}

/// Who asks. Ids are counted per listening address, so at worst two connections share a budget.
fn peer(ext: &Extensions) -> PeerId {
    ext.get::<ConnectionId>().map_or(NODE_ITSELF, |connection| PeerId(connection.0 as u64))
}

fn unreadable(error: ChainError) -> ErrorObjectOwned {
    failed(code::CHAIN, format!("The node cannot read the chain's state ({error}); try again when it is in sync."))
}

#[async_trait]
impl TickStreamServer for TickStreamRpc {
    fn submit(&self, ext: &Extensions, rows: SubmitRequest) -> RpcResult<SubmitResponse> {
        let count = rows.len();
        if count > MAX_SUBMIT_ROWS {
            let sentence = format!("{count} rows are too many for one call; send at most {MAX_SUBMIT_ROWS}.");
            return Err(failed(code::TOO_MANY_ROWS, sentence));
        }
        let (mut opens, mut claims, mut closes) =
            (Rows::decode(rows.opens), Rows::decode(rows.claims), Rows::decode(rows.closes));
        let submission = Submission { opens: opens.take(), claims: claims.take(), closes: closes.take() };
        let answers = self.deps.pool.submit(peer(ext), submission);
        Ok(SubmitResponse {
            opens: opens.answer(answers.opens),
            claims: claims.answer(answers.claims),
            closes: closes.answer(answers.closes),
        })
    }

    fn pool(&self, ext: &Extensions) -> RpcResult<PoolInfo> {
        self.charge_read(ext)?;
        Ok(self.deps.pool.stats().into())
    }

    fn session(&self, ext: &Extensions, id: Hex<16>) -> RpcResult<Option<SessionInfo>> {
        self.charge_read(ext)?;
        self.deps.session(SessionId(id.0)).map_err(unreadable)
    }

    fn stream(&self, ext: &Extensions, id: Decimal<u64>) -> RpcResult<Option<StreamInfo>> {
        self.charge_read(ext)?;
        let stream = self.deps.chain.stream(id.0).map_err(unreadable)?;
        Ok(stream.map(|stream| StreamInfo::new(id.0, stream)))
    }

    async fn subscribe_session(
        &self,
        pending: PendingSubscriptionSink,
        ext: &Extensions,
        id: Hex<16>,
    ) -> SubscriptionResult {
        let (id, peer) = (SessionId(id.0), peer(ext));
        if let Err(error) = self.charge_read(ext) {
            pending.reject(error).await;
            return Ok(());
        }
        let watcher = match self.deps.watchers.watch(id) {
            Ok(watcher) => watcher,
            Err(error) => {
                pending.reject(failed(code::TOO_MANY_SUBSCRIPTIONS, error.to_string())).await;
                return Ok(());
            }
        };
        let sink = pending.accept().await?;
        let mut last = None;
        loop {
            let deps = self.deps.clone();
            let now = tokio::task::spawn_blocking(move || deps.session(id)).await??;
            if last.as_ref() != Some(&now) {
                if !send(&sink, &now).await? {
                    return Ok(());
                }
                last = Some(now);
            }
            tokio::select! {
                () = sink.closed() => return Ok(()),
                () = self.woken(&watcher, peer) => {}
            }
        }
    }
}

/// Whether the subscriber has taken the message in time.
async fn send(sink: &SubscriptionSink, info: &Option<SessionInfo>) -> Result<bool, serde_json::Error> {
    let message = SubscriptionMessage::from_json(info)?;
    Ok(sink.send_timeout(message, SLOW_SUBSCRIBER).await.is_ok())
}

#[cfg(test)]
mod tests;
