use super::*;
use serde::de::DeserializeOwned;
use serde_json::{from_value, json, to_value, Value};
use tick_stream_primitives::{AccountId, CloseRow, SessionId, SignedTicket, StreamStatus, Ticket};

const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
const BOB: &str = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";

fn account(ss58: &str) -> AccountId {
    from_value(json!(ss58)).unwrap()
}

/// Checks that `value` has this JSON form, in both directions.
fn has_form<T: serde::Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: T, form: Value) {
    assert_eq!(to_value(&value).unwrap(), form);
    assert_eq!(from_value::<T>(form).unwrap(), value);
}

fn error_of<T: DeserializeOwned + std::fmt::Debug>(form: Value) -> String {
    from_value::<T>(form).unwrap_err().to_string()
}

fn signed_ticket() -> SignedTicket {
    let ticket = Ticket {
        viewer: account(ALICE),
        session_key: account(BOB),
        nonce: 1,
        stream: 2,
        gateway: account(ALICE),
        price_per_tick: 3,
        max_ticks: 4,
        anchor: [5; 32],
        expires_at: 6,
    };
    // Signature kind 1 is sr25519.
    let signature = codec::DecodeAll::decode_all(&mut &[&[1][..], &[7; 64]].concat()[..]).unwrap();
    SignedTicket { ticket, signature }
}

#[test]
fn session_info_has_its_documented_form() {
    let state = SessionState {
        viewer: account(ALICE),
        session_key: Some(account(BOB)),
        stream: u64::MAX,
        gateway: account(ALICE),
        price_per_tick: u128::MAX,
        gateway_share_ppm: 100_000,
        head: [0xab; 32],
        settled_ticks: 5,
        max_ticks: 60,
        opened_at: 1_700_000_000_000,
        last_claim: 9,
        generation: Some(3),
        closing: Some(ClosingInfo { block: 9, moment: 1_700_000_009_000 }),
    };
    let info = SessionInfo { session: SessionId([1; 16]), state: Some(state), revealed_ticks: Some(7) };
    let form = json!({
        "session": "0x01010101010101010101010101010101",
        "state": {
            "viewer": ALICE,
            "session_key": BOB,
            "stream": "18446744073709551615",
            "gateway": ALICE,
            "price_per_tick": "340282366920938463463374607431768211455",
            "gateway_share_ppm": 100_000,
            "head": format!("0x{}", "ab".repeat(32)),
            "settled_ticks": 5,
            "max_ticks": 60,
            "opened_at": "1700000000000",
            "last_claim": 9,
            "generation": 3,
            "closing": { "block": 9, "moment": "1700000009000" },
        },
        "revealed_ticks": 7,
    });
    has_form(info.clone(), form.clone());

    // A session that the wallet has opened.
    let by_wallet = info.state.map(|state| SessionState { session_key: None, generation: None, ..state });
    let mut form = form;
    form["state"]["session_key"] = json!(null);
    form["state"]["generation"] = json!(null);
    has_form(SessionInfo { state: by_wallet, ..info }, form);
}

#[test]
fn stream_info_has_its_documented_form() {
    let split = SplitInfo { account: account(ALICE), share_ppm: 10_000 };
    let info = StreamInfo {
        stream: 3,
        creator: account(ALICE),
        price_per_tick: 7,
        next_price: Some(NextPriceInfo { value: 9, at: 60 }),
        preview_ticks: 30,
        gateway_share_ppm: 50_000,
        splits: vec![split.clone()],
        next_splits: Some(NextSplitsInfo { value: vec![split], at: 61 }),
        metadata: r#"{"title":"x"}"#.into(),
        status: StreamStatus::Suspended,
        open_sessions: 2,
        deposit: 1,
        totals: TotalsInfo { ticks: u64::MAX, paid: 1, tipped: 2 },
    };
    let form = json!({
        "stream": "3",
        "creator": ALICE,
        "price_per_tick": "7",
        "next_price": { "value": "9", "at": 60 },
        "preview_ticks": 30,
        "gateway_share_ppm": 50_000,
        "splits": [{ "account": ALICE, "share_ppm": 10_000 }],
        "next_splits": { "value": [{ "account": ALICE, "share_ppm": 10_000 }], "at": 61 },
        "metadata": "{\"title\":\"x\"}",
        "status": "suspended",
        "open_sessions": 2,
        "deposit": "1",
        "totals": { "ticks": "18446744073709551615", "paid": "1", "tipped": "2" },
    });
    has_form(info, form);
}

