//! Connection to a node.

use crate::error::ChainError;
use futures::{Stream, StreamExt};
use sp_core::H256;
use subxt::{
    backend::LegacyBackend,
    config::{substrate::SubstrateHeader, RpcConfigFor},
    rpcs::{LegacyRpcMethods, RpcClient},
    OnlineClient, SubstrateConfig,
};
use tick_stream_primitives::{BlockNumber, GenesisHash};

/// Number and hash of a block.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Block {
    /// Number of the block.
    pub number: BlockNumber,
    /// Hash of the block.
    pub hash: H256,
}

/// WebSocket connection to a node. Clones are cheap and share the connection, which does not reconnect by itself.
#[derive(Clone, Debug)]
pub struct Chain {
    pub(crate) online: OnlineClient<SubstrateConfig>,
    pub(crate) methods: LegacyRpcMethods<RpcConfigFor<SubstrateConfig>>,
    pub(crate) rpc: RpcClient,
}

impl Chain {
    /// Connects to the node at `url` (`ws://` or `wss://`).
    ///
    /// # Errors
    ///
    /// [`ChainError::Connect`] when the address is malformed or no node answers there.
    pub async fn connect(url: &str) -> Result<Self, ChainError> {
        let unreachable =
            |source: Box<dyn std::error::Error + Send + Sync>| ChainError::Connect { url: url.to_owned(), source };
        let rpc = RpcClient::from_insecure_url(url).await.map_err(|error| unreachable(Box::new(error)))?;
        // Every node has the older methods, and they do not limit the number of blocks that a client may read.
        let backend = LegacyBackend::builder().build(rpc.clone());
        let online = OnlineClient::from_backend_with_config(SubstrateConfig::new(), std::sync::Arc::new(backend))
            .await
            .map_err(|error| unreachable(Box::new(error)))?;
        Ok(Self { online, methods: LegacyRpcMethods::new(rpc.clone()), rpc })
    }

    /// Hash of block 0, which is part of what is signed in tickets and closes.
    pub fn genesis_hash(&self) -> GenesisHash {
        self.online.genesis_hash().0
    }

    /// Reads the best block.
    pub async fn best(&self) -> Result<Block, ChainError> {
        let header = self.header(None).await?;
        let number = header.number as BlockNumber;
        Ok(Block { number, hash: self.hash_of(number).await? })
    }

    /// Reads the highest finalized block.
    pub async fn finalized(&self) -> Result<Block, ChainError> {
        let hash = self.methods.chain_get_finalized_head().await.map_err(ChainError::rpc("chain_getFinalizedHead"))?;
        let header = self.header(Some(H256(hash.0))).await?;
        Ok(Block { number: header.number as BlockNumber, hash: H256(hash.0) })
    }

    /// Returns whether the node has caught up with the nodes it is connected to, and is connected to others if it has to be.
    pub async fn is_in_sync(&self) -> Result<bool, ChainError> {
        let health = self.methods.system_health().await.map_err(ChainError::rpc("system_health"))?;
        Ok(!health.is_syncing && (health.peers > 0 || !health.should_have_peers))
    }

    /// Reads the hash of the block `number` on the best chain.
    ///
    /// # Errors
    ///
    /// [`ChainError::BlockUnknown`] when the best chain has no such block; others when the node does not answer.
    pub async fn hash_of(&self, number: BlockNumber) -> Result<H256, ChainError> {
        let hash = self
            .methods
            .chain_get_block_hash(Some(number.into()))
            .await
            .map_err(ChainError::rpc("chain_getBlockHash"))?;
        hash.map(|hash| H256(hash.0)).ok_or_else(|| ChainError::BlockUnknown(number.to_string()))
    }

    async fn header(&self, hash: Option<H256>) -> Result<SubstrateHeader<subxt::utils::H256>, ChainError> {
        let of = hash.map(|hash| subxt::utils::H256(hash.0));
        let header = self.methods.chain_get_header(of).await.map_err(ChainError::rpc("chain_getHeader"))?;
        let wanted = || hash.map_or_else(|| "that is the best one".to_owned(), |hash| format!("{hash:?}"));
        header.ok_or_else(|| ChainError::BlockUnknown(wanted()))
    }

    /// Reads the encoded extrinsics of a block.
    ///
    /// # Errors
    ///
    /// [`ChainError::BlockUnknown`] when the node does not have the block; others when the node does not answer.
    pub async fn extrinsics(&self, block: H256) -> Result<Vec<Vec<u8>>, ChainError> {
        let details = self
            .methods
            .chain_get_block(Some(subxt::utils::H256(block.0)))
            .await
            .map_err(ChainError::rpc("chain_getBlock"))?
            .ok_or_else(|| ChainError::BlockUnknown(format!("{block:?}")))?;
        Ok(details.block.extrinsics.into_iter().map(|bytes| bytes.0).collect())
    }

    /// Subscribes to new best blocks. Blocks that the best chain gains in a reorganisation are not all announced.
    pub async fn best_blocks(
        &self,
    ) -> Result<impl Stream<Item = Result<Block, ChainError>> + Send + Unpin, ChainError> {
        let blocks = self.online.stream_best_blocks().await.map_err(stream_failed)?;
        Ok(blocks.map(place).boxed())
    }

    /// Subscribes to finalized blocks, in order and without gaps.
    pub async fn finalized_blocks(
        &self,
    ) -> Result<impl Stream<Item = Result<Block, ChainError>> + Send + Unpin, ChainError> {
        let blocks = self.online.stream_blocks().await.map_err(stream_failed)?;
        Ok(blocks.map(place).boxed())
    }
}

fn stream_failed(error: subxt::error::BlocksError) -> ChainError {
    ChainError::Rpc { method: "a subscription to blocks", source: Box::new(error) }
}

fn place(block: Result<subxt::client::Block<SubstrateConfig>, subxt::error::BlocksError>) -> Result<Block, ChainError> {
    let block = block.map_err(stream_failed)?;
    Ok(Block { number: block.number() as BlockNumber, hash: H256(block.hash().0) })
}
