//! One node: its off-chain worker settles every revealed tick, and every planck reaches the right account, even if the
//! process is killed or flooded.

use anyhow::{ensure, Context, Result};
use serde_json::json;
use sp_runtime::Permill;
use tick_stream_primitives::{batch::bounded, Balance, Params};
use vilokanam_chain::rpc::types::method;
use vilokanam_tests::{
    accounts::{
        account, account_of, key, pot, split_accounts, treasury, CREATOR, GATEWAY, GATEWAY_SHARE_PPM, OPERATOR, PRICE,
        SPLITS_PPM, UNIT,
    },
    call::Call,
    node::Node,
    node_client::{NodeClient, Rows},
    shares::ExpectedShares,
    viewer::{TicketTerms, Viewer, ViewerSession, DEPOSIT},
    wait_for,
};

/// Terms of every ticket.
const TERMS: TicketTerms = TicketTerms { stream: 0, price_per_tick: PRICE, max_ticks: 600, valid_blocks: 1_800 };

/// Connects, creates the stream and the accounts that share its income, and returns what the pot held before any deposit.
async fn client_with_stream(node: &Node) -> Result<(NodeClient, Balance)> {
    let client = node.client().await?;
    let endowment = client.balance(&pot()).await?;
    for account in split_accounts()? {
        client.send_and_wait(&key(CREATOR)?, &Call::transfer(&account, UNIT)).await?;
    }
    let shares = SPLITS_PPM.map(Permill::from_parts);
    let splits = bounded(split_accounts()?.into_iter().zip(shares).collect());
    client.send_and_wait(&key(CREATOR)?, &Call::create_stream(PRICE, GATEWAY_SHARE_PPM, splits)).await?;
    Ok((client, endowment))
}

/// Opens `count` sessions of each viewer, one after the other, because the pool accepts one ticket of a session key at a
/// time.
async fn open_sessions(client: &NodeClient, viewers: &mut [Viewer], count: usize) -> Result<Vec<ViewerSession>> {
    let mut sessions = Vec::new();
    for _ in 0..count {
        let first_new = sessions.len();
        for viewer in viewers.iter_mut() {
            sessions.push(viewer.ticket(client, &TERMS).await?);
        }
        let opens = sessions[first_new..].iter().map(|session| session.ticket.clone()).collect();
        client.submit(&Rows { opens, ..Default::default() }).await?;
        for session in &sessions[first_new..] {
            wait_for("a session to be opened", 90, || client.session(session.id)).await?;
        }
    }
    Ok(sessions)
}

/// Reveals `count` more ticks in every session, and submits the claims to the pool.
async fn reveal(client: &NodeClient, sessions: &mut [ViewerSession], count: u32) -> Result<()> {
    let claims = sessions.iter_mut().map(|session| session.reveal(count)).collect::<Result<_>>()?;
    client.submit(&Rows { claims, ..Default::default() }).await
}

/// Waits until all revealed ticks are settled.
async fn wait_until_settled(client: &NodeClient, sessions: &[ViewerSession]) -> Result<()> {
    for session in sessions {
        wait_for("a claim to be settled", 120, || async {
            let state = client.session(session.id).await?;
            Ok(state.filter(|state| state.settled_ticks == session.revealed_ticks))
        })
        .await?;
    }
    Ok(())
}

/// Closes all sessions, and waits until nothing is left in the pool.
async fn close_all(client: &NodeClient, sessions: &[ViewerSession]) -> Result<()> {
    let closes = sessions.iter().map(|session| session.close(client)).collect::<Result<_>>()?;
    client.submit(&Rows { closes, ..Default::default() }).await?;
    for session in sessions {
        wait_for("a session to be closed", 120, || async {
            Ok(client.session(session.id).await?.is_none().then_some(()))
        })
        .await?;
    }
    wait_for("the pool to be empty", 60, || async { Ok((client.pooled_rows().await? == 0).then_some(())) }).await
}

/// What has happened on the chain, for [`Expected::check_balances`].
struct Expected<'a> {
    viewers: &'a [Viewer],
    /// Number of sessions of each viewer.
    sessions: usize,
    /// Ticks of each settlement of a session. They matter one by one, because the shares of each are rounded.
    settlements: &'a [u32],
    /// What the pot held before any deposit.
    endowment: Balance,
}

