//! `/v1/images`: pictures of streams and recordings, in the width and format that a browser asks for.

use super::{
    client_ip::ClientIp,
    error::ApiError,
    media::MEDIA_AGE,
    places::Places,
    representation::{Conditions, Representation},
    signed_in::SignedIn,
    state::{ApiState, Catalogue},
};
use crate::images::{ImageError, Images, RemoteError, MAX_IMAGE_BYTES};
use axum::{
    body::{Body, Bytes},
    extract::{Path, Query, State},
    http::{header, HeaderMap, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
    Json,
};
use bytes::BytesMut;
use futures::StreamExt;
use serde::Deserialize;
use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};
use tower_http::timeout::TimeoutLayer;
use utoipa_axum::{router::OpenApiRouter, routes};
use vilokanam_indexer::metadata::{Metadata, KEPT_THUMBNAIL};
use vilokanam_media::{picture::WIDTHS, PictureError, PictureFormat};
use vilokanam_wire::{codes, uploads::ImageView, Problem, StreamRef};

/// Longest time for a picture to arrive, wait for its turn and be decoded.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Pictures that arrive at the same time, in all and from one network, each with up to [`MAX_IMAGE_BYTES`] in memory.
const MAX_BODIES: usize = 8;
const MAX_BODIES_OF_NETWORK: usize = 2;
static BODIES: LazyLock<Arc<Places>> = LazyLock::new(|| Arc::new(Places::new(MAX_BODIES, MAX_BODIES_OF_NETWORK)));
/// Width that is given when none is asked for.
const USUAL_WIDTH: u32 = 640;

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default()
        .routes(routes!(keep_image))
        .routes(routes!(get_remote_image))
        .routes(routes!(get_image))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, TIMEOUT))
}

/// Stores a picture: the body is the file. Anybody who is signed in may, within the limit of an account.
#[utoipa::path(post, path = "/v1/images", tag = "creators",
    request_body(content_type = "image/*", description = "A JPEG, PNG, WebP or GIF of at most 10 MiB and 40 million pixels."),
    responses(
        (status = 201, body = ImageView),
        (status = 401, body = Problem, description = "`signed-out`"),
        (status = 408, body = Problem, description = "`timeout`"),
        (status = 409, body = Problem, description = "`conflict`: the account has as many pictures as it may."),
        (status = 413, body = Problem, description = "`too-large`"),
        (status = 422, body = Problem, description = "`picture-refused`: the detail says why."),
        (status = 503, body = Problem, description = "`unavailable`: the gateway is busy, or has no room."),
    ))]
async fn keep_image(
    State(images): State<Arc<Images>>,
    client: ClientIp,
    who: SignedIn,
    body: Body,
) -> Result<(StatusCode, Json<ImageView>), ApiError> {
    let place = BODIES.take(client.prefix());
    let _place = place.ok_or_else(|| ApiError::unavailable("The gateway is receiving other pictures."))?;
    let body = read(body).await?;
    let hash = images.keep(body, &who.account).await?;
    let url = format!("/v1/images/{hash}");
    Ok((StatusCode::CREATED, Json(ImageView { hash, widths: WIDTHS.to_vec(), url })))
}

/// Reads a picture, up to the limit.
async fn read(body: Body) -> Result<Bytes, ApiError> {
    let mut body = body.into_data_stream();
    let mut bytes = BytesMut::new();
    while let Some(next) = body.next().await {
        let next = next.map_err(|error| ApiError::bad_request(format!("The picture was cut off: {error}.")))?;
        if bytes.len() + next.len() > MAX_IMAGE_BYTES {
            return Err(ImageError::TooManyBytes { bytes: bytes.len() + next.len() }.into());
        }
        bytes.extend_from_slice(&next);
    }
    Ok(bytes.freeze())
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct ImageQuery {
    /// Width in pixels; the narrowest picture that is enough is given. 640 without it.
    width: Option<u32>,
}

/// Returns a picture, as WebP to browsers that accept it.
#[utoipa::path(get, path = "/v1/images/{hash}", tag = "pictures", params(("hash" = String, Path), ImageQuery), responses(
    (status = 200, content(("image/webp"), ("image/jpeg"))),
    (status = 206, description = "The range that was asked for."),
    (status = 304, description = "The picture is as it was."),
    (status = 404, body = Problem, description = "`not-found`"),
))]
async fn get_image(
    State(images): State<Arc<Images>>,
    Path(hash): Path<String>,
    Query(query): Query<ImageQuery>,
    headers: HeaderMap,
    conditions: Conditions,
) -> Result<Response, ApiError> {
    let format = format_for(&headers);
    let width = query.width.unwrap_or(USUAL_WIDTH);
    let found = images.get(&hash, width, format).await?;
    let body = found.ok_or_else(|| ApiError::not_found("The gateway has no such picture."))?;
    let representation =
        Representation { kind: format.media_type(), age: MEDIA_AGE, body, version: None, has_ranges: true };
    let mut response = representation.answer(&conditions);
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept"));
    Ok(response)
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct RemoteQuery {
    /// Number of the stream.
    #[param(value_type = String)]
    stream: StreamRef,
    /// Width in pixels, as of any picture.
    width: Option<u32>,
}

/// Leads to the picture that a stream's metadata names, which is fetched the first time.
#[utoipa::path(get, path = "/v1/images/remote", tag = "pictures", params(RemoteQuery), responses(
    (status = 302, description = "Where the picture is.", headers(("Location" = String, description = "Path at this gateway."))),
    (status = 403, body = Problem, description = "`stream-not-open`: the stream is suspended."),
    (status = 404, body = Problem, description = "`not-found`: the stream names no picture, or it cannot be fetched."),
    (status = 503, body = Problem, description = "`unavailable`: the gateway is fetching others."),
))]
async fn get_remote_image(
    State(catalogue): State<Arc<Catalogue>>,
    State(images): State<Arc<Images>>,
    Query(query): Query<RemoteQuery>,
) -> Result<Response, ApiError> {
    let stream = query.stream.0;
    catalogue.rules.check_served(stream)?;
    let missing = || ApiError::not_found(format!("Stream {stream} names no picture."));
    let row = catalogue.index.stream(stream).await?.ok_or_else(missing)?;
    let url = Metadata::decode(&row.value.metadata).thumbnail.ok_or_else(missing)?;
    let hash = match url.strip_prefix(KEPT_THUMBNAIL) {
        Some(hash) => hash.to_owned(),
        None => images.remote(&url, &row.value.creator).await?,
    };
    let width = query.width.unwrap_or(USUAL_WIDTH);
    let location = format!("/v1/images/{hash}?width={width}");
    let location = HeaderValue::from_str(&location).map_err(|error| ApiError::internal(&error))?;
    let age = HeaderValue::from_static("public, max-age=300");
    Ok((StatusCode::FOUND, [(header::LOCATION, location), (header::CACHE_CONTROL, age)]).into_response())
}

