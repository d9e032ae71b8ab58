//! Publishes frames of protocols that have no byte stream of their own: they are written as Matroska.

use crate::{
    broadcast::EndReason,
    error::PublishError,
    hub::Hub,
    publish_key::KeyId,
    rtmp::{MediaWriter, Packet, Step},
    source::{Origin, Publisher},
};
use bytes::Bytes;
use std::{future::Future, sync::Arc};

/// A publisher of frames. The stream counts as published when its tracks are known, not from the connection on.
#[derive(Debug)]
pub(crate) struct FrameSender {
    hub: Arc<Hub>,
    stream: u64,
    key: KeyId,
    origin: Origin,
    writer: MediaWriter,
    publisher: Option<Publisher>,
}

impl FrameSender {
    pub fn new(hub: Arc<Hub>, stream: u64, key: KeyId, origin: Origin) -> Self {
        Self { hub, stream, key, origin, writer: MediaWriter::default(), publisher: None }
    }

    /// Sends a frame, or the configuration of a decoder. Waits while the transcoder is busy.
    ///
    /// # Errors
    ///
    /// The codec is not supported, or the publisher is refused or was disconnected.
    pub async fn send(&mut self, time_ms: u32, packet: Packet) -> Result<(), PublishError> {
        let steps = self.writer.frame(time_ms, packet)?;
        self.carry_out(steps).await
    }

    /// Sends a video message of RTMP.
    ///
    /// # Errors
    ///
    /// As [`Self::send`].
    pub async fn flv_video(&mut self, time_ms: u32, message: &Bytes) -> Result<(), PublishError> {
        let steps = self.writer.video(time_ms, message)?;
        self.carry_out(steps).await
    }

    /// Sends an audio message of RTMP.
    ///
    /// # Errors
    ///
    /// As [`Self::send`].
    pub async fn flv_audio(&mut self, time_ms: u32, message: &Bytes) -> Result<(), PublishError> {
        let steps = self.writer.audio(time_ms, message)?;
        self.carry_out(steps).await
    }

    /// Sends a data message of RTMP.
    ///
    /// # Errors
    ///
    /// As [`Self::send`].
    pub async fn flv_script(&mut self, message: &Bytes) -> Result<(), PublishError> {
        let steps = self.writer.script(message);
        self.carry_out(steps).await
    }

    async fn carry_out(&mut self, steps: Vec<Step>) -> Result<(), PublishError> {
        for step in steps {
            match step {
                Step::Reopen => {
                    tracing::info!(
                        stream = self.stream,
                        "the tracks of a publisher have changed; its source begins again"
                    );
                    // The hub admits another publisher only when this one is gone.
                    self.publisher = None;
                }
                Step::Begin(container) => self.open()?.set_container(container),
                Step::Chunk(chunk) => self.open()?.send(chunk).await?,
            }
        }
        Ok(())
    }

    fn open(&mut self) -> Result<&Publisher, PublishError> {
        let publisher = match self.publisher.take() {
            Some(publisher) => publisher,
            None => self.hub.publish(self.stream, self.key, self.origin)?,
        };
        Ok(self.publisher.insert(publisher))
    }

    /// Whether the stream counts as published.
    pub fn is_published(&self) -> bool {
        self.publisher.is_some()
    }

    /// Ends the broadcast because its publisher has asked for that: it waits for no other publisher. Without effect before
    /// the stream counts as published.
    pub fn end_broadcast(&self) {
        if self.is_published() {
            self.hub.stop(self.stream, EndReason::Stopped);
        }
    }

    /// Waits until the publisher is disconnected by the other side, for ever if there is none yet. The future does not keep
    /// the publisher connected.
    pub fn dismissed(&self) -> impl Future<Output = PublishError> + Send + 'static {
        let dismissed = self.publisher.as_ref().map(Publisher::dismissed);
        async move {
            match dismissed {
                Some(dismissed) => dismissed.await,
                None => std::future::pending().await,
            }
        }
    }
}
