//! Calls: every constructor encodes what the metadata describes, argument by argument.

use super::{metadata, shape::difference};
use crate::{
    governance::{Conviction, Origin, Vote},
    validators::SessionKeys,
    Call, GatewayUpdate, NewStream, Signer, StreamUpdate,
};
use codec::{Compact, Encode};
use scale_info::{meta_type, MetaType, TypeInfo};
use sp_runtime::{MultiAddress, Permill};
use std::collections::BTreeSet;
use subxt::{
    ext::{frame_decode::extrinsics::encode_call_data, scale_value},
    Metadata,
};
use tick_stream_primitives::{
    batch::bounded, AccountId, Balance, Batch, Claim, ClaimGroup, Closer, KeyLimits, Renewal, Scope, SessionId, Splits,
    StreamId, StreamStatus, Ticket,
};

/// Calls of the pallet without a constructor: clients settle in batches, and the others are made from wallets.
const WITHOUT_CONSTRUCTOR: [&str; 2] = ["record_tick", "set_protocol_fee"];

/// Argument: its name, its type and its encoded value.
struct Arg(&'static str, MetaType, Vec<u8>);

fn arg<T: TypeInfo + Encode + 'static>(name: &'static str, value: T) -> Arg {
    Arg(name, meta_type::<T>(), value.encode())
}

fn account(byte: u8) -> AccountId {
    [byte; 32].into()
}

fn limits() -> KeyLimits {
    KeyLimits {
        label: bounded(b"phone".to_vec()),
        max_price_per_tick: 10,
        allowance: 11,
        renewal: Some(Renewal { every_blocks: 12, amount: 13 }),
        max_sessions: 14,
        scope: Scope::Creator(account(15)),
        expires_at: 16,
    }
}

fn ticket() -> Ticket {
    Ticket {
        viewer: account(1),
        session_key: account(9),
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
        (Call::deposit(5, None), vec![arg("amount", Compact(5u128)), arg("key", None::<(AccountId, KeyLimits)>)]),
        (
            Call::deposit(5, Some((&account(9), &limits()))),
            vec![arg("amount", Compact(5u128)), arg("key", Some((account(9), limits())))],
        ),
        (Call::withdraw(6), vec![arg("amount", Compact(6u128))]),
        (Call::add_key(&account(9), &limits()), vec![arg("session_key", account(9)), arg("limits", limits())]),
        (Call::update_key(&account(9), &limits()), vec![arg("session_key", account(9)), arg("limits", limits())]),
        (Call::remove_key(&account(9)), vec![arg("session_key", account(9))]),
        (Call::remove_all_keys(), vec![]),
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
        (Call::sweep_earnings(&account(2)), vec![arg("account", account(2))]),
        (Call::reap_deposit(&account(2)), vec![arg("viewer", account(2))]),
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

/// Encodes a call as it is sent.
fn encoded(call: &Call, metadata: &Metadata) -> Vec<u8> {
    let (pallet, name) = (call.pallet(), call.name());
    encode_call_data(pallet, name, call.args(), metadata, metadata.types())
        .unwrap_or_else(|error| panic!("{pallet}.{name}: {error}"))
}

/// Calls whose arguments are given by their names.
fn named() -> Vec<Call> {
    let (hash, keys) = ([1; 32], SessionKeys { aura: [2; 32], grandpa: [3; 32] });
    let vote = Vote { is_aye: true, amount: 5, conviction: Conviction::Locked3x };
    let whitelist = Call::whitelist_call(&hash);
    let origins = [Origin::Root, Origin::WhitelistedCaller, Origin::Treasurer, Origin::Moderation];
    let submissions = origins.map(|origin| Call::submit_referendum(origin, &[9; 40], 10));
    let referenda = [
        Call::submit_referendum(Origin::Root, &[9; 200], 10),
        Call::place_decision_deposit(1),
        Call::refund_decision_deposit(1),
        Call::refund_submission_deposit(1),
        Call::vote(1, &vote),
        Call::remove_vote(2, 1),
        Call::unlock_votes(2, &account(4)),
        Call::dispatch_whitelisted(&Call::authorize_upgrade(&hash)).unwrap(),
        Call::committee_propose(2, &whitelist, 34).unwrap(),
        Call::committee_vote(&hash, 3, false),
        Call::committee_close(&hash, 3, 1_000, 2_000, 34),
        whitelist,
        Call::authorize_upgrade(&hash),
    ];
    let others = [
        Call::spend_local(5, &account(4)),
        Call::add_moderator(&account(4)),
        Call::remove_moderator(&account(4)),
        Call::suspend_stream(6),
        Call::resume_stream(6),
        Call::set_session_keys(&keys, &[7; 128]),
        Call::purge_session_keys(),
        Call::register_as_candidate(),
        Call::update_candidate_bond(8),
        Call::take_candidate_slot(8, &account(4)),
        Call::leave_candidacy(),
        Call::release_bond(&account(4)),
    ];
    submissions.into_iter().chain(referenda).chain(others).collect()
}

/// Calls of other pallets whose arguments are bytes.
fn with_bytes() -> Vec<(Call, Vec<Arg>)> {
    vec![
        (Call::remark(b"message"), vec![arg("remark", b"message".to_vec())]),
        (Call::note_preimage(b"call"), vec![arg("bytes", b"call".to_vec())]),
        (Call::apply_authorized_upgrade(b"code"), vec![arg("code", b"code".to_vec())]),
    ]
}

fn all() -> Vec<(Call, Vec<Arg>)> {
    [viewers(), creators(), gateways(), with_bytes()].into_iter().flatten().collect()
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
        assert_eq!(encoded(&call, &metadata)[2..], bytes, "{name}");
    }
}

#[test]
fn every_call_is_decoded_to_its_last_byte() {
    let metadata = metadata();
    let calls = metadata.outer_enums().call_enum_ty();
    for call in all().into_iter().map(|(call, _)| call).chain(named()) {
        let bytes = encoded(&call, &metadata);
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
    let named = named();
    let ours = calls.iter().map(|(call, _)| call).chain(&named);
    let ours = ours.filter(|call| call.pallet() == "TickStream").map(Call::name);
    assert_eq!(ours.chain(WITHOUT_CONSTRUCTOR).collect::<BTreeSet<_>>(), theirs);
}

#[test]
fn session_keys_are_encoded_one_after_the_other() {
    let metadata = metadata();
    let keys = SessionKeys { aura: [2; 32], grandpa: [3; 32] };
    let bytes = encoded(&Call::set_session_keys(&keys, &[7]), &metadata);
    assert_eq!(bytes[2..66], keys.to_bytes());
    assert_eq!(SessionKeys::from_bytes(keys.to_bytes()), keys);
}

#[test]
fn vote_has_its_side_in_the_highest_bit() {
    let metadata = metadata();
    let vote = |is_aye| Vote { is_aye, amount: 1, conviction: Conviction::Locked2x };
    let byte = |is_aye| encoded(&Call::vote(0, &vote(is_aye)), &metadata)[4];
    assert_eq!((byte(true), byte(false)), (0b1000_0010, 2));
}

#[test]
fn call_in_scale_cannot_be_nested() {
    assert!(Call::dispatch_whitelisted(&Call::withdraw(1)).is_none());
    assert!(Call::committee_propose(1, &Call::withdraw(1), 3).is_none());
}
