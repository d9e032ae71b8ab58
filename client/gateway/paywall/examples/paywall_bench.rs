//! Benchmark: prints the speed of the paywall and its memory per session on this machine.
//!
//! `cargo run --release --example paywall_bench [folder]`. The folder should be on the disk of the journal.
#![allow(clippy::unwrap_used)]

use sp_runtime::Permill;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};
use tick_stream_primitives::{AccountId, Session as ChainSession, SessionId, TickHash, TickHasher};
use vilokanam_paywall::{Config, KeyRange, PayRequest, Paywall, Seen, StreamTerms, TickRequest};

const NOW: u64 = 1_700_000_000_000;
const LATER: u64 = NOW + 1_000_000_000;
const STREAM: u64 = 1;
/// Length of each session's tick chain.
const TICKS: u32 = 64;
/// Ticks that a payment reveals: one segment.
const SEGMENT: u32 = 2;

/// A viewer with precomputed proofs, since the viewer's hashing is not measured.
struct Viewer {
    id: SessionId,
    proofs: Vec<TickHash>,
}

impl Viewer {
    fn new(number: u64) -> Self {
        let mut id = [0; 16];
        id[..8].copy_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes());
        id[8..].copy_from_slice(&number.to_le_bytes());
        let id = SessionId(id);
        let mut hasher = TickHasher::new(&id);
        let mut proofs = vec![[number as u8; 32]];
        (0..TICKS).for_each(|_| proofs.push(hasher.step(&proofs[proofs.len() - 1])));
        proofs.reverse();
        Self { id, proofs }
    }

    fn on_chain(&self) -> ChainSession {
        ChainSession {
            viewer: AccountId::new([2; 32]),
            key: None,
            stream: STREAM,
            gateway: AccountId::new([1; 32]),
            price_per_tick: 1,
            gateway_share: Permill::zero(),
            head: self.proofs[0],
            settled_ticks: 0,
            max_ticks: TICKS,
            opened_at: NOW,
            last_claim: 1,
            fee: 0,
            closing: None,
        }
    }

    fn request(&self, payment: u32) -> PayRequest<'static> {
        let ticks = (payment + 1) * SEGMENT;
        let proof = self.proofs[ticks as usize];
        let tick = TickRequest { session: self.id, ticks, proof, token: None, now_ms: LATER };
        PayRequest { tick, stream: STREAM, wanted: KeyRange { first: u64::from(payment), count: 1 }, costs: &[SEGMENT] }
    }
}

fn main() {
    let given = std::env::args().nth(1).map(PathBuf::from);
    let temporary = tempfile::tempdir().unwrap();
    let base = given.unwrap_or_else(|| temporary.path().to_owned());
    println!("journal in {}", base.display());
    for sessions in [10_000, 100_000] {
        memory(&base, sessions);
    }
    tick_checks(&base);
    for sessions in [1, 100, 1_000, 10_000] {
        durable_payments(&base, sessions);
    }
    restart(&base, 100_000);
}

fn open(base: &Path, name: &str) -> (Paywall, Duration) {
    let started = Instant::now();
    let mut config = Config::new([7; 32], AccountId::new([1; 32]), base.join(name));
    config.journal.max_pending_bytes = 32 << 20;
    let (paywall, _) = Paywall::open(config, NOW).unwrap();
    let took = started.elapsed();
    paywall.stream(StreamTerms {
        stream: STREAM,
        creator: AccountId::new([2; 32]),
        gateway_share: Permill::zero(),
        price_per_tick: 1,
        next_price: None,
        preview_ticks: 0,
        is_open: true,
    });
    paywall.block(1, NOW, Seen::Best);
    (paywall, took)
}

fn opened(paywall: &Paywall, sessions: u64) -> Vec<Viewer> {
    let viewers: Vec<_> = (0..sessions).map(Viewer::new).collect();
    viewers.iter().for_each(|viewer| paywall.opened(viewer.id, &viewer.on_chain(), Seen::Finalized));
    viewers
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap()
}

/// Returns the resident memory of this process in bytes; 0 if the system does not report it.
fn resident_bytes() -> i64 {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    pages.split(' ').nth(1).and_then(|pages| pages.parse::<i64>().ok()).unwrap_or(0) * 4_096
}

/// Returns the CPU time of this thread in nanoseconds; the elapsed time if the system does not report it.
fn core_ns(since: Instant) -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|ns| ns.parse().ok()).unwrap_or(since.elapsed().as_nanos() as u64)
}

