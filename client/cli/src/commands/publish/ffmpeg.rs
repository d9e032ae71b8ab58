//! ffmpeg's arguments: what is read, how it is encoded, where it goes.

use super::target::Target;
use crate::error::CliError;
use std::path::Path;

/// Between two key frames: the gateway's segments are as long.
const GOP_S: u32 = 2;
const AUDIO_BITRATE: &str = "128k";

/// What is read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Input {
    /// As ffmpeg takes it.
    pub path: String,
    format: Option<String>,
    audio: Option<String>,
    repeats: bool,
    is_file: bool,
}

impl Input {
    /// Checks what can be checked; the rest is ffmpeg's to say.
    pub fn new(path: &str, format: Option<String>, audio: Option<String>, repeats: bool) -> Result<Self, CliError> {
        let is_url = path.contains("://");
        let is_device = is_device(Path::new(path));
        let is_file = format.is_none() && !is_url && !is_device;
        if is_file && !Path::new(path).is_file() {
            return Err(CliError::failed(format!("there is no file {path}"), "Check the path."));
        }
        if repeats && !is_file {
            return Err(CliError::Usage("only a file can be sent again and again; leave --loop out".into()));
        }
        let format = format.or_else(|| is_device.then(|| "v4l2".into()));
        Ok(Self { path: path.to_owned(), format, audio, repeats, is_file })
    }

    /// Whether it is a file, which has an end and must be slowed down to real time.
    pub fn is_file(&self) -> bool {
        self.is_file
    }

    fn arguments(&self) -> Vec<String> {
        let mut arguments = Vec::new();
        // What is made up or read from a disk comes faster than real time.
        if self.is_file || self.format.as_deref() == Some("lavfi") {
            arguments.push("-re".into());
        }
        if self.repeats {
            arguments.extend(words(&["-stream_loop", "-1"]));
        }
        if let Some(format) = &self.format {
            arguments.extend(words(&["-f", format]));
        }
        arguments.extend(words(&["-i", &self.path]));
        if let Some(device) = &self.audio {
            arguments.extend(words(&["-f", "alsa", "-i", device, "-map", "0:v", "-map", "1:a"]));
        }
        arguments
    }
}

#[cfg(unix)]
fn is_device(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt;
    path.metadata().is_ok_and(|metadata| metadata.file_type().is_char_device())
}

#[cfg(not(unix))]
fn is_device(_: &Path) -> bool {
    false
}

/// All that ffmpeg is to do.
#[derive(Clone, Debug)]
pub struct Job {
    /// What is read.
    pub input: Input,
    /// Where it goes.
    pub target: Target,
    /// Whether it is sent as it is.
    pub copies: bool,
    /// Of the video.
    pub bitrate: String,
}

impl Job {
    /// The command line, without the program.
    pub fn arguments(&self) -> Vec<String> {
        let mut arguments = words(&["-hide_banner", "-nostats", "-loglevel", "error", "-progress", "pipe:1"]);
        arguments.extend(self.input.arguments());
        arguments.extend(if self.copies { words(&["-c", "copy"]) } else { self.encoding() });
        arguments.extend(self.target.arguments());
        arguments
    }

    fn encoding(&self) -> Vec<String> {
        let every_gop = format!("expr:gte(t,n_forced*{GOP_S})");
        let bitrate = self.bitrate.as_str();
        let video = [
            "-c:v",
            "libx264",
            "-preset",
            "veryfast",
            "-profile:v",
            "high",
            "-pix_fmt",
            "yuv420p",
            "-b:v",
            bitrate,
            "-maxrate",
            bitrate,
            "-bufsize",
            bitrate,
            "-force_key_frames",
            &every_gop,
            "-sc_threshold",
            "0",
            "-bf",
            "2",
        ];
        let audio = ["-c:a", "aac", "-b:a", AUDIO_BITRATE, "-ar", "48000", "-ac", "2"];
        words(&video).into_iter().chain(words(&audio)).collect()
    }
}

/// As a command line takes them.
pub fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::publish::target::Way;

    fn line(input: Input, way: Way, copies: bool) -> String {
        let target = Target { way, url: "rtmp://g/live/3?key=s".into(), secret: "s".into() };
        Job { input, target, copies, bitrate: "2000k".into() }.arguments().join(" ")
    }

    fn file(repeats: bool) -> Input {
        let this = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        Input::new(this, None, None, repeats).unwrap()
    }

    #[test]
    fn file_by_rtmp_works() {
        let line = line(file(false), Way::Rtmp, false);
        assert!(line.contains("-re -i "), "{line}");
        assert!(line.contains("-force_key_frames expr:gte(t,n_forced*2) -sc_threshold 0"), "{line}");
        assert!(line.contains("-b:v 2000k"), "{line}");
        assert!(line.ends_with("-f flv rtmp://g/live/3?key=s"), "{line}");
        assert!(!line.contains("-stream_loop"));
    }

    #[test]
    fn file_again_and_again_as_it_is_works() {
        let line = line(file(true), Way::Rtmp, true);
        assert!(line.contains("-re -stream_loop -1 -i "), "the option goes before its input: {line}");
        assert!(line.contains("-c copy") && !line.contains("libx264"), "{line}");
    }

    #[test]
    fn made_up_input_works() {
        let input = Input::new("testsrc2", Some("lavfi".into()), None, false).unwrap();
        assert!(!input.is_file());
        assert!(line(input, Way::Rtmp, false).contains("-re -f lavfi -i testsrc2"));
    }

    #[test]
    fn camera_with_a_microphone_works() {
        let input = Input::new("desktop", Some("v4l2".into()), Some("default".into()), false).unwrap();
        let line = line(input, Way::Rtmp, false);
        assert!(line.contains("-f v4l2 -i desktop -f alsa -i default -map 0:v -map 1:a"), "{line}");
        assert!(!line.contains("-re "), "a camera has its own time");
    }

    #[test]
    fn absent_file_fails() {
        assert_eq!(Input::new("/nonexistent.mp4", None, None, false).unwrap_err().exit() as u8, 1);
    }

    #[test]
    fn looping_a_url_fails() {
        assert_eq!(Input::new("http://h/x.mp4", None, None, true).unwrap_err().exit() as u8, 2);
    }
}
