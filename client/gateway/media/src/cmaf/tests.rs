//! Tests of the parser of fragmented MP4.

use super::*;
use crate::synthetic::*;
use proptest::prelude::*;
use splitter::{MAX_FRAGMENT_BYTES, MAX_INIT_BYTES};

fn split(bytes: &[u8]) -> Result<Vec<Chunk>, CmafError> {
    let mut chunks = Vec::new();
    Splitter::new().push(bytes, &mut chunks).map(|()| chunks)
}

fn read_init(movie: &[u8]) -> Result<std::sync::Arc<Init>, CmafError> {
    match split(movie)?.remove(0) {
        Chunk::Init(init) => Ok(init),
        Chunk::Fragment(_) => panic!("a fragment"),
    }
}

fn stream() -> Vec<u8> {
    let between = [boxed(b"styp", &[b"msdh"]), boxed(b"sidx", &[&[0; 40]])].concat();
    [init(640, 360), USUAL.at(0), between, USUAL.at(1), audio_tail(), boxed(b"mfra", &[&[0; 99]])].concat()
}

#[test]
fn init_lists_tracks_codecs_and_resolution() {
    let bytes = init(640, 360);
    let init = read_init(&bytes).unwrap();
    assert_eq!(init.bytes, bytes);
    assert_eq!(init.codecs(), "avc1.64001f,mp4a.40.2");
    assert_eq!(init.resolution(), Some((640, 360)));
    assert_eq!(init.reference().timescale.get(), TIMESCALE);
    assert_eq!(init.tracks[1].kind, TrackKind::Audio { channels: 2, sample_rate: 48_000 });
}

#[test]
fn init_without_video_has_no_resolution() {
    let init = read_init(&movie(&[track(1, b"soun", 48_000, &aac_entry(), &[])])).unwrap();
    assert_eq!((init.codecs().as_str(), init.resolution()), ("mp4a.40.2", None));
}

#[test]
fn codecs_have_their_rfc_6381_names() {
    let hevc = [1, 1, 0x60, 0, 0, 0, 0x90, 0, 0, 0, 0, 0, 93];
    let high_tier = [1, 0x22, 0x20, 0, 0, 0, 0xb0, 0x23, 0, 0, 0, 0, 150];
    let he_aac =
        [0, 0, 0, 0, 3, 0x80, 0x80, 25, 0, 2, 0, 4, 17, 0x40, 0x15, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 2, 0x2b];
    let mp3 = [0, 0, 0, 0, 3, 21, 0, 2, 0, 4, 13, 0x6b, 0x15, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let video = |entry: Vec<u8>| track(1, b"vide", 90_000, &entry, &[]);
    let sound = |entry: Vec<u8>| track(1, b"soun", 48_000, &entry, &[]);
    let cases = [
        (video(visual_entry(b"hvc1", 64, 64, b"hvcC", &hevc)), "hvc1.1.6.L93.90"),
        (video(visual_entry(b"hev1", 64, 64, b"hvcC", &high_tier)), "hev1.2.4.H150.B0.23"),
        (video(visual_entry(b"av01", 64, 64, b"av1C", &[0x81, 0x08, 0x4c, 0])), "av01.0.08M.10"),
        (video(visual_entry(b"vp09", 64, 64, b"vpcC", &[1, 0, 0, 0, 0, 31, 0x82, 0])), "vp09.00.31.08"),
        (sound(audio_entry(b"mp4a", b"esds", &he_aac)), "mp4a.40.5"),
        (sound(audio_entry(b"mp4a", b"esds", &mp3)), "mp4a.6b"),
        (sound(audio_entry(b"Opus", b"dOps", &[0; 11])), "opus"),
    ];
    for (track, codec) in cases {
        assert_eq!(read_init(&movie(&[track])).unwrap().codecs(), codec);
    }
}

#[test]
fn an_unknown_codec_is_refused() {
    let entry = visual_entry(b"mp4v", 64, 64, b"esds", &[0; 30]);
    let error = read_init(&movie(&[track(1, b"vide", 90_000, &entry, &[])])).unwrap_err();
    assert_eq!(error, CmafError::UnknownCodec(FourCc(*b"mp4v")));
}

#[test]
fn fragments_have_the_times_of_the_video_track() {
    let chunks = split(&stream()).unwrap();
    let fragments = chunks.into_iter().filter_map(|chunk| match chunk {
        Chunk::Fragment(fragment) => Some(fragment),
        Chunk::Init(_) => None,
    });
    let fragments: Vec<_> = fragments.collect();
    assert_eq!(fragments.len(), 3);
    let (first, second) = (fragments[0].timing.unwrap(), fragments[1].timing.unwrap());
    assert_eq!((fragments[0].bytes.as_ref(), fragments[1].bytes.as_ref()), (&USUAL.at(0)[..], &USUAL.at(1)[..]));
    assert!(first.independent && !second.independent);
    assert_eq!((first.samples, first.duration.seconds()), (15, 0.5));
    assert_eq!((first.presentation_nanos, second.presentation_nanos), (0, 500_000_000));
    assert_eq!(fragments[2].timing, None);
}

#[test]
fn edit_lists_shift_presentation_times() {
    // An empty edit of one second, then the media from its unit 512.
    let edit = |words: &[u32]| words.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<_>>();
    let elst = boxed(b"elst", &[&edit(&[0, 2, 1000, u32::MAX, 0x10000, 0, 512, 0x10000])]);
    let entry = avc_entry(64, 64);
    let init = movie(&[track(1, b"vide", TIMESCALE, &entry, &boxed(b"edts", &[&elst]))]);
    let chunks = split(&[init, USUAL.at(2)].concat()).unwrap();
    let Chunk::Fragment(fragment) = &chunks[1] else { panic!("no fragment") };
    let expected = 2_000_000_000 - 512 * 1_000_000_000 / i64::from(TIMESCALE);
    assert!((fragment.timing.unwrap().presentation_nanos - expected).abs() <= 2);
}

#[test]
fn damaged_streams_are_refused() {
    let offset = boxed(b"tfhd", &[&[0, 0, 0, 1, 0, 0, 0, 1], &[0; 8]]);
    let absolute = [boxed(b"moof", &[&boxed(b"traf", &[&offset])]), boxed(b"mdat", &[])].concat();
    let no_time = boxed(b"moof", &[&boxed(b"traf", &[&boxed(b"tfhd", &[&[0, 2, 0, 0, 0, 0, 0, 1]])])]);
    let cases = [
        (b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), CmafError::UnexpectedBox(FourCc(*b"/1.1"))),
        (USUAL.at(0), CmafError::NoInit),
        (movie(&[]), CmafError::NoTrack),
        (movie(&vec![track(1, b"vide", 1, &avc_entry(2, 2), &[]); 9]), CmafError::TooManyTracks(8)),
        (movie(&[track(1, b"vide", 0, &avc_entry(2, 2), &[])]), CmafError::NoTimescale),
        ([init(2, 2), absolute].concat(), CmafError::NotSelfContained),
        (
            [init(2, 2), no_time, boxed(b"mdat", &[])].concat(),
            CmafError::MissingBox { parent: FourCc(*b"traf"), child: FourCc(*b"tfdt") },
        ),
        (b"\0\0\0\x07moov".to_vec(), CmafError::BoxSize { name: FourCc(*b"moov"), bytes: 7 }),
    ];
    for (bytes, error) in cases {
        assert_eq!(split(&bytes).unwrap_err(), error);
    }
}

