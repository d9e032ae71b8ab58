//! Push messages and mail on their way: a bounded queue, some at a time, with retries.

use super::{
    mail::{Letter, Mailer},
    push::{Attempt, Pusher},
};
use crate::lifetime::Lifetime;
use std::{sync::Arc, time::Duration};
use tokio::sync::{mpsc, Semaphore};
use vilokanam_indexer::{people::PushRow, Store};

/// Messages and mails that wait. More are dropped.
const MAX_WAITING: usize = 16_384;
/// Push messages at a time.
const MAX_PUSHES: usize = 128;
/// Mails at a time: servers accept few connections.
const MAX_MAILS: usize = 4;
/// Pauses before further attempts.
const PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(5)];

/// Something that is on its way.
#[derive(Clone, Debug)]
pub enum Delivery {
    /// A push message to a browser.
    Push(PushRow, Arc<[u8]>),
    /// A mail.
    Mail(String, Arc<Letter>),
}

/// Takes what is to be delivered.
#[derive(Clone)]
pub struct Deliveries {
    pushes: mpsc::Sender<Delivery>,
    mails: mpsc::Sender<Delivery>,
}

/// Delivers.
pub struct Deliverer {
    index: Store,
    pusher: Arc<Pusher>,
    mailer: Option<Arc<Mailer>>,
}

impl Deliveries {
    /// Starts the delivery.
    pub fn start(index: &Store, pusher: &Arc<Pusher>, mailer: Option<&Arc<Mailer>>, lifetime: &Lifetime) -> Self {
        let deliverer = Deliverer { index: index.clone(), pusher: pusher.clone(), mailer: mailer.cloned() };
        let deliverer = Arc::new(deliverer);
        let start = |at_a_time| {
            let (sender, queue) = mpsc::channel(MAX_WAITING);
            lifetime.tasks.spawn(deliverer.clone().run(queue, at_a_time, lifetime.clone()));
            sender
        };
        Self { pushes: start(MAX_PUSHES), mails: start(MAX_MAILS) }
    }

    /// Takes something that is to be delivered. Never waits.
    pub fn add(&self, delivery: Delivery) {
        let queue = match &delivery {
            Delivery::Push(..) => &self.pushes,
            Delivery::Mail(..) => &self.mails,
        };
        if let Err(error) = queue.try_send(delivery) {
            let reason = match error {
                mpsc::error::TrySendError::Full(_) => "too many wait",
                mpsc::error::TrySendError::Closed(_) => "the gateway ends",
            };
            tracing::warn!(reason, "a message to a person is dropped");
        }
    }
}

impl Deliverer {
    async fn run(self: Arc<Self>, mut queue: mpsc::Receiver<Delivery>, at_a_time: usize, lifetime: Lifetime) {
        let places = Arc::new(Semaphore::new(at_a_time));
        let Lifetime { stop, tasks, .. } = lifetime;
        let work = async {
            while let Some(delivery) = queue.recv().await {
                let Ok(place) = places.clone().acquire_owned().await else { return };
                let deliverer = self.clone();
                let delivering = async move {
                    deliverer.deliver(&delivery).await;
                    drop(place);
                };
                tasks.spawn(stop.clone().run_until_cancelled_owned(delivering));
            }
        };
        stop.run_until_cancelled(work).await;
    }

    async fn deliver(&self, delivery: &Delivery) {
        for pause in PAUSES.map(Some).into_iter().chain([None]) {
            match (self.attempt(delivery).await, pause) {
                (Attempt::Done, _) => return,
                (Attempt::Gone, _) => return self.forget(delivery).await,
                (Attempt::Later(_), Some(pause)) => tokio::time::sleep(pause).await,
                (Attempt::Refused(reason) | Attempt::Later(reason), _) => {
                    return tracing::debug!(reason, "a message to a person was not taken");
                }
            }
        }
    }

    async fn attempt(&self, delivery: &Delivery) -> Attempt {
        match (delivery, &self.mailer) {
            (Delivery::Push(to, content), _) => self.pusher.send(to, content).await,
            (Delivery::Mail(to, letter), Some(mailer)) => match mailer.send(to, letter).await {
                Ok(()) => Attempt::Done,
                Err(error) if error.is_temporary() => Attempt::Later(error.to_string()),
                Err(error) => Attempt::Refused(error.to_string()),
            },
            (Delivery::Mail(..), None) => Attempt::Refused("this gateway sends no mail".into()),
        }
    }

    /// Removes a subscription that its push service does not know any more.
    async fn forget(&self, delivery: &Delivery) {
        let Delivery::Push(to, _) = delivery else { return };
        if let Err(error) = self.index.forget_push(&to.endpoint).await {
            tracing::warn!(%error, "a push subscription that has ended was not removed");
        }
    }
}
