//! A broadcast on air: what the ingest tells, packaged, made durable, published and recorded.

use super::{Storyboard, Studio};
use crate::{
    live::{Channel, KeysTaken, LiveError, Recorder},
    settlement::now_ms,
    telemetry::names,
};
use std::{sync::Arc, time::Duration};
use tick_stream_primitives::StreamId;
use vilokanam_ingest::{Broadcast, BroadcastEvent, Health, Ladder, Rendition, RenditionId};
use vilokanam_media::{Access, Event, LiveConfig, RenditionConfig, SourceId, SourceKind};

/// How long playlists stay up after the end, so that players see it.
const LINGER: Duration = Duration::from_secs(30);
/// Times real time, below which the transcoder is said not to keep up.
const SLOW_SPEED: f64 = 0.95;
/// What sound alone, with a waveform, has: told to players until it has been measured.
const AUDIO_BPS: u64 = 228_000;
/// The clear, low rendition: its name, and what it has.
const PREVIEW: &str = "preview";
const PREVIEW_BPS: u64 = 198_000;

/// A stream that is being broadcast.
struct OnAir {
    studio: Arc<Studio>,
    stream: StreamId,
    number: u64,
    channel: Arc<Channel>,
    /// Nothing while nothing comes.
    source: Option<SourceId>,
    keys: KeysTaken,
    recorder: Option<Recorder>,
}

/// Runs a broadcast until its last event.
pub async fn run(studio: Arc<Studio>, ladder: Ladder, mut broadcast: Broadcast) {
    let stream = broadcast.stream;
    let mut on_air = match OnAir::begin(studio, stream, &ladder).await {
        Ok(on_air) => on_air,
        // Dropping the events ends the broadcast at the ingest.
        Err(error) => return tracing::error!(stream, %error, "the broadcast cannot begin"),
    };
    metrics::gauge!(names::BROADCASTS).increment(1.0);
    while let Some(event) = broadcast.events.recv().await {
        if let Err(error) = on_air.take(event).await {
            tracing::error!(stream, %error, "the broadcast is given up");
            break;
        }
    }
    drop(broadcast);
    on_air.end().await;
    metrics::gauge!(names::BROADCASTS).decrement(1.0);
}

/// Every rendition that any source of the broadcast may have, so that one that comes back with another size goes on.
fn live_config(ladder: &Ladder) -> LiveConfig {
    let rungs = ladder.rungs().iter().rev();
    let paid = rungs.map(|rung| {
        let bits = u64::from(rung.video_bits_per_second) + u64::from(rung.audio_bits_per_second);
        (RenditionId(rung.height).to_string(), Access::Paid, bits)
    });
    let audio = (RenditionId::AUDIO.to_string(), Access::Paid, AUDIO_BPS);
    let all = paid.chain([audio, (PREVIEW.into(), Access::Preview, PREVIEW_BPS)]);
    let renditions =
        all.map(|(name, access, nominal_bandwidth_bps)| RenditionConfig { name, access, nominal_bandwidth_bps });
    LiveConfig { renditions: renditions.collect(), ..LiveConfig::default() }
}

impl OnAir {
    async fn begin(studio: Arc<Studio>, stream: StreamId, ladder: &Ladder) -> Result<Self, LiveError> {
        let config = live_config(ladder);
        let secret = studio.secrets.of(stream)?;
        let (keys, begun) = KeysTaken::begin(studio.index.clone(), studio.secrets.clone(), stream).await?;
        let storyboard = Storyboard::new(studio.storage.clone(), stream, begun.number, studio.records);
        let channel = Channel::new(stream, begun.number, config.clone(), secret, keys.first(), storyboard)?;
        let channel = Arc::new(channel);
        studio.live.open(channel.clone())?;
        let recorder = studio.records.then(|| {
            let (storage, index) = (studio.storage.clone(), studio.index.clone());
            let ids = channel.paid_ids();
            Recorder::new(storage, index, (stream, begun.number), &config, studio.uris.clone(), ids)
        });
        channel.set_health(|health| {
            health.live_since = jiff::Timestamp::from_millisecond(now_ms() as i64).ok().map(|at| at.to_string());
        });
        tracing::info!(stream, broadcast = begun.number, first_key = keys.first(), "a broadcast begins");
        Ok(Self { studio, stream, number: begun.number, channel, source: None, keys, recorder })
    }

    async fn take(&mut self, event: BroadcastEvent) -> Result<(), LiveError> {
        match event {
            BroadcastEvent::Started { renditions, .. } | BroadcastEvent::Discontinuity { renditions, .. } => {
                self.begin_source(SourceKind::Paid, &renditions).await
            }
            BroadcastEvent::Slate { renditions } => self.begin_source(SourceKind::Free, &renditions).await,
            BroadcastEvent::Bytes { rendition, bytes } => self.media(&rendition.to_string(), &bytes).await,
            BroadcastEvent::Preview { bytes } => self.media(PREVIEW, &bytes).await,
            BroadcastEvent::Thumbnail { jpeg } => {
                self.channel.add_thumbnail(jpeg).await;
                Ok(())
            }
            BroadcastEvent::Progress(health) => {
                self.note(&health);
                Ok(())
            }
            BroadcastEvent::Waiting { window_ms } => self.wait(window_ms).await,
            BroadcastEvent::Resumed | BroadcastEvent::Ended { .. } => Ok(()),
        }
    }

