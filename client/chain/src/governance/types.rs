//! Names that the calls and the state of governance share.

use tick_stream_primitives::AccountId;

/// Index of a referendum.
pub type ReferendumIndex = u32;

/// Hash of a call, of a proposal or of a runtime's code: BLAKE2b with 256 bits.
pub type Hash = [u8; 32];

/// Maximum length of a proposal in bytes that a referendum carries itself. A longer one needs a preimage.
pub const MAX_INLINE_BYTES: usize = 128;

/// Returns the account of the treasury: that of the pallet id `vlk/trsy`.
pub fn treasury_account() -> AccountId {
    let mut bytes = [0; 32];
    bytes[..12].copy_from_slice(b"modlvlk/trsy");
    bytes.into()
}
