//! `/v1/trending`, `/v1/related/{subject}` and `/v1/me/recommended`: what to watch next.

use super::{
    error::ApiError,
    history::LimitQuery,
    library::is_listed,
    signed_in::SignedIn,
    state::{ApiState, Catalogue},
    views::{recordings::recording_view, stream_view},
};
use crate::people::{
    discover::{most_alike, most_frequent, once_each, Topic},
    Watching,
};
use axum::{
    extract::{Path, Query, State},
    Json,
};
use std::{collections::HashSet, sync::Arc};
use tick_stream_primitives::{AccountId, StreamId, StreamStatus};
use utoipa_axum::{router::OpenApiRouter, routes};
use vilokanam_indexer::{
    metadata::Metadata, IdFilter, PageRequest, RecordingFilter, RecordingRow, StreamFilter, StreamRow, StreamSort,
};
use vilokanam_wire::{
    people::{Related, Subject},
    streams::StreamView,
    Problem,
};

/// Number of items if the request names none, and the most.
const DEFAULT_LIMIT: u32 = 12;
const MAX_LIMIT: u32 = 50;
/// Streams of a category that are compared with a stream.
const MAX_OF_CATEGORY: u32 = 100;
/// Streams of a creator that are compared with another one.
const MAX_OF_CREATOR: u32 = 20;
/// Related streams whose recordings are related as well, and recordings of each.
const MAX_RECORDED_STREAMS: usize = 4;
const MAX_OF_STREAM: u32 = 5;
/// Followed creators, the last ones, whose streams are recommended.
const MAX_CREATORS: u32 = 100;
/// Watched streams and recordings, the last ones, whose categories are recommended.
const MAX_WATCHED: u32 = 100;
/// Categories that are recommended: those watched most.
const MAX_CATEGORIES: usize = 4;

/// Routes of recommendations.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(list_trending)).routes(routes!(list_related)).routes(routes!(list_recommended))
}

/// Lists streams on the rise: those with the largest audience and most likes of the last two days, where six hours halve the
/// weight.
#[utoipa::path(get, path = "/v1/trending", tag = "people", params(LimitQuery), responses(
    (status = 200, body = Vec<StreamView>), (status = 400, body = Problem),
))]
pub async fn list_trending(
    State(watching): State<Arc<Watching>>,
    State(catalogue): State<Arc<Catalogue>>,
    Query(query): Query<LimitQuery>,
) -> Result<Json<Vec<StreamView>>, ApiError> {
    let limit = query.checked(DEFAULT_LIMIT, MAX_LIMIT)?;
    let ranked = watching.trending.streams().await?;
    let mut rows = catalogue.index.streams_of_ids(&ranked).await?;
    let rows = ranked.iter().filter_map(|id| rows.remove(id)).collect();
    Ok(Json(stream_views(&catalogue, rows, limit).await?))
}

/// Lists streams and recordings that are like a stream or a recording: of the same creator, the same category, with the same tags.
#[utoipa::path(get, path = "/v1/related/{subject}", tag = "people", params(("subject" = String, Path), LimitQuery), responses(
    (status = 200, body = Related), (status = 400, body = Problem), (status = 403, body = Problem),
    (status = 404, body = Problem),
))]
pub async fn list_related(
    State(catalogue): State<Arc<Catalogue>>,
    Path(subject): Path<Subject>,
    Query(query): Query<LimitQuery>,
) -> Result<Json<Related>, ApiError> {
    let limit = query.checked(DEFAULT_LIMIT, MAX_LIMIT)?;
    let id = subject.stream();
    catalogue.rules.check_served(id)?;
    let stream = catalogue.index.stream(id).await?;
    let stream = stream.ok_or_else(|| ApiError::not_found(format!("This gateway knows no stream {id}.")))?;
    let topic = Topic::of(&stream);
    let mut found = catalogue.index.streams_of_creators(std::slice::from_ref(&topic.creator), MAX_OF_CREATOR).await?;
    found.extend(streams_of_category(&catalogue, &topic.category, MAX_OF_CATEGORY).await?);
    found.retain(|row| row.id != id);
    let alike = most_alike(&topic, found);
    let mut recordings = related_recordings(&catalogue, &topic, &alike).await?;
    recordings.retain(|row| Subject::Recording(row.stream, row.number) != subject);
    recordings.truncate(limit as usize);
    Ok(Json(Related {
        recordings: recordings.into_iter().map(|row| recording_view(row, false)).collect(),
        streams: stream_views(&catalogue, alike, limit).await?,
    }))
}

