//! What people do in a chat.

use super::{
    error::ChatError,
    open::OpenRoom,
    records::row_of,
    room::{Facts, NewMessage, Room, Speaker},
    writer::Write,
    ChatRooms, Done, Kept,
};
use tick_stream_primitives::{clock::now_ms, AccountId, Moment, StreamId};
use vilokanam_indexer::people::{ChatBanRow, ChatMessageRow};
use vilokanam_paywall::IpPrefix;
use vilokanam_people::{
    text::{clean, Lines},
    words::clean_list,
};
use vilokanam_wire::{
    chat::{
        ChangeChatSettings, ChatAction, ChatMessage, ChatMode, ChatSettings, MessageId, ToChatter, MAX_BLOCKED_WORDS,
        MAX_BLOCKED_WORD_CHARS, MAX_CHAT_MODERATORS, MAX_CLIENT_ID_CHARS, MAX_MESSAGE_CHARS, MAX_SLOW_S,
        MAX_TIME_OUT_S,
    },
    scalars::rfc3339,
};

/// How long a tip is remembered for the badge, in milliseconds: 30 days.
const TIPPER_MS: u64 = 30 * 24 * 3_600_000;

/// A change of what is kept of a room.
enum Change {
    Mode(ChatMode),
    Words(Vec<String>),
    Pin(Option<Box<ChatMessage>>),
}

impl ChatRooms {
    /// Does what somebody asks for. Returns the message that was written, if it was that.
    ///
    /// # Errors
    ///
    /// [`ChatError`] says why it is refused.
    pub async fn act(
        &self,
        room: &OpenRoom,
        (speaker, network): (&Speaker, IpPrefix),
        action: ChatAction,
    ) -> Result<Done, ChatError> {
        let now = now_ms();
        self.paces.lock().take(network, now).map_err(|_| ChatError::TooMany)?;
        self.parts.rules.check_served(room.stream)?;
        match action {
            ChatAction::Say { client_id, text, reply_to } => {
                let message = NewMessage { client_id, text, reply_to };
                return self.say(room, speaker, message).await.map(Some);
            }
            ChatAction::Delete { id } => self.delete_for(room, speaker, id).await?,
            ChatAction::TimeOut { person, seconds: 0 } | ChatAction::Unban { person } => {
                self.unrestrict(room, speaker, &person.0).await?;
            }
            ChatAction::TimeOut { seconds, .. } if seconds > MAX_TIME_OUT_S => {
                return Err(ChatError::TooLarge { what: "'seconds'", max: MAX_TIME_OUT_S });
            }
            ChatAction::TimeOut { person, seconds } => {
                self.restrict(room, speaker, person.0, Some(now + u64::from(seconds) * 1_000)).await?;
            }
            ChatAction::Ban { person } => {
                let messages = room.state.lock().messages_of(&person.0);
                self.restrict(room, speaker, person.0, None).await?;
                self.remove(room.stream, &messages)?;
            }
            ChatAction::Pin { id } => {
                room.state.lock().check_moderator(speaker)?;
                let message = match id {
                    Some(id) => Some(self.message(room, id).await?),
                    None => None,
                };
                self.change(room, Change::Pin(message.map(Box::new))).await?;
            }
            ChatAction::SetMode { mode } => {
                room.state.lock().check_moderator(speaker)?;
                self.change(room, Change::Mode(checked_mode(mode)?)).await?;
            }
        }
        Ok(None)
    }

    /// Writes a message: shown at once, and stored within a second.
    async fn say(&self, room: &OpenRoom, speaker: &Speaker, message: NewMessage) -> Result<ChatMessage, ChatError> {
        if message.client_id.is_empty() || message.client_id.chars().count() > MAX_CLIENT_ID_CHARS {
            return Err(ChatError::ClientId);
        }
        let moderation = &self.parts.moderation;
        moderation.check_may_speak(&speaker.account)?;
        let text = clean(&message.text, MAX_MESSAGE_CHARS, Lines::One)?;
        let message = NewMessage { text, ..message };
        let now = now_ms();
        if let Some(known) = room.state.lock().admit(speaker, &message, now)? {
            return Ok(known);
        }
        moderation.check_text(&message.text)?;
        let place = self.writes.try_reserve().map_err(|_| ChatError::Busy)?;
        let facts = self.facts(room, speaker, now).await?;
        let mut state = room.state.lock();
        let said = state.say((speaker, facts), message, self.numbers.next(now), now)?;
        // Under the lock, so that a deletion is stored behind its message.
        place.send(Write::Add(row_of(room.stream, &said, now)));
        Ok(said)
    }

