//! Drill of an upgrade: four validators, a gateway with a broadcast, and viewers who pay go on while governance authorises
//! a runtime with other constants, and while that runtime takes over.

use anyhow::{bail, ensure, Context, Result};
use futures::future::{join_all, try_join_all};
use serde_json::{json, Value};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::{Command, ExitStatus},
    sync::{
        atomic::{AtomicBool, Ordering},
        Arc,
    },
    time::Duration,
};
use tick_stream_primitives::{AccountId, Balance, BlockNumber, Params};
use tokio::{task::JoinHandle, time::sleep};
use vilokanam_gateway_tests::{
    api::ApiClient,
    environment::{create_stream, TestEnvironment, DEPOSIT, SETTINGS},
    gateway::Gateway,
    ledger::{Ledger, LedgerSession},
    player::Player,
    publisher::Protocol,
    video,
    wallet::Wallet,
};
use vilokanam_tests::{
    accounts::{account, GATEWAY},
    command_line::{CommandLine, Terminal},
    next_runtime,
    node::{NetworkIdentity, Node, IDENTITIES},
    node_client::NodeClient,
    process::{clear_logs, log_folder, program, Process},
    wait_for,
};
use vilokanam_wire::gateway::GatewayInfo;

/// Constants of the next runtime.
const OPEN_FEE: Balance = 5_003_000_017;
const MIN_PRICE: Balance = 70_000_007;
const MIN_DEPOSIT: Balance = 120_000_000_009;
const TICKET_LIFETIME: BlockNumber = 1_801;
const CONSTANTS: [(&str, u128); 4] = [
    ("OpenFee", OPEN_FEE),
    ("MinPrice", MIN_PRICE),
    ("MinDeposit", MIN_DEPOSIT),
    ("TicketLifetime", TICKET_LIFETIME as u128),
];

/// Identity of the first validator, which the other nodes connect to.
const BOOT: NetworkIdentity = IDENTITIES[0];
const OTHER_VALIDATORS: [&str; 3] = ["--bob", "--charlie", "--dave"];
/// Accounts that vote on the upgrade, and the amount of each in VLK. Together they hold a quarter of all money.
const VOTERS: [&str; 4] = ["//Alice", "//Bob", "//Charlie", "//Dave"];
const VOTE_VLK: &str = "900000";
/// Account that sends the authorised code. Any account may.
const APPLIER: &str = "//Dave//stash";

/// Viewers: one at the command line, whose sessions are short, one of the tests' own, and one with a browser.
const COMMAND_LINE_VIEWER: &str = "//Eve";
const PLAYER_VIEWER: &str = "//Charlie//stash";
const BROWSER_VIEWER: &str = "//Bob//stash";
const SHORT_SESSION: &str = "30s";
const LONG_SESSION_TICKS: u32 = 1_800;
/// Number of segments that are bought with a session that is opened after the upgrade.
const SEGMENTS: usize = 3;

/// Maximum times until a referendum is decided, a runtime is in use, and something else has happened.
const DECISION_SECONDS: u64 = 240;
const UPGRADE_SECONDS: u64 = 120;
const WAIT_SECONDS: u64 = 180;
/// Time in which a gateway uses the constants of a new runtime.
const ADOPTION_SECONDS: u64 = 60;
/// Number of blocks of the next runtime that have to be final at every node.
const FINAL_BLOCKS: u32 = 10;
/// Maximum number of blocks between reading the fee for an opening and the opening. Blocks pause while five nodes compile the
/// runtime on one machine; the gateway may then give up its node, and submits openings itself after 30 seconds.
const OPENING_BLOCKS: u32 = 40;
/// Interval at which finality is observed.
const OBSERVATION: Duration = Duration::from_secs(1);

async fn validator(role: &str, boot: &str) -> Result<Node> {
    Node::start(&["--chain", "test", role, "--bootnodes", boot, "--unsafe-force-node-key-generation"]).await
}

/// The platform, and what the test knows of it.
struct Drill {
    env: TestEnvironment,
    /// Validators besides the environment's node.
    validators: Vec<Node>,
}

