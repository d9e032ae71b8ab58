//! Selling keys: of what is on air and of recordings, for ticks or within a free preview.

use super::bought::Bought;
use crate::{
    audience::Visits,
    live::{ChannelRegistry, RecordedKey, RecordingError, Recordings},
    people::views::ViewCounter,
    stream_rules::{StreamRules, Suspended},
    telemetry::names,
};
use std::{ops::RangeInclusive, sync::Arc};
use tick_stream_primitives::{clock::now_ms, AccountId, Balance, SessionId, StreamId, TickHash};
use vilokanam_indexer::GatewayStateError;
use vilokanam_paywall::{
    keys::MAX_KEYS_PER_REQUEST, DeviceCookie, IpPrefix, KeyRange, Paid, PayError, PayRequest, Paywall, PreviewError,
    PreviewRequest, TickRequest, Token,
};
use vilokanam_wire::{bought::MAX_KEYS as MAX_BOUGHT_KEYS, people::Subject};

/// Why no key was handed out.
#[derive(Debug, thiserror::Error)]
pub enum SaleError {
    /// None, or too many at once.
    #[error("The count of keys must be from 1 to {MAX_KEYS_PER_REQUEST}.")]
    KeyCount,
    /// None, or too many at once, of those that were bought.
    #[error("The count of keys must be from 1 to {MAX_BOUGHT_KEYS}.")]
    BoughtKeyCount,
    /// The viewer has not paid for all of the keys.
    #[error("The viewer has not bought all of what is asked for of stream {stream}.")]
    NotBought { stream: StreamId },
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
    /// The session was removed meanwhile.
    #[error("The session {session} has just been closed.")]
    SessionGone { session: SessionId },
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
    /// Whether all of them are of something that was recorded.
    is_recorded: bool,
    /// Whether all of them are given to everybody.
    is_free: bool,
    /// What the first of them is of.
    subject: Subject,
}

impl ForSale {
    /// Returns the bytes of the keys if they are given to everybody.
    pub fn free(&self) -> Option<Vec<u8>> {
        self.is_free.then(|| self.bytes.clone())
    }

    fn add(&mut self, stream: StreamId, index: u64, key: &[u8; 16], cost: u32) -> Result<(), SaleError> {
        if cost == 0 {
            return Err(SaleError::NoKey { stream, index });
        }
        self.costs.push(cost);
        self.bytes.extend_from_slice(key);
        Ok(())
    }

    fn keys(&self) -> RangeInclusive<u64> {
        self.range.first..=self.range.end().saturating_sub(1)
    }

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
    bought: Arc<Bought>,
    views: Arc<ViewCounter>,
}

impl KeySales {
    pub fn new(
        paywall: Arc<Paywall>,
        rules: Arc<StreamRules>,
        live: Arc<ChannelRegistry>,
        recordings: Arc<Recordings>,
        (visits, bought, views): (Arc<Visits>, Arc<Bought>, Arc<ViewCounter>),
    ) -> Self {
        Self { paywall, rules, live, recordings, visits, bought, views }
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
        let range = KeyRange { first, count };
        let (is_recorded, is_free) = (true, true);
        let (costs, bytes, subject) = (Vec::new(), Vec::new(), Subject::Stream(stream));
        let mut found = ForSale { stream, range, costs, bytes, is_recorded, is_free, subject };
        let channel = self.live.channel(stream);
        let mut recording = None;
        for index in range.indices() {
            if let Some((key, cost)) = channel.as_ref().and_then(|channel| channel.key(index)) {
                (found.is_recorded, found.is_free) = (false, false);
                found.add(stream, index, key.as_bytes(), cost)?;
                continue;
            }
            let key = self.recorded(stream, index, &mut recording).await?;
            let RecordedKey { key, ticks, is_free } = key.ok_or(SaleError::NoKey { stream, index })?;
            if let Some(number) = recording.filter(|_| index == first) {
                found.subject = Subject::Recording(stream, number);
            }
            found.is_free &= is_free;
            found.add(stream, index, key.as_bytes(), ticks)?;
        }
        Ok(found)
    }

