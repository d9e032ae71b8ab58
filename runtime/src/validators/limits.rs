//! Limits of the set of validators, and of what is kept about it.

use sp_runtime::Perbill;

/// Number of ended sessions for which equivocations can be reported.
pub const KEPT_SESSIONS: u32 = 24;
/// Number of sessions for which a bond stays at stake after its owner has left, and for which an offender cannot become
/// a validator again.
///
/// A validator that leaves is in the set until the next session ends. In the session after these, nothing that it has
/// signed can be reported any more.
pub const AT_STAKE_SESSIONS: u32 = KEPT_SESSIONS + 2;
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
/// Part of a candidate's bond by which a bond that takes its place has to be higher.
pub const MIN_RAISE: Perbill = Perbill::from_percent(10);

/// Returns the number of candidates that a set with `appointed` invulnerables may have: fewer than half as many.
///
/// Finality needs the votes of more than two thirds of the set. With this limit, the validators that governance has
/// appointed are enough for it, whatever candidates do. A set without any of them is chosen by bonds alone: it has no
/// limit.
pub const fn places_for_candidates(appointed: usize) -> usize {
    match appointed.checked_sub(1) {
        Some(others) => others / 2,
        None => usize::MAX,
    }
}
