//! Vectors of session keys: limits and the calls that carry them, and the course of an allowance.

use crate::{
    common::{self, counting},
    files::{check, hex, scale},
};
use codec::{Compact, Encode};
use serde::Serialize;
use tick_stream_primitives::{AccountId, Allowance, Balance, KeyLimits, Renewal, Scope, SessionKey};

// --- limits --------------------------------------------------------------------------------------------------------

#[derive(Serialize)]
struct Limits {
    about: &'static str,
    cases: Vec<LimitsCase>,
}

#[derive(Serialize)]
struct LimitsCase {
    name: &'static str,
    session_key: String,
    limits: LimitsFields,
    encoded: String,
    add_key: String,
    deposit: DepositFields,
}

#[derive(Serialize)]
struct LimitsFields {
    label: String,
    max_price_per_tick: String,
    allowance: String,
    renewal: Option<RenewalFields>,
    max_sessions: u32,
    scope: ScopeFields,
    expires_at: u32,
}

#[derive(Serialize)]
struct RenewalFields {
    every_blocks: u32,
    amount: String,
}

#[derive(Serialize)]
struct ScopeFields {
    kind: &'static str,
    value: Option<String>,
}

#[derive(Serialize)]
struct DepositFields {
    amount: String,
    encoded: String,
}

impl From<&KeyLimits> for LimitsFields {
    fn from(limits: &KeyLimits) -> Self {
        let (kind, value) = match &limits.scope {
            Scope::Any => ("Any", None),
            Scope::Gateway(gateway) => ("Gateway", Some(hex(gateway))),
            Scope::Creator(creator) => ("Creator", Some(hex(creator))),
            Scope::Stream(stream) => ("Stream", Some(stream.to_string())),
        };
        Self {
            label: String::from_utf8(limits.label.to_vec()).expect("labels of the vectors are UTF-8"),
            max_price_per_tick: limits.max_price_per_tick.to_string(),
            allowance: limits.allowance.to_string(),
            renewal: limits.renewal.as_ref().map(RenewalFields::from),
            max_sessions: limits.max_sessions,
            scope: ScopeFields { kind, value },
            expires_at: limits.expires_at,
        }
    }
}

impl From<&Renewal> for RenewalFields {
    fn from(renewal: &Renewal) -> Self {
        Self { every_blocks: renewal.every_blocks, amount: renewal.amount.to_string() }
    }
}

/// Encodes limits by hand, as the protocol describes them and independently of the code.
fn limits_by_hand(limits: &KeyLimits) -> Vec<u8> {
    let mut bytes = vec![(limits.label.len() as u8) << 2];
    bytes.extend_from_slice(&limits.label);
    bytes.extend_from_slice(&limits.max_price_per_tick.to_le_bytes());
    bytes.extend_from_slice(&limits.allowance.to_le_bytes());
    match &limits.renewal {
        None => bytes.push(0),
        Some(renewal) => {
            bytes.push(1);
            bytes.extend_from_slice(&renewal.every_blocks.to_le_bytes());
            bytes.extend_from_slice(&renewal.amount.to_le_bytes());
        }
    }
    bytes.extend_from_slice(&limits.max_sessions.to_le_bytes());
    match &limits.scope {
        Scope::Any => bytes.push(0),
        Scope::Gateway(gateway) => bytes.extend_from_slice(&[&[1], &gateway.encode()[..]].concat()),
        Scope::Creator(creator) => bytes.extend_from_slice(&[&[2], &creator.encode()[..]].concat()),
        Scope::Stream(stream) => bytes.extend_from_slice(&[&[3], &stream.to_le_bytes()[..]].concat()),
    }
    bytes.extend_from_slice(&limits.expires_at.to_le_bytes());
    bytes
}

