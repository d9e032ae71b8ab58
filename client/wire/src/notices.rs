//! Notices: what people are told of, in the page, by Web Push and by mail.

use crate::people::PersonRef;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Maximum number of characters of the endpoint of a push subscription.
pub const MAX_ENDPOINT_CHARS: usize = 1_000;
/// Maximum number of characters of a key of a push subscription.
pub const MAX_PUSH_KEY_CHARS: usize = 128;
/// Maximum number of characters of a mail address, after RFC 5321.
pub const MAX_MAIL_CHARS: usize = 254;
/// Number of digits of the code that verifies a mail address.
pub const MAIL_CODE_DIGITS: usize = 6;

/// What a notice is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum NoticeKind {
    /// A creator whom the person follows is on air.
    WentLive,
    /// A creator whom the person follows has a new recording.
    NewRecording,
    /// Somebody has answered a comment of the person.
    Reply,
    /// Earnings of the person were paid out.
    Payout,
    /// Little is left of what the person may spend.
    SpendingLimit,
    /// A broadcast that the person wants to be reminded of begins soon.
    ScheduleSoon,
    /// A moderator has decided about something of the person's.
    Moderated,
}

impl NoticeKind {
    /// All kinds.
    pub const ALL: [Self; 7] = [
        Self::WentLive,
        Self::NewRecording,
        Self::Reply,
        Self::Payout,
        Self::SpendingLimit,
        Self::ScheduleSoon,
        Self::Moderated,
    ];

    /// The kind as JSON has it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WentLive => "went-live",
            Self::NewRecording => "new-recording",
            Self::Reply => "reply",
            Self::Payout => "payout",
            Self::SpendingLimit => "spending-limit",
            Self::ScheduleSoon => "schedule-soon",
            Self::Moderated => "moderated",
        }
    }
}

impl fmt::Display for NoticeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// There is no kind of notice of this name.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("there is no kind of notice of this name")]
pub struct NoNoticeKind;

impl FromStr for NoticeKind {
    type Err = NoNoticeKind;

    fn from_str(text: &str) -> Result<Self, NoNoticeKind> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(NoNoticeKind)
    }
}

/// A notice: `GET /v1/me/notices`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Notice {
    /// Number. Later notices have higher ones.
    pub id: u64,
    /// What it is about.
    pub kind: NoticeKind,
    /// Time, RFC 3339.
    pub at: String,
    /// Title.
    pub title: String,
    /// Text; may be empty.
    pub text: String,
    /// Path of the page that it is about.
    pub url: String,
    /// Whether the person has read it.
    pub is_read: bool,
    /// Who has caused it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonRef>,
}

/// Ways on which notices of a kind reach a person.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NoticeWays {
    /// In the pages, and in the list of notices.
    pub page: bool,
    /// By Web Push, to the browsers in which the person has turned it on.
    pub push: bool,
    /// By mail, to the address that the person has verified.
    pub mail: bool,
}

impl NoticeWays {
    /// Every way.
    pub const ALL: Self = Self { page: true, push: true, mail: true };
    /// No mail.
    pub const NO_MAIL: Self = Self { page: true, push: true, mail: false };

    /// Whether there is no way at all.
    pub const fn is_none(self) -> bool {
        !self.page && !self.push && !self.mail
    }
}

/// What a person is told of, and on which ways: `/v1/me/notices/settings`. Kinds that are absent in a request get the ways that
/// people have who have set nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, rename_all = "kebab-case")]
pub struct NoticeSettings {
    /// A creator whom the person follows is on air.
    pub went_live: NoticeWays,
    /// A creator whom the person follows has a new recording.
    pub new_recording: NoticeWays,
    /// Somebody has answered a comment of the person.
    pub reply: NoticeWays,
    /// Earnings of the person were paid out.
    pub payout: NoticeWays,
    /// Little is left of what the person may spend.
    pub spending_limit: NoticeWays,
    /// A broadcast that the person wants to be reminded of begins soon.
    pub schedule_soon: NoticeWays,
    /// A moderator has decided about something of the person's.
    pub moderated: NoticeWays,
}

impl Default for NoticeSettings {
    fn default() -> Self {
        Self {
            went_live: NoticeWays::ALL,
            new_recording: NoticeWays::NO_MAIL,
            reply: NoticeWays::NO_MAIL,
            payout: NoticeWays::NO_MAIL,
            spending_limit: NoticeWays::NO_MAIL,
            schedule_soon: NoticeWays::ALL,
            moderated: NoticeWays::ALL,
        }
    }
}

