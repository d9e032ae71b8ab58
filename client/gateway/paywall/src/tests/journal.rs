//! The disk: groups, damage, compaction, failure.

use super::world::*;
use crate::{
    journal::{CreateFile, LogFile},
    *,
};
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

/// A file on a disk that is full after `room` bytes, counted over all files.
struct Full {
    file: Box<dyn LogFile>,
    room: Arc<AtomicI64>,
}

impl LogFile for Full {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let room = self.room.fetch_sub(bytes.len() as i64, Ordering::SeqCst);
        if room < bytes.len() as i64 {
            // A full disk takes what fits.
            self.file.append(&bytes[..room.max(0) as usize])?;
            return Err(ErrorKind::StorageFull.into());
        }
        self.file.append(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.file.sync()
    }
}

/// A disk whose fsync takes until it is let go.
struct Slow {
    file: Box<dyn LogFile>,
    may_sync: Arc<AtomicBool>,
}

impl LogFile for Slow {
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

/// A gate that opens when the test is over, however it ends: else the writer would wait for ever.
struct Shut(Arc<AtomicBool>);

impl Drop for Shut {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

fn full_after(room: i64) -> CreateFile {
    let (room, real) = (Arc::new(AtomicI64::new(room)), crate::journal::Dir::real_files());
    Arc::new(move |path| Ok(Box::new(Full { file: real(path)?, room: room.clone() }) as Box<dyn LogFile>))
}

fn files(world: &World, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(&world.config.journal.dir).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.to_string_lossy().ends_with(ending));
    paths.sort();
    paths
}

/// A world with some payments in its journal, stopped.
async fn stopped() -> (World, Viewer) {
    let mut world = World::new();
    let mut viewer = world.watching(1).await;
    for tick in 1..=20 {
        viewer.pay(&world, tick * 2, u64::from(tick), 1).await.unwrap();
    }
    let elsewhere = Config { journal: JournalConfig::new(world.dir.path().join("elsewhere")), ..world.config.clone() };
    world.paywall = start(&elsewhere);
    (world, viewer)
}

fn reopened(world: &World) -> Result<(Paywall, RecoveryReport), OpenError> {
    Paywall::open(world.config.clone(), NOW)
}

#[tokio::test]
async fn restart_recovers_sessions_claims_ranges_and_tokens() {
    let (world, viewer) = stopped().await;
    let (paywall, report) = reopened(&world).unwrap();
    assert_eq!((report.sessions, report.torn_bytes), (1, 0));
    let status = paywall.status(&viewer.id).unwrap();
    assert_eq!((status.ticks_paid, status.ticks_owed, status.bought), (40, 40, vec![range(1, 20)]));
    let tick = TickRequest { session: viewer.id, ticks: 0, proof: [0; 32], token: viewer.token, now_ms: FAR };
    let request = PayRequest { tick, stream: STREAM, wanted: range(1, 20), costs: &[2; 20] };
    assert_eq!(paywall.pay(request).await.unwrap().ticks_charged, 0);
}

#[tokio::test]
async fn second_process_in_the_same_folder_fails() {
    let world = World::new();
    assert!(matches!(reopened(&world), Err(OpenError::InUse { .. })));
}

#[tokio::test]
async fn torn_tail_is_cut_off_and_reported() {
    let (world, viewer) = stopped().await;
    let segment = files(&world, ".log").remove(0);
    let mut bytes = fs::read(&segment).unwrap();
    bytes.extend([0x55; 33]);
    fs::write(&segment, &bytes).unwrap();
    let (paywall, report) = reopened(&world).unwrap();
    assert_eq!(report.torn_bytes, 33);
    assert_eq!(paywall.status(&viewer.id).unwrap().ticks_paid, 40);
    drop(paywall);
    assert_eq!(reopened(&world).unwrap().1.torn_bytes, 0, "it was cut, not only passed over");
}

#[tokio::test]
async fn damage_before_whole_groups_fails() {
    let (world, _viewer) = stopped().await;
    let segment = files(&world, ".log").remove(0);
    let whole = fs::read(&segment).unwrap();
    for at in [2, 30, whole.len() / 2] {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x10;
        fs::write(&segment, &bytes).unwrap();
        let error = reopened(&world).err().unwrap();
        assert!(matches!(error, OpenError::Damaged { .. }), "byte {at}: {error}");
        assert!(error.to_string().contains("restore the file"), "{error}");
        assert_eq!(fs::read(&segment).unwrap(), bytes, "nothing is cut off");
    }
}

#[tokio::test]
async fn group_of_another_version_fails() {
    let (world, _viewer) = stopped().await;
    let segment = files(&world, ".log").remove(0);
    let mut bytes = fs::read(&segment).unwrap();
    let length = u32::from_le_bytes(bytes[..4].try_into().unwrap()) as usize;
    bytes[8] = 2;
    let crc = crc32fast::hash(&bytes[8..8 + length]);
    bytes[4..8].copy_from_slice(&crc.to_le_bytes());
    fs::write(&segment, &bytes).unwrap();
    assert!(reopened(&world).err().unwrap().to_string().contains("version 2"));
}

#[tokio::test]
async fn missing_segment_fails() {
    let (world, _viewer) = stopped().await;
    let segment = files(&world, ".log").remove(0);
    fs::rename(&segment, segment.with_file_name(format!("segment-{:020}.log", 7))).unwrap();
    assert!(matches!(reopened(&world), Err(OpenError::Gap { expected: 1, found: 7, .. })));
}

#[tokio::test]
async fn full_disk_releases_nothing_and_says_so() {
    let (mut world, _) = stopped().await;
    let mut config = world.config.clone();
    config.journal.dir = world.dir.path().join("full");
    let (paywall, _) = Paywall::open_with(config.clone(), NOW, full_after(2_000)).unwrap();
    paywall.stream(terms(STREAM));
    paywall.block(BEST, NOW, Seen::Best);
    world.paywall = paywall;
    world.config = config;

    let mut viewer = world.watching(1).await;
    let mut released = 0;
    let failed = loop {
        match viewer.pay(&world, released + 2, u64::from(released), 1).await {
            Ok(_) => released += 2,
            Err(error) => break error,
        }
    };
    assert!(matches!(failed, PayError::Unavailable(Unavailable::Degraded { .. })), "{failed}");
    assert!(world.paywall.degraded().is_some());
    assert!(matches!(world.paywall.alarms(NOW)[0], Alarm::Degraded(_)));
    let again = viewer.pay(&world, 0, 0, 1).await;
    assert!(matches!(again, Err(PayError::Unavailable(_))), "not even what was bought: {again:?}");
    assert!(matches!(world.offer(&Viewer::new(2)).await, Err(OfferError::Unavailable(_))));
    assert!(world.paywall.flush().await.is_err());
    assert_eq!(world.paywall.claim_of(&viewer.id).unwrap().ticks, released + 2, "what was revealed is still settled");

    let world = world.restart();
    assert!(released > 0);
    assert_eq!(world.status(&viewer).ticks_owed, released, "exactly what was released");
    viewer.pay(&world, released + 2, u64::from(released), 1).await.unwrap();
}

#[tokio::test]
async fn nothing_is_released_before_it_is_on_the_disk() {
    let dir = tempfile::tempdir().unwrap();
    let config = config(&dir);
    let may_sync = Arc::new(AtomicBool::new(true));
    let (gate, real) = (may_sync.clone(), crate::journal::Dir::real_files());
    let create: CreateFile =
        Arc::new(move |path| Ok(Box::new(Slow { file: real(path)?, may_sync: gate.clone() }) as Box<dyn LogFile>));
    let (paywall, _) = Paywall::open_with(config.clone(), NOW, create).unwrap();
    paywall.stream(terms(STREAM));
    paywall.block(BEST, NOW, Seen::Best);
    let world = World { dir, paywall, config };
    let mut viewer = world.watching(1).await;
    viewer.pay(&world, 2, 1, 1).await.unwrap();
    world.paywall.flush().await.unwrap();

    let gate = Shut(may_sync);
    gate.0.store(false, Ordering::SeqCst);
    let request = |tick| PayRequest { tick, stream: STREAM, wanted: range(2, 1), costs: &[2] };
    let (first, again) = (viewer.tick(4), viewer.tick(0));
    let mut paying = std::pin::pin!(world.paywall.pay(request(first)));
    let mut repeating = std::pin::pin!(world.paywall.pay(request(again)));
    for _ in 0..100 {
        assert!(futures_now(paying.as_mut()).is_none(), "a payment is released before its fsync");
        assert!(futures_now(repeating.as_mut()).is_none(), "a repeated key overtakes its payment");
        std::thread::yield_now();
    }
    drop(gate);
    assert_eq!(paying.await.unwrap().ticks_charged, 2);
    assert_eq!(repeating.await.unwrap().ticks_charged, 0);
}

/// What a future says when asked once.
fn futures_now<F: Future>(future: std::pin::Pin<&mut F>) -> Option<F::Output> {
    match future.poll(&mut std::task::Context::from_waker(std::task::Waker::noop())) {
        std::task::Poll::Ready(output) => Some(output),
        std::task::Poll::Pending => None,
    }
}

#[tokio::test]
async fn compaction_keeps_everything_and_removes_old_files() {
    let world = World::with(|config| config.journal.compact_at_bytes = 4_000);
    let mut viewers = Vec::new();
    for seed in 1..=4 {
        viewers.push(world.watching(seed).await);
    }
    for tick in 1..=100 {
        for viewer in &mut viewers {
            viewer.pay(&world, tick * 2, u64::from(tick), 1).await.unwrap();
        }
    }
    let statuses: Vec<_> = viewers.iter().map(|viewer| world.status(viewer)).collect();
    let world = world.restart();
    assert!(files(&world, ".snap").len() == 1, "{:?}", files(&world, ".snap"));
    assert!(files(&world, ".log").len() <= 2, "{:?}", files(&world, ".log"));
    assert!(files(&world, ".tmp").is_empty());
    for (viewer, before) in viewers.iter_mut().zip(statuses) {
        assert_eq!(world.status(viewer), before);
        assert_eq!(viewer.pay(&world, 0, 1, 50).await.unwrap().ticks_charged, 0);
    }
}

#[tokio::test]
async fn damaged_snapshot_fails() {
    let world = World::with(|config| config.journal.compact_at_bytes = 1_000);
    let mut viewer = world.watching(1).await;
    for tick in 1..=50 {
        viewer.pay(&world, tick * 2, u64::from(tick), 1).await.unwrap();
    }
    let world = world.restart();
    let snapshot = files(&world, ".snap").remove(0);
    let World { dir, paywall, config } = world;
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
async fn half_written_snapshot_is_ignored() {
    let (world, viewer) = stopped().await;
    let rest = world.config.journal.dir.join("snapshot-00000000000000000009.tmp");
    fs::write(&rest, b"half").unwrap();
    let (paywall, _) = reopened(&world).unwrap();
    assert_eq!(paywall.status(&viewer.id).unwrap().ticks_paid, 40);
    assert!(!rest.exists());
}

#[tokio::test]
async fn queue_that_is_full_refuses() {
    let world = World::with(|config| config.journal.max_pending_bytes = 1);
    let refused = world.offer(&Viewer::new(1)).await;
    assert!(matches!(refused, Err(OfferError::Unavailable(Unavailable::Overloaded { .. }))), "{refused:?}");
    assert_eq!(world.paywall.sessions(), 0);
}

#[test]
fn configuration_that_makes_no_sense_fails() {
    let dir = tempfile::tempdir().unwrap();
    let wrongs: [fn(&mut Config); 5] = [
        |config| config.credit_ticks = 31,
        |config| config.max_sessions = 0,
        |config| config.min_ticket_blocks = 3_600,
        |config| config.urgent_blocks = 601,
        |config| config.journal.max_pending_bytes = 1 << 30,
    ];
    for wrong in wrongs {
        let mut config = config(&dir);
        wrong(&mut config);
        assert!(matches!(Paywall::open(config, NOW), Err(OpenError::Config(_))));
    }
}
