//! `/v1/streams`: the list of streams, and one stream.

use super::{
    error::ApiError,
    state::Catalogue,
    views::{self, stream_view},
};
use crate::creator_settings::CreatorSettings;
use axum::{
    extract::{Path, Query, State},
    Json,
};
use serde::Deserialize;
use std::sync::Arc;
use tick_stream_primitives::StreamId;
use vilokanam_indexer::{IdFilter, PageRequest, StreamFilter, StreamSort};
use vilokanam_wire::{
    streams::{Page, StreamView},
    Account, Planck, Problem,
};

/// Number of streams on a page if the request names none.
const DEFAULT_LIMIT: u32 = 20;

/// Order of the list.
#[derive(Clone, Copy, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Sort {
    /// The newest first.
    #[default]
    Newest,
    /// The lowest price first.
    Price,
    /// The most viewers first.
    Viewers,
    /// The highest income first.
    Earned,
}

/// Which streams to list, and in which order.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Words that must all occur in title, description, category or tags.
    q: Option<String>,
    /// `true` for streams on air at this gateway only, `false` for all others only.
    live: Option<bool>,
    /// Only streams of this category.
    category: Option<String>,
    /// Only streams of this creator. Ended and suspended ones are listed too; without this, they are not.
    #[param(value_type = Option<String>)]
    creator: Option<Account>,
    /// Lowest price of a tick, in planck.
    #[param(value_type = Option<String>)]
    min_price: Option<Planck>,
    /// Highest price of a tick, in planck.
    #[param(value_type = Option<String>)]
    max_price: Option<Planck>,
    #[serde(default)]
    #[param(inline)]
    sort: Sort,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// Maximum number of items on the page, at most 100.
    limit: Option<u32>,
}

impl ListQuery {
    /// The filter of the index. `hidden` are the streams that moderators withhold: only lists of one creator have them.
    fn filter(&self, on_air: impl FnOnce() -> Vec<StreamId>, hidden: Vec<StreamId>) -> StreamFilter {
        let hidden = if self.creator.is_some() { Vec::new() } else { hidden };
        let ids = match self.live {
            Some(true) => Some(IdFilter::Only(on_air().into_iter().filter(|id| !hidden.contains(id)).collect())),
            Some(false) => Some(IdFilter::Except([on_air(), hidden].concat())),
            None => (!hidden.is_empty()).then_some(IdFilter::Except(hidden)),
        };
        StreamFilter {
            search: self.q.clone(),
            ids,
            category: self.category.clone(),
            creator: self.creator.clone().map(|creator| creator.0),
            min_price: self.min_price.map(|price| price.0),
            max_price: self.max_price.map(|price| price.0),
            include_unavailable: self.creator.is_some(),
        }
    }

    fn sort(&self) -> StreamSort {
        match self.sort {
            Sort::Newest => StreamSort::Newest,
            Sort::Price => StreamSort::PriceLowest,
            Sort::Viewers => StreamSort::Viewers,
            Sort::Earned => StreamSort::Earned,
        }
    }

    fn page(&self) -> PageRequest {
        let limit = self.limit.unwrap_or(DEFAULT_LIMIT);
        PageRequest { limit, cursor: self.cursor.clone() }
    }
}

/// Lists streams.
#[utoipa::path(get, path = "/v1/streams", tag = "streams", params(ListQuery), responses(
    (status = 200, body = Page<StreamView>), (status = 400, body = Problem),
))]
pub async fn list_streams(
    State(catalogue): State<Arc<Catalogue>>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<StreamView>>, ApiError> {
    let filter = query.filter(|| catalogue.live.streams(), catalogue.rules.hidden());
    let audience = catalogue.audience.borrow().clone();
    let found = catalogue.index.streams(&filter, query.sort(), &audience.viewers, &query.page()).await?;
    let ids: Vec<StreamId> = found.items.iter().map(|stream| stream.id).collect();
    let last_live = catalogue.index.last_live(&ids).await.map_err(|error| ApiError::internal(&error))?;
    Ok(Json(views::page(found, |stream| {
        let last_live = last_live.get(&stream.id).copied();
        stream_view(&catalogue, stream, last_live)
    })))
}

/// Returns one stream, whatever its status.
#[utoipa::path(get, path = "/v1/streams/{id}", tag = "streams", params(("id" = u64, Path)), responses(
    (status = 200, body = StreamView), (status = 404, body = Problem),
))]
pub async fn get_stream(
    State(catalogue): State<Arc<Catalogue>>,
    State(settings): State<Arc<CreatorSettings>>,
    Path(id): Path<StreamId>,
) -> Result<Json<StreamView>, ApiError> {
    let found = catalogue.index.stream(id).await?;
    let found = found.ok_or_else(|| ApiError::not_found(format!("This gateway knows no stream {id}.")))?;
    let last_live = catalogue.index.last_live(&[id]).await.map_err(|error| ApiError::internal(&error))?;
    let view = stream_view(&catalogue, found, last_live.get(&id).copied());
    Ok(Json(StreamView { clips: settings.of(id).await?.clips, ..view }))
}

