//! HTTP PUT of HLS (MPEG-TS) or CMAF segments: an HTTP server passes names and bodies here in the order they come.

mod content;
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
use content::{Format, Name};
use parking_lot::Mutex;
use sequence::{Offer, Sequence};
use std::{net::IpAddr, sync::Arc};
use tokio::time::{sleep, timeout};

/// A segment is passed on in pieces of this size, so that one fits into the buffer whatever its size.
const PIECE_BYTES: usize = 64 * 1024;

/// What became of an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PutOutcome {
    /// It, and perhaps what waited for it, went to the transcoder.
    Taken,
    /// A playlist: the gateway writes its own.
    Ignored,
    /// It has been here before.
    Duplicate,
    /// It came too early; it waits for those before it.
    Waiting,
}

/// A publisher that sends segments. Its key was checked when it was opened.
#[derive(Debug)]
pub struct PutSession {
    hub: Arc<Hub>,
    stream: u64,
    key: KeyId,
    peer: IpAddr,
    feed: Option<Feed>,
}

/// What has been agreed with the first segment.
#[derive(Debug)]
struct Feed {
    publisher: Arc<Mutex<Option<Arc<Publisher>>>>,
    seen: Arc<LastSeen>,
    format: Format,
    /// The segments' name without its number.
    stem: Option<String>,
    /// Name and bytes of the initialisation segment.
    init: Option<(String, Bytes)>,
    is_init_sent: bool,
    sequence: Sequence,
}

impl PutSession {
    pub(crate) fn new(hub: Arc<Hub>, stream: u64, key: KeyId, peer: IpAddr) -> Self {
        Self { hub, stream, key, peer, feed: None }
    }

    /// The next upload shows this key, which may be another one.
    pub(crate) fn shows(&mut self, key: KeyId) {
        self.key = key;
    }

    /// Whether it is publishing.
    pub(crate) fn is_open(&self) -> bool {
        self.feed.as_ref().is_some_and(|feed| feed.publisher().is_some())
    }

    /// Takes the next upload: `name` is its path below the stream. Waits while the transcoder has enough to do.
    pub async fn push(&mut self, name: &str, bytes: Bytes) -> Result<PutOutcome, PutError> {
        let name = Name::parse(name)?;
        let Some(format) = name.format else { return Ok(PutOutcome::Ignored) };
        let max = self.hub.config.put.max_segment_bytes;
        if bytes.len() > max {
            return Err(PutError::TooLarge { bytes: bytes.len(), max });
        }
        let parts = format.parts(&bytes).ok_or_else(|| PutError::BadContent(name.whole.to_owned()))?;
        if format == Format::Mp4 && !parts.has_init && !self.knows_init() {
            return Err(PutError::NoInit);
        }
        self.feed(format)?.seen.touch();
        if parts.is_init_alone() {
            return self.init(&name, bytes);
        }
        self.segment(&name, bytes).await
    }

    fn knows_init(&self) -> bool {
        self.feed.as_ref().is_some_and(|feed| feed.init.is_some())
    }

    /// The feed that is open, or a new one. An encoder that paused goes on without sending its init segment again.
    fn feed(&mut self, format: Format) -> Result<&mut Feed, PutError> {
        let known = self.feed.take().filter(|feed| feed.format == format);
        let feed = match known {
            Some(feed) if feed.publisher().is_some() => feed,
            Some(paused) => Feed { init: paused.init, stem: paused.stem, ..self.open(format)? },
            None => self.open(format)?,
        };
        Ok(self.feed.insert(feed))
    }

    fn open(&self, format: Format) -> Result<Feed, PutError> {
        let container = match format {
            Format::MpegTs => Container::MpegTs,
            Format::Mp4 => Container::Mp4,
        };
        let origin = Origin { protocol: Protocol::Put, container, peer: Some(self.peer) };
        let publisher = self.hub.publish(self.stream, self.key, origin)?;
        let feed = Feed {
            publisher: Arc::new(Mutex::new(Some(Arc::new(publisher)))),
            seen: Arc::new(LastSeen::now()),
            format,
            stem: None,
            init: None,
            is_init_sent: false,
            sequence: Sequence::new(self.hub.config.put.max_early_segments),
        };
        let watch = watch(self.hub.clone(), feed.publisher.clone(), feed.seen.clone());
        self.hub.tasks.spawn(watch);
        Ok(feed)
    }

