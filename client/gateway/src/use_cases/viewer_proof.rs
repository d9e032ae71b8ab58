//! Whose purchases a request may use: proved by a session, or by the signature of a session key.
//!
//! A signature says what it is for: some keys, the list of all, the download of a recording, or a clip. A thief of one has two
//! minutes at most, at this gateway, for that alone. One for a download or a clip is accepted once, so that it is worth nothing after
//! the viewer has used it.
//!
//! Those for keys and for the list are not remembered. Players send many of them, and a repeated one is answered with the same
//! bytes: a thief who has read the request on its way has read the answer as well, and one who has read the request alone gets
//! at most 1,024 keys that the viewer has paid for. No money moves, nothing changes, and the viewer loses nothing.

use super::{
    key_sales::{SaleError, Viewer},
    once::{Once, Refused},
};
use lru::LruCache;
use parking_lot::Mutex;
use sp_runtime::MultiSignature;
use std::{
    num::NonZeroUsize,
    sync::Arc,
    time::{Duration, Instant},
};
use tick_stream_primitives::{
    clock::now_ms, ticket::is_signed_by, AccountId, BlockNumber, Scope, SessionKey, StreamId,
};
use tokio::sync::watch;
use vilokanam_chain::{Nodes, NodesError};
use vilokanam_indexer::{QueryError, Store};
use vilokanam_paywall::Paywall;
use vilokanam_wire::{
    bought::{message, Wanted, MAX_AGE_MS},
    Account, StreamRef,
};

/// Session keys that are in memory.
const MAX_KNOWN: NonZeroUsize = NonZeroUsize::new(4_096).expect("it is not zero");
/// Time for which a session key in memory is used: after it, one that was removed proves nothing any more.
const TRUSTED_FOR: Duration = Duration::from_secs(30);

