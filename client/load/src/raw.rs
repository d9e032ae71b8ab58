//! Requests to one address of any web server, as fast as they are answered, for comparison with the figures of a gateway.

use crate::{
    cli::Cli,
    closed_loop, machine,
    measurements::{Outcome, Recorder},
    plan::Kind,
    report::{row, PhaseReport, HEADINGS},
    report_file,
};
use serde_json::json;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::watch;
use url::Url;
use vilokanam_terminal::{answer::table, Answer, CommandError, Exit};

/// Default number of connections.
const CONNECTIONS: usize = 64;

/// Fetches `url` for the time `length`, and reports the figures.
///
/// # Errors
///
/// When the report cannot be written.
pub async fn run(
    cli: &Cli,
    url: &Url,
    length: Duration,
    stop: watch::Receiver<bool>,
) -> Result<(Answer, Exit), CommandError> {
    let connections = cli.connections.unwrap_or(CONNECTIONS);
    let (recorder, began) = (Arc::new(Recorder::new(1)), Instant::now());
    let counts = recorder.clone();
    let record = move |kind: Kind, due: Instant, result| {
        let (at, latency) = (began.elapsed(), due.elapsed());
        counts.record(Outcome { phase: 0, kind, latency, at, result });
    };
    let seconds = length.as_secs();
    cli.options.note(format!("Fetching {url} over {connections} connections for {seconds} s …"));
    let (own, servers) = (machine::own(), machine::of(&cli.servers));
    closed_loop::url(&cli.options.gateway_client()?, url, connections, length, record, &stop).await;
    let seconds = began.elapsed().as_secs_f64();
    let phase = PhaseReport::of("flood", &recorder.finish().phases[0], seconds);
    let json = json!({
        "url": url.as_str(),
        "connections": connections,
        "generator": machine::own().map(|now| now.since(own)),
        "servers": machine::of(&cli.servers).map(|now| now.since(servers)),
        "seconds": seconds,
        "figures": phase.figures,
    });
    if let Some(path) = &cli.report {
        report_file::write(path, &format!("{json:#}"))?;
    }
    let rows = phase.figures.iter().map(|figures| row(&phase.name, figures));
    let text = table(&HEADINGS, rows);
    let errors: u64 = phase.figures.iter().map(|figures| figures.errors).sum();
    let exit = match (*stop.borrow(), errors) {
        (true, _) => Exit::Interrupted,
        (false, 0) => Exit::Done,
        (false, _) => Exit::Failed,
    };
    Ok((Answer::new(json, text), exit))
}
