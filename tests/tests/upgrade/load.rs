//! Load on a chain of version 1: deposits, delegations and sessions in every state that the upgrade has to carry over.

use crate::{
    books::{closes, Books, OldSession, Terms, CHEAP_CREATOR, CHEAP_PRICE, CHEAP_STREAM, DEPOSIT, SHARED_STREAM},
    version_1::{self, Delegation},
};
use anyhow::{ensure, Result};
use sp_core::sr25519;
use sp_runtime::Permill;
use tick_stream_primitives::{batch::bounded, AccountId, Balance, Closer};
use vilokanam_tests::{
    accounts::{
        account, account_of, key, pot, split_accounts, treasury, CREATOR, GATEWAY, GATEWAY_SHARE_PPM, PRICE,
        SPLITS_PPM, UNIT,
    },
    call::Call,
    node_client::NodeClient,
};

/// Gateway that leaves while a session is open.
pub const LEAVING: &str = "//Eve";
/// Allowance of every session key, in planck.
pub const ALLOWANCE: Balance = 50 * UNIT;
/// Ticks of most sessions: as many as may be claimed ahead of time.
const MAX_TICKS: u32 = 60;
/// A tip in planck. An odd number, so that rounding shows.
const TIP: Balance = 5 * UNIT + 7;

/// The viewers, by what they have done under version 1.
pub const TWO_SESSIONS: usize = 0;
pub const BY_WALLET: usize = 1;
pub const KEY_REPLACED: usize = 2;
pub const CLOSING: usize = 3;
pub const KEY_IS_VIEWER: usize = 4;
pub const KEY_REVOKED: usize = 5;
pub const IDLE: usize = 6;
pub const LEAVING_GATEWAY: usize = 7;
const VIEWERS: usize = 8;

/// The sessions, by their viewer and stream.
pub const SHARED: usize = 0;
pub const CHEAP: usize = 1;
pub const WALLETS: usize = 2;
pub const OF_OLD_KEY: usize = 3;
pub const OF_NEW_KEY: usize = 4;
pub const IN_CLOSING: usize = 5;
pub const OF_OWN_KEY: usize = 6;
pub const OF_REVOKED_KEY: usize = 7;
pub const AT_LEAVING_GATEWAY: usize = 8;

/// What exists on the chain.
pub struct Load {
    pub wallets: Vec<sr25519::Pair>,
    pub keys: Vec<sr25519::Pair>,
    /// Session key that replaces the one of [`KEY_REPLACED`].
    pub new_key: sr25519::Pair,
    pub sessions: Vec<OldSession>,
    pub books: Books,
}

impl Load {
    /// Returns the accounts of the viewers.
    pub fn viewers(&self) -> Vec<AccountId> {
        self.wallets.iter().map(account_of).collect()
    }

    /// Creates all of it.
    pub async fn create(client: &NodeClient) -> Result<Self> {
        let uris = (0..VIEWERS).map(|index| format!("//old//{index}"));
        let wallets = uris.map(|uri| key(&uri)).collect::<Result<Vec<_>>>()?;
        let mut keys = (0..VIEWERS).map(|index| key(&format!("//old//{index}//key"))).collect::<Result<Vec<_>>>()?;
        keys[KEY_IS_VIEWER] = wallets[KEY_IS_VIEWER].clone();
        let books = Books::new(client.balance(&pot()).await?);
        let mut load = Self { wallets, keys, new_key: key("//old//2//new")?, sessions: Vec::new(), books };
        load.create_streams(client).await?;
        load.make_deposits(client).await?;
        load.open_sessions(client).await?;
        load.replace_keys(client).await?;
        load.settle_a_part(client).await?;
        Ok(load)
    }

    async fn create_streams(&mut self, client: &NodeClient) -> Result<()> {
        let shares = SPLITS_PPM.map(Permill::from_parts);
        let splits = bounded(split_accounts()?.into_iter().zip(shares).collect());
        let shared = Call::create_stream(PRICE, GATEWAY_SHARE_PPM, splits);
        client.send_and_wait(&key(CREATOR)?, &shared).await?;
        let cheap = Call::create_stream(CHEAP_PRICE, GATEWAY_SHARE_PPM, Default::default());
        client.send_and_wait(&key(CHEAP_CREATOR)?, &cheap).await?;
        let operator = account(LEAVING)?;
        let register = version_1::register_gateway("http://127.0.0.1:8081", &operator);
        client.send_and_wait(&key(LEAVING)?, &register).await?;
        self.books.gateway_bond(version_1::GATEWAY_BOND);
        Ok(())
    }

