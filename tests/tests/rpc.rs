//! Codes of the errors that the JSON-RPC methods `tickStream_*` of a real node answer with.

use anyhow::{ensure, Context, Result};
use jsonrpsee::{
    core::{client::ClientT, ClientError},
    rpc_params,
    ws_client::WsClientBuilder,
};
use serde_json::{json, Value};
use tick_stream_primitives::{SessionId, StreamStatus};
use vilokanam_chain::{
    rpc::types::{code, method, RowAnswer},
    Call, Chain, ClaimRow, NewStream, Order, Signer, TickRpc, Viewer, Watch,
};
use vilokanam_tests::{accounts::UNIT, node::Node, viewer::key_limits, wait_for};

const PRICE: u128 = 20_000_000;
/// More ticks than the pool verifies in one claim.
const MAX_TICKS: u32 = 10_000;
const OPEN_SECONDS: u64 = 120;

struct TestEnvironment {
    node: Node,
    chain: Chain,
    rpc: TickRpc,
    viewer: Viewer,
    order: Order,
}

impl TestEnvironment {
    /// Starts a node and creates a stream and a viewer with a deposit.
    async fn start() -> Result<Self> {
        let node = Node::dev().await?;
        let chain = Chain::connect(&node.url()).await?;
        let rpc = TickRpc::connect(&node.url()).await?;
        let (creator, wallet) = (Signer::from_uri("//Bob")?, Signer::from_uri("//Eve")?);
        let key = Signer::from_seed([9; 32])?;
        let stream = NewStream {
            price_per_tick: PRICE,
            preview_ticks: 0,
            gateway_share: Default::default(),
            splits: Default::default(),
            metadata: Vec::new(),
        };
        chain.execute(&Call::create_stream(&stream), &creator).await?;
        let (key_account, limits) = (key.account(), key_limits(PRICE, 100 * UNIT));
        chain.execute(&Call::deposit(100 * UNIT, Some((&key_account, &limits))), &wallet).await?;
        let entry = chain.now().key(&wallet.account(), &key_account).await?.context("the key was added")?;
        let viewer = Viewer::new(wallet.account(), key, entry.nonces.next(), chain.genesis_hash());
        let gateway = Signer::from_uri("//Ferdie")?.account();
        let expires_at = chain.best().await?.number + 600;
        let order = Order { stream: 0, gateway, price_per_tick: PRICE, max_ticks: MAX_TICKS, expires_at };
        Ok(Self { node, chain, rpc, viewer, order })
    }

    /// Sends a claim and returns the code of its verdict.
    async fn claim(&self, row: ClaimRow) -> Result<Option<i32>> {
        let answer = self.rpc.submit(&[], &[row], &[]).await?;
        Ok(code_of(answer.claims.first().context("each row gets a verdict")?))
    }

    /// Sends two tickets of the viewer, of which the node must take the first only, and waits until it is opened.
    async fn open(&mut self) -> Result<Watch> {
        let watch = self.viewer.ticket(&self.order);
        let second = self.viewer.ticket(&self.order);
        let answer = self.rpc.submit(&[watch.ticket.clone(), second.ticket], &[], &[]).await?;
        let codes: Vec<_> = answer.opens.iter().map(code_of).collect();
        ensure!(codes == [None, Some(code::KEY_BUSY)], "a session key has one pending ticket: {answer:?}");
        wait_for("the session to be opened", OPEN_SECONDS, || async {
            Ok(self.chain.now().session(watch.session).await?)
        })
        .await?;
        Ok(watch)
    }
}

fn code_of(answer: &RowAnswer) -> Option<i32> {
    assert_eq!(answer.accepted, answer.code.is_none(), "{answer:?}");
    assert_eq!(answer.accepted, answer.error.is_none(), "a rejected row gets a sentence: {answer:?}");
    answer.code
}

