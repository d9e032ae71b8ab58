//! Opening, closing and removal of sessions.

use crate::{context::Context, Config, Deposits, Error, Event, Gateways, Pallet, Sessions, Streams};
use frame_support::{ensure, traits::Get};
use sp_runtime::{traits::Zero, DispatchResult, Saturating};
use tick_stream_primitives::{
    ticket::{close_message, is_signed_by},
    AccountId, Balance, BlockNumber, CloseRow, CloseSignature, Closer, Closing, Deposit, GatewayStatus, Moment,
    RowError, Session, SessionId, SignedTicket, Stream, StreamStatus, Ticket,
};

/// Length of a tick in milliseconds.
pub(crate) const TICK_MS: Moment = 1_000;

/// Authorisation under which a ticket is opened.
enum Authorisation<'a> {
    /// Signature of the session key. The submitter earns the open fee.
    SessionKey(&'a SignedTicket),
    /// Extrinsic of the viewer's wallet.
    Wallet,
}

impl<T: Config> Pallet<T> {
    pub(crate) fn do_join_stream(viewer: AccountId, ticket: &Ticket) -> DispatchResult {
        ensure!(ticket.viewer == viewer, Error::<T>::NotYourTicket);
        let ctx = Context::read::<T>(viewer);
        Self::open(&ctx, ticket, Authorisation::Wallet).map_err(Error::<T>::from)?;
        Ok(())
    }

    pub(crate) fn do_leave_stream(viewer: AccountId, ids: &[SessionId]) -> DispatchResult {
        let ctx = Context::read::<T>(viewer);
        for id in ids {
            let Some(session) = Sessions::<T>::get(id) else { continue };
            ensure!(session.viewer == ctx.submitter, Error::<T>::NotYourSession);
            if session.closing.is_none() {
                Self::begin_closing(&ctx, id, session);
            }
        }
        Ok(())
    }

    /// Carries out an open row. Returns the identifier of the new session.
    pub(crate) fn open_row(ctx: &Context, signed: &SignedTicket) -> Result<SessionId, RowError> {
        Self::open(ctx, &signed.ticket, Authorisation::SessionKey(signed))
    }

    /// Opens the session of a ticket. All checks come before anything is written.
    fn open(ctx: &Context, ticket: &Ticket, authorisation: Authorisation<'_>) -> Result<SessionId, RowError> {
        let mut stream = Self::openable_stream(ctx, ticket)?;
        let mut gateway = Gateways::<T>::get(&ticket.gateway).ok_or(RowError::GatewayUnknown)?;
        ensure!(gateway.status == GatewayStatus::Active, RowError::GatewayInactive);
        let price_per_tick = stream.price_at(ctx.block);
        ensure!(price_per_tick <= ticket.price_per_tick, RowError::PriceAboveTicket);
        let reserve = price_per_tick.checked_mul(Balance::from(ticket.max_ticks)).ok_or(RowError::Overflow)?;

        let mut deposit = Deposits::<T>::get(&ticket.viewer).ok_or(RowError::DepositUnknown)?;
        let id = ticket.session_id(&ctx.genesis);
        let fee = Self::reserve(ctx, &mut deposit, ticket, &authorisation, price_per_tick, reserve)?;
        ensure!(!Sessions::<T>::contains_key(id), RowError::SessionExists);

        // All checks are done: nothing below can fail.
        let session = Session {
            viewer: ticket.viewer.clone(),
            stream: ticket.stream,
            gateway: ticket.gateway.clone(),
            price_per_tick,
            gateway_share: stream.gateway_share,
            head: ticket.anchor,
            settled_ticks: 0,
            max_ticks: ticket.max_ticks,
            opened_at: ctx.now.max(deposit.paid_until),
            last_claim: ctx.block,
            generation: matches!(authorisation, Authorisation::SessionKey(_)).then_some(deposit.generation),
            closing: None,
        };
        stream.open_sessions.saturating_inc();
        gateway.open_sessions.saturating_inc();
        Self::deposit_event(Event::SessionOpened {
            session: id,
            viewer: session.viewer.clone(),
            stream: session.stream,
            gateway: session.gateway.clone(),
            nonce: ticket.nonce,
            price_per_tick,
            max_ticks: session.max_ticks,
            opened_at: session.opened_at,
            fee,
        });
        Streams::<T>::insert(ticket.stream, stream);
        Gateways::<T>::insert(&ticket.gateway, gateway);
        Deposits::<T>::insert(&ticket.viewer, deposit);
        Sessions::<T>::insert(id, session);
        Self::earn(&ctx.submitter, fee);
        Ok(id)
    }

