//! `/health`, `/ready` and `/metrics`, for operators.

use super::state::{ApiState, Health};
use axum::{
    extract::State,
    http::{header, StatusCode},
    response::{IntoResponse, Response},
    routing::get,
    Json, Router,
};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use vilokanam_wire::gateway::{PartState, Readiness};

/// Finalized blocks that the index may be behind before it is reported.
const MAX_INDEX_LAG_BLOCKS: u32 = 30;

pub fn routes() -> Router<ApiState> {
    Router::new().route("/health", get(health)).route("/ready", get(ready)).route("/metrics", get(metrics))
}

/// Answers while the process runs.
async fn health() -> &'static str {
    "ok"
}

/// Answers 200 while keys can be sold, even without a part that is not essential, and 503 while they cannot.
async fn ready(State(health): State<Arc<Health>>, State(drain): State<CancellationToken>) -> Response {
    let parts = parts(&health);
    let is_selling = parts.iter().all(|part| part.is_ok || part.name != "journal");
    let (status, state) = match (drain.is_cancelled(), is_selling, parts.iter().all(|part| part.is_ok)) {
        (true, ..) => (StatusCode::SERVICE_UNAVAILABLE, "draining"),
        (false, false, _) => (StatusCode::SERVICE_UNAVAILABLE, "degraded"),
        (false, true, false) => (StatusCode::OK, "degraded"),
        (false, true, true) => (StatusCode::OK, "ready"),
    };
    (status, Json(Readiness { state: state.into(), parts })).into_response()
}

/// What the gateway depends on, and how it does: node, database, journal.
pub(super) fn parts(health: &Health) -> Vec<PartState> {
    vec![node(health), database(health), journal(health)]
}

fn part(name: &str, trouble: Option<String>) -> PartState {
    PartState { name: name.into(), is_ok: trouble.is_none(), detail: trouble.unwrap_or_else(|| "works".into()) }
}

fn node(health: &Health) -> PartState {
    part("node", health.nodes.trouble())
}

fn database(health: &Health) -> PartState {
    if !*health.is_database_well.borrow() {
        return part("database", Some("the database does not answer; check that it runs and can be reached".into()));
    }
    let (_, finalized, _) = health.paywall.heights();
    let lag = finalized.saturating_sub(*health.indexed_block.borrow());
    let trouble = (lag > MAX_INDEX_LAG_BLOCKS).then(|| format!("the index is {lag} blocks behind; it is catching up"));
    part("database", trouble)
}

fn journal(health: &Health) -> PartState {
    part("journal", health.paywall.degraded())
}

async fn metrics(State(health): State<Arc<Health>>) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], health.metrics.render()).into_response()
}
