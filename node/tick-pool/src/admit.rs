//! How rows come in: screened and taken under the lock, checked outside of it, on disk before they are acknowledged.
//!
//! A call takes the lock twice a kind of row and once to be written down, however many rows it brings.

use crate::budget::PeerId;
use crate::config::{CHAIN_CHECK_STEPS, CHAIN_LOOKUP_STEPS, MAX_WALK_STEPS};
use crate::error::Rejected;
use crate::intake::{Basis, Verified};
use crate::pool::TickPool;
use crate::state::State;
use std::collections::HashMap;
use tick_stream_primitives::{Batch, CloseRow, RowKind, Session, SessionId, SignedTicket, TickHash, TickHasher};

/// A claim as a gateway sends it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SubmittedClaim {
    /// Whose ticks.
    pub session: SessionId,
    /// The highest tick let go of.
    pub ticks: u32,
    /// Its element of the tick chain.
    pub proof: TickHash,
}

/// Rows sent in one call, whose number is the caller's to bound. They are taken in this order, so a ticket may come along with the first claim on it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Submission {
    /// Tickets to open.
    pub opens: Vec<SignedTicket>,
    /// Claims; those of one session from low to high.
    pub claims: Vec<SubmittedClaim>,
    /// Sessions to close.
    pub closes: Vec<CloseRow>,
}

/// A row is in the pool and on disk.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Accepted {
    /// It is new.
    Added,
    /// It took the place of another one.
    Replaced,
    /// It was there already, or the chain has it.
    Known,
}

/// What became of a row.
pub type Answer = Result<Accepted, Rejected>;

/// What became of each row, in the order they were sent.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Answers {
    /// Of the tickets.
    pub opens: Vec<Answer>,
    /// Of the claims.
    pub claims: Vec<Answer>,
    /// Of the closes.
    pub closes: Vec<Answer>,
}

impl Answers {
    fn all(&self) -> impl Iterator<Item = (RowKind, &Answer)> {
        let opens = self.opens.iter().map(|answer| (RowKind::Open, answer));
        let claims = self.claims.iter().map(|answer| (RowKind::Claim, answer));
        let closes = self.closes.iter().map(|answer| (RowKind::Close, answer));
        opens.chain(claims).chain(closes)
    }

    fn all_mut(&mut self) -> impl Iterator<Item = &mut Answer> {
        self.opens.iter_mut().chain(&mut self.claims).chain(&mut self.closes)
    }
}

fn is_new(answer: &Answer) -> bool {
    matches!(answer, Ok(Accepted::Added | Accepted::Replaced))
}

/// A row on its way: answered already, or to be taken.
enum Step<T> {
    Answered(Answer),
    Take(T),
}

impl TickPool {
    /// Takes rows in. What is answered with `Ok` is on disk. Hashes and waits for the disk: not for an async executor.
    pub fn submit(&self, peer: PeerId, submission: Submission) -> Answers {
        let sessions: Vec<SessionId> = submission.claims.iter().map(|claim| claim.session).collect();
        let mut answers = Answers {
            opens: self.submit_opens(peer, submission.opens),
            claims: self.submit_claims(peer, submission.claims),
            closes: self.submit_closes(peer, submission.closes),
        };
        if answers.all().any(|(_, answer)| answer.is_ok()) {
            // A row that is known may still be on its way to the disk, in another thread.
            let serial = self.state().serial;
            match self.persist(serial) {
                // Not for what is known: everybody can read settled proofs on chain.
                Ok(()) if answers.all().any(|(_, answer)| is_new(answer)) => self.budget.vouch(peer),
                Ok(()) => {}
                Err(error) => {
                    log::error!(target: crate::LOG_TARGET, "Rows could not be written to the tick pool's database: {error}");
                    let accepted = answers.all_mut().filter(|answer| answer.is_ok());
                    accepted.for_each(|answer| *answer = Err(error.clone().into()));
                }
            }
        }
        self.report(&answers);
        self.tell_listener(&sessions, &answers.claims);
        answers
    }

