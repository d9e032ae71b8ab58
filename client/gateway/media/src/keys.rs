//! Keys: one per segment index, derived from the secret of the stream, and the encryption of media with them.
//!
//! The key is the first 16 bytes of `HMAC-SHA256(secret, "vilokanam/key/v1" ++ index)`, with `index` as a big-endian
//! `u64`; it is the same in every rendition. The initialisation vector is the index as 16 bytes, big-endian. Media is
//! encrypted with AES-128-CBC and PKCS#7 padding: a whole segment is one such stream, and each of its parts is another
//! one with the same key and vector. `vectors/keys.json` has test vectors for other implementations.

use aes::cipher::{block_padding::Pkcs7, BlockDecryptMut, BlockEncryptMut, KeyIvInit};
use bytes::Bytes;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Separates this use of the secret from any other.
pub const KEY_DOMAIN: &[u8] = b"vilokanam/key/v1";

/// Secret from which all keys of a stream are derived. It never leaves the gateway.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct StreamSecret([u8; 32]);

impl StreamSecret {
    /// The secret with these bytes, which must come from a cryptographic random generator.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The key of a segment index.
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
    /// The 16 bytes that a viewer buys.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.key
    }

    /// Encrypts a whole segment, or one part of it.
    pub fn encrypt(&self, plaintext: &[u8]) -> Bytes {
        let cipher = cbc::Encryptor::<aes::Aes128>::new(&self.key.into(), &iv(self.index).into());
        cipher.encrypt_padded_vec_mut::<Pkcs7>(plaintext).into()
    }

    /// Reverses [`Self::encrypt`].
    ///
    /// # Errors
    ///
    /// The padding is wrong: the ciphertext is damaged, or belongs to another key.
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

/// The padding of a ciphertext is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the media was not encrypted with this key; check the secret and the index, and that the file is complete")]
pub struct NotDecrypted;

/// The initialisation vector of a segment and of each of its parts.
pub fn iv(index: u64) -> [u8; 16] {
    u128::from(index).to_be_bytes()
}

#[cfg(test)]
mod tests;
