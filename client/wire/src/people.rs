//! People at a gateway: profiles, follows, schedules, likes, comments, watch history, leaderboards.

use crate::{
    scalars::{Account, Planck, StreamRef},
    streams::{RecordingView, StreamView},
};
use serde::{Deserialize, Serialize};
use serde_with::{DeserializeFromStr, SerializeDisplay};
use std::{fmt, str::FromStr};
use tick_stream_primitives::StreamId;

/// Maximum number of characters of a name.
pub const MAX_NAME_CHARS: usize = 50;
/// Maximum number of characters of a biography.
pub const MAX_BIO_CHARS: usize = 1_000;
/// Maximum number of characters of a comment.
pub const MAX_COMMENT_CHARS: usize = 2_000;
/// Maximum number of characters of the title of an entry of a schedule.
pub const MAX_SCHEDULE_TITLE_CHARS: usize = 120;
/// Maximum length of an entry of a schedule, in minutes.
pub const MAX_SCHEDULE_MINUTES: u32 = 24 * 60;
/// Maximum number of positions in one report of progress.
pub const MAX_PROGRESS_ITEMS: usize = 50;

/// What is liked, commented on, viewed: a stream or a recording.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, SerializeDisplay, DeserializeFromStr)]
pub enum Subject {
    /// A stream: `stream:7`.
    Stream(StreamId),
    /// A recording of a stream: `recording:7:3`.
    Recording(StreamId, u64),
}

/// The text names neither a stream nor a recording.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("'{0}' names neither a stream nor a recording: write stream:7 or recording:7:3")]
pub struct NoSubject(pub String);

impl Subject {
    /// Returns the number of the stream, or of the recording's stream.
    pub const fn stream(&self) -> StreamId {
        match self {
            Self::Stream(stream) | Self::Recording(stream, _) => *stream,
        }
    }

    /// Returns the number of the recording; `None` for a stream.
    pub const fn recording(&self) -> Option<u64> {
        match self {
            Self::Stream(_) => None,
            Self::Recording(_, number) => Some(*number),
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stream(stream) => write!(f, "stream:{stream}"),
            Self::Recording(stream, number) => write!(f, "recording:{stream}:{number}"),
        }
    }
}

impl FromStr for Subject {
    type Err = NoSubject;

    fn from_str(text: &str) -> Result<Self, NoSubject> {
        let wrong = || NoSubject(text.chars().take(80).collect());
        let number = |digits: &str| {
            let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit());
            digits.parse::<u64>().ok().filter(|_| is_plain).ok_or_else(wrong)
        };
        match text.split_once(':').ok_or_else(wrong)? {
            ("stream", stream) => number(stream).map(Self::Stream),
            ("recording", rest) => {
                let (stream, recording) = rest.split_once(':').ok_or_else(wrong)?;
                Ok(Self::Recording(number(stream)?, number(recording)?))
            }
            _ => Err(wrong()),
        }
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Subject {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{ObjectBuilder, Type};
        let description = "A stream, `stream:7`, or a recording, `recording:7:3`.";
        ObjectBuilder::new().schema_type(Type::String).description(Some(description)).into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Subject {}

/// A person, as lists and messages name them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonRef {
    /// Account.
    pub account: Account,
    /// Handle, which nobody else has at this gateway.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handle: Option<String>,
    /// Name, which others may have as well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Hash of the picture, which is at `/v1/images/{hash}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
}

impl PersonRef {
    /// A person without a profile.
    pub fn unnamed(account: Account) -> Self {
        Self { account, handle: None, name: None, picture: None }
    }
}

/// A person: the profile, and what is known of them at this gateway.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonView {
    /// Account.
    pub account: Account,
    /// Handle, which nobody else has at this gateway.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handle: Option<String>,
    /// Name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What the person says of themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bio: Option<String>,
    /// Hash of the picture, which is at `/v1/images/{hash}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// Hash of the banner, which is at `/v1/images/{hash}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub banner: Option<String>,
    /// Addresses of other pages of the person.
    #[serde(default)]
    pub links: Vec<String>,
    /// Number of followers at this gateway.
    #[serde(default)]
    pub followers: u64,
    /// Whether the account has created a stream.
    #[serde(default)]
    pub is_creator: bool,
    /// Whether the signed-in person follows them; absent if nobody is signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_followed_by_me: Option<bool>,
    /// Signature of the account over [`profile_text`], a SCALE-encoded `MultiSignature` in hex; absent if the profile is not
    /// signed as it is now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    /// Time that is part of the signed text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_at: Option<String>,
}

