//! Takes a tick and releases keys: the fast path. The rules of a tick, cheapest first: the session is known, sells, and
//! is the ticket it was sold for; `ticks` is not too far ahead; one hash a tick; claim and key range are on the disk;
//! only then is the range released.

use crate::{
    error::{PayError, PaymentRequired, Unavailable},
    journal::{Receipt, Record},
    keys::KeyRange,
    paywall::Paywall,
    session::Session,
    token::Token,
};
use tick_stream_primitives::{Moment, SessionId, StreamId, TickHash};

/// Hash steps one request may take. What may be claimed ahead (60 ticks and the keys asked for) stays below it.
pub const MAX_HASH_STEPS: u32 = 4_096;

/// A tick revealed without asking for keys: over the WebSocket, or `POST /v1/sessions/{id}/ticks`.
#[derive(Clone, Copy, Debug)]
pub struct TickRequest {
    /// Whose tick.
    pub session: SessionId,
    /// Which: cumulative. 0 reveals nothing, and the token alone is the proof.
    pub ticks: u32,
    /// `w[ticks]`. Not looked at when `ticks` is not news.
    pub proof: TickHash,
    /// Needed when `ticks` is not news.
    pub token: Option<Token>,
    /// Milliseconds since the Unix epoch.
    pub now_ms: Moment,
}

/// A tick revealed for keys.
#[derive(Clone, Copy, Debug)]
pub struct PayRequest<'a> {
    /// The tick.
    pub tick: TickRequest,
    /// The stream whose keys are asked for.
    pub stream: StreamId,
    /// Which keys.
    pub wanted: KeyRange,
    /// What each of them costs, in order: `ceil(EXTINF)` ticks.
    pub costs: &'a [u32],
}

/// The answer: what was released and how the session stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Paid {
    /// The keys that may be handed out; empty for a tick without keys.
    pub released: KeyRange,
    /// What this request was charged: keys bought before are free.
    pub ticks_charged: u32,
    /// The highest tick revealed.
    pub ticks_paid: u32,
    /// What all keys bought cost.
    pub ticks_owed: u32,
    /// Ticks that can still be revealed.
    pub ticks_left: u32,
    /// Ticks that may be bought before the open comes further; none when it is final.
    pub credit_left: Option<u32>,
    /// The session's token, when this request has revealed a new tick.
    pub token: Option<Token>,
}

/// Accepted and queued for the disk; nothing may be released before it is there.
#[must_use = "await `durable`: the keys are released by it"]
pub struct Accepted {
    paid: Paid,
    receipt: Receipt,
}

impl Accepted {
    /// Returns when claim and range are on the disk. Only then is there an answer.
    pub async fn durable(self) -> Result<Paid, PayError> {
        self.receipt.durable().await?;
        Ok(self.paid)
    }
}

impl Paywall {
    /// Buys keys. Keys the session has bought before are free.
    pub async fn pay(&self, request: PayRequest<'_>) -> Result<Paid, PayError> {
        let paid = self.accept(&request)?.durable().await.inspect_err(|error| self.count_refusal(error))?;
        self.counters.keys_released.add(u64::from(paid.released.count));
        Ok(paid)
    }

    /// Reveals a tick without buying. Below the highest one known it is a no-op that needs the token.
    pub async fn advance(&self, tick: TickRequest) -> Result<Paid, PayError> {
        self.accept_tick(&tick)?.durable().await.inspect_err(|error| self.count_refusal(error))
    }

    /// The part of [`Paywall::pay`] that needs no waiting, for callers that await many at once.
    pub fn accept(&self, request: &PayRequest<'_>) -> Result<Accepted, PayError> {
        let wanted = Wanted { stream: Some(request.stream), keys: request.wanted, costs: request.costs };
        let accepted = request
            .wanted
            .check(request.costs)
            .map_err(PayError::from)
            .and_then(|()| self.accept_wanted(&request.tick, &wanted));
        accepted.inspect_err(|error| self.count_refusal(error))
    }

    /// The part of [`Paywall::advance`] that needs no waiting.
    pub fn accept_tick(&self, tick: &TickRequest) -> Result<Accepted, PayError> {
        let nothing = Wanted { stream: None, keys: KeyRange::default(), costs: &[] };
        self.accept_wanted(tick, &nothing).inspect_err(|error| self.count_refusal(error))
    }

    fn accept_wanted(&self, tick: &TickRequest, wanted: &Wanted<'_>) -> Result<Accepted, PayError> {
        let journal = self.journal()?;
        let mut shard = self.table.lock(&tick.session);
        let session = shard.get_mut(&tick.session).ok_or(PaymentRequired::NoSession)?;
        let sale = self.judge(session, tick, wanted)?;
        if !sale.changes() {
            // What it asks for is its own, but may not be on the disk yet.
            let receipt = journal.wait_for(session.lsn)?;
            return Ok(Accepted { paid: self.answer(session, wanted.keys, &sale), receipt });
        }
        if sale.advances {
            check_proof(session, tick)?;
        }
        let (ticks, proof) = if sale.advances { (tick.ticks, tick.proof) } else { (session.ticks, session.proof) };
        let spent = session.spent + sale.cost;
        let keys = if sale.cost > 0 { wanted.keys } else { KeyRange::default() };
        let receipt = journal.append(&Record::Paid { session: tick.session, ticks, proof, spent, keys })?;
        self.count_sale(session, tick, &sale);
        session.take(tick, &sale, keys, receipt.lsn);
        Ok(Accepted { paid: self.answer(session, wanted.keys, &sale), receipt })
    }

