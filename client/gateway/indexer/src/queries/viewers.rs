//! Streams in the order of viewers, which the database does not know: first those that have some, by the caller's
//! counts, then all others, the newest first.

use super::{filter::Condition, streams::select, ViewerCounts};
use crate::{
    error::StoreError,
    rows::stream::StreamRow,
    sql::{big, Value},
};
use sqlx::AnyConnection;
use std::collections::HashMap;
use tick_stream_primitives::StreamId;

/// Ids in one statement. A power of two, as most statements then are alike.
const MAX_IDS_PER_STATEMENT: usize = 256;

/// Up to `limit` streams behind `mark` (viewers and id of the last one seen).
pub(super) async fn rows(
    connection: &mut AnyConnection,
    condition: &Condition,
    counts: &ViewerCounts,
    mark: Option<(u32, StreamId)>,
    limit: usize,
) -> Result<Vec<StreamRow>, StoreError> {
    let mut found = Vec::with_capacity(limit);
    if mark.is_none_or(|(viewers, _)| viewers > 0) {
        watched(connection, condition, &ranked(counts, mark), limit, &mut found).await?;
    }
    if found.len() < limit {
        let behind = mark.filter(|(viewers, _)| *viewers == 0).map(|(_, id)| id);
        unwatched(connection, condition, counts, behind, limit, &mut found).await?;
    }
    Ok(found)
}

/// The watched streams behind `mark`, the most watched first.
fn ranked(counts: &ViewerCounts, mark: Option<(u32, StreamId)>) -> Vec<StreamId> {
    let watched = counts.iter().map(|(id, viewers)| (*viewers, *id)).filter(|(viewers, _)| *viewers > 0);
    let mut ranked: Vec<_> = watched.filter(|entry| mark.is_none_or(|mark| *entry < mark)).collect();
    ranked.sort_unstable_by(|a, b| b.cmp(a));
    ranked.into_iter().map(|(_, id)| id).collect()
}

async fn watched(
    connection: &mut AnyConnection,
    condition: &Condition,
    ranked: &[StreamId],
    limit: usize,
    found: &mut Vec<StreamRow>,
) -> Result<(), StoreError> {
    for ids in ranked.chunks(MAX_IDS_PER_STATEMENT) {
        let known = ids.iter().filter_map(|id| big("the stream", *id).ok());
        let values: Vec<Value> = known.collect();
        if values.is_empty() {
            continue;
        }
        let mut condition = condition.clone();
        condition.add_all(&format!("id IN ({})", vec!["$"; values.len()].join(", ")), values);
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

async fn unwatched(
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
