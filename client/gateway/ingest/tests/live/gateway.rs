//! An ingest under test, publishers for it, and an observer of its broadcasts.

use crate::{clips::clips, movie::Movie};
use std::{
    collections::BTreeMap,
    path::Path,
    process::{Output, Stdio},
    sync::Arc,
    time::Duration,
};
use tokio::{
    process::Command,
    sync::{mpsc, OwnedSemaphorePermit, Semaphore},
    time::timeout,
};
use vilokanam_ingest::{
    AnyStream, AudioTrack, Broadcast, BroadcastEvent, DiscontinuityReason, EndReason, Health, Ingest, IngestConfig,
    KeyId, KeyLimits, PublishKey, PublishKeys, Rendition, RenditionId, RtmpConfig, SourceInfo, SrtConfig, StreamRules,
};

/// Maximum time for anything to happen.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Maximum number of gateways at a time, because each of them transcodes.
const AT_A_TIME: usize = 2;

pub const STREAM: u64 = 7;

pub struct Gateway {
    pub ingest: Ingest,
    pub broadcasts: mpsc::Receiver<Broadcast>,
    pub key: PublishKey,
    pub key_id: KeyId,
    pub directory: tempfile::TempDir,
    _turn: OwnedSemaphorePermit,
}

/// Settings for tests: fast encoders and short timeouts.
pub fn config(directory: &Path) -> IngestConfig {
    let mut config = IngestConfig {
        work_dir: directory.join("w"),
        reconnect_window_ms: 300,
        rtmp: Some(RtmpConfig { bind: "127.0.0.1:0".parse().unwrap(), ..RtmpConfig::default() }),
        srt: Some(SrtConfig {
            bind: "127.0.0.1".parse().unwrap(),
            first_port: 23_500,
            last_port: 23_599,
            ..SrtConfig::default()
        }),
        ..IngestConfig::default()
    };
    config.transcode.preset = "ultrafast".into();
    config.transcode.shows_slate = false;
    // Tests of copies switch it on. The others are about what is encoded.
    config.transcode.copies = false;
    config.put.idle_timeout_ms = 1500;
    config
}

impl Gateway {
    pub async fn start() -> Self {
        Self::with(|_, _| ()).await
    }

    pub async fn with(change: impl FnOnce(&mut IngestConfig, &Path)) -> Self {
        Self::with_rules(change, Arc::new(AnyStream)).await
    }

    pub async fn with_rules(change: impl FnOnce(&mut IngestConfig, &Path), rules: Arc<dyn StreamRules>) -> Self {
        static TURNS: std::sync::OnceLock<Arc<Semaphore>> = std::sync::OnceLock::new();
        let turns = TURNS.get_or_init(|| Arc::new(Semaphore::new(AT_A_TIME))).clone();
        let turn = turns.acquire_owned().await.unwrap();
        tokio::task::spawn_blocking(clips).await.unwrap();
        let directory = tempfile::tempdir().unwrap();
        let keys = PublishKeys::open(directory.path().join("keys.json"), KeyLimits::default()).unwrap();
        let (key_id, key) = keys.create(STREAM).unwrap();
        let mut config = config(directory.path());
        change(&mut config, directory.path());
        let (ingest, broadcasts) = Ingest::start_with_rules(config, Arc::new(keys), rules).await.unwrap();
        Self { ingest, broadcasts, key, key_id, directory, _turn: turn }
    }

    /// URL with the stream key of OBS.
    pub fn rtmp_url(&self) -> String {
        self.rtmp_url_of(&self.key.stream_key(STREAM))
    }

    pub fn rtmp_url_of(&self, name: &str) -> String {
        format!("rtmp://{}/live/{name}", self.ingest.rtmp_address().unwrap())
    }

    /// Waits for the next broadcast.
    pub async fn broadcast(&mut self) -> Observer {
        let broadcast = timeout(PATIENCE, self.broadcasts.recv()).await.expect("a broadcast begins").unwrap();
        assert_eq!(broadcast.stream, STREAM);
        Observer { events: broadcast.events, ..Observer::new() }
    }
}

/// Starts an ffmpeg that publishes a clip.
pub fn publish(before_input: &[&str], clip: &Path, format: &str, url: &str) -> tokio::process::Child {
    Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error"])
        .args(before_input)
        .arg("-i")
        .arg(clip)
        .args(["-c", "copy", "-f", format, url])
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("ffmpeg is installed")
}

pub async fn finished(child: tokio::process::Child) -> Output {
    timeout(PATIENCE, child.wait_with_output()).await.expect("the publisher ends").unwrap()
}

/// All events of a broadcast so far. An epoch holds the bytes between two discontinuities.
pub struct Observer {
    pub events: mpsc::Receiver<BroadcastEvent>,
    pub source: Option<SourceInfo>,
    pub renditions: Vec<Rendition>,
    pub audio: Vec<AudioTrack>,
    pub epochs: Vec<Epoch>,
    pub discontinuities: Vec<DiscontinuityReason>,
    pub thumbnails: Vec<bytes::Bytes>,
    pub health: Vec<Health>,
    pub waits: usize,
    /// Numbers of the epochs that are slates.
    pub slates: Vec<usize>,
    pub resumes: usize,
    pub ended: Option<EndReason>,
}

