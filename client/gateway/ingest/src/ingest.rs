//! The public entry point: [`Ingest`].

use crate::{
    broadcast::{Broadcast, EndReason, Health},
    config::{millis, IngestConfig, TranscodeConfig},
    error::{IngestError, PublishError, PullError, PutError, SrtError, WhipError},
    ffmpeg::Ffmpeg,
    hub::{Hub, Refusal},
    ladder::Ladder,
    publish_key::{KeyId, KeyRefusal, KeyStoreError, PublishKeys},
    pull::{PullState, Puller},
    put::{PutOutcome, PutSession},
    rtmp::RtmpServer,
    srt::{SrtEndpoint, SrtListeners},
    stream_rules::{AnyStream, StreamRules},
    tls::TlsConfig,
    whip::{WhipServer, WhipSession},
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

/// Maximum number of broadcasts that have begun and that the server has not taken yet.
const MAX_WAITING_BROADCASTS: usize = 16;
/// Maximum length of the path for sockets: the path of a socket has at most 107 bytes, and its name needs some of them.
const MAX_WORK_DIR_BYTES: usize = 80;
/// Maximum time for a shutdown.
const SHUTDOWN_GRACE_MS: u64 = 15_000;

/// Takes live video in. Clones are cheap, and share one ingest.
#[derive(Clone, Debug)]
pub struct Ingest {
    hub: Arc<Hub>,
    rtmp: Arc<RtmpServer>,
    rtmp_address: Option<SocketAddr>,
    srt: Option<Arc<SrtListeners>>,
    whip: Option<Arc<WhipServer>>,
    pull: Option<Arc<Puller>>,
    puts: Arc<Mutex<Puts>>,
}

/// Sessions of publishers that use HTTP PUT, by stream. There are at most as many as broadcasts.
type Puts = HashMap<u64, Arc<AsyncMutex<PutSession>>>;

impl Ingest {
    /// Checks the settings and ffmpeg, and starts to listen. Broadcasts come out of the receiver as they begin; when
    /// the receiver is dropped, each new one ends at once.
    ///
    /// # Errors
    ///
    /// A setting is out of range, ffmpeg cannot be used, or the RTMP port cannot be bound.
    pub async fn start(
        config: IngestConfig,
        keys: Arc<PublishKeys>,
    ) -> Result<(Self, mpsc::Receiver<Broadcast>), IngestError> {
        Self::start_with_rules(config, keys, Arc::new(AnyStream)).await
    }

    /// Starts as [`Self::start`] does, with rules of the server for its streams.
    ///
    /// # Errors
    ///
    /// As [`Self::start`].
    pub async fn start_with_rules(
        config: IngestConfig,
        keys: Arc<PublishKeys>,
        rules: Arc<dyn StreamRules>,
    ) -> Result<(Self, mpsc::Receiver<Broadcast>), IngestError> {
        check(&config)?;
        let ffmpeg = Ffmpeg::find(&config.ffmpeg).await?;
        ffmpeg.check_encoders(&config.transcode).await?;
        let (sender, broadcasts) = mpsc::channel(MAX_WAITING_BROADCASTS);
        let srt = config.srt.clone();
        let rtmp = config.rtmp.clone();
        let whip = config.whip.clone();
        let pull = config.pull.clone();
        let hub = Arc::new(Hub::new(config, ffmpeg, keys, rules, sender));
        let srt = srt.map(|srt| Arc::new(SrtListeners::start(hub.clone(), srt)));
        let server = RtmpServer::new(hub.clone(), rtmp.clone().unwrap_or_default());
        let rtmp_address = match rtmp {
            Some(rtmp) => Some(server.listen(rtmp.bind, None).await?),
            None => None,
        };
        let whip = match whip {
            Some(whip) => Some(WhipServer::start(hub.clone(), &whip).await?),
            None => None,
        };
        let pull = pull.map(|pull| Puller::start(hub.clone(), pull)).transpose()?;
        Ok((Self { hub, rtmp: server, rtmp_address, srt, whip, pull, puts: Arc::default() }, broadcasts))
    }

    /// Address at which RTMP listens. If port 0 was configured, the system has chosen a port.
    pub fn rtmp_address(&self) -> Option<SocketAddr> {
        self.rtmp_address
    }

    /// Listens for RTMPS as well, with the limits of RTMP. Returns the bound address.
    ///
    /// # Errors
    ///
    /// The port cannot be bound.
    pub async fn listen_rtmps(&self, bind: SocketAddr, tls: TlsConfig) -> Result<SocketAddr, IngestError> {
        self.rtmp.listen(bind, Some(tls)).await
    }

    pub(crate) fn hub(&self) -> &Hub {
        &self.hub
    }

    /// The ffmpeg in use.
    pub fn ffmpeg(&self) -> &Ffmpeg {
        &self.hub.ffmpeg
    }

    /// The publish keys.
    pub fn keys(&self) -> &Arc<PublishKeys> {
        &self.hub.keys
    }

    /// The settings of the encoders, within which streams choose: see [`StreamEncoding::check`](crate::StreamEncoding::check).
    pub fn transcode(&self) -> &TranscodeConfig {
        &self.hub.config.transcode
    }

    /// The ladder of all streams.
    pub fn ladder(&self) -> &Ladder {
        &self.hub.config.transcode.ladder
    }

    /// Opens SRT for the publisher of a stream, with the publish key as its passphrase: on a port of its own, and on the
    /// port of all streams. It stays open until [`Self::close_srt`], or until the key has been revoked and the publisher
    /// has disconnected; also after a restart, if there is a [`SrtConfig::file`](crate::SrtConfig::file).
    ///
    /// # Errors
    ///
    /// SRT is not available, or the key is refused; a wrong key counts against `peer`.
    pub fn open_srt(&self, stream: u64, key: &str, peer: IpAddr) -> Result<SrtEndpoint, SrtError> {
        let listeners = self.srt.as_ref().ok_or(SrtError::Off)?;
        listeners.open(stream, key, peer)
    }

    /// Closes the SRT listener of a stream. Returns whether there was one.
    pub fn close_srt(&self, stream: u64) -> bool {
        self.srt.as_ref().is_some_and(|listeners| listeners.close(stream))
    }

    /// Answers the offer of a publisher that uses WHIP, and begins its session.
    ///
    /// # Errors
    ///
    /// WHIP is not available, or the key or the offer is refused; a wrong key counts against `peer`.
    pub fn publish_whip(&self, stream: u64, key: &str, peer: IpAddr, offer: &str) -> Result<WhipSession, WhipError> {
        let server = self.whip.as_ref().ok_or(WhipError::Off)?;
        let key = self.hub.keys.check(stream, key, peer).map_err(PublishError::from)?;
        server.publish(stream, key, peer, offer)
    }

    /// Ends a WHIP session, whose id only its publisher knows, and the broadcast that it publishes. Returns whether there was
    /// such a session.
    pub fn end_whip(&self, stream: u64, id: &str) -> bool {
        self.whip.as_ref().is_some_and(|server| server.end(stream, id))
    }

    /// Whether the stream has a WHIP session with this id.
    pub fn has_whip(&self, stream: u64, id: &str) -> bool {
        self.whip.as_ref().is_some_and(|server| server.has(stream, id))
    }

    /// Sets the URL from which the video of a stream is pulled, and begins to pull it: HLS, RTMP, RTSP or SRT. It is pulled until
    /// [`Self::remove_source`]; also after a restart, if there is a [`PullConfig::file`](crate::PullConfig::file).
    ///
    /// # Errors
    ///
    /// Pulling is not available, or the URL is refused. What fails later is in [`Self::source`].
    pub async fn set_source(&self, stream: u64, url: &str) -> Result<(), PullError> {
        self.pull.as_ref().ok_or(PullError::Off)?.set(stream, url).await
    }

    /// Stops pulling the video of a stream. Its broadcast waits for a publisher. Returns whether there was a source.
    pub fn remove_source(&self, stream: u64) -> bool {
        self.pull.as_ref().is_some_and(|pull| pull.remove(stream))
    }

    /// Streams that have a source, in no order.
    pub fn pulled_streams(&self) -> Vec<u64> {
        self.pull.as_ref().map_or_else(Vec::new, |pull| pull.streams())
    }

    /// What the pulled source of a stream does. `None` if it has none.
    pub fn source(&self, stream: u64) -> Option<PullState> {
        self.pull.as_ref()?.state(stream)
    }

    /// Addresses at which WHIP sessions send their media. Empty without WHIP.
    pub fn whip_addresses(&self) -> &[SocketAddr] {
        self.whip.as_ref().map_or(&[], |server| server.addresses())
    }

    /// Takes one upload of a publisher that uses HTTP PUT: `name` is its path below the stream. The key is checked each
    /// time, and uploads of one stream wait for each other.
    ///
    /// # Errors
    ///
    /// The key or the upload is refused; a wrong key counts against `peer`.
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
        session.set_key(key);
        session.push(name, bytes).await
    }

    /// Checks a publish key, so that the server can refuse an upload before it reads the body.
    ///
    /// # Errors
    ///
    /// The key is refused; a wrong key counts against `peer`.
    pub fn check_key(&self, stream: u64, key: &str, peer: IpAddr) -> Result<(), KeyRefusal> {
        self.hub.keys.check(stream, key, peer).map(drop)
    }

    fn put_session(&self, stream: u64, key: KeyId, peer: IpAddr) -> Result<Arc<AsyncMutex<PutSession>>, PublishError> {
        let mut puts = self.puts.lock();
        let max = self.hub.config.max_broadcasts;
        if puts.len() >= max && !puts.contains_key(&stream) {
            // Sessions whose publisher has disconnected are not needed. A session in use is locked.
            puts.retain(|_, session| session.try_lock().map_or(true, |session| session.is_open()));
            if puts.len() >= max {
                return Err(PublishError::TooManyBroadcasts(max));
            }
        }
        let new = || Arc::new(AsyncMutex::new(PutSession::new(self.hub.clone(), stream, key, peer)));
        Ok(puts.entry(stream).or_insert_with(new).clone())
    }

    /// Disconnects the publisher of a stream. Its broadcast waits for another publisher. Returns whether there was one.
    pub fn kick(&self, stream: u64) -> bool {
        self.hub.kick(stream, None)
    }

    /// Revokes a key and disconnects a publisher that uses it. Must be called where blocking is allowed.
    ///
    /// # Errors
    ///
    /// The stream has no such key, or the file of keys cannot be written.
    pub fn revoke(&self, stream: u64, key: KeyId) -> Result<(), KeyStoreError> {
        self.hub.keys.revoke(stream, key)?;
        self.hub.kick(stream, Some(key));
        Ok(())
    }

    /// Ends the broadcast of a stream, and closes its SRT listener. Returns whether there was a broadcast.
    pub fn stop(&self, stream: u64) -> bool {
        self.close_srt(stream);
        self.hub.stop(stream, EndReason::Stopped)
    }

    /// Why the last publisher of a stream with a valid key was refused or disconnected. `None` if a publisher has been on
    /// air since.
    pub fn last_refusal(&self, stream: u64) -> Option<Refusal> {
        self.hub.last_refusal(stream)
    }

    /// Latest measurements of a broadcast. `None` if there is none, or if its publisher has disconnected.
    pub fn health(&self, stream: u64) -> Option<Health> {
        self.hub.health(stream)
    }

    /// Streams with a broadcast, including those that wait for their publisher.
    pub fn live(&self) -> Vec<u64> {
        self.hub.live()
    }

    /// Ends all broadcasts and connections in order: each broadcast gets its last event, and each ffmpeg is asked to
    /// end before it is killed. Returns after 15 s at the latest.
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
        return setting("srt", "the first port must be at least 1, and not above the last port");
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

/// Checks that a directory can be created in it, and that the paths of sockets will be short enough.
fn check_work_dir(path: &Path) -> Result<(), IngestError> {
    let failed = |why: String| IngestError::WorkDir { path: path.to_owned(), why };
    if path.as_os_str().len() > MAX_WORK_DIR_BYTES {
        return Err(failed(format!("its path has more than {MAX_WORK_DIR_BYTES} bytes")));
    }
    std::fs::create_dir_all(path).map_err(|error| failed(error.to_string()))?;
    tempfile::tempdir_in(path).map(drop).map_err(|error| failed(error.to_string()))
}
