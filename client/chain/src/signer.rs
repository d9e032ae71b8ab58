//! Keys that sign extrinsics, tickets and closes.

use crate::error::ChainError;
use sp_runtime::MultiSignature;
use std::{fmt, str::FromStr};
use subxt_signer::{sr25519::Keypair, SecretUri};
use tick_stream_primitives::{
    ticket::close_message, AccountId, CloseRow, CloseSignature, Closer, GenesisHash, SessionId, SignedTicket, Ticket,
};

/// An sr25519 key pair.
#[derive(Clone)]
pub struct Signer(pub(crate) Keypair);

impl Signer {
    /// From a phrase or `0x` and a seed in hex, with derivations; `//Alice` derives from the development phrase.
    pub fn from_uri(uri: &str) -> Result<Self, ChainError> {
        let secret = SecretUri::from_str(uri).map_err(|error| ChainError::Key(error.to_string()))?;
        Keypair::from_uri(&secret).map(Self).map_err(|error| ChainError::Key(error.to_string()))
    }

    /// From 32 secret bytes.
    pub fn from_seed(seed: [u8; 32]) -> Result<Self, ChainError> {
        Keypair::from_secret_key(seed).map(Self).map_err(|error| ChainError::Key(error.to_string()))
    }

    /// The account it signs for.
    pub fn account(&self) -> AccountId {
        AccountId::new(self.public_key())
    }

    /// Its public half.
    pub fn public_key(&self) -> [u8; 32] {
        self.0.public_key().0
    }

    /// A signature over `message` as it is.
    pub fn sign(&self, message: &[u8]) -> MultiSignature {
        MultiSignature::Sr25519(self.0.sign(message).0.into())
    }

    /// A signed ticket.
    pub fn sign_ticket(&self, genesis: &GenesisHash, ticket: Ticket) -> SignedTicket {
        let signature = self.sign(&ticket.message(genesis));
        SignedTicket { ticket, signature }
    }

    /// A signed close of `session` in the role of `by`.
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
