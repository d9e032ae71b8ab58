//! A run of the worker: from the offer to extrinsics in the transaction pool, and a report.

use super::{
    pack::Packer,
    rows::{reward, Sorter},
    serves,
    tick_key::{account_of, TickKey},
    SettlementExtrinsics,
};
use crate::{context::Context, Call, Config, Earnings, Gateways, Pallet, Sessions, WeightInfo, LOG_TARGET};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};
use codec::{Decode, Encode};
use frame_support::traits::{fungible::Inspect, Get};
use sp_application_crypto::RuntimeAppPublic;
use sp_runtime::{
    offchain::{
        storage::StorageValueRef,
        storage_lock::{StorageLock, Time},
        Duration,
    },
    traits::Zero,
    Permill, SaturatedConversion, Saturating,
};
use tick_stream_primitives::{
    batch::bounded,
    batch_builder::BatchBuilder,
    worker::{
        Offer, Report, RowId, WorkerConfig, WorkerState, LOCK_KEY, OFFER_KEY, REPORT_KEY, WAVE_ERA_BLOCKS, WAVE_KEY,
    },
    AccountId, Balance, Batch, BatchSize, BlockNumber, Claim, ClaimGroup, RowError, RowKind, RowVerdict,
};

/// Milliseconds after which the lock of a run that was cut off expires.
const LOCK_MS: u64 = 5_000;
/// Bytes of an extrinsic without its call: signature, account and extensions.
const EXTRINSIC_OVERHEAD_BYTES: u32 = 160;
/// Bytes of a `payout` extrinsic.
const PAYOUT_BYTES: u32 = EXTRINSIC_OVERHEAD_BYTES + 34;
/// Number of batch fees that the worker's earnings must exceed before it pays them out to itself.
const PAYOUT_AFTER_FEES: Balance = 1_000;

/// Record of the wave in flight.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
struct Wave {
    /// Account that signed the wave.
    account: AccountId,
    /// Nonce of the account once the wave has landed.
    until_nonce: u32,
    /// Block from which on the wave counts as lost.
    until_block: BlockNumber,
}

/// Claim of a closing session, as far as it counts towards the tip of its batch.
struct UrgentClaim {
    /// Number of blocks since the closing began.
    waited_blocks: BlockNumber,
    /// Planck that it earns the worker's side.
    reward: Balance,
}

impl<T: Config> Pallet<T> {
    /// Settles what the node's pool offers and leaves a report. Does nothing if the node has no pool.
    pub(crate) fn run_worker() {
        let Ok(Some(offer)) = StorageValueRef::persistent(OFFER_KEY).get::<Offer>() else { return };
        let mut lock = StorageLock::<Time>::with_deadline(LOCK_KEY, Duration::from_millis(LOCK_MS));
        let Ok(_guard) = lock.try_lock() else {
            log::debug!(target: LOG_TARGET, "Off-chain worker: an earlier run has not finished; this one is skipped.");
            return;
        };
        let mut report =
            Report { block: Self::block(), state: WorkerState::Idle, refused: Vec::new(), foreign: Vec::new() };
        report.state = Self::wave(&offer, &mut report);
        log::debug!(target: LOG_TARGET, "Off-chain worker: {:?}", report.state);
        StorageValueRef::persistent(REPORT_KEY).set(&report);
    }

    /// Sends a wave if there are rows to settle. Adds the refused and the foreign rows to `report`.
    fn wave(offer: &Offer, report: &mut Report) -> WorkerState {
        if offer.opens.is_empty() && offer.claims.is_empty() && offer.closes.is_empty() {
            return WorkerState::Idle;
        }
        let Some(key) = Self::key_for(offer) else { return WorkerState::NoKey };
        let account = account_of(&key);
        let nonce: u32 = frame_system::Pallet::<T>::account_nonce(&account).saturated_into();
        if let Some(wave) = Self::wave_in_flight(&account, nonce) {
            return WorkerState::InFlight { until_nonce: wave.until_nonce, until_block: wave.until_block };
        }
        let mut rows = Sorter::<T>::new(&account, offer).sort();
        let is_own = !rows.is_empty() || rows.waiting > 0;
        report.refused = core::mem::take(&mut rows.refused);
        report.foreign = core::mem::take(&mut rows.foreign);
        if !is_own && !report.foreign.is_empty() {
            return WorkerState::NotMine { account, rows: report.foreign.len() as u32 };
        }
        let (drafts, left) = Packer::<T>::new(offer.config.block_share).pack(rows);
        Self::send(&key, account, nonce, &offer.config, drafts, left, &mut report.refused)
    }

