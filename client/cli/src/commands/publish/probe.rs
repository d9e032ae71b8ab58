//! What the source is, as ffprobe tells it. Only for the eye and the progress bar: nothing depends on it.

use super::ffmpeg::Input;
use serde::Deserialize;
use std::{path::Path, process::Stdio, time::Duration};
use tokio::process::Command;

/// How long ffprobe may take.
const PROBE_TIMEOUT: Duration = Duration::from_secs(10);

/// What is known of the source.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Source {
    /// How long it is; nothing for what has no end.
    pub length: Option<Duration>,
    streams: Vec<Stream>,
}

#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
struct Stream {
    #[serde(default)]
    codec_type: String,
    #[serde(default)]
    codec_name: String,
    width: Option<u32>,
    height: Option<u32>,
}

#[derive(Deserialize, Default)]
struct Format {
    duration: Option<String>,
}

#[derive(Deserialize)]
struct Probed {
    #[serde(default)]
    streams: Vec<Stream>,
    #[serde(default)]
    format: Format,
}

impl Source {
    /// In words.
    pub fn words(&self) -> String {
        let words: Vec<String> = self.streams.iter().map(Stream::words).collect();
        let length = self.length.map(|length| format!("{} s", length.as_secs()));
        let all: Vec<String> = words.into_iter().chain(length).collect();
        if all.is_empty() {
            "nothing is known of it".into()
        } else {
            all.join(", ")
        }
    }
}

impl Stream {
    fn words(&self) -> String {
        match (self.width, self.height) {
            (Some(width), Some(height)) => format!("{} {} {width}x{height}", self.codec_type, self.codec_name),
            _ => format!("{} {}", self.codec_type, self.codec_name),
        }
    }
}

/// Asks the ffprobe beside this ffmpeg. A device is not asked: it would be busy then.
pub async fn probe(ffmpeg: &Path, input: &Input) -> Source {
    if !input.is_file() {
        return Source::default();
    }
    let mut command = Command::new(ffmpeg.with_file_name("ffprobe"));
    command.args(["-v", "error", "-of", "json", "-show_entries"]);
    command.arg("format=duration:stream=codec_type,codec_name,width,height").arg("-i").arg(&input.path);
    command.stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    match tokio::time::timeout(PROBE_TIMEOUT, command.output()).await {
        Ok(Ok(output)) => read(&output.stdout),
        _ => Source::default(),
    }
}

fn read(json: &[u8]) -> Source {
    let Ok(probed) = serde_json::from_slice::<Probed>(json) else { return Source::default() };
    let seconds = probed.format.duration.and_then(|text| text.parse::<f64>().ok());
    let length = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    Source { length, streams: probed.streams }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn read_works() {
        let json = br#"{"streams":[{"codec_name":"h264","codec_type":"video","width":1280,"height":720},
            {"codec_name":"aac","codec_type":"audio"}],"format":{"duration":"12.500000"}}"#;
        let source = read(json);
        assert_eq!(source.length, Some(Duration::from_millis(12_500)));
        assert_eq!(source.words(), "video h264 1280x720, audio aac, 12 s");
    }

    #[test]
    fn read_of_nothing_works() {
        assert_eq!(read(b"").words(), "nothing is known of it");
        assert_eq!(read(br#"{"format":{"duration":"-1"}}"#).length, None);
    }
}
