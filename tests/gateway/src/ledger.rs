//! Ledger of a chain: the sum of all events, compared with the balances that the rules give.

use anyhow::{ensure, Context, Result};
use std::collections::BTreeMap;
use tick_stream_primitives::{AccountId, Balance, BlockNumber, SessionId, StreamId, TickEvent};
use tokio::time::{sleep, Duration, Instant};
use vilokanam_chain::{Chain, State};
use vilokanam_tests::{
    accounts::{account, pot, split_accounts, treasury, CREATOR, GATEWAY, OPERATOR},
    shares::ExpectedShares,
};

/// Maximum time until sessions are closed: their last claims and their closes, and finality after each.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(120);
const POLL_INTERVAL: Duration = Duration::from_millis(300);

/// A session as the events of the chain describe it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerSession {
    /// Account that pays.
    pub viewer: AccountId,
    /// Stream that is watched.
    pub stream: StreamId,
    /// Price of a tick in planck.
    pub price_per_tick: Balance,
    /// Fee for the opening, in planck. It is earned when the session is closed.
    pub fee: Balance,
    /// Block of the opening.
    pub opened_in: BlockNumber,
    /// Ticks of each settlement, in order.
    pub settlements: Vec<u32>,
    /// Block of the last settlement; that of the opening if there was none.
    pub settled_in: BlockNumber,
    /// Sum of all settlements in planck.
    pub paid: Balance,
    /// Whether the session is closed.
    pub is_closed: bool,
}

impl LedgerSession {
    /// Returns the number of ticks that are settled.
    pub fn settled_ticks(&self) -> u32 {
        self.settlements.iter().sum()
    }
}

/// The events of all finalized blocks, added up.
#[derive(Default, Debug)]
pub struct Ledger {
    /// All sessions that were opened.
    pub sessions: BTreeMap<SessionId, LedgerSession>,
    deposited: BTreeMap<AccountId, Balance>,
    withdrawn: BTreeMap<AccountId, Balance>,
    paid_out: BTreeMap<AccountId, Balance>,
    /// Descriptions of the rows that failed in a batch.
    pub failed_rows: Vec<String>,
    last_block: BlockNumber,
}

impl Ledger {
    /// Reads all finalized blocks.
    pub async fn read(chain: &Chain) -> Result<Self> {
        let mut ledger = Self::default();
        ledger.read_new_blocks(chain).await?;
        Ok(ledger)
    }

    /// Reads the blocks that were finalized since it was read.
    pub async fn read_new_blocks(&mut self, chain: &Chain) -> Result<()> {
        let finalized = chain.finalized().await?.number;
        while self.last_block < finalized {
            let events = chain.tick_events(chain.hash_of(self.last_block + 1).await?).await?;
            self.last_block += 1;
            for event in events {
                self.add(event)?;
            }
        }
        Ok(())
    }

    /// Waits until these sessions, and all others that were opened, are closed in a finalized block.
    pub async fn wait_until_all_are_closed(chain: &Chain, expected: &[SessionId]) -> Result<Self> {
        Self::wait_until_closed(chain, expected, |_| true).await
    }

    /// Waits until these sessions are closed in a finalized block. Others may stay open.
    pub async fn wait_until_these_are_closed(chain: &Chain, expected: &[SessionId]) -> Result<Self> {
        Self::wait_until_closed(chain, expected, |id| expected.contains(id)).await
    }

    async fn wait_until_closed(
        chain: &Chain,
        expected: &[SessionId],
        matters: impl Fn(&SessionId) -> bool,
    ) -> Result<Self> {
        let mut ledger = Self::default();
        let deadline = Instant::now() + CLOSE_TIMEOUT;
        loop {
            ledger.read_new_blocks(chain).await?;
            let open: Vec<_> =
                ledger.sessions.iter().filter(|(id, session)| !session.is_closed && matters(id)).collect();
            let missing: Vec<_> = expected.iter().filter(|id| !ledger.sessions.contains_key(id)).collect();
            if open.is_empty() && missing.is_empty() {
                return Ok(ledger);
            }
            ensure!(Instant::now() < deadline, "sessions are still open: {open:?}, or were never opened: {missing:?}");
            sleep(POLL_INTERVAL).await;
        }
    }

    fn add(&mut self, event: TickEvent) -> Result<()> {
        match event {
            TickEvent::Deposited { viewer, amount, .. } => *self.deposited.entry(viewer).or_default() += amount,
            TickEvent::Withdrawn { viewer, amount, .. } => *self.withdrawn.entry(viewer).or_default() += amount,
            TickEvent::PaidOut { account, amount } => *self.paid_out.entry(account).or_default() += amount,
            TickEvent::SessionOpened { session: id, viewer, stream, price_per_tick, fee, .. } => {
                let session = LedgerSession {
                    viewer,
                    stream,
                    price_per_tick,
                    fee,
                    opened_in: self.last_block,
                    settlements: Vec::new(),
                    settled_in: self.last_block,
                    paid: 0,
                    is_closed: false,
                };
                ensure!(self.sessions.insert(id, session).is_none(), "session {id} was opened twice");
            }
            TickEvent::TicksSettled { session: id, ticks, paid, settled_ticks, .. } => {
                let block = self.last_block;
                let session = self.session_mut(id)?;
                session.settled_in = block;
                session.settlements.push(ticks);
                session.paid += paid;
                let sum = session.settled_ticks();
                ensure!(sum == settled_ticks, "session {id}: the event has {settled_ticks} ticks, the sum is {sum}");
            }
            TickEvent::SessionClosed { session: id, paid, fee, .. } => {
                let session = self.session_mut(id)?;
                session.is_closed = true;
                ensure!(session.fee == fee, "session {id}: {fee} was earned of a fee of {}", session.fee);
                ensure!(session.paid == paid, "session {id}: the event has {paid}, the sum is {}", session.paid);
            }
            TickEvent::RowFailed { kind, session, error, .. } => {
                self.failed_rows.push(format!("{kind:?} of {session}: {error:?}"));
            }
            _ => {}
        }
        Ok(())
    }

