//! How far the index is.

use crate::{
    error::{QueryError, StoreError},
    rows::chain::ChainRow,
    store::Store,
    values::{HashHex, Time},
    views::ChainStatus,
};

impl Store {
    /// How far the index is, and what everybody together did. The caller knows how far the chain is.
    pub async fn chain_status(&self, lag_blocks: u32) -> Result<ChainStatus, QueryError> {
        let chain = ChainRow::load(&mut *self.read().await?).await?.ok_or(StoreError::NotBound)?;
        let at = chain.position;
        Ok(ChainStatus {
            genesis: HashHex(chain.genesis),
            first_block: at.map(|at| at.first_block),
            block: at.map(|at| at.block),
            hash: at.map(|at| HashHex(at.hash)),
            at: at.map(|at| Time(at.time_ms)),
            lag_blocks,
            totals: chain.totals,
        })
    }
}
