//! A catalogue on an empty database, for tests of handlers.

use super::super::state::Catalogue;
use crate::{
    live::{live_uri_templates, recording_uri_templates, Channel, ChannelRegistry, Recordings, Storyboard},
    secrets::Secrets,
    test_stream::stream_of,
};
use object_store::{memory::InMemory, ObjectStore};
use std::{sync::Arc, sync::Mutex};
use tempfile::TempDir;
use tick_stream_primitives::{AccountId, StreamId, StreamStatus, TickEvent};
use tokio::sync::watch;
use vilokanam_indexer::{BlockFacts, BlockHash, ChainIdentity, Store};
use vilokanam_media::{Access, LiveConfig, RenditionConfig, StreamSecret, Uris};
use vilokanam_wire::Account;

/// A catalogue, and the means to fill it.
pub struct TestCatalogue {
    pub catalogue: Arc<Catalogue>,
    storage: Arc<dyn ObjectStore>,
    /// Number of streams added.
    streams: Mutex<StreamId>,
    /// Deleted with the catalogue.
    _folder: TempDir,
}

impl TestCatalogue {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let index = Store::connect(&format!("sqlite:{}", folder.path().join("index.db").display())).await.unwrap();
        let rate = sp_runtime::Permill::from_percent(1);
        let chain = ChainIdentity { genesis: BlockHash::zero(), protocol_fee: rate, submitter_share: rate };
        index.bind_chain(&chain).await.unwrap();
        let storage: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
        let secrets = Arc::new(Secrets::open(&folder.path().join("secrets")).unwrap());
        let (_, audience) = watch::channel(Arc::default());
        let catalogue = Catalogue {
            index: index.clone(),
            live: Arc::new(ChannelRegistry::new(100)),
            recordings: Arc::new(Recordings::new(storage.clone(), index, secrets, Arc::default())),
            live_uris: Uris::new(&live_uri_templates()).unwrap(),
            recording_uris: Uris::new(&recording_uri_templates()).unwrap(),
            audience,
            rules: Arc::default(),
        };
        Self { catalogue: Arc::new(catalogue), storage, streams: Mutex::default(), _folder: folder }
    }

    /// Adds one stream of each status to the index, in one block. Returns the account of the creator.
    pub async fn add_streams(&self, creator: u8, statuses: &[StreamStatus]) -> Account {
        let creator = AccountId::new([creator; 32]);
        let first = {
            let mut streams = self.streams.lock().unwrap();
            let first = *streams;
            *streams += statuses.len() as StreamId;
            first
        };
        let events = (first..).zip(statuses).map(|(stream, status)| TickEvent::StreamUpdated {
            stream,
            value: Box::new(stream_of(creator.clone(), *status)),
        });
        let index = &self.catalogue.index;
        let cursor = index.cursor().await.unwrap();
        let number = cursor.map_or(1, |cursor| cursor.number + 1);
        let block = BlockFacts {
            number,
            hash: BlockHash::from_low_u64_be(number.into()),
            parent_hash: cursor.map_or(BlockHash::zero(), |cursor| cursor.hash),
            time_ms: 0,
            events: events.collect(),
        };
        index.apply(&block).await.unwrap();
        Account(creator)
    }

    /// Reports the status of a stream in the best block.
    pub fn set_status(&self, stream: StreamId, status: StreamStatus) {
        self.catalogue.rules.set(stream, &stream_of(AccountId::new([1; 32]), status));
    }

    /// Puts a stream on air.
    pub fn go_on_air(&self, stream: StreamId) {
        let renditions = vec![RenditionConfig { name: "240p".into(), access: Access::Paid, nominal_bandwidth_bps: 1 }];
        let config = LiveConfig { renditions, ..LiveConfig::default() };
        let storyboard = Storyboard::new(self.storage.clone(), stream, 1, false);
        let channel = Channel::new(stream, 1, config, StreamSecret::from_bytes([1; 32]), 0, storyboard).unwrap();
        self.catalogue.live.open(Arc::new(channel)).unwrap();
    }
}
