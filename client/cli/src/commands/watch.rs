//! `vilokanam watch`: watching, and paying by the second.

mod args;
mod gift;
mod serve;
mod source;

pub use args::Watch;
pub use source::pick;

use crate::context::Context;
use serde_json::{json, Value};
use source::{buying, master, opener, purchases, view, Source, WAITING_FOR_CLOSE};
use std::{
    io::{self, IsTerminal},
    os::fd::AsFd,
    path::Path,
};
use tokio::{
    fs::File,
    io::{AsyncSeekExt, AsyncWriteExt, SeekFrom},
};
use url::Url;
use vilokanam_terminal::{
    answer::{facts, Answer},
    CommandError, Exit, StatusLine,
};
use vilokanam_viewer::{
    amount::{PerSecond, Vlk},
    key_buyer::BuyingOptions,
    playback::{find_rendition, Ending, Playback, PlaybackEvent, PlaybackOptions, Progress},
    recording::Patch,
};
use vilokanam_wire::{streams::StreamView, Planck, StreamRef};

/// Watches until the stream ends, a limit is reached, or Ctrl-C.
pub async fn run(context: &Context, args: Watch) -> Result<(Answer, Exit), CommandError> {
    if let Some(address) = args.serve {
        return serve::run(context, &args, address).await;
    }
    check_output(context, &args)?;
    let source = Source::find(context, &args).await?;
    let (mut playback, line) = prepare(context, &args, &source).await?;
    let (ending, is_interrupted) = tokio::select! {
        ending = playback.play() => (ending.map(|ending| Some(ending_name(ending))), false),
        _ = tokio::signal::ctrl_c() => (Ok(None), true),
    };
    line.set("Leaving …");
    tokio::select! {
        () = playback.leave() => {}
        _ = tokio::signal::ctrl_c() => return Err(CommandError::Interrupted),
    }
    line.clear();
    let to_stdout = is_stdout(&args.output);
    if let Some(patch) = playback.length_patch().filter(|_| !to_stdout) {
        write_length(&args.output, &patch).await?;
    }
    let ending = ending.or_else(|error| match source.gift.is_some() {
        true => gift::ending(error, playback.spent() > 0).map(Some),
        false => Err(error.into()),
    });
    let exit = if is_interrupted { Exit::Interrupted } else { Exit::Done };
    let (json, text) = summary(source.stream, &playback, *ending.as_ref().unwrap_or(&None));
    if let Err(error) = ending {
        context.note(text);
        return Err(error);
    }
    if to_stdout {
        // Stdout has the video.
        context.note(text);
        return Ok((Answer::new(json, ""), exit));
    }
    Ok((Answer::new(json, text), exit))
}

async fn prepare(
    context: &Context,
    args: &Watch,
    source: &Source,
) -> Result<(Playback<File>, StatusLine), CommandError> {
    let Source { gateway, stream, .. } = source;
    let view = view(gateway, *stream).await?;
    let master = master(gateway, &view, args).await?;
    let rendition = find_rendition(gateway, &master, &args.quality).await?;
    let opener = opener(context, args, source).await?;
    let output = open(&args.output).await.map_err(|error| CommandError::path("write", &args.output, error))?;
    let line = StatusLine::new(context.options.quiet);
    let shown = line.clone();
    let observer = move |event| show(&shown, event);
    let options = options(args, &view, master);
    let mut playback = Playback::new(gateway.clone(), opener, options, rendition, output, observer);
    if args.recording.is_some() || args.from_start {
        if let Some(purchases) = purchases(context, args, source).await? {
            playback = playback.with_purchases(purchases);
        }
    }
    Ok((playback, line))
}

