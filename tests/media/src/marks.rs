//! Marks: moments at which the picture becomes white and a tone begins. Found again in what was received, they show whether
//! sound and picture are still together.

use std::{
    path::Path,
    process::{Command, Stdio},
};

/// When a source is marked, as a condition of ffmpeg on the time `t`: for 0.2 s every two seconds, but for every fifth time,
/// so that sound which is late by one mark does not look right.
const WHEN: &str = "lt(mod(t+0.001,2),0.2)*lt(mod(t+0.001,10),8)";
/// Longest time between a mark's picture and its sound at which they are still taken for the same mark.
const SAME_MARK_S: f64 = 1.0;
/// Marks this near to the beginning or the end may have lost their picture or their sound there.
const EDGE_S: f64 = 0.5;
/// The picture is reduced to this number of columns and rows.
const GRID: usize = 16;
/// Rows above the white part of a mark.
const DARK_ROWS: usize = GRID / 8;
/// Brightness and volume from which on a moment is marked.
const WHITE: u8 = 128;
const LOUD_DB: f64 = -20.0;
/// Number of samples of which the volume is measured at a time.
const VOLUME_SAMPLES: &str = "240";

/// Returns a source of pictures for ffmpeg's `lavfi`: dark and moving. At a mark, all but the uppermost eighth is white.
pub fn picture(size: &str, rate: u32) -> String {
    format!(
        "testsrc2=s={size}:r={rate},lutyuv=y='16+(val-16)/4',drawbox=y=0:w=iw:h=ih/8:c=black:t=fill,\
         drawbox=y=ih/8:w=iw:h=ih:c=white:t=fill:enable='{WHEN}'"
    )
}

/// Returns a source of sound for ffmpeg's `lavfi`: silence, and a tone at each mark.
pub fn sound(layout: &str, rate: u32) -> String {
    format!("aevalsrc='0.5*sin(880*2*PI*t)*{WHEN}':s={rate}:c={layout}")
}

/// What was found in a file.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Times in seconds at which the picture becomes bright.
    pub pictures: Vec<f64>,
    /// Times in seconds at which a tone begins.
    pub sounds: Vec<f64>,
    /// Whether every bright picture was bright below its uppermost eighth, from edge to edge, and nowhere else.
    pub is_upright: bool,
    /// First and last time of a picture, and the number of pictures.
    range: (f64, f64),
    count: usize,
}

impl Found {
    /// Returns the mean number of pictures per second.
    pub fn rate(&self) -> f64 {
        self.count.saturating_sub(1) as f64 / (self.range.1 - self.range.0)
    }

    /// Returns by how many seconds the sound of each mark is later than its picture, but for marks at the beginning and the end
    /// of the file. `None`: this picture has no sound.
    pub fn offsets(&self) -> Vec<Option<f64>> {
        let inner = self.range.0 + EDGE_S..=self.range.1 - EDGE_S;
        let pictures = self.pictures.iter().filter(|at| inner.contains(at));
        let offset = |picture: &f64| {
            let offsets = self.sounds.iter().map(|sound| sound - picture);
            offsets.filter(|offset| offset.abs() < SAME_MARK_S).min_by(|a, b| a.abs().total_cmp(&b.abs()))
        };
        pictures.map(offset).collect()
    }
}

/// Looks for marks in a file.
///
/// # Panics
///
/// If ffmpeg cannot read the file.
pub fn find(file: &Path) -> Found {
    let pictures = pictures(file);
    let is_white = |picture: &[u8]| picture.iter().filter(|pixel| **pixel >= WHITE).count() > picture.len() / 2;
    let row_is_right = |(row, pixels): (usize, &[u8])| {
        // Scaling blends the rows at the border.
        let is_border = row.abs_diff(DARK_ROWS) <= 1 && row > 0;
        is_border || pixels.iter().all(|pixel| (*pixel >= WHITE) == (row >= DARK_ROWS))
    };
    let is_right = |picture: &Vec<u8>| picture.chunks(GRID).enumerate().all(row_is_right);
    let whites = pictures.iter().filter(|(_, picture)| is_white(picture));
    Found {
        is_upright: whites.clone().all(|(_, picture)| is_right(picture)) && whites.count() > 0,
        count: pictures.len(),
        range: (pictures.first().map_or(0.0, |first| first.0), pictures.last().map_or(0.0, |last| last.0)),
        pictures: onsets(pictures.iter().map(|(at, picture)| (*at, is_white(picture)))),
        sounds: onsets(volumes(file).into_iter().map(|(at, volume)| (at, volume >= LOUD_DB))),
    }
}