    /// Returns the key to sign with. If there are several, as after a rotation, it is the first one whose account is or
    /// operates a gateway that the worker serves and that has rows in the offer.
    fn key_for(offer: &Offer) -> Option<TickKey> {
        let mut keys = TickKey::all();
        if keys.len() > 1 {
            let of_closes = offer.closes.iter().filter_map(|close| Sessions::<T>::get(close.session));
            let gateways: BTreeSet<AccountId> = offer
                .opens
                .iter()
                .map(|open| open.ticket.gateway.clone())
                .chain(offer.claims.iter().map(|claim| claim.gateway.clone()))
                .chain(of_closes.map(|session| session.gateway))
                .collect();
            let operates = |account: &AccountId, gateway: &AccountId| {
                account == gateway || Gateways::<T>::get(gateway).is_some_and(|entry| entry.operator == *account)
            };
            let has_rows = |account: AccountId| {
                let mut served = gateways.iter().filter(|gateway| serves(&offer.config, &account, gateway));
                served.any(|gateway| operates(&account, gateway))
            };
            if let Some(index) = keys.iter().position(|key| has_rows(account_of(key))) {
                return Some(keys.swap_remove(index));
            }
        }
        keys.into_iter().next()
    }

    /// Returns the last wave if it may still land.
    fn wave_in_flight(account: &AccountId, nonce: u32) -> Option<Wave> {
        let wave = StorageValueRef::persistent(WAVE_KEY).get::<Wave>().ok().flatten()?;
        let is_in_flight = wave.account == *account && nonce < wave.until_nonce && Self::block() < wave.until_block;
        is_in_flight.then_some(wave)
    }

    /// Tries each batch on this copy of the state, drops the rows that would be refused, signs the rest and hands it to
    /// the transaction pool.
    fn send(
        key: &TickKey,
        account: AccountId,
        nonce: u32,
        config: &WorkerConfig,
        drafts: Vec<BatchBuilder>,
        mut left: u32,
        refused: &mut Vec<(RowId, RowError)>,
    ) -> WorkerState {
        let ctx = Context::read::<T>(account.clone());
        // Read before the dry runs, which add earnings that the account does not have yet.
        let earned = Earnings::<T>::get(&account);
        let mut balance = T::Currency::balance(&account).saturating_sub(T::Currency::minimum_balance());
        let (mut extrinsics, mut rows) = (0, 0);
        // The rows of a draft count as left until it is handed in.
        left += drafts.iter().map(|draft| rows_of(&draft.size())).sum::<u32>();
        for draft in drafts {
            let drafted = rows_of(&draft.size());
            let batch = draft.build();
            // Read before the dry run as well, which may remove the sessions.
            let urgent = Self::urgent_claims(&batch, &ctx, config);
            let outcome = Self::run_batch(&ctx, &batch);
            let batch = without_refused(batch, &outcome.verdicts, &ctx, refused);
            if batch.is_empty() {
                left -= drafted;
                continue;
            }
            let size = batch.size();
            let length_bytes = batch.encoded_size() as u32 + EXTRINSIC_OVERHEAD_BYTES;
            let fee = T::Settlement::fee(Self::batch_weight(&size), length_bytes);
            let tip = Self::tip_of(&urgent, &outcome.verdicts, fee);
            let needed = fee.saturating_add(tip);
            if balance < needed {
                return Self::sent(account.clone(), nonce, extrinsics, rows, left).unwrap_or(WorkerState::NoFunds {
                    account,
                    balance,
                    needed,
                });
            }
            balance.saturating_reduce(needed);
            if !Self::submit(Call::process_batch { batch }, key, nonce + extrinsics, tip) {
                return Self::sent(account.clone(), nonce, extrinsics, rows, left)
                    .unwrap_or(WorkerState::PoolRefused { account });
            }
            extrinsics += 1;
            rows += rows_of(&size);
            left -= drafted;
            let payout_fee = T::Settlement::fee(T::WeightInfo::payout(), PAYOUT_BYTES);
            let is_worth_it = earned > fee.saturating_mul(PAYOUT_AFTER_FEES) && balance >= payout_fee;
            if is_worth_it && extrinsics == 1 {
                let payout = Call::payout { account: account.clone() };
                if Self::submit(payout, key, nonce + extrinsics, 0) {
                    extrinsics += 1;
                    balance.saturating_reduce(payout_fee);
                }
            }
        }
        Self::sent(account, nonce, extrinsics, rows, left).unwrap_or(WorkerState::Idle)
    }

    /// Signs a call and hands it to the transaction pool. Returns whether the pool accepted it.
    fn submit(call: Call<T>, key: &TickKey, nonce: u32, tip: Balance) -> bool {
        T::Settlement::sign(call, key, nonce, tip)
            .is_some_and(|extrinsic| sp_io::offchain::submit_transaction(extrinsic).is_ok())
    }