    async fn facts(&self, room: &OpenRoom, speaker: &Speaker, now: Moment) -> Result<Facts, ChatError> {
        let (account, index) = (&speaker.account, &self.parts.index);
        let person = self.person(account).await?;
        let (mode, creator) = {
            let state = room.state.lock();
            (state.mode(), state.creator().clone())
        };
        let is_follower =
            mode.followers_only && index.is_following(account, &creator).await.map_err(ChatError::failed)?;
        let is_payer = room.payers(&self.parts.paywall, now).contains(account);
        let is_recent = self.tips.lock().has(room.stream, account);
        let since = now.saturating_sub(TIPPER_MS);
        let is_tipper = is_recent || index.has_tipped(room.stream, account, since).await.map_err(ChatError::failed)?;
        Ok(Facts { person, is_follower, is_payer, is_tipper })
    }

    async fn delete_for(&self, room: &OpenRoom, speaker: &Speaker, id: MessageId) -> Result<(), ChatError> {
        let message = self.message(room, id).await?;
        // What came with a tip stays with its amount unless a moderator removes it.
        let is_own = message.author.account.0 == speaker.account && message.tip.is_none();
        if !is_own {
            room.state.lock().check_moderator(speaker)?;
        }
        self.remove(room.stream, &[id])
    }

    /// Removes messages from the room, if it is open, and from the database.
    pub(super) fn remove(&self, stream: StreamId, ids: &[MessageId]) -> Result<(), ChatError> {
        if ids.is_empty() {
            return Ok(());
        }
        let place = self.writes.try_reserve().map_err(|_| ChatError::Busy)?;
        self.tips.lock().note_deleted(ids);
        let deletion = Write::Delete(stream, ids.iter().map(|id| id.0).collect());
        match self.loaded(stream) {
            Some(room) => {
                let mut state = room.state.lock();
                state.delete(ids);
                place.send(deletion);
            }
            None => place.send(deletion),
        }
        Ok(())
    }

    /// Returns a message of a room, in memory or stored.
    async fn message(&self, room: &OpenRoom, id: MessageId) -> Result<ChatMessage, ChatError> {
        let known = room.state.lock().message(id).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let row = self.parts.index.chat_message(id.0).await.map_err(ChatError::failed)?;
        let rows: Vec<ChatMessageRow> = row.into_iter().filter(|row| row.stream == room.stream).collect();
        self.messages_of(rows).await?.into_iter().next().ok_or(ChatError::NoMessage)
    }

    /// Keeps a person from writing until a time; for good without one.
    async fn restrict(
        &self,
        room: &OpenRoom,
        speaker: &Speaker,
        person: AccountId,
        until: Option<Moment>,
    ) -> Result<(), ChatError> {
        room.state.lock().check_restrict(speaker, &person)?;
        let (author, made_at) = (speaker.account.clone(), now_ms());
        let ban = ChatBanRow { stream: room.stream, person: person.clone(), until, author, made_at };
        if !self.parts.index.set_chat_ban(&ban).await.map_err(ChatError::failed)? {
            return Err(ChatError::Full("bans"));
        }
        room.state.lock().restrict(person.clone(), until);
        let end = Some(rfc3339(until.unwrap_or(Moment::MAX)));
        room.send_to(&person, &ToChatter::Restricted { until: end, is_banned: until.is_none() });
        Ok(())
    }

    async fn unrestrict(&self, room: &OpenRoom, speaker: &Speaker, person: &AccountId) -> Result<(), ChatError> {
        room.state.lock().check_moderator(speaker)?;
        self.parts.index.lift_chat_ban(room.stream, person).await.map_err(ChatError::failed)?;
        room.state.lock().unrestrict(person);
        room.send_to(person, &ToChatter::Restricted { until: None, is_banned: false });
        Ok(())
    }

