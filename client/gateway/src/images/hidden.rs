//! Pictures that are not given out at the moment: those of suspended streams.

use parking_lot::RwLock;
use std::collections::HashSet;
use tick_stream_primitives::StreamId;
use vilokanam_indexer::{
    metadata::{Metadata, KEPT_THUMBNAIL},
    GatewayStateError, PageRequest, QueryError, RecordingFilter, Store, MAX_PAGE,
};

/// Hashes of pictures that are not given out.
#[derive(Debug, Default)]
pub struct HiddenImages(RwLock<HashSet<String>>);

/// The pictures of a stream are not known.
#[derive(Debug, thiserror::Error)]
pub enum HideError {
    #[error(transparent)]
    Query(#[from] QueryError),
    #[error(transparent)]
    Records(#[from] GatewayStateError),
}

impl HiddenImages {
    /// Returns whether a picture is hidden.
    pub fn contains(&self, hash: &str) -> bool {
        self.0.read().contains(hash)
    }

    /// Hides the pictures of these streams, and no others.
    ///
    /// # Errors
    ///
    /// The records cannot be read; then nothing changes.
    pub async fn set(&self, index: &Store, streams: impl IntoIterator<Item = StreamId>) -> Result<(), HideError> {
        let mut hidden = HashSet::new();
        for stream in streams {
            hidden.extend(pictures_of(index, stream).await?);
        }
        *self.0.write() = hidden;
        Ok(())
    }
}

/// The picture that a stream names and the posters of its recordings, as far as they belong to its creator: the picture of another
/// account is not hidden by naming it.
async fn pictures_of(index: &Store, stream: StreamId) -> Result<Vec<String>, HideError> {
    let Some(row) = index.stream(stream).await? else { return Ok(Vec::new()) };
    let mut named = Vec::new();
    if let Some(url) = Metadata::decode(&row.value.metadata).thumbnail {
        match url.strip_prefix(KEPT_THUMBNAIL) {
            Some(hash) => named.push(hash.to_owned()),
            None => named.extend(index.remote_image(&url).await?.map(|remote| remote.hash)),
        }
    }
    let filter = RecordingFilter { stream: Some(stream), is_creators: true, ..RecordingFilter::default() };
    let mut request = PageRequest::first(MAX_PAGE);
    loop {
        let page = index.recordings(&filter, &request).await?;
        named.extend(page.items.into_iter().map(|recording| recording.poster));
        match page.next {
            Some(next) => request = PageRequest::after(MAX_PAGE, next),
            None => break,
        }
    }
    let mut found = Vec::new();
    for hash in named {
        if index.image(&hash).await?.is_some_and(|image| image.owner == row.value.creator) {
            found.push(hash);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_stream::stream_of;
    use tick_stream_primitives::{AccountId, StreamStatus, TickEvent};
    use vilokanam_indexer::{BlockFacts, BlockHash, ChainIdentity, ImageRow};

    /// An index with streams 0 and 1 of a creator.
    async fn index(creator: &AccountId) -> (Store, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let index = Store::connect(&format!("sqlite:{}", folder.path().join("index.db").display())).await.unwrap();
        let rate = sp_runtime::Permill::from_percent(1);
        let chain = ChainIdentity { genesis: BlockHash::zero(), protocol_fee: rate, submitter_share: rate };
        index.bind_chain(&chain).await.unwrap();
        let updated = |stream| TickEvent::StreamUpdated {
            stream,
            value: Box::new(stream_of(creator.clone(), StreamStatus::Offline)),
        };
        let block = BlockFacts {
            number: 1,
            hash: BlockHash::from_low_u64_be(1),
            parent_hash: BlockHash::zero(),
            time_ms: 0,
            events: vec![updated(0), updated(1)],
        };
        index.apply(&block).await.unwrap();
        (index, folder)
    }

    #[tokio::test]
    async fn posters_of_a_stream_are_hidden_unless_they_are_of_another_account() {
        let (creator, other) = (AccountId::new([1; 32]), AccountId::new([9; 32]));
        let (index, _folder) = index(&creator).await;
        let (own, others) = ("a".repeat(64), "b".repeat(64));
        for (hash, owner) in [(&own, &creator), (&others, &other)] {
            let row = ImageRow { hash: hash.clone(), owner: owner.clone(), bytes: 1, created_at: 0 };
            index.add_image(&row).await.unwrap();
        }
        for (number, poster) in [(1, &own), (2, &others)] {
            index.begin_broadcast(0, 0, number, 1_000).await.unwrap();
            index.end_broadcast(0, number, 2_000, Some("recordings")).await.unwrap();
            index.change_recording(0, number, |row| row.poster = poster.clone()).await.unwrap();
        }
        let hidden = HiddenImages::default();
        hidden.set(&index, [0, 1]).await.unwrap();
        assert!(hidden.contains(&own) && !hidden.contains(&others));
        hidden.set(&index, [1]).await.unwrap();
        assert!(!hidden.contains(&own), "the suspension was lifted");
    }
}
