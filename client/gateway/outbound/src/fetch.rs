//! HTTP within limits: of addresses, redirects, bytes and time.

use crate::names::{may_be_port, AddressError, Addresses};
use bytes::{Bytes, BytesMut};
use ipnet::IpNet;
use reqwest::{header, redirect, Client, Response, StatusCode};
use std::time::Duration;
use thiserror::Error;
use tokio::time::timeout;
use url::{Host, Url};

/// Maximum number of redirects of one request.
const MAX_REDIRECTS: usize = 5;
/// Maximum time for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Maximum time without a byte of an answer.
const READ_TIMEOUT: Duration = Duration::from_secs(10);
/// Connections to one host that are kept for the next request.
const MAX_IDLE_CONNECTIONS: usize = 2;
/// Name by which servers know these requests.
const USER_AGENT: &str = concat!("vilokanam-gateway/", env!("CARGO_PKG_VERSION"));

/// Why no request can be made at all.
#[derive(Debug, Error)]
#[error("the HTTP client cannot be set up: {0}")]
pub struct SetupError(#[from] reqwest::Error);

/// Why nothing was fetched.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum FetchError {
    /// The address may not be connected to.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// The URL has another scheme than allowed, a user name or password, or no host.
    #[error("{url} is no URL that is fetched; name an address that begins with {wanted} and has no password in it")]
    Url {
        /// The URL, without a password.
        url: String,
        /// Schemes that are allowed.
        wanted: &'static str,
    },
    /// There are too many redirects.
    #[error("there are more than {} redirects; name the address at the end of them", MAX_REDIRECTS)]
    TooManyRedirects,
    /// The server refuses.
    #[error("the server answers with status {0}; check the address")]
    Status(u16),
    /// The answer is too large.
    #[error("the answer has more than {0} bytes, which is the limit")]
    TooLarge(usize),
    /// The answer took too long.
    #[error("the answer took longer than {} s", .0.as_secs())]
    TimedOut(Duration),
    /// The connection or the answer failed.
    #[error("the request failed: {0}")]
    Failed(String),
}

/// What is asked for, and its limits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Maximum size of the answer in bytes.
    pub max_bytes: usize,
    /// Maximum time in all, with all redirects.
    pub time: Duration,
    /// Whether `http://` is allowed beside `https://`.
    pub allows_http: bool,
    /// First byte and number of bytes, if only a part of the resource is wanted.
    pub range: Option<(u64, u64)>,
}

impl Ask {
    /// A resource under `https://` of at most `max_bytes`, within 20 s.
    pub const fn https(max_bytes: usize) -> Self {
        Self { max_bytes, time: Duration::from_secs(20), allows_http: false, range: None }
    }

    /// The same, under `http://` as well.
    pub const fn http(max_bytes: usize) -> Self {
        Self { allows_http: true, ..Self::https(max_bytes) }
    }

    const fn schemes(&self) -> &'static str {
        if self.allows_http {
            "https:// or http://"
        } else {
            "https://"
        }
    }
}

/// What was fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// The address at the end of the redirects, to which relative addresses in the answer refer.
    pub url: Url,
    /// Media type as the server states it.
    pub content_type: Option<String>,
    /// The answer.
    pub bytes: Bytes,
}

/// Fetches what users name. Clones are cheap, and share connections.
#[derive(Clone, Debug)]
pub struct Outbound {
    addresses: Addresses,
    client: Client,
}

