//! Requests that an account signs, as a creator's wallet does.

use crate::api::{ApiClient, Response};
use anyhow::Result;
use codec::Encode;
use reqwest::Method;
use tick_stream_primitives::{clock::now_ms, GenesisHash};
use vilokanam_chain::Signer;
use vilokanam_wire::{creator::request_message, headers, scalars::bytes_to_hex, Account};

/// Sends a request with the signature of `signer`. `more` are further headers.
pub async fn send(
    api: &ApiClient,
    genesis: &GenesisHash,
    signer: &Signer,
    (method, path): (Method, &str),
    more: &[(&str, &str)],
    body: Vec<u8>,
) -> Result<Response> {
    let time_ms = now_ms();
    // The query is not part of what is signed.
    let signed_path = path.split('?').next().unwrap_or(path);
    let message = request_message(genesis, method.as_str(), signed_path, time_ms, &body);
    let signature = bytes_to_hex(signer.sign(&message).encode());
    let (account, time) = (Account(signer.account()).to_string(), time_ms.to_string());
    let own = [
        (headers::ACCOUNT, account.as_str()),
        (headers::TIME, time.as_str()),
        (headers::SIGNATURE, signature.as_str()),
    ];
    api.send(method, path, &[&own[..], more].concat(), body).await
}
