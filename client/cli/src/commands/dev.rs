//! `vilokanam dev`: the whole platform on this machine: node, gateway, a creator who publishes, viewers who pay.
//!
//! Everything is done by the programs that users run, each with a folder of its own, so that whoever wants to know how
//! one step is done finds it in the log as a command.

use crate::{
    answer::Answer,
    commands::delegate::lifetime,
    context::Context,
    error::{CliError, Exit},
};
use clap::Args;
use jiff::SignedDuration;
use std::{path::PathBuf, time::Duration};

mod books;
mod latency;
mod people;
mod process;
mod stage;
mod table;

use books::Books;
use stage::Stage;

/// Run the whole platform on this machine: a node, a gateway, a creator who publishes a clip, viewers who pay for it.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Ctrl-C ends it: everybody leaves, what was watched is settled, and the books are printed. The exit code is 0 only if they
balance to the planck.")]
pub struct Dev {
    /// End by itself after so long, like `60s`
    #[arg(long = "for", value_name = "TIME", value_parser = lifetime)]
    pub length: Option<SignedDuration>,
    /// The clip to publish; without one a test picture with sound is made
    #[arg(long, value_name = "FILE")]
    pub input: Option<PathBuf>,
    /// How many viewers watch
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=8))]
    pub viewers: u8,
    /// Where node and gateway keep their data and everybody logs; a temporary folder if it is not given
    #[arg(long, value_name = "FOLDER")]
    pub folder: Option<PathBuf>,
    /// The folder of the built pages, to be served by the gateway
    #[arg(long, value_name = "FOLDER")]
    pub pages: Option<PathBuf>,
    /// The node's JSON-RPC port
    #[arg(long, default_value_t = 9944)]
    pub rpc_port: u16,
    /// The gateway's HTTP port
    #[arg(long, default_value_t = 8080)]
    pub http_port: u16,
    /// The gateway's RTMP port
    #[arg(long, default_value_t = 1935)]
    pub rtmp_port: u16,
}

/// Waits for SIGTERM: whoever sends that does not wait for books.
async fn terminated() {
    #[cfg(unix)]
    if let Ok(mut signals) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        signals.recv().await;
        return;
    }
    std::future::pending().await
}

/// Does it.
pub async fn run(context: &Context, args: Dev) -> Result<(Answer, Exit), CliError> {
    let mut stage = Stage::set(context, &args).await?;
    let mut terminated = std::pin::pin!(terminated());
    let played = tokio::select! {
        played = play(context, &mut stage, &args) => played,
        _ = tokio::signal::ctrl_c() => Ok(()),
        () = &mut terminated => Err(CliError::Interrupted),
    };
    let books = match played {
        Ok(()) => {
            context
                .note("\nEverybody leaves; what was watched is being settled. Ctrl-C once more ends without books …");
            tokio::select! {
                books = stage.settle() => books,
                _ = tokio::signal::ctrl_c() => Err(CliError::Interrupted),
                () = &mut terminated => Err(CliError::Interrupted),
            }
        }
        Err(error) => Err(error),
    };
    stage.strike().await;
    let books: Books = books?;
    let exit = if books.balance() { Exit::Done } else { Exit::Failed };
    Ok((Answer::new(books.to_json(), books.to_text()), exit))
}

async fn play(context: &Context, stage: &mut Stage, args: &Dev) -> Result<(), CliError> {
    stage.open().await?;
    context.note(stage.addresses());
    let length = args.length.map(|length| Duration::from_secs(length.as_secs().unsigned_abs()));
    stage.show(context, length).await
}
