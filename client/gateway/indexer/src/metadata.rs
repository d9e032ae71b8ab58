//! Metadata of a stream: a JSON object in UTF-8 with the optional keys `title`, `description`, `category`, `tags` and
//! `thumbnail`.
//!
//! The chain stores whatever bytes the creator gives. Decoding therefore never fails: it limits every value and leaves out
//! what it does not understand.

use serde_json::{Map, Value};

/// Maximum number of characters of a title.
pub const MAX_TITLE_CHARS: usize = 120;
/// Maximum number of characters of a description.
pub const MAX_DESCRIPTION_CHARS: usize = 1_500;
/// Maximum number of characters of a category or a tag.
pub const MAX_WORD_CHARS: usize = 40;
/// Maximum number of tags.
pub const MAX_TAGS: usize = 16;
/// Maximum number of characters of a thumbnail's URL. A longer one is left out, because a part of a URL is of no use.
pub const MAX_THUMBNAIL_CHARS: usize = 512;
/// Allowed beginnings of a thumbnail's URL. Others, such as `javascript:` and `data:`, are not safe in a page.
const THUMBNAIL_SCHEMES: [&str; 3] = ["https://", "http://", "ipfs://"];

/// Metadata of a stream, limited and cleaned.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Metadata {
    /// Title; empty if there is none.
    pub title: String,
    /// Description; empty if there is none.
    pub description: String,
    /// Category; empty if there is none.
    pub category: String,
    /// Tags, without duplicates.
    pub tags: Vec<String>,
    /// URL of a picture.
    pub thumbnail: Option<String>,
}

impl Metadata {
    /// Decodes what can be decoded of `bytes`.
    pub fn decode(bytes: &[u8]) -> Self {
        let Ok(fields) = serde_json::from_slice::<Map<String, Value>>(bytes) else {
            return Self::default();
        };
        Self {
            title: line(fields.get("title"), MAX_TITLE_CHARS),
            description: text(fields.get("description"), MAX_DESCRIPTION_CHARS, |c| c == '\n'),
            category: line(fields.get("category"), MAX_WORD_CHARS),
            tags: tags(fields.get("tags")),
            thumbnail: thumbnail(fields.get("thumbnail")),
        }
    }

    /// Returns the text that searches are matched against: title, description, category and tags in lower case, one a line.
    pub fn search_text(&self) -> String {
        let mut parts = vec![self.title.as_str(), &self.description, &self.category];
        parts.extend(self.tags.iter().map(String::as_str));
        fold_case(&parts.join("\n"))
    }
}

/// Converts text to lower case in every script that has one. The databases disagree about text beyond ASCII.
pub(crate) fn fold_case(text: &str) -> String {
    text.to_lowercase()
}

/// Returns at most `max_chars` characters without control characters, which have no meaning in a page; PostgreSQL cannot
/// store NUL. `keep` selects control characters to keep.
fn text_of(value: &str, max_chars: usize, keep: impl Fn(char) -> bool) -> String {
    let kept: String = value.chars().filter(|&c| keep(c) || !c.is_control()).take(max_chars).collect();
    kept.trim().to_owned()
}

fn text(value: Option<&Value>, max_chars: usize, keep: impl Fn(char) -> bool) -> String {
    value.and_then(Value::as_str).map(|value| text_of(value, max_chars, keep)).unwrap_or_default()
}

fn line(value: Option<&Value>, max_chars: usize) -> String {
    text(value, max_chars, |_| false)
}

fn tags(value: Option<&Value>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for tag in value.and_then(Value::as_array).into_iter().flatten() {
        let tag = line(Some(tag), MAX_WORD_CHARS);
        if !tag.is_empty() && !found.contains(&tag) && found.len() < MAX_TAGS {
            found.push(tag);
        }
    }
    found
}

fn thumbnail(value: Option<&Value>) -> Option<String> {
    let url = value.and_then(Value::as_str)?.trim();
    let is_address = THUMBNAIL_SCHEMES.iter().any(|scheme| url.starts_with(scheme));
    let is_clean = !url.chars().any(|c| c.is_control() || c.is_whitespace());
    (is_address && is_clean && url.chars().count() <= MAX_THUMBNAIL_CHARS).then(|| url.to_owned())
}

#[cfg(test)]
mod tests;
