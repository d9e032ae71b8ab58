//! The paywall: gives the keys of a stream for ticks, one tick per second of video, and never loses a tick.
//!
//! The crate knows neither HTTP nor a chain client nor a clock. The gateway passes in requests, the time (`now_ms`) and
//! what the chain says, and asks for the rows to settle. Keys are not part of it either: the paywall says which range
//! of key indices is released, and the gateway derives the keys. Everything goes through one object, [`Paywall`], which
//! is `Send + Sync` and meant to be shared in an `Arc`.
//!
//! # The rules of a tick
//!
//! A request names a session, reveals a tick with its proof (the element of the session's hash chain), and asks for
//! keys of known cost. The rules are checked in this order, the cheapest first:
//!
//! 1. The session is known, is for the stream in question, and is neither rejected nor closing nor closed. If the wallet
//!    opened it without an offer, its price and the gateway's share are not below `min_price` and `min_share`.
//! 2. Keys that the session has bought before cost nothing. The others cost `ceil(EXTINF)` ticks each, and may not
//!    split the session's keys into more than [`keys::MAX_GAPS`] ranges.
//! 3. A tick above the session's `revealed_ticks` is at most `max_ticks`, at most `max_prepaid_ticks` above what is
//!    charged with this request, and at most `max_prepaid_ticks` seconds ahead of time. Any other tick reveals nothing
//!    new, and the request needs the session's token instead: settled proofs are public on chain.
//! 4. `required_ticks`, which is `charged_ticks` plus the cost, is at most `max_ticks`, at most the session's credit
//!    until the opening is final, and at most the ticks revealed.
//! 5. Hashing the proof once per new tick gives the last proof of the session.
//! 6. The claim and the key range are written to the journal and fsynced, together with others that wait.
//! 7. Only then are the keys released.
//!
//! # The states of a session
//!
//! ```text
//!   offer(ticket)                     opened, without an offer (by the viewer's wallet)
//!        |                                          |
//!        v             opened, best                 v           opened, finalized
//!   +---------+ ------------------------------> +----------+ ------------------------> +-----------+
//!   | offered |                                 | included |                           | finalized |
//!   +---------+ <------------------------------ +----------+                           +-----------+
//!     |     |           reorged_out                  |                                       |
//!     |     |                                        +-------------------+-------------------+
//!     |     |                                                            |  closing (on chain), end,
//!     |     |   end                                                      v  idle, all ticks charged
//!     |     +------------------------------------------------------> +---------+
//!     |                                                              | closing |
//!     |  opened with other terms than the ticket's                   +---------+
//!     |  (also from every other state), or                               |  closed, best
//!     |  expired before it was opened                                    v
//!     |         +----------+                                         +--------+
//!     +-------> | rejected |                                         | closed |
//!               +----------+                                         +--------+
//!                    |  expiry finalized                                 |  closed, finalized
//!                    v                                                   v
//!                forgotten                                           forgotten
//! ```
//!
//! The events are methods of [`Paywall`]; "best" and "finalized" are their [`Seen`] argument.
//!
//! | state | recorded as | keys may be bought for |
//! | --- | --- | --- |
//! | offered | [`Phase::Offered`] | `credit_ticks`; 0 if the finalized deposit does not cover all unopened tickets of the viewer, or after lost credit; as time passes, if sessions of the same key are prepaid |
//! | included | [`Phase::Included`] | `credit_until_final` ticks in total |
//! | finalized | [`Phase::Finalized`] | `max_ticks` in total |
//! | closing | `closing` on chain, or an [`Ending`] | nothing more; the claim is settled, then the session is closed |
//! | closed | removed from the best chain | nothing more |
//! | rejected | [`Rejection`] | nothing more; the claim is not submitted, since the session on chain is another one, which is closed if it is open for this gateway |
//!
//! A reorganisation can undo everything that is not finalized. `reorged_out` makes an included session a ticket again,
//! and `opened` with the ticket's terms takes back a rejection, a closing by the chain, and a close. An [`Ending`] is
//! never taken back.
//!
//! A session that the chain has open for this gateway and that the gateway does not serve, because its ticket was rejected or
//! `max_sessions` are in memory, is closed as soon as its opening is final: its open fee is the gateway's, and would be that of
//! the account that removes it if the gateway left it open.
//!
//! # What survives a crash
//!
//! The journal holds the secret of the session tokens and, for every session, its ticket and terms, the highest tick
//! with its proof, the keys bought, and what the chain has said of it. `kill -9` at any moment loses no tick that has
//! paid for a released key, charges no key twice, and releases none uncharged. Events of the chain are not waited for:
//! after a restart the gateway passes the chain's state in again.
//!
//! Preview counts, the IP prefixes of unopened tickets, and the list of viewers whose credit was lost are in memory
//! only. Losing them costs a few free ticks at most. The times of payments and submissions are in memory only as well,
//! so unsettled claims are submitted again after a restart.
//!
//! # Modules
//!
//! | module | contents |
//! | --- | --- |
//! | [`config`] | every limit and interval, with its default |
//! | [`terms`] | what the gateway knows of the chain: streams, payers, fees, block heights, how certain a fact is |
//! | [`offer`] | tickets: accepted or refused, with their first ticks on credit |
//! | [`pay`] | ticks: accepted or refused, with the keys that they buy |
//! | [`token`] | session tokens |
//! | [`preview`] | the free first ticks of a viewer without a session |
//! | [`keys`] | ranges of keys |
//! | [`claims`] | openings, claims and closes to submit |
//! | [`books`] | ticks charged, revealed and settled, and alarms where they disagree |
//! | [`chain`] | events of the chain, passed in by the gateway |
//! | [`counters`] | counters for metrics |
//! | [`error`] | refusals, each with what to do about it |
#![deny(missing_docs)]

mod admission;
mod audit;
pub mod books;
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
mod phase;
pub mod preview;
mod session;
mod table;
pub mod terms;
pub mod token;
mod unserved;

pub use books::{Alarm, Books, Loss};
pub use claims::{DueClaim, DueOpen, DueReason};
pub use config::{Config, JournalConfig};
pub use counters::Counts;
pub use error::{
    BelowMinimum, Malformed, OfferError, OfferRefusal, OpenError, PayError, PaymentRequired, PreviewError, Unavailable,
};
pub use journal::RecoveryReport;
pub use keys::KeyRange;
pub use offer::{OfferRequest, Offered};
pub use pay::{Accepted, Paid, PayRequest, TickRequest};
pub use paywall::Paywall;
pub use phase::{Ending, Phase, Rejection};
pub use preview::{DeviceCookie, PreviewRequest, Previewed};
pub use session::Status;
pub use terms::{ClaimFees, IpPrefix, Payer, Seen, StreamTerms};
pub use token::Token;

#[cfg(test)]
mod tests;
