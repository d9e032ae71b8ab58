//! The JSON-RPC methods that this node adds to those of every Substrate node.
//!
//! | methods | users and purpose |
//! | --- | --- |
//! | `system_accountNextIndex`, `system_dryRun` | wallets and batch senders: the next nonce, including transactions in the pool |
//! | `payment_queryInfo`, `payment_queryFeeDetails` | wallets: the fee of a transaction |
//! | `tickStream_*` | gateways and viewers; see [`tick_stream`] |
//! | `grandpa_*` | light clients and bridges: proofs of finality |
//!
//! `/health` and `/health/readiness` on the same port come from the SDK.

use jsonrpsee::{core::RegisterMethodError, RpcModule};
use pallet_transaction_payment_rpc::{TransactionPayment, TransactionPaymentApiServer, TransactionPaymentRuntimeApi};
use sc_consensus_grandpa::{FinalityProofProvider, GrandpaJustificationStream, SharedAuthoritySet, SharedVoterState};
use sc_consensus_grandpa_rpc::{Grandpa, GrandpaApiServer};
use sc_rpc::SubscriptionTaskExecutor;
use sc_service::Error as ServiceError;
use sp_api::ProvideRuntimeApi;
use sp_block_builder::BlockBuilder;
use sp_blockchain::HeaderBackend;
use std::sync::Arc;
use substrate_frame_rpc_system::{AccountNonceApi, System, SystemApiServer};
use vilokanam_runtime::{opaque::Block, AccountId, Balance, BlockNumber, Hash, Nonce};

use tick_stream::{TickStreamRpc, TickStreamServer};

use crate::types::{FullBackend, FullClient, TransactionPool};

pub mod tick_stream;

/// Parts of the node that the methods about finality use.
#[derive(Clone)]
pub struct GrandpaDeps {
    /// State of the voter's rounds.
    pub voter_state: SharedVoterState,
    /// Current and past authorities.
    pub authority_set: SharedAuthoritySet<Hash, BlockNumber>,
    /// Stream of new justifications, for subscribers.
    pub justifications: GrandpaJustificationStream<Block>,
    /// Source of proofs that old blocks are final.
    pub proofs: Arc<FinalityProofProvider<FullBackend, Block>>,
}

/// Function that builds the module merged into the node's RPC server.
pub type Builder = Box<dyn Fn(SubscriptionTaskExecutor) -> Result<RpcModule<()>, ServiceError>>;

/// Returns the builder. The SDK calls it once for the server, and once for requests from within the node.
pub fn builder(
    client: Arc<FullClient>,
    pool: Arc<TransactionPool>,
    grandpa: GrandpaDeps,
    tick: tick_stream::Deps,
) -> Builder {
    Box::new(move |executor| {
        module(client.clone(), pool.clone(), grandpa.clone(), tick.clone(), executor)
            .map_err(|error| ServiceError::Application(Box::new(error)))
    })
}

/// Merges all methods into one module. Fails only if two have the same name.
fn module<C, P>(
    client: Arc<C>,
    pool: Arc<P>,
    grandpa: GrandpaDeps,
    tick: tick_stream::Deps,
    executor: SubscriptionTaskExecutor,
) -> Result<RpcModule<()>, RegisterMethodError>
where
    C: ProvideRuntimeApi<Block> + HeaderBackend<Block> + Send + Sync + 'static,
    C::Api:
        AccountNonceApi<Block, AccountId, Nonce> + TransactionPaymentRuntimeApi<Block, Balance> + BlockBuilder<Block>,
    P: sc_transaction_pool_api::TransactionPool<Block = Block> + 'static,
{
    let GrandpaDeps { voter_state, authority_set, justifications, proofs } = grandpa;

    let mut module = RpcModule::new(());
    module.merge(System::new(client.clone(), pool).into_rpc())?;
    module.merge(TransactionPayment::new(client).into_rpc())?;
    module.merge(Grandpa::new(executor, authority_set, voter_state, justifications, proofs).into_rpc())?;

    module.merge(TickStreamRpc::new(tick).into_rpc())?;

    Ok(module)
}
