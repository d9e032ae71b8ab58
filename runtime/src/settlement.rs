//! Construction of the off-chain worker's extrinsics: transaction extensions, signature and fee.

use crate::{
    extensions, Address, Balance, Nonce, Runtime, RuntimeCall, Signature, SignedPayload, System, TransactionPayment,
    TxExtension, UncheckedExtrinsic,
};
use alloc::vec::Vec;
use codec::Encode;
use frame_support::{
    dispatch::{DispatchClass, DispatchInfo, Pays},
    weights::{Weight, WeightToFee},
};
use pallet_tick_stream::{
    tick_key::{account_of, TickKey},
    Call, SettlementExtrinsics,
};
use sp_runtime::{generic::Era, traits::TransactionExtension, RuntimeAppPublic, SaturatedConversion};
use tick_stream_primitives::worker::WAVE_ERA_BLOCKS;

/// Construction of the worker's extrinsics on this runtime.
pub struct Settlement;

/// Returns the extensions of an extrinsic that is valid for the era of a wave.
fn extensions(nonce: Nonce, tip: Balance) -> TxExtension {
    let block = System::block_number().saturated_into();
    (
        frame_system::AuthorizeCall::new(),
        frame_system::CheckNonZeroSender::new(),
        extensions::RefuseHopelessCalls::new(),
        frame_system::CheckSpecVersion::new(),
        frame_system::CheckTxVersion::new(),
        frame_system::CheckGenesis::new(),
        frame_system::CheckEra::from(Era::mortal(WAVE_ERA_BLOCKS.into(), block)),
        frame_system::CheckNonce::from(nonce),
        frame_system::CheckWeight::new(),
        pallet_transaction_payment::ChargeTransactionPayment::from(tip),
        frame_metadata_hash_extension::CheckMetadataHash::new(false),
        frame_system::WeightReclaim::new(),
    )
}

impl SettlementExtrinsics<Call<Runtime>> for Settlement {
    fn sign(call: Call<Runtime>, key: &TickKey, nonce: u32, tip: Balance) -> Option<Vec<u8>> {
        let payload = SignedPayload::new(RuntimeCall::TickStream(call), extensions(nonce, tip)).ok()?;
        let signature = payload.using_encoded(|bytes| key.sign(&bytes))?;
        let (call, extensions, _) = payload.deconstruct();
        let address = Address::Id(account_of(key));
        Some(UncheckedExtrinsic::new_signed(call, address, Signature::Sr25519(signature.into()), extensions).encode())
    }

    fn fee(call_weight: Weight, length_bytes: u32) -> Balance {
        let call = RuntimeCall::System(frame_system::Call::remark { remark: Vec::new() });
        let extension_weight = extensions(0, 0).weight(&call);
        let info = DispatchInfo { call_weight, extension_weight, class: DispatchClass::Normal, pays_fee: Pays::Yes };
        TransactionPayment::compute_fee(length_bytes, &info, 0)
    }

    fn base_fee(weight: Weight) -> Balance {
        <Runtime as pallet_transaction_payment::Config>::WeightToFee::weight_to_fee(&weight)
    }
}
