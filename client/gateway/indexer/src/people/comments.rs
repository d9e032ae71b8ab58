//! Comments, replies to them, and likes of them.

use super::{
    reactions::{count, Change},
    reports::next_id,
};
use crate::{
    error::{GatewayStateError, QueryError, StoreError},
    page::{page_of, List, Page, PageRequest},
    sql::{self, account, big, int, maybe_big, maybe_int, places, portions, text, Fields, Table, Value},
    store::{commit, Store},
};
use sqlx::AnyConnection;
use std::collections::HashSet;
use tick_stream_primitives::{AccountId, Moment};

/// Author of a deleted comment that stays for its replies.
const NOBODY: AccountId = AccountId::new([0; 32]);

/// A comment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CommentRow {
    /// Number of the comment; given when it is added.
    pub id: u64,
    /// What is commented on.
    pub subject: String,
    /// Comment that the thread begins with; 0 for that comment itself.
    pub thread: u64,
    /// Comment that it answers.
    pub reply_to: Option<u64>,
    /// Who wrote it; the account of zeros if it is deleted.
    pub author: AccountId,
    /// Text; empty if it is deleted.
    pub text: String,
    /// When it was written.
    pub made_at: Moment,
    /// Second of the recording that it is about.
    pub at_s: Option<u32>,
    /// People who like it.
    pub likes: u64,
    /// Comments of its thread, for the first one of a thread.
    pub replies: u32,
    /// Whether it is deleted, and stays for its replies.
    pub is_deleted: bool,
}

/// A comment to be added.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewCommentRow {
    /// What is commented on.
    pub subject: String,
    /// Comment that it answers.
    pub reply_to: Option<u64>,
    /// Who writes it.
    pub author: AccountId,
    /// Text.
    pub text: String,
    /// When it is written.
    pub made_at: Moment,
    /// Second of the recording that it is about.
    pub at_s: Option<u32>,
}

/// What became of a comment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Commented {
    /// It was added. For a reply, `answered` is the author of the comment that it answers.
    Added {
        /// The comment.
        comment: Box<CommentRow>,
        /// Who is answered.
        answered: Option<AccountId>,
    },
    /// The comment that it answers is not there (any more), or is about something else.
    NothingToAnswer,
}

/// Order of comments.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum CommentSort {
    /// The last first.
    #[default]
    Newest,
    /// The most liked first.
    Top,
}

impl Store {
    /// Adds a comment or a reply.
    pub async fn add_comment(&self, new: &NewCommentRow) -> Result<Commented, GatewayStateError> {
        let mut tx = self.begin().await?;
        let mut comment = CommentRow {
            id: 0,
            subject: new.subject.clone(),
            thread: 0,
            reply_to: new.reply_to,
            author: new.author.clone(),
            text: new.text.clone(),
            made_at: new.made_at,
            at_s: new.at_s,
            likes: 0,
            replies: 0,
            is_deleted: false,
        };
        let mut answered = None;
        if let Some(id) = new.reply_to {
            let parent = load(&mut tx, id).await?.filter(|row| !row.is_deleted && row.subject == new.subject);
            let Some(parent) = parent else { return Ok(Commented::NothingToAnswer) };
            comment.thread = if parent.thread == 0 { parent.id } else { parent.thread };
            answered = Some(parent.author);
            if !add_to_replies(&mut tx, comment.thread, 1).await? {
                return Ok(Commented::NothingToAnswer);
            }
        }
        comment.id = next_id(&mut tx, CommentRow::NAME).await?;
        sql::insert(&mut tx, std::slice::from_ref(&comment)).await?;
        count(&mut tx, &comment.subject, Change { comments: 1, ..Change::default() }).await?;
        commit(tx).await?;
        Ok(Commented::Added { comment: Box::new(comment), answered })
    }

    /// Returns a comment, or `None` if there is none of this number (any more).
    pub async fn comment(&self, id: u64) -> Result<Option<CommentRow>, GatewayStateError> {
        Ok(load(&mut *self.read().await?, id).await?.filter(|row| !row.is_deleted))
    }

