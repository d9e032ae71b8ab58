//! The clock of every program that is not the chain.

use crate::Moment;
use std::time::{SystemTime, UNIX_EPOCH};

/// Returns the present moment by this machine's clock: milliseconds since the Unix epoch, 0 for a clock set before it.
pub fn now_ms() -> Moment {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Moment::try_from(elapsed.as_millis()).unwrap_or(Moment::MAX)
}