#[test]
fn boxes_above_the_size_limits_are_refused() {
    let large = u32::try_from(MAX_INIT_BYTES + 1).unwrap().to_be_bytes();
    let init_fails = split(&[&large[..], b"moov"].concat()).unwrap_err();
    assert!(matches!(init_fails, CmafError::InitTooLarge { .. }));
    let large = u32::try_from(MAX_FRAGMENT_BYTES).unwrap().to_be_bytes();
    let moof = boxed(b"moof", &[]);
    let fragment_fails = split(&[&init(2, 2)[..], &moof, &large, b"mdat"].concat()).unwrap_err();
    assert!(matches!(fragment_fails, CmafError::FragmentTooLarge { .. }));
    let endless = [&[0, 0, 0, 1][..], b"moof", &u64::MAX.to_be_bytes()].concat();
    assert!(matches!(split(&[init(2, 2), endless].concat()), Err(CmafError::FragmentTooLarge { .. })));
}

#[test]
fn long_boxes_that_are_not_needed_are_not_buffered() {
    let mut splitter = Splitter::new();
    let mut chunks = Vec::new();
    let header = [&[0, 0, 0, 1][..], b"free", &(10u64 << 40).to_be_bytes()].concat();
    splitter.push(&header, &mut chunks).unwrap();
    for _ in 0..64 {
        splitter.push(&[0; 1 << 16], &mut chunks).unwrap();
        assert_eq!(splitter.held_bytes(), 0);
    }
}

#[test]
fn the_first_error_is_returned_for_ever() {
    let mut splitter = Splitter::new();
    let mut chunks = Vec::new();
    let error = splitter.push(&[&stream()[..], b"\0\0\0\x08oops"].concat(), &mut chunks).unwrap_err();
    assert_eq!(chunks.len(), 4);
    assert_eq!(splitter.push(&stream(), &mut chunks), Err(error));
    assert_eq!(chunks.len(), 4);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn chunks_do_not_depend_on_how_the_stream_is_cut(sizes in prop::collection::vec(1usize..700, 1..40)) {
        let stream = stream();
        let mut splitter = Splitter::new();
        let mut chunks = Vec::new();
        let mut rest = &stream[..];
        for size in sizes.iter().cycle() {
            let (now, later) = rest.split_at((*size).min(rest.len()));
            splitter.push(now, &mut chunks).unwrap();
            rest = later;
            if rest.is_empty() {
                break;
            }
        }
        prop_assert_eq!(chunks, split(&stream).unwrap());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        _ = split(&bytes);
        // Inside a valid header.
        _ = split(&movie(std::slice::from_ref(&bytes)));
        _ = split(&boxed(b"moov", &[&bytes]));
        _ = split(&[init(2, 2), boxed(b"moof", &[&boxed(b"traf", &[&bytes])]), boxed(b"mdat", &[])].concat());
    }

    #[test]
    fn damaged_streams_never_panic(damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut stream = stream();
        for (place, byte) in damage {
            let place = place.index(stream.len());
            stream[place] = byte;
        }
        _ = split(&stream);
    }

    #[test]
    fn damaged_codecs_never_panic(
        name in prop::sample::select(vec![*b"avcC", *b"hvcC", *b"av1C", *b"vpcC", *b"esds"]),
        config in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let entry = match &name {
            b"avcC" => visual_entry(b"avc1", 2, 2, &name, &config),
            b"hvcC" => visual_entry(b"hvc1", 2, 2, &name, &config),
            b"av1C" => visual_entry(b"av01", 2, 2, &name, &config),
            b"vpcC" => visual_entry(b"vp09", 2, 2, &name, &config),
            _ => audio_entry(b"mp4a", &name, &config),
        };
        _ = split(&movie(&[track(1, if &name == b"esds" { b"soun" } else { b"vide" }, 1000, &entry, &[])]));
    }
}
