//! The loop: look what is new, fetch it, buy its key, write it; until the end, the limit, or an interruption.

use super::{
    crypt,
    opening::{Opener, Wish},
    playlist::{self, Playlist, Quality, Rendition, Segment},
    purse::Purse,
    sink::{Sink, Written},
    status::{StatusLine, Telling},
    till::{Sale, Till, MAX_OUTAGE, RETRY},
};
use crate::{
    error::CliError,
    gateway::{json_of, read_body, GatewayClient, MAX_TEXT_BYTES},
};
use reqwest::{header::AUTHORIZATION, Method};
use std::time::{Duration, Instant, SystemTime};
use tick_stream_primitives::Balance;
use url::Url;
use vilokanam_wire::{sessions::SessionView, Planck, SessionRef};

/// The longest segment that is fetched.
const MAX_SEGMENT_BYTES: usize = 64 * 1024 * 1024;
/// Live streams are begun so many segments before their end, as RFC 8216 has it.
const SEGMENTS_FROM_THE_END: usize = 3;
/// How often a session may be replaced without a key being bought in between.
const MAX_RENEWALS: u32 = 3;

/// Why watching ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// The stream is over.
    StreamEnded,
    /// Nothing more came for a minute.
    StreamStopped,
    /// `--for` is over.
    TimeUp,
    /// `--max-spend` is spent.
    BudgetSpent,
    /// Whoever read stdout has had enough.
    ReaderGone,
    /// Ctrl-C.
    Interrupted,
}

/// What is wanted.
pub struct Plan {
    /// So much video; nothing for all there is.
    pub length: Option<Duration>,
    /// The most to spend.
    pub budget: Option<Balance>,
    /// Ticks of a session, when nothing else says how long it is to be.
    pub session_ticks: u32,
    /// Whether a free preview is taken.
    pub takes_preview: bool,
    /// Where the renditions are listed, and which is wanted.
    pub master: Url,
    pub quality: Quality,
}

/// A session that is over for us.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Left {
    pub session: SessionRef,
    pub ticks: u32,
    pub paid: Planck,
    /// Whether the gateway has been told; else it closes by itself when it hears nothing.
    pub is_closed: bool,
}

/// Everything that watching takes, and what it has come to.
pub struct Screening {
    pub gateway: GatewayClient,
    pub opener: Opener,
    pub till: Till,
    pub sink: Sink,
    pub line: StatusLine,
    pub plan: Plan,
    pub rendition: Rendition,
    /// Video written.
    pub seen: Duration,
    /// Of which nothing was paid for.
    pub seen_free: Duration,
    /// Segments that were gone before they could be fetched.
    pub missed: u64,
    pub left: Vec<Left>,
    next: Option<u64>,
    renewals: u32,
    /// Sessions that were opened, which cost a fee each.
    opened: u32,
}

impl Screening {
    /// Ready to begin.
    pub fn new(
        gateway: GatewayClient,
        opener: Opener,
        sink: Sink,
        line: StatusLine,
        plan: Plan,
        of: Rendition,
    ) -> Self {
        Self {
            till: Till::new(gateway.clone()),
            gateway,
            opener,
            sink,
            line,
            plan,
            rendition: of,
            seen: Duration::ZERO,
            seen_free: Duration::ZERO,
            missed: 0,
            left: Vec::new(),
            next: None,
            renewals: 0,
            opened: 0,
        }
    }

    /// Watches until something ends it. May be dropped at any moment; [`Self::leave`] then still settles up.
    pub async fn play(&mut self) -> Result<Ending, CliError> {
        let mut last_news = Instant::now();
        loop {
            let playlist = match self.playlist().await {
                Ok(playlist) => playlist,
                // The gateway has lost the stream: it may come back, as after a restart.
                Err(CliError::Gateway(problem)) if problem.status == 404 && self.next.is_some() => {
                    if last_news.elapsed() > MAX_OUTAGE {
                        return Ok(Ending::StreamStopped);
                    }
                    tokio::time::sleep(RETRY).await;
                    self.choose_again().await;
                    continue;
                }
                Err(error) => return Err(error),
            };
            let fresh = self.fresh(&playlist);
            if !fresh.is_empty() {
                last_news = Instant::now();
            }
            for segment in &fresh {
                if let Some(ending) = self.show(segment).await? {
                    return Ok(ending);
                }
                self.next = Some(segment.sequence + 1);
            }
            if playlist.is_ended {
                return Ok(Ending::StreamEnded);
            }
            if last_news.elapsed() > MAX_OUTAGE {
                return Ok(Ending::StreamStopped);
            }
            tokio::time::sleep(playlist.target / 2).await;
        }
    }

