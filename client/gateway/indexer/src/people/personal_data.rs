//! Everything that the gateway keeps of a person: where it is, its export, and its deletion.
//!
//! [`PERSONAL`] has every column with an account of the tables of people. A test compares it with the migrations, so that a new
//! table is not forgotten.

use super::comments;
use crate::{
    error::{GatewayStateError, StoreError},
    sql::{self, account, Fields},
    store::{commit, Store},
};
use sqlx::{any::AnyRow, AnyConnection, Row as _};
use tick_stream_primitives::AccountId;

/// Maximum number of rows of a table in an export. Of more, the last are in it.
pub const MAX_EXPORTED_ROWS: usize = 10_000;
/// Number of comments that are deleted between two queries for more.
const COMMENTS_AT_A_TIME: u32 = 256;

/// What happens with rows when their person is deleted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum OnDeletion {
    /// They are deleted.
    Delete,
    /// They are deleted one by one. A comment with replies stays, without its text and its author.
    Comments,
    /// They stay, for a reason that the array gives.
    Keep,
}
use OnDeletion::{Comments, Delete, Keep};

/// A column with accounts, and what is known of the person in its rows.
struct Personal {
    table: &'static str,
    /// Column that the person is in.
    person: &'static str,
    on_deletion: OnDeletion,
    /// Columns that are exported, in whose order the last rows are found. None if the rows are about somebody else. Hashes of
    /// tokens and keys of subscriptions are never among them.
    exported: &'static [&'static str],
}

const fn personal(
    table: &'static str,
    person: &'static str,
    on_deletion: OnDeletion,
    exported: &'static [&'static str],
) -> Personal {
    Personal { table, person, on_deletion, exported }
}

const PROFILE: &[&str] = &[
    "updated_at",
    "handle",
    "name",
    "bio",
    "picture",
    "banner",
    "links",
    "signature",
    "signed_at",
    "hides_from_leaderboards",
    "keeps_history",
];

/// Where people are, in the order of deletion.
const PERSONAL: &[Personal] = &[
    personal("profiles", "account", Delete, PROFILE),
    personal("follows", "follower", Delete, &["since", "creator"]),
    personal("follows", "creator", Delete, &["since", "follower"]),
    personal("follower_counts", "account", Delete, &["followers"]),
    personal("schedule", "creator", Delete, &["starts_at", "minutes", "title", "stream"]),
    personal("reminders", "person", Delete, &["entry"]),
    personal("likes", "person", Delete, &["liked_at", "subject"]),
    personal("comment_likes", "person", Delete, &["liked_at", "comment"]),
    personal(
        "comments",
        "author",
        Comments,
        &["id", "subject", "reply_to", "body", "made_at", "at_s", "likes", "replies"],
    ),
    personal("progress", "person", Delete, &["noted_at", "subject", "position_ms", "duration_ms"]),
    personal("chat_messages", "author", Delete, &["id", "stream", "body", "reply_to", "tip", "made_at"]),
    personal("chat_moderators", "person", Delete, &["made_at", "stream"]),
    // A notice to somebody else says what this person has written or done.
    personal("notices", "author", Delete, &[]),
    personal("notices", "person", Delete, &["id", "kind", "title", "body", "url", "made_at", "is_read"]),
    personal("notice_settings", "person", Delete, &["settings"]),
    personal("push_subscriptions", "person", Delete, &["made_at", "endpoint"]),
    personal("mail_addresses", "person", Delete, &["address", "is_verified"]),
    personal("sign_ins", "account", Delete, &["last_used_at", "signed_by", "session_key", "label", "created_at"]),
    // A sign-in of the recipient of a gift, who is another person, or one of the person's own, which the row above has.
    personal("sign_ins", "key_of", Keep, &[]),
    personal("sign_ins", "session_key", Keep, &[]),
    // Otherwise a person who is banned would be free to write again after deleting the profile.
    personal("chat_bans", "person", Keep, &["made_at", "stream", "until"]),
    // Decisions and what led to them are kept so that they can be explained, appealed against, and proved to authorities. The
    // record of what moderators do would be worthless if they could leave it.
    personal("chat_bans", "author", Keep, &[]),
    personal("reports", "reporter", Keep, &["id", "subject", "reason", "body", "made_at", "decision"]),
    personal("report_notes", "author", Keep, &[]),
    personal("decisions", "person", Keep, &["id", "subject", "action", "note", "made_at", "lifted_at"]),
    personal("decisions", "author", Keep, &[]),
    personal("appeals", "author", Keep, &["made_at", "decision", "body", "is_upheld", "answer", "answered_at"]),
    personal("appeals", "answered_by", Keep, &[]),
    personal("audit_log", "author", Keep, &["id", "made_at", "action", "subject", "note"]),
    personal("blocks", "author", Keep, &[]),
    // Roles are granted to accounts, not to profiles, and administrators take them back.
    personal("roles", "account", Keep, &["made_at", "role"]),
    personal("roles", "author", Keep, &[]),
    personal("invitations", "author", Keep, &[]),
    // Otherwise the code could be used again.
    personal("invitations", "used_by", Keep, &["used_at"]),
    // These are the chain's, which keeps them for everybody to read; the index would be built with them again.
    personal("tips", "giver", Keep, &["at", "stream", "creator", "amount", "memo", "block"]),
    personal("tips", "creator", Keep, &["at", "stream", "giver", "amount", "memo", "block"]),
    personal("receipts", "viewer", Keep, &["time_ms", "session", "stream", "ticks", "paid", "block"]),
];

