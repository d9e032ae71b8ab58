//! Sends the events of a broadcast to its consumer.

use super::{
    stop::{BroadcastOver, StopSignal},
    BroadcastEvent, EndReason,
};
use std::time::Duration;
use tokio::{sync::mpsc, time::timeout};

/// Maximum time for a consumer to take the last event.
const LAST_EVENT_TIMEOUT: Duration = Duration::from_secs(5);

/// The sending end of the events.
#[derive(Clone, Debug)]
pub(crate) struct Emitter {
    pub events: mpsc::Sender<BroadcastEvent>,
}

impl Emitter {
    /// Sends an event when there is room for it.
    ///
    /// # Errors
    ///
    /// The consumer is gone, or the broadcast is stopped.
    pub async fn emit(&self, event: BroadcastEvent, stop: &StopSignal) -> Result<(), BroadcastOver> {
        tokio::select! {
            sent = self.events.send(event) => sent.map_err(|_| BroadcastOver(EndReason::Stopped)),
            reason = stop.stopped() => Err(BroadcastOver(reason)),
        }
    }

    /// Sends an event that is soon out of date. It is left out if there is no room.
    pub fn emit_if_room(&self, event: BroadcastEvent) {
        let _ = self.events.try_send(event);
    }

    /// Sends the last event.
    pub async fn end(self, reason: EndReason) {
        let sending = self.events.send(BroadcastEvent::Ended { reason });
        if timeout(LAST_EVENT_TIMEOUT, sending).await.is_err() {
            tracing::warn!("the consumer of a broadcast did not take its last event in time");
        }
    }
}
