//! The target of log lines.

/// Target of log lines about the settlement of ticks.
pub const LOG_TARGET: &str = "tick";
