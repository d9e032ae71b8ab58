//! Decryption of segments: AES-128 in CBC mode with PKCS#7 padding, as HLS defines it (RFC 8216, section 4.3.2.4).

use aes::cipher::{block_padding::Pkcs7, BlockDecryptMut, KeyIvInit};

/// Size of a key and of an initialisation vector, in bytes.
pub const KEY_BYTES: usize = 16;

/// Key of a segment.
pub type SegmentKey = [u8; KEY_BYTES];

/// The segment cannot be decrypted: its key is not the one it was encrypted with, or it is damaged.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the segment cannot be decrypted with the key that the gateway gave for it")]
pub struct DecryptError;

/// Decrypts a segment.
///
/// # Errors
///
/// [`DecryptError`] when the padding of the plaintext is not valid.
pub fn decrypt(ciphertext: &[u8], key: &SegmentKey, iv: &[u8; KEY_BYTES]) -> Result<Vec<u8>, DecryptError> {
    let cipher = cbc::Decryptor::<aes::Aes128>::new(key.into(), iv.into());
    cipher.decrypt_padded_vec_mut::<Pkcs7>(ciphertext).map_err(|_| DecryptError)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// CBC-AES128 of NIST SP 800-38A, F.2.1, with a block of padding made by OpenSSL.
    const KEY: SegmentKey = 0x2b7e_1516_28ae_d2a6_abf7_1588_09cf_4f3c_u128.to_be_bytes();
    const IV: [u8; 16] = 0x0001_0203_0405_0607_0809_0a0b_0c0d_0e0f_u128.to_be_bytes();
    const CIPHERTEXT: &str = "7649abac8119b246cee98e9b12e9197d8964e0b149c10b7b682e6e39aaeb731c";

    #[test]
    fn published_vector_is_decrypted() {
        let clear = decrypt(&hex::decode(CIPHERTEXT).unwrap(), &KEY, &IV).unwrap();
        assert_eq!(hex::encode(clear), "6bc1bee22e409f96e93d7e117393172a");
    }

    #[test]
    fn wrong_key_and_broken_ciphertext_are_refused() {
        let ciphertext = hex::decode(CIPHERTEXT).unwrap();
        assert_eq!(decrypt(&ciphertext, &[1; 16], &IV), Err(DecryptError));
        assert_eq!(decrypt(&ciphertext[..20], &KEY, &IV), Err(DecryptError), "half a block");
    }
}
