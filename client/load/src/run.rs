//! A load test from the first account to the last settlement.

use crate::{
    accounts::{Account, Preparation, Requirements, RootSecret},
    closed_loop,
    environment::{Environment, Terms},
    machine::{self, Usage},
    measurements::{Measurements, Recorder},
    open_loop::OpenLoop,
    plan::{Opening, Phase, Plan},
    report::{Parts, PhaseReport, Report, Setting},
    schedule::Schedule,
    segment_feed,
    settlement::SettlementWatcher,
    viewer::{FinishedSession, Viewer},
};
use futures::{stream, StreamExt};
use std::{
    sync::{atomic::AtomicU32, Arc},
    time::{Duration, Instant},
};
use tick_stream_primitives::{Balance, BlockNumber};
use tokio::sync::watch;
use vilokanam_chain::Chain;
use vilokanam_terminal::{wallet::KEY_VARIABLE, CommandError, Options, StatusLine};
use vilokanam_viewer::{
    gateway::{genesis_of, GatewayClient},
    session_opener::OpenError,
    terms::TermsError,
};
use vilokanam_wire::{gateway::GatewayInfo, streams::StreamView, Planck};

/// Ticks of a session besides those of the plan: paid ahead, rounded up, bought while the test ends.
const SPARE_TICKS: u32 = 120;
/// Number of sessions that a deposit covers: the next may be opened before the last is closed.
const SESSIONS_PER_DEPOSIT: Balance = 2;
/// Maximum number of tickets that are offered at the same time before the first phase.
const MAX_OFFERS: usize = 64;
/// Maximum time for opening the sessions of a thousand viewers before the first phase.
const OPEN_TIMEOUT_PER_1000: Duration = Duration::from_secs(60);
/// The same for a few viewers.
const OPEN_TIMEOUT: Duration = Duration::from_secs(120);
const POLL_INTERVAL: Duration = Duration::from_secs(1);
/// Validity of a session key, in blocks, after the last block in which it is needed.
const SPARE_BLOCKS: BlockNumber = 3_600;

/// Load test that is ready to begin.
pub struct Test {
    plan: Plan,
    gateway: GatewayClient,
    info: GatewayInfo,
    env: Environment,
    watcher: SettlementWatcher,
    line: StatusLine,
    viewers: Vec<Viewer>,
    began_at: String,
    /// Length of a flood, which replaces the plan's phases.
    flood: Option<Duration>,
    /// Processes whose usage is reported.
    servers: Vec<u32>,
    stop: watch::Receiver<bool>,
}

/// Result of the phases, or of the flood.
struct Loaded {
    measured: Measurements,
    seconds: Vec<f64>,
    lasted_s: f64,
    is_exhausted: bool,
    used: Used,
}

