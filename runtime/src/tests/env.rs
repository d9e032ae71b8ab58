//! A chain in memory: blocks with slots and authors, and extrinsics signed by well-known accounts.

use super::genesis;
use crate::{
    extensions::RefuseHopelessCalls, AccountId, Balance, BlockNumber, Executive, Header, Runtime, RuntimeCall,
    RuntimeEvent, RuntimeOrigin, Session, SignedPayload, System, TxExtension, UncheckedExtrinsic, SLOT_DURATION,
};
use codec::Encode;
use frame_support::traits::{DisabledValidators, UnfilteredDispatchable};
use sp_consensus_aura::{digests::CompatibleDigestItem, sr25519::AuthoritySignature, Slot};
use sp_keyring::Sr25519Keyring;
use sp_runtime::{generic::Era, traits::Header as _, ApplyExtrinsicResult, Digest, DigestItem, MultiAddress};

/// Runs a test on the first state of a preset, and checks the invariants of the validators after it.
pub fn on_chain(preset: &str, test: impl FnOnce()) {
    genesis(preset).execute_with(|| {
        // Block 0 stores no events.
        System::set_block_number(0);
        test();
        crate::Validators::check_state().expect("the invariants hold");
    });
}

pub fn account(key: Sr25519Keyring) -> AccountId {
    key.to_account_id()
}

/// Returns the account whose turn the slot is.
pub fn turn(slot: u64) -> AccountId {
    let validators = Session::validators();
    validators[slot as usize % validators.len()].clone()
}

/// Returns the slot after that of the newest block.
pub fn next_slot() -> u64 {
    *pallet_aura::CurrentSlot::<Runtime>::get() + 1
}

pub fn slot_digest(slot: u64) -> Digest {
    let slot = <DigestItem as CompatibleDigestItem<AuthoritySignature>>::aura_pre_digest(Slot::from(slot));
    Digest { logs: vec![slot] }
}

/// Writes a block in this slot with what `fill` does in it.
pub fn block(slot: u64, fill: impl FnOnce()) {
    let number = System::block_number() + 1;
    let parent = System::block_hash(number - 1);
    let header = Header::new(number, Default::default(), Default::default(), parent, slot_digest(slot));
    Executive::initialize_block(&header);
    let now = RuntimeCall::Timestamp(pallet_timestamp::Call::set { now: slot * SLOT_DURATION });
    now.dispatch_bypass_filter(RuntimeOrigin::none()).expect("the time of the block is accepted");
    fill();
    Executive::finalize_block();
}

/// Writes blocks up to this number. Validators in `absent` leave their slots empty, as disabled ones do.
pub fn run_to(number: BlockNumber, absent: &[AccountId]) {
    while System::block_number() < number {
        let slot = (next_slot()..)
            .find(|slot| {
                let index = *slot % Session::validators().len() as u64;
                !absent.contains(&turn(*slot)) && !Session::is_disabled(index as u32)
            })
            .expect("a validator is present");
        block(slot, || {});
    }
}

/// Writes a block with a call by root.
pub fn as_root(call: impl Into<RuntimeCall>) {
    let call = call.into();
    run_in_block(|| {
        call.dispatch_bypass_filter(RuntimeOrigin::root()).expect("root may do this");
    });
}

/// Writes the next block that a validator is present for.
pub fn run_in_block(fill: impl FnOnce()) {
    let slot = (next_slot()..).find(|slot| {
        let index = *slot % Session::validators().len() as u64;
        !Session::is_disabled(index as u32)
    });
    block(slot.expect("a validator is enabled"), fill);
}

/// Returns a signed extrinsic.
pub fn signed(key: Sr25519Keyring, call: impl Into<RuntimeCall>, tip: Balance) -> UncheckedExtrinsic {
    let nonce = System::account_nonce(account(key));
    let extension: TxExtension = (
        frame_system::AuthorizeCall::new(),
        frame_system::CheckNonZeroSender::new(),
        RefuseHopelessCalls::new(),
        frame_system::CheckSpecVersion::new(),
        frame_system::CheckTxVersion::new(),
        frame_system::CheckGenesis::new(),
        frame_system::CheckEra::from(Era::Immortal),
        frame_system::CheckNonce::from(nonce),
        frame_system::CheckWeight::new(),
        pallet_transaction_payment::ChargeTransactionPayment::from(tip),
        frame_metadata_hash_extension::CheckMetadataHash::new(false),
        frame_system::WeightReclaim::new(),
    );
    let payload = SignedPayload::new(call.into(), extension).expect("the extensions have their implicit data");
    let signature = payload.using_encoded(|bytes| key.sign(bytes));
    let (call, extension, _) = payload.deconstruct();
    UncheckedExtrinsic::new_signed(call, MultiAddress::Id(account(key)), signature.into(), extension)
}

/// Applies a signed extrinsic in the present block.
pub fn apply(key: Sr25519Keyring, call: impl Into<RuntimeCall>) -> ApplyExtrinsicResult {
    Executive::apply_extrinsic(signed(key, call, 0))
}

/// Returns whether an event of this kind was emitted in the present block.
pub fn emitted(is_wanted: impl Fn(&RuntimeEvent) -> bool) -> bool {
    System::events().iter().any(|record| is_wanted(&record.event))
}
