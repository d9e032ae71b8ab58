//! The platform: processes that are started in order, watched while they run, and ended in order.

use super::{
    accounts::{self, CREATOR, GATEWAY, VIEWERS},
    args::Dev,
    books::{Books, Ledger},
    latency::latency,
    monitor::{Next, Patience, POLL_INTERVAL},
    process::{program, Process, Signal},
    progress::{Figures, Progress},
};
use crate::context::Context;
use futures::StreamExt;
use reqwest::Method;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tick_stream_primitives::AccountId;
use tokio::sync::Mutex;
use vilokanam_chain::{Chain, ChainError, TickEvent};
use vilokanam_terminal::{options::web_address, CommandError};
use vilokanam_viewer::{
    files::write_private,
    gateway::{GatewayClient, MAX_TEXT_BYTES},
};
use vilokanam_wire::streams::StreamView;

/// Maximum time for a server to answer, and for a stream to be live.
const START_TIMEOUT: Duration = Duration::from_secs(90);
/// Interval at which that is checked.
const CHECK_INTERVAL: Duration = Duration::from_millis(300);
/// Maximum time for settling at the end: the last claims, their closes, and finality after each.
const SETTLE_TIMEOUT: Duration = Duration::from_secs(120);
/// Deposit of each viewer in VLK.
const DEPOSIT: &str = "20";
/// Price of a second in VLK.
const PRICE: &str = "0.002";
const STREAM: &str = "0";
const STREAM_PATH: &str = "/v1/streams/0";
const MASTER_PATH: &str = "/v1/streams/0/hls/master.m3u8";
/// Settings of the gateway that differ from the defaults: it settles often enough to be watched.
const GATEWAY_SETTINGS: &str = "[chain]\nsettle_interval_s = 10\n";
/// Free preview in seconds, for browsers. The viewers that are started here pay from the beginning.
const PREVIEW: &str = "30";
/// Length of each session, whose price is reserved.
const SESSION_LENGTH: &str = "20m";
/// Test picture with motion and sound, which is published without a clip.
const TEST_PICTURE: &str =
    "testsrc2=size=640x360:rate=30[out0];sine=frequency=440:beep_factor=4:sample_rate=48000[out1]";

/// Platform and its processes.
pub struct Platform {
    folder: PathBuf,
    /// Removed at the end with everything in it.
    _temporary: Option<TempDir>,
    ports: Ports,
    gateway_client: GatewayClient,
    input: Option<PathBuf>,
    pages: Option<PathBuf>,
    ledger: Arc<Mutex<Ledger>>,
    node: Option<Process>,
    gateway: Option<Process>,
    publisher: Option<Process>,
    watchers: Vec<Process>,
    viewers: Vec<&'static str>,
}

#[derive(Clone, Copy)]
struct Ports {
    rpc: u16,
    http: u16,
    rtmp: u16,
}

impl Ports {
    fn gateway_url(self) -> String {
        format!("http://127.0.0.1:{}", self.http)
    }
}

impl Platform {
    /// Creates the folder and the keys of all accounts in it.
    pub async fn prepare(context: &Context, args: &Dev) -> Result<Self, CommandError> {
        let temporary = match &args.folder {
            Some(_) => None,
            None => Some(
                tempfile::Builder::new()
                    .prefix("vilokanam-dev")
                    .tempdir()
                    .map_err(|error| CommandError::path("create", Path::new("a temporary folder"), error))?,
            ),
        };
        let folder = args.folder.clone().or_else(|| temporary.as_ref().map(|folder| folder.path().into()));
        let folder = folder.unwrap_or_else(|| "vilokanam-dev".into());
        std::fs::create_dir_all(&folder).map_err(|error| CommandError::path("create", &folder, error))?;
        let folder = folder.canonicalize().map_err(|error| CommandError::path("find", &folder, error))?;
        let absolute = |path: &PathBuf| path.canonicalize().map_err(|error| CommandError::path("read", path, error));
        let (input, pages) = (args.input.as_ref().map(absolute), args.pages.as_ref().map(absolute));
        let ports = Ports { rpc: args.rpc_port, http: args.http_port, rtmp: args.rtmp_port };
        context.note(format!("All data and logs are in {}.", folder.display()));
        let platform = Self {
            folder,
            _temporary: temporary,
            gateway_client: GatewayClient::new(&web_address(&ports.gateway_url()).map_err(CommandError::Usage)?)?,
            ports,
            input: input.transpose()?,
            pages: pages.transpose()?,
            ledger: Arc::default(),
            node: None,
            gateway: None,
            publisher: None,
            watchers: Vec::new(),
            viewers: VIEWERS.iter().copied().take(args.viewers.into()).collect(),
        };
        for uri in [CREATOR, GATEWAY].iter().chain(&platform.viewers) {
            write_private(&platform.key_file(uri), uri)?;
        }
        Ok(platform)
    }

