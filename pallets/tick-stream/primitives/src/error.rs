//! Why a row was refused. Each variant's line says what would mend it.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use scale_info::TypeInfo;

/// Declares [`RowError`] with the sentence of each variant, so that documentation, metadata and RPC say the same.
macro_rules! row_errors {
    ($($name:ident = $sentence:literal,)*) => {
        /// Why a row of a batch was refused.
        #[derive(
            Clone, Copy, PartialEq, Eq, Hash, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen,
        )]
        pub enum RowError {
            $(#[doc = $sentence] $name,)*
        }

        impl RowError {
            /// Every variant, in order.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// What is wrong and what to do, in words.
            pub fn sentence(&self) -> &'static str {
                match self { $(Self::$name => $sentence,)* }
            }

            /// The variant's name, for metrics and logs.
            pub fn name(&self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }
        }
    };
}

row_errors! {
    StreamUnknown = "No such stream; check the stream id of the ticket.",
    StreamNotOpen = "The stream has ended or is suspended; no session can be opened on it.",
    GatewayUnknown = "The ticket's gateway is not registered; choose one that is.",
    GatewayInactive = "The gateway is leaving and takes no new sessions; choose another.",
    TicketExpired = "The ticket's last block has passed; sign a new one.",
    TicketTooLong = "The ticket expires later than the ticket lifetime allows; sign one that expires sooner.",
    NonceUsed = "A ticket with this nonce was opened already; use the next nonce.",
    NonceTooOld = "The nonce lies 64 or more behind the last one; use the next nonce.",
    NonceTooHigh = "The nonce lies more than 64 ahead of the last one; use the next nonce.",
    DepositUnknown = "The viewer has no deposit; make one first.",
    DelegationMissing = "The viewer has named no session key; delegate to one first.",
    DelegationExpired = "The session key's time is over; delegate again.",
    SignatureInvalid = "The signature is not the named signer's over this message on this chain.",
    PriceAboveTicket = "The stream's price is above the ticket's; sign a ticket with the new price.",
    PriceAboveDelegation = "The stream's price is above what the session key may agree to; raise the delegation's cap.",
    AllowanceTooLow = "The session key's total allowance does not cover the reserve; delegate a larger one.",
    FundsTooLow = "The free deposit does not cover the reserve and the open fee; deposit more or ask for fewer ticks.",
    TooManySessions = "The viewer has as many sessions open as one may have; close one first.",
    NoTicks = "The ticket is for no ticks at all; ask for at least one.",
    Overflow = "Price times ticks does not fit into a balance; ask for fewer ticks.",
    SessionExists = "A session with this id is open already.",
    SessionUnknown = "No such session; it was never opened or is closed.",
    GroupMismatch = "The session belongs to another stream or gateway than its group.",
    FromAhead = "The claim starts above what is settled; send a lower claim of the session first.",
    ClaimEmpty = "The claim covers no ticks; `ticks` must be above `from`.",
    AlreadySettled = "These ticks are settled already; nothing is left to pay.",
    AboveMaximum = "The claim is above the session's maximum; open a new session for more.",
    TooFast = "More ticks are claimed than seconds have passed plus the prepaid window; wait and claim again.",
    ProofInvalid = "The proof does not lead to the session's head in so many steps.",
    CloseNotDue = "The close has no signature and the session's time has not come.",
    AlreadyClosing = "The session is closing already; it is removed when its closing period is over.",
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sentence())
    }
}

impl core::error::Error for RowError {}
