//! `vilokanam clip`: a part of a broadcast or of a recording, as a recording of its own.

use super::{job, keys::stored::session_signer, watch::pick};
use crate::context::Context;
use clap::Args;
use reqwest::Method;
use std::time::Duration;
use vilokanam_terminal::{duration::parse_duration, status_line::StatusLine, Answer, CommandError, Exit};
use vilokanam_viewer::{
    bought::{Buyer, Purchases},
    gateway::GatewayClient,
};
use vilokanam_wire::{
    uploads::{ClipFrom, JobView, LiveWord, NewClip},
    Account, RecordingRef, StreamRef,
};

/// Make a clip of 5 to 120 s of a broadcast that goes on, or of a recording.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Examples:
  vilokanam clip 3 --last 30s --title 'That goal'
  vilokanam clip 3 --recording 7 --from 1:02:00 --to 1:02:45 --free
  vilokanam clip 3 --last 15s --as-viewer
A clip is a recording of its own. It costs ticks as the stream does, unless it is free.
With --as-viewer, it is made of what you have paid for, if the creator lets viewers make clips.
Such a clip is unlisted, at an address that this command prints, until the creator publishes it.")]
pub struct Clip {
    /// Number of the stream
    pub stream: StreamRef,
    /// Length of the newest part of the broadcast, such as 30s
    #[arg(long, value_name = "DURATION", value_parser = parse_duration, conflicts_with = "recording")]
    pub last: Option<Duration>,
    /// Number of a recording of the stream; for viewers, with the token of an unlisted one: `7-0123…`
    #[arg(long, value_name = "NUMBER", requires = "to", required_unless_present = "last")]
    pub recording: Option<RecordingRef>,
    /// Beginning within the recording, such as 1:02:30, 62m30s or 0; by default its beginning
    #[arg(long, value_name = "TIME", value_parser = position, requires = "recording")]
    pub from: Option<Duration>,
    /// End within the recording, written likewise
    #[arg(long, value_name = "TIME", value_parser = position, requires = "recording")]
    pub to: Option<Duration>,
    /// Title of the clip
    #[arg(long, default_value = "")]
    pub title: String,
    /// Let everybody watch it without paying
    #[arg(long)]
    pub free: bool,
    /// Make it as a viewer who has paid, with the session key of this machine
    #[arg(long, conflicts_with = "free")]
    pub as_viewer: bool,
    /// Account that has paid, if this machine has session keys of several accounts
    #[arg(long, value_name = "ACCOUNT", requires = "as_viewer")]
    pub account: Option<Account>,
    /// Do not wait until the clip is made
    #[arg(long)]
    pub no_wait: bool,
}

/// Makes the clip.
pub async fn run(context: &Context, args: Clip) -> Result<(Answer, Exit), CommandError> {
    let gateway = context.gateway()?;
    let job = match args.as_viewer {
        true => ask_as_viewer(context, &gateway, &args).await?,
        false => {
            let path = format!("/v1/streams/{}/clips", args.stream);
            let response = gateway.send_as(&context.signer()?, Method::POST, &path, Some(&clip_of(&args))).await?;
            gateway.json::<JobView>(&path, response).await?
        }
    };
    if args.no_wait {
        return Ok((job::show(&gateway, &job.id).await?, Exit::Done));
    }
    let line = StatusLine::new(context.options.quiet);
    let done = tokio::select! {
        done = job::wait(&gateway, &job.id, &line) => done.map(|answer| (answer, Exit::Done)),
        _ = tokio::signal::ctrl_c() => Ok((job::show(&gateway, &job.id).await?, Exit::Interrupted)),
    };
    line.clear();
    done
}

async fn ask_as_viewer(context: &Context, gateway: &GatewayClient, args: &Clip) -> Result<JobView, CommandError> {
    let stored = pick(context.data.all_session_keys(&gateway.genesis().await?)?, args.account.as_ref())?;
    let buyer = Buyer { session_key: session_signer(&stored)?, viewer: stored.viewer.0 };
    let purchases = Purchases::load(gateway.clone(), buyer, args.stream).await?;
    Ok(purchases.clip(&clip_of(args)).await?)
}

/// Reads a place in a recording: `1:02:30`, `62:30`, a number of seconds, or a time span such as `1h2m`.
fn position(text: &str) -> Result<Duration, String> {
    let wrong = || "write a time such as 1:02:30, 62m30s or 90".to_owned();
    if !text.contains(':') {
        return match text.trim_end_matches('s').parse::<f64>() {
            Ok(seconds) => Duration::try_from_secs_f64(seconds).map_err(|_| wrong()),
            Err(_) => parse_duration(text),
        };
    }
    let mut parts = text.split(':').rev();
    let seconds = parts.next().and_then(|part| part.parse::<f64>().ok()).filter(|seconds| *seconds < 60.0);
    let mut place = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()).ok_or_else(wrong)?;
    for (part, unit_s) in parts.by_ref().take(2).zip([60, 3_600]) {
        let number: u32 = part.parse().map_err(|_| wrong())?;
        place += Duration::from_secs(unit_s * u64::from(number));
    }
    match parts.next() {
        None => Ok(place),
        Some(_) => Err(wrong()),
    }
}

fn clip_of(args: &Clip) -> NewClip {
    let ms = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    let from = |duration: Option<Duration>| duration.map_or(0, ms);
    let (source, start_ms, end_ms) = match &args.recording {
        Some(named) => (ClipFrom::Recording(named.clone()), from(args.from), from(args.to)),
        None => (ClipFrom::Live(LiveWord::Live), -from(args.last), 0),
    };
    NewClip { source, start_ms, end_ms, title: args.title.clone(), is_free: args.free }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        clip: Clip,
    }

    fn parse(words: &str) -> Result<NewClip, clap::Error> {
        let words = std::iter::once("clip").chain(words.split(' '));
        Line::try_parse_from(words).map(|line| clip_of(&line.clip))
    }

    #[test]
    fn clip_is_of_the_broadcast_or_of_a_recording() {
        let live = parse("3 --last 30s").unwrap();
        assert_eq!((live.source, live.start_ms, live.end_ms), (ClipFrom::Live(LiveWord::Live), -30_000, 0));
        let recorded = parse("3 --recording 7 --from 1m --to 90s --free").unwrap();
        assert_eq!(
            (recorded.source, recorded.start_ms, recorded.end_ms),
            (ClipFrom::Recording(7.into()), 60_000, 90_000)
        );
        assert!(recorded.is_free);
        let from_zero = parse("3 --recording 7 --from 0s --to 1:00:02.5").unwrap();
        assert_eq!((from_zero.start_ms, from_zero.end_ms), (0, 3_602_500));
        assert_eq!(parse("3 --recording 7 --from 12.5 --to 62:30").unwrap().start_ms, 12_500);
        for place in ["1:2:3:4", "1:60", "1:-2", "x", "-5", "1e30"] {
            assert!(position(place).is_err(), "{place}");
        }
        assert!(parse("3 --last 9s --as-viewer --free").is_err());
        for wrong in ["3", "3 --recording 7", "3 --last 5s --recording 7 --from 1s --to 9s", "3 --from 1s --to 9s"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
