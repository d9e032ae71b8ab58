//! Publishing: publish keys, the ingest with this gateway's settings, and the broadcasts that it accepts.

mod context;
mod encoding;
mod on_air;
mod options;
mod put_room;
mod source;
mod whip;

pub use context::BroadcastContext;
pub use encoding::PublishingRules;
pub use put_room::{PutRefusal, PutRoom, Turn};

use crate::config::{url_host, Config, Ingest as IngestSettings, SandboxMode};
use axum_server::tls_rustls::RustlsConfig;
use std::{
    collections::HashSet,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
};
use tick_stream_primitives::{AccountId, StreamId};
use tokio::sync::mpsc;
use vilokanam_ingest::{
    Broadcast, Encoder, FfmpegConfig, Ingest, IngestConfig, IngestError, KeyId, KeyLimits, KeyStoreError, Ladder,
    PublishKeys, PutOutcome, RtmpConfig, Rung, SrtConfig, TlsConfig, TranscodeConfig,
};
use vilokanam_sandbox::{Policy, Sandbox, SandboxError};
use vilokanam_wire::{
    creator::{NewPublishKey, PublishKeyInfo, SrtListener},
    scalars::rfc3339,
};

/// Bytes of all bodies of HTTP PUT that are being received.
const MAX_PUT_BYTES: usize = 256 << 20;

