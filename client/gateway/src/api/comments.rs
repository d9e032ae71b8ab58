//! Comments on recordings: `/v1/streams/{id}/recordings/{number}/comments` and `/v1/comments`.

use super::{
    error::ApiError,
    likes::recording_by_number,
    page::PageQuery,
    person_refs::PersonRefs,
    signed_in::SignedIn,
    state::{ApiState, Catalogue},
    views,
};
use crate::{
    moderation::Moderation,
    notices::{Happening, Notices},
    people::{
        comment::{comment_view, has_second, Standing},
        People,
    },
};
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    Json,
};
use serde::Deserialize;
use std::{collections::HashSet, sync::Arc};
use tick_stream_primitives::{clock::now_ms, AccountId, StreamId};
use utoipa_axum::{router::OpenApiRouter, routes};
use vilokanam_indexer::{
    people::{CommentRow, CommentSort, Commented, NewCommentRow},
    Page as Rows, PageRequest,
};
use vilokanam_people::text::{clean, Lines};
use vilokanam_wire::{
    people::{CommentView, NewComment, Subject, MAX_COMMENT_CHARS},
    streams::Page,
    Problem,
};

/// Number of comments on a page if the request names none.
const DEFAULT_LIMIT: u32 = 20;

pub fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default()
        .routes(routes!(list_comments, add_comment))
        .routes(routes!(list_replies))
        .routes(routes!(delete_comment))
        .routes(routes!(like_comment, unlike_comment))
}

/// Order of comments.
#[derive(Clone, Copy, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CommentOrder {
    /// The last first.
    #[default]
    Newest,
    /// The most liked first.
    Top,
}

impl From<CommentOrder> for CommentSort {
    fn from(order: CommentOrder) -> Self {
        match order {
            CommentOrder::Newest => Self::Newest,
            CommentOrder::Top => Self::Top,
        }
    }
}

/// Which comments of a recording, and in which order.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CommentsQuery {
    #[serde(default)]
    #[param(inline)]
    sort: CommentOrder,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// Maximum number of items on the page, at most 100.
    limit: Option<u32>,
}

/// Lists the comments on a recording, without replies. Unlisted recordings are named by their number as well.
#[utoipa::path(get, path = "/v1/streams/{id}/recordings/{number}/comments", tag = "people",
    params(("id" = u64, Path), ("number" = u64, Path), CommentsQuery), responses(
    (status = 200, body = Page<CommentView>), (status = 400, body = Problem), (status = 403, body = Problem),
    (status = 404, body = Problem),
))]
pub async fn list_comments(
    State(catalogue): State<Arc<Catalogue>>,
    State(people): State<Arc<People>>,
    Path((stream, number)): Path<(StreamId, u64)>,
    Query(query): Query<CommentsQuery>,
    who: Option<SignedIn>,
) -> Result<Json<Page<CommentView>>, ApiError> {
    recording_by_number(&catalogue, stream, number).await?;
    let page = PageRequest { limit: query.limit.unwrap_or(DEFAULT_LIMIT), cursor: query.cursor };
    let subject = Subject::Recording(stream, number).to_string();
    let rows = catalogue.index.comments(&subject, query.sort.into(), &page).await?;
    comment_page(&catalogue, &people, rows, who.as_ref()).await
}

/// Lists the replies in the thread of a comment, the first first.
#[utoipa::path(get, path = "/v1/comments/{id}/replies", tag = "people", params(("id" = u64, Path), PageQuery), responses(
    (status = 200, body = Page<CommentView>), (status = 400, body = Problem), (status = 403, body = Problem),
    (status = 404, body = Problem),
))]
pub async fn list_replies(
    State(catalogue): State<Arc<Catalogue>>,
    State(people): State<Arc<People>>,
    Path(id): Path<u64>,
    Query(query): Query<PageQuery>,
    who: Option<SignedIn>,
) -> Result<Json<Page<CommentView>>, ApiError> {
    let rows = catalogue.index.replies(id, &query.request()).await?;
    // The first comment of a thread can be deleted while there are replies.
    match rows.items.first() {
        Some(reply) => check_shown(&catalogue, reply).await?,
        None => drop(shown_comment(&catalogue, id).await?),
    }
    comment_page(&catalogue, &people, rows, who.as_ref()).await
}

