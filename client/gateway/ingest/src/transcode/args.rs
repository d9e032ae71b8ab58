//! The command line of ffmpeg, as a pure function of a job.

use super::timing::GOP_S;
use crate::{
    broadcast::Rendition,
    config::TranscodeConfig,
    plan::{Plan, Thumbnail},
};
use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

/// Duration of a fragment: half a second.
const FRAGMENT_MICROS: &str = "500000";
const SAMPLE_RATE_HZ: &str = "48000";
/// With `frag_discont`, and `-avoid_negative_ts disabled`, `tfdt` is the true time from the first fragment on. Without
/// them the first fragment is early by the delay of the audio encoder, and every restart begins at zero.
const MOVFLAGS: &str = "+frag_keyframe+empty_moov+default_base_moof+frag_discont";

/// Input of ffmpeg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JobInput {
    /// Its standard input, read by this demuxer.
    Pipe(&'static str),
    /// A slate, which it generates in real time.
    Slate,
}

/// One run of ffmpeg.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Job {
    pub plan: Plan,
    pub input: JobInput,
    /// Seconds that are added to every timestamp. The number is even, so that GOPs begin on even seconds.
    pub start_s: u32,
}

/// An output of ffmpeg.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Output {
    Rendition(Rendition),
    Preview(Rendition),
    Thumbnail(Thumbnail),
}

impl Output {
    /// Name of its socket, and of its links in the filter graph.
    pub fn name(&self) -> String {
        match self {
            Self::Rendition(rendition) => format!("r{}", rendition.id.0),
            Self::Preview(_) => "preview".into(),
            Self::Thumbnail(_) => "thumbnail".into(),
        }
    }

    fn has_audio(&self) -> bool {
        match self {
            Self::Rendition(rendition) | Self::Preview(rendition) => rendition.audio_bits_per_second.is_some(),
            Self::Thumbnail(_) => false,
        }
    }
}

/// All outputs: the renditions, lowest first, then preview and thumbnail.
pub(super) fn outputs(plan: &Plan) -> Vec<Output> {
    let renditions = plan.renditions.iter().cloned().map(Output::Rendition);
    let preview = plan.preview.iter().cloned().map(Output::Preview);
    let thumbnail = plan.thumbnail.into_iter().map(Output::Thumbnail);
    renditions.chain(preview).chain(thumbnail).collect()
}

/// Path of the socket of an output.
pub(super) fn socket(directory: &Path, output: &Output) -> PathBuf {
    directory.join(output.name())
}

