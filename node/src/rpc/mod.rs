//! The JSON-RPC methods beyond those every Substrate node has.
//!
//! | methods | for whom |
//! | --- | --- |
//! | `system_accountNextIndex`, `system_dryRun` | wallets and batch senders: the next nonce, the pool counted in |
//! | `payment_queryInfo`, `payment_queryFeeDetails` | wallets: what a transaction will cost |
//! | `tickStream_*` | gateways and viewers: see [`tick_stream`] |
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

use crate::service::{FullBackend, FullClient, TransactionPool};

pub mod tick_stream;

/// What the methods about finality read.
#[derive(Clone)]
pub struct GrandpaDeps {
    /// The state of the voter's rounds.
    pub voter_state: SharedVoterState,
    /// Who votes.
    pub authority_set: SharedAuthoritySet<Hash, BlockNumber>,
    /// New justifications, for subscribers.
    pub justifications: GrandpaJustificationStream<Block>,
    /// Proves finality of old blocks.
    pub proofs: Arc<FinalityProofProvider<FullBackend, Block>>,
}

/// Builds the module that is merged into the node's RPC server.
pub type Builder = Box<dyn Fn(SubscriptionTaskExecutor) -> Result<RpcModule<()>, ServiceError>>;

/// Returns what the SDK calls once for the server and once for requests from within the node.
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

/// Collects the methods; fails only if two have the same name.
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
