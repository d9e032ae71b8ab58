//! The harness of the end-to-end tests: real `vilokanam-node` processes, and a client that talks to them as a dapp would,
//! over JSON-RPC, with extrinsics it encodes itself. Nothing of the node, the runtime or the pallet is linked in: what
//! these tests say holds of the binary and of the bytes in `tick-stream-primitives`.
//!
//! | module | what is in it |
//! | --- | --- |
//! | [`node`] | processes: start, kill, start again |
//! | [`chain`] | what is read from a node, and extrinsics |
//! | [`people`] | viewers, their tickets and their claims |
//! | [`books`] | what everybody must have in the end |

pub mod books;
pub mod chain;
pub mod node;
pub mod people;

/// Tries `probe` until it gives something, or says what was waited for in vain.
pub async fn wait_for<T, F>(what: &str, seconds: u64, mut probe: impl FnMut() -> F) -> anyhow::Result<T>
where
    F: std::future::Future<Output = anyhow::Result<Option<T>>>,
{
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(seconds);
    let mut last_error = None;
    while tokio::time::Instant::now() < deadline {
        match probe().await {
            Ok(Some(found)) => return Ok(found),
            Ok(None) => last_error = None,
            Err(error) => last_error = Some(error),
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    let because = last_error.map(|error| format!(" ({error:#})")).unwrap_or_default();
    anyhow::bail!("waited {seconds} s in vain for {what}{because}")
}