/// The fields of a profile that its account signs, in the order of the signed text.
#[derive(Serialize)]
struct SignedFields<'a> {
    account: &'a Account,
    banner: &'a str,
    bio: &'a str,
    handle: &'a str,
    links: &'a [String],
    name: &'a str,
    picture: &'a str,
    signed_at: &'a str,
}

/// Returns the text that an account signs so that other gateways can show its profile: a line with the purpose and the version,
/// then the fields as one line of JSON, in alphabetical order. Absent fields are empty texts.
pub fn profile_text(view: &PersonView, signed_at: &str) -> String {
    fn given(field: &Option<String>) -> &str {
        field.as_deref().unwrap_or_default()
    }
    let fields = SignedFields {
        account: &view.account,
        banner: given(&view.banner),
        bio: given(&view.bio),
        handle: given(&view.handle),
        links: &view.links,
        name: given(&view.name),
        picture: given(&view.picture),
        signed_at,
    };
    // Texts and lists of texts can always be written.
    let json = serde_json::to_string(&fields).unwrap_or_default();
    format!("vilokanam/profile/v1\n{json}")
}

/// What a person chooses for themselves.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MySettings {
    /// Whether the person is left out of leaderboards.
    pub hide_from_leaderboards: bool,
    /// Whether the gateway keeps what the person has watched.
    pub keep_history: bool,
}

impl Default for MySettings {
    fn default() -> Self {
        Self { hide_from_leaderboards: false, keep_history: true }
    }
}

/// Body of `PUT /v1/me`. What is absent stays as it is; an empty text removes.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangeProfile {
    /// Handle: 3 to 30 characters, letters, digits, `_` and `-`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handle: Option<String>,
    /// Name, at most 50 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What the person says of themselves, at most 1,000 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bio: Option<String>,
    /// Hash of a picture that was uploaded to `/v1/images`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// Hash of a picture that was uploaded to `/v1/images`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub banner: Option<String>,
    /// At most 5 addresses that begin with `https://`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub links: Option<Vec<String>>,
    /// What the person chooses for themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<MySettings>,
    /// Signature of the account over the text of the profile as it is after this change; see `docs/people/community.md`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    /// Time that is part of the signed text, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_at: Option<String>,
}

/// Body of `DELETE /v1/me`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeleteMe {
    /// The person's handle or account, so that nothing is deleted by mistake.
    pub confirm: String,
}

/// Somebody whom a person follows, or who follows them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FollowView {
    /// The other person.
    pub person: PersonRef,
    /// Since when, RFC 3339.
    pub since: String,
    /// Streams of the person that are on air at this gateway; empty in lists of followers.
    #[serde(default)]
    pub live: Vec<StreamView>,
}

/// Body of `POST /v1/me/schedule`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewScheduleEntry {
    /// Beginning, RFC 3339, in the future and within a year.
    pub starts_at: String,
    /// Length in minutes, 1 to 1,440.
    pub minutes: u32,
    /// Title, at most 120 characters.
    pub title: String,
    /// Stream of the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream: Option<StreamRef>,
}

/// A broadcast that a creator has announced.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScheduleEntry {
    /// Number of the entry.
    pub id: u64,
    /// Beginning, RFC 3339.
    pub starts_at: String,
    /// Length in minutes.
    pub minutes: u32,
    /// Title.
    pub title: String,
    /// Stream.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream: Option<StreamRef>,
    /// Whether the signed-in person is reminded of it; absent if nobody is signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_reminded_me: Option<bool>,
}

/// Counts of a stream or a recording.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reactions {
    /// People who like it.
    pub likes: u64,
    /// Views: one for each viewer and day.
    pub views: u64,
    /// Comments, replies included.
    pub comments: u64,
    /// Whether the signed-in person likes it.
    pub is_liked_by_me: bool,
}

/// Body of `POST /v1/streams/{id}/recordings/{number}/comments`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewComment {
    /// Text, 1 to 2,000 characters.
    pub text: String,
    /// Comment that this one answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<u64>,
    /// Second of the recording that the comment is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_s: Option<u32>,
}