    /// Returns a page of the comments on a subject that are no replies.
    ///
    /// # Errors
    ///
    /// Fails if the limit or the cursor is not valid, and if the database fails.
    pub async fn comments(
        &self,
        subject: &str,
        sort: CommentSort,
        page: &PageRequest,
    ) -> Result<Page<CommentRow>, QueryError> {
        let limit = page.checked_limit()?;
        let mut values = vec![text(subject)];
        let (list, order, behind) = match sort {
            CommentSort::Newest => {
                let mark = page.mark::<(u64, u64)>(List::CommentsNewest)?;
                if let Some((_, id)) = mark {
                    values.push(mark_of(id)?);
                }
                (List::CommentsNewest, "id DESC", mark.map_or("", |_| " AND id < $2"))
            }
            CommentSort::Top => {
                let mark = page.mark::<(u64, u64)>(List::CommentsTop)?;
                if let Some((likes, id)) = mark {
                    values.extend([mark_of(likes)?, mark_of(id)?]);
                }
                (List::CommentsTop, "likes DESC, id DESC", mark.map_or("", |_| " AND (likes, id) < ($2, $3)"))
            }
        };
        let columns = CommentRow::COLUMNS.join(", ");
        let sql = format!(
            "SELECT {columns} FROM comments WHERE subject = $1 AND thread = 0{behind} ORDER BY {order} LIMIT {}",
            limit + 1
        );
        let rows = select(&mut *self.read().await?, sql, values).await?;
        Ok(page_of(list, limit, rows, |row| (row.likes, row.id)))
    }

    /// Returns a page of the replies of a thread, the first first.
    ///
    /// # Errors
    ///
    /// Fails if the limit or the cursor is not valid, and if the database fails.
    pub async fn replies(&self, thread: u64, page: &PageRequest) -> Result<Page<CommentRow>, QueryError> {
        let limit = page.checked_limit()?;
        let Ok(key) = big("the comment", thread) else { return Ok(Page::default()) };
        // Comments that begin a thread have 0 here.
        if thread == 0 {
            return Ok(Page::default());
        }
        let mark = page.mark::<u64>(List::Replies)?.unwrap_or(0);
        let columns = CommentRow::COLUMNS.join(", ");
        let sql =
            format!("SELECT {columns} FROM comments WHERE thread = $1 AND id > $2 ORDER BY id LIMIT {}", limit + 1);
        let rows = select(&mut *self.read().await?, sql, vec![key, mark_of(mark)?]).await?;
        Ok(page_of(List::Replies, limit, rows, |row| row.id))
    }

    /// Deletes a comment. One with replies stays, without its text and its author. Returns whether there was one.
    pub async fn delete_comment(&self, id: u64) -> Result<bool, GatewayStateError> {
        let mut tx = self.begin().await?;
        let is_deleted = delete(&mut tx, id).await?;
        commit(tx).await?;
        Ok(is_deleted)
    }

    /// Notes that a person likes a comment, or likes it no longer. Returns whether there is such a comment.
    pub async fn set_comment_like(
        &self,
        id: u64,
        who: &AccountId,
        is_liked: bool,
        at: Moment,
    ) -> Result<bool, GatewayStateError> {
        let mut tx = self.begin().await?;
        if load(&mut tx, id).await?.is_none_or(|row| row.is_deleted) {
            return Ok(false);
        }
        let mut values = vec![big("the comment", id)?, account(who)];
        let (sql, change) = match is_liked {
            true => {
                values.push(big("the time", at)?);
                let sql = "INSERT INTO comment_likes (comment, person, liked_at) VALUES ($1, $2, $3) \
                           ON CONFLICT (comment, person) DO NOTHING RETURNING comment";
                (sql, "likes + 1")
            }
            false => ("DELETE FROM comment_likes WHERE comment = $1 AND person = $2 RETURNING comment", "likes - 1"),
        };
        if !sql::fetch_all(&mut tx, "like a comment", sql.to_owned(), values).await?.is_empty() {
            let sql = format!("UPDATE comments SET likes = {change} WHERE id = $1");
            sql::execute(&mut tx, "count a like", sql, vec![big("the comment", id)?]).await?;
        }
        commit(tx).await?;
        Ok(true)
    }

    /// Returns those of these comments that a person likes.
    pub async fn liked_comments(&self, who: &AccountId, ids: &[u64]) -> Result<HashSet<u64>, GatewayStateError> {
        let mut found = HashSet::new();
        let mut connection = self.read().await?;
        for part in portions(ids) {
            let sql = format!(
                "SELECT comment FROM comment_likes WHERE (comment, person) IN (VALUES {})",
                places(part.len(), 2)
            );
            let mut values = Vec::with_capacity(2 * part.len());
            for id in part {
                values.extend([big("the comment", *id)?, account(who)]);
            }
            for row in &sql::fetch_all(&mut connection, "find likes", sql, values).await? {
                found.insert(Fields(row).u64("comment")?);
            }
        }
        Ok(found)
    }
}

