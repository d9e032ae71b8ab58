//! Reading, comparing and writing of vector files.

use codec::{Decode, Encode};
use serde::Serialize;
use serde_json::Value;
use std::{env, fmt::Debug, fs, path::PathBuf};

fn path(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("vectors").join(file)
}

pub fn is_writing() -> bool {
    env::var("VILOKANAM_WRITE_VECTORS").is_ok_and(|value| value == "1")
}

/// Returns the contents of a file, or null if it does not exist and is about to be written.
pub fn committed(file: &str) -> Value {
    match fs::read_to_string(path(file)) {
        Ok(text) => serde_json::from_str(&text).unwrap_or_else(|error| panic!("vectors/{file}: {error}")),
        Err(_) if is_writing() => Value::Null,
        Err(error) => panic!("vectors/{file}: {error}; write it with VILOKANAM_WRITE_VECTORS=1"),
    }
}

/// Compares the vectors with the file. When writing, writes the file first.
pub fn check(file: &str, vectors: &impl Serialize) {
    if is_writing() {
        let text = serde_json::to_string_pretty(vectors).expect("strings and numbers convert to JSON") + "\n";
        fs::write(path(file), text).unwrap_or_else(|error| panic!("vectors/{file}: {error}"));
    }
    let made = serde_json::to_value(vectors).expect("strings and numbers convert to JSON");
    differences("", &committed(file), &made);
}

/// Panics at the first place where two values differ. Printing the whole file would hide the difference.
fn differences(place: &str, committed: &Value, made: &Value) {
    match (committed, made) {
        (Value::Object(old), Value::Object(new)) => {
            let keys = |object: &serde_json::Map<String, Value>| {
                let mut keys: Vec<_> = object.keys().cloned().collect();
                keys.sort();
                keys
            };
            assert_eq!(keys(old), keys(new), "fields at `{place}`");
            old.iter().for_each(|(key, value)| differences(&format!("{place}/{key}"), value, &new[key]));
        }
        (Value::Array(old), Value::Array(new)) => {
            assert_eq!(old.len(), new.len(), "items at `{place}`");
            (0..old.len()).for_each(|i| differences(&format!("{place}/{i}"), &old[i], &new[i]));
        }
        _ => assert_eq!(committed, made, "left: the file, right: the code, at `{place}`"),
    }
}

pub fn hex(bytes: impl AsRef<[u8]>) -> String {
    format!("0x{}", hex::encode(bytes))
}

pub fn unhex(text: &str) -> Vec<u8> {
    hex::decode(text.strip_prefix("0x").expect("hexadecimal starts with 0x")).expect("all digits are hexadecimal")
}

/// Returns the SCALE bytes of a value in hexadecimal, after checking that they decode to the value.
pub fn scale<T: Encode + Decode + PartialEq + Debug>(value: &T) -> String {
    let bytes = value.encode();
    assert_eq!(T::decode(&mut &bytes[..]).as_ref(), Ok(value));
    hex(bytes)
}
