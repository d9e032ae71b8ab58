//! Access tokens, which are signed, and refresh tokens, which are random.

use super::{Access, SignInId};
use crate::secrets::{self, SecretError};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use sp_core::{ed25519, Pair};
use sp_crypto_hashing::blake2_256;
use std::{io, path::Path, path::PathBuf};
use vilokanam_wire::{auth::SignedBy, Account};

/// Time for which an access token is accepted.
pub const VALID_MS: u64 = 15 * 60_000;
/// Longest access token.
const MAX_TOKEN_CHARS: usize = 1_024;
/// What comes before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410).
const PKCS8_HEAD: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/// A token is not accepted, or its key cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The file of the key cannot be written.
    #[error(transparent)]
    Write(#[from] SecretError),
    /// The file of the key cannot be read.
    #[error("{}: {error}; see that this user may read it", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The reason.
        error: io::Error,
    },
    /// The file does not hold a key.
    #[error("{} does not hold 32 bytes in hex; remove it, and everyone has to sign in again", .0.display())]
    Damaged(PathBuf),
    /// It has expired.
    #[error("it has expired")]
    Expired,
    /// It is not one of this gateway.
    #[error("it is not one of this gateway")]
    Foreign,
}

/// What an access token contains.
#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    sid: String,
    by: String,
    /// Seconds since 1970.
    exp: u64,
    iat: u64,
}

/// Issues and reads access tokens.
pub struct Tokens {
    issuer: String,
    audience: String,
    signing: EncodingKey,
    checking: DecodingKey,
    validation: Validation,
}

impl Tokens {
    /// Opens the key at `path`, which is made if there is none.
    pub fn open(path: &Path, gateway: &Account, origin: &str) -> Result<Self, TokenError> {
        Ok(Self::new(&read_or_make(path)?, gateway, origin))
    }

    fn new(seed: &[u8; 32], gateway: &Account, origin: &str) -> Self {
        let public = ed25519::Pair::from_seed(seed).public();
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.leeway = 0;
        // The clock of the caller counts.
        validation.validate_exp = false;
        validation.set_audience(&[origin]);
        validation.set_issuer(&[gateway.to_string()]);
        Self {
            issuer: gateway.to_string(),
            audience: origin.to_owned(),
            signing: EncodingKey::from_ed_der(&[&PKCS8_HEAD[..], seed].concat()),
            checking: DecodingKey::from_ed_der(&public.0),
            validation,
        }
    }

    /// Returns the token that says `access`.
    pub fn issue(&self, access: &Access) -> Result<String, jsonwebtoken::errors::Error> {
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            sub: Account(access.account.clone()).to_string(),
            sid: access.sign_in.0.clone(),
            by: word_of(access.by).to_owned(),
            exp: access.expires_at_ms / 1_000,
            iat: access.expires_at_ms.saturating_sub(VALID_MS) / 1_000,
        };
        jsonwebtoken::encode(&Header::new(Algorithm::EdDSA), &claims, &self.signing)
    }

    /// Returns what a token says.
    pub fn read(&self, token: &str, now_ms: u64) -> Result<Access, TokenError> {
        if token.len() > MAX_TOKEN_CHARS {
            return Err(TokenError::Foreign);
        }
        let read = jsonwebtoken::decode::<Claims>(token, &self.checking, &self.validation);
        let claims = read.map_err(|_| TokenError::Foreign)?.claims;
        if claims.exp <= now_ms / 1_000 {
            return Err(TokenError::Expired);
        }
        let account = claims.sub.parse::<Account>().map_err(|_| TokenError::Foreign)?;
        let by = by_of(&claims.by).ok_or(TokenError::Foreign)?;
        let expires_at_ms = claims.exp.saturating_mul(1_000);
        Ok(Access { account: account.0, by, sign_in: SignInId(claims.sid), expires_at_ms })
    }
}

