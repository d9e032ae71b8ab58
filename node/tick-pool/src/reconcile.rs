//! Bringing the pool in line with the chain when blocks went by that it was not told of: after a start, or a gap.

use crate::chain::{ChainError, ChainView};
use crate::entry::{close_rank, Slot};
use crate::pool::TickPool;
use crate::state::State;
use tick_stream_primitives::worker::RowId;
use tick_stream_primitives::{Session, SessionId};

/// Sessions that are looked at between two looks at the lock.
const CHUNK_SESSIONS: usize = 256;

/// What a reconciliation found.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Reconciled {
    /// Sessions looked at.
    pub sessions: usize,
    /// Rows that the chain had settled meanwhile.
    pub dropped: usize,
}

/// What is known of a session.
enum OnChain {
    /// So it is, finally.
    Final(Session),
    /// It was opened in a block that is not final yet.
    New,
    /// It is gone, or was never opened.
    Absent,
}

impl TickPool {
    /// Lets go of what is done in `finalized`, a view of the last *finalized* block: what only the best block has done may
    /// be undone. Tells `progress` how many sessions of how many it has seen. When the chain does not answer it stops, and
    /// what was not looked at stays.
    pub fn reconcile(
        &self,
        finalized: &dyn ChainView,
        mut progress: impl FnMut(usize, usize),
    ) -> Result<Reconciled, ChainError> {
        let sessions: Vec<SessionId> = self.state().slots.keys().copied().collect();
        let mut found = Reconciled::default();
        let outcome = sessions.chunks(CHUNK_SESSIONS).try_for_each(|chunk| {
            let seen: Vec<_> = chunk.iter().map(|id| self.see(finalized, id)).collect::<Result<_, _>>()?;
            let mut state = self.state();
            found.dropped += chunk.iter().zip(seen).map(|(id, on_chain)| state.reconcile(*id, on_chain)).sum::<usize>();
            drop(state);
            found.sessions += chunk.len();
            progress(found.sessions, sessions.len());
            Ok(())
        });
        self.persist_removals();
        self.observe();
        outcome.map(|()| found)
    }

    fn see(&self, finalized: &dyn ChainView, id: &SessionId) -> Result<OnChain, ChainError> {
        if let Some(session) = finalized.session(id)? {
            return Ok(OnChain::Final(session));
        }
        Ok(if self.chain.session(id)?.is_some() { OnChain::New } else { OnChain::Absent })
    }
}

impl State {
    /// Lets go of the rows of a session that are done; returns how many.
    fn reconcile(&mut self, id: SessionId, on_chain: OnChain) -> usize {
        let before = self.queues.len();
        match on_chain {
            OnChain::Final(session) => {
                self.remove(RowId::Open(id));
                if self.slots.get(&id).and_then(|slot| slot.close.as_ref()).is_some_and(|close| {
                    // An unsigned close may be the one that ends the closing.
                    session.closing.is_some() && close_rank(&close.row) == 1
                }) {
                    self.remove(RowId::Close(id));
                }
                self.settle(id, session.settled_ticks).into_iter().for_each(|row| self.remove(row));
                if let Some(claim) = self.slots.get_mut(&id).and_then(|slot| slot.claim.as_mut()) {
                    claim.closing |= session.closing.is_some();
                }
            }
            OnChain::New => {}
            OnChain::Absent if self.slots.get(&id).is_some_and(Slot::has_ticket) => {}
            OnChain::Absent => {
                self.heads.remove(&id);
                self.remove(RowId::Claim(id));
                self.remove(RowId::Close(id));
            }
        }
        self.refresh(id);
        before - self.queues.len()
    }
}
