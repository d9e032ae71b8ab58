//! `vilokanam chain reap` and `vilokanam chain sweep`: removal of what others have abandoned on chain.

use crate::context::Context;
use clap::Args;
use serde_json::{json, Value};
use tick_stream_primitives::{AccountId, Balance, BlockNumber, Deposit, TickEvent};
use vilokanam_chain::{AccountState, Call, Chain};
use vilokanam_terminal::{
    answer::{facts, Answer},
    duration::in_words,
    CommandError,
};
use vilokanam_viewer::amount::Vlk;
use vilokanam_wire::{Account, Planck};

/// Maximum number of accounts in one command: each takes a transaction.
const MAX_ACCOUNTS: usize = 100;

/// Remove abandoned deposits.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
A deposit is abandoned if it is empty, has no open session, and has not been used for as long as a ticket is valid (an
hour). Its session keys are removed with it. The storage bonds of the deposit and of its keys are added to the earnings of
the wallet's account, which `vilokanam payout` pays out.
Each account takes a transaction. Nothing is sent unless all of them can be removed.")]
pub struct Reap {
    /// Viewers' accounts whose deposits are abandoned
    #[arg(value_name = "ACCOUNT", required = true, num_args = 1..=MAX_ACCOUNTS)]
    pub accounts: Vec<Account>,
}

/// Move earnings that cannot be paid out to the treasury.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Earnings cannot be paid out if the account does not exist and they are below the existential deposit, which an account needs
to exist. They go to the earnings of the treasury, and their entry is removed from the state of the chain. The wallet's
account earns nothing, and pays the fees.
Each account takes a transaction. Nothing is sent unless all of them can be swept.")]
pub struct Sweep {
    /// Accounts with such earnings
    #[arg(value_name = "ACCOUNT", required = true, num_args = 1..=MAX_ACCOUNTS)]
    pub accounts: Vec<Account>,
}

/// Removes the deposits.
pub async fn reap(context: &Context, args: Reap) -> Result<Answer, CommandError> {
    let signer = context.signer()?;
    let chain = context.chain().await?;
    let state = chain.now();
    let lifetime = state.params().await?.ticket_lifetime;
    let now = chain.best().await?.number;
    for Account(viewer) in &args.accounts {
        check_abandoned(viewer, state.deposit(viewer).await?.as_ref(), now, lifetime)?;
    }
    let mut removed = Vec::new();
    for Account(viewer) in &args.accounts {
        let sent = context.send(&chain, &Call::reap_deposit(viewer), &signer).await?;
        let bonds = amount_of(&chain, sent.0.block.hash, |event| match event {
            TickEvent::DepositReaped { viewer: of, bonds, .. } if of == viewer => Some(*bonds),
            _ => None,
        });
        removed.push(Done { account: Account(viewer.clone()), amount: bonds.await?, sent: sent.to_json() });
    }
    let json = json!({ "earned": Planck(total(&removed)), "deposits": to_json(&removed, "bonds") });
    let mut lines = to_lines(&removed, "removed", "bonds of");
    lines.push(("earned", format!("{}; pay it out with `vilokanam payout`", Vlk(total(&removed)))));
    Ok(Answer::new(json, facts(&lines)))
}

/// Moves the earnings.
pub async fn sweep(context: &Context, args: Sweep) -> Result<Answer, CommandError> {
    let signer = context.signer()?;
    let chain = context.chain().await?;
    let state = chain.now();
    let existential_deposit = state.existential_deposit().await?;
    for Account(account) in &args.accounts {
        let (entry, earned) = (state.account(account).await?, state.earnings(account).await?);
        check_unpayable(account, &entry, earned, existential_deposit)?;
    }
    let mut swept = Vec::new();
    for Account(account) in &args.accounts {
        let sent = context.send(&chain, &Call::sweep_earnings(account), &signer).await?;
        let amount = amount_of(&chain, sent.0.block.hash, |event| match event {
            TickEvent::EarningsSwept { account: of, amount } if of == account => Some(*amount),
            _ => None,
        });
        swept.push(Done { account: Account(account.clone()), amount: amount.await?, sent: sent.to_json() });
    }
    let json = json!({ "to_treasury": Planck(total(&swept)), "earnings": to_json(&swept, "amount") });
    let mut lines = to_lines(&swept, "swept", "earnings of");
    lines.push(("to the treasury", Vlk(total(&swept)).to_string()));
    Ok(Answer::new(json, facts(&lines)))
}

