//! SRT across restarts of the gateway, and on the port of all streams.

use crate::{
    clips::clips,
    gateway::{config, finished, publish, Gateway, STREAM},
};
use std::{
    net::{IpAddr, Ipv4Addr},
    path::Path,
    sync::Arc,
};
use vilokanam_ingest::{Broadcast, Ingest, KeyLimits, PublishKey, PublishKeys, SrtConfig};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const OTHER_STREAM: u64 = 8;

/// Starts an ingest that keeps its SRT listeners in the directory.
async fn start(directory: &Path, first_port: u16) -> (Ingest, tokio::sync::mpsc::Receiver<Broadcast>) {
    let keys = PublishKeys::open(directory.join("keys.json"), KeyLimits::default()).unwrap();
    let mut config = config(directory);
    let srt = SrtConfig {
        bind: HERE,
        first_port,
        last_port: first_port + 9,
        file: Some(directory.join("srt.json")),
        ..SrtConfig::default()
    };
    config.srt = Some(srt);
    Ingest::start(config, Arc::new(keys)).await.unwrap()
}

fn url(port: u16, key: &str, more: &str) -> String {
    format!("srt://127.0.0.1:{port}?passphrase={key}&pbkeylen=16{more}")
}

async fn is_published(ingest: &mut tokio::sync::mpsc::Receiver<Broadcast>, stream: u64, url: &str) {
    let publisher = publish(&["-re"], &clips().small, "mpegts", url);
    let broadcast = tokio::time::timeout(crate::gateway::PATIENCE, ingest.recv()).await;
    let mut broadcast = broadcast.expect("a broadcast begins").unwrap();
    assert_eq!(broadcast.stream, stream);
    assert!(finished(publisher).await.status.success());
    while broadcast.events.recv().await.is_some() {}
}

async fn is_refused(url: &str) {
    assert!(!finished(publish(&["-re"], &clips().small, "mpegts", url)).await.status.success(), "{url}");
}

fn keys(directory: &Path) -> [PublishKey; 2] {
    let keys = PublishKeys::open(directory.join("keys.json"), KeyLimits::default()).unwrap();
    [STREAM, OTHER_STREAM].map(|stream| keys.create(stream).unwrap().1)
}

#[tokio::test(flavor = "multi_thread")]
async fn encoders_go_on_after_a_restart_of_the_gateway() {
    let _turn = Gateway::start().await;
    let directory = tempfile::tempdir().unwrap();
    let [key, other_key] = keys(directory.path());
    let (first, broadcasts) = start(directory.path(), 23_700).await;
    let other = first.open_srt(OTHER_STREAM, other_key.reveal(), HERE).unwrap();
    let own = first.open_srt(STREAM, key.reveal(), HERE).unwrap();
    assert_eq!(first.open_srt(STREAM, key.reveal(), HERE), Ok(own), "asking again changes nothing");
    first.shutdown().await;
    drop((first, broadcasts));

    let (second, mut broadcasts) = start(directory.path(), 23_700).await;
    is_published(&mut broadcasts, STREAM, &url(own.own_port.unwrap(), key.reveal(), "")).await;
    is_published(&mut broadcasts, OTHER_STREAM, &url(other.own_port.unwrap(), other_key.reveal(), "")).await;
    is_refused(&url(other.own_port.unwrap(), key.reveal(), "")).await;
    assert!(second.close_srt(STREAM));
    second.shutdown().await;
    drop(second);

    let (third, _broadcasts) = start(directory.path(), 23_700).await;
    is_refused(&url(own.own_port.unwrap(), key.reveal(), "")).await;
    let again = third.open_srt(STREAM, key.reveal(), HERE).unwrap();
    assert_eq!(again, own, "the stream has its port again");
    third.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_share_a_port_by_their_stream_ids() {
    let _turn = Gateway::start().await;
    let directory = tempfile::tempdir().unwrap();
    let [key, other_key] = keys(directory.path());
    let (ingest, mut broadcasts) = start(directory.path(), 23_720).await;
    let endpoint = ingest.open_srt(STREAM, key.reveal(), HERE).unwrap();
    assert_eq!(endpoint.shared_port, 23_720);
    let shared = |key: &str, id: &str| url(endpoint.shared_port, key, &format!("&streamid={id}"));
    is_published(&mut broadcasts, STREAM, &shared(key.reveal(), "#!::r=7,m=publish")).await;
    is_refused(&shared(other_key.reveal(), "#!::r=7,m=publish")).await;
    is_refused(&shared(other_key.reveal(), "#!::r=8,m=publish")).await;
    is_refused(&shared(key.reveal(), "#!::r=7,m=request")).await;
    // Encoders announce no length of the key unless they are told to.
    let id = "streamid=#!::r=7,m=publish";
    let unannounced = format!("srt://127.0.0.1:{}?passphrase={}&{id}", endpoint.shared_port, key.reveal());
    is_published(&mut broadcasts, STREAM, &unannounced).await;
    // Nothing has to be opened for a stream whose key is in the stream id.
    is_published(&mut broadcasts, OTHER_STREAM, &shared(other_key.reveal(), &other_key.stream_key(OTHER_STREAM))).await;
    let clear = format!("srt://127.0.0.1:{}?streamid=8-{}", endpoint.shared_port, other_key.reveal());
    is_published(&mut broadcasts, OTHER_STREAM, &clear).await;
    is_refused(&format!("srt://127.0.0.1:{}?streamid=8-{}", endpoint.shared_port, key.reveal())).await;
    ingest.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_closes_its_listener() {
    let _turn = Gateway::start().await;
    let directory = tempfile::tempdir().unwrap();
    let [key, _] = keys(directory.path());
    let (ingest, _broadcasts) = start(directory.path(), 23_740).await;
    let endpoint = ingest.open_srt(STREAM, key.reveal(), HERE).unwrap();
    let id = ingest.keys().list(STREAM)[0].id;
    ingest.revoke(STREAM, id).unwrap();
    is_refused(&url(endpoint.own_port.unwrap(), key.reveal(), "")).await;
    assert!(!ingest.close_srt(STREAM), "it is closed already");
    let text = std::fs::read_to_string(directory.path().join("srt.json")).unwrap();
    assert!(!text.contains(key.reveal()), "a revoked key is not kept");
    ingest.shutdown().await;
}