impl Outbound {
    /// A client for public addresses, and for those in the networks that the operator lists.
    ///
    /// # Errors
    ///
    /// The certificates of the system cannot be read.
    pub fn new(listed: Vec<IpNet>) -> Result<Self, SetupError> {
        // One provider for the process. A second call finds the first, which is no error.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let addresses = Addresses::new(listed);
        let client = Client::builder()
            .dns_resolver(addresses.clone())
            // A proxy of the environment would resolve names itself.
            .no_proxy()
            .redirect(redirect::Policy::none())
            .referer(false)
            .user_agent(USER_AGENT)
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT)
            .pool_max_idle_per_host(MAX_IDLE_CONNECTIONS)
            .build()?;
        Ok(Self { addresses, client })
    }

    /// The addresses that may be connected to.
    pub fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    /// Fetches a resource.
    ///
    /// # Errors
    ///
    /// [`FetchError`] says which rule or limit was broken, or what failed.
    pub async fn get(&self, url: &Url, ask: &Ask) -> Result<Fetched, FetchError> {
        let reading = async { self.follow(url.clone(), ask).await?.whole().await };
        timeout(ask.time, reading).await.map_err(|_| FetchError::TimedOut(ask.time))?
    }

    /// Begins to fetch a resource, which is read piece by piece. The time of `ask` is that up to its first byte.
    ///
    /// # Errors
    ///
    /// As [`Self::get`].
    pub async fn open(&self, url: &Url, ask: &Ask) -> Result<Download, FetchError> {
        timeout(ask.time, self.follow(url.clone(), ask)).await.map_err(|_| FetchError::TimedOut(ask.time))?
    }

    /// Sends bytes to a service. Redirects are not followed, and the body of the answer is not read. Returns its status.
    ///
    /// # Errors
    ///
    /// As [`Self::get`], but an answer with any status is none.
    pub async fn post(
        &self,
        url: &Url,
        headers: &[(&'static str, String)],
        body: Vec<u8>,
        ask: &Ask,
    ) -> Result<u16, FetchError> {
        self.check(url, ask)?;
        let request = self.client.post(url.clone()).body(body);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, value.as_str()));
        let answer = timeout(ask.time, request.send()).await.map_err(|_| FetchError::TimedOut(ask.time))?;
        Ok(answer.map_err(|error| failed(&error))?.status().as_u16())
    }

    async fn follow(&self, mut url: Url, ask: &Ask) -> Result<Download, FetchError> {
        for _ in 0..=MAX_REDIRECTS {
            self.check(&url, ask)?;
            let mut request = self.client.get(url.clone());
            if let Some((first, length)) = ask.range {
                let last = first.saturating_add(length).saturating_sub(1);
                request = request.header(header::RANGE, format!("bytes={first}-{last}"));
            }
            let response = request.send().await.map_err(|error| failed(&error))?;
            match next(&response)? {
                Some(target) => url = target,
                None => return Download::begin(url, response, ask),
            }
        }
        Err(FetchError::TooManyRedirects)
    }

    /// Checks what the resolver does not see: the scheme, and addresses that are written as such.
    fn check(&self, url: &Url, ask: &Ask) -> Result<(), FetchError> {
        let is_allowed = match url.scheme() {
            "https" => true,
            "http" => ask.allows_http,
            _ => false,
        };
        let has_password = !url.username().is_empty() || url.password().is_some();
        let refused = || FetchError::Url { url: without_secrets(url), wanted: ask.schemes() };
        if let Some(port) = url.port().filter(|port| is_allowed && !may_be_port(*port)) {
            return Err(AddressError::Port(port).into());
        }
        let address = match url.host().filter(|_| is_allowed && !has_password).ok_or_else(refused)? {
            Host::Domain(_) => return Ok(()),
            Host::Ipv4(address) => address.into(),
            Host::Ipv6(address) => address.into(),
        };
        if self.addresses.allows(address) {
            Ok(())
        } else {
            Err(AddressError::Private(address.to_string()).into())
        }
    }
}

/// The target of a redirect. `None`: the response is the answer.
fn next(response: &Response) -> Result<Option<Url>, FetchError> {
    let is_redirect = matches!(
        response.status(),
        StatusCode::MOVED_PERMANENTLY
            | StatusCode::FOUND
            | StatusCode::SEE_OTHER
            | StatusCode::TEMPORARY_REDIRECT
            | StatusCode::PERMANENT_REDIRECT
    );
    if !is_redirect {
        return Ok(None);
    }
    let target = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
    let target = target.and_then(|target| response.url().join(target).ok());
    target.map(Some).ok_or_else(|| FetchError::Status(response.status().as_u16()))
}

