//! Moderation and administration: reports, decisions and appeals; who publishes, lists of what is blocked, roles, invitations,
//! by API and by command line.

use anyhow::{ensure, Context, Result};
use reqwest::{header::CONTENT_TYPE, Method};
use serde_json::{json, Value};
use vilokanam_chain::Signer;
use vilokanam_gateway_tests::{
    api::Response,
    environment::{creator_key, EnvironmentOptions, TestEnvironment, MASTER_PLAYLIST, STREAM},
    publisher::Protocol,
    signed,
};
use vilokanam_tests::{accounts::GATEWAY, wait_for};
use vilokanam_wire::{
    admin::{AdminStatus, BlockView, Invitation, PublisherView, PublishingTerms},
    moderation::{AppealView, AuditEntry, MyDecision, ReportReceipt, ReportView},
    streams::{Page, StreamStatus, StreamView},
    Account,
};

/// Maximum time until the index has a stream, or a broadcast has ended or begun.
const GATEWAY_SECONDS: u64 = 60;
const MODERATOR: &str = "//Eve";
const REPORTER: &str = "//Charlie";
/// A body with everything that a request of a moderator or an administrator needs.
const ANY_BODY: &str =
    r#"{"note":"n","text":"t","reason":"r","action":"warn","uphold":true,"min_price":"1","min_share_ppm":1}"#;

/// Sends a request as the person with the key of this URI.
async fn ask(env: &TestEnvironment, uri: &str, request: (Method, &str), body: Value) -> Result<Response> {
    let headers: &[(&str, &str)] = match body {
        Value::Null => &[],
        _ => &[(CONTENT_TYPE.as_str(), "application/json")],
    };
    let bytes = if body.is_null() { Vec::new() } else { serde_json::to_vec(&body)? };
    signed::send(&env.api, &env.chain.genesis_hash(), &Signer::from_uri(uri)?, request, headers, bytes).await
}

async fn get(env: &TestEnvironment, uri: &str, path: &str) -> Result<Response> {
    ask(env, uri, (Method::GET, path), Value::Null).await
}

fn account_of(uri: &str) -> Result<String> {
    Ok(Account(Signer::from_uri(uri)?.account()).to_string())
}

async fn make_moderator(env: &TestEnvironment) -> Result<()> {
    let path = format!("/v1/admin/people/{}/roles/moderator", account_of(MODERATOR)?);
    ask(env, GATEWAY, (Method::PUT, &path), Value::Null).await?.success()?;
    Ok(())
}

/// Runs `vilokanam-gateway admin` with the settings of the gateway that runs, and returns what it prints.
async fn admin(env: &TestEnvironment, arguments: &[&str]) -> Result<(Option<i32>, String)> {
    let mut command = env.gateway.command()?;
    command.arg("admin").args(arguments);
    let output = tokio::task::spawn_blocking(move || command.output()).await??;
    let printed = if output.status.success() { output.stdout } else { output.stderr };
    Ok((output.status.code(), String::from_utf8_lossy(&printed).into_owned()))
}

/// Returns the JSON that a command prints, which has to succeed.
async fn admin_json(env: &TestEnvironment, arguments: &[&str]) -> Result<Value> {
    let (code, printed) = admin(env, &[arguments, &["--json"]].concat()).await?;
    ensure!(code == Some(0), "{arguments:?}: {printed}");
    serde_json::from_str(&printed).with_context(|| format!("{arguments:?} printed {printed}"))
}

