//! What queries return. Plain values that serialize as the API shows them.

use crate::values::{Account, BigNumber, HashHex, Planck, SessionHex, Time};
use serde::Serialize;
use tick_stream_primitives::{BlockNumber, StreamId};

/// One page of a list.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Page<T> {
    /// The entries, in the order asked for.
    pub items: Vec<T>,
    /// Where the next page begins; nothing at the end of the list.
    pub next: Option<String>,
}

/// Whether a stream can be watched.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StreamState {
    /// On air.
    Live,
    /// Not on air.
    Offline,
    /// Over for good.
    Ended,
    /// Stopped by a moderator.
    Suspended,
}

/// A rise on its way.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct NextPrice {
    /// Planck a tick from then on.
    pub price_per_tick: Planck,
    /// The first block in which it holds.
    pub from_block: BlockNumber,
}

/// One account's part of what the gateway leaves.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Split {
    /// Who.
    pub account: Account,
    /// Parts in a million.
    pub share_ppm: u32,
}

/// Other splits on their way.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct NextSplits {
    /// The splits from then on.
    pub splits: Vec<Split>,
    /// The first block in which they hold.
    pub from_block: BlockNumber,
}

/// A creator's channel.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct StreamView {
    /// Its number.
    pub id: StreamId,
    /// Who earns what the others leave.
    pub creator: Account,
    /// What it is called; empty when the creator gave no name.
    pub title: String,
    /// What it is about.
    pub description: String,
    /// One word of where it belongs.
    pub category: String,
    /// More words.
    pub tags: Vec<String>,
    /// Where a picture is: an `https://`, `http://` or `ipfs://` address.
    pub thumbnail: Option<String>,
    /// What a session opened now pays for a tick.
    pub price_per_tick: Planck,
    /// A rise on its way.
    pub next_price: Option<NextPrice>,
    /// Ticks that a viewer may see for nothing.
    pub preview_ticks: u32,
    /// The gateway's part of what protocol and submitter leave, in parts of a million.
    pub gateway_share_ppm: u32,
    /// Parts of what the gateway leaves.
    pub splits: Vec<Split>,
    /// Other splits on their way.
    pub next_splits: Option<NextSplits>,
    /// Whether it can be watched.
    pub status: StreamState,
    /// Whether its entry is gone from the chain.
    pub is_removed: bool,
    /// The block it was created in.
    pub created_block: BlockNumber,
    /// The moment of that block.
    pub created_at: Time,
    /// The moment of its last change.
    pub updated_at: Time,
    /// Viewers at this moment, as the caller counted them.
    pub viewers: u32,
    /// Sessions open at this moment.
    pub open_sessions: u64,
    /// Sessions ever opened.
    pub sessions: u64,
    /// Ticks settled.
    pub ticks: u64,
    /// Paid for them, before anybody's share.
    pub paid: Planck,
    /// Tipped, before anybody's share.
    pub tipped: Planck,
}

/// Where a session stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionState {
    /// Claims are taken.
    Open,
    /// Claims are taken until a block.
    Closing,
    /// It is gone.
    Closed,
}

/// One viewer's watching of one stream through one gateway.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct SessionView {
    /// Its id.
    pub id: SessionHex,
    /// Who pays.
    pub viewer: Account,
    /// For what.
    pub stream: StreamId,
    /// Through whom.
    pub gateway: Account,
    /// The ticket's nonce.
    pub nonce: BigNumber,
    /// Fixed when it was opened.
    pub price_per_tick: Planck,
    /// Ticks that can be paid for in all.
    pub max_ticks: u32,
    /// The open fee.
    pub fee: Planck,
    /// Where it stands.
    pub status: SessionState,
    /// Ticks paid for.
    pub settled_ticks: u32,
    /// Paid for them.
    pub paid: Planck,
    /// What came back at the end; nothing while it is open.
    pub refunded: Option<Planck>,
    /// The block it was opened in.
    pub opened_block: BlockNumber,
    /// Ticks are counted from here.
    pub opened_at: Time,
    /// While closing: the block up to which claims are taken.
    pub closing_until_block: Option<BlockNumber>,
    /// The block it was closed in.
    pub closed_block: Option<BlockNumber>,
    /// The moment of that block.
    pub closed_at: Option<Time>,
}

/// One settlement of a session.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Receipt {
    /// The block.
    pub block: BlockNumber,
    /// The moment of that block.
    pub at: Time,
    /// Ticks settled then.
    pub ticks: u32,
    /// Ticks settled up to then.
    pub settled_ticks: u32,
    /// Paid then.
    pub paid: Planck,
}

/// What came in, by the right to it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct EarningParts {
    /// Ticks of which the account had a part.
    pub ticks: u64,
    /// As a stream's creator, tips left out.
    pub as_creator: Planck,
    /// Through a stream's splits, tips left out.
    pub as_split: Planck,
    /// As the gateway, the submitter's part left out: the chain's events do not say whose that was.
    pub as_gateway: Planck,
    /// Of tips, as creator or through splits.
    pub from_tips: Planck,
    /// All of it.
    pub total: Planck,
}

/// What came in within one minute, hour or day (UTC).
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct EarningBucket {
    /// Its beginning.
    pub starts_at: Time,
    /// What came in.
    #[serde(flatten)]
    pub parts: EarningParts,
}

/// What an account earned over a range of time.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct EarningSeries {
    /// Buckets in order of time. Those in which nothing came in are left out.
    pub buckets: Vec<EarningBucket>,
    /// Their sum.
    pub total: EarningParts,
}

