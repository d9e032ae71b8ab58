//! Limits of a block.

use frame_support::{
    parameter_types,
    weights::{constants::WEIGHT_REF_TIME_PER_MILLIS, Weight},
};
use frame_system::limits::{BlockLength, BlockWeights};
use sp_runtime::Perbill;

/// Part of a block that ordinary extrinsics may fill.
pub const NORMAL_DISPATCH_RATIO: Perbill = Perbill::from_percent(75);
/// Execution time of a block in milliseconds: half of the block time.
pub const MAX_BLOCK_MILLIS: u64 = 500;
/// Maximum length of a block in bytes.
pub const MAX_BLOCK_BYTES: u32 = 5 * 1024 * 1024;

parameter_types! {
    /// Weight limits of a block.
    pub RuntimeBlockWeights: BlockWeights = BlockWeights::with_sensible_defaults(
        Weight::from_parts(MAX_BLOCK_MILLIS * WEIGHT_REF_TIME_PER_MILLIS, u64::MAX),
        NORMAL_DISPATCH_RATIO,
    );
    /// Length limits of a block.
    pub RuntimeBlockLength: BlockLength =
        BlockLength::builder().max_length(MAX_BLOCK_BYTES).modify_max_length_for_class(
            frame_support::dispatch::DispatchClass::Normal,
            |length| *length = NORMAL_DISPATCH_RATIO * MAX_BLOCK_BYTES,
        ).build();
}
