//! Why something is refused in a chat.

use crate::{moderation::ModerationError, stream_rules::Suspended};
use std::fmt;
use tick_stream_primitives::{Moment, StreamId};
use vilokanam_people::{text::TextError, words::WordsError};
use vilokanam_wire::{chat, codes, scalars::rfc3339};

/// Why something is refused in a chat.
#[derive(Debug, thiserror::Error)]
pub enum ChatError {
    /// Nobody is signed in, or not any more.
    #[error("Sign in to write in the chat. If you are signed in, send a fresh access token.")]
    SignedOut,
    /// The message has no text, or too much.
    #[error("The message cannot be sent: {0}. Write 1 to {max} characters.", max = chat::MAX_MESSAGE_CHARS)]
    Text(#[from] TextError),
    /// The client's own name of the message is odd.
    #[error("'client_id' must have 1 to {} characters.", chat::MAX_CLIENT_ID_CHARS)]
    ClientId,
    /// The gateway's moderation refuses the person or the text.
    #[error(transparent)]
    Moderation(#[from] ModerationError),
    /// The text has a word that the stream's chat blocks.
    #[error("The message contains a word that is blocked in this chat. Write it without that word.")]
    Word,
    /// The person is banned from the stream's chat.
    #[error("You are banned from this chat. Its moderators can lift the ban.")]
    Banned,
    /// The person is timed out.
    #[error("You cannot write in this chat until {}, because a moderator has timed you out.", rfc3339(*until))]
    TimedOut {
        /// When it is over.
        until: Moment,
        /// In how many seconds that is.
        retry_after_s: u32,
    },
    /// The person writes too fast.
    #[error("You are writing too fast. Wait {retry_after_s} s and send the message again.")]
    TooFast {
        /// When to try again.
        retry_after_s: u32,
    },
    /// Slow mode is on.
    #[error("This chat is in slow mode: one message every {slow_s} s. You can write again in {retry_after_s} s.")]
    Slow {
        /// Least seconds between two messages.
        slow_s: u32,
        /// When to try again.
        retry_after_s: u32,
    },
    /// The network or the room has sent too much.
    #[error("More messages arrive than this chat takes. Wait a few seconds and send the message again.")]
    TooMany,
    /// Only followers may write.
    #[error("Only followers of the creator can write in this chat now. Follow the creator to write.")]
    FollowersOnly,
    /// Only those who are paying may write.
    #[error("Only viewers who are paying for this stream can write in its chat now. Watch the stream to write.")]
    PayersOnly,
    /// The person may not moderate.
    #[error("Only the creator, the chat's moderators and the gateway's moderators can do this.")]
    NotModerator,
    /// The creator has not signed in with the wallet.
    #[error("Moderating your own chat needs a sign-in with your wallet. Sign in again, with the wallet.")]
    WalletNeeded,
    /// The person cannot be kept from writing.
    #[error(
        "The creator, moderators and you yourself cannot be kept from writing here. Take the right to moderate from a moderator \
         first."
    )]
    Untouchable,
    /// A number is out of range.
    #[error("{what} must be at most {max}.")]
    TooLarge {
        /// What it is.
        what: &'static str,
        /// The largest value.
        max: u32,
    },
    /// The list of blocked words is refused.
    #[error(transparent)]
    Words(#[from] WordsError),
    /// A list is full.
    #[error("This chat has as many {0} as it can have. Remove one first.")]
    Full(&'static str),
    /// There is no such message.
    #[error("This chat has no such message any more.")]
    NoMessage,
    /// There is no such stream.
    #[error("There is no stream {0}.")]
    NoStream(StreamId),
    /// The stream is not served.
    #[error(transparent)]
    Suspended(#[from] Suspended),
    /// Too many sockets.
    #[error("{0} has as many connections to this chat as the gateway allows. Close one, or read the chat over HTTP.")]
    TooManySockets(&'static str),
    /// The gateway cannot take it now.
    #[error("The chat cannot take messages at the moment. Try again in a few seconds.")]
    Busy,
    /// The gateway failed. The reason is for the log.
    #[error("The gateway failed; its log has the reason.")]
    Failed(String),
}

impl ChatError {
    /// A failure of what the chat stands on.
    pub fn failed(reason: impl fmt::Display) -> Self {
        Self::Failed(reason.to_string())
    }

    /// The code of the problem.
    pub fn code(&self) -> &'static str {
        match self {
            Self::SignedOut => codes::SIGNED_OUT,
            Self::Text(_) | Self::ClientId | Self::TooLarge { .. } | Self::Words(_) => codes::BAD_REQUEST,
            Self::Moderation(error) => error.code(),
            Self::Word => codes::WORD_REFUSED,
            Self::Banned | Self::TimedOut { .. } => codes::CHAT_RESTRICTED,
            Self::TooFast { .. } | Self::Slow { .. } | Self::TooMany => codes::CHAT_TOO_FAST,
            Self::FollowersOnly => codes::FOLLOWERS_ONLY,
            Self::PayersOnly => codes::PAYERS_ONLY,
            Self::NotModerator | Self::Untouchable => codes::FORBIDDEN,
            Self::WalletNeeded => codes::WALLET_NEEDED,
            Self::Full(_) => codes::CONFLICT,
            Self::NoMessage | Self::NoStream(_) => codes::NOT_FOUND,
            Self::Suspended(_) => codes::STREAM_NOT_OPEN,
            Self::TooManySockets(_) | Self::Busy => codes::UNAVAILABLE,
            Self::Failed(_) => codes::INTERNAL,
        }
    }

    /// Seconds after which it can be tried again.
    pub fn retry_after_s(&self) -> Option<u32> {
        match self {
            Self::TimedOut { retry_after_s, .. }
            | Self::TooFast { retry_after_s }
            | Self::Slow { retry_after_s, .. } => Some(*retry_after_s),
            Self::TooMany | Self::Busy => Some(2),
            _ => None,
        }
    }
}
