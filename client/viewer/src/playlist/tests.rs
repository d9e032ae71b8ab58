use super::*;

const MASTER: &str = "#EXTM3U
#EXT-X-VERSION:8
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-STREAM-INF:BANDWIDTH=900000,AVERAGE-BANDWIDTH=800000,CODECS=\"avc1.64001f,mp4a.40.2\",RESOLUTION=640x360,FRAME-RATE=30.000
360p/live.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=2700000,AVERAGE-BANDWIDTH=2500000,CODECS=\"avc1.64001f,mp4a.40.2\",RESOLUTION=1280x720,FRAME-RATE=30.000
720p/live.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=64000,AVERAGE-BANDWIDTH=64000,CODECS=\"mp4a.40.2\"
audio/live.m3u8
";

const MEDIA: &str = "#EXTM3U
#EXT-X-VERSION:8
#EXT-X-TARGETDURATION:2
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.500000,HOLD-BACK=6.000000
#EXT-X-PART-INF:PART-TARGET=0.500000
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA-SEQUENCE:41
#EXT-X-DISCONTINUITY-SEQUENCE:3
#EXT-X-MAP:URI=\"init-1.mp4\"
#EXT-X-KEY:METHOD=AES-128,URI=\"../../keys/41\",IV=0x00000000000000000000000000000029
#EXT-X-PROGRAM-DATE-TIME:2026-01-31T12:00:00.500Z
#EXTINF:2.000000,
41.m4s
#EXT-X-KEY:METHOD=AES-128,URI=\"../../keys/42\",IV=0x0000000000000000000000000000002A
#EXT-X-PROGRAM-DATE-TIME:2026-01-31T12:00:02.500Z
#EXT-X-PART:DURATION=0.500000,URI=\"42.0.m4s\",INDEPENDENT=YES
#EXTINF:1.233333,
42.m4s
#EXT-X-DISCONTINUITY
#EXT-X-KEY:METHOD=NONE
#EXT-X-MAP:URI=\"init-2.mp4\"
#EXT-X-GAP
#EXTINF:2.000000,
43.m4s
#EXT-X-KEY:METHOD=AES-128,URI=\"../../keys/44\"
#EXT-X-PART:DURATION=0.500000,URI=\"44.0.m4s\",INDEPENDENT=YES
#EXTINF:2.500000,
44.m4s
#EXT-X-KEY:METHOD=AES-128,URI=\"../../keys/45\",IV=0x0000000000000000000000000000002d
#EXT-X-PART:DURATION=0.500000,URI=\"45.0.m4s\",INDEPENDENT=YES
#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"45.1.m4s\"
#EXT-X-RENDITION-REPORT:URI=\"../360p/live.m3u8\",LAST-MSN=45,LAST-PART=0
";

fn from() -> Url {
    "http://g:8080/v1/streams/3/hls/720p/live.m3u8".parse().unwrap()
}

fn master() -> Vec<Rendition> {
    renditions(MASTER.as_bytes(), &"http://g:8080/v1/streams/3/hls/master.m3u8".parse().unwrap()).unwrap()
}

#[test]
fn renditions_are_read_from_a_multivariant_playlist() {
    let names: Vec<_> = master().iter().map(|one| (one.name.clone(), one.height)).collect();
    assert_eq!(names, [("360p".into(), Some(360)), ("720p".into(), Some(720)), ("audio".into(), None)]);
    assert_eq!(master()[1].url, from());
}

#[test]
fn renditions_in_one_folder_are_named_after_their_files() {
    let text = MASTER.replace("/live.m3u8", ".m3u8");
    let renditions = renditions(text.as_bytes(), &"http://g/v1/streams/3/hls/master.m3u8".parse().unwrap()).unwrap();
    let names: Vec<&str> = renditions.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["360p", "720p", "audio"]);
    assert_eq!(renditions[0].url.as_str(), "http://g/v1/streams/3/hls/360p.m3u8");
}

#[test]
fn sound_of_a_picture_that_comes_alone_is_the_default_track() {
    let read = |tracks: &[(&str, &str, &str)]| {
        let mut text = "#EXTM3U\n".to_owned();
        for (name, default, uri) in tracks {
            text += &format!("#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"audio\",NAME=\"{name}\",DEFAULT={default}{uri}\n");
        }
        text += "#EXT-X-STREAM-INF:BANDWIDTH=900000,AUDIO=\"audio\"\n360p.m3u8\n";
        text += "#EXT-X-STREAM-INF:BANDWIDTH=100000\npreview.m3u8\n";
        let from = "http://g/v1/streams/3/hls/master.m3u8".parse().unwrap();
        renditions(text.as_bytes(), &from).unwrap().into_iter().map(|one| one.sound).collect::<Vec<_>>()
    };
    let (one, two) = (",URI=\"audio-1.m3u8\"", ",URI=\"audio-2.m3u8\"");
    let url = |name: &str| Some(format!("http://g/v1/streams/3/hls/{name}.m3u8").parse::<Url>().unwrap());
    assert_eq!(read(&[("English", "YES", one), ("Deutsch", "NO", two)]), [url("audio-1"), None]);
    assert_eq!(read(&[("English", "NO", one), ("Deutsch", "YES", two)])[0], url("audio-2"));
    assert_eq!(read(&[("English", "NO", one)])[0], url("audio-1"), "the first one if none is the default");
    assert_eq!(read(&[("Main", "YES", ""), ("Deutsch", "NO", two)])[0], None, "it is in the segments of the picture");
    assert_eq!(read(&[]), [None, None]);
}

