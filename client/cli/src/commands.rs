//! Commands: one module each, with its arguments, its work and its answer.

use crate::{
    cli::{Cli, Command},
    context::Context,
};
use clap::CommandFactory;
use vilokanam_terminal::{Answer, CommandError, Exit};

pub mod account;
pub mod captions;
pub mod chain;
pub mod clip;
pub mod completions;
pub mod deposit;
pub mod dev;
pub mod download;
pub mod earnings;
pub mod gateway;
pub mod gift;
pub mod gov;
mod job;
pub mod jobs;
pub mod keys;
pub mod payout;
pub mod publish;
pub mod receipts;
pub mod recordings;
pub mod sessions;
pub mod settle;
pub mod stream;
pub mod tip;
pub mod upload;
pub mod wallet;
pub mod watch;
pub mod withdraw;

/// Carries out a command. A command that was interrupted may still have an answer.
pub async fn run(context: &Context, command: Command) -> Result<(Answer, Exit), CommandError> {
    let answer = match command {
        Command::Wallet(wallet) => wallet::run(context, wallet),
        Command::Account(account) => account::run(context, account).await,
        Command::Deposit(deposit) => deposit::run(context, deposit).await,
        Command::Keys(keys) => keys::run(context, keys).await,
        Command::Gift(gift) => gift::run(context, gift).await,
        Command::Withdraw(withdraw) => withdraw::run(context, withdraw).await,
        Command::Payout(payout) => payout::run(context, payout).await,
        Command::Tip(tip) => tip::run(context, tip).await,
        Command::Stream(stream) => stream::run(context, stream).await,
        Command::Gateway(gateway) => gateway::run(context, gateway).await,
        Command::Publish(publish) => return publish::run(context, publish).await,
        Command::Upload(upload) => return upload::run(context, upload).await,
        Command::Clip(clip) => return clip::run(context, clip).await,
        Command::Captions(captions) => captions::run(context, captions).await,
        Command::Jobs(jobs) => jobs::run(context, jobs).await,
        Command::Watch(watch) => return watch::run(context, watch).await,
        Command::Recordings(recordings) => recordings::run(context, recordings).await,
        Command::Download(download) => download::run(context, download).await,
        Command::Sessions(sessions) => sessions::run(context, sessions).await,
        Command::Receipts(receipts) => receipts::run(context, receipts).await,
        Command::Earnings(earnings) => earnings::run(context, earnings).await,
        Command::Chain(chain) => chain::run(context, chain).await,
        Command::Gov(gov) => gov::run(context, gov).await,
        Command::Settle(settle) => return settle::run(context, settle).await,
        Command::Dev(dev) => return dev::run(context, dev).await,
        Command::Completions(completions) => completions::run(completions, Cli::command()),
    };
    answer.map(|answer| (answer, Exit::Done))
}
