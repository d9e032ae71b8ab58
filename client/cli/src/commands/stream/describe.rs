//! What a creator says of a stream on the command line: words, shares.

use crate::{amount::Percent, error::CliError, store::read_text};
use clap::Args;
use sp_runtime::Permill;
use std::{path::PathBuf, str::FromStr};
use tick_stream_primitives::{
    limits::{MAX_METADATA, MAX_SPLITS},
    Splits,
};
use vilokanam_wire::{streams::Metadata, Account};

/// What a stream is about.
#[derive(Clone, Debug, Default, Args)]
pub struct Words {
    /// What it is called
    #[arg(long)]
    pub title: Option<String>,
    /// What it is about
    #[arg(long)]
    pub description: Option<String>,
    /// Where it belongs, like `music`
    #[arg(long)]
    pub category: Option<String>,
    /// A word to find it by; may be given again
    #[arg(long = "tag", value_name = "TAG")]
    pub tags: Vec<String>,
    /// A picture's URL
    #[arg(long, value_name = "URL")]
    pub thumbnail: Option<String>,
    /// A JSON file with all of these: title, description, category, tags, thumbnail
    #[arg(long, value_name = "FILE", conflicts_with_all = ["title", "description", "category", "tags", "thumbnail"])]
    pub metadata: Option<PathBuf>,
}

impl Words {
    /// Whether anything is said.
    pub fn is_empty(&self) -> bool {
        let said = [&self.title, &self.description, &self.category, &self.thumbnail];
        said.iter().all(|word| word.is_none()) && self.tags.is_empty() && self.metadata.is_none()
    }

    /// `before`, changed by what is said.
    pub fn over(self, before: Metadata) -> Result<Metadata, CliError> {
        if let Some(path) = self.metadata {
            let text = read_text(&path)?;
            return serde_json::from_str(&text).map_err(|error| crate::error::file("understand", &path, error));
        }
        Ok(Metadata {
            title: self.title.unwrap_or(before.title),
            description: self.description.unwrap_or(before.description),
            category: self.category.unwrap_or(before.category),
            tags: if self.tags.is_empty() { before.tags } else { self.tags },
            thumbnail: self.thumbnail.unwrap_or(before.thumbnail),
        })
    }
}

/// The bytes that go on chain.
pub fn encode(metadata: &Metadata) -> Result<Vec<u8>, CliError> {
    let bytes = serde_json::to_vec(metadata).map_err(|error| CliError::Usage(error.to_string()))?;
    if bytes.len() > MAX_METADATA as usize {
        let length = bytes.len();
        return Err(CliError::Usage(format!(
            "the words take {length} bytes, {MAX_METADATA} is the most; shorten them"
        )));
    }
    Ok(bytes)
}

/// What the bytes on chain say; nothing when they are no metadata.
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
        let (account, share) = text.split_once('=').ok_or("write it as ACCOUNT=PERCENT, like 5Grw…=12.5%")?;
        let account = account.parse().map_err(|error| format!("{error}"))?;
        let share = share.parse().map_err(|error| format!("{error}"))?;
        Ok(Self { account, share })
    }
}

/// Splits as the chain takes them.
pub fn splits(given: Vec<Split>) -> Result<Splits, CliError> {
    let parts: Vec<_> = given.into_iter().map(|split| (split.account.0, Permill::from_parts(split.share.0))).collect();
    Splits::try_from(parts).map_err(|_| CliError::Usage(format!("{MAX_SPLITS} splits are the most there may be")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

    #[test]
    fn split_works() {
        let split: Split = format!("{ALICE}=12.5%").parse().unwrap();
        let splits = splits(vec![split]).unwrap();
        assert_eq!(splits[0].1.deconstruct(), 125_000);
    }

    #[test]
    fn split_malformed_fails() {
        for text in [ALICE, "=5", "Alice=5", &format!("{ALICE}=101"), &format!("{ALICE}=")] {
            assert!(text.parse::<Split>().is_err(), "{text}");
        }
        let many = vec![format!("{ALICE}=1").parse::<Split>().unwrap(); 9];
        assert!(splits(many).is_err());
    }

    #[test]
    fn words_change_only_what_is_said_works() {
        let before =
            Metadata { title: "Old".into(), category: "music".into(), tags: vec!["a".into()], ..Metadata::default() };
        let words = Words { title: Some("New".into()), ..Words::default() };
        assert!(!words.is_empty());
        let after = words.over(before.clone()).unwrap();
        assert_eq!(after, Metadata { title: "New".into(), ..before });
        assert!(Words::default().is_empty());
    }

    #[test]
    fn encode_works() {
        let metadata = Metadata { title: "Chess".into(), ..Metadata::default() };
        assert_eq!(decode(&encode(&metadata).unwrap()), metadata);
        assert_eq!(decode(b"no json"), Metadata::default());
    }

    #[test]
    fn encode_too_long_fails() {
        let metadata = Metadata { description: "x".repeat(3_000), ..Metadata::default() };
        assert_eq!(encode(&metadata).unwrap_err().exit() as u8, 2);
    }
}
