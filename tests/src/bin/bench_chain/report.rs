//! Output of figures: a table for people, JSON for programs.

use anyhow::{Context, Result};
use serde_json::{json, Map, Value};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

/// Options of every part for its output.
#[derive(clap::Args)]
pub struct Output {
    /// Also write the figures to this file, as JSON
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
}

/// Figures of one part.
pub struct Report {
    part: String,
    figures: Map<String, Value>,
}

impl Report {
    /// Creates an empty report of a part.
    pub fn new(part: &str) -> Self {
        Self { part: part.to_owned(), figures: Map::new() }
    }

    /// Adds a figure.
    pub fn add(&mut self, name: &str, value: impl Into<Value>) {
        self.figures.insert(name.to_owned(), value.into());
    }

    /// Prints the table and, if there is a file for it, writes the JSON.
    pub fn finish(self, output: &Output) -> Result<()> {
        println!("{}", self.part);
        for (name, value) in &self.figures {
            println!("  {name:<36} {}", to_text(value));
        }
        let value = json!({ "part": self.part, "figures": self.figures });
        output.json.as_deref().map_or(Ok(()), |path| write(path, &value))
    }
}

fn to_text(value: &Value) -> String {
    match value {
        Value::Array(rows) => rows.iter().map(|row| format!("\n    {}", to_text(row))).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| format!("{name} {}", to_text(value))).collect::<Vec<_>>().join("  ")
        }
        Value::Number(number) if number.is_f64() => format!("{:.2}", number.as_f64().unwrap_or_default()),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Writes JSON to a file.
pub fn write(path: &Path, value: &Value) -> Result<()> {
    let text = serde_json::to_string_pretty(value)?;
    std::fs::write(path, text).with_context(|| format!("{} cannot be written", path.display()))
}

/// Reads JSON from a file.
pub fn read(path: &Path) -> Result<Value> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not JSON", path.display()))
}

/// Prints a line to standard error.
pub fn progress(line: &str) {
    eprintln!("bench: {line}");
}

/// Returns p50, p95, p99 and the maximum in milliseconds. Sorts the times.
pub fn percentiles(times: &mut [Duration]) -> Value {
    times.sort_unstable();
    let at = |part: f64| {
        let index = ((times.len() as f64 * part).ceil() as usize).saturating_sub(1);
        times.get(index).map_or(0, |time| time.as_millis() as u64)
    };
    json!({ "count": times.len(), "p50_ms": at(0.50), "p95_ms": at(0.95), "p99_ms": at(0.99), "max_ms": at(1.0) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_the_sorted_times() {
        let mut times: Vec<_> = (1..=100).rev().map(Duration::from_millis).collect();
        let expected = json!({ "count": 100, "p50_ms": 50, "p95_ms": 95, "p99_ms": 99, "max_ms": 100 });
        assert_eq!(percentiles(&mut times), expected);
        assert_eq!(percentiles(&mut [])["p50_ms"], 0);
    }
}