impl Drill {
    /// Starts four validators, a full node for the gateway, the gateway with its pages, and a broadcast.
    async fn start() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("vilokanam-drill").tempdir()?;
        let clip = folder.path().join("clip.mp4");
        video::make_clip(&clip, 20, video::SIZE)?;
        let node = Node::archive(&["--chain", "test", "--alice", "--node-key", BOOT.key]).await?;
        let boot = node.address(&BOOT);
        let validators = try_join_all(OTHER_VALIDATORS.map(|role| validator(role, &boot))).await?;
        let gateway = account(GATEWAY)?.to_string();
        let worker = ["--offchain-worker", "always", "--tick-gateway", &gateway];
        let full_node = Node::archive(&[&["--chain", "test", "--bootnodes", &boot], &worker[..]].concat()).await?;
        full_node.client().await?.insert_operator_key().await?;

        let chain = node.chain().await?;
        create_stream(&chain, 0).await?;
        let wallets = vec![Wallet::with_deposit(&chain, PLAYER_VIEWER, DEPOSIT).await?];
        let pages = pages()?.join("dist").display().to_string();
        let settings = [&SETTINGS[..], &[("HTTP__PAGES", &pages), ("PAYWALL__MIN_PRICE", "1")]].concat();
        let gateway = Gateway::start(&[full_node.url(), node.url()], &settings).await?;
        let api = ApiClient::new(&gateway.url())?;
        let full_node = Some(full_node);
        let mut env = TestEnvironment { publisher: None, gateway, full_node, node, chain, api, wallets, clip, folder };
        env.publish(Protocol::Rtmp)?;
        env.player("240p").first_segment().await.context("the stream does not become live")?;
        Ok(Self { env, validators })
    }

    /// Connects to every node, the first validator first.
    async fn clients(&self) -> Result<Vec<NodeClient>> {
        let nodes = [&self.env.node].into_iter().chain(&self.validators).chain(&self.env.full_node);
        try_join_all(nodes.map(Node::client)).await
    }

    /// Waits until every node has finalized a block that is the best one now.
    async fn wait_for_finality(&self, after: &str) -> Result<()> {
        let clients = self.clients().await?;
        let target = clients[0].best_number().await?;
        for client in &clients {
            wait_for(&format!("finality after {after}"), WAIT_SECONDS, || async {
                Ok((client.finalized_number().await? >= target).then_some(()))
            })
            .await?;
        }
        Ok(())
    }

    /// Reads finalized blocks until this account has opened a session in a block after `block`.
    async fn wait_for_session(&self, ledger: &mut Ledger, uri: &str, block: BlockNumber) -> Result<()> {
        let viewer = account(uri)?;
        for _ in 0..WAIT_SECONDS {
            ledger.read_new_blocks(&self.env.chain).await?;
            if ledger.sessions.values().any(|session| session.viewer == viewer && session.opened_in > block) {
                return Ok(());
            }
            sleep(Duration::from_secs(1)).await;
        }
        bail!("{uri} has opened no session after block {block} in {WAIT_SECONDS} seconds")
    }

    /// Returns the terms that the gateway announces.
    async fn announced(&self) -> Result<GatewayInfo> {
        self.env.api.get("/v1/gateway").await?.json()
    }

    /// Lets the technical committee and a referendum authorise the code.
    async fn authorise(&self, code: &str) -> Result<()> {
        let url = self.env.node.url();
        let alice = Terminal::of("//Alice")?;
        alice.run(&url, &["gov", "whitelist", code]).await?;
        let submitted = alice.run(&url, &["gov", "submit", "upgrade", code, "--deposit"]).await?;
        let referendum = submitted["referendum"].to_string();
        let voters = VOTERS.iter().map(|uri| Terminal::of(uri)).collect::<Result<Vec<_>>>()?;
        let vote = ["gov", "vote", &referendum, "aye", VOTE_VLK];
        // A referendum that is decided early accepts no further votes.
        for refused in
            join_all(voters.iter().map(|voter| voter.run(&url, &vote))).await.into_iter().flat_map(Result::err)
        {
            eprintln!("a vote came too late: {refused}");
        }
        wait_for("the upgrade to be authorised", DECISION_SECONDS, || async {
            let status = alice.run(&url, &["gov", "status"]).await?;
            Ok((!status["authorized_upgrade"].is_null()).then_some(()))
        })
        .await
    }

    /// Applies the authorised code. Returns the block in which it was applied, once that is final: the blocks after it are
    /// those of the next runtime.
    async fn apply(&self, code: &str) -> Result<BlockNumber> {
        let url = self.env.node.url();
        let client = self.env.node.client().await?;
        let (first, version) = (client.finalized_number().await?, spec_version(&client, None).await?);
        Terminal::of(APPLIER)?.run(&url, &["gov", "apply-upgrade", code]).await?;
        for client in &self.clients().await? {
            wait_for("the next runtime", UPGRADE_SECONDS, || async {
                Ok((spec_version(client, None).await? > version).then_some(()))
            })
            .await?;
        }
        self.wait_for_finality("the upgrade").await?;
        for block in first..=client.finalized_number().await? {
            if spec_version(&client, Some(block)).await? > version {
                return Ok(block);
            }
        }
        bail!("no final block has the next runtime")
    }

    /// Fails unless every node has the same final blocks of the next runtime.
    async fn check_nodes(&self, upgraded: BlockNumber) -> Result<()> {
        let last = upgraded + FINAL_BLOCKS;
        let mut hashes = Vec::new();
        for client in &self.clients().await? {
            wait_for("final blocks of the next runtime", WAIT_SECONDS, || async {
                Ok((client.finalized_number().await? >= last).then_some(()))
            })
            .await?;
            hashes.push(hash_of(client, last).await?);
        }
        ensure!(hashes.windows(2).all(|pair| pair[0] == pair[1]), "the nodes are on different chains: {hashes:?}");
        Ok(())
    }
}

