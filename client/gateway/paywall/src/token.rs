//! Session tokens: proof that a request comes from the viewer who pays.
//!
//! A settled proof stands in a block that everyone can read, so it opens nothing. A request that reveals a *new* tick
//! is answered with the session's token, and every request that reveals none must carry it.
//!
//! A token is 128 bits of BLAKE2 over a 256-bit random secret that never leaves the journal. So nothing has to be
//! stored per token, a token survives a restart, and requests that overtake each other do not invalidate it.

use sp_crypto_hashing::blake2_128;
use std::{fmt, str::FromStr};
use subtle::ConstantTimeEq;
use tick_stream_primitives::{SessionId, TickHash};

const TOKEN_DOMAIN: &[u8] = b"vilokanam/token/v1";

/// Secret from which the tokens of this gateway are derived.
#[derive(Clone)]
pub(crate) struct TokenSecret(pub [u8; 32]);

impl TokenSecret {
    /// Creates a secret from the operating system's randomness.
    pub fn random() -> Self {
        let mut secret = [0; 32];
        rand::RngCore::fill_bytes(&mut rand::rngs::OsRng, &mut secret);
        Self(secret)
    }

    /// Derives a session's token. The anchor is an input, so that a ticket that replaces another one with the same
    /// session id has another token.
    pub fn token(&self, session: &SessionId, anchor: &TickHash) -> Token {
        Token(blake2_128(&[TOKEN_DOMAIN, &self.0, &session.0, anchor].concat()))
    }
}

/// The token of a session. Its digits are printed by [`fmt::Display`] only, not by `Debug`, so that none gets into a
/// log.
#[derive(Clone, Copy)]
pub struct Token(pub [u8; 16]);

impl PartialEq for Token {
    /// Compares in constant time.
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Token {}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A text that is not a session token.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("A session token has 32 hexadecimal digits. Send the token as the gateway gave it.")]
pub struct ParseTokenError;

impl FromStr for Token {
    type Err = ParseTokenError;

    fn from_str(text: &str) -> Result<Self, ParseTokenError> {
        let digits: &[u8; 32] = text.as_bytes().try_into().map_err(|_| ParseTokenError)?;
        let digit = |byte: u8| char::from(byte).to_digit(16).ok_or(ParseTokenError);
        let mut token = [0; 16];
        for (byte, pair) in token.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = (digit(pair[0])? << 4 | digit(pair[1])?) as u8;
        }
        Ok(Self(token))
    }
}
