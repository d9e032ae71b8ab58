//! `vilokanam-chain`, the typed client that gateway and command line are built on, against a real node.

use anyhow::{ensure, Context, Result};
use futures::StreamExt;
use sp_runtime::Permill;
use tick_stream_primitives::{Closer, Delegation, StreamStatus};
use vilokanam_chain::{Call, Chain, NewStream, Order, Signer, State, TickEvent, TickRpc, Viewer};
use vilokanam_tests::{node::Node, people::UNIT, wait_for};

const PRICE: u128 = 3_000_001;
const MAX_TICKS: u32 = 300;

fn new_stream() -> NewStream {
    NewStream {
        price_per_tick: PRICE,
        preview_ticks: 10,
        gateway_share: Permill::from_percent(10),
        splits: Default::default(),
        metadata: br#"{"title":"Typed"}"#.to_vec(),
    }
}

fn delegation(session_key: &Signer) -> Delegation {
    Delegation { session_key: session_key.account(), max_price_per_tick: PRICE, allowance: UNIT, expires_at: u32::MAX }
}

/// The pallet and the error that a call failed with.
async fn failure(chain: &Chain, call: &Call, signer: &Signer) -> Result<(String, String)> {
    let error = chain.execute(call, signer).await.err().context("the call should fail")?;
    let (pallet, name) = error.dispatch().with_context(|| format!("not a pallet's error: {error}"))?;
    Ok((pallet.to_owned(), name.to_owned()))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_through_the_typed_client_works() -> Result<()> {
    let node = Node::dev().await?;
    let chain = Chain::connect(&node.url()).await?;
    let rpc = TickRpc::connect(&node.url()).await?;
    let (creator, wallet) = (Signer::from_uri("//Bob")?, Signer::from_uri("//Eve")?);
    let (gateway, session_key) = (Signer::from_uri("//Ferdie")?, Signer::from_seed([7; 32])?);
    let genesis = chain.genesis_hash();

    chain.execute(&Call::create_stream(&new_stream()), &creator).await?;
    chain.execute(&Call::set_stream_status(0, StreamStatus::Live), &creator).await?;
    let before = chain.execute(&Call::deposit(10 * UNIT, Some(&delegation(&session_key))), &wallet).await?;
    let deposit = chain.now().deposit(&wallet.account()).await?.context("the deposit was made")?;
    let mut viewer = Viewer::new(wallet.account(), session_key, deposit.nonces.next(), genesis);

    let order = Order {
        stream: 0,
        gateway: gateway.account(),
        price_per_tick: PRICE,
        max_ticks: MAX_TICKS,
        expires_at: chain.best().await?.number + 600,
    };
    let mut watch = viewer.ticket(&order);
    let mut updates = rpc.subscribe_session(watch.session).await?;
    let opened = rpc.submit(std::slice::from_ref(&watch.ticket), &[], &[]).await?;
    ensure!(opened.refused().count() == 0, "the ticket was refused: {opened:?}");
    let claim = watch.claim(40).context("the ticket covers 40 ticks")?;
    let claimed = rpc.submit(&[], &[claim], &[]).await?;
    ensure!(claimed.refused().count() == 0, "the claim was refused: {claimed:?}");

    let settled = async {
        while let Some(info) = updates.next().await {
            let state = info?.and_then(|info| info.state);
            if state.is_some_and(|state| state.settled_ticks == 40) {
                return Ok(());
            }
        }
        anyhow::bail!("the subscription ended")
    };
    tokio::time::timeout(std::time::Duration::from_secs(120), settled).await.context("waited for the claim")??;
    let close = gateway.sign_close(&genesis, watch.session, Closer::Gateway);
    rpc.submit(&[], &[], &[close]).await?;
    wait_for("the session to be closed", 120, || async {
        Ok(chain.now().session(watch.session).await?.is_none().then_some(()))
    })
    .await?;

    check_state(&chain.now(), &wallet).await?;
    let then = chain.at(before.block.hash);
    let earlier = then.deposit(&wallet.account()).await?.context("the deposit was made by then")?;
    ensure!(earlier.free == 10 * UNIT, "state at an earlier block is that block's, not {earlier:?}");
    check_events(&chain, before.block.number).await
}

async fn check_state(state: &State<'_>, wallet: &Signer) -> Result<()> {
    let fee = state.params().await?.open_fee;
    let deposit = state.deposit(&wallet.account()).await?.context("the deposit is there")?;
    ensure!(deposit.free == 10 * UNIT - 40 * PRICE - fee, "free is {}", deposit.free);
    let stream = state.stream(0).await?.context("the stream is there")?;
    ensure!(stream.totals.ticks == 40 && stream.open_sessions == 0, "the stream counts {stream:?}");
    ensure!(state.streams(0, 10).await?.len() == 1, "there is one stream");
    ensure!(state.earnings(&stream.creator).await? > 0, "the creator has earned");
    ensure!(state.account(&wallet.account()).await?.nonce == 1, "the wallet has signed once");
    Ok(())
}

/// The events of the blocks since `from` tell the same story.
async fn check_events(chain: &Chain, from: u32) -> Result<()> {
    let best = chain.best().await?.number;
    let (mut ticks, mut opened, mut closed) = (0, 0, 0);
    for number in from..=best {
        for event in chain.tick_events(chain.hash_of(number).await?).await? {
            match event {
                TickEvent::SessionOpened { .. } => opened += 1,
                TickEvent::TicksSettled { ticks: settled, .. } => ticks += settled,
                TickEvent::SessionClosed { settled_ticks, .. } => closed += settled_ticks,
                _ => {}
            }
        }
    }
    ensure!((opened, ticks, closed) == (1, 40, 40), "the events say {opened}, {ticks}, {closed}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_that_fail_name_the_error() -> Result<()> {
    let node = Node::dev().await?;
    let chain = Chain::connect(&node.url()).await?;
    let alice = Signer::from_uri("//Alice")?;
    let pallet = |name: &str| ("TickStream".to_owned(), name.to_owned());

    ensure!(failure(&chain, &Call::withdraw(1), &alice).await? == pallet("DepositUnknown"));
    ensure!(failure(&chain, &Call::deposit(1, None), &alice).await? == pallet("DepositTooSmall"));
    ensure!(failure(&chain, &Call::tip(7, 1, b"well done"), &alice).await? == pallet("StreamUnknown"));
    ensure!(failure(&chain, &Call::payout(&alice.account()), &alice).await? == pallet("NothingEarned"));
    ensure!(failure(&chain, &Call::process_batch(&Default::default()), &alice).await? == pallet("BatchEmpty"));
    ensure!(
        failure(&chain, &Call::register_gateway("ftp://x", &alice.account()), &alice).await?
            == pallet("EndpointInvalid")
    );
    let poor = Call::transfer_keep_alive(&Signer::from_uri("//Bob")?.account(), u128::MAX);
    ensure!(failure(&chain, &poor, &alice).await?.0 == "System", "no pallet's error is System's");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pipeline_and_the_block_streams_work() -> Result<()> {
    let node = Node::dev().await?;
    let chain = Chain::connect(&node.url()).await?;
    let (mut best, mut finalized) = (chain.best_blocks().await?, chain.finalized_blocks().await?);
    let alice = Signer::from_uri("//Alice")?;
    let wallets = (0..30).map(|index| Signer::from_uri(&format!("//pipeline//{index}")));
    let wallets = wallets.collect::<Result<Vec<_>, _>>()?;

    let calls: Vec<_> = wallets.iter().map(|to| Call::transfer_keep_alive(&to.account(), UNIT)).collect();
    let receipts = chain.pipeline(&calls, &alice).await?;
    ensure!(receipts.len() == 30 && receipts.iter().all(Result::is_ok), "not all went in: {receipts:?}");
    for wallet in &wallets {
        ensure!(chain.now().account(&wallet.account()).await?.free == UNIT, "{wallet:?} has not got its VLK");
    }
    let first = best.next().await.context("best blocks come")??;
    ensure!(chain.hash_of(first.number).await? == first.hash, "one node makes no forks");
    let (one, two) = (finalized.next().await.context("blocks become final")??, finalized.next().await);
    let two = two.context("and go on to")??;
    ensure!(two.number == one.number + 1, "final blocks come without gaps: {one:?}, {two:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_extrinsic_that_the_node_has_already_is_followed_all_the_same() -> Result<()> {
    let node = Node::dev().await?;
    let chain = Chain::connect(&node.url()).await?;
    let wallet = Signer::from_uri("//Dave")?;
    let (nonce, anchor) = (chain.next_nonce(&wallet.account()).await?, chain.anchor().await?);
    // Its turn comes after the one that is not sent yet, so the pool keeps it.
    let second = anchor.sign(&Call::deposit(2 * UNIT, None), &wallet, nonce + 1, 0)?;
    chain.submit(&second).await?;
    let again = chain.submit(&second).await.err().context("the pool takes nothing twice")?;
    ensure!(again.to_string().contains("1013"), "refused for another reason: {again}");

    let watched = chain.watch(second).await?;
    let first = chain.watch(anchor.sign(&Call::deposit(UNIT, None), &wallet, nonce, 0)?).await?;
    first.included().await?;
    let receipt = watched.finalized().await?;
    let deposit = chain.at(receipt.block.hash).deposit(&wallet.account()).await?.context("both were included")?;
    ensure!(deposit.free == 3 * UNIT, "each counts once: {deposit:?}");
    Ok(())
}
