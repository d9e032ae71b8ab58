//! Sessions that the chain has open for this gateway and that it does not serve: the session is not the one of the ticket that
//! was accepted, or there was no place for it. The gateway closes them, since whatever it neglects pays its open fee to the
//! account that removes it.

use crate::config::{Config, MAX_ROW_ATTEMPTS};
use parking_lot::Mutex;
use std::collections::BTreeMap;
use tick_stream_primitives::{Moment, SessionId, StreamId};

/// Largest number of sessions remembered. Others are closed after a restart, when the gateway looks for open sessions in its
/// index.
const MAX_UNSERVED: usize = 65_536;

/// The sessions to close, by their ids. They are in finalized blocks: a close that is signed earlier could end the accepted
/// ticket's session after a reorganisation.
#[derive(Default)]
pub(crate) struct Unserved(Mutex<BTreeMap<SessionId, Close>>);

/// How far the close of a session has come. Times are in milliseconds since the Unix epoch, 0 for never.
struct Close {
    stream: StreamId,
    submitted_ms: Moment,
    attempts: u32,
    busy_since_ms: Moment,
}

/// A close to submit.
pub(crate) struct DueClose {
    pub session: SessionId,
    pub stream: StreamId,
    /// Whether to submit it directly, not through the node's pool: as [`DueOpen::is_late`](crate::DueOpen::is_late).
    pub is_late: bool,
}

impl Unserved {
    /// Adds a session, unless the list is full.
    pub fn add(&self, id: SessionId, stream: StreamId) {
        let mut closes = self.0.lock();
        if closes.len() < MAX_UNSERVED {
            closes.entry(id).or_insert(Close { stream, submitted_ms: 0, attempts: 0, busy_since_ms: 0 });
        }
    }

    /// Removes a session that is closed in a finalized block, or served after all.
    pub fn remove(&self, id: &SessionId) {
        self.0.lock().remove(id);
    }

    /// Returns whether the session is in the list.
    pub fn contains(&self, id: &SessionId) -> bool {
        self.0.lock().contains_key(id)
    }

    /// Returns at most `limit` closes to submit now.
    pub fn due(&self, now_ms: Moment, config: &Config, limit: usize) -> Vec<DueClose> {
        let closes = self.0.lock();
        closes.iter().filter_map(|(id, close)| close.due(*id, now_ms, config)).take(limit).collect()
    }

    /// Notes that a close was submitted.
    pub fn submitted(&self, id: &SessionId, now_ms: Moment) {
        if let Some(close) = self.0.lock().get_mut(id) {
            close.submitted_ms = now_ms;
            close.attempts = close.attempts.saturating_add(1);
            close.busy_since_ms = 0;
        }
    }

    /// Notes that the node was too busy for a close.
    pub fn refused_as_busy(&self, id: &SessionId, now_ms: Moment) {
        if let Some(close) = self.0.lock().get_mut(id).filter(|close| close.busy_since_ms == 0) {
            close.busy_since_ms = now_ms;
        }
    }
}

impl Close {
    fn due(&self, session: SessionId, now_ms: Moment, config: &Config) -> Option<DueClose> {
        let is_new = self.submitted_ms == 0;
        let is_busy = self.busy_since_ms > 0 && now_ms.saturating_sub(self.busy_since_ms) >= config.busy_limit_ms;
        let is_due = is_new || is_busy || now_ms.saturating_sub(self.submitted_ms) >= config.resubmit_after_ms;
        let is_late = (!is_new || is_busy) && self.attempts < MAX_ROW_ATTEMPTS;
        is_due.then_some(DueClose { session, stream: self.stream, is_late })
    }
}
