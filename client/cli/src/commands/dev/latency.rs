//! Time from the camera to the newest segment that viewers can fetch.

use std::time::{Duration, SystemTime};
use url::Url;
use vilokanam_viewer::{
    gateway::{GatewayClient, GatewayError, MAX_TEXT_BYTES},
    playlist,
};

/// Returns the age of the end of the newest whole segment, by the clock of this machine; `None` while there is none.
pub async fn latency(gateway: &GatewayClient, master: &str) -> Option<Duration> {
    let master = gateway.url(master).ok()?;
    let renditions = playlist::renditions(&text(gateway, &master).await.ok()?, &master).ok()?;
    let rendition = renditions.first()?;
    let media = playlist::media(&text(gateway, &rendition.url).await.ok()?, &rendition.url).ok()?;
    let newest = media.segments.iter().rev().find(|segment| !segment.is_gap)?;
    SystemTime::now().duration_since(newest.filmed_at? + newest.duration).ok()
}

async fn text(gateway: &GatewayClient, url: &Url) -> Result<Vec<u8>, GatewayError> {
    let response = gateway.send(gateway.request(reqwest::Method::GET, url.clone())).await?;
    gateway.body(url.path(), response, MAX_TEXT_BYTES).await
}
