//! Signing in: who a person is, proved once, and believed for as long as the sign-in goes on.
//!
//! ```text
//!   challenge ──► signature ──► sign-in ──► access token, 15 minutes, in memory of the page
//!   (once, 5 min)               (database)  refresh token, replaced with each use, in a cookie
//! ```
//!
//! A challenge names this gateway, the origin of its pages and a nonce that this process has made, so a signature is worth
//! nothing at another gateway, and nothing a second time. Challenges are in memory only: after a restart none is accepted that was
//! made before.

mod access;
mod challenges;
mod proof;
mod signature;
mod tokens;

pub use access::{Access, SignInId};
pub use signature::decode_signature;
pub use tokens::TokenError;

use challenges::{Challenges, Pending};
use lru::LruCache;
use parking_lot::Mutex;
use std::{
    collections::HashSet,
    num::NonZeroUsize,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};
use tick_stream_primitives::{clock::now_ms, AccountId, BlockNumber};
use tokens::Tokens;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use vilokanam_chain::{Nodes, NodesError};
use vilokanam_indexer::{
    people::{Renewal, SignInRow},
    GatewayStateError, Store,
};
use vilokanam_paywall::IpPrefix;
use vilokanam_wire::{
    auth::{Challenge, NewChallenge, SignedBy, SignedChallenge, MAX_LABEL_CHARS},
    scalars::rfc3339,
    Account,
};

/// Time for which a sign-in goes on without being used: 30 days.
const IDLE_MS: u64 = 30 * 24 * 3_600_000;
/// Sign-ins and roles that are in memory.
const MAX_KNOWN: NonZeroUsize = NonZeroUsize::new(8_192).expect("it is not zero");
/// Time for which what is in memory is believed: after it, a sign-in that was ended by another process is refused.
const KNOWN_FOR: Duration = Duration::from_secs(5);
/// Interval at which expired sign-ins are forgotten.
const FORGET_EVERY: Duration = Duration::from_secs(3_600);
/// Longest refresh token.
const MAX_REFRESH_CHARS: usize = 128;