/// Returns recordings of the creator, then those of the streams that are most alike.
async fn related_recordings(
    catalogue: &Catalogue,
    topic: &Topic,
    alike: &[StreamRow],
) -> Result<Vec<RecordingRow>, ApiError> {
    let own = RecordingFilter { creator: Some(topic.creator.clone()), ..RecordingFilter::default() };
    let mut found = catalogue.index.recordings(&own, &PageRequest::first(MAX_LIMIT)).await?.items;
    found.truncate(MAX_OF_CREATOR as usize);
    let others = alike.iter().filter(|row| row.value.creator != topic.creator).take(MAX_RECORDED_STREAMS);
    for stream in others {
        let filter = RecordingFilter { stream: Some(stream.id), ..RecordingFilter::default() };
        found.extend(catalogue.index.recordings(&filter, &PageRequest::first(MAX_OF_STREAM)).await?.items);
    }
    found.retain(|row| is_listed(catalogue, row));
    Ok(found)
}

/// Recommends streams of the creators whom the person follows, and of the categories that the person watches: those on air first.
#[utoipa::path(get, path = "/v1/me/recommended", tag = "people", params(LimitQuery), responses(
    (status = 200, body = Vec<StreamView>), (status = 400, body = Problem), (status = 401, body = Problem),
))]
pub async fn list_recommended(
    State(watching): State<Arc<Watching>>,
    State(catalogue): State<Arc<Catalogue>>,
    signed: SignedIn,
    Query(query): Query<LimitQuery>,
) -> Result<Json<Vec<StreamView>>, ApiError> {
    let limit = query.checked(DEFAULT_LIMIT, MAX_LIMIT)?;
    let who = &signed.account;
    let follows = catalogue.index.following(who, &PageRequest::first(MAX_CREATORS)).await?.items;
    let creators: Vec<AccountId> = follows.into_iter().map(|follow| follow.account).collect();
    let mut found = catalogue.index.streams_of_creators(&creators, MAX_OF_CATEGORY).await?;
    for category in watched_categories(&watching, &catalogue, who).await? {
        found.extend(streams_of_category(&catalogue, &category, MAX_OF_CREATOR).await?);
    }
    let mut found = once_each(found);
    found.retain(|row| row.value.creator != *who);
    // Their order stays as it is among those on air, and among the others.
    found.sort_by_key(|row| catalogue.live.channel(row.id).is_none());
    Ok(Json(stream_views(&catalogue, found, limit).await?))
}

/// Returns the categories of what a person has watched lately, the most frequent first.
async fn watched_categories(
    watching: &Watching,
    catalogue: &Catalogue,
    who: &AccountId,
) -> Result<Vec<String>, ApiError> {
    let watched = watching.progress.history(who, &PageRequest::first(MAX_WATCHED)).await?.items;
    let ids = watched.iter().filter_map(|row| Some(row.subject.parse::<Subject>().ok()?.stream()));
    let ids: HashSet<StreamId> = ids.collect();
    let rows = catalogue.index.streams_of_ids(&ids.into_iter().collect::<Vec<_>>()).await?;
    let categories = rows.into_values().map(|row| Metadata::decode(&row.value.metadata).category);
    Ok(most_frequent(categories, MAX_CATEGORIES))
}

