//! `vilokanam publish`: a file or a camera to the gateway, by way of ffmpeg.

use crate::{
    answer::{facts, Answer},
    context::{Context, Sent},
    error::{CliError, Exit},
};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;
use tick_stream_primitives::{StreamId, StreamStatus};
use vilokanam_chain::Call;
use vilokanam_wire::StreamRef;

mod encoder;
mod ffmpeg;
mod probe;
mod progress;
mod target;

use encoder::Outcome;
use ffmpeg::{Input, Job};
use probe::Source;
use target::{Target, Way};

/// Send a file or a camera to the gateway.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Sends H.264 and AAC with a key frame every 2 s, in real time. Examples:
  vilokanam publish film.mp4 --stream 3 --loop
  vilokanam publish /dev/video0 --stream 3 --audio default
  vilokanam publish testsrc2=size=1280x720:rate=30 --format lavfi --stream 3
While ffmpeg runs, users of this machine can see the publish key among its arguments.")]
pub struct Publish {
    /// A file, a device like /dev/video0, or anything else that ffmpeg reads
    pub input: String,
    /// The stream's number
    #[arg(long, value_name = "STREAM")]
    pub stream: StreamRef,
    /// Begin again when the file is over
    #[arg(long = "loop")]
    pub repeats: bool,
    /// By SRT and not by RTMP
    #[arg(long, conflicts_with = "put")]
    pub srt: bool,
    /// By HTTP PUT and not by RTMP
    #[arg(long)]
    pub put: bool,
    /// The publish key: what `vilokanam stream key create --json` has written; else the one kept, or a new one
    #[arg(long, value_name = "FILE", env = "VILOKANAM_PUBLISH_KEY_FILE", conflicts_with = "new_key")]
    pub publish_key_file: Option<PathBuf>,
    /// Have the gateway make a new publish key, even if one is kept
    #[arg(long)]
    pub new_key: bool,
    /// What ffmpeg is to take the input for, like `v4l2` or `lavfi`
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
    /// An ALSA device to take the sound from, like `default`
    #[arg(long, value_name = "DEVICE")]
    pub audio: Option<String>,
    /// Bits of video a second, as ffmpeg writes them
    #[arg(long, default_value = "4500k")]
    pub bitrate: String,
    /// Send picture and sound as they are: only for sources with a key frame every 2 s
    #[arg(long)]
    pub copy: bool,
    /// Say on chain that the stream is live, and at the end that it is not
    #[arg(long)]
    pub announce: bool,
    /// The ffmpeg to use
    #[arg(long, value_name = "PROGRAM", env = "VILOKANAM_FFMPEG", default_value = "ffmpeg")]
    pub ffmpeg: PathBuf,
}

/// Does it.
pub async fn run(context: &Context, args: Publish) -> Result<(Answer, Exit), CliError> {
    let input = Input::new(&args.input, args.format.clone(), args.audio.clone(), args.repeats)?;
    let source = probe::probe(&args.ffmpeg, &input).await;
    let way = match (args.srt, args.put) {
        (true, _) => Way::Srt,
        (_, true) => Way::Put,
        _ => Way::Rtmp,
    };
    let target = target::find(context, args.stream.0, way, args.publish_key_file.as_deref(), args.new_key).await?;
    describe(context, &args, &source, &target);
    if args.announce {
        announce(context, args.stream.0, StreamStatus::Live).await?;
    }
    let length = source.length.filter(|_| !args.repeats);
    let job = Job { input, target, copies: args.copy, bitrate: args.bitrate.clone() };
    let outcome = encoder::run(&args.ffmpeg, &job, length, context.global.quiet).await;
    if args.announce {
        announce(context, args.stream.0, StreamStatus::Offline).await?;
    }
    Ok(told(&args, way, outcome?))
}

fn describe(context: &Context, args: &Publish, source: &Source, target: &Target) {
    context.note(format!("Source: {} ({})", args.input, source.words()));
    context.note(format!("Target: {}", target.words()));
    let how =
        if args.copy { "as it is".into() } else { format!("H.264 at {}, AAC, a key frame every 2 s", args.bitrate) };
    context.note(format!("Sending {how}. Ctrl-C ends it."));
}

async fn announce(context: &Context, stream: StreamId, status: StreamStatus) -> Result<Sent, CliError> {
    let signer = context.signer()?;
    let chain = context.chain().await?;
    context.send(&chain, &Call::set_stream_status(stream, status), &signer).await
}

fn told(args: &Publish, way: Way, outcome: Outcome) -> (Answer, Exit) {
    let exit = if outcome.is_interrupted { Exit::Interrupted } else { Exit::Done };
    let progress = &outcome.progress;
    let json = json!({
        "stream": args.stream,
        "way": way.word(),
        "seconds": progress.sent.as_secs_f64(),
        "frames_dropped": progress.dropped_frames,
        "is_interrupted": outcome.is_interrupted,
    });
    let lines = [
        ("stream", args.stream.to_string()),
        ("sent", format!("{:.1} s by {}", progress.sent.as_secs_f64(), way.word())),
        ("frames dropped", progress.dropped_frames.to_string()),
    ];
    (Answer::new(json, facts(&lines)), exit)
}
