//! Properties of the input according to ffprobe. They are displayed, and nothing else depends on them.

use super::input::Input;
use serde::Deserialize;
use std::{path::Path, process::Stdio, time::Duration};
use tokio::process::Command;

/// Maximum time for ffprobe.
const PROBE_TIMEOUT: Duration = Duration::from_secs(10);

/// Properties of an input.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Source {
    /// Length; `None` for an input without an end.
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
    /// Returns the properties as text.
    pub fn summary(&self) -> String {
        let streams: Vec<String> = self.streams.iter().map(Stream::summary).collect();
        let length = self.length.map(|length| format!("{} s", length.as_secs()));
        let all: Vec<String> = streams.into_iter().chain(length).collect();
        if all.is_empty() {
            "unknown format".into()
        } else {
            all.join(", ")
        }
    }
}

impl Stream {
    fn summary(&self) -> String {
        match (self.width, self.height) {
            (Some(width), Some(height)) => format!("{} {} {width}x{height}", self.codec_type, self.codec_name),
            _ => format!("{} {}", self.codec_type, self.codec_name),
        }
    }
}

/// Asks the ffprobe beside this ffmpeg. Devices are left out: they would be busy afterwards.
pub async fn probe(ffmpeg: &Path, input: &Input) -> Source {
    if !input.is_file() {
        return Source::default();
    }
    let mut command = Command::new(ffmpeg.with_file_name("ffprobe"));
    command.args(["-v", "error", "-of", "json", "-show_entries"]);
    command.arg("format=duration:stream=codec_type,codec_name,width,height");
    command.args(input.format_arguments()).arg("-i").arg(input.url());
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
    fn properties_are_read() {
        let json = br#"{"streams":[{"codec_name":"h264","codec_type":"video","width":1280,"height":720},
            {"codec_name":"aac","codec_type":"audio"}],"format":{"duration":"12.500000"}}"#;
        let source = read(json);
        assert_eq!(source.length, Some(Duration::from_millis(12_500)));
        assert_eq!(source.summary(), "video h264 1280x720, audio aac, 12 s");
    }

    #[test]
    fn missing_properties_are_unknown() {
        assert_eq!(read(b"").summary(), "unknown format");
        assert_eq!(read(br#"{"format":{"duration":"-1"}}"#).length, None);
    }
}
