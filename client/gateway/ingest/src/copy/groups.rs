//! Groups of pictures in FLV with H.264.

const HEADER_BYTES: usize = 9 + 4;
const TAG_BYTES: usize = 11;
/// Length of the previous tag, which follows each tag.
const TRAILER_BYTES: usize = 4;
const VIDEO_TAG: u8 = 9;
/// H.264 in the low half of the first byte of a video tag.
const H264: u8 = 7;
/// Type of a slice of a picture after which no picture refers to an earlier one.
const IDR_SLICE: u8 = 5;

/// A group of pictures between two keyframes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Group {
    pub length_ms: u64,
    pub frames: u64,
    pub bytes: u64,
}

/// The groups of pictures of the beginning of a source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Groups {
    pub complete: Vec<Group>,
    /// Time since the last keyframe.
    pub open_ms: u64,
    /// Whether a keyframe is none at which all decoders can begin.
    pub has_open_ones: bool,
}

impl Groups {
    /// Reads FLV. Damaged input ends the reading.
    pub fn read(flv: &[u8]) -> Self {
        let mut groups = Self::default();
        let mut open: Option<(u64, Group)> = None;
        let mut length_bytes = 4;
        let mut rest = flv.get(HEADER_BYTES..).unwrap_or_default();
        while let Some((tag, after)) = split(rest) {
            rest = after;
            let [first, kind, _, _, _, picture @ ..] = tag.body else { continue };
            if tag.kind != VIDEO_TAG || first & 0x0f != H264 {
                continue;
            }
            if *kind == 0 {
                length_bytes = usize::from(picture.get(4).copied().unwrap_or(3) & 3) + 1;
            }
            if *kind != 1 {
                continue;
            }
            if first >> 4 == 1 {
                groups.has_open_ones |= !has_idr(picture, length_bytes);
                if let Some((since_ms, group)) = open {
                    groups.complete.push(Group { length_ms: tag.time_ms.saturating_sub(since_ms), ..group });
                }
                open = Some((tag.time_ms, Group::default()));
            }
            if let Some((since_ms, group)) = &mut open {
                group.frames += 1;
                group.bytes += picture.len() as u64;
                groups.open_ms = tag.time_ms.saturating_sub(*since_ms);
            }
        }
        groups
    }
}

struct Tag<'a> {
    kind: u8,
    time_ms: u64,
    body: &'a [u8],
}

/// The first tag, and what follows it.
fn split(bytes: &[u8]) -> Option<(Tag<'_>, &[u8])> {
    let (head, rest) = bytes.split_first_chunk::<TAG_BYTES>()?;
    let size = usize::from(head[1]) << 16 | usize::from(head[2]) << 8 | usize::from(head[3]);
    let (body, rest) = rest.split_at_checked(size)?;
    let time_ms = u32::from_be_bytes([head[7], head[4], head[5], head[6]]);
    Some((Tag { kind: head[0], time_ms: time_ms.into(), body }, rest.get(TRAILER_BYTES..).unwrap_or_default()))
}

/// Whether one of the units of a picture is a slice of an IDR picture.
fn has_idr(mut units: &[u8], length_bytes: usize) -> bool {
    while let Some((length, rest)) = units.split_at_checked(length_bytes) {
        let length = length.iter().fold(0usize, |sum, byte| sum << 8 | usize::from(*byte));
        let Some((unit, after)) = rest.split_at_checked(length) else { return false };
        if unit.first().is_some_and(|head| head & 0x1f == IDR_SLICE) {
            return true;
        }
        units = after;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(time_ms: u64, is_key: bool, units: &[u8]) -> Vec<u8> {
        let body = [&[if is_key { 0x17 } else { 0x27 }, 1, 0, 0, 0], units].concat();
        let [_, a, b, c] = (body.len() as u32).to_be_bytes();
        let [high, x, y, z] = (time_ms as u32).to_be_bytes();
        [&[VIDEO_TAG, a, b, c, x, y, z, high, 0, 0, 0], &body[..], &[0; TRAILER_BYTES]].concat()
    }

    fn unit(kind: u8) -> Vec<u8> {
        vec![0, 0, 0, 2, kind, 0xff]
    }

    fn flv(frames: impl IntoIterator<Item = (u64, bool, u8)>) -> Vec<u8> {
        let tags = frames.into_iter().flat_map(|(time_ms, is_key, kind)| tag(time_ms, is_key, &unit(kind)));
        [0; HEADER_BYTES].into_iter().chain(tags).collect()
    }

    #[test]
    fn groups_are_measured_between_keyframes() {
        let frames = (0..110u64).map(|frame| (frame * 40, frame % 50 == 0, if frame % 50 == 0 { 0x65 } else { 0x41 }));
        let groups = Groups::read(&flv(frames));
        let group = Group { length_ms: 2_000, frames: 50, bytes: 300 };
        assert_eq!(groups, Groups { complete: vec![group, group], open_ms: 360, has_open_ones: false });
    }

    #[test]
    fn a_keyframe_that_is_no_idr_picture_begins_an_open_group() {
        assert!(Groups::read(&flv([(0, true, 0x65), (2_000, true, 0x41)])).has_open_ones);
    }

    #[test]
    fn an_idr_slice_is_found_behind_other_units() {
        let units = [unit(0x09), unit(0x06), unit(0x65)].concat();
        assert!(has_idr(&units, 4) && !has_idr(&units[..12], 4));
        assert!(!has_idr(&[0xff; 3], 4) && !has_idr(&[0xff; 9], 4));
    }

    #[test]
    fn damaged_input_ends_the_reading() {
        let whole = flv([(0, true, 0x65), (2_000, true, 0x65)]);
        for length in 0..whole.len() {
            let groups = Groups::read(&whole[..length]);
            assert!(groups.complete.len() <= 1 && !groups.has_open_ones, "{length}");
        }
    }
}
