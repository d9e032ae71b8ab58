//! Calls: every constructor encodes what the metadata describes, argument by argument.

use super::{metadata, shape::difference};
use crate::{Call, GatewayUpdate, NewStream, Signer, StreamUpdate};
use codec::{Compact, Encode};
use scale_info::{meta_type, MetaType, TypeInfo};
use sp_runtime::{MultiAddress, Permill};
use std::collections::BTreeSet;
use subxt::ext::scale_value;
use tick_stream_primitives::{
    batch::bounded, AccountId, Balance, Batch, Claim, ClaimGroup, Closer, Delegation, SessionId, Splits, StreamId,
    StreamStatus, Ticket,
};

/// Calls of the pallet without a constructor: clients settle in batches, and the others are for moderators, or made from
/// wallets.
const WITHOUT_CONSTRUCTOR: [&str; 5] =
    ["record_tick", "suspend_stream", "resume_stream", "set_protocol_fee", "reap_deposit"];

/// Argument: its name, its type and its encoded value.
struct Arg(&'static str, MetaType, Vec<u8>);

fn arg<T: TypeInfo + Encode + 'static>(name: &'static str, value: T) -> Arg {
    Arg(name, meta_type::<T>(), value.encode())
}

fn account(byte: u8) -> AccountId {
    [byte; 32].into()
}

fn delegation() -> Delegation {
    Delegation { session_key: account(9), max_price_per_tick: 10, allowance: 11, expires_at: 12 }
}

fn ticket() -> Ticket {
    Ticket {
        viewer: account(1),
        nonce: 2,
        stream: 3,
        gateway: account(4),
        price_per_tick: 5,
        max_ticks: 6,
        anchor: [7; 32],
        expires_at: 8,
    }
}

fn batch() -> Batch {
    let signer = Signer::from_uri("//Alice").unwrap();
    let claim = Claim { session: SessionId([1; 16]), from: 2, ticks: 3, proof: [4; 32] };
    let group = ClaimGroup { stream: 5, gateway: account(6), claims: bounded(vec![claim]) };
    let unsigned = tick_stream_primitives::CloseRow { session: SessionId([8; 16]), signature: None };
    Batch {
        opens: bounded(vec![signer.sign_ticket(&[0; 32], ticket())]),
        groups: bounded(vec![group]),
        closes: bounded(vec![signer.sign_close(&[0; 32], SessionId([7; 16]), Closer::SessionKey), unsigned]),
    }
}

fn splits() -> Splits {
    bounded(vec![(account(5), Permill::from_parts(6))])
}

fn viewers() -> Vec<(Call, Vec<Arg>)> {
    let sessions = vec![SessionId([1; 16]), SessionId([2; 16])];
    vec![
        (Call::deposit(5, None), vec![arg("amount", Compact(5u128)), arg("delegation", None::<Delegation>)]),
        (
            Call::deposit(5, Some(&delegation())),
            vec![arg("amount", Compact(5u128)), arg("delegation", Some(delegation()))],
        ),
        (Call::withdraw(6), vec![arg("amount", Compact(6u128))]),
        (Call::delegate(&delegation()), vec![arg("delegation", delegation())]),
        (Call::revoke_delegation(), vec![]),
        (Call::join_stream(&ticket()), vec![arg("ticket", ticket())]),
        (Call::leave_stream(&sessions), vec![arg("sessions", sessions.clone())]),
        (
            Call::tip(3, 4, b"well done"),
            vec![arg("stream", Compact(3u64)), arg("amount", Compact(4u128)), arg("memo", b"well done".to_vec())],
        ),
    ]
}

