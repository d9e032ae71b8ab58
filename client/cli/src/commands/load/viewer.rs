//! A viewer: opens a session, buys the key of one segment after another, leaves.

use super::{
    crowd::Member,
    plan::Kind,
    scene::Scene,
    shelf::Next,
    tally::Refusal,
    till::{self, Refused, Socket, Sold},
};
use crate::player::{
    playlist::Segment,
    purse::{Purse, Step},
};
use codec::Encode;
use reqwest::{header::AUTHORIZATION, Method};
use std::time::{Duration, Instant};
use tick_stream_primitives::{Balance, GenesisHash, SessionId};
use vilokanam_chain::Watch;
use vilokanam_wire::{scalars::bytes_to_hex, sessions::OfferTicket, sessions::SessionView, SessionRef};

/// The longest answer to a ticket or a close.
const MAX_ANSWER_BYTES: usize = 64 * 1024;
/// How long a viewer that was refused waits before it tries again.
const TRY_AGAIN: Duration = Duration::from_secs(1);
/// How long a viewer that found nothing new waits before it looks again.
const LOOK_AGAIN: Duration = Duration::from_millis(250);
/// How often a ticket is offered again until another is made: its nonce may be used.
const MAX_OFFERS: u32 = 5;
/// How often a key is asked for with something new to show.
const MAX_ASKS: u32 = 3;

/// A session that is over for its viewer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Left {
    /// Whose.
    pub viewer: u32,
    /// Which.
    pub session: SessionId,
    /// Price of a tick.
    pub price_per_tick: Balance,
    /// Ticks that the gateway has said to have.
    pub taken: u32,
    /// Ticks let go of: more than `taken` when an answer was lost, or refused.
    pub revealed: u32,
    /// Whether the gateway has been told that it is over.
    pub is_closed: bool,
}

/// What came of a viewer's turn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Turn {
    /// It has bought a segment of this length; so many before it had gone.
    Bought {
        /// Of the segment.
        length: Duration,
        /// Segments.
        missed: u64,
    },
    /// It was refused, or could not open a session.
    Refused,
    /// There is nothing new.
    Starved,
}

impl Turn {
    /// When the next turn is due: by the clock of the stream, not by that of the answers.
    pub fn next_due(self, due: Instant) -> Instant {
        due + match self {
            Self::Bought { length, missed } => length * u32::try_from(missed + 1).unwrap_or(u32::MAX).min(1_000),
            Self::Refused => TRY_AGAIN,
            Self::Starved => LOOK_AGAIN,
        }
    }
}

/// A viewer.
pub struct Viewer {
    /// Which, from 0 on.
    pub number: u32,
    /// Sessions that are over.
    pub left: Vec<Left>,
    tickets: vilokanam_chain::Viewer,
    /// A ticket that was offered and not taken yet, and how often.
    offered: Option<(Watch, u32)>,
    purse: Option<Purse>,
    taken: u32,
    bought: Option<u64>,
    uses_socket: bool,
    socket: Option<Socket>,
}

impl Viewer {
    /// A viewer without a session.
    pub fn new(number: u32, member: &Member, genesis: GenesisHash, uses_socket: bool) -> Self {
        let (account, key) = (member.wallet.account(), member.session_key.clone());
        Self {
            number,
            left: Vec::new(),
            tickets: vilokanam_chain::Viewer::new(account, key, member.next_nonce, genesis),
            offered: None,
            purse: None,
            taken: 0,
            bought: None,
            uses_socket,
            socket: None,
        }
    }

    /// The session it watches in.
    pub fn session(&self) -> Option<SessionId> {
        self.purse.as_ref().map(Purse::session)
    }

