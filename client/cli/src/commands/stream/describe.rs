//! Description and splits of a stream on the command line.

use clap::Args;
use serde_json::{Map, Value};
use sp_runtime::Permill;
use std::{path::PathBuf, str::FromStr};
use tick_stream_primitives::{
    limits::{MAX_METADATA, MAX_SPLITS},
    Splits,
};
use vilokanam_terminal::CommandError;
use vilokanam_viewer::{amount::Percent, files::read_json};
use vilokanam_wire::{
    streams::{ClearPreview, Metadata},
    Account,
};

/// Description of a stream.
#[derive(Clone, Debug, Default, Args)]
pub struct Description {
    /// Title
    #[arg(long)]
    pub title: Option<String>,
    /// Description
    #[arg(long)]
    pub description: Option<String>,
    /// Category, such as `music`
    #[arg(long)]
    pub category: Option<String>,
    /// Tag for searching; can be repeated
    #[arg(long = "tag", value_name = "TAG")]
    pub tags: Vec<String>,
    /// Address of a picture
    #[arg(long, value_name = "URL")]
    pub thumbnail: Option<String>,
    /// Low rendition that can be watched without keys for as long as the free seconds last: off, muted or with-sound
    #[arg(long, value_name = "WHICH")]
    pub clear_preview: Option<ClearPreview>,
    /// JSON file with all of these: title, description, category, tags, thumbnail, clear_preview
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["title", "description", "category", "tags", "thumbnail", "clear_preview"],
    )]
    pub metadata: Option<PathBuf>,
}

impl Description {
    /// Returns whether nothing is given.
    pub fn is_empty(&self) -> bool {
        let given = [&self.title, &self.description, &self.category, &self.thumbnail];
        let has_text = given.iter().any(|text| text.is_some());
        !has_text && self.tags.is_empty() && self.clear_preview.is_none() && self.metadata.is_none()
    }

    /// Returns `before` with what is given in place of what was there.
    pub fn applied_to(self, before: Metadata) -> Result<Metadata, CommandError> {
        if let Some(path) = self.metadata {
            return read_json(&path)?.ok_or_else(|| CommandError::path("read", &path, "it does not exist"));
        }
        Ok(Metadata {
            title: self.title.unwrap_or(before.title),
            description: self.description.unwrap_or(before.description),
            category: self.category.unwrap_or(before.category),
            tags: if self.tags.is_empty() { before.tags } else { self.tags },
            language: before.language,
            thumbnail: self.thumbnail.unwrap_or(before.thumbnail),
            clear_preview: self.clear_preview.unwrap_or(before.clear_preview),
        })
    }
}

/// Fields of the metadata that this program knows.
const FIELDS: [&str; 7] = ["title", "description", "category", "tags", "language", "thumbnail", "clear_preview"];

/// Encodes metadata for the chain.
pub fn encode(metadata: &Metadata) -> Result<Vec<u8>, CommandError> {
    encode_over(b"", metadata)
}

/// Encodes metadata for the chain in place of `stored`, whose fields that this program does not know stay.
pub fn encode_over(stored: &[u8], metadata: &Metadata) -> Result<Vec<u8>, CommandError> {
    let mut fields: Map<String, Value> = serde_json::from_slice(stored).unwrap_or_default();
    fields.retain(|name, _| !FIELDS.contains(&name.as_str()));
    let wrong = |error: serde_json::Error| CommandError::Usage(error.to_string());
    let known = serde_json::to_value(metadata).map_err(wrong)?;
    fields.extend(known.as_object().cloned().unwrap_or_default());
    let bytes = serde_json::to_vec(&fields).map_err(wrong)?;
    if bytes.len() > MAX_METADATA as usize {
        let length = bytes.len();
        return Err(CommandError::Usage(format!(
            "the description takes {length} bytes, and the maximum is {MAX_METADATA}; shorten it"
        )));
    }
    Ok(bytes)
}

/// Decodes metadata from the chain; empty metadata when it is malformed.
pub fn decode(bytes: &[u8]) -> Metadata {
    serde_json::from_slice(bytes).unwrap_or_default()
}

/// `ACCOUNT=PERCENT`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Split {
    account: Account,
    share: Percent,
}

impl FromStr for Split {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (account, share) = text.split_once('=').ok_or("write it as ACCOUNT=PERCENT, such as 5Grw…=12.5%")?;
        let account = account.parse().map_err(|error| format!("{error}"))?;
        let share = share.parse().map_err(|error| format!("{error}"))?;
        Ok(Self { account, share })
    }
}

/// Converts splits to the form that the chain stores.
pub fn splits(given: Vec<Split>) -> Result<Splits, CommandError> {
    let parts: Vec<_> = given.into_iter().map(|split| (split.account.0, Permill::from_parts(split.share.0))).collect();
    Splits::try_from(parts).map_err(|_| CommandError::Usage(format!("a stream can have {MAX_SPLITS} splits at most")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

    #[test]
    fn split_is_parsed() {
        let split: Split = format!("{ALICE}=12.5%").parse().unwrap();
        let splits = splits(vec![split]).unwrap();
        assert_eq!(splits[0].1.deconstruct(), 125_000);
    }

    #[test]
    fn malformed_and_too_many_splits_are_refused() {
        for text in [ALICE, "=5", "Alice=5", &format!("{ALICE}=101"), &format!("{ALICE}=")] {
            assert!(text.parse::<Split>().is_err(), "{text}");
        }
        let many = vec![format!("{ALICE}=1").parse::<Split>().unwrap(); 9];
        assert!(splits(many).is_err());
    }

    #[test]
    fn only_what_is_given_changes() {
        let before =
            Metadata { title: "Old".into(), category: "music".into(), tags: vec!["a".into()], ..Metadata::default() };
        let description = Description { title: Some("New".into()), ..Description::default() };
        assert!(!description.is_empty());
        let after = description.applied_to(before.clone()).unwrap();
        assert_eq!(after, Metadata { title: "New".into(), ..before });
        assert!(Description::default().is_empty());
    }

    #[test]
    fn fields_of_other_programs_stay_when_the_title_changes() {
        let picture = format!("data:image/webp;base64,{}", "A".repeat(900));
        let stored = serde_json::json!({ "title": "Old", "thumbnail": picture, "language": "de", "rating": 3 });
        let stored = serde_json::to_vec(&stored).unwrap();
        let description = Description { title: Some("New".into()), ..Description::default() };
        let after = encode_over(&stored, &description.applied_to(decode(&stored)).unwrap()).unwrap();
        let after: Value = serde_json::from_slice(&after).unwrap();
        assert_eq!(after, serde_json::json!({ "title": "New", "thumbnail": picture, "language": "de", "rating": 3 }));
    }

    #[test]
    fn metadata_is_encoded_as_json() {
        let metadata = Metadata { title: "Chess".into(), ..Metadata::default() };
        assert_eq!(decode(&encode(&metadata).unwrap()), metadata);
        assert_eq!(decode(b"no json"), Metadata::default());
    }

    #[test]
    fn metadata_above_the_limit_is_refused() {
        let metadata = Metadata { description: "x".repeat(3_000), ..Metadata::default() };
        assert_eq!(encode(&metadata).unwrap_err().exit() as u8, 2);
    }
}
