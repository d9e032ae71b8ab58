//! The part of a broadcast with one publisher: identifies the source, transcodes it, restarts an ffmpeg that dies, and
//! identifies the source again when its tracks change.

mod feed;
mod health;
mod identify;
mod intake;
mod work;

use super::{actor::Actor, stop::BroadcastOver, DiscontinuityReason};
use crate::{config::TranscodeConfig, error::PublishError, plan::Plan, source::Source};
use feed::Feed;
use identify::Identified;
use intake::Intake;
use std::time::Duration;
use tokio::time::{sleep, Instant};
use work::WorkEnd;

/// Pause before ffmpeg is restarted. It doubles with each restart, up to the longest one.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// Running time after which the next pause is the first one again.
const HEALTHY_AFTER: Duration = Duration::from_secs(30);

/// How the part with one publisher ended.
pub(super) enum LiveEnd {
    PublisherGone,
    BroadcastOver(BroadcastOver),
}

/// Runs until the publisher is gone or the broadcast is over.
pub(super) async fn run(actor: &mut Actor, mut source: Source) -> LiveEnd {
    match serve(actor, &mut source).await {
        Ok(()) => LiveEnd::PublisherGone,
        Err(ServeError::BroadcastOver(over)) => {
            source.dismiss(actor.hub.reason_of_stop(actor.stream));
            LiveEnd::BroadcastOver(over)
        }
        Err(ServeError::Source(reason)) => {
            tracing::warn!(stream = actor.stream, protocol = %source.protocol, %reason, "a publisher is disconnected");
            actor.hub.note_refusal(actor.stream, &reason);
            source.dismiss(reason);
            LiveEnd::PublisherGone
        }
    }
}

/// Why a source is not served to its end.
enum ServeError {
    BroadcastOver(BroadcastOver),
    Source(PublishError),
}

impl From<BroadcastOver> for ServeError {
    fn from(over: BroadcastOver) -> Self {
        Self::BroadcastOver(over)
    }
}

impl From<PublishError> for ServeError {
    fn from(error: PublishError) -> Self {
        Self::Source(error)
    }
}

async fn serve(actor: &mut Actor, source: &mut Source) -> Result<(), ServeError> {
    let mut intake = Intake::default();
    let mut head = Vec::new();
    let mut is_first = true;
    loop {
        let config = actor.encoding().await;
        let mut identified = tokio::select! {
            identified = identify::identify(source, &mut intake, head, &actor.hub.ffmpeg, &config) => identified?,
            reason = actor.stop.stopped() => return Err(BroadcastOver(reason).into()),
        };
        let has_lost_picture = !is_first && identified.info.video.is_none();
        let known = actor.plan.as_ref().filter(|plan| has_lost_picture && plan.has_video);
        let known = known.map(|begun| with_audio_tracks(begun.without_picture(), Some(begun), &identified));
        let plan = known.unwrap_or_else(|| plan(actor, &identified, &config));
        if std::mem::take(&mut is_first) {
            actor.announce(&identified.info, &plan).await?;
            actor.hub.note_success(actor.stream);
        } else {
            actor.discontinuity(DiscontinuityReason::TracksChanged, &identified.info, &plan).await?;
        }
        let chunks = std::mem::take(&mut identified.head);
        let mut feed = Feed::new(chunks, intake, identified.selection);
        let end = transcode(actor, source, &mut feed, &mut identified, plan, &config).await?;
        if end == TranscodeEnd::SourceEnded {
            return Ok(());
        }
        (head, intake) = feed.into_rest();
    }
}

/// Why a source is not transcoded any more as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TranscodeEnd {
    SourceEnded,
    TracksChanged,
}

/// Transcodes until the source ends or its tracks change. Restarts an ffmpeg that dies or is too slow.
async fn transcode(
    actor: &mut Actor,
    source: &mut Source,
    feed: &mut Feed,
    identified: &mut Identified,
    mut plan: Plan,
    config: &TranscodeConfig,
) -> Result<TranscodeEnd, ServeError> {
    let mut futile_starts = 0;
    let mut pause = FIRST_PAUSE;
    loop {
        let began = Instant::now();
        feed.set_copied(plan.copy().is_some());
        match work::run(actor, source, feed, &plan).await {
            WorkEnd::SourceEnded => return Ok(TranscodeEnd::SourceEnded),
            WorkEnd::TracksChanged => return Ok(TranscodeEnd::TracksChanged),
            WorkEnd::BroadcastOver(over) => return Err(over.into()),
            WorkEnd::TooSlow => {
                actor.shrink(&plan);
                plan = self::plan(actor, identified, config);
                feed.restart();
                actor.discontinuity(DiscontinuityReason::RenditionDropped, &identified.info, &plan).await?;
            }
            WorkEnd::CopyEnded => {
                // Neither now nor after a reconnection, so that a source that comes and goes does not restart ffmpeg for ever.
                actor.may_copy = false;
                identified.copy = None;
                plan = self::plan(actor, identified, config);
                feed.restart();
                actor.discontinuity(DiscontinuityReason::CopyEnded, &identified.info, &plan).await?;
            }
            WorkEnd::Died { stderr, was_fruitful } => {
                futile_starts = if was_fruitful { 0 } else { futile_starts + 1 };
                if futile_starts >= actor.hub.config.transcode.max_futile_starts {
                    return Err(PublishError::Untranscodable(stderr).into());
                }
                pause = if began.elapsed() >= HEALTHY_AFTER { FIRST_PAUSE } else { pause };
                feed.restart();
                discard_input(actor, source, feed, pause).await?;
                pause = (pause * 2).min(LONGEST_PAUSE);
                actor.discontinuity(DiscontinuityReason::TranscoderRestarted, &identified.info, &plan).await?;
            }
        }
    }
}

/// The plan for a source, within what this machine can do. `config` is that of the stream.
fn plan(actor: &Actor, identified: &Identified, config: &TranscodeConfig) -> Plan {
    let config = if actor.has_further_codecs { config.clone() } else { config.with_h264_only() };
    let plan = Plan::new(&identified.info, &config, actor.max_height)
        .with_preview(actor.hub.rules.preview_tracks(actor.stream));
    let mut plan = with_audio_tracks(plan, actor.plan.as_ref(), identified);
    if let (Some(fit), Some(video)) = (identified.copy.filter(|_| actor.may_copy), &identified.info.video) {
        plan = plan.copying(fit, video, &config).without_above(actor.max_height);
    }
    plan.in_real_time()
}

/// A plan with the audio tracks of a source: those of the broadcast if it has begun, with the plan `begun`.
fn with_audio_tracks(plan: Plan, begun: Option<&Plan>, identified: &Identified) -> Plan {
    let (first, further) = (identified.info.audio.as_ref(), &identified.more_audio);
    match begun {
        Some(begun) => plan.with_audio_tracks_of(begun, first, further),
        None => plan.with_audio_tracks(first, further),
    }
}

/// Waits for the pause before a restart, or until the source ends. Input that arrives meanwhile is discarded, because
/// no ffmpeg can take it.
async fn discard_input(
    actor: &Actor,
    source: &mut Source,
    feed: &mut Feed,
    pause: Duration,
) -> Result<(), BroadcastOver> {
    let end = sleep(pause);
    tokio::pin!(end);
    loop {
        tokio::select! {
            () = &mut end => return Ok(()),
            reason = actor.stop.stopped() => return Err(BroadcastOver(reason)),
            more = feed.skip(source) => if !more { return Ok(()) },
        }
    }
}