/// All arguments of ffmpeg.
pub(super) fn arguments(job: &Job, config: &TranscodeConfig, directory: &Path) -> Vec<OsString> {
    let outputs = outputs(&job.plan);
    let mut args = Args::default();
    args.add(["-hide_banner", "-nostdin", "-loglevel", "warning", "-nostats", "-stats_period", "1"]);
    args.add(["-progress", "pipe:1"]);
    match job.input {
        JobInput::Pipe(demuxer) => {
            // Two decoding threads, because each additional one delays the video by a frame.
            args.add(["-threads", "2", "-probesize", "2000000", "-analyzeduration", "1000000"]);
            args.add(["-fflags", "+genpts+discardcorrupt", "-f", demuxer, "-i", "pipe:0"]);
        }
        JobInput::Slate => args.add(["-re", "-f", "lavfi", "-i", &slate(&job.plan)]),
    }
    args.add(["-filter_complex", &filter_graph(&job.plan, &outputs)]);
    for output in &outputs {
        match output {
            Output::Rendition(rendition) | Output::Preview(rendition) => {
                args.movie(&output.name(), rendition, job, config);
            }
            Output::Thumbnail(_) => args.thumbnails(&output.name()),
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

    /// Encodes a rendition to fragmented MP4.
    fn movie(&mut self, name: &str, rendition: &Rendition, job: &Job, config: &TranscodeConfig) {
        self.add(["-map", &format!("[v_{name}]")]);
        self.video(rendition, config);
        if let Some(bits) = rendition.audio_bits_per_second {
            self.add(["-map", &format!("[a_{name}]")]);
            self.add(["-c:a", "aac", "-b:a", &bits.to_string(), "-ar", SAMPLE_RATE_HZ, "-ac", "2"]);
        }
        self.add(["-avoid_negative_ts", "disabled", "-output_ts_offset", &job.start_s.to_string()]);
        // A source whose audio stops must not delay its video for the default of ten seconds.
        self.add(["-max_interleave_delta", "1000000"]);
        self.add(["-f", "mp4", "-movflags", MOVFLAGS, "-frag_duration", FRAGMENT_MICROS, "-flush_packets", "1"]);
    }

    /// Encodes video in closed GOPs of exactly two seconds, with one second of rate control and without B frames. GOPs
    /// are counted in frames, because the frame rate is constant: keyframes forced by an expression in time would make
    /// the first GOP short whenever the video begins a little after the audio.
    fn video(&mut self, rendition: &Rendition, config: &TranscodeConfig) {
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

    /// Encodes thumbnails as a stream of JPEGs.
    fn thumbnails(&mut self, name: &str) {
        self.add(["-map", &format!("[v_{name}]"), "-fps_mode", "passthrough"]);
        self.add(["-c:v", "mjpeg", "-q:v", "5", "-pix_fmt", "yuvj420p", "-f", "image2pipe", "-flush_packets", "1"]);
    }
}

/// The filter graph. The frame rate is made constant before the video is split, so that the frames of all renditions
/// have the same timestamps.
fn filter_graph(plan: &Plan, outputs: &[Output]) -> String {
    let rate = plan.frames_per_second;
    let with_audio: Vec<&Output> = outputs.iter().filter(|output| output.has_audio()).collect();
    let mut chains = Vec::new();
    // `async` fills gaps in the audio with silence, and keeps it in step with the video.
    let audio = format!("[0:a:0]aresample={SAMPLE_RATE_HZ}:async=1000,aformat=channel_layouts=stereo");
    if plan.has_video {
        chains.push(format!("[0:v:0]fps={rate},split={}{}", outputs.len(), links("s", outputs.iter())));
        if plan.has_audio {
            chains.push(format!("{audio},asplit={}{}", with_audio.len(), links("a", with_audio.iter().copied())));
        }
    } else {
        let (width, height) = plan.renditions.first().map_or((426, 240), |first| (first.width, first.height));
        let links_to_audio = links("a", with_audio.iter().copied());
        chains.push(format!("{audio},asplit={}[wave]{links_to_audio}", with_audio.len() + 1));
        chains.push(format!(
            "[wave]showwaves=s={width}x{height}:mode=cline:rate={rate}:colors=0x3fa7ff,fps={rate},split={}{}",
            outputs.len(),
            links("s", outputs.iter())
        ));
    }
    chains.extend(outputs.iter().map(|output| branch(output, rate)));
    chains.join(";")
}

/// The links of that kind to the outputs.
fn links<'a>(kind: &str, outputs: impl Iterator<Item = &'a Output>) -> String {
    outputs.map(|output| format!("[{kind}_{}]", output.name())).collect()
}

/// The chain from the split video to one output.
fn branch(output: &Output, rate: u32) -> String {
    let name = output.name();
    match output {
        Output::Rendition(rendition) | Output::Preview(rendition) => {
            let reduced = if rendition.frames_per_second == rate {
                String::new()
            } else {
                format!("fps={},", rendition.frames_per_second)
            };
            format!("[s_{name}]{reduced}{}[v_{name}]", fitted(rendition.width, rendition.height))
        }
        Output::Thumbnail(still) => {
            let every = format!("select='isnan(prev_selected_t)+gte(t-prev_selected_t,{})'", still.interval_s);
            format!("[s_{name}]{every},{}[v_{name}]", fitted(still.width, still.height))
        }
    }
}

/// The source of the slate: silence, and dark colours that move slowly, so that a viewer sees that the player plays.
/// Pages show their own text over it.
fn slate(plan: &Plan) -> String {
    let (width, height) = plan.renditions.last().map_or((640, 360), |top| (top.width, top.height));
    let rate = plan.frames_per_second;
    let picture =
        format!("gradients=s={width}x{height}:r={rate}:c0=0x10141c:c1=0x26304a:nb_colors=2:speed=0.002[out0]");
    let silence = format!("anullsrc=r={SAMPLE_RATE_HZ}:cl=stereo");
    match (plan.has_video, plan.has_audio) {
        (true, true) => format!("{picture};{silence}[out1]"),
        (true, false) => picture,
        (false, _) => format!("{silence}[out0]"),
    }
}

/// Scales to a fixed size and fills the rest with bars, so that a source may change its size without a restart of the
/// encoders.
fn fitted(width: u32, height: u32) -> String {
    format!(
        "scale={width}:{height}:force_original_aspect_ratio=decrease:force_divisible_by=2,\
         pad={width}:{height}:(ow-iw)/2:(oh-ih)/2,setsar=1,format=yuv420p"
    )
}

#[cfg(test)]
mod tests;
