//! Jobs of the gateway, which make recordings of uploads and clips: waiting for one.

use serde_json::json;
use std::time::Duration;
use vilokanam_terminal::{
    answer::{facts, Answer},
    status_line::StatusLine,
    CommandError,
};
use vilokanam_viewer::gateway::{GatewayClient, GatewayError};
use vilokanam_wire::{
    uploads::{JobView, WorkState},
    StreamRef,
};

/// Interval at which the gateway is asked.
const ASK_EVERY: Duration = Duration::from_secs(1);

async fn job(gateway: &GatewayClient, id: &str) -> Result<JobView, GatewayError> {
    gateway.get(&format!("/v1/jobs/{id}"), &[]).await
}

/// Returns how far a job is.
pub async fn show(gateway: &GatewayClient, id: &str) -> Result<Answer, CommandError> {
    Ok(answer(&job(gateway, id).await?))
}

/// Waits until a job is over.
pub async fn wait(gateway: &GatewayClient, id: &str, line: &StatusLine) -> Result<Answer, CommandError> {
    loop {
        let job = match job(gateway, id).await {
            Err(error) if error.is_temporary() => {
                line.set(format!("{error}; trying again"));
                tokio::time::sleep(ASK_EVERY).await;
                continue;
            }
            found => found?,
        };
        match job.state {
            WorkState::Processing => line.set(format!("Making the recording: {:.0} %", job.progress * 100.0)),
            WorkState::Ready => return Ok(answer(&job)),
            WorkState::Failed => {
                let why = job.error.unwrap_or_else(|| "The gateway gives no reason.".into());
                return Err(CommandError::failed(
                    format!("the recording was not made. {why}"),
                    "Correct the file, or choose another one, and give the command again.",
                ));
            }
        }
        tokio::time::sleep(ASK_EVERY).await;
    }
}

/// The answer when Ctrl-C has interrupted the work. `job` is the job, if it has begun.
pub fn interrupted(stream: StreamRef, job: Option<&str>) -> Answer {
    let json = json!({ "stream": stream, "job": job, "is_interrupted": true });
    let words = match job {
        None => "Interrupted. The same command goes on with the upload.".to_owned(),
        Some(job) => {
            format!("Interrupted. The gateway goes on making the recording: `vilokanam jobs show {job}` says how far it is.")
        }
    };
    Answer::new(json, words)
}

/// How other commands name the recording that a job makes.
pub fn reference_of(job: &JobView) -> Option<String> {
    job.reference.clone().or_else(|| job.recording.map(|number| number.to_string()))
}

/// Returns the words for the state of a job.
pub fn state_in_words(job: &JobView) -> String {
    match job.state {
        WorkState::Processing => format!("being made, {:.0} %", job.progress * 100.0),
        WorkState::Ready => "ready".into(),
        WorkState::Failed => "failed".into(),
    }
}

fn answer(job: &JobView) -> Answer {
    let mut lines = vec![("job", job.id.clone()), ("stream", job.stream.to_string())];
    lines.extend(reference_of(job).map(|named| ("recording", named)));
    lines.push(("state", state_in_words(job)));
    lines.extend(job.error.clone().map(|error| ("reason", error)));
    Answer::new(job, facts(&lines))
}
