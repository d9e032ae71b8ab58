//! What travels over JSON-RPC.
//!
//! Numbers of 64 and 128 bits are decimal strings (JavaScript's numbers end at 2^53), accounts SS58, bytes `0x` and hex,
//! shares parts per million, moments milliseconds since the Unix epoch.

use codec::DecodeAll;
use jsonrpsee::types::ErrorObjectOwned;
use serde::{de::Error as _, Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use sp_core::bytes::{from_hex, to_hex};
use std::{fmt::Display, str::FromStr};
use tick_stream_primitives::{
    AccountId, Announced, Balance, BlockNumber, CloseRow, Session, SessionId, SignedTicket, Splits, Stream,
    StreamStatus,
};
use vilokanam_tick_pool::{Answer, Rejected, Stats, SubmittedClaim};

/// Error codes. Each has one meaning, and the message says in words what to do.
pub mod code {
    /// The row cannot be decoded.
    pub const INVALID_ROW: i32 = -32050;
    /// One call brought too many rows.
    pub const TOO_MANY_ROWS: i32 = -32051;
    /// A budget is spent: later again.
    pub const BUSY: i32 = -32052;
    /// No such session, and no ticket for it.
    pub const UNKNOWN_SESSION: i32 = -32053;
    /// Nothing new in the claim.
    pub const STALE: i32 = -32054;
    /// The claim is beyond the session's last tick.
    pub const ABOVE_MAXIMUM: i32 = -32055;
    /// A lower claim has to come first.
    pub const TOO_MANY_STEPS: i32 = -32056;
    /// The proof is not of this session and tick.
    pub const PROOF_INVALID: i32 = -32057;
    /// Another ticket of the viewer is pending.
    pub const VIEWER_BUSY: i32 = -32058;
    /// The ticket that would be replaced has been paid on.
    pub const TICKET_IN_USE: i32 = -32059;
    /// The chain would refuse the row.
    pub const REFUSED: i32 = -32060;
    /// The pool is full: later again, or another node.
    pub const POOL_FULL: i32 = -32061;
    /// The node cannot read the chain.
    pub const CHAIN: i32 = -32062;
    /// The node cannot write to its disk.
    pub const STORAGE: i32 = -32063;
    /// The node has as many subscriptions as it takes.
    pub const TOO_MANY_SUBSCRIPTIONS: i32 = -32064;
}

/// The reason of [`code::INVALID_ROW`]; those of all others are [`Rejected::name`]s.
const INVALID_ROW: &str = "InvalidRow";

/// The error of a whole call.
pub fn failed(code: i32, sentence: String) -> ErrorObjectOwned {
    ErrorObjectOwned::owned(code, sentence, None::<()>)
}

fn code_of(rejected: &Rejected) -> i32 {
    match rejected {
        Rejected::UnknownSession => code::UNKNOWN_SESSION,
        Rejected::Stale { .. } => code::STALE,
        Rejected::AboveMaximum { .. } => code::ABOVE_MAXIMUM,
        Rejected::TooManySteps { .. } => code::TOO_MANY_STEPS,
        Rejected::ProofInvalid { .. } => code::PROOF_INVALID,
        Rejected::ViewerBusy { .. } => code::VIEWER_BUSY,
        Rejected::TicketInUse => code::TICKET_IN_USE,
        Rejected::Refused(_) => code::REFUSED,
        Rejected::Busy(_) => code::BUSY,
        Rejected::PoolFull { .. } => code::POOL_FULL,
        Rejected::Chain(_) => code::CHAIN,
        Rejected::Storage(_) => code::STORAGE,
    }
}

/// So many bytes, as `0x` and hex.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Hex<const N: usize>(pub [u8; N]);

impl<const N: usize> Serialize for Hex<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&to_hex(&self.0, false))
    }
}

impl<'de, const N: usize> Deserialize<'de> for Hex<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = from_hex(&text).map_err(D::Error::custom)?;
        let length = bytes.len();
        bytes.try_into().map(Self).map_err(|_| D::Error::custom(format!("{length} bytes where {N} are needed")))
    }
}

/// A big number, as a decimal string. Read from a JSON number as well.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Decimal<T>(pub T);

impl<T: Display> Serialize for Decimal<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de, T: FromStr<Err: Display>> Deserialize<'de> for Decimal<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = match Value::deserialize(deserializer)? {
            Value::String(text) => text,
            Value::Number(number) => number.to_string(),
            _ => return Err(D::Error::custom("neither a number nor a decimal string")),
        };
        text.parse().map(Self).map_err(D::Error::custom)
    }
}

/// What is sent to `tickStream_submit`. Rows are kept as they came, so that a bad one is answered and harms no other.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SubmitRequest {
    /// Tickets: SCALE of a `SignedTicket`, in hex.
    pub opens: Vec<Value>,
    /// Claims: [`ClaimParam`] each.
    pub claims: Vec<Value>,
    /// Closes: SCALE of a `CloseRow`, in hex.
    pub closes: Vec<Value>,
}

impl SubmitRequest {
    /// Rows of all kinds.
    pub fn len(&self) -> usize {
        self.opens.len() + self.claims.len() + self.closes.len()
    }
}