/// A person cannot be signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// There is no token.
    #[error("This needs a sign-in.")]
    SignedOut,
    /// The access token is not accepted.
    #[error("The access token is not accepted: {0}.")]
    Token(#[from] TokenError),
    /// The sign-in has ended.
    #[error("This sign-in has ended.")]
    Ended,
    /// A refresh token was used twice.
    #[error("The refresh token was used before. In case it was stolen, this sign-in has ended.")]
    Reused,
    /// The message is not one of this gateway, was used, or is too old.
    #[error(
        "The message is not one that this gateway waits for: it was used already, or it took too long to sign it."
    )]
    ChallengeUnknown,
    /// Many challenges wait.
    #[error("Too many sign-ins have begun a moment ago.")]
    TooMany,
    /// The request contradicts itself.
    #[error("{0}")]
    Malformed(&'static str),
    /// The signature is another's, or of something else.
    #[error("The signature is not that of {0} over this message.")]
    Signature(Account),
    /// The key is not among the account's keys.
    #[error("The chain does not list {key} as a session key of {account}, or it has expired.")]
    KeyUnknown {
        /// The account.
        account: Account,
        /// The key that signed.
        key: Account,
    },
    /// The chain cannot be read.
    #[error("The chain cannot be read: {0}.")]
    Chain(#[from] NodesError),
    /// The database fails.
    #[error(transparent)]
    Store(#[from] GatewayStateError),
    /// A token cannot be made.
    #[error("The access token cannot be made: {0}.")]
    Internal(String),
}

/// What a person may do at this gateway beyond what everyone may.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Roles {
    /// Administers the gateway.
    pub is_admin: bool,
    /// Decides about reports.
    pub is_moderator: bool,
}

/// A sign-in that has begun or goes on.
pub struct Begun {
    /// What the access token says.
    pub access: Access,
    /// Token for requests.
    pub access_token: String,
    /// Token for the next renewal, which is for the cookie only.
    pub refresh_token: String,
}

/// Signs people in, and knows who is.
pub struct SignIns {
    gateway: AccountId,
    origin: String,
    admins: HashSet<AccountId>,
    tokens: Tokens,
    challenges: Challenges,
    nodes: Arc<Nodes>,
    index: Store,
    /// Number of the finalized block that the index is at.
    block: watch::Receiver<BlockNumber>,
    /// Sign-ins that go on.
    known: Mutex<LruCache<SignInId, Instant>>,
    roles: Mutex<LruCache<AccountId, (Instant, Roles)>>,
}

impl SignIns {
    /// Opens the key of the access tokens in the folder of data, which is made if there is none.
    ///
    /// # Errors
    ///
    /// The file cannot be read or written.
    pub fn open(
        folder: &Path,
        (gateway, origin): (AccountId, String),
        admins: HashSet<AccountId>,
        (nodes, index): (Arc<Nodes>, Store),
        block: watch::Receiver<BlockNumber>,
    ) -> Result<Self, TokenError> {
        let tokens = Tokens::open(&folder.join("auth.key"), &Account(gateway.clone()), &origin)?;
        Ok(Self {
            gateway,
            origin,
            admins,
            tokens,
            challenges: Challenges::default(),
            nodes,
            index,
            block,
            known: Mutex::new(LruCache::new(MAX_KNOWN)),
            roles: Mutex::new(LruCache::new(MAX_KNOWN)),
        })
    }

    /// Returns a message to sign.
    ///
    /// # Errors
    ///
    /// [`SignInError::Malformed`], [`SignInError::TooMany`].
    pub fn challenge(&self, who: &NewChallenge, prefix: IpPrefix) -> Result<Challenge, SignInError> {
        if who.guest && who.session_key.is_none() {
            return Err(SignInError::Malformed("A guest names the gift's session key and the account that gave it."));
        }
        let pending = Pending {
            account: who.account.0.clone(),
            session_key: who.session_key.as_ref().map(|key| key.0.clone()),
            is_guest: who.guest,
        };
        let (nonce, now) = (hex::encode(rand::random::<[u8; 16]>()), now_ms());
        let expires_at_ms = now + challenges::VALID_MS;
        let message = message_of((&self.gateway, &self.origin), who, &nonce, expires_at_ms);
        if !self.challenges.add(&message, pending, prefix, now) {
            return Err(SignInError::TooMany);
        }
        Ok(Challenge { message, expires_at: rfc3339(expires_at_ms) })
    }

    /// Signs the person in whose signature it is.
    ///
    /// # Errors
    ///
    /// [`SignInError`].
    pub async fn sign_in(&self, signed: &SignedChallenge) -> Result<Begun, SignInError> {
        let pending = self.challenges.find(&signed.message, now_ms()).ok_or(SignInError::ChallengeUnknown)?;
        self.check_proof(&pending, signed).await?;
        // Not before: a signature that is refused leaves the challenge for another way to sign it.
        if !self.challenges.take(&signed.message) {
            return Err(SignInError::ChallengeUnknown);
        }
        let by = match (&pending.session_key, pending.is_guest) {
            (_, true) => SignedBy::Guest,
            (Some(_), false) => SignedBy::SessionKey,
            (None, false) => SignedBy::Wallet,
        };
        self.begin(pending, by, signed.label.as_deref().unwrap_or_default()).await
    }

    async fn begin(&self, pending: Pending, by: SignedBy, label: &str) -> Result<Begun, SignInError> {
        let Pending { account: asks, session_key, is_guest } = pending;
        let account = session_key.clone().filter(|_| is_guest).unwrap_or_else(|| asks.clone());
        let (id, now) = (SignInId(hex::encode(rand::random::<[u8; 16]>())), now_ms());
        let (refresh_token, token_hash) = tokens::new_refresh_token(&id);
        let row = SignInRow {
            id: id.0.clone(),
            account: account.clone(),
            signed_by: tokens::word_of(by).to_owned(),
            key_of: session_key.is_some().then_some(asks),
            session_key,
            label: clean_label(label),
            token_hash,
            created_at: now,
            last_used_at: now,
            expires_at: now + IDLE_MS,
        };
        self.index.add_sign_in(&row).await?;
        self.begun((account, by, id), refresh_token)
    }

    fn begun(
        &self,
        (account, by, sign_in): (AccountId, SignedBy, SignInId),
        refresh_token: String,
    ) -> Result<Begun, SignInError> {
        let access = Access { account, by, sign_in, expires_at_ms: now_ms() + tokens::VALID_MS };
        let access_token = self.tokens.issue(&access).map_err(|error| SignInError::Internal(error.to_string()))?;
        Ok(Begun { access, access_token, refresh_token })
    }

    /// Renews a sign-in by its refresh token, which is replaced.
    ///
    /// # Errors
    ///
    /// [`SignInError::Reused`] ends the sign-in. [`SignInError::Ended`] also if the chain no longer lists the session key that has
    /// signed in.
    pub async fn renew(&self, refresh_token: &str) -> Result<Begun, SignInError> {
        let parts = refresh_token.split_once('.').filter(|_| refresh_token.len() <= MAX_REFRESH_CHARS);
        let id = SignInId(parts.ok_or(SignInError::Ended)?.0.to_owned());
        let (next, next_hash) = tokens::new_refresh_token(&id);
        self.check_still_listed(&id).await?;
        let (now, hash) = (now_ms(), tokens::hash_of(refresh_token));
        match self.index.renew_sign_in(&id.0, &hash, &next_hash, (now, now + IDLE_MS)).await? {
            Renewal::Renewed(row) => {
                let by = tokens::by_of(&row.signed_by).ok_or(SignInError::Ended)?;
                self.begun((row.account, by, id), next)
            }
            Renewal::Reused => {
                self.known.lock().pop(&id);
                Err(SignInError::Reused)
            }
            Renewal::Unknown => Err(SignInError::Ended),
        }
    }

    /// Ends a sign-in whose session key was removed or has expired: a device that its owner has removed is signed out.
    async fn check_still_listed(&self, id: &SignInId) -> Result<(), SignInError> {
        let row = self.index.sign_in(&id.0, now_ms()).await?.ok_or(SignInError::Ended)?;
        let (Some(key), Some(key_of)) = (&row.session_key, &row.key_of) else { return Ok(()) };
        match self.check_session_key(key_of, key).await {
            Err(SignInError::KeyUnknown { .. }) => {
                self.end(&row.account, id).await?;
                Err(SignInError::Ended)
            }
            checked => checked,
        }
    }

    /// Reads an access token. Whether the sign-in still goes on, [`Self::check`] says.
    ///
    /// # Errors
    ///
    /// [`SignInError::Token`].
    pub fn check_access(&self, token: &str) -> Result<Access, SignInError> {
        Ok(self.tokens.read(token, now_ms())?)
    }

    /// Returns who has an access token, if the sign-in still goes on.
    ///
    /// # Errors
    ///
    /// [`SignInError`].
    pub async fn check(&self, token: &str) -> Result<Access, SignInError> {
        let access = self.check_access(token)?;
        let is_known = self.known.lock().get(&access.sign_in).is_some_and(|at| at.elapsed() < KNOWN_FOR);
        if !is_known {
            if !self.index.has_sign_in(&access.sign_in.0, now_ms()).await? {
                return Err(SignInError::Ended);
            }
            self.known.lock().put(access.sign_in.clone(), Instant::now());
        }
        Ok(access)
    }

    /// Returns the roles of an account.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn roles(&self, who: &AccountId) -> Result<Roles, SignInError> {
        if self.admins.contains(who) {
            return Ok(Roles { is_admin: true, is_moderator: true });
        }
        let known = self.roles.lock().get(who).filter(|(at, _)| at.elapsed() < KNOWN_FOR).map(|(_, roles)| *roles);
        if let Some(roles) = known {
            return Ok(roles);
        }
        let granted = self.index.roles_of(who).await?;
        let roles = Roles { is_admin: false, is_moderator: granted.iter().any(|role| role == "moderator") };
        self.roles.lock().put(who.clone(), (Instant::now(), roles));
        Ok(roles)
    }

    /// Ends a sign-in of an account. Returns whether there was one.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn end(&self, who: &AccountId, id: &SignInId) -> Result<bool, SignInError> {
        let has_ended = self.index.end_sign_in(who, &id.0).await?;
        self.known.lock().pop(id);
        Ok(has_ended)
    }

    /// Ends all sign-ins of an account but one.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn end_others(&self, who: &AccountId, but: &SignInId) -> Result<(), SignInError> {
        let ended = self.index.end_other_sign_ins(who, &but.0).await?;
        let mut known = self.known.lock();
        for id in ended {
            known.pop(&SignInId(id));
        }
        Ok(())
    }

    /// Returns the sign-ins of an account.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn list(&self, who: &AccountId) -> Result<Vec<SignInRow>, SignInError> {
        Ok(self.index.sign_ins_of(who, now_ms()).await?)
    }

    /// Forgets expired sign-ins until `stop` is cancelled.
    pub async fn forget_expired(self: Arc<Self>, stop: CancellationToken) {
        let forget = async {
            loop {
                if let Err(error) = self.index.forget_expired_sign_ins(now_ms()).await {
                    tracing::warn!(%error, "expired sign-ins could not be removed");
                }
                tokio::time::sleep(FORGET_EVERY).await;
            }
        };
        stop.run_until_cancelled(forget).await;
    }
}

