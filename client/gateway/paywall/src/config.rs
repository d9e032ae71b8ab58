//! Every limit and interval of the paywall, with its default. Values that the chain fixes must equal the chain's.

use crate::error::BelowMinimum;
use sp_runtime::Permill;
use std::path::PathBuf;
use tick_stream_primitives::{AccountId, Balance, BlockNumber, GenesisHash, Params, Rates, Shares, Splits};

/// Submissions of an opening, or of the close of a session that is not served, after which it is never late, so that a viewer
/// whose rows always fail does not cost the gateway a transaction fee each time.
pub(crate) const MAX_ROW_ATTEMPTS: u32 = 4;

/// Settings of a paywall. Defaults are in parentheses.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Config {
    /// Hash of the chain's block 0.
    pub genesis: GenesisHash,
    /// Account of the gateway. Tickets for another account are refused.
    pub gateway: AccountId,
    /// The chain's `OpenFee` (0), in planck: an opening takes it from the deposit, in addition to the reserve.
    pub open_fee: Balance,
    /// The protocol's part of what viewers pay (0).
    pub protocol_fee: Permill,
    /// The chain's `SubmitterShare` (0): the submitter's part of what viewers pay.
    pub submitter_share: Permill,
    /// The chain's `MaxPrepaidTicks` (60): how far revealed ticks may be ahead of time, and of the ticks charged.
    pub max_prepaid_ticks: u32,
    /// The chain's `TicketLifetime` (3,600 blocks).
    pub ticket_lifetime_blocks: BlockNumber,
    /// The chain's `ClosePeriod` (600 blocks): how long claims on a closing session are still accepted.
    pub close_period_blocks: BlockNumber,

    /// Lowest price of a tick at which a stream is served (0), in planck. Claims of a cheaper one would not pay for their
    /// own settlement. At least the chain's `MinPrice`, below which no session is opened.
    pub min_price: Balance,
    /// Smallest share of the gateway at which a stream is served (0).
    pub min_share: Permill,
    /// Ticks that a session may buy before its opening is in a block (6).
    pub credit_ticks: u32,
    /// Ticks that a session may buy before its opening is final (30).
    pub credit_until_final: u32,
    /// Blocks that a ticket must still be valid for (30). With fewer it could not be opened in time.
    pub min_ticket_blocks: BlockNumber,
    /// Largest `max_ticks` of a ticket (86,400, a day). Bounds every walk down a tick chain.
    pub max_ticks_per_session: u32,
    /// Unopened tickets per IP prefix (16), including those rejected in the last `credit_memory_ms` after they had
    /// bought.
    pub unopened_per_prefix: u32,
    /// Time for which lost credit is remembered (1 h). Meanwhile its viewer gets no credit, and its IP prefix has one
    /// slot less.
    pub credit_memory_ms: u64,
    /// Sessions in memory (200,000, about 100 MB).
    pub max_sessions: usize,
    /// Streams in memory (65,536).
    pub max_streams: usize,

    /// Age at which a claim is submitted while its viewer goes on paying (60 s).
    pub settle_interval_ms: u64,
    /// Time without a payment after which a claim is submitted (15 s).
    pub idle_settle_ms: u64,
    /// Time without a payment after which a session is settled and closed (120 s).
    pub idle_close_ms: u64,
    /// Time after which a claim, opening or close that was submitted and is in no block is submitted again (30 s).
    pub resubmit_after_ms: u64,
    /// Time for which a node may answer that it is busy (10 s). Afterwards the row counts as late, as one that is in no
    /// block.
    pub busy_limit_ms: u64,
    /// Blocks left of a closing session at which its claim becomes urgent (300).
    pub urgent_blocks: BlockNumber,
    /// Time after which an unsettled claim raises an alarm (300 s).
    pub alarm_after_ms: u64,

    /// Time for which a preview is remembered (1 day).
    pub preview_memory_ms: u64,
    /// Devices per IP prefix that may see the preview of one stream (8), as in a household or office behind one
    /// address.
    pub preview_devices_per_prefix: u32,
    /// Preview ticks per IP prefix, over all streams (3,600).
    pub preview_ticks_per_prefix: u32,
    /// Entries in each of the three preview tables (50,000). A full table drops its oldest entry.
    pub max_preview_entries: usize,

    /// Settings of the journal.
    pub journal: JournalConfig,
}

impl Config {
    /// Returns the defaults for `gateway` on the chain `genesis`, with the journal in `dir`.
    pub fn new(genesis: GenesisHash, gateway: AccountId, dir: impl Into<PathBuf>) -> Self {
        Self {
            genesis,
            gateway,
            open_fee: 0,
            protocol_fee: Permill::zero(),
            submitter_share: Permill::zero(),
            max_prepaid_ticks: 60,
            ticket_lifetime_blocks: 3_600,
            close_period_blocks: 600,
            min_price: 0,
            min_share: Permill::zero(),
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
            busy_limit_ms: 10_000,
            urgent_blocks: 300,
            alarm_after_ms: 300_000,
            preview_memory_ms: 86_400_000,
            preview_devices_per_prefix: 8,
            preview_ticks_per_prefix: 3_600,
            max_preview_entries: 50_000,
            journal: JournalConfig::new(dir),
        }
    }

    /// Sets the values that the chain fixes to its present parameters.
    pub fn with_params(self, params: &Params) -> Self {
        Self {
            open_fee: params.open_fee,
            protocol_fee: params.protocol_fee,
            submitter_share: params.submitter_share,
            max_prepaid_ticks: params.max_prepaid_ticks,
            ticket_lifetime_blocks: params.ticket_lifetime,
            close_period_blocks: params.close_period,
            min_price: self.min_price.max(params.min_price),
            ..self
        }
    }

    /// Returns what the gateway earns by settling `ticks` at this price and with this share, in planck: its own share and
    /// the submitter's.
    pub(crate) fn income(&self, price_per_tick: Balance, gateway_share: Permill, ticks: u32) -> Balance {
        let splits = Splits::default();
        let Self { protocol_fee, submitter_share, .. } = *self;
        let rates = Rates { protocol_fee, submitter_share, gateway_share, splits: &splits };
        let shares = Shares::of(price_per_tick.saturating_mul(ticks.into()), &rates);
        shares.gateway.saturating_add(shares.submitter)
    }

    /// Checks that a stream with this price of a tick and this share of the gateway is worth serving.
    ///
    /// # Errors
    ///
    /// [`BelowMinimum`] if one of them is too low.
    pub fn check_income(&self, price_per_tick: Balance, gateway_share: Permill) -> Result<(), BelowMinimum> {
        if price_per_tick < self.min_price {
            return Err(BelowMinimum::Price { price_per_tick, min_price: self.min_price });
        }
        if gateway_share < self.min_share {
            let (share_ppm, min_share_ppm) = (gateway_share.deconstruct(), self.min_share.deconstruct());
            return Err(BelowMinimum::Share { share_ppm, min_share_ppm });
        }
        Ok(())
    }
}

/// Settings of the journal. Defaults are in parentheses.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JournalConfig {
    /// Folder of the journal and of nothing else, on a disk that honours fsync. Created if missing; one process at a
    /// time can use it.
    pub dir: PathBuf,
    /// Size of a segment at which a snapshot of the sessions replaces it (64 MiB).
    pub compact_at_bytes: u64,
    /// Bytes that may wait for the disk (8 MiB). Above it requests are refused.
    pub max_pending_bytes: usize,
}

impl JournalConfig {
    /// Returns the defaults for a journal in `dir`.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into(), compact_at_bytes: 64 << 20, max_pending_bytes: 8 << 20 }
    }
}
