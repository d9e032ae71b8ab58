//! Jobs as the API shows them.

use super::input::JobOutput;
use vilokanam_indexer::{JobRow, JobState};
use vilokanam_wire::{
    scalars::rfc3339,
    uploads::{JobView, WorkState},
    StreamRef,
};

/// Returns the view of a job. What it needs is not shown: the id of its upload is a secret.
pub fn job_view(job: &JobRow) -> JobView {
    let state = match job.state {
        JobState::Waiting | JobState::Running => WorkState::Processing,
        JobState::Done => WorkState::Ready,
        JobState::Failed | JobState::Cancelled => WorkState::Failed,
    };
    JobView {
        id: job.id.clone(),
        kind: job.kind.clone(),
        stream: StreamRef(job.stream),
        state,
        progress: f64::from(job.progress_ppm.min(1_000_000)) / 1e6,
        error: (!job.error.is_empty()).then(|| job.error.clone()),
        recording: JobOutput::of(job).recording,
        // Known to the caller who reads the recording.
        reference: None,
        created_at: rfc3339(job.created_at),
        updated_at: rfc3339(job.updated_at),
    }
}
