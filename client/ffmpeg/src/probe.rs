//! What a file or byte stream contains, as reported by ffprobe.
//!
//! ```no_run
//! # async fn run() -> Result<(), vilokanam_ffmpeg::ProbeError> {
//! let info = vilokanam_ffmpeg::probe::input("ffprobe".as_ref(), &[] as &[&str], "clip.mp4").await?;
//! println!("{info}"); // video h264 1280x720, audio aac, 12 s
//! # Ok(())
//! # }
//! ```

use crate::limits;
use serde::{Deserialize, Serialize};
use std::{ffi::OsStr, fmt, io, path::Path, process::Stdio, time::Duration};
use thiserror::Error;
use tokio::{io::AsyncWriteExt, process::Command, time::timeout};

/// Maximum time for an answer of ffprobe.
pub const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// Fields that ffprobe reports.
const ENTRIES: &str = "format=duration,start_time:\
                       stream=id,codec_type,codec_name,width,height,sample_aspect_ratio,field_order,avg_frame_rate,\
                       r_frame_rate,sample_rate,channels,profile,pix_fmt:\
                       stream_tags=language,title:\
                       stream_side_data=rotation:stream_disposition=attached_pic,default";

/// Codecs of subtitles that are text.
const TEXT_CODECS: [&str; 10] =
    ["subrip", "srt", "ass", "ssa", "webvtt", "mov_text", "text", "microdvd", "subviewer", "sami"];
/// Maximum factor by which the shape of pixels stretches a picture. More is taken for an error.
const MAX_STRETCH: f64 = 4.0;
/// Maximum frame rate that is believed to be the base rate of video with a variable frame rate.
const MAX_BASE_RATE: f64 = 60.0;

/// Why the contents are not known.
#[derive(Debug, Error)]
pub enum ProbeError {
    /// ffprobe cannot be run.
    #[error("ffprobe cannot be run: {0}")]
    Run(#[from] io::Error),
    /// ffprobe did not answer within [`ANSWER_TIMEOUT`].
    #[error("ffprobe did not answer within {} s", ANSWER_TIMEOUT.as_secs())]
    Timeout,
    /// ffprobe does not know the format.
    #[error("no known format was found")]
    UnknownFormat,
}

/// The video of a source.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct VideoInfo {
    /// Name of the codec as ffmpeg uses it: `h264`, `hevc`, `av1`.
    pub codec: String,
    /// Width of the coded picture in pixels.
    pub width: u32,
    /// Height of the coded picture in pixels.
    pub height: u32,
    /// Width and height as they are to be shown: with square pixels, and upright.
    pub shown: (u32, u32),
    /// Frame rate, if the source states one.
    pub frames_per_second: Option<f64>,
    /// Profile of the codec as ffmpeg names it: `High`, `Main 10`.
    pub profile: Option<String>,
    /// Pixel format as ffmpeg names it: `yuv420p`.
    pub pixel_format: Option<String>,
    /// Whether the source states that its pictures are made of fields.
    pub is_interlaced: bool,
}

impl VideoInfo {
    /// Video with square pixels that is coded as it is to be shown.
    pub fn square(codec: &str, width: u32, height: u32, frames_per_second: Option<f64>) -> Self {
        Self {
            codec: codec.into(),
            width,
            height,
            shown: (width, height),
            frames_per_second,
            profile: None,
            pixel_format: None,
            is_interlaced: false,
        }
    }
}

/// The audio of a source.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct AudioInfo {
    /// Name of the codec as ffmpeg uses it: `aac`, `mp3`, `opus`.
    pub codec: String,
    /// Sample rate in Hz.
    pub sample_rate_hz: u32,
    /// Number of channels.
    pub channels: u32,
    /// Profile of the codec as ffmpeg names it: `LC`, `HE-AAC`.
    pub profile: Option<String>,
    /// Language as the container states it.
    pub language: Option<String>,
    /// Title as the container states it.
    pub title: Option<String>,
}

