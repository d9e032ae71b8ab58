//! A viewer's money, and the tickets that it signs.

use anyhow::{Context, Result};
use codec::Encode;
use tick_stream_primitives::{
    session_id, AccountId, Balance, Delegation, SessionId, SignedTicket, StreamId, TickChain, TickHash, Ticket,
};
use vilokanam_chain::{Call, Chain, Signer};
use vilokanam_wire::{payment::Payment, scalars::bytes_to_hex};

/// The gateway of development chains.
pub const GATEWAY: &str = "//Ferdie";
/// For how many blocks the tickets here are good.
const TICKET_BLOCKS: u32 = 600;

/// Sends a call and waits until a final block has it: the gateway believes nothing less of a deposit.
pub async fn send_final(chain: &Chain, call: &Call, signer: &Signer) -> Result<()> {
    let nonce = chain.next_nonce(&signer.account()).await?;
    let signed = chain.anchor().await?.sign(call, signer, nonce, 0)?;
    chain.watch(signed).await?.finalized().await?;
    Ok(())
}

/// A viewer: a wallet, the session key it has lent, and a deposit.
pub struct Wallet {
    pub signer: Signer,
    pub session_key: Signer,
    chain: Chain,
    next_nonce: u64,
}

/// What a ticket is to say.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    pub stream: StreamId,
    pub price_per_tick: Balance,
    pub max_ticks: u32,
}

impl Wallet {
    /// The viewer of a key such as `//Charlie`, with `amount` deposited in a final block and a session key lent.
    pub async fn open(chain: &Chain, uri: &str, amount: Balance) -> Result<Self> {
        let signer = Signer::from_uri(uri)?;
        let session_key = Signer::from_uri(&format!("{uri}//session"))?;
        let delegation = Delegation {
            session_key: session_key.account(),
            max_price_per_tick: Balance::MAX,
            allowance: Balance::MAX,
            expires_at: u32::MAX,
        };
        send_final(chain, &Call::deposit(amount, Some(&delegation)), &signer).await?;
        let deposit = chain.now().deposit(&signer.account()).await?.context("the deposit is in a final block")?;
        Ok(Self { signer, session_key, chain: chain.clone(), next_nonce: deposit.nonces.next() })
    }

    /// Whose deposit pays.
    pub fn account(&self) -> AccountId {
        self.signer.account()
    }

    /// A signed ticket with the next nonce.
    pub async fn ticket(&mut self, wish: &Wish) -> Result<Seat> {
        let nonce = self.next_nonce;
        self.next_nonce += 1;
        self.ticket_with_nonce(wish, nonce).await
    }

    /// A signed ticket with a nonce of one's own choice, and a fresh chain of ticks.
    pub async fn ticket_with_nonce(&self, wish: &Wish, nonce: u64) -> Result<Seat> {
        let genesis = self.chain.genesis_hash();
        let id = session_id(&genesis, &self.account(), nonce);
        let mut chain = TickChain::new(&id, rand::random(), wish.max_ticks);
        let ticket = Ticket {
            viewer: self.account(),
            nonce,
            stream: wish.stream,
            gateway: Signer::from_uri(GATEWAY)?.account(),
            price_per_tick: wish.price_per_tick,
            max_ticks: wish.max_ticks,
            anchor: chain.anchor(),
            expires_at: self.chain.best().await?.number + TICKET_BLOCKS,
        };
        let ticket = self.session_key.sign_ticket(&genesis, ticket);
        Ok(Seat { id, ticket, chain, revealed: 0, used: 0, token: None })
    }
}

/// A session from the viewer's side: whoever holds it holds its money.
#[derive(Clone)]
pub struct Seat {
    pub id: SessionId,
    pub ticket: SignedTicket,
    chain: TickChain,
    /// The highest tick let go of.
    pub revealed: u32,
    /// Ticks that the gateway says to have given keys for.
    pub used: u32,
    pub token: Option<String>,
}

impl Seat {
    /// The body of an offer.
    pub fn offer(&self) -> serde_json::Value {
        serde_json::json!({ "ticket": bytes_to_hex(self.ticket.encode()) })
    }

    /// The element of a tick.
    pub fn proof(&mut self, ticks: u32) -> Result<TickHash> {
        self.chain.proof(ticks).with_context(|| format!("the ticket does not cover tick {ticks}"))
    }

    /// An `Authorization` that lets go of all ticks up to `ticks`, and shows the token if there is one.
    pub fn pay(&mut self, ticks: u32) -> Result<String> {
        let proof = self.proof(ticks)?;
        self.revealed = self.revealed.max(ticks);
        let claim = Some((ticks, proof));
        Ok(Payment { session: self.id.into(), claim, token: self.token.clone() }.to_string())
    }

    /// An `Authorization` that lets go of nothing.
    pub fn show(&self) -> String {
        Payment { session: self.id.into(), claim: None, token: self.token.clone() }.to_string()
    }

    /// The path of the session at its gateway.
    pub fn path(&self) -> String {
        format!("/v1/sessions/{}", self.id)
    }
}
