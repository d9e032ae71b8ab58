//! Signing in at a gateway with an account's own key, for what only the creator of a stream may ask.

use crate::{
    access::AccessToken,
    gateway::{GatewayClient, GatewayError},
};
use codec::Encode;
use reqwest::{header::CONTENT_TYPE, Method, RequestBuilder, Response, StatusCode};
use serde::Serialize;
use std::time::Duration;
use tick_stream_primitives::clock::now_ms;
use tokio::time::timeout;
use url::{Host, Url};
use vilokanam_chain::Signer;
use vilokanam_wire::{
    auth::{Challenge, NewChallenge, SignInAnswer, SignedChallenge},
    scalars::{bytes_to_hex, from_rfc3339},
    Account,
};

const CHALLENGE: &str = "/v1/auth/challenge";
const SIGN_IN: &str = "/v1/auth/sign-in";
const SIGN_OUT: &str = "/v1/auth/sign-out";
/// Name of the sign-in in the list of the account's sign-ins.
const LABEL: &str = "vilokanam";
/// Maximum time for which signing out waits for the gateway.
const SIGN_OUT_TIMEOUT: Duration = Duration::from_secs(5);
/// Status of a request whose access token is not accepted.
const UNAUTHORIZED: u16 = StatusCode::UNAUTHORIZED.as_u16();

impl GatewayClient {
    /// Sends a request as the account of `signer`, which is signed in if it is not. `body` is sent as JSON.
    ///
    /// # Errors
    ///
    /// When the gateway does not answer, or refuses.
    pub async fn send_as(
        &self,
        signer: &Signer,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<Response, GatewayError> {
        let invalid = |error: serde_json::Error| GatewayError::invalid(path, error);
        let body = body.map(serde_json::to_vec).transpose().map_err(invalid)?;
        let mut request = self.request_as(signer, method, path).await?;
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/json").body(body);
        }
        let sent = self.send(request).await;
        if sent.as_ref().is_err_and(|error| error.status() == Some(UNAUTHORIZED)) {
            // The next request signs in again.
            self.access.lock().await.forget(&signer.account());
        }
        sent
    }

    /// Begins a request as the account of `signer`, which is signed in if it is not. The caller completes the request.
    ///
    /// # Errors
    ///
    /// When the gateway does not answer, or refuses the sign-in.
    pub async fn request_as(
        &self,
        signer: &Signer,
        method: Method,
        path: &str,
    ) -> Result<RequestBuilder, GatewayError> {
        let token = self.access_token(signer).await?;
        Ok(self.request(method, self.url(path)?).bearer_auth(token))
    }

    /// Returns an access token of the account of `signer`, which is signed in if it is not.
    ///
    /// # Errors
    ///
    /// When the gateway does not answer, refuses the sign-in, or gives something else to sign.
    pub async fn access_token(&self, signer: &Signer) -> Result<String, GatewayError> {
        let account = signer.account();
        let mut known = self.access.lock().await;
        if let Some(token) = known.find(&account, now_ms()) {
            return Ok(token);
        }
        let token = sign_in(self, signer).await?;
        let text = token.text.clone();
        known.keep(account, token);
        Ok(text)
    }

    /// Ends the sign-ins of this client and its clones. If the gateway does not answer, they stay until they expire.
    pub async fn sign_out(&self) {
        let tokens = self.access.lock().await.take();
        for token in tokens {
            let Ok(url) = self.url(SIGN_OUT) else { return };
            let request = self.request(Method::POST, url).bearer_auth(token);
            let _ = timeout(SIGN_OUT_TIMEOUT, self.send(request)).await;
        }
    }
}

