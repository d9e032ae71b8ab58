//! `/v1/streams/{id}/chat`: history, actions, settings, moderators and bans over HTTP, and the chat of recordings.

use super::{
    chat_history::checked_limit,
    client_ip::ClientIp,
    error::ApiError,
    page::PageQuery,
    shown::{no_recording, shown},
    signed_in::SignedIn,
    speaker::speaker_of,
    state::{ApiState, Catalogue},
};
use crate::{
    chat::{ChatError, ChatRooms, RecordingClock},
    live::Recorded,
    moderation::ModerationError,
};
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    Json,
};
use serde::Deserialize;
use std::sync::Arc;
use tick_stream_primitives::{clock::now_ms, StreamId};
use utoipa_axum::{router::OpenApiRouter, routes};
use vilokanam_indexer::{RecordingKind, RecordingRow};
use vilokanam_wire::{
    chat::{ChangeChatSettings, ChatAction, ChatBanView, ChatDone, ChatMessage, ChatReplay, ChatSettings},
    scalars::rfc3339,
    streams::Page,
    Account, Problem, RecordingRef,
};

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default()
        .routes(routes!(super::chat_socket::enter_chat))
        .routes(routes!(act_in_chat))
        .routes(routes!(get_chat_settings, change_chat_settings))
        .routes(routes!(add_chat_moderator, remove_chat_moderator))
        .routes(routes!(list_chat_bans))
        .routes(routes!(replay_chat))
}

/// Writes a message, deletes one, or moderates: what the socket takes.
#[utoipa::path(post, path = "/v1/streams/{id}/chat/actions", tag = "chat", params(("id" = u64, Path)),
    request_body = ChatAction, responses(
    (status = 200, body = ChatDone), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 404, body = Problem), (status = 429, body = Problem),
))]
pub async fn act_in_chat(
    State(chat): State<Arc<ChatRooms>>,
    Path(stream): Path<StreamId>,
    client: ClientIp,
    signed: SignedIn,
    Json(action): Json<ChatAction>,
) -> Result<Json<ChatDone>, ApiError> {
    let room = chat.room(stream).await?;
    let message = chat.act(&room, (&speaker_of(&signed), client.prefix()), action).await?;
    Ok(Json(ChatDone { message }))
}

/// Returns the settings of a stream's chat, for its creator and its moderators.
#[utoipa::path(get, path = "/v1/streams/{id}/chat/settings", tag = "chat", params(("id" = u64, Path)), responses(
    (status = 200, body = ChatSettings), (status = 401, body = Problem), (status = 403, body = Problem),
))]
pub async fn get_chat_settings(
    State(chat): State<Arc<ChatRooms>>,
    Path(stream): Path<StreamId>,
    signed: SignedIn,
) -> Result<Json<ChatSettings>, ApiError> {
    let room = chat.room(stream).await?;
    Ok(Json(chat.settings(&room, &speaker_of(&signed)).await?))
}

/// Changes the settings of a stream's chat.
#[utoipa::path(put, path = "/v1/streams/{id}/chat/settings", tag = "chat", params(("id" = u64, Path)),
    request_body = ChangeChatSettings, responses(
    (status = 200, body = ChatSettings), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem),
))]
pub async fn change_chat_settings(
    State(chat): State<Arc<ChatRooms>>,
    Path(stream): Path<StreamId>,
    signed: SignedIn,
    Json(change): Json<ChangeChatSettings>,
) -> Result<Json<ChatSettings>, ApiError> {
    let (room, speaker) = (chat.room(stream).await?, speaker_of(&signed));
    chat.change_settings(&room, &speaker, change).await?;
    Ok(Json(chat.settings(&room, &speaker).await?))
}

