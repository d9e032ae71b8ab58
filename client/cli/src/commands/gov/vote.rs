//! `vilokanam gov vote`, and the deposits of referenda.

use super::checks::{check_balance, done, ongoing};
use crate::context::Context;
use clap::{Args, ValueEnum};
use serde_json::json;
use vilokanam_chain::{
    governance::{Conviction, ReferendumIndex, ReferendumState, Vote as ChainVote},
    Call, ChainError,
};
use vilokanam_terminal::{
    answer::{facts, Answer},
    CommandError,
};
use vilokanam_viewer::amount::Vlk;
use vilokanam_wire::{Account, Planck};

/// Vote on a referendum, or change an earlier vote.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
The amount stays in the account, and can vote on other referenda as well. With a conviction of 1 to 6 it counts that many
times, and stays locked for 1, 2, 4, 8, 16 or 32 periods if the vote wins; with 0 it counts a tenth and is not locked.
Examples:
  vilokanam gov vote 4 aye 100
  vilokanam gov vote 4 nay 12.5 --conviction 6")]
pub struct Vote {
    /// Number of the referendum
    pub referendum: ReferendumIndex,
    /// Side
    #[arg(value_enum)]
    pub side: Side,
    /// Amount that votes, in VLK
    pub amount: Vlk,
    /// Weight of the vote, from 0 to 6
    #[arg(long, value_name = "NUMBER", default_value = "1", value_parser = conviction)]
    pub conviction: Conviction,
}

/// Side of a vote.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Side {
    /// For the proposal
    Aye,
    /// Against the proposal
    Nay,
}

fn conviction(text: &str) -> Result<Conviction, String> {
    Ok(match text {
        "0" => Conviction::None,
        "1" => Conviction::Locked1x,
        "2" => Conviction::Locked2x,
        "3" => Conviction::Locked3x,
        "4" => Conviction::Locked4x,
        "5" => Conviction::Locked5x,
        "6" => Conviction::Locked6x,
        _ => return Err("it must be a number from 0 to 6".into()),
    })
}

/// Votes.
pub async fn vote(context: &Context, args: Vote) -> Result<Answer, CommandError> {
    if args.amount.0 == 0 {
        return Err(CommandError::Usage("vote with an amount above zero".into()));
    }
    let signer = context.signer()?;
    let chain = context.chain().await?;
    ongoing(&chain, args.referendum).await?;
    check_balance(&chain, &signer, args.amount.0, "the vote").await?;
    let vote = ChainVote { is_aye: args.side == Side::Aye, amount: args.amount.0, conviction: args.conviction };
    let sent = context.send(&chain, &Call::vote(args.referendum, &vote), &signer).await?;
    let details = json!({
        "is_aye": vote.is_aye,
        "amount": Planck(vote.amount),
        "conviction": args.conviction as u8,
    });
    Ok(done(sent, args.referendum, if vote.is_aye { "voted for it" } else { "voted against it" }, details))
}

/// Takes back a vote.
pub async fn unvote(context: &Context, index: ReferendumIndex) -> Result<Answer, CommandError> {
    let signer = context.signer()?;
    let chain = context.chain().await?;
    let referendum = ongoing(&chain, index).await?;
    let sent = context.send(&chain, &Call::remove_vote(referendum.track, index), &signer).await?;
    Ok(done(sent, index, "took back the vote", json!(null)))
}

/// Frees what votes have locked, on every track.
pub async fn unlock(context: &Context) -> Result<Answer, CommandError> {
    let signer = context.signer()?;
    let chain = context.chain().await?;
    let account = signer.account();
    let before = chain.now().account(&account).await?;
    let mut sent = Vec::new();
    for track in chain.now().tracks().await? {
        sent.push(context.send(&chain, &Call::unlock_votes(track.id, &account), &signer).await?.to_json());
    }
    let after = chain.now().account(&account).await?;
    let lines = [("account", Account(account).to_string()), ("balance", Vlk(after.free).to_string())];
    let json = json!({ "sent": sent, "free_before": Planck(before.free), "free": Planck(after.free) });
    Ok(Answer::new(json, facts(&lines)))
}

/// Places the decision deposit.
pub async fn deposit(context: &Context, index: ReferendumIndex) -> Result<Answer, CommandError> {
    let signer = context.signer()?;
    let chain = context.chain().await?;
    let referendum = ongoing(&chain, index).await?;
    if referendum.has_decision_deposit {
        return Err(CommandError::failed(
            format!("the decision deposit of referendum {index} is placed already"),
            "See `vilokanam gov show`.",
        ));
    }
    let tracks = chain.now().tracks().await?;
    let amount = tracks.iter().find(|track| track.id == referendum.track).map(|track| track.decision_deposit);
    let amount = amount.unwrap_or_default();
    check_balance(&chain, &signer, amount, "the decision deposit").await?;
    let sent = context.send(&chain, &Call::place_decision_deposit(index), &signer).await?;
    Ok(done(sent, index, "placed the decision deposit", json!({ "deposit": Planck(amount) })))
}

/// Returns the deposits. Which of them can be returned depends on how the referendum has ended.
pub async fn refund(context: &Context, index: ReferendumIndex) -> Result<Answer, CommandError> {
    let signer = context.signer()?;
    let chain = context.chain().await?;
    let found = chain.now().referendum(index).await?;
    match found.map(|referendum| referendum.state) {
        None => {
            return Err(CommandError::failed(
                format!("there is no referendum {index}"),
                "See `vilokanam gov list --all`.",
            ))
        }
        Some(ReferendumState::Ongoing(_)) => {
            return Err(CommandError::failed(format!("referendum {index} has not ended"), "See `vilokanam gov show`."));
        }
        Some(ReferendumState::Ended(..)) => {}
    }
    let mut returned = Vec::new();
    let mut last = None;
    let calls = [
        ("decision deposit", Call::refund_decision_deposit(index)),
        ("submission deposit", Call::refund_submission_deposit(index)),
    ];
    for (name, call) in calls {
        match context.send(&chain, &call, &signer).await {
            Ok(sent) => {
                returned.push(name);
                last = Some(sent);
            }
            // There may be no such deposit, or it may be forfeited.
            Err(CommandError::Chain(ChainError::Dispatch { .. })) => {}
            Err(error) => return Err(error),
        }
    }
    let sent = last.ok_or_else(|| {
        CommandError::failed(
            format!("referendum {index} has no deposit to return"),
            "It was returned already, or is forfeited.",
        )
    })?;
    Ok(done(sent, index, "returned its deposits", json!({ "returned": returned })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conviction_is_a_number_from_0_to_6() {
        for number in 0..=6u8 {
            assert_eq!(conviction(&number.to_string()).map(|conviction| conviction as u8), Ok(number));
        }
        for text in ["7", "-1", "high", ""] {
            assert!(conviction(text).is_err(), "{text}");
        }
    }
}
