//! The command line of ffmpeg, as a pure function of a job.

mod video;

use super::{
    filters::{draws_keyframes_only, graphs, slate, steady_audio},
    job::{Job, JobInput, SAMPLE_RATE_HZ},
    output::{outputs, socket, Output},
    timing::fragment_micros,
};
use crate::{
    broadcast::Rendition,
    config::TranscodeConfig,
    plan::Sound,
    tracks::{Kind, Track},
};
use std::{ffi::OsString, path::Path};
use vilokanam_ffmpeg::limits;

/// Intended duration of a fragment up to which a frame of delay matters.
const SHORT_FRAGMENT_MS: u32 = 300;
/// Duration of a fragment of an audio track. Its segments are as long as those of the video, to this accuracy.
const AUDIO_FRAGMENT_MICROS: &str = "60000";
/// Bit rate of an audio track.
const AUDIO_TRACK_BITS: &str = "128000";
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
    args.device(job.plan.encoder, config);
    match &job.input {
        JobInput::Pipe { demuxer, identified_bytes, .. } => {
            // A track that begins late within the identified bytes must be found as well; beyond them, nothing is waited
            // for.
            let (bytes, micros) = match *identified_bytes {
                0 => ("2000000".to_owned(), "1000000"),
                known => (known.max(MIN_PROBE_BYTES).to_string(), "60000000"),
            };
            // Two decoding threads, because each additional one delays the video by a frame. Where short fragments are
            // wanted, they share the slices of a frame instead, which delays nothing, and helps less.
            if draws_keyframes_only(&job.plan, &outputs) {
                args.add(["-skip_frame", "nokey"]);
            }
            args.add(["-threads", "2"]);
            if job.fragment_ms <= SHORT_FRAGMENT_MS {
                args.add(["-thread_type", "slice"]);
            }
            args.add(["-probesize", &bytes, "-analyzeduration", micros]);
            args.add(["-fflags", "+genpts+discardcorrupt"]);
            args.add(limits::of_pipe(demuxer));
            args.add(["-i", "pipe:0"]);
        }
        JobInput::Slate => args.add(["-re", "-f", "lavfi", "-i", &slate(&job.plan)]),
        JobInput::File { path, .. } => {
            args.add(["-fflags", "+genpts+discardcorrupt"]);
            args.add(limits::of_file());
            args.add(["-i"]);
            args.0.push(limits::file_url(path));
        }
    }
    for graph in graphs(job, &outputs) {
        args.add(["-filter_complex", &graph]);
    }
    for output in &outputs {
        match output {
            Output::Rendition(rendition) | Output::Preview(rendition) => {
                args.movie(&output.name(), rendition, job, config);
            }
            Output::Audio(_, sound) => args.audio_track(&output.name(), *sound, job),
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

    /// Encodes or copies a rendition to fragmented MP4.
    fn movie(&mut self, name: &str, rendition: &Rendition, job: &Job, config: &TranscodeConfig) {
        let tracks = job.input.tracks();
        let source = |track: Option<Track>, kind| format!("0:{}", track.unwrap_or_default().specifier(kind));
        if rendition.copied.has_video() {
            self.add(["-map", &source(tracks.video, Kind::Video), "-c:v", "copy"]);
            // Without it, B frames would make the video late by their delay, for which an initialisation segment that is
            // written before the first frame has no edit list.
            self.add(["-use_editlist", "0"]);
        } else {
            self.add(["-map", &format!("[v_{name}]")]);
            self.video(rendition, job.plan.encoder, config);
            if job.plan.copy().is_some() {
                // Frames that would be repeated before the first one would begin the groups of pictures earlier than those
                // of the copy begin.
                self.add(["-fps_mode", "passthrough"]);
            }
        }
        if rendition.copied.has_audio() {
            self.add(["-map", &source(tracks.audio, Kind::Audio), "-c:a", "copy"]);
        } else if let Some(bits) = rendition.audio_bits_per_second {
            self.add(["-map", &format!("[a_{name}]")]);
            self.add(["-c:a", "aac", "-b:a", &bits.to_string(), "-ar", SAMPLE_RATE_HZ, "-ac", "2"]);
            if !job.plan.has_audio {
                // Generated silence ends with the picture.
                self.add(["-shortest"]);
            }
        }
        self.fragments(job, &fragment_micros(job.fragment_ms, rendition.frames_per_second).to_string());
    }

    /// Encodes an audio track.
    fn audio_track(&mut self, name: &str, sound: Sound, job: &Job) {
        match sound {
            Sound::Main => self.add(["-map", &format!("[a_{name}]"), "-vn"]),
            Sound::Track(track) => {
                self.add(["-map", &format!("0:{}", track.specifier(Kind::Audio)), "-vn", "-af", &steady_audio()]);
            }
        }
        self.add(["-c:a", "aac", "-b:a", AUDIO_TRACK_BITS, "-ar", SAMPLE_RATE_HZ, "-ac", "2"]);
        self.fragments(job, AUDIO_FRAGMENT_MICROS);
    }

    /// Fragmented MP4 with the timestamps of the broadcast.
    fn fragments(&mut self, job: &Job, fragment_micros: &str) {
        self.add(["-avoid_negative_ts", "disabled", "-output_ts_offset", &job.start_s.to_string()]);
        // Pictures may come rarely, and sound must wait for them. A track that stops must not delay the other one for the
        // default of ten seconds.
        self.add(["-max_interleave_delta", MAX_INTERLEAVE_MICROS]);
        self.add(["-f", "mp4", "-movflags", MOVFLAGS, "-frag_duration", fragment_micros, "-flush_packets", "1"]);
    }

    /// Encodes thumbnails as a stream of JPEGs.
    fn thumbnails(&mut self, name: &str) {
        self.add(["-map", &format!("[v_{name}]"), "-fps_mode", "passthrough"]);
        self.add(["-c:v", "mjpeg", "-q:v", "5", "-pix_fmt", "yuvj420p", "-f", "image2pipe", "-flush_packets", "1"]);
    }
}

#[cfg(test)]
mod tests;