    /// Checks the parts of a ticket that concern time and stream. Returns the stream.
    fn openable_stream(ctx: &Context, ticket: &Ticket) -> Result<Stream, RowError> {
        ensure!(!ticket.max_ticks.is_zero(), RowError::NoTicks);
        ensure!(ctx.block <= ticket.expires_at, RowError::TicketExpired);
        let latest = ctx.block.saturating_add(T::TicketLifetime::get());
        ensure!(ticket.expires_at <= latest, RowError::TicketTooLong);
        let stream = Streams::<T>::get(ticket.stream).ok_or(RowError::StreamUnknown)?;
        ensure!(matches!(stream.status, StreamStatus::Live | StreamStatus::Offline), RowError::StreamNotOpen);
        Ok(stream)
    }

    /// Takes the nonce, the allowance, the reserve and the open fee from a copy of the deposit. Returns the fee in
    /// planck. The signature is checked last, because that costs more than all other checks.
    fn reserve(
        ctx: &Context,
        deposit: &mut Deposit,
        ticket: &Ticket,
        authorisation: &Authorisation<'_>,
        price_per_tick: Balance,
        reserve: Balance,
    ) -> Result<Balance, RowError> {
        let max_sessions = tick_stream_primitives::limits::MAX_SESSIONS_PER_VIEWER;
        ensure!(deposit.open_sessions < max_sessions, RowError::TooManySessions);
        deposit.nonces.take(ticket.nonce)?;
        let fee = match authorisation {
            Authorisation::SessionKey(_) => T::OpenFee::get(),
            Authorisation::Wallet => Balance::zero(),
        };
        let cost = reserve.checked_add(fee).ok_or(RowError::Overflow)?;
        if let Authorisation::SessionKey(signed) = authorisation {
            let delegation = deposit.delegation.as_mut().ok_or(RowError::DelegationMissing)?;
            ensure!(ctx.block <= delegation.expires_at, RowError::DelegationExpired);
            ensure!(price_per_tick <= delegation.max_price_per_tick, RowError::PriceAboveDelegation);
            // The fee counts as well: otherwise opening and closing could spend more than the wallet has allowed.
            delegation.allowance = delegation.allowance.checked_sub(cost).ok_or(RowError::AllowanceTooLow)?;
            ensure!(deposit.free >= cost, RowError::FundsTooLow);
            ensure!(signed.is_signed_by(&delegation.session_key, &ctx.genesis), RowError::SignatureInvalid);
        }
        deposit.free = deposit.free.checked_sub(cost).ok_or(RowError::FundsTooLow)?;
        deposit.reserved = deposit.reserved.checked_add(reserve).ok_or(RowError::Overflow)?;
        deposit.open_sessions.saturating_inc();
        deposit.active_at = ctx.block;
        Ok(fee)
    }

    /// Carries out a close row: removes a session whose time is over, and otherwise starts to close it.
    pub(crate) fn close_row(ctx: &Context, row: &CloseRow) -> Result<(), RowError> {
        let session = Sessions::<T>::get(row.session).ok_or(RowError::SessionUnknown)?;
        if Self::is_over(ctx.block, &session) {
            Self::remove_session(ctx, &row.session, session);
            return Ok(());
        }
        match &row.signature {
            Some(signature) => Self::close_signed(ctx, &row.session, session, signature),
            None => {
                ensure!(session.closing.is_none(), RowError::AlreadyClosing);
                let age_ms = ctx.now.saturating_sub(session.opened_at);
                let life_ms = Moment::from(session.max_ticks).saturating_mul(TICK_MS);
                ensure!(age_ms > life_ms, RowError::CloseNotDue);
                Self::begin_closing(ctx, &row.session, session);
                Ok(())
            }
        }
    }

