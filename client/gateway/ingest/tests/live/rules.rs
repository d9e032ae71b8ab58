//! Streams that may not be published, by every protocol, and streams without a clear preview.

use crate::{
    clips::clips,
    gateway::{finished, publish, Gateway, STREAM},
    put::segments,
};
use std::{
    net::{IpAddr, Ipv4Addr},
    sync::{
        atomic::{AtomicBool, Ordering},
        Arc,
    },
};
use vilokanam_ingest::{BroadcastEvent, EndReason, PreviewTracks, PublishError, PutError, StreamClosed, StreamRules};
use vilokanam_test_media::rtmp::Client;

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Rules without a clear preview, under which all streams are suspended or none is.
#[derive(Debug, Default)]
struct Suspension(AtomicBool);

impl StreamRules for Suspension {
    fn check(&self, _: u64) -> Result<(), StreamClosed> {
        if self.0.load(Ordering::Relaxed) {
            return Err(StreamClosed::Suspended);
        }
        Ok(())
    }

    fn preview_tracks(&self, _: u64) -> PreviewTracks {
        PreviewTracks::None
    }
}

async fn gateway() -> (Gateway, Arc<Suspension>) {
    let rules = Arc::new(Suspension::default());
    (Gateway::with_rules(|_, _| (), rules.clone()).await, rules)
}

#[tokio::test(flavor = "multi_thread")]
async fn suspended_stream_is_refused_with_the_reason_by_every_protocol() {
    let (mut gateway, rules) = gateway().await;
    let endpoint = gateway.ingest.open_srt(STREAM, gateway.key.reveal(), HERE).unwrap();
    rules.0.store(true, Ordering::Relaxed);

    let client = Client::publish(gateway.ingest.rtmp_address().unwrap(), &gateway.key.stream_key(STREAM)).await;
    let answers = client.read_to_end().await;
    assert!(answers.contains("has suspended the stream"), "{answers}");

    let segments = tokio::task::spawn_blocking(|| segments("mpegts", "suspended")).await.unwrap();
    let (name, bytes) = segments.iter().find(|(name, _)| name.ends_with(".ts")).unwrap();
    let refused = gateway.ingest.put(STREAM, gateway.key.reveal(), HERE, name, bytes.clone()).await;
    assert_eq!(refused, Err(PutError::Publish(PublishError::Closed(StreamClosed::Suspended))));

    let url = format!("srt://127.0.0.1:{}?passphrase={}&pbkeylen=16", endpoint.own_port.unwrap(), gateway.key.reveal());
    // It may be connected for a moment, and gets nowhere.
    let _ = finished(publish(&[], &clips().wide, "mpegts", &url)).await;
    assert!(gateway.broadcasts.try_recv().is_err(), "no broadcast has begun");
    gateway.ingest.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn suspended_broadcast_ends_and_does_not_come_back() {
    let (mut gateway, rules) = gateway().await;
    let publisher = publish(&["-re", "-stream_loop", "-1"], &clips().wide, "flv", &gateway.rtmp_url());
    let mut observer = gateway.broadcast().await;
    let first = observer.events.recv().await.unwrap();
    assert!(matches!(first, BroadcastEvent::Started { .. }), "{first:?}");
    rules.0.store(true, Ordering::Relaxed);
    assert!(gateway.ingest.stop(STREAM));
    let mut last = None;
    while let Some(event) = observer.events.recv().await {
        assert!(!matches!(event, BroadcastEvent::Preview { .. }), "the rules allow no clear preview");
        last = Some(event);
    }
    assert!(matches!(last, Some(BroadcastEvent::Ended { reason: EndReason::Stopped })), "{last:?}");
    assert!(!finished(publisher).await.status.success(), "the encoder is disconnected");
    let again = publish(&[], &clips().wide, "flv", &gateway.rtmp_url());
    assert!(!finished(again).await.status.success(), "and refused when it returns");
    assert!(gateway.broadcasts.try_recv().is_err());
    gateway.ingest.shutdown().await;
}
