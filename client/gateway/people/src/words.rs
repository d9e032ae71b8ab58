//! Blocked words, found in texts however they are spelled.
//!
//! A text and the entries are compared by what they look like: in lower case, without accents, with confusable characters of other
//! scripts, and with digits in place of letters (`b4d`). An entry stands for whole words, so that `ass` is not found in `class`;
//! with `*` at its end it is found at the beginning of longer words as well. Letters that are written apart (`b a d`) count as one
//! word too.

use aho_corasick::AhoCorasick;
use std::{collections::BTreeSet, iter::once};
use unicode_normalization::{char::is_combining_mark, UnicodeNormalization};
use unicode_security::skeleton;

/// Mark at the end of an entry that also refuses longer words.
const PREFIX_MARK: char = '*';

/// Why a list of blocked words is refused.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum WordsError {
    /// There are too many.
    #[error("A list has at most {max} blocked words, and this one has {count}. Remove some.")]
    TooMany {
        /// The number of entries.
        count: usize,
        /// The largest number allowed.
        max: usize,
    },
    /// An entry is too long.
    #[error("The blocked word '{word}…' is longer than {max} characters. Shorten it; with '*' at its end it is also found in longer words.")]
    TooLong {
        /// The beginning of the entry.
        word: String,
        /// The largest number of characters allowed.
        max: usize,
    },
    /// An entry has no letter, digit or symbol.
    #[error("The blocked word '{0}' has no letters. Write a word, or remove the entry.")]
    Empty(String),
}

/// Blocked words, prepared for searching. The default has none.
#[derive(Clone, Debug, Default)]
pub struct BlockedWords {
    /// Folded entries, with spaces where words must begin and end.
    entries: Vec<String>,
    /// The same, as an automaton; none if there are no entries, or too many for one.
    automaton: Option<AhoCorasick>,
}

impl BlockedWords {
    /// Prepares a list. Entries without letters have no effect.
    pub fn new(words: &[String]) -> Self {
        let entries: BTreeSet<String> = words.iter().filter_map(|word| folded_entry(word)).collect();
        let entries: Vec<String> = entries.into_iter().collect();
        let automaton = (!entries.is_empty()).then(|| AhoCorasick::new(&entries).ok()).flatten();
        Self { entries, automaton }
    }

    /// Returns whether a text has one of the words.
    pub fn is_in(&self, text: &str) -> bool {
        if self.entries.is_empty() {
            return false;
        }
        let words = folded_words(text);
        self.is_found(&spaced(&words)) || self.is_found(&spaced(&joined_letters(&words)))
    }

    fn is_found(&self, folded: &str) -> bool {
        match &self.automaton {
            Some(automaton) => automaton.is_match(folded),
            None => self.entries.iter().any(|entry| folded.contains(entry.as_str())),
        }
    }
}

/// Returns a list as it is to be kept: with single spaces, without repeated entries.
///
/// # Errors
///
/// [`WordsError`] if there are more than `max_words`, or one has more than `max_chars` characters or no letters.
pub fn clean_list(words: &[String], max_words: usize, max_chars: usize) -> Result<Vec<String>, WordsError> {
    if words.len() > max_words {
        return Err(WordsError::TooMany { count: words.len(), max: max_words });
    }
    let mut cleaned: Vec<String> = Vec::with_capacity(words.len());
    for word in words {
        if word.chars().count() > max_chars {
            return Err(WordsError::TooLong { word: word.chars().take(max_chars.min(20)).collect(), max: max_chars });
        }
        if folded_entry(word).is_none() {
            return Err(WordsError::Empty(word.clone()));
        }
        let word = word.split_whitespace().collect::<Vec<_>>().join(" ");
        if !cleaned.contains(&word) {
            cleaned.push(word);
        }
    }
    Ok(cleaned)
}

/// Returns an entry as it is searched for, or `None` if it has no letters.
fn folded_entry(entry: &str) -> Option<String> {
    let entry = entry.trim();
    let (entry, is_prefix) = entry.strip_suffix(PREFIX_MARK).map_or((entry, false), |rest| (rest, true));
    let words = folded_words(entry);
    let mut folded = (!words.is_empty()).then(|| spaced(&words))?;
    if is_prefix {
        folded.pop();
    }
    Some(folded)
}

/// Returns words with a space before, between and after them.
fn spaced(words: &[String]) -> String {
    once("").chain(words.iter().map(String::as_str)).chain(once("")).collect::<Vec<_>>().join(" ")
}

/// Returns the words with runs of single letters joined.
fn joined_letters(words: &[String]) -> Vec<String> {
    let mut joined: Vec<String> = Vec::with_capacity(words.len());
    let mut is_run = false;
    for word in words {
        let is_letter = word.chars().count() == 1;
        match joined.last_mut().filter(|_| is_run && is_letter) {
            Some(run) => run.push_str(word),
            None => joined.push(word.clone()),
        }
        is_run = is_letter;
    }
    joined
}

