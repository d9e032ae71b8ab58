//! `vilokanam-load chat`: many sockets in one chat, a few people who write, and how long messages take to everybody.

mod fanout;
mod people;

use crate::{machine, report_file};
use clap::Args;
use fanout::{Fanout, FanoutReport};
use people::Speakers;
use serde::Serialize;
use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::watch;
use vilokanam_terminal::{answer::facts, Answer, CommandError, Exit, Options, StatusLine};
use vilokanam_wire::StreamRef;

/// Maximum number of sockets: one address has about so many ports.
const MAX_SOCKETS: u32 = 25_000;
/// Messages that one person writes in five seconds; a gateway allows five.
const MESSAGES_OF_PERSON: u32 = 4;
/// Maximum number of people who write.
const MAX_SPEAKERS: u32 = 500;
/// Time for the last messages to arrive.
const LAST_MESSAGES: Duration = Duration::from_secs(3);
/// Interval at which the progress is shown.
const PROGRESS_EVERY: Duration = Duration::from_secs(1);

/// Measure how fast a chat's messages reach all of its readers
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
The readers connect to one chat without signing in. The people who write have fresh keys, sign in with them, and need no
money. The latency is from when a message is sent to when a reader has received it, over all readers and messages. Generator and
gateway are best on different machines: parsing for 10,000 readers takes more than one processor.

All sockets have one IP address, and a gateway limits the sockets of an address. Configure it with:
  [people]  chat_sockets_per_network: above --sockets and --speakers
  [http]    requests_per_second, request_burst: above 200 and 1,000; max_connections: above --sockets
This machine and the gateway's need as many open files as there are sockets (`ulimit -n`).")]
pub struct ChatArgs {
    /// Stream whose chat is used
    #[arg(long, value_name = "ID")]
    pub stream: StreamRef,
    /// Number of readers
    #[arg(long, value_name = "N", default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_SOCKETS)))]
    pub sockets: u32,
    /// Messages a second, by all who write together
    #[arg(long, value_name = "R", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub rate: u32,
    /// Length of the measurement in seconds
    #[arg(long, value_name = "S", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3_600))]
    pub seconds: u32,
    /// Number of people who write [default: enough for the rate, as one may write a message a second]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_SPEAKERS)))]
    pub speakers: Option<u32>,
    /// File for the report as JSON
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// Server on this machine whose processor time and memory are reported; can be repeated
    #[arg(long = "server-pid", value_name = "PID")]
    pub servers: Vec<u32>,
}

impl ChatArgs {
    fn speakers(&self) -> u32 {
        self.speakers.unwrap_or((5 * self.rate).div_ceil(MESSAGES_OF_PERSON))
    }
}

/// The figures of one measurement.
#[derive(Serialize)]
struct ChatReport {
    stream: StreamRef,
    /// Readers that were connected at the beginning.
    readers: u32,
    speakers: u32,
    seconds: u32,
    messages_per_second: u32,
    /// Messages that the gateway accepted.
    sent: u64,
    /// Messages that the gateway refused.
    refused: u64,
    #[serde(flatten)]
    fanout: FanoutReport,
    generator: Option<machine::Usage>,
    servers: Option<machine::Usage>,
}

/// Measures, and reports the figures. Fails if messages were lost or nothing could be written.
///
/// # Errors
///
/// When the gateway cannot be reached or refuses, and when the report cannot be written.
pub async fn run(
    options: &Options,
    args: &ChatArgs,
    stop: watch::Receiver<bool>,
) -> Result<(Answer, Exit), CommandError> {
    if let Some(path) = &args.report {
        report_file::check_writable(path)?;
    }
    let (gateway, line) = (options.gateway_client()?, StatusLine::new(options.quiet));
    let began = Instant::now();
    let speakers = Speakers::sign_in(&gateway, args.stream, args.speakers(), &line).await?;
    let fanout = Arc::new(Fanout::new(began));
    let readers = fanout.connect(&gateway, args.stream, args.sockets, &line).await?;
    let (own, servers) = (machine::own(), machine::of(&args.servers));
    let length = Duration::from_secs(args.seconds.into());
    let writing = speakers.write(began, args.rate, length, &stop);
    let progress = async {
        loop {
            tokio::time::sleep(PROGRESS_EVERY).await;
            line.set(fanout.progress(readers));
        }
    };
    let counts = tokio::select! {
        counts = writing => Some(counts),
        () = progress => None,
    };
    let (sent, refused) = counts.unwrap_or_default();
    tokio::time::sleep(LAST_MESSAGES).await;
    line.clear();
    let report = ChatReport {
        stream: args.stream,
        readers,
        speakers: args.speakers(),
        seconds: args.seconds,
        messages_per_second: args.rate,
        sent,
        refused,
        fanout: fanout.report(sent * u64::from(readers)),
        generator: machine::own().map(|now| now.since(own)),
        servers: machine::of(&args.servers).map(|now| now.since(servers)),
    };
    if let Some(path) = &args.report {
        let json = serde_json::to_string_pretty(&report);
        report_file::write(path, &json.map_err(|error| CommandError::path("write", path, error))?)?;
    }
    let is_passed = report.sent > 0 && report.fanout.lost == 0;
    let exit = match (*stop.borrow(), is_passed) {
        (true, _) => Exit::Interrupted,
        (false, true) => Exit::Done,
        (false, false) => Exit::Failed,
    };
    let text = text_of(&report);
    Ok((Answer::new(&report, text), exit))
}

fn text_of(report: &ChatReport) -> String {
    let ms = |micros: u64| format!("{:.1} ms", micros as f64 / 1_000.0);
    let fanout = &report.fanout;
    facts(&[
        ("readers", report.readers.to_string()),
        ("messages", format!("{} accepted, {} refused", report.sent, report.refused)),
        ("received", format!("{} of {}", fanout.received, fanout.expected)),
        ("lost", fanout.lost.to_string()),
        ("closed", fanout.closed.to_string()),
        ("p50", ms(fanout.p50_us)),
        ("p95", ms(fanout.p95_us)),
        ("p99", ms(fanout.p99_us)),
        ("slowest", ms(fanout.max_us)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: ChatArgs,
    }

    #[test]
    fn as_many_people_write_as_the_rate_needs() {
        let speakers = |line: &str| {
            let line = Line::try_parse_from(line.split_whitespace());
            line.map(|line| line.args.speakers()).ok()
        };
        assert_eq!(speakers("chat --stream 0"), Some(25));
        assert_eq!(speakers("chat --stream 0 --rate 100"), Some(125));
        assert_eq!(speakers("chat --stream 0 --rate 100 --speakers 3"), Some(3));
        assert_eq!(speakers("chat --stream 0 --sockets 0"), None);
        assert_eq!(speakers("chat"), None);
    }
}
