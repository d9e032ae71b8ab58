//! The calls that are refused from signed origins before they take space, because they certainly fail.

use crate::{
    extensions::HopelessCalls, AccountId, Hash, Multisig, Proxy, Runtime, RuntimeCall, System, TechnicalCommittee,
};
use alloc::{rc::Rc, vec, vec::Vec};
use codec::{Decode, Encode};
use frame_support::{traits::Get, weights::Weight};
use sp_runtime::traits::{AccountIdLookup as Lookup, BlakeTwo256, Hash as _, SaturatedConversion, StaticLookup};

use super::governance::TechnicalCommitteeInstance;

/// Call of the technical committee.
type CommitteeCall = pallet_collective::Call<Runtime, TechnicalCommitteeInstance>;
/// Lookup of accounts by their addresses.
type AccountIdLookup = Lookup<AccountId, ()>;

/// A call inside an extrinsic, and the account that makes it.
struct Nested<'a> {
    call: &'a RuntimeCall,
    caller: Rc<Caller<'a>>,
}

/// Account that makes a call. It is looked up only for the few calls that need it.
enum Caller<'a> {
    /// The signer of the extrinsic.
    Signer(&'a AccountId),
    /// The account for which this call makes others.
    Through { call: &'a RuntimeCall, by: Rc<Caller<'a>> },
}

impl Caller<'_> {
    /// Returns the account, or `None` if the call that acts for it certainly fails.
    fn account(&self) -> Option<AccountId> {
        match self {
            Self::Signer(signer) => Some((*signer).clone()),
            Self::Through { call, by } => acts_for(call, by.account()?),
        }
    }
}

/// Returns the account for which a call of `by` makes other calls, or `None` if it may not.
fn acts_for(call: &RuntimeCall, by: AccountId) -> Option<AccountId> {
    use pallet_multisig::Call as MultisigCall;
    use pallet_proxy::Call as ProxyCall;
    match call {
        RuntimeCall::Utility(pallet_utility::Call::as_derivative { index, .. }) => {
            Some(pallet_utility::derivative_account_id(by, *index))
        }
        RuntimeCall::Proxy(ProxyCall::proxy { real, force_proxy_type, .. }) => {
            let real = AccountIdLookup::lookup(real.clone()).ok()?;
            Proxy::find_proxy(&real, &by, *force_proxy_type).ok().map(|_| real)
        }
        RuntimeCall::Proxy(ProxyCall::proxy_announced { delegate, real, force_proxy_type, .. }) => {
            let real = AccountIdLookup::lookup(real.clone()).ok()?;
            let delegate = AccountIdLookup::lookup(delegate.clone()).ok()?;
            Proxy::find_proxy(&real, &delegate, *force_proxy_type).ok()?;
            has_announced(&delegate, &real).then_some(real)
        }
        RuntimeCall::Multisig(MultisigCall::as_multi_threshold_1 { other_signatories, .. }) => {
            multisig(by, other_signatories, 1)
        }
        RuntimeCall::Multisig(MultisigCall::as_multi { threshold, other_signatories, .. }) => {
            multisig(by, other_signatories, *threshold)
        }
        _ => None,
    }
}

/// Returns whether a proxy has announced any call for this account.
fn has_announced(delegate: &AccountId, real: &AccountId) -> bool {
    let (announcements, _deposit) = pallet_proxy::Announcements::<Runtime>::get(delegate);
    // The account comes first. Its field is private.
    let accounts = announcements.iter().map(|announcement| AccountId::decode(&mut announcement.encode().as_slice()));
    accounts.flatten().any(|account| account == *real)
}

/// Returns the account of a multisig, if it does not have too many signatories.
fn multisig(by: AccountId, others: &[AccountId], threshold: u16) -> Option<AccountId> {
    let limit: usize = <<Runtime as pallet_multisig::Config>::MaxSignatories as Get<u32>>::get().saturated_into();
    if others.len() >= limit {
        return None;
    }
    let mut signatories = others.to_vec();
    signatories.push(by);
    signatories.sort();
    Some(Multisig::multi_account_id(&signatories, threshold))
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
        RuntimeCall::Treasury(call) => matches!(call, pallet_treasury::Call::remove_approval { .. }),
        _ => false,
    }
}

