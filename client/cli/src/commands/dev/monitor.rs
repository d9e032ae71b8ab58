//! Polling of the gateway while the platform runs.

use std::time::Duration;
use vilokanam_viewer::gateway::GatewayError;

/// Pause between two polls.
pub const POLL_INTERVAL: Duration = Duration::from_secs(1);
/// Maximum pause after a gateway that asks to be polled less often.
const MAX_PAUSE: Duration = Duration::from_secs(30);
/// Maximum number of polls in a row without an answer.
const MAX_FAILURES: u32 = 10;

/// What to do after a poll.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Next {
    /// Poll again after this pause.
    Poll(Duration),
    /// Give up: the gateway does not answer.
    GiveUp,
}

/// Decides how to continue after polls that failed. Whether the gateway's process runs is checked elsewhere.
#[derive(Clone, Copy, Debug, Default)]
pub struct Patience {
    failures: u32,
    refusals: u32,
}

impl Patience {
    /// Records an answer.
    pub fn answered(&mut self) {
        *self = Self::default();
    }

    /// Records a poll that failed.
    pub fn failed(&mut self, error: &GatewayError) -> Next {
        match error {
            // The gateway runs, and limits the requests of this machine, on which other viewers may be as well.
            GatewayError::Refused { problem, retry_after } if matches!(problem.status, 429 | 503) => {
                let backoff = POLL_INTERVAL.saturating_mul(1 << self.refusals.min(5));
                self.refusals = self.refusals.saturating_add(1);
                self.failures = 0;
                Next::Poll(retry_after.unwrap_or(backoff).clamp(POLL_INTERVAL, MAX_PAUSE))
            }
            // A gateway under load may miss some.
            _ => {
                self.failures += 1;
                if self.failures > MAX_FAILURES {
                    Next::GiveUp
                } else {
                    Next::Poll(POLL_INTERVAL)
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vilokanam_wire::Problem;

    fn refusal(status: u16, retry_after: Option<u64>) -> GatewayError {
        let problem = serde_json::json!({ "type": "", "title": "", "status": status, "detail": "", "code": "" });
        let problem: Box<Problem> = serde_json::from_value(problem).unwrap();
        GatewayError::Refused { problem, retry_after: retry_after.map(Duration::from_secs) }
    }

    fn silence() -> GatewayError {
        GatewayError::Unreachable { gateway: "http://h".parse().unwrap(), reason: "refused".into() }
    }

    #[test]
    fn rate_limit_is_waited_out_for_as_long_as_it_takes() {
        let mut patience = Patience::default();
        let pauses: Vec<Next> = (0..100).map(|_| patience.failed(&refusal(429, None))).collect();
        let expected = [1, 2, 4, 8, 16, 30, 30].map(|seconds| Next::Poll(Duration::from_secs(seconds)));
        assert_eq!(pauses[..7], expected);
        assert!(!pauses.contains(&Next::GiveUp));
    }

    #[test]
    fn gateway_says_when_to_poll_again() {
        let mut patience = Patience::default();
        assert_eq!(patience.failed(&refusal(429, Some(7))), Next::Poll(Duration::from_secs(7)));
        assert_eq!(patience.failed(&refusal(429, Some(0))), Next::Poll(POLL_INTERVAL));
        assert_eq!(patience.failed(&refusal(503, Some(3_600))), Next::Poll(MAX_PAUSE));
    }

    #[test]
    fn gateway_that_does_not_answer_is_given_up() {
        let mut patience = Patience::default();
        for _ in 0..MAX_FAILURES {
            assert_eq!(patience.failed(&silence()), Next::Poll(POLL_INTERVAL));
        }
        assert_eq!(patience.failed(&silence()), Next::GiveUp);
        patience.answered();
        assert_eq!(patience.failed(&silence()), Next::Poll(POLL_INTERVAL));
    }
}
