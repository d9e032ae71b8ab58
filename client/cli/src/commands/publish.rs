//! `vilokanam publish`: a file or a camera to the gateway, with ffmpeg.

use crate::context::{Context, Sent};
use clap::Args;
use serde_json::json;
use std::path::{Path, PathBuf};
use tick_stream_primitives::{StreamId, StreamStatus};
use vilokanam_chain::Call;
use vilokanam_ffmpeg::{probe, MediaInfo};
use vilokanam_terminal::{
    answer::{facts, Answer},
    CommandError, Exit,
};
use vilokanam_wire::StreamRef;

mod encoder;
mod ffmpeg;
mod input;
mod target;
mod words;

use encoder::Outcome;
use ffmpeg::Job;
use input::Input;
use target::{Protocol, Target};

/// Send a file or a camera to the gateway.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Sends H.264 and AAC with a key frame every 2 s, in real time. Examples:
  vilokanam publish film.mp4 --stream 3 --loop
  vilokanam publish /dev/video0 --stream 3 --audio default
  vilokanam publish testsrc2=size=1280x720:rate=30 --format lavfi --stream 3
While ffmpeg runs, users of this machine can read the publish key among its arguments.")]
pub struct Publish {
    /// A file, a device such as /dev/video0, or a URL or source that ffmpeg reads
    pub input: String,
    /// Number of the stream
    #[arg(long, value_name = "STREAM")]
    pub stream: StreamRef,
    /// Repeat the file endlessly
    #[arg(long = "loop")]
    pub repeats: bool,
    /// Send over SRT instead of RTMP
    #[arg(long, conflicts_with = "put")]
    pub srt: bool,
    /// Send with HTTP PUT instead of RTMP
    #[arg(long)]
    pub put: bool,
    /// File with the publish key, as `vilokanam stream key create --json` prints it; by default the saved key, or a new
    /// one
    #[arg(long, value_name = "FILE", env = "VILOKANAM_PUBLISH_KEY_FILE", conflicts_with = "new_key")]
    pub publish_key_file: Option<PathBuf>,
    /// Create a new publish key, even if one is saved
    #[arg(long)]
    pub new_key: bool,
    /// Format of the input for ffmpeg, such as `v4l2` or `lavfi`
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
    /// ALSA device for the sound, such as `default`
    #[arg(long, value_name = "DEVICE")]
    pub audio: Option<String>,
    /// Bitrate of the video, as ffmpeg writes it
    #[arg(long, default_value = "4500k")]
    pub bitrate: String,
    /// Send picture and sound without encoding them: only for sources with a key frame every 2 s
    #[arg(long)]
    pub copy: bool,
    /// Set the stream's status on chain to live, and to offline at the end
    #[arg(long)]
    pub announce: bool,
    /// ffmpeg program
    #[arg(long, value_name = "PROGRAM", env = "VILOKANAM_FFMPEG", default_value = "ffmpeg")]
    pub ffmpeg: PathBuf,
}

/// Publishes until the input ends, or Ctrl-C.
pub async fn run(context: &Context, args: Publish) -> Result<(Answer, Exit), CommandError> {
    let input = Input::new(&args.input, args.format.clone(), args.audio.clone(), args.repeats)?;
    let source = describe_input(&args.ffmpeg, &input).await;
    let protocol = match (args.srt, args.put) {
        (true, _) => Protocol::Srt,
        (_, true) => Protocol::Put,
        _ => Protocol::Rtmp,
    };
    let key_file = args.publish_key_file.as_deref();
    let target = target::find(context, args.stream.0, protocol, key_file, args.new_key).await?;
    describe(context, &args, &source, &target);
    if args.announce {
        announce(context, args.stream.0, StreamStatus::Live).await?;
    }
    let length = source.duration.filter(|_| !args.repeats);
    let job = Job { input, target, copies: args.copy, bitrate: args.bitrate.clone() };
    let outcome = encoder::run(&args.ffmpeg, &job, length, context.options.quiet).await;
    if args.announce {
        announce(context, args.stream.0, StreamStatus::Offline).await?;
    }
    Ok(answer(&args, protocol, outcome?))
}

/// Asks the ffprobe beside this ffmpeg. Devices are left out: they would be busy afterwards. What is not known is only not
/// displayed.
async fn describe_input(ffmpeg: &Path, input: &Input) -> MediaInfo {
    if !input.is_file() {
        return MediaInfo::default();
    }
    let ffprobe = ffmpeg.with_file_name("ffprobe");
    probe::input(&ffprobe, &input.format_arguments(), input.url()).await.unwrap_or_default()
}

fn describe(context: &Context, args: &Publish, source: &MediaInfo, target: &Target) {
    context.note(format!("Source: {} ({})", args.input, source));
    context.note(format!("Target: {}", target.summary()));
    let encoding = if args.copy {
        "without encoding".into()
    } else {
        format!("H.264 at {}, AAC, a key frame every 2 s", args.bitrate)
    };
    context.note(format!("Sending {encoding}. Ctrl-C ends it."));
}

async fn announce(context: &Context, stream: StreamId, status: StreamStatus) -> Result<Sent, CommandError> {
    let signer = context.signer()?;
    let chain = context.chain().await?;
    context.send(&chain, &Call::set_stream_status(stream, status), &signer).await
}

fn answer(args: &Publish, protocol: Protocol, outcome: Outcome) -> (Answer, Exit) {
    let exit = if outcome.is_interrupted { Exit::Interrupted } else { Exit::Done };
    let progress = &outcome.progress;
    let json = json!({
        "stream": args.stream,
        "way": protocol.name(),
        "seconds": progress.written.as_secs_f64(),
        "frames_dropped": progress.dropped_frames,
        "is_interrupted": outcome.is_interrupted,
    });
    let lines = [
        ("stream", args.stream.to_string()),
        ("sent", format!("{:.1} s over {}", progress.written.as_secs_f64(), protocol.name())),
        ("frames dropped", progress.dropped_frames.to_string()),
    ];
    (Answer::new(json, facts(&lines)), exit)
}
