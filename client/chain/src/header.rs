//! Heads of blocks: number, parent and time.

use crate::{chain::Chain, error::ChainError};
use codec::Decode;
use sp_core::H256;
use sp_crypto_hashing::twox_128;
use tick_stream_primitives::{BlockNumber, Moment};

/// Head of a block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Head {
    /// Number of the block.
    pub number: BlockNumber,
    /// Hash of the block.
    pub hash: H256,
    /// Hash of the parent.
    pub parent: H256,
    /// Timestamp of the block, in milliseconds since the Unix epoch; 0 in block 0.
    pub moment_ms: Moment,
}

impl Chain {
    /// Reads the head of a block.
    ///
    /// # Errors
    ///
    /// [`ChainError::BlockUnknown`] when the node does not have the block; others when the node does not answer.
    pub async fn head(&self, hash: H256) -> Result<Head, ChainError> {
        let at = Some(subxt::utils::H256(hash.0));
        let header = self.methods.chain_get_header(at).await.map_err(ChainError::rpc("chain_getHeader"))?;
        let header = header.ok_or_else(|| ChainError::BlockUnknown(format!("{hash:?}")))?;
        let key = [twox_128(b"Timestamp"), twox_128(b"Now")].concat();
        let now = self.methods.state_get_storage(&key, at).await.map_err(ChainError::rpc("state_getStorage"))?;
        let moment_ms = match now {
            Some(bytes) => Moment::decode(&mut &bytes[..]).map_err(ChainError::decode("Timestamp.Now"))?,
            None => 0,
        };
        Ok(Head { number: header.number as BlockNumber, hash, parent: H256(header.parent_hash.0), moment_ms })
    }
}
