//! Follows, and which streams of those whom somebody follows are on air here.

use std::collections::HashSet;
use tick_stream_primitives::{AccountId, Moment, StreamId};
use vilokanam_indexer::{
    people::Followed, GatewayStateError, IdFilter, PageRequest, QueryError, Store, StreamFilter, StreamRow, MAX_PAGE,
};

/// Maximum number of people whom somebody follows.
pub const MAX_FOLLOWS: u32 = 5_000;

/// Why somebody cannot follow a person.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// It is the person themselves.
    #[error("You cannot follow yourself.")]
    Oneself,
    /// The person follows as many as allowed.
    #[error("You follow {MAX_FOLLOWS} people, which is the limit. Stop following somebody first.")]
    TooMany,
    /// The records fail.
    #[error(transparent)]
    Records(#[from] GatewayStateError),
}

/// Makes a person follow another. One who does already goes on.
///
/// # Errors
///
/// [`FollowError`].
pub async fn follow(index: &Store, who: &AccountId, whom: &AccountId, now: Moment) -> Result<(), FollowError> {
    if who == whom {
        return Err(FollowError::Oneself);
    }
    match index.follow(who, whom, now, MAX_FOLLOWS).await? {
        Followed::Added | Followed::Known => Ok(()),
        Followed::TooMany => Err(FollowError::TooMany),
    }
}

/// Returns those streams of `on_air` that one of these people has created, and on which a session can be opened. The
/// database is asked in portions of a page.
///
/// # Errors
///
/// The database fails.
pub async fn streams_on_air(
    index: &Store,
    creators: &HashSet<AccountId>,
    on_air: &[StreamId],
) -> Result<Vec<StreamRow>, QueryError> {
    let mut found = Vec::new();
    if creators.is_empty() {
        return Ok(found);
    }
    for part in on_air.chunks(MAX_PAGE as usize) {
        let filter = StreamFilter { ids: Some(IdFilter::Only(part.to_vec())), ..StreamFilter::default() };
        let page = PageRequest::first(MAX_PAGE);
        let rows = index.streams(&filter, Default::default(), &Default::default(), &page).await?;
        found.extend(rows.items.into_iter().filter(|row| creators.contains(&row.value.creator)));
    }
    Ok(found)
}
