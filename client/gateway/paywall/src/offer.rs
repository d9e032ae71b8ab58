//! Takes a signed ticket: `POST /v1/sessions`. Checks come in the order of their cost, the signature last.

pub(crate) mod checks;

use crate::{
    admission::Candidate,
    error::{OfferError, OfferRefusal},
    journal::{Receipt, Record},
    paywall::Paywall,
    session::{Phase, Session},
    terms::IpPrefix,
};
use tick_stream_primitives::{Balance, Deposit, Moment, SessionId, SignedTicket, StreamId};

/// A ticket and who brings it.
#[derive(Clone, Copy, Debug)]
pub struct OfferRequest<'a> {
    /// The ticket.
    pub signed: &'a SignedTicket,
    /// The viewer's deposit in the best state, where a withdrawal shows first; none when there is none. Asked of the chain
    /// for each offer: a table of every viewer's deposit would have no bound.
    pub deposit: Option<&'a Deposit>,
    /// Where the request comes from.
    pub prefix: IpPrefix,
    /// Milliseconds since the Unix epoch.
    pub now_ms: Moment,
}

/// The answer to a ticket that was taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Offered {
    /// The session to pay in.
    pub session: SessionId,
    /// What is watched.
    pub stream: StreamId,
    /// How far its open has come.
    pub phase: Phase,
    /// What a tick will cost.
    pub price_per_tick: Balance,
    /// The most ticks there can be.
    pub max_ticks: u32,
    /// Ticks revealed so far.
    pub ticks_paid: u32,
    /// Ticks that may be bought before the open comes further; none when it is final.
    pub credit_left: Option<u32>,
    /// False when the same ticket was taken before.
    pub is_new: bool,
}

impl Paywall {
    /// Takes a ticket, or says why not. Taking the same one again changes nothing and answers how far it has come. The
    /// caller submits the open: see [`Paywall::opens_due`].
    pub async fn offer(&self, request: OfferRequest<'_>) -> Result<Offered, OfferError> {
        let taken = self.take_offer(&request);
        let counter = if taken.is_ok() { &self.counters.offers_taken } else { &self.counters.offers_refused };
        counter.one();
        let (offered, receipt) = taken?;
        receipt.durable().await?;
        Ok(offered)
    }

    fn take_offer(&self, request: &OfferRequest<'_>) -> Result<(Offered, Receipt), OfferError> {
        let ticket = &request.signed.ticket;
        checks::gateway(ticket, &self.config)?;
        let id = ticket.session_id(&self.config.genesis);
        if let Some(known) = self.offered_before(&id, request.signed)? {
            return Ok(known);
        }
        let terms = self.streams.get(ticket.stream).ok_or(OfferRefusal::StreamUnknown { stream: ticket.stream })?;
        let price_per_tick = checks::terms(ticket, &terms, self.heights.best(), &self.config)?;
        if self.table.len() >= self.config.max_sessions {
            return Err(OfferRefusal::GatewayFull { max_sessions: self.config.max_sessions }.into());
        }
        let candidate = Candidate {
            id,
            viewer: &ticket.viewer,
            prefix: request.prefix,
            expires_at: ticket.expires_at,
            now_ms: request.now_ms,
            replaces: self.replaceable(request.signed),
        };
        self.admission.check(&candidate, &self.config)?;
        let deposit = request.deposit.ok_or(OfferRefusal::NoDeposit)?;
        let session_key = checks::deposit(ticket, deposit, price_per_tick, self.heights.best(), &self.config)?;
        if !request.signed.is_signed_by(session_key, &self.config.genesis) {
            return Err(OfferRefusal::SignatureInvalid.into());
        }
        if let Some(replaced) = candidate.replaces {
            self.take_out_unused(&replaced)?;
        }
        let credit_ticks = self.admission.admit(&candidate, &self.config)?;
        let opened_at = request.now_ms.max(deposit.paid_until);
        let session = Session::sold(request.signed, price_per_tick, opened_at, credit_ticks);
        self.put(&candidate, session)
    }

    /// The answer for a ticket that was taken before. Another ticket with its id is an error, unless it may take the
    /// place of one that has bought nothing.
    fn offered_before(&self, id: &SessionId, signed: &SignedTicket) -> Result<Option<(Offered, Receipt)>, OfferError> {
        let shard = self.table.lock(id);
        let Some(known) = shard.get(id) else { return Ok(None) };
        if known.is_for(signed) {
            let receipt = self.journal()?.wait_for(known.lsn)?;
            return Ok(Some((self.offered(id, known, false), receipt)));
        }
        if is_replaceable(known) {
            return Ok(None);
        }
        Err(OfferRefusal::NonceTaken { session: *id }.into())
    }

    /// The viewer's waiting ticket, if nothing was bought with it.
    fn replaceable(&self, signed: &SignedTicket) -> Option<SessionId> {
        let waiting = self.admission.waiting_of(&signed.ticket.viewer)?;
        self.table.lock(&waiting).get(&waiting).is_none_or(|session| is_replaceable(session)).then_some(waiting)
    }

    /// Puts an admitted session into table and journal.
    fn put(&self, candidate: &Candidate<'_>, mut session: Session) -> Result<(Offered, Receipt), OfferError> {
        let id = candidate.id;
        session.live.token = self.secret.token(&id, &session.anchor);
        session.live.paid_ms = candidate.now_ms;
        let mut shard = self.table.lock(&id);
        // The chain may have been quicker than this request, or the same ticket have come twice at once.
        if let Some(known) = shard.get(&id) {
            if known.phase != Phase::Unopened {
                self.admission.leave(&id);
            } else if session.signed.as_ref().is_some_and(|signed| !known.is_for(signed)) {
                return Err(OfferRefusal::NonceTaken { session: id }.into());
            }
            let receipt = self.journal()?.wait_for(known.lsn)?;
            return Ok((self.offered(&id, known, false), receipt));
        }
        let recorded = self.record(&id, &mut session);
        let receipt = recorded.inspect_err(|_| self.admission.leave(&id))?;
        let offered = self.offered(&id, &session, true);
        self.table.insert(&mut shard, id, Box::new(session));
        Ok((offered, receipt))
    }

    fn take_out_unused(&self, id: &SessionId) -> Result<(), OfferError> {
        let mut shard = self.table.lock(id);
        match shard.get(id) {
            None => Ok(()),
            Some(session) if is_replaceable(session) => {
                self.journal()?.append(&Record::Removed(*id))?;
                self.table.remove(&mut shard, id);
                Ok(())
            }
            // It has bought since we looked.
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
            ticks_paid: session.ticks,
            credit_left: session.credit(&self.config).map(|(credit, _)| credit.saturating_sub(session.spent)),
            is_new,
        }
    }
}

/// Nothing was bought or revealed, so nothing is lost with it.
fn is_replaceable(session: &Session) -> bool {
    session.phase == Phase::Unopened && session.death.is_none() && session.spent == 0 && session.ticks == 0
}