/// Processor time and memory of the phases alone.
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
    /// Reads the terms of gateway and stream, and prepares the accounts.
    pub async fn prepare(
        options: &Options,
        plan: Plan,
        flood: Option<Duration>,
        servers: Vec<u32>,
        stop: watch::Receiver<bool>,
    ) -> Result<Self, CommandError> {
        let line = StatusLine::new(options.quiet);
        let hint = format!("Name a file with --key-file, or set {KEY_VARIABLE}.");
        let no_key = || CommandError::failed("no key is given that could fund the viewers", hint);
        let phrase = options.phrase()?.ok_or_else(no_key)?;
        let gateway = options.gateway_client()?;
        let (info, chain) = (gateway.info().await?, options.connect_chain().await?);
        if genesis_of(&info)? != chain.genesis_hash() {
            return Err(OpenError::OtherChain.into());
        }
        let view: StreamView = gateway.get(&format!("/v1/streams/{}", plan.stream), &[]).await?;
        let terms = terms(&plan, &info, &view, flood)?;
        let segments = segment_feed::open(&gateway, &view, &plan).await?;
        let now = chain.best().await?.number;
        let block = Arc::new(AtomicU32::new(now));
        let watcher = SettlementWatcher::begin(&chain, block.clone()).await?;
        let mut accounts = RootSecret::new(phrase.text()).accounts(plan.viewers())?;
        let required = Requirements {
            deposit: deposit(&terms, info.min_deposit.0),
            price_per_tick: terms.price_per_tick,
            until: now.saturating_add(plan.seconds()).saturating_add(SPARE_BLOCKS),
        };
        let preparation = Preparation { chain: &chain, funder: &phrase.signer()?, required, line: &line };
        preparation.run(&mut accounts).await?;
        let viewers = viewers(&accounts, &chain, plan.socket_percent);
        let env = Environment {
            gateway: gateway.clone(),
            terms: Arc::new(terms),
            segments,
            block,
            recorder: Arc::new(Recorder::new(1)),
            schedule: Arc::new(Schedule::new(&[])),
            began: Instant::now(),
        };
        let began_at = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        Ok(Self { plan, gateway, info, env, watcher, line, viewers, began_at, flood, servers, stop })
    }

    /// Runs the phases, closes all sessions, and waits until the chain has settled them.
    pub async fn run(mut self) -> Result<Report, CommandError> {
        let preparation = match (self.plan.opening, self.flood) {
            (Opening::OnJoining, None) => None,
            _ => Some(self.open_ahead().await?),
        };
        let loaded = match self.flood {
            Some(length) => self.run_flood(length).await,
            None => self.run_phases().await,
        };
        let (finished, leaving, measured) = self.close_all(loaded.measured).await;
        let limit = Duration::from_secs(self.plan.settle_seconds.into());
        let observer = |waiting| self.line.set(format!("Waiting until the chain has settled {waiting} sessions …"));
        let settlement = self.watcher.settle(&finished, limit, observer).await;
        self.line.clear();
        let setting = Setting {
            began_at: self.began_at,
            gateway: self.gateway.address().to_string(),
            gateway_version: self.info.version,
            generator_version: env!("CARGO_PKG_VERSION").into(),
            generator_cores: machine::cores(),
            generator: loaded.used.generator,
            servers: loaded.used.servers,
            price_per_tick: Planck(self.env.terms.price_per_tick),
            lasted_s: loaded.lasted_s,
        };
        Ok(Report::new(Parts {
            setting,
            plan: self.plan,
            preparation,
            leaving,
            measured,
            seconds: loaded.seconds,
            settlement,
            is_interrupted: *self.stop.borrow(),
            is_exhausted: loaded.is_exhausted,
        }))
    }

    /// Opens the sessions of all viewers, and waits until they are final.
    async fn open_ahead(&mut self) -> Result<PhaseReport, CommandError> {
        let recorder = Arc::new(Recorder::new(1));
        let env = self.env.restarted(recorder.clone(), Schedule::new(&[]));
        let all = self.viewers.len();
        let limit = OPEN_TIMEOUT.max(OPEN_TIMEOUT_PER_1000 * u32::try_from(all / 1_000).unwrap_or(u32::MAX));
        while !*self.stop.borrow() {
            let closed = self.viewers.iter_mut().filter(|viewer| viewer.session().is_none());
            let offers = stream::iter(closed).map(|viewer| {
                let (env, stop) = (&env, &self.stop);
                async move { !*stop.borrow() && viewer.open(env, Instant::now()).await }
            });
            offers.buffer_unordered(MAX_OFFERS).count().await;
            let accepted = self.viewers.iter().filter_map(Viewer::session);
            let opened = self.watcher.opened(accepted);
            self.line.set(format!("Opening sessions: {opened} of {all} are final …"));
            if opened == all {
                break;
            }
            if env.began.elapsed() > limit {
                let report = opening_report(&recorder, &env);
                return Err(not_opened(opened, all, limit, &report));
            }
            tokio::time::sleep(POLL_INTERVAL).await;
        }
        Ok(opening_report(&recorder, &env))
    }

    /// Runs the open loop, phase by phase.
    async fn run_phases(&mut self) -> Loaded {
        let recorder = Arc::new(Recorder::new(self.plan.phases.len()));
        self.env = self.env.restarted(recorder.clone(), Schedule::new(&self.plan.phases));
        let viewers = std::mem::take(&mut self.viewers);
        let before = Used::now(&self.servers);
        let open_loop = OpenLoop::new(self.env.clone(), viewers, self.plan.connections);
        let mut running = std::pin::pin!(open_loop.run(self.stop.clone()));
        self.viewers = loop {
            tokio::select! {
                viewers = &mut running => break viewers,
                () = tokio::time::sleep(POLL_INTERVAL) => self.show_progress(),
            }
        };
        let (lasted, used) = (self.env.began.elapsed(), Used::now(&self.servers).since(&before));
        let lasted_in = |phase| {
            let (begin, end) = self.env.schedule.span(phase).unwrap_or_default();
            lasted.min(end).saturating_sub(begin).as_secs_f64()
        };
        let seconds = (0..self.plan.phases.len()).map(lasted_in).collect();
        let lasted_s = lasted.as_secs_f64();
        Loaded { measured: recorder.finish(), seconds, lasted_s, is_exhausted: false, used }
    }

    /// Runs the closed loop.
    async fn run_flood(&mut self, length: Duration) -> Loaded {
        let recorder = Arc::new(Recorder::new(1));
        self.env = self.env.restarted(recorder.clone(), Schedule::new(&[]));
        self.line.set("Buying keys as fast as the gateway answers …");
        let viewers = std::mem::take(&mut self.viewers);
        let before = Used::now(&self.servers);
        let flooded = closed_loop::keys(&self.env, viewers, self.plan.connections, length, &self.stop).await;
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
        Loaded { measured: recorder.finish(), seconds: vec![seconds], lasted_s: seconds, is_exhausted, used }
    }

    fn show_progress(&self) {
        let Some(point) = self.env.recorder.last_point() else { return };
        let at = self.env.began.elapsed();
        let name = self.plan.phases.get(self.env.schedule.phase(at)).map_or("", |phase| &phase.name);
        self.line.set(format!(
            "{name} · {:.0} of {} s · {} viewers · {} requests/s · p99 {:.1} ms · {} errors",
            at.as_secs_f64(),
            self.plan.seconds(),
            point.viewers,
            point.requests,
            point.p99_ms,
            point.errors,
        ));
    }

    /// Closes all sessions. The requests for it are added to the measurements, after those of the phases.
    async fn close_all(&mut self, mut measured: Measurements) -> (Vec<FinishedSession>, PhaseReport, Measurements) {
        self.line.set("Closing all sessions …");
        let recorder = Arc::new(Recorder::new(1));
        let env = self.env.restarted(recorder.clone(), Schedule::new(&[]));
        let leaving = stream::iter(self.viewers.iter_mut()).map(|viewer| {
            let env = &env;
            async move { viewer.leave(env, Instant::now()).await }
        });
        leaving.buffer_unordered(self.plan.connections).count().await;
        let counts = recorder.finish().phases.swap_remove(0);
        let report = PhaseReport::of("leaving", &counts, env.began.elapsed().as_secs_f64());
        measured.phases.push(counts);
        let finished = self.viewers.iter_mut().flat_map(|viewer| std::mem::take(&mut viewer.finished)).collect();
        (finished, report, measured)
    }
}

