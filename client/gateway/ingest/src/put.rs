//! HTTP PUT of HLS (MPEG-TS) or CMAF segments: an HTTP server passes in names and bodies, in the order of arrival.

mod content;
mod counter;
mod name;
mod sequence;

use crate::{
    broadcast::Protocol,
    clock::LastSeen,
    config::millis,
    error::{PublishError, PutError},
    hub::Hub,
    publish_key::KeyId,
    source::{Container, Origin, Publisher, SourceChunk},
};
use bytes::Bytes;
use counter::Counter;
use name::{Format, Name};
use parking_lot::Mutex;
use sequence::{Offer, Sequence};
use std::{net::IpAddr, sync::Arc};
use tokio::time::{sleep, timeout};

/// Size of the pieces in which a segment is passed on, so that each fits into the buffer.
const PIECE_BYTES: usize = 64 * 1024;

/// What was done with an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PutOutcome {
    /// It was passed to the transcoder, together with later segments that waited for it.
    Taken,
    /// It is a playlist, which is not needed: the gateway writes its own.
    Ignored,
    /// It was uploaded before, or comes after segments that it should precede.
    Duplicate,
    /// It came too early, and waits for the segments before it.
    Waiting,
}

/// A publisher that uploads segments. Its key has been checked.
#[derive(Debug)]
pub(crate) struct PutSession {
    hub: Arc<Hub>,
    stream: u64,
    key: KeyId,
    peer: IpAddr,
    upload: Option<Upload>,
}

/// A run of segments: properties that the first one fixes, and the state since then.
#[derive(Debug)]
struct Upload {
    publisher: SharedPublisher,
    seen: Arc<LastSeen>,
    format: Format,
    counter: Counter,
    /// Name and bytes of the initialisation segment.
    init: Option<(String, Bytes)>,
    is_init_sent: bool,
    sequence: Sequence,
}

/// The publisher, until it is disconnected.
type SharedPublisher = Arc<Mutex<Option<Arc<Publisher>>>>;

impl PutSession {
    pub fn new(hub: Arc<Hub>, stream: u64, key: KeyId, peer: IpAddr) -> Self {
        Self { hub, stream, key, peer, upload: None }
    }

    /// Sets the key of the next upload, which may differ from that of the uploads before it.
    pub fn set_key(&mut self, key: KeyId) {
        self.key = key;
    }

    /// Whether the publisher is connected.
    pub fn is_open(&self) -> bool {
        self.upload.as_ref().is_some_and(|upload| upload.publisher().is_some())
    }

    /// Takes the next upload: `name` is its path below the stream. Waits while the transcoder is busy.
    pub async fn push(&mut self, name: &str, bytes: Bytes) -> Result<PutOutcome, PutError> {
        let name = Name::parse(name)?;
        let Some(format) = name.format else { return Ok(PutOutcome::Ignored) };
        let max = self.hub.config.put.max_segment_bytes;
        if bytes.len() > max {
            return Err(PutError::TooLarge { bytes: bytes.len(), max });
        }
        let parts = content::parts(format, &bytes).ok_or_else(|| PutError::BadContent(name.whole.to_owned()))?;
        if format == Format::Mp4 && !parts.has_init && !self.has_init() {
            return Err(PutError::NoInit);
        }
        self.ensure_open(format)?;
        if parts.is_init_alone() {
            return self.push_init(&name, bytes);
        }
        self.push_segment(format, &name, bytes).await
    }

    /// Whether nothing of the open run has come for so long that another rendition is another encoder.
    fn has_vanished(&self) -> bool {
        let limit = millis(self.hub.config.vanished_after_ms);
        self.upload.as_ref().is_none_or(|upload| upload.seen.age() >= limit)
    }

    fn has_init(&self) -> bool {
        self.upload.as_ref().is_some_and(|upload| upload.init.is_some())
    }

    /// The open run, or a new one. An encoder that paused continues without sending its initialisation segment again.
    fn ensure_open(&mut self, format: Format) -> Result<&mut Upload, PutError> {
        let known = self.upload.take().filter(|upload| upload.format == format);
        let upload = match known {
            Some(upload) if upload.publisher().is_some() => upload,
            Some(paused) => Upload { init: paused.init, ..self.open(format)? },
            None => self.open(format)?,
        };
        Ok(self.upload.insert(upload))
    }

    /// Ends the run and begins another one: for the transcoder this is another source.
    fn reopen(&mut self, format: Format) -> Result<&mut Upload, PutError> {
        if let Some(upload) = &self.upload {
            upload.close();
        }
        let upload = self.open(format)?;
        Ok(self.upload.insert(upload))
    }

