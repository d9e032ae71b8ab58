//! A run of the worker: from the offer to extrinsics in the transaction pool, and a report.

use super::{
    pack::Packer,
    rows::Sorter,
    serves,
    tick_key::{account_of, TickKey},
    trial::{Rules, Trial, EXTRINSIC_OVERHEAD_BYTES},
    SettlementExtrinsics,
};
use crate::{context::Context, Call, Config, Earnings, Gateways, Pallet, Sessions, WeightInfo, LOG_TARGET};
use alloc::{collections::BTreeSet, vec::Vec};
use codec::{Decode, Encode};
use frame_support::traits::fungible::Inspect;
use sp_application_crypto::RuntimeAppPublic;
use sp_runtime::{
    offchain::{
        storage::StorageValueRef,
        storage_lock::{StorageLock, Time},
        Duration,
    },
    SaturatedConversion, Saturating,
};
use tick_stream_primitives::{
    batch_builder::BatchBuilder,
    worker::{
        Offer, Report, RowId, WorkerConfig, WorkerState, LOCK_KEY, OFFER_KEY, REPORT_KEY, WAVE_ERA_BLOCKS, WAVE_KEY,
    },
    AccountId, Balance, BatchSize, BlockNumber, RowError,
};

/// Milliseconds after which the lock of a run that was cut off expires.
const LOCK_MS: u64 = 5_000;
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

/// Signer of a wave's extrinsics, with consecutive nonces.
struct Sender {
    key: TickKey,
    account: AccountId,
    /// Nonce of the account before the wave.
    nonce: u32,
    /// Spendable balance that is left, in planck.
    balance: Balance,
    /// Number of extrinsics sent.
    extrinsics: u32,
    /// Number of rows in these extrinsics.
    rows: u32,
    /// Number of rows that are not sent yet.
    left: u32,
}

impl Sender {
    /// Prepares to sign with a key.
    fn new<T: Config>(key: TickKey) -> Self {
        let account = account_of(&key);
        let nonce = frame_system::Pallet::<T>::account_nonce(&account).saturated_into();
        let balance = spendable_balance::<T>(&account);
        Self { key, account, nonce, balance, extrinsics: 0, rows: 0, left: 0 }
    }

    /// Signs a call whose fee and tip are `cost` planck, and hands it to the transaction pool. Returns whether the pool
    /// accepted it.
    fn submit<T: Config>(&mut self, call: Call<T>, cost: Balance, tip: Balance) -> bool {
        let extrinsic = T::Settlement::sign(call, &self.key, self.nonce + self.extrinsics, tip);
        let is_accepted = extrinsic.is_some_and(|extrinsic| sp_io::offchain::submit_transaction(extrinsic).is_ok());
        if is_accepted {
            self.extrinsics += 1;
            self.balance.saturating_reduce(cost);
        }
        is_accepted
    }

    /// Sends a batch that was tried and had `drafted` rows before. Returns why that is not possible.
    fn send_batch<T: Config>(&mut self, trial: Trial, drafted: u32) -> Result<(), WorkerState> {
        let Trial { batch, fee, tip } = trial;
        let rows = rows_of(&batch.size());
        let needed = fee.saturating_add(tip);
        let account = self.account.clone();
        if self.balance < needed {
            return Err(WorkerState::NoFunds { account, balance: self.balance, needed });
        }
        if !self.submit(Call::<T>::process_batch { batch }, needed, tip) {
            return Err(WorkerState::PoolRefused { account });
        }
        self.rows += rows;
        self.left -= drafted;
        Ok(())
    }

    /// Sends a payout of what the account has earned, if that exceeds by far what a batch costs.
    fn send_payout<T: Config>(&mut self, earned: Balance, batch_fee: Balance) {
        let fee = T::Settlement::fee(T::WeightInfo::payout(), PAYOUT_BYTES);
        if earned > batch_fee.saturating_mul(PAYOUT_AFTER_FEES) && self.balance >= fee {
            self.submit(Call::<T>::payout { account: self.account.clone() }, fee, 0);
        }
    }

