//! The part of a broadcast with one publisher: identifies the source, transcodes it, restarts an ffmpeg that dies, and
//! identifies the source again when its tracks change.

mod feed;
mod health;
mod identify;
mod intake;
mod work;

use super::{actor::Actor, stop::BroadcastOver, DiscontinuityReason, SourceInfo};
use crate::{error::PublishError, plan::Plan, source::Source};
use feed::Feed;
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
        let began = Instant::now();
        let identified = tokio::select! {
            identified = identify::identify(source, &mut intake, head, &actor.hub.ffmpeg) => identified?,
            reason = actor.stop.stopped() => return Err(BroadcastOver(reason).into()),
        };
        let has_lost_picture = !is_first && identified.info.video.is_none();
        let known = actor.plan.as_ref().filter(|plan| has_lost_picture && plan.has_video).map(Plan::without_picture);
        let plan = known.unwrap_or_else(|| plan(actor, &identified.info));
        if std::mem::take(&mut is_first) {
            actor.announce(&identified.info, &plan).await?;
            actor.hub.note_success(actor.stream);
        } else {
            actor.discontinuity(DiscontinuityReason::TracksChanged, &identified.info, &plan).await?;
        }
        let mut feed = Feed::new(identified.head, intake, identified.selection, began);
        if transcode(actor, source, &mut feed, &identified.info, plan).await? == TranscodeEnd::SourceEnded {
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
    info: &SourceInfo,
    mut plan: Plan,
) -> Result<TranscodeEnd, ServeError> {
    let mut futile_starts = 0;
    let mut pause = FIRST_PAUSE;
    loop {
        let began = Instant::now();
        match work::run(actor, source, feed, &plan).await {
            WorkEnd::SourceEnded => return Ok(TranscodeEnd::SourceEnded),
            WorkEnd::TracksChanged => return Ok(TranscodeEnd::TracksChanged),
            WorkEnd::BroadcastOver(over) => return Err(over.into()),
            WorkEnd::TooSlow => {
                actor.max_height = plan.renditions.last().map_or(u16::MAX, |top| top.id.0.saturating_sub(1));
                plan = self::plan(actor, info);
                feed.restart();
                actor.discontinuity(DiscontinuityReason::RenditionDropped, info, &plan).await?;
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
                actor.discontinuity(DiscontinuityReason::TranscoderRestarted, info, &plan).await?;
            }
        }
    }
}

fn plan(actor: &Actor, info: &SourceInfo) -> Plan {
    Plan::new(info, &actor.hub.config.transcode, actor.max_height)
        .with_preview(actor.hub.rules.clear_preview(actor.stream))
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
