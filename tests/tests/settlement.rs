//! One node: what viewers let go of is settled by the off-chain worker, to the planck, whatever happens to the process.

use anyhow::{ensure, Result};
use sp_core::Pair;
use sp_runtime::Permill;
use tick_stream_primitives::{batch::bounded, AccountId, Balance};
use vilokanam_tests::{
    books::{Parts, SPLITS},
    chain::{Call, Chain, Rows},
    node::Node,
    people::{account, gateway_key, key, operator, Viewer, Watch, DEPOSIT, PRICE},
    wait_for,
};

/// The gateway's share of the test's stream, in millionths: odd, so that floors show.
const GATEWAY_SHARE_PPM: u32 = 150_001;
/// What the creator shares with others, in millionths: odd as well.
const SPLITS_PPM: [u32; SPLITS] = [333_333, 70_007];
/// What a viewer pays the submitter for opening a session, in planck.
const OPEN_FEE: Balance = 2_000_000_000;
/// The longest a session of these tests may run.
const MAX_TICKS: u32 = 600;

/// The account of a pallet id.
fn pallet_account(id: &[u8; 8]) -> AccountId {
    let mut bytes = [0; 32];
    bytes[..4].copy_from_slice(b"modl");
    bytes[4..12].copy_from_slice(id);
    bytes.into()
}

/// Where the protocol's fee goes.
fn treasury() -> AccountId {
    pallet_account(b"vlk/trsy")
}

/// Where all deposits are.
fn pot() -> AccountId {
    pallet_account(b"vlk/tick")
}

/// Who shares the stream's income with its creator.
fn split_accounts() -> Result<[AccountId; SPLITS]> {
    Ok([account(&key("//split//0")?), account(&key("//split//1")?)])
}

/// The chain, once the stream is there, and what its pot held before anybody's deposit.
async fn chain_with_stream(node: &Node) -> Result<(Chain, Balance)> {
    let chain = node.chain().await?;
    let endowment = chain.account(&pot()).await?.1;
    let shares = SPLITS_PPM.map(Permill::from_parts);
    let splits = bounded(split_accounts()?.into_iter().zip(shares).collect());
    chain.send_and_wait(&key("//Bob")?, &Call::create_stream(PRICE, GATEWAY_SHARE_PPM, splits)).await?;
    Ok((chain, endowment))
}

/// Opens `sessions` sessions of each viewer: one at a time a viewer, as the pool asks.
async fn open_sessions(chain: &Chain, viewers: &mut [Viewer], sessions: usize) -> Result<Vec<Watch>> {
    let mut watches = Vec::new();
    for _ in 0..sessions {
        let best = chain.height(false).await?;
        let opened: Result<Vec<_>> = viewers.iter_mut().map(|viewer| viewer.watch(chain, best, MAX_TICKS)).collect();
        let opened = opened?;
        let opens = opened.iter().map(|watch| watch.ticket.clone()).collect();
        chain.submit(&Rows { opens, ..Default::default() }).await?;
        for watch in &opened {
            wait_for("a session to be opened", 90, || chain.session(watch.id)).await?;
        }
        watches.extend(opened);
    }
    Ok(watches)
}

/// Lets every viewer watch `ticks` more seconds, and hands the claims to the pool.
async fn reveal(chain: &Chain, watches: &mut [Watch], ticks: u32) -> Result<()> {
    let claims = watches.iter_mut().map(|watch| watch.reveal(ticks)).collect();
    chain.submit(&Rows { claims, ..Default::default() }).await
}

/// Waits until all that was let go of is settled.
async fn wait_until_settled(chain: &Chain, watches: &[Watch]) -> Result<()> {
    for watch in watches {
        wait_for("a claim to be settled", 120, || async {
            let session = chain.session(watch.id).await?;
            Ok(session.filter(|session| session.settled_ticks == watch.revealed))
        })
        .await?;
    }
    Ok(())
}

async fn close_all(chain: &Chain, watches: &[Watch]) -> Result<()> {
    let closes = watches.iter().map(|watch| watch.close(chain)).collect::<Result<_>>()?;
    chain.submit(&Rows { closes, ..Default::default() }).await?;
    for watch in watches {
        wait_for("a session to be closed", 120, || async {
            Ok(chain.session(watch.id).await?.is_none().then_some(()))
        })
        .await?;
    }
    wait_for("the pool to be empty", 60, || async { Ok((chain.pooled().await? == 0).then_some(())) }).await
}

