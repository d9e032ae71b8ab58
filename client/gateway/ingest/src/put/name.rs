//! The path of an upload: which format it names, and its numbers.

use crate::error::PutError;

/// Maximum length of a path.
const MAX_NAME_BYTES: usize = 512;
/// Units that make a number a property of the rendition.
const UNITS: [&str; 9] = ["p", "i", "k", "m", "fps", "hz", "khz", "kbps", "mbps"];

/// Format of segments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    MpegTs,
    Mp4,
}

/// The path of an upload, parsed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Name<'a> {
    pub whole: &'a str,
    /// `None` for a playlist.
    pub format: Option<Format>,
    /// Numbers of the file name, or of the last folder that has one. A date or a time is one number; a number with a
    /// unit, such as `720p`, is none.
    pub numbers: Vec<u64>,
    /// The path with `#` for each of these numbers.
    pub stem: String,
}

impl<'a> Name<'a> {
    pub fn parse(whole: &'a str) -> Result<Self, PutError> {
        let bad = || PutError::BadName(whole.chars().take(MAX_NAME_BYTES).collect());
        if whole.len() > MAX_NAME_BYTES || whole.contains("..") {
            return Err(bad());
        }
        let (base, extension) = whole.rsplit_once('.').ok_or_else(bad)?;
        let format = match extension.to_ascii_lowercase().as_str() {
            "m3u8" | "mpd" => None,
            "ts" => Some(Format::MpegTs),
            "m4s" | "mp4" | "cmfv" | "cmfa" | "m4v" => Some(Format::Mp4),
            _ => return Err(bad()),
        };
        let (numbers, stem) = numbers(base);
        Ok(Self { whole, format, numbers, stem: format!("{stem}.{extension}") })
    }
}

/// A run of digits.
#[derive(Clone, Copy, Debug)]
struct Run {
    start: usize,
    end: usize,
}

impl Run {
    fn digits(self) -> usize {
        self.end - self.start
    }
}

/// Numbers of a path without its extension, and the path with `#` for them.
fn numbers(base: &str) -> (Vec<u64>, String) {
    let (mut end, mut found) = (base.len(), Vec::new());
    while found.is_empty() && end > 0 {
        let start = base[..end].rfind('/').map_or(0, |slash| slash + 1);
        found = runs(base, start, end);
        end = start.saturating_sub(1);
    }
    let plain: Vec<Run> = found.iter().filter(|run| !has_unit(base, run.end)).copied().collect();
    let groups = group(base, if plain.is_empty() { found } else { plain });
    let (mut values, mut stem, mut at) = (Vec::new(), String::new(), 0);
    for Run { start, end } in groups {
        let digits: String = base[start..end].chars().filter(char::is_ascii_digit).collect();
        // A longer number is part of the name.
        let Ok(value) = digits.parse() else { continue };
        values.push(value);
        stem.push_str(&base[at..start]);
        stem.push('#');
        at = end;
    }
    stem.push_str(&base[at..]);
    (values, stem)
}

fn runs(base: &str, start: usize, end: usize) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (offset, byte) in base.as_bytes()[start..end].iter().enumerate() {
        let at = start + offset;
        match runs.last_mut() {
            _ if !byte.is_ascii_digit() => {}
            Some(last) if last.end == at => last.end = at + 1,
            _ => runs.push(Run { start: at, end: at + 1 }),
        }
    }
    runs
}

/// Whether a unit follows, and then no letter.
fn has_unit(base: &str, at: usize) -> bool {
    let rest = &base.as_bytes()[at..];
    let letters = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    UNITS.iter().any(|unit| rest[..letters].eq_ignore_ascii_case(unit.as_bytes()))
}

/// Joins the parts of dates and times, each separated by one character: `2026-11-30`, `12-00-05`, `20261130-120005`.
fn group(base: &str, runs: Vec<Run>) -> Vec<Run> {
    let is_joined =
        |first: &Run, second: &Run| second.start == first.end + 1 && b"-_.:T".contains(&base.as_bytes()[first.end]);
    let mut groups = Vec::new();
    for chain in runs.chunk_by(is_joined) {
        let digits: Vec<usize> = chain.iter().map(|run| run.digits()).collect();
        let is_time = match digits[..] {
            [8, 4 | 6] => true,
            [first, ref rest @ ..] => {
                matches!(first, 2 | 4) && rest.len() >= 2 && rest.iter().all(|digits| *digits == 2)
            }
            [] => false,
        };
        match (is_time, chain) {
            (true, [first, .., last]) => groups.push(Run { start: first.start, end: last.end }),
            _ => groups.extend_from_slice(chain),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parsed(name: &str) -> (Vec<u64>, String) {
        let name = Name::parse(name).unwrap();
        (name.numbers, name.stem)
    }

    #[test]
    fn names_are_parsed() {
        assert_eq!(Name::parse("a/index.m3u8").unwrap().format, None);
        assert_eq!(Name::parse("live/720p/seg_00012.ts").unwrap().format, Some(Format::MpegTs));
        assert_eq!(parsed("live/720p/seg_00012.ts"), (vec![12], "live/720p/seg_#.ts".into()));
        assert_eq!(parsed("init.mp4"), (vec![], "init.mp4".into()));
        assert_eq!(parsed("é7x.m4s"), (vec![7], "é#x.m4s".into()));
        assert_eq!(parsed("00012/video.ts"), (vec![12], "#/video.ts".into()));
        assert_eq!(parsed("99999999999999999999999.ts").0, Vec::<u64>::new());
        assert_eq!(parsed("seg_00001_720p.ts"), (vec![1], "seg_#_720p.ts".into()));
        assert_eq!(parsed("720p.ts").0, [720], "the only number counts in spite of its unit");
    }

    #[test]
    fn dates_and_times_are_one_number() {
        assert_eq!(parsed("2026-11-30_12-00-05.ts"), (vec![20_261_130_120_005], "#.ts".into()));
        assert_eq!(parsed("a-20261130-120005_7.ts").0, [20_261_130, 120_005, 7], "the 7 is no part of a time");
        assert_eq!(parsed("a-20261130T120005.ts").0, [20_261_130_120_005]);
        assert_eq!(parsed("10-99.ts").0, [10, 99]);
    }

    #[test]
    fn names_without_a_known_extension_are_refused() {
        for name in ["", "x", "x.txt", "../1.ts", &"1".repeat(600)] {
            assert!(matches!(Name::parse(name), Err(PutError::BadName(_))), "{name}");
        }
    }

    proptest! {
        #[test]
        fn random_names_never_panic(name in ".{0,40}", digits in "[0-9_pkT:./é-]{0,40}") {
            let _ = Name::parse(&name);
            let _ = Name::parse(&format!("{name}.ts"));
            let _ = Name::parse(&format!("{digits}.ts"));
        }
    }
}