fn is_stdout(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn check_output(context: &Context, args: &Watch) -> Result<(), CommandError> {
    let to_stdout = is_stdout(&args.output);
    if to_stdout && context.options.json {
        return Err(CommandError::Usage("stdout cannot have both video and JSON: name a file with -o".into()));
    }
    if to_stdout && io::stdout().is_terminal() {
        return Err(CommandError::Usage("stdout is a terminal: name a file with -o, or pipe into a player".into()));
    }
    Ok(())
}

/// Opens the output. Stdout gets a handle of its own: that of the standard library flushes at each newline in the video.
async fn open(path: &Path) -> io::Result<File> {
    if is_stdout(path) {
        let handle = io::stdout().as_fd().try_clone_to_owned()?;
        return Ok(File::from_std(handle.into()));
    }
    File::create(path).await
}

/// Stores the length of the video in the file. Devices and pipes have no place for it.
async fn write_length(path: &Path, patch: &Patch) -> Result<(), CommandError> {
    if !path.is_file() {
        return Ok(());
    }
    let write = async {
        let mut file = tokio::fs::OpenOptions::new().write(true).open(path).await?;
        file.seek(SeekFrom::Start(patch.offset)).await?;
        file.write_all(&patch.bytes).await?;
        file.flush().await
    };
    write.await.map_err(|error| CommandError::path("write", path, error))
}

fn options(args: &Watch, view: &StreamView, master: Url) -> PlaybackOptions {
    let BuyingOptions { budget, session_ticks, takes_preview } = buying(args, view);
    let (quality, length) = (args.quality.clone(), args.length);
    let from_start = args.from_start;
    PlaybackOptions { master, quality, length, budget, session_ticks, takes_preview, from_start }
}

fn show(line: &StatusLine, event: PlaybackEvent) {
    match event {
        PlaybackEvent::SessionResumed(session) => line.note(&format!("Resuming session {session}.")),
        PlaybackEvent::OpeningSession => line.note("Opening a session …"),
        PlaybackEvent::WaitingForClose => line.note(WAITING_FOR_CLOSE),
        PlaybackEvent::SessionOpened(session) => line.note(&format!("Session {session} is open.")),
        PlaybackEvent::SegmentWritten(progress) => line.set(progress_text(&progress)),
    }
}

fn progress_text(progress: &Progress) -> String {
    let mut parts = vec![progress.rendition.clone(), format!("{} s seen", progress.seen.as_secs())];
    match progress.price_per_tick {
        Some(price) => parts.extend([
            PerSecond(price).to_string(),
            format!("paid {}", Vlk(progress.spent)),
            format!("{} left", Vlk(progress.remaining)),
        ]),
        None => parts.push("preview, free".into()),
    }
    parts.extend(progress.latency.map(|latency| format!("{:.1} s behind", latency.as_secs_f64())));
    parts.join(" · ")
}

fn ending_name(ending: Ending) -> &'static str {
    match ending {
        Ending::StreamEnded => "stream-ended",
        Ending::StreamStopped => "stream-stopped",
        Ending::TimeUp => "time-up",
        Ending::BudgetSpent => "budget-spent",
        Ending::ReaderGone => "reader-gone",
    }
}

/// Returns what was watched and paid, as JSON and as text. Without an ending, the playback was interrupted.
fn summary<W>(stream: StreamRef, playback: &Playback<W>, ending: Option<&'static str>) -> (Value, String)
where
    W: tokio::io::AsyncWrite + Unpin,
{
    let sessions = playback.left_sessions();
    let ticks: u64 = sessions.iter().map(|left| u64::from(left.ticks)).sum();
    let paid = sessions.iter().map(|left| left.paid).sum::<u128>();
    let (seen_s, free_s) = (playback.seen().as_secs_f64(), playback.seen_free().as_secs_f64());
    let session = |left: &vilokanam_viewer::playback::LeftSession| {
        json!({
            "session": left.session,
            "ticks": left.ticks,
            "paid": Planck(left.paid),
            "is_closed": left.is_closed,
        })
    };
    let json = json!({
        "stream": stream,
        "ending": ending.unwrap_or("interrupted"),
        "quality": playback.rendition(),
        "seconds": seen_s,
        "seconds_free": free_s,
        "segments_missed": playback.missed_segments(),
        "bytes": playback.bytes(),
        "ticks": ticks,
        "paid": Planck(paid),
        "open_fees": Planck(playback.open_fees()),
        "sessions": sessions.iter().map(session).collect::<Vec<_>>(),
    });
    let mut lines = Vec::new();
    lines.extend((ending == Some(gift::SPENT)).then(|| ("ended", "the gift is used up".to_owned())));
    lines.extend([
        ("seen", format!("{seen_s:.0} s, {free_s:.0} s of it free")),
        ("paid", format!("{} for {ticks} s", Vlk(paid))),
        ("open fees", Vlk(playback.open_fees()).to_string()),
    ]);
    lines.extend(sessions.iter().map(|left| {
        let closed = if left.is_closed { "" } else { ", not closed yet: the gateway closes it when it has been idle" };
        ("session", format!("{}{closed}", left.session))
    }));
    if playback.missed_segments() > 0 {
        lines.push(("missed", format!("{} segments", playback.missed_segments())));
    }
    (json, facts(&lines))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn progress_is_one_line() {
        let mut progress = Progress { rendition: "720p".into(), seen: Duration::from_secs(12), ..Progress::default() };
        assert_eq!(progress_text(&progress), "720p · 12 s seen · preview, free");
        progress.price_per_tick = Some(2_000_000_000);
        progress.spent = 8_000_000_000;
        progress.remaining = 1_000_000_000_000;
        progress.latency = Some(Duration::from_millis(6_340));
        let expected = "720p · 12 s seen · 0.002 VLK/s · paid 0.008 VLK · 1 VLK left · 6.3 s behind";
        assert_eq!(progress_text(&progress), expected);
    }

    #[tokio::test]
    async fn length_is_written_into_files_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.mp4");
        std::fs::write(&path, b"0123456789").unwrap();
        let patch = Patch { offset: 4, bytes: b"ab".to_vec() };
        write_length(&path, &patch).await.unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"0123ab6789");
        write_length(Path::new("/dev/null"), &patch).await.unwrap();
    }
}
