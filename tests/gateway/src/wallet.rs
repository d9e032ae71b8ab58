//! A viewer's deposit, and the tickets that spend it.

use crate::session::ViewerSession;
use anyhow::{Context, Result};
use tick_stream_primitives::{AccountId, Balance, KeyLimits, StreamId};
use vilokanam_chain::{Call, Chain, Order, Signer, Viewer};
use vilokanam_tests::{accounts::GATEWAY, viewer::key_limits};

/// Number of blocks in which a ticket can open a session.
const TICKET_BLOCKS: u32 = 600;

/// Submits a call and waits until it is finalized. The gateway relies on finalized deposits only.
pub async fn send_final(chain: &Chain, call: &Call, signer: &Signer) -> Result<()> {
    let nonce = chain.next_nonce(&signer.account()).await?;
    let signed = chain.anchor().await?.sign(call, signer, nonce, 0)?;
    chain.watch(signed).await?.finalized().await?;
    Ok(())
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
}

/// A viewer: its wallet, and a session key of its deposit.
pub struct Wallet {
    /// Key of the wallet.
    pub signer: Signer,
    session_key: Signer,
    chain: Chain,
    next_nonce: u64,
}

impl Wallet {
    /// Makes a deposit of `amount` planck with the key of a URI such as `//Charlie`, and waits until it is finalized.
    pub async fn with_deposit(chain: &Chain, uri: &str, amount: Balance) -> Result<Self> {
        let signer = Signer::from_uri(uri)?;
        let session_key = Signer::from_uri(&format!("{uri}//session"))?;
        let (key, limits) = (session_key.account(), key_limits(Balance::MAX, Balance::MAX));
        send_final(chain, &Call::deposit(amount, Some((&key, &limits))), &signer).await?;
        Self::with_key(chain, signer, session_key).await
    }

    /// Returns the viewer with this wallet and a session key that was added.
    async fn with_key(chain: &Chain, signer: Signer, session_key: Signer) -> Result<Self> {
        let key = chain.now().key(&signer.account(), &session_key.account()).await?;
        let next_nonce = key.context("the session key is finalized")?.nonces.next();
        Ok(Self { signer, session_key, chain: chain.clone(), next_nonce })
    }

    /// Adds another session key of the same wallet, as another device has it, and waits until it is finalized.
    pub async fn add_device(&self, seed: [u8; 32], limits: &KeyLimits) -> Result<Self> {
        let session_key = Signer::from_seed(seed)?;
        send_final(&self.chain, &Call::add_key(&session_key.account(), limits), &self.signer).await?;
        Self::with_key(&self.chain, self.signer.clone(), session_key).await
    }

    /// Removes the session key, and waits until that is finalized.
    pub async fn remove_key(&self) -> Result<()> {
        send_final(&self.chain, &Call::remove_key(&self.session_key.account()), &self.signer).await
    }

    /// Returns the account that pays.
    pub fn account(&self) -> AccountId {
        self.signer.account()
    }

    /// Signs a ticket with the next nonce.
    pub async fn ticket(&mut self, terms: &TicketTerms) -> Result<ViewerSession> {
        let nonce = self.next_nonce;
        self.next_nonce += 1;
        self.ticket_with_nonce(terms, nonce).await
    }

    /// Signs a ticket with any nonce, and with a new tick chain.
    pub async fn ticket_with_nonce(&self, terms: &TicketTerms, nonce: u64) -> Result<ViewerSession> {
        let order = Order {
            stream: terms.stream,
            gateway: Signer::from_uri(GATEWAY)?.account(),
            price_per_tick: terms.price_per_tick,
            max_ticks: terms.max_ticks,
            expires_at: self.chain.best().await?.number + TICKET_BLOCKS,
        };
        let mut viewer = Viewer::new(self.account(), self.session_key.clone(), nonce, self.chain.genesis_hash());
        Ok(viewer.ticket(&order).into())
    }
}
