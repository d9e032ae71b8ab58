//! Puts the parts together, serves, and ends well.

use crate::{
    api::{
        claims::Published,
        creator_auth::CreatorAuth,
        limits::RequestLimits,
        pages::{Pages, PagesError},
    },
    app::{uri_templates, App},
    audience::{self, Visits},
    config::Config,
    follow::{follow_best, follow_finalized, load_sessions, load_streams},
    live::{recording_uri_templates, LiveDesk, Recordings},
    publishing::{Publishing, PublishingError, Studio},
    secrets::{SecretError, Secrets},
    serve::{Door, ServeError},
    settlement::{now_ms, Settlement},
    shutdown::{self, Shutdown},
    telemetry::{self, TelemetryError},
};
use object_store::{local::LocalFileSystem, prefix::PrefixStore, ObjectStore};
use std::{path::PathBuf, sync::Arc, time::Duration};
use tick_stream_primitives::api::Params;
use tokio::sync::{watch, Notify};
use vilokanam_chain::{Nodes, NodesError, Signer};
use vilokanam_indexer::{ChainIdentity, Store, StoreError};
use vilokanam_media::Uris;
use vilokanam_paywall::{JournalConfig, OpenError, Paywall};

/// How often it is looked whether the database answers, and how long it may take.
const LOOK_EVERY: Duration = Duration::from_secs(5);
const DATABASE_LIMIT: Duration = Duration::from_secs(5);

