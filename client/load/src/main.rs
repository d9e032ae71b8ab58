//! `vilokanam-load`: many paying viewers at a real gateway, in phases, with thresholds.
//!
//! | module | contents |
//! | --- | --- |
//! | [`cli`] | command line |
//! | [`plan`], [`schedule`] | the test as a TOML file, and the number of viewers over time |
//! | [`accounts`] | accounts of the viewers, with money and a deposit |
//! | [`environment`], [`segment_feed`] | what viewers share, and the segments whose keys they can buy |
//! | [`viewer`], [`requests`] | one viewer, and its requests |
//! | [`open_loop`], [`closed_loop`] | requests by the clock, and requests as fast as they are answered |
//! | [`measurements`], [`thresholds`] | counts, and the figures that thresholds are compared with |
//! | [`settlement`] | comparison of revealed ticks with what the chain has settled |
//! | [`machine`] | processor time and memory of generator and servers |
//! | [`run`] | one test from beginning to end |
//! | [`report`], [`report_file`] | its report, and where that is written |
//! | [`chat`] | sockets of one chat, and how long messages take to them |
//! | [`raw`] | one address of any web server, as fast as it is answered |

mod accounts;
mod chat;
mod cli;
mod closed_loop;
mod environment;
mod machine;
mod measurements;
mod open_loop;
mod plan;
mod raw;
mod report;
mod report_file;
mod requests;
mod run;
mod schedule;
mod segment_feed;
mod settlement;
mod thresholds;
mod viewer;

use clap::Parser;
use cli::{Cli, Command};
use std::process::ExitCode;
use tokio::sync::watch;
use vilokanam_terminal::{report as output, Answer, CommandError, Exit};

#[tokio::main]
async fn main() -> ExitCode {
    let exit = match Cli::try_parse() {
        Ok(cli) => {
            let (is_json, is_quiet) = (cli.options.json, cli.options.quiet);
            match load(cli).await {
                Ok((answer, exit)) => output::print(&answer, is_json, is_quiet, exit),
                Err(error) => output::fail(&error, is_json),
            }
        }
        Err(error) => output::usage(&error),
    };
    ExitCode::from(exit as u8)
}

async fn load(cli: Cli) -> Result<(Answer, Exit), CommandError> {
    let stop = stop_by_ctrl_c();
    if let Some(Command::Chat(args)) = &cli.command {
        return chat::run(&cli.options, args, stop).await;
    }
    if let (Some(url), Some(length)) = (&cli.raw_url, cli.flood) {
        return raw::run(&cli, url, length, stop).await;
    }
    let path = cli.plan.as_deref().ok_or_else(|| CommandError::Usage("no plan is given".into()))?;
    let mut plan = plan::Plan::read(path)?;
    plan.connections = cli.connections.unwrap_or(plan.connections);
    [&cli.report, &cli.html].into_iter().flatten().try_for_each(|path| report_file::check_writable(path))?;
    let test = tokio::select! {
        test = run::Test::prepare(&cli.options, plan, cli.flood, cli.servers.clone(), stop.clone()) => test?,
        () = stopped(stop.clone()) => return Err(CommandError::Interrupted),
    };
    let report = test.run().await?;
    if let Some(path) = &cli.html {
        report_file::write(path, &report::html::page(&report))?;
    }
    if let Some(path) = &cli.report {
        let json = serde_json::to_string_pretty(&report);
        report_file::write(path, &json.map_err(|error| CommandError::path("write", path, error))?)?;
    }
    let exit = match (report.is_interrupted, report.is_passed) {
        (true, _) => Exit::Interrupted,
        (false, true) => Exit::Done,
        (false, false) => Exit::Failed,
    };
    Ok((Answer::new(&report, report.to_text()), exit))
}

/// Returns a value that becomes true at the first Ctrl-C. The second one ends the process.
fn stop_by_ctrl_c() -> watch::Receiver<bool> {
    let (sender, receiver) = watch::channel(false);
    tokio::spawn(async move {
        let is_stopped = tokio::signal::ctrl_c().await.is_ok();
        sender.send_replace(is_stopped);
        if is_stopped && tokio::signal::ctrl_c().await.is_ok() {
            std::process::exit(Exit::Interrupted as i32);
        }
        // Without signals, nothing stops the test early. The channel must outlive its receivers.
        sender.closed().await;
    });
    receiver
}

/// Waits until `stop` is true.
async fn stopped(mut stop: watch::Receiver<bool>) {
    if stop.wait_for(|is_stopped| *is_stopped).await.is_err() {
        std::future::pending::<()>().await;
    }
}
