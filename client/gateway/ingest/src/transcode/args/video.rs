//! Arguments of the video encoders.

use super::Args;
use crate::{
    broadcast::Rendition,
    codec::{Codec, Encoder},
    config::TranscodeConfig,
    transcode::timing::GOP_S,
};

impl Args {
    /// Opens the device of a hardware encoder. It comes before the inputs.
    pub(super) fn device(&mut self, encoder: Encoder, config: &TranscodeConfig) {
        let device = config.render_node();
        match encoder {
            Encoder::Libx264 | Encoder::Nvenc => {}
            Encoder::Vaapi => self.add(["-vaapi_device", device]),
            Encoder::Qsv => self.add(["-init_hw_device", &format!("qsv=hw,child_device={device}")]),
        }
    }

    /// Encodes video in closed GOPs of exactly two seconds, with one second of rate control and without B frames. GOPs
    /// are counted in frames, because the frame rate is constant: keyframes forced by an expression in time would make
    /// the first GOP short whenever the video begins a little after the audio.
    pub(super) fn video(&mut self, rendition: &Rendition, encoder: Encoder, config: &TranscodeConfig) {
        let codec = rendition.id.codec();
        let gop = (rendition.frames_per_second * GOP_S).to_string();
        let bits = rendition.video_bits_per_second.to_string();
        let ceiling = (u64::from(rendition.video_bits_per_second) * 107 / 100).to_string();
        self.add(["-c:v", encoder.name(codec), "-g", &gop]);
        match encoder {
            Encoder::Libx264 => self.software(codec, &gop, &bits, &ceiling, config),
            Encoder::Nvenc => self.nvenc(codec, config),
            Encoder::Vaapi => self.add(["-bf", "0", "-idr_interval", "0", "-rc_mode", "VBR"]),
            Encoder::Qsv => self.add(["-bf", "0", "-idr_interval", "0", "-forced_idr", "1", "-async_depth", "1"]),
        }
        if encoder.is_hardware() {
            self.add(["-b:v", &bits, "-maxrate", &ceiling, "-bufsize", &bits]);
        }
        if codec == Codec::Hevc {
            // Apple's players take HEVC under this name only.
            self.add(["-tag:v", "hvc1"]);
        }
    }

    fn software(&mut self, codec: Codec, gop: &str, bits: &str, ceiling: &str, config: &TranscodeConfig) {
        self.add(["-pix_fmt", "yuv420p"]);
        match codec {
            Codec::H264 => {
                self.add(["-preset", &config.preset, "-tune", &config.tune, "-profile:v", "high"]);
                self.add(["-bf", "0", "-keyint_min", gop, "-sc_threshold", "0", "-flags:v", "+cgop"]);
                self.add(["-b:v", bits, "-maxrate", ceiling, "-bufsize", bits]);
            }
            Codec::Hevc => {
                let params = format!(
                    "keyint={gop}:min-keyint={gop}:scenecut=0:open-gop=0:bframes=0:rc-lookahead=0:repeat-headers=0:\
                     log-level=error"
                );
                self.add(["-preset", &config.preset, "-tune", "zerolatency", "-x265-params", &params]);
                self.add(["-b:v", bits, "-maxrate", ceiling, "-bufsize", bits]);
            }
            // A key frame ends each GOP, and no frame refers to a later one. A maximum rate would choose a rate control that
            // this structure does not have.
            Codec::Av1 => {
                self.add(["-preset", "10", "-b:v", bits, "-svtav1-params", "rc=2:pred-struct=1:irefresh-type=2:scd=0"])
            }
        }
        if config.threads > 0 && codec != Codec::Av1 {
            self.add(["-threads:v", &config.threads.to_string()]);
        }
    }

    fn nvenc(&mut self, codec: Codec, config: &TranscodeConfig) {
        self.add(["-preset", "p4", "-tune", "ll", "-rc", "cbr", "-bf", "0", "-forced-idr", "1"]);
        if codec != Codec::Av1 {
            self.add(["-no-scenecut", "1", "-strict_gop", "1"]);
        }
        if !config.device.is_empty() {
            self.add(["-gpu", &config.device]);
        }
    }
}
