//! The execution of blocks that `blocks` has filled, timed by the node.

use crate::report::{progress, read, Output, Report};
use anyhow::{ensure, Context, Result};
use serde_json::{json, Value};
use std::{path::PathBuf, process::Command};

/// Which blocks, of which chain.
#[derive(clap::Args)]
pub struct Args {
    /// The node's binary, with its benchmarks in it.
    #[arg(long, value_name = "FILE")]
    node: PathBuf,
    /// The chain the blocks are of, as the node knows it.
    #[arg(long)]
    chain: String,
    /// Where the node keeps its data.
    #[arg(long, value_name = "FOLDER")]
    base_path: PathBuf,
    /// The JSON file that `blocks` wrote.
    #[arg(long, value_name = "FILE")]
    filled: PathBuf,
    /// How often each block is executed.
    #[arg(long, default_value_t = 10)]
    repeat: u32,
    #[command(flatten)]
    output: Output,
}

/// Times each block.
pub fn run(args: &Args) -> Result<()> {
    let filled = read(&args.filled)?;
    let blocks = filled["figures"]["blocks"].as_array().context("not a file that `blocks` wrote")?;
    let rows = blocks.iter().map(|block| time(args, block)).collect::<Result<Vec<_>>>()?;
    let mut report = Report::new("blocks");
    report.add("blocks", rows);
    report.finish(&args.output)
}

fn time(args: &Args, filled: &Value) -> Result<Value> {
    let field = |name: &str| filled[name].as_u64().with_context(|| format!("a filled block has {name}"));
    let (block, rows, ticks) = (field("block")?, field("rows")?, field("ticks")?);
    progress(&format!("block {block}: {rows} {}", filled["kind"]));
    let output = Command::new(&args.node)
        .args(["benchmark", "block", "--chain", &args.chain, "--base-path"])
        .arg(&args.base_path)
        .args(["--from", &block.to_string(), "--to", &block.to_string(), "--repeat", &args.repeat.to_string()])
        .output()
        .with_context(|| format!("{} cannot be run", args.node.display()))?;
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    ensure!(output.status.success(), "the node could not time block {block}:\n{text}");
    let (took_ns, weight_ns) = parse(&text).with_context(|| format!("no timing in the node's answer:\n{text}"))?;
    let a_second = |count: u64| count as f64 * 1e9 / took_ns as f64;
    Ok(json!({
        "kind": filled["kind"],
        "ticks_a_claim": ticks,
        "rows": rows,
        "took_ms": took_ns as f64 / 1e6,
        "weight_ms": weight_ns as f64 / 1e6,
        "rows_a_second": a_second(rows),
        "tick_seconds_a_second": a_second(rows * ticks),
    }))
}

/// Nanoseconds taken and allowed, from a line such as
/// `Block 12 with     3 tx used   1.11% of its weight (     8,340,000 of    750,000,000 ns)`.
fn parse(text: &str) -> Option<(u64, u64)> {
    let line = text.lines().find(|line| line.contains("of its weight ("))?;
    let (_, numbers) = line.split_once("of its weight (")?;
    let (took, rest) = numbers.split_once(" of ")?;
    let (weight, _) = rest.split_once(" ns)")?;
    let number = |text: &str| text.replace(',', "").trim().parse().ok();
    Some((number(took)?, number(weight)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parse_works() {
        let line = "2026 Block 12 with     3 tx used   1.11% of its weight (     8,340,000 of    750,000,000 ns)    ";
        assert_eq!(parse(line), Some((8_340_000, 750_000_000)));
        assert_eq!(parse("nothing of the kind"), None);
    }
}
