//! A submitter of batches at their limits, or with poisoned rows.

mod crowd;
mod poison;

use super::*;
use crate::{Error, Event};
use crowd::{Crowd, SESSIONS};
use frame_support::weights::constants::RocksDbWeight;
use sp_runtime::DispatchError;
use tick_stream_primitives::{limits, BatchSize, Claim, ClaimGroup};

/// What a batch did.
struct Measured {
    /// Entries of the pallet's storage read and written, each counted once.
    reads: u64,
    writes: u64,
    declared: Weight,
    actual: Weight,
    /// Rows that worked, and the ticks they settled.
    done: (u32, u32, u32, u64),
}

/// Runs the batch on a committed state and counts what it touches.
fn measure(ext: &mut sp_io::TestExternalities, batch: Batch) -> Measured {
    ext.execute_with(System::reset_events);
    ext.commit_all().expect("no transaction is open");
    let declared = TickStream::batch_weight(&batch.size());
    let recorder = Default::default();
    let actual = ext.execute_with_recorder(Clone::clone(&recorder), || weight_of("stranger", batch));
    let prefix = sp_io::hashing::twox_128(b"TickStream");
    let recorded = recorder.recorded_keys();
    let reads = recorded.values().flat_map(|keys| keys.keys()).filter(|key| key.starts_with(&prefix)).count() as u64;
    let writes = ext.overlayed_changes().changes().filter(|(key, _)| key.starts_with(&prefix)).count() as u64;
    let done = ext.execute_with(|| {
        assert_ok!(TickStream::do_try_state());
        match events().pop() {
            Some(Event::BatchProcessed { opened, settled, closed, ticks, .. }) => (opened, settled, closed, ticks),
            other => panic!("the last event is the batch's, not {other:?}"),
        }
    });
    Measured { reads, writes, declared, actual, done }
}

impl Measured {
    /// The database work alone must not cost more than what was paid for the whole batch.
    fn assert_paid_for(&self) {
        let database = RocksDbWeight::get().reads_writes(self.reads, self.writes);
        let Self { reads, writes, declared, actual, .. } = self;
        assert!(actual.all_lte(*declared), "{actual} of {declared}");
        assert!(database.ref_time() <= actual.ref_time(), "{reads} reads and {writes} writes for {actual}");
    }
}

#[test]
fn batch_at_all_its_limits_stays_within_its_weight() {
    let mut crowd = Crowd::gathered();
    let batch = crowd.full_batch();
    let size = batch.size();
    let limits = BatchSize {
        opens: limits::MAX_BATCH_OPENS,
        groups: limits::MAX_BATCH_GROUPS,
        claims: limits::MAX_BATCH_CLAIMS,
        steps: u64::from(limits::MAX_BATCH_STEPS),
        closes: limits::MAX_BATCH_CLOSES,
    };
    assert_eq!(size, limits, "the batch is as large as there may be");
    let measured = measure(&mut crowd.ext, batch);
    assert_eq!(measured.done, (64, 2_048, 256, 131_072), "every row works and every step is taken");
    assert_eq!(measured.actual, measured.declared, "so nothing is given back");
    measured.assert_paid_for();
}

#[test]
fn claims_shorter_than_declared_give_weight_back() {
    let mut crowd = Crowd::gathered();
    // A front-runner settles half of every session before the batch arrives.
    let (batch, half) = (crowd.claims(64), crowd.claims(32));
    let first = measure(&mut crowd.ext, half);
    assert_eq!(first.actual, first.declared);
    let second = measure(&mut crowd.ext, batch);
    assert_eq!(second.done, (0, SESSIONS, 0, 65_536));
    let steps = |steps| TickStream::batch_weight(&BatchSize { steps, ..Default::default() });
    let unused = steps(131_072).saturating_sub(steps(65_536));
    assert_eq!(second.declared.saturating_sub(second.actual), unused);
    second.assert_paid_for();
}

#[test]
fn false_batch_at_its_limits_takes_no_more_than_declared() {
    let mut crowd = Crowd::gathered();
    let mut batch = crowd.full_batch();
    batch.opens.iter_mut().for_each(|row| row.ticket.anchor = [1; 32]);
    batch.groups.iter_mut().flat_map(|group| group.claims.iter_mut()).for_each(|claim| claim.proof = [1; 32]);
    let other = crowd.sessions()[1];
    batch.closes.iter_mut().for_each(|row| row.session = other);
    let measured = measure(&mut crowd.ext, batch);
    assert_eq!(measured.done, (0, 0, 0, 0));
    assert_eq!(measured.actual, measured.declared, "the hashing was done, and is paid for");
    assert_eq!(measured.writes, 0, "refused rows leave no trace");
    measured.assert_paid_for();
}

