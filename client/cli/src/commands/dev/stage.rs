//! The stage: processes started in order, watched while they run, ended in order.

use super::{
    books::{Books, Ledger},
    latency::latency,
    people::{self, CREATOR, GATEWAY, VIEWERS},
    process::{program, Process, Signal},
    table::{Now, Table},
    Dev,
};
use crate::{
    context::Context,
    error::{file, CliError},
    store::write_private,
};
use futures::StreamExt;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tokio::sync::Mutex;
use vilokanam_chain::{Chain, ChainError};
use vilokanam_wire::streams::StreamView;

/// How long a server may take to be up, and a stream to be live.
const START_TIMEOUT: Duration = Duration::from_secs(90);
/// How often it is looked whether it is.
const LOOK_EVERY: Duration = Duration::from_millis(300);
/// How long settling may take at the end: the last claims, their closes, and finality after each.
const SETTLE_TIMEOUT: Duration = Duration::from_secs(120);
/// Looks at the gateway that may fail one after the other.
const MAX_MISSED_LOOKS: u32 = 10;
/// What each viewer deposits, in VLK.
const DEPOSIT: &str = "20";
/// What a second costs, in VLK.
const PRICE: &str = "0.002";
/// Where the one stream's playlist is.
const MASTER: &str = "/v1/streams/0/hls/master.m3u8";
/// The gateway's settings that differ from the usual: settled often enough to be seen.
const GATEWAY_SETTINGS: &str = "[chain]\nsettle_interval_s = 10\n";
/// Seconds that browsers see for nothing; the viewers who are started here pay from the first.
const PREVIEW: &str = "30";
/// How long each session is for: its price is reserved.
const SESSION_LENGTH: &str = "20m";

/// Everything that runs.
pub struct Stage {
    folder: PathBuf,
    /// Removed at the end, with all that is in it.
    _temporary: Option<TempDir>,
    ports: Ports,
    input: Option<PathBuf>,
    pages: Option<PathBuf>,
    stream: u64,
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

impl Stage {
    /// Makes the folder, and everybody's key in it.
    pub async fn set(context: &Context, args: &Dev) -> Result<Self, CliError> {
        let temporary = match &args.folder {
            Some(_) => None,
            None => Some(
                tempfile::Builder::new()
                    .prefix("vilokanam-dev")
                    .tempdir()
                    .map_err(|error| file("make", Path::new("a temporary folder"), error))?,
            ),
        };
        let folder = args.folder.clone().or_else(|| temporary.as_ref().map(|folder| folder.path().into()));
        let folder = folder.unwrap_or_else(|| "vilokanam-dev".into());
        std::fs::create_dir_all(&folder).map_err(|error| file("make", &folder, error))?;
        let folder = folder.canonicalize().map_err(|error| file("find", &folder, error))?;
        let whole = |path: &PathBuf| path.canonicalize().map_err(|error| file("read", path, error));
        let (input, pages) = (args.input.as_ref().map(whole), args.pages.as_ref().map(whole));
        let viewers = VIEWERS.iter().copied().take(args.viewers.into()).collect();
        context.note(format!("Everything is kept and logged in {}.", folder.display()));
        let stage = Self {
            folder,
            _temporary: temporary,
            ports: Ports { rpc: args.rpc_port, http: args.http_port, rtmp: args.rtmp_port },
            input: input.transpose()?,
            pages: pages.transpose()?,
            stream: 0,
            ledger: Arc::default(),
            node: None,
            gateway: None,
            publisher: None,
            watchers: Vec::new(),
            viewers,
        };
        for uri in [CREATOR, GATEWAY].iter().chain(&stage.viewers) {
            write_private(&stage.key_file(uri), uri)?;
        }
        Ok(stage)
    }

    fn key_file(&self, uri: &str) -> PathBuf {
        self.folder.join(format!("{}.key", people::name(uri)))
    }

    fn node_url(&self) -> String {
        format!("ws://127.0.0.1:{}", self.ports.rpc)
    }

