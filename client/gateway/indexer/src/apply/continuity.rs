//! Which of the given blocks are new, and whether they continue the chain in the index.

use crate::{
    block::{BlockFacts, BlockHash, Cursor},
    error::{ApplyError, StoreError},
    rows::block::BlockRow,
    sql::{self, int},
};
use sqlx::AnyConnection;
use std::collections::BTreeMap;
use tick_stream_primitives::BlockNumber;

/// Reads the stored hashes of the blocks' numbers.
pub(super) async fn stored_hashes(
    connection: &mut AnyConnection,
    blocks: &[BlockFacts],
) -> Result<BTreeMap<BlockNumber, BlockHash>, StoreError> {
    let keys: Vec<_> = blocks.iter().map(|block| vec![int(block.number)]).collect();
    let rows = sql::load::<BlockRow>(connection, &keys).await?;
    Ok(rows.into_iter().map(|row| (row.block, row.hash)).collect())
}

/// Returns the blocks behind `cursor`: a tail of `blocks`, possibly empty.
///
/// # Errors
///
/// Fails if a block in the index has another hash, or if the new blocks do not continue the chain without a gap.
pub(super) fn new_blocks<'a>(
    cursor: Option<Cursor>,
    stored: &BTreeMap<BlockNumber, BlockHash>,
    blocks: &'a [BlockFacts],
) -> Result<&'a [BlockFacts], ApplyError> {
    let is_stored = |block: &BlockFacts| cursor.is_some_and(|cursor| block.number <= cursor.number);
    let first_new = blocks.iter().position(|block| !is_stored(block)).unwrap_or(blocks.len());
    let (known, new) = blocks.split_at(first_new);
    known.iter().try_for_each(|block| check_hash(stored, block))?;
    let mut last = cursor;
    for block in new {
        if let Some(last) = last {
            check_follows(last, block)?;
        }
        last = Some(Cursor { number: block.number, hash: block.hash });
    }
    Ok(new)
}

/// Compares a block with its stored hash. Hashes are kept for a while only; an older block is not checked.
fn check_hash(stored: &BTreeMap<BlockNumber, BlockHash>, block: &BlockFacts) -> Result<(), ApplyError> {
    match stored.get(&block.number) {
        Some(hash) if *hash != block.hash => {
            Err(ApplyError::OtherBlock { number: block.number, stored: *hash, got: block.hash })
        }
        _ => Ok(()),
    }
}

fn check_follows(last: Cursor, block: &BlockFacts) -> Result<(), ApplyError> {
    if last.number.checked_add(1) != Some(block.number) {
        return Err(ApplyError::Gap { last: last.number, got: block.number });
    }
    if block.parent_hash != last.hash {
        return Err(ApplyError::WrongParent { number: block.number, stored: last.hash, got: block.parent_hash });
    }
    Ok(())
}
