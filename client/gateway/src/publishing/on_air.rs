//! A broadcast on air: media from the ingest is packaged, its key indices made durable, published and recorded.
//!
//! ```text
//!  begin ──► waiting for the first source ──Started──► on air ◄──Discontinuity──┐
//!                                                        │  ▲                   │
//!                                              Waiting   │  └─────────┬─────────┘
//!                                                        ▼            │ Started, Discontinuity
//!                                   slate (free) while the encoder is away
//!                                                        │ window over, key revoked, gateway drains
//!                                                        ▼
//!                                   ended ──30 s──► taken off air; the recording stays
//! ```

use super::context::BroadcastContext;
use crate::{
    lifetime::Lifetime,
    live::{
        keep_captions, label_of, Channel, KeyIndexLease, LiveError, NotesKind, Recorder, Storyboard, AUDIO_TRACK_BPS,
        PREVIEW,
    },
    notices::Happening,
    telemetry::names,
};
use std::{sync::Arc, time::Duration};
use tick_stream_primitives::{clock::now_ms, StreamId};
use vilokanam_indexer::gateway_state::CaptionsRow;
use vilokanam_ingest::{
    transcode::max_fragment_ms, AudioTrack, Broadcast, BroadcastEvent, Codec, Health, Ladder, Rendition, RenditionId,
    SourceInfo, MAX_AUDIO_TRACKS,
};
use vilokanam_media::{Access, Event, LiveConfig, MediaError, RenditionConfig, SourceId, SourceKind};
use vilokanam_wire::scalars::rfc3339;

/// Time for which playlists stay up after the end, so that players see the end.
const LINGER: Duration = Duration::from_secs(30);
/// Speed of the transcoder, as a multiple of real time, below which it is reported as too slow.
const SLOW_SPEED: f64 = 0.95;
/// Bit rate of the audio rendition with its waveform, announced to players until it has been measured.
const AUDIO_BPS: u64 = 228_000;
/// Bit rate of that rendition, announced to players until it has been measured.
const PREVIEW_BPS: u64 = 198_000;

/// A broadcast.
struct OnAir {
    context: Arc<BroadcastContext>,
    stream: StreamId,
    number: u64,
    channel: Arc<Channel>,
    /// The source of the media; `None` while the encoder is away.
    source: Option<SourceId>,
    /// Sentence about a track that does not arrive.
    missing: Option<&'static str>,
    keys: KeyIndexLease,
    recorder: Option<Recorder>,
    /// Whether the recording stays after the broadcast.
    is_kept: bool,
    /// Whether followers were told.
    is_told: bool,
}

/// Runs a broadcast until its last event.
pub async fn run(context: Arc<BroadcastContext>, ladder: Ladder, mut broadcast: Broadcast) {
    let stream = broadcast.stream;
    let mut on_air = match OnAir::begin(context, stream, live_config(&ladder, broadcast.fragment_ms)).await {
        Ok(on_air) => on_air,
        // Dropping the events ends the broadcast at the ingest.
        Err(error) => return tracing::error!(stream, %error, "the broadcast cannot begin"),
    };
    metrics::gauge!(names::BROADCASTS).increment(1.0);
    while let Some(event) = broadcast.events.recv().await {
        if let Err(error) = on_air.take(event).await {
            tracing::error!(stream, %error, "the broadcast ends, since it cannot be published");
            break;
        }
    }
    drop(broadcast);
    on_air.end().await;
    metrics::gauge!(names::BROADCASTS).decrement(1.0);
}

