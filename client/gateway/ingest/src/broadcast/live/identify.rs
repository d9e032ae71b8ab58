//! Identifies what a source sends, from its first bytes.

use crate::{
    broadcast::SourceInfo,
    error::PublishError,
    ffmpeg::Ffmpeg,
    source::{Source, SourceChunk},
};
use std::time::Duration;
use tokio::time::{sleep_until, Instant};
use vilokanam_ffmpeg::probe;

/// Number of bytes without a result after which a source counts as unreadable.
const MAX_HEAD_BYTES: usize = 8 << 20;
/// Time from the first byte to the first attempt: by then every encoder has sent a keyframe and audio.
const FIRST_ATTEMPT: Duration = Duration::from_millis(1000);
/// Time to the next attempt, after one that found nothing, or audio only.
const NEXT_ATTEMPT: Duration = Duration::from_millis(1000);
/// Number of attempts after which a source with audio only is accepted as one without video.
const ATTEMPTS_WITHOUT_VIDEO: u32 = 3;
/// Number of attempts after which a source counts as unreadable.
const MAX_ATTEMPTS: u32 = 8;
/// Number of bytes after which an attempt is made at once.
const ATTEMPT_BYTES: usize = 2 << 20;
/// Maximum width and height of a source: the memory of a decoder grows with the picture.
const MAX_SOURCE_SIDE: u32 = 8192;

/// An identified source, and what was read from it.
pub(super) struct Identified {
    pub info: SourceInfo,
    /// All chunks from the beginning of the source.
    pub head: Vec<SourceChunk>,
    /// Whether the source has already ended.
    pub has_ended: bool,
}

/// Reads from the source until its contents are known.
pub(super) async fn identify(source: &mut Source, ffmpeg: &Ffmpeg) -> Result<Identified, PublishError> {
    let mut head = Head::default();
    let mut why = String::from("nothing was sent");
    for attempt in 1..=MAX_ATTEMPTS {
        head.collect(source, if attempt == 1 { FIRST_ATTEMPT } else { NEXT_ATTEMPT }).await;
        if head.bytes == 0 && !head.has_ended {
            continue;
        }
        match source_info(source, ffmpeg, &head).await {
            Ok(info) => {
                let video_may_follow = info.video.is_none() && attempt < ATTEMPTS_WITHOUT_VIDEO && head.may_grow();
                if !video_may_follow {
                    return check_size(info).map(|info| Identified {
                        info,
                        head: head.chunks,
                        has_ended: head.has_ended,
                    });
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

async fn source_info(source: &Source, ffmpeg: &Ffmpeg, head: &Head) -> Result<SourceInfo, String> {
    let media = probe::bytes(&ffmpeg.ffprobe, source.demuxer(), &head.concat()).await;
    let media = media.map_err(|error| error.to_string())?;
    let info = SourceInfo { protocol: source.protocol, video: media.video(), audio: media.audio() };
    if info.video.is_none() && info.audio.is_none() {
        return Err("neither video nor audio was found".into());
    }
    Ok(info)
}

fn check_size(info: SourceInfo) -> Result<SourceInfo, PublishError> {
    match &info.video {
        Some(video) if video.width.max(video.height) > MAX_SOURCE_SIDE => {
            let why = format!("{}x{} is larger than {MAX_SOURCE_SIDE} pixels", video.width, video.height);
            Err(PublishError::Unreadable(why))
        }
        _ => Ok(info),
    }
}

/// The first chunks of a source.
#[derive(Default)]
struct Head {
    chunks: Vec<SourceChunk>,
    bytes: usize,
    has_ended: bool,
}

impl Head {
    /// Takes chunks for `time` after the first one, or until there are enough bytes for another attempt.
    async fn collect(&mut self, source: &mut Source, time: Duration) {
        let mut until = Instant::now() + time;
        loop {
            let received = tokio::select! {
                received = source.recv() => received,
                () = sleep_until(until) => return,
            };
            let Some(chunk) = received else {
                self.has_ended = true;
                return;
            };
            if self.chunks.is_empty() {
                until = Instant::now() + time;
            }
            let before = self.bytes;
            self.bytes += chunk.bytes.len();
            // These bytes no longer count towards the buffer of the source.
            self.chunks.push(chunk.without_permit());
            if before / ATTEMPT_BYTES != self.bytes / ATTEMPT_BYTES {
                return;
            }
        }
    }

    fn may_grow(&self) -> bool {
        !self.has_ended && self.bytes < MAX_HEAD_BYTES
    }

    fn concat(&self) -> Vec<u8> {
        let mut all = Vec::with_capacity(self.bytes);
        self.chunks.iter().for_each(|chunk| all.extend_from_slice(&chunk.bytes));
        all
    }
}
