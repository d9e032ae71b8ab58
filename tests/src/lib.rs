//! Support library of the end-to-end tests: `vilokanam-node` processes, and a JSON-RPC client that encodes its
//! extrinsics itself.
//!
//! No code of the node, the runtime or the pallet is linked. What the tests check is the program, and the encodings
//! that `tick-stream-primitives` defines.
//!
//! | module | contents |
//! | --- | --- |
//! | [`process`] | programs under test: where they are, how they are started and killed, where their logs go |
//! | [`ports`] | ports that no other test uses |
//! | [`node`] | node processes |
//! | [`next_runtime`] | a runtime of the next version, to which tests upgrade a chain |
//! | [`node_client`], [`call`] | JSON-RPC client of one node, and encoded calls |
//! | [`command_line`] | the command line, run as a person runs it |
//! | [`accounts`] | keys, accounts and terms of the tests' streams |
//! | [`viewer`] | viewers, their tickets and their claims |
//! | [`shares`] | expected shares of a settlement |
//! | [`third_party`] | programs that use packages by other authors |

pub mod accounts;
pub mod call;
pub mod command_line;
pub mod next_runtime;
pub mod node;
pub mod node_client;
pub mod ports;
pub mod process;
pub mod shares;
pub mod third_party;
pub mod viewer;

use anyhow::{bail, Result};
pub use ports::free_port;
use std::{future::Future, time::Duration};
use tokio::time::{sleep, Instant};

/// Pause between two attempts of [`wait_for`].
const POLL_INTERVAL: Duration = Duration::from_millis(200);

/// Calls `poll` until it returns a value. An error counts as an attempt that found nothing.
///
/// # Errors
///
/// When there is no value after `seconds`. The error names `what` and the last error of `poll`.
pub async fn wait_for<T, F>(what: &str, seconds: u64, mut poll: impl FnMut() -> F) -> Result<T>
where
    F: Future<Output = Result<Option<T>>>,
{
    let deadline = Instant::now() + Duration::from_secs(seconds);
    let mut last_error = None;
    while Instant::now() < deadline {
        match poll().await {
            Ok(Some(found)) => return Ok(found),
            Ok(None) => last_error = None,
            Err(error) => last_error = Some(error),
        }
        sleep(POLL_INTERVAL).await;
    }
    let reason = last_error.map(|error| format!(" ({error:#})")).unwrap_or_default();
    bail!("timed out after {seconds} s of waiting for {what}{reason}")
}
