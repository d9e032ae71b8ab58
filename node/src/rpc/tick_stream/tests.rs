use super::*;
use crate::tick::pool::{
    testing::{pool, submit, FakeChain, Watch},
    watchers::{MAX_CONNECTION_SUBSCRIPTIONS, MAX_SESSION_SUBSCRIPTIONS},
};
use jsonrpsee::{rpc_params, MethodsError, RpcModule};
use serde_json::{json, Value};
use tempfile::TempDir;
use tick_stream_primitives::{Closing, Outcome, RowError, Stream, StreamStatus, Totals};
use vilokanam_rpc_types::{method, ClaimRow, RowAnswer};
use vilokanam_tick_pool::{Exhausted, Rejected, StorageError};

struct TestEnvironment {
    chain: Arc<FakeChain>,
    pool: Arc<TickPool>,
    watchers: Arc<Watchers>,
    rpc: RpcModule<TickStreamRpc>,
    wake_budget: Arc<Budget>,
    watch: Watch,
    _folder: TempDir,
}

fn env_with(reads: BudgetConfig) -> TestEnvironment {
    let chain = FakeChain::new();
    let watchers = Arc::new(Watchers::default());
    let (pool, folder) = pool(&chain, Some(watchers.clone()));
    let deps = Deps { pool: pool.clone(), chain: chain.clone(), watchers: watchers.clone() };
    let rpc = TickStreamRpc::with_budgets(deps, reads);
    let wake_budget = rpc.wake_budget.clone();
    TestEnvironment { pool, watchers, rpc: rpc.into_rpc(), wake_budget, watch: chain.open(1), chain, _folder: folder }
}

fn test_environment() -> TestEnvironment {
    env_with(READ_BUDGET)
}

fn claim_json(claim: &vilokanam_tick_pool::SubmittedClaim) -> Value {
    json!(ClaimRow { session: claim.session, ticks: claim.ticks, proof: claim.proof })
}

fn id(watch: &Watch) -> String {
    watch.session.to_string()
}

fn error_of<T>(result: Result<T, MethodsError>) -> (i32, String) {
    match result {
        Err(MethodsError::JsonRpc(error)) => (error.code(), error.message().to_string()),
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("the call should have failed"),
    }
}

#[test]
fn methods_have_the_names_that_clients_use() {
    let env = test_environment();
    let mut names: Vec<_> = env.rpc.method_names().collect();
    names.sort_unstable();
    let mut expected = [
        method::SUBMIT,
        method::POOL,
        method::SESSION,
        method::STREAM,
        method::SUBSCRIBE_SESSION,
        method::UNSUBSCRIBE_SESSION,
    ];
    expected.sort_unstable();
    assert_eq!(names, expected);
}

#[tokio::test]
async fn rejected_row_does_not_affect_the_others() {
    let mut env = test_environment();
    let good = env.watch.claim(5);
    let mut forged = claim_json(&env.watch.claim(9));
    forged["ticks"] = json!(8);
    let request = json!({
        "opens": ["0x1234", 5],
        "claims": ["nonsense", claim_json(&good), forged, { "session": "0x01", "ticks": 1, "proof": "0x" }],
    });
    let answer: SubmitResponse =
        env.rpc.call("tickStream_submit", rpc_params![request]).await.expect("the call succeeds");

    let codes = |rows: &[RowAnswer]| rows.iter().map(|row| row.code).collect::<Vec<_>>();
    let invalid = Some(code::INVALID_ROW);
    assert_eq!(codes(&answer.opens), [invalid, invalid]);
    assert_eq!(codes(&answer.claims), [invalid, None, Some(code::PROOF_INVALID), invalid]);
    assert!(answer.closes.is_empty());
    assert!(answer.claims[1].accepted && answer.claims[1].error.is_none());
    let sentence = answer.claims[2].error.as_deref().expect("a rejected row has a sentence");
    assert!(sentence.starts_with("The proof does not lead to the verified tick 5"), "{sentence}");
    assert_eq!(env.pool.revealed_ticks(&env.watch.session), Some(5));
}