/// Why the gateway cannot run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error(transparent)]
    Telemetry(#[from] TelemetryError),
    /// None of the nodes.
    #[error("chain.nodes: {0}")]
    Node(#[from] NodesError),
    #[error(transparent)]
    Index(#[from] StoreError),
    #[error(transparent)]
    Broadcasts(#[from] vilokanam_indexer::own::OwnError),
    #[error(transparent)]
    Paywall(#[from] OpenError),
    #[error(transparent)]
    Secrets(#[from] SecretError),
    #[error(transparent)]
    Publishing(#[from] PublishingError),
    /// The gateway's key.
    #[error("{}: {why}; write a secret phrase or URI, or 32 bytes in hex, into it", path.display())]
    Key { path: PathBuf, why: String },
    /// A folder or a file.
    #[error("{}: {error}", path.display())]
    Io { path: PathBuf, error: std::io::Error },
    /// The media store.
    #[error("storage.url: {0}")]
    Storage(String),
    /// HTTP.
    #[error(transparent)]
    Serve(#[from] ServeError),
    #[error(transparent)]
    Pages(#[from] PagesError),
    /// A wrong setting that only the crates below notice.
    #[error("{0}")]
    Setting(String),
}

/// Runs until SIGTERM or Ctrl-C.
pub async fn run(config: Config) -> Result<(), RunError> {
    let metrics = telemetry::init(&config.log)?;
    // One crypto provider for everything that speaks TLS; a second call would only find the first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let wrap = |error| RunError::Io { path: config.data_dir.clone(), error };
    std::fs::create_dir_all(&config.data_dir).map_err(wrap)?;
    let signer = read_key(&config)?;
    let pages = config.http.pages.as_deref().map(Pages::read).transpose()?.map(Arc::new);
    // Before anything is started: what is wrong with the port or the certificate is said at once.
    let door = Door::open(&config.http).await?;
    let node = Arc::new(Nodes::connect(&config.chain.nodes).await?);
    let params = node.ask(|chain| async move { chain.now().params().await }).await?;
    let index = open_index(&config, &node, &params).await?;
    let paywall = Arc::new(open_paywall(&config, &node, &params, &signer)?);
    load_streams(&paywall, &node).await?;
    load_sessions(&paywall, &node, &index).await?;

    let (end, shutdown) = shutdown::channel();
    index.end_broadcasts(now_ms()).await?;
    let (publishing, broadcasts) = Publishing::start(&config).await?;
    let studio = Arc::new(open_studio(&config, &index)?);
    let recording_uris = Uris::new(&recording_uri_templates()).map_err(|error| RunError::Setting(error.to_string()))?;
    let (audience_sender, audience) = watch::channel(Arc::default());
    let visits = Arc::new(Visits::default());
    let (indexed_sender, indexed_block) = watch::channel(0);
    let settle_now = Arc::new(Notify::new());
    let (database_sender, database_well) = watch::channel(true);
    tokio::spawn(look_after(index.clone(), database_sender, shutdown.clone()));
    let app = Arc::new(App {
        gateway: signer.account(),
        params,
        node: node.clone(),
        paywall: paywall.clone(),
        index: index.clone(),
        live: studio.live.clone(),
        publishing: publishing.clone(),
        uris: studio.uris.clone(),
        recordings: Recordings::new(studio.storage.clone(), index.clone(), studio.secrets.clone()),
        recording_uris,
        audience,
        visits: visits.clone(),
        auth: CreatorAuth::new(node.genesis()),
        limits: RequestLimits::new(config.http.requests_per_second, config.http.request_burst),
        metrics,
        settle_now: settle_now.clone(),
        published: Published::default(),
        is_database_well: database_well,
        indexed_block,
        shutdown: shutdown.clone(),
        config,
    });
    let gateway = app.gateway.clone();
    let settlement = Settlement::new(paywall.clone(), node.clone(), signer, settle_now);
    let settling = tokio::spawn(settlement.run(shutdown.clone()));
    tokio::spawn(follow_best(paywall.clone(), node.clone(), index.clone(), gateway.clone(), shutdown.clone()));
    let live = studio.live.clone();
    let counting = audience::count(paywall.clone(), live, (index.clone(), visits), audience_sender, shutdown.clone());
    let counting = tokio::spawn(counting);
    tokio::spawn(follow_finalized(paywall.clone(), node, gateway, index, indexed_sender, shutdown.clone()));
    let publishing = tokio::spawn(publishing.run(studio, broadcasts, shutdown.clone()));
    tokio::spawn(forget_quiet_clients(app.clone()));

    let served = door.serve(app, pages, end).await;
    // No request can come any more: what was sold goes out, and the journal is on the disk.
    let _ = tokio::join!(settling, publishing, counting);
    if let Err(error) = paywall.flush().await {
        tracing::error!(%error, "the journal was not written to its end");
    }
    tracing::info!("the gateway has ended");
    Ok(served?)
}

fn read_key(config: &Config) -> Result<Signer, RunError> {
    let path = &config.chain.key_file;
    let text = std::fs::read_to_string(path).map_err(|error| RunError::Io { path: path.clone(), error })?;
    let text = text.trim();
    let seed = vilokanam_wire::scalars::bytes_from_hex::<32>(text).ok();
    let signer = seed.map_or_else(|| Signer::from_uri(text), Signer::from_seed);
    // The words of the error could quote the secret.
    signer.map_err(|_| RunError::Key { path: path.clone(), why: "this is no key".into() })
}

async fn open_index(config: &Config, node: &Nodes, params: &Params) -> Result<Store, RunError> {
    let index = Store::connect(&config.database_url()).await?;
    let genesis = node.genesis();
    let chain = ChainIdentity { genesis, protocol_fee: params.protocol_fee, submitter_share: params.submitter_share };
    index.bind_chain(&chain).await?;
    Ok(index)
}

fn open_paywall(config: &Config, node: &Nodes, params: &Params, signer: &Signer) -> Result<Paywall, RunError> {
    let journal = JournalConfig::new(config.data_dir.join("journal"));
    let settings = vilokanam_paywall::Config {
        open_fee: params.open_fee,
        max_prepaid_ticks: params.max_prepaid_ticks,
        ticket_lifetime_blocks: params.ticket_lifetime,
        close_period_blocks: params.close_period,
        credit_ticks: config.paywall.credit_ticks,
        credit_until_final: config.paywall.credit_ticks_until_final,
        unopened_per_prefix: config.paywall.unopened_per_prefix,
        max_sessions: config.paywall.max_sessions,
        settle_interval_ms: u64::from(config.chain.settle_interval_s) * 1_000,
        resubmit_after_ms: u64::from(config.chain.direct_after_s) * 1_000,
        idle_close_ms: u64::from(config.paywall.idle_close_s) * 1_000,
        ..vilokanam_paywall::Config::new(node.genesis(), signer.account(), journal.dir.clone())
    };
    let (paywall, report) = Paywall::open(settings, now_ms())?;
    tracing::info!(?report, "the journal was read");
    Ok(paywall)
}

/// Where broadcasts are made.
fn open_studio(config: &Config, index: &Store) -> Result<Studio, RunError> {
    Ok(Studio {
        live: Arc::new(LiveDesk::new(config.ingest.max_broadcasts)),
        index: index.clone(),
        storage: open_storage(config)?,
        secrets: Arc::new(Secrets::open(&config.data_dir.join("secrets"))?),
        uris: Uris::new(&uri_templates()).map_err(|error| RunError::Setting(error.to_string()))?,
        records: config.storage.records,
    })
}

fn open_storage(config: &Config) -> Result<Arc<dyn ObjectStore>, RunError> {
    let wrong = |error: object_store::Error| RunError::Storage(error.to_string());
    if let Some(url) = config.storage.url.as_deref().filter(|url| url.starts_with("s3://")) {
        let store = object_store::aws::AmazonS3Builder::from_env().with_url(url).build().map_err(wrong)?;
        return Ok(Arc::new(PrefixStore::new(store, prefix_of(url))));
    }
    let named = config.storage.url.as_deref().and_then(|url| url.strip_prefix("file://")).map(PathBuf::from);
    let folder = named.unwrap_or_else(|| config.data_dir.join("media"));
    std::fs::create_dir_all(&folder).map_err(|error| RunError::Io { path: folder.clone(), error })?;
    Ok(Arc::new(LocalFileSystem::new_with_prefix(folder).map_err(wrong)?))
}

/// What comes after the bucket, which is all that the store itself takes from a URL.
fn prefix_of(url: &str) -> &str {
    let place = url.split_once("://").map_or(url, |(_, place)| place);
    place.split_once('/').map_or("", |(_, prefix)| prefix)
}

/// Whether the database answers: nothing that is asked for every second tells.
async fn look_after(index: Store, is_well: watch::Sender<bool>, shutdown: Shutdown) {
    while !shutdown.has_begun() {
        let answer = tokio::time::timeout(DATABASE_LIMIT, index.ping()).await;
        let answers = matches!(answer, Ok(Ok(_)));
        if is_well.send_replace(answers) && !answers {
            tracing::error!("the database does not answer; pages and histories are missing until it does");
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

async fn forget_quiet_clients(app: Arc<App>) {
    let shutdown: Shutdown = app.shutdown.clone();
    while !shutdown.has_begun() {
        tokio::time::sleep(RequestLimits::FORGET_EVERY).await;
        app.limits.forget_quiet();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefix_of_works() {
        let cases = [("s3://bucket", ""), ("s3://bucket/", ""), ("s3://bucket/a", "a"), ("s3://bucket/a/b/", "a/b/")];
        for (url, prefix) in cases {
            assert_eq!(prefix_of(url), prefix, "{url}");
        }
    }
}
