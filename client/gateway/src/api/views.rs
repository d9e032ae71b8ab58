//! From what the crates below say to what goes over the wire.

use super::error::ApiError;
use crate::{app::App, telemetry::names};
use axum::http::StatusCode;
use tick_stream_primitives::{SessionId, StreamId};
use vilokanam_indexer::{values::Time, views, QueryError};
use vilokanam_paywall::{OfferError, PayError, PaymentRequired, Phase, PreviewError, Status, Token, Unavailable};
use vilokanam_wire::{
    money::{Receipt, SessionRecord},
    payment::Challenge,
    sessions::{SessionPhase, SessionView},
    streams::{Metadata, NextPrice, Page, Split, StreamPhase, StreamView},
    Account, Planck, SessionRef, StreamRef,
};

/// A token as it was sent.
pub fn token_of(text: Option<&str>) -> Result<Option<Token>, ApiError> {
    let parsed = text.map(str::parse::<Token>).transpose();
    parsed.map_err(|error| ApiError::bad_request(error.to_string()))
}

/// Why a tick was not taken.
pub fn payment_error(app: &App, stream: StreamId, session: Option<SessionId>, error: PayError) -> ApiError {
    match error {
        PayError::PaymentRequired(reason) => {
            metrics::counter!(names::REFUSED, "code" => reason.code()).increment(1);
            let needed = match &reason {
                PaymentRequired::OutOfPrepaidTicks { needed_ticks, .. } => Some(*needed_ticks),
                _ => None,
            };
            let challenge = Challenge {
                stream,
                session: session.map(SessionRef),
                price_per_tick: app.paywall.terms(stream).map(|terms| Planck(terms.price_per_tick)),
                ticks_due: needed,
                code: String::new(),
            };
            ApiError::payment_required(reason.code(), reason.to_string(), challenge)
        }
        PayError::Malformed(error) => ApiError::bad_request(error.to_string()),
        PayError::Unavailable(error) => unavailable(&error),
    }
}

fn unavailable(error: &Unavailable) -> ApiError {
    ApiError::unavailable(error.to_string())
}

/// Why there is no preview.
pub fn preview_error(app: &App, stream: StreamId, error: PreviewError) -> ApiError {
    let code = match &error {
        PreviewError::Malformed(error) => return ApiError::bad_request(error.to_string()),
        PreviewError::StreamUnknown { .. } => return ApiError::not_found("stream of this number"),
        PreviewError::Over { .. } => "preview-over",
        PreviewError::NetworkOver => "network-preview-over",
    };
    let price_per_tick = app.paywall.terms(stream).map(|terms| Planck(terms.price_per_tick));
    ApiError::payment_required(code, error.to_string(), Challenge { stream, price_per_tick, ..Challenge::default() })
}

/// Why a ticket was not taken.
pub fn offer_error(error: OfferError) -> ApiError {
    match error {
        OfferError::Refused(reason) => {
            let (status, title) = (StatusCode::UNPROCESSABLE_ENTITY, "The ticket is not taken");
            ApiError::new(status, reason.code(), title, reason.to_string())
        }
        OfferError::Unavailable(error) => unavailable(&error),
    }
}

/// Why the index has no answer.
pub fn query_error(error: QueryError) -> ApiError {
    match error {
        QueryError::Store(error) => ApiError::internal(&error),
        error => ApiError::bad_request(error.to_string()),
    }
}

/// A session as the paywall has it.
pub fn session_view(id: SessionId, status: &Status) -> SessionView {
    let phase = match (status.death, status.closing.is_some() || status.ending.is_some(), status.phase) {
        (Some(_), _, _) => SessionPhase::Dead,
        (None, true, _) => SessionPhase::Closing,
        (None, false, Phase::Unopened) => SessionPhase::Offered,
        (None, false, Phase::InBlock) => SessionPhase::Included,
        (None, false, Phase::Final) => SessionPhase::Open,
    };
    SessionView {
        session: SessionRef(id),
        stream: StreamRef(status.stream),
        viewer: Account(status.viewer.clone()),
        phase,
        price_per_tick: Planck(status.price_per_tick),
        max_ticks: status.max_ticks,
        paid_ticks: status.ticks_paid,
        used_ticks: status.ticks_owed,
        settled_ticks: status.settled_ticks,
    }
}

/// A stream as the index has it, and what is known of it here.
pub fn stream_view(app: &App, stream: views::StreamView, last_live: Option<Time>) -> StreamView {
    let is_live_here = app.live.channel(stream.id).is_some();
    let phase = match stream.status {
        views::StreamState::Live => StreamPhase::Live,
        views::StreamState::Offline => StreamPhase::Offline,
        views::StreamState::Ended => StreamPhase::Ended,
        views::StreamState::Suspended => StreamPhase::Suspended,
    };
    let split = |split: views::Split| Split { account: Account(split.account.0), share_ppm: split.share_ppm };
    StreamView {
        stream: StreamRef(stream.id),
        creator: Account(stream.creator.0),
        metadata: Metadata {
            title: stream.title,
            description: stream.description,
            category: stream.category,
            tags: stream.tags,
            thumbnail: stream.thumbnail.unwrap_or_default(),
        },
        phase,
        is_live_here,
        price_per_tick: Planck(stream.price_per_tick.0),
        next_price: stream
            .next_price
            .map(|next| NextPrice { price_per_tick: Planck(next.price_per_tick.0), from_block: next.from_block }),
        preview_ticks: stream.preview_ticks,
        gateway_share_ppm: stream.gateway_share_ppm,
        splits: stream.splits.into_iter().map(split).collect(),
        viewers: stream.viewers,
        total_ticks: stream.ticks,
        total_paid: Planck(stream.paid.0),
        total_tipped: Planck(stream.tipped.0),
        last_live: last_live.map(|at| at.to_string()),
        playlist: is_live_here.then(|| format!("/v1/streams/{}/hls/master.m3u8", stream.id)),
    }
}

/// A session as finalized blocks have it.
pub fn session_record(session: views::SessionView) -> SessionRecord {
    SessionRecord {
        session: SessionRef(session.id.0),
        viewer: Account(session.viewer.0),
        stream: StreamRef(session.stream),
        gateway: Account(session.gateway.0),
        price_per_tick: Planck(session.price_per_tick.0),
        max_ticks: session.max_ticks,
        settled_ticks: session.settled_ticks,
        paid: Planck(session.paid.0),
        refunded: session.refunded.map(|refunded| Planck(refunded.0)),
        opened_at: session.opened_at.to_string(),
        closed_at: session.closed_at.map(|at| at.to_string()),
    }
}

/// A settlement.
pub fn receipt(receipt: views::Receipt) -> Receipt {
    Receipt { block: receipt.block, at: receipt.at.to_string(), ticks: receipt.ticks, paid: Planck(receipt.paid.0) }
}

/// A page, each item turned into what goes over the wire.
pub fn page<A, B>(page: views::Page<A>, item: impl FnMut(A) -> B) -> Page<B> {
    Page { items: page.items.into_iter().map(item).collect(), next_cursor: page.next }
}
