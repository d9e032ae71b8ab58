//! Upgrades of the runtime: a chain of version 1 under load becomes a chain of the present version, and code that does
//! not fit is refused.

mod books;
mod load;
mod refusals;
mod state;
mod version_1;

use anyhow::{ensure, Context, Result};
use books::{closes, pay_out, Books, OldSession, CHEAP_CREATOR, CHEAP_PRICE, CHEAP_STREAM, SHARED_STREAM};
use load::Load;
use sp_core::Pair;
use std::time::Duration;
use tick_stream_primitives::{
    session_id, ticket::close_message, AccountId, Claim, CloseRow, CloseSignature, Closer, SessionId, TickChain, Ticket,
};
use tokio::time::timeout;
use vilokanam_tests::{
    accounts::{account, account_of, key, CREATOR, GATEWAY, PRICE},
    call::Call,
    node::{built_runtime, Node},
    node_client::{NodeClient, Rows},
    viewer::{key_limits, TicketTerms, Viewer, ViewerSession},
    wait_for,
};

/// Maximum time in which a claim is settled while the chain is upgraded.
const SETTLEMENT_SECONDS: u64 = 180;
/// Time after which a claim is signed and sent again, because the runtime may have changed.
const RESEND: Duration = Duration::from_secs(6);
/// Maximum number of claims until the chain is upgraded.
const MAX_CLAIMS: u32 = 50;
/// Number of claims after the upgrade.
const CLAIMS_AFTERWARDS: u32 = 6;
/// Maximum number of ticks of each session that is opened after the upgrade.
const MAX_TICKS: u32 = 60;

#[tokio::test(flavor = "multi_thread")]
async fn chain_of_version_1_is_upgraded_under_load_and_nothing_is_lost() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let specification = version_1::chain_specification(folder.path())?.display().to_string();
    let node = Node::start(&["--dev", "--chain", &specification]).await?;
    let client = node.client().await?;
    let mut load = Load::create(&client).await?;
    state::save_if_asked(&client).await?;

    upgrade_under_load(&node, &mut load).await?;
    let client = node.client().await?;
    state::check_after_upgrade(&client, &load).await?;

    let mut new = NewSessions::open(&client, &mut load).await?;
    end_old_sessions(&client, &mut load).await?;
    new.end(&client, &mut load.books).await?;
    load.books.check(&client, &load.viewers(), &[]).await?;
    state::check_allowances(&client, &load).await?;
    for uri in [CREATOR, CHEAP_CREATOR, GATEWAY, load::LEAVING] {
        pay_out(&client, &mut load.books, uri).await?;
    }
    load.books.check(&client, &load.viewers(), &[]).await?;
    change_session_twice(&client).await
}

/// Upgrades the chain while claims arrive, some of which are signed for the old runtime and reach the new one.
async fn upgrade_under_load(node: &Node, load: &mut Load) -> Result<()> {
    let client = node.client().await?;
    let alice = key("//Alice")?;
    let nonce = client.next_nonce(&account_of(&alice)).await?;
    client.send(&alice, &Call::set_code(&built_runtime()?).as_root(), nonce).await?;
    let mut afterwards = 0;
    for claim in 0..MAX_CLAIMS {
        let session = if claim % 2 == 0 { load::SHARED } else { load::WALLETS };
        settle_one_tick(node, &mut load.sessions[session], &mut load.books).await?;
        afterwards += u32::from(state::is_upgraded(&client).await?);
        if afterwards == CLAIMS_AFTERWARDS {
            break;
        }
    }
    ensure!(afterwards == CLAIMS_AFTERWARDS, "the chain was not upgraded while {MAX_CLAIMS} claims were settled");
    let upgraded = client.best_number().await?;
    wait_for("blocks to become final after the upgrade", 60, || async {
        Ok((client.finalized_number().await? > upgraded).then_some(()))
    })
    .await
}

/// Settles one more tick, whichever runtime the chain has when the claim arrives.
async fn settle_one_tick(node: &Node, session: &mut OldSession, books: &mut Books) -> Result<()> {
    let gateway = key(session.gateway)?;
    let claim = session.reveal(1, books)?;
    let call = session.settlement(claim)?;
    wait_for("a claim to be settled", SETTLEMENT_SECONDS, || async {
        // A new connection reads the present version, for which extrinsics are signed.
        let client = node.client().await?;
        let nonce = client.nonce(&account_of(&gateway)).await?;
        client.send(&gateway, &call, nonce).await?;
        timeout(RESEND, client.wait_for_nonce(&account_of(&gateway), nonce + 1)).await??;
        Ok(Some(()))
    })
    .await
}

