//! What every account has to have, to the planck, calculated from the rules of the protocol.

use crate::version_1::{self, Ticket};
use anyhow::{ensure, Context, Result};
use sp_core::{sr25519, Pair};
use std::collections::BTreeMap;
use tick_stream_primitives::{
    batch::bounded, ticket::close_message, AccountId, Balance, Batch, Claim, ClaimGroup, CloseRow, CloseSignature,
    Closer, SessionId, StreamId, TickChain,
};
use vilokanam_tests::{
    accounts::{account, account_of, key, pot, split_accounts, treasury, CREATOR, PRICE, UNIT},
    call::Call,
    node_client::NodeClient,
    shares::ExpectedShares,
};

/// Stream of [`CREATOR`], which shares its income.
pub const SHARED_STREAM: StreamId = 0;
/// Stream of [`CHEAP_CREATOR`], which shares nothing and whose price is below the present minimum.
pub const CHEAP_STREAM: StreamId = 1;
/// URI of the creator of the cheap stream.
pub const CHEAP_CREATOR: &str = "//Charlie";
/// Price of a tick of the cheap stream, in planck.
pub const CHEAP_PRICE: Balance = 2_000_001;
/// Deposit of each viewer, in planck.
pub const DEPOSIT: Balance = 100 * UNIT;

/// A session that was opened under version 1.
pub struct OldSession {
    pub id: SessionId,
    pub viewer: AccountId,
    pub stream: StreamId,
    /// URI of the gateway's key.
    pub gateway: &'static str,
    pub price_per_tick: Balance,
    pub max_ticks: u32,
    /// Highest tick that was revealed.
    pub ticks: u32,
    chain: TickChain,
}

impl OldSession {
    /// Makes the ticket of a session.
    pub fn ticket(client: &NodeClient, terms: &Terms<'_>) -> Result<(Self, Ticket)> {
        let viewer = account_of(terms.wallet);
        let price_per_tick = if terms.stream == CHEAP_STREAM { CHEAP_PRICE } else { PRICE };
        let id = version_1::session_id(&client.genesis, &viewer, terms.nonce);
        let mut chain = TickChain::new(&id, rand::random(), terms.max_ticks);
        let ticket = Ticket {
            viewer: viewer.clone(),
            nonce: terms.nonce,
            stream: terms.stream,
            gateway: account(terms.gateway)?,
            price_per_tick,
            max_ticks: terms.max_ticks,
            anchor: chain.anchor(),
            expires_at: terms.expires_at,
        };
        let Terms { stream, gateway, max_ticks, .. } = *terms;
        Ok((Self { id, viewer, stream, gateway, price_per_tick, max_ticks, ticks: 0, chain }, ticket))
    }

    /// Reveals `count` more ticks, books what they pay, and returns the claim of all revealed ticks.
    pub fn reveal(&mut self, count: u32, books: &mut Books) -> Result<Claim> {
        let from = self.ticks;
        self.ticks += count;
        let proof = self.chain.proof(self.ticks).context("the ticket covers fewer ticks")?;
        books.settle(self, count)?;
        Ok(Claim { session: self.id, from, ticks: self.ticks, proof })
    }

    /// Number of ticks that are not revealed yet.
    pub fn rest(&self) -> u32 {
        self.max_ticks - self.ticks
    }

    /// Returns the call that settles a claim of this session.
    pub fn settlement(&self, claim: Claim) -> Result<Call> {
        settlement(self.stream, self.gateway, claim)
    }

    /// Returns the close of the session that `key` signs.
    pub fn close(&self, client: &NodeClient, by: Closer, key: &sr25519::Pair) -> CloseRow {
        let signature = key.sign(&close_message(&client.genesis, &self.id)).into();
        CloseRow { session: self.id, signature: Some(CloseSignature { by, signature }) }
    }

    /// Returns the close of a session whose time is over.
    pub fn removal(&self) -> CloseRow {
        CloseRow { session: self.id, signature: None }
    }
}

/// Terms of an [`OldSession`].
pub struct Terms<'a> {
    pub wallet: &'a sr25519::Pair,
    pub nonce: u64,
    pub stream: StreamId,
    pub gateway: &'static str,
    pub max_ticks: u32,
    pub expires_at: u32,
}

/// Returns the call that settles one claim.
pub fn settlement(stream: StreamId, gateway: &str, claim: Claim) -> Result<Call> {
    let group = ClaimGroup { stream, gateway: account(gateway)?, claims: bounded(vec![claim]) };
    Ok(Call::process_batch(&Batch { groups: bounded(vec![group]), ..Default::default() }))
}

/// Returns the call that closes sessions.
pub fn closes(rows: Vec<CloseRow>) -> Call {
    Call::process_batch(&Batch { closes: bounded(rows), ..Default::default() })
}

