//! One listener: ffmpeg listens, one publisher at a time connects, and what it sends goes to the broadcast.

use crate::{
    broadcast::Protocol,
    hub::Hub,
    publish_key::KeyId,
    source::{Container, Origin, Publisher, SourceChunk},
    transcode::LastWords,
};
use bytes::BytesMut;
use std::{io, net::SocketAddr, process::Stdio, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    process::{Child, ChildStdout, Command},
    time::sleep,
};
use tokio_util::sync::CancellationToken;

/// What is passed on at once: as many packets as make about 64 KB.
const READ_BYTES: usize = 188 * 348;
/// Before ffmpeg listens again; doubled while it gives nothing.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// ffmpeg does not tell who connects.
const ORIGIN: Origin = Origin { protocol: Protocol::Srt, container: Container::MpegTs, peer: None };

/// What a listener needs.
pub(super) struct Relay {
    pub hub: Arc<Hub>,
    pub stream: u64,
    pub key: String,
    pub key_id: KeyId,
    pub address: SocketAddr,
    pub latency_ms: u32,
}

impl Relay {
    /// Until it is closed, or its key is the stream's no more.
    pub async fn run(self, close: &CancellationToken) {
        let mut pause = FIRST_PAUSE;
        while !close.is_cancelled() && self.hub.keys.holds(self.stream, &self.key) {
            let served = tokio::select! {
                served = self.serve() => served,
                () = close.cancelled() => return,
            };
            match served {
                Ok(0) => pause = (pause * 2).min(LONGEST_PAUSE),
                Ok(_) => pause = FIRST_PAUSE,
                Err(error) => {
                    tracing::warn!(stream = self.stream, %error, "an SRT listener cannot be started");
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
            tokio::select! {
                () = sleep(pause) => {}
                () = close.cancelled() => return,
            }
        }
    }

    /// One ffmpeg, one connection. Returns the bytes that came.
    async fn serve(&self) -> io::Result<u64> {
        let mut ffmpeg = self.spawn().await?;
        let words = LastWords::default();
        ffmpeg.stderr.take().map(|pipe| tokio::spawn(crate::transcode::follow_stderr(pipe, words.clone())));
        let Some(mut output) = ffmpeg.stdout.take() else { return Ok(0) };
        let bytes = self.pass_on(&mut output).await;
        // Whatever it still wants to do: its connection is of no use any more.
        ffmpeg.kill().await?;
        tracing::debug!(stream = self.stream, bytes, stderr = words.text(), "an SRT connection has ended");
        Ok(bytes)
    }

    async fn spawn(&self) -> io::Result<Child> {
        let mut child = Command::new(&self.hub.ffmpeg.ffmpeg)
            .args(["-hide_banner", "-nostats", "-loglevel", "warning"])
            .args(["-f", "concat", "-safe", "0", "-protocol_whitelist", "pipe,srt", "-i", "pipe:0"])
            .args(["-map", "0:v:0?", "-map", "0:a:0?", "-c", "copy"])
            .args(["-muxdelay", "0", "-muxpreload", "0", "-flush_packets", "1", "-f", "mpegts", "pipe:1"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(self.script().as_bytes()).await?;
        }
        Ok(child)
    }

    /// A key is hexadecimal digits, so nothing in the script needs quoting; another text would not have passed the check.
    fn script(&self) -> String {
        let latency_us = u64::from(self.latency_ms) * 1000;
        format!(
            "ffconcat version 1.0\n\
             file 'srt://{}?mode=listener&passphrase={}&pbkeylen=16&latency={latency_us}'\n\
             option analyzeduration 500000\n\
             option probesize 300000\n",
            self.address, self.key
        )
    }

    /// The publisher takes the stream's place with its first bytes, not by listening.
    async fn pass_on(&self, output: &mut ChildStdout) -> u64 {
        let mut bytes = 0;
        let mut buffer = BytesMut::new();
        let mut publisher: Option<Publisher> = None;
        loop {
            buffer.reserve(READ_BYTES);
            let read = tokio::select! {
                read = output.read_buf(&mut buffer) => read,
                reason = dismissed(publisher.as_ref()) => {
                    tracing::info!(stream = self.stream, %reason, "an SRT publisher is sent away");
                    return bytes;
                }
            };
            match read {
                Ok(read) if read > 0 => bytes += read as u64,
                _ => return bytes,
            }
            let chunk = SourceChunk::new(buffer.split().freeze(), true);
            let sent = match self.publisher(&mut publisher) {
                Ok(publisher) => publisher.send(chunk).await,
                Err(reason) => Err(reason),
            };
            if let Err(reason) = sent {
                tracing::info!(stream = self.stream, %reason, "an SRT publisher is sent away");
                return bytes;
            }
        }
    }

    fn publisher<'a>(&self, known: &'a mut Option<Publisher>) -> Result<&'a Publisher, crate::error::PublishError> {
        match known {
            Some(publisher) => Ok(publisher),
            None => {
                let fresh = self.hub.publish(self.stream, self.key_id, ORIGIN)?;
                Ok(known.insert(fresh))
            }
        }
    }
}

async fn dismissed(publisher: Option<&Publisher>) -> crate::error::PublishError {
    match publisher {
        Some(publisher) => publisher.dismissed().await,
        None => std::future::pending().await,
    }
}