    fn session_mut(&mut self, id: SessionId) -> Result<&mut LedgerSession> {
        self.sessions.get_mut(&id).with_context(|| format!("session {id} was never opened"))
    }

    /// Fails unless exactly this many ticks of the session are settled, each at the price of the session.
    pub fn check_settled(&self, id: SessionId, ticks: u32) -> Result<()> {
        let session = self.sessions.get(&id).with_context(|| format!("session {id} was never opened"))?;
        let settled_ticks = session.settled_ticks();
        ensure!(settled_ticks == ticks, "{settled_ticks} ticks of {id} are settled, not {ticks}");
        let expected = Balance::from(ticks) * session.price_per_tick;
        ensure!(session.paid == expected, "session {id} paid {}, not {expected}", session.paid);
        Ok(())
    }

    /// Fails unless every account has what the rules give it.
    pub async fn check_balances(&self, chain: &Chain) -> Result<()> {
        // Newer blocks than the last one that was read may have changed balances.
        let state = chain.at(chain.hash_of(self.last_block).await?);
        for viewer in self.deposited.keys() {
            self.check_deposit(&state, viewer).await?;
        }
        self.check_earnings(&state).await?;
        let endowment = chain.at(chain.hash_of(0).await?).account(&pot()).await?.free;
        let in_pot = state.account(&pot()).await?.free;
        let [deposited, withdrawn, paid_out] =
            [&self.deposited, &self.withdrawn, &self.paid_out].map(|amounts| amounts.values().sum::<Balance>());
        ensure!(
            in_pot + withdrawn + paid_out == endowment + deposited,
            "the pot holds {in_pot}, of an endowment of {endowment}: \
             {deposited} deposited, {withdrawn} withdrawn, {paid_out} paid out"
        );
        Ok(())
    }

    async fn check_deposit(&self, state: &State<'_>, viewer: &AccountId) -> Result<()> {
        let deposit = state.deposit(viewer).await?.context("the deposit was made")?;
        let keys = state.keys(viewer).await?;
        let bonds = deposit.bond + keys.iter().map(|(_, key)| key.bond).sum::<Balance>();
        let sessions = self.sessions.values().filter(|session| session.viewer == *viewer);
        let spent: Balance = sessions.clone().map(|session| session.paid + session.fee).sum();
        let expected = self.deposited[viewer] - spent - self.withdrawn.get(viewer).copied().unwrap_or_default();
        ensure!(deposit.free + deposit.reserved + bonds == expected, "{viewer} should have {expected}: {deposit:?}");
        let has_open_session = sessions.clone().any(|session| !session.is_closed);
        ensure!(has_open_session || deposit.reserved == 0, "{viewer} has no open session: {deposit:?}");
        Ok(())
    }

    async fn check_earnings(&self, state: &State<'_>) -> Result<()> {
        let shares = self.shares();
        let closed = self.sessions.values().filter(|session| session.is_closed);
        let fees: Balance = closed.map(|session| session.fee).sum();
        let [first_split, second_split] = split_accounts()?;
        // The gateway earns the fees for openings. The account that submits rows earns them, and a share in the
        // settlements, of a gateway that is silent: the operator's, or that of a viewer who submits rows without them.
        let mut submitters = self.earned(state, &account(GATEWAY)?).await?;
        submitters += self.earned(state, &account(OPERATOR)?).await?;
        for viewer in self.deposited.keys() {
            submitters += self.earned(state, viewer).await?;
        }
        let earners = [
            ("the creator", self.earned(state, &account(CREATOR)?).await?, shares.creator),
            ("the first split", self.earned(state, &first_split).await?, shares.splits[0]),
            ("the second split", self.earned(state, &second_split).await?, shares.splits[1]),
            ("the treasury", self.earned(state, &treasury()).await?, shares.protocol),
            ("gateway, operator and viewers", submitters, shares.gateway + fees),
        ];
        for (name, earned, expected) in earners {
            ensure!(earned == expected, "{name} earned {earned}, not {expected}: {self:#?}");
        }
        Ok(())
    }

    /// Adds up the shares of all settlements. Those of each settlement are rounded.
    fn shares(&self) -> ExpectedShares {
        let mut shares = ExpectedShares::default();
        for session in self.sessions.values() {
            for ticks in &session.settlements {
                shares.add(ExpectedShares::of_settlement(*ticks, session.price_per_tick));
            }
        }
        shares
    }

    async fn earned(&self, state: &State<'_>, account: &AccountId) -> Result<Balance> {
        let not_paid_out = state.earnings(account).await?;
        Ok(not_paid_out + self.paid_out.get(account).copied().unwrap_or_default())
    }
}
