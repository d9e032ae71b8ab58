//! The chain's runtime at the start: an older one has other sessions and tickets, which this gateway cannot read.

use std::{future::Future, time::Duration};
use vilokanam_chain::{Chain, Nodes, NodesError, TICK_STREAM_API};

/// Pause between two looks at the version of the runtime.
const LOOK_EVERY: Duration = Duration::from_secs(6);
/// Looks after which the log says again that the gateway waits: ten minutes.
const LOOKS_PER_NOTICE: u32 = 100;

/// Returns whether the last finalized block has a runtime that this gateway understands. It starts from that block's state.
pub async fn is_understood(nodes: &Nodes) -> Result<bool, NodesError> {
    Ok(version(nodes).await? >= TICK_STREAM_API)
}

/// Waits until the last finalized block has a runtime that this gateway understands, while the chain is being upgraded.
pub async fn wait(nodes: &Nodes) {
    wait_for(|| version(nodes), LOOK_EVERY).await;
}

async fn version(nodes: &Nodes) -> Result<u32, NodesError> {
    let read = |chain: Chain| async move { chain.at(chain.finalized().await?.hash).tick_stream_api().await };
    nodes.ask(read).await
}

async fn wait_for<F>(version: impl Fn() -> F, look_every: Duration)
where
    F: Future<Output = Result<u32, NodesError>>,
{
    for look in 0_u32.. {
        match version().await {
            Ok(version) if version >= TICK_STREAM_API => {
                tracing::info!(version, "the chain has been upgraded; the gateway starts");
                return;
            }
            Ok(version) if look.is_multiple_of(LOOKS_PER_NOTICE) => tracing::warn!(
                version,
                needed = TICK_STREAM_API,
                "the chain's runtime is too old for this gateway, which does not serve yet: it waits, and starts by itself when \
                 the runtime is upgraded. Until then, the version of the gateway that ran before can serve with the same data"
            ),
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "cannot read the version of the chain's runtime; trying again"),
        }
        tokio::time::sleep(look_every).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[tokio::test]
    async fn gateway_waits_until_the_runtime_is_new_enough() {
        let looks = Cell::new(0);
        let upgrading = || async {
            looks.set(looks.get() + 1);
            match looks.get() {
                3 => Err(NodesError::Unreachable("it restarts".into())),
                1..=4 => Ok(TICK_STREAM_API - 1),
                _ => Ok(TICK_STREAM_API),
            }
        };
        wait_for(upgrading, Duration::ZERO).await;
        assert_eq!(looks.get(), 5);
    }
}
