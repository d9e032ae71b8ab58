//! HTTP client of a gateway's API.

use anyhow::{ensure, Context, Result};
use reqwest::{
    header::{HeaderMap, HeaderName, HeaderValue, CONTENT_TYPE},
    Method,
};
use serde::{de::DeserializeOwned, Serialize};
use std::{net::IpAddr, time::Duration};
use url::Url;
use vilokanam_wire::{problem::MEDIA_TYPE, Problem};

/// Maximum time until an answer is complete. A request that waits for a playlist takes up to six seconds.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

/// Client of the API of one gateway.
#[derive(Clone)]
pub struct ApiClient {
    http: reqwest::Client,
    base: String,
}

/// An answer with any status.
#[derive(Clone, Debug)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Vec<u8>,
}

impl Response {
    /// Returns the value of a header, if there is one and it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Returns the answer, if its status says success.
    pub fn success(self) -> Result<Self> {
        ensure!((200..300).contains(&self.status), "HTTP {}: {}", self.status, self.text());
        Ok(self)
    }

    /// Returns the body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Reads the body of a successful answer as JSON.
    pub fn json<T: DeserializeOwned>(self) -> Result<T> {
        let answer = self.success()?;
        serde_json::from_slice(&answer.body).with_context(|| format!("unexpected JSON: {}", answer.text()))
    }

    /// Reads the problem document of a refusal, and checks that it is complete.
    pub fn problem(&self) -> Result<Problem> {
        ensure!(self.status >= 400, "HTTP {} is not a refusal", self.status);
        let media_type = self.header(CONTENT_TYPE.as_str());
        ensure!(media_type == Some(MEDIA_TYPE), "HTTP {} with {media_type:?}: {}", self.status, self.text());
        let problem: Problem = serde_json::from_slice(&self.body)?;
        ensure!(problem.status == self.status, "status {} in the body of HTTP {}", problem.status, self.status);
        ensure!(problem.kind == format!("/problems/{}", problem.code), "type and code differ: {problem:?}");
        ensure!(!problem.title.is_empty() && !problem.detail.is_empty(), "no title or no detail: {problem:?}");
        Ok(problem)
    }

    /// Fails unless the answer is a refusal with this status and this code.
    pub fn expect_refusal(&self, status: u16, code: &str) -> Result<Problem> {
        let problem = self.problem()?;
        ensure!(problem.status == status && problem.code == code, "expected {status} {code}, found {problem:?}");
        Ok(problem)
    }
}

impl ApiClient {
    /// Creates a client of the API at `base`.
    pub fn new(base: &str) -> Result<Self> {
        Self::build(base, None)
    }

    /// Creates a client whose requests come from this address. All of 127.0.0.0/8 are addresses of this machine.
    pub fn from_address(base: &str, address: &str) -> Result<Self> {
        Self::build(base, Some(address.parse()?))
    }

    fn build(base: &str, address: Option<IpAddr>) -> Result<Self> {
        // Fails if a provider is installed already, which is then used.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().timeout(ANSWER_TIMEOUT).local_address(address).build()?;
        Ok(Self { http, base: base.trim_end_matches('/').to_owned() })
    }

    /// Returns the URL of a path.
    pub fn url(&self, path: &str) -> Result<Url> {
        Ok(format!("{}{path}", self.base).parse()?)
    }

    /// Sends any request.
    pub async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Result<Response> {
        let mut all = HeaderMap::new();
        for (name, value) in headers {
            all.append(HeaderName::from_bytes(name.as_bytes())?, HeaderValue::from_str(value)?);
        }
        let url = format!("{}{path}", self.base);
        let response = self.http.request(method, url).headers(all).body(body).send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Response { status, headers, body: response.bytes().await?.to_vec() })
    }

    /// Sends a GET request.
    pub async fn get(&self, path: &str) -> Result<Response> {
        self.get_with(path, &[]).await
    }

    /// Sends a GET request with headers.
    pub async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Result<Response> {
        self.send(Method::GET, path, headers, Vec::new()).await
    }

    /// Sends a GET request with headers to a URL that a playlist contains.
    pub async fn get_url(&self, url: &Url, headers: &[(&str, &str)]) -> Result<Response> {
        let path = url.as_str().strip_prefix(&self.base).with_context(|| format!("{url} is not at this gateway"))?;
        self.get_with(path, headers).await
    }

    /// Posts JSON.
    pub async fn post(&self, path: &str, body: &impl Serialize, headers: &[(&str, &str)]) -> Result<Response> {
        let all = [&[(CONTENT_TYPE.as_str(), "application/json")], headers].concat();
        self.send(Method::POST, path, &all, serde_json::to_vec(body)?).await
    }
}
