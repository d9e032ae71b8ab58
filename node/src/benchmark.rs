//! The command `benchmark`, which measures calls, blocks, transactions and the machine.
//!
//! `benchmark pallet` measures the weights of pallets. `benchmark overhead` and `benchmark extrinsic` need signed
//! transactions, which this module builds: an empty remark and a small transfer.

use codec::Encode;
use frame_benchmarking_cli::{BenchmarkCmd, ExtrinsicBuilder, ExtrinsicFactory, SUBSTRATE_REFERENCE_HARDWARE};
use sc_cli::SubstrateCli;
use sc_service::{Configuration, PartialComponents};
use sp_core::Pair;
use sp_inherents::InherentData;
use sp_keyring::Sr25519Keyring;
use sp_runtime::{generic::Era, traits::HashingFor, MultiSignature, OpaqueExtrinsic};
use sp_timestamp::Timestamp;
use std::sync::Arc;
use vilokanam_runtime::{
    apis::VERSION, extensions::RefuseHopelessCalls, opaque::Block, AccountId, Balance, BalancesCall, Hash, Nonce,
    Runtime, RuntimeCall, SignedPayload, TxExtension, UncheckedExtrinsic,
};

use crate::{cli::Cli, service::new_partial, types::FullClient};

/// Amount transferred, 1 VLK: enough for the receiver's account to exist.
const TRANSFER_AMOUNT: Balance = 1_000_000_000_000;

/// Runs a benchmark.
pub fn run(cli: &Cli, cmd: &BenchmarkCmd) -> sc_cli::Result<()> {
    cli.create_runner(cmd)?.sync_run(|config| match cmd {
        BenchmarkCmd::Pallet(cmd) => cmd.run_with_spec::<HashingFor<Block>, ()>(Some(config.chain_spec)),
        BenchmarkCmd::Block(cmd) => cmd.run(new_partial(&config)?.client),
        BenchmarkCmd::Storage(cmd) => {
            let PartialComponents { client, backend, .. } = new_partial(&config)?;
            let (db, storage) = (backend.expose_db(), backend.expose_storage());
            cmd.run(config, client, db, storage, backend.expose_shared_trie_cache())
        }
        BenchmarkCmd::Overhead(cmd) => {
            let client = new_partial(&config)?.client;
            let builder = RemarkBuilder { signer: Signer::new(&client) };
            // Only parachains need a proof.
            let record_proof = false;
            cmd.run(chain_name(&config), client, inherents()?, Vec::new(), &builder, record_proof)
        }
        BenchmarkCmd::Extrinsic(cmd) => {
            let client = new_partial(&config)?.client;
            let signer = Signer::new(&client);
            let builders = ExtrinsicFactory(vec![
                Box::new(RemarkBuilder { signer: signer.clone() }),
                Box::new(TransferKeepAliveBuilder { signer, dest: Sr25519Keyring::Bob.to_account_id() }),
            ]);
            cmd.run(client, inherents()?, Vec::new(), &builders)
        }
        BenchmarkCmd::Machine(cmd) => cmd.run(&config, SUBSTRATE_REFERENCE_HARDWARE.clone()),
    })
}

fn chain_name(config: &Configuration) -> String {
    config.chain_spec.name().into()
}

/// Inherents of a block at time 0. The runtime takes a block without digest to be of slot 0, and Aura requires slot and
/// time to agree.
fn inherents() -> sc_cli::Result<InherentData> {
    let mut inherents = InherentData::new();
    inherents
        .put_data(sp_timestamp::INHERENT_IDENTIFIER, &Timestamp::new(0))
        .map_err(|error| format!("the time of the block cannot be encoded: {error}"))?;
    Ok(inherents)
}

/// Signer of transactions for the first block after genesis.
#[derive(Clone)]
struct Signer {
    genesis_hash: Hash,
}

impl Signer {
    fn new(client: &Arc<FullClient>) -> Self {
        Self { genesis_hash: client.chain_info().genesis_hash }
    }

    /// Signs as Alice, who has funds in the development genesis.
    fn sign(&self, call: RuntimeCall, nonce: Nonce) -> OpaqueExtrinsic {
        let extension: TxExtension = (
            frame_system::AuthorizeCall::<Runtime>::new(),
            frame_system::CheckNonZeroSender::<Runtime>::new(),
            RefuseHopelessCalls::<Runtime>::new(),
            frame_system::CheckSpecVersion::<Runtime>::new(),
            frame_system::CheckTxVersion::<Runtime>::new(),
            frame_system::CheckGenesis::<Runtime>::new(),
            frame_system::CheckEra::<Runtime>::from(Era::Immortal),
            frame_system::CheckNonce::<Runtime>::from(nonce),
            frame_system::CheckWeight::<Runtime>::new(),
            pallet_transaction_payment::ChargeTransactionPayment::<Runtime>::from(0),
            frame_metadata_hash_extension::CheckMetadataHash::<Runtime>::new(false),
            frame_system::WeightReclaim::<Runtime>::new(),
        );
        // Data that is signed but not transmitted. An immortal transaction starts at the genesis block.
        let implicit = (
            (),
            (),
            (),
            VERSION.spec_version,
            VERSION.transaction_version,
            self.genesis_hash,
            self.genesis_hash,
            (),
            (),
            (),
            None,
            (),
        );

        let payload = SignedPayload::from_raw(call.clone(), extension.clone(), implicit);
        let alice = Sr25519Keyring::Alice.pair();
        let signature = MultiSignature::Sr25519(payload.using_encoded(|payload| alice.sign(payload)));
        let address = Sr25519Keyring::Alice.to_account_id().into();
        UncheckedExtrinsic::new_signed(call, address, signature, extension).into()
    }
}

/// Builder of an empty `system.remark`.
struct RemarkBuilder {
    signer: Signer,
}

impl ExtrinsicBuilder for RemarkBuilder {
    fn pallet(&self) -> &str {
        "system"
    }

    fn extrinsic(&self) -> &str {
        "remark"
    }

    fn build(&self, nonce: u32) -> Result<OpaqueExtrinsic, &'static str> {
        let call = frame_system::Call::<Runtime>::remark { remark: Vec::new() };
        Ok(self.signer.sign(call.into(), nonce))
    }
}

/// Builder of a `balances.transfer_keep_alive`.
struct TransferKeepAliveBuilder {
    signer: Signer,
    dest: AccountId,
}

impl ExtrinsicBuilder for TransferKeepAliveBuilder {
    fn pallet(&self) -> &str {
        "balances"
    }

    fn extrinsic(&self) -> &str {
        "transfer_keep_alive"
    }

    fn build(&self, nonce: u32) -> Result<OpaqueExtrinsic, &'static str> {
        let call =
            BalancesCall::<Runtime>::transfer_keep_alive { dest: self.dest.clone().into(), value: TRANSFER_AMOUNT };
        Ok(self.signer.sign(call.into(), nonce))
    }
}
