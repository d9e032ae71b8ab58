//! Command line.

use crate::{chat::ChatArgs, plan::MAX_CONNECTIONS};
use clap::{Parser, Subcommand};
use std::{path::PathBuf, time::Duration};
use url::Url;
use vilokanam_terminal::{duration::parse_duration, options::web_address, Options};

/// Load a gateway with many paying viewers, in phases, and compare with what the chain has settled
#[derive(Clone, Debug, Parser)]
#[command(
    name = "vilokanam-load",
    version,
    max_term_width = 110,
    subcommand_negates_reqs = true,
    after_help = "\
The plan is a TOML file; scripts/bench.d/load.toml is one, with every setting explained. The viewers are real: their
accounts are derived from the key of --key-file and funded from it, and each has a deposit and a session key. What they
do not spend stays in their deposits, where the next test with the same key finds it.

Latency is measured from when a request was due, not from when it could be sent, so that a gateway cannot hide a stall by
receiving fewer requests. `wait` in the report is the part of the latency that the generator itself caused.

All viewers have one IP address, and a gateway limits the requests of an address. For a load test, configure it with:
  [http]     requests_per_second, request_burst: above the tickets and closes per second (keys and media do not count)
             max_connections: above the plan's connections and its viewers with a WebSocket
  [paywall]  unopened_per_prefix: above the number of viewers that join within a few blocks
             max_sessions: above the number of viewers
             idle_close_s: above the time that `opening = \"ahead\"` takes
This machine needs as many open files as there are connections (`ulimit -n`).

Exit codes:
  0    every threshold was met, and every session is settled for exactly the ticks that were revealed
  1    a threshold or a settlement failed, or something on this machine (a file, a key)
  2    the command line or the plan is not valid
  3    refused by the chain
  4    refused by the gateway, or the key's account has too little money
  5    cannot connect
  130  interrupted: after the first Ctrl-C all viewers leave, a second one ends the test at once"
)]
pub struct Cli {
    /// What else can be measured
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Options that `vilokanam` has as well.
    #[command(flatten)]
    pub options: Options,
    /// Plan of the test
    #[arg(required_unless_present = "raw_url")]
    pub plan: Option<PathBuf>,
    /// File for the report as JSON
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// File for the report as an HTML page
    #[arg(long, value_name = "FILE", conflicts_with = "raw_url")]
    pub html: Option<PathBuf>,
    /// Buy keys for this time as fast as they are answered, instead of following the plan's phases
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub flood: Option<Duration>,
    /// With --flood: fetch this address of any web server instead of buying keys; needs no plan, chain or gateway
    #[arg(long, value_name = "URL", requires = "flood", conflicts_with = "plan", value_parser = web_address)]
    pub raw_url: Option<Url>,
    /// Number of simultaneous requests [default: that of the plan; 64 with --raw-url]
    #[arg(long, value_name = "N", value_parser = connections)]
    pub connections: Option<usize>,
    /// Server on this machine whose processor time and memory are reported; can be repeated
    #[arg(long = "server-pid", value_name = "PID")]
    pub servers: Vec<u32>,
}

/// Measurements that need no plan.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    Chat(ChatArgs),
}

fn connections(text: &str) -> Result<usize, String> {
    let parsed = text.parse().ok().filter(|connections| (1..=MAX_CONNECTIONS).contains(connections));
    parsed.ok_or_else(|| format!("it must be a whole number from 1 to {MAX_CONNECTIONS}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn parse(line: &str) -> Result<Cli, clap::Error> {
        Cli::try_parse_from(["vilokanam-load"].into_iter().chain(line.split_whitespace()))
    }

    #[test]
    fn command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn valid_lines_are_accepted() {
        for line in [
            "plan.toml",
            "plan.toml --report r.json --html r.html --connections 20000 --server-pid 1 --server-pid 2",
            "plan.toml --flood 10s --node ws://a:1 --gateway https://g/video --key-file k -q --json",
            "--raw-url http://h/x --flood 5s",
            "chat --stream 7 --sockets 10000 --rate 20 --seconds 60 --gateway https://g",
        ] {
            assert!(parse(line).is_ok(), "{line}");
        }
    }

    #[test]
    fn invalid_lines_are_refused() {
        for line in [
            "",
            "plan.toml --connections 0",
            "plan.toml --connections 20001",
            "--raw-url http://h/x",
            "plan.toml --raw-url http://h/x --flood 5s",
            "--raw-url ftp://h/x --flood 5s",
            "--raw-url http://h/x --flood 5s --html r.html",
            "plan.toml --flood 0s",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