#[derive(Default)]
pub struct Epoch {
    pub renditions: BTreeMap<RenditionId, Vec<u8>>,
    pub preview: Vec<u8>,
    /// When its first byte arrived, in milliseconds since 1970.
    pub since_ms: Option<u64>,
}

impl Epoch {
    pub fn bytes(&self) -> usize {
        self.renditions.values().map(Vec::len).sum()
    }
}

impl Observer {
    fn new() -> Self {
        Self {
            events: mpsc::channel(1).1,
            source: None,
            renditions: Vec::new(),
            audio: Vec::new(),
            epochs: Vec::new(),
            discontinuities: Vec::new(),
            thumbnails: Vec::new(),
            health: Vec::new(),
            waits: 0,
            slates: Vec::new(),
            resumes: 0,
            ended: None,
        }
    }

    /// Takes events until a condition holds.
    pub async fn until(&mut self, what: &str, holds: impl Fn(&Self) -> bool) {
        let taking = async {
            while !holds(self) {
                let event = self.events.recv().await.unwrap_or_else(|| panic!("the events ended before {what}"));
                self.take(event);
            }
        };
        timeout(PATIENCE, taking).await.unwrap_or_else(|_| panic!("{what} did not happen in time"));
    }

    pub async fn until_end(&mut self) -> EndReason {
        self.until("the end", |observer| observer.ended.is_some()).await;
        assert!(self.events.recv().await.is_none(), "`Ended` is the last event");
        self.ended.unwrap()
    }

    /// Takes events until the last epoch has more than this number of bytes.
    pub async fn until_media(&mut self, bytes: usize) {
        self.until("media", |observer| observer.epochs.last().is_some_and(|epoch| epoch.bytes() > bytes)).await;
    }

    fn take(&mut self, event: BroadcastEvent) {
        match event {
            BroadcastEvent::Started { stream, source, renditions, audio } => {
                assert_eq!(stream, STREAM);
                assert!(self.epochs.is_empty(), "`Started` comes first, and once");
                self.begin(source, renditions);
                self.audio = audio;
            }
            BroadcastEvent::Bytes { rendition, bytes } => {
                let mut known =
                    self.renditions.iter().map(|known| known.id).chain(self.audio.iter().map(|track| track.id));
                let known = known.any(|known| known == rendition);
                assert!(known, "bytes of {rendition}, which is not in the list of renditions");
                self.epoch().renditions.entry(rendition).or_default().extend_from_slice(&bytes);
            }
            BroadcastEvent::Dated { since_ms } => {
                let epoch = self.epoch();
                assert_eq!((epoch.since_ms, epoch.bytes()), (None, 0), "the date comes once, before all media");
                epoch.since_ms = Some(since_ms);
            }
            BroadcastEvent::Preview { bytes } => self.epoch().preview.extend_from_slice(&bytes),
            BroadcastEvent::Thumbnail { jpeg } => self.thumbnails.push(jpeg),
            BroadcastEvent::Discontinuity { reason, source, renditions, audio } => {
                self.discontinuities.push(reason);
                self.begin(source, renditions);
                self.audio = audio;
            }
            BroadcastEvent::Progress(health) => self.health.push(health),
            BroadcastEvent::Waiting { .. } => self.waits += 1,
            BroadcastEvent::Slate { renditions, audio } => {
                (self.renditions, self.audio) = (renditions, audio);
                self.slates.push(self.epochs.len());
                self.epochs.push(Epoch::default());
            }
            BroadcastEvent::Resumed => self.resumes += 1,
            BroadcastEvent::Ended { reason } => self.ended = Some(reason),
        }
    }

    fn begin(&mut self, source: SourceInfo, renditions: Vec<Rendition>) {
        self.source = Some(source);
        self.renditions = renditions;
        self.epochs.push(Epoch::default());
    }

    fn epoch(&mut self) -> &mut Epoch {
        self.epochs.last_mut().expect("`Started` comes first")
    }

    pub fn ids(&self) -> Vec<u16> {
        self.renditions.iter().map(|rendition| rendition.id.height()).collect()
    }

    /// Reads the renditions of an epoch, and checks that they can be decoded and have `rate` frames per second, an IDR
    /// frame every two seconds and fragments of half a second, all at the same times.
    pub fn check_epoch(&self, epoch: usize, rate: u64) -> Vec<Movie> {
        let renditions = &self.epochs[epoch].renditions;
        let movies: Vec<Movie> = renditions.values().map(|bytes| Movie::read(bytes)).collect();
        let preview = Movie::read(&self.epochs[epoch].preview);
        for movie in movies.iter().chain([&preview]) {
            movie.check_cadence(rate);
            assert_eq!(movie.start_ms(), movies[0].start_ms());
            movie.check_same_times(&movies[0]);
        }
        renditions.values().chain([&self.epochs[epoch].preview]).for_each(|bytes| crate::movie::check_decodable(bytes));
        movies
    }
}
