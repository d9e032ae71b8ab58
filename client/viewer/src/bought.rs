//! Keys bought once: what this viewer has paid for in earlier sessions or on other devices is free, and a recording of which
//! everything was paid for can be downloaded.

use crate::{
    crypt::{SegmentKey, KEY_BYTES},
    gateway::{GatewayClient, GatewayError, MAX_OUTAGE, RETRY_PAUSE},
};
use codec::Encode;
use reqwest::{Method, RequestBuilder, Response};
use std::{
    collections::BTreeMap,
    ops::RangeInclusive,
    time::{Duration, Instant},
};
use tick_stream_primitives::{clock::now_ms, AccountId};
use vilokanam_chain::Signer;
use vilokanam_wire::{
    bought::{message, BoughtKeys, BoughtKeysRequest, Wanted},
    headers,
    scalars::bytes_to_hex,
    uploads::{JobView, NewClip},
    Account, RecordingRef, StreamRef,
};

/// Number of keys that are fetched at once, in order of playing.
const KEYS_AT_ONCE: u64 = 64;
/// Time without a byte after which a download has failed. The whole may take as long as it takes.
pub const DOWNLOAD_STALL: Duration = Duration::from_secs(60);

/// Who has bought, and the key that proves it.
#[derive(Clone)]
pub struct Buyer {
    /// Account that paid.
    pub viewer: AccountId,
    /// Session key of that account, or the key of the account itself.
    pub session_key: Signer,
}

/// What a viewer has bought of one stream at one gateway.
pub struct Purchases {
    gateway: GatewayClient,
    /// Account of the gateway, which signatures name.
    account: Account,
    buyer: Buyer,
    stream: StreamRef,
    ranges: Vec<RangeInclusive<u64>>,
    /// Keys that were fetched in advance, by their indices.
    keys: BTreeMap<u64, SegmentKey>,
}

impl Purchases {
    /// Asks the gateway what the viewer has bought.
    ///
    /// # Errors
    ///
    /// When the gateway does not answer, or does not accept the proof.
    pub async fn load(gateway: GatewayClient, buyer: Buyer, stream: StreamRef) -> Result<Self, GatewayError> {
        let account = gateway.info().await?.account;
        let path = format!("/v1/streams/{stream}/bought");
        let request = gateway.request(Method::GET, gateway.url(&path)?);
        let request = proved(request, &account, &buyer, (stream, Wanted::All));
        let found: BoughtKeys = gateway.json(&path, gateway.send(request).await?).await?;
        let ranges = found.ranges.iter().map(|range| range.first..=range.last).collect();
        Ok(Self { gateway, account, buyer, stream, ranges, keys: BTreeMap::new() })
    }

    /// The same, but `None` from a gateway that does not remember purchases, as before version 2.
    ///
    /// # Errors
    ///
    /// As [`Self::load`].
    pub async fn load_if_kept(
        gateway: GatewayClient,
        buyer: Buyer,
        stream: StreamRef,
    ) -> Result<Option<Self>, GatewayError> {
        match Self::load(gateway, buyer, stream).await {
            Err(error) if is_unknown_route(&error) => Ok(None),
            loaded => loaded.map(Some),
        }
    }

    /// Returns the ranges of keys, in ascending order.
    pub fn ranges(&self) -> &[RangeInclusive<u64>] {
        &self.ranges
    }

