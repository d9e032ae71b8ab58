//! ffmpeg: one process a source, which makes all renditions at once, so that their times agree.
//!
//! The source comes in on standard input; each output goes to a socket of its own in a private folder. Always transcoded
//! and never copied: a source whose keyframes are not exactly two seconds apart could not be sold in segments.

use bytes::Bytes;
use std::{
    ffi::OsString,
    io,
    path::{Path, PathBuf},
    process::Stdio,
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader},
    net::UnixListener,
    process::{Child, ChildStdin, Command},
    sync::mpsc,
};

/// Outputs that wait to be packaged; when there are more, ffmpeg waits.
const MAX_OUTPUTS_QUEUED: usize = 64;
/// Bytes read of an output at once.
const READ_BYTES: usize = 64 << 10;
/// The largest picture that is taken from the transcoder.
const MAX_THUMBNAIL_BYTES: usize = 1 << 20;
/// Lines of ffmpeg's complaints that are logged for one source.
const MAX_COMPLAINTS: usize = 50;
/// Seconds between keyframes: the length of a segment.
const KEYFRAME_SECONDS: u32 = 2;
/// Length of a fragment, in microseconds: half a second.
const FRAGMENT_US: u32 = 500_000;
/// Pictures for thumbnails: one in so many seconds, so wide.
const THUMBNAIL_EVERY_S: u32 = 10;
const THUMBNAIL_WIDTH: u32 = 320;
/// The name of the output that is never sold.
pub const PREVIEW: &str = "preview";

/// A rendition to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rung {
    pub name: String,
    pub height: u32,
    pub video_bps: u64,
    pub audio_bps: u64,
}

/// Heights and bit rates that there are.
const LADDER: [(u32, u64, u64); 5] = [
    (240, 400_000, 64_000),
    (360, 800_000, 96_000),
    (480, 1_200_000, 96_000),
    (720, 2_500_000, 128_000),
    (1080, 4_500_000, 128_000),
];
const PREVIEW_HEIGHT: u32 = 160;
const PREVIEW_BPS: u64 = 150_000;

/// The rungs for a source of this height: those that are wanted and not above it, but at least one; the tallest first.
pub fn ladder(wanted: &[u32], source_height: u32) -> Vec<Rung> {
    let rung = |(height, video_bps, audio_bps): (u32, u64, u64)| Rung {
        name: format!("{height}p"),
        height,
        video_bps,
        audio_bps,
    };
    let mut rungs: Vec<Rung> = LADDER.into_iter().filter(|(height, ..)| wanted.contains(height)).map(rung).collect();
    let fitting = rungs.iter().filter(|rung| rung.height <= source_height).count().max(1);
    rungs.truncate(fitting);
    rungs.reverse();
    rungs
}

/// The preview's rung.
pub fn preview() -> Rung {
    Rung { name: PREVIEW.into(), height: PREVIEW_HEIGHT, video_bps: PREVIEW_BPS, audio_bps: 48_000 }
}

/// What comes out.
#[derive(Debug)]
pub enum Output {
    /// Fragmented MP4 of a rendition.
    Media { rendition: String, bytes: Bytes },
    /// A picture, JPEG.
    Thumbnail(Bytes),
    /// How it goes.
    Progress(Progress),
}

/// What `-progress` says.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Progress {
    pub frame_rate: f64,
    pub dropped_frames: u64,
    /// Times real time.
    pub speed: f64,
}

impl Progress {
    /// Takes a line; true when it ends a report.
    pub fn take(&mut self, line: &str) -> bool {
        let Some((name, value)) = line.split_once('=') else { return false };
        let value = value.trim();
        match name {
            "fps" => self.frame_rate = value.parse().unwrap_or(self.frame_rate),
            "drop_frames" => self.dropped_frames = value.parse().unwrap_or(self.dropped_frames),
            "speed" => self.speed = value.trim_end_matches('x').parse().unwrap_or(self.speed),
            _ => {}
        }
        name == "progress"
    }
}

/// ffmpeg's arguments.
pub fn arguments(rungs: &[Rung], preset: &str, folder: &Path) -> Vec<OsString> {
    let mut all = Arguments(Vec::new());
    all.add("-hide_banner -loglevel warning -progress pipe:1 -stats_period 1 -fflags +genpts+discardcorrupt");
    all.add("-analyzeduration 2000000 -probesize 2000000 -f flv -i pipe:0");
    for rung in rungs {
        all.rendition(rung, preset);
        all.socket(folder, &rung.name);
    }
    all.add(&format!(
        "-map 0:v:0 -vf fps=1/{THUMBNAIL_EVERY_S},scale={THUMBNAIL_WIDTH}:-2 -c:v mjpeg -q:v 5 -f image2pipe"
    ));
    all.socket(folder, THUMBNAILS);
    all.0
}

/// The name of the thumbnails' socket.
const THUMBNAILS: &str = "thumbnails";

struct Arguments(Vec<OsString>);

impl Arguments {
    fn add(&mut self, text: &str) {
        self.0.extend(text.split(' ').map(OsString::from));
    }

    fn rendition(&mut self, rung: &Rung, preset: &str) {
        let Rung { height, video_bps, audio_bps, .. } = rung;
        self.add(&format!(
            "-map 0:v:0 -map 0:a:0? -vf scale=-2:{height} -c:v libx264 -preset {preset} -tune zerolatency"
        ));
        self.add(&format!("-b:v {video_bps} -maxrate {video_bps} -bufsize {} -pix_fmt yuv420p", video_bps * 2));
        self.add(&format!(
            "-force_key_frames expr:gte(t,n_forced*{KEYFRAME_SECONDS}) -g 600 -keyint_min 1 -sc_threshold 0"
        ));
        self.add(&format!("-c:a aac -b:a {audio_bps} -ar 48000 -ac 2 -max_muxing_queue_size 1024"));
        self.add("-f mp4 -movflags +empty_moov+default_base_moof+frag_keyframe+delay_moov");
        self.add(&format!("-frag_duration {FRAGMENT_US} -flush_packets 1"));
    }

