//! Reads the chain for the pool, the follower and JSON-RPC.

use sc_client_api::HeaderBackend;
use sp_api::{ApiError, ProvideRuntimeApi};
use sp_blockchain::HeaderMetadata;
use std::sync::Arc;
use tick_stream_primitives::{
    api::TickStreamApi, Batch, GenesisHash, Outcome, RowVerdict, Session, SessionId, Stream, StreamId,
};
use vilokanam_runtime::{opaque::Block, BlockNumber, Hash};
use vilokanam_tick_pool::{ChainError, ChainView};

/// A block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BlockRef {
    /// Its hash.
    pub hash: Hash,
    /// Its number.
    pub number: BlockNumber,
}

/// The tree of blocks, and what each of them did.
pub trait Blocks: Send + Sync {
    /// The best block.
    fn best(&self) -> BlockRef;
    /// The last finalized block.
    fn finalized(&self) -> BlockRef;
    /// The block before `block`.
    fn parent(&self, block: BlockRef) -> Result<BlockRef, ChainError>;
    /// What `block` did to sessions.
    fn outcomes(&self, block: BlockRef) -> Result<Vec<Outcome>, ChainError>;
}

/// What JSON-RPC tells of the best block's state.
pub trait Reader: Send + Sync {
    /// A session, if it is open.
    fn session(&self, id: SessionId) -> Result<Option<Session>, ChainError>;
    /// A stream.
    fn stream(&self, id: StreamId) -> Result<Option<Stream>, ChainError>;
}

/// The chain as the node's client knows it.
pub struct ClientChain<C> {
    client: Arc<C>,
    genesis: GenesisHash,
}

impl<C: HeaderBackend<Block>> ClientChain<C> {
    /// Reads through `client`.
    pub fn new(client: Arc<C>) -> Self {
        let genesis = client.info().genesis_hash.0;
        Self { client, genesis }
    }

    /// The state of the last finalized block, as of now.
    pub fn finalized(&self) -> AtBlock<C> {
        AtBlock { client: self.client.clone(), genesis: self.genesis, hash: self.client.info().finalized_hash }
    }

    fn best(&self) -> AtBlock<C> {
        AtBlock { client: self.client.clone(), genesis: self.genesis, hash: self.client.info().best_hash }
    }
}

/// One block's state.
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

    fn check(&self, batch: Batch) -> Result<Vec<RowVerdict>, ChainError> {
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

    fn check(&self, batch: Batch) -> Result<Vec<RowVerdict>, ChainError> {
        self.best().check(batch)
    }
}

impl<C> Reader for ClientChain<C>
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

impl<C> Blocks for ClientChain<C>
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
