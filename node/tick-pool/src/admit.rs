//! Admission of rows: screened and added under the lock, verified outside of it, on disk before they are acknowledged.
//!
//! A call takes the lock twice for each kind of row and once to write, however many rows it carries.

use crate::budget::{PeerId, Work};
use crate::chain::ChainError;
use crate::config::{CHAIN_CHECK_STEPS, CHAIN_LOOKUP_STEPS, MAX_VIEWER_TICKETS, MAX_WALK_STEPS};
use crate::error::Rejected;
use crate::intake::{Basis, Screened, TicketsBeside, Verified};
use crate::logging::LOG_TARGET;
use crate::pool::TickPool;
use crate::state::State;
use crate::submission::{is_new, Accepted, Answer, Answers, Submission, SubmittedClaim};
use std::collections::HashMap;
use tick_stream_primitives::batch::bounded;
use tick_stream_primitives::{AccountId, Batch, CloseRow, RowError, Session, SessionId, SignedTicket, TickHasher};

/// Row on its way into the pool.
enum Step<T> {
    /// The verdict is known.
    Answered(Answer),
    /// The row is still to be added.
    Pending(T),
}

impl TickPool {
    /// Takes rows into the pool on behalf of `peer`. Accepted rows are on disk when this returns.
    ///
    /// Hashes and waits for the disk, so an async executor must call it on a blocking thread.
    pub fn submit(&self, peer: PeerId, submission: Submission) -> Answers {
        let sessions: Vec<SessionId> = submission.claims.iter().map(|claim| claim.session).collect();
        let gateways: Vec<AccountId> = submission.opens.iter().map(|open| open.ticket.gateway.clone()).collect();
        let mut answers = Answers {
            opens: self.submit_opens(peer, submission.opens),
            claims: self.submit_claims(peer, submission.claims),
            closes: self.submit_closes(peer, submission.closes),
        };
        if answers.all().any(|(_, answer)| answer.is_ok()) {
            let (serial, serves) = {
                let state = self.state();
                let of_claims = new(&sessions, &answers.claims).filter_map(|session| state.gateway(session));
                let serves = new(&gateways, &answers.opens).chain(of_claims).any(|gateway| self.served.serves(gateway));
                // Known rows are included: another thread may still be writing them.
                (state.serial, serves)
            };
            match self.persist(serial) {
                // A known row does not vouch for the peer, because settled proofs can be read on chain.
                Ok(()) if answers.all().any(|(_, answer)| is_new(answer)) => self.budget.vouch(peer, serves),
                Ok(()) => {}
                Err(error) => {
                    log::error!(target: LOG_TARGET, "Rows could not be written to the tick pool's database: {error}");
                    let accepted = answers.all_mut().filter(|answer| answer.is_ok());
                    accepted.for_each(|answer| *answer = Err(error.clone().into()));
                }
            }
        }
        self.count(&answers);
        self.notify_listener(&sessions, &answers.claims);
        answers
    }

    fn count(&self, answers: &Answers) {
        for (kind, answer) in answers.all() {
            match answer {
                Ok(Accepted::Known) => {}
                Ok(_) => self.metrics.admitted(kind, 1),
                Err(rejected) => {
                    self.metrics.rejected(kind, rejected.name());
                    self.warn_if_full(rejected);
                }
            }
        }
        self.update_gauges();
    }

    /// Tells the operator that the pool is full, and what to do.
    fn warn_if_full(&self, rejected: &Rejected) {
        let Rejected::PoolFull { entries, bytes } = rejected else { return };
        if self.full_warning.allow(self.clock.now_ms()) {
            log::warn!(
                target: LOG_TARGET,
                "The tick pool is full and takes no new rows: rows={entries} bytes={bytes}. If it stays full, look for \
                 warnings about the off-chain worker; if the node has memory to spare, raise --tick-pool-entries or \
                 --tick-pool-bytes",
            );
        }
    }

    fn notify_listener(&self, sessions: &[SessionId], answers: &[Answer]) {
        let Some(listener) = &self.listener else { return };
        let raised: Vec<SessionId> = new(sessions, answers).copied().collect();
        if !raised.is_empty() {
            listener.claims_raised(&raised);
        }
    }