#[test]
fn rendition_is_chosen_by_quality() {
    let renditions = master();
    let chosen = |wanted: &str| choose(&renditions, &wanted.parse().unwrap()).map(|one| one.name.clone()).ok();
    assert_eq!(chosen("best").as_deref(), Some("720p"));
    assert_eq!(chosen("worst").as_deref(), Some("audio"));
    assert_eq!(chosen("480p").as_deref(), Some("360p"));
    assert_eq!(chosen("720").as_deref(), Some("720p"));
    assert_eq!(chosen("audio").as_deref(), Some("audio"));
    assert_eq!(chosen("240p"), None);
    let error = choose(&renditions, &Quality::Name("4k".into())).unwrap_err();
    assert_eq!(error.to_string(), "the stream has no such quality; it has 360p, 720p, audio");
}

#[test]
fn segments_are_read_from_a_media_playlist() {
    let playlist = media(MEDIA.as_bytes(), &from()).unwrap();
    assert_eq!(playlist.target, Duration::from_secs(2));
    assert!(!playlist.is_ended);
    let sequences: Vec<u64> = playlist.segments.iter().map(|segment| segment.sequence).collect();
    assert_eq!(sequences, [41, 42, 43, 44]);

    let first = &playlist.segments[0];
    assert_eq!(first.url.as_str(), "http://g:8080/v1/streams/3/hls/720p/41.m4s");
    assert_eq!(first.init.as_ref().unwrap().as_str(), "http://g:8080/v1/streams/3/hls/720p/init-1.mp4");
    let key = first.key.as_ref().unwrap();
    assert_eq!(key.url.as_str(), "http://g:8080/v1/streams/3/keys/41");
    assert_eq!(key.iv, 41u128.to_be_bytes());
    let filmed_s = first.filmed_at.unwrap().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis();
    assert_eq!(filmed_s, 1_769_860_800_500);

    let second = &playlist.segments[1];
    assert_eq!(second.init, first.init, "an initialisation segment applies until the next one");
    assert_eq!(second.key.as_ref().unwrap().iv, 42u128.to_be_bytes(), "hex digits in upper case");

    let third = &playlist.segments[2];
    assert!(third.is_gap, "{third:?}");
    assert!(third.key.is_none(), "{third:?}");
    assert_ne!(third.init, first.init);
    let fourth = &playlist.segments[3];
    assert!(!fourth.is_gap);
    assert_eq!(fourth.key.as_ref().unwrap().iv, 44u128.to_be_bytes(), "the sequence number when no IV is given");

    let costs: Vec<u32> = playlist.segments.iter().map(|segment| segment.cost_ticks).collect();
    assert_eq!(costs, [2, 2, 2, 3], "each second that has begun is charged");
}

#[test]
fn ended_playlist_is_recognised() {
    let text = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2.0,\n0.m4s\n#EXT-X-ENDLIST\n";
    let playlist = media(text.as_bytes(), &from()).unwrap();
    assert!(playlist.is_ended);
    assert_eq!(playlist.segments.len(), 1);
    assert!(playlist.segments[0].key.is_none());
}

#[test]
fn key_on_another_server_is_refused() {
    let text = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-KEY:METHOD=AES-128,URI=\"https://evil/keys/1\"\n#EXTINF:2.0,\n0.m4s\n";
    let error = media(text.as_bytes(), &from()).unwrap_err();
    assert!(error.to_string().contains("another server"), "{error}");
}

#[test]
fn malformed_playlists_are_refused() {
    for text in [
        "<html>",
        "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:3600.0,\n0.m4s\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"k\"\n#EXTINF:2.0,\n0.m4s\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-KEY:METHOD=AES-128\n#EXTINF:2.0,\n0.m4s\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-KEY:METHOD=AES-128,URI=\"k\",IV=0x12\n#EXTINF:2.0,\n0.m4s\n",
    ] {
        assert!(media(text.as_bytes(), &from()).is_err(), "{text}");
    }
}

#[test]
fn key_index_is_the_last_part_of_the_keys_address() {
    let playlist = media(MEDIA.as_bytes(), &from()).unwrap();
    assert_eq!(playlist.segments[0].key_index(), 41);
    let elsewhere = KeyRef { url: "http://h/v1/streams/3/keys/77?x=1".parse().unwrap(), iv: [0; 16] };
    let segment = Segment { key: Some(elsewhere), ..playlist.segments[0].clone() };
    assert_eq!(segment.key_index(), 77);
    assert_eq!(Segment { key: None, ..segment }.key_index(), 41, "the sequence number when there is no key");
}
