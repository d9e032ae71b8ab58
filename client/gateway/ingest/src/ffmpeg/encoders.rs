//! Whether the encoders of the settings work on this machine: each encodes a few pictures before any port is bound.

use super::{ask, has_word, Ffmpeg, FfmpegError};
use crate::{
    codec::{Codec, Encoder},
    config::TranscodeConfig,
};
use std::{process::Stdio, time::Duration};

/// Maximum time for the trial of an encoder: the first use of a graphics card may take seconds.
const TRIAL_TIMEOUT: Duration = Duration::from_secs(30);
/// Maximum length of what is quoted of a report of ffmpeg.
const MAX_QUOTED_BYTES: usize = 300;

impl Ffmpeg {
    /// Checks the encoders of the settings, for every codec that is offered.
    ///
    /// # Errors
    ///
    /// ffmpeg was built without one, or one does not encode on this machine.
    pub async fn check_encoders(&self, config: &TranscodeConfig) -> Result<(), FfmpegError> {
        let known = ask(self.converter(), &self.ffmpeg, "-encoders").await?;
        for codec in config.all_codecs() {
            for encoder in config.encoders() {
                let name = encoder.name(codec);
                if !has_word(&known, name) {
                    let settings = if codec == Codec::H264 { "`encoder`" } else { "`encoder` and `codecs`" };
                    return Err(FfmpegError::NoEncoder { program: self.ffmpeg.clone(), name, settings });
                }
                // What is in the build and needs no device works.
                if encoder.is_hardware() {
                    self.try_encoder(encoder, name, config).await?;
                }
            }
        }
        Ok(())
    }

    async fn try_encoder(
        &self,
        encoder: Encoder,
        name: &'static str,
        config: &TranscodeConfig,
    ) -> Result<(), FfmpegError> {
        let fails = |why: String| FfmpegError::EncoderFails { encoder, name, why };
        let mut command = self.converter();
        command
            .args(trial(encoder, name, config))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        match tokio::time::timeout(TRIAL_TIMEOUT, command.output()).await {
            Err(_) => Err(fails(format!("it did not encode five pictures within {} s", TRIAL_TIMEOUT.as_secs()))),
            Ok(Err(source)) => Err(FfmpegError::NotFound { program: self.ffmpeg.clone(), source }),
            Ok(Ok(output)) if output.status.success() => Ok(()),
            Ok(Ok(output)) => Err(fails(reason(&output.stderr))),
        }
    }
}

/// The command line that encodes five pictures and throws them away.
fn trial(encoder: Encoder, name: &str, config: &TranscodeConfig) -> Vec<String> {
    let mut args: Vec<String> = ["-hide_banner", "-nostdin", "-v", "error"].map(String::from).into();
    match encoder {
        Encoder::Libx264 | Encoder::Nvenc => {}
        Encoder::Vaapi => args.extend(["-vaapi_device".into(), config.render_node().into()]),
        Encoder::Qsv => {
            args.extend(["-init_hw_device".into(), format!("qsv=hw,child_device={}", config.render_node())]);
        }
    }
    args.extend(["-f", "lavfi", "-i", "color=s=320x240:r=10"].map(String::from));
    let surface = if encoder == Encoder::Vaapi { "format=nv12,hwupload" } else { "format=nv12" };
    args.extend(["-vf", surface, "-frames:v", "5", "-c:v", name].map(String::from));
    if encoder == Encoder::Nvenc && !config.device.is_empty() {
        args.extend(["-gpu".into(), config.device.clone()]);
    }
    args.extend(["-f", "null", "-"].map(String::from));
    args
}

/// The first line of a report, which names the cause; later ones follow from it.
fn reason(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("ffmpeg reported no reason");
    line.chars().take(MAX_QUOTED_BYTES).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::FfmpegConfig;

    async fn ffmpeg() -> Ffmpeg {
        Ffmpeg::find(&FfmpegConfig::default()).await.unwrap()
    }

    #[tokio::test]
    async fn encoders_of_the_processor_work() {
        let config = TranscodeConfig { codecs: vec![Codec::Hevc, Codec::Av1], ..TranscodeConfig::default() };
        ffmpeg().await.check_encoders(&config).await.unwrap();
    }

    #[tokio::test]
    async fn a_device_that_does_not_exist_is_named_with_what_to_do() {
        let config = TranscodeConfig {
            encoder: Encoder::Vaapi,
            device: "/dev/dri/no-such-card".into(),
            ..TranscodeConfig::default()
        };
        let error = ffmpeg().await.check_encoders(&config).await.unwrap_err();
        // Some builds have no VA-API at all, which is said as well.
        let words = error.to_string();
        assert!(words.contains("h264_vaapi"), "{words}");
        assert!(words.contains("libx264") || words.contains("`encoder`"), "{words}");
    }

    #[test]
    fn the_first_line_of_a_report_is_the_reason() {
        assert_eq!(reason(b"\nDevice creation failed: -5.\nError\n"), "Device creation failed: -5.");
        assert_eq!(reason(b""), "ffmpeg reported no reason");
        assert_eq!(reason(&vec![b'x'; 9_000]).len(), MAX_QUOTED_BYTES);
    }
}
