//! A tour of a running development chain: what creator, viewer, gateway and node do so that seconds are paid.
//!
//! Start the chain with `scripts/dev --chain-only`, then run `scripts/tour`. Do not start the whole platform: its
//! gateway would earn while the tour compares earnings and payouts.

use anyhow::{ensure, Context, Result};
use sp_runtime::Permill;
use std::time::Duration;
use tick_stream_primitives::{Balance, KeyLimits, StreamId, TickEvent};
use vilokanam_chain::{Chain, NewStream, Signer};
use vilokanam_tests::{
    accounts::{account, account_of, key, CREATOR, GATEWAY, UNIT},
    call::Call,
    node_client::{NodeClient, Rows},
    viewer::{key_limits, TicketTerms, Viewer, ViewerSession},
    wait_for,
};

/// Number of seconds that are watched.
const SECONDS: u32 = 20;
/// Price of a tick: 0.002 VLK.
const PRICE: Balance = UNIT / 500;
/// Validity of the session key in blocks.
const KEY_BLOCKS: u32 = 3_600;

fn vlk(planck: Balance) -> String {
    format!("{}.{:06} VLK", planck / UNIT, planck % UNIT / 1_000_000)
}

#[tokio::main]
async fn main() -> Result<()> {
    let url = std::env::args().nth(1).unwrap_or_else(|| "ws://127.0.0.1:9944".into());
    let client = NodeClient::connect(&url)
        .await
        .with_context(|| format!("no node answers at {url}: start one with scripts/dev --chain-only"))?;
    println!("connected to {url}, block {}", client.best_number().await?);

    let stream = create_stream(&url).await?;
    let mut session = open_session(&client, stream).await?;
    watch(&client, &mut session).await?;
    close(&client, &session).await?;
    pay_out(&client).await
}

/// Creates a stream and returns its number, which is in the event of the extrinsic.
async fn create_stream(url: &str) -> Result<StreamId> {
    let (chain, creator) = (Chain::connect(url).await?, Signer::from_uri(CREATOR)?);
    let new_stream = NewStream {
        price_per_tick: PRICE,
        preview_ticks: 0,
        gateway_share: Permill::from_percent(10),
        splits: Default::default(),
        metadata: br#"{"title":"A tour"}"#.to_vec(),
    };
    let receipt = chain.execute(&vilokanam_chain::Call::create_stream(&new_stream), &creator).await?;
    let events = chain.placed_events(receipt.block.hash).await?;
    let created = events.into_iter().find_map(|placed| match placed.event {
        TickEvent::StreamCreated { stream, .. } if placed.extrinsic == Some(receipt.index) => Some(stream),
        _ => None,
    });
    let stream = created.with_context(|| format!("block {} has no event of a new stream", receipt.block.number))?;
    println!("Bob created stream {stream} at {} a second; the gateway gets 10 %", vlk(PRICE));
    Ok(stream)
}

/// Makes a deposit, which the wallet signs, and opens a session with a ticket, which the session key signs.
async fn open_session(client: &NodeClient, stream: StreamId) -> Result<ViewerSession> {
    let (wallet, session_key) = (key("//Charlie")?, key(&format!("//tour//{}", rand::random::<u64>()))?);
    let limits = KeyLimits { expires_at: client.best_number().await? + KEY_BLOCKS, ..key_limits(PRICE, 5 * UNIT) };
    let key_account = account_of(&session_key);
    client.send_and_wait(&wallet, &Call::deposit(10 * UNIT, Some((&key_account, &limits)))).await?;
    println!("Charlie deposited {} and authorised a session key to spend {} of it", vlk(10 * UNIT), vlk(5 * UNIT));

    let mut viewer = Viewer::with_deposit(client, wallet, session_key).await?;
    let terms = TicketTerms { stream, price_per_tick: PRICE, max_ticks: 600, valid_blocks: 600 };
    let session = viewer.ticket(client, &terms).await?;
    client.submit(&Rows { opens: vec![session.ticket.clone()], ..Default::default() }).await?;
    wait_for("the session to be opened", 60, || client.session(session.id)).await?;
    println!("the session key signed a ticket for up to 600 seconds; the node's worker opened session {}", session.id);
    Ok(session)
}

/// Reveals a tick a second. A real gateway submits the highest claim every minute, this tour every five seconds.
async fn watch(client: &NodeClient, session: &mut ViewerSession) -> Result<()> {
    for second in 1..=SECONDS {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let claim = session.reveal(1)?;
        if second % 5 == 0 {
            client.submit(&Rows { claims: vec![claim], ..Default::default() }).await?;
            let settled_ticks = client.session(session.id).await?.map_or(0, |session| session.settled_ticks);
            println!("second {second}: the claim is in the pool, {settled_ticks} seconds are settled so far");
        }
    }
    wait_for("the last second to be settled", 60, || async {
        Ok(client.session(session.id).await?.filter(|session| session.settled_ticks == SECONDS))
    })
    .await?;
    println!("all {SECONDS} seconds are settled");
    Ok(())
}

async fn close(client: &NodeClient, session: &ViewerSession) -> Result<()> {
    client.submit(&Rows { closes: vec![session.close(client)?], ..Default::default() }).await?;
    wait_for("the session to be closed", 60, || async {
        Ok(client.session(session.id).await?.is_none().then_some(()))
    })
    .await?;
    println!("the gateway closed the session; the part of the deposit that was not spent is free again");
    Ok(())
}

async fn pay_out(client: &NodeClient) -> Result<()> {
    for (name, uri) in [("creator Bob", CREATOR), ("gateway Ferdie", GATEWAY)] {
        let account = account(uri)?;
        let (earned, before) = (client.earnings(&account).await?, client.balance(&account).await?);
        client.send_and_wait(&key("//Dave")?, &Call::payout(&account)).await?;
        let received = client.balance(&account).await? - before;
        ensure!(received == earned, "{name} earned {earned} planck and received {received}");
        println!("{name} was paid {}", vlk(earned));
    }
    println!("the viewer paid {} for {SECONDS} seconds, and the sums match", vlk(PRICE * Balance::from(SECONDS)));
    Ok(())
}
