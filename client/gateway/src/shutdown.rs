//! Ending well: no new sessions, claims flushed, exit 0.

use tokio::sync::watch;

/// Told to everything that runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Phase {
    /// As usual.
    Serving,
    /// Nothing new is taken; what is there is brought to an end.
    Draining,
}

/// Knows when to end.
#[derive(Clone)]
pub struct Shutdown(watch::Receiver<Phase>);

/// Says when to end.
pub struct ShutdownHandle(watch::Sender<Phase>);

/// A pair of both.
pub fn channel() -> (ShutdownHandle, Shutdown) {
    let (sender, receiver) = watch::channel(Phase::Serving);
    (ShutdownHandle(sender), Shutdown(receiver))
}

impl ShutdownHandle {
    /// From now on everything comes to an end.
    pub fn begin(&self) {
        self.0.send_replace(Phase::Draining);
    }
}

impl Shutdown {
    /// Whether it has begun.
    pub fn has_begun(&self) -> bool {
        *self.0.borrow() == Phase::Draining
    }

    /// Waits until it begins. Whoever could begin it and is gone counts as having done so.
    pub async fn begun(&self) {
        let mut receiver = self.0.clone();
        let _ = receiver.wait_for(|phase| *phase == Phase::Draining).await;
    }
}

/// Waits for SIGTERM or Ctrl-C.
pub async fn signal() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{signal, SignalKind};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            result = tokio::signal::ctrl_c() => result,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}
