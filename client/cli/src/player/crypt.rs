//! Decrypting segments: AES-128-CBC with PKCS#7, as HLS has it.

use crate::error::CliError;
use aes::cipher::{block_padding::Pkcs7, BlockDecryptMut, KeyIvInit};

/// Bytes of a key, and of an initialisation vector.
pub const KEY_BYTES: usize = 16;

/// The clear segment.
pub fn decrypt(ciphertext: &[u8], key: &[u8; KEY_BYTES], iv: &[u8; KEY_BYTES]) -> Result<Vec<u8>, CliError> {
    let cipher = cbc::Decryptor::<aes::Aes128>::new(key.into(), iv.into());
    cipher.decrypt_padded_vec_mut::<Pkcs7>(ciphertext).map_err(|_| CliError::Answer {
        request: "a key".into(),
        reason: "the segment cannot be decrypted with it".into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// CBC-AES128 of NIST SP 800-38A, F.2.1, with a block of padding made by OpenSSL.
    const KEY: [u8; 16] = 0x2b7e_1516_28ae_d2a6_abf7_1588_09cf_4f3c_u128.to_be_bytes();
    const IV: [u8; 16] = 0x0001_0203_0405_0607_0809_0a0b_0c0d_0e0f_u128.to_be_bytes();
    const CIPHERTEXT: &str = "7649abac8119b246cee98e9b12e9197d8964e0b149c10b7b682e6e39aaeb731c";

    #[test]
    fn decrypt_works() {
        let clear = decrypt(&hex::decode(CIPHERTEXT).unwrap(), &KEY, &IV).unwrap();
        assert_eq!(hex::encode(clear), "6bc1bee22e409f96e93d7e117393172a");
    }

    #[test]
    fn decrypt_with_another_key_fails() {
        let ciphertext = hex::decode(CIPHERTEXT).unwrap();
        assert_eq!(decrypt(&ciphertext, &[1; 16], &IV).unwrap_err().exit() as u8, 4);
        assert!(decrypt(&ciphertext[..20], &KEY, &IV).is_err(), "half a block");
    }
}
