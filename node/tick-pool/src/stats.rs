//! Numbers that describe the pool, for JSON-RPC and metrics.

/// Contents of the pool, as numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Stats {
    /// Number of tickets.
    pub opens: usize,
    /// Number of claims.
    pub claims: usize,
    /// Number of closes.
    pub closes: usize,
    /// Bytes counted for all rows.
    pub bytes: usize,
    /// Number of remembered heads of sessions without a claim.
    pub heads: usize,
    /// Number of rows ready to be settled that the worker leaves aside, because it does not serve their gateways and they
    /// are not worth their fee.
    pub foreign: usize,
    /// Age of the oldest row in milliseconds; 0 when there is none.
    pub oldest_age_ms: u64,
}