    /// Carries out a signed close: of the gateway's side it removes the session, of the viewer's side it starts to
    /// close it.
    fn close_signed(ctx: &Context, id: &SessionId, session: Session, closer: &CloseSignature) -> Result<(), RowError> {
        let by_gateway = matches!(closer.by, Closer::Gateway | Closer::Operator);
        ensure!(by_gateway || session.closing.is_none(), RowError::AlreadyClosing);
        let signer = Self::closer_account(ctx, &session, closer.by)?;
        let message = close_message(&ctx.genesis, id);
        ensure!(is_signed_by(&closer.signature, &message, &signer), RowError::SignatureInvalid);
        if by_gateway {
            Self::remove_session(ctx, id, session);
        } else {
            Self::begin_closing(ctx, id, session);
        }
        Ok(())
    }

    /// Returns the account that must have signed a close in the role `by`. Submitting the batch is not enough: a worker
    /// signs batches of rows that any account may have posted.
    fn closer_account(ctx: &Context, session: &Session, by: Closer) -> Result<AccountId, RowError> {
        match by {
            Closer::Viewer => Ok(session.viewer.clone()),
            Closer::Gateway => Ok(session.gateway.clone()),
            Closer::Operator => {
                Gateways::<T>::get(&session.gateway).map(|gateway| gateway.operator).ok_or(RowError::GatewayUnknown)
            }
            Closer::SessionKey => {
                let deposit = Deposits::<T>::get(&session.viewer).ok_or(RowError::DepositUnknown)?;
                let delegation = deposit.delegation.ok_or(RowError::DelegationMissing)?;
                ensure!(ctx.block <= delegation.expires_at, RowError::DelegationExpired);
                Ok(delegation.session_key)
            }
        }
    }

    /// Returns whether any account may remove the session: all its ticks are settled, or its closing period is over.
    /// The period is counted in blocks and not in seconds, so a chain that stood still takes no time to claim from a
    /// gateway.
    fn is_over(block: BlockNumber, session: &Session) -> bool {
        let is_closed =
            session.closing.is_some_and(|closing| block.saturating_sub(closing.block) >= T::ClosePeriod::get());
        is_closed || session.settled_ticks >= session.max_ticks
    }

    /// Starts the closing period of a session.
    fn begin_closing(ctx: &Context, id: &SessionId, mut session: Session) {
        session.closing = Some(Closing { block: ctx.block, moment: ctx.now });
        Self::deposit_event(Event::SessionClosing {
            session: *id,
            viewer: session.viewer.clone(),
            stream: session.stream,
            until: ctx.block.saturating_add(T::ClosePeriod::get()),
        });
        Sessions::<T>::insert(id, session);
    }

    /// Removes a session and returns the unspent reserve to the viewer.
    fn remove_session(ctx: &Context, id: &SessionId, session: Session) {
        let refunded = session.unspent();
        let reserve = session.reserve();
        Deposits::<T>::mutate_extant(&session.viewer, |deposit| Self::refund(ctx, deposit, &session));
        Streams::<T>::mutate_extant(session.stream, |stream| stream.open_sessions.saturating_dec());
        if let Some(mut gateway) = Gateways::<T>::get(&session.gateway) {
            gateway.open_sessions.saturating_dec();
            Self::store_or_remove(&session.gateway, gateway);
        }
        Sessions::<T>::remove(id);
        Self::deposit_event(Event::SessionClosed {
            session: *id,
            viewer: session.viewer,
            stream: session.stream,
            gateway: session.gateway,
            settled_ticks: session.settled_ticks,
            paid: reserve.saturating_sub(refunded),
            refunded,
        });
    }

    /// Updates the viewer's deposit for the removal of a session.
    fn refund(ctx: &Context, deposit: &mut Deposit, session: &Session) {
        let unspent = session.unspent();
        deposit.reserved.saturating_reduce(session.reserve());
        deposit.free.saturating_accrue(unspent);
        deposit.open_sessions.saturating_dec();
        deposit.active_at = ctx.block;
        let paid_ms = Moment::from(session.settled_ticks).saturating_mul(TICK_MS);
        deposit.paid_until = deposit.paid_until.max(session.opened_at.saturating_add(paid_ms));
        let is_same_delegation = session.generation == Some(deposit.generation);
        if let Some(delegation) = deposit.delegation.as_mut().filter(|_| is_same_delegation) {
            delegation.allowance.saturating_accrue(unspent);
        }
    }
}
