//! Origins that may moderate, appoint and spend.

use crate::{
    origins::{EnsureModeration, EnsureTreasurer},
    AccountId, Moderators,
};
use frame_support::traits::EitherOfDiverse;
use frame_system::{EnsureRoot, EnsureSignedBy};

/// Accepts root and the moderation track: those who appoint moderators.
pub type AppointingOrigin = EitherOfDiverse<EnsureRoot<AccountId>, EnsureModeration>;
/// Accepts root and each single moderator.
pub type ModeratorOrigin = EitherOfDiverse<EnsureRoot<AccountId>, EnsureSignedBy<Moderators, AccountId>>;
/// Accepts root and the treasurer's track.
pub type TreasurerOrigin = EitherOfDiverse<EnsureRoot<AccountId>, EnsureTreasurer>;
