//! ffmpeg's command line: a pure function of what is wanted.

use super::{FIRST_TIME_S, GOP_S};
use crate::{
    broadcast::Rendition,
    config::TranscodeConfig,
    ladder::{Plan, Thumbnail},
};
use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

/// Half a second.
const FRAGMENT_MICROS: &str = "500000";
const SAMPLE_RATE_HZ: &str = "48000";
/// `frag_discont` and a switched-off shift make `tfdt` the true time from the first fragment on. Without them the first
/// fragment is early by the sound encoder's delay, and every restart begins at nought.
const MOVFLAGS: &str = "+frag_keyframe+empty_moov+default_base_moof+frag_discont";

/// What ffmpeg reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JobInput {
    /// Its standard input, by this demuxer.
    Pipe(&'static str),
    /// Nothing: it makes a slate, in real time.
    Slate,
}

/// One start of ffmpeg.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Job {
    pub plan: Plan,
    pub input: JobInput,
    /// Seconds that are added to every time; even, so that GOPs begin on even seconds.
    pub start_s: u32,
}

/// What an output holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Output {
    Rendition(Rendition),
    Preview(Rendition),
    Thumbnail(Thumbnail),
}

impl Output {
    /// The name of its socket, and of its links in the filter graph.
    pub fn name(&self) -> String {
        match self {
            Self::Rendition(rendition) => format!("r{}", rendition.id.0),
            Self::Preview(_) => "preview".into(),
            Self::Thumbnail(_) => "thumbnail".into(),
        }
    }

    fn has_sound(&self) -> bool {
        match self {
            Self::Rendition(rendition) | Self::Preview(rendition) => rendition.audio_bits_per_second.is_some(),
            Self::Thumbnail(_) => false,
        }
    }
}

/// Lowest rendition first, then preview and thumbnail.
pub(super) fn outputs(plan: &Plan) -> Vec<Output> {
    let renditions = plan.renditions.iter().cloned().map(Output::Rendition);
    let preview = plan.preview.iter().cloned().map(Output::Preview);
    let thumbnail = plan.thumbnail.into_iter().map(Output::Thumbnail);
    renditions.chain(preview).chain(thumbnail).collect()
}

/// The socket of an output.
pub(super) fn socket(directory: &Path, output: &Output) -> PathBuf {
    directory.join(output.name())
}

/// Everything after the program's name.
pub(super) fn arguments(job: &Job, config: &TranscodeConfig, directory: &Path) -> Vec<OsString> {
    let outputs = outputs(&job.plan);
    let mut args = Args::default();
    args.add(["-hide_banner", "-nostdin", "-loglevel", "warning", "-nostats", "-stats_period", "1"]);
    args.add(["-progress", "pipe:1"]);
    match job.input {
        JobInput::Pipe(demuxer) => {
            // Two decoding threads: each more would delay the picture by a frame.
            args.add(["-threads", "2", "-probesize", "2000000", "-analyzeduration", "1000000"]);
            args.add(["-fflags", "+genpts+discardcorrupt", "-f", demuxer, "-i", "pipe:0"]);
        }
        JobInput::Slate => args.add(["-re", "-f", "lavfi", "-i", &slate(&job.plan)]),
    }
    args.add(["-filter_complex", &filter_graph(&job.plan, &outputs)]);
    for output in &outputs {
        match output {
            Output::Rendition(rendition) | Output::Preview(rendition) => {
                args.movie(&output.name(), rendition, output.has_sound(), job, config);
            }
            Output::Thumbnail(_) => args.stills(&output.name()),
        }
        let mut url = OsString::from("unix://");
        url.push(socket(directory, output));
        args.0.push(url);
    }
    args.0
}

#[derive(Default)]
struct Args(Vec<OsString>);

impl Args {
    fn add<'a>(&mut self, args: impl IntoIterator<Item = &'a str>) {
        self.0.extend(args.into_iter().map(OsString::from));
    }

    fn movie(&mut self, name: &str, rendition: &Rendition, has_sound: bool, job: &Job, config: &TranscodeConfig) {
        self.add(["-map", &format!("[v_{name}]")]);
        self.picture(rendition, config);
        if let Some(bits) = rendition.audio_bits_per_second.filter(|_| has_sound) {
            self.add(["-map", &format!("[a_{name}]")]);
            self.add(["-c:a", "aac", "-b:a", &bits.to_string(), "-ar", SAMPLE_RATE_HZ, "-ac", "2"]);
        }
        self.add(["-avoid_negative_ts", "disabled", "-output_ts_offset", &job.start_s.to_string()]);
        // A source whose sound stops must not hold the picture back for the usual ten seconds.
        self.add(["-max_interleave_delta", "1000000"]);
        self.add(["-f", "mp4", "-movflags", MOVFLAGS, "-frag_duration", FRAGMENT_MICROS, "-flush_packets", "1"]);
    }

    /// Closed GOPs of exactly two seconds, a second of rate control, no B frames. The frame rate is constant, so frames are
    /// counted: keyframes forced by an expression in time would make the first GOP short whenever the picture begins a
    /// little after the sound.
    fn picture(&mut self, rendition: &Rendition, config: &TranscodeConfig) {
        let gop = (rendition.frames_per_second * GOP_S).to_string();
        let bits = rendition.video_bits_per_second;
        let ceiling = (u64::from(bits) * 107 / 100).to_string();
        self.add(["-c:v", "libx264", "-preset", &config.preset, "-tune", &config.tune, "-profile:v", "high"]);
        self.add(["-pix_fmt", "yuv420p", "-bf", "0", "-g", &gop, "-keyint_min", &gop, "-sc_threshold", "0"]);
        self.add(["-flags:v", "+cgop"]);
        self.add(["-b:v", &bits.to_string(), "-maxrate", &ceiling, "-bufsize", &bits.to_string()]);
        if config.threads > 0 {
            self.add(["-threads:v", &config.threads.to_string()]);
        }
    }

    fn stills(&mut self, name: &str) {
        self.add(["-map", &format!("[v_{name}]"), "-fps_mode", "passthrough"]);
        self.add(["-c:v", "mjpeg", "-q:v", "5", "-pix_fmt", "yuvj420p", "-f", "image2pipe", "-flush_packets", "1"]);
    }
}

