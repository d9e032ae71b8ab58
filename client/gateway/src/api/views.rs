//! Conversion of what the paywall and the index return into the types of the wire.

use super::state::Catalogue;
use crate::live::DvrWindow;
use tick_stream_primitives::{Moment, SessionId, Splits, StreamId};
use vilokanam_indexer::{self as indexer, metadata, ReceiptRow, SessionRow, StreamRow};
use vilokanam_paywall::{Phase, Status};
use vilokanam_wire::{
    money::{Receipt, SessionRecord},
    scalars::rfc3339,
    sessions::{SessionPhase, SessionView},
    streams::{ClearPreview, Metadata, NextPrice, Page, Split, StreamStatus, StreamView},
    Account, Planck, SessionRef, StreamRef,
};

/// Converts a session of the paywall.
pub fn session_view(id: SessionId, status: &Status) -> SessionView {
    let is_ending = status.closing.is_some() || status.ending.is_some();
    let phase = match status.phase {
        _ if status.rejection.is_some() => SessionPhase::Rejected,
        _ if status.is_closed => SessionPhase::Closed,
        _ if is_ending => SessionPhase::Closing,
        Phase::Offered => SessionPhase::Offered,
        Phase::Included => SessionPhase::Included,
        Phase::Finalized => SessionPhase::Finalized,
    };
    SessionView {
        session: SessionRef(id),
        stream: StreamRef(status.stream),
        viewer: Account(status.viewer.clone()),
        session_key: status.session_key.clone().map(Account),
        phase,
        price_per_tick: Planck(status.price_per_tick),
        max_ticks: status.max_ticks,
        revealed_ticks: status.revealed_ticks,
        charged_ticks: status.charged_ticks,
        settled_ticks: status.settled_ticks,
    }
}

/// Converts a session of the index, for one that the paywall does not have (any more). Ticks that were revealed and not
/// settled are not known.
pub fn indexed_session_view(session: SessionRow) -> SessionView {
    let phase = match (session.closed_at, session.closing_until) {
        (Some(_), _) => SessionPhase::Closed,
        (None, Some(_)) => SessionPhase::Closing,
        (None, None) => SessionPhase::Finalized,
    };
    SessionView {
        session: SessionRef(session.id),
        stream: StreamRef(session.stream),
        viewer: Account(session.viewer),
        session_key: session.session_key.map(Account),
        phase,
        price_per_tick: Planck(session.price_per_tick),
        max_ticks: session.max_ticks,
        revealed_ticks: session.settled_ticks,
        charged_ticks: session.settled_ticks,
        settled_ticks: session.settled_ticks,
    }
}

/// Converts a stream of the index, and adds what this gateway knows of it.
pub fn stream_view(catalogue: &Catalogue, stream: StreamRow, last_live: Option<Moment>) -> StreamView {
    let StreamRow { id, value, totals } = stream;
    let is_live_here = catalogue.live.channel(id).is_some() && catalogue.rules.check_served(id).is_ok();
    // For viewers it is the same whether moderators of the chain or of this gateway have suspended it.
    let is_withheld = catalogue.rules.check_withheld(id).is_err();
    StreamView {
        stream: StreamRef(id),
        creator: Account(value.creator),
        metadata: metadata_view(&value.metadata),
        status: if is_withheld { StreamStatus::Suspended } else { value.status.into() },
        is_live_here,
        price_per_tick: Planck(value.price_per_tick),
        next_price: value.next_price.map(|next| NextPrice { price_per_tick: Planck(next.value), from_block: next.at }),
        preview_ticks: value.preview_ticks,
        gateway_share_ppm: value.gateway_share.deconstruct(),
        splits: splits_view(value.splits),
        viewers: catalogue.audience.borrow().viewers.get(&id).copied().unwrap_or(0),
        total_ticks: totals.ticks,
        total_paid: Planck(totals.paid),
        total_tipped: Planck(totals.tipped),
        last_live: last_live.map(rfc3339),
        playlist: is_live_here.then(|| format!("/v1/streams/{id}/hls/master.m3u8")),
        dvr_playlist: (is_live_here && can_go_back(catalogue, id))
            .then(|| format!("/v1/streams/{id}/hls/dvr/master.m3u8")),
        clips: None,
    }
}

/// Whether viewers can go back in the broadcast of a stream.
fn can_go_back(catalogue: &Catalogue, stream: StreamId) -> bool {
    let channel = catalogue.live.channel(stream);
    let growing = channel.and_then(|channel| catalogue.recordings.growing(stream, channel.number));
    growing.is_some_and(|growing| growing.window() != DvrWindow::Off && !growing.variants().is_empty())
}

fn metadata_view(bytes: &[u8]) -> Metadata {
    let found = metadata::Metadata::decode(bytes);
    let metadata::Metadata { title, description, category, tags, language, thumbnail, .. } = found;
    let clear_preview = match found.clear_preview {
        metadata::ClearPreview::Off => ClearPreview::Off,
        metadata::ClearPreview::Muted => ClearPreview::Muted,
        metadata::ClearPreview::WithSound => ClearPreview::WithSound,
    };
    let thumbnail = thumbnail.unwrap_or_default();
    Metadata { title, description, category, tags, language, thumbnail, clear_preview }
}

fn splits_view(splits: Splits) -> Vec<Split> {
    let split = |(account, share): (_, sp_runtime::Permill)| Split {
        account: Account(account),
        share_ppm: share.deconstruct(),
    };
    splits.into_iter().map(split).collect()
}

/// Converts a session of the index for a list.
pub fn session_record(session: SessionRow) -> SessionRecord {
    SessionRecord {
        session: SessionRef(session.id),
        viewer: Account(session.viewer),
        session_key: session.session_key.map(Account),
        stream: StreamRef(session.stream),
        gateway: Account(session.gateway),
        price_per_tick: Planck(session.price_per_tick),
        max_ticks: session.max_ticks,
        settled_ticks: session.settled_ticks,
        paid: Planck(session.paid),
        refunded: session.refunded.map(Planck),
        opened_at: rfc3339(session.opened_at),
        closed_at: session.closed_at.map(rfc3339),
    }
}

/// Converts a settlement.
pub fn receipt(receipt: ReceiptRow) -> Receipt {
    Receipt { block: receipt.block, at: rfc3339(receipt.settled_at), ticks: receipt.ticks, paid: Planck(receipt.paid) }
}

/// Converts a page, item by item.
pub fn page<A, B>(page: indexer::Page<A>, item: impl FnMut(A) -> B) -> Page<B> {
    Page { items: page.items.into_iter().map(item).collect(), next_cursor: page.next }
}

pub mod recordings;
#[cfg(test)]
pub mod test_catalogue;
