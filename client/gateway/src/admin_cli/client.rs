//! A client of the running gateway, signed in with the gateway's key.

use crate::{config::Config, gateway::BuildError, identity::Identity};
use codec::Encode;
use reqwest::{header, Method, Response};
use serde_json::{json, Value};
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};
use vilokanam_wire::{scalars::bytes_to_hex, Account, Problem};

/// Maximum time of a request.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Maximum size of an answer in bytes.
const MAX_ANSWER_BYTES: usize = 16 << 20;
/// What the sign-in is called in the list of the gateway's sign-ins.
const LABEL: &str = "vilokanam-gateway admin";

/// Why a command could not be carried out.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// The gateway's key cannot be read.
    #[error(transparent)]
    Key(#[from] BuildError),
    /// The gateway does not answer.
    #[error(
        "the gateway at {url} does not answer: {error}; start it, or name its settings with --config or --listen, so that its \
         port is known"
    )]
    Unreachable { url: String, error: reqwest::Error },
    /// The gateway refuses.
    #[error("{}{}", .0.detail, .0.hint.as_ref().map(|hint| format!(" {hint}")).unwrap_or_default())]
    Refused(Box<Problem>),
    /// What answers is no gateway, or another one.
    #[error(
        "what answers at {url} is not the gateway with the key of these settings; see that --config or --listen name the \
         gateway to administer"
    )]
    OtherGateway { url: String },
    /// The answer is too large.
    #[error("the answer of {url} has more than {MAX_ANSWER_BYTES} bytes")]
    TooLarge { url: String },
    /// The answer has another form than expected.
    #[error(
        "the answer of the gateway cannot be read: {0}; use the same version of the program as the gateway that runs"
    )]
    Answer(#[from] serde_json::Error),
}

/// A client with an access token.
pub struct Client {
    http: reqwest::Client,
    base: String,
    token: String,
}

/// Returns the URL at which this machine reaches the gateway: with a certificate the public one, to which it belongs.
fn base_url(config: &Config) -> String {
    let http = &config.http;
    if http.tls_certificate.is_some() {
        return http.public_url.trim_end_matches('/').to_owned();
    }
    let ip = match http.listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    format!("http://{}", SocketAddr::new(ip, http.listen.port()))
}

impl Client {
    /// Signs in with the key of the gateway or of its operator.
    ///
    /// # Errors
    ///
    /// [`AdminError`].
    pub async fn sign_in(config: &Config, identity: &Identity) -> Result<Self, AdminError> {
        // A second call finds the first, which is no error.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let base = base_url(config);
        let wrap = |error| AdminError::Unreachable { url: base.clone(), error };
        let http = reqwest::Client::builder().timeout(TIMEOUT).no_proxy().build().map_err(wrap)?;
        let mut client = Self { http, base, token: String::new() };
        let account = Account(identity.signer().account()).to_string();
        let challenge = client.send(Method::POST, "v1/auth/challenge", Some(&json!({ "account": account }))).await?;
        let message = text(&challenge, "message").ok_or_else(|| client.other_gateway())?;
        // Nothing but a sign-in at this very gateway is signed.
        let gateway = format!("gateway {}", Account(identity.account()));
        if !message.starts_with("Vilokanam sign-in") || !message.lines().any(|line| line == gateway) {
            return Err(client.other_gateway());
        }
        let signature = bytes_to_hex(identity.signer().sign(message.as_bytes()).encode());
        let body = json!({ "message": message, "signature": signature, "label": LABEL });
        let answer = client.send(Method::POST, "v1/auth/sign-in", Some(&body)).await?;
        client.token = text(&answer, "access_token").ok_or_else(|| client.other_gateway())?;
        Ok(client)
    }

    /// Reads a resource.
    ///
    /// # Errors
    ///
    /// [`AdminError`].
    pub async fn get(&self, path: &str, query: &[(&str, String)]) -> Result<Value, AdminError> {
        let request = self.http.get(self.url(path)).query(query).header(header::AUTHORIZATION, self.bearer());
        self.answer(request.send().await).await
    }

    /// Sends a request with a JSON body, or without one. Returns null for an answer without a body.
    ///
    /// # Errors
    ///
    /// [`AdminError`].
    pub async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value, AdminError> {
        let mut request = self.http.request(method, self.url(path));
        if !self.token.is_empty() {
            request = request.header(header::AUTHORIZATION, self.bearer());
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        self.answer(request.send().await).await
    }

    /// Signs out. If that fails, the access token expires within minutes.
    pub async fn sign_out(&self) {
        if let Err(error) = self.send(Method::POST, "v1/auth/sign-out", None).await {
            tracing::debug!(%error, "the sign-in of the command stays until it expires");
        }
    }

    fn url(&self, path: &str) -> String {
        format!("{}/{path}", self.base)
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.token)
    }

    fn other_gateway(&self) -> AdminError {
        AdminError::OtherGateway { url: self.base.clone() }
    }

    fn unreachable(&self, error: reqwest::Error) -> AdminError {
        AdminError::Unreachable { url: self.base.clone(), error }
    }

    async fn answer(&self, sent: Result<Response, reqwest::Error>) -> Result<Value, AdminError> {
        let mut response = sent.map_err(|error| self.unreachable(error))?;
        let status = response.status();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.unreachable(error))? {
            if body.len() + chunk.len() > MAX_ANSWER_BYTES {
                return Err(AdminError::TooLarge { url: self.base.clone() });
            }
            body.extend_from_slice(&chunk);
        }
        if !status.is_success() {
            let problem = serde_json::from_slice::<Problem>(&body).map_err(|_| self.other_gateway())?;
            return Err(AdminError::Refused(Box::new(problem)));
        }
        if body.is_empty() {
            return Ok(Value::Null);
        }
        Ok(serde_json::from_slice(&body)?)
    }
}

fn text(value: &Value, field: &str) -> Option<String> {
    value.get(field)?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gateway_is_reached_at_its_port_or_under_its_certificate() {
        let mut config = Config::default();
        for (listen, expected) in [
            ("0.0.0.0:8080", "http://127.0.0.1:8080"),
            ("[::]:81", "http://[::1]:81"),
            ("192.0.2.1:8080", "http://192.0.2.1:8080"),
        ] {
            config.http.listen = listen.parse().unwrap();
            assert_eq!(base_url(&config), expected);
        }
        config.http.public_url = "https://live.example.org/".into();
        config.http.tls_certificate = Some("certificate.pem".into());
        assert_eq!(base_url(&config), "https://live.example.org");
    }
}
