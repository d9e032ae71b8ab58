//! Rate limits per network.
//!
//! Media, playlists of what is on air, keys and publishers are not counted here: media is meant to be cached, a key is paid for,
//! and a publisher has a key. A flood of those is bounded by the limit on connections.

use super::{client_ip::ClientIp, error::ApiError};
use governor::{clock::DefaultClock, state::keyed::DashMapStateStore, Quota, RateLimiter};
use std::{num::NonZeroU32, time::Duration};
use vilokanam_paywall::IpPrefix;

/// Prefixes remembered before idle ones are forgotten.
pub const MAX_PREFIXES: usize = 100_000;

type ByPrefix = RateLimiter<IpPrefix, DashMapStateStore<IpPrefix>, DefaultClock>;

/// A bucket of requests for each network prefix.
pub struct RequestLimits(ByPrefix);

impl RequestLimits {
    /// Allows `per_second` requests a second and `burst` at once for each prefix.
    pub fn new(per_second: u32, burst: u32) -> Self {
        let at_least_one = |count| NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_second(at_least_one(per_second)).allow_burst(at_least_one(burst));
        Self(RateLimiter::dashmap(quota))
    }

    /// Takes one request from the bucket of the client's prefix.
    pub fn check(&self, client: ClientIp) -> Result<(), ApiError> {
        if self.0.len() > MAX_PREFIXES {
            self.0.retain_recent();
        }
        self.0.check_key(&client.prefix()).map_err(|_| ApiError::too_many_requests(1))
    }

    /// Returns the number of prefixes that are remembered.
    pub fn networks(&self) -> usize {
        self.0.len()
    }

    /// Forgets prefixes whose buckets are full again. To be called every [`Self::FORGET_EVERY`].
    pub fn forget_idle(&self) {
        self.0.retain_recent();
        self.0.shrink_to_fit();
    }

    /// Interval at which [`Self::forget_idle`] is to be called.
    pub const FORGET_EVERY: Duration = Duration::from_secs(60);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_prefix_share_a_bucket() {
        let limits = RequestLimits::new(1, 3);
        let client = |text: &str| ClientIp(text.parse().unwrap());
        assert!((0..3).all(|_| limits.check(client("10.0.0.1")).is_ok()));
        assert!(limits.check(client("10.0.0.2")).is_err(), "an address of the same prefix");
        assert!(limits.check(client("10.0.1.1")).is_ok(), "another prefix");
    }
}
