//! Getting keys: free ones while a preview lasts, and paid ones from a session.

use crate::{
    crypt::{SegmentKey, KEY_BYTES},
    gateway::{GatewayClient, GatewayError, MAX_OUTAGE, RETRY_PAUSE},
    playlist::KeyRef,
    session_payer::{Reaction, SessionPayer},
    session_store::SessionStoreError,
};
use reqwest::{
    header::{HeaderMap, AUTHORIZATION},
    Method, Response,
};
use std::time::Duration;
use vilokanam_wire::{
    codes,
    headers::{CHARGED_TICKS, TOKEN},
    payment::Payment,
    Problem,
};

/// Maximum number of times that a key is asked for with another payment.
const MAX_PAYMENTS: u32 = 4;
/// Maximum time that is spent waiting for a key that only time makes available.
const MAX_WAIT: Duration = Duration::from_secs(90);

/// Reason why a key could not be had.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The gateway does not answer, or refuses for good.
    #[error(transparent)]
    Gateway(#[from] GatewayError),
    /// Revealed ticks cannot be saved; nothing was paid.
    #[error(transparent)]
    Store(#[from] SessionStoreError),
}

/// Answer to a request for a key.
pub enum KeyAnswer {
    /// The key.
    Key {
        /// The key.
        key: SegmentKey,
        /// Whether no tick was revealed for it.
        is_free: bool,
    },
    /// The key takes a session, or another one than the present. The problem says why.
    SessionRequired(Box<Problem>),
}

/// State of a session as the gateway reports it with each key.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct KeyHeaders {
    /// Number of ticks that keys have been given for.
    pub charged_ticks: Option<u32>,
    /// New session token, for requests that reveal no tick.
    pub token: Option<String>,
}

impl KeyHeaders {
    /// Reads the headers of an answer.
    pub fn read(headers: &HeaderMap) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        Self {
            charged_ticks: text(CHARGED_TICKS).and_then(|ticks| ticks.parse().ok()),
            token: text(TOKEN).map(str::to_owned),
        }
    }
}

/// Source of keys for a player.
pub struct KeyProvider {
    gateway: GatewayClient,
    payer: Option<SessionPayer>,
}

impl KeyProvider {
    /// Creates a provider without a session, which gets keys for as long as the free preview lasts.
    pub fn new(gateway: GatewayClient) -> Self {
        Self { gateway, payer: None }
    }

    /// Returns the paying side of the session, if there is a session.
    pub fn payer(&self) -> Option<&SessionPayer> {
        self.payer.as_ref()
    }

    /// Returns the paying side of the session for changes, if there is a session.
    pub fn payer_mut(&mut self) -> Option<&mut SessionPayer> {
        self.payer.as_mut()
    }

    /// Pays from this session from now on.
    pub fn set_payer(&mut self, payer: SessionPayer) {
        self.payer = Some(payer);
    }

    /// Removes the session, for example to close it.
    pub fn take_payer(&mut self) -> Option<SessionPayer> {
        self.payer.take()
    }

    /// Asks for a key that costs `cost_ticks`, pays for it, and waits where waiting helps. May be dropped at any moment:
    /// what was revealed by then is known to [`Self::payer`].
    ///
    /// # Errors
    ///
    /// [`KeyError`]; a missing or spent session is an answer and not an error.
    pub async fn key(&mut self, key: &KeyRef, cost_ticks: u32) -> Result<KeyAnswer, KeyError> {
        let request = KeyRequest { gateway: &self.gateway, key };
        match self.payer.as_mut() {
            Some(payer) => request.paid(payer, cost_ticks).await,
            None => request.free().await,
        }
    }
}

/// Request for one key.
struct KeyRequest<'a> {
    gateway: &'a GatewayClient,
    key: &'a KeyRef,
}

