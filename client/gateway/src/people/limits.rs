//! How often people may write and react.

use crate::chat::{Paces, Rate};
use parking_lot::Mutex;
use tick_stream_primitives::{AccountId, Moment};

/// Comments: ten a minute.
const COMMENTS: Rate = Rate { every_ms: 6_000, burst: 10 };
/// Likes, follows, reminders and the like: sixty a minute.
const REACTIONS: Rate = Rate { every_ms: 1_000, burst: 60 };
/// People who are remembered at a time, for each of the two.
const MAX_PEOPLE: usize = 50_000;

/// A person does something more often than allowed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("You do this more often than this gateway allows.")]
pub struct TooFast {
    /// Seconds after which it can be tried again.
    pub retry_after_s: u32,
}

/// The paces of people at this gateway.
pub struct PersonLimits {
    comments: Mutex<Paces<AccountId>>,
    reactions: Mutex<Paces<AccountId>>,
}

impl Default for PersonLimits {
    fn default() -> Self {
        Self {
            comments: Mutex::new(Paces::new(COMMENTS, MAX_PEOPLE)),
            reactions: Mutex::new(Paces::new(REACTIONS, MAX_PEOPLE)),
        }
    }
}

impl PersonLimits {
    /// Counts a comment of a person.
    ///
    /// # Errors
    ///
    /// It is one too many.
    pub fn take_comment(&self, who: &AccountId, now: Moment) -> Result<(), TooFast> {
        take(&self.comments, who, now)
    }

    /// Counts a like, a follow or another small change of a person.
    ///
    /// # Errors
    ///
    /// It is one too many.
    pub fn take_reaction(&self, who: &AccountId, now: Moment) -> Result<(), TooFast> {
        take(&self.reactions, who, now)
    }
}

fn take(paces: &Mutex<Paces<AccountId>>, who: &AccountId, now: Moment) -> Result<(), TooFast> {
    let wait = |ms: u64| TooFast { retry_after_s: u32::try_from(ms.div_ceil(1_000)).unwrap_or(u32::MAX) };
    paces.lock().take(who.clone(), now).map_err(wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_comments_and_sixty_reactions_a_minute_are_taken_from_each_person() {
        let limits = PersonLimits::default();
        let (alice, bob) = (AccountId::new([1; 32]), AccountId::new([2; 32]));
        assert!((0..10).all(|_| limits.take_comment(&alice, 100_000).is_ok()));
        assert_eq!(limits.take_comment(&alice, 100_000), Err(TooFast { retry_after_s: 6 }));
        assert_eq!(limits.take_comment(&alice, 104_500), Err(TooFast { retry_after_s: 2 }), "rounded up");
        assert_eq!(limits.take_comment(&alice, 106_000), Ok(()));
        assert_eq!(limits.take_comment(&bob, 100_000), Ok(()), "each has a pace of their own");
        assert!((0..60).all(|_| limits.take_reaction(&alice, 100_000).is_ok()), "comments do not count as reactions");
        assert_eq!(limits.take_reaction(&alice, 100_000), Err(TooFast { retry_after_s: 1 }));
    }
}
