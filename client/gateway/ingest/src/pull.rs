//! Pulled sources: the gateway fetches the video of a stream from a URL that its creator names.
//!
//! ```text
//! set ---> task of the stream: connect ---> hls | rtmp | rtsp | srt ---> source of the broadcast
//!                 ^                              |
//!                 +-- pause, doubled each time --+
//! ```
//!
//! Connections go to public addresses only, see [`vilokanam_outbound`]. ffmpeg reaches no network: each protocol is read
//! here, and ffmpeg gets the bytes through its pipe as from any publisher.

mod hls;
mod relay;
mod rtsp;
mod source_table;
mod srt;
mod target;

use crate::{
    clock::unix_ms,
    config::PullConfig,
    error::{IngestError, PublishError, PullError},
    frames::FrameSender,
    hub::Hub,
    publish_key::KeyId,
    rtmp::{self, PlayError},
    source::Container,
    stream_rules::StreamClosed,
};
use parking_lot::Mutex;
use source_table::SourceTable;
use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};
use target::Target;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::sleep,
};
use tokio_util::sync::CancellationToken;
use url::Url;
use vilokanam_outbound::{
    fetch::{origin_of, without_secrets},
    Outbound,
};

/// Maximum length of a URL.
const MAX_URL_BYTES: usize = 2_048;
/// Pause after a source has failed for the first time. It doubles up to the longest one.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// Time for which a source must have lasted for the pauses to begin again.
const STEADY: Duration = Duration::from_secs(30);

/// Schemes, with their default ports.
const SCHEMES: [(&str, u16); 6] =
    [("https", 443), ("http", 80), ("rtmp", 1935), ("rtmps", 443), ("rtsp", rtsp::PORT), ("srt", 0)];

/// What a source does at the moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullState {
    /// The URL, without a password and a query.
    pub url: String,
    /// Whether the source is connected or being connected. Otherwise the next attempt follows a pause.
    pub is_connected: bool,
    /// Why the last attempt ended, as a sentence without a full stop.
    pub last_error: Option<String>,
    /// Time of the last change, in milliseconds since 1970.
    pub since_ms: u64,
}

/// All pulled sources.
#[derive(Debug)]
pub(crate) struct Puller {
    hub: Arc<Hub>,
    outbound: Outbound,
    max_sources: usize,
    stored: Mutex<SourceTable>,
    sources: Mutex<HashMap<u64, Source>>,
}

#[derive(Debug)]
struct Source {
    close: CancellationToken,
    state: Arc<Mutex<PullState>>,
}

impl Puller {
    /// Pulls the sources that were set before a restart.
    ///
    /// # Errors
    ///
    /// The HTTP client cannot be set up.
    pub fn start(hub: Arc<Hub>, config: PullConfig) -> Result<Arc<Self>, IngestError> {
        let listed = config.networks.iter().filter_map(|network| network.parse().ok()).collect();
        let outbound = Outbound::new(listed).map_err(|error| IngestError::Pull(error.to_string()))?;
        let (stored, known) = SourceTable::open(config.file);
        let puller = Arc::new(Self {
            hub,
            outbound,
            max_sources: config.max_sources,
            stored: Mutex::new(stored),
            sources: Mutex::default(),
        });
        for (stream, url) in known {
            match Url::parse(&url) {
                Ok(url) => puller.begin(stream, url),
                Err(_) => tracing::warn!(stream, "the source of a stream is no URL any more"),
            }
        }
        Ok(puller)
    }

    /// Sets the source of a stream, and begins to pull it.
    ///
    /// # Errors
    ///
    /// The URL is not one that can be pulled, or there are too many sources.
    pub async fn set(self: &Arc<Self>, stream: u64, url: &str) -> Result<(), PullError> {
        let url = checked(url)?;
        let host = url.host().ok_or(PullError::Url)?;
        // Refused now, so that the creator learns it at once. Each connection checks it again.
        self.outbound.addresses().resolve(host, port(&url)).await?;
        if self.hub.closing.is_cancelled() {
            return Err(PublishError::ShuttingDown.into());
        }
        let is_full = {
            let sources = self.sources.lock();
            sources.len() >= self.max_sources && !sources.contains_key(&stream)
        };
        if is_full {
            return Err(PullError::TooMany(self.max_sources));
        }
        self.stored.lock().set(stream, Some(url.as_str()));
        self.begin(stream, url);
        Ok(())
    }

    /// Removes the source of a stream. Returns whether there was one.
    pub fn remove(&self, stream: u64) -> bool {
        self.stored.lock().set(stream, None);
        self.sources.lock().remove(&stream).inspect(|source| source.close.cancel()).is_some()
    }

    /// Streams that have a source.
    pub fn streams(&self) -> Vec<u64> {
        self.sources.lock().keys().copied().collect()
    }

    /// What the source of a stream does. `None` if it has none.
    pub fn state(&self, stream: u64) -> Option<PullState> {
        self.sources.lock().get(&stream).map(|source| source.state.lock().clone())
    }

