//! Named attacks: each test is somebody trying to get what is not theirs, or to make others pay for it.
//!
//! | file | who attacks |
//! | --- | --- |
//! | `keys` | a thief with a session key, a forger of tickets |
//! | `claims` | a gateway or a front-runner with claims |
//! | `closing` | whoever closes, leaves or deregisters at the wrong moment |
//! | `money` | whoever bends numbers, splits, prices and the pot |
//! | `batches` | a submitter of batches at their limits, or with poisoned rows |

mod batches;
mod claims;
mod closing;
mod keys;
mod money;

use crate::{mock::*, Call};
use frame_support::{
    assert_ok,
    dispatch::{DispatchErrorWithPostInfo, GetDispatchInfo, PostDispatchInfo},
    weights::Weight,
};
use sp_runtime::traits::Dispatchable;
use tick_stream_primitives::{Balance, Batch, Closer, RowError, RowKind};

/// Dispatches a batch as an extrinsic would. Whatever comes of it, it weighs no more than it was declared to.
pub(super) fn dispatch(submitter: &str, batch: Batch) -> Result<PostDispatchInfo, DispatchErrorWithPostInfo> {
    let call = RuntimeCall::TickStream(Call::process_batch { batch });
    let declared = call.get_dispatch_info().call_weight;
    let result = call.dispatch(signed(submitter));
    let post = result.as_ref().map_or_else(|error| &error.post_info, |post| post);
    let used = post.actual_weight.unwrap_or(declared);
    assert!(used.all_lte(declared), "the batch weighed {used} but was declared as {declared}");
    result
}

/// Submits a batch that is within its limits. Returns the rows refused.
pub(super) fn submit(submitter: &str, batch: Batch) -> Vec<(RowKind, u32, RowError)> {
    System::reset_events();
    dispatch(submitter, batch).expect("a batch within its limits is worked through");
    failures()
}

/// The weight that a batch turned out to have.
fn weight_of(submitter: &str, batch: Batch) -> Weight {
    dispatch(submitter, batch).expect("a batch within its limits is worked through").actual_weight.expect("is returned")
}

/// Has "operator" submit the ticket signed by the key of `signer`. Returns why it was refused.
fn try_open(watch: &Watch, signer: &str) -> Option<RowError> {
    submit("operator", batch_of_opens(vec![watch.signed_by(signer)])).pop().map(|(_, _, error)| error)
}

/// Has "operator" submit a claim up to `ticks`. Returns why it was refused.
fn try_claim(watch: &mut Watch, ticks: u32) -> Option<RowError> {
    let claim = watch.claim(ticks);
    submit("operator", batch_of_claims(vec![claim])).pop().map(|(_, _, error)| error)
}

/// Has the gateway end the session at once.
fn end(watch: &Watch) {
    assert!(submit("operator", batch_of_closes(vec![watch.close(Closer::Gateway, "gateway")])).is_empty());
}

/// What `viewer` still owns of what lies in the pot.
fn owned(viewer: &str) -> Balance {
    let id = account(viewer);
    let unspent: Balance = crate::Sessions::<Test>::iter_values()
        .filter(|session| session.viewer == id)
        .map(|session| session.unspent())
        .sum();
    deposit_of(viewer).free + unspent
}

/// Replaces the delegation of "viewer" by one with this allowance.
fn allow(allowance: Balance) {
    let delegation = tick_stream_primitives::Delegation { allowance, ..delegation("viewer-session") };
    assert_ok!(TickStream::delegate(signed("viewer"), delegation));
}
