use super::{types::SubmitResponse, *};
use crate::tick::pool::testing::{pool, submit, FakeChain, Watch};
use jsonrpsee::{rpc_params, MethodsError, RpcModule};
use serde_json::{json, Value};
use tempfile::TempDir;
use tick_stream_primitives::{Closing, Outcome, RowError, Stream, StreamStatus, Totals};
use vilokanam_tick_pool::{Exhausted, Rejected, StorageError};

struct Bench {
    chain: Arc<FakeChain>,
    pool: Arc<TickPool>,
    watchers: Arc<Watchers>,
    rpc: RpcModule<TickStreamRpc>,
    wakes: Arc<Budget>,
    watch: Watch,
    _folder: TempDir,
}

fn bench_with(reads: BudgetConfig) -> Bench {
    let chain = FakeChain::new();
    let watchers = Arc::new(Watchers::default());
    let (pool, folder) = pool(&chain, Some(watchers.clone()));
    let deps = Deps { pool: pool.clone(), chain: chain.clone(), watchers: watchers.clone() };
    let rpc = TickStreamRpc::with_reads(deps, reads);
    let wakes = rpc.wakes.clone();
    Bench { pool, watchers, rpc: rpc.into_rpc(), wakes, watch: chain.open(1), chain, _folder: folder }
}

fn bench() -> Bench {
    bench_with(READS)
}

fn claim_json(claim: &vilokanam_tick_pool::SubmittedClaim) -> Value {
    json!({ "session": claim.session.to_string(), "ticks": claim.ticks, "proof": Hex(claim.proof) })
}

fn id(watch: &Watch) -> String {
    watch.session.to_string()
}

fn error_of<T>(result: Result<T, MethodsError>) -> (i32, String) {
    match result {
        Err(MethodsError::JsonRpc(error)) => (error.code(), error.message().to_string()),
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("it should have failed"),
    }
}

#[tokio::test]
async fn submit_works_row_by_row() {
    let mut bench = bench();
    let good = bench.watch.claim(5);
    let mut forged = claim_json(&bench.watch.claim(9));
    forged["ticks"] = json!(8);
    let request = json!({
        "opens": ["0x1234", 5],
        "claims": ["nonsense", claim_json(&good), forged, { "session": "0x01", "ticks": 1, "proof": "0x" }],
    });
    let answer: SubmitResponse = bench.rpc.call("tickStream_submit", rpc_params![request]).await.expect("it answers");

    let codes = |rows: &[types::RowAnswer]| rows.iter().map(|row| row.code).collect::<Vec<_>>();
    let invalid = Some(code::INVALID_ROW);
    assert_eq!(codes(&answer.opens), [invalid, invalid]);
    assert_eq!(codes(&answer.claims), [invalid, None, Some(code::PROOF_INVALID), invalid]);
    assert!(answer.closes.is_empty());
    assert!(answer.claims[1].accepted && answer.claims[1].error.is_none());
    let sentence = answer.claims[2].error.as_deref().expect("it says why");
    assert!(sentence.starts_with("The proof does not lead down to the verified tick 5"), "{sentence}");
    assert_eq!(bench.pool.pooled_ticks(&bench.watch.session), Some(5));
}

#[tokio::test]
async fn answers_to_rows_have_the_documented_form() {
    let mut bench = bench();
    let request = json!({ "claims": [claim_json(&bench.watch.claim(1)), 1] });
    let answer: Value = bench.rpc.call("tickStream_submit", rpc_params![request]).await.expect("it answers");
    assert_eq!(answer["claims"][0], json!({ "accepted": true }));
    assert_eq!(answer["claims"][1]["accepted"], json!(false));
    assert_eq!(answer["claims"][1]["code"], json!(-32050));
    assert_eq!(answer["claims"][1]["reason"], json!("InvalidRow"));
    assert_eq!(answer["opens"], json!([]));
}