    /// Stores the record of the wave. Returns `nothing_sent` if the wave has no extrinsics.
    fn finish(self, block: BlockNumber, nothing_sent: WorkerState) -> WorkerState {
        let Self { account, nonce, extrinsics, rows, left, .. } = self;
        if extrinsics == 0 {
            return nothing_sent;
        }
        let until_block = block.saturating_add(WAVE_ERA_BLOCKS);
        StorageValueRef::persistent(WAVE_KEY).set(&Wave { account, until_nonce: nonce + extrinsics, until_block });
        WorkerState::Sent { extrinsics, rows, left }
    }
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
        let keys = TickKey::all();
        let mut config = offer.config.clone();
        // Each key may be a gateway. The key that signs settles the rows of the others as well.
        config.gateways.extend(keys.iter().map(account_of));
        if let Some(wave) = Self::wave_in_flight(&keys) {
            return WorkerState::InFlight { until_nonce: wave.until_nonce, until_block: wave.until_block };
        }
        let Some(key) = Self::key_for(keys, &config, offer) else { return WorkerState::NoKey };
        let sender = Sender::new::<T>(key);
        let mut rows = Sorter::<T>::new(&config, offer).sort();
        let has_own_rows = !rows.is_empty() || rows.waiting > 0;
        report.refused = core::mem::take(&mut rows.refused);
        report.foreign = core::mem::take(&mut rows.foreign);
        if !has_own_rows && !report.foreign.is_empty() {
            return WorkerState::NotMine { account: sender.account, rows: report.foreign.len() as u32 };
        }
        let unconditional = core::mem::take(&mut rows.unconditional);
        let (drafts, left) = Packer::<T>::new(config.block_share).pack(rows);
        let rules = Rules { config: &config, unconditional: &unconditional };
        Self::send(sender, &rules, drafts, left, &mut report.refused)
    }

    /// Returns the key to sign with. If there are several, as after a rotation, it is one whose account is or operates a
    /// gateway that the worker serves and that has rows in the offer: of these, the one with the highest balance, so that
    /// a key without funds keeps no rows waiting.
    fn key_for(mut keys: Vec<TickKey>, config: &WorkerConfig, offer: &Offer) -> Option<TickKey> {
        if keys.len() > 1 {
            let of_closes = offer.closes.iter().filter_map(|close| Sessions::<T>::get(close.session));
            let gateways: BTreeSet<AccountId> = offer
                .opens
                .iter()
                .map(|open| open.ticket.gateway.clone())
                .chain(offer.claims.iter().map(|claim| claim.gateway.clone()))
                .chain(of_closes.map(|session| session.gateway))
                .filter(|gateway| serves(config, gateway))
                .collect();
            let operators: BTreeSet<AccountId> =
                gateways.iter().filter_map(Gateways::<T>::get).map(|entry| entry.operator).collect();
            let has_rows = |account: &AccountId| gateways.contains(account) || operators.contains(account);
            let accounts = keys.iter().map(account_of).enumerate().filter(|(_, account)| has_rows(account));
            // The first of several with the same balance.
            let richest = accounts.rev().max_by_key(|(_, account)| spendable_balance::<T>(account));
            if let Some((index, _)) = richest {
                return Some(keys.swap_remove(index));
            }
        }
        keys.into_iter().next()
    }

    /// Returns the last wave of one of the keys if it may still land.
    fn wave_in_flight(keys: &[TickKey]) -> Option<Wave> {
        let wave = StorageValueRef::persistent(WAVE_KEY).get::<Wave>().ok().flatten()?;
        let nonce: u32 = frame_system::Pallet::<T>::account_nonce(&wave.account).saturated_into();
        let is_ours = keys.iter().any(|key| account_of(key) == wave.account);
        (is_ours && nonce < wave.until_nonce && Self::block() < wave.until_block).then_some(wave)
    }

    /// Tries each batch on this copy of the state, drops what would be refused or is not worth its fee, signs the rest and
    /// hands it to the transaction pool.
    fn send(
        mut sender: Sender,
        rules: &Rules<'_>,
        drafts: Vec<BatchBuilder>,
        left: u32,
        refused: &mut Vec<(RowId, RowError)>,
    ) -> WorkerState {
        let ctx = Context::read::<T>(sender.account.clone());
        // Read before the dry runs, which add earnings that the account does not have yet.
        let earned = Earnings::<T>::get(&sender.account);
        // The rows of a draft count as left until it is handed in.
        sender.left = left + drafts.iter().map(|draft| rows_of(&draft.size())).sum::<u32>();
        for draft in drafts {
            let drafted = rows_of(&draft.size());
            let trial = Trial::of::<T>(draft.build(), &ctx, rules, refused);
            if trial.batch.is_empty() {
                sender.left -= drafted;
                continue;
            }
            let fee = trial.fee;
            if let Err(failure) = sender.send_batch::<T>(trial, drafted) {
                return sender.finish(ctx.block, failure);
            }
            if sender.extrinsics == 1 {
                sender.send_payout::<T>(earned, fee);
            }
        }
        sender.finish(ctx.block, WorkerState::Idle)
    }
}

/// Returns what an account can spend, in planck.
fn spendable_balance<T: Config>(account: &AccountId) -> Balance {
    T::Currency::balance(account).saturating_sub(T::Currency::minimum_balance())
}

/// Returns the number of rows in a batch.
fn rows_of(size: &BatchSize) -> u32 {
    size.opens + size.claims + size.closes
}