/// A claim in a [`SubmitRequest`].
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimParam {
    /// Whose ticks.
    pub session: Hex<16>,
    /// The highest tick let go of.
    pub ticks: u32,
    /// Its element of the tick chain.
    pub proof: Hex<32>,
}

/// A row that can be read from JSON.
pub trait Row: Sized {
    /// The row, or what is wrong with it.
    fn from_json(value: Value) -> Result<Self, String>;
}

/// SCALE bytes in hex.
fn from_scale<T: DecodeAll>(value: Value) -> Result<T, String> {
    let text = value.as_str().ok_or("not a string of hex")?;
    let bytes = from_hex(text).map_err(|error| error.to_string())?;
    // The codec explains itself over several lines.
    let on_one_line = |error: codec::Error| error.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
    T::decode_all(&mut &bytes[..]).map_err(on_one_line)
}

impl Row for SignedTicket {
    fn from_json(value: Value) -> Result<Self, String> {
        from_scale(value)
    }
}

impl Row for CloseRow {
    fn from_json(value: Value) -> Result<Self, String> {
        from_scale(value)
    }
}

impl Row for SubmittedClaim {
    fn from_json(value: Value) -> Result<Self, String> {
        let claim: ClaimParam = serde_json::from_value(value).map_err(|error| error.to_string())?;
        Ok(Self { session: SessionId(claim.session.0), ticks: claim.ticks, proof: claim.proof.0 })
    }
}

/// Rows of one kind: the good ones on their way, and where the bad ones were.
pub struct Rows<T> {
    good: Vec<T>,
    /// Of each row sent: what was wrong with it, or nothing.
    complaints: Vec<Option<String>>,
}

impl<T: Row> Rows<T> {
    /// Sorts the good from the bad.
    pub fn decode(values: Vec<Value>) -> Self {
        let mut rows = Self { good: Vec::with_capacity(values.len()), complaints: Vec::with_capacity(values.len()) };
        for value in values {
            let complaint = T::from_json(value).map(|row| rows.good.push(row)).err();
            rows.complaints.push(complaint);
        }
        rows
    }

    /// The good rows.
    pub fn take(&mut self) -> Vec<T> {
        std::mem::take(&mut self.good)
    }

    /// Puts the answers to the good rows in their places.
    pub fn answer(self, answers: Vec<Answer>) -> Vec<RowAnswer> {
        let mut answers = answers.into_iter();
        let answer = |complaint: Option<String>| match complaint {
            Some(complaint) => Some(RowAnswer::invalid(&complaint)),
            None => answers.next().map(RowAnswer::from),
        };
        self.complaints.into_iter().filter_map(answer).collect()
    }
}

/// What became of a row.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RowAnswer {
    /// It is in the pool, and on disk.
    pub accepted: bool,
    /// One of [`code`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<i32>,
    /// One word for what is wrong, which also tells the chain's refusals apart: they share a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What is wrong, and what to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl RowAnswer {
    fn invalid(complaint: &str) -> Self {
        let error = format!("The row cannot be read ({complaint}); see the documentation of tickStream_submit.");
        Self { accepted: false, code: Some(code::INVALID_ROW), reason: Some(INVALID_ROW.into()), error: Some(error) }
    }
}

impl From<Answer> for RowAnswer {
    fn from(answer: Answer) -> Self {
        match answer {
            Ok(_) => Self { accepted: true, code: None, reason: None, error: None },
            Err(rejected) => Self {
                accepted: false,
                code: Some(code_of(&rejected)),
                reason: Some(rejected.name().into()),
                error: Some(rejected.to_string()),
            },
        }
    }
}

/// What became of all rows, in the order they were sent.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct SubmitResponse {
    /// Of the tickets.
    pub opens: Vec<RowAnswer>,
    /// Of the claims.
    pub claims: Vec<RowAnswer>,
    /// Of the closes.
    pub closes: Vec<RowAnswer>,
}

/// How much the pool holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PoolInfo {
    /// Tickets not yet finally opened.
    pub opens: u64,
    /// Claims not yet finally settled.
    pub claims: u64,
    /// Closes not yet finally done.
    pub closes: u64,
    /// What they take.
    pub bytes: u64,
    /// How long the oldest has been waiting, in seconds.
    pub oldest_age_s: u64,
}

impl From<Stats> for PoolInfo {
    fn from(stats: Stats) -> Self {
        Self {
            opens: stats.opens as u64,
            claims: stats.claims as u64,
            closes: stats.closes as u64,
            bytes: stats.bytes as u64,
            oldest_age_s: stats.oldest_age_ms / 1_000,
        }
    }
}

/// A session, as the chain and the pool know it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SessionInfo {
    /// Its id.
    pub session: Hex<16>,
    /// On the best chain; `null` while it is not open there.
    pub state: Option<SessionState>,
    /// The highest tick claimed in the pool. Never its proof.
    pub pooled_ticks: Option<u32>,
}

