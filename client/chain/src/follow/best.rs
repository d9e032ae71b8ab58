//! Best blocks: at once, and with those that are undone again.

use super::{
    best_chain::BestChain,
    error::FollowError,
    limits::READ_LIMIT,
    source::{next_head, Line},
    types::{BestChange, FollowedBlock},
};
use crate::{Block, ChainError, Connection, Nodes};
use futures::{stream::BoxStream, StreamExt};
use std::sync::Arc;

/// Follows best blocks.
pub struct BestBlocks {
    line: Line,
    delivered: BestChain,
    live: Option<Live>,
}

struct Live {
    connection: Connection,
    heads: BoxStream<'static, Result<Block, ChainError>>,
}

impl BestBlocks {
    /// Starts at the best block: the first change is a gap with that block in it.
    pub fn new(nodes: Arc<Nodes>) -> Self {
        Self { line: Line::new(nodes), delivered: BestChain::default(), live: None }
    }

    /// Waits for the next change. After an error it can be called again and pauses before it tries.
    pub async fn next(&mut self) -> Result<BestChange, FollowError> {
        self.line.pause().await;
        match self.wait().await {
            Ok(change) => {
                self.line.worked();
                self.delivered.remember(&change);
                Ok(change)
            }
            Err(error) => {
                let live = self.live.take();
                self.line.failed(live.as_ref().map(|live| &live.connection), &error).await;
                Err(error)
            }
        }
    }

    /// Returns this block and all after it once more, with the next change: for a user who could not process them.
    pub fn repeat_from(&mut self, block: &FollowedBlock) {
        self.delivered.forget_from(block);
    }

    async fn wait(&mut self) -> Result<BestChange, FollowError> {
        let nodes = &self.line.nodes;
        loop {
            self.live.take_if(|live| nodes.is_replaced(&live.connection));
            let live = match &mut self.live {
                Some(live) => live,
                empty => empty.insert(subscribe(nodes).await?),
            };
            let Some(tip) = next_head(&mut live.heads, nodes, &live.connection, "new").await? else { continue };
            // The node is not further than the one before was.
            if self.delivered.has(tip) {
                continue;
            }
            let url = &live.connection.url;
            let change = tokio::time::timeout(READ_LIMIT, self.delivered.change(&live.connection.chain, tip)).await;
            let seconds = READ_LIMIT.as_secs();
            let change = change.map_err(|_| FollowError::Slow { url: url.clone(), seconds })?;
            return change.map_err(|source| FollowError::Chain { url: url.clone(), source });
        }
    }
}

async fn subscribe(nodes: &Nodes) -> Result<Live, FollowError> {
    let connection = nodes.connection().await?;
    match connection.chain.best_blocks().await {
        // A node announces its best block at once.
        Ok(heads) => Ok(Live { heads: heads.boxed(), connection }),
        Err(source) => {
            nodes.give_up(&connection, &source.to_string()).await;
            Err(FollowError::Chain { url: connection.url, source })
        }
    }
}
