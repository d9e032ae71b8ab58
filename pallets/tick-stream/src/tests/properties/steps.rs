//! Random steps of a sequence.

use crate::mock::{DEPOSIT, PRICE};
use proptest::{collection::vec, prelude::*};

/// Accounts that act. Each may try every call.
pub const ACTORS: [&str; 7] =
    ["viewer", "second-viewer", "creator", "gateway", "second-gateway", "operator", "stranger"];

/// Index in [`ACTORS`].
pub type Who = usize;

/// Row of a batch. Indices are taken modulo the number of existing items.
#[derive(Clone, Debug)]
pub enum Row {
    /// New ticket of `viewer` and one of its session keys, with the key's next nonce plus `ahead`.
    Open { viewer: Who, key: usize, ahead: i64, stream: u64, gateway: Who, max_ticks: u32, is_forged: bool },
    /// Ticket that was signed before, opened or not.
    Again { ticket: usize },
    /// Claim of `ticks` more ticks than are settled, with a `from` that differs by `lie` from the settled ticks.
    Claim { session: usize, ticks: u32, lie: i32, is_false: bool, in_group: Option<(u64, Who)> },
    /// Close signed in the role numbered `by`, or unsigned for 0; forged ones have the signature of another key.
    Close { session: usize, by: u8, is_forged: bool },
}

/// Limits of a session key. `blocks` counts from now.
#[derive(Clone, Debug)]
pub struct Limits {
    pub max_price: u128,
    pub allowance: u128,
    pub renewal: Option<(u32, u128)>,
    pub max_sessions: u32,
    pub scope: Reach,
    pub blocks: u32,
}

/// Scope of a session key.
#[derive(Clone, Debug)]
pub enum Reach {
    Any,
    Gateway(Who),
    Creator(Who),
    Stream(u64),
}

/// Step of a sequence: a call, a gift to the pot, or the passage of time.
#[derive(Clone, Debug)]
pub enum Step {
    Deposit { who: Who, amount: u128, key: Option<(usize, Limits)> },
    Withdraw { who: Who, amount: u128 },
    WithdrawAll { who: Who },
    AddKey { who: Who, key: usize, limits: Limits },
    UpdateKey { who: Who, key: usize, limits: Limits },
    RemoveKey { who: Who, key: usize },
    RemoveAllKeys { who: Who },
    Sweep { who: Who, account: Who },
    Reap { who: Who, viewer: Who },
    CreateStream { who: Who, price: u128, share: u32, splits: Vec<(Who, u32)> },
    UpdateStream { who: Who, stream: u64, price: Option<u128>, share: Option<u32>, splits: Option<Vec<(Who, u32)>> },
    SetStatus { who: Who, stream: u64, is_live: bool },
    EndStream { who: Who, stream: u64 },
    Moderate { stream: u64, suspends: bool },
    SetFee { fee: u32 },
    Join { who: Who, viewer: Who, stream: u64, gateway: Who, max_ticks: u32 },
    Leave { who: Who, sessions: Vec<usize> },
    RecordTick { who: Who, session: usize, ticks: u32, lie: i32, is_false: bool },
    Batch { who: Who, rows: Vec<Row> },
    Payout { who: Who, to: Who },
    Tip { who: Who, stream: u64, amount: u128 },
    Register { who: Who, operator: Who },
    UpdateGateway { who: Who, operator: Who },
    Deregister { who: Who },
    Gift { who: Who, amount: u128 },
    Advance { blocks: u32 },
    Stall { seconds: u64 },
}

fn who() -> impl Strategy<Value = Who> {
    0..ACTORS.len()
}

fn viewer() -> impl Strategy<Value = Who> {
    prop_oneof![14 => 0..2usize, 1 => who()]
}

fn gateway() -> impl Strategy<Value = Who> {
    prop_oneof![10 => Just(3usize), 6 => Just(4usize), 1 => who()]
}

fn stream() -> impl Strategy<Value = u64> {
    prop_oneof![12 => 0..2u64, 1 => 0..5u64]
}

