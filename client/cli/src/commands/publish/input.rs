//! Input of ffmpeg: a file, a device, a URL, or a generated source.

use super::words::words;
use std::path::Path;
use vilokanam_terminal::CommandError;

/// Extensions of the images that ffmpeg reads with its demuxer `image2`.
const IMAGES: [&str; 24] = [
    "bmp", "dds", "dpx", "exr", "j2k", "jp2", "jpeg", "jpg", "jxl", "pam", "pbm", "pcx", "pgm", "png", "ppm", "qoi",
    "sgi", "svg", "tga", "tif", "tiff", "webp", "xbm", "xpm",
];

/// Input of ffmpeg.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Input {
    url: String,
    format: Option<String>,
    audio: Option<String>,
    repeats: bool,
    is_file: bool,
}

impl Input {
    /// Checks what can be checked here. Everything else is up to ffmpeg.
    pub fn new(path: &str, format: Option<String>, audio: Option<String>, repeats: bool) -> Result<Self, CommandError> {
        let is_device = is_device(Path::new(path));
        let is_file = format.is_none() && !is_url(path) && !is_device;
        if is_file && !Path::new(path).is_file() {
            return Err(CommandError::failed(format!("there is no file {path}"), "Check the path."));
        }
        if repeats && !is_file {
            return Err(CommandError::Usage("only a file can be repeated; leave out --loop".into()));
        }
        let url = ffmpeg_url(path, format.as_deref());
        let is_image = is_file && is_taken_for_a_pattern(path);
        let format = format.or_else(|| is_device.then(|| "v4l2".into())).or_else(|| is_image.then(|| "image2".into()));
        Ok(Self { url, format, audio, repeats, is_file })
    }

    /// Returns the input as ffmpeg and ffprobe take it after `-i`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns whether the input is a file, which has an end and has to be slowed down to real time.
    pub fn is_file(&self) -> bool {
        self.is_file
    }

    /// Returns the arguments that name the input's format. ffprobe takes them as well.
    pub fn format_arguments(&self) -> Vec<String> {
        let mut arguments = Vec::new();
        if let Some(format) = &self.format {
            arguments.extend(words(&["-f", format]));
        }
        if self.is_file && self.format.as_deref() == Some("image2") {
            arguments.extend(words(&["-pattern_type", "none"]));
        }
        arguments
    }

    /// Returns ffmpeg's arguments for this input.
    pub fn arguments(&self) -> Vec<String> {
        let mut arguments = Vec::new();
        // A file or a generated source would be read faster than real time.
        if self.is_file || self.format.as_deref() == Some("lavfi") {
            arguments.push("-re".into());
        }
        if self.repeats {
            arguments.extend(words(&["-stream_loop", "-1"]));
        }
        arguments.extend(self.format_arguments());
        arguments.extend(words(&["-i", &self.url]));
        if let Some(device) = &self.audio {
            arguments.extend(words(&["-f", "alsa", "-i", device, "-map", "0:v", "-map", "1:a"]));
        }
        arguments
    }
}

/// Returns whether ffmpeg would fetch the input: `scheme://…` with a valid scheme.
fn is_url(path: &str) -> bool {
    let Some((scheme, _)) = path.split_once("://") else { return false };
    let is_valid = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    scheme.starts_with(|first: char| first.is_ascii_alphabetic()) && scheme.bytes().all(is_valid)
}

/// Returns the input as ffmpeg takes it. The name of a file gets the prefix `file:`, after which ffmpeg takes it as it is.
/// Without the prefix, ffmpeg takes `12:30 news.mp4` for the protocol `12`. The format `lavfi` has filters for names.
fn ffmpeg_url(path: &str, format: Option<&str>) -> String {
    let is_file = !is_url(path) && format != Some("lavfi") && Path::new(path).is_file();
    match is_file {
        true => format!("file:{path}"),
        false => path.to_owned(),
    }
}

