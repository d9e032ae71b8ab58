//! Reader of WebVTT.

use super::{
    text,
    track::{Cue, MAX_CUES, MAX_VTT_BYTES},
};
use thiserror::Error;

/// Maximum length of the text of a cue in characters.
pub const MAX_CUE_CHARS: usize = 2_000;
/// Maximum time of a cue: a week.
pub const MAX_TIME_MS: u64 = 7 * 24 * 3_600_000;
/// Maximum length of what an error quotes.
const MAX_QUOTED_CHARS: usize = 60;

/// What is wrong with a WebVTT file, and where.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("line {line}: {problem}")]
pub struct VttError {
    /// Number of the line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub problem: VttProblem,
}

/// What can be wrong with a WebVTT file.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum VttProblem {
    /// It is too large.
    #[error("the file has more than {} MiB, which is the maximum; split it, or remove what is not text", MAX_VTT_BYTES >> 20)]
    TooLarge,
    /// It is something else.
    #[error(
        "the file does not begin with WEBVTT; if it is a SubRip file (.srt), convert it: `ffmpeg -i captions.srt \
         captions.vtt`"
    )]
    NoHeader,
    /// There is no blank line after the header.
    #[error("a blank line has to follow the header before the first cue")]
    HeaderNotEnded,
    /// A block has text and no times.
    #[error("'{0}' is no time; a cue begins with a line like `00:01:02.000 --> 00:01:04.500`")]
    NoTimes(String),
    /// A time has another form.
    #[error("'{0}' is no time; write hours, minutes, seconds and three digits of milliseconds: `00:01:02.000`")]
    Time(String),
    /// A time is beyond all video.
    #[error("the time {0} is later than a week; check the hours")]
    TooLate(String),
    /// A cue ends before it begins.
    #[error("the cue ends at {end} and begins at {start}; it has to end later than it begins")]
    EndsFirst {
        /// Beginning as written.
        start: String,
        /// End as written.
        end: String,
    },
    /// The text is too long to be read.
    #[error("the text of the cue has more than {MAX_CUE_CHARS} characters; split it into several cues")]
    LongText,
    /// There are too many cues.
    #[error("the file has more than {MAX_CUES} cues, which is the maximum; leave some out, or join short ones")]
    TooManyCues,
}

/// Reads a file. Comments, style sheets, regions and unknown settings are left out; so is everything in the text that is not
/// text, bold, italic or underlined.
///
/// # Errors
///
/// The first problem, with its line.
pub fn parse(file: &str) -> Result<Vec<Cue>, VttError> {
    if file.len() > MAX_VTT_BYTES {
        return Err(VttError { line: 1, problem: VttProblem::TooLarge });
    }
    let lines: Vec<&str> = file.trim_start_matches('\u{feff}').lines().collect();
    let mut place = header(&lines)?;
    let mut cues = Vec::new();
    while let Some((start, block)) = next_block(&lines, &mut place) {
        if let Some(cue) = cue(start, block)? {
            if cues.len() == MAX_CUES {
                return Err(VttError { line: start + 1, problem: VttProblem::TooManyCues });
            }
            cues.push(cue);
        }
    }
    cues.sort_by_key(|cue: &Cue| cue.start_ms);
    Ok(cues)
}

/// Checks the header. Returns the place after it.
fn header(lines: &[&str]) -> Result<usize, VttError> {
    let first = lines.first().copied().unwrap_or_default();
    let is_header = first.strip_prefix("WEBVTT").is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']));
    if !is_header {
        return Err(VttError { line: 1, problem: VttProblem::NoHeader });
    }
    let end = lines.iter().position(|line| line.trim().is_empty()).unwrap_or(lines.len());
    match lines[..end].iter().position(|line| line.contains("-->")) {
        Some(place) => Err(VttError { line: place + 1, problem: VttProblem::HeaderNotEnded }),
        None => Ok(end),
    }
}

