//! The installed ffmpeg and its features, queried once before any port is bound.

mod encoders;

use crate::{codec::Encoder, config::FfmpegConfig};
use std::{
    io,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};
use thiserror::Error;
use tokio::{
    io::AsyncReadExt,
    process::{Child, Command},
};
use vilokanam_ffmpeg::limits;
use vilokanam_sandbox::Sandbox;

/// Maximum time for an answer about a program's features.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// Maximum processor time of ffprobe in seconds, for the first bytes of a source.
const MAX_PROBE_CPU_S: u64 = 30;
/// Maximum processor time for the subtitles of a file in seconds: all of it is read, and nothing of its pictures is decoded.
const MAX_TEXT_CPU_S: u64 = 300;
/// First version that has `-fps_mode`.
const OLDEST: (u32, u32) = (5, 1);
/// Encoders that the renditions and thumbnails need.
const ENCODERS: [&str; 3] = ["libx264", "aac", "mjpeg"];

/// Why ffmpeg or ffprobe cannot be used.
#[derive(Debug, Error)]
pub enum FfmpegError {
    /// The program cannot be started.
    #[error(
        "{program} cannot be run ({source}); install ffmpeg (Debian, Ubuntu: `apt-get install ffmpeg`; macOS: \
         `brew install ffmpeg`), or set FFMPEG and FFPROBE to the paths of the programs"
    )]
    NotFound {
        /// Path as configured.
        program: PathBuf,
        /// Error of the operating system.
        source: io::Error,
    },
    /// The program is not ffmpeg.
    #[error("{program} does not answer as ffmpeg does ({why}); install ffmpeg 5.1 or newer")]
    NotFfmpeg {
        /// Path as configured.
        program: PathBuf,
        /// What is wrong with the answer.
        why: String,
    },
    /// The version is too old.
    #[error("{program} is version {version}; install ffmpeg 5.1 or newer")]
    TooOld {
        /// Path as configured.
        program: PathBuf,
        /// Version of the program.
        version: String,
    },
    /// The sandbox cannot be entered, or is required and not enforced.
    #[error("{0}")]
    Sandbox(String),
    /// A required encoder or protocol is missing.
    #[error("{program} was built without {what}; install a full build, for example the `ffmpeg` package of Debian")]
    MissingFeature {
        /// Path as configured.
        program: PathBuf,
        /// Name of the missing feature.
        what: &'static str,
    },
    /// An encoder that the settings name is missing.
    #[error(
        "{program} was built without {name}, which the settings {settings} ask for; install an ffmpeg that has it \
         (`ffmpeg -encoders` lists them), or change the settings"
    )]
    NoEncoder {
        /// Path as configured.
        program: PathBuf,
        /// Name of the encoder.
        name: &'static str,
        /// The settings that ask for it.
        settings: &'static str,
    },
    /// An encoder that the settings name does not work on this machine.
    #[error("{name} does not encode on this machine ({why}); {}", advice(.encoder))]
    EncoderFails {
        /// The encoder of the settings.
        encoder: Encoder,
        /// Name of the encoder of ffmpeg.
        name: &'static str,
        /// What ffmpeg reported.
        why: String,
    },
}

/// What an operator can do about an encoder that does not work.
const fn advice(encoder: &Encoder) -> &'static str {
    match *encoder {
        Encoder::Libx264 => "install a full build of ffmpeg, for example the package of Debian",
        Encoder::Nvenc => {
            "check that `nvidia-smi` lists the card for the gateway's user and that its driver is recent enough for this \
             ffmpeg, or set the encoder to libx264"
        }
        Encoder::Vaapi | Encoder::Qsv => {
            "check that the device exists, that the gateway's user is in its group (`render`), and that the driver is \
             installed (`vainfo` lists what it encodes), or set the encoder to libx264"
        }
    }
}

/// A usable ffmpeg.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ffmpeg {
    /// Path of ffmpeg.
    pub ffmpeg: PathBuf,
    /// Path of ffprobe.
    pub ffprobe: PathBuf,
    /// Version of ffmpeg.
    pub version: String,
    /// Sandbox in which both run.
    pub sandbox: Option<Sandbox>,
}

