//! Splits an aggregate message, which has several messages as FLV has tags.

use super::chunks::Message;
use bytes::Buf;

/// Size of the header of a tag, and of the length after it.
const HEADER_BYTES: usize = 11;
const TRAILER_BYTES: usize = 4;

/// The messages of an aggregate message, up to the first one that is not complete. The first one has the time of the
/// aggregate, and the others are as far from it as in the tags.
pub(super) fn parts(aggregate: Message) -> Vec<Message> {
    let Message { time_ms, stream, mut payload, .. } = aggregate;
    let (mut parts, mut first_ms) = (Vec::new(), None);
    while let Some((&[kind, a, b, c, low @ .., high, _, _, _], _)) = payload.split_first_chunk::<HEADER_BYTES>() {
        let length = u32::from_be_bytes([0, a, b, c]) as usize;
        let own_ms = u32::from_be_bytes([high, low[0], low[1], low[2]]);
        payload.advance(HEADER_BYTES);
        if length > payload.len() {
            break;
        }
        let since_first_ms = own_ms.wrapping_sub(*first_ms.get_or_insert(own_ms));
        let data = payload.split_to(length);
        parts.push(Message { kind, time_ms: time_ms.wrapping_add(since_first_ms), stream, payload: data });
        payload.advance(TRAILER_BYTES.min(payload.len()));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::{super::message_kind as kind, *};
    use bytes::Bytes;

    #[test]
    fn parts_have_times_relative_to_the_whole() {
        let tags = b"\x09\0\0\x02\0\0\x05\0\0\0\0ab\0\0\0\x0d\x08\0\0\x01\0\0\x0f\0\0\0\0c\0\0\0\x0c\x08\0\0\xff\0\0";
        let message = |payload: &[u8]| {
            parts(Message {
                kind: kind::AGGREGATE,
                time_ms: 1_000,
                stream: 1,
                payload: Bytes::copy_from_slice(payload),
            })
        };
        let all: Vec<_> =
            message(tags).into_iter().map(|part| (part.kind, part.time_ms, part.payload.to_vec())).collect();
        assert_eq!(all, [(kind::VIDEO, 1_000, b"ab".to_vec()), (kind::AUDIO, 1_010, b"c".to_vec())]);
        assert_eq!(message(b"\x09\0\0\x02"), []);
    }
}