/// Writes a comment on a recording, or a reply to one. A person can write ten a minute.
#[utoipa::path(post, path = "/v1/streams/{id}/recordings/{number}/comments", tag = "people",
    params(("id" = u64, Path), ("number" = u64, Path)), request_body = NewComment, responses(
    (status = 201, body = CommentView), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem),
    (status = 429, body = Problem),
))]
pub async fn add_comment(
    State(catalogue): State<Arc<Catalogue>>,
    State(people): State<Arc<People>>,
    State(moderation): State<Arc<Moderation>>,
    State(notices): State<Notices>,
    Path((stream, number)): Path<(StreamId, u64)>,
    signed: SignedIn,
    Json(body): Json<NewComment>,
) -> Result<(StatusCode, Json<CommentView>), ApiError> {
    moderation.check_may_speak(&signed.account)?;
    let text = clean(&body.text, MAX_COMMENT_CHARS, Lines::Many);
    let text = text.map_err(|error| ApiError::bad_request(format!("The comment is not accepted: {error}.")))?;
    moderation.check_text(&text)?;
    let now = now_ms();
    people.limits().take_comment(&signed.account, now)?;
    let recording = recording_by_number(&catalogue, stream, number).await?;
    if body.at_s.is_some_and(|at_s| !has_second(recording.duration_ms, at_s)) {
        return Err(ApiError::bad_request("'at_s' is behind the end of the recording."));
    }
    let subject = Subject::Recording(stream, number);
    let new = NewCommentRow {
        subject: subject.to_string(),
        reply_to: body.reply_to,
        author: signed.account.clone(),
        text,
        made_at: now,
        at_s: body.at_s,
    };
    let (comment, answered) = match catalogue.index.add_comment(&new).await? {
        Commented::Added { comment, answered } => (*comment, answered),
        Commented::NothingToAnswer => {
            return Err(ApiError::not_found("The comment that you answer is not there any more."));
        }
    };
    if let Some(to) = answered.filter(|to| *to != signed.account) {
        notices.happened(Happening::Reply { to, by: signed.account.clone(), subject, comment: comment.id });
    }
    let names = PersonRefs::read(&people, [signed.account.clone()]).await?;
    let view = comment_view(comment, |author| names.of(author), Some(&signed.account), false);
    Ok((StatusCode::CREATED, Json(view)))
}

/// Deletes a comment: its author, the stream's creator with the wallet, or a moderator of this gateway. One with replies stays
/// for them, without text and author.
#[utoipa::path(delete, path = "/v1/comments/{id}", tag = "people", params(("id" = u64, Path)), responses(
    (status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
    (status = 429, body = Problem),
))]
pub async fn delete_comment(
    State(catalogue): State<Arc<Catalogue>>,
    State(people): State<Arc<People>>,
    Path(id): Path<u64>,
    signed: SignedIn,
) -> Result<StatusCode, ApiError> {
    people.limits().take_reaction(&signed.account, now_ms())?;
    let row = catalogue.index.comment(id).await?.ok_or_else(|| no_comment(id))?;
    if !standing(&catalogue, &signed, &row).await?.may_delete() {
        let detail = "A comment is deleted by its author, by the stream's creator and by moderators of this gateway.";
        return Err(ApiError::forbidden(detail).hint("If you are the creator, sign in with the wallet."));
    }
    catalogue.index.delete_comment(id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Likes a comment. Liking it again changes nothing.
#[utoipa::path(put, path = "/v1/comments/{id}/like", tag = "people", params(("id" = u64, Path)), responses(
    (status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
    (status = 429, body = Problem),
))]
pub async fn like_comment(
    State(catalogue): State<Arc<Catalogue>>,
    State(people): State<Arc<People>>,
    Path(id): Path<u64>,
    signed: SignedIn,
) -> Result<StatusCode, ApiError> {
    set_like(&catalogue, &people, &signed, (id, true)).await
}