/// Reports the stream, as soon as the index has it.
async fn report_stream(env: &TestEnvironment) -> Result<ReportReceipt> {
    let body = json!({ "subject": "stream:0", "reason": "copyright", "text": "It is mine." });
    wait_for("the index to have the stream", GATEWAY_SECONDS, || async {
        let answer = ask(env, REPORTER, (Method::POST, "/v1/reports"), body.clone()).await?;
        answer.json().map(Some)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn reported_stream_is_cut_off_until_its_creator_is_heard() -> Result<()> {
    let mut env = TestEnvironment::start(EnvironmentOptions::default()).await?;
    let creator = vilokanam_tests::accounts::CREATOR;
    make_moderator(&env).await?;
    let ReportReceipt { id } = report_stream(&env).await?;
    let again = json!({ "subject": "stream:0", "reason": "spam" });
    ask(&env, REPORTER, (Method::POST, "/v1/reports"), again).await?.expect_refusal(409, "conflict")?;
    get(&env, REPORTER, "/v1/moderation/reports").await?.expect_refusal(403, "forbidden")?;

    let reports: Page<ReportView> = get(&env, MODERATOR, "/v1/moderation/reports").await?.json()?;
    let report = reports.items.iter().find(|report| report.id == id).context("the report waits")?;
    ensure!(report.title.as_deref() == Some("End to end") && report.count == 1, "{report:?}");
    ensure!(report
        .of
        .as_ref()
        .is_some_and(|person| person.account.to_string() == account_of(creator).unwrap_or_default()));
    let path = format!("/v1/moderation/reports/{id}/notes");
    ask(&env, MODERATOR, (Method::POST, &path), json!({ "text": "looks right" })).await?.success()?;
    let path = format!("/v1/moderation/reports/{id}/decision");
    let decision = json!({ "action": "cut_off", "note": "It belongs to someone else." });
    ask(&env, MODERATOR, (Method::POST, &path), decision.clone()).await?.success()?;
    ask(&env, MODERATOR, (Method::POST, &path), decision).await?.expect_refusal(409, "conflict")?;
    check_cut_off(&mut env).await?;

    let decisions: Vec<MyDecision> = get(&env, creator, "/v1/me/decisions").await?.json()?;
    let [decision] = &decisions[..] else { anyhow::bail!("one decision was expected: {decisions:?}") };
    ensure!(decision.note.contains("someone else") && decision.appeal.is_none(), "{decision:?}");
    let path = format!("/v1/decisions/{}/appeal", decision.id);
    ask(&env, REPORTER, (Method::POST, &path), json!({ "text": "mine" })).await?.expect_refusal(404, "not-found")?;
    ask(&env, creator, (Method::POST, &path), json!({ "text": "I made it." })).await?.success()?;

    let appeals: Page<AppealView> = get(&env, MODERATOR, "/v1/moderation/appeals").await?.json()?;
    ensure!(appeals.items.iter().any(|appeal| appeal.id == decision.id && appeal.text == "I made it."), "{appeals:?}");
    let path = format!("/v1/moderation/appeals/{}", decision.id);
    let answer = json!({ "uphold": false, "note": "You have shown the contract." });
    ask(&env, MODERATOR, (Method::POST, &path), answer).await?.success()?;
    env.publish(Protocol::Rtmp)?;
    env.player("240p").first_segment().await.context("the stream is not given out again")?;

    let audit: Page<AuditEntry> = get(&env, MODERATOR, "/v1/moderation/audit").await?.json()?;
    let actions: Vec<&str> = audit.items.iter().map(|entry| entry.action.as_str()).collect();
    ensure!(actions == ["appeal.lift", "decide.cut_off", "note", "role.moderator.grant"], "{actions:?}");
    Ok(())
}

/// Fails unless the stream is off air, is not given out, and cannot be published.
async fn check_cut_off(env: &mut TestEnvironment) -> Result<()> {
    wait_for("the stream to vanish", GATEWAY_SECONDS, || async {
        env.api.get(MASTER_PLAYLIST).await?.expect_refusal(403, "stream-not-open").map(Some)
    })
    .await?;
    let listed: Page<StreamView> = env.api.get("/v1/streams").await?.json()?;
    ensure!(listed.items.is_empty(), "the stream is still listed: {listed:?}");
    let view: StreamView = env.api.get("/v1/streams/0").await?.json()?;
    ensure!(view.status == StreamStatus::Suspended && view.playlist.is_none(), "{view:?}");
    let ticket = env.wallets[0].ticket(&vilokanam_gateway_tests::environment::terms(60)).await?;
    env.api.post("/v1/sessions", &ticket.offer(), &[]).await?.expect_refusal(403, "stream-not-open")?;
    let mut publisher = env.publisher.take().context("the stream was live")?;
    ensure!(!publisher.ended().await?.success(), "the encoder was not disconnected");
    let mut again = env.creator().publish(STREAM, &env.clip, Protocol::Rtmp, false)?;
    ensure!(!again.ended().await?.success(), "the stream is published again");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn administrator_sees_who_publishes_and_cuts_off_by_api_and_by_command_line() -> Result<()> {
    let mut env = TestEnvironment::start(EnvironmentOptions { viewers: &[], ..Default::default() }).await?;
    let publishers: Vec<PublisherView> = wait_for("the creator to be known", GATEWAY_SECONDS, || async {
        let found: Vec<PublisherView> = get(&env, GATEWAY, "/v1/admin/publishers").await?.json()?;
        ensure!(found.first().is_some_and(|publisher| publisher.creator.is_some()), "{found:?}");
        Ok(Some(found))
    })
    .await?;
    ensure!(publishers.len() == 1 && publishers[0].stream.0 == STREAM, "{publishers:?}");
    ensure!(publishers[0].protocol == "RTMP" && publishers[0].since.is_some(), "{publishers:?}");
    let status: AdminStatus = get(&env, GATEWAY, "/v1/admin/status").await?.json()?;
    ensure!(status.parts.iter().all(|part| part.is_ok) && !status.disks.is_empty(), "{status:?}");
    let broadcasts = status.figures.iter().find(|figure| figure.name == "broadcasts").context("they are counted")?;
    ensure!(broadcasts.value == 1, "{broadcasts:?}");

    let cut_off = "/v1/admin/streams/0/cut-off";
    ask(&env, GATEWAY, (Method::POST, cut_off), json!({ "reason": " " })).await?.expect_refusal(400, "bad-request")?;
    ask(&env, GATEWAY, (Method::POST, cut_off), json!({ "reason": "It is forbidden." })).await?.success()?;
    let mut publisher = env.publisher.take().context("the stream was live")?;
    ensure!(!publisher.ended().await?.success(), "the encoder was not disconnected");
    let (code, printed) = admin(&env, &["restore", "0"]).await?;
    ensure!(code == Some(0) && printed.contains("can be published"), "{printed}");
    ask(&env, GATEWAY, (Method::DELETE, cut_off), Value::Null).await?.expect_refusal(404, "not-found")?;

    env.publish(Protocol::Rtmp)?;
    env.player("240p").first_segment().await?;
    let found = admin_json(&env, &["publishers"]).await?;
    ensure!(found[0]["stream"] == "0" && found[0]["title"] == "End to end", "{found:#}");
    admin_json(&env, &["cut-off", "0", "--reason", "It is forbidden."]).await?;
    let mut publisher = env.publisher.take().context("the stream was live")?;
    ensure!(!publisher.ended().await?.success(), "the encoder was not disconnected");
    let audit = admin_json(&env, &["audit"]).await?;
    ensure!(audit["items"][0]["action"] == "decide.cut_off", "{audit:#}");
    let (code, printed) = admin(&env, &["status"]).await?;
    ensure!(code == Some(0) && printed.contains("journal"), "{printed}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn creators_are_invited_and_what_is_blocked_is_refused() -> Result<()> {
    let options = EnvironmentOptions { settings: &[("PEOPLE__CREATORS", "invited")], ..EnvironmentOptions::offline() };
    let env = TestEnvironment::start(options).await?;
    let (creator, keys) = (vilokanam_tests::accounts::CREATOR, "/v1/streams/0/publish-keys");
    let publish_key = || ask(&env, creator, (Method::POST, keys), Value::Null);
    publish_key().await?.expect_refusal(403, "not-a-creator")?;
    let invitation = admin_json(&env, &["invite"]).await?;
    let invitation: Invitation = serde_json::from_value(invitation)?;
    let redeem = |code: &str| json!({ "code": code });
    let wrong = ask(&env, creator, (Method::POST, "/v1/me/invitation"), redeem("0123")).await?;
    wrong.expect_refusal(422, "bad-request")?;
    ask(&env, creator, (Method::POST, "/v1/me/invitation"), redeem(&invitation.code)).await?.success()?;
    publish_key().await?.success()?;

    admin_json(&env, &["blocks", "add", "word", "swindle", "--note", "spam"]).await?;
    let name = |name: &str| json!({ "name": name });
    let swindle = ask(&env, REPORTER, (Method::PUT, "/v1/me"), name("Swindle & Sons")).await?;
    swindle.expect_refusal(422, "word-refused")?;
    ask(&env, REPORTER, (Method::PUT, "/v1/me"), name("Charlie & Sons")).await?.success()?;

    let account = account_of(creator)?;
    admin_json(&env, &["blocks", "add", "account", &account]).await?;
    publish_key().await?.expect_refusal(403, "blocked")?;
    ask(&env, creator, (Method::PUT, "/v1/me"), name("Bob")).await?.expect_refusal(403, "blocked")?;
    let blocks: Vec<BlockView> = get(&env, GATEWAY, "/v1/admin/blocks").await?.json()?;
    let values: Vec<&str> = blocks.iter().map(|block| block.value.as_str()).collect();
    ensure!(values == [account.as_str(), "swindle"], "{values:?}");
    admin_json(&env, &["blocks", "remove", "account", &account]).await?;
    publish_key().await?.success()?;
    let (code, printed) = admin(&env, &["blocks", "add", "network", "127.0.0.1"]).await?;
    ensure!(code == Some(1) && printed.contains("this machine"), "{printed}");

    let terms: PublishingTerms = get(&env, GATEWAY, "/v1/admin/terms").await?.json()?;
    let dear = (vilokanam_tests::accounts::PRICE + 1).to_string();
    admin_json(&env, &["terms", "--set-min-price", &dear]).await?;
    publish_key().await?.expect_refusal(422, "price-below-minimum")?;
    let gateway: Value = env.api.get("/v1/gateway").await?.json()?;
    ensure!(gateway["min_price"] == dear.as_str(), "{gateway:#}");
    admin_json(&env, &["terms", "--set-min-price", &terms.min_price.to_string()]).await?;
    publish_key().await?.success()?;
    Ok(())
}

/// Returns every request to moderation and administration that the document of the API has, with values for its parameters.
async fn privileged_requests(env: &TestEnvironment) -> Result<Vec<(Method, String)>> {
    let document: Value = env.api.get("/openapi.json").await?.json()?;
    let account = account_of(REPORTER)?;
    let values = [
        ("{id}", "0"),
        ("{kind}", "word"),
        ("{value}", "swindle"),
        ("{account}", account.as_str()),
        ("{role}", "moderator"),
    ];
    let mut requests = Vec::new();
    for (path, operations) in document["paths"].as_object().context("the document has paths")? {
        if !path.starts_with("/v1/admin/") && !path.starts_with("/v1/moderation/") {
            continue;
        }
        let filled = values.iter().fold(path.clone(), |path, (name, value)| path.replace(name, value));
        ensure!(!filled.contains('{'), "a parameter of {path} has no value in this test");
        for method in operations.as_object().context("a path has operations")?.keys() {
            requests.push((Method::from_bytes(method.to_uppercase().as_bytes())?, filled.clone()));
        }
    }
    Ok(requests)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_request_of_moderators_and_administrators_is_refused_to_others() -> Result<()> {
    let env = TestEnvironment::start(EnvironmentOptions::offline()).await?;
    make_moderator(&env).await?;
    let requests = privileged_requests(&env).await?;
    ensure!(requests.len() >= 19, "the document lacks some: {requests:?}");
    let body: Value = serde_json::from_str(ANY_BODY)?;
    for (method, path) in &requests {
        let what = || format!("{method} {path}");
        let body = if matches!(*method, Method::POST | Method::PUT) { body.clone() } else { Value::Null };
        let json = [(CONTENT_TYPE.as_str(), "application/json")];
        let nobody = env.api.send(method.clone(), path, &json, ANY_BODY.into()).await?;
        nobody.expect_refusal(401, "signed-out").with_context(what)?;
        let person = ask(&env, REPORTER, (method.clone(), path), body.clone()).await?;
        person.expect_refusal(403, "forbidden").with_context(what)?;
        if path.starts_with("/v1/admin/") {
            let moderator = ask(&env, MODERATOR, (method.clone(), path), body).await?;
            moderator.expect_refusal(403, "forbidden").with_context(what)?;
        }
    }
    let creator = creator_key()?.account();
    let audit: Page<AuditEntry> = get(&env, MODERATOR, "/v1/moderation/audit").await?.json()?;
    ensure!(audit.items.len() == 1 && audit.items[0].by.account.0 != creator, "something was done: {audit:?}");
    Ok(())
}
