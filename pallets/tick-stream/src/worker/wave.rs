//! One run of the worker: from the offer to extrinsics in the transaction pool, and a report.

use super::{
    log_state,
    pack::{Draft, Packer},
    speaks_for,
    tick_key::{account_of, TickKey},
    SettlementExtrinsics,
};
use crate::{types::Context, Call, Config, Earnings, Pallet, Sessions, WeightInfo};
use alloc::{collections::BTreeMap, vec::Vec};
use codec::{Decode, Encode};
use frame_support::{
    traits::{fungible::Inspect, Get},
    weights::Weight,
};
use sp_application_crypto::RuntimeAppPublic;
use sp_runtime::{
    offchain::{
        storage::StorageValueRef,
        storage_lock::{StorageLock, Time},
        Duration,
    },
    Permill, SaturatedConversion, Saturating,
};
use tick_stream_primitives::{
    batch::bounded,
    worker::{
        Offer, OfferedClaim, Report, RowId, WorkerState, LOCK_KEY, OFFER_KEY, REPORT_KEY, WAVE_ERA_BLOCKS, WAVE_KEY,
    },
    AccountId, Balance, Batch, BatchSize, BlockNumber, ClaimGroup, CloseRow, RowError, RowKind, RowVerdict, Session,
    SignedTicket,
};

/// A run that was cut off must not hold up the next ones for longer than this.
const LOCK_MS: u64 = 5_000;
/// Bytes of an extrinsic around its call: signature, account, extensions.
const EXTRINSIC_OVERHEAD_BYTES: u32 = 160;
/// Bytes of an extrinsic that pays out: the account, besides what every extrinsic has.
const PAYOUT_BYTES: u32 = EXTRINSIC_OVERHEAD_BYTES + 34;
/// The worker pays out its own earnings once they cover so many fees.
const PAYOUT_AFTER_FEES: Balance = 1_000;

/// The extrinsics that are on their way.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
struct Wave {
    account: AccountId,
    until_nonce: u32,
    until_block: BlockNumber,
}

/// The rows that this worker may settle, as they can be settled on this state.
struct Rows {
    opens: Vec<SignedTicket>,
    claims: Vec<OfferedClaim>,
    closes: Vec<CloseRow>,
    /// How many belong to others and are not worth their fee.
    foreign: u32,
}

impl<T: Config> Pallet<T> {
    /// Settles what the pool offers, if there is a pool, and leaves a report.
    pub(crate) fn run_worker() {
        let Ok(Some(offer)) = StorageValueRef::persistent(OFFER_KEY).get::<Offer>() else { return };
        let mut lock = StorageLock::<Time>::with_deadline(LOCK_KEY, Duration::from_millis(LOCK_MS));
        let Ok(_guard) = lock.try_lock() else {
            log::debug!(target: crate::LOG_TARGET, "off-chain worker: an earlier run is not done yet");
            return;
        };
        let mut refused = Vec::new();
        let state = Self::wave(&offer, &mut refused);
        log_state(&state);
        StorageValueRef::persistent(REPORT_KEY).set(&Report { block: Self::block(), state, refused });
    }

    fn wave(offer: &Offer, refused: &mut Vec<(RowId, RowError)>) -> WorkerState {
        if offer.opens.is_empty() && offer.claims.is_empty() && offer.closes.is_empty() {
            return WorkerState::Idle;
        }
        let Some(key) = TickKey::all().into_iter().next() else { return WorkerState::NoKey };
        let account = account_of(&key);
        let nonce: u32 = frame_system::Pallet::<T>::account_nonce(&account).saturated_into();
        if let Some(wave) = Self::wave_in_flight(&account, nonce) {
            return WorkerState::InFlight { until_nonce: wave.until_nonce, until_block: wave.until_block };
        }
        let rows = Self::own_rows(&account, offer, refused);
        let offered = rows.opens.len() + rows.claims.len() + rows.closes.len();
        if offered == 0 && rows.foreign > 0 {
            return WorkerState::NotMine { account, rows: rows.foreign };
        }
        let (drafts, left) = Packer::<T>::new(offer.config.block_share).pack(&rows.opens, &rows.claims, &rows.closes);
        Self::send(&key, account, nonce, drafts, left, refused)
    }

    fn wave_in_flight(account: &AccountId, nonce: u32) -> Option<Wave> {
        let wave = StorageValueRef::persistent(WAVE_KEY).get::<Wave>().ok().flatten()?;
        let is_in_flight = wave.account == *account && nonce < wave.until_nonce && Self::block() < wave.until_block;
        is_in_flight.then_some(wave)
    }

