//! The command line as a whole: what holds for every command, and which commands there are.

use crate::commands::{
    account, completions, delegate, deposit, dev, earnings, gateway, keys, load, payout, publish, receipts, revoke,
    sessions, settle, stream, tip, watch, withdraw,
};
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;
use url::Url;

const AFTER_HELP: &str = "\
Amounts are in VLK, decimal (1.5); JSON has them in planck (10^-12 VLK), as decimal text.
The wallet's phrase comes from --key-file, from the environment variable VILOKANAM_KEY, from the file `key` in the
data folder, or from a prompt; never from an argument.

Exit codes:
  0    done
  1    failed on this machine (a file, a key, ffmpeg)
  2    the command line makes no sense
  3    refused by the chain
  4    refused by the gateway, or payment is required
  5    cannot connect
  130  interrupted";

/// Video that is paid by the second: keys, deposits, streams, publishing, watching, settling.
#[derive(Clone, Debug, Parser)]
#[command(name = "vilokanam", version, after_help = AFTER_HELP, max_term_width = 110)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// What holds for every command.
#[derive(Clone, Debug, Args)]
pub struct Global {
    /// A node's WebSocket; several are tried in order
    #[arg(
        long = "node",
        global = true,
        value_name = "URL",
        env = "VILOKANAM_NODE",
        value_delimiter = ',',
        default_value = "ws://127.0.0.1:9944",
        help_heading = "Global options"
    )]
    pub nodes: Vec<String>,
    /// The gateway's address
    #[arg(id = "gateway_url", long = "gateway", global = true, value_name = "URL", env = "VILOKANAM_GATEWAY",
          default_value = "http://127.0.0.1:8080", value_parser = web_address, help_heading = "Global options")]
    pub gateway: Url,
    /// The file that holds the wallet's phrase
    #[arg(long, global = true, value_name = "FILE", env = "VILOKANAM_KEY_FILE", help_heading = "Global options")]
    pub key_file: Option<PathBuf>,
    /// Where this machine keeps session keys and publish keys
    #[arg(long, global = true, value_name = "FOLDER", env = "VILOKANAM_DATA_DIR", help_heading = "Global options")]
    pub data_dir: Option<PathBuf>,
    /// Wait until what is sent is in a final block, not only in the best one
    #[arg(long, global = true, help_heading = "Global options")]
    pub finalized: bool,
    /// Answer with one JSON document on stdout, errors as well
    #[arg(long, global = true, help_heading = "Global options")]
    pub json: bool,
    /// Say nothing but errors
    #[arg(short, long, global = true, help_heading = "Global options")]
    pub quiet: bool,
}

/// The commands.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Make a wallet's key, or see whose it is
    #[command(subcommand)]
    Keys(keys::Keys),
    /// Show an account: balance, deposit, session key, earnings
    Account(account::Account),
    /// Put money into the deposit that pays for watching, and lend a session key to this machine
    Deposit(deposit::Deposit),
    /// Lend a session key to this machine, or change what it may spend
    Delegate(delegate::Delegate),
    /// Take money out of the deposit
    Withdraw(withdraw::Withdraw),
    /// Take the session key back
    Revoke(revoke::Revoke),
    /// Pay out what an account has earned
    Payout(payout::Payout),
    /// Tip a stream
    Tip(tip::Tip),
    /// Create, change, list and show streams, and their publish keys
    #[command(subcommand)]
    Stream(stream::Stream),
    /// Register a gateway on chain, or change or end it
    #[command(subcommand)]
    Gateway(gateway::Gateway),
    /// Send a file or a camera to the gateway
    Publish(publish::Publish),
    /// Watch a stream and pay for it, second by second
    Watch(watch::Watch),
    /// List an account's sessions
    Sessions(sessions::Sessions),
    /// List the settlements of a session
    Receipts(receipts::Receipts),
    /// Show what an account has earned, by time
    Earnings(earnings::Earnings),
    /// Settle published claims on chain: a watchtower
    Settle(settle::Settle),
    /// Run the whole platform on this machine: node, gateway, a clip, viewers who pay
    Dev(dev::Dev),
    /// Load a gateway with many paying viewers, in phases, and compare with what the chain has settled
    Load(load::Load),
    /// Write the completions of a shell to stdout
    Completions(completions::Completions),
}

/// A URL that is fetched over HTTP.
pub fn web_address(text: &str) -> Result<Url, String> {
    let url: Url = text.parse().map_err(|error| format!("{error}"))?;
    match url.scheme() {
        "http" | "https" if url.has_host() => Ok(url),
        _ => Err("it must begin with http:// or https://".into()),
    }
}

#[cfg(test)]
mod tests;
