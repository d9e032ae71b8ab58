//! What a source sends: ffprobe on its first bytes.

use crate::{
    broadcast::{AudioInfo, SourceInfo, VideoInfo},
    error::PublishError,
    ffmpeg::Ffmpeg,
    source::{Source, SourceChunk},
};
use serde::Deserialize;
use std::{process::Stdio, time::Duration};
use tokio::{
    io::AsyncWriteExt,
    process::Command,
    time::{sleep_until, timeout, Instant},
};

/// The most bytes that are collected before a source counts as unreadable.
pub const MAX_PROBE_BYTES: usize = 8 << 20;
/// When ffprobe is first asked, counted from the first byte: by then every encoder has sent a keyframe and sound.
const FIRST_LOOK: Duration = Duration::from_millis(1000);
/// When it is asked again, if it found nothing, or sound without a picture.
const NEXT_LOOK: Duration = Duration::from_millis(1000);
/// Sound that is still alone after so many looks is all there is.
const LOOKS_FOR_A_PICTURE: u32 = 3;
/// After so many, what comes is no video.
const MAX_LOOKS: u32 = 8;
/// As many bytes are looked at without waiting.
const PLENTY_BYTES: usize = 2 << 20;
/// How long ffprobe may think.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// No source is larger: a decoder's memory grows with the picture.
const MAX_SOURCE_SIDE: u32 = 8192;

/// A source that is understood, and what was read for it.
pub(crate) struct Understood {
    pub info: SourceInfo,
    /// Everything that has come, from the beginning.
    pub head: Vec<SourceChunk>,
    /// The source has ended already.
    pub is_over: bool,
}

/// Reads from the source until it is clear what it sends.
pub(crate) async fn understand(source: &mut Source, ffmpeg: &Ffmpeg) -> Result<Understood, PublishError> {
    let mut head = Head::default();
    let mut why = String::from("nothing came");
    for look in 1..=MAX_LOOKS {
        head.collect(source, if look == 1 { FIRST_LOOK } else { NEXT_LOOK }).await;
        if head.bytes == 0 && !head.is_over {
            continue;
        }
        match probe(ffmpeg, source.demuxer(), &head.concat()).await {
            Ok(found) => {
                let info = SourceInfo { protocol: source.protocol, video: found.video, audio: found.audio };
                let picture_may_come = info.video.is_none() && look < LOOKS_FOR_A_PICTURE;
                if !(picture_may_come && head.may_grow()) {
                    return check(info).map(|info| Understood { info, head: head.chunks, is_over: head.is_over });
                }
            }
            Err(reason) => why = reason,
        }
        if !head.may_grow() {
            break;
        }
    }
    Err(PublishError::Unreadable(why))
}

fn check(info: SourceInfo) -> Result<SourceInfo, PublishError> {
    match &info.video {
        Some(video) if video.width.max(video.height) > MAX_SOURCE_SIDE => {
            let size = format!("{}x{} is larger than {MAX_SOURCE_SIDE} pixels", video.width, video.height);
            Err(PublishError::Unreadable(size))
        }
        _ => Ok(info),
    }
}

#[derive(Default)]
struct Head {
    chunks: Vec<SourceChunk>,
    bytes: usize,
    is_over: bool,
}

impl Head {
    /// Takes what comes for so long after the first byte.
    async fn collect(&mut self, source: &mut Source, time: Duration) {
        let mut until = Instant::now() + time;
        loop {
            let received = tokio::select! {
                received = source.recv() => received,
                () = sleep_until(until) => return,
            };
            let Some(chunk) = received else {
                self.is_over = true;
                return;
            };
            if self.chunks.is_empty() {
                until = Instant::now() + time;
            }
            let before = self.bytes;
            self.bytes += chunk.bytes.len();
            // Held elsewhere from now on: the source's own buffer is free again.
            self.chunks.push(chunk.without_permit());
            if before / PLENTY_BYTES != self.bytes / PLENTY_BYTES {
                return;
            }
        }
    }

    fn may_grow(&self) -> bool {
        !self.is_over && self.bytes < MAX_PROBE_BYTES
    }

    fn concat(&self) -> Vec<u8> {
        let mut all = Vec::with_capacity(self.bytes);
        self.chunks.iter().for_each(|chunk| all.extend_from_slice(&chunk.bytes));
        all
    }
}

/// What ffprobe found: at least one of the two.
#[derive(Debug, PartialEq)]
struct Found {
    video: Option<VideoInfo>,
    audio: Option<AudioInfo>,
}

