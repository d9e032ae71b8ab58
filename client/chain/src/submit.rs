//! Signing and sending of extrinsics, and waiting for their inclusion.

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

/// Number of blocks in which an extrinsic may be included, from its anchor on.
const ERA_BLOCKS: u64 = 64;

/// Block on which extrinsics are signed. Fetched once, it serves all extrinsics that follow within about a minute.
pub struct Anchor(OnlineClientAtBlock<SubstrateConfig>);

/// Error code of a node whose transaction pool already has the extrinsic.
const ALREADY_IMPORTED: i32 = 1013;

/// Pause between two searches of new blocks for an extrinsic.
const FIND_PAUSE: Duration = Duration::from_millis(300);

/// Signed extrinsic, encoded.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Signed(pub Vec<u8>);

/// Place in the chain of an extrinsic that was included and succeeded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Receipt {
    /// Block that includes it.
    pub block: Block,
    /// Index among the extrinsics of the block.
    pub index: u32,
}

/// Extrinsic that was sent. Its inclusion can be waited for.
pub struct Watched {
    chain: Chain,
    bytes: Vec<u8>,
    progress: Progress,
}

/// Source of the progress of an extrinsic.
enum Progress {
    /// Reports of the node.
    Reported(RpcSubscription<TransactionStatus<subxt::utils::H256>>),
    /// Blocks, which are searched from this one on.
    Sought(BlockNumber),
}

/// Kind of block that has to include an extrinsic.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Best,
    Final,
}

impl Chain {
    /// Reads the block to sign on: the highest finalized block, so that no reorganisation invalidates the extrinsic.
    ///
    /// # Errors
    ///
    /// [`ChainError::Rpc`] when the node does not answer.
    pub async fn anchor(&self) -> Result<Anchor, ChainError> {
        let client = self
            .online
            .at_current_block()
            .await
            .map_err(|error| ChainError::Rpc { method: "reading the final block", source: Box::new(error) })?;
        Ok(Anchor(client))
    }

    /// Reads the next nonce of `account`, counting its extrinsics in the node's transaction pool.
    ///
    /// # Errors
    ///
    /// When the node does not answer.
    pub async fn next_nonce(&self, account: &AccountId) -> Result<u64, ChainError> {
        let account = subxt::utils::AccountId32(*account.as_ref());
        let nonce = self.methods.system_account_next_index(&account).await;
        nonce.map_err(ChainError::rpc("system_accountNextIndex"))
    }

    /// Sends an extrinsic, and does not wait for its inclusion.
    ///
    /// # Errors
    ///
    /// [`ChainError::Refused`] when the node does not take it, [`ChainError::Rpc`] when the node does not answer.
    pub async fn submit(&self, signed: &Signed) -> Result<(), ChainError> {
        let hash = self.methods.author_submit_extrinsic(&signed.0).await;
        hash.map(|_| ()).map_err(ChainError::rpc("author_submitExtrinsic"))
    }

    /// Sends an extrinsic and returns a handle that waits for its inclusion.
    ///
    /// An extrinsic that the node's pool already has is not an error. It was sent before, or the pool took it into the view
    /// of a new block while it was being sent, and the SDK then refuses it although it was sent once. The handle searches the
    /// blocks for it.
    ///
    /// # Errors
    ///
    /// [`ChainError::Refused`] when the node does not take it, [`ChainError::Rpc`] when the node does not answer.
    pub async fn watch(&self, signed: Signed) -> Result<Watched, ChainError> {
        let statuses = self.methods.author_submit_and_watch_extrinsic(&signed.0).await;
        let progress = match statuses.map_err(ChainError::rpc("author_submitAndWatchExtrinsic")) {
            Ok(statuses) => Progress::Reported(statuses),
            // A block that was made during the request may include it.
            Err(ChainError::Refused { code: ALREADY_IMPORTED, .. }) => {
                Progress::Sought(self.best().await?.number.saturating_sub(1))
            }
            Err(error) => return Err(error),
        };
        Ok(Watched { chain: self.clone(), bytes: signed.0, progress })
    }

    /// Searches the blocks from `from` on for an extrinsic, until its era is over.
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

    /// Signs and sends a call, and waits until a best block includes it.
    ///
    /// # Errors
    ///
    /// [`ChainError::Dispatch`] when the call fails in the block, [`ChainError::Refused`] or [`ChainError::Dropped`] when it
    /// is not included; others when the node does not answer.
    pub async fn execute(&self, call: &Call, signer: &Signer) -> Result<Receipt, ChainError> {
        self.execute_with_tip(call, signer, 0).await
    }

    /// The same with a tip in planck, which gets the call into a block before those with lower tips.
    ///
    /// # Errors
    ///
    /// As [`Self::execute`].
    pub async fn execute_with_tip(&self, call: &Call, signer: &Signer, tip: Balance) -> Result<Receipt, ChainError> {
        let nonce = self.next_nonce(&signer.account()).await?;
        let signed = self.anchor().await?.sign(call, signer, nonce, tip)?;
        self.watch(signed).await?.included().await
    }

    /// Signs calls with consecutive nonces, sends all of them, and then waits until a best block includes each. Returns a
    /// result for each call, in their order.
    ///
    /// # Errors
    ///
    /// When a call cannot be signed or the node refuses it. Calls before it have been sent.
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

    /// Reads the result of the extrinsic `bytes` in the block `hash`.
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

/// Returns the error of the extrinsic at `index`, or `None` if it succeeded.
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

/// Converts a failure of a call to an error with the names that the metadata has for it.
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
    /// Signs a call. The extrinsic is valid for `ERA_BLOCKS` (64) blocks from here on.
    ///
    /// # Errors
    ///
    /// [`ChainError::Sign`] when the chain does not have the call.
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
    /// Waits until a best block includes it. A reorganisation may still remove that block; see [`Watched::finalized`].
    ///
    /// # Errors
    ///
    /// [`ChainError::Dispatch`] when the call fails in the block, [`ChainError::Dropped`] when it is not included.
    pub async fn included(self) -> Result<Receipt, ChainError> {
        self.until(Wanted::Best).await
    }

    /// Waits until a finalized block includes it.
    ///
    /// # Errors
    ///
    /// As [`Watched::included`].
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
                TransactionStatus::Usurped(_) => return Err(ChainError::Dropped("another extrinsic took its nonce")),
                TransactionStatus::Dropped => return Err(ChainError::Dropped("the pool is full")),
                TransactionStatus::Invalid => return Err(ChainError::Dropped("it is not valid any more")),
                TransactionStatus::FinalityTimeout(_) => return Err(ChainError::Dropped("finality has stopped")),
                _ => {}
            }
        }
        Err(ChainError::Dropped("the node has closed the connection"))
    }
}
