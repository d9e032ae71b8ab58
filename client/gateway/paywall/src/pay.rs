//! Accepting ticks and releasing keys, by the rules of a tick in the documentation of the crate. This is the fast path.

use crate::{
    error::{PayError, PaymentRequired, Unavailable},
    journal::{Receipt, Record},
    keys::KeyRange,
    paywall::Paywall,
    phase::Phase,
    session::Session,
    token::Token,
};
use tick_stream_primitives::{Moment, SessionId, StreamId, TickHash};

/// Largest number of new ticks in one request, each of which takes a hash. Prepaid ticks and the cost of one request's
/// keys stay below it with default settings.
pub const MAX_HASH_STEPS: u32 = 4_096;

/// A tick that a viewer reveals.
#[derive(Clone, Copy, Debug)]
pub struct TickRequest {
    /// Id of the session.
    pub session: SessionId,
    /// Number of the tick, cumulative. 0, like every tick revealed before, reveals nothing new.
    pub ticks: u32,
    /// Element `w[ticks]` of the tick chain. Ignored if the tick reveals nothing new.
    pub proof: TickHash,
    /// Token of the session. Required if the tick reveals nothing new, unless it repeats the session's first one, whose answer
    /// may have been lost.
    pub token: Option<Token>,
    /// Current time in milliseconds since the Unix epoch.
    pub now_ms: Moment,
}

/// A request for keys, with the tick that pays for them.
#[derive(Clone, Copy, Debug)]
pub struct PayRequest<'a> {
    /// The tick.
    pub tick: TickRequest,
    /// Stream of the keys.
    pub stream: StreamId,
    /// Keys that are requested.
    pub wanted: KeyRange,
    /// Cost of each key, in order: `ceil(EXTINF)` ticks.
    pub costs: &'a [u32],
}

/// Answer to an accepted tick: the keys released, and the state of the session.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Paid {
    /// Keys that may be given; empty if none were requested.
    pub released: KeyRange,
    /// Ticks charged for this request. Keys bought before are free.
    pub cost_ticks: u32,
    /// Highest tick that the viewer has revealed.
    pub revealed_ticks: u32,
    /// Ticks whose keys have been given.
    pub charged_ticks: u32,
    /// Ticks that can still be revealed.
    pub ticks_left: u32,
    /// Ticks that may still be charged before the opening comes further; none once it is final.
    pub credit_left: Option<u32>,
    /// Token of the session, if this request has revealed a new tick or repeats the first one.
    pub token: Option<Token>,
}

/// An accepted request that is queued for the disk. Nothing may be released before it is there.
#[must_use = "the keys are released by `durable`"]
pub struct Accepted {
    paid: Paid,
    receipt: Receipt,
}

impl Accepted {
    /// Returns the answer, once claim and key range are on the disk.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if they could not be written.
    pub async fn durable(self) -> Result<Paid, PayError> {
        self.receipt.durable().await?;
        Ok(self.paid)
    }
}

impl Paywall {
    /// Buys keys, and returns when they may be given. Keys that the session has bought before are free.
    ///
    /// # Errors
    ///
    /// [`PayError`] if the request is refused or cannot be stored. Then no key may be given.
    pub async fn pay(&self, request: PayRequest<'_>) -> Result<Paid, PayError> {
        let paid = self.accept(&request)?.durable().await.inspect_err(|error| self.count_refusal(error))?;
        self.counters.keys_released.add(u64::from(paid.released.count));
        Ok(paid)
    }

    /// Reveals a tick without buying keys. A tick that was revealed before changes nothing, and requires the token.
    ///
    /// # Errors
    ///
    /// [`PayError`] if the tick is refused or cannot be stored.
    pub async fn advance(&self, tick: TickRequest) -> Result<Paid, PayError> {
        self.accept_tick(&tick)?.durable().await.inspect_err(|error| self.count_refusal(error))
    }

    /// Does the part of [`Paywall::pay`] that does not wait for the disk.
    ///
    /// # Errors
    ///
    /// As [`Paywall::pay`].
    pub fn accept(&self, request: &PayRequest<'_>) -> Result<Accepted, PayError> {
        let purchase = Purchase { stream: Some(request.stream), keys: request.wanted, costs: request.costs };
        let accepted = request
            .wanted
            .check(request.costs)
            .map_err(PayError::from)
            .and_then(|()| self.accept_purchase(&request.tick, &purchase));
        accepted.inspect_err(|error| self.count_refusal(error))
    }

