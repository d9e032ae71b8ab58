//! Names: of accounts, streams and sessions.

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use scale_info::TypeInfo;
use sp_crypto_hashing::blake2_128;

/// An account: a public key, or the hash of one.
pub type AccountId = sp_runtime::AccountId32;
/// An amount in planck (10^-12 VLK).
pub type Balance = u128;
/// A block's number.
pub type BlockNumber = u32;
/// Milliseconds since the Unix epoch, as the chain's timestamp has it.
pub type Moment = u64;
/// A stream: a creator's channel, numbered from 0 in order of creation.
pub type StreamId = u64;
/// Block 0's hash: what makes a signature worthless on any other chain.
pub type GenesisHash = [u8; 32];

const SESSION_DOMAIN: &[u8] = b"vilokanam/session/v1";

/// A session, known to the viewer before the chain has seen it.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Encode,
    Decode,
    DecodeWithMemTracking,
    TypeInfo,
    MaxEncodedLen,
)]
pub struct SessionId(pub [u8; 16]);

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("0x")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The id of the session that `viewer`'s ticket numbered `nonce` opens.
pub fn session_id(genesis: &GenesisHash, viewer: &AccountId, nonce: u64) -> SessionId {
    let viewer: &[u8; 32] = viewer.as_ref();
    let mut input = Vec::with_capacity(SESSION_DOMAIN.len() + 32 + 32 + 8);
    input.extend_from_slice(SESSION_DOMAIN);
    input.extend_from_slice(genesis);
    input.extend_from_slice(viewer);
    input.extend_from_slice(&nonce.to_le_bytes());
    SessionId(blake2_128(&input))
}
