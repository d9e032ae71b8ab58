//! Taking video in: publish keys, RTMP, and what becomes of a broadcast.
//!
//! The key is checked here, in Rust, before a decoder has seen a byte. One publisher at a time for each stream; who comes
//! back within the reconnect window goes on with the same broadcast.

mod broadcast;
mod flv;
mod keys;
mod rtmp;
mod transcode;

use crate::{
    api::error::ApiError, config::Config, live::LiveDesk, secrets::Secrets, settlement::now_ms, shutdown::Shutdown,
};
use keys::{KeyError, PublishKeys};
use object_store::ObjectStore;
use parking_lot::Mutex;
use rtmp::Publisher;
use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};
use tick_stream_primitives::StreamId;
use tokio::{net::TcpListener, sync::mpsc};
use vilokanam_indexer::Store;
use vilokanam_media::Uris;
use vilokanam_wire::creator::{NewPublishKey, PublishKeyInfo};

/// RTMP connections at the same time, and of one address: whoever opens more is cut off at once.
const MAX_CONNECTIONS: usize = 256;
const MAX_CONNECTIONS_PER_ADDRESS: usize = 8;

/// Why nothing can be taken in.
#[derive(Debug, thiserror::Error)]
pub enum PublishingError {
    #[error(transparent)]
    Keys(#[from] KeyError),
}

/// What a broadcast needs.
pub struct Studio {
    live: Arc<LiveDesk>,
    index: Store,
    storage: Arc<dyn ObjectStore>,
    secrets: Secrets,
    uris: Uris,
    ffmpeg: PathBuf,
    preset: String,
    ladder: Vec<u32>,
    records: bool,
    reconnect_window: Duration,
    stages: Mutex<HashMap<StreamId, Stage>>,
}

/// A stream's broadcast, from outside.
struct Stage {
    publishers: mpsc::Sender<Publisher>,
    /// Whether somebody publishes at this moment, and with which key.
    active_key: Option<String>,
}

impl Studio {
    fn publisher_left(&self, stream: StreamId) {
        if let Some(stage) = self.stages.lock().get_mut(&stream) {
            stage.active_key = None;
        }
    }
}

/// Publish keys, and the door.
pub struct Publishing {
    studio: Arc<Studio>,
    keys: Mutex<PublishKeys>,
    listen: SocketAddr,
    rtmp_url: String,
    connections: Mutex<HashMap<IpAddr, usize>>,
}

impl Publishing {
    /// Reads the publish keys. Nothing is taken in before [`Self::run`].
    pub fn open(
        config: &Config,
        secrets: Secrets,
        live: Arc<LiveDesk>,
        index: Store,
        storage: Arc<dyn ObjectStore>,
        uris: Uris,
    ) -> Result<Self, PublishingError> {
        let ingest = &config.ingest;
        let studio = Studio {
            live,
            index,
            storage,
            secrets,
            uris,
            ffmpeg: ingest.ffmpeg.clone(),
            preset: ingest.preset.clone(),
            ladder: ingest.ladder.clone(),
            records: config.storage.records,
            reconnect_window: Duration::from_secs(ingest.reconnect_window_s.into()),
            stages: Mutex::default(),
        };
        Ok(Self {
            studio: Arc::new(studio),
            keys: Mutex::new(PublishKeys::open(&config.data_dir.join("publish-keys.json"))?),
            listen: ingest.rtmp_listen,
            rtmp_url: config.rtmp_url(),
            connections: Mutex::default(),
        })
    }

    /// Makes a publish key.
    pub fn create_key(&self, stream: StreamId, now_ms: u64) -> Result<NewPublishKey, ApiError> {
        let (id, key) = self.keys.lock().create(stream, now_ms).map_err(key_error)?;
        Ok(NewPublishKey {
            id,
            rtmp_url: self.rtmp_url.clone(),
            rtmp_stream_key: format!("{stream}-{key}"),
            key,
            put_url: None,
        })
    }

