//! Limits on the credit that is given before an opening is in a block: one unopened ticket per session key, few per IP
//! prefix, none beyond the viewer's finalized deposit, and no credit for a viewer whose earlier credit was lost.

use crate::{config::Config, error::OfferRefusal, terms::IpPrefix};
use parking_lot::Mutex;
use std::collections::{hash_map::Entry, HashMap, VecDeque};
use tick_stream_primitives::{AccountId, Balance, BlockNumber, Moment, SessionId};

/// Largest number of lost credits remembered. A full list drops the oldest.
const MAX_LOST: usize = 100_000;

/// Tickets whose openings are not final, and lost credits.
#[derive(Default)]
pub(crate) struct Admission(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    pending: HashMap<SessionId, Pending>,
    /// Tickets in no block, by viewer and session key.
    by_key: HashMap<(AccountId, AccountId), SessionId>,
    /// All pending tickets of a viewer, in the order of their acceptance.
    by_viewer: HashMap<AccountId, Vec<SessionId>>,
    /// Slots in use: unopened tickets and lost credits.
    by_prefix: HashMap<IpPrefix, u32>,
    lost: VecDeque<LostCredit>,
    lost_by_viewer: HashMap<AccountId, u32>,
}

/// A ticket whose opening is not final, as far as the limits go.
#[derive(Clone)]
pub(crate) struct Pending {
    pub viewer: AccountId,
    /// Session key, or the viewer itself.
    pub session_key: AccountId,
    pub expires_at: BlockNumber,
    /// Reserve and opening fee, in planck.
    pub required: Balance,
    /// Unknown after a restart or a reorganisation, and once the ticket is in a block.
    prefix: Option<IpPrefix>,
    /// Whether the opening is in a block of the best chain. The finalized deposit still lacks its reserve.
    is_included: bool,
}

impl Pending {
    pub fn new(viewer: AccountId, session_key: AccountId, expires_at: BlockNumber, required: Balance) -> Self {
        Self { viewer, session_key, expires_at, required, prefix: None, is_included: false }
    }
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
    pub session_key: &'a AccountId,
    pub prefix: IpPrefix,
    pub expires_at: BlockNumber,
    pub now_ms: Moment,
    /// Reserve and opening fee, in planck.
    pub required: Balance,
    /// The viewer's free deposit in the finalized block, in planck; 0 if the chain would not open the ticket there.
    pub finalized_free: Balance,
    /// An unopened ticket of the same session key that this one may replace, since nothing was bought with it.
    pub replaces: Option<SessionId>,
}

impl Admission {
    /// Returns the session key's unopened ticket.
    pub fn unopened_of(&self, viewer: &AccountId, session_key: &AccountId) -> Option<SessionId> {
        self.0.lock().by_key.get(&(viewer.clone(), session_key.clone())).copied()
    }

    /// Checks that the ticket is within the limits, without admitting it.
    pub fn check(&self, candidate: &Candidate<'_>, config: &Config) -> Result<(), OfferRefusal> {
        self.0.lock().check(candidate, config)
    }

    /// Admits the ticket, in the place of the one that it replaces. Returns its credit in ticks: none if the finalized
    /// deposit does not cover it together with the viewer's other pending tickets.
    pub fn admit(&self, candidate: &Candidate<'_>, config: &Config) -> Result<u32, OfferRefusal> {
        let mut inner = self.0.lock();
        inner.check(candidate, config)?;
        if let Some(replaced) = candidate.replaces {
            inner.remove(&replaced);
        }
        let promised = inner.required_by(candidate.viewer).saturating_add(candidate.required);
        let has_lost = inner.lost_by_viewer.contains_key(candidate.viewer);
        let Candidate { viewer, session_key, expires_at, required, .. } = candidate;
        let pending = Pending::new((*viewer).clone(), (*session_key).clone(), *expires_at, *required);
        inner.add(candidate.id, Pending { prefix: Some(candidate.prefix), ..pending });
        Ok(if has_lost || promised > candidate.finalized_free { 0 } else { config.credit_ticks })
    }

    /// Admits a ticket regardless of the limits: after a restart, or because its opening was undone.
    pub fn readmit(&self, id: SessionId, pending: Pending) {
        self.0.lock().add(id, pending);
    }