async fn hash_of(client: &NodeClient, block: BlockNumber) -> Result<Value> {
    client.request("chain_getBlockHash", vec![block.into()]).await
}

/// Returns the version of the runtime after a block, or after the best one.
async fn spec_version(client: &NodeClient, block: Option<BlockNumber>) -> Result<u64> {
    let at = match block {
        Some(block) => vec![hash_of(client, block).await?],
        None => vec![],
    };
    let version = client.request("state_getRuntimeVersion", at).await?;
    version["specVersion"].as_u64().context("there is no spec_version")
}

/// Observes finality at every node until it is stopped.
struct FinalityObserver {
    stop: Arc<AtomicBool>,
    task: JoinHandle<Result<u32>>,
}

impl FinalityObserver {
    fn start(clients: Vec<NodeClient>) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let is_over = stop.clone();
        let task = tokio::spawn(async move {
            let (mut last, mut longest) = (vec![0; clients.len()], 0);
            while !is_over.load(Ordering::Relaxed) {
                for (client, last) in clients.iter().zip(&mut last) {
                    let (best, finalized) = (client.best_number().await?, client.finalized_number().await?);
                    ensure!(finalized >= *last, "a final block was undone: {finalized} after {last}");
                    *last = finalized;
                    longest = longest.max(best.saturating_sub(finalized));
                }
                sleep(OBSERVATION).await;
            }
            Ok(longest)
        });
        Self { stop, task }
    }

    /// Returns the largest number of blocks that were not final yet.
    async fn stop(self) -> Result<u32> {
        self.stop.store(true, Ordering::Relaxed);
        self.task.await?
    }
}

/// A player that watches until it is stopped.
struct Watching {
    stop: Arc<AtomicBool>,
    task: JoinHandle<Result<Player>>,
}

impl Watching {
    fn start(mut player: Player) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let is_over = stop.clone();
        let task = tokio::spawn(async move {
            while !is_over.load(Ordering::Relaxed) {
                player.watch(1).await?;
            }
            Ok(player)
        });
        Self { stop, task }
    }

    async fn stop(self) -> Result<Player> {
        self.stop.store(true, Ordering::Relaxed);
        self.task.await?
    }
}

