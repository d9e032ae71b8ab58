//! A broadcast: from the first publisher to the end of the reconnect window after the last.

use super::{
    rtmp::{Incoming, Publisher},
    transcode::{self, Output, Progress, Rung, Transcoder},
    Studio,
};
use crate::{
    live::{Channel, KeysTaken, LiveError, Recorder},
    settlement::now_ms,
    telemetry::names,
};
use std::{sync::Arc, time::Duration};
use tick_stream_primitives::StreamId;
use tokio::{io::AsyncWriteExt, sync::mpsc};
use vilokanam_media::{Access, Event, LiveConfig, RenditionConfig, SourceId, SourceKind};

/// How long it is waited for what an encoder says of its pictures.
const SIZE_TIMEOUT: Duration = Duration::from_secs(3);
/// Height that a source is taken for when it does not say: the ladder then stays below.
const UNKNOWN_HEIGHT: u32 = 480;
/// How long the transcoder may take to give out the rest when its source has ended.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(5);
/// How long playlists stay up after the end, so that players see it.
const LINGER: Duration = Duration::from_secs(30);
/// Transcoders started for one publisher before it is given up: ffmpeg that dies again and again has a reason.
const MAX_RESTARTS: u32 = 5;
/// Times real time, below which the transcoder is said not to keep up.
const SLOW_SPEED: f64 = 0.95;

/// A stream that is being broadcast.
pub struct Broadcast {
    studio: Arc<Studio>,
    stream: StreamId,
    number: u64,
    channel: Arc<Channel>,
    rungs: Vec<Rung>,
    keys: KeysTaken,
    recorder: Option<Recorder>,
}

/// Runs a broadcast for as long as publishers come: the first and, within the window, those that follow it.
pub async fn run(studio: Arc<Studio>, stream: StreamId, mut publishers: mpsc::Receiver<Publisher>) {
    let Some(mut publisher) = publishers.recv().await else { return };
    let (first, height) = opening(&mut publisher).await;
    let broadcast = Broadcast::begin(studio.clone(), stream, height).await;
    let mut broadcast = match broadcast {
        Ok(broadcast) => broadcast,
        Err(error) => return tracing::error!(stream, %error, "the broadcast cannot begin"),
    };
    metrics::gauge!(names::BROADCASTS).increment(1.0);
    let mut next = Some((publisher, first));
    while let Some((publisher, first)) = next.take() {
        if let Err(error) = broadcast.take_source(publisher, first).await {
            tracing::error!(stream, %error, "the source was given up");
        }
        studio.publisher_left(stream);
        broadcast.wait_words();
        let again = tokio::time::timeout(studio.reconnect_window, publishers.recv()).await;
        if let Ok(Some(mut publisher)) = again {
            let (first, _) = opening(&mut publisher).await;
            next = Some((publisher, first));
        }
    }
    drop(publishers);
    broadcast.end().await;
    metrics::gauge!(names::BROADCASTS).decrement(1.0);
}

/// What comes before the size is known, and the size.
async fn opening(publisher: &mut Publisher) -> (Vec<Incoming>, u32) {
    let mut first = Vec::new();
    let deadline = tokio::time::Instant::now() + SIZE_TIMEOUT;
    while let Ok(Some(incoming)) = tokio::time::timeout_at(deadline, publisher.incoming.recv()).await {
        if let Incoming::Height(height) = incoming {
            return (first, height);
        }
        first.push(incoming);
        if first.len() >= super::rtmp::MAX_TAGS_QUEUED {
            break;
        }
    }
    (first, UNKNOWN_HEIGHT)
}

