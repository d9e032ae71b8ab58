//! Where the media of a pulled source goes.

use crate::{
    broadcast::Protocol,
    error::PublishError,
    hub::Hub,
    publish_key::KeyId,
    source::{Container, Origin, Publisher},
};
use std::sync::Arc;
use vilokanam_outbound::Outbound;

/// A stream, and how its source is reached.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub hub: Arc<Hub>,
    pub stream: u64,
    pub outbound: Outbound,
}

impl Target {
    pub fn origin(&self, container: Container) -> Origin {
        Origin { protocol: Protocol::Pull, container, peer: None }
    }

    /// Publishes the stream. A pulled source has no publish key: its creator has set it.
    pub fn publish(&self, container: Container) -> Result<Publisher, PublishError> {
        self.hub.publish(self.stream, KeyId::default(), self.origin(container))
    }
}
