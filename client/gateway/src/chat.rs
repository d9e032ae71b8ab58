//! Chat beside streams: rooms in memory, their sockets, and the storing of messages.
//!
//! ```text
//!   say ──► admit ──► facts ──► Room ──► every 100 ms: one text, shared by all sockets of the room
//!           (rates,   (badges,    │
//!            words)    follows)   └────► Writer ──► database, within a second
//! ```
//!
//! A room is opened when somebody comes in, and closed five minutes after the last one has left. The rules are in [`room`], which
//! knows neither sockets nor storage. Rooms belong to one process: replicas that share a database share history, settings and bans,
//! but what is written at one is seen at the others when they open the room anew. An operator with replicas sends the chat of a
//! stream to one of them.
//!
//! | module | its job |
//! | --- | --- |
//! | [`room`] | the rules of one room |
//! | [`open`] | a room with its sockets |
//! | [`actions`] | what people do: say, delete, time out, ban, pin, change settings |
//! | [`records`] | rows of the database, and the messages that they stand for |
//! | [`tips`] | tips, from the followers of the chain to the rooms |
//! | [`show_tips`] | tips as messages |
//! | [`recent_tips`] | tips that are not final |
//! | [`replay`] | places of messages in recordings |
//! | [`writer`] | storing messages |
//! | [`numbers`] | numbers of messages |
//! | [`pace`] | how often something may happen |

mod actions;
mod error;
mod numbers;
mod open;
mod pace;
mod recent_tips;
mod records;
mod replay;
mod room;
mod show_tips;
mod tips;
mod writer;

pub use error::ChatError;
pub use open::{text_of, Fanout, OpenRoom, Seat};
pub use pace::{Pace, Paces, Rate};
pub use replay::RecordingClock;
pub use room::Speaker;
pub use tips::{TipChange, TipFeed};
pub use writer::Writer;

use crate::{lifetime::Lifetime, moderation::Moderation, people::People, stream_rules::StreamRules};
use numbers::Numbers;
use open::Networks;
use parking_lot::Mutex;
use recent_tips::RecentTips;
use room::Room;
use std::{collections::HashMap, sync::Arc, time::Duration};
use tick_stream_primitives::{clock::now_ms, AccountId, Moment, StreamId};
use tokio::sync::mpsc;
use vilokanam_indexer::{people::MAX_CHAT_MESSAGES, Store};
use vilokanam_paywall::{IpPrefix, Paywall};
use vilokanam_wire::{
    auth::SignedBy,
    chat::{ChatMessage, ChatMode, ChatWelcome, MessageId, MAX_CHAT_MODERATORS},
    scalars::rfc3339,
};
use writer::Write;

/// Interval at which new messages are sent.
const SEND_EVERY: Duration = Duration::from_millis(100);
/// Interval at which the number of people is sent, in milliseconds.
const PEOPLE_EVERY_MS: u64 = 10_000;
/// Interval at which rooms are looked through for what can be forgotten, in milliseconds.
const FORGET_EVERY_MS: u64 = 60_000;
/// How long a room stays in memory when nobody is in it, in milliseconds.
const IDLE_MS: u64 = 300_000;
/// Rooms in memory.
const MAX_ROOMS: usize = 10_000;
/// How often one network may act: many people may share one, as in a hall.
const NETWORK_RATE: Rate = Rate { every_ms: 25, burst: 100 };
/// Networks whose pace is remembered.
const MAX_NETWORKS: usize = 100_000;

/// What chat works on.
pub struct ChatParts {
    pub index: Store,
    pub people: Arc<People>,
    pub moderation: Arc<Moderation>,
    pub paywall: Arc<Paywall>,
    pub rules: Arc<StreamRules>,
    /// Sockets that one network may have in all rooms.
    pub sockets_per_network: u32,
}

/// The rooms of all streams.
pub struct ChatRooms {
    parts: ChatParts,
    rooms: Mutex<HashMap<StreamId, Arc<OpenRoom>>>,
    /// Held while a room is read from the database, so that a crowd that comes in reads it once.
    opening: tokio::sync::Mutex<()>,
    networks: Networks,
    paces: Mutex<Paces<IpPrefix>>,
    numbers: Numbers,
    writes: mpsc::Sender<Write>,
    tips: Mutex<RecentTips>,
}

