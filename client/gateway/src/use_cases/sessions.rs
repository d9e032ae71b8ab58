//! Sessions: offered by a ticket, advanced tick by tick, looked up, ended.

use super::{
    hosting::Hosting,
    key_sales::{SaleError, Viewer},
};
use crate::{
    notices::{Happening, Notices},
    stream_rules::{StreamRules, Suspended},
};
use std::sync::Arc;
use tick_stream_primitives::{clock::now_ms, Balance, SessionId, SignedTicket, Stream, StreamId, Ticket};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use vilokanam_chain::{Chain, Nodes, NodesError};
use vilokanam_indexer::{GatewayStateError, QueryError, SessionRow, Store};
use vilokanam_paywall::{BelowMinimum, IpPrefix, OfferError, OfferRequest, Paid, Payer, Paywall, Status};

/// Why a session could not be offered or found.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The gateway is ending.
    #[error("The gateway is being restarted and accepts no new sessions.")]
    Draining,
    /// The viewer's deposit could not be read.
    #[error("The viewer's deposit cannot be read: {0}.")]
    Chain(#[from] NodesError),
    /// The ticket was refused.
    #[error(transparent)]
    Offer(#[from] OfferError),
    /// The index could not be read.
    #[error(transparent)]
    Index(#[from] QueryError),
    /// The gateway's own records could not be read.
    #[error(transparent)]
    Records(#[from] GatewayStateError),
    /// Moderators of this gateway withhold the stream.
    #[error(transparent)]
    Withheld(#[from] Suspended),
    /// Neither the paywall nor the index knows the session.
    #[error("This gateway knows no session {0}.")]
    Unknown(SessionId),
}

/// A session as this gateway knows it.
pub enum Known {
    /// Session that the paywall holds: it was opened or offered at this gateway.
    Open(Status),
    /// Session that only the index has: it is closed, or it was opened at another gateway.
    Indexed(SessionRow),
}

/// The sessions of this gateway.
pub struct Sessions {
    paywall: Arc<Paywall>,
    rules: Arc<StreamRules>,
    hosting: Hosting,
    nodes: Arc<Nodes>,
    index: Store,
    settle_now: Arc<Notify>,
    notices: Notices,
    drain: CancellationToken,
}

impl Sessions {
    pub fn new(
        (paywall, rules): (Arc<Paywall>, Arc<StreamRules>),
        hosting: Hosting,
        (nodes, index): (Arc<Nodes>, Store),
        (settle_now, notices): (Arc<Notify>, Notices),
        drain: CancellationToken,
    ) -> Self {
        Self { paywall, rules, hosting, nodes, index, settle_now, notices, drain }
    }

    /// Accepts a ticket: its session is opened on chain, and its first ticks are on credit meanwhile. Returns the session
    /// and whether it is new.
    pub async fn offer(&self, signed: &SignedTicket, prefix: IpPrefix) -> Result<(SessionId, bool), SessionError> {
        if self.drain.is_cancelled() {
            return Err(SessionError::Draining);
        }
        // Of streams that the chain has suspended, the paywall knows.
        self.rules.check_withheld(signed.ticket.stream)?;
        let is_hosted = self.hosting.hosts(signed.ticket.stream).await?;
        let (best, finalized) = self.payers(&signed.ticket).await?;
        let request = OfferRequest { signed, best: &best, finalized: &finalized, is_hosted, prefix, now_ms: now_ms() };
        let offered = self.paywall.offer(request).await?;
        // The viewer plays on credit until the open is in a block: every half second counts.
        self.settle_now.notify_one();
        if let Some(left) = nearly_spent(&signed.ticket, &best).filter(|_| offered.is_new) {
            self.notices.happened(Happening::SpendingLimit { account: signed.ticket.viewer.clone(), left });
        }
        Ok((offered.session, offered.is_new))
    }

    /// Reads what the best and the finalized block have of the viewer and the session key.
    async fn payers(&self, ticket: &Ticket) -> Result<(Payer, Payer), NodesError> {
        let Ticket { viewer, session_key, .. } = ticket;
        let read = |chain: Chain| async move {
            let (best, finalized) = (chain.now(), chain.at(chain.finalized().await?.hash));
            let of_best = Payer { deposit: best.deposit(viewer).await?, key: best.key(viewer, session_key).await? };
            let deposit = finalized.deposit(viewer).await?;
            Ok((of_best, Payer { deposit, key: finalized.key(viewer, session_key).await? }))
        };
        self.nodes.ask(read).await
    }

    /// Checks that this gateway serves a stream with such a price and share.
    pub fn check_income(&self, stream: &Stream) -> Result<(), BelowMinimum> {
        self.paywall.check_income(stream.price_per_tick, stream.gateway_share)
    }

    /// The session, while the paywall knows it.
    pub fn status(&self, id: SessionId) -> Result<Status, SessionError> {
        self.paywall.status(&id).ok_or(SessionError::Unknown(id))
    }

    /// Returns a session that the paywall holds or the index has.
    pub async fn find(&self, id: SessionId) -> Result<Known, SessionError> {
        if let Some(status) = self.paywall.status(&id) {
            return Ok(Known::Open(status));
        }
        let row = self.index.session(&id).await?;
        row.map(Known::Indexed).ok_or(SessionError::Unknown(id))
    }

    /// Reveals a tick without buying a key, or, with 0 ticks, checks the token.
    pub async fn advance(&self, viewer: Viewer) -> Result<Paid, SaleError> {
        let session = viewer.session;
        let stream = self.paywall.status(&session).map_or(0, |status| status.stream);
        if viewer.ticks > 0 {
            self.rules.check_served(stream)?;
        }
        if viewer.ticks > 0 && !self.hosting.hosts(stream).await? {
            return Err(SaleError::NotHosted { stream });
        }
        let paid = self.paywall.advance(viewer.tick()).await;
        paid.map_err(|reason| SaleError::payment(&self.paywall, stream, session, reason))
    }

    /// Returns what viewers of these streams revealed here and no block has settled yet, before anyone's share. Walks every
    /// session.
    pub fn unsettled_value(&self, streams: &[StreamId]) -> Balance {
        let value = |id: &SessionId| {
            self.paywall.status(id).filter(|status| streams.contains(&status.stream))?;
            let books = self.paywall.books(id)?;
            let ticks = books.revealed_ticks.saturating_sub(books.settled_ticks);
            Some(books.price_per_tick.saturating_mul(ticks.into()))
        };
        self.paywall.session_ids().iter().filter_map(value).fold(0, Balance::saturating_add)
    }

    /// Ends a session: what was revealed is settled, then the session is closed on chain and the rest of the reserve
    /// refunded. The caller has checked the right to it.
    pub fn end(&self, id: SessionId) {
        self.paywall.end(&id);
        self.settle_now.notify_one();
    }
}

/// Part of a session's reserve that has to be left for another session: a tenth. With less, the viewer is told.
const LEFT_FOR_NEXT: Balance = 10;

/// Returns what a viewer can spend with a session key, this session included, if nearly nothing is left beside the session.
fn nearly_spent(ticket: &Ticket, payer: &Payer) -> Option<Balance> {
    let reserve = ticket.price_per_tick.saturating_mul(ticket.max_ticks.into());
    // An allowance that is renewed is spent for a while only.
    let allowance = payer.key.as_ref().map(|key| &key.allowance).filter(|allowance| allowance.renewal.is_none());
    left_of(reserve, payer.deposit.as_ref()?.free, allowance.map(|allowance| allowance.left))
}

fn left_of(reserve: Balance, deposit: Balance, allowance: Option<Balance>) -> Option<Balance> {
    let left = allowance.map_or(deposit, |allowance| allowance.min(deposit));
    (left.saturating_sub(reserve) < reserve / LEFT_FOR_NEXT).then_some(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn viewer_is_told_when_nothing_is_left_for_another_session() {
        assert_eq!(left_of(100, 1_000, Some(1_000)), None);
        assert_eq!(left_of(100, 1_000, Some(105)), Some(105), "the allowance of the key");
        assert_eq!(left_of(100, 103, Some(1_000)), Some(103), "the deposit");
        assert_eq!(left_of(100, 110, None), None, "a tenth is left");
        assert_eq!(left_of(0, 0, None), None, "of what costs nothing, nothing is spent");
    }
}
