//! Failures of the gateway and of its node: no charged tick is lost, none is charged twice, and all of them are
//! settled.

use anyhow::{anyhow, ensure, Context, Result};
use rand::{rngs::StdRng, Rng, SeedableRng};
use std::{
    collections::BTreeMap,
    sync::{
        atomic::{AtomicBool, Ordering},
        Arc, Mutex, MutexGuard,
    },
    time::Duration,
};
use tick_stream_primitives::SessionId;
use tokio::{
    task::JoinSet,
    time::{sleep, Instant},
};
use vilokanam_gateway_tests::{
    api::ApiClient,
    environment::{terms, EnvironmentOptions, TestEnvironment, STREAM},
    ledger::Ledger,
    player::{offer, Player},
    playlist::Segment,
    session::ViewerSession,
    wallet::Wallet,
};
use vilokanam_wire::sessions::SessionView;

const MAX_TICKS: u32 = 600;
/// Number of times that the gateway is killed while it sells keys.
const KILLS: u32 = 20;
/// Maximum time between a start and the next kill, in milliseconds.
const MAX_RUN_MS: u64 = 1_200;
/// Length of the recording whose keys are sold. A live stream would need a publisher that reconnects after each kill.
const RECORDING_SECONDS: u32 = 60;
/// Number of keys that a viewer buys in one session. What was bought once is free afterwards, so that each goes on where the
/// one before has ended.
const KEYS_PER_SESSION: usize = 6;
/// Pause of a viewer between two keys: all of them take about as long as all kills.
const BUYING_PAUSE: Duration = Duration::from_millis(1_200);
/// Time for which the node is down.
const NODE_DOWNTIME: Duration = Duration::from_secs(30);
/// Environment variable with the seed of a run that is to be repeated.
const SEED_VARIABLE: &str = "VILOKANAM_TEST_SEED";

/// Counts of a session, as the gateway reported them with the last key.
#[derive(Clone, Copy)]
struct Reported {
    revealed_ticks: u32,
    charged_ticks: u32,
}

/// What the gateway has reported about the sessions that are open.
#[derive(Clone, Default)]
struct Reports(Arc<Mutex<BTreeMap<SessionId, Reported>>>);

impl Reports {
    fn lock(&self) -> Result<MutexGuard<'_, BTreeMap<SessionId, Reported>>> {
        self.0.lock().map_err(|_| anyhow!("another viewer has panicked"))
    }
}

/// A viewer who buys the keys of the recording, a few in each session.
struct Buyer {
    api: ApiClient,
    wallet: Wallet,
    recording: Vec<Segment>,
    reports: Reports,
    must_stop: Arc<AtomicBool>,
}

/// A session that a buyer has left.
struct FinishedSession {
    session: ViewerSession,
    /// Cost of all keys that were bought in it.
    cost_ticks: u32,
}

impl Buyer {
    /// Buys until it has everything, or must stop.
    async fn run(mut self) -> Result<Vec<FinishedSession>> {
        let mut sessions = Vec::new();
        let recording = std::mem::take(&mut self.recording);
        for part in recording.chunks(KEYS_PER_SESSION) {
            if self.must_stop.load(Ordering::Relaxed) {
                break;
            }
            sessions.push(self.buy(part).await?);
        }
        Ok(sessions)
    }

    async fn buy(&mut self, part: &[Segment]) -> Result<FinishedSession> {
        let mut player = Player::new(&self.api, STREAM, "240p");
        let session = self.wallet.ticket(&terms(MAX_TICKS)).await?;
        let id = session.id;
        offer(&self.api, &session).await?;
        player.session = Some(session);
        for segment in part {
            let bought = player.buy(segment).await?;
            let (revealed_ticks, charged_ticks) = (bought.revealed_ticks, bought.charged_ticks);
            self.reports.lock()?.insert(id, Reported { revealed_ticks, charged_ticks });
            if self.must_stop.load(Ordering::Relaxed) {
                break;
            }
            sleep(BUYING_PAUSE).await;
        }
        // From here on, the gateway may forget the session.
        self.reports.lock()?.remove(&id);
        player.leave().await?;
        let cost_ticks = player.bought.iter().map(|bought| bought.segment.cost_ticks).sum();
        Ok(FinishedSession { session: player.session.context("the session was opened")?, cost_ticks })
    }
}