    fn report(&self, answers: &Answers) {
        for (kind, answer) in answers.all() {
            match answer {
                Ok(Accepted::Known) => {}
                Ok(_) => self.metrics.admitted(kind, 1),
                Err(rejected) => {
                    self.metrics.rejected(kind, rejected.name());
                    self.complain(rejected);
                }
            }
        }
        self.observe();
    }

    /// Says what the operator can do about it when the pool is full.
    fn complain(&self, rejected: &Rejected) {
        let Rejected::PoolFull { entries, bytes } = rejected else { return };
        if self.full_pause.is_over(self.clock.now_ms()) {
            log::warn!(
                target: crate::LOG_TARGET,
                "The tick pool is full and takes no new rows: rows={entries} bytes={bytes}. If it does not empty, see what \
                 the worker complains of; if the node has memory to spare, raise --tick-pool-entries or --tick-pool-bytes",
            );
        }
    }

    fn tell_listener(&self, sessions: &[SessionId], answers: &[Answer]) {
        let Some(listener) = &self.listener else { return };
        let grown = sessions.iter().zip(answers).filter(|(_, answer)| is_new(answer));
        let grown: Vec<SessionId> = grown.map(|(session, _)| *session).collect();
        if !grown.is_empty() {
            listener.claims_grew(&grown);
        }
    }

    fn submit_opens(&self, peer: PeerId, opens: Vec<SignedTicket>) -> Vec<Answer> {
        let genesis = self.chain.genesis();
        let id = |open: SignedTicket| (open.ticket.session_id(&genesis), open);
        self.through(
            opens.into_iter().map(id).collect(),
            |state, (session, open)| state.screen_open(session, open),
            |(_, open)| self.check(peer, open_batch(open)),
            |state, now_ms, (session, open)| state.take_open(now_ms, session, open),
        )
    }

    fn submit_closes(&self, peer: PeerId, closes: Vec<CloseRow>) -> Vec<Answer> {
        self.through(
            closes,
            |state, row| state.screen_close(row),
            |row| self.check(peer, close_batch(row)),
            |state, now_ms, row| state.take_close(now_ms, row),
        )
    }

    /// Screens all rows under the lock, checks outside of it those that are not answered by that, and takes them.
    fn through<T>(
        &self,
        rows: Vec<T>,
        screen: impl Fn(&State, &T) -> Result<Option<Accepted>, Rejected>,
        check: impl Fn(&T) -> Result<(), Rejected>,
        take: impl Fn(&mut State, u64, T) -> Answer,
    ) -> Vec<Answer> {
        if rows.is_empty() {
            return Vec::new();
        }
        let screened: Vec<Step<T>> = {
            let state = self.state();
            let screened = rows.into_iter().map(|row| match screen(&state, &row) {
                Ok(Some(accepted)) => Step::Answered(Ok(accepted)),
                Ok(None) => Step::Take(row),
                Err(rejected) => Step::Answered(Err(rejected)),
            });
            screened.collect()
        };
        let checked = screened.into_iter().map(|step| match step {
            Step::Take(row) => check(&row).map_or_else(|rejected| Step::Answered(Err(rejected)), |()| Step::Take(row)),
            answered => answered,
        });
        self.take_all(checked.collect(), |_| {}, take)
    }

    /// Takes the rows that are not answered yet, after `before`, all under one lock.
    fn take_all<T>(
        &self,
        steps: Vec<Step<T>>,
        before: impl FnOnce(&mut State),
        take: impl Fn(&mut State, u64, T) -> Answer,
    ) -> Vec<Answer> {
        let now_ms = self.clock.now_ms();
        let mut state = self.state();
        before(&mut state);
        let answers = steps.into_iter().map(|step| match step {
            Step::Answered(answer) => answer,
            Step::Take(row) => take(&mut state, now_ms, row),
        });
        answers.collect()
    }

