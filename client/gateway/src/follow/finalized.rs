//! Finalized blocks: what is sure, in order and without gaps, into the index and to the paywall.

use super::{facts::fact_of, tell, SILENCE_LIMIT};
use crate::{
    node::{Connection, Node, RETRY_FIRST, RETRY_MOST},
    shutdown::Shutdown,
    telemetry::names,
};
use futures::StreamExt;
use std::{collections::BTreeSet, sync::Arc};
use tick_stream_primitives::{AccountId, BlockNumber};
use tokio::sync::watch;
use vilokanam_chain::{Chain, Head, TickEvent};
use vilokanam_indexer::{BlockFacts, Fact, Store};
use vilokanam_paywall::{Paywall, Seen};

/// Blocks read before they are written together, while the index catches up.
const CATCH_UP_BLOCKS: u32 = 64;

/// Follows finalized blocks until told to end.
pub async fn follow_finalized(
    paywall: Arc<Paywall>,
    node: Arc<Node>,
    gateway: AccountId,
    index: Store,
    height: watch::Sender<BlockNumber>,
    shutdown: Shutdown,
) {
    let follower = Follower { paywall, node, gateway, index, height };
    let mut wait = RETRY_FIRST;
    while !shutdown.has_begun() {
        let result = tokio::select! {
            () = shutdown.begun() => return,
            result = follower.follow() => result,
        };
        if let Err(why) = result {
            tracing::warn!(why, "finalized blocks are not followed; trying again");
        }
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(RETRY_MOST);
    }
}

struct Follower {
    paywall: Arc<Paywall>,
    node: Arc<Node>,
    gateway: AccountId,
    index: Store,
    height: watch::Sender<BlockNumber>,
}

impl Follower {
    async fn follow(&self) -> Result<(), String> {
        let connection = self.node.connection().await.map_err(|error| error.to_string())?;
        metrics::gauge!(names::NODE_CONNECTED).set(1.0);
        let result = self.follow_on(&connection).await;
        if let Err(why) = &result {
            metrics::gauge!(names::NODE_CONNECTED).set(0.0);
            self.node.give_up(&connection, why).await;
        }
        result
    }

    async fn follow_on(&self, connection: &Connection) -> Result<(), String> {
        let chain = &connection.chain;
        let mut blocks = chain.finalized_blocks().await.map_err(|error| error.to_string())?;
        let top = chain.finalized().await.map_err(|error| error.to_string())?.number;
        self.take_up_to(chain, top).await?;
        loop {
            let next = tokio::time::timeout(SILENCE_LIMIT, blocks.next()).await;
            let next = next.map_err(|_| format!("nothing was finalized in {} s", SILENCE_LIMIT.as_secs()))?;
            let block = next.ok_or("the subscription ended")?.map_err(|error| error.to_string())?;
            self.take_up_to(chain, block.number).await?;
        }
    }

    /// Takes every block after the index's last one.
    async fn take_up_to(&self, chain: &Chain, top: BlockNumber) -> Result<(), String> {
        let cursor = self.index.cursor().await.map_err(|error| error.to_string())?;
        let mut next = cursor.map_or(0, |cursor| cursor.number + 1);
        while next <= top {
            let last = top.min(next + CATCH_UP_BLOCKS - 1);
            let mut blocks = Vec::with_capacity((last - next + 1) as usize);
            for number in next..=last {
                blocks.push(self.read(chain, number).await?);
            }
            let applied = self.index.apply_all(&blocks).await.map_err(|error| error.to_string())?;
            for anomaly in &applied.anomalies {
                tracing::warn!(?anomaly, "the index and the chain do not agree");
            }
            self.height.send_replace(last);
            metrics::gauge!(names::INDEXED_BLOCK).set(f64::from(last));
            next = last + 1;
        }
        Ok(())
    }

    /// Reads a block, tells the paywall of it, and returns what it holds for the index.
    async fn read(&self, chain: &Chain, number: BlockNumber) -> Result<BlockFacts, String> {
        let words = |error: vilokanam_chain::ChainError| error.to_string();
        let head = chain.head(chain.hash_of(number).await.map_err(words)?).await.map_err(words)?;
        let events = chain.tick_events(head.hash).await.map_err(words)?;
        self.tell_block(chain, &head, &events).await.map_err(words)?;
        let mut facts = Vec::with_capacity(events.len());
        for event in events {
            let created = match &event {
                TickEvent::StreamCreated { stream, .. } => Some(*stream),
                _ => None,
            };
            facts.extend(fact_of(event));
            // The event has neither metadata nor splits; the state after the block has.
            if let Some(stream) = created {
                let value = chain.at(head.hash).stream(stream).await.map_err(words)?;
                facts.extend(value.map(|value| Fact::StreamUpdated { stream, value }));
            }
        }
        let (hash, parent_hash) = (head.hash.0, head.parent.0);
        Ok(BlockFacts { number, hash, parent_hash, time_ms: head.moment_ms, facts })
    }

    async fn tell_block(
        &self,
        chain: &Chain,
        head: &Head,
        events: &[TickEvent],
    ) -> Result<(), vilokanam_chain::ChainError> {
        let state = chain.at(head.hash);
        let mut viewers = BTreeSet::new();
        for event in events {
            match event {
                TickEvent::SessionOpened { session, gateway, .. } if *gateway == self.gateway => {
                    if let Some(state) = state.session(*session).await? {
                        self.paywall.opened(*session, &state, Seen::Finalized);
                    }
                }
                event => tell(&self.paywall, event, Seen::Finalized),
            }
            viewers.extend(event.changed_deposit().cloned());
        }
        for viewer in &viewers {
            self.paywall.deposit(viewer, state.deposit(viewer).await?.as_ref());
        }
        self.paywall.block(head.number, head.moment_ms, Seen::Finalized);
        Ok(())
    }
}