    /// Finds a key of a recording. Neighbours are in the same one, as a rule, so that it is looked up once.
    async fn recorded(
        &self,
        stream: StreamId,
        index: u64,
        recording: &mut Option<u64>,
    ) -> Result<Option<RecordedKey>, SaleError> {
        if let Some(number) = *recording {
            if let Some(key) = self.recordings.key_of(stream, number, index).await? {
                return Ok(Some(key));
            }
        }
        *recording = self.recordings.number_of_key(stream, index).await?;
        let Some(number) = *recording else { return Ok(None) };
        Ok(self.recordings.key_of(stream, number, index).await?)
    }

    /// Sells keys for ticks. The claim is on disk before this returns. Recorded keys that are free, or that the viewer has
    /// bought in another session, cost nothing.
    pub async fn sell(&self, keys: ForSale, viewer: Viewer) -> Result<Sold, SaleError> {
        let session = viewer.session;
        let refused = |reason| SaleError::payment(&self.paywall, keys.stream, session, reason);
        if keys.is_free || keys.is_recorded && self.has_bought(&keys, &session).await? {
            let paid = self.paywall.advance(viewer.tick()).await.map_err(refused)?;
            self.note_view(&keys, &session);
            return Ok(Sold { paid, range: keys.range, bytes: keys.bytes });
        }
        let ForSale { stream, range, costs, bytes, .. } = &keys;
        let request = PayRequest { tick: viewer.tick(), stream: *stream, wanted: *range, costs };
        let paid = self.paywall.pay(request).await.map_err(refused)?;
        self.count(*stream, &session, &paid);
        self.note_view(&keys, &session);
        Ok(Sold { paid, range: *range, bytes: bytes.clone() })
    }

    /// Counts the viewer of a session as one who watches what the keys are of.
    fn note_view(&self, keys: &ForSale, session: &SessionId) {
        if let Some(status) = self.paywall.status(session).filter(|status| status.stream == keys.stream) {
            self.views.note(keys.subject, &status.viewer);
        }
    }

    /// Returns whether the viewer of a session has paid for these keys before.
    async fn has_bought(&self, keys: &ForSale, session: &SessionId) -> Result<bool, SaleError> {
        // A session is for one stream: the holder of a key that is limited to it gets nothing of others by it.
        let status = self.paywall.status(session).filter(|status| status.stream == keys.stream);
        let Some(status) = status else { return Ok(false) };
        Ok(self.bought.has_all(&status.viewer, keys.stream, &keys.keys()).await?)
    }

    /// Returns the keys of a range for a viewer who has bought all of them.
    ///
    /// # Errors
    ///
    /// [`SaleError::NotBought`] if one is missing, and as [`Self::find`].
    pub async fn bought_keys(
        &self,
        viewer: &AccountId,
        stream: StreamId,
        first: u64,
        count: u32,
    ) -> Result<Vec<u8>, SaleError> {
        if count == 0 || count > MAX_BOUGHT_KEYS {
            return Err(SaleError::BoughtKeyCount);
        }
        let last = first.saturating_add(u64::from(count) - 1);
        if !self.bought.has_all(viewer, stream, &(first..=last)).await? {
            return Err(SaleError::NotBought { stream });
        }
        let mut bytes = Vec::with_capacity(16 * count as usize);
        let mut next = first;
        while next <= last {
            let left = u32::try_from(last - next + 1).unwrap_or(MAX_KEYS_PER_REQUEST);
            let found = self.find(stream, next, left.min(MAX_KEYS_PER_REQUEST)).await?;
            next = found.range.end();
            bytes.extend_from_slice(&found.bytes);
        }
        Ok(bytes)
    }

    /// Hands keys out within the preview of a device and its network.
    pub fn preview(&self, keys: ForSale, prefix: IpPrefix, device: DeviceCookie) -> Result<Previewed, SaleError> {
        let ForSale { stream, range, costs, bytes, .. } = keys;
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
        let Some(status) = self.paywall.status(session) else { return };
        if paid.cost_ticks > 0 {
            self.bought.note(*session, &status, paid.released);
        }
        if let Some(channel) = self.live.channel(stream) {
            channel.note_sold(paid.cost_ticks, status.price_per_tick);
        }
    }
}
