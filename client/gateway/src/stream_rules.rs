//! What is known of streams beside their price: which are suspended or ended on chain, which have a clear preview, and which
//! moderators of this gateway withhold.
//!
//! The rules of the chain come from best blocks. Everything that takes video in or gives something out asks them each time.

use parking_lot::RwLock;
use std::collections::{HashMap, HashSet};
use tick_stream_primitives::{Stream, StreamId, StreamStatus};
use tokio::sync::Notify;
use vilokanam_indexer::metadata::{ClearPreview, Metadata};
use vilokanam_ingest::StreamClosed;

/// Streams whose rules differ from the usual ones that are remembered. Above it, ended streams and clear previews are left
/// out; suspensions are always remembered, since only moderators make them.
const MAX_REMEMBERED: usize = 200_000;

/// A moderator of the chain has suspended the stream, or a moderator of this gateway withholds it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "Stream {0} was suspended by a moderator, of the chain or of this gateway, so nothing of it is given out here."
)]
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

/// Streams that moderators of this gateway withhold. The lists of moderation bound them.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Withheld {
    /// Streams of which nothing is given out.
    pub hidden: HashSet<StreamId>,
    /// Streams that are not taken in: those that are cut off, which are hidden as well, and those of blocked creators.
    pub not_published: HashSet<StreamId>,
}

/// The rules of all streams.
#[derive(Debug, Default)]
pub struct StreamRules {
    /// Streams whose rule is not the default.
    unusual: RwLock<HashMap<StreamId, Rule>>,
    withheld: RwLock<Withheld>,
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
        if self.rule(id).closed == Some(StreamClosed::Suspended) {
            return Err(Suspended(id));
        }
        self.check_withheld(id)
    }

    /// Checks that no moderator of this gateway withholds a stream, whatever the chain says of it.
    ///
    /// # Errors
    ///
    /// [`Suspended`] if one does.
    pub fn check_withheld(&self, id: StreamId) -> Result<(), Suspended> {
        match self.withheld.read().hidden.contains(&id) {
            true => Err(Suspended(id)),
            false => Ok(()),
        }
    }

    /// Checks that a stream may be published.
    ///
    /// # Errors
    ///
    /// [`StreamClosed`] if it may not.
    pub fn check_published(&self, id: StreamId) -> Result<(), StreamClosed> {
        if let Some(closed) = self.rule(id).closed {
            return Err(closed);
        }
        match self.withheld.read().not_published.contains(&id) {
            true => Err(StreamClosed::CutOff),
            false => Ok(()),
        }
    }

    /// Takes over which streams moderators of this gateway withhold.
    pub fn withhold(&self, withheld: Withheld) {
        let mut known = self.withheld.write();
        if *known == withheld {
            return;
        }
        *known = withheld;
        drop(known);
        self.suspension.notify_one();
    }

    /// Returns the streams that moderators of this gateway hide.
    pub fn hidden(&self) -> Vec<StreamId> {
        self.withheld.read().hidden.iter().copied().collect()
    }

    /// The clear preview that the creator asks for.
    pub fn clear_preview(&self, id: StreamId) -> ClearPreview {
        self.rule(id).clear_preview
    }

    /// The streams of which nothing is given out: those that are suspended on chain, and those that are hidden here.
    pub fn suspended(&self) -> Vec<StreamId> {
        let mut found: HashSet<StreamId> = self.suspended_on_chain().into_iter().collect();
        found.extend(self.withheld.read().hidden.iter());
        found.into_iter().collect()
    }

    /// The streams whose broadcasts end: those that are suspended on chain, and those that are not taken in here.
    pub fn off_air(&self) -> Vec<StreamId> {
        let mut found: HashSet<StreamId> = self.suspended_on_chain().into_iter().collect();
        found.extend(self.withheld.read().not_published.iter());
        found.into_iter().collect()
    }

    fn suspended_on_chain(&self) -> Vec<StreamId> {
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

    #[test]
    fn hidden_stream_is_not_served_and_one_that_is_cut_off_is_not_published_either() {
        let rules = StreamRules::default();
        let withheld = Withheld { hidden: [1, 2].into(), not_published: [2, 3].into() };
        rules.withhold(withheld);
        assert_eq!((rules.check_served(1), rules.check_published(1)), (Err(Suspended(1)), Ok(())));
        assert_eq!((rules.check_served(2), rules.check_published(2)), (Err(Suspended(2)), Err(StreamClosed::CutOff)));
        assert_eq!((rules.check_served(3), rules.check_published(3)), (Ok(()), Err(StreamClosed::CutOff)));
        let sorted = |mut ids: Vec<StreamId>| {
            ids.sort_unstable();
            ids
        };
        rules.set(4, &stream(StreamStatus::Suspended, "{}"));
        assert_eq!(sorted(rules.suspended()), [1, 2, 4]);
        assert_eq!(sorted(rules.off_air()), [2, 3, 4]);
        assert_eq!(rules.check_withheld(4), Ok(()), "the chain has suspended it");

        rules.withhold(Withheld::default());
        assert_eq!((rules.check_served(2), rules.check_published(2)), (Ok(()), Ok(())));
    }

    #[tokio::test]
    async fn withholding_is_reported_as_a_suspension_is() {
        let rules = StreamRules::default();
        rules.withhold(Withheld { hidden: [1].into(), ..Withheld::default() });
        rules.suspension().await;
    }

    #[tokio::test]
    async fn suspension_is_reported() {
        let rules = StreamRules::default();
        rules.set(1, &stream(StreamStatus::Suspended, "{}"));
        rules.suspension().await;
    }
}
