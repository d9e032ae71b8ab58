//! Identifiers of accounts, streams and sessions, and the units of money and time.

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use scale_info::TypeInfo;
use sp_crypto_hashing::blake2_128;

/// Account identifier: a public key, or the hash of one.
pub type AccountId = sp_runtime::AccountId32;
/// Amount of money in planck (10^-12 VLK).
pub type Balance = u128;
/// Number of a block.
pub type BlockNumber = u32;
/// Point in time in milliseconds since the Unix epoch, as reported by the timestamp pallet.
pub type Moment = u64;
/// Identifier of a stream. Streams are numbered from 0 in order of creation.
pub type StreamId = u64;
/// Hash of block 0. It is part of everything that is signed, so a signature is valid on one chain only.
pub type GenesisHash = [u8; 32];

/// Length of a tick in milliseconds.
pub const TICK_MS: Moment = 1_000;

const SESSION_DOMAIN: &[u8] = b"vilokanam/session/v2";

/// Identifier of a session. The viewer can compute it before the session is on chain; see [`session_id`].
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

/// Returns the identifier of the session that the ticket of `viewer` with this session key and `nonce` opens. Each
/// session key has nonces of its own, so the identifiers of two devices never collide.
///
/// `blake2_128("vilokanam/session/v2" ++ genesis ++ viewer ++ session_key ++ nonce as u64 little-endian)`.
pub fn session_id(genesis: &GenesisHash, viewer: &AccountId, session_key: &AccountId, nonce: u64) -> SessionId {
    let mut input = Vec::with_capacity(SESSION_DOMAIN.len() + 32 + 32 + 32 + 8);
    input.extend_from_slice(SESSION_DOMAIN);
    input.extend_from_slice(genesis);
    input.extend_from_slice(viewer.as_ref());
    input.extend_from_slice(session_key.as_ref());
    input.extend_from_slice(&nonce.to_le_bytes());
    SessionId(blake2_128(&input))
}
