//! What everybody must have in the end, worked out from the rules and not from the pallet's code.

use tick_stream_primitives::Balance;

/// Millionths in a whole.
const WHOLE_PPM: Balance = 1_000_000;
/// The protocol's part of the gross.
const PROTOCOL_PPM: Balance = 10_000;
/// The submitter's part of the gross.
const SUBMITTER_PPM: Balance = 5_000;
/// Accounts that the tests' streams share their income with.
pub const SPLITS: usize = 2;

/// What one settled claim pays, each part floored, the rest to the creator.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Parts {
    pub protocol: Balance,
    /// Gateway's share and submitter's part: one account's while the gateway is awake.
    pub gateway: Balance,
    /// The part of each of the stream's splits.
    pub splits: [Balance; SPLITS],
    pub creator: Balance,
}

impl Parts {
    /// The parts of `ticks` ticks at `price` with this gateway share and these splits of what is left then.
    pub fn of(ticks: u32, price: Balance, gateway_share_ppm: Balance, splits_ppm: [u32; SPLITS]) -> Self {
        let gross = Balance::from(ticks) * price;
        let protocol = gross * PROTOCOL_PPM / WHOLE_PPM;
        let submitter = gross * SUBMITTER_PPM / WHOLE_PPM;
        let after_fees = gross - protocol - submitter;
        let gateway = after_fees * gateway_share_ppm / WHOLE_PPM;
        let income = after_fees - gateway;
        let splits = splits_ppm.map(|share_ppm| income * Balance::from(share_ppm) / WHOLE_PPM);
        let creator = income - splits.iter().sum::<Balance>();
        Self { protocol, gateway: gateway + submitter, splits, creator }
    }

    pub fn add(&mut self, other: Self) {
        self.protocol += other.protocol;
        self.gateway += other.gateway;
        self.splits.iter_mut().zip(other.splits).for_each(|(sum, part)| *sum += part);
        self.creator += other.creator;
    }
}
