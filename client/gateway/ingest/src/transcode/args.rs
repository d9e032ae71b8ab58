//! The command line of ffmpeg, as a pure function of a job.

use super::{
    filters::{graphs, slate},
    job::{Job, JobInput, SAMPLE_RATE_HZ},
    output::{outputs, socket, Output},
    timing::GOP_S,
};
use crate::{broadcast::Rendition, config::TranscodeConfig};
use std::{ffi::OsString, path::Path};

/// Duration of a fragment: half a second.
const FRAGMENT_MICROS: &str = "500000";
/// Maximum time for which one track waits for the other. After as long a time, sound counts as having stopped.
const MAX_INTERLEAVE_MICROS: &str = "3000000";
/// Minimum number of bytes in which ffmpeg looks for tracks.
const MIN_PROBE_BYTES: usize = 5_000;
/// With `frag_discont`, and `-avoid_negative_ts disabled`, `tfdt` is the true time from the first fragment on. Without
/// them the first fragment is early by the delay of the audio encoder, and every restart begins at zero.
const MOVFLAGS: &str = "+frag_keyframe+empty_moov+default_base_moof+frag_discont";

/// All arguments of ffmpeg.
pub(super) fn arguments(job: &Job, config: &TranscodeConfig, directory: &Path) -> Vec<OsString> {
    let outputs = outputs(&job.plan);
    let mut args = Args::default();
    args.add(["-hide_banner", "-nostdin", "-loglevel", "warning", "-nostats", "-stats_period", "1"]);
    args.add(["-progress", "pipe:1"]);
    match job.input {
        JobInput::Pipe { demuxer, identified_bytes, .. } => {
            // A track that begins late within the identified bytes must be found as well; beyond them, nothing is waited
            // for.
            let (bytes, micros) = match identified_bytes {
                0 => ("2000000".to_owned(), "1000000"),
                known => (known.max(MIN_PROBE_BYTES).to_string(), "60000000"),
            };
            // Two decoding threads, because each additional one delays the video by a frame.
            args.add(["-threads", "2", "-probesize", &bytes, "-analyzeduration", micros]);
            args.add(["-fflags", "+genpts+discardcorrupt", "-f", demuxer, "-i", "pipe:0"]);
        }
        JobInput::Slate => args.add(["-re", "-f", "lavfi", "-i", &slate(&job.plan)]),
    }
    for graph in graphs(job, &outputs) {
        args.add(["-filter_complex", &graph]);
    }
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
            if !job.plan.has_audio {
                // Generated silence ends with the picture.
                self.add(["-shortest"]);
            }
        }
        self.add(["-avoid_negative_ts", "disabled", "-output_ts_offset", &job.start_s.to_string()]);
        // Pictures may come rarely, and sound must wait for them. A track that stops must not delay the other one for the
        // default of ten seconds.
        self.add(["-max_interleave_delta", MAX_INTERLEAVE_MICROS]);
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

#[cfg(test)]
mod tests;
