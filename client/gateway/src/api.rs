//! The HTTP API: one file per resource, each handler a few lines; refusals are turned into HTTP in [`error`] and
//! [`refusals`].

pub mod admin;
pub mod audience;
pub mod auth;
pub mod bought;
mod captions;
pub mod chat;
mod chat_history;
pub mod chat_socket;
pub mod claims;
pub mod client_ip;
pub mod clips;
pub mod comments;
pub mod creators;
mod description;
pub mod device;
pub mod discover;
pub mod download;
pub mod dvr;
pub mod error;
pub mod feed;
pub mod follows;
pub mod gateway;
pub mod history;
pub mod images;
pub mod jobs;
pub mod keys;
pub mod leaderboards;
pub mod library;
pub mod likes;
pub mod limits;
pub mod live_counts;
pub mod me;
pub mod media;
mod middleware;
pub mod moderation;
mod notice_socket;
pub mod notices;
pub mod ops;
mod page;
pub mod pages;
mod payment;
pub mod people;
mod person_refs;
mod places;
pub mod probe;
pub mod publish;
pub mod quality;
pub mod recordings;
mod refusals;
pub mod reports;
pub mod representation;
pub mod schedule;
pub mod search;
pub mod session_socket;
pub mod sessions;
pub mod settings;
mod shown;
pub mod signed_in;
pub mod source;
mod speaker;
pub mod spending;
pub mod state;
pub mod streams;
pub mod uploads;
mod views;
mod when;
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
    components(schemas(vilokanam_wire::Problem))
)]
struct Description;

/// Captions that arrive at the same time, in all and from one network. They are in memory before it is known who sends them.
const MAX_TEXTS: usize = 32;
const MAX_TEXTS_OF_NETWORK: usize = 4;
/// How long a browser may cache the answer to a CORS preflight.
const PREFLIGHT_MAX_AGE: Duration = Duration::from_secs(7_200);

/// Everything the gateway answers to.
pub fn router(state: ApiState, pages: Option<pages::Pages>) -> Router {
    let routes = Routes::new();
    let description = routes.description();
    let limit = layers::from_fn_with_state(state.clone(), middleware::limit);
    let timeout = TimeoutLayer::with_status_code(
        axum::http::StatusCode::SERVICE_UNAVAILABLE,
        Duration::from_millis(state.profile.config.http.timeout_ms),
    );
    let body_limit = DefaultBodyLimit::max(state.profile.config.http.max_body_bytes);
    let places = layers::from_fn_with_state(Arc::new(Places::new(MAX_TEXTS, MAX_TEXTS_OF_NETWORK)), places::within);
    let mut router: Router<ApiState> = Router::new()
        .merge(routes.short.route_layer(limit.clone()).layer(timeout).layer(body_limit))
        .merge(routes.texts.route_layer(places).route_layer(limit.clone()).layer(timeout))
        .merge(routes.long.route_layer(limit))
        .merge(routes.open)
        .merge(session_socket::routes())
        .merge(live_counts::routes())
        .merge(notice_socket::routes())
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

/// The routes that the OpenAPI document describes, by what is put around them.
struct Routes {
    /// Limited by network, by time and by the size of the body.
    short: OpenApiRouter<ApiState>,
    /// Captions of creators: limited by network and by time, and few at a time.
    texts: OpenApiRouter<ApiState>,
    /// Limited by network. What they read and how long they may take they limit themselves: a playlist of twelve hours has
    /// megabytes, and is read once.
    long: OpenApiRouter<ApiState>,
    /// Media, and what is paid for or published. Some wait by design, for the next part for example: they limit themselves.
    open: OpenApiRouter<ApiState>,
}

impl Routes {
    fn new() -> Self {
        let long =
            recordings::playlist_routes().merge(download::routes()).merge(uploads::routes()).merge(images::routes());
        let open = media::routes()
            .merge(recordings::media_routes())
            .merge(captions::routes())
            .merge(dvr::routes())
            .merge(keys::routes())
            .merge(publish::routes())
            .merge(whip::routes());
        Self { short: short_routes(), texts: captions::creator_routes(), long, open }
    }

    /// Returns the OpenAPI document.
    fn description(&self) -> utoipa::openapi::OpenApi {
        let Self { short, texts, long, open } = self;
        let mut document = Description::openapi();
        for routes in [short, texts, long, open] {
            document.merge(routes.get_openapi().clone());
        }
        description::complete(&mut document);
        document
    }
}

fn short_routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default()
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
        .merge(auth::routes())
        .routes(routes!(auth::get_me, me::change_me, me::delete_me))
        .merge(me::routes())
        .merge(people::routes())
        .merge(chat::routes())
        .merge(follows::routes())
        .merge(schedule::routes())
        .merge(likes::routes())
        .merge(comments::routes())
        .merge(moderation::routes())
        .merge(notices::routes())
        .merge(admin::routes())
        .merge(search::routes())
        .merge(spending::routes())
        .merge(history::routes())
        .merge(leaderboards::routes())
        .merge(discover::routes())
        .merge(feed::routes())
}

