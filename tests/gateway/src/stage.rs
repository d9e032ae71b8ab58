//! Everything a test needs: a chain with a stream, a gateway, viewers with deposits, and a publisher.

use crate::{
    api::Api,
    books::{split_accounts, Books, CREATOR, GATEWAY_SHARE_PPM, PRICE, SPLITS_PPM},
    node::Node,
    player::Player,
    playlist::{self, Listed},
    process::Gateway,
    programs,
    publisher::{Creator, Publisher, Way},
    screen, wait_for,
    wallet::{Wallet, Wish},
};
use anyhow::{ensure, Context, Result};
use codec::{Decode, Encode};
use futures::future::try_join_all;
use std::path::PathBuf;
use tempfile::TempDir;
use tick_stream_primitives::{Balance, StreamId};
use vilokanam_chain::{Call, Chain, NewStream, Signer};
use vilokanam_wire::streams::{Page, RecordingView};

/// The one stream that every stage has.
pub const STREAM: StreamId = 0;
/// What each viewer deposits.
pub const DEPOSIT: Balance = 100_000_000_000_000;
/// How long the clip is that is shown again and again: whole groups of pictures.
const CLIP_SECONDS: u32 = 20;
/// Network identity of the node, so that another finds it, and the peer id that belongs to it.
const BOOT_KEY: &str = "0000000000000000000000000000000000000000000000000000000000000001";
const BOOT_PEER: &str = "12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp";
/// How long a clip that is published once may take, and then its recording.
const CLIP_OVER_SECONDS: u64 = 120;
const RECORDED_SECONDS: u64 = 60;

/// What is settled sooner, encoded faster and allowed more often than usual: tests are short, and many on one machine.
const SETTINGS: [(&str, &str); 4] = [
    ("CHAIN__SETTLE_INTERVAL_S", "5"),
    ("INGEST__PRESET", "ultrafast"),
    ("INGEST__LADDER", "[240]"),
    ("HTTP__REQUEST_BURST", "1000"),
];

/// What a stage is to have.
#[derive(Clone, Copy, Debug)]
pub struct Plan<'a> {
    /// Besides the usual ones, or in their place.
    pub settings: &'a [(&'a str, &'a str)],
    /// Keys of the viewers.
    pub viewers: &'a [&'a str],
    pub preview_ticks: u32,
    /// Size of the clip.
    pub size: &'a str,
    /// Whether the clip is published.
    pub is_live: bool,
    /// For the node, after `--dev`.
    pub node_args: &'a [&'a str],
    /// Whether the gateway has a full node of its own, and this one only when that is gone.
    pub has_front_node: bool,
}

impl Default for Plan<'_> {
    fn default() -> Self {
        let (settings, viewers, node_args) = (&[], &["//Charlie"], &[]);
        let (size, is_live, has_front_node) = (screen::SIZE, true, false);
        Self { settings, viewers, preview_ticks: 0, size, is_live, node_args, has_front_node }
    }
}

/// Everything that runs.
pub struct Stage {
    // Dropped in this order: each before what it needs.
    pub publisher: Option<Publisher>,
    pub gateway: Gateway,
    /// The gateway's own node, if that is planned.
    pub front: Option<Node>,
    pub node: Node,
    pub chain: Chain,
    pub api: Api,
    /// As in the plan.
    pub wallets: Vec<Wallet>,
    pub clip: PathBuf,
    pub folder: TempDir,
}

impl Stage {
    /// Starts what is planned, each when what it needs is there.
    pub async fn open(plan: Plan<'_>) -> Result<Self> {
        programs::clear_logs()?;
        let folder = tempfile::Builder::new().prefix("vilokanam-stage").tempdir()?;
        let clip = folder.path().join("clip.mp4");
        if plan.is_live {
            screen::make_clip(&clip, CLIP_SECONDS, plan.size)?;
        }
        let node = Node::start(&[&["--dev", "--node-key", BOOT_KEY], plan.node_args].concat()).await?;
        let front = match plan.has_front_node {
            true => Some(Node::start(&["--chain", "dev", "--bootnodes", &node.address(BOOT_PEER)]).await?),
            false => None,
        };
        let chain = node.chain().await?;
        let settings = [&SETTINGS, plan.settings].concat();
        let nodes: Vec<String> = front.iter().chain([&node]).map(Node::url).collect();
        let wallets = try_join_all(plan.viewers.iter().map(|uri| Wallet::open(&chain, uri, DEPOSIT)));
        let creation = create_stream(&chain, plan.preview_ticks);
        let (gateway, wallets, ()) = tokio::try_join!(Gateway::start(&nodes, &settings), wallets, creation)?;
        let api = Api::new(&gateway.url())?;
        let mut stage = Self { publisher: None, gateway, front, node, chain, api, wallets, clip, folder };
        if plan.is_live {
            stage.publish(Way::Rtmp)?;
            stage.player("240p").find(|_| true).await.context("the stream does not go live")?;
        }
        Ok(stage)
    }