/// What is counted or refers to rows, and is corrected before they are deleted. `$1` is the person.
const CORRECTIONS: [&str; 5] = [
    "UPDATE follower_counts SET followers = followers - 1 WHERE account IN (SELECT creator FROM follows WHERE follower = $1)",
    "UPDATE reactions SET likes = likes - 1 WHERE subject IN (SELECT subject FROM likes WHERE person = $1)",
    "UPDATE comments SET likes = likes - 1 WHERE id IN (SELECT comment FROM comment_likes WHERE person = $1)",
    "DELETE FROM reminders WHERE entry IN (SELECT id FROM schedule WHERE creator = $1)",
    "UPDATE chat_settings SET pinned = NULL WHERE pinned IN (SELECT id FROM chat_messages WHERE author = $1)",
];

/// What a table has of a person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExportedTable {
    /// Name of the table.
    pub table: &'static str,
    /// Column that the person is in.
    pub person: &'static str,
    /// Rows: names of columns, and values as text. Accounts are in hex, times in milliseconds since 1970.
    pub rows: Vec<Vec<(&'static str, Option<String>)>>,
    /// Whether there are more rows.
    pub is_cut: bool,
}

impl Store {
    /// Returns everything that is kept of a person; tables that have nothing are left out.
    pub async fn export_person(&self, who: &AccountId) -> Result<Vec<ExportedTable>, GatewayStateError> {
        let mut connection = self.read().await?;
        let mut tables = Vec::new();
        for personal in PERSONAL {
            tables.extend(export(&mut connection, personal, who).await?);
        }
        Ok(tables)
    }

    /// Deletes what a person has written and chosen, or all of it stays if the database fails. What stays in any case is marked so
    /// in [`PERSONAL`].
    pub async fn delete_person(&self, who: &AccountId) -> Result<(), GatewayStateError> {
        let mut tx = self.begin().await?;
        for correction in CORRECTIONS {
            sql::execute(&mut tx, "forget a person", correction.to_owned(), vec![account(who)]).await?;
        }
        for Personal { table, person, on_deletion, .. } in PERSONAL {
            match on_deletion {
                Delete => {
                    let sql = format!("DELETE FROM {table} WHERE {person} = $1");
                    sql::execute(&mut tx, "forget a person", sql, vec![account(who)]).await?;
                }
                Comments => delete_comments(&mut tx, who).await?,
                Keep => {}
            }
        }
        Ok(commit(tx).await?)
    }
}

async fn export(
    connection: &mut AnyConnection,
    personal: &Personal,
    who: &AccountId,
) -> Result<Option<ExportedTable>, StoreError> {
    let Personal { table, person, exported, .. } = *personal;
    let Some(order) = exported.first() else { return Ok(None) };
    let sql = format!(
        "SELECT {} FROM {table} WHERE {person} = $1 ORDER BY {order} DESC LIMIT {}",
        exported.join(", "),
        MAX_EXPORTED_ROWS + 1
    );
    let found = sql::fetch_all(connection, "export what is known of a person", sql, vec![account(who)]).await?;
    let is_cut = found.len() > MAX_EXPORTED_ROWS;
    let rows = found.iter().take(MAX_EXPORTED_ROWS).map(|row| fields(row, exported)).collect::<Result<Vec<_>, _>>()?;
    Ok((!rows.is_empty()).then_some(ExportedTable { table, person, rows, is_cut }))
}

