//! Buying keys for as long as a viewer watches: sessions are opened, replaced and left as needed, within a budget. What was
//! bought before is not bought again.

use crate::{
    bought::Purchases,
    crypt::SegmentKey,
    gateway::{GatewayClient, GatewayError},
    key_provider::{KeyAnswer, KeyError, KeyProvider},
    playlist::KeyRef,
    session_opener::{OpenError, Opened, OpeningEvent, SessionOpener, SessionRequest},
    session_payer::SessionPayer,
};
use reqwest::{header::AUTHORIZATION, Method};
use std::time::Duration;
use tick_stream_primitives::Balance;
use vilokanam_wire::{sessions::SessionView, SessionRef};

/// Maximum number of times that a session is replaced without getting a key in between.
const MAX_REOPENS: u32 = 3;

/// Reason why a key could not be bought.
#[derive(Debug, thiserror::Error)]
pub enum BuyError {
    /// The gateway does not answer, or refuses.
    #[error(transparent)]
    Gateway(#[from] GatewayError),
    /// No session could be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The key could not be had.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// What happens to sessions, for display.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SessionEvent {
    /// A session of an earlier process is used.
    Resumed(SessionRef),
    /// A session is being opened.
    Opening,
    /// An earlier session still holds what this one takes. Its close is waited for.
    WaitingForClose,
    /// A session was opened.
    Opened(SessionRef),
}

/// How much may be spent, and in sessions of which length.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BuyingOptions {
    /// Maximum amount to spend in planck, fees for opening sessions included; `None` for no limit.
    pub budget: Option<Balance>,
    /// Number of ticks of a session, if the length of what is watched does not determine it.
    pub session_ticks: u32,
    /// Whether to take the stream's free preview before paying.
    pub takes_preview: bool,
}

/// Key that is wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WantedKey<'a> {
    /// Where it is.
    pub key: &'a KeyRef,
    /// Its index in the stream.
    pub index: u64,
    /// Ticks that it costs.
    pub cost_ticks: u32,
    /// Length of video that is still to be watched, if that is known. A session is opened for as long.
    pub rest: Option<Duration>,
}

/// Key that was bought, or was free.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BoughtKey {
    /// The key.
    pub key: SegmentKey,
    /// Whether no tick was revealed for it.
    pub is_free: bool,
}

/// Session that was left.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LeftSession {
    /// Session.
    pub session: SessionRef,
    /// Number of ticks that were revealed in it since it was opened or resumed.
    pub ticks: u32,
    /// Price of those ticks in planck.
    pub paid: Balance,
    /// Whether the gateway confirmed the close. If not, it closes the session when it has been idle for long enough.
    pub is_closed: bool,
}

/// Buyer of the keys of one stream.
pub struct KeyBuyer {
    gateway: GatewayClient,
    opener: SessionOpener,
    keys: KeyProvider,
    /// What the viewer has bought before.
    purchases: Option<Purchases>,
    options: BuyingOptions,
    left_sessions: Vec<LeftSession>,
    reopens: u32,
    open_fees: Balance,
}

impl KeyBuyer {
    /// Creates a buyer without a session.
    pub fn new(gateway: GatewayClient, opener: SessionOpener, options: BuyingOptions) -> Self {
        Self {
            keys: KeyProvider::new(gateway.clone()),
            purchases: None,
            gateway,
            opener,
            options,
            left_sessions: Vec::new(),
            reopens: 0,
            open_fees: 0,
        }
    }

    /// Uses keys that the viewer has bought before, instead of paying for them again.
    pub fn with_purchases(self, purchases: Purchases) -> Self {
        Self { purchases: Some(purchases), ..self }
    }

    /// Gets a key. Opens sessions as needed, and reports that to `observer`. `None` when the budget is too small for it.
    ///
    /// # Errors
    ///
    /// [`BuyError`].
    pub async fn buy(
        &mut self,
        wanted: WantedKey<'_>,
        observer: &mut (dyn FnMut(SessionEvent) + Send),
    ) -> Result<Option<BoughtKey>, BuyError> {
        if let Some(purchases) = &mut self.purchases {
            if let Some(key) = purchases.key(wanted.index).await? {
                return Ok(Some(BoughtKey { key, is_free: true }));
            }
        }
        let has_session = self.keys.payer().is_some();
        if !has_session && !self.options.takes_preview && !self.reopen(&wanted, observer).await? {
            return Ok(None);
        }
        loop {
            if self.keys.payer().is_some_and(|payer| !self.can_afford(payer, wanted.cost_ticks)) {
                return Ok(None);
            }
            match self.keys.key(wanted.key, wanted.cost_ticks).await? {
                KeyAnswer::Key { key, is_free } => {
                    self.reopens = 0;
                    return Ok(Some(BoughtKey { key, is_free }));
                }
                KeyAnswer::SessionRequired(problem) if self.reopens >= MAX_REOPENS => {
                    return Err(GatewayError::from(*problem).into());
                }
                KeyAnswer::SessionRequired(_) if self.reopen(&wanted, observer).await? => {
                    self.options.takes_preview = false;
                }
                KeyAnswer::SessionRequired(_) => return Ok(None),
            }
        }
    }

