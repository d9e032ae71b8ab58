//! WHIP with a WebRTC client that sends what ffmpeg has encoded.

use crate::{
    clips::ffmpeg,
    gateway::{Gateway, PATIENCE, STREAM},
};
use std::{
    net::{IpAddr, Ipv4Addr},
    path::Path,
};
use tokio::time::timeout;
use vilokanam_ingest::{EndReason, KeyRefusal, Protocol, PublishError, WhipConfig, WhipError, WhipSession};
use vilokanam_test_media::whip::{access_units, opus_packets, Client, Media, Offer};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// Frames per second of the picture.
const RATE: u64 = 30;

async fn gateway() -> Gateway {
    Gateway::with(|config, _| {
        config.whip = Some(WhipConfig { bind: "127.0.0.1:0".parse().unwrap(), ..WhipConfig::default() });
    })
    .await
}

fn generate(directory: &Path) -> Media {
    let (picture, sound) = (directory.join("whip.h264"), directory.join("whip.ogg"));
    let path = |path: &Path| path.to_str().unwrap().to_owned();
    ffmpeg(&[
        "-f",
        "lavfi",
        "-i",
        "testsrc2=size=320x240:rate=30",
        "-t",
        "8",
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-tune",
        "zerolatency",
        "-profile:v",
        "baseline",
        "-pix_fmt",
        "yuv420p",
        "-g",
        "60",
        "-bsf:v",
        "h264_metadata=aud=insert",
        "-f",
        "h264",
        &path(&picture),
    ]);
    ffmpeg(&[
        "-f",
        "lavfi",
        "-i",
        "sine=frequency=440:sample_rate=48000",
        "-t",
        "8",
        "-ac",
        "2",
        "-c:a",
        "libopus",
        "-frame_duration",
        "20",
        "-f",
        "ogg",
        &path(&sound),
    ]);
    let pictures = access_units(&std::fs::read(picture).unwrap());
    let sounds = opus_packets(&std::fs::read(sound).unwrap());
    assert!(pictures.len() > 200 && sounds.len() > 390, "{} {}", pictures.len(), sounds.len());
    Media { pictures: (0..).map(|number| number * 90_000 / RATE).zip(pictures).collect(), sounds }
}

/// Connects with an offer of these kinds. Returns the session as well.
async fn connect(gateway: &Gateway, has_audio: bool) -> (Client, WhipSession) {
    let offer = Offer::new(has_audio).await;
    let session = gateway.ingest.publish_whip(STREAM, gateway.key.reveal(), HERE, &offer.sdp).unwrap();
    assert!(session.answer.contains("a=ice-lite"), "{}", session.answer);
    (offer.accept(&session.answer), session)
}

#[tokio::test(flavor = "multi_thread")]
async fn sound_and_picture_of_webrtc_are_broadcast() {
    let mut gateway = gateway().await;
    let media = generate(gateway.directory.path());
    let (mut client, _) = connect(&gateway, true).await;
    let sending = tokio::spawn(async move {
        let sent_all = client.send(&media, 1).await;
        drop(client);
        sent_all
    });
    let mut observer = gateway.broadcast().await;
    observer.until_media(300_000).await;
    let source = observer.source.clone().unwrap();
    assert_eq!(source.protocol, Protocol::Whip);
    assert_eq!(source.video.unwrap().codec, "h264");
    assert_eq!(source.audio.unwrap().codec, "opus");
    assert!(timeout(PATIENCE, sending).await.unwrap().unwrap(), "the session stayed open");
    gateway.ingest.stop(STREAM);
    assert_eq!(observer.until_end().await, EndReason::Stopped);
    let movies = observer.check_epoch(0, RATE);
    assert!(movies[0].end_ms() - movies[0].start_ms() >= 4_000);
    gateway.ingest.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn picture_alone_is_broadcast_and_ends_with_its_session() {
    let mut gateway = gateway().await;
    let media = generate(gateway.directory.path());
    let (mut client, session) = connect(&gateway, false).await;
    let sending = tokio::spawn(async move { client.send(&media, 1).await });
    let mut observer = gateway.broadcast().await;
    observer.until_media(50_000).await;
    assert_eq!(observer.source.clone().unwrap().audio, None);
    assert!(!gateway.ingest.end_whip(STREAM, "another"));
    assert!(gateway.ingest.has_whip(STREAM, &session.id) && !gateway.ingest.has_whip(STREAM + 1, &session.id));
    assert!(gateway.ingest.end_whip(STREAM, &session.id));
    assert!(!timeout(PATIENCE, sending).await.unwrap().unwrap(), "the publisher learns that the session has ended");
    assert_eq!(observer.until_end().await, EndReason::Stopped, "it waits for no other publisher");
    gateway.ingest.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn session_of_frames_that_nothing_can_be_made_of_ends() {
    let gateway = gateway().await;
    let mut media = generate(gateway.directory.path());
    // Without key frames there is no configuration of a decoder, and so no broadcast, whose number is limited.
    media.pictures.retain(|(_, picture)| !picture.windows(4).any(|unit| matches!(unit, [0, 0, 1, 0x67 | 0x65])));
    let (mut client, session) = connect(&gateway, false).await;
    assert!(!timeout(PATIENCE, client.send(&media, 10)).await.unwrap(), "the session was closed while it sent");
    assert!(!gateway.ingest.has_whip(STREAM, &session.id));
    gateway.ingest.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn offers_are_refused_with_the_reason() {
    let gateway = gateway().await;
    let key = gateway.key.reveal();
    let publish = |key: &str, offer: &str| gateway.ingest.publish_whip(STREAM, key, HERE, offer).unwrap_err();
    let wrong = publish(&"0".repeat(40), "v=0");
    assert_eq!(wrong, WhipError::Publish(PublishError::Key(KeyRefusal::Wrong)));
    for offer in ["", "v=0", "v=0\r\nm=video", "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n", &"a".repeat(100_000)] {
        let refused = publish(key, offer);
        assert!(matches!(refused, WhipError::BadOffer(_)), "{refused}");
    }
    gateway.ingest.shutdown().await;
    let late = publish(key, "v=0\r\nm=video");
    assert_eq!(late, WhipError::Publish(PublishError::ShuttingDown));
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_of_a_stream_are_bounded() {
    let gateway = gateway().await;
    for _ in 0..3 {
        connect(&gateway, true).await;
    }
    let offer = Offer::new(true).await.sdp;
    let refused = gateway.ingest.publish_whip(STREAM, gateway.key.reveal(), HERE, &offer);
    assert_eq!(refused, Err(WhipError::TooManySessions));
    gateway.ingest.shutdown().await;
}