/// Why the ingest cannot start.
#[derive(Debug, thiserror::Error)]
pub enum PublishingError {
    #[error(transparent)]
    Keys(#[from] KeyStoreError),
    #[error(transparent)]
    Ingest(#[from] IngestError),
    #[error("ingest.sandbox: {0}")]
    Sandbox(#[from] SandboxError),
    #[error("ingest.ladder: {0}")]
    Ladder(String),
    #[error("{}: {error}", path.display())]
    Folder { path: std::path::PathBuf, error: std::io::Error },
}

/// Why a publish key could not be changed.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error(transparent)]
    Store(#[from] KeyStoreError),
    #[error("the change was not finished: {0}")]
    Task(tokio::task::JoinError),
}

/// The ingest of this gateway.
pub struct Publishing {
    ingest: Ingest,
    /// RTMP URL for encoders.
    rtmp_url: String,
    public_url: String,
    /// Memory for bodies of HTTP PUT.
    put_room: Arc<PutRoom>,
}

impl Publishing {
    /// Reads the publish keys and listens. Broadcasts that begin come out of the receiver, see [`Self::run`].
    pub async fn start(
        config: &Config,
        rules: Arc<PublishingRules>,
    ) -> Result<(Arc<Self>, mpsc::Receiver<Broadcast>), PublishingError> {
        let keys = PublishKeys::open(config.data_dir.join("publish-keys.json"), KeyLimits::default())?;
        let (ingest, broadcasts) = Ingest::start_with_rules(settings(config)?, Arc::new(keys), rules).await?;
        let public_url = config.http.public_url.trim_end_matches('/').to_owned();
        let put_room = PutRoom::new(MAX_PUT_BYTES);
        Ok((Arc::new(Self { ingest, rtmp_url: config.rtmp_url(), public_url, put_room }), broadcasts))
    }

    /// Listens for RTMPS under the certificate of HTTPS.
    pub async fn listen_rtmps(&self, listen: SocketAddr, certificate: RustlsConfig) -> Result<(), PublishingError> {
        let tls = TlsConfig::new(move || certificate.get_inner());
        self.ingest.listen_rtmps(listen, tls).await?;
        Ok(())
    }

    /// Packages every broadcast until the gateway drains.
    pub async fn run(self: Arc<Self>, context: Arc<BroadcastContext>, mut begun: mpsc::Receiver<Broadcast>) {
        let mut broadcasts = tokio::task::JoinSet::new();
        loop {
            let broadcast = tokio::select! {
                () = context.lifetime.drain.cancelled() => break,
                broadcast = begun.recv() => broadcast,
            };
            let Some(broadcast) = broadcast else { break };
            // Forgets the broadcasts that have ended.
            while broadcasts.try_join_next().is_some() {}
            broadcasts.spawn(on_air::run(context.clone(), self.ladder_of_all(), broadcast));
        }
        self.ingest.shutdown().await;
        // Their last segments are published and their recordings finished.
        while broadcasts.join_next().await.is_some() {}
    }

    /// The ingest, which makes the renditions of finished files as well.
    pub fn ingest(&self) -> &Ingest {
        &self.ingest
    }

    /// Every rung that a broadcast can have.
    fn ladder_of_all(&self) -> Ladder {
        self.ingest.ladder().clone()
    }

    /// All publish keys of this gateway.
    pub fn publish_keys(&self) -> Arc<PublishKeys> {
        self.ingest.keys().clone()
    }

    /// Creates a publish key of a stream of `creator`.
    pub async fn create_key(&self, stream: StreamId, creator: &AccountId) -> Result<NewPublishKey, KeyError> {
        let (keys, owner) = (self.ingest.keys().clone(), <[u8; 32]>::from(creator.clone()));
        let (id, key) = off_thread(move || keys.create_for(stream, Some(owner))).await?;
        Ok(NewPublishKey {
            id: id.to_string(),
            rtmp_url: self.rtmp_url.clone(),
            rtmp_stream_key: key.stream_key(stream),
            key: key.reveal().to_owned(),
            put_url: Some(format!("{}/v1/publish/{stream}", self.public_url)),
        })
    }

    /// Removes the keys of these streams, which have ended, and keys that are not used. Returns how many they were.
    pub async fn remove_unneeded_keys(&self, ended: HashSet<StreamId>, now_ms: u64) -> Result<usize, KeyError> {
        let keys = self.ingest.keys().clone();
        off_thread(move || keys.remove_unneeded(|stream| ended.contains(&stream), now_ms)).await
    }

    /// The stream's publish keys, without their secrets.
    pub fn keys_of(&self, stream: StreamId) -> Vec<PublishKeyInfo> {
        let keys = self.ingest.keys().list(stream).into_iter();
        keys.map(|key| PublishKeyInfo {
            id: key.id.to_string(),
            created_at: rfc3339(key.created_at_ms),
            last_used_at: key.last_used_ms.map(rfc3339),
        })
        .collect()
    }

    /// Revokes a key and cuts off a publisher that uses it.
    pub async fn revoke_key(&self, stream: StreamId, id: &str) -> Result<(), KeyError> {
        let id: KeyId = id.parse().map_err(|_| KeyStoreError::Missing)?;
        let ingest = self.ingest.clone();
        off_thread(move || ingest.revoke(stream, id)).await
    }

    /// Waits until no other body of the stream is being received.
    pub async fn enter_put(&self, stream: StreamId) -> Result<Turn, PutRefusal> {
        self.put_room.enter(stream).await
    }

    /// Accepts an uploaded file of an encoder's HLS or CMAF.
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

    /// Checks that this key may publish this stream.
    pub fn check_key(&self, stream: StreamId, key: &str, peer: IpAddr) -> Result<(), vilokanam_ingest::KeyRefusal> {
        self.ingest.check_key(stream, key, peer)
    }

    /// Why the last publisher of the stream was refused, as a sentence for its creator. `None` if a publisher has been on air
    /// since.
    pub fn last_refusal(&self, stream: StreamId) -> Option<String> {
        let refusal = self.ingest.last_refusal(stream)?;
        let at = rfc3339(refusal.at_ms);
        Some(format!("An encoder with a publish key of this stream was refused at {at}: {}.", refusal.reason))
    }

    /// Opens an SRT listener for the stream. It stays open when the gateway is restarted.
    pub fn open_srt(
        &self,
        stream: StreamId,
        key: &str,
        peer: IpAddr,
    ) -> Result<SrtListener, vilokanam_ingest::SrtError> {
        let endpoint = self.ingest.open_srt(stream, key, peer)?;
        let host = url_host(&self.public_url).unwrap_or_else(|| "localhost".into());
        let shared = format!("srt://{host}:{}?streamid=#!::r={stream},m=publish", endpoint.shared_port);
        let url = endpoint.own_port.map_or_else(|| shared.clone(), |port| format!("srt://{host}:{port}"));
        Ok(SrtListener { url, shared_url: Some(shared) })
    }

    /// Closes the stream's SRT listener. Returns false when there is none.
    pub fn close_srt(&self, stream: StreamId) -> bool {
        self.ingest.close_srt(stream)
    }

    /// Ends the broadcast of a stream and closes its SRT listener. Returns whether there was a broadcast.
    pub fn stop(&self, stream: StreamId) -> bool {
        self.ingest.stop(stream)
    }

    /// Largest upload in bytes.
    pub fn max_put_bytes() -> usize {
        vilokanam_ingest::PutConfig::default().max_segment_bytes
    }
}

/// Runs a change that writes and syncs key files, away from the threads that serve requests.
async fn off_thread<T: Send + 'static>(
    change: impl FnOnce() -> Result<T, KeyStoreError> + Send + 'static,
) -> Result<T, KeyError> {
    match tokio::task::spawn_blocking(change).await {
        Ok(changed) => Ok(changed?),
        Err(error) => Err(KeyError::Task(error)),
    }
}

/// The ingest's settings, from the gateway's.
fn settings(config: &Config) -> Result<IngestConfig, PublishingError> {
    let ingest = &config.ingest;
    let (first_port, last_port) = ingest.srt_ports;
    let work_dir = std::env::temp_dir().join("vilokanam-gateway");
    std::fs::create_dir_all(&work_dir).map_err(|error| PublishingError::Folder { path: work_dir.clone(), error })?;
    Ok(IngestConfig {
        ffmpeg: FfmpegConfig {
            ffmpeg: ingest.ffmpeg.clone(),
            ffprobe: ingest.ffprobe.clone(),
            sandbox: sandbox(ingest)?,
        },
        rtmp: Some(RtmpConfig { bind: ingest.rtmp_listen, ..RtmpConfig::default() }),
        srt: Some(SrtConfig {
            bind: srt_address(ingest),
            first_port,
            last_port,
            file: Some(config.data_dir.join("srt-listeners.json")),
            ..SrtConfig::default()
        }),
        whip: options::whip(config),
        pull: options::pull(config),
        transcode: TranscodeConfig {
            preset: ingest.preset.clone(),
            ladder: ladder(&ingest.ladder)?,
            encoder: Encoder::named(&ingest.encoder).unwrap_or_default(),
            device: ingest.device.clone(),
            codecs: encoding::codecs(&ingest.codecs),
            copies: ingest.copies,
            max_copied_bits_per_second: ingest.max_copied_kbits.saturating_mul(1_000),
            fragment_ms: ingest.part_ms,
            ..TranscodeConfig::default()
        },
        work_dir,
        reconnect_window_ms: u64::from(ingest.reconnect_window_s) * 1_000,
        max_broadcasts: ingest.max_broadcasts,
        ..IngestConfig::default()
    })
}

/// The sandbox of ffmpeg, which this program enters.
fn sandbox(ingest: &IngestSettings) -> Result<Option<Sandbox>, PublishingError> {
    if ingest.sandbox == SandboxMode::Off {
        tracing::warn!("ffmpeg reads what strangers send with all rights of this gateway, since ingest.sandbox is off");
        return Ok(None);
    }
    let policy = Policy {
        max_memory_bytes: ingest.ffmpeg_memory_mib.saturating_mul(1 << 20),
        allows_devices: ingest.ffmpeg_uses_devices,
        is_required: ingest.sandbox == SandboxMode::Required,
        ..Policy::default()
    };
    Ok(Some(Sandbox::of_this_program(policy)?))
}

/// SRT listens where RTMP does, on IPv4.
fn srt_address(ingest: &IngestSettings) -> IpAddr {
    match ingest.rtmp_listen.ip() {
        IpAddr::V6(address) if address.is_unspecified() => Ipv4Addr::UNSPECIFIED.into(),
        address => address,
    }
}

/// The default rungs with these heights.
fn ladder(heights: &[u32]) -> Result<Ladder, PublishingError> {
    let usual = Ladder::default();
    let wanted = usual.rungs().iter().filter(|rung| heights.contains(&u32::from(rung.height)));
    Ladder::try_from(wanted.copied().collect::<Vec<Rung>>()).map_err(|error| PublishingError::Ladder(error.to_string()))
}
