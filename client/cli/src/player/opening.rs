//! From the deposit to a session: the ticket, and the gateway's answer to it.

use super::{
    kept::Shelf,
    order::{self, Means},
    purse::Purse,
};
use crate::{
    amount::PerSecond,
    error::CliError,
    gateway::{answer, genesis_of, GatewayClient},
};
use codec::Encode;
use std::{path::PathBuf, time::Duration};
use tick_stream_primitives::{AccountId, Balance, Deposit, NonceWindow, StreamId};
use vilokanam_chain::{Chain, Order, Signer, Viewer, Watch};
use vilokanam_wire::{
    gateway::GatewayInfo,
    scalars::bytes_to_hex,
    sessions::{OfferTicket, SessionPhase, SessionView},
    streams::StreamView,
    SessionRef, StreamRef,
};

/// How often a ticket is offered while an earlier one waits for its block.
const MAX_OFFERS: u32 = 30;
/// How long to wait in between.
const OFFER_AGAIN: Duration = Duration::from_secs(1);

/// Who watches, with what.
pub struct Customer {
    /// Whose deposit pays.
    pub account: AccountId,
    /// What the wallet has lent.
    pub session_key: Signer,
    /// The dearest second that is agreed to.
    pub max_price: Option<Balance>,
}

impl Customer {
    fn agrees_to(&self, price: Balance) -> bool {
        self.max_price.is_none_or(|limit| price <= limit)
    }
}

/// What a session is wanted for.
pub struct Wish {
    /// How many ticks.
    pub ticks: u32,
    /// How many it must be at least to be of any use.
    pub least_ticks: u32,
    /// What may be spent.
    pub budget: Option<Balance>,
}

/// Opens sessions at one gateway for one stream.
pub struct Opener {
    chain: Chain,
    gateway: GatewayClient,
    info: GatewayInfo,
    customer: Customer,
    stream: StreamId,
    shelf: Shelf,
}

impl Opener {
    /// Checks that gateway and node are on the same chain. Open sessions are kept in the folder.
    pub async fn new(
        chain: Chain,
        gateway: GatewayClient,
        customer: Customer,
        stream: StreamId,
        folder: PathBuf,
    ) -> Result<Self, CliError> {
        let info = gateway.info().await?;
        if genesis_of(&info)? != chain.genesis_hash() {
            return Err(CliError::Usage(
                "the gateway and the node are on different chains; mend --gateway or --node".into(),
            ));
        }
        let (genesis, viewer, of) = (chain.genesis_hash(), customer.account.clone(), info.account.0.clone());
        let shelf = Shelf { folder, genesis, viewer, gateway: of, stream };
        Ok(Self { chain, gateway, info, customer, stream, shelf })
    }

    /// The session that an earlier run has left open, if it still sells as much as is wanted.
    pub async fn resume(&self, least_ticks: u32) -> Result<Option<Purse>, CliError> {
        for (watch, revealed, keeper) in self.shelf.kept()? {
            let path = format!("/v1/sessions/{}", SessionRef(watch.session));
            let view: SessionView = match self.gateway.get(&path, &[]).await {
                Ok(view) => view,
                Err(CliError::Gateway(problem)) if problem.status == 404 => {
                    keeper.forget();
                    continue;
                }
                Err(error) => return Err(error),
            };
            if !sells(&view) {
                keeper.forget();
                continue;
            }
            let price = view.price_per_tick.0;
            let is_agreed = price <= watch.ticket.ticket.price_per_tick && self.customer.agrees_to(price);
            if is_agreed && view.max_ticks.saturating_sub(revealed) >= least_ticks {
                return Ok(Some(Purse::new(watch, price, revealed, view.used_ticks).kept_by(keeper)));
            }
        }
        Ok(None)
    }

    /// What opening costs.
    pub fn open_fee(&self) -> Balance {
        self.info.open_fee.0
    }

    /// A new session.
    pub async fn open(&self, wish: &Wish) -> Result<Purse, CliError> {
        let price = self.price().await?;
        let deposit = self.deposit().await?;
        let now = self.chain.best().await?.number;
        order::check_terms(&deposit, price, now)?;
        self.check_key(&deposit)?;
        let means = Means { price_per_tick: price, open_fee: self.info.open_fee.0, budget: wish.budget };
        let order = Order {
            stream: self.stream,
            gateway: self.info.account.0.clone(),
            price_per_tick: price,
            max_ticks: order::ticks(&deposit, &means, wish.ticks, wish.least_ticks)?,
            // Half of what is allowed: enough for any queue, and no clock or lagging node can make it too long.
            expires_at: now.saturating_add(self.info.ticket_lifetime_blocks / 2),
        };
        self.offer(&order, deposit.nonces).await
    }

