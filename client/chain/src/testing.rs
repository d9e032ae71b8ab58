//! A node for tests, with what a client asks before it uses a node, and heads of blocks.

use jsonrpsee::{
    server::{Server, ServerHandle},
    types::{ErrorObjectOwned, Params},
    Extensions, RpcModule,
};
use serde_json::{json, Value};
use sp_core::H256;
use std::sync::{Arc, Mutex};
use tick_stream_primitives::BlockNumber;
use tokio::sync::watch;

/// What the node knows of the chain.
#[derive(Clone, Copy)]
pub struct View {
    /// First byte of the hash of block 0.
    pub genesis: u8,
    /// First byte of the hashes of the other blocks.
    pub fork: u8,
    pub best: BlockNumber,
    pub finalized: BlockNumber,
    pub peers: usize,
    pub is_syncing: bool,
}

impl Default for View {
    fn default() -> Self {
        Self { genesis: 7, fork: 0, best: 100, finalized: 98, peers: 3, is_syncing: false }
    }
}

impl View {
    pub fn hash(&self, number: BlockNumber) -> H256 {
        let mut hash = [0; 32];
        hash[0] = if number == 0 { self.genesis } else { self.fork };
        hash[28..].copy_from_slice(&number.to_be_bytes());
        H256(hash)
    }
}

/// Number of the block with this hash.
fn number_of(hash: H256) -> BlockNumber {
    BlockNumber::from_be_bytes([hash.0[28], hash.0[29], hash.0[30], hash.0[31]])
}

struct Context {
    view: Mutex<View>,
    answers_storage: watch::Sender<bool>,
    /// Number of requests for the state.
    storage_requests: watch::Sender<u32>,
}

/// A node that listens until it is dropped.
pub struct FakeNode {
    pub url: String,
    context: Arc<Context>,
    server: ServerHandle,
}

impl FakeNode {
    /// Starts a node at a free port.
    pub async fn start(view: View) -> Self {
        Self::start_at(0, view).await
    }

    /// Starts a node at this port.
    pub async fn start_at(port: u16, view: View) -> Self {
        let server = Server::builder().build(("127.0.0.1", port)).await.unwrap();
        let url = format!("ws://{}", server.local_addr().unwrap());
        let context = Arc::new(Context {
            view: Mutex::new(view),
            answers_storage: watch::Sender::new(true),
            storage_requests: watch::Sender::default(),
        });
        let server = server.start(methods(context.clone()));
        Self { url, context, server }
    }

    /// Changes what the node knows.
    pub fn set(&self, view: View) {
        *self.context.view.lock().unwrap() = view;
    }

    /// Lets requests for the state wait, or answers them.
    pub fn answer_storage(&self, is_answered: bool) {
        self.context.answers_storage.send_replace(is_answered);
    }

    /// Waits for a request for the state.
    pub async fn storage_asked(&self) {
        self.context.storage_requests.subscribe().wait_for(|requests| *requests > 0).await.unwrap();
    }

    /// Ends the node and its connections.
    pub async fn stop(self) {
        self.server.stop().unwrap();
        self.server.stopped().await;
    }
}

/// A port at which no program listens.
pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn methods(context: Arc<Context>) -> RpcModule<Context> {
    let mut module = RpcModule::from_arc(context);
    module.register_method("chain_getBlockHash", block_hash).unwrap();
    let finalized = |context: &Context| {
        let view = context.view.lock().unwrap();
        json!(view.hash(view.finalized))
    };
    module.register_method("chain_getFinalizedHead", move |_, context, _| finalized(context)).unwrap();
    module.register_method("chain_getHeader", header).unwrap();
    let health = |context: &Context| {
        let view = context.view.lock().unwrap();
        json!({ "peers": view.peers, "isSyncing": view.is_syncing, "shouldHavePeers": true })
    };
    module.register_method("system_health", move |_, context, _| health(context)).unwrap();
    let storage = |_: Params<'static>, context: Arc<Context>, _: Extensions| async move {
        context.storage_requests.send_modify(|requests| *requests += 1);
        let mut is_answered = context.answers_storage.subscribe();
        is_answered.wait_for(|is_answered| *is_answered).await.unwrap();
        Value::Null
    };
    module.register_async_method("state_getStorage", storage).unwrap();
    module
}

type Answer = Result<Value, ErrorObjectOwned>;

fn block_hash(params: Params<'_>, context: &Context, _: &Extensions) -> Answer {
    let (number, view) = (params.one::<BlockNumber>()?, context.view.lock().unwrap());
    Ok(json!((number <= view.best).then(|| view.hash(number))))
}

fn header(params: Params<'_>, context: &Context, _: &Extensions) -> Answer {
    let (hash, view) = (params.one::<Option<H256>>()?, context.view.lock().unwrap());
    let number = hash.map_or(view.best, number_of);
    let zero = H256::zero();
    Ok(json!({
        "parentHash": view.hash(number.saturating_sub(1)),
        "number": format!("{number:#x}"),
        "stateRoot": zero,
        "extrinsicsRoot": zero,
        "digest": { "logs": [] },
    }))
}
