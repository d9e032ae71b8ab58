//! Accepting tickets (`POST /v1/sessions`). The cheapest checks come first, the signature last.

pub(crate) mod checks;

use crate::{
    admission::Candidate,
    error::{OfferError, OfferRefusal},
    journal::{Receipt, Record},
    paywall::Paywall,
    phase::Phase,
    session::Session,
    terms::{IpPrefix, Payer},
};
use checks::Prospect;
use tick_stream_primitives::{ids::TICK_MS, Balance, Moment, SessionId, SignedTicket, StreamId, Ticket};

/// An offer of a ticket.
#[derive(Clone, Copy, Debug)]
pub struct OfferRequest<'a> {
    /// The ticket, signed by the session key.
    pub signed: &'a SignedTicket,
    /// The payer in the best block, where a withdrawal shows first. The chain has to admit the ticket there. The gateway
    /// reads it for each offer, since a table of all deposits would have no bound.
    pub best: &'a Payer,
    /// The payer in the finalized block. The ticket gets credit only if it is admitted there as well, together with all
    /// other tickets of the viewer whose openings are not final.
    pub finalized: &'a Payer,
    /// Whether the gateway has a publish key or a broadcast of the stream, so that it can have keys to sell.
    pub is_hosted: bool,
    /// Network of the request.
    pub prefix: IpPrefix,
    /// Current time in milliseconds since the Unix epoch.
    pub now_ms: Moment,
}

/// Answer to an accepted ticket.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Offered {
    /// Id of the session.
    pub session: SessionId,
    /// Stream that the session is for.
    pub stream: StreamId,
    /// How far the opening has come.
    pub phase: Phase,
    /// Highest price that a tick can have when the session is opened, in planck; the price once it is.
    pub price_per_tick: Balance,
    /// Largest number of ticks.
    pub max_ticks: u32,
    /// Highest tick that the viewer has revealed.
    pub revealed_ticks: u32,
    /// Ticks that may still be charged before the opening comes further; none once it is final.
    pub credit_left: Option<u32>,
    /// Whether the ticket is new. False if it was accepted before.
    pub is_new: bool,
}

impl Paywall {
    /// Accepts a ticket. Its opening is then returned by [`Paywall::opens_due`], for the gateway to submit. Accepting
    /// the same ticket again changes nothing, and returns how far its session has come.
    ///
    /// # Errors
    ///
    /// [`OfferError::Refused`] if the ticket or the deposit is not sufficient, [`OfferError::Unavailable`] if the
    /// ticket cannot be stored.
    pub async fn offer(&self, request: OfferRequest<'_>) -> Result<Offered, OfferError> {
        let accepted = self.accept_offer(&request);
        let counter = if accepted.is_ok() { &self.counters.offers_accepted } else { &self.counters.offers_refused };
        counter.increment();
        let (offered, receipt) = accepted?;
        receipt.durable().await?;
        Ok(offered)
    }

    fn accept_offer(&self, request: &OfferRequest<'_>) -> Result<(Offered, Receipt), OfferError> {
        let (ticket, config) = (&request.signed.ticket, self.config());
        checks::gateway(ticket, &config)?;
        let id = ticket.session_id(&config.genesis);
        if let Some(known) = self.offered_before(&id, request.signed)? {
            return Ok(known);
        }
        let terms = self.streams.get(ticket.stream).ok_or(OfferRefusal::StreamUnknown { stream: ticket.stream })?;
        let prospect = Prospect::new(ticket, &terms, self.heights.best(), request.now_ms, &config);
        prospect.check_stream(request.is_hosted)?;
        prospect.check_ticket()?;
        if self.table.len() >= config.max_sessions {
            return Err(OfferRefusal::GatewayFull { max_sessions: config.max_sessions }.into());
        }
        let candidate = Candidate {
            id,
            viewer: &ticket.viewer,
            session_key: &ticket.session_key,
            prefix: request.prefix,
            expires_at: ticket.expires_at,
            now_ms: request.now_ms,
            required: prospect.required(),
            finalized_free: finalized_free(&prospect, request.finalized),
            replaces: self.replaceable(request.signed),
        };
        self.admission.check(&candidate, &config)?;
        let mut opened = prospect.check_payer(request.best)?;
        opened.opened_at = self.latest_start(ticket, opened.opened_at, request);
        if !request.signed.is_signed(&config.genesis) {
            return Err(OfferRefusal::SignatureInvalid.into());
        }
        if let Some(replaced) = candidate.replaces {
            self.remove_unused(&replaced)?;
        }
        let credit_ticks = self.admission.admit(&candidate, &config)?;
        self.insert(&candidate, Session::from_ticket(request.signed, &opened, credit_ticks))
    }