/// The renditions that any source of the broadcast can have, so that an encoder may come back with another size; a part is a
/// fragment. Of one height H.264 comes first, since some players take the first one that they know.
fn live_config(ladder: &Ladder, fragment_ms: u32) -> LiveConfig {
    let rungs = ladder.rungs().iter().rev();
    let paid = rungs.flat_map(|rung| {
        let bits = u64::from(rung.video_bits_per_second) + u64::from(rung.audio_bits_per_second);
        [Codec::H264, Codec::Hevc, Codec::Av1]
            .map(|codec| (RenditionId::Rung { height: rung.height, codec }.to_string(), Access::Paid, bits))
    });
    let tracks = (1..=1 + MAX_AUDIO_TRACKS)
        .map(|number| (RenditionId::AudioTrack(number).to_string(), Access::PaidAudio, AUDIO_TRACK_BPS));
    let audio = (RenditionId::AUDIO.to_string(), Access::Paid, AUDIO_BPS);
    let all = paid.chain(tracks).chain([audio, (PREVIEW.into(), Access::Preview, PREVIEW_BPS)]);
    let renditions =
        all.map(|(name, access, nominal_bandwidth_bps)| RenditionConfig { name, access, nominal_bandwidth_bps });
    let part_target_ms = max_fragment_ms(fragment_ms);
    LiveConfig { renditions: renditions.collect(), part_target_ms, ..LiveConfig::default() }
}

impl OnAir {
    async fn begin(context: Arc<BroadcastContext>, stream: StreamId, config: LiveConfig) -> Result<Self, LiveError> {
        let secret = context.secrets.of(stream)?;
        let (keys, begun) = KeyIndexLease::begin(context.index.clone(), context.secrets.clone(), stream).await?;
        let recording = context.settings.recording(stream).await;
        let storyboard = Storyboard::new(context.archive.store.clone(), stream, begun.number, recording.is_kept);
        let channel = Channel::new(stream, begun.number, config.clone(), secret, keys.first(), storyboard)?;
        let channel = Arc::new(channel);
        if recording.is_kept {
            let notes = |kind| context.archive.tails.notes((stream, begun.number), kind);
            channel.captions.note_in(notes(NotesKind::Captions));
            channel.storyboard.note_in(notes(NotesKind::Thumbnails));
        }
        context.live.open(channel.clone())?;
        let recorder = match context.archive.room.check(stream, 0).await {
            Ok(()) if recording.is_made() => {
                let (archive, uris, place) = (context.archive.clone(), context.uris.clone(), (stream, begun.number));
                Some(Recorder::new(archive, place, &config, uris, channel.paid_ids(), recording))
            }
            Ok(()) => None,
            Err(reason) => {
                tracing::error!(stream, %reason, "the broadcast is not recorded");
                None
            }
        };
        channel.set_health(|health| {
            health.live_since = Some(rfc3339(now_ms()));
        });
        tracing::info!(stream, broadcast = begun.number, first_key = keys.first(), "a broadcast begins");
        let (number, is_kept) = (begun.number, recording.is_kept);
        let (source, missing, is_told) = (None, None, false);
        Ok(Self { context, stream, number, channel, source, missing, keys, recorder, is_kept, is_told })
    }