/// A comment on a recording.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CommentView {
    /// Number of the comment.
    pub id: u64,
    /// Who wrote it.
    pub author: PersonRef,
    /// Text; empty if it was deleted while there are replies.
    pub text: String,
    /// When it was written, RFC 3339.
    pub at: String,
    /// People who like it.
    pub likes: u64,
    /// Whether the signed-in person likes it.
    pub is_liked_by_me: bool,
    /// Number of replies.
    pub replies: u32,
    /// Comment that it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<u64>,
    /// Whether the signed-in person wrote it.
    pub is_mine: bool,
    /// Second of the recording that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_s: Option<u32>,
    /// Whether it was deleted, and is kept for its replies.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_deleted: bool,
}

/// Body of `PUT /v1/me/progress`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProgressReport {
    /// At most 50 positions.
    pub items: Vec<ProgressItem>,
}

/// How far a person has watched.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProgressItem {
    /// Stream or recording.
    pub subject: Subject,
    /// Position in milliseconds from the beginning.
    pub position_ms: u64,
    /// Length in milliseconds, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// When the person was there, RFC 3339. An earlier time than the known one changes nothing.
    pub at: String,
}

/// Answer to `GET /v1/me/progress/{subject}`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProgressView {
    /// Position in milliseconds from the beginning.
    pub position_ms: u64,
    /// When the person was there, RFC 3339.
    pub at: String,
}

/// Something that a person has watched.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HistoryItem {
    /// Stream or recording.
    pub subject: Subject,
    /// Title of the recording, or of its stream.
    pub title: String,
    /// Creator of the stream; absent if the stream is not known any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creator: Option<PersonRef>,
    /// Hash of its picture, which is at `/v1/images/{hash}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// Position in milliseconds from the beginning.
    pub position_ms: u64,
    /// Length in milliseconds, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// When the person last watched it, RFC 3339.
    pub at: String,
    /// Price of a tick.
    pub price_per_tick: Planck,
}

/// A place in a leaderboard.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LeaderView {
    /// Place, from 1. Equal amounts share a place.
    pub rank: u32,
    /// The person.
    pub person: PersonRef,
    /// Amount tipped, in a leaderboard of tippers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Planck>,
    /// Seconds watched and paid for, in a leaderboard of watchers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u64>,
}

/// Answer to `GET /v1/related/{subject}`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Related {
    /// Recordings, the most alike first.
    pub recordings: Vec<RecordingView>,
    /// Streams, the most alike first.
    pub streams: Vec<StreamView>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subject_is_written_as_it_is_read() {
        for text in ["stream:7", "recording:7:3", "recording:18446744073709551615:0"] {
            let subject: Subject = text.parse().unwrap();
            assert_eq!(subject.to_string(), text);
            assert_eq!(serde_json::to_string(&subject).unwrap(), format!("\"{text}\""));
        }
        for odd in
            ["", "stream", "stream:", "stream:+7", "stream:7:3", "recording:7", "recording:7:", "clip:7", "stream: 7"]
        {
            assert_eq!(odd.parse::<Subject>(), Err(NoSubject(odd.into())), "{odd:?}");
        }
        assert_eq!(Subject::Recording(7, 3).stream(), 7);
        assert_eq!((Subject::Recording(7, 3).recording(), Subject::Stream(7).recording()), (Some(3), None));
    }

    #[test]
    fn absent_and_empty_fields_of_a_change_differ() {
        let change: ChangeProfile = serde_json::from_str(r#"{"name":"","unknown":1}"#).unwrap();
        assert_eq!(change, ChangeProfile { name: Some(String::new()), ..ChangeProfile::default() });
    }

    #[test]
    fn signed_text_of_a_profile_has_every_field() {
        let account: Account = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY".parse().unwrap();
        let view = PersonView {
            account,
            handle: Some("alice".into()),
            name: None,
            bio: Some("two\n\"lines\"".into()),
            picture: None,
            banner: None,
            links: vec!["https://example.org/".into()],
            followers: 7,
            is_creator: true,
            is_followed_by_me: None,
            signature: None,
            signed_at: None,
        };
        assert_eq!(
            profile_text(&view, "2026-12-01T00:00:00.000Z"),
            "vilokanam/profile/v1\n{\"account\":\"5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY\",\"banner\":\"\",\
             \"bio\":\"two\\n\\\"lines\\\"\",\"handle\":\"alice\",\"links\":[\"https://example.org/\"],\"name\":\"\",\
             \"picture\":\"\",\"signed_at\":\"2026-12-01T00:00:00.000Z\"}"
        );
    }
}
