//! Pulled sources, for the API.

use super::Publishing;
use tick_stream_primitives::StreamId;
use vilokanam_ingest::PullError;
use vilokanam_wire::{scalars::rfc3339, source::PulledSource};

impl Publishing {
    /// Sets the URL from which a stream's video is pulled.
    pub async fn set_source(&self, stream: StreamId, url: &str) -> Result<(), PullError> {
        self.ingest.set_source(stream, url).await
    }

    /// Stops pulling. Returns false when there is no source.
    pub fn remove_source(&self, stream: StreamId) -> bool {
        self.ingest.remove_source(stream)
    }

    /// Streams that have a source.
    pub fn pulled_streams(&self) -> Vec<StreamId> {
        self.ingest.pulled_streams()
    }

    /// The pulled source of a stream.
    pub fn source(&self, stream: StreamId) -> Option<PulledSource> {
        let state = self.ingest.source(stream)?;
        Some(PulledSource {
            url: state.url,
            is_connected: state.is_connected,
            last_error: state.last_error.map(|reason| format!("The last attempt ended: {reason}.")),
            since: rfc3339(state.since_ms),
        })
    }
}
