//! Which crate of the workspace may depend on which. Dependencies of tests are not restricted.

use anyhow::{ensure, Context, Result};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

/// Every crate, with the crates of the workspace that it may use. A crate at the top may use those below it.
const ALLOWED: [(&str, &[&str]); 27] = [
    // The protocol and the chain.
    ("tick-stream-primitives", &[]),
    ("tick-stream-model", &["tick-stream-primitives"]),
    ("pallet-tick-stream", &["tick-stream-primitives"]),
    ("vilokanam-runtime", &["pallet-tick-stream", "tick-stream-primitives"]),
    ("vilokanam-tick-pool", &["tick-stream-primitives"]),
    ("vilokanam-rpc-types", &["tick-stream-primitives"]),
    ("vilokanam-node", &["vilokanam-runtime", "vilokanam-tick-pool", "vilokanam-rpc-types", "tick-stream-primitives"]),
    // What every client uses.
    ("vilokanam-wire", &["tick-stream-primitives"]),
    ("vilokanam-chain", &["vilokanam-rpc-types", "tick-stream-primitives"]),
    ("vilokanam-mp4", &[]),
    ("vilokanam-viewer", &["vilokanam-chain", "vilokanam-mp4", "vilokanam-wire", "tick-stream-primitives"]),
    // The gateway: one job a crate, none of which knows the chain's client or HTTP.
    ("vilokanam-media", &["vilokanam-wire"]),
    ("vilokanam-ffmpeg", &[]),
    ("vilokanam-sandbox", &[]),
    ("vilokanam-outbound", &[]),
    ("vilokanam-ingest", &["vilokanam-ffmpeg", "vilokanam-outbound", "vilokanam-sandbox"]),
    ("vilokanam-paywall", &["vilokanam-wire", "tick-stream-primitives"]),
    ("vilokanam-indexer", &["tick-stream-primitives"]),
    ("vilokanam-people", &[]),
    ("vilokanam-search", &[]),
    (
        "vilokanam-gateway",
        &[
            "vilokanam-media",
            "vilokanam-mp4",
            "vilokanam-ingest",
            "vilokanam-outbound",
            "vilokanam-sandbox",
            "vilokanam-paywall",
            "vilokanam-indexer",
            "vilokanam-people",
            "vilokanam-search",
            "vilokanam-chain",
            "vilokanam-wire",
            "tick-stream-primitives",
        ],
    ),
    // Programs for people.
    ("vilokanam-terminal", &["vilokanam-viewer", "vilokanam-chain", "vilokanam-wire"]),
    (
        "vilokanam",
        &[
            "vilokanam-terminal",
            "vilokanam-viewer",
            "vilokanam-chain",
            "vilokanam-wire",
            "vilokanam-ffmpeg",
            "tick-stream-primitives",
        ],
    ),
    (
        "vilokanam-load",
        &["vilokanam-terminal", "vilokanam-viewer", "vilokanam-chain", "vilokanam-wire", "tick-stream-primitives"],
    ),
    // The end-to-end tests.
    ("vilokanam-test-media", &[]),
    ("vilokanam-tests", &["vilokanam-chain", "vilokanam-rpc-types", "tick-stream-primitives"]),
    ("vilokanam-gateway-tests", &["vilokanam-tests", "vilokanam-chain", "vilokanam-wire", "tick-stream-primitives"]),
];

/// Libraries that only some crates may use, since these crates are what hides them from the others.
const HIDDEN: [(&str, &[&str]); 4] = [
    ("subxt", &["vilokanam-chain"]),
    ("sqlx", &["vilokanam-indexer"]),
    ("tantivy", &["vilokanam-search"]),
    ("rocksdb", &["vilokanam-tick-pool", "vilokanam-node"]),
];

/// The direct dependencies of every crate of the workspace, without those of tests.
fn dependencies() -> Result<BTreeMap<String, BTreeSet<String>>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    let arguments = ["metadata", "--no-deps", "--format-version", "1", "--offline", "--manifest-path", manifest];
    let output = Command::new(cargo).args(arguments).output().context("cargo metadata cannot be run")?;
    ensure!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"].as_array().context("cargo metadata lists packages")?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let needs = |package: &Value| {
        let all = package["dependencies"].as_array().into_iter().flatten();
        all.filter(|dependency| dependency["kind"] != "dev").map(|dependency| text(&dependency["name"])).collect()
    };
    Ok(packages.iter().map(|package| (text(&package["name"]), needs(package))).collect())
}

#[test]
fn crates_use_only_crates_below_them() -> Result<()> {
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.into_iter().collect();
    let all = dependencies()?;
    for (name, needs) in &all {
        let may = allowed.get(name.as_str()).with_context(|| format!("{name} is in no layer: add it to ALLOWED"))?;
        for need in needs.iter().filter(|need| all.contains_key(*need)) {
            ensure!(may.contains(&need.as_str()), "{name} uses {need}, which its layer does not allow");
        }
    }
    let gone: Vec<_> = allowed.keys().filter(|name| !all.contains_key(**name)).collect();
    ensure!(gone.is_empty(), "ALLOWED names crates that do not exist: {gone:?}");
    Ok(())
}

#[test]
fn layers_have_an_order() -> Result<()> {
    let mut seen = BTreeSet::new();
    for (name, may) in ALLOWED {
        let above: Vec<_> = may.iter().filter(|need| !seen.contains(*need)).collect();
        ensure!(above.is_empty(), "{name} may use {above:?}, which ALLOWED lists after it");
        seen.insert(name);
    }
    Ok(())
}

#[test]
fn hidden_libraries_are_used_where_they_are_hidden_and_nowhere_else() -> Result<()> {
    let all = dependencies()?;
    for (library, may) in HIDDEN {
        let users: Vec<_> = all.iter().filter(|(_, needs)| needs.contains(library)).map(|(name, _)| name).collect();
        let others: Vec<_> = users.iter().filter(|name| !may.contains(&name.as_str())).collect();
        ensure!(others.is_empty(), "{library} may be used by {may:?} only, and {others:?} use it");
        ensure!(!users.is_empty(), "no crate uses {library}: remove it from HIDDEN");
    }
    Ok(())
}
