//! Signing calls, sending them, and waiting for what becomes of them.

use crate::{
    call::Call,
    chain::{Block, Chain},
    error::ChainError,
    signer::Signer,
};
use codec::Decode;
use sp_core::H256;
use sp_runtime::DispatchError;
use std::time::Duration;
use subxt::{
    client::{OnlineClientAtBlock, OnlineClientAtBlockImpl},
    config::substrate::SubstrateExtrinsicParamsBuilder,
    events::{Events, Phase},
    rpcs::{client::RpcSubscription, methods::legacy::TransactionStatus},
    Metadata, SubstrateConfig,
};
use tick_stream_primitives::{AccountId, Balance, BlockNumber};

/// Blocks for which an extrinsic may be included.
const ERA_BLOCKS: u64 = 64;

/// The block that extrinsics are signed on: fetched once, good for as many as follow within a minute.
pub struct Anchor(OnlineClientAtBlock<SubstrateConfig>);

/// The code by which a node says that its transaction pool has an extrinsic already.
const ALREADY_IMPORTED: i32 = 1013;

/// How long to wait between two looks for an extrinsic in new blocks.
const FIND_PAUSE: Duration = Duration::from_millis(300);

/// A signed extrinsic, ready to be sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Signed(pub Vec<u8>);

/// Where an extrinsic was included, and that it succeeded there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Receipt {
    /// The block.
    pub block: Block,
    /// Its place among the block's extrinsics.
    pub index: u32,
}

/// An extrinsic that was sent.
pub struct Watched {
    chain: Chain,
    bytes: Vec<u8>,
    progress: Progress,
}

/// The source from which the progress of an extrinsic is known.
enum Progress {
    /// The node reports it.
    Reported(RpcSubscription<TransactionStatus<subxt::utils::H256>>),
    /// It is looked for in blocks, from this one on.
    Sought(BlockNumber),
}

/// How sure an inclusion has to be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Best,
    Final,
}

impl Chain {
    /// What to sign on now: the highest final block, so that no change of forks voids the extrinsic.
    pub async fn anchor(&self) -> Result<Anchor, ChainError> {
        let client = self
            .online
            .at_current_block()
            .await
            .map_err(|error| ChainError::Rpc { method: "reading the final block", source: Box::new(error) })?;
        Ok(Anchor(client))
    }

    /// The next nonce of `account`, extrinsics in the node's transaction pool included.
    pub async fn next_nonce(&self, account: &AccountId) -> Result<u64, ChainError> {
        let account = subxt::utils::AccountId32(*account.as_ref());
        let nonce = self.methods.system_account_next_index(&account).await;
        nonce.map_err(ChainError::rpc("system_accountNextIndex"))
    }

    /// Sends an extrinsic and does not wait.
    pub async fn submit(&self, signed: &Signed) -> Result<(), ChainError> {
        let hash = self.methods.author_submit_extrinsic(&signed.0).await;
        hash.map(|_| ()).map_err(ChainError::rpc("author_submitExtrinsic"))
    }

    /// Sends an extrinsic and returns a handle that waits for its inclusion.
    ///
    /// An extrinsic that the node has already is not an error: it was sent before, or the node's pool took it into the view
    /// of a new block while it was being sent, and the SDK then refuses its only sender. It is looked for in blocks.
    pub async fn watch(&self, signed: Signed) -> Result<Watched, ChainError> {
        let statuses = self.methods.author_submit_and_watch_extrinsic(&signed.0).await;
        let progress = match statuses.map_err(ChainError::rpc("author_submitAndWatchExtrinsic")) {
            Ok(statuses) => Progress::Reported(statuses),
            // A block that was made while the node answered may have it.
            Err(ChainError::Refused { code: ALREADY_IMPORTED, .. }) => {
                Progress::Sought(self.best().await?.number.saturating_sub(1))
            }
            Err(error) => return Err(error),
        };
        Ok(Watched { chain: self.clone(), bytes: signed.0, progress })
    }

    /// Looks for an extrinsic in the blocks from `from` on, until its era is over.
    async fn find(&self, bytes: &[u8], from: BlockNumber, wanted: Wanted) -> Result<Receipt, ChainError> {
        let mut next = from;
        while u64::from(next - from) <= ERA_BLOCKS {
            let newest = match wanted {
                Wanted::Best => self.best().await?,
                Wanted::Final => self.finalized().await?,
            };
            while next <= newest.number {
                let hash = self.hash_of(next).await?;
                if self.extrinsics(hash).await?.iter().any(|extrinsic| extrinsic == bytes) {
                    return self.receipt(bytes, hash).await;
                }
                next += 1;
            }
            tokio::time::sleep(FIND_PAUSE).await;
        }
        Err(ChainError::Dropped("it is not valid any more"))
    }

    /// Signs and sends a call, and waits until a best block has it. Fails as the call failed.
    pub async fn execute(&self, call: &Call, signer: &Signer) -> Result<Receipt, ChainError> {
        let nonce = self.next_nonce(&signer.account()).await?;
        let signed = self.anchor().await?.sign(call, signer, nonce, 0)?;
        self.watch(signed).await?.included().await
    }

    /// Signs calls with consecutive nonces, sends all of them and then waits for each.
    pub async fn pipeline(
        &self,
        calls: &[Call],
        signer: &Signer,
    ) -> Result<Vec<Result<Receipt, ChainError>>, ChainError> {
        let first = self.next_nonce(&signer.account()).await?;
        let anchor = self.anchor().await?;
        let mut sent = Vec::with_capacity(calls.len());
        for (nonce, call) in (first..).zip(calls) {
            sent.push(self.watch(anchor.sign(call, signer, nonce, 0)?).await?);
        }
        let mut receipts = Vec::with_capacity(sent.len());
        for watched in sent {
            receipts.push(watched.included().await);
        }
        Ok(receipts)
    }

