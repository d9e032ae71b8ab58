//! `/v1/jobs`: work on uploads and clips.

use super::{
    creators::check_creator,
    error::ApiError,
    signed_in::SignedIn,
    state::{Catalogue, Creators, VideoWork},
};
use crate::jobs::{job_view, AddError};
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    Json,
};
use serde::Deserialize;
use std::sync::Arc;
use vilokanam_indexer::JobRow;
use vilokanam_wire::{uploads::JobView, Problem, RecordingRef, StreamRef};

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct JobQuery {
    /// Number of the stream.
    #[param(value_type = String)]
    stream: StreamRef,
}

/// Lists the jobs of a stream, the newest first.
#[utoipa::path(get, path = "/v1/jobs", tag = "creators", params(JobQuery), responses(
    (status = 200, body = Vec<JobView>), (status = 401, body = Problem), (status = 403, body = Problem),
))]
pub async fn list_jobs(
    State(creators): State<Arc<Creators>>,
    State(catalogue): State<Arc<Catalogue>>,
    Query(query): Query<JobQuery>,
    who: SignedIn,
) -> Result<Json<Vec<JobView>>, ApiError> {
    let stream = query.stream.0;
    check_creator(&creators, &who, stream).await?;
    let found = catalogue.index.jobs_of(stream).await.map_err(|error| ApiError::internal(&error))?;
    let mut views = Vec::with_capacity(found.len());
    for job in &found {
        views.push(view_of(&catalogue, job).await?);
    }
    Ok(Json(views))
}

/// Returns a job. Its id, of 128 random bits, is known to its creator: no sign-in is needed, so that a page can follow it
/// without asking the wallet.
#[utoipa::path(get, path = "/v1/jobs/{id}", tag = "creators", params(("id" = String, Path)), responses(
    (status = 200, body = JobView), (status = 404, body = Problem),
))]
pub async fn get_job(
    State(catalogue): State<Arc<Catalogue>>,
    Path(id): Path<String>,
) -> Result<Json<JobView>, ApiError> {
    Ok(Json(view_of(&catalogue, &job_of(&catalogue, &id).await?).await?))
}

/// The view of a job, with the address of a recording that is unlisted: a viewer who makes a clip knows it by nothing else.
async fn view_of(catalogue: &Catalogue, job: &JobRow) -> Result<JobView, ApiError> {
    let view = job_view(job);
    let Some(number) = view.recording else { return Ok(view) };
    let made = catalogue.index.any_recording(job.stream, number).await.map_err(|error| ApiError::internal(&error))?;
    let token = made.filter(|row| row.deleted_at.is_none() && !row.token.is_empty()).map(|row| row.token);
    Ok(JobView { reference: token.map(|token| RecordingRef { number, token: Some(token) }.to_string()), ..view })
}

/// Cancels a job. Nothing of it is left.
#[utoipa::path(delete, path = "/v1/jobs/{id}", tag = "creators", params(("id" = String, Path)), responses(
    (status = 204), (status = 401, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
))]
pub async fn cancel_job(
    State(creators): State<Arc<Creators>>,
    State(catalogue): State<Arc<Catalogue>>,
    State(work): State<Arc<VideoWork>>,
    Path(id): Path<String>,
    who: SignedIn,
) -> Result<StatusCode, ApiError> {
    let job = job_of(&catalogue, &id).await?;
    check_creator(&creators, &who, job.stream).await?;
    match work.jobs.cancel(&id).await.map_err(|error| ApiError::internal(&error))? {
        Some(_) => Ok(StatusCode::NO_CONTENT),
        None => Err(ApiError::conflict("The job is over.").hint("Delete its recording instead, if it made one.")),
    }
}

async fn job_of(catalogue: &Catalogue, id: &str) -> Result<JobRow, ApiError> {
    let found = catalogue.index.job(id).await.map_err(|error| ApiError::internal(&error))?;
    found.ok_or_else(|| ApiError::not_found("There is no such job; jobs that are over are forgotten after a week."))
}

impl From<AddError> for ApiError {
    fn from(error: AddError) -> Self {
        match error {
            AddError::TooMany => Self::conflict(error.to_string()),
            AddError::Records(_) | AddError::Json(_) => Self::internal(&error),
        }
    }
}
