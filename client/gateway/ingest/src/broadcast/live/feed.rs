//! What ffmpeg is fed: first what was read to understand the source, then the source; after a restart the preamble, then
//! from the next place at which a decoder can begin.

use crate::{
    clock,
    source::{Source, SourceChunk},
};
use bytes::Bytes;
use std::collections::VecDeque;

/// What is left to be fed.
#[derive(Debug)]
pub(super) struct Feed {
    head: VecDeque<SourceChunk>,
    preamble: Bytes,
    is_over: bool,
    /// The preamble is to come, and then an entry.
    is_restarting: bool,
    needs_entry: bool,
    /// What is being fed now; it holds its share of the buffer until it is gone.
    current: Option<SourceChunk>,
    /// All that came from the publisher.
    pub taken_bytes: u64,
    /// When the first came of what ffmpeg is fed.
    pub since_ms: u64,
}

impl Feed {
    /// Begins with what was read, the first of it at `since_ms`.
    pub fn new(head: Vec<SourceChunk>, is_over: bool, since_ms: u64) -> Self {
        Self {
            head: head.into(),
            preamble: Bytes::new(),
            is_over,
            is_restarting: false,
            needs_entry: false,
            current: None,
            taken_bytes: 0,
            since_ms,
        }
    }

    /// The next ffmpeg knows nothing of what the last one had.
    pub fn restart(&mut self) {
        self.current = None;
        self.is_restarting = true;
        self.needs_entry = true;
    }

    /// What is to be written now, empty if [`Self::load`] must come first.
    pub fn current(&mut self) -> Option<&mut Bytes> {
        self.current.as_mut().map(|chunk| &mut chunk.bytes).filter(|bytes| !bytes.is_empty())
    }

    /// Finds the next bytes. Nothing more comes if this says no. Cancelling loses nothing.
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
                self.since_ms = clock::now_ms();
            }
            if is_first && !self.preamble.is_empty() {
                // The preamble in hand is newer than the chunk's own, or the same.
                self.head.push_front(chunk);
                self.taken_bytes = self.taken_bytes.saturating_sub(self.head[0].bytes.len() as u64);
                self.current = Some(SourceChunk::new(self.preamble.clone(), true));
            } else {
                self.current = Some(chunk);
            }
            return true;
        }
    }

    /// Throws one chunk away; says whether more may come.
    pub async fn skip(&mut self, source: &mut Source) -> bool {
        self.next(source).await.is_some()
    }

    async fn next(&mut self, source: &mut Source) -> Option<SourceChunk> {
        let chunk = match self.head.pop_front() {
            Some(chunk) => chunk,
            None if self.is_over => return None,
            None => match source.recv().await {
                Some(chunk) => chunk,
                None => {
                    self.is_over = true;
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
    async fn load_gives_all_in_order() {
        let mut source = source(vec![chunk("c", false)]).await;
        let mut feed = Feed::new(vec![chunk("a", true), chunk("b", false)], false, 0);
        assert_eq!(fed(&mut feed, &mut source).await, ["a", "b", "c"]);
        assert_eq!(feed.taken_bytes, 3);
    }

    #[tokio::test]
    async fn restart_goes_on_with_preamble_and_entry() {
        let header = chunk("header", false).with_preamble(Bytes::from_static(b"preamble"));
        let mut source = source(vec![chunk("delta", false), chunk("key", true), chunk("delta2", false)]).await;
        let mut feed = Feed::new(vec![header], false, u64::MAX);
        assert!(feed.load(&mut source).await);
        feed.restart();
        assert_eq!(fed(&mut feed, &mut source).await, ["preamble", "key", "delta2"]);
        assert!(feed.since_ms < u64::MAX, "another ffmpeg has another beginning");
        assert_eq!(feed.taken_bytes, 6 + 5 + 3 + 6);
    }
}