/// A resource that is being fetched.
#[derive(Debug)]
pub struct Download {
    url: Url,
    response: Response,
    max_bytes: usize,
    received_bytes: usize,
    /// Bytes that are left out, and bytes that are taken after them, if the server sends the whole instead of a part.
    part: Option<(u64, u64)>,
}

impl Download {
    fn begin(url: Url, response: Response, ask: &Ask) -> Result<Self, FetchError> {
        if !response.status().is_success() {
            return Err(FetchError::Status(response.status().as_u16()));
        }
        if response.content_length().unwrap_or(0) > ask.max_bytes as u64 {
            return Err(FetchError::TooLarge(ask.max_bytes));
        }
        let part = ask.range.filter(|_| response.status() != StatusCode::PARTIAL_CONTENT);
        Ok(Self { url, response, max_bytes: ask.max_bytes, received_bytes: 0, part })
    }

    /// Returns the next bytes, which are not empty. `None`: the answer has ended.
    ///
    /// # Errors
    ///
    /// The answer is too large, or breaks off.
    pub async fn next(&mut self) -> Result<Option<Bytes>, FetchError> {
        if matches!(self.part, Some((_, 0))) {
            return Ok(None);
        }
        // Counted as it comes: the announced size need not be true, and compressed answers grow.
        while let Some(bytes) = self.response.chunk().await.map_err(|error| failed(&error))? {
            self.received_bytes = self.received_bytes.saturating_add(bytes.len());
            if self.received_bytes > self.max_bytes {
                return Err(FetchError::TooLarge(self.max_bytes));
            }
            let wanted = self.wanted(bytes);
            if !wanted.is_empty() {
                return Ok(Some(wanted));
            }
        }
        Ok(None)
    }

    /// The wanted bytes of those that come next.
    fn wanted(&mut self, mut bytes: Bytes) -> Bytes {
        let Some((left_out, taken)) = &mut self.part else { return bytes };
        let at_most = |most: u64, length: usize| usize::try_from(most).unwrap_or(usize::MAX).min(length);
        let dropped = bytes.split_to(at_most(*left_out, bytes.len()));
        *left_out -= dropped.len() as u64;
        let wanted = bytes.split_to(at_most(*taken, bytes.len()));
        *taken -= wanted.len() as u64;
        wanted
    }

    async fn whole(mut self) -> Result<Fetched, FetchError> {
        let content_type = self.response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let content_type = content_type.map(str::to_owned);
        let mut bytes = BytesMut::new();
        while let Some(next) = self.next().await? {
            bytes.extend_from_slice(&next);
        }
        Ok(Fetched { url: self.url, content_type, bytes: bytes.freeze() })
    }
}

/// The reason at the bottom, which says more than those above it. A refused address is found there as well.
fn failed(error: &reqwest::Error) -> FetchError {
    let mut deepest: &(dyn std::error::Error + 'static) = error;
    while let Some(source) = deepest.source() {
        deepest = source;
        if let Some(refused) = deepest.downcast_ref::<AddressError>() {
            return refused.clone().into();
        }
    }
    FetchError::Failed(deepest.to_string())
}

/// The URL without user name, password and query, which may be secrets. For its owner; logs need no more than
/// [`origin_of`].
pub fn without_secrets(url: &Url) -> String {
    let mut shown = url.clone();
    // A URL that cannot have them has none.
    let _ = shown.set_username("");
    let _ = shown.set_password(None);
    shown.set_query(None);
    shown.set_fragment(None);
    shown.into()
}

/// Scheme, host and port of a URL. The rest of it may be secret: names of streams often are.
pub fn origin_of(url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{}{port}", url.scheme(), url.host_str().unwrap_or_default())
}

#[cfg(test)]
mod tests;