    fn key_file(&self, uri: &str) -> PathBuf {
        self.folder.join(format!("{}.key", accounts::name(uri)))
    }

    fn node_url(&self) -> String {
        format!("ws://127.0.0.1:{}", self.ports.rpc)
    }

    fn gateway_url(&self) -> String {
        self.ports.gateway_url()
    }

    fn logs(&self) -> String {
        format!("See the logs in {}.", self.folder.display())
    }

    /// Starts node, gateway, stream, publisher and viewers, each when the one before is ready.
    pub async fn start(&mut self) -> Result<(), CommandError> {
        self.start_node().await?;
        self.start_gateway().await?;
        let title = ["stream", "create", "--title", "A clip in a loop", "--price", PRICE, "--category", "demo"];
        let create = [&title[..], &["--preview", PREVIEW]].concat();
        self.command(CREATOR, "create-stream", &create)?.finish().await?;
        let input = self.input.as_ref().map(|input| input.display().to_string());
        let (input, options) = match &input {
            Some(input) => (input.as_str(), ["--loop", "--announce"].as_slice()),
            None => (TEST_PICTURE, ["--format", "lavfi", "--announce"].as_slice()),
        };
        let arguments = [&["publish", input, "--stream", STREAM], options].concat();
        self.publisher = Some(self.command(CREATOR, "publish", &arguments)?);
        self.wait_for(MASTER_PATH).await?;
        self.start_viewers().await
    }

    async fn start_node(&mut self) -> Result<(), CommandError> {
        let port = self.ports.rpc.to_string();
        let base = self.folder.join("node").display().to_string();
        let arguments = [
            "--dev",
            "--base-path",
            &base,
            "--rpc-port",
            &port,
            "--rpc-cors",
            "all",
            "--no-prometheus",
            "--no-telemetry",
            "--port",
            "0",
            "--state-pruning",
            "archive",
        ];
        self.node = Some(Process::start(&self.folder, "node", &program("vilokanam-node"), &arguments)?);
        let deadline = Instant::now() + START_TIMEOUT;
        let chain = loop {
            match Chain::connect(&self.node_url()).await {
                Ok(chain) => break chain,
                Err(error) if Instant::now() > deadline => return Err(error.into()),
                Err(_) => self.pause_while_running().await?,
            }
        };
        let ledger = self.ledger.clone();
        tokio::spawn(async move {
            // The task ends with the node, which closes the connection.
            let failure = follow(&chain, &ledger).await.err().map(|error| error.to_string());
            ledger.lock().await.failure = Some(failure.unwrap_or_else(|| "the node has ended".into()));
        });
        Ok(())
    }

    async fn start_gateway(&mut self) -> Result<(), CommandError> {
        let (listen, rtmp) = (format!("127.0.0.1:{}", self.ports.http), format!("127.0.0.1:{}", self.ports.rtmp));
        let data = self.folder.join("gateway").display().to_string();
        let key = self.key_file(GATEWAY).display().to_string();
        let (node, url) = (self.node_url(), self.gateway_url());
        let settings = self.folder.join("gateway.toml");
        std::fs::write(&settings, GATEWAY_SETTINGS).map_err(|error| CommandError::path("write", &settings, error))?;
        let settings = settings.display().to_string();
        let pages = self.pages.as_ref().map(|folder| folder.display().to_string());
        let mut arguments = vec![
            "--config",
            &settings,
            "--listen",
            &listen,
            "--public-url",
            &url,
            "--rtmp-listen",
            &rtmp,
            "--data-dir",
            &data,
            "--key-file",
            &key,
            "--node",
            &node,
        ];
        if let Some(pages) = &pages {
            arguments.extend(["--pages", pages]);
        }
        self.gateway = Some(Process::start(&self.folder, "gateway", &program("vilokanam-gateway"), &arguments)?);
        self.wait_for("/health").await
    }

