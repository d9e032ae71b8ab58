//! Collection of the figures of all parts in one JSON file.

use crate::report::{read, write};
use anyhow::{Context, Result};
use serde_json::{json, Map, Value};
use std::path::PathBuf;

/// Options of `merge`.
#[derive(clap::Args)]
pub struct Args {
    /// File for the JSON of all parts; figures that it has of other parts stay
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// JSON file of each part
    #[arg(required = true)]
    parts: Vec<PathBuf>,
}

/// Adds the figures of the parts to the file, each with the processor of this machine.
pub fn run(args: &Args) -> Result<()> {
    let mut all = if args.out.exists() { read(&args.out)? } else { json!({}) };
    for path in &args.parts {
        add(&mut all, read(path)?, machine()).with_context(|| format!("{} cannot be merged", path.display()))?;
    }
    write(&args.out, &all)
}

/// Adds the figures of one part, in place of earlier ones.
fn add(all: &mut Value, mut part: Value, machine: Value) -> Result<()> {
    let name = part["part"].as_str().context("it is not the JSON file of a part")?.to_owned();
    let parts = all.as_object_mut().context("the file of all parts is not an object")?;
    let mut entry = Map::new();
    entry.insert("machine".into(), machine);
    entry.insert("figures".into(), part["figures"].take());
    parts.insert(name, entry.into());
    Ok(())
}

/// Describes the processor of this machine.
fn machine() -> Value {
    let cpus = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    json!({ "cpu": model.trim_start_matches([' ', '\t', ':']), "cores": cores })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn part_that_is_measured_again_replaces_only_its_own_figures() {
        let mut all = json!({});
        let part = |name: &str, value: u32| json!({ "part": name, "figures": { "value": value } });
        for part in [part("one", 1), part("two", 2), part("one", 3)] {
            add(&mut all, part, json!("machine")).unwrap();
        }
        assert_eq!(all["one"]["figures"]["value"], 3);
        assert_eq!(all["two"]["figures"]["value"], 2);
        assert!(add(&mut all, json!({}), json!("machine")).is_err());
    }
}
