//! Signatures as requests contain them.

use codec::DecodeAll;
use sp_runtime::MultiSignature;

/// Longest signature in hex: the kind, the 65 bytes of ECDSA, and `0x`.
const MAX_SIGNATURE_CHARS: usize = 2 + 2 * 66;

/// Reads a SCALE-encoded signature in hex.
pub fn decode_signature(text: &str) -> Option<MultiSignature> {
    let digits = text.strip_prefix("0x").filter(|_| text.len() <= MAX_SIGNATURE_CHARS)?;
    MultiSignature::decode_all(&mut &hex::decode(digits).ok()?[..]).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use codec::Encode;
    use sp_core::{sr25519, Pair};

    #[test]
    fn signatures_that_are_too_long_or_not_hex_are_refused() {
        let pair = sr25519::Pair::from_seed(&[1; 32]);
        let signature = MultiSignature::from(pair.sign(b"a")).encode();
        let text = format!("0x{}", hex::encode(&signature));
        assert!(decode_signature(&text).is_some());
        assert!(decode_signature(text.trim_start_matches("0x")).is_none());
        assert!(decode_signature(&format!("{text}00")).is_none());
        assert!(decode_signature(&"0".repeat(10_000)).is_none());
    }
}