    fn open(&self, format: Format) -> Result<Upload, PutError> {
        let container = match format {
            Format::MpegTs => Container::MpegTs,
            Format::Mp4 => Container::Mp4,
        };
        let origin = Origin { protocol: Protocol::Put, container, peer: Some(self.peer) };
        let publisher = self.hub.publish(self.stream, self.key, origin)?;
        let upload = Upload {
            publisher: Arc::new(Mutex::new(Some(Arc::new(publisher)))),
            seen: Arc::new(LastSeen::now()),
            format,
            counter: Counter::default(),
            init: None,
            is_init_sent: false,
            sequence: Sequence::new(self.hub.config.put.max_early_segments),
        };
        self.hub.tasks.spawn(disconnect_when_idle(self.hub.clone(), upload.publisher.clone(), upload.seen.clone()));
        Ok(upload)
    }

    fn push_init(&mut self, name: &Name<'_>, bytes: Bytes) -> Result<PutOutcome, PutError> {
        let has_vanished = self.has_vanished();
        let Some(mut upload) = self.upload.as_mut() else { return Err(PutError::NoInit) };
        match &upload.init {
            None => {}
            Some((known, _)) if known != name.whole && !has_vanished => {
                return Err(PutError::OtherRendition { expected: known.clone(), found: name.whole.to_owned() });
            }
            Some((_, known)) if *known == bytes => return Ok(PutOutcome::Duplicate),
            // Another encoder, or other settings.
            Some(_) => upload = self.reopen(Format::Mp4)?,
        }
        upload.seen.touch();
        upload.init = Some((name.whole.to_owned(), bytes));
        Ok(PutOutcome::Taken)
    }

    async fn push_segment(&mut self, format: Format, name: &Name<'_>, bytes: Bytes) -> Result<PutOutcome, PutError> {
        let has_vanished = self.has_vanished();
        let Some(upload) = &mut self.upload else { return Err(PutError::NoInit) };
        let counted = match upload.counter.count(name) {
            Ok(counted) => counted.ok_or_else(|| PutError::BadName(name.whole.to_owned()))?,
            Err(_) if has_vanished => return self.begin_again(format, name, bytes).await,
            Err(other) => {
                return Err(PutError::OtherRendition { expected: other.expected, found: name.whole.to_owned() })
            }
        };
        upload.seen.touch();
        if let Some(first) = counted.first {
            upload.sequence.renumber_first(first);
        }
        match upload.sequence.offer(counted.number, bytes) {
            Offer::Ready(segments) => {
                upload.send(segments).await?;
                Ok(PutOutcome::Taken)
            }
            Offer::Duplicate | Offer::Late => Ok(PutOutcome::Duplicate),
            Offer::Waiting => Ok(PutOutcome::Waiting),
            // The numbers have started again: another run of the encoder.
            Offer::Restarted(bytes) => self.begin_again(format, name, bytes).await,
        }
    }

    /// Begins another run with a segment. An encoder that uses the same names does not send its initialisation again.
    async fn begin_again(&mut self, format: Format, name: &Name<'_>, bytes: Bytes) -> Result<PutOutcome, PutError> {
        let init = self.upload.as_mut().and_then(|upload| upload.init.take());
        let upload = self.reopen(format)?;
        upload.init = init;
        if let Ok(Some(counted)) = upload.counter.count(name) {
            if let Offer::Ready(segments) = upload.sequence.offer(counted.number, bytes) {
                upload.send(segments).await?;
            }
        }
        Ok(PutOutcome::Taken)
    }
}

impl Drop for PutSession {
    fn drop(&mut self) {
        if let Some(upload) = &self.upload {
            upload.close();
        }
    }
}

impl Upload {
    fn publisher(&self) -> Option<Arc<Publisher>> {
        self.publisher.lock().clone().filter(|publisher| !publisher.is_dismissed())
    }

    fn close(&self) {
        self.publisher.lock().take();
    }

    async fn send(&mut self, segments: Vec<Bytes>) -> Result<(), PutError> {
        let publisher = self.publisher().ok_or(PublishError::Disconnected)?;
        if let Some((_, init)) = self.init.as_ref().filter(|_| !self.is_init_sent) {
            publisher.send(SourceChunk::new(init.clone(), false).with_preamble(init.clone())).await?;
            self.is_init_sent = true;
        }
        for mut segment in segments {
            let mut is_entry = true;
            while !segment.is_empty() {
                let piece = segment.split_to(segment.len().min(PIECE_BYTES));
                publisher.send(SourceChunk::new(piece, is_entry)).await?;
                is_entry = false;
            }
        }
        Ok(())
    }
}

/// Disconnects a publisher that has sent nothing for the idle timeout: HTTP has no connection that would show it.
async fn disconnect_when_idle(hub: Arc<Hub>, publisher: SharedPublisher, seen: Arc<LastSeen>) {
    let idle_timeout = millis(hub.config.put.idle_timeout_ms);
    loop {
        let Some(open) = publisher.lock().clone() else { return };
        let age = seen.age();
        if age >= idle_timeout || open.is_dismissed() || hub.closing.is_cancelled() {
            publisher.lock().take();
            return;
        }
        // The future ends early when the publisher is disconnected, and does not keep it connected.
        let dismissed = open.dismissed();
        drop(open);
        let _ = timeout(idle_timeout - age, dismissed).await;
        // A publisher that is disconnected but still present must not make this loop spin.
        sleep(millis(10)).await;
    }
}
