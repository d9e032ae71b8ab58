//! Recordings that a request may have.

use super::{error::ApiError, state::Catalogue};
use crate::live::Recorded;
use std::sync::Arc;
use tick_stream_primitives::StreamId;
use vilokanam_wire::RecordingRef;

/// Returns a recording for a viewer, who names an unlisted one by its token as well.
pub async fn shown(catalogue: &Catalogue, stream: StreamId, named: &RecordingRef) -> Result<Arc<Recorded>, ApiError> {
    catalogue.rules.check_served(stream)?;
    let found = catalogue.recordings.shown(stream, named).await?;
    found.ok_or_else(|| no_recording(stream, named.number))
}

/// There is no such recording, or not for this request.
pub fn no_recording(stream: StreamId, number: u64) -> ApiError {
    ApiError::not_found(format!("Stream {stream} has no recording {number}."))
}
