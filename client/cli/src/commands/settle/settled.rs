//! Result of submitting claims.

use serde_json::json;
use vilokanam_terminal::{
    answer::{facts, Answer},
    CommandError,
};

/// Result of submitting claims.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Settled {
    /// Number of claims.
    pub claims: usize,
    /// Number of claims that are settled already.
    pub stale: usize,
    /// Number of claims that a node accepted, or a block settled.
    pub accepted: usize,
    /// Number of ticks that were settled; `None` when a node's tick pool took the claims.
    pub ticks: Option<u64>,
    /// Sessions whose claims were refused, with the reasons.
    pub refused: Vec<String>,
}

impl Settled {
    /// Returns the result as a line of text.
    pub fn summary(&self) -> String {
        let ticks = self.ticks.map(|ticks| format!(", {ticks} s settled")).unwrap_or_default();
        let Self { claims, stale, accepted, refused, .. } = self;
        format!("{claims} claims: {accepted} accepted{ticks}, {stale} settled before, {} refused", refused.len())
    }

    /// Returns the answer of the command.
    ///
    /// # Errors
    ///
    /// Claims were refused, and none was accepted.
    pub fn answer(&self) -> Result<Answer, CommandError> {
        let Self { claims, stale, accepted, ticks, refused } = self;
        if *accepted == 0 && !refused.is_empty() {
            return Err(CommandError::Rows(format!("no claim was accepted:\n{}", refused.join("\n"))));
        }
        let mut lines = vec![
            ("claims", claims.to_string()),
            ("accepted", accepted.to_string()),
            ("settled before", stale.to_string()),
        ];
        lines.extend(ticks.map(|ticks| ("seconds settled", ticks.to_string())));
        lines.extend(refused.iter().map(|reason| ("refused", reason.clone())));
        let json =
            json!({ "claims": claims, "accepted": accepted, "stale": stale, "ticks": ticks, "refused": refused });
        Ok(Answer::new(json, facts(&lines)))
    }
}
