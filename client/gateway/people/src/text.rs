//! Texts of people, cleaned before they are kept: nothing in them may hide, imitate or disturb what is around them.

use unicode_normalization::{char::is_combining_mark, UnicodeNormalization};

/// Maximum number of combining marks on a character.
const MAX_MARKS: usize = 8;

/// Whether a text may have several lines.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lines {
    /// One line: white space becomes single spaces.
    One,
    /// Several lines, at most one of them empty in a row.
    Many,
}

/// A text is not accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TextError {
    /// Nothing is left of it.
    #[error("the text is empty")]
    Empty,
    /// It is too long.
    #[error("the text has {chars} characters, and {max} are allowed")]
    TooLong {
        /// Its length.
        chars: usize,
        /// The limit.
        max: usize,
    },
}

/// Returns a text as it is kept: in normalization form C, without control characters, without characters that change the
/// direction of the text or are invisible, with at most eight combining marks on a character, and with folded white space.
///
/// # Errors
///
/// [`TextError`] if nothing is left of it, or more than `max_chars` characters.
pub fn clean(text: &str, max_chars: usize, lines: Lines) -> Result<String, TextError> {
    let mut cleaned = String::with_capacity(text.len().min(4 * max_chars));
    let mut folder = Folder { lines, spaces: false, breaks: 0 };
    let mut marks = 0;
    let mut before = None;
    let mut rest = text.nfc().peekable();
    while let Some(character) = rest.next() {
        if is_invisible(character) && !joins(before, character, rest.peek().copied()) {
            continue;
        }
        marks = if is_combining_mark(character) { marks + 1 } else { 0 };
        if marks > MAX_MARKS {
            continue;
        }
        folder.push(character, &mut cleaned);
        before = Some(character);
    }
    match cleaned.chars().count() {
        0 => Err(TextError::Empty),
        chars if chars > max_chars => Err(TextError::TooLong { chars, max: max_chars }),
        _ => Ok(cleaned),
    }
}

/// Folds white space while a text is copied.
struct Folder {
    lines: Lines,
    spaces: bool,
    breaks: usize,
}

impl Folder {
    fn push(&mut self, character: char, to: &mut String) {
        if character == '\n' && self.lines == Lines::Many {
            self.breaks += 1;
        } else if character.is_whitespace() {
            self.spaces = true;
        } else {
            if !to.is_empty() {
                match self.breaks {
                    0 if self.spaces => to.push(' '),
                    0 => {}
                    breaks => (0..breaks.min(2)).for_each(|_| to.push('\n')),
                }
            }
            (self.spaces, self.breaks) = (false, 0);
            to.push(character);
        }
    }
}

/// Characters that are not seen: controls, marks of direction, joiners, fillers, tags, private use.
fn is_invisible(character: char) -> bool {
    let is_space = character.is_whitespace();
    (character.is_control() && !is_space)
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}' | '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}

/// Whether a joiner has a purpose: between two parts of an emoji, or in a word of a script that needs it.
fn joins(before: Option<char>, character: char, after: Option<char>) -> bool {
    let (Some(before), Some(after)) = (before, after) else { return false };
    match character {
        '\u{200d}' => {
            let is_emoji = |c: char| matches!(c, '\u{1f300}'..='\u{1faff}' | '\u{2190}'..='\u{2bff}' | '\u{fe0f}');
            (is_emoji(before) && is_emoji(after)) || (is_joined_script(before) && is_joined_script(after))
        }
        '\u{200c}' => is_joined_script(before) && is_joined_script(after),
        _ => false,
    }
}

/// Arabic and the scripts of India, in which joiners decide how letters are written.
fn is_joined_script(character: char) -> bool {
    matches!(character, '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}' | '\u{900}'..='\u{dff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn one(text: &str) -> String {
        clean(text, 500, Lines::One).unwrap()
    }

    #[test]
    fn marks_of_direction_and_invisible_characters_are_removed() {
        assert_eq!(one("abc\u{202e}fdp.exe\u{2066}x\u{200b}y\u{feff}"), "abcfdp.exexy");
        assert_eq!(one("a\u{0}b\u{7}c\u{1b}[31m"), "abc[31m");
        assert_eq!(clean("\u{200b}\u{2060} \u{202e}", 500, Lines::One), Err(TextError::Empty));
    }

    #[test]
    fn joiners_stay_where_they_have_a_purpose() {
        assert_eq!(one("👩\u{200d}💻"), "👩\u{200d}💻");
        assert_eq!(one("क\u{94d}\u{200d}ष"), "क\u{94d}\u{200d}ष");
        assert_eq!(one("ad\u{200d}min"), "admin");
    }

    #[test]
    fn combining_marks_are_few_and_white_space_is_folded() {
        let zalgo: String = std::iter::once('x').chain(std::iter::repeat_n('\u{316}', 100)).collect();
        assert_eq!(one(&zalgo).chars().count(), 1 + MAX_MARKS);
        assert_eq!(one("  a \t\n b\u{a0}c "), "a b c");
        assert_eq!(clean("a\n\n\n\n  b\nc ", 500, Lines::Many).unwrap(), "a\n\nb\nc");
    }

    #[test]
    fn length_is_that_of_what_is_left() {
        assert_eq!(clean("äöü\u{200b}", 3, Lines::One).as_deref(), Ok("äöü"));
        assert_eq!(clean("abcd", 3, Lines::One), Err(TextError::TooLong { chars: 4, max: 3 }));
    }

    proptest! {
        #[test]
        fn cleaned_texts_stay_as_they_are_and_have_nothing_that_hides(text in any::<String>()) {
            let cleaned = clean(&text, 10_000, Lines::Many).unwrap_or_default();
            let hides = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}');
            prop_assert!(!cleaned.chars().any(hides));
            prop_assert!(!cleaned.chars().any(|c| c.is_control() && c != '\n'));
            prop_assert_eq!(clean(&cleaned, 10_000, Lines::Many).unwrap_or_default(), cleaned);
        }
    }
}
