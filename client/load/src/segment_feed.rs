//! Segments whose keys can be bought: the playlist of one rendition, read at an interval.

use crate::plan::Plan;
use std::{sync::Arc, time::Duration};
use tokio::sync::watch;
use url::Url;
use vilokanam_terminal::CommandError;
use vilokanam_viewer::{
    gateway::{GatewayClient, MAX_TEXT_BYTES},
    playback::find_rendition,
    playlist::{self, Segment},
};
use vilokanam_wire::streams::StreamView;

const READ_INTERVAL: Duration = Duration::from_millis(500);

/// Segments whose keys can be bought.
#[derive(Clone, Default, Debug)]
pub struct Segments {
    /// Segments in playing order.
    pub list: Vec<Segment>,
}

/// Next segment of a viewer.
#[derive(Clone, PartialEq, Debug)]
pub enum Next<'a> {
    /// Segment whose key is to be bought.
    Segment {
        /// Segment.
        segment: &'a Segment,
        /// Number of segments that have left the playlist in between.
        missed: u64,
    },
    /// There is no new segment.
    None,
}

impl Segments {
    /// Returns the segment after the one with sequence number `bought`. For a viewer that has bought none, returns the last
    /// but `behind`, counted from 1.
    pub fn next(&self, bought: Option<u64>, behind: u32) -> Next<'_> {
        let (Some(first), Some(last)) = (self.list.first(), self.list.last()) else { return Next::None };
        let start = self.list.len().saturating_sub(behind.max(1) as usize);
        let Some(wanted) = bought.map(|bought| bought + 1) else {
            return Next::Segment { segment: &self.list[start], missed: 0 };
        };
        // The numbers begin again when a gateway has lost its data.
        if wanted > last.sequence + 1 {
            return Next::Segment { segment: &self.list[start], missed: 0 };
        }
        let missed = first.sequence.saturating_sub(wanted);
        let found = self.list.iter().find(|segment| segment.sequence >= wanted);
        found.map_or(Next::None, |segment| Next::Segment { segment, missed })
    }
}

/// Selects the plan's rendition, reads its playlist, and continues to read it for as long as there is a receiver.
///
/// # Errors
///
/// When the stream is not live, or its playlist cannot be read the first time.
pub async fn open(
    gateway: &GatewayClient,
    view: &StreamView,
    plan: &Plan,
) -> Result<watch::Receiver<Arc<Segments>>, CommandError> {
    let Some(path) = view.playlist.as_ref().filter(|_| view.is_live_here) else {
        return Err(CommandError::failed(
            format!("stream {} is not live at {}", view.stream, gateway.address()),
            "Publish to it first; `vilokanam stream list --live` lists the live streams.",
        ));
    };
    let rendition = find_rendition(gateway, &gateway.url(path)?, &plan.quality()).await?.url;
    let (sender, receiver) = watch::channel(Arc::new(read(gateway, &rendition).await?));
    let gateway = gateway.clone();
    tokio::spawn(async move {
        while !sender.is_closed() {
            tokio::time::sleep(READ_INTERVAL).await;
            // While the playlist cannot be read, viewers find no new segment, which is counted.
            if let Ok(segments) = read(&gateway, &rendition).await {
                sender.send_replace(Arc::new(segments));
            }
        }
    });
    Ok(receiver)
}

async fn read(gateway: &GatewayClient, url: &Url) -> Result<Segments, CommandError> {
    let text = gateway.fetch(url, MAX_TEXT_BYTES).await?;
    let mut list = playlist::media(&text, url)?.segments;
    list.retain(|segment| segment.key.is_some() && !segment.is_gap);
    Ok(Segments { list })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segments(sequences: std::ops::Range<u64>) -> Segments {
        let segment = |sequence: u64| Segment {
            sequence,
            url: format!("http://h/{sequence}.m4s").parse().unwrap(),
            init: None,
            key: None,
            duration: Duration::from_secs(2),
            cost_ticks: 2,
            filmed_at: None,
            is_gap: false,
        };
        Segments { list: sequences.map(segment).collect() }
    }

    fn next(segments: &Segments, bought: Option<u64>, behind: u32) -> Option<(u64, u64)> {
        match segments.next(bought, behind) {
            Next::Segment { segment, missed } => Some((segment.sequence, missed)),
            Next::None => None,
        }
    }

    #[test]
    fn segments_are_bought_in_order() {
        let segments = segments(10..20);
        assert_eq!(next(&segments, None, 3), Some((17, 0)));
        assert_eq!(next(&segments, None, 99), Some((10, 0)));
        assert_eq!(next(&segments, Some(17), 3), Some((18, 0)));
        assert_eq!(next(&segments, Some(19), 3), None, "there is no new segment");
        assert_eq!(next(&segments, Some(4), 3), Some((10, 5)), "five have left the playlist");
        assert_eq!(next(&segments, Some(700), 3), Some((17, 0)), "the numbers have begun again");
    }

    #[test]
    fn empty_playlist_has_no_next_segment() {
        assert_eq!(next(&Segments::default(), None, 3), None);
        assert_eq!(next(&Segments::default(), Some(3), 3), None);
    }

    #[test]
    fn gap_is_not_counted_as_missed() {
        let mut segments = segments(10..20);
        segments.list.remove(3);
        assert_eq!(next(&segments, Some(12), 3), Some((14, 0)));
    }
}
