//! The index agrees with a plain model, whatever happens, and however it is divided into blocks and the blocks into
//! transactions.

use crate::common::{account, Database, Ledger};
use proptest::{collection::vec, prelude::*, test_runner::TestRunner};
use tick_stream_primitives::{SessionId, StreamStatus};
use vilokanam_indexer::{BlockFacts, EarningSums, EarningsQuery, PageRequest, Store, TimeUnit};

/// Each case has a database of its own.
const SQLITE_CASES: u32 = 24;
const POSTGRES_CASES: u32 = 6;

#[derive(Clone, Debug)]
enum Step {
    Create { creator: u32, price: u64, splits: Vec<(u32, u32)> },
    Open { viewer: u32, stream: usize, gateway: u32, max_ticks: u32 },
    Settle { session: usize, ticks: u32, together: bool },
    Close { session: usize },
    Tip { stream: usize, from: u32, amount: u64 },
    Status { stream: usize, is_live: bool },
    EndBlock { later_ms: u64 },
}

fn step() -> impl Strategy<Value = Step> {
    let splits = vec((1u32..12, 1u32..300_000), 0..3).prop_map(|mut splits| {
        splits.sort_unstable();
        splits.dedup_by_key(|split| split.0);
        splits
    });
    prop_oneof![
        1 => (1u32..6, any::<u64>(), splits).prop_map(|(creator, price, splits)| Step::Create { creator, price, splits }),
        4 => (20u32..26, any::<usize>(), 10u32..13, 1u32..5_000)
            .prop_map(|(viewer, stream, gateway, max_ticks)| Step::Open { viewer, stream, gateway, max_ticks }),
        8 => (any::<usize>(), 1u32..90, any::<bool>())
            .prop_map(|(session, ticks, together)| Step::Settle { session, ticks, together }),
        2 => any::<usize>().prop_map(|session| Step::Close { session }),
        2 => (any::<usize>(), 1u32..30, 1u64..).prop_map(|(stream, from, amount)| Step::Tip { stream, from, amount }),
        1 => (any::<usize>(), any::<bool>()).prop_map(|(stream, is_live)| Step::Status { stream, is_live }),
        5 => (0u64..200_000).prop_map(|later_ms| Step::EndBlock { later_ms }),
    ]
}

/// Returns the sessions that can still settle `ticks`.
fn open_sessions(ledger: &Ledger, ticks: u32) -> Vec<SessionId> {
    let open = ledger.sessions.iter().filter(|(_, session)| session.refunded.is_none());
    open.filter(|(_, session)| session.settled_ticks + ticks <= session.max_ticks).map(|(id, _)| *id).collect()
}

fn settle(ledger: &mut Ledger, session: usize, ticks: u32, together: bool) {
    let open = open_sessions(ledger, ticks);
    if open.is_empty() {
        return;
    }
    let first = open[session % open.len()];
    let of = |id: &SessionId| (ledger.sessions[id].stream, ledger.sessions[id].gateway.clone());
    let group: Vec<_> = open.iter().filter(|id| **id == first || (together && of(id) == of(&first))).collect();
    let claims: Vec<_> = group.into_iter().map(|id| (*id, ticks)).collect();
    ledger.settle(&claims);
}

fn play(steps: &[Step]) -> (Ledger, Vec<BlockFacts>) {
    let mut ledger = Ledger::new();
    let mut blocks = Vec::new();
    ledger.create_stream(1, 12_345, &[(7, 123_456)], Vec::new());
    for step in steps {
        let streams = ledger.streams.len();
        match step {
            Step::Create { creator, price, splits } => {
                ledger.create_stream(*creator, u128::from(*price), splits, Vec::new());
            }
            Step::Open { viewer, stream, gateway, max_ticks } => {
                ledger.open(*viewer, (stream % streams) as u64, *gateway, *max_ticks);
            }
            Step::Settle { session, ticks, together } => settle(&mut ledger, *session, *ticks, *together),
            Step::Close { session } => {
                let open = open_sessions(&ledger, 0);
                if !open.is_empty() {
                    ledger.close(open[session % open.len()]);
                }
            }
            Step::Tip { stream, from, amount } => {
                ledger.tip((stream % streams) as u64, *from, u128::from(*amount));
            }
            Step::Status { stream, is_live } => {
                let status = if *is_live { StreamStatus::Live } else { StreamStatus::Offline };
                ledger.set_status((stream % streams) as u64, status);
            }
            Step::EndBlock { later_ms } => {
                ledger.time_ms += later_ms;
                blocks.push(ledger.block());
            }
        }
    }
    blocks.push(ledger.block());
    (ledger, blocks)
}

