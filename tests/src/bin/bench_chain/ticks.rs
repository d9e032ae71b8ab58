//! Time to check a tick, compared with the time to check a signature.

use crate::report::{Output, Report};
use anyhow::{ensure, Result};
use sp_core::{sr25519, Pair};
use std::time::Instant;
use tick_stream_primitives::{SessionId, TickHasher};

/// Options of `ticks`.
#[derive(clap::Args)]
pub struct Args {
    /// Number of ticks to check
    #[arg(long, default_value_t = 5_000_000)]
    ticks: u32,
    /// Number of signatures to check
    #[arg(long, default_value_t = 20_000)]
    signatures: u32,
    #[command(flatten)]
    output: Output,
}

/// Times both checks and reports the ratio.
pub fn run(args: &Args) -> Result<()> {
    let mut hasher = TickHasher::new(&SessionId([7; 16]));
    let start = Instant::now();
    let end = std::hint::black_box(hasher.walk(&[9; 32], args.ticks));
    let tick_ns = start.elapsed().as_nanos() as f64 / f64::from(args.ticks);
    ensure!(end != [0; 32], "a hash cannot be all zeros");

    let key = sr25519::Pair::from_seed(&[1; 32]);
    let message = [3; 64];
    let signature = key.sign(&message);
    let start = Instant::now();
    for _ in 0..args.signatures {
        ensure!(
            sr25519::Pair::verify(&signature, std::hint::black_box(&message), &key.public()),
            "the signature is invalid"
        );
    }
    let signature_ns = start.elapsed().as_nanos() as f64 / f64::from(args.signatures);

    let mut report = Report::new("ticks");
    report.add("tick_check_ns", tick_ns);
    report.add("sr25519_verify_ns", signature_ns);
    report.add("ratio", signature_ns / tick_ns);
    report.finish(&args.output)
}