/// A proof is not accepted.
#[derive(Debug, thiserror::Error)]
pub enum ProofError {
    /// The signature is too old or of a time to come.
    #[error("The signature is older than a minute, or a clock is wrong.")]
    Stale,
    /// The signature was accepted already.
    #[error("This signature was used already; sign a new one.")]
    Used,
    /// Many signatures were accepted a moment ago.
    #[error("Too many downloads and clips were begun a moment ago.")]
    TooMany,
    /// The signature is another's, or of something else.
    #[error("The signature is not that of this session key over this request.")]
    Signature,
    /// The key is not among the viewer's keys.
    #[error("The key {key} is not a session key of {viewer}.")]
    KeyUnknown {
        /// The account that is said to have paid.
        viewer: Account,
        /// The key that signed.
        key: Account,
    },
    /// The key has expired.
    #[error("The session key has expired.")]
    KeyExpired,
    /// The key is limited to something else.
    #[error("The session key is limited to another gateway, creator or stream.")]
    OutOfScope,
    /// The chain cannot be read.
    #[error("The session key cannot be read from the chain: {0}.")]
    Chain(#[from] NodesError),
    /// The index cannot be read.
    #[error(transparent)]
    Index(#[from] QueryError),
}

/// A session does not prove who a viewer is.
#[derive(Debug, thiserror::Error)]
pub enum SessionProofError {
    /// The session has ended, or the token is another's.
    #[error(transparent)]
    Session(#[from] SaleError),
    /// The session key with which it was opened is removed, or is not for this stream.
    #[error(transparent)]
    Key(#[from] ProofError),
}

/// A signature that is to prove who a viewer is.
pub struct SignedProof {
    /// Account that is said to have paid.
    pub viewer: AccountId,
    /// Key that signed: a session key of that account, or the account itself.
    pub session_key: AccountId,
    /// Time of signing in milliseconds since the Unix epoch.
    pub time_ms: u64,
    pub signature: MultiSignature,
}

/// Checks proofs.
pub struct ViewerProofs {
    gateway: AccountId,
    paywall: Arc<Paywall>,
    nodes: Arc<Nodes>,
    index: Store,
    /// Number of the finalized block that the index is at.
    block: watch::Receiver<BlockNumber>,
    known: Mutex<LruCache<(AccountId, AccountId), (Instant, SessionKey)>>,
    used: Once,
}

impl ViewerProofs {
    pub fn new(
        gateway: AccountId,
        paywall: Arc<Paywall>,
        (nodes, index): (Arc<Nodes>, Store),
        block: watch::Receiver<BlockNumber>,
    ) -> Self {
        let known = Mutex::new(LruCache::new(MAX_KNOWN));
        Self { gateway, paywall, nodes, index, block, known, used: Once::default() }
    }

    /// Returns the viewer of a session whose token the request has. It reveals no tick: a tick would buy nothing here.
    ///
    /// A session that was opened with a session key proves no more than the key: nothing after the key was removed, and
    /// nothing of other streams than the key is for.
    ///
    /// # Errors
    ///
    /// [`SessionProofError`].
    pub async fn by_session(&self, viewer: Viewer, stream: StreamId) -> Result<AccountId, SessionProofError> {
        let viewer = Viewer { ticks: 0, proof: Default::default(), ..viewer };
        let session = viewer.session;
        let of_session = self.paywall.status(&session).map_or(0, |status| status.stream);
        let refused = |reason| SaleError::payment(&self.paywall, of_session, session, reason);
        self.paywall.advance(viewer.tick()).await.map_err(refused)?;
        let status = self.paywall.status(&session).ok_or(SaleError::SessionGone { session })?;
        if let Some(session_key) = status.session_key.as_ref().filter(|key| **key != status.viewer) {
            let key = self.key(&status.viewer, session_key).await?;
            if status.stream != stream {
                self.check_key(&key, stream).await?;
            }
        }
        Ok(status.viewer)
    }

    /// Returns the viewer whose session key has signed.
    ///
    /// # Errors
    ///
    /// [`ProofError`].
    pub async fn by_signature(
        &self,
        proof: &SignedProof,
        stream: StreamId,
        wanted: Wanted,
    ) -> Result<AccountId, ProofError> {
        let SignedProof { viewer, session_key, time_ms, signature } = proof;
        if now_ms().abs_diff(*time_ms) > MAX_AGE_MS {
            return Err(ProofError::Stale);
        }
        let text = message(&Account(self.gateway.clone()), StreamRef(stream), wanted, *time_ms);
        if !is_signed_by(signature, &text, session_key) {
            return Err(ProofError::Signature);
        }
        if viewer != session_key {
            let key = self.key(viewer, session_key).await?;
            self.check_key(&key, stream).await?;
        }
        if wanted.is_once() {
            // The time may be a minute ahead of this clock.
            let taken = self.used.take(text, now_ms(), 2 * MAX_AGE_MS);
            taken.map_err(|refused| match refused {
                Refused::Again => ProofError::Used,
                Refused::TooMany => ProofError::TooMany,
            })?;
        }
        Ok(viewer.clone())
    }

    async fn key(&self, viewer: &AccountId, session_key: &AccountId) -> Result<SessionKey, ProofError> {
        let name = (viewer.clone(), session_key.clone());
        let known = self.known.lock().get(&name).filter(|(at, _)| at.elapsed() < TRUSTED_FOR).cloned();
        if let Some((_, key)) = known {
            return Ok(key);
        }
        let read = |chain: vilokanam_chain::Chain| async move { chain.now().key(viewer, session_key).await };
        let found = self.nodes.ask(read).await?;
        let (viewer, key) = (Account(viewer.clone()), Account(session_key.clone()));
        let found = found.ok_or(ProofError::KeyUnknown { viewer, key })?;
        self.known.lock().put(name, (Instant::now(), found.clone()));
        Ok(found)
    }

    async fn check_key(&self, key: &SessionKey, stream: StreamId) -> Result<(), ProofError> {
        if key.expires_at < *self.block.borrow() {
            return Err(ProofError::KeyExpired);
        }
        let is_in_scope = match &key.scope {
            Scope::Creator(creator) => {
                let found = self.index.stream(stream).await?;
                found.is_some_and(|found| found.value.creator == *creator)
            }
            Scope::Gateway(gateway) => *gateway == self.gateway,
            Scope::Stream(only) => *only == stream,
            Scope::Any => true,
        };
        if is_in_scope {
            Ok(())
        } else {
            Err(ProofError::OutOfScope)
        }
    }
}