/// One constant frame rate before the picture is split, so that the frames of all renditions have the same times.
fn filter_graph(plan: &Plan, outputs: &[Output]) -> String {
    let rate = plan.frames_per_second;
    let heard: Vec<&Output> = outputs.iter().filter(|output| output.has_sound()).collect();
    let mut chains = Vec::new();
    // `async` fills holes in the sound with silence and keeps it beside the picture.
    let sound = format!("[0:a:0]aresample={SAMPLE_RATE_HZ}:async=1000,aformat=channel_layouts=stereo");
    if plan.has_video {
        chains.push(format!("[0:v:0]fps={rate},split={}{}", outputs.len(), links("s", outputs.iter())));
        if plan.has_audio {
            chains.push(format!("{sound},asplit={}{}", heard.len(), links("a", heard.iter().copied())));
        }
    } else {
        let first = plan.renditions.first().map_or((426, 240), |rendition| (rendition.width, rendition.height));
        chains.push(format!("{sound},asplit={}[wave]{}", heard.len() + 1, links("a", heard.iter().copied())));
        chains.push(format!(
            "[wave]showwaves=s={}x{}:mode=cline:rate={rate}:colors=0x3fa7ff,fps={rate},split={}{}",
            first.0,
            first.1,
            outputs.len(),
            links("s", outputs.iter())
        ));
    }
    chains.extend(outputs.iter().map(|output| branch(output, rate)));
    chains.join(";")
}

fn links<'a>(kind: &str, outputs: impl Iterator<Item = &'a Output>) -> String {
    outputs.map(|output| format!("[{kind}_{}]", output.name())).collect()
}

fn branch(output: &Output, rate: u32) -> String {
    let name = output.name();
    match output {
        Output::Rendition(rendition) | Output::Preview(rendition) => {
            let fewer = if rendition.frames_per_second == rate {
                String::new()
            } else {
                format!("fps={},", rendition.frames_per_second)
            };
            format!("[s_{name}]{fewer}{}[v_{name}]", fitted(rendition.width, rendition.height))
        }
        Output::Thumbnail(still) => {
            let every = format!("select='isnan(prev_selected_t)+gte(t-prev_selected_t,{})'", still.interval_s);
            format!("[s_{name}]{every},{}[v_{name}]", fitted(still.width, still.height))
        }
    }
}

/// Dark colours that move slowly, so that a player shows that it plays; words over it are the page's. And silence.
fn slate(plan: &Plan) -> String {
    let (width, height) = plan.renditions.last().map_or((640, 360), |top| (top.width, top.height));
    let rate = plan.frames_per_second;
    let picture =
        format!("gradients=s={width}x{height}:r={rate}:c0=0x10141c:c1=0x26304a:nb_colors=2:speed=0.002[out0]");
    let sound = format!("anullsrc=r={SAMPLE_RATE_HZ}:cl=stereo");
    match (plan.has_video, plan.has_audio) {
        (true, true) => format!("{picture};{sound}[out1]"),
        (true, false) => picture,
        (false, _) => format!("{sound}[out0]"),
    }
}

/// A fixed size whatever comes, so that a source that changes its size does not end the encoders: bars fill what is left.
fn fitted(width: u32, height: u32) -> String {
    format!(
        "scale={width}:{height}:force_original_aspect_ratio=decrease:force_divisible_by=2,\
         pad={width}:{height}:(ow-iw)/2:(oh-ih)/2,setsar=1,format=yuv420p"
    )
}

/// Where ffmpeg goes on after a restart: the next even second after all that was sent.
pub(crate) fn next_start_s(position_ms: u64) -> u32 {
    let gop_ms = u64::from(GOP_S) * 1000;
    let gops = position_ms.div_ceil(gop_ms);
    u32::try_from(gops * u64::from(GOP_S)).unwrap_or(u32::MAX).max(FIRST_TIME_S)
}

#[cfg(test)]
mod tests;
