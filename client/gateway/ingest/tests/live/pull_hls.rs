//! HLS in less usual forms: sound in a playlist of its own, and encrypted segments.

use crate::{
    clips::{ffmpeg, generated, write_hls, X264},
    gateway::{Gateway, Observer, STREAM},
    pull::{gateway, serve},
};
use std::path::Path;
use vilokanam_ingest::Protocol;
use vilokanam_test_media::marks;

/// Maximum distance between the picture and the sound of a mark.
const MAX_APART_S: f64 = 0.1;

/// Writes ten seconds with marks as HLS whose sound has a playlist of its own, in segments of another length.
fn write_apart(folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (picture, sound) = (marks::picture("640x360", 30), marks::sound("stereo", 48_000));
    let encoded = ["-g", "60", "-t", "10", "-c:a", "aac"];
    let both = path("both.mp4");
    ffmpeg(&[&generated(&picture, &sound)[..], &X264, &encoded, &[&both]].concat());
    let hls = ["-c", "copy", "-f", "hls", "-hls_list_size", "0", "-hls_segment_type", "fmp4", "-hls_time"];
    for (track, seconds) in [("v", "2"), ("a", "3")] {
        let init = format!("{track}_init.mp4");
        let (segments, list) = (path(&format!("{track}_%d.m4s")), path(&format!("{track}.m3u8")));
        let named = ["-hls_fmp4_init_filename", &init, "-hls_segment_filename", &segments, &list];
        let chosen = ["-i", &both, "-map", &format!("0:{track}")];
        ffmpeg(&[&chosen[..], &hls, &[seconds], &named].concat());
    }
    let master = "#EXTM3U\n\
        #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"other\",URI=\"none.m3u8\"\n\
        #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"usual\",DEFAULT=YES,AUTOSELECT=YES,URI=\"a.m3u8\"\n\
        #EXT-X-STREAM-INF:BANDWIDTH=1000000,RESOLUTION=640x360,AUDIO=\"a\"\nv.m3u8\n";
    std::fs::write(folder.join("master.m3u8"), master).unwrap();
}

/// Writes a clip as MPEG-TS whose segments are encrypted.
fn write_encrypted(folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    let (key, info) = (folder.join("key.bin"), folder.join("key.info"));
    std::fs::write(&key, [7u8; 16]).unwrap();
    std::fs::write(&info, format!("key.bin\n{}\n{}\n", key.display(), "0f".repeat(16))).unwrap();
    write_hls("mpegts", &["-hls_key_info_file", info.to_str().unwrap()], &folder.join("master.m3u8"));
}

/// Pulls a list from its beginning to its end.
async fn pulled(gateway: &mut Gateway, folder: &Path) -> Observer {
    let server = serve(folder, None).await;
    gateway.ingest.set_source(STREAM, &format!("{server}/master.m3u8")).await.unwrap();
    let mut observer = gateway.broadcast().await;
    observer.until("the end of the list", |observer| observer.waits > 0).await;
    gateway.ingest.remove_source(STREAM);
    gateway.ingest.stop(STREAM);
    observer.until_end().await;
    assert_eq!(observer.discontinuities, []);
    let source = observer.source.clone().unwrap();
    assert_eq!(source.protocol, Protocol::Pull);
    assert!(source.video.is_some() && source.audio.is_some());
    observer
}

#[tokio::test(flavor = "multi_thread")]
async fn sound_of_its_own_playlist_stays_with_the_picture() {
    let mut gateway = gateway().await;
    let folder = gateway.directory.path().join("hls");
    let written = folder.clone();
    tokio::task::spawn_blocking(move || write_apart(&written)).await.unwrap();
    let observer = pulled(&mut gateway, &folder).await;
    let movie = gateway.directory.path().join("movie.mp4");
    std::fs::write(&movie, observer.epochs[0].renditions.values().next().unwrap()).unwrap();
    let found = tokio::task::spawn_blocking(move || marks::find(&movie)).await.unwrap();
    let offsets = found.offsets();
    assert!(offsets.len() >= 2, "{found:?}");
    assert!(offsets.iter().all(|offset| offset.is_some_and(|offset| offset.abs() <= MAX_APART_S)), "{offsets:?}");
    gateway.ingest.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn encrypted_segments_are_decrypted() {
    let mut gateway = gateway().await;
    let folder = gateway.directory.path().join("hls");
    let written = folder.clone();
    tokio::task::spawn_blocking(move || write_encrypted(&written)).await.unwrap();
    let list = std::fs::read_to_string(folder.join("master.m3u8")).unwrap();
    assert!(list.contains("METHOD=AES-128"), "{list}");
    let observer = pulled(&mut gateway, &folder).await;
    let movies = observer.check_epoch(0, 30);
    assert!(movies[0].end_ms() - movies[0].start_ms() > 4_000);
    gateway.ingest.shutdown().await;
}
