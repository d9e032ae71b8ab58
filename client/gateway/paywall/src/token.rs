//! Proves that a request comes from who paid. A settled proof stands in a block for everybody to read, so it opens
//! nothing; whoever reveals a *new* tick is given the session's token, and shows it with everything that reveals none.
//!
//! A token is 128 bits of blake2 over a secret of 256 random bits that never leaves the journal: nothing needs to be
//! stored for it, it survives a restart, and requests that overtake each other cannot invalidate it.

use sp_crypto_hashing::blake2_128;
use std::{fmt, str::FromStr};
use subtle::ConstantTimeEq;
use tick_stream_primitives::{SessionId, TickHash};

const TOKEN_DOMAIN: &[u8] = b"vilokanam/token/v1";

/// What the tokens of this gateway are made from.
#[derive(Clone)]
pub(crate) struct TokenSecret(pub [u8; 32]);

impl TokenSecret {
    /// A new one, from the operating system's randomness.
    pub fn random() -> Self {
        let mut secret = [0; 32];
        rand::RngCore::fill_bytes(&mut rand::rngs::OsRng, &mut secret);
        Self(secret)
    }

    /// The token of a session. The anchor is part of it: a ticket that replaces another one of the same id gets another.
    pub fn token(&self, session: &SessionId, anchor: &TickHash) -> Token {
        Token(blake2_128(&[TOKEN_DOMAIN, &self.0, &session.0, anchor].concat()))
    }
}

/// A session's token. Printed only by [`fmt::Display`], never by `Debug`: it must not end in a log.
#[derive(Clone, Copy)]
pub struct Token(pub [u8; 16]);

impl PartialEq for Token {
    /// Takes the same time wherever the difference is.
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

/// The text is no token.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a session token is 32 hexadecimal digits; send it as it was given")]
pub struct NotAToken;

impl FromStr for Token {
    type Err = NotAToken;

    fn from_str(text: &str) -> Result<Self, NotAToken> {
        let digits: &[u8; 32] = text.as_bytes().try_into().map_err(|_| NotAToken)?;
        let digit = |byte: u8| char::from(byte).to_digit(16).ok_or(NotAToken);
        let mut token = [0; 16];
        for (byte, pair) in token.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = (digit(pair[0])? << 4 | digit(pair[1])?) as u8;
        }
        Ok(Self(token))
    }
}
