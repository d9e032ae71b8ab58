//! Failures of the gateway and its node: no second that was sold is lost, none is charged twice, and the books balance.

use anyhow::{ensure, Context, Result};
use rand::{rngs::StdRng, Rng, SeedableRng};
use std::{
    collections::BTreeMap,
    sync::{
        atomic::{AtomicBool, Ordering},
        Arc, Mutex,
    },
    time::Duration,
};
use tick_stream_primitives::SessionId;
use tokio::{
    task::JoinSet,
    time::{sleep, Instant},
};
use vilokanam_gateway_tests::{
    api::Api,
    books::Books,
    player::{offer, Player},
    playlist::Listed,
    stage::{wish, Plan, Stage, STREAM},
    wait_for,
    wallet::{Seat, Wallet},
};
use vilokanam_wire::sessions::SessionView;

const MAX_TICKS: u32 = 600;

/// How often the gateway is killed while it sells.
const KILLS: u32 = 20;
/// The longest it sells in between.
const MAX_RUN_MS: u64 = 1_200;
/// How long the recording is whose keys are sold. Its buyers need no publisher, which would have to come back each time.
const RECORDING_SECONDS: u32 = 24;
/// Between two keys of a viewer.
const PACE: Duration = Duration::from_millis(150);
/// For how long the node is away.
const NODE_AWAY: Duration = Duration::from_secs(30);
/// Gives the seed of a run that is to be repeated.
const SEED_VARIABLE: &str = "VILOKANAM_TEST_SEED";

/// What viewers have been answered, session by session: ticks paid and ticks used.
type Answered = Arc<Mutex<BTreeMap<SessionId, (u32, u32)>>>;

/// A viewer who buys the recording again and again, each time in a new session.
struct Buyer {
    api: Api,
    wallet: Wallet,
    recording: Vec<Listed>,
    answered: Answered,
    ends: Arc<AtomicBool>,
}

impl Buyer {
    /// Buys until told to end. Returns its sessions, and what the keys of each cost.
    async fn run(mut self) -> Result<Vec<(Seat, u32)>> {
        let mut sessions = Vec::new();
        while !self.ends.load(Ordering::Relaxed) {
            sessions.push(self.buy_all().await?);
        }
        Ok(sessions)
    }

    async fn buy_all(&mut self) -> Result<(Seat, u32)> {
        let mut player = Player::new(&self.api, STREAM, "240p");
        let seat = self.wallet.ticket(&wish(MAX_TICKS)).await?;
        let id = seat.id;
        offer(&self.api, &seat).await?;
        player.seat = Some(seat);
        for listed in &self.recording {
            let bought = player.buy(listed).await?;
            let answer = (bought.paid_ticks, bought.used_ticks);
            self.answered.lock().map_err(|_| anyhow::anyhow!("another buyer has failed"))?.insert(id, answer);
            if self.ends.load(Ordering::Relaxed) {
                break;
            }
            sleep(PACE).await;
        }
        // From here on the gateway may forget it.
        self.answered.lock().map_err(|_| anyhow::anyhow!("another buyer has failed"))?.remove(&id);
        player.leave().await?;
        let cost = player.bought.iter().map(|bought| bought.listed.cost).sum();
        Ok((player.seat.context("it has watched")?, cost))
    }
}

/// Fails unless the gateway still knows of each tick that it has given a key for.
async fn check_nothing_is_lost(api: &Api, answered: &BTreeMap<SessionId, (u32, u32)>) -> Result<()> {
    for (id, (paid_ticks, used_ticks)) in answered {
        let view: SessionView = api.get(&format!("/v1/sessions/{id}")).await?.json()?;
        let is_kept = view.paid_ticks >= *paid_ticks && view.used_ticks >= *used_ticks;
        ensure!(is_kept, "{id} was answered {paid_ticks} paid, {used_ticks} used; after the restart it is {view:?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn killing_the_gateway_twenty_times_loses_nothing_works() -> Result<()> {
    let seed = std::env::var(SEED_VARIABLE).map_or_else(|_| Ok(rand::random()), |seed| seed.parse::<u64>())?;
    println!("{SEED_VARIABLE}={seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let viewers = ["//Charlie", "//Dave", "//Eve", "//Charlie//stash"];
    let settings = [("INGEST__RECONNECT_WINDOW_S", "1")];
    let plan = Plan { settings: &settings, viewers: &viewers, is_live: false, ..Plan::default() };
    let mut stage = Stage::open(plan).await?;
    let recording = stage.record(RECORDING_SECONDS).await?;
    ensure!(recording.len() >= 8, "too short a recording: {recording:?}");

    let (answered, ends) = (Answered::default(), Arc::new(AtomicBool::new(false)));
    let mut buyers = JoinSet::new();
    for wallet in stage.wallets.drain(..) {
        let (api, recording) = (stage.api.clone(), recording.clone());
        let buyer = Buyer { api, wallet, recording, answered: answered.clone(), ends: ends.clone() };
        buyers.spawn(buyer.run());
    }
    for kill in 0..KILLS {
        sleep(Duration::from_millis(random.gen_range(0..=MAX_RUN_MS))).await;
        stage.gateway.kill()?;
        let before = answered.lock().map_err(|_| anyhow::anyhow!("a buyer has failed"))?.clone();
        stage.gateway.run().await?;
        let still_there = |id: &SessionId| answered.lock().is_ok_and(|now| now.contains_key(id));
        let watched = before.into_iter().filter(|(id, _)| still_there(id)).collect();
        check_nothing_is_lost(&stage.api, &watched).await.with_context(|| format!("kill {kill}, seed {seed}"))?;
    }
    ends.store(true, Ordering::Relaxed);
    let mut sessions = Vec::new();
    while let Some(buyer) = buyers.join_next().await {
        sessions.extend(buyer??);
    }
    let ids: Vec<_> = sessions.iter().map(|(seat, _)| seat.id).collect();
    let books = Books::closed(&stage.chain, &ids).await?;
    let sold: u32 = sessions.iter().map(|(_, cost)| cost).sum();
    println!("{} sessions, {sold} ticks, {KILLS} kills", sessions.len());
    for (seat, cost) in &sessions {
        ensure!(seat.used == *cost, "keys of {cost} ticks were charged as {}: seed {seed}", seat.used);
        books.expect(seat.id, *cost).with_context(|| format!("seed {seed}"))?;
    }
    books.check(&stage.chain).await
}

#[tokio::test(flavor = "multi_thread")]
async fn selling_while_the_node_is_away_works() -> Result<()> {
    let mut stage = Stage::open(Plan::default()).await?;
    let mut player = stage.paying_player(0, MAX_TICKS).await?;
    player.watch(1).await?;
    player.wait_until_open().await?;
    stage.node.kill();
    let (away_since, sold_before) = (Instant::now(), player.seat()?.used);
    while away_since.elapsed() < NODE_AWAY {
        player.watch(1).await?;
    }
    let sold = player.seat()?.used - sold_before;
    ensure!(sold >= 10, "only {sold} ticks were sold in {} s", NODE_AWAY.as_secs());

    stage.node.run().await?;
    stage.chain = stage.node.chain().await?;
    let (id, due) = (player.seat()?.id, player.seat()?.revealed);
    wait_for("what was sold to be settled", 120, || async {
        let session = stage.chain.now().session(id).await?.context("the session is open")?;
        Ok((session.settled_ticks >= due).then_some(()))
    })
    .await?;
    player.watch(1).await?;
    player.leave().await?;
    let books = Books::closed(&stage.chain, &[id]).await?;
    books.expect(id, player.seat()?.revealed)?;
    books.check(&stage.chain).await
}
