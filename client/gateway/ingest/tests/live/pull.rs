//! Sources that the gateway pulls, from servers on this machine.

use crate::{
    clips::{clips, write_hls},
    gateway::{finished, publish, Gateway, PATIENCE, STREAM},
};
use std::{net::UdpSocket, path::Path, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    time::timeout,
};
use vilokanam_ingest::{EndReason, Protocol, PullConfig, PullError};

/// A gateway that may pull from 127.0.0.1.
pub async fn gateway() -> Gateway {
    Gateway::with(|config, directory| {
        config.pull = Some(PullConfig {
            networks: vec!["127.0.0.1/32".into()],
            file: Some(directory.join("sources.json")),
            ..PullConfig::default()
        });
        config.reconnect_window_ms = 10_000;
    })
    .await
}

/// A port that nothing uses at the moment.
pub fn free_port() -> u16 {
    UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Serves the files of a folder by HTTP. `moved` is answered with a redirect.
pub async fn serve(folder: &Path, moved: Option<(&'static str, String)>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let folder = folder.to_owned();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let (folder, moved) = (folder.clone(), moved.clone());
            tokio::spawn(async move {
                let mut request = vec![0; 8_192];
                let length = socket.read(&mut request).await.unwrap_or(0);
                let request = String::from_utf8_lossy(&request[..length]).into_owned();
                let path = request.split(' ').nth(1).unwrap_or("/").trim_start_matches('/').to_owned();
                let head = |status: &str, more: &str| format!("HTTP/1.1 {status}\r\nConnection: close\r\n{more}\r\n");
                let answer = match (&moved, std::fs::read(folder.join(&path))) {
                    (Some((from, to)), _) if *from == path => {
                        head("302 Found", &format!("Content-Length: 0\r\nLocation: {to}\r\n")).into_bytes()
                    }
                    (_, Ok(body)) => {
                        let head = head("200 OK", &format!("Content-Length: {}\r\n", body.len()));
                        [head.into_bytes(), body].concat()
                    }
                    (_, Err(_)) => head("404 Not Found", "Content-Length: 0\r\n").into_bytes(),
                };
                let _ = socket.write_all(&answer).await;
            });
        }
    });
    format!("http://{address}")
}

