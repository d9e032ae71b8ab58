//! `vilokanam dev`: the whole platform on this machine: a node, a gateway, a creator who publishes, viewers who pay.
//!
//! Every step is a program that users run as well, with a folder and a log of its own.

use crate::context::Context;
use vilokanam_terminal::{Answer, CommandError, Exit};

mod accounts;
pub mod args;
mod books;
mod latency;
mod monitor;
mod platform;
mod process;
mod progress;

use args::Dev;
use books::Books;
use platform::Platform;

/// Waits for SIGTERM, which ends the platform without books.
async fn terminated() {
    #[cfg(unix)]
    if let Ok(mut signals) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        signals.recv().await;
        return;
    }
    std::future::pending().await
}

/// Runs the platform until Ctrl-C or the end of its time, and prints the books.
pub async fn run(context: &Context, args: Dev) -> Result<(Answer, Exit), CommandError> {
    let mut platform = Platform::prepare(context, &args).await?;
    let mut terminated = std::pin::pin!(terminated());
    let ended = tokio::select! {
        ended = start_and_monitor(context, &mut platform, &args) => ended,
        _ = tokio::signal::ctrl_c() => Ok(()),
        () = &mut terminated => Err(CommandError::Interrupted),
    };
    let books = match ended {
        Ok(()) => {
            context
                .note("\nThe viewers leave, and what was watched is being settled. Ctrl-C again ends without books …");
            tokio::select! {
                books = platform.settle() => books,
                _ = tokio::signal::ctrl_c() => Err(CommandError::Interrupted),
                () = &mut terminated => Err(CommandError::Interrupted),
            }
        }
        Err(error) => Err(error),
    };
    platform.stop().await;
    let books: Books = books?;
    let exit = if books.balance() { Exit::Done } else { Exit::Failed };
    Ok((Answer::new(books.to_json(), books.to_text()), exit))
}

async fn start_and_monitor(context: &Context, platform: &mut Platform, args: &Dev) -> Result<(), CommandError> {
    platform.start().await?;
    context.note(platform.addresses());
    platform.monitor(args.length).await
}
