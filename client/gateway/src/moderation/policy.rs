//! Who may publish at this gateway.

use std::collections::HashSet;
use tick_stream_primitives::AccountId;

/// Who may publish.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Policy {
    /// Every account.
    Open,
    /// These accounts, and those with the role of a creator, which an invitation gives.
    Invited(HashSet<AccountId>),
    /// These accounts, and those to which an administrator has given the role of a creator.
    Listed(HashSet<AccountId>),
}
