//! Execution time of the blocks that `blocks` has filled, measured by the node.

use crate::report::{progress, read, Output, Report};
use anyhow::{ensure, Context, Result};
use serde_json::{json, Value};
use std::{path::PathBuf, process::Command};

/// Options of `time-blocks`.
#[derive(clap::Args)]
pub struct Args {
    /// Program of the node, built with its benchmarks
    #[arg(long, value_name = "FILE")]
    node: PathBuf,
    /// Chain of the blocks, as for the node's --chain
    #[arg(long)]
    chain: String,
    /// Folder with the node's data
    #[arg(long, value_name = "FOLDER")]
    base_path: PathBuf,
    /// JSON file that `blocks` wrote
    #[arg(long, value_name = "FILE")]
    filled: PathBuf,
    /// Number of times that each block is executed
    #[arg(long, default_value_t = 10)]
    repeat: u32,
    #[command(flatten)]
    output: Output,
}

/// Times each block and reports rows per second.
pub fn run(args: &Args) -> Result<()> {
    let filled = read(&args.filled)?;
    let blocks = filled["figures"]["blocks"].as_array().context("the file was not written by `blocks`")?;
    let rows = blocks.iter().map(|block| time(args, block)).collect::<Result<Vec<_>>>()?;
    let mut report = Report::new("blocks");
    report.add("blocks", rows);
    report.finish(&args.output)
}

fn time(args: &Args, filled: &Value) -> Result<Value> {
    let field = |name: &str| filled[name].as_u64().with_context(|| format!("a filled block has no {name}"));
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
    let (took_ns, weight_ns) =
        parse(&text).with_context(|| format!("the output of the node has no timing:\n{text}"))?;
    let per_second = |count: u64| count as f64 * 1e9 / took_ns as f64;
    Ok(json!({
        "kind": filled["kind"],
        "ticks_per_claim": ticks,
        "rows": rows,
        "took_ms": took_ns as f64 / 1e6,
        "weight_ms": weight_ns as f64 / 1e6,
        "rows_per_second": per_second(rows),
        "ticks_per_second": per_second(rows * ticks),
    }))
}

/// Reads the nanoseconds taken and allowed from a line such as
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
    fn parse_finds_the_line_with_the_weight() {
        let line = "2026 Block 12 with     3 tx used   1.11% of its weight (     8,340,000 of    750,000,000 ns)    ";
        assert_eq!(parse(line), Some((8_340_000, 750_000_000)));
        assert_eq!(parse("another line"), None);
    }
}