/// Fails unless the gateway still has all the ticks that it has reported.
async fn check_nothing_is_lost(api: &ApiClient, reports: &BTreeMap<SessionId, Reported>) -> Result<()> {
    for (id, Reported { revealed_ticks, charged_ticks }) in reports {
        let view: SessionView = api.get(&format!("/v1/sessions/{id}")).await?.json()?;
        let is_kept = view.revealed_ticks >= *revealed_ticks && view.charged_ticks >= *charged_ticks;
        ensure!(is_kept, "before the kill: {revealed_ticks} revealed, {charged_ticks} charged; after it: {view:?}");
    }
    Ok(())
}

/// Kills and restarts the gateway. Fails if it has lost anything about a session that is open before and after.
async fn kill_and_check(env: &mut TestEnvironment, reports: &Reports) -> Result<()> {
    env.gateway.kill()?;
    let mut before = reports.lock()?.clone();
    env.gateway.run().await?;
    {
        let after = reports.lock()?;
        before.retain(|id, _| after.contains_key(id));
    }
    check_nothing_is_lost(&env.api, &before).await
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_gateway_loses_no_ticks_and_charges_none_twice() -> Result<()> {
    let seed = std::env::var(SEED_VARIABLE).map_or_else(|_| Ok(rand::random()), |seed| seed.parse::<u64>())?;
    println!("{SEED_VARIABLE}={seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let viewers = ["//Charlie", "//Dave", "//Eve", "//Charlie//stash"];
    let settings = [("INGEST__RECONNECT_WINDOW_S", "1")];
    let options = EnvironmentOptions { settings: &settings, viewers: &viewers, ..EnvironmentOptions::offline() };
    let mut env = TestEnvironment::start(options).await?;
    let recording = env.record(RECORDING_SECONDS).await?;
    ensure!(recording.len() >= 20, "the recording is too short: {recording:?}");

    let (reports, must_stop) = (Reports::default(), Arc::new(AtomicBool::new(false)));
    let mut buyers = JoinSet::new();
    for wallet in env.wallets.drain(..) {
        let (api, recording, reports) = (env.api.clone(), recording.clone(), reports.clone());
        buyers.spawn(Buyer { api, wallet, recording, reports, must_stop: must_stop.clone() }.run());
    }
    for kill in 0..KILLS {
        sleep(Duration::from_millis(random.gen_range(0..=MAX_RUN_MS))).await;
        kill_and_check(&mut env, &reports).await.with_context(|| format!("kill {kill}, seed {seed}"))?;
    }
    must_stop.store(true, Ordering::Relaxed);
    let mut finished = Vec::new();
    while let Some(buyer) = buyers.join_next().await {
        finished.extend(buyer??);
    }
    let ids: Vec<_> = finished.iter().map(|finished| finished.session.id).collect();
    let ledger = Ledger::wait_until_all_are_closed(&env.chain, &ids).await?;
    let ticks: u32 = finished.iter().map(|finished| finished.cost_ticks).sum();
    println!("{} sessions, {ticks} ticks, {KILLS} kills", finished.len());
    for FinishedSession { session, cost_ticks } in &finished {
        let charged_ticks = session.charged_ticks;
        ensure!(charged_ticks == *cost_ticks, "{charged_ticks} ticks charged for {cost_ticks}: seed {seed}");
        ledger.check_settled(session.id, *cost_ticks).with_context(|| format!("seed {seed}"))?;
    }
    ledger.check_balances(&env.chain).await
}

#[tokio::test(flavor = "multi_thread")]
async fn gateway_sells_keys_while_its_node_is_down() -> Result<()> {
    let mut env = TestEnvironment::start(Default::default()).await?;
    let mut player = env.paying_player(0, MAX_TICKS).await?;
    player.watch(1).await?;
    player.wait_until_finalized().await?;
    env.node.kill()?;
    let (down_since, charged_before) = (Instant::now(), player.session()?.charged_ticks);
    while down_since.elapsed() < NODE_DOWNTIME {
        player.watch(1).await?;
    }
    let sold_ticks = player.session()?.charged_ticks - charged_before;
    ensure!(sold_ticks >= 10, "only {sold_ticks} ticks were sold in {} s", NODE_DOWNTIME.as_secs());

    env.node.run().await?;
    env.chain = env.node.chain().await?;
    let session = player.session()?;
    env.wait_for_settled_ticks(session.id, session.revealed_ticks).await?;
    player.watch(1).await?;
    env.settle(&mut [&mut player]).await?;
    Ok(())
}