    async fn begin_source(&mut self, kind: SourceKind, renditions: &[Rendition]) -> Result<(), LiveError> {
        let (source, events) = self.channel.begin_source(kind)?;
        self.source = Some(source);
        self.publish(events).await?;
        let names: Vec<String> = renditions.iter().rev().map(|rendition| rendition.id.to_string()).collect();
        for absent in self.channel.paid_names().into_iter().filter(|name| !names.contains(name)) {
            let events = self.channel.drop_rendition(&absent);
            self.publish(events).await?;
        }
        self.channel.set_health(|health| health.ladder = names);
        Ok(())
    }

    /// A rendition that cannot be packaged is given up; the others go on.
    async fn media(&mut self, rendition: &str, bytes: &[u8]) -> Result<(), LiveError> {
        let Some(source) = self.source else { return Ok(()) };
        let pushed = self.channel.push(source, rendition, bytes, now_ms());
        let events = pushed.unwrap_or_else(|error| {
            tracing::warn!(stream = self.stream, rendition, %error, "a rendition is given up");
            self.channel.drop_rendition(rendition)
        });
        self.publish(events).await
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
            recorder.keep(&events);
        }
        let segments = events.iter().filter(|event| matches!(event, Event::SegmentReady(_))).count();
        metrics::counter!(names::SEGMENTS, "stream" => self.stream.to_string()).increment(segments as u64);
        Ok(())
    }

    fn note(&self, now: &Health) {
        self.channel.set_health(|health| {
            health.state = "live".into();
            let trouble = trouble(now);
            health.is_well = trouble.is_none();
            health.diagnosis = trouble.unwrap_or_else(|| all_is_well(now));
            health.bitrate_bps = now.input_bits_per_second;
            health.frame_rate = now.frames_per_second;
            health.dropped_frames = now.dropped_frames;
            health.speed = now.speed;
            health.latency_ms = now.latency_ms;
        });
    }

    async fn wait(&mut self, window_ms: u64) -> Result<(), LiveError> {
        self.source = None;
        let events = self.channel.end_source();
        let seconds = window_ms / 1_000;
        self.channel.set_health(|health| {
            health.state = "waiting".into();
            health.is_well = false;
            health.diagnosis = format!(
                "The encoder is gone. Viewers see a slate that costs them nothing; it may come back within {seconds} s \
                 and go on."
            );
            health.bitrate_bps = 0;
        });
        self.publish(events).await
    }

    async fn end(mut self) {
        let events = self.channel.end();
        if let Err(error) = self.publish(events).await {
            tracing::error!(stream = self.stream, %error, "the last segment was lost");
        }
        self.channel.storyboard.finish().await;
        let folder = match self.recorder.take() {
            Some(recorder) => recorder.finish().await,
            None => None,
        };
        let ended = self.studio.index.end_broadcast(self.stream, self.number, now_ms(), folder.as_deref()).await;
        if let Err(error) = ended {
            tracing::error!(stream = self.stream, %error, "the end of the broadcast was not written down");
        }
        tracing::info!(stream = self.stream, broadcast = self.number, "the broadcast is over");
        let (studio, channel) = (self.studio, self.channel);
        tokio::spawn(async move {
            tokio::time::sleep(LINGER).await;
            studio.live.close(&channel);
        });
    }
}

/// A sentence on what is wrong, if anything is, and what would mend it.
fn trouble(health: &Health) -> Option<String> {
    if health.speed > 0.0 && health.speed < SLOW_SPEED {
        return Some(format!(
            "The picture comes in, or is transcoded, at {:.2} of real time: see that the encoder holds its frame rate and \
             the network its bit rate; else send a lower resolution.",
            health.speed
        ));
    }
    // One in a hundred is what nobody sees.
    (health.dropped_frames * 100 > health.frames).then(|| {
        format!(
            "{} of {} pictures were lost on the way: send a lower bit rate, or by a cable.",
            health.dropped_frames, health.frames
        )
    })
}

fn all_is_well(health: &Health) -> String {
    match health.restarts {
        0 => "All is well.".to_owned(),
        restarts => format!("All is well now; the transcoder was started anew {restarts} times."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vilokanam_ingest::Protocol;

    fn health() -> Health {
        Health {
            protocol: Protocol::Rtmp,
            peer: None,
            input_bits_per_second: 1,
            frames_per_second: 30.0,
            frames: 1_000,
            dropped_frames: 10,
            duplicated_frames: 0,
            speed: 1.0,
            latency_ms: Some(800),
            renditions: Vec::new(),
            restarts: 0,
        }
    }

    #[test]
    fn trouble_works() {
        assert_eq!(trouble(&health()), None);
        assert_eq!(all_is_well(&health()), "All is well.");
        let words = |health| trouble(&health).unwrap_or_default();
        assert!(words(Health { speed: 0.5, ..health() }).contains("0.50 of real time"));
        assert!(words(Health { dropped_frames: 11, ..health() }).contains("11 of 1000 pictures"));
        let restarted = Health { restarts: 2, ..health() };
        assert_eq!(trouble(&restarted), None, "what has been mended is no trouble");
        assert!(all_is_well(&restarted).contains("2 times"));
    }

    #[test]
    fn live_config_works() {
        let config = live_config(&Ladder::default());
        let names: Vec<_> = config.renditions.iter().map(|rendition| rendition.name.as_str()).collect();
        assert_eq!(names, ["1080p", "720p", "480p", "360p", "240p", "audio", "preview"]);
    }
}
