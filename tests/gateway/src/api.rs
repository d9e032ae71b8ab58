//! HTTP as a client sends it.

use anyhow::{bail, ensure, Context, Result};
use reqwest::{
    header::{HeaderMap, HeaderName, HeaderValue},
    Method,
};
use serde::de::DeserializeOwned;
use std::{net::IpAddr, time::Duration};
use vilokanam_wire::{problem::MEDIA_TYPE, Problem};

/// The longest that an answer may take: a playlist that is waited for takes up to six seconds.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

/// A gateway's API.
#[derive(Clone)]
pub struct Api {
    http: reqwest::Client,
    base: String,
}

/// What came back, whatever it was.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    /// A header's value, if it is there and text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The answer, if it is of success.
    pub fn ok(self) -> Result<Self> {
        ensure!((200..300).contains(&self.status), "HTTP {}: {}", self.status, self.text());
        Ok(self)
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON, if the answer is of success.
    pub fn json<T: DeserializeOwned>(self) -> Result<T> {
        let answer = self.ok()?;
        serde_json::from_slice(&answer.body).with_context(|| format!("not what was expected: {}", answer.text()))
    }

    /// What is wrong, in the one envelope that errors have.
    pub fn problem(&self) -> Result<Problem> {
        ensure!(self.status >= 400, "it is no refusal but HTTP {}", self.status);
        ensure!(self.header("content-type") == Some(MEDIA_TYPE), "HTTP {}: {}", self.status, self.text());
        let problem: Problem = serde_json::from_slice(&self.body)?;
        ensure!(problem.status == self.status, "the body says {} and the header {}", problem.status, self.status);
        ensure!(problem.kind == format!("/problems/{}", problem.code), "type and code differ: {problem:?}");
        ensure!(!problem.title.is_empty() && !problem.detail.is_empty(), "no words: {problem:?}");
        Ok(problem)
    }

    /// Fails unless it is a refusal with this status and code.
    pub fn refused(&self, status: u16, code: &str) -> Result<Problem> {
        let problem = self.problem()?;
        ensure!(problem.status == status && problem.code == code, "refused, but with {problem:?}");
        Ok(problem)
    }
}

impl Api {
    /// The API below `base`, asked from wherever the system likes.
    pub fn new(base: &str) -> Result<Self> {
        Self::build(base, None)
    }

    /// The same, asked from one of this machine's addresses: all of 127.0.0.0/8 are.
    pub fn from_address(base: &str, address: IpAddr) -> Result<Self> {
        Self::build(base, Some(address))
    }

    fn build(base: &str, address: Option<IpAddr>) -> Result<Self> {
        // A second call finds the first one's provider.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().timeout(ANSWER_TIMEOUT).local_address(address).build()?;
        Ok(Self { http, base: base.trim_end_matches('/').to_owned() })
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Any request.
    pub async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Result<Answer> {
        let mut all = HeaderMap::new();
        for (name, value) in headers {
            all.append(HeaderName::from_bytes(name.as_bytes())?, HeaderValue::from_str(value)?);
        }
        let response = self.http.request(method, self.url(path)).headers(all).body(body).send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Answer { status, headers, body: response.bytes().await?.to_vec() })
    }

    /// What is at `path`.
    pub async fn get(&self, path: &str) -> Result<Answer> {
        self.get_with(path, &[]).await
    }

    /// What is at `path` for who shows these headers.
    pub async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Result<Answer> {
        self.send(Method::GET, path, headers, Vec::new()).await
    }

    /// The same for an address that a playlist has.
    pub async fn get_url(&self, url: &url::Url, headers: &[(&str, &str)]) -> Result<Answer> {
        let Some(path) = url.as_str().strip_prefix(&self.base) else { bail!("{url} is not at this gateway") };
        self.get_with(path, headers).await
    }

    /// Sends JSON.
    pub async fn post(&self, path: &str, json: &serde_json::Value, headers: &[(&str, &str)]) -> Result<Answer> {
        let all = [&[("content-type", "application/json")], headers].concat();
        self.send(Method::POST, path, &all, serde_json::to_vec(json)?).await
    }
}
