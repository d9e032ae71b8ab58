//! The books: what was paid and what was earned, according to the chain. They balance when the difference is zero.
//!
//! The platform is a public chain and a public gateway: besides the viewers that are started here, there may be others, in
//! browsers and on the command line, and creators and gateways besides the known ones. The books include everybody whose
//! payments or earnings final blocks report.

use crate::commands::dev::accounts;
use serde_json::{json, Value};
use std::collections::{BTreeMap, BTreeSet};
use tick_stream_primitives::{AccountId, Balance, SessionId, Stream};
use vilokanam_chain::{governance::treasury_account, Block, Chain, TickEvent};
use vilokanam_terminal::{answer::table, CommandError};
use vilokanam_viewer::amount::Vlk;
use vilokanam_wire::{Account, Planck};

type Amounts = BTreeMap<AccountId, Balance>;
/// Accounts that have a name, in the order in which they are displayed.
type Names = Vec<(AccountId, String)>;

/// Payments and accounts that final blocks have reported.
#[derive(Default)]
pub struct Ledger {
    viewers: BTreeMap<SessionId, AccountId>,
    /// Paid for ticks and for sessions that are closed, by viewer.
    paid: Amounts,
    tipped: Amounts,
    paid_out: Amounts,
    /// Bonds that have become earnings.
    bonds: Amounts,
    /// Accounts that may have earned something.
    earners: BTreeSet<AccountId>,
    open: BTreeSet<SessionId>,
    /// Number of ticks that were settled.
    pub settled_ticks: u64,
    /// Last block that was applied.
    pub last: Option<Block>,
    /// Reason why no more blocks come.
    pub failure: Option<String>,
}

impl Ledger {
    /// Applies the events of a block.
    pub fn apply(&mut self, block: Block, events: Vec<TickEvent>) {
        self.last = Some(block);
        for event in events {
            self.apply_event(event);
        }
    }

    fn apply_event(&mut self, event: TickEvent) {
        match event {
            TickEvent::SessionOpened { session, viewer, gateway, .. } => {
                self.viewers.insert(session, viewer);
                self.open.insert(session);
                self.earners.insert(gateway);
            }
            TickEvent::TicksSettled { session, ticks, paid, .. } => {
                self.settled_ticks += u64::from(ticks);
                if let Some(viewer) = self.viewers.get(&session) {
                    add(&mut self.paid, viewer, paid);
                }
            }
            TickEvent::SessionClosed { session, viewer, gateway, fee, remover, .. } => {
                add(&mut self.paid, &viewer, fee);
                self.open.remove(&session);
                self.earners.extend([gateway, remover]);
            }
            TickEvent::BatchProcessed { submitter, .. } => {
                self.earners.insert(submitter);
            }
            TickEvent::Tipped { from, amount, .. } => add(&mut self.tipped, &from, amount),
            TickEvent::PaidOut { account, amount } => add(&mut self.paid_out, &account, amount),
            TickEvent::StreamCreated { creator, .. } => {
                self.earners.insert(creator);
            }
            TickEvent::StreamUpdated { value, .. } => self.add_stream(&value),
            TickEvent::GatewayLeft { gateway, bond } => self.add_bond(gateway, bond),
            TickEvent::DepositReaped { by, bonds, .. } => self.add_bond(by, bonds),
            _ => {}
        }
    }

    fn add_bond(&mut self, account: AccountId, bond: Balance) {
        add(&mut self.bonds, &account, bond);
        self.earners.insert(account);
    }

    /// Adds the accounts that share the income of a stream.
    pub fn add_stream(&mut self, stream: &Stream) {
        self.earners.insert(stream.creator.clone());
        let next = stream.next_splits.iter().flat_map(|next| next.value.iter());
        self.earners.extend(stream.splits.iter().chain(next).map(|(account, _)| account.clone()));
    }

    /// Returns whether one of these viewers has an open session.
    pub fn has_open_session(&self, viewers: &[AccountId]) -> bool {
        self.open.iter().filter_map(|session| self.viewers.get(session)).any(|viewer| viewers.contains(viewer))
    }

    /// Returns whether there is an open session.
    pub fn has_open_sessions(&self) -> bool {
        !self.open.is_empty()
    }
}

fn add(amounts: &mut Amounts, account: &AccountId, amount: Balance) {
    let sum = amounts.entry(account.clone()).or_default();
    *sum = sum.saturating_add(amount);
}

fn amount_of(amounts: &Amounts, account: &AccountId) -> Balance {
    amounts.get(account).copied().unwrap_or_default()
}

/// Name and account of a party, and its amount in planck.
struct Line {
    name: String,
    account: AccountId,
    amount: Balance,
}

/// Books as of a block.
pub struct Books {
    viewers: Vec<Line>,
    tippers: Vec<Line>,
    earners: Vec<Line>,
    settled_ticks: u64,
}