    fn accept_tick(&self, tick: &TickRequest) -> Result<Accepted, PayError> {
        let nothing = Purchase { stream: None, keys: KeyRange::default(), costs: &[] };
        self.accept_purchase(tick, &nothing).inspect_err(|error| self.count_refusal(error))
    }

    fn accept_purchase(&self, tick: &TickRequest, purchase: &Purchase<'_>) -> Result<Accepted, PayError> {
        let journal = self.journal()?;
        let mut shard = self.table.lock(&tick.session);
        let session = shard.get_mut(&tick.session).ok_or(PaymentRequired::NoSession)?;
        let effect = self.assess(session, tick, purchase)?;
        if effect.is_none() {
            // These keys were bought before, but that may not be on the disk yet.
            let receipt = journal.wait_for(session.lsn)?;
            return Ok(Accepted { paid: self.answer(session, purchase.keys, &effect), receipt });
        }
        if effect.reveals {
            check_proof(session, tick)?;
        }
        let known = (session.revealed_ticks, session.proof);
        let (revealed_ticks, proof) = if effect.reveals { (tick.ticks, tick.proof) } else { known };
        let charged_ticks = session.charged_ticks + effect.cost_ticks;
        let keys = if effect.cost_ticks > 0 { purchase.keys } else { KeyRange::default() };
        let receipt =
            journal.append(&Record::Paid { session: tick.session, revealed_ticks, proof, charged_ticks, keys })?;
        self.count_payment(session, tick, &effect);
        session.apply(tick, &effect, keys, receipt.lsn);
        Ok(Accepted { paid: self.answer(session, purchase.keys, &effect), receipt })
    }

    /// Checks everything that needs no hashing, and returns the effect of the request.
    fn assess(
        &self,
        session: &Session,
        tick: &TickRequest,
        purchase: &Purchase<'_>,
    ) -> Result<Effect, PaymentRequired> {
        check_state(session, purchase.stream)?;
        if !session.was_offered {
            self.config().check_income(session.price_per_tick, session.gateway_share)?;
        }
        let cost_ticks = session.bought.cost_of(purchase.keys, purchase.costs);
        if cost_ticks > 0 {
            session.bought.check_gaps(purchase.keys)?;
        }
        let reveals = tick.ticks > session.revealed_ticks;
        // Only for what it has bought already, so that nothing can be gained by it.
        let repeats_first = tick.token.is_none()
            && cost_ticks == 0
            && session.may_repeat_first(tick.now_ms)
            && (tick.ticks, tick.proof) == (session.revealed_ticks, session.proof);
        if reveals {
            self.check_pace(session, tick, cost_ticks)?;
        } else if !repeats_first {
            check_token(session, tick.token)?;
        }
        if cost_ticks > 0 {
            self.check_funds(session, tick.ticks.max(session.revealed_ticks), cost_ticks)?;
        }
        Ok(Effect { cost_ticks, reveals, repeats_first })
    }

    /// Checks that a new tick is neither above the maximum, nor too far above what is charged, nor too far ahead of
    /// time: the chain would not settle it.
    fn check_pace(&self, session: &Session, tick: &TickRequest, cost_ticks: u32) -> Result<(), PaymentRequired> {
        let (ticks, config) = (tick.ticks, self.config());
        if ticks > session.max_ticks {
            return Err(PaymentRequired::DepositSpent { max_ticks: session.max_ticks });
        }
        let required_ticks = session.charged_ticks.saturating_add(cost_ticks);
        let highest_ticks = required_ticks.saturating_add(config.max_prepaid_ticks).min(session.max_ticks);
        if ticks > highest_ticks {
            return Err(PaymentRequired::TooFarAhead { ticks, highest_ticks });
        }
        let ahead_ms = session.ahead_ms(ticks, tick.now_ms, &config);
        if ahead_ms > 0 {
            return Err(PaymentRequired::TooFast { wait_ms: Moment::try_from(ahead_ms).unwrap_or(Moment::MAX) });
        }
        Ok(())
    }

