//! The HTTP API: routes by resource, each a few lines; errors are turned into HTTP in [`error`].

pub mod audience;
pub mod claims;
pub mod client_ip;
pub mod creator_auth;
pub mod creators;
pub mod error;
pub mod gateway;
pub mod keys;
pub mod limits;
pub mod live_counts;
pub mod media;
mod middleware;
pub mod ops;
pub mod pages;
pub mod publish;
pub mod recordings;
pub mod session_socket;
pub mod sessions;
pub mod streams;
mod views;

use crate::app::App;
use axum::{extract::DefaultBodyLimit, middleware as layers, routing, Router};
use std::{sync::Arc, time::Duration};
use tower_http::{
    catch_panic::CatchPanicLayer,
    cors::{AllowHeaders, Any, CorsLayer},
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    timeout::TimeoutLayer,
};
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The API's description; the routes add themselves.
#[derive(OpenApi)]
#[openapi(info(
    title = "Vilokanam gateway",
    description = "Live video, paid by the second. Keys are bought with the `Payment` scheme; everything else is free to read."
))]
struct Description;

/// How long a browser may remember what other origins may ask.
const PREFLIGHT_MAX_AGE: Duration = Duration::from_secs(7_200);

/// Everything the gateway answers to.
pub fn router(app: Arc<App>, pages: Option<Arc<pages::Pages>>) -> Router {
    let (api, description) = described().split_for_parts();
    let limited = api.route_layer(layers::from_fn_with_state(app.clone(), middleware::limit));
    let timeout = TimeoutLayer::with_status_code(
        axum::http::StatusCode::SERVICE_UNAVAILABLE,
        Duration::from_millis(app.config.http.timeout_ms),
    );
    let body_limit = DefaultBodyLimit::max(app.config.http.max_body_bytes);
    // What waits by design, for the next part or the next message, has its own limits and no general timeout.
    let waiting = Router::new()
        .merge(media::routes())
        .merge(session_socket::routes())
        .merge(live_counts::routes())
        .merge(recordings::routes());
    let mut router = Router::new()
        .merge(limited.layer(timeout).layer(body_limit))
        .merge(keys::routes())
        .merge(publish::routes())
        .merge(waiting)
        .merge(ops::routes())
        .merge(utoipa_swagger_ui::SwaggerUi::new("/docs").url("/openapi.json", description));
    router = match pages {
        Some(pages) => router.fallback_service(routing::any(pages::serve).with_state(pages)),
        None => router.fallback(routing::any(|| async { error::ApiError::not_found("such page") })),
    };
    // Mirrored, since browsers take no wildcard to mean `Authorization`, which is what a viewer pays by.
    let cors = CorsLayer::new().allow_origin(Any).allow_methods(Any).expose_headers(Any);
    let cors = cors.allow_headers(AllowHeaders::mirror_request());
    router
        .layer(CatchPanicLayer::custom(middleware::after_panic))
        .layer(layers::from_fn_with_state(app.clone(), middleware::observe))
        .layer(cors.max_age(PREFLIGHT_MAX_AGE))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .with_state(app)
}

/// The routes that the OpenAPI document describes.
fn described() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(gateway::info))
        .routes(routes!(gateway::chain))
        .routes(routes!(streams::list))
        .routes(routes!(streams::one))
        .routes(routes!(recordings::list))
        .routes(routes!(claims::claims))
        .routes(routes!(sessions::offer))
        .routes(routes!(sessions::one))
        .routes(routes!(sessions::advance))
        .routes(routes!(sessions::close))
        .routes(routes!(sessions::receipts))
        .routes(routes!(sessions::of_viewer))
        .routes(routes!(sessions::top))
        .routes(routes!(creators::earnings))
        .routes(routes!(audience::history))
        .routes(routes!(creators::create_key, creators::list_keys))
        .routes(routes!(creators::revoke_key))
        .routes(routes!(creators::health))
        .routes(routes!(publish::open_srt, publish::close_srt))
}

/// The API's description, as JSON.
pub fn openapi_json() -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(&described().split_for_parts().1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Where the pages' types are generated from.
    const PAGES_COPY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../web/openapi.json");

    #[test]
    fn the_pages_know_this_api() {
        let theirs: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(PAGES_COPY).unwrap()).unwrap();
        let ours: serde_json::Value = serde_json::from_str(&openapi_json().unwrap()).unwrap();
        assert!(
            ours == theirs,
            "run 'vilokanam-gateway print-openapi > client/web/openapi.json', and there 'npm run generate:api'"
        );
    }

    #[test]
    fn operations_have_names_of_their_own() {
        let ours: serde_json::Value = serde_json::from_str(&openapi_json().unwrap()).unwrap();
        let paths = ours["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().values());
        let mut seen = BTreeSet::new();
        for operation in paths {
            let name = operation["operationId"].as_str().unwrap();
            assert!(seen.insert(name.to_owned()), "two operations are called '{name}'");
        }
    }
}
