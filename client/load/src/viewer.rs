//! Viewer of a load test. It opens a session, buys the key of one segment after another, and leaves.

use crate::{
    accounts::Account,
    environment::Environment,
    plan::Kind,
    requests::{self, Failure, ReceivedKey, Socket},
    segment_feed::Next,
};
use codec::Encode;
use reqwest::{header::AUTHORIZATION, Method};
use std::time::{Duration, Instant};
use tick_stream_primitives::{Balance, GenesisHash, SessionId};
use vilokanam_chain::Watch;
use vilokanam_viewer::{
    playlist::Segment,
    session_payer::{Reaction, SessionPayer},
};
use vilokanam_wire::{
    scalars::bytes_to_hex,
    sessions::{OfferTicket, SessionView},
    SessionRef,
};

/// Maximum size of the answer to a ticket or a close, in bytes.
const MAX_ANSWER_BYTES: usize = 64 * 1024;
/// Pause after a refusal.
const RETRY_PAUSE: Duration = Duration::from_secs(1);
/// Pause after a turn without a new segment.
const STARVED_PAUSE: Duration = Duration::from_millis(250);
/// Maximum number of offers of one ticket. Then another one is made, since the nonce may be used.
const MAX_OFFERS: u32 = 5;
/// Maximum number of payments for one key.
const MAX_PAYMENTS: u32 = 3;

/// Session that its viewer has left.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FinishedSession {
    /// Number of the viewer.
    pub viewer: u32,
    /// Session.
    pub session: SessionId,
    /// Price of a tick in planck.
    pub price_per_tick: Balance,
    /// Ticks that the gateway has confirmed.
    pub accepted_ticks: u32,
    /// Ticks that were revealed: more than `accepted_ticks` when an answer was lost, or was a refusal.
    pub revealed_ticks: u32,
    /// Whether the gateway has confirmed the close.
    pub is_closed: bool,
}

/// Result of a viewer's turn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Turn {
    /// The key of a segment was bought.
    Bought {
        /// Length of the segment.
        length: Duration,
        /// Number of segments that had left the playlist before.
        missed: u64,
    },
    /// The key was refused, or no session could be opened.
    Refused,
    /// There was no new segment.
    Starved,
}

impl Turn {
    /// Returns when the next turn is due: one segment later, however late the answer was.
    pub fn next_due(self, due: Instant) -> Instant {
        due + match self {
            Self::Bought { length, missed } => length * u32::try_from(missed + 1).unwrap_or(u32::MAX).min(1_000),
            Self::Refused => RETRY_PAUSE,
            Self::Starved => STARVED_PAUSE,
        }
    }
}

/// Viewer.
pub struct Viewer {
    /// Number of the viewer, from 0 on.
    pub number: u32,
    /// Sessions that it has left.
    pub finished: Vec<FinishedSession>,
    tickets: vilokanam_chain::Viewer,
    /// Ticket that was offered and not accepted yet, and the number of offers.
    offered: Option<(Watch, u32)>,
    payer: Option<SessionPayer>,
    accepted_ticks: u32,
    /// Sequence number of the last segment that was bought.
    bought: Option<u64>,
    uses_socket: bool,
    socket: Option<Socket>,
}

impl Viewer {
    /// Creates a viewer without a session.
    pub fn new(number: u32, account: &Account, genesis: GenesisHash, uses_socket: bool) -> Self {
        let (wallet, key) = (account.wallet.account(), account.session_key.clone());
        Self {
            number,
            finished: Vec::new(),
            tickets: vilokanam_chain::Viewer::new(wallet, key, account.next_nonce, genesis),
            offered: None,
            payer: None,
            accepted_ticks: 0,
            bought: None,
            uses_socket,
            socket: None,
        }
    }

    /// Returns the current session.
    pub fn session(&self) -> Option<SessionId> {
        self.payer.as_ref().map(SessionPayer::session)
    }