#[tokio::test]
async fn answers_have_their_documented_form() {
    let mut env = test_environment();
    let request = json!({ "claims": [claim_json(&env.watch.claim(1)), 1] });
    let answer: Value = env.rpc.call("tickStream_submit", rpc_params![request]).await.expect("the call succeeds");
    assert_eq!(answer["claims"][0], json!({ "accepted": true }));
    assert_eq!(answer["claims"][1]["accepted"], json!(false));
    assert_eq!(answer["claims"][1]["code"], json!(-32050));
    assert_eq!(answer["claims"][1]["reason"], json!("InvalidRow"));
    assert_eq!(answer["opens"], json!([]));
}

#[test]
fn every_rejection_has_its_code_and_reason() {
    let session = tick_stream_primitives::SessionId([1; 16]);
    let table = [
        (Rejected::UnknownSession, -32053, "UnknownSession"),
        (Rejected::Stale { known: 1 }, -32054, "Stale"),
        (Rejected::AboveMaximum { ticks: 2, max_ticks: 1 }, -32055, "AboveMaximum"),
        (Rejected::TooManySteps { verified: 1 }, -32056, "TooManySteps"),
        (Rejected::ProofInvalid { verified: 1 }, -32057, "ProofInvalid"),
        (Rejected::KeyBusy { pending: session }, -32058, "KeyBusy"),
        (Rejected::TicketInUse, -32059, "TicketInUse"),
        (Rejected::Refused(RowError::StreamUnknown), -32060, "StreamUnknown"),
        (Rejected::Refused(RowError::ProofInvalid), -32060, "ProofInvalid"),
        (Rejected::Busy(Exhausted { retry_ms: 1 }), -32052, "Busy"),
        (Rejected::PoolFull { entries: 1, bytes: 1 }, -32061, "PoolFull"),
        (Rejected::Chain(ChainError("syncing".into())), -32062, "Chain"),
        (Rejected::Storage(StorageError::Backlog(1)), -32063, "Storage"),
    ];
    for (rejected, code, reason) in table {
        let (error, retry_ms) = (rejected.to_string(), (code == code::BUSY).then_some(1));
        let answer = RowAnswer::rejected(code, reason, error).retry_after(retry_ms);
        assert_eq!(convert::row_answer(Err(rejected)), answer);
    }
    for error in RowError::ALL {
        let answer = convert::row_answer(Err(Rejected::Refused(*error)));
        assert_eq!(answer.reason.as_deref(), Some(error.name()), "the reason tells the chain's errors apart");
    }
}

#[tokio::test]
async fn call_with_too_many_rows_is_refused() {
    let env = test_environment();
    let request = json!({ "claims": vec![json!(0); MAX_SUBMIT_ROWS], "closes": [0] });
    let result = env.rpc.call::<_, Value>("tickStream_submit", rpc_params![request]).await;
    assert_eq!(error_of(result).0, code::TOO_MANY_ROWS);
}

#[tokio::test]
async fn unknown_field_is_refused() {
    let env = test_environment();
    let result = env.rpc.call::<_, Value>("tickStream_submit", rpc_params![json!({ "claim": [] })]).await;
    assert_eq!(error_of(result).0, jsonrpsee::types::error::INVALID_PARAMS_CODE);
}

#[tokio::test]
async fn pool_counts_the_rows() {
    let mut env = test_environment();
    submit(&env.pool, env.watch.claim(5));
    let info: Value = env.rpc.call("tickStream_pool", rpc_params![]).await.expect("the call succeeds");
    assert_eq!((&info["claims"], &info["opens"], &info["oldest_age_s"]), (&json!(1), &json!(0), &json!(0)));
    assert!(info["bytes"].as_u64().is_some_and(|bytes| bytes > 0));
}

