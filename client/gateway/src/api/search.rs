//! `/v1/search`: finding streams, recordings and people by their texts.

use super::{
    error::ApiError,
    library::is_listed,
    person_refs::PersonRefs,
    state::{ApiState, Catalogue},
    views::{recordings::recording_view, stream_view},
    when::When,
};
use crate::{
    moderation::Moderation,
    people::People,
    search::{account_bytes, price, FindError, Search},
};
use axum::{
    extract::{Query, State},
    Json,
};
use serde::Deserialize;
use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};
use tick_stream_primitives::{AccountId, StreamId, StreamStatus};
use utoipa_axum::{router::OpenApiRouter, routes};
use vilokanam_indexer::{RecordingRow, RecordingState, StreamRow, Visibility};
use vilokanam_search::{
    query::{MAX_FOUND, MAX_LIMIT, MAX_SUGGESTIONS},
    Filter, Found, Key, Kind, Live, Sort, Withheld,
};
use vilokanam_wire::{
    search::{Facet, SearchAnswer, SearchFacets, SearchItem, SearchKind, SearchSort, SearchSuggestions},
    Account, Planck, Problem,
};

/// Number of results if the request names none.
const DEFAULT_LIMIT: usize = 20;
/// Number of suggestions if the request names none.
const DEFAULT_SUGGESTIONS: usize = 8;

/// Routes of search.
pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new().routes(routes!(search)).routes(routes!(suggest_searches))
}

/// What to find.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// Words that must all occur, at most ten. The last one may be the beginning of a word.
    q: Option<String>,
    /// Only results of this kind.
    #[param(inline)]
    kind: Option<SearchKind>,
    /// `true` for streams on air at this gateway only, `false` for all else.
    live: Option<bool>,
    /// Only this category.
    category: Option<String>,
    /// Only this language, after BCP 47; `de` finds `de-AT` as well.
    language: Option<String>,
    /// Only streams and recordings of this creator, and the creator.
    #[param(value_type = Option<String>)]
    creator: Option<Account>,
    /// Lowest price of a tick, in planck.
    #[param(value_type = Option<String>)]
    min_price: Option<Planck>,
    /// Highest price of a tick, in planck.
    #[param(value_type = Option<String>)]
    max_price: Option<Planck>,
    /// Shortest length in seconds.
    min_s: Option<u64>,
    /// Greatest length in seconds.
    max_s: Option<u64>,
    /// Earliest time of publication, or of the last broadcast: RFC 3339, or milliseconds since the Unix epoch.
    #[param(value_type = Option<String>)]
    since: Option<When>,
    /// Latest time.
    #[param(value_type = Option<String>)]
    until: Option<When>,
    #[serde(default)]
    #[param(inline)]
    sort: SearchSort,
    /// Maximum number of results on the page, at most 100.
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

impl SearchQuery {
    fn to_query(&self, catalogue: &Catalogue) -> Result<vilokanam_search::Query, ApiError> {
        let limit = self.limit.unwrap_or(DEFAULT_LIMIT);
        let offset = self.offset()?;
        let viewers =
            if self.sort == SearchSort::Viewers { catalogue.audience.borrow().viewers.clone() } else { HashMap::new() };
        Ok(vilokanam_search::Query {
            text: self.q.clone().unwrap_or_default(),
            filter: Filter {
                kind: self.kind.map(|kind| match kind {
                    SearchKind::Stream => Kind::Stream,
                    SearchKind::Recording => Kind::Recording,
                    SearchKind::Person => Kind::Person,
                }),
                live: self.live.map(|is_live| match is_live {
                    true => Live::Only(catalogue.live.streams()),
                    false => Live::Except(catalogue.live.streams()),
                }),
                category: self.category.clone(),
                language: self.language.clone(),
                account: self.creator.as_ref().map(|creator| account_bytes(&creator.0)),
                min_price: self.min_price.map(|lowest| price(lowest.0)),
                max_price: self.max_price.map(|highest| price(highest.0)),
                min_s: self.min_s,
                max_s: self.max_s,
                since_ms: self.since.map(|when| when.0),
                until_ms: self.until.map(|when| when.0),
            },
            withheld: withheld(catalogue),
            sort: match self.sort {
                SearchSort::Relevance => Sort::Relevance,
                SearchSort::Newest => Sort::Newest,
                SearchSort::Viewers => Sort::Viewers,
                SearchSort::Price => Sort::Price,
                SearchSort::Length => Sort::Length,
            },
            viewers,
            offset,
            // The last page is shorter.
            limit: if limit <= MAX_LIMIT { limit.min(MAX_FOUND.saturating_sub(offset)) } else { limit },
        })
    }