impl Speaker {
    /// Somebody who has signed in.
    pub fn new(account: AccountId, by: SignedBy, is_gateway_moderator: bool) -> Self {
        let (is_wallet, is_guest) = (by == SignedBy::Wallet, by == SignedBy::Guest);
        Self { account, is_wallet, is_guest, is_gateway_moderator }
    }
}

impl ChatRooms {
    /// Rooms of which none is open, and the task that stores their messages.
    pub fn new(parts: ChatParts) -> (Arc<Self>, Writer) {
        let (writes, writer) = Writer::new(parts.index.clone());
        let rooms = Self {
            parts,
            rooms: Mutex::default(),
            opening: tokio::sync::Mutex::default(),
            networks: Networks::default(),
            paces: Mutex::new(Paces::new(NETWORK_RATE, MAX_NETWORKS)),
            numbers: Numbers::default(),
            writes,
            tips: Mutex::default(),
        };
        (Arc::new(rooms), writer)
    }

    /// Sends what is new, shows tips, and forgets what nobody uses, until the gateway stops. Closes the sockets when it drains.
    pub async fn keep(self: Arc<Self>, mut tips: mpsc::Receiver<TipChange>, lifetime: Lifetime) {
        let mut tick = tokio::time::interval(SEND_EVERY);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let shows = async {
            while let Some(change) = tips.recv().await {
                self.show_tip(change).await;
            }
        };
        let closes = async {
            lifetime.drain.cancelled().await;
            self.each_room(OpenRoom::close);
            std::future::pending().await
        };
        let sends = async {
            let (mut people_at, mut forgotten_at) = (now_ms(), now_ms());
            loop {
                tick.tick().await;
                let now = now_ms();
                self.each_room(OpenRoom::flush);
                if now.saturating_sub(people_at) >= PEOPLE_EVERY_MS {
                    people_at = now;
                    self.each_room(OpenRoom::announce_people);
                }
                if now.saturating_sub(forgotten_at) >= FORGET_EVERY_MS {
                    forgotten_at = now;
                    self.forget_idle(now);
                }
            }
        };
        tokio::select! {
            () = lifetime.stop.cancelled() => {}
            () = shows => {}
            () = sends => {}
            () = closes => {}
        }
    }

    /// Returns the room of a stream, and opens it if it is not open.
    ///
    /// # Errors
    ///
    /// The stream is unknown or not served, or the records cannot be read.
    pub async fn room(&self, stream: StreamId) -> Result<Arc<OpenRoom>, ChatError> {
        self.parts.rules.check_served(stream)?;
        if let Some(room) = self.loaded(stream) {
            return Ok(room);
        }
        let _opening = self.opening.lock().await;
        if let Some(room) = self.loaded(stream) {
            return Ok(room);
        }
        let now = now_ms();
        if self.rooms.lock().len() >= MAX_ROOMS {
            self.forget_idle(now);
        }
        let room = Arc::new(self.open(stream, now).await?);
        room.note_used(now);
        let mut rooms = self.rooms.lock();
        if rooms.len() >= MAX_ROOMS {
            return Err(ChatError::Busy);
        }
        rooms.insert(stream, room.clone());
        Ok(room)
    }

    /// Returns the room of a stream if it is open.
    fn loaded(&self, stream: StreamId) -> Option<Arc<OpenRoom>> {
        let room = self.rooms.lock().get(&stream).cloned()?;
        room.note_used(now_ms());
        Some(room)
    }

