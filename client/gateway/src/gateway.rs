//! The gateway's life: [`Gateway::build`] opens everything and starts the background tasks, [`Gateway::serve`] answers
//! requests, [`Gateway::drain`] ends without losing a tick.
//!
//! ```text
//!   build ──────────────► serve ──────────────► drain ───────────────► exit
//!   port, key, nodes,     requests; `drain` is  `stop` is cancelled:   every task has ended,
//!   index, journal;       cancelled by SIGTERM: last claims go out,    the journal is on disk
//!   tasks start           nothing new is taken  recordings are closed
//! ```
//!
//! Every task is spawned on the one tracker of [`Lifetime`], so none outlives the gateway.

mod error;
mod moderation;
mod open;
mod people;
mod runtime;
mod video;

pub use error::BuildError;
pub use open::read_identity;

use crate::{
    api::{
        self,
        claims::PublishedClaims,
        limits::RequestLimits,
        pages::Pages,
        probe::Probes,
        state::{ApiState, Catalogue, Creators, Health, Profile},
    },
    audience::{self, Visits},
    chat::{ChatParts, TipChange, TipFeed},
    config::Config,
    follow::{follow_best, follow_finalized, follow_params, load_sessions, load_streams, load_unknown_sessions},
    http_server::{HttpServer, ServeError},
    identity::Identity,
    images::HiddenImages,
    lifetime::Lifetime,
    live::{recording_uri_templates, recover, Recordings},
    moderation::{Lists, Moderation, ModerationParts},
    notices::{Happening, Notices},
    people::People,
    proxies::Proxies,
    publish_key_keeper::KeyKeeper,
    publishing::{BroadcastContext, Publishing, PublishingRules},
    quality::QualityReports,
    recordings_keeper::RecordingsKeeper,
    search::Search,
    settlement::Settlement,
    stream_rules::StreamRules,
    suspensions::Suspensions,
    telemetry,
    use_cases::{Bought, Hosting, KeySales, Sessions, ViewerProofs},
};
use axum::Router;
use metrics_exporter_prometheus::PrometheusHandle;
use people::OpenedPeople;
use std::{future::Future, sync::Arc, time::Duration};
use tick_stream_primitives::{api::Params, clock::now_ms, BlockNumber};
use tokio::sync::{mpsc, watch, Notify};
use vilokanam_chain::Nodes;
use vilokanam_indexer::Store;
use vilokanam_ingest::Broadcast;
use vilokanam_media::Uris;
use vilokanam_paywall::Paywall;

/// Interval at which the database is asked for a sign of life.
const DATABASE_CHECK_INTERVAL: Duration = Duration::from_secs(5);
/// Limit for the database's answer.
const DATABASE_TIMEOUT: Duration = Duration::from_secs(5);
/// Limit for the background tasks to end: claims are handed over, recordings closed.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(120);

/// A gateway that is ready to serve.
pub struct Gateway {
    server: HttpServer,
    router: Router,
    paywall: Arc<Paywall>,
    lifetime: Lifetime,
}

/// The opened parts that the tasks and the API share.
struct Parts {
    config: Config,
    identity: Identity,
    nodes: Arc<Nodes>,
    params: Params,
    index: Store,
    paywall: Arc<Paywall>,
    rules: Arc<StreamRules>,
    lists: Arc<Lists>,
    publishing: Arc<Publishing>,
    broadcasts: Arc<BroadcastContext>,
    lifetime: Lifetime,
}

/// What is in the queues that were opened with the parts: each has one taker.
struct Queues {
    begun: mpsc::Receiver<Broadcast>,
    happenings: mpsc::Receiver<Happening>,
}

