//! Expected shares of a settlement, calculated from the rules of the protocol and not with the pallet's code.

use crate::accounts::{GATEWAY_SHARE_PPM, SPLITS, SPLITS_PPM};
use tick_stream_primitives::Balance;

/// Millionths in a whole.
const WHOLE_PPM: Balance = 1_000_000;
/// The protocol's share of the gross amount.
const PROTOCOL_PPM: Balance = 10_000;
/// The submitter's share of the gross amount.
const SUBMITTER_PPM: Balance = 5_000;

/// What each party earns, in planck.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct ExpectedShares {
    /// The protocol's fee.
    pub protocol: Balance,
    /// Shares of the gateway and of the submitter, which are the same account unless the gateway is silent.
    pub gateway: Balance,
    /// Shares of the accounts that the creator shares its income with.
    pub splits: [Balance; SPLITS.len()],
    /// The remainder, which the creator earns.
    pub creator: Balance,
}

impl ExpectedShares {
    /// Returns the shares of one settlement of `ticks` ticks, each rounded down. The stream has the terms of
    /// [`crate::accounts`], except for its price.
    pub fn of_settlement(ticks: u32, price_per_tick: Balance) -> Self {
        let gross = Balance::from(ticks) * price_per_tick;
        let protocol = gross * PROTOCOL_PPM / WHOLE_PPM;
        let submitter = gross * SUBMITTER_PPM / WHOLE_PPM;
        let after_fees = gross - protocol - submitter;
        let gateway = after_fees * Balance::from(GATEWAY_SHARE_PPM) / WHOLE_PPM;
        let income = after_fees - gateway;
        let splits = SPLITS_PPM.map(|share_ppm| income * Balance::from(share_ppm) / WHOLE_PPM);
        let creator = income - splits.iter().sum::<Balance>();
        Self { protocol, gateway: gateway + submitter, splits, creator }
    }

    /// Adds the shares of another settlement.
    pub fn add(&mut self, other: Self) {
        self.protocol += other.protocol;
        self.gateway += other.gateway;
        self.splits.iter_mut().zip(other.splits).for_each(|(sum, share)| *sum += share);
        self.creator += other.creator;
    }
}
