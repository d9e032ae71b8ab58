//! The client side of RTMP, for sources that the gateway pulls: connects and plays a stream.

use super::{
    aggregate,
    budget::Budget,
    chunks::{ChunkReader, Message},
    command::Command,
    message_kind as kind,
};
use crate::{error::PublishError, frames::FrameSender};
use bytes::{Bytes, BytesMut};
use rand::RngCore;
use scuffle_rtmp::{
    chunk::{writer::ChunkWriter, Chunk, CHUNK_STREAM_ID_COMMAND},
    messages::MessageType,
};
use std::{io, time::Duration};
use thiserror::Error;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    time::{timeout, timeout_at, Instant},
};
use url::Url;

/// Maximum number of bytes that are read at once.
const READ_BYTES: usize = 64 * 1024;
/// Maximum size of a message, and of all that are not complete.
const MAX_MESSAGE_BYTES: usize = 8 << 20;
const MAX_UNFINISHED_BYTES: usize = 16 << 20;
/// Size of each part of the handshake.
const HANDSHAKE_BYTES: usize = 1_536;
/// Maximum time from the connection to the first media.
const START_TIMEOUT: Duration = Duration::from_secs(20);
/// Time without a byte after which the source has ended.
const IDLE_TIMEOUT: Duration = Duration::from_secs(15);
/// Maximum time for the server to take what is sent, which is short.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);
/// Number of bytes after which they are acknowledged.
const ACKNOWLEDGE_EVERY_BYTES: u64 = 1_000_000;
/// Kind of messages with events of the user, and two of these events.
const USER_CONTROL: u8 = 4;
const PING: u16 = 6;
const PONG: u16 = 7;

/// Transactions of the commands that are answered.
const CONNECT: f64 = 1.0;
const CREATE_STREAM: f64 = 2.0;