    /// A number that differs between searches, so that a cursor is not used for another one.
    fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        format!("{:?}", Self { limit: None, cursor: None, ..self.clone() }).hash(&mut hasher);
        hasher.finish()
    }

    fn offset(&self) -> Result<usize, ApiError> {
        let Some(cursor) = &self.cursor else { return Ok(0) };
        let read = |cursor: &str| {
            let (offset, fingerprint) = cursor.split_once('-')?;
            let is_of_this = u64::from_str_radix(fingerprint, 16).ok()? == self.fingerprint();
            usize::from_str_radix(offset, 16).ok().filter(|offset| is_of_this && *offset < MAX_FOUND)
        };
        read(cursor).ok_or_else(|| {
            ApiError::bad_request("The cursor does not belong to this search; request the first page without a cursor.")
        })
    }

    fn cursor_at(&self, offset: usize) -> String {
        format!("{offset:x}-{:x}", self.fingerprint())
    }
}

/// What is not to be found now: streams that are suspended or hidden, and hidden recordings.
fn withheld(catalogue: &Catalogue) -> Withheld {
    Withheld { streams: catalogue.rules.suspended().into_iter().collect(), recordings: catalogue.recordings.withheld() }
}

/// Finds streams, recordings and people. If nothing has all of the words, similar ones are tried, and `corrected` has them.
#[utoipa::path(get, path = "/v1/search", tag = "streams", params(SearchQuery), responses(
    (status = 200, body = SearchAnswer), (status = 400, body = Problem), (status = 503, body = Problem),
))]
pub async fn search(
    State(search): State<Arc<Search>>,
    State(catalogue): State<Arc<Catalogue>>,
    State(moderation): State<Arc<Moderation>>,
    State(people): State<Arc<People>>,
    Query(asked): Query<SearchQuery>,
) -> Result<Json<SearchAnswer>, ApiError> {
    let query = asked.to_query(&catalogue)?;
    let end = query.offset.saturating_add(query.limit);
    let Found { items, total, facets, corrected } = search.find(query).await?;
    let items = views((&catalogue, &people), items, |account| moderation.check_may_speak(account).is_ok()).await?;
    let has_more = (end as u64) < total && end < MAX_FOUND;
    Ok(Json(SearchAnswer {
        items,
        total,
        next_cursor: has_more.then(|| asked.cursor_at(end)),
        facets: SearchFacets {
            kind: facet_view(facets.kind),
            category: facet_view(facets.category),
            language: facet_view(facets.language),
        },
        corrected,
    }))
}

fn facet_view(facet: Vec<vilokanam_search::Facet>) -> Vec<Facet> {
    facet.into_iter().map(|facet| Facet { value: facet.value, count: facet.count }).collect()
}

/// Reads what was found. What is not to be seen any more, since the index is a moment behind, is left out.
async fn views(
    (catalogue, people): (&Catalogue, &People),
    keys: Vec<Key>,
    is_shown: impl Fn(&AccountId) -> bool,
) -> Result<Vec<SearchItem>, ApiError> {
    let streams: Vec<StreamId> = keys.iter().filter_map(|key| only(key, Kind::Stream)?.stream()).collect();
    let recordings: Vec<(StreamId, u64)> = keys.iter().filter_map(recording_of).collect();
    let index = &catalogue.index;
    let mut stream_rows = index.streams_of_ids(&streams).await?;
    let mut recording_rows = index.recordings_of_keys(&recordings).await?;
    let last_live = index.last_live(&streams).await.map_err(|error| ApiError::internal(&error))?;
    let people = PersonRefs::read(people, keys.iter().filter_map(person_of)).await?;
    let view = |key: Key| match key {
        Key::Stream(id) => {
            let row = stream_rows.remove(&id).filter(|row| is_listed_stream(catalogue, row))?;
            let stream = Box::new(stream_view(catalogue, row, last_live.get(&id).copied()));
            Some(SearchItem::Stream { stream })
        }
        Key::Recording(stream, number) => {
            let row = recording_rows.remove(&(stream, number));
            let row = row.filter(|row| is_public(row) && is_listed(catalogue, row))?;
            Some(SearchItem::Recording { recording: Box::new(recording_view(row, false)) })
        }
        Key::Person(bytes) => {
            let account = AccountId::new(bytes);
            is_shown(&account).then(|| SearchItem::Person { person: people.of(&account) })
        }
    };
    Ok(keys.into_iter().filter_map(view).collect())
}

fn only(key: &Key, kind: Kind) -> Option<&Key> {
    Some(key).filter(|key| key.kind() == kind)
}

fn recording_of(key: &Key) -> Option<(StreamId, u64)> {
    match key {
        Key::Recording(stream, number) => Some((*stream, *number)),
        _ => None,
    }
}

fn person_of(key: &Key) -> Option<AccountId> {
    match key {
        Key::Person(bytes) => Some(AccountId::new(*bytes)),
        _ => None,
    }
}