/// Subtitles of a file that are text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TextInfo {
    /// Place among the subtitles of the file, from 0.
    pub place: u32,
    /// Language as the container states it.
    pub language: Option<String>,
    /// Title as the container states it.
    pub title: Option<String>,
    /// Whether the container says that they are to be shown unless the viewer chooses otherwise.
    pub is_default: bool,
}

/// Contents of a file or byte stream.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MediaInfo {
    /// Playing time. `None` if the input has no end, or if it is not known.
    pub duration: Option<Duration>,
    /// Time at which the input begins on its own clock. `None` if it is not known.
    pub start: Option<Duration>,
    streams: Vec<Stream>,
}

impl MediaInfo {
    /// The first video stream.
    pub fn video(&self) -> Option<VideoInfo> {
        self.streams.iter().find_map(Stream::video)
    }

    /// The first audio stream.
    pub fn audio(&self) -> Option<AudioInfo> {
        self.streams.iter().find_map(Stream::audio)
    }

    /// The video stream with this number in its container (the PID of MPEG-TS), or the first one.
    pub fn video_of(&self, number: Option<u32>) -> Option<VideoInfo> {
        self.with_number(number).find_map(Stream::video)
    }

    /// The audio stream with this number in its container, or the first one.
    pub fn audio_of(&self, number: Option<u32>) -> Option<AudioInfo> {
        self.with_number(number).find_map(Stream::audio)
    }

    /// All audio streams, with their numbers in the container.
    pub fn audio_streams(&self) -> impl Iterator<Item = (Option<u32>, AudioInfo)> + '_ {
        self.streams.iter().filter_map(|stream| Some((stream.number(), stream.audio()?)))
    }

    /// All audio streams that can be used, with their places among those of the file, from 0. The one that the container names as
    /// its usual one is the first.
    pub fn audio_places(&self) -> Vec<(u32, AudioInfo)> {
        let mut found: Vec<_> = of_kind(&self.streams, "audio")
            .filter_map(|(place, stream)| Some((stream.disposition.default == 0, place, stream.audio()?)))
            .collect();
        found.sort_by_key(|(is_other, place, _)| (*is_other, *place));
        found.into_iter().map(|(_, place, audio)| (place, audio)).collect()
    }

    /// All subtitles that are text. Those that are pictures, as on DVDs, are none.
    pub fn texts(&self) -> Vec<TextInfo> {
        let subtitles = of_kind(&self.streams, "subtitle");
        let texts = subtitles
            .filter(|(_, stream)| stream.codec_name.as_deref().is_some_and(|codec| TEXT_CODECS.contains(&codec)));
        let text = |(place, stream): (u32, &Stream)| TextInfo {
            place,
            language: stream.language(),
            title: stream.tags.title.clone(),
            is_default: stream.disposition.default != 0,
        };
        texts.map(text).collect()
    }

    fn with_number(&self, number: Option<u32>) -> impl Iterator<Item = &Stream> {
        self.streams.iter().filter(move |stream| number.is_none() || stream.number() == number)
    }

    fn parse(json: &[u8]) -> Result<Self, ProbeError> {
        let answer: Answer = serde_json::from_slice(json).map_err(|_| ProbeError::UnknownFormat)?;
        let time = |text: Option<String>| Duration::try_from_secs_f64(text?.parse().ok()?).ok();
        let (duration, start) = (time(answer.format.duration), time(answer.format.start_time));
        Ok(Self { duration, start, streams: answer.streams })
    }
}

/// The streams of a kind with their places among them.
fn of_kind<'a>(streams: &'a [Stream], kind: &'a str) -> impl Iterator<Item = (u32, &'a Stream)> {
    (0u32..).zip(streams.iter().filter(move |stream| stream.codec_type.as_deref() == Some(kind)))
}

impl fmt::Display for MediaInfo {
    /// Lists all streams and the playing time: `video h264 1280x720, audio aac, 12 s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let duration = self.duration.map(|duration| format!("{} s", duration.as_secs()));
        let items: Vec<String> = self.streams.iter().map(Stream::to_string).chain(duration).collect();
        if items.is_empty() {
            return f.write_str("unknown contents");
        }
        f.write_str(&items.join(", "))
    }
}

