//! Applying blocks: in order, once, all or none, by one or by many.

use crate::common::{account, ledger::block_hash, ledger::session_id, Database, Ledger};
use tick_stream_primitives::StreamStatus;
use vilokanam_indexer::{facts::MAX_BLOCKS_PER_APPLY, Anomaly, ApplyError, BlockFacts, Fact, Store};

on_both!(
    apply_twice_works,
    apply_gap_fails,
    apply_wrong_parent_fails,
    apply_other_block_fails,
    apply_all_gap_inside_fails,
    apply_all_too_many_fails,
    apply_restart_in_the_middle_works,
    apply_begins_anywhere_works,
    apply_by_two_at_once_works,
    apply_unknown_session_works,
    apply_large_block_works,
);

/// Blocks in which something happens.
fn story() -> (Ledger, Vec<BlockFacts>) {
    let mut ledger = Ledger::new();
    let mut blocks = Vec::new();
    let stream = ledger.create_stream(1, 1_000, &[(5, 250_000)], Vec::new());
    ledger.set_status(stream, StreamStatus::Live);
    ledger.register_gateway(100);
    blocks.push(ledger.block());
    let first = ledger.open(20, stream, 100, 600);
    let second = ledger.open(21, stream, 100, 600);
    blocks.push(ledger.block());
    blocks.push(ledger.block());
    ledger.settle(&[(first, 10), (second, 7)]);
    ledger.tip(stream, 21, 5_001, b"thanks");
    blocks.push(ledger.block());
    ledger.settle(&[(first, 50)]);
    ledger.close(first);
    blocks.push(ledger.block());
    (ledger, blocks)
}

/// Everything the index says, as JSON: two indexes of the same blocks must say the same.
async fn everything(store: &Store, ledger: &Ledger) -> String {
    let mut said = Vec::new();
    said.push(serde_json::to_string(&store.chain_status(0).await.unwrap()).unwrap());
    for id in ledger.streams.keys() {
        said.push(serde_json::to_string(&store.stream(*id, 0).await.unwrap()).unwrap());
    }
    for id in ledger.sessions.keys() {
        said.push(serde_json::to_string(&store.session(id).await.unwrap()).unwrap());
        let page = store.receipts(id, &vilokanam_indexer::PageRequest::first(100)).await.unwrap();
        said.push(serde_json::to_string(&page).unwrap());
    }
    for who in ledger.earned.keys().chain(ledger.spent.keys()) {
        said.push(serde_json::to_string(&store.earnings_total(who, None).await.unwrap()).unwrap());
        said.push(serde_json::to_string(&store.account(who).await.unwrap()).unwrap());
    }
    said.join("\n")
}

async fn apply_twice_works(database: Database) {
    let store = database.store().await;
    let (ledger, blocks) = story();
    let applied = store.apply_all(&blocks).await.unwrap();
    assert_eq!((applied.blocks, applied.known, applied.anomaly_count), (5, 0, 0), "{:?}", applied.anomalies);
    let once = everything(&store, &ledger).await;
    let applied = store.apply_all(&blocks).await.unwrap();
    assert_eq!((applied.blocks, applied.known), (0, 5));
    let applied = store.apply(&blocks[2]).await.unwrap();
    assert_eq!((applied.blocks, applied.known), (0, 1));
    assert_eq!(everything(&store, &ledger).await, once);
    assert_eq!(store.cursor().await.unwrap().unwrap().hash, block_hash(5));
}

async fn apply_gap_fails(database: Database) {
    let store = database.store().await;
    let (_, blocks) = story();
    store.apply(&blocks[0]).await.unwrap();
    let refused = store.apply(&blocks[2]).await.unwrap_err();
    assert!(matches!(refused, ApplyError::Gap { last: 1, got: 3 }), "{refused}");
    assert!(refused.to_string().contains("apply 2 first"), "{refused}");
}

async fn apply_wrong_parent_fails(database: Database) {
    let store = database.store().await;
    let (_, mut blocks) = story();
    store.apply(&blocks[0]).await.unwrap();
    blocks[1].parent_hash = [9; 32];
    let refused = store.apply(&blocks[1]).await.unwrap_err();
    assert!(matches!(refused, ApplyError::WrongParent { number: 2, .. }), "{refused}");
    assert_eq!(store.cursor().await.unwrap().unwrap().number, 1);
}

async fn apply_other_block_fails(database: Database) {
    let store = database.store().await;
    let (_, mut blocks) = story();
    store.apply_all(&blocks).await.unwrap();
    for index in [4, 1] {
        blocks[index].hash = [9; 32];
        let refused = store.apply(&blocks[index]).await.unwrap_err();
        assert!(matches!(refused, ApplyError::OtherBlock { .. }), "{refused}");
    }
}

