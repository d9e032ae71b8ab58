//! Reads the video track of fragmented MP4: when each fragment begins, how long it is, and whether it begins with an
//! IDR frame.

use std::{io::Write, process::Stdio};

/// A fragment of the video track, in units of its timescale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fragment {
    pub at: u64,
    pub duration: u64,
    pub samples: u32,
    pub is_idr: bool,
}

#[derive(Debug)]
pub struct Movie {
    pub timescale: u64,
    pub fragments: Vec<Fragment>,
}

impl Movie {
    pub fn read(bytes: &[u8]) -> Self {
        let top = boxes(bytes);
        assert_eq!(&top[0].0, b"ftyp", "an initialisation segment comes first");
        assert_eq!(&top[1].0, b"moov");
        let video = boxes(top[1].1).into_iter().filter(|found| &found.0 == b"trak").map(|found| found.1);
        let (track, timescale) = video.filter_map(video_track).next().expect("there is a video track");
        let moofs = top.iter().filter(|found| &found.0 == b"moof");
        let fragments = moofs.filter_map(|moof| fragment(moof.1, track)).collect();
        Self { timescale, fragments }
    }

    pub fn ms(&self, units: u64) -> u64 {
        units * 1000 / self.timescale
    }

    pub fn start_ms(&self) -> u64 {
        self.ms(self.fragments[0].at)
    }

    pub fn end_ms(&self) -> u64 {
        let last = self.fragments.last().unwrap();
        self.ms(last.at + last.duration)
    }

    fn idrs(&self) -> Vec<u64> {
        self.fragments.iter().filter(|fragment| fragment.is_idr).map(|fragment| fragment.at).collect()
    }

    /// Checks that GOPs have exactly two seconds, in fragments of half a second or a frame more.
    pub fn check_cadence(&self, rate: u64) {
        assert!(self.fragments[0].is_idr, "the first frame is an IDR frame");
        for pair in self.fragments.windows(2) {
            assert_eq!(pair[0].at + pair[0].duration, pair[1].at, "fragments follow each other: {pair:?}");
            let ms = self.ms(pair[0].duration);
            assert!(ms <= u64::from(vilokanam_ingest::transcode::max_fragment_ms(500)), "{ms} ms");
        }
        for pair in self.idrs().windows(2) {
            assert_eq!(pair[1] - pair[0], 2 * self.timescale, "IDR frames are two seconds apart");
        }
        let gop: Vec<&Fragment> = self.fragments.iter().take_while(|fragment| fragment.at < self.idrs()[1]).collect();
        assert_eq!(gop.len(), 4, "a GOP has four fragments: {gop:?}");
        let frames: u32 = gop.iter().map(|fragment| fragment.samples).sum();
        assert_eq!(u64::from(frames), 2 * rate, "the frame rate is constant");
    }

    /// Checks that IDR frames are at the same times, as far as both movies go.
    pub fn check_same_times(&self, other: &Self) {
        let times =
            |movie: &Self, fragments: Vec<u64>| -> Vec<u64> { fragments.iter().map(|at| movie.ms(*at)).collect() };
        for (one, other) in times(self, self.idrs()).iter().zip(times(other, other.idrs())) {
            assert_eq!(*one, other);
        }
    }
}

fn boxes(mut bytes: &[u8]) -> Vec<([u8; 4], &[u8])> {
    let mut found = Vec::new();
    while bytes.len() >= 8 {
        let size = number(&bytes[..4]) as usize;
        // The last box may be incomplete, because the broadcast is still running.
        if size < 8 || size > bytes.len() {
            break;
        }
        found.push((bytes[4..8].try_into().unwrap(), &bytes[8..size]));
        bytes = &bytes[size..];
    }
    found
}

fn child<'a>(bytes: &'a [u8], name: &[u8; 4]) -> Option<&'a [u8]> {
    boxes(bytes).into_iter().find(|found| &found.0 == name).map(|found| found.1)
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte))
}

fn video_track(trak: &[u8]) -> Option<(u64, u64)> {
    let mdia = child(trak, b"mdia")?;
    let is_video = &child(mdia, b"hdlr")?[8..12] == b"vide";
    let (tkhd, mdhd) = (child(trak, b"tkhd")?, child(mdia, b"mdhd")?);
    assert_eq!((tkhd[0], mdhd[0]), (0, 0), "ffmpeg writes version 0");
    is_video.then(|| (number(&tkhd[12..16]), number(&mdhd[12..16])))
}

fn fragment(moof: &[u8], track: u64) -> Option<Fragment> {
    let mut trafs = boxes(moof).into_iter().filter(|found| &found.0 == b"traf").map(|found| found.1);
    let traf = trafs.find(|traf| number(&child(traf, b"tfhd").unwrap()[4..8]) == track)?;
    let (tfhd, tfdt, trun) = (child(traf, b"tfhd")?, child(traf, b"tfdt")?, child(traf, b"trun")?);
    let at = if tfdt[0] == 1 { number(&tfdt[4..12]) } else { number(&tfdt[4..8]) };
    let default = Defaults::read(tfhd);
    let (flags, samples) = (number(&trun[1..4]), number(&trun[4..8]));
    let mut at_byte = 8 + if flags & 1 != 0 { 4 } else { 0 };
    let mut first_flags = default.flags;
    if flags & 4 != 0 {
        first_flags = number(&trun[at_byte..at_byte + 4]);
        at_byte += 4;
    }
    let mut duration = 0;
    for sample in 0..samples {
        let mut field = |bit: u64| {
            let value = (flags & bit != 0).then(|| number(&trun[at_byte..at_byte + 4]));
            at_byte += if value.is_some() { 4 } else { 0 };
            value
        };
        duration += field(0x100).unwrap_or(default.duration);
        field(0x200);
        let sample_flags = field(0x400);
        field(0x800);
        first_flags = if sample == 0 { sample_flags.unwrap_or(first_flags) } else { first_flags };
    }
    Some(Fragment { at, duration, samples: samples as u32, is_idr: first_flags & 0x0001_0000 == 0 })
}

struct Defaults {
    duration: u64,
    flags: u64,
}

impl Defaults {
    fn read(tfhd: &[u8]) -> Self {
        let flags = number(&tfhd[1..4]);
        let mut at = 8;
        let mut field = |bit: u64, bytes: usize| {
            let value = if flags & bit != 0 { number(&tfhd[at..at + bytes]) } else { 0 };
            at += if flags & bit != 0 { bytes } else { 0 };
            value
        };
        field(0x1, 8);
        field(0x2, 4);
        let duration = field(0x8, 4);
        field(0x10, 4);
        Self { duration, flags: field(0x20, 4) }
    }
}

/// Checks that ffprobe decodes all frames without an error message.
pub fn check_decodable(bytes: &[u8]) {
    let mut child = std::process::Command::new("ffprobe")
        .args(["-v", "error", "-count_frames", "-show_entries", "stream=codec_name,nb_read_frames", "-of", "csv=p=0"])
        .args(["-i", "pipe:0"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("ffprobe is installed");
    let mut stdin = child.stdin.take().unwrap();
    let bytes = bytes.to_vec();
    let feeding = std::thread::spawn(move || stdin.write_all(&bytes));
    let output = child.wait_with_output().unwrap();
    feeding.join().unwrap().expect("ffprobe reads all of it");
    let (found, complaints) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(complaints.is_empty(), "{complaints}");
    let frames =
        found.lines().find_map(|line| line.strip_prefix("h264,")).and_then(|frames| frames.parse::<u32>().ok());
    assert!(frames.is_some_and(|frames| frames > 0), "{found}");
}
