//! The rules of one room, without sockets, storage or clocks.

use super::{
    error::ChatError,
    pace::{Pace, Paces, Rate},
};
use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use tick_stream_primitives::{AccountId, Moment};
use vilokanam_people::words::BlockedWords;
use vilokanam_wire::{
    chat::{ChatBadge, ChatMessage, ChatMode, ChatTip, MessageId, QuotedMessage, ToChatter},
    people::PersonRef,
    scalars::rfc3339,
    Planck,
};

/// Messages of a room that are kept in memory.
pub const MAX_HISTORY: usize = 200;
/// Messages that somebody who comes in receives.
pub const MAX_WELCOME: usize = 50;
/// Maximum number of characters of a quotation.
const MAX_QUOTE_CHARS: usize = 100;
/// How often one person may write: five messages at once, then one a second.
const PERSON_RATE: Rate = Rate { every_ms: 1_000, burst: 5 };
/// How often a room takes a message, so that nobody has to read more than can be shown.
const ROOM_RATE: Rate = Rate { every_ms: 10, burst: 200 };
/// Persons whose pace is remembered.
const MAX_SPEAKERS: usize = 10_000;

/// Who wants to do something.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Speaker {
    /// The account.
    pub account: AccountId,
    /// Whether it signed in with its wallet.
    pub is_wallet: bool,
    /// Whether it is a guest.
    pub is_guest: bool,
    /// Whether it moderates the whole gateway.
    pub is_gateway_moderator: bool,
}

/// What somebody wants to say. The text is clean.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewMessage {
    /// The client's own name of the message.
    pub client_id: String,
    /// What it says.
    pub text: String,
    /// The message that it answers.
    pub reply_to: Option<MessageId>,
}

/// What is known of an author when a message is accepted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Facts {
    /// What the author is called.
    pub person: PersonRef,
    /// Whether the author follows the creator. Asked for in followers-only mode alone.
    pub is_follower: bool,
    /// Whether the author is paying for the stream.
    pub is_payer: bool,
    /// Whether the author has tipped the stream lately.
    pub is_tipper: bool,
}

/// A tip, with what is shown of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ShownTip {
    /// Number of its message.
    pub id: u64,
    /// Who gave it, and the badges.
    pub facts: Facts,
    /// Amount in planck.
    pub amount: u128,
    /// The memo, clean.
    pub text: String,
    /// Time of its block.
    pub made_at: Moment,
}

/// What a room begins with.
#[derive(Clone, Debug, Default)]
pub struct Beginning {
    pub mode: ChatMode,
    pub blocked_words: Vec<String>,
    pub moderators: HashSet<AccountId>,
    /// Who may not write, until when; for good without a time.
    pub restricted: HashMap<AccountId, Option<Moment>>,
    pub pinned: Option<ChatMessage>,
    /// The last messages, the oldest first.
    pub history: Vec<ChatMessage>,
}

/// A message that was accepted.
#[derive(Clone, Debug)]
struct Said {
    message: ChatMessage,
    client_id: Option<String>,
}

/// What has changed since [`Room::take_news`] was called last.
#[derive(Debug, Default)]
struct News {
    messages: Vec<ChatMessage>,
    deleted: Vec<MessageId>,
    is_mode_new: bool,
    is_pin_new: bool,
}

/// One room: its rules, and its last messages.
#[derive(Debug)]
pub struct Room {
    creator: AccountId,
    mode: ChatMode,
    blocked_words: Vec<String>,
    words: BlockedWords,
    moderators: HashSet<AccountId>,
    restricted: HashMap<AccountId, Option<Moment>>,
    pinned: Option<ChatMessage>,
    history: VecDeque<Said>,
    paces: Paces<AccountId>,
    /// When each person last wrote, for slow mode. Cleared of those who may write again when it is full.
    last_said: HashMap<AccountId, Moment>,
    pace: Pace,
    news: News,
}

impl Room {
    /// The room of a creator.
    pub fn new(creator: AccountId, beginning: Beginning) -> Self {
        let Beginning { mode, blocked_words, moderators, restricted, pinned, history } = beginning;
        let mut room = Self {
            creator,
            mode,
            words: BlockedWords::new(&blocked_words),
            blocked_words,
            moderators,
            restricted,
            pinned,
            history: VecDeque::with_capacity(MAX_HISTORY),
            paces: Paces::new(PERSON_RATE, MAX_SPEAKERS),
            last_said: HashMap::new(),
            pace: Pace::default(),
            news: News::default(),
        };
        history.into_iter().for_each(|message| room.remember(Said { message, client_id: None }));
        room
    }