fn amount() -> impl Strategy<Value = u128> {
    prop_oneof![4 => 1..DEPOSIT / 10, 1 => 0..20u128, 1 => Just(u128::MAX), 1 => Just(DEPOSIT)]
}

fn price() -> impl Strategy<Value = u128> {
    prop_oneof![6 => 10..PRICE * 2, 1 => 0..10u128, 1 => Just(u128::MAX), 1 => Just(u128::MAX / 3)]
}

fn max_ticks() -> impl Strategy<Value = u32> {
    prop_oneof![16 => 1..200u32, 1 => Just(0u32), 1 => Just(1u32)]
}

fn ticks() -> impl Strategy<Value = u32> {
    prop_oneof![6 => 1..40u32, 2 => 1..220u32, 1 => Just(0u32)]
}

fn lie() -> impl Strategy<Value = i32> {
    prop_oneof![8 => Just(0i32), 1 => -100..100i32]
}

fn splits() -> impl Strategy<Value = Vec<(Who, u32)>> {
    vec((who(), prop_oneof![4 => 0..300_000u32, 1 => Just(1_000_000u32)]), 0..4)
}

fn rarely() -> impl Strategy<Value = bool> {
    proptest::bool::weighted(0.08)
}

fn session() -> impl Strategy<Value = usize> {
    0..64usize
}

fn row() -> impl Strategy<Value = Row> {
    let ahead = prop_oneof![8 => Just(0i64), 2 => -3..5i64, 1 => 50..70i64];
    let open = (viewer(), key(), ahead, stream(), gateway(), max_ticks(), rarely()).prop_map(
        |(viewer, key, ahead, stream, gateway, max_ticks, is_forged)| Row::Open {
            viewer,
            key,
            ahead,
            stream,
            gateway,
            max_ticks,
            is_forged,
        },
    );
    let group = prop_oneof![6 => Just(None), 1 => (stream(), gateway()).prop_map(Some)];
    let claim = (session(), ticks(), lie(), rarely(), group)
        .prop_map(|(session, ticks, lie, is_false, in_group)| Row::Claim { session, ticks, lie, is_false, in_group });
    let close =
        (session(), 0..5u8, rarely()).prop_map(|(session, by, is_forged)| Row::Close { session, by, is_forged });
    let again = (0..64usize).prop_map(|ticket| Row::Again { ticket });
    prop_oneof![4 => open, 8 => claim, 3 => close, 1 => again]
}

fn key() -> impl Strategy<Value = usize> {
    prop_oneof![4 => Just(0usize), 3 => Just(1usize), 1 => Just(2usize)]
}

fn limits() -> impl Strategy<Value = Limits> {
    let renewal = (prop_oneof![12 => 1..60u32, 1 => Just(0u32)], prop_oneof![12 => 1..DEPOSIT / 500, 1 => Just(0u128)]);
    let scope = prop_oneof![
        16 => Just(Reach::Any),
        1 => gateway().prop_map(Reach::Gateway),
        1 => prop_oneof![4 => Just(2usize), 1 => who()].prop_map(Reach::Creator),
        1 => stream().prop_map(Reach::Stream),
    ];
    (
        prop_oneof![16 => Just(PRICE * 2), 1 => 0..PRICE],
        prop_oneof![2 => 1..DEPOSIT / 500, 4 => 1..DEPOSIT / 10, 1 => Just(u128::MAX)],
        proptest::option::of(renewal),
        prop_oneof![6 => 1..5u32, 4 => Just(16u32), 1 => 0..20u32],
        scope,
        prop_oneof![8 => 50..1_000u32, 1 => 0..50u32],
    )
        .prop_map(|(max_price, allowance, renewal, max_sessions, scope, blocks)| Limits {
            max_price,
            allowance,
            renewal,
            max_sessions,
            scope,
            blocks,
        })
}

fn key_step() -> BoxedStrategy<Step> {
    prop_oneof![
        6 => (viewer(), key(), limits()).prop_map(|(who, key, limits)| Step::AddKey { who, key, limits }),
        3 => (viewer(), key(), limits()).prop_map(|(who, key, limits)| Step::UpdateKey { who, key, limits }),
        2 => (viewer(), key()).prop_map(|(who, key)| Step::RemoveKey { who, key }),
        1 => viewer().prop_map(|who| Step::RemoveAllKeys { who }),
    ]
    .boxed()
}

