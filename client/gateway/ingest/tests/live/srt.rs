//! SRT with the publish key as passphrase.

use crate::{
    clips::clips,
    gateway::{finished, publish, Gateway, PATIENCE, STREAM},
};
use std::{
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};
use tokio::{net::UdpSocket, time::timeout};
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

/// A handshake of SRT with its extensions.
fn handshake(version: u8, kind: i32, cookie: [u8; 4], extensions: &[u8]) -> Vec<u8> {
    let head = [0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let fields = [0, 0, 0, version, 0, 2, 0, 2, 0, 0, 0, 1, 0, 0, 5, 220, 0, 0, 32, 0];
    [&head[..], &fields, &kind.to_be_bytes(), &[0, 0, 0, 3], &cookie, &[0; 16], extensions].concat()
}

/// Begins a connection, and concludes it with these extensions.
async fn conclude(port: u16, extensions: &[u8]) {
    let socket = UdpSocket::bind((HERE, 0)).await.unwrap();
    socket.connect((HERE, port)).await.unwrap();
    let mut answer = [0; 2_000];
    let answered = async {
        // The port may not be bound yet, and a datagram may be lost.
        loop {
            let _ = socket.send(&handshake(4, 1, [0; 4], &[])).await;
            match timeout(Duration::from_millis(500), socket.recv(&mut answer)).await {
                Ok(Ok(64..)) => return,
                _ => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    };
    timeout(PATIENCE, answered).await.expect("the listener answers");
    let cookie = [answer[44], answer[45], answer[46], answer[47]];
    socket.send(&handshake(5, -1, cookie, extensions)).await.unwrap();
}

/// Sends what makes the library for SRT panic or wait for ever.
async fn attack(port: u16) {
    let request = [&[0, 1, 0, 3][..], &[0; 12]].concat();
    let key =
        |kind: u8| [&[0, kind, 0, 10, 0x12, 0x20, 0x29, 0, 0, 0, 0, 0, 2, 0, 2, 0, 0, 0, 4, 4][..], &[7; 24]].concat();
    let unknown = [0, 6, 7, 8].map(|kind| vec![0, kind, 0, 1, b'a', b':', b'b', b'c']);
    let empty = vec![0, 5, 0, 0, 0, 0, 0, 0];
    for extension in unknown.into_iter().chain([empty, key(3), key(4)]) {
        conclude(port, &[&request[..], &extension].concat()).await;
    }
    // More than the connections that a port may have.
    for _ in 0..260 {
        conclude(port, &[]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn publisher_goes_on_while_strangers_attack_the_listener() {
    let mut gateway = Gateway::with(|config, _| {
        let srt = config.srt.as_mut().unwrap();
        (srt.first_port, srt.last_port) = (23_760, 23_769);
    })
    .await;
    let endpoint = gateway.ingest.open_srt(STREAM, gateway.key.reveal(), HERE).unwrap();
    let own = url(endpoint.own_port.unwrap(), gateway.key.reveal());
    let publisher = publish(&["-re"], &clips().wide, "mpegts", &own);
    let mut observer = gateway.broadcast().await;
    attack(endpoint.own_port.unwrap()).await;
    observer.until_end().await;
    assert!(finished(publisher).await.status.success());
    let movies = observer.check_epoch(0, 30);
    assert!(movies[0].end_ms() - movies[0].start_ms() > 5_000, "nothing of the clip is missing");

    attack(endpoint.shared_port).await;
    let shared = url(endpoint.shared_port, gateway.key.reveal()) + "&streamid=#!::r=7,m=publish";
    for url in [own, shared] {
        let publisher = publish(&["-re"], &clips().small, "mpegts", &url);
        let mut observer = gateway.broadcast().await;
        observer.until_end().await;
        assert!(finished(publisher).await.status.success(), "{url}");
    }
    gateway.ingest.shutdown().await;
}
