//! The JSON-RPC methods `tickStream_*`: gateways submit rows, and clients read sessions and streams.
//!
//! | method | purpose |
//! | --- | --- |
//! | `tickStream_submit` | puts opens, claims and closes into the tick pool and answers with a verdict on each |
//! | `tickStream_pool` | reads how much the tick pool holds |
//! | `tickStream_session` | reads a session on the best chain, and the ticks claimed for it in the pool |
//! | `tickStream_stream` | reads a stream on the best chain |
//! | `tickStream_subscribeSession` | sends what `tickStream_session` answers, at once and at every change |
//!
//! All methods are safe on a public port: no answer contains a pooled proof, which would open the gateway's paywall,
//! and work is charged before it is done. Rows are charged in hash steps to the pool's own budget, see
//! [`vilokanam_tick_pool::budget`]. Calls that read, and the reads of subscriptions that were woken, are charged to two
//! budgets of size [`READ_BUDGET`]. Budgets are kept per connection, and an HTTP request is a connection of its own, so
//! a client that calls often should use a WebSocket. A part of each budget is left for the operator's own connections:
//! those that may call unsafe methods, which are by default those to a port of the loopback address.

use jsonrpsee::{
    core::{async_trait, RpcResult, SubscriptionResult},
    proc_macros::rpc,
    server::ConnectionId,
    types::ErrorObjectOwned,
    Extensions, PendingSubscriptionSink, SubscriptionMessage, SubscriptionSink,
};
use sc_rpc::DenyUnsafe;
use std::{sync::Arc, time::Duration};
use tick_stream_primitives::SessionId;
use vilokanam_rpc_types::{
    code, BusyData, PoolInfo, SessionIdParam, SessionInfo, StreamIdParam, StreamInfo, SubmitResponse,
};
use vilokanam_tick_pool::{
    Allowance, Budget, BudgetConfig, ChainError, PeerId, Submission, SystemClock, TickPool, Work,
};

use crate::tick::pool::{
    chain::StateReader,
    watchers::{Watcher, Watchers},
};
use convert::{pool_info, session_info, stream_info};
use rows::{DecodedRows, UncheckedRows};

mod convert;
mod rows;

/// Maximum number of rows in one call of `tickStream_submit`.
pub const MAX_SUBMIT_ROWS: usize = 4_096;
/// Budget of reads. All of them count as foreign work, and no connection is ever vouched for, so the foreign and the
/// newcomers' bucket are of one size. What they leave of the global bucket is for the operator's connections.
pub const READ_BUDGET: BudgetConfig = BudgetConfig {
    peer: Allowance { per_second: 200, burst: 400 },
    waste: NO_ALLOWANCE,
    foreign: Allowance { per_second: 1_600, burst: 3_200 },
    newcomers: Allowance { per_second: 1_600, burst: 3_200 },
    served_newcomers: NO_ALLOWANCE,
    global: Allowance { per_second: 2_000, burst: 4_000 },
    max_peers: 1_024,
};
/// Size of a bucket that is not used.
const NO_ALLOWANCE: Allowance = Allowance { per_second: 0, burst: 0 };
/// Interval after which a subscription that was woken tries again when the budget for its read is spent. If it is woken
/// again in the meantime, it reads once for all wakes.
const WAKE_RETRY_INTERVAL: Duration = Duration::from_millis(500);
/// Time within which a subscriber has to accept a message. A slower subscriber is dropped.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);
/// Peer of calls that come from the node itself.
const LOCAL_PEER: PeerId = PeerId::Operator(u64::MAX);

/// The methods `tickStream_*`. The crate [`vilokanam_rpc_types`] documents the encoding of parameters and answers.
#[rpc(server, namespace = "tickStream")]
pub trait TickStream {
    /// Puts rows into the tick pool and answers with a verdict on each, in the order in which the rows were sent.
    ///
    /// Accepted rows are on disk. A rejected row does not affect the others; its verdict carries a code of
    /// [`vilokanam_rpc_types::code`], the name of the reason and a sentence that says what to do. With [`code::BUSY`] it
    /// also says after how many milliseconds the row may be sent again.
    ///
    /// # Parameters
    ///
    /// - `rows`: a [`vilokanam_rpc_types::SubmitRequest`] of at most [`MAX_SUBMIT_ROWS`] rows.
    ///
    /// # Errors
    ///
    /// - [`code::TOO_MANY_ROWS`]: the call carries more rows than that; none was taken.
    #[method(name = "submit", blocking, with_extensions)]
    fn submit(&self, rows: UncheckedRows) -> RpcResult<SubmitResponse>;

