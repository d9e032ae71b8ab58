//! Generators of arbitrary values.

use crate::common::{Key, Kind};
use proptest::{collection::vec, option, prelude::*, sample::select};
use sp_runtime::{MultiSignature, Permill};
use tick_stream_primitives::{
    AccountId, Announced, Batch, Claim, ClaimGroup, CloseRow, CloseSignature, Closer, Closing, Deposit, KeyLimits,
    KeyUse, NonceWindow, Renewal, Scope, Session, SessionId, SessionKey, SignedTicket, Stream, StreamStatus, Ticket,
    Totals,
};

pub fn account() -> impl Strategy<Value = AccountId> {
    any::<[u8; 32]>().prop_map(AccountId::from)
}

pub fn session() -> impl Strategy<Value = SessionId> {
    any::<[u8; 16]>().prop_map(SessionId)
}

prop_compose! {
    pub fn ticket()(
        (viewer, session_key) in (account(), account()),
        nonce in any::<u64>(),
        stream in any::<u64>(),
        gateway in account(),
        price_per_tick in any::<u128>(),
        max_ticks in any::<u32>(),
        anchor in any::<[u8; 32]>(),
        expires_at in any::<u32>(),
    ) -> Ticket {
        Ticket { viewer, session_key, nonce, stream, gateway, price_per_tick, max_ticks, anchor, expires_at }
    }
}

/// Random bytes in the form of a signature of any of the four kinds.
pub fn signature() -> impl Strategy<Value = MultiSignature> {
    prop_oneof![
        any::<[u8; 64]>().prop_map(|raw| MultiSignature::Ed25519(raw.into())),
        any::<[u8; 64]>().prop_map(|raw| MultiSignature::Sr25519(raw.into())),
        any::<[u8; 65]>().prop_map(|raw| MultiSignature::Ecdsa(raw.into())),
        any::<[u8; 65]>().prop_map(|raw| MultiSignature::Eth(raw.into())),
    ]
}

pub fn key() -> impl Strategy<Value = Key> {
    (select(&Kind::ACCEPTED[..]), any::<u64>()).prop_map(|(kind, number)| Key::numbered(kind, number))
}

prop_compose! {
    pub fn claim()(session in session(), from in any::<u32>(), ticks in any::<u32>(), proof in any::<[u8; 32]>()) -> Claim {
        Claim { session, from, ticks, proof }
    }
}

prop_compose! {
    pub fn close_row()(
        session in session(),
        signature in option::of((
            select(vec![Closer::Gateway, Closer::Operator, Closer::Viewer, Closer::SessionKey]),
            signature(),
        )),
    ) -> CloseRow {
        CloseRow { session, signature: signature.map(|(by, signature)| CloseSignature { by, signature }) }
    }
}

prop_compose! {
    pub fn claim_group()(stream in any::<u64>(), gateway in account(), claims in vec(claim(), 0..5)) -> ClaimGroup {
        ClaimGroup { stream, gateway, claims: claims.try_into().expect("below the bound") }
    }
}

prop_compose! {
    pub fn batch()(
        opens in vec((ticket(), signature()), 0..4),
        groups in vec(claim_group(), 0..4),
        closes in vec(close_row(), 0..4),
    ) -> Batch {
        let opens: Vec<_> = opens.into_iter().map(|(ticket, signature)| SignedTicket { ticket, signature }).collect();
        Batch {
            opens: opens.try_into().expect("below the bound"),
            groups: groups.try_into().expect("below the bound"),
            closes: closes.try_into().expect("below the bound"),
        }
    }
}

pub fn permill() -> impl Strategy<Value = Permill> {
    (0..=1_000_000u32).prop_map(Permill::from_parts)
}

pub fn splits() -> impl Strategy<Value = Vec<(AccountId, Permill)>> {
    vec((account(), permill()), 0..=8)
}

