//! The stream name of a publisher: `<id>-<key>` (the stream key of OBS), or `<id>?key=<key>` (in a URL).
//!
//! People copy stream keys by hand, and encoders divide addresses in different ways. So blanks, quotes, slashes and
//! other parameters around the name are ignored, as is the case of letters; the dash may be missing or be one that a
//! word processor has put in; and the name may be the last part of the app name.

use crate::publish_key::{KeyRefusal, PublishKey};

/// Maximum length of an app name or stream name that is read.
const MAX_NAME_BYTES: usize = 1_024;

/// A stream and a text that has the form of a publish key.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Name {
    pub stream: u64,
    pub key: String,
}

impl Name {
    /// Reads the name from the texts of the commands `connect` and `publish`.
    ///
    /// # Errors
    ///
    /// There is no stream id, or no text of the form of a key. Such a name is no guess of a key.
    pub fn parse(app: &str, name: &str) -> Result<Self, KeyRefusal> {
        if app.len().max(name.len()) > MAX_NAME_BYTES {
            return Err(KeyRefusal::Malformed);
        }
        let (app, name) = (Address::new(app), Address::new(name));
        let key_parameter = name.key.as_deref().or(app.key.as_deref());
        let found = [&name.last, &app.last].into_iter().find_map(|text| id_and_key(text, key_parameter));
        found.ok_or(KeyRefusal::Malformed)
    }
}

/// The parts of a name that matter.
struct Address {
    /// The last part of the path that is not empty.
    last: String,
    /// The parameter `key`.
    key: Option<String>,
}

impl Address {
    fn new(text: &str) -> Self {
        let text = decoded(text);
        let (path, parameters) = text.split_once('?').unwrap_or((&text, ""));
        let last = path.rsplit('/').map(trimmed).find(|part| !part.is_empty()).unwrap_or_default();
        let mut pairs = parameters.split(['&', '?']).filter_map(|pair| pair.split_once('='));
        let key = pairs.find(|(name, _)| trimmed(name).eq_ignore_ascii_case("key"));
        Self { last: last.to_owned(), key: key.map(|(_, key)| trimmed(key).to_owned()) }
    }
}

/// Reads `<id>-<key>`, `<id><key>`, or `<id>` with a key from elsewhere.
fn id_and_key(text: &str, key_parameter: Option<&str>) -> Option<Name> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (id, rest) = text.split_at(digits);
    let dash = |c: char| matches!(c, '-' | '_' | ':' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ad}');
    let rest = trimmed(rest);
    let (id, key) = match (rest.strip_prefix(dash), key_parameter) {
        (Some(key), None) => (id, trimmed(key)),
        (None, Some(key)) if rest.is_empty() => (id, key),
        // Without a dash, the last 40 digits are the key.
        (None, None) if text.is_ascii() => text.split_at(text.len().checked_sub(PublishKey::DIGITS)?),
        _ => return None,
    };
    let is_key = key.len() == PublishKey::DIGITS && key.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_id = id.bytes().all(|byte| byte.is_ascii_digit());
    (is_key && is_id).then_some(())?;
    Some(Name { stream: id.parse().ok()?, key: key.to_ascii_lowercase() })
}

/// The text without what is copied along with it by mistake.
fn trimmed(text: &str) -> &str {
    let is_around = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '"' | '\'' | '`' | '<' | '>' | ',' | ';' | '.')
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2018}'..='\u{201f}' | '\u{2060}' | '\u{feff}')
    };
    text.trim_matches(is_around)
}

/// Decodes `%2D` and the like, which some encoders leave in the address.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, more @ ..] = rest {
        let escaped = match (first, more) {
            (b'%', [high, low, ..]) => u8::from_str_radix(&String::from_utf8_lossy(&[*high, *low]), 16).ok(),
            _ => None,
        };
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { &more[2..] } else { more };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "0123456789abcdef0123456789abcdef01234567";

    fn parsed(app: &str, name: &str) -> Option<u64> {
        let name = Name::parse(app, name).ok()?;
        assert_eq!(name.key, KEY);
        Some(name.stream)
    }

    #[test]
    fn stream_keys_are_read_as_people_and_encoders_write_them() {
        for form in [
            "7-KEY",
            "7?key=KEY",
            "/7?x=1&key=KEY",
            "7-KEY?x=1",
            "7KEY",
            "7-KEY ",
            " 7-KEY\r\n",
            "7-KEY/",
            "7-KEY\0",
            "/7-KEY",
            "live/7-KEY",
            "live/instance/7-KEY/",
            "\"7-KEY\"",
            "\u{201c}7-KEY\u{201d}",
            "\u{feff}7-KEY\u{200b}",
            "7\u{2013}KEY",
            "7 \u{2212} KEY",
            "7_KEY",
            "7%2DKEY%20",
            "7?Key=KEY\r",
            "7-KEY?",
            "7-KEY?x=1?y=2",
            "007-KEY",
        ] {
            for key in [KEY.to_owned(), KEY.to_uppercase()] {
                assert_eq!(parsed("live", &form.replace("KEY", &key)), Some(7), "{form:?}");
            }
        }
        assert_eq!(parsed("live", &format!("{}-{KEY}", u64::MAX)), Some(u64::MAX));
        assert_eq!(parsed("live", &format!("{}{KEY}", u64::MAX)), Some(u64::MAX));
    }

    #[test]
    fn stream_key_may_be_in_the_app_name() {
        for (app, name) in [
            ("live/7-KEY", ""),
            ("live/7-KEY/", "/"),
            ("7-KEY", ""),
            ("live/7-KEY", " "),
            ("live/7-KEY", "stream"),
            ("live?key=KEY", "7"),
            ("live/7?key=KEY", ""),
            ("rtmp://gateway:1935/live/7-KEY", ""),
        ] {
            assert_eq!(parsed(&app.replace("KEY", KEY), name), Some(7), "{app:?} {name:?}");
        }
    }

    #[test]
    fn name_comes_before_the_app_name() {
        assert_eq!(parsed(&format!("live/8-{KEY}"), &format!("7-{KEY}")), Some(7));
    }

    #[test]
    fn names_without_id_or_key_are_refused() {
        let long = "7".repeat(2_000);
        for form in [
            "",
            "7",
            "-KEY",
            "7-",
            "7?key=",
            "x-KEY",
            "+7-KEY",
            "7-a?key=KEY",
            "?key=KEY",
            "KEY",
            "7-KEY0",
            "7-KEYx",
            "18446744073709551616-KEY",
            "7-7-KEY",
            "7-guess",
            "nonsense",
            "7%",
            "7%zz-KEY",
            "7-%ff",
            &long,
        ] {
            let name = form.replace("KEY", KEY);
            assert_eq!(Name::parse("live", &name), Err(KeyRefusal::Malformed), "{form:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused(app in ".{0,60}", name in ".{0,80}", id in 0..100_u64) {
            let _ = Name::parse(&app, &name);
            let parsed = Name::parse(&app, &format!("{name}/{id}-{KEY}"));
            // The text before may contain a question mark, after which there are only parameters.
            assert!(name.contains(['?', '%']) || parsed.is_ok_and(|found| found.stream == id));
        }
    }
}