    pub fn creator(&self) -> &AccountId {
        &self.creator
    }

    pub fn mode(&self) -> ChatMode {
        self.mode
    }

    pub fn blocked_words(&self) -> &[String] {
        &self.blocked_words
    }

    pub fn pinned(&self) -> Option<&ChatMessage> {
        self.pinned.as_ref()
    }

    /// Returns the last messages, the oldest first.
    pub fn last_messages(&self) -> Vec<ChatMessage> {
        let skipped = self.history.len().saturating_sub(MAX_WELCOME);
        self.history.iter().skip(skipped).map(|said| said.message.clone()).collect()
    }

    /// Returns a message that is in memory.
    pub fn message(&self, id: MessageId) -> Option<&ChatMessage> {
        self.history.iter().map(|said| &said.message).find(|message| message.id == id)
    }

    /// Whether somebody may moderate this room.
    pub fn can_moderate(&self, speaker: &Speaker) -> bool {
        self.check_moderator(speaker).is_ok()
    }

    /// Checks that somebody may moderate this room: the creator, if signed in with the wallet; its moderators; those of the
    /// gateway.
    pub fn check_moderator(&self, speaker: &Speaker) -> Result<(), ChatError> {
        if speaker.is_gateway_moderator || (!speaker.is_guest && self.moderators.contains(&speaker.account)) {
            return Ok(());
        }
        match speaker.account == self.creator {
            true if speaker.is_wallet => Ok(()),
            true => Err(ChatError::WalletNeeded),
            false => Err(ChatError::NotModerator),
        }
    }

    /// Whether the modes and restrictions do not apply to somebody. The creator is one however signed in.
    fn is_privileged(&self, speaker: &Speaker) -> bool {
        speaker.account == self.creator || self.can_moderate(speaker)
    }

    /// Returns until when a person may not write, or `None` if nothing restricts the person. The inner `None` is a ban.
    pub fn restriction(&self, person: &AccountId, now: Moment) -> Option<Option<Moment>> {
        self.restricted.get(person).copied().filter(|until| until.is_none_or(|until| until > now))
    }

    /// Checks everything about a message that needs no look into the database. Each call counts for the person's rate. Returns
    /// the message that the person sent under the same name before, if there is one.
    pub fn admit(
        &mut self,
        speaker: &Speaker,
        message: &NewMessage,
        now: Moment,
    ) -> Result<Option<ChatMessage>, ChatError> {
        self.paces
            .take(speaker.account.clone(), now)
            .map_err(|ms| ChatError::TooFast { retry_after_s: seconds(ms) })?;
        if let Some(known) = self.known(&speaker.account, &message.client_id) {
            return Ok(Some(known));
        }
        self.check_may_say(speaker, now)?;
        self.check_text(&message.text)?;
        Ok(None)
    }

    /// Checks that a text has no word that the room blocks.
    fn check_text(&self, text: &str) -> Result<(), ChatError> {
        match self.words.is_in(text) {
            true => Err(ChatError::Word),
            false => Ok(()),
        }
    }

    fn check_may_say(&self, speaker: &Speaker, now: Moment) -> Result<(), ChatError> {
        if self.is_privileged(speaker) {
            return Ok(());
        }
        match self.restriction(&speaker.account, now) {
            Some(None) => return Err(ChatError::Banned),
            Some(Some(until)) => return Err(ChatError::TimedOut { until, retry_after_s: seconds(until - now) }),
            None => {}
        }
        let slow_s = self.mode.slow_s;
        let last = self.last_said.get(&speaker.account).copied();
        let wait = last.map_or(0, |last| (last + u64::from(slow_s) * 1_000).saturating_sub(now));
        match wait {
            0 => Ok(()),
            wait => Err(ChatError::Slow { slow_s, retry_after_s: seconds(wait) }),
        }
    }