impl Broadcast {
    async fn begin(studio: Arc<Studio>, stream: StreamId, height: u32) -> Result<Self, LiveError> {
        let rungs = transcode::ladder(&studio.ladder, height);
        let paid = rungs.iter().map(|rung| (rung, Access::Paid));
        let preview = transcode::preview();
        let all = paid.chain([(&preview, Access::Preview)]);
        let renditions = all.map(|(rung, access)| RenditionConfig {
            name: rung.name.clone(),
            access,
            nominal_bandwidth_bps: rung.video_bps + rung.audio_bps,
        });
        let config = LiveConfig { renditions: renditions.collect(), ..LiveConfig::default() };
        let keys = KeysTaken::begin(studio.index.clone(), stream).await?;
        let secret = studio.secrets.of(stream)?;
        let channel = Arc::new(Channel::new(stream, config.clone(), secret, keys.first())?);
        studio.live.open(channel.clone())?;
        let begun = studio.index.begin_broadcast(stream, keys.first(), now_ms()).await?;
        let recorder = studio.records.then(|| {
            let ids = channel.paid_ids();
            Recorder::new(studio.storage.clone(), stream, begun.number, &config, studio.uris.clone(), ids)
        });
        let names: Vec<_> = rungs.iter().map(|rung| rung.name.clone()).collect();
        channel.set_health(|health| {
            health.ladder = names;
            health.live_since = jiff::Timestamp::from_millisecond(now_ms() as i64).ok().map(|at| at.to_string());
        });
        tracing::info!(stream, broadcast = begun.number, height, first_key = keys.first(), "a broadcast begins");
        Ok(Self { studio, stream, number: begun.number, channel, rungs, keys, recorder })
    }

    /// Transcodes one publisher's source. A transcoder that dies is started again while the publisher stays.
    async fn take_source(&mut self, mut publisher: Publisher, first: Vec<Incoming>) -> Result<(), LiveError> {
        let header = first.iter().find(|incoming| matches!(incoming, Incoming::Flv(_))).cloned();
        let mut pending = first;
        for turn in 0..=MAX_RESTARTS {
            if self.transcode(&mut publisher, std::mem::take(&mut pending)).await? {
                return Ok(());
            }
            tracing::warn!(stream = self.stream, turn, "the transcoder ended by itself; starting another");
            tokio::time::sleep(Duration::from_millis(200) * (turn + 1)).await;
            pending.extend(header.clone());
        }
        Ok(())
    }

    /// True when the publisher has left, false when the transcoder has ended before it.
    async fn transcode(&mut self, publisher: &mut Publisher, first: Vec<Incoming>) -> Result<bool, LiveError> {
        let mut rungs = self.rungs.clone();
        rungs.push(transcode::preview());
        let started = Transcoder::start(&self.studio.ffmpeg, &rungs, &self.studio.preset, self.stream);
        let mut transcoder = match started {
            Ok(transcoder) => transcoder,
            Err(error) => {
                tracing::error!(%error, "ffmpeg cannot be started; install it, or mend ingest.ffmpeg");
                return Ok(false);
            }
        };
        let (source, events) = self.channel.begin_source(SourceKind::Paid)?;
        self.publish(events).await?;
        for incoming in first {
            feed(&mut transcoder, incoming).await;
        }
        let mut bits = BitCounter::default();
        loop {
            tokio::select! {
                incoming = publisher.incoming.recv() => {
                    let Some(incoming) = incoming else { break };
                    bits.count(&incoming);
                    if !feed(&mut transcoder, incoming).await || transcoder.has_ended() {
                        self.end_source().await?;
                        return Ok(false);
                    }
                }
                output = transcoder.outputs.recv() => {
                    let Some(output) = output else {
                        self.end_source().await?;
                        return Ok(false);
                    };
                    self.take_output(source, output, bits.per_second()).await?;
                }
            }
        }
        self.drain(source, transcoder).await?;
        Ok(true)
    }

    async fn drain(&mut self, source: SourceId, mut transcoder: Transcoder) -> Result<(), LiveError> {
        transcoder.stdin = None;
        let deadline = tokio::time::Instant::now() + DRAIN_TIMEOUT;
        while let Ok(Some(output)) = tokio::time::timeout_at(deadline, transcoder.outputs.recv()).await {
            self.take_output(source, output, 0).await?;
        }
        self.end_source().await
    }

    async fn end_source(&mut self) -> Result<(), LiveError> {
        let events = self.channel.end_source();
        self.publish(events).await
    }

    async fn take_output(&mut self, source: SourceId, output: Output, bitrate_bps: u64) -> Result<(), LiveError> {
        match output {
            Output::Thumbnail(jpeg) => self.channel.set_thumbnail(jpeg),
            Output::Progress(progress) => self.note_progress(progress, bitrate_bps),
            Output::Media { rendition, bytes } => {
                let pushed = self.channel.push(source, &rendition, &bytes, now_ms());
                let events = pushed.or_else(|error| {
                    tracing::warn!(stream = self.stream, rendition, %error, "a rendition is given up");
                    Ok::<_, LiveError>(self.channel.drop_rendition(&rendition))
                })?;
                self.publish(events).await?;
            }
        }
        Ok(())
    }