/// Applies `blocks` in portions of the given sizes, each portion twice: by itself and together with the next.
async fn apply(store: &Store, blocks: &[BlockFacts], sizes: &[usize]) {
    let (mut done, mut before) = (0, 0);
    for size in sizes.iter().cycle() {
        let end = (done + size).min(blocks.len());
        let applied = store.apply_all(&blocks[before..end]).await.unwrap();
        assert_eq!((applied.blocks, applied.known), (end - done, done - before));
        assert_eq!(applied.anomaly_count, 0, "{:?}", applied.anomalies);
        if end == blocks.len() {
            return;
        }
        (before, done) = (done, end);
    }
}

async fn check(store: &Store, ledger: &Ledger) {
    for (id, totals) in &ledger.totals {
        assert_eq!(store.stream(*id).await.unwrap().unwrap().totals, *totals);
    }
    for (id, watched) in &ledger.sessions {
        let session = store.session(id).await.unwrap().unwrap();
        assert_eq!((session.settled_ticks, session.paid), (watched.settled_ticks, watched.paid));
        assert_eq!(session.refunded, watched.refunded);
        let key = Some(watched.session_key.clone()).filter(|key| *key != watched.viewer);
        assert_eq!(session.session_key, key);
        let receipts = store.receipts(id, &PageRequest::first(100)).await.unwrap().unwrap().items;
        let receipts: Vec<_> = receipts.into_iter().map(|receipt| (receipt.ticks, receipt.paid)).collect();
        assert_eq!(receipts, watched.receipts[..watched.receipts.len().min(100)]);
    }
    for number in 0..30 {
        let who = account(number);
        let expected = ledger.earned.get(&who).copied().unwrap_or_default();
        let total = store.earnings_total(&who).await.unwrap();
        assert_eq!((total.as_creator, total.as_split), (expected.creator, expected.split), "{number}");
        assert_eq!((total.as_gateway, total.from_tips), (expected.gateway, expected.tips), "{number}");
        assert_eq!(total.from_fees, expected.fees, "{number}");
        for unit in TimeUnit::ALL {
            let length = unit.length_ms();
            let range = ledger.time_ms - 1_000 * length..ledger.time_ms + length;
            let query = EarningsQuery { account: who.clone(), unit, range };
            let buckets = store.earnings(&query).await.unwrap();
            let sum = |part: fn(&EarningSums) -> u128| buckets.iter().map(|bucket| part(&bucket.sums)).sum::<u128>();
            assert_eq!(sum(|sums| sums.ticks.into()), total.ticks.into(), "{number} by {unit:?}");
            assert_eq!(sum(EarningSums::total), total.total(), "{number} by {unit:?}");
        }
    }
}

fn check_index_agrees_with_model(cases: u32, database: fn() -> Option<Database>) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut runner = TestRunner::new(ProptestConfig { cases, max_shrink_iters: 64, ..ProptestConfig::default() });
    let strategy = (vec(step(), 0..150), vec(1usize..7, 1..5));
    let outcome = runner.run(&strategy, |(steps, sizes)| {
        let Some(database) = database() else { return Ok(()) };
        let (ledger, blocks) = play(&steps);
        runtime.block_on(async {
            let store = database.store().await;
            apply(&store, &blocks, &sizes).await;
            check(&store, &ledger).await;
            store.close().await;
        });
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn index_in_sqlite_agrees_with_the_model() {
    check_index_agrees_with_model(SQLITE_CASES, Database::sqlite);
}

#[test]
fn index_in_postgres_agrees_with_the_model() {
    check_index_agrees_with_model(POSTGRES_CASES, Database::postgres);
}