impl Books {
    /// Adds up what was paid and what was earned, both as of the ledger's last block. Earnings are those in the pot and those
    /// that were paid out, without bonds. `viewers` are the secrets of the viewers that have names.
    pub async fn read(chain: &Chain, ledger: &Ledger, viewers: &[&str]) -> Result<Self, CommandError> {
        let state = ledger.last.map_or_else(|| chain.now(), |block| chain.at(block.hash));
        let mut earnings = Amounts::new();
        let known = known_earners()?.into_iter().map(|(account, _)| account);
        for account in ledger.earners.iter().cloned().chain(known) {
            let earned = state.earnings(&account).await? + amount_of(&ledger.paid_out, &account);
            let earned = earned.saturating_sub(amount_of(&ledger.bonds, &account));
            earnings.insert(account, earned);
        }
        Self::new(ledger, &earnings, viewers)
    }

    fn new(ledger: &Ledger, earnings: &Amounts, viewers: &[&str]) -> Result<Self, CommandError> {
        let name = |uri: &&str| Ok((accounts::account(uri)?, accounts::name(uri)));
        let names = viewers.iter().map(name).collect::<Result<Names, CommandError>>()?;
        Ok(Self {
            viewers: lines(&ledger.paid, &names),
            tippers: lines(&ledger.tipped, &names).into_iter().filter(|line| line.amount > 0).collect(),
            earners: lines(earnings, &known_earners()?),
            settled_ticks: ledger.settled_ticks,
        })
    }

    /// Returns what was paid in planck, tips included, and what was earned.
    fn sums(&self) -> (Balance, Balance) {
        let sum = |lines: &[Line]| lines.iter().fold(0, |sum: Balance, line| sum.saturating_add(line.amount));
        (sum(&self.viewers).saturating_add(sum(&self.tippers)), sum(&self.earners))
    }

    /// Returns whether the sums are equal to the planck, and something was paid at all.
    pub fn balance(&self) -> bool {
        let (paid, earned) = self.sums();
        paid == earned && paid > 0
    }

    /// Returns the books as JSON.
    pub fn to_json(&self) -> Value {
        let (paid, earned) = self.sums();
        let line = |line: &Line| json!({ "who": line.name, "account": Account(line.account.clone()), "amount": Planck(line.amount) });
        let lines = |lines: &[Line]| lines.iter().map(line).collect::<Vec<_>>();
        json!({
            "viewers": lines(&self.viewers),
            "tippers": lines(&self.tippers),
            "earners": lines(&self.earners),
            "ticks": self.settled_ticks,
            "paid": Planck(paid),
            "earned": Planck(earned),
            "difference": (paid as i128 - earned as i128).to_string(),
            "balances": self.balance(),
        })
    }

    /// Returns the books as text.
    pub fn to_text(&self) -> String {
        let (paid, earned) = self.sums();
        let row = |kind: &str, line: &Line| [kind.to_owned(), line.name.clone(), Vlk(line.amount).to_string()];
        let rows = [("paid", &self.viewers), ("tipped", &self.tippers), ("earned", &self.earners)];
        let rows = rows.into_iter().flat_map(|(kind, lines)| lines.iter().map(move |line| row(kind, line)));
        let verdict = match (paid == earned, paid > 0) {
            (true, true) => "The books balance: the difference is 0.".to_owned(),
            (true, false) => "Nothing was paid, so there is nothing to balance. See the logs.".to_owned(),
            (false, _) => format!("THE BOOKS DO NOT BALANCE: {paid} planck were paid, and {earned} planck earned."),
        };
        let books = table(&["", "who", "VLK"], rows);
        format!("\n{books}\n\n{} ticks: {} paid, {} earned. {verdict}", self.settled_ticks, Vlk(paid), Vlk(earned))
    }
}

/// Returns the accounts that always earn something, with their names.
fn known_earners() -> Result<Names, CommandError> {
    Ok(vec![
        (accounts::account(accounts::CREATOR)?, "creator".into()),
        (accounts::account(accounts::GATEWAY)?, "gateway".into()),
        (accounts::account(accounts::OPERATOR)?, "node's operator".into()),
        (treasury_account(), "protocol's treasury".into()),
    ])
}

