//! Number of connections, in all and by address.
//!
//! Only connections that have not published a stream yet are counted: a studio may have any number of encoders behind
//! one address, and the number of publishers has a limit of its own.

use crate::{address::network, config::RtmpConfig};
use parking_lot::Mutex;
use std::{collections::HashMap, net::IpAddr, sync::Arc};

/// Connections without a publisher. The table is bounded by their number.
#[derive(Clone, Debug, Default)]
pub(super) struct Connections(Arc<Mutex<HashMap<IpAddr, usize>>>);

impl Connections {
    /// Counts another connection. `None` if a limit is reached.
    pub fn add(&self, peer: IpAddr, config: &RtmpConfig) -> Option<Connection> {
        let mut counts = self.0.lock();
        let address = network(peer);
        let all: usize = counts.values().sum();
        let from_address = counts.get(&address).copied().unwrap_or(0);
        if all >= config.max_connections || from_address >= config.max_connections_per_ip {
            return None;
        }
        counts.insert(address, from_address + 1);
        Some(Connection { all: self.clone(), peer, is_counted: true })
    }
}

/// A connection. It is counted until it is admitted or dropped.
#[derive(Debug)]
pub(super) struct Connection {
    all: Connections,
    peer: IpAddr,
    is_counted: bool,
}

impl Connection {
    /// Address of the peer.
    pub fn peer(&self) -> IpAddr {
        self.peer
    }

    /// Makes room for another connection, because this one has published a stream with a valid key.
    pub fn admit(&mut self) {
        if !std::mem::take(&mut self.is_counted) {
            return;
        }
        let address = network(self.peer);
        let mut counts = self.all.0.lock();
        if let Some(count) = counts.get_mut(&address) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                counts.remove(&address);
            }
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.admit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_are_limited_until_one_ends_or_publishes() {
        let config = RtmpConfig { max_connections: 3, max_connections_per_ip: 2, ..RtmpConfig::default() };
        let connections = Connections::default();
        let (one, two) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        let first = connections.add(one, &config).unwrap();
        let mut second = connections.add(one, &config).unwrap();
        assert!(connections.add(one, &config).is_none(), "two from one address");
        let _third = connections.add(two, &config).unwrap();
        assert!(connections.add(two, &config).is_none(), "three in all");
        drop(first);
        let _fourth = connections.add(two, &config).unwrap();
        assert!(connections.add(one, &config).is_none());
        second.admit();
        let _fifth = connections.add(one, &config).unwrap();
        drop(second);
        assert!(connections.add(one, &config).is_none(), "a publisher is counted once");
    }
}