    /// What became of the extrinsic `bytes` in the block `hash`.
    async fn receipt(&self, bytes: &[u8], hash: H256) -> Result<Receipt, ChainError> {
        let extrinsics = self.extrinsics(hash).await?;
        let index = extrinsics.iter().position(|extrinsic| extrinsic == bytes);
        let index = index.ok_or_else(|| ChainError::BlockUnknown(format!("{hash:?} with this extrinsic")))? as u32;
        let at = self.at_block(hash).await?;
        let number = at.block_number() as u32;
        let events = fetch_events(&at).await?;
        match failure(&events, at.metadata_ref(), index)? {
            Some(error) => Err(error),
            None => Ok(Receipt { block: Block { number, hash }, index }),
        }
    }

    pub(crate) async fn at_block(&self, hash: H256) -> Result<OnlineClientAtBlock<SubstrateConfig>, ChainError> {
        self.online
            .at_block(subxt::utils::H256(hash.0))
            .await
            .map_err(|error| ChainError::Rpc { method: "reading a block", source: Box::new(error) })
    }
}

pub(crate) async fn fetch_events(
    at: &subxt::client::ClientAtBlock<SubstrateConfig, OnlineClientAtBlockImpl<SubstrateConfig>>,
) -> Result<Events<SubstrateConfig>, ChainError> {
    let events = at.events().fetch().await;
    events.map_err(|error| ChainError::Rpc { method: "reading a block's events", source: Box::new(error) })
}

/// Why the extrinsic at `index` failed, if it did.
fn failure(
    events: &Events<SubstrateConfig>,
    metadata: &Metadata,
    index: u32,
) -> Result<Option<ChainError>, ChainError> {
    for event in events.iter() {
        let event = event.map_err(|error| ChainError::Rpc { method: "reading an event", source: Box::new(error) })?;
        let is_failure = event.pallet_name() == "System" && event.event_name() == "ExtrinsicFailed";
        if is_failure && event.phase() == Phase::ApplyExtrinsic(index) {
            let error = DispatchError::decode(&mut event.field_bytes()).map_err(ChainError::decode("a failure"))?;
            return Ok(Some(named(metadata, error)));
        }
    }
    Ok(None)
}

/// A failure by the names that the metadata has for it.
pub(crate) fn named(metadata: &Metadata, error: DispatchError) -> ChainError {
    let DispatchError::Module(module) = error else {
        return ChainError::Dispatch { pallet: "System".into(), error: format!("{error:?}") };
    };
    let pallet = metadata.pallet_by_error_index(module.index);
    let variant = pallet.as_ref().and_then(|pallet| pallet.error_variant_by_index(module.error[0]));
    ChainError::Dispatch {
        pallet: pallet.as_ref().map_or_else(|| module.index.to_string(), |pallet| pallet.name().to_owned()),
        error: variant.map_or_else(|| format!("{:?}", module.error), |variant| variant.name.clone()),
    }
}

impl Anchor {
    /// Signs a call, valid for [`ERA_BLOCKS`] from here.
    pub fn sign(&self, call: &Call, signer: &Signer, nonce: u64, tip: Balance) -> Result<Signed, ChainError> {
        let params = SubstrateExtrinsicParamsBuilder::<SubstrateConfig>::new()
            .mortal_from_unchecked(ERA_BLOCKS, self.0.block_number(), self.0.block_hash())
            .nonce(nonce)
            .tip(tip)
            .build();
        let failed = |error: subxt::error::ExtrinsicError| ChainError::Sign(Box::new(error.into()));
        let mut signable = self.0.transactions().create_signable_offline(call, params).map_err(failed)?;
        Ok(Signed(signable.sign(&signer.0).map_err(failed)?.into_encoded()))
    }
}

impl Watched {
    /// Waits until a best block has it. Another fork may still win; see [`Watched::finalized`].
    pub async fn included(self) -> Result<Receipt, ChainError> {
        self.until(Wanted::Best).await
    }

    /// Waits until a final block has it.
    pub async fn finalized(self) -> Result<Receipt, ChainError> {
        self.until(Wanted::Final).await
    }

    async fn until(self, wanted: Wanted) -> Result<Receipt, ChainError> {
        let mut statuses = match self.progress {
            Progress::Reported(statuses) => statuses,
            Progress::Sought(from) => return self.chain.find(&self.bytes, from, wanted).await,
        };
        while let Some(status) = statuses.next().await {
            match status.map_err(ChainError::rpc("author_submitAndWatchExtrinsic"))? {
                TransactionStatus::InBlock(hash) if wanted == Wanted::Best => {
                    return self.chain.receipt(&self.bytes, H256(hash.0)).await;
                }
                TransactionStatus::Finalized(hash) => return self.chain.receipt(&self.bytes, H256(hash.0)).await,
                TransactionStatus::Usurped(_) => return Err(ChainError::Dropped("another took its nonce")),
                TransactionStatus::Dropped => return Err(ChainError::Dropped("the pool is full")),
                TransactionStatus::Invalid => return Err(ChainError::Dropped("it is not valid any more")),
                TransactionStatus::FinalityTimeout(_) => return Err(ChainError::Dropped("finality stands still")),
                _ => {}
            }
        }
        Err(ChainError::Dropped("the node has closed the connection"))
    }
}