impl Gateway {
    /// Opens everything the settings name and starts the background tasks.
    ///
    /// The port and the certificate come first, so that a wrong one is reported before anything else is touched. While the
    /// chain has an older runtime than this gateway needs, it waits for the upgrade, and the port is free.
    ///
    /// # Errors
    ///
    /// [`BuildError`] names the setting, file or service that cannot be used.
    pub async fn build(config: Config) -> Result<Self, BuildError> {
        let metrics = telemetry::init(&config.log)?;
        // One crypto provider for everything that speaks TLS. A second call finds the first, which is no error.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let wrap = |error| BuildError::Io { path: config.data_dir.clone(), error };
        std::fs::create_dir_all(&config.data_dir).map_err(wrap)?;
        let identity = open::read_identity(&config)?;
        let pages = config.http.pages.as_deref().map(Pages::open).transpose()?;
        let mut server = HttpServer::bind(&config.http).await?;
        let nodes = Arc::new(Nodes::connect(&config.chain.nodes).await?);
        if !runtime::is_understood(&nodes).await? {
            drop(server);
            runtime::wait(&nodes).await;
            server = HttpServer::bind(&config.http).await?;
        }
        let rtmps = config.ingest.rtmps_listen.zip(server.certificate());
        let (parts, queues) = Parts::open(config, identity, nodes).await?;
        if let Some((listen, certificate)) = rtmps {
            parts.publishing.listen_rtmps(listen, certificate).await?;
        }
        let (paywall, lifetime) = (parts.paywall.clone(), parts.lifetime.clone());
        let state = parts.start(queues, metrics)?;
        Ok(Self { server, router: api::router(state, pages), paywall, lifetime })
    }

    /// Answers requests until `end` is ready or the server fails. Then new work is refused and open requests have
    /// `http.drain_ms` to finish. To be followed by [`Self::drain`].
    pub async fn serve(self, end: impl Future<Output = ()> + Send + 'static) -> (Draining, Result<(), ServeError>) {
        let Self { server, router, paywall, lifetime } = self;
        let drain = lifetime.drain.clone();
        lifetime.tasks.spawn(async move {
            tokio::select! {
                () = end => tracing::info!("draining: no new sessions; open requests may finish"),
                () = drain.cancelled() => {}
            }
            drain.cancel();
        });
        let served = server.serve(router, &lifetime.tasks, &lifetime.drain).await;
        lifetime.drain.cancel();
        (Draining { paywall, lifetime }, served)
    }
}

/// A gateway that answers no request any more.
pub struct Draining {
    paywall: Arc<Paywall>,
    lifetime: Lifetime,
}

impl Draining {
    /// Ends every task, at most within two minutes, and writes the journal to its end.
    pub async fn drain(self) {
        self.lifetime.stop.cancel();
        self.lifetime.tasks.close();
        if tokio::time::timeout(DRAIN_TIMEOUT, self.lifetime.tasks.wait()).await.is_err() {
            tracing::error!(tasks = self.lifetime.tasks.len(), "not every task ended in time; the rest is given up");
        }
        if let Err(error) = self.paywall.flush().await {
            tracing::error!(%error, "the journal was not written to its end");
        }
        tracing::info!("the gateway has ended");
    }
}

impl Parts {
    async fn open(config: Config, identity: Identity, nodes: Arc<Nodes>) -> Result<(Self, Queues), BuildError> {
        identity.check(&nodes).await??;
        let params = nodes.ask(|chain| async move { chain.now().params().await }).await?;
        let index = open::open_index(&config, &nodes, &params).await?;
        let paywall = Arc::new(open::open_paywall(&config, &nodes, &params, &identity)?);
        let rules = Arc::new(StreamRules::default());
        load_streams(&paywall, &rules, &nodes).await?;
        let lists = Arc::new(Lists::default());
        lists.load(&index).await?;
        // Before anything is taken in.
        rules.withhold(lists.withheld());
        load_sessions(&paywall, &nodes, &index).await?;
        for (session, lost_ticks) in paywall.drop_tickets_of_version_1() {
            tracing::warn!(%session, lost_ticks, "dropped a ticket of version 1, which the chain has not opened");
        }
        load_unknown_sessions(&paywall, &nodes, &index, &identity.account()).await?;
        let lifetime = Lifetime::default();
        let (notices, happenings) = Notices::new();
        let broadcasts = Arc::new(open::broadcast_context(&config, &index, notices, &lifetime)?);
        // A crash may have left recordings without an end, and broadcasts.
        recover(&broadcasts.archive).await;
        index.end_broadcasts(now_ms()).await?;
        index.add_missing_tokens().await?;
        let publishing_rules = PublishingRules { rules: rules.clone(), settings: broadcasts.settings.clone() };
        let (publishing, begun) = Publishing::start(&config, Arc::new(publishing_rules)).await?;
        let parts =
            Self { config, identity, nodes, params, index, paywall, rules, lists, publishing, broadcasts, lifetime };
        Ok((parts, Queues { begun, happenings }))
    }

