//! The books: what each viewer paid, what each party earned, as the chain has it. The difference must be zero.

use crate::{amount::Vlk, answer::table, commands::dev::people, error::CliError};
use serde_json::{json, Value};
use std::collections::BTreeMap;
use tick_stream_primitives::{AccountId, Balance, SessionId};
use vilokanam_chain::{Block, Chain, TickEvent};
use vilokanam_wire::{Account, Planck};

/// What blocks have said so far.
#[derive(Default)]
pub struct Ledger {
    viewers: BTreeMap<SessionId, AccountId>,
    paid: BTreeMap<AccountId, Balance>,
    fees: BTreeMap<AccountId, Balance>,
    paid_out: BTreeMap<AccountId, Balance>,
    /// Ticks settled.
    pub ticks: u64,
    /// Sessions that are open.
    pub open: usize,
    /// The last block that was taken.
    pub last: Option<Block>,
    /// Why no more blocks come.
    pub failure: Option<String>,
}

impl Ledger {
    /// Takes what a block reports.
    pub fn take(&mut self, block: Block, events: Vec<TickEvent>) {
        self.last = Some(block);
        for event in events {
            match event {
                TickEvent::SessionOpened { session, viewer, fee, .. } => {
                    *self.fees.entry(viewer.clone()).or_default() += fee;
                    self.viewers.insert(session, viewer);
                    self.open += 1;
                }
                TickEvent::TicksSettled { session, ticks, paid, .. } => {
                    self.ticks += u64::from(ticks);
                    if let Some(viewer) = self.viewers.get(&session) {
                        *self.paid.entry(viewer.clone()).or_default() += paid;
                    }
                }
                TickEvent::SessionClosed { .. } => self.open = self.open.saturating_sub(1),
                TickEvent::PaidOut { account, amount } => *self.paid_out.entry(account).or_default() += amount,
                _ => {}
            }
        }
    }
}

/// One line.
struct Line {
    who: String,
    account: AccountId,
    amount: Balance,
}

/// The books at the end.
pub struct Books {
    viewers: Vec<Line>,
    earners: Vec<Line>,
    ticks: u64,
}

impl Books {
    /// Adds up what the viewers paid and what the parties have: earnings in the pot, and what was paid out, both as of the
    /// ledger's last block.
    pub async fn of(chain: &Chain, ledger: &Ledger, viewers: &[&str]) -> Result<Self, CliError> {
        let state = ledger.last.map_or_else(|| chain.now(), |block| chain.at(block.hash));
        let mut books = Self { viewers: Vec::new(), earners: Vec::new(), ticks: ledger.ticks };
        let sum = |sums: &BTreeMap<AccountId, Balance>, who: &AccountId| sums.get(who).copied().unwrap_or_default();
        for uri in viewers {
            let account = people::account(uri)?;
            let amount = sum(&ledger.paid, &account) + sum(&ledger.fees, &account);
            books.viewers.push(Line { who: people::name(uri), account, amount });
        }
        let earners = [
            ("creator", people::account(people::CREATOR)?),
            ("gateway", people::account(people::GATEWAY)?),
            ("node's operator", people::account(people::OPERATOR)?),
            ("protocol's treasury", people::treasury()),
        ];
        for (who, account) in earners {
            let amount = state.earnings(&account).await? + sum(&ledger.paid_out, &account);
            books.earners.push(Line { who: who.into(), account, amount });
        }
        Ok(books)
    }

    fn sums(&self) -> (Balance, Balance) {
        let sum = |lines: &[Line]| lines.iter().map(|line| line.amount).sum();
        (sum(&self.viewers), sum(&self.earners))
    }

    /// Whether not a planck is missing, and something was paid at all.
    pub fn balance(&self) -> bool {
        let (paid, earned) = self.sums();
        paid == earned && paid > 0
    }

    /// For programs.
    pub fn to_json(&self) -> Value {
        let (paid, earned) = self.sums();
        let lines = |lines: &[Line]| -> Vec<Value> {
            let line = |line: &Line| json!({ "who": line.who, "account": Account(line.account.clone()), "amount": Planck(line.amount) });
            lines.iter().map(line).collect()
        };
        json!({
            "viewers": lines(&self.viewers),
            "earners": lines(&self.earners),
            "ticks": self.ticks,
            "paid": Planck(paid),
            "earned": Planck(earned),
            "difference": (paid as i128 - earned as i128).to_string(),
            "balances": self.balance(),
        })
    }

    /// For people.
    pub fn to_text(&self) -> String {
        let (paid, earned) = self.sums();
        let row = |kind: &str, line: &Line| [kind.to_owned(), line.who.clone(), Vlk(line.amount).to_string()];
        let rows = self
            .viewers
            .iter()
            .map(|line| row("paid", line))
            .chain(self.earners.iter().map(|line| row("earned", line)));
        let verdict = match (paid == earned, paid > 0) {
            (true, true) => "The books balance: the difference is 0.".to_owned(),
            (true, false) => "Nothing was paid: there is nothing to balance. See the logs.".to_owned(),
            (false, _) => format!("THE BOOKS DO NOT BALANCE: paid {paid} planck, earned {earned} planck."),
        };
        let books = table(&["", "who", "VLK"], rows);
        format!("\n{books}\n\n{} ticks: {} paid, {} earned. {verdict}", self.ticks, Vlk(paid), Vlk(earned))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(amount: Balance) -> Line {
        Line { who: "x".into(), account: [0; 32].into(), amount }
    }

    #[test]
    fn balance_works() {
        let books = Books { viewers: vec![line(5), line(7)], earners: vec![line(11), line(1)], ticks: 3 };
        assert!(books.balance());
        assert!(books.to_text().contains("the difference is 0"));
        assert_eq!(books.to_json()["difference"], "0");
    }

    #[test]
    fn balance_missing_planck_fails() {
        let books = Books { viewers: vec![line(12)], earners: vec![line(11)], ticks: 3 };
        assert!(!books.balance());
        assert!(books.to_text().contains("DO NOT BALANCE"));
        let nothing = Books { viewers: vec![line(0)], earners: vec![line(0)], ticks: 0 };
        assert!(!nothing.balance(), "a run in which nobody paid shows nothing");
    }
}