#[test]
fn every_refusal_has_its_code_and_reason() {
    let session = tick_stream_primitives::SessionId([1; 16]);
    let table = [
        (Rejected::UnknownSession, -32053, "UnknownSession"),
        (Rejected::Stale { known: 1 }, -32054, "Stale"),
        (Rejected::AboveMaximum { ticks: 2, max_ticks: 1 }, -32055, "AboveMaximum"),
        (Rejected::TooManySteps { verified: 1 }, -32056, "TooManySteps"),
        (Rejected::ProofInvalid { verified: 1 }, -32057, "ProofInvalid"),
        (Rejected::ViewerBusy { pending: session }, -32058, "ViewerBusy"),
        (Rejected::TicketInUse, -32059, "TicketInUse"),
        (Rejected::Refused(RowError::StreamUnknown), -32060, "StreamUnknown"),
        (Rejected::Refused(RowError::ProofInvalid), -32060, "ProofInvalid"),
        (Rejected::Busy(Exhausted { retry_ms: 1 }), -32052, "Busy"),
        (Rejected::PoolFull { entries: 1, bytes: 1 }, -32061, "PoolFull"),
        (Rejected::Chain(ChainError("syncing".into())), -32062, "Chain"),
        (Rejected::Storage(StorageError::Backlog(1)), -32063, "Storage"),
    ];
    for (rejected, code, reason) in table {
        let error = rejected.to_string();
        let answer = types::RowAnswer::from(Err(rejected));
        let expected =
            types::RowAnswer { accepted: false, code: Some(code), reason: Some(reason.into()), error: Some(error) };
        assert_eq!(answer, expected);
    }
    for error in RowError::ALL {
        let answer = types::RowAnswer::from(Err(Rejected::Refused(*error)));
        assert_eq!(answer.reason.as_deref(), Some(error.name()), "no two of the chain's refusals look the same");
    }
}

#[tokio::test]
async fn too_many_rows_fails() {
    let bench = bench();
    let request = json!({ "claims": vec![json!(0); MAX_SUBMIT_ROWS], "closes": [0] });
    let result = bench.rpc.call::<_, Value>("tickStream_submit", rpc_params![request]).await;
    assert_eq!(error_of(result).0, code::TOO_MANY_ROWS);
}

#[tokio::test]
async fn misspelt_field_fails() {
    let bench = bench();
    let result = bench.rpc.call::<_, Value>("tickStream_submit", rpc_params![json!({ "claim": [] })]).await;
    assert_eq!(error_of(result).0, jsonrpsee::types::error::INVALID_PARAMS_CODE);
}

#[tokio::test]
async fn pool_works() {
    let mut bench = bench();
    submit(&bench.pool, bench.watch.claim(5));
    let info: Value = bench.rpc.call("tickStream_pool", rpc_params![]).await.expect("it answers");
    assert_eq!((&info["claims"], &info["opens"], &info["oldest_age_s"]), (&json!(1), &json!(0), &json!(0)));
    assert!(info["bytes"].as_u64().is_some_and(|bytes| bytes > 0));
}

#[tokio::test]
async fn session_works_and_never_tells_the_pooled_proof() {
    let mut bench = bench();
    let claim = bench.watch.claim(5);
    submit(&bench.pool, claim);
    let closing = Closing { block: 9, moment: 1_700_000_009_000 };
    bench.chain.change(&bench.watch.session, |session| session.closing = Some(closing));
    let info: Value = bench.rpc.call("tickStream_session", rpc_params![id(&bench.watch)]).await.expect("it answers");
    assert_eq!(info["session"], json!(id(&bench.watch)));
    assert_eq!(info["pooled_ticks"], json!(5));
    let state = &info["state"];
    assert_eq!(state["viewer"], json!("5C62Ck4UrFPiBtoCmeSrgF7x9yv9mn38446dhCpsi2mLHiFT"));
    assert_eq!(state["stream"], json!("18446744073709551615"));
    assert_eq!(state["price_per_tick"], json!("340282366920938463463374607431768211455"));
    assert_eq!(state["gateway_share"], json!(100_000));
    assert_eq!(state["opened_at"], json!("1700000000000"));
    assert_eq!(state["closing"], json!({ "block": 9, "moment": "1700000009000" }));
    assert!(!info.to_string().contains(&sp_core::bytes::to_hex(&claim.proof, false)[2..]));

    // What the client side makes of it is the same.
    let typed: Option<SessionInfo> = serde_json::from_value(info.clone()).expect("it is what was serialized");
    assert_eq!(serde_json::to_value(typed).expect("it can be serialized"), info);
}

