//! What the gateway has to sell right now: the segments of one rendition's playlist, read again and again.

use super::plan::Plan;
use crate::{
    error::CliError,
    gateway::{GatewayClient, MAX_TEXT_BYTES},
    player::{
        playlist::{self, choose, renditions, Segment},
        screening::fetch,
    },
};
use std::{sync::Arc, time::Duration};
use tokio::{sync::watch, task::JoinHandle};
use url::Url;
use vilokanam_wire::streams::StreamView;

/// How often the playlist is read.
const READ_EVERY: Duration = Duration::from_millis(500);

/// The segments that are for sale, in order.
#[derive(Clone, Default, Debug)]
pub struct Shelf {
    /// Those that have a key.
    pub segments: Vec<Segment>,
}

/// What a viewer is to buy next.
#[derive(Clone, PartialEq, Debug)]
pub enum Next<'a> {
    /// This one; so many before it have gone.
    Buy {
        /// What.
        segment: &'a Segment,
        /// Segments that were there and are not any more.
        missed: u64,
    },
    /// It has all that there is.
    Starved,
}

impl Shelf {
    /// What comes after `bought`; `behind` before the newest when nothing has been bought.
    pub fn next(&self, bought: Option<u64>, behind: u32) -> Next<'_> {
        let (Some(first), Some(last)) = (self.segments.first(), self.segments.last()) else { return Next::Starved };
        let start = self.segments.len().saturating_sub(behind.max(1) as usize);
        let Some(wanted) = bought.map(|bought| bought + 1) else {
            return Next::Buy { segment: &self.segments[start], missed: 0 };
        };
        // The numbering begins anew when a gateway has forgotten the last broadcast.
        if wanted > last.sequence + 1 {
            return Next::Buy { segment: &self.segments[start], missed: 0 };
        }
        let missed = first.sequence.saturating_sub(wanted);
        let found = self.segments.iter().find(|segment| segment.sequence >= wanted);
        found.map_or(Next::Starved, |segment| Next::Buy { segment, missed })
    }
}

/// Finds the rendition, reads its playlist once, and goes on reading it. The task ends with the last receiver.
pub async fn open(
    gateway: &GatewayClient,
    view: &StreamView,
    plan: &Plan,
) -> Result<(watch::Receiver<Arc<Shelf>>, JoinHandle<()>), CliError> {
    let Some(path) = view.playlist.as_ref().filter(|_| view.is_live_here) else {
        return Err(CliError::failed(
            format!("stream {} is not live at {}", view.stream, gateway.address()),
            "Publish to it first; see what is live with `vilokanam stream list --live`.",
        ));
    };
    let url = gateway.url(path)?;
    let master = fetch(gateway, &url, MAX_TEXT_BYTES).await?;
    let rendition = choose(&renditions(&master, &url)?, &plan.quality())?.url.clone();
    let (sender, receiver) = watch::channel(Arc::new(read(gateway, &rendition).await?));
    let gateway = gateway.clone();
    let reading = tokio::spawn(async move {
        while !sender.is_closed() {
            tokio::time::sleep(READ_EVERY).await;
            // A playlist that cannot be read leaves viewers without anything new, which they count.
            if let Ok(shelf) = read(&gateway, &rendition).await {
                sender.send_replace(Arc::new(shelf));
            }
        }
    });
    Ok((receiver, reading))
}

async fn read(gateway: &GatewayClient, url: &Url) -> Result<Shelf, CliError> {
    let text = fetch(gateway, url, MAX_TEXT_BYTES).await?;
    let mut segments = playlist::media(&text, url)?.segments;
    segments.retain(|segment| segment.key.is_some() && !segment.is_gap);
    Ok(Shelf { segments })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shelf(sequences: std::ops::Range<u64>) -> Shelf {
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
        Shelf { segments: sequences.map(segment).collect() }
    }

    fn next(shelf: &Shelf, bought: Option<u64>, behind: u32) -> Option<(u64, u64)> {
        match shelf.next(bought, behind) {
            Next::Buy { segment, missed } => Some((segment.sequence, missed)),
            Next::Starved => None,
        }
    }

    #[test]
    fn next_works() {
        let shelf = shelf(10..20);
        assert_eq!(next(&shelf, None, 3), Some((17, 0)));
        assert_eq!(next(&shelf, None, 99), Some((10, 0)));
        assert_eq!(next(&shelf, Some(17), 3), Some((18, 0)));
        assert_eq!(next(&shelf, Some(19), 3), None, "there is nothing new");
        assert_eq!(next(&shelf, Some(4), 3), Some((10, 5)), "five have gone");
        assert_eq!(next(&shelf, Some(700), 3), Some((17, 0)), "the numbering has begun anew");
    }

    #[test]
    fn next_of_nothing_works() {
        assert_eq!(next(&Shelf::default(), None, 3), None);
        assert_eq!(next(&Shelf::default(), Some(3), 3), None);
    }

    #[test]
    fn next_over_a_gap_works() {
        let mut shelf = shelf(10..20);
        shelf.segments.remove(3);
        assert_eq!(next(&shelf, Some(12), 3), Some((14, 0)), "a gap is not missed: nobody could have bought it");
    }
}
