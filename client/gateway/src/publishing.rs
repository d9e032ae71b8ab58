//! Publishing: the ingest with this gateway's settings, and what becomes of each broadcast.

mod on_air;
mod storyboard;

use crate::{
    api::error::ApiError,
    config::{Config, Ingest as IngestSettings},
    live::LiveDesk,
    secrets::Secrets,
    shutdown::Shutdown,
};
use object_store::ObjectStore;
use std::{
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
};
pub use storyboard::{sheet_file, Storyboard, TEXT_FILE as STORYBOARD_FILE};
use tick_stream_primitives::StreamId;
use tokio::sync::mpsc;
use vilokanam_indexer::Store;
use vilokanam_ingest::{
    Broadcast, FfmpegConfig, Ingest, IngestConfig, IngestError, KeyId, KeyLimits, KeyStoreError, Ladder, PublishKeys,
    PutOutcome, RtmpConfig, Rung, SrtConfig, TranscodeConfig,
};
use vilokanam_media::Uris;
use vilokanam_wire::creator::{NewPublishKey, PublishKeyInfo, SrtListener};

/// Why nothing can be taken in.
#[derive(Debug, thiserror::Error)]
pub enum PublishingError {
    #[error(transparent)]
    Keys(#[from] KeyStoreError),
    #[error(transparent)]
    Ingest(#[from] IngestError),
    #[error("ingest.ladder: {0}")]
    Ladder(String),
    #[error("{}: {error}", path.display())]
    Folder { path: std::path::PathBuf, error: std::io::Error },
}

/// What a broadcast needs.
pub struct Studio {
    pub live: Arc<LiveDesk>,
    pub index: Store,
    pub storage: Arc<dyn ObjectStore>,
    pub secrets: Arc<Secrets>,
    pub uris: Uris,
    pub records: bool,
}

/// The door for publishers.
pub struct Publishing {
    ingest: Ingest,
    /// How encoders reach it.
    rtmp_url: String,
    public_url: String,
}

impl Publishing {
    /// Reads the publish keys and listens. What begins comes out of the receiver: see [`Self::run`].
    pub async fn start(config: &Config) -> Result<(Arc<Self>, mpsc::Receiver<Broadcast>), PublishingError> {
        let keys = PublishKeys::open(config.data_dir.join("publish-keys.json"), KeyLimits::default())?;
        let (ingest, broadcasts) = Ingest::start(settings(config)?, Arc::new(keys)).await?;
        let public_url = config.http.public_url.trim_end_matches('/').to_owned();
        Ok((Arc::new(Self { ingest, rtmp_url: config.rtmp_url(), public_url }), broadcasts))
    }

    /// Packages what is published, until told to end.
    pub async fn run(self: Arc<Self>, studio: Arc<Studio>, mut begun: mpsc::Receiver<Broadcast>, shutdown: Shutdown) {
        let mut broadcasts = tokio::task::JoinSet::new();
        loop {
            let broadcast = tokio::select! {
                () = shutdown.begun() => break,
                broadcast = begun.recv() => broadcast,
            };
            let Some(broadcast) = broadcast else { break };
            // Those that have ended are forgotten.
            while broadcasts.try_join_next().is_some() {}
            broadcasts.spawn(on_air::run(studio.clone(), self.ladder_of_all(), broadcast));
        }
        self.ingest.shutdown().await;
        // Their last segments and their recordings.
        while broadcasts.join_next().await.is_some() {}
    }

    /// Every rung that a broadcast may have.
    fn ladder_of_all(&self) -> Ladder {
        self.ingest.ladder().clone()
    }

    /// Makes a publish key.
    pub async fn create_key(&self, stream: StreamId) -> Result<NewPublishKey, ApiError> {
        let keys = self.ingest.keys().clone();
        let (id, key) = off_thread(move || keys.create(stream)).await?;
        Ok(NewPublishKey {
            id: id.to_string(),
            rtmp_url: self.rtmp_url.clone(),
            rtmp_stream_key: key.stream_key(stream),
            key: key.reveal().to_owned(),
            put_url: Some(format!("{}/v1/publish/{stream}", self.public_url)),
        })
    }

    /// A stream's keys.
    pub fn keys_of(&self, stream: StreamId) -> Vec<PublishKeyInfo> {
        let time = |ms: u64| jiff::Timestamp::from_millisecond(ms as i64).unwrap_or_default().to_string();
        let keys = self.ingest.keys().list(stream).into_iter();
        keys.map(|key| PublishKeyInfo {
            id: key.id.to_string(),
            created_at: time(key.created_at_ms),
            last_used_at: key.last_used_ms.map(time),
        })
        .collect()
    }

    /// Revokes a key; who publishes with it is cut off.
    pub async fn revoke_key(&self, stream: StreamId, id: &str) -> Result<(), ApiError> {
        let id: KeyId = id.parse().map_err(|_| ApiError::not_found("publish key of this id"))?;
        let ingest = self.ingest.clone();
        off_thread(move || ingest.revoke(stream, id)).await
    }

    /// Takes an upload in.
    pub async fn put(
        &self,
        stream: StreamId,
        key: &str,
        peer: IpAddr,
        name: &str,
        body: bytes::Bytes,
    ) -> Result<PutOutcome, vilokanam_ingest::PutError> {
        self.ingest.put(stream, key, peer, name, body).await
    }

    /// Whether this key publishes this stream.
    pub fn check_key(&self, stream: StreamId, key: &str, peer: IpAddr) -> Result<(), vilokanam_ingest::KeyRefusal> {
        self.ingest.check_key(stream, key, peer)
    }

    /// Listens for the stream by SRT.
    pub fn open_srt(
        &self,
        stream: StreamId,
        key: &str,
        peer: IpAddr,
    ) -> Result<SrtListener, vilokanam_ingest::SrtError> {
        let endpoint = self.ingest.open_srt(stream, key, peer)?;
        let host = crate::config::url_host(&self.public_url).unwrap_or("localhost");
        Ok(SrtListener { url: format!("srt://{host}:{}", endpoint.port) })
    }

    /// Stops that. False when nobody listens.
    pub fn close_srt(&self, stream: StreamId) -> bool {
        self.ingest.close_srt(stream)
    }

    /// The most bytes of one upload.
    pub fn max_put_bytes() -> usize {
        vilokanam_ingest::PutConfig::default().max_segment_bytes
    }
}

/// Key files are written and synced, which a thread of requests must not wait for.
async fn off_thread<T: Send + 'static>(
    change: impl FnOnce() -> Result<T, KeyStoreError> + Send + 'static,
) -> Result<T, ApiError> {
    match tokio::task::spawn_blocking(change).await {
        Ok(changed) => changed.map_err(key_error),
        Err(error) => Err(ApiError::internal(&error)),
    }
}

fn key_error(error: KeyStoreError) -> ApiError {
    match error {
        KeyStoreError::Missing => ApiError::not_found("publish key of this id"),
        error @ (KeyStoreError::TooMany(_) | KeyStoreError::Full(_)) => ApiError::conflict(error.to_string()),
        error => ApiError::internal(&error),
    }
}

/// The ingest's settings, of the gateway's.
fn settings(config: &Config) -> Result<IngestConfig, PublishingError> {
    let ingest = &config.ingest;
    let (first_port, last_port) = ingest.srt_ports;
    let work_dir = std::env::temp_dir().join("vilokanam-gateway");
    std::fs::create_dir_all(&work_dir).map_err(|error| PublishingError::Folder { path: work_dir.clone(), error })?;
    Ok(IngestConfig {
        ffmpeg: FfmpegConfig { ffmpeg: ingest.ffmpeg.clone(), ffprobe: ingest.ffprobe.clone() },
        rtmp: Some(RtmpConfig { bind: ingest.rtmp_listen, ..RtmpConfig::default() }),
        srt: Some(SrtConfig { bind: srt_address(ingest), first_port, last_port, ..SrtConfig::default() }),
        transcode: TranscodeConfig {
            preset: ingest.preset.clone(),
            ladder: ladder(&ingest.ladder)?,
            ..TranscodeConfig::default()
        },
        work_dir,
        reconnect_window_ms: u64::from(ingest.reconnect_window_s) * 1_000,
        max_broadcasts: ingest.max_broadcasts,
        ..IngestConfig::default()
    })
}

/// Where RTMP is taken in, SRT is as well; ffmpeg listens on IPv4.
fn srt_address(ingest: &IngestSettings) -> IpAddr {
    match ingest.rtmp_listen.ip() {
        IpAddr::V6(address) if address.is_unspecified() => Ipv4Addr::UNSPECIFIED.into(),
        address => address,
    }
}

/// Those of the usual rungs whose heights are wanted.
fn ladder(heights: &[u32]) -> Result<Ladder, PublishingError> {
    let usual = Ladder::default();
    let wanted = usual.rungs().iter().filter(|rung| heights.contains(&u32::from(rung.height)));
    Ladder::try_from(wanted.copied().collect::<Vec<Rung>>()).map_err(PublishingError::Ladder)
}