/// Settles and closes every session of version 1, each in another way.
async fn end_old_sessions(client: &NodeClient, load: &mut Load) -> Result<()> {
    let Load { sessions, books, wallets, new_key, .. } = load;
    let gateway = key(GATEWAY)?;

    // The wallet leaves one session, and a session key closes its own.
    let ids = [sessions[load::WALLETS].id];
    client.send_and_wait(&wallets[load::BY_WALLET], &Call::leave_stream(&ids)).await?;
    let closes_own = sessions[load::OF_NEW_KEY].close(client, Closer::SessionKey, new_key);
    client.send_and_wait(&gateway, &closes(vec![closes_own])).await?;
    for closing in [load::WALLETS, load::OF_NEW_KEY, load::IN_CLOSING] {
        let id = sessions[closing].id;
        wait_for("a session to be closing", 90, || async {
            Ok(client.session(id).await?.filter(|session| session.closing.is_some()))
        })
        .await?;
    }

    // The tick pool settles one session to its end; the gateway settles the others by itself.
    let session = &mut sessions[load::SHARED];
    let claim = session.reveal(session.rest(), books)?;
    client.submit(&Rows { claims: vec![claim], ..Default::default() }).await?;
    wait_until_settled(client, session.id, session.max_ticks).await?;
    for index in [load::CHEAP, load::IN_CLOSING, load::OF_NEW_KEY, load::OF_OWN_KEY, load::AT_LEAVING_GATEWAY] {
        let session = &mut sessions[index];
        let claim = session.reveal(session.rest(), books)?;
        client.send_and_wait(&key(session.gateway)?, &session.settlement(claim)?).await?;
        wait_until_settled(client, session.id, session.max_ticks).await?;
    }

    let over =
        [load::SHARED, load::CHEAP, load::IN_CLOSING, load::OF_NEW_KEY, load::OF_OWN_KEY, load::AT_LEAVING_GATEWAY];
    let over = over.map(|index| sessions[index].removal()).to_vec();
    client.send_and_wait(&key("//Alice")?, &closes(over)).await.context("anyone removes what is over")?;
    books.return_gateway_bond(account(load::LEAVING)?, version_1::GATEWAY_BOND);
    let signed = [load::WALLETS, load::OF_REVOKED_KEY, load::OF_OLD_KEY];
    let signed = signed.map(|index| sessions[index].close(client, Closer::Gateway, &gateway)).to_vec();
    client.submit(&Rows { closes: signed, ..Default::default() }).await?;
    for session in sessions.iter() {
        wait_until_removed(client, session.id).await?;
    }
    ensure!(client.read::<u8>("gateway", account(load::LEAVING)?).await? == 0, "the leaving gateway is still there");
    Ok(())
}

async fn wait_until_settled(client: &NodeClient, id: SessionId, ticks: u32) -> Result<()> {
    wait_for("a claim to be settled", 120, || async {
        Ok(client.session(id).await?.filter(|session| session.settled_ticks == ticks))
    })
    .await?;
    Ok(())
}

async fn wait_until_removed(client: &NodeClient, id: SessionId) -> Result<()> {
    wait_for("a session to be removed", 120, || async { Ok(client.session(id).await?.is_none().then_some(())) }).await
}

/// Sessions that are opened after the upgrade.
struct NewSessions {
    /// Sessions opened by session keys: the viewer, the session, and its stream and price.
    by_key: Vec<(AccountId, ViewerSession, TicketTerms)>,
    /// Session opened by a wallet: the viewer, the session and its ticks.
    by_wallet: (AccountId, SessionId, TickChain),
}

impl NewSessions {
    /// Opens a session by a session key of version 1, one by a key that its wallet adds now, and one by a wallet. None
    /// can be opened for the stream whose price is below the present minimum.
    async fn open(client: &NodeClient, load: &mut Load) -> Result<Self> {
        let Load { wallets, keys, books, .. } = load;
        let params = client.params().await?;
        let added = &keys[load::BY_WALLET];
        let limits = key_limits(PRICE, load::ALLOWANCE);
        client.send_and_wait(&wallets[load::BY_WALLET], &Call::add_key(&account_of(added), &limits)).await?;
        books.bond(&account_of(&wallets[load::BY_WALLET]), params.storage_bond);

        let terms =
            |stream, price_per_tick| TicketTerms { stream, price_per_tick, max_ticks: MAX_TICKS, valid_blocks: 600 };
        let planned =
            [(load::TWO_SESSIONS, terms(SHARED_STREAM, PRICE)), (load::BY_WALLET, terms(SHARED_STREAM, PRICE))];
        let cheap = terms(CHEAP_STREAM, CHEAP_PRICE);
        let mut by_key = Vec::new();
        for (index, terms) in planned {
            let mut viewer = Viewer::with_deposit(client, wallets[index].clone(), keys[index].clone()).await?;
            check_too_cheap(client, &viewer.ticket(client, &cheap).await?).await?;
            by_key.push((viewer.account(), viewer.ticket(client, &terms).await?, terms));
        }
        let opens = by_key.iter().map(|(_, session, _)| session.ticket.clone()).collect();
        client.submit(&Rows { opens, ..Default::default() }).await?;
        let by_wallet = join_stream(client, &wallets[load::IDLE]).await?;
        let ids = by_key.iter().map(|(viewer, session, _)| (viewer, session.id)).chain([(&by_wallet.0, by_wallet.1)]);
        for (viewer, id) in ids {
            wait_for("a session to be opened", 120, || client.session(id)).await?;
            books.spend(viewer, params.open_fee);
            books.earn(account(GATEWAY)?, params.open_fee);
        }
        Ok(Self { by_key, by_wallet })
    }

