//! A tour of a running development chain: who does what for one viewer to pay one creator by the second.
//!
//! Start the chain with `scripts/dev --chain-only`, then run `scripts/tour`. Not the whole platform: its gateway earns
//! while the tour compares what was earned with what is paid out.

use anyhow::{ensure, Context, Result};
use sp_core::Pair;
use sp_runtime::Permill;
use std::time::Duration;
use tick_stream_primitives::{Balance, Delegation, StreamId, TickChain, Ticket};
use vilokanam_chain::{NewStream, Signer, TickEvent};
use vilokanam_tests::{
    chain::{Call, Chain, Rows},
    people::{account, gateway_key, key, Watch, UNIT},
    wait_for,
};

/// Seconds watched.
const SECONDS: u32 = 20;
/// A tick's price: 0.002 VLK.
const PRICE: Balance = UNIT / 500;

fn vlk(planck: Balance) -> String {
    format!("{}.{:06} VLK", planck / UNIT, planck % UNIT / 1_000_000)
}

#[tokio::main]
async fn main() -> Result<()> {
    let url = std::env::args().nth(1).unwrap_or_else(|| "ws://127.0.0.1:9944".into());
    let chain = Chain::connect(&url)
        .await
        .with_context(|| format!("no node at {url}: start one with scripts/dev --chain-only"))?;
    println!("connected to {url}, block {}", chain.height(false).await?);

    let stream = create_stream(&url).await?;
    let mut watch = buy_ticket(&chain, stream).await?;
    watch_seconds(&chain, &mut watch).await?;
    close(&chain, &watch).await?;
    pay_out(&chain).await
}

/// The number is the chain's to give: the event of this very extrinsic tells it. Events are what the typed client reads.
async fn create_stream(url: &str) -> Result<StreamId> {
    let (chain, creator) = (vilokanam_chain::Chain::connect(url).await?, Signer::from_uri("//Bob")?);
    let request = NewStream {
        price_per_tick: PRICE,
        preview_ticks: 0,
        gateway_share: Permill::from_percent(10),
        splits: Default::default(),
        metadata: br#"{"title":"A tour"}"#.to_vec(),
    };
    let receipt = chain.execute(&vilokanam_chain::Call::create_stream(&request), &creator).await?;
    let events = chain.placed_events(receipt.block.hash).await?;
    let created = events.into_iter().find_map(|placed| match placed.event {
        TickEvent::StreamCreated { stream, .. } if placed.extrinsic == Some(receipt.index) => Some(stream),
        _ => None,
    });
    let stream = created.with_context(|| format!("block {} names no new stream", receipt.block.number))?;
    println!("Bob created stream {stream} at {} a second; his gateway takes 10 %", vlk(PRICE));
    Ok(stream)
}

/// The wallet signs once: deposit and session key. The ticket is the session key's.
async fn buy_ticket(chain: &Chain, stream: StreamId) -> Result<Watch> {
    let (wallet, session_key) = (key("//Charlie")?, key(&format!("//tour//{}", rand::random::<u64>()))?);
    let best = chain.height(false).await? as u32;
    let delegation = Delegation {
        session_key: account(&session_key),
        max_price_per_tick: PRICE,
        allowance: 5 * UNIT,
        expires_at: best + 3_600,
    };
    chain.send_and_wait(&wallet, &Call::deposit(10 * UNIT, Some(delegation))).await?;
    println!("Charlie deposited {} and lent a session key: at most {} in all", vlk(10 * UNIT), vlk(5 * UNIT));

    let viewer = account(&wallet);
    let nonce = chain.deposit(&viewer).await?.context("the deposit was just made")?.nonces.next();
    let id = tick_stream_primitives::session_id(&chain.genesis, &viewer, nonce);
    let mut ticks = TickChain::new(&id, rand::random(), 600);
    let ticket = Ticket {
        viewer,
        nonce,
        stream,
        gateway: account(&gateway_key()?),
        price_per_tick: PRICE,
        max_ticks: 600,
        anchor: ticks.anchor(),
        expires_at: best + 600,
    };
    let signature = session_key.sign(&ticket.message(&chain.genesis)).into();
    let watch = Watch::new(id, tick_stream_primitives::SignedTicket { ticket, signature }, ticks);
    chain.submit(&Rows { opens: vec![watch.ticket.clone()], ..Default::default() }).await?;
    wait_for("the session to be opened", 60, || chain.session(id)).await?;
    println!("the session key signed a ticket for up to 600 seconds; the node's worker opened session {id}");
    Ok(watch)
}

/// A second a second. The gateway of a real stream hands over the highest claim every minute; here, every five seconds.
async fn watch_seconds(chain: &Chain, watch: &mut Watch) -> Result<()> {
    for second in 1..=SECONDS {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let claim = watch.reveal(1);
        if second % 5 == 0 {
            chain.submit(&Rows { claims: vec![claim], ..Default::default() }).await?;
            let settled = chain.session(watch.id).await?.map_or(0, |session| session.settled_ticks);
            println!("second {second}: claim handed to the pool, {settled} settled on chain so far");
        }
    }
    wait_for("the last second to be settled", 60, || async {
        Ok(chain.session(watch.id).await?.filter(|session| session.settled_ticks == SECONDS))
    })
    .await?;
    println!("all {SECONDS} seconds are settled");
    Ok(())
}

async fn close(chain: &Chain, watch: &Watch) -> Result<()> {
    chain.submit(&Rows { closes: vec![watch.close(chain)?], ..Default::default() }).await?;
    wait_for("the session to be closed", 60, || async { Ok(chain.session(watch.id).await?.is_none().then_some(())) })
        .await?;
    println!("the gateway closed the session; what was not watched is free again");
    Ok(())
}

async fn pay_out(chain: &Chain) -> Result<()> {
    for (name, uri) in [("creator Bob", "//Bob"), ("gateway Ferdie", "//Ferdie")] {
        let who = account(&key(uri)?);
        let (earned, before) = (chain.earnings(&who).await?, chain.account(&who).await?.1);
        chain.send_and_wait(&key("//Dave")?, &Call::payout(&who)).await?;
        let received = chain.account(&who).await?.1 - before;
        ensure!(received == earned, "{name} received {received} planck and not {earned}");
        println!("{name} was paid out {}", vlk(earned));
    }
    println!("paid in all: {} for {SECONDS} seconds, and the books are even", vlk(PRICE * Balance::from(SECONDS)));
    Ok(())
}
