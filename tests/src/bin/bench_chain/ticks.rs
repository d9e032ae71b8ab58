//! Time to check a tick, compared with the times to check signatures.

use crate::report::{Output, Report};
use anyhow::{ensure, Context, Result};
use sp_core::{ecdsa, ed25519, sr25519, Pair};
use sp_runtime::{
    traits::{IdentifyAccount, Verify},
    MultiSignature, MultiSigner,
};
use std::time::Instant;
use tick_stream_primitives::{SessionId, TickHasher};

/// Options of `ticks`.
#[derive(clap::Args)]
pub struct Args {
    /// Number of ticks to check
    #[arg(long, default_value_t = 5_000_000)]
    ticks: u32,
    /// Number of signatures of each kind to check
    #[arg(long, default_value_t = 20_000)]
    signatures: u32,
    #[command(flatten)]
    output: Output,
}

/// Times the checks and reports the ratio of an sr25519 signature to a tick.
pub fn run(args: &Args) -> Result<()> {
    let mut hasher = TickHasher::new(&SessionId([7; 16]));
    let start = Instant::now();
    let end = std::hint::black_box(hasher.walk(&[9; 32], args.ticks));
    let tick_ns = start.elapsed().as_nanos() as f64 / f64::from(args.ticks);
    ensure!(end != [0; 32], "a hash cannot be all zeros");

    let signature_ns = signature_ns::<sr25519::Pair>(args.signatures)?;
    let mut report = Report::new("ticks");
    report.add("tick_check_ns", tick_ns);
    report.add("sr25519_verify_ns", signature_ns);
    report.add("ed25519_verify_ns", self::signature_ns::<ed25519::Pair>(args.signatures)?);
    report.add("ecdsa_verify_ns", self::signature_ns::<ecdsa::Pair>(args.signatures)?);
    report.add("ratio", signature_ns / tick_ns);
    report.finish(&args.output)
}

/// Returns the time in nanoseconds to verify a signature as the chain does, so that the dearest kind can be found: the
/// weights are those of the dearest.
fn signature_ns<P: Pair>(signatures: u32) -> Result<f64>
where
    P::Signature: Into<MultiSignature>,
    MultiSigner: From<P::Public>,
{
    let key = P::from_seed_slice(&[1; 32]).ok().context("a seed has 32 bytes")?;
    let message = [3; 64];
    let signature: MultiSignature = key.sign(&message).into();
    let account = MultiSigner::from(key.public()).into_account();
    let start = Instant::now();
    for _ in 0..signatures {
        ensure!(signature.verify(&std::hint::black_box(message)[..], &account), "the signature is invalid");
    }
    Ok(start.elapsed().as_nanos() as f64 / f64::from(signatures))
}