    async fn open(&self, stream: StreamId, now: Moment) -> Result<OpenRoom, ChatError> {
        let index = &self.parts.index;
        let found = index.stream(stream).await.map_err(ChatError::failed)?;
        let creator = found.ok_or(ChatError::NoStream(stream))?.value.creator;
        let settings = self.settings_of(stream).await?;
        let pinned = settings.pinned.into_iter().collect::<Vec<_>>();
        let pinned = index.chat_messages(&pinned).await.map_err(ChatError::failed)?;
        let mut rows = index.chat_history(stream, None, MAX_CHAT_MESSAGES).await.map_err(ChatError::failed)?;
        rows.reverse();
        let bans = index.chat_bans(stream, now).await.map_err(ChatError::failed)?;
        let moderators = index.chat_moderators(stream, MAX_CHAT_MODERATORS).await.map_err(ChatError::failed)?;
        let beginning = room::Beginning {
            mode: settings.mode,
            blocked_words: settings.blocked_words,
            moderators: moderators.into_iter().collect(),
            restricted: bans.into_iter().map(|ban| (ban.person, ban.until)).collect(),
            pinned: self.messages_of(pinned).await?.into_iter().next(),
            history: self.messages_of(rows).await?,
        };
        let room = OpenRoom::new(stream, Room::new(creator, beginning));
        self.show_recent_tips(&room).await?;
        Ok(room)
    }

    /// Takes a place for a socket.
    ///
    /// # Errors
    ///
    /// The room cannot be opened, or it or the network has too many sockets.
    pub async fn join(&self, stream: StreamId, network: IpPrefix) -> Result<Seat, ChatError> {
        let room = self.room(stream).await?;
        Seat::take(room, (&self.networks, self.parts.sockets_per_network), network)
    }

    /// Returns the state of a room for one client.
    ///
    /// # Errors
    ///
    /// The records cannot be read.
    pub async fn welcome(&self, room: &OpenRoom, speaker: Option<&Speaker>) -> Result<ChatWelcome, ChatError> {
        let me = match speaker {
            Some(speaker) => Some(self.person(&speaker.account).await?),
            None => None,
        };
        let is_blocked = |speaker: &Speaker| self.parts.moderation.check_may_speak(&speaker.account).is_err();
        let state = room.state.lock();
        let restriction = speaker.and_then(|speaker| state.restriction(&speaker.account, now_ms()));
        let can_moderate = speaker.is_some_and(|speaker| state.can_moderate(speaker));
        Ok(ChatWelcome {
            me,
            mode: state.mode(),
            pinned: state.pinned().cloned(),
            messages: state.last_messages(),
            can_say: speaker.is_some_and(|speaker| !is_blocked(speaker)) && (restriction.is_none() || can_moderate),
            can_moderate,
            restricted_until: restriction.map(|until| rfc3339(until.unwrap_or(Moment::MAX))),
            is_banned: restriction == Some(None),
            people: room.people(),
        })
    }

    /// Deletes a message of a stream's chat, of which the caller has checked that it may go.
    ///
    /// # Errors
    ///
    /// Too much waits to be stored.
    pub async fn delete(&self, stream: StreamId, id: u64) -> Result<(), ChatError> {
        self.remove(stream, &[MessageId(id)])
    }

    /// Deletes the messages of a person that are in memory. The caller deletes those in the database.
    pub fn forget_person(&self, person: &AccountId) {
        self.each_room(|room| {
            let ids = room.state.lock().messages_of(person);
            if let Err(error) = self.remove(room.stream, &ids) {
                tracing::warn!(%error, stream = room.stream, "messages of a person stay in the chat until it is opened anew");
            }
        });
    }

    fn each_room(&self, visit: impl Fn(&OpenRoom)) {
        let rooms: Vec<Arc<OpenRoom>> = self.rooms.lock().values().cloned().collect();
        rooms.iter().for_each(|room| visit(room));
    }

    /// Closes rooms that nobody has used for a while. A room that somebody holds stays, so that no stream has two.
    fn forget_idle(&self, now: Moment) {
        self.each_room(|room| room.state.lock().forget_old(now));
        let is_idle = |room: &OpenRoom| room.people() == 0 && now.saturating_sub(room.used_at()) >= IDLE_MS;
        self.rooms.lock().retain(|_, room| Arc::strong_count(room) > 1 || !is_idle(room));
    }
}

/// Settings of a stream's chat, as they are kept.
#[derive(Clone, Debug, Default)]
struct Kept {
    mode: ChatMode,
    blocked_words: Vec<String>,
    /// Number of the pinned message.
    pinned: Option<u64>,
}

/// What was done, for the one who did it.
pub type Done = Option<ChatMessage>;
