//! Best blocks, to the paywall: what is likely, at once.

use super::{load_sessions, load_streams, tell};
use crate::shutdown::Shutdown;
use std::{collections::VecDeque, sync::Arc};
use tick_stream_primitives::{AccountId, SessionId};
use vilokanam_chain::{
    follow::MAX_REMEMBERED_BLOCKS, Backoff, BestBlocks, BestChange, Block, FollowedBlock, Nodes, NodesError, TickEvent,
};
use vilokanam_indexer::Store;
use vilokanam_paywall::{Paywall, Seen, StreamTerms};

/// Follows best blocks until told to end.
pub async fn follow_best(
    paywall: Arc<Paywall>,
    nodes: Arc<Nodes>,
    index: Store,
    gateway: AccountId,
    shutdown: Shutdown,
) {
    let mut follower = Follower { paywall, nodes, index, gateway, opened: VecDeque::new() };
    tokio::select! {
        () = shutdown.begun() => {}
        () = follower.follow() => {}
    }
}

struct Follower {
    paywall: Arc<Paywall>,
    nodes: Arc<Nodes>,
    index: Store,
    gateway: AccountId,
    /// The sessions that each of the last blocks opened, which are tickets again when the block is undone.
    opened: VecDeque<(Block, Vec<SessionId>)>,
}

impl Follower {
    async fn follow(&mut self) {
        let mut blocks = BestBlocks::new(self.nodes.clone());
        let mut backoff = Backoff::default();
        loop {
            let change = match blocks.next().await {
                Ok(change) => change,
                // The next attempt waits by itself.
                Err(error) => {
                    tracing::warn!(%error, "best blocks are not followed; trying again");
                    continue;
                }
            };
            match self.take(&change).await {
                Ok(()) => backoff.reset(),
                Err((block, error)) => {
                    tracing::warn!(%error, number = block.head.number, "a best block was not dealt with; trying again");
                    blocks.retell(block);
                    tokio::time::sleep(backoff.pause()).await;
                }
            }
        }
    }

    /// Tells what has changed. When it fails, says from which block on it has to be told again.
    async fn take<'a>(&mut self, change: &'a BestChange) -> Result<(), (&'a FollowedBlock, NodesError)> {
        change.undone.iter().for_each(|block| self.undo(*block));
        for block in &change.new {
            self.tell_block(block, change.is_gap).await.map_err(|error| (block, error))?;
        }
        Ok(())
    }

    fn undo(&mut self, block: Block) {
        tracing::debug!(number = block.number, "a block was undone");
        let Some(place) = self.opened.iter().position(|(told, _)| *told == block) else { return };
        let (_, opened) = self.opened.remove(place).unwrap_or((block, Vec::new()));
        opened.into_iter().for_each(|id| self.paywall.reorged_out(id));
    }

    async fn tell_block(&mut self, block: &FollowedBlock, is_gap: bool) -> Result<(), NodesError> {
        if is_gap {
            // Whatever was missed is in the state by now.
            load_streams(&self.paywall, &self.nodes).await?;
            load_sessions(&self.paywall, &self.nodes, &self.index).await?;
        }
        for placed in &block.events {
            self.tell_event(block.block(), &placed.event).await?;
        }
        self.paywall.block(block.head.number, block.head.moment_ms, Seen::Best);
        Ok(())
    }

    async fn tell_event(&mut self, block: Block, event: &TickEvent) -> Result<(), NodesError> {
        match event {
            TickEvent::SessionOpened { session, gateway, .. } if *gateway == self.gateway => {
                self.open(block, *session).await?;
            }
            TickEvent::SessionClosing { session, .. } => {
                let state = self.nodes.ask(|chain| async move { chain.at(block.hash).session(*session).await }).await?;
                let closing = state.and_then(|session| session.closing);
                closing.into_iter().for_each(|closing| self.paywall.closing(*session, closing));
            }
            event => tell(&self.paywall, event, Seen::Best),
        }
        let Some(id) = event.changed_stream() else { return Ok(()) };
        match self.nodes.ask(|chain| async move { chain.at(block.hash).stream(id).await }).await? {
            Some(stream) => drop(self.paywall.stream(StreamTerms::from_chain(id, &stream))),
            None => self.paywall.stream_gone(id),
        }
        Ok(())
    }

    async fn open(&mut self, block: Block, id: SessionId) -> Result<(), NodesError> {
        let state = self.nodes.ask(|chain| async move { chain.at(block.hash).session(id).await }).await?;
        // None when it was closed in the same block: the event that follows says so.
        let Some(state) = state else { return Ok(()) };
        self.paywall.opened(id, &state, Seen::Best);
        match self.opened.back_mut().filter(|(last, _)| *last == block) {
            Some((_, opened)) => opened.push(id),
            None => self.opened.push_back((block, vec![id])),
        }
        while self.opened.len() > MAX_REMEMBERED_BLOCKS {
            self.opened.pop_front();
        }
        Ok(())
    }
}