    /// Starts every background task and hands the parts to the API.
    fn start(self, queues: Queues, metrics: PrometheusHandle) -> Result<ApiState, BuildError> {
        let recording_uris =
            Uris::new(&recording_uri_templates()).map_err(|error| BuildError::Setting(error.to_string()))?;
        let visits = Arc::new(Visits::default());
        let settle_now = Arc::new(Notify::new());
        let limits = Arc::new(RequestLimits::new(self.config.http.requests_per_second, self.config.http.request_burst));
        let audience = self.count_audience(&visits);
        let search = people::open_search(&self.config, &self.index, &self.lifetime);
        let (tip_feed, tips) = TipFeed::new();
        let indexed_block = self.follow_chain(&tip_feed, &search);
        let params = self.follow_params();
        let is_database_well = self.watch_database();
        self.settle(&settle_now);
        self.publish(queues.begun);
        let hidden = Arc::new(HiddenImages::default());
        self.enforce_suspensions(&settle_now, &hidden);
        let (probes, quality) = (Arc::new(Probes::default()), Arc::new(QualityReports::default()));
        self.forget_idle_clients(&limits, &probes);
        self.lifetime.tasks.spawn(quality.clone().keep(self.index.clone(), self.lifetime.stop.clone()));
        let recordings = self.keep_recordings();
        self.keep_publish_keys();
        let bought = self.keep_purchases();
        let notices = self.broadcasts.notices.clone();
        let moderation = self.moderate(&recordings, (params.clone(), notices.clone()));
        let people = self.open_people(&moderation, &indexed_block, (tips, queues.happenings))?;
        let sessions = self.open_sessions(settle_now);

        let Self { config, identity, nodes, index, paywall, rules, publishing, broadcasts, lifetime, .. } = self;
        let live = broadcasts.live.clone();
        let (video_work, images) = video::open_video_work(&config, &publishing, &broadcasts, &recordings, hidden)?;
        let (watching, views) = people::keep_watching(&index, identity.account(), &lifetime);
        let key_sales = (visits, bought.clone(), views);
        let key_sales = KeySales::new(paywall.clone(), rules.clone(), live.clone(), recordings.clone(), key_sales);
        let chain = (nodes.clone(), index.clone());
        let proofs = ViewerProofs::new(identity.account(), paywall.clone(), chain, indexed_block.clone());
        let (account, genesis) = (identity.account(), nodes.genesis());
        Ok(ApiState {
            profile: Arc::new(Profile { proxies: proxies_of(&config), config, account, genesis, params }),
            sessions: Arc::new(sessions),
            key_sales: Arc::new(key_sales),
            catalogue: Arc::new(Catalogue {
                index,
                live,
                recordings,
                rules,
                live_uris: broadcasts.uris.clone(),
                recording_uris,
                audience,
            }),
            publishing,
            creators: Arc::new(Creators { nodes: nodes.clone(), moderation: moderation.clone() }),
            video_work: Arc::new(video_work),
            images,
            settings: broadcasts.settings.clone(),
            proofs: Arc::new(proofs),
            bought,
            claims: Arc::new(PublishedClaims::new(paywall.clone())),
            health: Arc::new(Health { nodes, paywall, indexed_block, is_database_well, metrics }),
            limits,
            sign_ins: people.sign_ins,
            people: people.profiles,
            watching,
            moderation,
            chat: people.chat,
            notices,
            notice_service: people.notices,
            probes,
            search,
            quality,
            drain: lifetime.drain,
        })
    }

