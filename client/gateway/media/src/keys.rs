//! Keys: one for each segment index, derived from the stream's secret; and what they encrypt.
//!
//! A key is `HMAC-SHA256(secret, "vilokanam/key/v1" ++ index as u64, big-endian)`, its first 16 bytes; it is the same in
//! every rendition. The initialisation vector is the index as 16 bytes, big-endian. Media is AES-128-CBC with PKCS#7
//! padding: a whole segment is one such stream, and each of its parts is another one with the same key and vector.
//! `vectors/keys.json` has examples for other implementations.

use aes::cipher::{block_padding::Pkcs7, BlockDecryptMut, BlockEncryptMut, KeyIvInit};
use bytes::Bytes;
use hmac::{Hmac, Mac};
use rand::RngCore;
use sha2::Sha256;
use std::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Keeps this use of the secret apart from any other.
pub const KEY_DOMAIN: &[u8] = b"vilokanam/key/v1";

/// What all keys of a stream come from. It never leaves the gateway.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct StreamSecret([u8; 32]);

impl StreamSecret {
    /// A new one, from the operating system's randomness.
    pub fn random() -> Self {
        let mut bytes = [0; 32];
        rand::rngs::OsRng.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// One that was kept.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, to be kept where only the gateway reads them.
    pub const fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// The key of a segment.
    pub fn key(&self, index: u64) -> SegmentKey {
        let mac = <Hmac<Sha256> as Mac>::new_from_slice(&self.0).expect("HMAC takes keys of every length; qed");
        let mut full: [u8; 32] =
            mac.chain_update(KEY_DOMAIN).chain_update(index.to_be_bytes()).finalize().into_bytes().into();
        let mut key = [0; 16];
        key.copy_from_slice(&full[..16]);
        full.zeroize();
        SegmentKey { key, index }
    }
}

impl fmt::Debug for StreamSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StreamSecret(…)")
    }
}

/// The key of one segment index, in every rendition.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SegmentKey {
    key: [u8; 16],
    index: u64,
}

impl SegmentKey {
    /// What is sold.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.key
    }

    /// Encrypts a whole segment, or one part of it.
    pub fn encrypt(&self, plaintext: &[u8]) -> Bytes {
        let cipher = cbc::Encryptor::<aes::Aes128>::new(&self.key.into(), &iv(self.index).into());
        cipher.encrypt_padded_vec_mut::<Pkcs7>(plaintext).into()
    }

    /// Undoes [`Self::encrypt`]: for thumbnails of what is only kept encrypted, and for tests.
    pub fn decrypt(&self, ciphertext: &[u8]) -> Result<Bytes, NotDecrypted> {
        let cipher = cbc::Decryptor::<aes::Aes128>::new(&self.key.into(), &iv(self.index).into());
        cipher.decrypt_padded_vec_mut::<Pkcs7>(ciphertext).map(Bytes::from).map_err(|_| NotDecrypted)
    }
}

impl fmt::Debug for SegmentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SegmentKey({}, …)", self.index)
    }
}

/// The padding is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this was not encrypted with that key: check secret and index, and that the file is whole")]
pub struct NotDecrypted;

/// The initialisation vector of a segment and of each of its parts.
pub fn iv(index: u64) -> [u8; 16] {
    u128::from(index).to_be_bytes()
}

#[cfg(test)]
mod tests;
