//! Governance: tracks, referenda and votes, and the calls that propose and decide.

mod calls;
mod reads;
mod types;

pub use calls::{hash_of, Conviction, Origin, Vote};
pub use reads::{
    AuthorizedUpgrade, Committee, CommitteeVote, Deciding, Ending, Funds, Ongoing, Proposal, Referendum,
    ReferendumState, Track,
};
pub use types::{treasury_account, Hash, ReferendumIndex, MAX_INLINE_BYTES};
