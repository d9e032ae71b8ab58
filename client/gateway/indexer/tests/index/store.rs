//! Opening the database, and binding it to a chain.

use crate::common::{database::CHAIN, Database, Ledger};
use vilokanam_indexer::{ApplyError, ChainIdentity, Store, StoreError};

on_both!(
    connect_works,
    apply_unbound_fails,
    bind_chain_other_genesis_fails,
    reset_index_works,
    connect_by_many_at_once_works,
);

async fn connect_works(database: Database) {
    let store = database.store().await;
    store.ping().await.unwrap();
    store.close().await;
    let again = database.store().await;
    assert_eq!(again.cursor().await.unwrap(), None);
    assert_eq!(again.chain_status(3).await.unwrap().lag_blocks, 3);
}

async fn apply_unbound_fails(database: Database) {
    let store = Store::connect(&database.url).await.unwrap();
    let refused = store.apply(&Ledger::new().block()).await;
    assert!(matches!(refused, Err(ApplyError::Store(StoreError::NotBound))), "{refused:?}");
    assert!(matches!(store.cursor().await, Err(StoreError::NotBound)));
}

async fn bind_chain_other_genesis_fails(database: Database) {
    let store = database.store().await;
    let other = ChainIdentity { genesis: [8; 32], ..CHAIN };
    let refused = store.bind_chain(&other).await.unwrap_err();
    assert!(matches!(refused, StoreError::OtherChain { .. }));
    assert!(refused.to_string().contains(&"07".repeat(32)), "{refused}");
    store.bind_chain(&CHAIN).await.unwrap();
}

async fn reset_index_works(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    ledger.create_stream(1, 10, &[], Vec::new());
    store.apply(&ledger.block()).await.unwrap();
    store.set_secret_ref(0, "stream-0", 1).await.unwrap();
    assert_eq!(store.take_keys(0, 5, 0, 2).await.unwrap(), 0);

    store.reset_index().await.unwrap();
    assert!(store.stream(0, 0).await.unwrap().is_none());
    store.bind_chain(&ChainIdentity { genesis: [8; 32], ..CHAIN }).await.unwrap();
    assert_eq!(store.cursor().await.unwrap(), None);
    assert_eq!(store.take_keys(0, 1, 0, 3).await.unwrap(), 5, "key indices are not built from the chain");
}

async fn connect_by_many_at_once_works(database: Database) {
    let (first, second) = tokio::join!(database.store(), database.store());
    first.ping().await.unwrap();
    second.ping().await.unwrap();
}

#[tokio::test]
async fn connect_unknown_url_fails() {
    let refused = Store::connect("mysql://root:secret@localhost/index").await.unwrap_err();
    assert!(matches!(refused, StoreError::Url(_)));
    assert!(!refused.to_string().contains("secret"), "{refused}");
}

#[tokio::test]
async fn connect_missing_folder_fails() {
    let refused = Store::connect("sqlite:/nowhere/at/all/index.db").await.unwrap_err();
    assert!(matches!(refused, StoreError::Connect(_)), "{refused}");
}
