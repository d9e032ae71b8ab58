//! What session keys have spent in sessions that are open. The chain adds it to the entry of the key when the session is
//! closed; until then the gateway's index has it.

use crate::context::Context;
use std::collections::BTreeMap;
use tick_stream_primitives::{AccountId, Balance, SessionKey};
use vilokanam_chain::Chain;
use vilokanam_terminal::CommandError;
use vilokanam_wire::{money::SessionRecord, Account};

/// Number of sessions among which the open ones are found. They are the newest of the account.
const CANDIDATES: usize = 100;

/// Amounts that session keys have spent in open sessions, in planck.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct OpenSpending(BTreeMap<AccountId, Balance>);

impl OpenSpending {
    /// Reads what the keys have spent in open sessions. Returns `None`, with a note, if the gateway does not say.
    pub async fn read<'a>(
        context: &Context,
        chain: &Chain,
        viewer: &AccountId,
        keys: impl IntoIterator<Item = &'a SessionKey>,
    ) -> Option<Self> {
        if keys.into_iter().all(|key| key.open_sessions == 0) {
            return Some(Self::default());
        }
        match Self::ask(context, chain, viewer).await {
            Ok(spending) => Some(spending),
            Err(error) => {
                context.note(format!("What is spent in open sessions is not known: {error}."));
                None
            }
        }
    }

    async fn ask(context: &Context, chain: &Chain, viewer: &AccountId) -> Result<Self, CommandError> {
        let gateway = context.gateway()?;
        if gateway.genesis().await? != chain.genesis_hash() {
            let what = format!("the gateway {} is of another chain", gateway.address());
            return Err(CommandError::failed(what, "Name a gateway of the node's chain with --gateway."));
        }
        let path = format!("/v1/viewers/{}/sessions", Account(viewer.clone()));
        Ok(Self::of(&gateway.list::<SessionRecord>(&path, &[], CANDIDATES).await?))
    }

    fn of(sessions: &[SessionRecord]) -> Self {
        let mut spending = BTreeMap::<AccountId, Balance>::new();
        for session in sessions.iter().filter(|session| session.closed_at.is_none()) {
            if let Some(Account(session_key)) = &session.session_key {
                let sum = spending.entry(session_key.clone()).or_default();
                *sum = sum.saturating_add(session.paid.0);
            }
        }
        Self(spending)
    }

    /// Returns the amount of one key.
    pub fn by(&self, session_key: &AccountId) -> Balance {
        self.0.get(session_key).copied().unwrap_or_default()
    }
}

#[cfg(test)]
impl<const N: usize> From<[(AccountId, Balance); N]> for OpenSpending {
    fn from(amounts: [(AccountId, Balance); N]) -> Self {
        Self(amounts.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vilokanam_wire::{Planck, SessionRef, StreamRef};

    fn session(session_key: Option<u8>, paid: Balance, closed_at: Option<&str>) -> SessionRecord {
        let account = |byte: u8| Account([byte; 32].into());
        SessionRecord {
            session: SessionRef(tick_stream_primitives::SessionId([0; 16])),
            viewer: account(9),
            session_key: session_key.map(account),
            stream: StreamRef(1),
            gateway: account(8),
            price_per_tick: Planck(1),
            max_ticks: 60,
            settled_ticks: 10,
            paid: Planck(paid),
            refunded: None,
            opened_at: String::new(),
            closed_at: closed_at.map(str::to_owned),
        }
    }

    #[test]
    fn only_open_sessions_of_the_key_are_added() {
        let closed = Some("2026-01-01T00:00:00Z");
        let sessions = [
            session(Some(1), 5, None),
            session(Some(1), 7, None),
            session(Some(1), 100, closed),
            session(None, 3, None),
        ];
        let spending = OpenSpending::of(&sessions);
        assert_eq!([1, 2].map(|byte| spending.by(&[byte; 32].into())), [12, 0]);
    }
}
