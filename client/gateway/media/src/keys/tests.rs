//! Tests of keys, and the test vectors for other implementations.

use super::*;
use serde::{Deserialize, Serialize};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Vectors {
    about: String,
    secret: String,
    keys: Vec<KeyVector>,
    media: Vec<MediaVector>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct KeyVector {
    index: String,
    key: String,
    iv: String,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct MediaVector {
    index: String,
    plaintext: String,
    ciphertext: String,
}

const INDICES: [u64; 6] = [0, 1, 2, 255, 4_294_967_296, u64::MAX];

fn hex(bytes: &[u8]) -> String {
    format!("0x{}", hex::encode(bytes))
}

const SECRET: [u8; 32] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30,
    31,
];

fn secret() -> StreamSecret {
    StreamSecret::from_bytes(SECRET)
}

fn vectors() -> Vectors {
    let secret = secret();
    let key = |index: u64| KeyVector {
        index: index.to_string(),
        key: hex(secret.key(index).as_bytes()),
        iv: hex(&iv(index)),
    };
    let media = |index: u64, plaintext: &[u8]| MediaVector {
        index: index.to_string(),
        plaintext: hex(plaintext),
        ciphertext: hex(&secret.key(index).encrypt(plaintext)),
    };
    Vectors {
        about: "key = HMAC-SHA256(secret, \"vilokanam/key/v1\" ++ index as u64 big-endian), first 16 bytes; \
                iv = index as 16 bytes big-endian; media = AES-128-CBC with PKCS#7 padding. Indices are decimal."
            .into(),
        secret: hex(&SECRET),
        keys: INDICES.into_iter().map(key).collect(),
        media: vec![media(0, b""), media(1, b"sixteen bytes ok"), media(42, b"a segment of media")],
    }
}

/// With `VILOKANAM_WRITE_VECTORS=1` the test writes the file. A changed vector breaks every key that a viewer has
/// bought.
#[test]
fn derivation_matches_the_test_vectors() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/vectors/keys.json");
    if std::env::var_os("VILOKANAM_WRITE_VECTORS").is_some() {
        std::fs::write(path, serde_json::to_string_pretty(&vectors()).unwrap() + "\n").unwrap();
    }
    let kept: Vectors = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(kept, vectors());
}

#[test]
fn decrypt_reverses_encrypt_for_all_lengths() {
    for length in [0, 1, 15, 16, 17, 100_000] {
        let plaintext: Vec<u8> = (0..length).map(|place| place as u8).collect();
        let ciphertext = secret().key(9).encrypt(&plaintext);
        assert_eq!(ciphertext.len(), (length / 16 + 1) * 16);
        assert_eq!(secret().key(9).decrypt(&ciphertext).unwrap(), plaintext);
    }
}

#[test]
fn decrypting_a_truncated_ciphertext_fails() {
    let mut ciphertext = secret().key(9).encrypt(b"a segment").to_vec();
    assert_eq!(secret().key(9).decrypt(&ciphertext[..15]), Err(NotDecrypted));
    ciphertext.clear();
    assert_eq!(secret().key(9).decrypt(&ciphertext), Err(NotDecrypted));
}

#[test]
fn keys_differ_and_are_not_printed() {
    assert_ne!(secret().key(1).as_bytes(), secret().key(2).as_bytes());
    assert_eq!(format!("{:?} {:?}", secret(), secret().key(3)), "StreamSecret(…) SegmentKey(3, …)");
}
