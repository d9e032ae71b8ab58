//! Merges the JSON files of several parts.

use crate::report::{read, write};
use anyhow::{Context, Result};
use serde_json::{json, Map};
use std::path::PathBuf;

/// Options of `merge`.
#[derive(clap::Args)]
pub struct Args {
    /// File for the JSON of all parts
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// JSON file of each part
    #[arg(required = true)]
    parts: Vec<PathBuf>,
}

/// Merges the files, and adds the processor of this machine.
pub fn run(args: &Args) -> Result<()> {
    let mut parts = Map::new();
    for path in &args.parts {
        let mut value = read(path)?;
        let name = value["part"]
            .as_str()
            .with_context(|| format!("{} is not the JSON file of a part", path.display()))?
            .to_owned();
        parts.insert(name, value["figures"].take());
    }
    let cpus = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let machine = json!({ "cpu": model.trim_start_matches([' ', '\t', ':']), "cores": cores });
    write(&args.out, &json!({ "machine": machine, "parts": parts }))
}