    async fn start_viewers(&mut self) -> Result<(), CommandError> {
        let deposits = self.viewers.iter().map(|uri| {
            let name = format!("deposit-{}", accounts::name(uri));
            self.command(uri, &name, &["--finalized", "deposit", DEPOSIT])
        });
        for deposit in deposits.collect::<Result<Vec<_>, _>>()? {
            deposit.finish().await?;
        }
        for uri in self.viewers.clone() {
            let name = format!("watch-{}", accounts::name(uri));
            let arguments = ["watch", STREAM, "-o", "/dev/null", "--no-preview", "--session-length", SESSION_LENGTH];
            let watcher = self.command(uri, &name, &arguments)?;
            self.watchers.push(watcher);
        }
        Ok(())
    }

    /// Starts a command of this program with another account.
    fn command(&self, uri: &str, name: &str, arguments: &[&str]) -> Result<Process, CommandError> {
        let this = std::env::current_exe().unwrap_or_else(|_| "vilokanam".into());
        let (key, data) = (self.key_file(uri).display().to_string(), self.folder.join(accounts::name(uri)));
        let (node, gateway, data) = (self.node_url(), self.gateway_url(), data.display().to_string());
        let mut all = vec!["--node", &node, "--gateway", &gateway, "--key-file", &key, "--data-dir", &data];
        all.extend(arguments);
        Process::start(&self.folder, name, &this, &all)
    }

    /// Waits until the gateway answers requests for this path.
    async fn wait_for(&mut self, path: &str) -> Result<(), CommandError> {
        let url = self.gateway_client.url(path)?;
        let deadline = Instant::now() + START_TIMEOUT;
        while self.gateway_client.send(self.gateway_client.request(Method::GET, url.clone())).await.is_err() {
            if Instant::now() > deadline {
                let what = format!("{url} did not answer within {} s", START_TIMEOUT.as_secs());
                return Err(CommandError::failed(what, self.logs()));
            }
            self.pause_while_running().await?;
        }
        Ok(())
    }

    /// Pauses, and fails if a server or the publisher has ended by itself.
    async fn pause_while_running(&mut self) -> Result<(), CommandError> {
        tokio::time::sleep(CHECK_INTERVAL).await;
        let processes = [&mut self.node, &mut self.gateway, &mut self.publisher];
        let ended =
            processes.into_iter().flatten().find_map(|process| process.has_ended().then(|| process.ended_early()));
        ended.map_or(Ok(()), Err)
    }

    async fn pause_while_running_for(&mut self, pause: Duration) -> Result<(), CommandError> {
        let end = Instant::now() + pause;
        while Instant::now() < end {
            self.pause_while_running().await?;
        }
        Ok(())
    }

    /// Returns the addresses of everything, as text.
    pub fn addresses(&self) -> String {
        let (node, gateway) = (self.node_url(), self.gateway_url());
        let pages = if self.pages.is_some() { format!("  pages      {gateway}/\n") } else { String::new() };
        format!(
            "\n{pages}  stream     {gateway}{MASTER_PATH}\n  gateway    {gateway}/v1/gateway\n  API        \
             {gateway}/docs\n  metrics    {gateway}/metrics\n  node       {node}\n  RTMP       rtmp://127.0.0.1:{}/live\n",
            self.ports.rtmp
        )
    }

    /// Displays the progress until `length` has passed, or a process ends by itself.
    pub async fn monitor(&mut self, length: Option<Duration>) -> Result<(), CommandError> {
        let chain = Chain::connect(&self.node_url()).await?;
        let creator = accounts::account(CREATOR)?;
        let (start, mut progress, mut patience) = (Instant::now(), Progress::start(), Patience::default());
        let mut pause = POLL_INTERVAL;
        loop {
            let rest = length.map_or(pause, |length| pause.min(length.saturating_sub(start.elapsed())));
            self.pause_while_running_for(rest).await?;
            if length.is_some_and(|length| start.elapsed() >= length) {
                return Ok(());
            }
            let view: StreamView = match self.gateway_client.get(STREAM_PATH, &[]).await {
                Ok(view) => view,
                Err(error) => match patience.failed(&error) {
                    Next::Poll(after) => {
                        pause = after;
                        continue;
                    }
                    Next::GiveUp => return Err(CommandError::failed(error.to_string(), self.logs())),
                },
            };
            patience.answered();
            pause = POLL_INTERVAL;
            progress.show(&Figures {
                elapsed: start.elapsed(),
                best: chain.best().await?.number,
                finalized: chain.finalized().await?.number,
                viewers: view.viewers,
                accepted_ticks: self.accepted_ticks().await.unwrap_or_default(),
                settled_ticks: self.ledger.lock().await.settled_ticks,
                creator_earned: chain.now().earnings(&creator).await?,
                latency: latency(&self.gateway_client, MASTER_PATH).await,
            });
        }
    }

