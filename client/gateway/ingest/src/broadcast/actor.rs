//! State of one broadcast, and the steps that all phases of its life share.

mod lifecycle;

use super::{
    emitter::Emitter,
    stop::{BroadcastOver, StopSignal},
    Broadcast, BroadcastEvent, DiscontinuityReason, EndReason, Health, SourceInfo, MAX_WAITING_EVENTS,
};
use crate::{
    clock::whole_millis,
    config::TranscodeConfig,
    hub::Hub,
    plan::Plan,
    source::Source,
    transcode::{next_start_s, FIRST_TIME_S},
};
use std::sync::Arc;
use tokio::{
    sync::{mpsc, watch},
    time::Instant,
};

/// Maximum progress of an ffmpeg since its last report.
const REPORT_LAG_MS: u64 = 2000;

/// One broadcast.
pub(crate) struct Actor {
    pub(super) stream: u64,
    pub(super) hub: Arc<Hub>,
    /// Intended duration of a fragment in milliseconds.
    pub(super) fragment_ms: u32,
    pub(super) stop: Arc<StopSignal>,
    pub(super) health: watch::Sender<Option<Health>>,
    /// `None` until the first source is identified: garbage makes no broadcast.
    pub(super) emitter: Option<Emitter>,
    /// Height above which renditions were too much for ffmpeg. They do not return within the broadcast.
    pub(super) max_height: u16,
    /// Whether there are renditions in other codecs than H.264, if the stream has them.
    pub(super) has_further_codecs: bool,
    /// Whether the source is copied, if it fits.
    pub(super) may_copy: bool,
    pub(super) restarts: u32,
    /// Plan for the current source, or for the last one.
    pub(super) plan: Option<Plan>,
    sources: mpsc::Receiver<Source>,
    /// When the first ffmpeg was started.
    began: Option<Instant>,
    /// Timestamp before which all media has been sent.
    position_ms: u64,
}

impl Actor {
    pub fn new(
        stream: u64,
        hub: Arc<Hub>,
        sources: mpsc::Receiver<Source>,
        stop: Arc<StopSignal>,
        health: watch::Sender<Option<Health>>,
    ) -> Self {
        Self {
            stream,
            fragment_ms: hub.config.transcode.fragment_ms,
            hub,
            stop,
            health,
            emitter: None,
            max_height: u16::MAX,
            has_further_codecs: true,
            may_copy: true,
            restarts: 0,
            plan: None,
            sources,
            began: None,
            position_ms: 0,
        }
    }

    /// Begins the broadcast with its first source, or resumes it with a later one.
    pub(super) async fn announce(&mut self, source: &SourceInfo, plan: &Plan) -> Result<(), BroadcastOver> {
        self.plan = Some(plan.clone());
        if self.emitter.is_some() {
            self.emit(BroadcastEvent::Resumed).await?;
            return self.discontinuity(DiscontinuityReason::Reconnected, source, plan).await;
        }
        let (sender, events) = mpsc::channel(MAX_WAITING_EVENTS);
        self.emitter = Some(Emitter { events: sender });
        let (stream, fragment_ms) = (self.stream, self.fragment_ms);
        let (renditions, audio) = (plan.renditions.clone(), plan.audio_tracks());
        self.emit(BroadcastEvent::Started { stream, source: source.clone(), renditions, audio }).await?;
        let is_taken = tokio::select! {
            is_taken = self.hub.announce(Broadcast { stream, fragment_ms, events }) => is_taken,
            reason = self.stop.stopped() => return Err(BroadcastOver(reason)),
        };
        tracing::info!(stream, ?source, renditions = plan.renditions.len(), "a broadcast has begun");
        if is_taken {
            Ok(())
        } else {
            Err(BroadcastOver(EndReason::ShuttingDown))
        }
    }

    pub(super) async fn discontinuity(
        &mut self,
        reason: DiscontinuityReason,
        source: &SourceInfo,
        plan: &Plan,
    ) -> Result<(), BroadcastOver> {
        self.restarts = self.restarts.saturating_add(1);
        self.plan = Some(plan.clone());
        let (source, renditions, audio) = (source.clone(), plan.renditions.clone(), plan.audio_tracks());
        self.emit(BroadcastEvent::Discontinuity { reason, source, renditions, audio }).await
    }

    /// The settings of the encoders for this stream, as it chooses now.
    pub(super) async fn encoding(&self) -> TranscodeConfig {
        let choice = self.hub.rules.encoding(self.stream).await;
        let mut config = self.hub.config.transcode.for_stream(&choice);
        config.copies &= self.may_copy;
        config
    }

    /// Notes that this plan was too much for the machine: the further codecs go first, then the highest rung.
    pub(super) fn shrink(&mut self, plan: &Plan) {
        if plan.has_further_codecs() {
            self.has_further_codecs = false;
        } else if let Some(height) = plan.spare_height() {
            self.max_height = height.saturating_sub(1);
        }
    }

    /// Sends an event, if the broadcast has begun.
    pub(super) async fn emit(&self, event: BroadcastEvent) -> Result<(), BroadcastOver> {
        match &self.emitter {
            Some(emitter) => emitter.emit(event, &self.stop).await,
            None => Ok(()),
        }
    }

    /// Timestamp at which the next ffmpeg begins: the time since the broadcast began, or later if more media was sent.
    pub(super) fn next_start_s(&mut self) -> u32 {
        let elapsed_ms = whole_millis(self.began.get_or_insert_with(Instant::now).elapsed());
        next_start_s(self.position_ms.max(u64::from(FIRST_TIME_S) * 1000 + elapsed_ms))
    }

    /// Records that the ffmpeg that began at `start_s` has encoded `out_time_ms` of media.
    pub(super) fn reached(&mut self, start_s: u32, out_time_ms: u64) {
        let position_ms = u64::from(start_s) * 1000 + out_time_ms + REPORT_LAG_MS;
        self.position_ms = self.position_ms.max(position_ms);
    }
}
