//! Answers about the tick pool.

use serde::{Deserialize, Serialize};

/// Verdict on one row.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RowAnswer {
    /// Whether the row is in the pool and on the node's disk.
    pub accepted: bool,
    /// Error code of a rejected row: one of [`crate::code`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<i32>,
    /// Name of the error of a rejected row. It also tells the chain's errors apart, which share one code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Sentence that says what is wrong with a rejected row and what to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// With [`crate::code::BUSY`], the number of milliseconds after which it is worth sending the row again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_ms: Option<u64>,
}

impl RowAnswer {
    /// Verdict on a row that was taken.
    pub fn accepted() -> Self {
        Self { accepted: true, code: None, reason: None, error: None, retry_ms: None }
    }

    /// Verdict on a row that was not taken.
    pub fn rejected(code: i32, reason: impl Into<String>, error: impl Into<String>) -> Self {
        let (code, reason, error) = (Some(code), Some(reason.into()), Some(error.into()));
        Self { accepted: false, code, reason, error, retry_ms: None }
    }

    /// The same verdict with the time after which the row may be sent again, if there is such a time.
    pub fn retry_after(self, retry_ms: Option<u64>) -> Self {
        Self { retry_ms, ..self }
    }
}

/// Data of a call's error with [`crate::code::BUSY`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct BusyData {
    /// Number of milliseconds after which it is worth trying again.
    pub retry_ms: u64,
}

/// Verdicts on all rows of a call, in the order in which the rows were sent.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct SubmitResponse {
    /// Verdicts on the tickets.
    pub opens: Vec<RowAnswer>,
    /// Verdicts on the claims.
    pub claims: Vec<RowAnswer>,
    /// Verdicts on the closes.
    pub closes: Vec<RowAnswer>,
}

impl SubmitResponse {
    /// Verdicts on the rows that were not taken.
    pub fn refused(&self) -> impl Iterator<Item = &RowAnswer> {
        self.opens.iter().chain(&self.claims).chain(&self.closes).filter(|answer| !answer.accepted)
    }
}

/// Contents of the pool, as numbers. A row counts until the chain has finalized it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PoolInfo {
    /// Number of tickets.
    pub opens: u64,
    /// Number of claims.
    pub claims: u64,
    /// Number of closes.
    pub closes: u64,
    /// Memory and cache that all rows are counted for, in bytes.
    pub bytes: u64,
    /// Age of the oldest row in seconds; 0 when there is none.
    pub oldest_age_s: u64,
}

impl PoolInfo {
    /// Number of rows of all kinds.
    pub fn rows(&self) -> u64 {
        self.opens + self.claims + self.closes
    }
}