/// The times at which something begins. What is there from the first moment on does not count.
fn onsets(states: impl Iterator<Item = (f64, bool)>) -> Vec<f64> {
    let (mut was, mut found) = (true, Vec::new());
    for (at, is) in states {
        if is && !was {
            found.push(at);
        }
        was = is;
    }
    found
}

/// The times and the reduced pictures of a file.
fn pictures(file: &Path) -> Vec<(f64, Vec<u8>)> {
    let filter = format!("scale={GRID}:{GRID}:flags=area,format=gray,showinfo=checksum=0");
    let options = ["-map", "0:v:0", "-vf", &filter, "-fps_mode", "passthrough", "-f", "rawvideo", "-"];
    let (pixels, report) = decode(file, &options);
    let times = report.lines().filter(|line| line.contains("showinfo")).filter_map(|line| number(line, "pts_time:"));
    let pictures = pixels.chunks_exact(GRID * GRID).map(<[u8]>::to_vec);
    let all: Vec<_> = times.zip(pictures).collect();
    assert_eq!(all.len(), pixels.len() / (GRID * GRID), "ffmpeg reports the time of every picture: {report}");
    all
}

/// The volume of a file in dB, over time.
fn volumes(file: &Path) -> Vec<(f64, f64)> {
    let key = "lavfi.astats.Overall.Peak_level";
    let filter = format!(
        "aresample=48000,asetnsamples={VOLUME_SAMPLES},astats=metadata=1:reset=1,\
         ametadata=mode=print:key={key}:file=-"
    );
    let (lines, _) = decode(file, &["-map", "0:a:0", "-af", &filter, "-f", "null", "/dev/null"]);
    let lines = String::from_utf8_lossy(&lines).into_owned();
    let mut volumes = Vec::new();
    let mut at = 0.0;
    for line in lines.lines() {
        at = number(line, "pts_time:").unwrap_or(at);
        if let Some(volume) = line.strip_prefix(key).and_then(|rest| rest.strip_prefix('=')) {
            volumes.push((at, volume.parse().unwrap_or(f64::NEG_INFINITY)));
        }
    }
    volumes
}

/// The number after a name.
fn number(line: &str, name: &str) -> Option<f64> {
    line.split(name).nth(1)?.split_whitespace().next()?.parse().ok()
}

/// Runs ffmpeg on a file, and returns its output and its report.
fn decode(file: &Path, options: &[&str]) -> (Vec<u8>, String) {
    let output = Command::new("ffmpeg")
        .args(["-nostdin", "-hide_banner", "-nostats", "-copyts", "-i"])
        .arg(file)
        .args(options)
        .stdin(Stdio::null())
        .output()
        .expect("ffmpeg is installed");
    let report = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{report}");
    (output.stdout, report)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ffmpeg;

    /// Makes a marked file whose sound is late by this time, and looks for the marks.
    fn found(name: &str, late_s: &str, filter: &str) -> Found {
        let path = std::env::temp_dir().join(format!("vilokanam-marks-{}-{name}.mp4", std::process::id()));
        let (picture, sound) = (format!("{},{filter}", picture("320x180", 25)), sound("stereo", 48_000));
        let inputs = ["-f", "lavfi", "-i", &picture, "-itsoffset", late_s, "-f", "lavfi", "-i", &sound];
        let encoders = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"];
        ffmpeg(&[&inputs[..], &["-t", "13"], &encoders, &[path.to_str().unwrap()]].concat());
        let found = find(&path);
        std::fs::remove_file(path).unwrap();
        found
    }

    #[test]
    fn sound_that_is_late_is_found_to_be_late() {
        for (name, late_s) in [("together", 0.0), ("late", 0.3)] {
            let found = found(name, &late_s.to_string(), "null");
            let offsets = found.offsets();
            // The first mark is at the edge of the file.
            assert_eq!(offsets.len(), 5, "{found:?}");
            assert!(offsets.iter().all(|offset| (offset.unwrap() - late_s).abs() < 0.03), "{offsets:?}");
            assert!(found.is_upright && (found.rate() - 25.0).abs() < 0.1, "{found:?}");
        }
    }

    #[test]
    fn sound_that_is_late_by_a_mark_is_not_taken_for_that_of_the_next() {
        assert!(found("next", "2", "null").offsets().contains(&None));
    }

    #[test]
    fn pictures_that_are_turned_or_have_bars_are_not_upright() {
        for (name, filter) in
            [("turned", "vflip"), ("sideways", "transpose"), ("bars", "scale=200:180,pad=320:180:60:0")]
        {
            assert!(!found(name, "0", filter).is_upright, "{name}");
        }
    }
}
