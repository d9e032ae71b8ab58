//! Requests that only a stream's creator may make: signed with the creator's account.
//!
//! There is no session to steal: each request is signed, for this chain, this path, this body and this minute, and is
//! taken once.

use super::error::ApiError;
use axum::http::{HeaderMap, Method};
use codec::DecodeAll;
use parking_lot::Mutex;
use sp_runtime::MultiSignature;
use std::collections::{HashSet, VecDeque};
use tick_stream_primitives::{ticket::is_signed_by, AccountId, GenesisHash};
use vilokanam_wire::{
    creator::{request_message, ACCOUNT_HEADER, MAX_AGE_MS, SIGNATURE_HEADER, TIME_HEADER},
    Account,
};

/// Signatures remembered at the same time; when there are more in two minutes, the next must wait.
const MAX_REMEMBERED: usize = 10_000;
/// The longest signature in hex: ECDSA's 65 bytes, its kind before them, and `0x`.
const MAX_SIGNATURE_CHARS: usize = 2 + 2 * 66;

/// Checks signed requests.
pub struct CreatorAuth {
    genesis: GenesisHash,
    seen: Mutex<Seen>,
}

/// A request whose signature is right.
#[derive(Debug)]
pub struct Signed {
    /// Who signed it.
    pub account: AccountId,
    message: Vec<u8>,
}

/// Signatures that were taken, with the time until which they could be taken again.
#[derive(Default)]
struct Seen {
    by_age: VecDeque<(u64, Vec<u8>)>,
    known: HashSet<Vec<u8>>,
}

impl CreatorAuth {
    /// For signatures that name this chain.
    pub fn new(genesis: GenesisHash) -> Self {
        Self { genesis, seen: Mutex::default() }
    }

    /// The account that signed the request, or why there is none.
    pub fn check(
        &self,
        method: &Method,
        path: &str,
        headers: &HeaderMap,
        body: &[u8],
        now_ms: u64,
    ) -> Result<Signed, ApiError> {
        let header = |name: &'static str| {
            let value = headers.get(name).ok_or_else(|| ApiError::unsigned(format!("the header {name} is missing")))?;
            value.to_str().map_err(|_| ApiError::unsigned(format!("the header {name} is not text")))
        };
        let account: Account = header(ACCOUNT_HEADER)?
            .parse()
            .map_err(|error| ApiError::unsigned(format!("{ACCOUNT_HEADER}: {error}")))?;
        let time_ms: u64 = header(TIME_HEADER)?
            .parse()
            .map_err(|_| ApiError::unsigned(format!("{TIME_HEADER} must be milliseconds since 1970")))?;
        if now_ms.abs_diff(time_ms) > MAX_AGE_MS {
            return Err(ApiError::unsigned("the signature is older than a minute, or a clock is wrong".into()));
        }
        let text = header(SIGNATURE_HEADER)?;
        let signature = decode_signature(text)
            .ok_or_else(|| ApiError::unsigned(format!("{SIGNATURE_HEADER} must be a SCALE MultiSignature in hex")))?;
        let message = request_message(&self.genesis, method.as_str(), path, time_ms, body);
        if !is_signed_by(&signature, &message, &account.0) {
            return Err(ApiError::unsigned("the signature is not this account's over this request".into()));
        }
        Ok(Signed { account: account.0, message })
    }

    /// Takes a request that its signer may make, once. Only then: strangers shall not fill the memory. It is of the message
    /// rather than the signature, since sr25519 signs the same message in many ways.
    pub fn take_once(&self, signed: Signed, now_ms: u64) -> Result<(), ApiError> {
        let message = signed.message;
        let mut seen = self.seen.lock();
        while seen.by_age.front().is_some_and(|(until_ms, _)| *until_ms < now_ms) {
            if let Some((_, old)) = seen.by_age.pop_front() {
                seen.known.remove(&old);
            }
        }
        if seen.known.contains(&message) {
            return Err(ApiError::unsigned("this signed request was taken already; sign a new one".into()));
        }
        if seen.by_age.len() >= MAX_REMEMBERED {
            return Err(ApiError::too_many_requests(1));
        }
        seen.known.insert(message.clone());
        seen.by_age.push_back((now_ms + 2 * MAX_AGE_MS, message));
        Ok(())
    }
}

fn decode_signature(text: &str) -> Option<MultiSignature> {
    let digits = text.strip_prefix("0x").filter(|_| text.len() <= MAX_SIGNATURE_CHARS)?;
    MultiSignature::decode_all(&mut &hex::decode(digits).ok()?[..]).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use codec::Encode;
    use sp_core::{sr25519, Pair};
    use tick_stream_primitives::ticket::wrapped;

    const NOW_MS: u64 = 1_800_000_000_000;
    const PATH: &str = "/v1/streams/3/publish-keys";

    fn signed(pair: &sr25519::Pair, path: &str, time_ms: u64, body: &[u8], wraps: bool) -> HeaderMap {
        let message = request_message(&[1; 32], "POST", path, time_ms, body);
        let message = if wraps { wrapped(&message) } else { message };
        let signature = MultiSignature::from(pair.sign(&message)).encode();
        let mut headers = HeaderMap::new();
        let account = Account(pair.public().into()).to_string();
        headers.insert(ACCOUNT_HEADER, account.parse().unwrap());
        headers.insert(TIME_HEADER, time_ms.to_string().parse().unwrap());
        headers.insert(SIGNATURE_HEADER, format!("0x{}", hex::encode(signature)).parse().unwrap());
        headers
    }

    fn pair() -> sr25519::Pair {
        sr25519::Pair::from_string("//Bob", None).unwrap()
    }

    fn check(headers: &HeaderMap, body: &[u8]) -> Result<AccountId, ApiError> {
        CreatorAuth::new([1; 32]).check(&Method::POST, PATH, headers, body, NOW_MS).map(|signed| signed.account)
    }

    #[test]
    fn check_works() {
        for wraps in [false, true] {
            let headers = signed(&pair(), PATH, NOW_MS - 1_000, b"{}", wraps);
            assert_eq!(check(&headers, b"{}").ok(), Some(pair().public().into()));
        }
    }

    #[test]
    fn check_other_request_fails() {
        let headers = signed(&pair(), PATH, NOW_MS, b"{}", true);
        assert!(check(&headers, b"{ }").is_err(), "another body");
        let headers = signed(&pair(), "/v1/streams/4/publish-keys", NOW_MS, b"{}", true);
        assert!(check(&headers, b"{}").is_err(), "another path");
        let headers = signed(&pair(), PATH, NOW_MS - MAX_AGE_MS - 1, b"{}", true);
        assert!(check(&headers, b"{}").is_err(), "too old");
        let headers = signed(&pair(), PATH, NOW_MS + MAX_AGE_MS + 1, b"{}", true);
        assert!(check(&headers, b"{}").is_err(), "from the future");
        assert!(check(&HeaderMap::new(), b"{}").is_err(), "unsigned");
    }

    #[test]
    fn check_twice_fails() {
        let auth = CreatorAuth::new([1; 32]);
        let check =
            |headers: &HeaderMap| auth.take_once(auth.check(&Method::POST, PATH, headers, b"", NOW_MS)?, NOW_MS);
        assert!(check(&signed(&pair(), PATH, NOW_MS, b"", true)).is_ok());
        assert!(check(&signed(&pair(), PATH, NOW_MS, b"", true)).is_err(), "sr25519 made another signature of it");
        assert!(check(&signed(&pair(), PATH, NOW_MS + 1, b"", true)).is_ok());
    }
}
