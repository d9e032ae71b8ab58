//! Encrypted segments: AES-128, by which a whole segment is encrypted in CBC mode.

use super::{super::target::Target, playlist::join};
use crate::error::PullError;
use bytes::{Bytes, BytesMut};
use cbc::cipher::{generic_array::GenericArray, BlockDecryptMut, KeyIvInit};
use m3u8_rs::{Key, KeyMethod};
use url::Url;
use vilokanam_outbound::{Ask, Download};

/// Size of a key, of a vector and of a block.
const BLOCK_BYTES: usize = 16;
/// Maximum size of the answer of a server for keys.
const MAX_KEY_BYTES: usize = 1_024;
/// Key format of keys that are not wrapped.
const IDENTITY: &str = "identity";

/// With what a segment is encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lock {
    /// Where the key is.
    pub url: Url,
    pub vector: [u8; BLOCK_BYTES],
}

impl Lock {
    /// Reads the key tag that applies to the segment of a number. `None`: the segment is not encrypted.
    pub fn read(base: &Url, key: &Key, number: u64) -> Result<Option<Self>, PullError> {
        let other = PullError::Unsupported("its HLS is encrypted in another way than AES-128; name one that is not");
        match (&key.method, key.keyformat.as_deref()) {
            (KeyMethod::None, _) => return Ok(None),
            (KeyMethod::AES128, None | Some(IDENTITY)) => {}
            _ => return Err(other),
        }
        let uri = key.uri.as_deref().ok_or_else(|| PullError::Protocol("HLS: a key has no address".into()))?;
        let vector = match &key.iv {
            Some(text) => vector(text).ok_or_else(|| PullError::Protocol("HLS: a vector has not 16 bytes".into()))?,
            None => u128::from(number).to_be_bytes(),
        };
        Ok(Some(Self { url: join(base, uri)?, vector }))
    }
}

/// A vector as it is written: hexadecimal digits, of which leading zeros may be left out.
fn vector(text: &str) -> Option<[u8; BLOCK_BYTES]> {
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"))?;
    u128::from_str_radix(digits, 16).ok().map(u128::to_be_bytes)
}

/// Fetches keys. The last one is kept, because most segments have the same.
#[derive(Debug, Default)]
pub(super) struct Keys {
    last: Option<(Url, [u8; BLOCK_BYTES])>,
}

impl Keys {
    pub async fn open(&mut self, target: &Target, lock: &Lock) -> Result<Decryptor, PullError> {
        let key = match &self.last {
            Some((url, key)) if *url == lock.url => *key,
            _ => {
                let answer = target.outbound.get(&lock.url, &Ask::http(MAX_KEY_BYTES)).await?.bytes;
                <[u8; BLOCK_BYTES]>::try_from(&answer[..])
                    .map_err(|_| PullError::Protocol("HLS: a key has not 16 bytes".into()))?
            }
        };
        self.last = Some((lock.url.clone(), key));
        Ok(Decryptor::new(key, lock.vector))
    }
}

/// Decrypts one resource.
pub(super) struct Decryptor {
    cipher: cbc::Decryptor<aes::Aes128>,
    /// The last bytes: padding is at the end only.
    held: BytesMut,
}

impl Decryptor {
    fn new(key: [u8; BLOCK_BYTES], vector: [u8; BLOCK_BYTES]) -> Self {
        Self { cipher: cbc::Decryptor::new(&key.into(), &vector.into()), held: BytesMut::new() }
    }

    /// Decrypts more bytes. The last block is held back.
    pub fn take(&mut self, bytes: &[u8]) -> Bytes {
        self.held.extend_from_slice(bytes);
        let whole = self.held.len().saturating_sub(1) / BLOCK_BYTES * BLOCK_BYTES;
        let mut blocks = self.held.split_to(whole);
        for block in blocks.chunks_exact_mut(BLOCK_BYTES) {
            self.cipher.decrypt_block_mut(GenericArray::from_mut_slice(block));
        }
        blocks.freeze()
    }

    /// The last bytes, without the padding.
    pub fn end(mut self) -> Result<Bytes, PullError> {
        let wrong = || PullError::Protocol("HLS: a segment does not fit its key".into());
        let mut block = <[u8; BLOCK_BYTES]>::try_from(&self.held[..]).map_err(|_| wrong())?;
        self.cipher.decrypt_block_mut(GenericArray::from_mut_slice(&mut block));
        let padding = block[BLOCK_BYTES - 1];
        let kept = BLOCK_BYTES.checked_sub(padding.into()).filter(|kept| *kept < BLOCK_BYTES).ok_or_else(wrong)?;
        if block[kept..].iter().any(|byte| *byte != padding) {
            return Err(wrong());
        }
        Ok(Bytes::copy_from_slice(&block[..kept]))
    }
}

