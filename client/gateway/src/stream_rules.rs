//! What the chain says of streams beside their price: which are suspended or ended, and which have a clear preview.
//!
//! The rules come from best blocks. Everything that takes video in or gives something out asks them each time.

use parking_lot::RwLock;
use std::collections::HashMap;
use tick_stream_primitives::{Stream, StreamId, StreamStatus};
use tokio::sync::Notify;
use vilokanam_indexer::metadata::{ClearPreview, Metadata};
use vilokanam_ingest::StreamClosed;

/// Streams whose rules differ from the usual ones that are remembered. Above it, ended streams and clear previews are left
/// out; suspensions are always remembered, since only moderators make them.
const MAX_REMEMBERED: usize = 200_000;

/// A moderator of the chain has suspended the stream.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("A moderator of the chain has suspended stream {0}, so this gateway gives nothing of it out.")]
pub struct Suspended(pub StreamId);

/// The rules of one stream. The default is that of an open stream without a clear preview.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
struct Rule {
    closed: Option<StreamClosed>,
    clear_preview: ClearPreview,
}

/// Returns why a stream with this status may not be published, if so.
pub fn closed_by(status: StreamStatus) -> Option<StreamClosed> {
    match status {
        StreamStatus::Suspended => Some(StreamClosed::Suspended),
        StreamStatus::Ended => Some(StreamClosed::Ended),
        StreamStatus::Live | StreamStatus::Offline => None,
    }
}

/// The rules of all streams.
#[derive(Debug, Default)]
pub struct StreamRules {
    /// Streams whose rule is not the default.
    unusual: RwLock<HashMap<StreamId, Rule>>,
    suspension: Notify,
}

impl StreamRules {
    /// Takes over the state of a stream in the best block.
    pub fn set(&self, id: StreamId, stream: &Stream) {
        let clear_preview = Metadata::decode(&stream.metadata).clear_preview;
        self.remember(id, Rule { closed: closed_by(stream.status), clear_preview });
    }

    /// Notes that a stream no longer exists. Ids are not used again.
    pub fn set_gone(&self, id: StreamId) {
        self.remember(id, Rule { closed: Some(StreamClosed::Ended), ..Rule::default() });
    }

    fn remember(&self, id: StreamId, rule: Rule) {
        let is_suspended = rule.closed == Some(StreamClosed::Suspended);
        let mut unusual = self.unusual.write();
        if rule == Rule::default() || unusual.len() >= MAX_REMEMBERED && !is_suspended {
            unusual.remove(&id);
        } else {
            unusual.insert(id, rule);
        }
        drop(unusual);
        if is_suspended {
            self.suspension.notify_one();
        }
    }

    fn rule(&self, id: StreamId) -> Rule {
        self.unusual.read().get(&id).copied().unwrap_or_default()
    }

    /// Checks that anything of a stream may be given out.
    ///
    /// # Errors
    ///
    /// [`Suspended`] if it may not.
    pub fn check_served(&self, id: StreamId) -> Result<(), Suspended> {
        match self.rule(id).closed {
            Some(StreamClosed::Suspended) => Err(Suspended(id)),
            Some(StreamClosed::Ended) | None => Ok(()),
        }
    }

    /// Checks that a stream may be published.
    ///
    /// # Errors
    ///
    /// [`StreamClosed`] if it may not.
    pub fn check_published(&self, id: StreamId) -> Result<(), StreamClosed> {
        self.rule(id).closed.map_or(Ok(()), Err)
    }

    /// The clear preview that the creator asks for.
    pub fn clear_preview(&self, id: StreamId) -> ClearPreview {
        self.rule(id).clear_preview
    }

    /// The streams that are suspended.
    pub fn suspended(&self) -> Vec<StreamId> {
        let is_suspended = |rule: &Rule| rule.closed == Some(StreamClosed::Suspended);
        self.unusual.read().iter().filter(|(_, rule)| is_suspended(rule)).map(|(id, _)| *id).collect()
    }

    /// Waits until a suspension is reported.
    pub async fn suspension(&self) {
        self.suspension.notified().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_stream::stream_of;
    use tick_stream_primitives::AccountId;

    fn stream(status: StreamStatus, metadata: &str) -> Stream {
        let metadata = metadata.as_bytes().to_vec().try_into().unwrap();
        Stream { metadata, ..stream_of(AccountId::new([1; 32]), status) }
    }

    #[test]
    fn suspended_stream_is_neither_served_nor_published_until_the_suspension_is_lifted() {
        let rules = StreamRules::default();
        assert_eq!(
            (rules.check_served(1), rules.check_published(1)),
            (Ok(()), Ok(())),
            "a stream that is not known yet"
        );
        rules.set(1, &stream(StreamStatus::Suspended, "{}"));
        assert_eq!(rules.check_served(1), Err(Suspended(1)));
        assert_eq!(rules.check_published(1), Err(StreamClosed::Suspended));
        assert_eq!(rules.suspended(), [1]);
        rules.set(1, &stream(StreamStatus::Offline, "{}"));
        assert_eq!((rules.check_served(1), rules.check_published(1)), (Ok(()), Ok(())));
        assert!(rules.suspended().is_empty());
    }

    #[test]
    fn ended_and_removed_streams_are_served_and_not_published() {
        let rules = StreamRules::default();
        rules.set(1, &stream(StreamStatus::Ended, "{}"));
        rules.set_gone(2);
        for id in [1, 2] {
            assert_eq!(rules.check_served(id), Ok(()), "its recordings stay for those who have a session");
            assert_eq!(rules.check_published(id), Err(StreamClosed::Ended));
        }
    }

    #[test]
    fn clear_preview_is_off_unless_the_creator_asks_for_it() {
        let rules = StreamRules::default();
        assert_eq!(rules.clear_preview(1), ClearPreview::Off);
        rules.set(1, &stream(StreamStatus::Live, r#"{"title":"T","clear_preview":"muted"}"#));
        assert_eq!(rules.clear_preview(1), ClearPreview::Muted);
        rules.set(1, &stream(StreamStatus::Live, r#"{"title":"T","clear_preview":"loud"}"#));
        assert_eq!(rules.clear_preview(1), ClearPreview::Off);
    }

    #[tokio::test]
    async fn suspension_is_reported() {
        let rules = StreamRules::default();
        rules.set(1, &stream(StreamStatus::Suspended, "{}"));
        rules.suspension().await;
    }
}
