//! State of the chain before and after the upgrade.

use crate::{
    load::{self, Load},
    version_1::{self, SPEC_VERSION},
};
use anyhow::{ensure, Context, Result};
use codec::Compact;
use serde_json::json;
use std::{collections::BTreeMap, fs};
use tick_stream_primitives::AccountId;
use vilokanam_tests::{
    accounts::{account, account_of},
    node_client::NodeClient,
};

/// Names a file. If it is set, the state of version 1 is written to that file before the upgrade.
const SNAPSHOT_VARIABLE: &str = "VILOKANAM_SNAPSHOT";
/// Storage keys that a snapshot leaves out: the code of the runtime, and the number of its pages of memory.
const LEFT_OUT: [&str; 2] = ["0x3a636f6465", "0x3a686561707061676573"];

/// Writes the state as JSON, if the variable is set: with it, the fixture of the runtime's own tests is made again.
pub async fn save_if_asked(client: &NodeClient) -> Result<()> {
    let Some(file) = std::env::var_os(SNAPSHOT_VARIABLE) else { return Ok(()) };
    let pairs: Vec<(String, String)> =
        serde_json::from_value(client.request("state_getPairs", vec![json!("0x")]).await?)?;
    let state: BTreeMap<_, _> = pairs.into_iter().filter(|(key, _)| !LEFT_OUT.contains(&key.as_str())).collect();
    fs::write(file, serde_json::to_string_pretty(&state)? + "\n")?;
    Ok(())
}

/// Returns whether the newest block was executed by a later runtime than that of version 1.
pub async fn is_upgraded(client: &NodeClient) -> Result<bool> {
    let last: Option<(Compact<u32>, String)> = client.item("System", "LastRuntimeUpgrade").await?;
    Ok(last.is_some_and(|(Compact(version), _)| version > SPEC_VERSION))
}

/// Fails unless every deposit, session key and session is what the state of version 1 becomes.
pub async fn check_after_upgrade(client: &NodeClient, load: &Load) -> Result<()> {
    let version: Option<u16> = client.item("TickStream", ":__STORAGE_VERSION__:").await?;
    ensure!(version == Some(2), "the storage has version {version:?}");
    let validators: Option<Vec<AccountId>> = client.item("Session", "Validators").await?;
    ensure!(validators == Some(vec![account("//Alice")?]), "the validators are {validators:?}");
    let open: Vec<_> = load.sessions.iter().collect();
    load.books.check(client, &load.viewers(), &open).await?;
    check_keys(client, load).await?;
    check_sessions(client, load).await
}

async fn check_keys(client: &NodeClient, load: &Load) -> Result<()> {
    let replaced = account_of(&load.new_key);
    for (index, viewer) in load.viewers().iter().enumerate() {
        let keys = client.deposit(viewer).await?.context("the deposit was made")?.keys;
        let expected = match index {
            load::BY_WALLET | load::IDLE | load::KEY_IS_VIEWER | load::KEY_REVOKED => None,
            load::KEY_REPLACED => Some((replaced.clone(), 1)),
            load::TWO_SESSIONS => Some((account_of(&load.keys[index]), 2)),
            _ => Some((account_of(&load.keys[index]), 1)),
        };
        ensure!(keys == u32::from(expected.is_some()), "viewer {index} has {keys} keys, not {expected:?}");
        if let Some((session_key, sessions)) = expected {
            let key =
                client.key(viewer, &session_key).await?.with_context(|| format!("viewer {index} has lost a key"))?;
            ensure!(key.open_sessions == sessions, "a key of viewer {index} is {key:?}");
        }
    }
    Ok(())
}

async fn check_sessions(client: &NodeClient, load: &Load) -> Result<()> {
    for (index, session) in load.sessions.iter().enumerate() {
        let found = client.session(session.id).await?.with_context(|| format!("session {index} is lost"))?;
        ensure!(found.settled_ticks == session.ticks, "session {index} is {found:?}, and {} ticks", session.ticks);
        ensure!(found.fee == 0, "the fee of session {index} was paid when it was opened: {found:?}");
        ensure!(found.closing.is_some() == (index == load::IN_CLOSING), "session {index} is {found:?}");
        let key = match index {
            load::SHARED | load::CHEAP => Some(account_of(&load.keys[load::TWO_SESSIONS])),
            load::OF_NEW_KEY => Some(account_of(&load.new_key)),
            load::IN_CLOSING => Some(account_of(&load.keys[load::CLOSING])),
            load::AT_LEAVING_GATEWAY => Some(account_of(&load.keys[load::LEAVING_GATEWAY])),
            _ => None,
        };
        let used = found.key.as_ref().map(|used| used.session_key.clone());
        ensure!(used == key, "session {index} was opened by {used:?}, not by {key:?}");
    }
    Ok(())
}

/// Fails unless the allowances of session keys of version 1, all of whose sessions are closed, have only lost what these
/// have cost.
pub async fn check_allowances(client: &NodeClient, load: &Load) -> Result<()> {
    let closed = [
        (load::KEY_REPLACED, account_of(&load.new_key), load::OF_NEW_KEY),
        (load::CLOSING, account_of(&load.keys[load::CLOSING]), load::IN_CLOSING),
        (load::LEAVING_GATEWAY, account_of(&load.keys[load::LEAVING_GATEWAY]), load::AT_LEAVING_GATEWAY),
    ];
    for (viewer, session_key, session) in closed {
        let key = client.key(&load.viewers()[viewer], &session_key).await?.context("the key is still there")?;
        let session = &load.sessions[session];
        let spent = u128::from(session.ticks) * session.price_per_tick + version_1::OPEN_FEE;
        ensure!(key.allowance.left == load::ALLOWANCE - spent, "{spent} was spent, and the key is {key:?}");
    }
    Ok(())
}
