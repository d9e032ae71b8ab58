//! Metadata of a stream: a JSON object in UTF-8 with the optional keys `title`, `description`, `category`, `tags`,
//! `language`, `thumbnail` and `clear_preview`.
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
/// Maximum number of characters of a language.
pub const MAX_LANGUAGE_CHARS: usize = 35;
/// Maximum number of characters of a thumbnail's URL. A longer one is left out, because a part of a URL is of no use.
pub const MAX_THUMBNAIL_CHARS: usize = 512;
/// Maximum number of characters of a thumbnail that is in the metadata itself: as much as the chain stores.
pub const MAX_INLINE_THUMBNAIL_CHARS: usize = 2_048;
/// Allowed beginnings of a thumbnail's URL. Others, such as `javascript:`, are not safe in a page.
const THUMBNAIL_SCHEMES: [&str; 3] = ["https://", "http://", "ipfs://"];
/// Allowed beginnings of a thumbnail that is in the metadata itself: pictures of formats without scripts. The rest is
/// base64.
const INLINE_THUMBNAILS: [&str; 4] =
    ["data:image/webp;base64,", "data:image/jpeg;base64,", "data:image/png;base64,", "data:image/avif;base64,"];

/// Beginning of a thumbnail that a gateway keeps. The rest is the hash of the picture, in hex.
pub const KEPT_THUMBNAIL: &str = "image:";
/// Number of hex digits of such a hash.
const HASH_CHARS: usize = 64;

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
    /// Language after BCP 47, such as `de` or `pt-BR`; empty if there is none.
    pub language: String,
    /// URL of a picture.
    pub thumbnail: Option<String>,
    /// The low rendition without encryption that the creator asks for.
    pub clear_preview: ClearPreview,
}

/// The low rendition without encryption that a creator can ask for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ClearPreview {
    /// None.
    #[default]
    Off,
    /// The picture alone.
    Muted,
    /// Picture and sound.
    WithSound,
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
            language: language(fields.get("language")),
            thumbnail: thumbnail(fields.get("thumbnail")),
            clear_preview: clear_preview(fields.get("clear_preview")),
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
    if let Some(picture) = INLINE_THUMBNAILS.iter().find_map(|start| url.strip_prefix(start)) {
        let is_base64 = picture.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte));
        return (is_base64 && url.len() <= MAX_INLINE_THUMBNAIL_CHARS).then(|| url.to_owned());
    }
    if let Some(hash) = url.strip_prefix(KEPT_THUMBNAIL) {
        let is_hash = hash.len() == HASH_CHARS && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        return is_hash.then(|| url.to_owned());
    }
    let is_address = THUMBNAIL_SCHEMES.iter().any(|scheme| url.starts_with(scheme));
    let is_clean = !url.chars().any(|c| c.is_control() || c.is_whitespace());
    (is_address && is_clean && url.chars().count() <= MAX_THUMBNAIL_CHARS).then(|| url.to_owned())
}

/// Returns a language that is written as BCP 47 has it. Others are left out.
fn language(value: Option<&Value>) -> String {
    let tag = value.and_then(Value::as_str).unwrap_or_default();
    let mut parts = tag.split('-');
    let is_primary = |part: &str| (2..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_more = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let is_language = tag.len() <= MAX_LANGUAGE_CHARS && parts.next().is_some_and(is_primary) && parts.all(is_more);
    if is_language {
        tag.to_owned()
    } else {
        String::new()
    }
}

fn clear_preview(value: Option<&Value>) -> ClearPreview {
    match value.and_then(Value::as_str) {
        Some("muted") => ClearPreview::Muted,
        Some("with-sound") => ClearPreview::WithSound,
        _ => ClearPreview::Off,
    }
}

#[cfg(test)]
mod tests;
