//! What is on the rise, and what is alike: the rules that lists of recommendations are ordered by.

use super::recent::Recent;
use std::{
    collections::{BTreeMap, HashMap},
    num::NonZeroUsize,
    sync::Arc,
    time::Duration,
};
use tick_stream_primitives::{clock::now_ms, AccountId, Moment, StreamId};
use vilokanam_indexer::{metadata::Metadata, people::TrendHour, QueryError, Store, StreamRow};
use vilokanam_wire::people::Subject;

/// Time after which a minute of audience counts half.
const HALF_LIFE_MS: u32 = 6 * HOUR_MS;
/// How far back trends go: after two days, a minute counts less than a two-hundredth.
const TREND_MS: u64 = 48 * HOUR_MS as u64;
/// Length of an hour in milliseconds.
const HOUR_MS: u32 = 3_600_000;
/// Minutes of audience that a like counts as much as.
const LIKE_MINUTES: f64 = 10.0;
/// Streams on the rise that are remembered.
const MAX_TRENDING: usize = 200;
/// Time for which they are remembered.
const KEPT_FOR: Duration = Duration::from_secs(60);

/// Points of a stream of the same creator, of the same category, and for each tag in common.
const CREATOR_POINTS: usize = 3;
const CATEGORY_POINTS: usize = 2;

/// Streams on the rise.
pub struct Trending {
    index: Store,
    recent: Recent<(), Vec<StreamId>>,
}

impl Trending {
    /// Trends of what is in the database.
    pub fn new(index: Store) -> Self {
        Self { index, recent: Recent::new(NonZeroUsize::MIN, KEPT_FOR) }
    }

    /// Returns the streams on the rise, the first most, as of at most a minute ago.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn streams(&self) -> Result<Arc<Vec<StreamId>>, QueryError> {
        self.recent.get_or((), || self.make(now_ms())).await
    }

    async fn make(&self, now: Moment) -> Result<Vec<StreamId>, QueryError> {
        let since = now.saturating_sub(TREND_MS);
        let watched = self.index.watched_by_hour(since).await?;
        let liked = self.index.liked_by_hour(since).await?;
        Ok(rising(&watched, &liked, now))
    }
}

/// Returns how much of something that long ago still counts.
fn decay(age_ms: u64) -> f64 {
    let age = u32::try_from(age_ms).unwrap_or(u32::MAX);
    0.5_f64.powf(f64::from(age) / f64::from(HALF_LIFE_MS))
}

/// Orders streams by their audience and likes, recent ones above older ones; of equals, the newer stream comes first.
fn rising(watched: &[TrendHour<StreamId>], liked: &[TrendHour<String>], now: Moment) -> Vec<StreamId> {
    let count = |count: u64| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    let mut points: BTreeMap<StreamId, f64> = BTreeMap::new();
    for TrendHour { what, starts_at, count: minutes } in watched {
        *points.entry(*what).or_default() += count(*minutes) * decay(now.saturating_sub(*starts_at));
    }
    for TrendHour { what, starts_at, count: likes } in liked {
        let Ok(subject) = what.parse::<Subject>() else { continue };
        let likes = LIKE_MINUTES * count(*likes) * decay(now.saturating_sub(*starts_at));
        *points.entry(subject.stream()).or_default() += likes;
    }
    let mut ranked: Vec<(StreamId, f64)> = points.into_iter().filter(|(_, points)| *points > 0.0).collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(b.0.cmp(&a.0)));
    ranked.truncate(MAX_TRENDING);
    ranked.into_iter().map(|(stream, _)| stream).collect()
}

/// What a stream is about.
pub struct Topic {
    pub creator: AccountId,
    /// Category; empty if there is none.
    pub category: String,
    tags: Vec<String>,
}

impl Topic {
    /// Returns what a stream is about.
    pub fn of(row: &StreamRow) -> Self {
        let metadata = Metadata::decode(&row.value.metadata);
        Self { creator: row.value.creator.clone(), category: metadata.category, tags: metadata.tags }
    }