    fn submit_opens(&self, peer: PeerId, opens: Vec<SignedTicket>) -> Vec<Answer> {
        let genesis = self.chain.genesis();
        let with_id = |open: SignedTicket| (open.ticket.session_id(&genesis), open);
        // Tickets of this call by viewer, so that each is tried together with those before it.
        let mut earlier: HashMap<AccountId, TicketsBeside> = HashMap::new();
        self.admit(
            opens.into_iter().map(with_id).collect(),
            |state, (session, open)| {
                let Screened::ToCheck(mut beside) = state.screen_open(session, open)? else {
                    return Ok(Screened::Answered(Accepted::Known));
                };
                let of_viewer = earlier.entry(open.ticket.viewer.clone()).or_default();
                let others = of_viewer.iter().filter(|other| other.ticket.session_key != open.ticket.session_key);
                beside.extend(others.cloned());
                if beside.len() >= MAX_VIEWER_TICKETS {
                    return Err(Rejected::Refused(RowError::TooManySessions));
                }
                of_viewer.push(open.clone());
                Ok(Screened::ToCheck(beside))
            },
            |(_, open), beside| {
                let work = self.work_of(Some(&open.ticket.gateway));
                self.dry_run(peer, work, open_batch(beside, open))
            },
            |state, now_ms, (session, open)| state.insert_open(now_ms, session, open),
        )
    }

    fn submit_closes(&self, peer: PeerId, closes: Vec<CloseRow>) -> Vec<Answer> {
        self.admit(
            closes,
            |state, row| state.screen_close(row),
            |row, gateway| self.dry_run(peer, self.work_of(gateway.as_ref()), close_batch(row)),
            |state, now_ms, row| state.insert_close(now_ms, row),
        )
    }

    /// On whose behalf a row is checked whose session has this gateway, if the pool knows it.
    fn work_of(&self, gateway: Option<&AccountId>) -> Work {
        match gateway {
            None => Work::Unknown,
            Some(gateway) if self.served.serves(gateway) => Work::Served,
            Some(_) => Work::Foreign,
        }
    }

    /// Screens all rows under the lock, checks outside of it the rows that screening did not answer, and adds them.
    fn admit<T, C>(
        &self,
        rows: Vec<T>,
        mut screen: impl FnMut(&State, &T) -> Result<Screened<C>, Rejected>,
        check: impl Fn(&T, C) -> Result<(), Rejected>,
        insert: impl Fn(&mut State, u64, T) -> Answer,
    ) -> Vec<Answer> {
        if rows.is_empty() {
            return Vec::new();
        }
        let screened: Vec<Step<(T, C)>> = {
            let state = self.state();
            let screened = rows.into_iter().map(|row| match screen(&state, &row) {
                Ok(Screened::Answered(accepted)) => Step::Answered(Ok(accepted)),
                Ok(Screened::ToCheck(checks)) => Step::Pending((row, checks)),
                Err(rejected) => Step::Answered(Err(rejected)),
            });
            screened.collect()
        };
        let checked = screened.into_iter().map(|step| match step {
            Step::Pending((row, checks)) => {
                check(&row, checks).map_or_else(|rejected| Step::Answered(Err(rejected)), |()| Step::Pending(row))
            }
            Step::Answered(answer) => Step::Answered(answer),
        });
        self.insert_all(checked.collect(), |_| {}, insert)
    }

    /// Calls `before` and adds all pending rows, under one lock.
    fn insert_all<T>(
        &self,
        steps: Vec<Step<T>>,
        before: impl FnOnce(&mut State),
        insert: impl Fn(&mut State, u64, T) -> Answer,
    ) -> Vec<Answer> {
        let now_ms = self.clock.now_ms();
        let mut state = self.state();
        before(&mut state);
        let answers = steps.into_iter().map(|step| match step {
            Step::Answered(answer) => answer,
            Step::Pending(row) => insert(&mut state, now_ms, row),
        });
        answers.collect()
    }

    /// Dry-runs a batch on the best block, and returns the verdict on its last row.
    fn dry_run(&self, peer: PeerId, work: Work, batch: Batch) -> Result<(), Rejected> {
        let size = batch.size();
        let steps = CHAIN_CHECK_STEPS * u64::from(size.opens + size.closes);
        self.budget.charge(peer, work, steps)?;
        let verdicts = self.chain.check_batch(batch)?;
        let verdict = verdicts.last().ok_or_else(|| ChainError("the runtime returned no verdict".into()))?;
        verdict.result.map_err(|error| {
            self.budget.waste(peer, steps);
            Rejected::Refused(error)
        })
    }