/// Checks every balance against the rules. `rounds` are the ticks settled at a time in each session: each settlement is
/// floored on its own.
async fn check_books(
    chain: &Chain,
    endowment: Balance,
    viewers: &[Viewer],
    sessions: usize,
    rounds: &[u32],
) -> Result<()> {
    let mut expected = Parts::default();
    let paid_ticks: u32 = rounds.iter().sum();
    for ticks in rounds {
        for _ in 0..viewers.len() * sessions {
            expected.add(Parts::of(*ticks, PRICE, GATEWAY_SHARE_PPM.into(), SPLITS_PPM));
        }
    }
    let per_viewer = sessions as Balance * (Balance::from(paid_ticks) * PRICE + OPEN_FEE);
    for viewer in viewers {
        let deposit = chain.deposit(&viewer.account()).await?.unwrap_or_else(|| unreachable!("it was made"));
        ensure!(deposit.reserved == 0 && deposit.open_sessions == 0, "something is still reserved: {deposit:?}");
        ensure!(deposit.free == DEPOSIT - per_viewer, "a viewer has {} and not {}", deposit.free, DEPOSIT - per_viewer);
    }
    let open_fees = (viewers.len() * sessions) as Balance * OPEN_FEE;
    let [first_split, second_split] = split_accounts()?;
    let earners = [
        ("creator", account(&key("//Bob")?), expected.creator),
        ("first split", first_split, expected.splits[0]),
        ("second split", second_split, expected.splits[1]),
        ("gateway", account(&gateway_key()?), expected.gateway),
        ("treasury", treasury(), expected.protocol),
        ("operator", operator()?, open_fees),
    ];
    for (name, who, expected) in earners {
        let earned = chain.earnings(&who).await?;
        ensure!(earned == expected, "the {name} has earned {earned} and not {expected}");
    }
    let in_pot = chain.account(&pot()).await?.1 - endowment;
    let deposited = viewers.len() as Balance * DEPOSIT;
    ensure!(in_pot == deposited, "the pot holds {in_pot} and not the {deposited} that were deposited");
    let stream = chain.stream(0).await?.unwrap_or_else(|| unreachable!("it was created"));
    let settled = u64::from(paid_ticks) * (viewers.len() * sessions) as u64;
    ensure!(stream.totals.ticks == settled, "the stream counts {} ticks and not {settled}", stream.totals.ticks);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_sessions_are_settled_by_the_worker() -> Result<()> {
    let node = Node::dev().await?;
    let (chain, endowment) = chain_with_stream(&node).await?;
    let mut viewers = Viewer::fund(&chain, 20).await?;
    let mut watches = open_sessions(&chain, &mut viewers, 10).await?;

    let rounds = [7, 11, 30];
    for ticks in rounds {
        reveal(&chain, &mut watches, ticks).await?;
        wait_until_settled(&chain, &watches).await?;
    }
    close_all(&chain, &watches).await?;
    check_books(&chain, endowment, &viewers, 10, &rounds).await?;

    let creator = key("//Bob")?;
    let (earned, before) = (chain.earnings(&account(&creator)).await?, chain.account(&account(&creator)).await?.1);
    chain.send_and_wait(&key("//Charlie")?, &Call::payout(&creator.public().into())).await?;
    let after = chain.account(&account(&creator)).await?.1;
    ensure!(after - before == earned, "paid out {} and not {earned}", after - before);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_node_loses_nothing_and_pays_nothing_twice() -> Result<()> {
    let mut node = Node::dev().await?;
    let (chain, endowment) = chain_with_stream(&node).await?;
    let mut viewers = Viewer::fund(&chain, 10).await?;
    let mut watches = open_sessions(&chain, &mut viewers, 2).await?;
    reveal(&chain, &mut watches, 5).await?;
    wait_until_settled(&chain, &watches).await?;

    // Acknowledged by the pool, and most likely in no block yet, when the power goes.
    reveal(&chain, &mut watches, 9).await?;
    node.kill()?;
    node.run().await?;
    let chain = node.chain().await?;
    wait_until_settled(&chain, &watches).await?;

    close_all(&chain, &watches).await?;
    check_books(&chain, endowment, &viewers, 2, &[5, 9]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_leaves_the_node_healthy() -> Result<()> {
    let node = Node::dev().await?;
    let (chain, endowment) = chain_with_stream(&node).await?;
    let mut viewers = Viewer::fund(&chain, 1).await?;
    let mut watches = open_sessions(&chain, &mut viewers, 1).await?;
    reveal(&chain, &mut watches, 5).await?;
    wait_until_settled(&chain, &watches).await?;

    let flooder = node.chain().await?;
    let session = watches[0].id.to_string();
    let claim = |ticks: u32, proof: &str| serde_json::json!({ "session": session, "ticks": ticks, "proof": proof });
    let forged = format!("0x{}", "ab".repeat(32));
    let stale = vec![claim(5, &forged), claim(1, &forged), claim(0, &forged), claim(u32::MAX, &forged)];
    for round in 0..200 {
        let claims = if round % 2 == 0 { stale.clone() } else { vec![claim(6 + round, &forged); 100] };
        let malformed = serde_json::json!(["0x", "0x00", "no hex", 7, null]);
        let rows = serde_json::json!({ "opens": malformed, "claims": claims, "closes": malformed });
        if let Ok(answer) = flooder.call("tickStream_submit", vec![rows]).await {
            let accepted = answer.to_string().contains("\"accepted\":true");
            ensure!(!accepted, "a bad row was taken: {answer}");
        }
    }
    let oversized = serde_json::json!({ "opens": [], "claims": vec![claim(6, &forged); 20_000], "closes": [] });
    ensure!(flooder.call("tickStream_submit", vec![oversized]).await.is_err(), "an oversized call was taken");

    ensure!(node.is_healthy().await?, "the node does not call itself healthy");
    // On a connection of its own: the flooder's budget is the flooder's.
    let before = chain.height(true).await?;
    reveal(&chain, &mut watches, 6).await?;
    wait_until_settled(&chain, &watches).await?;
    wait_for("finality to go on", 60, || async { Ok((chain.height(true).await? > before).then_some(())) }).await?;
    close_all(&chain, &watches).await?;
    check_books(&chain, endowment, &viewers, 1, &[5, 6]).await
}
