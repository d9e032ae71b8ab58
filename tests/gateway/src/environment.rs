//! Test environment: a chain with a stream, a gateway, viewers with deposits, and a publisher.

use crate::{
    api::ApiClient,
    gateway::Gateway,
    ledger::Ledger,
    player::Player,
    playlist::{self, Segment},
    publisher::{CreatorCli, Protocol, Publisher},
    video,
    wallet::{send_final, TicketTerms, Wallet},
};
use anyhow::{ensure, Context, Result};
use futures::future::try_join_all;
use sp_runtime::Permill;
use std::path::PathBuf;
use tempfile::TempDir;
use tick_stream_primitives::{batch::bounded, Balance, Session, SessionId, StreamId, StreamStatus};
use vilokanam_chain::{Call, Chain, NewStream, Signer};
use vilokanam_tests::{
    accounts::{key, split_accounts, CREATOR, GATEWAY_SHARE_PPM, PRICE, SPLITS_PPM, UNIT},
    node::{NetworkIdentity, Node, IDENTITIES},
    process::clear_logs,
    wait_for,
};
use vilokanam_wire::streams::{Page, RecordingView};

/// Stream that every environment has.
pub const STREAM: StreamId = 0;
/// Path of its multivariant playlist.
pub const MASTER_PLAYLIST: &str = "/v1/streams/0/hls/master.m3u8";
/// Deposit of each viewer in planck.
pub const DEPOSIT: Balance = 100_000_000_000_000;
/// Settings that make tests shorter and let many run on one machine.
pub const SETTINGS: [(&str, &str); 5] = [
    ("CHAIN__SETTLE_INTERVAL_S", "5"),
    ("INGEST__PRESET", "ultrafast"),
    ("INGEST__LADDER", "[240]"),
    // A clip in a loop does not fit at the seam, and tests count discontinuities. Tests of copies switch it on.
    ("INGEST__COPIES", "false"),
    ("HTTP__REQUEST_BURST", "1000"),
];
/// Length of the clip that is published in a loop: a whole number of groups of pictures.
const CLIP_SECONDS: u32 = 20;
/// Identity of the node, which a second node connects to.
const BOOT: NetworkIdentity = IDENTITIES[0];
/// Maximum time until a clip that is published once has ended, and until its recording is complete.
const CLIP_WAIT_SECONDS: u64 = 120;
const RECORDING_WAIT_SECONDS: u64 = 60;
/// Maximum time until revealed ticks are settled.
const SETTLEMENT_SECONDS: u64 = 120;
/// Maximum time until an extrinsic is in a block.
const INCLUSION_SECONDS: u64 = 60;

/// What an environment consists of.
#[derive(Clone, Copy, Debug)]
pub struct EnvironmentOptions<'a> {
    /// Settings of the gateway, in addition to [`SETTINGS`] or instead of them.
    pub settings: &'a [(&'a str, &'a str)],
    /// URIs of the viewers' keys.
    pub viewers: &'a [&'a str],
    /// Number of free ticks of the stream.
    pub preview_ticks: u32,
    /// Size of the pictures of the clip.
    pub size: &'a str,
    /// Whether the clip is published.
    pub is_live: bool,
    /// Further arguments of the node.
    pub node_args: &'a [&'a str],
    /// Whether the gateway uses a full node of its own, and the development node only if that one fails.
    pub has_full_node: bool,
}

impl Default for EnvironmentOptions<'_> {
    fn default() -> Self {
        let (settings, viewers, node_args) = (&[], &["//Charlie"], &[]);
        let (size, is_live, has_full_node) = (video::SIZE, true, false);
        Self { settings, viewers, preview_ticks: 0, size, is_live, node_args, has_full_node }
    }
}

impl EnvironmentOptions<'_> {
    /// Returns the options of an environment without viewers, where nothing is published.
    pub fn offline() -> Self {
        Self { viewers: &[], is_live: false, ..Self::default() }
    }
}

