//! How full a block is.

use crate::{error::ChainError, reads::State};
use subxt::ext::scale_decode::DecodeAsType;

const SYSTEM: &str = "System";

/// Use of a block by ordinary extrinsics, as parts of the limits for them.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct BlockFill {
    /// Weight: execution time.
    pub weight: f64,
    /// Length of all extrinsics of the block.
    pub length: f64,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Weight {
    ref_time: u64,
}

/// Storage value of `System.BlockWeight`.
#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct UsedWeights {
    normal: Weight,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct WeightLimits {
    max_total: Option<Weight>,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct WeightLimitsByClass {
    normal: WeightLimits,
}

/// Constant `System.BlockWeights`.
#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct BlockWeights {
    max_block: Weight,
    per_class: WeightLimitsByClass,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct LengthsByClass {
    normal: u32,
}

/// Constant `System.BlockLength`.
#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct BlockLength {
    max: LengthsByClass,
}

impl State<'_> {
    /// Reads how full the block is whose state this is.
    ///
    /// # Errors
    ///
    /// When the node does not answer or does not have the block.
    pub async fn block_fill(&self) -> Result<BlockFill, ChainError> {
        let hash = match self.at {
            Some(hash) => hash,
            None => self.chain.best().await?.hash,
        };
        let at = self.chain.at(hash);
        let used: Option<UsedWeights> = at.item(SYSTEM, "BlockWeight", Vec::new()).await?;
        let weights: BlockWeights = at.constant(SYSTEM, "BlockWeights").await?;
        let lengths: BlockLength = at.constant(SYSTEM, "BlockLength").await?;
        let length: usize = self.chain.extrinsics(hash).await?.iter().map(Vec::len).sum();
        let used_weight = used.map_or(0, |used| used.normal.ref_time);
        let most_weight = weights.per_class.normal.max_total.map_or(weights.max_block.ref_time, |most| most.ref_time);
        Ok(BlockFill { weight: part(used_weight, most_weight), length: part(length as u64, lengths.max.normal.into()) })
    }
}

/// Returns `used` as a part of `most`.
fn part(used: u64, most: u64) -> f64 {
    used as f64 / most.max(1) as f64
}