    /// It may be this rendition alone that is no more, because the transcoder could not keep up.
    async fn choose_again(&mut self) {
        let Ok(text) = fetch(&self.gateway, &self.plan.master, MAX_TEXT_BYTES).await else { return };
        let renditions = playlist::renditions(&text, &self.plan.master).unwrap_or_default();
        if let Ok(chosen) = playlist::choose(&renditions, &self.plan.quality) {
            self.rendition = chosen.clone();
        }
    }

    async fn playlist(&self) -> Result<Playlist, CliError> {
        let url = &self.rendition.url;
        let text = fetch(&self.gateway, url, MAX_TEXT_BYTES).await?;
        playlist::media(&text, url)
    }

    /// What has not been shown yet.
    fn fresh(&mut self, playlist: &Playlist) -> Vec<Segment> {
        let segments = &playlist.segments;
        let (Some(first), Some(last)) = (segments.first(), segments.last()) else { return Vec::new() };
        let from_the_end = if playlist.is_ended { segments.len() } else { SEGMENTS_FROM_THE_END };
        let start = segments[segments.len().saturating_sub(from_the_end)].sequence;
        let next = match self.next {
            None => start,
            Some(next) if next < first.sequence => {
                self.missed += first.sequence - next;
                first.sequence
            }
            // The numbering begins anew: another broadcast by a gateway that has forgotten the last one.
            Some(next) if next > last.sequence + 1 => start,
            Some(next) => next,
        };
        segments.iter().filter(|segment| segment.sequence >= next).cloned().collect()
    }

