//! Dry run of a batch on the worker's copy of the state, and what remains of the batch.

use super::{
    serves,
    worth::{group_fee, Worth},
    SettlementExtrinsics,
};
use crate::{context::Context, Config, Pallet, Sessions};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};
use codec::Encode;
use frame_support::traits::Get;
use sp_runtime::{traits::Zero, Permill, Saturating};
use tick_stream_primitives::{
    batch::bounded,
    limits::MAX_SPLITS,
    worker::{RowId, WorkerConfig},
    Balance, Batch, BatchSize, BlockNumber, Claim, ClaimGroup, CloseRow, RowError, RowKind, RowVerdict, SessionId,
    SignedTicket,
};

/// Bytes of an extrinsic without its call: signature, account and extensions.
pub(super) const EXTRINSIC_OVERHEAD_BYTES: u32 = 160;

/// Rules by which the rows of a wave count.
pub(super) struct Rules<'a> {
    /// Settings of the worker.
    pub config: &'a WorkerConfig,
    /// Sessions whose claim is settled whatever it earns.
    pub unconditional: &'a BTreeSet<SessionId>,
}

/// Batch whose rows were tried: the chain accepts them, and each of its groups of claims is worth its fee.
pub(super) struct Trial {
    pub batch: Batch,
    /// Fee of the extrinsic with the batch, in planck, without the tip.
    pub fee: Balance,
    /// Tip of the extrinsic, in planck.
    pub tip: Balance,
}

/// What a claim counts for, by the state before the dry run. The dry run may remove its session.
struct ClaimWorth {
    worth: Worth,
    /// Number of blocks since the closing began, if the session is closing.
    waited_blocks: Option<BlockNumber>,
    /// Whether the claim is settled whatever it earns.
    is_unconditional: bool,
}

/// Sum of what the rows of closing sessions earn.
#[derive(Default)]
struct Urgency {
    /// Number of blocks since the first closing began.
    waited_blocks: BlockNumber,
    /// Planck that the rows earn the worker's side.
    reward: Balance,
}

/// Rows that remain of a batch, with what they count for.
struct Remains {
    opens: Vec<SignedTicket>,
    groups: Vec<(ClaimGroup, Vec<Option<ClaimWorth>>)>,
    closes: Vec<(CloseRow, Balance)>,
}

impl Trial {
    /// Tries a batch on this copy of the state. Leaves out the rows that would be refused, which it adds to `refused`, and
    /// the groups of claims that without such rows are not worth their fee any more.
    pub fn of<T: Config>(batch: Batch, ctx: &Context, rules: &Rules<'_>, refused: &mut Vec<(RowId, RowError)>) -> Self {
        let remains = Remains::before::<T>(batch.clone(), ctx, rules);
        let outcome = Pallet::<T>::run_batch(ctx, &batch);
        let remains = remains.without_refused(&outcome.verdicts, ctx, refused).without_unpaid_groups::<T>();
        let urgency = remains.urgency();
        let batch = remains.into_batch();
        let size = batch.size();
        let length_bytes = batch.encoded_size() as u32 + EXTRINSIC_OVERHEAD_BYTES;
        let fee = T::Settlement::fee(Pallet::<T>::batch_weight(&size), length_bytes);
        // The fee after the refund of splits that the streams do not have.
        let unused = size.groups.saturating_mul(MAX_SPLITS).saturating_sub(outcome.splits);
        let refund = Pallet::<T>::rows_weight(&BatchSize::default(), unused);
        let net_fee = T::Settlement::fee(Pallet::<T>::batch_weight(&size).saturating_sub(refund), length_bytes);
        Self { batch, fee, tip: urgency.tip(fee, net_fee, T::ClosePeriod::get()) }
    }
}

impl Remains {
    /// Takes a batch apart before its dry run.
    fn before<T: Config>(batch: Batch, ctx: &Context, rules: &Rules<'_>) -> Self {
        let with_worths = |group: ClaimGroup| {
            let is_own = serves(rules.config, &group.gateway);
            let worths = group.claims.iter().map(|claim| ClaimWorth::of::<T>(claim, is_own, ctx, rules)).collect();
            (group, worths)
        };
        let groups = batch.groups.into_iter().map(with_worths).collect();
        let with_fee = |close: CloseRow| {
            let session = Sessions::<T>::get(close.session).filter(|session| session.closing.is_some());
            let fee = session.filter(|session| serves(rules.config, &session.gateway)).map_or(0, |session| session.fee);
            (close, fee)
        };
        let closes = batch.closes.into_iter().map(with_fee).collect();
        Self { opens: batch.opens.into_inner(), groups, closes }
    }

