//! Viewers, their tickets and their claims.

use crate::chain::{Call, Chain};
use anyhow::Result;
use sp_core::{sr25519, Pair};
use tick_stream_primitives::{
    ticket::close_message, AccountId, Balance, Claim, CloseRow, CloseSignature, Closer, Delegation, SessionId,
    SignedTicket, TickChain, Ticket,
};

/// One VLK in planck.
pub const UNIT: Balance = 1_000_000_000_000;
/// What each viewer puts into the pot.
pub const DEPOSIT: Balance = 1_000 * UNIT;
/// Price of a tick in the tests: odd, so that every floor shows.
pub const PRICE: Balance = 2_000_000_003;

/// The key of a derivation such as `//Alice`.
pub fn key(uri: &str) -> Result<sr25519::Pair> {
    Ok(sr25519::Pair::from_string(uri, None)?)
}

/// The account of a key.
pub fn account(key: &sr25519::Pair) -> AccountId {
    key.public().into()
}

/// The gateway of development chains.
pub fn gateway_key() -> Result<sr25519::Pair> {
    key("//Ferdie")
}

/// The account that development nodes settle with.
pub fn operator() -> Result<AccountId> {
    Ok(account(&key("//Alice//tick")?))
}

/// A viewer: a wallet and the session key it lends.
pub struct Viewer {
    pub wallet: sr25519::Pair,
    pub session_key: sr25519::Pair,
    next_nonce: u64,
}

impl Viewer {
    /// Funds `count` viewers from Alice, has them deposit, and waits until they have.
    pub async fn fund(chain: &Chain, count: usize) -> Result<Vec<Self>> {
        let alice = key("//Alice")?;
        let first = chain.nonce(&account(&alice)).await?;
        let mut viewers = Vec::new();
        for index in 0..count {
            let wallet = key(&format!("//viewer//{index}"))?;
            let call = Call::transfer(&account(&wallet), DEPOSIT + 10 * UNIT);
            chain.send(&alice, &call, first + index as u32).await?;
            let session_key = key(&format!("//viewer//{index}//session"))?;
            viewers.push(Self { wallet, session_key, next_nonce: 0 });
        }
        chain.wait_for_nonce(&account(&alice), first + count as u32).await?;
        for viewer in &viewers {
            chain.send(&viewer.wallet, &Call::deposit(DEPOSIT, Some(viewer.delegation())), 0).await?;
        }
        for viewer in &mut viewers {
            let account = viewer.account();
            let deposit =
                crate::wait_for("a deposit to be included", 60, || async { chain.deposit(&account).await }).await?;
            viewer.next_nonce = deposit.nonces.next();
        }
        Ok(viewers)
    }

    fn delegation(&self) -> Delegation {
        Delegation {
            session_key: account(&self.session_key),
            max_price_per_tick: PRICE,
            allowance: DEPOSIT,
            expires_at: u32::MAX,
        }
    }

    pub fn account(&self) -> AccountId {
        account(&self.wallet)
    }

    /// A ticket for `max_ticks` of stream 0, valid for the next half hour after block `best`.
    pub fn watch(&mut self, chain: &Chain, best: u64, max_ticks: u32) -> Result<Watch> {
        let nonce = self.next_nonce;
        self.next_nonce += 1;
        let id = tick_stream_primitives::session_id(&chain.genesis, &self.account(), nonce);
        let mut ticks = TickChain::new(&id, rand::random(), max_ticks);
        let ticket = Ticket {
            viewer: self.account(),
            nonce,
            stream: 0,
            gateway: account(&gateway_key()?),
            price_per_tick: PRICE,
            max_ticks,
            anchor: ticks.anchor(),
            expires_at: best as u32 + 1_800,
        };
        let signature = self.session_key.sign(&ticket.message(&chain.genesis)).into();
        Ok(Watch::new(id, SignedTicket { ticket, signature }, ticks))
    }
}

/// A session from the viewer's side.
pub struct Watch {
    pub id: SessionId,
    pub ticket: SignedTicket,
    ticks: TickChain,
    /// Ticks let go of so far.
    pub revealed: u32,
}

impl Watch {
    /// A ticket and the chain of ticks that its anchor is of.
    pub fn new(id: SessionId, ticket: SignedTicket, ticks: TickChain) -> Self {
        Self { id, ticket, ticks, revealed: 0 }
    }

    /// Lets go of `count` more ticks.
    pub fn reveal(&mut self, count: u32) -> Claim {
        self.revealed += count;
        let proof = self.ticks.proof(self.revealed).unwrap_or_default();
        Claim { session: self.id, from: 0, ticks: self.revealed, proof }
    }

    /// The gateway's close.
    pub fn close(&self, chain: &Chain) -> Result<CloseRow> {
        let signature = gateway_key()?.sign(&close_message(&chain.genesis, &self.id)).into();
        Ok(CloseRow { session: self.id, signature: Some(CloseSignature { by: Closer::Gateway, signature }) })
    }
}