    /// Picks the rows of the gateways that `account` speaks for, and others when that is allowed and pays.
    fn own_rows(account: &AccountId, offer: &Offer, refused: &mut Vec<(RowId, RowError)>) -> Rows {
        let mut known = BTreeMap::<AccountId, bool>::new();
        let mut is_own =
            |gateway: &AccountId| *known.entry(gateway.clone()).or_insert_with(|| speaks_for::<T>(account, gateway));
        let pays = |size: BatchSize, bytes: usize, reward: Balance| {
            offer.config.foreign_rows && reward > Self::marginal_fee(&size, bytes as u32)
        };
        let mut rows = Rows { opens: Vec::new(), claims: Vec::new(), closes: Vec::new(), foreign: 0 };
        for open in &offer.opens {
            let size = BatchSize { opens: 1, ..Default::default() };
            if is_own(&open.ticket.gateway) || pays(size, open.encoded_size(), T::OpenFee::get()) {
                rows.opens.push(open.clone());
            } else {
                rows.foreign += 1;
            }
        }
        for offered in &offer.claims {
            let session = Sessions::<T>::get(offered.claim.session);
            let row = match Self::prepared(offered, session.as_ref()) {
                Ok(row) => row,
                Err(error) => {
                    refused.push((RowId::Claim(offered.claim.session), error));
                    continue;
                }
            };
            let size = BatchSize { claims: 1, steps: row.claim.steps().into(), ..Default::default() };
            let reward = session.map_or(0, |session| Self::foreign_reward(&row, &session));
            if is_own(&row.gateway) || pays(size, row.claim.encoded_size(), reward) {
                rows.claims.push(row);
            } else {
                rows.foreign += 1;
            }
        }
        for close in &offer.closes {
            let Some(session) = Sessions::<T>::get(close.session) else {
                refused.push((RowId::Close(close.session), RowError::SessionUnknown));
                continue;
            };
            if is_own(&session.gateway) {
                rows.closes.push(close.clone());
            } else {
                rows.foreign += 1;
            }
        }
        rows
    }

    /// The claim as it can be made now: `from` is what is settled. A session that is not there yet may be opened by the
    /// same wave.
    fn prepared(offered: &OfferedClaim, session: Option<&Session>) -> Result<OfferedClaim, RowError> {
        let mut row = offered.clone();
        row.claim.from = session.map_or(0, |session| session.settled_ticks);
        if row.claim.ticks <= row.claim.from {
            return Err(RowError::AlreadySettled);
        }
        Ok(row)
    }

    /// What settling somebody else's claim earns: the submitter's part once the session's gateway has let it slip.
    fn foreign_reward(row: &OfferedClaim, session: &Session) -> Balance {
        let silent_blocks = Self::block().saturating_sub(session.last_claim);
        if session.closing.is_none() && silent_blocks < T::GatewaySilence::get() {
            return 0;
        }
        let gross = session.price_per_tick.saturating_mul(Balance::from(row.claim.steps()));
        T::SubmitterShare::get().mul_floor(gross)
    }

    /// What a row adds to the fee of a batch.
    fn marginal_fee(size: &BatchSize, bytes: u32) -> Balance {
        let weight = Self::batch_weight(size).saturating_sub(Self::batch_weight(&BatchSize::default()));
        T::Settlement::fee(weight, bytes).saturating_sub(T::Settlement::fee(Weight::zero(), 0))
    }

    /// Runs each batch on this copy of the state, drops what would be refused, signs the rest and hands it in.
    fn send(
        key: &TickKey,
        account: AccountId,
        nonce: u32,
        drafts: Vec<Draft>,
        mut left: u32,
        refused: &mut Vec<(RowId, RowError)>,
    ) -> WorkerState {
        let ctx = Context::read::<T>(account.clone());
        // Before the dry run books earnings that are not there yet.
        let earned = Earnings::<T>::get(&account);
        let mut balance = T::Currency::balance(&account).saturating_sub(T::Currency::minimum_balance());
        let (mut extrinsics, mut rows) = (0, 0);
        // Until a draft was handed in, its rows are left.
        left += drafts.iter().map(|draft| rows_of(&draft.size())).sum::<u32>();
        for draft in drafts {
            let drafted = rows_of(&draft.size());
            let batch = draft.into_batch();
            let tip_part = Self::urgency(&batch);
            let outcome = Self::run_batch(&ctx, &batch);
            let batch = without_refused(batch, &outcome.verdicts, &ctx, refused);
            if batch.is_empty() {
                left -= drafted;
                continue;
            }
            let size = batch.size();
            let length_bytes = batch.encoded_size() as u32 + EXTRINSIC_OVERHEAD_BYTES;
            let fee = T::Settlement::fee(Self::batch_weight(&size), length_bytes);
            let tip = tip_part.mul_floor(fee);
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

    fn submit(call: Call<T>, key: &TickKey, nonce: u32, tip: Balance) -> bool {
        T::Settlement::sign(call, key, nonce, tip)
            .is_some_and(|extrinsic| sp_io::offchain::submit_transaction(extrinsic).is_ok())
    }

    /// Remembers the wave, if there is one.
    fn sent(account: AccountId, nonce: u32, extrinsics: u32, rows: u32, left: u32) -> Option<WorkerState> {
        if extrinsics == 0 {
            return None;
        }
        let until_block = Self::block().saturating_add(WAVE_ERA_BLOCKS);
        StorageValueRef::persistent(WAVE_KEY).set(&Wave { account, until_nonce: nonce + extrinsics, until_block });
        Some(WorkerState::Sent { extrinsics, rows, left })
    }

    /// How much of its fee a batch tips: more as the first deadline of a closing session in it comes nearer.
    fn urgency(batch: &Batch) -> Permill {
        let block = Self::block();
        let claims = batch.groups.iter().flat_map(|group| &group.claims);
        let waited_blocks = claims
            .filter_map(|claim| Sessions::<T>::get(claim.session)?.closing)
            .map(|closing| block.saturating_sub(closing.block))
            .max();
        waited_blocks.map_or(Permill::zero(), |waited| Permill::from_rational(waited, T::ClosePeriod::get()))
    }
}

fn rows_of(size: &BatchSize) -> u32 {
    size.opens + size.claims + size.closes
}

/// The batch without the rows that the dry run refused; those go to `refused`.
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