/// Returns a refresh token of a sign-in, and its hash.
pub fn new_refresh_token(id: &SignInId) -> (String, String) {
    let token = format!("{}.{}", id.0, hex::encode(rand::random::<[u8; 32]>()));
    let hash = hash_of(&token);
    (token, hash)
}

/// Returns the hash of a refresh token, as it is stored.
pub fn hash_of(token: &str) -> String {
    hex::encode(blake2_256(token.as_bytes()))
}

/// Returns the word for how a person has signed in.
pub const fn word_of(by: SignedBy) -> &'static str {
    match by {
        SignedBy::Wallet => "wallet",
        SignedBy::SessionKey => "session-key",
        SignedBy::Guest => "guest",
    }
}

/// Returns how a person has signed in, from its word.
pub fn by_of(word: &str) -> Option<SignedBy> {
    [SignedBy::Wallet, SignedBy::SessionKey, SignedBy::Guest].into_iter().find(|by| word_of(*by) == word)
}

fn read_or_make(path: &Path) -> Result<[u8; 32], TokenError> {
    let io = |error| TokenError::Io { path: path.to_owned(), error };
    match std::fs::read_to_string(path) {
        Ok(text) => {
            let mut seed = [0; 32];
            hex::decode_to_slice(text.trim(), &mut seed).map_err(|_| TokenError::Damaged(path.to_owned()))?;
            Ok(seed)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let seed: [u8; 32] = rand::random();
            let folder = path.parent().unwrap_or(Path::new("."));
            secrets::write(folder, path, hex::encode(seed).as_bytes())?;
            Ok(seed)
        }
        Err(error) => Err(io(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tick_stream_primitives::AccountId;

    const NOW_MS: u64 = 1_800_000_000_000;

    fn account(byte: u8) -> Account {
        Account(AccountId::new([byte; 32]))
    }

    fn tokens() -> Tokens {
        Tokens::new(&[7; 32], &account(1), "https://a.example")
    }

    fn access() -> Access {
        let expires_at_ms = NOW_MS + VALID_MS;
        Access { account: account(2).0, by: SignedBy::Guest, sign_in: SignInId("ab".into()), expires_at_ms }
    }

    #[test]
    fn token_says_what_it_was_issued_for_until_it_expires() {
        let token = tokens().issue(&access()).unwrap();
        assert_eq!(tokens().read(&token, NOW_MS).unwrap(), access());
        assert!(matches!(tokens().read(&token, NOW_MS + VALID_MS), Err(TokenError::Expired)));
    }

    #[test]
    fn token_of_another_gateway_origin_or_key_is_refused() {
        let token = tokens().issue(&access()).unwrap();
        for other in [
            Tokens::new(&[8; 32], &account(1), "https://a.example"),
            Tokens::new(&[7; 32], &account(3), "https://a.example"),
            Tokens::new(&[7; 32], &account(1), "https://b.example"),
        ] {
            assert!(matches!(other.read(&token, NOW_MS), Err(TokenError::Foreign)));
        }
    }

    #[test]
    fn token_that_was_changed_or_is_of_another_algorithm_is_refused() {
        let token = tokens().issue(&access()).unwrap();
        let mut parts: Vec<_> = token.split('.').map(str::to_owned).collect();
        parts[0] = "eyJhbGciOiJub25lIn0".into();
        assert!(tokens().read(&parts.join("."), NOW_MS).is_err(), "no algorithm");
        assert!(tokens().read(&token[..token.len() - 2], NOW_MS).is_err());
        assert!(tokens().read(&format!("{token}{}", "a".repeat(2_000)), NOW_MS).is_err());
    }

    #[test]
    fn key_is_made_once_and_is_private() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("auth.key");
        let open = || Tokens::open(&path, &account(1), "https://a.example").unwrap();
        let token = open().issue(&access()).unwrap();
        assert_eq!(open().read(&token, NOW_MS).unwrap(), access(), "after a restart");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::write(&path, "no key").unwrap();
        let damaged = Tokens::open(&path, &account(1), "https://a.example");
        assert!(matches!(damaged, Err(TokenError::Damaged(_))));
    }
}
