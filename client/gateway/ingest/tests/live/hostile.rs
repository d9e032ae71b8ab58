//! Faulty and hostile publishers: they can end only their own connection.

use crate::{
    clips::clips,
    gateway::{Gateway, STREAM},
};
use bytes::Bytes;
use tokio::{io::AsyncWriteExt, net::TcpStream};
use vilokanam_ingest::EndReason;
use vilokanam_test_media::rtmp::{number, string, tags, Client, MessageType, Tag};

#[tokio::test(flavor = "multi_thread")]
async fn garbage_ends_only_its_own_connection() {
    let mut gateway = Gateway::start().await;
    let address = gateway.ingest.rtmp_address().unwrap();
    // No RTMP; an incomplete handshake; noise after a handshake; a chunk size that is not valid.
    let mut noise = TcpStream::connect(address).await.unwrap();
    noise.write_all(&[0xab; 20_000]).await.unwrap();
    let mut half = TcpStream::connect(address).await.unwrap();
    half.write_all(&[3; 100]).await.unwrap();
    drop(half);
    let mut shaken = Client::connect(address).await;
    shaken.socket.write_all(&[0xff; 50_000]).await.unwrap();
    shaken.read_to_end().await;
    let mut chunky = Client::connect(address).await;
    chunky.send(MessageType::SetChunkSize, 0, Bytes::from_static(&[0xff; 4])).await.unwrap();
    chunky.read_to_end().await;
    let mut shrinking = Client::connect(address).await;
    // A message whose length shrinks after its first chunk.
    let (long, short) = (b"\x06\0\0\0\0\x08\0\x09\x01\0\0\0", b"\x06\0\0\0\0\0\x08\x09\x01\0\0\0");
    shrinking.socket.write_all(&[&long[..], &[0; 128], &short[..], &[0; 128]].concat()).await.unwrap();
    shrinking.socket.shutdown().await.unwrap();
    shrinking.read_to_end().await;

    // A valid key but no media: no broadcast begins.
    let mut impostor = Client::publish(address, &gateway.key.stream_key(STREAM)).await;
    for time in 0..20 {
        impostor.send(MessageType::Video, time, Bytes::from_static(&[0x17; 5000])).await.unwrap();
    }
    impostor.socket.shutdown().await.unwrap();
    impostor.read_to_end().await;
    assert!(gateway.broadcasts.try_recv().is_err());

    // A well-behaved publisher is still served.
    let mut client = Client::publish(address, &gateway.key.stream_key(STREAM)).await;
    client.send_tags(tags(&clips().wide)).await.unwrap();
    client.disconnect().await;
    let mut observer = gateway.broadcast().await;
    observer.until_end().await;
    observer.check_epoch(0, 30);
}

