//! Comparing what the paywall knows with what the chain has settled.

use crate::telemetry::names;
use tick_stream_primitives::clock::now_ms;
use vilokanam_paywall::{Alarm, Paywall};

/// Logs every disagreement and sets the metrics.
pub fn run(paywall: &Paywall) {
    let alarms = paywall.alarms(now_ms());
    for alarm in &alarms {
        match alarm {
            Alarm::NotSettled(session, books) => tracing::warn!(%session, ?books, "a claim waits to be settled"),
            Alarm::Lost(loss) => {
                tracing::error!(?loss, "ticks are lost: their keys were given, and the chain did not settle them")
            }
            alarm => tracing::error!(?alarm, "paywall and chain disagree"),
        }
    }
    let summary = Summary::of(&alarms);
    metrics::counter!(names::LOST_TICKS).increment(summary.lost_ticks);
    metrics::gauge!(names::BOOKS_WRONG).set(summary.wrong as f64);
    metrics::gauge!(names::UNSETTLED_LATE).set(summary.unsettled_late as f64);
    metrics::gauge!(names::SESSIONS).set(paywall.sessions() as f64);
}

/// What the metrics show of the alarms.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Summary {
    /// Sessions on which paywall and chain disagree.
    wrong: usize,
    /// Sessions whose claim waits for longer than it should, as claims do while no node answers.
    unsettled_late: usize,
    /// Ticks lost since the last audit. A loss is reported once.
    lost_ticks: u64,
}

impl Summary {
    fn of(alarms: &[Alarm]) -> Self {
        let mut summary = Self::default();
        for alarm in alarms {
            match alarm {
                Alarm::NotSettled(..) => summary.unsettled_late += 1,
                Alarm::Lost(loss) => summary.lost_ticks += u64::from(loss.ticks),
                _ => summary.wrong += 1,
            }
        }
        summary
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tick_stream_primitives::SessionId;
    use vilokanam_paywall::{Books, Loss};

    #[test]
    fn claims_that_only_wait_are_not_counted_as_wrong() {
        let books = Books {
            charged_ticks: 4,
            revealed_ticks: 4,
            submitted_ticks: 4,
            settled_ticks: 0,
            finalized_settled_ticks: 0,
            price_per_tick: 1,
        };
        let session = SessionId([1; 16]);
        let alarms = [
            Alarm::NotSettled(session, books),
            Alarm::SettledAboveRevealed(session, books),
            Alarm::Lost(Loss { session, stream: 1, ticks: 3, rejection: None }),
        ];
        assert_eq!(Summary::of(&alarms), Summary { wrong: 1, unsettled_late: 1, lost_ticks: 3 });
    }
}