fn money_step() -> BoxedStrategy<Step> {
    prop_oneof![
        4 => (viewer(), amount(), proptest::option::of((key(), limits())))
            .prop_map(|(who, amount, key)| Step::Deposit { who, amount, key }),
        2 => (viewer(), amount()).prop_map(|(who, amount)| Step::Withdraw { who, amount }),
        1 => viewer().prop_map(|who| Step::WithdrawAll { who }),
        1 => (who(), who()).prop_map(|(who, account)| Step::Sweep { who, account }),
        2 => (who(), viewer()).prop_map(|(who, viewer)| Step::Reap { who, viewer }),
        4 => (who(), who()).prop_map(|(who, to)| Step::Payout { who, to }),
        2 => (who(), stream(), amount()).prop_map(|(who, stream, amount)| Step::Tip { who, stream, amount }),
        1 => (who(), amount()).prop_map(|(who, amount)| Step::Gift { who, amount }),
    ]
    .boxed()
}

fn stream_step() -> BoxedStrategy<Step> {
    let creator = || prop_oneof![6 => Just(2usize), 1 => who()];
    let update = (
        creator(),
        stream(),
        proptest::option::of(price()),
        proptest::option::of(0..=1_000_000u32),
        proptest::option::of(splits()),
    );
    prop_oneof![
        3 => (creator(), price(), 0..=1_000_000u32, splits())
            .prop_map(|(who, price, share, splits)| Step::CreateStream { who, price, share, splits }),
        4 => update.prop_map(|(who, stream, price, share, splits)| {
            Step::UpdateStream { who, stream, price, share, splits }
        }),
        1 => (creator(), stream(), any::<bool>())
            .prop_map(|(who, stream, is_live)| Step::SetStatus { who, stream, is_live }),
        1 => (creator(), 0..4u64).prop_map(|(who, stream)| Step::EndStream { who, stream }),
        2 => (stream(), rarely()).prop_map(|(stream, suspends)| Step::Moderate { stream, suspends }),
        1 => (0..60_000u32).prop_map(|fee| Step::SetFee { fee }),
    ]
    .boxed()
}

fn gateway_step() -> BoxedStrategy<Step> {
    prop_oneof![
        4 => (gateway(), who()).prop_map(|(who, operator)| Step::Register { who, operator }),
        2 => (gateway(), who()).prop_map(|(who, operator)| Step::UpdateGateway { who, operator }),
        1 => gateway().prop_map(|who| Step::Deregister { who }),
    ]
    .boxed()
}

fn session_step() -> BoxedStrategy<Step> {
    let join = (viewer(), viewer(), stream(), gateway(), max_ticks());
    let record = (who(), session(), ticks(), lie(), rarely());
    prop_oneof![
        2 => join.prop_map(|(who, viewer, stream, gateway, max_ticks)| {
            Step::Join { who, viewer, stream, gateway, max_ticks }
        }),
        2 => (viewer(), vec(session(), 0..4)).prop_map(|(who, sessions)| Step::Leave { who, sessions }),
        4 => record.prop_map(|(who, session, ticks, lie, is_false)| {
            Step::RecordTick { who, session, ticks, lie, is_false }
        }),
        16 => (who(), vec(row(), 1..8)).prop_map(|(who, rows)| Step::Batch { who, rows }),
    ]
    .boxed()
}

fn time_step() -> BoxedStrategy<Step> {
    prop_oneof![
        8 => (1..15u32).prop_map(|blocks| Step::Advance { blocks }),
        1 => (90..220u32).prop_map(|blocks| Step::Advance { blocks }),
        1 => (1..500u64).prop_map(|seconds| Step::Stall { seconds }),
    ]
    .boxed()
}

/// Returns sequences of up to `max_steps` steps.
pub fn sequence(max_steps: usize) -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => money_step(),
        3 => key_step(),
        2 => stream_step(),
        1 => gateway_step(),
        14 => session_step(),
        5 => time_step(),
    ];
    vec(step, 1..=max_steps)
}