    /// Returns how alike two streams are: 0 if they have nothing in common.
    fn likeness(&self, other: &Self) -> usize {
        let is_same = |a: &str, b: &str| !a.is_empty() && a.to_lowercase() == b.to_lowercase();
        let creator = if self.creator == other.creator { CREATOR_POINTS } else { 0 };
        let category = if is_same(&self.category, &other.category) { CATEGORY_POINTS } else { 0 };
        let is_common = |tag: &&String| other.tags.iter().any(|theirs| is_same(tag, theirs));
        creator + category + self.tags.iter().filter(is_common).count()
    }
}

/// Orders streams by how alike they are to a topic, the most alike first; equals stay in their order. Those that come twice are
/// there once.
pub fn most_alike(topic: &Topic, rows: Vec<StreamRow>) -> Vec<StreamRow> {
    let mut rows: Vec<(usize, StreamRow)> =
        once_each(rows).into_iter().map(|row| (topic.likeness(&Topic::of(&row)), row)).collect();
    rows.sort_by_key(|(likeness, _)| std::cmp::Reverse(*likeness));
    rows.into_iter().filter(|(likeness, _)| *likeness > 0).map(|(_, row)| row).collect()
}

/// Leaves out streams that have come before.
pub fn once_each(rows: Vec<StreamRow>) -> Vec<StreamRow> {
    let mut seen = std::collections::HashSet::new();
    rows.into_iter().filter(|row| seen.insert(row.id)).collect()
}

/// Returns the categories that occur most, at most `max`; of equals, in alphabetical order.
pub fn most_frequent(categories: impl IntoIterator<Item = String>, max: usize) -> Vec<String> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for category in categories {
        if !category.is_empty() {
            *counts.entry(category.to_lowercase()).or_default() += 1;
        }
    }
    let mut counts: Vec<(String, usize)> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    counts.truncate(max);
    counts.into_iter().map(|(category, _)| category).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = 1_000 * HOUR_MS as u64;

    fn hour<T>(what: T, hours_ago: u64, count: u64) -> TrendHour<T> {
        TrendHour { what, starts_at: NOW - hours_ago * u64::from(HOUR_MS), count }
    }

    fn topic(creator: u8, category: &str, tags: &[&str]) -> Topic {
        let tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
        Topic { creator: AccountId::new([creator; 32]), category: category.into(), tags }
    }

    #[test]
    fn audience_counts_half_after_six_hours() {
        let half = |hours: u32| decay((hours * HOUR_MS).into());
        assert!((half(0) - 1.0).abs() < 1e-9 && (half(6) - 0.5).abs() < 1e-9 && (half(12) - 0.25).abs() < 1e-9);
        assert!(decay(u64::MAX) < 1e-6, "long ago");
    }

    #[test]
    fn recent_audience_is_above_an_older_larger_one() {
        let watched = [hour(1, 12, 399), hour(2, 0, 100), hour(3, 12, 401), hour(4, 0, 0)];
        assert_eq!(rising(&watched, &[], NOW), [3, 2, 1]);
        assert_eq!(rising(&[hour(5, 1, 10), hour(6, 1, 10)], &[], NOW), [6, 5], "the newer of equals");
    }

    #[test]
    fn likes_of_recordings_count_for_their_stream() {
        let watched = [hour(1, 0, 25), hour(2, 0, 12)];
        let liked = [hour("recording:2:3".to_owned(), 0, 1), hour("stream:2".to_owned(), 0, 1)];
        assert_eq!(rising(&watched, &liked, NOW), [2, 1]);
        assert_eq!(rising(&watched, &[hour("nonsense".to_owned(), 0, 9)], NOW), [1, 2]);
    }

    #[test]
    fn creator_counts_more_than_category_and_that_more_than_a_tag() {
        let own = topic(1, "Music", &["Opera", "live"]);
        assert_eq!(own.likeness(&topic(2, "music", &[])), CATEGORY_POINTS);
        assert_eq!(own.likeness(&topic(1, "", &["opera"])), CREATOR_POINTS + 1);
        assert_eq!(own.likeness(&topic(2, "Sport", &["football"])), 0);
        assert_eq!(topic(1, "", &[]).likeness(&topic(2, "", &[])), 0, "no category is none in common");
    }

    #[test]
    fn frequent_categories_come_first() {
        let watched = ["Sport", "music", "Music", "", "chess"].map(str::to_owned);
        assert_eq!(most_frequent(watched, 2), ["music", "chess"]);
    }
}
