//! The attacker's accounts, the operator's, and what both own.

use super::Outcome;
use crate::{
    load::{create_stream_at, wide_limits},
    report::progress,
};
use anyhow::{ensure, Context, Result};
use serde_json::Value;
use sp_crypto_hashing::blake2_256;
use sp_runtime::Permill;
use tick_stream_primitives::{
    batch::bounded, AccountId, Balance, Batch, Claim, ClaimGroup, CloseRow, Closer, SessionId, SignedTicket, StreamId,
};
use vilokanam_chain::{Call, Chain, ClaimRow, Order, Signer, State, TickEvent, TickRpc, Viewer, Watch};
use vilokanam_tests::{
    accounts::{GATEWAY, OPERATOR, UNIT},
    wait_for,
};

/// Amount that Alice sends to each of the attacker's accounts, in planck.
const FUNDING: Balance = 1_000 * UNIT;
/// The attacker's deposit in planck.
const DEPOSIT: Balance = 500 * UNIT;
/// Blocks in which a ticket can open a session.
const TICKET_BLOCKS: u32 = 300;
/// Maximum time until a session is open or removed.
const WAIT_SECONDS: u64 = 120;

/// Everyone that takes part in an attack, and the node.
pub struct Parties {
    /// Client of the node.
    pub chain: Chain,
    /// The node's tick pool.
    pub rpc: TickRpc,
    /// URL of the node.
    pub url: String,
    /// Account that pays for tickets.
    pub wallet: Signer,
    /// Account that owns streams.
    pub creator: Signer,
    /// Account that submits extrinsics.
    pub submitter: Signer,
    /// Gateway that the node serves.
    pub gateway: Signer,
    /// Account of the node's worker.
    pub operator: AccountId,
    /// Lowest price at which the worker settles one tick, once it was searched for.
    pub paying_price: Option<Balance>,
    tickets: Viewer,
}

/// What both sides own after a block.
#[derive(Clone, Copy)]
pub struct Books {
    block: u32,
    /// Everything that belongs to the attacker.
    attacker: Balance,
    /// Balances of the operator and of its gateway.
    operator: Balance,
    /// Earnings of both that have not been paid out.
    earned: Balance,
}

/// Returns the attacker's account with this name.
fn account(name: &str) -> Result<Signer> {
    Ok(Signer::from_seed(blake2_256(format!("vilokanam/bench/attacker/{name}").as_bytes()))?)
}

impl Parties {
    /// Connects to a development node and funds the attacker.
    pub async fn connect(url: &str) -> Result<Self> {
        let chain = Chain::connect(url).await?;
        let rpc = TickRpc::connect(url).await?;
        let (wallet, creator, submitter) = (account("wallet")?, account("creator")?, account("submitter")?);
        let alice = Signer::from_uri("//Alice")?;
        for signer in [&wallet, &creator, &submitter] {
            chain.execute(&Call::transfer_keep_alive(&signer.account(), FUNDING), &alice).await?;
        }
        let key = account("session key")?;
        if chain.now().key(&wallet.account(), &key.account()).await?.is_none() {
            chain.execute(&Call::deposit(DEPOSIT, Some((&key.account(), &wide_limits()))), &wallet).await?;
        }
        let entry = chain.now().key(&wallet.account(), &key.account()).await?;
        let nonce = entry.context("the attacker's session key was just added")?.nonces.next();
        let tickets = Viewer::new(wallet.account(), key, nonce, chain.genesis_hash());
        let (gateway, operator) = (Signer::from_uri(GATEWAY)?, Signer::from_uri(OPERATOR)?.account());
        let (url, paying_price) = (url.to_owned(), None);
        Ok(Self { chain, rpc, url, wallet, creator, submitter, gateway, operator, paying_price, tickets })
    }

    /// Creates a stream of the attacker of which the gateway gets nothing.
    pub async fn create_stream(&self, price_per_tick: Balance) -> Result<StreamId> {
        create_stream_at(&self.chain, &self.creator, price_per_tick, Permill::zero()).await
    }

    /// Makes a ticket of the attacker, which is not submitted yet.
    pub async fn ticket(&mut self, stream: StreamId, price_per_tick: Balance, max_ticks: u32) -> Result<Watch> {
        let expires_at = self.chain.best().await?.number + TICKET_BLOCKS;
        let gateway = self.gateway.account();
        Ok(self.tickets.ticket(&Order { stream, gateway, price_per_tick, max_ticks, expires_at }))
    }

    /// Opens a session of the attacker at the operator's cost.
    pub async fn open(&mut self, stream: StreamId, price_per_tick: Balance, max_ticks: u32) -> Result<Watch> {
        let watch = self.ticket(stream, price_per_tick, max_ticks).await?;
        self.submit(std::slice::from_ref(&watch.ticket), &[], &[]).await?;
        let id = watch.session;
        wait_for("a session to be opened", WAIT_SECONDS, || async {
            Ok(self.chain.now().session(id).await?.map(|_| ()))
        })
        .await?;
        Ok(watch)
    }

