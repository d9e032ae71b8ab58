//! Finalized blocks, in order and without gaps: reported to the paywall and written to the index.

use super::report::report_session;
use crate::{
    chat::TipFeed,
    notices::{Happening, Notices},
    search::Search,
    telemetry::names,
};
use std::{collections::BTreeSet, sync::Arc};
use tick_stream_primitives::{clock::now_ms, AccountId, BlockNumber, StreamId, TickEvent};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use vilokanam_chain::{Backoff, Chain, ChainError, Cursor, FinalizedBlocks, FollowedBlock, Nodes, NodesError, State};
use vilokanam_indexer::{ApplyError, BlockFacts, Store, StoreError};
use vilokanam_paywall::{Paywall, Seen};

/// Maximum number of blocks written in one transaction while the index catches up.
const CATCH_UP_BLOCKS: usize = 64;

/// Age of a block, in milliseconds, up to which people are told of what it has.
const NEWS_MS: u64 = 3_600_000;

/// A block was not processed.
#[derive(Debug, thiserror::Error)]
enum FollowerError {
    #[error(transparent)]
    Node(#[from] NodesError),
    #[error(transparent)]
    Index(#[from] StoreError),
    #[error(transparent)]
    Block(#[from] ApplyError),
}

/// Follows finalized blocks until `stop` is cancelled. `height` receives the number of the last block in the index.
pub async fn follow_finalized(
    paywall: Arc<Paywall>,
    nodes: Arc<Nodes>,
    (gateway, (tips, notices)): (AccountId, (TipFeed, Notices)),
    (index, search): (Store, Arc<Search>),
    height: watch::Sender<BlockNumber>,
    stop: CancellationToken,
) {
    let follower = Follower { paywall, nodes, gateway, tips, notices, index, search, height };
    tokio::select! {
        () = stop.cancelled() => {}
        () = follower.follow() => {}
    }
}

struct Follower {
    paywall: Arc<Paywall>,
    nodes: Arc<Nodes>,
    gateway: AccountId,
    tips: TipFeed,
    notices: Notices,
    index: Store,
    search: Arc<Search>,
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
                tracing::warn!(%error, "cannot process a finalized block; trying again");
                tokio::time::sleep(backoff.pause()).await;
            }
        }
    }

    /// Processes blocks from the end of the index on, until one cannot be processed.
    async fn follow_from_cursor(&self, backoff: &mut Backoff) -> Result<(), FollowerError> {
        let cursor = self.index.cursor().await?;
        let cursor = cursor.map(|cursor| Cursor { number: cursor.number, hash: cursor.hash });
        let mut blocks = FinalizedBlocks::new(self.nodes.clone(), cursor);
        loop {
            match blocks.next_batch(CATCH_UP_BLOCKS).await {
                Ok(batch) => self.process(&batch).await?,
                // The next call goes on behind the last block, and pauses by itself.
                Err(error) => {
                    metrics::gauge!(names::NODE_CONNECTED).set(0.0);
                    tracing::warn!(%error, "cannot read finalized blocks; trying again");
                    continue;
                }
            }
            metrics::gauge!(names::NODE_CONNECTED).set(1.0);
            metrics::gauge!(names::NODE_PLACE).set(self.nodes.place() as f64);
            backoff.reset();
        }
    }

    /// Reports blocks to the paywall and writes them to the index.
    async fn process(&self, blocks: &[FollowedBlock]) -> Result<(), FollowerError> {
        let mut facts = Vec::with_capacity(blocks.len());
        for block in blocks {
            self.report_block(block).await?;
            facts.push(self.facts_of(block).await?);
        }
        let applied = self.index.apply_all(&facts).await?;
        for anomaly in &applied.anomalies {
            tracing::warn!(%anomaly, "an event does not fit the index");
        }
        for block in blocks {
            self.tips.finalized(block).await;
            self.report_payouts(block);
        }
        let changed: BTreeSet<StreamId> =
            facts.iter().flat_map(|block| &block.events).filter_map(TickEvent::changed_stream).collect();
        changed.into_iter().for_each(|stream| self.search.stream_changed(stream));
        if let Some(last) = blocks.last() {
            self.height.send_replace(last.head.number);
            metrics::gauge!(names::INDEXED_BLOCK).set(f64::from(last.head.number));
        }
        Ok(())
    }

