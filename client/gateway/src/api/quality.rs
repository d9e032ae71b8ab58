//! Playback as viewers experience it: players report it, and creators read it.

use super::{
    client_ip::ClientIp,
    creators::{check_creator, RangeQuery},
    device::Device,
    error::ApiError,
    signed_in::SignedIn,
    state::{Catalogue, Creators},
};
use crate::quality::{QualityReports, Refused};
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    Json,
};
use bytes::Bytes;
use std::{collections::BTreeMap, sync::Arc};
use tick_stream_primitives::{clock::now_ms, StreamId};
use vilokanam_indexer::QualityMinute;
use vilokanam_wire::{
    quality::{
        percentile, QualityBucket, QualityHistory, QualityReport, QualitySummary, LATENCY_BOUNDS_MS, MAX_REPORT_BYTES,
        REPORT_EVERY_S, START_BOUNDS_MS,
    },
    scalars::rfc3339,
    Problem,
};

/// Takes a player's report. A device without the gateway's cookie receives one, and counts from its next report on.
#[utoipa::path(post, path = "/v1/streams/{id}/quality", tag = "streams", params(("id" = u64, Path)),
    request_body = QualityReport, responses(
    (status = 202), (status = 400, body = Problem), (status = 404, body = Problem), (status = 413, body = Problem),
    (status = 429, body = Problem),
))]
pub async fn report_quality(
    State(catalogue): State<Arc<Catalogue>>,
    State(reports): State<Arc<QualityReports>>,
    Path(stream): Path<StreamId>,
    client: ClientIp,
    device: Device,
    body: Bytes,
) -> Result<Response, ApiError> {
    let mut accepted = StatusCode::ACCEPTED.into_response();
    if device.is_new() {
        device.introduce(&mut accepted);
        return Ok(accepted);
    }
    if body.len() > MAX_REPORT_BYTES {
        let words = format!("A report has at most {MAX_REPORT_BYTES} bytes.");
        return Err(ApiError::refused_by_framework(StatusCode::PAYLOAD_TOO_LARGE, &words));
    }
    // Whatever its media type is: browsers send beacons as plain text.
    // By way of an object, since a list would be taken for the fields in their order.
    let fields: Result<serde_json::Map<_, _>, _> = serde_json::from_slice(&body);
    let report = fields.and_then(|fields| serde_json::from_value::<QualityReport>(fields.into()));
    let report = report.map_err(|error| ApiError::bad_request(format!("The report cannot be read: {error}.")))?;
    reports.admit(client.prefix(), device.id, now_ms()).map_err(refusal)?;
    catalogue.rules.check_served(stream)?;
    let is_known = reports.knows(stream) || catalogue.live.channel(stream).is_some();
    let is_recorded = || catalogue.index.has_broadcast(stream);
    if !is_known && !is_recorded().await.map_err(|error| ApiError::internal(&error))? {
        return Err(ApiError::not_found(format!("There is nothing of stream {stream} to watch here.")));
    }
    reports.add(stream, &report).map_err(refusal)?;
    Ok(accepted)
}

fn refusal(refused: Refused) -> ApiError {
    match refused {
        Refused::TooOften => ApiError::too_many_requests(REPORT_EVERY_S),
        Refused::Full => ApiError::unavailable("This gateway has more reports than it can count."),
    }
}

