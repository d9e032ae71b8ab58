//! The queue of records and the thread that writes them.

use super::{
    files::{Dir, LogFile},
    frame::{seal, FRAME_HEADER_BYTES},
    record::{Lsn, Record},
};
use crate::{config::JournalConfig, counters::Counters, error::Unavailable};
use codec::Encode;
use parking_lot::{Condvar, Mutex};
use std::{
    io,
    sync::{
        atomic::{AtomicBool, AtomicU64, AtomicU8, Ordering},
        mpsc::SyncSender,
        Arc,
    },
    thread::JoinHandle,
    time::Instant,
};
use tokio::sync::Notify;

const WAITING: u8 = 0;
const DURABLE: u8 = 1;
const FAILED: u8 = 2;

/// Records that share an fsync. One allocation for all tasks that wait for it.
#[derive(Default)]
struct Group {
    state: AtomicU8,
    done: Notify,
}

impl Group {
    /// Sets the final state, once: what is on the disk stays there, whatever fails later.
    fn finish(&self, state: u8) {
        let _ = self.state.compare_exchange(WAITING, state, Ordering::AcqRel, Ordering::Acquire);
        self.done.notify_waiters();
    }
}

/// Receipt for a queued record.
pub(crate) struct Receipt {
    pub lsn: Lsn,
    /// None if the record is on the disk already.
    group: Option<Arc<Group>>,
    shared: Arc<Shared>,
}

impl Receipt {
    /// Returns when the record is on the disk.
    ///
    /// # Errors
    ///
    /// [`Unavailable::Degraded`] if it could not be written.
    pub async fn durable(self) -> Result<(), Unavailable> {
        let Some(group) = self.group else { return Ok(()) };
        // Created before the state is read, so that a wake-up in between is not lost.
        let done = group.done.notified();
        if group.state.load(Ordering::Acquire) == WAITING {
            done.await;
        }
        match group.state.load(Ordering::Acquire) {
            DURABLE => Ok(()),
            _ => Err(self.shared.degraded()),
        }
    }
}

struct Queue {
    /// The next frame: [`FRAME_HEADER_BYTES`] unused bytes, then records.
    frame: Vec<u8>,
    records: u32,
    /// Number of the next record.
    next: Lsn,
    group: Arc<Group>,
    /// The group that is being written.
    in_flight: Option<Arc<Group>>,
    is_closing: bool,
}

struct Shared {
    queue: Mutex<Queue>,
    /// Notified when there is something to write.
    wake: Condvar,
    /// Notified when a group is written, or the writer has failed.
    written: Condvar,
    /// Number of the last record that is on the disk.
    durable: AtomicU64,
    failure: Mutex<Option<String>>,
    is_degraded: AtomicBool,
    max_pending_bytes: usize,
    counters: Arc<Counters>,
}

impl Shared {
    fn degraded(&self) -> Unavailable {
        Unavailable::Degraded { reason: self.failure.lock().clone().unwrap_or_else(|| "it was closed".into()) }
    }
}

/// A full segment: a snapshot may replace all records before `next`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sealed {
    pub next: Lsn,
}

