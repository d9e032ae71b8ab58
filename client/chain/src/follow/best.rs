//! Best blocks: what is likely, at once, and what is undone again.

use super::{next_head, told::Told, BestChange, FollowError, FollowedBlock, Line, READ_LIMIT};
use crate::{Block, ChainError, Connection, Nodes};
use futures::{stream::BoxStream, StreamExt};
use std::sync::Arc;

/// Follows best blocks.
pub struct BestBlocks {
    line: Line,
    told: Told,
    live: Option<Live>,
}

struct Live {
    connection: Connection,
    heads: BoxStream<'static, Result<Block, ChainError>>,
}

impl BestBlocks {
    /// From the best block on: the first change is a gap with that block in it.
    pub fn new(nodes: Arc<Nodes>) -> Self {
        Self { line: Line::new(nodes), told: Told::default(), live: None }
    }

    /// The next change. After an error it may be asked again, and waits for a while before it tries.
    pub async fn next(&mut self) -> Result<BestChange, FollowError> {
        self.line.pause().await;
        match self.wait().await {
            Ok(change) => {
                self.line.worked();
                self.told.remember(&change);
                Ok(change)
            }
            Err(error) => {
                let live = self.live.take();
                self.line.failed(live.as_ref().map(|live| &live.connection), &error).await;
                Err(error)
            }
        }
    }

    /// This block, and all that came after it, could not be dealt with: they are told once more, with the next change.
    pub fn retell(&mut self, block: &FollowedBlock) {
        self.told.forget_from(block);
    }

    async fn wait(&mut self) -> Result<BestChange, FollowError> {
        let live = match &mut self.live {
            Some(live) => live,
            empty => empty.insert(subscribe(&self.line.nodes).await?),
        };
        let url = &live.connection.url;
        loop {
            let tip = next_head(&mut live.heads, url, "new").await?;
            if self.told.ends_with(tip) {
                continue;
            }
            let change = tokio::time::timeout(READ_LIMIT, self.told.change(&live.connection.chain, tip)).await;
            let seconds = READ_LIMIT.as_secs();
            let change = change.map_err(|_| FollowError::Slow { url: url.clone(), seconds })?;
            return change.map_err(|source| FollowError::Chain { url: url.clone(), source });
        }
    }
}

async fn subscribe(nodes: &Nodes) -> Result<Live, FollowError> {
    let connection = nodes.connection().await?;
    match connection.chain.best_blocks().await {
        // A node tells of its best block at once.
        Ok(heads) => Ok(Live { heads: heads.boxed(), connection }),
        Err(source) => {
            nodes.give_up(&connection, &source.to_string()).await;
            Err(FollowError::Chain { url: connection.url, source })
        }
    }
}
