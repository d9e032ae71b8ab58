//! Transaction extension that refuses calls which cannot succeed, before they take space.
//!
//! A signed extrinsic with a call that only root may make always fails, but it does so in a block. Such calls may be
//! megabytes long, and those that replace the runtime are in the class for which a part of each block is reserved.

use codec::{Decode, DecodeWithMemTracking, Encode};
use core::{fmt, marker::PhantomData};
use frame_support::{dispatch::DispatchInfo, weights::Weight};
use scale_info::TypeInfo;
use sp_runtime::{
    impl_tx_ext_default,
    traits::{AsSystemOriginSigner, Dispatchable, Implication, TransactionExtension, ValidateResult},
    transaction_validity::{InvalidTransaction, TransactionSource, ValidTransaction},
};

/// Knowledge of the calls that certainly fail for their signer.
pub trait HopelessCalls: frame_system::Config {
    /// Returns whether a call by this account, or a call in it, would certainly fail.
    fn is_hopeless(call: &Self::RuntimeCall, caller: &Self::AccountId) -> bool;

    /// Returns the weight of that check.
    fn weight(call: &Self::RuntimeCall) -> Weight;
}

/// Refuses signed extrinsics with a call that certainly fails.
///
/// It carries no data, so wallets need not know it.
#[derive(Clone, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[scale_info(skip_type_params(T))]
pub struct RefuseHopelessCalls<T>(PhantomData<T>);

impl<T> RefuseHopelessCalls<T> {
    /// Creates the extension.
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T> Default for RefuseHopelessCalls<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> fmt::Debug for RefuseHopelessCalls<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("RefuseHopelessCalls")
    }
}

impl<T> TransactionExtension<T::RuntimeCall> for RefuseHopelessCalls<T>
where
    T: HopelessCalls + Send + Sync,
    T::RuntimeCall: Dispatchable<RuntimeOrigin = T::RuntimeOrigin, Info = DispatchInfo>,
    T::RuntimeOrigin: AsSystemOriginSigner<T::AccountId>,
{
    const IDENTIFIER: &'static str = "RefuseHopelessCalls";
    type Implicit = ();
    type Val = ();
    type Pre = ();

    fn weight(&self, call: &T::RuntimeCall) -> Weight {
        T::weight(call)
    }

    fn validate(
        &self,
        origin: T::RuntimeOrigin,
        call: &T::RuntimeCall,
        _info: &DispatchInfo,
        _len: usize,
        _implicit: (),
        _implication: &impl Implication,
        _source: TransactionSource,
    ) -> ValidateResult<(), T::RuntimeCall> {
        match origin.as_system_origin_signer() {
            Some(caller) if T::is_hopeless(call, caller) => Err(InvalidTransaction::Call.into()),
            _ => Ok((ValidTransaction::default(), (), origin)),
        }
    }

    impl_tx_ext_default!(T::RuntimeCall; prepare);
}