    /// Reads how much the tick pool holds: the number of rows of each kind, their size in bytes, and the age of the
    /// oldest in seconds.
    ///
    /// # Errors
    ///
    /// - [`code::BUSY`]: the budget of reads is spent.
    #[method(name = "pool", with_extensions)]
    fn pool(&self) -> RpcResult<PoolInfo>;

    /// Reads a session on the best chain, and the highest tick claimed for it in the pool. Answers `null` when neither
    /// knows the session.
    ///
    /// # Parameters
    ///
    /// - `id`: the session's id, 16 bytes in hex.
    ///
    /// # Errors
    ///
    /// - [`code::BUSY`]: the budget of reads is spent.
    /// - [`code::CHAIN`]: the node cannot read the chain's state.
    #[method(name = "session", blocking, with_extensions)]
    fn session(&self, id: SessionIdParam) -> RpcResult<Option<SessionInfo>>;

    /// Reads a stream on the best chain, with due announcements in effect. Answers `null` when there is no such stream.
    ///
    /// # Parameters
    ///
    /// - `id`: the stream's id, a decimal string or a number.
    ///
    /// # Errors
    ///
    /// - [`code::BUSY`]: the budget of reads is spent.
    /// - [`code::CHAIN`]: the node cannot read the chain's state.
    #[method(name = "stream", blocking, with_extensions)]
    fn stream(&self, id: StreamIdParam) -> RpcResult<Option<StreamInfo>>;

    /// Sends what `session` answers: at once, when a new best block changes the session, and when a higher claim is
    /// pooled.
    ///
    /// # Parameters
    ///
    /// - `id`: the session's id, 16 bytes in hex.
    ///
    /// # Errors
    ///
    /// - [`code::BUSY`]: the budget of reads is spent.
    /// - [`code::TOO_MANY_SUBSCRIPTIONS`]: the connection or the node has reached its limit of session subscriptions.
    #[subscription(name = "subscribeSession", item = Option<SessionInfo>, with_extensions)]
    async fn subscribe_session(&self, id: SessionIdParam) -> SubscriptionResult;
}

/// Parts of the node that the methods use.
#[derive(Clone)]
pub struct Deps {
    /// Pool that takes the rows.
    pub pool: Arc<TickPool>,
    /// Reader of the best block's state.
    pub chain: Arc<dyn StateReader>,
    /// Notifications about changes of sessions.
    pub watchers: Arc<Watchers>,
}

impl Deps {
    fn session(&self, id: SessionId) -> Result<Option<SessionInfo>, ChainError> {
        let session = self.chain.session(id)?;
        Ok(session_info(id, session, self.pool.revealed_ticks(&id)))
    }
}

/// Server of the methods.
pub struct TickStreamRpc {
    deps: Deps,
    read_budget: Arc<Budget>,
    /// Budget of the reads of subscriptions that were woken. It is separate from that of calls; otherwise a claim on a
    /// session with very many subscribers would leave nothing for them.
    wake_budget: Arc<Budget>,
}

impl TickStreamRpc {
    /// Creates a server that uses `deps`.
    pub fn new(deps: Deps) -> Self {
        Self::with_budgets(deps, READ_BUDGET)
    }

    fn with_budgets(deps: Deps, size: BudgetConfig) -> Self {
        let budget = || Arc::new(Budget::new(size, Arc::new(SystemClock)));
        Self { deps, read_budget: budget(), wake_budget: budget() }
    }

    /// Waits until the watched session may have changed and the budget of `peer` allows a read.
    async fn changed(&self, watcher: &Watcher, peer: PeerId) {
        watcher.changed().await;
        while self.wake_budget.charge(peer, Work::Foreign, 1).is_err() {
            tokio::time::sleep(WAKE_RETRY_INTERVAL).await;
        }
    }

