//! Reads AMF0, the encoding of RTMP's commands, as far as a server of publishers needs it.
//!
//! Numbers that state how many values follow are not believed, and values may be nested to a limited depth only: this
//! is read before the publish key is known.

use bytes::{Buf, Bytes};

/// Maximum depth of a value in values.
const MAX_DEPTH: usize = 8;

const NUMBER: u8 = 0;
const BOOLEAN: u8 = 1;
const STRING: u8 = 2;
const OBJECT: u8 = 3;
const NULL: u8 = 5;
const UNDEFINED: u8 = 6;
const REFERENCE: u8 = 7;
const ECMA_ARRAY: u8 = 8;
const OBJECT_END: u8 = 9;
const STRICT_ARRAY: u8 = 10;
const DATE: u8 = 11;
const LONG_STRING: u8 = 12;
const XML: u8 = 15;
const TYPED_OBJECT: u8 = 16;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Number(f64),
    Text(String),
    /// An object or an associative array.
    Object(Vec<(String, Value)>),
    /// A value that publishers have no use for.
    Other,
}

/// Reads the next value, and removes it from `input`. `None` at the end, and for what is not AMF0.
pub(super) fn read(input: &mut Bytes) -> Option<Value> {
    value(input, 0)
}

fn value(input: &mut Bytes, depth: usize) -> Option<Value> {
    if depth > MAX_DEPTH {
        return None;
    }
    Some(match input.try_get_u8().ok()? {
        NUMBER => Value::Number(input.try_get_f64().ok()?),
        BOOLEAN => skip(input, 1)?,
        STRING => Value::Text(short_text(input)?),
        LONG_STRING | XML => {
            let length = input.try_get_u32().ok()?;
            Value::Text(text(input, length as usize)?)
        }
        NULL | UNDEFINED => Value::Other,
        REFERENCE => skip(input, 2)?,
        DATE => skip(input, 10)?,
        OBJECT => object(input, depth)?,
        TYPED_OBJECT => {
            short_text(input)?;
            object(input, depth)?
        }
        ECMA_ARRAY => {
            skip(input, 4)?;
            object(input, depth)?
        }
        STRICT_ARRAY => {
            // Each value has a byte at least, so a number that is too large ends with the input.
            for _ in 0..input.try_get_u32().ok()? {
                value(input, depth + 1)?;
            }
            Value::Other
        }
        _ => return None,
    })
}

/// Reads pairs of names and values up to the mark of the end, or to the end of the input, where some encoders leave the
/// mark out.
fn object(input: &mut Bytes, depth: usize) -> Option<Value> {
    let mut pairs = Vec::new();
    while !input.is_empty() {
        let name = short_text(input)?;
        if name.is_empty() && input.first() == Some(&OBJECT_END) {
            input.advance(1);
            break;
        }
        pairs.push((name, value(input, depth + 1)?));
    }
    Some(Value::Object(pairs))
}

fn skip(input: &mut Bytes, bytes: usize) -> Option<Value> {
    (bytes <= input.len()).then(|| input.advance(bytes))?;
    Some(Value::Other)
}

fn short_text(input: &mut Bytes) -> Option<String> {
    let length = input.try_get_u16().ok()?;
    text(input, usize::from(length))
}

fn text(input: &mut Bytes, length: usize) -> Option<String> {
    let bytes = (length <= input.len()).then(|| input.split_to(length))?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(bytes: &[u8]) -> Vec<Value> {
        let mut input = Bytes::copy_from_slice(bytes);
        std::iter::from_fn(|| read(&mut input)).collect()
    }

    #[test]
    fn values_of_commands_are_read() {
        let connect = b"\x02\0\x07connect\0\x3f\xf0\0\0\0\0\0\0\x03\0\x03app\x02\0\x04live\0\x01x\x01\x01\0\0\x09\x05";
        let object = Value::Object(vec![("app".into(), Value::Text("live".into())), ("x".into(), Value::Other)]);
        let expected = [Value::Text("connect".into()), Value::Number(1.0), object, Value::Other];
        assert_eq!(read_all(connect), expected);
    }

    #[test]
    fn kinds_of_values_are_skipped_in_full() {
        let values: [&[u8]; 8] = [
            b"\x01\x01",
            b"\x05",
            b"\x06",
            b"\x07\0\x01",
            b"\x0a\0\0\0\x02\x05\x01\x01",
            b"\x0b\0\0\0\0\0\0\0\0\0\0",
            b"\x10\0\x01T\0\x01a\x05\0\0\x09",
            b"\x0f\0\0\0\x01x",
        ];
        for value in values {
            let all = read_all(&[value, b"\x02\0\x01z"].concat());
            assert_eq!(all.get(1), Some(&Value::Text("z".into())), "{value:?}");
        }
    }

    #[test]
    fn associative_array_may_lack_its_end() {
        let object = Value::Object(vec![("a".into(), Value::Number(0.0))]);
        for bytes in
            [&b"\x08\xff\xff\xff\xff\0\x01a\0\0\0\0\0\0\0\0\0"[..], b"\x08\0\0\0\0\0\x01a\0\0\0\0\0\0\0\0\0\0\0\x09"]
        {
            assert_eq!(read_all(bytes), std::slice::from_ref(&object));
        }
    }

    #[test]
    fn announced_lengths_take_no_memory() {
        for bytes in [&b"\x0a\xff\xff\xff\xff\x05"[..], b"\x0c\xff\xff\xff\xffabc", b"\x02\xff\xffabc", b"\x03\0\xff"] {
            assert_eq!(read_all(bytes), []);
        }
    }

    #[test]
    fn deeply_nested_values_are_refused() {
        let nested = |depth: usize| [b"\x0a\0\0\0\x01".repeat(depth), vec![5]].concat();
        assert_eq!(read_all(&nested(MAX_DEPTH)), [Value::Other]);
        assert_eq!(read_all(&nested(100_000)), []);
        assert_eq!(read_all(&b"\x03\0\x01a".repeat(100_000)), []);
    }
}
