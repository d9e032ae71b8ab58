//! For operators: is it alive, is it ready, how is it doing.

use crate::app::App;
use axum::{
    extract::State,
    http::{header, StatusCode},
    response::{IntoResponse, Response},
    routing::get,
    Json, Router,
};
use std::sync::Arc;
use vilokanam_wire::gateway::{PartState, Readiness};

/// Finalized blocks that the index may be behind.
const MAX_INDEX_LAG_BLOCKS: u32 = 30;

pub fn routes() -> Router<Arc<App>> {
    Router::new().route("/health", get(health)).route("/ready", get(ready)).route("/metrics", get(metrics))
}

/// Alive: whoever answers is.
async fn health() -> &'static str {
    "ok"
}

/// 200 while it can sell, also when something it can do without is not there; 503 while it cannot.
async fn ready(State(app): State<Arc<App>>) -> Response {
    let parts = [node(&app), database(&app), journal(&app)];
    let is_selling = parts.iter().all(|part| part.is_ok || part.name != "journal");
    let (status, state) = match (app.shutdown.has_begun(), is_selling, parts.iter().all(|part| part.is_ok)) {
        (true, ..) => (StatusCode::SERVICE_UNAVAILABLE, "draining"),
        (false, false, _) => (StatusCode::SERVICE_UNAVAILABLE, "degraded"),
        (false, true, false) => (StatusCode::OK, "degraded"),
        (false, true, true) => (StatusCode::OK, "ready"),
    };
    (status, Json(Readiness { state: state.into(), parts: parts.into() })).into_response()
}

fn part(name: &str, trouble: Option<String>) -> PartState {
    PartState { name: name.into(), is_ok: trouble.is_none(), detail: trouble.unwrap_or_else(|| "works".into()) }
}

fn node(app: &App) -> PartState {
    part("node", app.node.trouble())
}

fn database(app: &App) -> PartState {
    if !*app.is_database_well.borrow() {
        return part("database", Some("the database does not answer; see that it runs and can be reached".into()));
    }
    let (_, finalized, _) = app.paywall.heights();
    let lag = finalized.saturating_sub(*app.indexed_block.borrow());
    let trouble = (lag > MAX_INDEX_LAG_BLOCKS).then(|| format!("the index is {lag} blocks behind; it is catching up"));
    part("database", trouble)
}

fn journal(app: &App) -> PartState {
    part("journal", app.paywall.degraded())
}

async fn metrics(State(app): State<Arc<App>>) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], app.metrics.render()).into_response()
}
