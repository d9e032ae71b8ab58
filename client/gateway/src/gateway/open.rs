//! Opening what the gateway consists of: the key, the index, the journal, the object store.

use super::error::BuildError;
use crate::{
    config::Config,
    creator_settings::{CreatorSettings, OperatorSettings},
    identity::Identity,
    lifetime::Lifetime,
    live::{live_uri_templates, Archive, ChannelRegistry, Room, Tails},
    notices::Notices,
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
fn read_key(config: &Config) -> Result<Signer, BuildError> {
    let path = &config.chain.key_file;
    let text = std::fs::read_to_string(path).map_err(|error| BuildError::Io { path: path.clone(), error })?;
    let text = text.trim();
    let seed = vilokanam_wire::scalars::bytes_from_hex::<32>(text).ok();
    let signer = seed.map_or_else(|| Signer::from_uri(text), Signer::from_seed);
    // The error's own text could quote the secret.
    signer.map_err(|_| BuildError::Key { path: path.clone(), why: "the file holds no key".into() })
}

/// Reads who the gateway is.
pub fn read_identity(config: &Config) -> Result<Identity, BuildError> {
    let account = config.chain.account.as_ref().map(|account| account.0.clone());
    Ok(Identity::new(account, read_key(config)?))
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
pub fn open_paywall(
    config: &Config,
    node: &Nodes,
    params: &Params,
    identity: &Identity,
) -> Result<Paywall, BuildError> {
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
        ..vilokanam_paywall::Config::new(node.genesis(), identity.account(), journal.dir.clone())
    };
    let (paywall, report) = Paywall::open(settings.with_params(params), now_ms())?;
    tracing::info!(?report, "read the journal");
    Ok(paywall)
}

/// What every broadcast needs: the channel registry, the archive, the streams' secrets and settings.
pub fn broadcast_context(
    config: &Config,
    index: &Store,
    notices: Notices,
    lifetime: &Lifetime,
) -> Result<BroadcastContext, BuildError> {
    let archive = open_archive(config, index)?;
    let settings = CreatorSettings::new(index.clone(), operator_settings(config), archive.growing.clone());
    Ok(BroadcastContext {
        live: Arc::new(ChannelRegistry::new(config.ingest.max_broadcasts)),
        index: index.clone(),
        archive,
        settings: Arc::new(settings),
        secrets: Arc::new(Secrets::open(&config.data_dir.join("secrets"))?),
        uris: Uris::new(&live_uri_templates()).map_err(|error| BuildError::Setting(error.to_string()))?,
        notices,
        lifetime: lifetime.clone(),
    })
}

fn operator_settings(config: &Config) -> OperatorSettings {
    OperatorSettings {
        records: config.storage.records,
        dvr_hours: config.storage.dvr_hours,
        keep_days: config.storage.keep_days,
        ladder: config.ingest.ladder.clone(),
        encoders: offered_encoders(&config.ingest.encoder),
        codecs: config.ingest.codecs.iter().filter_map(|name| name.parse().ok()).collect(),
    }
}

/// The operator's encoder, and that of the processor, which is always there.
fn offered_encoders(own: &str) -> Vec<String> {
    let processor = (own != "libx264").then(|| "libx264".to_owned());
    std::iter::once(own.to_owned()).chain(processor).collect()
}

fn open_archive(config: &Config, index: &Store) -> Result<Archive, BuildError> {
    let storage = &config.storage;
    let wrong = |error: object_store::Error| BuildError::Storage(error.to_string());
    let mut folders = vec![config.data_dir.clone()];
    let store: Arc<dyn ObjectStore> = match storage.url.as_deref().filter(|url| url.starts_with("s3://")) {
        Some(url) => {
            let store = object_store::aws::AmazonS3Builder::from_env().with_url(url).build().map_err(wrong)?;
            Arc::new(PrefixStore::new(store, prefix_of(url)))
        }
        None => {
            let named = storage.url.as_deref().and_then(|url| url.strip_prefix("file://")).map(PathBuf::from);
            let folder = named.unwrap_or_else(|| config.data_dir.join("media"));
            std::fs::create_dir_all(&folder).map_err(|error| BuildError::Io { path: folder.clone(), error })?;
            folders.push(folder.clone());
            Arc::new(LocalFileSystem::new_with_prefix(folder).map_err(wrong)?.with_automatic_cleanup(true))
        }
    };
    let room = Room::new(index.clone(), folders, storage.min_free_bytes, storage.max_bytes_per_creator);
    let tails = config.data_dir.join("recording-tails");
    let tails = Tails::open(tails.clone()).map_err(|error| BuildError::Io { path: tails, error })?;
    Ok(Archive { store, index: index.clone(), growing: Arc::default(), room, tails })
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