#[tokio::test]
async fn unknown_session_is_null() {
    let bench = bench();
    let params = rpc_params!["0x00000000000000000000000000000009"];
    let info: Value = bench.rpc.call("tickStream_session", params).await.expect("it answers");
    assert_eq!(info, Value::Null);
    let result = bench.rpc.call::<_, Value>("tickStream_session", rpc_params!["0x0009"]).await;
    assert_eq!(error_of(result).0, jsonrpsee::types::error::INVALID_PARAMS_CODE);
}

#[tokio::test]
async fn stream_works_with_either_kind_of_number() {
    let bench = bench();
    let stream = Stream {
        creator: tick_stream_primitives::AccountId::new([1; 32]),
        price_per_tick: 7,
        next_price: Some(tick_stream_primitives::Announced { value: 9, at: 60 }),
        preview_ticks: 30,
        gateway_share: sp_runtime::Permill::from_percent(5),
        splits: vec![(tick_stream_primitives::AccountId::new([1; 32]), sp_runtime::Permill::from_percent(1))]
            .try_into()
            .expect("one is few"),
        next_splits: None,
        metadata: br#"{"title":"x"}"#.to_vec().try_into().expect("it is short"),
        status: StreamStatus::Live,
        open_sessions: 2,
        deposit: 1,
        totals: Totals { ticks: u64::MAX, paid: 1, tipped: 2 },
    };
    bench.chain.put_stream(3, stream);
    let text: Value = bench.rpc.call("tickStream_stream", rpc_params!["3"]).await.expect("it answers");
    let number: Value = bench.rpc.call("tickStream_stream", rpc_params![3]).await.expect("it answers");
    assert_eq!(text, number);
    assert_eq!(text["next_price"], json!({ "value": "9", "at": 60 }));
    assert_eq!(text["splits"][0]["share"], json!(10_000));
    assert_eq!((&text["status"], &text["metadata"]), (&json!("live"), &json!(r#"{"title":"x"}"#)));
    assert_eq!(text["totals"]["ticks"], json!("18446744073709551615"));
    let none: Value = bench.rpc.call("tickStream_stream", rpc_params!["4"]).await.expect("it answers");
    assert_eq!(none, Value::Null);
}

#[tokio::test]
async fn unreadable_chain_fails() {
    let bench = bench();
    bench.chain.set_down(true);
    let result = bench.rpc.call::<_, Value>("tickStream_session", rpc_params![id(&bench.watch)]).await;
    assert_eq!(error_of(result).0, code::CHAIN);
}

#[tokio::test]
async fn reads_are_budgeted() {
    let none = Allowance { per_second: 0, burst: 2 };
    let bench = bench_with(BudgetConfig { peer: none, ..READS });
    for _ in 0..2 {
        let _: Value = bench.rpc.call("tickStream_pool", rpc_params![]).await.expect("there is budget");
    }
    let params = || rpc_params![id(&bench.watch)];
    assert_eq!(error_of(bench.rpc.call::<_, Value>("tickStream_pool", rpc_params![]).await).0, code::BUSY);
    assert_eq!(error_of(bench.rpc.call::<_, Value>("tickStream_session", params()).await).0, code::BUSY);
    assert_eq!(error_of(bench.rpc.call::<_, Value>("tickStream_stream", rpc_params![1]).await).0, code::BUSY);
    let subscribed = bench.rpc.subscribe("tickStream_subscribeSession", params(), 4).await;
    assert_eq!(error_of(subscribed).0, code::BUSY);
}

async fn next(subscription: &mut jsonrpsee::core::server::Subscription) -> Option<SessionInfo> {
    let next = tokio::time::timeout(Duration::from_secs(5), subscription.next::<Option<SessionInfo>>()).await;
    next.expect("it comes soon").expect("it goes on").expect("it can be read").0
}

#[tokio::test]
async fn subscription_tells_now_and_of_every_change() {
    let mut bench = bench();
    let params = rpc_params![id(&bench.watch)];
    let mut subscription = bench.rpc.subscribe("tickStream_subscribeSession", params, 4).await.expect("there is room");
    let first = next(&mut subscription).await.expect("the session is open");
    assert_eq!((first.pooled_ticks, first.state.map(|state| state.settled_ticks)), (None, Some(0)));

    submit(&bench.pool, bench.watch.claim(5));
    assert_eq!(next(&mut subscription).await.and_then(|info| info.pooled_ticks), Some(5));

    let session = bench.watch.session;
    // Woken without a change nothing is said.
    bench.watchers.all();
    bench.chain.change(&session, |session| session.settled_ticks = 5);
    bench.watchers.outcomes(&[Outcome::Settled(session, 5)]);
    let settled = next(&mut subscription).await.and_then(|info| info.state).map(|state| state.settled_ticks);
    assert_eq!(settled, Some(5));
}

#[tokio::test]
async fn wakes_of_subscriptions_are_budgeted() {
    // One read to begin with, from the budget of calls, and one wake.
    let one = Allowance { per_second: 0, burst: 1 };
    let mut bench = bench_with(BudgetConfig { global: one, ..READS });
    let params = rpc_params![id(&bench.watch)];
    let mut subscription = bench.rpc.subscribe("tickStream_subscribeSession", params, 4).await.expect("there is room");
    next(&mut subscription).await;
    assert_eq!(bench.wakes.peers(), 0);

    submit(&bench.pool, bench.watch.claim(5));
    assert_eq!(next(&mut subscription).await.and_then(|info| info.pooled_ticks), Some(5));
    assert!(bench.wakes.charge(PeerId(7), 1).is_err(), "what is left of the budget is nothing");
}

#[tokio::test]
async fn wake_that_no_budget_is_left_for_comes_later() {
    let slow = Allowance { per_second: 5, burst: 1 };
    let mut bench = bench_with(BudgetConfig { global: slow, ..READS });
    let params = rpc_params![id(&bench.watch)];
    let mut subscription = bench.rpc.subscribe("tickStream_subscribeSession", params, 4).await.expect("there is room");
    next(&mut subscription).await;
    bench.wakes.charge(PeerId(7), 1).expect("nobody was woken yet");
    submit(&bench.pool, bench.watch.claim(5));
    assert_eq!(next(&mut subscription).await.and_then(|info| info.pooled_ticks), Some(5));
}

#[tokio::test]
async fn subscription_ends_when_nobody_listens() {
    let bench = bench();
    let params = rpc_params![id(&bench.watch)];
    let mut subscription = bench.rpc.subscribe("tickStream_subscribeSession", params, 4).await.expect("there is room");
    next(&mut subscription).await;
    drop(subscription);
    tokio::time::timeout(Duration::from_secs(5), async {
        while bench.watchers.count() > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("its watcher goes");
}

#[tokio::test]
async fn too_many_subscriptions_fails() {
    let bench = bench();
    let room = crate::tick::pool::watchers::MAX_SESSION_SUBSCRIPTIONS;
    let _watching: Vec<_> =
        (0..room).map(|_| bench.watchers.watch(bench.watch.session).expect("there is room")).collect();
    let params = rpc_params![id(&bench.watch)];
    let (code, sentence) = error_of(bench.rpc.subscribe("tickStream_subscribeSession", params, 4).await);
    assert_eq!(code, code::TOO_MANY_SUBSCRIPTIONS);
    assert!(sentence.contains("try again later"), "{sentence}");
}
