//! Clients of the chain that are made with libraries by other authors, and know the protocol from the book.

use anyhow::{ensure, Context, Result};
use serde_json::{json, Value};
use std::{path::Path, process::Command};
use vilokanam_tests::{
    node::Node,
    third_party::{run_with_json, Programs},
};

/// Number of calls of TickStream, which each client makes or encodes.
const CALLS: u64 = 24;
/// Number of methods of the runtime API.
const RUNTIME_APIS: u64 = 11;
/// Number of view functions of TickStream.
const VIEW_FUNCTIONS: u64 = 8;
/// Events that no client can bring about within a test: an abandoned deposit is removed after an hour, and earnings that
/// cannot be paid out need an account that is gone.
const UNSEEN_EVENTS: [&str; 2] = ["DepositReaped", "EarningsSwept"];

/// Returns the folder of a path in the repository.
fn folder(path: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path).display().to_string()
}

/// Lets a client do all that it can on a chain, with accounts of its own, and returns what it says that it has done.
async fn run(node: &Node, mut client: Command, uri: &str) -> Result<Value> {
    let vectors = folder("../pallets/tick-stream/primitives/vectors");
    let order = json!({ "url": node.url(), "uri": uri, "vectors": vectors });
    let done = tokio::task::spawn_blocking(move || run_with_json(&mut client, &order)).await??;
    println!("{uri}: {done}");
    Ok(done)
}

fn count(done: &Value, what: &str) -> Result<u64> {
    done[what].as_u64().with_context(|| format!("{what} is no number"))
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_of_other_authors_make_every_call_and_read_everything() -> Result<()> {
    let programs = Programs::new(folder("foreign-clients"), "foreign-clients");
    let node = Node::archive(&["--dev"]).await?;
    // One after the other, because each signs with Alice's key as well.
    let papi = run(&node, programs.node("polkadot-api.mjs")?, "//Papi").await?;
    let python = run(&node, programs.python("python_client.py")?, "//Python").await?;
    let javascript = run(&node, programs.node("polkadot-js.mjs")?, "//JavaScript").await?;
    for done in [&papi, &python, &javascript] {
        ensure!(count(done, "calls")? == CALLS && count(done, "vectors")? > 0 && count(done, "events")? > 0, "{done}");
    }
    for done in [&python, &javascript] {
        ensure!(count(done, "runtime_apis")? == RUNTIME_APIS && count(done, "extrinsics")? > 0, "{done}");
        ensure!(done["unseen_events"] == json!(UNSEEN_EVENTS), "{done}");
    }
    ensure!(count(&papi, "view_functions")? == VIEW_FUNCTIONS, "{papi}");
    // Each reads the metadata in its own way: what one of them left out, another one has counted.
    for what in ["storage_items", "constants", "vectors"] {
        let counts = [count(&papi, what)?, count(&python, what)?, count(&javascript, what)?];
        ensure!(counts.iter().all(|other| *other == counts[0]), "{what}: {counts:?}");
    }
    ensure!(count(&python, "encoded_calls")? == count(&javascript, "encoded_calls")?, "{python} {javascript}");
    Ok(())
}