/// The journal of a running paywall.
pub(crate) struct Journal {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Journal {
    /// Starts the writer at `position`. Full segments are sent to `sealed`.
    pub fn start(
        dir: Dir,
        config: &JournalConfig,
        position: Position,
        counters: Arc<Counters>,
        sealed: SyncSender<Sealed>,
        compact_at: Arc<AtomicU64>,
    ) -> io::Result<Self> {
        let queue = Queue {
            frame: vec![0; FRAME_HEADER_BYTES],
            records: 0,
            next: position.next,
            group: Arc::default(),
            in_flight: None,
            is_closing: false,
        };
        let shared = Arc::new(Shared {
            queue: Mutex::new(queue),
            wake: Condvar::new(),
            written: Condvar::new(),
            durable: AtomicU64::new(position.next - 1),
            failure: Mutex::new(None),
            is_degraded: AtomicBool::new(false),
            max_pending_bytes: config.max_pending_bytes,
            counters,
        });
        let writer =
            Writer { shared: shared.clone(), dir, file: position.file, bytes: position.bytes, sealed, compact_at };
        let thread = std::thread::Builder::new().name("paywall-journal".into()).spawn(move || writer.run())?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// Queues a record, without waiting for the disk: [`Receipt::durable`] waits.
    ///
    /// # Errors
    ///
    /// [`Unavailable::Overloaded`] if too many bytes are queued, [`Unavailable::Degraded`] if the writer has failed.
    pub fn append(&self, record: &Record) -> Result<Receipt, Unavailable> {
        if self.is_degraded() {
            return Err(self.shared.degraded());
        }
        let mut queue = self.shared.queue.lock();
        if queue.frame.len() >= self.shared.max_pending_bytes {
            return Err(Unavailable::Overloaded { bytes: queue.frame.len() });
        }
        record.encode_to(&mut queue.frame);
        let lsn = queue.next;
        queue.next += 1;
        queue.records += 1;
        let receipt = self.receipt(lsn, Some(queue.group.clone()));
        let is_first = queue.records == 1;
        drop(queue);
        if is_first {
            self.shared.wake.notify_one();
        }
        Ok(receipt)
    }

    /// Returns a receipt for record `lsn`, which was queued earlier: a repeated key must not overtake its first
    /// payment.
    pub fn wait_for(&self, lsn: Lsn) -> Result<Receipt, Unavailable> {
        if self.is_degraded() {
            return Err(self.shared.degraded());
        }
        if lsn <= self.shared.durable.load(Ordering::Acquire) {
            return Ok(self.receipt(lsn, None));
        }
        let queue = self.shared.queue.lock();
        let is_queued = lsn >= queue.next - u64::from(queue.records);
        let group = if is_queued { Some(queue.group.clone()) } else { queue.in_flight.clone() };
        drop(queue);
        if group.is_none() && lsn > self.shared.durable.load(Ordering::Acquire) {
            return Err(self.shared.degraded());
        }
        Ok(self.receipt(lsn, group))
    }

    /// Returns a receipt for the last record queued.
    pub fn wait_for_all(&self) -> Result<Receipt, Unavailable> {
        let last = self.shared.queue.lock().next - 1;
        self.wait_for(last)
    }

    /// Returns a handle to wait for records from a thread.
    pub fn watcher(&self) -> Watcher {
        Watcher(self.shared.clone())
    }

    fn receipt(&self, lsn: Lsn, group: Option<Arc<Group>>) -> Receipt {
        Receipt { lsn, group, shared: self.shared.clone() }
    }

    /// Returns whether the writer has ended, so that nothing can be written any more.
    pub fn is_degraded(&self) -> bool {
        self.shared.is_degraded.load(Ordering::Acquire)
    }

    /// Returns why the writer has failed.
    pub fn failure(&self) -> Option<String> {
        self.shared.failure.lock().clone()
    }
}

impl Drop for Journal {
    /// Writes what is queued, and ends the writer.
    fn drop(&mut self) {
        self.shared.queue.lock().is_closing = true;
        self.shared.wake.notify_one();
        if let Some(thread) = self.thread.take() {
            // A panic of the writer was reported by its own thread, and everything that waited for it has failed.
            let _ = thread.join();
        }
    }
}

/// Handle to wait for records from a thread.
pub(crate) struct Watcher(Arc<Shared>);

impl Watcher {
    /// Blocks until record `lsn` is on the disk.
    ///
    /// # Errors
    ///
    /// [`Unavailable::Degraded`] if it could not be written.
    pub fn block_until(&self, lsn: Lsn) -> Result<(), Unavailable> {
        let mut queue = self.0.queue.lock();
        while self.0.durable.load(Ordering::Acquire) < lsn {
            if self.0.is_degraded.load(Ordering::Acquire) {
                return Err(self.0.degraded());
            }
            self.0.written.wait(&mut queue);
        }
        Ok(())
    }
}

/// The position at which the journal continues.
pub(crate) struct Position {
    /// The last segment.
    pub file: Box<dyn LogFile>,
    /// Bytes in the last segment.
    pub bytes: u64,
    /// Number of the next record.
    pub next: Lsn,
}

struct Writer {
    shared: Arc<Shared>,
    dir: Dir,
    file: Box<dyn LogFile>,
    bytes: u64,
    sealed: SyncSender<Sealed>,
    compact_at: Arc<AtomicU64>,
}

/// A group to write.
struct Batch {
    frame: Vec<u8>,
    first: Lsn,
    records: u32,
    group: Arc<Group>,
}

impl Writer {
    fn run(mut self) {
        if let Err(error) = self.write_until_closed() {
            *self.shared.failure.lock() = Some(error.to_string());
        }
    }

