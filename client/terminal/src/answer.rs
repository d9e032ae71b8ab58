//! Answers of commands: one JSON document, and the same as text.

use comfy_table::{presets::NOTHING, ContentArrangement, Table};
use serde::Serialize;
use serde_json::Value;
use std::io::{self, Write};

/// Answer of a command.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Answer {
    json: Value,
    text: String,
}

impl Answer {
    /// Creates an answer: a document for programs and a text for people.
    pub fn new(json: impl Serialize, text: impl Into<String>) -> Self {
        // Commands answer with plain structures whose keys are text, which always serialize.
        Self { json: serde_json::to_value(json).unwrap_or_default(), text: text.into() }
    }

    /// Writes the document or, if it is not empty, the text to stdout.
    ///
    /// # Errors
    ///
    /// When stdout cannot be written.
    pub fn print(&self, is_json: bool, is_quiet: bool) -> io::Result<()> {
        let mut out = io::stdout().lock();
        match (is_json, is_quiet || self.text.is_empty()) {
            (true, _) => writeln!(out, "{:#}", self.json),
            (false, true) => Ok(()),
            (false, false) => writeln!(out, "{}", self.text.trim_end()),
        }
    }
}

/// Formats a list as a table.
pub fn table<R: IntoIterator<Item = String>>(headings: &[&str], rows: impl IntoIterator<Item = R>) -> String {
    let mut table = Table::new();
    table.load_preset(NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(headings.iter().map(|heading| heading.to_uppercase()));
    let rows: Vec<Vec<String>> = rows.into_iter().map(|row| row.into_iter().collect()).collect();
    if rows.is_empty() {
        return "The list is empty.".into();
    }
    table.add_rows(rows).trim_fmt()
}

/// Formats named facts, one per line.
pub fn facts(facts: &[(&str, String)]) -> String {
    let width = facts.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
    facts.iter().map(|(name, fact)| format!("{name:width$}  {fact}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_aligned() {
        let text = facts(&[("price", "0.002 VLK/s".into()), ("title", "Chess".into()), ("by", "me".into())]);
        assert_eq!(text, "price  0.002 VLK/s\ntitle  Chess\nby     me\n");
    }

    #[test]
    fn table_has_headings_and_rows() {
        let text = table(&["a", "b"], [["1".to_owned(), "2".to_owned()]]);
        let words: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(words, [["A", "B"], ["1", "2"]]);
    }

    #[test]
    fn table_without_rows_is_a_sentence() {
        assert_eq!(table(&["a"], Vec::<Vec<String>>::new()), "The list is empty.");
    }
}
