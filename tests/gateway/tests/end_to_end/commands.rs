//! Commands on session keys, gifts, governance and validators: what is wrong is refused before anything is signed.

use anyhow::{ensure, Context, Result};
use serde_json::Value;
use std::fs;
use vilokanam_tests::{
    accounts::{account, key, UNIT},
    call::Call,
    command_line::CommandLine,
    node::Node,
    process::clear_logs,
    wait_for,
};
use vilokanam_wire::Account;

const NO_GATEWAY: &str = "http://127.0.0.1:9";
const BOB: &str = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";
const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
const CHARLIE: &str = "5FLSigC9HGRKVhB9FiEo4Y3koPsNmBmLJbpXg2mp1hXcS59Y";
/// A call of the development chain: `System.remark` of nothing.
const REMARK: &str = "0x000000";
/// Maximum time until a transaction is in a block.
const INCLUSION_SECONDS: u64 = 60;
/// Maximum time until a referendum is decided.
const DECISION_SECONDS: u64 = 180;

fn user(node: &Node, folder: &tempfile::TempDir, uri: &str) -> Result<CommandLine> {
    CommandLine::new(&node.url(), NO_GATEWAY, &folder.path().join(uri.trim_start_matches('/')), uri)
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_key_and_gift_commands_are_refused_and_change_nothing() -> Result<()> {
    clear_logs()?;
    let (node, folder) = (Node::dev().await?, tempfile::tempdir()?);
    let cli = user(&node, &folder, "//Charlie")?;
    cli.refused(&["keys", "add", "--allowance", "1"], 4, "no deposit")?;
    cli.refused(
        &["gift", "--stream", "0", "--amount", "1", "--gateway-url", "https://g.example"],
        1,
        "does not exist",
    )?;

    cli.done(&["deposit", "5"])?;
    let nonce = nonce(&cli)?;
    cli.refused(&["keys", "add", "--allowance", "1"], 1, "authorised already")?;
    cli.refused(&["keys", "add", "--allowance", "1", "--session-key", CHARLIE], 2, "another key than the wallet's")?;
    cli.refused(&["keys", "add", "--new-key"], 2, "what the key may spend")?;
    cli.refused(&["deposit", "1", "--allowance", "2"], 1, "authorised already")?;
    cli.refused(&["keys", "update", "phone", "--allowance", "1"], 1, "no session key 'phone'")?;
    cli.refused(&["keys", "update", "this"], 2, "at least one limit")?;
    cli.refused(&["keys", "update", "this", "--daily", "0"], 2, "above zero")?;
    cli.refused(&["keys", "remove", BOB], 1, "no session key")?;
    let gift = ["gift", "--gateway-url", "https://g.example", "--amount"];
    let gift_of = |rest: &[&'static str]| -> Vec<&'static str> { gift.iter().chain(rest).copied().collect() };
    cli.refused(&gift_of(&["1", "--creator", BOB]), 1, "has no stream")?;
    let creator = user(&node, &folder, "//Bob")?;
    creator.done(&["stream", "create", "--price", "0.002", "--title", "Gifts"])?;
    cli.refused(&gift_of(&["0.003", "--stream", "0"]), 2, "buys too little")?;
    cli.refused(&gift_of(&["1", "--stream", "0", "--max-price", "0.001"]), 2, "more than --max-price")?;
    let poor = user(&node, &folder, "//Dave")?;
    poor.refused(&gift_of(&["1", "--stream", "0"]), 4, "no deposit")?;
    ensure!(nonce == self::nonce(&cli)?, "a refused command has sent a transaction");

    right_key_commands_are_carried_out(&cli)
}

/// Returns the number of transactions that the wallet has sent.
fn nonce(cli: &CommandLine) -> Result<Value> {
    Ok(cli.done(&["account"])?["balance"]["nonce"].clone())
}

fn right_key_commands_are_carried_out(cli: &CommandLine) -> Result<()> {
    cli.done(&["keys", "update", "this", "--daily", "1", "--sessions", "1", "--label", "laptop"])?;
    let arguments =
        ["keys", "add", "--allowance", "1", "--only-creator", BOB, "--label", "tablet", "--session-key", BOB];
    cli.done(&arguments)?;
    let listed = cli.done(&["keys", "list"])?;
    let keys = listed["keys"].as_array().context("the keys are a list")?;
    let find = |label: &str| keys.iter().find(|key| key["label"] == label).context("the key is listed");
    let (laptop, tablet) = (find("laptop")?, find("tablet")?);
    ensure!(laptop["is_of_this_machine"] == true && laptop["allowance_left"] == "1000000000000", "{laptop:#}");
    // The budget of the present day, and those of 29 or 30 more.
    let most: u128 = laptop["most_to_spend"].as_str().context("an amount is text")?.parse()?;
    ensure!((30..=31).contains(&(most / 1_000_000_000_000)), "{laptop:#}");
    ensure!(tablet["scope"]["creator"] == BOB, "{tablet:#}");
    cli.done(&["keys", "remove", "tablet"])?;
    let removed = cli.done(&["keys", "remove-all"])?;
    ensure!(removed["removed"].as_array().is_some_and(|keys| keys.len() == 1), "{removed:#}");
    cli.refused(&["keys", "remove-all"], 1, "no session key")
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_governance_commands_are_refused_and_right_ones_decide() -> Result<()> {
    clear_logs()?;
    let (node, folder) = (Node::dev().await?, tempfile::tempdir()?);
    let (alice, bob) = (user(&node, &folder, "//Alice")?, user(&node, &folder, "//Bob")?);
    let before = nonce(&bob)?;
    bob.refused(&["gov", "show", "0"], 1, "no referendum 0")?;
    bob.refused(&["gov", "vote", "0", "aye", "1"], 1, "no referendum 0")?;
    bob.refused(&["gov", "vote", "0", "aye", "0"], 2, "above zero")?;
    bob.refused(&["gov", "deposit", "0"], 1, "no referendum 0")?;
    bob.refused(&["gov", "refund", "0"], 1, "no referendum 0")?;
    bob.refused(&["gov", "submit", "call", "0xffff"], 1, "not a call of this chain")?;
    let other_hash = format!("0x{}", "00".repeat(32));
    bob.refused(&["gov", "submit", "call", REMARK, "--hash", &other_hash], 1, "has the hash")?;
    bob.refused(&["gov", "submit", "add-moderator", ALICE], 1, "is a moderator already")?;
    bob.refused(&["gov", "submit", "remove-moderator", BOB], 1, "is not a moderator")?;
    bob.refused(&["gov", "submit", "spend", BOB, "0"], 2, "above zero")?;
    let file = bob.file("runtime.wasm");
    fs::write(&file, "text")?;
    bob.refused(&["gov", "submit", "upgrade", &file], 1, "not WebAssembly")?;
    bob.refused(&["gov", "apply-upgrade", &file], 1, "not WebAssembly")?;
    bob.refused(&["gov", "whitelist", "--call-hash", &other_hash], 1, "not a member of the technical committee")?;
    bob.refused(&["gov", "second", &other_hash], 1, "not a member of the technical committee")?;
    bob.refused(&["gov", "suspend", "0"], 1, "is not a moderator")?;
    alice.refused(&["gov", "suspend", "0"], 1, "stream 0 does not exist")?;
    alice.refused(&["gov", "second", &other_hash], 1, "does not vote on")?;
    ensure!(before == nonce(&bob)?, "a refused command has sent a transaction");

    // The committee has one member, whose proposal is carried out at once.
    let whitelisted = alice.done(&["gov", "whitelist", "--call-hash", &other_hash])?;
    ensure!(whitelisted["is_whitelisted"] == true, "{whitelisted:#}");
    alice.refused(&["gov", "whitelist", "--call-hash", &other_hash], 1, "on the whitelist already")?;
    let tracks = bob.done(&["gov", "tracks"])?;
    let names: Vec<_> = tracks.as_array().into_iter().flatten().filter_map(|track| track["name"].as_str()).collect();
    ensure!(names == ["root", "whitelisted_caller", "treasurer", "moderation"], "{tracks:#}");
    moderator_is_appointed(&alice, &bob).await
}

/// Appoints Bob as a moderator, by a referendum on which Alice votes.
async fn moderator_is_appointed(alice: &CommandLine, bob: &CommandLine) -> Result<()> {
    let submitted = bob.done(&["gov", "submit", "add-moderator", BOB])?;
    ensure!(submitted["referendum"] == 0, "{submitted:#}");
    let shown = bob.done(&["gov", "show", "0"])?;
    let call = shown["call"].as_str().unwrap_or_default();
    ensure!(call.starts_with("Moderators.add_member"), "{shown:#}");
    ensure!(shown["track"] == "moderation" && shown["has_decision_deposit"] == false, "{shown:#}");
    bob.done(&["gov", "deposit", "0"])?;
    bob.refused(&["gov", "deposit", "0"], 1, "is placed already")?;
    alice.refused(&["gov", "vote", "0", "aye", "1000000000000"], 4, "the account has")?;
    alice.done(&["gov", "vote", "0", "aye", "500000", "--conviction", "2"])?;
    wait_for("the moderator to be appointed", DECISION_SECONDS, || async {
        let status = bob.done(&["gov", "status"])?;
        let moderators = status["moderators"].as_array().context("the moderators are a list")?;
        Ok(moderators.iter().any(|moderator| moderator == BOB).then_some(()))
    })
    .await?;
    let ended = bob.done(&["gov", "list", "--all"])?;
    ensure!(ended[0]["state"] == "approved", "{ended:#}");
    bob.refused(&["gov", "vote", "0", "nay", "1"], 1, "was approved")?;
    bob.done(&["gov", "refund", "0"])?;
    bob.done(&["stream", "create", "--price", "0.002", "--title", "To be suspended"])?;
    let suspended = bob.done(&["gov", "suspend", "0"])?;
    ensure!(suspended["is_suspended"] == true, "{suspended:#}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_validator_commands_are_refused_and_right_ones_change_the_set() -> Result<()> {
    clear_logs()?;
    let (node, folder) = (Node::dev().await?, tempfile::tempdir()?);
    let (alice, bob) = (user(&node, &folder, "//Alice")?, user(&node, &folder, "//Bob")?);
    let before = nonce(&bob)?;
    let commands = ["chain", "validators"];
    let with = |rest: &[&'static str]| -> Vec<&'static str> { commands.iter().chain(rest).copied().collect() };
    let foreign = format!("0x{}{}", "02".repeat(32), "03".repeat(32));
    let set_foreign = ["chain", "validators", "set-keys", "--keys", &foreign, "--proof", "0x00"];
    bob.refused(&set_foreign, 1, "does not have the secrets")?;
    bob.refused(&with(&["join"]), 1, "has no session keys")?;
    bob.refused(&with(&["leave"]), 1, "is not a candidate")?;
    bob.refused(&with(&["bond", "500"]), 1, "is not a candidate")?;
    bob.refused(&with(&["purge-keys"]), 1, "has no session keys")?;
    alice.refused(&with(&["join"]), 1, "by appointment")?;
    alice.refused(&with(&["purge-keys"]), 1, "by appointment")?;
    let listed = bob.done(&commands)?;
    let first = &listed["validators"][0];
    ensure!(first["account"] == ALICE && first["is_active"] == true && first["is_invulnerable"] == true, "{listed:#}");
    let alices = first["keys"].as_str().context("Alice has keys")?;
    bob.refused(&["chain", "validators", "set-keys", "--keys", alices, "--proof", "0x00"], 1, "belong to")?;
    ensure!(before == nonce(&bob)?, "a refused command has sent a transaction");

    bob.done(&with(&["set-keys", "--rotate"]))?;
    bob.refused(&with(&["join", "--bond", "1"]), 2, "the lowest bond")?;
    bob.refused(&with(&["join", "--bond", "100000000000"]), 4, "the account has")?;
    bob.done(&with(&["join", "--bond", "150"]))?;
    bob.refused(&with(&["join"]), 1, "is a candidate")?;
    bob.done(&with(&["bond", "200"]))?;
    let listed = bob.done(&commands)?;
    let own = listed["validators"].as_array().into_iter().flatten().find(|validator| validator["account"] == BOB);
    ensure!(own.is_some_and(|own| own["bond"] == "200000000000000"), "{listed:#}");
    bob.done(&with(&["leave"]))?;
    bob.refused(&with(&["leave"]), 1, "is not a candidate")
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_abandoned_is_removed() -> Result<()> {
    clear_logs()?;
    let (node, folder) = (Node::dev().await?, tempfile::tempdir()?);
    let (alice, charlie) = (user(&node, &folder, "//Alice")?, user(&node, &folder, "//Charlie")?);
    let before = nonce(&alice)?;
    alice.refused(&["chain", "reap", BOB, CHARLIE], 1, "has no deposit")?;
    alice.refused(&["chain", "sweep", CHARLIE], 1, "has no earnings")?;
    charlie.done(&["deposit", "1"])?;
    alice.refused(&["chain", "reap", CHARLIE], 1, "is in use")?;
    charlie.done(&["withdraw", "all"])?;
    alice.refused(&["chain", "reap", CHARLIE], 1, "was used in block")?;
    ensure!(before == nonce(&alice)?, "a refused command has sent a transaction");

    // Earnings below the existential deposit, of an account that exists and then ends.
    let client = node.client().await?;
    let partner = account("//Partner")?;
    client.send_and_wait(&key("//Alice")?, &Call::transfer(&partner, UNIT)).await?;
    let partner = Account(partner).to_string();
    let split = format!("{partner}=25");
    alice.done(&["stream", "create", "--price", "0.002", "--title", "Shared", "--split", &split])?;
    alice.done(&["tip", "0", "0.002"])?;
    alice.refused(&["chain", "sweep", &partner], 1, "can be paid out")?;
    let transfer_all = Call::new(4, 4, (0u8, account("//Alice")?, false));
    client.send(&key("//Partner")?, &transfer_all, 0).await?;
    wait_for("the partner's account to end", INCLUSION_SECONDS, || async {
        let state = charlie.done(&["account", &partner])?;
        Ok((state["balance"]["free"] == "0").then_some(()))
    })
    .await?;
    let earned = charlie.done(&["account", &partner])?["earnings"].clone();
    let swept = alice.done(&["chain", "sweep", &partner])?;
    ensure!(earned != "0" && swept["to_treasury"] == earned, "{earned} {swept:#}");
    alice.refused(&["chain", "sweep", &partner], 1, "has no earnings")
}
