//! Measures the queries on an index of 100,000 sessions.
//!
//! `cargo run --release -p vilokanam-indexer --example indexer_bench [database URL]`; without a URL it uses an
//! SQLite file in a temporary folder. It prints times and asserts nothing.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../tests/common/ledger.rs"]
mod ledger;

use ledger::{account, Ledger, PROTOCOL_FEE, SUBMITTER_SHARE};
use rand::{rngs::StdRng, Rng, SeedableRng};
use std::{
    future::Future,
    time::{Duration, Instant},
};
use tick_stream_primitives::{SessionId, StreamStatus};
use vilokanam_indexer::{
    BlockHash, ChainIdentity, EarningsQuery, IdFilter, PageRequest, Store, StreamFilter, StreamSort, TimeUnit,
    ViewerCounts,
};

const SESSIONS: usize = 100_000;
const STREAMS: u64 = 2_000;
const VIEWERS: u32 = 5_000;
/// Number of sessions that one block of a busy chain opens or settles.
const SESSIONS_PER_BLOCK: usize = 500;
const SETTLEMENTS_PER_SESSION: usize = 4;
const RUNS: usize = 200;
const WORDS: [&str; 6] = ["chess", "cooking", "Köln", "music", "100%", "വിലോകനം"];

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    let default_url = format!("sqlite:{}", folder.path().join("index.db").display());
    let url = std::env::args().nth(1).unwrap_or(default_url);
    let store = Store::connect(&url).await.unwrap();
    let chain = ChainIdentity {
        genesis: BlockHash::from([7; 32]),
        protocol_fee: PROTOCOL_FEE,
        submitter_share: SUBMITTER_SHARE,
    };
    store.bind_chain(&chain).await.unwrap();
    let mut random = StdRng::seed_from_u64(1);
    let (ledger, sessions) = fill(&store, &mut random).await;
    measure_streams(&store, &mut random).await;
    measure_sessions(&store, &mut random, &sessions).await;
    measure_earnings(&store, ledger.time_ms).await;
}

async fn fill(store: &Store, random: &mut StdRng) -> (Ledger, Vec<SessionId>) {
    let mut ledger = Ledger::new();
    for number in 0..STREAMS {
        let word = WORDS[number as usize % WORDS.len()];
        let text = ledger::metadata(&format!("{word} {number}"), "About it, at some length.", word, &["live", word]);
        let creator = 1 + random.gen_range(0..200);
        ledger.create_stream(creator, 1_000 + u128::from(random.gen_range(0..900u32)), &[(500, 100_000)], text);
        if number % 3 == 0 {
            ledger.set_status(number, StreamStatus::Live);
        }
    }
    store.apply(&ledger.block()).await.unwrap();
    let (mut sessions, mut times) = (Vec::with_capacity(SESSIONS), Vec::new());
    while sessions.len() < SESSIONS {
        let stream = random.gen_range(0..STREAMS);
        let opened: Vec<_> = (0..SESSIONS_PER_BLOCK)
            .map(|_| ledger.open(1_000 + random.gen_range(0..VIEWERS), stream, 900, 600))
            .collect();
        timed_apply(store, &mut ledger, &mut times).await;
        for _ in 0..SETTLEMENTS_PER_SESSION {
            ledger.settle(&opened.iter().map(|id| (*id, 60)).collect::<Vec<_>>());
            ledger.time_ms += 59_000;
            timed_apply(store, &mut ledger, &mut times).await;
        }
        opened.iter().step_by(2).for_each(|id| ledger.close(*id));
        sessions.extend(opened);
    }
    store.apply(&ledger.block()).await.unwrap();
    println!("{SESSIONS} sessions, {} receipts in {} blocks", SESSIONS * SETTLEMENTS_PER_SESSION, times.len());
    report("apply a block of 500 rows", times);
    (ledger, sessions)
}

async fn timed_apply(store: &Store, ledger: &mut Ledger, times: &mut Vec<Duration>) {
    let block = ledger.block();
    let started = Instant::now();
    store.apply(&block).await.unwrap();
    times.push(started.elapsed());
}

