//! URIs in playlists: templates that are checked once, and filled in for each line.

use crate::error::UriError;
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// Maximum length of the token in the URIs of a viewer.
pub const MAX_TOKEN_BYTES: usize = 128;

/// URI templates. Placeholders: `{rendition}`, `{index}`, `{part}`, and `{n}` for the number of an initialisation,
/// which is made of its bytes.
///
/// A relative URI is relative to the playlist that contains it. Multivariant and media playlists must therefore be in
/// the same folder, or the templates must begin with `/`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UriTemplates {
    /// Media playlist of a rendition: `{rendition}`.
    pub media_playlist: String,
    /// Segment: `{rendition}` and `{index}`.
    pub segment: String,
    /// Part of a segment: `{rendition}`, `{index}` and `{part}`.
    pub part: String,
    /// Initialisation: `{rendition}` and `{n}`.
    pub init: String,
    /// Key of a segment: `{index}`.
    pub key: String,
    /// Text of the subtitles for a segment: `{rendition}`, which is the name of the subtitles, and `{index}`.
    pub subtitles: String,
}

impl Default for UriTemplates {
    fn default() -> Self {
        Self {
            media_playlist: "{rendition}.m3u8".into(),
            segment: "v/{rendition}/{index}.m4s".into(),
            part: "v/{rendition}/{index}.{part}.m4s".into(),
            init: "v/{rendition}/init-{n}.mp4".into(),
            key: "keys/{index}".into(),
            subtitles: "c/{rendition}/{index}.vtt".into(),
        }
    }
}

/// Checked templates, with the token of a viewer if there is one.
#[derive(Clone, Debug)]
pub struct Uris {
    media_playlist: Template,
    segment: Template,
    part: Template,
    init: Template,
    key: Template,
    subtitles: Template,
}

impl Uris {
    /// Checks the templates.
    ///
    /// # Errors
    ///
    /// A required placeholder is missing, another one is present, or a character cannot stand in a playlist.
    pub fn new(templates: &UriTemplates) -> Result<Self, UriError> {
        Ok(Self {
            media_playlist: Template::new(&templates.media_playlist, &[Field::Rendition])?,
            segment: Template::new(&templates.segment, &[Field::Rendition, Field::Index])?,
            part: Template::new(&templates.part, &[Field::Rendition, Field::Index, Field::Part])?,
            init: Template::new(&templates.init, &[Field::Rendition, Field::Number])?,
            key: Template::new(&templates.key, &[Field::Index])?,
            subtitles: Template::new(&templates.subtitles, &[Field::Rendition, Field::Index])?,
        })
    }

    /// The URIs for one viewer whose player cannot set headers: `token=…` is added to the URIs of keys and of media
    /// playlists. Media URIs stay the same, so that caches still share them.
    ///
    /// # Errors
    ///
    /// The token is empty, longer than [`MAX_TOKEN_BYTES`], or has characters that URIs do not allow.
    pub fn for_viewer(&self, token: &str) -> Result<Self, UriError> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
        if token.is_empty() || token.len() > MAX_TOKEN_BYTES || !token.bytes().all(allowed) {
            return Err(UriError::Token { max: MAX_TOKEN_BYTES });
        }
        let mut uris = self.clone();
        uris.key.add_query(token);
        uris.media_playlist.add_query(token);
        Ok(uris)
    }

    /// URI of a media playlist.
    pub fn media_playlist(&self, rendition: &str) -> String {
        self.media_playlist.fill(&Values { rendition, ..Values::default() })
    }

    /// URI of a segment.
    pub fn segment(&self, rendition: &str, index: u64) -> String {
        self.segment.fill(&Values { rendition, index, ..Values::default() })
    }

    /// URI of a part.
    pub fn part(&self, rendition: &str, index: u64, part: u32) -> String {
        self.part.fill(&Values { rendition, index, part, ..Values::default() })
    }

    /// URI of an initialisation.
    pub fn init(&self, rendition: &str, number: u64) -> String {
        self.init.fill(&Values { rendition, number, ..Values::default() })
    }

    /// URI of the text of subtitles for a segment.
    pub fn subtitles(&self, name: &str, index: u64) -> String {
        self.subtitles.fill(&Values { rendition: name, index, ..Values::default() })
    }

    /// URI of a key.
    pub fn key(&self, index: u64) -> String {
        self.key.fill(&Values { index, ..Values::default() })
    }
}

/// A placeholder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Rendition,
    Index,
    Part,
    Number,
}

impl Field {
    const ALL: [Self; 4] = [Self::Rendition, Self::Index, Self::Part, Self::Number];

    const fn name(self) -> &'static str {
        match self {
            Self::Rendition => "rendition",
            Self::Index => "index",
            Self::Part => "part",
            Self::Number => "n",
        }
    }
}

#[derive(Clone, Copy, Default)]
struct Values<'a> {
    rendition: &'a str,
    index: u64,
    part: u32,
    number: u64,
}

#[derive(Clone, Debug)]
enum Piece {
    Text(String),
    Field(Field),
}

#[derive(Clone, Debug)]
struct Template {
    pieces: Vec<Piece>,
    has_query: bool,
}

impl Template {
    fn new(template: &str, required: &[Field]) -> Result<Self, UriError> {
        let is_safe = |c: char| c.is_ascii_graphic() && !"\"<>\\^`|".contains(c);
        if !template.chars().all(is_safe) {
            return Err(UriError::Characters(template.into()));
        }
        let pieces = pieces(template, required)?;
        for field in required {
            if !pieces.iter().any(|piece| matches!(piece, Piece::Field(found) if found == field)) {
                return Err(UriError::Missing { template: template.into(), placeholder: field.name() });
            }
        }
        Ok(Self { pieces, has_query: template.contains('?') })
    }

    fn add_query(&mut self, token: &str) {
        let separator = if self.has_query { '&' } else { '?' };
        self.pieces.push(Piece::Text(format!("{separator}token={token}")));
        self.has_query = true;
    }

    fn fill(&self, values: &Values<'_>) -> String {
        let mut uri = String::with_capacity(64);
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => uri.push_str(text),
                Piece::Field(Field::Rendition) => uri.push_str(values.rendition),
                Piece::Field(Field::Index) => _ = write!(uri, "{}", values.index),
                Piece::Field(Field::Part) => _ = write!(uri, "{}", values.part),
                Piece::Field(Field::Number) => _ = write!(uri, "{}", values.number),
            }
        }
        uri
    }
}

fn pieces(template: &str, known: &[Field]) -> Result<Vec<Piece>, UriError> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some((text, tail)) = rest.split_once('{') {
        let (name, after) = tail.split_once('}').ok_or_else(|| UriError::Unclosed(template.into()))?;
        let field = Field::ALL.into_iter().find(|field| field.name() == name && known.contains(field));
        let field = field.ok_or_else(|| UriError::Unknown { template: template.into(), name: name.into() })?;
        pieces.extend([Piece::Text(text.into()), Piece::Field(field)]);
        rest = after;
    }
    pieces.push(Piece::Text(rest.into()));
    Ok(pieces)
}

#[cfg(test)]
mod tests;
