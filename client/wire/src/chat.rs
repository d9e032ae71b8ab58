//! Chat beside a stream, over `WS /v1/streams/{id}/chat` and over HTTP.
//!
//! A socket's first message is [`ChatSignIn::Hello`], which the gateway answers with [`ToChatter::Welcome`]. A message may
//! arrive more than once, for example to its author at once and then with everybody's; its id tells.

use crate::{
    people::PersonRef,
    scalars::{Account, Planck, ScalarError},
};
use serde::{Deserialize, Serialize};
use serde_with::{DeserializeFromStr, SerializeDisplay};
use std::{fmt, str::FromStr};

/// Maximum number of characters of a message.
pub const MAX_MESSAGE_CHARS: usize = 500;
/// Maximum number of characters of a client's own name of a message.
pub const MAX_CLIENT_ID_CHARS: usize = 64;
/// Longest slow mode in seconds.
pub const MAX_SLOW_S: u32 = 3_600;
/// Longest time-out in seconds: 14 days.
pub const MAX_TIME_OUT_S: u32 = 1_209_600;
/// Maximum number of blocked words of a stream.
pub const MAX_BLOCKED_WORDS: usize = 500;
/// Maximum number of characters of a blocked word.
pub const MAX_BLOCKED_WORD_CHARS: usize = 50;
/// Maximum number of moderators of a stream's chat.
pub const MAX_CHAT_MODERATORS: u32 = 100;

/// Number of a message, as decimal digits. Messages of one gateway are numbered in the order in which they were accepted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, SerializeDisplay, DeserializeFromStr)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, example = "9"))]
pub struct MessageId(pub u64);

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for MessageId {
    type Err = ScalarError;

    fn from_str(text: &str) -> Result<Self, ScalarError> {
        let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse().ok().filter(|_| is_plain);
        number.map(Self).ok_or_else(|| ScalarError::Number(text.chars().take(60).collect()))
    }
}

/// What sets an author apart in a stream's chat.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ChatBadge {
    /// The stream's creator.
    Creator,
    /// May moderate the chat.
    Moderator,
    /// Was paying for the stream when the message was written.
    Payer,
    /// Has tipped the stream in the 30 days before the message.
    Tipper,
}

/// A message of a chat.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChatMessage {
    /// Number of the message.
    pub id: MessageId,
    /// Time at which it was accepted, RFC 3339; of a tip, that of its block.
    pub at: String,
    /// Who wrote it.
    pub author: PersonRef,
    /// What sets the author apart.
    pub badges: Vec<ChatBadge>,
    /// Plain text; of a tip the memo, which may be empty.
    pub text: String,
    /// The message that it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<QuotedMessage>,
    /// Present if the message came with a tip.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tip: Option<ChatTip>,
    /// The author's own name of the message, to its author only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// Place in the recording in milliseconds from its start, when the chat of a recording is replayed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset_ms: Option<u64>,
}

/// The message that another one answers, as it was then.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QuotedMessage {
    /// Number of the message.
    pub id: MessageId,
    /// Who wrote it.
    pub author: PersonRef,
    /// The beginning of its text, at most 100 characters.
    pub text: String,
}

/// The tip that came with a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChatTip {
    /// Amount in planck.
    pub amount: Planck,
}

/// Who may write how often. Creators and moderators always may.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct ChatMode {
    /// Least seconds between two messages of a person, at most 3,600; 0 for no limit.
    pub slow_s: u32,
    /// Only those who follow the creator may write.
    pub followers_only: bool,
    /// Only those who are paying for the stream may write.
    pub payers_only: bool,
}

/// How a client says who it is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ChatSignIn {
    /// First message of a socket. Without a token the client only reads.
    Hello {
        /// An access token.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        token: Option<String>,
    },
    /// A fresh access token, before the last one expires. Answered with [`ToChatter::Welcome`] if it is another person's.
    Token {
        /// An access token.
        token: String,
    },
}

impl fmt::Debug for ChatSignIn {
    /// Leaves the token out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hello { .. } => "Hello",
            Self::Token { .. } => "Token",
        })
    }
}

/// What a person does in a chat: a message of the socket, and the body of `POST /v1/streams/{id}/chat/actions`. All but `say`,
/// and the deletion of one's own message, need the right to moderate the chat.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ChatAction {
    /// Writes a message.
    Say {
        /// The client's own name of the message, 1 to 64 characters. A message that is sent again under the same name is
        /// accepted once.
        client_id: String,
        /// 1 to 500 characters.
        text: String,
        /// The message that it answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply_to: Option<MessageId>,
    },
    /// Deletes a message.
    Delete {
        /// Number of the message.
        id: MessageId,
    },
    /// Keeps a person from writing for a while. 0 seconds lift it.
    TimeOut {
        /// The person.
        person: Account,
        /// At most 1,209,600.
        seconds: u32,
    },
    /// Keeps a person from writing until the ban is lifted, and deletes what the person wrote lately.
    Ban {
        /// The person.
        person: Account,
    },
    /// Lifts a ban or a time-out.
    Unban {
        /// The person.
        person: Account,
    },
    /// Pins a message above the chat, or unpins the one that is.
    Pin {
        /// Number of the message; null to unpin.
        id: Option<MessageId>,
    },
    /// Changes who may write how often.
    SetMode {
        /// The new mode.
        mode: ChatMode,
    },
}