/// Returns how viewers experienced the playback of a stream and its recordings, by time.
#[utoipa::path(get, path = "/v1/streams/{id}/quality", tag = "creators", params(("id" = u64, Path), RangeQuery),
    responses((status = 200, body = QualityHistory), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn get_quality(
    State(creators): State<Arc<Creators>>,
    State(catalogue): State<Arc<Catalogue>>,
    Path(stream): Path<StreamId>,
    Query(query): Query<RangeQuery>,
    who: SignedIn,
) -> Result<Json<QualityHistory>, ApiError> {
    check_creator(&creators, &who, stream).await?;
    let (range_ms, unit) = query.range();
    let minutes = catalogue.index.quality(stream, range_ms).await.map_err(|error| ApiError::internal(&error))?;
    Ok(Json(history(&minutes, unit.length_ms())))
}

/// Sums minutes up, in buckets of `length_ms` and all together.
fn history(minutes: &[QualityMinute], length_ms: u64) -> QualityHistory {
    let mut total = QualityMinute::default();
    let mut buckets: BTreeMap<u64, QualityMinute> = BTreeMap::new();
    for minute in minutes {
        total.add(minute);
        buckets.entry(minute.starts_at - minute.starts_at % length_ms.max(1)).or_default().add(minute);
    }
    let buckets = buckets.into_iter().map(|(from, sum)| QualityBucket { from: rfc3339(from), summary: summary(&sum) });
    QualityHistory { total: summary(&total), buckets: buckets.collect() }
}

fn summary(sum: &QualityMinute) -> QualitySummary {
    let played_ms: u64 = sum.renditions.values().sum();
    QualitySummary {
        reports: sum.reports,
        starts: sum.starts.iter().sum(),
        start_p50_ms: percentile(&START_BOUNDS_MS, &sum.starts, 500),
        start_p95_ms: percentile(&START_BOUNDS_MS, &sum.starts, 950),
        played_s: played_ms as f64 / 1_000.0,
        stalls: sum.stalls,
        stall_ratio: ratio(sum.stall_ms, played_ms.saturating_add(sum.stall_ms)),
        dropped_ratio: ratio(sum.dropped_frames, sum.frames),
        latency_p50_ms: percentile(&LATENCY_BOUNDS_MS, &sum.latencies, 500),
        latency_p95_ms: percentile(&LATENCY_BOUNDS_MS, &sum.latencies, 950),
        renditions: sum.renditions.iter().map(|(name, ms)| (name.clone(), ratio(*ms, played_ms))).collect(),
    }
}

/// A part of a whole, 0 if that is nothing.
fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

#[cfg(test)]
mod tests {
    use super::{super::views::test_catalogue::TestCatalogue, *};
    use axum::http::header;

    fn minute(at: u64, stall_ms: u64) -> QualityMinute {
        QualityMinute {
            starts_at: at * 60_000,
            reports: 2,
            stalls: 1,
            stall_ms,
            dropped_frames: 1,
            frames: 100,
            starts: vec![1, 1, 0, 0, 0, 0, 0],
            latencies: vec![0, 2, 0, 0, 0, 0, 0, 0, 0],
            renditions: [("720p".to_owned(), 45_000), ("360p".to_owned(), 15_000)].into(),
            ..QualityMinute::default()
        }
    }

    #[test]
    fn minutes_are_summed_up_by_bucket() {
        let history = history(&[minute(0, 0), minute(1, 20_000), minute(60, 0)], 3_600_000);
        assert_eq!(history.buckets.len(), 2);
        assert_eq!(history.buckets[1].from, "1970-01-01T01:00:00Z");
        let first = &history.buckets[0].summary;
        assert_eq!((first.reports, first.starts, first.stalls), (4, 4, 2));
        assert_eq!((first.start_p50_ms, first.start_p95_ms), (Some(500), Some(1_000)));
        assert_eq!((first.latency_p50_ms, first.latency_p95_ms), (Some(1_200), Some(1_200)));
        assert!((first.stall_ratio - 20.0 / 140.0).abs() < 1e-9 && (first.dropped_ratio - 0.01).abs() < 1e-9);
        assert!((first.renditions["720p"] - 0.75).abs() < 1e-9);
        assert!((history.total.played_s - 180.0).abs() < 1e-9);
    }

    #[test]
    fn range_without_reports_is_all_zero() {
        assert_eq!(history(&[], 60_000), QualityHistory::default());
    }

    async fn report(test: &TestCatalogue, reports: &Arc<QualityReports>, device: Device, body: &str) -> Response {
        let client = ClientIp([10, 0, 0, 1].into());
        let (catalogue, body) = (test.catalogue.clone(), Bytes::copy_from_slice(body.as_bytes()));
        let answer = report_quality(State(catalogue), State(reports.clone()), Path(0), client, device, body).await;
        answer.into_response()
    }

    #[tokio::test]
    async fn report_of_a_known_device_about_a_stream_on_air_is_counted() {
        let (test, reports) = (TestCatalogue::new().await, Arc::new(QualityReports::default()));
        let device = Device::known([1; 16]);
        let answer = report(&test, &reports, device, r#"{"stalls":1}"#).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "nothing is on air");
        test.go_on_air(0);
        let answer = report(&test, &reports, Device::known([2; 16]), r#"{"stalls":1}"#).await;
        assert_eq!(answer.status(), StatusCode::ACCEPTED);
        assert!(reports.knows(0));
        let answer = report(&test, &reports, Device::known([2; 16]), r#"{"stalls":1}"#).await;
        assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS, "twice at once");
    }

    #[tokio::test]
    async fn report_of_a_new_device_is_not_counted_and_answered_with_a_cookie() {
        let (test, reports) = (TestCatalogue::new().await, Arc::new(QualityReports::default()));
        test.go_on_air(0);
        let answer = report(&test, &reports, Device::unknown([1; 16]), "{}").await;
        assert_eq!(answer.status(), StatusCode::ACCEPTED);
        assert!(answer.headers().contains_key(header::SET_COOKIE));
        assert!(!reports.knows(0));
    }

    #[tokio::test]
    async fn report_that_is_too_large_or_no_report_is_refused() {
        let (test, reports) = (TestCatalogue::new().await, Arc::new(QualityReports::default()));
        test.go_on_air(0);
        let large = format!(r#"{{"player":"{}"}}"#, "x".repeat(MAX_REPORT_BYTES));
        let answer = report(&test, &reports, Device::known([1; 16]), &large).await;
        assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
        for body in ["", "[]", r#"{"stalls":-1}"#] {
            let answer = report(&test, &reports, Device::known([1; 16]), body).await;
            assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{body}");
        }
        assert!(!reports.knows(0));
    }
}
