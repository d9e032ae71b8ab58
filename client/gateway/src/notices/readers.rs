//! Sockets of people who have a page open.

use parking_lot::Mutex;
use std::{collections::HashMap, sync::Arc};
use tick_stream_primitives::AccountId;
use tokio::sync::broadcast;
use vilokanam_paywall::IpPrefix;
use vilokanam_wire::notices::Notice;

/// Sockets in all.
const MAX_SOCKETS: usize = 20_000;
/// Sockets of one person.
const MAX_SOCKETS_OF_PERSON: usize = 20;
/// Sockets of one network.
const MAX_SOCKETS_OF_NETWORK: usize = 200;
/// News that wait for one socket. Who is slower misses some; the list has them.
const MAX_WAITING: usize = 32;

/// Something for the sockets of a person.
#[derive(Clone, Debug)]
pub enum News {
    /// There is a new notice.
    Notice(Arc<Notice>),
    /// The number of unread notices has changed.
    Unread,
}

/// The people who have sockets.
#[derive(Default)]
pub struct Readers(Mutex<Open>);

#[derive(Default)]
struct Open {
    people: HashMap<AccountId, Person>,
    networks: HashMap<IpPrefix, usize>,
    sockets: usize,
}

struct Person {
    news: broadcast::Sender<News>,
    sockets: usize,
}

/// A place of a socket, given back when dropped.
pub struct Seat {
    readers: Arc<Readers>,
    person: AccountId,
    network: IpPrefix,
    /// News of the person.
    pub news: broadcast::Receiver<News>,
}

impl Readers {
    /// Returns a place for a socket of a person, unless there are as many as allowed.
    pub fn enter(self: &Arc<Self>, person: &AccountId, network: IpPrefix) -> Option<Seat> {
        let mut open = self.0.lock();
        let of_network = open.networks.get(&network).copied().unwrap_or(0);
        let of_person = open.people.get(person).map_or(0, |person| person.sockets);
        let is_full =
            open.sockets >= MAX_SOCKETS || of_network >= MAX_SOCKETS_OF_NETWORK || of_person >= MAX_SOCKETS_OF_PERSON;
        if is_full {
            return None;
        }
        open.sockets += 1;
        *open.networks.entry(network).or_default() += 1;
        let new = || Person { news: broadcast::channel(MAX_WAITING).0, sockets: 0 };
        let entry = open.people.entry(person.clone()).or_insert_with(new);
        entry.sockets += 1;
        let news = entry.news.subscribe();
        Some(Seat { readers: self.clone(), person: person.clone(), network, news })
    }

    /// Sends news to the sockets of a person, if there are any.
    pub fn send(&self, person: &AccountId, news: News) {
        if let Some(person) = self.0.lock().people.get(person) {
            // Without a receiver there is nobody to miss it.
            let _ = person.news.send(news);
        }
    }

    /// Returns whether nobody has a socket.
    pub fn is_empty(&self) -> bool {
        self.0.lock().sockets == 0
    }

    /// Returns whether a person has a socket.
    pub fn has(&self, person: &AccountId) -> bool {
        self.0.lock().people.contains_key(person)
    }

    fn leave(&self, person: &AccountId, network: &IpPrefix) {
        let mut open = self.0.lock();
        open.sockets = open.sockets.saturating_sub(1);
        if let Some(sockets) = open.networks.get_mut(network) {
            *sockets = sockets.saturating_sub(1);
            if *sockets == 0 {
                open.networks.remove(network);
            }
        }
        if let Some(entry) = open.people.get_mut(person) {
            entry.sockets = entry.sockets.saturating_sub(1);
            if entry.sockets == 0 {
                open.people.remove(person);
            }
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.readers.leave(&self.person, &self.network);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{IpAddr, Ipv4Addr};

    fn person(byte: u8) -> AccountId {
        AccountId::new([byte; 32])
    }

    fn network(byte: u8) -> IpPrefix {
        IpPrefix::of(IpAddr::V4(Ipv4Addr::new(10, byte, 0, 1)))
    }

    #[test]
    fn news_reach_the_sockets_of_their_person_only() {
        let readers = Arc::new(Readers::default());
        let mut mine = readers.enter(&person(1), network(1)).unwrap();
        let mut others = readers.enter(&person(2), network(1)).unwrap();
        readers.send(&person(1), News::Unread);
        readers.send(&person(3), News::Unread);
        assert!(matches!(mine.news.try_recv(), Ok(News::Unread)));
        assert!(others.news.try_recv().is_err());
    }

    #[test]
    fn sockets_of_a_person_and_of_a_network_are_limited_and_places_are_given_back() {
        let readers = Arc::new(Readers::default());
        let mut seats: Vec<Seat> =
            (0..MAX_SOCKETS_OF_PERSON).map(|_| readers.enter(&person(1), network(1)).unwrap()).collect();
        assert!(readers.enter(&person(1), network(2)).is_none(), "of the person");
        for number in MAX_SOCKETS_OF_PERSON..MAX_SOCKETS_OF_NETWORK {
            let other = AccountId::new([u8::try_from(number % 200 + 2).unwrap(); 32]);
            seats.push(readers.enter(&other, network(1)).unwrap());
        }
        assert!(readers.enter(&person(1), network(1)).is_none() && readers.enter(&person(255), network(1)).is_none());
        drop(seats);
        assert!(readers.is_empty() && !readers.has(&person(1)));
        assert!(readers.enter(&person(1), network(1)).is_some());
        assert!(readers.0.lock().networks.is_empty(), "nothing is left behind");
    }
}
