//! Handles: names that are unique at a gateway, also to the eye.

use unicode_security::skeleton as unicode_skeleton;

/// Minimum number of characters.
pub const MIN_CHARS: usize = 3;
/// Maximum number of characters.
pub const MAX_CHARS: usize = 30;
/// Name that is part of no handle, whatever is around it.
const BRAND: &str = "vilokanam";
/// Reserved names, which people would take for the gateway, its operator, or a part of an address.
const RESERVED: [&str; 32] = [
    "about",
    "account",
    "admin",
    "administrator",
    "all",
    "anonymous",
    "api",
    "billing",
    "chat",
    "creator",
    "everyone",
    "gateway",
    "guest",
    "help",
    "here",
    "me",
    "mod",
    "moderator",
    "nobody",
    "null",
    "official",
    "operator",
    "root",
    "search",
    "security",
    "settings",
    "staff",
    "support",
    "system",
    "team",
    "undefined",
    "wallet",
];

/// A handle is not accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum HandleError {
    /// It is too short or too long.
    #[error("A handle has {MIN_CHARS} to {MAX_CHARS} characters, and this one has {0}.")]
    Length(usize),
    /// It has a character that is not allowed.
    #[error("A handle has letters from a to z, digits, '_' and '-' only, and this one has '{}'. Write it without.", .0.escape_default())]
    Character(char),
    /// It does not begin with a letter.
    #[error("A handle begins with a letter from a to z.")]
    Beginning,
    /// It is reserved, or looks like one that is.
    #[error("This handle is reserved, or looks like one that is. Choose another one.")]
    Reserved,
}

/// A handle, in lower case.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Handle(String);

impl Handle {
    /// Reads a handle as a person writes it, with or without `@`.
    ///
    /// # Errors
    ///
    /// [`HandleError`].
    pub fn parse(text: &str) -> Result<Self, HandleError> {
        let text = text.trim();
        let text = text.strip_prefix('@').unwrap_or(text);
        // Lower case of ASCII only: that of other characters can be ASCII, as that of the sign for Kelvin is.
        if let Some(odd) = text.chars().find(|character| !is_allowed(character.to_ascii_lowercase())) {
            return Err(HandleError::Character(odd));
        }
        let chars = text.chars().count();
        if !(MIN_CHARS..=MAX_CHARS).contains(&chars) {
            return Err(HandleError::Length(chars));
        }
        if !text.starts_with(|first: char| first.is_ascii_alphabetic()) {
            return Err(HandleError::Beginning);
        }
        let handle = Self(text.to_ascii_lowercase());
        let skeleton = handle.skeleton();
        let is_reserved = RESERVED.iter().any(|name| skeleton_of(name) == skeleton);
        if is_reserved || skeleton.contains(&skeleton_of(BRAND)) {
            return Err(HandleError::Reserved);
        }
        Ok(handle)
    }

    /// Returns the handle, without `@`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns what the handle looks like. Two handles that look alike have the same.
    pub fn skeleton(&self) -> String {
        skeleton_of(&self.0)
    }
}

fn is_allowed(character: char) -> bool {
    matches!(character, 'a'..='z' | '0'..='9' | '_' | '-')
}

/// Returns what a name looks like: by the table of Unicode, and with ASCII characters folded that look alike in the fonts of pages.
fn skeleton_of(name: &str) -> String {
    // First, so that `b_a` and `ba` are the same in what follows.
    let plain: String = name.chars().filter(|character| !matches!(character, '_' | '-')).collect();
    let looks: String = unicode_skeleton(&plain).flat_map(char::to_lowercase).map(folded).collect();
    // The table has `rn` for `m`.
    looks.replace("rn", "m").replace("vv", "w")
}

