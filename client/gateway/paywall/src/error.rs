//! Refusals and failures. Each message says what is wrong and what to do about it, in two sentences: viewers read them.

use crate::phase::Rejection;
use std::path::PathBuf;
use tick_stream_primitives::{Balance, BlockNumber, Moment, RowError, SessionId, StreamId};
use vilokanam_wire::codes;

/// Reason for which no key was released, or a tick was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PayError {
    /// Something is missing that the viewer can supply: HTTP 402.
    #[error(transparent)]
    PaymentRequired(#[from] PaymentRequired),
    /// The request is invalid: HTTP 400.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// The payment cannot be stored: HTTP 503.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Reason for which a stream is not worth serving.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BelowMinimum {
    /// The price of a tick is too low.
    #[error(
        "The stream costs {price_per_tick} planck per tick, and this gateway serves streams from {min_price} planck on. Its \
         creator has to raise the price."
    )]
    Price {
        /// Price of the stream, in planck.
        price_per_tick: Balance,
        /// Lowest price that is served, in planck.
        min_price: Balance,
    },
    /// The gateway's share is too small.
    #[error(
        "The stream leaves the gateway {share_ppm} parts per million, and this gateway serves streams from {min_share_ppm} \
         on. Its creator has to raise the gateway's share."
    )]
    Share {
        /// Share of the gateway, in parts per million.
        share_ppm: u32,
        /// Smallest share that is served, in parts per million.
        min_share_ppm: u32,
    },
}

impl BelowMinimum {
    /// Returns a short name for programs, which never changes.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Price { .. } => codes::PRICE_BELOW_MINIMUM,
            Self::Share { .. } => codes::SHARE_BELOW_MINIMUM,
        }
    }
}

/// What is missing for a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PaymentRequired {
    /// The session was never offered here, or is over.
    #[error("This gateway has no session with this id. Offer a ticket for the stream first.")]
    NoSession,
    /// The session is for another stream.
    #[error("The session is for stream {stream} only. Offer a ticket for the stream that you want to watch.")]
    WrongStream {
        /// Stream of the session.
        stream: StreamId,
    },
    /// The session on chain is not the one that the ticket describes, or the ticket expired.
    #[error("The ticket is rejected: {rejection}. Offer a new ticket with a fresh seed and the next nonce.")]
    TicketRejected {
        /// Why the ticket is rejected.
        rejection: Rejection,
    },
    /// The viewer's wallet opened the session on a stream that is not worth serving.
    #[error(transparent)]
    BelowMinimum(#[from] BelowMinimum),
    /// The session is closing or closed.
    #[error("The session is closing and accepts no more payments. Offer a ticket for a new session.")]
    SessionClosing,
    /// Too few ticks are revealed for the keys.
    #[error(
        "These keys require {required_ticks} revealed ticks in total. Reveal tick {required_ticks} and ask again."
    )]
    OutOfPrepaidTicks {
        /// Cumulative count that the next claim must reach.
        required_ticks: u32,
    },
    /// The tick or the keys exceed the session's maximum.
    #[error("The request exceeds the session's maximum of {max_ticks} ticks. Offer a ticket for a new session.")]
    DepositSpent {
        /// The session's maximum.
        max_ticks: u32,
    },
    /// The keys cost more than may be bought before the opening comes further.
    #[error(
        "The session can buy {credit_ticks} ticks in total until its opening is {awaits}, and these keys require more. \
         Ask again in a few seconds."
    )]
    CreditUsedUp {
        /// Ticks that may be charged until then.
        credit_ticks: u32,
        /// What the opening has to reach: `in a block` or `final`.
        awaits: &'static str,
    },
    /// The final deposit and session key no longer cover the reserves and fees of the viewer's unopened sessions.
    #[error(
        "The free deposit or the session key no longer covers the session. Deposit more, or wait until the session's \
         opening is in a block."
    )]
    DepositUncovered,
    /// The tick is too far above what is charged.
    #[error("Tick {ticks} is too far ahead of the keys bought. Reveal tick {highest_ticks} or a lower one.")]
    TooFarAhead {
        /// Tick that was revealed.
        ticks: u32,
        /// Highest tick that would be accepted now.
        highest_ticks: u32,
    },
    /// The tick is too far ahead of time.
    #[error("The revealed ticks run ahead of time. Ask again in {wait_ms} ms.")]
    TooFast {
        /// Milliseconds until the tick would be accepted.
        wait_ms: Moment,
    },
    /// The proof is not the element of the tick.
    #[error(
        "The proof does not lead to the session's last proof. Reveal this tick's element of the session's tick chain."
    )]
    ProofInvalid,
    /// The request reveals no new tick and has no token.
    #[error("The request reveals no new tick and has no session token. Send the token, or reveal the next tick.")]
    TokenMissing,
    /// The token is not this session's.
    #[error("The token is not this session's. Reveal the next tick to get the right one.")]
    TokenInvalid,
    /// The keys would split the session's keys into too many ranges.
    #[error(
        "The session has keys of {max_gaps} separate ranges, the most allowed. Continue where one of them ends, or \
         open a new session."
    )]
    TooManyGaps {
        /// Largest number of ranges.
        max_gaps: usize,
    },
}