    fn submit_claims(&self, peer: PeerId, claims: Vec<SubmittedClaim>) -> Vec<Answer> {
        if claims.is_empty() {
            return Vec::new();
        }
        let mut verifier = ClaimVerifier { pool: self, peer, bases: self.known_bases(&claims), looked_up: Vec::new() };
        let verify = |claim| match verifier.verify(claim) {
            Ok(Some(verified)) => Step::Pending(verified),
            Ok(None) => Step::Answered(Ok(Accepted::Known)),
            Err(rejected) => Step::Answered(Err(rejected)),
        };
        let steps = claims.iter().map(verify).collect();
        let looked_up = verifier.looked_up;
        self.insert_all(
            steps,
            |state| state.remember_sessions(&looked_up),
            |state, now_ms, claim| state.insert_claim(now_ms, claim),
        )
    }

    /// Bases of the claims' sessions, as far as the pool knows them.
    fn known_bases(&self, claims: &[SubmittedClaim]) -> HashMap<SessionId, Basis> {
        let mut state = self.state();
        claims.iter().filter_map(|claim| Some((claim.session, state.basis(&claim.session)?))).collect()
    }
}

/// Verifies the claims of one call in order, without the lock.
struct ClaimVerifier<'a> {
    pool: &'a TickPool,
    peer: PeerId,
    /// Highest verified element of each session; at most one for each claim.
    bases: HashMap<SessionId, Basis>,
    /// Sessions that were read from the chain; at most one for each claim.
    looked_up: Vec<(SessionId, Session)>,
}

impl ClaimVerifier<'_> {
    /// Hashes a claim's proof down to the highest verified element of the session, and makes it that element. Returns
    /// `None` when the claim contains nothing new.
    fn verify(&mut self, claim: &SubmittedClaim) -> Result<Option<Verified>, Rejected> {
        let SubmittedClaim { session, ticks, proof } = *claim;
        let basis = self.basis(session)?;
        let verified = basis.ticks;
        if ticks == verified && proof == basis.head {
            // A claim verified earlier in this call is not in the pool yet.
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
        let steps_spent = u64::from(steps);
        self.pool.budget.charge(self.peer, self.pool.work_of(Some(&basis.terms.gateway)), steps_spent)?;
        self.pool.metrics.walked(steps_spent);
        if TickHasher::new(&session).walk(&proof, steps) != basis.head {
            self.pool.budget.waste(self.peer, steps_spent);
            return Err(Rejected::ProofInvalid { verified });
        }
        self.bases.insert(session, Basis { ticks, head: proof, is_new: true, ..basis.clone() });
        Ok(Some(Verified { session, basis, ticks, proof }))
    }

    /// Highest verified element of the session. Reads it from the chain when the pool does not know it.
    fn basis(&mut self, id: SessionId) -> Result<Basis, Rejected> {
        if let Some(basis) = self.bases.get(&id) {
            return Ok(basis.clone());
        }
        let TickPool { budget, chain, .. } = self.pool;
        budget.charge(self.peer, Work::Unknown, CHAIN_LOOKUP_STEPS)?;
        let session = chain.session(&id)?;
        if !session.as_ref().is_some_and(|session| self.pool.served.serves(&session.gateway)) {
            budget.waste(self.peer, CHAIN_LOOKUP_STEPS);
        }
        let session = session.ok_or(Rejected::UnknownSession)?;
        let basis = Basis::from(&session);
        self.looked_up.push((id, session));
        self.bases.insert(id, basis.clone());
        Ok(basis)
    }
}

/// Batch of the tickets `beside` another one, and of that ticket at its end.
fn open_batch(beside: TicketsBeside, open: &SignedTicket) -> Batch {
    let opens = beside.into_iter().chain([open.clone()]).collect();
    Batch { opens: bounded(opens), ..Batch::default() }
}

fn close_batch(row: &CloseRow) -> Batch {
    Batch { closes: bounded(vec![row.clone()]), ..Batch::default() }
}

/// Items whose rows have entered the pool with this call.
fn new<'a, T>(items: &'a [T], answers: &'a [Answer]) -> impl Iterator<Item = &'a T> {
    items.iter().zip(answers).filter(|(_, answer)| is_new(answer)).map(|(item, _)| item)
}
