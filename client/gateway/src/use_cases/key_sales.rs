//! Selling keys: of what is on air and of recordings, for ticks or within a free preview.

use crate::{
    audience::Visits,
    live::{ChannelRegistry, RecordingError, Recordings},
    stream_rules::{StreamRules, Suspended},
    telemetry::names,
};
use std::sync::Arc;
use tick_stream_primitives::{clock::now_ms, Balance, SessionId, StreamId, TickHash};
use vilokanam_indexer::GatewayStateError;
use vilokanam_paywall::{
    keys::MAX_KEYS_PER_REQUEST, DeviceCookie, IpPrefix, KeyRange, Paid, PayError, PayRequest, Paywall, PreviewError,
    PreviewRequest, TickRequest, Token,
};

/// Why no key was handed out.
#[derive(Debug, thiserror::Error)]
pub enum SaleError {
    /// None, or too many at once.
    #[error("The count of keys must be from 1 to {MAX_KEYS_PER_REQUEST}.")]
    KeyCount,
    /// The stream has no segment of this index, neither on air nor recorded.
    #[error("Stream {stream} has no key {index}: its segment has not been published yet, or is no longer kept.")]
    NoKey { stream: StreamId, index: u64 },
    /// The stream is suspended.
    #[error(transparent)]
    Suspended(#[from] Suspended),
    /// The recording cannot be read.
    #[error(transparent)]
    Recording(#[from] RecordingError),
    /// The stream of the session is not hosted here, so revealed ticks would buy nothing.
    #[error("This gateway does not host stream {stream}, so ticks for it buy nothing here.")]
    NotHosted { stream: StreamId },
    /// The gateway's own records cannot be read.
    #[error(transparent)]
    Index(#[from] GatewayStateError),
    /// The payment was refused.
    #[error("{reason}")]
    Payment {
        stream: StreamId,
        session: SessionId,
        /// Price of a tick, where the stream is known.
        price_per_tick: Option<Balance>,
        reason: PayError,
    },
    /// The preview was refused.
    #[error("{reason}")]
    Preview {
        stream: StreamId,
        /// Price of a tick, where the stream is known.
        price_per_tick: Option<Balance>,
        reason: PreviewError,
    },
}

impl SaleError {
    /// A payment that the paywall refused, with the price of the stream as it is now.
    pub fn payment(paywall: &Paywall, stream: StreamId, session: SessionId, reason: PayError) -> Self {
        Self::Payment { stream, session, price_per_tick: price_of(paywall, stream), reason }
    }
}

/// Price of a tick of this stream, where it is known.
fn price_of(paywall: &Paywall, stream: StreamId) -> Option<Balance> {
    paywall.terms(stream).map(|terms| terms.price_per_tick)
}

/// Keys that exist, with what they cost.
pub struct ForSale {
    stream: StreamId,
    range: KeyRange,
    costs: Vec<u32>,
    /// 16 bytes for each key, in order of the index.
    bytes: Vec<u8>,
}

impl ForSale {
    /// Returns the number of their bytes.
    pub fn length(&self) -> usize {
        self.bytes.len()
    }
}

/// What a request pays with. `ticks` 0 reveals nothing: then the token alone proves the right to the session.
#[derive(Clone, Copy, Debug)]
pub struct Viewer {
    pub session: SessionId,
    /// Cumulative ticks revealed.
    pub ticks: u32,
    pub proof: TickHash,
    pub token: Option<Token>,
}

impl Viewer {
    /// The paywall's request, at this moment.
    pub fn tick(&self) -> TickRequest {
        let Self { session, ticks, proof, token } = *self;
        TickRequest { session, ticks, proof, token, now_ms: now_ms() }
    }
}

/// Keys sold for ticks.
pub struct Sold {
    pub paid: Paid,
    pub range: KeyRange,
    /// 16 bytes for each key, in order of the index.
    pub bytes: Vec<u8>,
}

/// Keys handed out within a preview.
pub struct Previewed {
    /// Free ticks left.
    pub ticks_left: u32,
    /// 16 bytes for each key, in order of the index.
    pub bytes: Vec<u8>,
}

/// Sells keys.
pub struct KeySales {
    paywall: Arc<Paywall>,
    rules: Arc<StreamRules>,
    live: Arc<ChannelRegistry>,
    recordings: Arc<Recordings>,
    visits: Arc<Visits>,
}

impl KeySales {
    pub fn new(
        paywall: Arc<Paywall>,
        rules: Arc<StreamRules>,
        live: Arc<ChannelRegistry>,
        recordings: Arc<Recordings>,
        visits: Arc<Visits>,
    ) -> Self {
        Self { paywall, rules, live, recordings, visits }
    }

    /// Finds `count` keys of a stream from `first` on: of what is on air, else of a recording.
    ///
    /// # Errors
    ///
    /// [`SaleError::KeyCount`] for a count that is not allowed, [`SaleError::Suspended`], [`SaleError::NoKey`] if one of
    /// them does not exist.
    pub async fn find(&self, stream: StreamId, first: u64, count: u32) -> Result<ForSale, SaleError> {
        if count == 0 || count > MAX_KEYS_PER_REQUEST {
            return Err(SaleError::KeyCount);
        }
        self.rules.check_served(stream)?;
        let channel = self.live.channel(stream);
        let mut found = ForSale { stream, range: KeyRange { first, count }, costs: Vec::new(), bytes: Vec::new() };
        for index in found.range.indices() {
            let live = channel.as_ref().and_then(|channel| channel.key(index));
            let key = match live {
                Some(live) => Some(live),
                None => self.recordings.key(stream, index).await?,
            };
            let (key, cost) = key.filter(|(_, cost)| *cost > 0).ok_or(SaleError::NoKey { stream, index })?;
            found.costs.push(cost);
            found.bytes.extend_from_slice(key.as_bytes());
        }
        Ok(found)
    }

    /// Sells keys for ticks. The claim is on disk before this returns.
    pub async fn sell(&self, keys: ForSale, viewer: Viewer) -> Result<Sold, SaleError> {
        let ForSale { stream, range, costs, bytes } = keys;
        let request = PayRequest { tick: viewer.tick(), stream, wanted: range, costs: &costs };
        let paid = self
            .paywall
            .pay(request)
            .await
            .map_err(|reason| SaleError::payment(&self.paywall, stream, viewer.session, reason))?;
        self.count(stream, &viewer.session, &paid);
        Ok(Sold { paid, range, bytes })
    }

    /// Hands keys out within the preview of a device and its network.
    pub fn preview(&self, keys: ForSale, prefix: IpPrefix, device: DeviceCookie) -> Result<Previewed, SaleError> {
        let ForSale { stream, range, costs, bytes } = keys;
        let now_ms = now_ms();
        // A new device counts from its first key on, though it is not known yet whether its cookie will come back.
        let request = PreviewRequest { stream, wanted: range, costs: &costs, prefix, device: Some(device), now_ms };
        let previewed = self.paywall.preview(request).map_err(|reason| SaleError::Preview {
            stream,
            price_per_tick: price_of(&self.paywall, stream),
            reason,
        })?;
        self.visits.previewing(stream, device, now_ms);
        let all_ticks = self.paywall.terms(stream).map(|terms| terms.preview_ticks);
        if all_ticks == Some(previewed.ticks_left.saturating_add(costs.iter().sum())) {
            self.visits.previewed(stream);
        }
        Ok(Previewed { ticks_left: previewed.ticks_left, bytes })
    }

    fn count(&self, stream: StreamId, session: &SessionId, paid: &Paid) {
        metrics::counter!(names::KEYS).increment(u64::from(paid.released.count));
        metrics::counter!(names::TICKS).increment(u64::from(paid.cost_ticks));
        if paid.cost_ticks > 0 && paid.charged_ticks == paid.cost_ticks {
            self.visits.paid(stream);
        }
        if let (Some(channel), Some(status)) = (self.live.channel(stream), self.paywall.status(session)) {
            channel.note_sold(paid.cost_ticks, status.price_per_tick);
        }
    }
}
