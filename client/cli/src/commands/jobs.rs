//! `vilokanam jobs`: work of the gateway on uploads and clips.

use super::job;
use crate::context::Context;
use clap::Subcommand;
use reqwest::Method;
use serde_json::json;
use vilokanam_terminal::{answer::table, Answer, CommandError};
use vilokanam_wire::{uploads::JobView, StreamRef};

/// Work of the gateway on uploads and clips.
#[derive(Clone, Debug, Subcommand)]
pub enum Jobs {
    /// List the jobs of a stream, those of the last week included
    List {
        /// Number of the stream
        stream: StreamRef,
    },
    /// Show how far a job is
    Show {
        /// Id of the job, as `vilokanam upload` prints it
        job: String,
    },
    /// Cancel a job; nothing of it is left
    Cancel {
        /// Id of the job
        job: String,
    },
}

/// Carries out a command on jobs.
pub async fn run(context: &Context, jobs: Jobs) -> Result<Answer, CommandError> {
    let gateway = context.gateway()?;
    match jobs {
        Jobs::List { stream } => {
            let path = "/v1/jobs";
            let query = [("stream", stream.to_string())];
            let request = gateway.request_as(&context.signer()?, Method::GET, path).await?.query(&query);
            let found: Vec<JobView> = gateway.json(path, gateway.send(request).await?).await?;
            Ok(Answer::new(&found, table(&["job", "kind", "begun", "state", "recording"], found.iter().map(row))))
        }
        Jobs::Show { job } => job::show(&gateway, &job).await,
        Jobs::Cancel { job } => {
            let path = format!("/v1/jobs/{job}");
            gateway.send_as(&context.signer()?, Method::DELETE, &path, None::<&()>).await?;
            Ok(Answer::new(json!({ "job": job, "is_cancelled": true }), format!("Job {job} is cancelled.")))
        }
    }
}

fn row(job: &JobView) -> [String; 5] {
    let made = job::reference_of(job).or_else(|| job.error.clone()).unwrap_or_default();
    [job.id.clone(), job.kind.clone(), job.created_at.clone(), job::state_in_words(job), made]
}