    /// Starts moderation.
    fn moderate(
        &self,
        recordings: &Arc<Recordings>,
        (params, notices): (watch::Receiver<Params>, Notices),
    ) -> Arc<Moderation> {
        let parts = ModerationParts {
            index: self.index.clone(),
            lists: self.lists.clone(),
            rules: self.rules.clone(),
            recordings: recordings.clone(),
            paywall: self.paywall.clone(),
            notices,
            gateway: self.identity.account(),
            params,
            policy: moderation::policy_of(&self.config),
            terms: moderation::terms_of(&self.config),
        };
        moderation::start_moderation(parts, &self.lifetime)
    }

    /// Opens what knows people.
    fn open_people(
        &self,
        moderation: &Arc<Moderation>,
        block: &watch::Receiver<BlockNumber>,
        received: (mpsc::Receiver<TipChange>, mpsc::Receiver<Happening>),
    ) -> Result<OpenedPeople, BuildError> {
        let parts = ChatParts {
            index: self.index.clone(),
            people: People::new(self.index.clone()),
            moderation: moderation.clone(),
            paywall: self.paywall.clone(),
            rules: self.rules.clone(),
            sockets_per_network: self.config.people.chat_sockets_per_network,
        };
        people::open(&self.config, (&self.identity, &self.nodes), block, parts, received, &self.lifetime)
    }

    /// Opens what answers requests of sessions.
    fn open_sessions(&self, settle_now: Arc<Notify>) -> Sessions {
        let (publishing, broadcasts, index) = (&self.publishing, &self.broadcasts, &self.index);
        let hosting = Hosting::new(publishing.publish_keys(), broadcasts.live.clone(), index.clone());
        let (chain, told) = ((self.nodes.clone(), index.clone()), (settle_now, broadcasts.notices.clone()));
        Sessions::new((self.paywall.clone(), self.rules.clone()), hosting, chain, told, self.lifetime.drain.clone())
    }

    fn count_audience(&self, visits: &Arc<Visits>) -> watch::Receiver<Arc<audience::Audience>> {
        let (sender, receiver) = watch::channel(Arc::default());
        let (paywall, live) = (self.paywall.clone(), self.broadcasts.live.clone());
        let kept = (self.index.clone(), visits.clone());
        self.lifetime.tasks.spawn(audience::count(paywall, live, kept, sender, self.lifetime.stop.clone()));
        receiver
    }

    /// Follows best and finalized blocks, and returns to the first node when it works again. Returns the number of the finalized
    /// block that the index is at.
    fn follow_chain(&self, tips: &TipFeed, search: &Arc<Search>) -> watch::Receiver<BlockNumber> {
        let (sender, receiver) = watch::channel(0);
        let (paywall, nodes, index) = (self.paywall.clone(), self.nodes.clone(), self.index.clone());
        let (gateway, stop) = (self.identity.account(), self.lifetime.stop.clone());
        let tasks = &self.lifetime.tasks;
        tasks.spawn(follow_best(
            (paywall.clone(), self.rules.clone()),
            nodes.clone(),
            index.clone(),
            (gateway.clone(), tips.clone()),
            stop.clone(),
        ));
        let written = (index, search.clone());
        let told = (tips.clone(), self.broadcasts.notices.clone());
        tasks.spawn(follow_finalized(paywall, nodes.clone(), (gateway, told), written, sender, stop.clone()));
        let returning = async move { nodes.return_to_preferred().await };
        tasks.spawn(stop.run_until_cancelled_owned(returning));
        receiver
    }

    /// Follows changes of the protocol's parameters. Returns the present ones.
    fn follow_params(&self) -> watch::Receiver<Params> {
        let (sender, receiver) = watch::channel(self.params.clone());
        let (paywall, nodes, stop) = (self.paywall.clone(), self.nodes.clone(), self.lifetime.stop.clone());
        self.lifetime.tasks.spawn(follow_params(paywall, nodes, sender, stop));
        receiver
    }

    fn enforce_suspensions(&self, settle_now: &Arc<Notify>, images: &Arc<HiddenImages>) {
        let suspensions = Suspensions {
            rules: self.rules.clone(),
            publishing: self.publishing.clone(),
            live: self.broadcasts.live.clone(),
            paywall: self.paywall.clone(),
            index: self.index.clone(),
            images: images.clone(),
            settle_now: settle_now.clone(),
        };
        self.lifetime.tasks.spawn(suspensions.enforce(self.lifetime.stop.clone()));
    }

