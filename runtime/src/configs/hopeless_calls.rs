//! The calls that are refused from signed origins before they take space, because they certainly fail.

use crate::{extensions::HopelessCalls, AccountId, Hash, Runtime, RuntimeCall, System, TechnicalCommittee};
use alloc::{vec, vec::Vec};
use codec::{Decode, Encode};
use frame_support::weights::Weight;
use sp_runtime::traits::{BlakeTwo256, Hash as _};

/// A call inside an extrinsic, and the account that makes it where it is known.
struct Nested<'a> {
    call: &'a RuntimeCall,
    caller: Option<&'a AccountId>,
}

/// Returns whether only root may make the call.
fn is_for_root(call: &RuntimeCall) -> bool {
    use frame_system::Call as SystemCall;
    use pallet_scheduler::Call as SchedulerCall;
    use pallet_utility::Call as UtilityCall;
    match call {
        RuntimeCall::System(call) => matches!(
            call,
            SystemCall::set_heap_pages { .. }
                | SystemCall::set_code { .. }
                | SystemCall::set_code_without_checks { .. }
                | SystemCall::set_storage { .. }
                | SystemCall::kill_storage { .. }
                | SystemCall::kill_prefix { .. }
                | SystemCall::authorize_upgrade { .. }
                | SystemCall::authorize_upgrade_without_checks { .. }
        ),
        RuntimeCall::Scheduler(call) => matches!(
            call,
            SchedulerCall::schedule { .. }
                | SchedulerCall::schedule_named { .. }
                | SchedulerCall::schedule_after { .. }
                | SchedulerCall::schedule_named_after { .. }
        ),
        RuntimeCall::Utility(call) => matches!(
            call,
            UtilityCall::dispatch_as { .. }
                | UtilityCall::dispatch_as_fallible { .. }
                | UtilityCall::with_weight { .. }
        ),
        RuntimeCall::TechnicalCommittee(call) => matches!(call, pallet_collective::Call::set_members { .. }),
        _ => false,
    }
}

impl Nested<'_> {
    /// Returns whether the call would certainly fail.
    fn is_hopeless(&self) -> bool {
        match self.call {
            RuntimeCall::System(frame_system::Call::apply_authorized_upgrade { code }) => !is_authorized(code),
            RuntimeCall::Sudo(pallet_sudo::Call::sudo_as { .. })
            | RuntimeCall::Sudo(pallet_sudo::Call::sudo { .. })
            | RuntimeCall::Sudo(pallet_sudo::Call::sudo_unchecked_weight { .. })
            | RuntimeCall::Sudo(pallet_sudo::Call::set_key { .. }) => {
                match (self.caller, pallet_sudo::Key::<Runtime>::get()) {
                    (_, None) => true,
                    (Some(caller), Some(key)) => *caller != key,
                    (None, Some(_)) => false,
                }
            }
            RuntimeCall::TechnicalCommittee(pallet_collective::Call::propose { .. })
            | RuntimeCall::TechnicalCommittee(pallet_collective::Call::execute { .. }) => {
                self.caller.is_some_and(|caller| !TechnicalCommittee::is_member(caller))
            }
            RuntimeCall::Whitelist(pallet_whitelist::Call::dispatch_whitelisted_call { call_hash, .. }) => {
                !is_deferred(call_hash)
            }
            RuntimeCall::Whitelist(pallet_whitelist::Call::dispatch_whitelisted_call_with_preimage { call }) => {
                !is_deferred(&BlakeTwo256::hash_of(call))
            }
            call => is_for_root(call),
        }
    }

    /// Returns the calls that this one makes.
    fn inner(&self) -> Vec<Self> {
        use pallet_multisig::Call as MultisigCall;
        use pallet_proxy::Call as ProxyCall;
        use pallet_utility::Call as UtilityCall;
        let caller = self.caller;
        let for_other = |call| vec![Nested { call, caller: None }];
        match self.call {
            RuntimeCall::Utility(
                UtilityCall::batch { calls } | UtilityCall::batch_all { calls } | UtilityCall::force_batch { calls },
            ) => calls.iter().map(|call| Nested { call, caller }).collect(),
            RuntimeCall::Utility(UtilityCall::if_else { main, fallback }) => {
                vec![Nested { call: main, caller }, Nested { call: fallback, caller }]
            }
            RuntimeCall::Utility(UtilityCall::as_derivative { call, .. })
            | RuntimeCall::Proxy(ProxyCall::proxy { call, .. } | ProxyCall::proxy_announced { call, .. })
            | RuntimeCall::Multisig(
                MultisigCall::as_multi_threshold_1 { call, .. } | MultisigCall::as_multi { call, .. },
            ) => for_other(call),
            _ => Vec::new(),
        }
    }
}

/// Returns whether governance has authorized an upgrade to this code.
fn is_authorized(code: &[u8]) -> bool {
    // The hash comes first. Its field is private.
    let authorized =
        System::authorized_upgrade().and_then(|upgrade| Hash::decode(&mut upgrade.encode().as_slice()).ok());
    authorized.is_some_and(|hash| hash == BlakeTwo256::hash(code))
}

/// Returns whether a referendum has passed for this call before the technical committee whitelisted it. Then anyone may
/// dispatch it afterwards.
fn is_deferred(hash: &Hash) -> bool {
    pallet_whitelist::DeferredDispatch::<Runtime>::contains_key(hash)
}

impl HopelessCalls for Runtime {
    /// Looks into batches, proxy calls and multisigs.
    fn is_hopeless(call: &RuntimeCall, caller: &AccountId) -> bool {
        // A list instead of recursion: batches may be nested as deep as decoding permits.
        let mut open = vec![Nested { call, caller: Some(caller) }];
        while let Some(next) = open.pop() {
            if next.is_hopeless() {
                return true;
            }
            open.extend(next.inner());
        }
        false
    }

    fn weight(call: &RuntimeCall) -> Weight {
        // Few calls need a look into the storage. For all others it costs less than their decoding.
        match call {
            RuntimeCall::Sudo(_) | RuntimeCall::TechnicalCommittee(_) | RuntimeCall::Whitelist(_) => {
                <Runtime as frame_system::Config>::DbWeight::get().reads(1)
            }
            _ => Weight::zero(),
        }
    }
}
