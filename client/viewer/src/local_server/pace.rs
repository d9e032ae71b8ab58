//! How fast players may have keys bought: they fill their buffers as fast as they can, and every key in a buffer is paid.
//!
//! A player that plays on buys at most [`AHEAD`] more than time has passed, so that leaving costs little. A player that jumps
//! to another place begins there anew, as does a second player.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::time::{sleep, Instant};

/// Length of video that is bought ahead of the time that has passed since a player began, or jumped.
const AHEAD: Duration = Duration::from_secs(12);
/// Number of segments between two keys of a player that plays on: it may fetch several at a time, in any order.
const NEAR: u64 = 3;
/// Maximum number of places at which keys are bought at the same time. The one that was left longest ago is forgotten.
const MAX_PLACES: usize = 4;

/// The pace of all players of a server.
#[derive(Debug, Default)]
pub(super) struct Pace(Mutex<Vec<Place>>);

/// A place at which a player buys: a bucket of video, which fills in real time.
#[derive(Debug)]
struct Place {
    /// Highest index that was bought here.
    highest: u64,
    left: Duration,
    at: Instant,
}

impl Pace {
    /// Waits until the key with this index, of a segment of this length, may be bought.
    pub async fn wait(&self, index: u64, length: Duration) {
        while let Some(wait) = self.take(index, length, Instant::now()) {
            sleep(wait).await;
        }
    }

    /// Takes a segment out of the bucket of its place. Returns the time to wait if it does not have as much; nothing is taken
    /// then.
    fn take(&self, index: u64, length: Duration, now: Instant) -> Option<Duration> {
        // Each change is made in one step, so that the places are good after a panic as well.
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = places.iter().position(|place| place.highest.abs_diff(index) <= NEAR);
        // The last place is the one that was used last.
        let mut place = match found {
            Some(found) => places.remove(found),
            None => Place { highest: index, left: AHEAD, at: now },
        };
        let wait = place.take(index, length, now);
        if places.len() == MAX_PLACES {
            places.remove(0);
        }
        places.push(place);
        wait
    }
}

impl Place {
    fn take(&mut self, index: u64, length: Duration, now: Instant) -> Option<Duration> {
        let refill = now.saturating_duration_since(self.at);
        (self.left, self.at) = (self.left.saturating_add(refill).min(AHEAD), now);
        let length = length.min(AHEAD);
        match self.left.checked_sub(length) {
            Some(left) => {
                self.left = left;
                self.highest = self.highest.max(index);
                None
            }
            None => Some(length - self.left),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEGMENT: Duration = Duration::from_secs(2);

    /// Buys these keys one after the other. Returns how long that took.
    async fn bought(pace: &Pace, indices: impl IntoIterator<Item = u64>) -> Duration {
        let start = Instant::now();
        for index in indices {
            pace.wait(index, SEGMENT).await;
        }
        start.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn recording_is_bought_no_faster_than_it_is_watched() {
        let pace = Pace::default();
        assert_eq!(bought(&pace, 0..6).await, Duration::ZERO, "{AHEAD:?} at once");
        let hour = bought(&pace, 6..1_806).await;
        assert!(hour >= Duration::from_secs(3_600), "an hour of video in {hour:?}");
        assert!(hour < Duration::from_secs(3_610), "a player that plays on does not wait for more: {hour:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn live_player_never_waits() {
        let pace = Pace::default();
        for index in 0..600 {
            assert_eq!(bought(&pace, [index]).await, Duration::ZERO);
            sleep(SEGMENT).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn pause_allows_no_more_than_the_beginning() {
        let pace = Pace::default();
        bought(&pace, 0..6).await;
        sleep(Duration::from_secs(3_600)).await;
        assert_eq!(bought(&pace, 6..12).await, Duration::ZERO);
        assert!(bought(&pace, [12]).await >= SEGMENT);
    }

    #[tokio::test(start_paused = true)]
    async fn player_that_jumps_begins_anew() {
        let pace = Pace::default();
        bought(&pace, 0..6).await;
        assert_eq!(bought(&pace, 500..506).await, Duration::ZERO, "as much as at the beginning");
        assert!(bought(&pace, [506]).await >= SEGMENT, "and no more");
        assert_eq!(bought(&pace, [100]).await, Duration::ZERO, "backwards as well");
    }

    #[tokio::test(start_paused = true)]
    async fn keys_that_are_fetched_out_of_order_are_of_one_place() {
        let pace = Pace::default();
        assert_eq!(bought(&pace, [2, 0, 1, 4, 3, 5]).await, Duration::ZERO);
        assert!(bought(&pace, [7]).await >= SEGMENT);
        assert!(bought(&pace, [6]).await >= SEGMENT);
    }

    #[tokio::test(start_paused = true)]
    async fn two_players_do_not_slow_each_other_down() {
        let pace = Pace::default();
        for step in 0..100 {
            assert_eq!(bought(&pace, [step, 1_000 + step]).await, Duration::ZERO);
            sleep(SEGMENT).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn segment_longer_than_the_bucket_is_not_held_for_ever() {
        let pace = Pace::default();
        pace.wait(0, Duration::from_secs(60)).await;
        pace.wait(1, Duration::from_secs(60)).await;
    }
}