/// Names a moderator of a stream's chat. For its creator and the gateway's moderators.
#[utoipa::path(put, path = "/v1/streams/{id}/chat/moderators/{account}", tag = "chat",
    params(("id" = u64, Path), ("account" = String, Path)), responses(
    (status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 409, body = Problem),
))]
pub async fn add_chat_moderator(
    State(chat): State<Arc<ChatRooms>>,
    Path((stream, person)): Path<(StreamId, Account)>,
    signed: SignedIn,
) -> Result<StatusCode, ApiError> {
    let room = chat.room(stream).await?;
    chat.set_moderator(&room, &speaker_of(&signed), &person.0, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes the right to moderate a stream's chat from a person.
#[utoipa::path(delete, path = "/v1/streams/{id}/chat/moderators/{account}", tag = "chat",
    params(("id" = u64, Path), ("account" = String, Path)), responses(
    (status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
))]
pub async fn remove_chat_moderator(
    State(chat): State<Arc<ChatRooms>>,
    Path((stream, person)): Path<(StreamId, Account)>,
    signed: SignedIn,
) -> Result<StatusCode, ApiError> {
    let room = chat.room(stream).await?;
    chat.set_moderator(&room, &speaker_of(&signed), &person.0, false).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists bans and time-outs that are in force, the newest first.
#[utoipa::path(get, path = "/v1/streams/{id}/chat/bans", tag = "chat", params(("id" = u64, Path), PageQuery), responses(
    (status = 200, body = Page<ChatBanView>), (status = 401, body = Problem), (status = 403, body = Problem),
))]
pub async fn list_chat_bans(
    State(catalogue): State<Arc<Catalogue>>,
    State(chat): State<Arc<ChatRooms>>,
    Path(stream): Path<StreamId>,
    Query(query): Query<PageQuery>,
    signed: SignedIn,
) -> Result<Json<Page<ChatBanView>>, ApiError> {
    let room = chat.room(stream).await?;
    room.state.lock().check_moderator(&speaker_of(&signed))?;
    let found = catalogue.index.chat_bans_page(stream, now_ms(), &query.request()).await?;
    let accounts: Vec<_> = found.items.iter().flat_map(|ban| [ban.person.clone(), ban.author.clone()]).collect();
    let mut people = chat.people_of(&accounts).await?.into_iter();
    let mut items = Vec::with_capacity(found.items.len());
    for ban in found.items {
        // Each ban has two accounts.
        let (Some(person), Some(by)) = (people.next(), people.next()) else { break };
        items.push(ChatBanView { person, until: ban.until.map(rfc3339), by, at: rfc3339(ban.made_at) });
    }
    Ok(Json(Page { items, next_cursor: found.next }))
}

/// Which part of a recording's chat.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReplayQuery {
    /// Place in the recording from which messages are wanted, in milliseconds.
    #[serde(default)]
    from_ms: u64,
    /// Place before which messages are wanted; the end of the recording without it.
    to_ms: Option<u64>,
    /// Number of messages, at most 200.
    limit: Option<u32>,
}

