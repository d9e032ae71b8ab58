//! A small chain: it deposits events as the pallet would, and keeps plain sums to compare the index with. Its arithmetic is
//! its own.

#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

use sp_core::H256;
use sp_runtime::Permill;
use std::collections::BTreeMap;
use tick_stream_primitives::{AccountId, Balance, SessionId, Stream, StreamId, StreamStatus, TickEvent, Totals};
use vilokanam_indexer::{BlockFacts, BlockHash};

/// The rates of [`super::database::CHAIN`].
pub const PROTOCOL_FEE: Permill = Permill::from_parts(10_000);
pub const SUBMITTER_SHARE: Permill = Permill::from_parts(5_000);
/// 2026-01-01T00:00:00Z.
pub const START_MS: u64 = 1_767_225_600_000;
pub const BLOCK_MS: u64 = 1_000;
pub const OPEN_FEE: Balance = 77;

pub fn account(number: u32) -> AccountId {
    let mut bytes = [0; 32];
    bytes[..4].copy_from_slice(&number.to_le_bytes());
    AccountId::new(bytes)
}

/// The session key of a viewer. Viewers with even numbers open sessions with their wallets.
pub fn session_key(viewer: u32) -> AccountId {
    account(if viewer.is_multiple_of(2) { viewer } else { 1_000 + viewer })
}

pub fn session_id(number: u64) -> SessionId {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&number.to_le_bytes());
    SessionId(bytes)
}

pub fn block_hash(number: u32) -> BlockHash {
    let mut bytes = [0xb1; 32];
    bytes[..4].copy_from_slice(&number.to_le_bytes());
    H256(bytes)
}

/// Encodes metadata as a creator would.
pub fn metadata(title: &str, description: &str, category: &str, tags: &[&str]) -> Vec<u8> {
    let value = serde_json::json!({
        "title": title, "description": description, "category": category, "tags": tags,
    });
    serde_json::to_vec(&value).unwrap()
}

/// What an account earned, by the reason for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Earned {
    pub creator: Balance,
    pub split: Balance,
    pub gateway: Balance,
    pub tips: Balance,
    pub fees: Balance,
}

/// A session, open or closed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Watched {
    pub viewer: AccountId,
    pub session_key: AccountId,
    pub stream: StreamId,
    pub gateway: AccountId,
    pub price_per_tick: Balance,
    pub gateway_share: Permill,
    pub max_ticks: u32,
    pub settled_ticks: u32,
    pub paid: Balance,
    pub refunded: Option<Balance>,
    pub receipts: Vec<(u32, Balance)>,
}

#[derive(Clone, Debug, Default)]
pub struct Ledger {
    pub number: u32,
    pub time_ms: u64,
    pub events: Vec<TickEvent>,
    pub streams: BTreeMap<StreamId, Stream>,
    pub totals: BTreeMap<StreamId, Totals>,
    pub sessions: BTreeMap<SessionId, Watched>,
    pub earned: BTreeMap<AccountId, Earned>,
}

impl Ledger {
    pub fn new() -> Self {
        Self { time_ms: START_MS, ..Self::default() }
    }

    /// Ends the block: it has the events since the last one and comes one second later.
    pub fn block(&mut self) -> BlockFacts {
        self.number += 1;
        self.time_ms += BLOCK_MS;
        BlockFacts {
            number: self.number,
            hash: block_hash(self.number),
            parent_hash: block_hash(self.number - 1),
            time_ms: self.time_ms,
            events: std::mem::take(&mut self.events),
        }
    }

    pub fn push(&mut self, event: TickEvent) {
        self.events.push(event);
    }

    /// Creates a stream. The second event is the one that the follower adds.
    pub fn create_stream(
        &mut self,
        creator: u32,
        price_per_tick: Balance,
        splits: &[(u32, u32)],
        metadata: Vec<u8>,
    ) -> StreamId {
        let id = self.streams.len() as StreamId;
        let splits: Vec<_> = splits.iter().map(|(who, parts)| (account(*who), Permill::from_parts(*parts))).collect();
        let value = Stream {
            creator: account(creator),
            price_per_tick,
            next_price: None,
            preview_ticks: 30,
            gateway_share: Permill::from_percent(10),
            splits: splits.try_into().unwrap(),
            next_splits: None,
            metadata: metadata.try_into().unwrap(),
            status: StreamStatus::Offline,
            open_sessions: 0,
            deposit: 1,
            totals: Totals::default(),
        };
        self.push(TickEvent::StreamCreated {
            stream: id,
            creator: value.creator.clone(),
            price_per_tick,
            gateway_share: value.gateway_share,
        });
        self.update_stream(id, value);
        self.totals.insert(id, Totals::default());
        id
    }

    pub fn update_stream(&mut self, id: StreamId, value: Stream) {
        self.push(TickEvent::StreamUpdated { stream: id, value: Box::new(value.clone()) });
        self.streams.insert(id, value);
    }

    pub fn set_status(&mut self, id: StreamId, status: StreamStatus) {
        self.streams.get_mut(&id).unwrap().status = status;
        self.push(TickEvent::StreamStatusChanged { stream: id, status });
    }

