//! Applying blocks: in order, each once, all or none, by one replica or by several.

use crate::common::{account, ledger::block_hash, ledger::session_id, Database, Ledger};
use sp_core::H256;
use tick_stream_primitives::{StreamStatus, TickEvent};
use vilokanam_indexer::{block::MAX_BLOCKS_PER_APPLY, Anomaly, ApplyError, BlockFacts, PageRequest, Store};

on_both!(
    known_blocks_change_nothing,
    gap_is_refused,
    wrong_parent_is_refused,
    other_block_of_the_same_number_is_refused,
    blocks_with_a_gap_are_refused_as_a_whole,
    too_many_blocks_are_refused,
    restart_after_every_block_gives_the_same_index,
    first_block_may_have_any_number,
    replicas_apply_each_block_once,
    unknown_session_is_an_anomaly,
    events_that_the_index_ignores_change_nothing,
    block_with_many_sessions_is_applied,
);

/// Returns five blocks with events of most kinds.
fn story() -> (Ledger, Vec<BlockFacts>) {
    let mut ledger = Ledger::new();
    let mut blocks = Vec::new();
    let stream = ledger.create_stream(1, 1_000, &[(5, 250_000)], Vec::new());
    ledger.set_status(stream, StreamStatus::Live);
    blocks.push(ledger.block());
    let first = ledger.open(20, stream, 100, 600);
    let second = ledger.open(21, stream, 100, 600);
    blocks.push(ledger.block());
    blocks.push(ledger.block());
    ledger.settle(&[(first, 10), (second, 7)]);
    ledger.tip(stream, 21, 5_001);
    blocks.push(ledger.block());
    ledger.settle(&[(first, 50)]);
    ledger.close(first);
    blocks.push(ledger.block());
    (ledger, blocks)
}

/// Returns all answers of the index as text, to compare two indexes of the same blocks.
async fn everything(store: &Store, ledger: &Ledger) -> String {
    let mut answers = Vec::new();
    for id in ledger.streams.keys() {
        answers.push(format!("{:?}", store.stream(*id).await.unwrap()));
    }
    for id in ledger.sessions.keys() {
        answers.push(format!("{:?}", store.session(id).await.unwrap()));
        answers.push(format!("{:?}", store.receipts(id, &PageRequest::first(100)).await.unwrap()));
    }
    for who in ledger.earned.keys() {
        answers.push(format!("{:?}", store.earnings_total(who).await.unwrap()));
    }
    answers.join("\n")
}

