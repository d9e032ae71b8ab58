//! Keys and samples that the test files share.

#![allow(dead_code, reason = "each test binary uses a part")]

use codec::Encode;
use sp_core::{ecdsa, ed25519, sr25519, Pair};
use sp_runtime::{traits::IdentifyAccount, MultiSignature, MultiSigner};
use tick_stream_primitives::{AccountId, GenesisHash, KeyLimits, Scope, Ticket};

/// Returns 32 bytes that count up from `first`, so that a byte in the wrong place is noticed.
pub fn counting(first: u8) -> [u8; 32] {
    core::array::from_fn(|i| first.wrapping_add(i as u8))
}

/// Genesis hash of the chain under test.
pub const GENESIS: GenesisHash = [0xa5; 32];
/// Genesis hash of another chain.
pub const OTHER_GENESIS: GenesisHash = [0x5a; 32];

/// Kind of signature.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Sr25519,
    Ed25519,
    Ecdsa,
    /// The kind that the protocol refuses.
    Eth,
}

impl Kind {
    /// Kinds that the protocol accepts.
    pub const ACCEPTED: [Self; 3] = [Self::Sr25519, Self::Ed25519, Self::Ecdsa];

    pub fn name(self) -> &'static str {
        match self {
            Self::Sr25519 => "sr25519",
            Self::Ed25519 => "ed25519",
            Self::Ecdsa => "ecdsa",
            Self::Eth => "eth",
        }
    }
}

/// Signing key.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    pub kind: Kind,
    pub seed: [u8; 32],
}

impl Key {
    /// Derives a key from a number. The seed is a hash, so it is a valid secret of every kind.
    pub fn numbered(kind: Kind, number: u64) -> Self {
        let seed = sp_crypto_hashing::blake2_256(&(b"vilokanam/test key", number).encode());
        Self { kind, seed }
    }

    /// Returns whether signing the same bytes again gives the same signature.
    pub fn is_deterministic(&self) -> bool {
        self.kind != Kind::Sr25519
    }

    fn signer(&self) -> MultiSigner {
        match self.kind {
            Kind::Sr25519 => sr25519::Pair::from_seed(&self.seed).public().into(),
            Kind::Ed25519 => ed25519::Pair::from_seed(&self.seed).public().into(),
            Kind::Ecdsa => ecdsa::Pair::from_seed(&self.seed).public().into(),
            Kind::Eth => MultiSigner::Eth(ecdsa::KeccakPair::from_seed(&self.seed).public()),
        }
    }

    pub fn public(&self) -> Vec<u8> {
        self.signer().as_ref().to_vec()
    }

    pub fn account(&self) -> AccountId {
        self.signer().into_account()
    }

    pub fn sign(&self, message: &[u8]) -> MultiSignature {
        match self.kind {
            Kind::Sr25519 => sr25519::Pair::from_seed(&self.seed).sign(message).into(),
            Kind::Ed25519 => ed25519::Pair::from_seed(&self.seed).sign(message).into(),
            Kind::Ecdsa => ecdsa::Pair::from_seed(&self.seed).sign(message).into(),
            Kind::Eth => MultiSignature::Eth(ecdsa::KeccakPair::from_seed(&self.seed).sign(message)),
        }
    }

    /// Returns whether this key made `signature` over exactly these bytes, according to the signature scheme itself.
    pub fn has_signed(&self, signature: &MultiSignature, bytes: &[u8]) -> bool {
        match signature {
            MultiSignature::Sr25519(raw) => {
                sr25519::Pair::verify(raw, bytes, &sr25519::Pair::from_seed(&self.seed).public())
            }
            MultiSignature::Ed25519(raw) => {
                ed25519::Pair::verify(raw, bytes, &ed25519::Pair::from_seed(&self.seed).public())
            }
            MultiSignature::Ecdsa(raw) => ecdsa::Pair::verify(raw, bytes, &ecdsa::Pair::from_seed(&self.seed).public()),
            MultiSignature::Eth(raw) => {
                ecdsa::KeccakPair::verify(raw, bytes, &ecdsa::KeccakPair::from_seed(&self.seed).public())
            }
        }
    }
}

/// Returns the bytes of a signature without its kind.
pub fn raw(signature: &MultiSignature) -> Vec<u8> {
    signature.encode()[1..].to_vec()
}

/// Session key of a browser.
pub fn session_key() -> Key {
    Key::numbered(Kind::Ed25519, 1)
}

/// Returns a ticket as a browser makes it, for [`session_key`].
pub fn ticket() -> Ticket {
    Ticket {
        viewer: counting(0x01).into(),
        session_key: session_key().account(),
        nonce: (1_000 << 32) + 1,
        stream: 7,
        gateway: counting(0x61).into(),
        price_per_tick: 1_000_000_000,
        max_ticks: 3_600,
        anchor: counting(0xc1),
        expires_at: 1_600,
    }
}

/// Returns limits as a page proposes them for a browser.
pub fn key_limits() -> KeyLimits {
    KeyLimits {
        label: b"Laptop".to_vec().try_into().expect("the label is short"),
        max_price_per_tick: 1_000_000_000,
        allowance: 5_000_000_000_000,
        renewal: None,
        max_sessions: 1,
        scope: Scope::Any,
        expires_at: 100_000,
    }
}
