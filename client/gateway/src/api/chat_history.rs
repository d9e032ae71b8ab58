//! Stored messages of a chat, for those who come in and those who scroll back.

use super::{error::ApiError, state::Catalogue};
use crate::chat::ChatRooms;
use axum::Json;
use serde::Deserialize;
use tick_stream_primitives::StreamId;
use vilokanam_indexer::people::MAX_CHAT_MESSAGES;
use vilokanam_wire::{
    chat::{ChatMessage, MessageId},
    streams::Page,
};

/// Number of messages if the request names none.
const DEFAULT_LIMIT: u32 = 50;

/// Which messages of a chat.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HistoryQuery {
    /// Only messages before this one.
    #[param(value_type = Option<String>)]
    before: Option<MessageId>,
    /// Number of messages, at most 200.
    limit: Option<u32>,
}

/// Returns how many messages a request asks for.
pub(super) fn checked_limit(limit: Option<u32>) -> Result<u32, ApiError> {
    let limit = limit.unwrap_or(DEFAULT_LIMIT);
    match (1..=MAX_CHAT_MESSAGES).contains(&limit) {
        true => Ok(limit),
        false => Err(ApiError::bad_request(format!("'limit' must be 1 to {MAX_CHAT_MESSAGES}."))),
    }
}

/// Returns stored messages, the newest first.
pub(super) async fn history(
    chat: &ChatRooms,
    catalogue: &Catalogue,
    stream: StreamId,
    query: &HistoryQuery,
) -> Result<Json<Page<ChatMessage>>, ApiError> {
    catalogue.rules.check_served(stream)?;
    let limit = checked_limit(query.limit)?;
    let rows = catalogue.index.chat_history(stream, query.before.map(|id| id.0), limit).await?;
    let is_full = rows.len() >= limit as usize;
    let items = chat.messages_of(rows).await?;
    let next_cursor = items.last().filter(|_| is_full).map(|last| last.id.to_string());
    Ok(Json(Page { items, next_cursor }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_of_messages_is_limited() {
        assert_eq!(checked_limit(None).ok(), Some(DEFAULT_LIMIT));
        assert!(checked_limit(Some(0)).is_err() && checked_limit(Some(MAX_CHAT_MESSAGES + 1)).is_err());
    }
}