/// The next lines up to a blank one, and the place of the first.
fn next_block<'a>(lines: &'a [&'a str], place: &mut usize) -> Option<(usize, &'a [&'a str])> {
    let is_blank = |line: &&str| line.trim().is_empty();
    let start = *place + lines.get(*place..)?.iter().position(|line| !is_blank(line))?;
    let length = lines[start..].iter().position(is_blank).unwrap_or(lines.len() - start);
    *place = start + length;
    Some((start, &lines[start..start + length]))
}

/// Reads the cue of a block that begins at `start`. `None` if it is a comment, a style sheet or a region.
fn cue(start: usize, block: &[&str]) -> Result<Option<Cue>, VttError> {
    let first = block.first().copied().unwrap_or_default();
    let is_other = ["NOTE", "STYLE", "REGION"]
        .into_iter()
        .any(|word| first.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t'])));
    // A cue may have a name before its times.
    let times = block.iter().take(2).position(|line| line.contains("-->"));
    let Some(times) = times else {
        let problem = VttProblem::NoTimes(quoted(first));
        return if is_other { Ok(None) } else { Err(VttError { line: start + 1, problem }) };
    };
    let at = |problem| VttError { line: start + times + 1, problem };
    let (from, rest) = block[times].split_once("-->").unwrap_or_default();
    let rest = rest.trim_start();
    let (to, settings) = rest.split_once([' ', '\t']).unwrap_or((rest, ""));
    let (start_ms, end_ms) = (time(from.trim()).map_err(at)?, time(to.trim()).map_err(at)?);
    if end_ms <= start_ms {
        return Err(at(VttProblem::EndsFirst { start: quoted(from.trim()), end: quoted(to.trim()) }));
    }
    let uploaded = block[times + 1..].join("\n");
    if uploaded.chars().count() > MAX_CUE_CHARS {
        return Err(at(VttProblem::LongText));
    }
    let text = without_blank_lines(&text::harmless(&uploaded));
    let settings = checked_settings(settings);
    Ok((!text.is_empty()).then_some(Cue { start_ms, end_ms, settings, text }))
}

/// Taking tags out may leave a line without text, which would end the cue.
fn without_blank_lines(text: &str) -> String {
    text.lines().filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join("\n")
}

/// Reads `01:02.345` or `00:01:02.345`.
fn time(text: &str) -> Result<u64, VttProblem> {
    let wrong = || VttProblem::Time(quoted(text));
    let (clock, millis) = text.split_once('.').ok_or_else(wrong)?;
    let number = |digits: &str, lengths: std::ops::RangeInclusive<usize>| {
        let is_number = lengths.contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| digits.parse::<u64>().ok()).flatten()
    };
    let millis = number(millis, 3..=3).ok_or_else(wrong)?;
    let parts: Vec<&str> = clock.split(':').collect();
    let (hours, minutes, seconds) = match parts[..] {
        [minutes, seconds] => (Some(0), number(minutes, 2..=2), number(seconds, 2..=2)),
        [hours, minutes, seconds] => (number(hours, 2..=6), number(minutes, 2..=2), number(seconds, 2..=2)),
        _ => (None, None, None),
    };
    let (hours, minutes, seconds) = hours.zip(minutes).zip(seconds).map(|((h, m), s)| (h, m, s)).ok_or_else(wrong)?;
    if minutes > 59 || seconds > 59 {
        return Err(wrong());
    }
    let ms = ((hours * 60 + minutes) * 60 + seconds) * 1_000 + millis;
    if ms > MAX_TIME_MS {
        return Err(VttProblem::TooLate(quoted(text)));
    }
    Ok(ms)
}

/// The settings of a cue that players know, if their values have the right form. Others are left out, as players would do.
fn checked_settings(settings: &str) -> String {
    let is_known = |setting: &&str| {
        let Some((name, value)) = setting.split_once(':') else { return false };
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".,%-".contains(&byte);
        (1..=32).contains(&value.len())
            && value.bytes().all(allowed)
            && !value.contains("--")
            && matches!(name, "vertical" | "line" | "position" | "size" | "align")
    };
    settings.split_whitespace().filter(is_known).collect::<Vec<_>>().join(" ")
}

/// A text as an error quotes it.
fn quoted(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(MAX_QUOTED_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FILE: &str = "\u{feff}WEBVTT - Captions\r\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:900000\r\n\r\n\
        STYLE\r\n::cue { background: url(https://evil) }\r\n\r\nREGION\r\nid:a\r\n\r\nNOTE a comment\r\nof two lines\r\n\r\n\
        intro\r\n00:01.000 --> 00:00:04.000 line:90% region:a align:center position:x\"y\r\n<b>Hello</b>\r\nworld\r\n\r\n\
        01:00:00.500 --> 01:00:01.000\r\nLater\r\n";

    fn problem(file: &str) -> (usize, VttProblem) {
        let error = parse(file).unwrap_err();
        (error.line, error.problem)
    }

    #[test]
    fn cues_are_read_and_the_rest_is_left_out() {
        let settings = "line:90% align:center".to_owned();
        let hello = Cue { start_ms: 1_000, end_ms: 4_000, settings, text: "<b>Hello</b>\nworld".into() };
        assert_eq!(parse(FILE).unwrap(), [hello, Cue::plain(3_600_500, 3_601_000, "Later")]);
        assert_eq!(parse("WEBVTT").unwrap(), []);
        assert_eq!(parse("WEBVTT\n\n00:01.000 --> 00:02.000\n<script></script>\n").unwrap(), [], "nothing to be shown");
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        assert_eq!(problem(""), (1, VttProblem::NoHeader));
        assert_eq!(problem("1\n00:00:01,000 --> 00:00:02,000\nsrt\n").1, VttProblem::NoHeader);
        assert_eq!(problem("WEBVTTX\n"), (1, VttProblem::NoHeader));
        assert_eq!(problem("WEBVTT\n00:01.000 --> 00:02.000\nx\n"), (2, VttProblem::HeaderNotEnded));
        assert_eq!(problem("WEBVTT\n\nhello\nworld\n"), (3, VttProblem::NoTimes("hello".into())));
        let comma = problem("WEBVTT\n\na\n00:00:01,000 --> 00:00:02.000\nx\n");
        assert_eq!(comma, (4, VttProblem::Time("00:00:01,000".into())));
        assert_eq!(problem("WEBVTT\n\n00:61:00.000 --> 01:00:02.000\nx\n").1, VttProblem::Time("00:61:00.000".into()));
        assert_eq!(problem("WEBVTT\n\n00:01.000 -->\nx\n").1, VttProblem::Time(String::new()));
        let late = problem("WEBVTT\n\n999999:00:00.000 --> 999999:00:01.000\nx\n").1;
        assert_eq!(late, VttProblem::TooLate("999999:00:00.000".into()));
        assert!(matches!(problem("WEBVTT\n\n00:02.000 --> 00:02.000\nx\n"), (3, VttProblem::EndsFirst { .. })));
        let long = format!("WEBVTT\n\n00:01.000 --> 00:02.000\n{}\n", "x".repeat(MAX_CUE_CHARS + 1));
        assert_eq!(problem(&long), (3, VttProblem::LongText));
        let words = parse("WEBVTT\n\n00:00:01,5 --> 00:00:02.000\nx").unwrap_err().to_string();
        assert!(words.starts_with("line 3: '00:00:01,5' is no time; write hours"), "{words}");
    }

    #[test]
    fn large_files_are_refused() {
        assert_eq!(problem(&"x".repeat(MAX_VTT_BYTES + 1)), (1, VttProblem::TooLarge));
        let many = format!("WEBVTT\n{}", "\n00:01.000 --> 00:02.000\nx\n".repeat(MAX_CUES + 1));
        assert_eq!(problem(&many).1, VttProblem::TooManyCues);
    }

    proptest! {
        #[test]
        fn no_file_makes_tags_or_cues_that_were_not_checked(text in "[ -~\n<>&/\u{202e}]{0,200}") {
            let file = format!("WEBVTT\n\n00:01.000 --> 00:02.000\n{text}");
            for cue in parse(&file).unwrap_or_default() {
                let without = ["<b>", "</b>", "<i>", "</i>", "<u>", "</u>"]
                    .iter()
                    .fold(cue.text.clone(), |text, tag| text.replace(tag, ""));
                prop_assert!(!without.contains(['<', '>']) && !cue.text.contains("\n\n"), "{:?}", cue);
            }
        }

        #[test]
        fn any_bytes_are_read_without_a_panic(text in "\\PC{0,300}") {
            let _ = parse(&text);
            let _ = parse(&format!("WEBVTT\n\n{text}"));
        }
    }
}
