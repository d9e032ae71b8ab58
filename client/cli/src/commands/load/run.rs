//! A load test from the first account to the last settlement.

use super::{
    crowd::{self, Needs, Root},
    drive::Ring,
    flood,
    ledger::Keeper,
    machine::{self, Usage},
    plan::{Opening, Phase, Plan},
    report::{Parts, PhaseReport, Report, Setting},
    scene::{Scene, Terms},
    schedule::Schedule,
    shelf,
    tally::{Tallied, Tally},
    viewer::{Left, Viewer},
};
use crate::{
    context::Context,
    error::CliError,
    gateway::{genesis_of, GatewayClient},
    player::status::StatusLine,
};
use futures::{stream, StreamExt};
use std::{
    sync::{atomic::AtomicU32, Arc},
    time::{Duration, Instant},
};
use tick_stream_primitives::{Balance, BlockNumber};
use tokio::sync::watch;
use vilokanam_chain::Chain;
use vilokanam_wire::{gateway::GatewayInfo, streams::StreamView, Planck};

/// Ticks that a session has room for besides those of the plan: paid ahead, rounded up, bought while it ends.
const SPARE_TICKS: u32 = 120;
/// Sessions that a deposit covers at a time: the next may be opened before the last is closed.
const SESSIONS_AT_A_TIME: Balance = 2;
/// Tickets that are offered at the same time ahead of the first phase.
const MAX_OFFERS: usize = 64;
/// How long opening ahead may take, for each thousand viewers and at least.
const OPEN_TIMEOUT_PER_1000: Duration = Duration::from_secs(60);
const OPEN_TIMEOUT: Duration = Duration::from_secs(120);
/// How often it is looked whether sessions are open for good.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Blocks that are kept between the last one a session key is needed in and its end.
const SPARE_BLOCKS: BlockNumber = 3_600;

/// Everything a test runs with.
pub struct Test {
    plan: Plan,
    gateway: GatewayClient,
    info: GatewayInfo,
    chain: Chain,
    scene: Scene,
    keeper: Keeper,
    line: StatusLine,
    viewers: Vec<Viewer>,
    began_at: String,
    /// How long a closed loop goes on instead of the phases.
    flood: Option<Duration>,
    /// Servers of this machine that are looked at meanwhile.
    servers: Vec<u32>,
    stop: watch::Receiver<bool>,
}

/// What the phases, or the flood, have come to.
struct Loaded {
    tallied: Tallied,
    seconds: Vec<f64>,
    lasted_s: f64,
    is_exhausted: bool,
    used: Used,
}

/// Processor time and memory, of the load alone.
struct Used {
    generator: Option<Usage>,
    servers: Option<Usage>,
}

impl Used {
    fn now(servers: &[u32]) -> Self {
        Self { generator: machine::own(), servers: machine::of(servers) }
    }

    fn since(self, before: &Self) -> Self {
        let since = |now: Option<Usage>, before| now.map(|now| now.since(before));
        Self { generator: since(self.generator, before.generator), servers: since(self.servers, before.servers) }
    }
}

impl Test {
    /// Finds out what there is to load, makes and funds the accounts.
    pub async fn prepare(
        context: &Context,
        plan: Plan,
        flood: Option<Duration>,
        servers: Vec<u32>,
        stop: watch::Receiver<bool>,
    ) -> Result<Self, CliError> {
        let line = StatusLine::new(context.global.quiet);
        let (root, funder) = (Root::of(context)?, context.signer()?);
        let gateway = context.gateway()?;
        let (info, chain) = (gateway.info().await?, context.chain().await?);
        if genesis_of(&info)? != chain.genesis_hash() {
            return Err(CliError::Usage(
                "the gateway and the node are on different chains; mend --gateway or --node".into(),
            ));
        }
        let view: StreamView = gateway.get(&format!("/v1/streams/{}", plan.stream), &[]).await?;
        let terms = terms(&plan, &info, &view, flood)?;
        let (shelf, _) = shelf::open(&gateway, &view, &plan).await?;
        let now = chain.best().await?.number;
        let block = Arc::new(AtomicU32::new(now));
        let keeper = Keeper::begin(&chain, block.clone()).await?;
        let mut members = root.members(plan.viewers())?;
        let needs = Needs {
            deposit: deposit(&terms, info.min_deposit.0),
            price_per_tick: terms.price_per_tick,
            until: now.saturating_add(plan.seconds()).saturating_add(SPARE_BLOCKS),
        };
        crowd::prepare(&chain, &funder, &mut members, &needs, &line).await?;
        let genesis = chain.genesis_hash();
        let viewer = |(member, number): (&crowd::Member, u32)| {
            Viewer::new(number, member, genesis, uses_socket(number, plan.socket_percent))
        };
        let viewers = members.iter().zip(0..).map(viewer).collect();
        let scene = Scene {
            gateway: gateway.clone(),
            terms: Arc::new(terms),
            shelf,
            block,
            tally: Arc::new(Tally::new(1)),
            schedule: Arc::new(Schedule::new(&[])),
            began: Instant::now(),
        };
        let began_at = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        Ok(Self { plan, gateway, info, chain, scene, keeper, line, viewers, began_at, flood, servers, stop })
    }

