//! Types of the node's main parts: its client, its database, and what is built on them.

use sc_consensus::LongestChain;
use sc_executor::WasmExecutor;
use vilokanam_runtime::{apis::RuntimeApi, opaque::Block};

/// Executor of the runtime, which needs no custom host functions.
pub type Executor = WasmExecutor<sp_io::SubstrateHostFunctions>;

/// Client of the chain.
pub type FullClient = sc_service::TFullClient<Block, RuntimeApi, Executor>;
/// Database of the chain.
pub type FullBackend = sc_service::TFullBackend<Block>;
/// Selection of the block to build on: the longest chain.
pub type FullSelectChain = LongestChain<FullBackend, Block>;
/// Pool of transactions that wait for a block.
///
/// Its default limits of 20 MiB and 8192 transactions leave room for dozens of full batches of about 200 KB each. The
/// network carries transactions of up to 16 MiB.
pub type TransactionPool = sc_transaction_pool::TransactionPoolHandle<Block, FullClient>;
