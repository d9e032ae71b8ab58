//! Attacks on payments: what buys no key, and what costs the gateway no more than the credit it grants.

use anyhow::{bail, ensure, Context, Result};
use reqwest::header::AUTHORIZATION;
use serde_json::json;
use tick_stream_primitives::{batch::bounded, tick_hash, Balance, Batch};
use vilokanam_chain::{Call, Signer};
use vilokanam_gateway_tests::{
    api::ApiClient,
    environment::{create_stream, terms, EnvironmentOptions, TestEnvironment, STREAM},
    ledger::Ledger,
    player::{offer, Player},
    session::ViewerSession,
    wallet::{send_final, TicketTerms},
};
use vilokanam_tests::wait_for;
use vilokanam_wire::{
    scalars::bytes_to_hex,
    sessions::{Advance, SessionPhase},
};

const MAX_TICKS: u32 = 600;
/// Number of ticks on credit until the opening is in a block.
const CREDIT_TICKS: u32 = 6;
/// Number of times that a race is repeated until the attacker has won it.
const ATTEMPTS: u32 = 12;
/// Number of previews that each network gets.
const PREVIEWS_PER_NETWORK: u32 = 8;

/// Requests the next key and pays for it. Returns the code of the refusal if there is one.
async fn buy_next(player: &mut Player) -> Result<Option<String>> {
    let next = player.next_segment().await?;
    let authorization = player.session()?.pay(next.cost_ticks)?;
    let answer = player.request_key(&next, Some(&authorization)).await?;
    if answer.status != 200 {
        return Ok(Some(answer.problem()?.code));
    }
    player.accept_key(&next, &answer)?;
    Ok(None)
}

/// Buys keys until the gateway refuses, and returns the code of the refusal.
async fn buy_until_refused(player: &mut Player) -> Result<String> {
    loop {
        if let Some(code) = buy_next(player).await? {
            return Ok(code);
        }
    }
}

/// Buys keys until the gateway refuses, or until the chain has opened the session that pays, which is then no attack.
/// Returns the code of the refusal if there is one.
async fn buy_until_refused_or_opened(env: &TestEnvironment, player: &mut Player) -> Result<Option<String>> {
    let id = player.session()?.id;
    while env.session(id).await?.is_none_or(|session| session.stream != STREAM) {
        if let Some(code) = buy_next(player).await? {
            return Ok(Some(code));
        }
    }
    Ok(None)
}

/// Posts to the session's `close` with this `Authorization`, and expects this refusal.
async fn expect_close_refused(env: &TestEnvironment, session: &ViewerSession, shown: &str, code: &str) -> Result<()> {
    let path = format!("{}/close", session.path());
    env.api.post(&path, &json!({}), &[(AUTHORIZATION.as_str(), shown)]).await?.expect_refusal(402, code)?;
    Ok(())
}

/// Submits a call to the chain without waiting for its block. Returns its nonce.
async fn submit(env: &TestEnvironment, signer: &Signer, call: &Call) -> Result<u64> {
    let nonce = env.chain.next_nonce(&signer.account()).await?;
    let signed = env.chain.anchor().await?.sign(call, signer, nonce, 0)?;
    env.chain.submit(&signed).await?;
    Ok(nonce)
}

