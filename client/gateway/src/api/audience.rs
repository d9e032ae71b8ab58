//! For creators: who watched, by time.

use super::{
    creators::{streams_of, RangeQuery},
    error::ApiError,
    state::Catalogue,
};
use axum::{
    extract::{Path, Query, State},
    Json,
};
use std::{collections::BTreeMap, sync::Arc};
use vilokanam_indexer::AudienceMinute;
use vilokanam_wire::{
    money::{AudienceBucket, AudienceHistory},
    scalars::rfc3339,
    Account, Problem,
};

/// Who watched an account's streams at this gateway: viewers, previews, and how many of those went on to pay.
#[utoipa::path(get, path = "/v1/creators/{account}/audience", tag = "creators",
    params(("account" = String, Path), RangeQuery),
    responses((status = 200, body = AudienceHistory), (status = 400, body = Problem)))]
pub async fn get_audience(
    State(catalogue): State<Arc<Catalogue>>,
    Path(account): Path<Account>,
    Query(query): Query<RangeQuery>,
) -> Result<Json<AudienceHistory>, ApiError> {
    let (range_ms, unit) = query.range();
    let streams = streams_of(&catalogue.index, &account.0).await?;
    let minutes = catalogue.index.audience(&streams, range_ms).await.map_err(|error| ApiError::internal(&error))?;
    let buckets = buckets(&minutes, unit.length_ms());
    Ok(Json(AudienceHistory {
        account,
        previewed: buckets.iter().map(|bucket| bucket.previewed).sum(),
        paid: buckets.iter().map(|bucket| bucket.paid).sum(),
        buckets,
    }))
}

/// Viewers of several streams in one minute are added; of several minutes the most count.
fn buckets(minutes: &[AudienceMinute], length_ms: u64) -> Vec<AudienceBucket> {
    let mut viewers_at: BTreeMap<u64, u32> = BTreeMap::new();
    for minute in minutes {
        let viewers = viewers_at.entry(minute.starts_at).or_default();
        *viewers = viewers.saturating_add(minute.viewers);
    }
    let start = |at_ms: u64| at_ms - at_ms % length_ms.max(1);
    let mut all: BTreeMap<u64, AudienceBucket> = BTreeMap::new();
    for minute in minutes {
        let from = rfc3339(start(minute.starts_at));
        let bucket =
            all.entry(start(minute.starts_at)).or_insert(AudienceBucket { from, viewers: 0, previewed: 0, paid: 0 });
        bucket.viewers = bucket.viewers.max(viewers_at.get(&minute.starts_at).copied().unwrap_or(0));
        bucket.previewed = bucket.previewed.saturating_add(minute.previewed);
        bucket.paid = bucket.paid.saturating_add(minute.paid);
    }
    all.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let by_minute = buckets(&minutes, 60_000);
        assert_eq!(by_minute.iter().map(|bucket| bucket.viewers).collect::<Vec<_>>(), [7, 5, 1]);
        let by_hour = buckets(&minutes, 3_600_000);
        assert_eq!(
            by_hour.iter().map(|bucket| (bucket.viewers, bucket.previewed, bucket.paid)).collect::<Vec<_>>(),
            [(7, 6, 3), (1, 2, 1)]
        );
        assert_eq!(by_hour[1].from, "1970-01-01T01:00:00Z");
    }
}
