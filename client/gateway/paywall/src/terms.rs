//! What the gateway knows of the chain: the terms of streams, payers, fees, the block heights, how certain a fact is.

use parking_lot::RwLock;
use sp_runtime::Permill;
use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::atomic::{AtomicU32, AtomicU64, Ordering},
};
use tick_stream_primitives::{
    AccountId, Announced, Balance, BlockNumber, Deposit, Moment, SessionKey, Stream, StreamId, StreamStatus,
};

/// How certain a fact of the chain is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Seen {
    /// Seen in the best chain, which a reorganisation may undo.
    Best,
    /// Seen in a finalized block.
    Finalized,
}

/// Terms on which a stream is watched.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StreamTerms {
    /// Id of the stream.
    pub stream: StreamId,
    /// Account of the creator.
    pub creator: AccountId,
    /// Gateway's share of a new session's income.
    pub gateway_share: Permill,
    /// Price of a tick for a new session, in planck.
    pub price_per_tick: Balance,
    /// Price that has been announced, and the block from which it applies.
    pub next_price: Option<Announced<Balance>>,
    /// Free ticks of a viewer without a session.
    pub preview_ticks: u32,
    /// Whether sessions can be opened on the stream.
    pub is_open: bool,
}

impl StreamTerms {
    /// Takes the terms from the chain's state of the stream.
    pub fn from_chain(id: StreamId, stream: &Stream) -> Self {
        Self {
            stream: id,
            creator: stream.creator.clone(),
            gateway_share: stream.gateway_share,
            price_per_tick: stream.price_per_tick,
            next_price: stream.next_price.clone(),
            preview_ticks: stream.preview_ticks,
            is_open: matches!(stream.status, StreamStatus::Live | StreamStatus::Offline),
        }
    }

    /// Returns the highest price of a tick for a session opened in the blocks `from..=to`.
    pub fn highest_price(&self, from: BlockNumber, to: BlockNumber) -> Balance {
        let next = self.next_price.as_ref();
        let now = next.filter(|next| next.at <= from).map_or(self.price_per_tick, |next| next.value);
        next.filter(|next| next.at <= to).map_or(now, |next| next.value.max(now))
    }
}

/// What the chain stores of the viewer and the session key that a ticket names.
#[derive(Clone, Debug, Default)]
pub struct Payer {
    /// The viewer's deposit; none if the viewer has none.
    pub deposit: Option<Deposit>,
    /// The session key; none if it is not among the viewer's keys.
    pub key: Option<SessionKey>,
}

/// What claims add to the fee of a batch, in planck.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ClaimFees {
    /// Fee of a claim without its ticks.
    pub claim: Balance,
    /// Fee of one tick, which is one hash step.
    pub step: Balance,
    /// Fee that the claims of one stream in a batch share.
    pub group: Balance,
}

impl ClaimFees {
    /// Returns the fee of a claim with `ticks` new ticks, in planck.
    pub fn of(&self, ticks: u32) -> Balance {
        self.claim.saturating_add(self.step.saturating_mul(ticks.into()))
    }
}

/// Terms of all known streams, by id.
#[derive(Default)]
pub(crate) struct Streams(RwLock<HashMap<StreamId, StreamTerms>>);

impl Streams {
    pub fn get(&self, stream: StreamId) -> Option<StreamTerms> {
        self.0.read().get(&stream).cloned()
    }

    /// Adds or replaces the terms of a stream. Returns false if `max_streams` others are known.
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

/// Heights of the chain, and the clock of its best block.
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

/// The network by which free ticks are limited: an IPv4 /24 or an IPv6 /48, which one customer can hold as a whole.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct IpPrefix(IpAddr);

impl IpPrefix {
    /// Returns the /24 or /48 that `address` is in. An IPv4-mapped IPv6 address counts as IPv4.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_network_have_one_prefix() {
        let prefix = |text: &str| IpPrefix::of(text.parse().unwrap());
        assert_eq!(prefix("10.1.2.3"), prefix("10.1.2.200"));
        assert_eq!(prefix("::ffff:10.1.2.3"), prefix("10.1.2.0"), "an IPv4-mapped address is IPv4");
        assert_eq!(prefix("2001:db8:1:2:3::4"), prefix("2001:db8:1::"));
        assert_ne!(prefix("10.1.2.3"), prefix("10.1.3.3"));
    }
}