impl Ffmpeg {
    /// Checks the configured programs.
    ///
    /// # Errors
    ///
    /// A program cannot be run, is not ffmpeg, is too old, or has not all features that the ingest needs.
    pub async fn find(config: &FfmpegConfig) -> Result<Self, FfmpegError> {
        let (ffmpeg, sandbox) = (config.ffmpeg.clone(), config.sandbox.clone());
        if let Some(sandbox) = sandbox.clone() {
            check_sandbox(sandbox).await?;
        }
        let ask = |program, question| ask(run_in(sandbox.as_ref(), program), program, question);
        let banner = ask(&ffmpeg, "-version").await?;
        let version = parse_version(&banner)
            .ok_or_else(|| FfmpegError::NotFfmpeg { program: ffmpeg.clone(), why: "it states no version".into() })?
            .to_owned();
        // A build from the repository has no version number. It counts as newer than any release.
        let number = number(&version).unwrap_or((u32::MAX, 0));
        if number < OLDEST {
            return Err(FfmpegError::TooOld { program: ffmpeg, version });
        }
        ask(&config.ffprobe, "-version").await?;
        let encoders = ask(&ffmpeg, "-encoders").await?;
        if let Some(what) = ENCODERS.into_iter().find(|name| !has_word(&encoders, name)) {
            return Err(FfmpegError::MissingFeature { program: ffmpeg, what });
        }
        let protocols = ask(&ffmpeg, "-protocols").await?;
        if !has_word(&protocols, "unix") {
            return Err(FfmpegError::MissingFeature { program: ffmpeg, what: "unix sockets" });
        }
        Ok(Self { ffmpeg, ffprobe: config.ffprobe.clone(), version, sandbox })
    }

    /// A command that runs ffmpeg with the sockets in a folder, and a file to read if there is one, in the sandbox if there is
    /// one.
    pub(crate) fn transcoder(&self, sockets: &Path, file: Option<&Path>) -> Command {
        let sandbox = self.sandbox.as_ref().map(|sandbox| {
            sandbox.with(|policy| {
                policy.sockets = vec![sockets.to_owned()];
                policy.readable.extend(file.map(Path::to_owned));
            })
        });
        run_in(sandbox.as_ref(), &self.ffmpeg)
    }

    /// A command that runs ffmpeg on pipes alone, in the sandbox if there is one.
    pub(crate) fn converter(&self) -> Command {
        run_in(self.sandbox.as_ref(), &self.ffmpeg)
    }

    /// Starts ffmpeg for one picture of a file, in the sandbox if there is one; see [`start_on_file`].
    pub(crate) fn start_still(&self, file: &Path, before: &[&str], after: &[&str]) -> io::Result<Child> {
        start_on_file(run_in(self.reader_of(file, MAX_PROBE_CPU_S).as_ref(), &self.ffmpeg), file, before, after)
    }

    /// Starts ffmpeg for the subtitles of a file, in the sandbox if there is one; see [`start_on_file`].
    pub(crate) fn start_texts(&self, file: &Path, after: &[&str]) -> io::Result<Child> {
        start_on_file(run_in(self.reader_of(file, MAX_TEXT_CPU_S).as_ref(), &self.ffmpeg), file, &[], after)
    }

    /// A command that runs ffprobe on a file, in the sandbox if there is one.
    pub(crate) fn prober_of(&self, file: &Path) -> Command {
        run_in(self.reader_of(file, MAX_PROBE_CPU_S).as_ref(), &self.ffprobe)
    }

    fn reader_of(&self, file: &Path, max_cpu_s: u64) -> Option<Sandbox> {
        let sandbox = self.sandbox.as_ref()?;
        Some(sandbox.with(|policy| {
            policy.readable.push(file.to_owned());
            policy.max_cpu_s = Some(max_cpu_s);
        }))
    }

    /// A command that runs ffprobe, in the sandbox if there is one.
    pub(crate) fn prober(&self) -> Command {
        let sandbox = self.sandbox.as_ref();
        let sandbox = sandbox.map(|sandbox| sandbox.with(|policy| policy.max_cpu_s = Some(MAX_PROBE_CPU_S)));
        run_in(sandbox.as_ref(), &self.ffprobe)
    }
}

fn run_in(sandbox: Option<&Sandbox>, program: &Path) -> Command {
    sandbox.map_or_else(|| Command::new(program), |sandbox| sandbox.command(program).into())
}