    /// Fetches, buys, decrypts and writes one segment. The media comes first: a key to what is gone is not worth paying.
    async fn show(&mut self, segment: &Segment) -> Result<Option<Ending>, CliError> {
        if self.plan.length.is_some_and(|length| self.seen >= length) {
            return Ok(Some(Ending::TimeUp));
        }
        if segment.is_gap {
            return Ok(None);
        }
        let media = match fetch(&self.gateway, &segment.url, MAX_SEGMENT_BYTES).await {
            Ok(media) => media,
            Err(CliError::Gateway(problem)) if problem.status == 404 => {
                self.missed += 1;
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        let (clear, is_free) = match &segment.key {
            None => (media, true),
            Some(key) => match self.key(key, segment.cost_ticks).await? {
                Some((bytes, is_free)) => (crypt::decrypt(&media, &bytes, &key.iv)?, is_free),
                None => return Ok(Some(Ending::BudgetSpent)),
            },
        };
        self.write(segment, &clear, is_free).await
    }

    /// The key, opening sessions as needed; nothing when the budget does not reach for it.
    async fn key(
        &mut self,
        key: &playlist::KeyRef,
        cost_ticks: u32,
    ) -> Result<Option<([u8; crypt::KEY_BYTES], bool)>, CliError> {
        if self.till.purse.is_none() && !self.plan.takes_preview && !self.renew(cost_ticks).await? {
            return Ok(None);
        }
        loop {
            if self.till.purse.as_ref().is_some_and(|purse| !self.affords(purse, cost_ticks)) {
                return Ok(None);
            }
            match self.till.buy(key, cost_ticks).await? {
                Sale::Key { key, is_free } => {
                    self.renewals = 0;
                    return Ok(Some((key, is_free)));
                }
                Sale::NeedsSession(problem) if self.renewals >= MAX_RENEWALS => {
                    return Err(CliError::Gateway(problem));
                }
                Sale::NeedsSession(_) if self.renew(cost_ticks).await? => self.plan.takes_preview = false,
                Sale::NeedsSession(_) => return Ok(None),
            }
        }
    }

    fn affords(&self, purse: &Purse, cost_ticks: u32) -> bool {
        let price = purse.price_per_tick().saturating_mul(purse.due(cost_ticks).into());
        self.plan.budget.is_none_or(|budget| self.spent().saturating_add(price) <= budget)
    }

    /// Leaves the session there is and opens another; false when the budget does not reach for it.
    async fn renew(&mut self, cost_ticks: u32) -> Result<bool, CliError> {
        self.leave().await;
        self.renewals += 1;
        let budget = self.plan.budget.map(|budget| budget.saturating_sub(self.spent()));
        // A second more than a key costs: see the purse's rounding.
        let least_ticks = cost_ticks.saturating_add(1);
        let wish = Wish { ticks: self.wished_ticks(least_ticks), least_ticks, budget };
        let has_paid = self.spent() > 0;
        // Only once: a session that this run has left is not gone on with.
        let kept = if self.left.is_empty() { self.opener.resume(least_ticks).await? } else { None };
        if let Some(purse) = kept {
            self.line.note(&format!("Going on with session {}.", SessionRef(purse.session())));
            self.till.purse = Some(purse);
            return Ok(true);
        }
        self.line.note("Opening a session …");
        match self.opener.open(&wish).await {
            Ok(purse) => {
                self.line.note(&format!("Session {} is open.", SessionRef(purse.session())));
                self.opened += 1;
                self.till.purse = Some(purse);
                Ok(true)
            }
            // What was left of the budget does not reach for another session: that is what a limit is for.
            Err(CliError::Unpaid { .. }) if has_paid && budget.is_some() => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn wished_ticks(&self, least_ticks: u32) -> u32 {
        let Some(length) = self.plan.length else { return self.plan.session_ticks };
        let seconds = length.saturating_sub(self.seen).as_secs_f64().ceil() as u64;
        // The last segment may reach beyond.
        u32::try_from(seconds).unwrap_or(u32::MAX).saturating_add(least_ticks)
    }

    async fn write(&mut self, segment: &Segment, clear: &[u8], is_free: bool) -> Result<Option<Ending>, CliError> {
        if let Some(init) = segment.init.as_ref().filter(|init| self.sink.needs(init)) {
            let bytes = fetch(&self.gateway, init, MAX_SEGMENT_BYTES).await?;
            if self.sink.write_init(init, &bytes).await? == Written::ReaderGone {
                return Ok(Some(Ending::ReaderGone));
            }
        }
        if self.sink.write(clear).await? == Written::ReaderGone {
            return Ok(Some(Ending::ReaderGone));
        }
        self.seen += segment.duration;
        if is_free {
            self.seen_free += segment.duration;
        }
        self.tell(segment);
        Ok(None)
    }

    fn tell(&self, segment: &Segment) {
        let purse = self.till.purse.as_ref();
        let end = segment.filmed_at.map(|begin| begin + segment.duration);
        let telling = Telling {
            quality: self.rendition.name.clone(),
            price: purse.map(Purse::price_per_tick),
            spent: self.spent(),
            left: purse.map(Purse::left).unwrap_or_default(),
            seen: self.seen,
            latency: end.and_then(|end| SystemTime::now().duration_since(end).ok()),
        };
        self.line.tell(telling.words());
    }

    /// Let go of in all sessions, with what opening them costs.
    pub fn spent(&self) -> Balance {
        let now = self.till.purse.as_ref().map(Purse::spent).unwrap_or_default();
        self.left.iter().fold(now, |sum, left| sum.saturating_add(left.paid.0)).saturating_add(self.fees())
    }

    /// What opening sessions has cost, if all of them reach the chain.
    pub fn fees(&self) -> Balance {
        self.opener.open_fee().saturating_mul(self.opened.into())
    }

    /// Leaves the session, if there is one. A gateway that cannot be told closes it by itself, so this never fails.
    pub async fn leave(&mut self) {
        let Some(purse) = self.till.purse.as_mut() else { return };
        let session = SessionRef(purse.session());
        let shown = purse.shown();
        let (ticks, paid) = (purse.spent_ticks(), Planck(purse.spent()));
        let is_closed = match shown {
            Some(payment) => self.close(session, &payment.to_string()).await.is_ok(),
            None => false,
        };
        self.left.push(Left { session, ticks, paid, is_closed });
        if let Some(purse) = self.till.purse.take().filter(|_| is_closed) {
            purse.forget();
        }
    }

    async fn close(&self, session: SessionRef, payment: &str) -> Result<SessionView, CliError> {
        let path = format!("/v1/sessions/{session}/close");
        let request = self.gateway.request(Method::POST, self.gateway.url(&path)?).header(AUTHORIZATION, payment);
        json_of(&path, self.gateway.send(request).await?).await
    }
}

/// Fetches what is free to fetch; a gateway that does not answer is asked again for a while.
pub async fn fetch(gateway: &GatewayClient, url: &Url, max_bytes: usize) -> Result<Vec<u8>, CliError> {
    let began = Instant::now();
    loop {
        let fetched = match gateway.send(gateway.request(Method::GET, url.clone())).await {
            Ok(response) => read_body(url.path(), response, max_bytes).await,
            Err(error) => Err(error),
        };
        match fetched {
            Err(error) if is_passing(&error) && began.elapsed() < MAX_OUTAGE => tokio::time::sleep(RETRY).await,
            done => return done,
        }
    }
}

fn is_passing(error: &CliError) -> bool {
    match error {
        CliError::Connect { .. } => true,
        CliError::Gateway(problem) => matches!(problem.status, 429 | 502 | 503 | 504),
        _ => false,
    }
}
