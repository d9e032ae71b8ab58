//! Sells the keys of a stream tick by tick, and never loses a tick.
//!
//! A viewer shows the next element of its session's hash chain; one hash later the claim and the range of keys it buys
//! are written and fsynced (in groups), and only then is the key released. The crate knows no network and no chain
//! client: whoever does feeds it what the chain says and asks it what is to be settled.
//!
//! | module | what it does |
//! | --- | --- |
//! | [`config`] | every number that may be chosen, with its default |
//! | [`terms`] | what the gateway knows of the chain: streams, heights, how sure a fact is |
//! | [`offer`] | takes a signed ticket and grants its first ticks on credit |
//! | [`pay`] | takes a tick, releases keys |
//! | [`token`] | proves that a request comes from who paid, since settled proofs are public |
//! | [`preview`] | the first ticks of a viewer without a session |
//! | [`keys`] | ranges of keys, and which a session has bought |
//! | [`claims`] | what settlement is to submit, and the books it is checked by |
//! | [`chain`] | what the chain did, fed in by the caller |
//! | [`counters`] | plain counters for metrics |
//! | [`error`] | why something was refused, and what would mend it |
//!
//! The one object is [`Paywall`]; it is `Send + Sync` and meant to sit in an `Arc`.
//!
//! What is deliberately absent: HTTP, keys (the caller derives them from the released range), subxt, clocks (every call
//! takes `now_ms`). What does not survive a restart: preview counts, the IP prefixes of unopened tickets, and the list
//! of viewers whose credit was lost; each costs at most a few free ticks.

mod admission;
pub mod chain;
pub mod claims;
pub mod config;
pub mod counters;
pub mod error;
mod journal;
pub mod keys;
pub mod offer;
pub mod pay;
mod paywall;
pub mod preview;
mod session;
mod table;
pub mod terms;
pub mod token;

pub use claims::{Alarm, Books, DueClaim, DueOpen, DueReason};
pub use config::{Config, JournalConfig};
pub use counters::Counts;
pub use error::{Malformed, OfferError, OfferRefusal, OpenError, PayError, PaymentRequired, Unavailable};
pub use journal::RecoveryReport;
pub use keys::KeyRange;
pub use offer::{OfferRequest, Offered};
pub use pay::{Accepted, Paid, PayRequest, TickRequest};
pub use paywall::Paywall;
pub use preview::{DeviceCookie, PreviewError, PreviewRequest, Previewed};
pub use session::{Death, Ending, Phase, Status};
pub use terms::{IpPrefix, Seen, StreamTerms};
pub use token::Token;

#[cfg(test)]
mod tests;