/// A session on chain.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SessionState {
    /// Who pays.
    pub viewer: AccountId,
    /// For what.
    pub stream: Decimal<u64>,
    /// Through whom.
    pub gateway: AccountId,
    /// In planck.
    pub price_per_tick: Decimal<Balance>,
    /// In parts per million of what protocol and submitter leave.
    pub gateway_share: u32,
    /// The settled head of its tick chain.
    pub head: Hex<32>,
    /// Ticks paid for.
    pub settled_ticks: u32,
    /// Ticks that can be paid for.
    pub max_ticks: u32,
    /// The moment from which ticks are counted.
    pub opened_at: Decimal<u64>,
    /// The block of the last claim, or of the opening.
    pub last_claim: BlockNumber,
    /// The delegation it was opened under; `null` when the wallet opened it.
    pub generation: Option<u32>,
    /// Since when it is closing; `null` while it is not.
    pub closing: Option<ClosingInfo>,
}

/// When a session began to close.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ClosingInfo {
    /// The block.
    pub block: BlockNumber,
    /// The moment.
    pub moment: Decimal<u64>,
}

impl From<Session> for SessionState {
    fn from(session: Session) -> Self {
        let closing = |closing: tick_stream_primitives::Closing| ClosingInfo {
            block: closing.block,
            moment: Decimal(closing.moment),
        };
        Self {
            viewer: session.viewer,
            stream: Decimal(session.stream),
            gateway: session.gateway,
            price_per_tick: Decimal(session.price_per_tick),
            gateway_share: session.gateway_share.deconstruct(),
            head: Hex(session.head),
            settled_ticks: session.settled_ticks,
            max_ticks: session.max_ticks,
            opened_at: Decimal(session.opened_at),
            last_claim: session.last_claim,
            generation: session.generation,
            closing: session.closing.map(closing),
        }
    }
}

/// A stream on chain.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct StreamInfo {
    /// Its id.
    pub stream: Decimal<u64>,
    /// Who earns what the others leave.
    pub creator: AccountId,
    /// In planck.
    pub price_per_tick: Decimal<Balance>,
    /// A rise on its way.
    pub next_price: Option<AnnouncedInfo<Decimal<Balance>>>,
    /// Ticks that are free.
    pub preview_ticks: u32,
    /// In parts per million of what protocol and submitter leave.
    pub gateway_share: u32,
    /// Of what the gateway leaves.
    pub splits: Vec<SplitInfo>,
    /// A change on its way.
    pub next_splits: Option<AnnouncedInfo<Vec<SplitInfo>>>,
    /// A JSON object, as text: whoever shows it checks it.
    pub metadata: String,
    /// `live`, `offline`, `ended` or `suspended`.
    pub status: String,
    /// Sessions open at this moment.
    pub open_sessions: u32,
    /// Held from the creator, in planck.
    pub deposit: Decimal<Balance>,
    /// What it has earned.
    pub totals: TotalsInfo,
}

/// A value that takes effect in block `at`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AnnouncedInfo<T> {
    /// What will hold.
    pub value: T,
    /// From this block on.
    pub at: BlockNumber,
}

impl<T> AnnouncedInfo<T> {
    fn new<V>(announced: Announced<V>, convert: impl Fn(V) -> T) -> Self {
        Self { value: convert(announced.value), at: announced.at }
    }
}

/// One account's part.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SplitInfo {
    /// Whose.
    pub account: AccountId,
    /// In parts per million.
    pub share: u32,
}

/// What a stream has earned.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TotalsInfo {
    /// Ticks settled.
    pub ticks: Decimal<u64>,
    /// In planck, before anybody's share.
    pub paid: Decimal<Balance>,
    /// In planck, before anybody's share.
    pub tipped: Decimal<Balance>,
}

fn splits_info(splits: Splits) -> Vec<SplitInfo> {
    splits.into_iter().map(|(account, share)| SplitInfo { account, share: share.deconstruct() }).collect()
}

fn status_name(status: StreamStatus) -> &'static str {
    match status {
        StreamStatus::Live => "live",
        StreamStatus::Offline => "offline",
        StreamStatus::Ended => "ended",
        StreamStatus::Suspended => "suspended",
    }
}

impl StreamInfo {
    /// The stream numbered `id`.
    pub fn new(id: u64, stream: Stream) -> Self {
        Self {
            stream: Decimal(id),
            creator: stream.creator,
            price_per_tick: Decimal(stream.price_per_tick),
            next_price: stream.next_price.map(|next| AnnouncedInfo::new(next, Decimal)),
            preview_ticks: stream.preview_ticks,
            gateway_share: stream.gateway_share.deconstruct(),
            splits: splits_info(stream.splits),
            next_splits: stream.next_splits.map(|next| AnnouncedInfo::new(next, splits_info)),
            metadata: String::from_utf8_lossy(&stream.metadata).into_owned(),
            status: status_name(stream.status).into(),
            open_sessions: stream.open_sessions,
            deposit: Decimal(stream.deposit),
            totals: TotalsInfo {
                ticks: Decimal(stream.totals.ticks),
                paid: Decimal(stream.totals.paid),
                tipped: Decimal(stream.totals.tipped),
            },
        }
    }
}
