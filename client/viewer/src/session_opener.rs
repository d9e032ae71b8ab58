//! Opening sessions: from the viewer's deposit, over a signed ticket, to a session that the gateway accepts.

use crate::{
    gateway::{genesis_of, GatewayClient, GatewayError},
    session_payer::SessionPayer,
    session_store::{SavedSession, SessionStore, SessionStoreError},
    terms::{affordable_ticks, check_session_key, Costs, Purpose, TermsError},
};
use codec::Encode;
use std::{
    path::PathBuf,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};
use tick_stream_primitives::{AccountId, Balance, NonceWindow, StreamId};
use vilokanam_chain::{Block, Chain, ChainError, Order, Signer, Viewer, Watch};
use vilokanam_wire::{
    codes,
    gateway::GatewayInfo,
    scalars::bytes_to_hex,
    sessions::{OfferTicket, SessionPhase, SessionView},
    streams::StreamView,
    SessionRef, StreamRef,
};

/// Maximum number of times that tickets are offered: an earlier one of the viewer may wait for its block.
const MAX_OFFERS: u32 = 30;
/// Pause between two offers, and between two looks at a session key.
const OFFER_PAUSE: Duration = Duration::from_secs(1);
/// Maximum number of times that a session key is read while an earlier session of this program is being closed.
const MAX_CLOSE_POLLS: u32 = 90;
const SESSIONS_PATH: &str = "/v1/sessions";

