//! Answers of the gateway as text for a person.

use std::fmt::Write as _;
use vilokanam_wire::{
    admin::{AdminStatus, BlockView, Invitation, PublisherView, PublishingTerms, RoleView},
    moderation::{AppealView, AuditEntry, DecisionView, ReportView},
    people::PersonRef,
    streams::Page,
};

/// Maximum number of characters of a cell.
const MAX_CELL_CHARS: usize = 60;

/// Writes rows under their headings, each column as wide as its widest cell.
fn table<const N: usize>(headings: [&str; N], rows: Vec<[String; N]>, otherwise: &str) -> String {
    if rows.is_empty() {
        return format!("{otherwise}\n");
    }
    let lines: Vec<[String; N]> =
        std::iter::once(headings.map(str::to_owned)).chain(rows).map(|row| row.map(cell)).collect();
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..N).map(width).collect();
    let mut text = String::new();
    for line in &lines {
        let mut written = String::new();
        for (cell, width) in line.iter().zip(&widths) {
            let padding = " ".repeat(width - cell.chars().count() + 2);
            written.push_str(cell);
            written.push_str(&padding);
        }
        text.push_str(written.trim_end());
        text.push('\n');
    }
    text
}

/// Puts a text on one line, and shortens it. Other characters than those of text could move the cursor of a terminal.
fn cell(text: String) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    match line.chars().count() > MAX_CELL_CHARS {
        true => line.chars().take(MAX_CELL_CHARS - 1).chain(['…']).collect(),
        false => line,
    }
}

fn name(person: &PersonRef) -> String {
    person.handle.as_ref().map_or_else(|| person.account.to_string(), |handle| format!("@{handle}"))
}

/// Adds how the next page is asked for.
fn with_next<T>(text: String, page: &Page<T>) -> String {
    match &page.next_cursor {
        Some(cursor) => format!("{text}There is more: --cursor {cursor}\n"),
        None => text,
    }
}

/// The state of the gateway.
pub fn status(status: &AdminStatus) -> String {
    let mut text = format!("Gateway {}, version {}\n", status.account, status.version);
    if status.is_draining {
        text.push_str("It is ending, and takes nothing new.\n");
    }
    text.push('\n');
    let state = |is_ok: bool| if is_ok { "works" } else { "FAILS" };
    let parts = status.parts.iter().map(|part| [part.name.clone(), state(part.is_ok).into()]);
    text.push_str(&table(["PART", "STATE"], parts.collect(), "No part is known."));
    for part in status.parts.iter().filter(|part| !part.is_ok) {
        let _ = writeln!(text, "{}: {}", part.name, part.detail);
    }
    let chain = &status.chain;
    let _ = writeln!(
        text,
        "\nBlocks: {} best, {} finalized, {} indexed\n",
        chain.best_block, chain.finalized_block, chain.indexed_block
    );
    let disks = status.disks.iter().map(|disk| {
        let [free, total, min] = [disk.free_bytes, disk.total_bytes, disk.min_free_bytes].map(mib);
        [disk.folder.clone(), free, total, min]
    });
    text.push_str(&table(
        ["FOLDER", "FREE MIB", "OF", "NEEDED"],
        disks.collect(),
        "The sizes of the disks are not known.",
    ));
    text.push('\n');
    let figures = status.figures.iter().map(|figure| {
        let max = figure.max.map(|max| max.to_string()).unwrap_or_default();
        [figure.group.clone(), figure.name.clone(), figure.value.to_string(), max]
    });
    text.push_str(&table(["GROUP", "WHAT", "NUMBER", "LIMIT"], figures.collect(), "There are no figures."));
    text
}

fn mib(bytes: u64) -> String {
    (bytes >> 20).to_string()
}

/// Who publishes.
pub fn publishers(publishers: &[PublisherView]) -> String {
    let row = |view: &PublisherView| {
        [
            view.stream.to_string(),
            view.title.clone(),
            view.creator.as_ref().map(name).unwrap_or_default(),
            view.since.clone().unwrap_or_default(),
            view.protocol.clone(),
            (view.bitrate_bps / 1_000).to_string(),
            view.viewers.to_string(),
            if view.is_well { "well".into() } else { view.diagnosis.clone() },
        ]
    };
    let headings = ["STREAM", "TITLE", "CREATOR", "SINCE", "PROTOCOL", "KBIT/S", "VIEWERS", "HEALTH"];
    table(headings, publishers.iter().map(row).collect(), "No stream is being published.")
}

