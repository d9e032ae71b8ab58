//! A room with its sockets.

use super::{error::ChatError, room::Room};
use axum::extract::ws::Utf8Bytes;
use parking_lot::Mutex;
use std::{
    collections::{HashMap, HashSet},
    sync::{
        atomic::{AtomicU32, AtomicU64, Ordering},
        Arc,
    },
};
use tick_stream_primitives::{AccountId, Moment, StreamId};
use tokio::sync::broadcast;
use vilokanam_paywall::{IpPrefix, Paywall};
use vilokanam_wire::chat::ToChatter;

/// Sockets of one room.
pub const MAX_SOCKETS: u32 = 20_000;
/// Batches that a socket may be behind before it is closed: a reader that is six seconds late is too slow.
const MAX_BEHIND: usize = 64;
/// How long the accounts that pay are remembered, in milliseconds.
const PAYERS_FOR_MS: u64 = 2_000;

/// What is sent to the sockets of a room. Cheap to clone: the text is shared.
#[derive(Clone, Debug)]
pub enum Fanout {
    /// To everybody.
    All(Utf8Bytes),
    /// To the sockets of one person.
    One(AccountId, Utf8Bytes),
    /// The sockets of this person are to be welcomed again.
    Again(AccountId),
    /// The gateway ends.
    Closed,
}

/// Accounts that pay for a stream, as they were a moment ago.
#[derive(Default)]
struct Payers {
    read_at: Moment,
    accounts: Arc<HashSet<AccountId>>,
}

/// A room that is in memory.
pub struct OpenRoom {
    pub stream: StreamId,
    /// Rules and last messages. Never locked across an await.
    pub state: Mutex<Room>,
    /// Held while settings are stored, so that they change one after the other.
    pub changing: tokio::sync::Mutex<()>,
    sender: broadcast::Sender<Fanout>,
    sockets: AtomicU32,
    /// The number of sockets that was announced last.
    announced: AtomicU32,
    used_at: AtomicU64,
    payers: Mutex<Payers>,
}

impl OpenRoom {
    pub fn new(stream: StreamId, room: Room) -> Self {
        Self {
            stream,
            state: Mutex::new(room),
            changing: tokio::sync::Mutex::default(),
            sender: broadcast::Sender::new(MAX_BEHIND),
            sockets: AtomicU32::new(0),
            announced: AtomicU32::new(0),
            used_at: AtomicU64::new(0),
            payers: Mutex::default(),
        }
    }

    /// Returns the number of open sockets.
    pub fn people(&self) -> u32 {
        self.sockets.load(Ordering::Relaxed)
    }

    pub fn note_used(&self, now: Moment) {
        self.used_at.store(now, Ordering::Relaxed);
    }

    pub fn used_at(&self) -> Moment {
        self.used_at.load(Ordering::Relaxed)
    }

    /// Sends something to every socket, serialised once.
    pub fn send(&self, message: &ToChatter) {
        if self.sender.receiver_count() > 0 {
            if let Some(text) = text_of(message) {
                // Fails if the last socket has just closed.
                let _ = self.sender.send(Fanout::All(text));
            }
        }
    }

    /// Sends something to the sockets of one person.
    pub fn send_to(&self, person: &AccountId, message: &ToChatter) {
        if let Some(text) = text_of(message) {
            let _ = self.sender.send(Fanout::One(person.clone(), text));
        }
    }

    /// Has the sockets of one person welcomed again, because the person's rights have changed.
    pub fn welcome_again(&self, person: &AccountId) {
        let _ = self.sender.send(Fanout::Again(person.clone()));
    }

    /// Has every socket closed.
    pub fn close(&self) {
        let _ = self.sender.send(Fanout::Closed);
    }

    /// Sends what has changed.
    pub fn flush(&self) {
        let news = self.state.lock().take_news();
        news.iter().for_each(|news| self.send(news));
    }

    /// Sends the number of sockets if it has changed.
    pub fn announce_people(&self) {
        let people = self.people();
        if self.announced.swap(people, Ordering::Relaxed) != people {
            self.send(&ToChatter::People { people });
        }
    }