async fn apply_all_gap_inside_fails(database: Database) {
    let store = database.store().await;
    let (_, mut blocks) = story();
    blocks.remove(2);
    let refused = store.apply_all(&blocks).await.unwrap_err();
    assert!(matches!(refused, ApplyError::Gap { last: 2, got: 4 }), "{refused}");
    assert_eq!(store.cursor().await.unwrap(), None, "all or none");
    assert!(store.stream(0, 0).await.unwrap().is_none());
}

async fn apply_all_too_many_fails(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    let blocks: Vec<_> = (0..=MAX_BLOCKS_PER_APPLY).map(|_| ledger.block()).collect();
    let refused = store.apply_all(&blocks).await.unwrap_err();
    assert!(matches!(refused, ApplyError::TooMany { what: "blocks", .. }), "{refused}");
    let applied = store.apply_all(&blocks[1..]).await.unwrap();
    assert_eq!(applied.blocks, MAX_BLOCKS_PER_APPLY);
}

async fn apply_restart_in_the_middle_works(database: Database) {
    let (ledger, blocks) = story();
    for block in &blocks {
        let store = database.store().await;
        let next = store.cursor().await.unwrap().map_or(1, |cursor| cursor.number + 1);
        assert_eq!(next, block.number);
        store.apply(block).await.unwrap();
        store.close().await;
    }
    let other = Database::sqlite().unwrap();
    let in_one_go = other.store().await;
    in_one_go.apply_all(&blocks).await.unwrap();
    assert_eq!(everything(&database.store().await, &ledger).await, everything(&in_one_go, &ledger).await);
}

async fn apply_begins_anywhere_works(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger { number: 4_000_000, ..Ledger::new() };
    store.apply(&ledger.block()).await.unwrap();
    store.apply(&ledger.block()).await.unwrap();
    let status = store.chain_status(7).await.unwrap();
    assert_eq!((status.first_block, status.block, status.lag_blocks), (Some(4_000_001), Some(4_000_002), 7));
}

async fn apply_by_two_at_once_works(database: Database) {
    let (ledger, blocks) = story();
    let (first, second) = (database.store().await, database.store().await);
    for block in &blocks {
        let (a, b) = tokio::join!(first.apply(block), second.apply(block));
        let (a, b) = (a.unwrap(), b.unwrap());
        assert_eq!((a.blocks + b.blocks, a.known + b.known), (1, 1));
    }
    let other = Database::sqlite().unwrap();
    let alone = other.store().await;
    alone.apply_all(&blocks).await.unwrap();
    assert_eq!(everything(&first, &ledger).await, everything(&alone, &ledger).await);
}

/// An index that begins in the middle of the chain's life sees ends of what it never saw begin.
async fn apply_unknown_session_works(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    let stream = ledger.create_stream(1, 1_000, &[(5, 250_000), (6, 250_000)], Vec::new());
    let session = ledger.open(20, stream, 100, 600);
    ledger.facts.pop();
    ledger.settle(&[(session, 10)]);
    ledger.close(session);
    ledger.push(Fact::StreamEnded { stream: 99 });
    let applied = store.apply(&ledger.block()).await.unwrap();
    assert_eq!(applied.anomaly_count, 4, "{:?}", applied.anomalies);
    assert_eq!(applied.anomalies[0], Anomaly::SessionNotOpen { block: 1, session });
    assert_eq!(applied.anomalies[1], Anomaly::SharesEstimated { block: 1, stream });
    assert_eq!(applied.anomalies[3], Anomaly::StreamUnknown { block: 1, stream: 99 });
    assert_eq!(store.stream(stream, 0).await.unwrap().unwrap().ticks, 10, "the stream's sums are right all the same");
    let split = store.earnings_total(&account(5), None).await.unwrap();
    assert_eq!(split.as_split.0, ledger.earned[&account(5)].split);
}

/// More rows than one statement takes, and a count that is no power of two.
async fn apply_large_block_works(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    let stream = ledger.create_stream(1, 1_000, &[], Vec::new());
    let sessions: Vec<_> = (0..1_000).map(|viewer| ledger.open(1_000 + viewer, stream, 100, 60)).collect();
    store.apply(&ledger.block()).await.unwrap();
    ledger.settle(&sessions.iter().map(|id| (*id, 3)).collect::<Vec<_>>());
    let applied = store.apply(&ledger.block()).await.unwrap();
    assert_eq!(applied.anomaly_count, 0);
    let view = store.stream(stream, 0).await.unwrap().unwrap();
    assert_eq!((view.ticks, view.paid.0, view.open_sessions), (3_000, 3_000_000, 1_000));
    let last = store.session(&session_id(1_000)).await.unwrap().unwrap();
    assert_eq!((last.settled_ticks, last.paid.0), (3, 3_000));
}