    /// Keys first, then memory, then the store: what a viewer can see has a key that is never used again.
    async fn publish(&mut self, events: Vec<Event>) -> Result<(), LiveError> {
        if events.is_empty() {
            return Ok(());
        }
        if let Some(highest) = events.iter().filter_map(Event::index).max() {
            self.keys.cover(highest).await?;
        }
        self.channel.publish(&events, &self.studio.uris);
        if let Some(recorder) = &mut self.recorder {
            recorder.keep(&events).await;
        }
        let segments = events.iter().filter(|event| matches!(event, Event::SegmentReady(_))).count();
        metrics::counter!(names::SEGMENTS, "stream" => self.stream.to_string()).increment(segments as u64);
        Ok(())
    }

    fn note_progress(&self, progress: Progress, bitrate_bps: u64) {
        let diagnosis = match progress.speed {
            speed if speed > 0.0 && speed < SLOW_SPEED => format!(
                "The transcoder does not keep up ({speed:.2} of real time): send a lower resolution, or ask the operator \
                 for a shorter ladder."
            ),
            _ if progress.dropped_frames > 0 => {
                format!("{} pictures were lost on the way: see that the network holds the bit rate.", progress.dropped_frames)
            }
            _ => "All is well.".to_owned(),
        };
        self.channel.set_health(|health| {
            health.state = "live".into();
            health.diagnosis = diagnosis;
            health.bitrate_bps = bitrate_bps;
            health.frame_rate = progress.frame_rate;
            health.dropped_frames = progress.dropped_frames;
            health.speed = progress.speed;
        });
    }

    fn wait_words(&self) {
        let seconds = self.studio.reconnect_window.as_secs();
        tracing::info!(stream = self.stream, seconds, "the publisher is gone; waiting for it to come back");
        self.channel.set_health(|health| {
            health.state = "waiting".into();
            health.diagnosis = format!("The encoder is gone. It may come back within {seconds} s and go on.");
        });
    }

    async fn end(mut self) {
        let events = self.channel.end();
        if let Err(error) = self.publish(events).await {
            tracing::error!(stream = self.stream, %error, "the last segment was lost");
        }
        let folder = match self.recorder.take() {
            Some(recorder) => recorder.finish().await.inspect_err(|error| tracing::error!(%error, "no recording")).ok(),
            None => None,
        };
        let ended = self.studio.index.end_broadcast(self.stream, self.number, now_ms(), folder.as_deref()).await;
        if let Err(error) = ended {
            tracing::error!(stream = self.stream, %error, "the end of the broadcast was not written down");
        }
        tracing::info!(stream = self.stream, "the broadcast is over");
        let (studio, channel) = (self.studio, self.channel);
        tokio::spawn(async move {
            tokio::time::sleep(LINGER).await;
            studio.live.close(&channel);
        });
    }
}

/// False when the transcoder takes no more.
async fn feed(transcoder: &mut Transcoder, incoming: Incoming) -> bool {
    let Incoming::Flv(bytes) = incoming else { return true };
    let Some(stdin) = &mut transcoder.stdin else { return false };
    // A transcoder that hangs holds the publisher up for so long and no longer.
    matches!(tokio::time::timeout(DRAIN_TIMEOUT, stdin.write_all(&bytes)).await, Ok(Ok(())))
}

/// The source's bit rate.
#[derive(Default)]
struct BitCounter {
    since: Option<tokio::time::Instant>,
    bits: u64,
    last_bps: u64,
}

impl BitCounter {
    fn count(&mut self, incoming: &Incoming) {
        let Incoming::Flv(bytes) = incoming else { return };
        self.bits += bytes.len() as u64 * 8;
        let elapsed = self.since.get_or_insert_with(tokio::time::Instant::now).elapsed();
        if elapsed >= Duration::from_secs(1) {
            self.last_bps = (self.bits as f64 / elapsed.as_secs_f64()) as u64;
            (self.since, self.bits) = (Some(tokio::time::Instant::now()), 0);
        }
    }

    fn per_second(&self) -> u64 {
        self.last_bps
    }
}
