//! What a creator says of a stream: a JSON object in UTF-8 with `title`, `description`, `category`, `tags` and
//! `thumbnail`, all optional. Nobody checks it on its way into the chain, so everything is limited here and whatever is
//! not understood is left out: bytes on chain must never stop the indexer.

use serde_json::{Map, Value};

/// Characters of a title that are kept.
pub const MAX_TITLE_CHARS: usize = 120;
/// Characters of a description that are kept.
pub const MAX_DESCRIPTION_CHARS: usize = 1_500;
/// Characters of a category or a tag that are kept.
pub const MAX_WORD_CHARS: usize = 40;
/// Tags that are kept.
pub const MAX_TAGS: usize = 16;
/// Characters of a thumbnail's address; a longer one is left out, because a part of an address leads nowhere.
pub const MAX_THUMBNAIL_CHARS: usize = 512;
/// How a thumbnail's address may begin. Anything else (`javascript:`, `data:`) has no place in a page.
const THUMBNAIL_SCHEMES: [&str; 3] = ["https://", "http://", "ipfs://"];

/// A stream's metadata, cleaned.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Metadata {
    /// What it is called.
    pub title: String,
    /// What it is about.
    pub description: String,
    /// Where it belongs.
    pub category: String,
    /// More words, each once.
    pub tags: Vec<String>,
    /// Where a picture is.
    pub thumbnail: Option<String>,
}

impl Metadata {
    /// Reads what is readable of `bytes`.
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

    /// All words in lower case, one field a line: what a search looks through.
    pub fn search_text(&self) -> String {
        let mut parts = vec![self.title.as_str(), &self.description, &self.category];
        parts.extend(self.tags.iter().map(String::as_str));
        fold_case(&parts.join("\n"))
    }
}

/// Lower case, in every script that has one. Done here because the databases disagree about anything beyond ASCII.
pub fn fold_case(text: &str) -> String {
    text.to_lowercase()
}

/// Text without control characters: they have no meaning in a page, and PostgreSQL cannot store a NUL.
pub fn text_of(value: &str, max_chars: usize, keep: impl Fn(char) -> bool) -> String {
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