    /// Checks that the maximum, the credit and `revealed_ticks` cover the keys.
    fn check_funds(&self, session: &Session, revealed_ticks: u32, cost_ticks: u32) -> Result<(), PaymentRequired> {
        let required_ticks = session.charged_ticks.saturating_add(cost_ticks);
        if required_ticks > session.max_ticks {
            return Err(PaymentRequired::DepositSpent { max_ticks: session.max_ticks });
        }
        if session.is_uncovered && session.phase == Phase::Offered {
            return Err(PaymentRequired::DepositUncovered);
        }
        if let Some(credit_ticks) = session.credit_limit(&self.config()).filter(|limit| required_ticks > *limit) {
            let awaits = if session.phase == Phase::Offered { "in a block" } else { "final" };
            return Err(PaymentRequired::CreditUsedUp { credit_ticks, awaits });
        }
        if revealed_ticks < required_ticks {
            return Err(PaymentRequired::OutOfPrepaidTicks { required_ticks });
        }
        Ok(())
    }

    fn answer(&self, session: &Session, released: KeyRange, effect: &Effect) -> Paid {
        Paid {
            released,
            cost_ticks: effect.cost_ticks,
            revealed_ticks: session.revealed_ticks,
            charged_ticks: session.charged_ticks,
            ticks_left: session.max_ticks - session.revealed_ticks,
            credit_left: session.credit_left(&self.config()),
            token: (effect.reveals || effect.repeats_first).then_some(session.transient.token),
        }
    }

    fn count_payment(&self, session: &Session, tick: &TickRequest, effect: &Effect) {
        if effect.reveals {
            self.counters.ticks_accepted.increment();
            self.counters.revealed_ticks.add(u64::from(tick.ticks - session.revealed_ticks));
        }
        self.counters.charged_ticks.add(u64::from(effect.cost_ticks));
    }

    fn count_refusal(&self, error: &PayError) {
        match error {
            PayError::Unavailable(Unavailable::Degraded { .. } | Unavailable::Overloaded { .. }) => {
                self.counters.payments_unavailable.increment();
            }
            PayError::PaymentRequired(_) | PayError::Malformed(_) => self.counters.payments_refused.increment(),
        }
    }
}

/// The keys that a request asks for.
struct Purchase<'a> {
    /// None if the request asks for no keys.
    stream: Option<StreamId>,
    keys: KeyRange,
    costs: &'a [u32],
}

/// What a request changes in its session.
struct Effect {
    cost_ticks: u32,
    /// Whether the request reveals a new tick.
    reveals: bool,
    /// Whether the request repeats the session's first tick.
    repeats_first: bool,
}

impl Effect {
    fn is_none(&self) -> bool {
        !self.reveals && self.cost_ticks == 0
    }
}

impl Session {
    /// Applies a request that was checked and queued for the disk.
    fn apply(&mut self, tick: &TickRequest, effect: &Effect, keys: KeyRange, lsn: u64) {
        if effect.reveals {
            let was_submitted = self.revealed_ticks <= self.settled_ticks.max(self.transient.submitted_ticks);
            if was_submitted {
                self.transient.unsubmitted_since_ms = tick.now_ms;
            }
            if self.revealed_ticks <= self.settled_ticks {
                self.transient.unsettled_since_ms = tick.now_ms;
            }
            let is_first = self.revealed_ticks == self.base_ticks;
            self.transient.first_tick_ms = if is_first { tick.now_ms } else { 0 };
            self.revealed_ticks = tick.ticks;
            self.proof = tick.proof;
        }
        self.transient.last_payment_ms = self.transient.last_payment_ms.max(tick.now_ms);
        self.charged_ticks += effect.cost_ticks;
        self.bought.add(keys);
        self.lsn = lsn;
    }
}

fn check_state(session: &Session, stream: Option<StreamId>) -> Result<(), PaymentRequired> {
    if let Some(rejection) = session.rejection {
        return Err(PaymentRequired::TicketRejected { rejection });
    }
    if !session.accepts_payments() {
        return Err(PaymentRequired::SessionClosing);
    }
    if stream.is_some_and(|stream| stream != session.stream) {
        return Err(PaymentRequired::WrongStream { stream: session.stream });
    }
    Ok(())
}

fn check_token(session: &Session, token: Option<Token>) -> Result<(), PaymentRequired> {
    match token {
        None => Err(PaymentRequired::TokenMissing),
        Some(token) if token == session.transient.token => Ok(()),
        Some(_) => Err(PaymentRequired::TokenInvalid),
    }
}

fn check_proof(session: &Session, tick: &TickRequest) -> Result<(), PaymentRequired> {
    let steps = tick.ticks - session.revealed_ticks;
    if steps > MAX_HASH_STEPS || !session.verifies(&tick.session, tick.ticks, &tick.proof) {
        return Err(PaymentRequired::ProofInvalid);
    }
    Ok(())
}