    async fn make_deposits(&mut self, client: &NodeClient) -> Result<()> {
        let alice = key("//Alice")?;
        let first = client.next_nonce(&account_of(&alice)).await?;
        for (nonce, wallet) in (first..).zip(&self.wallets) {
            client.send(&alice, &Call::transfer(&account_of(wallet), DEPOSIT + 10 * UNIT), nonce).await?;
        }
        client.wait_for_nonce(&account_of(&alice), first + VIEWERS as u32).await?;
        for (index, wallet) in self.wallets.iter().enumerate() {
            let delegation = delegation_to(&self.keys[index]);
            let has_key = ![BY_WALLET, IDLE].contains(&index);
            client.send(wallet, &version_1::deposit(DEPOSIT, has_key.then_some(&delegation)), 0).await?;
        }
        for wallet in &self.wallets {
            client.wait_for_nonce(&account_of(wallet), 1).await?;
        }
        Ok(())
    }

    /// Makes the next ticket of a viewer, the `ahead`-th after those that are open.
    async fn ticket(
        &self,
        client: &NodeClient,
        viewer: usize,
        ahead: u64,
        cheap: bool,
    ) -> Result<(OldSession, version_1::Ticket)> {
        let wallet = &self.wallets[viewer];
        OldSession::ticket(
            client,
            &Terms {
                wallet,
                nonce: version_1::next_nonce(client, wallet).await? + ahead,
                stream: if cheap { CHEAP_STREAM } else { SHARED_STREAM },
                gateway: if viewer == LEAVING_GATEWAY { LEAVING } else { GATEWAY },
                max_ticks: MAX_TICKS,
                expires_at: client.best_number().await? + 600,
            },
        )
    }

    async fn open_sessions(&mut self, client: &NodeClient) -> Result<()> {
        let gateway = key(GATEWAY)?;
        let by_key = [TWO_SESSIONS, TWO_SESSIONS, KEY_REPLACED, CLOSING, KEY_IS_VIEWER, KEY_REVOKED, LEAVING_GATEWAY];
        let mut tickets = Vec::new();
        for (row, viewer) in by_key.into_iter().enumerate() {
            let second = row == 1;
            let (session, ticket) = self.ticket(client, viewer, u64::from(second), second).await?;
            tickets.push(ticket.signed(&self.keys[viewer], &client.genesis));
            self.books.spend(&session.viewer, version_1::OPEN_FEE);
            self.books.earn(account_of(&gateway), version_1::OPEN_FEE);
            self.sessions.push(session);
        }
        client.send_and_wait(&gateway, &version_1::open_sessions(&tickets)).await?;
        let (session, ticket) = self.ticket(client, BY_WALLET, 0, false).await?;
        client.send_and_wait(&self.wallets[BY_WALLET], &version_1::join_stream(&ticket)).await?;
        self.sessions.insert(WALLETS, session);
        Ok(())
    }

    /// Replaces one session key, which opens another session, and revokes one.
    async fn replace_keys(&mut self, client: &NodeClient) -> Result<()> {
        let delegate = version_1::delegate(&delegation_to(&self.new_key));
        client.send_and_wait(&self.wallets[KEY_REPLACED], &delegate).await?;
        client.send_and_wait(&self.wallets[KEY_REVOKED], &version_1::revoke_delegation()).await?;
        let (session, ticket) = self.ticket(client, KEY_REPLACED, 0, false).await?;
        let ticket = ticket.signed(&self.new_key, &client.genesis);
        let gateway = key(GATEWAY)?;
        client.send_and_wait(&gateway, &version_1::open_sessions(&[ticket])).await?;
        self.books.spend(&session.viewer, version_1::OPEN_FEE);
        self.books.earn(account_of(&gateway), version_1::OPEN_FEE);
        self.sessions.insert(OF_NEW_KEY, session);
        for session in &self.sessions {
            ensure!(version_1::is_open(client, &session.id).await?, "a session was not opened: {}", session.id);
        }
        Ok(())
    }

    /// Settles a part of most sessions, begins to close one, tips a stream, and lets a gateway leave.
    async fn settle_a_part(&mut self, client: &NodeClient) -> Result<()> {
        for (session, ticks) in [23, 0, 10, 5, 1, 7, 11, 3, 13].into_iter().enumerate().filter(|(_, ticks)| *ticks > 0)
        {
            let session = &mut self.sessions[session];
            let claim = session.reveal(ticks, &mut self.books)?;
            client.send_and_wait(&key(session.gateway)?, &session.settlement(claim)?).await?;
        }
        let close = self.sessions[IN_CLOSING].close(client, Closer::SessionKey, &self.keys[CLOSING]);
        client.send_and_wait(&key(GATEWAY)?, &closes(vec![close])).await?;
        client.send_and_wait(&key("//Alice")?, &version_1::tip(CHEAP_STREAM, TIP)).await?;
        let protocol = TIP / 100;
        self.books.earn(treasury(), protocol);
        self.books.earn(account(CHEAP_CREATOR)?, TIP - protocol);
        client.send_and_wait(&key(LEAVING)?, &version_1::deregister_gateway()).await
    }
}

/// Returns a delegation whose limits no test reaches.
fn delegation_to(session_key: &sr25519::Pair) -> Delegation {
    (account_of(session_key), PRICE, ALLOWANCE, u32::MAX)
}
