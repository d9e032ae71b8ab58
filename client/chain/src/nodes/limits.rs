//! Limits of the way back to a preferred node.

use std::time::Duration;
use tick_stream_primitives::BlockNumber;

/// Longest pause between two looks at the preferred nodes. It is jittered.
pub const PROBE_EVERY: Duration = Duration::from_secs(60);
/// Longest time for a node to answer everything that a probe asks.
pub const PROBE_LIMIT: Duration = Duration::from_secs(5);
/// Number of blocks by which the best block of a preferred node may be behind that of the connected one.
pub const MAX_BEHIND_BLOCKS: BlockNumber = 2;
/// Longest rest of a node after its first failure: for that time, no client returns to it.
pub const REST_FIRST: Duration = Duration::from_secs(60);
/// Longest rest of a node that fails again and again.
pub const REST_MOST: Duration = Duration::from_secs(30 * 60);
/// Time for which a node has to be the connected one for its next failure to count as the first.
pub const STEADY_FOR: Duration = Duration::from_secs(10 * 60);