/// The text to sign. It names the gateway, so that a signature is worth nothing at another one.
fn message_of((gateway, origin): (&AccountId, &str), who: &NewChallenge, nonce: &str, expires_at_ms: u64) -> String {
    let key = who.session_key.as_ref().map(|key| match who.guest {
        true => format!("guest with key {key}\n"),
        false => format!("key {key}\n"),
    });
    format!(
        "Vilokanam sign-in\ngateway {}\norigin {origin}\naccount {}\n{}nonce {nonce}\nexpires {}",
        Account(gateway.clone()),
        who.account,
        key.unwrap_or_default(),
        rfc3339(expires_at_ms)
    )
}

/// The name of a sign-in, without what would disturb a list.
fn clean_label(label: &str) -> String {
    let shown = label.chars().filter(|character| character.is_alphanumeric() || " .,()-_/".contains(*character));
    shown.take(MAX_LABEL_CHARS).collect::<String>().trim().to_owned()
}

/// Returns the word of how a person has signed in, and back.
pub fn signed_by(word: &str) -> Option<SignedBy> {
    tokens::by_of(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_names_gateway_origin_account_and_key_and_nothing_else() {
        let [gateway, account, key] = [1, 2, 3].map(|byte| Account(AccountId::new([byte; 32])));
        let lines = |session_key: Option<&Account>, guest| {
            let who = NewChallenge { account: account.clone(), session_key: session_key.cloned(), guest };
            message_of((&gateway.0, "https://a.example"), &who, "00ff", 0)
        };
        let before = format!("Vilokanam sign-in\ngateway {gateway}\norigin https://a.example\naccount {account}\n");
        let after = format!("nonce 00ff\nexpires {}", rfc3339(0));
        assert_eq!(lines(None, false), format!("{before}{after}"));
        assert_eq!(lines(Some(&key), false), format!("{before}key {key}\n{after}"));
        assert_eq!(lines(Some(&key), true), format!("{before}guest with key {key}\n{after}"));
    }

    #[test]
    fn labels_have_no_control_or_markup_characters() {
        assert_eq!(clean_label("  Firefox 130 (Linux)\u{202e}<b>\n"), "Firefox 130 (Linux)b");
        assert_eq!(clean_label(&"a".repeat(500)).len(), MAX_LABEL_CHARS);
    }
}