    /// Loads, leaves, compares, reports.
    pub async fn run(mut self) -> Result<Report, CliError> {
        let preparation = match (self.plan.opening, self.flood) {
            (Opening::OnJoining, None) => None,
            _ => Some(self.open_ahead().await?),
        };
        let loaded = match self.flood {
            Some(length) => self.flood(length).await,
            None => self.load().await,
        };
        let (left, leaving, tallied) = self.leave(loaded.tallied).await;
        let limit = Duration::from_secs(self.plan.settle_seconds.into());
        let tell = |waiting| self.line.tell(format!("Waiting until the chain has settled {waiting} sessions …"));
        let settlement = self.keeper.settle(&left, limit, tell).await;
        self.line.clear();
        drop(self.chain);
        let setting = Setting {
            began_at: self.began_at,
            gateway: self.gateway.address().to_string(),
            gateway_version: self.info.version,
            generator_version: env!("CARGO_PKG_VERSION").into(),
            generator_cores: machine::cores(),
            generator: loaded.used.generator,
            servers: loaded.used.servers,
            price_per_tick: Planck(self.scene.terms.price_per_tick),
            lasted_s: loaded.lasted_s,
        };
        Ok(Report::new(Parts {
            setting,
            plan: self.plan,
            preparation,
            leaving,
            tallied,
            seconds: loaded.seconds,
            settlement,
            is_interrupted: *self.stop.borrow(),
            is_exhausted: loaded.is_exhausted,
        }))
    }

