//! How far behind the camera the newest picture is that viewers can have.

use crate::player::playlist;
use reqwest::Url;
use std::time::{Duration, SystemTime};

/// The age of the end of the newest whole segment, by the clock of this machine; nothing while there is none.
pub async fn latency(master: &str) -> Option<Duration> {
    let master = Url::parse(master).ok()?;
    let renditions = playlist::renditions(&text(&master).await?, &master).ok()?;
    let rendition = renditions.first()?;
    let media = playlist::media(&text(&rendition.url).await?, &rendition.url).ok()?;
    let newest = media.segments.iter().rev().find(|segment| !segment.is_gap)?;
    SystemTime::now().duration_since(newest.filmed_at? + newest.duration).ok()
}

async fn text(url: &Url) -> Option<Vec<u8>> {
    let answer = reqwest::get(url.clone()).await.ok()?.error_for_status().ok()?;
    Some(answer.bytes().await.ok()?.to_vec())
}
