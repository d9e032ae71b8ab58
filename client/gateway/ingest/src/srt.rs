//! SRT: a listener for a stream, on a port of its own, while its creator wants one.
//!
//! The listener is an ffmpeg that only passes packets on. The publish key is SRT's passphrase: a publisher with another one is
//! refused within SRT's handshake, before anything is decoded. That needs the key in clear, which is why it is passed in by
//! the creator's call and held only as long as the listener. It reaches ffmpeg through a pipe, not in its arguments, where
//! every user of the machine could read it.

mod relay;

use crate::{config::SrtConfig, error::SrtError, hub::Hub};
use parking_lot::Mutex;
use std::{
    collections::HashMap,
    net::{IpAddr, UdpSocket},
    sync::Arc,
};
use tokio_util::sync::CancellationToken;

/// Where a publisher may send to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SrtEndpoint {
    pub stream: u64,
    /// UDP. The publisher's URL is `srt://<gateway>:<port>?passphrase=<publish key>&pbkeylen=16`.
    pub port: u16,
}

/// All listeners; as many as ports at most.
#[derive(Debug)]
pub(crate) struct SrtListeners {
    config: SrtConfig,
    open: Mutex<HashMap<u64, Listener>>,
}

#[derive(Debug)]
struct Listener {
    port: u16,
    close: CancellationToken,
}

impl SrtListeners {
    pub fn new(config: SrtConfig) -> Self {
        Self { config, open: Mutex::default() }
    }

    /// Listens for the stream, with the key as passphrase; anew, if it listened already.
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
        let (listeners, closing) = (self.clone(), close.clone());
        hub.tasks.spawn(async move {
            relay.run(&closing).await;
            listeners.forget(stream, port);
        });
        open.insert(stream, Listener { port, close });
        Ok(SrtEndpoint { stream, port })
    }

    pub fn close(&self, stream: u64) -> bool {
        let closed = self.open.lock().remove(&stream);
        closed.map(|listener| listener.close.cancel()).is_some()
    }

    /// The listener has ended by itself.
    fn forget(&self, stream: u64, port: u16) {
        let mut open = self.open.lock();
        if open.get(&stream).is_some_and(|listener| listener.port == port && !listener.close.is_cancelled()) {
            open.remove(&stream);
        }
    }

    fn free_port(&self, open: &HashMap<u64, Listener>) -> Result<u16, SrtError> {
        let mut ports = self.config.first_port..=self.config.last_port;
        let count = ports.len();
        let is_free = |port: &u16| {
            // One that was closed a moment ago may still be held by its ffmpeg, and others by other programs.
            open.values().all(|listener| listener.port != *port) && UdpSocket::bind((self.config.bind, *port)).is_ok()
        };
        ports.find(is_free).ok_or(SrtError::NoPort(count))
    }
}
