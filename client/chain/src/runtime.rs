//! State, constants and calls of the runtime's other pallets. They are found by their names in the metadata of the
//! connected node, so that their types need not be known beforehand.

use crate::{
    call::Call,
    chain::{Block, Chain},
    error::ChainError,
    reads::State,
    submit::{fetch_events, Receipt},
};
use sp_core::H256;
use subxt::{
    client::OnlineClientAtBlock,
    events::Phase,
    ext::{
        scale_decode::{DecodeAsFields, DecodeAsType},
        scale_value::{stringify, Value, ValueDef},
    },
    rpcs::rpc_params,
    SubstrateConfig,
};
use tick_stream_primitives::AccountId;

/// Maximum number of entries that are read of one storage map.
const MAX_ENTRIES: usize = 10_000;
/// Maximum length of the description of a call in characters.
const MAX_DESCRIPTION: usize = 2_000;

/// Name and version of a runtime.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RuntimeVersion {
    /// Name of the kind of runtime.
    pub spec_name: String,
    /// Version of its rules. An upgrade needs a higher one.
    pub spec_version: u32,
}

/// Version of the runtime API `TickStreamApi` whose sessions and tickets this crate understands.
pub const TICK_STREAM_API: u32 = 2;

/// Returns the version of a runtime API in the answer of `state_getRuntimeVersion`; 0 if the runtime does not have it.
fn api_version(apis: Option<&serde_json::Value>, name: &str) -> u32 {
    let id = format!("0x{}", hex::encode(sp_crypto_hashing::blake2_64(name.as_bytes())));
    let mut apis = apis.and_then(serde_json::Value::as_array).into_iter().flatten();
    let version = apis.find(|api| api[0] == id.as_str()).and_then(|api| api[1].as_u64());
    version.and_then(|version| u32::try_from(version).ok()).unwrap_or(0)
}

/// Session keys that a node has made, and the proof that it has them.
#[derive(Clone, PartialEq, Eq, Debug, serde::Deserialize)]
pub struct GeneratedKeys {
    /// Public keys: hex.
    pub keys: String,
    /// Proof that the keys' owner has them: hex.
    pub proof: Option<String>,
}

/// Returns a value that encodes to an account.
pub(crate) fn account_value(account: &AccountId) -> Value {
    Value::from_bytes(account)
}

/// Returns a value that encodes to the address of an account.
pub(crate) fn address_value(account: &AccountId) -> Value {
    Value::unnamed_variant("Id", [account_value(account)])
}

/// Converts a failure to read something by its name.
fn failed<E: std::error::Error + Send + Sync + 'static>(method: &'static str) -> impl FnOnce(E) -> ChainError {
    move |error| ChainError::Rpc { method, source: Box::new(error) }
}

impl Chain {
    /// Reads the name and the version of the runtime after the best block.
    ///
    /// # Errors
    ///
    /// When the node does not answer.
    pub async fn runtime_version(&self) -> Result<RuntimeVersion, ChainError> {
        let version = self.methods.state_get_runtime_version(None).await;
        let version = version.map_err(ChainError::rpc("state_getRuntimeVersion"))?;
        let name = version.other.get("specName").and_then(|name| name.as_str()).unwrap_or_default();
        Ok(RuntimeVersion { spec_name: name.to_owned(), spec_version: version.spec_version })
    }

    /// Returns the encoding of a call, as a proposal or a preimage contains it.
    ///
    /// # Errors
    ///
    /// [`ChainError::Sign`] when the chain does not have the call.
    pub async fn encode_call(&self, call: &Call) -> Result<Vec<u8>, ChainError> {
        let at = self.best_client().await?;
        at.transactions().call_data(call).map_err(|error| ChainError::Sign(Box::new(error.into())))
    }

    /// Describes an encoded call: its names and arguments.
    ///
    /// # Errors
    ///
    /// [`ChainError::Sign`] when the bytes are no call of this chain.
    pub async fn describe_call(&self, bytes: &[u8]) -> Result<String, ChainError> {
        let at = self.best_client().await?;
        let call = at.transactions().from_call_data_bytes(bytes);
        let call = call.map_err(|error| ChainError::Sign(Box::new(error.into())))?;
        let args = Value::without_context(ValueDef::Composite(call.call_data().clone()));
        let text = format!("{}.{} {}", call.pallet_name(), call.call_name(), text_of(&args));
        Ok(text.chars().take(MAX_DESCRIPTION).collect())
    }

    /// Returns whether the node has the secrets of these session keys. Only a node that accepts unsafe methods answers.
    ///
    /// # Errors
    ///
    /// When the node refuses or does not answer.
    pub async fn has_session_keys(&self, keys: &[u8]) -> Result<bool, ChainError> {
        let answer = self.methods.author_has_session_keys(keys.to_vec()).await;
        answer.map_err(ChainError::rpc("author_hasSessionKeys"))
    }

