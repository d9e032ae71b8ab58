//! Access to the chain for the pool, the follower and JSON-RPC.

use sc_client_api::HeaderBackend;
use sp_api::{ApiError, CallApiAt, ProvideRuntimeApi};
use sp_blockchain::HeaderMetadata;
use std::sync::Arc;
use tick_stream_primitives::{
    api::TickStreamApi, AccountId, Batch, GenesisHash, Outcome, RowVerdict, Session, SessionId, Stream, StreamId,
};
use vilokanam_runtime::{opaque::Block, BlockNumber, Hash};
use vilokanam_tick_pool::{ChainError, ChainView};

use super::runtime::RuntimeGate;

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

/// Reader of the best block's state.
pub trait StateReader: Send + Sync {
    /// Returns a session, or `None` when it is not open.
    fn session(&self, id: SessionId) -> Result<Option<Session>, ChainError>;
    /// Returns a stream, or `None` when it does not exist.
    fn stream(&self, id: StreamId) -> Result<Option<Stream>, ChainError>;
    /// Returns whether a gateway is registered with this account.
    fn is_gateway(&self, account: &AccountId) -> Result<bool, ChainError>;
}

/// Chain as the node's client knows it.
pub struct ClientChain<C> {
    client: Arc<C>,
    genesis: GenesisHash,
    gate: Arc<RuntimeGate>,
}

impl<C: HeaderBackend<Block>> ClientChain<C> {
    /// Creates a view that reads through `client`, unless the runtime is too old.
    pub fn new(client: Arc<C>) -> Self
    where
        C: CallApiAt<Block> + Send + Sync + 'static,
    {
        let genesis = client.info().genesis_hash.0;
        let gate = Arc::new(RuntimeGate::new(client.clone()));
        Self { client, genesis, gate }
    }

    /// Logs whether the best block's runtime is too old, if that has changed.
    pub fn announce_runtime(&self) {
        self.gate.announce(self.client.info().best_hash);
    }

    /// State of the block that is the last finalized one now.
    pub fn finalized(&self) -> AtBlock<C> {
        self.at(self.client.info().finalized_hash)
    }

    fn best(&self) -> AtBlock<C> {
        self.at(self.client.info().best_hash)
    }

    fn at(&self, hash: Hash) -> AtBlock<C> {
        AtBlock { client: self.client.clone(), genesis: self.genesis, gate: self.gate.clone(), hash }
    }
}

/// State of one block.
pub struct AtBlock<C> {
    client: Arc<C>,
    genesis: GenesisHash,
    gate: Arc<RuntimeGate>,
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
        self.gate.check(self.hash)?;
        self.client.runtime_api().session(self.hash, *id).map_err(unreadable)
    }

    fn check_batch(&self, batch: Batch) -> Result<Vec<RowVerdict>, ChainError> {
        self.gate.check(self.hash)?;
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

    fn is_gateway(&self, account: &AccountId) -> Result<bool, ChainError> {
        let best = self.best();
        let gateway = best.client.runtime_api().gateway(best.hash, account.clone()).map_err(unreadable)?;
        Ok(gateway.is_some())
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
