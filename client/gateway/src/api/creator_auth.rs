//! Requests that only a stream's creator may make, signed with the creator's account.
//!
//! There is no session that could be stolen: each request is signed for this chain, this path, this body and this minute,
//! and is accepted once.

use super::error::ApiError;
use crate::use_cases::{Once, Refused};
use axum::http::{HeaderMap, Method};
use codec::DecodeAll;
use sp_runtime::MultiSignature;
use tick_stream_primitives::{ticket::is_signed_by, AccountId, GenesisHash};
use vilokanam_wire::{
    creator::{request_message, ACCOUNT_HEADER, MAX_AGE_MS, SIGNATURE_HEADER, TIME_HEADER},
    Account,
};

/// Longest signature in hex: the kind, the 65 bytes of ECDSA, and `0x`.
const MAX_SIGNATURE_CHARS: usize = 2 + 2 * 66;

/// Checks signed requests.
pub struct CreatorAuth {
    genesis: GenesisHash,
    seen: Once,
}

/// A request whose signature is valid.
#[derive(Debug)]
pub struct Signed {
    /// Account that signed it.
    pub account: AccountId,
    message: Vec<u8>,
}

impl CreatorAuth {
    /// Checks signatures for the chain with this genesis hash.
    pub fn new(genesis: GenesisHash) -> Self {
        Self { genesis, seen: Once::default() }
    }

    /// Returns the account that signed the request.
    ///
    /// # Errors
    ///
    /// A header is missing or wrong, the signature is too old, or it does not match the request.
    pub fn check(
        &self,
        method: &Method,
        path: &str,
        headers: &HeaderMap,
        body: &[u8],
        now_ms: u64,
    ) -> Result<Signed, ApiError> {
        let header = |name: &'static str| {
            let value =
                headers.get(name).ok_or_else(|| ApiError::unsigned(format!("The header {name} is missing.")))?;
            value.to_str().map_err(|_| ApiError::unsigned(format!("The header {name} is not ASCII text.")))
        };
        let account: Account = header(ACCOUNT_HEADER)?
            .parse()
            .map_err(|error| ApiError::unsigned(format!("The header {ACCOUNT_HEADER} cannot be read: {error}.")))?;
        let time_ms: u64 = header(TIME_HEADER)?.parse().map_err(|_| {
            ApiError::unsigned(format!("The header {TIME_HEADER} must be milliseconds since the Unix epoch."))
        })?;
        if now_ms.abs_diff(time_ms) > MAX_AGE_MS {
            return Err(ApiError::unsigned("The signature is older than a minute, or a clock is wrong.".into()));
        }
        let text = header(SIGNATURE_HEADER)?;
        let signature = decode_signature(text).ok_or_else(|| {
            ApiError::unsigned(format!("The header {SIGNATURE_HEADER} must be a SCALE-encoded MultiSignature in hex."))
        })?;
        let message = request_message(&self.genesis, method.as_str(), path, time_ms, body);
        if !is_signed_by(&signature, &message, &account.0) {
            return Err(ApiError::unsigned("The signature is not that of this account over this request.".into()));
        }
        Ok(Signed { account: account.0, message })
    }

    /// Accepts a request once. To be called for signers who have the right to it, so that strangers cannot fill the memory.
    pub fn take_once(&self, signed: Signed, now_ms: u64) -> Result<(), ApiError> {
        // The time of signing may be a minute ahead of this clock.
        self.seen.take(signed.message, now_ms, 2 * MAX_AGE_MS).map_err(|refused| match refused {
            Refused::Again => ApiError::unsigned("This signed request was accepted already; sign a new one.".into()),
            Refused::TooMany => ApiError::too_many_requests(1),
        })
    }
}

/// Reads a SCALE-encoded signature in hex.
pub fn decode_signature(text: &str) -> Option<MultiSignature> {
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
    fn signed_requests_are_accepted_wrapped_or_not() {
        for wraps in [false, true] {
            let headers = signed(&pair(), PATH, NOW_MS - 1_000, b"{}", wraps);
            assert_eq!(check(&headers, b"{}").ok(), Some(pair().public().into()));
        }
    }

    #[test]
    fn a_signature_of_another_request_is_refused() {
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
    fn a_request_is_accepted_once() {
        let auth = CreatorAuth::new([1; 32]);
        let check =
            |headers: &HeaderMap| auth.take_once(auth.check(&Method::POST, PATH, headers, b"", NOW_MS)?, NOW_MS);
        assert!(check(&signed(&pair(), PATH, NOW_MS, b"", true)).is_ok());
        assert!(check(&signed(&pair(), PATH, NOW_MS, b"", true)).is_err(), "sr25519 made another signature of it");
        assert!(check(&signed(&pair(), PATH, NOW_MS + 1, b"", true)).is_ok());
    }
}