impl Expected<'_> {
    fn settled_ticks(&self) -> u32 {
        self.settlements.iter().sum()
    }

    fn all_sessions(&self) -> usize {
        self.viewers.len() * self.sessions
    }

    /// Fails unless every account has what the rules give it.
    async fn check_balances(&self, client: &NodeClient) -> Result<()> {
        self.check_deposits(client).await?;
        self.check_earnings(client).await?;
        let in_pot = client.balance(&pot()).await? - self.endowment;
        let deposited = self.viewers.len() as Balance * DEPOSIT;
        ensure!(in_pot == deposited, "the pot holds {in_pot}, and {deposited} was deposited");
        let stream = client.stream(TERMS.stream).await?.context("the stream was created")?;
        let expected = u64::from(self.settled_ticks()) * self.all_sessions() as u64;
        ensure!(stream.totals.ticks == expected, "the stream has {} ticks, not {expected}", stream.totals.ticks);
        Ok(())
    }

    async fn check_deposits(&self, client: &NodeClient) -> Result<()> {
        let Params { storage_bond, open_fee, .. } = client.params().await?;
        let session = Balance::from(self.settled_ticks()) * PRICE + open_fee;
        // The deposit and its session key have a bond each.
        let spent = 2 * storage_bond + self.sessions as Balance * session;
        for viewer in self.viewers {
            let deposit = client.deposit(&viewer.account()).await?.context("the deposit was made")?;
            ensure!(deposit.reserved == 0 && deposit.open_sessions == 0, "part of it is still reserved: {deposit:?}");
            ensure!(deposit.free == DEPOSIT - spent, "a viewer has {}, not {}", deposit.free, DEPOSIT - spent);
        }
        Ok(())
    }

    async fn check_earnings(&self, client: &NodeClient) -> Result<()> {
        let mut shares = ExpectedShares::default();
        for ticks in self.settlements {
            for _ in 0..self.all_sessions() {
                shares.add(ExpectedShares::of_settlement(*ticks, PRICE));
            }
        }
        let open_fees = self.all_sessions() as Balance * client.params().await?.open_fee;
        let [first_split, second_split] = split_accounts()?;
        let earners = [
            ("creator", account(CREATOR)?, shares.creator),
            ("first split", first_split, shares.splits[0]),
            ("second split", second_split, shares.splits[1]),
            ("gateway", account(GATEWAY)?, shares.gateway + open_fees),
            ("treasury", treasury(), shares.protocol),
            ("operator, who opens sessions for the gateway", account(OPERATOR)?, 0),
        ];
        for (name, account, expected) in earners {
            let earned = client.earnings(&account).await?;
            ensure!(earned == expected, "the {name} has earned {earned}, not {expected}");
        }
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn worker_settles_two_hundred_sessions() -> Result<()> {
    let node = Node::dev().await?;
    let (client, endowment) = client_with_stream(&node).await?;
    let mut viewers = Viewer::fund(&client, 20).await?;
    let mut sessions = open_sessions(&client, &mut viewers, 10).await?;

    let settlements = [7, 11, 30];
    for ticks in settlements {
        reveal(&client, &mut sessions, ticks).await?;
        wait_until_settled(&client, &sessions).await?;
    }
    close_all(&client, &sessions).await?;
    let expected = Expected { viewers: &viewers, sessions: 10, settlements: &settlements, endowment };
    expected.check_balances(&client).await?;

    let creator = account_of(&key(CREATOR)?);
    let (earned, before) = (client.earnings(&creator).await?, client.balance(&creator).await?);
    client.send_and_wait(&key("//Charlie")?, &Call::payout(&creator)).await?;
    let received = client.balance(&creator).await? - before;
    ensure!(received == earned, "the creator earned {earned} and received {received}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_node_loses_no_claim_and_settles_none_twice() -> Result<()> {
    let mut node = Node::dev().await?;
    let (client, endowment) = client_with_stream(&node).await?;
    let mut viewers = Viewer::fund(&client, 10).await?;
    let mut sessions = open_sessions(&client, &mut viewers, 2).await?;
    reveal(&client, &mut sessions, 5).await?;
    wait_until_settled(&client, &sessions).await?;

    // The pool has accepted these claims, and most likely no block contains them when the node is killed.
    reveal(&client, &mut sessions, 9).await?;
    node.kill()?;
    node.run().await?;
    let client = node.client().await?;
    wait_until_settled(&client, &sessions).await?;

    close_all(&client, &sessions).await?;
    Expected { viewers: &viewers, sessions: 2, settlements: &[5, 9], endowment }.check_balances(&client).await
}

#[tokio::test(flavor = "multi_thread")]
async fn flood_of_invalid_rows_leaves_the_node_healthy() -> Result<()> {
    let node = Node::dev().await?;
    let (client, endowment) = client_with_stream(&node).await?;
    let mut viewers = Viewer::fund(&client, 1).await?;
    let mut sessions = open_sessions(&client, &mut viewers, 1).await?;
    reveal(&client, &mut sessions, 5).await?;
    wait_until_settled(&client, &sessions).await?;

    let flooder = node.client().await?;
    let session = sessions[0].id.to_string();
    let claim = |ticks: u32, proof: &str| json!({ "session": session, "ticks": ticks, "proof": proof });
    let forged = format!("0x{}", "ab".repeat(32));
    let stale = vec![claim(5, &forged), claim(1, &forged), claim(0, &forged), claim(u32::MAX, &forged)];
    for round in 0..200 {
        let claims = if round % 2 == 0 { stale.clone() } else { vec![claim(6 + round, &forged); 100] };
        let malformed = json!(["0x", "0x00", "no hex", 7, null]);
        let rows = json!({ "opens": malformed, "claims": claims, "closes": malformed });
        if let Ok(answer) = flooder.request(method::SUBMIT, vec![rows]).await {
            ensure!(!answer.to_string().contains("\"accepted\":true"), "an invalid row was accepted: {answer}");
        }
    }
    let oversized = json!({ "opens": [], "claims": vec![claim(6, &forged); 20_000], "closes": [] });
    ensure!(flooder.request(method::SUBMIT, vec![oversized]).await.is_err(), "an oversized call was accepted");

    ensure!(node.is_healthy().await?, "the node does not call itself healthy");
    // This is another connection, so the flooder has not used up its budget.
    let before = client.finalized_number().await?;
    reveal(&client, &mut sessions, 6).await?;
    wait_until_settled(&client, &sessions).await?;
    wait_for("another finalized block", 60, || async { Ok((client.finalized_number().await? > before).then_some(())) })
        .await?;
    close_all(&client, &sessions).await?;
    Expected { viewers: &viewers, sessions: 1, settlements: &[5, 6], endowment }.check_balances(&client).await
}