/// What is blocked.
pub fn blocks(blocks: &[BlockView]) -> String {
    let row = |view: &BlockView| {
        [view.kind.to_string(), view.value.clone(), view.note.clone(), name(&view.by), view.at.clone()]
    };
    table(["KIND", "VALUE", "NOTE", "BY", "AT"], blocks.iter().map(row).collect(), "Nothing is blocked.")
}

/// Who has roles.
pub fn people(roles: &[RoleView]) -> String {
    let row = |view: &RoleView| {
        [view.person.account.to_string(), name(&view.person), view.role.to_string(), name(&view.by), view.at.clone()]
    };
    table(["ACCOUNT", "NAME", "ROLE", "BY", "AT"], roles.iter().map(row).collect(), "No role was granted.")
}

/// An invitation.
pub fn invitation(invitation: &Invitation) -> String {
    format!("{}\nOne person can use the code, until {}.\n", invitation.code, invitation.expires_at)
}

/// The terms.
pub fn terms(terms: &PublishingTerms) -> String {
    let PublishingTerms { min_price, min_share_ppm } = terms;
    format!("Lowest price of a second: {min_price} planck\nSmallest share: {min_share_ppm} parts per million\n")
}

/// Reports.
pub fn reports(page: &Page<ReportView>) -> String {
    let row = |view: &ReportView| {
        [
            view.id.to_string(),
            view.subject.to_string(),
            view.title.clone().unwrap_or_default(),
            view.reason.to_string(),
            view.count.to_string(),
            view.text.clone(),
            view.decision.as_ref().map(|decision| decision.action.to_string()).unwrap_or_default(),
        ]
    };
    let headings = ["REPORT", "SUBJECT", "TITLE", "REASON", "REPORTS", "TEXT", "DECISION"];
    with_next(table(headings, page.items.iter().map(row).collect(), "There are no such reports."), page)
}

/// A decision that was made.
pub fn decision(decision: &DecisionView) -> String {
    let mut text = format!("Decision {}: {}.\n", decision.id, decision.action);
    if let Some(step) = &decision.next_step {
        let _ = writeln!(text, "{step}");
    }
    text
}

/// Appeals.
pub fn appeals(page: &Page<AppealView>) -> String {
    let row = |view: &AppealView| {
        let answer = |upheld: bool| if upheld { "upheld" } else { "lifted" };
        [
            view.id.to_string(),
            view.subject.to_string(),
            view.decision.action.to_string(),
            name(&view.by),
            view.text.clone(),
            view.answer.as_ref().map(|given| answer(given.uphold).to_owned()).unwrap_or_default(),
        ]
    };
    let headings = ["APPEAL", "SUBJECT", "DECISION", "BY", "TEXT", "ANSWER"];
    with_next(table(headings, page.items.iter().map(row).collect(), "There are no such appeals."), page)
}

/// The record.
pub fn audit(page: &Page<AuditEntry>) -> String {
    let row = |view: &AuditEntry| {
        [view.at.clone(), name(&view.by), view.action.clone(), view.subject.clone(), view.note.clone()]
    };
    with_next(
        table(["AT", "BY", "ACTION", "SUBJECT", "NOTE"], page.items.iter().map(row).collect(), "Nothing was done yet."),
        page,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cells() {
        let rows = vec![["1".to_owned(), "long title".to_owned()], ["100".to_owned(), "x".to_owned()]];
        assert_eq!(table(["ID", "TITLE"], rows, "none"), "ID   TITLE\n1    long title\n100  x\n");
        assert_eq!(table(["ID"], Vec::new(), "There is none."), "There is none.\n");
    }

    #[test]
    fn cell_is_one_short_line_without_control_characters() {
        assert_eq!(cell("a\nb\u{1b}[2J".into()), "a b [2J");
        let long = cell("x".repeat(MAX_CELL_CHARS + 1));
        assert!(long.ends_with('…') && long.chars().count() == MAX_CELL_CHARS);
    }
}
