//! Finalized blocks: what is sure, in order and without gaps, into the index and to the paywall.

use super::{facts::fact_of, tell};
use crate::{shutdown::Shutdown, telemetry::names};
use std::{collections::BTreeSet, sync::Arc};
use tick_stream_primitives::{AccountId, BlockNumber};
use tokio::sync::watch;
use vilokanam_chain::{Backoff, Cursor, FinalizedBlocks, FollowedBlock, Nodes, NodesError, PlacedEvent, TickEvent};
use vilokanam_indexer::{ApplyError, BlockFacts, Fact, Store, StoreError};
use vilokanam_paywall::{Paywall, Seen};

/// Blocks read before they are written together, while the index catches up.
const CATCH_UP_BLOCKS: usize = 64;

/// Why a block was not dealt with.
#[derive(Debug, thiserror::Error)]
enum FollowerError {
    #[error(transparent)]
    Node(#[from] NodesError),
    #[error(transparent)]
    Index(#[from] StoreError),
    #[error(transparent)]
    Block(#[from] ApplyError),
}

/// Follows finalized blocks until told to end.
pub async fn follow_finalized(
    paywall: Arc<Paywall>,
    nodes: Arc<Nodes>,
    gateway: AccountId,
    index: Store,
    height: watch::Sender<BlockNumber>,
    shutdown: Shutdown,
) {
    let follower = Follower { paywall, nodes, gateway, index, height };
    tokio::select! {
        () = shutdown.begun() => {}
        () = follower.follow() => {}
    }
}

struct Follower {
    paywall: Arc<Paywall>,
    nodes: Arc<Nodes>,
    gateway: AccountId,
    index: Store,
    height: watch::Sender<BlockNumber>,
}

impl Follower {
    async fn follow(&self) {
        let mut backoff = Backoff::default();
        loop {
            if let Err(error) = self.follow_from_cursor(&mut backoff).await {
                if matches!(error, FollowerError::Node(_)) {
                    metrics::gauge!(names::NODE_CONNECTED).set(0.0);
                }
                tracing::warn!(%error, "finalized blocks are not written; trying again");
                tokio::time::sleep(backoff.pause()).await;
            }
        }
    }

    /// Takes block after block, from where the index ends, until one cannot be dealt with.
    async fn follow_from_cursor(&self, backoff: &mut Backoff) -> Result<(), FollowerError> {
        let cursor = self.index.cursor().await?;
        let cursor = cursor.map(|cursor| Cursor { number: cursor.number, hash: cursor.hash.into() });
        let mut blocks = FinalizedBlocks::new(self.nodes.clone(), cursor);
        loop {
            match blocks.next_batch(CATCH_UP_BLOCKS).await {
                Ok(batch) => self.take(&batch).await?,
                // The next attempt goes on from there, and waits by itself.
                Err(error) => {
                    metrics::gauge!(names::NODE_CONNECTED).set(0.0);
                    tracing::warn!(%error, "finalized blocks are not followed; trying again");
                    continue;
                }
            }
            metrics::gauge!(names::NODE_CONNECTED).set(1.0);
            backoff.reset();
        }
    }

    /// Tells the paywall of the blocks, and writes them.
    async fn take(&self, blocks: &[FollowedBlock]) -> Result<(), FollowerError> {
        let mut facts = Vec::with_capacity(blocks.len());
        for block in blocks {
            self.tell_block(block).await?;
            facts.push(self.facts(block).await?);
        }
        let applied = self.index.apply_all(&facts).await?;
        for anomaly in &applied.anomalies {
            tracing::warn!(?anomaly, "the index and the chain do not agree");
        }
        if let Some(last) = blocks.last() {
            self.height.send_replace(last.head.number);
            metrics::gauge!(names::INDEXED_BLOCK).set(f64::from(last.head.number));
        }
        Ok(())
    }

    /// What a block holds for the index.
    async fn facts(&self, block: &FollowedBlock) -> Result<BlockFacts, NodesError> {
        let head = block.head;
        let mut facts = Vec::with_capacity(block.events.len());
        for PlacedEvent { event, .. } in block.events.iter().cloned() {
            let created = match &event {
                TickEvent::StreamCreated { stream, .. } => Some(*stream),
                _ => None,
            };
            facts.extend(fact_of(event));
            // The event has neither metadata nor splits; the state after the block has.
            if let Some(stream) = created {
                let value = self.nodes.ask(|chain| async move { chain.at(head.hash).stream(stream).await }).await?;
                facts.extend(value.map(|value| Fact::StreamUpdated { stream, value }));
            }
        }
        let (hash, parent_hash) = (head.hash.0, head.parent.0);
        Ok(BlockFacts { number: head.number, hash, parent_hash, time_ms: head.moment_ms, facts })
    }

    async fn tell_block(&self, block: &FollowedBlock) -> Result<(), NodesError> {
        let head = block.head;
        let mut viewers = BTreeSet::new();
        for PlacedEvent { event, .. } in &block.events {
            match event {
                TickEvent::SessionOpened { session, gateway, .. } if *gateway == self.gateway => {
                    let state = self.nodes.ask(|chain| async move { chain.at(head.hash).session(*session).await });
                    if let Some(state) = state.await? {
                        self.paywall.opened(*session, &state, Seen::Finalized);
                    }
                }
                event => tell(&self.paywall, event, Seen::Finalized),
            }
            viewers.extend(event.changed_deposit());
        }
        for viewer in viewers {
            // As it is now, which is what tickets were taken on: this block's may lack what came since.
            let deposit = self.nodes.ask(|chain| async move { chain.now().deposit(viewer).await }).await?;
            self.paywall.deposit(viewer, deposit.as_ref());
        }
        self.paywall.block(head.number, head.moment_ms, Seen::Finalized);
        Ok(())
    }
}
