//! A fresh database for each test.

use super::postgres;
use sp_core::H256;
use sp_runtime::Permill;
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;
use vilokanam_indexer::{ChainIdentity, Store};

/// The chain of the tests.
pub const CHAIN: ChainIdentity = ChainIdentity {
    genesis: H256([7; 32]),
    protocol_fee: Permill::from_parts(10_000),
    submitter_share: Permill::from_parts(5_000),
};

/// An empty database. Its files, if any, are deleted when it is dropped.
pub struct Database {
    pub url: String,
    _folder: Option<TempDir>,
}

impl Database {
    pub fn sqlite() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("index.db").display());
        Some(Self { url, _folder: Some(folder) })
    }

    /// Returns `None` and prints the reason if PostgreSQL is not installed.
    pub fn postgres() -> Option<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let server = postgres::server()?;
        let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        server.create_database(&name);
        Some(Self { url: server.url(&name), _folder: None })
    }

    /// Opens the database and binds it to [`CHAIN`].
    pub async fn store(&self) -> Store {
        let store = Store::connect(&self.url).await.unwrap();
        store.bind_chain(&CHAIN).await.unwrap();
        store
    }
}