    /// A stream's keys.
    pub fn keys_of(&self, stream: StreamId) -> Vec<PublishKeyInfo> {
        self.keys.lock().list(stream)
    }

    /// Revokes a key; who publishes with it is cut off.
    pub fn revoke_key(&self, stream: StreamId, id: &str) -> Result<(), ApiError> {
        self.keys.lock().revoke(stream, id).map_err(key_error)?;
        let mut stages = self.studio.stages.lock();
        if stages.get(&stream).is_some_and(|stage| stage.active_key.as_deref() == Some(id)) {
            stages.remove(&stream);
        }
        Ok(())
    }

    /// Takes RTMP in until told to end.
    pub async fn run(self: Arc<Self>, shutdown: Shutdown) {
        let listener = match TcpListener::bind(self.listen).await {
            Ok(listener) => listener,
            Err(error) => {
                let address = self.listen;
                return tracing::error!(%address, %error, "RTMP is not taken in; see that no other program has the port");
            }
        };
        tracing::info!(address = %self.listen, "taking RTMP in");
        loop {
            let accepted = tokio::select! {
                () = shutdown.begun() => return,
                accepted = listener.accept() => accepted,
            };
            let Ok((socket, peer)) = accepted else { continue };
            if !self.enter(peer.ip()) {
                tracing::warn!(%peer, "too many RTMP connections");
                continue;
            }
            let door = self.clone();
            tokio::spawn(async move {
                let admit = |stream, secret: &str, peer, publisher| door.admit(stream, secret, peer, publisher);
                match rtmp::serve(socket, peer, admit).await {
                    Ok(()) => tracing::info!(%peer, "a publisher has left"),
                    Err(error) => tracing::info!(%peer, %error, "an RTMP connection ended"),
                }
                door.leave(peer.ip());
            });
        }
    }

    fn enter(&self, address: IpAddr) -> bool {
        let mut connections = self.connections.lock();
        let total: usize = connections.values().sum();
        let count = connections.entry(address).or_default();
        let is_welcome = total < MAX_CONNECTIONS && *count < MAX_CONNECTIONS_PER_ADDRESS;
        *count += usize::from(is_welcome);
        is_welcome
    }

    fn leave(&self, address: IpAddr) {
        let mut connections = self.connections.lock();
        if let Some(count) = connections.get_mut(&address) {
            *count = count.saturating_sub(1);
        }
        connections.retain(|_, count| *count > 0);
    }

    /// Lets a publisher in, or says why not.
    fn admit(&self, stream: StreamId, secret: &str, peer: SocketAddr, publisher: Publisher) -> Result<(), String> {
        let key = self.keys.lock().check(stream, secret, peer.ip(), now_ms()).map_err(|error| error.to_string())?;
        let mut stages = self.studio.stages.lock();
        let stage = stages.entry(stream).or_insert_with(|| self.set_stage(stream));
        if stage.publishers.is_closed() {
            *stage = self.set_stage(stream);
        }
        if stage.active_key.is_some() {
            return Err("somebody publishes this stream already; stop that encoder first".into());
        }
        stage.publishers.try_send(publisher).map_err(|_| "the stream is just ending; try again".to_owned())?;
        stage.active_key = Some(key);
        tracing::info!(stream, %peer, "a publisher was let in");
        Ok(())
    }

    fn set_stage(&self, stream: StreamId) -> Stage {
        let (publishers, waiting) = mpsc::channel(1);
        tokio::spawn(broadcast::run(self.studio.clone(), stream, waiting));
        Stage { publishers, active_key: None }
    }
}

fn key_error(error: KeyError) -> ApiError {
    match error {
        KeyError::Unknown => ApiError::not_found("publish key of this id"),
        error @ (KeyError::TooMany | KeyError::TooManyStreams) => ApiError::conflict(error.to_string()),
        error => ApiError::internal(&error),
    }
}
