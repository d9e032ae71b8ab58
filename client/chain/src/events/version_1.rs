//! Events of version 1 whose fields have changed since. Blocks that were made before the upgrade of the chain still have
//! them, and an index is built from these blocks, too.

use codec::{Decode, DecodeAll};
use tick_stream_primitives::{AccountId, Balance, Moment, SessionId, StreamId, TickEvent};

#[derive(Decode)]
struct SessionOpened {
    session: SessionId,
    viewer: AccountId,
    stream: StreamId,
    gateway: AccountId,
    nonce: u64,
    price_per_tick: Balance,
    max_ticks: u32,
    opened_at: Moment,
    fee: Balance,
}

#[derive(Decode)]
struct SessionClosed {
    session: SessionId,
    viewer: AccountId,
    stream: StreamId,
    gateway: AccountId,
    settled_ticks: u32,
    paid: Balance,
    refunded: Balance,
}

/// Decodes the fields of the event `name` of version 1; `None` for an event whose fields are the same now, and for bytes that
/// are no event of version 1.
///
/// What version 1 did not report is filled in: its sessions name no session key, so the viewer stands in its place, and their
/// open fee was paid out when they were opened.
pub(super) fn decode(name: &str, fields: &[u8]) -> Option<TickEvent> {
    let mut fields = fields;
    match name {
        "SessionOpened" => SessionOpened::decode_all(&mut fields).ok().map(Into::into),
        "SessionClosed" => SessionClosed::decode_all(&mut fields).ok().map(Into::into),
        "DepositReaped" => {
            let viewer = AccountId::decode_all(&mut fields).ok()?;
            Some(TickEvent::DepositReaped { by: viewer.clone(), viewer, bonds: 0 })
        }
        _ => None,
    }
}

impl From<SessionOpened> for TickEvent {
    fn from(old: SessionOpened) -> Self {
        let SessionOpened { session, viewer, stream, gateway, nonce, price_per_tick, max_ticks, opened_at, fee } = old;
        let session_key = viewer.clone();
        Self::SessionOpened {
            session,
            viewer,
            session_key,
            stream,
            gateway,
            nonce,
            price_per_tick,
            max_ticks,
            opened_at,
            fee,
        }
    }
}

impl From<SessionClosed> for TickEvent {
    fn from(old: SessionClosed) -> Self {
        let SessionClosed { session, viewer, stream, gateway, settled_ticks, paid, refunded } = old;
        let (fee, reward, remover) = (0, 0, gateway.clone());
        Self::SessionClosed { session, viewer, stream, gateway, settled_ticks, paid, refunded, fee, reward, remover }
    }
}

#[cfg(test)]
mod tests {
    use super::super::decode;
    use codec::Encode;
    use tick_stream_primitives::{AccountId, SessionId, TickEvent};

    #[test]
    fn events_of_version_1_are_decoded() {
        let (session, stream) = (SessionId([1; 16]), 5u64);
        let (viewer, gateway) = (AccountId::new([2; 32]), AccountId::new([3; 32]));
        let opened = (session, &viewer, stream, &gateway, 7u64, 100u128, 60u32, 9u64, 11u128).encode();
        let expected = TickEvent::SessionOpened {
            session,
            viewer: viewer.clone(),
            session_key: viewer.clone(),
            stream,
            gateway: gateway.clone(),
            nonce: 7,
            price_per_tick: 100,
            max_ticks: 60,
            opened_at: 9,
            fee: 11,
        };
        assert_eq!(decode("SessionOpened", &opened).unwrap(), Some(expected));

        let closed = (session, &viewer, stream, &gateway, 12u32, 1_200u128, 4_800u128).encode();
        let expected = TickEvent::SessionClosed {
            session,
            viewer: viewer.clone(),
            stream,
            gateway: gateway.clone(),
            settled_ticks: 12,
            paid: 1_200,
            refunded: 4_800,
            fee: 0,
            reward: 0,
            remover: gateway,
        };
        assert_eq!(decode("SessionClosed", &closed).unwrap(), Some(expected));

        let reaped = TickEvent::DepositReaped { viewer: viewer.clone(), by: viewer.clone(), bonds: 0 };
        assert_eq!(decode("DepositReaped", &viewer.encode()).unwrap(), Some(reaped));
        assert_eq!(decode("Delegated", &viewer.encode()).unwrap(), None, "the index has nothing about session keys");
        assert!(decode("SessionClosed", &closed[1..]).is_err());
    }
}
