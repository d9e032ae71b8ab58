//! Events of a broadcast without media, for tests of recordings.

use bytes::Bytes;
use vilokanam_media::{
    Access, Event, LiveConfig, LiveStream, RenditionConfig, RenditionId, Segment, SegmentHead, SegmentReady, Span,
    StreamSecret,
};

/// Configuration with one rendition.
pub fn config() -> LiveConfig {
    let renditions = vec![RenditionConfig { name: "240p".into(), access: Access::Paid, nominal_bandwidth_bps: 1 }];
    LiveConfig { renditions, ..LiveConfig::default() }
}

/// The rendition of [`config`].
pub fn rendition() -> RenditionId {
    let live = LiveStream::new(config(), StreamSecret::from_bytes([1; 32]), 0).unwrap();
    live.rendition("240p").unwrap()
}

/// Time of day at which a segment begins.
pub fn date_ms(index: u64) -> u64 {
    1_700_000_000_000 + index * 2_000
}

/// A segment of two seconds.
pub fn segment(rendition: RenditionId, index: u64) -> Event {
    let head = SegmentHead {
        index,
        init: 9,
        date_ms: date_ms(index),
        media_ms: 10_000 + index * 2_000,
        discontinuity: false,
        discontinuities: 0,
        encrypted: true,
    };
    let duration = Span::from_millis(2_000);
    let segment = Segment { head, duration, ticks: 2, bytes: 100, samples: 60, parts: Vec::new(), gap: false };
    Event::SegmentReady(SegmentReady {
        rendition,
        segment,
        plaintext: Bytes::new(),
        published: Bytes::from_static(b"x"),
    })
}
