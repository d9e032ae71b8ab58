//! Texts as words: folded in the same way when they are indexed and when they are searched for.
//!
//! A word is a run of letters, digits and the marks that belong to letters, in lower case. Accents of the Latin, Greek and
//! Cyrillic scripts are removed (`Müller` is `muller`); vowel signs and the virama of Indic scripts are kept, since they are
//! a part of the spelling. Chinese and Japanese, which put no spaces between words, are words of one character.

use unicode_normalization::{char::is_combining_mark, UnicodeNormalization};

/// Maximum number of characters of a word. The rest of a longer one is left out.
pub const MAX_WORD_CHARS: usize = 40;

/// Returns the words of a text.
pub fn words(text: &str) -> Vec<String> {
    let mut words = Words::default();
    for c in text.to_lowercase().nfkd() {
        words.push(c);
    }
    words.end_word();
    words.found
}

/// Returns a text as its words, with one space between each two.
pub fn fold(text: &str) -> String {
    words(text).join(" ")
}

/// Returns folded text as it is shown: composed, since folding takes the syllables of Korean apart.
pub fn shown(folded: &str) -> String {
    folded.nfc().collect()
}

#[derive(Default)]
struct Words {
    found: Vec<String>,
    word: String,
    chars: usize,
    has_letter: bool,
}

impl Words {
    fn push(&mut self, c: char) {
        if is_accent(c) || is_ignored(c) {
            return;
        }
        if let Some(letters) = spelt_out(c) {
            letters.chars().for_each(|c| self.add(c));
        } else if is_word(c) {
            self.end_word();
            self.add(c);
            self.end_word();
        } else if c.is_alphanumeric() || is_combining_mark(c) {
            self.add(c);
        } else {
            self.end_word();
        }
    }

    fn add(&mut self, c: char) {
        self.has_letter |= c.is_alphanumeric();
        if self.chars < MAX_WORD_CHARS {
            self.word.push(c);
            self.chars += 1;
        }
    }

    fn end_word(&mut self) {
        let word = std::mem::take(&mut self.word);
        if self.has_letter {
            self.found.push(word);
        }
        (self.chars, self.has_letter) = (0, false);
    }
}

/// Accents, once they are separated from their letters.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// Characters within words that have no sound: joiners and the soft hyphen.
fn is_ignored(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}' | '\u{ad}' | '\u{2060}' | '\u{feff}')
}

/// Characters that are words of their own.
fn is_word(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}')
}

/// Letters that are no other letter with an accent.
fn spelt_out(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ł' => "l",
        'ħ' => "h",
        'ı' => "i",
        'þ' => "th",
        'ς' => "σ",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_accents_make_no_difference() {
        assert_eq!(fold("Größte MÜLLER-Straße"), "grosste muller strasse");
        assert_eq!(fold("  Ça va, Łódź? "), "ca va lodz");
        assert_eq!(fold("ΟΔΥΣΣΕΥΣ"), fold("οδυσσευς"));
        assert_eq!(fold("ﬁne ½"), "fine 1 2");
    }

    #[test]
    fn hindi_words_keep_their_signs() {
        assert_eq!(words("विज्ञान और तकनीक"), ["विज्ञान", "और", "तकनीक"]);
        // The letter with a dot as one character and as two.
        assert_eq!(fold("क़िला"), fold("क\u{93c}िला"));
        assert_eq!(fold("क\u{94d}\u{200d}ष"), fold("क\u{94d}ष"));
    }

    #[test]
    fn chinese_and_japanese_are_words_of_one_character() {
        assert_eq!(words("国际象棋 live"), ["国", "际", "象", "棋", "live"]);
    }

    #[test]
    fn words_have_letters_and_a_longest_length() {
        assert!(words("!? \u{301} -- \u{1f600}").is_empty());
        assert_eq!(words(&"x".repeat(500)), ["x".repeat(MAX_WORD_CHARS)]);
    }
}