/// Expected amounts.
#[derive(Default)]
pub struct Books {
    /// What the pot held before any deposit.
    endowment: Balance,
    /// What each account has earned.
    earned: BTreeMap<AccountId, Balance>,
    /// What each viewer has spent of its deposit.
    spent: BTreeMap<AccountId, Balance>,
    /// Bonds that are kept in the pot.
    bonds: Balance,
}

impl Books {
    /// Creates the books of a pot that holds `endowment` planck before any deposit.
    pub fn new(endowment: Balance) -> Self {
        Self { endowment, ..Default::default() }
    }

    /// Books the shares of one settlement.
    fn settle(&mut self, session: &OldSession, ticks: u32) -> Result<()> {
        self.settle_new(&session.viewer, session.stream, session.gateway, session.price_per_tick, ticks)
    }

    /// Books the shares of one settlement of a session with these terms.
    pub fn settle_new(
        &mut self,
        viewer: &AccountId,
        stream: StreamId,
        gateway: &str,
        price_per_tick: Balance,
        ticks: u32,
    ) -> Result<()> {
        let shares = ExpectedShares::of_settlement(ticks, price_per_tick);
        self.earn(treasury(), shares.protocol);
        self.earn(account(gateway)?, shares.gateway);
        if stream == SHARED_STREAM {
            split_accounts()?.into_iter().zip(shares.splits).for_each(|(account, share)| self.earn(account, share));
            self.earn(account(CREATOR)?, shares.creator);
        } else {
            self.earn(account(CHEAP_CREATOR)?, shares.creator + shares.splits.iter().sum::<Balance>());
        }
        self.spend(viewer, Balance::from(ticks) * price_per_tick);
        Ok(())
    }

    /// Books an amount that an account has earned.
    pub fn earn(&mut self, account: AccountId, amount: Balance) {
        *self.earned.entry(account).or_default() += amount;
    }

    /// Books an amount that a viewer has spent.
    pub fn spend(&mut self, viewer: &AccountId, amount: Balance) {
        *self.spent.entry(viewer.clone()).or_default() += amount;
    }

    /// Books the storage bond of a session key that a viewer has added.
    pub fn bond(&mut self, viewer: &AccountId, amount: Balance) {
        self.spend(viewer, amount);
        self.bonds += amount;
    }

    /// Books a bond that a gateway pays from its balance.
    pub fn gateway_bond(&mut self, amount: Balance) {
        self.bonds += amount;
    }

    /// Books a gateway's bond as its earnings.
    pub fn return_gateway_bond(&mut self, gateway: AccountId, amount: Balance) {
        self.bonds -= amount;
        self.earn(gateway, amount);
    }

    /// Fails unless all deposits, earnings and the pot are as expected. `open` are the sessions that are still open.
    pub async fn check(&self, client: &NodeClient, viewers: &[AccountId], open: &[&OldSession]) -> Result<()> {
        let mut in_pot = self.endowment + self.bonds + self.earned.values().sum::<Balance>();
        for viewer in viewers {
            let deposit = client.deposit(viewer).await?.context("the deposit was made")?;
            let own: Vec<_> = open.iter().filter(|session| session.viewer == *viewer).collect();
            let reserved: Balance = own.iter().map(|own| Balance::from(own.max_ticks) * own.price_per_tick).sum();
            let unspent: Balance = own.iter().map(|own| Balance::from(own.rest()) * own.price_per_tick).sum();
            let left = DEPOSIT - self.spent.get(viewer).copied().unwrap_or_default();
            ensure!(deposit.free + unspent == left, "{viewer} has {deposit:?} and {unspent} unspent, not {left}");
            ensure!(deposit.reserved == reserved, "{viewer} has {deposit:?}, and the reserves are {reserved}");
            ensure!(deposit.open_sessions as usize == own.len(), "{viewer} has {deposit:?}, and {} open", own.len());
            in_pot += left;
        }
        for (account, expected) in &self.earned {
            let earned = client.earnings(account).await?;
            ensure!(earned == *expected, "{account} has earned {earned}, not {expected}");
        }
        let pot = client.balance(&pot()).await?;
        ensure!(pot == in_pot, "the pot holds {pot}, not {in_pot}");
        Ok(())
    }
}

/// Pays an account its earnings and checks the amount.
pub async fn pay_out(client: &NodeClient, books: &mut Books, uri: &str) -> Result<()> {
    let earner = account(uri)?;
    let before = client.balance(&earner).await?;
    client.send_and_wait(&key("//Alice")?, &Call::payout(&earner)).await?;
    let received = client.balance(&earner).await? - before;
    let expected = books.earned.remove(&earner).unwrap_or_default();
    ensure!(received == expected, "{uri} has received {received}, not {expected}");
    Ok(())
}
