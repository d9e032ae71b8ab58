//! RTMP, as OBS and ffmpeg speak it. `scuffle-rtmp` does the protocol and bounds its messages; sockets, patience and the
//! publish key are ours.

use super::flv::{FlvWriter, Tag, HEADER};
use bytes::Bytes;
use scuffle_rtmp::{
    session::server::{ServerSessionError, SessionData, SessionHandler},
    ServerSession,
};
use std::{
    net::SocketAddr,
    sync::{
        atomic::{AtomicU64, Ordering},
        Arc,
    },
    time::Duration,
};
use tick_stream_primitives::StreamId;
use tokio::{net::TcpStream, sync::mpsc, time::Instant};

/// How long the handshake and the wish to publish may take.
const OPENING_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a publisher may send nothing.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);
/// How often it is looked whether it has.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Tags that wait for the transcoder; a publisher that is faster than it is slowed by TCP.
pub const MAX_TAGS_QUEUED: usize = 256;
/// The largest picture whose size is believed.
const MAX_SIDE: f64 = 8_192.0;

/// Why a connection ended.
#[derive(Debug, thiserror::Error)]
pub enum RtmpError {
    #[error("the connection: {0}")]
    Io(#[from] std::io::Error),
    #[error("the publisher said nothing for too long")]
    Silent,
    #[error("{0}")]
    Refused(String),
    #[error("this is no RTMP that can be taken: {0}")]
    Protocol(String),
}

/// What a publisher sends.
#[derive(Clone, PartialEq, Debug)]
pub enum Incoming {
    /// What the encoder says of its pictures' height, usually before the first.
    Height(u32),
    /// FLV, from its header on.
    Flv(Bytes),
}

/// A publisher that was let in.
pub struct Publisher {
    /// What it sends; closed when it is gone.
    pub incoming: mpsc::Receiver<Incoming>,
}

/// Talks to one connection until it ends. `admit` decides on stream and secret before anything is decoded.
pub async fn serve(
    socket: TcpStream,
    peer: SocketAddr,
    admit: impl Fn(StreamId, &str, SocketAddr, Publisher) -> Result<(), String> + Send + Sync,
) -> Result<(), RtmpError> {
    socket.set_nodelay(true)?;
    let heard = Arc::new(Heard::default());
    let handler = Handler { peer, admit, heard: heard.clone(), tags: None, writer: FlvWriter::default() };
    let session = ServerSession::new(socket, handler).run();
    tokio::select! {
        ended = session => match (ended, heard.refusal.lock().take()) {
            (_, Some(why)) => Err(RtmpError::Refused(why)),
            (Err(error), None) => Err(RtmpError::Protocol(error.to_string())),
            (Ok(_), None) => Ok(()),
        },
        () = heard.silence() => Err(RtmpError::Silent),
    }
}

/// When something was heard last, told from inside the session to whoever watches over it.
struct Heard {
    start: Instant,
    last_ms: AtomicU64,
    has_begun: std::sync::atomic::AtomicBool,
    refusal: parking_lot::Mutex<Option<String>>,
}

impl Default for Heard {
    fn default() -> Self {
        Self { start: Instant::now(), last_ms: AtomicU64::new(0), has_begun: false.into(), refusal: None.into() }
    }
}

impl Heard {
    fn now(&self) {
        self.last_ms.store(self.start.elapsed().as_millis() as u64, Ordering::Relaxed);
    }

    /// Returns when nothing was heard for too long.
    async fn silence(&self) {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let patience = if self.has_begun.load(Ordering::Relaxed) { IDLE_TIMEOUT } else { OPENING_TIMEOUT };
            let last = Duration::from_millis(self.last_ms.load(Ordering::Relaxed));
            if self.start.elapsed().saturating_sub(last) > patience {
                return;
            }
        }
    }
}

struct Handler<A> {
    peer: SocketAddr,
    admit: A,
    heard: Arc<Heard>,
    tags: Option<mpsc::Sender<Incoming>>,
    writer: FlvWriter,
}