    fn gateway_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.ports.http)
    }

    /// Node, gateway, stream, publisher, viewers: each when the one before is up.
    pub async fn open(&mut self) -> Result<(), CliError> {
        self.start_node().await?;
        self.start_gateway().await?;
        let title = ["stream", "create", "--title", "A clip in a loop", "--price", PRICE, "--category", "demo"];
        let create = [&title[..], &["--preview", PREVIEW]].concat();
        self.command(CREATOR, "create-stream", &create)?.finish().await?;
        let input = self.input.as_ref().map(|input| input.display().to_string());
        let (input, how) = match &input {
            Some(input) => (input.as_str(), ["--loop", "--announce"].as_slice()),
            None => (TEST_PICTURE, ["--format", "lavfi", "--announce"].as_slice()),
        };
        let arguments = [&["publish", input, "--stream", "0"], how].concat();
        self.publisher = Some(self.command(CREATOR, "publish", &arguments)?);
        self.wait_until_live().await?;
        self.start_viewers().await
    }

    async fn start_node(&mut self) -> Result<(), CliError> {
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
            // The connection is the node's: both end together.
            let failure = follow(&chain, &ledger).await.err().map(|error| error.to_string());
            ledger.lock().await.failure = Some(failure.unwrap_or_else(|| "the node is gone".into()));
        });
        Ok(())
    }

    async fn start_gateway(&mut self) -> Result<(), CliError> {
        let (listen, rtmp) = (format!("127.0.0.1:{}", self.ports.http), format!("127.0.0.1:{}", self.ports.rtmp));
        let data = self.folder.join("gateway").display().to_string();
        let key = self.key_file(GATEWAY).display().to_string();
        let (node, url) = (self.node_url(), self.gateway_url());
        let settings = self.folder.join("gateway.toml");
        std::fs::write(&settings, GATEWAY_SETTINGS).map_err(|error| file("write", &settings, error))?;
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
        let health = format!("{url}/health");
        self.wait_for(|| async { reqwest::get(&health).await.is_ok_and(|answer| answer.status().is_success()) }).await
    }

    async fn wait_until_live(&mut self) -> Result<(), CliError> {
        let master = format!("{}{MASTER}", self.gateway_url());
        self.wait_for(|| async { reqwest::get(&master).await.is_ok_and(|answer| answer.status().is_success()) }).await
    }

    async fn start_viewers(&mut self) -> Result<(), CliError> {
        let deposits = self.viewers.clone().into_iter().map(|uri| {
            let name = format!("deposit-{}", people::name(uri));
            self.command(uri, &name, &["--finalized", "deposit", DEPOSIT])
        });
        for deposit in deposits.collect::<Result<Vec<_>, _>>()? {
            deposit.finish().await?;
        }
        for uri in self.viewers.clone() {
            let name = format!("watch-{}", people::name(uri));
            let stream = self.stream.to_string();
            let arguments = ["watch", &stream, "-o", "/dev/null", "--no-preview", "--session-length", SESSION_LENGTH];
            let watcher = self.command(uri, &name, &arguments)?;
            self.watchers.push(watcher);
        }
        Ok(())
    }

    /// This program again, as somebody.
    fn command(&self, who: &str, name: &str, arguments: &[&str]) -> Result<Process, CliError> {
        let this = std::env::current_exe().unwrap_or_else(|_| "vilokanam".into());
        let (key, data) = (self.key_file(who).display().to_string(), self.folder.join(people::name(who)));
        let (node, gateway, data) = (self.node_url(), self.gateway_url(), data.display().to_string());
        let mut all = vec!["--node", &node, "--gateway", &gateway, "--key-file", &key, "--data-dir", &data];
        all.extend(arguments);
        Process::start(&self.folder, name, &this, &all)
    }

    async fn wait_for<F: std::future::Future<Output = bool>>(&mut self, is_up: impl Fn() -> F) -> Result<(), CliError> {
        let deadline = Instant::now() + START_TIMEOUT;
        while !is_up().await {
            if Instant::now() > deadline {
                let what = format!("it was not up after {} s", START_TIMEOUT.as_secs());
                return Err(CliError::failed(what, format!("See the logs in {}.", self.folder.display())));
            }
            self.pause_while_running().await?;
        }
        Ok(())
    }

    async fn pause_while_running(&mut self) -> Result<(), CliError> {
        tokio::time::sleep(LOOK_EVERY).await;
        let servers = [&mut self.node, &mut self.gateway, &mut self.publisher];
        let ended =
            servers.into_iter().flatten().find_map(|process| process.has_ended().then(|| process.ended_early()));
        ended.map_or(Ok(()), Err)
    }

    /// Where to look.
    pub fn addresses(&self) -> String {
        let (node, gateway) = (self.node_url(), self.gateway_url());
        let pages = if self.pages.is_some() { format!("  pages      {gateway}/\n") } else { String::new() };
        format!(
            "\n{pages}  stream     {gateway}{MASTER}\n  gateway    {gateway}/v1/gateway\n  API        \
             {gateway}/docs\n  metrics    {gateway}/metrics\n  node       {node}\n  RTMP       rtmp://127.0.0.1:{}/live\n",
            self.ports.rtmp
        )
    }

    /// Shows how it goes, until `length` has passed (never, if there is none) or something ends that should not.
    pub async fn show(&mut self, context: &Context, length: Option<Duration>) -> Result<(), CliError> {
        let chain = Chain::connect(&self.node_url()).await?;
        let gateway = context.gateway_at(&self.gateway_url())?;
        let creator = people::account(CREATOR)?;
        let (start, mut table, mut missed) = (Instant::now(), Table::new(), 0);
        while length.is_none_or(|length| start.elapsed() < length) {
            self.pause_while_running().await?;
            tokio::time::sleep(Duration::from_millis(700)).await;
            let asked: Result<StreamView, CliError> = gateway.get("/v1/streams/0", &[]).await;
            let Ok(view) = asked.inspect_err(|_| missed += 1) else {
                // A gateway under load may miss one; whether it runs at all is looked at above.
                if missed > MAX_MISSED_LOOKS {
                    return Err(CliError::failed("the gateway does not answer", "See its log."));
                }
                continue;
            };
            missed = 0;
            let (settled, earned) = {
                let ledger = self.ledger.lock().await;
                (ledger.ticks, chain.now().earnings(&creator).await?)
            };
            table.tell(&Now {
                elapsed: start.elapsed(),
                best: chain.best().await?.number,
                finalized: chain.finalized().await?.number,
                viewers: view.viewers,
                ticks_accepted: self.accepted().await,
                ticks_settled: settled,
                creator_earned: earned,
                latency: latency(&format!("{}{MASTER}", self.gateway_url())).await,
            });
        }
        Ok(())
    }

    /// Ticks that the gateway has taken, from its metrics.
    async fn accepted(&self) -> u64 {
        const NAME: &str = "vilokanam_gateway_ticks_total";
        let Ok(answer) = reqwest::get(format!("{}/metrics", self.gateway_url())).await else { return 0 };
        let text = answer.text().await.unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with(NAME));
        line.and_then(|line| line.rsplit(' ').next()?.parse().ok()).unwrap_or(0)
    }

    /// Has everybody leave, waits until all is settled and final, and adds up.
    pub async fn settle(&mut self) -> Result<Books, CliError> {
        // All at once, and each once: a second signal would cut the leaving short.
        self.watchers.iter().for_each(|watcher| watcher.signal(Signal::INT));
        for watcher in self.watchers.drain(..) {
            // Its exit code says that it was interrupted, which it was.
            let _ = watcher.ended().await;
        }
        if let Some(publisher) = self.publisher.take() {
            let _ = publisher.end(Signal::INT).await;
        }
        let chain = Chain::connect(&self.node_url()).await?;
        // A session may be open in a block that is not final yet.
        let last_left = chain.best().await?.number;
        let deadline = Instant::now() + SETTLE_TIMEOUT;
        loop {
            let logs = || format!("See the logs in {}.", self.folder.display());
            {
                let ledger = self.ledger.lock().await;
                if let Some(failure) = &ledger.failure {
                    return Err(CliError::failed(format!("the blocks could not be read: {failure}"), logs()));
                }
                if ledger.open == 0 && ledger.last.is_some_and(|block| block.number >= last_left) {
                    break;
                }
            }
            if Instant::now() > deadline {
                let what = format!("sessions were not closed in {} s", SETTLE_TIMEOUT.as_secs());
                return Err(CliError::failed(what, logs()));
            }
            self.pause_while_running().await?;
        }
        let ledger = self.ledger.lock().await;
        Books::of(&chain, &ledger, &self.viewers).await
    }

    /// Ends the servers, the gateway first: it may have something left to hand over.
    pub async fn strike(&mut self) {
        for process in self.watchers.drain(..).chain(self.publisher.take()) {
            let _ = process.end(Signal::INT).await;
        }
        for process in [self.gateway.take(), self.node.take()].into_iter().flatten() {
            let _ = process.end(Signal::TERM).await;
        }
    }
}

/// A test picture with motion and sound, for who has no clip.
const TEST_PICTURE: &str =
    "testsrc2=size=640x360:rate=30[out0];sine=frequency=440:beep_factor=4:sample_rate=48000[out1]";

/// Enters block after block into the ledger.
async fn follow(chain: &Chain, ledger: &Mutex<Ledger>) -> Result<(), ChainError> {
    let mut blocks = chain.finalized_blocks().await?;
    while let Some(block) = blocks.next().await {
        let block = block?;
        let events = chain.tick_events(block.hash).await?;
        ledger.lock().await.take(block, events);
    }
    Ok(())
}
