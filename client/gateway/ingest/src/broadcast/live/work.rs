//! One run of ffmpeg: fed from the source, watched, and ended.

use super::{
    feed::{Feed, Loaded},
    health::{Fed, HealthMeter},
};
use crate::{
    broadcast::{actor::Actor, stop::BroadcastOver, BroadcastEvent, EndReason, Health},
    clock::{unix_ms, whole_millis},
    plan::Plan,
    source::Source,
    transcode::{Child, Input, Job, Pace},
};
use tokio::{sync::mpsc, time::Instant};
use vilokanam_ffmpeg::Progress;

/// Number of waiting bytes below which ffmpeg is not considered slow.
const FEW_BYTES: u64 = 64 * 1024;
/// Maximum size of all initialisation segments together. An ffmpeg that has written more has written media.
const MAX_INIT_BYTES: u64 = 16 * 1024;

/// How a run of ffmpeg ended.
pub(super) enum WorkEnd {
    SourceEnded,
    BroadcastOver(BroadcastOver),
    /// Other tracks carry media than those that ffmpeg takes.
    TracksChanged,
    /// The source cannot be copied any more.
    CopyEnded,
    /// ffmpeg was too slow, and can go on with fewer encoders.
    TooSlow,
    Died {
        /// The last line of its standard error.
        stderr: String,
        /// Whether it has written media.
        was_fruitful: bool,
    },
}

/// Starts ffmpeg and feeds it until one of the two ends.
pub(super) async fn run(actor: &mut Actor, source: &mut Source, feed: &mut Feed, plan: &Plan) -> WorkEnd {
    let Some(events) = actor.emitter.as_ref().map(|emitter| emitter.events.clone()) else {
        return WorkEnd::BroadcastOver(BroadcastOver(EndReason::Stopped));
    };
    let start_s = actor.next_start_s();
    let job = Job { plan: plan.clone(), input: feed.job_input(source), start_s, fragment_ms: actor.fragment_ms };
    let config = &actor.hub.config;
    let child = match Child::start(&actor.hub.ffmpeg, &job, &config.transcode, &config.work_dir, &events) {
        Ok(child) => child,
        Err(error) => return WorkEnd::Died { stderr: error.to_string(), was_fruitful: false },
    };
    let (end, progress) = watch(actor, source, feed, plan, child, &events).await;
    actor.reached(start_s, progress.written_ms());
    end
}

/// Reports in a row with a bit rate far above the maximum of a copy before it ends: a few seconds may be heavy.
const MAX_HEAVY_REPORTS: u32 = 10;

/// Watches the bit rate of a copy.
struct Weight {
    max_bits_per_second: Option<u64>,
    heavy_reports: u32,
}

impl Weight {
    fn new(max_bits_per_second: Option<u32>) -> Self {
        Self { max_bits_per_second: max_bits_per_second.map(u64::from), heavy_reports: 0 }
    }

    /// Takes a report. Returns whether the source has been half above the maximum for too long.
    fn is_too_heavy(&mut self, health: &Health) -> bool {
        let Some(max) = self.max_bits_per_second else { return false };
        let is_heavy = health.input_bits_per_second > max + max / 2;
        self.heavy_reports = if is_heavy { self.heavy_reports + 1 } else { 0 };
        self.heavy_reports >= MAX_HEAVY_REPORTS
    }
}