#[tokio::test(flavor = "multi_thread")]
async fn settled_proof_buys_nothing_without_the_token() -> Result<()> {
    let mut env = TestEnvironment::start(Default::default()).await?;
    let mut player = env.paying_player(0, MAX_TICKS).await?;
    player.watch(2).await?;
    let session = player.session()?.clone();
    let settled = env.wait_for_settled_ticks(session.id, session.revealed_ticks).await?;

    // The attacker knows what the chain publishes.
    let next = player.next_segment().await?;
    let bought = player.bought.last().context("segments were bought")?.segment.clone();
    let settled_claim = (settled.settled_ticks, settled.head);
    let lower_claim = (settled.settled_ticks - 1, tick_hash(&session.id, &settled.head));
    for claim in [settled_claim, lower_claim] {
        for segment in [&bought, &next] {
            let answer = player.request_key(segment, Some(&session.authorization(Some(claim), None))).await?;
            answer.expect_refusal(402, "token-missing")?;
        }
        let (ticks, proof) = claim;
        let body = Advance { ticks, proof: bytes_to_hex(proof) };
        let answer = env.api.post(&format!("{}/ticks", session.path()), &body, &[]).await?;
        answer.expect_refusal(402, "token-missing")?;
    }
    let unproven_claim = (settled.settled_ticks + next.cost_ticks, settled.head);
    let answer = player.request_key(&next, Some(&session.authorization(Some(unproven_claim), None))).await?;
    answer.expect_refusal(402, "proof-invalid")?;
    let shown = session.authorization(Some(settled_claim), None);
    expect_close_refused(&env, &session, &shown, "token-missing").await?;

    let view = player.session_view().await?;
    let is_unchanged = view.phase == SessionPhase::Finalized && view.revealed_ticks == session.revealed_ticks;
    ensure!(is_unchanged, "the attack has changed the session: {view:?}");
    player.watch(1).await?;
    env.settle(&mut [&mut player]).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_foreign_and_expired_tokens_are_refused() -> Result<()> {
    let options = EnvironmentOptions { viewers: &["//Charlie", "//Dave"], ..Default::default() };
    let mut env = TestEnvironment::start(options).await?;
    let mut player = env.paying_player(0, MAX_TICKS).await?;
    let mut other = env.paying_player(1, MAX_TICKS).await?;
    player.watch(1).await?;
    other.watch(1).await?;
    let session = player.session()?.clone();
    let own = session.token.as_deref().context("the gateway gave a token")?;
    let foreign = other.session()?.token.clone().context("the gateway gave a token")?;
    ensure!(own != foreign, "two sessions have the same token");
    let bought = player.bought.last().context("segments were bought")?.segment.clone();
    let key = bought.key.as_ref().context("the segment is encrypted")?;
    let id = session.id.to_string();
    let changed = own.replacen(&own[..1], if own.starts_with('0') { "1" } else { "0" }, 1);
    for token in ["0".repeat(32), changed, foreign] {
        let shown = session.authorization(None, Some(&token));
        player.request_key(&bought, Some(&shown)).await?.expect_refusal(402, "token-invalid")?;
        let by_query = format!("{}?token={}.{token}", key.url.path(), id.trim_start_matches("0x"));
        env.api.get(&by_query).await?.expect_refusal(402, "token-invalid")?;
        expect_close_refused(&env, &session, &shown, "token-invalid").await?;
    }
    for token in ["", "x", &"zz".repeat(16), &own[1..], &format!("{own}0")] {
        let answer = player.request_key(&bought, Some(&session.authorization(None, Some(token)))).await?;
        answer.expect_refusal(400, "bad-request").with_context(|| format!("the token '{token}'"))?;
    }
    for token in ["a%22b", "a%0Ab", "..%2F", "a%3Cb", &"a".repeat(200)] {
        let answer = env.api.get(&format!("{}?token={token}", player.playlist_path())).await?;
        answer.expect_refusal(400, "bad-request").with_context(|| format!("the token '{token}'"))?;
    }
    let shown = session.show_token();
    player.request_key(&bought, Some(&shown)).await?.success().context("the session's own token is refused")?;

    let ledger = env.settle(&mut [&mut player, &mut other]).await?;
    wait_for("the gateway to forget the session", 60, || async {
        player.request_key(&bought, Some(&shown)).await?.expect_refusal(402, "no-session").map(Some)
    })
    .await?;
    ledger.check_balances(&env.chain).await
}

#[tokio::test(flavor = "multi_thread")]
async fn using_a_nonce_for_another_stream_gains_at_most_the_credit() -> Result<()> {
    let mut env = TestEnvironment::start(Default::default()).await?;
    create_stream(&env.chain, 0).await?;
    let elsewhere = TicketTerms { stream: STREAM + 1, ..terms(MAX_TICKS) };
    for _ in 0..ATTEMPTS {
        let mut player = env.player("240p");
        player.next_segment().await?;
        // Two tickets have the same nonce. The gateway gets one, and the chain the other.
        let session = env.wallets[0].ticket(&terms(MAX_TICKS)).await?;
        let (id, nonce) = (session.id, session.ticket.ticket.nonce);
        let twin = env.wallets[0].ticket_with_nonce(&elsewhere, nonce).await?;
        let batch = Batch { opens: bounded(vec![twin.ticket]), ..Batch::default() };
        submit(&env, &env.wallets[0].signer, &Call::process_batch(&batch)).await?;
        let answer = env.api.post("/v1/sessions", &session.offer(), &[]).await?;
        let is_accepted = answer.status < 400;
        player.session = Some(session);
        let code = if is_accepted { buy_until_refused_or_opened(&env, &mut player).await? } else { None };
        let opened = wait_for("one of the tickets to open a session", 60, || env.session(id)).await?;
        let charged_ticks = player.session()?.charged_ticks;
        if opened.stream == STREAM || !is_accepted {
            // The gateway's ticket was first, or the gateway has seen the other one in time.
            ensure!(is_accepted || charged_ticks == 0, "a key was given without a session");
            if opened.stream == STREAM {
                leave_if_paid(&mut player).await?;
            }
            continue;
        }
        ensure!(charged_ticks <= CREDIT_TICKS, "{charged_ticks} ticks were free; the refusal was {code:?}");
        return check_no_further_credit(&mut env, &mut player).await;
    }
    bail!("the attacker has won none of {ATTEMPTS} races")
}

/// Leaves if the gateway knows the viewer by a token.
async fn leave_if_paid(player: &mut Player) -> Result<()> {
    if player.session()?.token.is_some() {
        player.leave().await?;
    }
    Ok(())
}

/// Fails unless the gateway rejects the ticket that was not opened, and gives its viewer no further credit.
async fn check_no_further_credit(env: &mut TestEnvironment, player: &mut Player) -> Result<()> {
    let segment = player.next_segment().await?;
    let authorization = player.session()?.pay(segment.cost_ticks)?;
    wait_for("the ticket to be rejected", 30, || async {
        let problem = player.request_key(&segment, Some(&authorization)).await?.problem()?;
        Ok((problem.code == "ticket-rejected").then_some(()))
    })
    .await?;
    let mut again = env.player("240p");
    let next = again.next_segment().await?;
    again.open_session(&mut env.wallets[0], &terms(MAX_TICKS)).await?;
    let session = again.session()?;
    let (id, authorization) = (session.id, session.pay(next.cost_ticks)?);
    let answer = again.request_key(&next, Some(&authorization)).await?;
    let is_opened = env.session(id).await?.is_some();
    ensure!(is_opened || answer.status == 402, "a viewer who owes for credit got more of it: {answer:?}");
    again.buy(&next).await?;
    again.leave().await?;
    // The gateway closes the session of the other ticket too, whose open fee an attacker would earn otherwise.
    let rejected = player.session()?.id;
    Ledger::wait_until_these_are_closed(&env.chain, &[rejected, id]).await?.check_balances(&env.chain).await
}

#[tokio::test(flavor = "multi_thread")]
async fn withdrawing_during_the_opening_gains_at_most_the_credit() -> Result<()> {
    // If the attacker loses before a tick is revealed, only the gateway can close the session. It should do so soon.
    let options = EnvironmentOptions { settings: &[("PAYWALL__IDLE_CLOSE_S", "20")], ..Default::default() };
    let mut env = TestEnvironment::start(options).await?;
    for _ in 0..ATTEMPTS {
        let mut player = env.player("240p");
        player.next_segment().await?;
        let session = env.wallets[0].ticket(&terms(MAX_TICKS)).await?;
        let (id, signer) = (session.id, env.wallets[0].signer.clone());
        let free = free_and_reserved(&env, &signer).await?.0;
        let nonce = submit(&env, &signer, &Call::withdraw(free)).await?;
        let is_accepted = env.api.post("/v1/sessions", &session.offer(), &[]).await?.status < 400;
        player.session = Some(session);
        if is_accepted {
            buy_until_refused_or_opened(&env, &mut player).await?;
        }
        wait_for("the withdrawal to be included", 60, || async {
            let included_nonce = env.chain.now().account(&signer.account()).await?.nonce;
            Ok((u64::from(included_nonce) > nonce).then_some(()))
        })
        .await?;
        let left = free_and_reserved(&env, &signer).await?;
        if is_accepted && left == (0, 0) {
            let charged_ticks = player.session()?.charged_ticks;
            ensure!(charged_ticks <= CREDIT_TICKS, "{charged_ticks} ticks were free");
            return check_nothing_more_is_sold(&env, &mut player).await;
        }
        // The opening was first, or the ticket was refused in time, so all that was watched is paid.
        if env.session(id).await?.is_some() {
            leave_if_paid(&mut player).await?;
        }
        Ledger::wait_until_all_are_closed(&env.chain, &[]).await?;
        if left.0 == 0 {
            send_final(&env.chain, &Call::deposit(free, None), &signer).await?;
        }
    }
    bail!("the attacker has won none of {ATTEMPTS} races")
}

/// Returns the free and the reserved part of a deposit in planck.
async fn free_and_reserved(env: &TestEnvironment, signer: &Signer) -> Result<(Balance, Balance)> {
    let deposit = env.chain.now().deposit(&signer.account()).await?.context("the deposit was made")?;
    Ok((deposit.free, deposit.reserved))
}

/// Fails unless a viewer without a deposit gets no more keys, neither in this session nor with another ticket.
async fn check_nothing_more_is_sold(env: &TestEnvironment, player: &mut Player) -> Result<()> {
    let wallet = &env.wallets[0];
    wait_for("the withdrawal to be finalized", 60, || async {
        let finalized = env.chain.finalized().await?;
        let deposit = env.chain.at(finalized.hash).deposit(&wallet.account()).await?;
        Ok(deposit.filter(|deposit| deposit.free == 0))
    })
    .await?;
    let code = buy_until_refused(player).await?;
    ensure!(matches!(code.as_str(), "credit-used-up" | "deposit-uncovered"), "refused with {code}");
    let session = player.session()?;
    ensure!(session.charged_ticks <= CREDIT_TICKS, "{} ticks were free", session.charged_ticks);
    let second = wallet.ticket_with_nonce(&terms(MAX_TICKS), session.ticket.ticket.nonce + 1).await?;
    env.api.post("/v1/sessions", &second.offer(), &[]).await?.expect_refusal(422, "ticket-pending")?;
    Ledger::read(&env.chain).await?.check_balances(&env.chain).await
}

#[tokio::test(flavor = "multi_thread")]
async fn credit_is_limited_by_viewer_and_by_network() -> Result<()> {
    // No session is ever opened: the node's worker does not run, and the gateway does not submit rows itself in time.
    let options = EnvironmentOptions {
        settings: &[("PAYWALL__UNOPENED_PER_PREFIX", "3"), ("CHAIN__DIRECT_AFTER_S", "600")],
        viewers: &["//Charlie", "//Dave", "//Eve", "//Charlie//stash"],
        node_args: &["--offchain-worker", "never"],
        ..Default::default()
    };
    let mut env = TestEnvironment::start(options).await?;
    let mut player = env.paying_player(0, MAX_TICKS).await?;
    let code = buy_until_refused(&mut player).await?;
    ensure!(code == "credit-used-up", "refused with {code}");
    let charged_ticks = player.session()?.charged_ticks;
    let is_credit = charged_ticks <= CREDIT_TICKS && charged_ticks + 2 >= CREDIT_TICKS;
    ensure!(is_credit, "{charged_ticks} ticks were on credit, not {CREDIT_TICKS}");

    // The same viewer offers another ticket.
    let again = env.wallets[0].ticket(&terms(MAX_TICKS)).await?;
    env.api.post("/v1/sessions", &again.offer(), &[]).await?.expect_refusal(422, "ticket-pending")?;
    // Other viewers offer tickets until the network has as many as it may have. Its addresses and headers do not
    // matter.
    for viewer in [1, 2] {
        let session = env.wallets[viewer].ticket(&terms(MAX_TICKS)).await?;
        offer(&env.api, &session).await?;
    }
    let late = env.wallets[3].ticket(&terms(MAX_TICKS)).await?;
    for address in ["127.0.0.1", "127.0.0.9", "127.0.0.200"] {
        let api = ApiClient::from_address(&env.gateway.url(), address)?;
        for headers in [&[][..], &[("x-forwarded-for", "198.51.100.7")], &[("forwarded", "for=198.51.100.7")]] {
            let problem = api.post("/v1/sessions", &late.offer(), headers).await?;
            let problem = problem.expect_refusal(422, "too-many-unopened")?;
            ensure!(problem.detail.contains("from this network"), "the detail does not say why: {problem:?}");
        }
    }
    // A ticket that has bought nothing may be replaced, because that adds none.
    let instead = env.wallets[1].ticket(&terms(MAX_TICKS)).await?;
    offer(&env.api, &instead).await?;
    env.api.post("/v1/sessions", &late.offer(), &[]).await?.expect_refusal(422, "too-many-unopened")?;
    let elsewhere = ApiClient::from_address(&env.gateway.url(), "127.0.77.1")?;
    offer(&elsewhere, &late).await.context("another network has a limit of its own")?;

    let ledger = Ledger::read(&env.chain).await?;
    ensure!(ledger.sessions.is_empty(), "a session was opened: {ledger:?}");
    ledger.check_balances(&env.chain).await
}

#[tokio::test(flavor = "multi_thread")]
async fn previews_are_limited_by_network() -> Result<()> {
    const PREVIEW_TICKS: u32 = 4;
    const NETWORK_TICKS: u32 = PREVIEW_TICKS * PREVIEWS_PER_NETWORK;
    let options = EnvironmentOptions { preview_ticks: PREVIEW_TICKS, viewers: &[], ..Default::default() };
    let env = TestEnvironment::start(options).await?;
    let segment = env.player("240p").first_segment().await?;
    let path = segment.key.as_ref().context("the segment is encrypted")?.url.path();
    // Each request comes from another address of the same network, with no cookie or with an invented one.
    let mut free_ticks = 0;
    let refusal = loop {
        let api = ApiClient::from_address(&env.gateway.url(), &format!("127.0.0.{}", free_ticks + 1))?;
        let cookie = format!("vilokanam_device={}", hex::encode(rand::random::<[u8; 16]>()));
        let invented = [("cookie", cookie.as_str()), ("x-forwarded-for", "198.51.100.7")];
        let headers = if free_ticks % 2 == 0 { &[][..] } else { &invented };
        let answer = api.get_with(path, headers).await?;
        if answer.status != 200 {
            break answer;
        }
        free_ticks += segment.cost_ticks;
        ensure!(free_ticks <= NETWORK_TICKS, "{free_ticks} ticks were free, not {NETWORK_TICKS}");
    };
    refusal.expect_refusal(402, "network-preview-over")?;
    let is_used_up = free_ticks + segment.cost_ticks > NETWORK_TICKS;
    ensure!(is_used_up, "only {free_ticks} of {NETWORK_TICKS} ticks were free");
    let elsewhere = ApiClient::from_address(&env.gateway.url(), "127.0.77.1")?;
    elsewhere.get(path).await?.success().context("another network has previews of its own")?;
    Ok(())
}
