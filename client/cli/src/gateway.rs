//! The gateway's HTTP API.

use crate::error::CliError;
use codec::Encode;
use reqwest::{header::RETRY_AFTER, Client, Method, RequestBuilder, Response, StatusCode};
use serde::{de::DeserializeOwned, Serialize};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tick_stream_primitives::GenesisHash;
use url::Url;
use vilokanam_chain::Signer;
use vilokanam_wire::{
    creator::{request_message, ACCOUNT_HEADER, SIGNATURE_HEADER, TIME_HEADER},
    gateway::GatewayInfo,
    scalars::{bytes_from_hex, bytes_to_hex},
    streams::Page,
    Account, Problem,
};

/// The longest JSON document or playlist that is read.
pub const MAX_TEXT_BYTES: usize = 4 * 1024 * 1024;
/// The most pages of a list that are fetched for one answer.
const MAX_PAGES: usize = 1_000;
/// Items of a list that are asked for at once: the most that a gateway gives.
const PAGE_ITEMS: usize = 100;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// A gateway.
#[derive(Clone, Debug)]
pub struct GatewayClient {
    http: Client,
    base: Url,
}

impl GatewayClient {
    /// The gateway at this address, which may have a path of its own.
    pub fn new(address: &Url) -> Result<Self, CliError> {
        let http = Client::builder()
            .user_agent(concat!("vilokanam/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(REQUEST_TIMEOUT)
            .cookie_store(true)
            .build()
            .map_err(|error| CliError::failed(format!("no HTTP client: {error}"), "Check this machine's TLS roots."))?;
        Ok(Self { http, base: with_slash(address) })
    }

    /// Its address.
    pub fn address(&self) -> &Url {
        &self.base
    }

    /// The URL of a path that begins with `/v1`.
    pub fn url(&self, path: &str) -> Result<Url, CliError> {
        let joined = self.base.join(path.trim_start_matches('/'));
        joined.map_err(|error| CliError::Usage(format!("'{path}' is no path at {}: {error}", self.base)))
    }

    /// What it says of itself.
    pub async fn info(&self) -> Result<GatewayInfo, CliError> {
        self.get("/v1/gateway", &[]).await
    }

    /// The chain it is on.
    pub async fn genesis(&self) -> Result<GenesisHash, CliError> {
        genesis_of(&self.info().await?)
    }

    /// Fetches a JSON document.
    pub async fn get<T: DeserializeOwned>(&self, path: &str, query: &[(&str, String)]) -> Result<T, CliError> {
        let response = self.send(self.http.get(self.url(path)?).query(query)).await?;
        json_of(path, response).await
    }

    /// Fetches a list, page by page, up to `limit` items.
    pub async fn list<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, String)],
        limit: usize,
    ) -> Result<Vec<T>, CliError> {
        let mut items = Vec::new();
        let mut cursor = None;
        let page_items = limit.clamp(1, PAGE_ITEMS).to_string();
        for _ in 0..MAX_PAGES {
            let mut query = query.to_vec();
            query.push(("limit", page_items.clone()));
            query.extend(cursor.map(|cursor| ("cursor", cursor)));
            let page: Page<T> = self.get(path, &query).await?;
            items.extend(page.items);
            cursor = page.next_cursor;
            if cursor.is_none() || items.len() >= limit {
                break;
            }
        }
        items.truncate(limit);
        Ok(items)
    }

    /// Posts a JSON document.
    pub async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, CliError> {
        let response = self.send(self.http.post(self.url(path)?).json(body)).await?;
        json_of(path, response).await
    }

    /// A request that is put together by the caller.
    pub fn request(&self, method: Method, url: Url) -> RequestBuilder {
        self.http.request(method, url)
    }

    /// A request that only the creator may make. `body` is the JSON document, or nothing.
    pub async fn signed(
        &self,
        signer: &Signer,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<Response, CliError> {
        let genesis = self.genesis().await?;
        let body = body.map(serde_json::to_vec).transpose().map_err(|error| answer(path, error))?.unwrap_or_default();
        let time_ms = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() as u64;
        let message = request_message(&genesis, method.as_str(), path, time_ms, &body);
        let mut request = self
            .http
            .request(method, self.url(path)?)
            .header(ACCOUNT_HEADER, Account(signer.account()).to_string())
            .header(TIME_HEADER, time_ms)
            .header(SIGNATURE_HEADER, bytes_to_hex(signer.sign(&message).encode()));
        if !body.is_empty() {
            request = request.header(reqwest::header::CONTENT_TYPE, "application/json").body(body);
        }
        self.send(request).await
    }

    /// Sends a request; an answer that is no success is an error.
    pub async fn send(&self, request: RequestBuilder) -> Result<Response, CliError> {
        let response = request.send().await.map_err(|error| self.unreachable(&error))?;
        if response.status().is_success() {
            return Ok(response);
        }
        Err(CliError::Gateway(Box::new(problem_of(response).await)))
    }

    /// No answer, or only a part of one.
    pub fn unreachable(&self, error: &reqwest::Error) -> CliError {
        CliError::Connect { to: format!("the gateway at {}", self.base), reason: root_cause(error) }
    }
}

