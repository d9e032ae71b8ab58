//! Why something was refused. Each message says what is wrong and what would mend it.

use crate::session::Death;
use std::path::PathBuf;
use tick_stream_primitives::{Balance, BlockNumber, Moment, SessionId, StreamId};

/// Why no key was released, or a tick was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PayError {
    /// Something is missing that the viewer can mend: HTTP 402.
    #[error(transparent)]
    PaymentRequired(#[from] PaymentRequired),
    /// The request contradicts itself: HTTP 400.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// The gateway cannot keep what it would be paid: HTTP 503.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// What is missing for a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PaymentRequired {
    /// Never offered here, or over.
    #[error("No such session here; offer a ticket for this stream first.")]
    NoSession,
    /// Bought for another stream.
    #[error("The session is for stream {stream}; offer a ticket for the stream you want to watch.")]
    WrongStream {
        /// The session's stream.
        stream: StreamId,
    },
    /// The on-chain session is not what was sold.
    #[error("The ticket is dead ({death}); offer a new one with a fresh seed and nonce.")]
    DeadTicket {
        /// How it died.
        death: Death,
    },
    /// It sells nothing more.
    #[error("The session is closing and sells no more; offer a ticket for a new one.")]
    SessionClosing,
    /// Too few ticks revealed.
    #[error("{ticks_due} more ticks are due; reveal tick {needed_ticks} and ask again.")]
    OutOfPrepaidTicks {
        /// How many above those already revealed.
        ticks_due: u32,
        /// The tick whose proof is needed.
        needed_ticks: u32,
    },
    /// `max_ticks` cannot be exceeded.
    #[error("The session's {max_ticks} ticks are spent; offer a ticket for a new session.")]
    DepositSpent {
        /// The session's maximum.
        max_ticks: u32,
    },
    /// The open has not come far enough.
    #[error("The {credit_ticks} ticks of credit are used up; ask again when the session's open is {awaits}.")]
    CreditUsedUp {
        /// How many there were.
        credit_ticks: u32,
        /// What is awaited: `in a block` or `final`.
        awaits: &'static str,
    },
    /// The reserve is no longer covered.
    #[error(
        "The free deposit no longer covers the session's reserve; deposit more, or wait until the open is in a block."
    )]
    DepositUncovered,
    /// More than anybody owes.
    #[error("Tick {ticks} is too far ahead; reveal none above {highest_ticks} yet.")]
    TooFarAhead {
        /// What was revealed.
        ticks: u32,
        /// What would be taken now.
        highest_ticks: u32,
    },
    /// More than time allows.
    #[error("Ticks run ahead of time; ask again in {wait_ms} ms.")]
    TooFast {
        /// How long until it would be taken.
        wait_ms: Moment,
    },
    /// Wrong hash.
    #[error("The proof does not lead to the session's last proof; reveal the element of this tick, of this session's chain.")]
    ProofInvalid,
    /// Public proofs prove nothing.
    #[error("The request reveals no new tick and has no token; send the session token, or reveal the next tick.")]
    TokenMissing,
    /// Not this session's token.
    #[error("The token is not this session's; reveal the next tick to be given the right one.")]
    TokenInvalid,
    /// The session jumps about.
    #[error("The session has bought from {max_gaps} separate ranges, the most there may be; go on where one ends, or open a new session.")]
    TooManyGaps {
        /// The limit.
        max_gaps: usize,
    },
}

impl PaymentRequired {
    /// A short name that never changes, for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoSession => "no-session",
            Self::WrongStream { .. } => "wrong-stream",
            Self::DeadTicket { .. } => "dead-ticket",
            Self::SessionClosing => "session-closing",
            Self::OutOfPrepaidTicks { .. } => "out-of-prepaid-ticks",
            Self::DepositSpent { .. } => "deposit-spent",
            Self::CreditUsedUp { .. } => "credit-used-up",
            Self::DepositUncovered => "deposit-uncovered",
            Self::TooFarAhead { .. } => "too-far-ahead",
            Self::TooFast { .. } => "too-fast",
            Self::ProofInvalid => "proof-invalid",
            Self::TokenMissing => "token-missing",
            Self::TokenInvalid => "token-invalid",
            Self::TooManyGaps { .. } => "too-many-gaps",
        }
    }

    /// How many ticks are due, where that is what is missing.
    pub fn ticks_due(&self) -> Option<u32> {
        match self {
            Self::OutOfPrepaidTicks { ticks_due, .. } => Some(*ticks_due),
            _ => None,
        }
    }
}