    fn charge_read(&self, ext: &Extensions) -> Result<(), ErrorObjectOwned> {
        self.read_budget.charge(peer(ext), Work::Foreign, 1).map_err(|exhausted| {
            let retry_ms = exhausted.retry_ms;
            let sentence =
                format!("The budget of reads of this connection or of the node is spent; try again in {retry_ms} ms.");
            ErrorObjectOwned::owned(code::BUSY, sentence, Some(BusyData { retry_ms }))
        })
    }
}

/// Peer that a call comes from. Ids of connections are counted per listening address, so two connections of the same kind
/// may share a budget.
fn peer(ext: &Extensions) -> PeerId {
    let Some(ConnectionId(id)) = ext.get::<ConnectionId>() else { return LOCAL_PEER };
    match ext.get::<DenyUnsafe>() {
        Some(DenyUnsafe::No) => PeerId::Operator(*id as u64),
        Some(DenyUnsafe::Yes) | None => PeerId::Public(*id as u64),
    }
}

/// Error of a whole call.
fn call_error(code: i32, sentence: String) -> ErrorObjectOwned {
    ErrorObjectOwned::owned(code, sentence, None::<()>)
}

fn unreadable(error: ChainError) -> ErrorObjectOwned {
    let sentence = format!("The node cannot read the chain's state ({error}); try again later.");
    call_error(code::CHAIN, sentence)
}

#[async_trait]
impl TickStreamServer for TickStreamRpc {
    fn submit(&self, ext: &Extensions, rows: UncheckedRows) -> RpcResult<SubmitResponse> {
        let count = rows.len();
        if count > MAX_SUBMIT_ROWS {
            let sentence = format!("The call carries {count} rows; send at most {MAX_SUBMIT_ROWS} in one call.");
            return Err(call_error(code::TOO_MANY_ROWS, sentence));
        }
        let mut opens = DecodedRows::decode(rows.opens);
        let mut claims = DecodedRows::decode(rows.claims);
        let mut closes = DecodedRows::decode(rows.closes);
        let submission =
            Submission { opens: opens.take_valid(), claims: claims.take_valid(), closes: closes.take_valid() };
        let answers = self.deps.pool.submit(peer(ext), submission);
        Ok(SubmitResponse {
            opens: opens.into_answers(answers.opens),
            claims: claims.into_answers(answers.claims),
            closes: closes.into_answers(answers.closes),
        })
    }

    fn pool(&self, ext: &Extensions) -> RpcResult<PoolInfo> {
        self.charge_read(ext)?;
        Ok(pool_info(self.deps.pool.stats()))
    }

    fn session(&self, ext: &Extensions, id: SessionIdParam) -> RpcResult<Option<SessionInfo>> {
        self.charge_read(ext)?;
        self.deps.session(id.0).map_err(unreadable)
    }

    fn stream(&self, ext: &Extensions, id: StreamIdParam) -> RpcResult<Option<StreamInfo>> {
        self.charge_read(ext)?;
        let stream = self.deps.chain.stream(id.0).map_err(unreadable)?;
        Ok(stream.map(|stream| stream_info(id.0, stream)))
    }

    async fn subscribe_session(
        &self,
        pending: PendingSubscriptionSink,
        ext: &Extensions,
        id: SessionIdParam,
    ) -> SubscriptionResult {
        let (SessionIdParam(id), peer) = (id, peer(ext));
        if let Err(error) = self.charge_read(ext) {
            pending.reject(error).await;
            return Ok(());
        }
        let watcher = match self.deps.watchers.watch(peer, id) {
            Ok(watcher) => watcher,
            Err(error) => {
                pending.reject(call_error(code::TOO_MANY_SUBSCRIPTIONS, error.to_string())).await;
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
                () = self.changed(&watcher, peer) => {}
            }
        }
    }
}

/// Sends a message and returns whether the subscriber has accepted it in time.
async fn send(sink: &SubscriptionSink, info: &Option<SessionInfo>) -> Result<bool, serde_json::Error> {
    let message = SubscriptionMessage::from_json(info)?;
    Ok(sink.send_timeout(message, SEND_TIMEOUT).await.is_ok())
}

#[cfg(test)]
mod tests;