/// A resource that is fetched and decrypted piece by piece.
pub(super) struct Reader {
    download: Download,
    decryptor: Option<Decryptor>,
}

impl Reader {
    pub fn new(download: Download, decryptor: Option<Decryptor>) -> Self {
        Self { download, decryptor }
    }

    /// The next bytes, which are not empty. `None`: the resource has ended.
    pub async fn next(&mut self) -> Result<Option<Bytes>, PullError> {
        loop {
            let bytes = match (self.download.next().await?, &mut self.decryptor) {
                (Some(bytes), None) => bytes,
                (Some(bytes), Some(decryptor)) => decryptor.take(&bytes),
                (None, decryptor) => match decryptor.take() {
                    Some(decryptor) => decryptor.end()?,
                    None => return Ok(None),
                },
            };
            if !bytes.is_empty() {
                return Ok(Some(bytes));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cbc::cipher::{block_padding::Pkcs7, BlockEncryptMut};

    const KEY: [u8; 16] = [7; 16];
    const VECTOR: [u8; 16] = [9; 16];

    fn encrypted(plain: &[u8]) -> Vec<u8> {
        let cipher = cbc::Encryptor::<aes::Aes128>::new(&KEY.into(), &VECTOR.into());
        cipher.encrypt_padded_vec_mut::<Pkcs7>(plain)
    }

    fn decrypted(bytes: &[u8], step: usize) -> Result<Vec<u8>, PullError> {
        let mut decryptor = Decryptor::new(KEY, VECTOR);
        let mut plain: Vec<u8> = bytes.chunks(step).flat_map(|chunk| decryptor.take(chunk)).collect();
        plain.extend(decryptor.end()?);
        Ok(plain)
    }

    #[test]
    fn segments_are_decrypted_in_pieces_of_any_size() {
        for length in [0, 1, 15, 16, 17, 32, 1_000] {
            let plain: Vec<u8> = (0..length).map(|byte| byte as u8).collect();
            for step in [1, 15, 16, 17, 4_096] {
                assert_eq!(decrypted(&encrypted(&plain), step).unwrap(), plain, "{length} bytes, {step} at a time");
            }
        }
    }

    #[test]
    fn segments_of_another_key_or_length_are_refused() {
        let mut bytes = encrypted(b"a segment");
        bytes[15] ^= 1;
        assert!(decrypted(&bytes, 16).is_err());
        assert!(decrypted(&encrypted(b"a segment")[..15], 16).is_err());
        assert!(decrypted(&[], 16).is_err());
    }

    #[test]
    fn key_tags_are_read() {
        let base: Url = "https://a.example/live/list.m3u8".parse().unwrap();
        let key = |method, iv: Option<&str>, keyformat: Option<&str>| Key {
            method,
            uri: Some("key.bin".into()),
            iv: iv.map(Into::into),
            keyformat: keyformat.map(Into::into),
            keyformatversions: None,
        };
        let read = |key: &Key| Lock::read(&base, key, 258);
        let lock = read(&key(KeyMethod::AES128, None, None)).unwrap().unwrap();
        assert_eq!(lock.url.as_str(), "https://a.example/live/key.bin");
        assert_eq!(lock.vector[13..], [0, 1, 2], "the number of the segment");
        let lock = read(&key(KeyMethod::AES128, Some("0X0102"), Some("identity"))).unwrap().unwrap();
        assert_eq!(lock.vector[13..], [0, 1, 2]);
        assert_eq!(read(&key(KeyMethod::None, None, None)).unwrap(), None);
        for other in [
            key(KeyMethod::SampleAES, None, None),
            key(KeyMethod::Other("SAMPLE-AES-CTR".into()), None, None),
            key(KeyMethod::AES128, None, Some("com.apple.streamingkeydelivery")),
        ] {
            assert!(matches!(read(&other), Err(PullError::Unsupported(_))), "{other:?}");
        }
        assert!(read(&key(KeyMethod::AES128, Some("0x"), None)).is_err());
        assert!(read(&key(KeyMethod::AES128, Some(&format!("0x{}", "1".repeat(33))), None)).is_err());
        assert!(read(&Key { uri: None, ..key(KeyMethod::AES128, None, None) }).is_err());
    }
}
