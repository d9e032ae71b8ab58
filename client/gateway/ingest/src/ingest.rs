//! The front: everything a server needs.

use crate::{
    broadcast::{Broadcast, EndReason, Health},
    config::{millis, IngestConfig},
    error::{IngestError, PublishError, PutError, SrtError},
    ffmpeg::Ffmpeg,
    hub::Hub,
    ladder::Ladder,
    publish_key::{KeyId, KeyRefusal, KeyStoreError, PublishKeys},
    put::{PutOutcome, PutSession},
    rtmp,
    srt::{SrtEndpoint, SrtListeners},
};
use bytes::Bytes;
use parking_lot::Mutex;
use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    path::Path,
    sync::Arc,
};
use tokio::{
    sync::{mpsc, Mutex as AsyncMutex},
    time::timeout,
};

/// Broadcasts that have begun and that the server has not taken yet.
const MAX_WAITING_BROADCASTS: usize = 16;
/// The longest path of a directory for sockets: 107 bytes are a socket's, and ffmpeg's names need some.
const MAX_WORK_DIR_BYTES: usize = 80;
/// How long everything may take to end.
const SHUTDOWN_GRACE_MS: u64 = 15_000;

/// Takes video in. Cheap to clone; all clones are one.
#[derive(Clone, Debug)]
pub struct Ingest {
    hub: Arc<Hub>,
    rtmp_address: Option<SocketAddr>,
    srt: Option<Arc<SrtListeners>>,
    puts: Arc<Mutex<Puts>>,
}

/// Sessions of publishers that PUT, by stream; as many as broadcasts at most.
type Puts = HashMap<u64, Arc<AsyncMutex<PutSession>>>;

impl Ingest {
    /// Checks the settings and ffmpeg, then listens. Broadcasts come out of the receiver as they begin; dropping it makes
    /// each new one end at once.
    pub async fn start(
        config: IngestConfig,
        keys: Arc<PublishKeys>,
    ) -> Result<(Self, mpsc::Receiver<Broadcast>), IngestError> {
        check(&config)?;
        let ffmpeg = Ffmpeg::find(&config.ffmpeg).await?;
        if config.srt.is_some() && !ffmpeg.has_srt {
            tracing::warn!("SRT is switched on, but this ffmpeg was built without it");
        }
        let (sender, broadcasts) = mpsc::channel(MAX_WAITING_BROADCASTS);
        let srt = config.srt.clone().map(|srt| Arc::new(SrtListeners::new(srt)));
        let rtmp = config.rtmp.clone();
        let hub = Arc::new(Hub::new(config, ffmpeg, keys, sender));
        let rtmp_address = match rtmp {
            Some(rtmp) => Some(rtmp::start(hub.clone(), rtmp).await?),
            None => None,
        };
        Ok((Self { hub, rtmp_address, srt, puts: Arc::default() }, broadcasts))
    }

    /// Where RTMP listens: with port 0 in the settings, the system chose one.
    pub fn rtmp_address(&self) -> Option<SocketAddr> {
        self.rtmp_address
    }

    /// The ffmpeg that is used.
    pub fn ffmpeg(&self) -> &Ffmpeg {
        &self.hub.ffmpeg
    }

    /// The publish keys.
    pub fn keys(&self) -> &Arc<PublishKeys> {
        &self.hub.keys
    }

    /// The rungs of streams that have not chosen theirs.
    pub fn ladder(&self) -> &Ladder {
        &self.hub.config.transcode.ladder
    }

    /// Chooses a stream's rungs, from its next publisher on; nothing is the usual ladder. Fails when ten thousand streams
    /// have chosen. It is kept in memory: the server says it again after a start.
    #[must_use = "it may not have been taken"]
    pub fn set_ladder(&self, stream: u64, ladder: Option<Ladder>) -> bool {
        self.hub.set_ladder(stream, ladder)
    }

    /// Listens for the stream's publisher with SRT until [`Self::close_srt`], or until the key is rotated and the publisher
    /// gone. `peer` is who asks: wrong keys are counted against it.
    pub fn open_srt(&self, stream: u64, key: &str, peer: IpAddr) -> Result<SrtEndpoint, SrtError> {
        let listeners = self.srt.as_ref().ok_or(SrtError::Off)?;
        listeners.open(&self.hub, stream, key, peer)
    }

    /// Says whether it listened.
    pub fn close_srt(&self, stream: u64) -> bool {
        self.srt.as_ref().is_some_and(|listeners| listeners.close(stream))
    }

