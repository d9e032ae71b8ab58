//! For creators: earnings, publish keys, and the health of the incoming stream. Requests that change something, or read what
//! is private, are signed with the creator's account.

use super::{
    error::ApiError,
    state::{Catalogue, Creators},
};
use crate::{publishing::Publishing, stream_rules::closed_by, use_cases::Sessions};
use axum::{
    extract::{OriginalUri, Path, Query, State},
    http::{HeaderMap, Method, StatusCode},
    Json,
};
use serde::Deserialize;
use std::sync::Arc;
use tick_stream_primitives::{clock::now_ms, AccountId, Stream, StreamId};
use vilokanam_indexer::{EarningsQuery, Store, TimeUnit};
use vilokanam_wire::{
    creator::{IngestHealth, NewPublishKey, PublishKeyInfo},
    money::{Earnings, EarningsBucket},
    scalars::rfc3339,
    Account, Planck, Problem,
};

/// The range of a query without one: the last hour.
const DEFAULT_RANGE_MS: u64 = 3_600_000;

/// A request as it was signed.
pub(super) struct SignedRequest<'a> {
    pub method: Method,
    pub uri: &'a OriginalUri,
    pub headers: &'a HeaderMap,
    pub body: &'a [u8],
}

/// Checks that the stream's creator signed the request. Returns the stream.
pub(super) async fn check_creator(
    creators: &Creators,
    stream: StreamId,
    request: SignedRequest<'_>,
) -> Result<Stream, ApiError> {
    let SignedRequest { method, uri, headers, body } = request;
    let signed = creators.auth.check(&method, uri.path(), headers, body, now_ms())?;
    let stream = stream_of(creators, stream).await?;
    if signed.account != stream.creator {
        return Err(ApiError::forbidden("This stream belongs to another account."));
    }
    creators.auth.take_once(signed, now_ms())?;
    Ok(stream)
}

/// Checks that an account signed the request, whichever it is. Returns the account.
pub(super) fn check_account(creators: &Creators, request: SignedRequest<'_>) -> Result<AccountId, ApiError> {
    let SignedRequest { method, uri, headers, body } = request;
    let signed = creators.auth.check(&method, uri.path(), headers, body, now_ms())?;
    let account = signed.account.clone();
    creators.auth.take_once(signed, now_ms())?;
    Ok(account)
}

/// Reads the stream from the chain. The index is behind by finality, and a creator publishes at once.
async fn stream_of(creators: &Creators, stream: StreamId) -> Result<Stream, ApiError> {
    let found = creators.nodes.ask(|chain| async move { chain.now().stream(stream).await }).await;
    let found = found.map_err(|error| ApiError::unavailable(error.to_string()))?;
    found.ok_or_else(|| ApiError::not_found(format!("This gateway knows no stream {stream}.")))
}

/// Checks that a stream in this state may be published.
pub(super) fn check_published(stream: &Stream) -> Result<(), ApiError> {
    let refused = |reason| Err(ApiError::conflict(format!("It cannot be published: {reason}.")));
    closed_by(stream.status).map_or(Ok(()), refused)
}

/// Creates a publish key. Its secret is in this answer only.
///
/// A stream below the gateway's lowest price or share gets none, since no session of it would be accepted here.
#[utoipa::path(post, path = "/v1/streams/{id}/publish-keys", tag = "creators", params(("id" = u64, Path)), responses(
    (status = 201, body = NewPublishKey), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 422, body = Problem),
))]
pub async fn create_publish_key(
    State(creators): State<Arc<Creators>>,
    State(publishing): State<Arc<Publishing>>,
    State(sessions): State<Arc<Sessions>>,
    Path(stream): Path<StreamId>,
    uri: OriginalUri,
    headers: HeaderMap,
    body: String,
) -> Result<(StatusCode, Json<NewPublishKey>), ApiError> {
    let request = SignedRequest { method: Method::POST, uri: &uri, headers: &headers, body: body.as_bytes() };
    let terms = check_creator(&creators, stream, request).await?;
    check_published(&terms)?;
    sessions.check_income(&terms)?;
    let key = publishing.create_key(stream).await?;
    Ok((StatusCode::CREATED, Json(key)))
}

/// Lists the stream's publish keys, without their secrets.
#[utoipa::path(get, path = "/v1/streams/{id}/publish-keys", tag = "creators", params(("id" = u64, Path)), responses(
    (status = 200, body = Vec<PublishKeyInfo>), (status = 401, body = Problem), (status = 403, body = Problem),
))]
pub async fn list_publish_keys(
    State(creators): State<Arc<Creators>>,
    State(publishing): State<Arc<Publishing>>,
    Path(stream): Path<StreamId>,
    uri: OriginalUri,
    headers: HeaderMap,
) -> Result<Json<Vec<PublishKeyInfo>>, ApiError> {
    check_creator(&creators, stream, SignedRequest { method: Method::GET, uri: &uri, headers: &headers, body: b"" })
        .await?;
    Ok(Json(publishing.keys_of(stream)))
}

