//! Ends what is running of a stream when a moderator suspends it (the broadcast, its channel, its sessions), and hides its
//! pictures. Moderators of this gateway withhold streams in the same way; one that they only hide goes on being recorded.
//!
//! Requests are refused by [`StreamRules`] from the moment on at which the suspension is known. This is about what goes on
//! without requests.

use crate::{images::HiddenImages, live::ChannelRegistry, publishing::Publishing, stream_rules::StreamRules};
use std::{collections::HashSet, sync::Arc, time::Duration};
use tick_stream_primitives::{SessionId, StreamId};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use vilokanam_indexer::Store;
use vilokanam_paywall::Paywall;

/// Interval at which suspended streams are looked for once more, in case a broadcast began at the moment of the suspension.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// What a suspension ends.
pub struct Suspensions {
    pub rules: Arc<StreamRules>,
    pub publishing: Arc<Publishing>,
    pub live: Arc<ChannelRegistry>,
    pub paywall: Arc<Paywall>,
    pub index: Store,
    pub images: Arc<HiddenImages>,
    /// Wakes the settlement.
    pub settle_now: Arc<Notify>,
}

impl Suspensions {
    /// Enforces suspensions until `stop` is cancelled.
    pub async fn enforce(self, stop: CancellationToken) {
        let mut known = HashSet::new();
        let mut are_pictures_hidden = true;
        loop {
            let suspended: HashSet<StreamId> = self.rules.suspended().into_iter().collect();
            self.rules.off_air().into_iter().for_each(|stream| self.take_off_air(stream));
            let new: HashSet<StreamId> = suspended.difference(&known).copied().collect();
            if !new.is_empty() {
                self.end_sessions(&new);
            }
            if suspended != known || !are_pictures_hidden {
                are_pictures_hidden = self.hide_pictures(&suspended).await;
            }
            known = suspended;
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.rules.suspension() => {}
                () = tokio::time::sleep(LOOK_AGAIN) => {}
            }
        }
    }

    /// Returns whether the pictures are hidden.
    async fn hide_pictures(&self, streams: &HashSet<StreamId>) -> bool {
        let hidden = self.images.set(&self.index, streams.iter().copied()).await;
        if let Err(error) = &hidden {
            tracing::warn!(%error, "the pictures of suspended streams are hidden later");
        }
        hidden.is_ok()
    }

    fn take_off_air(&self, stream: StreamId) {
        let was_published = self.publishing.stop(stream);
        let was_on_air = self.live.withdraw(stream);
        if was_published || was_on_air {
            tracing::warn!(
                stream,
                "a moderator has suspended the stream, or its creator is blocked; its broadcast was ended"
            );
        }
    }

    /// Ends the sessions of these streams. What was revealed is settled, and the rest of the reserves refunded.
    fn end_sessions(&self, streams: &HashSet<StreamId>) {
        let is_open = |id: &SessionId| {
            let status = self.paywall.status(id);
            status.is_some_and(|status| streams.contains(&status.stream) && status.ending.is_none())
        };
        let open: Vec<_> = self.paywall.session_ids().into_iter().filter(is_open).collect();
        for id in &open {
            self.paywall.end(id);
        }
        tracing::warn!(?streams, sessions = open.len(), "suspended streams; their sessions are settled and closed");
        self.settle_now.notify_one();
    }
}
