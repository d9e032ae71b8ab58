//! A source that is pulled by RTSP, from a small server on this machine: ffmpeg makes the packets, and the server puts them into
//! its connection.

use crate::{
    clips::clips,
    gateway::{Gateway, STREAM},
};
use std::{net::SocketAddr, path::PathBuf, process::Stdio, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream, UdpSocket},
    process::{Child, Command},
};
use vilokanam_ingest::{Protocol, PullConfig};

/// A presentation: packets of ffmpeg, and its description of them.
struct Presentation {
    packets: UdpSocket,
    sdp: String,
    _ffmpeg: Child,
}

impl Presentation {
    async fn new(folder: PathBuf) -> Self {
        let packets = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let file = folder.join("rtsp.sdp");
        let ffmpeg = Command::new("ffmpeg")
            .args(["-nostdin", "-v", "error", "-re", "-stream_loop", "-1", "-i"])
            .arg(&clips().wide)
            .args(["-map", "0:v:0", "-c", "copy", "-f", "rtp", "-sdp_file"])
            .arg(&file)
            .arg(format!("rtp://{}", packets.local_addr().unwrap()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let sdp = loop {
            match std::fs::read_to_string(&file) {
                Ok(sdp) if sdp.contains("a=fmtp") => break sdp,
                _ => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        };
        Self { packets, sdp: sdp.replace("\r\n", "\n").replace('\n', "\r\n") + "a=control:track\r\n", _ffmpeg: ffmpeg }
    }
}

/// Answers requests until `PLAY`, and then sends packets.
async fn serve(mut socket: TcpStream, folder: PathBuf) -> std::io::Result<()> {
    let presentation = Presentation::new(folder).await;
    let mut request = Vec::new();
    loop {
        let mut byte = [0];
        socket.read_exact(&mut byte).await?;
        request.push(byte[0]);
        if !request.ends_with(b"\r\n\r\n") {
            continue;
        }
        let text = String::from_utf8_lossy(&request).into_owned();
        request.clear();
        let url = text.split(' ').nth(1).unwrap_or_default().to_owned();
        let number = text.lines().find_map(|line| line.strip_prefix("CSeq: ")).unwrap_or_default();
        let method = text.split(' ').next().unwrap_or_default();
        let (more, body) = match method {
            "DESCRIBE" => (format!("Content-Type: application/sdp\r\nContent-Base: {url}/\r\n"), &*presentation.sdp),
            "SETUP" => ("Session: 7\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n".into(), ""),
            _ => ("Session: 7\r\n".into(), ""),
        };
        let length = body.len();
        let head = format!("RTSP/1.0 200 OK\r\nCSeq: {number}\r\n{more}Content-Length: {length}\r\n\r\n");
        socket.write_all(head.as_bytes()).await?;
        socket.write_all(body.as_bytes()).await?;
        if method == "PLAY" {
            break;
        }
    }
    let mut packet = vec![0; 2_000];
    loop {
        let length = presentation.packets.recv(&mut packet).await?;
        let [high, low] = u16::try_from(length).unwrap_or_default().to_be_bytes();
        socket.write_all(&[b'$', 0, high, low]).await?;
        socket.write_all(&packet[..length]).await?;
    }
}

async fn server(folder: PathBuf) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(serve(socket, folder.clone()));
        }
    });
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn rtsp_is_pulled_through_the_limits_of_its_relay() {
    let mut gateway = Gateway::with(|config, _| {
        config.pull = Some(PullConfig { networks: vec!["127.0.0.1/32".into()], ..PullConfig::default() });
    })
    .await;
    let server = server(gateway.directory.path().to_owned()).await;
    gateway.ingest.set_source(STREAM, &format!("rtsp://{server}/live")).await.unwrap();
    let mut observer = gateway.broadcast().await;
    observer.until_media(200_000).await;
    let source = observer.source.clone().unwrap();
    assert_eq!((source.protocol, source.video.unwrap().codec.as_str()), (Protocol::Pull, "h264"));
    gateway.ingest.shutdown().await;
}
