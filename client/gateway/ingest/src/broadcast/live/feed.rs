//! The input of ffmpeg: first the chunks that were read to identify the source, then the source itself. After a restart
//! it is the preamble, and then the source from the next chunk at which a decoder can begin.

use crate::source::{Source, SourceChunk};
use bytes::Bytes;
use std::collections::VecDeque;
use tokio::time::Instant;

/// Chunks that are still to be fed to ffmpeg.
#[derive(Debug)]
pub(super) struct Feed {
    head: VecDeque<SourceChunk>,
    preamble: Bytes,
    has_ended: bool,
    /// Whether the preamble comes next.
    is_restarting: bool,
    /// Whether chunks are skipped until one at which a decoder can begin.
    needs_entry: bool,
    /// The chunk that is being written. It counts towards the buffer of the source until it is written.
    current: Option<SourceChunk>,
    /// Bytes taken from the publisher so far.
    pub taken_bytes: u64,
    /// When the first byte arrived that the current ffmpeg is fed.
    pub since: Instant,
}

impl Feed {
    /// Begins with the chunks read so far, the first of which came at `since`. `has_ended`: there are no others.
    pub fn new(head: Vec<SourceChunk>, has_ended: bool, since: Instant) -> Self {
        Self {
            head: head.into(),
            preamble: Bytes::new(),
            has_ended,
            is_restarting: false,
            needs_entry: false,
            current: None,
            taken_bytes: 0,
            since,
        }
    }

    /// Prepares the input for another ffmpeg, which has not seen the preamble.
    pub fn restart(&mut self) {
        self.current = None;
        self.is_restarting = true;
        self.needs_entry = true;
    }

    /// Bytes to be written now. `None`: call [`Self::load`] first.
    pub fn current(&mut self) -> Option<&mut Bytes> {
        self.current.as_mut().map(|chunk| &mut chunk.bytes).filter(|bytes| !bytes.is_empty())
    }

    /// Loads the next chunk. Returns false at the end of the source. Cancel safe.
    pub async fn load(&mut self, source: &mut Source) -> bool {
        self.current = None;
        loop {
            let Some(chunk) = self.next(source).await else { return false };
            if self.needs_entry && !chunk.is_entry {
                continue;
            }
            self.needs_entry = false;
            let is_first = std::mem::take(&mut self.is_restarting);
            if is_first {
                self.since = Instant::now();
            }
            if is_first && !self.preamble.is_empty() {
                // `next` has already taken over the chunk's own preamble, if it has one.
                self.head.push_front(chunk);
                self.taken_bytes = self.taken_bytes.saturating_sub(self.head[0].bytes.len() as u64);
                self.current = Some(SourceChunk::new(self.preamble.clone(), true));
            } else {
                self.current = Some(chunk);
            }
            return true;
        }
    }

    /// Discards the next chunk. Returns false at the end of the source.
    pub async fn skip(&mut self, source: &mut Source) -> bool {
        self.next(source).await.is_some()
    }

    async fn next(&mut self, source: &mut Source) -> Option<SourceChunk> {
        let chunk = match self.head.pop_front() {
            Some(chunk) => chunk,
            None if self.has_ended => return None,
            None => match source.recv().await {
                Some(chunk) => chunk,
                None => {
                    self.has_ended = true;
                    return None;
                }
            },
        };
        self.taken_bytes += chunk.bytes.len() as u64;
        if let Some(preamble) = &chunk.preamble {
            self.preamble = preamble.clone();
        }
        Some(chunk)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        broadcast::Protocol,
        publish_key::KeyId,
        source::{connect, Container, Origin, Publisher},
    };

    fn chunk(text: &'static str, is_entry: bool) -> SourceChunk {
        SourceChunk::new(Bytes::from_static(text.as_bytes()), is_entry)
    }

    async fn fed(feed: &mut Feed, source: &mut Source) -> Vec<String> {
        let mut all = Vec::new();
        while feed.load(source).await {
            all.push(String::from_utf8(feed.current().unwrap().to_vec()).unwrap());
        }
        all
    }

    async fn source(chunks: Vec<SourceChunk>) -> Source {
        let (publisher, source, _): (Publisher, Source, _) =
            connect(KeyId::default(), Origin { protocol: Protocol::Rtmp, container: Container::Flv, peer: None });
        for chunk in chunks {
            publisher.send(chunk).await.unwrap();
        }
        source
    }

    #[tokio::test]
    async fn chunks_are_loaded_in_order() {
        let mut source = source(vec![chunk("c", false)]).await;
        let mut feed = Feed::new(vec![chunk("a", true), chunk("b", false)], false, Instant::now());
        assert_eq!(fed(&mut feed, &mut source).await, ["a", "b", "c"]);
        assert_eq!(feed.taken_bytes, 3);
    }

    #[tokio::test]
    async fn a_restart_continues_with_preamble_and_entry() {
        let header = chunk("header", false).with_preamble(Bytes::from_static(b"preamble"));
        let mut source = source(vec![chunk("delta", false), chunk("key", true), chunk("delta2", false)]).await;
        let connected = Instant::now() - std::time::Duration::from_millis(1);
        let mut feed = Feed::new(vec![header], false, connected);
        assert!(feed.load(&mut source).await);
        feed.restart();
        assert_eq!(fed(&mut feed, &mut source).await, ["preamble", "key", "delta2"]);
        assert!(feed.since > connected, "another ffmpeg has another beginning");
        assert_eq!(feed.taken_bytes, 6 + 5 + 3 + 6);
    }
}
