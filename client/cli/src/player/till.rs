//! Buying keys: free ones while a preview lasts, then with ticks.

use super::{
    crypt::KEY_BYTES,
    playlist::KeyRef,
    purse::{Purse, Step},
};
use crate::{
    error::CliError,
    gateway::{answer, problem_of, read_body, GatewayClient},
};
use reqwest::{
    header::{HeaderMap, AUTHORIZATION},
    Method, Response,
};
use std::time::Duration;
use vilokanam_wire::{payment::Payment, Problem};

/// The header that brings a session's token.
const TOKEN_HEADER: &str = "x-vilokanam-token";
/// The header that says for how many ticks keys have been given.
const USED_HEADER: &str = "x-vilokanam-used-ticks";
/// How often the same key is asked for with something new to show.
const MAX_ASKS: u32 = 4;
/// How long a refusal that time mends is waited out.
const MAX_HOLD: Duration = Duration::from_secs(90);
/// How long a gateway that does not answer is waited for.
pub const MAX_OUTAGE: Duration = Duration::from_secs(60);
/// How long to wait before asking a gateway that did not answer.
pub const RETRY: Duration = Duration::from_secs(1);

/// What came of asking for a key.
pub enum Sale {
    /// Here it is.
    Key {
        /// 16 bytes.
        key: [u8; KEY_BYTES],
        /// Whether it cost nothing.
        is_free: bool,
    },
    /// It takes a session, or another one.
    NeedsSession(Box<Problem>),
}

/// Where keys are bought.
pub struct Till {
    gateway: GatewayClient,
    /// What pays; nothing during a preview.
    pub purse: Option<Purse>,
}

impl Till {
    /// Without a session yet.
    pub fn new(gateway: GatewayClient) -> Self {
        Self { gateway, purse: None }
    }

    /// Asks for a key, pays what it costs, and waits when waiting helps.
    pub async fn buy(&mut self, key: &KeyRef, cost_ticks: u32) -> Result<Sale, CliError> {
        // The purse stays where it is: whoever interrupts this must still find what was let go of.
        match self.purse.as_mut() {
            Some(purse) => Purchase { gateway: &self.gateway, key, cost_ticks }.run(purse).await,
            None => self.ask_for_free(key).await,
        }
    }

    async fn ask_for_free(&self, key: &KeyRef) -> Result<Sale, CliError> {
        let asking = Purchase { gateway: &self.gateway, key, cost_ticks: 0 };
        let response = asking.ask(None).await?;
        if response.status().is_success() {
            return Ok(Sale::Key { key: key_of(key, response).await?, is_free: true });
        }
        let problem = Box::new(problem_of(response).await);
        if problem.status == 402 {
            Ok(Sale::NeedsSession(problem))
        } else {
            Err(CliError::Gateway(problem))
        }
    }
}

/// One key being bought.
struct Purchase<'a> {
    gateway: &'a GatewayClient,
    key: &'a KeyRef,
    cost_ticks: u32,
}

impl Purchase<'_> {
    async fn run(&self, purse: &mut Purse) -> Result<Sale, CliError> {
        let revealed_before = purse.revealed();
        let mut held = Duration::ZERO;
        let mut asks = 0;
        loop {
            let Some(payment) = purse.pay(self.cost_ticks)? else { return Ok(Sale::NeedsSession(Box::new(spent()))) };
            let response = self.ask(Some(&payment)).await?;
            if response.status().is_success() {
                let (used, token) = told(response.headers());
                let key = match key_of(self.key, response).await {
                    Ok(key) => key,
                    // The answer broke off. A key that was sold is free to ask for again.
                    Err(CliError::Connect { .. }) if asks < MAX_ASKS => {
                        asks += 1;
                        continue;
                    }
                    Err(error) => return Err(error),
                };
                purse.bought(self.cost_ticks, used, token);
                return Ok(Sale::Key { key, is_free: purse.revealed() == revealed_before });
            }
            let problem = Box::new(problem_of(response).await);
            match purse.refused(&problem, revealed_before, self.cost_ticks) {
                Step::Again if asks < MAX_ASKS => asks += 1,
                Step::Hold(wait) if held < MAX_HOLD => {
                    tokio::time::sleep(wait).await;
                    held += wait;
                }
                Step::Renew => return Ok(Sale::NeedsSession(problem)),
                _ => return Err(CliError::Gateway(problem)),
            }
        }
    }

    /// Asks, again and again while nobody answers: what is shown is worth no more the second time.
    async fn ask(&self, payment: Option<&Payment>) -> Result<Response, CliError> {
        let mut waited = Duration::ZERO;
        loop {
            let mut request = self.gateway.request(Method::GET, self.key.url.clone());
            if let Some(payment) = payment {
                request = request.header(AUTHORIZATION, payment.to_string());
            }
            match request.send().await {
                Ok(response) => return Ok(response),
                Err(error) if waited >= MAX_OUTAGE => return Err(self.gateway.unreachable(&error)),
                Err(_) => tokio::time::sleep(RETRY).await,
            }
            waited += RETRY;
        }
    }
}

/// The session has too few ticks left: no need to ask the gateway.
fn spent() -> Problem {
    Problem {
        kind: "/problems/deposit-spent".into(),
        title: "Payment required".into(),
        status: 402,
        detail: "The session's ticks are spent.".into(),
        mend: None,
        code: "deposit-spent".into(),
        request_id: None,
        ticks_due: None,
    }
}

fn told(headers: &HeaderMap) -> (Option<u32>, Option<String>) {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    (text(USED_HEADER).and_then(|used| used.parse().ok()), text(TOKEN_HEADER).map(str::to_owned))
}

async fn key_of(key: &KeyRef, response: Response) -> Result<[u8; KEY_BYTES], CliError> {
    let bytes = read_body(key.url.path(), response, KEY_BYTES).await?;
    <[u8; KEY_BYTES]>::try_from(&bytes[..]).map_err(|_| answer(key.url.path(), "it is not 16 bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn told_works() {
        let mut headers = HeaderMap::new();
        assert_eq!(told(&headers), (None, None));
        headers.insert(USED_HEADER, "12".parse().unwrap());
        headers.insert(TOKEN_HEADER, "abc".parse().unwrap());
        assert_eq!(told(&headers), (Some(12), Some("abc".into())));
        headers.insert(USED_HEADER, "-1".parse().unwrap());
        assert_eq!(told(&headers).0, None);
    }
}
