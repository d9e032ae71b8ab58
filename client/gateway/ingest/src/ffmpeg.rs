//! The installed ffmpeg and its features, queried once before any port is bound.

use crate::config::FfmpegConfig;
use std::{io, path::PathBuf, process::Stdio, time::Duration};
use thiserror::Error;
use tokio::process::Command;

/// Maximum time for an answer about a program's features.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
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
    /// A required encoder or protocol is missing.
    #[error("{program} was built without {what}; install a full build, for example the `ffmpeg` package of Debian")]
    MissingFeature {
        /// Path as configured.
        program: PathBuf,
        /// Name of the missing feature.
        what: &'static str,
    },
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
}

impl Ffmpeg {
    /// Checks the configured programs.
    ///
    /// # Errors
    ///
    /// A program cannot be run, is not ffmpeg, is too old, or has not all features that the ingest needs.
    pub async fn find(config: &FfmpegConfig) -> Result<Self, FfmpegError> {
        let ffmpeg = config.ffmpeg.clone();
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
        Ok(Self { ffmpeg, ffprobe: config.ffprobe.clone(), version })
    }
}

async fn ask(program: &PathBuf, question: &str) -> Result<String, FfmpegError> {
    let not_ffmpeg = |why: String| FfmpegError::NotFfmpeg { program: program.clone(), why };
    let mut command = Command::new(program);
    command.args(["-hide_banner", question]).stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    match tokio::time::timeout(ANSWER_TIMEOUT, command.output()).await {
        Err(_) => Err(not_ffmpeg(format!("it did not answer {question} within {} s", ANSWER_TIMEOUT.as_secs()))),
        Ok(Err(source)) => Err(FfmpegError::NotFound { program: program.clone(), source }),
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