impl<A: Fn(StreamId, &str, SocketAddr, Publisher) -> Result<(), String> + Send + Sync> Handler<A> {
    fn open(&mut self, name: &str) -> Result<(), String> {
        if self.tags.is_some() {
            return Err("this connection publishes already".into());
        }
        let (stream, secret) =
            parse_key(name).ok_or("the stream key must be STREAM-KEY as the gateway gave it; copy it anew")?;
        let (sender, incoming) = mpsc::channel(MAX_TAGS_QUEUED);
        // The queue is new: there is room.
        let _ = sender.try_send(Incoming::Flv(Bytes::from_static(&HEADER)));
        (self.admit)(stream, secret, self.peer, Publisher { incoming })?;
        self.tags = Some(sender);
        self.heard.has_begun.store(true, Ordering::Relaxed);
        self.heard.now();
        Ok(())
    }
}

/// What ends a session from inside. The library has no word for "refused"; the reason is told beside it.
fn end() -> ServerSessionError {
    ServerSessionError::PublishBeforeConnect
}

impl<A: Fn(StreamId, &str, SocketAddr, Publisher) -> Result<(), String> + Send + Sync> SessionHandler for Handler<A> {
    async fn on_publish(&mut self, _: u32, _: &str, stream_name: &str) -> Result<(), ServerSessionError> {
        self.open(stream_name).map_err(|why| {
            *self.heard.refusal.lock() = Some(why);
            end()
        })
    }

    async fn on_unpublish(&mut self, _: u32) -> Result<(), ServerSessionError> {
        self.tags = None;
        Ok(())
    }

    async fn on_data(&mut self, _: u32, data: SessionData) -> Result<(), ServerSessionError> {
        self.heard.now();
        let Some(tags) = &self.tags else { return Ok(()) };
        let incoming = match data {
            SessionData::Video { timestamp, data } => self.writer.tag(Tag::Video, timestamp, &data).map(flv),
            SessionData::Audio { timestamp, data } => self.writer.tag(Tag::Audio, timestamp, &data).map(flv),
            SessionData::Amf0 { data, .. } => height_of(&data).map(Incoming::Height),
        };
        if let Some(incoming) = incoming {
            // The broadcast has ended, or the key was revoked: so has this connection.
            tags.send(incoming).await.map_err(|_| end())?;
        }
        Ok(())
    }
}

fn flv(tag: Vec<u8>) -> Incoming {
    Incoming::Flv(tag.into())
}

/// `STREAM-SECRET`, with whatever the encoder adds as a query.
fn parse_key(key: &str) -> Option<(StreamId, &str)> {
    let (stream, secret) = key.split('?').next()?.split_once('-')?;
    Some((stream.parse().ok()?, secret))
}

/// The height in an encoder's metadata: of all that AMF0 may hold, the one number that is wanted. A property is its name
/// with its length before it, then 0 for "number", then eight bytes of it.
fn height_of(metadata: &[u8]) -> Option<u32> {
    const NAME: &[u8] = b"\x00\x06height\x00";
    let at = metadata.windows(NAME.len()).position(|window| window == NAME)? + NAME.len();
    let number: [u8; 8] = metadata.get(at..at + 8)?.try_into().ok()?;
    let height = f64::from_be_bytes(number);
    (1.0..=MAX_SIDE).contains(&height).then_some(height as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parse_key_works() {
        assert_eq!(parse_key("7-abc"), Some((7, "abc")));
        assert_eq!(parse_key("7-abc?x=1"), Some((7, "abc")));
    }

    #[test]
    fn parse_key_malformed_fails() {
        for key in ["", "7", "-abc", "x-abc", "-1-abc"] {
            assert_eq!(parse_key(key), None, "{key}");
        }
    }

    #[test]
    fn height_of_works() {
        let metadata =
            |height: f64| [b"\x08\0\0\0\x02\0\x06height\0".as_slice(), &height.to_be_bytes(), &[0, 0, 9]].concat();
        assert_eq!(height_of(&metadata(720.0)), Some(720));
        for odd in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e9] {
            assert_eq!(height_of(&metadata(odd)), None, "{odd}");
        }
        assert_eq!(height_of(&metadata(720.0)[..18]), None, "cut off");
        assert_eq!(height_of(b""), None);
    }
}
