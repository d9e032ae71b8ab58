//! Every number that may be chosen, with its default. What the chain fixes must be given as the chain has it.

use std::path::PathBuf;
use tick_stream_primitives::{AccountId, Balance, BlockNumber, GenesisHash};

/// How the paywall is to work.
#[derive(Clone, Debug)]
pub struct Config {
    /// Which chain: block 0's hash.
    pub genesis: GenesisHash,
    /// The gateway's account: tickets for any other are refused.
    pub gateway: AccountId,
    /// The chain's `OpenFee`: an open takes it off the deposit besides the reserve.
    pub open_fee: Balance,
    /// The chain's `MaxPrepaidTicks` (60): how far claimed ticks may run ahead of time and of the keys bought.
    pub max_prepaid_ticks: u32,
    /// The chain's `TicketLifetime` (3,600 blocks).
    pub ticket_lifetime_blocks: BlockNumber,
    /// The chain's `ClosePeriod` (600 blocks): how long a closing session can still be claimed on.
    pub close_period_blocks: BlockNumber,

    /// Ticks a session may buy before its open is in a block (6).
    pub credit_ticks: u32,
    /// Ticks it may buy before its open is final (30).
    pub credit_until_final: u32,
    /// A ticket must live at least so many blocks more, else it could not be opened in time (30).
    pub min_ticket_blocks: BlockNumber,
    /// The most ticks a ticket may ask for (86,400, a day): bounds every walk down a tick chain.
    pub max_ticks_per_session: u32,
    /// Unopened tickets of one IP prefix (16), those included that died in the last `credit_memory_ms` and had bought.
    pub unopened_per_prefix: u32,
    /// How long lost credit is remembered: the viewer gets none meanwhile, and its prefix one slot less (an hour).
    pub credit_memory_ms: u64,
    /// Sessions in memory (200,000, about 100 MB).
    pub max_sessions: usize,
    /// Streams in memory (65,536).
    pub max_streams: usize,

    /// A claim goes out when it is so old (60 s).
    pub settle_interval_ms: u64,
    /// A claim goes out when its viewer has paid nothing for so long (15 s).
    pub idle_settle_ms: u64,
    /// A session is settled and closed when its viewer has paid nothing for so long (120 s).
    pub idle_close_ms: u64,
    /// A claim or open that was submitted and is in no block after so long is due again (30 s).
    pub resubmit_after_ms: u64,
    /// A closing session with so few blocks left is urgent (300).
    pub urgent_blocks: BlockNumber,
    /// A claim that is not settled after so long raises an alarm (300 s).
    pub alarm_after_ms: u64,

    /// How long a preview is remembered (a day).
    pub preview_memory_ms: u64,
    /// Devices of one IP prefix that may see the preview of one stream (8): a household or office behind one address.
    pub preview_devices_per_prefix: u32,
    /// Preview ticks of one IP prefix over all streams while they are remembered (3,600).
    pub preview_ticks_per_prefix: u32,
    /// Entries in each of the three preview tables (50,000); the oldest leaves first.
    pub max_preview_entries: usize,

    /// Where and how ticks are kept.
    pub journal: JournalConfig,
}

impl Config {
    /// The defaults, for `gateway` on the chain `genesis`, with the journal in `dir`.
    pub fn new(genesis: GenesisHash, gateway: AccountId, dir: impl Into<PathBuf>) -> Self {
        Self {
            genesis,
            gateway,
            open_fee: 0,
            max_prepaid_ticks: 60,
            ticket_lifetime_blocks: 3_600,
            close_period_blocks: 600,
            credit_ticks: 6,
            credit_until_final: 30,
            min_ticket_blocks: 30,
            max_ticks_per_session: 86_400,
            unopened_per_prefix: 16,
            credit_memory_ms: 3_600_000,
            max_sessions: 200_000,
            max_streams: 65_536,
            settle_interval_ms: 60_000,
            idle_settle_ms: 15_000,
            idle_close_ms: 120_000,
            resubmit_after_ms: 30_000,
            urgent_blocks: 300,
            alarm_after_ms: 300_000,
            preview_memory_ms: 86_400_000,
            preview_devices_per_prefix: 8,
            preview_ticks_per_prefix: 3_600,
            max_preview_entries: 50_000,
            journal: JournalConfig::new(dir),
        }
    }
}

/// Where and how ticks are kept.
#[derive(Clone, Debug)]
pub struct JournalConfig {
    /// A folder of its own, on a disk whose fsync is honest. Created when missing; one process at a time.
    pub dir: PathBuf,
    /// A segment of so many bytes is replaced by a snapshot of the live sessions (64 MiB).
    pub compact_at_bytes: u64,
    /// Bytes that may wait for the disk (8 MiB): above it requests are refused rather than queued.
    pub max_pending_bytes: usize,
}

impl JournalConfig {
    /// The defaults, in `dir`.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into(), compact_at_bytes: 64 << 20, max_pending_bytes: 8 << 20 }
    }
}
