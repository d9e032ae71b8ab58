//! A few bytes with which a player measures its bandwidth before it chooses its first rendition.
//!
//! They cost no payment, so they are limited: for each network, and for all of them together.

use super::{client_ip::ClientIp, error::ApiError};
use axum::{
    extract::{Query, State},
    http::header,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use governor::{
    clock::DefaultClock,
    state::{keyed::DashMapStateStore, InMemoryState, NotKeyed},
    Quota, RateLimiter,
};
use rand::RngCore;
use serde::Deserialize;
use std::{num::NonZeroU32, sync::Arc};
use vilokanam_paywall::IpPrefix;
use vilokanam_wire::{quality::MAX_PROBE_BYTES, Problem};

/// Bytes of an answer if the request names no number.
const USUAL_BYTES: u32 = 256 << 10;
/// What limits count in.
const UNIT_BYTES: u32 = 1 << 10;
/// Units of one network at once: a probe of a whole household.
const PREFIX_BURST: u32 = 4 * MAX_PROBE_BYTES / UNIT_BYTES;
/// Units of one network a second.
const PREFIX_PER_SECOND: u32 = 100;
/// Units of all networks at once.
const BURST: u32 = 64 * MAX_PROBE_BYTES / UNIT_BYTES;
/// Units of all networks a second.
const PER_SECOND: u32 = 16 * MAX_PROBE_BYTES / UNIT_BYTES;
/// Networks remembered before idle ones are forgotten.
const MAX_PREFIXES: usize = 100_000;

type ByPrefix = RateLimiter<IpPrefix, DashMapStateStore<IpPrefix>, DefaultClock>;

/// The bytes of all probes, and how many of them may be given out.
pub struct Probes {
    /// Random, so that no proxy on the way can compress them.
    bytes: Bytes,
    by_prefix: ByPrefix,
    all: RateLimiter<NotKeyed, InMemoryState, DefaultClock>,
}

impl Default for Probes {
    fn default() -> Self {
        let mut bytes = vec![0; MAX_PROBE_BYTES as usize];
        rand::thread_rng().fill_bytes(&mut bytes);
        Self {
            bytes: bytes.into(),
            by_prefix: RateLimiter::dashmap(quota(PREFIX_PER_SECOND, PREFIX_BURST)),
            all: RateLimiter::direct(quota(PER_SECOND, BURST)),
        }
    }
}

fn at_least_one(count: u32) -> NonZeroU32 {
    NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN)
}

fn quota(per_second: u32, burst: u32) -> Quota {
    Quota::per_second(at_least_one(per_second)).allow_burst(at_least_one(burst))
}

impl Probes {
    /// Returns `count` bytes, if the network has any left.
    fn take(&self, prefix: IpPrefix, count: u32) -> Result<Bytes, ApiError> {
        if self.by_prefix.len() > MAX_PREFIXES {
            self.forget_idle();
        }
        let units = at_least_one(count.div_ceil(UNIT_BYTES));
        // The outer errors are of requests above the burst, which is never smaller than the largest answer.
        let has_network = matches!(self.by_prefix.check_key_n(&prefix, units), Ok(Ok(())));
        let has_gateway = has_network && matches!(self.all.check_n(units), Ok(Ok(())));
        if !has_gateway {
            return Err(ApiError::too_many_requests(units.get() / PREFIX_PER_SECOND));
        }
        Ok(self.bytes.slice(..count as usize))
    }

    /// Forgets networks that have all their bytes again. To be called now and then.
    pub fn forget_idle(&self) {
        self.by_prefix.retain_recent();
        self.by_prefix.shrink_to_fit();
    }
}

/// How much is asked for.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ProbeQuery {
    /// Number of bytes, at most 1048576.
    bytes: Option<u32>,
}

/// Returns random bytes, to measure the bandwidth with.
#[utoipa::path(get, path = "/v1/probe", tag = "gateway", params(ProbeQuery), responses(
    (status = 200, content_type = "application/octet-stream"), (status = 400, body = Problem),
    (status = 429, body = Problem),
))]
pub async fn probe(
    State(probes): State<Arc<Probes>>,
    Query(query): Query<ProbeQuery>,
    client: ClientIp,
) -> Result<Response, ApiError> {
    let count = query.bytes.unwrap_or(USUAL_BYTES);
    if !(1..=MAX_PROBE_BYTES).contains(&count) {
        return Err(ApiError::bad_request(format!("A probe has 1 to {MAX_PROBE_BYTES} bytes.")));
    }
    let bytes = probes.take(client.prefix(), count)?;
    let headers =
        [(header::CONTENT_TYPE, "application/octet-stream"), (header::CACHE_CONTROL, "no-store, no-transform")];
    Ok((headers, bytes).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::StatusCode;

    fn client(text: &str) -> ClientIp {
        ClientIp(text.parse().unwrap())
    }

    #[tokio::test]
    async fn probe_has_as_many_bytes_as_asked_for_and_is_not_cached() {
        let probes = Arc::new(Probes::default());
        for (asked, bytes) in [(None, 262_144), (Some(1), 1), (Some(1_000_000), 1_000_000)] {
            let answer = probe(State(probes.clone()), Query(ProbeQuery { bytes: asked }), client("10.0.0.1")).await;
            let answer = answer.unwrap();
            assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store, no-transform");
            let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
            assert_eq!(body.len(), bytes);
        }
    }

    #[tokio::test]
    async fn probe_of_a_size_that_is_not_allowed_is_refused() {
        let probes = Arc::new(Probes::default());
        for bytes in [0, MAX_PROBE_BYTES + 1] {
            let query = Query(ProbeQuery { bytes: Some(bytes) });
            let error = probe(State(probes.clone()), query, client("10.0.0.1")).await.unwrap_err();
            assert_eq!(error.into_response().status(), StatusCode::BAD_REQUEST);
        }
    }

    #[test]
    fn network_that_probes_too_much_is_refused_and_others_are_not() {
        let probes = Probes::default();
        let take = |address| probes.take(client(address).prefix(), MAX_PROBE_BYTES);
        assert!((0..4).all(|_| take("10.0.0.1").is_ok()));
        assert!(take("10.0.0.2").is_err(), "an address of the same network");
        assert!(take("10.0.1.1").is_ok(), "another network");
    }

    #[test]
    fn probes_of_many_networks_are_limited_together() {
        let probes = Probes::default();
        let taken = (0..=255u8).filter(|network| {
            let address = format!("10.0.{network}.1");
            probes.take(client(&address).prefix(), MAX_PROBE_BYTES).is_ok()
        });
        assert!(taken.count() < 256, "the gateway gives out 64 MiB at once, and 16 MiB a second");
    }
}
