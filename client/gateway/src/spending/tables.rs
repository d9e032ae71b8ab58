//! Tables as CSV (RFC 4180), for spreadsheets.
//!
//! A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula. Texts that others write are in these
//! tables, so such a cell gets an apostrophe in front, which spreadsheets do not show.

use super::{
    fiat::FiatRate,
    lines::{SpendingTable, StatementTable},
};
use crate::time_zone::Zone;
use std::collections::HashMap;
use tick_stream_primitives::{AccountId, Balance, StreamId};
use vilokanam_wire::{people::PersonRef, Account};

/// Maximum number of titles in a cell.
const MAX_TITLES: usize = 10;
/// Decimals of a token.
const DECIMALS: usize = 12;

/// A table cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// A line cannot be written.
    #[error(transparent)]
    Csv(#[from] csv::Error),
    /// The table is not complete.
    #[error("the table cannot be completed: {0}")]
    Incomplete(String),
}

/// Returns a cell that no spreadsheet takes for a formula.
pub fn safe_cell(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        return format!("'{text}");
    }
    text.to_owned()
}

/// Writes an amount in tokens, exactly.
fn tokens(amount: Balance) -> String {
    let digits = format!("{amount:0width$}", width = DECIMALS + 1);
    let (whole, part) = digits.split_at(digits.len() - DECIMALS);
    format!("{whole}.{part}")
}

/// Writes what a person has spent. `people` are the creators, `titles` those of the streams.
///
/// # Errors
///
/// The table cannot be written.
pub fn spending_csv(
    table: &SpendingTable,
    zone: &Zone,
    people: &HashMap<AccountId, PersonRef>,
    titles: &HashMap<StreamId, String>,
) -> Result<String, TableError> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record([
        "period",
        "starts_at",
        "ends_at",
        "creator",
        "creator_account",
        "streams",
        "seconds",
        "paid_vlk",
        "tips_vlk",
        "paid_planck",
        "tips_planck",
    ])?;
    for line in &table.lines {
        let name = line.creator.as_ref().and_then(|creator| people.get(creator)).map(name_of).unwrap_or_default();
        let titles: Vec<&str> =
            line.streams.iter().filter_map(|stream| titles.get(stream)).take(MAX_TITLES).map(String::as_str).collect();
        writer.write_record([
            line.label.clone(),
            zone.rfc3339(line.range.start),
            zone.rfc3339(line.range.end),
            safe_cell(&name),
            line.creator.clone().map(|creator| Account(creator).to_string()).unwrap_or_default(),
            safe_cell(&titles.join("; ")),
            line.sums.seconds.to_string(),
            tokens(line.sums.paid),
            tokens(line.sums.tips),
            line.sums.paid.to_string(),
            line.sums.tips.to_string(),
        ])?;
    }
    text_of(writer)
}

/// Writes what a creator earned in a month.
///
/// # Errors
///
/// The table cannot be written.
pub fn statement_csv(table: &StatementTable, fiat: Option<&FiatRate>) -> Result<String, TableError> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let mut header: Vec<String> =
        ["day", "seconds", "earned_vlk", "tips_vlk", "earned_planck", "tips_planck"].map(str::to_owned).into();
    header.extend(fiat.map(|fiat| safe_cell(&fiat.currency)));
    writer.write_record(&header)?;
    for line in &table.lines {
        let mut cells = vec![
            line.day.clone(),
            line.seconds.to_string(),
            tokens(line.earned),
            tokens(line.tips),
            line.earned.to_string(),
            line.tips.to_string(),
        ];
        cells.extend(fiat.map(|fiat| fiat.write(line.earned.saturating_add(line.tips))));
        writer.write_record(&cells)?;
    }
    text_of(writer)
}

fn text_of(writer: csv::Writer<Vec<u8>>) -> Result<String, TableError> {
    let bytes = writer.into_inner().map_err(|error| TableError::Incomplete(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| TableError::Incomplete(error.to_string()))
}

/// Returns the name by which a person is shown.
pub fn name_of(person: &PersonRef) -> String {
    let name = person.name.as_ref().or(person.handle.as_ref()).filter(|name| !name.is_empty());
    name.cloned().unwrap_or_else(|| person.account.to_string())
}

#[cfg(test)]
mod tests {
    use super::{super::*, *};

    #[test]
    fn formulas_become_text() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=HYPERLINK(\"http://x\")"] {
            assert_eq!(safe_cell(formula), format!("'{formula}"));
        }
        for text in ["", "Chess = fun", "a-b", "7", "'=1"] {
            assert_eq!(safe_cell(text), text);
        }
    }

    #[test]
    fn amounts_in_tokens_are_exact() {
        assert_eq!(tokens(0), "0.000000000000");
        assert_eq!(tokens(1), "0.000000000001");
        assert_eq!(tokens(12_000_000_000_034), "12.000000000034");
        assert_eq!(tokens(Balance::MAX), "340282366920938463463374607.431768211455");
    }

    #[test]
    fn table_of_creators_has_names_and_titles_without_formulas() {
        let creator = AccountId::new([1; 32]);
        let sums = Sums { seconds: 60, paid: 5, tips: 6 };
        let line = SpendingLine {
            range: 1_780_000_000_000..1_780_086_400_000,
            label: String::new(),
            creator: Some(creator.clone()),
            streams: vec![7, 8, 9],
            sums,
        };
        let unnamed = PersonRef::unnamed(Account(creator.clone()));
        let person = PersonRef { name: Some("@evil, \"quoted\"".into()), ..unnamed };
        let titles = [(7, "=cmd|' /C calc'!A0".to_owned()), (9, "Chess".to_owned())].into();
        let zone = Zone::named("UTC").unwrap();
        let table = SpendingTable { lines: vec![line], total: sums };
        let csv = spending_csv(&table, &zone, &[(creator, person)].into(), &titles).unwrap();
        let lines: Vec<&str> = csv.split("\r\n").collect();
        assert_eq!(lines.len(), 3, "with the end of the last one");
        assert!(lines[1].contains("\"'@evil, \"\"quoted\"\"\""), "{csv}");
        assert!(lines[1].contains(",'=cmd|' /C calc'!A0; Chess,"), "{csv}");
        assert!(lines[1].ends_with(",60,0.000000000005,0.000000000006,5,6"), "{csv}");
    }

    #[test]
    fn statement_has_a_column_of_the_currency_if_there_is_one() {
        let line = StatementLine { day: "2026-11-01".into(), seconds: 60, earned: 3_000_000_000_000, tips: 0 };
        let table = StatementTable { lines: vec![line], ..StatementTable::default() };
        let plain = statement_csv(&table, None).unwrap();
        assert!(plain.ends_with("2026-11-01,60,3.000000000000,0.000000000000,3000000000000,0\r\n"), "{plain}");
        let people = crate::config::people::People {
            fiat_currency: Some("EUR".into()),
            fiat_per_token: Some(0.25),
            ..Default::default()
        };
        let with = statement_csv(&table, FiatRate::of(&people).as_ref()).unwrap();
        assert!(with.contains(",EUR\r\n") && with.ends_with(",0.75\r\n"), "{with}");
    }
}