    fn keep_publish_keys(&self) {
        let (publishing, rules, index) = (self.publishing.clone(), self.rules.clone(), self.index.clone());
        let keeper = KeyKeeper { publishing, rules, index };
        self.lifetime.tasks.spawn(keeper.run(self.lifetime.stop.clone()));
    }

    fn watch_database(&self) -> watch::Receiver<bool> {
        let (sender, receiver) = watch::channel(true);
        let task = watch_database(self.index.clone(), sender);
        self.lifetime.tasks.spawn(self.lifetime.stop.clone().run_until_cancelled_owned(task));
        receiver
    }

    fn settle(&self, settle_now: &Arc<Notify>) {
        let (paywall, nodes) = (self.paywall.clone(), self.nodes.clone());
        let settlement = Settlement::new(paywall, nodes, self.identity.clone(), settle_now.clone());
        self.lifetime.tasks.spawn(settlement.run(self.lifetime.clone()));
    }

    fn publish(&self, begun: mpsc::Receiver<Broadcast>) {
        let publishing = self.publishing.clone();
        self.lifetime.tasks.spawn(publishing.run(self.broadcasts.clone(), begun));
    }

    /// Opens the recordings and keeps them within their limits.
    fn keep_recordings(&self) -> Arc<Recordings> {
        let (archive, secrets) = (&self.broadcasts.archive, self.broadcasts.secrets.clone());
        let (store, index) = (archive.store.clone(), self.index.clone());
        let recordings = Arc::new(Recordings::new(store.clone(), index.clone(), secrets, archive.growing.clone()));
        let keeper = RecordingsKeeper {
            store,
            index,
            recordings: recordings.clone(),
            settings: self.broadcasts.settings.clone(),
            max_bytes: self.config.storage.max_bytes,
        };
        self.lifetime.tasks.spawn(keeper.run(self.lifetime.stop.clone()));
        recordings
    }

    /// Keeps what viewers have bought.
    fn keep_purchases(&self) -> Arc<Bought> {
        let bought = Arc::new(Bought::new(self.index.clone()));
        self.lifetime.tasks.spawn(bought.clone().keep(self.paywall.clone(), self.lifetime.stop.clone()));
        bought
    }

    fn forget_idle_clients(&self, limits: &Arc<RequestLimits>, probes: &Arc<Probes>) {
        let (limits, probes) = (limits.clone(), probes.clone());
        self.lifetime.tasks.spawn(self.lifetime.stop.clone().run_until_cancelled_owned(async move {
            loop {
                tokio::time::sleep(RequestLimits::FORGET_EVERY).await;
                limits.forget_idle();
                probes.forget_idle();
            }
        }));
    }
}

/// Reports whether the database answers. Nothing that is used every second would notice.
async fn watch_database(index: Store, is_well: watch::Sender<bool>) {
    loop {
        let answer = tokio::time::timeout(DATABASE_TIMEOUT, index.ping()).await;
        let answers = matches!(answer, Ok(Ok(_)));
        if is_well.send_replace(answers) && !answers {
            tracing::error!("the database does not answer; lists and histories are unavailable until it does");
        }
        tokio::time::sleep(DATABASE_CHECK_INTERVAL).await;
    }
}

fn proxies_of(config: &Config) -> Proxies {
    let trusted = config.http.trusted_proxies.iter().map(|network| network.0).collect();
    Proxies { trusted, hops: config.http.proxy_hops, header: config.http.forwarded_header }
}

/// Waits for SIGTERM or Ctrl-C. Returns at once when signals cannot be received, which the log reports.
pub async fn termination() {
    let signalled = async {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{signal, SignalKind};
            let mut terminate = signal(SignalKind::terminate())?;
            tokio::select! {
                result = tokio::signal::ctrl_c() => result,
                _ = terminate.recv() => Ok(()),
            }
        }
        #[cfg(not(unix))]
        tokio::signal::ctrl_c().await
    };
    if let Err(error) = signalled.await {
        tracing::error!(%error, "signals cannot be received; ending");
    }
}
