//! `vilokanam-chain`, the client that gateway and command line use, against a real node.

use anyhow::{bail, ensure, Context, Result};
use futures::StreamExt;
use sp_runtime::Permill;
use std::time::Duration;
use tick_stream_primitives::{Closer, Params, StreamStatus, TickEvent};
use vilokanam_chain::{Call, Chain, NewStream, Order, Signer, State, TickRpc, Viewer};
use vilokanam_tests::{
    accounts::{CREATOR, GATEWAY, UNIT},
    node::Node,
    viewer::key_limits,
    wait_for,
};

/// An odd number, at which the worker settles [`TICKS`] at once: they earn more than they cost.
const PRICE: u128 = 3_000_000_001;
const MAX_TICKS: u32 = 300;
/// Number of ticks that the viewer reveals.
const TICKS: u32 = 40;
const WAIT_SECONDS: u64 = 120;

fn new_stream() -> NewStream {
    NewStream {
        price_per_tick: PRICE,
        preview_ticks: 10,
        gateway_share: Permill::from_percent(10),
        splits: Default::default(),
        metadata: br#"{"title":"Typed"}"#.to_vec(),
    }
}

/// Returns the pallet and the name of the error that a call fails with.
async fn failure(chain: &Chain, call: &Call, signer: &Signer) -> Result<(String, String)> {
    let error = chain.execute(call, signer).await.err().context("the call should fail")?;
    let (pallet, name) = error.dispatch().with_context(|| format!("not an error of a pallet: {error}"))?;
    Ok((pallet.to_owned(), name.to_owned()))
}

#[tokio::test(flavor = "multi_thread")]
async fn session_is_opened_settled_and_closed() -> Result<()> {
    let node = Node::dev().await?;
    let chain = node.chain().await?;
    let rpc = TickRpc::connect(&node.url()).await?;
    let (creator, wallet) = (Signer::from_uri(CREATOR)?, Signer::from_uri("//Eve")?);
    let (gateway, session_key) = (Signer::from_uri(GATEWAY)?, Signer::from_seed([7; 32])?);
    let genesis = chain.genesis_hash();

    chain.execute(&Call::create_stream(&new_stream()), &creator).await?;
    chain.execute(&Call::set_stream_status(0, StreamStatus::Live), &creator).await?;
    let (key_account, limits) = (session_key.account(), key_limits(PRICE, UNIT));
    let deposited = chain.execute(&Call::deposit(10 * UNIT, Some((&key_account, &limits))), &wallet).await?;
    let key = chain.now().key(&wallet.account(), &key_account).await?.context("the key was added")?;
    let mut viewer = Viewer::new(wallet.account(), session_key, key.nonces.next(), genesis);

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
    let claim = watch.claim(TICKS).context("the ticket covers the claim")?;
    let claimed = rpc.submit(&[], &[claim], &[]).await?;
    ensure!(claimed.refused().count() == 0, "the claim was refused: {claimed:?}");

    let settled = async {
        while let Some(info) = updates.next().await {
            let state = info?.and_then(|info| info.state);
            if state.is_some_and(|state| state.settled_ticks == TICKS) {
                return Ok(());
            }
        }
        bail!("the subscription ended")
    };
    let in_time = tokio::time::timeout(Duration::from_secs(WAIT_SECONDS), settled).await;
    in_time.context("the subscription did not report that the claim was settled")??;
    let close = gateway.sign_close(&genesis, watch.session, Closer::Gateway);
    rpc.submit(&[], &[], &[close]).await?;
    wait_for("the session to be closed", WAIT_SECONDS, || async {
        Ok(chain.now().session(watch.session).await?.is_none().then_some(()))
    })
    .await?;

    check_state(&chain.now(), &wallet).await?;
    let earlier = chain.at(deposited.block.hash).deposit(&wallet.account()).await?.context("the deposit was made")?;
    let bond = chain.now().params().await?.storage_bond;
    ensure!(earlier.free == 10 * UNIT - 2 * bond, "an earlier block has the state of that time, not {earlier:?}");
    check_events(&chain, deposited.block.number).await
}

async fn check_state(state: &State<'_>, wallet: &Signer) -> Result<()> {
    let Params { open_fee: fee, storage_bond: bond, .. } = state.params().await?;
    let deposit = state.deposit(&wallet.account()).await?.context("the deposit exists")?;
    ensure!(deposit.free == 10 * UNIT - 2 * bond - u128::from(TICKS) * PRICE - fee, "{} planck are free", deposit.free);
    let stream = state.stream(0).await?.context("the stream exists")?;
    ensure!(stream.totals.ticks == u64::from(TICKS) && stream.open_sessions == 0, "wrong totals: {stream:?}");
    ensure!(state.streams(0, 10).await?.streams.len() == 1, "there should be one stream");
    ensure!(state.earnings(&stream.creator).await? > 0, "the creator has earned nothing");
    ensure!(state.account(&wallet.account()).await?.nonce == 1, "the wallet should have signed once");
    Ok(())
}

