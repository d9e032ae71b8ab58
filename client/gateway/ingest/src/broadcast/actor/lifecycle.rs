//! The life of a broadcast: sources come and go until none comes within the reconnect window, or until it is stopped.

use super::Actor;
use crate::{
    broadcast::{
        live::{self, LiveEnd},
        slate::Slate,
        stop::BroadcastOver,
        BroadcastEvent, EndReason,
    },
    config::millis,
    source::Source,
};
use tokio::time::{sleep_until, Instant};

impl Actor {
    /// Runs the broadcast from its first source to its last event.
    pub async fn run(mut self, first: Source) {
        self.fragment_ms = self.hub.fragment_ms(self.stream).await;
        let mut next = Some(first);
        let mut stopped = None;
        while let Some(source) = next {
            let following = match live::run(&mut self, source).await {
                LiveEnd::BroadcastOver(over) => Err(over),
                LiveEnd::PublisherGone if self.emitter.is_none() => Ok(self.hub.retire(self.stream, &mut self.sources)),
                LiveEnd::PublisherGone => self.wait_for_publisher().await,
            };
            next = following.unwrap_or_else(|BroadcastOver(reason)| {
                stopped = Some(reason);
                None
            });
        }
        // If it was not stopped, the stream has been retired already, and may have a new actor.
        if stopped.is_some() {
            self.hub.remove(self.stream);
        }
        let reason = stopped.unwrap_or(EndReason::PublisherGone);
        if let Some(emitter) = self.emitter.take() {
            tracing::info!(stream = self.stream, %reason, "the broadcast has ended");
            emitter.end(reason).await;
        }
    }

    /// Shows the slate until a publisher comes. Returns `None` if the reconnect window has passed.
    async fn wait_for_publisher(&mut self) -> Result<Option<Source>, BroadcastOver> {
        self.health.send_replace(None);
        // An encoder that has begun again with other tracks has not been away.
        if let Ok(next) = self.sources.try_recv() {
            return Ok(Some(next));
        }
        let window_ms = self.hub.config.reconnect_window_ms;
        tracing::info!(stream = self.stream, window_ms, "the publisher has disconnected; waiting for it to return");
        let until = Instant::now() + millis(window_ms);
        self.emit(BroadcastEvent::Waiting { window_ms }).await?;
        let slate = Slate::begin(self).await?;
        let next = self.next_source(until).await;
        if let Some(slate) = slate {
            slate.end(self).await;
        }
        next
    }

    async fn next_source(&mut self, until: Instant) -> Result<Option<Source>, BroadcastOver> {
        let consumer = self.emitter.clone();
        let consumer_gone = async {
            match &consumer {
                Some(emitter) => emitter.events.closed().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            reason = self.stop.stopped() => Err(BroadcastOver(reason)),
            source = self.sources.recv() => Ok(source),
            () = consumer_gone => Err(BroadcastOver(EndReason::Stopped)),
            () = sleep_until(until) => Ok(self.hub.retire(self.stream, &mut self.sources)),
        }
    }
}
