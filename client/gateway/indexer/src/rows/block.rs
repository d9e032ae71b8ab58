//! Hashes of recent blocks.

use crate::{
    block::BlockHash,
    error::StoreError,
    sql::{hash, int, Fields, Table, Value},
};
use tick_stream_primitives::BlockNumber;

/// Hash of a recent block, by which a node that follows another chain is detected.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct BlockRow {
    pub block: BlockNumber,
    pub hash: BlockHash,
}

impl Table for BlockRow {
    const NAME: &'static str = "recent_blocks";
    const KEY: &'static [&'static str] = &["block"];
    const COLUMNS: &'static [&'static str] = &["block", "hash"];

    fn values(&self) -> Result<Vec<Value>, StoreError> {
        Ok(vec![int(self.block), hash(&self.hash)])
    }

    fn read(row: &Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self { block: row.u32("block")?, hash: row.hash("hash")? })
    }
}