#[test]
fn submit_request_has_its_documented_form() {
    let claim = ClaimRow { session: SessionId([1; 16]), ticks: 60, proof: [2; 32] };
    let close = CloseRow { session: SessionId([1; 16]), signature: None };
    let request = SubmitRequest { opens: vec![signed_ticket()], claims: vec![claim], closes: vec![close] };
    let form = json!({
        "opens": [format!("0x{}", hex::encode(codec::Encode::encode(&signed_ticket())))],
        "claims": [{
            "session": "0x01010101010101010101010101010101",
            "ticks": 60,
            "proof": format!("0x{}", "02".repeat(32)),
        }],
        "closes": ["0x0101010101010101010101010101010100"],
    });
    has_form(request, form);
}

#[test]
fn rejected_row_has_its_documented_form() {
    has_form(RowAnswer::accepted(), json!({ "accepted": true }));
    let rejected = RowAnswer::rejected(code::STALE, "Stale", "Send a higher claim.");
    let form = json!({ "accepted": false, "code": -32054, "reason": "Stale", "error": "Send a higher claim." });
    has_form(rejected.clone(), form);
    let busy = RowAnswer::rejected(code::BUSY, "Busy", "Wait.").retry_after(Some(250));
    let form = json!({ "accepted": false, "code": -32052, "reason": "Busy", "error": "Wait.", "retry_ms": 250 });
    has_form(busy, form);
    has_form(BusyData { retry_ms: 250 }, json!({ "retry_ms": 250 }));
    let answers = SubmitResponse { claims: vec![RowAnswer::accepted(), rejected.clone()], ..Default::default() };
    assert_eq!(answers.refused().collect::<Vec<_>>(), [&rejected]);
}

#[test]
fn list_left_out_of_a_submit_request_is_empty() {
    assert_eq!(from_value::<SubmitRequest>(json!({})).unwrap(), SubmitRequest::default());
}

#[test]
fn unknown_field_of_a_submit_request_is_refused() {
    assert!(error_of::<SubmitRequest>(json!({ "claim": [] })).contains("unknown field `claim`"));
}

#[test]
fn hex_is_read_in_either_case_and_without_its_prefix() {
    let id = SessionIdParam(SessionId([0xab; 16]));
    for form in ["0x".to_owned() + &"ab".repeat(16), "ab".repeat(16), "0x".to_owned() + &"AB".repeat(16)] {
        assert_eq!(from_value::<SessionIdParam>(json!(form)).unwrap(), id);
    }
}

#[test]
fn hex_of_the_wrong_form_is_refused() {
    assert_eq!(error_of::<SessionIdParam>(json!("0x1234")), "2 bytes instead of 16");
    for form in [json!("0x123"), json!("no hex"), json!(7), json!(null)] {
        assert!(from_value::<SessionIdParam>(form).is_err());
    }
}

#[test]
fn scale_value_with_bytes_left_over_is_refused() {
    let request = |row: &str| json!({ "closes": [row] });
    let row = "0x0101010101010101010101010101010100";
    assert!(from_value::<SubmitRequest>(request(row)).is_ok());
    for row in [format!("{row}00"), row[..30].to_owned()] {
        let error = error_of::<SubmitRequest>(request(&row));
        assert!(!error.contains('\n'), "{error}");
    }
}

#[test]
fn stream_id_is_read_from_a_decimal_string_and_from_a_number() {
    for form in [json!("18446744073709551615"), json!(u64::MAX)] {
        assert_eq!(from_value::<StreamIdParam>(form).unwrap(), StreamIdParam(u64::MAX));
    }
    assert_eq!(to_value(StreamIdParam(3)).unwrap(), json!("3"));
    for form in [json!("-1"), json!(-1), json!(1.5), json!("0x1"), json!(null)] {
        assert!(from_value::<StreamIdParam>(form).is_err());
    }
}