fn folded(character: char) -> char {
    match character {
        '0' => 'o',
        '1' | 'i' | '|' => 'l',
        '5' => 's',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn skeleton(text: &str) -> String {
        Handle::parse(text).unwrap().skeleton()
    }

    #[test]
    fn handles_are_read_in_lower_case_and_without_the_sign_before_them() {
        for (text, handle) in [("alice", "alice"), (" @Alice_B-2 ", "alice_b-2"), ("abc", "abc")] {
            assert_eq!(Handle::parse(text).unwrap().as_str(), handle);
        }
        assert!(Handle::parse(&"a".repeat(MAX_CHARS)).is_ok());
    }

    #[test]
    fn odd_handles_are_refused_with_the_reason() {
        assert_eq!(Handle::parse("ab"), Err(HandleError::Length(2)));
        assert_eq!(Handle::parse(""), Err(HandleError::Length(0)));
        assert_eq!(Handle::parse(&"a".repeat(MAX_CHARS + 1)), Err(HandleError::Length(MAX_CHARS + 1)));
        assert_eq!(Handle::parse("1abc"), Err(HandleError::Beginning));
        assert_eq!(Handle::parse("_abc"), Err(HandleError::Beginning));
        for (text, odd) in [("a b", ' '), ("a@bc", '@'), ("a.bc", '.'), ("a/bc", '/'), ("abc\u{200b}", '\u{200b}')] {
            assert_eq!(Handle::parse(text), Err(HandleError::Character(odd)), "{text:?}");
        }
    }

    #[test]
    fn characters_of_other_scripts_are_refused_also_if_their_lower_case_is_ascii() {
        // Cyrillic a, the sign for Kelvin, I with a dot, a letter of full width, Greek o.
        for text in ["аlice", "\u{212a}elvin", "İstanbul", "ａlice", "bοb", "al\u{202e}ice", "ali\u{301}ce"] {
            assert!(matches!(Handle::parse(text), Err(HandleError::Character(_))), "{text}");
        }
    }

    #[test]
    fn handles_that_look_alike_have_the_same_skeleton() {
        for (one, other) in [
            ("alice", "a1ice"),
            ("alice", "aIice"),
            ("alice", "al-ice"),
            ("alice", "ali_ce_"),
            ("modern", "modem"),
            ("bob0", "bobo"),
            ("sam", "sarn"),
            ("wave", "vvave"),
            ("wave", "v_vave"),
            ("bass5", "ba55s"),
            ("lily", "iiiy"),
        ] {
            assert_eq!(skeleton(one), skeleton(other), "{one} and {other}");
        }
        for (one, other) in [("alice", "alica"), ("bob2", "bob3"), ("anna", "ana")] {
            assert_ne!(skeleton(one), skeleton(other), "{one} and {other}");
        }
    }

    #[test]
    fn reserved_names_and_what_looks_like_them_are_refused() {
        for text in [
            "admin",
            "ADMIN",
            "adm1n",
            "ad-min",
            "adrnin",
            "m0derator",
            "rnoderator",
            "m_e",
            "ap1",
            "vilokanam",
            "vi1okanam",
            "vilokanam-support",
            "the_v1lokanarn",
            "supp0rt",
            "offlclal",
            "sy5tem",
        ] {
            assert_eq!(Handle::parse(text), Err(HandleError::Reserved), "{text}");
        }
        assert!(Handle::parse("admiral").is_ok() && Handle::parse("melanie").is_ok());
    }

    proptest! {
        #[test]
        fn whatever_is_accepted_is_plain_and_is_read_again_as_it_is(text in any::<String>()) {
            if let Ok(handle) = Handle::parse(&text) {
                prop_assert!(handle.as_str().chars().all(is_allowed));
                prop_assert_eq!(Handle::parse(handle.as_str()), Ok(handle));
            }
        }

        #[test]
        fn plain_names_have_skeletons_that_letters_in_place_of_digits_share(name in "[a-z][a-z0-9_-]{2,29}") {
            let other = name.replace('0', "o").replace('1', "l").replace('5', "s");
            prop_assert_eq!(skeleton_of(&name), skeleton_of(&other));
        }
    }
}