fn limits_case(name: &'static str, amount: Balance, limits: KeyLimits) -> LimitsCase {
    let session_key = common::session_key().account();
    assert_eq!(limits.encode(), limits_by_hand(&limits), "{name}");
    let deposit = (Compact(amount), Some((session_key.clone(), limits.clone())));
    LimitsCase {
        name,
        session_key: hex(&session_key),
        limits: (&limits).into(),
        encoded: scale(&limits),
        add_key: hex((&session_key, &limits).encode()),
        deposit: DepositFields { amount: amount.to_string(), encoded: hex(deposit.encode()) },
    }
}

#[test]
fn key_limits_match_the_vectors() {
    let usual = common::key_limits();
    let monthly = Renewal { every_blocks: 2_592_000, amount: 10_000_000_000_000 };
    let label = |text: &str| text.as_bytes().to_vec().try_into().expect("the label is short");
    let creator: AccountId = counting(0x41).into();
    let gift = KeyLimits {
        label: label("Gift for a friend"),
        allowance: 600_000_000_000,
        scope: Scope::Creator(creator),
        expires_at: 700_000,
        ..usual.clone()
    };
    let positional = KeyLimits {
        label: label("\u{7a93} 1234567890123456789012345678"),
        max_price_per_tick: 0x0102_0304_0506_0708_090a_0b0c_0d0e_0f10,
        allowance: 0x1112_1314_1516_1718_191a_1b1c_1d1e_1f20,
        renewal: Some(Renewal { every_blocks: 0x2122_2324, amount: 0x3132_3334_3536_3738_393a_3b3c_3d3e_3f40 }),
        max_sessions: 16,
        scope: Scope::Stream(0x4142_4344_4546_4748),
        expires_at: 0x5152_5354,
    };
    let smallest = KeyLimits {
        label: label(""),
        max_price_per_tick: 0,
        allowance: 0,
        renewal: None,
        max_sessions: 1,
        scope: Scope::Any,
        expires_at: 0,
    };
    let vectors = Limits {
        about: "encoded = SCALE(limits), the fields in the order shown: label is its compact length and its UTF-8 bytes \
                (at most 32), integers are little-endian of fixed width, a missing renewal is 0x00 and one that is there \
                0x01 ++ every_blocks ++ amount, scope is 0x00 Any | 0x01 Gateway | 0x02 Creator ++ account | 0x03 Stream ++ \
                u64. add_key: arguments of the calls add_key and update_key: session_key ++ encoded. deposit.encoded: \
                arguments of the call deposit: compact amount ++ 0x01 ++ session_key ++ encoded; without a key it would be \
                compact amount ++ 0x00.",
        cases: vec![
            limits_case("usual", 10_000_000_000_000, usual.clone()),
            limits_case("renewed every month", 1, KeyLimits { renewal: Some(monthly), max_sessions: 2, ..usual.clone() }),
            limits_case("for one gateway", 63, KeyLimits { scope: Scope::Gateway(counting(0x61).into()), ..usual.clone() }),
            limits_case("gift for one creator", 64, gift),
            limits_case("for one stream", 16_384, KeyLimits { scope: Scope::Stream(7), ..usual }),
            limits_case("every byte in its place", 1 << 30, positional),
            limits_case("smallest", u128::MAX, smallest),
        ],
    };
    check("key_limits.json", &vectors);
}

// --- allowances ----------------------------------------------------------------------------------------------------

#[derive(Serialize)]
struct Allowances {
    about: &'static str,
    renewals: Vec<RenewalCase>,
    most_to_spend: Vec<MostCase>,
}

#[derive(Serialize)]
struct AllowanceFields {
    left: String,
    renewal: Option<RenewalFields>,
    renewed_at: u32,
    generation: u32,
}

#[derive(Serialize)]
struct RenewalCase {
    name: &'static str,
    allowance: AllowanceFields,
    encoded: String,
    block: u32,
    left_at: String,
    renewed: AllowanceFields,
}

#[derive(Serialize)]
struct MostCase {
    name: &'static str,
    allowance: AllowanceFields,
    expires_at: u32,
    block: u32,
    most: String,
}