/// Returns whether ffmpeg would take the path of a file for the pattern of a sequence of images, such as `a%03d.png`.
fn is_taken_for_a_pattern(path: &str) -> bool {
    let extension = Path::new(path).extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    path.contains('%') && IMAGES.iter().any(|image| image.eq_ignore_ascii_case(extension))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(path: &str, format: Option<&str>, audio: Option<&str>, repeats: bool) -> String {
        let input = Input::new(path, format.map(str::to_owned), audio.map(str::to_owned), repeats).unwrap();
        input.arguments().join(" ")
    }

    fn existing() -> &'static str {
        concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")
    }

    #[test]
    fn file_is_read_in_real_time_and_by_the_file_protocol() {
        assert_eq!(arguments(existing(), None, None, false), format!("-re -i file:{}", existing()));
    }

    #[test]
    fn repetition_is_an_option_before_its_input() {
        let line = arguments(existing(), None, None, true);
        assert!(line.contains("-re -stream_loop -1 -i "), "{line}");
    }

    #[test]
    fn file_with_a_format_is_read_by_the_file_protocol() {
        assert_eq!(arguments(existing(), Some("mp4"), None, false), format!("-f mp4 -i file:{}", existing()));
    }

    #[test]
    fn image_with_a_percent_sign_in_its_name_is_not_a_pattern() {
        let folder = tempfile::tempdir().unwrap();
        for (name, format) in [
            ("a%03d.png", "-f image2 -pattern_type none "),
            ("a%d.JPG", "-f image2 -pattern_type none "),
            ("a%03d.mp4", ""),
            ("a.png", ""),
        ] {
            let path = folder.path().join(name).display().to_string();
            std::fs::write(&path, "").unwrap();
            assert_eq!(arguments(&path, None, None, false), format!("-re {format}-i file:{path}"));
        }
    }

    #[test]
    fn ffmpeg_reads_files_with_any_name() {
        let folder = tempfile::tempdir().unwrap();
        let ffmpeg = |arguments: &[String]| {
            let run = std::process::Command::new("ffmpeg").args(["-nostdin", "-v", "error"]).args(arguments).output();
            let output = run.expect("ffmpeg is installed");
            assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        };
        let path = |name: &str| folder.path().join(name).display().to_string();
        for plain in ["clip.mp4", "clip.png"] {
            ffmpeg(&words(&["-f", "lavfi", "-i", "color=s=16x16:r=5", "-frames:v", "1", &path(plain)]));
        }
        for name in [
            "12:30 news.mp4",
            "talk: part 1.mp4",
            "-x.mp4",
            "a%03d.mp4",
            "100%.mp4",
            "a?x=1.mp4",
            "a#b.mp4",
            "a|b.mp4",
            "concat:a.mp4",
            "file:a.mp4",
            "[a]{b}*.mp4",
            "'quoted\".mp4",
            " blank.mp4",
            "a\\b.mp4",
            "\u{e4}\u{2013}.mp4",
            "a%03d.png",
            "%d.png",
            "a*.png",
            "12:30.png",
        ] {
            let copied = path(name);
            std::fs::copy(path(if name.ends_with("png") { "clip.png" } else { "clip.mp4" }), &copied).unwrap();
            let input = Input::new(&copied, None, None, false).unwrap();
            ffmpeg(&[input.arguments(), words(&["-f", "null", "-"])].concat());
        }
    }

    #[test]
    fn generated_source_is_read_in_real_time() {
        let input = Input::new("testsrc2", Some("lavfi".into()), None, false).unwrap();
        assert!(!input.is_file());
        assert_eq!(input.arguments().join(" "), "-re -f lavfi -i testsrc2");
    }

    #[test]
    fn camera_and_microphone_are_mapped() {
        let line = arguments("desktop", Some("v4l2"), Some("default"), false);
        assert_eq!(line, "-f v4l2 -i desktop -f alsa -i default -map 0:v -map 1:a");
    }

    #[test]
    fn url_stays_a_url() {
        for url in ["http://h/x.mp4", "rtsp://camera:554/1", "srt+x://h"] {
            assert_eq!(arguments(url, None, None, false), format!("-i {url}"));
        }
    }

    #[test]
    fn text_that_is_no_scheme_is_a_file() {
        for path in ["a b://x.mp4", "12://x.mp4", "://x.mp4", "x.mp4"] {
            assert!(!is_url(path), "{path}");
        }
    }

    #[test]
    fn absent_file_is_refused() {
        assert_eq!(Input::new("/nonexistent.mp4", None, None, false).unwrap_err().exit() as u8, 1);
    }

    #[test]
    fn url_cannot_be_repeated() {
        assert_eq!(Input::new("http://h/x.mp4", None, None, true).unwrap_err().exit() as u8, 2);
    }
}