impl PaymentRequired {
    /// Returns a short name for programs, which never changes.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoSession => codes::NO_SESSION,
            Self::WrongStream { .. } => codes::WRONG_STREAM,
            Self::TicketRejected { .. } => codes::TICKET_REJECTED,
            Self::BelowMinimum(reason) => reason.code(),
            Self::SessionClosing => codes::SESSION_CLOSING,
            Self::OutOfPrepaidTicks { .. } => codes::OUT_OF_PREPAID_TICKS,
            Self::DepositSpent { .. } => codes::DEPOSIT_SPENT,
            Self::CreditUsedUp { .. } => codes::CREDIT_USED_UP,
            Self::DepositUncovered => codes::DEPOSIT_UNCOVERED,
            Self::TooFarAhead { .. } => codes::TOO_FAR_AHEAD,
            Self::TooFast { .. } => codes::TOO_FAST,
            Self::ProofInvalid => codes::PROOF_INVALID,
            Self::TokenMissing => codes::TOKEN_MISSING,
            Self::TokenInvalid => codes::TOKEN_INVALID,
            Self::TooManyGaps { .. } => codes::TOO_MANY_GAPS,
        }
    }

    /// Returns the cumulative count that the next claim must reach, if too few ticks were revealed.
    pub fn required_ticks(&self) -> Option<u32> {
        match self {
            Self::OutOfPrepaidTicks { required_ticks } => Some(*required_ticks),
            _ => None,
        }
    }
}

/// What is wrong with a request for keys.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// The number of keys is 0 or too large.
    #[error("The request is for {count} keys. Ask for 1 to {max_keys}.")]
    KeyCount {
        /// Number of keys in the request.
        count: u32,
        /// Largest number allowed.
        max_keys: u32,
    },
    /// The range ends beyond the last index.
    #[error("The key range ends beyond the highest index. Ask for lower indices.")]
    KeyRange,
    /// The costs do not fit the range.
    #[error(
        "The costs do not fit the key range. Pass a cost of 1 to {max_cost_ticks} ticks for each of the {count} keys."
    )]
    Costs {
        /// Number of keys in the request.
        count: u32,
        /// Largest cost of one key.
        max_cost_ticks: u32,
    },
}

/// Reason for which the journal takes no record at present. Nothing was released.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unavailable {
    /// The disk has failed.
    #[error(
        "The gateway cannot write its journal ({reason}), so it accepts no payments. Its operator has to repair the \
         disk and restart it."
    )]
    Degraded {
        /// Reason of the failure, usually from the operating system.
        reason: String,
    },
    /// Requests arrive faster than the disk writes.
    #[error("The gateway has {bytes} bytes waiting for its disk, the most allowed. Ask again in a moment.")]
    Overloaded {
        /// Bytes that are waiting.
        bytes: usize,
    },
}

