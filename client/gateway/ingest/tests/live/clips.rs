//! Clips to publish, made by ffmpeg once for all tests.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

/// Seconds of each clip.
pub const CLIP_S: u32 = 7;

pub struct Clips {
    pub directory: PathBuf,
    /// 640x360 at 30 a second with GOPs of 1.6 s, and sound.
    pub wide: PathBuf,
    /// 320x240 at 25 a second, and sound.
    pub small: PathBuf,
    /// Sound alone.
    pub sound: PathBuf,
    /// A picture without sound.
    pub silent: PathBuf,
}

/// All of them, in a directory of the build.
pub fn clips() -> &'static Clips {
    static CLIPS: OnceLock<Clips> = OnceLock::new();
    CLIPS.get_or_init(|| {
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("clips-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let picture = |size: &str| format!("testsrc2=size={size}");
        let sound = "sine=frequency=440:sample_rate=44100";
        let x264 = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "48", "-pix_fmt", "yuv420p"];
        let clip = |name: &str, args: &[&str]| {
            let path = directory.join(name);
            let seconds = CLIP_S.to_string();
            ffmpeg(&[args, &["-t", &seconds, "-c:a", "aac", "-f", "flv", path.to_str().unwrap()]].concat());
            path
        };
        let (wide, small) = (picture("640x360:rate=30"), picture("320x240:rate=25"));
        let both = |picture: &str, name: &str| {
            clip(name, &[&["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound], &x264[..]].concat())
        };
        Clips {
            wide: both(&wide, "wide.flv"),
            small: both(&small, "small.flv"),
            sound: clip("sound.flv", &["-f", "lavfi", "-i", sound]),
            silent: clip("silent.flv", &[&["-f", "lavfi", "-i", &wide], &x264[..]].concat()),
            directory,
        }
    })
}

pub fn ffmpeg(args: &[&str]) {
    let output = Command::new("ffmpeg")
        .args(["-y", "-nostdin", "-v", "error"])
        .args(args)
        .stdout(Stdio::null())
        .output()
        .expect("ffmpeg is installed");
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
}
