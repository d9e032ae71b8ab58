//! The connection to a node.

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

/// A block's place in the chain.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Block {
    /// Its number.
    pub number: BlockNumber,
    /// Its hash.
    pub hash: H256,
}

/// A connection to a node. Cheap to clone; all clones share one WebSocket, which does not reconnect by itself.
#[derive(Clone, Debug)]
pub struct Chain {
    pub(crate) online: OnlineClient<SubstrateConfig>,
    pub(crate) methods: LegacyRpcMethods<RpcConfigFor<SubstrateConfig>>,
}

impl Chain {
    /// Connects to a node by WebSocket (`ws://` or `wss://`).
    pub async fn connect(url: &str) -> Result<Self, ChainError> {
        let unreachable =
            |source: Box<dyn std::error::Error + Send + Sync>| ChainError::Connect { url: url.to_owned(), source };
        let rpc = RpcClient::from_insecure_url(url).await.map_err(|error| unreachable(Box::new(error)))?;
        // The older methods: every node has them, and they do not limit how many blocks one may look at.
        let backend = LegacyBackend::builder().build(rpc.clone());
        let online = OnlineClient::from_backend_with_config(SubstrateConfig::new(), std::sync::Arc::new(backend))
            .await
            .map_err(|error| unreachable(Box::new(error)))?;
        Ok(Self { online, methods: LegacyRpcMethods::new(rpc) })
    }

    /// Block 0's hash: what tickets and closes are signed for.
    pub fn genesis_hash(&self) -> GenesisHash {
        self.online.genesis_hash().0
    }

    /// The best block.
    pub async fn best(&self) -> Result<Block, ChainError> {
        let header = self.header(None).await?;
        let number = header.number as BlockNumber;
        Ok(Block { number, hash: self.hash_of(number).await? })
    }

    /// The highest final block.
    pub async fn finalized(&self) -> Result<Block, ChainError> {
        let hash = self.methods.chain_get_finalized_head().await.map_err(ChainError::rpc("chain_getFinalizedHead"))?;
        let header = self.header(Some(H256(hash.0))).await?;
        Ok(Block { number: header.number as BlockNumber, hash: H256(hash.0) })
    }

    /// The hash of the best chain's block `number`.
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
        header.ok_or_else(|| ChainError::BlockUnknown(format!("{hash:?}")))
    }

    /// The extrinsics of a block, encoded.
    pub async fn extrinsics(&self, block: H256) -> Result<Vec<Vec<u8>>, ChainError> {
        let details = self
            .methods
            .chain_get_block(Some(subxt::utils::H256(block.0)))
            .await
            .map_err(ChainError::rpc("chain_getBlock"))?
            .ok_or_else(|| ChainError::BlockUnknown(format!("{block:?}")))?;
        Ok(details.block.extrinsics.into_iter().map(|bytes| bytes.0).collect())
    }

    /// Each new best block, as it is imported. Blocks that are skipped in a change of forks are not announced.
    pub async fn best_blocks(
        &self,
    ) -> Result<impl Stream<Item = Result<Block, ChainError>> + Send + Unpin, ChainError> {
        let blocks = self.online.stream_best_blocks().await.map_err(stream_failed)?;
        Ok(blocks.map(place).boxed())
    }

    /// Each final block, in order and without gaps.
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