    async fn take(&mut self, event: BroadcastEvent) -> Result<(), LiveError> {
        match event {
            BroadcastEvent::Started { source, renditions, audio, .. }
            | BroadcastEvent::Discontinuity { source, renditions, audio, .. } => {
                self.tell();
                self.missing = missing(&source);
                self.channel.set_health(|health| health.protocol = Some(source.protocol.to_string()));
                self.begin_source(SourceKind::Paid, &renditions, &audio).await
            }
            BroadcastEvent::Slate { renditions, audio } => {
                self.begin_source(SourceKind::Free, &renditions, &audio).await
            }
            BroadcastEvent::Dated { since_ms } => {
                if let Some(source) = self.source {
                    self.channel.date_source(source, since_ms);
                }
                Ok(())
            }
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

    /// Tells followers once that the stream is on air.
    fn tell(&mut self) {
        if !std::mem::replace(&mut self.is_told, true) {
            self.context.notices.happened(Happening::WentLive { stream: self.stream });
        }
    }

    async fn begin_source(
        &mut self,
        kind: SourceKind,
        renditions: &[Rendition],
        audio: &[AudioTrack],
    ) -> Result<(), LiveError> {
        let (source, events) = self.channel.begin_source(kind)?;
        self.source = Some(source);
        self.publish(events).await?;
        let names: Vec<String> = renditions.iter().rev().map(|rendition| rendition.id.to_string()).collect();
        let tracks: Vec<String> = audio.iter().map(|track| track.id.to_string()).collect();
        audio.iter().for_each(|track| self.channel.set_label(&track.id.to_string(), label_of(track)));
        let is_present = |name: &String| names.contains(name) || tracks.contains(name);
        for absent in self.channel.paid_names().into_iter().filter(|name| !is_present(name)) {
            let events = self.channel.drop_rendition(&absent);
            self.publish(events).await?;
        }
        self.channel.set_health(|health| health.ladder = names);
        Ok(())
    }

    /// Packages media. A rendition that cannot be packaged is dropped; the others go on. The broadcast ends with the last of
    /// them, or with the sound of all of them, so that its encoder connects again.
    async fn media(&mut self, rendition: &str, bytes: &[u8]) -> Result<(), LiveError> {
        let Some(source) = self.source else { return Ok(()) };
        let error = match self.channel.push(source, rendition, bytes, now_ms()) {
            Ok(events) => return self.publish(events).await,
            // What its transcoder goes on to write.
            Err(LiveError::Media(MediaError::Dropped(_))) => return Ok(()),
            Err(error) => error,
        };
        tracing::warn!(stream = self.stream, rendition, %error, "a rendition cannot be packaged and is dropped");
        let events = self.channel.drop_rendition(rendition);
        self.publish(events).await?;
        if self.channel.has_video() && rendition != RenditionId::MAIN_SOUND.to_string() {
            Ok(())
        } else {
            Err(error)
        }
    }

    /// Publishes media: first its key indices are made durable, then it is served, then it is recorded.
    async fn publish(&mut self, events: Vec<Event>) -> Result<(), LiveError> {
        if events.is_empty() {
            return Ok(());
        }
        if let Some(highest) = events.iter().filter_map(Event::index).max() {
            self.keys.cover(highest).await?;
        }
        self.channel.publish(&events, &self.context.uris);
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
            health.diagnosis = trouble.unwrap_or_else(|| all_is_well(now, self.missing));
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
                "The encoder is disconnected. Viewers see a free slate; the broadcast goes on if the encoder comes back \
                 within {seconds} s."
            );
            health.bitrate_bps = 0;
        });
        self.publish(events).await
    }

    async fn end(mut self) {
        self.context.live.note_end(&self.channel);
        let events = self.channel.end();
        if let Err(error) = self.publish(events).await {
            tracing::error!(stream = self.stream, %error, "the last segment was lost");
        }
        self.channel.storyboard.finish().await;
        let folder = match self.recorder.take() {
            Some(recorder) => recorder.finish().await,
            None => None,
        };
        let ended = self.context.index.end_broadcast(self.stream, self.number, now_ms(), folder.as_deref()).await;
        if let Err(error) = ended {
            tracing::error!(stream = self.stream, %error, "the end of the broadcast was not stored");
        }
        if folder.is_some() && !self.is_kept {
            let deleted = self.context.index.delete_recording(self.stream, self.number, now_ms()).await;
            let _ = deleted.inspect_err(|error| tracing::error!(%error, "the recording is kept against the settings"));
        }
        if folder.is_some() {
            self.keep_captions().await;
        }
        if folder.is_some() && self.is_kept {
            let (stream, number) = (self.stream, self.number);
            self.context.notices.happened(Happening::NewRecording { stream, number });
        }
        self.context.archive.growing.remove((self.stream, self.number));
        let removed = self.context.archive.tails.remove_notes((self.stream, self.number));
        let _ = removed.inspect_err(|error| tracing::warn!(%error, "files in recording-tails were not removed"));
        tracing::info!(stream = self.stream, broadcast = self.number, "the broadcast is over");
        let (context, channel) = (self.context, self.channel);
        let Lifetime { drain, tasks, .. } = context.lifetime.clone();
        tasks.spawn(async move {
            drain.run_until_cancelled(tokio::time::sleep(LINGER)).await;
            context.live.close(&channel);
        });
    }
}

impl OnAir {
    /// Stores the captions of the broadcast beside its recording.
    async fn keep_captions(&self) {
        for (name, captions) in self.channel.captions.all() {
            let row = CaptionsRow {
                stream: self.stream,
                number: self.number,
                name,
                language: captions.label.language,
                label: captions.label.name,
                counts_time_of_day: true,
                is_default: captions.is_default,
                updated_at: now_ms(),
            };
            keep_captions(&self.context.archive, &row, &captions.track).await;
        }
    }
}

