//! Which of the given blocks are new, and whether they follow what is there.

use crate::{
    error::{ApplyError, StoreError},
    facts::{BlockFacts, BlockHash},
    rows::{chain::Position, log::BlockRow},
    sql::{self, int},
    values::HashHex,
};
use sqlx::AnyConnection;
use std::collections::BTreeMap;
use tick_stream_primitives::BlockNumber;

/// The hashes the index has of the given blocks' numbers.
pub(super) async fn stored_hashes(
    connection: &mut AnyConnection,
    blocks: &[BlockFacts],
) -> Result<BTreeMap<BlockNumber, BlockHash>, StoreError> {
    let keys: Vec<_> = blocks.iter().map(|block| vec![int(block.number)]).collect();
    let rows = sql::load::<BlockRow>(connection, &keys).await?;
    Ok(rows.into_iter().map(|row| (row.block, row.hash)).collect())
}

/// The blocks that come behind `position`: none, or a tail of `blocks` without a gap.
pub(super) fn fresh<'a>(
    position: Option<&Position>,
    stored: &BTreeMap<BlockNumber, BlockHash>,
    blocks: &'a [BlockFacts],
) -> Result<&'a [BlockFacts], ApplyError> {
    let mut last = position.map(|at| (at.block, at.hash));
    let mut first_fresh = blocks.len();
    for (index, block) in blocks.iter().enumerate() {
        match last {
            Some((number, _)) if block.number <= number && first_fresh == blocks.len() => check_known(stored, block)?,
            Some((number, hash)) => {
                check_follows(number, hash, block)?;
                first_fresh = first_fresh.min(index);
                last = Some((block.number, block.hash));
            }
            None => {
                first_fresh = first_fresh.min(index);
                last = Some((block.number, block.hash));
            }
        }
    }
    Ok(&blocks[first_fresh..])
}

/// A block the index has. Hashes are kept only for a while; an older block is taken at its word.
fn check_known(stored: &BTreeMap<BlockNumber, BlockHash>, block: &BlockFacts) -> Result<(), ApplyError> {
    match stored.get(&block.number) {
        Some(hash) if *hash != block.hash => {
            Err(ApplyError::OtherBlock { number: block.number, stored: HashHex(*hash), got: HashHex(block.hash) })
        }
        _ => Ok(()),
    }
}

fn check_follows(last: BlockNumber, hash: BlockHash, block: &BlockFacts) -> Result<(), ApplyError> {
    if last.checked_add(1) != Some(block.number) {
        return Err(ApplyError::Gap { last, got: block.number });
    }
    if block.parent_hash != hash {
        let (stored, got) = (HashHex(hash), HashHex(block.parent_hash));
        return Err(ApplyError::WrongParent { number: block.number, stored, got });
    }
    Ok(())
}
