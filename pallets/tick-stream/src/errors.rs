//! Errors of the pallet's calls.

use crate::{Config, Error};
use frame_support::pallet_macros::pallet_section;
use tick_stream_primitives::RowError;

#[pallet_section]
mod errors {
    /// Reasons for which a call fails. Each says what is wrong and what to do.
    ///
    /// Rows of a batch are refused with a `RowError` instead. A call that carries out a single row fails with the
    /// corresponding error of this type.
    #[pallet::error]
    #[derive(PartialEq, Eq)]
    pub enum Error<T> {
        /// The first deposit is below `MinDeposit`; deposit at least that much.
        DepositTooSmall,
        /// The viewer has no deposit; make one first.
        DepositUnknown,
        /// The amount is above the free deposit; deposit more, close sessions first or use a smaller amount.
        FundsTooLow,
        /// The deposit still holds money or has open sessions; empty it before it can be removed.
        DepositInUse,
        /// Tickets of the viewer may still be valid; wait until more than `TicketLifetime` blocks have passed without
        /// activity.
        DepositActive,
        /// The session key expires in the past; choose a later block.
        KeyExpired,
        /// The session key is not among the viewer's keys; add it first.
        KeyUnknown,
        /// The session key has already been added; use `update_key` to change its limits.
        KeyExists,
        /// A session key must differ from the viewer's own account; create a key for the device.
        KeyIsViewer,
        /// The viewer has `MAX_KEYS` session keys; remove one first.
        TooManyKeys,
        /// The renewal has no blocks or no amount; both must be above zero.
        RenewalInvalid,
        /// The number of sessions must be from 1 to `MAX_SESSIONS_PER_KEY`; choose one in between.
        KeySessionsInvalid,
        /// The label is not UTF-8; use text.
        LabelInvalid,
        /// The price of a tick is below `MinPrice`; the stream's creator must ask at least that much.
        PriceTooLow,
        /// The free preview is longer than `MAX_PREVIEW_TICKS`; offer fewer ticks.
        PreviewTooLong,
        /// The splits add up to more than 100 %; lower them.
        SplitsAboveWhole,
        /// The splits name an account twice or have a part of zero; list each account once, with a part above zero.
        SplitsInvalid,
        /// The splits name an account that does not exist; send it the existential deposit first.
        SplitAccountUnknown,
        /// The stream does not exist; check the stream id.
        StreamUnknown,
        /// The signer is not the stream's creator; sign with the creator's account.
        NotCreator,
        /// The stream has ended or is suspended; choose another stream, or wait until a moderator resumes it.
        StreamNotOpen,
        /// Only the statuses `Live` and `Offline` can be set; use `end_stream` to end a stream.
        StatusNotSettable,
        /// The stream is not suspended; there is nothing to resume.
        StreamNotSuspended,
        /// The stream has ended and can no longer be changed; create a new one.
        StreamEnded,
        /// The stream has ended but still has open sessions; call again when they are closed.
        SessionsOpen,
        /// The account has no earnings; there is nothing to pay out.
        NothingEarned,
        /// The account can receive its earnings; use `payout`.
        EarningsPayable,
        /// The amount is zero; use a larger amount.
        AmountZero,
        /// The account is already a gateway; use `update_gateway` to change it.
        GatewayExists,
        /// The account is not a gateway; register it first.
        GatewayUnknown,
        /// The gateway is already leaving; wait until its last session is closed.
        GatewayInactive,
        /// The endpoint is not a URL; it must begin with `http://` or `https://`.
        EndpointInvalid,
        /// The fee is above the maximum protocol fee; choose a lower one.
        ProtocolFeeTooHigh,
        /// The batch has no rows; add at least one.
        BatchEmpty,
        /// The batch has more claims or hash steps than allowed; send it in parts.
        BatchTooLarge,
        /// The ticket is for another viewer; sign the call with that viewer's account.
        NotYourTicket,
        /// The session belongs to another viewer; sign the call with that viewer's account.
        NotYourSession,
        /// The ticket's gateway is not registered or accepts no new sessions; choose another gateway.
        TicketGatewayInvalid,
        /// The ticket has expired, or is valid for longer than `TicketLifetime` blocks; sign one with another last
        /// block.
        TicketExpiryInvalid,
        /// The ticket's nonce was used before, or is too far from the highest one used; use the next nonce.
        NonceInvalid,
        /// The stream's price is above the limit of the ticket; sign a ticket with the current price.
        PriceTooHigh,
        // No call fails with `AllowanceTooLow`, `KeyOutOfScope`, `SignatureInvalid` or `RowMismatch`: they correspond to errors of rows
        // only. Removing them would renumber the errors behind them.
        /// The session key's allowance does not cover the reserve and the open fee; update the key with a larger one.
        AllowanceTooLow,
        /// The session key is limited to another gateway, creator or stream; use a key whose scope fits.
        KeyOutOfScope,
        /// The viewer has the maximum number of sessions open; close one first.
        TooManySessions,
        /// The ticket or claim covers no ticks; ask for at least one.
        NoTicks,
        /// The price times the number of ticks is too large for a balance; ask for fewer ticks.
        Overflow,
        /// A session with this id is already open; sign a ticket with the next nonce.
        SessionExists,
        /// The session does not exist or has been closed; open a new one.
        SessionUnknown,
        /// The signature is not valid for the named signer, this message and this chain; sign again.
        SignatureInvalid,
        /// The claim starts above the settled ticks; send a lower claim of the session first.
        FromAhead,
        /// These ticks are already settled; send a claim with more ticks.
        AlreadySettled,
        /// The claim is above the session's maximum; open a new session for more ticks.
        AboveMaximum,
        /// The claim has more ticks than seconds have passed plus the prepaid window; wait and claim again.
        TooFast,
        /// The proof does not lead to the session's head; send the proof of exactly the claimed tick.
        ProofInvalid,
        /// The row does not fit the state or the group of its session; check both and send it again.
        RowMismatch,
        /// The session key is only zeros, for which anyone can sign; create a key for the device.
        KeyIsZero,
    }
}