    /// Takes one upload of a publisher that PUTs: the key is checked each time, and uploads of one stream wait for each
    /// other.
    pub async fn put(
        &self,
        stream: u64,
        key: &str,
        peer: IpAddr,
        name: &str,
        bytes: Bytes,
    ) -> Result<PutOutcome, PutError> {
        let key = self.hub.keys.check(stream, key, peer).map_err(PublishError::from)?;
        let session = self.put_session(stream, key, peer)?;
        let mut session = session.lock().await;
        session.shows(key);
        session.push(name, bytes).await
    }

    /// Whether this key publishes this stream: asked before an upload is read, and counted as a guess when it is wrong.
    pub fn check_key(&self, stream: u64, key: &str, peer: IpAddr) -> Result<(), KeyRefusal> {
        self.hub.keys.check(stream, key, peer).map(drop)
    }

    /// For a server that keeps sessions itself.
    pub fn open_put(&self, stream: u64, key: &str, peer: IpAddr) -> Result<PutSession, PublishError> {
        let key = self.hub.keys.check(stream, key, peer)?;
        Ok(PutSession::new(self.hub.clone(), stream, key, peer))
    }

    fn put_session(&self, stream: u64, key: KeyId, peer: IpAddr) -> Result<Arc<AsyncMutex<PutSession>>, PublishError> {
        let mut puts = self.puts.lock();
        let max = self.hub.config.max_broadcasts;
        if puts.len() >= max && !puts.contains_key(&stream) {
            // Those whose publisher has gone are of no use; one in use is locked.
            puts.retain(|_, session| session.try_lock().map_or(true, |session| session.is_open()));
            if puts.len() >= max {
                return Err(PublishError::TooManyBroadcasts(max));
            }
        }
        let fresh = || Arc::new(AsyncMutex::new(PutSession::new(self.hub.clone(), stream, key, peer)));
        Ok(puts.entry(stream).or_insert_with(fresh).clone())
    }

    /// Sends a stream's publisher away; its broadcast waits for another. Says whether there was one.
    pub fn kick(&self, stream: u64) -> bool {
        self.hub.kick(stream, None)
    }

    /// Takes a key away. A publisher that was let in by it is sent away. To be called where blocking is allowed.
    pub fn revoke(&self, stream: u64, key: KeyId) -> Result<(), KeyStoreError> {
        self.hub.keys.revoke(stream, key)?;
        self.hub.kick(stream, Some(key));
        Ok(())
    }

    /// Ends a stream's broadcast. Says whether there was one.
    pub fn stop(&self, stream: u64) -> bool {
        self.close_srt(stream);
        self.hub.stop(stream, EndReason::Stopped)
    }

    /// How a broadcast goes; nothing if there is none, or its publisher has gone.
    pub fn health(&self, stream: u64) -> Option<Health> {
        self.hub.health(stream)
    }

    /// Streams with a broadcast, those included that wait for their publisher.
    pub fn live(&self) -> Vec<u64> {
        self.hub.live()
    }

    /// Ends everything in order: each broadcast gets `Ended`, each ffmpeg is asked to go and then made to.
    pub async fn shutdown(&self) {
        self.hub.close();
        if timeout(millis(SHUTDOWN_GRACE_MS), self.hub.tasks.wait()).await.is_err() {
            tracing::warn!("some connections did not end in time");
        }
    }
}

fn check(config: &IngestConfig) -> Result<(), IngestError> {
    let setting = |name, why| Err(IngestError::Setting { name, why });
    if config.max_broadcasts == 0 {
        return setting("max_broadcasts", "it must be at least 1");
    }
    if config.srt.as_ref().is_some_and(|srt| srt.first_port == 0 || srt.first_port > srt.last_port) {
        return setting("srt", "the first port must not be 0 nor above the last one");
    }
    let speed = config.transcode.slow_below_speed;
    if !(0.0..=1.0).contains(&speed) {
        return setting("transcode.slow_below_speed", "it must be between 0 and 1");
    }
    let is_word = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b',');
    if !is_word(&config.transcode.preset) || !is_word(&config.transcode.tune) {
        return setting("transcode.preset", "preset and tune must be names that x264 knows");
    }
    if !(10..=240).contains(&config.transcode.max_frames_per_second) {
        return setting("transcode.max_frames_per_second", "it must be between 10 and 240");
    }
    check_work_dir(&config.work_dir)
}

/// A directory can be made in it, and its sockets have paths that are short enough.
fn check_work_dir(path: &Path) -> Result<(), IngestError> {
    let failed = |why: String| IngestError::WorkDir { path: path.to_owned(), why };
    if path.as_os_str().len() > MAX_WORK_DIR_BYTES {
        return Err(failed(format!("it has more than {MAX_WORK_DIR_BYTES} bytes")));
    }
    std::fs::create_dir_all(path).map_err(|error| failed(error.to_string()))?;
    tempfile::tempdir_in(path).map(drop).map_err(|error| failed(error.to_string()))
}