/// Returns the folder of the pages.
fn pages() -> Result<PathBuf> {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).context("a repository has folders")?;
    let pages = repository.join("client/web");
    ensure!(pages.join("dist/index.html").is_file(), "the pages are not built: run `npm run build` in client/web");
    Ok(pages)
}

/// Starts the part of the drill that takes place in a browser.
fn start_browser(env: &TestEnvironment) -> Result<Process> {
    let program = program("vilokanam")?;
    let (gateway, folder) = (env.gateway.url(), env.folder.path());
    let bin = program.parent().context("a program is in a folder")?;
    let place = json!({ "pages": gateway, "gateway": gateway, "node": env.node.url(), "bin": bin, "folder": folder });
    let mut npm = Command::new("npm");
    npm.current_dir(pages()?).args(["run", "--silent", "drill"]);
    npm.env("VILOKANAM_PLACE", place.to_string()).env("VILOKANAM_DRILL_VIEWER", BROWSER_VIEWER);
    Process::start(&mut npm, &log_folder()?.join("browser.log"))
}

async fn ended(what: &str, process: &mut Process) -> Result<ExitStatus> {
    wait_for(what, WAIT_SECONDS, || {
        let status = process.exit_status();
        async move { status }
    })
    .await
}

/// Returns the JSON document among the lines that a command has printed.
fn document(output: &str) -> Result<Value> {
    let start = output.rfind("\n{").with_context(|| format!("no JSON document: {output}"))?;
    let mut documents = serde_json::Deserializer::from_str(&output[start..]).into_iter();
    Ok(documents.next().context("a line begins a document")??)
}

fn check_announced(info: &GatewayInfo, params: &Params) -> Result<()> {
    let announced = (info.open_fee.0, info.min_price.0, info.min_deposit.0, info.ticket_lifetime_blocks);
    let expected = (params.open_fee, params.min_price, params.min_deposit, params.ticket_lifetime);
    ensure!(announced == expected, "the gateway announces {announced:?}, and the chain has {expected:?}");
    Ok(())
}

/// Fails unless every session paid the fee of the runtime that opened it, and every viewer has opened one in each.
fn check_fees(ledger: &Ledger, upgraded: BlockNumber, earlier_fee: Balance) -> Result<()> {
    let mut opened: BTreeMap<AccountId, [u32; 2]> = BTreeMap::new();
    for (id, session) in &ledger.sessions {
        let is_later = session.opened_in > upgraded;
        let fee = if is_later { OPEN_FEE } else { earlier_fee };
        eprintln!("session {id}: opened in block {}, settled by block {}", session.opened_in, session.settled_in);
        ensure!(session.fee == fee, "session {id} should have paid {fee}: {session:?}");
        opened.entry(session.viewer.clone()).or_default()[usize::from(is_later)] += 1;
    }
    for uri in [COMMAND_LINE_VIEWER, PLAYER_VIEWER, BROWSER_VIEWER] {
        let counts = opened.get(&account(uri)?).copied().unwrap_or_default();
        eprintln!("{uri}: {} sessions opened before the upgrade, {} after it", counts[0], counts[1]);
        ensure!(counts.iter().all(|count| *count > 0), "{uri} has not opened a session with each runtime: {counts:?}");
    }
    Ok(())
}

