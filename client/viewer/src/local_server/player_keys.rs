//! Keys for local players: each is bought once, and no further ahead than [`Pace`] allows.

use super::{event::ServerEvent, pace::Pace};
use crate::{
    crypt::SegmentKey,
    key_buyer::{BoughtKey, BuyError, KeyBuyer, LeftSession, SessionEvent, WantedKey},
    playlist::KeyRef,
};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tick_stream_primitives::Balance;
use url::Url;

/// Maximum number of keys that are kept, so that a player that asks again or switches its rendition pays once: an hour of
/// segments of two seconds.
const MAX_KEYS: usize = 1_800;
/// Maximum number of keys whose costs are known. The lowest indices are forgotten first.
const MAX_COSTS: usize = 100_000;

/// Reason why a player gets no key.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoKey {
    /// No playlist has named it.
    #[error("no playlist that was fetched here names this key; open the stream's playlist first")]
    Unknown,
    /// The budget is spent.
    #[error("the budget is spent")]
    BudgetSpent,
    /// The server has been closed.
    #[error("this program is ending")]
    Closed,
    /// The buyer cannot buy it.
    #[error(transparent)]
    Buy(#[from] BuyError),
    /// The purchase was interrupted.
    #[error("the purchase was interrupted")]
    Interrupted,
}

/// What was spent.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Spending {
    /// Sessions that were left.
    pub sessions: Vec<LeftSession>,
    /// Fees for opening sessions in planck.
    pub open_fees: Balance,
    /// Everything together in planck.
    pub spent: Balance,
    /// Number of keys that were bought, or were free.
    pub keys: u64,
}

/// Observer of what happens.
pub(super) type Observer = Arc<dyn Fn(ServerEvent) + Send + Sync>;

/// Keys of one stream, bought when a player asks for them.
pub(super) struct PlayerKeys {
    purchases: tokio::sync::Mutex<Purchases>,
    pace: Pace,
    costs: Mutex<BTreeMap<u64, u32>>,
    observer: Observer,
}

/// What is bought, and by whom.
struct Purchases {
    buyer: KeyBuyer,
    /// Keys that were bought, by index.
    keys: BTreeMap<u64, SegmentKey>,
    /// Number of keys that were bought or were free.
    count: u64,
    is_closed: bool,
}

/// A lock whose holder panicked is still good: what it protects is changed in one step.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes the entries with the lowest indices until there are at most `max`.
fn shrink<T>(map: &mut BTreeMap<u64, T>, max: usize) {
    while map.len() > max {
        map.pop_first();
    }
}

impl PlayerKeys {
    pub fn new(buyer: KeyBuyer, observer: Observer) -> Arc<Self> {
        let purchases = Purchases { buyer, keys: BTreeMap::new(), count: 0, is_closed: false };
        Arc::new(Self {
            purchases: tokio::sync::Mutex::new(purchases),
            pace: Pace::default(),
            costs: Mutex::default(),
            observer,
        })
    }

    /// Takes note of what keys cost.
    pub fn note_costs(&self, costs: BTreeMap<u64, u32>) {
        let mut known = locked(&self.costs);
        known.extend(costs);
        shrink(&mut known, MAX_COSTS);
    }

    /// Returns a key, which is bought if it was not before. A player that goes away in the meantime does not interrupt the
    /// purchase, which may be in the middle of opening a session.
    pub async fn key(self: &Arc<Self>, index: u64, address: Url) -> Result<SegmentKey, NoKey> {
        let cost_ticks = locked(&self.costs).get(&index).copied().ok_or(NoKey::Unknown)?;
        if let Some(key) = self.purchases.lock().await.keys.get(&index) {
            return Ok(*key);
        }
        self.pace.wait(index, Duration::from_secs(cost_ticks.into())).await;
        let keys = self.clone();
        let purchase = tokio::spawn(async move { keys.buy(index, address, cost_ticks).await });
        purchase.await.map_err(|_| NoKey::Interrupted)?
    }

    async fn buy(&self, index: u64, address: Url, cost_ticks: u32) -> Result<SegmentKey, NoKey> {
        let mut purchases = self.purchases.lock().await;
        // Another request for the same key may have been faster.
        if let Some(key) = purchases.keys.get(&index) {
            return Ok(*key);
        }
        if purchases.is_closed {
            return Err(NoKey::Closed);
        }
        // The initialisation vector is in the playlist, and the player decrypts.
        let key = KeyRef { url: address, iv: [0; 16] };
        let wanted = WantedKey { key: &key, index, cost_ticks, rest: None };
        let observer = &self.observer;
        let bought =
            purchases.buyer.buy(wanted, &mut |event: SessionEvent| observer(ServerEvent::Session(event))).await;
        let BoughtKey { key, is_free } = bought?.ok_or(NoKey::BudgetSpent)?;
        purchases.keys.insert(index, key);
        shrink(&mut purchases.keys, MAX_KEYS);
        purchases.count += 1;
        observer(ServerEvent::Key { index, is_free, spent: purchases.buyer.spent() });
        Ok(key)
    }

    /// Leaves the session and buys nothing more.
    pub async fn close(&self) -> Spending {
        let mut purchases = self.purchases.lock().await;
        purchases.is_closed = true;
        purchases.buyer.leave().await;
        Spending {
            sessions: purchases.buyer.left_sessions().to_vec(),
            open_fees: purchases.buyer.open_fees(),
            spent: purchases.buyer.spent(),
            keys: purchases.count,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lowest_indices_are_forgotten_first() {
        let mut map: BTreeMap<u64, ()> = (0..5).map(|index| (index, ())).collect();
        shrink(&mut map, 3);
        assert_eq!(map.into_keys().collect::<Vec<_>>(), [2, 3, 4]);
    }
}
