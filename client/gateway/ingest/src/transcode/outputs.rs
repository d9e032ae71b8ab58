//! Outputs of ffmpeg: each is read from its unix socket and becomes events.

use super::{
    jpeg::JpegSplitter,
    output::{socket, Output},
};
use crate::broadcast::{BroadcastEvent, MAX_EVENT_BYTES};
use bytes::BytesMut;
use std::{
    io,
    path::Path,
    sync::{
        atomic::{AtomicU64, Ordering},
        Arc,
    },
    time::Duration,
};
use tokio::{io::AsyncReadExt, net::UnixListener, sync::mpsc, task::JoinSet, time::Instant};

/// Readers of the outputs of one ffmpeg. Dropping it ends them.
#[derive(Debug)]
pub(super) struct Outputs {
    tasks: JoinSet<()>,
    /// Number of bytes of renditions so far.
    sent: Arc<AtomicU64>,
}

impl Outputs {
    /// Listens on a socket for each output. Must be called before ffmpeg is started.
    pub fn listen(outputs: Vec<Output>, directory: &Path, events: &mpsc::Sender<BroadcastEvent>) -> io::Result<Self> {
        let sent = Arc::new(AtomicU64::new(0));
        let mut tasks = JoinSet::new();
        for output in outputs {
            let listener = UnixListener::bind(socket(directory, &output))?;
            tasks.spawn(read(listener, output, events.clone(), sent.clone()));
        }
        Ok(Self { tasks, sent })
    }

    pub fn sent_bytes(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Waits until everything that ffmpeg has written is passed on. Must be called after ffmpeg has ended, so that its
    /// sockets are closed. Without `connected_all` the readers are ended, because some may wait for a connection.
    pub async fn finish(&mut self, connected_all: bool) {
        if !connected_all {
            self.tasks.abort_all();
        }
        while self.tasks.join_next().await.is_some() {}
    }
}

/// Reads the only connection to a socket until it is closed.
async fn read(listener: UnixListener, output: Output, events: mpsc::Sender<BroadcastEvent>, sent: Arc<AtomicU64>) {
    let Ok((mut socket, _)) = listener.accept().await else { return };
    drop(listener);
    let mut thumbnails = JpegSplitter::default();
    let mut taken_at: Option<Instant> = None;
    let mut buffer = BytesMut::new();
    loop {
        buffer.reserve(MAX_EVENT_BYTES);
        let mut window = (&mut socket).take(MAX_EVENT_BYTES as u64);
        match window.read_buf(&mut buffer).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        let bytes = buffer.split().freeze();
        let found = match &output {
            Output::Rendition(rendition) => {
                sent.fetch_add(bytes.len() as u64, Ordering::Relaxed);
                vec![BroadcastEvent::Bytes { rendition: rendition.id, bytes }]
            }
            Output::Audio(rendition, _) => vec![BroadcastEvent::Bytes { rendition: *rendition, bytes }],
            Output::Preview(_) => vec![BroadcastEvent::Preview { bytes }],
            Output::Thumbnail(still) => {
                let mut found = thumbnails.push(&bytes);
                if still.is_frequent {
                    found.retain(|_| take_still(&mut taken_at, Duration::from_secs(still.interval_s.into())));
                }
                found.into_iter().map(|jpeg| BroadcastEvent::Thumbnail { jpeg }).collect()
            }
        };
        for event in found {
            if events.send(event).await.is_err() {
                return;
            }
        }
    }
}

/// Whether a still is taken: the first one, and one in each interval.
fn take_still(taken_at: &mut Option<Instant>, interval: Duration) -> bool {
    let is_due = taken_at.is_none_or(|taken_at| taken_at.elapsed() >= interval);
    if is_due {
        *taken_at = Some(Instant::now());
    }
    is_due
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn one_still_is_taken_in_an_interval() {
        let mut taken_at = None;
        let mut taken = Vec::new();
        for half_second in 0..50 {
            if take_still(&mut taken_at, Duration::from_secs(10)) {
                taken.push(half_second);
            }
            tokio::time::advance(Duration::from_millis(500)).await;
        }
        assert_eq!(taken, [0, 20, 40]);
    }
}
