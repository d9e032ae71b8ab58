//! Limits of following.

use std::time::Duration;

/// Longest time without a block from a node: blocks come every second, finality may pause.
pub const SILENCE_LIMIT: Duration = Duration::from_secs(30);
/// Longest time for a node to return one block.
pub const READ_LIMIT: Duration = Duration::from_secs(20);
/// Blocks read concurrently while catching up.
pub const READ_AHEAD_BLOCKS: usize = 8;
/// Most blocks returned at once.
pub const MAX_BATCH_BLOCKS: usize = 256;
/// Best blocks remembered, to report those that are undone. Finality is a few blocks behind; older blocks stay.
pub const MAX_REMEMBERED_BLOCKS: usize = 64;