/// What an account ever earned with one stream.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct StreamEarnings {
    /// The stream.
    pub stream: StreamId,
    /// Its title, where the stream is known.
    pub title: Option<String>,
    /// What came in.
    #[serde(flatten)]
    pub parts: EarningParts,
}

/// A tip.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Tip {
    /// For which stream.
    pub stream: StreamId,
    /// Who gave it.
    pub from: Account,
    /// How much, before anybody's share.
    pub amount: Planck,
    /// What was said with it.
    pub memo: String,
    /// The block.
    pub block: BlockNumber,
    /// The moment of that block.
    pub at: Time,
}

/// A payout.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Payout {
    /// To whom.
    pub account: Account,
    /// How much.
    pub amount: Planck,
    /// The block.
    pub block: BlockNumber,
    /// The moment of that block.
    pub at: Time,
}

/// An account's money in the protocol, as far as blocks told.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct AccountView {
    /// The account.
    pub account: Account,
    /// Ever put into the pot.
    pub deposited: Planck,
    /// Ever taken out of it.
    pub withdrawn: Planck,
    /// May be withdrawn or reserved; nothing when the deposit is older than the index and did not move since.
    pub free: Option<Planck>,
    /// Set aside for the open sessions.
    pub reserved: Planck,
    /// Ever paid for ticks.
    pub spent: Planck,
    /// Ever paid as open fees.
    pub fees: Planck,
    /// Ever tipped.
    pub tipped: Planck,
    /// Ever paid out to it.
    pub paid_out: Planck,
    /// Sessions open at this moment.
    pub open_sessions: u64,
    /// Sessions ever opened.
    pub sessions: u64,
}

/// Whether a gateway takes sessions.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GatewayState {
    /// It does.
    Active,
    /// It waits for its sessions to end.
    Leaving,
    /// It is gone.
    Left,
    /// Sessions went through it, but it registered before the index began.
    Unknown,
}

/// Who serves the video.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct GatewayView {
    /// Its account.
    pub account: Account,
    /// Where viewers find it.
    pub endpoint: String,
    /// The account of its off-chain worker, where known.
    pub operator: Option<Account>,
    /// Put up by it.
    pub bond: Planck,
    /// Whether it takes sessions.
    pub status: GatewayState,
    /// The first block the index saw it in.
    pub first_block: BlockNumber,
    /// Sessions open at this moment.
    pub open_sessions: u64,
    /// Sessions ever opened through it.
    pub sessions: u64,
    /// Ticks settled through it.
    pub ticks: u64,
    /// Paid for them, before anybody's share.
    pub paid: Planck,
    /// Its part, the submitter's left out.
    pub earned: Planck,
}

/// How far the index is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ChainStatus {
    /// Block 0's hash.
    pub genesis: HashHex,
    /// The first block in the index; nothing before one is applied.
    pub first_block: Option<BlockNumber>,
    /// The last block in the index.
    pub block: Option<BlockNumber>,
    /// Its hash.
    pub hash: Option<HashHex>,
    /// Its moment.
    pub at: Option<Time>,
    /// Finalized blocks that are not in the index yet, as the caller sees it.
    pub lag_blocks: u32,
    /// What everybody together did.
    pub totals: ChainTotals,
}

/// What everybody together did.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct ChainTotals {
    /// Sessions ever opened.
    pub sessions: u64,
    /// Sessions open at this moment.
    pub open_sessions: u64,
    /// Ticks settled.
    pub ticks: u64,
    /// Paid for them, before anybody's share.
    pub paid: Planck,
    /// Tipped, before anybody's share.
    pub tipped: Planck,
    /// The protocol's part of what was paid and tipped.
    pub protocol: Planck,
    /// The submitters' part.
    pub submitters: Planck,
    /// The gateways' part.
    pub gateways: Planck,
    /// The splits' part, tips left out.
    pub splits: Planck,
    /// The creators' part, tips left out.
    pub creators: Planck,
}

/// One broadcast of a stream through this gateway.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Broadcast {
    /// The stream.
    pub stream: StreamId,
    /// Counts the stream's broadcasts from 1.
    pub number: u64,
    /// When it began.
    pub started_at: Time,
    /// When it ended; nothing while it is on.
    pub ended_at: Option<Time>,
    /// The index of its first key.
    pub first_key: u64,
    /// The index of its last key; nothing before there is one.
    pub last_key: Option<u64>,
    /// Where the recording is in the object store.
    pub recording_path: Option<String>,
}

/// What this gateway remembers of a stream it serves. Never a secret.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct StreamRuntime {
    /// The stream.
    pub stream: StreamId,
    /// Under which name the key store holds the stream's secret.
    pub secret_ref: String,
    /// The first key index that was never used.
    pub next_key: u64,
    /// When this was last changed.
    pub updated_at: Time,
}

/// A picture of a broadcast.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Thumbnail {
    /// The stream.
    pub stream: StreamId,
    /// When it was taken.
    pub taken_at: Time,
    /// Where it is in the object store.
    pub path: String,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// How large it is.
    pub bytes: u64,
}

/// How many watched a stream in a minute, at this gateway.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct AudienceMinute {
    /// The stream.
    pub stream: StreamId,
    /// The minute's beginning.
    pub starts_at: Time,
    /// The most viewers at a time.
    pub viewers: u32,
    /// Viewers who began a preview.
    pub previewed: u64,
    /// Sessions that paid for the first time.
    pub paid: u64,
}
