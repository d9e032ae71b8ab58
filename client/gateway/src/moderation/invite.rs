//! Codes of invitations. The database has their hashes only.

use sp_crypto_hashing::blake2_256;

/// Number of random bytes of a code: too many to guess.
const CODE_BYTES: usize = 16;

/// Returns a new code.
pub fn new_code() -> String {
    hex::encode(rand::random::<[u8; CODE_BYTES]>())
}

/// Returns the hash under which a code is stored. Spaces and upper case, as people copy them, do not matter.
pub fn hash_of(code: &str) -> String {
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    hex::encode(blake2_256(digits.to_lowercase().as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_found_by_its_hash_however_it_is_copied() {
        let code = new_code();
        assert_ne!(code, new_code());
        assert_eq!(hash_of(&code), hash_of(&format!(" {} ", code.to_uppercase())));
        assert_ne!(hash_of(&code), hash_of(&new_code()));
        assert!(!hash_of(&code).contains(&code));
    }
}
