//! Sends a broadcast's events to its consumer.

use super::{actor::Stop, BroadcastEvent, EndReason};
use std::time::Duration;
use tokio::{sync::mpsc, time::timeout};

/// How long a consumer may take to take the last event.
const FAREWELL_TIMEOUT: Duration = Duration::from_secs(5);

/// Why a broadcast is over for whoever emits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Over(pub EndReason);

/// The sending end.
#[derive(Clone, Debug)]
pub(crate) struct Emitter {
    pub events: mpsc::Sender<BroadcastEvent>,
}

impl Emitter {
    /// Waits for room, unless the broadcast is stopped meanwhile.
    pub async fn emit(&self, event: BroadcastEvent, stop: &Stop) -> Result<(), Over> {
        tokio::select! {
            sent = self.events.send(event) => sent.map_err(|_| Over(EndReason::Stopped)),
            reason = stop.heard() => Err(Over(reason)),
        }
    }

    /// What the next second makes old is left out when there is no room.
    pub fn emit_if_room(&self, event: BroadcastEvent) {
        let _ = self.events.try_send(event);
    }

    pub async fn farewell(self, reason: EndReason) {
        let sending = self.events.send(BroadcastEvent::Ended { reason });
        if timeout(FAREWELL_TIMEOUT, sending).await.is_err() {
            tracing::warn!("a consumer of a broadcast does not take its last event");
        }
    }
}
