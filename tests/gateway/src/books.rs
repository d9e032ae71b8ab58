//! The books: what the chain has done, block by block, against what the rules say, to the planck.

use crate::wallet::GATEWAY;
use anyhow::{ensure, Context, Result};
use std::{collections::BTreeMap, time::Duration};
use tick_stream_primitives::{AccountId, Balance, BlockNumber, SessionId, StreamId};
use tokio::time::{sleep, Instant};
use vilokanam_chain::{Chain, Signer, State, TickEvent};
use vilokanam_tests::books::Parts;

/// Price of a tick: odd, so that every floor shows.
pub const PRICE: Balance = 2_000_000_003;
/// The gateway's share of the streams here, in millionths.
pub const GATEWAY_SHARE_PPM: u32 = 150_001;
/// What their creator shares with others, in millionths.
pub const SPLITS_PPM: [u32; 2] = [333_333, 70_007];
/// Who creates the streams.
pub const CREATOR: &str = "//Bob";
/// Whom the creator shares with.
const SPLITS: [&str; 2] = ["//split//0", "//split//1"];
/// What development nodes settle with.
const OPERATOR: &str = "//Alice//tick";
/// How long settling may take: the last claims, their closes, and finality after each.
const SETTLE_TIME: Duration = Duration::from_secs(120);
const LOOK_EVERY: Duration = Duration::from_millis(300);

/// The accounts that the creator shares with.
pub fn split_accounts() -> Result<[AccountId; 2]> {
    Ok([Signer::from_uri(SPLITS[0])?.account(), Signer::from_uri(SPLITS[1])?.account()])
}

/// A session as blocks have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub viewer: AccountId,
    pub stream: StreamId,
    pub price_per_tick: Balance,
    pub max_ticks: u32,
    pub fee: Balance,
    /// Each settlement's ticks, in order.
    pub settled: Vec<u32>,
    pub paid: Balance,
    pub is_closed: bool,
}

impl Entry {
    /// Ticks settled in all.
    pub fn ticks(&self) -> u32 {
        self.settled.iter().sum()
    }
}

/// All blocks up to the finalized one, added up.
#[derive(Default, Debug)]
pub struct Books {
    pub sessions: BTreeMap<SessionId, Entry>,
    deposited: BTreeMap<AccountId, Balance>,
    withdrawn: BTreeMap<AccountId, Balance>,
    paid_out: BTreeMap<AccountId, Balance>,
    /// Rows of batches that the chain refused.
    pub failed_rows: Vec<String>,
    /// The last block that was read.
    last_block: BlockNumber,
}

impl Books {
    /// Reads every block.
    pub async fn read(chain: &Chain) -> Result<Self> {
        let mut books = Self::default();
        books.read_on(chain).await?;
        Ok(books)
    }

    /// Reads the blocks that have become final since.
    async fn read_on(&mut self, chain: &Chain) -> Result<()> {
        let last = chain.finalized().await?.number;
        while self.last_block < last {
            let events = chain.tick_events(chain.hash_of(self.last_block + 1).await?).await?;
            self.last_block += 1;
            for event in events {
                self.take(event)?;
            }
        }
        Ok(())
    }

    /// The books once these sessions, and all others that were opened, are closed in a final block.
    pub async fn closed(chain: &Chain, expected: &[SessionId]) -> Result<Self> {
        Self::once(chain, expected, |_| true).await
    }

    /// The books once these sessions are closed in a final block, whatever others are open.
    pub async fn closed_only(chain: &Chain, expected: &[SessionId]) -> Result<Self> {
        Self::once(chain, expected, |id| expected.contains(id)).await
    }

    /// The books once the expected sessions were opened, and all that matter are closed.
    async fn once(chain: &Chain, expected: &[SessionId], matters: impl Fn(&SessionId) -> bool) -> Result<Self> {
        let mut books = Self::default();
        let deadline = Instant::now() + SETTLE_TIME;
        loop {
            books.read_on(chain).await?;
            let open: Vec<_> = books.sessions.iter().filter(|(id, entry)| !entry.is_closed && matters(id)).collect();
            let unopened: Vec<_> = expected.iter().filter(|id| !books.sessions.contains_key(id)).collect();
            if open.is_empty() && unopened.is_empty() {
                return Ok(books);
            }
            ensure!(
                Instant::now() < deadline,
                "waited in vain for these sessions to be closed: {open:?}, and for these to be opened: {unopened:?}"
            );
            sleep(LOOK_EVERY).await;
        }
    }

    fn take(&mut self, event: TickEvent) -> Result<()> {
        match event {
            TickEvent::Deposited { viewer, amount, .. } => *self.deposited.entry(viewer).or_default() += amount,
            TickEvent::Withdrawn { viewer, amount, .. } => *self.withdrawn.entry(viewer).or_default() += amount,
            TickEvent::PaidOut { account, amount } => *self.paid_out.entry(account).or_default() += amount,
            TickEvent::SessionOpened { session, viewer, stream, price_per_tick, max_ticks, fee, .. } => {
                let (settled, paid, is_closed) = (Vec::new(), 0, false);
                let entry = Entry { viewer, stream, price_per_tick, max_ticks, fee, settled, paid, is_closed };
                ensure!(self.sessions.insert(session, entry).is_none(), "{session} was opened twice");
            }
            TickEvent::TicksSettled { session, ticks, paid, settled_ticks, .. } => {
                let entry = self.entry(session)?;
                entry.settled.push(ticks);
                entry.paid += paid;
                ensure!(entry.ticks() == settled_ticks, "{session}: {} ticks and not {settled_ticks}", entry.ticks());
            }
            TickEvent::SessionClosed { session, paid, .. } => {
                let entry = self.entry(session)?;
                entry.is_closed = true;
                ensure!(entry.paid == paid, "{session} paid {} and not {paid}", entry.paid);
            }
            TickEvent::RowFailed { kind, session, error, .. } => {
                self.failed_rows.push(format!("{kind:?} of {session}: {error:?}"));
            }
            _ => {}
        }
        Ok(())
    }