/// Fails unless the command line reports what the chain has settled. It reads the fee of an opening from the gateway, which
/// announced the earlier one until the block `adopted`.
fn check_report(report: &Value, ledger: &Ledger, earlier_fee: Balance, adopted: BlockNumber) -> Result<()> {
    let viewer = account(COMMAND_LINE_VIEWER)?;
    let own: Vec<&LedgerSession> = ledger.sessions.values().filter(|session| session.viewer == viewer).collect();
    let paid: Balance = own.iter().map(|session| session.paid).sum();
    ensure!(report["paid"] == paid.to_string(), "{paid} planck are settled: {report:#}");
    let fees: Balance = own.iter().map(|session| session.fee).sum();
    let is_uncertain =
        |session: &&&LedgerSession| session.fee != earlier_fee && session.opened_in <= adopted + OPENING_BLOCKS;
    let uncertain = own.iter().filter(is_uncertain).count() as Balance;
    let mut possible = (0..=uncertain).map(|expected_less| fees - expected_less * (OPEN_FEE - earlier_fee));
    ensure!(possible.any(|fees| report["open_fees"] == fees.to_string()), "the fees were {fees} planck: {report:#}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "compiles a second runtime: scripts/test --all"]
async fn platform_goes_on_through_an_upgrade_and_nothing_is_lost() -> Result<()> {
    clear_logs()?;
    let code = next_runtime::build(&CONSTANTS)?.display().to_string();
    let mut drill = Drill::start().await?;
    let observer = FinalityObserver::start(drill.clients().await?);
    let mut ledger = Ledger::default();

    // Three viewers watch with sessions of the present runtime.
    let (url, gateway) = (drill.env.node.url(), drill.env.gateway.url());
    let viewer = CommandLine::new(&url, &gateway, &drill.env.folder.path().join("viewer"), COMMAND_LINE_VIEWER)?;
    viewer.done(&["deposit", "40"])?;
    let film = viewer.file("film.mp4");
    let mut watch = viewer.start(&["watch", "0", "-o", &film, "--session-length", SHORT_SESSION], "watch")?;
    let player = Watching::start(drill.env.paying_player(0, LONG_SESSION_TICKS).await?);
    let mut browser = start_browser(&drill.env)?;
    for uri in [COMMAND_LINE_VIEWER, PLAYER_VIEWER, BROWSER_VIEWER] {
        drill.wait_for_session(&mut ledger, uri, 0).await?;
    }
    let before = drill.env.chain.now().params().await?;
    check_announced(&drill.announced().await?, &before)?;

    drill.authorise(&code).await?;
    drill.wait_for_finality("the referendum").await?;
    let upgraded = drill.apply(&code).await?;
    let after = drill.env.chain.now().params().await?;
    let (open_fee, min_price, min_deposit, ticket_lifetime) = (OPEN_FEE, MIN_PRICE, MIN_DEPOSIT, TICKET_LIFETIME);
    ensure!(after != before && after == Params { open_fee, min_price, min_deposit, ticket_lifetime, ..before.clone() });
    wait_for("the gateway to use the new constants", ADOPTION_SECONDS, || async {
        check_announced(&drill.announced().await?, &after).map(Some)
    })
    .await?;
    let adopted = drill.env.chain.best().await?.number;

    // The viewers go on, and open sessions of the next runtime.
    let mut second = drill.env.paying_player(0, LONG_SESSION_TICKS).await?;
    second.watch(SEGMENTS).await?;
    second.wait_until_finalized().await?;
    second.watch(SEGMENTS).await?;
    for uri in [COMMAND_LINE_VIEWER, BROWSER_VIEWER] {
        drill.wait_for_session(&mut ledger, uri, upgraded).await?;
    }
    drill.check_nodes(upgraded).await?;
    let mut first = player.stop().await?;
    let browsed = ended("the end of the drill in the browser", &mut browser).await?;
    ensure!(browsed.success(), "{}", browser.output());
    watch.ensure_running()?;
    watch.signal("INT")?;
    ended("the command line to end", &mut watch).await?;
    let unfinal_blocks = observer.stop().await?;

    eprintln!("upgraded in block {upgraded}, which the gateway has noticed by block {adopted}");
    eprintln!("at most {unfinal_blocks} blocks were not final yet");

    let ledger = drill.env.settle(&mut [&mut first, &mut second]).await?;
    eprintln!("rows that failed: {:?}", ledger.failed_rows);
    let report = document(&watch.output())?;
    eprintln!("watched {} s, missed {} segments", report["seconds"], report["segments_missed"]);
    let long = &ledger.sessions[&first.session()?.id];
    ensure!(long.opened_in <= upgraded && long.settled_in > upgraded, "no session has outlived the runtime: {long:?}");
    check_fees(&ledger, upgraded, before.open_fee)?;
    check_report(&report, &ledger, before.open_fee, adopted)?;
    Ok(())
}