/// Reason why no session could be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The gateway does not answer, or refuses.
    #[error(transparent)]
    Gateway(#[from] GatewayError),
    /// The chain cannot be read.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The session cannot be saved.
    #[error(transparent)]
    Store(#[from] SessionStoreError),
    /// The session cannot be paid for.
    #[error(transparent)]
    Terms(#[from] TermsError),
    /// The gateway and the node are on different chains.
    #[error("the gateway and the node are on different chains")]
    OtherChain,
    /// The gateway accepted another session than the ticket says. Nothing was paid.
    #[error("the gateway opened a session that differs from the ticket; nothing was paid")]
    OtherSession,
}

/// Account whose deposit pays, and the key that spends it.
pub struct ViewerAccount {
    /// Account with the deposit.
    pub account: AccountId,
    /// Session key that the wallet has added to the deposit.
    pub session_key: Signer,
    /// Maximum price of a tick in planck, besides the session key's own limit.
    pub max_price: Option<Balance>,
}

impl ViewerAccount {
    fn accepts(&self, price: Balance) -> bool {
        self.max_price.is_none_or(|limit| price <= limit)
    }
}

/// Size of the session to open.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SessionRequest {
    /// Number of ticks that are wanted.
    pub ticks: u32,
    /// Minimum number of ticks that are of use.
    pub min_ticks: u32,
    /// Maximum amount to spend in planck, the fee for opening included; `None` for no limit.
    pub budget: Option<Balance>,
    /// Amount that the close of an earlier session of this program returns, in planck.
    pub refund: Balance,
}

/// Opens one viewer's sessions for one stream at one gateway.
pub struct SessionOpener {
    chain: Chain,
    gateway: GatewayClient,
    info: GatewayInfo,
    viewer: ViewerAccount,
    stream: StreamId,
    store: SessionStore,
    /// Whether a session was opened or resumed. It may still be open on chain after it was left.
    has_opened: AtomicBool,
}

impl SessionOpener {
    /// Creates an opener that saves sessions in `folder`.
    ///
    /// # Errors
    ///
    /// [`OpenError::OtherChain`], or when the gateway does not answer.
    pub async fn new(
        chain: Chain,
        gateway: GatewayClient,
        viewer: ViewerAccount,
        stream: StreamId,
        folder: PathBuf,
    ) -> Result<Self, OpenError> {
        let info = gateway.info().await?;
        let genesis = chain.genesis_hash();
        if genesis_of(&info)? != genesis {
            return Err(OpenError::OtherChain);
        }
        let store = SessionStore {
            folder,
            genesis,
            viewer: viewer.account.clone(),
            session_key: viewer.session_key.account(),
            gateway: info.account.0.clone(),
            stream,
        };
        Ok(Self { chain, gateway, info, viewer, stream, store, has_opened: AtomicBool::new(false) })
    }

    /// Returns the fee for opening a session in planck.
    pub fn open_fee(&self) -> Balance {
        self.info.open_fee.0
    }

    /// Returns the session that an earlier process has left open, if it has `min_ticks` left at an acceptable price. Removes
    /// saved sessions that are closed.
    ///
    /// # Errors
    ///
    /// When the gateway does not answer, or a saved session is damaged.
    pub async fn resume(&self, min_ticks: u32) -> Result<Option<SessionPayer>, OpenError> {
        for SavedSession { watch, revealed_ticks, lock } in self.store.load()? {
            let path = format!("{SESSIONS_PATH}/{}", SessionRef(watch.session));
            let view: SessionView = match self.gateway.get(&path, &[]).await {
                Ok(view) if sells_keys(&view) => view,
                Ok(_) => {
                    lock.remove();
                    continue;
                }
                Err(error) if error.status() == Some(404) => {
                    lock.remove();
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            let price = view.price_per_tick.0;
            let is_acceptable = price <= watch.ticket.ticket.price_per_tick && self.viewer.accepts(price);
            if is_acceptable && view.max_ticks.saturating_sub(revealed_ticks) >= min_ticks {
                let payer = SessionPayer::resume(watch, price, revealed_ticks, view.charged_ticks);
                self.has_opened.store(true, Ordering::Relaxed);
                return Ok(Some(payer.saved_by(lock)));
            }
        }
        Ok(None)
    }

    /// Opens a session.
    ///
    /// # Errors
    ///
    /// [`OpenError::Terms`] when there is too little money or the price is too high; the others when the gateway or the chain
    /// refuse or do not answer.
    pub async fn open(&self, request: SessionRequest) -> Result<SessionPayer, OpenError> {
        let StreamTerms { price_per_tick, creator } = self.stream_terms().await?;
        let costs = Costs { price_per_tick, open_fee: self.open_fee(), budget: request.budget };
        let (max_ticks, nonces) = self.ticks_and_nonces(&creator, &costs, &request).await?;
        let order = Order {
            stream: self.stream,
            gateway: self.info.account.0.clone(),
            price_per_tick,
            max_ticks,
            // Half of the maximum: enough for any queue, and valid even if this node is ahead of the gateway's.
            expires_at: self.chain.best().await?.number.saturating_add(self.info.ticket_lifetime_blocks / 2),
        };
        self.offer(&order, nonces).await
    }

    /// Returns the price to state in a ticket, because an announced price may apply by the time the session is opened, and
    /// the stream's creator.
    async fn stream_terms(&self) -> Result<StreamTerms, OpenError> {
        let view: StreamView = self.gateway.get(&format!("/v1/streams/{}", self.stream), &[]).await?;
        let next = view.next_price.map(|next| next.price_per_tick.0).unwrap_or_default();
        let price = view.price_per_tick.0.max(next);
        match self.viewer.max_price.filter(|_| !self.viewer.accepts(price)) {
            Some(limit) => Err(TermsError::AbovePriceLimit { price, limit }.into()),
            None => Ok(StreamTerms { price_per_tick: price, creator: view.creator.0 }),
        }
    }

    /// Reads deposit and session key, and returns the number of ticks to order and the key's nonces. Waits while the key's
    /// sessions include one that this program has left: the chain closes it some blocks later.
    async fn ticks_and_nonces(
        &self,
        creator: &AccountId,
        costs: &Costs,
        request: &SessionRequest,
    ) -> Result<(u32, NonceWindow), OpenError> {
        let session_key = self.viewer.session_key.account();
        let mut polls = 0;
        loop {
            let Block { number: now, hash } = self.chain.best().await?;
            let state = self.chain.at(hash);
            let mut deposit = state.deposit(&self.viewer.account).await?.ok_or(TermsError::NoDeposit)?;
            let mut key = state.key(&self.viewer.account, &session_key).await?.ok_or(TermsError::NoSessionKey)?;
            let (gateway, price_per_tick) = (&self.info.account.0, costs.price_per_tick);
            let checked =
                check_session_key(&key, &Purpose { stream: self.stream, creator, gateway, price_per_tick, now });
            let is_closing = matches!(checked, Err(TermsError::TooManySessions { .. }))
                && polls < MAX_CLOSE_POLLS
                && self.has_opened.load(Ordering::Relaxed);
            if !is_closing {
                checked?;
                let ticks = affordable_ticks(&deposit, &key, costs, now, request.ticks, request.min_ticks)?;
                return Ok((ticks, key.nonces));
            }
            // There is nothing to wait for if the refund is not enough either.
            deposit.free = deposit.free.saturating_add(request.refund);
            key.allowance.left = key.allowance.left.saturating_add(request.refund);
            affordable_ticks(&deposit, &key, costs, now, request.ticks, request.min_ticks)?;
            polls += 1;
            tokio::time::sleep(OFFER_PAUSE).await;
        }
    }

    /// Offers tickets until the gateway accepts one. It may first wait for the block of an earlier ticket, or know a ticket
    /// with the same nonce.
    async fn offer(&self, order: &Order, nonces: NonceWindow) -> Result<SessionPayer, OpenError> {
        let (account, key) = (self.viewer.account.clone(), self.viewer.session_key.clone());
        let mut viewer = Viewer::new(account, key, nonces.next(), self.chain.genesis_hash());
        let mut watch = viewer.ticket(order);
        let mut offers = 0;
        loop {
            let ticket = OfferTicket { ticket: bytes_to_hex(watch.ticket.encode()) };
            let error = match self.gateway.post(SESSIONS_PATH, &ticket).await {
                Ok(view) => return self.accept(watch, order, &view),
                Err(error) => error,
            };
            offers += 1;
            let has_opened = self.has_opened.load(Ordering::Relaxed);
            match retry_of(&error, has_opened).filter(|_| offers < MAX_OFFERS) {
                Some(Retry::WithAnotherNonce) => watch = viewer.ticket(order),
                Some(Retry::Later) => tokio::time::sleep(OFFER_PAUSE).await,
                None => return Err(error.into()),
            }
        }
    }

    /// Checks that the accepted session is the one that was ordered, and saves it.
    fn accept(&self, watch: Watch, order: &Order, view: &SessionView) -> Result<SessionPayer, OpenError> {
        let is_as_ordered = view.session == SessionRef(watch.session)
            && view.stream == StreamRef(order.stream)
            && view.price_per_tick.0 <= order.price_per_tick
            && view.max_ticks == order.max_ticks;
        if !is_as_ordered {
            return Err(OpenError::OtherSession);
        }
        let lock = self.store.save(&watch)?;
        self.has_opened.store(true, Ordering::Relaxed);
        Ok(SessionPayer::new(watch, view.price_per_tick.0).saved_by(lock))
    }
}

/// What a ticket for a stream depends on.
struct StreamTerms {
    price_per_tick: Balance,
    creator: AccountId,
}

/// Way in which a refused ticket may still be accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Retry {
    Later,
    WithAnotherNonce,
}

/// `has_opened`: whether this program has opened a session before, which may have to be closed first.
fn retry_of(error: &GatewayError, has_opened: bool) -> Option<Retry> {
    match error {
        // The answer may have been lost: the same ticket opens no second session.
        GatewayError::Unreachable { .. } => Some(Retry::Later),
        GatewayError::Refused { problem, .. } => match problem.code.as_str() {
            codes::NONCE_TAKEN => Some(Retry::WithAnotherNonce),
            codes::TICKET_PENDING | codes::TOO_MANY_UNOPENED => Some(Retry::Later),
            codes::TOO_MANY_KEY_SESSIONS => has_opened.then_some(Retry::Later),
            _ => matches!(problem.status, 429 | 503).then_some(Retry::Later),
        },
        _ => None,
    }
}

/// Returns whether keys can be bought with the session.
fn sells_keys(view: &SessionView) -> bool {
    matches!(view.phase, SessionPhase::Offered | SessionPhase::Included | SessionPhase::Finalized)
}

#[cfg(test)]
mod tests {
    use super::*;
    use vilokanam_wire::Problem;

    fn refusal(code: &str, status: u16) -> GatewayError {
        let problem = serde_json::json!({ "type": "", "title": "", "status": status, "detail": "", "code": code });
        serde_json::from_value::<Problem>(problem).unwrap().into()
    }

    #[test]
    fn ticket_is_offered_again_where_that_helps() {
        let retry_of = |error: &GatewayError| retry_of(error, false);
        assert_eq!(retry_of(&refusal("nonce-taken", 409)), Some(Retry::WithAnotherNonce));
        for (code, status) in [("ticket-pending", 409), ("too-many-unopened", 429), ("unavailable", 503)] {
            assert_eq!(retry_of(&refusal(code, status)), Some(Retry::Later), "{code}");
        }
        assert_eq!(retry_of(&refusal("ticket-invalid", 400)), None);
        assert_eq!(retry_of(&GatewayError::invalid("/v1/sessions", "no JSON")), None);
    }

    #[test]
    fn session_that_this_program_has_left_is_waited_for() {
        let full = refusal("too-many-key-sessions", 422);
        assert_eq!(retry_of(&full, false), None, "another program has the session open");
        assert_eq!(retry_of(&full, true), Some(Retry::Later));
    }
}
