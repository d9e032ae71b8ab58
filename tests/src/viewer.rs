//! Viewers, their tickets and their claims.

use crate::{
    accounts::{account_of, key, GATEWAY, PRICE, UNIT},
    call::Call,
    node_client::NodeClient,
    wait_for,
};
use anyhow::{Context, Result};
use sp_core::{sr25519, Pair};
use tick_stream_primitives::{
    batch::bounded, limits::MAX_SESSIONS_PER_KEY, session_id, ticket::close_message, AccountId, Balance, Claim,
    CloseRow, CloseSignature, Closer, KeyLimits, Scope, SessionId, SignedTicket, StreamId, TickChain, Ticket,
};

/// Deposit of each viewer of [`Viewer::fund`], in planck.
pub const DEPOSIT: Balance = 1_000 * UNIT;
/// Maximum time until a session key is in a block.
const INCLUSION_SECONDS: u64 = 60;

/// Returns limits of a session key that no test reaches, except for its price and its allowance.
pub fn key_limits(max_price_per_tick: Balance, allowance: Balance) -> KeyLimits {
    KeyLimits {
        label: bounded(b"test".to_vec()),
        max_price_per_tick,
        allowance,
        renewal: None,
        max_sessions: MAX_SESSIONS_PER_KEY,
        scope: Scope::Any,
        expires_at: u32::MAX,
    }
}

/// Terms of a ticket.
#[derive(Clone, Copy, Debug)]
pub struct TicketTerms {
    /// Stream to watch.
    pub stream: StreamId,
    /// Price of a tick in planck.
    pub price_per_tick: Balance,
    /// Maximum number of ticks.
    pub max_ticks: u32,
    /// Number of blocks in which the ticket can open a session.
    pub valid_blocks: u32,
}

/// A viewer: a wallet, and a session key of its deposit.
pub struct Viewer {
    wallet: sr25519::Pair,
    session_key: sr25519::Pair,
    next_nonce: u64,
}

impl Viewer {
    /// Funds `count` viewers from Alice's account, makes their deposits and waits until they are in a block.
    pub async fn fund(client: &NodeClient, count: usize) -> Result<Vec<Self>> {
        let alice = key("//Alice")?;
        let first_nonce = client.next_nonce(&account_of(&alice)).await?;
        let wallets = (0..count).map(|index| key(&format!("//viewer//{index}"))).collect::<Result<Vec<_>>>()?;
        for (nonce, wallet) in (first_nonce..).zip(&wallets) {
            client.send(&alice, &Call::transfer(&account_of(wallet), DEPOSIT + 10 * UNIT), nonce).await?;
        }
        client.wait_for_nonce(&account_of(&alice), first_nonce + count as u32).await?;
        let keys = (0..count).map(|index| key(&format!("//viewer//{index}//session"))).collect::<Result<Vec<_>>>()?;
        for (wallet, session_key) in wallets.iter().zip(&keys) {
            let (session_key, limits) = (account_of(session_key), key_limits(PRICE, DEPOSIT));
            client.send(wallet, &Call::deposit(DEPOSIT, Some((&session_key, &limits))), 0).await?;
        }
        let mut viewers = Vec::new();
        for (wallet, session_key) in wallets.into_iter().zip(keys) {
            viewers.push(Self::with_deposit(client, wallet, session_key).await?);
        }
        Ok(viewers)
    }

    /// Returns the viewer with this wallet and session key, as soon as the key is in a block.
    pub async fn with_deposit(client: &NodeClient, wallet: sr25519::Pair, session_key: sr25519::Pair) -> Result<Self> {
        let (account, key) = (account_of(&wallet), account_of(&session_key));
        let entry = wait_for("a session key", INCLUSION_SECONDS, || client.key(&account, &key)).await?;
        Ok(Self { wallet, session_key, next_nonce: entry.nonces.next() })
    }

    /// Returns the account that pays.
    pub fn account(&self) -> AccountId {
        account_of(&self.wallet)
    }

    /// Signs a ticket with a new tick chain.
    pub async fn ticket(&mut self, client: &NodeClient, terms: &TicketTerms) -> Result<ViewerSession> {
        let nonce = self.next_nonce;
        self.next_nonce += 1;
        let session_key = account_of(&self.session_key);
        let id = session_id(&client.genesis, &self.account(), &session_key, nonce);
        let mut ticks = TickChain::new(&id, rand::random(), terms.max_ticks);
        let ticket = Ticket {
            viewer: self.account(),
            session_key,
            nonce,
            stream: terms.stream,
            gateway: account_of(&key(GATEWAY)?),
            price_per_tick: terms.price_per_tick,
            max_ticks: terms.max_ticks,
            anchor: ticks.anchor(),
            expires_at: client.best_number().await? + terms.valid_blocks,
        };
        let signature = self.session_key.sign(&ticket.message(&client.genesis)).into();
        Ok(ViewerSession { id, ticket: SignedTicket { ticket, signature }, ticks, revealed_ticks: 0 })
    }
}

/// A session on the viewer's side.
pub struct ViewerSession {
    /// Id of the session that the ticket opens.
    pub id: SessionId,
    /// The signed ticket.
    pub ticket: SignedTicket,
    ticks: TickChain,
    /// Highest tick that was revealed.
    pub revealed_ticks: u32,
}

impl ViewerSession {
    /// Reveals `count` more ticks, and returns the claim of all revealed ticks.
    pub fn reveal(&mut self, count: u32) -> Result<Claim> {
        let ticks = self.revealed_ticks + count;
        let proof = self.ticks.proof(ticks).with_context(|| format!("the ticket covers fewer than {ticks} ticks"))?;
        self.revealed_ticks = ticks;
        Ok(Claim { session: self.id, from: 0, ticks, proof })
    }

    /// Returns the close of the session, signed by the gateway.
    pub fn close(&self, client: &NodeClient) -> Result<CloseRow> {
        let signature = key(GATEWAY)?.sign(&close_message(&client.genesis, &self.id)).into();
        Ok(CloseRow { session: self.id, signature: Some(CloseSignature { by: Closer::Gateway, signature }) })
    }
}