/// Why playing ended.
#[derive(Debug, Error)]
pub(crate) enum PlayError {
    #[error("RTMP: the connection failed: {0}")]
    Io(#[from] io::Error),
    #[error("RTMP: {0}")]
    Chunks(String),
    #[error("RTMP: the server does not play the stream in time")]
    NotStarted,
    #[error("RTMP: nothing has come for {} s", IDLE_TIMEOUT.as_secs())]
    Idle,
    #[error("RTMP: the server refuses: {0}")]
    Server(String),
    #[error(transparent)]
    Refused(#[from] PublishError),
}

/// Plays the stream of a URL over a connection to its host, until the server ends it.
pub(crate) async fn play<S: AsyncRead + AsyncWrite + Unpin>(
    socket: S,
    url: &Url,
    frames: &mut FrameSender,
) -> Result<(), PlayError> {
    let unfinished = Budget::new(MAX_UNFINISHED_BYTES).share();
    let mut client = Client {
        socket,
        chunks: ChunkReader::new(MAX_MESSAGE_BYTES, unfinished),
        writer: ChunkWriter::default(),
        buffer: BytesMut::new(),
        received_bytes: 0,
        acknowledged_bytes: 0,
        start_by: Some(Instant::now() + START_TIMEOUT),
    };
    timeout(START_TIMEOUT, client.shake_hands()).await.map_err(|_| PlayError::NotStarted)??;
    let place = Place::of(url);
    client.command(0, connect(&place)).await?;
    loop {
        let Some(message) = client.next().await? else { return Ok(()) };
        if client.take(message, &place, frames).await? == Next::End {
            return Ok(());
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Continue,
    End,
}

/// Where a stream is on its server.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    /// URL of the application.
    app_url: String,
    app: String,
    /// Name of the stream, with the query.
    name: String,
}

impl Place {
    fn of(url: &Url) -> Self {
        let path = url.path().trim_matches('/');
        let (app, name) = path.rsplit_once('/').unwrap_or((path, ""));
        let name = url.query().map_or_else(|| name.to_owned(), |query| format!("{name}?{query}"));
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let app_url = format!("{}://{}{port}/{app}", url.scheme(), url.host_str().unwrap_or_default());
        Self { app_url, app: app.to_owned(), name }
    }
}

struct Client<S> {
    socket: S,
    chunks: ChunkReader,
    writer: ChunkWriter,
    buffer: BytesMut,
    received_bytes: u64,
    acknowledged_bytes: u64,
    /// Time by which media has to come. `None` once it does.
    start_by: Option<Instant>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Client<S> {
    async fn shake_hands(&mut self) -> io::Result<()> {
        // The version, a time, four zeros, and random bytes.
        let mut first = vec![0; 1 + HANDSHAKE_BYTES];
        first[0] = 3;
        rand::rngs::OsRng.fill_bytes(&mut first[9..]);
        self.socket.write_all(&first).await?;
        let mut theirs = vec![0; 1 + HANDSHAKE_BYTES];
        self.socket.read_exact(&mut theirs).await?;
        self.socket.write_all(&theirs[1..]).await?;
        self.socket.read_exact(&mut theirs[1..]).await?;
        Ok(())
    }

    /// The next message. `None`: the server has closed the connection.
    async fn next(&mut self) -> Result<Option<Message>, PlayError> {
        loop {
            if let Some(message) =
                self.chunks.read(&mut self.buffer).map_err(|error| PlayError::Chunks(error.to_string()))?
            {
                return Ok(Some(message));
            }
            self.buffer.reserve(READ_BYTES);
            let mut window = (&mut self.socket).take(READ_BYTES as u64);
            let idle_by = Instant::now() + IDLE_TIMEOUT;
            let (by, late) = match self.start_by {
                Some(start_by) if start_by < idle_by => (start_by, PlayError::NotStarted),
                _ => (idle_by, PlayError::Idle),
            };
            let read = timeout_at(by, window.read_buf(&mut self.buffer)).await.map_err(|_| late)??;
            if read == 0 {
                return Ok(None);
            }
            self.received_bytes += read as u64;
            self.acknowledge().await?;
        }
    }

    async fn take(&mut self, message: Message, place: &Place, frames: &mut FrameSender) -> Result<Next, PlayError> {
        match message.kind {
            kind::SET_CHUNK_SIZE => {
                let set = self.chunks.set_chunk_size(&message.payload);
                set.map_err(|error| PlayError::Chunks(error.to_string()))?;
            }
            kind::ABORT => self.chunks.abort(&message.payload),
            USER_CONTROL => self.answer_ping(&message.payload).await?,
            kind::COMMAND => return self.answer(message.payload, place).await,
            kind::COMMAND_AMF3 if !message.payload.is_empty() => {
                return self.answer(message.payload.slice(1..), place).await;
            }
            kind::AGGREGATE => {
                for part in aggregate::parts(message) {
                    self.media(&part, frames).await?;
                }
            }
            _ => self.media(&message, frames).await?,
        }
        Ok(Next::Continue)
    }

    async fn media(&mut self, message: &Message, frames: &mut FrameSender) -> Result<(), PlayError> {
        match message.kind {
            kind::VIDEO => frames.flv_video(message.time_ms, &message.payload).await?,
            kind::AUDIO => frames.flv_audio(message.time_ms, &message.payload).await?,
            kind::DATA => return Ok(frames.flv_script(&message.payload).await?),
            _ => return Ok(()),
        }
        self.start_by = None;
        Ok(())
    }

    /// Takes a command of the server: its answers lead to the next command, and an error is the end.
    async fn answer(&mut self, payload: Bytes, place: &Place) -> Result<Next, PlayError> {
        let Some(command) = Command::read(payload) else { return Ok(Next::Continue) };
        match command.name.as_str() {
            "_result" if command.transaction == CONNECT => {
                self.command(0, create_stream()).await?;
            }
            "_result" if command.transaction == CREATE_STREAM => {
                // Numbers of message streams are small; one that is none is refused by the server.
                let stream = command.number().unwrap_or(1.0) as u32;
                self.command(stream, play_stream(&place.name)).await?;
            }
            "_error" => return Err(PlayError::Server(reason(&command))),
            "onStatus" if command.property("level") == "error" => return Err(PlayError::Server(reason(&command))),
            "onStatus" if command.property("code") == "NetStream.Play.UnpublishNotify" => return Ok(Next::End),
            "close" => return Ok(Next::End),
            _ => {}
        }
        Ok(Next::Continue)
    }

    async fn answer_ping(&mut self, payload: &[u8]) -> Result<(), PlayError> {
        let Some((event, time)) = payload.split_first_chunk() else { return Ok(()) };
        if u16::from_be_bytes(*event) != PING {
            return Ok(());
        }
        let pong = [&PONG.to_be_bytes()[..], time].concat();
        self.send(MessageType::UserControlEvent, 0, pong).await
    }

    async fn acknowledge(&mut self) -> Result<(), PlayError> {
        if self.received_bytes - self.acknowledged_bytes < ACKNOWLEDGE_EVERY_BYTES {
            return Ok(());
        }
        self.acknowledged_bytes = self.received_bytes;
        // The number has 32 bits in the protocol, and wraps.
        let count = (self.received_bytes & u64::from(u32::MAX)) as u32;
        self.send(MessageType::Acknowledgement, 0, count.to_be_bytes().to_vec()).await
    }

    async fn command(&mut self, stream: u32, body: Vec<u8>) -> Result<(), PlayError> {
        self.send(MessageType::CommandAMF0, stream, body).await
    }

    async fn send(&mut self, kind: MessageType, stream: u32, body: Vec<u8>) -> Result<(), PlayError> {
        let mut bytes = Vec::new();
        self.writer.write_chunk(&mut bytes, Chunk::new(CHUNK_STREAM_ID_COMMAND, 0, kind, stream, Bytes::from(body)))?;
        let writing = timeout(WRITE_TIMEOUT, self.socket.write_all(&bytes)).await;
        Ok(writing.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??)
    }
}

/// Why the server refuses, in its words.
fn reason(command: &Command) -> String {
    let words = [command.property("description"), command.property("code")];
    let words = words.into_iter().find(|text| !text.is_empty()).unwrap_or("it gives no reason");
    words.escape_debug().to_string()
}

fn connect(place: &Place) -> Vec<u8> {
    let properties = [
        property("app", &text(&place.app)),
        property("flashVer", &text("LNX 9,0,124,2")),
        property("tcUrl", &text(&place.app_url)),
        property("fpad", &[1, 0]),
        property("capabilities", &number(15.0)),
        property("audioCodecs", &number(4_071.0)),
        property("videoCodecs", &number(252.0)),
        property("videoFunction", &number(1.0)),
    ];
    [text("connect"), number(CONNECT), vec![3], properties.concat(), vec![0, 0, 9]].concat()
}

fn create_stream() -> Vec<u8> {
    [text("createStream"), number(CREATE_STREAM), vec![5]].concat()
}

fn play_stream(name: &str) -> Vec<u8> {
    // -2000: live, or recorded if it is not live.
    [text("play"), number(0.0), vec![5], text(name), number(-2_000.0)].concat()
}

/// Values of AMF0.
fn text(value: &str) -> Vec<u8> {
    [&[2][..], &short(value)].concat()
}

fn number(value: f64) -> Vec<u8> {
    [&[0][..], &value.to_be_bytes()].concat()
}

fn property(name: &str, value: &[u8]) -> Vec<u8> {
    [&short(name)[..], value].concat()
}

/// A text after its length. URLs are bounded, so none is cut off.
fn short(value: &str) -> Vec<u8> {
    let bytes = &value.as_bytes()[..value.len().min(usize::from(u16::MAX))];
    [&(bytes.len() as u16).to_be_bytes()[..], bytes].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn application_and_name_are_found_in_a_url() {
        let place = |url: &str| Place::of(&url.parse().unwrap());
        let usual = place("rtmp://a.example/live/x?token=1");
        assert_eq!(usual.app_url, "rtmp://a.example/live");
        assert_eq!((usual.app.as_str(), usual.name.as_str()), ("live", "x?token=1"));
        let deep = place("rtmp://[2001:db8::1]:1936/app/instance/x");
        assert_eq!(deep.app_url, "rtmp://[2001:db8::1]:1936/app/instance");
        assert_eq!((deep.app.as_str(), deep.name.as_str()), ("app/instance", "x"));
        assert_eq!(place("rtmp://a.example/live").name, "");
        assert_eq!(place("rtmps://a.example/live/x").app_url, "rtmps://a.example/live");
    }

    #[test]
    fn commands_are_read_as_they_are_written() {
        let place = Place::of(&"rtmp://a.example/live/x".parse().unwrap());
        let command = Command::read(connect(&place).into()).unwrap();
        assert_eq!((command.name.as_str(), command.transaction), ("connect", CONNECT));
        assert_eq!((command.property("app"), command.property("tcUrl")), ("live", "rtmp://a.example/live"));
        let command = Command::read(play_stream("x").into()).unwrap();
        assert_eq!((command.name.as_str(), command.text()), ("play", "x"));
        let created = [text("_result"), number(CREATE_STREAM), vec![5], number(3.0)].concat();
        assert_eq!(Command::read(created.into()).unwrap().number(), Some(3.0));
    }
}
