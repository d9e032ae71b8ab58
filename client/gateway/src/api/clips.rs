//! `POST /v1/streams/{id}/clips`: clips of a broadcast that goes on, or of a recording.

use super::{
    bought::viewer_of,
    creators::is_creator,
    error::ApiError,
    signed_in::SignedIn,
    state::{ApiState, Catalogue, Creators, VideoWork},
    uploads::no_room,
};
use crate::{
    clips::{ClipError, ClipMaker},
    creator_settings::CreatorSettings,
    jobs::job_view,
    use_cases::{Bought, ViewerProofs},
};
use axum::{
    extract::{FromRef, Path, State},
    http::{HeaderMap, StatusCode},
    Json,
};
use std::sync::Arc;
use tick_stream_primitives::StreamId;
use vilokanam_wire::{
    bought::Wanted,
    codes,
    settings::ClipMakers,
    uploads::{JobView, NewClip},
    Problem,
};

/// Where it is looked up who may make clips.
#[derive(Clone)]
pub struct Makers {
    creators: Arc<Creators>,
    settings: Arc<CreatorSettings>,
    proofs: Arc<ViewerProofs>,
    bought: Arc<Bought>,
}

impl FromRef<ApiState> for Makers {
    fn from_ref(state: &ApiState) -> Self {
        let ApiState { creators, settings, proofs, bought, .. } = state.clone();
        Self { creators, settings, proofs, bought }
    }
}

impl Makers {
    /// Returns the viewer who makes a clip, if the creator lets viewers do so.
    async fn payer(&self, stream: StreamId, headers: &HeaderMap) -> Result<ClipMaker, ApiError> {
        let viewer = viewer_of(&self.proofs, (stream, Wanted::Clip), headers, None).await?;
        self.creators.moderation.check_may_speak(&viewer)?;
        let settings = self.settings.of(stream).await.map_err(|error| ApiError::internal(&error))?;
        if settings.clips != Some(ClipMakers::Payers) {
            return Err(ApiError::forbidden("The creator of this stream makes its clips."));
        }
        let paid = self.bought.ranges(&viewer, stream).await.map_err(|error| ApiError::internal(&error))?;
        Ok(ClipMaker::Payer { viewer, paid })
    }
}

/// Makes a clip of 5 to 120 s, which is a recording of its own.
///
/// The creator signs in. Where the creator lets viewers make clips (the setting `clips`), a viewer can as well, of what
/// the viewer has bought; such a clip is unlisted and costs ticks.
#[utoipa::path(post, path = "/v1/streams/{id}/clips", tag = "creators", params(("id" = u64, Path)), request_body = NewClip,
    responses((status = 202, body = JobView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)))]
pub async fn create_clip(
    State(makers): State<Makers>,
    State(catalogue): State<Arc<Catalogue>>,
    State(work): State<Arc<VideoWork>>,
    Path(stream): Path<StreamId>,
    who: Option<SignedIn>,
    headers: HeaderMap,
    body: String,
) -> Result<(StatusCode, Json<JobView>), ApiError> {
    let clip: NewClip = serde_json::from_str(&body)
        .map_err(|error| ApiError::bad_request(format!("The clip cannot be understood: {error}.")))?;
    catalogue.rules.check_served(stream)?;
    let maker = match who {
        Some(who) if is_creator(&makers.creators, Some(&who), stream).await? => {
            makers.creators.moderation.check_may_publish(&who.account).await?;
            ClipMaker::Creator(who.account)
        }
        _ => makers.payer(stream, &headers).await?,
    };
    work.room.check(stream, 0).await.map_err(|error| no_room(error, "clip"))?;
    let job = work.clips.cut(stream, maker, &clip).await?;
    Ok((StatusCode::ACCEPTED, Json(job_view(&job))))
}

impl From<ClipError> for ApiError {
    fn from(error: ClipError) -> Self {
        let detail = error.to_string();
        let refused = |detail| {
            Self::new(StatusCode::UNPROCESSABLE_ENTITY, codes::CLIP_REFUSED, "The clip cannot be made", detail)
        };
        match error {
            ClipError::Length { .. }
            | ClipError::Reversed
            | ClipError::Title
            | ClipError::OutOfRange(_)
            | ClipError::Interrupted
            | ClipError::TooLarge
            | ClipError::Expired => refused(detail),
            ClipError::NotBought => Self::forbidden(detail),
            ClipError::NotFree => refused(detail),
            ClipError::TooMany => Self::conflict(detail),
            ClipError::NotLive => Self::conflict(detail).hint("Name the number of a recording as the source."),
            ClipError::NoRecording(_) => Self::not_found(detail),
            ClipError::Busy => Self::unavailable(detail),
            ClipError::Upload(error) => error.into(),
            ClipError::Job(error) => error.into(),
            ClipError::Recording(_)
            | ClipError::Records(_)
            | ClipError::Secret(_)
            | ClipError::Key(_)
            | ClipError::NotJoined => Self::internal(&error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_say_whether_trying_again_helps() {
        let status = |error: ClipError| ApiError::from(error).to_problem().status;
        assert_eq!(status(ClipError::TooMany), 409, "tomorrow");
        assert_eq!(status(ClipError::Busy), 503, "in a few seconds");
    }
}
