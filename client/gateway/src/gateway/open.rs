//! Opening what the gateway consists of: the key, the index, the journal, the object store.

use super::error::BuildError;
use crate::{
    config::Config,
    lifetime::Lifetime,
    live::{live_uri_templates, ChannelRegistry},
    publishing::BroadcastContext,
    secrets::Secrets,
};
use object_store::{local::LocalFileSystem, prefix::PrefixStore, ObjectStore};
use sp_runtime::Permill;
use std::{path::PathBuf, sync::Arc};
use tick_stream_primitives::{api::Params, clock::now_ms};
use url::Url;
use vilokanam_chain::{Nodes, Signer};
use vilokanam_indexer::{ChainIdentity, Store};
use vilokanam_media::Uris;
use vilokanam_paywall::{JournalConfig, Paywall};

/// Reads the gateway's key: a secret phrase or URI, or 32 bytes in hex.
pub fn read_key(config: &Config) -> Result<Signer, BuildError> {
    let path = &config.chain.key_file;
    let text = std::fs::read_to_string(path).map_err(|error| BuildError::Io { path: path.clone(), error })?;
    let text = text.trim();
    let seed = vilokanam_wire::scalars::bytes_from_hex::<32>(text).ok();
    let signer = seed.map_or_else(|| Signer::from_uri(text), Signer::from_seed);
    // The error's own text could quote the secret.
    signer.map_err(|_| BuildError::Key { path: path.clone(), why: "the file holds no key".into() })
}

/// Connects the index and binds it to the nodes' chain.
pub async fn open_index(config: &Config, node: &Nodes, params: &Params) -> Result<Store, BuildError> {
    let index = Store::connect(&config.database_url()).await?;
    let genesis = node.genesis().into();
    let chain = ChainIdentity { genesis, protocol_fee: params.protocol_fee, submitter_share: params.submitter_share };
    index.bind_chain(&chain).await?;
    Ok(index)
}

/// Opens the journal and recovers every session in it.
pub fn open_paywall(config: &Config, node: &Nodes, params: &Params, signer: &Signer) -> Result<Paywall, BuildError> {
    let journal = JournalConfig::new(config.data_dir.join("journal"));
    let settings = vilokanam_paywall::Config {
        min_price: config.paywall.min_price.into(),
        min_share: Permill::from_parts(config.paywall.min_share_ppm),
        credit_ticks: config.paywall.credit_ticks,
        credit_until_final: config.paywall.credit_ticks_until_final,
        unopened_per_prefix: config.paywall.unopened_per_prefix,
        max_sessions: config.paywall.max_sessions,
        settle_interval_ms: u64::from(config.chain.settle_interval_s) * 1_000,
        resubmit_after_ms: u64::from(config.chain.direct_after_s) * 1_000,
        idle_close_ms: u64::from(config.paywall.idle_close_s) * 1_000,
        ..vilokanam_paywall::Config::new(node.genesis(), signer.account(), journal.dir.clone())
    };
    let (paywall, report) = Paywall::open(settings.with_params(params), now_ms())?;
    tracing::info!(?report, "read the journal");
    Ok(paywall)
}

/// What every broadcast needs: the channel registry, the object store, the streams' secrets.
pub fn broadcast_context(config: &Config, index: &Store, lifetime: &Lifetime) -> Result<BroadcastContext, BuildError> {
    Ok(BroadcastContext {
        live: Arc::new(ChannelRegistry::new(config.ingest.max_broadcasts)),
        index: index.clone(),
        storage: open_storage(config)?,
        secrets: Arc::new(Secrets::open(&config.data_dir.join("secrets"))?),
        uris: Uris::new(&live_uri_templates()).map_err(|error| BuildError::Setting(error.to_string()))?,
        records: config.storage.records,
        lifetime: lifetime.clone(),
    })
}

fn open_storage(config: &Config) -> Result<Arc<dyn ObjectStore>, BuildError> {
    let wrong = |error: object_store::Error| BuildError::Storage(error.to_string());
    if let Some(url) = config.storage.url.as_deref().filter(|url| url.starts_with("s3://")) {
        let store = object_store::aws::AmazonS3Builder::from_env().with_url(url).build().map_err(wrong)?;
        return Ok(Arc::new(PrefixStore::new(store, prefix_of(url))));
    }
    let named = config.storage.url.as_deref().and_then(|url| url.strip_prefix("file://")).map(PathBuf::from);
    let folder = named.unwrap_or_else(|| config.data_dir.join("media"));
    std::fs::create_dir_all(&folder).map_err(|error| BuildError::Io { path: folder.clone(), error })?;
    Ok(Arc::new(LocalFileSystem::new_with_prefix(folder).map_err(wrong)?))
}

/// Returns the path after the bucket's name. The store itself takes only the bucket from a URL.
fn prefix_of(url: &str) -> String {
    Url::parse(url).map(|url| url.path().trim_start_matches('/').to_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_after_the_bucket_is_a_prefix() {
        let cases = [("s3://bucket", ""), ("s3://bucket/", ""), ("s3://bucket/a", "a"), ("s3://bucket/a/b/", "a/b/")];
        for (url, prefix) in cases {
            assert_eq!(prefix_of(url), prefix, "{url}");
        }
    }
}
