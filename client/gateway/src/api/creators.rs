//! For creators: earnings, publish keys, and the health of what comes in. What changes something or shows what is
//! nobody else's business is signed with the creator's account.

use super::{error::ApiError, views::query_error};
use crate::{app::App, settlement::now_ms};
use axum::{
    extract::{OriginalUri, Path, Query, State},
    http::{HeaderMap, Method, StatusCode},
    Json,
};
use serde::Deserialize;
use std::sync::Arc;
use tick_stream_primitives::{AccountId, StreamId};
use vilokanam_indexer::{EarningsQuery, TimeUnit};
use vilokanam_wire::{
    creator::{IngestHealth, NewPublishKey, PublishKeyInfo},
    money::{Earnings, EarningsBucket},
    Account, Planck, Problem,
};

/// What is looked at when nobody says how much: the last hour.
const DEFAULT_RANGE_MS: u64 = 3_600_000;

/// A request as it was signed.
struct SignedRequest<'a> {
    method: Method,
    uri: &'a OriginalUri,
    headers: &'a HeaderMap,
    body: &'a [u8],
}

/// Lets only the creator of the stream on.
async fn check_creator(app: &App, stream: StreamId, request: SignedRequest<'_>) -> Result<(), ApiError> {
    let SignedRequest { method, uri, headers, body } = request;
    let signed = app.auth.check(&method, uri.path(), headers, body, now_ms())?;
    let creator = creator_of(app, stream).await?;
    if signed.account != creator {
        return Err(ApiError::forbidden("This stream belongs to another account."));
    }
    app.auth.take_once(signed, now_ms())
}

/// From the chain, not from the index, which is behind by finality: a stream's creator publishes at once.
async fn creator_of(app: &App, stream: StreamId) -> Result<AccountId, ApiError> {
    let found = app.node.ask(|chain| async move { chain.now().stream(stream).await }).await;
    let found = found.map_err(|error| ApiError::unavailable(error.to_string()))?;
    found.map(|stream| stream.creator).ok_or_else(|| ApiError::not_found("stream of this number"))
}

/// Makes a publish key. Its secret is told once, here.
#[utoipa::path(post, path = "/v1/streams/{id}/publish-keys", tag = "creators", params(("id" = u64, Path)), responses(
    (status = 201, body = NewPublishKey), (status = 401, body = Problem), (status = 403, body = Problem),
))]
pub async fn create_key(
    State(app): State<Arc<App>>,
    Path(stream): Path<StreamId>,
    uri: OriginalUri,
    headers: HeaderMap,
    body: String,
) -> Result<(StatusCode, Json<NewPublishKey>), ApiError> {
    let request = SignedRequest { method: Method::POST, uri: &uri, headers: &headers, body: body.as_bytes() };
    check_creator(&app, stream, request).await?;
    let key = app.publishing.create_key(stream).await?;
    Ok((StatusCode::CREATED, Json(key)))
}

/// The stream's publish keys, without their secrets.
#[utoipa::path(get, path = "/v1/streams/{id}/publish-keys", tag = "creators", params(("id" = u64, Path)), responses(
    (status = 200, body = Vec<PublishKeyInfo>), (status = 401, body = Problem), (status = 403, body = Problem),
))]
pub async fn list_keys(
    State(app): State<Arc<App>>,
    Path(stream): Path<StreamId>,
    uri: OriginalUri,
    headers: HeaderMap,
) -> Result<Json<Vec<PublishKeyInfo>>, ApiError> {
    check_creator(&app, stream, SignedRequest { method: Method::GET, uri: &uri, headers: &headers, body: b"" }).await?;
    Ok(Json(app.publishing.keys_of(stream)))
}

/// Revokes a publish key. Who publishes with it is cut off.
#[utoipa::path(delete, path = "/v1/streams/{id}/publish-keys/{key}", tag = "creators",
    params(("id" = u64, Path), ("key" = String, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub async fn revoke_key(
    State(app): State<Arc<App>>,
    Path((stream, key)): Path<(StreamId, String)>,
    uri: OriginalUri,
    headers: HeaderMap,
) -> Result<StatusCode, ApiError> {
    let request = SignedRequest { method: Method::DELETE, uri: &uri, headers: &headers, body: b"" };
    check_creator(&app, stream, request).await?;
    app.publishing.revoke_key(stream, &key).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How the incoming stream does.
#[utoipa::path(get, path = "/v1/streams/{id}/health", tag = "creators", params(("id" = u64, Path)), responses(
    (status = 200, body = IngestHealth), (status = 401, body = Problem), (status = 403, body = Problem),
))]
pub async fn health(
    State(app): State<Arc<App>>,
    Path(stream): Path<StreamId>,
    uri: OriginalUri,
    headers: HeaderMap,
) -> Result<Json<IngestHealth>, ApiError> {
    check_creator(&app, stream, SignedRequest { method: Method::GET, uri: &uri, headers: &headers, body: b"" }).await?;
    let offline = || IngestHealth {
        state: "offline".into(),
        diagnosis: "Nothing comes in: start the encoder with the stream's publish key.".into(),
        ..IngestHealth::default()
    };
    Ok(Json(app.live.channel(stream).map_or_else(offline, |channel| channel.health())))
}