    /// Reads from the gateway's metrics how many ticks it has accepted.
    async fn accepted_ticks(&self) -> Option<u64> {
        const NAME: &str = "vilokanam_gateway_ticks_total";
        let gateway = &self.gateway_client;
        let response = gateway.send(gateway.request(Method::GET, gateway.url("/metrics").ok()?)).await.ok()?;
        let body = gateway.body("/metrics", response, MAX_TEXT_BYTES).await.ok()?;
        let text = String::from_utf8_lossy(&body);
        text.lines().find(|line| line.starts_with(NAME))?.rsplit(' ').next()?.parse().ok()
    }

    /// Lets all viewers leave, waits until everything is settled and final, and adds up.
    pub async fn settle(&mut self) -> Result<Books, CommandError> {
        // All at once, and one signal each: a second one would cut the leaving short.
        self.watchers.iter().for_each(|watcher| watcher.signal(Signal::INT));
        for watcher in self.watchers.drain(..) {
            // Its exit code says that it was interrupted.
            let _ = watcher.ended().await;
        }
        if let Some(publisher) = self.publisher.take() {
            let _ = publisher.end(Signal::INT).await;
        }
        let chain = Chain::connect(&self.node_url()).await?;
        self.wait_until_settled(&chain).await?;
        let ledger = self.ledger.lock().await;
        Books::read(&chain, &ledger, &self.viewers).await
    }

    /// Waits until all sessions are closed in final blocks. Viewers that were not started here may still watch when the time
    /// is over: their payments so far are final.
    async fn wait_until_settled(&mut self, chain: &Chain) -> Result<(), CommandError> {
        let viewers = self.viewers.iter().map(|uri| accounts::account(uri));
        let viewers: Vec<AccountId> = viewers.collect::<Result<_, _>>()?;
        // The last sessions may have been opened in a block that is not final yet.
        let last = chain.best().await?.number;
        let deadline = Instant::now() + SETTLE_TIMEOUT;
        loop {
            {
                let ledger = self.ledger.lock().await;
                if let Some(failure) = &ledger.failure {
                    let what = format!("final blocks could not be read: {failure}");
                    return Err(CommandError::failed(what, self.logs()));
                }
                let is_current = ledger.last.is_some_and(|block| block.number >= last);
                let is_late = Instant::now() > deadline;
                if is_current && (!ledger.has_open_sessions() || (is_late && !ledger.has_open_session(&viewers))) {
                    return Ok(());
                }
                if is_late {
                    let what = format!("not all sessions were closed within {} s", SETTLE_TIMEOUT.as_secs());
                    return Err(CommandError::failed(what, self.logs()));
                }
            }
            self.pause_while_running().await?;
        }
    }

    /// Ends the processes. The gateway comes before the node: it may have claims left to submit.
    pub async fn stop(&mut self) {
        for process in self.watchers.drain(..).chain(self.publisher.take()) {
            let _ = process.end(Signal::INT).await;
        }
        for process in [self.gateway.take(), self.node.take()].into_iter().flatten() {
            let _ = process.end(Signal::TERM).await;
        }
    }
}

/// Applies final blocks to the ledger, one after the other.
async fn follow(chain: &Chain, ledger: &Mutex<Ledger>) -> Result<(), ChainError> {
    let mut blocks = chain.finalized_blocks().await?;
    while let Some(block) = blocks.next().await {
        let block = block?;
        let events = chain.tick_events(block.hash).await?;
        for event in &events {
            // The event of a new stream does not name its splits.
            let TickEvent::StreamCreated { stream, .. } = event else { continue };
            if let Some(stream) = chain.at(block.hash).stream(*stream).await? {
                ledger.lock().await.add_stream(&stream);
            }
        }
        ledger.lock().await.apply(block, events);
    }
    Ok(())
}
