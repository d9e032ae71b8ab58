//! Clients of the chain that are made with libraries by other authors, and know the protocol from the book.

mod subxt_client;

use anyhow::{ensure, Context, Result};
use serde_json::{json, Value};
use std::{path::Path, process::Command};
use subxt_client::Subxt;
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
    let subxt = Subxt::connect(&node.url(), "//Subxt").await?;
    subxt.make_rare_events().await?;
    // One after the other, because each signs with Alice's key as well.
    let python = run(&node, programs.python("python_client.py")?, "//Python").await?;
    let javascript = run(&node, programs.node("polkadot-js.mjs")?, "//JavaScript").await?;
    let papi = run(&node, programs.node("polkadot-api.mjs")?, "//Papi").await?;
    let subxt = subxt.read_everything().await?;
    println!("//Subxt: {subxt}");
    for done in [&papi, &python, &javascript, &subxt] {
        ensure!(count(done, "calls")? == CALLS && count(done, "events")? > 0, "{done}");
        ensure!(done["unseen_events"] == json!([]), "{done}");
    }
    for done in [&python, &javascript, &subxt] {
        ensure!(count(done, "runtime_apis")? == RUNTIME_APIS && count(done, "extrinsics")? > 0, "{done}");
    }
    for done in [&papi, &subxt] {
        ensure!(count(done, "view_functions")? == VIEW_FUNCTIONS, "{done}");
    }
    // Each reads the metadata in its own way: what one of them left out, another one has counted.
    equal("storage_items", &[&papi, &python, &javascript, &subxt])?;
    equal("constants", &[&papi, &python, &javascript, &subxt])?;
    equal("vectors", &[&papi, &python, &javascript])?;
    equal("encoded_calls", &[&python, &javascript, &subxt])
}

/// Fails unless the clients have done the same number of something, and at least one.
fn equal(what: &str, clients: &[&Value]) -> Result<()> {
    let counts = clients.iter().map(|done| count(done, what)).collect::<Result<Vec<_>>>()?;
    ensure!(counts[0] > 0 && counts.iter().all(|other| *other == counts[0]), "{what}: {counts:?}");
    Ok(())
}
