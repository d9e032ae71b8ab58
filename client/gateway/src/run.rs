//! Puts the parts together, serves, and ends well.

use crate::{
    api::{
        self,
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
    settlement::{now_ms, Settlement},
    shutdown::{self, Shutdown},
    telemetry::{self, TelemetryError},
};
use axum_server::{tls_rustls::RustlsConfig, Handle};
use hyper_util::{
    rt::{TokioExecutor, TokioTimer},
    server::conn::auto::Builder,
};
use object_store::{local::LocalFileSystem, ObjectStore};
use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};
use tick_stream_primitives::api::Params;
use tokio::sync::{watch, Notify};
use vilokanam_chain::{Nodes, NodesError, Signer};
use vilokanam_indexer::{ChainIdentity, Store, StoreError};
use vilokanam_media::Uris;
use vilokanam_paywall::{JournalConfig, OpenError, Paywall};

/// How long a client may take for the head of a request, or stay silent between two.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// How often a certificate's file is looked at.
const CERTIFICATE_LOOK_EVERY: Duration = Duration::from_secs(60);
/// Requests at a time of one HTTP/2 connection.
const MAX_HTTP2_STREAMS: u32 = 128;

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
    #[error("http.listen: {address}: {error}; see that no other program has the port")]
    Listen { address: SocketAddr, error: std::io::Error },
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
    let node = Arc::new(Nodes::connect(&config.chain.nodes).await?);
    let params = node.ask(|chain| async move { chain.now().params().await }).await?;
    let index = open_index(&config, &node, &params).await?;
    let paywall = Arc::new(open_paywall(&config, &node, &params, &signer)?);
    load_streams(&paywall, &node).await?;
    load_sessions(&paywall, &node).await?;

    let (end, shutdown) = shutdown::channel();
    let (live, storage) = (Arc::new(LiveDesk::new(config.ingest.max_broadcasts)), open_storage(&config)?);
    let uris = Uris::new(&uri_templates()).map_err(|error| RunError::Setting(error.to_string()))?;
    let recording_uris = Uris::new(&recording_uri_templates()).map_err(|error| RunError::Setting(error.to_string()))?;
    let secrets = Arc::new(Secrets::open(&config.data_dir.join("secrets"))?);
    index.end_broadcasts(now_ms()).await?;
    let (publishing, broadcasts) = Publishing::start(&config).await?;
    let studio = Arc::new(Studio {
        live: live.clone(),
        index: index.clone(),
        storage: storage.clone(),
        secrets: secrets.clone(),
        uris: uris.clone(),
        records: config.storage.records,
    });
    let (audience_sender, audience) = watch::channel(Arc::default());
    let visits = Arc::new(Visits::default());
    let (indexed_sender, indexed_block) = watch::channel(0);
    let settle_now = Arc::new(Notify::new());
    let app = Arc::new(App {
        gateway: signer.account(),
        params,
        node: node.clone(),
        paywall: paywall.clone(),
        index: index.clone(),
        live: live.clone(),
        publishing: publishing.clone(),
        uris,
        recordings: Recordings::new(storage, index.clone(), secrets),
        recording_uris,
        audience,
        visits: visits.clone(),
        auth: CreatorAuth::new(node.genesis()),
        limits: RequestLimits::new(config.http.requests_per_second, config.http.request_burst),
        metrics,
        settle_now: settle_now.clone(),
        indexed_block,
        shutdown: shutdown.clone(),
        config,
    });
    let gateway = app.gateway.clone();
    let settlement = Settlement::new(paywall.clone(), node.clone(), signer, settle_now);
    let settling = tokio::spawn(settlement.run(shutdown.clone()));
    tokio::spawn(follow_best(paywall.clone(), node.clone(), gateway.clone(), shutdown.clone()));
    let counting = audience::count(paywall.clone(), live, (index.clone(), visits), audience_sender, shutdown.clone());
    let counting = tokio::spawn(counting);
    tokio::spawn(follow_finalized(paywall.clone(), node, gateway, index, indexed_sender, shutdown.clone()));
    let publishing = tokio::spawn(publishing.run(studio, broadcasts, shutdown.clone()));
    tokio::spawn(forget_quiet_clients(app.clone()));

    let served = serve(app, pages, end).await;
    // No request can come any more: what was sold goes out, and the journal is on the disk.
    let _ = tokio::join!(settling, publishing, counting);
    if let Err(error) = paywall.flush().await {
        tracing::error!(%error, "the journal was not written to its end");
    }
    tracing::info!("the gateway has ended");
    served
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

