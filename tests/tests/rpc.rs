//! Whatever is wrong with a row or a call has its own code, so that a gateway knows what to do about it.

use anyhow::{ensure, Context, Result};
use jsonrpsee::{
    core::{client::ClientT, ClientError},
    rpc_params,
    ws_client::WsClientBuilder,
};
use serde_json::{json, Value};
use vilokanam_chain::{
    rpc::types::{code, RowAnswer},
    Call, Chain, ClaimRow, NewStream, Order, Signer, TickRpc, Viewer, Watch,
};
use vilokanam_tests::{node::Node, people::UNIT, wait_for};

const PRICE: u128 = 1_000_000;
/// More than one walk of the pool covers.
const MAX_TICKS: u32 = 10_000;

struct World {
    node: Node,
    chain: Chain,
    rpc: TickRpc,
    viewer: Viewer,
    order: Order,
}

async fn world() -> Result<World> {
    let node = Node::dev().await?;
    let chain = Chain::connect(&node.url()).await?;
    let rpc = TickRpc::connect(&node.url()).await?;
    let (creator, wallet, key) = (Signer::from_uri("//Bob")?, Signer::from_uri("//Eve")?, Signer::from_seed([9; 32])?);
    let stream = NewStream {
        price_per_tick: PRICE,
        preview_ticks: 0,
        gateway_share: Default::default(),
        splits: Default::default(),
        metadata: Vec::new(),
    };
    chain.execute(&Call::create_stream(&stream), &creator).await?;
    let delegation = tick_stream_primitives::Delegation {
        session_key: key.account(),
        max_price_per_tick: PRICE,
        allowance: 100 * UNIT,
        expires_at: u32::MAX,
    };
    chain.execute(&Call::deposit(100 * UNIT, Some(&delegation)), &wallet).await?;
    let deposit = chain.now().deposit(&wallet.account()).await?.context("the deposit was made")?;
    let viewer = Viewer::new(wallet.account(), key, deposit.nonces.next(), chain.genesis_hash());
    let gateway = Signer::from_uri("//Ferdie")?.account();
    let expires_at = chain.best().await?.number + 600;
    let order = Order { stream: 0, gateway, price_per_tick: PRICE, max_ticks: MAX_TICKS, expires_at };
    Ok(World { node, chain, rpc, viewer, order })
}

fn code_of(answer: &RowAnswer) -> Option<i32> {
    assert_eq!(answer.accepted, answer.code.is_none(), "{answer:?}");
    assert_eq!(answer.accepted, answer.error.is_none(), "a refusal says what to do: {answer:?}");
    answer.code
}

impl World {
    async fn claim(&self, row: ClaimRow) -> Result<Option<i32>> {
        let answer = self.rpc.submit(&[], &[row], &[]).await?;
        Ok(code_of(answer.claims.first().context("a verdict a row")?))
    }

    async fn open(&mut self) -> Result<Watch> {
        let watch = self.viewer.ticket(&self.order);
        let rival = self.viewer.ticket(&self.order);
        let answer = self.rpc.submit(&[watch.ticket.clone(), rival.ticket], &[], &[]).await?;
        let codes: Vec<_> = answer.opens.iter().map(code_of).collect();
        ensure!(codes == [None, Some(code::VIEWER_BUSY)], "one ticket a viewer: {answer:?}");
        wait_for("the session to be opened", 120, || async { Ok(self.chain.now().session(watch.session).await?) })
            .await?;
        Ok(watch)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rpc_errors_have_codes() -> Result<()> {
    let mut world = world().await?;
    let mut watch = world.open().await?;
    let session = watch.session;
    let forged = |ticks| ClaimRow { session, ticks, proof: [5; 32] };
    let claim = watch.claim(5).context("the ticket covers it")?;

    ensure!(world.claim(forged(1)).await? == Some(code::PROOF_INVALID));
    ensure!(world.claim(claim.clone()).await?.is_none());
    ensure!(world.claim(claim).await?.is_none(), "the same row again is no mistake: the answer may have been lost");
    ensure!(world.claim(forged(4)).await? == Some(code::STALE));
    ensure!(world.claim(forged(MAX_TICKS + 1)).await? == Some(code::ABOVE_MAXIMUM));
    ensure!(world.claim(forged(9_000)).await? == Some(code::TOO_MANY_STEPS));
    let unknown = ClaimRow { session: tick_stream_primitives::SessionId([1; 16]), ticks: 1, proof: [0; 32] };
    ensure!(world.claim(unknown).await? == Some(code::UNKNOWN_SESSION));
    let elsewhere = world.viewer.ticket(&Order { stream: 99, ..world.order.clone() });
    let answer = world.rpc.submit(&[elsewhere.ticket], &[], &[]).await?;
    ensure!(answer.opens.first().and_then(code_of) == Some(code::REFUSED), "no such stream: {answer:?}");
    check_raw(&world).await
}

/// What no typed client would send.
async fn check_raw(world: &World) -> Result<()> {
    let raw = WsClientBuilder::default().build(world.node.url()).await?;
    let rows = json!({ "opens": ["0x00", 7, null], "claims": [{}], "closes": ["no hex"] });
    let answer: Value = raw.request("tickStream_submit", rpc_params![rows]).await?;
    for kind in ["opens", "claims", "closes"] {
        for row in answer[kind].as_array().context("a verdict a row")? {
            ensure!(row["code"] == code::INVALID_ROW, "{kind}: {row}");
        }
    }

    let row =
        json!({ "session": format!("0x{}", "11".repeat(16)), "ticks": 1, "proof": format!("0x{}", "22".repeat(32)) });
    let too_many = json!({ "claims": vec![row; 5_000] });
    let calls = [
        ("tickStream_submit", rpc_params![too_many], code::TOO_MANY_ROWS),
        ("tickStream_submit", rpc_params![json!({ "unheard-of": [] })], -32602),
        ("tickStream_session", rpc_params!["0x1234"], -32602),
        ("tickStream_stream", rpc_params!["-1"], -32602),
        ("tickStream_unheardOf", rpc_params![], -32601),
    ];
    for (method, params, expected) in calls {
        match raw.request::<Value, _>(method, params).await {
            Err(ClientError::Call(error)) => ensure!(error.code() == expected, "{method}: {error}"),
            other => anyhow::bail!("{method} should be refused: {other:?}"),
        }
    }
    Ok(())
}
