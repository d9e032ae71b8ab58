//! Who speaks in a chat.

use super::signed_in::SignedIn;
use crate::chat::Speaker;

/// Returns who is signed in as somebody who speaks in a chat.
pub(super) fn speaker_of(signed: &SignedIn) -> Speaker {
    Speaker::new(signed.account.clone(), signed.by, signed.roles.is_moderator || signed.roles.is_admin)
}
