//! Opening, closing and removal of sessions.

use crate::{context::Context, Config, Deposits, Error, Event, Gateways, Keys, Pallet, Sessions, Streams};
use frame_support::{ensure, traits::Get};
use sp_runtime::{DispatchResult, Saturating};
use tick_stream_primitives::{
    rules::{self, Opening, RemovalCause},
    ticket::{close_message, is_signed_by},
    AccountId, Balance, CloseRow, CloseSignature, Closer, Deposit, Gateway, GatewayStatus, RowError, Session,
    SessionId, SignedTicket, Stream, StreamStatus, Ticket,
};

/// Authorisation under which a ticket is opened.
enum Authorisation<'a> {
    /// Signature of the session key.
    SessionKey(&'a SignedTicket),
    /// Extrinsic of the viewer's wallet.
    Wallet,
}

impl<T: Config> Pallet<T> {
    pub(crate) fn do_join_stream(viewer: AccountId, ticket: &Ticket) -> DispatchResult {
        ensure!(ticket.viewer == viewer && ticket.session_key == viewer, Error::<T>::NotYourTicket);
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

    /// Opens the session of a ticket. All checks come before anything is written, the cheapest first: a ticket that was
    /// copied from the transaction pool is refused for one lookup. The signature is checked last, because that costs
    /// more than all other checks.
    fn open(ctx: &Context, ticket: &Ticket, authorisation: Authorisation<'_>) -> Result<SessionId, RowError> {
        rules::check_ticket(ticket, ctx.block, T::TicketLifetime::get())?;
        let id = ticket.session_id(&ctx.genesis);
        ensure!(!Sessions::<T>::contains_key(id), RowError::SessionExists);
        let mut key = match authorisation {
            Authorisation::SessionKey(_) => {
                Some(Keys::<T>::get(&ticket.viewer, &ticket.session_key).ok_or(RowError::KeyUnknown)?)
            }
            Authorisation::Wallet => None,
        };
        let mut deposit = Deposits::<T>::get(&ticket.viewer).ok_or(RowError::DepositUnknown)?;
        let mut stream = Self::openable_stream(ticket)?;
        let mut gateway = Self::openable_gateway(ticket)?;
        let opening = Opening {
            ticket,
            creator: &stream.creator,
            price_per_tick: stream.price_at(ctx.block),
            min_price: T::MinPrice::get(),
            gateway_share: stream.gateway_share,
            fee: T::OpenFee::get(),
            block: ctx.block,
            now: ctx.now,
        };
        let session = rules::open(&opening, &mut deposit, key.as_mut())?;
        if let Authorisation::SessionKey(signed) = authorisation {
            ensure!(signed.is_signed(&ctx.genesis), RowError::SignatureInvalid);
        }

        // All checks are done: nothing below can fail.
        stream.open_sessions.saturating_inc();
        gateway.open_sessions.saturating_inc();
        Self::deposit_event(Event::SessionOpened {
            session: id,
            viewer: session.viewer.clone(),
            session_key: ticket.session_key.clone(),
            stream: session.stream,
            gateway: session.gateway.clone(),
            nonce: ticket.nonce,
            price_per_tick: session.price_per_tick,
            max_ticks: session.max_ticks,
            opened_at: session.opened_at,
            fee: session.fee,
        });
        Streams::<T>::insert(ticket.stream, stream);
        Gateways::<T>::insert(&ticket.gateway, gateway);
        Deposits::<T>::insert(&ticket.viewer, deposit);
        if let Some(key) = key {
            Keys::<T>::insert(&ticket.viewer, &ticket.session_key, key);
        }
        Sessions::<T>::insert(id, session);
        Ok(id)
    }

    /// Returns the ticket's stream if sessions can be opened for it.
    fn openable_stream(ticket: &Ticket) -> Result<Stream, RowError> {
        let stream = Streams::<T>::get(ticket.stream).ok_or(RowError::StreamUnknown)?;
        ensure!(matches!(stream.status, StreamStatus::Live | StreamStatus::Offline), RowError::StreamNotOpen);
        Ok(stream)
    }

    /// Returns the ticket's gateway if it accepts new sessions.
    fn openable_gateway(ticket: &Ticket) -> Result<Gateway, RowError> {
        let gateway = Gateways::<T>::get(&ticket.gateway).ok_or(RowError::GatewayUnknown)?;
        ensure!(gateway.status == GatewayStatus::Active, RowError::GatewayInactive);
        Ok(gateway)
    }

    /// Carries out a close row: removes a session whose time is over, and otherwise starts to close it. Returns the
    /// reward that the submitter has earned, in planck.
    pub(crate) fn close_row(ctx: &Context, row: &CloseRow) -> Result<Balance, RowError> {
        let session = Sessions::<T>::get(row.session).ok_or(RowError::SessionUnknown)?;
        if rules::is_over(&session, ctx.block, &ctx.periods) {
            return Ok(Self::remove_session(ctx, &row.session, session, RemovalCause::Over));
        }
        match &row.signature {
            Some(signature) => Self::close_signed(ctx, &row.session, session, signature)?,
            None => {
                ensure!(session.closing.is_none(), RowError::AlreadyClosing);
                ensure!(rules::may_close_unsigned(&session, ctx.now), RowError::CloseNotDue);
                Self::begin_closing(ctx, &row.session, session);
            }
        }
        Ok(0)
    }

    /// Carries out a signed close: of the gateway's side it removes the session, of the viewer's side it starts to
    /// close it.
    fn close_signed(ctx: &Context, id: &SessionId, session: Session, closer: &CloseSignature) -> Result<(), RowError> {
        let by_gateway = matches!(closer.by, Closer::Gateway | Closer::Operator);
        ensure!(by_gateway || session.closing.is_none(), RowError::AlreadyClosing);
        let signer = Self::closer_account(&session, closer.by)?;
        let message = close_message(&ctx.genesis, id);
        ensure!(is_signed_by(&closer.signature, &message, &signer), RowError::SignatureInvalid);
        if by_gateway {
            Self::remove_session(ctx, id, session, RemovalCause::Gateway);
        } else {
            Self::begin_closing(ctx, id, session);
        }
        Ok(())
    }

    /// Returns the account that must have signed a close in the role `by`. Submitting the batch is not enough: a worker
    /// signs batches of rows that any account may have posted.
    ///
    /// A session key may close the sessions that it opened itself, even after it has expired or was removed.
    fn closer_account(session: &Session, by: Closer) -> Result<AccountId, RowError> {
        match by {
            Closer::Viewer => Ok(session.viewer.clone()),
            Closer::Gateway => Ok(session.gateway.clone()),
            Closer::Operator => {
                Gateways::<T>::get(&session.gateway).map(|gateway| gateway.operator).ok_or(RowError::GatewayUnknown)
            }
            Closer::SessionKey => session.key.as_ref().map(|used| used.session_key.clone()).ok_or(RowError::KeyUnknown),
        }
    }

    /// Starts the closing period of a session.
    fn begin_closing(ctx: &Context, id: &SessionId, mut session: Session) {
        rules::begin_closing(&mut session, ctx.block, ctx.now);
        Self::deposit_event(Event::SessionClosing {
            session: *id,
            viewer: session.viewer.clone(),
            stream: session.stream,
            until: ctx.block.saturating_add(ctx.periods.close_period),
        });
        Sessions::<T>::insert(id, session);
    }

    /// Removes a session, returns the unspent reserve to the viewer and pays out the open fee. Returns the submitter's
    /// part of the fee in planck.
    fn remove_session(ctx: &Context, id: &SessionId, session: Session, cause: RemovalCause) -> Balance {
        let reward = rules::removal_reward(&session, cause, ctx.block, &ctx.periods, T::RemovalReward::get());
        // A session keeps its viewer's deposit from being removed, so the entry exists.
        let mut deposit = Deposits::<T>::get(&session.viewer).unwrap_or_else(|| Deposit::new(ctx.block));
        let used = session.key.as_ref().map(|used| &used.session_key);
        let mut key = used.and_then(|session_key| Keys::<T>::get(&session.viewer, session_key));
        let removal = rules::remove(&session, &mut deposit, key.as_mut(), ctx.block);
        if let (Some(session_key), Some(key)) = (used, key) {
            Keys::<T>::insert(&session.viewer, session_key, key);
        }
        Deposits::<T>::insert(&session.viewer, deposit);
        Streams::<T>::mutate_extant(session.stream, |stream| stream.open_sessions.saturating_dec());
        if let Some(mut gateway) = Gateways::<T>::get(&session.gateway) {
            gateway.open_sessions.saturating_dec();
            Self::store_or_remove(&session.gateway, gateway);
        }
        Sessions::<T>::remove(id);
        Self::earn(&session.gateway, removal.fee.saturating_sub(reward));
        Self::earn(&ctx.submitter, reward);
        Self::deposit_event(Event::SessionClosed {
            session: *id,
            viewer: session.viewer,
            stream: session.stream,
            gateway: session.gateway,
            settled_ticks: session.settled_ticks,
            paid: removal.paid,
            refunded: removal.refunded,
            fee: removal.fee,
            reward,
            remover: ctx.submitter.clone(),
        });
        reward
    }
}