    fn write_until_closed(&mut self) -> io::Result<()> {
        let mut spare = Vec::new();
        while let Some(mut batch) = self.take(spare) {
            self.write(&mut batch)?;
            self.rotate_if_full(batch.first + u64::from(batch.records))?;
            spare = batch.frame;
        }
        Ok(())
    }

    /// Waits for the next group. Returns none when the journal is closed and everything is written.
    fn take(&self, mut spare: Vec<u8>) -> Option<Batch> {
        spare.clear();
        spare.resize(FRAME_HEADER_BYTES, 0);
        let mut queue = self.shared.queue.lock();
        queue.in_flight = None;
        self.shared.written.notify_all();
        while queue.records == 0 {
            if queue.is_closing {
                return None;
            }
            self.shared.wake.wait(&mut queue);
        }
        let group = std::mem::take(&mut queue.group);
        queue.in_flight = Some(group.clone());
        let records = std::mem::take(&mut queue.records);
        let frame = std::mem::replace(&mut queue.frame, spare);
        Some(Batch { frame, first: queue.next - u64::from(records), records, group })
    }

    fn write(&mut self, batch: &mut Batch) -> io::Result<()> {
        let started = Instant::now();
        seal(&mut batch.frame, batch.first, batch.records);
        self.file.append(&batch.frame)?;
        self.file.sync()?;
        self.bytes += batch.frame.len() as u64;
        self.shared.durable.store(batch.first + u64::from(batch.records) - 1, Ordering::Release);
        batch.group.finish(DURABLE);
        let counters = &self.shared.counters;
        counters.journal_groups.increment();
        counters.journal_records.add(u64::from(batch.records));
        counters.journal_bytes.add(batch.frame.len() as u64);
        counters.journal_us.add(started.elapsed().as_micros() as u64);
        Ok(())
    }

    /// Starts a new segment if this one is full. Its name has to be on the disk before its content can be relied on.
    fn rotate_if_full(&mut self, next: Lsn) -> io::Result<()> {
        if self.bytes < self.compact_at.load(Ordering::Relaxed) {
            return Ok(());
        }
        // The compactor is still busy with the segment before, so this one grows.
        if self.sealed.try_send(Sealed { next }).is_err() {
            return Ok(());
        }
        self.file = self.dir.append_to(&self.dir.segment(next))?;
        self.dir.sync()?;
        self.bytes = 0;
        Ok(())
    }
}

impl Drop for Writer {
    /// Fails everything that waits and everything that comes later, even after a panic. After a failed fsync it is
    /// unknown what is on the disk, so nothing is written again until a restart has read it.
    fn drop(&mut self) {
        let mut queue = self.shared.queue.lock();
        self.shared.is_degraded.store(true, Ordering::Release);
        if let Some(group) = queue.in_flight.take() {
            group.finish(FAILED);
        }
        queue.group.finish(FAILED);
        self.shared.written.notify_all();
    }
}