    /// Stores the record of the wave. Returns `None` if the wave has no extrinsics.
    fn sent(account: AccountId, nonce: u32, extrinsics: u32, rows: u32, left: u32) -> Option<WorkerState> {
        if extrinsics == 0 {
            return None;
        }
        let until_block = Self::block().saturating_add(WAVE_ERA_BLOCKS);
        StorageValueRef::persistent(WAVE_KEY).set(&Wave { account, until_nonce: nonce + extrinsics, until_block });
        Some(WorkerState::Sent { extrinsics, rows, left })
    }

    /// Returns, for each claim of a batch in order, how it counts towards the batch's tip: not at all unless its session
    /// is closing.
    fn urgent_claims(batch: &Batch, ctx: &Context, config: &WorkerConfig) -> Vec<Option<UrgentClaim>> {
        let urgent = |claim: &Claim, is_own: bool| {
            let session = Sessions::<T>::get(claim.session)?;
            let waited_blocks = ctx.block.saturating_sub(session.closing?.block);
            Some(UrgentClaim { waited_blocks, reward: reward::<T>(claim, &session, is_own, ctx.protocol_fee) })
        };
        let of_group = |group: &ClaimGroup| {
            let is_own = serves(config, &ctx.submitter, &group.gateway);
            group.claims.iter().map(|claim| urgent(claim, is_own)).collect::<Vec<_>>()
        };
        batch.groups.iter().flat_map(of_group).collect()
    }

    /// Returns the tip of a batch with this fee, in planck. It grows up to the fee as the earliest deadline of a closing
    /// session comes nearer, and is at most what the claims of closing sessions earn: a claim of one tick must not make
    /// its operator tip more than the tick is worth. Claims that the dry run refused do not count.
    fn tip_of(urgent: &[Option<UrgentClaim>], verdicts: &[RowVerdict], fee: Balance) -> Balance {
        let of_claims = verdicts.iter().filter(|verdict| verdict.kind == RowKind::Claim);
        let settled = of_claims.zip(urgent).filter(|(verdict, _)| verdict.result.is_ok());
        let (mut waited_blocks, mut limit) = (BlockNumber::zero(), Balance::zero());
        for claim in settled.filter_map(|(_, claim)| claim.as_ref()) {
            waited_blocks = waited_blocks.max(claim.waited_blocks);
            limit.saturating_accrue(claim.reward);
        }
        let period = T::ClosePeriod::get();
        Permill::from_rational(waited_blocks.min(period), period).mul_floor(fee).min(limit)
    }
}

/// Returns the number of rows in a batch.
fn rows_of(size: &BatchSize) -> u32 {
    size.opens + size.claims + size.closes
}

/// Returns the batch without the rows that the dry run refused, and adds those to `refused`.
fn without_refused(
    batch: Batch,
    verdicts: &[RowVerdict],
    ctx: &Context,
    refused: &mut Vec<(RowId, RowError)>,
) -> Batch {
    if verdicts.iter().all(|verdict| verdict.result.is_ok()) {
        return batch;
    }
    let errors: BTreeMap<(RowKind, u32), RowError> = verdicts
        .iter()
        .filter_map(|verdict| verdict.result.err().map(|error| ((verdict.kind, verdict.index), error)))
        .collect();
    let mut keep = |kind: RowKind, index: usize, id: RowId| match errors.get(&(kind, index as u32)) {
        Some(error) => {
            refused.push((id, *error));
            false
        }
        None => true,
    };
    let mut index = 0;
    let opens = batch
        .opens
        .into_iter()
        .enumerate()
        .filter(|(index, open)| keep(RowKind::Open, *index, RowId::Open(open.ticket.session_id(&ctx.genesis))));
    let opens = bounded(opens.map(|(_, open)| open).collect());
    let mut groups = Vec::new();
    for group in batch.groups {
        let mut claims = Vec::with_capacity(group.claims.len());
        for claim in group.claims {
            if keep(RowKind::Claim, index, RowId::Claim(claim.session)) {
                claims.push(claim);
            }
            index += 1;
        }
        if !claims.is_empty() {
            groups.push(ClaimGroup { stream: group.stream, gateway: group.gateway, claims: bounded(claims) });
        }
    }
    let closes = batch
        .closes
        .into_iter()
        .enumerate()
        .filter(|(index, row)| keep(RowKind::Close, *index, RowId::Close(row.session)));
    let closes = bounded(closes.map(|(_, row)| row).collect());
    Batch { opens, groups: bounded(groups), closes }
}
