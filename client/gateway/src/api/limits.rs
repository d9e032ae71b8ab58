//! How often one network may ask.
//!
//! Media and keys are not counted here: media is meant to be cached by others, and a key is paid for. Whoever floods
//! those hits the limit on connections, and the kernel's.

use super::{client_ip::ClientIp, error::ApiError};
use governor::{clock::DefaultClock, state::keyed::DashMapStateStore, Quota, RateLimiter};
use std::{net::IpAddr, num::NonZeroU32, time::Duration};

/// Prefixes remembered before those that have been quiet are forgotten.
const MAX_PREFIXES: usize = 100_000;

type ByPrefix = RateLimiter<IpAddr, DashMapStateStore<IpAddr>, DefaultClock>;

/// A bucket of requests for each network prefix.
pub struct RequestLimits(ByPrefix);

impl RequestLimits {
    /// So many a second, so many at once.
    pub fn new(per_second: u32, burst: u32) -> Self {
        let at_least_one = |count| NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_second(at_least_one(per_second)).allow_burst(at_least_one(burst));
        Self(RateLimiter::dashmap(quota))
    }

    /// Takes one from the bucket of the client's prefix.
    pub fn check(&self, client: ClientIp) -> Result<(), ApiError> {
        if self.0.len() > MAX_PREFIXES {
            self.0.retain_recent();
        }
        self.0.check_key(&client.prefix()).map_err(|_| ApiError::too_many_requests(1))
    }

    /// Forgets prefixes whose buckets are full again. To be called now and then.
    pub fn forget_quiet(&self) {
        self.0.retain_recent();
        self.0.shrink_to_fit();
    }

    /// How often [`Self::forget_quiet`] is worth its while.
    pub const FORGET_EVERY: Duration = Duration::from_secs(60);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_works() {
        let limits = RequestLimits::new(1, 3);
        let client = |text: &str| ClientIp(text.parse().unwrap());
        assert!((0..3).all(|_| limits.check(client("10.0.0.1")).is_ok()));
        assert!(limits.check(client("10.0.0.2")).is_err(), "an address of the same prefix");
        assert!(limits.check(client("10.0.1.1")).is_ok(), "another prefix");
    }
}
