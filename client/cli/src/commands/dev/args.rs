//! Arguments of `vilokanam dev`.

use clap::Args;
use std::{path::PathBuf, time::Duration};
use vilokanam_terminal::duration::parse_duration;

/// Run the whole platform on this machine: a node, a gateway, a creator who publishes a clip, viewers who pay for it.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Ctrl-C ends it: the viewers leave, what was watched is settled, and the books are printed. The exit code is 0 only if they
balance to the planck.")]
pub struct Dev {
    /// End after this time, such as `60s`
    #[arg(long = "for", value_name = "TIME", value_parser = parse_duration)]
    pub length: Option<Duration>,
    /// Clip to publish; by default a test picture with sound
    #[arg(long, value_name = "FILE")]
    pub input: Option<PathBuf>,
    /// Number of viewers
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=8))]
    pub viewers: u8,
    /// Folder for all data and logs; by default a temporary folder
    #[arg(long, value_name = "FOLDER")]
    pub folder: Option<PathBuf>,
    /// Folder with the built pages, which the gateway serves
    #[arg(long, value_name = "FOLDER")]
    pub pages: Option<PathBuf>,
    /// Port of the node's JSON-RPC
    #[arg(long, default_value_t = 9944)]
    pub rpc_port: u16,
    /// Port of the gateway's HTTP server
    #[arg(long, default_value_t = 8080)]
    pub http_port: u16,
    /// Port of the gateway's RTMP server
    #[arg(long, default_value_t = 1935)]
    pub rtmp_port: u16,
}
