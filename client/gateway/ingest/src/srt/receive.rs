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
use std::{net::IpAddr, sync::Arc};

/// Number of bytes that are passed on at once, if they are there.
const CHUNK_BYTES: usize = 64 * 1024;

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
    loop {
        let chunk = tokio::select! {
            chunk = next(socket) => chunk,
            reason = dismissed(publisher.as_ref()) => return Err(reason),
        };
        let Some(chunk) = chunk else { return Ok(()) };
        let publisher = match &publisher {
            Some(publisher) => publisher,
            None => publisher.insert(hub.publish(stream, key, origin)?),
        };
        publisher.send(SourceChunk::new(chunk, true)).await?;
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
