//! One SRT listener: ffmpeg listens, one publisher at a time connects, and its packets go to the broadcast.

use crate::{
    broadcast::Protocol,
    error::PublishError,
    hub::Hub,
    publish_key::KeyId,
    source::{Container, Origin, Publisher, SourceChunk},
    transcode::{follow_stderr, StderrTail},
};
use bytes::BytesMut;
use std::{io, net::SocketAddr, process::Stdio, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    process::{Child, ChildStdout, Command},
    time::sleep,
};
use tokio_util::sync::CancellationToken;

/// Maximum number of bytes that are passed on at once: 348 packets, about 64 KB.
const READ_BYTES: usize = 188 * 348;
/// Pause before ffmpeg listens again. It doubles while nothing comes, up to the longest one.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Origin of the publisher. ffmpeg does not report the address of the peer.
const ORIGIN: Origin = Origin { protocol: Protocol::Srt, container: Container::MpegTs, peer: None };

/// Settings of a listener.
pub(super) struct Relay {
    pub hub: Arc<Hub>,
    pub stream: u64,
    pub key: String,
    pub key_id: KeyId,
    pub address: SocketAddr,
    pub latency_ms: u32,
}

impl Relay {
    /// Listens until it is closed, or until its key has been revoked and the publisher has disconnected.
    pub async fn run(self, close: &CancellationToken) {
        let mut pause = FIRST_PAUSE;
        while !close.is_cancelled() && self.hub.keys.is_valid(self.stream, &self.key) {
            let served = tokio::select! {
                served = self.serve() => served,
                () = close.cancelled() => return,
            };
            match served {
                Ok(0) => pause = (pause * 2).min(LONGEST_PAUSE),
                Ok(_) => pause = FIRST_PAUSE,
                Err(error) => {
                    tracing::warn!(stream = self.stream, %error, "an SRT listener could not be started");
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
            tokio::select! {
                () = sleep(pause) => {}
                () = close.cancelled() => return,
            }
        }
    }

    /// Serves one connection with one ffmpeg. Returns the number of bytes received.
    async fn serve(&self) -> io::Result<u64> {
        let mut ffmpeg = self.spawn().await?;
        let stderr = StderrTail::default();
        ffmpeg.stderr.take().map(|pipe| tokio::spawn(follow_stderr(pipe, stderr.clone())));
        let Some(mut output) = ffmpeg.stdout.take() else { return Ok(0) };
        let bytes = self.pass_on(&mut output).await;
        ffmpeg.kill().await?;
        tracing::debug!(stream = self.stream, bytes, stderr = stderr.text(), "an SRT connection has ended");
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

    /// The input of ffmpeg, which contains the passphrase. A valid key consists of hexadecimal digits, so nothing needs
    /// quoting.
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

    /// Passes on the packets of one connection. The stream counts as published from its first bytes, not while the
    /// listener waits.
    async fn pass_on(&self, output: &mut ChildStdout) -> u64 {
        let mut bytes = 0;
        let mut buffer = BytesMut::new();
        let mut publisher: Option<Publisher> = None;
        loop {
            buffer.reserve(READ_BYTES);
            let read = tokio::select! {
                read = output.read_buf(&mut buffer) => read,
                reason = dismissed(publisher.as_ref()) => {
                    tracing::info!(stream = self.stream, %reason, "an SRT publisher is disconnected");
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
                tracing::info!(stream = self.stream, %reason, "an SRT publisher is disconnected");
                return bytes;
            }
        }
    }

    fn publisher<'a>(&self, known: &'a mut Option<Publisher>) -> Result<&'a Publisher, PublishError> {
        match known {
            Some(publisher) => Ok(publisher),
            None => {
                let new = self.hub.publish(self.stream, self.key_id, ORIGIN)?;
                Ok(known.insert(new))
            }
        }
    }
}

/// Waits until the publisher is disconnected, for ever if there is none.
async fn dismissed(publisher: Option<&Publisher>) -> PublishError {
    match publisher {
        Some(publisher) => publisher.dismissed().await,
        None => std::future::pending().await,
    }
}
