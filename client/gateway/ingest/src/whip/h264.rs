//! H.264 as WebRTC transfers it (Annex B, with parameter sets among the frames), and as Matroska has it.

use bytes::Bytes;

/// Types of NAL units.
const SPS: u8 = 7;
const PPS: u8 = 8;
const ACCESS_UNIT_DELIMITER: u8 = 9;

/// Maximum size of a parameter set. Larger ones are nonsense.
const MAX_PARAMETER_SET_BYTES: usize = 1_024;

/// A frame, with the configuration of a decoder if the frame has the parameter sets for it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Frame {
    /// NAL units, each after its length in four bytes. Parameter sets stay among them, so that the picture may change its
    /// size without another configuration.
    pub data: Bytes,
    /// `AVCDecoderConfigurationRecord`.
    pub config: Option<Bytes>,
}

/// Converts a frame. `None` if it has no NAL unit of a picture.
pub(super) fn frame(annex_b: &[u8]) -> Option<Frame> {
    let units: Vec<&[u8]> = units(annex_b).into_iter().filter(|unit| kind(unit) != ACCESS_UNIT_DELIMITER).collect();
    if units.is_empty() {
        return None;
    }
    let of_kind = |wanted: u8| units.iter().find(|unit| kind(unit) == wanted).copied();
    let config = of_kind(SPS).zip(of_kind(PPS)).and_then(|(sps, pps)| config(sps, pps));
    let mut data = Vec::with_capacity(annex_b.len() + 4 * units.len());
    for unit in &units {
        data.extend_from_slice(&u32::try_from(unit.len()).ok()?.to_be_bytes());
        data.extend_from_slice(unit);
    }
    Some(Frame { data: data.into(), config: config.map(Bytes::from) })
}

fn kind(unit: &[u8]) -> u8 {
    unit.first().map_or(0, |first| first & 0x1f)
}

/// The NAL units between start codes of three or four bytes.
fn units(data: &[u8]) -> Vec<&[u8]> {
    let mut units = Vec::new();
    let mut begin = None;
    let mut at = 0;
    while at + 3 <= data.len() {
        if data[at..at + 3] != [0, 0, 1] {
            at += 1;
            continue;
        }
        if let Some(begin) = begin {
            units.push(without_trailing_zeros(&data[begin..at]));
        }
        at += 3;
        begin = Some(at);
    }
    if let Some(begin) = begin {
        units.push(without_trailing_zeros(&data[begin..]));
    }
    units.retain(|unit| !unit.is_empty());
    units
}

/// Removes the zeros after a NAL unit: those of a longer start code, and padding. A NAL unit does not end with zero.
fn without_trailing_zeros(unit: &[u8]) -> &[u8] {
    let length = unit.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    &unit[..length]
}

/// The configuration with one parameter set of each kind and lengths of four bytes.
fn config(sps: &[u8], pps: &[u8]) -> Option<Vec<u8>> {
    let [_, profile, compatibility, level, ..] = *sps else { return None };
    if sps.len().max(pps.len()) > MAX_PARAMETER_SET_BYTES {
        return None;
    }
    let length = |unit: &[u8]| u16::try_from(unit.len()).ok().map(u16::to_be_bytes);
    let head = [1, profile, compatibility, level, 0xff, 0xe1];
    Some([&head[..], &length(sps)?, sps, &[1], &length(pps)?, pps].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameter_sets_become_the_configuration_and_stay_in_the_frame() {
        let annex_b = b"\0\0\0\x01\x67\x42\xc0\x1f\xaa\0\0\0\x01\x68\xce\0\0\x01\x65\x11\x22\0";
        let frame = frame(annex_b).unwrap();
        let data = b"\0\0\0\x05\x67\x42\xc0\x1f\xaa\0\0\0\x02\x68\xce\0\0\0\x03\x65\x11\x22";
        assert_eq!(frame.data, &data[..]);
        let config = b"\x01\x42\xc0\x1f\xff\xe1\0\x05\x67\x42\xc0\x1f\xaa\x01\0\x02\x68\xce";
        assert_eq!(frame.config.unwrap(), &config[..]);
    }

    #[test]
    fn frames_without_parameter_sets_have_no_configuration() {
        let frame = frame(b"\0\0\x01\x09\xf0\0\0\0\x01\x41\x9a\x01").unwrap();
        assert_eq!(frame, Frame { data: Bytes::from_static(b"\0\0\0\x03\x41\x9a\x01"), config: None });
    }

    #[test]
    fn what_has_no_units_is_left_out() {
        for data in [&b""[..], b"\0\0\x01", b"abc", b"\0\0\x01\x09\xf0", b"\0\0\0\0\0\x01\0\0\x01"] {
            assert_eq!(frame(data), None, "{data:?}");
        }
        let large = [&b"\0\0\x01\x67"[..], &[0x11; 2_000], b"\0\0\x01\x68\x11"].concat();
        assert_eq!(frame(&large).unwrap().config, None, "a parameter set that is too large");
    }
}
