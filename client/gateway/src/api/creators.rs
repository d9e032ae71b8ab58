//! For creators: earnings, publish keys, and the health of the incoming stream. What changes something, or is private, needs a
//! sign-in with the creator's account.

use super::{
    error::ApiError,
    signed_in::SignedIn,
    state::{Catalogue, Creators},
};
use crate::{
    publishing::Publishing,
    stream_rules::closed_by,
    time_zone::{self, Zone},
    use_cases::Sessions,
};
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    Json,
};
use serde::Deserialize;
use std::sync::Arc;
use tick_stream_primitives::{clock::now_ms, AccountId, Moment, Stream, StreamId};
use vilokanam_indexer::{EarningsQuery, Store, TimeUnit};
use vilokanam_wire::{
    creator::{IngestHealth, NewPublishKey, PublishKeyInfo},
    money::{Earnings, EarningsBucket},
    scalars::rfc3339,
    Account, Planck, Problem,
};

/// The range of a query without one: the last hour.
const DEFAULT_RANGE_MS: u64 = 3_600_000;

/// Checks that the stream's creator asks, signed in with the account's own key. Returns the stream.
pub(super) async fn check_creator(creators: &Creators, who: &SignedIn, stream: StreamId) -> Result<Stream, ApiError> {
    let stream = stream_of(creators, stream).await?;
    if who.account != stream.creator {
        return Err(ApiError::forbidden("This stream belongs to another account."));
    }
    who.require_wallet()?;
    Ok(stream)
}

/// Returns whether the stream's creator asks, signed in with the account's own key.
pub(super) async fn is_creator(
    creators: &Creators,
    who: Option<&SignedIn>,
    stream: StreamId,
) -> Result<bool, ApiError> {
    match who.filter(|who| who.require_wallet().is_ok()) {
        Some(who) => Ok(stream_of(creators, stream).await?.creator == who.account),
        None => Ok(false),
    }
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
    who: SignedIn,
) -> Result<(StatusCode, Json<NewPublishKey>), ApiError> {
    let terms = check_creator(&creators, &who, stream).await?;
    check_published(&terms)?;
    creators.moderation.check_may_publish(&terms.creator).await?;
    sessions.check_income(&terms)?;
    let key = publishing.create_key(stream, &terms.creator).await?;
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
    who: SignedIn,
) -> Result<Json<Vec<PublishKeyInfo>>, ApiError> {
    check_creator(&creators, &who, stream).await?;
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
    who: SignedIn,
) -> Result<StatusCode, ApiError> {
    check_creator(&creators, &who, stream).await?;
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
    who: SignedIn,
) -> Result<Json<IngestHealth>, ApiError> {
    check_creator(&creators, &who, stream).await?;
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

/// The time zone of a range.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ZoneQuery {
    /// IANA name of the time zone whose days and hours are the buckets. Their beginnings are written with its offset, so that they
    /// begin with the day in the zone. Without it, days are those of UTC.
    tz: Option<String>,
}

impl ZoneQuery {
    /// The zone, if one is asked for.
    pub fn zone(&self) -> Result<Option<Zone>, ApiError> {
        Ok(self.tz.as_deref().map(Zone::named).transpose()?)
    }
}

/// The same length as the time zone takes it.
pub fn zone_unit(unit: TimeUnit) -> time_zone::Unit {
    match unit {
        TimeUnit::Minute => time_zone::Unit::Minute,
        TimeUnit::Hour => time_zone::Unit::Hour,
        TimeUnit::Day => time_zone::Unit::Day,
    }
}

/// Returns what an account earned in a range of time, and what it may be paid out.
#[utoipa::path(get, path = "/v1/creators/{account}/earnings", tag = "creators",
    params(("account" = String, Path), RangeQuery, ZoneQuery), responses((status = 200, body = Earnings), (status = 400, body = Problem)))]
pub async fn get_earnings(
    State(creators): State<Arc<Creators>>,
    State(catalogue): State<Arc<Catalogue>>,
    State(sessions): State<Arc<Sessions>>,
    Path(account): Path<Account>,
    Query(query): Query<RangeQuery>,
    Query(zone): Query<ZoneQuery>,
) -> Result<Json<Earnings>, ApiError> {
    let (range, unit) = query.range();
    let zone = zone.zone()?;
    let buckets = match &zone {
        Some(zone) => {
            let borders = zone.borders(zone_unit(unit), range)?;
            catalogue.index.earnings_between(&account.0, &borders).await?
        }
        None => {
            let asked = EarningsQuery { account: account.0.clone(), unit, range };
            catalogue.index.earnings(&asked).await?
        }
    };
    let settled = catalogue.index.earnings_total(&account.0).await?;
    let who = account.0.clone();
    let withdrawable = creators.nodes.ask(|chain| {
        let who = who.clone();
        async move { chain.now().earnings(&who).await }
    });
    let withdrawable = withdrawable.await.map_err(|error| ApiError::unavailable(error.to_string()))?;
    let streams = streams_of(&catalogue.index, &account.0).await?;
    let buckets = buckets.into_iter().map(|bucket| EarningsBucket {
        from: written(zone.as_ref(), bucket.starts_at),
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

/// Writes a time as RFC 3339, with the offset of the zone if there is one.
pub fn written(zone: Option<&Zone>, at: Moment) -> String {
    zone.map_or_else(|| rfc3339(at), |zone| zone.rfc3339(at))
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