    /// One turn: a session if there is none, then the next key, then its segment.
    pub async fn visit(&mut self, scene: &Scene, due: Instant) -> Turn {
        let mut key_due = due;
        if self.purse.is_none() {
            if !self.open(scene, due).await {
                return Turn::Refused;
            }
            // It could not have asked earlier.
            key_due = Instant::now();
        }
        let shelf = scene.shelf.borrow().clone();
        let Next::Buy { segment, missed } = shelf.next(self.bought, scene.terms.segments_behind) else {
            scene.count(due, |phase| phase.starved += 1);
            return Turn::Starved;
        };
        if missed > 0 {
            scene.count(due, |phase| phase.missed += missed);
        }
        if !self.buy(scene, segment, key_due).await {
            return Turn::Refused;
        }
        self.bought = Some(segment.sequence);
        if scene.terms.fetches_segments {
            let fetch_due = Instant::now();
            let fetched = till::fetch_segment(&scene.gateway, segment).await;
            scene.record(Kind::Segment, fetch_due, fetched.map_err(|refused| refused.refusal));
        }
        Turn::Bought { length: segment.duration, missed }
    }

    /// Offers a ticket. False when it is not taken: the same one is offered again next time.
    pub async fn open(&mut self, scene: &Scene, due: Instant) -> bool {
        let (watch, offers) = self.offered.take().unwrap_or_else(|| (self.tickets.ticket(&scene.order()), 0));
        let offer = OfferTicket { ticket: bytes_to_hex(watch.ticket.encode()) };
        let answer = match scene.gateway.url("/v1/sessions") {
            Ok(url) => till::fetch(scene.gateway.request(Method::POST, url).json(&offer), MAX_ANSWER_BYTES).await,
            Err(_) => return false,
        };
        let sold = answer.and_then(|body| sold(&body, &watch));
        scene.record(
            Kind::Open,
            due,
            sold.as_ref().map(|(_, bytes)| *bytes).map_err(|refused| refused.refusal.clone()),
        );
        match sold {
            Ok((price_per_tick, _)) => {
                scene.count(due, |phase| phase.sessions += 1);
                self.purse = Some(Purse::new(watch, price_per_tick, 0, 0));
                self.taken = 0;
                true
            }
            Err(_) => {
                self.offered = (offers < MAX_OFFERS).then_some((watch, offers + 1));
                false
            }
        }
    }

    async fn buy(&mut self, scene: &Scene, segment: &Segment, mut due: Instant) -> bool {
        let Some(revealed_before) = self.purse.as_ref().map(Purse::revealed) else { return false };
        for _ in 0..MAX_ASKS {
            let answer = self.ask(scene, segment).await;
            let Some(answer) = answer else {
                // The session has too few ticks left.
                self.leave(scene, Instant::now()).await;
                return false;
            };
            let kind = if self.uses_socket { Kind::SocketKey } else { Kind::Key };
            scene.record(kind, due, answer.as_ref().map(|sold| sold.bytes).map_err(|no| no.refusal.clone()));
            match answer {
                Ok(sold) => {
                    self.pocket(scene, segment, sold, due);
                    return true;
                }
                Err(refused) => match self.step(&refused, revealed_before, segment.cost_ticks) {
                    // What is asked anew is due anew.
                    Step::Again => due = Instant::now(),
                    Step::Renew => {
                        self.leave(scene, Instant::now()).await;
                        return false;
                    }
                    Step::Hold(_) | Step::GiveUp => return false,
                },
            }
        }
        false
    }

    fn step(&mut self, refused: &Refused, revealed_before: u32, cost_ticks: u32) -> Step {
        match (&refused.problem, self.purse.as_mut()) {
            (Some(problem), Some(purse)) => purse.refused(problem, revealed_before, cost_ticks),
            _ => Step::GiveUp,
        }
    }

    fn pocket(&mut self, scene: &Scene, segment: &Segment, sold: Sold, due: Instant) {
        let Some(purse) = self.purse.as_mut() else { return };
        purse.bought(segment.cost_ticks, sold.used, sold.token);
        let ticks = u64::from(purse.revealed().saturating_sub(self.taken));
        self.taken = purse.revealed();
        scene.count(due, |phase| phase.ticks += ticks);
    }