    pub fn open(&mut self, viewer: u32, stream: StreamId, gateway: u32, max_ticks: u32) -> SessionId {
        let id = session_id(self.sessions.len() as u64 + 1);
        let of = &self.streams[&stream];
        let watched = Watched {
            viewer: account(viewer),
            session_key: session_key(viewer),
            stream,
            gateway: account(gateway),
            price_per_tick: of.price_per_tick,
            gateway_share: of.gateway_share,
            max_ticks,
            settled_ticks: 0,
            paid: 0,
            refunded: None,
            receipts: Vec::new(),
        };
        self.push(TickEvent::SessionOpened {
            session: id,
            viewer: watched.viewer.clone(),
            session_key: watched.session_key.clone(),
            stream,
            gateway: watched.gateway.clone(),
            nonce: self.sessions.len() as u64 + 1,
            price_per_tick: watched.price_per_tick,
            max_ticks,
            opened_at: self.time_ms,
            fee: OPEN_FEE,
        });
        self.sessions.insert(id, watched);
        id
    }

    /// Settles ticks of sessions of one stream and gateway, as one group.
    pub fn settle(&mut self, claims: &[(SessionId, u32)]) {
        let first = &self.sessions[&claims[0].0];
        let (stream, gateway) = (first.stream, first.gateway.clone());
        let splits = self.streams[&stream].splits.clone();
        let creator = self.streams[&stream].creator.clone();
        let (mut all_ticks, mut all_paid, mut protocol, mut submitter) = (0, 0, 0, 0);
        let (mut gateway_part, mut splits_part, mut creator_part) = (0, 0, 0);
        for (id, ticks) in claims {
            let session = self.sessions.get_mut(id).unwrap();
            let paid = session.price_per_tick * Balance::from(*ticks);
            session.settled_ticks += ticks;
            session.paid += paid;
            session.receipts.push((*ticks, paid));
            let settled_ticks = session.settled_ticks;
            self.events.push(TickEvent::TicksSettled { session: *id, stream, ticks: *ticks, settled_ticks, paid });

            let to_protocol = PROTOCOL_FEE.mul_floor(paid);
            let to_submitter = SUBMITTER_SHARE.mul_floor(paid);
            let rest = paid - to_protocol - to_submitter;
            let to_gateway = session.gateway_share.mul_floor(rest);
            let mut left = rest - to_gateway;
            for (who, part) in &splits {
                let part = part.mul_floor(rest - to_gateway);
                left -= part;
                splits_part += part;
                self.earned.entry(who.clone()).or_default().split += part;
            }
            all_ticks += u64::from(*ticks);
            all_paid += paid;
            protocol += to_protocol;
            submitter += to_submitter;
            gateway_part += to_gateway;
            creator_part += left;
        }
        self.earned.entry(creator).or_default().creator += creator_part;
        self.earned.entry(gateway.clone()).or_default().gateway += gateway_part;
        let totals = self.totals.get_mut(&stream).unwrap();
        totals.ticks += all_ticks;
        totals.paid += all_paid;
        self.push(TickEvent::IncomeShared {
            stream,
            gateway,
            ticks: all_ticks,
            paid: all_paid,
            protocol,
            submitter,
            gateway_part,
            splits: splits_part,
            creator: creator_part,
        });
    }

    /// Closes a session; its gateway earns the open fee.
    pub fn close(&mut self, id: SessionId) {
        let gateway = self.sessions[&id].gateway.clone();
        self.close_for(id, gateway, 0);
    }

    /// Closes a session; `remover` earns `reward` of the open fee, and the gateway the rest.
    pub fn close_for(&mut self, id: SessionId, remover: AccountId, reward: Balance) {
        let session = self.sessions.get_mut(&id).unwrap();
        let refunded = session.price_per_tick * Balance::from(session.max_ticks - session.settled_ticks);
        session.refunded = Some(refunded);
        let event = TickEvent::SessionClosed {
            session: id,
            viewer: session.viewer.clone(),
            stream: session.stream,
            gateway: session.gateway.clone(),
            settled_ticks: session.settled_ticks,
            paid: session.paid,
            refunded,
            fee: OPEN_FEE,
            reward,
            remover: remover.clone(),
        };
        self.earned.entry(session.gateway.clone()).or_default().fees += OPEN_FEE - reward;
        self.earned.entry(remover).or_default().fees += reward;
        self.push(event);
    }

    pub fn tip(&mut self, stream: StreamId, from: u32, amount: Balance) {
        let of = &self.streams[&stream];
        let rest = amount - PROTOCOL_FEE.mul_floor(amount);
        let mut left = rest;
        for (who, part) in &of.splits {
            let part = part.mul_floor(rest);
            left -= part;
            self.earned.entry(who.clone()).or_default().tips += part;
        }
        self.earned.entry(of.creator.clone()).or_default().tips += left;
        self.totals.get_mut(&stream).unwrap().tipped += amount;
        self.push(TickEvent::Tipped { stream, from: account(from), amount, memo: Default::default() });
    }
}
