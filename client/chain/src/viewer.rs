//! The one who watches: makes tickets, lets go of ticks.

use crate::{rpc::ClaimRow, signer::Signer};
use rand::RngCore;
use tick_stream_primitives::{
    AccountId, Balance, BlockNumber, GenesisHash, SessionId, SignedTicket, StreamId, TickChain, TickHash, Ticket,
};

/// What is wished of a stream.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Order {
    /// What is watched.
    pub stream: StreamId,
    /// Through whom.
    pub gateway: AccountId,
    /// The most a tick may cost.
    pub price_per_tick: Balance,
    /// The most ticks that may be claimed: as many hashes are made at once.
    pub max_ticks: u32,
    /// The last block in which the ticket opens a session.
    pub expires_at: BlockNumber,
}

/// A viewer with a session key that the wallet has lent.
#[derive(Clone, Debug)]
pub struct Viewer {
    account: AccountId,
    session_key: Signer,
    next_nonce: u64,
    genesis: GenesisHash,
}

impl Viewer {
    /// The viewer whose deposit is `account`'s. The first ticket gets `next_nonce`: see
    /// [`tick_stream_primitives::NonceWindow::next`].
    pub fn new(account: AccountId, session_key: Signer, next_nonce: u64, genesis: GenesisHash) -> Self {
        Self { account, session_key, next_nonce, genesis }
    }

    /// Whose deposit pays.
    pub fn account(&self) -> &AccountId {
        &self.account
    }

    /// What signs tickets.
    pub fn session_key(&self) -> &Signer {
        &self.session_key
    }

    /// A ticket with a fresh nonce and a fresh random seed, and the chain that it is paid from.
    pub fn ticket(&mut self, order: &Order) -> Watch {
        let mut seed = TickHash::default();
        rand::rngs::OsRng.fill_bytes(&mut seed);
        self.ticket_from_seed(order, seed)
    }

    /// The same from a given seed. For load generators: who knows the seed spends the session.
    pub fn ticket_from_seed(&mut self, order: &Order, seed: TickHash) -> Watch {
        let nonce = self.next_nonce;
        self.next_nonce = nonce.saturating_add(1);
        let session = tick_stream_primitives::session_id(&self.genesis, &self.account, nonce);
        let mut chain = TickChain::new(&session, seed, order.max_ticks);
        let ticket = Ticket {
            viewer: self.account.clone(),
            nonce,
            stream: order.stream,
            gateway: order.gateway.clone(),
            price_per_tick: order.price_per_tick,
            max_ticks: order.max_ticks,
            anchor: chain.anchor(),
            expires_at: order.expires_at,
        };
        Watch { session, ticket: self.session_key.sign_ticket(&self.genesis, ticket), chain }
    }
}

/// A ticket, and the chain whose elements pay for it.
#[derive(Clone)]
pub struct Watch {
    /// The session that the ticket opens.
    pub session: SessionId,
    /// The signed ticket.
    pub ticket: SignedTicket,
    /// Whoever holds it holds the money.
    pub chain: TickChain,
}

impl Watch {
    /// The claim of all ticks up to `ticks`; nothing when the ticket covers fewer. Meant to be asked upwards.
    pub fn claim(&mut self, ticks: u32) -> Option<ClaimRow> {
        let proof = self.chain.proof(ticks)?;
        Some(ClaimRow { session: self.session, ticks, proof })
    }
}