async fn known_blocks_change_nothing(database: Database) {
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

async fn gap_is_refused(database: Database) {
    let store = database.store().await;
    let (_, blocks) = story();
    store.apply(&blocks[0]).await.unwrap();
    let refused = store.apply(&blocks[2]).await.unwrap_err();
    assert!(matches!(refused, ApplyError::Gap { last: 1, got: 3 }), "{refused}");
    assert!(refused.to_string().contains("apply block 2 first"), "{refused}");
}

async fn wrong_parent_is_refused(database: Database) {
    let store = database.store().await;
    let (_, mut blocks) = story();
    store.apply(&blocks[0]).await.unwrap();
    blocks[1].parent_hash = H256([9; 32]);
    let refused = store.apply(&blocks[1]).await.unwrap_err();
    assert!(matches!(refused, ApplyError::WrongParent { number: 2, .. }), "{refused}");
    assert_eq!(store.cursor().await.unwrap().unwrap().number, 1);
}

async fn other_block_of_the_same_number_is_refused(database: Database) {
    let store = database.store().await;
    let (_, mut blocks) = story();
    store.apply_all(&blocks).await.unwrap();
    for index in [4, 1] {
        blocks[index].hash = H256([9; 32]);
        let refused = store.apply(&blocks[index]).await.unwrap_err();
        assert!(matches!(refused, ApplyError::OtherBlock { .. }), "{refused}");
    }
}

async fn blocks_with_a_gap_are_refused_as_a_whole(database: Database) {
    let store = database.store().await;
    let (_, mut blocks) = story();
    blocks.remove(2);
    let refused = store.apply_all(&blocks).await.unwrap_err();
    assert!(matches!(refused, ApplyError::Gap { last: 2, got: 4 }), "{refused}");
    assert_eq!(store.cursor().await.unwrap(), None, "all or none");
    assert!(store.stream(0).await.unwrap().is_none());
}

async fn too_many_blocks_are_refused(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    let blocks: Vec<_> = (0..=MAX_BLOCKS_PER_APPLY).map(|_| ledger.block()).collect();
    let refused = store.apply_all(&blocks).await.unwrap_err();
    assert!(matches!(refused, ApplyError::TooMany { what: "blocks", .. }), "{refused}");
    let applied = store.apply_all(&blocks[1..]).await.unwrap();
    assert_eq!(applied.blocks, MAX_BLOCKS_PER_APPLY);
}

async fn restart_after_every_block_gives_the_same_index(database: Database) {
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

async fn first_block_may_have_any_number(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger { number: 4_000_000, ..Ledger::new() };
    store.apply(&ledger.block()).await.unwrap();
    store.apply(&ledger.block()).await.unwrap();
    assert_eq!(store.cursor().await.unwrap().unwrap().number, 4_000_002);
}

async fn replicas_apply_each_block_once(database: Database) {
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

/// An index that begins after block 0 sees the close of sessions whose opening it did not see.
async fn unknown_session_is_an_anomaly(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    let stream = ledger.create_stream(1, 1_000, &[(5, 250_000), (6, 250_000)], Vec::new());
    let session = ledger.open(20, stream, 100, 600);
    ledger.events.pop();
    ledger.settle(&[(session, 10)]);
    ledger.close(session);
    ledger.push(TickEvent::StreamEnded { stream: 99 });
    let applied = store.apply(&ledger.block()).await.unwrap();
    assert_eq!(applied.anomaly_count, 4, "{:?}", applied.anomalies);
    assert_eq!(applied.anomalies[0], Anomaly::SessionNotOpen { block: 1, session });
    assert_eq!(applied.anomalies[1], Anomaly::SharesEstimated { block: 1, stream });
    assert_eq!(applied.anomalies[3], Anomaly::StreamUnknown { block: 1, stream: 99 });
    assert_eq!(
        store.stream(stream).await.unwrap().unwrap().totals.ticks,
        10,
        "the stream's totals are right nevertheless"
    );
    let split = store.earnings_total(&account(5)).await.unwrap();
    assert_eq!(split.as_split, ledger.earned[&account(5)].split);
}

async fn events_that_the_index_ignores_change_nothing(database: Database) {
    let store = database.store().await;
    let (mut ledger, blocks) = story();
    store.apply_all(&blocks).await.unwrap();
    let before = everything(&store, &ledger).await;
    ledger.push(TickEvent::Deposited { viewer: account(20), amount: 5, free: 5 });
    ledger.push(TickEvent::PaidOut { account: account(1), amount: 5 });
    ledger.push(TickEvent::GatewayLeaving { gateway: account(100), open_sessions: 1 });
    ledger.push(TickEvent::KeyRemoved { viewer: account(20), session_key: account(21) });
    ledger.push(TickEvent::DepositReaped { viewer: account(20), by: account(1), bonds: 5 });
    ledger.push(TickEvent::EarningsSwept { account: account(1), amount: 5 });
    let applied = store.apply(&ledger.block()).await.unwrap();
    assert_eq!((applied.blocks, applied.anomaly_count), (1, 0));
    assert_eq!(everything(&store, &ledger).await, before);
}

/// More rows than one statement holds, and a number that is no power of two.
async fn block_with_many_sessions_is_applied(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    let stream = ledger.create_stream(1, 1_000, &[], Vec::new());
    let sessions: Vec<_> = (0..1_000).map(|viewer| ledger.open(1_000 + viewer, stream, 100, 60)).collect();
    store.apply(&ledger.block()).await.unwrap();
    ledger.settle(&sessions.iter().map(|id| (*id, 3)).collect::<Vec<_>>());
    let applied = store.apply(&ledger.block()).await.unwrap();
    assert_eq!(applied.anomaly_count, 0);
    let totals = store.stream(stream).await.unwrap().unwrap().totals;
    assert_eq!((totals.ticks, totals.paid), (3_000, 3_000_000));
    let last = store.session(&session_id(1_000)).await.unwrap().unwrap();
    assert_eq!((last.settled_ticks, last.paid), (3, 3_000));
}