/// Takes the like of a comment back.
#[utoipa::path(delete, path = "/v1/comments/{id}/like", tag = "people", params(("id" = u64, Path)), responses(
    (status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
    (status = 429, body = Problem),
))]
pub async fn unlike_comment(
    State(catalogue): State<Arc<Catalogue>>,
    State(people): State<Arc<People>>,
    Path(id): Path<u64>,
    signed: SignedIn,
) -> Result<StatusCode, ApiError> {
    set_like(&catalogue, &people, &signed, (id, false)).await
}

async fn set_like(
    catalogue: &Catalogue,
    people: &People,
    signed: &SignedIn,
    (id, is_liked): (u64, bool),
) -> Result<StatusCode, ApiError> {
    signed.require_member()?;
    let now = now_ms();
    people.limits().take_reaction(&signed.account, now)?;
    if is_liked {
        shown_comment(catalogue, id).await?;
    }
    match catalogue.index.set_comment_like(id, &signed.account, is_liked, now).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(no_comment(id)),
    }
}

fn no_comment(id: u64) -> ApiError {
    ApiError::not_found(format!("There is no comment {id}."))
}

/// Returns a comment on a recording that viewers may have.
async fn shown_comment(catalogue: &Catalogue, id: u64) -> Result<CommentRow, ApiError> {
    let row = catalogue.index.comment(id).await?.ok_or_else(|| no_comment(id))?;
    check_shown(catalogue, &row).await?;
    Ok(row)
}

/// Checks that viewers may have what a comment is about.
async fn check_shown(catalogue: &Catalogue, row: &CommentRow) -> Result<(), ApiError> {
    match row.subject.parse::<Subject>() {
        Ok(Subject::Recording(stream, number)) => {
            recording_by_number(catalogue, stream, number).await?;
            Ok(())
        }
        // Only recordings have comments.
        Ok(Subject::Stream(_)) | Err(_) => Err(no_comment(row.id)),
    }
}

/// Returns what the person is to a comment.
async fn standing(catalogue: &Catalogue, signed: &SignedIn, row: &CommentRow) -> Result<Standing, ApiError> {
    let mut standing = Standing {
        is_author: row.author == signed.account,
        is_moderator: signed.require_moderator().is_ok(),
        is_creator: false,
    };
    if !standing.may_delete() && signed.require_wallet().is_ok() {
        if let Ok(subject) = row.subject.parse::<Subject>() {
            let stream = catalogue.index.stream(subject.stream()).await?;
            standing.is_creator = stream.is_some_and(|stream| stream.value.creator == signed.account);
        }
    }
    Ok(standing)
}

async fn comment_page(
    catalogue: &Catalogue,
    people: &People,
    rows: Rows<CommentRow>,
    who: Option<&SignedIn>,
) -> Result<Json<Page<CommentView>>, ApiError> {
    let viewer: Option<&AccountId> = who.map(|who| &who.account);
    let authors: Vec<AccountId> =
        rows.items.iter().filter(|row| !row.is_deleted).map(|row| row.author.clone()).collect();
    let names = PersonRefs::read(people, authors).await?;
    let liked = match viewer {
        Some(viewer) => {
            let ids: Vec<u64> = rows.items.iter().map(|row| row.id).collect();
            catalogue.index.liked_comments(viewer, &ids).await?
        }
        None => HashSet::new(),
    };
    Ok(Json(views::page(rows, |row| {
        let is_liked = liked.contains(&row.id);
        comment_view(row, |author| names.of(author), viewer, is_liked)
    })))
}