fn memory(base: &Path, sessions: u64) {
    let (paywall, _) = open(base, &format!("memory-{sessions}"));
    let before = resident_bytes();
    for number in 0..sessions {
        let viewer = Viewer::new(number);
        paywall.opened(viewer.id, &viewer.on_chain(), Seen::Finalized);
        drop(paywall.accept(&viewer.request(0)));
    }
    runtime().block_on(paywall.flush()).unwrap();
    let resident = (resident_bytes() - before) / sessions as i64;
    println!(
        "{sessions} sessions that have bought: {} bytes each counted, {resident} bytes each resident",
        paywall.session_bytes()
    );
}

/// Measures the fast path without the disk: lookup, rules, hashes, queueing. One thread uses one core, while the thread
/// of the journal writes what is queued.
fn tick_checks(base: &Path) {
    let (paywall, _) = open(base, "checks");
    let viewers = opened(&paywall, 20_000);
    runtime().block_on(paywall.flush()).unwrap();
    let began = Instant::now();
    for (name, payments) in [("advancing by 2 ticks, buying a key", 0..8), ("the same again", 8..16)] {
        let mut busy_ns = 0;
        let mut accepted = 0;
        for payment in payments {
            let requests: Vec<_> = viewers.iter().map(|viewer| viewer.request(payment)).collect();
            let before_ns = core_ns(began);
            accepted += requests.iter().filter(|request| paywall.accept(request).is_ok()).count();
            busy_ns += core_ns(began) - before_ns;
            runtime().block_on(paywall.flush()).unwrap();
        }
        let each = busy_ns as f64 / accepted as f64;
        let ticks = f64::from(SEGMENT) * 1e9 / each;
        println!("{name}: {each:.0} ns a payment, {:.0} payments/s, {ticks:.0} ticks/s a core", 1e9 / each);
    }
    let wrong: Vec<_> = viewers.iter().map(|viewer| viewer.request(0)).collect();
    let before_ns = core_ns(began);
    let refused = (0..10).flat_map(|_| &wrong).filter(|request| paywall.accept(request).is_err()).count();
    let each = (core_ns(began) - before_ns) as f64 / refused as f64;
    println!("a replayed proof refused: {each:.0} ns, {:.0}/s a core", 1e9 / each);
}

fn durable_payments(base: &Path, sessions: u64) {
    let (paywall, _) = open(base, &format!("durable-{sessions}"));
    let viewers = opened(&paywall, sessions);
    let runtime = runtime();
    runtime.block_on(paywall.flush()).unwrap();
    let paywall = Arc::new(paywall);
    let before = paywall.counts();
    let payments = TICKS / SEGMENT;
    let started = Instant::now();
    let mut waits = runtime.block_on(async {
        let pay = |viewer: Viewer| {
            let paywall = paywall.clone();
            tokio::spawn(async move {
                let mut waits = Vec::with_capacity(payments as usize);
                for payment in 0..payments {
                    let asked = Instant::now();
                    paywall.pay(viewer.request(payment)).await.unwrap();
                    waits.push(asked.elapsed());
                }
                waits
            })
        };
        let tasks: Vec<_> = viewers.into_iter().map(pay).collect();
        let mut waits = Vec::new();
        for task in tasks {
            waits.extend(task.await.unwrap());
        }
        waits
    });
    let elapsed = started.elapsed();
    waits.sort_unstable();
    let counts = paywall.counts();
    let groups = counts.journal_groups - before.journal_groups;
    println!(
        "{sessions} sessions paying at once: {:.0} durable payments/s, p50 {:.2} ms, p99 {:.2} ms, {:.0} a group, {:.2} ms a group",
        waits.len() as f64 / elapsed.as_secs_f64(),
        waits[waits.len() / 2].as_secs_f64() * 1e3,
        waits[waits.len() * 99 / 100].as_secs_f64() * 1e3,
        waits.len() as f64 / groups as f64,
        (counts.journal_us - before.journal_us) as f64 / 1e3 / groups as f64,
    );
}

fn restart(base: &Path, sessions: u64) {
    let (paywall, took) = open(base, &format!("memory-{sessions}"));
    println!("restart with {} sessions: {:.0} ms", paywall.sessions(), took.as_secs_f64() * 1e3);
}
