//! `vilokanam gov`: proposals on which the holders of VLK vote, and what the technical committee and the moderators do.

use crate::context::Context;
use clap::{Args, Subcommand};
use serde_json::json;
use std::path::PathBuf;
use vilokanam_chain::{governance::ReferendumIndex, Call};
use vilokanam_terminal::{
    answer::{facts, Answer},
    CommandError,
};
use vilokanam_wire::{Account, StreamRef};

mod checks;
mod code;
mod committee;
mod show;
mod submit;
mod upgrade;
mod vote;

/// Propose and decide: spending, moderators, upgrades.
#[derive(Clone, Debug, Subcommand)]
#[command(after_help = "\
Amounts are VLK. A spending, from the proposal to the vote:
  vilokanam gov submit spend 5FHn… 100 --deposit
  vilokanam gov vote 0 aye 50 --conviction 2
  vilokanam gov show 0
An upgrade:
  vilokanam gov whitelist runtime.wasm              a member of the technical committee
  vilokanam gov second 0x…                          others of them, with the hash that `gov status` shows
  vilokanam gov submit upgrade runtime.wasm --deposit
  vilokanam gov apply-upgrade runtime.wasm          anyone, after the referendum")]
pub enum Gov {
    /// Show what is going on: referenda, the committee's votes, an authorised upgrade, moderators, spending
    Status,
    /// List the kinds of referenda, with their deposits and periods
    Tracks,
    /// List the referenda
    List {
        /// Ended referenda as well
        #[arg(long)]
        all: bool,
    },
    /// Show a referendum and the call that it proposes
    Show {
        /// Number of the referendum
        referendum: ReferendumIndex,
    },
    /// Submit a referendum
    #[command(subcommand)]
    Submit(submit::Submit),
    /// Place the deposit without which a referendum is not decided
    Deposit {
        /// Number of the referendum
        referendum: ReferendumIndex,
    },
    /// Return the deposits of a referendum that has ended
    Refund {
        /// Number of the referendum
        referendum: ReferendumIndex,
    },
    /// Vote on a referendum, or change an earlier vote
    Vote(vote::Vote),
    /// Take back a vote on a referendum
    Unvote {
        /// Number of the referendum
        referendum: ReferendumIndex,
    },
    /// Free what earlier votes have locked, as far as the time has come
    Unlock,
    /// Propose to the technical committee to put an upgrade or another call on the whitelist, as a member of it
    Whitelist(committee::Whitelist),
    /// Vote for a proposal of the technical committee, as a member of it, and carry it out if it has enough votes
    Second {
        /// Hash of the proposal
        #[arg(value_parser = checks::hash)]
        proposal: checks::HashArg,
    },
    /// Carry out an upgrade that a referendum has authorised
    ApplyUpgrade {
        /// File with the new runtime, compressed or not
        file: PathBuf,
    },
    /// Suspend a stream, as a moderator
    Suspend(Moderated),
    /// End the suspension of a stream, as a moderator
    Resume(Moderated),
}

/// Stream that a moderator acts on.
#[derive(Clone, Debug, Args)]
pub struct Moderated {
    /// Number of the stream
    pub stream: StreamRef,
}

/// Carries out a command of governance.
pub async fn run(context: &Context, gov: Gov) -> Result<Answer, CommandError> {
    match gov {
        Gov::Status => show::status(context).await,
        Gov::Tracks => show::tracks(context).await,
        Gov::List { all } => show::list(context, all).await,
        Gov::Show { referendum } => show::one(context, referendum).await,
        Gov::Submit(args) => submit::run(context, args).await,
        Gov::Deposit { referendum } => vote::deposit(context, referendum).await,
        Gov::Refund { referendum } => vote::refund(context, referendum).await,
        Gov::Vote(args) => vote::vote(context, args).await,
        Gov::Unvote { referendum } => vote::unvote(context, referendum).await,
        Gov::Unlock => vote::unlock(context).await,
        Gov::Whitelist(args) => committee::whitelist(context, args).await,
        Gov::Second { proposal } => committee::second(context, proposal.0).await,
        Gov::ApplyUpgrade { file } => upgrade::apply(context, &file).await,
        Gov::Suspend(args) => moderate(context, &args, true).await,
        Gov::Resume(args) => moderate(context, &args, false).await,
    }
}

async fn moderate(context: &Context, args: &Moderated, suspends: bool) -> Result<Answer, CommandError> {
    let signer = context.signer()?;
    let chain = context.chain().await?;
    let state = chain.now();
    if !state.moderators().await?.contains(&signer.account()) {
        let what = format!("{} is not a moderator", Account(signer.account()));
        return Err(CommandError::failed(what, "`vilokanam gov status` lists the moderators."));
    }
    if state.stream(args.stream.0).await?.is_none() {
        let what = format!("stream {} does not exist", args.stream);
        return Err(CommandError::failed(what, "`vilokanam stream list --chain` lists all streams."));
    }
    let call = if suspends { Call::suspend_stream(args.stream.0) } else { Call::resume_stream(args.stream.0) };
    let sent = context.send(&chain, &call, &signer).await?;
    let done = if suspends { "suspended" } else { "resumed" };
    let lines = [(done, format!("stream {}", args.stream)), ("in block", sent.block().to_string())];
    Ok(Answer::new(json!({ "sent": sent.to_json(), "stream": args.stream, "is_suspended": suspends }), facts(&lines)))
}
