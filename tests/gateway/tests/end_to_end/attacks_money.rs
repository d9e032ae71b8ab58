//! Attacks on the money: what opens no key, and what costs the gateway no more than it has agreed to.

use anyhow::{ensure, Context, Result};
use tick_stream_primitives::{batch::bounded, tick_hash, Batch};
use vilokanam_chain::Call;
use vilokanam_gateway_tests::{
    api::Api,
    books::Books,
    player::{offer, Player},
    stage::{create_stream, wish, Plan, Stage, STREAM},
    wait_for,
    wallet::{Seat, Wish},
};
use vilokanam_wire::{payment::Payment, scalars::bytes_to_hex, sessions::SessionPhase};

const MAX_TICKS: u32 = 600;
/// What the gateway grants before an open is in a block.
const CREDIT_TICKS: u32 = 6;
/// A race is run so often until the attacker has won one.
const ATTEMPTS: u32 = 12;
/// Devices of a network whose previews are granted.
const PREVIEW_DEVICES: u32 = 8;

/// An `Authorization` that is not the viewer's own.
fn forged(seat: &Seat, claim: Option<(u32, [u8; 32])>, token: Option<&str>) -> String {
    Payment { session: seat.id.into(), claim, token: token.map(str::to_owned) }.to_string()
}

