//! Chat: messages, who may not write, settings, moderators.

use crate::{
    error::{GatewayStateError, QueryError, StoreError},
    page::{page_of, List, Page, PageRequest},
    sql::{self, account, big, int, maybe_amount, maybe_big, places, text, Fields, Table, Value},
    store::{commit, Store},
};
use tick_stream_primitives::{AccountId, Balance, Moment, StreamId};

/// Maximum number of messages that are read at once.
pub const MAX_CHAT_MESSAGES: u32 = 200;
/// Maximum number of bans and time-outs of a stream that take effect.
pub const MAX_CHAT_BANS: u32 = 10_000;

/// A message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChatMessageRow {
    /// Number of the message, given by the gateway.
    pub id: u64,
    /// The stream.
    pub stream: StreamId,
    /// Who wrote it.
    pub author: AccountId,
    /// Badges of the author, as bits.
    pub badges: u32,
    /// What it says.
    pub text: String,
    /// The message that it answers.
    pub reply_to: Option<u64>,
    /// Amount of the tip that it came with.
    pub tip: Option<Balance>,
    /// Time at which it was accepted.
    pub made_at: Moment,
}

/// A ban or a time-out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChatBanRow {
    /// The stream.
    pub stream: StreamId,
    /// Whom it concerns.
    pub person: AccountId,
    /// End of the time-out; `None` for a ban.
    pub until: Option<Moment>,
    /// Who decided.
    pub author: AccountId,
    /// When.
    pub made_at: Moment,
}

/// Settings of the chat of a stream.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChatSettingsRow {
    /// The stream.
    pub stream: StreamId,
    /// Least seconds between two messages of a person; 0 for no limit.
    pub slow_s: u32,
    /// Whether only followers may write.
    pub is_followers_only: bool,
    /// Whether only those who are paying may write.
    pub is_payers_only: bool,
    /// JSON array of blocked words.
    pub blocked_words: String,
    /// The pinned message.
    pub pinned: Option<u64>,
    /// Time of the last change.
    pub updated_at: Moment,
}

impl Store {
    /// Adds messages. One that is there already is written again.
    pub async fn add_chat_messages(&self, messages: &[ChatMessageRow]) -> Result<(), GatewayStateError> {
        let mut tx = self.begin().await?;
        sql::upsert(&mut tx, messages).await?;
        Ok(commit(tx).await?)
    }

    /// Deletes messages of a stream.
    pub async fn delete_chat_messages(&self, stream: StreamId, ids: &[u64]) -> Result<(), GatewayStateError> {
        let mut tx = self.begin().await?;
        for part in sql::portions(ids) {
            let sql = format!(
                "DELETE FROM chat_messages WHERE id IN {} AND stream = ${}",
                places(1, part.len()),
                part.len() + 1
            );
            let ids = part.iter().map(|id| big("the message", *id));
            let values = ids.chain([big("the stream", stream)]).collect::<Result<Vec<_>, StoreError>>()?;
            sql::execute(&mut tx, "delete messages", sql, values).await?;
        }
        Ok(commit(tx).await?)
    }

    /// Returns a message, or `None` if there is none of this number (any more).
    pub async fn chat_message(&self, id: u64) -> Result<Option<ChatMessageRow>, GatewayStateError> {
        Ok(self.chat_messages(&[id]).await?.into_iter().next())
    }

    /// Returns the messages of these numbers, in no particular order.
    pub async fn chat_messages(&self, ids: &[u64]) -> Result<Vec<ChatMessageRow>, GatewayStateError> {
        let keys: Vec<_> = ids.iter().filter_map(|id| Some(vec![big("the message", *id).ok()?])).collect();
        Ok(sql::load(&mut *self.read().await?, &keys).await?)
    }