/// Returns the words of a text by their looks.
fn folded_words(text: &str) -> Vec<String> {
    let visible = text.nfkd().filter(|letter| !is_accent(*letter) && !is_invisible(*letter));
    let letters: Vec<char> = visible.flat_map(char::to_lowercase).collect();
    let mut words = Vec::new();
    let mut word = String::new();
    for (place, letter) in letters.iter().enumerate() {
        let is_word = |near: Option<&char>| near.is_some_and(|near| is_letter(*near));
        let is_inside = || is_word(place.checked_sub(1).and_then(|before| letters.get(before)));
        let is_in_place_of_letter = match letter {
            '$' => is_word(letters.get(place + 1)),
            '@' => is_inside() && is_word(letters.get(place + 1)),
            _ => false,
        };
        if is_letter(*letter) || is_in_place_of_letter {
            word.push(*letter);
            continue;
        }
        words.extend(folded_word(&std::mem::take(&mut word)));
        if is_symbol(*letter) {
            words.extend(folded_word(&letter.to_string()));
        }
    }
    words.extend(folded_word(&word));
    words
}

/// Returns a word by its looks, or `None` if nothing of it can be seen.
fn folded_word(word: &str) -> Option<String> {
    let looks =
        skeleton(word).flat_map(char::to_lowercase).filter(|letter| !letter.is_whitespace() && !is_accent(*letter));
    let folded: String = looks.map(plain_letter).collect();
    // A skeleton has two letters for `m`. As one, it is joined like other single letters.
    let folded = folded.replace("rn", "m");
    (!folded.is_empty()).then_some(folded)
}

/// Returns the letter that a digit or a sign stands for. Letters that look alike become one.
fn plain_letter(letter: char) -> char {
    match letter {
        '0' => 'o',
        '1' | 'i' => 'l',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

fn is_letter(letter: char) -> bool {
    letter.is_alphanumeric() || is_combining_mark(letter)
}

/// Emoji and other signs that mean something by themselves.
fn is_symbol(letter: char) -> bool {
    let is_punctuation =
        letter.is_ascii() || matches!(letter, '\u{80}'..='\u{bf}' | '\u{2000}'..='\u{206f}' | '\u{3000}'..='\u{303f}');
    !is_punctuation && !letter.is_whitespace()
}

/// Accents, but not the vowel signs of scripts that need them.
fn is_accent(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}')
}

fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        || matches!(letter, '\u{fe00}'..='\u{fe0f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocked(words: &[&str]) -> BlockedWords {
        BlockedWords::new(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn entries_are_found_as_whole_words_only() {
        let words = blocked(&["ass", "two words"]);
        for text in ["ass", "an ASS!", "(ass)", "so: ass, he said", "Two  words here"] {
            assert!(words.is_in(text), "{text}");
        }
        for text in ["class", "assume", "two other words", ""] {
            assert!(!words.is_in(text), "{text}");
        }
    }

    #[test]
    fn entry_with_a_star_is_found_in_longer_words() {
        let words = blocked(&["spam*"]);
        assert!(words.is_in("spammers everywhere") && words.is_in("spam"));
        assert!(!words.is_in("antispam"), "words that end with it are others");
    }

    #[test]
    fn other_spellings_of_a_word_are_found() {
        let words = blocked(&["badword", "shit"]);
        for text in [
            "BADWORD",
            "bádwörd",
            "b4dw0rd",
            "b@dword",
            "bаdwоrd",
            "ｂａｄｗｏｒｄ",
            "b\u{200b}adword",
            "b a d w o r d",
        ] {
            assert!(words.is_in(text), "{text}");
        }
        assert!(blocked(&["spam"]).is_in("s p a m"));
        for text in ["sh1t", "$hit", "@shit"] {
            assert!(words.is_in(text), "{text}");
        }
    }

    #[test]
    fn words_of_other_scripts_keep_their_vowel_signs() {
        let words = blocked(&["काला", "🍆"]);
        assert!(words.is_in("यह काला है") && !words.is_in("कल"));
        assert!(words.is_in("look🍆here"), "a sign is a word by itself");
    }

    #[test]
    fn lists_beyond_the_limits_are_refused() {
        let list = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        assert_eq!(clean_list(&list(&[" two  words ", "two words"]), 2, 20), Ok(list(&["two words"])));
        assert_eq!(clean_list(&list(&["a", "b", "c"]), 2, 20), Err(WordsError::TooMany { count: 3, max: 2 }));
        assert_eq!(clean_list(&list(&["abc"]), 2, 2), Err(WordsError::TooLong { word: "ab".into(), max: 2 }));
        assert_eq!(clean_list(&list(&["*"]), 2, 20), Err(WordsError::Empty("*".into())));
        assert_eq!(clean_list(&list(&["..."]), 2, 20), Err(WordsError::Empty("...".into())));
    }

    #[test]
    fn empty_list_finds_nothing() {
        assert!(!BlockedWords::default().is_in("anything") && !blocked(&["", "*", "!"]).is_in("anything!"));
    }
}
