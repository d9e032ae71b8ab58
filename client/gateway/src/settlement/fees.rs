//! What settlement costs at present, as the node computes it for sample batches.

use codec::{Compact, Decode, Encode, Output};
use tick_stream_primitives::{
    batch_builder::{pack, BatchRow, ProtocolLimits},
    worker::OfferedClaim,
    AccountId, Balance, Batch, BatchSize, Claim, SessionId, StreamId,
};
use vilokanam_chain::{Call, Chain, ChainError, Nodes, NodesError, Signer};
use vilokanam_paywall::ClaimFees;

/// Function of the runtime that computes the fee of an extrinsic.
const QUERY_INFO: &str = "TransactionPaymentApi_query_info";
/// Number of ticks of the long sample.
const SAMPLE_TICKS: u32 = 1_001;

/// Fees of a batch of this gateway's own, in planck.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Fees {
    /// Fee of a batch without rows.
    pub base: Balance,
    /// What claims add.
    pub claims: ClaimFees,
}

impl Fees {
    /// Reads the present fees.
    pub async fn read(nodes: &Nodes, signer: &Signer) -> Result<Self, NodesError> {
        let gateway = signer.account();
        let gateway = &gateway;
        nodes
            .ask(|chain| async move {
                Ok(Self::from_samples(&Samples {
                    one: fee(&chain, signer, &sample(gateway, &[(0, 1)])).await?,
                    two: fee(&chain, signer, &sample(gateway, &[(0, 1), (0, 1)])).await?,
                    long: fee(&chain, signer, &sample(gateway, &[(0, SAMPLE_TICKS)])).await?,
                    apart: fee(&chain, signer, &sample(gateway, &[(0, 1), (1, 1)])).await?,
                }))
            })
            .await
    }

    fn from_samples(samples: &Samples) -> Self {
        let Samples { one, two, long, apart } = *samples;
        let step = long.saturating_sub(one) / Balance::from(SAMPLE_TICKS - 1);
        let claim = two.saturating_sub(one).saturating_sub(step);
        let group = apart.saturating_sub(two);
        let base = one.saturating_sub(group).saturating_sub(claim).saturating_sub(step);
        Self { base, claims: ClaimFees { claim, step, group } }
    }

    /// Returns the fee of a batch of claims.
    pub fn of(&self, size: &BatchSize) -> Balance {
        let ClaimFees { claim, step, group } = self.claims;
        let rows = [
            group.saturating_mul(size.groups.into()),
            claim.saturating_mul(size.claims.into()),
            step.saturating_mul(size.steps.into()),
        ];
        rows.into_iter().fold(self.base, Balance::saturating_add)
    }
}

/// Fees of four batches, in planck.
struct Samples {
    /// One claim of one tick.
    one: Balance,
    /// Two claims of one tick each.
    two: Balance,
    /// One claim of [`SAMPLE_TICKS`].
    long: Balance,
    /// Two claims of one tick each, for different streams.
    apart: Balance,
}

/// Returns a batch with a claim for each stream and number of ticks.
fn sample(gateway: &AccountId, claims: &[(StreamId, u32)]) -> Batch {
    let claim = |(number, (stream, ticks)): (u8, &(StreamId, u32))| {
        let claim = Claim { session: SessionId([number; 16]), from: 0, ticks: *ticks, proof: [1; 32] };
        BatchRow::Claim(OfferedClaim { stream: *stream, gateway: gateway.clone(), claim })
    };
    pack((0..).zip(claims).map(claim), &ProtocolLimits).batches.into_iter().next().unwrap_or_default()
}

/// Returns the fee of a batch, which is signed and not sent.
async fn fee(chain: &Chain, signer: &Signer, batch: &Batch) -> Result<Balance, ChainError> {
    let signed = chain.anchor().await?.sign(&Call::process_batch(batch), signer, 0, 0)?;
    let length = signed.0.len() as u32;
    let info: DispatchInfo = chain.now().call(QUERY_INFO, (Extrinsic(signed.0), length)).await?;
    Ok(info.partial_fee)
}

/// An extrinsic that is encoded already.
struct Extrinsic(Vec<u8>);

impl Encode for Extrinsic {
    fn encode_to<T: Output + ?Sized>(&self, dest: &mut T) {
        dest.write(&self.0);
    }
}

/// Answer of [`QUERY_INFO`].
#[derive(Decode)]
#[allow(dead_code, reason = "what is not read has to be decoded all the same")]
struct DispatchInfo {
    ref_time: Compact<u64>,
    proof_size: Compact<u64>,
    class: u8,
    partial_fee: Balance,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marginal_fees_follow_from_the_samples() {
        // 100 for the batch, 400 for each group, 30 for each claim, 2 for each tick.
        let samples = Samples { one: 532, two: 564, long: 530 + 2 * Balance::from(SAMPLE_TICKS), apart: 964 };
        let fees = Fees::from_samples(&samples);
        assert_eq!(fees, Fees { base: 100, claims: ClaimFees { claim: 30, step: 2, group: 400 } });
        let size = sample(&AccountId::new([9; 32]), &[(0, 1), (1, 5), (0, 10)]).size();
        assert_eq!((size.groups, fees.of(&size)), (2, 100 + 2 * 400 + 3 * 30 + 16 * 2));
    }
}