impl NoticeSettings {
    /// Returns the ways of a kind.
    pub const fn ways(&self, kind: NoticeKind) -> NoticeWays {
        match kind {
            NoticeKind::WentLive => self.went_live,
            NoticeKind::NewRecording => self.new_recording,
            NoticeKind::Reply => self.reply,
            NoticeKind::Payout => self.payout,
            NoticeKind::SpendingLimit => self.spending_limit,
            NoticeKind::ScheduleSoon => self.schedule_soon,
            NoticeKind::Moderated => self.moderated,
        }
    }
}

/// Body of `POST /v1/me/notices/read`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReadNotices {
    /// Number of the last notice that was read; those before it count as read as well.
    pub up_to: u64,
}

/// Number of notices that have not been read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UnreadNotices {
    /// The number.
    pub count: u32,
}

/// Key with which browsers subscribe to this gateway's push messages: `GET /v1/push/key`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PushKey {
    /// Public key of P-256, uncompressed, in URL-safe base64 without padding.
    pub key: String,
}

/// A browser's push subscription, as the browser writes it: `PUT /v1/me/push`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PushSubscription {
    /// Address of the push service for this browser.
    pub endpoint: String,
    /// Keys with which messages are encrypted.
    pub keys: PushKeys,
}

/// Keys of a push subscription, in URL-safe base64 without padding.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PushKeys {
    /// Public key of the browser.
    pub p256dh: String,
    /// Secret that authenticates messages.
    pub auth: String,
}

/// Body of `DELETE /v1/me/push`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EndPush {
    /// Endpoint of the subscription.
    pub endpoint: String,
}

/// A push message, as the service worker of the pages reads it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PushMessage {
    /// Title.
    pub title: String,
    /// Text; may be empty.
    pub text: String,
    /// Path of the page to open.
    pub url: String,
    /// What it is about: a later message about the same replaces it.
    pub tag: String,
}

/// The person's mail address: `GET /v1/me/mail`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MailView {
    /// Whether this gateway sends mail.
    pub is_offered: bool,
    /// Address; absent if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Whether the person has shown that it is theirs.
    pub is_verified: bool,
}

/// Body of `PUT /v1/me/mail`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewMail {
    /// Address, to which a code is sent.
    pub address: String,
}

/// Body of `POST /v1/me/mail/verify`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VerifyMail {
    /// The six digits.
    pub code: String,
}

/// The first message of a client to `WS /v1/notices`, and a later one with a fresh token.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum FromNoticeReader {
    /// Who the client is.
    Hello {
        /// Access token.
        token: String,
    },
}

/// A message of the gateway at `WS /v1/notices`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum ToNoticeReader {
    /// How many notices are unread.
    Unread {
        /// The number.
        count: u32,
    },
    /// A new notice.
    Notice {
        /// The notice.
        notice: Box<Notice>,
    },
    /// The token is not accepted; the socket is closed.
    SignedOut,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_written_alike_everywhere() {
        let settings = serde_json::to_value(NoticeSettings::default()).unwrap();
        for kind in NoticeKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
            assert_eq!(kind.as_str().parse(), Ok(kind));
            assert!(settings.get(kind.as_str()).is_some(), "{kind} has a setting");
        }
        assert_eq!("else".parse::<NoticeKind>(), Err(NoNoticeKind));
    }

    #[test]
    fn absent_settings_are_those_of_somebody_who_has_set_nothing() {
        let off = NoticeWays { page: false, push: false, mail: false };
        let read: NoticeSettings =
            serde_json::from_str(r#"{"reply":{"page":false,"push":false,"mail":false}}"#).unwrap();
        assert_eq!(read, NoticeSettings { reply: off, ..NoticeSettings::default() });
        assert!(read.ways(NoticeKind::Reply).is_none() && !read.ways(NoticeKind::WentLive).is_none());
    }

    #[test]
    fn messages_of_the_socket_have_a_type() {
        let text = |message: &ToNoticeReader| serde_json::to_string(message).unwrap();
        assert_eq!(text(&ToNoticeReader::Unread { count: 2 }), r#"{"type":"unread","count":2}"#);
        assert_eq!(text(&ToNoticeReader::SignedOut), r#"{"type":"signed-out"}"#);
        let hello: FromNoticeReader = serde_json::from_str(r#"{"type":"hello","token":"t"}"#).unwrap();
        assert_eq!(hello, FromNoticeReader::Hello { token: "t".into() });
    }
}