/// Reason for which a ticket was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OfferError {
    /// The ticket or the viewer's deposit is not sufficient.
    #[error(transparent)]
    Refused(#[from] OfferRefusal),
    /// The ticket cannot be stored.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// What is wrong with a ticket, or missing in the viewer's deposit. Amounts are in planck.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OfferRefusal {
    /// The ticket names another gateway.
    #[error("The ticket is for another gateway. Sign one for the account of this gateway.")]
    WrongGateway,
    /// The stream is unknown.
    #[error("This gateway does not know stream {stream}. Check the stream's id.")]
    StreamUnknown {
        /// Stream of the ticket.
        stream: StreamId,
    },
    /// The stream has ended or is suspended.
    #[error("Stream {stream} has ended or is suspended, so no session can be opened on it. Choose another stream.")]
    StreamNotOpen {
        /// Stream of the ticket.
        stream: StreamId,
    },
    /// The gateway has no publish key, broadcast or recording of the stream.
    #[error("This gateway does not host stream {stream}. Choose a gateway at which it is broadcast.")]
    StreamNotHosted {
        /// Stream of the ticket.
        stream: StreamId,
    },
    /// The stream is not worth serving.
    #[error(transparent)]
    BelowMinimum(#[from] BelowMinimum),
    /// The ticket allows a lower price than the stream's.
    #[error("The stream costs {price_per_tick} planck per tick. Sign a ticket that allows at least this price.")]
    PriceTooLow {
        /// Highest price of the stream within the next `min_ticket_blocks`.
        price_per_tick: Balance,
    },
    /// The ticket could expire before it is opened.
    #[error("The ticket expires too soon, in block {expires_at}. Sign one that expires in block {earliest} or later.")]
    ExpiresTooSoon {
        /// Last block of the ticket.
        expires_at: BlockNumber,
        /// Earliest last block that is accepted.
        earliest: BlockNumber,
    },
    /// The chain would refuse the ticket for its lifetime.
    #[error("The ticket expires too late, in block {expires_at}. Sign one that expires in block {latest} or earlier.")]
    ExpiresTooLate {
        /// Last block of the ticket.
        expires_at: BlockNumber,
        /// Latest last block that is accepted.
        latest: BlockNumber,
    },
    /// The ticket's maximum is 0 or too large.
    #[error("The ticket is for {ticks} ticks. Sign one for 1 to {max_ticks} ticks.")]
    MaxTicks {
        /// Maximum of the ticket.
        ticks: u32,
        /// Largest maximum accepted.
        max_ticks: u32,
    },
    /// Price times ticks exceeds a balance.
    #[error("The price times the ticks exceeds the largest amount of money. Sign a ticket for fewer ticks.")]
    Overflow,
    /// The gateway holds as many sessions as it may.
    #[error("The gateway has {max_sessions} sessions, the most allowed. Try again later, or use another gateway.")]
    GatewayFull {
        /// Largest number of sessions.
        max_sessions: usize,
    },
    /// Another ticket of the session key is not opened yet.
    #[error(
        "Session {session} of this session key still waits for its opening. Use that session, or wait until it is in a \
         block."
    )]
    TicketPending {
        /// Session that is not opened yet.
        session: SessionId,
    },
    /// Another ticket with the same nonce was accepted.
    #[error("Session {session} exists with another ticket. Sign a ticket with the next nonce.")]
    NonceTaken {
        /// Session that exists.
        session: SessionId,
    },
    /// Too many tickets of one IP prefix are not opened yet.
    #[error(
        "{max_unopened} tickets from this network wait for their openings, the most allowed. Try again when one of \
         them is in a block."
    )]
    TooManyUnopened {
        /// Largest number of unopened tickets.
        max_unopened: u32,
    },
    /// The viewer has no deposit.
    #[error("The viewer has no deposit. Make one, and offer the ticket again when it is in a block.")]
    NoDeposit,
    /// The chain would refuse the nonce.
    #[error("The chain would refuse the ticket. {reason}")]
    Nonce {
        /// The chain's reason, a whole sentence.
        reason: RowError,
    },
    /// The viewer has as many open sessions as the chain allows.
    #[error("The viewer has {max_sessions} open sessions, the most allowed. Close one first.")]
    TooManySessions {
        /// Largest number of open sessions.
        max_sessions: u32,
    },
    /// The session key is not among the viewer's keys.
    #[error("The ticket's session key is not among the viewer's keys. Add it, or open the session from the wallet.")]
    KeyUnknown,
    /// The session key expires before the ticket can be opened.
    #[error("The session key is valid until block {expires_at} only. Extend it, or add another key.")]
    KeyExpired {
        /// Last block of the session key.
        expires_at: BlockNumber,
    },
    /// The session key is limited to something else.
    #[error(
        "The session key is limited to another gateway, creator or stream. Use a key whose scope fits, or change the \
         scope of this one."
    )]
    KeyOutOfScope,
    /// The session key has as many open sessions as it may.
    #[error("The session key has {max_sessions} open sessions, the most that it may have. Close one first.")]
    TooManyKeySessions {
        /// Largest number of open sessions of the key.
        max_sessions: u32,
    },
    /// The price is above what the session key may accept.
    #[error("The session key may pay {max_price_per_tick} planck per tick at most. Update it with a higher price.")]
    PriceAboveKey {
        /// Highest price that the session key may accept.
        max_price_per_tick: Balance,
    },
    /// The session key may not spend as much as is required.
    #[error(
        "The session key may spend {allowance} planck, and {required} are required. Raise its allowance, or sign a ticket \
         for fewer ticks."
    )]
    AllowanceTooLow {
        /// What the session key may still spend.
        allowance: Balance,
        /// Reserve and opening fee.
        required: Balance,
    },
    /// The free deposit is below what is required.
    #[error(
        "The free deposit is {free} planck, and {required} are required. Deposit more, or sign a ticket for fewer \
         ticks."
    )]
    FundsTooLow {
        /// Free deposit in the best block.
        free: Balance,
        /// Reserve and opening fee.
        required: Balance,
    },
    /// The signature is not the session key's.
    #[error(
        "The signature is not the session key's for this ticket on this chain. Sign the ticket with the key that it names."
    )]
    SignatureInvalid,
}