    /// Returns messages of a stream, the newest first: those before a message, or the last ones. At most
    /// [`MAX_CHAT_MESSAGES`].
    pub async fn chat_history(
        &self,
        stream: StreamId,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<ChatMessageRow>, GatewayStateError> {
        let before = before.and_then(|before| big("the message", before).ok()).unwrap_or(Value::Int(i64::MAX));
        let condition = "stream = $1 AND id < $2 ORDER BY id DESC";
        self.select_chat(condition, limit, vec![big("the stream", stream)?, before]).await
    }

    /// Returns messages of a stream that were accepted from `from` on and before `to`, the oldest first. At most
    /// [`MAX_CHAT_MESSAGES`].
    pub async fn chat_between(
        &self,
        stream: StreamId,
        (from, to): (Moment, Moment),
        limit: u32,
    ) -> Result<Vec<ChatMessageRow>, GatewayStateError> {
        let moment = |moment: Moment| big("the time", moment).unwrap_or(Value::Int(i64::MAX));
        let condition = "stream = $1 AND made_at >= $2 AND made_at < $3 ORDER BY made_at, id";
        self.select_chat(condition, limit, vec![big("the stream", stream)?, moment(from), moment(to)]).await
    }

    async fn select_chat(
        &self,
        condition: &str,
        limit: u32,
        values: Vec<Value>,
    ) -> Result<Vec<ChatMessageRow>, GatewayStateError> {
        let (columns, limit) = (ChatMessageRow::COLUMNS.join(", "), limit.min(MAX_CHAT_MESSAGES));
        let sql = format!("SELECT {columns} FROM chat_messages WHERE {condition} LIMIT {limit}");
        let rows = sql::fetch_all(&mut *self.read().await?, "list messages", sql, values).await?;
        Ok(rows.iter().map(|row| ChatMessageRow::read(&Fields(row))).collect::<Result<_, _>>()?)
    }

    /// Keeps a person from writing, until a time or for good. Replaces an earlier ban or time-out of the person. Forgets time-outs
    /// of the stream that are over. Returns false if [`MAX_CHAT_BANS`] others are in force.
    pub async fn set_chat_ban(&self, ban: &ChatBanRow) -> Result<bool, GatewayStateError> {
        let mut tx = self.begin().await?;
        let (stream, now) = (big("the stream", ban.stream)?, big("the time", ban.made_at)?);
        let sql = "DELETE FROM chat_bans WHERE stream = $1 AND until IS NOT NULL AND until <= $2".to_owned();
        sql::execute(&mut tx, "forget time-outs", sql, vec![stream.clone(), now]).await?;
        let sql = "SELECT COUNT(*) AS count FROM chat_bans WHERE stream = $1 AND person <> $2".to_owned();
        let rows = sql::fetch_all(&mut tx, "count bans", sql, vec![stream, account(&ban.person)]).await?;
        if rows.first().map_or(Ok(0), |row| Fields(row).u32("count"))? >= MAX_CHAT_BANS {
            return Ok(false);
        }
        sql::upsert(&mut tx, std::slice::from_ref(ban)).await?;
        commit(tx).await?;
        Ok(true)
    }

    /// Lifts a ban or a time-out, if there is one.
    pub async fn lift_chat_ban(&self, stream: StreamId, person: &AccountId) -> Result<(), GatewayStateError> {
        let sql = "DELETE FROM chat_bans WHERE stream = $1 AND person = $2".to_owned();
        self.write_chat("lift a ban", sql, vec![big("the stream", stream)?, account(person)]).await
    }

    /// Returns the bans and time-outs of a stream that are in force; at most [`MAX_CHAT_BANS`].
    pub async fn chat_bans(&self, stream: StreamId, now: Moment) -> Result<Vec<ChatBanRow>, GatewayStateError> {
        let columns = ChatBanRow::COLUMNS.join(", ");
        let sql = format!(
            "SELECT {columns} FROM chat_bans WHERE stream = $1 AND (until IS NULL OR until > $2) ORDER BY person \
             LIMIT {MAX_CHAT_BANS}"
        );
        let values = vec![big("the stream", stream)?, big("the time", now)?];
        let rows = sql::fetch_all(&mut *self.read().await?, "list bans", sql, values).await?;
        Ok(rows.iter().map(|row| ChatBanRow::read(&Fields(row))).collect::<Result<_, _>>()?)
    }

    /// Returns a page of the bans and time-outs of a stream that are in force, the newest first.
    ///
    /// # Errors
    ///
    /// Fails if the limit or the cursor is not valid, and if the database fails.
    pub async fn chat_bans_page(
        &self,
        stream: StreamId,
        now: Moment,
        page: &PageRequest,
    ) -> Result<Page<ChatBanRow>, QueryError> {
        let limit = page.checked_limit()?;
        let mut values = vec![big("the stream", stream)?, big("the time", now)?];
        let behind = match page.mark::<(u64, [u8; 32])>(List::ChatBans)? {
            Some((made_at, person)) => {
                values.extend([big("the time", made_at)?, account(&AccountId::new(person))]);
                " AND (made_at, person) < ($3, $4)"
            }
            None => "",
        };
        let (columns, limit_rows) = (ChatBanRow::COLUMNS.join(", "), limit + 1);
        let sql = format!(
            "SELECT {columns} FROM chat_bans WHERE stream = $1 AND (until IS NULL OR until > $2){behind} \
             ORDER BY made_at DESC, person DESC LIMIT {limit_rows}"
        );
        let rows = sql::fetch_all(&mut *self.read().await?, "list bans", sql, values).await?;
        let rows = rows.iter().map(|row| ChatBanRow::read(&Fields(row))).collect::<Result<Vec<_>, _>>()?;
        Ok(page_of(List::ChatBans, limit, rows, |row| (row.made_at, <[u8; 32]>::from(row.person.clone()))))
    }

    /// Returns the ban or time-out of one person, which may be over.
    pub async fn chat_ban_of(
        &self,
        stream: StreamId,
        person: &AccountId,
    ) -> Result<Option<ChatBanRow>, GatewayStateError> {
        let Ok(stream) = big("the stream", stream) else { return Ok(None) };
        Ok(sql::load(&mut *self.read().await?, &[vec![stream, account(person)]]).await?.into_iter().next())
    }

    /// Returns whether a person has tipped a stream since a time, in a finalized block.
    pub async fn has_tipped(
        &self,
        stream: StreamId,
        giver: &AccountId,
        since: Moment,
    ) -> Result<bool, GatewayStateError> {
        let sql = "SELECT seq FROM tips WHERE stream = $1 AND giver = $2 AND at >= $3 LIMIT 1".to_owned();
        let values = vec![big("the stream", stream)?, account(giver), big("the time", since)?];
        Ok(!sql::fetch_all(&mut *self.read().await?, "find a tip", sql, values).await?.is_empty())
    }

    /// Returns the settings of the chat of a stream, or `None` if none were ever stored.
    pub async fn chat_settings(&self, stream: StreamId) -> Result<Option<ChatSettingsRow>, GatewayStateError> {
        let Ok(key) = big("the stream", stream) else { return Ok(None) };
        Ok(sql::load(&mut *self.read().await?, &[vec![key]]).await?.into_iter().next())
    }

    /// Stores the settings of the chat of a stream.
    pub async fn set_chat_settings(&self, settings: &ChatSettingsRow) -> Result<(), GatewayStateError> {
        let mut tx = self.begin().await?;
        sql::upsert(&mut tx, std::slice::from_ref(settings)).await?;
        Ok(commit(tx).await?)
    }

    /// Returns who moderates the chat of a stream, the first named first; at most `limit`.
    pub async fn chat_moderators(&self, stream: StreamId, limit: u32) -> Result<Vec<AccountId>, GatewayStateError> {
        let sql =
            format!("SELECT person FROM chat_moderators WHERE stream = $1 ORDER BY made_at, person LIMIT {limit}");
        let values = vec![big("the stream", stream)?];
        let rows = sql::fetch_all(&mut *self.read().await?, "list moderators", sql, values).await?;
        Ok(rows.iter().map(|row| Fields(row).account("person")).collect::<Result<_, _>>()?)
    }

    /// Names a moderator of the chat of a stream. Returns false if there are `max` others.
    pub async fn add_chat_moderator(
        &self,
        stream: StreamId,
        person: &AccountId,
        now: Moment,
        max: u32,
    ) -> Result<bool, GatewayStateError> {
        let mut tx = self.begin().await?;
        let (stream, person) = (big("the stream", stream)?, account(person));
        let sql = "SELECT COUNT(*) AS count FROM chat_moderators WHERE stream = $1 AND person <> $2".to_owned();
        let rows = sql::fetch_all(&mut tx, "count moderators", sql, vec![stream.clone(), person.clone()]).await?;
        if rows.first().map_or(Ok(0), |row| Fields(row).u32("count"))? >= max {
            return Ok(false);
        }
        let sql = "INSERT INTO chat_moderators (stream, person, made_at) VALUES ($1, $2, $3) \
                   ON CONFLICT (stream, person) DO NOTHING";
        let values = vec![stream, person, big("the time", now)?];
        sql::execute(&mut tx, "name a moderator", sql.to_owned(), values).await?;
        commit(tx).await?;
        Ok(true)
    }

    /// Takes the right to moderate the chat of a stream from a person.
    pub async fn remove_chat_moderator(&self, stream: StreamId, person: &AccountId) -> Result<(), GatewayStateError> {
        let sql = "DELETE FROM chat_moderators WHERE stream = $1 AND person = $2".to_owned();
        self.write_chat("remove a moderator", sql, vec![big("the stream", stream)?, account(person)]).await
    }

    async fn write_chat(&self, what: &'static str, sql: String, values: Vec<Value>) -> Result<(), GatewayStateError> {
        let mut tx = self.begin().await?;
        sql::execute(&mut tx, what, sql, values).await?;
        Ok(commit(tx).await?)
    }
}

impl Table for ChatMessageRow {
    const NAME: &'static str = "chat_messages";
    const KEY: &'static [&'static str] = &["id"];
    const COLUMNS: &'static [&'static str] =
        &["id", "stream", "author", "badges", "body", "reply_to", "tip", "made_at"];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        Ok(vec![
            big("the message", self.id)?,
            big("the stream", self.stream)?,
            account(&self.author),
            int(self.badges),
            text(&self.text),
            maybe_big("the message", self.reply_to)?,
            maybe_amount(self.tip),
            big("the time", self.made_at)?,
        ])
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.u64("id")?,
            stream: row.u64("stream")?,
            author: row.account("author")?,
            badges: row.u32("badges")?,
            text: row.text("body")?,
            reply_to: row.maybe_u64("reply_to")?,
            tip: row.maybe_amount("tip")?,
            made_at: row.u64("made_at")?,
        })
    }
}