fn viewers(accounts: &[Account], chain: &Chain, socket_percent: u32) -> Vec<Viewer> {
    let genesis = chain.genesis_hash();
    let numbered = accounts.iter().zip(0..);
    let viewer = |(account, number)| Viewer::new(number, account, genesis, uses_socket(number, socket_percent));
    numbered.map(viewer).collect()
}

fn opening_report(recorder: &Recorder, env: &Environment) -> PhaseReport {
    PhaseReport::of("opening ahead", &recorder.finish().phases[0], env.began.elapsed().as_secs_f64())
}

fn not_opened(opened: usize, all: usize, limit: Duration, report: &PhaseReport) -> CommandError {
    let what = format!("only {opened} of {all} sessions were open after {} s", limit.as_secs());
    let most = report.figures.first().and_then(|figures| figures.refusals.first());
    let reason = most.map(|one| format!(" Most tickets were refused with {} {}.", one.status, one.code));
    let hint = "`vilokanam-load --help` lists the limits that the gateway needs.";
    CommandError::failed(what, format!("{hint}{}", reason.unwrap_or_default()))
}

fn terms(plan: &Plan, info: &GatewayInfo, view: &StreamView, flood: Option<Duration>) -> Result<Terms, CommandError> {
    let next = view.next_price.as_ref().map(|next| next.price_per_tick.0).unwrap_or_default();
    let price = view.price_per_tick.0.max(next);
    if let Some(limit) = plan.max_price.filter(|limit| limit.0 < price) {
        let error = TermsError::AbovePriceLimit { price, limit: limit.0 };
        return Err(CommandError::unpaid(error.to_string(), "Raise the plan's max_price, or load another stream."));
    }
    let seconds = flood.map_or(plan.seconds(), |length| u32::try_from(length.as_secs()).unwrap_or(u32::MAX));
    Ok(Terms {
        stream: plan.stream,
        gateway: info.account.0.clone(),
        price_per_tick: price,
        open_fee: info.open_fee.0,
        max_ticks: seconds.saturating_add(SPARE_TICKS),
        ticket_blocks: info.ticket_lifetime_blocks / 2,
        // A flood buys all keys that there are.
        segments_behind: if flood.is_some() { u32::MAX } else { plan.segments_behind },
        fetches_segments: plan.segments && flood.is_none(),
    })
}

/// Returns the deposit that each viewer needs, in planck.
fn deposit(terms: &Terms, min_deposit: Balance) -> Balance {
    let session = terms.price_per_tick.saturating_mul(terms.max_ticks.into()).saturating_add(terms.open_fee);
    session.saturating_mul(SESSIONS_PER_DEPOSIT).max(min_deposit)
}

/// Returns whether a viewer pays over the WebSocket. Those that do are spread evenly.
fn uses_socket(number: u32, percent: u32) -> bool {
    let before = |number: u64| number * u64::from(percent) / 100;
    before(u64::from(number) + 1) > before(number.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn viewers_with_a_socket_are_spread_evenly() {
        for (percent, expected) in [(0, 0), (1, 10), (10, 100), (33, 330), (100, 1_000)] {
            let count = (0..1_000).filter(|number| uses_socket(*number, percent)).count();
            assert_eq!(count, expected, "{percent} %");
        }
        assert_eq!((0..100).filter(|number| uses_socket(*number, 10)).count(), 10);
    }

    #[test]
    fn deposit_covers_two_sessions_or_the_minimum() {
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
        assert_eq!(deposit(&terms, 0), 2_010);
        assert_eq!(deposit(&terms, 5_000), 5_000);
        assert_eq!(deposit(&Terms { price_per_tick: Balance::MAX, ..terms }, 0), Balance::MAX);
    }
}
