//! Client of a gateway's HTTP API.

use crate::access::AccessTokens;
use reqwest::{header::RETRY_AFTER, Client, Method, RequestBuilder, Response, StatusCode};
use rustls::crypto::{ring, CryptoProvider};
use serde::{de::DeserializeOwned, Serialize};
use std::{
    fmt::Display,
    time::{Duration, Instant},
};
use tick_stream_primitives::GenesisHash;
use url::Url;
use vilokanam_wire::{
    gateway::GatewayInfo,
    scalars::bytes_from_hex,
    streams::{Page, RecordingView},
    Problem, RecordingRef, StreamRef,
};

/// Maximum size of a JSON document or playlist that is read, in bytes.
pub const MAX_TEXT_BYTES: usize = 4 * 1024 * 1024;
/// Maximum time for which [`GatewayClient::fetch`] and key requests wait for a gateway that does not answer.
pub const MAX_OUTAGE: Duration = Duration::from_secs(60);
/// Pause between two attempts to reach a gateway that does not answer.
pub const RETRY_PAUSE: Duration = Duration::from_secs(1);
/// Maximum number of pages of a list that are fetched for one answer.
const MAX_PAGES: usize = 1_000;
/// Number of list items in one request: the maximum that a gateway returns.
const PAGE_ITEMS: usize = 100;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// Reason why a request to a gateway failed.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// This machine cannot make HTTP requests.
    #[error("an HTTP client cannot be created: {0}")]
    Client(#[source] reqwest::Error),
    /// The path cannot be appended to the gateway's address.
    #[error("'{path}' is not a path at {gateway}: {source}")]
    Path {
        /// Path that was requested.
        path: String,
        /// Address of the gateway.
        gateway: Url,
        /// Reason.
        source: url::ParseError,
    },
    /// The gateway answered with an error.
    #[error("the gateway refused: {}{}", problem.detail, request_words(problem))]
    Refused {
        /// Error as the gateway describes it.
        problem: Box<Problem>,
        /// Time after which the gateway may accept the request, if it states one.
        retry_after: Option<Duration>,
    },
    /// There was no answer, or only a part of one.
    #[error("no connection to the gateway at {gateway}: {reason}")]
    Unreachable {
        /// Address of the gateway.
        gateway: Url,
        /// Reason.
        reason: String,
    },
    /// The answer is not what this version of the API defines.
    #[error("the gateway's answer to {request} is not valid: {reason}")]
    InvalidAnswer {
        /// Path or address that was requested.
        request: String,
        /// First thing that is wrong with the answer.
        reason: String,
    },
}

impl GatewayError {
    pub(crate) fn invalid(request: &str, reason: impl Display) -> Self {
        Self::InvalidAnswer { request: request.to_owned(), reason: reason.to_string() }
    }

    /// Returns the HTTP status of a refusal.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Refused { problem, .. } => Some(problem.status),
            _ => None,
        }
    }

    /// Returns whether the same request may succeed a little later.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Unreachable { .. } => true,
            Self::Refused { problem, .. } => matches!(problem.status, 429 | 502 | 503 | 504),
            _ => false,
        }
    }
}

impl From<Problem> for GatewayError {
    fn from(problem: Problem) -> Self {
        Self::Refused { problem: Box::new(problem), retry_after: None }
    }
}

fn request_words(problem: &Problem) -> String {
    problem.request_id.as_ref().map(|id| format!(" (request {id})")).unwrap_or_default()
}

/// Client of one gateway. Clones share connections, cookies and sign-ins.
#[derive(Clone, Debug)]
pub struct GatewayClient {
    http: Client,
    base: Url,
    pub(crate) access: AccessTokens,
}

