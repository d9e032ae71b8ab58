//! SRT with the publish key as passphrase.

use crate::{
    clips::clips,
    gateway::{finished, publish, Gateway, STREAM},
};
use std::net::{IpAddr, Ipv4Addr};
use vilokanam_ingest::{KeyRefusal, Protocol, SrtError};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

fn url(port: u16, key: &str) -> String {
    format!("srt://127.0.0.1:{port}?passphrase={key}&pbkeylen=16")
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_publisher_with_the_key_is_broadcast() {
    let mut gateway = Gateway::start().await;
    let wrong = gateway.ingest.open_srt(STREAM, &"0".repeat(40), HERE);
    assert_eq!(wrong, Err(SrtError::Key(KeyRefusal::Wrong)));
    let endpoint = gateway.ingest.open_srt(STREAM, gateway.key.reveal(), HERE).unwrap();
    let refused =
        finished(publish(&[], &clips().wide, "mpegts", &url(endpoint.own_port.unwrap(), &"0".repeat(40)))).await;
    assert!(!refused.status.success(), "a wrong passphrase is refused in the handshake");
    assert!(gateway.broadcasts.try_recv().is_err());

    let publisher = publish(&["-re"], &clips().wide, "mpegts", &url(endpoint.own_port.unwrap(), gateway.key.reveal()));
    let mut observer = gateway.broadcast().await;
    observer.until_end().await;
    assert!(finished(publisher).await.status.success());
    assert_eq!(observer.source.clone().unwrap().protocol, Protocol::Srt);
    let movies = observer.check_epoch(0, 30);
    assert!(movies[0].end_ms() - movies[0].start_ms() > 5000);
    assert!(gateway.ingest.close_srt(STREAM));
    assert!(!gateway.ingest.close_srt(STREAM));
    gateway.ingest.shutdown().await;
}
