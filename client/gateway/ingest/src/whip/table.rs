//! Finds the session of a datagram: all sessions share one UDP port.
//!
//! A connectivity check names its session by the user name that the session's answer stated. Everything else belongs to
//! the session whose checks came from the same address.

use parking_lot::Mutex;
use std::{collections::HashMap, net::SocketAddr};
use str0m::ice::StunMessage;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Maximum number of addresses of a session. Browsers check each of their interfaces; the oldest is forgotten.
const MAX_ADDRESSES: usize = 16;
/// Highest first byte of a STUN message.
const MAX_STUN_BYTE: u8 = 3;

/// A datagram for a session.
#[derive(Debug)]
pub(super) struct Datagram {
    pub from: SocketAddr,
    pub bytes: Vec<u8>,
}

/// What the table knows of a session.
#[derive(Debug)]
pub(super) struct Entry {
    /// Name of the session in its URL, which cannot be guessed.
    pub id: String,
    pub stream: u64,
    pub datagrams: mpsc::Sender<Datagram>,
    /// Ends the session.
    pub close: CancellationToken,
}

/// Sessions, by the user name of ICE.
#[derive(Debug, Default)]
pub(super) struct Table(Mutex<Sessions>);

#[derive(Debug, Default)]
struct Sessions {
    by_user: HashMap<String, (Entry, Vec<SocketAddr>)>,
    by_address: HashMap<SocketAddr, String>,
}

impl Table {
    /// Adds a session, unless there are `max` in all or `max_of_stream` of its stream. Returns whether it was added.
    #[must_use]
    pub fn add(&self, user: String, entry: Entry, max: usize, max_of_stream: usize) -> bool {
        let mut sessions = self.0.lock();
        let of_stream = sessions.by_user.values().filter(|(other, _)| other.stream == entry.stream).count();
        if sessions.by_user.len() >= max || of_stream >= max_of_stream {
            return false;
        }
        sessions.by_user.insert(user, (entry, Vec::new()));
        true
    }

    pub fn remove(&self, user: &str) {
        let mut sessions = self.0.lock();
        if let Some((_, addresses)) = sessions.by_user.remove(user) {
            for address in addresses {
                sessions.forget(address, user);
            }
        }
    }

    /// Ends a session of a stream by its id. Returns whether there was one.
    pub fn close(&self, stream: u64, id: &str) -> bool {
        let sessions = self.0.lock();
        let entry = sessions.by_user.values().find(|(entry, _)| entry.stream == stream && entry.id == id);
        entry.inspect(|(entry, _)| entry.close.cancel()).is_some()
    }

    /// Whether a stream has a session with this id.
    pub fn has(&self, stream: u64, id: &str) -> bool {
        self.0.lock().by_user.values().any(|(entry, _)| entry.stream == stream && entry.id == id)
    }

    /// Passes a datagram on to its session. Datagrams of no session are dropped, and those of one that is busy.
    pub fn deliver(&self, from: SocketAddr, bytes: &[u8]) {
        let datagrams = self.0.lock().find(from, bytes);
        if let Some(datagrams) = datagrams {
            // As a network that is busy, a session that is busy loses datagrams.
            let _ = datagrams.try_send(Datagram { from, bytes: bytes.to_vec() });
        }
    }
}

impl Sessions {
    fn find(&mut self, from: SocketAddr, bytes: &[u8]) -> Option<mpsc::Sender<Datagram>> {
        if let Some(user) = user_of(bytes) {
            let (entry, addresses) = self.by_user.get_mut(&user)?;
            let datagrams = entry.datagrams.clone();
            if !addresses.contains(&from) {
                addresses.push(from);
                let oldest = if addresses.len() > MAX_ADDRESSES { Some(addresses.remove(0)) } else { None };
                if let Some(oldest) = oldest {
                    self.forget(oldest, &user);
                }
            }
            self.by_address.insert(from, user);
            return Some(datagrams);
        }
        let user = self.by_address.get(&from)?;
        self.by_user.get(user).map(|(entry, _)| entry.datagrams.clone())
    }