#[cfg(test)]
mod tests {
    use super::{
        super::{signed_in::SignedBy, views::test_catalogue::TestCatalogue},
        *,
    };
    use crate::sign_in::{Roles, SignInId};
    use tick_stream_primitives::StreamStatus;
    use vilokanam_indexer::{RecordingKind, RecordingRow, RecordingState};

    fn signed(account: u8, by: SignedBy, roles: Roles) -> SignedIn {
        SignedIn { account: AccountId::new([account; 32]), by, sign_in: SignInId("ab".into()), roles }
    }

    /// A stream of account 1 with recording 1.
    async fn catalogue_with_recording() -> TestCatalogue {
        let catalogue = TestCatalogue::new().await;
        catalogue.add_streams(1, &[StreamStatus::Offline]).await;
        let row = RecordingRow::new(RecordingKind::Upload, (0, 1), 0, 1_000);
        let row = RecordingRow { state: RecordingState::Ready, published_at: Some(1_000), ..row };
        catalogue.catalogue.index.add_recording(&row).await.unwrap();
        catalogue
    }

    async fn write(catalogue: &TestCatalogue, author: u8, reply_to: Option<u64>) -> CommentRow {
        let new = NewCommentRow {
            subject: "recording:0:1".into(),
            reply_to,
            author: AccountId::new([author; 32]),
            text: "Well explained.".into(),
            made_at: 1_000,
            at_s: None,
        };
        match catalogue.catalogue.index.add_comment(&new).await.unwrap() {
            Commented::Added { comment, .. } => *comment,
            Commented::NothingToAnswer => panic!("there is nothing to answer"),
        }
    }

    #[tokio::test]
    async fn comment_is_deleted_by_its_author_the_streams_creator_and_moderators() {
        let catalogue = catalogue_with_recording().await;
        let row = write(&catalogue, 2, None).await;
        let may = async |account: u8, by: SignedBy, roles: Roles| {
            standing(&catalogue.catalogue, &signed(account, by, roles), &row).await.unwrap().may_delete()
        };
        let (none, moderator) = (Roles::default(), Roles { is_moderator: true, ..Roles::default() });
        assert!(may(2, SignedBy::SessionKey, none).await);
        assert!(may(1, SignedBy::Wallet, none).await);
        assert!(!may(1, SignedBy::SessionKey, none).await, "creators' rights need the wallet");
        assert!(!may(3, SignedBy::Wallet, none).await);
        assert!(may(3, SignedBy::Wallet, moderator).await);
    }

    #[tokio::test]
    async fn replies_of_a_deleted_comment_are_listed_and_its_author_is_not() {
        let catalogue = catalogue_with_recording().await;
        let people = People::new(catalogue.catalogue.index.clone());
        let first = write(&catalogue, 2, None).await;
        let reply = write(&catalogue, 3, Some(first.id)).await;
        assert!(catalogue.catalogue.index.delete_comment(first.id).await.unwrap());
        let (state, people) = (State(catalogue.catalogue.clone()), State(people));
        let page = || Query::<PageQuery>::try_from_uri(&"/".parse().unwrap()).unwrap();
        let replies = list_replies(state.clone(), people.clone(), Path(first.id), page(), None).await.unwrap().0;
        assert_eq!(replies.items.iter().map(|reply| reply.id).collect::<Vec<_>>(), [reply.id]);
        let query = Query(CommentsQuery { sort: CommentOrder::Top, cursor: None, limit: None });
        let top = list_comments(state.clone(), people.clone(), Path((0, 1)), query, None).await.unwrap().0;
        assert!(top.items[0].is_deleted && top.items[0].text.is_empty() && top.items[0].replies == 1);
        assert_eq!(top.items[0].author.account.0, AccountId::new([0; 32]));

        catalogue.catalogue.recordings.withhold([(0, 1)].into());
        let refused = list_replies(state, people, Path(first.id), page(), None).await.unwrap_err();
        assert_eq!(refused.to_problem().status, 404, "comments are withheld with their recording");
    }
}
