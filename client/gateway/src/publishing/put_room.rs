//! Memory for what encoders send with HTTP PUT: one body of a stream at a time, and a budget of bytes in all.
//!
//! Bodies of encoders are held in memory until they are complete, since a segment is passed on as a whole. Without these
//! limits, one publish key would be enough to fill the memory of the gateway over many connections.

use parking_lot::Mutex;
use std::{collections::HashMap, sync::Arc};
use tick_stream_primitives::StreamId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bodies of one stream that wait for their turn: encoders send a segment and a playlist at once, some also the next ones.
const MAX_WAITING: usize = 8;

/// Why a body is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PutRefusal {
    /// Too many bodies of the stream wait.
    #[error("{} other uploads of this stream wait already", MAX_WAITING)]
    Queue,
    /// The bodies of all streams have used up the memory for them.
    #[error("the uploads of all streams have used up the gateway's memory for them")]
    Memory,
}

/// Room for the bodies of all streams.
#[derive(Debug)]
pub struct PutRoom {
    bytes: Arc<Semaphore>,
    streams: Mutex<HashMap<StreamId, Queue>>,
}

/// Bodies of one stream. The table has only streams with a body.
#[derive(Debug)]
struct Queue {
    turn: Arc<Semaphore>,
    bodies: usize,
}

impl PutRoom {
    /// Room for this number of bytes, of all streams together.
    pub fn new(bytes: usize) -> Arc<Self> {
        Arc::new(Self { bytes: Arc::new(Semaphore::new(bytes)), streams: Mutex::default() })
    }

    /// Waits until no other body of the stream is being received.
    ///
    /// # Errors
    ///
    /// [`PutRefusal::Queue`].
    pub async fn enter(self: &Arc<Self>, stream: StreamId) -> Result<Turn, PutRefusal> {
        let (place, turn) = self.queue(stream)?;
        // The semaphore is never closed.
        let turn = turn.acquire_owned().await.ok();
        Ok(Turn { held: None, _turn: turn, place })
    }

    fn queue(self: &Arc<Self>, stream: StreamId) -> Result<(Place, Arc<Semaphore>), PutRefusal> {
        let mut streams = self.streams.lock();
        let queue = streams.entry(stream).or_insert_with(|| Queue { turn: Arc::new(Semaphore::new(1)), bodies: 0 });
        if queue.bodies > MAX_WAITING {
            return Err(PutRefusal::Queue);
        }
        queue.bodies += 1;
        Ok((Place { room: self.clone(), stream }, queue.turn.clone()))
    }
}

/// A place in the queue of a stream.
#[derive(Debug)]
struct Place {
    room: Arc<PutRoom>,
    stream: StreamId,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut streams = self.room.streams.lock();
        let Some(queue) = streams.get_mut(&self.stream) else { return };
        queue.bodies -= 1;
        if queue.bodies == 0 {
            streams.remove(&self.stream);
        }
    }
}

/// The turn of a body, which ends when it is dropped. Its bytes are free again then.
#[derive(Debug)]
pub struct Turn {
    held: Option<OwnedSemaphorePermit>,
    _turn: Option<OwnedSemaphorePermit>,
    place: Place,
}

impl Turn {
    /// Takes more bytes from the budget. It does not wait: bodies that are held wait for their own rest, so waiting could
    /// last for ever.
    ///
    /// # Errors
    ///
    /// [`PutRefusal::Memory`].
    pub fn reserve(&mut self, bytes: usize) -> Result<(), PutRefusal> {
        let count = u32::try_from(bytes).map_err(|_| PutRefusal::Memory)?;
        let more = self.place.room.bytes.clone().try_acquire_many_owned(count).map_err(|_| PutRefusal::Memory)?;
        match &mut self.held {
            Some(held) => held.merge(more),
            none => *none = Some(more),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{future::Future, time::Duration};

    /// Whether a future is ready at once.
    async fn is_ready<T>(future: impl Future<Output = T>) -> bool {
        tokio::time::timeout(Duration::ZERO, future).await.is_ok()
    }

    #[tokio::test]
    async fn one_upload_of_a_stream_is_in_progress_at_a_time() {
        let room = PutRoom::new(100);
        let first = room.enter(1).await.unwrap();
        assert!(is_ready(room.enter(2)).await, "another stream does not wait");
        assert!(!is_ready(room.enter(1)).await);
        drop(first);
        assert!(is_ready(room.enter(1)).await);
        assert!(room.streams.lock().is_empty(), "streams without uploads are forgotten");
    }

    #[tokio::test]
    async fn uploads_that_wait_are_bounded() {
        let room = PutRoom::new(100);
        let first = room.enter(1).await.unwrap();
        let waiting: Vec<_> = (0..MAX_WAITING)
            .map(|_| {
                let room = room.clone();
                tokio::spawn(async move { room.enter(1).await.map(drop) })
            })
            .collect();
        while room.streams.lock()[&1].bodies <= MAX_WAITING {
            tokio::task::yield_now().await;
        }
        assert_eq!(room.enter(1).await.err(), Some(PutRefusal::Queue));
        drop(first);
        for upload in waiting {
            assert_eq!(upload.await.unwrap(), Ok(()));
        }
        assert!(room.enter(1).await.is_ok());
    }

    #[tokio::test]
    async fn bytes_of_all_streams_have_one_budget() {
        let room = PutRoom::new(100);
        let (mut one, mut two) = (room.enter(1).await.unwrap(), room.enter(2).await.unwrap());
        assert_eq!(one.reserve(60), Ok(()));
        assert_eq!(two.reserve(41), Err(PutRefusal::Memory));
        assert_eq!(two.reserve(40), Ok(()));
        assert_eq!(one.reserve(1), Err(PutRefusal::Memory));
        drop(two);
        assert_eq!(one.reserve(40), Ok(()), "an upload that ends returns its bytes");
        assert_eq!(one.reserve(usize::MAX), Err(PutRefusal::Memory));
    }
}