    /// Notes that the opening of a ticket is in a block. It is not unopened any more, and its reserve still counts until
    /// [`Admission::remove`] is called for its finalized opening.
    pub fn include(&self, id: SessionId, pending: Pending) {
        self.0.lock().add(id, Pending { is_included: true, prefix: None, ..pending });
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
        self.select(|ticket| !ticket.is_included && ticket.expires_at < finalized)
    }

    /// Returns all unopened tickets.
    pub fn unopened(&self) -> Vec<SessionId> {
        self.select(|ticket| !ticket.is_included)
    }

    fn select(&self, is_wanted: impl Fn(&Pending) -> bool) -> Vec<SessionId> {
        self.0.lock().pending.iter().filter(|(_, ticket)| is_wanted(ticket)).map(|(id, _)| *id).collect()
    }

    /// Returns whether the viewer has an unopened ticket.
    pub fn has_unopened(&self, viewer: &AccountId) -> bool {
        self.0.lock().pending_of(viewer).any(|(_, ticket)| !ticket.is_included)
    }

    /// Returns the sum that the viewer's tickets in blocks require, in planck, and the unopened ones in the order of their
    /// acceptance.
    pub fn promises_of(&self, viewer: &AccountId) -> (Balance, Vec<(SessionId, Pending)>) {
        let inner = self.0.lock();
        let (included, unopened): (Vec<_>, Vec<_>) =
            inner.pending_of(viewer).map(|(id, ticket)| (*id, ticket.clone())).partition(|(_, it)| it.is_included);
        let sum = included.iter().fold(0, |sum: Balance, (_, ticket)| sum.saturating_add(ticket.required));
        (sum, unopened)
    }
}

impl Inner {
    fn check(&mut self, candidate: &Candidate<'_>, config: &Config) -> Result<(), OfferRefusal> {
        self.forget_old(candidate.now_ms);
        let key = (candidate.viewer.clone(), candidate.session_key.clone());
        if let Some(session) = self.by_key.get(&key).filter(|id| Some(**id) != candidate.replaces) {
            return Err(OfferRefusal::TicketPending { session: *session });
        }
        let frees_slot = candidate.replaces.and_then(|id| self.pending.get(&id)?.prefix) == Some(candidate.prefix);
        let used_slots = self.by_prefix.get(&candidate.prefix).copied().unwrap_or(0) - u32::from(frees_slot);
        if used_slots >= config.unopened_per_prefix {
            return Err(OfferRefusal::TooManyUnopened { max_unopened: config.unopened_per_prefix });
        }
        Ok(())
    }

    fn pending_of(&self, viewer: &AccountId) -> impl Iterator<Item = (&SessionId, &Pending)> {
        let ids = self.by_viewer.get(viewer).into_iter().flatten();
        ids.filter_map(|id| Some((id, self.pending.get(id)?)))
    }

    /// Returns what all pending tickets of the viewer require, in planck.
    fn required_by(&self, viewer: &AccountId) -> Balance {
        self.pending_of(viewer).fold(0, |sum: Balance, (_, ticket)| sum.saturating_add(ticket.required))
    }

    fn add(&mut self, id: SessionId, ticket: Pending) {
        self.remove(&id);
        if let Some(prefix) = ticket.prefix {
            *self.by_prefix.entry(prefix).or_default() += 1;
        }
        if !ticket.is_included {
            self.by_key.insert((ticket.viewer.clone(), ticket.session_key.clone()), id);
        }
        self.by_viewer.entry(ticket.viewer.clone()).or_default().push(id);
        self.pending.insert(id, ticket);
    }

    fn remove(&mut self, id: &SessionId) -> Option<IpPrefix> {
        let Pending { viewer, session_key, prefix, .. } = self.pending.remove(id)?;
        if let Entry::Occupied(mut ids) = self.by_viewer.entry(viewer.clone()) {
            ids.get_mut().retain(|known| known != id);
            if ids.get().is_empty() {
                ids.remove();
            }
        }
        let key = (viewer, session_key);
        if self.by_key.get(&key) == Some(id) {
            self.by_key.remove(&key);
        }
        decrement(&mut self.by_prefix, prefix);
        prefix
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
    if let Entry::Occupied(mut count) = counts.entry(key) {
        *count.get_mut() = count.get().saturating_sub(1);
        if *count.get() == 0 {
            count.remove();
        }
    }
}