/// The OpenAPI document, as JSON.
pub fn openapi_json() -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(&Routes::new().description())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use std::{collections::BTreeSet, fs, path::Path};
    use vilokanam_wire::{problem, uploads};

    /// Where the pages' types are generated from.
    const PAGES_COPY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../web/openapi.json");
    const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    /// Routes that the document does not describe, and why.
    const UNDESCRIBED: [(&str, &str); 6] = [
        ("/health", "for operators; the manual's page on monitoring has it"),
        ("/ready", "for operators; the manual's page on monitoring has it"),
        ("/metrics", "for operators; the manual's page on monitoring has it"),
        ("/v1/live", "a WebSocket: OpenAPI cannot describe messages"),
        ("/v1/notices", "a WebSocket: OpenAPI cannot describe messages"),
        ("/v1/sessions/{id}/ws", "a WebSocket: OpenAPI cannot describe messages"),
    ];

    fn document() -> Value {
        serde_json::from_str(&openapi_json().unwrap()).unwrap()
    }

    fn set<const N: usize>(names: [&str; N]) -> BTreeSet<String> {
        names.map(str::to_owned).into()
    }

    /// Adds the paths that a file, or the files of a folder, add to a router without `routes!`.
    fn add_undescribed(place: &Path, found: &mut BTreeSet<String>) {
        if place.is_dir() {
            return fs::read_dir(place).unwrap().for_each(|entry| add_undescribed(&entry.unwrap().path(), found));
        }
        let text = fs::read_to_string(place).unwrap();
        let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
        for other in [".route_service(", ".nest(", ".nest_service("] {
            assert!(!code.contains(other), "{}: this test does not see what '{other}' adds", place.display());
        }
        let paths = code.split(".route(").skip(1).map(|call| call.trim_start().trim_start_matches('"'));
        found.extend(paths.filter_map(|rest| rest.split('"').next()).map(str::to_owned));
    }

    /// `routes!` describes what it adds to a router.
    #[test]
    fn every_route_is_described_or_has_a_reason_not_to_be() {
        let mut found = BTreeSet::new();
        add_undescribed(Path::new(SOURCES), &mut found);
        assert_eq!(
            found,
            set(UNDESCRIBED.map(|(path, _)| path)),
            "describe the route with 'utoipa::path' and add it with 'routes!'"
        );
        let document = document();
        let described = document["paths"].as_object().unwrap();
        assert!(UNDESCRIBED.iter().all(|(path, _)| !described.contains_key(*path)));
    }

    #[test]
    fn uploads_are_described_by_the_names_of_their_headers() {
        let document = document();
        let upload = &document["paths"]["/v1/uploads"]["post"];
        let parameters = upload["parameters"].as_array().unwrap().iter();
        let asked: BTreeSet<_> = parameters.map(|header| header["name"].as_str().unwrap().to_lowercase()).collect();
        assert_eq!(asked, set([uploads::TUS_RESUMABLE, uploads::UPLOAD_LENGTH, uploads::UPLOAD_METADATA]));
        let answered = upload["responses"]["201"]["headers"].as_object().unwrap().keys();
        let answered: BTreeSet<_> = answered.map(|name| name.to_lowercase()).collect();
        let names = ["location", uploads::TUS_RESUMABLE, uploads::UPLOAD_EXPIRES, uploads::UPLOAD_JOB];
        assert_eq!(answered, set(names));
        let bytes = &document["paths"]["/v1/uploads/{upload}"]["patch"]["requestBody"]["content"];
        assert!(bytes.get(uploads::UPLOAD_BYTES_TYPE).is_some());
    }

    #[test]
    fn paths_are_written_as_the_standard_has_them() {
        let document = document();
        let paths = document["paths"].as_object().unwrap();
        assert!(paths.contains_key("/v1/publish/{stream}/{name}"), "of the wildcard, the parameter is left");
        assert!(paths.keys().all(|path| !path.contains('*')));
        let key = &paths["/v1/streams/{id}/whip"]["post"]["security"][0];
        let scheme = key.as_object().unwrap().keys().next().unwrap();
        assert_eq!(document["components"]["securitySchemes"][scheme]["scheme"], "bearer");
    }

    #[test]
    fn the_pages_copy_of_the_document_is_current() {
        let theirs: Value = serde_json::from_str(&fs::read_to_string(PAGES_COPY).unwrap()).unwrap();
        let ours = document();
        assert!(
            ours == theirs,
            "run 'vilokanam-gateway print-openapi > client/web/openapi.json', and there 'npm run generate:api'"
        );
    }

    #[test]
    fn problems_have_their_own_media_type() {
        let ours = document();
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
        let ours = document();
        let paths = ours["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().values());
        let mut seen = BTreeSet::new();
        for operation in paths {
            let name = operation["operationId"].as_str().unwrap();
            assert!(seen.insert(name.to_owned()), "two operations are called '{name}'");
        }
    }
}
