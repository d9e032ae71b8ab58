//! The journal: its bytes, recovery, damage, compaction, and disks that fail.

use super::env::*;
use crate::{
    journal::{CreateFile, LogFile, Record},
    session::Session,
    *,
};
use codec::Encode;
use std::{
    fs,
    future::Future,
    io::{self, ErrorKind},
    path::PathBuf,
    sync::{
        atomic::{AtomicBool, AtomicI64, Ordering},
        Arc,
    },
};
use tick_stream_primitives::{Closing, SessionId};

/// A file on a disk that is full after `room` bytes, counted over all files.
struct FileOnFullDisk {
    file: Box<dyn LogFile>,
    room: Arc<AtomicI64>,
}

impl LogFile for FileOnFullDisk {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let room = self.room.fetch_sub(bytes.len() as i64, Ordering::SeqCst);
        if room < bytes.len() as i64 {
            // A full disk takes the bytes that fit.
            self.file.append(&bytes[..room.max(0) as usize])?;
            return Err(ErrorKind::StorageFull.into());
        }
        self.file.append(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.file.sync()
    }
}

/// A file whose fsync returns only when `may_sync` is set.
struct FileOnSlowDisk {
    file: Box<dyn LogFile>,
    may_sync: Arc<AtomicBool>,
}

impl LogFile for FileOnSlowDisk {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.append(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        while !self.may_sync.load(Ordering::SeqCst) {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        self.file.sync()
    }
}

/// Sets `may_sync` when it is dropped, even if the test fails: otherwise the writer would wait forever.
struct SyncOnDrop(Arc<AtomicBool>);

impl Drop for SyncOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Creates files on a disk that is full after `room` bytes.
fn full_after(room: i64) -> CreateFile {
    let (room, real) = (Arc::new(AtomicI64::new(room)), crate::journal::Dir::real_files());
    Arc::new(move |path| Ok(Box::new(FileOnFullDisk { file: real(path)?, room: room.clone() }) as Box<dyn LogFile>))
}

/// Files of the journal with this ending.
fn files(env: &TestEnvironment, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(&env.config.journal.dir).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.to_string_lossy().ends_with(ending));
    paths.sort();
    paths
}

/// An environment whose paywall runs elsewhere, after it was stopped with 20 payments in the configured journal.
async fn stopped() -> (TestEnvironment, Viewer) {
    let mut env = TestEnvironment::new();
    let mut viewer = env.open_session(1).await;
    for tick in 1..=20 {
        viewer.pay(&env, tick * 2, u64::from(tick), 1).await.unwrap();
    }
    let elsewhere = Config { journal: JournalConfig::new(env.dir.path().join("elsewhere")), ..env.config.clone() };
    env.paywall = open_paywall(&elsewhere);
    (env, viewer)
}

fn reopened(env: &TestEnvironment) -> Result<(Paywall, RecoveryReport), OpenError> {
    Paywall::open(env.config.clone(), NOW)
}

/// A session with a value in every field.
fn full_session(viewer: &Viewer) -> Session {
    let mut session = Session::from_ticket(&viewer.signed, &viewer.on_chain(), 6);
    session.phase = Phase::Included;
    session.closing = Some(Closing { block: 7, moment: 8 });
    session.ending = Some(Ending::Exhausted);
    session.rejection = Some(Rejection::ExpiredUnopened);
    (session.revealed_ticks, session.charged_ticks) = (6, 4);
    session.bought.add(range(10, 2));
    (session.settled_ticks, session.finalized_settled_ticks, session.lsn) = (3, 2, 11);
    session
}