#[tokio::test]
async fn session_never_contains_the_pooled_proof() {
    let mut env = test_environment();
    let claim = env.watch.claim(5);
    submit(&env.pool, claim);
    let closing = Closing { block: 9, moment: 1_700_000_009_000 };
    env.chain.change(&env.watch.session, |session| session.closing = Some(closing));
    let info: Value = env.rpc.call("tickStream_session", rpc_params![id(&env.watch)]).await.expect("the call succeeds");
    assert_eq!(info["session"], json!(id(&env.watch)));
    assert_eq!(info["revealed_ticks"], json!(5));
    let state = &info["state"];
    assert_eq!(state["viewer"], json!("5C62Ck4UrFPiBtoCmeSrgF7x9yv9mn38446dhCpsi2mLHiFT"));
    assert_eq!(state["session_key"], json!(tick_stream_primitives::AccountId::new([3; 32])));
    assert_eq!(state["generation"], json!(4));
    assert_eq!(state["stream"], json!("18446744073709551615"));
    assert_eq!(state["price_per_tick"], json!("340282366920938463463374607431768211455"));
    assert_eq!(state["gateway_share_ppm"], json!(100_000));
    assert_eq!(state["opened_at"], json!("1700000000000"));
    assert_eq!(state["closing"], json!({ "block": 9, "moment": "1700000009000" }));
    assert!(!info.to_string().contains(&sp_core::bytes::to_hex(&claim.proof, false)[2..]));

    // A client reads the same.
    let typed: Option<SessionInfo> = serde_json::from_value(info.clone()).expect("the answer has its documented form");
    assert_eq!(serde_json::to_value(typed).expect("answers can be serialized"), info);
}

#[tokio::test]
async fn unknown_session_is_null() {
    let env = test_environment();
    let params = rpc_params!["0x00000000000000000000000000000009"];
    let info: Value = env.rpc.call("tickStream_session", params).await.expect("the call succeeds");
    assert_eq!(info, Value::Null);
    let result = env.rpc.call::<_, Value>("tickStream_session", rpc_params!["0x0009"]).await;
    assert_eq!(error_of(result).0, jsonrpsee::types::error::INVALID_PARAMS_CODE);
}

