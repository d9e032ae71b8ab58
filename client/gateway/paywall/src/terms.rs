//! What the gateway knows of the chain: what streams cost, how high the chain is, how sure a fact is.

use parking_lot::RwLock;
use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::atomic::{AtomicU32, AtomicU64, Ordering},
};
use tick_stream_primitives::{Announced, Balance, BlockNumber, Moment, Stream, StreamId, StreamStatus};

/// How sure a fact of the chain is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Seen {
    /// In the best chain; may be undone.
    Best,
    /// Final.
    Finalized,
}

/// What a stream costs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StreamTerms {
    /// Which.
    pub stream: StreamId,
    /// What a tick costs a new session.
    pub price_per_tick: Balance,
    /// A rise on its way.
    pub next_price: Option<Announced<Balance>>,
    /// Ticks a viewer without a session sees for nothing.
    pub preview_ticks: u32,
    /// Whether sessions can be opened.
    pub is_open: bool,
}

impl StreamTerms {
    /// From the stream as the chain has it.
    pub fn from_chain(id: StreamId, stream: &Stream) -> Self {
        Self {
            stream: id,
            price_per_tick: stream.price_per_tick,
            next_price: stream.next_price.clone(),
            preview_ticks: stream.preview_ticks,
            is_open: matches!(stream.status, StreamStatus::Live | StreamStatus::Offline),
        }
    }

    /// The dearest a tick may be for a session opened in a block from `from` to `to`.
    pub fn dearest_price(&self, from: BlockNumber, to: BlockNumber) -> Balance {
        let next = self.next_price.as_ref();
        let now = next.filter(|next| next.at <= from).map_or(self.price_per_tick, |next| next.value);
        next.filter(|next| next.at <= to).map_or(now, |next| next.value.max(now))
    }
}

/// The streams served here, by id.
#[derive(Default)]
pub(crate) struct Streams(RwLock<HashMap<StreamId, StreamTerms>>);

impl Streams {
    pub fn get(&self, stream: StreamId) -> Option<StreamTerms> {
        self.0.read().get(&stream).cloned()
    }

    /// Whether there was room.
    pub fn set(&self, terms: StreamTerms, max_streams: usize) -> bool {
        let mut streams = self.0.write();
        let fits = streams.len() < max_streams || streams.contains_key(&terms.stream);
        if fits {
            streams.insert(terms.stream, terms);
        }
        fits
    }

    pub fn remove(&self, stream: StreamId) {
        self.0.write().remove(&stream);
    }
}

/// How high the chain is.
#[derive(Default)]
pub(crate) struct Heights {
    best: AtomicU32,
    finalized: AtomicU32,
    moment_ms: AtomicU64,
}

impl Heights {
    pub fn set(&self, number: BlockNumber, moment_ms: Moment, seen: Seen) {
        match seen {
            Seen::Best => {
                self.best.store(number, Ordering::Release);
                self.moment_ms.store(moment_ms, Ordering::Release);
            }
            Seen::Finalized => {
                self.finalized.fetch_max(number, Ordering::AcqRel);
                self.best.fetch_max(number, Ordering::AcqRel);
            }
        };
    }

    pub fn best(&self) -> BlockNumber {
        self.best.load(Ordering::Acquire)
    }

    pub fn finalized(&self) -> BlockNumber {
        self.finalized.load(Ordering::Acquire)
    }

    pub fn moment_ms(&self) -> Moment {
        self.moment_ms.load(Ordering::Acquire)
    }
}

/// What abuse is counted by: whoever has one address of a /24 or a /48 has them all.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct IpPrefix(IpAddr);

impl IpPrefix {
    /// The /24 or /48 that `address` is in. IPv4 in IPv6's clothes is IPv4, else each client had two.
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => {
                let [a, b, c, _] = address.octets();
                Self(Ipv4Addr::new(a, b, c, 0).into())
            }
            IpAddr::V6(address) => {
                let [a, b, c, ..] = address.segments();
                Self(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0).into())
            }
        }
    }
}