/// The chain that a gateway says to be on.
pub fn genesis_of(info: &GatewayInfo) -> Result<GenesisHash, CliError> {
    bytes_from_hex(&info.genesis_hash).map_err(|error| answer("/v1/gateway", error))
}

/// An answer that makes no sense.
pub fn answer(request: &str, reason: impl std::fmt::Display) -> CliError {
    CliError::Answer { request: request.to_owned(), reason: reason.to_string() }
}

/// The JSON document of an answer.
pub async fn json_of<T: DeserializeOwned>(request: &str, response: Response) -> Result<T, CliError> {
    let bytes = read_body(request, response, MAX_TEXT_BYTES).await?;
    serde_json::from_slice(&bytes).map_err(|error| answer(request, error))
}

/// The body of an answer, up to `max_bytes`.
pub async fn read_body(request: &str, mut response: Response, max_bytes: usize) -> Result<Vec<u8>, CliError> {
    let broken = |error: reqwest::Error| CliError::Connect { to: request.to_owned(), reason: root_cause(&error) };
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(broken)? {
        if body.len() + chunk.len() > max_bytes {
            return Err(answer(request, format!("it is longer than {max_bytes} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// What a refusal says; a proxy in between may refuse in its own words.
pub async fn problem_of(response: Response) -> Problem {
    let status = response.status();
    let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let body = read_body("an error", response, MAX_TEXT_BYTES).await.unwrap_or_default();
    let problem = serde_json::from_slice(&body).unwrap_or_else(|_| unworded(status));
    match (&problem.mend, retry_after) {
        (None, Some(seconds)) => Problem { mend: Some(format!("Try again in {seconds} s.")), ..problem },
        _ => problem,
    }
}

fn unworded(status: StatusCode) -> Problem {
    Problem {
        kind: "about:blank".into(),
        title: status.canonical_reason().unwrap_or("Refused").into(),
        status: status.as_u16(),
        detail: format!("it answered {status} without saying why"),
        mend: Some("Check that --gateway is a Vilokanam gateway; a proxy may stand before it.".into()),
        code: format!("http-{}", status.as_u16()),
        request_id: None,
        ticks_due: None,
    }
}

/// The innermost reason: the outer ones only say that a request failed.
fn root_cause(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

/// Without the slash at its end, a URL's last part would be replaced by what is joined to it.
fn with_slash(address: &Url) -> Url {
    let mut base = address.clone();
    base.set_query(None);
    base.set_fragment(None);
    if !base.path().ends_with('/') {
        base.set_path(&format!("{}/", address.path()));
    }
    base
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn url_works() {
        // As the program does at its start; another test may have been first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        for (address, expected) in [
            ("http://h:8080", "http://h:8080/v1/streams"),
            ("https://h/video", "https://h/video/v1/streams"),
            ("https://h/video/?x=1", "https://h/video/v1/streams"),
        ] {
            let base = with_slash(&address.parse().unwrap());
            let client = GatewayClient { http: Client::new(), base };
            assert_eq!(client.url("/v1/streams").unwrap().as_str(), expected);
        }
    }

    #[test]
    fn unworded_works() {
        let problem = unworded(StatusCode::BAD_GATEWAY);
        assert_eq!((problem.status, problem.code.as_str()), (502, "http-502"));
    }
}