    /// Forgets an address of a session, unless another session has taken it over.
    fn forget(&mut self, address: SocketAddr, user: &str) {
        if self.by_address.get(&address).is_some_and(|owner| owner == user) {
            self.by_address.remove(&address);
        }
    }
}

/// User name of the receiver of a connectivity check.
fn user_of(bytes: &[u8]) -> Option<String> {
    bytes.first().filter(|first| **first <= MAX_STUN_BYTE)?;
    let message = StunMessage::parse(bytes).ok()?;
    if !message.is_binding_request() {
        return None;
    }
    message.split_username().map(|(user, _)| user.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A check as the table reads it, which does not know the password.
    fn check(user: &str) -> Vec<u8> {
        let attribute = |kind: u8, value: &[u8]| {
            let length = u16::try_from(value.len()).unwrap().to_be_bytes();
            let padding = vec![0; (4 - value.len() % 4) % 4];
            [&[0, kind][..], &length[..], value, &padding[..]].concat()
        };
        let name = attribute(0x06, format!("{user}:them").as_bytes());
        let attributes = [name, attribute(0x24, &[0; 4]), attribute(0x08, &[0; 20])].concat();
        let length = u16::try_from(attributes.len()).unwrap().to_be_bytes();
        [&[0, 1][..], &length[..], &[0x21, 0x12, 0xa4, 0x42][..], &[7; 12][..], &attributes[..]].concat()
    }

    fn entry(stream: u64) -> (Entry, mpsc::Receiver<Datagram>) {
        let (datagrams, received) = mpsc::channel(4);
        (Entry { id: format!("id-{stream}"), stream, datagrams, close: CancellationToken::new() }, received)
    }

    fn address(port: u16) -> SocketAddr {
        ([192, 0, 2, 1], port).into()
    }

    #[test]
    fn datagrams_go_to_the_session_that_their_address_was_checked_for() {
        let table = Table::default();
        let ((one, mut of_one), (two, mut of_two)) = (entry(1), entry(2));
        assert!(table.add("one".into(), one, 8, 2) && table.add("two".into(), two, 8, 2));
        table.deliver(address(1), b"\x80media");
        table.deliver(address(1), &check("nobody"));
        assert!(of_one.try_recv().is_err() && of_two.try_recv().is_err(), "no session has this address");
        table.deliver(address(1), &check("one"));
        table.deliver(address(2), &check("two"));
        table.deliver(address(1), b"\x80media");
        assert_eq!(of_one.try_recv().unwrap().bytes, check("one"));
        assert_eq!(of_one.try_recv().unwrap().bytes, b"\x80media");
        assert_eq!(of_two.try_recv().unwrap().from, address(2));
        // A new session from the same address takes it over, and keeps it when the old one ends.
        table.deliver(address(1), &check("two"));
        table.remove("one");
        table.deliver(address(1), b"\x80more");
        of_two.try_recv().unwrap();
        assert_eq!(of_two.try_recv().unwrap().bytes, b"\x80more");
    }

    #[test]
    fn addresses_of_a_session_are_bounded() {
        let table = Table::default();
        let (one, _received) = entry(1);
        assert!(table.add("one".into(), one, 8, 2));
        for port in 1..1_000 {
            table.deliver(address(port), &check("one"));
        }
        assert_eq!(table.0.lock().by_address.len(), MAX_ADDRESSES);
        table.remove("one");
        assert_eq!(table.0.lock().by_address.len(), 0);
    }

    #[test]
    fn sessions_are_bounded_in_all_and_by_stream() {
        let table = Table::default();
        assert!(table.add("a".into(), entry(1).0, 3, 2));
        assert!(table.add("b".into(), entry(1).0, 3, 2));
        assert!(!table.add("c".into(), entry(1).0, 3, 2), "two of the stream");
        assert!(table.add("d".into(), entry(2).0, 3, 2));
        assert!(!table.add("e".into(), entry(3).0, 3, 2), "three in all");
        assert!(table.close(1, "id-1") && !table.close(2, "id-1"));
        assert!(table.has(2, "id-2") && !table.has(2, "id-1"));
    }
}
