//! Streams in order of their viewers, whom the database does not know: first those with viewers, by the caller's counts,
//! then all others, the newest first.

use super::{condition::Condition, select::select};
use crate::{error::StoreError, rows::stream::StreamRow, sql::big};
use sqlx::AnyConnection;
use std::collections::HashMap;
use tick_stream_primitives::StreamId;

/// Current number of viewers by stream. A stream that is not in it has none.
pub type ViewerCounts = HashMap<StreamId, u32>;

/// Number of ids in one statement.
const IDS_PER_STATEMENT: usize = 256;

/// Reads up to `limit` streams behind `mark` (viewers and id of the last stream of the page before).
pub(super) async fn select_by_viewers(
    connection: &mut AnyConnection,
    condition: &Condition,
    counts: &ViewerCounts,
    mark: Option<(u32, StreamId)>,
    limit: usize,
) -> Result<Vec<StreamRow>, StoreError> {
    let mut found = Vec::with_capacity(limit);
    if mark.is_none_or(|(viewers, _)| viewers > 0) {
        add_watched(connection, condition, &ranked(counts, mark), limit, &mut found).await?;
    }
    if found.len() < limit {
        let behind = mark.filter(|(viewers, _)| *viewers == 0).map(|(_, id)| id);
        add_unwatched(connection, condition, counts, behind, limit, &mut found).await?;
    }
    Ok(found)
}

/// Returns the watched streams behind `mark`, the most watched first.
fn ranked(counts: &ViewerCounts, mark: Option<(u32, StreamId)>) -> Vec<StreamId> {
    let watched = counts.iter().map(|(id, viewers)| (*viewers, *id)).filter(|(viewers, _)| *viewers > 0);
    let mut ranked: Vec<_> = watched.filter(|entry| mark.is_none_or(|mark| *entry < mark)).collect();
    ranked.sort_unstable_by(|a, b| b.cmp(a));
    ranked.into_iter().map(|(_, id)| id).collect()
}

async fn add_watched(
    connection: &mut AnyConnection,
    condition: &Condition,
    ranked: &[StreamId],
    limit: usize,
    found: &mut Vec<StreamRow>,
) -> Result<(), StoreError> {
    for ids in ranked.chunks(IDS_PER_STATEMENT) {
        let mut condition = condition.clone();
        condition.add_id_in(ids);
        let rows = select(connection, &condition, "", ids.len()).await?;
        let mut rows: HashMap<_, _> = rows.into_iter().map(|row| (row.id, row)).collect();
        found.extend(ids.iter().filter_map(|id| rows.remove(id)));
        if found.len() >= limit {
            found.truncate(limit);
            return Ok(());
        }
    }
    Ok(())
}

async fn add_unwatched(
    connection: &mut AnyConnection,
    condition: &Condition,
    counts: &ViewerCounts,
    mut behind: Option<StreamId>,
    limit: usize,
    found: &mut Vec<StreamRow>,
) -> Result<(), StoreError> {
    while found.len() < limit {
        let mut condition = condition.clone();
        if let Some(id) = behind {
            condition.add_checked("id < $", big("the stream", id))?;
        }
        let rows = select(connection, &condition, "ORDER BY id DESC", limit).await?;
        let is_last = rows.len() < limit;
        behind = rows.last().map(|row| row.id);
        found.extend(rows.into_iter().filter(|row| counts.get(&row.id).is_none_or(|viewers| *viewers == 0)));
        if is_last {
            break;
        }
    }
    found.truncate(limit);
    Ok(())
}
