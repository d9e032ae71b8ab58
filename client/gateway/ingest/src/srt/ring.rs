//! The streams that may be published by SRT, and their keys.

use super::port_table::PortTable;
use crate::{hub::Hub, publish_key::KeyId};
use parking_lot::Mutex;
use std::{collections::HashMap, sync::Arc};
use tokio_util::sync::CancellationToken;

/// A stream that may be published.
#[derive(Clone, Debug)]
pub(super) struct Opened {
    pub key: String,
    pub key_id: KeyId,
    /// Cancelled when the listener of the stream is closed.
    pub close: CancellationToken,
}

/// All streams with an open listener. There are at most as many as ports.
#[derive(Debug)]
pub(super) struct KeyRing {
    pub hub: Arc<Hub>,
    pub ports: Mutex<PortTable>,
    opened: Mutex<HashMap<u64, Opened>>,
}

impl KeyRing {
    pub fn new(hub: Arc<Hub>, ports: PortTable) -> Self {
        Self { hub, ports: Mutex::new(ports), opened: Mutex::default() }
    }

    /// Sets the key of a stream. Returns the token that closes its listener if the listener is new.
    pub fn insert(&self, stream: u64, key: &str, key_id: KeyId) -> Option<CancellationToken> {
        let mut opened = self.opened.lock();
        if let Some(known) = opened.get_mut(&stream) {
            (known.key, known.key_id) = (key.to_owned(), key_id);
            return None;
        }
        let close = self.hub.closing.child_token();
        opened.insert(stream, Opened { key: key.to_owned(), key_id, close: close.clone() });
        Some(close)
    }

    /// Closes the listener of a stream, and disconnects its publisher. Returns whether there was one.
    pub fn close(&self, stream: u64) -> bool {
        let closed = self.opened.lock().remove(&stream);
        self.ports.lock().close(stream);
        closed.map(|opened| opened.close.cancel()).is_some()
    }

    /// The key of a stream, if the stream may be published. A listener whose key was revoked is closed.
    pub fn key_of(&self, stream: u64) -> Option<Opened> {
        let opened = self.opened.lock().get(&stream).cloned()?;
        if self.hub.keys.id_of(stream, &opened.key).is_some() {
            return Some(opened);
        }
        tracing::info!(stream, "the SRT listener is closed, because its publish key was revoked");
        self.close(stream);
        None
    }
}