impl From<&Allowance> for AllowanceFields {
    fn from(allowance: &Allowance) -> Self {
        Self {
            left: allowance.left.to_string(),
            renewal: allowance.renewal.as_ref().map(RenewalFields::from),
            renewed_at: allowance.renewed_at,
            generation: allowance.generation,
        }
    }
}

/// Allowance of 30 planck left in a period that began in block 100; renewed to 50 planck every `every_blocks`.
fn thirty_left(every_blocks: Option<u32>) -> Allowance {
    let renewal = every_blocks.map(|every_blocks| Renewal { every_blocks, amount: 50 });
    Allowance { left: 30, renewal, renewed_at: 100, generation: 3 }
}

fn renewal_case(name: &'static str, allowance: Allowance, block: u32, expected: (Balance, u32, u32)) -> RenewalCase {
    let mut renewed = allowance.clone();
    renewed.renew(block);
    assert_eq!((renewed.left, renewed.renewed_at, renewed.generation), expected, "{name}");
    assert_eq!(renewed.left, allowance.left_at(block), "{name}");
    RenewalCase {
        name,
        allowance: (&allowance).into(),
        encoded: scale(&allowance),
        block,
        left_at: allowance.left_at(block).to_string(),
        renewed: (&renewed).into(),
    }
}

fn most_case(name: &'static str, allowance: Allowance, expires_at: u32, block: u32, most: Balance) -> MostCase {
    let mut key = SessionKey::new(KeyLimits { expires_at, ..common::key_limits() }, 1, 0, 0, 0);
    key.allowance = allowance;
    assert_eq!(key.most_to_spend(block), most, "{name}");
    MostCase { name, allowance: (&key.allowance).into(), expires_at, block, most: most.to_string() }
}

#[test]
fn allowances_match_the_vectors() {
    let every_10 = || thirty_left(Some(10));
    let huge = Allowance { renewal: Some(Renewal { every_blocks: 1, amount: u128::MAX / 2 }), ..thirty_left(None) };
    let vectors = Allowances {
        about: "left_at: what an allowance has left in a block. renewed: the allowance after a session was opened in that \
                block, before its cost is taken: periods = (block - renewed_at) / every_blocks, rounded down; if at least \
                one has passed, left = amount, renewed_at += periods x every_blocks, generation += 1. What was left before \
                is lost. encoded = SCALE(allowance). most_to_spend: the most that sessions opened from the block on can \
                spend: 0 after expires_at; otherwise left_at + amount x (expires_at - renewed.renewed_at) / every_blocks.",
        renewals: vec![
            renewal_case("no renewal", thirty_left(None), u32::MAX, (30, 100, 3)),
            renewal_case("in the block of the last renewal", every_10(), 100, (30, 100, 3)),
            renewal_case("one block too early", every_10(), 109, (30, 100, 3)),
            renewal_case("in the block of the renewal", every_10(), 110, (50, 110, 4)),
            renewal_case("late, the next period keeps its block", every_10(), 119, (50, 110, 4)),
            renewal_case("many periods later, once", every_10(), 1_234, (50, 1_230, 4)),
            renewal_case("every block", thirty_left(Some(1)), 101, (50, 101, 4)),
            renewal_case("before the period, as in an older block", every_10(), 99, (30, 100, 3)),
            renewal_case("more left than a renewal gives", Allowance { left: 80, ..every_10() }, 110, (50, 110, 4)),
        ],
        most_to_spend: vec![
            most_case("no renewal", thirty_left(None), 1_000, 100, 30),
            most_case("in the last block", thirty_left(None), 1_000, 1_000, 30),
            most_case("after the last block", thirty_left(None), 1_000, 1_001, 0),
            most_case("no renewal before the end", every_10(), 109, 100, 30),
            most_case("a renewal in the last block", every_10(), 110, 100, 80),
            most_case("three renewals to come", every_10(), 139, 105, 180),
            most_case("the first of three renewals has come", every_10(), 139, 110, 150),
            most_case("many periods later", every_10(), 139, 139, 50),
            most_case("saturating", huge, u32::MAX, 100, u128::MAX),
        ],
    };
    check("allowance.json", &vectors);
}