/// Fails unless the events since block `from` are those of one session.
async fn check_events(chain: &Chain, from: u32) -> Result<()> {
    let best = chain.best().await?.number;
    let (mut opened_sessions, mut settled, mut settled_at_close) = (0, 0, 0);
    for number in from..=best {
        for event in chain.tick_events(chain.hash_of(number).await?).await? {
            match event {
                TickEvent::SessionOpened { .. } => opened_sessions += 1,
                TickEvent::TicksSettled { ticks, .. } => settled += ticks,
                TickEvent::SessionClosed { settled_ticks, .. } => settled_at_close += settled_ticks,
                _ => {}
            }
        }
    }
    let found = (opened_sessions, settled, settled_at_close);
    ensure!(found == (1, TICKS, TICKS), "sessions opened, ticks settled, ticks at the close: {found:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn failed_calls_name_their_error() -> Result<()> {
    let node = Node::dev().await?;
    let chain = node.chain().await?;
    let alice = Signer::from_uri("//Alice")?;
    let cases = [
        (Call::withdraw(1), "DepositUnknown"),
        (Call::deposit(1, None), "DepositTooSmall"),
        (Call::tip(7, 1, b"well done"), "StreamUnknown"),
        (Call::payout(&alice.account()), "NothingEarned"),
        (Call::process_batch(&Default::default()), "BatchEmpty"),
        (Call::register_gateway("ftp://x", &alice.account()), "EndpointInvalid"),
    ];
    for (call, expected) in cases {
        let (pallet, name) = failure(&chain, &call, &alice).await?;
        ensure!(pallet == "TickStream" && name == expected, "{pallet}::{name}, not {expected}");
    }
    let unaffordable = Call::transfer_keep_alive(&Signer::from_uri("//Bob")?.account(), u128::MAX);
    let (pallet, name) = failure(&chain, &unaffordable, &alice).await?;
    ensure!(pallet == "System", "an error that no pallet defines should be of System, not of {pallet}: {name}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn pipelined_calls_are_included_and_block_streams_have_no_gaps() -> Result<()> {
    let node = Node::dev().await?;
    let chain = node.chain().await?;
    let (mut best, mut finalized) = (chain.best_blocks().await?, chain.finalized_blocks().await?);
    let alice = Signer::from_uri("//Alice")?;
    let wallets = (0..30).map(|index| Signer::from_uri(&format!("//pipeline//{index}")));
    let wallets = wallets.collect::<Result<Vec<_>, _>>()?;

    let calls: Vec<_> = wallets.iter().map(|to| Call::transfer_keep_alive(&to.account(), UNIT)).collect();
    let receipts = chain.pipeline(&calls, &alice).await?;
    ensure!(receipts.len() == calls.len() && receipts.iter().all(Result::is_ok), "not all succeeded: {receipts:?}");
    for wallet in &wallets {
        ensure!(chain.now().account(&wallet.account()).await?.free == UNIT, "{wallet:?} has not received its VLK");
    }
    let block = best.next().await.context("there are best blocks")??;
    ensure!(chain.hash_of(block.number).await? == block.hash, "a single node makes no forks");
    let (first, second) = (finalized.next().await, finalized.next().await);
    let (first, second) = (first.context("a block is finalized")??, second.context("and another one")??);
    ensure!(second.number == first.number + 1, "finalized blocks should have no gaps: {first:?}, {second:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn extrinsic_that_is_already_in_the_pool_can_be_watched() -> Result<()> {
    let node = Node::dev().await?;
    let chain = node.chain().await?;
    let wallet = Signer::from_uri("//Dave")?;
    let (nonce, anchor) = (chain.next_nonce(&wallet.account()).await?, chain.anchor().await?);
    // The pool keeps this one, because the one before it is not submitted yet.
    let second = anchor.sign(&Call::deposit(2 * UNIT, None), &wallet, nonce + 1, 0)?;
    chain.submit(&second).await?;
    let again = chain.submit(&second).await.err().context("the pool should refuse a duplicate")?;
    ensure!(again.to_string().contains("1013"), "refused for another reason: {again}");

    let watched = chain.watch(second).await?;
    let first = chain.watch(anchor.sign(&Call::deposit(UNIT, None), &wallet, nonce, 0)?).await?;
    first.included().await?;
    let receipt = watched.finalized().await?;
    let deposit = chain.at(receipt.block.hash).deposit(&wallet.account()).await?.context("the deposits were made")?;
    ensure!(deposit.free + deposit.bond == 3 * UNIT, "each deposit should count once: {deposit:?}");
    Ok(())
}