    /// Settles a part of each session, and closes it.
    async fn end(&mut self, client: &NodeClient, books: &mut Books) -> Result<()> {
        let gateway = key(GATEWAY)?;
        let mut rows = Vec::new();
        for (viewer, session, terms) in &mut self.by_key {
            let ticks = 17;
            let claim = session.reveal(ticks)?;
            books.settle_new(viewer, terms.stream, GATEWAY, terms.price_per_tick, ticks)?;
            client.send_and_wait(&gateway, &books::settlement(terms.stream, GATEWAY, claim)?).await?;
            wait_until_settled(client, session.id, ticks).await?;
            rows.push(session.close(client)?);
        }
        let (viewer, id, ticks) = &mut self.by_wallet;
        let proof = ticks.proof(MAX_TICKS).context("the ticket covers fewer ticks")?;
        let claim = Claim { session: *id, from: 0, ticks: MAX_TICKS, proof };
        books.settle_new(viewer, SHARED_STREAM, GATEWAY, PRICE, MAX_TICKS)?;
        client.submit(&Rows { claims: vec![claim], ..Default::default() }).await?;
        wait_until_settled(client, *id, MAX_TICKS).await?;
        let message = close_message(&client.genesis, id);
        let signature = CloseSignature { by: Closer::Gateway, signature: gateway.sign(&message).into() };
        rows.push(CloseRow { session: *id, signature: Some(signature) });
        client.submit(&Rows { closes: rows, ..Default::default() }).await?;
        let ids = self.by_key.iter().map(|(_, session, _)| session.id).chain([self.by_wallet.1]);
        for id in ids {
            wait_until_removed(client, id).await?;
        }
        Ok(())
    }
}

/// Checks that a ticket for the stream below the minimum price is refused.
async fn check_too_cheap(client: &NodeClient, session: &ViewerSession) -> Result<()> {
    let rows = Rows { opens: vec![session.ticket.clone()], ..Default::default() };
    let refusal = client.submit(&rows).await.err().context("a ticket below the minimum price was accepted")?;
    ensure!(refusal.to_string().contains("PriceBelowMinimum"), "refused for another reason: {refusal}");
    Ok(())
}

/// Opens a session from a wallet.
async fn join_stream(
    client: &NodeClient,
    wallet: &sp_core::sr25519::Pair,
) -> Result<(AccountId, SessionId, TickChain)> {
    let viewer = account_of(wallet);
    let nonce = client.deposit(&viewer).await?.context("the deposit was made")?.nonces.next();
    let id = session_id(&client.genesis, &viewer, &viewer, nonce);
    let mut ticks = TickChain::new(&id, rand::random(), MAX_TICKS);
    let ticket = Ticket {
        viewer: viewer.clone(),
        session_key: viewer.clone(),
        nonce,
        stream: SHARED_STREAM,
        gateway: account(GATEWAY)?,
        price_per_tick: PRICE,
        max_ticks: MAX_TICKS,
        anchor: ticks.anchor(),
        expires_at: client.best_number().await? + 600,
    };
    client.send_and_wait(wallet, &Call::join_stream(&ticket)).await?;
    Ok((viewer, id, ticks))
}

/// Lets two sessions of the validators end. The validators stay, and blocks are written and become final.
async fn change_session_twice(client: &NodeClient) -> Result<()> {
    client.send_and_wait(&key("//Alice")?, &Call::set_session_period(20).as_root()).await?;
    wait_for("the second change of the session", 180, || async {
        let index: Option<u32> = client.item("Session", "CurrentIndex").await?;
        Ok(index.filter(|index| *index >= 2))
    })
    .await?;
    let validators: Option<Vec<AccountId>> = client.item("Session", "Validators").await?;
    ensure!(validators == Some(vec![account("//Alice")?]), "the validators are {validators:?}");
    let changed = client.best_number().await?;
    wait_for("blocks to become final after the change", 60, || async {
        Ok((client.finalized_number().await? > changed + 2).then_some(()))
    })
    .await
}
