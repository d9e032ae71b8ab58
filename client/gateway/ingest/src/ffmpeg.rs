//! Which ffmpeg is there, and what it can do: asked once, before anything is bound.

use crate::config::FfmpegConfig;
use std::{io, path::PathBuf, process::Stdio, time::Duration};
use thiserror::Error;
use tokio::process::Command;

/// How long a program may take to tell its version.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// The first version that reads enhanced FLV (HEVC, AV1).
const ENHANCED_FLV_SINCE: (u32, u32) = (6, 1);
/// The first version with `-fps_mode`.
const OLDEST: (u32, u32) = (5, 1);

const ENCODERS: [&str; 3] = ["libx264", "aac", "mjpeg"];

/// ffmpeg cannot be used.
#[derive(Debug, Error)]
pub enum FfmpegError {
    #[error(
        "{program} cannot be run ({source}); install ffmpeg (Debian, Ubuntu: `apt-get install ffmpeg`; macOS: `brew install \
         ffmpeg`) or say in FFMPEG and FFPROBE where it is"
    )]
    Missing { program: PathBuf, source: io::Error },
    #[error("{program} does not answer as ffmpeg does ({why}); install ffmpeg 5.1 or newer")]
    Odd { program: PathBuf, why: String },
    #[error("{program} is version {version}; install ffmpeg 5.1 or newer")]
    TooOld { program: PathBuf, version: String },
    #[error("{program} was built without {what}; install a full build (Debian's `ffmpeg` package is one)")]
    Lacks { program: PathBuf, what: &'static str },
}

/// An ffmpeg that can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ffmpeg {
    pub ffmpeg: PathBuf,
    pub ffprobe: PathBuf,
    pub version: String,
    /// Whether it reads HEVC and AV1 in FLV.
    pub reads_enhanced_flv: bool,
    pub has_srt: bool,
}

impl Ffmpeg {
    /// Asks the configured programs.
    pub async fn find(config: &FfmpegConfig) -> Result<Self, FfmpegError> {
        let ffmpeg = config.ffmpeg.clone();
        let banner = ask(&ffmpeg, "-version").await?;
        let version = parse_version(&banner)
            .ok_or_else(|| FfmpegError::Odd { program: ffmpeg.clone(), why: "no version".into() })?
            .to_owned();
        // A build from the repository has no number; it is newer than any release we ask for.
        let number = number(&version).unwrap_or((u32::MAX, 0));
        if number < OLDEST {
            return Err(FfmpegError::TooOld { program: ffmpeg, version });
        }
        ask(&config.ffprobe, "-version").await?;
        let encoders = ask(&ffmpeg, "-encoders").await?;
        if let Some(what) = ENCODERS.into_iter().find(|name| !has_word(&encoders, name)) {
            return Err(FfmpegError::Lacks { program: ffmpeg, what });
        }
        let protocols = ask(&ffmpeg, "-protocols").await?;
        if !has_word(&protocols, "unix") {
            return Err(FfmpegError::Lacks { program: ffmpeg, what: "unix sockets" });
        }
        Ok(Self {
            ffmpeg,
            ffprobe: config.ffprobe.clone(),
            version,
            reads_enhanced_flv: number >= ENHANCED_FLV_SINCE,
            has_srt: has_word(&protocols, "srt"),
        })
    }
}

async fn ask(program: &PathBuf, question: &str) -> Result<String, FfmpegError> {
    let odd = |why: String| FfmpegError::Odd { program: program.clone(), why };
    let mut command = Command::new(program);
    command.args(["-hide_banner", question]).stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    match tokio::time::timeout(ANSWER_TIMEOUT, command.output()).await {
        Err(_) => Err(odd(format!("no answer to {question} within {} s", ANSWER_TIMEOUT.as_secs()))),
        Ok(Err(source)) => Err(FfmpegError::Missing { program: program.clone(), source }),
        Ok(Ok(output)) if !output.status.success() => Err(odd(format!("{question}: {}", output.status))),
        Ok(Ok(output)) => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
    }
}

/// `ffmpeg version 5.1.9-0+deb12u1 Copyright …`
fn parse_version(banner: &str) -> Option<&str> {
    banner.strip_prefix("ffmpeg version ")?.split_whitespace().next()
}

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
    async fn find_works() {
        let found = Ffmpeg::find(&FfmpegConfig::default()).await.unwrap();
        assert!(number(&found.version).is_none_or(|number| number >= OLDEST), "{found:?}");
    }

    #[tokio::test]
    async fn find_of_a_missing_program_fails() {
        let config = FfmpegConfig { ffmpeg: "/nonexistent/ffmpeg".into(), ..FfmpegConfig::default() };
        let error = Ffmpeg::find(&config).await.unwrap_err();
        assert!(error.to_string().contains("apt-get install ffmpeg"), "{error}");
    }

    #[tokio::test]
    async fn find_of_another_program_fails() {
        let config = FfmpegConfig { ffmpeg: "true".into(), ..FfmpegConfig::default() };
        assert!(matches!(Ffmpeg::find(&config).await, Err(FfmpegError::Odd { .. })));
    }

    #[test]
    fn versions_are_understood() {
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