    /// Everything that can be told without hashing.
    fn judge(&self, session: &Session, tick: &TickRequest, wanted: &Wanted<'_>) -> Result<Sale, PaymentRequired> {
        check_sells(session, wanted.stream)?;
        let cost = session.bought.cost_of(wanted.keys, wanted.costs);
        if cost > 0 {
            session.bought.check_gaps(wanted.keys)?;
        }
        let advances = tick.ticks > session.ticks;
        if advances {
            self.check_pace(session, tick, cost)?;
        } else {
            check_token(session, tick.token)?;
        }
        if cost > 0 {
            self.check_means(session, tick.ticks.max(session.ticks), cost)?;
        }
        Ok(Sale { cost, advances })
    }

    /// Not more than there is, than is owed and may be prepaid, and than time allows: the chain would not settle it.
    fn check_pace(&self, session: &Session, tick: &TickRequest, cost: u32) -> Result<(), PaymentRequired> {
        let ticks = tick.ticks;
        if ticks > session.max_ticks {
            return Err(PaymentRequired::DepositSpent { max_ticks: session.max_ticks });
        }
        let owed = session.spent.saturating_add(cost);
        let highest_ticks = owed.saturating_add(self.config.max_prepaid_ticks).min(session.max_ticks);
        if ticks > highest_ticks {
            return Err(PaymentRequired::TooFarAhead { ticks, highest_ticks });
        }
        let ahead_ms = session.ahead_ms(ticks, tick.now_ms, &self.config);
        if ahead_ms > 0 {
            return Err(PaymentRequired::TooFast { wait_ms: Moment::try_from(ahead_ms).unwrap_or(Moment::MAX) });
        }
        Ok(())
    }

    /// Whether `ticks` cover the keys, and the session's open the ticks.
    fn check_means(&self, session: &Session, ticks: u32, cost: u32) -> Result<(), PaymentRequired> {
        let needed_ticks = session.spent.saturating_add(cost);
        if needed_ticks > session.max_ticks {
            return Err(PaymentRequired::DepositSpent { max_ticks: session.max_ticks });
        }
        if let Some((credit_ticks, awaits)) = session.credit(&self.config) {
            if session.is_uncovered && session.phase == crate::session::Phase::Unopened {
                return Err(PaymentRequired::DepositUncovered);
            }
            if needed_ticks > credit_ticks {
                return Err(PaymentRequired::CreditUsedUp { credit_ticks, awaits });
            }
        }
        if ticks < needed_ticks {
            let ticks_due = needed_ticks - session.ticks;
            return Err(PaymentRequired::OutOfPrepaidTicks { ticks_due, needed_ticks });
        }
        Ok(())
    }

    fn answer(&self, session: &Session, released: KeyRange, sale: &Sale) -> Paid {
        Paid {
            released,
            ticks_charged: sale.cost,
            ticks_paid: session.ticks,
            ticks_owed: session.spent,
            ticks_left: session.max_ticks - session.ticks,
            credit_left: session.credit(&self.config).map(|(credit, _)| credit.saturating_sub(session.spent)),
            token: sale.advances.then_some(session.live.token),
        }
    }

    fn count_sale(&self, session: &Session, tick: &TickRequest, sale: &Sale) {
        if sale.advances {
            self.counters.ticks_accepted.one();
            self.counters.ticks_revealed.add(u64::from(tick.ticks - session.ticks));
        }
        self.counters.ticks_charged.add(u64::from(sale.cost));
    }

    fn count_refusal(&self, error: &PayError) {
        match error {
            PayError::Unavailable(Unavailable::Degraded { .. } | Unavailable::Overloaded { .. }) => {
                self.counters.payments_unavailable.one();
            }
            PayError::PaymentRequired(_) | PayError::Malformed(_) => self.counters.payments_refused.one(),
        }
    }
}

/// What is asked for besides the tick.
struct Wanted<'a> {
    stream: Option<StreamId>,
    keys: KeyRange,
    costs: &'a [u32],
}

/// What a request comes to.
struct Sale {
    cost: u32,
    advances: bool,
}

impl Sale {
    fn changes(&self) -> bool {
        self.advances || self.cost > 0
    }
}

impl Session {
    /// Takes what was checked and queued.
    fn take(&mut self, tick: &TickRequest, sale: &Sale, keys: KeyRange, lsn: u64) {
        if sale.advances {
            let was_settled = self.ticks <= self.settled_best.max(self.live.submitted_ticks);
            if was_settled {
                self.live.due_since_ms = tick.now_ms;
            }
            if self.ticks <= self.settled_best {
                self.live.unsettled_since_ms = tick.now_ms;
            }
            self.ticks = tick.ticks;
            self.proof = tick.proof;
        }
        self.live.paid_ms = self.live.paid_ms.max(tick.now_ms);
        self.spent += sale.cost;
        self.bought.add(keys);
        self.lsn = lsn;
    }
}

fn check_sells(session: &Session, stream: Option<StreamId>) -> Result<(), PaymentRequired> {
    if let Some(death) = session.death {
        return Err(PaymentRequired::DeadTicket { death });
    }
    if !session.is_selling() {
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
        Some(token) if token == session.live.token => Ok(()),
        Some(_) => Err(PaymentRequired::TokenInvalid),
    }
}

fn check_proof(session: &Session, tick: &TickRequest) -> Result<(), PaymentRequired> {
    let steps = tick.ticks - session.ticks;
    if steps > MAX_HASH_STEPS || !session.verifies(&tick.session, tick.ticks, &tick.proof) {
        return Err(PaymentRequired::ProofInvalid);
    }
    Ok(())
}
