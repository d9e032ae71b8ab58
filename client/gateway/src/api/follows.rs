//! Who follows whom: `/v1/people/{account}/follow`, `/v1/me/following` and `/v1/me/followers`.

use super::{
    error::ApiError,
    page::PageQuery,
    person_refs::PersonRefs,
    signed_in::SignedIn,
    state::{ApiState, Catalogue},
    views::{self, stream_view},
};
use crate::people::{
    follow::{follow, streams_on_air, FollowError},
    People,
};
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    Json,
};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};
use tick_stream_primitives::{clock::now_ms, AccountId, StreamId};
use utoipa_axum::{router::OpenApiRouter, routes};
use vilokanam_indexer::{people::FollowRow, Page as Rows, MAX_PAGE};
use vilokanam_wire::{
    people::FollowView,
    scalars::rfc3339,
    streams::{Page, StreamView},
    Account, Problem,
};

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default()
        .routes(routes!(follow_person, unfollow_person))
        .routes(routes!(list_following))
        .routes(routes!(list_followers))
}

impl From<FollowError> for ApiError {
    fn from(error: FollowError) -> Self {
        match error {
            FollowError::Oneself | FollowError::TooMany => Self::conflict(error.to_string()),
            FollowError::Records(error) => error.into(),
        }
    }
}

/// Follows a person. Following somebody again changes nothing.
#[utoipa::path(put, path = "/v1/people/{account}/follow", tag = "people", params(("account" = String, Path)), responses(
    (status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 409, body = Problem),
    (status = 429, body = Problem),
))]
pub async fn follow_person(
    State(catalogue): State<Arc<Catalogue>>,
    State(people): State<Arc<People>>,
    Path(whom): Path<Account>,
    signed: SignedIn,
) -> Result<StatusCode, ApiError> {
    signed.require_member()?;
    let now = now_ms();
    people.limits().take_reaction(&signed.account, now)?;
    follow(&catalogue.index, &signed.account, &whom.0, now).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Stops following a person.
#[utoipa::path(delete, path = "/v1/people/{account}/follow", tag = "people", params(("account" = String, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 429, body = Problem)))]
pub async fn unfollow_person(
    State(catalogue): State<Arc<Catalogue>>,
    State(people): State<Arc<People>>,
    Path(whom): Path<Account>,
    signed: SignedIn,
) -> Result<StatusCode, ApiError> {
    signed.require_member()?;
    people.limits().take_reaction(&signed.account, now_ms())?;
    catalogue.index.unfollow(&signed.account, &whom.0).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists whom the person follows, the last first, with their streams that are on air at this gateway.
#[utoipa::path(get, path = "/v1/me/following", tag = "people", params(PageQuery), responses(
    (status = 200, body = Page<FollowView>), (status = 400, body = Problem), (status = 401, body = Problem),
))]
pub async fn list_following(
    State(catalogue): State<Arc<Catalogue>>,
    State(people): State<Arc<People>>,
    Query(query): Query<PageQuery>,
    signed: SignedIn,
) -> Result<Json<Page<FollowView>>, ApiError> {
    let rows = catalogue.index.following(&signed.account, &query.request()).await?;
    let creators = rows.items.iter().map(|row| row.account.clone()).collect();
    let live = live_of(&catalogue, &creators).await?;
    follow_views(&people, rows, live).await
}

/// Lists who follows the person, the last first.
#[utoipa::path(get, path = "/v1/me/followers", tag = "people", params(PageQuery), responses(
    (status = 200, body = Page<FollowView>), (status = 400, body = Problem), (status = 401, body = Problem),
))]
pub async fn list_followers(
    State(catalogue): State<Arc<Catalogue>>,
    State(people): State<Arc<People>>,
    Query(query): Query<PageQuery>,
    signed: SignedIn,
) -> Result<Json<Page<FollowView>>, ApiError> {
    let rows = catalogue.index.followers(&signed.account, &query.request()).await?;
    follow_views(&people, rows, HashMap::new()).await
}