    /// What a tick may cost in a ticket: an announced price may hold by the time the ticket is opened.
    async fn price(&self) -> Result<Balance, CliError> {
        let view: StreamView = self.gateway.get(&format!("/v1/streams/{}", self.stream), &[]).await?;
        let next = view.next_price.map(|next| next.price_per_tick.0).unwrap_or_default();
        let price = view.price_per_tick.0.max(next);
        match self.customer.max_price.filter(|_| !self.customer.agrees_to(price)) {
            Some(limit) => Err(CliError::unpaid(
                format!("a second costs {}, more than --max-price {}", PerSecond(price), PerSecond(limit)),
                "Raise --max-price, or watch something else.",
            )),
            None => Ok(price),
        }
    }

    async fn deposit(&self) -> Result<Deposit, CliError> {
        let deposit = self.chain.now().deposit(&self.customer.account).await?;
        deposit.ok_or_else(|| CliError::unpaid("the viewer has no deposit", "Make one with `vilokanam deposit`."))
    }

    fn check_key(&self, deposit: &Deposit) -> Result<(), CliError> {
        let lent = deposit.delegation.as_ref().map(|delegation| &delegation.session_key);
        if lent == Some(&self.customer.session_key.account()) {
            return Ok(());
        }
        Err(CliError::unpaid(
            "another session key is delegated than the one that this machine keeps",
            "Lend this machine's key with `vilokanam delegate`.",
        ))
    }

    /// Offers tickets until one is taken: an earlier one may wait for its block, or have our nonce.
    async fn offer(&self, order: &Order, nonces: NonceWindow) -> Result<Purse, CliError> {
        let (account, key) = (self.customer.account.clone(), self.customer.session_key.clone());
        let mut viewer = Viewer::new(account, key, nonces.next(), self.chain.genesis_hash());
        let mut watch = viewer.ticket(order);
        for _ in 1..MAX_OFFERS {
            let body = OfferTicket { ticket: bytes_to_hex(watch.ticket.encode()) };
            let refusal = match self.gateway.post("/v1/sessions", &body).await {
                Ok(view) => return self.sold(watch, order, &view),
                Err(CliError::Gateway(problem)) => problem,
                // The answer may have been lost: the same ticket again is no second session.
                Err(CliError::Connect { .. }) => {
                    tokio::time::sleep(OFFER_AGAIN).await;
                    continue;
                }
                Err(error) => return Err(error),
            };
            match refusal.code.as_str() {
                "nonce-taken" => watch = viewer.ticket(order),
                "ticket-pending" | "too-many-unopened" => tokio::time::sleep(OFFER_AGAIN).await,
                _ if refusal.status == 429 || refusal.status == 503 => tokio::time::sleep(OFFER_AGAIN).await,
                _ => return Err(CliError::Gateway(refusal)),
            }
        }
        let body = OfferTicket { ticket: bytes_to_hex(watch.ticket.encode()) };
        let view = self.gateway.post("/v1/sessions", &body).await?;
        self.sold(watch, order, &view)
    }

    /// Checks that what was sold is what was ordered.
    fn sold(&self, watch: Watch, order: &Order, view: &SessionView) -> Result<Purse, CliError> {
        let is_ours = view.session == SessionRef(watch.session)
            && view.stream == StreamRef(order.stream)
            && view.price_per_tick.0 <= order.price_per_tick
            && view.max_ticks == order.max_ticks;
        if !is_ours {
            return Err(answer("/v1/sessions", "the session is not the one that was ordered; nothing is paid"));
        }
        let keeper = self.shelf.keep(&watch)?;
        Ok(Purse::new(watch, view.price_per_tick.0, 0, 0).kept_by(keeper))
    }
}

/// Whether keys can be bought with it.
fn sells(view: &SessionView) -> bool {
    matches!(view.phase, SessionPhase::Offered | SessionPhase::Included | SessionPhase::Open)
}