impl OfferRefusal {
    /// Returns a short name for programs, which never changes.
    pub fn code(&self) -> &'static str {
        match self {
            Self::WrongGateway => codes::WRONG_GATEWAY,
            Self::StreamUnknown { .. } => codes::STREAM_UNKNOWN,
            Self::StreamNotOpen { .. } => codes::STREAM_NOT_OPEN,
            Self::StreamNotHosted { .. } => codes::STREAM_NOT_HOSTED,
            Self::BelowMinimum(reason) => reason.code(),
            Self::PriceTooLow { .. } => codes::PRICE_TOO_LOW,
            Self::ExpiresTooSoon { .. } => codes::EXPIRES_TOO_SOON,
            Self::ExpiresTooLate { .. } => codes::EXPIRES_TOO_LATE,
            Self::MaxTicks { .. } => codes::TICKS_OUT_OF_RANGE,
            Self::Overflow => codes::COST_OVERFLOW,
            Self::GatewayFull { .. } => codes::GATEWAY_FULL,
            Self::TicketPending { .. } => codes::TICKET_PENDING,
            Self::NonceTaken { .. } => codes::NONCE_TAKEN,
            Self::TooManyUnopened { .. } => codes::TOO_MANY_UNOPENED,
            Self::NoDeposit => codes::NO_DEPOSIT,
            Self::Nonce { .. } => codes::NONCE_REFUSED,
            Self::TooManySessions { .. } => codes::TOO_MANY_SESSIONS,
            Self::KeyUnknown => codes::KEY_UNKNOWN,
            Self::KeyExpired { .. } => codes::KEY_EXPIRED,
            Self::KeyOutOfScope => codes::KEY_OUT_OF_SCOPE,
            Self::TooManyKeySessions { .. } => codes::TOO_MANY_KEY_SESSIONS,
            Self::PriceAboveKey { .. } => codes::PRICE_ABOVE_KEY,
            Self::AllowanceTooLow { .. } => codes::ALLOWANCE_TOO_LOW,
            Self::FundsTooLow { .. } => codes::FUNDS_TOO_LOW,
            Self::SignatureInvalid => codes::SIGNATURE_INVALID,
        }
    }
}

/// Reason for which no key of a preview was released.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PreviewError {
    /// The request is invalid.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// The stream is unknown.
    #[error("This gateway does not know stream {stream}. Check the stream's id.")]
    StreamUnknown {
        /// Stream of the request.
        stream: StreamId,
    },
    /// The device has seen the preview.
    #[error("The {preview_ticks} free seconds of the preview are over. Open a session to continue watching.")]
    Over {
        /// Length of the preview in ticks.
        preview_ticks: u32,
    },
    /// The network has used up its previews.
    #[error("The previews of this network are used up. Open a session to continue watching.")]
    NetworkOver,
}

/// Reason for which the paywall could not start.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The operating system refused an operation.
    #[error(
        "The journal cannot be opened: failed to {what} {}: {source}. Check that the folder belongs to the gateway and \
         has free space.",
        path.display()
    )]
    Io {
        /// The operation, as a verb.
        what: &'static str,
        /// File or folder of the operation.
        path: PathBuf,
        /// Reason of the operating system.
        source: std::io::Error,
    },
    /// Another process uses the journal.
    #[error(
        "The journal {} is in use by another process. Stop that process, or configure another folder.",
        path.display()
    )]
    InUse {
        /// Folder of the journal.
        path: PathBuf,
    },
    /// A file is damaged, and not only at its end.
    #[error(
        "The journal file {} is damaged at byte {offset}: {reason}. Cutting it there would lose paid ticks. Restore the \
         file from a copy, or move the folder aside and settle from the node's tick pool.",
        path.display()
    )]
    Damaged {
        /// The damaged file.
        path: PathBuf,
        /// Position of the damage in bytes.
        offset: u64,
        /// What is wrong there.
        reason: String,
    },
    /// A file is missing.
    #[error(
        "The journal is missing records: its file {} continues with record {found} instead of {expected}. Restore \
         the missing file from a copy, or move the folder aside and settle from the node's tick pool.",
        path.display()
    )]
    Gap {
        /// File after the gap.
        path: PathBuf,
        /// Number of the record that should come next.
        expected: u64,
        /// Number of the record that was found.
        found: u64,
    },
    /// A setting is out of its range.
    #[error("The paywall's configuration is invalid: {0}.")]
    Config(&'static str),
}
