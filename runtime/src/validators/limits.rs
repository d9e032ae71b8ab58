//! Limits of the set of validators, and of what is kept about it.

use sp_runtime::Perbill;

/// Number of ended sessions for which equivocations can be reported. A bond stays at stake as long.
pub const KEPT_SESSIONS: u32 = 24;
/// Maximum number of validators: of invulnerables and candidates together.
pub const MAX_VALIDATORS: u32 = 100;
/// Maximum number of validators that governance appoints.
pub const MAX_INVULNERABLES: u32 = 50;
/// Maximum number of bonded candidates.
pub const MAX_CANDIDATES: u32 = MAX_VALIDATORS - MAX_INVULNERABLES;
/// Maximum number of amounts that one account waits for. A further amount joins the newest one.
pub const MAX_UNBONDINGS: u32 = 8;
/// Shortest length of a session in blocks. With it, each of [`MAX_VALIDATORS`] validators still has a turn.
pub const MIN_SESSION_PERIOD: u32 = 20;
/// Number of turns to write a block that a validator has to miss before it counts as absent.
pub const SLOTS_BEFORE_ABSENCE: u32 = 10;
/// Smallest part of a bond that an equivocation costs. In a small set the SDK's formula demands more.
pub const MIN_SLASH: Perbill = Perbill::from_percent(10);