    /// Makes new session keys in the node's keystore, for a validator with the account `owner`. Only a node that accepts
    /// unsafe methods does it.
    ///
    /// # Errors
    ///
    /// When the node refuses or does not answer.
    pub async fn rotate_session_keys(&self, owner: &AccountId) -> Result<GeneratedKeys, ChainError> {
        let method = "author_rotateKeysWithOwner";
        let owner = format!("0x{}", hex::encode(owner));
        self.rpc.request(method, rpc_params![owner]).await.map_err(ChainError::rpc(method))
    }

    /// Decodes the fields of the first event of this name that an extrinsic has emitted.
    pub(crate) async fn event_of<E: DecodeAsFields>(
        &self,
        receipt: &Receipt,
        pallet: &str,
        name: &str,
    ) -> Result<Option<E>, ChainError> {
        let at = self.at_block(receipt.block.hash).await?;
        for event in fetch_events(&at).await?.iter() {
            let event = event.map_err(failed("reading an event"))?;
            let is_named = event.pallet_name() == pallet && event.event_name() == name;
            if is_named && event.phase() == Phase::ApplyExtrinsic(receipt.index) {
                return event.decode_fields_unchecked_as().map(Some).map_err(failed("reading an event"));
            }
        }
        Ok(None)
    }

    async fn best_client(&self) -> Result<OnlineClientAtBlock<SubstrateConfig>, ChainError> {
        let Block { hash, .. } = self.best().await?;
        self.at_block(hash).await
    }
}

/// Formats a value as text, with bytes in hex.
pub(crate) fn text_of(value: &Value) -> String {
    let mut text = String::new();
    {
        let writer = stringify::to_writer_custom().compact();
        let writer = writer
            .add_custom_formatter(|value, out: &mut &mut String| stringify::custom_formatters::format_hex(value, out));
        // Writing to a string does not fail.
        let _ = writer.write(value, &mut text);
    }
    text
}

impl State<'_> {
    /// Reads the version of the runtime API `TickStreamApi`, to be compared with [`TICK_STREAM_API`]; 0 if the runtime does not
    /// have it.
    pub async fn tick_stream_api(&self) -> Result<u32, ChainError> {
        let at = self.at.map(|hash| subxt::utils::H256(hash.0));
        let version = self.chain.methods.state_get_runtime_version(at).await;
        let version = version.map_err(ChainError::rpc("state_getRuntimeVersion"))?;
        Ok(api_version(version.other.get("apis"), "TickStreamApi"))
    }

    async fn client(&self) -> Result<OnlineClientAtBlock<SubstrateConfig>, ChainError> {
        let hash: H256 = match self.at {
            Some(hash) => hash,
            None => self.chain.best().await?.hash,
        };
        self.chain.at_block(hash).await
    }

    /// Reads a storage item by its names; `None` when it has no value.
    pub(crate) async fn item<V: DecodeAsType>(
        &self,
        pallet: &'static str,
        name: &'static str,
        keys: Vec<Value>,
    ) -> Result<Option<V>, ChainError> {
        let at = self.client().await?;
        let address = subxt::storage::dynamic::<Vec<Value>, V>(pallet, name);
        let found = at.storage().try_fetch(address, keys).await.map_err(failed("reading the state"))?;
        found.map(|value| value.decode()).transpose().map_err(failed("reading the state"))
    }

    /// Reads all entries of a storage map with one key, at most [`MAX_ENTRIES`], in the order of their keys.
    pub(crate) async fn entries<K: DecodeAsType + Ord, V: DecodeAsType>(
        &self,
        pallet: &'static str,
        name: &'static str,
    ) -> Result<Vec<(K, V)>, ChainError> {
        let at = self.client().await?;
        let address = subxt::storage::dynamic::<Vec<Value>, V>(pallet, name);
        let mut entries = at.storage().iter(address, Vec::<Value>::new()).await.map_err(failed("reading the state"))?;
        let mut found = Vec::new();
        while let Some(entry) = entries.next().await {
            let entry = entry.map_err(failed("reading the state"))?;
            let key = entry.key().map_err(failed("reading the state"))?;
            let key = key.part(0).map(|part| part.decode_as::<K>()).transpose().map_err(failed("reading the state"))?;
            let value = entry.value().decode().map_err(failed("reading the state"))?;
            found.extend(key.flatten().map(|key| (key, value)));
            if found.len() >= MAX_ENTRIES {
                break;
            }
        }
        found.sort_by(|(one, _), (other, _)| one.cmp(other));
        Ok(found)
    }

    /// Reads a constant of a pallet by its names.
    pub(crate) async fn constant<V: DecodeAsType>(
        &self,
        pallet: &'static str,
        name: &'static str,
    ) -> Result<V, ChainError> {
        let at = self.client().await?;
        let address = subxt::constants::dynamic::<V>(pallet, name);
        at.constants().entry(address).map_err(failed("reading a constant"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_of_a_runtime_api_is_found_by_its_name() {
        // As every node answers: `Core` has the identifier 0xdf6acb689907609b.
        let apis = serde_json::json!([["0x37e397fc7c91f5e4", 2], ["0xdf6acb689907609b", 5]]);
        assert_eq!(api_version(Some(&apis), "Core"), 5);
        assert_eq!(api_version(Some(&apis), "TickStreamApi"), 0);
        assert_eq!(api_version(None, "Core"), 0);
    }
}