    /// Returns the block as the index takes it. The event of a stream's creation has neither metadata nor splits, so an
    /// update with the stream's state after the block is added behind it.
    async fn facts_of(&self, block: &FollowedBlock) -> Result<BlockFacts, NodesError> {
        let head = block.head;
        let mut events = Vec::with_capacity(block.events.len());
        for placed in &block.events {
            events.push(placed.event.clone());
            if let TickEvent::StreamCreated { stream, .. } = placed.event {
                let state = self.nodes.ask(|chain| async move { chain.at(head.hash).stream(stream).await }).await?;
                events.extend(state.map(|value| TickEvent::StreamUpdated { stream, value: Box::new(value) }));
            }
        }
        Ok(BlockFacts {
            number: head.number,
            hash: head.hash,
            parent_hash: head.parent,
            time_ms: head.moment_ms,
            events,
        })
    }

    /// Reports what was paid out a moment ago. While the index catches up, nobody is told of what is long past.
    fn report_payouts(&self, block: &FollowedBlock) {
        if block.head.moment_ms + NEWS_MS < now_ms() {
            return;
        }
        for placed in &block.events {
            if let TickEvent::PaidOut { account, amount } = &placed.event {
                self.notices.happened(Happening::Payout { account: account.clone(), amount: *amount });
            }
        }
    }

    /// Counts the open fee of a session of this gateway: what it earned, and what it lost to the account that removed the
    /// session because this gateway had neglected it.
    fn count_open_fee(&self, event: &TickEvent) {
        let TickEvent::SessionClosed { session, gateway, fee, reward, remover, .. } = event else { return };
        if *gateway != self.gateway {
            return;
        }
        let lost = if *remover == self.gateway { 0 } else { *reward };
        for (result, amount) in [("earned", fee.saturating_sub(lost)), ("lost", lost)] {
            metrics::counter!(names::OPEN_FEES, "result" => result)
                .increment(u64::try_from(amount).unwrap_or(u64::MAX));
        }
        if lost > 0 {
            tracing::warn!(%session, by = %remover, lost, "another account removed a session that this gateway had neglected");
        }
    }

    async fn report_block(&self, block: &FollowedBlock) -> Result<(), NodesError> {
        let head = block.head;
        let mut viewers = BTreeSet::new();
        for placed in &block.events {
            match &placed.event {
                TickEvent::SessionOpened { session, gateway, .. } if *gateway == self.gateway => {
                    // Of the last finalized block, since this one's state may be pruned, or be of version 1. A session that
                    // it does not have was closed in a later block, which is reported in its turn.
                    let read = |chain: Chain| async move { finalized(&chain).await?.session(*session).await };
                    if let Some(state) = self.nodes.ask(read).await? {
                        self.paywall.opened(*session, &state, Seen::Finalized);
                    }
                }
                event => report_session(&self.paywall, event, Seen::Finalized),
            }
            self.count_open_fee(&placed.event);
            viewers.extend(placed.event.changed_deposit());
        }
        for viewer in viewers.into_iter().filter(|viewer| self.paywall.has_unopened(viewer)) {
            let read = |chain: Chain| async move {
                let state = finalized(&chain).await?;
                Ok((state.deposit(viewer).await?, state.keys(viewer).await?))
            };
            let (deposit, keys) = self.nodes.ask(read).await?;
            self.paywall.payer(viewer, deposit.as_ref(), &keys);
        }
        self.paywall.block(head.number, head.moment_ms, Seen::Finalized);
        Ok(())
    }
}

/// Returns the state after the last finalized block.
async fn finalized(chain: &Chain) -> Result<State<'_>, ChainError> {
    Ok(chain.at(chain.finalized().await?.hash))
}