impl KeyRequest<'_> {
    async fn free(&self) -> Result<KeyAnswer, KeyError> {
        let response = self.send(None).await?;
        if response.status().is_success() {
            return Ok(KeyAnswer::Key { key: self.read(response).await?, is_free: true });
        }
        match self.gateway.refusal(response).await {
            GatewayError::Refused { problem, .. } if problem.status == 402 => Ok(KeyAnswer::SessionRequired(problem)),
            error => Err(error.into()),
        }
    }

    async fn paid(&self, payer: &mut SessionPayer, cost_ticks: u32) -> Result<KeyAnswer, KeyError> {
        let revealed_before = payer.revealed_ticks();
        let mut waited = Duration::ZERO;
        let mut payments = 0;
        loop {
            let Some(payment) = payer.pay(cost_ticks)? else {
                return Ok(KeyAnswer::SessionRequired(Box::new(session_spent())));
            };
            let response = self.send(Some(&payment)).await?;
            if response.status().is_success() {
                let headers = KeyHeaders::read(response.headers());
                let key = match self.read(response).await {
                    Ok(key) => key,
                    // The answer broke off. A key that was paid for is free to ask for again.
                    Err(GatewayError::Unreachable { .. }) if payments < MAX_PAYMENTS => {
                        payments += 1;
                        continue;
                    }
                    Err(error) => return Err(error.into()),
                };
                payer.key_received(cost_ticks, headers.charged_ticks, headers.token);
                return Ok(KeyAnswer::Key { key, is_free: payer.revealed_ticks() == revealed_before });
            }
            let error = self.gateway.refusal(response).await;
            let GatewayError::Refused { problem, .. } = &error else { return Err(error.into()) };
            match payer.on_refusal(problem, revealed_before, cost_ticks) {
                Reaction::AskAgain if payments < MAX_PAYMENTS => payments += 1,
                Reaction::Wait(pause) if waited < MAX_WAIT => {
                    tokio::time::sleep(pause).await;
                    waited += pause;
                }
                Reaction::Reopen => return Ok(KeyAnswer::SessionRequired(problem.clone())),
                _ => return Err(error.into()),
            }
        }
    }

    /// Sends the request until there is an answer: showing the same payment again reveals nothing.
    async fn send(&self, payment: Option<&Payment>) -> Result<Response, GatewayError> {
        let mut waited = Duration::ZERO;
        loop {
            let mut request = self.gateway.request(Method::GET, self.key.url.clone());
            if let Some(payment) = payment {
                request = request.header(AUTHORIZATION, payment.to_string());
            }
            match request.send().await {
                Ok(response) => return Ok(response),
                Err(error) if waited >= MAX_OUTAGE => return Err(self.gateway.unreachable(&error)),
                Err(_) => tokio::time::sleep(RETRY_PAUSE).await,
            }
            waited += RETRY_PAUSE;
        }
    }

    async fn read(&self, response: Response) -> Result<SegmentKey, GatewayError> {
        let path = self.key.url.path();
        let bytes = self.gateway.body(path, response, KEY_BYTES).await?;
        SegmentKey::try_from(&bytes[..]).map_err(|_| GatewayError::invalid(path, "it is not 16 bytes long"))
    }
}

/// Problem of a session with too few ticks left. The gateway need not be asked.
fn session_spent() -> Problem {
    Problem {
        kind: format!("/problems/{}", codes::DEPOSIT_SPENT),
        title: "Payment required".into(),
        status: 402,
        detail: "The session's ticks are spent.".into(),
        hint: None,
        code: codes::DEPOSIT_SPENT.into(),
        request_id: None,
        required_ticks: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read() {
        let mut headers = HeaderMap::new();
        assert_eq!(KeyHeaders::read(&headers), KeyHeaders::default());
        headers.insert(CHARGED_TICKS, "12".parse().unwrap());
        headers.insert(TOKEN, "abc".parse().unwrap());
        let expected = KeyHeaders { charged_ticks: Some(12), token: Some("abc".into()) };
        assert_eq!(KeyHeaders::read(&headers), expected);
        headers.insert(CHARGED_TICKS, "-1".parse().unwrap());
        assert_eq!(KeyHeaders::read(&headers).charged_ticks, None);
    }
}
