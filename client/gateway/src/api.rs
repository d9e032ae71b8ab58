//! The HTTP API: one file per resource, each handler a few lines; refusals are turned into HTTP in [`error`] and
//! [`refusals`].

pub mod audience;
pub mod bought;
mod captions;
pub mod claims;
pub mod client_ip;
pub mod clips;
pub mod creator_auth;
pub mod creators;
mod description;
pub mod device;
pub mod download;
pub mod dvr;
pub mod error;
pub mod gateway;
pub mod images;
pub mod jobs;
pub mod keys;
pub mod library;
pub mod limits;
pub mod live_counts;
pub mod media;
mod middleware;
pub mod ops;
mod page;
pub mod pages;
mod payment;
mod places;
pub mod probe;
pub mod publish;
pub mod quality;
pub mod recordings;
mod refusals;
pub mod representation;
pub mod session_socket;
pub mod sessions;
pub mod settings;
pub mod source;
pub mod state;
pub mod streams;
pub mod uploads;
mod views;
pub mod whip;

use axum::{extract::DefaultBodyLimit, middleware as layers, routing, Router};
use places::Places;
use state::ApiState;
use std::{sync::Arc, time::Duration};
use tower_http::{
    catch_panic::CatchPanicLayer,
    cors::{AllowHeaders, Any, CorsLayer},
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    timeout::TimeoutLayer,
};
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The head of the OpenAPI document; the routes add themselves.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Vilokanam gateway",
        description = "Live video, paid by the second. Keys are bought with the `Payment` scheme; everything else is free to read."
    ),
    components(schemas(
        vilokanam_wire::Problem,
        vilokanam_wire::streams::CaptionsView,
        vilokanam_wire::uploads::ImageView
    ))
)]
struct Description;

/// Captions that arrive at the same time, in all and from one network. They are in memory before it is known who sends them.
const MAX_TEXTS: usize = 32;
const MAX_TEXTS_OF_NETWORK: usize = 4;
/// How long a browser may cache the answer to a CORS preflight.
const PREFLIGHT_MAX_AGE: Duration = Duration::from_secs(7_200);

/// Everything the gateway answers to.
pub fn router(state: ApiState, pages: Option<pages::Pages>) -> Router {
    let (api, description) = described();
    let limited = api.route_layer(layers::from_fn_with_state(state.clone(), middleware::limit));
    let timeout = TimeoutLayer::with_status_code(
        axum::http::StatusCode::SERVICE_UNAVAILABLE,
        Duration::from_millis(state.profile.config.http.timeout_ms),
    );
    let body_limit = DefaultBodyLimit::max(state.profile.config.http.max_body_bytes);
    // Routes that wait by design, for the next part or the next message, have limits of their own and no general timeout.
    let waiting = Router::new()
        .merge(media::routes())
        .merge(session_socket::routes())
        .merge(live_counts::routes())
        .merge(recordings::media_routes())
        .merge(captions::routes())
        .merge(dvr::routes())
        // A playlist of twelve hours has megabytes, and is read once.
        .merge(recordings::playlist_routes().route_layer(layers::from_fn_with_state(state.clone(), middleware::limit)))
        .merge(download::routes().route_layer(layers::from_fn_with_state(state.clone(), middleware::limit)));
    let texts = Arc::new(Places::new(MAX_TEXTS, MAX_TEXTS_OF_NETWORK));
    let captions = captions::creator_routes()
        .route_layer(layers::from_fn_with_state(texts, places::within))
        .route_layer(layers::from_fn_with_state(state.clone(), middleware::limit));
    let mut router = Router::new()
        .merge(captions.layer(timeout))
        .merge(limited.layer(timeout).layer(body_limit))
        .merge(keys::routes())
        .merge(publish::routes())
        .merge(whip::routes())
        .merge(waiting)
        .merge(uploads::routes().route_layer(layers::from_fn_with_state(state.clone(), middleware::limit)))
        .merge(images::routes().route_layer(layers::from_fn_with_state(state.clone(), middleware::limit)))
        .merge(ops::routes())
        .merge(utoipa_swagger_ui::SwaggerUi::new("/docs").url("/openapi.json", description));
    router = match pages {
        Some(pages) => router.fallback_service(pages.router()),
        None => router.fallback(routing::any(|| async {
            error::ApiError::not_found("This gateway serves no page at this address.")
        })),
    };
    // Mirrored: for browsers a wildcard does not include `Authorization`, which carries a viewer's payment.
    let cors = CorsLayer::new().allow_origin(Any).allow_methods(Any).expose_headers(Any);
    let cors = cors.allow_headers(AllowHeaders::mirror_request());
    router
        .layer(CatchPanicLayer::custom(middleware::after_panic))
        .layer(layers::from_fn_with_state(state.clone(), middleware::observe))
        .layer(cors.max_age(PREFLIGHT_MAX_AGE))
        .layer(layers::from_fn_with_state(state.clone(), uploads::describe))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .with_state(state)
}