    fn entry(&mut self, session: SessionId) -> Result<&mut Entry> {
        self.sessions.get_mut(&session).with_context(|| format!("{session} was never opened"))
    }

    /// A session, which must have been opened.
    pub fn session(&self, id: SessionId) -> Result<&Entry> {
        self.sessions.get(&id).with_context(|| format!("{id} was never opened"))
    }

    /// Fails unless exactly so many ticks of the session were settled, each at the session's price.
    pub fn expect(&self, id: SessionId, ticks: u32) -> Result<()> {
        let entry = self.session(id)?;
        ensure!(entry.ticks() == ticks, "{} ticks of {id} were settled and not {ticks}", entry.ticks());
        let paid = Balance::from(ticks) * entry.price_per_tick;
        ensure!(entry.paid == paid, "{id} paid {} and not {paid}", entry.paid);
        Ok(())
    }

    /// Fails unless every account has what the rules give it.
    pub async fn check(&self, chain: &Chain) -> Result<()> {
        // Newer blocks than those that were read may have done more.
        let state = chain.at(chain.hash_of(self.last_block).await?);
        for viewer in self.deposited.keys() {
            self.check_viewer(&state, viewer).await?;
        }
        self.check_earners(&state).await?;
        let pot = pallet_account(b"vlk/tick");
        let before = chain.at(chain.hash_of(0).await?).account(&pot).await?.free;
        let now = state.account(&pot).await?.free;
        let [put_in, taken, paid_out] = [&self.deposited, &self.withdrawn, &self.paid_out].map(sum);
        ensure!(
            now + taken + paid_out == before + put_in,
            "the pot holds {now}; {put_in} in, {taken} and {paid_out} out"
        );
        Ok(())
    }

    async fn check_viewer(&self, state: &State<'_>, viewer: &AccountId) -> Result<()> {
        let deposit = state.deposit(viewer).await?.context("a viewer has a deposit")?;
        let own = self.sessions.values().filter(|entry| entry.viewer == *viewer);
        let spent: Balance = own.map(|entry| entry.paid + entry.fee).sum();
        let expected = self.deposited[viewer] - spent - self.withdrawn.get(viewer).copied().unwrap_or_default();
        ensure!(deposit.free + deposit.reserved == expected, "{viewer} has {deposit:?} and should have {expected}");
        let is_any_open = self.sessions.values().any(|entry| entry.viewer == *viewer && !entry.is_closed);
        ensure!(is_any_open || deposit.reserved == 0, "{viewer} has nothing open, and yet {deposit:?}");
        Ok(())
    }

    async fn check_earners(&self, state: &State<'_>) -> Result<()> {
        let parts = self.parts();
        let fees: Balance = self.sessions.values().map(|entry| entry.fee).sum();
        let account = |uri: &str| -> Result<AccountId> { Ok(Signer::from_uri(uri)?.account()) };
        let splits = split_accounts()?;
        let [first, second] = [self.earned(state, &splits[0]).await?, self.earned(state, &splits[1]).await?];
        let creator = self.earned(state, &account(CREATOR)?).await?;
        let treasury = self.earned(state, &pallet_account(b"vlk/trsy")).await?;
        // Who submits earns the fee of opening, and of a silent gateway's sessions a part: one of these two, or a viewer
        // who sends a ticket to the chain without them.
        let mut served =
            self.earned(state, &account(GATEWAY)?).await? + self.earned(state, &account(OPERATOR)?).await?;
        for viewer in self.deposited.keys() {
            served += self.earned(state, viewer).await?;
        }
        let rows = [
            ("the creator", creator, parts.creator),
            ("the first split", first, parts.splits[0]),
            ("the second split", second, parts.splits[1]),
            ("the treasury", treasury, parts.protocol),
            ("gateway, operator and viewers", served, parts.gateway + fees),
        ];
        for (who, earned, expected) in rows {
            ensure!(earned == expected, "{who} earned {earned} and not {expected}: {self:#?}");
        }
        Ok(())
    }

    /// What all settlements come to: each is floored on its own.
    fn parts(&self) -> Parts {
        let mut parts = Parts::default();
        for entry in self.sessions.values() {
            for ticks in &entry.settled {
                parts.add(Parts::of(*ticks, entry.price_per_tick, GATEWAY_SHARE_PPM.into(), SPLITS_PPM));
            }
        }
        parts
    }

    async fn earned(&self, state: &State<'_>, account: &AccountId) -> Result<Balance> {
        let waits = state.earnings(account).await?;
        Ok(waits + self.paid_out.get(account).copied().unwrap_or_default())
    }
}

fn sum(amounts: &BTreeMap<AccountId, Balance>) -> Balance {
    amounts.values().sum()
}

/// The account of a pallet id.
fn pallet_account(id: &[u8; 8]) -> AccountId {
    let mut bytes = [0; 32];
    bytes[..4].copy_from_slice(b"modl");
    bytes[4..12].copy_from_slice(id);
    bytes.into()
}
