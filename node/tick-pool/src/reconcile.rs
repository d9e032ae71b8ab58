//! Comparison of the pool with the chain after blocks that the pool did not see: at the start of the node, or after a
//! gap.

use crate::chain::{ChainError, ChainView};
use crate::entry::{ClosePower, Slot};
use crate::pool::TickPool;
use crate::state::State;
use tick_stream_primitives::worker::RowId;
use tick_stream_primitives::{Session, SessionId};

/// Number of sessions that are read from the chain before the lock is taken once for all of them.
const CHUNK_SESSIONS: usize = 256;

/// Result of a reconciliation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Reconciled {
    /// Number of sessions compared.
    pub sessions: usize,
    /// Number of rows removed: the chain has carried them out, or their session does not exist.
    pub removed: usize,
}

/// State of a session on chain.
enum OnChain {
    /// Open in the finalized block, in this state.
    Final(Box<Session>),
    /// Opened in a block that is not final yet.
    NotFinal,
    /// Ended, or never opened.
    Absent,
}

impl TickPool {
    /// Removes the rows that are carried out in `finalized`, a view of the last *finalized* block, and those whose
    /// session does not exist. Outcomes of later blocks remove nothing, because they may be undone. Calls `progress`
    /// with the number of sessions compared and their total.
    ///
    /// # Errors
    ///
    /// When the chain cannot be read. The rows of sessions that were not compared stay.
    pub fn reconcile(
        &self,
        finalized: &dyn ChainView,
        mut progress: impl FnMut(usize, usize),
    ) -> Result<Reconciled, ChainError> {
        let sessions: Vec<SessionId> = self.state().slots.keys().copied().collect();
        let mut found = Reconciled::default();
        let outcome = sessions.chunks(CHUNK_SESSIONS).try_for_each(|chunk| {
            let seen: Vec<_> = chunk.iter().map(|id| self.look_up(finalized, id)).collect::<Result<_, _>>()?;
            let mut state = self.state();
            found.removed += chunk.iter().zip(seen).map(|(id, on_chain)| state.reconcile(*id, on_chain)).sum::<usize>();
            drop(state);
            found.sessions += chunk.len();
            progress(found.sessions, sessions.len());
            Ok(())
        });
        self.persist_removals();
        self.update_gauges();
        outcome.map(|()| found)
    }

    fn look_up(&self, finalized: &dyn ChainView, id: &SessionId) -> Result<OnChain, ChainError> {
        if let Some(session) = finalized.session(id)? {
            return Ok(OnChain::Final(Box::new(session)));
        }
        Ok(if self.chain.session(id)?.is_some() { OnChain::NotFinal } else { OnChain::Absent })
    }
}

impl State {
    /// Removes the rows of a session that are carried out; returns their number.
    fn reconcile(&mut self, id: SessionId, on_chain: OnChain) -> usize {
        let before = self.queues.len();
        match on_chain {
            OnChain::Final(session) => {
                self.remove(RowId::Open(id));
                if self.slots.get(&id).and_then(|slot| slot.close.as_ref()).is_some_and(|close| {
                    // An unsigned close stays: it may be the one that ends the session.
                    session.closing.is_some() && ClosePower::of(&close.row) == ClosePower::Start
                }) {
                    self.remove(RowId::Close(id));
                }
                self.finalize_ticks(id, session.settled_ticks).into_iter().for_each(|row| self.remove(row));
                if let Some(claim) = self.slots.get_mut(&id).and_then(|slot| slot.claim.as_mut()) {
                    claim.closing |= session.closing.is_some();
                }
            }
            OnChain::NotFinal => {}
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