    /// Returns a key, or `None` if it was not bought or can no longer be had. A gateway that does not answer, or is busy, is asked
    /// again for [`MAX_OUTAGE`].
    ///
    /// # Errors
    ///
    /// When the gateway does not answer in time, or does not accept the proof.
    pub async fn key(&mut self, index: u64) -> Result<Option<SegmentKey>, GatewayError> {
        if let Some(key) = self.keys.remove(&index) {
            return Ok(Some(key));
        }
        let Some(range) = self.ranges.iter().find(|range| range.contains(&index)) else { return Ok(None) };
        let last = *range.end().min(&index.saturating_add(KEYS_AT_ONCE - 1));
        let began = Instant::now();
        loop {
            match self.fetch(index, last).await {
                Ok(()) => return Ok(self.keys.remove(&index)),
                // A recording was deleted or hidden meanwhile: the rest of the range is no better.
                Err(error) if error.status() == Some(402) || is_unknown_route(&error) => {
                    self.ranges.retain(|range| !range.contains(&index));
                    return Ok(None);
                }
                Err(error) if error.is_temporary() && began.elapsed() < MAX_OUTAGE => {
                    tokio::time::sleep(RETRY_PAUSE).await;
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn fetch(&mut self, first: u64, last: u64) -> Result<(), GatewayError> {
        let count = u32::try_from(last - first + 1).unwrap_or(1);
        let time_ms = now_ms();
        let text = message(&self.account, self.stream, Wanted::Keys { first, count }, time_ms);
        let body = BoughtKeysRequest {
            viewer: Account(self.buyer.viewer.clone()),
            session_key: Account(self.buyer.session_key.account()),
            first,
            count,
            time_ms,
            signature: bytes_to_hex(self.buyer.session_key.sign(&text).encode()),
        };
        let path = format!("/v1/streams/{}/keys/bought", self.stream);
        let request = self.gateway.request(Method::POST, self.gateway.url(&path)?).json(&body);
        let response = self.gateway.send(request).await?;
        let bytes = self.gateway.body(&path, response, KEY_BYTES * count as usize).await?;
        if bytes.len() != KEY_BYTES * count as usize {
            return Err(GatewayError::invalid(&path, "it has another number of keys than was asked for"));
        }
        self.keys.clear();
        let keys = bytes.chunks_exact(KEY_BYTES).filter_map(|key| SegmentKey::try_from(key).ok());
        self.keys.extend((first..).zip(keys));
        Ok(())
    }

    /// Asks for a clip of what the viewer has bought. Returns the job that makes it.
    ///
    /// # Errors
    ///
    /// When the gateway does not answer, or the creator makes the clips of this stream.
    pub async fn clip(&self, clip: &NewClip) -> Result<JobView, GatewayError> {
        let path = format!("/v1/streams/{}/clips", self.stream);
        let request = self.gateway.request(Method::POST, self.gateway.url(&path)?).json(clip);
        let request = proved(request, &self.account, &self.buyer, (self.stream, Wanted::Clip));
        self.gateway.json(&path, self.gateway.send(request).await?).await
    }

    /// Begins the download of a recording as MP4: a rendition of that name, or the best one.
    ///
    /// # Errors
    ///
    /// When the gateway does not answer, or the viewer has not bought all of it.
    pub async fn download(&self, named: &RecordingRef, rendition: Option<&str>) -> Result<Response, GatewayError> {
        let path = download_path(self.stream, named);
        let request = self.gateway.request(Method::GET, self.gateway.url(&path)?).timeout(LONGEST_DOWNLOAD);
        let wanted = Wanted::Download { recording: named.number };
        let request = proved(request, &self.account, &self.buyer, (self.stream, wanted));
        let query: Vec<_> = rendition.map(|name| ("rendition", name)).into_iter().collect();
        self.gateway.send(request.query(&query)).await
    }
}

/// Whether a gateway refused because it has nothing at the address, or does not accept the method there.
fn is_unknown_route(error: &GatewayError) -> bool {
    matches!(error.status(), Some(404 | 405))
}

/// Longest time of a download. Each chunk has to come within [`DOWNLOAD_STALL`].
pub const LONGEST_DOWNLOAD: Duration = Duration::from_secs(24 * 3_600);

/// Returns the path of a download.
pub fn download_path(stream: StreamRef, named: &RecordingRef) -> String {
    format!("/v1/streams/{stream}/recordings/{named}/download")
}

/// Adds the proof that the request may use what the buyer has bought.
fn proved(
    request: RequestBuilder,
    gateway: &Account,
    buyer: &Buyer,
    (stream, wanted): (StreamRef, Wanted),
) -> RequestBuilder {
    let time_ms = now_ms();
    let text = message(gateway, stream, wanted, time_ms);
    request
        .header(headers::VIEWER, Account(buyer.viewer.clone()).to_string())
        .header(headers::ACCOUNT, Account(buyer.session_key.account()).to_string())
        .header(headers::TIME, time_ms)
        .header(headers::SIGNATURE, bytes_to_hex(buyer.session_key.sign(&text).encode()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{
        http::{header, StatusCode},
        response::IntoResponse,
        routing::{get, post},
        Json, Router,
    };
    use serde_json::json;

    /// Starts a gateway that answers as these routes do, and describes itself.
    async fn gateway(routes: Router) -> GatewayClient {
        let account = Account(AccountId::from([1; 32])).to_string();
        let info = json!({
            "account": account, "endpoint": "http://h", "version": "1", "genesis_hash": "0x00", "nodes": [], "credit_ticks": 1,
            "credit_ticks_until_final": 1, "max_prepaid_ticks": 1, "ticket_lifetime_blocks": 1, "open_fee": "1",
            "min_deposit": "1", "min_price": "1", "min_share_ppm": 0, "rtmp_url": ""
        });
        let routes =
            routes.route("/v1/gateway", get(move || async move { Json(info) })).fallback(|| async { problem(404) });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        GatewayClient::new(&address.parse().unwrap()).unwrap()
    }

    fn problem(status: u16) -> impl IntoResponse {
        let body = json!({ "type": "/problems/x", "title": "x", "status": status, "detail": "x", "code": "x" });
        let kind = [(header::CONTENT_TYPE, "application/problem+json")];
        (StatusCode::from_u16(status).unwrap(), kind, body.to_string())
    }

    fn buyer() -> Buyer {
        let session_key = Signer::from_seed([7; 32]).unwrap();
        Buyer { viewer: session_key.account(), session_key }
    }

    fn purchases(gateway: GatewayClient, ranges: Vec<RangeInclusive<u64>>) -> Purchases {
        Purchases {
            gateway,
            account: Account(AccountId::from([1; 32])),
            buyer: buyer(),
            stream: StreamRef(7),
            ranges,
            keys: BTreeMap::from([(12, [3; 16])]),
        }
    }

    #[tokio::test]
    async fn gateway_is_asked_for_bought_keys_only() {
        let refusing = gateway(Router::new().route("/v1/streams/7/keys/bought", post(|| async { problem(403) }))).await;
        let mut purchases = purchases(refusing, vec![10..=19]);
        assert_eq!(purchases.key(9).await.unwrap(), None, "not bought, and not asked for");
        assert_eq!(purchases.key(12).await.unwrap(), Some([3; 16]), "fetched before");
        let refused = purchases.key(13).await;
        assert_eq!(refused.unwrap_err().status(), Some(403), "it is not paid for again without a word");
    }

    #[tokio::test]
    async fn key_that_the_gateway_no_longer_has_is_bought_as_any_other() {
        for status in [402, 404, 405] {
            let without = post(move || async move { problem(status) });
            let without = gateway(Router::new().route("/v1/streams/7/keys/bought", without)).await;
            let mut purchases = purchases(without, vec![10..=19]);
            assert_eq!(purchases.key(13).await.unwrap(), None, "{status}");
            assert!(purchases.ranges().is_empty());
        }
    }

    #[tokio::test]
    async fn gateway_without_purchases_is_no_failure() {
        let old = gateway(Router::new()).await;
        assert!(Purchases::load_if_kept(old, buyer(), StreamRef(7)).await.unwrap().is_none());
        let refusing = gateway(Router::new().route("/v1/streams/7/bought", get(|| async { problem(403) }))).await;
        let refused = Purchases::load_if_kept(refusing, buyer(), StreamRef(7)).await;
        assert_eq!(refused.err().and_then(|error| error.status()), Some(403));
        let bought = get(|| async { Json(json!({ "ranges": [{ "first": 10, "last": 19 }] })) });
        let new = gateway(Router::new().route("/v1/streams/7/bought", bought)).await;
        let loaded = Purchases::load_if_kept(new, buyer(), StreamRef(7)).await.unwrap().unwrap();
        assert_eq!(loaded.ranges(), [10..=19]);
    }
}
