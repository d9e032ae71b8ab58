//! Finalized blocks, in order and without gaps.

use super::{
    error::FollowError,
    limits::{MAX_BATCH_BLOCKS, READ_AHEAD_BLOCKS, READ_LIMIT},
    source::{followed, next_head, Line, Source},
    types::{Cursor, FollowedBlock},
};
use crate::{Block, ChainError, Connection, Nodes};
use futures::{stream, stream::BoxStream, Stream, StreamExt};
use std::sync::Arc;
use tick_stream_primitives::BlockNumber;

/// Follows finalized blocks.
pub struct FinalizedBlocks {
    line: Line,
    last: Option<Cursor>,
    live: Option<Live>,
}

struct Live {
    connection: Connection,
    heads: BoxStream<'static, Result<Block, ChainError>>,
    /// Number of the highest block that this node is known to have finalized.
    top: BlockNumber,
}

impl FinalizedBlocks {
    /// Starts at the block after the cursor; without a cursor, at block 0.
    pub fn new(nodes: Arc<Nodes>, after: Option<Cursor>) -> Self {
        Self { line: Line::new(nodes), last: after, live: None }
    }

    /// Waits for the next block. After an error it can be called again and pauses before it tries.
    pub async fn next(&mut self) -> Result<FollowedBlock, FollowError> {
        loop {
            if let Some(block) = self.next_batch(1).await?.pop() {
                return Ok(block);
            }
        }
    }

    /// Waits for the next blocks: all that are final already, at least one, at most `at_most` and [`MAX_BATCH_BLOCKS`].
    pub async fn next_batch(&mut self, at_most: usize) -> Result<Vec<FollowedBlock>, FollowError> {
        self.line.pause().await;
        match self.wait(at_most.clamp(1, MAX_BATCH_BLOCKS)).await {
            Ok(blocks) => {
                self.line.worked();
                self.last = blocks.last().map(FollowedBlock::cursor).or(self.last);
                Ok(blocks)
            }
            Err(error) => {
                let live = self.live.take();
                self.line.failed(live.as_ref().map(|live| &live.connection), &error).await;
                Err(error)
            }
        }
    }

    /// Returns the blocks after the cursor once more: for a user who could not process them.
    pub fn rewind(&mut self, after: Option<Cursor>) {
        self.last = after;
    }

    /// Returns all blocks one by one. An error does not end the stream.
    pub fn into_stream(self) -> impl Stream<Item = Result<FollowedBlock, FollowError>> + Send {
        stream::unfold(self, |mut blocks| async move { Some((blocks.next().await, blocks)) })
    }

    async fn wait(&mut self, at_most: usize) -> Result<Vec<FollowedBlock>, FollowError> {
        let nodes = &self.line.nodes;
        let next = self.last.map_or(0, |last| last.number.saturating_add(1));
        loop {
            self.live.take_if(|live| nodes.is_replaced(&live.connection));
            let live = match &mut self.live {
                Some(live) => live,
                empty => empty.insert(subscribe(nodes).await?),
            };
            if live.top >= next {
                let count = (live.top - next) as usize + 1;
                let connection = &live.connection;
                return read(&connection.chain, &connection.url, self.last, next, count.min(at_most)).await;
            }
            if let Some(head) = next_head(&mut live.heads, nodes, &live.connection, "final").await? {
                live.top = live.top.max(head.number);
            }
        }
    }
}

/// Reads `count` blocks from `next` on and checks that each follows the one before. Blocks read before a failure are
/// returned; the rest is read with the next call.
pub(super) async fn read(
    source: &impl Source,
    url: &str,
    last: Option<Cursor>,
    next: BlockNumber,
    count: usize,
) -> Result<Vec<FollowedBlock>, FollowError> {
    let numbers = (next..).take(count);
    let mut reads = stream::iter(numbers.map(|number| read_one(source, url, number))).buffered(READ_AHEAD_BLOCKS);
    let (mut blocks, mut last) = (Vec::with_capacity(count), last);
    while let Some(block) = reads.next().await {
        match block.and_then(|block| fits(block, last, url)) {
            Ok(block) => {
                last = Some(block.cursor());
                blocks.push(block);
            }
            Err(error) if blocks.is_empty() => return Err(error),
            Err(_) => break,
        }
    }
    Ok(blocks)
}

async fn read_one(source: &impl Source, url: &str, number: BlockNumber) -> Result<FollowedBlock, FollowError> {
    let reading = async { followed(source, source.head(source.hash_of(number).await?).await?).await };
    let seconds = READ_LIMIT.as_secs();
    let block = tokio::time::timeout(READ_LIMIT, reading).await;
    let block = block.map_err(|_| FollowError::Slow { url: url.to_owned(), seconds })?;
    block.map_err(|source| FollowError::Chain { url: url.to_owned(), source })
}

fn fits(block: FollowedBlock, last: Option<Cursor>, url: &str) -> Result<FollowedBlock, FollowError> {
    match last.filter(|last| last.hash != block.head.parent) {
        None => Ok(block),
        Some(last) => Err(FollowError::Forked {
            url: url.to_owned(),
            number: block.head.number,
            expected: last.hash,
            found: block.head.parent,
        }),
    }
}

async fn subscribe(nodes: &Nodes) -> Result<Live, FollowError> {
    let connection = nodes.connection().await?;
    let chain = &connection.chain;
    let begun = async {
        let heads = chain.finalized_blocks().await?;
        Ok::<_, ChainError>((heads, chain.finalized().await?.number))
    };
    match begun.await {
        Ok((heads, top)) => Ok(Live { heads: heads.boxed(), top, connection }),
        Err(source) => {
            nodes.give_up(&connection, &source.to_string()).await;
            Err(FollowError::Chain { url: connection.url, source })
        }
    }
}
