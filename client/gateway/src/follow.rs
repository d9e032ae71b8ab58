//! Tells the paywall what happened to its sessions on chain, and the index what finalized blocks hold.
//!
//! Following itself, over nodes that come and go, is [`vilokanam_chain::follow`]'s. Two tasks listen to it, for best blocks
//! and for finalized ones. What one of them could not deal with it is told again, so everything they say may be said twice.

mod best;
mod facts;
mod finalized;

pub use best::follow_best;
pub use finalized::follow_finalized;

use tick_stream_primitives::SessionId;
use vilokanam_chain::{Nodes, NodesError, TickEvent};
use vilokanam_indexer::{views::SessionState, Store};
use vilokanam_paywall::{Paywall, Phase, Seen, StreamTerms};

/// Streams asked for at once.
const STREAMS_PAGE: u32 = 100;

/// Tells the paywall of every stream there is.
pub async fn load_streams(paywall: &Paywall, nodes: &Nodes) -> Result<(), NodesError> {
    let mut from = 0;
    loop {
        let page = nodes.ask(|chain| async move { chain.now().streams(from, STREAMS_PAGE).await }).await?;
        let Some((last, _)) = page.last() else { return Ok(()) };
        from = last + 1;
        for (id, stream) in &page {
            paywall.stream(StreamTerms::from_chain(*id, stream));
        }
    }
}

/// Tells the paywall how each of its sessions stands, in the best and in the finalized state: at the start, and whenever
/// blocks were missed.
pub async fn load_sessions(paywall: &Paywall, nodes: &Nodes, index: &Store) -> Result<(), NodesError> {
    tell_the_time(paywall, nodes).await?;
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
            None if best.is_none() => closed_unseen(paywall, index, id).await,
            None => {}
        }
    }
    Ok(())
}

/// Tells the paywall how high the best chain is and what its clock says, before it hears of sessions: to a paywall without
/// a clock, a session that a wallet opened would be idle since the beginning of time. Not of the finalized height: tickets
/// die by it, and whether they were opened is what is about to be told.
async fn tell_the_time(paywall: &Paywall, nodes: &Nodes) -> Result<(), NodesError> {
    let head = nodes.ask(|chain| async move { chain.head(chain.best().await?.hash).await }).await?;
    paywall.block(head.number, head.moment_ms, Seen::Best);
    Ok(())
}

/// A session that neither state has was never opened, or is closed. In the second case the follower of finalized blocks
/// tells of its settlements and its close, unless it has done so already and the journal lost it in a crash: then the
/// index, which is written after, knows how it ended.
async fn closed_unseen(paywall: &Paywall, index: &Store, id: SessionId) {
    let was_open = paywall.status(&id).is_some_and(|status| status.phase != Phase::Unopened);
    if !was_open {
        return;
    }
    match index.session(&id).await {
        Ok(Some(known)) if known.status == SessionState::Closed => {
            paywall.closed(id, known.settled_ticks, Seen::Finalized);
        }
        Ok(_) => {}
        Err(error) => tracing::warn!(session = %id, %error, "how a session ended is not known yet"),
    }
}

/// What an event says of a session of this gateway, but for its opening, which needs the session's state.
fn tell(paywall: &Paywall, event: &TickEvent, seen: Seen) {
    match event {
        TickEvent::TicksSettled { session, settled_ticks, .. } => paywall.settled(*session, *settled_ticks, seen),
        TickEvent::SessionClosed { session, settled_ticks, .. } => paywall.closed(*session, *settled_ticks, seen),
        _ => {}
    }
}
