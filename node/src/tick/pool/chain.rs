//! Access to the chain for the pool, the follower and JSON-RPC.

use sc_client_api::HeaderBackend;
use sp_api::{ApiError, ProvideRuntimeApi};
use sp_blockchain::HeaderMetadata;
use std::sync::Arc;
use tick_stream_primitives::{
    api::TickStreamApi, Batch, GenesisHash, Outcome, RowVerdict, Session, SessionId, Stream, StreamId,
};
use vilokanam_runtime::{opaque::Block, BlockNumber, Hash};
use vilokanam_tick_pool::{ChainError, ChainView};

/// Hash and number of a block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BlockRef {
    /// Hash of the block.
    pub hash: Hash,
    /// Number of the block.
    pub number: BlockNumber,
}

/// Tree of blocks, with the outcomes of each.
pub trait BlockTree: Send + Sync {
    /// Best block.
    fn best(&self) -> BlockRef;
    /// Last finalized block.
    fn finalized(&self) -> BlockRef;
    /// Parent of `block`.
    fn parent(&self, block: BlockRef) -> Result<BlockRef, ChainError>;
    /// Outcomes of `block`: what it did to sessions.
    fn outcomes(&self, block: BlockRef) -> Result<Vec<Outcome>, ChainError>;
}

/// Reader of the best block's state, for JSON-RPC.
pub trait StateReader: Send + Sync {
    /// Returns a session, or `None` when it is not open.
    fn session(&self, id: SessionId) -> Result<Option<Session>, ChainError>;
    /// Returns a stream, or `None` when it does not exist.
    fn stream(&self, id: StreamId) -> Result<Option<Stream>, ChainError>;
}

/// Chain as the node's client knows it.
pub struct ClientChain<C> {
    client: Arc<C>,
    genesis: GenesisHash,
}

impl<C: HeaderBackend<Block>> ClientChain<C> {
    /// Creates a view that reads through `client`.
    pub fn new(client: Arc<C>) -> Self {
        let genesis = client.info().genesis_hash.0;
        Self { client, genesis }
    }

    /// State of the block that is the last finalized one now.
    pub fn finalized(&self) -> AtBlock<C> {
        AtBlock { client: self.client.clone(), genesis: self.genesis, hash: self.client.info().finalized_hash }
    }

    fn best(&self) -> AtBlock<C> {
        AtBlock { client: self.client.clone(), genesis: self.genesis, hash: self.client.info().best_hash }
    }
}

/// State of one block.
pub struct AtBlock<C> {
    client: Arc<C>,
    genesis: GenesisHash,
    hash: Hash,
}

fn unreadable(error: ApiError) -> ChainError {
    ChainError(error.to_string())
}

impl<C> ChainView for AtBlock<C>
where
    C: ProvideRuntimeApi<Block> + Send + Sync,
    C::Api: TickStreamApi<Block>,
{
    fn genesis(&self) -> GenesisHash {
        self.genesis
    }

    fn session(&self, id: &SessionId) -> Result<Option<Session>, ChainError> {
        self.client.runtime_api().session(self.hash, *id).map_err(unreadable)
    }

    fn check_batch(&self, batch: Batch) -> Result<Vec<RowVerdict>, ChainError> {
        self.client.runtime_api().check_batch(self.hash, batch).map_err(unreadable)
    }
}

impl<C> ChainView for ClientChain<C>
where
    C: ProvideRuntimeApi<Block> + HeaderBackend<Block> + Send + Sync,
    C::Api: TickStreamApi<Block>,
{
    fn genesis(&self) -> GenesisHash {
        self.genesis
    }

    fn session(&self, id: &SessionId) -> Result<Option<Session>, ChainError> {
        ChainView::session(&self.best(), id)
    }

    fn check_batch(&self, batch: Batch) -> Result<Vec<RowVerdict>, ChainError> {
        self.best().check_batch(batch)
    }
}

impl<C> StateReader for ClientChain<C>
where
    C: ProvideRuntimeApi<Block> + HeaderBackend<Block> + Send + Sync,
    C::Api: TickStreamApi<Block>,
{
    fn session(&self, id: SessionId) -> Result<Option<Session>, ChainError> {
        ChainView::session(&self.best(), &id)
    }

    fn stream(&self, id: StreamId) -> Result<Option<Stream>, ChainError> {
        let best = self.best();
        best.client.runtime_api().stream(best.hash, id).map_err(unreadable)
    }
}

impl<C> BlockTree for ClientChain<C>
where
    C: ProvideRuntimeApi<Block>
        + HeaderBackend<Block>
        + HeaderMetadata<Block, Error = sp_blockchain::Error>
        + Send
        + Sync,
    C::Api: TickStreamApi<Block>,
{
    fn best(&self) -> BlockRef {
        let info = self.client.info();
        BlockRef { hash: info.best_hash, number: info.best_number }
    }

    fn finalized(&self) -> BlockRef {
        let info = self.client.info();
        BlockRef { hash: info.finalized_hash, number: info.finalized_number }
    }

    fn parent(&self, block: BlockRef) -> Result<BlockRef, ChainError> {
        let metadata = self.client.header_metadata(block.hash).map_err(|error| ChainError(error.to_string()))?;
        Ok(BlockRef { hash: metadata.parent, number: block.number.saturating_sub(1) })
    }

    fn outcomes(&self, block: BlockRef) -> Result<Vec<Outcome>, ChainError> {
        self.client.runtime_api().outcomes(block.hash).map_err(unreadable)
    }
}