/// Starts ffmpeg on a file, with arguments before it as the input and after it. It writes into a pipe, for [`read_output`], and
/// ends when it is dropped.
fn start_on_file(mut ffmpeg: Command, file: &Path, before: &[&str], after: &[&str]) -> io::Result<Child> {
    ffmpeg
        .args(["-hide_banner", "-nostdin", "-loglevel", "error"])
        .args(limits::of_file())
        .args(before)
        .arg("-i")
        .arg(limits::file_url(file))
        .args(after)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
}

/// Reads what a program writes, until it has written all or `max_bytes`.
pub(crate) async fn read_output(program: &mut Child, max_bytes: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(stdout) = program.stdout.take() {
        stdout.take(max_bytes).read_to_end(&mut bytes).await?;
    }
    Ok(bytes)
}

/// Enters the sandbox once, so that one that does not work is noticed before a publisher comes.
async fn check_sandbox(sandbox: Sandbox) -> Result<(), FfmpegError> {
    let checked = tokio::task::spawn_blocking(move || sandbox.check()).await;
    let enforced = checked.map_err(|error| FfmpegError::Sandbox(error.to_string()))?;
    let enforced = enforced.map_err(|error| FfmpegError::Sandbox(error.to_string()))?;
    if enforced.is_whole() {
        tracing::info!("ffmpeg runs in a sandbox: {enforced}");
    } else {
        tracing::warn!("ffmpeg runs in a weak sandbox: {enforced}; use Linux 5.13 or newer with Landlock");
    }
    Ok(())
}

async fn ask(mut command: Command, program: &Path, question: &str) -> Result<String, FfmpegError> {
    let not_ffmpeg = |why: String| FfmpegError::NotFfmpeg { program: program.to_owned(), why };
    command.args(["-hide_banner", question]).stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    match tokio::time::timeout(ANSWER_TIMEOUT, command.output()).await {
        Err(_) => Err(not_ffmpeg(format!("it did not answer {question} within {} s", ANSWER_TIMEOUT.as_secs()))),
        Ok(Err(source)) => Err(FfmpegError::NotFound { program: program.to_owned(), source }),
        Ok(Ok(output)) if !output.status.success() => Err(not_ffmpeg(format!("{question}: {}", output.status))),
        Ok(Ok(output)) => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
    }
}

/// Finds the version in `ffmpeg version 5.1.9-0+deb12u1 Copyright …`.
fn parse_version(banner: &str) -> Option<&str> {
    banner.strip_prefix("ffmpeg version ")?.split_whitespace().next()
}

/// Major and minor number of a version.
fn number(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.trim_start_matches('n').split(|c: char| !c.is_ascii_digit());
    let major = parts.next()?.parse().ok()?;
    Some((major, parts.next().and_then(|minor| minor.parse().ok()).unwrap_or(0)))
}

fn has_word(text: &str, word: &str) -> bool {
    text.split_whitespace().any(|found| found == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_installed_ffmpeg_is_found() {
        let found = Ffmpeg::find(&FfmpegConfig::default()).await.unwrap();
        assert!(number(&found.version).is_none_or(|number| number >= OLDEST), "{found:?}");
    }

    #[tokio::test]
    async fn a_missing_program_is_refused_with_instructions() {
        let config = FfmpegConfig { ffmpeg: "/nonexistent/ffmpeg".into(), ..FfmpegConfig::default() };
        let error = Ffmpeg::find(&config).await.unwrap_err();
        assert!(error.to_string().contains("apt-get install ffmpeg"), "{error}");
    }

    #[tokio::test]
    async fn another_program_is_refused() {
        let config = FfmpegConfig { ffmpeg: "true".into(), ..FfmpegConfig::default() };
        assert!(matches!(Ffmpeg::find(&config).await, Err(FfmpegError::NotFfmpeg { .. })));
    }

    #[test]
    fn version_numbers_are_parsed() {
        for (text, expected) in [
            ("5.1.9-0+deb12u1", Some((5, 1))),
            ("n6.1", Some((6, 1))),
            ("7.0.2-essentials", Some((7, 0))),
            ("4.4", Some((4, 4))),
            ("N-12345-gabcdef", None),
        ] {
            assert_eq!(number(text), expected, "{text}");
        }
    }
}
