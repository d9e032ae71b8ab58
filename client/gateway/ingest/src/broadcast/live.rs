//! The part of a broadcast with one publisher: understand the source, transcode it, start again what dies.

use super::{
    actor::{Actor, LiveEnd},
    emitter::Over,
    DiscontinuityReason, SourceInfo,
};
use crate::{clock, error::PublishError, ladder::Plan, probe, source::Source};
use feed::Feed;
use std::time::Duration;
use tokio::time::{sleep, Instant};
use work::WorkEnd;

mod feed;
mod health;
mod work;

/// The pause before ffmpeg is started again; doubled each time, up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// An ffmpeg that ran for so long was well.
const WELL_AFTER: Duration = Duration::from_secs(30);

/// Until the publisher goes or the broadcast is over.
pub(super) async fn run(actor: &mut Actor, mut source: Source) -> LiveEnd {
    match serve(actor, &mut source).await {
        Ok(()) => LiveEnd::PublisherGone,
        Err(Failure::Over(over)) => {
            source.dismiss(PublishError::SentAway);
            over.into()
        }
        Err(Failure::Source(reason)) => {
            tracing::warn!(stream = actor.stream, protocol = ?source.protocol, %reason, "a publisher is sent away");
            source.dismiss(reason);
            LiveEnd::PublisherGone
        }
    }
}

/// Why a source is served no more, though it may go on.
enum Failure {
    Over(Over),
    Source(PublishError),
}

impl From<Over> for Failure {
    fn from(over: Over) -> Self {
        Self::Over(over)
    }
}

impl From<PublishError> for Failure {
    fn from(error: PublishError) -> Self {
        Self::Source(error)
    }
}

async fn serve(actor: &mut Actor, source: &mut Source) -> Result<(), Failure> {
    let since_ms = clock::now_ms();
    let understood = tokio::select! {
        understood = probe::understand(source, &actor.hub.ffmpeg) => understood?,
        reason = actor.stop.heard() => return Err(Over(reason).into()),
    };
    let info = understood.info;
    let mut feed = Feed::new(understood.head, understood.is_over, since_ms);
    let mut plan = plan(actor, &info);
    actor.announce(&info, &plan).await?;
    let mut futile_starts = 0;
    let mut pause = FIRST_PAUSE;
    loop {
        let began = Instant::now();
        match work::run(actor, source, &mut feed, &plan).await {
            WorkEnd::SourceEnded => return Ok(()),
            WorkEnd::Over(over) => return Err(over.into()),
            WorkEnd::TooSlow => {
                actor.max_height = plan.renditions.last().map_or(u16::MAX, |top| top.id.0.saturating_sub(1));
                plan = self::plan(actor, &info);
                feed.restart();
                actor.discontinuity(DiscontinuityReason::RenditionDropped, &info, &plan).await?;
            }
            WorkEnd::Died { words, was_fruitful } => {
                futile_starts = if was_fruitful { 0 } else { futile_starts + 1 };
                if futile_starts >= actor.hub.config.transcode.max_futile_starts {
                    return Err(PublishError::Untranscodable(words).into());
                }
                pause = if began.elapsed() >= WELL_AFTER { FIRST_PAUSE } else { pause };
                feed.restart();
                rest(actor, source, &mut feed, pause).await?;
                pause = (pause * 2).min(LONGEST_PAUSE);
                actor.discontinuity(DiscontinuityReason::TranscoderRestarted, &info, &plan).await?;
            }
        }
    }
}

fn plan(actor: &Actor, info: &SourceInfo) -> Plan {
    actor.hub.ladder(actor.stream).plan(info, &actor.hub.config.transcode, actor.max_height)
}

/// Lets a moment pass. What comes meanwhile is lost, since nothing can take it.
async fn rest(actor: &Actor, source: &mut Source, feed: &mut Feed, pause: Duration) -> Result<(), Over> {
    let end = sleep(pause);
    tokio::pin!(end);
    loop {
        tokio::select! {
            () = &mut end => return Ok(()),
            reason = actor.stop.heard() => return Err(Over(reason)),
            more = feed.skip(source) => if !more { return Ok(()) },
        }
    }
}
