//! Moderation: what this gateway refuses and withholds, and the decisions behind it.
//!
//! Everything is in the database. [`Lists`] is a copy in memory of what requests are checked with; it is read again after each
//! change, and every half minute, since other replicas change it as well.
//!
//! | module | its job |
//! | --- | --- |
//! | [`lists`] | blocked accounts, networks and words, and what is withheld, in memory |
//! | [`decide`] | decisions and appeals, and what follows from them |
//! | [`about`] | whose a subject is, and what it is called |
//! | [`publish`] | who may publish, and at which terms |
//! | [`policy`] | the operator's choice of those who may publish |
//! | [`manage`] | changes of administrators |
//! | [`invite`] | codes of invitations |
//! | [`text`] | limits of texts |
//! | [`answers`], [`error`] | what requests get: answers and refusals |

mod about;
mod answers;
mod decide;
mod error;
mod invite;
mod lists;
mod manage;
mod policy;
mod publish;
mod text;

pub use answers::{About, Decided};
pub use error::{BlockError, DecideError, ListError, ModerationError, PublishError};
pub use lists::{shown_value, Lists, Watched};
pub use policy::Policy;
pub(crate) use text::checked_text;

use crate::{live::Recordings, notices::Notices, stream_rules::StreamRules};
use parking_lot::RwLock;
use std::{net::IpAddr, sync::Arc, time::Duration};
use tick_stream_primitives::{api::Params, AccountId};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use vilokanam_indexer::{GatewayStateError, Store};
use vilokanam_paywall::Paywall;
use vilokanam_wire::{admin::PublishingTerms, moderation::ReportSubject, people::Subject};

/// Interval at which the lists are read again, for what other replicas have changed.
const REFRESH_EVERY: Duration = Duration::from_secs(30);

/// What moderation works on.
pub struct ModerationParts {
    pub index: Store,
    pub lists: Arc<Lists>,
    pub rules: Arc<StreamRules>,
    pub recordings: Arc<Recordings>,
    pub paywall: Arc<Paywall>,
    pub notices: Notices,
    /// The gateway's account.
    pub gateway: AccountId,
    /// The protocol's present parameters.
    pub params: watch::Receiver<Params>,
    /// Who may publish.
    pub policy: Policy,
    /// Terms of the settings file.
    pub terms: PublishingTerms,
}

/// Moderation of this gateway.
pub struct Moderation {
    index: Store,
    lists: Arc<Lists>,
    rules: Arc<StreamRules>,
    recordings: Arc<Recordings>,
    paywall: Arc<Paywall>,
    notices: Notices,
    /// The gateway's account.
    gateway: AccountId,
    /// The protocol's present parameters.
    params: watch::Receiver<Params>,
    policy: Policy,
    /// Terms of the settings file.
    default_terms: PublishingTerms,
    /// Terms in force.
    terms: RwLock<PublishingTerms>,
}

impl Moderation {
    /// Moderation by these lists, which the caller has loaded.
    pub fn new(parts: ModerationParts) -> Self {
        let ModerationParts { index, lists, rules, recordings, paywall, .. } = parts;
        let ModerationParts { notices, gateway, params, policy, terms, .. } = parts;
        let moderation = Self {
            index,
            lists,
            rules,
            recordings,
            paywall,
            notices,
            gateway,
            params,
            policy,
            default_terms: terms,
            terms: RwLock::new(terms),
        };
        moderation.enforce();
        moderation
    }

    /// Reads the lists again at intervals until `stop` is cancelled.
    pub async fn keep(self: Arc<Self>, stop: CancellationToken) {
        loop {
            if let Err(error) = self.refresh().await {
                tracing::warn!(%error, "the lists of what is blocked cannot be read; the last ones stay in force");
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(REFRESH_EVERY) => {}
            }
        }
    }

    /// Checks that an account may write comments, messages and profiles.
    ///
    /// # Errors
    ///
    /// [`ModerationError::Blocked`].
    pub fn check_may_speak(&self, account: &AccountId) -> Result<(), ModerationError> {
        self.lists.check_account(account)
    }

    /// Checks a text against the operator's words.
    ///
    /// # Errors
    ///
    /// [`ModerationError::Word`].
    pub fn check_text(&self, text: &str) -> Result<(), ModerationError> {
        self.lists.check_text(text)
    }

    /// Returns whether a stream or a recording is withheld at this gateway. A recording is withheld with its stream.
    pub fn is_hidden(&self, subject: &Subject) -> bool {
        self.lists.is_hidden(&ReportSubject::from(subject))
    }

    /// Checks that requests from an address are answered.
    ///
    /// # Errors
    ///
    /// [`ModerationError::Network`].
    pub fn check_network(&self, address: IpAddr) -> Result<(), ModerationError> {
        self.lists.check_network(address)
    }

    /// Returns the numbers of what is blocked and withheld.
    pub fn watched(&self) -> Watched {
        self.lists.watched()
    }

    /// Returns the database.
    pub fn index(&self) -> &Store {
        &self.index
    }

    /// Reads the lists and the terms again, and lets them take effect.
    ///
    /// # Errors
    ///
    /// The records cannot be read; then nothing changes.
    pub async fn refresh(&self) -> Result<(), GatewayStateError> {
        self.lists.load(&self.index).await?;
        self.enforce();
        self.load_terms().await
    }

    /// Lets what is withheld take effect on streams and recordings.
    fn enforce(&self) {
        self.rules.withhold(self.lists.withheld());
        self.recordings.withhold(self.lists.withheld_recordings());
    }
}

#[cfg(test)]
mod tests;
