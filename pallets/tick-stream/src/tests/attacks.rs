//! Tests of attacks: an attacker tries to take what belongs to others, or to make others pay.
//!
//! | file | attacker |
//! | --- | --- |
//! | `keys` | a thief with a session key, a forger of tickets |
//! | `devices` | a thief with one of several session keys, a party that uses keys that were removed |
//! | `copies` | a party that copies rows out of the transaction pool |
//! | `claims` | a gateway or a front-runner that submits claims |
//! | `closing` | a party that closes, leaves or deregisters at the wrong time |
//! | `money` | a party that uses extreme numbers, splits and prices, or the pot |
//! | `batches` | a submitter of batches at their limits, or with faulty rows |
//! | `storage` | a party that fills the state, or makes others read it |

mod batches;
mod claims;
mod closing;
mod copies;
mod devices;
mod keys;
mod money;
mod storage;

use crate::{mock::*, Call};
use frame_support::{
    assert_ok,
    dispatch::{DispatchErrorWithPostInfo, GetDispatchInfo, PostDispatchInfo},
    weights::Weight,
};
use sp_runtime::traits::Dispatchable;
use tick_stream_primitives::{Balance, Batch, Closer, RowError, RowKind};

/// Dispatches a batch as an extrinsic does, and checks that it uses no more weight than declared.
pub(super) fn dispatch(submitter: &str, batch: Batch) -> Result<PostDispatchInfo, DispatchErrorWithPostInfo> {
    let call = RuntimeCall::TickStream(Call::process_batch { batch });
    let declared = call.get_dispatch_info().call_weight;
    let result = call.dispatch(signed(submitter));
    let post = result.as_ref().map_or_else(|error| &error.post_info, |post| post);
    let used = post.actual_weight.unwrap_or(declared);
    assert!(used.all_lte(declared), "the batch weighed {used} but was declared as {declared}");
    result
}

/// Submits a batch that is within its limits. Returns the refused rows.
pub(super) fn submit(submitter: &str, batch: Batch) -> Vec<(RowKind, u32, RowError)> {
    System::reset_events();
    dispatch(submitter, batch).expect("a batch within its limits is processed");
    failures()
}

/// Submits a batch and returns the weight it used.
fn weight_of(submitter: &str, batch: Batch) -> Weight {
    dispatch(submitter, batch)
        .expect("a batch within its limits is processed")
        .actual_weight
        .expect("the weight is returned")
}

/// Submits the ticket, signed by the key of `signer`, as "operator". Returns why it was refused, if so.
fn try_open(watch: &Watch, signer: &str) -> Option<RowError> {
    submit("operator", batch_of_opens(vec![watch.signed_by(signer)])).pop().map(|(_, _, error)| error)
}

/// Submits a claim up to `ticks` as "operator". Returns why it was refused, if so.
fn try_claim(watch: &mut Watch, ticks: u32) -> Option<RowError> {
    let claim = watch.claim(ticks);
    submit("operator", batch_of_claims(vec![claim])).pop().map(|(_, _, error)| error)
}

/// Closes the session in the name of the gateway.
fn end(watch: &Watch) {
    assert!(submit("operator", batch_of_closes(vec![watch.close(Closer::Gateway, "gateway")])).is_empty());
}

/// Returns the money of `viewer` in the pot that is not spent, in planck.
fn owned(viewer: &str) -> Balance {
    let id = account(viewer);
    let unspent: Balance = crate::Sessions::<Test>::iter_values()
        .filter(|session| session.viewer == id)
        .map(|session| session.unspent())
        .sum();
    deposit_of(viewer).free + unspent
}

/// Sets the allowance of "viewer-session".
fn allow(allowance: Balance) {
    limit_key(|limits| limits.allowance = allowance);
}