/// Describes an input: a file or a URL. `format_arguments` come before it and may name its format.
///
/// # Errors
///
/// ffprobe cannot be run, does not answer in time, or does not know the format.
pub async fn input(
    ffprobe: &Path,
    format_arguments: &[impl AsRef<OsStr>],
    input: impl AsRef<OsStr>,
) -> Result<MediaInfo, ProbeError> {
    let mut command = Command::new(ffprobe);
    let output = quiet(&mut command).args(format_arguments).arg("-i").arg(input).stdin(Stdio::null()).output();
    MediaInfo::parse(&timeout(ANSWER_TIMEOUT, output).await.map_err(|_| ProbeError::Timeout)??.stdout)
}

/// Describes a stranger's file. `ffprobe` is a command that runs ffprobe, in a sandbox or not. Only what [`limits`] allows is
/// read.
///
/// # Errors
///
/// ffprobe cannot be run, does not answer in time, or does not know the format.
pub async fn file(mut ffprobe: Command, path: &Path) -> Result<MediaInfo, ProbeError> {
    let quiet = quiet(&mut ffprobe).args(limits::of_file());
    let output = quiet.arg("-i").arg(limits::file_url(path)).stdin(Stdio::null()).output();
    MediaInfo::parse(&timeout(ANSWER_TIMEOUT, output).await.map_err(|_| ProbeError::Timeout)??.stdout)
}

