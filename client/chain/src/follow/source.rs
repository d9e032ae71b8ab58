//! Reading of blocks from the connected node.

use super::{
    error::FollowError,
    limits::SILENCE_LIMIT,
    types::{FollowedBlock, PlacedEvent},
};
use crate::{backoff::Backoff, Block, Chain, ChainError, Connection, Head, Nodes};
use sp_core::H256;
use std::{future::Future, sync::Arc};
use tick_stream_primitives::BlockNumber;
use tokio::time::Instant;

/// Source of blocks: a node, or a tree of blocks in tests.
pub trait Source: Send + Sync {
    /// Reads the head of a block.
    fn head(&self, hash: H256) -> impl Future<Output = Result<Head, ChainError>> + Send;
    /// Reads the hash of the best chain's block with this number.
    fn hash_of(&self, number: BlockNumber) -> impl Future<Output = Result<H256, ChainError>> + Send;
    /// Reads the events of a block.
    fn events(&self, hash: H256) -> impl Future<Output = Result<Vec<PlacedEvent>, ChainError>> + Send;
}

impl Source for Chain {
    async fn head(&self, hash: H256) -> Result<Head, ChainError> {
        Chain::head(self, hash).await
    }

    async fn hash_of(&self, number: BlockNumber) -> Result<H256, ChainError> {
        Chain::hash_of(self, number).await
    }

    async fn events(&self, hash: H256) -> Result<Vec<PlacedEvent>, ChainError> {
        self.placed_events(hash).await
    }
}

/// Reads a block with its events.
pub async fn followed(source: &impl Source, head: Head) -> Result<FollowedBlock, ChainError> {
    Ok(FollowedBlock { head, events: source.events(head.hash).await? })
}

/// The nodes and the pauses between attempts.
pub struct Line {
    pub nodes: Arc<Nodes>,
    backoff: Backoff,
    /// Moment before which no attempt is made.
    pause_until: Option<Instant>,
}

impl Line {
    pub fn new(nodes: Arc<Nodes>) -> Self {
        Self { nodes, backoff: Backoff::default(), pause_until: None }
    }

    /// Waits until the pause is over.
    pub async fn pause(&mut self) {
        if let Some(until) = self.pause_until {
            tokio::time::sleep_until(until).await;
            self.pause_until = None;
        }
    }

    /// Gives the connection up, if there is one, and begins the next pause.
    pub async fn failed(&mut self, connection: Option<&Connection>, error: &FollowError) {
        if let Some(connection) = connection {
            self.nodes.give_up(connection, &error.to_string()).await;
        }
        self.pause_until = Some(Instant::now() + self.backoff.pause());
    }

    /// Notes a success, after which pauses are short again.
    pub fn worked(&mut self) {
        self.backoff.reset();
    }
}

/// Waits for the next block that a node announces. Returns `None` when another connection has become the current one, which is
/// then to be followed.
pub async fn next_head<S>(
    heads: &mut S,
    nodes: &Nodes,
    connection: &Connection,
    what: &'static str,
) -> Result<Option<Block>, FollowError>
where
    S: futures::Stream<Item = Result<Block, ChainError>> + Unpin,
{
    let url = &connection.url;
    let next = tokio::select! {
        biased;
        () = nodes.replaced(connection) => return Ok(None),
        next = tokio::time::timeout(SILENCE_LIMIT, futures::StreamExt::next(heads)) => next,
    };
    let seconds = SILENCE_LIMIT.as_secs();
    let next = next.map_err(|_| FollowError::Silence { url: url.clone(), what, seconds })?;
    let block = next.ok_or_else(|| FollowError::Ended { url: url.clone() })?;
    block.map(Some).map_err(|source| FollowError::Chain { url: url.clone(), source })
}
