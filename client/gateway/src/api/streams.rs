//! What there is to watch.

use super::{
    error::ApiError,
    views::{self, query_error, stream_view},
};
use crate::app::App;
use axum::{
    extract::{Path, Query, State},
    Json,
};
use serde::Deserialize;
use std::sync::Arc;
use tick_stream_primitives::StreamId;
use vilokanam_indexer::{queries::ViewerCounts, PageRequest, StreamFilter, StreamSort};
use vilokanam_wire::{
    streams::{Page, StreamView},
    Account, Planck, Problem,
};

/// Streams on a page when nobody says how many.
const DEFAULT_LIMIT: u32 = 20;

/// In which order.
#[derive(Clone, Copy, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Sort {
    /// The last created first.
    #[default]
    Newest,
    /// The cheapest first.
    Price,
    /// The most watched first.
    Viewers,
    /// Those that took in the most first.
    Earned,
}

/// Which streams, in which order.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Words in title, description, category or tags.
    q: Option<String>,
    /// Only those that are on air, or only those that are not.
    live: Option<bool>,
    /// Only those of this category.
    category: Option<String>,
    /// Only those of this creator.
    #[param(value_type = Option<String>)]
    creator: Option<Account>,
    /// Only those whose tick costs at least so much.
    #[param(value_type = Option<String>)]
    min_price: Option<Planck>,
    /// Only those whose tick costs at most so much.
    #[param(value_type = Option<String>)]
    max_price: Option<Planck>,
    #[serde(default)]
    #[param(inline)]
    sort: Sort,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// Items on the page, at most 100.
    limit: Option<u32>,
}

/// Streams, a page at a time.
#[utoipa::path(get, path = "/v1/streams", tag = "streams", params(ListQuery), responses(
    (status = 200, body = Page<StreamView>), (status = 400, body = Problem),
))]
pub async fn list(
    State(app): State<Arc<App>>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<StreamView>>, ApiError> {
    let filter = StreamFilter {
        search: query.q.clone(),
        live: query.live,
        category: query.category.clone(),
        creator: query.creator.map(|creator| creator.0),
        min_price: query.min_price.map(|price| price.0),
        max_price: query.max_price.map(|price| price.0),
        ..StreamFilter::default()
    };
    let sort = match query.sort {
        Sort::Newest => StreamSort::Newest,
        Sort::Price => StreamSort::PriceLowest,
        Sort::Viewers => StreamSort::Viewers,
        Sort::Earned => StreamSort::Earned,
    };
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    let page = query.cursor.map_or_else(|| PageRequest::first(limit), |cursor| PageRequest::after(limit, cursor));
    let found = app.index.streams(&filter, sort, &viewer_counts(&app), &page).await.map_err(query_error)?;
    Ok(Json(views::page(found, |stream| stream_view(&app, stream))))
}

/// One stream.
#[utoipa::path(get, path = "/v1/streams/{id}", tag = "streams", params(("id" = u64, Path)), responses(
    (status = 200, body = StreamView), (status = 404, body = Problem),
))]
pub async fn one(State(app): State<Arc<App>>, Path(id): Path<StreamId>) -> Result<Json<StreamView>, ApiError> {
    let viewers = viewer_counts(&app).get(&id).copied().unwrap_or(0);
    let found = app.index.stream(id, viewers).await.map_err(query_error)?;
    let found = found.ok_or_else(|| ApiError::not_found("stream of this number"))?;
    Ok(Json(stream_view(&app, found)))
}

/// Viewers of each live stream: open sessions that are selling here.
fn viewer_counts(app: &App) -> ViewerCounts {
    let mut counts = ViewerCounts::new();
    if app.live.streams().is_empty() {
        return counts;
    }
    for id in app.paywall.session_ids() {
        let status = app.paywall.status(&id).filter(|status| status.closing.is_none() && status.ending.is_none());
        if let Some(status) = status {
            *counts.entry(status.stream).or_default() += 1;
        }
    }
    counts
}