    fn socket(&mut self, folder: &Path, name: &str) {
        let mut url = OsString::from("unix://");
        url.push(socket_path(folder, name));
        self.0.push(url);
    }
}

fn socket_path(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.sock"))
}

/// A transcoder that runs. Dropped, it is killed.
pub struct Transcoder {
    child: Child,
    /// Where the source goes; closed, the transcoder comes to its end.
    pub stdin: Option<ChildStdin>,
    pub outputs: mpsc::Receiver<Output>,
    _folder: TempDir,
}

impl Transcoder {
    /// Starts it.
    pub fn start(ffmpeg: &Path, rungs: &[Rung], preset: &str, stream: u64) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("vilokanam-transcode").tempdir()?;
        let (sender, outputs) = mpsc::channel(MAX_OUTPUTS_QUEUED);
        for rung in rungs {
            let listener = UnixListener::bind(socket_path(folder.path(), &rung.name))?;
            tokio::spawn(read_media(listener, rung.name.clone(), sender.clone()));
        }
        let listener = UnixListener::bind(socket_path(folder.path(), THUMBNAILS))?;
        tokio::spawn(read_thumbnails(listener, sender.clone()));
        let mut child = Command::new(ffmpeg)
            .args(arguments(rungs, preset, folder.path()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let stdin = child.stdin.take();
        if let Some(stdout) = child.stdout.take() {
            tokio::spawn(read_progress(stdout, sender));
        }
        if let Some(stderr) = child.stderr.take() {
            tokio::spawn(log_complaints(stderr, stream));
        }
        Ok(Self { child, stdin, outputs, _folder: folder })
    }

    /// Whether it has ended.
    pub fn has_ended(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)) | Err(_))
    }
}

async fn read_media(listener: UnixListener, rendition: String, outputs: mpsc::Sender<Output>) {
    let Ok((mut socket, _)) = listener.accept().await else { return };
    let mut buffer = vec![0; READ_BYTES];
    while let Ok(count @ 1..) = socket.read(&mut buffer).await {
        let bytes = Bytes::copy_from_slice(&buffer[..count]);
        if outputs.send(Output::Media { rendition: rendition.clone(), bytes }).await.is_err() {
            return;
        }
    }
}

/// Pictures follow each other without any frame: one ends where its end marker is.
async fn read_thumbnails(listener: UnixListener, outputs: mpsc::Sender<Output>) {
    let Ok((mut socket, _)) = listener.accept().await else { return };
    let (mut buffer, mut picture) = (vec![0; READ_BYTES], Vec::new());
    while let Ok(count @ 1..) = socket.read(&mut buffer).await {
        picture.extend_from_slice(&buffer[..count]);
        if picture.ends_with(&[0xff, 0xd9]) {
            let _ = outputs.send(Output::Thumbnail(std::mem::take(&mut picture).into())).await;
        }
        if picture.len() > MAX_THUMBNAIL_BYTES {
            picture.clear();
        }
    }
}

async fn read_progress(stdout: impl tokio::io::AsyncRead + Unpin, outputs: mpsc::Sender<Output>) {
    let mut lines = BufReader::new(stdout).lines();
    let mut progress = Progress::default();
    while let Ok(Some(line)) = lines.next_line().await {
        if progress.take(&line) && outputs.send(Output::Progress(progress)).await.is_err() {
            return;
        }
    }
}

async fn log_complaints(stderr: impl tokio::io::AsyncRead + Unpin, stream: u64) {
    let mut lines = BufReader::new(stderr).lines();
    let mut count = 0;
    while let Ok(Some(line)) = lines.next_line().await {
        count += 1;
        if count <= MAX_COMPLAINTS {
            tracing::info!(stream, line, "ffmpeg");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ladder_works() {
        let names = |height| ladder(&[240, 360, 720], height).into_iter().map(|rung| rung.name).collect::<Vec<_>>();
        assert_eq!(names(1080), ["720p", "360p", "240p"]);
        assert_eq!(names(480), ["360p", "240p"], "never above the source");
        assert_eq!(names(100), ["240p"], "but at least one");
    }

    #[test]
    fn progress_works() {
        let mut progress = Progress::default();
        let lines = ["frame=60", "fps=29.97", "drop_frames=2", "speed=1.01x"];
        assert!(lines.into_iter().all(|line| !progress.take(line)));
        assert!(progress.take("progress=continue"));
        assert_eq!(progress, Progress { frame_rate: 29.97, dropped_frames: 2, speed: 1.01 });
        assert!(!progress.take("speed=N/A"));
        assert_eq!(progress.speed, 1.01, "what is not known yet changes nothing");
    }

    #[test]
    fn arguments_works() {
        let rungs = ladder(&[240, 360], 360);
        let all = arguments(&rungs, "veryfast", Path::new("/x"));
        let sockets: Vec<_> = all.iter().filter_map(|argument| argument.to_str()?.strip_prefix("unix:///x/")).collect();
        assert_eq!(sockets, ["360p.sock", "240p.sock", "thumbnails.sock"]);
        let keyframes = "expr:gte(t,n_forced*2)";
        assert_eq!(all.iter().filter(|argument| *argument == keyframes).count(), 2, "in each rendition");
    }
}
