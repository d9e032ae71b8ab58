//! Granting previews.

use super::{PreviewRequest, Previewed};
use crate::{error::PreviewError, paywall::Paywall};

impl Paywall {
    /// Grants keys of a preview. Nothing of it is written to the disk.
    ///
    /// # Errors
    ///
    /// [`PreviewError`] if the request is invalid, or the preview has too few ticks left for all of its keys.
    pub fn preview(&self, request: PreviewRequest<'_>) -> Result<Previewed, PreviewError> {
        let granted = self.grant_preview(&request);
        match &granted {
            Ok(previewed) => self.counters.preview_keys.add(u64::from(previewed.released.count)),
            Err(_) => self.counters.previews_refused.increment(),
        }
        granted
    }

    fn grant_preview(&self, request: &PreviewRequest<'_>) -> Result<Previewed, PreviewError> {
        request.wanted.check(request.costs)?;
        let unknown = PreviewError::StreamUnknown { stream: request.stream };
        let terms = self.streams.get(request.stream).ok_or(unknown)?;
        self.previews.take(request, &terms, &self.config())
    }
}