fn creators() -> Vec<(Call, Vec<Arg>)> {
    let stream = NewStream {
        price_per_tick: 1,
        preview_ticks: 2,
        gateway_share: Permill::from_parts(3),
        splits: splits(),
        metadata: b"{}".to_vec(),
    };
    let update = StreamUpdate {
        price_per_tick: Some(1),
        preview_ticks: Some(2),
        gateway_share: Some(Permill::from_parts(3)),
        splits: Some(splits()),
        metadata: Some(b"{}".to_vec()),
    };
    let id: fn(StreamId) -> Arg = |id| arg("stream", Compact(id));
    vec![
        (Call::create_stream(&stream), vec![arg("request", stream.clone())]),
        (Call::update_stream(3, &update), vec![id(3), arg("update", update.clone())]),
        (
            Call::update_stream(3, &StreamUpdate::default()),
            vec![arg("stream", Compact(3u64)), arg("update", StreamUpdate::default())],
        ),
        (Call::set_stream_status(3, StreamStatus::Offline), vec![id(3), arg("status", StreamStatus::Offline)]),
        (Call::end_stream(3), vec![id(3)]),
        (Call::payout(&account(2)), vec![arg("account", account(2))]),
    ]
}

fn gateways() -> Vec<(Call, Vec<Arg>)> {
    let update = GatewayUpdate { endpoint: Some(b"https://g".to_vec()), operator: Some(account(3)) };
    let amount: Balance = 7;
    // Made once: every signature is different.
    let batch = batch();
    vec![
        (Call::process_batch(&batch), vec![arg("batch", batch.clone())]),
        (
            Call::register_gateway("https://g", &account(3)),
            vec![arg("endpoint", b"https://g".to_vec()), arg("operator", account(3))],
        ),
        (Call::update_gateway(&update), vec![arg("update", update.clone())]),
        (Call::deregister_gateway(), vec![]),
        (
            Call::transfer_keep_alive(&account(1), amount),
            vec![arg("dest", MultiAddress::<AccountId, ()>::Id(account(1))), arg("value", Compact(amount))],
        ),
    ]
}

fn all() -> Vec<(Call, Vec<Arg>)> {
    [viewers(), creators(), gateways()].into_iter().flatten().collect()
}

#[test]
fn every_call_has_the_arguments_of_the_pallet() {
    let metadata = metadata();
    for (call, args) in all() {
        let name = call.name();
        let pallet = metadata.pallet_by_name(call.pallet()).unwrap();
        let variant = pallet.call_variant_by_name(name).unwrap_or_else(|| panic!("there is no call {name}"));
        let theirs: Vec<&str> = variant.fields.iter().filter_map(|field| field.name.as_deref()).collect();
        let ours: Vec<&str> = args.iter().map(|Arg(name, ..)| *name).collect();
        assert_eq!(ours, theirs, "{name}");
        for (Arg(field, own, _), theirs) in args.iter().zip(&variant.fields) {
            assert_eq!(difference(*own, metadata.types(), theirs.ty.id), None, "{name}.{field}");
        }
        let bytes: Vec<u8> = args.into_iter().flat_map(|Arg(.., bytes)| bytes).collect();
        assert_eq!(call.args(), bytes, "{name}");
    }
}

#[test]
fn every_call_is_decoded_to_its_last_byte() {
    let metadata = metadata();
    let calls = metadata.outer_enums().call_enum_ty();
    for (call, _) in all() {
        let pallet = metadata.pallet_by_name(call.pallet()).unwrap();
        let index = pallet.call_variant_by_name(call.name()).unwrap().index;
        let bytes = [&[pallet.call_index(), index], call.args()].concat();
        let mut rest = &bytes[..];
        let value = scale_value::scale::decode_as_type(&mut rest, calls, metadata.types())
            .unwrap_or_else(|error| panic!("{}: {error}", call.name()));
        assert!(rest.is_empty(), "{}: {} bytes are left", call.name(), rest.len());
        let mut again = Vec::new();
        scale_value::scale::encode_as_type(&value, calls, metadata.types(), &mut again).unwrap();
        assert_eq!(again, bytes, "{}", call.name());
    }
}

#[test]
fn every_call_of_the_pallet_has_a_constructor_or_is_listed() {
    let metadata = metadata();
    let variants = metadata.pallet_by_name("TickStream").and_then(|pallet| pallet.call_variants()).unwrap();
    let theirs: BTreeSet<&str> = variants.iter().map(|variant| variant.name.as_str()).collect();
    let calls = all();
    let ours = calls.iter().filter(|(call, _)| call.pallet() == "TickStream").map(|(call, _)| call.name());
    assert_eq!(ours.chain(WITHOUT_CONSTRUCTOR).collect::<BTreeSet<_>>(), theirs);
}