    fn init(&mut self, name: &Name<'_>, bytes: Bytes) -> Result<PutOutcome, PutError> {
        let Some(feed) = &mut self.feed else { return Err(PutError::NoInit) };
        match &feed.init {
            None => {}
            Some((known, _)) if known != name.whole => {
                return Err(PutError::OtherRendition { expected: known.clone(), found: name.whole.to_owned() });
            }
            Some((_, known)) if *known == bytes => return Ok(PutOutcome::Duplicate),
            Some(_) => {
                // Another encoder, or another setting: for the transcoder that is another source.
                feed.close();
                let fresh = self.open(Format::Mp4)?;
                let feed = self.feed.insert(fresh);
                feed.init = Some((name.whole.to_owned(), bytes));
                return Ok(PutOutcome::Taken);
            }
        }
        feed.init = Some((name.whole.to_owned(), bytes));
        Ok(PutOutcome::Taken)
    }

    async fn segment(&mut self, name: &Name<'_>, bytes: Bytes) -> Result<PutOutcome, PutError> {
        let number = name.number.ok_or_else(|| PutError::BadName(name.whole.to_owned()))?;
        let stem = name.stem();
        let Some(feed) = &mut self.feed else { return Err(PutError::NoInit) };
        let expected = feed.stem.get_or_insert_with(|| stem.clone());
        if *expected != stem {
            return Err(PutError::OtherRendition { expected: expected.clone(), found: name.whole.to_owned() });
        }
        match feed.sequence.offer(number, bytes) {
            Offer::Ready(segments) => {
                feed.send(segments).await?;
                Ok(PutOutcome::Taken)
            }
            Offer::Duplicate => Ok(PutOutcome::Duplicate),
            Offer::Waiting => Ok(PutOutcome::Waiting),
            Offer::Restarted(bytes) => {
                // The numbers began anew: another run of the encoder, so another source.
                let (format, init) = (feed.format, feed.init.take());
                feed.close();
                let fresh = self.open(format)?;
                let feed = self.feed.insert(fresh);
                (feed.stem, feed.init) = (Some(stem), init);
                if let Offer::Ready(segments) = feed.sequence.offer(number, bytes) {
                    feed.send(segments).await?;
                }
                Ok(PutOutcome::Taken)
            }
        }
    }
}

impl Drop for PutSession {
    fn drop(&mut self) {
        if let Some(feed) = &self.feed {
            feed.close();
        }
    }
}

impl Feed {
    fn publisher(&self) -> Option<Arc<Publisher>> {
        self.publisher.lock().clone().filter(|publisher| !publisher.is_dismissed())
    }

    fn close(&self) {
        self.publisher.lock().take();
    }

    async fn send(&mut self, segments: Vec<Bytes>) -> Result<(), PutError> {
        let publisher = self.publisher().ok_or(PublishError::SentAway)?;
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

/// Lets go of a publisher from whom nothing comes: HTTP has no connection that would tell.
async fn watch(hub: Arc<Hub>, publisher: Arc<Mutex<Option<Arc<Publisher>>>>, seen: Arc<LastSeen>) {
    let idle_ms = hub.config.put.idle_timeout_ms;
    loop {
        let Some(open) = publisher.lock().clone() else { return };
        let age_ms = seen.age_ms();
        if age_ms >= idle_ms || open.is_dismissed() || hub.closing.is_cancelled() {
            publisher.lock().take();
            return;
        }
        // Ends early when the publisher is sent away, and does not keep it from being dropped.
        let dismissed = open.farewell();
        drop(open);
        let _ = timeout(millis(idle_ms - age_ms), dismissed).await;
        // A dismissal that is seen at once must not spin.
        sleep(millis(10)).await;
    }
}