/// The format for a request: WebP if it is accepted by name, JPEG otherwise.
fn format_for(headers: &HeaderMap) -> PictureFormat {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let mut kinds = accepted.flat_map(|value| value.split(','));
    let is_webp = |kind: &str| {
        let mut parts = kind.split(';').map(str::trim);
        let is_named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("image/webp"));
        is_named && !parts.any(|part| part.strip_prefix("q=").is_some_and(|q| q.trim().parse::<f64>() == Ok(0.0)))
    };
    if kinds.any(is_webp) {
        PictureFormat::WebP
    } else {
        PictureFormat::Jpeg
    }
}

impl From<ImageError> for ApiError {
    fn from(error: ImageError) -> Self {
        let detail = error.to_string();
        match error {
            ImageError::TooManyBytes { .. } => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, codes::TOO_LARGE, "Too large", detail)
            }
            ImageError::Picture(PictureError::NotEncoded(_)) => Self::internal(&error),
            ImageError::Picture(_) => {
                let detail = capitalised(&detail);
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, codes::PICTURE_REFUSED, "The picture is refused", detail)
                    .hint("Send a JPEG, PNG, WebP or GIF of ordinary size.")
            }
            ImageError::TooMany { .. } | ImageError::TooMuch { .. } => Self::conflict(detail),
            ImageError::NoRoom | ImageError::Busy => Self::unavailable(detail),
            ImageError::Records(_) | ImageError::Store(_) | ImageError::Task(_) => Self::internal(&error),
        }
    }
}

impl From<RemoteError> for ApiError {
    fn from(error: RemoteError) -> Self {
        match error {
            RemoteError::Url(_) | RemoteError::Failed(_) => Self::not_found(capitalised(&error.to_string())),
            RemoteError::Busy => Self::unavailable(error.to_string()),
            RemoteError::Records(_) => Self::internal(&error),
        }
    }
}

/// The text as a sentence.
fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", chars.as_str().trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn pictures_are_read_up_to_the_limit() {
        let body = |bytes: usize| Body::from(vec![0; bytes]);
        assert_eq!(read(body(MAX_IMAGE_BYTES)).await.unwrap().len(), MAX_IMAGE_BYTES);
        assert_eq!(read(body(MAX_IMAGE_BYTES + 1)).await.unwrap_err().to_problem().status, 413);
        // The announced length need not be true.
        let pieces = (0..11).map(|_| Ok::<_, std::io::Error>(vec![0; 1 << 20]));
        let endless = Body::from_stream(futures::stream::iter(pieces));
        assert_eq!(read(endless).await.unwrap_err().to_problem().status, 413);
    }

    #[test]
    fn webp_is_given_to_those_who_name_it() {
        let format = |accept: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, accept.parse().unwrap());
            format_for(&headers)
        };
        assert_eq!(format("image/avif,image/webp,image/apng,*/*;q=0.8"), PictureFormat::WebP);
        assert_eq!(format("text/html, image/WebP;q=0.5"), PictureFormat::WebP);
        for other in ["*/*", "image/*", "image/webp;q=0", "image/webp; q=0.0", "image/png", ""] {
            assert_eq!(format(other), PictureFormat::Jpeg, "{other}");
        }
        assert_eq!(format_for(&HeaderMap::new()), PictureFormat::Jpeg);
    }

    #[test]
    fn refused_pictures_say_why() {
        let refused = ApiError::from(ImageError::Picture(PictureError::TooLarge { width: 50_000, height: 9 }));
        let problem = refused.to_problem();
        assert_eq!((problem.status, &*problem.code), (422, "picture-refused"));
        assert!(problem.detail.starts_with("The picture has 50000x9 pixels"), "{}", problem.detail);
    }
}