fn open_storage(config: &Config) -> Result<Arc<dyn ObjectStore>, RunError> {
    let wrong = |error: object_store::Error| RunError::Storage(error.to_string());
    if let Some(url) = config.storage.url.as_deref().filter(|url| url.starts_with("s3://")) {
        let store = object_store::aws::AmazonS3Builder::from_env().with_url(url).build().map_err(wrong)?;
        return Ok(Arc::new(store));
    }
    let named = config.storage.url.as_deref().and_then(|url| url.strip_prefix("file://")).map(PathBuf::from);
    let folder = named.unwrap_or_else(|| config.data_dir.join("media"));
    std::fs::create_dir_all(&folder).map_err(|error| RunError::Io { path: folder.clone(), error })?;
    Ok(Arc::new(LocalFileSystem::new_with_prefix(folder).map_err(wrong)?))
}

/// Serves until told to end, then lets open requests finish.
async fn serve(app: Arc<App>, pages: Option<Arc<Pages>>, end: shutdown::ShutdownHandle) -> Result<(), RunError> {
    let (address, grace) = (app.config.http.listen, Duration::from_millis(app.config.http.drain_ms));
    let handle = Handle::new();
    tokio::spawn({
        let handle = handle.clone();
        async move {
            if let Err(error) = shutdown::signal().await {
                tracing::error!(%error, "signals cannot be waited for; ending");
            }
            tracing::info!("draining: no new sessions; open requests may finish");
            end.begin();
            handle.graceful_shutdown(Some(grace));
        }
    });
    let wrap = |error| RunError::Listen { address, error };
    let tls = app.config.http.tls_certificate.clone().zip(app.config.http.tls_key.clone());
    let service = api::router(app, pages).into_make_service_with_connect_info::<SocketAddr>();
    tracing::info!(%address, tls = tls.is_some(), "serving");
    match tls {
        Some((certificate, key)) => {
            let tls = RustlsConfig::from_pem_file(&certificate, &key).await.map_err(wrap)?;
            tokio::spawn(renew_certificate(tls.clone(), certificate, key));
            let mut server = axum_server::bind_rustls(address, tls).handle(handle);
            limit_waiting(server.http_builder());
            server.serve(service).await.map_err(wrap)
        }
        None => {
            let mut server = axum_server::bind(address).handle(handle);
            limit_waiting(server.http_builder());
            server.serve(service).await.map_err(wrap)
        }
    }
}

/// Certificates are renewed while a gateway runs. One that cannot be read leaves the old one in force.
async fn renew_certificate(tls: RustlsConfig, certificate: PathBuf, key: PathBuf) {
    let changed_at = |path: &PathBuf| std::fs::metadata(path).and_then(|file| file.modified()).ok();
    let mut known = (changed_at(&certificate), changed_at(&key));
    loop {
        tokio::time::sleep(CERTIFICATE_LOOK_EVERY).await;
        let now = (changed_at(&certificate), changed_at(&key));
        if now == known {
            continue;
        }
        match tls.reload_from_pem_file(&certificate, &key).await {
            Ok(()) => {
                tracing::info!(path = %certificate.display(), "a new certificate is served");
                known = now;
            }
            Err(error) => tracing::warn!(%error, path = %certificate.display(), "the new certificate is not used"),
        }
    }
}

/// Nobody holds a connection by saying nothing, or by taking for ever to say it.
fn limit_waiting(http: &mut Builder<TokioExecutor>) {
    http.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
    http.http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(HEAD_TIMEOUT)
        .keep_alive_timeout(HEAD_TIMEOUT)
        .max_concurrent_streams(MAX_HTTP2_STREAMS);
}

async fn forget_quiet_clients(app: Arc<App>) {
    let shutdown: Shutdown = app.shutdown.clone();
    while !shutdown.has_begun() {
        tokio::time::sleep(RequestLimits::FORGET_EVERY).await;
        app.limits.forget_quiet();
    }
}