/// Returns streams of a category, the most watched first. Those without a category have none in common.
async fn streams_of_category(catalogue: &Catalogue, category: &str, limit: u32) -> Result<Vec<StreamRow>, ApiError> {
    if category.is_empty() {
        return Ok(Vec::new());
    }
    let hidden = catalogue.rules.hidden();
    let ids = (!hidden.is_empty()).then_some(IdFilter::Except(hidden));
    let filter = StreamFilter { ids, category: Some(category.to_owned()), ..StreamFilter::default() };
    let audience = catalogue.audience.borrow().clone();
    let page = PageRequest::first(limit);
    Ok(catalogue.index.streams(&filter, StreamSort::Viewers, &audience.viewers, &page).await?.items)
}

/// Converts streams for a list, without those that are ended, suspended or withheld.
async fn stream_views(
    catalogue: &Catalogue,
    mut rows: Vec<StreamRow>,
    limit: u32,
) -> Result<Vec<StreamView>, ApiError> {
    let is_open = |row: &StreamRow| matches!(row.value.status, StreamStatus::Live | StreamStatus::Offline);
    rows.retain(|row| is_open(row) && catalogue.rules.check_served(row.id).is_ok());
    rows.truncate(limit as usize);
    let ids: Vec<StreamId> = rows.iter().map(|row| row.id).collect();
    let last_live = catalogue.index.last_live(&ids).await.map_err(|error| ApiError::internal(&error))?;
    let view = |row: StreamRow| {
        let last_live = last_live.get(&row.id).copied();
        stream_view(catalogue, row, last_live)
    };
    Ok(rows.into_iter().map(view).collect())
}

#[cfg(test)]
mod tests {
    use super::{super::views::test_catalogue::TestCatalogue, *};
    use crate::stream_rules::Withheld;

    fn limit() -> Query<LimitQuery> {
        Query::try_from_uri(&"/?limit=10".parse().unwrap()).unwrap()
    }

    #[tokio::test]
    async fn related_streams_are_open_ones_of_the_creator() {
        let catalogue = TestCatalogue::new().await;
        let statuses = [StreamStatus::Offline, StreamStatus::Live, StreamStatus::Ended, StreamStatus::Offline];
        catalogue.add_streams(1, &statuses).await;
        catalogue.add_streams(2, &[StreamStatus::Offline]).await;
        let index = &catalogue.catalogue.index;
        for number in 1..=2u64 {
            index.begin_broadcast(1, 0, 0, 1_000 * number).await.unwrap();
            index.end_broadcast(1, number, 1_500 * number, Some("recordings")).await.unwrap();
        }
        let related = |subject| list_related(State(catalogue.catalogue.clone()), Path(subject), limit());
        let found = related(Subject::Recording(1, 1)).await.unwrap().0;
        assert_eq!(found.streams.iter().map(|view| view.stream.0).collect::<Vec<_>>(), [3, 0]);
        let recordings: Vec<_> = found.recordings.iter().map(|view| (view.stream.0, view.number)).collect();
        assert_eq!(recordings, [(1, 2)], "all but the one that was named");
        catalogue.catalogue.rules.withhold(Withheld { hidden: [3].into(), ..Withheld::default() });
        let found = related(Subject::Stream(1)).await.unwrap().0;
        assert_eq!(found.streams.iter().map(|view| view.stream.0).collect::<Vec<_>>(), [0]);
        assert_eq!(related(Subject::Stream(3)).await.unwrap_err().to_problem().status, 403);
        assert_eq!(related(Subject::Stream(99)).await.unwrap_err().to_problem().status, 404);
    }

    #[test]
    fn odd_limits_are_refused() {
        let query = |text: &str| Query::<LimitQuery>::try_from_uri(&text.parse().unwrap()).unwrap().0;
        assert!(query("/?limit=0").checked(DEFAULT_LIMIT, MAX_LIMIT).is_err());
        assert!(query("/?limit=51").checked(DEFAULT_LIMIT, MAX_LIMIT).is_err());
        assert_eq!(query("/").checked(DEFAULT_LIMIT, MAX_LIMIT).unwrap(), DEFAULT_LIMIT);
    }
}
