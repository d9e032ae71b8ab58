//! Which rows the facts of some blocks will touch.

use crate::facts::{BlockFacts, Fact};
use std::collections::BTreeSet;
use tick_stream_primitives::{AccountId, SessionId, StreamId};

/// Keys of rows. Those that only a session's row can tell (its viewer, its gateway) are added when that is loaded.
#[derive(Debug, Default)]
pub(super) struct Touched {
    pub streams: BTreeSet<StreamId>,
    pub sessions: BTreeSet<SessionId>,
    pub accounts: BTreeSet<AccountId>,
    pub gateways: BTreeSet<AccountId>,
}

impl Touched {
    pub fn by(blocks: &[BlockFacts]) -> Self {
        let mut touched = Self::default();
        blocks.iter().flat_map(|block| &block.facts).for_each(|fact| touched.add(fact));
        touched
    }

    fn add(&mut self, fact: &Fact) {
        match fact {
            Fact::Deposited { viewer: account, .. }
            | Fact::Withdrawn { viewer: account, .. }
            | Fact::DepositReaped { viewer: account }
            | Fact::PaidOut { account, .. } => {
                self.accounts.insert(account.clone());
            }
            Fact::StreamCreated { stream, .. }
            | Fact::StreamUpdated { stream, .. }
            | Fact::StreamStatusChanged { stream, .. }
            | Fact::StreamEnded { stream }
            | Fact::StreamRemoved { stream } => {
                self.streams.insert(*stream);
            }
            Fact::SessionOpened { session, viewer, stream, gateway, .. } => {
                self.sessions.insert(*session);
                self.accounts.insert(viewer.clone());
                self.streams.insert(*stream);
                self.gateways.insert(gateway.clone());
            }
            Fact::TicksSettled { session, stream, .. } => {
                self.sessions.insert(*session);
                self.streams.insert(*stream);
            }
            Fact::IncomeShared { stream, gateway, .. } => {
                self.streams.insert(*stream);
                self.gateways.insert(gateway.clone());
            }
            Fact::SessionClosing { session, .. } | Fact::SessionClosed { session, .. } => {
                self.sessions.insert(*session);
            }
            Fact::Tipped { stream, from, .. } => {
                self.streams.insert(*stream);
                self.accounts.insert(from.clone());
            }
            Fact::GatewayUpdated { gateway, .. } | Fact::GatewayLeaving { gateway } | Fact::GatewayLeft { gateway } => {
                self.gateways.insert(gateway.clone());
            }
            Fact::ProtocolFeeSet { .. } => {}
        }
    }
}