fn is_listed_stream(catalogue: &Catalogue, row: &StreamRow) -> bool {
    matches!(row.value.status, StreamStatus::Live | StreamStatus::Offline)
        && catalogue.rules.check_served(row.id).is_ok()
}

fn is_public(row: &RecordingRow) -> bool {
    row.visibility == Visibility::Public && row.state == RecordingState::Ready && row.deleted_at.is_none()
}

/// What a search begins with.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SuggestQuery {
    /// Beginning of a title, a tag or a name.
    #[serde(default)]
    q: String,
    /// Maximum number of suggestions, at most 20.
    limit: Option<usize>,
}

/// Returns titles, tags and names that begin with a text.
#[utoipa::path(get, path = "/v1/search/suggest", tag = "streams", params(SuggestQuery), responses(
    (status = 200, body = SearchSuggestions), (status = 400, body = Problem), (status = 503, body = Problem),
))]
pub async fn suggest_searches(
    State(search): State<Arc<Search>>,
    State(catalogue): State<Arc<Catalogue>>,
    Query(SuggestQuery { q, limit }): Query<SuggestQuery>,
) -> Result<Json<SearchSuggestions>, ApiError> {
    let limit = limit.unwrap_or(DEFAULT_SUGGESTIONS);
    if !(1..=MAX_SUGGESTIONS).contains(&limit) {
        return Err(ApiError::bad_request(format!("Ask for 1 to {MAX_SUGGESTIONS} suggestions.")));
    }
    let suggestions = search.suggest(q, limit, withheld(&catalogue)).await?;
    Ok(Json(SearchSuggestions { suggestions }))
}

impl From<FindError> for ApiError {
    fn from(error: FindError) -> Self {
        match error {
            FindError::Refused(error) => Self::bad_request(sentence(&error.to_string())),
            FindError::Busy | FindError::NotReady => Self::unavailable(error.to_string()),
            FindError::Failed(error) => Self::internal(&error),
        }
    }
}

/// Makes a sentence of an error.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}

#[cfg(test)]
mod tests {
    use super::{super::views::test_catalogue::TestCatalogue, *};
    use std::time::Duration;
    use tokio_util::sync::CancellationToken;

    fn query(text: &str) -> SearchQuery {
        let uri = format!("/v1/search?{text}").parse().unwrap();
        Query::<SearchQuery>::try_from_uri(&uri).unwrap().0
    }

    #[test]
    fn cursor_belongs_to_one_search() {
        let asked = query("q=chess&limit=5");
        let cursor = asked.cursor_at(40);
        let next = |text: &str| query(&format!("{text}&cursor={cursor}")).offset().ok();
        assert_eq!(next("q=chess&limit=5"), Some(40));
        assert_eq!(next("q=chess&limit=50"), Some(40), "the pages may have another length");
        assert_eq!(next("q=ches"), None);
        assert_eq!(next("q=chess&live=true"), None);
        for odd in ["", "40", "28-zz", "3e8-0"] {
            assert!(query(&format!("q=chess&cursor={odd}")).offset().is_err(), "{odd}");
        }
    }

    #[tokio::test]
    async fn streams_of_the_database_are_found_and_withheld_ones_are_not() {
        let catalogue = TestCatalogue::new().await;
        let statuses = [StreamStatus::Offline, StreamStatus::Live, StreamStatus::Ended, StreamStatus::Offline];
        catalogue.add_streams(1, &statuses).await;
        let folder = tempfile::tempdir().unwrap();
        let index = catalogue.catalogue.index.clone();
        let people = People::new(index.clone());
        let search = Arc::new(Search::new(index, folder.path().join("search"), 2));
        let stop = CancellationToken::new();
        let keeping = tokio::spawn(search.clone().keep(stop.clone()));
        let found = async |text: &str| {
            let asked = query(text);
            let found = search.find(asked.to_query(&catalogue.catalogue).unwrap()).await;
            let keys = found.map(|found| found.items).unwrap_or_default();
            let items = views((&catalogue.catalogue, &people), keys, |_| true).await.unwrap();
            let id = |item: &SearchItem| match item {
                SearchItem::Stream { stream } => Some(stream.stream.0),
                _ => None,
            };
            let mut ids: Vec<StreamId> = items.iter().filter_map(id).collect();
            ids.sort_unstable();
            ids
        };
        while found("").await.len() < 3 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(found("kind=stream").await, [0, 1, 3], "one has ended");
        catalogue.go_on_air(3);
        assert_eq!(found("live=true").await, [3]);
        catalogue.set_status(3, StreamStatus::Suspended);
        assert_eq!(found("").await, [0, 1], "in the best block, before it is final");
        let hidden = crate::stream_rules::Withheld { hidden: [0].into(), ..Default::default() };
        catalogue.catalogue.rules.withhold(hidden);
        assert_eq!(found("").await, [1]);
        stop.cancel();
        keeping.await.unwrap();
    }
}
