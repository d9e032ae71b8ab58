//! What a viewer has bought: the list of it, and its keys once more, for other devices and later sessions.

use super::{error::ApiError, payment, state::Catalogue};
use crate::{
    sign_in::decode_signature,
    use_cases::{Bought, KeySales, SessionProofError, SignedProof, ViewerProofs},
};
use axum::{
    extract::{Path, State},
    http::{header, HeaderMap},
    response::{IntoResponse, Response},
    Json,
};
use std::{ops::RangeInclusive, sync::Arc};
use tick_stream_primitives::{AccountId, StreamId};
use vilokanam_wire::{
    bought::{BoughtKeyRange, BoughtKeys, BoughtKeysRequest, Wanted},
    headers as names, Account, Problem,
};

/// Lists the keys of a stream that a viewer has bought, by a session of the viewer (`Authorization: Payment`, with its token) or
/// by the signature of a session key.
#[utoipa::path(get, path = "/v1/streams/{id}/bought", tag = "sessions", params(("id" = u64, Path)), responses(
    (status = 200, body = BoughtKeys), (status = 401, body = Problem), (status = 402, body = Problem),
    (status = 403, body = Problem),
))]
pub async fn list_bought(
    State(proofs): State<Arc<ViewerProofs>>,
    State(bought): State<Arc<Bought>>,
    Path(stream): Path<StreamId>,
    headers: HeaderMap,
) -> Result<Json<BoughtKeys>, ApiError> {
    let viewer = viewer_of(&proofs, (stream, Wanted::All), &headers, None).await?;
    let range = |keys: RangeInclusive<u64>| BoughtKeyRange { first: *keys.start(), last: *keys.end() };
    let ranges = bought.ranges(&viewer, stream).await?.into_iter().map(range).collect();
    Ok(Json(BoughtKeys { ranges }))
}

/// Gives keys again that a viewer has bought, by the signature of a session key: 16 bytes each, in order of their indices.
#[utoipa::path(post, path = "/v1/streams/{id}/keys/bought", tag = "sessions", params(("id" = u64, Path)),
    request_body = BoughtKeysRequest, responses(
    (status = 200, content_type = "application/octet-stream"), (status = 401, body = Problem),
    (status = 402, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
))]
pub async fn get_bought_keys(
    State(proofs): State<Arc<ViewerProofs>>,
    State(sales): State<Arc<KeySales>>,
    State(catalogue): State<Arc<Catalogue>>,
    Path(stream): Path<StreamId>,
    Json(request): Json<BoughtKeysRequest>,
) -> Result<Response, ApiError> {
    catalogue.rules.check_served(stream)?;
    let BoughtKeysRequest { viewer, session_key, first, count, time_ms, signature } = request;
    let signature = decode_signature(&signature)
        .ok_or_else(|| ApiError::bad_request("The signature must be a SCALE-encoded MultiSignature in hex."))?;
    let proof = SignedProof { viewer: viewer.0, session_key: session_key.0, time_ms, signature };
    let viewer = proofs.by_signature(&proof, stream, Wanted::Keys { first, count }).await?;
    let keys = sales.bought_keys(&viewer, stream, first, count).await?;
    let headers = [(header::CONTENT_TYPE, "application/octet-stream"), (header::CACHE_CONTROL, "private, no-store")];
    Ok((headers, keys).into_response())
}

/// Returns the viewer that a request for something of a stream proves: by the `Payment` scheme, by session and token in the query, or by the signature
/// of a session key in headers.
pub async fn viewer_of(
    proofs: &ViewerProofs,
    (stream, wanted): (StreamId, Wanted),
    headers: &HeaderMap,
    session: Option<&str>,
) -> Result<AccountId, ApiError> {
    if let Some(proof) = signed_proof(headers)? {
        return Ok(proofs.by_signature(&proof, stream, wanted).await?);
    }
    let payment = match (payment::from_headers(headers)?, session) {
        (Some(payment), _) => Some(payment),
        (None, Some(session)) => Some(payment::from_query(session)?),
        (None, None) => None,
    };
    let Some(payment) = payment else {
        let why = "Say whose purchases are meant: by a session with its token, or by the signature of a session key.";
        return Err(ApiError::unsigned(why.into()));
    };
    proofs.by_session(payment::viewer(&payment)?, stream).await.map_err(|error| match error {
        SessionProofError::Session(error) => error.into(),
        SessionProofError::Key(error) => error.into(),
    })
}

/// Reads a signature from headers. `None` if the request names no viewer.
fn signed_proof(headers: &HeaderMap) -> Result<Option<SignedProof>, ApiError> {
    let text = |name: &'static str| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(viewer) = text(names::VIEWER) else { return Ok(None) };
    let wrong = |name: &str| ApiError::unsigned(format!("The header {name} is missing or cannot be read."));
    let account = |name, text: Option<&str>| {
        let account = text.and_then(|text| text.parse::<Account>().ok());
        account.map(|account| account.0).ok_or_else(|| wrong(name))
    };
    Ok(Some(SignedProof {
        viewer: account(names::VIEWER, Some(viewer))?,
        session_key: account(names::ACCOUNT, text(names::ACCOUNT))?,
        time_ms: text(names::TIME).and_then(|time| time.parse().ok()).ok_or_else(|| wrong(names::TIME))?,
        signature: text(names::SIGNATURE).and_then(decode_signature).ok_or_else(|| wrong(names::SIGNATURE))?,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use codec::Encode;
    use sp_runtime::MultiSignature;

    fn headers() -> HeaderMap {
        let mut headers = HeaderMap::new();
        let account = Account(AccountId::new([1; 32])).to_string();
        let signature = MultiSignature::from(sp_core::sr25519::Signature::from_raw([0; 64])).encode();
        headers.insert(names::VIEWER, account.parse().unwrap());
        headers.insert(names::ACCOUNT, account.parse().unwrap());
        headers.insert(names::TIME, "1800000000000".parse().unwrap());
        headers.insert(names::SIGNATURE, format!("0x{}", hex::encode(signature)).parse().unwrap());
        headers
    }

    #[test]
    fn signature_in_headers_is_read_as_a_whole_or_refused() {
        assert!(signed_proof(&HeaderMap::new()).unwrap().is_none());
        let proof = signed_proof(&headers()).unwrap().unwrap();
        assert_eq!((proof.time_ms, proof.viewer), (1_800_000_000_000, AccountId::new([1; 32])));
        for name in [names::ACCOUNT, names::TIME, names::SIGNATURE] {
            let mut incomplete = headers();
            incomplete.remove(name);
            assert!(signed_proof(&incomplete).is_err(), "without {name}");
            incomplete.insert(name, "x".parse().unwrap());
            assert!(signed_proof(&incomplete).is_err(), "with another {name}");
        }
    }
}
