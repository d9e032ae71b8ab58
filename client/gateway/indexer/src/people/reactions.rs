//! Likes of streams and recordings, views, and the counts of both and of comments.
//!
//! A subject is `stream:7` or `recording:7:3`, as `vilokanam_wire::people::Subject` writes it.

use crate::{
    error::{GatewayStateError, StoreError},
    sql::{self, account, big, places, portions, text, Fields, Value},
    store::{commit, Store},
};
use sqlx::AnyConnection;
use std::collections::HashMap;
use tick_stream_primitives::{AccountId, Moment};

/// Counts of a subject.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ReactionsRow {
    /// People who like it.
    pub likes: u64,
    /// Views: one for each viewer and day.
    pub views: u64,
    /// Comments, replies included.
    pub comments: u64,
}

/// A view of a subject on a day.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ViewRow {
    /// Day since 1970.
    pub day: u64,
    /// Subject.
    pub subject: String,
    /// Hash of the viewer, which differs from day to day.
    pub viewer: String,
}

/// Changes of the counts of a subject.
#[derive(Clone, Copy, Default)]
pub(super) struct Change {
    pub likes: i64,
    pub views: i64,
    pub comments: i64,
}

/// Changes the counts of a subject, in the transaction of what is counted.
pub(super) async fn count(
    connection: &mut AnyConnection,
    subject: &str,
    Change { likes, views, comments }: Change,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO reactions (subject, likes, views, comments) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (subject) DO UPDATE SET likes = reactions.likes + excluded.likes, \
               views = reactions.views + excluded.views, comments = reactions.comments + excluded.comments";
    let values = vec![text(subject), Value::Int(likes), Value::Int(views), Value::Int(comments)];
    sql::execute(connection, "count reactions", sql.to_owned(), values).await
}

/// Deletes what people wrote and did about a subject that is gone. Watch history stays in the table and is not shown any more.
pub(crate) async fn forget_subject(connection: &mut AnyConnection, subject: &str) -> Result<(), StoreError> {
    for sql in [
        "DELETE FROM comment_likes WHERE comment IN (SELECT id FROM comments WHERE subject = $1)",
        "DELETE FROM comments WHERE subject = $1",
        "DELETE FROM likes WHERE subject = $1",
        "DELETE FROM reactions WHERE subject = $1",
    ] {
        sql::execute(connection, "forget a recording", sql.to_owned(), vec![text(subject)]).await?;
    }
    Ok(())
}

impl Store {
    /// Notes that a person likes a subject. Returns whether that is new.
    pub async fn like(&self, who: &AccountId, subject: &str, at: Moment) -> Result<bool, GatewayStateError> {
        let mut tx = self.begin().await?;
        let sql = "INSERT INTO likes (subject, person, liked_at) VALUES ($1, $2, $3) \
                   ON CONFLICT (subject, person) DO NOTHING RETURNING subject";
        let values = vec![text(subject), account(who), big("the time", at)?];
        if sql::fetch_all(&mut tx, "like", sql.to_owned(), values).await?.is_empty() {
            return Ok(false);
        }
        count(&mut tx, subject, Change { likes: 1, ..Change::default() }).await?;
        commit(tx).await?;
        Ok(true)
    }

    /// Notes that a person likes a subject no longer. Returns whether the person did.
    pub async fn unlike(&self, who: &AccountId, subject: &str) -> Result<bool, GatewayStateError> {
        let mut tx = self.begin().await?;
        let sql = "DELETE FROM likes WHERE subject = $1 AND person = $2 RETURNING subject".to_owned();
        if sql::fetch_all(&mut tx, "take a like back", sql, vec![text(subject), account(who)]).await?.is_empty() {
            return Ok(false);
        }
        count(&mut tx, subject, Change { likes: -1, ..Change::default() }).await?;
        commit(tx).await?;
        Ok(true)
    }

    /// Returns whether a person likes a subject.
    pub async fn is_liking(&self, who: &AccountId, subject: &str) -> Result<bool, GatewayStateError> {
        let sql = "SELECT liked_at FROM likes WHERE subject = $1 AND person = $2".to_owned();
        let values = vec![text(subject), account(who)];
        Ok(!sql::fetch_all(&mut *self.read().await?, "find a like", sql, values).await?.is_empty())
    }

    /// Returns the counts of subjects. Those without any are left out.
    pub async fn reactions(&self, subjects: &[String]) -> Result<HashMap<String, ReactionsRow>, GatewayStateError> {
        let mut found = HashMap::new();
        let mut connection = self.read().await?;
        for part in portions(subjects) {
            let sql = format!(
                "SELECT subject, likes, views, comments FROM reactions WHERE subject IN {}",
                places(1, part.len())
            );
            let values = part.iter().map(text).collect();
            for row in &sql::fetch_all(&mut connection, "read reactions", sql, values).await? {
                let row = Fields(row);
                let counts =
                    ReactionsRow { likes: row.u64("likes")?, views: row.u64("views")?, comments: row.u64("comments")? };
                found.insert(row.text("subject")?, counts);
            }
        }
        Ok(found)
    }

    /// Counts views, each viewer of a subject once a day. Returns the number of those that are new.
    pub async fn add_views(&self, views: &[ViewRow]) -> Result<u64, GatewayStateError> {
        // In one order, so that two replicas do not wait for each other.
        let mut views = views.to_vec();
        views.sort_unstable();
        let mut new = std::collections::BTreeMap::<String, i64>::new();
        let mut tx = self.begin().await?;
        for part in portions(&views) {
            let sql = format!(
                "INSERT INTO views (day, subject, viewer) VALUES {} ON CONFLICT (day, subject, viewer) DO NOTHING \
                 RETURNING subject",
                places(part.len(), 3)
            );
            let mut values = Vec::with_capacity(3 * part.len());
            for view in part {
                values.extend([big("the day", view.day)?, text(&view.subject), text(&view.viewer)]);
            }
            for row in &sql::fetch_all(&mut tx, "note views", sql, values).await? {
                *new.entry(Fields(row).text("subject")?).or_default() += 1;
            }
        }
        for (subject, views) in &new {
            count(&mut tx, subject, Change { views: *views, ..Change::default() }).await?;
        }
        commit(tx).await?;
        Ok(new.values().map(|views| views.unsigned_abs()).sum())
    }

    /// Deletes who has viewed what before a day. The counts stay.
    pub async fn forget_viewers(&self, before_day: u64) -> Result<(), GatewayStateError> {
        let mut tx = self.begin().await?;
        let sql = "DELETE FROM views WHERE day < $1".to_owned();
        sql::execute(&mut tx, "forget viewers", sql, vec![big("the day", before_day)?]).await?;
        Ok(commit(tx).await?)
    }
}
