//! Boxes without media, for tests of what reads them.

/// Box with this name and payload.
pub fn mp4_box(name: &[u8; 4], payload: &[u8]) -> Vec<u8> {
    [&(payload.len() as u32 + 8).to_be_bytes()[..], name, payload].concat()
}

/// Initialisation segment with tracks of these timescales, numbered from 1.
pub fn init(timescales: &[u32]) -> Vec<u8> {
    let zip = timescales.iter().zip(1u32..);
    let tracks: Vec<u8> = zip
        .flat_map(|(timescale, id)| {
            let tkhd = mp4_box(b"tkhd", &[&[0; 12][..], &id.to_be_bytes(), &[0; 8]].concat());
            let mdhd = mp4_box(b"mdhd", &[&[0; 12][..], &timescale.to_be_bytes(), &[0; 8]].concat());
            mp4_box(b"trak", &[tkhd, mp4_box(b"mdia", &mdhd)].concat())
        })
        .collect();
    let mvhd = mp4_box(b"mvhd", &[&[0; 12][..], &1_000u32.to_be_bytes(), &[0; 84]].concat());
    let trex = |id: u32| mp4_box(b"trex", &[&[0; 4][..], &id.to_be_bytes(), &[0; 16]].concat());
    let mvex = mp4_box(b"mvex", &(1..).take(timescales.len()).flat_map(trex).collect::<Vec<u8>>());
    [mp4_box(b"ftyp", b"iso6"), mp4_box(b"moov", &[mvhd, tracks, mvex].concat())].concat()
}

/// Track fragment with a decode time of 64 bits.
pub fn traf(track: u32, units: u64) -> Vec<u8> {
    let tfhd = mp4_box(b"tfhd", &[&[0; 4][..], &track.to_be_bytes()].concat());
    let tfdt = mp4_box(b"tfdt", &[&[1, 0, 0, 0][..], &units.to_be_bytes()].concat());
    mp4_box(b"traf", &[tfhd, tfdt].concat())
}

/// Fragment of these track fragments.
pub fn fragment(trafs: &[Vec<u8>]) -> Vec<u8> {
    let moof = [mp4_box(b"mfhd", &[0; 8]), trafs.concat()].concat();
    [mp4_box(b"moof", &moof), mp4_box(b"mdat", b"media")].concat()
}
