//! Opening the database, and binding it to a chain.

use crate::common::{account, database::CHAIN, ledger::OPEN_FEE, Database, Ledger};
use sp_core::H256;
use vilokanam_indexer::{ApplyError, ChainIdentity, Store, StoreError};

on_both!(
    new_database_has_no_cursor,
    block_is_refused_before_the_chain_is_bound,
    other_chain_is_refused,
    reset_keeps_the_gateways_own_records,
    database_can_be_opened_by_two_at_once,
    database_of_version_1_is_continued,
);

/// What takes a database back to version 1 of the protocol.
const TO_VERSION_1: &str = "ALTER TABLE sessions DROP COLUMN session_key; ALTER TABLE earnings DROP COLUMN fees; \
                            DELETE FROM _sqlx_migrations WHERE version = 5;";

async fn new_database_has_no_cursor(database: Database) {
    let store = database.store().await;
    store.ping().await.unwrap();
    store.close().await;
    let again = database.store().await;
    assert_eq!(again.cursor().await.unwrap(), None);
}

async fn block_is_refused_before_the_chain_is_bound(database: Database) {
    let store = Store::connect(&database.url).await.unwrap();
    let refused = store.apply(&Ledger::new().block()).await;
    assert!(matches!(refused, Err(ApplyError::Store(StoreError::NotBound))), "{refused:?}");
    assert!(matches!(store.cursor().await, Err(StoreError::NotBound)));
}

async fn other_chain_is_refused(database: Database) {
    let store = database.store().await;
    let other = ChainIdentity { genesis: H256([8; 32]), ..CHAIN };
    let refused = store.bind_chain(&other).await.unwrap_err();
    assert!(matches!(refused, StoreError::OtherChain { .. }));
    assert!(refused.to_string().contains(&format!("0x{}", "07".repeat(32))), "{refused}");
    store.bind_chain(&CHAIN).await.unwrap();
}

async fn reset_keeps_the_gateways_own_records(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    ledger.create_stream(1, 10, &[], Vec::new());
    store.apply(&ledger.block()).await.unwrap();
    assert_eq!(store.take_key_indices(0, 5, 0).await.unwrap(), 0);

    store.reset_index().await.unwrap();
    assert!(store.stream(0).await.unwrap().is_none());
    store.bind_chain(&ChainIdentity { genesis: H256([8; 32]), ..CHAIN }).await.unwrap();
    assert_eq!(store.cursor().await.unwrap(), None);
    assert_eq!(store.take_key_indices(0, 1, 0).await.unwrap(), 5, "key indices are not built from the chain");
}

async fn database_can_be_opened_by_two_at_once(database: Database) {
    let (first, second) = tokio::join!(database.store(), database.store());
    first.ping().await.unwrap();
    second.ping().await.unwrap();
}

async fn database_of_version_1_is_continued(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    let stream = ledger.create_stream(1, 1_000, &[], Vec::new());
    let id = ledger.open(21, stream, 100, 60);
    ledger.settle(&[(id, 12)]);
    store.apply(&ledger.block()).await.unwrap();
    let mut session = store.session(&id).await.unwrap().unwrap();
    let earned = store.earnings_total(&account(100)).await.unwrap();
    store.close().await;
    let pool = sqlx::AnyPool::connect(&database.url).await.unwrap();
    sqlx::raw_sql(TO_VERSION_1).execute(&pool).await.unwrap();
    pool.close().await;

    let store = database.store().await;
    session.session_key = None;
    assert_eq!(store.session(&id).await.unwrap().unwrap(), session);
    assert_eq!(store.earnings_total(&account(100)).await.unwrap(), earned);
    ledger.settle(&[(id, 20)]);
    ledger.close(id);
    store.apply(&ledger.block()).await.unwrap();
    let total = store.earnings_total(&account(100)).await.unwrap();
    assert_eq!((total.as_gateway, total.from_fees), (ledger.earned[&account(100)].gateway, OPEN_FEE));
}

#[tokio::test]
async fn unsupported_url_is_refused_without_its_password() {
    let refused = Store::connect("mysql://root:secret@localhost/index").await.unwrap_err();
    assert!(matches!(refused, StoreError::Url(_)));
    assert!(!refused.to_string().contains("secret"), "{refused}");
}

#[tokio::test]
async fn missing_folder_is_reported() {
    let refused = Store::connect("sqlite:/nowhere/at/all/index.db").await.unwrap_err();
    assert!(matches!(refused, StoreError::Connect(_)), "{refused}");
}