/// Why the watch ended.
enum WatchEnd {
    SourceEnded,
    TracksChanged,
    CopyEnded,
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
    let mut meter = HealthMeter::new(source.protocol, source.peer, Instant::now(), feed.taken_bytes);
    let mut weight = Weight::new(plan.copy().is_some().then_some(transcode.max_copied_bits_per_second));
    let mut is_dated = false;
    let watch_end = loop {
        let progress = tokio::select! {
            biased;
            reason = actor.stop.stopped() => break WatchEnd::Stopped(reason),
            () = events.closed() => break WatchEnd::Stopped(EndReason::Stopped),
            _ = child.process.wait() => break WatchEnd::Died,
            progress = child.reports.next() => progress,
            step = step(&mut child.input, feed, source) => match step {
                Step::Moved if is_dated => continue,
                // Its first chunk is loaded, and ffmpeg has none of it yet: the date comes before all media.
                Step::Moved => {
                    is_dated = true;
                    match actor.emit(date(feed)).await {
                        Ok(()) => continue,
                        Err(BroadcastOver(reason)) => break WatchEnd::Stopped(reason),
                    }
                }
                Step::SourceEnded => break WatchEnd::SourceEnded,
                Step::TracksChanged => break WatchEnd::TracksChanged,
                Step::CopyEnded => break WatchEnd::CopyEnded,
                Step::InputClosed => break WatchEnd::Died,
            },
        };
        let now = Instant::now();
        let fed = Fed { bytes: feed.taken_bytes, since: feed.since };
        let health = meter.measure(now, fed, progress.clone(), &plan.renditions, actor.restarts);
        // Half a second of the current bit rate.
        let is_input_waiting = source.buffered_bytes() as u64 > FEW_BYTES.max(health.input_bits_per_second / 16);
        if pace.is_too_slow(now, progress.written_ms(), is_input_waiting) && plan.can_shrink() {
            break WatchEnd::TooSlow;
        }
        if weight.is_too_heavy(&health) {
            feed.end_copy();
        }
        actor.health.send_replace(Some(health.clone()));
        if let Some(emitter) = &actor.emitter {
            emitter.emit_if_room(BroadcastEvent::Progress(health));
        }
    };
    end(actor.stream, watch_end, child, plan.has_endless_silence()).await
}

/// Says when the media arrived that ffmpeg is fed first.
fn date(feed: &Feed) -> BroadcastEvent {
    BroadcastEvent::Dated { since_ms: unix_ms().saturating_sub(whole_millis(feed.since.elapsed())) }
}

/// Ends ffmpeg after the watch. `is_endless`: it would not end by itself and is stopped, after which it writes what it has read.
async fn end(stream: u64, watch_end: WatchEnd, child: Child, is_endless: bool) -> (WorkEnd, Progress) {
    let finish = |child: Child| async move {
        if is_endless {
            child.stop().await
        } else {
            child.finish().await
        }
    };
    match watch_end {
        WatchEnd::SourceEnded => (WorkEnd::SourceEnded, finish(child).await),
        WatchEnd::TracksChanged => (WorkEnd::TracksChanged, finish(child).await),
        WatchEnd::CopyEnded => {
            tracing::info!(stream, "the source does not fit its rung any more, and is encoded from here on");
            (WorkEnd::CopyEnded, finish(child).await)
        }
        WatchEnd::Stopped(reason) => (WorkEnd::BroadcastOver(BroadcastOver(reason)), child.stop().await),
        WatchEnd::TooSlow => {
            tracing::warn!(stream, "ffmpeg is too slow; the highest rendition is dropped");
            (WorkEnd::TooSlow, child.stop().await)
        }
        WatchEnd::Died => {
            let stderr = child.stderr().clone();
            let was_fruitful = child.sent_bytes() > MAX_INIT_BYTES;
            let progress = child.stop().await;
            tracing::warn!(stream, stderr = stderr.text(), "ffmpeg has died");
            (WorkEnd::Died { stderr: stderr.last(), was_fruitful }, progress)
        }
    }
}

enum Step {
    Moved,
    SourceEnded,
    TracksChanged,
    CopyEnded,
    InputClosed,
}

/// Moves some bytes from the source to ffmpeg, or reads the next chunk. Cancel safe.
async fn step(input: &mut Input, feed: &mut Feed, source: &mut Source) -> Step {
    if let Some(bytes) = feed.current() {
        return match input.feed(bytes).await {
            Ok(()) => Step::Moved,
            Err(_) => Step::InputClosed,
        };
    }
    match feed.load(source).await {
        Loaded::Chunk => Step::Moved,
        Loaded::Ended => Step::SourceEnded,
        Loaded::TracksChanged => Step::TracksChanged,
        Loaded::CopyEnded => Step::CopyEnded,
    }
}