/// The layout on the disk: fields in this order, variants by these numbers.
#[test]
fn records_have_the_bytes_of_version_2() {
    let id = SessionId([9; 16]);
    let session = full_session(&Viewer::new(1));
    let s = session.clone();
    let terms = (s.viewer, s.session_key, s.stream, s.price_per_tick, 100_000u32, s.max_ticks, s.expires_at, s.anchor);
    let ticket = (s.base_ticks, s.signed, s.was_offered);
    let state = (1u8, s.opened_at, s.closing, s.is_closed, Some(2u8), Some(6u8), s.credit_ticks, s.is_uncovered);
    let ticks = (6u32, s.proof, 4u32, vec![(10u64, 12u64)], 3u32, 2u32, 11u64);
    assert_eq!(Record::Session(id, Box::new(session)).encode(), (1u8, id, terms, ticket, state, ticks).encode());

    let (proof, keys) = ([5; 32], range(10, 2));
    let paid = Record::Paid { session: id, revealed_ticks: 6, proof, charged_ticks: 4, keys };
    assert_eq!(paid.encode(), (2u8, id, 6u32, proof, 4u32, (10u64, 2u32)).encode());
    assert_eq!(Record::Secret([1; 32]).encode(), (0u8, [1u8; 32]).encode());
    assert_eq!(Record::Removed(id).encode(), (3u8, id).encode());
    assert_eq!(Record::End { sessions: 2 }.encode(), (4u8, 2u64).encode());
}

#[tokio::test]
async fn restart_recovers_sessions_claims_ranges_and_tokens() {
    let (env, viewer) = stopped().await;
    let (paywall, report) = reopened(&env).unwrap();
    assert_eq!((report.sessions, report.torn_bytes), (1, 0));
    let status = paywall.status(&viewer.id).unwrap();
    assert_eq!((status.revealed_ticks, status.charged_ticks, status.bought), (40, 40, vec![range(1, 20)]));
    let tick = TickRequest { session: viewer.id, ticks: 0, proof: [0; 32], token: viewer.token, now_ms: LATER };
    let request = PayRequest { tick, stream: STREAM, wanted: range(1, 20), costs: &[2; 20] };
    assert_eq!(paywall.pay(request).await.unwrap().cost_ticks, 0);
}

#[tokio::test]
async fn second_process_in_the_same_folder_is_refused() {
    let env = TestEnvironment::new();
    assert!(matches!(reopened(&env), Err(OpenError::InUse { .. })));
}

#[tokio::test]
async fn torn_tail_is_cut_off_and_reported() {
    let (env, viewer) = stopped().await;
    let segment = files(&env, ".log").remove(0);
    let mut bytes = fs::read(&segment).unwrap();
    bytes.extend([0x55; 33]);
    fs::write(&segment, &bytes).unwrap();
    let (paywall, report) = reopened(&env).unwrap();
    assert_eq!(report.torn_bytes, 33);
    assert_eq!(paywall.status(&viewer.id).unwrap().revealed_ticks, 40);
    drop(paywall);
    assert_eq!(reopened(&env).unwrap().1.torn_bytes, 0, "the torn group was cut off");
}

#[tokio::test]
async fn damage_before_intact_groups_is_refused() {
    let (env, _viewer) = stopped().await;
    let segment = files(&env, ".log").remove(0);
    let whole = fs::read(&segment).unwrap();
    for at in [2, 30, whole.len() / 2] {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x10;
        fs::write(&segment, &bytes).unwrap();
        let error = reopened(&env).err().unwrap();
        assert!(matches!(error, OpenError::Damaged { .. }), "byte {at}: {error}");
        assert!(error.to_string().contains("Restore the file"), "{error}");
        assert_eq!(fs::read(&segment).unwrap(), bytes, "the file is not changed");
    }
}

#[tokio::test]
async fn group_of_another_version_is_refused() {
    let (env, _viewer) = stopped().await;
    let segment = files(&env, ".log").remove(0);
    let mut bytes = fs::read(&segment).unwrap();
    let length = u32::from_le_bytes(bytes[..4].try_into().unwrap()) as usize;
    bytes[8] = 3;
    let crc = crc32fast::hash(&bytes[8..8 + length]);
    bytes[4..8].copy_from_slice(&crc.to_le_bytes());
    fs::write(&segment, &bytes).unwrap();
    assert!(reopened(&env).err().unwrap().to_string().contains("version 3"));
}