/// Error of a call that carries out a single row.
impl<T: Config> From<RowError> for Error<T> {
    fn from(error: RowError) -> Self {
        match error {
            RowError::StreamUnknown => Self::StreamUnknown,
            RowError::StreamNotOpen => Self::StreamNotOpen,
            RowError::GatewayUnknown | RowError::GatewayInactive => Self::TicketGatewayInvalid,
            RowError::TicketExpired | RowError::TicketTooLong => Self::TicketExpiryInvalid,
            RowError::NonceUsed | RowError::NonceTooOld | RowError::NonceTooHigh => Self::NonceInvalid,
            RowError::DepositUnknown => Self::DepositUnknown,
            RowError::KeyUnknown => Self::KeyUnknown,
            RowError::KeyExpired => Self::KeyExpired,
            RowError::KeyOutOfScope => Self::KeyOutOfScope,
            RowError::SignatureInvalid => Self::SignatureInvalid,
            RowError::PriceAboveTicket | RowError::PriceAboveKey => Self::PriceTooHigh,
            RowError::PriceBelowMinimum => Self::PriceTooLow,
            RowError::AllowanceTooLow => Self::AllowanceTooLow,
            RowError::FundsTooLow => Self::FundsTooLow,
            RowError::TooManySessions | RowError::TooManyKeySessions => Self::TooManySessions,
            RowError::NoTicks | RowError::ClaimEmpty => Self::NoTicks,
            RowError::Overflow => Self::Overflow,
            RowError::SessionExists => Self::SessionExists,
            RowError::SessionUnknown => Self::SessionUnknown,
            RowError::FromAhead => Self::FromAhead,
            RowError::AlreadySettled => Self::AlreadySettled,
            RowError::AboveMaximum => Self::AboveMaximum,
            RowError::TooFast => Self::TooFast,
            RowError::ProofInvalid => Self::ProofInvalid,
            RowError::GroupMismatch | RowError::CloseNotDue | RowError::AlreadyClosing => Self::RowMismatch,
        }
    }
}