/// Describes a byte stream by its first bytes, which the given demuxer of ffmpeg reads. `ffprobe` is a command that runs
/// ffprobe, in a sandbox or not. Only what [`limits`] allows is read.
///
/// # Errors
///
/// ffprobe cannot be run, does not answer in time, or does not know the format.
pub async fn bytes(mut ffprobe: Command, demuxer: &str, head: &[u8]) -> Result<MediaInfo, ProbeError> {
    let mut child = quiet(&mut ffprobe)
        .args(limits::of_pipe(demuxer))
        .args(["-probesize", "8000000", "-analyzeduration", "8000000", "-i", "pipe:0"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let stdin = child.stdin.take();
    let feed = async move {
        if let Some(mut stdin) = stdin {
            // ffprobe stops reading when it knows enough, which is not a failure.
            let _ = stdin.write_all(head).await;
        }
    };
    let answer = async { tokio::join!(feed, child.wait_with_output()).1 };
    MediaInfo::parse(&timeout(ANSWER_TIMEOUT, answer).await.map_err(|_| ProbeError::Timeout)??.stdout)
}

/// Adds what every question has in common.
fn quiet(ffprobe: &mut Command) -> &mut Command {
    ffprobe.args(["-v", "error", "-of", "json", "-show_entries", ENTRIES]).stderr(Stdio::null()).kill_on_drop(true)
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    streams: Vec<Stream>,
    #[serde(default)]
    format: Format,
}

#[derive(Default, Deserialize)]
struct Format {
    duration: Option<String>,
    start_time: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
struct Stream {
    id: Option<String>,
    codec_type: Option<String>,
    codec_name: Option<String>,
    width: Option<u32>,
    height: Option<u32>,
    sample_aspect_ratio: Option<String>,
    field_order: Option<String>,
    #[serde(default)]
    side_data_list: Vec<SideData>,
    avg_frame_rate: Option<String>,
    r_frame_rate: Option<String>,
    sample_rate: Option<String>,
    channels: Option<u32>,
    profile: Option<String>,
    pix_fmt: Option<String>,
    #[serde(default)]
    tags: Tags,
    #[serde(default)]
    disposition: Disposition,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
struct Tags {
    language: Option<String>,
    title: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
struct Disposition {
    /// 1 for a picture that belongs to sound, as the cover of an album.
    #[serde(default)]
    attached_pic: u8,
    /// 1 for a stream that players choose by themselves.
    #[serde(default)]
    default: u8,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
struct SideData {
    /// Degrees by which the picture is to be turned.
    rotation: Option<f64>,
}

impl Stream {
    /// This stream, if it is video with a known codec and size. The cover of an album is none.
    fn video(&self) -> Option<VideoInfo> {
        if self.codec_type.as_deref() != Some("video") || self.disposition.attached_pic != 0 {
            return None;
        }
        let is_positive = |side: &u32| *side > 0;
        let (width, height) = (self.width.filter(is_positive)?, self.height.filter(is_positive)?);
        Some(VideoInfo {
            codec: self.codec_name.clone()?,
            width,
            height,
            shown: self.shown(width, height),
            frames_per_second: self.frame_rate(),
            profile: self.profile.clone(),
            pixel_format: self.pix_fmt.clone(),
            is_interlaced: self.is_interlaced(),
        })
    }

    /// Number in the container, which ffprobe writes as `0x101`.
    fn number(&self) -> Option<u32> {
        u32::from_str_radix(self.id.as_deref()?.strip_prefix("0x")?, 16).ok()
    }

    /// Width and height with square pixels, turned upright.
    fn shown(&self, width: u32, height: u32) -> (u32, u32) {
        let stretch = self.sample_aspect_ratio.as_deref().and_then(|text| ratio(text, ':'));
        let stretch = stretch.filter(|stretch| (1.0 / MAX_STRETCH..=MAX_STRETCH).contains(stretch)).unwrap_or(1.0);
        // The product is at least 0.25 and below 2^34; a conversion that does not fit ends at the bound.
        let stretched = (f64::from(width) * stretch).round().max(1.0) as u32;
        let is_lying = |degrees: f64| (45.0..135.0).contains(&degrees.rem_euclid(180.0));
        match self.side_data_list.iter().find_map(|data| data.rotation) {
            Some(degrees) if is_lying(degrees) => (height, stretched),
            _ => (stretched, height),
        }
    }

    /// This stream, if it is audio with a known codec, sample rate and number of channels.
    fn audio(&self) -> Option<AudioInfo> {
        if self.codec_type.as_deref() != Some("audio") {
            return None;
        }
        Some(AudioInfo {
            codec: self.codec_name.clone()?,
            sample_rate_hz: self.sample_rate.as_deref()?.parse().ok().filter(|rate| *rate > 0)?,
            channels: self.channels.filter(|channels| *channels > 0)?,
            profile: self.profile.clone(),
            language: self.language(),
            title: self.tags.title.clone(),
        })
    }

    /// The language, if it is known: `und` is ISO 639 for one that is not.
    fn language(&self) -> Option<String> {
        self.tags.language.clone().filter(|language| language != "und")
    }

    /// Frames per second. The average over a second of video is slightly wrong, and far too low if frames were left out
    /// because nothing moved. The base rate is right if it is close to the average; if it is higher, it is the rate of
    /// the moments with motion, unless it counts fields.
    fn frame_rate(&self) -> Option<f64> {
        let average = self.avg_frame_rate.as_deref().and_then(|text| ratio(text, '/'));
        let base = self.r_frame_rate.as_deref().and_then(|text| ratio(text, '/'));
        match (average, base) {
            (Some(average), Some(base)) if (average - base).abs() <= 2.0 => Some(base),
            (Some(average), Some(base)) => {
                let counts_fields = self.is_interlaced() || (1.8..=2.2).contains(&(base / average));
                let is_variable = base > average && base <= MAX_BASE_RATE && !counts_fields;
                Some(if is_variable { base } else { average })
            }
            (average, base) => average.or(base),
        }
    }

    fn is_interlaced(&self) -> bool {
        self.field_order.as_deref().is_some_and(|order| matches!(order, "tt" | "bb" | "tb" | "bt"))
    }
}

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [kind, codec] = [&self.codec_type, &self.codec_name].map(|name| name.as_deref().unwrap_or("unknown"));
        write!(f, "{kind} {codec}")?;
        match (self.width, self.height) {
            (Some(width), Some(height)) => write!(f, " {width}x{height}"),
            _ => Ok(()),
        }
    }
}

/// A positive ratio, written as two numbers.
fn ratio(text: &str, between: char) -> Option<f64> {
    let (numerator, denominator) = text.split_once(between)?;
    let rate = numerator.parse::<f64>().ok()? / denominator.parse::<f64>().ok()?;
    (rate.is_finite() && rate > 0.0).then_some(rate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn video_audio_and_duration_are_parsed() {
        let json = br#"{"streams":[
            {"codec_type":"data"},
            {"codec_type":"video","codec_name":"h264","width":1280,"height":720,
             "r_frame_rate":"30/1","avg_frame_rate":"310/10"},
            {"codec_type":"audio","codec_name":"aac","sample_rate":"44100","channels":2}],
            "format":{"duration":"12.500000"}}"#;
        let info = MediaInfo::parse(json).unwrap();
        assert_eq!(info.video().unwrap().frames_per_second, Some(30.0));
        assert_eq!(info.audio().unwrap().sample_rate_hz, 44_100);
        assert_eq!(info.duration, Some(Duration::from_millis(12_500)));
        assert_eq!(info.to_string(), "data unknown, video h264 1280x720, audio aac, 12 s");
    }

    #[test]
    fn streams_without_size_are_not_video() {
        let json = br#"{"streams":[{"codec_type":"video","codec_name":"h264","width":0,"height":0}]}"#;
        assert_eq!(MediaInfo::parse(json).unwrap().video(), None);
    }

    #[test]
    fn answers_without_contents_are_empty() {
        assert!(matches!(MediaInfo::parse(b""), Err(ProbeError::UnknownFormat)));
        for json in [&b"{}"[..], br#"{"format":{"duration":"-1"}}"#, br#"{"format":{"duration":"N/A"}}"#] {
            let info = MediaInfo::parse(json).unwrap();
            assert_eq!((info.to_string().as_str(), info), ("unknown contents", MediaInfo::default()));
        }
    }

    #[test]
    fn invalid_fractions_are_no_rate() {
        for text in ["0/0", "1/0", "x/1", "30", "-1/1"] {
            assert_eq!(ratio(text, '/'), None, "{text}");
        }
    }

    #[test]
    fn every_audio_stream_is_listed_with_its_language() {
        let json = br#"{"streams":[
            {"id":"0x101","codec_type":"audio","codec_name":"aac","profile":"LC","sample_rate":"48000","channels":2,
             "tags":{"language":"eng"}},
            {"codec_type":"video","codec_name":"h264","width":2,"height":2},
            {"id":"0x102","codec_type":"audio","codec_name":"aac","sample_rate":"48000","channels":2,
             "tags":{"language":"und","title":"Commentary"}}]}"#;
        let info = MediaInfo::parse(json).unwrap();
        let found: Vec<_> = info.audio_streams().map(|(number, audio)| (number, audio.language, audio.title)).collect();
        let expected = [(Some(0x101), Some("eng".into()), None), (Some(0x102), None, Some("Commentary".into()))];
        assert_eq!(found, expected);
    }

    #[test]
    fn usual_audio_stream_is_first_and_only_subtitles_of_text_are_listed() {
        let json = br#"{"streams":[
            {"codec_type":"video","codec_name":"h264","width":2,"height":2},
            {"codec_type":"audio","codec_name":"aac","sample_rate":"48000","channels":2,"tags":{"language":"eng"}},
            {"codec_type":"audio"},
            {"codec_type":"audio","codec_name":"aac","sample_rate":"48000","channels":2,"tags":{"language":"fra"},
             "disposition":{"default":1}},
            {"codec_type":"subtitle","codec_name":"hdmv_pgs_subtitle","tags":{"language":"eng"}},
            {"codec_type":"subtitle","codec_name":"subrip","tags":{"language":"fra","title":"Forc\u00e9s"},
             "disposition":{"default":1}},
            {"codec_type":"attachment","codec_name":"ttf"}]}"#;
        let info = MediaInfo::parse(json).unwrap();
        let audio: Vec<_> = info.audio_places().into_iter().map(|(place, audio)| (place, audio.language)).collect();
        assert_eq!(audio, [(2, Some("fra".to_owned())), (0, Some("eng".to_owned()))]);
        let text = TextInfo { place: 1, language: Some("fra".into()), title: Some("Forcés".into()), is_default: true };
        assert_eq!(info.texts(), [text]);
    }

    fn video(properties: &str) -> VideoInfo {
        let json = format!(r#"{{"streams":[{{"codec_type":"video","codec_name":"h264",{properties}}}]}}"#);
        MediaInfo::parse(json.as_bytes()).unwrap().video().unwrap()
    }

    #[test]
    fn pictures_are_shown_with_square_pixels_and_upright() {
        let shown = |properties: &str| video(&format!(r#""width":720,"height":576,{properties}"#)).shown;
        assert_eq!(shown(r#""sample_aspect_ratio":"64:45""#), (1024, 576));
        assert_eq!(shown(r#""sample_aspect_ratio":"16:15""#), (768, 576));
        for strange in ["0:1", "1:0", "N/A", "1000:1", "1:1000"] {
            assert_eq!(shown(&format!(r#""sample_aspect_ratio":"{strange}""#)), (720, 576), "{strange}");
        }
        for (degrees, expected) in [(90, (576, 720)), (-90, (576, 720)), (270, (576, 720)), (180, (720, 576))] {
            assert_eq!(shown(&format!(r#""side_data_list":[{{}},{{"rotation":{degrees}}}]"#)), expected, "{degrees}");
        }
        let both = r#""sample_aspect_ratio":"64:45","side_data_list":[{"rotation":90}]"#;
        assert_eq!(shown(both), (576, 1024));
    }

    #[test]
    fn streams_are_found_by_their_number() {
        let json = br#"{"streams":[
            {"id":"0x101","codec_type":"audio","codec_name":"aac","sample_rate":"0","channels":0},
            {"id":"0x102","codec_type":"audio","codec_name":"mp2","sample_rate":"48000","channels":2}]}"#;
        let info = MediaInfo::parse(json).unwrap();
        assert_eq!(info.audio_of(Some(0x102)).unwrap().codec, "mp2");
        assert_eq!(info.audio_of(Some(0x101)), None, "nothing is known of its sound");
        assert_eq!(info.audio_of(None), info.audio());
        assert_eq!(info.video_of(Some(0x102)), None);
    }

    #[test]
    fn frames_that_were_left_out_do_not_lower_the_rate_and_fields_do_not_raise_it() {
        let rate = |average: &str, base: &str, order: &str| {
            let rates = format!(r#""avg_frame_rate":"{average}","r_frame_rate":"{base}","field_order":"{order}""#);
            video(&format!(r#""width":640,"height":360,{rates}"#)).frames_per_second
        };
        assert_eq!(rate("8/1", "30/1", "progressive"), Some(30.0), "a screen on which little moves");
        assert_eq!(rate("24/1", "1000/1", "progressive"), Some(24.0), "the base is a unit of time");
        assert_eq!(rate("25/1", "50/1", "tt"), Some(25.0));
        assert_eq!(rate("30/1", "60/1", "progressive"), Some(30.0));
    }

    #[tokio::test]
    async fn a_file_is_described() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("tone.wav");
        let wave = [
            &b"RIFF\x2c\x3f\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data\x80\x3e\0\0"[..],
            &[0; 16_000],
        ];
        std::fs::write(&path, wave.concat()).unwrap();
        let (ffprobe, none) = (Path::new("ffprobe"), &[] as &[&str]);
        assert_eq!(input(ffprobe, none, &path).await.unwrap().to_string(), "audio pcm_s16le, 1 s");
        let missing = input(ffprobe, none, directory.path().join("missing")).await;
        assert_eq!(missing.unwrap().to_string(), "unknown contents");
        assert!(matches!(input("/nonexistent/ffprobe".as_ref(), none, &path).await, Err(ProbeError::Run(_))));
    }
}
