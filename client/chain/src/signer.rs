//! Keys that sign extrinsics, tickets and closes.

use crate::error::ChainError;
use sp_runtime::MultiSignature;
use std::{fmt, str::FromStr};
use subxt_signer::{sr25519::Keypair, SecretUri};
use tick_stream_primitives::{
    ticket::close_message, AccountId, CloseRow, CloseSignature, Closer, GenesisHash, SessionId, SignedTicket, Ticket,
};

/// Sr25519 key pair. Its `Debug` shows only the account.
#[derive(Clone)]
pub struct Signer(pub(crate) Keypair);

impl Signer {
    /// Derives the key from a phrase, or from `0x` and a seed of 64 hex digits, and the derivations after it. A text that
    /// begins with a derivation, such as `//Alice`, derives from the development phrase.
    ///
    /// # Errors
    ///
    /// [`ChainError::Key`] when the text is neither.
    pub fn from_uri(uri: &str) -> Result<Self, ChainError> {
        let secret = SecretUri::from_str(uri).map_err(|error| ChainError::Key(error.to_string()))?;
        Keypair::from_uri(&secret).map(Self).map_err(|error| ChainError::Key(error.to_string()))
    }

    /// Makes the key of a seed.
    ///
    /// # Errors
    ///
    /// [`ChainError::Key`] when the seed is not the seed of a key.
    pub fn from_seed(seed: [u8; 32]) -> Result<Self, ChainError> {
        Keypair::from_secret_key(seed).map(Self).map_err(|error| ChainError::Key(error.to_string()))
    }

    /// Returns the account of the key.
    pub fn account(&self) -> AccountId {
        AccountId::new(self.public_key())
    }

    /// Returns the public key.
    pub fn public_key(&self) -> [u8; 32] {
        self.0.public_key().0
    }

    /// Signs `message` as it is, without a prefix or a hash.
    pub fn sign(&self, message: &[u8]) -> MultiSignature {
        MultiSignature::Sr25519(self.0.sign(message).0.into())
    }

    /// Signs a ticket for the chain with this genesis hash.
    pub fn sign_ticket(&self, genesis: &GenesisHash, ticket: Ticket) -> SignedTicket {
        let signature = self.sign(&ticket.message(genesis));
        SignedTicket { ticket, signature }
    }

    /// Signs the close of `session` in the role `by`, for the chain with this genesis hash.
    pub fn sign_close(&self, genesis: &GenesisHash, session: SessionId, by: Closer) -> CloseRow {
        let signature = self.sign(&close_message(genesis, &session));
        CloseRow { session, signature: Some(CloseSignature { by, signature }) }
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Signer").field(&self.account()).finish()
    }
}
