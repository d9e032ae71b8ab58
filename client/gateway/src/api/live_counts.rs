//! `WS /v1/live`: viewers and earnings of streams on air, as they change.

use super::error::ApiError;
use super::state::{ApiState, Catalogue};
use crate::audience::Audience;
use axum::{
    body::Bytes,
    extract::{
        ws::{Message, WebSocket, WebSocketUpgrade},
        Query, State,
    },
    response::{IntoResponse, Response},
    routing::get,
    Router,
};
use serde::Deserialize;
use std::{
    sync::{
        atomic::{AtomicUsize, Ordering},
        Arc,
    },
    time::Duration,
};
use tick_stream_primitives::StreamId;
use tokio_util::sync::CancellationToken;
use vilokanam_wire::streams::LiveCounts;

/// Concurrent listeners.
const MAX_LISTENERS: usize = 10_000;
/// Largest message of a listener, which has nothing to send.
const MAX_MESSAGE_BYTES: usize = 128;
/// Limit for a listener to read a message.
const SEND_LIMIT: Duration = Duration::from_secs(10);
/// Interval of pings while nothing changes.
const PING_EVERY: Duration = Duration::from_secs(30);

static LISTENERS: AtomicUsize = AtomicUsize::new(0);

pub fn routes() -> Router<ApiState> {
    Router::new().route("/v1/live", get(upgrade))
}

#[derive(Deserialize)]
struct Ask {
    /// Limits the counts to this stream.
    stream: Option<StreamId>,
}

/// A place of a listener, given back when dropped.
struct Listener;

impl Listener {
    fn enter() -> Option<Self> {
        let before = LISTENERS.fetch_add(1, Ordering::Relaxed);
        let listener = Self;
        (before < MAX_LISTENERS).then_some(listener)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        LISTENERS.fetch_sub(1, Ordering::Relaxed);
    }
}

async fn upgrade(
    State(catalogue): State<Arc<Catalogue>>,
    State(drain): State<CancellationToken>,
    Query(ask): Query<Ask>,
    socket: WebSocketUpgrade,
) -> Response {
    let Some(listener) = Listener::enter() else {
        return ApiError::unavailable("The limit of listeners is reached; poll /v1/streams instead.").into_response();
    };
    let limited = socket.max_message_size(MAX_MESSAGE_BYTES).max_frame_size(MAX_MESSAGE_BYTES);
    limited.on_upgrade(move |socket| async move {
        // It ends when the listener disconnects, which is no error.
        let _ = send_counts(&catalogue, &drain, ask.stream, socket).await;
        drop(listener);
    })
}

async fn send_counts(
    catalogue: &Catalogue,
    drain: &CancellationToken,
    stream: Option<StreamId>,
    mut socket: WebSocket,
) -> Result<(), axum::Error> {
    let mut audience = catalogue.audience.clone();
    audience.mark_changed();
    let mut sent: Option<Arc<Audience>> = None;
    loop {
        let now = audience.borrow_and_update().clone();
        let news = news(sent.as_deref(), &now, stream);
        if !news.is_empty() || sent.is_none() {
            let text = serde_json::to_string(&news).map_err(axum::Error::new)?;
            send(&mut socket, Message::Text(text.into())).await?;
        }
        sent = Some(now);
        tokio::select! {
            () = drain.cancelled() => return Ok(()),
            changed = audience.changed() => if changed.is_err() { return Ok(()) },
            message = socket.recv() => if message.transpose()?.is_none() { return Ok(()) },
            () = tokio::time::sleep(PING_EVERY) => send(&mut socket, Message::Ping(Bytes::new())).await?,
        }
    }
}

async fn send(socket: &mut WebSocket, message: Message) -> Result<(), axum::Error> {
    let sent = tokio::time::timeout(SEND_LIMIT, socket.send(message)).await;
    sent.unwrap_or_else(|_| Err(axum::Error::new("the listener does not read its messages")))
}

/// Returns the counts that have changed. A stream that is off air is reported once.
fn news(before: Option<&Audience>, now: &Audience, only: Option<StreamId>) -> Vec<LiveCounts> {
    let is_wanted = |counts: &&LiveCounts| only.is_none_or(|only| counts.stream.0 == only);
    let known = |counts: &LiveCounts| before.and_then(|before| before.live.get(&counts.stream.0));
    let changed = now.live.values().filter(is_wanted).filter(|counts| known(counts) != Some(counts)).cloned();
    let gone = before.into_iter().flat_map(|before| before.live.values()).filter(is_wanted);
    let gone = gone.filter(|counts| !now.live.contains_key(&counts.stream.0));
    changed.chain(gone.map(|counts| LiveCounts { is_live: false, viewers: 0, ..counts.clone() })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use vilokanam_wire::{Planck, StreamRef};

    fn counts(stream: u64, viewers: u32) -> LiveCounts {
        LiveCounts { stream: StreamRef(stream), is_live: true, viewers, ticks: 1, earned: Planck(2) }
    }

    fn audience(all: &[LiveCounts]) -> Audience {
        Audience { live: all.iter().map(|counts| (counts.stream.0, counts.clone())).collect(), ..Audience::default() }
    }

    #[test]
    fn only_changed_counts_are_sent() {
        let (before, now) =
            (audience(&[counts(1, 1), counts(2, 1), counts(3, 1)]), audience(&[counts(1, 1), counts(2, 5)]));
        assert_eq!(news(None, &now, None).len(), 2, "everything at first");
        let changed = news(Some(&before), &now, None);
        assert_eq!(changed.len(), 2);
        assert_eq!(changed[0], counts(2, 5));
        assert!(!changed[1].is_live && changed[1].stream.0 == 3);
        assert_eq!(news(Some(&before), &now, Some(1)), []);
        assert_eq!(news(Some(&before), &now, Some(2)), [counts(2, 5)]);
    }
}