/// The routes that the OpenAPI document describes, and the document.
fn described() -> (Router<ApiState>, utoipa::openapi::OpenApi) {
    let (routes, mut document) = OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(gateway::get_gateway))
        .routes(routes!(gateway::get_chain))
        .routes(routes!(streams::list_streams))
        .routes(routes!(streams::get_stream))
        .routes(routes!(recordings::list_recordings))
        .routes(routes!(recordings::get_recording, library::describe_recording, library::delete_recording))
        .routes(routes!(library::search_recordings))
        .routes(routes!(settings::get_settings, settings::change_settings))
        .routes(routes!(bought::list_bought))
        .routes(routes!(bought::get_bought_keys))
        .routes(routes!(claims::list_claims))
        .routes(routes!(sessions::offer_ticket))
        .routes(routes!(sessions::get_session))
        .routes(routes!(sessions::reveal_ticks))
        .routes(routes!(sessions::close_session))
        .routes(routes!(sessions::list_receipts))
        .routes(routes!(sessions::list_viewer_sessions))
        .routes(routes!(sessions::list_top_sessions))
        .routes(routes!(creators::get_earnings))
        .routes(routes!(audience::get_audience))
        .routes(routes!(creators::create_publish_key, creators::list_publish_keys))
        .routes(routes!(creators::revoke_publish_key))
        .routes(routes!(creators::get_ingest_health))
        .routes(routes!(source::set_source, source::get_source, source::remove_source))
        .routes(routes!(publish::open_srt, publish::close_srt))
        .routes(routes!(jobs::list_jobs))
        .routes(routes!(jobs::get_job, jobs::cancel_job))
        .routes(routes!(clips::create_clip))
        .routes(routes!(probe::probe))
        .routes(routes!(quality::report_quality, quality::get_quality))
        .split_for_parts();
    description::add_problems(&mut document);
    (routes, document)
}

/// The OpenAPI document, as JSON.
pub fn openapi_json() -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(&described().1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use vilokanam_wire::problem;

    /// Where the pages' types are generated from.
    const PAGES_COPY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../web/openapi.json");

    #[test]
    fn the_pages_copy_of_the_document_is_current() {
        let theirs: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(PAGES_COPY).unwrap()).unwrap();
        let ours: serde_json::Value = serde_json::from_str(&openapi_json().unwrap()).unwrap();
        assert!(
            ours == theirs,
            "run 'vilokanam-gateway print-openapi > client/web/openapi.json', and there 'npm run generate:api'"
        );
    }

    #[test]
    fn problems_have_their_own_media_type() {
        let ours: serde_json::Value = serde_json::from_str(&openapi_json().unwrap()).unwrap();
        for (path, operations) in ours["paths"].as_object().unwrap() {
            for operation in operations.as_object().unwrap().values() {
                let default = &operation["responses"]["default"]["content"][problem::MEDIA_TYPE]["schema"]["$ref"];
                assert_eq!(default, "#/components/schemas/Problem", "{path}");
                for (status, response) in operation["responses"].as_object().unwrap() {
                    let json = &response["content"]["application/json"]["schema"]["$ref"];
                    assert_ne!(json, "#/components/schemas/Problem", "{path} {status}");
                }
            }
        }
    }

    #[test]
    fn every_operation_has_a_name_of_its_own() {
        let ours: serde_json::Value = serde_json::from_str(&openapi_json().unwrap()).unwrap();
        let paths = ours["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().values());
        let mut seen = BTreeSet::new();
        for operation in paths {
            let name = operation["operationId"].as_str().unwrap();
            assert!(seen.insert(name.to_owned()), "two operations are called '{name}'");
        }
    }
}
