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
use vilokanam_indexer::{PageRequest, StreamFilter, StreamSort};
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
#[utoipa::path(get, operation_id = "list_streams", path = "/v1/streams", tag = "streams", params(ListQuery), responses(
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
    let audience = app.audience.borrow().clone();
    let found = app.index.streams(&filter, sort, &audience.viewers, &page).await.map_err(query_error)?;
    let ids: Vec<StreamId> = found.items.iter().map(|stream| stream.id).collect();
    let last_live = app.index.last_live(&ids).await.map_err(|error| ApiError::internal(&error))?;
    Ok(Json(views::page(found, |stream| {
        let last = last_live.get(&stream.id).copied();
        stream_view(&app, stream, last)
    })))
}

/// One stream.
#[utoipa::path(get, operation_id = "stream", path = "/v1/streams/{id}", tag = "streams", params(("id" = u64, Path)), responses(
    (status = 200, body = StreamView), (status = 404, body = Problem),
))]
pub async fn one(State(app): State<Arc<App>>, Path(id): Path<StreamId>) -> Result<Json<StreamView>, ApiError> {
    let viewers = app.audience.borrow().viewers.get(&id).copied().unwrap_or(0);
    let found = app.index.stream(id, viewers).await.map_err(query_error)?;
    let found = found.ok_or_else(|| ApiError::not_found("stream of this number"))?;
    let last_live = app.index.last_live(&[id]).await.map_err(|error| ApiError::internal(&error))?;
    Ok(Json(stream_view(&app, found, last_live.get(&id).copied())))
}