/// Returns a line for each account with a name, even if it has no amount, and for each other account with an amount, which is
/// its own name.
fn lines(amounts: &Amounts, names: &Names) -> Vec<Line> {
    let has_name = |account: &AccountId| names.iter().any(|(named, _)| named == account);
    let others = amounts.iter().filter(|(account, amount)| **amount > 0 && !has_name(account));
    let others = others.map(|(account, _)| (account.clone(), Account(account.clone()).to_string()));
    let line = |(account, name): (AccountId, String)| Line { amount: amount_of(amounts, &account), name, account };
    names.iter().cloned().chain(others).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use vilokanam_chain::TickEvent::{SessionClosed, SessionOpened, TicksSettled};

    const SPECTATOR: [u8; 32] = [77; 32];

    fn opened(session: u8, viewer: AccountId) -> TickEvent {
        let gateway = accounts::account(accounts::GATEWAY).unwrap();
        SessionOpened {
            session: SessionId([session; 16]),
            session_key: viewer.clone(),
            viewer,
            stream: 0,
            gateway,
            nonce: 0,
            price_per_tick: 10,
            max_ticks: 100,
            opened_at: 0,
            fee: 1,
        }
    }

    fn closed(session: u8, viewer: AccountId, fee: Balance) -> TickEvent {
        let gateway = accounts::account(accounts::GATEWAY).unwrap();
        SessionClosed {
            session: SessionId([session; 16]),
            viewer,
            stream: 0,
            reward: 0,
            remover: gateway.clone(),
            gateway,
            settled_ticks: 0,
            paid: 0,
            refunded: 0,
            fee,
        }
    }

    fn settled(session: u8, ticks: u32) -> TickEvent {
        let (session, paid) = (SessionId([session; 16]), Balance::from(ticks) * 10);
        TicksSettled { session, stream: 0, ticks, settled_ticks: ticks, paid }
    }

    fn block() -> Block {
        Block { number: 1, hash: Default::default() }
    }

    fn earned(amount: Balance) -> Amounts {
        Amounts::from([(accounts::account(accounts::CREATOR).unwrap(), amount)])
    }

    #[test]
    fn viewers_that_were_not_started_here_are_counted() {
        let charlie = accounts::account("//Charlie").unwrap();
        let mut ledger = Ledger::default();
        ledger.apply(
            block(),
            vec![opened(1, charlie.clone()), opened(2, SPECTATOR.into()), settled(1, 5), settled(2, 3)],
        );
        ledger.apply(block(), vec![closed(1, charlie, 1), closed(2, SPECTATOR.into(), 1)]);
        let books = Books::new(&ledger, &earned(1 + 1 + 50 + 30), &["//Charlie", "//Dave"]).unwrap();
        assert!(books.balance(), "{}", books.to_text());
        let paid: Vec<_> = books.viewers.iter().map(|line| (line.name.as_str(), line.amount)).collect();
        let spectator = Account(SPECTATOR.into()).to_string();
        assert_eq!(paid, [("charlie", 51), ("dave", 0), (spectator.as_str(), 31)]);
        assert_eq!(books.to_json()["difference"], "0");
        assert!(books.to_text().contains("the difference is 0"));
    }

    #[test]
    fn tips_are_counted_and_bonds_are_not() {
        let mut ledger = Ledger::default();
        let tip = TickEvent::Tipped { stream: 0, from: SPECTATOR.into(), amount: 40, memo: Default::default() };
        let left = TickEvent::GatewayLeft { gateway: [5; 32].into(), bond: 1_000 };
        let reaped = TickEvent::DepositReaped { viewer: [6; 32].into(), by: [7; 32].into(), bonds: 20 };
        ledger.apply(block(), vec![tip, left, reaped]);
        let books = Books::new(&ledger, &earned(40), &[]).unwrap();
        assert!(books.balance(), "{}", books.to_text());
        assert!(ledger.earners.contains(&AccountId::from([5; 32])));
        assert_eq!(amount_of(&ledger.bonds, &[5; 32].into()), 1_000);
        assert_eq!(amount_of(&ledger.bonds, &[7; 32].into()), 20);
    }

    #[test]
    fn missing_planck_is_reported() {
        let mut ledger = Ledger::default();
        ledger.apply(block(), vec![opened(1, SPECTATOR.into()), closed(1, SPECTATOR.into(), 12)]);
        let books = Books::new(&ledger, &earned(11), &[]).unwrap();
        assert!(!books.balance());
        assert!(books.to_text().contains("DO NOT BALANCE"));
    }

    #[test]
    fn books_without_a_payment_do_not_balance() {
        let books = Books::new(&Ledger::default(), &Amounts::new(), &["//Charlie"]).unwrap();
        assert!(!books.balance());
        assert!(books.to_text().contains("Nothing was paid"));
    }

    #[test]
    fn open_sessions_are_known_by_viewer() {
        let mut ledger = Ledger::default();
        ledger.apply(block(), vec![opened(1, SPECTATOR.into())]);
        assert!(ledger.has_open_sessions() && ledger.has_open_session(&[SPECTATOR.into()]));
        assert!(!ledger.has_open_session(&[[1; 32].into()]));
        ledger.apply(block(), vec![closed(1, SPECTATOR.into(), 1)]);
        assert!(!ledger.has_open_sessions());
    }
}
