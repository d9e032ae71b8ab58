//! Who has tipped and watched most, kept in memory for half a minute.

use super::{known::People, recent::Recent};
use std::{num::NonZeroUsize, sync::Arc, time::Duration};
use tick_stream_primitives::{clock::now_ms, AccountId, Balance, StreamId};
use vilokanam_indexer::{people::LeaderRow, GatewayStateError, QueryError, Store};
use vilokanam_wire::{people::LeaderView, people::PersonRef, Account, Planck};

/// Time for which a leaderboard is kept in memory.
const KEPT_FOR: Duration = Duration::from_secs(30);
/// Leaderboards in memory.
const MAX_KEPT: NonZeroUsize = NonZeroUsize::new(256).expect("it is not zero");
/// Length of an hour in milliseconds.
const HOUR_MS: u64 = 3_600_000;

/// What people are compared by.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Merit {
    /// What they have tipped.
    Tips,
    /// How long they have watched and paid.
    WatchTime,
}

/// How far back a leaderboard goes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Period {
    Hour,
    Day,
    Week,
    /// Thirty days.
    Month,
}

impl Period {
    const fn length_ms(self) -> u64 {
        match self {
            Self::Hour => HOUR_MS,
            Self::Day => 24 * HOUR_MS,
            Self::Week => 7 * 24 * HOUR_MS,
            Self::Month => 30 * 24 * HOUR_MS,
        }
    }
}

/// Which leaderboard.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Board {
    /// What people are compared by.
    pub merit: Merit,
    /// How far back it goes.
    pub period: Period,
    /// The only stream that counts, if one was named.
    pub stream: Option<StreamId>,
}

/// Why a leaderboard cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum BoardError {
    /// The sums cannot be read.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// The profiles cannot be read.
    #[error(transparent)]
    Profiles(#[from] GatewayStateError),
}

/// The leaderboards of this gateway.
pub struct Leaderboards {
    index: Store,
    recent: Recent<Board, Vec<LeaderView>>,
}

impl Leaderboards {
    /// Leaderboards of what is in the index.
    pub fn new(index: Store) -> Self {
        Self { index, recent: Recent::new(MAX_KEPT, KEPT_FOR) }
    }

    /// Returns a leaderboard, at most half a minute old.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn of(&self, board: Board, people: &People) -> Result<Arc<Vec<LeaderView>>, BoardError> {
        self.recent.get_or(board, || self.make(board, people)).await
    }

    async fn make(&self, board: Board, people: &People) -> Result<Vec<LeaderView>, BoardError> {
        let Board { merit, period, stream } = board;
        let since = now_ms().saturating_sub(period.length_ms());
        let rows = match merit {
            Merit::Tips => self.index.top_tippers(since, stream).await?,
            Merit::WatchTime => self.index.top_watchers(since, stream).await?,
        };
        let accounts: Vec<AccountId> = rows.iter().map(|row| row.account.clone()).collect();
        let mut known = people.person_refs(&accounts).await?;
        Ok(ranked(rows, merit, |account| {
            known.remove(account).unwrap_or_else(|| PersonRef::unnamed(Account(account.clone())))
        }))
    }
}

/// Gives people their places, from the highest sum to the lowest. Equal sums share a place, and the places behind are left free.
fn ranked(rows: Vec<LeaderRow>, merit: Merit, mut person_of: impl FnMut(&AccountId) -> PersonRef) -> Vec<LeaderView> {
    let mut leaders = Vec::with_capacity(rows.len());
    let mut last: Option<(Balance, u32)> = None;
    for (place, row) in (1u32..).zip(rows.into_iter().filter(|row| row.sum > 0)) {
        let rank = last.filter(|(sum, _)| *sum == row.sum).map_or(place, |(_, rank)| rank);
        last = Some((row.sum, rank));
        let (amount, seconds) = match merit {
            Merit::Tips => (Some(Planck(row.sum)), None),
            // A tick is a second.
            Merit::WatchTime => (None, Some(u64::try_from(row.sum).unwrap_or(u64::MAX))),
        };
        leaders.push(LeaderView { rank, person: person_of(&row.account), amount, seconds });
    }
    leaders
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranks(sums: &[Balance], merit: Merit) -> Vec<LeaderView> {
        let rows = (0u8..).zip(sums).map(|(id, sum)| LeaderRow { account: AccountId::new([id; 32]), sum: *sum });
        ranked(rows.collect(), merit, |account| PersonRef::unnamed(Account(account.clone())))
    }

    #[test]
    fn equal_sums_share_a_place() {
        let leaders = ranks(&[u128::MAX, 7, 7, 7, 5, 0], Merit::Tips);
        let places: Vec<u32> = leaders.iter().map(|leader| leader.rank).collect();
        assert_eq!(places, [1, 2, 2, 2, 5], "whoever gave nothing has no place");
        assert_eq!((leaders[0].amount, leaders[0].seconds), (Some(Planck(u128::MAX)), None));
    }

    #[test]
    fn ticks_are_seconds() {
        let leaders = ranks(&[3_600], Merit::WatchTime);
        assert_eq!((leaders[0].amount, leaders[0].seconds), (None, Some(3_600)));
    }

    #[tokio::test]
    async fn empty_index_has_empty_leaderboards() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("index.db").display());
        let index = Store::connect(&url).await.unwrap();
        let (boards, people) = (Leaderboards::new(index.clone()), People::new(index));
        for merit in [Merit::Tips, Merit::WatchTime] {
            for stream in [None, Some(7), Some(u64::MAX)] {
                let board = Board { merit, period: Period::Month, stream };
                assert!(boards.of(board, &people).await.unwrap().is_empty());
            }
        }
    }
}