/// Writes a clip as HLS, with a playlist that has ended.
fn make_hls(folder: &Path, is_mp4: bool) {
    std::fs::create_dir_all(folder).unwrap();
    let kind = if is_mp4 { "fmp4" } else { "mpegts" };
    write_hls(kind, &[], &folder.join("list.m3u8"));
    let master = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1000000,RESOLUTION=640x360\nlist.m3u8\n";
    std::fs::write(folder.join("master.m3u8"), master).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn hls_is_pulled_as_mpegts_and_as_fragmented_mp4() {
    for is_mp4 in [false, true] {
        let mut gateway = gateway().await;
        let folder = gateway.directory.path().join("hls");
        make_hls(&folder, is_mp4);
        let server = serve(&folder, Some(("moved.m3u8", "/master.m3u8".into()))).await;
        gateway.ingest.set_source(STREAM, &format!("{server}/moved.m3u8")).await.unwrap();
        let mut observer = gateway.broadcast().await;
        observer.until_media(200_000).await;
        assert_eq!(observer.source.clone().unwrap().protocol, Protocol::Pull);
        assert!(observer.source.clone().unwrap().audio.is_some());
        observer.until("the end of the list", |observer| observer.waits > 0).await;
        let state = gateway.ingest.source(STREAM).unwrap();
        assert!(state.last_error.unwrap().contains("the source has ended"));
        assert!(gateway.ingest.remove_source(STREAM) && !gateway.ingest.remove_source(STREAM));
        assert_eq!(gateway.ingest.source(STREAM), None);
        gateway.ingest.stop(STREAM);
        assert_eq!(observer.until_end().await, EndReason::Stopped);
        let movies = observer.check_epoch(0, 30);
        assert!(movies[0].end_ms() - movies[0].start_ms() > 4_000);
        gateway.ingest.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rtmp_is_pulled_when_its_server_has_come() {
    let mut gateway = gateway().await;
    let url = format!("rtmp://127.0.0.1:{}/live/x", free_port());
    gateway.ingest.set_source(STREAM, &url).await.unwrap();
    let refused = async {
        while gateway.ingest.source(STREAM).unwrap().last_error.is_none() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, refused).await.expect("nothing listens yet");
    // ffmpeg as a server, which plays to one client.
    let mut server = tokio::process::Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-re", "-i"])
        .arg(&clips().wide)
        .args(["-c", "copy", "-f", "flv", "-listen", "1", &url])
        .stdin(std::process::Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut observer = gateway.broadcast().await;
    observer.until_media(200_000).await;
    assert_eq!(observer.source.clone().unwrap().protocol, Protocol::Pull);
    let _ = server.kill().await;
    observer.until("the end of the source", |observer| observer.waits > 0).await;
    gateway.ingest.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn srt_is_pulled_with_a_passphrase() {
    let mut gateway = gateway().await;
    let (port, key) = (free_port(), "0123456789abcdef");
    let listen = format!("srt://127.0.0.1:{port}?mode=listener&passphrase={key}&pbkeylen=16");
    let server = publish(&["-re"], &clips().wide, "mpegts", &listen);
    gateway.ingest.set_source(STREAM, &format!("srt://127.0.0.1:{port}?passphrase={key}")).await.unwrap();
    let mut observer = gateway.broadcast().await;
    observer.until_media(200_000).await;
    assert_eq!(observer.source.clone().unwrap().protocol, Protocol::Pull);
    observer.until("the end of the source", |observer| observer.waits > 0).await;
    drop(finished(server).await);
    gateway.ingest.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn private_addresses_are_not_pulled_from_nor_redirected_to() {
    let public = Gateway::with(|config, _| config.pull = Some(PullConfig::default())).await;
    for url in
        ["http://127.0.0.1/x", "http://localhost/x", "rtmp://127.1/live/x", "srt://10.0.0.1:9000", "http://[::1]/x"]
    {
        let refused = public.ingest.set_source(STREAM, url).await;
        assert!(matches!(refused, Err(PullError::Address(_))), "{url}: {refused:?}");
    }
    for url in ["file:///etc/passwd", "concat:/etc/passwd", "unix:/run/x"] {
        let refused = public.ingest.set_source(STREAM, url).await;
        assert!(matches!(refused, Err(PullError::Scheme(_))), "{url}: {refused:?}");
    }
    assert_eq!(public.ingest.source(STREAM), None);
    public.ingest.shutdown().await;

    // The list itself may be fetched; what it leads to may not.
    let gateway = gateway().await;
    let folder = gateway.directory.path().join("hls");
    std::fs::create_dir_all(&folder).unwrap();
    let list = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nhttp://127.0.0.2/secret.ts\n";
    std::fs::write(folder.join("list.m3u8"), list).unwrap();
    let server = serve(&folder, Some(("moved.m3u8", "http://127.0.0.2/list.m3u8".into()))).await;
    for name in ["list.m3u8", "moved.m3u8"] {
        gateway.ingest.set_source(STREAM, &format!("{server}/{name}")).await.unwrap();
        let refused = async {
            loop {
                if let Some(why) = gateway.ingest.source(STREAM).unwrap().last_error {
                    return why;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let why = timeout(PATIENCE, refused).await.expect("the source is refused");
        assert!(why.contains("127.0.0.2 has no public address"), "{name}: {why}");
    }
    gateway.ingest.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn gateway_without_pull_says_so() {
    let gateway = Gateway::start().await;
    assert_eq!(gateway.ingest.set_source(STREAM, "https://example.org/x").await, Err(PullError::Off));
    assert!(!gateway.ingest.remove_source(STREAM));
    gateway.ingest.shutdown().await;
}
