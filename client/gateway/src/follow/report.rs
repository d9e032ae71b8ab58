//! Reports of events that best and finalized blocks have in common.

use tick_stream_primitives::TickEvent;
use vilokanam_paywall::{Paywall, Seen};

/// Reports the settlement or the close of a session. The opening needs the session's state and is reported by the callers.
pub(super) fn report_session(paywall: &Paywall, event: &TickEvent, seen: Seen) {
    match event {
        TickEvent::TicksSettled { session, settled_ticks, .. } => paywall.settled(*session, *settled_ticks, seen),
        TickEvent::SessionClosed { session, settled_ticks, .. } => paywall.closed(*session, *settled_ticks, seen),
        _ => {}
    }
}
