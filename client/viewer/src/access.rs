//! Access tokens of the accounts that are signed in at a gateway.

use std::{collections::HashMap, fmt, sync::Arc};
use tick_stream_primitives::{AccountId, Moment};
use tokio::sync::{Mutex, MutexGuard};

/// Time before the end of an access token from which on it is no longer used.
const RENEWED_BEFORE_MS: u64 = 60_000;
/// Maximum number of accounts whose tokens are kept.
const MAX_SIGNED_IN: usize = 64;

/// Access tokens by account. Clones share them. Their `Debug` does not show them.
#[derive(Clone, Default)]
pub(crate) struct AccessTokens(Arc<Mutex<Known>>);

/// The tokens, while no other request can ask for one.
#[derive(Default)]
pub(crate) struct Known(HashMap<AccountId, AccessToken>);

/// A token, and the time at which it ends.
pub(crate) struct AccessToken {
    pub text: String,
    pub expires_at: Moment,
}

impl fmt::Debug for AccessTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessTokens")
    }
}

impl AccessTokens {
    /// Waits for the tokens. Whoever signs in holds them meanwhile, so that requests at the same time sign in once.
    pub async fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().await
    }
}

impl Known {
    /// Returns the token of an account that can still be used.
    pub fn find(&mut self, account: &AccountId, now: Moment) -> Option<String> {
        self.0.retain(|_, token| token.expires_at > now + RENEWED_BEFORE_MS);
        self.0.get(account).map(|token| token.text.clone())
    }

    /// Keeps a token, unless there are as many as may be kept.
    pub fn keep(&mut self, account: AccountId, token: AccessToken) {
        if self.0.len() < MAX_SIGNED_IN || self.0.contains_key(&account) {
            self.0.insert(account, token);
        }
    }

    /// Forgets the token of an account.
    pub fn forget(&mut self, account: &AccountId) {
        self.0.remove(account);
    }

    /// Forgets all tokens, and returns them.
    pub fn take(&mut self) -> Vec<String> {
        self.0.drain().map(|(_, token)| token.text).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(number: u8) -> AccountId {
        AccountId::new([number; 32])
    }

    fn token(expires_at: Moment) -> AccessToken {
        AccessToken { text: format!("until {expires_at}"), expires_at }
    }

    #[test]
    fn token_is_used_until_a_minute_before_its_end() {
        let mut known = Known::default();
        known.keep(account(1), token(100_000));
        assert_eq!(known.find(&account(2), 0), None);
        assert_eq!(known.find(&account(1), 39_999).as_deref(), Some("until 100000"));
        assert_eq!(known.find(&account(1), 40_000), None);
        assert_eq!(known.find(&account(1), 0), None, "it is forgotten");
    }

    #[test]
    fn number_of_tokens_is_limited() {
        let mut known = Known::default();
        for number in 0..=MAX_SIGNED_IN as u8 {
            known.keep(account(number), token(100_000));
        }
        assert_eq!(known.find(&account(MAX_SIGNED_IN as u8), 0), None);
        known.forget(&account(0));
        assert_eq!(known.take().len(), MAX_SIGNED_IN - 1);
        assert!(known.take().is_empty());
    }
}
