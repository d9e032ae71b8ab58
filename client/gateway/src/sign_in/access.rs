//! What an access token says.

use tick_stream_primitives::AccountId;
use vilokanam_wire::auth::SignedBy;

/// Id of a sign-in, in hex.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct SignInId(pub String);

/// What an access token says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Access {
    /// The person.
    pub account: AccountId,
    /// How the person has signed in.
    pub by: SignedBy,
    /// The sign-in.
    pub sign_in: SignInId,
    /// Time until which the token is accepted.
    pub expires_at_ms: u64,
}
