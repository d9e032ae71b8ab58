//! Arguments of ffmpeg: input, encoding, target.

use super::{input::Input, target::Target, words::words};

/// Time between two key frames in seconds: the length of the gateway's segments.
const GOP_S: u32 = 2;
const AUDIO_BITRATE: &str = "128k";

/// Work of ffmpeg.
#[derive(Clone, Debug)]
pub struct Job {
    /// Input.
    pub input: Input,
    /// Target.
    pub target: Target,
    /// Whether picture and sound are sent without encoding them.
    pub copies: bool,
    /// Bitrate of the video, as ffmpeg writes it.
    pub bitrate: String,
}

impl Job {
    /// Returns the command line without the program.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::publish::target::Protocol;

    fn line(copies: bool) -> String {
        let protocol = Protocol::Rtmp;
        let target = Target { protocol, url: "rtmp://g/live/3?key=s".into(), secret: "s".into() };
        let input = Input::new("testsrc2", Some("lavfi".into()), None, false).unwrap();
        Job { input, target, copies, bitrate: "2000k".into() }.arguments().join(" ")
    }

    #[test]
    fn video_is_encoded_with_regular_key_frames() {
        let line = line(false);
        assert!(line.contains("-i testsrc2 -c:v libx264"), "{line}");
        assert!(line.contains("-force_key_frames expr:gte(t,n_forced*2) -sc_threshold 0"), "{line}");
        assert!(line.contains("-b:v 2000k"), "{line}");
        assert!(line.ends_with("-f flv rtmp://g/live/3?key=s"), "{line}");
    }

    #[test]
    fn copy_does_not_encode() {
        let line = line(true);
        assert!(line.contains("-c copy") && !line.contains("libx264"), "{line}");
    }
}
