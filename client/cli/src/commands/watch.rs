//! `vilokanam watch`: watching, and paying by the second.

use crate::{commands::keys::stored::session_signer, context::Context, store::StoredSessionKey};
use clap::Args;
use serde_json::{json, Value};
use std::{
    io::{self, IsTerminal},
    os::fd::AsFd,
    path::{Path, PathBuf},
    time::Duration,
};
use tick_stream_primitives::GenesisHash;
use tokio::{
    fs::File,
    io::{AsyncSeekExt, AsyncWriteExt, SeekFrom},
};
use url::Url;
use vilokanam_chain::{Chain, Signer};
use vilokanam_terminal::{
    answer::{facts, Answer},
    duration::parse_duration,
    CommandError, Exit, StatusLine,
};
use vilokanam_viewer::{
    amount::{PerSecond, Vlk},
    gateway::GatewayClient,
    gift::GiftLink,
    playback::{find_rendition, Ending, Playback, PlaybackEvent, PlaybackOptions, Progress},
    playlist::Quality,
    recording::Patch,
    session_opener::{SessionOpener, ViewerAccount},
};
use vilokanam_wire::{streams::StreamView, Account, Planck, StreamRef};

mod gift;

/// Watch a stream and pay for it by the second.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Writes fragmented MP4: `vilokanam watch 3 | mpv -`, or `vilokanam watch 3 -o film.mp4`.
Pays with the session key that `vilokanam deposit` has authorised; the wallet's key is not needed.
A gift link pays by itself, without an account: `vilokanam watch 'https://…/gift#…' | mpv -`. Other users of this machine
can read the link among the arguments; `--gift -` reads it from stdin.
A session that an interrupted run has left open is resumed.")]
pub struct Watch {
    /// Number of the stream, or a gift link
    #[arg(value_name = "STREAM|LINK", required_unless_present = "gift", value_parser = target)]
    pub target: Option<Target>,
    /// Gift link that pays; `-` reads it from stdin
    #[arg(long, value_name = "LINK", conflicts_with = "account")]
    pub gift: Option<String>,
    /// File for the video; `-` is stdout
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    pub output: PathBuf,
    /// `best`, `worst`, a maximum height such as `720p`, or the name of a rendition
    #[arg(long, default_value = "best")]
    pub quality: Quality,
    /// Stop after this length of video, such as `30s` or `5m`
    #[arg(long = "for", value_name = "TIME", value_parser = parse_duration)]
    pub length: Option<Duration>,
    /// Maximum amount to spend in VLK, fees for opening sessions included
    #[arg(long, value_name = "VLK")]
    pub max_spend: Option<Vlk>,
    /// Maximum price of a second in VLK; the session key has a limit of its own
    #[arg(long, value_name = "VLK")]
    pub max_price: Option<Vlk>,
    /// Length of a session, whose price is reserved
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = parse_duration)]
    pub session_length: Duration,
    /// Pay from the beginning, even if the stream has a free preview
    #[arg(long)]
    pub no_preview: bool,
    /// Account whose deposit pays, if this machine has session keys of several accounts
    #[arg(long, value_name = "ACCOUNT")]
    pub account: Option<Account>,
}

/// What a command line wants to watch.
#[derive(Clone, Debug)]
pub enum Target {
    /// Stream with this number.
    Stream(StreamRef),
    /// Text of a gift link, which is a secret.
    Link(String),
}

fn target(text: &str) -> Result<Target, String> {
    if text.starts_with("http://") || text.starts_with("https://") {
        return Ok(Target::Link(text.to_owned()));
    }
    text.parse().map(Target::Stream).map_err(|_| "give the number of a stream, or a gift link".into())
}

