//! A session on the viewer's side. Unlike a real viewer, it reveals any tick that a test asks for.

use anyhow::{Context, Result};
use codec::Encode;
use tick_stream_primitives::{SessionId, SignedTicket, TickChain, TickHash};
use vilokanam_chain::Watch;
use vilokanam_wire::{payment::Payment, scalars::bytes_to_hex, sessions::OfferTicket};

/// A session: its ticket, its tick chain, and how far it is paid.
#[derive(Clone)]
pub struct ViewerSession {
    /// Id of the session.
    pub id: SessionId,
    /// Ticket that opens it.
    pub ticket: SignedTicket,
    tick_chain: TickChain,
    /// Highest tick that was revealed.
    pub revealed_ticks: u32,
    /// Ticks that the gateway says it has given keys for.
    pub charged_ticks: u32,
    /// Token that the gateway has given.
    pub token: Option<String>,
}

impl From<Watch> for ViewerSession {
    fn from(watch: Watch) -> Self {
        let Watch { session: id, ticket, chain: tick_chain, .. } = watch;
        Self { id, ticket, tick_chain, revealed_ticks: 0, charged_ticks: 0, token: None }
    }
}

impl ViewerSession {
    /// Returns the body of the request that offers the ticket.
    pub fn offer(&self) -> OfferTicket {
        OfferTicket { ticket: bytes_to_hex(self.ticket.encode()) }
    }

    /// Returns the element of the tick chain that proves `ticks` ticks.
    pub fn proof(&mut self, ticks: u32) -> Result<TickHash> {
        self.tick_chain.proof(ticks).with_context(|| format!("the ticket covers fewer than {ticks} ticks"))
    }

    /// Reveals all ticks up to `ticks`. Returns the `Authorization` that shows them, and the token if there is one.
    pub fn reveal(&mut self, ticks: u32) -> Result<String> {
        let proof = self.proof(ticks)?;
        self.revealed_ticks = self.revealed_ticks.max(ticks);
        Ok(self.authorization(Some((ticks, proof)), self.token.as_deref()))
    }

    /// Reveals the ticks that a key of this cost needs after those that are charged, see [`Self::reveal`].
    pub fn pay(&mut self, cost_ticks: u32) -> Result<String> {
        self.reveal(self.charged_ticks + cost_ticks)
    }

    /// Returns the `Authorization` that shows only the token.
    pub fn show_token(&self) -> String {
        self.authorization(None, self.token.as_deref())
    }

    /// Returns the `Authorization` with any claim and any token.
    pub fn authorization(&self, claim: Option<(u32, TickHash)>, token: Option<&str>) -> String {
        Payment { session: self.id.into(), claim, token: token.map(str::to_owned) }.to_string()
    }

    /// Returns the path of the session at its gateway.
    pub fn path(&self) -> String {
        format!("/v1/sessions/{}", self.id)
    }
}
