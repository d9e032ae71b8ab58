//! For creators: who watched, by time.

use super::{
    creators::{streams_of, written, zone_unit, RangeQuery, ZoneQuery},
    error::ApiError,
    state::Catalogue,
};
use axum::{
    extract::{Path, Query, State},
    Json,
};
use std::{collections::BTreeMap, sync::Arc};
use tick_stream_primitives::Moment;
use vilokanam_indexer::AudienceMinute;
use vilokanam_wire::{
    money::{AudienceBucket, AudienceHistory},
    Account, Problem,
};

/// Who watched an account's streams at this gateway: viewers, previews, and how many of those went on to pay.
#[utoipa::path(get, path = "/v1/creators/{account}/audience", tag = "creators",
    params(("account" = String, Path), RangeQuery, ZoneQuery),
    responses((status = 200, body = AudienceHistory), (status = 400, body = Problem)))]
pub async fn get_audience(
    State(catalogue): State<Arc<Catalogue>>,
    Path(account): Path<Account>,
    Query(query): Query<RangeQuery>,
    Query(zone): Query<ZoneQuery>,
) -> Result<Json<AudienceHistory>, ApiError> {
    let (range_ms, unit) = query.range();
    let zone = zone.zone()?;
    let streams = streams_of(&catalogue.index, &account.0).await?;
    let minutes = catalogue.index.audience(&streams, range_ms).await.map_err(|error| ApiError::internal(&error))?;
    let start = |at: Moment| match &zone {
        Some(zone) => zone.start_of(zone_unit(unit), at).unwrap_or(at),
        None => unit.start_of(at),
    };
    let buckets = buckets(&minutes, start, |at| written(zone.as_ref(), at));
    Ok(Json(AudienceHistory {
        account,
        previewed: buckets.iter().map(|bucket| bucket.previewed).sum(),
        paid: buckets.iter().map(|bucket| bucket.paid).sum(),
        buckets,
    }))
}

/// Viewers of several streams in one minute are added; of several minutes the most count.
fn buckets(
    minutes: &[AudienceMinute],
    start: impl Fn(Moment) -> Moment,
    written: impl Fn(Moment) -> String,
) -> Vec<AudienceBucket> {
    let mut viewers_at: BTreeMap<u64, u32> = BTreeMap::new();
    for minute in minutes {
        let viewers = viewers_at.entry(minute.starts_at).or_default();
        *viewers = viewers.saturating_add(minute.viewers);
    }
    let mut all: BTreeMap<u64, AudienceBucket> = BTreeMap::new();
    for minute in minutes {
        let starts_at = start(minute.starts_at);
        let empty = || AudienceBucket { from: written(starts_at), viewers: 0, previewed: 0, paid: 0 };
        let bucket = all.entry(starts_at).or_insert_with(empty);
        bucket.viewers = bucket.viewers.max(viewers_at.get(&minute.starts_at).copied().unwrap_or(0));
        bucket.previewed = bucket.previewed.saturating_add(minute.previewed);
        bucket.paid = bucket.paid.saturating_add(minute.paid);
    }
    all.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time_zone::{self, Zone};
    use vilokanam_indexer::TimeUnit;

    #[test]
    fn buckets_works() {
        let minute = |stream, minute: u64, viewers| AudienceMinute {
            stream,
            starts_at: minute * 60_000,
            viewers,
            previewed: 2,
            paid: 1,
        };
        let minutes = [minute(1, 0, 3), minute(2, 0, 4), minute(1, 1, 5), minute(1, 60, 1)];
        let by = |unit: TimeUnit| buckets(&minutes, |at| unit.start_of(at), |at| written(None, at));
        let by_minute = by(TimeUnit::Minute);
        assert_eq!(by_minute.iter().map(|bucket| bucket.viewers).collect::<Vec<_>>(), [7, 5, 1]);
        let by_hour = by(TimeUnit::Hour);
        assert_eq!(
            by_hour.iter().map(|bucket| (bucket.viewers, bucket.previewed, bucket.paid)).collect::<Vec<_>>(),
            [(7, 6, 3), (1, 2, 1)]
        );
        assert_eq!(by_hour[1].from, "1970-01-01T01:00:00Z");
    }

    #[test]
    fn day_of_a_zone_is_named_by_its_own_date() {
        let zone = Zone::named("Asia/Kathmandu").unwrap();
        let at = |starts_at| AudienceMinute { stream: 1, starts_at, viewers: 1, previewed: 0, paid: 0 };
        // 2026-06-09T18:14:00Z and 18:15:00Z, where a day begins.
        let minutes = [at(1_781_028_840_000), at(1_781_028_900_000)];
        let start = |at| zone.start_of(time_zone::Unit::Day, at).unwrap();
        let days = buckets(&minutes, start, |at| written(Some(&zone), at));
        let days: Vec<_> = days.iter().map(|day| day.from.as_str()).collect();
        assert_eq!(days, ["2026-06-09T00:00:00+05:45", "2026-06-10T00:00:00+05:45"]);
    }
}
