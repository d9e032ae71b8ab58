//! Refusals of what is below the API, turned into what the API answers.

use super::error::ApiError;
use crate::{
    creator_settings::SettingsError,
    live::RecordingError,
    people::limits::TooFast,
    publishing::KeyError,
    stream_rules::Suspended,
    telemetry::names,
    use_cases::{ProofError, SaleError, SessionError},
};
use axum::http::StatusCode;
use tick_stream_primitives::{Balance, SessionId, StreamId};
use vilokanam_indexer::{GatewayStateError, QueryError};
use vilokanam_ingest::KeyStoreError;
use vilokanam_paywall::{BelowMinimum, OfferError, PayError, PreviewError};
use vilokanam_wire::{codes, payment::Challenge, Planck, SessionRef};

impl From<SaleError> for ApiError {
    fn from(error: SaleError) -> Self {
        let detail = error.to_string();
        match error {
            SaleError::KeyCount | SaleError::BoughtKeyCount => Self::bad_request(detail),
            SaleError::NotBought { .. } => {
                Self::new(StatusCode::PAYMENT_REQUIRED, codes::NOT_BOUGHT, "Not bought", detail)
                    .hint("Watch the rest, or ask for less.")
            }
            SaleError::SessionGone { .. } => Self::not_found(detail),
            SaleError::NoKey { .. } => Self::not_found(detail).hint("Read the playlist again."),
            SaleError::Suspended(error) => error.into(),
            SaleError::Recording(error) => Self::internal(&error),
            SaleError::NotHosted { .. } => {
                Self::new(StatusCode::CONFLICT, codes::STREAM_NOT_HOSTED, "The stream is not hosted here", detail)
            }
            SaleError::Index(error) => Self::internal(&error),
            SaleError::Payment { stream, session, price_per_tick, reason } => {
                let challenge = challenge(stream, Some(session), price_per_tick);
                payment_error(reason, challenge)
            }
            SaleError::Preview { stream, price_per_tick, reason } => {
                preview_error(&reason, challenge(stream, None, price_per_tick))
            }
        }
    }
}

impl From<ProofError> for ApiError {
    fn from(error: ProofError) -> Self {
        let detail = error.to_string();
        match error {
            ProofError::TooMany => Self::too_many_requests(1),
            ProofError::Stale | ProofError::Used | ProofError::Signature => {
                let title = "The signature of a session key is needed";
                Self::new(StatusCode::UNAUTHORIZED, codes::UNSIGNED, title, detail)
            }
            ProofError::KeyUnknown { .. } | ProofError::KeyExpired | ProofError::OutOfScope => Self::forbidden(detail),
            ProofError::Chain(_) => Self::unavailable(detail),
            ProofError::Index(error) => error.into(),
        }
    }
}

impl From<SettingsError> for ApiError {
    fn from(error: SettingsError) -> Self {
        let detail = error.to_string();
        match error {
            SettingsError::Records(error) => Self::internal(&error),
            SettingsError::Unreadable(_) => Self::bad_request(detail),
            SettingsError::Unknown { .. } | SettingsError::NotAllowed { .. } => {
                let title = "The setting is not allowed";
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, codes::BAD_REQUEST, title, detail)
            }
        }
    }
}

impl From<GatewayStateError> for ApiError {
    fn from(error: GatewayStateError) -> Self {
        Self::internal(&error)
    }
}

impl From<TooFast> for ApiError {
    fn from(error: TooFast) -> Self {
        Self::too_many_requests(error.retry_after_s).detail(error.to_string())
    }
}

impl From<SessionError> for ApiError {
    fn from(error: SessionError) -> Self {
        let detail = error.to_string();
        match error {
            SessionError::Draining | SessionError::Chain(_) => Self::unavailable(detail),
            SessionError::Unknown(_) => Self::not_found(detail),
            SessionError::Withheld(error) => error.into(),
            SessionError::Index(error) => error.into(),
            SessionError::Records(error) => Self::internal(&error),
            SessionError::Offer(OfferError::Refused(reason)) => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, reason.code(), "The ticket is refused", detail)
            }
            SessionError::Offer(OfferError::Unavailable(error)) => Self::unavailable(error.to_string()),
        }
    }
}

impl From<Suspended> for ApiError {
    fn from(error: Suspended) -> Self {
        Self::new(StatusCode::FORBIDDEN, codes::STREAM_NOT_OPEN, "The stream is suspended", error.to_string())
    }
}

impl From<BelowMinimum> for ApiError {
    fn from(reason: BelowMinimum) -> Self {
        let title = "This gateway does not serve the stream";
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, reason.code(), title, reason.to_string())
    }
}

impl From<QueryError> for ApiError {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::Store(error) => Self::internal(&error),
            error => Self::bad_request(error.to_string()),
        }
    }
}

impl From<RecordingError> for ApiError {
    fn from(error: RecordingError) -> Self {
        Self::internal(&error)
    }
}

impl From<KeyError> for ApiError {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Store(KeyStoreError::Missing) => Self::not_found("The stream has no publish key with this id."),
            KeyError::Store(
                error @ (KeyStoreError::TooMany(_) | KeyStoreError::TooManyOfOwner(_) | KeyStoreError::Full(_)),
            ) => Self::conflict(error.to_string()),
            error => Self::internal(&error),
        }
    }
}

fn challenge(stream: StreamId, session: Option<SessionId>, price_per_tick: Option<Balance>) -> Challenge {
    Challenge {
        stream,
        session: session.map(SessionRef),
        price_per_tick: price_per_tick.map(Planck),
        ..Challenge::default()
    }
}

fn payment_error(reason: PayError, challenge: Challenge) -> ApiError {
    match reason {
        PayError::PaymentRequired(reason) => {
            metrics::counter!(names::REFUSED, "code" => reason.code()).increment(1);
            let challenge = Challenge { required_ticks: reason.required_ticks(), ..challenge };
            ApiError::payment_required(reason.code(), reason.to_string(), challenge)
        }
        PayError::Malformed(error) => ApiError::bad_request(error.to_string()),
        PayError::Unavailable(error) => ApiError::unavailable(error.to_string()),
    }
}

fn preview_error(reason: &PreviewError, challenge: Challenge) -> ApiError {
    let detail = reason.to_string();
    match reason {
        PreviewError::Malformed(_) => ApiError::bad_request(detail),
        PreviewError::StreamUnknown { .. } => ApiError::not_found(detail),
        PreviewError::Over { .. } => ApiError::payment_required(codes::PREVIEW_OVER, detail, challenge),
        PreviewError::NetworkOver => ApiError::payment_required(codes::NETWORK_PREVIEW_OVER, detail, challenge),
    }
}
