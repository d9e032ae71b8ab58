//! What everybody must have in the end, worked out from the rules and not from the pallet's code.

use tick_stream_primitives::Balance;

/// Millionths in a whole.
const WHOLE_PPM: Balance = 1_000_000;
/// The protocol's part of the gross.
const PROTOCOL_PPM: Balance = 10_000;
/// The submitter's part of the gross.
const SUBMITTER_PPM: Balance = 5_000;

/// What one settled claim pays, each part floored, the rest to the creator.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Parts {
    pub protocol: Balance,
    /// Gateway's share and submitter's part: one account's while the gateway is awake.
    pub gateway: Balance,
    pub creator: Balance,
}

impl Parts {
    /// The parts of `ticks` ticks at `price` with this gateway share.
    pub fn of(ticks: u32, price: Balance, gateway_share_ppm: Balance) -> Self {
        let gross = Balance::from(ticks) * price;
        let protocol = gross * PROTOCOL_PPM / WHOLE_PPM;
        let submitter = gross * SUBMITTER_PPM / WHOLE_PPM;
        let after_fees = gross - protocol - submitter;
        let gateway = after_fees * gateway_share_ppm / WHOLE_PPM;
        Self { protocol, gateway: gateway + submitter, creator: after_fees - gateway }
    }

    pub fn add(&mut self, other: Self) {
        self.protocol += other.protocol;
        self.gateway += other.gateway;
        self.creator += other.creator;
    }
}