/// Deletes a comment in the transaction of a caller, as [`Store::delete_comment`] does.
pub(super) async fn delete(connection: &mut AnyConnection, id: u64) -> Result<bool, StoreError> {
    let Some(row) = load(connection, id).await?.filter(|row| !row.is_deleted) else { return Ok(false) };
    let key = vec![big("the comment", id)?];
    // Waits for a reply that is being added, and lets one of two deletions of the comment go on.
    let sql = "UPDATE comments SET is_deleted = 1 WHERE id = $1 AND is_deleted = 0 RETURNING replies".to_owned();
    let marked = sql::fetch_all(connection, "delete a comment", sql, key.clone()).await?;
    let replies = match marked.first() {
        Some(row) => Fields(row).u32("replies")?,
        None => return Ok(false),
    };
    let sql = "DELETE FROM comment_likes WHERE comment = $1".to_owned();
    sql::execute(connection, "delete a comment", sql, key.clone()).await?;
    if replies > 0 {
        let sql = "UPDATE comments SET author = $2, body = '', likes = 0 WHERE id = $1".to_owned();
        sql::execute(connection, "empty a comment", sql, [key, vec![account(&NOBODY)]].concat()).await?;
    } else {
        remove_unanswered(connection, id).await?;
        if row.thread != 0 && add_to_replies(connection, row.thread, -1).await? {
            remove_unanswered(connection, row.thread).await?;
        }
    }
    count(connection, &row.subject, Change { comments: -1, ..Change::default() }).await?;
    Ok(true)
}

/// Returns a number of a cursor as stored. A cursor with a larger one is none that was handed out.
fn mark_of(number: u64) -> Result<Value, QueryError> {
    big("the mark", number).map_err(|_| QueryError::BadCursor)
}

async fn load(connection: &mut AnyConnection, id: u64) -> Result<Option<CommentRow>, StoreError> {
    let Ok(key) = big("the comment", id) else { return Ok(None) };
    Ok(sql::load::<CommentRow>(connection, &[vec![key]]).await?.into_iter().next())
}

async fn select(
    connection: &mut AnyConnection,
    sql: String,
    values: Vec<Value>,
) -> Result<Vec<CommentRow>, StoreError> {
    let rows = sql::fetch_all(connection, "list comments", sql, values).await?;
    rows.iter().map(|row| CommentRow::read(&Fields(row))).collect()
}

/// Changes the number of a thread's replies. Returns whether the comment that it begins with is there.
async fn add_to_replies(connection: &mut AnyConnection, thread: u64, change: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE comments SET replies = replies + $1 WHERE id = $2 RETURNING id".to_owned();
    let values = vec![Value::Int(change), big("the comment", thread)?];
    Ok(!sql::fetch_all(connection, "count replies", sql, values).await?.is_empty())
}

/// Removes a comment that is deleted and has no replies.
async fn remove_unanswered(connection: &mut AnyConnection, id: u64) -> Result<(), StoreError> {
    let sql = "DELETE FROM comments WHERE id = $1 AND is_deleted = 1 AND replies = 0".to_owned();
    sql::execute(connection, "delete a comment", sql, vec![big("the comment", id)?]).await
}

impl Table for CommentRow {
    const NAME: &'static str = "comments";
    const KEY: &'static [&'static str] = &["id"];
    const COLUMNS: &'static [&'static str] =
        &["id", "subject", "thread", "reply_to", "author", "body", "made_at", "at_s", "likes", "replies", "is_deleted"];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        Ok(vec![
            big("the comment", self.id)?,
            text(&self.subject),
            big("the comment", self.thread)?,
            maybe_big("the comment", self.reply_to)?,
            account(&self.author),
            text(&self.text),
            big("the time", self.made_at)?,
            maybe_int(self.at_s),
            big("the likes", self.likes)?,
            int(self.replies),
            int(self.is_deleted),
        ])
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.u64("id")?,
            subject: row.text("subject")?,
            thread: row.u64("thread")?,
            reply_to: row.maybe_u64("reply_to")?,
            author: row.account("author")?,
            text: row.text("body")?,
            made_at: row.u64("made_at")?,
            at_s: row.maybe_u32("at_s")?,
            likes: row.u64("likes")?,
            replies: row.u32("replies")?,
            is_deleted: row.i64("is_deleted")? != 0,
        })
    }
}
