//! The number of bytes that unfinished messages of all connections may have together.

use std::sync::{
    atomic::{AtomicUsize, Ordering},
    Arc,
};

/// Bytes of all connections.
#[derive(Debug)]
pub(super) struct Budget {
    max: usize,
    used: AtomicUsize,
}

impl Budget {
    /// A budget of `max` bytes, of which none is used.
    pub fn new(max: usize) -> Arc<Self> {
        Arc::new(Self { max, used: AtomicUsize::new(0) })
    }

    /// The share of a connection, which is empty at first.
    pub fn share(self: &Arc<Self>) -> Share {
        Share { budget: self.clone(), bytes: 0 }
    }
}

/// Bytes of one connection. Dropping the share returns them to the budget.
#[derive(Debug)]
pub(super) struct Share {
    budget: Arc<Budget>,
    bytes: usize,
}

impl Share {
    /// Number of bytes.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Takes more bytes from the budget. Returns false, and takes none, if it has less.
    #[must_use]
    pub fn grow(&mut self, bytes: usize) -> bool {
        let used = &self.budget.used;
        let grown = |used: usize| used.checked_add(bytes).filter(|sum| *sum <= self.budget.max);
        let is_granted = used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, grown).is_ok();
        if is_granted {
            self.bytes += bytes;
        }
        is_granted
    }

    /// Returns bytes to the budget, at most as many as the share has.
    pub fn shrink(&mut self, bytes: usize) {
        let returned = bytes.min(self.bytes);
        self.bytes -= returned;
        self.budget.used.fetch_sub(returned, Ordering::Relaxed);
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.shrink(self.bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_share_one_budget() {
        let budget = Budget::new(10);
        let (mut one, mut two) = (budget.share(), budget.share());
        assert!(one.grow(6) && two.grow(4));
        assert!(!one.grow(1), "all of it is used");
        two.shrink(1);
        assert!(one.grow(1));
        drop(one);
        assert!(two.grow(7), "a connection that ends returns its bytes");
        assert!(!two.grow(usize::MAX));
        assert_eq!(two.bytes(), 10);
    }
}