    /// Opens everybody's session, and waits until they are open for good.
    async fn open_ahead(&mut self) -> Result<PhaseReport, CliError> {
        let tally = Arc::new(Tally::new(1));
        let scene = self.scene.with_clock(tally.clone(), Schedule::new(&[]));
        let all = self.viewers.len();
        let limit = OPEN_TIMEOUT.max(OPEN_TIMEOUT_PER_1000 * u32::try_from(all / 1_000).unwrap_or(u32::MAX));
        while !*self.stop.borrow() {
            let closed = self.viewers.iter_mut().filter(|viewer| viewer.session().is_none());
            let offers = stream::iter(closed).map(|viewer| {
                let (scene, stop) = (&scene, &self.stop);
                async move { !*stop.borrow() && viewer.open(scene, Instant::now()).await }
            });
            offers.buffer_unordered(MAX_OFFERS).count().await;
            let sold = self.viewers.iter().filter_map(|viewer| viewer.session());
            let opened = self.keeper.opened(sold);
            self.line.tell(format!("Opening sessions: {opened} of {all} are final …"));
            if opened == all {
                break;
            }
            if scene.began.elapsed() > limit {
                let what = format!("only {opened} of {all} sessions were open after {} s", limit.as_secs());
                let refusals = tally.finish().phases[0].clone();
                let told = PhaseReport::of("opening", &refusals, scene.began.elapsed().as_secs_f64());
                let why = told.figures.first().and_then(|figures| figures.refusals.first());
                let why = why.map(|one| format!(" Most were refused with {} {}.", one.status, one.code));
                let mend = format!("See `vilokanam load --help` on the gateway's limits.{}", why.unwrap_or_default());
                return Err(CliError::failed(what, mend));
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        let seconds = scene.began.elapsed().as_secs_f64();
        Ok(PhaseReport::of("opening ahead", &tally.finish().phases[0], seconds))
    }

    /// The open loop, phase by phase.
    async fn load(&mut self) -> Loaded {
        let tally = Arc::new(Tally::new(self.plan.phases.len()));
        self.scene = self.scene.with_clock(tally.clone(), Schedule::new(&self.plan.phases));
        let viewers = std::mem::take(&mut self.viewers);
        let before = Used::now(&self.servers);
        let ring = Ring::new(self.scene.clone(), viewers, self.plan.connections);
        let mut running = std::pin::pin!(ring.run(self.stop.clone()));
        self.viewers = loop {
            tokio::select! {
                viewers = &mut running => break viewers,
                () = tokio::time::sleep(LOOK_EVERY) => self.tell(),
            }
        };
        let (lasted, used) = (self.scene.began.elapsed(), Used::now(&self.servers).since(&before));
        let lasted_in = |phase| {
            let (begin, end) = self.scene.schedule.span(phase).unwrap_or_default();
            lasted.min(end).saturating_sub(begin).as_secs_f64()
        };
        let seconds = (0..self.plan.phases.len()).map(lasted_in).collect();
        let lasted_s = lasted.as_secs_f64();
        Loaded { tallied: tally.finish(), seconds, lasted_s, is_exhausted: false, used }
    }

    /// The closed loop.
    async fn flood(&mut self, length: Duration) -> Loaded {
        let tally = Arc::new(Tally::new(1));
        self.scene = self.scene.with_clock(tally.clone(), Schedule::new(&[]));
        self.line.tell("Buying as fast as keys are sold …".into());
        let viewers = std::mem::take(&mut self.viewers);
        let before = Used::now(&self.servers);
        let flooded = flood::keys(&self.scene, viewers, self.plan.connections, length, &self.stop).await;
        let used = Used::now(&self.servers).since(&before);
        self.viewers = flooded.viewers;
        let seconds = flooded.lasted.as_secs_f64();
        let phase = Phase {
            name: "flood".into(),
            seconds: u32::try_from(length.as_secs()).unwrap_or(u32::MAX),
            viewers: self.plan.viewers(),
            ramp_seconds: 0,
            thresholds: self.plan.phases.iter().flat_map(|phase| phase.thresholds.clone()).collect(),
        };
        self.plan.phases = vec![phase];
        let is_exhausted = flooded.is_exhausted;
        Loaded { tallied: tally.finish(), seconds: vec![seconds], lasted_s: seconds, is_exhausted, used }
    }

    fn tell(&self) {
        let Some(point) = self.scene.tally.last_point() else { return };
        let at = self.scene.began.elapsed();
        let name = self.plan.phases.get(self.scene.schedule.phase(at)).map_or("", |phase| &phase.name);
        self.line.tell(format!(
            "{name} · {:.0} of {} s · {} viewers · {} requests/s · p99 {:.1} ms · {} errors",
            at.as_secs_f64(),
            self.plan.seconds(),
            point.viewers,
            point.requests,
            point.p99_ms,
            point.errors,
        ));
    }

    /// Everybody leaves. What that took is no phase's, but belongs to the whole.
    async fn leave(&mut self, mut tallied: Tallied) -> (Vec<Left>, PhaseReport, Tallied) {
        self.line.tell("Everybody leaves …".into());
        let tally = Arc::new(Tally::new(1));
        let scene = self.scene.with_clock(tally.clone(), Schedule::new(&[]));
        let leaving = stream::iter(self.viewers.iter_mut()).map(|viewer| {
            let scene = &scene;
            async move { viewer.leave(scene, Instant::now()).await }
        });
        leaving.buffer_unordered(self.plan.connections).count().await;
        let counts = tally.finish().phases.swap_remove(0);
        let report = PhaseReport::of("leaving", &counts, scene.began.elapsed().as_secs_f64());
        tallied.phases.push(counts);
        let left = self.viewers.iter_mut().flat_map(|viewer| std::mem::take(&mut viewer.left)).collect();
        (left, report, tallied)
    }
}

fn terms(plan: &Plan, info: &GatewayInfo, view: &StreamView, flood: Option<Duration>) -> Result<Terms, CliError> {
    let next = view.next_price.as_ref().map(|next| next.price_per_tick.0).unwrap_or_default();
    let price_per_tick = view.price_per_tick.0.max(next);
    if let Some(limit) = plan.max_price.filter(|limit| limit.0 < price_per_tick) {
        let price = crate::amount::PerSecond(price_per_tick);
        let what = format!("a second costs {price}, the plan's max_price is {limit}");
        return Err(CliError::unpaid(what, "Raise max_price, or load another stream."));
    }
    let seconds = flood.map_or(plan.seconds(), |length| u32::try_from(length.as_secs()).unwrap_or(u32::MAX));
    Ok(Terms {
        stream: plan.stream,
        gateway: info.account.0.clone(),
        price_per_tick,
        open_fee: info.open_fee.0,
        max_ticks: seconds.saturating_add(SPARE_TICKS),
        ticket_blocks: info.ticket_lifetime_blocks / 2,
        // A flood buys all that there is.
        segments_behind: if flood.is_some() { u32::MAX } else { plan.segments_behind },
        fetches_segments: plan.segments && flood.is_none(),
    })
}

/// What each viewer must have in its deposit.
fn deposit(terms: &Terms, min_deposit: Balance) -> Balance {
    let session = terms.price_per_tick.saturating_mul(terms.max_ticks.into()).saturating_add(terms.open_fee);
    session.saturating_mul(SESSIONS_AT_A_TIME).max(min_deposit)
}

/// Spreads those who pay over the WebSocket evenly.
fn uses_socket(number: u32, percent: u32) -> bool {
    let before = |number: u64| number * u64::from(percent) / 100;
    before(u64::from(number) + 1) > before(number.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uses_socket_works() {
        for (percent, expected) in [(0, 0), (1, 10), (10, 100), (33, 330), (100, 1_000)] {
            let count = (0..1_000).filter(|number| uses_socket(*number, percent)).count();
            assert_eq!(count, expected, "{percent} %");
        }
        assert_eq!((0..100).filter(|number| uses_socket(*number, 10)).count(), 10, "evenly");
    }

    #[test]
    fn deposit_works() {
        let terms = Terms {
            stream: vilokanam_wire::StreamRef(0),
            gateway: [0; 32].into(),
            price_per_tick: 10,
            open_fee: 5,
            max_ticks: 100,
            ticket_blocks: 1,
            segments_behind: 3,
            fetches_segments: false,
        };
        assert_eq!(deposit(&terms, 0), 2_010, "two sessions and their fees");
        assert_eq!(deposit(&terms, 5_000), 5_000, "the chain's minimum");
        assert_eq!(deposit(&Terms { price_per_tick: Balance::MAX, ..terms }, 0), Balance::MAX);
    }
}