async fn sign_in(gateway: &GatewayClient, signer: &Signer) -> Result<AccessToken, GatewayError> {
    let account = Account(signer.account());
    let new = NewChallenge { account: account.clone(), session_key: None, guest: false };
    let challenge: Challenge = gateway.post(CHALLENGE, &new).await?;
    check_message(&challenge.message, gateway.address(), &account)
        .map_err(|reason| GatewayError::invalid(CHALLENGE, reason))?;
    let signature = bytes_to_hex(signer.sign(challenge.message.as_bytes()).encode());
    let label = Some(LABEL.to_owned());
    let signed = SignedChallenge { message: challenge.message, signature, transaction: None, label };
    let answer: SignInAnswer = gateway.post(SIGN_IN, &signed).await?;
    let no_time = || GatewayError::invalid(SIGN_IN, format!("'{}' is not a time", answer.expires_at));
    let expires_at = from_rfc3339(&answer.expires_at).ok_or_else(no_time)?;
    Ok(AccessToken { text: answer.access_token, expires_at })
}

/// Checks that a message is a sign-in of `account` at the gateway with this address, and nothing else.
///
/// A gateway could otherwise have the wallet's key sign a transaction, or a sign-in at another gateway, where it would then act in
/// the account's name. At an address of this machine, which is often a tunnel, the message may name another.
fn check_message(message: &str, address: &Url, account: &Account) -> Result<(), String> {
    let lines: Vec<&str> = message.split('\n').collect();
    let no_sign_in = || "the message to sign is no sign-in of this account".to_owned();
    let [title, gateway, origin, of, nonce, expires] = &lines[..] else { return Err(no_sign_in()) };
    let is_sign_in = *title == "Vilokanam sign-in"
        && gateway.starts_with("gateway ")
        && *of == format!("account {account}")
        && nonce.starts_with("nonce ")
        && expires.starts_with("expires ");
    let origin = origin.strip_prefix("origin ").filter(|_| is_sign_in).ok_or_else(no_sign_in)?;
    if origin == address.origin().ascii_serialization() || is_of_this_machine(address) {
        return Ok(());
    }
    Err(format!("the message to sign is for a sign-in at {origin}; name the gateway by that address"))
}

fn is_of_this_machine(address: &Url) -> bool {
    match address.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tick_stream_primitives::AccountId;

    fn account() -> Account {
        Account(AccountId::new([7; 32]))
    }

    fn message(origin: &str) -> String {
        format!(
            "Vilokanam sign-in\ngateway {0}\norigin {origin}\naccount {0}\nnonce 00\nexpires 2026-01-01T00:00:00Z",
            account()
        )
    }

    fn is_signed(message: &str, address: &str) -> bool {
        check_message(message, &address.parse().unwrap(), &account()).is_ok()
    }

    #[test]
    fn sign_in_at_the_address_of_the_gateway_is_signed() {
        assert!(is_signed(&message("https://tv.example.org"), "https://tv.example.org/video/"));
        assert!(is_signed(&message("https://tv.example.org"), "http://127.0.0.1:8080/"), "a tunnel");
        assert!(is_signed(&message("https://tv.example.org"), "http://localhost:8080/"));
    }

    #[test]
    fn sign_in_at_another_gateway_is_not_signed() {
        assert!(!is_signed(&message("https://tv.example.org"), "https://other.example.org/"));
        assert!(!is_signed(&message("https://tv.example.org"), "https://tv.example.org:8443/"));
        assert!(!is_signed(&message("https://tv.example.org"), "http://tv.example.org/"));
        assert!(!is_signed(&message("https://tv.example.org"), "https://localhost.example.org/"));
    }

    #[test]
    fn anything_but_a_sign_in_of_the_account_is_not_signed() {
        let good = message("http://127.0.0.1:8080");
        let address = "http://127.0.0.1:8080/";
        assert!(is_signed(&good, address));
        for other in [
            String::new(),
            "pay everything".to_owned(),
            format!("{good}\nkey x"),
            good.replace("Vilokanam sign-in", "Vilokanam profile"),
            good.replace(&format!("account {}", account()), "account another"),
            good.replace("origin ", "at "),
            good.replace('\n', " "),
        ] {
            assert!(!is_signed(&other, address), "{other:?}");
        }
    }
}