    /// Accepts a message that was admitted, and gives it a number.
    pub fn say(
        &mut self,
        (speaker, facts): (&Speaker, Facts),
        message: NewMessage,
        id: u64,
        now: Moment,
    ) -> Result<ChatMessage, ChatError> {
        // Another message may have been accepted since this one was admitted.
        if let Some(known) = self.known(&speaker.account, &message.client_id) {
            return Ok(known);
        }
        self.check_may_say(speaker, now)?;
        self.check_text(&message.text)?;
        let is_privileged = self.is_privileged(speaker);
        if self.mode.followers_only && !facts.is_follower && !is_privileged {
            return Err(ChatError::FollowersOnly);
        }
        if self.mode.payers_only && !facts.is_payer && !is_privileged {
            return Err(ChatError::PayersOnly);
        }
        let reply_to = message.reply_to.map(|id| self.quote(id).ok_or(ChatError::NoMessage)).transpose()?;
        self.pace.take(ROOM_RATE, now).map_err(|_| ChatError::TooMany)?;
        self.note_last_said(&speaker.account, now);
        let accepted = ChatMessage {
            id: MessageId(id),
            at: rfc3339(now),
            badges: self.badges(&speaker.account, self.can_moderate(speaker), &facts),
            author: facts.person,
            text: message.text,
            reply_to,
            tip: None,
            client_id: None,
            offset_ms: None,
        };
        self.show(Said { message: accepted.clone(), client_id: Some(message.client_id.clone()) });
        Ok(ChatMessage { client_id: Some(message.client_id), ..accepted })
    }

    /// Shows a tip, unless it is shown.
    pub fn tip(&mut self, tip: ShownTip) {
        if self.message(MessageId(tip.id)).is_none() {
            let badges = self.badges_of_tip(&tip);
            self.show(Said { message: message_of_tip(tip, badges), client_id: None });
        }
    }

    /// Returns the badges of the giver of a tip.
    pub fn badges_of_tip(&self, tip: &ShownTip) -> Vec<ChatBadge> {
        let giver = &tip.facts.person.account.0;
        self.badges(giver, self.moderators.contains(giver), &tip.facts)
    }

    /// Whether the memo of a tip is shown.
    pub fn shows_memo(&self, giver: &AccountId, memo: &str, now: Moment) -> bool {
        self.restriction(giver, now).is_none() && self.check_text(memo).is_ok()
    }

    /// Removes messages, quotations of them among the rest. Messages that are not in memory are reported as gone all the same.
    pub fn delete(&mut self, ids: &[MessageId]) {
        let ids: BTreeSet<MessageId> = ids.iter().copied().collect();
        self.history.retain(|said| !ids.contains(&said.message.id));
        self.news.messages.retain(|message| !ids.contains(&message.id));
        let kept = self.history.iter_mut().map(|said| &mut said.message).chain(&mut self.news.messages);
        for message in kept {
            message.reply_to.take_if(|quoted| ids.contains(&quoted.id));
        }
        if self.pinned.as_ref().is_some_and(|pinned| ids.contains(&pinned.id)) {
            self.pin(None);
        }
        self.news.deleted.extend(ids);
    }

    /// Checks that somebody may keep a person from writing.
    pub fn check_restrict(&self, speaker: &Speaker, person: &AccountId) -> Result<(), ChatError> {
        self.check_moderator(speaker)?;
        match *person == self.creator || self.moderators.contains(person) || *person == speaker.account {
            true => Err(ChatError::Untouchable),
            false => Ok(()),
        }
    }

    /// Keeps a person from writing until a time; for good without one.
    pub fn restrict(&mut self, person: AccountId, until: Option<Moment>) {
        self.restricted.insert(person, until);
    }

    /// Lets a person write again.
    pub fn unrestrict(&mut self, person: &AccountId) {
        self.restricted.remove(person);
    }

    /// Returns the messages of a person that are in memory.
    pub fn messages_of(&self, person: &AccountId) -> Vec<MessageId> {
        let messages = self.history.iter().map(|said| &said.message);
        messages.filter(|message| message.author.account.0 == *person).map(|message| message.id).collect()
    }

    pub fn pin(&mut self, message: Option<ChatMessage>) {
        self.pinned = message;
        self.news.is_pin_new = true;
    }