    /// Returns the accounts that pay for the stream now, or did two seconds ago.
    pub fn payers(&self, paywall: &Paywall, now: Moment) -> Arc<HashSet<AccountId>> {
        let mut payers = self.payers.lock();
        if now.saturating_sub(payers.read_at) >= PAYERS_FOR_MS {
            *payers = Payers { read_at: now, accounts: Arc::new(paywall.payers_of(self.stream)) };
        }
        payers.accounts.clone()
    }
}

/// Sockets by network.
pub type Networks = Arc<Mutex<HashMap<IpPrefix, u32>>>;

/// A place of a socket in a room, given back when dropped.
pub struct Seat {
    pub room: Arc<OpenRoom>,
    pub network: IpPrefix,
    networks: Networks,
    /// What is sent to the room from now on.
    pub fanout: broadcast::Receiver<Fanout>,
}

impl Seat {
    /// Takes a place, of which a network has at most `most_of_network` in all rooms.
    pub fn take(
        room: Arc<OpenRoom>,
        (networks, most_of_network): (&Networks, u32),
        network: IpPrefix,
    ) -> Result<Self, ChatError> {
        {
            let mut networks = networks.lock();
            let of_network = networks.entry(network).or_default();
            if *of_network >= most_of_network {
                return Err(ChatError::TooManySockets("Your network"));
            }
            *of_network += 1;
        }
        let fanout = room.sender.subscribe();
        let others = room.sockets.fetch_add(1, Ordering::Relaxed);
        let seat = Self { room, network, networks: networks.clone(), fanout };
        match others < MAX_SOCKETS {
            true => Ok(seat),
            false => Err(ChatError::TooManySockets("This gateway")),
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.room.sockets.fetch_sub(1, Ordering::Relaxed);
        let mut networks = self.networks.lock();
        if let Some(sockets) = networks.get_mut(&self.network) {
            *sockets = sockets.saturating_sub(1);
            if *sockets == 0 {
                networks.remove(&self.network);
            }
        }
    }
}

/// Serialises a message. One that cannot be is logged; there is no such message.
pub fn text_of(message: &ToChatter) -> Option<Utf8Bytes> {
    let text = serde_json::to_string(message);
    text.map(Utf8Bytes::from).inspect_err(|error| tracing::error!(%error, "a chat message cannot be written")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::room::Beginning;
    use std::net::IpAddr;
    use vilokanam_wire::chat::ChatMode;

    fn room() -> Arc<OpenRoom> {
        Arc::new(OpenRoom::new(7, Room::new(AccountId::new([1; 32]), Beginning::default())))
    }

    fn network(last: u8) -> IpPrefix {
        IpPrefix::of(IpAddr::from([10, 0, last, 1]))
    }

    #[test]
    fn sockets_of_one_network_are_limited() {
        let (room, networks) = (room(), Networks::default());
        let take = |last| Seat::take(room.clone(), (&networks, 2), network(last));
        let seats = [take(1), take(1)];
        assert!(seats.iter().all(Result::is_ok));
        assert!(matches!(take(1), Err(ChatError::TooManySockets("Your network"))));
        assert!(take(2).is_ok(), "another network");
        assert_eq!(room.people(), 2);
        drop(seats);
        assert_eq!((room.people(), networks.lock().len()), (0, 0));
        assert!(take(1).is_ok());
    }

    #[tokio::test]
    async fn all_sockets_receive_the_same_bytes() {
        let (room, networks) = (room(), Networks::default());
        let seat = || Seat::take(room.clone(), (&networks, 10), network(1)).unwrap();
        let (mut one, mut other) = (seat(), seat());
        room.state.lock().set_mode(ChatMode { slow_s: 9, ..ChatMode::default() });
        room.flush();
        let (Ok(Fanout::All(first)), Ok(Fanout::All(second))) = (one.fanout.recv().await, other.fanout.recv().await)
        else {
            panic!("a message for everybody was expected");
        };
        assert_eq!(first.as_str().as_ptr(), second.as_str().as_ptr(), "the text is shared");
        assert!(first.contains("\"slow_s\":9"));
    }

    #[tokio::test]
    async fn slow_reader_is_told_apart() {
        let (room, networks) = (room(), Networks::default());
        let mut slow = Seat::take(room.clone(), (&networks, 10), network(1)).unwrap();
        (0..=MAX_BEHIND).for_each(|_| room.send(&ToChatter::People { people: 1 }));
        assert!(matches!(slow.fanout.recv().await, Err(broadcast::error::RecvError::Lagged(_))));
    }
}