/// Processes, connections and files of a test.
pub struct TestEnvironment {
    // Fields are dropped in this order: each before those that it depends on.
    /// Publisher of the clip, if the environment is live.
    pub publisher: Option<Publisher>,
    /// Gateway.
    pub gateway: Gateway,
    /// Full node of the gateway, see [`EnvironmentOptions::has_full_node`].
    pub full_node: Option<Node>,
    /// Development node.
    pub node: Node,
    /// Connection to the development node.
    pub chain: Chain,
    /// Client of the gateway.
    pub api: ApiClient,
    /// Wallets of the viewers, in the order of the options.
    pub wallets: Vec<Wallet>,
    /// Clip that is published.
    pub clip: PathBuf,
    /// Folder for files of the test.
    pub folder: TempDir,
}

impl TestEnvironment {
    /// Starts everything, and waits until the stream is live if it is to be.
    pub async fn start(options: EnvironmentOptions<'_>) -> Result<Self> {
        clear_logs()?;
        let folder = tempfile::Builder::new().prefix("vilokanam-environment").tempdir()?;
        let clip = folder.path().join("clip.mp4");
        if options.is_live {
            video::make_clip(&clip, CLIP_SECONDS, options.size)?;
        }
        let node = Node::archive(&[&["--dev", "--node-key", BOOT.key], options.node_args].concat()).await?;
        let full_node = match options.has_full_node {
            true => Some(Node::archive(&["--chain", "dev", "--bootnodes", &node.address(&BOOT)]).await?),
            false => None,
        };
        let chain = node.chain().await?;
        let settings = [&SETTINGS, options.settings].concat();
        let nodes: Vec<String> = full_node.iter().chain([&node]).map(Node::url).collect();
        let wallets = try_join_all(options.viewers.iter().map(|uri| Wallet::with_deposit(&chain, uri, DEPOSIT)));
        let creation = create_stream(&chain, options.preview_ticks);
        let (gateway, wallets, ()) = tokio::try_join!(Gateway::start(&nodes, &settings), wallets, creation)?;
        let api = ApiClient::new(&gateway.url())?;
        let mut env = Self { publisher: None, gateway, full_node, node, chain, api, wallets, clip, folder };
        if options.is_live {
            env.publish(Protocol::Rtmp)?;
            env.player("240p").first_segment().await.context("the stream does not become live")?;
        }
        Ok(env)
    }