#[tokio::test]
async fn stream_is_read_by_a_string_or_a_number() {
    let env = test_environment();
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
    env.chain.put_stream(3, stream);
    let text: Value = env.rpc.call("tickStream_stream", rpc_params!["3"]).await.expect("the call succeeds");
    let number: Value = env.rpc.call("tickStream_stream", rpc_params![3]).await.expect("the call succeeds");
    assert_eq!(text, number);
    assert_eq!(text["next_price"], json!({ "value": "9", "at": 60 }));
    assert_eq!(text["splits"][0]["share_ppm"], json!(10_000));
    assert_eq!((&text["status"], &text["metadata"]), (&json!("live"), &json!(r#"{"title":"x"}"#)));
    assert_eq!(text["totals"]["ticks"], json!("18446744073709551615"));
    let none: Value = env.rpc.call("tickStream_stream", rpc_params!["4"]).await.expect("the call succeeds");
    assert_eq!(none, Value::Null);
}

#[tokio::test]
async fn session_fails_when_the_chain_cannot_be_read() {
    let env = test_environment();
    env.chain.set_down(true);
    let result = env.rpc.call::<_, Value>("tickStream_session", rpc_params![id(&env.watch)]).await;
    assert_eq!(error_of(result).0, code::CHAIN);
}

#[tokio::test]
async fn reads_are_budgeted() {
    let two = Allowance { per_second: 0, burst: 2 };
    let env = env_with(BudgetConfig { peer: two, ..READ_BUDGET });
    for _ in 0..2 {
        let _: Value = env.rpc.call("tickStream_pool", rpc_params![]).await.expect("the budget is not spent");
    }
    let params = || rpc_params![id(&env.watch)];
    assert_eq!(error_of(env.rpc.call::<_, Value>("tickStream_pool", rpc_params![]).await).0, code::BUSY);
    assert_eq!(error_of(env.rpc.call::<_, Value>("tickStream_session", params()).await).0, code::BUSY);
    assert_eq!(error_of(env.rpc.call::<_, Value>("tickStream_stream", rpc_params![1]).await).0, code::BUSY);
    let subscribed = env.rpc.subscribe("tickStream_subscribeSession", params(), 4).await;
    assert_eq!(error_of(subscribed).0, code::BUSY);
}

async fn next(subscription: &mut jsonrpsee::core::server::Subscription) -> Option<SessionInfo> {
    let next = tokio::time::timeout(Duration::from_secs(5), subscription.next::<Option<SessionInfo>>()).await;
    next.expect("a message comes").expect("the subscription goes on").expect("the message can be read").0
}

#[tokio::test]
async fn subscription_sends_the_session_at_once_and_at_every_change() {
    let mut env = test_environment();
    let params = rpc_params![id(&env.watch)];
    let mut subscription = env.rpc.subscribe("tickStream_subscribeSession", params, 4).await.expect("there is room");
    let first = next(&mut subscription).await.expect("the session is open");
    assert_eq!((first.revealed_ticks, first.state.map(|state| state.settled_ticks)), (None, Some(0)));

    submit(&env.pool, env.watch.claim(5));
    assert_eq!(next(&mut subscription).await.and_then(|info| info.revealed_ticks), Some(5));

    let session = env.watch.session;
    // A wake without a change sends nothing.
    env.watchers.notify_all();
    env.chain.change(&session, |session| session.settled_ticks = 5);
    env.watchers.notify_of(&[Outcome::Settled(session, 5)]);
    let settled = next(&mut subscription).await.and_then(|info| info.state).map(|state| state.settled_ticks);
    assert_eq!(settled, Some(5));
}

#[tokio::test]
async fn reads_of_woken_subscriptions_are_budgeted() {
    // One read at the start, charged to the budget of calls, and one after a wake.
    let one = Allowance { per_second: 0, burst: 1 };
    let mut env = env_with(BudgetConfig { global: one, ..READ_BUDGET });
    let params = rpc_params![id(&env.watch)];
    let mut subscription = env.rpc.subscribe("tickStream_subscribeSession", params, 4).await.expect("there is room");
    next(&mut subscription).await;

    submit(&env.pool, env.watch.claim(5));
    assert_eq!(next(&mut subscription).await.and_then(|info| info.revealed_ticks), Some(5));
    assert!(env.wake_budget.charge(PeerId::Public(7), Work::Foreign, 1).is_err(), "the budget of wakes is spent");
}

#[tokio::test]
async fn read_of_a_woken_subscription_waits_for_the_budget() {
    let slow = Allowance { per_second: 5, burst: 1 };
    let mut env = env_with(BudgetConfig { global: slow, ..READ_BUDGET });
    let params = rpc_params![id(&env.watch)];
    let mut subscription = env.rpc.subscribe("tickStream_subscribeSession", params, 4).await.expect("there is room");
    next(&mut subscription).await;
    env.wake_budget.charge(PeerId::Public(7), Work::Foreign, 1).expect("no subscription was woken yet");
    submit(&env.pool, env.watch.claim(5));
    assert_eq!(next(&mut subscription).await.and_then(|info| info.revealed_ticks), Some(5));
}

#[tokio::test]
async fn dropped_subscription_releases_its_watcher() {
    let env = test_environment();
    let params = rpc_params![id(&env.watch)];
    let mut subscription = env.rpc.subscribe("tickStream_subscribeSession", params, 4).await.expect("there is room");
    next(&mut subscription).await;
    drop(subscription);
    tokio::time::timeout(Duration::from_secs(5), async {
        while env.watchers.count() > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("the watcher is dropped");
}

/// Lets the following calls come from a public or an operator's connection. Without a server all have the same id.
fn come_from(env: &mut TestEnvironment, deny_unsafe: DenyUnsafe) {
    env.rpc.extensions_mut().insert(deny_unsafe);
}

#[test]
fn connection_that_may_call_unsafe_methods_is_the_operators() {
    let mut ext = Extensions::new();
    assert_eq!(peer(&ext), LOCAL_PEER);
    ext.insert(ConnectionId(7));
    ext.insert(DenyUnsafe::No);
    assert_eq!(peer(&ext), PeerId::Operator(7));
    ext.insert(DenyUnsafe::Yes);
    assert_eq!(peer(&ext), PeerId::Public(7));
}

#[tokio::test]
async fn subscription_beyond_the_limit_of_the_node_is_refused() {
    let env = test_environment();
    let watch = |_| env.watchers.watch(PeerId::Operator(7), env.watch.session).expect("there is room");
    let _watching: Vec<_> = (0..MAX_SESSION_SUBSCRIPTIONS).map(watch).collect();
    let params = || rpc_params![id(&env.watch)];
    let (code, sentence) = error_of(env.rpc.subscribe("tickStream_subscribeSession", params(), 4).await);
    assert_eq!(code, code::TOO_MANY_SUBSCRIPTIONS);
    assert!(sentence.contains("This node") && sentence.contains("try again later"), "{sentence}");
}

#[tokio::test]
async fn one_connection_cannot_hold_the_subscriptions_of_others() {
    let mut env = test_environment();
    come_from(&mut env, DenyUnsafe::Yes);
    let session = id(&env.watch);
    let mut held = Vec::new();
    for _ in 0..MAX_CONNECTION_SUBSCRIPTIONS {
        let subscribed = env.rpc.subscribe("tickStream_subscribeSession", rpc_params![&session], 4).await;
        held.push(subscribed.expect("there is room"));
    }
    let beyond = env.rpc.subscribe("tickStream_subscribeSession", rpc_params![&session], 4).await;
    let (code, sentence) = error_of(beyond);
    assert_eq!(code, code::TOO_MANY_SUBSCRIPTIONS);
    assert!(sentence.contains("This connection") && sentence.contains("end one of them"), "{sentence}");

    env.watchers.watch(PeerId::Public(2), env.watch.session).expect("another connection has room");
    come_from(&mut env, DenyUnsafe::No);
    let operators = env.rpc.subscribe("tickStream_subscribeSession", rpc_params![&session], 4).await;
    next(&mut operators.expect("the operator has room")).await;
}

#[tokio::test]
async fn public_connections_do_not_spend_the_reads_of_the_operator() {
    let ten = Allowance { per_second: 0, burst: 10 };
    let mut env = env_with(BudgetConfig { foreign: ten, newcomers: ten, ..READ_BUDGET });
    come_from(&mut env, DenyUnsafe::Yes);
    for _ in 0..10 {
        let _: Value = env.rpc.call("tickStream_pool", rpc_params![]).await.expect("the budget is not spent");
    }
    assert_eq!(error_of(env.rpc.call::<_, Value>("tickStream_pool", rpc_params![]).await).0, code::BUSY);
    come_from(&mut env, DenyUnsafe::No);
    let _: Value = env.rpc.call("tickStream_pool", rpc_params![]).await.expect("operators have a part of their own");
}

#[tokio::test]
async fn busy_answers_say_when_to_try_again() {
    let slow = Allowance { per_second: 1, burst: 0 };
    let env = env_with(BudgetConfig { peer: slow, ..READ_BUDGET });
    let Err(MethodsError::JsonRpc(error)) = env.rpc.call::<_, Value>("tickStream_pool", rpc_params![]).await else {
        panic!("the budget is spent");
    };
    assert_eq!(error.code(), code::BUSY);
    let data: BusyData = serde_json::from_str(error.data().expect("there is data").get()).expect("it has its form");
    assert_eq!(data, BusyData { retry_ms: 1_000 });
    let row = convert::row_answer(Err(Rejected::Busy(Exhausted { retry_ms: 250 })));
    assert_eq!((row.code, row.retry_ms), (Some(code::BUSY), Some(250)));
}