    /// Leaves out the rows that the dry run refused, and adds those to `refused`.
    fn without_refused(self, verdicts: &[RowVerdict], ctx: &Context, refused: &mut Vec<(RowId, RowError)>) -> Self {
        let errors: BTreeMap<(RowKind, u32), RowError> = verdicts
            .iter()
            .filter_map(|verdict| verdict.result.err().map(|error| ((verdict.kind, verdict.index), error)))
            .collect();
        let mut is_kept = |kind: RowKind, index: usize, id: RowId| match errors.get(&(kind, index as u32)) {
            Some(error) => {
                refused.push((id, *error));
                false
            }
            None => true,
        };
        let opens =
            self.opens.into_iter().enumerate().filter(|(index, open)| {
                is_kept(RowKind::Open, *index, RowId::Open(open.ticket.session_id(&ctx.genesis)))
            });
        let opens = opens.map(|(_, open)| open).collect();
        let (mut index, mut groups) = (0, Vec::with_capacity(self.groups.len()));
        for (group, worths) in self.groups {
            let (mut claims, mut kept_worths) = (Vec::with_capacity(worths.len()), Vec::with_capacity(worths.len()));
            for (claim, worth) in group.claims.into_iter().zip(worths) {
                if is_kept(RowKind::Claim, index, RowId::Claim(claim.session)) {
                    claims.push(claim);
                    kept_worths.push(worth);
                }
                index += 1;
            }
            let group = ClaimGroup { stream: group.stream, gateway: group.gateway, claims: bounded(claims) };
            groups.push((group, kept_worths));
        }
        let closes = self
            .closes
            .into_iter()
            .enumerate()
            .filter(|(index, (row, _))| is_kept(RowKind::Close, *index, RowId::Close(row.session)));
        let closes = closes.map(|(_, close)| close).collect();
        Self { opens, groups, closes }
    }

    /// Leaves out the groups whose claims do not earn their fee together, unless one of them is settled whatever it earns.
    /// Such claims wait until they are offered again.
    fn without_unpaid_groups<T: Config>(mut self) -> Self {
        self.groups.retain(|(group, worths)| {
            let surplus = worths.iter().flatten().filter_map(|claim| claim.worth.surplus());
            let surplus = surplus.fold(Balance::zero(), Balance::saturating_add);
            let is_unconditional = worths.iter().flatten().any(|claim| claim.is_unconditional);
            !group.claims.is_empty() && (is_unconditional || surplus >= group_fee::<T>(group.stream))
        });
        self
    }

    /// Sums up the rows of closing sessions.
    fn urgency(&self) -> Urgency {
        let mut urgency = Urgency::default();
        for claim in self.groups.iter().flat_map(|(_, worths)| worths).flatten() {
            if let Some(waited_blocks) = claim.waited_blocks {
                urgency.waited_blocks = urgency.waited_blocks.max(waited_blocks);
                urgency.reward.saturating_accrue(claim.worth.reward);
            }
        }
        self.closes.iter().for_each(|(_, fee)| urgency.reward.saturating_accrue(*fee));
        urgency
    }

    /// Puts the batch together again.
    fn into_batch(self) -> Batch {
        let groups = self.groups.into_iter().map(|(group, _)| group).collect();
        let closes = self.closes.into_iter().map(|(close, _)| close).collect();
        Batch { opens: bounded(self.opens), groups: bounded(groups), closes: bounded(closes) }
    }
}

impl ClaimWorth {
    /// Returns what a claim counts for, or `None` if its session does not exist.
    fn of<T: Config>(claim: &Claim, is_own: bool, ctx: &Context, rules: &Rules<'_>) -> Option<Self> {
        let session = Sessions::<T>::get(claim.session)?;
        let waited_blocks = session.closing.map(|closing| ctx.block.saturating_sub(closing.block));
        let worth = Worth::of::<T>(claim, &session, is_own, ctx.protocol_fee);
        Some(Self { worth, waited_blocks, is_unconditional: rules.unconditional.contains(&claim.session) })
    }
}

impl Urgency {
    /// Returns the tip of a batch that costs `fee` planck, or `net_fee` after refunds. It grows up to the fee as the
    /// earliest deadline of a closing session comes nearer, and is at most what the rows of closing sessions earn beyond
    /// the net fee: a claim of one tick must not make its operator tip more than the tick is worth.
    fn tip(&self, fee: Balance, net_fee: Balance, close_period: BlockNumber) -> Balance {
        let passed = Permill::from_rational(self.waited_blocks.min(close_period), close_period);
        passed.mul_floor(fee).min(self.reward.saturating_sub(net_fee))
    }
}