    fn begin(self: &Arc<Self>, stream: u64, url: Url) {
        let close = self.hub.closing.child_token();
        let state = PullState { url: without_secrets(&url), is_connected: true, last_error: None, since_ms: unix_ms() };
        let state = Arc::new(Mutex::new(state));
        let before = self.sources.lock().insert(stream, Source { close: close.clone(), state: state.clone() });
        if let Some(before) = before {
            before.close.cancel();
        }
        let target = Target { hub: self.hub.clone(), stream, outbound: self.outbound.clone() };
        let puller = self.clone();
        self.hub.tasks.spawn(async move {
            // A source that was replaced or removed is cancelled, and another one may have its place.
            if close.run_until_cancelled(keep(target, url, state)).await.is_some() {
                puller.remove(stream);
            }
        });
    }
}

/// Pulls a source until its stream has ended for good.
async fn keep(target: Target, url: Url, state: Arc<Mutex<PullState>>) {
    let mut pause = FIRST_PAUSE;
    let mut progress = hls::Progress::default();
    loop {
        note(&state, true, None);
        let began = Instant::now();
        let why = match pull(&target, &url, &mut progress).await {
            Ok(()) => PullError::Ended,
            Err(why) => why,
        };
        if began.elapsed() >= STEADY {
            pause = FIRST_PAUSE;
        }
        tracing::info!(stream = target.stream, source = origin_of(&url), reason = %why, "a pulled source has ended");
        target.hub.note_reason(target.stream, format!("the source {} has ended: {why}", origin_of(&url)));
        note(&state, false, Some(why.to_string()));
        if why == PullError::Refused(PublishError::Closed(StreamClosed::Ended)) {
            return;
        }
        sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

fn note(state: &Mutex<PullState>, is_connected: bool, error: Option<String>) {
    let mut state = state.lock();
    state.is_connected = is_connected;
    state.since_ms = unix_ms();
    // The last error stays until another one, for creators who look while the next attempt is made.
    state.last_error = error.or(state.last_error.take());
}

async fn pull(target: &Target, url: &Url, progress: &mut hls::Progress) -> Result<(), PullError> {
    target.hub.check_admission(target.stream)?;
    let host = || url.host().ok_or(PullError::Url);
    match url.scheme() {
        "http" | "https" => hls::run(target, url, progress).await,
        "srt" => srt::run(target, url).await,
        "rtsp" => rtsp::run(target, url).await,
        "rtmp" => play(target, url, target.outbound.addresses().connect(host()?, port(url)).await?).await,
        "rtmps" => play(target, url, target.outbound.addresses().connect_tls(host()?, port(url)).await?).await,
        other => Err(PullError::Scheme(other.to_owned())),
    }
}

/// Plays a stream of RTMP over a connection.
async fn play<S: AsyncRead + AsyncWrite + Unpin>(target: &Target, url: &Url, socket: S) -> Result<(), PullError> {
    let origin = target.origin(Container::Flv);
    let mut frames = FrameSender::new(target.hub.clone(), target.stream, KeyId::default(), origin);
    rtmp::play(socket, url, &mut frames).await.map_err(|error| match error {
        PlayError::Refused(reason) => reason.into(),
        other => PullError::Protocol(other.to_string()),
    })
}

/// Reads a URL, and checks that it can be pulled.
fn checked(url: &str) -> Result<Url, PullError> {
    if url.len() > MAX_URL_BYTES {
        return Err(PullError::Url);
    }
    let url = Url::parse(url.trim()).map_err(|_| PullError::Url)?;
    if !SCHEMES.iter().any(|(scheme, _)| *scheme == url.scheme()) {
        return Err(PullError::Scheme(url.scheme().to_owned()));
    }
    // Cameras that speak RTSP have passwords.
    let has_password = url.scheme() != "rtsp" && (!url.username().is_empty() || url.password().is_some());
    let has_port = url.scheme() != "srt" || url.port().is_some();
    if has_password || !has_port || url.host_str().is_none_or(str::is_empty) {
        return Err(PullError::Url);
    }
    Ok(url)
}

fn port(url: &Url) -> u16 {
    let default = SCHEMES.iter().find(|(scheme, _)| *scheme == url.scheme()).map_or(0, |(_, port)| *port);
    url.port().unwrap_or(default)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_of_other_schemes_and_with_passwords_are_refused() {
        for url in
            ["https://a.example/x.m3u8", "http://a.example:81/x", "rtmp://a.example/live/x", "srt://a.example:9000"]
        {
            assert!(checked(url).is_ok(), "{url}");
        }
        for url in ["file:///etc/passwd", "unix:/run/x", "concat:a|b", "gopher://a.example/", "udp://a.example:1"] {
            assert!(matches!(checked(url), Err(PullError::Scheme(_))), "{url}");
        }
        for url in ["", "a.example/x", "http://", "https://me:secret@a.example/", "srt://a.example", "rtmp:///live/x"] {
            assert!(matches!(checked(url), Err(PullError::Url)), "{url}");
        }
        assert!(checked(&format!("https://a.example/{}", "x".repeat(MAX_URL_BYTES))).is_err());
    }

    #[test]
    fn ports_have_defaults() {
        let port = |url: &str| port(&checked(url).unwrap());
        assert_eq!(port("https://a.example/"), 443);
        assert_eq!(port("rtmp://a.example/live/x"), 1935);
        assert_eq!(port("rtmps://a.example/live/x"), 443);
        assert_eq!(port("rtmp://a.example:1/live/x"), 1);
        assert_eq!(port("srt://a.example:9000"), 9000);
    }
}