    /// Asks the chain whether it would carry out a batch of one row.
    fn check(&self, peer: PeerId, batch: Batch) -> Result<(), Rejected> {
        self.budget.charge(peer, CHAIN_CHECK_STEPS)?;
        let verdicts = self.chain.check(batch)?;
        let verdict = verdicts.first().ok_or_else(|| crate::ChainError("the runtime gave no verdict".into()))?;
        verdict.result.map_err(Rejected::Refused)
    }

    fn submit_claims(&self, peer: PeerId, claims: Vec<SubmittedClaim>) -> Vec<Answer> {
        if claims.is_empty() {
            return Vec::new();
        }
        let mut walker = Walker { pool: self, peer, bases: self.known_bases(&claims), learned: Vec::new() };
        let verify = |claim| match walker.verify(claim) {
            Ok(Some(verified)) => Step::Take(verified),
            Ok(None) => Step::Answered(Ok(Accepted::Known)),
            Err(rejected) => Step::Answered(Err(rejected)),
        };
        let steps = claims.iter().map(verify).collect();
        let learned = walker.learned;
        self.take_all(steps, |state| state.learn(&learned), |state, now_ms, claim| state.take_claim(now_ms, claim))
    }

    /// What the pool itself knows of the claims' sessions.
    fn known_bases(&self, claims: &[SubmittedClaim]) -> HashMap<SessionId, Basis> {
        let mut state = self.state();
        claims.iter().filter_map(|claim| Some((claim.session, state.basis(&claim.session)?))).collect()
    }
}

/// Verifies the claims of one call, one after the other, outside of the lock.
struct Walker<'a> {
    pool: &'a TickPool,
    peer: PeerId,
    /// The highest verified element of each session; at most one a claim.
    bases: HashMap<SessionId, Basis>,
    /// What the chain had to be asked for; at most one a claim.
    learned: Vec<(SessionId, Session)>,
}

impl Walker<'_> {
    /// Walks a claim's proof down to the highest verified element, which it is from then on. Nothing when there is nothing
    /// new in it.
    fn verify(&mut self, claim: &SubmittedClaim) -> Result<Option<Verified>, Rejected> {
        let SubmittedClaim { session, ticks, proof } = *claim;
        let basis = self.basis(session)?;
        let verified = basis.ticks;
        if ticks == verified && proof == basis.head {
            // Verified just now is not taken yet.
            return Ok(basis.is_new.then_some(Verified { session, basis, ticks, proof }));
        }
        if ticks <= verified {
            return Err(Rejected::Stale { known: verified });
        }
        if ticks > basis.terms.max_ticks {
            return Err(Rejected::AboveMaximum { ticks, max_ticks: basis.terms.max_ticks });
        }
        let steps = ticks - verified;
        if steps > MAX_WALK_STEPS {
            return Err(Rejected::TooManySteps { verified });
        }
        self.pool.budget.charge(self.peer, u64::from(steps))?;
        self.pool.metrics.walked(u64::from(steps));
        if TickHasher::new(&session).walk(&proof, steps) != basis.head {
            return Err(Rejected::ProofInvalid { verified });
        }
        self.bases.insert(session, Basis { ticks, head: proof, is_new: true, ..basis.clone() });
        Ok(Some(Verified { session, basis, ticks, proof }))
    }

    /// The session's highest verified element; asks the chain when the pool knows none.
    fn basis(&mut self, id: SessionId) -> Result<Basis, Rejected> {
        if let Some(basis) = self.bases.get(&id) {
            return Ok(basis.clone());
        }
        self.pool.budget.charge(self.peer, CHAIN_LOOKUP_STEPS)?;
        let session = self.pool.chain.session(&id)?.ok_or(Rejected::UnknownSession)?;
        let basis = Basis::from(&session);
        self.learned.push((id, session));
        self.bases.insert(id, basis.clone());
        Ok(basis)
    }
}

fn open_batch(open: &SignedTicket) -> Batch {
    Batch { opens: [open.clone()].to_vec().try_into().unwrap_or_default(), ..Batch::default() }
}

fn close_batch(row: &CloseRow) -> Batch {
    Batch { closes: [row.clone()].to_vec().try_into().unwrap_or_default(), ..Batch::default() }
}
