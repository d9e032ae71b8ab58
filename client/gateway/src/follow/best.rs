//! Best blocks, reported to the paywall and to the rules of streams as soon as they are known. They may still be undone.

use super::{
    load::{load_sessions, load_streams},
    report::report_session,
};
use crate::{chat::TipFeed, stream_rules::StreamRules};
use std::{collections::VecDeque, sync::Arc};
use tick_stream_primitives::{AccountId, SessionId, TickEvent};
use tokio_util::sync::CancellationToken;
use vilokanam_chain::{
    follow::MAX_REMEMBERED_BLOCKS, Backoff, BestBlocks, BestChange, Block, FollowedBlock, Nodes, NodesError,
};
use vilokanam_indexer::Store;
use vilokanam_paywall::{Paywall, Seen, StreamTerms};

/// Follows best blocks until `stop` is cancelled.
pub async fn follow_best(
    (paywall, rules): (Arc<Paywall>, Arc<StreamRules>),
    nodes: Arc<Nodes>,
    index: Store,
    (gateway, tips): (AccountId, TipFeed),
    stop: CancellationToken,
) {
    let mut follower = Follower { paywall, rules, nodes, index, gateway, tips, opened: VecDeque::new() };
    tokio::select! {
        () = stop.cancelled() => {}
        () = follower.follow() => {}
    }
}

struct Follower {
    paywall: Arc<Paywall>,
    rules: Arc<StreamRules>,
    nodes: Arc<Nodes>,
    index: Store,
    gateway: AccountId,
    tips: TipFeed,
    /// Sessions that each of the last [`MAX_REMEMBERED_BLOCKS`] blocks with openings opened. If a block is undone, they are
    /// tickets again.
    opened: VecDeque<(Block, Vec<SessionId>)>,
}

impl Follower {
    async fn follow(&mut self) {
        let mut blocks = BestBlocks::new(self.nodes.clone());
        let mut backoff = Backoff::default();
        loop {
            let change = match blocks.next().await {
                Ok(change) => change,
                // The next call pauses by itself.
                Err(error) => {
                    tracing::warn!(%error, "cannot read best blocks; trying again");
                    continue;
                }
            };
            match self.process(&change).await {
                Ok(()) => backoff.reset(),
                Err((block, error)) => {
                    tracing::warn!(%error, number = block.head.number, "cannot process a best block; trying again");
                    blocks.repeat_from(block);
                    tokio::time::sleep(backoff.pause()).await;
                }
            }
        }
    }

    /// Reports a change of the best chain. On failure, returns the block to repeat from.
    async fn process<'a>(&mut self, change: &'a BestChange) -> Result<(), (&'a FollowedBlock, NodesError)> {
        change.undone.iter().for_each(|block| self.undo(*block));
        for block in &change.new {
            self.report_block(block, change.is_gap).await.map_err(|error| (block, error))?;
        }
        Ok(())
    }

    fn undo(&mut self, block: Block) {
        tracing::debug!(number = block.number, "a block was undone");
        self.tips.undone(block);
        let Some(place) = self.opened.iter().position(|(known, _)| *known == block) else { return };
        let (_, opened) = self.opened.remove(place).unwrap_or((block, Vec::new()));
        opened.into_iter().for_each(|id| self.paywall.reorged_out(id));
    }

    async fn report_block(&mut self, block: &FollowedBlock, is_gap: bool) -> Result<(), NodesError> {
        if is_gap {
            // The state has the effects of the missed blocks.
            load_streams(&self.paywall, &self.rules, &self.nodes).await?;
            load_sessions(&self.paywall, &self.nodes, &self.index).await?;
        }
        for placed in &block.events {
            self.report_event(block.block(), &placed.event).await?;
        }
        self.paywall.block(block.head.number, block.head.moment_ms, Seen::Best);
        self.tips.best(block);
        Ok(())
    }

    async fn report_event(&mut self, block: Block, event: &TickEvent) -> Result<(), NodesError> {
        match event {
            TickEvent::SessionOpened { session, gateway, .. } if *gateway == self.gateway => {
                self.report_opening(block, *session).await?;
            }
            TickEvent::SessionClosing { session, .. } => {
                let state = self.nodes.ask(|chain| async move { chain.at(block.hash).session(*session).await }).await?;
                let closing = state.and_then(|session| session.closing);
                closing.into_iter().for_each(|closing| self.paywall.closing(*session, closing));
            }
            event => report_session(&self.paywall, event, Seen::Best),
        }
        let Some(id) = event.changed_stream() else { return Ok(()) };
        match self.nodes.ask(|chain| async move { chain.at(block.hash).stream(id).await }).await? {
            Some(stream) => {
                self.paywall.stream(StreamTerms::from_chain(id, &stream));
                self.rules.set(id, &stream);
            }
            None => {
                self.paywall.stream_gone(id);
                self.rules.set_gone(id);
            }
        }
        Ok(())
    }

    async fn report_opening(&mut self, block: Block, id: SessionId) -> Result<(), NodesError> {
        let state = self.nodes.ask(|chain| async move { chain.at(block.hash).session(id).await }).await?;
        // A session that was closed in the same block has no state; its close follows.
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