/// Revokes a publish key and cuts off a publisher that uses it.
#[utoipa::path(delete, path = "/v1/streams/{id}/publish-keys/{key}", tag = "creators",
    params(("id" = u64, Path), ("key" = String, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub async fn revoke_publish_key(
    State(creators): State<Arc<Creators>>,
    State(publishing): State<Arc<Publishing>>,
    Path((stream, key)): Path<(StreamId, String)>,
    uri: OriginalUri,
    headers: HeaderMap,
) -> Result<StatusCode, ApiError> {
    let request = SignedRequest { method: Method::DELETE, uri: &uri, headers: &headers, body: b"" };
    check_creator(&creators, stream, request).await?;
    publishing.revoke_key(stream, &key).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Returns the health of the incoming stream.
#[utoipa::path(get, path = "/v1/streams/{id}/health", tag = "creators", params(("id" = u64, Path)), responses(
    (status = 200, body = IngestHealth), (status = 401, body = Problem), (status = 403, body = Problem),
))]
pub async fn get_ingest_health(
    State(creators): State<Arc<Creators>>,
    State(catalogue): State<Arc<Catalogue>>,
    State(publishing): State<Arc<Publishing>>,
    Path(stream): Path<StreamId>,
    uri: OriginalUri,
    headers: HeaderMap,
) -> Result<Json<IngestHealth>, ApiError> {
    check_creator(&creators, stream, SignedRequest { method: Method::GET, uri: &uri, headers: &headers, body: b"" })
        .await?;
    let start_the_encoder = || "No media arrives: start the encoder with the stream's publish key.".to_owned();
    let closed =
        catalogue.rules.check_published(stream).err().map(|reason| format!("Publishers are refused: {reason}."));
    let offline = || IngestHealth {
        state: "offline".into(),
        diagnosis: closed.unwrap_or_else(start_the_encoder),
        ..IngestHealth::default()
    };
    let mut health = catalogue.live.channel(stream).map_or_else(offline, |channel| channel.health());
    if let Some(refusal) = publishing.last_refusal(stream).filter(|_| health.state != "live") {
        health.diagnosis = refusal;
    }
    health.source = publishing.source(stream);
    Ok(Json(health))
}

/// The length of a bucket.
#[derive(Clone, Copy, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    #[default]
    Minute,
    Hour,
    Day,
}

/// A range of time in milliseconds since the Unix epoch, and the length of its buckets.
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
    /// The range in milliseconds since the Unix epoch, and the length of a bucket.
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

/// Returns what an account earned in a range of time, and what it may be paid out.
#[utoipa::path(get, path = "/v1/creators/{account}/earnings", tag = "creators",
    params(("account" = String, Path), RangeQuery), responses((status = 200, body = Earnings), (status = 400, body = Problem)))]
pub async fn get_earnings(
    State(creators): State<Arc<Creators>>,
    State(catalogue): State<Arc<Catalogue>>,
    State(sessions): State<Arc<Sessions>>,
    Path(account): Path<Account>,
    Query(query): Query<RangeQuery>,
) -> Result<Json<Earnings>, ApiError> {
    let (range, unit) = query.range();
    let asked = EarningsQuery { account: account.0.clone(), unit, range };
    let buckets = catalogue.index.earnings(&asked).await?;
    let settled = catalogue.index.earnings_total(&account.0).await?;
    let who = account.0.clone();
    let withdrawable = creators.nodes.ask(|chain| {
        let who = who.clone();
        async move { chain.now().earnings(&who).await }
    });
    let withdrawable = withdrawable.await.map_err(|error| ApiError::unavailable(error.to_string()))?;
    let streams = streams_of(&catalogue.index, &account.0).await?;
    let buckets = buckets.into_iter().map(|bucket| EarningsBucket {
        from: rfc3339(bucket.starts_at),
        ticks: bucket.sums.ticks,
        earned: Planck(bucket.sums.without_tips()),
        tipped: Planck(bucket.sums.from_tips),
        open_fees: Planck(bucket.sums.from_fees),
    });
    Ok(Json(Earnings {
        withdrawable: Planck(withdrawable),
        settled: Planck(settled.total()),
        pending_gross: Planck(sessions.unsettled_value(&streams)),
        buckets: buckets.collect(),
        account,
    }))
}

/// Returns the account's streams, at most the newest hundred.
pub async fn streams_of(index: &Store, creator: &AccountId) -> Result<Vec<StreamId>, ApiError> {
    let filter = vilokanam_indexer::StreamFilter {
        creator: Some(creator.clone()),
        include_unavailable: true,
        ..Default::default()
    };
    let page = vilokanam_indexer::PageRequest::first(vilokanam_indexer::MAX_PAGE);
    let none = Default::default();
    let found = index.streams(&filter, Default::default(), &none, &page).await?;
    Ok(found.items.iter().map(|stream| stream.id).collect())
}
