//! The part of a broadcast with one publisher: identifies the source, transcodes it, and restarts an ffmpeg that dies.

mod feed;
mod health;
mod identify;
mod work;

use super::{actor::Actor, stop::BroadcastOver, DiscontinuityReason, SourceInfo};
use crate::{error::PublishError, plan::Plan, source::Source};
use feed::Feed;
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
            source.dismiss(PublishError::Disconnected);
            LiveEnd::BroadcastOver(over)
        }
        Err(ServeError::Source(reason)) => {
            tracing::warn!(stream = actor.stream, protocol = %source.protocol, %reason, "a publisher is disconnected");
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
    let connected = Instant::now();
    let identified = tokio::select! {
        identified = identify::identify(source, &actor.hub.ffmpeg) => identified?,
        reason = actor.stop.stopped() => return Err(BroadcastOver(reason).into()),
    };
    let info = identified.info;
    let mut feed = Feed::new(identified.head, identified.has_ended, connected);
    let mut plan = plan(actor, &info);
    actor.announce(&info, &plan).await?;
    let mut futile_starts = 0;
    let mut pause = FIRST_PAUSE;
    loop {
        let began = Instant::now();
        match work::run(actor, source, &mut feed, &plan).await {
            WorkEnd::SourceEnded => return Ok(()),
            WorkEnd::BroadcastOver(over) => return Err(over.into()),
            WorkEnd::TooSlow => {
                actor.max_height = plan.renditions.last().map_or(u16::MAX, |top| top.id.0.saturating_sub(1));
                plan = self::plan(actor, &info);
                feed.restart();
                actor.discontinuity(DiscontinuityReason::RenditionDropped, &info, &plan).await?;
            }
            WorkEnd::Died { stderr, was_fruitful } => {
                futile_starts = if was_fruitful { 0 } else { futile_starts + 1 };
                if futile_starts >= actor.hub.config.transcode.max_futile_starts {
                    return Err(PublishError::Untranscodable(stderr).into());
                }
                pause = if began.elapsed() >= HEALTHY_AFTER { FIRST_PAUSE } else { pause };
                feed.restart();
                discard_input(actor, source, &mut feed, pause).await?;
                pause = (pause * 2).min(LONGEST_PAUSE);
                actor.discontinuity(DiscontinuityReason::TranscoderRestarted, &info, &plan).await?;
            }
        }
    }
}

fn plan(actor: &Actor, info: &SourceInfo) -> Plan {
    Plan::new(info, &actor.hub.config.transcode, actor.max_height)
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