/// What is wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// Too many at once.
    #[error("{count} keys are asked for; ask for 1 to {max_keys}.")]
    KeyCount {
        /// How many were asked for.
        count: u32,
        /// The limit.
        max_keys: u32,
    },
    /// Beyond the last index.
    #[error("The key range ends beyond the last index there can be; ask for lower ones.")]
    KeyRange,
    /// The caller's costs do not fit the range.
    #[error("A cost from 1 to {max_cost_ticks} ticks is needed for each of {count} keys.")]
    Costs {
        /// How many keys.
        count: u32,
        /// The limit of one key.
        max_cost_ticks: u32,
    },
}

/// Why nothing can be kept at this moment; nothing was released.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unavailable {
    /// The disk failed.
    #[error("The journal cannot be written ({reason}), so nothing is sold; mend the disk and restart the gateway.")]
    Degraded {
        /// What the operating system said.
        reason: String,
    },
    /// The disk is slower than the requests.
    #[error("{bytes} bytes wait for the disk already; ask again in a moment.")]
    Overloaded {
        /// What is waiting.
        bytes: usize,
    },
}

/// Why a ticket was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OfferError {
    /// The ticket, or its viewer's means.
    #[error(transparent)]
    Refused(#[from] OfferRefusal),
    /// The gateway.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// What is wrong with a ticket.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OfferRefusal {
    /// Another gateway's.
    #[error("The ticket is for another gateway; sign one for this one.")]
    WrongGateway,
    /// Not known here.
    #[error("Stream {stream} is not served here; check the stream id.")]
    StreamUnknown {
        /// Which.
        stream: StreamId,
    },
    /// Ended or suspended.
    #[error("Stream {stream} has ended or is suspended; nothing can be opened on it.")]
    StreamNotOpen {
        /// Which.
        stream: StreamId,
    },
    /// Too cheap.
    #[error("The stream costs {price_per_tick} planck a tick; sign a ticket that allows at least that.")]
    PriceTooLow {
        /// What it costs now or will within `min_ticket_blocks`.
        price_per_tick: Balance,
    },
    /// Cannot be opened in time.
    #[error("The ticket expires in block {expires_at}; sign one that lives until block {earliest} at least.")]
    ExpiresTooSoon {
        /// The ticket's.
        expires_at: BlockNumber,
        /// The earliest taken.
        earliest: BlockNumber,
    },
    /// The chain would refuse it.
    #[error("The ticket expires in block {expires_at}; sign one that expires by block {latest}.")]
    ExpiresTooLate {
        /// The ticket's.
        expires_at: BlockNumber,
        /// The latest taken.
        latest: BlockNumber,
    },
    /// None, or too many.
    #[error("The ticket is for {ticks} ticks; ask for 1 to {max_ticks}.")]
    MaxTicks {
        /// The ticket's.
        ticks: u32,
        /// The most taken.
        max_ticks: u32,
    },
    /// Price times ticks.
    #[error("Price times ticks does not fit into a balance; ask for fewer ticks.")]
    Overflow,
    /// Everything is taken.
    #[error("The gateway holds {max_sessions} sessions, the most it may; try another gateway or later.")]
    GatewayFull {
        /// The limit.
        max_sessions: usize,
    },
    /// One at a time.
    #[error("Session {session} of this viewer waits for its open; watch with it, or wait until it is in a block.")]
    TicketPending {
        /// The one that waits.
        session: SessionId,
    },
    /// The id is taken.
    #[error("Session {session} exists with another ticket; sign a ticket with the next nonce.")]
    NonceTaken {
        /// The one that exists.
        session: SessionId,
    },
    /// Many tickets, few opens.
    #[error("{max_unopened} tickets from this network wait for their opens; try again when one is in a block.")]
    TooManyUnopened {
        /// The limit.
        max_unopened: u32,
    },
    /// No money at all.
    #[error("The viewer has no deposit; make one and wait until it is in a block.")]
    NoDeposit,
    /// The chain would refuse the nonce.
    #[error("The ticket's nonce cannot be opened: {reason}")]
    Nonce {
        /// As the chain says it.
        reason: tick_stream_primitives::RowError,
    },
    /// As many sessions as one may have.
    #[error("The viewer has {max_sessions} sessions open, the most there may be; close one first.")]
    TooManySessions {
        /// The limit.
        max_sessions: u32,
    },
    /// No session key.
    #[error("The viewer has delegated to no session key; delegate first, or open the session from the wallet.")]
    NoDelegation,
    /// Too late.
    #[error("The session key's time is over with block {expires_at}; delegate again.")]
    DelegationExpired {
        /// Its last block.
        expires_at: BlockNumber,
    },
    /// Too dear for the key.
    #[error("The session key may agree to {max_price_per_tick} planck a tick; raise the delegation's cap.")]
    PriceAboveDelegation {
        /// The cap.
        max_price_per_tick: Balance,
    },
    /// Too much for the key.
    #[error("The session key may reserve {allowance} planck more, {needed} are needed; delegate a larger allowance.")]
    AllowanceTooLow {
        /// What it may.
        allowance: Balance,
        /// Reserve and open fee.
        needed: Balance,
    },
    /// Too little money.
    #[error("The free deposit is {free} planck, {needed} are needed; deposit more or ask for fewer ticks.")]
    FundsTooLow {
        /// What is there, in the best block.
        free: Balance,
        /// Reserve and open fee.
        needed: Balance,
    },
    /// Forged.
    #[error("The signature is not the session key's over this ticket on this chain; sign it with the delegated key.")]
    SignatureInvalid,
}