#[tokio::test(flavor = "multi_thread")]
async fn jumping_timestamps_are_repaired() {
    let mut gateway = Gateway::start().await;
    let mut client = Client::publish(gateway.ingest.rtmp_address().unwrap(), &gateway.key.stream_key(STREAM)).await;
    // A clock that starts far from zero, falls back, jumps ahead, and falls back again.
    let odd = tags(&clips().wide).into_iter().map(|tag| {
        let offset = [3_000_000_000, 5, 4_000_000_000, 1_000_000][tag.time_ms as usize / 2000 % 4];
        Tag { time_ms: tag.time_ms.wrapping_add(offset), ..tag }
    });
    client.send_tags(odd).await.unwrap();
    client.disconnect().await;
    let mut observer = gateway.broadcast().await;
    assert_eq!(observer.until_end().await, EndReason::PublisherGone);
    assert!(observer.discontinuities.is_empty(), "ffmpeg did not end: {:?}", observer.discontinuities);
    let movies = observer.check_epoch(0, 30);
    let length_ms = movies[0].end_ms() - movies[0].start_ms();
    assert!((6000..9000).contains(&length_ms), "the duration stays seven seconds: {length_ms}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_resolution_does_not_end_the_broadcast() {
    let mut gateway = Gateway::start().await;
    let mut client = Client::publish(gateway.ingest.rtmp_address().unwrap(), &gateway.key.stream_key(STREAM)).await;
    client.send_tags(tags(&clips().wide)).await.unwrap();
    let later = tags(&clips().small).into_iter().map(|tag| Tag { time_ms: tag.time_ms + 7_050, ..tag });
    client.send_tags(later).await.unwrap();
    client.disconnect().await;
    let mut observer = gateway.broadcast().await;
    observer.until_end().await;
    let epochs = observer.epochs.len();
    let last = observer.check_epoch(epochs - 1, 30);
    assert!(last[0].end_ms() > 20_000, "both clips are complete: {}", last[0].end_ms());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_codec_that_cannot_be_transcoded_is_refused_with_advice() {
    let gateway = Gateway::start().await;
    let mut client = Client::publish(gateway.ingest.rtmp_address().unwrap(), &gateway.key.stream_key(STREAM)).await;
    client.send(MessageType::Video, 0, Bytes::from_static(b"\x90vvc1config")).await.unwrap();
    let answers = client.read_to_end().await;
    assert!(answers.contains("vvc1") && answers.contains("send H.264"), "{answers}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_above_the_limit_is_refused_with_the_reason() {
    let gateway = Gateway::start().await;
    let mut client = Client::publish(gateway.ingest.rtmp_address().unwrap(), &gateway.key.stream_key(STREAM)).await;
    client.set_chunk_size(131_072).await;
    // The server ends the connection while the message is on its way.
    let _ = client.send(MessageType::Video, 0, Bytes::from(vec![0x17; 10_000_000])).await;
    let answers = client.read_to_end().await;
    assert!(answers.contains("a message of 10000000 bytes is larger than the 8388608 allowed"), "{answers}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_message_before_the_key_is_refused() {
    let gateway = Gateway::start().await;
    for kind in [MessageType::CommandAMF0, MessageType::Video] {
        let mut client = Client::connect(gateway.ingest.rtmp_address().unwrap()).await;
        let _ = client.send(kind, 0, Bytes::from(vec![2; 100_000])).await;
        let answers = client.read_to_end().await;
        assert!(answers.contains("larger than the 16384 allowed"), "{answers}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_that_announce_more_than_they_have_take_no_memory() {
    let gateway = Gateway::start().await;
    let mut client = Client::connect(gateway.ingest.rtmp_address().unwrap()).await;
    let array = b"\x0a\xff\xff\xff\xff".to_vec();
    let bodies = [array.clone(), b"\x08\xff\xff\xff\xff".to_vec(), array.repeat(3_000), b"\x03\0\x01a".repeat(3_000)];
    for body in bodies {
        client.command(&[string("connect"), number(1.0), body].concat()).await;
        client.expect("NetConnection.Connect.Success").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn publishers_do_not_count_towards_the_connections_of_their_address() {
    let gateway = Gateway::with(|config, _| config.rtmp.as_mut().unwrap().max_connections_per_ip = 1).await;
    let mut publishers = Vec::new();
    for stream in 100..109 {
        let (_, key) = gateway.ingest.keys().create(stream).unwrap();
        let mut client = Client::publish(gateway.ingest.rtmp_address().unwrap(), &key.stream_key(stream)).await;
        client.expect("NetStream.Publish.Start").await;
        publishers.push(client);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_keys_do_not_lock_out_a_right_key_of_their_address() {
    let gateway = Gateway::start().await;
    let address = gateway.ingest.rtmp_address().unwrap();
    for _ in 0..12 {
        let client = Client::publish(address, &format!("8-{}", "0".repeat(40))).await;
        let answers = client.read_to_end().await;
        assert!(answers.contains("the publish key is not valid"), "{answers}");
    }
    let mut client = Client::publish(address, &gateway.key.stream_key(STREAM)).await;
    client.expect("NetStream.Publish.Start").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_per_address_are_limited() {
    let gateway = Gateway::with(|config, _| {
        config.rtmp.as_mut().unwrap().max_connections_per_ip = 1;
        config.rtmp.as_mut().unwrap().handshake_timeout_ms = 500;
    })
    .await;
    let address = gateway.ingest.rtmp_address().unwrap();
    let first = Client::connect(address).await;
    let second = TcpStream::connect(address).await.unwrap();
    let mut byte = [0];
    assert_eq!(second.peek(&mut byte).await.unwrap_or(0), 0, "the second connection is closed");
    // The first connection is closed as well, because it never publishes.
    first.read_to_end().await;
    Client::connect(address).await;
}
