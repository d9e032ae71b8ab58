//! SRT: one listener per stream, on its own port, opened and closed by the creator.
//!
//! A listener is an ffmpeg that passes packets on. The publish key is the passphrase of SRT, so a publisher with
//! another key is refused within the handshake, before anything is decoded. This needs the key in clear: it comes from
//! the creator's request, and is kept as long as the listener is open. ffmpeg reads it from a pipe rather than from its
//! arguments, which every user of the machine can see.

mod relay;

use crate::{config::SrtConfig, error::SrtError, hub::Hub};
use parking_lot::Mutex;
use std::{
    collections::HashMap,
    net::{IpAddr, UdpSocket},
    sync::{
        atomic::{AtomicU64, Ordering},
        Arc,
    },
};
use tokio_util::sync::CancellationToken;

/// An open SRT listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SrtEndpoint {
    /// The stream that is published there.
    pub stream: u64,
    /// UDP port. The URL for the publisher is `srt://<gateway>:<port>?passphrase=<publish key>&pbkeylen=16`.
    pub port: u16,
}

/// All open listeners. There are at most as many as ports.
#[derive(Debug)]
pub(crate) struct SrtListeners {
    config: SrtConfig,
    open: Mutex<HashMap<u64, Listener>>,
    /// Number of listeners opened so far.
    opened: AtomicU64,
}

#[derive(Debug)]
struct Listener {
    port: u16,
    /// Tells this listener from an earlier one of the same stream and port.
    number: u64,
    close: CancellationToken,
}

impl SrtListeners {
    pub fn new(config: SrtConfig) -> Self {
        Self { config, open: Mutex::default(), opened: AtomicU64::new(0) }
    }

    /// Opens a listener with the key as passphrase. It replaces an open listener of the stream.
    pub fn open(
        self: &Arc<Self>,
        hub: &Arc<Hub>,
        stream: u64,
        key: &str,
        peer: IpAddr,
    ) -> Result<SrtEndpoint, SrtError> {
        let key_id = hub.keys.check(stream, key, peer)?;
        if !hub.ffmpeg.has_srt {
            return Err(SrtError::Unsupported);
        }
        if hub.closing.is_cancelled() {
            return Err(SrtError::ShuttingDown);
        }
        let mut open = self.open.lock();
        if let Some(old) = open.remove(&stream) {
            old.close.cancel();
        }
        let port = self.free_port(&open)?;
        let close = hub.closing.child_token();
        let relay = relay::Relay {
            hub: hub.clone(),
            stream,
            key: key.to_owned(),
            key_id,
            address: (self.config.bind, port).into(),
            latency_ms: self.config.latency_ms,
        };
        let number = self.opened.fetch_add(1, Ordering::Relaxed);
        let (listeners, closing) = (self.clone(), close.clone());
        hub.tasks.spawn(async move {
            relay.run(&closing).await;
            listeners.remove(stream, number);
        });
        open.insert(stream, Listener { port, number, close });
        Ok(SrtEndpoint { stream, port })
    }

    /// Closes the listener of a stream. Returns whether there was one.
    pub fn close(&self, stream: u64) -> bool {
        let closed = self.open.lock().remove(&stream);
        closed.map(|listener| listener.close.cancel()).is_some()
    }

    /// Removes a listener that has ended by itself. A newer listener of the stream stays.
    fn remove(&self, stream: u64, number: u64) {
        let mut open = self.open.lock();
        if open.get(&stream).is_some_and(|listener| listener.number == number) {
            open.remove(&stream);
        }
    }

    fn free_port(&self, open: &HashMap<u64, Listener>) -> Result<u16, SrtError> {
        let mut ports = self.config.first_port..=self.config.last_port;
        let count = ports.len();
        let is_free = |port: &u16| {
            // The port may still be in use by the ffmpeg of a listener that was just closed, or by another program.
            open.values().all(|listener| listener.port != *port) && UdpSocket::bind((self.config.bind, *port)).is_ok()
        };
        ports.find(is_free).ok_or(SrtError::NoPort(count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_replaced_listener_leaves_the_new_one_open() {
        let listeners = SrtListeners::new(SrtConfig::default());
        let insert = |number| {
            let listener = Listener { port: 9_000, number, close: CancellationToken::new() };
            listeners.open.lock().insert(7, listener);
        };
        insert(0);
        insert(1);
        listeners.remove(7, 0);
        assert!(listeners.close(7), "the new listener can still be closed");
        insert(2);
        listeners.remove(7, 2);
        assert!(!listeners.close(7), "a listener that ended by itself is gone");
    }
}