    pub fn set_mode(&mut self, mode: ChatMode) {
        self.news.is_mode_new |= self.mode != mode;
        self.mode = mode;
    }

    pub fn set_blocked_words(&mut self, words: Vec<String>) {
        self.words = BlockedWords::new(&words);
        self.blocked_words = words;
    }

    pub fn add_moderator(&mut self, person: AccountId) {
        self.moderators.insert(person);
    }

    pub fn remove_moderator(&mut self, person: &AccountId) {
        self.moderators.remove(person);
    }

    /// Returns what has changed since the last call, in the order in which it is to be sent.
    pub fn take_news(&mut self) -> Vec<ToChatter> {
        let News { mut messages, deleted, is_mode_new, is_pin_new } = std::mem::take(&mut self.news);
        let mut all = Vec::new();
        if !deleted.is_empty() {
            all.push(ToChatter::Deleted { ids: deleted });
        }
        while !messages.is_empty() {
            let rest = messages.split_off(messages.len().min(MAX_HISTORY));
            all.push(ToChatter::Messages { messages: std::mem::replace(&mut messages, rest) });
        }
        if is_mode_new {
            all.push(ToChatter::Mode { mode: self.mode });
        }
        if is_pin_new {
            all.push(ToChatter::Pinned { message: self.pinned.clone().map(Box::new) });
        }
        all
    }

    /// Forgets time-outs that are over.
    pub fn forget_old(&mut self, now: Moment) {
        self.restricted.retain(|_, until| until.is_none_or(|until| until > now));
    }

    fn known(&self, account: &AccountId, client_id: &str) -> Option<ChatMessage> {
        let is_it =
            |said: &&Said| said.client_id.as_deref() == Some(client_id) && said.message.author.account.0 == *account;
        let said = self.history.iter().find(is_it)?;
        Some(ChatMessage { client_id: said.client_id.clone(), ..said.message.clone() })
    }

    fn quote(&self, id: MessageId) -> Option<QuotedMessage> {
        self.message(id).map(quotation)
    }

    fn badges(&self, account: &AccountId, is_moderator: bool, facts: &Facts) -> Vec<ChatBadge> {
        let is_creator = *account == self.creator;
        let all = [
            (ChatBadge::Creator, is_creator),
            (ChatBadge::Moderator, is_moderator && !is_creator),
            (ChatBadge::Payer, facts.is_payer),
            (ChatBadge::Tipper, facts.is_tipper),
        ];
        all.into_iter().filter(|(_, has)| *has).map(|(badge, _)| badge).collect()
    }

    fn note_last_said(&mut self, account: &AccountId, now: Moment) {
        if self.last_said.len() >= MAX_SPEAKERS && !self.last_said.contains_key(account) {
            let slow_ms = u64::from(self.mode.slow_s) * 1_000;
            self.last_said.retain(|_, last| *last + slow_ms > now);
            // As many people within one pause are no reason to refuse the next one.
            if self.last_said.len() >= MAX_SPEAKERS {
                self.last_said.clear();
            }
        }
        self.last_said.insert(account.clone(), now);
    }

    fn show(&mut self, said: Said) {
        self.news.messages.push(said.message.clone());
        self.remember(said);
    }

    fn remember(&mut self, said: Said) {
        if self.history.len() >= MAX_HISTORY {
            self.history.pop_front();
        }
        self.history.push_back(said);
    }
}

/// Returns the message of a tip.
pub fn message_of_tip(tip: ShownTip, badges: Vec<ChatBadge>) -> ChatMessage {
    ChatMessage {
        id: MessageId(tip.id),
        at: rfc3339(tip.made_at),
        badges,
        author: tip.facts.person,
        text: tip.text,
        reply_to: None,
        tip: Some(ChatTip { amount: Planck(tip.amount) }),
        client_id: None,
        offset_ms: None,
    }
}

/// Returns a message as others quote it.
pub fn quotation(message: &ChatMessage) -> QuotedMessage {
    QuotedMessage {
        id: message.id,
        author: message.author.clone(),
        text: message.text.chars().take(MAX_QUOTE_CHARS).collect(),
    }
}

fn seconds(ms: u64) -> u32 {
    u32::try_from(ms.div_ceil(1_000)).unwrap_or(u32::MAX).max(1)
}

#[cfg(test)]
mod tests;