/// Returns a sentence that says what is wrong and how to fix it, if anything is wrong.
fn trouble(health: &Health) -> Option<String> {
    if health.speed > 0.0 && health.speed < SLOW_SPEED {
        return Some(format!(
            "The picture arrives or is transcoded at {:.2} times real time: check the encoder's frame rate and the network's \
             bit rate, or send a lower resolution.",
            health.speed
        ));
    }
    // One lost picture in a hundred is not visible.
    (health.dropped_frames * 100 > health.frames).then(|| {
        format!(
            "{} of {} pictures were lost on the way: send a lower bit rate, or use a cable instead of Wi-Fi.",
            health.dropped_frames, health.frames
        )
    })
}

/// Says that a track does not arrive, which the creator may not know.
const fn missing(source: &SourceInfo) -> Option<&'static str> {
    match (&source.video, &source.audio) {
        (Some(_), None) => {
            Some("No sound arrives, so viewers hear silence: check the encoder's sound if there should be some.")
        }
        (None, Some(_)) => {
            Some("No picture arrives, so viewers see a waveform: check the encoder's video if there should be one.")
        }
        _ => None,
    }
}

fn all_is_well(health: &Health, missing: Option<&str>) -> String {
    let words = match (health.restarts, missing) {
        (0, None) => "All is well.".to_owned(),
        (0, Some(_)) => String::new(),
        (restarts, _) => format!("All is well now; the incoming stream was interrupted {restarts} times."),
    };
    [&words, missing.unwrap_or_default()].join(" ").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use vilokanam_ingest::{AudioInfo, Protocol, VideoInfo};

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
    fn trouble_is_described_with_what_to_do() {
        assert_eq!(trouble(&health()), None);
        assert_eq!(all_is_well(&health(), None), "All is well.");
        let words = |health| trouble(&health).unwrap_or_default();
        assert!(words(Health { speed: 0.5, ..health() }).contains("0.50 times real time"));
        assert!(words(Health { dropped_frames: 11, ..health() }).contains("11 of 1000 pictures"));
        let restarted = Health { restarts: 2, ..health() };
        assert_eq!(trouble(&restarted), None, "a restart that worked is no trouble");
        assert!(all_is_well(&restarted, None).contains("2 times"));
    }

    #[test]
    fn a_track_that_does_not_arrive_is_named() {
        let video = Some(VideoInfo::square("h264", 640, 360, None));
        let audio = Some(AudioInfo { codec: "aac".into(), sample_rate_hz: 48_000, channels: 2, ..Default::default() });
        let words = |video: Option<VideoInfo>, audio: Option<AudioInfo>, restarts| {
            let source = SourceInfo { protocol: Protocol::Srt, video, audio };
            all_is_well(&Health { restarts, ..health() }, missing(&source))
        };
        assert_eq!(words(video.clone(), audio.clone(), 0), "All is well.");
        assert!(words(video.clone(), None, 0).starts_with("No sound arrives"));
        assert!(words(None, audio, 0).starts_with("No picture arrives"));
        assert!(words(video, None, 1).contains("1 times. No sound arrives"));
    }

    #[test]
    fn every_rung_and_the_preview_are_configured() {
        let config = live_config(&Ladder::default(), 200);
        assert_eq!(config.part_target_ms, 216);
        let names: Vec<_> = config.renditions.iter().map(|rendition| rendition.name.as_str()).collect();
        let heights = ["1080p", "720p", "480p", "360p", "240p"];
        let rungs =
            heights.iter().flat_map(|height| [(*height).to_owned(), format!("{height}-hevc"), format!("{height}-av1")]);
        let others = ["audio-1", "audio-2", "audio-3", "audio-4", "audio", "preview"].map(String::from);
        assert_eq!(names, rungs.chain(others).collect::<Vec<_>>());
        assert!(vilokanam_media::LiveStream::new(config, vilokanam_media::StreamSecret::from_bytes([1; 32]), 0).is_ok());
    }
}