/// Fails unless the chain would remove the deposit in the next block.
fn check_abandoned(
    viewer: &AccountId,
    deposit: Option<&Deposit>,
    now: BlockNumber,
    lifetime: BlockNumber,
) -> Result<(), CommandError> {
    let viewer = Account(viewer.clone());
    let Some(deposit) = deposit else {
        return Err(CommandError::failed(
            format!("{viewer} has no deposit"),
            "There is nothing to remove. `vilokanam account ACCOUNT` shows the deposit of an account.",
        ));
    };
    if deposit.free > 0 || deposit.reserved > 0 || deposit.open_sessions > 0 {
        let held = Vlk(deposit.free.saturating_add(deposit.reserved));
        return Err(CommandError::failed(
            format!("the deposit of {viewer} is in use: it has {held} and {} open sessions", deposit.open_sessions),
            "Only an empty deposit without sessions can be removed.",
        ));
    }
    // The next block is `now + 1`, and more than `lifetime` blocks have to lie between.
    let wait = deposit.active_at.saturating_add(lifetime).saturating_sub(now);
    match wait > 0 {
        true => Err(CommandError::failed(
            format!("the deposit of {viewer} was used in block {}", deposit.active_at),
            format!("It can be removed in {}, if it is not used again.", in_words(wait.into())),
        )),
        false => Ok(()),
    }
}

/// Fails unless the earnings cannot be paid out.
fn check_unpayable(
    account: &AccountId,
    entry: &AccountState,
    earned: Balance,
    existential_deposit: Balance,
) -> Result<(), CommandError> {
    let account = Account(account.clone());
    if earned == 0 {
        let what = format!("{account} has no earnings");
        return Err(CommandError::failed(what, "There is nothing to move."));
    }
    if entry.exists || earned >= existential_deposit {
        return Err(CommandError::failed(
            format!("the earnings of {account}, {}, can be paid out to it", Vlk(earned)),
            "Any account may do that with `vilokanam payout ACCOUNT`.",
        ));
    }
    Ok(())
}

/// Transaction that has removed something.
struct Done {
    account: Account,
    amount: Balance,
    sent: Value,
}

fn total(done: &[Done]) -> Balance {
    done.iter().fold(0, |sum, done| sum.saturating_add(done.amount))
}

fn to_json(done: &[Done], amount: &str) -> Vec<Value> {
    let one = |done: &Done| json!({ "account": done.account, amount: Planck(done.amount), "sent": done.sent });
    done.iter().map(one).collect()
}

fn to_lines(done: &[Done], verb: &'static str, of: &str) -> Vec<(&'static str, String)> {
    done.iter().map(|done| (verb, format!("{of} {}: {}", done.account, Vlk(done.amount)))).collect()
}

/// Returns the amount that the event of a block states.
async fn amount_of(
    chain: &Chain,
    block: sp_core::H256,
    find: impl Fn(&TickEvent) -> Option<Balance>,
) -> Result<Balance, CommandError> {
    Ok(chain.tick_events(block).await?.iter().find_map(find).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reap_error(tune: impl FnOnce(&mut Deposit), now: BlockNumber) -> Option<String> {
        let mut deposit = Deposit::new(100);
        tune(&mut deposit);
        check_abandoned(&[1; 32].into(), Some(&deposit), now, 3_600).err().map(|error| error.to_string())
    }

    #[test]
    fn only_abandoned_deposits_are_removed() {
        let missing = check_abandoned(&[1; 32].into(), None, 9_999, 3_600).unwrap_err();
        assert!(missing.to_string().contains("has no deposit"), "{missing}");
        for error in [
            reap_error(|deposit| deposit.free = 1, 9_999),
            reap_error(|deposit| deposit.reserved = 1, 9_999),
            reap_error(|deposit| deposit.open_sessions = 1, 9_999),
        ] {
            assert!(error.is_some_and(|error| error.contains("is in use")));
        }
        // The chain checks in the next block, 3,701: 3,601 blocks after the last use.
        assert_eq!(reap_error(|_| {}, 3_700), None);
        assert!(reap_error(|_| {}, 3_699).is_some_and(|error| error.contains("was used in block 100")));
    }

    #[test]
    fn only_earnings_that_cannot_be_paid_out_are_swept() {
        let error = |exists, earned| {
            let entry = AccountState { exists, ..AccountState::default() };
            check_unpayable(&[1; 32].into(), &entry, earned, 1_000).err().map(|error| error.to_string())
        };
        assert_eq!(error(false, 999), None);
        assert!(error(false, 0).is_some_and(|error| error.contains("has no earnings")));
        for payable in [error(true, 999), error(false, 1_000)] {
            assert!(payable.is_some_and(|error| error.contains("can be paid out")));
        }
    }
}