#[tokio::test(flavor = "multi_thread")]
async fn rejected_rows_and_calls_have_the_documented_codes() -> Result<()> {
    let mut env = TestEnvironment::start().await?;
    let mut watch = env.open().await?;
    let session = watch.session;
    let forged = |ticks| ClaimRow { session, ticks, proof: [5; 32] };
    let claim = watch.claim(5).context("the ticket covers it")?;

    ensure!(env.claim(forged(1)).await? == Some(code::PROOF_INVALID));
    ensure!(env.claim(claim.clone()).await?.is_none());
    ensure!(env.claim(claim).await?.is_none(), "a repeated row is accepted, because the first answer may be lost");
    ensure!(env.claim(forged(4)).await? == Some(code::STALE));
    ensure!(env.claim(forged(MAX_TICKS + 1)).await? == Some(code::ABOVE_MAXIMUM));
    ensure!(env.claim(forged(9_000)).await? == Some(code::TOO_MANY_STEPS));
    let unknown = ClaimRow { session: SessionId([1; 16]), ticks: 1, proof: [0; 32] };
    ensure!(env.claim(unknown).await? == Some(code::UNKNOWN_SESSION));
    let elsewhere = env.viewer.ticket(&Order { stream: 99, ..env.order.clone() });
    let answer = env.rpc.submit(&[elsewhere.ticket], &[], &[]).await?;
    ensure!(answer.opens.first().and_then(code_of) == Some(code::REFUSED), "no such stream: {answer:?}");
    typed_reads_are_decoded(&env, session).await?;
    malformed_rows_and_calls_are_refused(&env).await
}

/// Reads the session and the stream through the typed client.
async fn typed_reads_are_decoded(env: &TestEnvironment, session: SessionId) -> Result<()> {
    let info = env.rpc.session(session).await?.context("the session is open")?;
    let state = info.state.context("the session is on the best chain")?;
    ensure!((info.session, state.stream, state.price_per_tick) == (session, 0, PRICE), "{state:?}");
    // The claim leaves the pool when it is finalized.
    ensure!(info.revealed_ticks == Some(5) || state.settled_ticks == 5, "{:?} {state:?}", info.revealed_ticks);
    let stream = env.rpc.stream(0).await?.context("the stream exists")?;
    ensure!((stream.price_per_tick, stream.status) == (PRICE, StreamStatus::Offline), "{stream:?}");
    ensure!(env.rpc.stream(99).await?.is_none(), "there is no such stream");
    Ok(())
}

/// Sends rows and calls that no typed client would send.
async fn malformed_rows_and_calls_are_refused(env: &TestEnvironment) -> Result<()> {
    let raw = WsClientBuilder::default().build(env.node.url()).await?;
    let rows = json!({ "opens": ["0x00", 7, null], "claims": [{}], "closes": ["no hex"] });
    let answer: Value = raw.request(method::SUBMIT, rpc_params![rows]).await?;
    for kind in ["opens", "claims", "closes"] {
        for row in answer[kind].as_array().context("each row gets a verdict")? {
            ensure!(row["code"] == code::INVALID_ROW, "{kind}: {row}");
        }
    }

    let row = json!(ClaimRow { session: SessionId([0x11; 16]), ticks: 1, proof: [0x22; 32] });
    let too_many = json!({ "claims": vec![row; 5_000] });
    let calls = [
        (method::SUBMIT, rpc_params![too_many], code::TOO_MANY_ROWS),
        (method::SUBMIT, rpc_params![json!({ "unknown-field": [] })], -32602),
        (method::SESSION, rpc_params!["0x1234"], -32602),
        (method::STREAM, rpc_params!["-1"], -32602),
        ("tickStream_unknownMethod", rpc_params![], -32601),
    ];
    for (method, params, expected) in calls {
        match raw.request::<Value, _>(method, params).await {
            Err(ClientError::Call(error)) => ensure!(error.code() == expected, "{method}: {error}"),
            other => anyhow::bail!("{method} should be refused: {other:?}"),
        }
    }
    Ok(())
}