#[tokio::test]
async fn missing_segment_is_refused() {
    let (env, _viewer) = stopped().await;
    let segment = files(&env, ".log").remove(0);
    fs::rename(&segment, segment.with_file_name(format!("segment-{:020}.log", 7))).unwrap();
    assert!(matches!(reopened(&env), Err(OpenError::Gap { expected: 1, found: 7, .. })));
}

#[tokio::test]
async fn full_disk_releases_nothing_and_is_reported() {
    let (mut env, _) = stopped().await;
    let mut config = env.config.clone();
    config.journal.dir = env.dir.path().join("full");
    let (paywall, _) = Paywall::open_with(config.clone(), NOW, full_after(2_000)).unwrap();
    paywall.stream(terms(STREAM));
    paywall.block(BEST, NOW, Seen::Best);
    env.paywall = paywall;
    env.config = config;

    let mut viewer = env.open_session(1).await;
    let mut charged_ticks = 0;
    let failed = loop {
        match viewer.pay(&env, charged_ticks + 2, u64::from(charged_ticks), 1).await {
            Ok(_) => charged_ticks += 2,
            Err(error) => break error,
        }
    };
    assert!(matches!(failed, PayError::Unavailable(Unavailable::Degraded { .. })), "{failed}");
    assert!(env.paywall.degraded().is_some());
    assert!(matches!(env.paywall.alarms(NOW)[0], Alarm::Degraded(_)));
    let again = viewer.pay(&env, 0, 0, 1).await;
    assert!(matches!(again, Err(PayError::Unavailable(_))), "keys bought before are refused as well: {again:?}");
    assert!(matches!(env.offer(&Viewer::new(2)).await, Err(OfferError::Unavailable(_))));
    assert!(env.paywall.flush().await.is_err());
    let claim = env.paywall.claim_of(&viewer.id).unwrap();
    assert_eq!(claim.ticks, charged_ticks + 2, "revealed ticks can still be settled");

    let env = env.restart();
    assert!(charged_ticks > 0);
    assert_eq!(env.status(&viewer).charged_ticks, charged_ticks, "exactly the released keys are charged");
    viewer.pay(&env, charged_ticks + 2, u64::from(charged_ticks), 1).await.unwrap();
}

#[tokio::test]
async fn nothing_is_released_before_it_is_on_the_disk() {
    let dir = tempfile::tempdir().unwrap();
    let config = config(&dir);
    let may_sync = Arc::new(AtomicBool::new(true));
    let (gate, real) = (may_sync.clone(), crate::journal::Dir::real_files());
    let create: CreateFile = Arc::new(move |path| {
        Ok(Box::new(FileOnSlowDisk { file: real(path)?, may_sync: gate.clone() }) as Box<dyn LogFile>)
    });
    let (paywall, _) = Paywall::open_with(config.clone(), NOW, create).unwrap();
    paywall.stream(terms(STREAM));
    paywall.block(BEST, NOW, Seen::Best);
    let env = TestEnvironment { dir, paywall, config };
    let mut viewer = env.open_session(1).await;
    viewer.pay(&env, 2, 1, 1).await.unwrap();
    env.paywall.flush().await.unwrap();

    let gate = SyncOnDrop(may_sync);
    gate.0.store(false, Ordering::SeqCst);
    let request = |tick| PayRequest { tick, stream: STREAM, wanted: range(2, 1), costs: &[2] };
    let (first, again) = (viewer.tick(4), viewer.tick(0));
    let mut paying = std::pin::pin!(env.paywall.pay(request(first)));
    let mut repeating = std::pin::pin!(env.paywall.pay(request(again)));
    for _ in 0..100 {
        assert!(poll_once(paying.as_mut()).is_none(), "the keys were released before the fsync");
        assert!(poll_once(repeating.as_mut()).is_none(), "a repeated key has overtaken its payment");
        std::thread::yield_now();
    }
    drop(gate);
    assert_eq!(paying.await.unwrap().cost_ticks, 2);
    assert_eq!(repeating.await.unwrap().cost_ticks, 0);
}

