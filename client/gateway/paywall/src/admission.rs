//! Limits on the credit that is given before an opening is in a block: one unopened ticket per viewer, few per IP
//! prefix, and no credit for a viewer whose earlier credit was lost.

use crate::{config::Config, error::OfferRefusal, terms::IpPrefix};
use parking_lot::Mutex;
use std::collections::{HashMap, VecDeque};
use tick_stream_primitives::{AccountId, BlockNumber, Moment, SessionId};

/// Largest number of lost credits remembered. A full list drops the oldest.
const MAX_LOST: usize = 100_000;

/// Unopened tickets and lost credits.
#[derive(Default)]
pub(crate) struct Admission(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    unopened: HashMap<SessionId, Unopened>,
    by_viewer: HashMap<AccountId, SessionId>,
    /// Slots in use: unopened tickets and lost credits.
    by_prefix: HashMap<IpPrefix, u32>,
    lost: VecDeque<LostCredit>,
    lost_by_viewer: HashMap<AccountId, u32>,
}

/// A ticket whose opening is in no block.
struct Unopened {
    viewer: AccountId,
    /// Unknown after a restart or a reorganisation.
    prefix: Option<IpPrefix>,
    expires_at: BlockNumber,
}

/// Credit that will never be settled. Until `until_ms` its viewer gets no credit, and it takes a slot of its prefix.
struct LostCredit {
    until_ms: Moment,
    viewer: AccountId,
    prefix: Option<IpPrefix>,
}

/// A ticket to be admitted.
pub(crate) struct Candidate<'a> {
    pub id: SessionId,
    pub viewer: &'a AccountId,
    pub prefix: IpPrefix,
    pub expires_at: BlockNumber,
    pub now_ms: Moment,
    /// An unopened ticket of the same viewer that this one may replace, since nothing was bought with it.
    pub replaces: Option<SessionId>,
}

impl Admission {
    /// Returns the viewer's unopened ticket.
    pub fn unopened_of(&self, viewer: &AccountId) -> Option<SessionId> {
        self.0.lock().by_viewer.get(viewer).copied()
    }

    /// Checks that the ticket is within the limits, without admitting it.
    pub fn check(&self, candidate: &Candidate<'_>, config: &Config) -> Result<(), OfferRefusal> {
        self.0.lock().check(candidate, config)
    }

    /// Admits the ticket, in the place of the one that it replaces. Returns its credit in ticks.
    pub fn admit(&self, candidate: &Candidate<'_>, config: &Config) -> Result<u32, OfferRefusal> {
        let mut inner = self.0.lock();
        inner.check(candidate, config)?;
        if let Some(replaced) = candidate.replaces {
            inner.remove(&replaced);
        }
        inner.add(candidate.id, candidate.viewer.clone(), Some(candidate.prefix), candidate.expires_at);
        Ok(if inner.lost_by_viewer.contains_key(candidate.viewer) { 0 } else { config.credit_ticks })
    }

    /// Admits a ticket regardless of the limits: after a restart, or because its opening was undone.
    pub fn readmit(&self, id: SessionId, viewer: AccountId, expires_at: BlockNumber) {
        self.0.lock().add(id, viewer, None, expires_at);
    }

    /// Removes a ticket whose credit is not lost.
    pub fn remove(&self, id: &SessionId) {
        self.0.lock().remove(id);
    }

    /// Removes a ticket whose credit is lost.
    pub fn remove_as_lost(&self, id: &SessionId, viewer: &AccountId, now_ms: Moment, config: &Config) {
        let mut inner = self.0.lock();
        let prefix = inner.remove(id);
        inner.forget_old(now_ms);
        inner.remember(LostCredit {
            until_ms: now_ms.saturating_add(config.credit_memory_ms),
            viewer: viewer.clone(),
            prefix,
        });
    }

    /// Returns the tickets whose last block is below `finalized`: they will never be opened.
    pub fn expired(&self, finalized: BlockNumber) -> Vec<SessionId> {
        let inner = self.0.lock();
        inner.unopened.iter().filter(|(_, ticket)| ticket.expires_at < finalized).map(|(id, _)| *id).collect()
    }

    /// Returns all unopened tickets.
    pub fn unopened(&self) -> Vec<SessionId> {
        self.0.lock().unopened.keys().copied().collect()
    }
}

impl Inner {
    fn check(&mut self, candidate: &Candidate<'_>, config: &Config) -> Result<(), OfferRefusal> {
        self.forget_old(candidate.now_ms);
        if let Some(session) = self.by_viewer.get(candidate.viewer).filter(|id| Some(**id) != candidate.replaces) {
            return Err(OfferRefusal::TicketPending { session: *session });
        }
        let frees_slot = candidate.replaces.and_then(|id| self.unopened.get(&id)?.prefix) == Some(candidate.prefix);
        let used_slots = self.by_prefix.get(&candidate.prefix).copied().unwrap_or(0) - u32::from(frees_slot);
        if used_slots >= config.unopened_per_prefix {
            return Err(OfferRefusal::TooManyUnopened { max_unopened: config.unopened_per_prefix });
        }
        Ok(())
    }

    fn add(&mut self, id: SessionId, viewer: AccountId, prefix: Option<IpPrefix>, expires_at: BlockNumber) {
        self.remove(&id);
        if let Some(prefix) = prefix {
            *self.by_prefix.entry(prefix).or_default() += 1;
        }
        self.by_viewer.insert(viewer.clone(), id);
        self.unopened.insert(id, Unopened { viewer, prefix, expires_at });
    }

    fn remove(&mut self, id: &SessionId) -> Option<IpPrefix> {
        let ticket = self.unopened.remove(id)?;
        if self.by_viewer.get(&ticket.viewer) == Some(id) {
            self.by_viewer.remove(&ticket.viewer);
        }
        decrement(&mut self.by_prefix, ticket.prefix);
        ticket.prefix
    }

    fn remember(&mut self, lost: LostCredit) {
        if let Some(prefix) = lost.prefix {
            *self.by_prefix.entry(prefix).or_default() += 1;
        }
        *self.lost_by_viewer.entry(lost.viewer.clone()).or_default() += 1;
        self.lost.push_back(lost);
        if self.lost.len() > MAX_LOST {
            self.forget_oldest();
        }
    }

    fn forget_old(&mut self, now_ms: Moment) {
        while self.lost.front().is_some_and(|lost| lost.until_ms <= now_ms) {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        if let Some(lost) = self.lost.pop_front() {
            decrement(&mut self.by_prefix, lost.prefix);
            decrement(&mut self.lost_by_viewer, Some(lost.viewer));
        }
    }
}

/// Subtracts 1 from a count, and removes the count when it is 0.
fn decrement<K: Eq + std::hash::Hash>(counts: &mut HashMap<K, u32>, key: Option<K>) {
    let Some(key) = key else { return };
    if let std::collections::hash_map::Entry::Occupied(mut count) = counts.entry(key) {
        *count.get_mut() = count.get().saturating_sub(1);
        if *count.get() == 0 {
            count.remove();
        }
    }
}
