//! Tasks that have to be waited for at the end: each holds one end of a channel, and when nobody holds one, all are over.

use parking_lot::Mutex;
use std::future::Future;
use tokio::sync::watch;

/// Tasks of an ingest.
#[derive(Debug)]
pub(crate) struct Tasks {
    /// Taken away when it closes; those that run by then have ends of their own.
    end: Mutex<Option<watch::Receiver<()>>>,
    all: watch::Sender<()>,
}

impl Tasks {
    pub fn new() -> Self {
        let (all, end) = watch::channel(());
        Self { end: Mutex::new(Some(end)), all }
    }

    /// Runs it. After [`Self::close`] nothing is run any more.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let Some(end) = self.end.lock().clone() else { return };
        tokio::spawn(async move {
            task.await;
            drop(end);
        });
    }

    /// Takes no more.
    pub fn close(&self) {
        self.end.lock().take();
    }

    /// Until all are over. To be called after [`Self::close`].
    pub async fn wait(&self) {
        self.all.closed().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::oneshot;

    #[tokio::test]
    async fn wait_works() {
        let tasks = Tasks::new();
        let (done, told) = oneshot::channel::<()>();
        tasks.spawn(async move { told.await.unwrap() });
        tasks.close();
        tokio::select! {
            biased;
            () = tasks.wait() => panic!("one still runs"),
            () = tokio::task::yield_now() => {}
        }
        done.send(()).unwrap();
        tasks.wait().await;
    }

    #[tokio::test]
    async fn spawn_after_close_fails() {
        let tasks = Tasks::new();
        tasks.close();
        let (sender, heard) = oneshot::channel::<()>();
        tasks.spawn(async move { sender.send(()).unwrap() });
        assert!(heard.await.is_err(), "it was dropped unrun");
        tasks.wait().await;
    }
}
