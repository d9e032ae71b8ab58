//! One ffmpeg at work: fed from the source, watched, and ended.

use super::{feed::Feed, health::Meter};
use crate::{
    broadcast::{actor::Actor, emitter::Over, BroadcastEvent, EndReason},
    clock,
    ladder::Plan,
    source::Source,
    transcode::{Child, Job, JobInput, Pace, Progress},
};
use tokio::sync::mpsc;

/// Less waiting input than this is no sign of anything.
const FEW_BYTES: u64 = 64 * 1024;
/// The initialisation segments of a whole ladder are smaller; more is media.
const MAX_INIT_BYTES: u64 = 16 * 1024;

/// How the work of one ffmpeg ended.
pub(super) enum WorkEnd {
    SourceEnded,
    Over(Over),
    /// There is a rendition that can be left out.
    TooSlow,
    Died {
        words: String,
        was_fruitful: bool,
    },
}

pub(super) async fn run(actor: &mut Actor, source: &mut Source, feed: &mut Feed, plan: &Plan) -> WorkEnd {
    let Some(events) = actor.emitter.as_ref().map(|emitter| emitter.events.clone()) else {
        return WorkEnd::Over(Over(EndReason::Stopped));
    };
    let start_s = actor.next_start_s();
    let job = Job { plan: plan.clone(), input: JobInput::Pipe(source.demuxer()), start_s };
    let config = &actor.hub.config;
    let child = match Child::start(&actor.hub.ffmpeg, &job, &config.transcode, &config.work_dir, &events) {
        Ok(child) => child,
        Err(error) => return WorkEnd::Died { words: error.to_string(), was_fruitful: false },
    };
    let (end, progress) = watch(actor, source, feed, plan, child, &events).await;
    actor.reached(start_s, progress.out_time_ms);
    end
}

/// What ends the watch.
enum Cue {
    SourceEnded,
    Stopped(EndReason),
    TooSlow,
    Died,
}

async fn watch(
    actor: &Actor,
    source: &mut Source,
    feed: &mut Feed,
    plan: &Plan,
    mut child: Child,
    events: &mpsc::Sender<BroadcastEvent>,
) -> (WorkEnd, Progress) {
    let transcode = &actor.hub.config.transcode;
    let mut pace = Pace::new(transcode.slow_below_speed, transcode.slow_for_ms);
    let mut meter = Meter::new(source.protocol, source.peer, clock::now_ms(), feed.taken_bytes);
    let cue = loop {
        let progress = tokio::select! {
            biased;
            reason = actor.stop.heard() => break Cue::Stopped(reason),
            () = events.closed() => break Cue::Stopped(EndReason::Stopped),
            _ = child.process.wait() => break Cue::Died,
            progress = child.reports.next() => progress,
            moved = step(&mut child.input, feed, source) => match moved {
                Step::Moved => continue,
                Step::SourceEnded => break Cue::SourceEnded,
                Step::InputClosed => break Cue::Died,
            },
        };
        let now_ms = clock::now_ms();
        let fed = (feed.taken_bytes, feed.since_ms);
        let health = meter.measure(now_ms, fed, progress, &plan.renditions, actor.restarts);
        // Half a second of what comes.
        let is_input_waiting = source.buffered_bytes() as u64 > FEW_BYTES.max(health.input_bits_per_second / 16);
        if pace.is_too_slow(now_ms, progress.out_time_ms, is_input_waiting) && plan.renditions.len() > 1 {
            break Cue::TooSlow;
        }
        actor.health.send_replace(Some(health.clone()));
        if let Some(emitter) = &actor.emitter {
            emitter.emit_if_room(BroadcastEvent::Progress(health));
        }
    };
    end(actor.stream, cue, child).await
}

async fn end(stream: u64, cue: Cue, child: Child) -> (WorkEnd, Progress) {
    match cue {
        Cue::SourceEnded => (WorkEnd::SourceEnded, child.finish().await),
        Cue::Stopped(reason) => (WorkEnd::Over(Over(reason)), child.stop().await),
        Cue::TooSlow => {
            tracing::warn!(stream, "ffmpeg is too slow; the highest rendition is left out");
            (WorkEnd::TooSlow, child.stop().await)
        }
        Cue::Died => {
            let words = child.words().clone();
            let was_fruitful = child.sent_bytes() > MAX_INIT_BYTES;
            let progress = child.stop().await;
            tracing::warn!(stream, stderr = words.text(), "ffmpeg has died; it is started again");
            (WorkEnd::Died { words: words.last(), was_fruitful }, progress)
        }
    }
}

enum Step {
    Moved,
    SourceEnded,
    InputClosed,
}

/// Moves something towards ffmpeg. Cancelling loses nothing.
async fn step(input: &mut crate::transcode::Input, feed: &mut Feed, source: &mut Source) -> Step {
    if let Some(bytes) = feed.current() {
        return match input.feed(bytes).await {
            Ok(()) => Step::Moved,
            Err(_) => Step::InputClosed,
        };
    }
    if feed.load(source).await {
        Step::Moved
    } else {
        Step::SourceEnded
    }
}
