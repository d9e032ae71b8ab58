//! Requests of accounts, as their wallets sign them in.

use crate::api::{ApiClient, Response};
use anyhow::Result;
use codec::Encode;
use reqwest::{header::AUTHORIZATION, Method};
use std::{collections::HashMap, sync::LazyLock};
use tick_stream_primitives::{AccountId, GenesisHash};
use tokio::sync::Mutex;
use vilokanam_chain::Signer;
use vilokanam_wire::{
    auth::{Challenge, NewChallenge, SignInAnswer, SignedChallenge},
    scalars::bytes_to_hex,
    Account,
};

/// Path at which a challenge is asked for, and at which it is answered.
pub const CHALLENGE: &str = "/v1/auth/challenge";
/// Path at which a signed challenge is sent.
pub const SIGN_IN: &str = "/v1/auth/sign-in";

/// Access tokens by address of the gateway and account.
static TOKENS: LazyLock<Mutex<HashMap<(String, AccountId), String>>> = LazyLock::new(Mutex::default);

/// Sends a request as the account of `signer`, which is signed in. `more` are further headers.
///
/// The hash of the genesis block is not part of a sign-in, which names the gateway.
pub async fn send(
    api: &ApiClient,
    _genesis: &GenesisHash,
    signer: &Signer,
    (method, path): (Method, &str),
    more: &[(&str, &str)],
    body: Vec<u8>,
) -> Result<Response> {
    let answer = send_once(api, signer, (method.clone(), path), more, body.clone()).await?;
    if answer.status != 401 {
        return Ok(answer);
    }
    // A gateway of an earlier test may have had the same port.
    TOKENS.lock().await.remove(&place(api, signer)?);
    send_once(api, signer, (method, path), more, body).await
}

async fn send_once(
    api: &ApiClient,
    signer: &Signer,
    (method, path): (Method, &str),
    more: &[(&str, &str)],
    body: Vec<u8>,
) -> Result<Response> {
    let bearer = format!("Bearer {}", token(api, signer).await?);
    api.send(method, path, &[&[(AUTHORIZATION.as_str(), bearer.as_str())], more].concat(), body).await
}

/// Where the token of an account at a gateway is kept.
fn place(api: &ApiClient, signer: &Signer) -> Result<(String, AccountId)> {
    Ok((api.url("/")?.to_string(), signer.account()))
}

/// Returns an access token of the account of `signer`, which signs in the first time.
pub async fn token(api: &ApiClient, signer: &Signer) -> Result<String> {
    let place = place(api, signer)?;
    let mut tokens = TOKENS.lock().await;
    if let Some(token) = tokens.get(&place) {
        return Ok(token.clone());
    }
    let message = challenge(api, &of_wallet(signer)).await?.json::<Challenge>()?.message;
    let answer: SignInAnswer = sign_in(api, &signed_by(signer, &message)).await?.json()?;
    tokens.insert(place, answer.access_token.clone());
    Ok(answer.access_token)
}

/// Returns who asks for a challenge to sign with the account's own key.
pub fn of_wallet(signer: &Signer) -> NewChallenge {
    NewChallenge { account: Account(signer.account()), session_key: None, guest: false }
}

/// Asks for a challenge.
pub async fn challenge(api: &ApiClient, who: &NewChallenge) -> Result<Response> {
    api.post(CHALLENGE, who, &[]).await
}

/// Signs the message of a challenge.
pub fn signed_by(signer: &Signer, message: &str) -> SignedChallenge {
    let signature = bytes_to_hex(signer.sign(message.as_bytes()).encode());
    SignedChallenge { message: message.to_owned(), signature, transaction: None, label: Some("a test".to_owned()) }
}

/// Sends a signed challenge.
pub async fn sign_in(api: &ApiClient, signed: &SignedChallenge) -> Result<Response> {
    api.post(SIGN_IN, signed, &[]).await
}