async fn probe(ffmpeg: &Ffmpeg, demuxer: &str, head: &[u8]) -> Result<Found, String> {
    let entries = "stream=codec_type,codec_name,width,height,avg_frame_rate,r_frame_rate,sample_rate,channels";
    let mut child = Command::new(&ffmpeg.ffprobe)
        .args(["-v", "error", "-f", demuxer, "-probesize", "8000000", "-analyzeduration", "8000000"])
        .args(["-show_entries", entries, "-of", "json", "-i", "pipe:0"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| format!("ffprobe cannot be run: {error}"))?;
    let stdin = child.stdin.take();
    let feed = async move {
        if let Some(mut stdin) = stdin {
            // ffprobe stops reading when it knows enough, which is no failure.
            let _ = stdin.write_all(head).await;
        }
    };
    let answer = async { tokio::join!(feed, child.wait_with_output()).1 };
    let output = timeout(ANSWER_TIMEOUT, answer)
        .await
        .map_err(|_| "ffprobe did not answer in time".to_owned())?
        .map_err(|error| format!("ffprobe failed: {error}"))?;
    parse(&output.stdout)
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    streams: Vec<Stream>,
}

#[derive(Deserialize)]
struct Stream {
    codec_type: Option<String>,
    codec_name: Option<String>,
    width: Option<u32>,
    height: Option<u32>,
    avg_frame_rate: Option<String>,
    r_frame_rate: Option<String>,
    sample_rate: Option<String>,
    channels: Option<u32>,
}

fn parse(json: &[u8]) -> Result<Found, String> {
    let answer: Answer = serde_json::from_slice(json).map_err(|_| "no known format was found".to_owned())?;
    let found = Found {
        video: answer.streams.iter().find_map(Stream::video),
        audio: answer.streams.iter().find_map(Stream::audio),
    };
    if found.video.is_none() && found.audio.is_none() {
        return Err("neither picture nor sound was found".to_owned());
    }
    Ok(found)
}

impl Stream {
    fn video(&self) -> Option<VideoInfo> {
        if self.codec_type.as_deref() != Some("video") {
            return None;
        }
        let is_real = |side: &u32| *side > 0;
        Some(VideoInfo {
            codec: self.codec_name.clone()?,
            width: self.width.filter(is_real)?,
            height: self.height.filter(is_real)?,
            frames_per_second: self.frame_rate(),
        })
    }

    fn audio(&self) -> Option<AudioInfo> {
        if self.codec_type.as_deref() != Some("audio") {
            return None;
        }
        Some(AudioInfo {
            codec: self.codec_name.clone()?,
            sample_rate_hz: self.sample_rate.as_deref()?.parse().ok().filter(|rate| *rate > 0)?,
            channels: self.channels.filter(|channels| *channels > 0)?,
        })
    }

    /// The average of a second of video is a little off; the base rate is right when it is near, and nonsense when it is
    /// not.
    fn frame_rate(&self) -> Option<f64> {
        let average = self.avg_frame_rate.as_deref().and_then(fraction);
        let base = self.r_frame_rate.as_deref().and_then(fraction);
        match (average, base) {
            (Some(average), Some(base)) if (average - base).abs() <= 2.0 => Some(base),
            (average, base) => average.or(base),
        }
    }
}

fn fraction(text: &str) -> Option<f64> {
    let (over, under) = text.split_once('/')?;
    let rate = over.parse::<f64>().ok()? / under.parse::<f64>().ok()?;
    (rate.is_finite() && rate > 0.0).then_some(rate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parse_works() {
        let json = br#"{"streams":[
            {"codec_type":"data"},
            {"codec_type":"video","codec_name":"h264","width":1280,"height":720,"r_frame_rate":"30/1","avg_frame_rate":"310/10"},
            {"codec_type":"audio","codec_name":"aac","sample_rate":"44100","channels":2}]}"#;
        let found = parse(json).unwrap();
        assert_eq!(found.video.unwrap().frames_per_second, Some(30.0));
        assert_eq!(found.audio.unwrap().sample_rate_hz, 44_100);
    }

    #[test]
    fn parse_of_nothing_fails() {
        for json in [
            &b""[..],
            b"{}",
            b"[]",
            br#"{"streams":[{"codec_type":"video","codec_name":"h264","width":0,"height":0}]}"#,
        ] {
            assert!(parse(json).is_err());
        }
    }

    #[test]
    fn fraction_of_nonsense_fails() {
        for text in ["0/0", "1/0", "x/1", "30", "-1/1"] {
            assert_eq!(fraction(text), None, "{text}");
        }
    }
}