    /// Puts rows into the node's pool.
    pub async fn submit(&self, opens: &[SignedTicket], claims: &[ClaimRow], closes: &[CloseRow]) -> Result<()> {
        let answer = self.rpc.submit(opens, claims, closes).await?;
        let answers = answer.opens.iter().chain(&answer.claims).chain(&answer.closes);
        let codes: Vec<_> = answers.filter_map(|answer| answer.code).collect();
        ensure!(codes.is_empty(), "the node has refused rows, with the codes {codes:?}");
        Ok(())
    }

    /// Posts the session's claim up to `ticks`.
    pub async fn claim(&self, watch: &mut Watch, ticks: u32) -> Result<()> {
        let row = watch.claim(ticks).with_context(|| format!("the ticket has fewer than {ticks} ticks"))?;
        self.submit(&[], &[row], &[]).await
    }

    /// Returns the number of ticks of a session that are settled; `None` if it is not open.
    pub async fn settled(&self, session: SessionId) -> Result<Option<u32>> {
        Ok(self.chain.now().session(session).await?.map(|session| session.settled_ticks))
    }

    /// Posts a close that the attacker's session key has signed: the session begins to close at the operator's cost.
    pub async fn begin_closing(&self, watch: &Watch) -> Result<()> {
        let row = self.tickets.session_key().sign_close(&self.chain.genesis_hash(), watch.session, Closer::SessionKey);
        self.submit(&[], &[], &[row]).await?;
        wait_for("a session to begin to close", WAIT_SECONDS, || async {
            Ok(self.chain.now().session(watch.session).await?.and_then(|session| session.closing).map(|_| ()))
        })
        .await
    }

    /// Ends a session as a gateway does: it settles by itself what its node does not, and then has the session closed.
    pub async fn end(&self, watch: &mut Watch, ticks: u32) -> Result<()> {
        let id = watch.session;
        let Some(settled) = self.settled(id).await? else { return Ok(()) };
        if settled < ticks {
            let row = watch.claim(ticks).context("the ticks were claimed before")?;
            let claim = Claim { session: id, from: settled, ticks, proof: row.proof };
            let (stream, gateway) = (watch.ticket.ticket.stream, self.gateway.account());
            let group = ClaimGroup { stream, gateway, claims: bounded(vec![claim]) };
            let batch = Batch { groups: bounded(vec![group]), ..Default::default() };
            self.chain.execute(&Call::process_batch(&batch), &self.gateway).await?;
        }
        self.close(id).await
    }

    /// Has the gateway's node close a session, and waits until it is removed.
    pub async fn close(&self, id: SessionId) -> Result<()> {
        let row = self.gateway.sign_close(&self.chain.genesis_hash(), id, Closer::Gateway);
        self.submit(&[], &[], &[row]).await?;
        wait_for("a session to be removed", WAIT_SECONDS, || async {
            Ok(self.chain.now().session(id).await?.is_none().then_some(()))
        })
        .await
    }

    /// Reads what both sides own.
    pub async fn books(&self) -> Result<Books> {
        let block = self.chain.best().await?;
        let state = self.chain.at(block.hash);
        let mut attacker = 0;
        for signer in [&self.wallet, &self.creator, &self.submitter] {
            attacker += owned(&state, &signer.account()).await?;
        }
        let (mut operator, mut earned) = (0, 0);
        for account in [&self.operator, &self.gateway.account()] {
            operator += state.account(account).await?.free;
            earned += state.earnings(account).await?;
        }
        Ok(Books { block: block.number, attacker, operator, earned })
    }

    /// Compares what both sides own now with what they owned before.
    pub async fn outcome(&self, before: Books, details: Value) -> Result<Outcome> {
        let after = self.books().await?;
        let paid_out = self.paid_out(before.block + 1, after.block).await?;
        let outcome = Outcome {
            attacker: before.attacker.saturating_sub(after.attacker),
            operator: (before.operator + paid_out).saturating_sub(after.operator),
            earned: (after.earned + paid_out).saturating_sub(before.earned),
            details,
        };
        if after.attacker > before.attacker {
            progress(&format!("the attacker has gained {} planck", after.attacker - before.attacker));
        }
        Ok(outcome)
    }

    /// Returns what the blocks have paid out to the operator and its gateway from their earnings.
    async fn paid_out(&self, from: u32, to: u32) -> Result<Balance> {
        let mut sum = 0;
        for number in from..=to {
            for event in self.chain.tick_events(self.chain.hash_of(number).await?).await? {
                match event {
                    TickEvent::PaidOut { account, amount }
                        if account == self.operator || account == self.gateway.account() =>
                    {
                        sum += amount;
                    }
                    _ => {}
                }
            }
        }
        Ok(sum)
    }
}

/// Returns everything that an account owns: its balance, its earnings and its deposit, with all bonds.
async fn owned(state: &State<'_>, account: &AccountId) -> Result<Balance> {
    let balance = state.account(account).await?;
    let deposit = state.deposit(account).await?.map_or(0, |entry| entry.free + entry.reserved + entry.bond);
    let bonds: Balance = state.keys(account).await?.iter().map(|(_, key)| key.bond).sum();
    Ok(balance.free + balance.reserved + state.earnings(account).await? + deposit + bonds)
}
