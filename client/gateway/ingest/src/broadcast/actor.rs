//! The life of one broadcast: publishers come and go, and at last nobody does.

use super::{
    emitter::{Emitter, Over},
    live,
    slate::Slate,
    Broadcast, BroadcastEvent, DiscontinuityReason, EndReason, Health, SourceInfo, MAX_WAITING_EVENTS,
};
use crate::{
    clock,
    config::millis,
    hub::Hub,
    ladder::Plan,
    source::Source,
    transcode::{next_start_s, FIRST_TIME_S},
};
use std::sync::{Arc, OnceLock};
use tokio::{
    sync::{mpsc, watch},
    time::{sleep_until, Instant},
};
use tokio_util::sync::CancellationToken;

/// The furthest that ffmpeg can have come since its last report.
const REPORT_LAG_MS: u64 = 2000;

/// Ends a broadcast from outside.
#[derive(Debug, Default)]
pub(crate) struct Stop {
    token: CancellationToken,
    reason: OnceLock<EndReason>,
}

impl Stop {
    /// The first reason stays.
    pub fn now(&self, reason: EndReason) {
        let _ = self.reason.set(reason);
        self.token.cancel();
    }

    pub async fn heard(&self) -> EndReason {
        self.token.cancelled().await;
        self.reason.get().copied().unwrap_or(EndReason::Stopped)
    }
}

/// How the part with one publisher ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LiveEnd {
    PublisherGone,
    Over(EndReason),
}

impl From<Over> for LiveEnd {
    fn from(Over(reason): Over) -> Self {
        Self::Over(reason)
    }
}

/// One broadcast.
pub(crate) struct Actor {
    pub(super) stream: u64,
    pub(super) hub: Arc<Hub>,
    pub(super) stop: Arc<Stop>,
    pub(super) health: watch::Sender<Option<Health>>,
    /// Nothing until the first source is understood: garbage makes no broadcast.
    pub(super) emitter: Option<Emitter>,
    /// Rungs at and above this were too much; they do not come back within the broadcast.
    pub(super) max_height: u16,
    pub(super) restarts: u32,
    /// What is, or was last, made of a source.
    pub(super) plan: Option<Plan>,
    sources: mpsc::Receiver<Source>,
    /// When the first ffmpeg was started, and how far any has come.
    began_ms: Option<u64>,
    position_ms: u64,
}

impl Actor {
    pub fn new(
        stream: u64,
        hub: Arc<Hub>,
        sources: mpsc::Receiver<Source>,
        stop: Arc<Stop>,
        health: watch::Sender<Option<Health>>,
    ) -> Self {
        Self {
            stream,
            hub,
            stop,
            health,
            emitter: None,
            max_height: u16::MAX,
            restarts: 0,
            plan: None,
            sources,
            began_ms: None,
            position_ms: 0,
        }
    }

    pub async fn run(mut self, first: Source) {
        let mut next = Some(first);
        let mut over = None;
        while let Some(source) = next {
            let gone = match live::run(&mut self, source).await {
                LiveEnd::Over(reason) => Err(Over(reason)),
                LiveEnd::PublisherGone if self.emitter.is_none() => Ok(self.hub.retire(self.stream, &mut self.sources)),
                LiveEnd::PublisherGone => self.wait().await,
            };
            next = gone.unwrap_or_else(|Over(reason)| {
                over = Some(reason);
                None
            });
        }
        // Without a reason from outside, the stream is retired already, and may have a new actor.
        if over.is_some() {
            self.hub.remove(self.stream);
        }
        let reason = over.unwrap_or(EndReason::PublisherGone);
        if let Some(emitter) = self.emitter.take() {
            tracing::info!(stream = self.stream, %reason, "the broadcast has ended");
            emitter.farewell(reason).await;
        }
    }

    /// Waits for a publisher within the window.
    async fn wait(&mut self) -> Result<Option<Source>, Over> {
        self.health.send_replace(None);
        let window_ms = self.hub.config.reconnect_window_ms;
        tracing::info!(stream = self.stream, window_ms, "the publisher has gone; the broadcast waits for it");
        let until = Instant::now() + millis(window_ms);
        self.emit(BroadcastEvent::Waiting { window_ms }).await?;
        let slate = Slate::begin(self).await?;
        let next = self.next_source(until).await;
        if let Some(slate) = slate {
            slate.end(self).await;
        }
        next
    }

    async fn next_source(&mut self, until: Instant) -> Result<Option<Source>, Over> {
        let consumer = self.emitter.clone();
        let consumer_gone = async {
            match &consumer {
                Some(emitter) => emitter.events.closed().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            reason = self.stop.heard() => Err(Over(reason)),
            source = self.sources.recv() => Ok(source),
            () = consumer_gone => Err(Over(EndReason::Stopped)),
            () = sleep_until(until) => Ok(self.hub.retire(self.stream, &mut self.sources)),
        }
    }

    /// A source is understood: the broadcast begins, or goes on.
    pub(super) async fn announce(&mut self, source: &SourceInfo, plan: &Plan) -> Result<(), Over> {
        self.plan = Some(plan.clone());
        if self.emitter.is_some() {
            self.emit(BroadcastEvent::Resumed).await?;
            return self.discontinuity(DiscontinuityReason::Reconnected, source, plan).await;
        }
        let (sender, events) = mpsc::channel(MAX_WAITING_EVENTS);
        self.emitter = Some(Emitter { events: sender });
        let stream = self.stream;
        let started = BroadcastEvent::Started { stream, source: source.clone(), renditions: plan.renditions.clone() };
        self.emit(started).await?;
        let announced = tokio::select! {
            announced = self.hub.announce(Broadcast { stream, events }) => announced,
            reason = self.stop.heard() => return Err(Over(reason)),
        };
        tracing::info!(stream, ?source, renditions = plan.renditions.len(), "a broadcast has begun");
        if announced {
            Ok(())
        } else {
            Err(Over(EndReason::ShuttingDown))
        }
    }

    pub(super) async fn discontinuity(
        &mut self,
        reason: DiscontinuityReason,
        source: &SourceInfo,
        plan: &Plan,
    ) -> Result<(), Over> {
        self.restarts = self.restarts.saturating_add(1);
        self.plan = Some(plan.clone());
        let (source, renditions) = (source.clone(), plan.renditions.clone());
        self.emit(BroadcastEvent::Discontinuity { reason, source, renditions }).await
    }

    pub(super) async fn emit(&self, event: BroadcastEvent) -> Result<(), Over> {
        match &self.emitter {
            Some(emitter) => emitter.emit(event, &self.stop).await,
            None => Ok(()),
        }
    }

    /// The time at which the next ffmpeg begins: on the clock of the broadcast, and after all that was sent.
    pub(super) fn next_start_s(&mut self) -> u32 {
        let now_ms = clock::now_ms();
        let elapsed_ms = self.began_ms.map_or(0, |began| now_ms.saturating_sub(began));
        self.began_ms.get_or_insert(now_ms);
        next_start_s(self.position_ms.max(u64::from(FIRST_TIME_S) * 1000 + elapsed_ms))
    }

    /// An ffmpeg that began at `start_s` has come so far.
    pub(super) fn reached(&mut self, start_s: u32, out_time_ms: u64) {
        let position_ms = u64::from(start_s) * 1000 + out_time_ms + REPORT_LAG_MS;
        self.position_ms = self.position_ms.max(position_ms);
    }
}