/// Polls a future once.
fn poll_once<F: Future>(future: std::pin::Pin<&mut F>) -> Option<F::Output> {
    match future.poll(&mut std::task::Context::from_waker(std::task::Waker::noop())) {
        std::task::Poll::Ready(output) => Some(output),
        std::task::Poll::Pending => None,
    }
}

#[tokio::test]
async fn compaction_keeps_every_session_and_removes_old_files() {
    let env = TestEnvironment::with_config(|config| config.journal.compact_at_bytes = 4_000);
    let mut viewers = Vec::new();
    for seed in 1..=4 {
        viewers.push(env.open_session(seed).await);
    }
    for tick in 1..=100 {
        for viewer in &mut viewers {
            viewer.pay(&env, tick * 2, u64::from(tick), 1).await.unwrap();
        }
    }
    let statuses: Vec<_> = viewers.iter().map(|viewer| env.status(viewer)).collect();
    let env = env.restart();
    assert!(files(&env, ".snap").len() == 1, "{:?}", files(&env, ".snap"));
    assert!(files(&env, ".log").len() <= 2, "{:?}", files(&env, ".log"));
    assert!(files(&env, ".tmp").is_empty());
    for (viewer, before) in viewers.iter_mut().zip(statuses) {
        assert_eq!(env.status(viewer), before);
        assert_eq!(viewer.pay(&env, 0, 1, 50).await.unwrap().cost_ticks, 0);
    }
}

#[tokio::test]
async fn damaged_snapshot_is_refused() {
    let env = TestEnvironment::with_config(|config| config.journal.compact_at_bytes = 1_000);
    let mut viewer = env.open_session(1).await;
    for tick in 1..=50 {
        viewer.pay(&env, tick * 2, u64::from(tick), 1).await.unwrap();
    }
    let env = env.restart();
    let snapshot = files(&env, ".snap").remove(0);
    let TestEnvironment { dir, paywall, config } = env;
    drop(paywall);
    let whole = fs::read(&snapshot).unwrap();
    let half = whole.len() / 2;
    for bytes in [&whole[..half], &[&whole[..half], &[0xff], &whole[half + 1..]].concat()] {
        fs::write(&snapshot, bytes).unwrap();
        assert!(matches!(Paywall::open(config.clone(), NOW), Err(OpenError::Damaged { .. })));
    }
    drop(dir);
}

#[tokio::test]
async fn unfinished_snapshot_is_removed() {
    let (env, viewer) = stopped().await;
    let unfinished = env.config.journal.dir.join("snapshot-00000000000000000009.tmp");
    fs::write(&unfinished, b"half").unwrap();
    let (paywall, _) = reopened(&env).unwrap();
    assert_eq!(paywall.status(&viewer.id).unwrap().revealed_ticks, 40);
    assert!(!unfinished.exists());
}

#[tokio::test]
async fn full_queue_refuses_records() {
    let env = TestEnvironment::with_config(|config| config.journal.max_pending_bytes = 1);
    let refused = env.offer(&Viewer::new(1)).await;
    assert!(matches!(refused, Err(OfferError::Unavailable(Unavailable::Overloaded { .. }))), "{refused:?}");
    assert_eq!(env.paywall.sessions(), 0);
}

#[test]
fn invalid_configuration_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let changes: [fn(&mut Config); 5] = [
        |config| config.credit_ticks = 31,
        |config| config.max_sessions = 0,
        |config| config.min_ticket_blocks = 3_600,
        |config| config.urgent_blocks = 601,
        |config| config.journal.max_pending_bytes = 1 << 30,
    ];
    for change in changes {
        let mut config = config(&dir);
        change(&mut config);
        assert!(matches!(Paywall::open(config, NOW), Err(OpenError::Config(_))));
    }
}
