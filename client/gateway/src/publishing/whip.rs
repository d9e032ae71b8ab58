//! Sessions of WHIP, for the API.

use super::Publishing;
use std::net::IpAddr;
use tick_stream_primitives::StreamId;
use vilokanam_ingest::{WhipError, WhipSession};

impl Publishing {
    /// Answers the offer of a publisher, and begins its session.
    pub fn publish_whip(
        &self,
        stream: StreamId,
        key: &str,
        peer: IpAddr,
        offer: &str,
    ) -> Result<WhipSession, WhipError> {
        self.ingest.publish_whip(stream, key, peer, offer)
    }

    /// Ends a session. Returns false when there is none.
    pub fn end_whip(&self, stream: StreamId, id: &str) -> bool {
        self.ingest.end_whip(stream, id)
    }

    /// Whether the stream has such a session.
    pub fn has_whip(&self, stream: StreamId, id: &str) -> bool {
        self.ingest.has_whip(stream, id)
    }
}