impl GatewayClient {
    /// Creates a client of the gateway at `address`, which may have a path of its own.
    ///
    /// Installs *ring* as the process's provider of cryptography for TLS if none is installed.
    ///
    /// # Errors
    ///
    /// [`GatewayError::Client`] when this machine has no usable TLS certificates.
    pub fn new(address: &Url) -> Result<Self, GatewayError> {
        if CryptoProvider::get_default().is_none() {
            // Another thread may have been faster; then that provider is used.
            let _ = ring::default_provider().install_default();
        }
        let http = Client::builder()
            .user_agent(concat!("vilokanam/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(REQUEST_TIMEOUT)
            .cookie_store(true)
            .build()
            .map_err(GatewayError::Client)?;
        Ok(Self { http, base: with_trailing_slash(address), access: AccessTokens::default() })
    }

    /// Returns the gateway's address.
    pub fn address(&self) -> &Url {
        &self.base
    }

    /// Returns the URL of a path that begins with `/v1`.
    ///
    /// # Errors
    ///
    /// [`GatewayError::Path`].
    pub fn url(&self, path: &str) -> Result<Url, GatewayError> {
        let joined = self.base.join(path.trim_start_matches('/'));
        joined.map_err(|source| GatewayError::Path { path: path.to_owned(), gateway: self.base.clone(), source })
    }

    /// Fetches the gateway's description of itself.
    ///
    /// # Errors
    ///
    /// As [`Self::get`].
    pub async fn info(&self) -> Result<GatewayInfo, GatewayError> {
        self.get("/v1/gateway", &[]).await
    }

    /// Fetches the genesis hash of the gateway's chain.
    ///
    /// # Errors
    ///
    /// As [`Self::get`].
    pub async fn genesis(&self) -> Result<GenesisHash, GatewayError> {
        genesis_of(&self.info().await?)
    }

    /// Fetches a JSON document.
    ///
    /// # Errors
    ///
    /// When the gateway does not answer, refuses, or answers with something else.
    pub async fn get<T: DeserializeOwned>(&self, path: &str, query: &[(&str, String)]) -> Result<T, GatewayError> {
        let response = self.send(self.http.get(self.url(path)?).query(query)).await?;
        self.json(path, response).await
    }

    /// Finds the multivariant playlist of a recording.
    ///
    /// # Errors
    ///
    /// As [`Self::get`].
    pub async fn recording_playlist(&self, stream: StreamRef, named: &RecordingRef) -> Result<Url, GatewayError> {
        let path = format!("/v1/streams/{stream}/recordings/{named}");
        match self.get::<RecordingView>(&path, &[]).await {
            Ok(recording) => self.url(&recording.playlist),
            // Gateways before version 2 describe recordings in lists only, and have the playlist at this address.
            Err(error) if error.status() == Some(404) => self.url(&format!("{path}/master.m3u8")),
            Err(error) => Err(error),
        }
    }

    /// Fetches a list page by page, up to `limit` items.
    ///
    /// # Errors
    ///
    /// As [`Self::get`].
    pub async fn list<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, String)],
        limit: usize,
    ) -> Result<Vec<T>, GatewayError> {
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

    /// Posts a JSON document and reads the answer.
    ///
    /// # Errors
    ///
    /// As [`Self::get`].
    pub async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, GatewayError> {
        let response = self.send(self.http.post(self.url(path)?).json(body)).await?;
        self.json(path, response).await
    }

    /// Fetches a document of at most `max_bytes`. A gateway that does not answer, or is busy, is asked again for
    /// [`MAX_OUTAGE`].
    ///
    /// # Errors
    ///
    /// When the gateway refuses, or does not answer in time.
    pub async fn fetch(&self, url: &Url, max_bytes: usize) -> Result<Vec<u8>, GatewayError> {
        let began = Instant::now();
        loop {
            let fetched = match self.send(self.request(Method::GET, url.clone())).await {
                Ok(response) => self.body(url.path(), response, max_bytes).await,
                Err(error) => Err(error),
            };
            match fetched {
                Err(error) if error.is_temporary() && began.elapsed() < MAX_OUTAGE => {
                    tokio::time::sleep(RETRY_PAUSE).await;
                }
                done => return done,
            }
        }
    }

    /// Begins a request that the caller completes.
    pub fn request(&self, method: Method, url: Url) -> RequestBuilder {
        self.http.request(method, url)
    }

    /// Sends a request.
    ///
    /// # Errors
    ///
    /// [`GatewayError::Unreachable`] when there is no answer, [`GatewayError::Refused`] when it is not a success.
    pub async fn send(&self, request: RequestBuilder) -> Result<Response, GatewayError> {
        let response = request.send().await.map_err(|error| self.unreachable(&error))?;
        if response.status().is_success() {
            return Ok(response);
        }
        Err(self.refusal(response).await)
    }

    /// Reads the JSON document of an answer to `request`.
    ///
    /// # Errors
    ///
    /// As [`Self::body`], and when it is something else.
    pub async fn json<T: DeserializeOwned>(&self, request: &str, response: Response) -> Result<T, GatewayError> {
        let bytes = self.body(request, response, MAX_TEXT_BYTES).await?;
        serde_json::from_slice(&bytes).map_err(|error| GatewayError::invalid(request, error))
    }

    /// Reads the body of an answer to `request`.
    ///
    /// # Errors
    ///
    /// When the connection fails, or the body is longer than `max_bytes`.
    pub async fn body(&self, request: &str, mut response: Response, max_bytes: usize) -> Result<Vec<u8>, GatewayError> {
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.unreachable(&error))? {
            if body.len() + chunk.len() > max_bytes {
                return Err(GatewayError::invalid(request, format!("it is longer than {max_bytes} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    /// Reads an answer that is not a success. A proxy in between may have answered instead of the gateway.
    pub async fn refusal(&self, response: Response) -> GatewayError {
        let status = response.status();
        let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        let body = self.body("an error", response, MAX_TEXT_BYTES).await.unwrap_or_default();
        let mut problem: Problem = serde_json::from_slice(&body).unwrap_or_else(|_| unexplained(status));
        if let (None, Some(seconds)) = (&problem.hint, retry_after) {
            problem.hint = Some(format!("Try again in {seconds} s."));
        }
        GatewayError::Refused { problem: Box::new(problem), retry_after: retry_after.map(Duration::from_secs) }
    }

    pub(crate) fn unreachable(&self, error: &reqwest::Error) -> GatewayError {
        GatewayError::Unreachable { gateway: self.base.clone(), reason: root_cause(error) }
    }
}

/// Returns the genesis hash of the chain that a gateway says it is on.
///
/// # Errors
///
/// [`GatewayError::InvalidAnswer`].
pub fn genesis_of(info: &GatewayInfo) -> Result<GenesisHash, GatewayError> {
    bytes_from_hex(&info.genesis_hash).map_err(|error| GatewayError::invalid("/v1/gateway", error))
}

fn unexplained(status: StatusCode) -> Problem {
    Problem {
        kind: "about:blank".into(),
        title: status.canonical_reason().unwrap_or("Refused").into(),
        status: status.as_u16(),
        detail: format!("it answered {status} without an explanation"),
        hint: Some("Check that the address is that of a Vilokanam gateway; a proxy may have answered instead.".into()),
        code: format!("http-{}", status.as_u16()),
        request_id: None,
        required_ticks: None,
    }
}

/// Returns the innermost reason: the outer ones only say that a request failed.
fn root_cause(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

/// Returns the address as a base to join paths to. Without the slash at the end, the last part of its path would be
/// replaced.
fn with_trailing_slash(address: &Url) -> Url {
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
    fn paths_are_appended_to_the_address() {
        for (address, expected) in [
            ("http://h:8080", "http://h:8080/v1/streams"),
            ("https://h/video", "https://h/video/v1/streams"),
            ("https://h/video/?x=1", "https://h/video/v1/streams"),
        ] {
            let client = GatewayClient::new(&address.parse().unwrap()).unwrap();
            assert_eq!(client.url("/v1/streams").unwrap().as_str(), expected);
        }
    }

    #[test]
    fn refusal_without_a_problem_document_is_explained() {
        let error = GatewayError::from(unexplained(StatusCode::BAD_GATEWAY));
        assert_eq!((error.status(), error.is_temporary()), (Some(502), true));
        assert_eq!(error.to_string(), "the gateway refused: it answered 502 Bad Gateway without an explanation");
    }

    #[test]
    fn client_errors_are_not_temporary() {
        assert!(GatewayError::from(unexplained(StatusCode::TOO_MANY_REQUESTS)).is_temporary());
        assert!(!GatewayError::from(unexplained(StatusCode::NOT_FOUND)).is_temporary());
        assert!(!GatewayError::invalid("/v1/x", "no JSON").is_temporary());
    }
}