/// Returns the chat of a recorded broadcast, or of a clip of one, with the places of the messages.
#[utoipa::path(get, path = "/v1/streams/{id}/recordings/{number}/chat", tag = "chat",
    params(("id" = u64, Path), ("number" = String, Path, description = "The recording's `reference`."), ReplayQuery),
    responses((status = 200, body = ChatReplay), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub async fn replay_chat(
    State(catalogue): State<Arc<Catalogue>>,
    State(chat): State<Arc<ChatRooms>>,
    Path((stream, named)): Path<(StreamId, RecordingRef)>,
    Query(query): Query<ReplayQuery>,
) -> Result<Json<ChatReplay>, ApiError> {
    let limit = checked_limit(query.limit)?;
    let recorded = shown(&catalogue, stream, &named).await?;
    let row = catalogue.index.any_recording(stream, named.number).await?;
    let row = row.ok_or_else(|| no_recording(stream, named.number))?;
    let Some((of_stream, clock)) = clock_of(&catalogue, &recorded, &row).await? else {
        return Ok(Json(ChatReplay { messages: Vec::new(), next_from_ms: None }));
    };
    let to_ms = query.to_ms.unwrap_or(u64::MAX);
    let moments = clock.moments(query.from_ms, to_ms);
    let rows = catalogue.index.chat_between(of_stream, moments, limit).await?;
    let is_full = rows.len() >= limit as usize;
    let offsets: Vec<u64> = rows.iter().map(|row| clock.offset(row.made_at)).collect();
    let messages = chat.messages_of(rows).await?.into_iter().zip(&offsets);
    let messages = messages.map(|(message, offset)| ChatMessage { offset_ms: Some(*offset), ..message }).collect();
    // At least one further, so that a page of messages of one moment is no circle.
    let next = offsets.last().map(|last| (*last).max(query.from_ms.saturating_add(1)));
    Ok(Json(ChatReplay { messages, next_from_ms: next.filter(|_| is_full) }))
}

/// Returns the stream whose chat belongs to a recording, and the recording's clock; `None` if there was no broadcast.
async fn clock_of(
    catalogue: &Catalogue,
    recorded: &Recorded,
    row: &RecordingRow,
) -> Result<Option<(StreamId, RecordingClock)>, ApiError> {
    match (row.kind, row.clip) {
        (RecordingKind::Broadcast, _) => Ok(Some((row.stream, clock_of_broadcast(Some(recorded), row)))),
        (RecordingKind::Clip, Some(clip)) => {
            let source = catalogue.index.any_recording(clip.stream, clip.number).await?;
            let Some(source) = source.filter(|source| source.kind == RecordingKind::Broadcast) else { return Ok(None) };
            // While the broadcast goes on, or after it was deleted, only its beginning is known.
            let recorded = catalogue.recordings.recorded(clip.stream, clip.number).await?;
            let clock = clock_of_broadcast(recorded.as_deref(), &source);
            Ok(Some((clip.stream, clock.part(clip.start_ms, clip.end_ms))))
        }
        (RecordingKind::Upload | RecordingKind::Clip, _) => Ok(None),
    }
}

fn clock_of_broadcast(recorded: Option<&Recorded>, row: &RecordingRow) -> RecordingClock {
    let described = recorded.and_then(|recorded| RecordingClock::of(recorded, row.duration_ms));
    described.unwrap_or_else(|| RecordingClock::without_pauses(row.created_at, row.duration_ms))
}

impl From<ChatError> for ApiError {
    fn from(error: ChatError) -> Self {
        let detail = error.to_string();
        let (status, title) = match &error {
            ChatError::Failed(reason) => return Self::internal(reason),
            ChatError::Suspended(error) => return (*error).into(),
            ChatError::SignedOut => (StatusCode::UNAUTHORIZED, "Not signed in"),
            ChatError::Text(_) | ChatError::ClientId | ChatError::TooLarge { .. } | ChatError::Words(_) => {
                (StatusCode::BAD_REQUEST, "The request cannot be understood")
            }
            ChatError::TooFast { .. } | ChatError::Slow { .. } | ChatError::TooMany => {
                (StatusCode::TOO_MANY_REQUESTS, "Too many messages")
            }
            ChatError::Moderation(ModerationError::Word) | ChatError::Word => {
                (StatusCode::UNPROCESSABLE_ENTITY, "The message is refused")
            }
            ChatError::Moderation(_) => (StatusCode::FORBIDDEN, "The message is refused"),
            ChatError::Full(_) => (StatusCode::CONFLICT, "The list is full"),
            ChatError::NoMessage | ChatError::NoStream(_) => (StatusCode::NOT_FOUND, "Not found"),
            ChatError::TooManySockets(_) | ChatError::Busy => (StatusCode::SERVICE_UNAVAILABLE, "Not available now"),
            ChatError::Banned
            | ChatError::TimedOut { .. }
            | ChatError::FollowersOnly
            | ChatError::PayersOnly
            | ChatError::NotModerator
            | ChatError::WalletNeeded
            | ChatError::Untouchable => (StatusCode::FORBIDDEN, "Not allowed"),
        };
        Self::new(status, error.code(), title, detail).retry_after(error.retry_after_s())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vilokanam_wire::codes;

    #[test]
    fn refusals_say_when_to_try_again() {
        let problem = ApiError::from(ChatError::Slow { slow_s: 30, retry_after_s: 12 }).to_problem();
        assert_eq!((problem.status, &*problem.code), (429, codes::CHAT_TOO_FAST));
        assert!(problem.detail.contains("12 s"));
        let failed = ApiError::from(ChatError::Failed("a secret".into())).to_problem();
        assert!(failed.status == 500 && !failed.detail.contains("secret"));
    }
}
