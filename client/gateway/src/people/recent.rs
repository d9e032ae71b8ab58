//! Answers that are made once, and given to everyone for a short time.

use lru::LruCache;
use parking_lot::Mutex;
use std::{
    future::Future,
    hash::Hash,
    num::NonZeroUsize,
    sync::Arc,
    time::{Duration, Instant},
};

/// Answers by question. They are made one at a time, so that many who ask the same cost no more than one.
pub struct Recent<K: Hash + Eq, V> {
    kept_for: Duration,
    known: Mutex<LruCache<K, (Instant, Arc<V>)>>,
    turn: tokio::sync::Mutex<()>,
}

impl<K: Hash + Eq, V> Recent<K, V> {
    /// Keeps up to `max` answers, each for this time.
    pub fn new(max: NonZeroUsize, kept_for: Duration) -> Self {
        Self { kept_for, known: Mutex::new(LruCache::new(max)), turn: tokio::sync::Mutex::default() }
    }

    /// Returns the answer that is kept, or makes it.
    ///
    /// # Errors
    ///
    /// It cannot be made; nothing is kept then.
    pub async fn get_or<E, F>(&self, question: K, make: impl FnOnce() -> F) -> Result<Arc<V>, E>
    where
        F: Future<Output = Result<V, E>>,
    {
        if let Some(answer) = self.kept(&question) {
            return Ok(answer);
        }
        let _turn = self.turn.lock().await;
        if let Some(answer) = self.kept(&question) {
            return Ok(answer);
        }
        let answer = Arc::new(make().await?);
        self.known.lock().put(question, (Instant::now(), answer.clone()));
        Ok(answer)
    }

    fn kept(&self, question: &K) -> Option<Arc<V>> {
        let mut known = self.known.lock();
        let (made, answer) = known.get(question)?;
        (made.elapsed() < self.kept_for).then(|| answer.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn answer_is_made_once_and_failures_are_not_kept() {
        let recent: Recent<u8, u8> = Recent::new(NonZeroUsize::MIN, Duration::from_secs(3_600));
        assert_eq!(recent.get_or(1, || async { Err("broken") }).await, Err("broken"));
        assert_eq!(*recent.get_or(1, || async { Ok::<_, &str>(5) }).await.unwrap(), 5);
        assert_eq!(*recent.get_or(1, || async { Ok::<_, &str>(6) }).await.unwrap(), 5, "it is kept");
        assert_eq!(*recent.get_or(2, || async { Ok::<_, &str>(7) }).await.unwrap(), 7, "another question");
        assert_eq!(*recent.get_or(1, || async { Ok::<_, &str>(8) }).await.unwrap(), 8, "there is room for one");
    }

    #[tokio::test]
    async fn old_answer_is_made_again() {
        let recent: Recent<u8, u8> = Recent::new(NonZeroUsize::MIN, Duration::ZERO);
        for answer in [1, 2] {
            assert_eq!(*recent.get_or(1, || async move { Ok::<_, &str>(answer) }).await.unwrap(), answer);
        }
    }
}
