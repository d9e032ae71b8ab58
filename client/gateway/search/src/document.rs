//! What is put into the index.

use std::{fmt, str::FromStr};

/// Kind of a document.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Kind {
    /// Stream.
    Stream,
    /// Recording.
    Recording,
    /// Person.
    Person,
}

impl Kind {
    /// Returns the name of the kind, as facets have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stream => "stream",
            Self::Recording => "recording",
            Self::Person => "person",
        }
    }
}

/// Name of a document.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Key {
    /// A stream, by its number.
    Stream(u64),
    /// A recording, by the numbers of its stream and its own.
    Recording(u64, u64),
    /// A person, by the account.
    Person([u8; 32]),
}

impl Key {
    /// Returns the kind of the document.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Stream(_) => Kind::Stream,
            Self::Recording(..) => Kind::Recording,
            Self::Person(_) => Kind::Person,
        }
    }

    /// Returns the stream that the document is, or belongs to.
    pub fn stream(&self) -> Option<u64> {
        match self {
            Self::Stream(stream) | Self::Recording(stream, _) => Some(*stream),
            Self::Person(_) => None,
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stream(stream) => write!(f, "stream:{stream}"),
            Self::Recording(stream, number) => write!(f, "recording:{stream}:{number}"),
            Self::Person(account) => write!(f, "person:{}", hex::encode(account)),
        }
    }
}

/// A text is not the key of a document.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the text is not the key of a document")]
pub struct NoKey;

impl FromStr for Key {
    type Err = NoKey;

    fn from_str(text: &str) -> Result<Self, NoKey> {
        let number = |digits: &str| digits.parse::<u64>().map_err(|_| NoKey);
        match text.split_once(':').ok_or(NoKey)? {
            ("stream", stream) => Ok(Self::Stream(number(stream)?)),
            ("recording", rest) => {
                let (stream, recording) = rest.split_once(':').ok_or(NoKey)?;
                Ok(Self::Recording(number(stream)?, number(recording)?))
            }
            ("person", account) => {
                let mut bytes = [0; 32];
                hex::decode_to_slice(account, &mut bytes).map_err(|_| NoKey)?;
                Ok(Self::Person(bytes))
            }
            _ => Err(NoKey),
        }
    }
}

/// A stream, a recording or a person, as it is searched for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Document {
    /// Name of the document. There is one of each.
    pub key: Key,
    /// Number that differs whenever the rest does; [`crate::SearchIndex::versions`] returns it.
    pub version: u64,
    /// Title; empty for people.
    pub title: String,
    /// Tags.
    pub tags: Vec<String>,
    /// Names and handles: the creator's, or the person's.
    pub names: Vec<String>,
    /// Category; empty if there is none.
    pub category: String,
    /// Language after BCP 47; empty if it is not known.
    pub language: String,
    /// Description.
    pub description: String,
    /// Account of the creator, or of the person.
    pub account: [u8; 32],
    /// Price of a second in planck; what is above 64 bits counts as the highest that they hold.
    pub price: Option<u64>,
    /// Length in seconds.
    pub length_s: Option<u64>,
    /// Time that newest-first goes by, in milliseconds since the Unix epoch.
    pub at_ms: u64,
}

impl Document {
    /// A document without texts.
    pub fn new(key: Key, version: u64, account: [u8; 32]) -> Self {
        Self {
            key,
            version,
            title: String::new(),
            tags: Vec::new(),
            names: Vec::new(),
            category: String::new(),
            language: String::new(),
            description: String::new(),
            account,
            price: None,
            length_s: None,
            at_ms: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_as_they_are_written() {
        for key in [Key::Stream(7), Key::Recording(u64::MAX, 3), Key::Person([0xa1; 32])] {
            assert_eq!(key.to_string().parse(), Ok(key));
        }
        for text in ["", "stream", "stream:", "stream:x", "recording:7", "person:a1", "clip:7"] {
            assert_eq!(text.parse::<Key>(), Err(NoKey), "{text}");
        }
    }
}