    /// Asks for a key; nothing when the session does not cover it.
    async fn ask(&mut self, scene: &Scene, segment: &Segment) -> Option<Result<Sold, Refused>> {
        let payment = self.purse.as_mut()?.pay(segment.cost_ticks).ok()??;
        let key = segment.key.as_ref()?;
        if !self.uses_socket {
            return Some(till::buy(&scene.gateway, &key.url, &payment).await);
        }
        let mut socket = match self.socket.take() {
            Some(socket) => socket,
            None => match till::connect(&scene.gateway, payment.session).await {
                Ok(socket) => socket,
                Err(refused) => return Some(Err(refused)),
            },
        };
        let answer = till::buy_by_socket(&mut socket, index_of(segment), &payment).await;
        let is_usable = answer.as_ref().err().is_none_or(|refused| refused.problem.is_some());
        self.socket = is_usable.then_some(socket);
        Some(answer)
    }

    /// Leaves the session, if there is one. A gateway that cannot be told closes it by itself.
    pub async fn leave(&mut self, scene: &Scene, due: Instant) {
        self.offered = None;
        self.bought = None;
        self.socket = None;
        let Some(mut purse) = self.purse.take() else { return };
        let session = purse.session();
        // Without a tick there is nothing that shows who leaves: the gateway closes such a session by itself.
        let shown = purse.shown().filter(|payment| payment.claim.is_some());
        let is_closed = match shown {
            Some(payment) => self.close(scene, SessionRef(session), &payment.to_string(), due).await,
            None => false,
        };
        self.left.push(Left {
            viewer: self.number,
            session,
            price_per_tick: purse.price_per_tick(),
            // A close takes the ticks that it shows.
            taken: if is_closed { purse.revealed() } else { self.taken },
            revealed: purse.revealed(),
            is_closed,
        });
    }

    async fn close(&self, scene: &Scene, session: SessionRef, payment: &str, due: Instant) -> bool {
        let Ok(url) = scene.gateway.url(&format!("/v1/sessions/{session}/close")) else { return false };
        let request = scene.gateway.request(Method::POST, url).header(AUTHORIZATION, payment);
        let closed = till::fetch(request, MAX_ANSWER_BYTES).await;
        let is_closed = closed.is_ok();
        scene.record(Kind::Close, due, closed.map(|body| body.len()).map_err(|refused| refused.refusal));
        is_closed
    }
}

/// A key's index is the last part of its address.
fn index_of(segment: &Segment) -> u64 {
    let path = segment.key.as_ref().and_then(|key| key.url.path_segments()?.next_back()?.parse().ok());
    path.unwrap_or(segment.sequence)
}

/// Checks that what was sold is what was ordered; its price, and the answer's length.
fn sold(body: &[u8], watch: &Watch) -> Result<(Balance, usize), Refused> {
    let strange = |code: &str| Refused { refusal: Refusal { status: 0, code: code.into() }, problem: None };
    let view: SessionView = serde_json::from_slice(body).map_err(|_| strange("broken-answer"))?;
    let ticket = &watch.ticket.ticket;
    let is_ours = view.session == SessionRef(watch.session)
        && view.max_ticks == ticket.max_ticks
        && view.price_per_tick.0 <= ticket.price_per_tick;
    if is_ours {
        Ok((view.price_per_tick.0, body.len()))
    } else {
        Err(strange("other-session"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_due_works() {
        let due = Instant::now();
        let length = Duration::from_secs(2);
        assert_eq!(Turn::Bought { length, missed: 0 }.next_due(due), due + length, "by the stream's clock");
        assert_eq!(Turn::Bought { length, missed: 3 }.next_due(due), due + 4 * length, "what is gone was due as well");
        assert_eq!(Turn::Refused.next_due(due), due + TRY_AGAIN);
        assert_eq!(Turn::Starved.next_due(due), due + LOOK_AGAIN);
        assert!(Turn::Bought { length, missed: u64::MAX - 1 }.next_due(due) > due);
    }

    #[test]
    fn index_of_works() {
        let key =
            crate::player::playlist::KeyRef { url: "http://h/v1/streams/3/keys/77?x=1".parse().unwrap(), iv: [0; 16] };
        let segment = Segment {
            sequence: 5,
            url: "http://h/5.m4s".parse().unwrap(),
            init: None,
            key: Some(key),
            duration: Duration::from_secs(2),
            cost_ticks: 2,
            filmed_at: None,
            is_gap: false,
        };
        assert_eq!(index_of(&segment), 77);
        assert_eq!(index_of(&Segment { key: None, ..segment }), 5);
    }
}
