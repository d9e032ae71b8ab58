//! SRT: one listener for all streams, which tells them apart by their stream ids, and a port for each stream, for encoders
//! that cannot send one.
//!
//! The publish key is the passphrase of SRT, so a publisher with another key is refused within the handshake. This needs
//! the key in clear: it comes from the creator's request, and is kept until the creator closes the listener or revokes the
//! key, in memory and in [`SrtConfig::file`], so that encoders go on after a restart.

mod filter;
mod listener;
mod port_table;
mod receive;
mod ring;
mod stream_id;

pub(crate) use filter::{bind, Peers};
pub(crate) use receive::next;

use crate::{config::SrtConfig, error::SrtError, hub::Hub, publish_key::KeyId};
use listener::{Listener, PortUse};
use port_table::PortTable;
use ring::KeyRing;
use std::{
    net::{IpAddr, UdpSocket},
    sync::Arc,
};
use tokio_util::sync::CancellationToken;

/// Where a stream may be published by SRT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SrtEndpoint {
    /// The stream that is published there.
    pub stream: u64,
    /// UDP port of this stream alone, if there was one left: `srt://<gateway>:<port>?passphrase=<publish key>&pbkeylen=16`.
    pub own_port: Option<u16>,
    /// UDP port of all streams:
    /// `srt://<gateway>:<port>?streamid=#!::r=<stream>,m=publish&passphrase=<publish key>&pbkeylen=16`.
    pub shared_port: u16,
}

/// All listeners.
#[derive(Debug)]
pub(crate) struct SrtListeners {
    config: SrtConfig,
    ring: Arc<KeyRing>,
}

impl SrtListeners {
    /// Listens for all streams, and for those that were open before a restart.
    pub fn start(hub: Arc<Hub>, config: SrtConfig) -> Self {
        let ports = PortTable::open(&config);
        let remembered = ports.opened();
        let closing = hub.closing.child_token();
        let listeners = Self { config, ring: Arc::new(KeyRing::new(hub, ports)) };
        listeners.listen(PortUse::Shared, listeners.config.first_port, None, closing);
        for (stream, port, key) in remembered {
            match listeners.ring.hub.keys.id_of(stream, &key) {
                Some(key_id) => listeners.insert((stream, port), &key, key_id, None),
                None => drop(listeners.ring.close(stream)),
            }
        }
        listeners
    }

    /// Opens a listener with the key as passphrase. If one is open for the stream, its next publisher needs this key.
    pub fn open(&self, stream: u64, key: &str, peer: IpAddr) -> Result<SrtEndpoint, SrtError> {
        let hub = &self.ring.hub;
        let key_id = hub.keys.check(stream, key, peer)?;
        if hub.closing.is_cancelled() {
            return Err(SrtError::ShuttingDown);
        }
        // The form in which encoders have it.
        let key = key.trim().to_ascii_lowercase();
        let mut socket = None;
        // Another program may use a port.
        let is_free = |port: u16| {
            socket = bind((self.config.bind, port).into(), Peers::PublishersOfOne).ok();
            socket.is_some()
        };
        let own_port = self.ring.ports.lock().enter(stream, &key, is_free);
        self.insert((stream, own_port), &key, key_id, socket);
        Ok(SrtEndpoint { stream, own_port, shared_port: self.config.first_port })
    }

    /// Listens for a stream. `socket` is that of its port, if it is bound already.
    fn insert(&self, (stream, port): (u64, Option<u16>), key: &str, key_id: KeyId, socket: Option<UdpSocket>) {
        if let (Some(close), Some(port)) = (self.ring.insert(stream, key, key_id), port) {
            self.listen(PortUse::Own(stream), port, socket, close);
        }
    }

    fn listen(&self, port_use: PortUse, port: u16, socket: Option<UdpSocket>, close: CancellationToken) {
        let address = (self.config.bind, port).into();
        let listener = Listener { ring: self.ring.clone(), port_use, address, latency_ms: self.config.latency_ms };
        self.ring.hub.tasks.spawn(async move { close.run_until_cancelled(listener.run(socket, close.clone())).await });
    }

    /// Closes the listener of a stream, and disconnects its publisher. The stream keeps its port for the next time.
    /// Returns whether there was a listener.
    pub fn close(&self, stream: u64) -> bool {
        self.ring.close(stream)
    }
}