#[test]
fn dearest_row_of_each_kind_stays_within_its_weight() {
    let mut crowd = Crowd::gathered();
    let full = crowd.full_batch();
    let open = Batch { opens: vec![full.opens[0].clone()].try_into().expect("one"), ..Default::default() };
    let mut group = full.groups[0].clone();
    group.claims.truncate(1);
    let claim = Batch { groups: vec![group].try_into().expect("one"), ..Default::default() };
    let close = Batch { closes: vec![full.closes[0].clone()].try_into().expect("one"), ..Default::default() };
    for batch in [open, claim, close] {
        let measured = measure(&mut crowd.ext, batch);
        assert_eq!(measured.done.0 + measured.done.1 + measured.done.2, 1);
        measured.assert_paid_for();
    }
}

#[test]
fn last_close_of_a_leaving_gateway_stays_within_its_weight() {
    let mut ext = chain_with_stream();
    let batch = ext.execute_with(|| {
        fund("viewer");
        let watch = Watch::opened("viewer", 10);
        assert_ok!(TickStream::deregister_gateway(signed("gateway")));
        batch_of_closes(vec![watch.close(Closer::Operator, "operator")])
    });
    let measured = measure(&mut ext, batch);
    assert_eq!((measured.reads, measured.writes), (6, 5), "the bond is booked as well; and the fee is read");
    measured.assert_paid_for();
}

#[test]
fn record_tick_of_the_dearest_kind_stays_within_its_weight() {
    let mut crowd = Crowd::gathered();
    let claim = crowd.claims(64).groups[0].claims[0].clone();
    crowd.ext.commit_all().expect("no transaction is open");
    let recorder = Default::default();
    let post = crowd.ext.execute_with_recorder(Clone::clone(&recorder), || {
        TickStream::record_tick(signed("stranger"), claim.session, 0, 64, claim.proof).expect("is in order")
    });
    let prefix = sp_io::hashing::twox_128(b"TickStream");
    let recorded = recorder.recorded_keys();
    let reads = recorded.values().flat_map(|keys| keys.keys()).filter(|key| key.starts_with(&prefix)).count() as u64;
    let changes = crowd.ext.overlayed_changes().changes();
    let writes = changes.filter(|(key, _)| key.starts_with(&prefix)).count() as u64;
    let database = RocksDbWeight::get().reads_writes(reads, writes);
    let actual = post.actual_weight.expect("is returned");
    assert!(database.ref_time() <= actual.ref_time(), "{reads} reads and {writes} writes for {actual}");
}

#[test]
fn batch_above_its_limits_fails_and_changes_nothing() {
    build_and_execute(|| {
        fund("viewer");
        let watch = Watch::opened("viewer", 60);
        let before = poison::state();
        let claim = Claim { session: watch.id, from: 0, ticks: 1, proof: [0; 32] };
        let group = |count| ClaimGroup {
            stream: 0,
            gateway: account("gateway"),
            claims: vec![claim.clone(); count].try_into().expect("few enough"),
        };
        let too_many = Batch { groups: vec![group(2_048), group(1)].try_into().expect("two"), ..Default::default() };
        let just_enough = Batch { groups: vec![group(2_047), group(1)].try_into().expect("two"), ..Default::default() };
        let error = |batch| dispatch("stranger", batch).map_err(|error| error.error).map(|_| ());
        assert_eq!(error(too_many), Err(Error::<Test>::BatchTooLarge.into()));
        assert_eq!(error(Batch::default()), Err(Error::<Test>::BatchEmpty.into()));
        assert_eq!(error(just_enough), Ok(()));
        assert_eq!(poison::state(), before);
        let batch = batch_of_closes(vec![watch.unsigned_close()]);
        for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
            let refused = TickStream::process_batch(origin, batch.clone()).map_err(|error| error.error);
            assert_eq!(refused.map(|_| ()), Err(DispatchError::BadOrigin));
        }
    });
}

#[test]
fn list_above_its_bound_cannot_even_be_decoded() {
    use codec::{Decode, Encode};
    build_and_execute(|| {
        fund("viewer");
        let row = Watch::new("viewer", 1).signed_by("viewer-session");
        let bytes = |count: usize| (vec![row.clone(); count], [0u8, 0]).encode();
        assert!(Batch::decode(&mut &bytes(64)[..]).is_ok());
        assert!(Batch::decode(&mut &bytes(65)[..]).is_err());
    });
}

#[test]
fn groups_that_hold_nothing_write_nothing() {
    build_and_execute(|| {
        let nothing = ClaimGroup { stream: 0, gateway: account("gateway"), claims: Default::default() };
        let unknown = ClaimGroup { stream: 99, ..nothing.clone() };
        let before = poison::state();
        let groups = [vec![nothing; 32], vec![unknown; 32]].concat().try_into().expect("sixty-four");
        assert!(submit("stranger", Batch { groups, ..Default::default() }).is_empty());
        assert_eq!(poison::state(), before);
    });
}