    /// Leaves the present session, if there is one. Cannot fail: a gateway that does not answer closes the session when it
    /// has been idle for long enough.
    pub async fn leave(&mut self) {
        let Some(payer) = self.keys.payer_mut() else { return };
        let session = SessionRef(payer.session());
        let payment = payer.current_payment();
        let (ticks, paid) = (payer.newly_revealed_ticks(), payer.spent());
        let is_closed = match payment {
            Some(payment) => self.close(session, &payment.to_string()).await.is_ok(),
            None => false,
        };
        self.left_sessions.push(LeftSession { session, ticks, paid, is_closed });
        if let Some(payer) = self.keys.take_payer().filter(|_| is_closed) {
            payer.forget();
        }
    }

    /// Returns the paying side of the present session, if there is one.
    pub fn payer(&self) -> Option<&SessionPayer> {
        self.keys.payer()
    }

    /// Returns the sessions that were left.
    pub fn left_sessions(&self) -> &[LeftSession] {
        &self.left_sessions
    }

    /// Returns the amount that was spent in planck: ticks revealed in all sessions, and [`Self::open_fees`].
    pub fn spent(&self) -> Balance {
        let present = self.keys.payer().map(SessionPayer::spent).unwrap_or_default();
        let ticks = self.left_sessions.iter().fold(present, |sum, left| sum.saturating_add(left.paid));
        ticks.saturating_add(self.open_fees)
    }

    /// Returns the fees for opening sessions in planck, if all of them reach the chain.
    pub fn open_fees(&self) -> Balance {
        self.open_fees
    }

    fn can_afford(&self, payer: &SessionPayer, cost_ticks: u32) -> bool {
        let price = payer.price_per_tick().saturating_mul(payer.ticks_to_reveal(cost_ticks).into());
        self.options.budget.is_none_or(|budget| self.spent().saturating_add(price) <= budget)
    }

    /// Leaves the present session and opens another. False when the budget is too small for it.
    async fn reopen(
        &mut self,
        wanted: &WantedKey<'_>,
        observer: &mut (dyn FnMut(SessionEvent) + Send),
    ) -> Result<bool, BuyError> {
        let refund = self.keys.payer().map(SessionPayer::remaining).unwrap_or_default();
        self.leave().await;
        self.reopens += 1;
        let budget = self.options.budget.map(|budget| budget.saturating_sub(self.spent()));
        // One tick more than the key costs: see the rounding in `SessionPayer::on_refusal`.
        let min_ticks = wanted.cost_ticks.saturating_add(1);
        let request = SessionRequest { ticks: self.wanted_ticks(wanted.rest, min_ticks), min_ticks, budget, refund };
        let has_paid = self.spent() > 0;
        // Only at first: a session that this buyer has left is not resumed.
        let saved = if self.left_sessions.is_empty() { self.opener.resume(min_ticks).await? } else { None };
        if let Some(payer) = saved {
            observer(SessionEvent::Resumed(SessionRef(payer.session())));
            self.keys.set_payer(payer);
            return Ok(true);
        }
        observer(SessionEvent::Opening);
        let mut waiting = |OpeningEvent::WaitingForClose| observer(SessionEvent::WaitingForClose);
        let opened = self.opener.open(request, &mut waiting).await;
        match opened {
            Ok(Opened { payer, open_fee }) => {
                observer(SessionEvent::Opened(SessionRef(payer.session())));
                self.open_fees = self.open_fees.saturating_add(open_fee);
                self.keys.set_payer(payer);
                Ok(true)
            }
            // The rest of the budget is too small for another session, which is what a budget is for.
            Err(OpenError::Terms(_)) if has_paid && budget.is_some() => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    fn wanted_ticks(&self, rest: Option<Duration>, min_ticks: u32) -> u32 {
        let Some(rest) = rest else { return self.options.session_ticks };
        let seconds = rest.as_secs_f64().ceil() as u64;
        // The last segment may be longer than what is left.
        u32::try_from(seconds).unwrap_or(u32::MAX).saturating_add(min_ticks)
    }

    async fn close(&self, session: SessionRef, payment: &str) -> Result<SessionView, GatewayError> {
        let path = format!("/v1/sessions/{session}/close");
        let request = self.gateway.request(Method::POST, self.gateway.url(&path)?).header(AUTHORIZATION, payment);
        self.gateway.json(&path, self.gateway.send(request).await?).await
    }
}