    /// Takes a turn: opens a session if there is none, then buys the next key, then fetches the segment.
    pub async fn take_turn(&mut self, env: &Environment, due: Instant) -> Turn {
        let mut key_due = due;
        if self.payer.is_none() {
            if !self.open(env, due).await {
                return Turn::Refused;
            }
            // Without a session, the key could not have been requested earlier.
            key_due = Instant::now();
        }
        let segments = env.segments.borrow().clone();
        let Next::Segment { segment, missed } = segments.next(self.bought, env.terms.segments_behind) else {
            env.count(due, |phase| phase.starved += 1);
            return Turn::Starved;
        };
        if missed > 0 {
            env.count(due, |phase| phase.missed += missed);
        }
        if !self.buy(env, segment, key_due).await {
            return Turn::Refused;
        }
        self.bought = Some(segment.sequence);
        if env.terms.fetches_segments {
            let fetch_due = Instant::now();
            let fetched = requests::fetch_segment(&env.gateway, segment).await;
            env.record(Kind::Segment, fetch_due, fetched.map_err(|failure| failure.refusal));
        }
        Turn::Bought { length: segment.duration, missed }
    }

    /// Offers a ticket. Returns false when it is not accepted; the next call then offers the same one again.
    pub async fn open(&mut self, env: &Environment, due: Instant) -> bool {
        let (watch, offers) = self.offered.take().unwrap_or_else(|| (self.tickets.ticket(&env.order()), 0));
        let offer = OfferTicket { ticket: bytes_to_hex(watch.ticket.encode()) };
        let answer = match env.gateway.url("/v1/sessions") {
            Ok(url) => {
                requests::fetch(&env.gateway, env.gateway.request(Method::POST, url).json(&offer), MAX_ANSWER_BYTES)
                    .await
            }
            Err(_) => return false,
        };
        let accepted = answer.and_then(|body| accepted_price(&body, &watch));
        env.record(
            Kind::Open,
            due,
            accepted.as_ref().map(|(_, bytes)| *bytes).map_err(|failure| failure.refusal.clone()),
        );
        match accepted {
            Ok((price_per_tick, _)) => {
                env.count(due, |phase| phase.sessions += 1);
                self.payer = Some(SessionPayer::new(watch, price_per_tick));
                self.accepted_ticks = 0;
                true
            }
            Err(_) => {
                self.offered = (offers < MAX_OFFERS).then_some((watch, offers + 1));
                false
            }
        }
    }

    async fn buy(&mut self, env: &Environment, segment: &Segment, mut due: Instant) -> bool {
        let Some(revealed_before) = self.payer.as_ref().map(SessionPayer::revealed_ticks) else { return false };
        for _ in 0..MAX_PAYMENTS {
            let answer = self.request_key(env, segment).await;
            let Some(answer) = answer else {
                // The session has too few ticks left.
                self.leave(env, Instant::now()).await;
                return false;
            };
            let kind = if self.uses_socket { Kind::SocketKey } else { Kind::Key };
            let result = answer.as_ref().map(|key| key.bytes).map_err(|failure| failure.refusal.clone());
            env.record(kind, due, result);
            match answer {
                Ok(key) => {
                    self.key_received(env, segment, key, due);
                    return true;
                }
                Err(failure) => match self.reaction(&failure, revealed_before, segment.cost_ticks) {
                    // The next request counts from now, and not from when the first one was due.
                    Reaction::AskAgain => due = Instant::now(),
                    Reaction::Reopen => {
                        self.leave(env, Instant::now()).await;
                        return false;
                    }
                    Reaction::Wait(_) | Reaction::GiveUp => return false,
                },
            }
        }
        false
    }

    fn reaction(&mut self, failure: &Failure, revealed_before: u32, cost_ticks: u32) -> Reaction {
        match (&failure.problem, self.payer.as_mut()) {
            (Some(problem), Some(payer)) => payer.on_refusal(problem, revealed_before, cost_ticks),
            _ => Reaction::GiveUp,
        }
    }

    fn key_received(&mut self, env: &Environment, segment: &Segment, key: ReceivedKey, due: Instant) {
        let Some(payer) = self.payer.as_mut() else { return };
        payer.key_received(segment.cost_ticks, key.headers.charged_ticks, key.headers.token);
        let ticks = u64::from(payer.revealed_ticks().saturating_sub(self.accepted_ticks));
        self.accepted_ticks = payer.revealed_ticks();
        env.count(due, |phase| phase.ticks += ticks);
    }

