//! Command line: options of all commands, and the commands.

use crate::commands::{
    account, captions, chain, clip, completions, deposit, dev, download, earnings, gateway, gift, gov, jobs, keys,
    payout, publish, receipts, recordings, sessions, settle, stream, tip, upload, wallet, watch, withdraw,
};
use clap::{Parser, Subcommand};
use vilokanam_terminal::Options;

const AFTER_HELP: &str = "\
Amounts are decimal VLK (1.5). In JSON they are planck (10^-12 VLK), as decimal text.
The wallet's phrase is read from --key-file, from the environment variable VILOKANAM_KEY, from the file `key` in the
data folder, or from a prompt; never from an argument.

Exit codes:
  0    the command was carried out
  1    it failed on this machine (a file, a key, ffmpeg)
  2    the command line is not valid
  3    refused by the chain
  4    refused by the gateway, or payment is required
  5    cannot connect
  130  interrupted";

/// Video that is paid by the second: deposits, session keys, streams, publishing, watching, settling, governance.
#[derive(Clone, Debug, Parser)]
#[command(name = "vilokanam", version, after_help = AFTER_HELP, max_term_width = 110)]
pub struct Cli {
    /// Options that every command has.
    #[command(flatten)]
    pub options: Options,
    /// Wait until a transaction is in a final block, and not only in the best one
    #[arg(long, global = true, help_heading = "Global options")]
    pub finalized: bool,
    /// Command.
    #[command(subcommand)]
    pub command: Command,
}

/// Commands.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Create a wallet key, or show the account of one
    #[command(subcommand)]
    Wallet(wallet::Wallet),
    /// Show an account: balance, deposit, session keys, earnings
    Account(account::Account),
    /// Put money into the deposit that pays for watching, and authorise a session key of this machine
    Deposit(deposit::Deposit),
    /// Authorise session keys to spend from the deposit, change their limits, list and remove them
    #[command(subcommand)]
    Keys(keys::Keys),
    /// Make a link with which somebody else can watch at your expense
    Gift(gift::Gift),
    /// Take money out of the deposit
    Withdraw(withdraw::Withdraw),
    /// Pay out the earnings of an account
    Payout(payout::Payout),
    /// Tip a stream
    Tip(tip::Tip),
    /// Create, change, list and show streams, and manage their publish keys
    #[command(subcommand)]
    Stream(stream::Stream),
    /// Register a gateway on chain, change it, or end it
    #[command(subcommand)]
    Gateway(gateway::Gateway),
    /// Send a file or a camera to the gateway
    Publish(publish::Publish),
    /// Upload a finished video, which becomes a recording of a stream
    Upload(upload::UploadFile),
    /// Make a clip of a broadcast or of a recording
    Clip(clip::Clip),
    /// List, show and cancel what the gateway makes of uploads and clips
    #[command(subcommand)]
    Jobs(jobs::Jobs),
    /// Add, list and remove captions of a recording or of a broadcast
    #[command(subcommand)]
    Captions(captions::Captions),
    /// Watch a stream and pay for it by the second
    Watch(watch::Watch),
    /// List, show, describe and delete recordings
    #[command(subcommand)]
    Recordings(recordings::Recordings),
    /// Download a recording that was paid for as MP4
    Download(download::Download),
    /// List the sessions of an account
    Sessions(sessions::Sessions),
    /// List the settlements of a session
    Receipts(receipts::Receipts),
    /// Show the earnings of an account over time
    Earnings(earnings::Earnings),
    /// Settle published claims on chain, as a watchtower does
    Settle(settle::Settle),
    /// Show the validators of the chain, become one, or stop being one
    #[command(subcommand)]
    Chain(chain::Chain),
    /// Propose and decide: spending, moderators, upgrades
    #[command(subcommand)]
    Gov(gov::Gov),
    /// Run the whole platform on this machine: node, gateway, a clip, viewers who pay
    Dev(dev::args::Dev),
    /// Print the completion script of a shell
    Completions(completions::Completions),
}

#[cfg(test)]
mod tests;