/// How finely earnings are told.
#[derive(Clone, Copy, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    #[default]
    Minute,
    Hour,
    Day,
}

/// From when to when, in milliseconds since 1970, and how finely.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RangeQuery {
    from: Option<u64>,
    to: Option<u64>,
    #[serde(default)]
    #[param(inline)]
    by: Unit,
}

impl RangeQuery {
    /// From when to when, in milliseconds, and how finely.
    pub fn range(&self) -> (std::ops::Range<u64>, TimeUnit) {
        let to = self.to.unwrap_or_else(now_ms);
        let from = self.from.unwrap_or_else(|| to.saturating_sub(DEFAULT_RANGE_MS));
        let unit = match self.by {
            Unit::Minute => TimeUnit::Minute,
            Unit::Hour => TimeUnit::Hour,
            Unit::Day => TimeUnit::Day,
        };
        (from..to, unit)
    }
}

/// What an account earned.
#[utoipa::path(get, path = "/v1/creators/{account}/earnings", tag = "creators",
    params(("account" = String, Path), RangeQuery), responses((status = 200, body = Earnings), (status = 400, body = Problem)))]
pub async fn earnings(
    State(app): State<Arc<App>>,
    Path(account): Path<Account>,
    Query(query): Query<RangeQuery>,
) -> Result<Json<Earnings>, ApiError> {
    let (range_ms, unit) = query.range();
    let asked = EarningsQuery { account: account.0.clone(), stream: None, unit, range_ms };
    let series = app.index.earnings(&asked).await.map_err(query_error)?;
    let settled = app.index.earnings_total(&account.0, None).await.map_err(query_error)?;
    let who = account.0.clone();
    let withdrawable = app.node.ask(|chain| {
        let who = who.clone();
        async move { chain.now().earnings(&who).await }
    });
    let withdrawable = withdrawable.await.map_err(|error| ApiError::unavailable(error.to_string()))?;
    let buckets = series.buckets.into_iter().map(|bucket| EarningsBucket {
        from: bucket.starts_at.to_string(),
        ticks: bucket.parts.ticks,
        earned: Planck(bucket.parts.total.0.saturating_sub(bucket.parts.from_tips.0)),
        tipped: Planck(bucket.parts.from_tips.0),
    });
    Ok(Json(Earnings {
        withdrawable: Planck(withdrawable),
        settled: Planck(settled.total.0),
        pending_gross: Planck(pending_gross(&app, &account.0).await),
        buckets: buckets.collect(),
        account,
    }))
}

/// What viewers of the account's streams have let go of here and no block has settled.
async fn pending_gross(app: &App, creator: &AccountId) -> u128 {
    let streams = streams_of(app, creator).await.unwrap_or_default();
    let mut pending: u128 = 0;
    for id in app.paywall.session_ids() {
        let is_theirs = app.paywall.status(&id).is_some_and(|status| streams.contains(&status.stream));
        if let Some(books) = app.paywall.books(&id).filter(|_| is_theirs) {
            let ticks = u128::from(books.claimed.saturating_sub(books.settled));
            pending = pending.saturating_add(ticks.saturating_mul(books.price_per_tick));
        }
    }
    pending
}

/// The account's streams, the last hundred of them.
pub async fn streams_of(app: &App, creator: &AccountId) -> Result<Vec<StreamId>, ApiError> {
    let filter = vilokanam_indexer::StreamFilter {
        creator: Some(creator.clone()),
        include_unavailable: true,
        ..Default::default()
    };
    let page = vilokanam_indexer::PageRequest::first(vilokanam_indexer::MAX_PAGE);
    let none = Default::default();
    let found = app.index.streams(&filter, Default::default(), &none, &page).await.map_err(query_error)?;
    Ok(found.items.iter().map(|stream| stream.id).collect())
}
