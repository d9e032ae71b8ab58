//! The command line of `vilokanam watch`.

use clap::Args;
use std::{net::SocketAddr, path::PathBuf, time::Duration};
use vilokanam_terminal::duration::parse_duration;
use vilokanam_viewer::{amount::Vlk, playlist::Quality};
use vilokanam_wire::{Account, RecordingRef, StreamRef};

/// Watch a stream and pay for it by the second.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Writes fragmented MP4: `vilokanam watch 3 | mpv -`, or `vilokanam watch 3 -o film.mp4`.
Pays with the session key that `vilokanam deposit` has authorised; the wallet's key is not needed.
A gift link pays by itself, without an account: `vilokanam watch 'https://…/gift#…' | mpv -`. Other users of this machine
can read the link among the arguments; `--gift -` reads it from stdin.
`vilokanam watch 3 --serve` prints an address for mpv, VLC, streamlink or a browser, with all qualities and recordings, and
pays for what the player asks for: at most 12 s more than it has had time to play, however long a buffer it would fill.
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
    /// Watch this recording of the stream instead of what is live; an unlisted one by its number and token, `7-0123…`. What was
    /// bought before is free
    #[arg(long, value_name = "NUMBER", conflicts_with = "from_start")]
    pub recording: Option<RecordingRef>,
    /// Watch the broadcast from its beginning, or from as far back as its creator allows
    #[arg(long)]
    pub from_start: bool,
    /// Serve the stream to players at this address and port of this machine, until Ctrl-C; without a value, at a free port
    #[arg(
        long,
        value_name = "ADDRESS",
        num_args = 0..=1,
        default_missing_value = "127.0.0.1:0",
        value_parser = local_address,
        conflicts_with_all = ["output", "quality", "length", "from_start"]
    )]
    pub serve: Option<SocketAddr>,
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

fn local_address(text: &str) -> Result<SocketAddr, String> {
    let words = "give an address and a port, such as 127.0.0.1:8090, and the stream before the option";
    text.parse().map_err(|_| words.into())
}