    /// The creator's command line.
    pub fn creator(&self) -> Creator<'_> {
        Creator { node: &self.node, gateway: &self.gateway, folder: self.folder.path() }
    }

    /// Publishes the clip again and again.
    pub fn publish(&mut self, way: Way) -> Result<()> {
        self.publisher = Some(self.creator().publish(STREAM, &self.clip, way, true)?);
        Ok(())
    }

    /// Publishes a clip of so many seconds once, and waits until it can be watched as a recording. Returns what of it is
    /// sold. The gateway should not wait long for a publisher to come back.
    pub async fn record(&mut self, seconds: u32) -> Result<Vec<Listed>> {
        screen::make_clip(&self.clip, seconds, screen::SIZE)?;
        let mut publisher = self.creator().publish(STREAM, &self.clip, Way::Rtmp, false)?;
        self.player("240p").find(|_| true).await?;
        wait_for("the clip to be over", CLIP_OVER_SECONDS, || {
            let is_running = publisher.is_running();
            async move { Ok((!is_running?).then_some(())) }
        })
        .await?;
        let view = wait_for("the recording", RECORDED_SECONDS, || async {
            let page: Page<RecordingView> = self.api.get("/v1/streams/0/recordings").await?.json()?;
            Ok(page.items.into_iter().next())
        })
        .await?;
        let path = view.playlist.replace("master.m3u8", "240p.m3u8");
        let text = self.api.get(&path).await?.ok()?;
        let recorded = playlist::media(&text.body, &self.api.url(&path).parse()?)?;
        ensure!(recorded.is_ended, "a recording has an end: {recorded:?}");
        // The slate after the end of the clip is in the clear.
        Ok(recorded.segments.into_iter().filter(|listed| listed.key.is_some()).collect())
    }

    /// Has a player leave, waits until its session is closed for good, and fails unless everybody has what they should.
    pub async fn settle(&self, player: &mut Player) -> Result<Books> {
        player.leave().await?;
        let seat = player.seat()?;
        let books = Books::closed(&self.chain, &[seat.id]).await?;
        books.expect(seat.id, seat.revealed)?;
        books.check(&self.chain).await?;
        Ok(books)
    }

    /// A player of the stream, without a session.
    pub fn player(&self, rendition: &str) -> Player {
        Player::new(&self.api, STREAM, rendition)
    }

    /// A player with a session of the viewer with this number.
    pub async fn paying_player(&mut self, viewer: usize, max_ticks: u32) -> Result<Player> {
        let mut player = self.player("240p");
        player.open(&mut self.wallets[viewer], &wish(max_ticks)).await?;
        Ok(player)
    }

    /// Signs as the creator.
    pub fn creator_key(&self) -> Result<Signer> {
        Ok(Signer::from_uri(CREATOR)?)
    }
}

/// The usual wish: the stream at its price.
pub fn wish(max_ticks: u32) -> Wish {
    Wish { stream: STREAM, price_per_tick: PRICE, max_ticks }
}

/// Creates a stream with shares that are odd, so that every floor shows.
pub async fn create_stream(chain: &Chain, preview_ticks: u32) -> Result<()> {
    let splits: Vec<_> = split_accounts()?.into_iter().zip(SPLITS_PPM).collect();
    let stream = NewStream {
        price_per_tick: PRICE,
        preview_ticks,
        // Through their encoding: the types are the SDK's, which is not linked in here.
        gateway_share: Decode::decode(&mut &GATEWAY_SHARE_PPM.encode()[..])?,
        splits: Decode::decode(&mut &splits.encode()[..])?,
        metadata: br#"{"title":"End to end"}"#.to_vec(),
    };
    crate::wallet::send_final(chain, &Call::create_stream(&stream), &Signer::from_uri(CREATOR)?).await
}