/// Returns the streams of creators that are on air here and may be shown, by creator.
async fn live_of(
    catalogue: &Catalogue,
    creators: &HashSet<AccountId>,
) -> Result<HashMap<AccountId, Vec<StreamView>>, ApiError> {
    let mut on_air = catalogue.live.streams();
    on_air.retain(|stream| catalogue.rules.check_served(*stream).is_ok());
    let rows = streams_on_air(&catalogue.index, creators, &on_air).await?;
    let ids: Vec<StreamId> = rows.iter().map(|row| row.id).collect();
    let mut last_live = BTreeMap::new();
    for part in ids.chunks(MAX_PAGE as usize) {
        last_live.extend(catalogue.index.last_live(part).await?);
    }
    let mut live: HashMap<AccountId, Vec<StreamView>> = HashMap::new();
    for row in rows {
        let (creator, last_live) = (row.value.creator.clone(), last_live.get(&row.id).copied());
        live.entry(creator).or_default().push(stream_view(catalogue, row, last_live));
    }
    Ok(live)
}

async fn follow_views(
    people: &People,
    rows: Rows<FollowRow>,
    mut live: HashMap<AccountId, Vec<StreamView>>,
) -> Result<Json<Page<FollowView>>, ApiError> {
    let accounts: Vec<AccountId> = rows.items.iter().map(|row| row.account.clone()).collect();
    let names = PersonRefs::read(people, accounts).await?;
    Ok(Json(views::page(rows, |row| FollowView {
        person: names.of(&row.account),
        since: rfc3339(row.since),
        live: live.remove(&row.account).unwrap_or_default(),
    })))
}

#[cfg(test)]
mod tests {
    use super::{super::views::test_catalogue::TestCatalogue, *};
    use crate::people::follow::MAX_FOLLOWS;
    use axum::response::IntoResponse;
    use tick_stream_primitives::StreamStatus;

    #[tokio::test]
    async fn streams_on_air_here_are_listed_with_their_creators() {
        let catalogue = TestCatalogue::new().await;
        let creator = catalogue.add_streams(1, &[StreamStatus::Offline; 3]).await;
        catalogue.go_on_air(1);
        catalogue.go_on_air(2);
        let withheld = crate::stream_rules::Withheld { hidden: [2].into(), ..Default::default() };
        catalogue.catalogue.rules.withhold(withheld);
        let live = live_of(&catalogue.catalogue, &[creator.0.clone()].into()).await.unwrap();
        let ids: Vec<StreamId> = live[&creator.0].iter().map(|view| view.stream.0).collect();
        assert_eq!(ids, [1], "neither the one that is off the air nor the one that is withheld");
        let others = live_of(&catalogue.catalogue, &[AccountId::new([9; 32])].into()).await.unwrap();
        assert!(others.is_empty());
    }

    #[tokio::test]
    async fn nobody_follows_themselves() {
        let catalogue = TestCatalogue::new().await;
        let (alice, bob) = (AccountId::new([1; 32]), AccountId::new([2; 32]));
        let index = &catalogue.catalogue.index;
        assert!(matches!(follow(index, &alice, &alice, 1_000).await, Err(FollowError::Oneself)));
        follow(index, &alice, &bob, 1_000).await.unwrap();
        follow(index, &alice, &bob, 2_000).await.unwrap();
        let rows = index.following(&alice, &vilokanam_indexer::PageRequest::first(10)).await.unwrap();
        assert_eq!(rows.items, [FollowRow { account: bob, since: 1_000 }]);
    }

    #[test]
    fn refused_follows_are_conflicts_that_name_the_limit() {
        let problem = ApiError::from(FollowError::TooMany).to_problem();
        assert!(problem.detail.contains(&MAX_FOLLOWS.to_string()), "{}", problem.detail);
        let response = ApiError::from(FollowError::Oneself).into_response();
        assert_eq!(response.status(), StatusCode::CONFLICT);
    }
}