async fn measure_streams(store: &Store, random: &mut StdRng) {
    let viewers: ViewerCounts = (0..500).map(|_| (random.gen_range(0..STREAMS), random.gen_range(1..900))).collect();
    let page = PageRequest::first(100);
    for sort in
        [StreamSort::Newest, StreamSort::PriceLowest, StreamSort::PriceHighest, StreamSort::Viewers, StreamSort::Earned]
    {
        let filter = StreamFilter::default();
        measure(&format!("streams by {sort:?}"), || async {
            store.streams(&filter, sort, &viewers, &page).await.unwrap();
        })
        .await;
    }
    let search = StreamFilter { search: Some("KÖLN 19".into()), ..Default::default() };
    let on_air = IdFilter::Only(viewers.keys().copied().take(100).collect());
    let live = StreamFilter { ids: Some(on_air), category: Some("music".into()), ..Default::default() };
    for (name, filter) in [("streams by text", search), ("streams on air in a category", live)] {
        measure(name, || async {
            store.streams(&filter, StreamSort::Earned, &viewers, &page).await.unwrap();
        })
        .await;
    }
}

async fn measure_sessions(store: &Store, random: &mut StdRng, sessions: &[SessionId]) {
    let page = PageRequest::first(100);
    let mut any = || (sessions[random.gen_range(0..sessions.len())], 1_000 + random.gen_range(0..VIEWERS));
    let chosen: Vec<_> = (0..RUNS).map(|_| any()).collect();
    let mut next = chosen.iter().cycle();
    measure("one session", || {
        let id = next.next().unwrap().0;
        async move {
            _ = std::hint::black_box(store.session(&id).await.unwrap());
        }
    })
    .await;
    measure("receipts of a session", || {
        let (id, page) = (next.next().unwrap().0, page.clone());
        async move {
            _ = std::hint::black_box(store.receipts(&id, &page).await.unwrap());
        }
    })
    .await;
    measure("sessions of a viewer", || {
        let (viewer, page) = (account(next.next().unwrap().1), page.clone());
        async move {
            _ = std::hint::black_box(store.sessions_of_viewer(&viewer, &page).await.unwrap());
        }
    })
    .await;
    let busiest = store
        .streams(&StreamFilter::default(), StreamSort::Earned, &ViewerCounts::new(), &PageRequest::first(1))
        .await
        .unwrap();
    let stream = busiest.items[0].id;
    measure("top sessions of the busiest stream", || async move {
        drop(store.top_sessions(stream, 100).await.unwrap());
    })
    .await;
    measure("one stream", || async move {
        _ = std::hint::black_box(store.stream(stream).await.unwrap());
    })
    .await;
}

async fn measure_earnings(store: &Store, now_ms: u64) {
    // This account is a split of every stream, so no account has more rows.
    for (unit, buckets) in [(TimeUnit::Minute, 1_440), (TimeUnit::Hour, 744), (TimeUnit::Day, 365)] {
        let range = now_ms.saturating_sub(buckets * unit.length_ms())..now_ms;
        let query = EarningsQuery { account: account(500), unit, range };
        measure(&format!("earnings of {buckets} x {unit:?}"), || async {
            store.earnings(&query).await.unwrap();
        })
        .await;
    }
    measure("earnings over all time", || async {
        _ = std::hint::black_box(store.earnings_total(&account(500)).await.unwrap());
    })
    .await;
}

async fn measure<F: Future<Output = ()>>(name: &str, mut query: impl FnMut() -> F) {
    let mut times = Vec::with_capacity(RUNS);
    for _ in 0..RUNS {
        let started = Instant::now();
        query().await;
        times.push(started.elapsed());
    }
    report(name, times);
}

fn report(name: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100].as_secs_f64() * 1_000.0;
    println!("{name:<36} p50 {:>8.2} ms   p95 {:>8.2} ms", at(50), at(95));
}