/// Returns whether a call of the technical committee would certainly fail. All but the last two are in the class for
/// which a part of each block is reserved, regardless of the account that makes them.
fn is_hopeless_for_committee(call: &CommitteeCall, caller: &Caller) -> bool {
    match call {
        CommitteeCall::propose { .. } | CommitteeCall::execute { .. } | CommitteeCall::vote { .. } => {
            !caller.account().is_some_and(|caller| TechnicalCommittee::is_member(&caller))
        }
        // Anyone may close a proposal, with a weight of their choice.
        CommitteeCall::close { proposal_hash, .. } => {
            !pallet_collective::Voting::<Runtime, TechnicalCommitteeInstance>::contains_key(proposal_hash)
        }
        CommitteeCall::set_members { .. } | CommitteeCall::disapprove_proposal { .. } | CommitteeCall::kill { .. } => {
            true
        }
        _ => false,
    }
}

impl<'a> Nested<'a> {
    /// Returns whether the call would certainly fail.
    fn is_hopeless(&self) -> bool {
        match self.call {
            RuntimeCall::System(frame_system::Call::apply_authorized_upgrade { code }) => !is_authorized(code),
            RuntimeCall::Sudo(pallet_sudo::Call::sudo_as { .. })
            | RuntimeCall::Sudo(pallet_sudo::Call::sudo { .. })
            | RuntimeCall::Sudo(pallet_sudo::Call::sudo_unchecked_weight { .. })
            | RuntimeCall::Sudo(pallet_sudo::Call::set_key { .. }) => {
                let key = pallet_sudo::Key::<Runtime>::get();
                key.is_none() || self.caller.account() != key
            }
            RuntimeCall::TechnicalCommittee(call) => is_hopeless_for_committee(call, &self.caller),
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
        let by_caller = |call: &'a RuntimeCall| Nested { call, caller: self.caller.clone() };
        let outer = self.call;
        let for_other = |call: &'a RuntimeCall| {
            let caller = Caller::Through { call: outer, by: self.caller.clone() };
            vec![Nested { call, caller: Rc::new(caller) }]
        };
        match outer {
            RuntimeCall::Utility(
                UtilityCall::batch { calls } | UtilityCall::batch_all { calls } | UtilityCall::force_batch { calls },
            ) => calls.iter().map(by_caller).collect(),
            RuntimeCall::Utility(UtilityCall::if_else { main, fallback }) => {
                vec![by_caller(main), by_caller(fallback)]
            }
            RuntimeCall::Utility(UtilityCall::as_derivative { call, .. })
            | RuntimeCall::Proxy(ProxyCall::proxy { call, .. } | ProxyCall::proxy_announced { call, .. })
            | RuntimeCall::Multisig(
                MultisigCall::as_multi_threshold_1 { call, .. } | MultisigCall::as_multi { call, .. },
            ) => for_other(call),
            _ => Vec::new(),
        }
    }

    /// Returns the largest number of entries of the state that the check of this call reads, without those that it makes.
    fn reads(&self) -> u64 {
        match self.call {
            RuntimeCall::Sudo(_) | RuntimeCall::TechnicalCommittee(_) | RuntimeCall::Whitelist(_) => 1,
            RuntimeCall::System(frame_system::Call::apply_authorized_upgrade { .. }) => 1,
            // For a committee's call in it.
            RuntimeCall::Proxy(pallet_proxy::Call::proxy { .. }) => 1,
            RuntimeCall::Proxy(pallet_proxy::Call::proxy_announced { .. }) => 2,
            _ => 0,
        }
    }
}

/// Visits a call and all that it makes, until `is_last` returns true. Returns whether it did.
///
/// It has a list instead of recursion: calls may be nested as deep as decoding permits.
fn visit<'a>(call: &'a RuntimeCall, caller: &'a AccountId, mut is_last: impl FnMut(&Nested<'a>) -> bool) -> bool {
    let mut open = vec![Nested { call, caller: Rc::new(Caller::Signer(caller)) }];
    while let Some(next) = open.pop() {
        if is_last(&next) {
            return true;
        }
        open.extend(next.inner());
    }
    false
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
    /// Looks into batches, proxy calls, derivatives and multisigs.
    fn is_hopeless(call: &RuntimeCall, caller: &AccountId) -> bool {
        visit(call, caller, Nested::is_hopeless)
    }

    fn weight(call: &RuntimeCall) -> Weight {
        // Few calls need a look into the storage. For all others the check costs less than their decoding. Who makes
        // them does not matter here.
        let mut reads = 0_u64;
        visit(call, &AccountId::new([0; 32]), |nested| {
            reads = reads.saturating_add(nested.reads());
            false
        });
        <Runtime as frame_system::Config>::DbWeight::get().reads(reads)
    }
}
