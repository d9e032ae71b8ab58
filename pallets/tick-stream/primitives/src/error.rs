//! Reasons for which a row is refused. Each says what is wrong and what to do.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use scale_info::TypeInfo;

/// Declares [`RowError`] with one sentence per variant, which documentation, metadata and RPC share.
macro_rules! row_errors {
    ($($name:ident = $sentence:literal,)*) => {
        /// Reason for which a row of a batch was refused.
        #[derive(
            Clone, Copy, PartialEq, Eq, Hash, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen,
        )]
        pub enum RowError {
            $(#[doc = $sentence] $name,)*
        }

        impl RowError {
            /// All variants, in the order of their encoding.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Returns the sentence that says what is wrong and what to do.
            pub fn sentence(&self) -> &'static str {
                match self { $(Self::$name => $sentence,)* }
            }

            /// Returns the variant's name, for metrics and logs.
            pub fn name(&self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }
        }
    };
}

row_errors! {
    StreamUnknown = "The stream does not exist; check the stream id.",
    StreamNotOpen = "The stream has ended or is suspended; choose another stream.",
    GatewayUnknown = "The gateway is not registered; choose a registered one.",
    GatewayInactive = "The gateway is leaving and accepts no new sessions; choose another gateway.",
    TicketExpired = "The ticket's last block has passed; sign a new one.",
    TicketTooLong = "The ticket is valid for longer than the ticket lifetime allows; sign one that expires sooner.",
    NonceUsed = "A ticket with this nonce has already been opened; use the next nonce.",
    NonceTooOld = "The nonce is 64 or more behind the highest one used; use the next nonce.",
    NonceTooHigh = "The nonce is more than 64 ahead of the highest one used; use the next nonce.",
    DepositUnknown = "The viewer has no deposit; make one first.",
    KeyUnknown = "The session key is not among the viewer's keys; add it first.",
    KeyExpired = "The session key has expired; extend it or add another one.",
    KeyOutOfScope = "The session key is limited to another gateway, creator or stream; use a key whose scope fits.",
    TooManyKeySessions = "The session key has as many sessions open as it may; close one first.",
    SignatureInvalid = "The signature is not valid for the named signer, this message and this chain; sign again.",
    PriceAboveTicket = "The stream's price is above the ticket's price; sign a ticket with the current price.",
    PriceAboveKey = "The stream's price is above the session key's limit; update the key with a higher maximum price.",
    AllowanceTooLow = "The session key's allowance does not cover the reserve and the open fee; update the key with a larger one.",
    FundsTooLow = "The free deposit does not cover the reserve and the open fee; deposit more or ask for fewer ticks.",
    TooManySessions = "The viewer has the maximum number of sessions open; close one first.",
    NoTicks = "The ticket is for zero ticks; ask for at least one.",
    Overflow = "The price times the number of ticks is too large for a balance; ask for fewer ticks.",
    SessionExists = "A session with this id is already open; sign a ticket with the next nonce.",
    SessionUnknown = "The session does not exist or has been closed; open a new one.",
    GroupMismatch = "The session has another stream or gateway than the group; put the claim into its own group.",
    FromAhead = "The claim starts above the settled ticks; send a lower claim of the session first.",
    ClaimEmpty = "The claim covers no ticks; `ticks` must be above `from`.",
    AlreadySettled = "These ticks are already settled; send a claim with more ticks.",
    AboveMaximum = "The claim is above the session's maximum; open a new session for more ticks.",
    TooFast = "The claim has more ticks than seconds have passed plus the prepaid window; wait and claim again.",
    ProofInvalid = "The proof does not lead to the session's head; send the proof of exactly the claimed tick.",
    CloseNotDue = "The close has no signature and the session's time is not over; sign the close or wait.",
    AlreadyClosing = "The session is already closing; wait until its closing period is over.",
    PriceBelowMinimum = "The stream's price is below the chain's minimum; its creator must raise it with `update_stream`.",
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sentence())
    }
}

impl core::error::Error for RowError {}