    /// Returns the latest moment from which the chain may count the ticks of the ticket's session, if that is later than
    /// `opened_at`. A session key's other sessions move it to the end of the time that they have paid for, when they close.
    /// Those of this gateway have paid for what was revealed here; others may be prepaid as far as the chain allows.
    fn latest_start(&self, ticket: &Ticket, opened_at: Moment, request: &OfferRequest<'_>) -> Moment {
        let (mut start, mut known) = (opened_at, 0);
        for id in self.table.sessions_of(&ticket.session_key) {
            let shard = self.table.lock(&id);
            let Some(session) = shard.get(&id) else { continue };
            if session.viewer == ticket.viewer && session.is_on_chain() {
                known += 1;
                start = start.max(session.paid_until());
            }
        }
        if known < request.best.key.as_ref().map_or(0, |key| key.open_sessions) {
            let prepaid_ms = Moment::from(self.config().max_prepaid_ticks).saturating_mul(TICK_MS);
            start = start.max(request.now_ms.saturating_add(prepaid_ms));
        }
        start
    }

    /// Returns the answer to a ticket that was accepted before. Another ticket with the same id is refused, unless it
    /// may replace the one accepted before.
    fn offered_before(&self, id: &SessionId, signed: &SignedTicket) -> Result<Option<(Offered, Receipt)>, OfferError> {
        let shard = self.table.lock(id);
        let Some(known) = shard.get(id) else { return Ok(None) };
        if known.matches_ticket(signed) {
            let receipt = self.journal()?.wait_for(known.lsn)?;
            return Ok(Some((self.offered(id, known, false), receipt)));
        }
        if is_replaceable(known) {
            return Ok(None);
        }
        Err(OfferRefusal::NonceTaken { session: *id }.into())
    }

    /// Returns the session key's unopened ticket, if nothing was bought with it.
    fn replaceable(&self, signed: &SignedTicket) -> Option<SessionId> {
        let unopened = self.admission.unopened_of(&signed.ticket.viewer, &signed.ticket.session_key)?;
        self.table.lock(&unopened).get(&unopened).is_none_or(|session| is_replaceable(session)).then_some(unopened)
    }

    /// Adds an admitted session to the table and the journal.
    fn insert(&self, candidate: &Candidate<'_>, mut session: Session) -> Result<(Offered, Receipt), OfferError> {
        let id = candidate.id;
        session.transient.token = self.secret.token(&id, &session.anchor);
        session.transient.last_payment_ms = candidate.now_ms;
        let mut shard = self.table.lock(&id);
        // Meanwhile the chain may have opened the session, or the same ticket may have been accepted in another
        // request.
        if let Some(known) = shard.get(&id) {
            if known.phase != Phase::Offered {
                self.admission.remove(&id);
            } else if session.signed.as_ref().is_some_and(|signed| !known.matches_ticket(signed)) {
                return Err(OfferRefusal::NonceTaken { session: id }.into());
            }
            let receipt = self.journal()?.wait_for(known.lsn)?;
            return Ok((self.offered(&id, known, false), receipt));
        }
        let recorded = self.record(&id, &mut session);
        let receipt = recorded.inspect_err(|_| self.admission.remove(&id))?;
        let offered = self.offered(&id, &session, true);
        self.table.insert(&mut shard, id, Box::new(session));
        Ok((offered, receipt))
    }

    fn remove_unused(&self, id: &SessionId) -> Result<(), OfferError> {
        let mut shard = self.table.lock(id);
        match shard.get(id) {
            None => Ok(()),
            Some(session) if is_replaceable(session) => {
                self.journal()?.append(&Record::Removed(*id))?;
                self.table.remove(&mut shard, id);
                Ok(())
            }
            // It has bought keys since it was found replaceable.
            Some(_) => Err(OfferRefusal::TicketPending { session: *id }.into()),
        }
    }

    fn offered(&self, id: &SessionId, session: &Session, is_new: bool) -> Offered {
        Offered {
            session: *id,
            stream: session.stream,
            phase: session.phase,
            price_per_tick: session.price_per_tick,
            max_ticks: session.max_ticks,
            revealed_ticks: session.revealed_ticks,
            credit_left: session.credit_left(&self.config()),
            is_new,
        }
    }
}

/// Returns the free deposit in the finalized block, or 0 if the chain would not open the ticket there.
fn finalized_free(prospect: &Prospect<'_>, payer: &Payer) -> Balance {
    let (Some(deposit), Some(key)) = (&payer.deposit, &payer.key) else { return 0 };
    prospect.open(deposit, key).map_or(0, |_| deposit.free)
}

/// Returns whether the session is an unopened ticket with which nothing was bought or revealed, so that nothing is lost
/// with it.
fn is_replaceable(session: &Session) -> bool {
    let is_unopened = session.phase == Phase::Offered && session.rejection.is_none();
    is_unopened && session.charged_ticks == 0 && session.revealed_ticks == 0
}