    /// Returns the creator's command line.
    pub fn creator(&self) -> CreatorCli<'_> {
        CreatorCli { node: &self.node, gateway: &self.gateway, folder: self.folder.path() }
    }

    /// Publishes the clip in a loop.
    pub fn publish(&mut self, protocol: Protocol) -> Result<()> {
        self.publisher = Some(self.creator().publish(STREAM, &self.clip, protocol, true)?);
        Ok(())
    }

    /// Publishes a clip of this length once, and waits until it is recorded. Returns the encrypted segments of the
    /// recording. The gateway should have a short reconnect window.
    pub async fn record(&mut self, seconds: u32) -> Result<Vec<Segment>> {
        video::make_clip(&self.clip, seconds, video::SIZE)?;
        let mut publisher = self.creator().publish(STREAM, &self.clip, Protocol::Rtmp, false)?;
        self.player("240p").first_segment().await?;
        wait_for("the end of the clip", CLIP_WAIT_SECONDS, || {
            let is_running = publisher.is_running();
            async move { Ok((!is_running?).then_some(())) }
        })
        .await?;
        let path = self.wait_for_recording().await?.playlist.replace("master.m3u8", "240p.m3u8");
        let text = self.api.get(&path).await?.success()?;
        let recorded = playlist::media(&text.body, &self.api.url(&path)?)?;
        ensure!(recorded.is_ended, "the playlist of a recording should end: {recorded:?}");
        // After the clip, the gateway has shown its slate, which is not encrypted.
        Ok(recorded.segments.into_iter().filter(|segment| segment.key.is_some()).collect())
    }

    /// Returns the recording of the stream, as soon as there is one.
    pub async fn wait_for_recording(&self) -> Result<RecordingView> {
        wait_for("the recording", RECORDING_WAIT_SECONDS, || async {
            let page: Page<RecordingView> = self.api.get("/v1/streams/0/recordings").await?.json()?;
            Ok(page.items.into_iter().next())
        })
        .await
    }

    /// Returns a session of the best chain, as soon as at least this many of its ticks are settled.
    pub async fn wait_for_settled_ticks(&self, id: SessionId, ticks: u32) -> Result<Session> {
        wait_for("revealed ticks to be settled", SETTLEMENT_SECONDS, || async {
            let session = self.session(id).await?.context("the session is not open")?;
            ensure!(session.settled_ticks >= ticks, "{} of {ticks} ticks are settled", session.settled_ticks);
            Ok(Some(session))
        })
        .await
    }

    /// Returns a session of the best chain.
    pub async fn session(&self, id: SessionId) -> Result<Option<Session>> {
        Ok(self.chain.now().session(id).await?)
    }

    /// Makes players leave, and checks their sessions with [`Self::check_closed`].
    pub async fn settle(&self, players: &mut [&mut Player]) -> Result<Ledger> {
        for player in players.iter_mut() {
            player.leave().await?;
        }
        self.check_closed(players).await
    }

    /// Waits until all sessions are closed. Fails unless all revealed ticks of these players are settled, and every
    /// account has what the rules give it.
    pub async fn check_closed(&self, players: &mut [&mut Player]) -> Result<Ledger> {
        let ids = players.iter_mut().map(|player| Ok(player.session()?.id)).collect::<Result<Vec<_>>>()?;
        let ledger = Ledger::wait_until_all_are_closed(&self.chain, &ids).await?;
        for player in players {
            let session = player.session()?;
            ledger.check_settled(session.id, session.revealed_ticks)?;
        }
        ledger.check_balances(&self.chain).await?;
        Ok(ledger)
    }

    /// Returns a player of the stream without a session.
    pub fn player(&self, rendition: &str) -> Player {
        Player::new(&self.api, STREAM, rendition)
    }

    /// Returns a player with a new session of the viewer with this index.
    pub async fn paying_player(&mut self, viewer: usize, max_ticks: u32) -> Result<Player> {
        let mut player = self.player("240p");
        player.open_session(&mut self.wallets[viewer], &terms(max_ticks)).await?;
        Ok(player)
    }

    /// Suspends the stream, as a moderator would, and waits until that is in a block.
    pub async fn suspend_stream(&self) -> Result<()> {
        let client = self.node.client().await?;
        let call = vilokanam_tests::call::Call::suspend_stream(STREAM).as_root();
        client.send_and_wait(&key("//Alice")?, &call).await?;
        wait_for("the suspension", INCLUSION_SECONDS, || async {
            let stream = client.stream(STREAM).await?.context("the stream exists")?;
            Ok((stream.status == StreamStatus::Suspended).then_some(()))
        })
        .await
    }
}

/// Returns the terms of a ticket for the stream at its price.
pub fn terms(max_ticks: u32) -> TicketTerms {
    TicketTerms { stream: STREAM, price_per_tick: PRICE, max_ticks }
}

/// Returns the key that creates streams.
pub fn creator_key() -> Result<Signer> {
    Ok(Signer::from_uri(CREATOR)?)
}

/// Creates a stream with the terms of [`vilokanam_tests::accounts`], and the accounts that share its income.
pub async fn create_stream(chain: &Chain, preview_ticks: u32) -> Result<()> {
    let creator = creator_key()?;
    let transfers = split_accounts()?.map(|account| Call::transfer_keep_alive(&account, UNIT));
    for receipt in chain.pipeline(&transfers, &creator).await? {
        receipt?;
    }
    let shares = SPLITS_PPM.map(Permill::from_parts);
    let stream = NewStream {
        price_per_tick: PRICE,
        preview_ticks,
        gateway_share: Permill::from_parts(GATEWAY_SHARE_PPM),
        splits: bounded(split_accounts()?.into_iter().zip(shares).collect()),
        metadata: br#"{"title":"End to end"}"#.to_vec(),
    };
    send_final(chain, &Call::create_stream(&stream), &creator).await
}