/// Message of a client over the socket.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum FromChatter {
    /// Who the client is.
    SignIn(ChatSignIn),
    /// What it does.
    Act(ChatAction),
}

/// Message of the gateway over the socket.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ToChatter {
    /// Answer to `hello`, and to `token` if the person changes.
    Welcome(Box<ChatWelcome>),
    /// Messages that were accepted in the last 100 ms, the oldest first; at most 200.
    Messages {
        /// The messages.
        messages: Vec<ChatMessage>,
    },
    /// Messages that are gone.
    Deleted {
        /// Their numbers.
        ids: Vec<MessageId>,
    },
    /// The mode has changed.
    Mode {
        /// The new mode.
        mode: ChatMode,
    },
    /// Another message is pinned.
    Pinned {
        /// The message, or null if none is.
        message: Option<Box<ChatMessage>>,
    },
    /// The person's time-out or ban has changed.
    Restricted {
        /// End of the time-out, RFC 3339; null for a ban, and if nothing restricts the person.
        until: Option<String>,
        /// Whether the person is banned.
        is_banned: bool,
    },
    /// What the client sent was refused.
    Refused {
        /// The client's own name of the message, if it was one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        client_id: Option<String>,
        /// Kind of the problem, for programs.
        code: String,
        /// A sentence that says what is wrong.
        detail: String,
        /// A sentence on how to fix it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hint: Option<String>,
        /// Seconds after which it can be tried again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after_s: Option<u32>,
    },
    /// The number of open sockets has changed; at most every 10 seconds.
    People {
        /// Open sockets of the chat at this gateway.
        people: u32,
    },
}

/// The state of a chat, for one client.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ChatWelcome {
    /// Who the gateway takes the client for; null without a token.
    pub me: Option<PersonRef>,
    /// Who may write how often.
    pub mode: ChatMode,
    /// The pinned message.
    pub pinned: Option<ChatMessage>,
    /// The last messages, at most 50, the oldest first.
    pub messages: Vec<ChatMessage>,
    /// Whether the person is signed in and not restricted. The mode may still refuse a message.
    pub can_say: bool,
    /// Whether the person may moderate the chat.
    pub can_moderate: bool,
    /// End of the person's time-out, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restricted_until: Option<String>,
    /// Whether the person is banned.
    pub is_banned: bool,
    /// Open sockets of the chat at this gateway.
    pub people: u32,
}

/// Answer to `POST /v1/streams/{id}/chat/actions`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChatDone {
    /// The message that was written; absent after other actions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<ChatMessage>,
}

/// Answer to `GET /v1/streams/{id}/recordings/{number}/chat`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChatReplay {
    /// Messages with their places in the recording, the earliest first.
    pub messages: Vec<ChatMessage>,
    /// `from_ms` of the next request; absent if there is nothing more in the range. The message at this very place may be
    /// repeated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_from_ms: Option<u64>,
}

/// Settings of a stream's chat, for its creator and its moderators.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChatSettings {
    /// Who may write how often.
    pub mode: ChatMode,
    /// Words that no message may have. An entry that ends with `*` also refuses longer words that begin with it.
    pub blocked_words: Vec<String>,
    /// Who may moderate the chat, besides the creator and the gateway's moderators.
    pub moderators: Vec<PersonRef>,
}

/// Body of `PUT /v1/streams/{id}/chat/settings`. What is absent stays as it is.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct ChangeChatSettings {
    /// Who may write how often.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<ChatMode>,
    /// All blocked words: at most 500, each of 1 to 50 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocked_words: Option<Vec<String>>,
}

/// A ban or a time-out that is in force.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChatBanView {
    /// Whom it concerns.
    pub person: PersonRef,
    /// End of the time-out, RFC 3339; absent for a ban.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Who decided.
    pub by: PersonRef,
    /// When, RFC 3339.
    pub at: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_of_clients_are_read_by_their_type() {
        let read = |text: &str| serde_json::from_str::<FromChatter>(text).unwrap();
        assert_eq!(read(r#"{"type":"hello"}"#), FromChatter::SignIn(ChatSignIn::Hello { token: None }));
        let token = ChatSignIn::Token { token: "a".into() };
        assert_eq!(read(r#"{"type":"token","token":"a"}"#), FromChatter::SignIn(token));
        assert_eq!(read(r#"{"type":"pin","id":null}"#), FromChatter::Act(ChatAction::Pin { id: None }));
        let say = ChatAction::Say { client_id: "1".into(), text: "Hi".into(), reply_to: Some(MessageId(7)) };
        assert_eq!(
            read(r#"{"type":"say","client_id":"1","text":"Hi","reply_to":"7"}"#),
            FromChatter::Act(say),
            "numbers of messages are strings"
        );
        let mode = ChatMode { slow_s: 5, ..ChatMode::default() };
        let set = read(r#"{"type":"set_mode","mode":{"slow_s":5}}"#);
        assert_eq!(set, FromChatter::Act(ChatAction::SetMode { mode }));
    }

    #[test]
    fn tokens_are_not_in_debug_output() {
        let hello = ChatSignIn::Hello { token: Some("secret".into()) };
        assert!(!format!("{hello:?}").contains("secret"));
    }

    #[test]
    fn numbers_of_messages_are_plain_digits() {
        assert_eq!("12".parse(), Ok(MessageId(12)));
        for odd in ["", "+1", "-1", "1.0", "0x1", "18446744073709551616"] {
            assert!(odd.parse::<MessageId>().is_err(), "{odd}");
        }
    }
}
