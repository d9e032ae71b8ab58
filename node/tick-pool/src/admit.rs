//! Admission of rows: screened and added under the lock, verified outside of it, on disk before they are acknowledged.
//!
//! A call takes the lock twice for each kind of row and once to write, however many rows it carries.

use crate::budget::PeerId;
use crate::chain::ChainError;
use crate::config::{CHAIN_CHECK_STEPS, CHAIN_LOOKUP_STEPS, MAX_WALK_STEPS};
use crate::error::Rejected;
use crate::intake::{Basis, Verified};
use crate::logging::LOG_TARGET;
use crate::pool::TickPool;
use crate::state::State;
use crate::submission::{is_new, Accepted, Answer, Answers, Submission, SubmittedClaim};
use std::collections::HashMap;
use tick_stream_primitives::{Batch, CloseRow, Session, SessionId, SignedTicket, TickHasher};

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
        let mut answers = Answers {
            opens: self.submit_opens(peer, submission.opens),
            claims: self.submit_claims(peer, submission.claims),
            closes: self.submit_closes(peer, submission.closes),
        };
        if answers.all().any(|(_, answer)| answer.is_ok()) {
            // Known rows are included: another thread may still be writing them.
            let serial = self.state().serial;
            match self.persist(serial) {
                // A known row does not vouch for the peer, because settled proofs can be read on chain.
                Ok(()) if answers.all().any(|(_, answer)| is_new(answer)) => self.budget.vouch(peer),
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
        let raised = sessions.iter().zip(answers).filter(|(_, answer)| is_new(answer));
        let raised: Vec<SessionId> = raised.map(|(session, _)| *session).collect();
        if !raised.is_empty() {
            listener.claims_raised(&raised);
        }
    }

    fn submit_opens(&self, peer: PeerId, opens: Vec<SignedTicket>) -> Vec<Answer> {
        let genesis = self.chain.genesis();
        let with_id = |open: SignedTicket| (open.ticket.session_id(&genesis), open);
        self.admit(
            opens.into_iter().map(with_id).collect(),
            |state, (session, open)| state.screen_open(session, open),
            |(_, open)| self.dry_run(peer, open_batch(open)),
            |state, now_ms, (session, open)| state.insert_open(now_ms, session, open),
        )
    }

    fn submit_closes(&self, peer: PeerId, closes: Vec<CloseRow>) -> Vec<Answer> {
        self.admit(
            closes,
            |state, row| state.screen_close(row),
            |row| self.dry_run(peer, close_batch(row)),
            |state, now_ms, row| state.insert_close(now_ms, row),
        )
    }

    /// Screens all rows under the lock, checks outside of it the rows that screening did not answer, and adds them.
    fn admit<T>(
        &self,
        rows: Vec<T>,
        screen: impl Fn(&State, &T) -> Result<Option<Accepted>, Rejected>,
        check: impl Fn(&T) -> Result<(), Rejected>,
        insert: impl Fn(&mut State, u64, T) -> Answer,
    ) -> Vec<Answer> {
        if rows.is_empty() {
            return Vec::new();
        }
        let screened: Vec<Step<T>> = {
            let state = self.state();
            let screened = rows.into_iter().map(|row| match screen(&state, &row) {
                Ok(Some(accepted)) => Step::Answered(Ok(accepted)),
                Ok(None) => Step::Pending(row),
                Err(rejected) => Step::Answered(Err(rejected)),
            });
            screened.collect()
        };
        let checked = screened.into_iter().map(|step| match step {
            Step::Pending(row) => {
                check(&row).map_or_else(|rejected| Step::Answered(Err(rejected)), |()| Step::Pending(row))
            }
            answered => answered,
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

    /// Dry-runs a batch of one row on the best block.
    fn dry_run(&self, peer: PeerId, batch: Batch) -> Result<(), Rejected> {
        self.budget.charge(peer, CHAIN_CHECK_STEPS)?;
        let verdicts = self.chain.check_batch(batch)?;
        let verdict = verdicts.first().ok_or_else(|| ChainError("the runtime returned no verdict".into()))?;
        verdict.result.map_err(Rejected::Refused)
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
        self.pool.budget.charge(self.peer, u64::from(steps))?;
        self.pool.metrics.walked(u64::from(steps));
        if TickHasher::new(&session).walk(&proof, steps) != basis.head {
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
        self.pool.budget.charge(self.peer, CHAIN_LOOKUP_STEPS)?;
        let session = self.pool.chain.session(&id)?.ok_or(Rejected::UnknownSession)?;
        let basis = Basis::from(&session);
        self.looked_up.push((id, session));
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