impl OfferRefusal {
    /// A short name that never changes, for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::WrongGateway => "wrong-gateway",
            Self::StreamUnknown { .. } => "stream-unknown",
            Self::StreamNotOpen { .. } => "stream-not-open",
            Self::PriceTooLow { .. } => "price-too-low",
            Self::ExpiresTooSoon { .. } => "expires-too-soon",
            Self::ExpiresTooLate { .. } => "expires-too-late",
            Self::MaxTicks { .. } => "ticks-out-of-range",
            Self::Overflow => "cost-overflow",
            Self::GatewayFull { .. } => "gateway-full",
            Self::TicketPending { .. } => "ticket-pending",
            Self::NonceTaken { .. } => "nonce-taken",
            Self::TooManyUnopened { .. } => "too-many-unopened",
            Self::NoDeposit => "no-deposit",
            Self::Nonce { .. } => "nonce-refused",
            Self::TooManySessions { .. } => "too-many-sessions",
            Self::NoDelegation => "no-delegation",
            Self::DelegationExpired { .. } => "delegation-expired",
            Self::PriceAboveDelegation { .. } => "price-above-delegation",
            Self::AllowanceTooLow { .. } => "allowance-too-low",
            Self::FundsTooLow { .. } => "funds-too-low",
            Self::SignatureInvalid => "signature-invalid",
        }
    }
}

/// Why the paywall could not start.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The operating system.
    #[error("cannot {what} {}: {source}; check that the folder exists, is ours and has room", path.display())]
    Io {
        /// What was being done.
        what: &'static str,
        /// To what.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// Two at once.
    #[error("{} is in use by another process; stop that one first, or give this one another folder", path.display())]
    InUse {
        /// The folder.
        path: PathBuf,
    },
    /// The disk lied.
    #[error(
        "{} is damaged at byte {offset} ({reason}), before data that is whole, so cutting it would lose paid ticks; \
         restore the file from a copy, or move the folder aside and settle from the node's tick pool",
        path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where.
        offset: u64,
        /// What is wrong there.
        reason: String,
    },
    /// A file is gone.
    #[error(
        "{} is missing records {expected} to {found}; restore the missing file from a copy, or move the folder aside \
         and settle from the node's tick pool",
        path.display()
    )]
    Gap {
        /// The file found.
        path: PathBuf,
        /// The record that should come next.
        expected: u64,
        /// The record that came.
        found: u64,
    },
    /// A limit of the configuration makes no sense.
    #[error("configuration: {0}")]
    Config(&'static str),
}
