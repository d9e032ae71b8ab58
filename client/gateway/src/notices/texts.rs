//! What notices say. Texts of people are parts of sentences here, and never markup.

use tick_stream_primitives::{AccountId, Balance, StreamId};
use vilokanam_wire::{
    notices::NoticeKind,
    people::{PersonRef, Subject},
};

/// Maximum number of characters of what people have written, within a notice.
const MAX_QUOTED_CHARS: usize = 120;
/// Planck in one VLK.
const UNIT: Balance = 1_000_000_000_000;
/// Planck in the last digit that is shown.
const SHOWN: Balance = UNIT / 10_000;

/// What a notice says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Words {
    /// What it is about.
    pub kind: NoticeKind,
    /// Title.
    pub title: String,
    /// Text; may be empty.
    pub text: String,
    /// Path of the page that it is about.
    pub url: String,
    /// Who has caused it.
    pub author: Option<AccountId>,
}

/// Returns a text on one line, without control characters, and cut off if it is long.
fn quoted(text: &str) -> String {
    let line: String = text.chars().map(|one| if one.is_control() { ' ' } else { one }).collect();
    let line = line.trim();
    if line.chars().count() <= MAX_QUOTED_CHARS {
        return line.to_owned();
    }
    let cut: String = line.chars().take(MAX_QUOTED_CHARS - 1).collect();
    format!("{}…", cut.trim_end())
}

/// Returns what a person is called: the name, the handle, or the ends of the account.
fn name_of(person: &PersonRef) -> String {
    if let Some(name) = &person.name {
        return quoted(name);
    }
    if let Some(handle) = &person.handle {
        return format!("@{handle}");
    }
    let account = person.account.to_string();
    match (account.get(..5), account.get(account.len().saturating_sub(5)..)) {
        (Some(first), Some(last)) => format!("{first}…{last}"),
        _ => account,
    }
}

/// Returns an amount in VLK with at most four decimals, rounded down.
fn vlk(amount: Balance) -> String {
    let decimals = amount % UNIT / SHOWN;
    if amount > 0 && amount < SHOWN {
        return "less than 0.0001 VLK".into();
    }
    let text = format!("{}.{decimals:04}", amount / UNIT);
    format!("{} VLK", text.trim_end_matches('0').trim_end_matches('.'))
}

/// Returns the path of the page of a stream or a recording.
fn path_of(subject: &Subject) -> String {
    match subject.recording() {
        Some(number) => format!("/watch/{}/recordings/{number}", subject.stream()),
        None => format!("/watch/{}", subject.stream()),
    }
}

fn by(person: &PersonRef) -> Option<AccountId> {
    Some(person.account.0.clone())
}

/// A creator is on air.
pub fn went_live(creator: &PersonRef, stream: StreamId, title: &str) -> Words {
    Words {
        kind: NoticeKind::WentLive,
        title: format!("{} is live", name_of(creator)),
        text: quoted(title),
        url: path_of(&Subject::Stream(stream)),
        author: by(creator),
    }
}

/// There is a new recording.
pub fn new_recording(creator: &PersonRef, (stream, number): (StreamId, u64), title: &str) -> Words {
    Words {
        kind: NoticeKind::NewRecording,
        title: format!("New recording of {}", name_of(creator)),
        text: quoted(title),
        url: path_of(&Subject::Recording(stream, number)),
        author: by(creator),
    }
}

/// A comment was answered.
pub fn reply(author: &PersonRef, subject: &Subject, comment: u64, text: &str) -> Words {
    Words {
        kind: NoticeKind::Reply,
        title: format!("{} answered your comment", name_of(author)),
        text: quoted(text),
        url: format!("{}#comment-{comment}", path_of(subject)),
        author: by(author),
    }
}

/// Earnings were paid out.
pub fn payout(amount: Balance) -> Words {
    Words {
        kind: NoticeKind::Payout,
        title: format!("{} were paid out to you", vlk(amount)),
        text: "Your earnings are in your account.".into(),
        url: "/studio/earnings".into(),
        author: None,
    }
}

/// Little is left of what a viewer may spend.
pub fn spending_limit(left: Balance) -> Words {
    Words {
        kind: NoticeKind::SpendingLimit,
        title: "Your spending limit is nearly reached".into(),
        text: format!("{} are left of what this device may spend.", vlk(left)),
        url: "/wallet".into(),
        author: None,
    }
}

/// An announced broadcast begins soon.
pub fn schedule_soon(creator: &PersonRef, title: &str, stream: Option<StreamId>, in_minutes: u64) -> Words {
    let when = match in_minutes {
        0 => "now".to_owned(),
        1 => "in a minute".to_owned(),
        minutes => format!("in {minutes} minutes"),
    };
    let own = || match &creator.handle {
        Some(handle) => format!("/c/{handle}"),
        None => format!("/creators/{}", creator.account),
    };
    Words {
        kind: NoticeKind::ScheduleSoon,
        title: format!("{} begins {when}", name_of(creator)),
        text: quoted(title),
        url: stream.map_or_else(own, |stream| path_of(&Subject::Stream(stream))),
        author: by(creator),
    }
}

/// A moderator has decided about something of the person's.
pub fn moderated() -> Words {
    Words {
        kind: NoticeKind::Moderated,
        title: "A moderator has made a decision about your content".into(),
        text: "Your profile page says what was decided and why, and there you can appeal.".into(),
        url: "/me#decisions".into(),
        author: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vilokanam_wire::Account;

    fn person(name: Option<&str>, handle: Option<&str>) -> PersonRef {
        let unnamed = PersonRef::unnamed(Account(AccountId::new([1; 32])));
        PersonRef { name: name.map(Into::into), handle: handle.map(Into::into), ..unnamed }
    }

    #[test]
    fn people_are_called_by_what_is_known_of_them() {
        assert_eq!(went_live(&person(Some("Ann"), Some("ann")), 7, "Chess").title, "Ann is live");
        assert_eq!(went_live(&person(None, Some("ann")), 7, "Chess").title, "@ann is live");
        let title = went_live(&person(None, None), 7, "Chess").title;
        assert_eq!(title.chars().count(), "12345…12345 is live".chars().count(), "{title}");
    }

    #[test]
    fn texts_of_people_are_one_line_of_limited_length() {
        let words = went_live(&person(Some("Ann\r\nBcc: all"), None), 7, &"x".repeat(500));
        assert_eq!(words.title, "Ann  Bcc: all is live");
        assert_eq!(words.text.chars().count(), MAX_QUOTED_CHARS);
        assert_eq!(quoted("a\u{1b}b\n"), "a b");
    }

    #[test]
    fn amounts_are_rounded_down_to_four_decimals() {
        assert_eq!(vlk(UNIT), "1 VLK");
        assert_eq!(vlk(1_234_567_890_123), "1.2345 VLK");
        assert_eq!(vlk(10 * UNIT), "10 VLK");
        assert_eq!(vlk(0), "0 VLK");
        assert_eq!(vlk(1), "less than 0.0001 VLK");
    }

    #[test]
    fn pages_are_those_of_the_subject() {
        assert_eq!(
            reply(&person(None, None), &Subject::Recording(7, 3), 12, "Yes").url,
            "/watch/7/recordings/3#comment-12"
        );
        assert_eq!(schedule_soon(&person(None, Some("ann")), "Chess", None, 5).url, "/c/ann");
        assert_eq!(schedule_soon(&person(None, Some("ann")), "Chess", Some(7), 5).url, "/watch/7");
    }
}
