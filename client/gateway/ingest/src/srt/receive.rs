//! One connection of a publisher: its packets go to the broadcast.

use crate::{
    broadcast::Protocol,
    error::PublishError,
    hub::Hub,
    publish_key::KeyId,
    source::{Container, Origin, Publisher, SourceChunk},
};
use bytes::{Bytes, BytesMut};
use futures::{FutureExt, StreamExt};
use srt_tokio::SrtSocket;
use std::{collections::VecDeque, net::IpAddr, sync::Arc, time::Duration};
use tokio::time::sleep;

/// Number of bytes that are passed on at once, if they are there.
const CHUNK_BYTES: usize = 64 * 1024;
/// Maximum number of bytes that wait beside those that wait in the broadcast.
const MAX_BACKLOG_BYTES: usize = 8 << 20;
/// Time after which the broadcast is asked again for room, if nothing new has come.
const RETRY: Duration = Duration::from_millis(100);

/// Passes on what a publisher sends until it disconnects or is disconnected. The stream counts as published from the
/// first packet, not from the handshake.
pub(super) async fn run(hub: &Arc<Hub>, mut socket: SrtSocket, stream: u64, key: KeyId, peer: IpAddr) {
    let end = pass_on(hub, &mut socket, stream, key, peer).await;
    if let Err(reason) = end {
        tracing::info!(stream, %peer, %reason, "an SRT publisher is disconnected");
    }
    // An error means that the connection has ended already.
    let _ = socket.close_and_finish().await;
}

async fn pass_on(
    hub: &Arc<Hub>,
    socket: &mut SrtSocket,
    stream: u64,
    key: KeyId,
    peer: IpAddr,
) -> Result<(), PublishError> {
    let origin = Origin { protocol: Protocol::Srt, container: Container::MpegTs, peer: Some(peer) };
    let mut publisher: Option<Publisher> = None;
    let mut backlog = Backlog::default();
    loop {
        let chunk = tokio::select! {
            chunk = next(socket) => chunk,
            reason = dismissed(publisher.as_ref()) => return Err(reason),
            () = sleep(RETRY), if !backlog.chunks.is_empty() => Some(Bytes::new()),
        };
        let Some(chunk) = chunk else { break };
        let publisher = match &publisher {
            Some(publisher) => publisher,
            None => publisher.insert(hub.publish(stream, key, origin)?),
        };
        if !backlog.add(chunk) {
            tracing::warn!(stream, %peer, "an SRT publisher sends more than can be transcoded; a part of it is dropped");
        }
        backlog.send(publisher).await?;
    }
    match &publisher {
        Some(publisher) => backlog.finish(publisher).await,
        None => Ok(()),
    }
}

/// What the broadcast cannot take yet. It waits here, because a connection that is not read from stops the task that serves
/// all connections of its port.
#[derive(Debug, Default)]
struct Backlog {
    chunks: VecDeque<SourceChunk>,
    bytes: usize,
}

impl Backlog {
    /// Adds a chunk, or drops everything if too much waits. Returns whether nothing was dropped.
    fn add(&mut self, chunk: Bytes) -> bool {
        let is_full = self.bytes + chunk.len() > MAX_BACKLOG_BYTES;
        if is_full {
            (self.chunks, self.bytes) = (VecDeque::new(), 0);
        }
        if !chunk.is_empty() {
            self.bytes += chunk.len();
            self.chunks.push_back(SourceChunk::new(chunk, true));
        }
        !is_full
    }

    /// Sends as much as the broadcast has room for, without waiting.
    async fn send(&mut self, publisher: &Publisher) -> Result<(), PublishError> {
        while let Some(chunk) = self.chunks.pop_front() {
            if !publisher.has_room(chunk.bytes.len()) {
                self.chunks.push_front(chunk);
                break;
            }
            self.bytes -= chunk.bytes.len();
            publisher.send(chunk).await?;
        }
        Ok(())
    }

    /// Sends the rest of a connection that has ended.
    async fn finish(self, publisher: &Publisher) -> Result<(), PublishError> {
        for chunk in self.chunks {
            publisher.send(chunk).await?;
        }
        Ok(())
    }
}

/// The next packet, and those after it that are there as well. `None`: the connection has ended.
pub(crate) async fn next(socket: &mut SrtSocket) -> Option<Bytes> {
    let (_, first) = socket.next().await?.ok()?;
    let Some(Some(Ok((_, second)))) = socket.next().now_or_never() else { return Some(first) };
    let mut chunk = BytesMut::with_capacity(CHUNK_BYTES);
    chunk.extend_from_slice(&first);
    chunk.extend_from_slice(&second);
    while chunk.len() < CHUNK_BYTES {
        let Some(Some(Ok((_, more)))) = socket.next().now_or_never() else { break };
        chunk.extend_from_slice(&more);
    }
    Some(chunk.freeze())
}

/// Waits until the publisher is disconnected, for ever if there is none.
async fn dismissed(publisher: Option<&Publisher>) -> PublishError {
    match publisher {
        Some(publisher) => publisher.dismissed().await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::connect;

    #[tokio::test]
    async fn broadcast_that_takes_nothing_stops_no_connection() {
        let origin = Origin { protocol: Protocol::Srt, container: Container::MpegTs, peer: None };
        let (publisher, mut source, _slot) = connect(KeyId::default(), origin);
        let mut backlog = Backlog::default();
        let chunk = |number: u8| Bytes::from(vec![number; CHUNK_BYTES]);
        let mut added = 0;
        // More than the broadcast and the backlog have room for. A connection that waited would never come to the end.
        while backlog.add(chunk(0)) {
            backlog.send(&publisher).await.unwrap();
            added += CHUNK_BYTES;
        }
        assert!(added > MAX_BACKLOG_BYTES && source.buffered_bytes() > MAX_BACKLOG_BYTES, "{added}");
        assert_eq!(backlog.bytes, CHUNK_BYTES, "what waited was dropped");
        // When the broadcast takes the rest, what comes next follows it.
        assert!(backlog.add(chunk(1)));
        let taking = async {
            let mut last = 0;
            while let Some(chunk) = source.recv().await {
                last = chunk.bytes[0];
            }
            last
        };
        let finishing = async {
            backlog.finish(&publisher).await.unwrap();
            drop(publisher);
        };
        assert_eq!(tokio::join!(taking, finishing).0, 1);
    }
}