#[cfg(test)]
mod tests {
    use super::{super::views::test_catalogue::TestCatalogue, *};
    use tick_stream_primitives::StreamStatus;

    async fn list(catalogue: &TestCatalogue, query: &str) -> Page<StreamView> {
        let uri = format!("/v1/streams?{query}").parse().unwrap();
        let query = Query::try_from_uri(&uri).unwrap();
        list_streams(State(catalogue.catalogue.clone()), query).await.unwrap().0
    }

    fn ids(page: &Page<StreamView>) -> Vec<StreamId> {
        page.items.iter().map(|stream| stream.stream.0).collect()
    }

    #[tokio::test]
    async fn live_streams_are_those_on_air_here_whatever_their_status_says() {
        let catalogue = TestCatalogue::new().await;
        let mut statuses = [StreamStatus::Offline; 30];
        // Announced as live, but on air at another gateway or not at all.
        statuses[5] = StreamStatus::Live;
        catalogue.add_streams(1, &statuses).await;
        for stream in [2, 9, 21] {
            catalogue.go_on_air(stream);
        }
        let first = list(&catalogue, "live=true&limit=2").await;
        assert_eq!(ids(&first), [21, 9], "a full page, although most streams are not on air");
        assert!(first.items.iter().all(|stream| stream.is_live_here));
        let second = list(&catalogue, &format!("live=true&limit=2&cursor={}", first.next_cursor.unwrap())).await;
        assert_eq!((ids(&second), second.next_cursor), (vec![2], None));

        let others = list(&catalogue, "live=false&limit=100").await;
        assert_eq!(others.items.len(), 27);
        assert!(others.items.iter().all(|stream| !stream.is_live_here));
    }

    #[tokio::test]
    async fn withheld_stream_is_in_no_list_but_that_of_its_creator_where_it_is_suspended() {
        let catalogue = TestCatalogue::new().await;
        let creator = catalogue.add_streams(1, &[StreamStatus::Offline; 4]).await;
        catalogue.go_on_air(1);
        catalogue.go_on_air(2);
        let withheld = crate::stream_rules::Withheld { hidden: [0, 2].into(), ..Default::default() };
        catalogue.catalogue.rules.withhold(withheld);
        for (query, expected) in [("", vec![3, 1]), ("live=true", vec![1]), ("live=false", vec![3])] {
            assert_eq!(ids(&list(&catalogue, query).await), expected, "{query:?}");
        }
        let own = list(&catalogue, &format!("creator={creator}")).await;
        assert_eq!(ids(&own), [3, 2, 1, 0]);
        let suspended =
            own.items.iter().filter(|stream| stream.status == vilokanam_wire::streams::StreamStatus::Suspended);
        assert_eq!(suspended.map(|stream| stream.stream.0).collect::<Vec<_>>(), [2, 0]);
        assert!(!own.items[1].is_live_here && own.items[2].is_live_here);
    }

    #[tokio::test]
    async fn a_creators_list_has_ended_and_suspended_streams_and_the_general_list_has_not() {
        let catalogue = TestCatalogue::new().await;
        let statuses = [StreamStatus::Live, StreamStatus::Offline, StreamStatus::Ended, StreamStatus::Suspended];
        let creator = catalogue.add_streams(1, &statuses).await;
        assert_eq!(ids(&list(&catalogue, "").await), [1, 0]);
        assert_eq!(ids(&list(&catalogue, &format!("creator={creator}")).await), [3, 2, 1, 0]);
    }
}