    /// Stores a change of the settings, and then lets it take effect.
    async fn change(&self, room: &OpenRoom, change: Change) -> Result<(), ChatError> {
        let _changing = room.changing.lock().await;
        let mut kept = kept_of(&room.state.lock());
        match &change {
            Change::Mode(mode) => kept.mode = *mode,
            Change::Words(words) => kept.blocked_words.clone_from(words),
            Change::Pin(message) => kept.pinned = message.as_ref().map(|message| message.id.0),
        }
        self.keep_settings(room.stream, &kept, now_ms()).await?;
        let mut state = room.state.lock();
        match change {
            Change::Mode(mode) => state.set_mode(mode),
            Change::Words(words) => state.set_blocked_words(words),
            Change::Pin(message) => state.pin(message.map(|message| *message)),
        }
        Ok(())
    }

    /// Returns the settings of a room, for those who may moderate it.
    ///
    /// # Errors
    ///
    /// The speaker may not moderate, or the records cannot be read.
    pub async fn settings(&self, room: &OpenRoom, speaker: &Speaker) -> Result<ChatSettings, ChatError> {
        let (mode, blocked_words) = {
            let state = room.state.lock();
            state.check_moderator(speaker)?;
            (state.mode(), state.blocked_words().to_vec())
        };
        let index = &self.parts.index;
        let moderators = index.chat_moderators(room.stream, MAX_CHAT_MODERATORS).await.map_err(ChatError::failed)?;
        Ok(ChatSettings { mode, blocked_words, moderators: self.people_of(&moderators).await? })
    }

    /// Changes the settings of a room.
    ///
    /// # Errors
    ///
    /// The speaker may not moderate, a value is out of range, or the records cannot be written.
    pub async fn change_settings(
        &self,
        room: &OpenRoom,
        speaker: &Speaker,
        change: ChangeChatSettings,
    ) -> Result<(), ChatError> {
        room.state.lock().check_moderator(speaker)?;
        let mode = change.mode.map(checked_mode).transpose()?;
        let clean = |words: Vec<String>| clean_list(&words, MAX_BLOCKED_WORDS, MAX_BLOCKED_WORD_CHARS);
        let words = change.blocked_words.map(clean).transpose()?;
        if let Some(mode) = mode {
            self.change(room, Change::Mode(mode)).await?;
        }
        if let Some(words) = words {
            self.change(room, Change::Words(words)).await?;
        }
        Ok(())
    }

    /// Names a moderator of a room, or takes the right from one.
    ///
    /// # Errors
    ///
    /// The speaker is neither the creator nor a moderator of the gateway, or the room has too many moderators.
    pub async fn set_moderator(
        &self,
        room: &OpenRoom,
        speaker: &Speaker,
        person: &AccountId,
        is_moderator: bool,
    ) -> Result<(), ChatError> {
        {
            let state = room.state.lock();
            state.check_moderator(speaker)?;
            if speaker.account != *state.creator() && !speaker.is_gateway_moderator {
                return Err(ChatError::NotModerator);
            }
        }
        let index = &self.parts.index;
        if is_moderator {
            let added = index.add_chat_moderator(room.stream, person, now_ms(), MAX_CHAT_MODERATORS).await;
            if !added.map_err(ChatError::failed)? {
                return Err(ChatError::Full("moderators"));
            }
            room.state.lock().add_moderator(person.clone());
        } else {
            index.remove_chat_moderator(room.stream, person).await.map_err(ChatError::failed)?;
            room.state.lock().remove_moderator(person);
        }
        room.welcome_again(person);
        Ok(())
    }
}

fn kept_of(room: &Room) -> Kept {
    Kept {
        mode: room.mode(),
        blocked_words: room.blocked_words().to_vec(),
        pinned: room.pinned().map(|pinned| pinned.id.0),
    }
}

fn checked_mode(mode: ChatMode) -> Result<ChatMode, ChatError> {
    match mode.slow_s > MAX_SLOW_S {
        true => Err(ChatError::TooLarge { what: "'slow_s'", max: MAX_SLOW_S }),
        false => Ok(mode),
    }
}
