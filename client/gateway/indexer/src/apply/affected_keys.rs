//! Keys of the rows that events affect.

use crate::block::BlockFacts;
use std::collections::BTreeSet;
use tick_stream_primitives::{SessionId, StreamId, TickEvent};

/// Keys of the rows that the events of some blocks affect.
#[derive(Debug, Default)]
pub(super) struct AffectedKeys {
    pub streams: BTreeSet<StreamId>,
    pub sessions: BTreeSet<SessionId>,
}

impl AffectedKeys {
    pub fn of(blocks: &[BlockFacts]) -> Self {
        let mut keys = Self::default();
        blocks.iter().flat_map(|block| &block.events).for_each(|event| keys.add(event));
        keys
    }

    fn add(&mut self, event: &TickEvent) {
        match event {
            TickEvent::SessionOpened { session, stream, .. } | TickEvent::TicksSettled { session, stream, .. } => {
                self.sessions.insert(*session);
                self.streams.insert(*stream);
            }
            TickEvent::SessionClosing { session, .. } | TickEvent::SessionClosed { session, .. } => {
                self.sessions.insert(*session);
            }
            TickEvent::IncomeShared { stream, .. } | TickEvent::Tipped { stream, .. } => {
                self.streams.insert(*stream);
            }
            event => self.streams.extend(event.changed_stream()),
        }
    }
}