/// Watches until the stream ends, a limit is reached, or Ctrl-C.
pub async fn run(context: &Context, args: Watch) -> Result<(Answer, Exit), CommandError> {
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

/// Where the video comes from, and who pays for it.
struct Source {
    gateway: GatewayClient,
    chain: Chain,
    stream: StreamRef,
    gift: Option<GiftLink>,
}

impl Source {
    async fn find(context: &Context, args: &Watch) -> Result<Self, CommandError> {
        let (link, wanted) = match (&args.target, &args.gift) {
            (Some(Target::Link(_)), Some(_)) => {
                return Err(CommandError::Usage("two gift links are given; one can pay".into()));
            }
            (Some(Target::Link(link)), None) => (Some(link.clone()), None),
            (Some(Target::Stream(stream)), link) => (link.clone(), Some(*stream)),
            (None, link) => (link.clone(), None),
        };
        if let Some(link) = link {
            let link = gift::read(&link)?;
            let gateway = GatewayClient::new(&link.gateway)?;
            let stream = gift::stream(&gateway, &link, wanted).await?;
            let chain = gift::connect(context, &gateway).await?;
            gift::check(context, &chain, &link).await?;
            return Ok(Self { gateway, chain, stream, gift: Some(link) });
        }
        let stream = wanted.ok_or_else(|| CommandError::Usage("name a stream".into()))?;
        let gateway = context.gateway()?;
        // Asked first: without a broadcast, the node does not matter.
        master(&gateway, &view(&gateway, stream).await?)?;
        Ok(Self { gateway, chain: context.chain().await?, stream, gift: None })
    }
}

async fn view(gateway: &GatewayClient, stream: StreamRef) -> Result<StreamView, CommandError> {
    Ok(gateway.get(&format!("/v1/streams/{stream}"), &[]).await?)
}

async fn prepare(
    context: &Context,
    args: &Watch,
    source: &Source,
) -> Result<(Playback<File>, StatusLine), CommandError> {
    let Source { gateway, chain, stream, gift } = source;
    let view = view(gateway, *stream).await?;
    let master = master(gateway, &view)?;
    let rendition = find_rendition(gateway, &master, &args.quality).await?;
    let max_price = args.max_price.map(|price| price.0);
    let viewer = match gift {
        Some(link) => {
            ViewerAccount { account: link.viewer.clone(), session_key: Signer::from_seed(link.seed)?, max_price }
        }
        None => viewer(context, &chain.genesis_hash(), args)?,
    };
    let sessions = context.data.sessions(&chain.genesis_hash());
    let opener = SessionOpener::new(chain.clone(), gateway.clone(), viewer, stream.0, sessions).await?;
    let output = open(&args.output).await.map_err(|error| CommandError::path("write", &args.output, error))?;
    let line = StatusLine::new(context.options.quiet);
    let shown = line.clone();
    let observer = move |event| show(&shown, event);
    let playback = Playback::new(gateway.clone(), opener, options(args, &view, master), rendition, output, observer);
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
    PlaybackOptions {
        master,
        quality: args.quality.clone(),
        length: args.length,
        budget: args.max_spend.map(|most| most.0),
        session_ticks: u32::try_from(args.session_length.as_secs()).unwrap_or(u32::MAX),
        takes_preview: !args.no_preview && view.preview_ticks > 0,
    }
}

fn master(gateway: &GatewayClient, view: &StreamView) -> Result<Url, CommandError> {
    let Some(playlist) = view.playlist.as_ref().filter(|_| view.is_live_here) else {
        return Err(CommandError::failed(
            format!("stream {} is not live at {}", view.stream, gateway.address()),
            "`vilokanam stream list --live` lists the live streams.",
        ));
    };
    Ok(gateway.url(playlist)?)
}

/// Returns the session key of this machine, and the account that it belongs to.
fn viewer(context: &Context, genesis: &GenesisHash, args: &Watch) -> Result<ViewerAccount, CommandError> {
    let stored = pick(context.data.all_session_keys(genesis)?, args.account.as_ref())?;
    Ok(ViewerAccount {
        session_key: session_signer(&stored)?,
        account: stored.viewer.0,
        max_price: args.max_price.map(|price| price.0),
    })
}

fn pick(stored: Vec<StoredSessionKey>, wanted: Option<&Account>) -> Result<StoredSessionKey, CommandError> {
    let mut matching = stored.into_iter().filter(|key| wanted.is_none_or(|account| key.viewer == *account));
    match (matching.next(), matching.next()) {
        (Some(one), None) => Ok(one),
        (Some(_), Some(_)) => Err(CommandError::Usage(
            "this machine has session keys of several accounts: name one with --account".into(),
        )),
        (None, _) => Err(CommandError::unpaid(
            "this machine has no session key for this chain",
            "Make a deposit with `vilokanam deposit`, or add a session key with `vilokanam keys add`.",
        )),
    }
}

fn show(line: &StatusLine, event: PlaybackEvent) {
    match event {
        PlaybackEvent::SessionResumed(session) => line.note(&format!("Resuming session {session}.")),
        PlaybackEvent::OpeningSession => line.note("Opening a session …"),
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
    use tick_stream_primitives::AccountId;

    fn key(byte: u8) -> StoredSessionKey {
        let account = Account(AccountId::from([byte; 32]));
        StoredSessionKey { viewer: account.clone(), session_key: account, seed: String::new() }
    }

    #[test]
    fn only_or_named_session_key_is_picked() {
        assert!(pick(vec![key(1)], None).ok() == Some(key(1)));
        assert!(pick(vec![key(1), key(2)], Some(&key(2).viewer)).ok() == Some(key(2)));
    }

    #[test]
    fn ambiguous_or_missing_session_key_is_refused() {
        let exit = |picked: Result<StoredSessionKey, CommandError>| picked.err().map(|error| error.exit() as u8);
        assert_eq!(exit(pick(vec![key(1), key(2)], None)), Some(2));
        assert_eq!(exit(pick(vec![], None)), Some(4));
        assert_eq!(exit(pick(vec![key(1)], Some(&key(2).viewer))), Some(4));
    }

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