/// Buys whatever is to be had until the gateway refuses. Returns the refusal's code.
async fn buy_until_refused(player: &mut Player) -> Result<String> {
    loop {
        let next = player.next().await?;
        let seat = player.seat()?;
        let authorization = seat.pay(seat.used + next.cost)?;
        let answer = player.ask(&next, Some(&authorization)).await?;
        if answer.status != 200 {
            return Ok(answer.problem()?.code);
        }
        player.take(&next, &answer)?;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn replaying_a_settled_proof_fails() -> Result<()> {
    let mut stage = Stage::open(Plan::default()).await?;
    let mut player = stage.paying_player(0, MAX_TICKS).await?;
    player.watch(2).await?;
    let (id, revealed) = (player.seat()?.id, player.seat()?.revealed);
    let settled = wait_for("what was let go of to be settled", 90, || async {
        let session = stage.chain.now().session(id).await?;
        Ok(session.filter(|session| session.settled_ticks == revealed))
    })
    .await?;

    // From here on the attacker, who knows what the chain tells everybody.
    let (next, seat) = (player.next().await?, player.seat()?.clone());
    let had = player.bought.last().context("it has watched")?.listed.clone();
    let settled_proof = (settled.settled_ticks, settled.head);
    let lower_proof = (settled.settled_ticks - 1, tick_hash(&id, &settled.head));
    for claim in [settled_proof, lower_proof] {
        for listed in [&had, &next] {
            let answer = player.ask(listed, Some(&forged(&seat, Some(claim), None))).await?;
            answer.refused(402, "token-missing")?;
        }
        let body = serde_json::json!({ "ticks": claim.0, "proof": bytes_to_hex(claim.1) });
        stage.api.post(&format!("{}/ticks", seat.path()), &body, &[]).await?.refused(402, "token-missing")?;
    }
    let next_tick = (settled.settled_ticks + next.cost, settled.head);
    player.ask(&next, Some(&forged(&seat, Some(next_tick), None))).await?.refused(402, "proof-invalid")?;
    let close = format!("{}/close", seat.path());
    let shown = forged(&seat, Some(settled_proof), None);
    let answer = stage.api.post(&close, &serde_json::json!({}), &[("authorization", &shown)]).await?;
    answer.refused(402, "token-missing")?;

    let session = player.session().await?;
    ensure!(session.phase == SessionPhase::Open && session.paid_ticks == revealed, "{session:?}");
    player.watch(1).await?;
    player.leave().await?;
    let books = Books::closed(&stage.chain, &[id]).await?;
    books.expect(id, player.seat()?.revealed)?;
    books.check(&stage.chain).await
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_foreign_and_old_tokens_fail() -> Result<()> {
    let mut stage = Stage::open(Plan { viewers: &["//Charlie", "//Dave"], ..Plan::default() }).await?;
    let mut player = stage.paying_player(0, MAX_TICKS).await?;
    let mut other = stage.paying_player(1, MAX_TICKS).await?;
    player.watch(1).await?;
    other.watch(1).await?;
    let (seat, own) = (player.seat()?.clone(), player.seat()?.token.clone().context("a token")?);
    let foreign = other.seat()?.token.clone().context("a token")?;
    ensure!(own != foreign, "two sessions have the same token");
    let had = player.bought.last().context("it has watched")?.listed.clone();
    let changed = own.replacen(&own[..1], if own.starts_with('0') { "1" } else { "0" }, 1);
    for token in [&*"0".repeat(32), &*changed, &*foreign] {
        let by_header = player.ask(&had, Some(&forged(&seat, None, Some(token)))).await?;
        by_header.refused(402, "token-invalid")?;
        let key = had.key.as_ref().context("it is encrypted")?;
        let session = seat.id.to_string();
        let by_query = format!("{}?token={}.{token}", key.url.path(), session.trim_start_matches("0x"));
        stage.api.get(&by_query).await?.refused(402, "token-invalid")?;
        let shown = forged(&seat, None, Some(token));
        let (close, body) = (format!("{}/close", seat.path()), serde_json::json!({}));
        stage.api.post(&close, &body, &[("authorization", &shown)]).await?.refused(402, "token-invalid")?;
    }
    for token in ["", "x", "zz".repeat(16).as_str(), &own[1..], &*format!("{own}0")] {
        player.ask(&had, Some(&forged(&seat, None, Some(token)))).await?.refused(400, "bad-request")?;
    }
    for token in ["a%22b", "a%0Ab", "..%2F", "a%3Cb", &*"a".repeat(200)] {
        let answer = stage.api.get(&format!("{}?token={token}", player.playlist_path())).await?;
        answer.refused(400, "bad-request").with_context(|| format!("the token {token}"))?;
    }
    player.ask(&had, Some(&forged(&seat, None, Some(&own)))).await?.ok().context("the right token opens it")?;

    for player in [&mut player, &mut other] {
        player.leave().await?;
    }
    let books = Books::closed(&stage.chain, &[seat.id, other.seat()?.id]).await?;
    wait_for("the gateway to forget the session", 60, || async {
        let answer = player.ask(&had, Some(&forged(&seat, None, Some(&own)))).await?;
        answer.refused(402, "no-session").map(Some)
    })
    .await?;
    books.check(&stage.chain).await
}

#[tokio::test(flavor = "multi_thread")]
async fn opening_a_tickets_twin_on_another_stream_fails() -> Result<()> {
    let mut stage = Stage::open(Plan::default()).await?;
    create_stream(&stage.chain, 0).await?;
    let elsewhere = Wish { stream: STREAM + 1, ..wish(MAX_TICKS) };
    for _ in 0..ATTEMPTS {
        let mut player = stage.player("240p");
        player.next().await?;
        let seat = stage.wallets[0].ticket(&wish(MAX_TICKS)).await?;
        let (id, nonce) = (seat.id, seat.ticket.ticket.nonce);
        let twin = stage.wallets[0].ticket_with_nonce(&elsewhere, nonce).await?;
        let batch = Batch { opens: bounded(vec![twin.ticket]), ..Batch::default() };
        let signer = &stage.wallets[0].signer;
        let place = stage.chain.next_nonce(&signer.account()).await?;
        let signed = stage.chain.anchor().await?.sign(&Call::process_batch(&batch), signer, place, 0)?;
        stage.chain.submit(&signed).await?;
        let answer = stage.api.post("/v1/sessions", &seat.offer(), &[]).await?;
        let is_taken = answer.status < 400;
        player.seat = Some(seat);
        let code = if is_taken { buy_until_refused_or_opened(&stage, &mut player).await? } else { String::new() };
        let opened = wait_for("one of the two to be opened", 60, || stage_session(&stage, id)).await?;
        let used = player.seat()?.used;
        if opened.stream == STREAM || !is_taken {
            // The gateway was quicker, or has seen the twin in time: nothing was gained.
            ensure!(is_taken || used == 0, "a key without a session");
            leave_if_open(&mut player, opened.stream == STREAM).await?;
            continue;
        }
        ensure!(used <= CREDIT_TICKS, "{used} ticks were had for nothing; it ended with {code}");
        return no_second_time(&mut stage, &mut player).await;
    }
    anyhow::bail!("the attacker has won none of {ATTEMPTS} races")
}

async fn stage_session(
    stage: &Stage,
    id: tick_stream_primitives::SessionId,
) -> Result<Option<tick_stream_primitives::Session>> {
    Ok(stage.chain.now().session(id).await?)
}

/// Buys until refused, or until the chain has opened the very session that is paid in: that is no attack any more.
async fn buy_until_refused_or_opened(stage: &Stage, player: &mut Player) -> Result<String> {
    let id = player.seat()?.id;
    loop {
        let next = player.next().await?;
        if stage_session(stage, id).await?.is_some_and(|session| session.stream == STREAM) {
            return Ok(String::new());
        }
        let seat = player.seat()?;
        let authorization = seat.pay(seat.used + next.cost)?;
        let answer = player.ask(&next, Some(&authorization)).await?;
        if answer.status != 200 {
            return Ok(answer.problem()?.code);
        }
        player.take(&next, &answer)?;
    }
}

async fn leave_if_open(player: &mut Player, is_open: bool) -> Result<()> {
    if is_open && player.seat()?.token.is_some() {
        player.leave().await?;
    }
    Ok(())
}

/// The gateway knows by now that it was cheated: the ticket is dead, and the same viewer gets nothing in advance.
async fn no_second_time(stage: &mut Stage, player: &mut Player) -> Result<()> {
    let listed = player.next().await?;
    let seat = player.seat()?;
    let authorization = seat.pay(seat.used + listed.cost)?;
    wait_for("the ticket to die", 30, || async {
        let answer = player.ask(&listed, Some(&authorization)).await?;
        let problem = answer.problem()?;
        Ok((problem.code == "dead-ticket").then_some(()))
    })
    .await?;
    let mut again = stage.player("240p");
    let next = again.next().await?;
    again.open(&mut stage.wallets[0], &wish(MAX_TICKS)).await?;
    let seat = again.seat()?;
    let (id, authorization) = (seat.id, seat.pay(next.cost)?);
    let answer = again.ask(&next, Some(&authorization)).await?;
    let is_opened = stage_session(stage, id).await?.is_some();
    ensure!(is_opened || answer.status == 402, "credit was granted to a viewer who owes for it: {answer:?}");
    again.buy(&next).await?;
    again.leave().await?;
    // The twin stays open: nobody serves it.
    Books::closed_only(&stage.chain, &[id]).await?.check(&stage.chain).await
}

#[tokio::test(flavor = "multi_thread")]
async fn withdrawing_while_the_session_opens_fails() -> Result<()> {
    // A race that is lost before a tick was paid leaves a session that only the gateway can end, and that soon.
    let plan = Plan { settings: &[("PAYWALL__IDLE_CLOSE_S", "20")], ..Plan::default() };
    let mut stage = Stage::open(plan).await?;
    for _ in 0..ATTEMPTS {
        let mut player = stage.player("240p");
        player.next().await?;
        let seat = stage.wallets[0].ticket(&wish(MAX_TICKS)).await?;
        let (id, signer) = (seat.id, stage.wallets[0].signer.clone());
        let free = stage.chain.now().deposit(&signer.account()).await?.context("a deposit")?.free;
        let place = stage.chain.next_nonce(&signer.account()).await?;
        let signed = stage.chain.anchor().await?.sign(&Call::withdraw(free), &signer, place, 0)?;
        stage.chain.submit(&signed).await?;
        let is_taken = stage.api.post("/v1/sessions", &seat.offer(), &[]).await?.status < 400;
        player.seat = Some(seat);
        if is_taken {
            buy_until_refused_or_opened(&stage, &mut player).await?;
        }
        let is_included = || async {
            Ok((stage.chain.next_nonce(&signer.account()).await? > place
                && u64::from(stage.chain.now().account(&signer.account()).await?.nonce) > place)
                .then_some(()))
        };
        wait_for("the withdrawal to be included", 60, is_included).await?;
        let left = stage.chain.now().deposit(&signer.account()).await?.context("a deposit")?;
        if is_taken && left.free == 0 && left.reserved == 0 {
            let used = player.seat()?.used;
            ensure!(used <= CREDIT_TICKS, "{used} ticks were had for nothing");
            return nothing_more(&stage, &mut player).await;
        }
        // The open came first, or the ticket was refused in time: whatever was watched was paid.
        let is_open = stage_session(&stage, id).await?.is_some();
        leave_if_open(&mut player, is_open).await?;
        Books::closed(&stage.chain, &[]).await?;
        if left.free == 0 {
            vilokanam_gateway_tests::wallet::send_final(&stage.chain, &Call::deposit(free, None), &signer).await?;
        }
    }
    anyhow::bail!("the attacker has won none of {ATTEMPTS} races")
}

/// The money is gone, and so is the credit: waiting, asking again and another ticket are of no use.
async fn nothing_more(stage: &Stage, player: &mut Player) -> Result<()> {
    wait_for("the withdrawal to be final", 60, || async {
        let last = stage.chain.finalized().await?;
        let account = player.seat.as_ref().context("a seat")?.ticket.ticket.viewer.clone();
        let deposit = stage.chain.at(last.hash).deposit(&account).await?;
        Ok(deposit.filter(|deposit| deposit.free == 0))
    })
    .await?;
    let code = buy_until_refused(player).await?;
    ensure!(matches!(&*code, "credit-used-up" | "deposit-uncovered"), "refused, but with {code}");
    ensure!(player.seat()?.used <= CREDIT_TICKS, "more than the credit was had");
    let second = stage.wallets[0].ticket_with_nonce(&wish(MAX_TICKS), player.seat()?.ticket.ticket.nonce + 1).await?;
    stage.api.post("/v1/sessions", &second.offer(), &[]).await?.refused(422, "ticket-pending")?;
    Books::read(&stage.chain).await?.check(&stage.chain).await
}

#[tokio::test(flavor = "multi_thread")]
async fn farming_credit_with_many_tickets_and_addresses_fails() -> Result<()> {
    // No open ever gets into a block: a node without a worker takes tickets and does nothing about them.
    let plan = Plan {
        // Nor does the gateway send opens of its own while this runs.
        settings: &[("PAYWALL__UNOPENED_PER_PREFIX", "3"), ("CHAIN__DIRECT_AFTER_S", "600")],
        viewers: &["//Charlie", "//Dave", "//Eve", "//Charlie//stash"],
        node_args: &["--offchain-worker", "never"],
        ..Plan::default()
    };
    let mut stage = Stage::open(plan).await?;
    let mut player = stage.paying_player(0, MAX_TICKS).await?;
    let code = buy_until_refused(&mut player).await?;
    ensure!(code == "credit-used-up", "refused, but with {code}");
    let used = player.seat()?.used;
    ensure!(used <= CREDIT_TICKS && used + 2 >= CREDIT_TICKS, "{used} ticks of credit and not {CREDIT_TICKS}");

    // The same viewer again.
    let again = stage.wallets[0].ticket(&wish(MAX_TICKS)).await?;
    let refusal = stage.api.post("/v1/sessions", &again.offer(), &[]).await?;
    ensure!(refusal.refused(422, "ticket-pending")?.detail.contains("waits for its open"), "{refusal:?}");
    // Others, until the network's tickets are used up, whatever address of it or header they come with.
    for viewer in [1, 2] {
        let seat = stage.wallets[viewer].ticket(&wish(MAX_TICKS)).await?;
        offer(&stage.api, &seat).await?;
    }
    let late = stage.wallets[3].ticket(&wish(MAX_TICKS)).await?;
    for address in ["127.0.0.1", "127.0.0.9", "127.0.0.200"] {
        let api = Api::from_address(&stage.gateway.url(), address.parse()?)?;
        for headers in [&[][..], &[("x-forwarded-for", "198.51.100.7")], &[("forwarded", "for=198.51.100.7")]] {
            let refusal = api.post("/v1/sessions", &late.offer(), headers).await?;
            ensure!(refusal.refused(422, "too-many-unopened")?.detail.contains("from this network"), "{refusal:?}");
        }
    }
    // A ticket that has bought nothing may be replaced; that takes no more room.
    let instead = stage.wallets[1].ticket(&wish(MAX_TICKS)).await?;
    offer(&stage.api, &instead).await?;
    stage.api.post("/v1/sessions", &late.offer(), &[]).await?.refused(422, "too-many-unopened")?;
    // Another network has its own.
    let elsewhere = Api::from_address(&stage.gateway.url(), "127.0.77.1".parse()?)?;
    offer(&elsewhere, &late).await?;

    let books = Books::read(&stage.chain).await?;
    ensure!(books.sessions.is_empty(), "a session was opened: {books:?}");
    books.check(&stage.chain).await
}

#[tokio::test(flavor = "multi_thread")]
async fn farming_previews_fails() -> Result<()> {
    const PREVIEW_TICKS: u32 = 4;
    let stage = Stage::open(Plan { preview_ticks: PREVIEW_TICKS, viewers: &[], ..Plan::default() }).await?;
    let listed = stage.player("240p").find(|_| true).await?;
    let path = listed.key.as_ref().context("it is encrypted")?.url.path().to_owned();
    // Each request as another device at another address of one network, without a cookie or with one made up.
    let mut had = 0;
    let over = loop {
        let api = Api::from_address(&stage.gateway.url(), format!("127.0.0.{}", had + 1).parse()?)?;
        let cookie = format!("vilokanam_device={}", hex::encode(rand::random::<[u8; 16]>()));
        let made_up = [("cookie", &*cookie), ("x-forwarded-for", "198.51.100.7")];
        let headers = if had % 2 == 0 { &[][..] } else { &made_up };
        let answer = api.get_with(&path, headers).await?;
        if answer.status != 200 {
            break answer;
        }
        had += listed.cost;
        ensure!(had <= PREVIEW_TICKS * PREVIEW_DEVICES, "{had} ticks were free");
    };
    over.refused(402, "network-preview-over")?;
    ensure!(had + listed.cost > PREVIEW_TICKS * PREVIEW_DEVICES, "a household has too little: {had}");
    let elsewhere = Api::from_address(&stage.gateway.url(), "127.0.77.1".parse()?)?;
    elsewhere.get(&path).await?.ok().context("another network has a preview of its own")?;
    Ok(())
}
