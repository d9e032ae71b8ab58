//! Reports the state of the chain to the paywall: at the start, and whenever blocks were missed.

use crate::stream_rules::StreamRules;
use tick_stream_primitives::{AccountId, SessionId};
use vilokanam_chain::{Chain, Nodes, NodesError};
use vilokanam_indexer::{Store, StoreError};
use vilokanam_paywall::{Paywall, Phase, Seen, StreamTerms};

/// Number of streams in one request to a node.
const STREAMS_PAGE: u32 = 100;

/// Why the open sessions could not be found.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error(transparent)]
    Node(#[from] NodesError),
    #[error(transparent)]
    Index(#[from] StoreError),
}

/// Reports all streams to the paywall and to the rules of streams.
pub async fn load_streams(paywall: &Paywall, rules: &StreamRules, nodes: &Nodes) -> Result<(), NodesError> {
    let mut from = 0;
    loop {
        let page = nodes.ask(|chain| async move { chain.now().streams(from, STREAMS_PAGE).await }).await?;
        for (id, stream) in &page.streams {
            paywall.stream(StreamTerms::from_chain(*id, stream));
            rules.set(*id, stream);
        }
        let Some(next) = page.next else { return Ok(()) };
        from = next;
    }
}

/// Reports to the paywall the best and the finalized state of each of its sessions. To be called at the start and whenever
/// blocks were missed.
pub async fn load_sessions(paywall: &Paywall, nodes: &Nodes, index: &Store) -> Result<(), NodesError> {
    report_best_clock(paywall, nodes).await?;
    for id in paywall.session_ids() {
        let (best, finalized) = nodes
            .ask(|chain| async move {
                let block = chain.finalized().await?;
                Ok((chain.now().session(id).await?, chain.at(block.hash).session(id).await?))
            })
            .await?;
        if let Some(session) = &best {
            paywall.opened(id, session, Seen::Best);
        }
        match &finalized {
            Some(session) => paywall.opened(id, session, Seen::Finalized),
            None if best.is_none() => report_close_from_index(paywall, index, id).await,
            None => {}
        }
    }
    Ok(())
}

/// Reports to the paywall the open sessions of the gateway that it does not know: it had no place for them, or had rejected
/// and forgotten them. It serves or closes them. To be called at the start, behind [`load_sessions`].
pub async fn load_unknown_sessions(
    paywall: &Paywall,
    nodes: &Nodes,
    index: &Store,
    gateway: &AccountId,
) -> Result<(), LoadError> {
    let mut after = None;
    loop {
        let ids = index.open_sessions_of_gateway(gateway, after.as_ref()).await?;
        let Some(last) = ids.last() else { return Ok(()) };
        after = Some(*last);
        for id in ids.into_iter().filter(|id| paywall.status(id).is_none()) {
            let read = |chain: Chain| async move { chain.at(chain.finalized().await?.hash).session(id).await };
            if let Some(session) = nodes.ask(read).await? {
                tracing::info!(session = %id, "found an open session of this gateway that the journal does not have");
                paywall.opened(id, &session, Seen::Finalized);
            }
        }
    }
}

/// Reports number and time of the best block. This comes before the sessions: without a clock, the paywall would take a
/// session that a wallet opened for idle since 1970.
///
/// The finalized height is not reported. Tickets expire by it, and whether they were opened is only about to be reported.
async fn report_best_clock(paywall: &Paywall, nodes: &Nodes) -> Result<(), NodesError> {
    let head = nodes.ask(|chain| async move { chain.head(chain.best().await?.hash).await }).await?;
    paywall.block(head.number, head.moment_ms, Seen::Best);
    Ok(())
}

/// Reports how a session ended that neither the best nor the finalized state has, if the index knows.
///
/// Such a session was never opened, or it was closed. The follower of finalized blocks reports a close, but never again for a
/// block that is in the index. If a crash kept the close of such a block out of the journal, only the index has it.
async fn report_close_from_index(paywall: &Paywall, index: &Store, id: SessionId) {
    let was_opened = paywall.status(&id).is_some_and(|status| status.phase != Phase::Offered);
    if !was_opened {
        return;
    }
    match index.session(&id).await {
        Ok(Some(session)) if session.closed_at.is_some() => {
            paywall.closed(id, session.settled_ticks, Seen::Finalized);
        }
        Ok(_) => {}
        Err(error) => tracing::warn!(session = %id, %error, "cannot read from the index how a session ended"),
    }
}
