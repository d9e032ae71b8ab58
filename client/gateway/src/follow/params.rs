//! Changes of the protocol's parameters, by an upgrade of the runtime or by a call.

use std::{sync::Arc, time::Duration};
use tick_stream_primitives::Params;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use vilokanam_chain::Nodes;
use vilokanam_paywall::Paywall;

/// Interval at which the parameters are read.
const INTERVAL: Duration = Duration::from_secs(10);

/// Reads the parameters of the chain at an interval until `stop` is cancelled, and passes changes to the paywall and to
/// `params`. Sessions, players and broadcasts go on.
pub async fn follow_params(
    paywall: Arc<Paywall>,
    nodes: Arc<Nodes>,
    params: watch::Sender<Params>,
    stop: CancellationToken,
) {
    let read_again_and_again = async {
        loop {
            tokio::time::sleep(INTERVAL).await;
            match nodes.ask(|chain| async move { chain.now().params().await }).await {
                Ok(present) => take_over(&paywall, &params, present),
                Err(error) => tracing::warn!(%error, "cannot read the protocol's parameters; trying again"),
            }
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = read_again_and_again => {}
    }
}

fn take_over(paywall: &Paywall, params: &watch::Sender<Params>, present: Params) {
    if *params.borrow() == present {
        return;
    }
    match paywall.set_params(&present) {
        Ok(_) => tracing::info!(?present, "the protocol's parameters have changed, and are in use from now on"),
        Err(error) => tracing::error!(
            %error,
            ?present,
            "the protocol's parameters have changed and do not fit the settings of this gateway, which goes on with the earlier \
             ones; change the settings and restart it",
        ),
    }
    params.send_replace(present);
}
