//! Rows of the database, and the messages that they stand for.

use super::{error::ChatError, room::quotation, ChatRooms, Kept};
use std::collections::{HashMap, HashSet};
use tick_stream_primitives::{AccountId, Moment, StreamId};
use vilokanam_indexer::people::{ChatMessageRow, ChatSettingsRow};
use vilokanam_wire::{
    chat::{ChatBadge, ChatMessage, ChatMode, ChatTip, MessageId},
    people::PersonRef,
    scalars::rfc3339,
    Account, Planck,
};

/// Badges and the bits that stand for them in the database.
const BADGES: [(ChatBadge, u32); 4] =
    [(ChatBadge::Creator, 1), (ChatBadge::Moderator, 2), (ChatBadge::Payer, 4), (ChatBadge::Tipper, 8)];

/// Returns the row of a message that was accepted at a time.
pub(super) fn row_of(stream: StreamId, message: &ChatMessage, made_at: Moment) -> ChatMessageRow {
    let has = |badge: &ChatBadge| message.badges.contains(badge);
    ChatMessageRow {
        id: message.id.0,
        stream,
        author: message.author.account.0.clone(),
        badges: BADGES.iter().filter(|(badge, _)| has(badge)).map(|(_, bit)| bit).sum(),
        text: message.text.clone(),
        reply_to: message.reply_to.as_ref().map(|quoted| quoted.id.0),
        tip: message.tip.map(|tip| tip.amount.0),
        made_at,
    }
}

impl ChatRooms {
    /// Returns the messages of rows, in their order. A quotation of a message that was deleted is left out.
    pub async fn messages_of(&self, rows: Vec<ChatMessageRow>) -> Result<Vec<ChatMessage>, ChatError> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let quoted: HashSet<u64> = rows.iter().filter_map(|row| row.reply_to).collect();
        let quoted: Vec<u64> = quoted.into_iter().collect();
        let quoted = self.parts.index.chat_messages(&quoted).await.map_err(ChatError::failed)?;
        let authors = rows.iter().chain(&quoted).map(|row| row.author.clone()).collect();
        let persons = self.persons(authors).await?;
        let quoted: HashMap<u64, ChatMessage> =
            quoted.into_iter().map(|row| (row.id, message_of(row, &persons))).collect();
        let messages = rows.into_iter().map(|row| {
            let reply_to = row.reply_to.and_then(|id| quoted.get(&id)).map(quotation);
            ChatMessage { reply_to, ..message_of(row, &persons) }
        });
        Ok(messages.collect())
    }

    /// Returns what a person is called.
    pub(super) async fn person(&self, account: &AccountId) -> Result<PersonRef, ChatError> {
        let persons = self.persons([account.clone()].into()).await?;
        Ok(person_of(account, &persons))
    }

    /// Returns what people are called. Somebody without a profile has an account alone.
    pub async fn people_of(&self, accounts: &[AccountId]) -> Result<Vec<PersonRef>, ChatError> {
        let persons = self.persons(accounts.iter().cloned().collect()).await?;
        Ok(accounts.iter().map(|account| person_of(account, &persons)).collect())
    }

    async fn persons(&self, accounts: HashSet<AccountId>) -> Result<HashMap<AccountId, PersonRef>, ChatError> {
        let accounts: Vec<AccountId> = accounts.into_iter().collect();
        self.parts.people.person_refs(&accounts).await.map_err(ChatError::failed)
    }

    /// Reads the settings of a stream's chat.
    pub(super) async fn settings_of(&self, stream: StreamId) -> Result<Kept, ChatError> {
        let found = self.parts.index.chat_settings(stream).await.map_err(ChatError::failed)?;
        let Some(row) = found else { return Ok(Kept::default()) };
        let mode =
            ChatMode { slow_s: row.slow_s, followers_only: row.is_followers_only, payers_only: row.is_payers_only };
        let blocked_words = serde_json::from_str(&row.blocked_words).map_err(ChatError::failed)?;
        Ok(Kept { mode, blocked_words, pinned: row.pinned })
    }

    /// Stores the settings of a stream's chat.
    pub(super) async fn keep_settings(&self, stream: StreamId, kept: &Kept, now: Moment) -> Result<(), ChatError> {
        let row = ChatSettingsRow {
            stream,
            slow_s: kept.mode.slow_s,
            is_followers_only: kept.mode.followers_only,
            is_payers_only: kept.mode.payers_only,
            blocked_words: serde_json::to_string(&kept.blocked_words).map_err(ChatError::failed)?,
            pinned: kept.pinned,
            updated_at: now,
        };
        self.parts.index.set_chat_settings(&row).await.map_err(ChatError::failed)
    }
}

fn person_of(account: &AccountId, persons: &HashMap<AccountId, PersonRef>) -> PersonRef {
    persons.get(account).cloned().unwrap_or_else(|| PersonRef::unnamed(Account(account.clone())))
}

/// Returns the message of a row, without the quotation.
fn message_of(row: ChatMessageRow, persons: &HashMap<AccountId, PersonRef>) -> ChatMessage {
    ChatMessage {
        id: MessageId(row.id),
        at: rfc3339(row.made_at),
        author: person_of(&row.author, persons),
        badges: BADGES.iter().filter(|(_, bit)| row.badges & bit != 0).map(|(badge, _)| *badge).collect(),
        text: row.text,
        reply_to: None,
        tip: row.tip.map(|amount| ChatTip { amount: Planck(amount) }),
        client_id: None,
        offset_ms: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_is_read_as_it_was_written() {
        let row = ChatMessageRow {
            id: 9,
            stream: 7,
            author: AccountId::new([3; 32]),
            badges: 1 | 4 | 8,
            text: "hello".into(),
            reply_to: None,
            tip: Some(5),
            made_at: 1_767_225_600_000,
        };
        let message = message_of(row.clone(), &HashMap::new());
        assert_eq!(message.badges, [ChatBadge::Creator, ChatBadge::Payer, ChatBadge::Tipper]);
        assert_eq!(message.at, "2026-01-01T00:00:00Z");
        assert_eq!(row_of(7, &message, row.made_at), row);
    }
}