prop_compose! {
    pub fn stream()(
        creator in account(),
        price_per_tick in any::<u128>(),
        next_price in option::of(any::<(u128, u32)>()),
        (preview_ticks, open_sessions) in any::<(u32, u32)>(),
        gateway_share in permill(),
        splits in splits(),
        next_splits in option::of((splits(), any::<u32>())),
        metadata in vec(any::<u8>(), 0..100),
        status in select(vec![
            StreamStatus::Live, StreamStatus::Offline, StreamStatus::Ended, StreamStatus::Suspended,
        ]),
        deposit in any::<u128>(),
        (ticks, paid, tipped) in any::<(u64, u128, u128)>(),
    ) -> Stream {
        Stream {
            creator,
            price_per_tick,
            next_price: next_price.map(|(value, at)| Announced { value, at }),
            preview_ticks,
            gateway_share,
            splits: splits.try_into().expect("below the bound"),
            next_splits: next_splits
                .map(|(value, at)| Announced { value: value.try_into().expect("below the bound"), at }),
            metadata: metadata.try_into().expect("below the bound"),
            status,
            open_sessions,
            deposit,
            totals: Totals { ticks, paid, tipped },
        }
    }
}

prop_compose! {
    pub fn key_use()(session_key in account(), (id, generation) in any::<(u32, u32)>()) -> KeyUse {
        KeyUse { session_key, id, generation }
    }
}

prop_compose! {
    pub fn stored_session()(
        (viewer, gateway) in (account(), account()),
        key in option::of(key_use()),
        gateway_share in permill(),
        head in any::<[u8; 32]>(),
        (stream, price_per_tick, settled_ticks, max_ticks) in any::<(u64, u128, u32, u32)>(),
        (opened_at, last_claim, fee) in any::<(u64, u32, u128)>(),
        closing in option::of(any::<(u32, u64)>()),
    ) -> Session {
        Session {
            viewer,
            key,
            stream,
            gateway,
            price_per_tick,
            gateway_share,
            head,
            settled_ticks,
            max_ticks,
            opened_at,
            last_claim,
            fee,
            closing: closing.map(|(block, moment)| Closing { block, moment }),
        }
    }
}

prop_compose! {
    pub fn nonce_window()((last, used) in any::<(u64, u64)>()) -> NonceWindow {
        NonceWindow { last, used }
    }
}

prop_compose! {
    pub fn deposit()(
        (free, reserved, bond, paid_until) in any::<(u128, u128, u128, u64)>(),
        (keys, last_key_id, nonce_floor) in any::<(u32, u32, u64)>(),
        nonces in nonce_window(),
        (open_sessions, active_at) in any::<(u32, u32)>(),
    ) -> Deposit {
        Deposit { free, reserved, keys, last_key_id, nonce_floor, nonces, open_sessions, paid_until, active_at, bond }
    }
}

pub fn renewal() -> impl Strategy<Value = Option<Renewal>> {
    option::of(any::<(u32, u128)>())
        .prop_map(|renewal| renewal.map(|(every_blocks, amount)| Renewal { every_blocks, amount }))
}

pub fn scope() -> impl Strategy<Value = Scope> {
    prop_oneof![
        Just(Scope::Any),
        account().prop_map(Scope::Gateway),
        account().prop_map(Scope::Creator),
        any::<u64>().prop_map(Scope::Stream),
    ]
}

prop_compose! {
    pub fn key_limits()(
        label in vec(any::<u8>(), 0..=32),
        (max_price_per_tick, allowance) in any::<(u128, u128)>(),
        renewal in renewal(),
        scope in scope(),
        (max_sessions, expires_at) in any::<(u32, u32)>(),
    ) -> KeyLimits {
        let label = label.try_into().expect("within the bound");
        KeyLimits { label, max_price_per_tick, allowance, renewal, max_sessions, scope, expires_at }
    }
}

prop_compose! {
    pub fn session_key()(
        limits in key_limits(),
        (id, nonce_floor, bond, now) in any::<(u32, u64, u128, u32)>(),
        nonces in nonce_window(),
        (paid_until, open_sessions, spent, used_at) in any::<(u64, u32, u128, u32)>(),
        (left, renewed_at, generation) in any::<(u128, u32, u32)>(),
    ) -> SessionKey {
        let mut key = SessionKey::new(limits, id, nonce_floor, bond, now);
        (key.nonces, key.paid_until, key.open_sessions) = (nonces, paid_until, open_sessions);
        (key.spent, key.used_at) = (spent, used_at);
        (key.allowance.left, key.allowance.renewed_at, key.allowance.generation) = (left, renewed_at, generation);
        key
    }
}