    /// Requests a key; `None` when the session has too few ticks left.
    async fn request_key(&mut self, env: &Environment, segment: &Segment) -> Option<Result<ReceivedKey, Failure>> {
        let payment = self.payer.as_mut()?.pay(segment.cost_ticks).ok()??;
        let key = segment.key.as_ref()?;
        if !self.uses_socket {
            return Some(requests::buy(&env.gateway, &key.url, &payment).await);
        }
        let mut socket = match self.socket.take() {
            Some(socket) => socket,
            None => match requests::connect(&env.gateway, payment.session).await {
                Ok(socket) => socket,
                Err(failure) => return Some(Err(failure)),
            },
        };
        let answer = requests::buy_by_socket(&mut socket, segment.key_index(), &payment).await;
        let is_usable = answer.as_ref().err().is_none_or(|failure| failure.problem.is_some());
        self.socket = is_usable.then_some(socket);
        Some(answer)
    }

    /// Leaves the session, if there is one. A gateway that does not answer closes it when it has been idle for long enough.
    pub async fn leave(&mut self, env: &Environment, due: Instant) {
        self.offered = None;
        self.bought = None;
        self.socket = None;
        let Some(mut payer) = self.payer.take() else { return };
        let session = payer.session();
        // Without a tick there is no proof of who leaves: the gateway closes such a session when it is idle.
        let payment = payer.current_payment().filter(|payment| payment.claim.is_some());
        let is_closed = match payment {
            Some(payment) => self.close(env, SessionRef(session), &payment.to_string(), due).await,
            None => false,
        };
        self.finished.push(FinishedSession {
            viewer: self.number,
            session,
            price_per_tick: payer.price_per_tick(),
            // A gateway that confirms the close has accepted the ticks that it proves.
            accepted_ticks: if is_closed { payer.revealed_ticks() } else { self.accepted_ticks },
            revealed_ticks: payer.revealed_ticks(),
            is_closed,
        });
    }

    async fn close(&self, env: &Environment, session: SessionRef, payment: &str, due: Instant) -> bool {
        let Ok(url) = env.gateway.url(&format!("/v1/sessions/{session}/close")) else { return false };
        let request = env.gateway.request(Method::POST, url).header(AUTHORIZATION, payment);
        let closed = requests::fetch(&env.gateway, request, MAX_ANSWER_BYTES).await;
        let is_closed = closed.is_ok();
        env.record(Kind::Close, due, closed.map(|body| body.len()).map_err(|failure| failure.refusal));
        is_closed
    }
}

/// Checks that the accepted session is the one that was ordered. Returns its price and the size of the answer.
fn accepted_price(body: &[u8], watch: &Watch) -> Result<(Balance, usize), Failure> {
    let view: SessionView = serde_json::from_slice(body).map_err(|_| Failure::without_answer("broken-answer"))?;
    let ticket = &watch.ticket.ticket;
    let is_as_ordered = view.session == SessionRef(watch.session)
        && view.max_ticks == ticket.max_ticks
        && view.price_per_tick.0 <= ticket.price_per_tick;
    if is_as_ordered {
        Ok((view.price_per_tick.0, body.len()))
    } else {
        Err(Failure::without_answer("other-session"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_turn_is_due_by_the_clock_of_the_stream() {
        let due = Instant::now();
        let length = Duration::from_secs(2);
        assert_eq!(Turn::Bought { length, missed: 0 }.next_due(due), due + length, "after the segment");
        assert_eq!(
            Turn::Bought { length, missed: 3 }.next_due(due),
            due + 4 * length,
            "after the missed segments as well"
        );
        assert_eq!(Turn::Refused.next_due(due), due + RETRY_PAUSE);
        assert_eq!(Turn::Starved.next_due(due), due + STARVED_PAUSE);
        assert!(Turn::Bought { length, missed: u64::MAX - 1 }.next_due(due) > due);
    }
}