impl Table for ChatBanRow {
    const NAME: &'static str = "chat_bans";
    const KEY: &'static [&'static str] = &["stream", "person"];
    const COLUMNS: &'static [&'static str] = &["stream", "person", "until", "author", "made_at"];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        Ok(vec![
            big("the stream", self.stream)?,
            account(&self.person),
            maybe_big("the time", self.until)?,
            account(&self.author),
            big("the time", self.made_at)?,
        ])
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            stream: row.u64("stream")?,
            person: row.account("person")?,
            until: row.maybe_u64("until")?,
            author: row.account("author")?,
            made_at: row.u64("made_at")?,
        })
    }
}

impl Table for ChatSettingsRow {
    const NAME: &'static str = "chat_settings";
    const KEY: &'static [&'static str] = &["stream"];
    const COLUMNS: &'static [&'static str] =
        &["stream", "slow_s", "followers_only", "payers_only", "blocked_words", "pinned", "updated_at"];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        Ok(vec![
            big("the stream", self.stream)?,
            int(self.slow_s),
            int(u32::from(self.is_followers_only)),
            int(u32::from(self.is_payers_only)),
            text(&self.blocked_words),
            maybe_big("the message", self.pinned)?,
            big("the time", self.updated_at)?,
        ])
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            stream: row.u64("stream")?,
            slow_s: row.u32("slow_s")?,
            is_followers_only: row.u32("followers_only")? != 0,
            is_payers_only: row.u32("payers_only")? != 0,
            blocked_words: row.text("blocked_words")?,
            pinned: row.maybe_u64("pinned")?,
            updated_at: row.u64("updated_at")?,
        })
    }
}