fn fields(row: &AnyRow, columns: &'static [&'static str]) -> Result<Vec<(&'static str, Option<String>)>, StoreError> {
    let field = |column: &&'static str| -> Result<(&'static str, Option<String>), StoreError> {
        let text = match row.try_get::<Option<i64>, _>(*column) {
            Ok(number) => number.map(|number| number.to_string()),
            Err(_) => Fields(row).maybe_text(column)?,
        };
        Ok((*column, text))
    };
    columns.iter().map(field).collect()
}

async fn delete_comments(connection: &mut AnyConnection, who: &AccountId) -> Result<(), StoreError> {
    // The last first, so that a thread of the person's own goes with its replies. Whatever is deleted has another author.
    let sql = format!(
        "SELECT id FROM comments WHERE author = $1 AND is_deleted = 0 ORDER BY id DESC LIMIT {COMMENTS_AT_A_TIME}"
    );
    loop {
        let rows = sql::fetch_all(connection, "find comments", sql.clone(), vec![account(who)]).await?;
        if rows.is_empty() {
            return Ok(());
        }
        for row in &rows {
            comments::delete(connection, Fields(row).u64("id")?).await?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    const MIGRATIONS: [&str; 6] = [
        include_str!("../../migrations/0011_sign_ins.sql"),
        include_str!("../../migrations/0012_people.sql"),
        include_str!("../../migrations/0013_chat.sql"),
        include_str!("../../migrations/0014_money.sql"),
        include_str!("../../migrations/0015_moderation.sql"),
        include_str!("../../migrations/0016_notices.sql"),
    ];
    /// Names of columns with accounts.
    const ACCOUNTS: [&str; 12] = [
        "account",
        "person",
        "author",
        "creator",
        "follower",
        "giver",
        "reporter",
        "viewer",
        "used_by",
        "answered_by",
        "session_key",
        "key_of",
    ];
    /// Of these tables, the column is no account: a hash that differs from day to day.
    const HASHED: (&str, &str) = ("views", "viewer");

    /// Returns the columns of the tables that the migrations make.
    fn columns() -> BTreeMap<String, BTreeSet<String>> {
        let mut tables = BTreeMap::new();
        for table in MIGRATIONS.iter().flat_map(|text| text.split("CREATE TABLE ").skip(1)) {
            let (name, rest) = table.split_once(" (").unwrap();
            let (body, _) = rest.split_once("\n);").unwrap();
            let column = |line: &str| {
                let (name, rest) = line.trim().split_once(' ')?;
                (rest.starts_with("TEXT") || rest.starts_with("BIGINT")).then(|| name.to_owned())
            };
            tables.insert(name.to_owned(), body.lines().filter_map(column).collect());
        }
        tables
    }

    #[test]
    fn every_column_with_accounts_is_known() {
        let known: BTreeSet<_> = PERSONAL.iter().map(|personal| (personal.table, personal.person)).collect();
        assert_eq!(known.len(), PERSONAL.len(), "each column once");
        let tables = columns();
        assert!(tables.len() > 20);
        for (table, columns) in &tables {
            for column in columns.iter().filter(|column| ACCOUNTS.contains(&column.as_str())) {
                let place = (table.as_str(), column.as_str());
                assert!(place == HASHED || known.contains(&place), "{table}.{column} is missing in PERSONAL");
            }
        }
        for Personal { table, person, exported, .. } in PERSONAL {
            let Some(columns) = tables.get(*table) else { continue };
            for column in exported.iter().chain([person]) {
                assert!(columns.contains(*column), "there is no {table}.{column}");
            }
        }
    }

    #[test]
    fn secrets_are_not_exported() {
        for column in PERSONAL.iter().flat_map(|personal| personal.exported) {
            assert!(!column.ends_with("_hash") && !matches!(*column, "auth" | "p256dh"), "{column}");
        }
    }
}
