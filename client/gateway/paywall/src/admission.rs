//! Tickets that wait for their opens: one a viewer, few an IP prefix, and whose credit was lost before. Nothing else
//! stands between a free credit and whoever would farm it.

use crate::{config::Config, error::OfferRefusal, terms::IpPrefix};
use parking_lot::Mutex;
use std::collections::{HashMap, VecDeque};
use tick_stream_primitives::{AccountId, BlockNumber, Moment, SessionId};

/// Lost credits that are remembered; the oldest is forgotten first.
const MAX_LOST: usize = 100_000;

/// Who waits.
#[derive(Default)]
pub(crate) struct Admission(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    waiting: HashMap<SessionId, Waiting>,
    by_viewer: HashMap<AccountId, SessionId>,
    by_prefix: HashMap<IpPrefix, u32>,
    lost: VecDeque<Lost>,
    lost_by_viewer: HashMap<AccountId, u32>,
}

/// A ticket without an open.
struct Waiting {
    viewer: AccountId,
    /// None after a restart.
    prefix: Option<IpPrefix>,
    expires_at: BlockNumber,
}

/// Credit that nobody will pay, remembered until `until_ms`. Its prefix's slot stays taken as long.
struct Lost {
    until_ms: Moment,
    viewer: AccountId,
    prefix: Option<IpPrefix>,
}

/// A ticket that would like to wait.
pub(crate) struct Candidate<'a> {
    pub id: SessionId,
    pub viewer: &'a AccountId,
    pub prefix: IpPrefix,
    pub expires_at: BlockNumber,
    pub now_ms: Moment,
    /// A ticket of the same viewer that may be replaced, since nothing was bought with it.
    pub replaces: Option<SessionId>,
}

impl Admission {
    /// The viewer's ticket that waits already.
    pub fn waiting_of(&self, viewer: &AccountId) -> Option<SessionId> {
        self.0.lock().by_viewer.get(viewer).copied()
    }

    /// Whether the ticket may wait. Changes nothing.
    pub fn check(&self, candidate: &Candidate<'_>, config: &Config) -> Result<(), OfferRefusal> {
        self.0.lock().check(candidate, config)
    }

    /// Lets the ticket wait, in the place of the one it replaces. Returns the credit it gets.
    pub fn admit(&self, candidate: &Candidate<'_>, config: &Config) -> Result<u32, OfferRefusal> {
        let mut inner = self.0.lock();
        inner.check(candidate, config)?;
        if let Some(replaced) = candidate.replaces {
            inner.leave(&replaced);
        }
        inner.join(candidate.id, candidate.viewer.clone(), Some(candidate.prefix), candidate.expires_at);
        Ok(if inner.lost_by_viewer.contains_key(candidate.viewer) { 0 } else { config.credit_ticks })
    }

    /// A ticket waits whatever the limits say: after a restart, or because its open was undone.
    pub fn wait_again(&self, id: SessionId, viewer: AccountId, expires_at: BlockNumber) {
        self.0.lock().join(id, viewer, None, expires_at);
    }

    /// The ticket waits no longer, and nothing is lost.
    pub fn leave(&self, id: &SessionId) {
        self.0.lock().leave(id);
    }

    /// The ticket died after it had bought.
    pub fn lose(&self, id: &SessionId, viewer: &AccountId, now_ms: Moment, config: &Config) {
        let mut inner = self.0.lock();
        let prefix = inner.leave(id);
        inner.forget(now_ms);
        inner.remember(Lost {
            until_ms: now_ms.saturating_add(config.credit_memory_ms),
            viewer: viewer.clone(),
            prefix,
        });
    }

    /// Those whose last block is below `finalized`: they will never be opened.
    pub fn expired(&self, finalized: BlockNumber) -> Vec<SessionId> {
        let inner = self.0.lock();
        inner.waiting.iter().filter(|(_, waiting)| waiting.expires_at < finalized).map(|(id, _)| *id).collect()
    }

    /// All that wait.
    pub fn waiting(&self) -> Vec<SessionId> {
        self.0.lock().waiting.keys().copied().collect()
    }
}

impl Inner {
    fn check(&mut self, candidate: &Candidate<'_>, config: &Config) -> Result<(), OfferRefusal> {
        self.forget(candidate.now_ms);
        if let Some(session) = self.by_viewer.get(candidate.viewer).filter(|id| Some(**id) != candidate.replaces) {
            return Err(OfferRefusal::TicketPending { session: *session });
        }
        let frees_slot = candidate.replaces.and_then(|id| self.waiting.get(&id)?.prefix) == Some(candidate.prefix);
        let taken = self.by_prefix.get(&candidate.prefix).copied().unwrap_or(0) - u32::from(frees_slot);
        if taken >= config.unopened_per_prefix {
            return Err(OfferRefusal::TooManyUnopened { max_unopened: config.unopened_per_prefix });
        }
        Ok(())
    }

    fn join(&mut self, id: SessionId, viewer: AccountId, prefix: Option<IpPrefix>, expires_at: BlockNumber) {
        self.leave(&id);
        if let Some(prefix) = prefix {
            *self.by_prefix.entry(prefix).or_default() += 1;
        }
        self.by_viewer.insert(viewer.clone(), id);
        self.waiting.insert(id, Waiting { viewer, prefix, expires_at });
    }

    fn leave(&mut self, id: &SessionId) -> Option<IpPrefix> {
        let waiting = self.waiting.remove(id)?;
        if self.by_viewer.get(&waiting.viewer) == Some(id) {
            self.by_viewer.remove(&waiting.viewer);
        }
        release(&mut self.by_prefix, waiting.prefix);
        waiting.prefix
    }

    fn remember(&mut self, lost: Lost) {
        if let Some(prefix) = lost.prefix {
            *self.by_prefix.entry(prefix).or_default() += 1;
        }
        *self.lost_by_viewer.entry(lost.viewer.clone()).or_default() += 1;
        self.lost.push_back(lost);
        if self.lost.len() > MAX_LOST {
            self.forget_first();
        }
    }

    fn forget(&mut self, now_ms: Moment) {
        while self.lost.front().is_some_and(|lost| lost.until_ms <= now_ms) {
            self.forget_first();
        }
    }

    fn forget_first(&mut self) {
        if let Some(lost) = self.lost.pop_front() {
            release(&mut self.by_prefix, lost.prefix);
            release(&mut self.lost_by_viewer, Some(lost.viewer));
        }
    }
}

/// Takes one off a count, and the entry with the last one.
fn release<K: Eq + std::hash::Hash>(counts: &mut HashMap<K, u32>, key: Option<K>) {
    let Some(key) = key else { return };
    if let std::collections::hash_map::Entry::Occupied(mut count) = counts.entry(key) {
        *count.get_mut() = count.get().saturating_sub(1);
        if *count.get() == 0 {
            count.remove();
        }
    }
}
